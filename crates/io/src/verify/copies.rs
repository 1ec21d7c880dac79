//! Whether the other formats of a table of open data have the same rows as its text.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use polars::prelude::{AnyValue, Column, DataFrame, ParquetReader, SerReader as _};
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use serde_json::Value;

use super::layer;

/// A table as its text has it.
pub(super) struct Text {
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Text {
    /// Every other format that there is against the text; `path` gives the file by its ending.
    pub(super) fn copies(&self, path: &dyn Fn(&str) -> PathBuf) -> Result<Vec<String>, String> {
        let mut problems = Vec::new();
        for ending in ["json", "geojson"].into_iter().filter(|ending| path(ending).exists()) {
            let text = fs::read(path(ending)).map_err(|e| e.to_string())?;
            let value: Value = serde_json::from_slice(&text).map_err(|e| e.to_string())?;
            problems.extend(self.json(ending, &value));
        }
        let file = File::open(path("parquet")).map_err(|e| e.to_string())?;
        let frame = ParquetReader::new(file).finish().map_err(|e| e.to_string())?;
        problems.extend(self.parquet(&frame));
        if path("gpkg").exists() {
            problems.extend(self.geopackage(&path("gpkg")).map_err(|e| format!(".gpkg: {e}"))?);
        }
        Ok(problems)
    }

    fn json(&self, ending: &str, value: &Value) -> Vec<String> {
        let mut problems = Vec::new();
        let list = if ending == "json" { value } else { &value["features"] };
        let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
        if list.len() != self.rows.len() {
            problems.push(format!(".{ending}: it has {} areas, not {}", list.len(), self.rows.len()));
        }
        let same = |text: &str, value: &Value| match value {
            Value::Null => text.is_empty(),
            Value::String(other) => text == other,
            Value::Number(number) => number.as_f64().is_some_and(|number| is(text, number)),
            _ => false,
        };
        for (row, item) in self.rows.iter().zip(list) {
            let item = if ending == "json" { item } else { &item["properties"] };
            if item.as_object().is_none_or(|item| item.len() != self.heads.len()) {
                problems.push(format!(".{ending}: an area has other columns"));
            }
            let other = self.heads.iter().zip(row).filter(|(head, text)| !same(text, &item[head.as_str()]));
            problems.extend(
                other.map(|(head, text)| format!(".{ending}: {head} is {}, not {text:?}", item[head.as_str()])),
            );
        }
        problems
    }

    fn parquet(&self, frame: &DataFrame) -> Vec<String> {
        let mut problems = Vec::new();
        if frame.height() != self.rows.len() {
            problems.push(format!(".parquet: it has {} areas, not {}", frame.height(), self.rows.len()));
            return problems;
        }
        for (at, head) in self.heads.iter().enumerate() {
            let Ok(column) = frame.column(head) else {
                problems.push(format!(".parquet: it has no column {head:?}"));
                continue;
            };
            for (number, row) in self.rows.iter().enumerate() {
                let alike = match column.get(number) {
                    Ok(AnyValue::Null) => row[at].is_empty(),
                    Ok(AnyValue::String(text)) => row[at] == text,
                    Ok(AnyValue::StringOwned(text)) => row[at] == text.as_str(),
                    Ok(AnyValue::Int64(count)) => row[at] == count.to_string(),
                    Ok(AnyValue::Float64(share)) => is(&row[at], share),
                    _ => false,
                };
                if !alike {
                    problems.push(format!(".parquet, row {}: {head} is not {:?}", number + 1, row[at]));
                }
            }
        }
        for column in
            frame.columns().iter().filter(|column| !self.heads.iter().any(|head| head == column.name().as_str()))
        {
            let name = column.name();
            if name.as_str() != "geometry" {
                problems.push(format!(".parquet: the column {name:?} should not be there"));
            } else if !outlines(column) {
                problems.push(".parquet: a geometry is not the outline of an area".to_owned());
            }
        }
        problems
    }

    fn geopackage(&self, path: &Path) -> rusqlite::Result<Vec<String>> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut problems = Vec::new();
        let layers = layer::names(&connection)?;
        let others = layer::others(&connection, &layers)?;
        problems.extend(others.into_iter().map(|name| format!(".gpkg: the table {name} is no layer of areas")));
        let [layer] = layers.as_slice() else {
            problems.push(format!(".gpkg: it has {} layers, not 1", layers.len()));
            return Ok(problems);
        };
        let mut statement = connection.prepare(&layer::all(layer))?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        for head in self.heads.iter().filter(|head| !columns.contains(head)) {
            problems.push(format!(".gpkg: it has no column {head:?}"));
        }
        let mut rows = statement.query([])?;
        let mut number = 0;
        while let Some(row) = rows.next()? {
            number += 1;
            let Some(text) = self.rows.get(number - 1) else { continue };
            for (index, column) in columns.iter().enumerate() {
                let value = row.get_ref(index)?;
                let alike = match (self.heads.iter().position(|head| head == column), value) {
                    (None, ValueRef::Integer(_)) if column == "fid" => true,
                    (None, ValueRef::Null) if column == "geom" => true,
                    (None, ValueRef::Blob(blob)) if column == "geom" => layer::is_outline(blob),
                    (None, _) => false,
                    (Some(at), ValueRef::Null) => text[at].is_empty(),
                    (Some(at), ValueRef::Integer(count)) => text[at] == count.to_string(),
                    (Some(at), ValueRef::Real(number)) => is(&text[at], number),
                    (Some(at), ValueRef::Text(bytes)) => text[at].as_bytes() == bytes,
                    (Some(_), ValueRef::Blob(_)) => false,
                };
                if !alike {
                    problems.push(format!(".gpkg, row {number}: {column} is not what the text has"));
                }
            }
        }
        if number != self.rows.len() {
            problems.push(format!(".gpkg: it has {number} areas, not {}", self.rows.len()));
        }
        Ok(problems)
    }
}

/// Whether a text is a number, as far as files keep it.
fn is(text: &str, number: f64) -> bool {
    text.parse::<f64>().is_ok_and(|own| (own - number).abs() <= 5e-7 * number.abs().max(1.0))
}

/// Whether all geometries of a column are outlines.
fn outlines(column: &Column) -> bool {
    (0..column.len()).all(|row| match column.get(row) {
        Ok(AnyValue::Null) => true,
        Ok(AnyValue::Binary(wkb)) => layer::is_multipolygon(wkb),
        Ok(AnyValue::BinaryOwned(wkb)) => layer::is_multipolygon(&wkb),
        _ => false,
    })
}
