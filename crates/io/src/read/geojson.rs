//! GeoJSON: collections, single features and geometries, and features one a line.
//!
//! The file is gone through once, one feature at a time, however its members are ordered. Rows count features from 1.
//! A feature's own `id` is the column `id` where the feature has no property of that name. A file without a `crs`
//! member is in longitude and latitude (EPSG:4326), as the standard says.

use std::{
    borrow::Cow,
    fs::File,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use indexmap::IndexSet;
use serde::de::{DeserializeSeed, IgnoredAny};

use super::{
    Batch, DeclaredCrs, Description, Format, ReadError,
    batcher::{Batcher, Value, Wanted},
    detect,
    geojson_feature::{GEOMETRY_TYPES, Object, ObjectSeed},
    geojson_scan::{ScanError, Scanner},
};

/// Bytes read at a time.
const CHUNK: usize = 1 << 18;

/// The member that stands for the feature's own id.
const ID: &str = "id";

const COLLECTION: &str = "FeatureCollection";

pub(super) fn describe(path: &Path, format: Format) -> Result<Description, ReadError> {
    read(path, format, Wanted { columns: &[], geometry: false }, &mut |_| true)
}

pub(super) fn read(
    path: &Path,
    format: Format,
    wanted: Wanted<'_>,
    take: &mut dyn FnMut(Batch) -> bool,
) -> Result<Description, ReadError> {
    let unique: IndexSet<String> = wanted.columns.iter().cloned().collect();
    let places = wanted.columns.iter().filter_map(|c| unique.get_index_of(c)).collect();
    let mut reading = Reading {
        path,
        wanted: unique.into_iter().collect(),
        places,
        geometry: wanted.geometry,
        batcher: Batcher::new(wanted, take),
        row: 0,
        keys: IndexSet::new(),
        has_id: false,
        crs: None,
    };
    if format != Format::GeoJsonLines || !reading.lines()? {
        reading.document()?;
    }
    let description = reading.description(format);
    let Reading { batcher, row, .. } = reading;
    batcher.finish()?;
    if row > 0 {
        wanted.positions(path, &description.columns)?;
    }
    Ok(description)
}

struct Reading<'a> {
    path: &'a Path,
    /// The wanted columns, each once.
    wanted: Vec<String>,
    /// For each column that was asked for, where it stands in `wanted`.
    places: Vec<usize>,
    geometry: bool,
    batcher: Batcher<'a>,
    row: u64,
    keys: IndexSet<String>,
    has_id: bool,
    crs: Option<DeclaredCrs>,
}

/// Where an object stands decides what it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    InCollection,
    OnItsOwn,
}

