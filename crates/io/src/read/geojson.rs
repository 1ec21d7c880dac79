//! GeoJSON: collections, single features and geometries, and features one a line.
//!
//! The file is gone through once to find where features begin and end, and what their properties are called; the pieces
//! between are then read on their own. Rows count features from 1. A feature's own `id` is the column `id` where the
//! feature has no property of that name. A file without a `crs` member is in longitude and latitude (EPSG:4326), as the
//! standard says.

use std::{
    borrow::Cow,
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
};

use indexmap::IndexSet;
use memchr::memchr;
use serde::de::{DeserializeSeed, IgnoredAny};

use super::{
    Batch, DeclaredCrs, Description, Format, ReadError,
    batcher::{Batcher, Value, Wanted, positions},
    detect,
    geojson_fast::Feature,
    geojson_feature::{GEOMETRY_TYPES, Object, ObjectSeed},
    geojson_scan::{Notes, ScanError, Scanner, Walk, begins_as_feature},
    pieces::{Opened, PIECE_BYTES, PIECE_ROWS},
};

/// Bytes read at a time.
const BLOCK: usize = 1 << 20;

/// The member that stands for the feature's own id.
const ID: &str = "id";

const COLLECTION: &str = "FeatureCollection";

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
struct Piece {
    bytes: Range<u64>,
    /// The number of the first feature.
    row: u64,
    rows: u64,
    kind: Kind,
}

/// What stands in a piece, and so what stands between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Features of a collection, with commas between them.
    Features,
    /// Features or geometries on their own, with space between them.
    Objects,
    /// The same, one a line, so that one that is wrong is only that.
    Lines,
}

impl GeoJson {
    pub(super) fn open(path: &Path, format: Format) -> Result<Self, ReadError> {
        let mut scan = Scan {
            path,
            notes: Notes::default(),
            crs: None,
            pieces: Vec::new(),
            row: 0,
            goes_on: false,
            line_end: b'\n',
        };
        if format != Format::GeoJsonLines || !scan.lines()? {
            scan.document()?;
        }
        let Scan { notes, crs, pieces, row, line_end, .. } = scan;
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

/// A way through the file that notes where features are and how their properties are called.
struct Scan<'a> {
    path: &'a Path,
    notes: Notes,
    crs: Option<DeclaredCrs>,
    pieces: Vec<Piece>,
    row: u64,
    /// Whether the next feature may join the last piece: between the two is nothing but what the kind says.
    goes_on: bool,
    line_end: u8,
}

/// Where an object stands decides what it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    InCollection,
    OnItsOwn,
}

