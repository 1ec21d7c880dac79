//! A way through a GeoJSON file that finds where features begin and end, and how their properties are called.

use std::{fs::File, ops::Range, path::Path};

use indexmap::IndexSet;
use memchr::memchr;
use serde::de::IgnoredAny;

use super::{
    DeclaredCrs, ReadError, detect,
    geojson::{BLOCK, COLLECTION, Kind, Piece, at, json_error, parse},
    geojson_feature::GEOMETRY_TYPES,
    geojson_scan::{Notes, ScanError, Scanner, Walk, begins_as_feature},
    pieces::{PIECE_BYTES, PIECE_ROWS},
};

/// A way through the file that notes where features are and how their properties are called.
pub(super) struct Survey<'a> {
    path: &'a Path,
    pub(super) notes: Notes,
    pub(super) crs: Option<DeclaredCrs>,
    pub(super) pieces: Vec<Piece>,
    pub(super) row: u64,
    /// Whether the next feature may join the last piece: between the two is nothing but what the kind says.
    goes_on: bool,
    pub(super) line_end: u8,
}

impl<'a> Survey<'a> {
    /// Goes through a file; `lines` when its name says that features stand one a line.
    pub(super) fn of(path: &'a Path, lines: bool) -> Result<Self, ReadError> {
        let mut survey = Self {
            path,
            notes: Notes::default(),
            crs: None,
            pieces: Vec::new(),
            row: 0,
            goes_on: false,
            line_end: b'\n',
        };
        if !lines || !survey.lines()? {
            survey.document()?;
        }
        Ok(survey)
    }

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

fn right_types() -> String {
    format!("right would be {COLLECTION}, Feature or a geometry")
}
