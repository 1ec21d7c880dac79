//! Roads: straight pieces between two vertices, many of them, so that those near a position or in a rectangle are found at once.
//!
//! A tree of boxes over pieces, as there is one over points; it takes some forty bytes for each. Positions are whole millimetres, and so
//! is the nearest point on a piece.

use super::{At, points::OneBox, squared};
use crate::quantity::Metres;

/// Pieces in a box that is not cut any more.
const FEW: usize = 16;

/// An end that leads nowhere and is at most so far from another road is taken to end there: files are drawn by hand, and rounded.
const SLIP: Metres = Metres::from_millimetres(100);

/// How many bits of a length squared the nearest point is worked out with: exact for pieces of up to 68 000 kilometres.
const BITS: u32 = 72;

/// A straight piece of road, the lower end first.
pub(super) type Piece = [At; 2];

/// Many pieces of road.
#[derive(Debug, Clone, Default)]
pub struct Roads {
    /// Box by box.
    pieces: Vec<Piece>,
    boxes: Vec<OneBox>,
}

/// The nearest point on a road.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Foot {
    /// The square of how far it is.
    pub(super) squared: u128,
    /// Where it is.
    pub(super) at: At,
    /// The piece of road that it is on.
    pub(super) piece: Piece,
}

impl Roads {
    /// Puts pieces in order, from vertex to vertex, whichever end is first. What has no length, or is there already, is left out.
    #[must_use]
    pub fn new(mut pieces: Vec<[At; 2]>) -> Self {
        pieces.iter_mut().for_each(|piece| piece.sort_unstable());
        pieces.retain(|[a, b]| a != b);
        pieces.sort_unstable();
        pieces.dedup();
        let mut roads = Self { pieces, boxes: Vec::new() };
        if !roads.pieces.is_empty() {
            roads.cut(0, roads.pieces.len());
        }
        roads
    }

    /// Lets every end that leads nowhere meet the road that it misses by no more than [`SLIP`], at the nearest point, which becomes a
    /// vertex; so does an end that lies on a road, between two vertices. Roads that cross stay apart. Says how many ends there were.
    #[must_use]
    pub fn mended(self) -> (Self, usize) {
        let mut mended = 0;
        let mut cuts: Vec<(Piece, At)> = Vec::new();
        let mut added: Vec<Piece> = Vec::new();
        for (end, own) in self.loose() {
            let other = |piece: &Piece| *piece != own;
            let Some(found) = self.nearest_of(end, SLIP, other) else { continue };
            // The next vertex of its own road leads nowhere else.
            if found.at != end && own.contains(&found.at) {
                continue;
            }
            mended += 1;
            if !found.piece.contains(&found.at) {
                cuts.push((found.piece, found.at));
            }
            added.push([end, found.at]);
        }
        if mended == 0 {
            return (self, 0);
        }
        cuts.sort_unstable_by_key(|&(piece, at)| (piece, squared(piece[0], at), at));
        let mut pieces = self.pieces;
        pieces.retain(|piece| cuts.binary_search_by(|(cut, _)| cut.cmp(piece)).is_err());
        for cuts in cuts.chunk_by(|a, b| a.0 == b.0) {
            let [a, b] = cuts[0].0;
            let stops = cuts.iter().map(|&(_, at)| at);
            let stops: Vec<At> = std::iter::once(a).chain(stops).chain([b]).collect();
            added.extend(stops.windows(2).map(|ends| [ends[0], ends[1]]));
        }
        pieces.extend(added);
        (Self::new(pieces), mended)
    }

