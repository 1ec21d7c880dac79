//! Laws that hold for any study: any split, any order, any number of threads gives the same answer, and the
//! index answers as a person would who looks at every polygon in turn.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod study;
mod what_if;

use std::collections::BTreeSet;

use geo::{Coord, Polygon, Rect, Relate};
use nittio_core::{
    coverage::{self, join},
    index::CoverageIndex,
    indicator::{At, evaluate, measures},
    polygon::{Position, PreparedPolygon},
    run::run,
    service::{Link, Reach, ServiceId, Technology},
    tally::{Counts, Tally},
};
use proptest::prelude::*;

use study::{block, cases, near, places, select, study, tally};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases(64)) })]

    /// The oracle is geo's full DE-9IM relation of every point with every footprint.
    #[test]
    fn the_index_finds_what_looking_at_every_footprint_finds(
        blocks in prop::collection::vec(block(), 0..12), spots in places(),
    ) {
        let study = study(&blocks, &spots, &[]);
        let coverage = join(&CoverageIndex::build(&study), &study, |_| {});
        for place in 0..study.places.len() {
            let Some(point) = study.places.position(place) else { continue };
            let mut expected: Vec<Link> = study
                .footprints
                .iter()
                .filter(|f| geo::Point::from(point).relate(&f.geometry).is_coveredby())
                .map(|f| f.link)
                .collect();
            expected.sort();
            expected.dedup();
            match coverage.links(place) {
                Some(links) => prop_assert_eq!(links, &expected[..]),
                None => prop_assert_eq!(coverage.of(place).areas[0], None),
            }
        }
    }

    /// The oracle looks at every pair of places, and counts in half steps.
    #[test]
    fn near_is_who_lies_within_the_distance_of_a_connected_place(
        blocks in prop::collection::vec(block(), 0..6), spots in places(),
        offers in prop::collection::vec((0usize..200, 0u8..12), 0..40), at_hand in 0usize..5,
    ) {
        let mut study = study(&blocks, &spots, &offers);
        // Being inside some of the footprints is being connected.
        for footprint in study.footprints.iter_mut().take(at_hand) {
            footprint.link.reach = Reach::Connected;
        }
        study.frame.near = Some(near());
        let coverage = join(&CoverageIndex::build(&study), &study, |_| {});
        let connected: Vec<BTreeSet<ServiceId>> = (0..spots.len())
            .map(|place| {
                let Some(point) = study.places.position(place) else { return BTreeSet::new() };
                let footprints = study.footprints.iter().filter(|f| geo::Point::from(point).relate(&f.geometry).is_coveredby());
                let links = footprints.map(|f| f.link).chain(study.offers.of(&study.places.ids[place]).iter().copied());
                links.filter(|link| link.reach == Reach::Connected).map(|link| link.service).collect()
            })
            .collect();
        for (place, spot) in spots.iter().enumerate() {
            let Some(links) = coverage.links(place) else { continue };
            let found: BTreeSet<ServiceId> =
                links.iter().filter(|link| link.reach == Reach::Near).map(|link| link.service).collect();
            // The locality is from 3 to 9: there near is 2.5, elsewhere 1.5.
            let inside = (6..=18).contains(&spot.0) && (6..=18).contains(&spot.1);
            let far = if inside { 5i32 } else { 3 };
            let neighbours = spots.iter().enumerate().filter(|&(other, there)| {
                let (dx, dy) = (spot.0 - there.0, spot.1 - there.1);
                other != place && !spot.3 && !there.3 && dx * dx + dy * dy <= far * far
            });
            let around = neighbours.flat_map(|(other, _)| &connected[other]).copied();
            let expected: BTreeSet<ServiceId> = around
                .filter(|service| study.frame.services.get(*service).technology == Technology::Fibre)
                .filter(|service| !connected[place].contains(service))
                .collect();
            prop_assert_eq!(found, expected, "{}", place);
        }
    }

    #[test]
    fn any_split_and_any_order_merge_to_the_same_tally(
        blocks in prop::collection::vec(block(), 0..8), spots in places(),
        offers in prop::collection::vec((0usize..200, 0u8..12), 0..20), seed in any::<u64>(),
    ) {
        let study = study(&blocks, &spots, &offers);
        let whole = tally(&study);
        let mut order: Vec<usize> = (0..spots.len()).collect();
        order.sort_by_key(|&i| (i as u64 + 1).wrapping_mul(seed | 1).rotate_left(23));
        let (first, rest) = order.split_at(order.len() / 3);
        let (second, third) = rest.split_at(rest.len() / 2);
        let [a, b, c] = [first, second, third].map(|keep| tally(&select(&study, keep)));
        prop_assert_eq!(&a.clone().merge(b.clone()).merge(c.clone()), &whole);
        prop_assert_eq!(&c.merge(b).merge(a), &whole);
        prop_assert_eq!(&whole.clone().merge(Tally::default()), &whole);
        prop_assert_eq!(&Tally::default().merge(whole.clone()), &whole);

        // A worker that hands over what it has counted after every place, and one that never does.
        let coverage = join(&CoverageIndex::build(&study), &study, |_| {});
        let units = study.frame.units.len();
        let [mut eager, mut lazy, mut counted] = [(); 3].map(|()| Counts::new(units));
        for place in order {
            let counts = if place % 2 == 0 { &mut eager } else { &mut lazy };
            counts.observe(&study.places, place..place + 1, &coverage.kind[place..=place]);
            counted.absorb(&mut eager);
            prop_assert!(eager.is_empty());
        }
        let sums = Counts::into_sums(vec![lazy, eager, counted], units, |kind| kind, |category| category);
        prop_assert_eq!(&sums.tally(&coverage.kinds), &whole);
    }
    #[test]
    fn nothing_vanishes_and_levels_add_up_to_the_total(
        blocks in prop::collection::vec(block(), 0..8), spots in places(),
        offers in prop::collection::vec((0usize..200, 0u8..12), 0..20),
    ) {
        let study = study(&blocks, &spots, &offers);
        let figures = evaluate(&tally(&study), &study.frame, &study.profiles, &measures(&study));
        let population: u64 = spots.iter().map(|s| s.2).filter(|&v| v != 49).sum();
        let unit = figures.unit("population").unwrap();
        prop_assert_eq!(figures.figure(At::default()).total, spots.len() as u64);
        prop_assert_eq!(figures.figure(At { unit, ..At::default() }).total, population);
        for at in figures.positions().filter(|at| at.area == 0) {
            let total = figures.figure(at);
            prop_assert_eq!(total.total, total.covered + total.missing + total.unmatched);
            let mut sum = [0; 4];
            for area in 1..figures.areas.len() {
                let part = figures.figure(At { area, ..at });
                for (s, p) in sum.iter_mut().zip([part.total, part.covered, part.missing, part.unmatched]) {
                    *s += p;
                }
            }
            prop_assert_eq!(sum, [total.total, total.covered, total.missing, total.unmatched]);
        }
    }
}

