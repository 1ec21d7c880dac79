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

use std::sync::{Mutex, PoisonError};

use geo::Coord;

use super::{
    border::Group,
    lattice::{DEPTH, Lattice, morton},
    outlines::{Outlines, Part, Run, STRETCH, len32},
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
    /// Where its runs are in the square's list, and how many; not used when it is whole.
    first: u32,
    runs: u32,
    /// How many edges it has.
    edges: u32,
    /// Whether a ray from the square's lower side crosses an odd number of edges that are not in the list.
    odd: bool,
    /// The polygon lies within the square, and its runs are not listed.
    whole: bool,
}

#[derive(Debug, Default)]
struct Square {
    items: Vec<Item>,
    runs: Vec<Run>,
    set: u32,
    /// How many edges there are.
    weight: usize,
    /// How often in a row dividing did not help.
    idle: u8,
}

impl Square {
    fn weigh(&mut self) {
        self.weight = self.items.iter().map(|item| item.edges as usize).sum();
    }

    fn runs_of(&self, item: &Item) -> &[Run] {
        &self.runs[item.first as usize..(item.first + item.runs) as usize]
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
        runs: 0,
        edges: outlines.edge_count(p),
        odd: false,
        whole: true,
    });
    let mut square = Square { items: items.collect(), runs: Vec::new(), set: super::sets::EMPTY, weight: 0, idle: 0 };
    square.weigh();
    let cutter = Cutter { outlines, lattice, sets, benches: Mutex::default() };
    Leaves::together(&cutter.shared(Spot { depth: 0, x: 0, y: 0 }, square))
}

struct Cutter<'a> {
    outlines: &'a Outlines,
    lattice: &'a Lattice,
    sets: &'a Sets,
    /// Benches of workers that are not at work just now.
    benches: Mutex<Vec<Bench>>,
}

/// What one worker keeps while it divides.
#[derive(Default)]
struct Bench {
    leaves: Leaves,
    grown: Grown,
    spare: Vec<Square>,
    /// The owners that have the whole of each quarter.
    gained: [Vec<u32>; 4],
    runs: Vec<Run>,
    steps: Vec<u32>,
    group: Group,
}