    /// The ends that one piece alone has, with the piece.
    fn loose(&self) -> Vec<(At, Piece)> {
        let mut ends: Vec<(At, u32)> = Vec::with_capacity(2 * self.pieces.len());
        for (number, piece) in (0..).zip(&self.pieces) {
            ends.extend(piece.map(|end| (end, number)));
        }
        ends.sort_unstable();
        let alone = ends.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() == 1);
        alone.map(|same| (same[0].0, self.pieces[same[0].1 as usize])).collect()
    }

    fn cut(&mut self, first: usize, past: usize) -> u32 {
        let (mut low, mut high) = ([i64::MAX; 2], [i64::MIN; 2]);
        for [a, b] in &self.pieces[first..past] {
            for axis in 0..2 {
                low[axis] = low[axis].min(a[axis]).min(b[axis]);
                high[axis] = high[axis].max(a[axis]).max(b[axis]);
            }
        }
        let number = self.boxes.len();
        let to = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.boxes.push(OneBox { low, high, first: to(first), past: to(past), halves: None });
        if past - first > FEW {
            let sides = [0, 1].map(|axis| high[axis].abs_diff(low[axis]));
            let axis = usize::from(sides[1] > sides[0]);
            let middle = (past - first) / 2;
            self.pieces[first..past].select_nth_unstable_by_key(middle, |&[a, b]| (a[axis] + b[axis], [a, b]));
            let halves = [(first, first + middle), (first + middle, past)].map(|(first, past)| self.cut(first, past));
            self.boxes[number].halves = Some(halves);
        }
        to(number)
    }

    /// How many pieces there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    fn within(&self, of: &OneBox) -> &[Piece] {
        &self.pieces[of.first as usize..of.past as usize]
    }

    /// The nearest point on a road, no farther away than that; of several, the one with the lowest easting, then northing.
    pub(super) fn nearest(&self, from: At, within: Metres) -> Option<Foot> {
        self.nearest_of(from, within, |_| true)
    }

    /// The same of some of the pieces.
    fn nearest_of(&self, from: At, within: Metres, wanted: impl Fn(&Piece) -> bool) -> Option<Foot> {
        let limit = u128::from(within.millimetres()).pow(2);
        let mut best: Option<Foot> = None;
        let mut open = vec![0];
        while let Some(of) = open.pop().and_then(|number: u32| self.boxes.get(number as usize)) {
            // A nearest point lies in the box of its piece, rounded too, so none in this box is nearer than the box.
            if of.squared(from) > best.map_or(limit, |best| best.squared) {
                continue;
            }
            if let Some(halves) = of.halves {
                let [a, b] = halves.map(|half| self.boxes[half as usize].squared(from));
                open.extend(if a < b { [halves[1], halves[0]] } else { halves });
                continue;
            }
            let found = self.within(of).iter().filter(|piece| wanted(piece)).map(|&piece| foot(from, piece)).min();
            best = [best, found.filter(|found| found.squared <= limit)].into_iter().flatten().min();
        }
        best
    }

    /// The pieces of which the boxes meet a rectangle, in order.
    pub(super) fn in_box(&self, low: At, high: At) -> Vec<Piece> {
        let mut found = Vec::new();
        let mut open = vec![0];
        while let Some(of) = open.pop().and_then(|number: u32| self.boxes.get(number as usize)) {
            if !of.meets(low, high) {
                continue;
            }
            match of.halves {
                Some(halves) => open.extend(halves),
                None => found.extend(self.within(of).iter().filter(|[a, b]| {
                    (0..2).all(|axis| a[axis].min(b[axis]) <= high[axis] && low[axis] <= a[axis].max(b[axis]))
                })),
            }
        }
        found.sort_unstable();
        found
    }
}

