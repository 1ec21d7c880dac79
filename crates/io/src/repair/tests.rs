use geo::{
    Area, Geometry, GeometryCollection, LineString, MultiPolygon, Point, Polygon, Rect, Validation, line_string,
    polygon,
};
use proptest::prelude::*;

use super::*;

/// A polygon from rings written as `x y, x y, …`, the first one the shell.
fn rings(shell: &str, holes: &[&str]) -> Polygon {
    let ring = |text: &str| {
        let corner = |pair: &str| {
            let (x, y) = pair.trim().split_once(' ').unwrap();
            (x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap())
        };
        LineString::from_iter(text.split(',').map(corner))
    };
    Polygon::new(ring(shell), holes.iter().map(|hole| ring(hole)).collect())
}

const SQUARE: &str = "0 0, 4 0, 4 4, 0 4";

fn repaired(polygon: &Polygon) -> Repaired {
    areal(polygon.clone().into()).unwrap()
}

fn refused(polygon: Polygon) -> String {
    areal(polygon.into()).unwrap_err()
}

/// The areas are from `shapely.make_valid(…, method="structure")`, shapely 2.2.0 with GEOS 3.14.1. Its other
/// method, "linework", gives the same ones but for the hole at its shell's edge: there it fills the hole (16).
#[test]
fn what_means_the_same_both_ways_is_mended_as_geos_does() {
    for (name, polygon, area, polygons) in [
        ("bow-tie", rings("0 0, 2 2, 2 0, 0 2", &[]), 2.0, 2),
        ("bow-tie that crosses at a vertex", rings("0 0, 3 3, 6 6, 6 0, 3 3, 0 6", &[]), 18.0, 2),
        ("uneven bow-tie", rings("0 0, 10 0, 0 5, 10 5", &[]), 25.0, 2),
        ("bow-tie of three", rings("0 0, 4 4, 8 0, 8 4, 4 0, 0 4", &[]), 16.0, 3),
        ("spike outwards", rings("0 0, 4 0, 4 4, 2 4, 2 6, 2 4, 0 4", &[]), 16.0, 1),
        ("spike inwards", rings("0 0, 4 0, 4 4, 2 4, 2 1, 2 4, 0 4", &[]), 16.0, 1),
        ("hole at the shell's edge", rings(SQUARE, &["0 1, 0 3, 2 3, 2 1"]), 12.0, 1),
        ("holes side by side", rings("0 0, 8 0, 8 4, 0 4", &["1 1, 1 3, 3 3, 3 1", "3 1, 3 3, 5 3, 5 1"]), 24.0, 1),
        ("hole drawn as part of the shell", rings("0 0, 6 0, 6 6, 0 6, 0 0, 1 3, 3 1", &[]), 32.0, 1),
        ("two squares that touch", rings("0 0, 2 0, 2 2, 4 2, 4 4, 2 4, 2 2, 0 2", &[]), 8.0, 2),
        ("hole that is a bow-tie", rings("0 0, 10 0, 10 10, 0 10", &["2 2, 4 4, 4 2, 2 4"]), 98.0, 1),
        (
            "loop of a decimetre in a square kilometre",
            rings(
                "0 0, 1000 0, 1000 1000, 500 1000, 500 1000.1, 499.9 1000.1, 499.9 999.95, 500.05 999.95, 500.05 1000, \
                 0 1000",
                &[],
            ),
            1_000_000.01,
            1,
        ),
    ] {
        let found = repaired(&polygon);
        assert!((found.polygons.unsigned_area() - area).abs() < area * 1e-8, "{name}: {found:?}");
        assert_eq!(found.polygons.0.len(), polygons, "{name}: {found:?}");
        assert!(found.mended.is_some(), "{name}");
        assert!(found.polygons.is_valid(), "{name}: {found:?}");
        let again = areal(found.polygons.clone().into()).unwrap();
        assert_eq!(again, Repaired { polygons: found.polygons, mended: None }, "{name}");
    }
}

