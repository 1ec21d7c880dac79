//! Chance: numbers that look random, belong to a seed, a purpose and a number, and are the same on every machine.
//!
//! No function of the platform's mathematics library is used; logarithms and powers come from `libm`.

/// What random numbers are for. Streams of different purposes do not disturb each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Sites = 1,
    Towns,
    Hamlets,
    Neighbourhoods,
    ParcelSpots,
    Parcel,
    Fibre,
    MobileSites,
    MobileService,
    Settlement,
    Place,
    Shuffle,
    Warp,
    Rural,
    Terrain,
    Ragged,
}

/// A stream of random numbers: SplitMix64.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The stream of this seed for the `number`th thing of a purpose.
    pub(crate) fn new(seed: u64, purpose: Purpose, number: u64) -> Self {
        Self(mix(key(seed, purpose) ^ mix(number.wrapping_add(0x9e37_79b9_7f4a_7c15))))
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// At least 0, less than 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// More than 0, at most 1.
    pub(crate) fn open_unit(&mut self) -> f64 {
        1.0 - self.unit()
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number less than `n`, which is not 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of a list that is not empty.
    pub(crate) fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// A point that is evenly spread over the disc of radius 1, without its centre, and its squared distance.
    pub(crate) fn in_disc(&mut self) -> (f64, f64, f64) {
        loop {
            let (x, y) = (self.between(-1.0, 1.0), self.between(-1.0, 1.0));
            let square = x * x + y * y;
            if square > 1e-12 && square < 1.0 {
                return (x, y, square);
            }
        }
    }

    /// Any direction, as a vector of length 1.
    pub(crate) fn direction(&mut self) -> (f64, f64) {
        let (x, y, square) = self.in_disc();
        let length = square.sqrt();
        (x / length, y / length)
    }

    /// Two independent normal numbers: mean 0, deviation 1 (Marsaglia's polar method).
    pub(crate) fn normal_pair(&mut self) -> (f64, f64) {
        let (x, y, square) = self.in_disc();
        let factor = (-2.0 * libm::log(square) / square).sqrt();
        (x * factor, y * factor)
    }

    pub(crate) fn normal(&mut self) -> f64 {
        self.normal_pair().0
    }

    /// Log-normal with median 1.
    pub(crate) fn lognormal(&mut self, sigma: f64) -> f64 {
        libm::exp(sigma * self.normal())
    }
}

/// What all numbers of a seed and a purpose begin with.
pub(crate) fn key(seed: u64, purpose: Purpose) -> u64 {
    mix(mix(seed).wrapping_add((purpose as u64).wrapping_mul(0xd6e8_feb8_6659_fd93)))
}

/// Stafford's variant 13 of MurmurHash3's finish: a bijection of 64-bit numbers that mixes them well.
pub(crate) const fn mix(mut h: u64) -> u64 {
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^ (h >> 31)
}

/// Draws positions in a list, each with a chance in proportion to its weight.
#[derive(Debug)]
pub(crate) struct Weighted {
    ends: Vec<f64>,
}

impl Weighted {
    /// Weights are at least 0, and one of them is more.
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let ends = weights.into_iter().map(|weight| {
            sum += weight;
            sum
        });
        Self { ends: ends.collect() }
    }

    pub(crate) fn draw(&self, chance: &mut Chance) -> usize {
        let total = self.ends.last().copied().unwrap_or_default();
        let at = chance.unit() * total;
        self.ends.partition_point(|&end| end <= at).min(self.ends.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_its_seed_purpose_and_number() {
        let first = |seed, purpose, number| Chance::new(seed, purpose, number).bits();
        assert_eq!(first(1, Purpose::Place, 7), first(1, Purpose::Place, 7));
        let all = [
            first(1, Purpose::Place, 7),
            first(2, Purpose::Place, 7),
            first(1, Purpose::Parcel, 7),
            first(1, Purpose::Place, 8),
        ];
        assert!((0..4).all(|i| (0..i).all(|j| all[i] != all[j])), "{all:?}");
    }

    #[test]
    fn numbers_are_spread_as_they_should_be() {
        let n = 200_000;
        let mut chance = Chance::new(5, Purpose::Place, 0);
        let mean = (0..n).map(|_| chance.unit()).sum::<f64>() / f64::from(n);
        assert!((mean - 0.5).abs() < 0.003, "{mean}");
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..n {
            let x = chance.normal();
            sum += x;
            squares += x * x;
        }
        let (mean, variance) = (sum / f64::from(n), squares / f64::from(n));
        assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
        let drawn = Weighted::new([1.0, 0.0, 3.0]);
        let mut counts = [0; 3];
        (0..n).for_each(|_| counts[drawn.draw(&mut chance)] += 1);
        assert_eq!(counts[1], 0);
        assert!((f64::from(counts[2]) / f64::from(n) - 0.75).abs() < 0.01, "{counts:?}");
    }
}
