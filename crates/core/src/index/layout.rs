//! The index as bytes: lists one after the other, as they lie in memory, so that a file of them is used where it lies.
//!
//! ```text
//! eleven words of 64 bits   the layout's number; how many vertices, squares, words of code, owners, sets, members of
//!                           sets, levels; the lattice: its corner in smallest squares (two), their side
//! vertices                  easting and northing, 64 bits each
//! squares                   keys (64 bits), then sets, then starts (32 bits each), as in `cut::Leaves`
//! code                      32 bits each, as in `border`
//! owners                    three words of 32 bits each, sorted: 0 level area; 1 class 0; 2 service reach
//! sets                      per shard how many; where each one's members start, and the end; the members
//! levels                    32 bits each: 1 when any area has borders
//! ```
//!
//! Every list begins at a multiple of eight bytes. All numbers are little-endian; a machine that has them the other way
//! round refuses. Sets are numbered anew, in the order of the squares, so the same polygons give the same bytes
//! whatever the threads. The directory is not kept: making it takes less time than it takes to see whether it is right.
//!
//! What is opened is looked through first, so that no answer can lead out of a list. Whether the bytes are the ones that
//! were written is for whoever keeps them to know.

use std::{
    io::{self, Write},
    ops::Range,
};

use bytemuck::Pod;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    Bytes, CoverageIndex, Owner, Squares,
    border::Borders,
    directory::Directory,
    flat::Flat,
    known::KnownSets,
    lattice::{DEPTH, Lattice},
    links_among,
    sets::{EMPTY, SHARDS, Sets},
};
use crate::{
    service::{Link, Reach, ServiceId},
    settlement::Settlement,
};

/// The number of this layout, and of what the lists in it mean. It grows when either changes.
pub const LAYOUT: u64 = 4;

const HEAD: usize = 11;

/// What the numbers in an index mean in the study that it is opened for.
#[derive(Debug, Clone, Copy)]
pub struct Meaning<'a> {
    /// Per level: how many areas it has.
    pub areas: &'a [usize],
    /// Per service that the index knows: its number in the study. The numbers rise.
    pub services: &'a [ServiceId],
}

/// Why bytes are not an index.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// This machine has the bytes of a number the other way round.
    #[error("an index as a file is for little-endian machines, and this one is not")]
    BigEndian,
    /// Written by a version that lays it out in another way.
    #[error("the index is laid out as number {found} says; this version of nittio knows number {LAYOUT}")]
    Layout {
        /// The number that was found.
        found: u64,
    },
    /// A list that is not as it was written.
    #[error("the index is damaged: {what}")]
    Damaged {
        /// What is wrong.
        what: &'static str,
    },
}

const fn damaged(what: &'static str) -> LayoutError {
    LayoutError::Damaged { what }
}

fn unless(wrong: bool, what: &'static str) -> Result<(), LayoutError> {
    if wrong { Err(damaged(what)) } else { Ok(()) }
}

