//! Candidates: projects that are proposed where nobody has drawn any.
//!
//! ```text
//! Spots ──grow──▶ forest ──split──▶ groups of places ──trace──▶ Candidate { places, route, outline }
//!                                          Roads ──follow──▶ RoadRoute
//! ```
//!
//! `docs/methods/candidates.md` says the rules in words. Places that lack a speed are joined to the nearest others, by the shortest
//! links first, as long as no link is longer than the reach: so every candidate is a tree of shortest length, and what is joined by
//! no link is not together. Positions are whole millimetres and ties are told apart by where places lie, so the order of places does
//! not matter. Every place that lacks the speed is in one candidate, or left out for a reason that is counted.

mod forest;
mod graph;
mod outline;
mod points;
mod roads;
mod route;
mod split;
mod steiner;

use std::collections::BTreeMap;

use geo::MultiPolygon;
use rayon::prelude::*;

use crate::{quantity::Metres, settlement::Settlement};
use forest::{Edge, Forest};
use outline::Others;
pub use points::Points;
pub use roads::Roads;
pub use route::RoadRoute;

/// A position in whole millimetres: easting, northing.
pub type At = [i64; 2];

/// How candidates are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Places that lie at most so far apart are together, and so is what is together with either.
    pub reach: Metres,
    /// Fewer places than this are no project.
    pub least: u64,
    /// More places than this are several projects.
    pub most: u64,
    /// Whether a project ends at the border of an area.
    pub within_areas: bool,
    /// Whether a project has places of one settlement class only.
    pub by_class: bool,
    /// How far beyond its places and routes an outline goes; at most half the reach.
    pub margin: Metres,
    /// How long a route is, in per cent of the straight lines in it.
    pub detour: u64,
}

/// Places that lack the speed, one index per place in every list.
#[derive(Debug, Clone, Default)]
pub struct Spots {
    /// Where each lies; `None` when that is not known.
    pub at: Vec<Option<At>>,
    /// The area of each.
    pub area: Vec<Option<u32>>,
    /// The settlement class of each.
    pub class: Vec<Settlement>,
}

impl Spots {
    /// Adds a place.
    pub fn push(&mut self, at: Option<At>, area: Option<u32>, class: Settlement) {
        self.at.push(at);
        self.area.push(area);
        self.class.push(class);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }
}

/// Why a place that lacks the speed is in no candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It is not known where it lies.
    NoPosition,
    /// It lies in no area, and projects end at the borders of areas.
    NoArea,
    /// Too few places lie together.
    TooFew,
}

impl Reason {
    /// All of them, in the order of files.
    pub const ALL: [Self; 3] = [Self::NoPosition, Self::NoArea, Self::TooFew];

    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::NoPosition => "no-position",
            Self::NoArea => "no-area",
            Self::TooFew => "too-few",
        }
    }
}

/// What became of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is in the candidate with this index.
    In(usize),
    /// It is in none.
    LeftOut(Reason),
}

/// A project that could be.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The area where most of its places lie.
    pub area: Option<u32>,
    /// The settlement class where most of them lie.
    pub class: Settlement,
    /// Its places, by where they lie.
    pub places: Vec<u32>,
    /// The straight lines between its places, shortest in sum; each from and to.
    pub lines: Vec<[At; 2]>,
    /// The straight line to the nearest network.
    pub link: Option<[At; 2]>,
    /// How long the lines between its places are in all.
    pub between: Metres,
    /// How long the line to the network is.
    pub to_network: Metres,
    /// The route on roads, where there are any.
    pub on_roads: Option<RoadRoute>,
    /// How long the route is: both, times the detour; or what is on roads, and all else times the detour.
    pub route: Metres,
    /// What a planner would draw: all its places lie inside.
    pub outline: MultiPolygon,
    /// How many other places that lack the speed lie inside all the same, because they cannot be told apart from its own.
    pub also_inside: u64,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// By area, the largest first.
    pub candidates: Vec<Candidate>,
    /// Per spot.
    pub fates: Vec<Fate>,
}

/// A group of places under way.
struct Group {
    places: Vec<u32>,
    edges: Vec<Edge>,
}

/// What is around the places of a candidate.
struct Around<'a> {
    network: &'a Points,
    roads: Option<&'a Roads>,
    others: Others<'a>,
}