#[test]
fn mending_says_what_and_where() {
    for (polygon, said) in [
        (rings("0 0, 2 2, 2 0, 0 2", &[]), "the shell crossed itself at (1, 1) and is mended into 2 polygons"),
        (rings("0 0, 4 0, 4 4, 2 4, 2 6, 2 4, 0 4", &[]), "the shell ran back over itself at (2, 6) and is mended"),
        (
            rings("0 0, 2 0, 2 2, 4 2, 4 4, 2 4, 2 2, 0 2", &[]),
            "the shell touched itself at (2, 2) and is mended into 2 polygons",
        ),
        (rings(SQUARE, &["0 1, 0 3, 2 3, 2 1"]), "the shell and hole 1 shared a border at (0, 1) and is mended"),
        (rings(SQUARE, &["1 1, 2 2, 1 1"]), "1 hole with fewer than 3 different points dropped"),
    ] {
        assert_eq!(repaired(&polygon).mended.as_deref(), Some(said));
    }
}

#[test]
fn mended_polygons_keep_the_vertices_that_were_there() {
    // SWEREF 99 TM, with decimals that no grid has.
    let bow = rings("450000.1234567 6404000.7654321, 450200.3 6404200.7, 450200.1 6404000.3, 450000.9 6404200.2", &[]);
    let mended = repaired(&bow).polygons;
    for corner in bow.exterior().coords() {
        assert!(mended.iter().flat_map(|polygon| &polygon.exterior().0).any(|coord| coord == corner), "{corner:?}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_refused_with_the_place() {
    for (polygon, parts) in [
        // A five-pointed star: the middle is gone round twice.
        (rings("0 3, 2 -3, -3 1, 3 1, -2 -3", &[]), ["the shell crosses itself at (", "goes round some area twice"]),
        (rings(SQUARE, &["2 1, 2 3, 6 3, 6 1"]), ["hole 1 reaches outside the shell at (4, ", "cut the hole off"]),
        (
            rings(SQUARE, &["5 5, 6 5, 6 6"]),
            ["hole 1 lies outside its shell at (5, 5)", "polygon of its own in a MultiPolygon"],
        ),
        (
            rings("0 0, 9 0, 9 9, 0 9", &["1 1, 1 8, 8 8, 8 1", "3 3, 3 4, 4 4"]),
            ["hole 2 lies within hole 1 at (3, 3)", "if it is an island"],
        ),
        (
            rings("0 0, 9 0, 9 9, 0 9", &["1 1, 1 5, 5 5, 5 1", "3 3, 3 8, 8 8, 8 3"]),
            ["hole 1 and hole 2 overlap at (", "merge the holes"],
        ),
    ] {
        let said = refused(polygon);
        for part in parts {
            assert!(said.contains(part), "{said}");
        }
    }
}

#[test]
fn what_is_no_area_says_what_was_found() {
    for (geometry, part) in [
        (Geometry::from(Point::new(1.0, 2.0)), "found a Point where an area is needed"),
        (line_string![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0)].into(), "found a LineString"),
        (
            Geometry::GeometryCollection(GeometryCollection(vec![
                rings(SQUARE, &[]).into(),
                line_string![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0)].into(),
            ])),
            "found a LineString",
        ),
        (Geometry::GeometryCollection(GeometryCollection::default()), "the geometry is empty"),
        (MultiPolygon::new(vec![]).into(), "the geometry is empty"),
        (Polygon::empty().into(), "the geometry is empty"),
        (rings("0 0, 1 1, 0 0, 1 1", &[]).into(), "at least 3"),
        (rings("0 0, 1 1, 2 2, 3 3", &[]).into(), "encloses no area"),
        (rings("0 0, 1 1, NaN 2", &[]).into(), "vertex 3 of the shell is at NaN, 2, which is not a number"),
        (rings(SQUARE, &["1 1, 2 inf, 2 2"]).into(), "vertex 2 of hole 1 is at 2, inf"),
        (rings("0 0, 1e300 1, 0 2", &[]).into(), "larger than any coordinate on Earth"),
    ] {
        let said = areal(geometry).unwrap_err();
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_valid_polygon_stays_as_it_is() {
    for polygon in [
        rings(SQUARE, &[]),
        rings("0 0, 9 0, 9 9, 0 9", &["1 1, 1 3, 3 3, 3 1", "5 5, 5 6, 6 6"]),
        // A hole that touches its shell in a point, and one that touches another hole.
        rings(SQUARE, &["0 2, 2 3, 2 1"]),
        rings("0 0, 9 0, 9 9, 0 9", &["1 1, 2 4, 4 4", "4 4, 6 6, 7 4"]),
    ] {
        assert!(polygon.is_valid());
        let kept = Repaired { polygons: MultiPolygon(vec![polygon.clone()]), mended: None };
        assert_eq!(repaired(&polygon), kept);
        assert_eq!(areal(Geometry::GeometryCollection(GeometryCollection(vec![polygon.into()]))), Ok(kept));
    }
    let square = Geometry::from(Rect::new((0.0, 0.0), (4.0, 4.0)));
    assert!((areal(square).unwrap().polygons.unsigned_area() - 16.0).abs() < 1e-12);
}

#[test]
fn direction_and_repeated_vertices_are_no_fault() {
    let clockwise = rings("0 0, 0 4, 0 4, 4 4, 4 0, 4 0", &["1 1, 3 1, 3 1, 3 3"]);
    let expected = rings("0 0, 4 0, 4 4, 0 4", &["1 1, 3 3, 3 1"]);
    assert_eq!(repaired(&clockwise), Repaired { polygons: MultiPolygon(vec![expected]), mended: None });
}

#[test]
fn overlapping_polygons_are_kept_and_told() {
    let far = rings("10 10, 12 10, 12 12, 10 12", &[]);
    for (second, place) in [("2 2, 6 2, 6 6, 2 6", "(4, 2)"), ("1 1, 2 1, 2 2, 1 2", "(1, 1)")] {
        let both = MultiPolygon(vec![rings(SQUARE, &[]), far.clone(), rings(second, &[])]);
        let found = areal(both.clone().into()).unwrap();
        assert_eq!(found.polygons, both);
        let said = format!("polygons overlap near {place}; a place in the overlap counts once");
        assert_eq!(found.mended, Some(said));
    }
    let apart = MultiPolygon(vec![rings(SQUARE, &[]), far, rings("4 0, 8 0, 8 4, 4 4", &[])]);
    assert_eq!(areal(apart.clone().into()), Ok(Repaired { polygons: apart, mended: None }));
}

#[test]
fn a_polygon_too_small_for_its_coordinates_is_refused_and_no_crash() {
    let x = 450_000.0_f64;
    let step = x.next_up() - x;
    let bow = polygon![(x: x, y: 0.0), (x: x + step, y: step), (x: x + step, y: 0.0), (x: x, y: step)];
    assert!(refused(bow).contains("too small"));
    let _ = areal(polygon![(x: 0.0, y: 0.0), (x: 1e-300, y: 1e-300), (x: 1e-300, y: 0.0), (x: 0.0, y: 1e-300)].into());
}

#[test]
fn one_polygon_of_several_is_named() {
    let said = areal(MultiPolygon(vec![rings(SQUARE, &[]), rings("10 13, 12 7, 7 11, 13 11, 8 7", &[])]).into());
    assert!(said.unwrap_err().starts_with("the shell of polygon 2 crosses itself at ("));
    let found = areal(MultiPolygon(vec![rings(SQUARE, &[]), rings("5 5, 6 6", &[])]).into()).unwrap();
    assert_eq!(found.polygons.0.len(), 1);
    assert_eq!(found.mended.as_deref(), Some("polygon 2 dropped, it has fewer than 3 different points"));
}

/// Corners on a coarse grid, so that rings often run back, repeat points, cross at vertices and lie flat.
fn nasty_ring() -> impl Strategy<Value = LineString> {
    prop::collection::vec((0i8..7, 0i8..7), 0..10)
        .prop_map(|corners| corners.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).collect())
}

/// A ring of few corners, or a square with two holes of few corners.
fn often_valid() -> impl Strategy<Value = Polygon> {
    let ring = |corners| {
        prop::collection::vec((0i8..7, 0i8..7), corners)
            .prop_map(|corners| LineString::from_iter(corners.into_iter().map(|(x, y)| (f64::from(x), f64::from(y)))))
    };
    prop_oneof![
        ring(3..6).prop_map(|shell| Polygon::new(shell, vec![])),
        (ring(3..4), ring(3..5)).prop_map(|(first, second)| {
            Polygon::new(rings("-1 0, 6 -1, 7 7, 0 7", &[]).into_inner().0, vec![first, second])
        }),
    ]
}

fn has_flat_corner(polygon: &Polygon) -> bool {
    let mut rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
    rings.any(|ring| {
        let corners = &ring.0[1..];
        let next = |place: usize| corners[place % corners.len()];
        (0..corners.len()).any(|place| {
            let (a, b, c) = (next(place), next(place + 1), next(place + 2));
            (b.x - a.x) * (c.y - b.y) == (b.y - a.y) * (c.x - b.x)
        })
    })
}

fn wild_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => (0i8..7).prop_map(f64::from),
        1 => any::<f64>(),
        1 => prop::sample::select(vec![
            f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e-300, 5e-324, 1e12, -1e12, 1e300, f64::MAX, -0.0,
            3.000_000_000_000_000_4,
        ]),
    ]
}

