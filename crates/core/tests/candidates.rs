//! Laws of candidates: trees are the shortest there are, every place has one fate, and the order of places does not matter.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;

use geo::Coord;
use nittio_core::{
    candidate::{At, Candidate, Fate, Found, Points, Reason, Rules, Spots, find, squared},
    polygon::{Position, PreparedPolygon},
    quantity::Metres,
    settlement::Settlement,
};
use proptest::prelude::*;

const RULES: Rules = Rules {
    reach: Metres::from_metres(10),
    least: 2,
    most: 1000,
    within_areas: true,
    by_class: false,
    margin: Metres::from_metres(5),
    detour: 100,
};

/// A place: where, in which of some areas, and of which class.
type Place = (At, Option<u32>, bool);

/// Places on a coarse grid, so that many are as far apart as others, and some at one position.
fn places(most: usize) -> impl Strategy<Value = Vec<Place>> {
    let place = ((0i64..40, 0i64..40), 0u32..8, any::<bool>());
    let place = place.prop_map(|((x, y), area, class)| ([x * 1000, y * 1000], (area < 7).then_some(area / 4), class));
    prop::collection::vec(place, 0..most)
}

fn spots(places: &[Place]) -> Spots {
    let mut spots = Spots::default();
    for &(at, area, class) in places {
        let class = if class { Settlement::Outside } else { Settlement::SmallerLocality };
        // Now and then nobody knows where one lies.
        spots.push((at != [0, 0]).then_some(at), area, class);
    }
    spots
}

/// The links of the shortest tree by Prim's rule, looking at every pair of places.
fn prim(points: &[At]) -> Vec<u128> {
    let mut best: Vec<u128> = vec![u128::MAX; points.len()];
    let mut left: Vec<usize> = (0..points.len()).collect();
    let mut links = Vec::new();
    let mut at = 0;
    while !left.is_empty() {
        left.retain(|&point| point != at);
        left.iter().for_each(|&point| best[point] = best[point].min(squared(points[at], points[point])));
        let Some(&next) = left.iter().min_by_key(|&&point| best[point]) else { break };
        links.push(best[next]);
        at = next;
    }
    links
}

fn length(squared: u128) -> u64 {
    u64::try_from((squared * 4).isqrt().div_ceil(2)).unwrap()
}

/// What is together by looking at every pair of places, rising.
fn together(points: &[(usize, At)], reach: Metres) -> Vec<Vec<usize>> {
    let limit = u128::from(reach.millimetres()).pow(2);
    let mut left: Vec<(usize, At)> = points.to_vec();
    let mut groups = Vec::new();
    while let Some(first) = left.pop() {
        let (mut group, mut open) = (Vec::new(), vec![first]);
        while let Some((number, at)) = open.pop() {
            group.push(number);
            let (near, far) = left.into_iter().partition(|&(_, other)| squared(at, other) <= limit);
            left = far;
            open.extend::<Vec<_>>(near);
        }
        group.sort_unstable();
        groups.push(group);
    }
    groups.sort();
    groups
}

fn position(candidate: &Candidate, at: At) -> bool {
    let [x, y] = at.map(|millimetres| millimetres as f64 / 1000.0);
    candidate.outline.iter().any(|part| PreparedPolygon::new(part).position(Coord { x, y }) != Position::Outside)
}

