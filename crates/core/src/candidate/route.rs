//! A route on roads: from the nearest points on roads to places, along roads between them, and straight where no road leads.

use super::{
    At,
    forest::root,
    graph::Graph,
    length,
    roads::{Foot, Roads},
    squared,
    steiner::Trees,
};
use crate::quantity::Metres;

/// Roads are looked at so far around the places and the network of a candidate, at least.
const LEAST_AROUND: u64 = 1_000_000;

/// A route on roads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoadRoute {
    /// The lines on roads.
    pub roads: Vec<Vec<At>>,
    /// The straight lines from places, and from the network, to the nearest points on roads.
    pub drops: Vec<[At; 2]>,
    /// The straight lines where no road leads, between places, or from one to the network.
    pub straight: Vec<[At; 2]>,
    /// How long the lines on roads are in all.
    pub on_road: Metres,
    /// How long the lines to roads are in all.
    pub drop: Metres,
    /// How long the lines where no road leads are in all.
    pub off_road: Metres,
}

impl RoadRoute {
    /// Joins places along roads. The lines, which may go to the network too, join them all, and are taken where no road leads, the shortest
    /// first. What is farther than the reach from any road does not attach to one.
    pub(super) fn of(roads: &Roads, places: &[At], lines: &[[At; 2]], reach: Metres) -> Self {
        let mut stops: Vec<At> = places.iter().chain(lines.iter().flatten()).copied().collect();
        stops.sort_unstable();
        stops.dedup();
        let mut feet: Vec<(usize, Foot)> = Vec::new();
        for (stop, &at) in stops.iter().enumerate() {
            feet.extend(roads.nearest(at, reach).map(|foot| (stop, foot)));
        }
        let (low, high) = around(&stops, reach);
        let (graph, nodes) =
            Graph::of(&roads.in_box(low, high), &feet.iter().map(|(_, foot)| *foot).collect::<Vec<_>>());
        let mut ends = nodes.clone();
        ends.sort_unstable();
        ends.dedup();
        let trees = Trees::of(&graph, &ends);
        // What stands for the stops of each tree is the first of them; those without a road are alone.
        let mut set: Vec<u32> = (0..).take(stops.len()).collect();
        let mut first: Vec<Option<usize>> = vec![None; ends.len()];
        let mut alone: Vec<bool> = vec![true; stops.len()];
        for (&(stop, _), node) in feet.iter().zip(&nodes) {
            let tree = ends.binary_search(node).map_or(0, |end| trees.of[end] as usize);
            let one = *first[tree].get_or_insert(stop);
            set[stop] = set[one];
            if one != stop {
                (alone[one], alone[stop]) = (false, false);
            }
        }
        let mut found = Self { roads: graph.lines(&trees.stretches), ..Self::default() };
        found.on_road = Metres::from_millimetres(trees.length);
        let mut drop = 0u64;
        for &(stop, foot) in feet.iter().filter(|(stop, foot)| !alone[*stop] && foot.squared > 0) {
            drop = drop.saturating_add(length(foot.squared));
            found.drops.push([stops[stop], foot.at]);
        }
        found.drop = Metres::from_millimetres(drop);
        let number = |at: &At| stops.binary_search(at).ok().and_then(|stop| u32::try_from(stop).ok()).unwrap_or(0);
        let ends = |&[a, b]: &[At; 2]| [a.min(b), a.max(b)];
        let mut lines: Vec<[At; 2]> = lines.iter().map(ends).collect();
        lines.sort_unstable_by_key(|&[a, b]| (squared(a, b), a, b));
        let mut off = 0u64;
        for line in lines {
            let [a, b] = line.map(|at| root(&mut set, number(&at)));
            if a != b {
                set[a.max(b) as usize] = a.min(b);
                off = off.saturating_add(length(squared(line[0], line[1])));
                found.straight.push(line);
            }
        }
        found.off_road = Metres::from_millimetres(off);
        found
    }
}

