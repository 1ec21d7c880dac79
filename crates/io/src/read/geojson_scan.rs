//! Finds where JSON values begin and end, without building anything from them.

use std::io::{self, Read};

use indexmap::IndexSet;
use memchr::{memchr2, memchr3};

/// Why a value cannot be found.
#[derive(Debug)]
pub(super) enum ScanError {
    Io(io::Error),
    /// What is wrong at this byte of the file.
    Syntax {
        offset: u64,
        reason: String,
    },
}

impl From<io::Error> for ScanError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What was seen in features on the way.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// All names of properties, in the order of their first appearance.
    pub(super) keys: IndexSet<String>,
    /// Whether a feature has an `id` of its own.
    pub(super) has_id: bool,
    /// Which name would be next if features name their properties in the same order.
    next: usize,
}

impl Notes {
    fn key(&mut self, raw: &[u8]) {
        if self.keys.get_index(self.next).is_some_and(|key| key.as_bytes() == raw) {
            self.next += 1;
            return;
        }
        let plain = if raw.contains(&b'\\') { None } else { str::from_utf8(raw).ok() };
        let place = match plain {
            Some(key) => self.keys.get_index_of(key).unwrap_or_else(|| self.keys.insert_full(key.to_owned()).0),
            None => match serde_json::from_slice::<String>(&[b"\"", raw, b"\""].concat()) {
                Ok(key) => self.keys.insert_full(key).0,
                // What is no text is told when the feature is read.
                Err(_) => return,
            },
        };
        self.next = place + 1;
    }
}

/// A way through one object, which may come in parts. Only quotation marks and curly brackets are looked at: in valid
/// JSON they are enough, and what is not valid is found when the object is read.
#[derive(Debug, Default)]
pub(super) struct Walk {
    at: usize,
    depth: u64,
    /// Whether the object at depth 2 is, or will be, the feature's properties.
    in_properties: bool,
    is_feature: bool,
    has_id: bool,
    wrong_properties: bool,
}

impl Walk {
    /// Where the object that `text` begins with ends; `None` when it does not end in `text`. Call again with more of the
    /// same text then.
    pub(super) fn end(&mut self, text: &[u8], notes: &mut Notes) -> Option<usize> {
        if self.at == 0 {
            notes.next = 0;
        }
        loop {
            let Some(found) = text.get(self.at..).and_then(|rest| memchr3(b'"', b'{', b'}', rest)) else {
                self.at = text.len();
                return None;
            };
            let place = self.at + found;
            match text[place] {
                b'{' => self.depth += 1,
                b'}' => {
                    self.depth = self.depth.saturating_sub(1);
                    self.in_properties &= self.depth > 1;
                    if self.depth == 0 {
                        notes.has_id |= self.is_feature && self.has_id && !self.wrong_properties;
                        return Some(place + 1);
                    }
                }
                _ => {
                    // Seen again from its beginning when it does not end here.
                    self.at = place;
                    self.at = self.text(text, place, notes)?;
                    continue;
                }
            }
            self.at = place + 1;
        }
    }

    /// Passes over a text and notes it if it is a name that matters; gives where to go on.
    fn text(&mut self, text: &[u8], start: usize, notes: &mut Notes) -> Option<usize> {
        let end = text_end(text, start)?;
        if self.depth > 2 || (self.depth == 2 && !self.in_properties) {
            return Some(end + 1);
        }
        let colon = past_space(text, end + 1)?;
        if text[colon] != b':' {
            return Some(end + 1);
        }
        let name = &text[start + 1..end];
        if self.depth == 2 {
            notes.key(name);
            return Some(colon + 1);
        }
        let value = past_space(text, colon + 1)?;
        match name {
            b"type" => self.is_feature = text.get(value..value + FEATURE.len())? == FEATURE,
            b"id" => self.has_id = true,
            b"properties" => {
                self.in_properties = text[value] == b'{';
                self.wrong_properties = !matches!(text[value], b'{' | b'n');
            }
            _ => {}
        }
        Some(colon + 1)
    }
}

const FEATURE: &[u8] = b"\"Feature\"";

/// Where the text that begins with a quotation mark at `start` has its other one.
pub(super) fn text_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        let found = at + memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[found] == b'"' {
            return Some(found);
        }
        at = found + 2;
    }
}

