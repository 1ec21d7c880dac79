//! The desk: places of a batch in the order in which they are looked up.

use super::{
    lattice::{DEPTH, Lattice},
    sets::Grown,
};

/// A place, and where along the curve it is, roughly.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spot {
    along: u32,
    pub(super) place: u32,
}

/// How much of a key does not fit into [`Spot::along`].
const ROUGHLY: u32 = 2 * DEPTH - u32::BITS;

/// What one worker keeps between calls of [`CoverageIndex::locate`].
#[derive(Debug, Default)]
pub struct Desk {
    /// Per place, the key of where it lies; the highest where it lies in no square.
    pub(super) keys: Vec<u64>,
    /// Those that lie in squares, neighbours beside each other.
    pub(super) order: Vec<Spot>,
    spare: Vec<Spot>,
    pub(super) grown: Grown,
}

impl Desk {
    /// Puts the places that lie in squares in an order along the curve, eleven bits of where they are at a time.
    pub(super) fn sort(&mut self, lattice: &Lattice, easting: &[f64], northing: &[f64]) {
        const DIGIT: u32 = 11;
        let Self { keys, order, spare, .. } = self;
        keys.clear();
        order.clear();
        let (mut least, mut most) = (u32::MAX, 0);
        keys.extend(easting.iter().zip(northing).map(|(&x, &y)| lattice.key(x, y).unwrap_or(u64::MAX)));
        for (place, &key) in (0..).zip(&*keys) {
            if key != u64::MAX {
                let along = (key >> ROUGHLY) as u32;
                (least, most) = (least.min(along), most.max(along));
                order.push(Spot { along, place });
            }
        }
        spare.resize(order.len(), Spot::default());
        let digits = (u32::BITS - most.saturating_sub(least).leading_zeros()).div_ceil(DIGIT);
        for shift in (0..digits).map(|digit| digit * DIGIT) {
            let digit = |spot: &Spot| ((spot.along - least) >> shift & ((1 << DIGIT) - 1)) as usize;
            let mut starts = [0u32; 1 << DIGIT];
            for spot in &*order {
                starts[digit(spot)] += 1;
            }
            let mut sum = 0;
            for start in &mut starts {
                sum += std::mem::replace(start, sum);
            }
            for spot in &*order {
                let start = &mut starts[digit(spot)];
                spare[*start as usize] = *spot;
                *start += 1;
            }
            std::mem::swap(order, spare);
        }
    }
}