impl Scan<'_> {
    /// Opens the file after its byte order mark.
    fn open(&self) -> Result<Scanner<File>, ReadError> {
        let failed = |e| ReadError::unreadable(self.path, detect::in_words(&e));
        let mut scanner = Scanner::new(detect::open(self.path)?, 0, BLOCK);
        while scanner.window().len() < 3 && scanner.more().map_err(failed)? {}
        let start = scanner.window();
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
            return Err(ReadError::unreadable(self.path, "the file is in UTF-16; GeoJSON is in UTF-8, so save it so"));
        }
        if start.starts_with(&[0xef, 0xbb, 0xbf]) {
            scanner.consume(3);
        }
        Ok(scanner)
    }

    /// Notes the features of one piece after another.
    fn note(&mut self, bytes: Range<u64>, kind: Kind) {
        self.row += 1;
        match self.pieces.last_mut() {
            Some(last)
                if self.goes_on
                    && last.kind == kind
                    && last.rows < PIECE_ROWS
                    && bytes.end - last.bytes.start <= PIECE_BYTES =>
            {
                last.bytes.end = bytes.end;
                last.rows += 1;
            }
            _ => self.pieces.push(Piece { bytes, row: self.row, rows: 1, kind }),
        }
        self.goes_on = true;
    }

    /// Finds features one a line (or between record separators); `false` if the file is not of that kind after all.
    fn lines(&mut self) -> Result<bool, ReadError> {
        let failed = |e| ReadError::unreadable(self.path, detect::in_words(&e));
        let mut file = self.open()?;
        if file.window().trim_ascii_start().first() == Some(&0x1e) {
            self.line_end = 0x1e;
        }
        let mut looked = 0;
        loop {
            let found = memchr(self.line_end, &file.window()[looked..]);
            if found.is_none() {
                looked = file.window().len();
                if file.more().map_err(failed)? {
                    continue;
                }
            }
            let window = file.window();
            let length = found.map_or(window.len(), |found| looked + found + 1);
            if length == 0 {
                return Ok(true);
            }
            let line = window[..length].strip_suffix(&[self.line_end]).unwrap_or(&window[..length]).trim_ascii();
            if !line.is_empty() {
                if self.row == 0 {
                    // A whole document under the name of lines begins with a line that is no feature.
                    match parse(line, &[], false, &mut IndexSet::new()) {
                        Ok(object) if object.kind.as_deref() != Some(COLLECTION) => {}
                        _ => return Ok(false),
                    }
                }
                if line.starts_with(b"{") {
                    Walk::default().end(line, &mut self.notes);
                }
                let start = file.offset;
                self.note(start..start + length as u64, Kind::Lines);
            }
            file.consume(length);
            looked = 0;
        }
    }

    /// Goes through one JSON document, or several after one another.
    fn document(&mut self) -> Result<(), ReadError> {
        let mut scanner = self.open()?;
        let mut any = false;
        loop {
            match scanner.peek().map_err(|e| self.scan_error(e))? {
                None if any => return Ok(()),
                None => return Err(ReadError::unreadable(self.path, "the file is empty; it should hold GeoJSON")),
                Some(b'{') if begins_as_feature(scanner.window()) => {
                    let start = scanner.offset;
                    scanner.object(&mut self.notes).map_err(|e| self.scan_error(e))?;
                    self.note(start..scanner.offset, Kind::Objects);
                }
                Some(b'{') => self.top_level(&mut scanner)?,
                found => {
                    let error = scanner.unexpected(found, "a GeoJSON object, beginning with '{',");
                    return Err(self.scan_error(error));
                }
            }
            any = true;
        }
    }

    /// Goes through an object member by member: its features one at a time, all else together.
    fn top_level(&mut self, scanner: &mut Scanner<File>) -> Result<(), ReadError> {
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
        let own = |kind: &str| kind == "Feature" || GEOMETRY_TYPES.contains(&kind);
        if !kind.as_deref().is_some_and(own) {
            self.goes_on = false;
        }
        match kind.as_deref() {
            Some(COLLECTION) if features => Ok(()),
            Some(COLLECTION) => Err(self.at(start, "the FeatureCollection has no \"features\"")),
            Some(kind) if own(kind) => {
                let object = parse(&raw, &[], false, &mut self.notes.keys);
                let object = object.map_err(|e| self.at(start, &e.to_string()))?;
                self.notes.has_id |= object.id.is_some() && kind == "Feature" && object.wrong_properties.is_none();
                self.note(start..scanner.offset, Kind::Objects);
                Ok(())
            }
            Some(kind) => Err(self.at(start, &format!("the \"type\" is {kind:?}; {}", right_types()))),
            None => Err(self.at(start, &format!("the object has no \"type\"; {}", right_types()))),
        }
    }

    /// Reads one value and makes sure that it is JSON; `raw` is empty before and holds it after.
    fn member<T: serde::de::DeserializeOwned>(
        &self,
        scanner: &mut Scanner<File>,
        raw: &mut Vec<u8>,
    ) -> Result<T, ReadError> {
        scanner.value(raw).map_err(|e| self.scan_error(e))?;
        let start = scanner.offset - raw.len() as u64;
        serde_json::from_slice(raw).map_err(|e| json_error(self.path, &e, raw, start))
    }

    fn features(&mut self, scanner: &mut Scanner<File>) -> Result<(), ReadError> {
        scanner.skip();
        if scanner.peek().map_err(|e| self.scan_error(e))? == Some(b']') {
            scanner.skip();
            return Ok(());
        }
        let mut raw = Vec::new();
        self.goes_on = false;
        loop {
            let next = scanner.peek().map_err(|e| self.scan_error(e))?;
            let start = scanner.offset;
            if next == Some(b'{') {
                scanner.object(&mut self.notes).map_err(|e| self.scan_error(e))?;
            } else {
                raw.clear();
                scanner.value(&mut raw).map_err(|e| self.scan_error(e))?;
            }
            self.note(start..scanner.offset, Kind::Features);
            match scanner.peek().map_err(|e| self.scan_error(e))? {
                Some(b',') => scanner.skip(),
                Some(b']') => {
                    scanner.skip();
                    self.goes_on = false;
                    return Ok(());
                }
                found => return Err(self.scan_error(scanner.unexpected(found, "',' or ']'"))),
            }
        }
    }

    fn scan_error(&self, error: ScanError) -> ReadError {
        match error {
            ScanError::Io(error) => ReadError::unreadable(self.path, detect::in_words(&error)),
            ScanError::Syntax { offset, reason } => at(self.path, offset, &reason),
        }
    }

    fn at(&self, offset: u64, reason: &str) -> ReadError {
        at(self.path, offset, reason)
    }
}

