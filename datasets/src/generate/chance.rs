//! Chance and noise that give the same on every machine: no function of the platform's mathematics library is used.

use oorandom::Rand64;

/// A source of random numbers for one purpose.
pub(super) struct Chance(Rand64);

impl Chance {
    /// The stream with this number of the study's seed. Streams do not disturb each other.
    pub(super) fn stream(number: u32) -> Self {
        Self(Rand64::new_inc(super::SEED, u128::from(number) * 2 + 1))
    }

    /// At least 0, less than 1.
    pub(super) fn unit(&mut self) -> f64 {
        self.0.rand_float()
    }

    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number from 0 to `n - 1`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Any direction, as a vector of length one.
    pub(super) fn direction(&mut self) -> (f64, f64) {
        loop {
            let (x, y) = (self.between(-1.0, 1.0), self.between(-1.0, 1.0));
            let length = (x * x + y * y).sqrt();
            if length > 0.1 && length < 1.0 {
                return (x / length, y / length);
            }
        }
    }

    /// About normal: mean 0, deviation 1.
    pub(super) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }
}

/// Smooth noise between 0 and 1 that changes over about one unit of `x` and `y`.
pub(super) fn noise(seed: u64, x: f64, y: f64) -> f64 {
    let (x0, y0) = (x.floor(), y.floor());
    let corner = |dx: i64, dy: i64| lattice(seed, x0 as i64 + dx, y0 as i64 + dy);
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease(x - x0), ease(y - y0));
    let south = corner(0, 0) * (1.0 - u) + corner(1, 0) * u;
    let north = corner(0, 1) * (1.0 - u) + corner(1, 1) * u;
    south * (1.0 - v) + north * v
}

/// A number between 0 and 1 that belongs to a point of the whole-number lattice.
pub(super) fn lattice(seed: u64, x: i64, y: i64) -> f64 {
    let mut h = seed ^ (x as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (y as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    h = (h ^ (h >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (h >> 40) as f64 / (1u64 << 24) as f64
}