/// Where roads are looked at: the box around some positions, and half its longer side around that, or more.
fn around(stops: &[At], reach: Metres) -> (At, At) {
    let bounds = [0, 1].map(|axis| {
        let on = || stops.iter().map(|at| at[axis]);
        (on().min().unwrap_or_default(), on().max().unwrap_or_default())
    });
    let side = bounds.map(|(low, high)| low.abs_diff(high)).into_iter().max().unwrap_or_default();
    let more = i64::try_from((side / 2).max(reach.millimetres()).max(LEAST_AROUND)).unwrap_or(i64::MAX);
    (bounds.map(|(low, _)| low.saturating_sub(more)), bounds.map(|(_, high)| high.saturating_add(more)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn road(line: &[At]) -> Vec<[At; 2]> {
        line.windows(2).map(|ends| [metres(ends[0]), metres(ends[1])]).collect()
    }

    fn metres(at: At) -> At {
        at.map(|metres| metres * 1000)
    }

    fn of(lines: &[&[At]], places: &[At], straight: &[[At; 2]], reach: u32) -> RoadRoute {
        let roads = Roads::new(lines.iter().flat_map(|line| road(line)).collect());
        let places: Vec<At> = places.iter().map(|&at| metres(at)).collect();
        let straight: Vec<[At; 2]> = straight.iter().map(|line| line.map(metres)).collect();
        RoadRoute::of(&roads, &places, &straight, Metres::from_metres(reach))
    }

    fn lengths(found: &RoadRoute) -> [u64; 3] {
        [found.on_road, found.drop, found.off_road].map(|length| length.millimetres() / 1000)
    }

    const PLACES: [At; 3] = [[0, 50], [100, 30], [300, 400]];
    const STRAIGHT: [[At; 2]; 2] = [[[0, 50], [100, 30]], [[100, 30], [300, 400]]];

    #[test]
    fn a_route_goes_from_places_to_the_road_and_along_it() {
        // 50 and 30 metres to a road east, 100 along it, 200 farther to a corner, 400 north to the third place, which lies on the road.
        let found = of(&[&[[-500, 0], [300, 0], [300, 500]]], &PLACES, &STRAIGHT, 300);
        assert_eq!(lengths(&found), [700, 80, 0]);
        assert_eq!(found.drops, [[[0, 50], [0, 0]], [[100, 30], [100, 0]]].map(|line| line.map(metres)));
        assert_eq!(found.roads, [[[0, 0], [100, 0], [300, 0], [300, 400]].map(metres).to_vec()]);
    }

    #[test]
    fn a_road_that_crosses_without_a_vertex_leads_nowhere_and_lines_are_straight_there() {
        // The road north begins below the road east and has no vertex where they cross.
        let found = of(&[&[[-500, 0], [600, 0]], &[[300, -10], [300, 500]]], &PLACES, &STRAIGHT, 300);
        // From the second place to the third: 200 east, 370 north, 420.595.
        assert_eq!(lengths(&found), [100, 80, 420]);
        assert_eq!(found.straight, [[[100, 30], [300, 400]].map(metres)]);
        let joined =
            of(&[&[[-500, 0], [300, 0], [600, 0]], &[[300, -10], [300, 0], [300, 500]]], &PLACES, &STRAIGHT, 300);
        assert_eq!(lengths(&joined), [700, 80, 0]);
    }

    #[test]
    fn what_is_farther_from_roads_than_the_reach_is_joined_by_straight_lines() {
        let east: &[At] = &[[-500, 0], [600, 0]];
        assert_eq!(lengths(&of(&[east], &PLACES, &STRAIGHT, 400)), [300, 480, 0], "400 is enough for 400");
        assert_eq!(lengths(&of(&[east], &PLACES, &STRAIGHT, 399)), [100, 80, 420]);
        // Only one of the first two is near enough: a road leads nowhere from it, and no way to it is counted.
        assert_eq!(lengths(&of(&[east], &PLACES, &STRAIGHT, 30)), [0, 0, 522]);
        assert_eq!(lengths(&of(&[], &PLACES, &STRAIGHT, 300)), [0, 0, 522]);
    }

    #[test]
    fn places_with_one_nearest_point_need_no_road_between_them() {
        let places = [[0, 50], [0, -20], [0, 50]];
        let found = of(&[&[[-500, 0], [600, 0]]], &places, &[[[0, 50], [0, -20]], [[0, 50], [0, 50]]], 300);
        assert_eq!(lengths(&found), [0, 70, 0], "two at one position have one way to the road");
        assert!(found.roads.is_empty() && found.drops.len() == 2);
        assert_eq!(of(&[], &[[5, 5]], &[], 300), RoadRoute::default(), "one alone has no route");
    }

    #[test]
    fn a_way_round_is_looked_for_so_far_away_and_no_farther() {
        // Two ends 100 metres apart, and a way round through the north: the box is 100 metres wide, so roads are looked at 1 000 around.
        let round = |north: i64| -> RoadRoute {
            let way: &[At] = &[[0, 0], [0, 900], [0, north], [100, north], [100, 900], [100, 0]];
            of(&[way], &[[0, 0], [100, 0]], &[[[0, 0], [100, 0]]], 50)
        };
        assert_eq!(lengths(&round(1000)), [2100, 0, 0]);
        assert_eq!(lengths(&round(1001)), [0, 0, 100], "none of the road at the top is within the box");
    }
}
