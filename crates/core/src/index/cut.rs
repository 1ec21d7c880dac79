//! Cutting: polygons divided among the squares of the lattice until a square needs few edges or none.
//!
//! A square is divided into four as long as many borders run through it. What is left of a polygon in a square is
//!
//! * nothing, when its border does not run through it: the square is wholly outside, or wholly inside and then the
//!   polygon's owner joins the square's set;
//! * else the edges that may touch the square, and what a ray to the right meets beyond them.
//!
//! # The ray
//! A point is inside when a ray to the right crosses an odd number of edges. Edges that do not touch the square are
//! wholly left or right of it at every height that they span, so whether the ray crosses an odd number of *those*
//! depends on the height alone. It is known at the square's lower side (`odd`), and it changes at the heights of
//! vertices to the right of the square where an edge that is kept meets one that is not (a *step*). All comparisons
//! are of given coordinates; nothing is rounded. A kept edge that does not touch after all changes nothing: each of
//! its vertices to the right is a step, and the edge itself is counted.

use geo::Coord;

use super::{
    border::Group,
    lattice::{DEPTH, Lattice, morton},
    outlines::{Outlines, Part, STRETCH, len32},
    sets::{Grown, Sets},
    stretches,
};

/// A square is divided when more edges than this may touch it. Polygons in unit tests are small, and are cut small.
pub(super) const LEAF_EDGES: usize = if cfg!(test) { 12 } else { 80 };

/// How often in a row a square is divided though its quarters together keep many more edges than it had.
const IDLE: u8 = 2;

/// Squares with more edges than this are divided by several threads.
const SHARED_EDGES: usize = 1 << 14;

/// Squares in order along the Z-order curve, without a gap.
#[derive(Debug, Default)]
pub(super) struct Leaves {
    /// The number of each square's first smallest square; it reaches to the next one's.
    pub(super) keys: Vec<u64>,
    /// The set of owners that hold the whole square.
    pub(super) sets: Vec<u32>,
    /// Where the square's borders start in `code`; they end where the next square's start.
    pub(super) starts: Vec<u32>,
    /// The borders through each square, one after the other, as [`Borders`](super::border::Borders) reads them.
    pub(super) code: Vec<u32>,
}

impl Leaves {
    /// The squares of several, one after the other.
    fn together(parts: &[Self]) -> Self {
        let mut shifts = Vec::with_capacity(parts.len());
        parts.iter().fold(0, |shift, part| {
            shifts.push(shift);
            shift + len32(&part.code)
        });
        Self {
            keys: stretches::together(parts, |part| &part.keys, |key, _| key),
            sets: stretches::together(parts, |part| &part.sets, |set, _| set),
            starts: stretches::together(parts, |part| &part.starts, |start, part| start + shifts[part]),
            code: stretches::together(parts, |part| &part.code, |word, _| word),
        }
    }
}

/// A polygon in a square.
#[derive(Debug, Clone, Copy)]
struct Item {
    part: u32,
    /// Where its edges are in the square's list; not used when it is whole.
    first: u32,
    /// How many edges it has.
    len: u32,
    /// Whether a ray from the square's lower side crosses an odd number of edges that are not in the list.
    odd: bool,
    /// The polygon lies within the square, and its edges are not listed.
    whole: bool,
}

#[derive(Debug, Default)]
struct Square {
    items: Vec<Item>,
    edges: Vec<u32>,
    set: u32,
    /// How many edges there are.
    weight: usize,
    /// How often in a row dividing did not help.
    idle: u8,
}

impl Square {
    fn weigh(&mut self) {
        self.weight = self.items.iter().map(|item| item.len as usize).sum();
    }

    fn is_divisible(&self, spot: Spot) -> bool {
        spot.depth < DEPTH && self.idle < IDLE && self.weight > LEAF_EDGES
    }
}

/// Where a square is.
#[derive(Debug, Clone, Copy)]
struct Spot {
    depth: u32,
    /// The lower left corner, in smallest squares.
    x: u32,
    y: u32,
}

impl Spot {
    fn side(self) -> u32 {
        1 << (DEPTH - self.depth)
    }

    fn quarter(self, number: usize) -> Self {
        let half = self.side() / 2;
        let x = if number & 1 == 1 { self.x + half } else { self.x };
        let y = if number & 2 == 2 { self.y + half } else { self.y };
        Self { depth: self.depth + 1, x, y }
    }
}

