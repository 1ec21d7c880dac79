//! The index against looking at every polygon in turn, on polygons made to break it.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use geo::{Coord, MultiPolygon, Polygon, polygon};
use proptest::prelude::*;
use pulp::{Scalar, Scalar128b, Scalar256b, Scalar512b, Simd};

use std::sync::Arc;

use super::{Bytes, CoverageIndex, Desk, Held, LAYOUT, LayoutError, Meaning, Owner, SetId, view::Locate};
use crate::{
    polygon::{Position, PreparedPolygon},
    service::{Link, Reach, ServiceId},
    settlement::Settlement,
};

/// How many cases are tried: more for a long run, which `docs/contributing.md` describes.
fn cases(usual: u32) -> u32 {
    std::env::var("NITTIO_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

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
    for (&point, &set) in points.iter().zip(&found) {
        prop_assert_eq!(&index.held(set).links[..], &brute_force.links_at(point)[..], "{:?}", point);
    }
    // Registers of processors that are not this one: for one number, two, four and eight.
    prop_assert_eq!(&locate_by(Scalar, &index, [&easting, &northing]), &found);
    prop_assert_eq!(&locate_by(Scalar128b, &index, [&easting, &northing]), &found);
    prop_assert_eq!(&locate_by(Scalar256b, &index, [&easting, &northing]), &found);
    prop_assert_eq!(&locate_by(Scalar512b, &index, [&easting, &northing]), &found);
    Ok(())
}

fn locate_by(simd: impl Simd, index: &CoverageIndex, places: [&[f64]; 2]) -> Vec<SetId> {
    let (mut desk, mut found) = (Desk::default(), vec![SetId::NOTHING; places[0].len()]);
    simd.vectorize(Locate { view: &index.view(), places, desk: &mut desk, found: &mut found });
    found
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
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases(100)) })]

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
    assert!(index.view().code.len() < 40 * edges, "{} words for {edges} edges", index.view().code.len());
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
fn a_polygon_with_a_corner_that_is_no_number_is_left_out_and_no_other() {
    for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let bad = polygon![(x: 0.0, y: 0.0), (x: 9.0, y: 0.0), (x: wrong, y: 4.0), (x: 9.0, y: 9.0), (x: 0.0, y: 9.0)];
        let polygons = [vec![square(0.0, 0.0, 4.0), bad, square(6.0, 0.0, 1.0)], vec![square(0.0, 0.0, 2.0)]];
        let index = index(&polygons.map(MultiPolygon));
        for (x, y, holding) in [(1.0, 1.0, 2), (3.0, 3.0, 1), (5.0, 1.0, 0), (6.5, 0.5, 1), (1.0, 8.0, 0)] {
            assert_eq!(index.held_at(Coord { x, y }).links.len(), holding, "{wrong}: {x} {y}");
        }
    }
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

/// Bytes that begin at a multiple of eight in memory, as a mapped file does.
struct Aligned {
    words: Vec<u64>,
    length: usize,
}

impl AsRef<[u8]> for Aligned {
    fn as_ref(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[..self.length]
    }
}

fn aligned(bytes: &[u8]) -> Bytes {
    let mut words = vec![0u64; bytes.len().div_ceil(8)];
    bytemuck::cast_slice_mut(&mut words)[..bytes.len()].copy_from_slice(bytes);
    Arc::new(Aligned { words, length: bytes.len() })
}

fn written(index: &CoverageIndex) -> Vec<u8> {
    let mut bytes = Vec::new();
    index.write(&mut bytes).unwrap();
    bytes
}

/// What the numbers of links mean when they mean themselves.
const SERVICES: usize = 8;

fn open(bytes: &[u8], services: &[ServiceId], areas: &[usize]) -> Result<CoverageIndex, LayoutError> {
    CoverageIndex::open(&aligned(bytes), 0..bytes.len(), Meaning { areas, services })
}

fn same_numbers(count: usize) -> Vec<ServiceId> {
    (0..).take(count).map(ServiceId).collect()
}

fn answers(index: &CoverageIndex, points: &[Coord]) -> Vec<Held> {
    let (easting, northing): (Vec<f64>, Vec<f64>) = points.iter().map(|p| (p.x, p.y)).unzip();
    let mut desk = Desk::default();
    // Twice: the second time sets that squares do not have are known.
    let first = index.locate(&easting, &northing, &mut desk);
    assert_eq!(first, index.locate(&easting, &northing, &mut desk));
    first.into_iter().map(|set| index.held(set)).collect()
}

/// An index with owners of every kind: two levels, one of them without borders, settlements and footprints.
fn mixed(polygons: &[MultiPolygon]) -> CoverageIndex {
    let owners = (0u32..).zip(polygons).map(|(number, polygon)| {
        let owner = match number % 3 {
            0 => Owner::Area { level: 1, area: number / 3 },
            1 => Owner::Settlement(Settlement::ALL[number as usize % 2]),
            _ => Owner::Link(Link { service: ServiceId(number / 3), reach: Reach::Connected }),
        };
        (owner, polygon)
    });
    CoverageIndex::of(&owners.collect::<Vec<_>>(), vec![false, true])
}

