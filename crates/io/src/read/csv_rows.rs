//! Finds where the rows of separated text end, without looking at what is in them.
//!
//! A quotation mark opens a quoted field only where a field begins; anywhere else it is a character like others, as
//! the csv crate has it. Line breaks in a quoted field end no row. `\n`, `\r\n` and `\r` alone end one.

use memchr::{memchr, memchr3};

/// A way through text that may come in blocks.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    separator: u8,
    state: State,
    /// The byte before the block.
    before: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Plain,
    /// After a carriage return, which may be followed by a line feed.
    Return,
    Quoted,
    /// After a quotation mark in a quoted field: its end, unless another one follows.
    Mark,
}

impl Rows {
    /// Begins where a row begins.
    pub(super) const fn new(separator: u8) -> Self {
        Self { separator, state: State::Plain, before: b'\n' }
    }

    /// Goes through the next block; tells where in it a row begins after one that has ended.
    pub(super) fn feed(&mut self, block: &[u8], mut next_row: impl FnMut(usize)) {
        let mut at = 0;
        while let Some(rest) = block.get(at..).filter(|rest| !rest.is_empty()) {
            match self.state {
                State::Plain => {
                    let Some(found) = memchr3(b'"', b'\n', b'\r', rest) else { break };
                    let place = at + found;
                    at = place + 1;
                    match rest[found] {
                        b'\n' => next_row(at),
                        b'\r' => self.state = State::Return,
                        _ => {
                            let before = if place == 0 { self.before } else { block[place - 1] };
                            if before == self.separator || matches!(before, b'\n' | b'\r') {
                                self.state = State::Quoted;
                            }
                        }
                    }
                }
                State::Return => {
                    self.state = State::Plain;
                    at += usize::from(rest[0] == b'\n');
                    next_row(at);
                }
                State::Quoted => {
                    let Some(found) = memchr(b'"', rest) else { break };
                    at += found + 1;
                    self.state = State::Mark;
                }
                State::Mark => {
                    let doubled = rest[0] == b'"';
                    at += usize::from(doubled);
                    self.state = if doubled { State::Quoted } else { State::Plain };
                }
            }
        }
        self.before = block.last().copied().unwrap_or(self.before);
    }
}

/// Calls `each` with every row of a text that begins where a row begins, without the end of its line.
pub(super) fn each_row<'a>(text: &'a [u8], separator: u8, mut each: impl FnMut(&'a [u8])) {
    let mut start = 0;
    let mut rows = Rows::new(separator);
    rows.feed(text, |next| {
        each(without_line_end(&text[start..next]));
        start = next;
    });
    let last = &text[start..];
    if rows.state == State::Return {
        each(without_line_end(last));
    } else if !last.is_empty() {
        each(last);
    }
}

/// A row without the line break that ends it.
pub(super) fn without_line_end(row: &[u8]) -> &[u8] {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    row.strip_suffix(b"\r").unwrap_or(row)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Rows, each_row};

    fn rows(text: &str) -> Vec<&str> {
        let mut out = Vec::new();
        each_row(text.as_bytes(), b';', |row| out.push(std::str::from_utf8(row).unwrap()));
        out
    }

    #[test]
    fn rows_end_outside_quotation_marks() {
        assert_eq!(rows("a;\"b\nc\"\nd"), ["a;\"b\nc\"", "d"]);
        assert_eq!(rows("a\r\n\r\n\"x\"\"\n\"\r\n"), ["a", "", "\"x\"\"\n\""]);
        assert_eq!(rows("a\rb\r"), ["a", "b"]);
        // An inch sign, and quotation marks within a field, open nothing.
        assert_eq!(rows("5\" rör;1\n6\" rör;2"), ["5\" rör;1", "6\" rör;2"]);
        assert_eq!(rows("\"a\" \"b\n\";2"), ["\"a\" \"b", "\";2"]);
        assert_eq!(rows("\"open\na"), ["\"open\na"]);
        assert_eq!(rows(""), Vec::<&str>::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        /// The csv crate is the oracle: its records are the rows that are not empty.
        #[test]
        fn rows_are_those_of_the_csv_crate(text in "[ab;\"\n\r]{0,40}") {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false).flexible(true).delimiter(b';').from_reader(text.as_bytes());
            let expected: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            let found: Vec<csv::StringRecord> = rows(&text).into_iter().filter(|row| !row.is_empty()).map(|row| {
                let mut one = csv::ReaderBuilder::new()
                    .has_headers(false).flexible(true).delimiter(b';').from_reader(row.as_bytes());
                let record = one.records().next().unwrap().unwrap();
                prop_assert_eq!(one.records().count(), 0, "{:?}", row);
                Ok(record)
            }).collect::<Result<_, _>>()?;
            prop_assert_eq!(found, expected, "{:?}", text);
        }

        #[test]
        fn blocks_may_end_anywhere(text in "[ab;\"\n\r]{0,24}") {
            let text = text.as_bytes();
            let mut whole = Vec::new();
            Rows::new(b';').feed(text, |next| whole.push(next));
            for cut in 0..=text.len() {
                let (mut rows, mut found) = (Rows::new(b';'), Vec::new());
                rows.feed(&text[..cut], |next| found.push(next));
                rows.feed(&text[cut..], |next| found.push(cut + next));
                prop_assert_eq!(&found, &whole, "{} {:?}", cut, text);
            }
        }
    }
}
