//! Finds where JSON values begin and end, without building anything from them.

use std::io::{self, BufRead};

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

/// A reader that hands out one JSON value at a time as it stands.
pub(super) struct Scanner<R> {
    inner: R,
    /// How many bytes were read.
    pub(super) offset: u64,
}

impl<R: BufRead> Scanner<R> {
    pub(super) fn new(inner: R, offset: u64) -> Self {
        Self { inner, offset }
    }

    /// The next byte that is not space, still to be read. The record separator of RFC 8142 counts as space.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, ScanError> {
        loop {
            let buffer = self.inner.fill_buf()?;
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
            let buffer = self.inner.fill_buf()?;
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
            let buffer = self.inner.fill_buf()?;
            let end = buffer.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.')));
            let n = end.unwrap_or(buffer.len());
            raw.extend_from_slice(&buffer[..n]);
            self.consume(n);
            if end.is_some() || n == 0 {
                return Ok(());
            }
        }
    }

    fn consume(&mut self, n: usize) {
        self.inner.consume(n);
        self.offset += n as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::{ScanError, Scanner};

    #[test]
    fn a_value_ends_where_its_brackets_do_whatever_the_buffer() {
        let text = br#" {"a":"}\"\\","b":[1,{"c":"]"}]}  -1.5e3 ,"x\"y""#;
        for capacity in [1, 2, 3, 7, 1000] {
            let mut scanner = Scanner::new(BufReader::with_capacity(capacity, &text[..]), 0);
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
        let mut scanner = Scanner::new(&b"  [1, 2"[..], 0);
        let error = scanner.value(&mut Vec::new()).unwrap_err();
        assert!(matches!(error, ScanError::Syntax { offset: 7, ref reason } if reason.contains("file ends")));
    }
}
