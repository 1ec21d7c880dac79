//! Where things stand in a table made for people: the first row of figures, the headings above, the areas, the values.

use std::collections::BTreeSet;

use nittio_core::{official::Definition, settlement::SettlementGroup, unit::Unit};

use super::{
    book::{Book, Found},
    value::{Value, value},
};
use crate::{
    read::grid::{Cell, Grid, Row},
    study_file::official::{OfficialKind, OfficialSource},
};

/// Where things stand in a grid.
#[derive(Debug)]
pub(super) struct Layout {
    /// Index of the first row of figures.
    pub(super) first: usize,
    /// The column with codes, or codes and names.
    pub(super) code: Option<usize>,
    /// The column with names.
    pub(super) name: Option<usize>,
    pub(super) value: usize,
    pub(super) year: Option<usize>,
    pub(super) settlement: Option<usize>,
    /// Columns of which a row must have one of these words.
    pub(super) only: Vec<(usize, Vec<String>)>,
    /// The year that the values are for.
    pub(super) wanted: Option<i16>,
    /// All years that the file has anything for.
    pub(super) years: BTreeSet<i16>,
}

/// At most so many rows of headings stand over each other.
const HEADINGS: usize = 3;

/// What is looked for.
pub(super) struct Wanted<'a> {
    pub(super) entry: &'a OfficialSource,
    pub(super) definition: &'a Definition,
    pub(super) settlement: SettlementGroup,
    /// The year of the study's day.
    pub(super) last: i16,
    /// The year that is asked for.
    pub(super) year: Option<i16>,
}

/// Finds out where things stand; the error says what is not there and what is.
pub(super) fn layout(grid: &Grid, book: &Book<'_>, wanted: &Wanted<'_>) -> Result<Layout, String> {
    let kolada = wanted.entry.kind == OfficialKind::Kolada;
    let width = grid.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let (code, name) = area_columns(grid, book, wanted, width, kolada)?;
    let first = first_row(grid, book, (code, name), kolada)?;
    let headings = Headings::above(grid, first, width);
    let data = &grid.rows[first..];

    let mut only = Vec::new();
    for (heading, word) in &wanted.entry.only {
        let column = headings.one(heading)?;
        only.push((column, vec![plain(word)]));
    }
    if kolada {
        // The figure that is meant, for both sexes together.
        let implied = [("kpi", vec![plain(&wanted.definition.id)]), ("gender", vec!["t".to_owned()])];
        for (heading, words) in implied {
            if let Ok(column) = headings.one(heading)
                && !only.iter().any(|(known, _)| *known == column)
            {
                only.push((column, words));
            }
        }
    }
    let year = (0..width).find(|&c| headings.last(c).is_some_and(|h| YEARS.contains(&h.as_str())));
    let settlement = (0..width).find(|&c| is_settlement(data, c));
    let taken: BTreeSet<usize> =
        [code, name, year, settlement].into_iter().flatten().chain(only.iter().map(|&(c, _)| c)).collect();
    let mut candidates: Vec<usize> = (0..width).filter(|c| !taken.contains(c) && has_values(data, *c)).collect();
    let all = candidates.clone();
    narrow(&mut candidates, &headings, wanted)?;

    // The year: of the headings, else of a column, else what the study says.
    let of_headings: BTreeSet<i16> = candidates.iter().filter_map(|&c| headings.year(c)).collect();
    let of_rows: BTreeSet<i16> =
        year.map(|year| data.iter().filter_map(|row| year_of(&row.cell(year).text())).collect()).unwrap_or_default();
    let years = if of_headings.is_empty() { &of_rows } else { &of_headings };
    let latest = years.iter().copied().filter(|&year| year <= wanted.last).max();
    let chosen = if years.is_empty() { wanted.year } else { wanted.year.or(latest) };
    if let Some(chosen) = chosen
        && !years.is_empty()
        && !years.contains(&chosen)
    {
        return Err(format!("the year {chosen} is not there; there are {}", list(years)));
    }
    if chosen.is_none() && !years.is_empty() {
        return Err(format!("all years are after the study's day: {}; say which one with `year`", list(years)));
    }
    if !of_headings.is_empty() {
        candidates.retain(|&c| headings.year(c) == chosen);
    }
    if let Some(words) = wanted.definition.unit.as_ref().and_then(unit_words) {
        let units: Vec<&str> = UNITS.iter().flat_map(|(_, words)| *words).copied().collect();
        let says_unit = |c: &usize| headings.parts(*c).any(|part| units.contains(&part.as_str()));
        if candidates.iter().any(says_unit) {
            candidates.retain(|&c| headings.parts(c).any(|part| words.contains(&part.as_str())));
        }
    }
    let value = match candidates.as_slice() {
        &[value] => value,
        [] => return Err(format!("no column is the figure's; its columns are {}", headings.list(&all))),
        several => {
            return Err(format!(
                "several columns may be the figure's: {}; say which one with `value`",
                headings.list(several)
            ));
        }
    };
    let years = years.clone();
    Ok(Layout { first, code, name, value, year, settlement, only, wanted: chosen, years })
}