/// The point of a piece that is nearest to a position, in whole millimetres.
fn foot(from: At, piece: Piece) -> Foot {
    let [a, b] = piece;
    let less = |a: At, b: At| [0, 1].map(|axis| i128::from(a[axis]) - i128::from(b[axis]));
    let (along, away) = (less(b, a), less(from, a));
    let times = |[x, y]: [i128; 2], [u, v]: [i128; 2]| x * u + y * v;
    let whole = times(along, along);
    let share = times(along, away).clamp(0, whole);
    let beyond = (i128::BITS - whole.leading_zeros()).saturating_sub(BITS);
    let (share, whole) = (share >> beyond, (whole >> beyond).max(1));
    let part = |axis: usize| (2 * along[axis] * share + whole).div_euclid(2 * whole);
    let at = [0, 1].map(|axis| a[axis].saturating_add(i64::try_from(part(axis)).unwrap_or(0)));
    Foot { squared: squared(from, at), at, piece }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FAR: Metres = Metres::from_metres(1_000_000);

    #[test]
    fn the_nearest_point_is_on_the_piece_to_the_millimetre() {
        let at = |from: At, piece: Piece| foot(from, piece).at;
        assert_eq!(at([1000, 450], [[0, 400], [2000, 400]]), [1000, 400]);
        assert_eq!(at([-5, 450], [[0, 400], [2000, 400]]), [0, 400], "before the end");
        assert_eq!(at([9999, 9], [[0, 400], [2000, 400]]), [2000, 400], "beyond the other");
        // From (1, 0) to the line through (0, 0) and (3, 3): half of one each way, rounded up.
        assert_eq!(at([1, 0], [[0, 0], [3, 3]]), [1, 1]);
        assert_eq!(at([0, -1], [[0, 0], [3, -3]]), [1, 0], "half of minus one is nought");
        // From (3, 4) to the line of slope 1/2: at 10/5 = 2 times (2, 1).
        assert_eq!(at([3, 4], [[0, 0], [40, 20]]), [4, 2]);
        let huge = 1_000_000_000_000_000;
        assert_eq!(at([7, 9], [[-huge, 0], [huge, 0]])[1], 0);
    }

    #[test]
    fn a_limit_is_enough_exactly() {
        let roads = Roads::new(vec![[[2000, 400], [0, 400]], [[5, 5], [5, 5]]]);
        assert_eq!(roads.len(), 1, "a piece without a length is none");
        assert_eq!(roads.nearest([1000, 450], Metres::from_millimetres(50)).map(|foot| foot.at), Some([1000, 400]));
        assert_eq!(roads.nearest([1000, 450], Metres::from_millimetres(49)), None);
        assert_eq!(Roads::default().nearest([0, 0], FAR), None);
    }

    #[test]
    fn an_end_meets_the_road_that_it_misses_by_a_little_and_roads_that_cross_stay_apart() {
        // East; one that ends on it between its vertices; one that misses it by 100 mm, and one by 101.
        let east = [[0, 0], [9000, 0]];
        let roads = vec![east, [[2000, 0], [2000, 5000]], [[4000, 100], [4000, 5000]], [[6000, 101], [6000, 5000]]];
        // One that crosses it.
        let crossing = [[8000, -3000], [8000, 3000]];
        let (mended, ends) = Roads::new([roads.clone(), vec![crossing]].concat()).mended();
        assert_eq!(ends, 2);
        let mut expected = vec![
            [[0, 0], [2000, 0]],
            [[2000, 0], [4000, 0]],
            [[4000, 0], [9000, 0]],
            [[4000, 0], [4000, 100]],
            crossing,
        ];
        expected.extend(&roads[1..]);
        expected.sort_unstable();
        let mut found = mended.pieces.clone();
        found.sort_unstable();
        assert_eq!(found, expected);
        // Two ends that miss each other meet, once; the ends of one short road do not.
        let (mended, ends) = Roads::new(vec![[[0, 0], [5000, 0]], [[5030, 40], [9000, 0]]]).mended();
        assert_eq!((ends, mended.len()), (2, 3));
        assert_eq!(Roads::new(vec![[[0, 0], [50, 0]], [[50, 0], [5000, 0]]]).mended().1, 0);
        assert_eq!(Roads::default().mended().1, 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

        #[test]
        fn what_is_found_is_what_looking_at_every_piece_finds(
            pieces in prop::collection::vec(prop::array::uniform2(prop::array::uniform2(0i64..300)), 0..120),
            from in prop::array::uniform2(-50i64..350),
            corners in prop::array::uniform2(prop::array::uniform2(-20i64..320)),
        ) {
            let roads = Roads::new(pieces.clone());
            let real = || pieces.iter().filter(|[a, b]| a != b).map(|&[a, b]| [a.min(b), a.max(b)]);
            prop_assert_eq!(roads.nearest(from, FAR), real().map(|piece| foot(from, piece)).min());
            // No point of any piece is nearer by more than the rounding, one millimetre each way.
            if let Some(found) = roads.nearest(from, FAR) {
                for [a, b] in real() {
                    for step in 0..=100 {
                        let on = [0, 1].map(|axis| a[axis] as f64 + (b[axis] - a[axis]) as f64 * f64::from(step) / 100.0);
                        let apart = (on[0] - from[0] as f64).hypot(on[1] - from[1] as f64);
                        prop_assert!((found.squared as f64).sqrt() <= apart + 1.0);
                    }
                }
            }
            let [low, high] = [0, 1].map(|end: usize| [0, 1].map(|axis: usize| {
                let (a, b) = (corners[0][axis], corners[1][axis]);
                if end == 0 { a.min(b) } else { a.max(b) }
            }));
            let outside = |[a, b]: &Piece| (0..2).any(|axis| a[axis].max(b[axis]) < low[axis] || a[axis].min(b[axis]) > high[axis]);
            let mut meeting: Vec<Piece> = real().filter(|piece| !outside(piece)).collect();
            meeting.sort_unstable();
            meeting.dedup();
            prop_assert_eq!(roads.in_box(low, high), meeting);
        }
    }
}
