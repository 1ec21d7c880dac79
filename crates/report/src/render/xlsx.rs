//! A workbook: real numbers with formats, headings that stay in sight, filters, and pages that can be printed. No macro and
//! no clock: the same tables give the same bytes.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, Workbook, Worksheet, XlsxError,
};

use super::RenderError;
use crate::tables::{Head, Kind, Sheet, Tables, Value};

/// The narrowest and the widest column, in letters.
const NARROW: usize = 8;
const WIDE: usize = 44;
/// How wide a column of sentences is.
const LONG: usize = 90;
/// How wide a column of numbers is, for headings that are longer than the numbers.
const NUMBER: usize = 13;
/// Lines over a table are broken at this many letters, or where the table ends.
const LINE: usize = 190;
/// The height of a line of text, in points.
const HEIGHT: f64 = 15.0;
/// A4, and A3 for tables that are wider than so many letters.
const PAPER: u8 = 9;
const LARGE_PAPER: u8 = 8;
const WIDE_TABLE: usize = 230;

/// The tables as a workbook (.xlsx).
///
/// # Errors
/// When the workbook cannot be made, which no figures should be able to bring about.
pub fn xlsx(tables: &Tables) -> Result<Vec<u8>, RenderError> {
    let mut book = Workbook::new();
    let day = tables.as_of;
    let small = |number: i8| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(day.year()).unwrap_or(1900).max(1900);
    let made = ExcelDateTime::from_ymd(year, small(day.month()), small(day.day()))?;
    book.set_properties(&DocProperties::new().set_title(&tables.title).set_creation_datetime(&made));
    let formats = Formats::new();
    for sheet in &tables.sheets {
        write(book.add_worksheet(), sheet, &tables.foot, &formats)?;
    }
    Ok(book.save_to_buffer()?)
}

struct Formats {
    title: Format,
    about: Format,
    head: Format,
    head_number: Format,
    text: Format,
    long: Format,
    whole: Format,
    parts: Format,
    points: Format,
    plain: Format,
    /// With one to four decimals.
    shares: [Format; 4],
    met: Format,
    missed: Format,
    hidden: Format,
}

impl Formats {
    fn new() -> Self {
        let ink = Color::RGB(0x001F_2933);
        let cell = || Format::new().set_font_name("Calibri").set_font_size(11).set_align(FormatAlign::Top);
        let head = cell()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Bottom)
            .set_background_color(Color::RGB(0x00E4_ECF2))
            .set_border_bottom(FormatBorder::Medium)
            .set_font_color(ink);
        let number = |format: &str| cell().set_align(FormatAlign::Right).set_num_format(format);
        Self {
            title: cell().set_bold().set_font_size(14).set_font_color(ink),
            about: cell().set_font_size(10).set_font_color(Color::RGB(0x0052_606D)),
            head: head.clone().set_align(FormatAlign::Left).set_indent(1),
            head_number: head.set_align(FormatAlign::Right),
            text: cell().set_align(FormatAlign::Left).set_indent(1),
            long: cell().set_align(FormatAlign::Left).set_indent(1).set_text_wrap(),
            whole: number("#,##0"),
            parts: number("#,##0.0##"),
            points: number("0.00"),
            plain: number("General"),
            shares: [number("0.0%"), number("0.00%"), number("0.000%"), number("0.0000%")],
            met: cell().set_align(FormatAlign::Left).set_indent(1).set_font_color(Color::RGB(0x000B_6B4F)),
            missed: cell().set_align(FormatAlign::Left).set_indent(1).set_font_color(Color::RGB(0x00A8_3232)),
            hidden: cell().set_align(FormatAlign::Right).set_font_color(Color::RGB(0x0052_606D)),
        }
    }

    fn of(&self, value: &Value, kind: Kind) -> &Format {
        match value {
            Value::Count(_, 1) | Value::Difference(_) => &self.whole,
            Value::Count(..) => &self.parts,
            Value::Share(..) => &self.shares[value.decimals() - 1],
            Value::Percent(_) => &self.shares[0],
            Value::Points(_) => &self.points,
            Value::Mbps(_) | Value::Year(_) => &self.plain,
            Value::Verdict(true, _) => &self.met,
            Value::Verdict(false, _) => &self.missed,
            Value::Hidden => &self.hidden,
            Value::Text(_) if kind == Kind::Long => &self.long,
            Value::Text(_) | Value::Code(_) | Value::Nothing => &self.text,
        }
    }
}

