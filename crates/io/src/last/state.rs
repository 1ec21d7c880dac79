//! `join.state`: what a later run needs to know of a join to do only a part of it anew.
//!
//! ```text
//!  0  "nittioJN"
//!  8  the format's number, 32 bits; 32 bits of zero
//! 16  rows      the number of each place's kind, in the order of places.parquet, in as few bits as the highest takes
//!     contents  JSON: the program, the settings, the files, the findings, the services
//!     tables    the parts of footprints, the kinds, what the places of each kind come to
//!     the lengths of the three in bytes, 64 bits each
//! ```
//!
//! Numbers are little-endian. The manifest has the file's SHA-256.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write},
    path::Path,
    sync::Arc,
};

use nittio_core::{
    coverage::{Kind, Oddity},
    service::{Link, Reach, Service, ServiceId},
    settlement::Settlement,
    sums::Sums,
    tally::Count,
};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    ingest::{parts::Parts, since::Before},
    numbers::{Numbers, Pour, put},
};

const MAGIC: [u8; 8] = *b"nittioJN";

/// The number of the format. It grows when what stands in the file changes, or when the same files give another result than
/// before.
const FORMAT: u32 = 2;

const HEAD: u64 = 16;

/// What the file says in JSON, to be written.
#[derive(Debug, Serialize)]
pub(super) struct About<'a> {
    pub(super) program: &'a str,
    pub(super) settings: &'a Value,
    pub(super) footprints: &'a [Value],
    pub(super) before: &'a Before,
    pub(super) services: &'a [Service],
    pub(super) places: u64,
}

/// The same, read.
#[derive(Debug, Deserialize)]
pub(super) struct Contents {
    pub(super) program: String,
    pub(super) settings: Value,
    /// The settings of each source of footprints.
    pub(super) footprints: Vec<Value>,
    pub(super) before: Before,
    /// All services, by number.
    pub(super) services: Vec<Service>,
    pub(super) places: u64,
}

/// A state, read but for its rows.
#[derive(Debug)]
pub(super) struct State {
    pub(super) contents: Contents,
    pub(super) kinds: Vec<Kind>,
    pub(super) sums: Sums,
}

/// Writes a state; rows first, in the order of places.
pub(crate) struct Writer<W> {
    out: W,
    packer: Packer,
    rows: u64,
}

impl<W: Write> Writer<W> {
    pub(crate) fn new(mut out: W, kinds: usize) -> io::Result<Self> {
        out.write_all(&MAGIC)?;
        out.write_all(&FORMAT.to_le_bytes())?;
        out.write_all(&[0; 4])?;
        Ok(Self { out, packer: Packer::new(kinds), rows: 0 })
    }

    /// The kinds of the next places.
    pub(crate) fn rows(&mut self, kinds: &[u32]) -> io::Result<()> {
        let bytes = self.packer.pack(kinds);
        self.rows += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    pub(super) fn finish(mut self, about: &About<'_>, kinds: &[Kind], sums: &Sums) -> io::Result<()> {
        let rest = self.packer.rest();
        self.rows += rest.len() as u64;
        self.out.write_all(&rest)?;
        let text = serde_json::to_vec(about)?;
        self.out.write_all(&text)?;
        let mut tables = Pour::new(&mut self.out);
        let mut parts = about.before.files.iter().filter_map(|file| file.parts.as_ref());
        parts.try_for_each(|parts| parts.write(&mut tables))?;
        put_kinds(&mut tables, kinds);
        put_sums(&mut tables, sums);
        let tables = tables.finish()?;
        for length in [self.rows, text.len() as u64, tables] {
            self.out.write_all(&length.to_le_bytes())?;
        }
        self.out.flush()
    }
}

impl State {
    /// Reads a file; `None` when it is none, or of another format.
    pub(super) fn read(path: &Path) -> io::Result<Option<Self>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut head = [0; 16];
        let mut tail = [0; 24];
        if length < 40 {
            return Ok(None);
        }
        file.read_exact(&mut head)?;
        file.seek(SeekFrom::End(-24))?;
        file.read_exact(&mut tail)?;
        let mut lengths = tail.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
        let mut next = || lengths.next().unwrap_or(u64::MAX);
        let (rows, contents, tables) = (next(), next(), next());
        let whole =
            HEAD.checked_add(rows).and_then(|sum| sum.checked_add(contents)?.checked_add(tables)?.checked_add(24));
        if !head.starts_with(&MAGIC) || head[8..12] != FORMAT.to_le_bytes() || whole != Some(length) {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(HEAD + rows))?;
        let mut bytes = Vec::new();
        file.take(contents + tables).read_to_end(&mut bytes)?;
        let Some((text, tables)) = usize::try_from(contents).ok().and_then(|at| bytes.split_at_checked(at)) else {
            return Ok(None);
        };
        let Ok(contents) = serde_json::from_slice(text) else { return Ok(None) };
        Ok(Self::of(contents, &mut Numbers::new(tables)).filter(|state| state.rows_length() == Some(rows)))
    }

