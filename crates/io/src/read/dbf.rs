//! dBASE tables: the columns of a shapefile.

use std::{borrow::Cow, io::Read};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::batcher::Value;

/// The head of a table: what its records hold and where they stand.
///
/// Read here rather than by a crate, because a cell that cannot be read must not cost the row, and because the
/// encoding is often not the one the file says.
pub(super) struct Dbf {
    fields: Vec<Field>,
    /// Where the first record begins.
    pub(super) start: u64,
    /// Bytes of a record.
    pub(super) record: usize,
    /// How many records the head announces.
    pub(super) records: u64,
    /// The encoding that is said, if any.
    encoding: Option<&'static Encoding>,
}

struct Field {
    name: String,
    kind: u8,
    decimals: u8,
    from: usize,
    to: usize,
}

impl Dbf {
    pub(super) fn new(mut inner: impl Read, encoding: Option<&'static Encoding>) -> Result<Self, String> {
        let mut head = [0; 32];
        inner.read_exact(&mut head).map_err(|_| "the .dbf is cut short".to_owned())?;
        let [.., c0, c1, c2, c3, h0, h1, r0, r1, _, _] = *head.first_chunk::<14>().unwrap_or(&[0; 14]);
        let records = u64::from(u32::from_le_bytes([c0, c1, c2, c3]));
        let header_length = usize::from(u16::from_le_bytes([h0, h1]));
        let record = usize::from(u16::from_le_bytes([r0, r1]));
        let mut descriptors = vec![0; header_length.saturating_sub(32)];
        inner.read_exact(&mut descriptors).map_err(|_| "the .dbf is cut short".to_owned())?;
        let mut fields = Vec::new();
        let mut from = 1;
        for d in descriptors.as_chunks::<32>().0.iter().take_while(|d| d[0] != 0x0d) {
            let name = d[..11].split(|&b| b == 0).next().unwrap_or_default();
            let to = from + usize::from(d[16]);
            fields.push(Field {
                name: decoded(name, encoding).trim().to_owned(),
                kind: d[11],
                decimals: d[17],
                from,
                to,
            });
            from = to;
        }
        if from > record || fields.is_empty() {
            return Err("the .dbf is damaged: its columns do not fit its records".to_owned());
        }
        Ok(Self { fields, start: header_length.max(32) as u64, record, records, encoding })
    }

    pub(super) fn columns(&self) -> Vec<String> {
        self.fields.iter().map(|f| f.name.clone()).collect()
    }

    /// Whether a record is marked as deleted.
    pub(super) fn deleted(record: &[u8]) -> bool {
        record.first() == Some(&b'*')
    }

    /// A cell of a record.
    pub(super) fn value<'a>(&self, record: &'a [u8], column: usize) -> Value<'a> {
        let Some(field) = self.fields.get(column) else { return Value::Null };
        let cell = record.get(field.from..field.to).unwrap_or_default();
        // Binary integers of the later dBASE versions.
        if let (b'I' | b'+', Some(bytes)) = (field.kind, cell.first_chunk::<4>()) {
            return Value::Integer(i64::from(i32::from_le_bytes(*bytes)));
        }
        let text = decoded(cell.split(|&b| b == 0).next().unwrap_or_default(), self.encoding);
        let text = match text {
            Cow::Borrowed(t) => Cow::Borrowed(t.trim()),
            Cow::Owned(t) => Cow::Owned(t.trim().to_owned()),
        };
        match field.kind {
            _ if text.is_empty() => Value::Null,
            b'N' | b'F' => number(text, field.decimals),
            b'D' => date(text),
            b'L' => match text.as_ref() {
                "T" | "t" | "Y" | "y" | "1" => Value::Flag(true),
                "F" | "f" | "N" | "n" | "0" => Value::Flag(false),
                _ => Value::Null,
            },
            // A memo or a picture is in another file.
            b'M' | b'B' | b'G' | b'P' => Value::Null,
            _ => Value::Text(text),
        }
    }
}

