//! The tables for a spreadsheet: no count in them that the table of figures has not, and nothing hidden.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
};

use calamine::{Data, Reader as _, SheetVisible, Xlsx, open_workbook};

use super::{Check, check, figures::Table, page};
use crate::write::{EXCEL_CSV, WORKBOOK};

/// What the heading of a column of counts is or ends with, in the languages of tables.
const ENDS: [&str; 6] = [", antal", ", number", ": totalt", ": total", ": ej bedömda", ": not assessed"];

/// What is worked out from counts beside it and stands in no table of figures.
const WORKED_OUT: [&str; 4] = ["kvar till målet", "left to the goal", "gap", "skillnad"];

/// Rows about a part of an area are sums of settlement classes.
const PARTS: [&str; 2] = ["Del av området", "Part of the area"];

/// Every count in the workbook and in the table of areas stands in the table of figures, for the same area.
pub(super) fn agree(folder: &Path, table: &Table) -> Check {
    let mut problems = Vec::new();
    let known = Known::of(table);
    if folder.join(WORKBOOK).exists() {
        match workbook(&folder.join(WORKBOOK), &known) {
            Ok(found) => problems.extend(found),
            Err(reason) => problems.push(format!("{WORKBOOK}: it cannot be read: {reason}")),
        }
    }
    if folder.join(EXCEL_CSV).exists() {
        match fs::read_to_string(folder.join(EXCEL_CSV)) {
            Ok(text) => problems.extend(text_table(&text, &known)),
            Err(error) => problems.push(format!("{EXCEL_CSV}: it cannot be read: {error}")),
        }
    }
    check(
        format!("Every count in {WORKBOOK} and {EXCEL_CSV} is one of indicators.csv's, and no sheet is hidden."),
        problems,
    )
}

/// The counts of each area by its code; of the whole study without one.
struct Known<'a>(HashMap<&'a str, HashSet<u64>>);

impl<'a> Known<'a> {
    fn of(table: &'a Table) -> Self {
        let mut known: HashMap<&str, HashSet<u64>> = HashMap::new();
        for row in &table.rows {
            known.entry(row.key.0[1].as_str()).or_default().extend(row.counts.iter().flatten());
        }
        Self(known)
    }

    /// What is wrong with a row of counts.
    fn wrong(&self, heads: &[String], row: &[Option<f64>], code: &str, at: &str) -> Vec<String> {
        let Some(known) = self.0.get(code) else { return vec![format!("{at}: indicators.csv has no area {code:?}")] };
        let cells = heads.iter().zip(row).filter(|(head, _)| is_count(head));
        let other = cells.filter_map(|(head, count)| Some((head, whole((*count)?)?)));
        let other = other.filter(|(_, count)| *count > 0 && !known.contains(count));
        other.map(|(head, count)| format!("{at}, column {head:?}: {count} is no count of indicators.csv")).collect()
    }
}

/// A whole number; weights in parts are whole in the other table, and are not looked at.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
fn whole(number: f64) -> Option<u64> {
    (number.fract() == 0.0 && (0.0..1e15).contains(&number)).then_some(number as u64)
}

fn is_count(head: &str) -> bool {
    let lower = head.to_lowercase();
    let counted = page::COUNTS.contains(&head) || ENDS.iter().any(|end| lower.ends_with(end));
    counted && !WORKED_OUT.iter().any(|word| lower.contains(word))
}

fn workbook(path: &Path, known: &Known<'_>) -> Result<Vec<String>, String> {
    let mut problems = Vec::new();
    let mut book: Xlsx<_> = open_workbook(path).map_err(|e: calamine::XlsxError| e.to_string())?;
    let hidden = book.sheets_metadata().iter().filter(|sheet| sheet.visible != SheetVisible::Visible);
    problems.extend(hidden.map(|sheet| format!("{WORKBOOK}, sheet {}: it is hidden", sheet.name)));
    for (sheet, range) in book.worksheets() {
        // Lines over the table have one cell.
        let mut rows =
            range.rows().enumerate().skip_while(|(_, row)| row.get(1).is_none_or(|cell| *cell == Data::Empty));
        let Some((_, heads)) = rows.next() else { continue };
        let heads: Vec<String> = heads.iter().map(ToString::to_string).collect();
        let Some(code) = heads.iter().position(|head| head == "Kod" || head == "Code") else { continue };
        if heads.iter().any(|head| PARTS.contains(&head.as_str())) {
            continue;
        }
        for (number, row) in rows {
            let numbers: Vec<Option<f64>> =
                row.iter().map(|cell| if let Data::Float(n) = cell { Some(*n) } else { None }).collect();
            let code = row[code].to_string();
            problems.extend(known.wrong(
                &heads,
                &numbers,
                &code,
                &format!("{WORKBOOK}, sheet {sheet}, row {}", number + 1),
            ));
        }
    }
    Ok(problems)
}

fn text_table(text: &str, known: &Known<'_>) -> Vec<String> {
    let text = text.trim_start_matches('\u{feff}');
    let separator = if text.lines().next().is_some_and(|heads| heads.contains(';')) { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
    let Ok(heads) = reader.headers() else { return vec![format!("{EXCEL_CSV}: it has no headings")] };
    let heads: Vec<String> = heads.iter().map(str::to_owned).collect();
    let mut problems = Vec::new();
    for (number, record) in reader.records().enumerate() {
        let at = format!("{EXCEL_CSV}, row {}", number + 2);
        let Ok(record) = record else {
            problems.push(format!("{at}: it cannot be read"));
            continue;
        };
        let code = record.get(0).unwrap_or_default().trim_start_matches('=').trim_matches('"').to_owned();
        let numbers: Vec<Option<f64>> = record.iter().map(|cell| cell.replace(',', ".").parse().ok()).collect();
        problems.extend(known.wrong(&heads, &numbers, &code, &at));
    }
    problems
}