impl Reading<'_> {
    fn description(&self, format: Format) -> Description {
        let own_id = (self.has_id && !self.keys.contains(ID)).then(|| ID.to_owned());
        Description {
            format,
            columns: own_id.into_iter().chain(self.keys.iter().cloned()).collect(),
            geometry: true,
            crs: self.crs.clone().unwrap_or(DeclaredCrs::epsg(4326)),
        }
    }

    /// Opens the file after its byte order mark; says how long that is.
    fn open(&self) -> Result<(BufReader<File>, u64), ReadError> {
        let failed = |e| ReadError::unreadable(self.path, detect::in_words(&e));
        let mut file = BufReader::with_capacity(CHUNK, detect::open(self.path)?);
        let start = file.fill_buf().map_err(failed)?;
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
            return Err(ReadError::unreadable(self.path, "the file is in UTF-16; GeoJSON is in UTF-8, so save it so"));
        }
        let mark = if start.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
        file.consume(mark);
        Ok((file, mark as u64))
    }

    /// Reads features one a line (or between record separators); `false` if the file is not of that kind after all.
    fn lines(&mut self) -> Result<bool, ReadError> {
        let (mut file, _) = self.open()?;
        let failed = |e| ReadError::unreadable(self.path, detect::in_words(&e));
        let end = match file.fill_buf().map_err(failed)?.trim_ascii_start().first() {
            Some(0x1e) => 0x1e,
            _ => b'\n',
        };
        let mut line = Vec::new();
        while file.read_until(end, &mut line).map_err(failed)? > 0 {
            let text = line.strip_suffix(&[end]).unwrap_or(&line).trim_ascii();
            if !text.is_empty() {
                let object = self.parse(text);
                if self.row == 0 {
                    // A whole document under the name of lines begins with a line that is no feature.
                    match &object {
                        Ok(object) if object.kind.as_deref() != Some(COLLECTION) => {}
                        _ => return Ok(false),
                    }
                }
                match object {
                    Ok(object) => self.push(object, Place::OnItsOwn)?,
                    Err(error) => {
                        self.row += 1;
                        self.batcher.malformed(self.row, format!("not JSON: {error}"))?;
                    }
                }
            }
            line.clear();
        }
        Ok(true)
    }

    /// Reads one JSON document, or several after one another.
    fn document(&mut self) -> Result<(), ReadError> {
        let (file, mark) = self.open()?;
        let mut scanner = Scanner::new(file, mark);
        let mut any = false;
        loop {
            match scanner.peek().map_err(|e| self.scan_error(e))? {
                None if any => return Ok(()),
                None => return Err(ReadError::unreadable(self.path, "the file is empty; it should hold GeoJSON")),
                Some(b'{') => self.top_level(&mut scanner)?,
                found => {
                    let error = scanner.unexpected(found, "a GeoJSON object, beginning with '{',");
                    return Err(self.scan_error(error));
                }
            }
            any = true;
        }
    }

    /// Reads an object member by member: its features one at a time, all else together.
    fn top_level(&mut self, scanner: &mut Scanner<BufReader<File>>) -> Result<(), ReadError> {
        let start = scanner.offset;
        scanner.skip();
        let mut raw = vec![b'{'];
        let mut value = Vec::new();
        let (mut kind, mut crs, mut features) = (None, None, false);
        let mut first = true;
        loop {
            match scanner.peek().map_err(|e| self.scan_error(e))? {
                Some(b'}') => break,
                Some(b',') if !first => {
                    scanner.skip();
                    raw.push(b',');
                }
                _ if first => {}
                found => return Err(self.scan_error(scanner.unexpected(found, "',' or '}'"))),
            }
            first = false;
            if scanner.peek().map_err(|e| self.scan_error(e))? != Some(b'"') {
                let found = scanner.peek().map_err(|e| self.scan_error(e))?;
                return Err(self.scan_error(scanner.unexpected(found, "a member's name")));
            }
            value.clear();
            let key: String = self.member(scanner, &mut value)?;
            raw.extend_from_slice(&value);
            raw.push(b':');
            scanner.expect(b':').map_err(|e| self.scan_error(e))?;
            let next = scanner.peek().map_err(|e| self.scan_error(e))?;
            if key == "features" && kind.as_deref().is_none_or(|k| k == COLLECTION) {
                if next != Some(b'[') {
                    let error = scanner.unexpected(next, "the array of features");
                    return Err(self.scan_error(error));
                }
                features = true;
                self.features(scanner)?;
                raw.extend_from_slice(b"[]");
                continue;
            }
            value.clear();
            match key.as_str() {
                "type" => {
                    let found: serde_json::Value = self.member(scanner, &mut value)?;
                    kind = found.as_str().map(str::to_owned);
                    if kind.is_none() {
                        return Err(self.at(start, &format!("the \"type\" is {found}; {}", right_types())));
                    }
                }
                "crs" => crs = Some(self.member::<serde_json::Value>(scanner, &mut value)?),
                _ => {
                    self.member::<IgnoredAny>(scanner, &mut value)?;
                }
            }
            raw.extend_from_slice(&value);
        }
        scanner.skip();
        raw.push(b'}');
        if let Some(crs) = crs {
            self.crs = Some(DeclaredCrs::from_geojson(&crs));
        }
        match kind.as_deref() {
            Some(COLLECTION) if features => Ok(()),
            Some(COLLECTION) => Err(self.at(start, "the FeatureCollection has no \"features\"")),
            Some(kind) if kind == "Feature" || GEOMETRY_TYPES.contains(&kind) => {
                let object = self.parse(&raw).map_err(|e| self.at(start, &e.to_string()))?;
                self.push(object, Place::OnItsOwn)
            }
            Some(kind) => Err(self.at(start, &format!("the \"type\" is {kind:?}; {}", right_types()))),
            None => Err(self.at(start, &format!("the object has no \"type\"; {}", right_types()))),
        }
    }

    /// Reads one value and makes sure that it is JSON; `raw` is empty before and holds it after.
    fn member<T: serde::de::DeserializeOwned>(
        &self,
        scanner: &mut Scanner<BufReader<File>>,
        raw: &mut Vec<u8>,
    ) -> Result<T, ReadError> {
        scanner.value(raw).map_err(|e| self.scan_error(e))?;
        let start = scanner.offset - raw.len() as u64;
        serde_json::from_slice(raw).map_err(|e| self.json_error(&e, raw, start))
    }

    fn features(&mut self, scanner: &mut Scanner<BufReader<File>>) -> Result<(), ReadError> {
        scanner.skip();
        let mut raw = Vec::new();
        if scanner.peek().map_err(|e| self.scan_error(e))? == Some(b']') {
            scanner.skip();
            return Ok(());
        }
        loop {
            raw.clear();
            scanner.value(&mut raw).map_err(|e| self.scan_error(e))?;
            let start = scanner.offset - raw.len() as u64;
            let object = self.parse(&raw).map_err(|e| self.json_error(&e, &raw, start))?;
            self.push(object, Place::InCollection)?;
            match scanner.peek().map_err(|e| self.scan_error(e))? {
                Some(b',') => scanner.skip(),
                Some(b']') => {
                    scanner.skip();
                    return Ok(());
                }
                found => return Err(self.scan_error(scanner.unexpected(found, "',' or ']'"))),
            }
        }
    }

    fn parse(&mut self, raw: &[u8]) -> serde_json::Result<Object> {
        let mut json = serde_json::Deserializer::from_slice(raw);
        let seed = ObjectSeed { wanted: &self.wanted, geometry: self.geometry, keys: &mut self.keys };
        let object = seed.deserialize(&mut json)?;
        json.end()?;
        Ok(object)
    }

    fn push(&mut self, mut object: Object, place: Place) -> Result<(), ReadError> {
        self.row += 1;
        let geometry_alone = match (object.not_an_object, object.kind.as_deref(), object.wrong_properties) {
            (Some(found), ..) => return self.malformed(&format!("{found} stands where a feature should")),
            (None, Some("Feature"), None) => false,
            (None, Some("Feature"), Some(found)) => {
                return self
                    .malformed(&format!("the feature's properties are {found}; right would be an object or null"));
            }
            (None, Some(kind), _) if place == Place::OnItsOwn && GEOMETRY_TYPES.contains(&kind) => true,
            (None, Some(kind), _) => {
                return self.malformed(&format!("an object of the type {kind:?} stands where a feature should"));
            }
            (None, None, _) => return self.malformed("the feature has no \"type\"; right would be \"Feature\""),
        };
        let own_id = object.id.take().filter(|_| !geometry_alone);
        self.has_id |= own_id.is_some();
        let values: Vec<Value<'static>> = std::mem::take(&mut object.values)
            .into_iter()
            .zip(&self.wanted)
            .map(|(value, name)| match value {
                Some(value) => value,
                None if name == ID => own_id.clone().unwrap_or(Value::Null),
                None => Value::Null,
            })
            .collect();
        let geometry = || if geometry_alone { object.own_geometry() } else { object.feature_geometry() };
        self.batcher.push(self.row, self.places.iter().filter_map(|&p| values.get(p)).map(borrowed), geometry)
    }

    fn malformed(&mut self, reason: &str) -> Result<(), ReadError> {
        self.batcher.malformed(self.row, reason)
    }

    fn scan_error(&self, error: ScanError) -> ReadError {
        match error {
            ScanError::Io(error) => ReadError::unreadable(self.path, detect::in_words(&error)),
            ScanError::Syntax { offset, reason } => self.at(offset, &reason),
        }
    }

    /// An error inside a value that begins at `start` of the file.
    fn json_error(&self, error: &serde_json::Error, raw: &[u8], start: u64) -> ReadError {
        let before: usize =
            raw.split_inclusive(|&b| b == b'\n').take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
        let text = error.to_string();
        // The parser's own line and column count from the beginning of the value.
        let reason = text.split(" at line ").next().unwrap_or(&text);
        self.at(start + (before + error.column().saturating_sub(1)) as u64, reason)
    }

    /// An error at a byte of the file, told by line and column.
    fn at(&self, offset: u64, reason: &str) -> ReadError {
        let (line, column) = line_and_column(self.path, offset).unwrap_or((0, offset + 1));
        ReadError::unreadable(self.path, format!("line {line}, column {column}: {reason}"))
    }
}

