//! What stands where in the file, and whether it is what was written.
//!
//! ```text
//!  0  "nittioRS"
//!  8  the format's number, 32 bits; 32 bits of zero
//! 16  the lengths in bytes of the two parts, 64 bits each
//! 32  the checksum: SHA-256 over the first 32 bytes and both parts
//! 64  contents   JSON: the study file, the axes, the inputs
//!     tables     whole numbers, seven bits in each byte: borders, kinds, counts, layers of the map
//! ```
//!
//! Numbers of the head are little-endian.

use std::{
    io::{self, Write},
    path::Path,
};

use sha2::{Digest as _, Sha256};

use super::SavedError;

const MAGIC: [u8; 8] = *b"nittioRS";

/// The number of the format. It grows when what stands in the file changes, or when the same file gives another result than before.
const FORMAT: u32 = 3;

const HEAD: usize = 64;
const SUMMED: usize = 32;

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

pub(super) fn write(out: &mut impl Write, contents: &[u8], tables: &[u8]) -> io::Result<()> {
    let mut head = Vec::with_capacity(HEAD);
    head.extend(MAGIC);
    head.extend(FORMAT.to_le_bytes());
    head.extend([0; 4]);
    head.extend((contents.len() as u64).to_le_bytes());
    head.extend((tables.len() as u64).to_le_bytes());
    head.extend(checksum(&head, contents, tables));
    [&head, contents, tables].into_iter().try_for_each(|part| out.write_all(part))
}

/// The contents and the tables, when they are what was written.
pub(super) fn read(bytes: &[u8]) -> Result<(&[u8], &[u8]), Fault> {
    if !bytes.starts_with(&MAGIC) {
        return Err(Fault::NotOne);
    }
    let cut_short = Fault::Damaged("it is cut short, or longer than it says");
    let (head, body) = bytes.split_at_checked(HEAD).ok_or(cut_short)?;
    let format = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
    if format != FORMAT {
        return Err(Fault::Format(format));
    }
    let length = |at: usize| head[at..at + 8].try_into().ok().map(u64::from_le_bytes);
    let lengths = length(16).zip(length(24)).filter(|(a, b)| a.checked_add(*b) == Some(body.len() as u64));
    let contents = lengths.and_then(|(contents, _)| usize::try_from(contents).ok()).ok_or(cut_short)?;
    let (contents, tables) = body.split_at_checked(contents).ok_or(cut_short)?;
    if head[12..16] != [0; 4] || checksum(&head[..SUMMED], contents, tables) != head[SUMMED..] {
        return Err(Fault::Damaged("its checksum is not that of its bytes"));
    }
    Ok((contents, tables))
}

fn checksum(head: &[u8], contents: &[u8], tables: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    [head, contents, tables].into_iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_changed_byte_and_every_length_but_the_right_one_is_refused() {
        let mut whole = Vec::new();
        write(&mut whole, b"contents", b"tables!").unwrap();
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
