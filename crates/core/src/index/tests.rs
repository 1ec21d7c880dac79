//! The index against looking at every polygon in turn, on polygons made to break it.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use geo::{Coord, MultiPolygon, Polygon, polygon};
use proptest::prelude::*;

use super::{CoverageIndex, Desk, Owner};
use crate::{
    polygon::{Position, PreparedPolygon},
    service::{Link, Reach, ServiceId},
};

fn link(number: u32) -> Link {
    Link { service: ServiceId(number), reach: Reach::Passed }
}

fn index(polygons: &[MultiPolygon]) -> CoverageIndex {
    let owned: Vec<_> = (0..).zip(polygons).map(|(number, p)| (Owner::Link(link(number)), p)).collect();
    CoverageIndex::of(&owned, Vec::new())
}

/// Every edge of every polygon, looked at for every point.
struct BruteForce(Vec<Vec<PreparedPolygon>>);

impl BruteForce {
    fn new(polygons: &[MultiPolygon]) -> Self {
        Self(polygons.iter().map(|p| p.iter().map(PreparedPolygon::new).collect()).collect())
    }

    fn links_at(&self, point: Coord) -> Vec<Link> {
        let holds = |parts: &[PreparedPolygon]| parts.iter().any(|part| part.position(point) != Position::Outside);
        (0..).zip(&self.0).filter(|(_, parts)| holds(parts)).map(|(number, _)| link(number)).collect()
    }
}

fn agree(polygons: &[MultiPolygon], points: &[Coord]) -> Result<(), TestCaseError> {
    let (index, brute_force) = (index(polygons), BruteForce::new(polygons));
    let (easting, northing): (Vec<f64>, Vec<f64>) = points.iter().map(|p| (p.x, p.y)).unzip();
    let found = index.locate(&easting, &northing, &mut Desk::default());
    for (&point, set) in points.iter().zip(found) {
        prop_assert_eq!(&index.held(set).links[..], &brute_force.links_at(point)[..], "{:?}", point);
    }
    Ok(())
}

/// Points that are hard to decide: every vertex, the middle of every edge, and one rounding step beside them.
fn hard_points(polygons: &[MultiPolygon]) -> Vec<Coord> {
    let rings = polygons.iter().flatten().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    let on: Vec<Coord> = rings.flat_map(|ring| ring.lines().flat_map(|l| [l.start, (l.start + l.end) / 2.0])).collect();
    let beside = |c: f64| [c.next_down(), c, c.next_up()];
    on.into_iter()
        .flat_map(|p| beside(p.x).into_iter().flat_map(move |x| beside(p.y).map(|y| Coord { x, y })))
        .collect()
}

/// A star with many corners, perhaps with a star-shaped hole; on a coarse grid, so that edges are level, upright,
/// shared and on the borders of squares.
fn star(reach: i32) -> impl Strategy<Value = Polygon> {
    (prop::collection::vec((1..reach, 0u32..512), 3..60), -40i32..40, -40i32..40, any::<bool>(), any::<bool>())
        .prop_map(|(mut corners, x, y, hole, turn)| {
            corners.sort_by_key(|&(_, angle)| angle);
            let ring = |scale: f64| {
                let corner = |&(r, angle): &(i32, u32)| {
                    let angle = f64::from(angle) * std::f64::consts::TAU / 512.0;
                    Coord {
                        x: f64::from(x) + (f64::from(r) * scale * angle.cos()).round(),
                        y: f64::from(y) + (f64::from(r) * scale * angle.sin()).round(),
                    }
                };
                corners.iter().map(corner).collect::<Vec<_>>()
            };
            let mut inner = ring(0.4);
            if turn {
                inner.reverse();
            }
            Polygon::new(ring(1.0).into(), if hole { vec![inner.into()] } else { Vec::new() })
        })
}

fn polygons() -> impl Strategy<Value = Vec<MultiPolygon>> {
    let parts = prop::collection::vec(prop_oneof![star(8), star(60), star(2000)], 1..4);
    prop::collection::vec(parts.prop_map(MultiPolygon::new), 1..10)
}

