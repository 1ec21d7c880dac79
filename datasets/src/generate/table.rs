//! The files: Parquet tables and GeoJSON.

use std::{fmt::Write as _, io};

use polars::prelude::{Column, DataFrame, ParquetCompression, ParquetWriter};

use super::{network::Footprint, outline::Polygons};

/// A row of `places.parquet`.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) easting: Option<i32>,
    pub(super) northing: Option<i32>,
    pub(super) category: &'static str,
    pub(super) code: Option<&'static str>,
    /// Population, households, workplaces, jobs.
    pub(super) units: [i32; 4],
    /// Whether a fault was put in; not written.
    pub(super) spoilt: bool,
}

/// A row of `offers.parquet`.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) place: String,
    pub(super) down: i32,
    pub(super) up: i32,
}

/// The id of the address with this number.
pub(super) fn id(number: usize) -> String {
    format!("J{:07}", number + 1)
}

pub(super) fn places(rows: &[Row]) -> io::Result<Vec<u8>> {
    let unit = |k: usize| rows.iter().map(|r| r.units[k]).collect::<Vec<_>>();
    parquet(vec![
        Column::new("id".into(), rows.iter().map(|r| r.id.as_str()).collect::<Vec<_>>()),
        Column::new("e".into(), rows.iter().map(|r| r.easting).collect::<Vec<_>>()),
        Column::new("n".into(), rows.iter().map(|r| r.northing).collect::<Vec<_>>()),
        Column::new("kategori".into(), rows.iter().map(|r| r.category).collect::<Vec<_>>()),
        Column::new("kommunkod".into(), rows.iter().map(|r| r.code).collect::<Vec<_>>()),
        Column::new("befolkning".into(), unit(0)),
        Column::new("hushall".into(), unit(1)),
        Column::new("arbetsstallen".into(), unit(2)),
        Column::new("arbetstillfallen".into(), unit(3)),
    ])
}

pub(super) fn offers(rows: &[Offer]) -> io::Result<Vec<u8>> {
    parquet(vec![
        Column::new("adress".into(), rows.iter().map(|r| r.place.as_str()).collect::<Vec<_>>()),
        Column::new("ned_mbit".into(), rows.iter().map(|r| r.down).collect::<Vec<_>>()),
        Column::new("upp_mbit".into(), rows.iter().map(|r| r.up).collect::<Vec<_>>()),
    ])
}

fn parquet(columns: Vec<Column>) -> io::Result<Vec<u8>> {
    let height = columns.first().map_or(0, Column::len);
    let mut frame = DataFrame::new(height, columns).map_err(io::Error::other)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .finish(&mut frame)
        .map_err(io::Error::other)?;
    Ok(bytes)
}

/// The footprints of one file, one feature a line.
pub(super) fn footprints(file: &str, all: &[Footprint]) -> Vec<u8> {
    let features = all.iter().filter(|f| f.file == file && !f.polygons.is_empty()).map(|f| {
        let s = &f.service;
        let mut properties = format!(
            r#""namn":"{}","operator":"{}","agare":"{}","teknik":"{}","ned_mbit":{},"upp_mbit":{},"status":"{}","oppet":{}"#,
            f.name, s.operator, s.owner, s.technology, s.down, s.up, s.status, s.open
        );
        for (key, value) in [("fran", s.from), ("projekt", s.project)] {
            let value = value.map_or_else(|| "null".to_owned(), |v| format!(r#""{v}""#));
            let _ = write!(properties, r#","{key}":{value}"#);
        }
        (properties, &f.polygons)
    });
    collection(features)
}

/// A feature collection in EPSG:3006 from properties, written, and polygons.
pub(super) fn collection<'a>(features: impl Iterator<Item = (String, &'a Polygons)>) -> Vec<u8> {
    let mut text =
        r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3006"}},"features":["#
            .to_owned();
    for (i, (properties, polygons)) in features.enumerate() {
        text.push_str(if i == 0 { "\n" } else { ",\n" });
        let _ = write!(
            text,
            r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"MultiPolygon","coordinates":["#
        );
        for (p, polygon) in polygons.iter().enumerate() {
            text.push_str(if p == 0 { "[" } else { ",[" });
            for (r, ring) in polygon.iter().enumerate() {
                text.push_str(if r == 0 { "[" } else { ",[" });
                for (c, (e, n)) in ring.iter().enumerate() {
                    let _ = write!(text, "{}[{e},{n}]", if c == 0 { "" } else { "," });
                }
                text.push(']');
            }
            text.push(']');
        }
        text.push_str("]}}");
    }
    text.push_str("\n]}\n");
    text.into_bytes()
}