fn number(text: Cow<'_, str>, decimals: u8) -> Value<'_> {
    // Asterisks stand for a number that was too long for its column.
    if text.starts_with('*') {
        return Value::Null;
    }
    match (text.parse(), text.parse::<f64>()) {
        (Ok(whole), _) if decimals == 0 => Value::Integer(whole),
        (_, Ok(real)) if real.is_finite() => Value::Real(real),
        _ => Value::Text(text),
    }
}

fn date(text: Cow<'_, str>) -> Value<'_> {
    match (text.get(..4), text.get(4..6), text.get(6..)) {
        (Some(y), Some(m), Some(d)) if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) => {
            if text.bytes().all(|b| b == b'0') { Value::Null } else { Value::Text(format!("{y}-{m}-{d}").into()) }
        }
        _ => Value::Text(text),
    }
}

/// Text in the encoding that is said; when none is, or when UTF-8 is said and is not there, UTF-8 if it is valid and
/// else Windows-1252.
fn decoded<'a>(bytes: &'a [u8], encoding: Option<&'static Encoding>) -> Cow<'a, str> {
    match encoding {
        Some(encoding) if encoding != UTF_8 => encoding.decode_without_bom_handling(bytes).0,
        _ => str::from_utf8(bytes).map_or_else(|_| WINDOWS_1252.decode_without_bom_handling(bytes).0, Cow::Borrowed),
    }
}

/// The encoding that a `.cpg` file names, if it is one that is known.
pub(super) fn code_page(text: &str) -> Option<&'static Encoding> {
    let label = text.trim().to_ascii_lowercase();
    let bare: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
    match bare.trim_start_matches("ansi").trim_start_matches("cp").trim_start_matches("iso") {
        "65001" | "utf8" => Some(UTF_8),
        "1252" | "88591" | "ldid87" => Some(WINDOWS_1252),
        _ => Encoding::for_label(label.as_bytes()),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Dbf, Value, code_page};

    /// A table as bytes; a column is its name, type, width and decimals.
    pub(in crate::read) fn table(columns: &[(&str, u8, u8, u8)], records: &[&[u8]]) -> Vec<u8> {
        let width: usize = 1 + columns.iter().map(|c| usize::from(c.2)).sum::<usize>();
        let mut out = vec![3, 124, 1, 1];
        out.extend((records.len() as u32).to_le_bytes());
        out.extend((32 + 32 * columns.len() as u16 + 1).to_le_bytes());
        out.extend((width as u16).to_le_bytes());
        out.resize(32, 0);
        for (name, kind, width, decimals) in columns {
            let mut d = [0; 32];
            d[..name.len()].copy_from_slice(name.as_bytes());
            (d[11], d[16], d[17]) = (*kind, *width, *decimals);
            out.extend(d);
        }
        out.push(0x0d);
        for record in records {
            assert_eq!(record.len(), width);
            out.extend(*record);
        }
        out.push(0x1a);
        out
    }

    #[test]
    fn cells_have_the_type_of_their_column() {
        let columns = [("KOD", b'C', 6, 0), ("N", b'N', 4, 0), ("X", b'N', 6, 2), ("D", b'D', 8, 0), ("L", b'L', 1, 0)];
        let bytes = table(
            &columns,
            &[b"  0180   12 12.5020241231T", b" J\xf6n   ****      00000000?", b"*                        F"],
        );
        let dbf = Dbf::new(&bytes[..], None).unwrap();
        assert_eq!(dbf.columns(), ["KOD", "N", "X", "D", "L"]);
        assert_eq!(dbf.records, 3);
        let start = usize::try_from(dbf.start).unwrap();
        let records: Vec<&[u8]> = bytes[start..].chunks_exact(dbf.record).collect();
        let row = |record| (0..5).map(|i| format!("{:?}", dbf.value(record, i))).collect::<Vec<_>>().join(" ");
        assert_eq!(row(records[0]), "Text(\"0180\") Integer(12) Real(12.5) Text(\"2024-12-31\") Flag(true)");
        assert_eq!(row(records[1]), "Text(\"Jön\") Null Null Null Null");
        assert_eq!(records.iter().map(|record| Dbf::deleted(record)).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(dbf.value(records[0], 9), Value::Null);
    }

    #[test]
    fn code_pages_are_known_by_their_many_names() {
        for name in ["UTF-8", "utf8", "65001"] {
            assert_eq!(code_page(name), Some(encoding_rs::UTF_8), "{name}");
        }
        for name in ["1252", "ANSI 1252", "ISO-8859-1", "ISO 88591", "8859_1", "CP1252", "LDID/87"] {
            assert_eq!(code_page(name), Some(encoding_rs::WINDOWS_1252), "{name}");
        }
        assert_eq!(code_page("OEM"), None);
    }

    #[test]
    fn a_head_cut_anywhere_is_an_answer_and_not_a_panic() {
        let bytes = table(&[("A", b'C', 3, 0)], &[b" abc"]);
        for n in 0..bytes.len() {
            assert_eq!(Dbf::new(&bytes[..n], None).is_ok(), n > 32 + 32, "{n}");
        }
    }
}
