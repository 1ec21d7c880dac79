//! Where the edges of polygons meet that should not.
//!
//! Edges are sorted into strips, and in each from west to east, so that a border of n edges takes about n log n steps
//! (geo's own check compares every edge with every other). The predicates are exact.

use geo::{Coord, Polygon};
use rstar::{AABB, RTree, RTreeObject};

/// How two edges meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// In one point, where at least one of them ends.
    Touch,
    /// Along a stretch.
    Along,
    /// They cross.
    Crossing,
}

/// Two edges that meet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Meeting {
    pub(super) kind: Kind,
    /// The rings of the two edges: 0 is the shell, then the holes.
    pub(super) rings: [u32; 2],
    pub(super) at: Coord,
    edges: [u32; 2],
}

impl Meeting {
    pub(super) fn is_within_one_ring(&self) -> bool {
        self.rings[0] == self.rings[1]
    }

    /// Two rings may touch in single points; everything else breaks the rules.
    fn is_allowed(&self) -> bool {
        self.kind == Kind::Touch && !self.is_within_one_ring()
    }

    /// What breaks the rules is named first, then what is more than a touch, then what comes first on the border.
    fn comes_before(&self, other: &Self) -> bool {
        let rank = |meeting: &Self| (meeting.is_allowed(), meeting.kind == Kind::Touch, meeting.edges);
        rank(self) < rank(other)
    }
}

/// What meets in some polygons.
#[derive(Debug)]
pub(super) struct Meetings {
    /// By polygon, the meeting to name: the first that breaks the rules, else the first at all.
    pub(super) within: Vec<Option<Meeting>>,
    /// By polygon, whether a ring goes from one side of another to its other side where the two touch.
    pub(super) through: Vec<bool>,
    /// Where an edge of one polygon crosses an edge of another.
    pub(super) between: Option<Coord>,
}

impl Meetings {
    /// Looks at every pair of edges that could meet.
    ///
    /// Rings are closed, finite, of at least 3 different points, and without repeated vertices.
    pub(super) fn of(polygons: &[Polygon]) -> Self {
        let edges = edges(polygons);
        let mut meetings =
            Self { within: vec![None; polygons.len()], through: vec![false; polygons.len()], between: None };
        let mut between: Option<([u32; 2], Coord)> = None;
        each_candidate(&edges, |first, second| {
            if first.polygon != second.polygon {
                let numbers = [first.number, second.number];
                if between.is_none_or(|(known, _)| numbers < known)
                    && let Some((Kind::Crossing, at)) = meet(first, second)
                {
                    between = Some((numbers, at));
                }
                return;
            }
            let found = if first.is_next_to(second) { turn_back(first, second) } else { meet(first, second) };
            if let Some((kind, at)) = found {
                let meeting =
                    Meeting { kind, rings: [first.ring, second.ring], at, edges: [first.number, second.number] };
                if meeting.is_allowed() {
                    meetings.through[first.polygon as usize] |= passes(&edges, first, second, at);
                }
                let known = &mut meetings.within[first.polygon as usize];
                if known.as_ref().is_none_or(|known| meeting.comes_before(known)) {
                    *known = Some(meeting);
                }
            }
        });
        meetings.between = between.map(|(_, at)| at);
        meetings
    }
}

#[derive(Debug, Clone, Copy)]
struct Edge {
    start: Coord,
    end: Coord,
    polygon: u32,
    ring: u32,
    number: u32,
    /// The number of the edge that begins where this one ends.
    next: u32,
    /// The number of the edge that ends where this one begins.
    previous: u32,
}

impl Edge {
    fn is_next_to(&self, other: &Self) -> bool {
        self.next == other.number || other.next == self.number
    }
}

