//! Comma, semicolon or tab separated text.
//!
//! Every column is text: leading zeros survive, and whoever knows what a column means reads decimal commas. Rows are
//! counted as a spreadsheet shows them: the header is row 1 (unless blank lines stand before it), blank lines count,
//! and a quoted field with line breaks in it is still one row.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::{
    Batch, DeclaredCrs, Description, Format, ReadError, ReadOptions,
    batcher::{Batcher, RowGeometry, Value, Wanted},
    detect, encoding, wkt,
};

/// As much of the file as is looked at to find the separator.
const HEADER_BYTES: usize = 1 << 16;

/// What Excel writes, or is told by, in the first line.
const SEPARATOR_LINE: &str = "sep=";

pub(super) fn describe(path: &Path, options: &ReadOptions) -> Result<Description, ReadError> {
    Ok(Csv::open(path, options)?.description())
}

pub(super) fn read(
    path: &Path,
    options: &ReadOptions,
    wanted: Wanted<'_>,
    take: &mut dyn FnMut(Batch) -> bool,
) -> Result<Description, ReadError> {
    let mut csv = Csv::open(path, options)?;
    let positions = wanted.positions(path, &csv.header)?;
    let mut batcher = Batcher::new(wanted, take);
    let mut record = ByteRecord::new();
    let width = csv.header.len();
    while csv.next(path, &mut record)? {
        if record.len() != width {
            batcher.malformed(csv.row, ragged(&record, width))?;
            continue;
        }
        if let Some(field) = record.iter().position(|f| str::from_utf8(f).is_err()) {
            batcher.malformed(csv.row, format!("column {:?} is not valid UTF-8", csv.header[field]))?;
            continue;
        }
        let geometry = || match csv.geometry {
            Some(column) => geometry(record.get(column)),
            None => Ok(None),
        };
        batcher.push(csv.row, positions.iter().map(|&p| value(record.get(p))), geometry)?;
    }
    batcher.finish()?;
    Ok(csv.description())
}

struct Csv {
    reader: Reader<Box<dyn BufRead>>,
    /// The names in the header, with the spaces around them left out.
    header: Vec<String>,
    /// Which column holds geometry.
    geometry: Option<usize>,
    /// The row that was read last.
    row: u64,
}

impl Csv {
    fn open(path: &Path, options: &ReadOptions) -> Result<Self, ReadError> {
        let mut text: Box<dyn BufRead> =
            Box::new(BufReader::with_capacity(HEADER_BYTES, encoding::open(path, options.encoding.as_deref())?));
        let first = first_line(&mut text).map_err(|e| ReadError::unreadable(path, detect::in_words(&e)))?;
        if first.trim_ascii().is_empty() {
            return Err(ReadError::unreadable(path, "the file is empty; its first row should hold the column names"));
        }
        let told = str::from_utf8(&first).ok().and_then(|l| l.trim().strip_prefix(SEPARATOR_LINE));
        let separator = told.and_then(|s| s.bytes().next()).unwrap_or_else(|| separator(&first));
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .buffer_capacity(HEADER_BYTES)
            .from_reader(text);
        let mut csv = Self { reader, header: Vec::new(), geometry: None, row: 0 };
        let mut record = ByteRecord::new();
        csv.next(path, &mut record)?;
        if told.is_some() {
            csv.next(path, &mut record)?;
        }
        csv.header = record.iter().map(|f| String::from_utf8_lossy(f).trim().to_owned()).collect();
        let mut seen = BTreeSet::new();
        // Spreadsheets leave columns without a name at the right; those cannot be asked for and may be several.
        if let Some(twice) = csv.header.iter().find(|name| !name.is_empty() && !seen.insert(*name)) {
            return Err(ReadError::unreadable(
                path,
                format!("row {}: two columns are called {twice:?}; give each its own name", csv.row),
            ));
        }
        if let Some(name) = &options.geometry_column {
            let asked = Wanted { columns: std::slice::from_ref(name), geometry: true };
            csv.geometry = asked.positions(path, &csv.header)?.first().copied();
        }
        Ok(csv)
    }

    /// Reads the next record and counts its row; `false` at the end.
    fn next(&mut self, path: &Path, record: &mut ByteRecord) -> Result<bool, ReadError> {
        let before = self.reader.position().line();
        let more = self.reader.read_byte_record(record).map_err(|e| unreadable(path, self.row, &e))?;
        // The csv crate passes over blank lines without a word; they show in the count of lines.
        let lines = self.reader.position().line() - before;
        let inside = if lines > 1 { record.as_slice().iter().filter(|&&b| b == b'\n').count() as u64 } else { 0 };
        self.row += 1 + lines.saturating_sub(1 + inside);
        Ok(more)
    }

    fn description(&self) -> Description {
        let geometry = self.geometry.map(|g| &self.header[g]);
        let columns = self.header.iter().filter(|name| !name.is_empty() && Some(*name) != geometry).cloned().collect();
        Description { format: Format::Csv, columns, geometry: geometry.is_some(), crs: DeclaredCrs::None }
    }
}

fn unreadable(path: &Path, row: u64, error: &csv::Error) -> ReadError {
    match error.kind() {
        csv::ErrorKind::Io(e) => ReadError::unreadable(path, format!("after row {row}: {}", detect::in_words(e))),
        _ => ReadError::unreadable(path, format!("after row {row}: {error}")),
    }
}

fn value(field: Option<&[u8]>) -> Value<'_> {
    match field.and_then(|f| str::from_utf8(f).ok()) {
        None | Some("") => Value::Null,
        Some(text) => Value::Text(Cow::Borrowed(text)),
    }
}

fn geometry(field: Option<&[u8]>) -> RowGeometry {
    wkt::decode(field.and_then(|f| str::from_utf8(f).ok()).unwrap_or_default())
}

fn ragged(record: &ByteRecord, width: usize) -> String {
    let fields = record.len();
    let hint = if record.as_slice().contains(&b'\n') { "; is a quotation mark not closed?" } else { "" };
    format!("the row has {fields} field{}, the header has {width}{hint}", if fields == 1 { "" } else { "s" })
}

/// The first line that is not blank, without reading past it for good.
fn first_line(text: &mut Box<dyn BufRead>) -> std::io::Result<Vec<u8>> {
    // A reader may hand out its bytes in small pieces, so the beginning is gathered and put back in front.
    let mut start = Vec::new();
    Read::by_ref(text).take(HEADER_BYTES as u64).read_to_end(&mut start)?;
    let blank = start.iter().take_while(|b| b.is_ascii_whitespace() && **b != b'\t').count();
    let mut quoted = false;
    let end = start[blank..].iter().position(|&b| {
        quoted ^= b == b'"';
        !quoted && matches!(b, b'\n' | b'\r')
    });
    let line = start[blank..end.map_or(start.len(), |e| blank + e)].to_vec();
    let rest = std::mem::replace(text, Box::new(std::io::empty()));
    *text = Box::new(std::io::Cursor::new(start).chain(rest));
    Ok(line)
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
        Column::Text(values.iter().map(|v| v.map(Into::into)).collect())
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
        assert_eq!(batch.geometry[0], Ok(Some(geo::point!(x: 1.0, y: 2.0).into())));
        assert_eq!(batch.geometry[1], Ok(None));
        assert!(batch.geometry[2].is_err());
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