fn scaled(polygons: Vec<MultiPolygon>, scale: f64, shift: f64) -> Vec<MultiPolygon> {
    use geo::MapCoords;
    let map = |c: Coord| Coord { x: c.x * scale + shift, y: c.y * scale + shift };
    polygons.into_iter().map(|p| p.map_coords(map)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn the_index_answers_as_brute_force_does(
        polygons in polygons(), points in prop::collection::vec((-400i32..400, -400i32..400), 200),
    ) {
        let points: Vec<Coord> = points.iter().map(|&(x, y)| Coord { x: f64::from(x) / 4.0, y: f64::from(y) / 4.0 }).collect();
        agree(&polygons, &points)?;
    }

    #[test]
    fn vertices_edges_and_points_a_rounding_step_beside_them_are_decided_alike(polygons in polygons()) {
        agree(&polygons, &hard_points(&polygons))?;
    }

    /// Degrees and metres, near and far from zero.
    #[test]
    fn the_unit_does_not_matter(
        polygons in polygons(), scale in prop_oneof![Just(1e-7), Just(0.1), Just(977.3)],
        shift in prop_oneof![Just(0.0), Just(14.3), Just(6_400_000.1)],
    ) {
        let polygons = scaled(polygons, scale, shift);
        agree(&polygons, &hard_points(&polygons))?;
    }
}

fn square(x: f64, y: f64, side: f64) -> Polygon {
    geo::Rect::new((x, y), (x + side, y + side)).to_polygon()
}

#[test]
fn a_country_beside_a_parcel_of_twenty_metres() {
    let polygons = [square(0.0, 0.0, 1_500_000.0), square(700_000.25, 300_000.75, 20.0)].map(|p| MultiPolygon(vec![p]));
    agree(&polygons, &hard_points(&polygons)).unwrap();
    assert!(index(&polygons).size().squares < 2_000, "{:?}", index(&polygons).size());
}

#[test]
fn many_parcels_in_one_place_do_not_blow_the_index_up() {
    let stacked: Vec<MultiPolygon> = (0..5_000).map(|_| MultiPolygon(vec![square(3.0, 5.0, 20.0)])).collect();
    let town: Vec<MultiPolygon> = (0..100_000)
        .map(|i| MultiPolygon(vec![square(f64::from(i % 300) * 21.0, f64::from(i / 300) * 21.0, 20.0)]))
        .collect();
    let edges = (stacked.len() + town.len()) * 4;
    let polygons = [stacked, town].concat();
    let index = index(&polygons);
    assert!(index.leaves.code.len() < 40 * edges, "{} words for {edges} edges", index.leaves.code.len());
    for (point, expected) in [((13.0, 15.0), 5_001), ((3.0, 5.0), 5_001), ((2.5, 15.0), 1), ((20.5, 15.0), 5_000)] {
        assert_eq!(index.held_at(point.into()).links.len(), expected, "{point:?}");
    }
}

#[test]
fn nothing_and_places_without_a_number_are_held_by_nothing() {
    let empty = index(&[]);
    assert!(empty.held_at(Coord { x: 1.0, y: 1.0 }).links.is_empty());
    let some = index(&[MultiPolygon(vec![square(0.0, 0.0, 1.0)]), MultiPolygon(vec![])]);
    for (x, y) in [(f64::NAN, 0.5), (0.5, f64::NAN), (f64::INFINITY, 0.5), (1e300, 0.5), (-1e-300, 0.5)] {
        assert!(some.held_at(Coord { x, y }).links.is_empty(), "{x} {y}");
    }
    assert_eq!(some.held_at(Coord { x: 1.0, y: 1.0 }).links.len(), 1);
}

#[test]
fn scattered_points_are_answered_in_their_own_order() {
    let polygons: Vec<MultiPolygon> =
        (0..400).map(|i| MultiPolygon(vec![square(f64::from(i % 20) * 10.0, f64::from(i / 20) * 10.0, 9.0)])).collect();
    let points: Vec<Coord> = (0..20_000u32)
        .map(|i| Coord { x: f64::from(i * 7919 % 2_003) / 10.0, y: f64::from(i * 104_729 % 2_011) / 10.0 })
        .collect();
    agree(&polygons, &points).unwrap();
}

#[test]
fn a_flat_part_is_a_border_and_a_hole_may_lie_anywhere() {
    let flat = polygon![(x: -2.0, y: 31.0), (x: -1.0, y: 31.0), (x: -1.0, y: 31.0)];
    let stray_hole = polygon!(
        exterior: [(x: 81.0, y: -762.0), (x: 81.0, y: -125.0), (x: 92.0, y: -90.0), (x: 81.0, y: -59.0)],
        interiors: [[(x: 54.0, y: -327.0), (x: 54.0, y: -72.0), (x: 58.0, y: -58.0), (x: 54.0, y: -46.0)]],
    );
    let long = polygon![(x: 1.0, y: 0.0), (x: -1968.0, y: 169.0), (x: 2.0, y: 0.0)];
    let polygons = [vec![flat], vec![stray_hole], vec![long]].map(MultiPolygon);
    agree(&polygons, &hard_points(&polygons)).unwrap();
}