/// Finds candidates. `network` is where the network is that routes begin at; without one they begin nowhere. Routes follow `roads`, where
/// they are given, and are straight lines otherwise.
#[must_use]
pub fn find(spots: &Spots, network: &Points, roads: Option<&Roads>, rules: &Rules) -> Found {
    let mut fates = vec![Fate::LeftOut(Reason::NoPosition); spots.len()];
    let mut apart: BTreeMap<(Option<u32>, Option<Settlement>), Vec<u32>> = BTreeMap::new();
    for (number, fate) in (0u32..).zip(&mut fates) {
        let spot = number as usize;
        let (Some(_), area) = (spots.at[spot], spots.area[spot]) else { continue };
        if rules.within_areas && area.is_none() {
            *fate = Fate::LeftOut(Reason::NoArea);
            continue;
        }
        *fate = Fate::LeftOut(Reason::TooFew);
        let class = rules.by_class.then_some(spots.class[spot]);
        apart.entry((area.filter(|_| rules.within_areas), class)).or_default().push(number);
    }
    let at = |spot: u32| spots.at[spot as usize].unwrap_or_default();
    let together: Vec<Vec<u32>> = apart.into_values().collect();
    let groups: Vec<Vec<Group>> = together
        .into_par_iter()
        .with_max_len(1)
        .map(|mut numbers| {
            // By where they lie: neither files nor ids decide what is nearer of two that are as near.
            numbers.sort_by_key(|&spot| (at(spot), spot));
            grow(&numbers, &at, rules)
        })
        .collect();
    let mut groups: Vec<(Option<u32>, Group)> = groups
        .into_iter()
        .flatten()
        .map(|group| (most(group.places.iter().filter_map(|&spot| spots.area[spot as usize])), group))
        .collect();
    groups.sort_by_key(|(area, group)| {
        (*area, std::cmp::Reverse(group.places.len()), at(group.places[0]), group.places[0])
    });
    for (number, (_, group)) in groups.iter().enumerate() {
        group.places.iter().for_each(|&spot| fates[spot as usize] = Fate::In(number));
    }
    let placed: Vec<u32> = (0u32..).zip(&spots.at).filter(|(_, at)| at.is_some()).map(|(spot, _)| spot).collect();
    let all = Points::new(placed.iter().map(|&spot| at(spot)).collect());
    let around = Around { network, roads, others: Others::new(&all, &placed, &fates) };
    let candidates = groups
        .into_par_iter()
        .enumerate()
        .map(|(number, (area, group))| {
            let class = most(group.places.iter().map(|&spot| spots.class[spot as usize]));
            trace(number, (area, class.unwrap_or(Settlement::Unknown)), group, &at, &around, rules)
        })
        .collect();
    Found { candidates, fates }
}

/// The groups of some places, each with its shortest tree.
fn grow(numbers: &[u32], at: &(dyn Fn(u32) -> At + Sync), rules: &Rules) -> Vec<Group> {
    let points = Points::new(numbers.iter().map(|&spot| at(spot)).collect());
    let forest = Forest::of(&points, Some(rules.reach));
    let enough = |(places, _): &(Vec<u32>, Vec<Edge>)| places.len() as u64 >= rules.least;
    let trees = forest.trees(numbers.len()).into_iter().filter(enough);
    let split = trees.flat_map(|(places, edges)| split::split(places, edges, rules.least, rules.most));
    split
        .map(|(places, edges)| Group {
            places: places.into_iter().map(|point| numbers[point as usize]).collect(),
            edges: edges
                .into_iter()
                .map(|edge| Edge { ends: edge.ends.map(|point| numbers[point as usize]), ..edge })
                .collect(),
        })
        .collect()
}

/// What there is most of; of several, the first.
fn most<T: Ord>(things: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    things.for_each(|thing| *counts.entry(thing).or_default() += 1);
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(thing, _)| thing)
}

fn trace(
    number: usize,
    (area, class): (Option<u32>, Settlement),
    group: Group,
    at: &(dyn Fn(u32) -> At + Sync),
    around: &Around<'_>,
    rules: &Rules,
) -> Candidate {
    let Group { places, edges } = group;
    let nearest = places.iter().filter_map(|&spot| {
        let from = at(spot);
        around.network.nearest(from).map(|(squared, to)| (squared, from, to))
    });
    let link = nearest.min().map(|(squared, from, to)| (squared, [from, to]));
    let between = edges.iter().map(|edge| length(edge.squared)).sum();
    let to_network = link.map_or(0, |(squared, _)| length(squared));
    let lines: Vec<[At; 2]> = edges.iter().map(|edge| edge.ends.map(at)).collect();
    let points: Vec<At> = places.iter().map(|&spot| at(spot)).collect();
    let on_roads = around.roads.map(|roads| {
        let all: Vec<[At; 2]> = lines.iter().copied().chain(link.map(|(_, line)| line)).collect();
        RoadRoute::of(roads, &points, &all, rules.reach)
    });
    let (on_road, straight) = match &on_roads {
        None => (0, u128::from(between) + u128::from(to_network)),
        Some(route) => (
            route.on_road.millimetres(),
            u128::from(route.drop.millimetres()) + u128::from(route.off_road.millimetres()),
        ),
    };
    let route = u128::from(on_road) + (straight * u128::from(rules.detour)).div_ceil(100);
    let (outline, also_inside) = outline::outline(&points, &lines, (&around.others, number), rules.margin);
    Candidate {
        area,
        class,
        lines,
        link: link.map(|(_, line)| line),
        between: Metres::from_millimetres(between),
        to_network: Metres::from_millimetres(to_network),
        on_roads,
        route: Metres::from_millimetres(u64::try_from(route).unwrap_or(u64::MAX)),
        outline,
        also_inside,
        places,
    }
}

/// A length from its square, to the nearest millimetre.
fn length(squared: u128) -> u64 {
    let root = squared.isqrt();
    u64::try_from(root + u128::from(squared - root * root > root)).unwrap_or(u64::MAX)
}

/// The square of how far apart two positions are.
///
/// # Units
/// Square millimetres.
#[must_use]
pub fn squared(a: At, b: At) -> u128 {
    let [x, y] = [0, 1].map(|axis| u128::from(a[axis].abs_diff(b[axis])));
    x * x + y * y
}
