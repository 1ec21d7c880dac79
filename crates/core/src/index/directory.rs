//! The directory: from a key to the square that holds it, in one step.

use super::{lattice::DEPTH, outlines::len32};

/// Where along the curve the squares are: a coarse grid of cells, and a finer one in each cell with many squares.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// How far a key is shifted to be the number of a cell.
    shift: u32,
    /// Per cell: where its entries in `entries` start, and how many bits of the key tell them apart.
    cells: Vec<(u32, u32)>,
    /// The square that holds the first key of each entry's stretch of the curve.
    entries: Vec<u32>,
}

impl Directory {
    pub(super) fn of(keys: &[u64]) -> Self {
        let bits = (keys.len().max(16).ilog2() - 3).min(18);
        let shift = 2 * DEPTH - bits;
        let (mut cells, mut entries) = (Vec::with_capacity(1 << bits), Vec::new());
        let mut at = 0u32;
        for cell in 0..1u64 << bits {
            let begin = cell << shift;
            let inside = keys[at as usize..].partition_point(|&key| key < begin + (1 << shift));
            let fine = inside.next_power_of_two().ilog2().min(shift);
            cells.push((len32(&entries), fine));
            for entry in 0..1u64 << fine {
                let first = begin + (entry << (shift - fine));
                while keys.get(at as usize + 1).is_some_and(|&key| key <= first) {
                    at += 1;
                }
                entries.push(at);
            }
        }
        Self { shift, cells, entries }
    }

    /// The square that holds a key.
    #[inline]
    pub(super) fn find(&self, keys: &[u64], key: u64) -> u32 {
        let index = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let (start, fine) = self.cells[index(key >> self.shift)];
        let within = key & ((1 << self.shift) - 1);
        let mut at = self.entries[start as usize + index(within >> (self.shift - fine))];
        while keys.get(at as usize + 1).is_some_and(|&next| next <= key) {
            at += 1;
        }
        at
    }

    pub(super) fn bytes(&self) -> usize {
        self.cells.len() * 8 + self.entries.len() * 4
    }
}
