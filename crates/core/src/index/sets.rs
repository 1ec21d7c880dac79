//! Sets of owners, each distinct one numbered once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use rayon::prelude::*;

/// Distinct sets of owners. The number of the empty set is 0; other numbers depend on who came first and mean
/// nothing outside.
///
/// The sets are spread over shards by their content, so that workers seldom wait for each other.
#[derive(Debug)]
pub(super) struct Sets {
    shards: Vec<Mutex<Shard>>,
}

/// Set `i` of shard `s` has the number `i × SHARDS + s`.
#[derive(Debug, Default)]
struct Shard {
    /// The owners of each set, sorted, one set after the other, in blocks that never grow: a list that does would be copied
    /// again and again, and leave room behind that nothing fits into.
    blocks: Vec<Vec<u32>>,
    /// Where each set starts, and how long it is; the start counts [`BLOCK`] for every block before its own.
    spans: Vec<[u32; 2]>,
    /// The sets by their content: for each a part of its hash, so that most others are told from it without a look at it.
    known: HashTable<[u32; 2]>,
}

/// How many owners are in a block; more only where one set has more.
const BLOCK: usize = 1 << 12;

pub(super) const SHARDS: u32 = 64;

/// Sets that one worker makes something of one after the other, at least.
const NEIGHBOURS: usize = 1 << 11;

/// The empty set.
pub(super) const EMPTY: u32 = 0;

/// What one worker has lately learned of [`Sets`].
#[derive(Debug)]
pub(super) struct Grown {
    /// A set, an owner, and the set of both. Neighbours ask for the same again; what was overwritten is asked for anew.
    known: Vec<[u32; 3]>,
    /// The set that was last made larger.
    last: u32,
    members: Vec<u32>,
    hash: u64,
    /// Who comes to it.
    more: Vec<u32>,
    /// Both together.
    all: Vec<u32>,
}

impl Default for Grown {
    fn default() -> Self {
        let [members, more, all] = [(); 3].map(|()| Vec::new());
        // No set has the highest number.
        Self { known: vec![[u32::MAX; 3]; 1 << 14], last: u32::MAX, members, hash: 0, more, all }
    }
}