/// How many areas each level of [`mixed`] has.
const AREAS: [usize; 2] = [0, 8];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases(100)) })]

    #[test]
    fn an_index_that_was_written_and_opened_answers_as_the_one_that_was_built(polygons in polygons()) {
        let points = hard_points(&polygons);
        let built = mixed(&polygons);
        let opened = open(&written(&built), &same_numbers(SERVICES), &AREAS).unwrap();
        prop_assert_eq!(answers(&opened, &points), answers(&built, &points));
        prop_assert_eq!(opened.size().squares, built.size().squares);
        // What was opened is written as it was, even after sets have been added to it.
        prop_assert_eq!(written(&opened), written(&built));
    }
}

#[test]
fn an_empty_index_is_written_and_opened_too() {
    let opened = open(&written(&index(&[])), &[], &[]).unwrap();
    assert!(opened.held_at(Coord { x: 1.0, y: 1.0 }).links.is_empty());
}

#[test]
fn any_number_of_threads_writes_the_same_bytes() {
    let polygons: Vec<MultiPolygon> = (0..20_000)
        .map(|i| MultiPolygon(vec![square(f64::from(i % 150) * 7.0, f64::from(i / 150) * 7.0, 20.0)]))
        .collect();
    let by = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| written(&index(&polygons)))
    };
    let one = by(1);
    assert!(one.len() > 1_000_000, "{}", one.len());
    assert!(one == by(2) && one == by(7));
}

#[test]
fn services_get_the_numbers_that_they_have_in_the_study() {
    let polygons = [square(0.0, 0.0, 10.0), square(5.0, 5.0, 10.0)].map(|p| MultiPolygon(vec![p]));
    let bytes = written(&index(&polygons));
    let opened = open(&bytes, &[ServiceId(3), ServiceId(7)], &[]).unwrap();
    assert_eq!(*opened.held_at(Coord { x: 7.0, y: 7.0 }).links, [link(3), link(7)]);
    // Too few, and in an order that sets do not have.
    assert!(open(&bytes, &[ServiceId(3)], &[]).is_err());
    assert!(open(&bytes, &[ServiceId(7), ServiceId(3)], &[]).is_err());
    assert!(open(&bytes, &same_numbers(2), &[1]).is_err(), "another level");
}

#[test]
fn another_layout_and_bytes_out_of_line_are_refused() {
    let bytes = written(&index(&[MultiPolygon(vec![square(0.0, 0.0, 10.0)])]));
    let mut newer = bytes.clone();
    newer[0] += 1;
    assert_eq!(open(&newer, &same_numbers(1), &[]).unwrap_err(), LayoutError::Layout { found: LAYOUT + 1 });
    let shifted = [&[0], bytes.as_slice()].concat();
    let services = same_numbers(1);
    let meaning = Meaning { areas: &[], services: &services };
    assert!(CoverageIndex::open(&aligned(&shifted), 1..shifted.len(), meaning).is_err());
    assert!(CoverageIndex::open(&aligned(&bytes), 0..bytes.len() + 8, meaning).is_err(), "beyond the bytes");
}

/// Whatever is done to the bytes, they are refused, or give an index that answers without a panic.
#[test]
fn damaged_bytes_are_refused_or_lead_nowhere_they_should_not() {
    let polygons: Vec<MultiPolygon> = (0..12)
        .map(|i| {
            let corners = (0..40).map(|c| {
                let angle = f64::from(c) * std::f64::consts::TAU / 40.0;
                let reach = if (c + i) % 2 == 0 { 30.0 } else { 12.0 };
                (f64::from(i) * 7.0 + reach * angle.cos(), f64::from(i % 5) * 9.0 + reach * angle.sin())
            });
            MultiPolygon(vec![Polygon::new(corners.collect::<Vec<_>>().into(), vec![])])
        })
        .collect();
    let bytes = written(&mixed(&polygons));
    let points: Vec<Coord> =
        (0..100u32).map(|i| Coord { x: f64::from(i % 10) * 14.0 - 30.0, y: f64::from(i / 10) * 10.0 - 30.0 }).collect();
    let (services, sound) = (same_numbers(SERVICES), answers(&mixed(&polygons), &points));
    let (mut refused, mut harmless, mut wrong) = (0, 0, 0);
    let mut attempt = |bytes: &[u8]| match open(bytes, &services, &AREAS) {
        Err(_) => refused += 1,
        Ok(index) if answers(&index, &points) == sound => harmless += 1,
        Ok(_) => wrong += 1,
    };
    for at in 0..bytes.len() {
        // Each byte once, with a bit that differs from byte to byte; in the head, every bit.
        let bits = if at < 88 { 0..8 } else { at % 8..at % 8 + 1 };
        for bit in bits {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            attempt(&damaged);
        }
    }
    // Whole words, set to what breaks sums and indices.
    for at in (0..bytes.len() / 4).map(|word| word * 4) {
        for word in [0u32, u32::MAX, 1 << 31] {
            let mut damaged = bytes.clone();
            damaged[at..at + 4].copy_from_slice(&word.to_le_bytes());
            attempt(&damaged);
        }
    }
    assert!(refused > 1000 && harmless > 100 && wrong > 100, "{refused} refused, {harmless} harmless, {wrong} wrong");
    for length in 0..bytes.len() {
        assert!(open(&bytes[..length], &services, &AREAS).is_err(), "{length} of {} bytes", bytes.len());
    }
}