fn edges(polygons: &[Polygon]) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    for (polygon, polygon_number) in polygons.iter().zip(0u32..) {
        for (ring, ring_number) in std::iter::once(polygon.exterior()).chain(polygon.interiors()).zip(0u32..) {
            let first = edges.len();
            for line in ring.lines() {
                let number = u32::try_from(edges.len()).unwrap_or(u32::MAX);
                edges.push(Edge {
                    start: line.start,
                    end: line.end,
                    polygon: polygon_number,
                    ring: ring_number,
                    number,
                    next: number.saturating_add(1),
                    previous: number.saturating_sub(1),
                });
            }
            if edges.len() > first {
                let (first_number, last) = (edges[first].number, edges.len() - 1);
                edges[first].previous = edges[last].number;
                edges[last].next = first_number;
            }
        }
    }
    edges
}

/// Calls `look` for every pair of edges whose boxes meet, once, the earlier edge first.
fn each_candidate(edges: &[Edge], mut look: impl FnMut(&Edge, &Edge)) {
    /// Up to so many edges, trying all pairs is faster than building a tree.
    const FEW: usize = 24;
    if edges.len() <= FEW {
        for (place, first) in edges.iter().enumerate() {
            for second in &edges[place + 1..] {
                look(first, second);
            }
        }
        return;
    }
    if Strips::of(edges).each_candidate(edges, &mut look) {
        return;
    }
    // Borders of very many long edges, some lying and some standing, would take too long in strips. Pairs that were
    // looked at already are looked at again, which changes nothing.
    let boxes = edges.iter().zip(0usize..).map(|(edge, place)| EdgeBox {
        envelope: AABB::from_corners([edge.start.x, edge.start.y], [edge.end.x, edge.end.y]),
        place,
    });
    let tree = RTree::bulk_load(boxes.collect());
    for (first, second) in tree.intersection_candidates_with_other_tree(&tree) {
        if first.place < second.place {
            look(&edges[first.place], &edges[second.place]);
        }
    }
}

/// Edges sorted into horizontal strips, and in each strip from west to east.
struct Strips {
    entries: Vec<Entry>,
    /// Where each strip's entries begin; and at the end, how many entries there are.
    starts: Vec<usize>,
}

/// An edge in one of the strips that it touches.
#[derive(Clone, Copy, Default)]
struct Entry {
    west: f64,
    east: f64,
    south: f64,
    north: f64,
    place: u32,
    /// The southernmost strip that the edge touches.
    first: u32,
}

impl Strips {
    fn of(edges: &[Edge]) -> Self {
        let entry = |edge: &Edge| Entry {
            west: edge.start.x.min(edge.end.x),
            east: edge.start.x.max(edge.end.x),
            south: edge.start.y.min(edge.end.y),
            north: edge.start.y.max(edge.end.y),
            place: edge.number,
            first: 0,
        };
        let bottom = edges.iter().map(|edge| edge.start.y).fold(f64::INFINITY, f64::min);
        let top = edges.iter().map(|edge| edge.start.y).fold(f64::NEG_INFINITY, f64::max);
        // Tall edges stand in many strips; fewer strips keep the entries linear in the edges.
        let mut count = (edges.len() / 8).clamp(1, 1 << 20);
        let span = |entry: &Entry, count: usize| {
            // The strip never falls as the position rises, so edges that meet have a strip in common.
            let strip = |y: f64| (((y - bottom) * (count as f64 / (top - bottom))) as usize).min(count - 1);
            strip(entry.south)..=strip(entry.north)
        };
        while count > 1 && edges.iter().map(|edge| span(&entry(edge), count).count()).sum::<usize>() > edges.len() * 3 {
            count /= 2;
        }
        let mut starts = vec![0; count + 1];
        for strip in edges.iter().flat_map(|edge| span(&entry(edge), count)) {
            starts[strip + 1] += 1;
        }
        for strip in 0..count {
            starts[strip + 1] += starts[strip];
        }
        let mut next = starts.clone();
        let mut entries = vec![Entry::default(); starts[count]];
        for edge in edges {
            let entry = entry(edge);
            let span = span(&entry, count);
            let first = u32::try_from(*span.start()).unwrap_or(u32::MAX);
            for strip in span {
                entries[next[strip]] = Entry { first, ..entry };
                next[strip] += 1;
            }
        }
        for strip in starts.windows(2) {
            entries[strip[0]..strip[1]].sort_unstable_by(|one, other| one.west.total_cmp(&other.west));
        }
        Self { entries, starts }
    }