impl CoverageIndex {
    /// Writes the index as bytes that [`CoverageIndex::open`] can use where they lie. The same polygons give the same
    /// bytes.
    ///
    /// # Errors
    /// When writing fails, or on a big-endian machine.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        if cfg!(target_endian = "big") {
            return Err(io::Error::new(io::ErrorKind::Unsupported, LayoutError::BigEndian.to_string()));
        }
        let view = self.view();
        let (sets, of_squares) = self.sets.renumbered(view.sets);
        let sizes: Vec<u32> = sets.iter().map(|shard| word(shard.len())).collect();
        let mut offsets = vec![0u32];
        let mut members: Vec<u32> = Vec::new();
        for set in sets.iter().flatten() {
            members.extend_from_slice(set);
            offsets.push(word(members.len()));
        }
        let owners: Vec<[u32; 3]> = self.owners.iter().map(|&owner| words_of(owner)).collect();
        let bordered: Vec<u32> = self.bordered.iter().map(|&bordered| u32::from(bordered)).collect();

        let lengths = [
            view.vertices.len(),
            view.keys.len(),
            view.code.len(),
            owners.len(),
            offsets.len() - 1,
            members.len(),
            bordered.len(),
        ];
        let mut head = vec![LAYOUT];
        head.extend(lengths.map(|length| length as u64));
        head.extend(self.lattice.words());
        list(out, &head)?;
        list(out, view.vertices)?;
        list(out, view.keys)?;
        list(out, &of_squares)?;
        list(out, view.starts)?;
        list(out, view.code)?;
        list(out, &owners)?;
        list(out, &sizes)?;
        list(out, &offsets)?;
        list(out, &members)?;
        list(out, &bordered)
    }

    /// The index in these bytes. They are looked through, and the long lists among them are used where they lie.
    ///
    /// # Errors
    /// When the bytes are not an index of this layout, cut short or damaged, or do not begin at a multiple of eight in
    /// memory.
    pub fn open(bytes: &Bytes, range: Range<usize>, meaning: Meaning<'_>) -> Result<Self, LayoutError> {
        if cfg!(target_endian = "big") {
            return Err(LayoutError::BigEndian);
        }
        let mut lists = Lists { bytes, rest: range };
        let head: Flat<u64> = lists.next(HEAD as u64)?;
        let &[layout, vertices, squares, code, owners, sets, members, levels, ref lattice @ ..] = head.as_slice()
        else {
            return Err(damaged("it is cut short"));
        };
        if layout != LAYOUT {
            return Err(LayoutError::Layout { found: layout });
        }
        let lattice = Lattice::from_words(lattice).ok_or(damaged("its lattice is none"))?;
        let vertices: Flat<[f64; 2]> = lists.next(vertices)?;
        let squares = Squares {
            keys: lists.next(squares)?,
            sets: lists.next(squares)?,
            starts: lists.next(squares)?,
            code: lists.next(code)?,
        };
        let owners: Flat<[u32; 3]> = lists.next(owners)?;
        let sizes: Flat<u32> = lists.next(u64::from(SHARDS))?;
        let offsets: Flat<u32> = lists.next(sets.saturating_add(1))?;
        let members: Flat<u32> = lists.next(members)?;
        let bordered: Flat<u32> = lists.next(levels)?;
        unless(!lists.rest.is_empty(), "it is longer than what it holds")?;

        let owners: Option<Vec<Owner>> = owners.as_slice().iter().map(|&words| owner_of(words, meaning)).collect();
        let owners = owners.ok_or(damaged("an owner is not one of the study's"))?;
        unless(!owners.is_sorted_by(|a, b| a < b), "its owners are not in order")?;
        let bordered = bordered.as_slice();
        unless(bordered.len() != meaning.areas.len(), "it has other levels than the study")?;
        unless(bordered.iter().any(|&b| b > 1), "a level neither has borders nor has none")?;
        let sets = Sets::of(sizes.as_slice(), offsets.as_slice(), members.as_slice(), owners.len());
        let sets = sets.ok_or(damaged("a set is none"))?;
        let index = Self {
            lattice,
            vertices,
            directory: Directory::default(),
            known: KnownSets::of(squares.keys.as_slice().len()),
            squares,
            links: links_among(&owners),
            owners,
            sets,
            bordered: bordered.iter().map(|&b| b == 1).collect(),
        };
        index.look_through(sizes.as_slice())?;
        Ok(Self { directory: Directory::of(index.squares.keys.as_slice()), ..index })
    }

    /// Looks whether every number in the lists leads somewhere.
    fn look_through(&self, sizes: &[u32]) -> Result<(), LayoutError> {
        let view = self.view();
        let (vertices, owners) = (view.vertices.len(), self.owners.len());
        let finite = |vertices: &[[f64; 2]]| vertices.iter().flatten().all(|c| c.is_finite());
        unless(!view.vertices.par_chunks(1 << 16).all(finite), "a vertex is not a number")?;
        unless(
            u32::try_from(vertices.max(view.keys.len()).max(view.code.len())).is_err(),
            "it has more than 2^32 of something",
        )?;
        let rising = view.keys.first().is_none_or(|&first| first == 0)
            && view.keys.last().is_none_or(|&last| last < 1 << (2 * DEPTH))
            && view.keys.is_sorted_by(|a, b| a < b);
        unless(!rising, "its squares are not in order")?;
        let set = |&set: &u32| set / SHARDS < sizes[(set % SHARDS) as usize];
        unless(!view.sets.iter().all(set), "a square's set is none of its sets")?;
        let begins = view.starts.first().map_or(view.code.is_empty(), |&start| start == 0);
        let ends = view.starts.last().is_none_or(|&start| start as usize <= view.code.len());
        unless(!begins || !ends || !view.starts.is_sorted(), "its squares' borders are not in order")?;
        let leads_somewhere = |square: usize| {
            let mut code = view.code_of(square);
            let mut groups = std::iter::from_fn(|| Borders::next(&mut code));
            groups.all(|borders| borders.is_sound(vertices, owners)) && code.is_empty()
        };
        let all = (0..view.keys.len()).into_par_iter().with_min_len(1 << 12).all(leads_somewhere);
        unless(!all, "a border leads nowhere")
    }
}