fn wild_ring() -> impl Strategy<Value = LineString> {
    prop::collection::vec((wild_number(), wild_number()), 0..9).prop_map(LineString::from_iter)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, max_global_rejects: 100_000, ..ProptestConfig::with_cases(4000)
    })]

    /// The reference is the crossing count over the rings as delivered.
    #[test]
    fn a_place_is_covered_after_mending_as_before(
        shell in nasty_ring(), holes in prop::collection::vec(nasty_ring(), 0..3)
    ) {
        let delivered = Polygon::new(shell, holes);
        let Ok(found) = areal(delivered.clone().into()) else { return Ok(()) };
        let before = PreparedPolygon::new(&delivered);
        let after: Vec<PreparedPolygon> = found.polygons.iter().map(PreparedPolygon::new).collect();
        for x in 0..14 {
            for y in 0..14 {
                // Off the grid of corners by a third of a step, and so hardly ever on a border.
                let at = Coord { x: f64::from(x) / 2.0 - 0.167, y: f64::from(y) / 2.0 - 0.153 };
                let covered = after.iter().any(|polygon| polygon.position(at) != Position::Outside);
                prop_assert_eq!(covered, before.position(at) != Position::Outside, "{:?} {:?}", at, found);
            }
        }
    }

    /// The rules of validity are those that geo checks. It does not see flat corners that run back, GEOS does.
    #[test]
    fn what_breaks_no_rule_is_kept_to_the_bit(delivered in often_valid()) {
        prop_assume!(delivered.is_valid() && !has_flat_corner(&delivered));
        let found = areal(delivered.clone().into()).unwrap();
        prop_assert_eq!(&found.mended, &None, "{:?}", delivered);
        let sorted = |polygon: &Polygon| {
            let mut coords: Vec<_> = std::iter::once(polygon.exterior()).chain(polygon.interiors())
                .flat_map(|ring| ring.0.iter().skip(1)).map(|coord| (coord.x.to_bits(), coord.y.to_bits())).collect();
            coords.sort_unstable();
            coords.dedup();
            coords
        };
        prop_assert_eq!(sorted(&found.polygons.0[0]), sorted(&delivered));
    }

    #[test]
    fn mending_twice_changes_nothing_more(shell in nasty_ring(), holes in prop::collection::vec(nasty_ring(), 0..2)) {
        let Ok(found) = areal(Polygon::new(shell, holes).into()) else { return Ok(()) };
        let again = areal(found.polygons.clone().into());
        prop_assert_eq!(again, Ok(Repaired { polygons: found.polygons, mended: None }));
    }

    #[test]
    fn nothing_panics(
        rings in prop::collection::vec(wild_ring(), 1..4), split in any::<bool>(), point in any::<bool>()
    ) {
        let polygons = if split {
            rings.into_iter().map(|ring| Polygon::new(ring, vec![])).collect()
        } else {
            vec![Polygon::new(rings[0].clone(), rings[1..].to_vec())]
        };
        let mut members: Vec<Geometry> = polygons.into_iter().map(Geometry::from).collect();
        if point {
            members.push(Point::new(0.0, 0.0).into());
        }
        let geometry = Geometry::GeometryCollection(GeometryCollection(members));
        if let Ok(found) = areal(geometry.clone()) {
            prop_assert!(!found.polygons.0.is_empty());
        }
        for which in [
            crate::study_file::RepresentativePoint::Inside,
            crate::study_file::RepresentativePoint::Centroid,
            crate::study_file::RepresentativePoint::BoxCentre,
        ] {
            let _ = super::point(&geometry, which);
        }
    }

    /// Metres with all their decimals, so that every crossing has to be rounded.
    #[test]
    fn mending_in_metres_covers_the_same_and_lasts(
        corners in prop::collection::vec((450_000.0..451_000.0, 6_404_000.0..6_405_000.0), 3..9)
    ) {
        let delivered = Polygon::new(LineString::from_iter(corners), vec![]);
        let Ok(found) = areal(delivered.clone().into()) else { return Ok(()) };
        let again = areal(found.polygons.clone().into());
        prop_assert_eq!(again, Ok(Repaired { polygons: found.polygons.clone(), mended: None }));
        let before = PreparedPolygon::new(&delivered);
        let after: Vec<PreparedPolygon> = found.polygons.iter().map(PreparedPolygon::new).collect();
        for x in 0..20 {
            for y in 0..20 {
                let at = Coord { x: 450_000.0 + f64::from(x) * 50.0, y: 6_404_000.0 + f64::from(y) * 50.0 };
                let covered = after.iter().any(|polygon| polygon.position(at) != Position::Outside);
                prop_assert_eq!(covered, before.position(at) != Position::Outside, "{:?} {:?}", at, found);
            }
        }
    }
}