#[derive(Debug, Clone, Copy)]
struct Bounds {
    x0: f64,
    x1: f64,
    y0: f64,
    y1: f64,
}

impl Bounds {
    fn of(lattice: &Lattice, spot: Spot) -> Self {
        let side = spot.side();
        Self {
            x0: lattice.line(0, spot.x),
            x1: lattice.line(0, spot.x + side),
            y0: lattice.line(1, spot.y),
            y1: lattice.line(1, spot.y + side),
        }
    }
}

/// Divides everything.
pub(super) fn cut(outlines: &Outlines, lattice: &Lattice, sets: &Sets) -> Leaves {
    let items = (0..).zip(&outlines.parts).map(|(part, p)| Item {
        part,
        first: 0,
        len: outlines.edge_count(p),
        odd: false,
        whole: true,
    });
    let mut square = Square { items: items.collect(), edges: Vec::new(), set: super::sets::EMPTY, weight: 0, idle: 0 };
    square.weigh();
    let cutter = Cutter { outlines, lattice, sets };
    Leaves::together(&cutter.shared(Spot { depth: 0, x: 0, y: 0 }, square))
}

struct Cutter<'a> {
    outlines: &'a Outlines,
    lattice: &'a Lattice,
    sets: &'a Sets,
}

/// What one worker keeps while it divides.
#[derive(Default)]
struct Bench {
    leaves: Leaves,
    grown: Grown,
    spare: Vec<Square>,
    edges: Vec<u32>,
    steps: Vec<u32>,
    group: Group,
}

