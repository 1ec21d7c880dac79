//! Tables made for people: titles over them, headings in several rows, notes under them. CSV, workbooks and JSON as
//! statistics authorities hand them out, read whole into rows of cells.

use std::{fs, io::Cursor, path::Path};

use calamine::{Data, Reader as _, open_workbook_auto_from_rs};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::{ReadError, detect, grid_json};

/// A cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, without spaces around it.
    Text(String),
    /// A number that is one in the file itself.
    Number(f64),
}

impl Cell {
    /// The cell as text; empty for nothing. Whole numbers have no decimals.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::Empty
    }

    pub(super) fn of_text(text: &str) -> Self {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

/// Rows of cells, of any lengths.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grid {
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// Why the file is not whole, when it says so itself.
    pub partial: Option<String>,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The row as a person would count it: a table's first row is row 1, and so is the first value in JSON.
    pub number: u32,
    /// The cells.
    pub cells: Vec<Cell>,
}

impl Row {
    /// A cell; nothing beyond the last.
    #[must_use]
    pub fn cell(&self, column: usize) -> &Cell {
        const NOTHING: &Cell = &Cell::Empty;
        self.cells.get(column).unwrap_or(NOTHING)
    }

    /// How many cells are not empty.
    #[must_use]
    pub fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.is_empty()).count()
    }
}

/// Reads a table, or every sheet of a workbook.
///
/// # Errors
/// When the file cannot be read, or is not a table, a workbook or JSON of a known form.
pub fn read(path: &Path, encoding: Option<&str>) -> Result<Vec<Grid>, ReadError> {
    let bytes = fs::read(path).map_err(|e| ReadError::unreadable(path, detect::in_words(&e)))?;
    // A zip is an xlsx or ods, the other is the compound file of older workbooks.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return workbook(path, bytes);
    }
    let text = text(path, &bytes, encoding)?;
    if text.trim_start().starts_with(['{', '[']) {
        let value =
            serde_json::from_str(&text).map_err(|e| ReadError::unreadable(path, format!("it is no JSON: {e}")))?;
        return grid_json::grid(&value).map(|grid| vec![grid]).map_err(|e| ReadError::unreadable(path, e));
    }
    table(path, &text).map(|grid| vec![grid])
}

/// The bytes as text: a byte order mark decides, then the caller, then whether they are UTF-8; else Windows-1252.
fn text(path: &Path, bytes: &[u8], encoding: Option<&str>) -> Result<String, ReadError> {
    let asked = encoding.map(|label| super::encoding::named(path, label)).transpose()?;
    let guessed = if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 };
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((asked.unwrap_or(guessed), 0));
    Ok(encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned())
}

fn table(path: &Path, text: &str) -> Result<Grid, ReadError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    let (mut counted, mut line) = (0, 1);
    while reader.read_record(&mut record).map_err(|e| ReadError::unreadable(path, e.to_string()))? {
        // The reader says where it stood before it passed over empty lines, so lines are counted here.
        let from = record.position().map_or(0, csv::Position::byte);
        let from = usize::try_from(from).unwrap_or(usize::MAX).clamp(counted, text.len());
        let empty = text.as_bytes()[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        line += line_ends(&text.as_bytes()[counted..from + empty]);
        counted = from + empty;
        let number = u32::try_from(line).unwrap_or(u32::MAX);
        rows.push(Row { number, cells: record.iter().map(Cell::of_text).collect() });
    }
    Ok(Grid { rows, ..Grid::default() })
}

/// How many lines end in a text that a carriage return and a line feed are not torn apart in.
fn line_ends(bytes: &[u8]) -> usize {
    let feeds = bytes.iter().filter(|&&byte| byte == b'\n').count();
    let returns = bytes.iter().filter(|&&byte| byte == b'\r').count();
    let pairs = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
    feeds + returns - pairs
}

/// Semicolon or tab when most lines have one, else comma: in Swedish files the comma is the decimal sign.
fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(100).collect();
    let in_most = |c: char| 2 * lines.iter().filter(|line| line.contains(c)).count() > lines.len();
    [(';', b';'), ('\t', b'\t')].into_iter().find(|&(c, _)| in_most(c)).map_or(b',', |(_, byte)| byte)
}

fn workbook(path: &Path, bytes: Vec<u8>) -> Result<Vec<Grid>, ReadError> {
    let failed = |e: calamine::Error| ReadError::unreadable(path, format!("it is no workbook that can be read: {e}"));
    let mut workbook = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(failed)?;
    let mut grids = Vec::new();
    for sheet in workbook.sheet_names() {
        // Sheets of charts have no cells.
        let Ok(range) = workbook.worksheet_range(&sheet) else { continue };
        let (top, left) = range.start().unwrap_or_default();
        let rows = range.rows().zip(top + 1..).map(|(cells, number)| Row {
            number,
            cells: (0..left).map(|_| Cell::Empty).chain(cells.iter().map(cell)).collect(),
        });
        grids.push(Grid { rows: rows.collect(), sheet: Some(sheet), partial: None });
    }
    Ok(grids)
}

#[expect(clippy::cast_precision_loss, reason = "whole numbers in workbooks are floats")]
fn cell(data: &Data) -> Cell {
    match data {
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Float(number) => Cell::Number(*number),
        Data::Empty => Cell::Empty,
        Data::String(text) => Cell::of_text(text),
        other => Cell::of_text(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_bytes(bytes: &[u8]) -> Grid {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, bytes).unwrap();
        read(&path, None).unwrap().remove(0)
    }

    fn texts(grid: &Grid) -> Vec<Vec<String>> {
        grid.rows.iter().map(|row| row.cells.iter().map(Cell::text).collect()).collect()
    }

    #[test]
    fn swedish_files_are_read_in_either_encoding_with_or_without_a_mark() {
        let expected = [["kommun", "andel"], ["0680 Jönköping", "93,3 %"]];
        let text = "kommun;andel\r\n0680 Jönköping;93,3 %\r\n";
        let (windows, _, _) = WINDOWS_1252.encode(text);
        for bytes in [text.as_bytes().to_vec(), format!("\u{feff}{text}").into_bytes(), windows.into_owned()] {
            assert_eq!(texts(&of_bytes(&bytes)), expected);
        }
    }

    #[test]
    fn a_comma_between_digits_does_not_make_a_file_one_of_commas() {
        assert_eq!(texts(&of_bytes("a;b\n1,5;2,5\n".as_bytes())), [["a", "b"], ["1,5", "2,5"]]);
        assert_eq!(texts(&of_bytes("\"a\",\"b\"\n\"x, y\",1\n".as_bytes())), [["a", "b"], ["x, y", "1"]]);
        assert_eq!(texts(&of_bytes("a\tb\n1,5\t2\n".as_bytes())), [["a", "b"], ["1,5", "2"]]);
    }

    #[test]
    fn rows_keep_the_numbers_of_their_lines() {
        let grid = of_bytes("Titel\n\na;b\n1;2\n".as_bytes());
        assert_eq!(grid.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 3, 4]);
        let grid = of_bytes("Titel\r\n\r\n\r\na;b\r\n\"1\r\n2\";3\r\n\r\nx;y".as_bytes());
        assert_eq!(grid.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 4, 5, 8]);
    }
}