/// The columns with codes and with names of areas: those the entry says, or those in which most areas are found.
fn area_columns(
    grid: &Grid,
    book: &Book<'_>,
    wanted: &Wanted<'_>,
    width: usize,
    kolada: bool,
) -> Result<(Option<usize>, Option<usize>), String> {
    let said = |heading: &Option<toml::Spanned<String>>| -> Result<Option<usize>, String> {
        let Some(heading) = heading else { return Ok(None) };
        let wanted = plain(heading.get_ref());
        let at = |row: &Row| row.cells.iter().position(|cell| plain(&cell.text()) == wanted);
        grid.rows.iter().find_map(at).map(Some).ok_or_else(|| format!("there is no heading {:?}", heading.get_ref()))
    };
    let (code, name) = (said(&wanted.entry.code)?, said(&wanted.entry.name)?);
    let most = |find: &dyn Fn(&str) -> Found| -> Option<usize> {
        let found = |column: usize| -> usize {
            let areas = grid.rows.iter().filter_map(|row| match find(&row.cell(column).text()) {
                Found::Area(l, a) | Found::Mended(l, a) => Some((l, a)),
                _ => None,
            });
            areas.collect::<BTreeSet<_>>().len()
        };
        let best = (0..width).map(found).max().filter(|&most| most > 0)?;
        (0..width).find(|&column| found(column) == best)
    };
    let code = if code.is_none() && name.is_none() { most(&|text| book.by_code(text, kolada)) } else { code };
    let name = name.or_else(|| most(&|text| book.by_name(text)).filter(|name| Some(*name) != code));
    if code.is_none() && name.is_none() {
        return Err("no row has the code or the name of an area of the study; \
                    say which columns have them, for example: code = \"kommunkod\""
            .to_owned());
    }
    Ok((code, name))
}

/// The first row that has a code, or a name and a value.
fn first_row(
    grid: &Grid,
    book: &Book<'_>,
    (code, name): (Option<usize>, Option<usize>),
    kolada: bool,
) -> Result<usize, String> {
    let is_data = |row: &Row| match (code, name) {
        (Some(code), _) => row.filled() > 1 && book.by_code(&row.cell(code).text(), kolada) != Found::Nothing,
        (None, Some(name)) => {
            let others = row.cells.iter().enumerate().filter(|&(c, _)| c != name);
            let has_value = others.filter(|(_, cell)| !cell.is_empty()).any(|(_, cell)| value(cell) != Value::Other);
            !row.cell(name).is_empty() && has_value
        }
        (None, None) => false,
    };
    grid.rows.iter().position(is_data).ok_or_else(|| "there is no row of figures".to_owned())
}

/// Headings, of one row or of several over each other, where one may stand over several columns.
struct Headings(Vec<Vec<String>>);

impl Headings {
    fn above(grid: &Grid, first: usize, width: usize) -> Self {
        // A title stands alone in its row.
        let rows = grid.rows[..first].iter().rev().take(HEADINGS).take_while(|row| row.filled() > 1);
        let mut rows: Vec<&Row> = rows.collect();
        rows.reverse();
        let mut columns: Vec<Vec<String>> = vec![Vec::new(); width];
        for (i, row) in rows.iter().enumerate() {
            let mut last = String::new();
            for (c, column) in columns.iter_mut().enumerate() {
                let text = plain(&row.cell(c).text());
                // Merged cells are empty but for the first; the lowest row is never merged.
                if !text.is_empty() || i + 1 == rows.len() {
                    last.clone_from(&text);
                }
                if !last.is_empty() {
                    column.push(last.clone());
                }
            }
        }
        Self(columns)
    }

    fn parts(&self, column: usize) -> impl Iterator<Item = &String> {
        self.0.get(column).into_iter().flatten()
    }

    fn last(&self, column: usize) -> Option<&String> {
        self.0.get(column).and_then(|parts| parts.last())
    }

    fn year(&self, column: usize) -> Option<i16> {
        self.parts(column).find_map(|part| year_of(part))
    }

    /// The column with this heading.
    fn one(&self, heading: &str) -> Result<usize, String> {
        let wanted = plain(heading);
        let mut found = (0..self.0.len()).filter(|&c| self.parts(c).any(|part| *part == wanted));
        match (found.next(), found.next()) {
            (Some(column), None) => Ok(column),
            (Some(_), Some(_)) => Err(format!("several columns have the heading {heading:?}")),
            _ => Err(format!(
                "no column has the heading {heading:?}; there are {}",
                self.list(&(0..self.0.len()).collect::<Vec<_>>())
            )),
        }
    }

