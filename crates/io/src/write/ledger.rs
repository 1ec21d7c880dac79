//! The ledger as text for a pipe: CSV, JSON or GeoJSON, one row per area and unit.

use geo::{Geometry, MapCoords};
use nittio_core::{assessment::Verdict, ledger::Line, measure::Measure, outcome::Outcome};
use serde_json::{Map, Value, json};

use crate::crs::{Crs, Transformer};

/// The columns of the ledger's rows.
pub const COLUMNS: [&str; 13] = [
    "level",
    "code",
    "name",
    "unit",
    "measure",
    "total",
    "covered",
    "missing",
    "unmatched",
    "share",
    "needed",
    "missing_to_goal",
    "verdict",
];

/// One row per area, unit and step, with the columns of [`COLUMNS`].
///
/// Counts are in parts of the unit where the unit has a scale (see the manifest).
fn rows(outcome: &Outcome, lines: &[Line]) -> Vec<[Value; 13]> {
    let mut rows = Vec::new();
    for line in lines {
        let area = &outcome.indicators.areas[line.area];
        for part in &line.parts {
            let figure = part.figure;
            let needed = part.step.share.of(figure.total);
            let (verdict, gap) = match part.verdict {
                Verdict::Met => ("met", json!(0)),
                Verdict::Missed { units, .. } => ("missed", json!(units)),
                Verdict::NotMeasured => ("not-measured", Value::Null),
                Verdict::Withheld => ("withheld", Value::Null),
            };
            let share = figure.share().map_or(Value::Null, |share| json!((share * 1e6).round() / 1e6));
            rows.push([
                json!(area.level),
                json!(area.code),
                json!(area.name),
                json!(part.unit.key()),
                json!(Measure::Down(part.step.down).to_string()),
                json!(figure.total),
                json!(figure.covered),
                json!(figure.missing),
                json!(figure.unmatched),
                share,
                json!(needed),
                gap,
                json!(verdict),
            ]);
        }
    }
    rows
}

/// RFC 4180 with a header.
///
/// # Errors
/// Never in practice: the text is written to memory.
pub fn csv(outcome: &Outcome, lines: &[Line]) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in rows(outcome, lines) {
        writer.write_record(row.iter().map(|value| match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        }))?;
    }
    let bytes = writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// An array of objects.
#[must_use]
pub fn json(outcome: &Outcome, lines: &[Line]) -> String {
    let rows: Vec<Value> = rows(outcome, lines)
        .into_iter()
        .map(|row| Value::Object(COLUMNS.iter().map(ToString::to_string).zip(row).collect()))
        .collect();
    format!("{:#}\n", Value::Array(rows))
}

/// Areas with their borders, in EPSG:4326 as RFC 7946 wants, or as they are when the study is `as-is`.
#[must_use]
pub fn geojson(outcome: &Outcome, lines: &[Line]) -> String {
    let crs = outcome.provenance.crs.parse().unwrap_or(Crs::AsIs);
    let transformer = (crs != Crs::AsIs).then(|| Transformer::new(crs, Crs::Epsg(4326)).ok()).flatten();
    let rows = rows(outcome, lines);
    let mut rows = rows.into_iter();
    let mut features = Vec::new();
    for line in lines {
        let area = &outcome.indicators.areas[line.area];
        let mut properties = Map::new();
        for row in rows.by_ref().take(line.parts.len()) {
            let [level, code, name, unit, measure, counts @ ..] = row;
            properties.insert("level".to_owned(), level);
            properties.insert("code".to_owned(), code);
            properties.insert("name".to_owned(), name);
            let prefix = [unit, measure].map(|v| v.as_str().unwrap_or_default().to_owned()).join(" ");
            for (column, value) in COLUMNS[5..].iter().zip(counts) {
                properties.insert(format!("{prefix} {column}"), value);
            }
        }
        let borders = area.index.and_then(|(level, index)| outcome.frame.levels[level].areas[index].geometry.clone());
        let geometry = borders.and_then(|borders| {
            let geometry = Geometry::MultiPolygon(borders);
            let degrees = match &transformer {
                Some(transformer) => transformer.geometry(geometry)?,
                None => return Some(geometry),
            };
            // Seven decimals are a centimetre.
            Some(degrees.map_coords(|c| geo::Coord { x: (c.x * 1e7).round() / 1e7, y: (c.y * 1e7).round() / 1e7 }))
        });
        let geometry = geometry.map(|geometry| geojson::Geometry::from(&geometry));
        features.push(json!({
            "type": "Feature",
            "properties": properties,
            "geometry": geometry,
        }));
    }
    format!("{}\n", json!({ "type": "FeatureCollection", "features": features }))
}
