//! GeoJSON: collections, single features and geometries, and features one a line.
//!
//! The file is gone through once to find where features begin and end, and what their properties are called; the pieces
//! between are then read on their own. Rows count features from 1. A feature's own `id` is the column `id` where the
//! feature has no property of that name. A file without a `crs` member is in longitude and latitude (EPSG:4326), as the
//! standard says.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
};

use indexmap::IndexSet;
use serde::de::DeserializeSeed;

use super::{
    Batch, DeclaredCrs, Description, Format, ReadError,
    batcher::{Batcher, Wanted, positions},
    detect,
    geojson_feature::{Object, ObjectSeed},
    geojson_rows::{Place, Reading},
    geojson_survey::Survey,
    pieces::Opened,
};

/// Bytes read at a time.
pub(super) const BLOCK: usize = 1 << 20;

/// The member that stands for the feature's own id.
pub(super) const ID: &str = "id";

pub(super) const COLLECTION: &str = "FeatureCollection";

pub(super) fn describe(path: &Path, format: Format) -> Result<Description, ReadError> {
    Ok(GeoJson::open(path, format)?.description)
}

/// A GeoJSON file, cut into pieces where features begin.
pub(super) struct GeoJson {
    path: PathBuf,
    pieces: Vec<Piece>,
    rows: u64,
    /// What stands between lines.
    line_end: u8,
    description: Description,
}

/// Some features.
pub(super) struct Piece {
    pub(super) bytes: Range<u64>,
    /// The number of the first feature.
    pub(super) row: u64,
    pub(super) rows: u64,
    pub(super) kind: Kind,
}

/// What stands in a piece, and so what stands between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Features of a collection, with commas between them.
    Features,
    /// Features or geometries on their own, with space between them.
    Objects,
    /// The same, one a line, so that one that is wrong is only that.
    Lines,
}

impl GeoJson {
    pub(super) fn open(path: &Path, format: Format) -> Result<Self, ReadError> {
        let Survey { notes, crs, pieces, row, line_end, .. } = Survey::of(path, format == Format::GeoJsonLines)?;
        let own_id = (notes.has_id && !notes.keys.contains(ID)).then(|| ID.to_owned());
        let description = Description {
            format,
            columns: own_id.into_iter().chain(notes.keys).collect(),
            geometry: true,
            crs: crs.unwrap_or(DeclaredCrs::epsg(4326)),
        };
        Ok(Self { path: path.to_owned(), pieces, rows: row, line_end, description })
    }
}

impl Opened for GeoJson {
    fn description(&self) -> &Description {
        &self.description
    }

    fn len(&self) -> usize {
        self.pieces.len()
    }

    fn rows(&self) -> Option<u64> {
        Some(self.rows)
    }

    fn bytes(&self, piece: usize) -> u64 {
        self.pieces.get(piece).map_or(0, |piece| piece.bytes.end - piece.bytes.start)
    }

    fn positions(&self, columns: &[String]) -> Result<Vec<usize>, ReadError> {
        // Of no features it cannot be said that they lack a property.
        if self.rows > 0 { positions(&self.path, columns, &self.description.columns) } else { Ok(Vec::new()) }
    }

    fn read(&self, piece: usize, wanted: Wanted<'_>) -> Result<Batch, ReadError> {
        let Some(piece) = self.pieces.get(piece) else { return Ok(Batch::default()) };
        let read = || {
            let mut file = File::open(&self.path)?;
            file.seek(SeekFrom::Start(piece.bytes.start))?;
            detect::bytes_at(&mut file, piece.bytes.end - piece.bytes.start)
        };
        let failed =
            |e| ReadError::unreadable(&self.path, format!("at feature {}: {}", piece.row, detect::in_words(&e)));
        let text = read().map_err(failed)?;
        let unique: IndexSet<String> = wanted.columns.iter().cloned().collect();
        let reading = Reading {
            path: &self.path,
            places: wanted.columns.iter().filter_map(|c| unique.get_index_of(c)).collect(),
            wanted: unique.into_iter().collect(),
            geometry: wanted.geometry,
            batcher: Batcher::new(wanted),
            row: piece.row - 1,
        };
        match piece.kind {
            Kind::Features => reading.values(&text, piece.bytes.start, Place::InCollection),
            Kind::Objects => reading.values(&text, piece.bytes.start, Place::OnItsOwn),
            Kind::Lines => Ok(reading.lines(&text, self.line_end)),
        }
    }
}