fn past_space(text: &[u8], from: usize) -> Option<usize> {
    let space = text.get(from..)?.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r'))?;
    Some(from + space)
}

/// Whether a text begins as a feature does whose first member is its type.
pub(super) fn begins_as_feature(text: &[u8]) -> bool {
    let begins = || {
        let name = past_space(text, 1)?;
        let after = name + b"\"type\"".len();
        let colon = past_space(text, after).filter(|&c| &text[name..after] == b"\"type\"" && text[c] == b':')?;
        let value = past_space(text, colon + 1)?;
        text.get(value..value + FEATURE.len()).filter(|found| *found == FEATURE)
    };
    begins().is_some()
}

/// A reader that hands out one JSON value at a time as it stands.
pub(super) struct Scanner<R> {
    inner: R,
    buffer: Vec<u8>,
    /// What is still to be looked at, in the buffer.
    start: usize,
    end: usize,
    /// How many bytes were passed.
    pub(super) offset: u64,
}

impl<R: Read> Scanner<R> {
    pub(super) fn new(inner: R, offset: u64, capacity: usize) -> Self {
        Self { inner, buffer: vec![0; capacity.max(1)], start: 0, end: 0, offset }
    }

    /// What was read and not passed yet.
    pub(super) fn window(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Reads more behind the window; `false` at the end of the file.
    pub(super) fn more(&mut self) -> io::Result<bool> {
        if self.end == self.buffer.len() {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                (self.start, self.end) = (0, self.end - self.start);
            }
            if self.end > self.buffer.len() / 2 {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
        }
        let n = self.inner.read(&mut self.buffer[self.end..])?;
        self.end += n;
        Ok(n > 0)
    }

    /// The next bytes; none at the end of the file.
    fn bytes(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.more()?;
        }
        Ok(self.window())
    }