impl Cutter<'_> {
    /// Divides a large square by several threads. The order of the result is that of the curve.
    fn shared(&self, spot: Spot, square: Square) -> Vec<Leaves> {
        let mut bench = Bench::default();
        if square.weight <= SHARED_EDGES || !square.is_divisible(spot) {
            self.alone(spot, square, &mut bench);
            return vec![bench.leaves];
        }
        let [a, b, c, d] = self.divide(spot, &square, &mut bench);
        drop(square);
        let at = |number| spot.quarter(number);
        let ((mut a, mut b), (mut c, mut d)) = rayon::join(
            || rayon::join(|| self.shared(at(0), a), || self.shared(at(1), b)),
            || rayon::join(|| self.shared(at(2), c), || self.shared(at(3), d)),
        );
        a.append(&mut b);
        a.append(&mut c);
        a.append(&mut d);
        a
    }

    fn alone(&self, spot: Spot, square: Square, bench: &mut Bench) {
        if !square.is_divisible(spot) {
            self.leaf(spot, &square, bench);
        } else {
            for (number, quarter) in self.divide(spot, &square, bench).into_iter().enumerate() {
                self.alone(spot.quarter(number), quarter, bench);
            }
        }
        bench.spare.push(square);
    }

    fn divide(&self, spot: Spot, square: &Square, bench: &mut Bench) -> [Square; 4] {
        let bounds = Bounds::of(self.lattice, spot);
        let half = spot.side() / 2;
        let middle = Coord { x: self.lattice.line(0, spot.x + half), y: self.lattice.line(1, spot.y + half) };
        let mut quarters = [(); 4].map(|()| {
            let mut quarter = bench.spare.pop().unwrap_or_default();
            quarter.items.clear();
            quarter.edges.clear();
            quarter.set = square.set;
            quarter
        });
        let mut gained: [Vec<u32>; 4] = Default::default();
        for item in &square.items {
            let part = &self.outlines.parts[item.part as usize];
            if item.whole {
                if let Some(number) = quarter_of(part.lower, part.upper, middle) {
                    quarters[number].items.push(*item);
                } else {
                    bench.edges.clear();
                    bench.edges.extend(self.outlines.edges(item.part));
                    self.divide_item(item, &bench.edges, bounds, middle, &mut quarters, &mut gained);
                }
            } else {
                let edges = &square.edges[item.first as usize..(item.first + item.len) as usize];
                self.divide_item(item, edges, bounds, middle, &mut quarters, &mut gained);
            }
        }
        for (quarter, gained) in quarters.iter_mut().zip(&mut gained) {
            gained.sort_unstable();
            gained.dedup();
            for &owner in &*gained {
                quarter.set = self.sets.with(quarter.set, owner, &mut bench.grown);
            }
            if !gained.is_empty() {
                // Who has the whole square gains nothing by a border in it.
                let parts = &self.outlines.parts;
                quarter.items.retain(|item| gained.binary_search(&parts[item.part as usize].owner).is_err());
            }
            quarter.weigh();
        }
        let after: usize = quarters.iter().map(|quarter| quarter.weight).sum();
        let idle = if after * 2 > square.weight * 3 { square.idle + 1 } else { 0 };
        for quarter in &mut quarters {
            quarter.idle = idle;
        }
        quarters
    }

    /// Gives each quarter the edges that may touch it, and says what the ray meets beyond them.
    fn divide_item(
        &self,
        item: &Item,
        mut edges: &[u32],
        bounds: Bounds,
        middle: Coord,
        quarters: &mut [Square; 4],
        gained: &mut [Vec<u32>; 4],
    ) {
        let outlines = self.outlines;
        let firsts = [0, 1, 2, 3].map(|number: usize| len32(&quarters[number].edges));
        let mut odd = [item.odd; 4];
        let mut steps = false;
        let class = |vertex: u32| Class::of(outlines.vertex(vertex), bounds, middle);
        // Most edges begin where the one before ends.
        let mut last = (u32::MAX, Class::default());
        while let Some((&edge, others)) = edges.split_first() {
            // Most stretches of large polygons lie within one quarter.
            if let Some([lower, upper]) = outlines.stretch(edges)
                && let Some(number) = quarter_of(lower, upper, middle)
                && lower.y > bounds.y0
            {
                let (stretch, others) = edges.split_at(STRETCH);
                steps ^= class(edge).steps(class(edge + STRETCH as u32));
                quarters[number].edges.extend_from_slice(stretch);
                edges = others;
                continue;
            }
            edges = others;
            let from = if last.0 == edge { last.1 } else { class(edge) };
            let to = class(edge + 1);
            last = (edge + 1, to);
            steps ^= from.steps(to);
            // Most edges lie within one quarter, and the ray from no quarter's lower side can meet them.
            if let Some(quarter) = quarters.get_mut(from.quarter(to)) {
                quarter.edges.push(edge);
                continue;
            }
            let (a, b) = (outlines.vertex(edge), outlines.vertex(edge + 1));
            let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
            let (left, right) = if a.x <= b.x { (a.x, b.x) } else { (b.x, a.x) };
            for (number, quarter) in quarters.iter_mut().enumerate() {
                let (x0, x1) = if number & 1 == 0 { (bounds.x0, middle.x) } else { (middle.x, bounds.x1) };
                let (y0, y1) = if number & 2 == 0 { (bounds.y0, middle.y) } else { (middle.y, bounds.y1) };
                match side(low, high, [left, right], Bounds { x0, x1, y0, y1 }) {
                    Side::MayTouch => quarter.edges.push(edge),
                    Side::Right => odd[number] ^= low.y <= y0 && y0 < high.y,
                    Side::Elsewhere => {}
                }
            }
        }
        for (number, quarter) in quarters.iter_mut().enumerate() {
            let odd = odd[number] ^ (number & 2 == 2 && steps);
            let len = len32(&quarter.edges) - firsts[number];
            if len > 0 {
                quarter.items.push(Item { part: item.part, first: firsts[number], len, odd, whole: false });
            } else if odd {
                gained[number].push(self.outlines.parts[item.part as usize].owner);
            }
        }
    }

    fn leaf(&self, spot: Spot, square: &Square, bench: &mut Bench) {
        let Bench { leaves, steps, group, .. } = bench;
        leaves.keys.push(morton(spot.x, spot.y));
        leaves.sets.push(square.set);
        leaves.starts.push(len32(&leaves.code));
        let bounds = Bounds::of(self.lattice, spot);
        let height = |&vertex: &u32| self.outlines.vertex(vertex).y;
        let beyond = |v: Coord| v.x > bounds.x1 && v.y > bounds.y0 && v.y < bounds.y1;
        for item in &square.items {
            let Part { owner, lower, upper, .. } = self.outlines.parts[item.part as usize];
            let reach = [upper.x - bounds.x0, bounds.x1 - lower.x, upper.y - bounds.y0, bounds.y1 - lower.y];
            let reach = reach.into_iter().fold(0.0, f64::max);
            steps.clear();
            if item.whole {
                group.add((owner, item.odd), self.outlines.edges(item.part), steps, reach, &mut leaves.code);
                continue;
            }
            let edges = &square.edges[item.first as usize..(item.first + item.len) as usize];
            let ends = edges.iter().flat_map(|&edge| [edge, edge + 1]);
            steps.extend(ends.filter(|&vertex| beyond(self.outlines.vertex(vertex))));
            if steps.len() > 1 {
                steps.sort_unstable_by(|a, b| height(a).total_cmp(&height(b)));
                cancel_pairs(steps, height);
            }
            group.add((owner, item.odd), edges.iter().copied(), steps, reach, &mut leaves.code);
        }
        group.write(&mut leaves.code);
    }
}