pub(super) fn parse(
    raw: &[u8],
    wanted: &[String],
    geometry: bool,
    keys: &mut IndexSet<String>,
) -> serde_json::Result<Object> {
    let mut json = serde_json::Deserializer::from_slice(raw);
    let object = ObjectSeed { wanted, geometry, keys }.deserialize(&mut json)?;
    json.end()?;
    Ok(object)
}

/// An error inside a value that begins at `start` of the file.
pub(super) fn json_error(path: &Path, error: &serde_json::Error, raw: &[u8], start: u64) -> ReadError {
    let before: usize =
        raw.split_inclusive(|&b| b == b'\n').take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let text = error.to_string();
    // The parser's own line and column count from the beginning of the value.
    let reason = text.split(" at line ").next().unwrap_or(&text);
    at(path, start + (before + error.column().saturating_sub(1)) as u64, reason)
}

/// An error at a byte of the file, told by line and column.
pub(super) fn at(path: &Path, offset: u64, reason: &str) -> ReadError {
    let (line, column) = line_and_column(path, offset).unwrap_or((0, offset + 1));
    ReadError::unreadable(path, format!("line {line}, column {column}: {reason}"))
}

/// Counted only when an error is told, so that reading need not.
fn line_and_column(path: &Path, offset: u64) -> std::io::Result<(u64, u64)> {
    let mut file = BufReader::with_capacity(BLOCK, File::open(path)?);
    file.seek(SeekFrom::Start(0))?;
    let (mut line, mut column) = (1, 1);
    for byte in file.take(offset).bytes() {
        (line, column) = if byte? == b'\n' { (line + 1, 1) } else { (line, column + 1) };
    }
    Ok((line, column))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use geo::point;

    use crate::{
        crs::Crs,
        read::{Batch, Column, DeclaredCrs, Description, ReadError, ReadOptions, describe, read},
    };

    fn read_text(name: &str, content: &str, columns: &[&str]) -> Result<(Description, Batch), ReadError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        fs::write(&path, content).unwrap();
        let columns: Vec<String> = columns.iter().map(|&c| c.to_owned()).collect();
        let mut batch = Batch::default();
        let description = read(&path, &ReadOptions::default(), &columns, true, &mut |b| {
            batch = b;
            true
        })?;
        let described = describe(&path, &ReadOptions::default())?;
        assert_eq!((described.columns, described.crs), (description.columns.clone(), description.crs.clone()));
        Ok((description, batch))
    }

    const A: &str = r#"{"type":"Feature","id":7,"properties":{"kod":"0180","n":1},"geometry":{"type":"Point","coordinates":[1,2,3]}}"#;
    const B: &str = r#"{"properties":{"late":"x","n":2.5},"geometry":null,"type":"Feature"}"#;
    const CRS: &str = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3006"}}"#;

    fn text(values: &[Option<&str>]) -> Column {
        Column::Text(values.iter().copied().collect())
    }

    #[test]
    fn members_may_stand_in_any_order_and_others_are_passed_over() {
        for content in [
            format!(r#"{{"type":"FeatureCollection",{CRS},"features":[{A},{B}]}}"#),
            format!(
                "\u{feff}{{ \"features\" : [ {A} ,\n {B} ] , \"bbox\":[1,2], {CRS}, \"type\":\"FeatureCollection\" }}\n"
            ),
        ] {
            let (description, batch) = read_text("a.geojson", &content, &["late", "n", "kod", "id", "n"]).unwrap();
            assert_eq!(description.columns, ["id", "kod", "n", "late"]);
            assert_eq!(description.crs, DeclaredCrs::Known(Crs::Epsg(3006)));
            assert_eq!(batch.rows, [1, 2]);
            assert_eq!(batch.columns[0], text(&[None, Some("x")]));
            assert_eq!(batch.columns[1], Column::Real(vec![Some(1.0), Some(2.5)].into()));
            assert_eq!(batch.columns[2], text(&[Some("0180"), None]));
            assert_eq!(batch.columns[3], Column::Integer(vec![Some(7), None].into()));
            assert_eq!(batch.columns[4], batch.columns[1]);
            assert_eq!(batch.geometry.into_vec(), [Ok(Some(point!(x: 1.0, y: 2.0).into())), Ok(None)]);
        }
    }

    #[test]
    fn features_one_a_line_are_read_and_a_bad_line_is_a_bad_row() {
        for (name, content) in [
            ("a.geojsonl", format!("{A}\n\n{{\"type\":\n{B}\r\n")),
            ("a.ndjson", format!("\u{1e}{A}\n\u{1e}{{]\n\u{1e}{B}\n")),
        ] {
            let (description, batch) = read_text(name, &content, &["kod"]).unwrap();
            assert_eq!(batch.rows, [1, 3], "{name}");
            assert_eq!(batch.malformed.len(), 1);
            assert_eq!(batch.malformed[0].0, 2);
            assert_eq!(description.crs, DeclaredCrs::Known(Crs::Epsg(4326)));
        }
        // Under the name of GeoJSON too, and a whole document under the name of lines.
        assert_eq!(read_text("a.geojson", &format!("{A}\n{B}\n"), &["kod"]).unwrap().1.rows, [1, 2]);
        let document = format!("{{\"type\":\"FeatureCollection\",\n\"features\":[{A}]}}");
        assert_eq!(read_text("a.geojsonl", &document, &["kod"]).unwrap().1.rows, [1]);
    }

    #[test]
    fn a_single_feature_and_a_bare_geometry_are_one_row() {
        assert_eq!(read_text("a.json", A, &["kod"]).unwrap().1.columns[0], text(&[Some("0180")]));
        let (description, batch) = read_text("a.json", r#"{"coordinates":[1,2],"type":"Point"}"#, &[]).unwrap();
        assert!(description.columns.is_empty());
        assert_eq!(batch.geometry.into_vec(), [Ok(Some(point!(x: 1.0, y: 2.0).into()))]);
    }

    #[test]
    fn what_is_not_json_is_told_by_line_and_column() {
        for (content, place) in [
            ("", "empty"),
            ("hello", "line 1, column 1"),
            ("{\"type\":\"FeatureCollection\",\n\"features\":[\n{\"type\":\"Feature\",}]}", "line 3, column 19"),
            ("{\"type\":\"FeatureCollection\",\n\"features\":[{}", "line 2, column 15"),
            ("[1]", "beginning with '{'"),
            ("{\"type\":\"Topology\"}", "\"Topology\""),
        ] {
            let error = read_text("a.geojson", content, &[]).unwrap_err().to_string();
            assert!(error.contains(place), "{content}: {error}");
        }
        let whole = format!(r#"{{"type":"FeatureCollection",{CRS},"features":[{A},{B}]}}"#);
        for end in (1..whole.len()).filter(|&n| whole.is_char_boundary(n)) {
            assert!(read_text("a.geojson", &whole[..end], &[]).is_err(), "{end}");
        }
    }

    #[test]
    fn a_column_that_no_feature_has_is_an_error() {
        let collection = format!(r#"{{"type":"FeatureCollection","features":[{A}]}}"#);
        assert!(matches!(read_text("a.json", &collection, &["none"]), Err(ReadError::NoColumn { .. })));
        let empty = r#"{"type":"FeatureCollection","features":[]}"#;
        assert!(read_text("a.json", empty, &["none"]).unwrap().1.rows.is_empty());
    }
}
