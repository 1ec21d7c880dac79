//! The lattice: nested squares whose borders are exact floating point numbers.
//!
//! The smallest square's side is a power of two and every border a whole multiple of it, so scaling a coordinate,
//! flooring it and coming back are all exact: a point is always inside the square that it is said to be in, in
//! metres and in degrees alike.

use geo::Coord;

/// How often the whole can be halved in each direction.
pub(super) const DEPTH: u32 = 24;

/// The key of a point that lies in no square.
pub(super) const BEYOND: u64 = u64::MAX;

/// Where the squares lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lattice {
    /// The lower left corner, in smallest squares from zero.
    origin: [i64; 2],
    /// The side of the smallest square.
    step: f64,
    /// One over that, exactly.
    per_step: f64,
}

impl Lattice {
    /// A lattice over everything between two corners.
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a float, and whole numbers below 2^52")]
    pub(super) fn over(lower: Coord, upper: Coord) -> Self {
        let extent = (upper.x - lower.x).max(upper.y - lower.y);
        let farthest = [lower.x, lower.y, upper.x, upper.y].into_iter().fold(0.0, |far: f64, c| far.max(c.abs()));
        // One bit to spare on both sides makes up for the rounding of the logarithm.
        let exponent = |length: f64| length.log2().ceil().max(-1100.0) as i32;
        let for_extent = exponent(extent) - (DEPTH as i32 - 2);
        let for_distance = exponent(farthest) - 50;
        let step = 2f64.powi(for_extent.max(for_distance).clamp(-900, 900));
        Self { origin: [(lower.x / step).floor() as i64, (lower.y / step).floor() as i64], step, per_step: 1.0 / step }
    }

    /// The lattice in three words: its corner, and the side of the smallest square.
    pub(super) fn words(&self) -> [u64; 3] {
        [self.origin[0].cast_unsigned(), self.origin[1].cast_unsigned(), self.step.to_bits()]
    }

    /// The lattice that words tell; `None` when they tell none.
    pub(super) fn from_words(words: &[u64]) -> Option<Self> {
        let &[x, y, step] = words else { return None };
        let step = f64::from_bits(step);
        let per_step = 1.0 / step;
        let origin = [x.cast_signed(), y.cast_signed()];
        let is_power_of_two = step.is_normal() && per_step.is_normal() && step > 0.0 && step.to_bits() << 12 == 0;
        let within = origin.iter().all(|c| c.unsigned_abs() < 1 << 53);
        (is_power_of_two && within).then_some(Self { origin, step, per_step })
    }

    /// For each point, the number of the smallest square that holds it, along the Z-order curve; [`BEYOND`] beyond the lattice.
    // Inlined, so that it is compiled for the registers that the caller has.
    #[inline(always)]
    pub(super) fn keys(&self, easting: &[f64], northing: &[f64], keys: &mut [u64]) {
        let [origin_x, origin_y] = self.origin.map(|steps| steps as f64);
        for ((&x, &y), key) in easting.iter().zip(northing).zip(keys) {
            let (x, y) = (self.along(x, origin_x), self.along(y, origin_y));
            let beyond = u64::from(x | y >= 1 << DEPTH).wrapping_neg();
            *key = spread(x) | spread(y) << 1 | beyond;
        }
    }

    /// How many smallest squares a coordinate is from the origin; more than there are when it is beyond the lattice.
    #[inline(always)]
    fn along(&self, coordinate: f64, origin: f64) -> u64 {
        // Added to this, a whole number below 2^52 is in the lowest bits.
        const WHOLE: f64 = (1u64 << 52) as f64;
        const MASK: u64 = (1 << 52) - 1;
        // Division by a power of two is exact, and so is multiplication by its inverse. A difference that is rounded is beyond
        // the lattice.
        let steps = (coordinate * self.per_step).floor() - origin;
        let within = steps >= 0.0 && steps < (1u64 << DEPTH) as f64;
        (if within { steps } else { (1u64 << DEPTH) as f64 } + WHOLE).to_bits() & MASK
    }

    /// The coordinate of a border, so many smallest squares from the origin.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 by construction")]
    pub(super) fn line(&self, axis: usize, steps: u32) -> f64 {
        (self.origin[axis] + i64::from(steps)) as f64 * self.step
    }
}

/// Interleaves the bits of two numbers; `y` takes the higher ones.
pub(super) const fn morton(x: u32, y: u32) -> u64 {
    spread(x as u64) | spread(y as u64) << 1
}

const fn spread(mut n: u64) -> u64 {
    n = (n | n << 16) & 0x0000_FFFF_0000_FFFF;
    n = (n | n << 8) & 0x00FF_00FF_00FF_00FF;
    n = (n | n << 4) & 0x0F0F_0F0F_0F0F_0F0F;
    n = (n | n << 2) & 0x3333_3333_3333_3333;
    (n | n << 1) & 0x5555_5555_5555_5555
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bits_are_interleaved_with_y_above_x() {
        assert_eq!(morton(0b11, 0b00), 0b0101);
        assert_eq!(morton(0b00, 0b10), 0b1000);
        assert_eq!(morton((1 << DEPTH) - 1, (1 << DEPTH) - 1), (1 << (2 * DEPTH)) - 1);
    }

    #[test]
    fn what_is_no_number_or_lies_beyond_has_no_key() {
        for (lower, upper) in [(-3.5, -1.0), (-1.0, 1.0), (0.0, 8.0), (6e6, 7e6)] {
            let lattice = Lattice::over(Coord { x: lower, y: lower }, Coord { x: upper, y: upper });
            let [first, end] = [lattice.line(0, 0), lattice.line(0, 1 << DEPTH)];
            let key = |x: f64, y: f64| {
                let mut key = [0];
                lattice.keys(&[x], &[y], &mut key);
                key[0]
            };
            assert_eq!([key(first, first), key(end.next_down(), first)], [0, morton((1 << DEPTH) - 1, 0)]);
            for out in [first.next_down(), end, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN] {
                assert_eq!([key(out, lower), key(lower, out)], [BEYOND; 2], "{out} beyond {lower} to {upper}");
            }
        }
    }

    proptest! {
        /// Whatever the unit and however far from zero, a point lies in its own square, borders included exactly.
        #[test]
        fn a_point_lies_in_its_own_square(
            x in -1e7f64..1e7, y in -1e7f64..1e7, extent in 1e-6f64..1e7, at in 0f64..=1.0, scale in -40i32..40,
        ) {
            let unit = 2f64.powi(scale);
            let lower = Coord { x: x * unit, y: y * unit };
            let upper = Coord { x: (x + extent) * unit, y: (y + extent) * unit };
            let lattice = Lattice::over(lower, upper);
            for point in [lower, upper, Coord { x: lower.x + (upper.x - lower.x) * at, y: upper.y }] {
                for (axis, c) in [point.x, point.y].into_iter().enumerate() {
                    let steps = lattice.along(c, lattice.origin[axis] as f64);
                    prop_assert!(steps < 1 << DEPTH, "{:?} in {:?}", point, lattice);
                    let steps = u32::try_from(steps).unwrap_or_default();
                    prop_assert!(lattice.line(axis, steps) <= c && c < lattice.line(axis, steps + 1));
                }
            }
        }
    }
}
