//! Whether the other files say what the table of figures says.

use std::{fs::File, path::Path};

use nittio_core::quantity::Speed;
use polars::prelude::{AnyValue, ParquetReader, SerReader as _};
use rusqlite::{Connection, OpenFlags, types::ValueRef};

use super::{
    Check, Manifest, check,
    figures::{Key, NAMES, Row, Table},
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
    let what = "coverage.gpkg holds areas and nothing else, with the same counts as indicators.csv.";
    let path = folder.join("coverage.gpkg");
    if !path.exists() {
        return check("There are no map layers (coverage.gpkg).", None);
    }
    let problems = read_layers(&path, table, manifest).unwrap_or_else(|e| vec![format!("it cannot be read: {e}")]);
    check(what, problems.into_iter().map(|problem| format!("coverage.gpkg, {problem}")))
}

fn read_layers(path: &Path, table: &Table, manifest: &Manifest) -> rusqlite::Result<Vec<String>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut problems = Vec::new();
    let names = |sql: &str| -> rusqlite::Result<Vec<String>> {
        connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
    };
    let layers = names("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'")?;
    for name in names("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")? {
        // Styles say how layers are drawn.
        let own = name == "layer_styles";
        let own = own || ["gpkg_", "rtree_", "sqlite_"].iter().any(|start| name.starts_with(start));
        if !own && !layers.contains(&name) {
            problems.push(format!("table {name}: it is no layer of areas"));
        }
    }
    let profile = manifest.value.pointer("/definitions/profiles/0/key").and_then(serde_json::Value::as_str);
    let profile = profile.unwrap_or_default();
    for layer in &layers {
        let level = layer.strip_prefix("level_").filter(|_| !table.has_level(layer)).unwrap_or(layer);
        let mut rows = connection.prepare(&format!("SELECT * FROM \"{}\"", layer.replace('"', "\"\"")))?;
        let columns: Vec<String> = rows.column_names().map(str::to_owned).collect();
        let mut rows = rows.query([])?;
        let mut number = 0;
        while let Some(row) = rows.next()? {
            number += 1;
            let code: String = row.get("code")?;
            let own = table.rows.iter().filter(|r| r.key.0[0] == level && r.key.0[1] == code && r.key.0[4] == profile);
            let own: Vec<&Row> = own.filter(|row| super::figures::is_whole(&row.key)).collect();
            let at = format!("{layer}, row {number}");
            if own.is_empty() {
                problems.push(format!("{at}: indicators.csv has no area {code:?}"));
                continue;
            }
            for (index, column) in columns.iter().enumerate() {
                let value = row.get_ref(index)?;
                match column.as_str() {
                    "fid" | "code" | "name" | "goal_verdict" => {}
                    "geom" => {
                        if let ValueRef::Blob(blob) = value
                            && !is_multipolygon(blob)
                        {
                            problems.push(format!("{at}: its geometry is not the outline of an area"));
                        }
                    }
                    _ if column.starts_with("goal_missing_") => {}
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
    let mut problems = Vec::new();
    let tables = files.iter().filter_map(|name| name.strip_prefix("open-data/")?.strip_suffix(".csv"));
    for slug in tables {
        let path = |ending: &str| folder.join(format!("open-data/{slug}.{ending}"));
        match open_tables(&path, table, manifest) {
            Ok(found) => problems.extend(found.into_iter().map(|problem| format!("open-data/{slug}{problem}"))),
            Err(reason) => problems.push(format!("open-data/{slug}: it cannot be read: {reason}")),
        }
    }
    check(
        "The tables of open-data hold areas and nothing else, with the same counts as indicators.csv, in every format.",
        problems,
    )
}

fn open_tables(
    path: &dyn Fn(&str) -> std::path::PathBuf,
    table: &Table,
    manifest: &Manifest,
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
            if matches!(head.as_str(), "as_of" | "code" | "name" | "goal_verdict") || head.starts_with("goal_missing_")
            {
                continue;
            }
            let found = cell(column).parse::<f64>().ok();
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
    problems.extend(open_copies(path, &heads, &rows)?);
    Ok(problems)
}

/// Whether JSON, GeoJSON and Parquet have the same rows as the text.
fn open_copies(
    path: &dyn Fn(&str) -> std::path::PathBuf,
    heads: &[String],
    rows: &[Vec<String>],
) -> Result<Vec<String>, String> {
    use serde_json::Value;
    let mut problems = Vec::new();
    let same = |text: &str, value: &Value| match value {
        Value::Null => text.is_empty(),
        Value::String(other) => text == other,
        Value::Number(number) => {
            text.parse::<f64>().is_ok_and(|a| number.as_f64().is_some_and(|b| (a - b).abs() < 5e-7))
        }
        _ => false,
    };
    for ending in ["json", "geojson"].into_iter().filter(|ending| path(ending).exists()) {
        let text = std::fs::read(path(ending)).map_err(|e| e.to_string())?;
        let value: Value = serde_json::from_slice(&text).map_err(|e| e.to_string())?;
        let list = if ending == "json" { &value } else { &value["features"] };
        let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
        if list.len() != rows.len() {
            problems.push(format!(".{ending}: it has {} areas, not {}", list.len(), rows.len()));
        }
        for (row, item) in rows.iter().zip(list) {
            let item = if ending == "json" { item } else { &item["properties"] };
            if item.as_object().is_none_or(|item| item.len() != heads.len()) {
                problems.push(format!(".{ending}: an area has other columns"));
            }
            let other = heads.iter().zip(row).filter(|(head, text)| !same(text, &item[head.as_str()]));
            problems.extend(
                other.map(|(head, text)| format!(".{ending}: {head} is {}, not {text:?}", item[head.as_str()])),
            );
        }
    }
    let file = File::open(path("parquet")).map_err(|e| e.to_string())?;
    let frame = ParquetReader::new(file).finish().map_err(|e| e.to_string())?;
    for (at, head) in heads.iter().enumerate() {
        let Ok(column) = frame.column(head) else {
            problems.push(format!(".parquet: it has no column {head:?}"));
            continue;
        };
        for (number, row) in rows.iter().enumerate() {
            let alike = match column.get(number) {
                Ok(AnyValue::Null) => row[at].is_empty(),
                Ok(AnyValue::String(text)) => row[at] == text,
                Ok(AnyValue::StringOwned(text)) => row[at] == text.as_str(),
                Ok(AnyValue::Int64(count)) => row[at] == count.to_string(),
                Ok(AnyValue::Float64(share)) => row[at].parse::<f64>().is_ok_and(|a| (a - share).abs() < 5e-7),
                _ => false,
            };
            if !alike {
                problems.push(format!(".parquet, row {}: {head} is not {:?}", number + 1, row[at]));
            }
        }
    }
    if frame.width() > heads.len() + 1 {
        problems.push(".parquet: it has more columns than the text".to_owned());
    }
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

/// Whether a GeoPackage's geometry is a multipolygon.
fn is_multipolygon(blob: &[u8]) -> bool {
    let envelope = match blob.get(3).map(|flags| flags >> 1 & 7) {
        Some(0) => 0,
        Some(1) => 32,
        Some(2 | 3) => 48,
        Some(4) => 64,
        _ => return false,
    };
    let wkb = blob.get(8 + envelope..).unwrap_or_default();
    match *wkb {
        [1, a, b, c, d, ..] => u32::from_le_bytes([a, b, c, d]) == 6,
        [0, a, b, c, d, ..] => u32::from_be_bytes([a, b, c, d]) == 6,
        _ => false,
    }
}

impl Table {
    fn has_level(&self, level: &str) -> bool {
        self.rows.iter().any(|row| row.key.0[0] == level)
    }
}
