//! Whether the other files say what the table of figures says.

use std::{fs::File, path::Path};

use nittio_core::quantity::Speed;
use polars::prelude::{AnyValue, ParquetReader, SerReader as _};
use rusqlite::{Connection, OpenFlags, types::ValueRef};

use super::{
    Check, Manifest, check,
    copies::Text,
    figures::{Key, NAMES, Row, Table},
    layer,
    verdicts::Verdicts,
};
use crate::write::{
    area_columns::snake_case,
    goals,
    indicators::{ALL, COLUMNS},
};

/// `indicators.parquet` has the same rows, columns and values.
pub(super) fn parquet(folder: &Path, table: &Table) -> Check {
    let what = "indicators.parquet has the same rows, columns and values as indicators.csv.";
    let read = || -> Result<Vec<String>, String> {
        let file = File::open(folder.join("indicators.parquet")).map_err(|e| e.to_string())?;
        let frame = ParquetReader::new(file).finish().map_err(|e| e.to_string())?;
        if frame.get_column_names().iter().map(|name| name.as_str()).ne(COLUMNS) {
            return Ok(vec!["it has other columns".to_owned()]);
        }
        if frame.height() != table.rows.len() {
            return Ok(vec![format!("it has {} rows, not {}", frame.height(), table.rows.len())]);
        }
        let mut problems = Vec::new();
        for (number, row) in table.rows.iter().enumerate() {
            let text = |column: usize| match frame.columns()[column].get(number) {
                Ok(AnyValue::String(text)) => text.to_owned(),
                Ok(AnyValue::StringOwned(text)) => text.to_string(),
                Ok(AnyValue::Int64(count)) => count.to_string(),
                Ok(AnyValue::Float64(share)) => format!("{share:.6}"),
                _ => String::new(),
            };
            let count = |count: Option<u64>| count.map(|count| count.to_string()).unwrap_or_default();
            let key = &row.key.0;
            let expected = [key[0].as_str(), &key[1], &row.name, &key[2], &key[3], &key[4], &key[5], &key[6]];
            let counts = row.counts.map(count);
            let expected = expected.into_iter().chain(counts.iter().map(String::as_str)).chain([row.share.as_str()]);
            for (column, expected) in (1..).zip(expected).filter(|&(column, expected)| text(column) != expected) {
                let found = text(column);
                problems.push(format!("row {}: {} is {found:?}, not {expected:?}", number + 1, COLUMNS[column]));
            }
        }
        Ok(problems)
    };
    let problems = read().unwrap_or_else(|reason| vec![format!("it cannot be read: {reason}")]);
    check(what, problems.into_iter().map(|problem| format!("indicators.parquet, {problem}")))
}

/// `goals.csv` has the same counts, and no verdict on what is kept back.
pub(super) fn goals(folder: &Path, table: &Table) -> Check {
    let read = || -> Result<Vec<String>, csv::Error> {
        let mut problems = Vec::new();
        let mut reader = csv::Reader::from_path(folder.join("goals.csv"))?;
        if reader.headers()?.iter().ne(goals::COLUMNS) {
            return Ok(vec!["it has other columns".to_owned()]);
        }
        for (number, record) in reader.records().enumerate() {
            let record = record?;
            let text = |name: &str| {
                let column = goals::COLUMNS.iter().position(|column| *column == name);
                column.and_then(|column| record.get(column)).unwrap_or_default()
            };
            let speed = format!("{} Mbit/s", text("down_mbps")).parse::<Speed>();
            let measure = speed.map(|speed| format!("down>={speed}")).unwrap_or_default();
            let key = [text("level"), text("code"), ALL, ALL, text("profile"), text("unit"), measure.as_str()];
            let row = table.get(&Key(key.map(str::to_owned)));
            let at = format!("row {}", number + 2);
            let shown = |count: Option<u64>| count.map(|count| count.to_string()).unwrap_or_default();
            let counts = row.map(|row| row.counts).unwrap_or_default();
            for (count, name) in counts.iter().zip(NAMES).take(2) {
                if shown(*count) != text(name) {
                    problems.push(format!(
                        "{at}: {name} is {:?}, and indicators.csv has {:?}",
                        text(name),
                        shown(*count)
                    ));
                }
            }
            let kept_back = row.is_some() && (counts[0].is_none() || counts[1].is_none());
            let told = ["missing_units", "missing_points"].iter().any(|name| !text(name).is_empty());
            let verdicts = [text("verdict"), text("goal_verdict")];
            if kept_back && (told || verdicts.iter().any(|v| matches!(*v, "met" | "missed"))) {
                problems.push(format!("{at}: it holds what is kept back against a goal"));
            }
        }
        Ok(problems)
    };
    let problems = read().unwrap_or_else(|error| vec![format!("it cannot be read: {error}")]);
    let what = "goals.csv has the same counts as indicators.csv, and no verdict on what is kept back.";
    check(what, problems.into_iter().map(|problem| format!("goals.csv, {problem}")))
}

