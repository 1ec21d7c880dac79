//! Comma, semicolon or tab separated text.
//!
//! Every column is text: leading zeros survive, and whoever knows what a column means reads decimal commas. Rows are
//! counted as a spreadsheet shows them: the header is row 1 (unless blank lines stand before it), blank lines count,
//! and a quoted field with line breaks in it is still one row.
//!
//! One way through the file finds where rows end, cuts it into pieces there, and finds the encoding; the pieces are
//! decoded on their own. A row with quotation marks in it is taken apart by the csv-core crate.

use std::{borrow::Cow, collections::BTreeSet, io::Read, ops::Range, path::Path};

use csv_core::{ReadRecordResult, ReaderBuilder};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use memchr::{memchr_iter, memchr2_iter};

use super::{
    Batch, Column, DeclaredCrs, Description, Format, ReadError, ReadOptions,
    batcher::{Wanted, positions, row_number},
    column::Texts,
    csv_rows::{Rows, each_row, without_line_end},
    detect,
    encoding::{self, Raw},
    pieces::{Opened, PIECE_BYTES, PIECE_ROWS},
    wkt,
};

/// As much of the file as is looked at to find the separator.
const HEADER_BYTES: usize = 1 << 16;

/// Bytes gone through at a time.
const BLOCK: usize = 1 << 20;

/// What Excel writes, or is told by, in the first line.
const SEPARATOR_LINE: &str = "sep=";

pub(super) fn describe(path: &Path, options: &ReadOptions) -> Result<Description, ReadError> {
    let raw = encoding::raw(path, options.encoding.as_deref())?;
    let head = Head::read(path, &raw)?;
    match raw.encoding.or_else(|| head.is_ascii().then_some(UTF_8)) {
        Some(encoding) => Ok(Header::new(path, &head, encoding, options)?.description()),
        // Only the whole file can say which encoding the names in its header have.
        None => Ok(Csv::open(path, options)?.description),
    }
}

/// A file of separated text, cut into pieces.
pub(super) struct Csv {
    raw: Raw,
    encoding: &'static Encoding,
    separator: u8,
    header: Header,
    pieces: Vec<Piece>,
    /// The last row.
    rows: u64,
    description: Description,
}

/// Some rows.
struct Piece {
    bytes: Range<u64>,
    /// The number of the first row.
    row: u64,
}

impl Csv {
    pub(super) fn open(path: &Path, options: &ReadOptions) -> Result<Self, ReadError> {
        let raw = encoding::raw(path, options.encoding.as_deref())?;
        let head = Head::read(path, &raw)?;
        let Scan { pieces, rows, utf8 } =
            Scan::of(&raw, &head).map_err(|e| ReadError::unreadable(path, detect::in_words(&e)))?;
        let utf8 = utf8 && head.is_utf8();
        let encoding = raw.encoding.unwrap_or(if utf8 { UTF_8 } else { WINDOWS_1252 });
        let header = Header::new(path, &head, encoding, options)?;
        let description = header.description();
        let separator = head.separator;
        Ok(Self { raw, encoding, separator, header, pieces, rows: rows - head.row, description })
    }
}

impl Opened for Csv {
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
        positions(&self.raw.named, columns, &self.header.names)
    }

    fn read(&self, piece: usize, wanted: Wanted<'_>) -> Result<Batch, ReadError> {
        let mut batch = Batch::default();
        let Some(piece) = self.pieces.get(piece) else { return Ok(batch) };
        let failed =
            |e| ReadError::unreadable(&self.raw.named, format!("at row {}: {}", piece.row, detect::in_words(&e)));
        let mut text = self.raw.bytes(piece.bytes.clone()).map_err(failed)?;
        if self.encoding != UTF_8 {
            text = self.encoding.decode_without_bom_handling(&text).0.into_owned().into_bytes();
        }
        let (names, geometry) = (&self.header.names, self.header.geometry);
        let valid = str::from_utf8(&text).is_ok();
        let mut columns = vec![Texts::default(); wanted.positions.len()];
        let mut record = Record::new(self.separator);
        let mut number = piece.row - 1;
        each_row(&text, self.separator, |row| {
            number += 1;
            if row.is_empty() {
                return;
            }
            record.take_apart(row);
            let bad = if record.fields.len() == names.len() {
                let wrong = |p: &usize| str::from_utf8(record.get(row, *p)).is_err();
                let wrong = if valid { None } else { (0..names.len()).find(wrong) };
                wrong.map(|p| format!("column {:?} is not valid UTF-8", names[p]))
            } else {
                Some(record.ragged(names.len()))
            };
            if let Some(reason) = bad {
                batch.malformed.push((row_number(number), reason));
                return;
            }
            // All of the row at once: its fields are short.
            let whole = str::from_utf8(if record.quoted { &record.unquoted } else { row }).unwrap_or_default();
            let field = |p: usize| record.fields.get(p).and_then(|range| whole.get(range.clone())).unwrap_or_default();
            for (column, &p) in columns.iter_mut().zip(wanted.positions) {
                column.push(Some(field(p)).filter(|text| !text.is_empty()));
            }
            if wanted.geometry {
                batch.geometry.push(geometry.map_or(Ok(None), |p| wkt::decode(field(p))));
            }
            batch.rows.push(row_number(number));
        });
        batch.columns = columns.into_iter().map(Column::Text).collect();
        Ok(batch)
    }
}