/// A candidate without the numbers of its places, which are those of the input.
fn told(found: &Found) -> Vec<Candidate> {
    found.candidates.iter().map(|candidate| Candidate { places: Vec::new(), ..candidate.clone() }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("NITTIO_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(200), ..ProptestConfig::default() })]

    #[test]
    fn a_tree_is_as_short_as_the_one_that_looks_at_every_pair(points in prop::collection::vec((0i64..60, 0i64..60), 2..60)) {
        let points: Vec<At> = points.into_iter().map(|(x, y)| [x * 1000, y * 1000]).collect();
        let places: Vec<Place> = points.iter().map(|&at| ([at[0] + 1, at[1]], Some(0), true)).collect();
        let rules = Rules { reach: Metres::from_metres(1000), ..RULES };
        let found = find(&spots(&places), &Points::default(), &rules);
        prop_assert_eq!(found.candidates.len(), 1);
        let mut own: Vec<u128> = found.candidates[0].lines.iter().map(|&[a, b]| squared(a, b)).collect();
        let mut expected = prim(&points);
        own.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(&own, &expected, "every shortest tree has links of the same lengths");
        let sum: u64 = expected.into_iter().map(length).sum();
        prop_assert!(found.candidates[0].between.millimetres().abs_diff(sum) <= points.len() as u64);
    }

    #[test]
    fn places_are_together_by_the_reach_and_every_one_has_one_fate(places in places(80), by_class in any::<bool>(), reach in 1u32..8) {
        let rules = Rules { by_class, reach: Metres::from_metres(reach), margin: Metres::from_millimetres(u64::from(reach) * 500), ..RULES };
        let spots = spots(&places);
        let found = find(&spots, &Points::default(), &rules);
        let mut expected: Vec<Vec<usize>> = Vec::new();
        for area in 0..2 {
            for class in [Some(true), Some(false)] {
                let class = class.filter(|_| by_class);
                let own = |&(i, place): &(usize, &Place)| {
                    spots.at[i].is_some() && place.1 == Some(area) && class.is_none_or(|class| class == place.2)
                };
                if by_class || expected.is_empty() || area == 1 {
                    let points: Vec<(usize, At)> = places.iter().enumerate().filter(own).map(|(i, place)| (i, place.0)).collect();
                    expected.extend(together(&points, rules.reach));
                }
                if !by_class {
                    break;
                }
            }
        }
        expected.retain(|group| group.len() >= 2);
        expected.sort();
        let mut own: Vec<Vec<usize>> = found.candidates.iter().map(|candidate| {
            let mut places: Vec<usize> = candidate.places.iter().map(|&place| place as usize).collect();
            places.sort_unstable();
            places
        }).collect();
        own.sort();
        prop_assert_eq!(own, expected);
        for (i, fate) in found.fates.iter().enumerate() {
            let of: Vec<usize> = (0..found.candidates.len()).filter(|&c| found.candidates[c].places.contains(&(i as u32))).collect();
            match fate {
                Fate::In(candidate) => prop_assert_eq!(of, vec![*candidate]),
                Fate::LeftOut(reason) => {
                    prop_assert!(of.is_empty());
                    prop_assert_eq!(*reason == Reason::NoPosition, spots.at[i].is_none());
                    prop_assert_eq!(*reason == Reason::NoArea, spots.at[i].is_some() && spots.area[i].is_none());
                }
            }
        }
    }

    #[test]
    fn all_places_of_a_candidate_lie_inside_and_no_other_unless_it_is_told(places in places(80), most in 4u64..40) {
        let rules = Rules { most, reach: Metres::from_metres(6), margin: Metres::from_metres(3), by_class: true, ..RULES };
        let spots = spots(&places);
        let found = find(&spots, &Points::default(), &rules);
        for (number, candidate) in found.candidates.iter().enumerate() {
            prop_assert!(candidate.places.len() as u64 >= rules.least);
            let mut others = 0;
            for (i, at) in spots.at.iter().enumerate().filter_map(|(i, at)| Some((i, (*at)?))) {
                let inside = position(candidate, at);
                if found.fates[i] == Fate::In(number) {
                    prop_assert!(inside, "{at:?} of {number}");
                } else {
                    others += u64::from(inside);
                    let own = candidate.places.iter().any(|&place| spots.at[place as usize] == Some(at));
                    prop_assert!(!inside || own, "{at:?} can be told apart from all places of {number}");
                }
            }
            prop_assert_eq!(others, candidate.also_inside);
        }
    }

    #[test]
    fn the_order_of_places_does_not_matter((places, mixed) in places(60).prop_flat_map(|p| (Just(p.clone()), Just(p).prop_shuffle())), most in 2u64..20) {
        let rules = Rules { most, least: 1, detour: 130, ..RULES };
        let network = Points::new(vec![[5_000, 5_000], [30_000, 30_000]]);
        let (there, back) = (find(&spots(&places), &network, &rules), find(&spots(&mixed), &network, &rules));
        prop_assert_eq!(told(&there), told(&back));
    }

    #[test]
    fn a_route_begins_at_the_nearest_network(places in places(40), network in prop::collection::vec((0i64..50, 0i64..50), 1..30)) {
        let network: Vec<At> = network.into_iter().map(|(x, y)| [x * 1000, y * 1000]).collect();
        let rules = Rules { detour: 130, ..RULES };
        let spots = spots(&places);
        for candidate in find(&spots, &Points::new(network.clone()), &rules).candidates {
            let own: BTreeSet<At> = candidate.places.iter().filter_map(|&place| spots.at[place as usize]).collect();
            let nearest = own.iter().flat_map(|&a| network.iter().map(move |&b| squared(a, b))).min().unwrap();
            let [from, to] = candidate.link.unwrap();
            prop_assert!(own.contains(&from) && network.contains(&to));
            prop_assert_eq!(squared(from, to), nearest);
            let straight = candidate.between.millimetres() + candidate.to_network.millimetres();
            prop_assert_eq!(candidate.route.millimetres(), (straight * 130).div_ceil(100));
        }
    }
}
