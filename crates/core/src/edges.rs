//! Edges: which footprints a place would leave or come into if their borders were a little off.

use std::{cmp::Ordering, collections::BTreeMap};

use geo::{BoundingRect, Coord};
use rustc_hash::FxHashMap;

use crate::{
    distance::apart_from_edge,
    doubt::Shift,
    footprint::Footprint,
    polygon::{Position, PreparedPolygon},
    quantity::Metres,
    service::Link,
};

/// The edges of all polygons of footprints, by the squares of a lattice that they run through.
///
/// Squares have a side of at least twice the distance, so that at most four (nine, when rounding has it so) hold all edges that are
/// near a point. They are only for finding edges: what is near is decided exactly.
#[derive(Debug)]
pub struct Edges {
    distance: Metres,
    /// The distance, not rounded down, and what rounding the places of edges in squares may take.
    reach: f64,
    side: f64,
    /// By square: where in the list its edges stand.
    squares: FxHashMap<(i32, i32), (u32, u32)>,
    members: Vec<u32>,
    /// Each with the number of its polygon.
    edges: Vec<([Coord; 2], u32)>,
    polygons: Vec<OnePolygon>,
    /// The polygons of each service in each way of reaching.
    of_links: BTreeMap<Link, Vec<u32>>,
}

#[derive(Debug)]
struct OnePolygon {
    link: Link,
    prepared: PreparedPolygon,
    low: Coord,
    high: Coord,
}

/// No square is smaller than this, so that long edges do not run through very many.
const LEAST_SIDE: f64 = 50.0;

/// More than rounding can move the place where an edge crosses the side of a square.
const ROUNDING: f64 = 1e-3;

impl Edges {
    /// Puts the edges of footprints in order, to be asked what lies at most so far from them.
    #[must_use]
    pub fn new(footprints: &[Footprint], distance: Metres) -> Self {
        let reach = distance.metres().next_up() + ROUNDING;
        let side = (2.0 * reach).max(LEAST_SIDE);
        let (mut polygons, mut edges) = (Vec::new(), Vec::new());
        let mut of_links: BTreeMap<Link, Vec<u32>> = BTreeMap::new();
        for footprint in footprints {
            for polygon in &footprint.geometry {
                let Some(bounds) = polygon.bounding_rect() else { continue };
                let number = count(polygons.len());
                let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
                let of_polygon = rings.flat_map(|ring| ring.lines().map(|line| [line.start, line.end]));
                edges.extend(of_polygon.filter(|[a, b]| a != b).map(|edge| (edge, number)));
                of_links.entry(footprint.link).or_default().push(number);
                let prepared = PreparedPolygon::new(polygon);
                polygons.push(OnePolygon { link: footprint.link, prepared, low: bounds.min(), high: bounds.max() });
            }
        }
        let mut runs: Vec<((i32, i32), u32)> = Vec::new();
        for (edge, (ends, _)) in (0u32..).zip(&edges) {
            each_square(*ends, side, &mut |square| runs.push((square, edge)));
        }
        runs.sort_unstable();
        let mut squares = FxHashMap::default();
        let mut members = Vec::with_capacity(runs.len());
        for run in runs.chunk_by(|a, b| a.0 == b.0) {
            let first = count(members.len());
            members.extend(run.iter().map(|&(_, edge)| edge));
            squares.insert(run[0].0, (first, count(members.len())));
        }
        Self { distance, reach, side, squares, members, edges, polygons, of_links }
    }

    /// How far borders may be off.
    #[must_use]
    pub const fn distance(&self) -> Metres {
        self.distance
    }

    /// The lowest and the highest coordinates of any footprint; `None` when there is none.
    #[must_use]
    pub fn bounds(&self) -> Option<(Coord, Coord)> {
        self.polygons.iter().map(|polygon| (polygon.low, polygon.high)).reduce(|(low, high), (l, h)| {
            (Coord { x: low.x.min(l.x), y: low.y.min(l.y) }, Coord { x: high.x.max(h.x), y: high.y.max(h.y) })
        })
    }

