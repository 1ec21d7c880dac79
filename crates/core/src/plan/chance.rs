//! Chance: numbers that look random, belong to a seed, a draw and a name, and are the same on every machine and in any order.

/// The numbers of a seed, a draw and a name: SplitMix64.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64, draw: u32, name: &str) -> Self {
        // FNV-1a; what is drawn for a project does not depend on which others there are.
        let name = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(mix(mix(mix(seed.wrapping_add(GOLDEN)) ^ u64::from(draw)).wrapping_add(name)))
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A whole number less than `n`; 0 when `n` is.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        u64::try_from((u128::from(self.bits()) * u128::from(n)) >> 64).unwrap_or(0)
    }
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Stafford's variant 13 of MurmurHash3's finish: a bijection of 64-bit numbers that mixes them well.
const fn mix(mut h: u64) -> u64 {
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^ (h >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_its_seed_draw_and_name_and_all_are_spread_evenly() {
        let first = |seed, draw, name| Chance::new(seed, draw, name).below(1 << 40);
        assert_eq!(first(1, 2, "a"), first(1, 2, "a"));
        let all = [first(1, 2, "a"), first(2, 2, "a"), first(1, 3, "a"), first(1, 2, "b")];
        assert!((0..4).all(|i| (0..i).all(|j| all[i] != all[j])), "{all:?}");
        let mut tenths = [0; 10];
        for draw in 0..10_000 {
            for name in ["a", "b"] {
                tenths[usize::try_from(Chance::new(7, draw, name).below(10)).unwrap_or(0)] += 1;
            }
        }
        // 2 000 each, give or take five deviations of 42.
        assert!(tenths.iter().all(|count| (1_790..2_210).contains(count)), "{tenths:?}");
        assert_eq!(Chance::new(7, 1, "a").below(0), 0);
    }
}