impl Sets {
    pub(super) fn new() -> Self {
        let sets = Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect() };
        sets.intern(&[], hash_of(&[]));
        sets
    }

    /// The sets that lists tell: per shard how many, where the members of each start, and the end, the members. `None`
    /// when they do not fit together, or the members are not those of a set of so many owners.
    pub(super) fn of(sizes: &[u32], starts: &[u32], members: &[u32], owners: usize) -> Option<Self> {
        let sets = Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect() };
        let mut bounds = starts.windows(2);
        let whole = starts.first() == Some(&0) && starts.last().is_some_and(|&end| end as usize == members.len());
        for (number, &size) in (0..SHARDS).zip(sizes) {
            // A number of a set has 31 bits.
            if size >= (1 << 31) / SHARDS {
                return None;
            }
            for place in 0..size {
                let &[start, end] = bounds.next()? else { return None };
                let members = members.get(start as usize..end as usize)?;
                let is_set =
                    members.is_sorted_by(|a, b| a < b) && members.iter().all(|&owner| (owner as usize) < owners);
                if !is_set || sets.intern(members, hash_of(members)) != place * SHARDS + number {
                    return None;
                }
            }
        }
        let empty = sets.shard(0).members_of(0).is_some_and(<[u32]>::is_empty);
        (whole && empty && bounds.next().is_none()).then_some(sets)
    }

    /// The number of a set with one more owner in it.
    pub(super) fn with(&self, set: u32, owner: u32, grown: &mut Grown) -> u32 {
        let mixed = set.wrapping_mul(0x9E37_79B1) ^ owner.wrapping_mul(0x85EB_CA77);
        let slot = (mixed >> 18) as usize;
        if grown.known[slot][..2] != [set, owner] {
            grown.known[slot] = [set, owner, self.grow(set, [owner].into_iter(), grown)];
        }
        grown.known[slot][2]
    }

    /// The number of a set with more owners in it. Only the whole is looked for and kept, nothing on the way to it.
    pub(super) fn with_all(&self, set: u32, mut owners: impl Iterator<Item = u32>, grown: &mut Grown) -> u32 {
        let (first, second) = (owners.next(), owners.next());
        match (first, second) {
            (None, _) => set,
            (Some(owner), None) => self.with(set, owner, grown),
            _ => self.grow(set, first.into_iter().chain(second).chain(owners), grown),
        }
    }

    fn grow(&self, set: u32, owners: impl Iterator<Item = u32>, grown: &mut Grown) -> u32 {
        let Grown { last, members, hash, more, all, .. } = grown;
        if *last != set {
            members.clear();
            self.look_at(set, |before| members.extend_from_slice(before));
            (*last, *hash) = (set, hash_of(members));
        }
        more.clear();
        more.extend(owners);
        more.sort_unstable();
        more.dedup();
        let sum = more.iter().fold(*hash, |sum, &owner| sum.wrapping_add(mixed(owner)));
        merge(members, more, all);
        if all.is_sorted_by(|a, b| a < b) {
            return self.intern(all, sum);
        }
        // Some were in it before.
        all.dedup();
        self.intern(all, hash_of(all))
    }

    fn intern(&self, members: &[u32], hash: u64) -> u32 {
        let number = shard_of(hash);
        self.shard(number).intern(members, hash) * SHARDS + number
    }

    /// Shows the owners in a set, sorted.
    pub(super) fn look_at<T>(&self, set: u32, look: impl FnOnce(&[u32]) -> T) -> T {
        look(self.shard(set % SHARDS).members_of(set / SHARDS).unwrap_or_default())
    }

    /// Makes something of each of some sets, in the order of what begins them, by `beginning`, and then of their members.
    /// Each worker carries something from one to the next.
    ///
    /// No set can be looked at or grown meanwhile, also not by `make`.
    pub(super) fn make_each<C, T: Send>(
        &self,
        numbers: &[u32],
        beginning: impl Fn(&[u32]) -> u64 + Sync,
        carry: impl Fn() -> C + Sync + Send,
        make: impl Fn(&mut C, u32, &[u32]) -> T + Sync + Send,
    ) -> Vec<T> {
        let shards: Vec<MutexGuard<'_, Shard>> = (0..SHARDS).map(|number| self.shard(number)).collect();
        let keyed = |&set: &u32| {
            let members = shards[(set % SHARDS) as usize].members_of(set / SHARDS).unwrap_or_default();
            (beginning(members), members, set)
        };
        let mut sets: Vec<(u64, &[u32], u32)> = numbers.par_iter().map(keyed).collect();
        sets.par_sort_unstable();
        let each = sets.par_iter().with_min_len(NEIGHBOURS);
        each.map_init(carry, |carried, &(_, members, set)| make(carried, set, members)).collect()
    }

    /// Bytes held, roughly.
    pub(super) fn bytes(&self) -> usize {
        let of_shard = |shard: u32| {
            let shard = self.shard(shard);
            let members: usize = shard.blocks.iter().map(Vec::capacity).sum();
            members * 4 + shard.spans.capacity() * 8 + shard.known.allocation_size()
        };
        (0..SHARDS).map(of_shard).sum()
    }

    fn shard(&self, number: u32) -> MutexGuard<'_, Shard> {
        // Every change is whole before the lock is let go, so a worker that stopped half-way left nothing half-done.
        self.shards[number as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The hash of a set: a sum over its owners, so that the hash of a larger one follows from it.
fn hash_of(members: &[u32]) -> u64 {
    members.iter().fold(0, |sum, &owner| sum.wrapping_add(mixed(owner)))
}

/// Bits that look like chance.
///
/// # Source
/// The last steps of SplitMix64: S. Vigna, <https://prng.di.unimi.it/splitmix64.c>, 2015.
fn mixed(owner: u32) -> u64 {
    let number = (u64::from(owner) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ number >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ number >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ number >> 31
}

/// The shard that a set is in; the empty one is in the first.
fn shard_of(hash: u64) -> u32 {
    (hash >> 40) as u32 % SHARDS
}

/// The part of a hash that is kept.
fn part_of(hash: u64) -> u32 {
    (hash ^ hash >> 32) as u32
}

/// As many bits as a table asks for, of which it looks at the lowest and at the highest.
fn spread(part: u32) -> u64 {
    u64::from(part) << 32 | u64::from(part)
}

/// Two lists in order become one, without a branch on which is next: that cannot be predicted.
fn merge(one: &[u32], other: &[u32], all: &mut Vec<u32>) {
    all.clear();
    all.reserve(one.len() + other.len());
    let (mut at, mut beside) = (0, 0);
    while let (Some(&a), Some(&b)) = (one.get(at), other.get(beside)) {
        let first = a <= b;
        all.push(if first { a } else { b });
        at += usize::from(first);
        beside += usize::from(!first);
    }
    all.extend_from_slice(&one[at..]);
    all.extend_from_slice(&other[beside..]);
}

impl Shard {
    fn intern(&mut self, members: &[u32], hash: u64) -> u32 {
        let Self { blocks, spans, known } = self;
        let part = part_of(hash);
        let is_it = |&[other, set]: &[u32; 2]| other == part && members_in(blocks, spans, set) == Some(members);
        if let Some(&[_, set]) = known.find(spread(part), is_it) {
            return set;
        }
        // Sets enough to fill 2^31 numbers, or their owners 2^32, do not fit into any memory there is.
        let word = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let set = word(spans.len());
        let has_room = |block: &Vec<u32>| block.len() < BLOCK && block.len() + members.len() <= BLOCK;
        if !blocks.last().is_some_and(has_room) {
            blocks.push(Vec::with_capacity(members.len().max(BLOCK)));
        }
        let before = (blocks.len() - 1) * BLOCK;
        if let Some(block) = blocks.last_mut() {
            spans.push([word(before + block.len()), word(members.len())]);
            block.extend_from_slice(members);
        }
        known.insert_unique(spread(part), [part, set], |&[part, _]| spread(part));
        set
    }

    fn members_of(&self, set: u32) -> Option<&[u32]> {
        members_in(&self.blocks, &self.spans, set)
    }
}

/// The owners in a set, see [`Shard`].
#[inline]
fn members_in<'a>(blocks: &'a [Vec<u32>], spans: &[[u32; 2]], set: u32) -> Option<&'a [u32]> {
    let [start, length] = spans.get(set as usize)?.map(|number| number as usize);
    blocks.get(start / BLOCK)?.get(start % BLOCK..start % BLOCK + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_one_number_however_it_came_about() {
        let sets = Sets::new();
        let mut grown = Grown::default();
        let a = sets.with(EMPTY, 7, &mut grown);
        let ab = sets.with(a, 3, &mut grown);
        let b = sets.with(EMPTY, 3, &mut grown);
        assert_eq!(sets.with(b, 7, &mut Grown::default()), ab);
        assert_eq!(sets.with(ab, 7, &mut grown), ab);
        assert_eq!(sets.with_all(EMPTY, [7, 3, 7].into_iter(), &mut grown), ab);
        assert_eq!(sets.with_all(a, [7, 3].into_iter(), &mut grown), ab, "one of the two is in it");
        assert_eq!(sets.look_at(ab, <[u32]>::to_vec), [3, 7]);
        assert_eq!(sets.look_at(EMPTY, <[u32]>::len), 0);
    }

    #[test]
    fn sets_are_whole_whether_they_fill_a_block_or_are_larger_than_one() {
        let lengths = [0, 1, BLOCK - 1, 1, 0, BLOCK, 2, 3 * BLOCK + 1, 0, 5];
        let lists: Vec<Vec<u32>> =
            (0u32..).zip(lengths).map(|(first, length)| (first..).take(length).collect()).collect();
        let mut shard = Shard::default();
        let mut numbers = || lists.iter().map(|list| shard.intern(list, hash_of(list))).collect::<Vec<_>>();
        let (first, again) = (numbers(), numbers());
        assert_eq!(first, again);
        for (number, list) in first.into_iter().zip(&lists) {
            assert_eq!(shard.members_of(number), Some(list.as_slice()));
        }
        assert_eq!(shard.members_of(u32::MAX), None);
    }
}