    /// What a place would lose if every polygon were shrunk by the distance, and gain if every one were grown by it. `links` is
    /// asked what reaches it as it is, `offered` is what does so whatever polygons say.
    pub fn shift(&self, at: Coord, offered: &[Link], links: impl FnOnce() -> Vec<Link>) -> Shift {
        // Polygons with an edge near the place, and whether any is nearer than the distance.
        let mut near: Vec<(u32, Ordering)> = Vec::new();
        let numbers = |v: f64| number(v - self.reach, self.side)..=number(v + self.reach, self.side);
        for x in numbers(at.x) {
            for y in numbers(at.y) {
                let Some(&(first, past)) = self.squares.get(&(x, y)) else { continue };
                for &edge in &self.members[first as usize..past as usize] {
                    let (ends, polygon) = self.edges[edge as usize];
                    match apart_from_edge(at, ends, self.distance) {
                        Ordering::Greater => {}
                        order => near.push((polygon, order)),
                    }
                }
            }
        }
        if near.is_empty() {
            return Shift::default();
        }
        near.sort_unstable();
        near.dedup_by_key(|(polygon, _)| *polygon);
        let (mut left, mut shift) = (Vec::new(), Shift::default());
        for &(polygon, order) in &near {
            let OnePolygon { link, prepared, .. } = &self.polygons[polygon as usize];
            let inside = prepared.position(at) != Position::Outside;
            if !inside {
                shift.gained.push(*link);
            } else if order == Ordering::Less {
                left.push(polygon);
            }
        }
        for &polygon in &left {
            let link = self.polygons[polygon as usize].link;
            if !offered.contains(&link) && !self.holds(link, at, &left) {
                shift.lost.push(link);
            }
        }
        if !shift.gained.is_empty() {
            let links = links();
            shift.gained.retain(|link| !links.contains(link));
        }
        for list in [&mut shift.lost, &mut shift.gained] {
            list.sort_unstable();
            list.dedup();
        }
        shift
    }

