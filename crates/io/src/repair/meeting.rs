//! Where the edges of polygons meet that should not.
//!
//! All edges go into one R-tree that is joined with itself, so that a border of n edges takes about n log n steps
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
    /// Where an edge of one polygon crosses an edge of another.
    pub(super) between: Option<Coord>,
}

impl Meetings {
    /// Looks at every pair of edges that could meet.
    ///
    /// Rings are closed, finite, of at least 3 different points, and without repeated vertices.
    pub(super) fn of(polygons: &[Polygon]) -> Self {
        let edges = edges(polygons);
        let mut meetings = Self { within: vec![None; polygons.len()], between: None };
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
                });
            }
            if edges.len() > first {
                let first_number = edges[first].number;
                if let Some(last) = edges.last_mut() {
                    last.next = first_number;
                }
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