/// The map layers have areas only, with the same counts.
pub(super) fn layers(folder: &Path, table: &Table, manifest: &Manifest) -> Check {
    let what =
        "coverage.gpkg holds areas and nothing else, with the same counts as indicators.csv and verdicts as goals.csv.";
    let path = folder.join("coverage.gpkg");
    if !path.exists() {
        return check("There are no map layers (coverage.gpkg).", None);
    }
    let verdicts = Verdicts::read(folder, manifest).map_err(|e| e.to_string());
    let read = verdicts.and_then(|verdicts| read_layers(&path, table, manifest, &verdicts).map_err(|e| e.to_string()));
    let problems = read.unwrap_or_else(|e| vec![format!("it cannot be read: {e}")]);
    check(what, problems.into_iter().map(|problem| format!("coverage.gpkg, {problem}")))
}

#[expect(clippy::cast_precision_loss, reason = "compared with a number that a file may hold as a float")]
fn read_layers(path: &Path, table: &Table, manifest: &Manifest, verdicts: &Verdicts) -> rusqlite::Result<Vec<String>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut problems = Vec::new();
    let layers = layer::names(&connection)?;
    let others = layer::others(&connection, &layers)?;
    problems.extend(others.into_iter().map(|name| format!("table {name}: it is no layer of areas")));
    let profile = manifest.value.pointer("/definitions/profiles/0/key").and_then(serde_json::Value::as_str);
    let profile = profile.unwrap_or_default();
    for name in &layers {
        let level = name.strip_prefix("level_").filter(|_| !table.has_level(name)).unwrap_or(name);
        let mut rows = connection.prepare(&layer::all(name))?;
        let columns: Vec<String> = rows.column_names().map(str::to_owned).collect();
        let mut rows = rows.query([])?;
        let mut number = 0;
        while let Some(row) = rows.next()? {
            number += 1;
            let code: String = row.get("code")?;
            let own = table.rows.iter().filter(|r| r.key.0[0] == level && r.key.0[1] == code && r.key.0[4] == profile);
            let own: Vec<&Row> = own.filter(|row| super::figures::is_whole(&row.key)).collect();
            let at = format!("{name}, row {number}");
            if own.is_empty() {
                problems.push(format!("{at}: indicators.csv has no area {code:?}"));
                continue;
            }
            for (index, column) in columns.iter().enumerate() {
                let value = row.get_ref(index)?;
                match column.as_str() {
                    "fid" | "code" | "name" => {}
                    "geom" => {
                        if let ValueRef::Blob(blob) = value
                            && !layer::is_outline(blob)
                        {
                            problems.push(format!("{at}: its geometry is not the outline of an area"));
                        }
                    }
                    _ if column.starts_with("goal_") => {
                        let (text, number) = match value {
                            ValueRef::Text(text) => (std::str::from_utf8(text).ok(), None),
                            ValueRef::Integer(count) => (None, Some(count as f64)),
                            ValueRef::Real(number) => (None, Some(number)),
                            _ => (None, None),
                        };
                        let expected = verdicts.expected(own[0], column, manifest);
                        if expected.is_none_or(|expected| !expected.is(text, number)) {
                            problems.push(format!("{at}: {column} is not what goals.csv has"));
                        }
                    }
                    _ => match expected(&own, column, manifest) {
                        None => problems.push(format!("{at}: the column {column:?} should not be there")),
                        Some(expected) => {
                            let found = match value {
                                ValueRef::Integer(count) => Some(count as f64),
                                ValueRef::Real(number) => Some(number),
                                _ => None,
                            };
                            let same = match (found, expected) {
                                (Some(a), Some(b)) => (a - b).abs() <= 5e-7 * b.abs().max(1.0),
                                (a, b) => a.is_none() && b.is_none(),
                            };
                            if !same {
                                problems
                                    .push(format!("{at}: {column} is {found:?}, and indicators.csv has {expected:?}"));
                            }
                        }
                    },
                }
            }
        }
    }
    Ok(problems)
}

