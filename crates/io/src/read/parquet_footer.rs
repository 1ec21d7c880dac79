//! The footer of a Parquet file, changed so that polars takes types that are newer than it.
//!
//! Parquet has had the logical types GEOMETRY (17) and GEOGRAPHY (18) since 2025; GeoParquet 2 uses them. The polars
//! used here refuses a file with a logical type it does not know. Both are WKB in a binary column, so they are passed
//! off as BSON (13), which is a binary column too; its number takes as many bytes.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

/// A footer longer than this is damage.
const LONGEST: u64 = 1 << 30;

const MAGIC: &[u8] = b"PAR1";

/// The Thrift compact protocol's number for a struct and for a list.
const STRUCT: u8 = 12;
const LIST: u8 = 9;

/// Reads the footer of `file` and gives a file of that footer alone, with the new types passed off as an old one.
pub(super) fn with_old_types(file: &mut File) -> io::Result<Vec<u8>> {
    let damaged = || io::Error::other("the footer is damaged");
    let end = file.seek(SeekFrom::End(-8))?;
    let mut tail = [0; 8];
    file.read_exact(&mut tail)?;
    let [a, b, c, d, ..] = tail;
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    file.seek(SeekFrom::Start(end.checked_sub(length).filter(|_| length <= LONGEST).ok_or_else(damaged)?))?;
    let mut footer = Vec::new();
    file.take(length).read_to_end(&mut footer)?;
    let places = Walk { data: &footer, at: 0 }.new_types().ok_or_else(damaged)?;
    for place in places {
        // 13 as the protocol writes it.
        footer[place] = 26;
    }
    Ok([MAGIC, &footer, &tail].concat())
}

/// A way through the footer, which is in the Thrift compact protocol.
struct Walk<'a> {
    data: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    /// Where the numbers of the new logical types stand.
    fn new_types(mut self) -> Option<Vec<usize>> {
        let mut places = Vec::new();
        self.fields(&mut |walk, id, kind| match (id, kind) {
            // The schema: a list of elements.
            (2, LIST) => {
                let (count, of) = walk.list()?;
                for _ in 0..count {
                    if of == STRUCT { walk.element(&mut places)? } else { walk.skip(of, 0)? }
                }
                Some(())
            }
            _ => walk.skip(kind, 0),
        })?;
        Some(places)
    }

    fn element(&mut self, places: &mut Vec<usize>) -> Option<()> {
        self.fields(&mut |walk, id, kind| match (id, kind) {
            // The logical type: a union, which is a struct with one field.
            (10, STRUCT) => walk.fields(&mut |walk, id, kind| {
                if matches!(id, 17 | 18) && kind == STRUCT {
                    places.push(walk.at - 1);
                }
                walk.skip(kind, 0)
            }),
            _ => walk.skip(kind, 0),
        })
    }

    /// Calls `each` with the number and type of every field; it must pass over the field's value.
    fn fields(&mut self, each: &mut dyn FnMut(&mut Self, i64, u8) -> Option<()>) -> Option<()> {
        let mut id = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            id = match head >> 4 {
                0 => {
                    let zigzag = self.varint()?;
                    (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed()
                }
                delta => id.checked_add(i64::from(delta))?,
            };
            each(self, id, head & 15)?;
        }
    }

    fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        Some((count, head & 15))
    }

    fn skip(&mut self, kind: u8, depth: u8) -> Option<()> {
        if depth > 32 {
            return None;
        }
        match kind {
            1 | 2 => {}
            3 => self.forward(1)?,
            4..=6 => {
                self.varint()?;
            }
            7 => self.forward(8)?,
            8 => {
                let length = self.varint()?;
                self.forward(length)?;
            }
            9 | 10 => {
                let (count, of) = self.list()?;
                for _ in 0..count {
                    // True and false take a byte each in a list, and none as a field.
                    if matches!(of, 1 | 2) { self.forward(1)? } else { self.skip(of, depth + 1)? }
                }
            }
            STRUCT => self.fields(&mut |walk, _, kind| walk.skip(kind, depth + 1))?,
            13 => self.forward(16)?,
            _ => return None,
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.data.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn forward(&mut self, n: u64) -> Option<()> {
        self.at = self.at.checked_add(usize::try_from(n).ok()?).filter(|&at| at <= self.data.len())?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut out = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            out |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(out);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Walk;

    #[test]
    fn a_geometry_type_is_found_and_other_types_are_left() {
        // version 1; a schema of one element: name "g", logical type 17 with an empty struct; 3 rows.
        let footer = [0x15, 2, 0x19, 0x1c, 0x48, 1, b'g', 0x6c, 0x0c, 34, 0, 0, 0, 0x16, 6, 0];
        assert_eq!(Walk { data: &footer, at: 0 }.new_types(), Some(vec![9]));
        let mut text = footer;
        // The same with logical type 12, in the same long form.
        text[9] = 24;
        assert_eq!(Walk { data: &text, at: 0 }.new_types(), Some(vec![]));
        for n in 0..footer.len() {
            assert_eq!(Walk { data: &footer[..n], at: 0 }.new_types(), None, "{n}");
        }
    }
}