#[test]
fn one_thread_and_eight_give_the_same_run() {
    let blocks: Vec<Polygon> =
        (0..10).map(|i| Rect::new((f64::from(i), 0.0), (f64::from(i) + 5.0, 25.0)).to_polygon()).collect();
    let spots: Vec<_> =
        (0..20_000).map(|i| (i * 13 % 56, i / 56 % 56, u64::try_from(i).unwrap() % 49, i % 97 == 0)).collect();
    let offers: Vec<(usize, u8)> = (0..400).map(|i| (i * 47, u8::try_from(i % 12).unwrap())).collect();
    let mut study = study(&blocks, &spots, &offers);
    study.frame.near = Some(near());
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&study, |_| {}))
    };
    let (one, eight) = (on(1), on(8));
    assert_eq!(one.coverage, eight.coverage);
    assert_eq!(one.tally, eight.tally);
    assert_eq!(one.indicators, eight.indicators);
    assert_eq!(one.assessments, eight.assessments);
    assert!(coverage::link_sets(&one.coverage.kinds) > 10, "the case is not trivial");
}

#[test]
fn a_point_one_rounding_step_from_a_diagonal_is_decided_exactly() {
    // The long edge runs along y = x, so the side of a point follows by comparing its coordinates.
    let corner = Coord { x: 0.1, y: 24.7 };
    let above = PreparedPolygon::new(&Polygon::new(
        vec![Coord { x: 0.1, y: 0.1 }, Coord { x: 24.7, y: 24.7 }, corner].into(),
        vec![],
    ));
    for value in [0.3, 0.7, 1.1, 5.9, 12.3, 23.9] {
        let next = f64::from_bits(f64::to_bits(value) + 1);
        assert_eq!(above.position(Coord { x: value, y: value }), Position::Boundary, "{value}");
        assert_eq!(above.position(Coord { x: value, y: next }), Position::Inside, "{value}");
        assert_eq!(above.position(Coord { x: next, y: value }), Position::Outside, "{value}");
    }
}