    fn of(mut contents: Contents, tables: &mut Numbers<'_>) -> Option<Self> {
        for file in contents.before.files.iter_mut().filter(|file| file.role == "footprints") {
            file.parts = Some(Arc::new(Parts::read(tables)?));
        }
        let kinds = take_kinds(tables, contents.services.len())?;
        let sums = take_sums(tables, contents.before.scales.len() + 1, kinds.len())?;
        tables.is_empty().then_some(Self { contents, kinds, sums })
    }

    fn rows_length(&self) -> Option<u64> {
        Some(self.contents.places.checked_mul(u64::from(width(self.kinds.len())))?.div_ceil(8))
    }

    /// The kinds of some places that stand one after the other.
    pub(super) fn rows(&self, path: &Path, first: u64, count: usize) -> io::Result<Vec<u32>> {
        let width = width(self.kinds.len());
        let bit = first * u64::from(width);
        let bits = u64::from(width) * count as u64 + bit % 8;
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(HEAD + bit / 8))?;
        let mut bytes = Vec::new();
        file.take(bits.div_ceil(8)).read_to_end(&mut bytes)?;
        let kinds = unpack(&bytes, u32::try_from(bit % 8).unwrap_or_default(), width, count);
        if kinds.len() == count && kinds.iter().all(|&kind| (kind as usize) < self.kinds.len()) {
            Ok(kinds)
        } else {
            Err(io::Error::other("a place has a kind that is none"))
        }
    }
}

/// How many bits the numbers of so many kinds take.
fn width(kinds: usize) -> u32 {
    (usize::BITS - kinds.saturating_sub(1).leading_zeros()).clamp(1, 32)
}

/// Puts numbers of few bits one after the other, the lowest bit first.
struct Packer {
    width: u32,
    bits: u64,
    filled: u32,
    bytes: Vec<u8>,
}

impl Packer {
    fn new(kinds: usize) -> Self {
        Self { width: width(kinds), bits: 0, filled: 0, bytes: Vec::new() }
    }

    fn pack(&mut self, numbers: &[u32]) -> &[u8] {
        self.bytes.clear();
        for &number in numbers {
            self.bits |= u64::from(number) << self.filled;
            self.filled += self.width;
            while self.filled >= 8 {
                self.bytes.push((self.bits & 0xFF) as u8);
                self.bits >>= 8;
                self.filled -= 8;
            }
        }
        &self.bytes
    }

    fn rest(&self) -> Vec<u8> {
        (self.filled > 0).then_some((self.bits & 0xFF) as u8).into_iter().collect()
    }
}

fn unpack(bytes: &[u8], skip: u32, width: u32, count: usize) -> Vec<u32> {
    let mut next = bytes.iter();
    let (mut bits, mut filled) = (next.next().map_or(0, |&byte| u64::from(byte) >> skip), 8 - skip);
    let mut numbers = Vec::with_capacity(count);
    for _ in 0..count {
        while filled < width {
            let Some(&byte) = next.next() else { return numbers };
            bits |= u64::from(byte) << filled;
            filled += 8;
        }
        numbers.push((bits & ((1 << width) - 1)) as u32);
        bits >>= width;
        filled -= width;
    }
    numbers
}

pub(crate) fn put_kinds(out: &mut impl Extend<u8>, kinds: &[Kind]) {
    let with_none = |number: Option<u32>| number.map_or(0, |number| u64::from(number) + 1);
    put(out, kinds.len() as u64);
    put(out, kinds.first().map_or(0, |kind| kind.areas.len() as u64));
    for Kind { areas, settlement, links, oddities } in kinds {
        areas.iter().for_each(|&area| put(out, with_none(area)));
        put(out, Settlement::ALL.iter().position(|class| class == settlement).unwrap_or_default() as u64);
        put(out, links.as_ref().map_or(0, |links| links.len() as u64 + 1));
        for link in links.iter().flat_map(|links| links.iter()) {
            put(out, u64::from(link.service.0));
            put(out, u64::from(link.reach.number()));
        }
        put(out, oddities.len() as u64);
        for &(level, oddity) in oddities {
            put(out, level as u64);
            put(
                out,
                match oddity {
                    Oddity::NoArea => 0,
                    Oddity::SeveralAreas => 1,
                    Oddity::CodeMismatch { position } => 2 + with_none(position),
                },
            );
        }
    }
}

