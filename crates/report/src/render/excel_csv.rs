//! A table as text that a spreadsheet opens by a double click: with a byte order mark, and as the language separates and
//! points. Programs should read the other files.

use crate::{
    locale::Locale,
    tables::{Tables, Value},
};

/// The first table: one row per area.
#[must_use]
pub fn excel_csv(tables: &Tables) -> Vec<u8> {
    let locale = tables.locale;
    let separator = match locale {
        Locale::Sv => ';',
        Locale::En => ',',
    };
    let mut out = String::from('\u{feff}');
    let Some(sheet) = tables.sheets.first() else { return out.into_bytes() };
    let heads = sheet.heads.iter().map(|head| quoted(head.percent.as_ref().unwrap_or(&head.text), separator));
    let heads = heads.collect();
    let rows = sheet.rows.iter().map(|row| row.iter().map(|value| cell(value, locale, separator)).collect());
    for line in std::iter::once(heads).chain(rows) {
        let line: Vec<String> = line;
        out.push_str(&line.join(&separator.to_string()));
        out.push_str("\r\n");
    }
    out.into_bytes()
}

fn cell(value: &Value, locale: Locale, separator: char) -> String {
    match value {
        // A spreadsheet would take 0180 for the number 180.
        Value::Code(code) => quoted(&format!("=\"{code}\""), separator),
        // What begins like a formula is none.
        Value::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
            quoted(&format!("=\"{}\"", text.replace('"', "\"\"")), separator)
        }
        Value::Share(..) => {
            // Per cent, with the six decimals of the share.
            value.number().map(|share| decimal(&format!("{:.4}", share * 100.0), locale)).unwrap_or_default()
        }
        _ => match value.number() {
            Some(number) => decimal(&format!("{number:.4}"), locale),
            None => value.words().map(|words| quoted(words, separator)).unwrap_or_default(),
        },
    }
}

/// A number without needless decimals, with the language's decimal sign.
fn decimal(text: &str, locale: Locale) -> String {
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match locale {
        Locale::Sv => text.replace('.', ","),
        Locale::En => text.to_owned(),
    }
}

fn quoted(text: &str, separator: char) -> String {
    if text.contains([separator, '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::tables::{Head, Sheet};

    fn written(locale: Locale) -> String {
        let row = vec![
            Value::Code("0180".to_owned()),
            Value::Text("A; \"B\"".to_owned()),
            Value::Text("=1+1".to_owned()),
            Value::Count(1_234_567, 1),
            Value::Share(5, 12, None),
            Value::Share(12, 12, None),
            Value::Count(125, 10),
            Value::Hidden,
            Value::Nothing,
        ];
        let heads = (0..row.len()).map(|n| Head::text(format!("h{n}"))).collect();
        let sheet =
            Sheet { name: String::new(), title: String::new(), about: Vec::new(), heads, rows: vec![row], frozen: 0 };
        let (title, foot) = (String::new(), String::new());
        let tables = Tables { locale, title, as_of: date(2024, 12, 31), foot, sheets: vec![sheet] };
        String::from_utf8(excel_csv(&tables)).unwrap()
    }

    #[test]
    fn a_table_is_written_as_a_swedish_spreadsheet_reads_it() {
        let expected = "\u{feff}h0;h1;h2;h3;h4;h5;h6;h7;h8\r\n\
                        \"=\"\"0180\"\"\";\"A; \"\"B\"\"\";\"=\"\"=1+1\"\"\";1234567;41,6667;100;12,5;..;\r\n";
        assert_eq!(written(Locale::Sv), expected);
    }

    #[test]
    fn an_english_one_has_commas_and_points() {
        let line = "\"=\"\"0180\"\"\",\"A; \"\"B\"\"\",\"=\"\"=1+1\"\"\",1234567,41.6667,100,12.5,..,\r\n";
        assert!(written(Locale::En).ends_with(line));
    }
}
