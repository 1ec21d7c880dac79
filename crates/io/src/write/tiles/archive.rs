//! PMTiles, version 3: a head, a directory of tiles, what is said of them, and the tiles.
//!
//! Directories and what is said are in gzip's form, as most readers expect, but stored as they are, and tiles have no form around
//! them: tiles of dots are small, and the bytes depend on no other program. The format is described at <https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md>.

use std::io::{self, Read, Write};

use crate::numbers::put;

const HEAD: u64 = 127;

/// The head and the first directory have to fit into 16 kB.
const ROOT: usize = 16_000;

/// How many tiles a directory below the first one has.
const LEAF: usize = 2048;

const UNCOMPRESSED: u8 = 1;
const GZIP: u8 = 2;
const VECTOR: u8 = 1;

/// What the head says besides where things are.
pub(super) struct About {
    /// West, south, east and north in degrees.
    pub(super) bounds: [f64; 4],
    pub(super) closest: u8,
    /// JSON.
    pub(super) metadata: Vec<u8>,
}

/// Which tiles there are, in the order of their numbers, and how long each is.
#[derive(Default)]
pub(super) struct Entries(Vec<Entry>);

#[derive(Clone, Copy)]
struct Entry {
    /// The tile's number among all of all zoom levels; of a directory, that of its first tile.
    id: u64,
    offset: u64,
    length: u64,
}

impl Entries {
    /// Adds a tile after those before it: the one with this number on its zoom level.
    pub(super) fn append(&mut self, zoom: u8, number: u64, tile: &[u8], data: &mut impl Write) -> io::Result<()> {
        // Below a level there are 1, 1 + 4, 1 + 4 + 16, ... tiles.
        let below = ((1u64 << (2 * zoom)) - 1) / 3;
        let offset = self.0.last().map_or(0, |last| last.offset + last.length);
        self.0.push(Entry { id: below + number, offset, length: tile.len() as u64 });
        data.write_all(tile)
    }
}

/// Writes an archive; `data` has the tiles one after the other.
pub(super) fn write(out: &mut impl Write, about: &About, entries: &Entries, data: &mut impl Read) -> io::Result<()> {
    let tiles = entries.0.as_slice();
    let (root, leaves) = directories(tiles);
    let metadata = stored(&about.metadata);
    let length = tiles.last().map_or(0, |last| last.offset + last.length);
    let mut at = HEAD;
    let mut section = |length: usize| {
        let begins = at;
        at += length as u64;
        [begins, length as u64]
    };
    let sections = [section(root.len()), section(metadata.len()), section(leaves.len())];
    let mut head = Vec::with_capacity(root.len());
    head.extend(*b"PMTiles\x03");
    head.extend(sections.concat().into_iter().chain([at, length]).flat_map(u64::to_le_bytes));
    head.extend([tiles.len() as u64; 3].into_iter().flat_map(u64::to_le_bytes));
    head.extend([1, GZIP, UNCOMPRESSED, VECTOR, 0, about.closest]);
    let [west, south, east, north] = about.bounds;
    head.extend([west, south, east, north].map(degrees).into_iter().flat_map(i32::to_le_bytes));
    head.push(about.closest.min(6));
    head.extend(
        [f64::midpoint(west, east), f64::midpoint(south, north)].map(degrees).into_iter().flat_map(i32::to_le_bytes),
    );
    [&head, &root, &metadata, &leaves].into_iter().try_for_each(|part| out.write_all(part))?;
    io::copy(data, out).map(drop)
}

/// The first directory, and those below it where it would be too long.
fn directories(tiles: &[Entry]) -> (Vec<u8>, Vec<u8>) {
    let whole = directory(tiles, 1);
    if whole.len() <= ROOT {
        return (whole, Vec::new());
    }
    let mut size = LEAF;
    loop {
        let mut leaves = Vec::new();
        let above: Vec<Entry> = tiles
            .chunks(size)
            .map(|some| {
                let leaf = directory(some, 1);
                let entry = Entry { id: some[0].id, offset: leaves.len() as u64, length: leaf.len() as u64 };
                leaves.extend(leaf);
                entry
            })
            .collect();
        let root = directory(&above, 0);
        if root.len() <= ROOT {
            return (root, leaves);
        }
        size *= 2;
    }
}

/// A directory: of tiles, each of which is there once, or of directories, which is said by a zero.
fn directory(entries: &[Entry], run: u64) -> Vec<u8> {
    stored(&columns(entries, run))
}

fn columns(entries: &[Entry], run: u64) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, entries.len() as u64);
    let mut last = 0;
    for entry in entries {
        put(&mut out, entry.id - last);
        last = entry.id;
    }
    entries.iter().for_each(|_| put(&mut out, run));
    entries.iter().for_each(|entry| put(&mut out, entry.length));
    let mut expected = None;
    for entry in entries {
        put(&mut out, if expected == Some(entry.offset) { 0 } else { entry.offset + 1 });
        expected = Some(entry.offset + entry.length);
    }
    out
}

/// Bytes in gzip's form, in blocks that are not compressed.
#[expect(
    clippy::cast_possible_truncation,
    reason = "blocks are cut to what 16 bits hold, and the length is given modulo 2^32"
)]
fn stored(bytes: &[u8]) -> Vec<u8> {
    // No time and no system is told.
    let mut out = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
    let blocks = bytes.len().div_ceil(BLOCK).max(1);
    for number in 0..blocks {
        let block = &bytes[number * BLOCK..bytes.len().min((number + 1) * BLOCK)];
        out.push(u8::from(number + 1 == blocks));
        out.extend((block.len() as u16).to_le_bytes());
        out.extend((!(block.len() as u16)).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend(crc32(bytes).to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

/// The most that a stored block may hold.
const BLOCK: usize = 0xFFFF;

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}

#[expect(clippy::cast_possible_truncation, reason = "a float to integer cast saturates")]
fn degrees(number: f64) -> i32 {
    (number * 1e7).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_as_everybody_has_them_and_blocks_say_where_they_end() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        let long = stored(&[7; BLOCK + 1]);
        assert_eq!(long.len(), 10 + 2 * 5 + BLOCK + 1 + 8);
        assert_eq!(
            (&long[10..15], &long[15 + BLOCK..20 + BLOCK]),
            (&[0, 255, 255, 0, 0][..], &[1, 1, 0, 254, 255][..])
        );
        assert_eq!(stored(b"")[10..15], [1, 0, 0, 255, 255]);
    }

    #[test]
    fn many_tiles_have_directories_below_the_first() {
        let mut entries = Entries::default();
        let mut data = Vec::new();
        for number in 0..60_000 {
            entries.append(13, number * 7, &[1; 300], &mut data).unwrap();
        }
        let (root, leaves) = directories(&entries.0);
        assert!(root.len() <= ROOT && leaves.len() > ROOT, "{} {}", root.len(), leaves.len());
        assert_eq!(directories(&entries.0[..100]).1.len(), 0);
    }
}
