//! Sets of owners, each distinct one numbered once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

/// Distinct sets of owners. The number of the empty set is 0; other numbers depend on who came first and mean
/// nothing outside.
///
/// The sets are spread over shards by their content, so that workers seldom wait for each other.
#[derive(Debug)]
pub(super) struct Sets {
    shards: Vec<Mutex<Shard>>,
}

#[derive(Debug, Default)]
struct Shard {
    /// The owners of each set, sorted. Set `i` of shard `s` has the number `i × SHARDS + s`.
    members: Vec<Arc<[u32]>>,
    /// Where each set is in `members`.
    known: FxHashMap<Arc<[u32]>, u32>,
}

pub(super) const SHARDS: u32 = 64;

/// The empty set.
pub(super) const EMPTY: u32 = 0;

/// What one worker has lately learned of [`Sets`]: a set, an owner, and the set of both. Neighbours ask for the same again;
/// what was overwritten is asked for anew.
#[derive(Debug)]
pub(super) struct Grown(Vec<[u32; 3]>);

impl Default for Grown {
    fn default() -> Self {
        // No set has the highest number.
        Self(vec![[u32::MAX; 3]; 1 << 14])
    }
}

impl Grown {
    fn slot(&mut self, set: u32, owner: u32) -> &mut [u32; 3] {
        let mixed = set.wrapping_mul(0x9E37_79B1) ^ owner.wrapping_mul(0x85EB_CA77);
        &mut self.0[(mixed >> 18) as usize]
    }
}

impl Sets {
    pub(super) fn new() -> Self {
        let sets = Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect() };
        sets.shard(EMPTY).intern(&[]);
        sets
    }

    /// The sets that lists tell: per shard how many, where the members of each start, and the end, the members. `None`
    /// when they do not fit together, or the members are not those of a set of so many owners.
    pub(super) fn of(sizes: &[u32], starts: &[u32], members: &[u32], owners: usize) -> Option<Self> {
        let sets = Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect() };
        let mut bounds = starts.windows(2);
        let whole = starts.first() == Some(&0) && starts.last().is_some_and(|&end| end as usize == members.len());
        for (number, &size) in (0..SHARDS).zip(sizes) {
            let mut shard = sets.shard(number);
            // A number of a set has 31 bits.
            if size >= (1 << 31) / SHARDS {
                return None;
            }
            for place in 0..size {
                let &[start, end] = bounds.next()? else { return None };
                let members = members.get(start as usize..end as usize)?;
                let is_set =
                    members.is_sorted_by(|a, b| a < b) && members.iter().all(|&owner| (owner as usize) < owners);
                if !is_set || shard_of(members) != number || shard.intern(members) != place {
                    return None;
                }
            }
        }
        let empty = sets.shard(0).members.first().is_some_and(|first| first.is_empty());
        (whole && empty && bounds.next().is_none()).then_some(sets)
    }

    /// The number of a set with one more owner in it.
    pub(super) fn with(&self, set: u32, owner: u32, grown: &mut Grown) -> u32 {
        let known = grown.slot(set, owner);
        if known[..2] != [set, owner] {
            *known = [set, owner, self.grow(set, owner)];
        }
        known[2]
    }

    fn grow(&self, set: u32, owner: u32) -> u32 {
        let members = self.members(set);
        let Err(at) = members.binary_search(&owner) else { return set };
        let mut grown = Vec::with_capacity(members.len() + 1);
        grown.extend_from_slice(&members[..at]);
        grown.push(owner);
        grown.extend_from_slice(&members[at..]);
        let number = shard_of(&grown);
        self.shard(number).intern(&grown) * SHARDS + number
    }

    /// The owners in a set, sorted.
    pub(super) fn members(&self, set: u32) -> Arc<[u32]> {
        Arc::clone(&self.shard(set % SHARDS).members[(set / SHARDS) as usize])
    }

    /// Bytes held, roughly.
    pub(super) fn bytes(&self) -> usize {
        let of_shard = |shard: u32| {
            let shard = self.shard(shard);
            shard.members.iter().map(|m| m.len() * 4 + 32).sum::<usize>() + shard.known.len() * 24
        };
        (0..SHARDS).map(of_shard).sum()
    }

    fn shard(&self, number: u32) -> MutexGuard<'_, Shard> {
        // Every change is whole before the lock is let go, so a worker that stopped half-way left nothing half-done.
        self.shards[number as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The shard that a set is in; the empty one is in the first.
fn shard_of(members: &[u32]) -> u32 {
    let mix = |hash: u32, &owner: &u32| (hash ^ owner).wrapping_mul(0x9E37_79B1).rotate_left(13);
    members.iter().fold(0, mix) % SHARDS
}

impl Shard {
    fn intern(&mut self, members: &[u32]) -> u32 {
        if let Some(&number) = self.known.get(members) {
            return number;
        }
        // Sets enough to fill 2^31 numbers do not fit into any memory there is.
        let number = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        let members: Arc<[u32]> = members.into();
        self.members.push(Arc::clone(&members));
        self.known.insert(members, number);
        number
    }
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
        assert_eq!(&*sets.members(ab), &[3, 7]);
        assert!(sets.members(EMPTY).is_empty());
    }
}