/// The beginning of the file, as far as the row with the column names.
struct Head {
    /// The row with the column names as it stands.
    line: Vec<u8>,
    separator: u8,
    /// Its number.
    row: u64,
    /// Where the next row begins.
    end: u64,
}

impl Head {
    fn read(path: &Path, raw: &Raw) -> Result<Self, ReadError> {
        let failed = |e: std::io::Error| ReadError::unreadable(path, detect::in_words(&e));
        let mut size = HEADER_BYTES;
        loop {
            let mut start = Vec::new();
            raw.open().map_err(failed)?.take(size as u64).read_to_end(&mut start).map_err(failed)?;
            let first = first_line(&start[..start.len().min(HEADER_BYTES)]);
            if first.trim_ascii().is_empty() {
                return Err(ReadError::unreadable(
                    path,
                    "the file is empty; its first row should hold the column names",
                ));
            }
            let told = str::from_utf8(first).ok().and_then(|l| l.trim().strip_prefix(SEPARATOR_LINE));
            let separator = told.and_then(|s| s.bytes().next()).unwrap_or_else(|| separator(first));
            let whole = start.len() < size;
            if let Some(head) = Self::within(raw, &start, separator, told.is_some(), whole) {
                return Ok(head);
            }
            size *= 2;
        }
    }

    /// Finds the row with the names; `None` when it does not end within `start`, which is not the whole file.
    fn within(raw: &Raw, start: &[u8], separator: u8, told: bool, whole: bool) -> Option<Self> {
        let mut lines = Vec::new();
        let mut from = 0;
        let mut rows = Rows::new(separator);
        rows.feed(start, |next| {
            lines.push(from..next);
            from = next;
        });
        // What is left may go on beyond, and so may a carriage return at the very end.
        if whole {
            lines.push(from..start.len());
        } else {
            lines.retain(|line| line.end < start.len());
        }
        let mut skip = told;
        for (line, row) in lines.into_iter().zip(1..) {
            let text = without_line_end(&start[line.clone()]);
            if text.is_empty() || std::mem::take(&mut skip) {
                continue;
            }
            return Some(Self { line: text.to_vec(), separator, row, end: raw.start + line.end as u64 });
        }
        whole.then(|| Self { line: Vec::new(), separator, row: 1, end: raw.start + start.len() as u64 })
    }

    fn is_ascii(&self) -> bool {
        self.line.is_ascii()
    }

    fn is_utf8(&self) -> bool {
        str::from_utf8(&self.line).is_ok()
    }
}

/// The column names, and which column holds geometry.
struct Header {
    /// With the spaces around them left out.
    names: Vec<String>,
    geometry: Option<usize>,
}

impl Header {
    fn new(path: &Path, head: &Head, encoding: &'static Encoding, options: &ReadOptions) -> Result<Self, ReadError> {
        let line = match encoding {
            e if e == UTF_8 => Cow::Borrowed(head.line.as_slice()),
            other => Cow::Owned(other.decode_without_bom_handling(&head.line).0.into_owned().into_bytes()),
        };
        let mut record = Record::new(head.separator);
        if !line.is_empty() {
            record.take_apart(&line);
        }
        let name = |p: usize| String::from_utf8_lossy(record.get(&line, p)).trim().to_owned();
        let names: Vec<String> = (0..record.fields.len()).map(name).collect();
        let mut seen = BTreeSet::new();
        // Spreadsheets leave columns without a name at the right; those cannot be asked for and may be several.
        if let Some(twice) = names.iter().find(|name| !name.is_empty() && !seen.insert(*name)) {
            return Err(ReadError::unreadable(
                path,
                format!("row {}: two columns are called {twice:?}; give each its own name", head.row),
            ));
        }
        let geometry = match &options.geometry_column {
            Some(name) => positions(path, std::slice::from_ref(name), &names)?.first().copied(),
            None => None,
        };
        Ok(Self { names, geometry })
    }

