//! What was found out about the sets of points in squares, for all workers.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

/// Per square, the sets that some of its points were in lately, by the borders that hold them. What was overwritten is found
/// out anew.
#[derive(Debug, Default)]
pub(super) struct KnownSets(Vec<AtomicU64>);

/// The set of the points that some of a square's borders hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    /// Bit by bit, the borders that hold them; 0 when nothing is known.
    pub(super) holding: u32,
    pub(super) set: u32,
}

impl Known {
    pub(super) const fn word(self) -> u64 {
        (self.holding as u64) << 32 | self.set as u64
    }

    #[expect(clippy::cast_possible_truncation, reason = "the halves of the word")]
    pub(super) const fn from_word(word: u64) -> Self {
        Self { holding: (word >> 32) as u32, set: word as u32 }
    }
}

/// The slot of points that some borders hold, among so many: a power of two.
const fn slot_of(holding: u32, slots: usize) -> usize {
    (holding.wrapping_mul(0x9E37_79B1) >> (u32::BITS - slots.ilog2())) as usize
}

/// Sets of the points in the square that a worker is at, and of others before it.
#[derive(Debug)]
pub(super) struct AtHand([(u32, Known); AT_HAND]);

/// How many sets a worker has at hand.
const AT_HAND: usize = 64;

impl Default for AtHand {
    fn default() -> Self {
        // Nothing is kept of points that no border holds.
        Self([(0, Known { holding: 0, set: 0 }); AT_HAND])
    }
}

impl AtHand {
    /// The set of the points of a square that some of its borders hold, found out by `find` if it is not at hand.
    #[inline(always)]
    pub(super) fn of_points(&mut self, square: u32, holding: u32, find: impl FnOnce() -> u32) -> u32 {
        let slot = &mut self.0[slot_of(holding, AT_HAND)];
        if (slot.0, slot.1.holding) != (square, holding) {
            *slot = (square, Known { holding, set: find() });
        }
        slot.1.set
    }
}

/// How many sets are known per square.
const SLOTS: usize = 8;

impl KnownSets {
    pub(super) fn of(squares: usize) -> Self {
        Self((0..squares * SLOTS).into_par_iter().map(|_| AtomicU64::new(0)).collect())
    }

    /// The set of the points of a square that some of its borders hold, if it is known.
    #[inline]
    pub(super) fn of_points(&self, square: usize, holding: u32) -> Option<u32> {
        let slots = &self.0[square * SLOTS..][..SLOTS];
        let mut known = slots.iter().map(|slot| Known::from_word(slot.load(Ordering::Relaxed)));
        known.find(|known| known.holding == holding).map(|known| known.set)
    }

    /// Keeps what was found out, in place of nothing if there is room. Each word is written whole, so no order between threads
    /// matters.
    pub(super) fn keep(&self, square: usize, known: Known) {
        let slots = &self.0[square * SLOTS..][..SLOTS];
        let free = slots.iter().find(|slot| slot.load(Ordering::Relaxed) == 0);
        free.unwrap_or(&slots[slot_of(known.holding, SLOTS)]).store(known.word(), Ordering::Relaxed);
    }

    /// Something that lies where the sets of a square are.
    #[expect(clippy::cast_possible_truncation, reason = "any part of it will do")]
    pub(super) fn glance(&self, square: usize) -> u32 {
        self.0[square * SLOTS].load(Ordering::Relaxed) as u32
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.len() * size_of::<AtomicU64>()
    }
}