    /// Looks at every pair whose boxes meet, once, the earlier edge first; `false` when that would take too long.
    fn each_candidate(&self, edges: &[Edge], look: &mut impl FnMut(&Edge, &Edge)) -> bool {
        let mut left = 200 * self.entries.len();
        for (strip, bounds) in (0u32..).zip(self.starts.windows(2)) {
            let entries = &self.entries[bounds[0]..bounds[1]];
            for (place, one) in entries.iter().enumerate() {
                let mut seen = 0;
                for other in entries[place + 1..].iter().take_while(|other| other.west <= one.east) {
                    seen += 1;
                    // Two edges may share several strips; the southernmost of those counts.
                    if one.south <= other.north && other.south <= one.north && one.first.max(other.first) == strip {
                        let (first, second) = (one.place.min(other.place), one.place.max(other.place));
                        look(&edges[first as usize], &edges[second as usize]);
                    }
                }
                match left.checked_sub(seen) {
                    Some(less) => left = less,
                    None => return false,
                }
            }
        }
        true
    }
}

struct EdgeBox {
    envelope: AABB<[f64; 2]>,
    place: usize,
}

impl RTreeObject for EdgeBox {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.envelope
    }
}

/// Where an edge runs back over the one before it: a spike.
fn turn_back(first: &Edge, second: &Edge) -> Option<(Kind, Coord)> {
    let (before, after) = if first.next == second.number { (first, second) } else { (second, first) };
    let corner = after.start;
    if side(before.start, corner, after.end) != 0.0 {
        return None;
    }
    // On one line: the outer ends are on the same side of the corner, or on either side of it.
    let (back, on) = (order(corner, before.start), order(corner, after.end));
    (back == on).then_some((Kind::Along, corner))
}

/// Whether one ring passes to the other side of the other at a point where they touch, and do not run along each other.
fn passes(edges: &[Edge], first: &Edge, second: &Edge, at: Coord) -> bool {
    // Where a ring comes from and goes to at the point, which may lie within an edge.
    let arms = |edge: &Edge| match (edge.start == at, edge.end == at) {
        (true, _) => (edges[edge.previous as usize].start, edge.end),
        (_, true) => (edge.start, edges[edge.next as usize].end),
        _ => (edge.start, edge.end),
    };
    let ((from, to), (one, other)) = (arms(first), arms(second));
    let left_of_way = |arm: Coord| {
        let left = |start, end| side(at, start, end) > 0.0;
        let turn = side(at, from, to);
        // From `from` counter-clockwise to `to`: less than half a turn, more, or just that.
        if turn > 0.0 {
            left(from, arm) && left(arm, to)
        } else if turn < 0.0 {
            !(left(to, arm) && left(arm, from))
        } else {
            left(from, arm)
        }
    };
    left_of_way(one) != left_of_way(other)
}

