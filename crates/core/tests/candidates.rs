//! Laws of candidates: trees are the shortest there are, every place has one fate, and the order of places does not matter.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use geo::Coord;
use nittio_core::{
    candidate::{At, Candidate, Fate, Found, Points, Reason, Roads, Rules, Spots, find, squared},
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

/// Roads that go east and north by whole metres, so that all lengths are whole.
fn roads() -> impl Strategy<Value = Vec<[At; 2]>> {
    let road = ((0i64..40, 0i64..40), prop::collection::vec((any::<bool>(), -20i64..20), 1..5));
    let road = road.prop_map(|((x, y), steps)| {
        let mut at = [x * 1000, y * 1000];
        let pieces = steps.into_iter().map(|(east, far)| {
            let from = at;
            at[usize::from(!east)] += far * 1000;
            [from, at]
        });
        pieces.collect::<Vec<_>>()
    });
    prop::collection::vec(road, 0..6).prop_map(|roads| roads.concat())
}

/// What is joined, by what is joined to what.
#[derive(Default)]
struct Joined(BTreeMap<At, usize>, Vec<usize>);

impl Joined {
    fn of(&mut self, at: At) -> usize {
        let number = *self.0.entry(at).or_insert_with(|| {
            self.1.push(self.1.len());
            self.1.len() - 1
        });
        self.1[number]
    }

    fn join(&mut self, a: At, b: At) {
        let (a, b) = (self.of(a), self.of(b));
        self.1.iter_mut().filter(|group| **group == b).for_each(|group| *group = a);
    }
}

/// How far a position is from a piece that goes east or north, squared.
fn away(at: At, [a, b]: [At; 2]) -> u128 {
    squared(at, [0, 1].map(|axis| at[axis].clamp(a[axis].min(b[axis]), a[axis].max(b[axis]))))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("NITTIO_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(200), ..ProptestConfig::default() })]

    #[test]
    fn a_tree_is_as_short_as_the_one_that_looks_at_every_pair(points in prop::collection::vec((0i64..60, 0i64..60), 2..60)) {
        let points: Vec<At> = points.into_iter().map(|(x, y)| [x * 1000, y * 1000]).collect();
        let places: Vec<Place> = points.iter().map(|&at| ([at[0] + 1, at[1]], Some(0), true)).collect();
        let rules = Rules { reach: Metres::from_metres(1000), ..RULES };
        let found = find(&spots(&places), &Points::default(), None, &rules);
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
        let found = find(&spots, &Points::default(), None, &rules);
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
        let found = find(&spots, &Points::default(), None, &rules);
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
        let (there, back) = (find(&spots(&places), &network, None, &rules), find(&spots(&mixed), &network, None, &rules));
        prop_assert_eq!(told(&there), told(&back));
    }

    #[test]
    fn a_route_begins_at_the_nearest_network(places in places(40), network in prop::collection::vec((0i64..50, 0i64..50), 1..30)) {
        let network: Vec<At> = network.into_iter().map(|(x, y)| [x * 1000, y * 1000]).collect();
        let rules = Rules { detour: 130, ..RULES };
        let spots = spots(&places);
        for candidate in find(&spots, &Points::new(network.clone()), None, &rules).candidates {
            let own: BTreeSet<At> = candidate.places.iter().filter_map(|&place| spots.at[place as usize]).collect();
            let nearest = own.iter().flat_map(|&a| network.iter().map(move |&b| squared(a, b))).min().unwrap();
            let [from, to] = candidate.link.unwrap();
            prop_assert!(own.contains(&from) && network.contains(&to));
            prop_assert_eq!(squared(from, to), nearest);
            let straight = candidate.between.millimetres() + candidate.to_network.millimetres();
            prop_assert_eq!(candidate.route.millimetres(), (straight * 130).div_ceil(100));
        }
    }

    #[test]
    fn a_route_on_roads_joins_all_and_is_straight_only_where_no_road_leads(places in places(40), roads in roads(), reach in 3u32..12) {
        let network = [[5_000, 5_000], [30_000, 30_000]];
        let rules = Rules { detour: 130, reach: Metres::from_metres(reach), margin: Metres::from_metres(1), ..RULES };
        let spots = spots(&places);
        let found = find(&spots, &Points::new(network.to_vec()), Some(&Roads::new(roads.clone())), &rules);
        let pieces: Vec<[At; 2]> = roads.into_iter().filter(|[a, b]| a != b).collect();
        let mut parts = Joined::default();
        pieces.iter().for_each(|&[a, b]| parts.join(a, b));
        for candidate in found.candidates {
            let route = candidate.on_roads.unwrap();
            let lengths = |lines: &[[At; 2]]| lines.iter().map(|&[a, b]| length(squared(a, b))).sum::<u64>();
            let along: Vec<[At; 2]> = route.roads.iter().flat_map(|line| line.windows(2).map(|ends| [ends[0], ends[1]])).collect();
            // Every stretch is on one piece.
            for &[a, b] in &along {
                prop_assert!(pieces.iter().any(|&piece| away(a, piece) == 0 && away(b, piece) == 0), "{a:?} to {b:?}");
            }
            prop_assert_eq!(route.on_road.millimetres(), lengths(&along));
            prop_assert_eq!(route.drop.millimetres(), lengths(&route.drops));
            prop_assert_eq!(route.off_road.millimetres(), lengths(&route.straight));
            let straight = route.drop.millimetres() + route.off_road.millimetres();
            prop_assert_eq!(candidate.route.millimetres(), route.on_road.millimetres() + (straight * 130).div_ceil(100));
            let mut joined = Joined::default();
            along.iter().chain(&route.drops).chain(&route.straight).for_each(|&[a, b]| joined.join(a, b));
            let own = candidate.places.iter().filter_map(|&place| spots.at[place as usize]).chain(candidate.link.map(|link| link[1]));
            let ends: BTreeSet<usize> = own.map(|at| joined.of(at)).collect();
            prop_assert_eq!(ends.len(), 1, "all places and the network are joined");
            // The parts of the roads that a place may attach to: those that are nearest.
            let limit = u128::from(rules.reach.millimetres()).pow(2);
            let mut attached = |at: At| -> BTreeSet<usize> {
                let nearest = pieces.iter().map(|&piece| away(at, piece)).min().filter(|nearest| *nearest <= limit);
                let nearest = pieces.iter().filter(|piece| Some(away(at, **piece)) == nearest);
                nearest.map(|piece| parts.of(piece[0])).collect()
            };
            for &[a, b] in &route.straight {
                let (a, b) = (attached(a), attached(b));
                prop_assert!(a.len() != 1 || a != b, "a road leads");
            }
            for &[at, to] in &route.drops {
                prop_assert_eq!(squared(at, to), pieces.iter().map(|&piece| away(at, piece)).min().unwrap());
            }
        }
    }

    #[test]
    fn the_order_of_roads_and_which_end_is_first_do_not_matter(
        (places, mixed) in places(60).prop_flat_map(|p| (Just(p.clone()), Just(p).prop_shuffle())),
        (roads, shuffled) in roads().prop_flat_map(|r| (Just(r.clone()), Just(r).prop_shuffle())),
        skew in -3i64..4,
    ) {
        // Askew, so that nearest points and lengths are rounded.
        let skewed = |at: At| [at[0] + at[1] * skew / 7, at[1] - at[0] * skew / 11];
        let roads: Vec<[At; 2]> = roads.into_iter().map(|piece| piece.map(skewed)).collect();
        let mut other: Vec<[At; 2]> = shuffled.into_iter().map(|[a, b]| [skewed(b), skewed(a)]).collect();
        other.extend(other.first().copied());
        let network = Points::new(vec![[5_000, 5_000], [30_000, 30_000]]);
        let there = find(&spots(&places), &network, Some(&Roads::new(roads)), &RULES);
        let back = find(&spots(&mixed), &network, Some(&Roads::new(other)), &RULES);
        prop_assert_eq!(told(&there), told(&back));
    }
}
