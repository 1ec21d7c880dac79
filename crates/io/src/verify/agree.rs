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
    geopackage::snake_case,
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
    let layers = names("SELECT table_name FROM gpkg_contents")?;
    for name in names("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")? {
        let own = ["gpkg_", "rtree_", "sqlite_"].iter().any(|start| name.starts_with(start));
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
