//! The features of one piece of a GeoJSON file, as rows.

use std::{borrow::Cow, path::Path};

use indexmap::IndexSet;

use super::{
    Batch, ReadError,
    batcher::{Batcher, Value},
    detect,
    geojson::{BLOCK, ID, at as at_byte, json_error, parse},
    geojson_fast::Feature,
    geojson_feature::{GEOMETRY_TYPES, Object},
    geojson_scan::{Notes, ScanError, Scanner, Walk},
};

/// Where an object stands decides what it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    InCollection,
    OnItsOwn,
}

/// The reading of one piece.
pub(super) struct Reading<'a> {
    pub(super) path: &'a Path,
    /// The wanted columns, each once.
    pub(super) wanted: Vec<String>,
    /// For each column that was asked for, where it stands in `wanted`.
    pub(super) places: Vec<usize>,
    pub(super) geometry: bool,
    pub(super) batcher: Batcher,
    pub(super) row: u64,
}

impl Reading<'_> {
    /// Reads values with commas or space between them; the first byte is at `start` of the file.
    pub(super) fn values(mut self, text: &[u8], start: u64, place: Place) -> Result<Batch, ReadError> {
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
                ScanError::Syntax { offset: within, reason } => at_byte(self.path, offset + within, &reason),
            })?;
            let value = &rest[..length];
            let object = parse(value, &self.wanted, self.geometry, &mut IndexSet::new());
            self.push(object.map_err(|e| json_error(self.path, &e, value, offset))?, place);
            at += length;
        }
        Ok(self.batcher.finish())
    }

    /// Reads features one a line.
    pub(super) fn lines(mut self, text: &[u8], end: u8) -> Batch {
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

fn borrowed<'v>(value: &'v Value<'_>) -> Value<'v> {
    match value {
        Value::Text(text) => Value::Text(Cow::Borrowed(text)),
        Value::Null => Value::Null,
        Value::Integer(x) => Value::Integer(*x),
        Value::Real(x) => Value::Real(*x),
        Value::Flag(x) => Value::Flag(*x),
    }
}
