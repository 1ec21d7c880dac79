//! Answers from workbooks, and the file that they are kept in.

use std::{
    collections::BTreeSet,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use calamine::{Data, Reader as _, open_workbook_auto};
use jiff::civil::Date;
use nittio_core::{quantity::Speed, review::Answer, service::Technology};

use super::{COLUMNS, ReviewError};

/// What holds where a row does not say it.
#[derive(Debug, Clone, Default)]
pub struct Unsaid {
    /// Who has answered.
    pub who: Option<String>,
    /// On which day.
    pub date: Option<Date>,
}

/// What was read from workbooks.
#[derive(Debug, Default)]
pub struct Imported {
    /// The answers, as rows of [`COLUMNS`].
    pub answers: Vec<[String; 10]>,
    /// Rows that cannot be read.
    pub faults: Vec<Fault>,
    /// Places without an answer.
    pub unanswered: u64,
    /// How many workbooks there were.
    pub files: usize,
}

/// A row of a workbook that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The workbook.
    pub file: String,
    /// The sheet.
    pub sheet: String,
    /// The row, as the program that shows it counts; 0 when it is about the whole.
    pub row: u32,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// Reads the answers in workbooks, and in those of folders.
///
/// # Errors
/// When a file is no workbook, or a folder has none.
pub fn import(paths: &[PathBuf], unsaid: &Unsaid) -> Result<Imported, ReviewError> {
    let mut imported = Imported::default();
    for path in workbooks(paths)? {
        imported.files += 1;
        let unreadable = |e: calamine::Error| ReviewError::NoWorkbook { path: path.clone(), reason: e.to_string() };
        let mut book = open_workbook_auto(&path).map_err(unreadable)?;
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut found = false;
        for sheet in book.sheet_names() {
            let range = book.worksheet_range(&sheet).map_err(unreadable)?;
            let first = range.start().map_or(0, |(row, _)| row);
            let rows: Vec<&[Data]> = range.rows().collect();
            let Some((head, columns)) = columns(&rows) else { continue };
            found = true;
            // The headings stand under the keys.
            for (at, cells) in rows.iter().enumerate().skip(head + 2) {
                let row = first + u32::try_from(at + 1).unwrap_or(u32::MAX);
                let cell = |key: &str| columns.iter().find(|(known, _)| *known == key).map(|&(_, at)| &cells[at]);
                match answer(&cell, unsaid, &file) {
                    Ok(Some(answer)) => imported.answers.push(answer),
                    Ok(None) => imported.unanswered += u64::from(cell("place").is_some_and(|c| !text(c).is_empty())),
                    Err(message) => {
                        imported.faults.push(Fault { file: file.clone(), sheet: sheet.clone(), row, message });
                    }
                }
            }
        }
        if !found {
            let message =
                "no sheet has the hidden first row with the names of the columns (place, answer, …) that nittio \
                           review export writes; answer in such a workbook"
                    .to_owned();
            imported.faults.push(Fault { file, sheet: String::new(), row: 0, message });
        }
    }
    Ok(imported)
}

fn workbooks(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ReviewError> {
    let mut all = Vec::new();
    for path in paths {
        if !path.is_dir() {
            all.push(path.clone());
            continue;
        }
        let fail = |source| ReviewError::File { path: path.clone(), source };
        let mut inside = Vec::new();
        for entry in fs::read_dir(path).map_err(fail)? {
            let entry = entry.map_err(fail)?.path();
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let ends = entry.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
            // Programs put a file of such a name beside one that is open.
            if ends && !name.starts_with("~$") {
                inside.push(entry);
            }
        }
        if inside.is_empty() {
            return Err(ReviewError::NoFiles { path: path.clone() });
        }
        inside.sort();
        all.append(&mut inside);
    }
    Ok(all)
}

/// The row with the keys, and the column of each.
fn columns(rows: &[&[Data]]) -> Option<(usize, Vec<(&'static str, usize)>)> {
    rows.iter().take(5).enumerate().find_map(|(number, cells)| {
        let at = |key: &'static str| Some((key, cells.iter().position(|cell| text(cell) == key)?));
        let found: Vec<_> = COLUMNS.iter().filter_map(|key| at(key)).collect();
        // All but the last, which says what is read here.
        (found.len() + 1 >= COLUMNS.len()).then_some((number, found))
    })
}

/// A cell as text; whole numbers without decimals, days as they are written in files.
#[expect(clippy::float_cmp, reason = "a number is whole when it is exactly so")]
fn text(cell: &Data) -> String {
    match cell {
        Data::Float(number) if number.trunc() == *number => format!("{number:.0}"),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTimeIso(moment) => moment.chars().take(10).collect(),
        other => other.to_string().trim().to_owned(),
    }
}

/// The answer on a row: `None` where nobody has answered, or what would be right.
fn answer<'c>(
    cell: &dyn Fn(&str) -> Option<&'c Data>,
    unsaid: &Unsaid,
    file: &str,
) -> Result<Option<[String; 10]>, String> {
    let said = |key: &str| cell(key).map(text).filter(|text| !text.is_empty());
    let Some(answer) = said("answer") else {
        let begun =
            ["operator", "technology", "down_mbps", "up_mbps", "comment"].into_iter().find(|key| said(key).is_some());
        return match begun {
            Some(key) => Err(format!("`{key}` is filled in and the answer is not; choose one from its list")),
            None => Ok(None),
        };
    };
    let place = said("place").ok_or("the row names no place; do not change the first column")?;
    let answer: Answer = answer.parse().map_err(|e| format!("{e}"))?;
    let who =
        said("who").or_else(|| unsaid.who.clone()).ok_or("the row does not say who has answered; or give --who")?;
    let date = match said("date") {
        Some(text) => text.parse::<Date>().map_err(|_| format!("{text:?} is not a day; write it as 2025-02-28"))?,
        None => unsaid
            .date
            .ok_or("the row does not say on which day it was answered; write it as 2025-02-28, or give --date")?,
    };
    let mut service: [String; 4] = Default::default();
    if answer == Answer::Reached {
        let operator =
            said("operator").ok_or("a place that is reached needs an operator; write who sells the service")?;
        let technology =
            said("technology").ok_or("a place that is reached needs a technology; choose one from its list")?;
        let technology: Technology = technology.parse().map_err(|e| format!("{e}"))?;
        let speed = |key: &str| {
            let Some(text) = said(key) else { return Ok(None) };
            let bare = || text.replace(',', ".").parse().ok().and_then(Speed::from_mbps_f64);
            let speed = text.parse().ok().or_else(bare);
            speed.map(Some).ok_or_else(|| format!("{key} {text:?} is not a speed; write a number of Mbit/s, as 100"))
        };
        let down = speed("down_mbps")?.ok_or("a place that is reached needs a download speed in Mbit/s, as 100")?;
        let up = speed("up_mbps")?.map(|up| up.mbps().to_string()).unwrap_or_default();
        service = [operator, technology.key().to_owned(), down.mbps().to_string(), up];
    }
    let [operator, technology, down, up] = service;
    let (comment, from) = (said("comment").unwrap_or_default(), file.to_owned());
    Ok(Some([place, answer.key().to_owned(), operator, technology, down, up, who, date.to_string(), comment, from]))
}

/// The file with these answers added, as bytes, and how many of them are new. An answer that stands there already is not added
/// again; rows are in the order of places and days.
///
/// # Errors
/// When the file is there and is no file of answers.
pub fn added(path: &Path, answers: &[[String; 10]]) -> Result<(Vec<u8>, usize), ReviewError> {
    let other = || ReviewError::OtherColumns { path: path.to_owned() };
    // By place and day, then by all else.
    let key = |row: &[String; 10]| (row[0].clone(), row[7].clone(), row.clone());
    let mut rows = BTreeSet::new();
    match fs::read(path) {
        Ok(bytes) => {
            let mut reader = csv::Reader::from_reader(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes));
            if reader.headers().map_or(true, |head| !head.iter().eq(COLUMNS)) {
                return Err(other());
            }
            for record in reader.records() {
                let record = record.map_err(|_| other())?;
                let row: Vec<String> = record.iter().map(str::to_owned).collect();
                rows.insert(key(&row.try_into().map_err(|_| other())?));
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(source) => return Err(ReviewError::File { path: path.to_owned(), source }),
    }
    let before = rows.len();
    rows.extend(answers.iter().map(key));
    let fail =
        |e: csv::Error| ReviewError::File { path: path.to_owned(), source: std::io::Error::other(e.to_string()) };
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(fail)?;
    for (_, _, row) in &rows {
        writer.write_record(row).map_err(fail)?;
    }
    let bytes = writer.into_inner().map_err(|e| fail(csv::Error::from(e.into_error())))?;
    Ok((bytes, rows.len() - before))
}
