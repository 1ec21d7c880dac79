//! The container: what stands where in the file, and whether it is what was written.
//!
//! ```text
//!  0  "nittioIX"
//!  8  the format's number, 32 bits; 32 bits of zero
//! 16  the lengths in bytes of the three parts, 64 bits each
//! 40  the checksum, 32 bytes
//! 72  24 bytes of zero
//! 96  contents   JSON: what was read, from what, and how
//!     outlines   the vertices of areas, easting and northing, 64 bits each
//!     index      as `nittio_core::index` lays it out
//! ```
//!
//! Every part begins at a multiple of eight bytes, with zeros before it. Numbers are little-endian. The checksum is
//! SHA-256 over the first 40 bytes and the SHA-256 of every mebibyte after the first 96 bytes, so that all threads can
//! work at it.

use std::{
    fs::File,
    io::{self, Seek as _, SeekFrom, Write},
    ops::Range,
};

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

/// What an index file begins with.
pub(super) const MAGIC: [u8; 8] = *b"nittioIX";

/// The number of the format. It grows when what stands in the file changes, or when the same files are read in another
/// way than before.
pub(super) const FORMAT: u32 = 2;

const HEAD: usize = 96;
const SUMMED: usize = 40;
const CHUNK: usize = 1 << 20;

/// Where the parts are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) contents: Range<usize>,
    pub(super) outlines: Range<usize>,
    pub(super) index: Range<usize>,
}

/// Why bytes are no container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    NotAnIndex,
    Format(u32),
    Damaged(&'static str),
}

/// Finds the parts, and sees whether they are what was written.
pub(super) fn open(bytes: &[u8]) -> Result<Parts, Fault> {
    if !bytes.starts_with(&MAGIC) {
        return Err(Fault::NotAnIndex);
    }
    let cut_short = Fault::Damaged("it is cut short");
    let (head, body) = bytes.split_at_checked(HEAD).ok_or(cut_short)?;
    let format = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
    if format != FORMAT {
        return Err(Fault::Format(format));
    }
    let mut end = HEAD;
    let mut part = |at: usize| {
        let length =
            head[at..at + 8].try_into().ok().and_then(|word| usize::try_from(u64::from_le_bytes(word)).ok())?;
        let start = end;
        let past = start.checked_add(length)?;
        end = past.checked_next_multiple_of(8)?;
        Some(start..past)
    };
    let parts = part(16).zip(part(24)).zip(part(32));
    let ((contents, outlines), index) = parts.ok_or(Fault::Damaged("its lengths are none"))?;
    if end != bytes.len() {
        return Err(Fault::Damaged("it is cut short, or longer than it says"));
    }
    let digests: Vec<[u8; 32]> = body.par_chunks(CHUNK).map(|chunk| Sha256::digest(chunk).into()).collect();
    if checksum(&head[..SUMMED], &digests) != head[SUMMED..SUMMED + 32] || head[SUMMED + 32..] != [0; 24] {
        return Err(Fault::Damaged("its checksum is not that of its bytes"));
    }
    Ok(Parts { contents, outlines, index })
}

/// Writes a container; `index` writes the index.
pub(super) fn write(
    file: &mut File,
    contents: &[u8],
    outlines: &[u8],
    index: impl FnOnce(&mut Body<'_>) -> io::Result<()>,
) -> io::Result<()> {
    file.write_all(&[0; HEAD])?;
    let mut body = Body { file, chunk: Vec::with_capacity(CHUNK), digests: Vec::new(), length: 0 };
    let mut lengths = [contents.len() as u64, outlines.len() as u64, 0];
    for part in [contents, outlines] {
        body.write_all(part)?;
        body.pad()?;
    }
    let before = body.length;
    index(&mut body)?;
    lengths[2] = body.length - before;
    body.pad()?;
    body.end_chunk()?;
    let digests = body.digests;

    let mut head = Vec::with_capacity(HEAD);
    head.extend(MAGIC);
    head.extend(FORMAT.to_le_bytes());
    head.extend([0; 4]);
    head.extend(lengths.iter().flat_map(|length| length.to_le_bytes()));
    let sum = checksum(&head, &digests);
    head.extend(sum);
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&head)
}

fn checksum(head: &[u8], digests: &[[u8; 32]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(head);
    digests.iter().for_each(|digest| hasher.update(digest));
    hasher.finalize().into()
}

/// What comes after the head, on its way into the file.
pub(super) struct Body<'a> {
    file: &'a mut File,
    chunk: Vec<u8>,
    digests: Vec<[u8; 32]>,
    length: u64,
}

impl Body<'_> {
    fn pad(&mut self) -> io::Result<()> {
        let length = usize::try_from(self.length % 8).unwrap_or_default();
        self.write_all(&[0; 8][..(8 - length) % 8])
    }

    fn end_chunk(&mut self) -> io::Result<()> {
        if !self.chunk.is_empty() {
            self.digests.push(Sha256::digest(&self.chunk).into());
            self.file.write_all(&self.chunk)?;
            self.chunk.clear();
        }
        Ok(())
    }
}

impl Write for Body<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.chunk.len() == CHUNK {
            self.end_chunk()?;
        }
        let taken = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        self.length += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes the checksum right again after a test has changed something.
#[cfg(test)]
pub(super) fn sum_again(bytes: &mut [u8]) {
    let (head, body) = bytes.split_at_mut(HEAD);
    let digests: Vec<[u8; 32]> = body.chunks(CHUNK).map(|chunk| Sha256::digest(chunk).into()).collect();
    let sum = checksum(&head[..SUMMED], &digests);
    head[SUMMED..SUMMED + 32].copy_from_slice(&sum);
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn written(contents: &[u8], outlines: &[u8], index: &[u8]) -> Vec<u8> {
        let mut file = tempfile::tempfile().unwrap();
        write(&mut file, contents, outlines, |body| body.write_all(index)).unwrap();
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).unwrap();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn parts_come_back_as_they_were_written_and_in_line() {
        let large: Vec<u8> = (0..3 * CHUNK + 8).map(|i| u8::try_from(i % 251).unwrap()).collect();
        for (contents, outlines, index) in [(&b"{}"[..], &b""[..], &large[..]), (&large[..5], &large[..16], &b""[..])] {
            let bytes = written(contents, outlines, index);
            let parts = open(&bytes).unwrap();
            assert_eq!(parts.outlines.start % 8 + parts.index.start % 8, 0);
            assert!(bytes[parts.contents] == *contents && bytes[parts.outlines] == *outlines);
            assert!(bytes[parts.index] == *index);
        }
    }

    #[test]
    fn every_changed_bit_and_every_shorter_file_is_found_out() {
        let bytes = written(br#"{"a":1}"#, &[7; 32], &[9; 123]);
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                let fault = open(&damaged).unwrap_err();
                match at {
                    0..8 => assert_eq!(fault, Fault::NotAnIndex),
                    8..12 => assert!(matches!(fault, Fault::Format(_))),
                    _ => assert!(matches!(fault, Fault::Damaged(_)), "{at}: {fault:?}"),
                }
            }
            assert!(open(&bytes[..at]).is_err());
        }
        let longer = [bytes.as_slice(), &[0; 8]].concat();
        assert_eq!(open(&longer).unwrap_err(), Fault::Damaged("it is cut short, or longer than it says"));
    }
}