    fn list(&self, columns: &[usize]) -> String {
        const SHOWN: usize = 12;
        let name = |&c: &usize| format!("{:?}", self.0[c].join(" / "));
        let names: Vec<String> = columns.iter().filter(|&&c| !self.0[c].is_empty()).map(name).take(SHOWN).collect();
        let more = if columns.len() > SHOWN { ", …" } else { "" };
        if names.is_empty() { "none".to_owned() } else { format!("{}{more}", names.join(", ")) }
    }
}

/// Leaves the columns whose heading is the one that the entry says, or one of the figure's.
fn narrow(candidates: &mut Vec<usize>, headings: &Headings, wanted: &Wanted<'_>) -> Result<(), String> {
    if let Some(heading) = &wanted.entry.value {
        let text = plain(heading.get_ref());
        let all = headings.list(candidates);
        candidates.retain(|&c| headings.parts(c).any(|part| *part == text));
        if candidates.is_empty() {
            return Err(format!("no column of numbers has the heading {:?}; there are {all}", heading.get_ref()));
        }
        return Ok(());
    }
    let labels: Vec<String> = match wanted.entry.kind {
        OfficialKind::Kolada => vec!["value".to_owned(), "värde".to_owned(), plain(&wanted.definition.id)],
        _ => wanted.definition.columns.iter().map(|label| plain(label)).collect(),
    };
    let is = |part: &str, label: &str| part == label || part.ends_with(&format!(" via {label}"));
    let begins = |part: &str, label: &str| part.strip_prefix(label).is_some_and(|rest| rest.starts_with(' '));
    let exact: Vec<usize> = candidates
        .iter()
        .copied()
        .filter(|&c| headings.parts(c).any(|part| labels.iter().any(|label| is(part, label))))
        .collect();
    let loose = || -> Vec<usize> {
        let of = |&c: &usize| headings.parts(c).any(|part| labels.iter().any(|label| begins(part, label)));
        candidates.iter().copied().filter(of).collect()
    };
    // "Folkmängd 2024" is SCB's; a workbook by years alone has nothing but years over its columns.
    let found = if exact.is_empty() && wanted.entry.kind == OfficialKind::Scb { loose() } else { exact };
    match (found.is_empty(), wanted.entry.kind) {
        (true, OfficialKind::Pts | OfficialKind::Table) => {
            Err(format!("no column has a heading of {}; there are {}", wanted.definition.id, headings.list(candidates)))
        }
        (true, _) => Ok(()),
        (false, _) => {
            *candidates = found;
            Ok(())
        }
    }
}

fn has_values(rows: &[Row], column: usize) -> bool {
    let cells = || rows.iter().map(|row| row.cell(column)).filter(|cell| !cell.is_empty());
    let numbers = cells().filter(|cell| matches!(value(cell), Value::Number(_))).count();
    let others = cells().filter(|cell| value(cell) == Value::Other).count();
    numbers > 0 && numbers >= others
}

const YEARS: [&str; 8] = ["år", "årtal", "year", "period", "tid", "mätår", "time", "undersökningsår"];

const UNITS: [(Unit, &[&str]); 4] = [
    (Unit::Households, &["hushåll", "households"]),
    (Unit::Workplaces, &["arbetsställen", "arbetsställe", "workplaces"]),
    (Unit::Population, &["befolkning", "population"]),
    (Unit::Buildings, &["byggnader", "buildings"]),
];

fn unit_words(unit: &Unit) -> Option<&'static [&'static str]> {
    UNITS.iter().find(|(known, _)| known == unit).map(|&(_, words)| words)
}

/// The part of an area that a word says.
pub(super) fn group_of(word: &str) -> Option<SettlementGroup> {
    match plain(word).as_str() {
        "total" | "totalt" | "alla" | "samtliga" | "hela" => Some(SettlementGroup::All),
        "tätbebyggt" | "tätort och småort" | "inom tätort och småort" => Some(SettlementGroup::BuiltUp),
        "glesbebyggt" | "utanför tätort och småort" => Some(SettlementGroup::Outside),
        _ => None,
    }
}

/// Whether most cells of a column say a part of an area.
fn is_settlement(rows: &[Row], column: usize) -> bool {
    let cells: Vec<&Cell> = rows.iter().map(|row| row.cell(column)).filter(|cell| !cell.is_empty()).collect();
    let known = cells.iter().filter(|cell| group_of(&cell.text()).is_some()).count();
    known > 0 && 2 * known > cells.len()
}

/// A year in a text: four digits by themselves.
pub(super) fn year_of(text: &str) -> Option<i16> {
    let words = text.split(|c: char| !c.is_ascii_digit()).filter(|word| word.len() == 4);
    words.filter_map(|word| word.parse().ok()).find(|year| (1900..=2100).contains(year))
}

/// A text without what is written one way here and another way there.
pub(super) fn plain(text: &str) -> String {
    text.replace('\u{ad}', "").split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn list(years: &BTreeSet<i16>) -> String {
    years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