    fn description(&self) -> Description {
        let geometry = self.geometry.map(|g| &self.names[g]);
        let columns = self.names.iter().filter(|name| !name.is_empty() && Some(*name) != geometry).cloned().collect();
        Description { format: Format::Csv, columns, geometry: geometry.is_some(), crs: DeclaredCrs::None }
    }
}

/// What one way through the rows after the header finds.
struct Scan {
    pieces: Vec<Piece>,
    /// The last row.
    rows: u64,
    /// Whether all is valid UTF-8.
    utf8: bool,
}

impl Scan {
    fn of(raw: &Raw, head: &Head) -> std::io::Result<Self> {
        let mut file = raw.open_at(head.end)?;
        let mut buffer = vec![0; BLOCK];
        let mut rows = Rows::new(head.separator);
        let mut pieces = Vec::new();
        // The row that is gone through, the piece it is in, and where the block stands in the file.
        let (mut row, mut first, mut begin, mut offset) = (head.row + 1, head.row + 1, head.end, head.end);
        // Where that row begins.
        let mut last = head.end;
        let mut utf8 = raw.encoding.is_none();
        // Bytes of a character that the next block completes.
        let mut kept = 0;
        loop {
            let n = file.read(&mut buffer[kept..])?;
            if n == 0 {
                break;
            }
            let filled = kept + n;
            rows.feed(&buffer[kept..filled], |next| {
                row += 1;
                let end = offset + next as u64;
                last = end;
                if row - first >= PIECE_ROWS || end - begin >= PIECE_BYTES {
                    pieces.push(Piece { bytes: begin..end, row: first });
                    (first, begin) = (row, end);
                }
            });
            offset += n as u64;
            kept = 0;
            if utf8 {
                let valid = Encoding::utf8_valid_up_to(&buffer[..filled]);
                utf8 = filled - valid <= 3;
                if utf8 {
                    buffer.copy_within(valid..filled, 0);
                    kept = filled - valid;
                }
            }
        }
        if offset > begin {
            pieces.push(Piece { bytes: begin..offset, row: first });
        }
        // After the last line break is no row.
        Ok(Self { pieces, rows: if last == offset { row - 1 } else { row }, utf8: utf8 && kept == 0 })
    }
}

/// The fields of a row.
struct Record {
    separator: u8,
    /// Where the fields stand in the row, or in `unquoted` when the row has quotation marks.
    fields: Vec<Range<usize>>,
    quoted: bool,
    unquoted: Vec<u8>,
    ends: Vec<usize>,
    reader: csv_core::Reader,
}

impl Record {
    fn new(separator: u8) -> Self {
        Self {
            separator,
            fields: Vec::new(),
            quoted: false,
            unquoted: Vec::new(),
            ends: Vec::new(),
            reader: ReaderBuilder::new().delimiter(separator).build(),
        }
    }

    /// Finds the fields of a row, which is not empty and has no line break outside quotation marks.
    fn take_apart(&mut self, row: &[u8]) {
        self.fields.clear();
        let mut start = 0;
        self.quoted = false;
        for end in memchr2_iter(self.separator, b'"', row) {
            if row[end] == b'"' {
                self.quoted = true;
                break;
            }
            self.fields.push(start..end);
            start = end + 1;
        }
        if !self.quoted {
            self.fields.push(start..row.len());
            return;
        }
        self.fields.clear();
        start = 0;
        self.unquoted.resize(row.len() + 1, 0);
        self.ends.resize(memchr_iter(self.separator, row).count() + 2, 0);
        self.reader.reset();
        let (result, _, mut written, mut ended) = self.reader.read_record(row, &mut self.unquoted, &mut self.ends);
        if result == ReadRecordResult::InputEmpty {
            // The end of the row is the end of the record.
            let (_, _, more, last) =
                self.reader.read_record(&[], &mut self.unquoted[written..], &mut self.ends[ended..]);
            written += more;
            ended += last;
        }
        self.unquoted.truncate(written);
        for &end in &self.ends[..ended] {
            self.fields.push(start..end.min(written));
            start = end;
        }
    }

