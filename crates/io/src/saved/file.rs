//! What stands where in the file, and whether it is what was written.
//!
//! ```text
//!  0  "nittioRS"
//!  8  the format's number, 32 bits; 32 bits of zero
//! 16  contents   JSON: the study file, the axes, the inputs
//!     tables     whole numbers, seven bits in each byte: borders, kinds, counts, layers of the map
//!     the lengths in bytes of the two, 64 bits each
//!     the checksum: SHA-256 over all bytes before it
//! ```
//!
//! Numbers of the head and of the lengths are little-endian. Lengths and checksum stand last, so that neither part need be in
//! memory as a whole.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use sha2::{Digest as _, Sha256};

use super::SavedError;
use crate::numbers::Pour;

const MAGIC: [u8; 8] = *b"nittioRS";

/// The number of the format. It grows when what stands in the file changes, or when the same file gives another result than before.
const FORMAT: u32 = 4;

const HEAD: usize = 16;
const LENGTHS: usize = 16;
const CHECKSUM: usize = 32;

/// Why bytes are no saved result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    NotOne,
    Format(u32),
    Damaged(&'static str),
}

impl Fault {
    pub(super) fn at(self, path: &Path) -> SavedError {
        let path = path.to_owned();
        match self {
            Self::NotOne => SavedError::NotOne { path },
            Self::Format(format) => {
                SavedError::Version { path, by: format!("another version (format {format}, here {FORMAT})") }
            }
            Self::Damaged(how) => SavedError::Damaged { path, how },
        }
    }
}

/// Writes a file whose contents and tables are what the two write.
pub(super) fn write<W: Write>(
    out: W,
    contents: impl FnOnce(&mut BufWriter<Summed<W>>) -> io::Result<()>,
    tables: impl FnOnce(&mut Pour<&mut Summed<W>>),
) -> io::Result<()> {
    let mut out = Summed { out, hasher: Sha256::new(), length: 0 };
    out.write_all(&MAGIC)?;
    out.write_all(&FORMAT.to_le_bytes())?;
    out.write_all(&[0; 4])?;
    let mut buffered = BufWriter::new(out);
    contents(&mut buffered)?;
    let mut out = buffered.into_inner()?;
    let contents = out.length - HEAD as u64;
    let mut pour = Pour::new(&mut out);
    tables(&mut pour);
    let tables = pour.finish()?;
    out.write_all(&contents.to_le_bytes())?;
    out.write_all(&tables.to_le_bytes())?;
    let checksum = out.hasher.finalize();
    out.out.write_all(&checksum)
}

/// Writes on, and counts and hashes what it writes.
#[derive(Debug)]
pub(super) struct Summed<W> {
    out: W,
    hasher: Sha256,
    length: u64,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The contents and the tables, when they are what was written.
pub(super) fn read(bytes: &[u8]) -> Result<(&[u8], &[u8]), Fault> {
    if !bytes.starts_with(&MAGIC) {
        return Err(Fault::NotOne);
    }
    let cut_short = Fault::Damaged("it is cut short, or longer than it says");
    let (head, rest) = bytes.split_at_checked(HEAD).ok_or(cut_short)?;
    let format = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
    if format != FORMAT {
        return Err(Fault::Format(format));
    }
    let (rest, checksum) = rest.split_last_chunk::<CHECKSUM>().ok_or(cut_short)?;
    let (body, lengths) = rest.split_last_chunk::<LENGTHS>().ok_or(cut_short)?;
    let [contents, tables] = [&lengths[..8], &lengths[8..]].map(|length| length.try_into().map(u64::from_le_bytes));
    let lengths = contents.ok().zip(tables.ok()).filter(|(a, b)| a.checked_add(*b) == Some(body.len() as u64));
    let contents = lengths.and_then(|(contents, _)| usize::try_from(contents).ok()).ok_or(cut_short)?;
    let parts = body.split_at_checked(contents).ok_or(cut_short)?;
    if head[12..] != [0; 4] || Sha256::digest(&bytes[..bytes.len() - CHECKSUM])[..] != checksum[..] {
        return Err(Fault::Damaged("its checksum is not that of its bytes"));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_changed_byte_and_every_length_but_the_right_one_is_refused() {
        let mut whole = Vec::new();
        write(&mut whole, |out| out.write_all(b"contents"), |out| out.extend(*b"tables!")).unwrap();
        assert_eq!(read(&whole), Ok((&b"contents"[..], &b"tables!"[..])));
        for at in 0..whole.len() {
            let mut other = whole.clone();
            other[at] ^= 0x10;
            assert!(read(&other).is_err(), "byte {at}");
            assert!(read(&whole[..at]).is_err(), "cut at {at}");
        }
        assert!(read(&[whole.as_slice(), b"\0"].concat()).is_err());
        whole[8] = 9;
        assert_eq!(read(&whole), Err(Fault::Format(9)));
        assert_eq!(read(b"PK\x03\x04"), Err(Fault::NotOne));
    }
}