fn word(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Writes a list, up to the next multiple of eight bytes.
fn list<T: Pod>(out: &mut impl Write, list: &[T]) -> io::Result<()> {
    let bytes: &[u8] = bytemuck::cast_slice(list);
    out.write_all(bytes)?;
    out.write_all(&[0; 8][..bytes.len().next_multiple_of(8) - bytes.len()])
}

/// Lists that lie one after the other.
struct Lists<'a> {
    bytes: &'a Bytes,
    rest: Range<usize>,
}

impl Lists<'_> {
    fn next<T: Pod>(&mut self, length: u64) -> Result<Flat<T>, LayoutError> {
        let cut_short = damaged("it is cut short");
        let bytes = usize::try_from(length).ok().and_then(|length| length.checked_mul(size_of::<T>()));
        let padded = bytes.and_then(|bytes| bytes.checked_next_multiple_of(8));
        let (Some(bytes), Some(padded)) = (bytes, padded) else { return Err(cut_short) };
        if padded > self.rest.len() {
            return Err(cut_short);
        }
        let start = self.rest.start;
        self.rest.start += padded;
        Flat::shared(self.bytes, start..start + bytes).ok_or(damaged("a list does not lie where numbers may lie"))
    }
}

fn words_of(owner: Owner) -> [u32; 3] {
    match owner {
        Owner::Area { level, area } => [0, level, area],
        Owner::Settlement(class) => [1, word(Settlement::ALL.iter().position(|&c| c == class).unwrap_or_default()), 0],
        Owner::Link(Link { service, reach }) => [2, service.0, reach.number()],
    }
}

fn owner_of(words: [u32; 3], meaning: Meaning<'_>) -> Option<Owner> {
    match words {
        [0, level, area] => {
            let areas = *meaning.areas.get(level as usize)?;
            ((area as usize) < areas).then_some(Owner::Area { level, area })
        }
        [1, class, 0] => Settlement::ALL.get(class as usize).copied().map(Owner::Settlement),
        [2, service, reach] => {
            let service = *meaning.services.get(service as usize)?;
            Some(Owner::Link(Link { service, reach: Reach::from_number(reach)? }))
        }
        _ => None,
    }
}

/// Per shard, the members of its sets.
type Shards = Vec<Vec<Vec<u32>>>;

impl Sets {
    /// The sets that squares have, by shard, numbered in the order in which they come, and the squares' sets by those
    /// numbers.
    fn renumbered(&self, of_squares: &[u32]) -> (Shards, Vec<u32>) {
        let mut shards = vec![Vec::new(); SHARDS as usize];
        let mut known: FxHashMap<u32, u32> = FxHashMap::default();
        let mut number = |set: u32| {
            *known.entry(set).or_insert_with(|| {
                let shard = &mut shards[(set % SHARDS) as usize];
                shard.push(self.look_at(set, <[u32]>::to_vec));
                word(shard.len() - 1) * SHARDS + set % SHARDS
            })
        };
        number(EMPTY);
        let of_squares = of_squares.iter().map(|&set| number(set)).collect();
        (shards, of_squares)
    }
}
