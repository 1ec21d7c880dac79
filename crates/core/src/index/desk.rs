//! The desk: places of a batch in the order in which they are looked up.

use super::{known::AtHand, sets::Grown};

/// A place, and the square that it lies in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spot {
    pub(super) square: u32,
    pub(super) place: u32,
}

/// What one worker keeps between calls of [`CoverageIndex::locate`](super::CoverageIndex::locate), of one and the same index.
#[derive(Debug, Default)]
pub struct Desk {
    /// The places that lie in squares.
    pub(super) spots: Vec<Spot>,
    spare: Vec<Spot>,
    pub(super) grown: Grown,
    pub(super) at_hand: AtHand,
    /// Where the places of one square are.
    pub(super) at: [Vec<f64>; 2],
}

/// The most bits of a square's number by which places are told apart at a time.
const DIGIT: u32 = 11;

impl Desk {
    /// Puts the places in the order of their squares, which lie along the curve.
    pub(super) fn sort(&mut self) {
        let Self { spots, spare, .. } = self;
        let bounds = |(least, most): (u32, u32), spot: &Spot| (least.min(spot.square), most.max(spot.square));
        let (least, most) = spots.iter().fold((u32::MAX, 0), bounds);
        let bits = u32::BITS - most.saturating_sub(least).leading_zeros();
        let digits = bits.div_ceil(DIGIT);
        spare.resize(spots.len(), Spot::default());
        for shift in (0..digits).map(|digit| digit * DIGIT) {
            let digit = |spot: &Spot| ((spot.square - least) >> shift & ((1 << DIGIT) - 1)) as usize;
            let mut starts = [0u32; 1 << DIGIT];
            for spot in &*spots {
                starts[digit(spot)] += 1;
            }
            let mut sum = 0;
            for start in &mut starts {
                sum += std::mem::replace(start, sum);
            }
            for spot in &*spots {
                let start = &mut starts[digit(spot)];
                spare[*start as usize] = *spot;
                *start += 1;
            }
            std::mem::swap(spots, spare);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One pass, two, three; no square but one, and none at all.
    #[test]
    fn places_come_in_the_order_of_their_squares_and_then_in_their_own() {
        for (first, span, places) in
            [(7, 1, 9), (0, 1 << 8, 5000), (90, 1 << 17, 5000), (3, u32::MAX - 3, 5000), (0, 1, 0)]
        {
            let square = |place: u32| first + place.wrapping_mul(0x9E37_79B1).wrapping_add(place) % span;
            let spots: Vec<Spot> = (0..places).map(|place| Spot { square: square(place % 3000), place }).collect();
            let mut by_library = spots.clone();
            by_library.sort_by_key(|spot| spot.square);
            let mut desk = Desk { spots, ..Desk::default() };
            desk.sort();
            let pairs = |spots: &[Spot]| spots.iter().map(|spot| (spot.square, spot.place)).collect::<Vec<_>>();
            assert_eq!(pairs(&desk.spots), pairs(&by_library), "{span} squares");
        }
    }
}