/// The tables of `open-data/` have areas only, with the same counts, and are the same in all formats.
pub(super) fn open_data(folder: &Path, files: &[String], table: &Table, manifest: &Manifest) -> Check {
    let what =
        "The tables of open-data hold areas and nothing else, with the same counts as indicators.csv, in every format.";
    let verdicts = match Verdicts::read(folder, manifest) {
        Ok(verdicts) => verdicts,
        Err(error) => return check(what, Some(format!("goals.csv: it cannot be read: {error}"))),
    };
    let mut problems = Vec::new();
    let tables = files.iter().filter_map(|name| name.strip_prefix("open-data/")?.strip_suffix(".csv"));
    for slug in tables {
        let path = |ending: &str| folder.join(format!("open-data/{slug}.{ending}"));
        match open_tables(&path, table, manifest, &verdicts) {
            Ok(found) => problems.extend(found.into_iter().map(|problem| format!("open-data/{slug}{problem}"))),
            Err(reason) => problems.push(format!("open-data/{slug}: it cannot be read: {reason}")),
        }
    }
    check(what, problems)
}

fn open_tables(
    path: &dyn Fn(&str) -> std::path::PathBuf,
    table: &Table,
    manifest: &Manifest,
    verdicts: &Verdicts,
) -> Result<Vec<String>, String> {
    let said = |error: &dyn std::fmt::Display| error.to_string();
    let profile = manifest.value.pointer("/definitions/profiles/0/key").and_then(serde_json::Value::as_str);
    let profile = profile.unwrap_or_default();
    let mut reader = csv::Reader::from_path(path("csv")).map_err(|e| said(&e))?;
    let heads: Vec<String> = reader.headers().map_err(|e| said(&e))?.iter().map(str::to_owned).collect();
    let at = |name: &str| heads.iter().position(|head| head == name).ok_or_else(|| format!("no column {name:?}"));
    let (code, name) = (at("code")?, at("name")?);
    let mut problems = Vec::new();
    let mut rows = Vec::new();
    for (number, record) in reader.records().enumerate() {
        let record = record.map_err(|e| said(&e))?;
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let own = table.rows.iter().filter(|row| {
            row.key.0[1] == cell(code)
                && row.name == cell(name)
                && row.key.0[4] == profile
                && super::figures::is_whole(&row.key)
        });
        let own: Vec<&Row> = own.collect();
        if own.is_empty() {
            problems.push(format!(".csv, row {}: indicators.csv has no area {:?}", number + 2, cell(code)));
            continue;
        }
        for (column, head) in heads.iter().enumerate() {
            if matches!(head.as_str(), "as_of" | "code" | "name") {
                continue;
            }
            let found = cell(column).parse::<f64>().ok();
            if head.starts_with("goal_") {
                let expected = verdicts.expected(own[0], head, manifest);
                if expected.is_none_or(|expected| !expected.is(Some(cell(column)), found)) {
                    problems.push(format!(".csv, row {}: {head} is not what goals.csv has", number + 2));
                }
                continue;
            }
            let same = |expected: Option<f64>| match (found, expected) {
                (Some(a), Some(b)) => (a - b).abs() <= 5e-7 * b.abs().max(1.0),
                (a, b) => a.is_none() && b.is_none(),
            };
            match expected(&own, head, manifest) {
                None => problems.push(format!(".csv: the column {head:?} should not be there")),
                Some(expected) if !same(expected) => {
                    problems.push(format!(
                        ".csv, row {}: {head} is {found:?}, and indicators.csv has {expected:?}",
                        number + 2
                    ));
                }
                Some(_) => {}
            }
        }
        rows.push(record.iter().map(str::to_owned).collect::<Vec<_>>());
    }
    problems.extend(Text { heads, rows }.copies(path)?);
    Ok(problems)
}

/// What a column of a layer should hold; `None` when there should be no such column.
#[expect(clippy::cast_precision_loss, reason = "compared with a number that a file holds as a float")]
fn expected(own: &[&Row], column: &str, manifest: &Manifest) -> Option<Option<f64>> {
    own.iter().find_map(|row| {
        let key = snake_case(row.key.unit());
        let rest = column.strip_prefix(&key)?.strip_prefix('_')?;
        let scale = manifest.value["unit_scales"].get(row.key.unit()).and_then(serde_json::Value::as_u64).unwrap_or(1);
        let unscaled = |count: Option<u64>| count.map(|count| count as f64 / scale as f64);
        let speed = row.key.0[6].strip_prefix("down>=").and_then(|text| text.parse::<Speed>().ok());
        let speed = speed.map(|speed| format!("down_{}", snake_case(&speed.mbps().to_string())));
        match rest {
            "total" => Some(unscaled(row.counts[0])),
            "unmatched" => Some(unscaled(row.counts[3])),
            _ if speed.as_deref() == Some(rest) => Some(unscaled(row.counts[1])),
            _ if speed.is_some() && speed.as_deref() == rest.strip_suffix("_share") => Some(row.share.parse().ok()),
            _ => None,
        }
    })
}

impl Table {
    fn has_level(&self, level: &str) -> bool {
        self.rows.iter().any(|row| row.key.0[0] == level)
    }
}