    /// The next byte that is not space, still to be read. The record separator of RFC 8142 counts as space.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, ScanError> {
        loop {
            let buffer = self.bytes()?;
            let Some(space) = buffer.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x1e)) else {
                let n = buffer.len();
                if n == 0 {
                    return Ok(None);
                }
                self.consume(n);
                continue;
            };
            let byte = buffer.get(space).copied();
            self.consume(space);
            return Ok(byte);
        }
    }

    /// Reads the byte that `peek` gave.
    pub(super) fn skip(&mut self) {
        self.consume(1);
    }

    /// Reads one byte that must be `wanted`.
    pub(super) fn expect(&mut self, wanted: u8) -> Result<(), ScanError> {
        match self.peek()? {
            Some(byte) if byte == wanted => {
                self.skip();
                Ok(())
            }
            found => Err(self.unexpected(found, &format!("{:?}", char::from(wanted)))),
        }
    }

    /// The error that `found` stands where `wanted` should.
    pub(super) fn unexpected(&self, found: Option<u8>, wanted: &str) -> ScanError {
        let reason = match found {
            None => format!("the file ends where {wanted} should stand"),
            Some(b) if b.is_ascii_graphic() => format!("{:?} stands where {wanted} should", char::from(b)),
            Some(b) => format!("the byte {b:#04x} stands where {wanted} should"),
        };
        ScanError::Syntax { offset: self.offset, reason }
    }

    /// Passes over the object that the window begins with.
    pub(super) fn object(&mut self, notes: &mut Notes) -> Result<(), ScanError> {
        let mut walk = Walk::default();
        loop {
            if let Some(end) = walk.end(self.window(), notes) {
                self.consume(end);
                return Ok(());
            }
            if !self.more()? {
                self.consume(self.end - self.start);
                return Err(self.unexpected(None, "a closing bracket"));
            }
        }
    }

    /// Appends the next value to `raw`. Brackets and quotation marks are followed; whether all between them is right
    /// is for the parser to say.
    pub(super) fn value(&mut self, raw: &mut Vec<u8>) -> Result<(), ScanError> {
        match self.peek()? {
            Some(b'{' | b'[' | b'"') => self.enclosed(raw),
            Some(b) if b == b'-' || b.is_ascii_alphanumeric() => self.bare(raw),
            found => Err(self.unexpected(found, "a value")),
        }
    }

    fn enclosed(&mut self, raw: &mut Vec<u8>) -> Result<(), ScanError> {
        let (mut depth, mut quoted, mut escaped) = (0_u64, false, false);
        loop {
            let buffer = self.bytes()?;
            if buffer.is_empty() {
                return Err(self.unexpected(None, if quoted { "a quotation mark" } else { "a closing bracket" }));
            }
            let end = buffer.iter().position(|&b| {
                if quoted {
                    match b {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => quoted = false,
                        _ => {}
                    }
                    return !quoted && depth == 0;
                }
                match b {
                    b'"' => quoted = true,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth -= 1;
                        return depth == 0;
                    }
                    _ => {}
                }
                false
            });
            let n = end.map_or(buffer.len(), |end| end + 1);
            raw.extend_from_slice(&buffer[..n]);
            self.consume(n);
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// A number or a word.
    fn bare(&mut self, raw: &mut Vec<u8>) -> Result<(), ScanError> {
        loop {
            let buffer = self.bytes()?;
            let end = buffer.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.')));
            let n = end.unwrap_or(buffer.len());
            raw.extend_from_slice(&buffer[..n]);
            self.consume(n);
            if end.is_some() || n == 0 {
                return Ok(());
            }
        }
    }

    pub(super) fn consume(&mut self, n: usize) {
        self.start += n;
        self.offset += n as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::{Notes, ScanError, Scanner, begins_as_feature};

    #[test]
    fn a_value_ends_where_its_brackets_do_whatever_the_buffer() {
        let text = br#" {"a":"}\"\\","b":[1,{"c":"]"}]}  -1.5e3 ,"x\"y""#;
        for capacity in [1, 2, 3, 7, 1000] {
            let mut scanner = Scanner::new(&text[..], 0, capacity);
            let mut value = || {
                let mut raw = Vec::new();
                scanner.value(&mut raw).unwrap();
                if scanner.peek().unwrap() == Some(b',') {
                    scanner.skip();
                }
                String::from_utf8(raw).unwrap()
            };
            assert_eq!(value(), r#"{"a":"}\"\\","b":[1,{"c":"]"}]}"#);
            assert_eq!(value(), "-1.5e3");
            assert_eq!(value(), r#""x\"y""#);
        }
    }

    #[test]
    fn an_open_bracket_is_an_error_at_the_end() {
        let mut scanner = Scanner::new(&b"  [1, 2"[..], 0, 8);
        let error = scanner.value(&mut Vec::new()).unwrap_err();
        assert!(matches!(error, ScanError::Syntax { offset: 7, ref reason } if reason.contains("file ends")));
        let mut scanner = Scanner::new(&b"{\"a\":{}"[..], 0, 2);
        scanner.peek().unwrap();
        let error = scanner.object(&mut Notes::default()).unwrap_err();
        assert!(matches!(error, ScanError::Syntax { offset: 7, ref reason } if reason.contains("file ends")));
    }

    #[test]
    fn an_object_ends_where_its_brackets_do_and_its_names_are_noted_whatever_the_buffer() {
        let text = br#"{ "type" : "Feature", "id":"}", "geometry":{"type":"{","x":{"no":1}},
            "properties":{"a\"}":"\\","b" : {"no":"properties"},"\u00e5":"b","c":["d","}"]},"other":{"no":1}} , {"properties":[{"no":1}]}"#;
        for capacity in [1, 2, 3, 7, 64, 1000] {
            let mut scanner = Scanner::new(&text[..], 0, capacity);
            let mut notes = Notes::default();
            scanner.peek().unwrap();
            scanner.object(&mut notes).unwrap();
            assert_eq!(notes.keys.iter().collect::<Vec<_>>(), ["a\"}", "b", "å", "c"], "{capacity}");
            assert!(notes.has_id);
            scanner.expect(b',').unwrap();
            scanner.peek().unwrap();
            scanner.object(&mut notes).unwrap();
            assert_eq!(scanner.offset, text.len() as u64);
            assert_eq!(notes.keys.len(), 4);
        }
    }

    #[test]
    fn a_feature_is_told_from_a_collection_by_its_beginning() {
        assert!(begins_as_feature(br#"{ "type": "Feature", "#));
        assert!(!begins_as_feature(br#"{"type":"FeatureCollection","#));
        assert!(!begins_as_feature(br#"{"id":1,"type":"Feature"}"#));
        assert!(!begins_as_feature(br#"{"ty"#));
        assert!(!begins_as_feature(br"{"));
    }
}