#[test]
fn rings_that_pass_through_each_other_at_corners_are_not_taken_for_valid() {
    // The hole comes in at one corner of the shell's notch and goes on over the notch, with all corners in or on the
    // shell; and two holes of which one passes through the other's corners. GEOS calls both invalid.
    for (polygon, part) in [
        (rings("0 0, 8 0, 8 8, 6 8, 4 4, 2 8, 0 8", &["2 8, 1 1, 7 1, 6 8"]), "hole 1 reaches outside the shell"),
        (rings("-9 -9, 9 -9, 9 9, -9 9", &["0 0, 8 -1, 4 4, 0 4", "0 0, 4 4, -3 6"]), "hole 1 and hole 2 overlap at ("),
    ] {
        let said = refused(polygon);
        assert!(said.contains(part), "{said}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    /// The overlay, which finds everything, is the reference for the quick way past it.
    #[test]
    fn what_is_kept_without_an_overlay_has_one_reading(first in nasty_ring(), second in nasty_ring()) {
        let shell = rings("-1 -1, 7 -1, 7 3, 6 7, 3 6, 0 7, -1 3", &[]).into_inner().0;
        let delivered = Polygon::new(shell, vec![first, second]);
        let Ok(found) = areal(delivered.into()) else { return Ok(()) };
        if found.mended.is_none() {
            let readings = super::Readings::of(&found.polygons.0[0]);
            prop_assert!(readings.disputed <= readings.area * 1e-6, "{:?}", found);
        }
    }
}
