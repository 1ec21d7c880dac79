//! The lattice: nested squares whose borders are exact floating point numbers.
//!
//! The smallest square's side is a power of two and every border a whole multiple of it, so scaling a coordinate,
//! flooring it and coming back are all exact: a point is always inside the square that it is said to be in, in
//! metres and in degrees alike.

use geo::Coord;

/// How often the whole can be halved in each direction.
pub(super) const DEPTH: u32 = 24;

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

    /// The number of the smallest square that holds a point, along the Z-order curve; `None` beyond the lattice.
    #[inline]
    pub(super) fn key(&self, x: f64, y: f64) -> Option<u64> {
        Some(morton(self.along(0, x)?, self.along(1, y)?))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float to integer cast saturates, and is then compared"
    )]
    #[inline]
    fn along(&self, axis: usize, coordinate: f64) -> Option<u32> {
        // Division by a power of two is exact, and so is multiplication by its inverse.
        let scaled = coordinate * self.per_step;
        let whole = scaled as i64;
        // What was cut off a number below zero brought it nearer to zero. A number that is none becomes zero here, and
        // what saturated is beyond every lattice.
        #[expect(clippy::cast_precision_loss, reason = "a number below 2^53, or one that is beyond the lattice anyway")]
        let floor = whole.wrapping_sub(i64::from(whole as f64 > scaled));
        let steps = floor.wrapping_sub(self.origin[axis]);
        (coordinate.is_finite() && (0..1 << DEPTH).contains(&steps)).then_some(steps as u32)
    }

    /// The coordinate of a border, so many smallest squares from the origin.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 by construction")]
    pub(super) fn line(&self, axis: usize, steps: u32) -> f64 {
        (self.origin[axis] + i64::from(steps)) as f64 * self.step
    }
}

/// Interleaves the bits of two numbers; `y` takes the higher ones.
pub(super) const fn morton(x: u32, y: u32) -> u64 {
    spread(x) | spread(y) << 1
}

const fn spread(number: u32) -> u64 {
    let mut n = number as u64;
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
                    let steps = lattice.along(axis, c);
                    prop_assert!(steps.is_some(), "{:?} in {:?}", point, lattice);
                    let steps = steps.unwrap_or_default();
                    prop_assert!(lattice.line(axis, steps) <= c && c < lattice.line(axis, steps + 1));
                }
            }
        }
    }
}