    /// Whether a polygon of a link holds a point, other than these.
    fn holds(&self, link: Link, at: Coord, but: &[u32]) -> bool {
        let of_link = self.of_links.get(&link).into_iter().flatten().filter(|polygon| !but.contains(polygon));
        of_link.map(|&polygon| &self.polygons[polygon as usize]).any(|polygon| {
            let (low, high) = (polygon.low, polygon.high);
            (low.x..=high.x).contains(&at.x)
                && (low.y..=high.y).contains(&at.y)
                && polygon.prepared.position(at) != Position::Outside
        })
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The number of the square, along one axis, that a coordinate lies in.
#[expect(clippy::cast_possible_truncation, reason = "what is beyond the last square is in it, which keeps the order")]
fn number(coordinate: f64, side: f64) -> i32 {
    (coordinate / side).floor() as i32
}

/// Every square that an edge runs through, and perhaps some beside it.
fn each_square([a, b]: [Coord; 2], side: f64, take: &mut dyn FnMut((i32, i32))) {
    let (left, right) = if a.x <= b.x { (a, b) } else { (b, a) };
    let slope = (right.y - left.y) / (right.x - left.x);
    let y = |x: f64| if slope.is_finite() { left.y + (x - left.x) * slope } else { left.y };
    let (low, high) = (left.y.min(right.y), left.y.max(right.y));
    for column in number(left.x - ROUNDING, side)..=number(right.x + ROUNDING, side) {
        let (from, to) = (f64::from(column) * side - ROUNDING, f64::from(column + 1) * side + ROUNDING);
        let (from, to) = if slope.is_finite() {
            let (one, other) = (y(from.max(left.x).min(right.x)), y(to.min(right.x).max(left.x)));
            (one.min(other).max(low), one.max(other).min(high))
        } else {
            (low, high)
        };
        for row in number(from - ROUNDING, side)..=number(to + ROUNDING, side) {
            take((column, row));
        }
    }
}

#[cfg(test)]
mod tests {
    use geo::{MultiPolygon, polygon};

    use super::*;
    use crate::{
        diagnostic::SourceRow,
        service::{Reach, ServiceId},
    };

    fn link(service: u32) -> Link {
        Link { service: ServiceId(service), reach: Reach::Passed }
    }

    /// A square with a hole of service 0; service 1 beside it in two halves that share a border, and a third over it.
    fn edges(metres: &str) -> Edges {
        let with_hole = polygon!(
            exterior: [(x: 0., y: 0.), (x: 100., y: 0.), (x: 100., y: 100.), (x: 0., y: 100.)],
            interiors: [[(x: 40., y: 40.), (x: 60., y: 40.), (x: 60., y: 60.), (x: 40., y: 60.)]],
        );
        let square = |x: f64, y: f64, width: f64| polygon![(x: x, y: y), (x: x + width, y: y), (x: x + width, y: y + 100.), (x: x, y: y + 100.)];
        let footprint = |service, polygon| Footprint {
            geometry: MultiPolygon(vec![polygon]),
            link: link(service),
            name: None,
            origin: SourceRow { source: 0, row: 1 },
        };
        let all = [
            footprint(0, with_hole),
            footprint(1, square(200., 0., 100.)),
            footprint(1, square(300., 0., 100.)),
            footprint(1, square(250., 50., 100.)),
        ];
        let metres = metres.parse().unwrap_or_else(|_| unreachable!("{metres} is a distance"));
        Edges::new(&all, metres)
    }

    fn shift(x: f64, y: f64, links: &[Link]) -> (Vec<Link>, Vec<Link>) {
        let Shift { lost, gained, .. } = edges("10 m").shift(Coord { x, y }, &[], || links.to_vec());
        (lost, gained)
    }

    #[test]
    fn a_place_leaves_a_footprint_that_shrinks_past_it() {
        let own = [link(0)];
        assert_eq!(shift(20., 20., &own), (vec![], vec![]), "deep inside");
        assert_eq!(shift(10., 50., &own), (vec![], vec![]), "exactly as far as the distance");
        assert_eq!(shift(9.5, 50., &own), (own.to_vec(), vec![]));
        assert_eq!(shift(35., 50., &own), (own.to_vec(), vec![]), "the hole grows");
        assert_eq!(shift(0., 0., &own), (own.to_vec(), vec![]), "on a corner");
    }

    #[test]
    fn a_place_comes_into_a_footprint_that_grows_over_it() {
        let own = vec![link(0)];
        assert_eq!(shift(-10., 50., &[]), (vec![], own.clone()), "exactly as far as the distance");
        assert_eq!(shift(-10.5, 50., &[]), (vec![], vec![]));
        assert_eq!(shift(-6., -8., &[]), (vec![], own.clone()), "from a corner");
        assert_eq!(shift(-7., -8., &[]), (vec![], vec![]));
        assert_eq!(shift(45., 50., &[]), (vec![], own), "the hole shrinks");
        assert_eq!(shift(150., 50., &[]), (vec![], vec![]));
    }

    #[test]
    fn another_polygon_of_the_service_and_an_offer_hold_on() {
        let own = [link(1)];
        assert_eq!(shift(300., 20., &own), (own.to_vec(), vec![]), "on the border of both halves");
        assert_eq!(shift(300., 80., &own), (vec![], vec![]), "the third polygon holds it, well inside");
        let at = Coord { x: 9.5, y: 50. };
        assert!(edges("10 m").shift(at, &[link(0)], Vec::new).lost.is_empty(), "it is on an offer list too");
    }

    #[test]
    fn every_edge_is_found_whatever_its_slope_and_length() {
        // Against looking at all edges, on a lattice of points around a long slanting polygon.
        let long = polygon![(x: -310., y: -120.), (x: 505., y: 333.), (x: 480., y: 390.), (x: -330., y: -100.)];
        let footprint = Footprint {
            geometry: MultiPolygon(vec![long.clone()]),
            link: link(0),
            name: None,
            origin: SourceRow { source: 0, row: 1 },
        };
        let metres: Metres = "12.5 m".parse().unwrap_or_else(|_| unreachable!());
        let edges = Edges::new(&[footprint], metres);
        let prepared = PreparedPolygon::new(&long);
        let mut near = 0;
        for x in (-400..600).step_by(7) {
            for y in (-200..450).step_by(7) {
                let at = Coord { x: f64::from(x), y: f64::from(y) };
                let inside = prepared.position(at) != Position::Outside;
                let order = long.exterior().lines().map(|l| apart_from_edge(at, [l.start, l.end], metres)).min();
                let order = order.unwrap_or(Ordering::Greater);
                let lost = if inside && order == Ordering::Less { vec![link(0)] } else { Vec::new() };
                let gained = if !inside && order != Ordering::Greater { vec![link(0)] } else { Vec::new() };
                near += lost.len() + gained.len();
                assert_eq!(edges.shift(at, &[], Vec::new), Shift { lost, gained, instead: Vec::new() }, "{x} {y}");
            }
        }
        assert!(near > 100, "the lattice meets the border");
    }
}
