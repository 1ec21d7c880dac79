//! Orders of rows that need no memory.

use crate::chance::{Purpose, key, mix};

/// In which order places are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// As a register keeps them: municipality by municipality, town by town, the countryside last.
    #[default]
    Register,
    /// Shuffled; the same places with the same ids.
    Random,
}

/// A shuffle of the numbers below a limit that can say, for any row, which number stands there.
///
/// A Feistel network over the next power of two, walked until the number is below the limit.
///
/// # Source
/// John Black and Phillip Rogaway: *Ciphers with Arbitrary Finite Domains*, CT-RSA 2002, methods "Feistel" and "cycle-walking".
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shuffle {
    limit: u64,
    /// Bits of the two halves.
    high: u32,
    low: u32,
    key: u64,
}

impl Shuffle {
    const ROUNDS: u64 = 6;

    pub(crate) fn new(seed: u64, limit: u64) -> Self {
        let bits = u64::BITS - limit.saturating_sub(1).leading_zeros();
        let high = bits / 2;
        Self { limit, high, low: bits - high, key: key(seed, Purpose::Shuffle) }
    }

    /// The number in a row; both are below the limit.
    pub(crate) fn at(&self, row: u64) -> u64 {
        let mut number = row;
        loop {
            number = self.step(number);
            if number < self.limit {
                return number;
            }
        }
    }

    fn step(&self, number: u64) -> u64 {
        let (high_mask, low_mask) = ((1_u64 << self.high) - 1, (1_u64 << self.low) - 1);
        let (mut high, mut low) = (number >> self.low, number & low_mask);
        for round in 0..Self::ROUNDS {
            let noise = |half: u64| mix(self.key ^ (round << 56) ^ half);
            if round.is_multiple_of(2) {
                high ^= noise(low) & high_mask;
            } else {
                low ^= noise(high) & low_mask;
            }
        }
        (high << self.low) | low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_stands_in_exactly_one_row() {
        for limit in [1, 2, 3, 7, 8, 9, 1000, 65_537] {
            let shuffle = Shuffle::new(4, limit);
            let mut seen = vec![false; limit as usize];
            (0..limit).for_each(|row| seen[shuffle.at(row) as usize] = true);
            assert!(seen.iter().all(|&seen| seen), "{limit}");
        }
    }

    #[test]
    fn neighbours_end_up_far_apart() {
        let n = 100_000_u64;
        let shuffle = Shuffle::new(4, n);
        let apart: u64 = (1..10_000).map(|row| shuffle.at(row).abs_diff(shuffle.at(row - 1))).sum();
        // Two independent numbers below n are n / 3 apart on average.
        let mean = apart as f64 / 9999.0;
        assert!((mean / (n as f64 / 3.0) - 1.0).abs() < 0.05, "{mean}");
    }
}