/// Where a vertex lies in a square that is divided: bits of what is true of it, found without a branch.
#[derive(Debug, Clone, Copy, Default)]
struct Class(u8);

impl Class {
    /// Left of the middle, right of it, below it, above it, over the lower side.
    const BITS: u8 = 5;

    #[inline]
    fn of(v: Coord, bounds: Bounds, middle: Coord) -> Self {
        let over = v.y > bounds.y0;
        // Whether a ray changes there that starts at the upper quarters' lower side.
        let step = (v.x > bounds.x1) & over & (v.y <= middle.y);
        let bits = [v.x < middle.x, v.x > middle.x, v.y < middle.y, v.y > middle.y, over, step];
        Self((0..).zip(bits).fold(0, |class, (bit, is)| class | u8::from(is) << bit))
    }

    /// Whether the ray changes at one of the two and not at the other.
    #[inline]
    fn steps(self, other: Self) -> bool {
        (self.0 ^ other.0) >> Self::BITS == 1
    }

    /// The quarter that both lie in, touching no other, and over the lower side of the square; or no quarter.
    #[inline]
    fn quarter(self, other: Self) -> usize {
        const QUARTERS: [u8; 1 << Class::BITS] = {
            let mut quarters = [u8::MAX; 1 << Class::BITS];
            let mut number = 0;
            while number < 4 {
                quarters[1 << 4 | 1 << (2 + (number >> 1)) | 1 << (number & 1)] = number as u8;
                number += 1;
            }
            quarters
        };
        QUARTERS[usize::from(self.0 & other.0) % QUARTERS.len()].into()
    }
}

/// Takes out two steps at one height, which are none.
fn cancel_pairs(steps: &mut Vec<u32>, height: impl Fn(&u32) -> f64) {
    let mut kept = 0;
    for at in 0..steps.len() {
        if kept > 0 && height(&steps[kept - 1]) == height(&steps[at]) {
            kept -= 1;
        } else {
            steps[kept] = steps[at];
            kept += 1;
        }
    }
    steps.truncate(kept);
}

/// The quarter that a box lies in, touching no other.
fn quarter_of(lower: Coord, upper: Coord, middle: Coord) -> Option<usize> {
    let half = |lower: f64, upper: f64, middle: f64| {
        if upper < middle {
            Some(0)
        } else if lower > middle {
            Some(1)
        } else {
            None
        }
    };
    Some(half(lower.x, upper.x, middle.x)? | half(lower.y, upper.y, middle.y)? << 1)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    MayTouch,
    /// At every height that both span, the edge is to the right of the square.
    Right,
    /// To the left, or at other heights.
    Elsewhere,
}

/// Where an edge lies seen from a square. Whatever is in doubt may touch it.
fn side(low: Coord, high: Coord, [left, right]: [f64; 2], b: Bounds) -> Side {
    if low.y > b.y1 || high.y < b.y0 || right < b.x0 {
        return Side::Elsewhere;
    }
    if left > b.x1 {
        return Side::Right;
    }
    let (dx, dy) = (high.x - low.x, high.y - low.y);
    if dy == 0.0 {
        return Side::MayTouch;
    }
    // The determinant is largest, and smallest, at one of the square's corners; beyond the error that Shewchuk
    // gives for it, its sign is certain.
    let at = |x: f64, y: f64| {
        let (one, two) = (dx * (y - low.y), dy * (x - low.x));
        (one - two, 4.0e-16 * (one.abs() + two.abs()))
    };
    let (low_y, high_y) = if dx > 0.0 { (b.y0, b.y1) } else { (b.y1, b.y0) };
    let (smallest, error) = at(b.x1, low_y);
    if smallest > error {
        return Side::Right;
    }
    let (largest, error) = at(b.x0, high_y);
    if largest < -error { Side::Elsewhere } else { Side::MayTouch }
}