    fn get<'a>(&'a self, row: &'a [u8], field: usize) -> &'a [u8] {
        let text = if self.quoted { self.unquoted.as_slice() } else { row };
        self.fields.get(field).and_then(|range| text.get(range.clone())).unwrap_or_default()
    }

    fn ragged(&self, width: usize) -> String {
        let fields = self.fields.len();
        let end = self.fields.last().map_or(0, |field| field.end);
        let broken = self.quoted && self.unquoted.get(..end).is_some_and(|text| text.contains(&b'\n'));
        let hint = if broken { "; is a quotation mark not closed?" } else { "" };
        format!("the row has {fields} field{}, the header has {width}{hint}", if fields == 1 { "" } else { "s" })
    }
}

/// The first line that is not blank.
fn first_line(start: &[u8]) -> &[u8] {
    let blank = start.iter().take_while(|b| b.is_ascii_whitespace() && **b != b'\t').count();
    let mut quoted = false;
    let end = start[blank..].iter().position(|&b| {
        quoted ^= b == b'"';
        !quoted && matches!(b, b'\n' | b'\r')
    });
    &start[blank..end.map_or(start.len(), |e| blank + e)]
}

/// The separator that stands most often outside quotation marks; semicolon before tab before comma when they tie,
/// because a comma is the one that also stands inside names.
fn separator(line: &[u8]) -> u8 {
    let count = |separator: u8| {
        let mut quoted = false;
        line.iter()
            .filter(|&&b| {
                quoted ^= b == b'"';
                !quoted && b == separator
            })
            .count()
    };
    let mut best = b',';
    for candidate in [b'\t', b';'] {
        if count(candidate) > 0 && count(candidate) >= count(best) {
            best = candidate;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::read::{Batch, Column, Description, ReadError, ReadOptions, describe, read};

    fn read_text(content: &[u8], columns: &[&str], options: &ReadOptions) -> Result<(Description, Batch), ReadError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        fs::write(&path, content).unwrap();
        let columns: Vec<String> = columns.iter().map(|&c| c.to_owned()).collect();
        let mut batches = Vec::new();
        let description = read(&path, options, &columns, true, &mut |b| {
            batches.push(b);
            true
        })?;
        assert_eq!(describe(&path, options).unwrap().columns, description.columns);
        assert!(batches.len() <= 1);
        Ok((description, batches.pop().unwrap_or_default()))
    }

    fn text(values: &[Option<&str>]) -> Column {
        Column::Text(values.iter().copied().collect())
    }

    #[test]
    fn a_swedish_excel_file_is_read_as_it_stands() {
        let content = b"kod;namn;andel\r\n0604;J\xf6nk\xf6ping;12,5\r\n0180;;\"1;2\"\r\n";
        let (description, batch) = read_text(content, &["andel", "kod", "namn"], &ReadOptions::default()).unwrap();
        assert_eq!(description.columns, ["kod", "namn", "andel"]);
        assert_eq!(batch.rows, [2, 3]);
        assert_eq!(batch.columns[0], text(&[Some("12,5"), Some("1;2")]));
        assert_eq!(batch.columns[1], text(&[Some("0604"), Some("0180")]));
        assert_eq!(batch.columns[2], text(&[Some("Jönköping"), None]));
    }

    #[test]
    fn a_byte_order_mark_is_not_part_of_the_first_name() {
        let (description, batch) =
            read_text(b"\xef\xbb\xbfid,x\n\xc3\xb6,1\n", &["id"], &ReadOptions::default()).unwrap();
        assert_eq!(description.columns, ["id", "x"]);
        assert_eq!(batch.columns[0], text(&[Some("ö")]));
    }

    #[test]
    fn rows_count_as_a_spreadsheet_shows_them() {
        for end in ["\n", "\r\n"] {
            let content = ["a,b", "1,\"x", "y\"", "2", "", "", "3,z,z", "4,q", ""].join(end);
            let (_, batch) = read_text(content.as_bytes(), &["a"], &ReadOptions::default()).unwrap();
            // Header 1, the quoted line break 2, ragged 3, blank 4 and 5, ragged 6, then 7.
            assert_eq!(batch.rows, [2, 7], "{end:?}");
            assert_eq!(batch.columns[0], text(&[Some("1"), Some("4")]));
            let malformed: Vec<u32> = batch.malformed.iter().map(|m| m.0).collect();
            assert_eq!(malformed, [3, 6]);
            assert_eq!(batch.malformed[0].1, "the row has 1 field, the header has 2");
        }
    }

    #[test]
    fn the_separator_is_found_outside_quotation_marks() {
        for (header, names) in [
            ("\"a,b,c\";d", vec!["a,b,c", "d"]),
            ("a\tb, c", vec!["a", "b, c"]),
            ("a;b, c", vec!["a", "b, c"]),
            ("a,b;c,d", vec!["a", "b;c", "d"]),
            ("alone", vec!["alone"]),
            ("sep=;\nx,y;z", vec!["x,y", "z"]),
        ] {
            let (description, _) = read_text(header.as_bytes(), &[], &ReadOptions::default()).unwrap();
            assert_eq!(description.columns, names, "{header}");
        }
    }

    #[test]
    fn an_empty_file_is_an_error_and_a_header_alone_is_not() {
        assert!(read_text(b"", &[], &ReadOptions::default()).unwrap_err().to_string().contains("empty"));
        assert!(read_text(b"\xef\xbb\xbf\r\n\r\n", &[], &ReadOptions::default()).is_err());
        let (description, batch) = read_text(b"a,b", &["b"], &ReadOptions::default()).unwrap();
        assert_eq!(description.columns, ["a", "b"]);
        assert!(batch.rows.is_empty());
    }

    #[test]
    fn a_column_that_is_missing_or_there_twice_is_an_error_by_name() {
        let missing = read_text(b"a,b\n", &["c"], &ReadOptions::default()).unwrap_err();
        assert!(missing.to_string().ends_with("there is no column \"c\"; the columns are a, b"), "{missing}");
        let twice = read_text(b"a,b,a\n", &[], &ReadOptions::default()).unwrap_err();
        assert!(twice.to_string().contains("two columns are called \"a\""), "{twice}");
        // Columns without a name, as a spreadsheet leaves them, are no reason to stop.
        assert!(read_text(b"a,b,,\n1,2,,\n", &["b"], &ReadOptions::default()).is_ok());
    }

    #[test]
    fn bytes_that_are_not_utf8_are_a_bad_row_when_utf8_was_asked_for() {
        let options = ReadOptions { encoding: Some("utf-8".to_owned()), ..ReadOptions::default() };
        let (_, batch) = read_text(b"a,b\n\xf6,1\nx,2\n", &["a"], &options).unwrap();
        assert_eq!(batch.rows, [3]);
        assert_eq!(batch.malformed, [(2, "column \"a\" is not valid UTF-8".to_owned())]);
    }

    #[test]
    fn a_named_column_gives_geometry() {
        let options = ReadOptions { geometry_column: Some("wkt".to_owned()), ..ReadOptions::default() };
        let content = b"id;wkt\n1;POINT (1 2)\n2;\n3;POINT (one)\n";
        let (description, batch) = read_text(content, &["id"], &options).unwrap();
        assert_eq!((description.columns, description.geometry), (vec!["id".to_owned()], true));
        let shapes = batch.geometry.into_vec();
        assert_eq!(shapes[..2], [Ok(Some(geo::point!(x: 1.0, y: 2.0).into())), Ok(None)]);
        assert!(shapes[2].is_err());
        assert!(matches!(read_text(b"id\n", &[], &options), Err(ReadError::NoColumn { .. })));
    }

    #[test]
    fn a_large_file_comes_in_batches_without_a_gap() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        let mut content = "id\n".to_owned();
        for i in 0..70_000 {
            content.push_str(&format!("{i}\n"));
        }
        fs::write(&path, content).unwrap();
        let (mut rows, mut sizes) = (Vec::new(), Vec::new());
        read(&path, &ReadOptions::default(), &["id".to_owned()], false, &mut |b| {
            sizes.push(b.rows.len());
            assert_eq!(b.columns[0].text(0).unwrap(), (b.rows[0] - 2).to_string());
            assert!(b.geometry.is_empty());
            rows.extend(b.rows);
            true
        })
        .unwrap();
        assert_eq!(sizes, [65_536, 4_464]);
        assert_eq!(rows, (2..70_002).collect::<Vec<u32>>());
    }
}