fn meet(first: &Edge, second: &Edge) -> Option<(Kind, Coord)> {
    let (a, b, c, d) = (first.start, first.end, second.start, second.end);
    if !boxes_meet(a, b, c, d) {
        return None;
    }
    let (of_c, of_d) = (side(a, b, c), side(a, b, d));
    if of_c == 0.0 && of_d == 0.0 {
        let (low, high) = (later(earlier(a, b), earlier(c, d)), earlier(later(a, b), later(c, d)));
        return match order(low, high) {
            std::cmp::Ordering::Less => Some((Kind::Along, low)),
            std::cmp::Ordering::Equal => Some((Kind::Touch, low)),
            std::cmp::Ordering::Greater => None,
        };
    }
    let (of_a, of_b) = (side(c, d, a), side(c, d, b));
    let apart = |one: f64, other: f64| (one > 0.0 && other < 0.0) || (one < 0.0 && other > 0.0);
    if apart(of_c, of_d) && apart(of_a, of_b) {
        // Only for the message: how far along the first edge.
        let along = of_a / (of_a - of_b);
        return Some((Kind::Crossing, Coord { x: a.x + along * (b.x - a.x), y: a.y + along * (b.y - a.y) }));
    }
    [(of_c, c, a, b), (of_d, d, a, b), (of_a, a, c, d), (of_b, b, c, d)]
        .into_iter()
        .find(|&(side, point, start, end)| side == 0.0 && boxes_meet(point, point, start, end))
        .map(|(_, point, ..)| (Kind::Touch, point))
}

fn boxes_meet(a: Coord, b: Coord, c: Coord, d: Coord) -> bool {
    a.x.min(b.x) <= c.x.max(d.x)
        && c.x.min(d.x) <= a.x.max(b.x)
        && a.y.min(b.y) <= c.y.max(d.y)
        && c.y.min(d.y) <= a.y.max(b.y)
}

/// Positive when the point is left of the way from start to end, zero when on that line, exactly.
fn side(start: Coord, end: Coord, point: Coord) -> f64 {
    let exact = |coord: Coord| robust::Coord { x: coord.x, y: coord.y };
    robust::orient2d(exact(start), exact(end), exact(point))
}

/// West before east, then south before north. Coordinates are finite here.
fn order(one: Coord, other: Coord) -> std::cmp::Ordering {
    // Zero is added so that −0 equals 0.
    (one.x + 0.0).total_cmp(&(other.x + 0.0)).then((one.y + 0.0).total_cmp(&(other.y + 0.0)))
}

fn earlier(one: Coord, other: Coord) -> Coord {
    if order(one, other).is_le() { one } else { other }
}

fn later(one: Coord, other: Coord) -> Coord {
    if order(one, other).is_ge() { one } else { other }
}

#[cfg(test)]
mod tests {
    use geo::{LineString, Polygon};
    use proptest::prelude::*;

    use super::{Strips, boxes_meet, edges};

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

        /// Every pair of edges is the oracle.
        #[test]
        fn strips_find_every_pair_whose_boxes_meet_once(
            corners in prop::collection::vec((0i32..60, 0i32..60), 3..120), flat in any::<bool>()
        ) {
            let ring = corners.iter().map(|&(x, y)| (f64::from(x) / 4.0, if flat { 0.0 } else { f64::from(y) * 100.0 }));
            let edges = edges(&[Polygon::new(LineString::from_iter(ring), vec![])]);
            let mut expected = Vec::new();
            for (place, first) in edges.iter().enumerate() {
                for second in &edges[place + 1..] {
                    if boxes_meet(first.start, first.end, second.start, second.end) {
                        expected.push((first.number, second.number));
                    }
                }
            }
            let mut found = Vec::new();
            let all = Strips::of(&edges).each_candidate(&edges, &mut |first, second| {
                found.push((first.number, second.number));
            });
            found.sort_unstable();
            prop_assert!(all);
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn lying_and_standing_combs_are_given_up_by_strips() {
        let mut corners = Vec::new();
        for i in 0..2000 {
            let (near, far) = if i % 2 == 0 { (0.0, 1e6) } else { (1e6, 0.0) };
            corners.extend([(near, f64::from(i)), (far, f64::from(i))]);
        }
        for i in 0..2000 {
            let (near, far) = if i % 2 == 0 { (-1e6, 1e6) } else { (1e6, -1e6) };
            corners.extend([(f64::from(-10 - i), near), (f64::from(-10 - i), far)]);
        }
        let edges = edges(&[Polygon::new(LineString::from(corners), vec![])]);
        assert!(!Strips::of(&edges).each_candidate(&edges, &mut |_, _| {}));
    }
}