fn write(page: &mut Worksheet, sheet: &Sheet, foot: &str, formats: &Formats) -> Result<(), XlsxError> {
    page.set_name(&sheet.name)?;
    let widths = widths(sheet);
    page.write_string_with_format(0, 0, &sheet.title, &formats.title)?.set_row_height(0, 21.0)?;
    let room = widths.iter().sum::<usize>().clamp(80, LINE);
    let lines: Vec<String> = sheet.about.iter().flat_map(|text| broken(text, room)).collect();
    let mut row = 1;
    for line in &lines {
        page.write_string_with_format(row, 0, line, &formats.about)?;
        row += 1;
    }
    let heading = row;
    for (column, (head, width)) in (0..).zip(sheet.heads.iter().zip(&widths)) {
        let format = if head.kind == Kind::Number { &formats.head_number } else { &formats.head };
        page.write_string_with_format(heading, column, &head.text, format)?;
        page.set_column_width(column, *width as f64)?;
    }
    let tallest = sheet.heads.iter().zip(&widths).map(|(head, width)| lines_in(&head.text, *width, true)).max();
    page.set_row_height(heading, HEIGHT * tallest.unwrap_or(1) as f64)?;
    for cells in &sheet.rows {
        row += 1;
        let mut tall = 1;
        for (column, (value, head)) in (0..).zip(cells.iter().zip(&sheet.heads)) {
            let format = formats.of(value, head.kind);
            match (value.number(), value.words()) {
                (Some(number), _) => page.write_number_with_format(row, column, number, format)?,
                (None, Some(words)) => page.write_string_with_format(row, column, words, format)?,
                (None, None) => continue,
            };
            if let (Kind::Long, Some(words)) = (head.kind, value.words()) {
                tall = tall.max(lines_in(words, widths[usize::from(column)], false));
            }
        }
        if tall > 1 {
            page.set_row_height(row, HEIGHT * tall as f64)?;
        }
    }
    let last = u16::try_from(sheet.heads.len().saturating_sub(1)).unwrap_or(u16::MAX);
    page.set_freeze_panes(heading + 1, sheet.frozen)?;
    page.autofilter(heading, 0, row, last)?;
    for (column, _) in (0..).zip(&sheet.heads).filter(|&(column, _)| holds_codes(sheet, usize::from(column))) {
        // Codes are text on purpose; no corner is to be green for it.
        page.ignore_error_range(heading + 1, column, row, column, IgnoreError::NumberStoredAsText)?;
    }
    let large = widths.iter().sum::<usize>() > WIDE_TABLE;
    page.set_landscape().set_paper_size(if large { LARGE_PAPER } else { PAPER }).set_print_fit_to_pages(1, 0);
    page.set_repeat_rows(heading, heading)?;
    page.set_footer(format!("&L{}&R{foot}", sheet.name.replace('&', "&&")));
    Ok(())
}

fn holds_codes(sheet: &Sheet, column: usize) -> bool {
    !sheet.rows.is_empty() && sheet.rows.iter().any(|row| matches!(row.get(column), Some(Value::Code(_))))
}

/// How wide each column is, in letters: as its widest cell, and as the longest word of its heading with room for the filter's button.
fn widths(sheet: &Sheet) -> Vec<usize> {
    let width = |(column, head): (usize, &Head)| {
        if head.kind == Kind::Long {
            return LONG;
        }
        let cells = sheet.rows.iter().filter_map(|row| row.get(column)).map(letters).max().unwrap_or(0) + 3;
        let word = head.text.split([' ', '-']).map(|word| word.chars().count()).max().unwrap_or(0) + 4;
        let comfortable = if head.kind == Kind::Number { NUMBER } else { NARROW };
        cells.max(word).max(comfortable).min(WIDE)
    };
    sheet.heads.iter().enumerate().map(width).collect()
}

/// How many letters a cell is shown with.
fn letters(value: &Value) -> usize {
    match value {
        Value::Text(text) | Value::Code(text) | Value::Verdict(_, text) => text.chars().count(),
        Value::Hidden => 2,
        Value::Nothing => 0,
        Value::Share(..) | Value::Percent(_) => 4 + value.decimals(),
        // The digits, a space between every three of them, and a sign or decimals.
        _ => value.number().map_or(0, |number| {
            let digits = format!("{:.0}", number.abs()).len();
            digits + digits / 3 + 3
        }),
    }
}

/// On how many lines a text stands in a column of so many letters; a heading shares its last line with a button.
fn lines_in(text: &str, width: usize, heading: bool) -> usize {
    let room = if heading { width.saturating_sub(3) } else { width };
    broken(text, room.max(4)).len()
}

/// A text on lines of at most so many letters; words are not cut.
fn broken(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