pub(crate) fn take_kinds(numbers: &mut Numbers<'_>, services: usize) -> Option<Vec<Kind>> {
    let with_none = |number: u64| u32::try_from(number).ok().map(|number| number.checked_sub(1));
    let (count, levels) = (numbers.next_usize()?, numbers.next_usize()?);
    let mut kinds = Vec::new();
    // Kinds share what they have in common, as after a join: it takes less room, and who asks looks at every set once.
    let mut sets: FxHashSet<Arc<[Link]>> = FxHashSet::default();
    let mut known: FxHashSet<Arc<[Option<u32>]>> = FxHashSet::default();
    for _ in 0..count {
        let areas = (0..levels).map(|_| with_none(numbers.next()?)).collect::<Option<Vec<_>>>()?;
        let settlement = *Settlement::ALL.get(numbers.next_usize()?)?;
        let links = match numbers.next()?.checked_sub(1) {
            None => None,
            Some(count) => {
                let mut links = Vec::new();
                for _ in 0..count {
                    let service = numbers.next_u32().filter(|&service| (service as usize) < services)?;
                    links.push(Link { service: ServiceId(service), reach: Reach::from_number(numbers.next_u32()?)? });
                }
                Some(shared(&mut sets, links))
            }
        };
        let mut oddities = Vec::new();
        for _ in 0..numbers.next()? {
            let level = numbers.next_usize().filter(|&level| level < levels)?;
            let oddity = match numbers.next()? {
                0 => Oddity::NoArea,
                1 => Oddity::SeveralAreas,
                number => Oddity::CodeMismatch { position: with_none(number - 2)? },
            };
            oddities.push((level, oddity));
        }
        kinds.push(Kind { areas: shared(&mut known, areas), settlement, links, oddities: oddities.into() });
    }
    Some(kinds)
}

/// The list, as the one that is there already where it is.
fn shared<T: Eq + std::hash::Hash>(known: &mut FxHashSet<Arc<[T]>>, list: Vec<T>) -> Arc<[T]> {
    if let Some(there) = known.get(&list[..]) {
        return Arc::clone(there);
    }
    let list: Arc<[T]> = list.into();
    known.insert(Arc::clone(&list));
    list
}

pub(crate) fn put_sums(out: &mut impl Extend<u8>, sums: &Sums) {
    put(out, sums.rows().len() as u64);
    let mut last = 0;
    for (kind, category, counts) in sums.rows() {
        put(out, u64::from(kind - last));
        put(out, u64::from(category));
        for count in counts {
            put(out, count.sum);
            put(out, count.missing);
        }
        last = kind;
    }
}

pub(crate) fn take_sums(numbers: &mut Numbers<'_>, units: usize, kinds: usize) -> Option<Sums> {
    let (mut rows, mut counts, mut kind) = (Vec::new(), Vec::new(), 0u32);
    for _ in 0..numbers.next()? {
        kind = kind.checked_add(numbers.next_u32()?).filter(|&kind| (kind as usize) < kinds)?;
        rows.push((kind, u16::try_from(numbers.next()?).ok()?));
        for _ in 0..units {
            counts.push(Count { sum: numbers.next()?, missing: numbers.next()? });
        }
    }
    Sums::of(units, rows, counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_come_back_from_any_place() {
        for kinds in [1usize, 2, 3, 300, 1 << 19, 1 << 32] {
            let all: Vec<u32> = (0..1000u64).map(|n| (n * 2_654_435_761 % kinds as u64) as u32).collect();
            let mut packer = Packer::new(kinds);
            let mut bytes: Vec<u8> = all.chunks(77).flat_map(|some| packer.pack(some).to_vec()).collect();
            bytes.extend(packer.rest());
            for (first, count) in [(0, 1000), (1, 5), (333, 400), (999, 1), (1000, 0)] {
                let bit = first * width(kinds) as usize;
                let found = unpack(&bytes[bit / 8..], (bit % 8) as u32, width(kinds), count);
                assert_eq!(found, all[first..first + count], "{kinds} {first}");
            }
        }
    }

    #[test]
    fn kinds_and_sums_come_back() {
        let link = |service, reach| Link { service: ServiceId(service), reach };
        let kind = |areas: [Option<u32>; 2], links: Option<&[Link]>, oddities: &[(usize, Oddity)]| Kind {
            areas: areas.into(),
            settlement: Settlement::Outside,
            links: links.map(Into::into),
            oddities: oddities.into(),
        };
        let kinds = [
            kind([None, None], None, &[(0, Oddity::NoArea), (1, Oddity::NoArea)]),
            kind([Some(0), Some(7)], Some(&[]), &[(0, Oddity::CodeMismatch { position: None })]),
            kind(
                [Some(300), Some(7)],
                Some(&[link(0, Reach::Near), link(9, Reach::Connected)]),
                &[(0, Oddity::SeveralAreas), (1, Oddity::CodeMismatch { position: Some(4) })],
            ),
        ];
        let count = |sum| Count { sum, missing: sum / 2 };
        let sums = Sums::of(2, vec![(0, 3), (1, 0), (1, 2)], (0..6).map(count).collect()).unwrap();
        let mut bytes = Vec::new();
        put_kinds(&mut bytes, &kinds);
        put_sums(&mut bytes, &sums);
        let mut numbers = Numbers::new(&bytes);
        assert_eq!(take_kinds(&mut numbers, 10).as_deref(), Some(&kinds[..]));
        assert_eq!(take_sums(&mut numbers, 2, 3), Some(sums));
        assert!(numbers.is_empty());
        assert_eq!(take_kinds(&mut Numbers::new(&bytes), 9), None, "a service that is none");
    }
}