fn borrowed<'v>(value: &'v Value<'static>) -> Value<'v> {
    match value {
        Value::Text(text) => Value::Text(Cow::Borrowed(text)),
        Value::Null => Value::Null,
        Value::Integer(x) => Value::Integer(*x),
        Value::Real(x) => Value::Real(*x),
        Value::Flag(x) => Value::Flag(*x),
    }
}

fn right_types() -> String {
    format!("right would be {COLLECTION}, Feature or a geometry")
}

/// Counted only when an error is told, so that reading need not.
fn line_and_column(path: &Path, offset: u64) -> std::io::Result<(u64, u64)> {
    let mut file = BufReader::with_capacity(CHUNK, File::open(path)?);
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
        Column::Text(values.iter().map(|v| v.map(Into::into)).collect())
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
            assert_eq!(batch.columns[1], Column::Real(vec![Some(1.0), Some(2.5)]));
            assert_eq!(batch.columns[2], text(&[Some("0180"), None]));
            assert_eq!(batch.columns[3], Column::Integer(vec![Some(7), None]));
            assert_eq!(batch.columns[4], batch.columns[1]);
            assert_eq!(batch.geometry, [Ok(Some(point!(x: 1.0, y: 2.0).into())), Ok(None)]);
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
        assert_eq!(batch.geometry, [Ok(Some(point!(x: 1.0, y: 2.0).into()))]);
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