/// The reading of one piece.
struct Reading<'a> {
    path: &'a Path,
    /// The wanted columns, each once.
    wanted: Vec<String>,
    /// For each column that was asked for, where it stands in `wanted`.
    places: Vec<usize>,
    geometry: bool,
    batcher: Batcher,
    row: u64,
}

impl Reading<'_> {
    /// Reads values with commas or space between them; the first byte is at `start` of the file.
    fn values(mut self, text: &[u8], start: u64, place: Place) -> Result<Batch, ReadError> {
        let mut feature = Feature::default();
        let mut at = 0;
        while let Some(next) = text.get(at..).and_then(|rest| rest.iter().position(|b| !is_between(*b))) {
            at += next;
            let rest = &text[at..];
            if let Some(length) = feature.read(rest, &self.wanted, self.geometry) {
                self.push_feature(&mut feature);
                at += length;
                continue;
            }
            let offset = start + at as u64;
            let length = value_length(rest).map_err(|e| match e {
                ScanError::Io(e) => ReadError::unreadable(self.path, detect::in_words(&e)),
                ScanError::Syntax { offset: within, reason } => self::at(self.path, offset + within, &reason),
            })?;
            let value = &rest[..length];
            let object = parse(value, &self.wanted, self.geometry, &mut IndexSet::new());
            self.push(object.map_err(|e| json_error(self.path, &e, value, offset))?, place);
            at += length;
        }
        Ok(self.batcher.finish())
    }

    /// Reads features one a line.
    fn lines(mut self, text: &[u8], end: u8) -> Batch {
        let mut feature = Feature::default();
        for line in text.split(|&b| b == end) {
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            if feature.read(line, &self.wanted, self.geometry) == Some(line.len()) {
                self.push_feature(&mut feature);
                continue;
            }
            match parse(line, &self.wanted, self.geometry, &mut IndexSet::new()) {
                Ok(object) => self.push(object, Place::OnItsOwn),
                Err(error) => {
                    self.row += 1;
                    self.malformed(&format!("not JSON: {error}"));
                }
            }
        }
        self.batcher.finish()
    }

    fn push_feature(&mut self, feature: &mut Feature<'_>) {
        self.row += 1;
        let Feature { values, id, geometry, .. } = feature;
        let value = |p: usize| match values.get(p) {
            Some(Some(value)) => borrowed(value),
            _ if self.wanted.get(p).is_some_and(|name| name == ID) => id.as_ref().map_or(Value::Null, borrowed),
            _ => Value::Null,
        };
        self.batcher.push(self.row, self.places.iter().map(|&p| value(p)), || Ok(geometry.take()));
    }

    fn push(&mut self, mut object: Object, place: Place) {
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
        self.batcher.push(self.row, self.places.iter().filter_map(|&p| values.get(p)).map(borrowed), geometry);
    }

    fn malformed(&mut self, reason: &str) {
        self.batcher.malformed(self.row, reason);
    }
}

/// Whether a byte stands between values and means nothing more; which of them may, was seen when the file was opened.
const fn is_between(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x1e | b',')
}

/// How long the value is that `text` begins with.
fn value_length(text: &[u8]) -> Result<usize, ScanError> {
    if text.starts_with(b"{")
        && let Some(end) = Walk::default().end(text, &mut Notes::default())
    {
        return Ok(end);
    }
    let mut raw = Vec::new();
    Scanner::new(text, 0, BLOCK.min(text.len())).value(&mut raw)?;
    Ok(raw.len())
}

fn parse(raw: &[u8], wanted: &[String], geometry: bool, keys: &mut IndexSet<String>) -> serde_json::Result<Object> {
    let mut json = serde_json::Deserializer::from_slice(raw);
    let object = ObjectSeed { wanted, geometry, keys }.deserialize(&mut json)?;
    json.end()?;
    Ok(object)
}

/// An error inside a value that begins at `start` of the file.
fn json_error(path: &Path, error: &serde_json::Error, raw: &[u8], start: u64) -> ReadError {
    let before: usize =
        raw.split_inclusive(|&b| b == b'\n').take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let text = error.to_string();
    // The parser's own line and column count from the beginning of the value.
    let reason = text.split(" at line ").next().unwrap_or(&text);
    at(path, start + (before + error.column().saturating_sub(1)) as u64, reason)
}

/// An error at a byte of the file, told by line and column.
fn at(path: &Path, offset: u64, reason: &str) -> ReadError {
    let (line, column) = line_and_column(path, offset).unwrap_or((0, offset + 1));
    ReadError::unreadable(path, format!("line {line}, column {column}: {reason}"))
}

fn borrowed<'v>(value: &'v Value<'_>) -> Value<'v> {
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