impl Cutter<'_> {
    /// Divides a large square by several threads. The order of the result is that of the curve.
    fn shared(&self, spot: Spot, square: Square) -> Vec<Leaves> {
        let mut bench = self.benches.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let put_back = |bench| self.benches.lock().unwrap_or_else(PoisonError::into_inner).push(bench);
        if square.weight <= SHARED_EDGES || !square.is_divisible(spot) {
            self.alone(spot, square, &mut bench);
            let leaves = std::mem::take(&mut bench.leaves);
            put_back(bench);
            return vec![leaves];
        }
        let [a, b, c, d] = self.divide(spot, &square, &mut bench);
        bench.spare.push(square);
        put_back(bench);
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
            quarter.runs.clear();
            quarter.set = square.set;
            quarter
        });
        let mut gained = std::mem::take(&mut bench.gained);
        for item in &square.items {
            let part = &self.outlines.parts[item.part as usize];
            if item.whole {
                if let Some(number) = quarter_of(part.lower, part.upper, middle) {
                    quarters[number].items.push(*item);
                } else {
                    bench.runs.clear();
                    bench.runs.extend(self.outlines.runs(item.part));
                    self.divide_item(item, &bench.runs, bounds, middle, &mut quarters, &mut gained);
                }
            } else {
                self.divide_item(item, square.runs_of(item), bounds, middle, &mut quarters, &mut gained);
            }
        }
        for (quarter, gained) in quarters.iter_mut().zip(&mut gained) {
            gained.sort_unstable();
            gained.dedup();
            quarter.set = self.sets.with_all(quarter.set, gained.iter().copied(), &mut bench.grown);
            if !gained.is_empty() {
                // Who has the whole square gains nothing by a border in it.
                let parts = &self.outlines.parts;
                quarter.items.retain(|item| gained.binary_search(&parts[item.part as usize].owner).is_err());
                gained.clear();
            }
            quarter.weigh();
        }
        bench.gained = gained;
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
        runs: &[Run],
        bounds: Bounds,
        middle: Coord,
        quarters: &mut [Square; 4],
        gained: &mut [Vec<u32>; 4],
    ) {
        let outlines = self.outlines;
        let mut shares = [0, 1, 2, 3].map(|number: usize| Share::nothing_after(len32(&quarters[number].runs)));
        let insides = [0, 1, 2, 3].map(|number| Inside::of_quarter(number, bounds, middle));
        let mut odd = [item.odd; 4];
        // Whether a ray changes there that starts at the upper quarters' lower side.
        let is_step = |v: Coord| (v.x > bounds.x1) & (v.y > bounds.y0) & (v.y <= middle.y);
        let mut steps = false;
        for run in runs {
            let (mut edge, end) = (run.first, run.first + run.edges);
            steps ^= is_step(outlines.vertex(edge)) ^ is_step(outlines.vertex(end));
            while edge < end {
                // Most edges lie within the quarter of the one before, and into those the ray from no quarter's lower side can run.
                let number = quarter_at(outlines.vertex(edge), middle);
                let first = edge;
                edge = self.way_out(&insides[number], edge, end);
                if edge > first {
                    give(quarters, &mut shares, number, first, edge);
                }
                if edge == end {
                    break;
                }
                let (a, b) = (outlines.vertex(edge), outlines.vertex(edge + 1));
                edge += 1;
                let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
                let (left, right) = if a.x <= b.x { (a.x, b.x) } else { (b.x, a.x) };
                for (number, odd) in odd.iter_mut().enumerate() {
                    let (x0, x1) = if number & 1 == 0 { (bounds.x0, middle.x) } else { (middle.x, bounds.x1) };
                    let (y0, y1) = if number & 2 == 0 { (bounds.y0, middle.y) } else { (middle.y, bounds.y1) };
                    match side(low, high, [left, right], Bounds { x0, x1, y0, y1 }) {
                        Side::MayTouch => give(quarters, &mut shares, number, edge - 1, edge),
                        Side::Right => *odd ^= low.y <= y0 && y0 < high.y,
                        Side::Elsewhere => {}
                    }
                }
            }
        }
        for (number, (quarter, share)) in quarters.iter_mut().zip(shares).enumerate() {
            let odd = odd[number] ^ (number & 2 == 2 && steps);
            if share.edges > 0 {
                let runs = len32(&quarter.runs) - share.first;
                let Share { first, edges } = share;
                quarter.items.push(Item { part: item.part, first, runs, edges, odd, whole: false });
            } else if odd {
                gained[number].push(self.outlines.parts[item.part as usize].owner);
            }
        }
    }

    /// The edge, from one on and before an end, with which the outline leaves a quarter; it may be the first, or the end.
    #[inline]
    fn way_out(&self, quarter: &Inside, mut edge: u32, end: u32) -> u32 {
        if !quarter.holds(self.outlines.vertex(edge)) {
            return edge;
        }
        while edge < end {
            // Most stretches of large polygons lie within one quarter.
            if let Some(corners) = self.outlines.stretch(edge, end)
                && corners.into_iter().all(|corner| quarter.holds(corner))
            {
                edge += STRETCH as u32;
            } else if quarter.holds(self.outlines.vertex(edge + 1)) {
                edge += 1;
            } else {
                break;
            }
        }
        edge
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
                group.add((owner, item.odd), self.outlines.runs(item.part), steps, reach, &mut leaves.code);
                continue;
            }
            let runs = square.runs_of(item);
            for run in runs {
                // Between two edges of a run is one vertex, and two steps there are none.
                let ends = [run.first, run.first + run.edges];
                steps.extend(ends.into_iter().filter(|&vertex| beyond(self.outlines.vertex(vertex))));
            }
            if steps.len() > 1 {
                steps.sort_unstable_by(|a, b| height(a).total_cmp(&height(b)));
                cancel_pairs(steps, height);
            }
            group.add((owner, item.odd), runs.iter().copied(), steps, reach, &mut leaves.code);
        }
        group.write(&mut leaves.code);
    }
}

/// What a quarter gets of an item.
#[derive(Debug, Clone, Copy)]
struct Share {
    /// Where its runs start.
    first: u32,
    edges: u32,
}

impl Share {
    const fn nothing_after(first: u32) -> Self {
        Self { first, edges: 0 }
    }
}

/// Gives a quarter the edges from one to before another.
#[inline]
fn give(quarters: &mut [Square; 4], shares: &mut [Share; 4], number: usize, first: u32, end: u32) {
    let (runs, share, edges) = (&mut quarters[number].runs, &mut shares[number], end - first);
    match runs.last_mut() {
        // Between two rings is a vertex at which no edge begins.
        Some(last) if last.first + last.edges == first => last.edges += edges,
        _ => runs.push(Run { first, edges }),
    }
    share.edges += edges;
}

/// Where edges touch no quarter but one, nor the lower side of the square that is divided; it reaches beyond the square.
#[derive(Debug, Clone, Copy)]
struct Inside {
    low: Coord,
    high: Coord,
}

impl Inside {
    fn of_quarter(number: usize, bounds: Bounds, middle: Coord) -> Self {
        let (low_x, high_x) = if number & 1 == 0 { (f64::NEG_INFINITY, middle.x) } else { (middle.x, f64::INFINITY) };
        let (low_y, high_y) = if number & 2 == 0 { (bounds.y0, middle.y) } else { (middle.y, f64::INFINITY) };
        Self { low: Coord { x: low_x, y: low_y }, high: Coord { x: high_x, y: high_y } }
    }

    #[inline]
    fn holds(&self, v: Coord) -> bool {
        (self.low.x < v.x) & (v.x < self.high.x) & (self.low.y < v.y) & (v.y < self.high.y)
    }
}

/// The quarter that a point lies in, or next to.
#[inline]
fn quarter_at(v: Coord, middle: Coord) -> usize {
    usize::from(v.x > middle.x) | usize::from(v.y > middle.y) << 1
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
