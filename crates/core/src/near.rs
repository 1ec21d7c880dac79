//! Near: a place within some metres of a place that is connected.
//!
//! The places are looked at twice. The first look finds the connected ones, which are kept in [`Neighbours`]; the second
//! asks, for every place, what the neighbours within its distance are connected to.

use std::{collections::BTreeSet, ops::Range};

use geo::Coord;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::{
    coverage::Joiner,
    distance::within,
    place::Places,
    quantity::Metres,
    service::{Link, Reach, ServiceId, Technology},
    settlement::Settlement,
};

/// When a place is near a service: when it lies at most so far from a place that is connected to it.
///
/// # Source
/// PTS counts as being in *absoluta närheten* who is "inom 50 meter från närmaste fiberanslutna fastighet" (survey of
/// 2018). Other distances for towns and countryside have not been found, so they are settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[doc(alias = "absoluta närheten")]
pub struct Near {
    /// How far, by the settlement class of the place that is near.
    pub distance: Distances,
    /// Connections by these technologies make their neighbours near.
    pub technologies: BTreeSet<Technology>,
}

/// A distance for each settlement class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Distances {
    /// In localities.
    pub locality: Metres,
    /// In smaller localities.
    pub smaller_locality: Metres,
    /// Outside both.
    pub outside: Metres,
    /// Where the class is not known.
    pub unknown: Metres,
}

impl Distances {
    /// The distance for a settlement class.
    #[must_use]
    pub const fn of(&self, class: Settlement) -> Metres {
        match class {
            Settlement::Locality => self.locality,
            Settlement::SmallerLocality => self.smaller_locality,
            Settlement::Outside => self.outside,
            Settlement::Unknown => self.unknown,
        }
    }

    fn longest(&self) -> Metres {
        Settlement::ALL.map(|class| self.of(class)).into_iter().fold(self.locality, Metres::max)
    }
}

impl Default for Near {
    /// 50 metres everywhere, from places that are connected to fibre.
    fn default() -> Self {
        let d = Metres::from_metres(50);
        Self {
            distance: Distances { locality: d, smaller_locality: d, outside: d, unknown: d },
            technologies: BTreeSet::from([Technology::Fibre]),
        }
    }
}

/// A connected place: where it lies, and the number of its kind.
#[derive(Debug, Clone, Copy)]
pub struct ConnectedPlace {
    at: Coord,
    kind: u32,
}

/// All connected places, so that those around a point are found at once.
///
/// The plane is cut into squares with a side of twice the longest distance, so that at most four of them (nine, when
/// rounding has it so) hold all that can be near a point. In each, places that are connected to the same services lie
/// side by side: what says nothing new about a place is passed over as a whole.
///
/// # Memory
/// 16 bytes per connected place, 8 per square and set of services, about 30 per square: 23 bytes per place, all told,
/// for the 2.7 million of a made-up country; 24 bytes more per connected place while it is made.
#[derive(Debug)]
pub struct Neighbours<'a> {
    near: &'a Near,
    side: f64,
    /// The longest distance, not rounded down.
    reach: f64,
    /// By square: its runs.
    squares: FxHashMap<(i32, i32), (u32, u32)>,
    /// The places of one square that are connected to the same services.
    runs: Vec<Run>,
    /// The positions of all connected places, run by run.
    at: Vec<Coord>,
    /// The services that a set holds, sorted.
    sets: Vec<Box<[ServiceId]>>,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    set: u32,
    /// Its first place; the next run's is past its last.
    start: u32,
}

/// What is asked about a kind of place before its neighbours are looked for.
struct Asker {
    distance: Metres,
    /// The services that it is connected to itself, sorted.
    own: Vec<ServiceId>,
}

impl Near {
    /// The places of a run that have a position and are connected by one of the technologies; `kinds` are the numbers that
    /// the joiner gave them.
    ///
    /// # Panics
    /// When the range is beyond the places, or longer than `kinds`.
    #[must_use]
    pub fn connected(
        &self,
        joiner: &Joiner<'_>,
        places: &Places,
        range: Range<usize>,
        kinds: &[u32],
    ) -> Vec<ConnectedPlace> {
        let mut known: FxHashMap<u32, bool> = FxHashMap::default();
        let mut last = (u32::MAX, false);
        let mut found = Vec::new();
        for (place, &kind) in range.zip(kinds) {
            if last.0 != kind {
                let connected = *known.entry(kind).or_insert_with(|| !self.services(joiner, kind).is_empty());
                last = (kind, connected);
            }
            if last.1
                && let Some(at) = places.position(place)
            {
                found.push(ConnectedPlace { at, kind });
            }
        }
        found
    }

    /// The services that places of a kind are connected to by one of the technologies, sorted.
    fn services(&self, joiner: &Joiner<'_>, kind: u32) -> Vec<ServiceId> {
        let counts = |link: &Link| {
            let technology = joiner.services().get(link.service).technology;
            link.reach == Reach::Connected && self.technologies.contains(&technology)
        };
        let mut services: Vec<_> = joiner.reached(kind).1.iter().filter(|l| counts(l)).map(|l| l.service).collect();
        services.sort_unstable();
        services.dedup();
        services
    }

    /// Puts connected places in order; the kinds are those that this joiner, or the one before it, gave.
    #[must_use]
    pub fn neighbours<'a>(&'a self, joiner: &Joiner<'_>, connected: Vec<ConnectedPlace>) -> Neighbours<'a> {
        let mut kinds: Vec<u32> = connected.iter().map(|place| place.kind).collect();
        kinds.par_sort_unstable();
        kinds.dedup();
        let of_kinds: Vec<Vec<ServiceId>> = kinds.iter().map(|&kind| self.services(joiner, kind)).collect();
        let mut sets = of_kinds.clone();
        sets.sort_unstable();
        sets.dedup();
        let sets: Vec<Box<[ServiceId]>> = sets.into_iter().map(Vec::into_boxed_slice).collect();
        let numbers: FxHashMap<u32, u32> = kinds
            .into_iter()
            .zip(of_kinds)
            .filter_map(|(kind, set)| {
                let at = sets.binary_search_by(|known| (**known).cmp(set.as_slice())).ok()?;
                Some((kind, u32::try_from(at).ok()?))
            })
            .collect();
        Neighbours::new(self, sets, connected.into_iter().filter_map(|p| Some((*numbers.get(&p.kind)?, p.at))))
    }
}

impl<'a> Neighbours<'a> {
    fn new(near: &'a Near, sets: Vec<Box<[ServiceId]>>, places: impl Iterator<Item = (u32, Coord)>) -> Self {
        let reach = near.distance.longest().metres().next_up();
        // Something, where the distance is nothing.
        let side = 2.0 * reach.max(0.5);
        let square = |at: Coord| (number(at.x, side), number(at.y, side));
        let mut places: Vec<(u32, Coord)> = places.collect();
        let order = |a: &(u32, Coord), b: &(u32, Coord)| {
            let by_place = || a.1.x.total_cmp(&b.1.x).then_with(|| a.1.y.total_cmp(&b.1.y));
            square(a.1).cmp(&square(b.1)).then(a.0.cmp(&b.0)).then_with(by_place)
        };
        places.par_sort_unstable_by(order);
        // Several homes at one address.
        places.dedup_by(|a, b| order(a, b).is_eq());
        let mut all = Self {
            near,
            side,
            reach,
            squares: FxHashMap::default(),
            runs: Vec::new(),
            at: Vec::with_capacity(places.len()),
            sets,
        };
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        for of_square in places.chunk_by(|a, b| square(a.1) == square(b.1)) {
            let first = count(all.runs.len());
            for run in of_square.chunk_by(|a, b| a.0 == b.0) {
                all.runs.push(Run { set: run[0].0, start: count(all.at.len()) });
                all.at.extend(run.iter().map(|&(_, at)| at));
            }
            all.squares.insert(square(of_square[0].1), (first, count(all.runs.len())));
        }
        all
    }

    /// How many connected places there are; those at one point with the same services are one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether no place is connected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// The lowest and the highest coordinates of any connected place; `None` when there is none.
    #[must_use]
    pub fn bounds(&self) -> Option<(Coord, Coord)> {
        self.at.iter().map(|&at| (at, at)).reduce(|(low, high), (at, _)| {
            (Coord { x: low.x.min(at.x), y: low.y.min(at.y) }, Coord { x: high.x.max(at.x), y: high.y.max(at.y) })
        })
    }

    /// Gives places of a run that are near something kinds that say so; `kinds` are the numbers that the joiner gave.
    ///
    /// # Panics
    /// When the range is beyond the places, or longer than `kinds`.
    pub fn extend(&self, joiner: &Joiner<'_>, places: &Places, range: Range<usize>, kinds: &mut [u32]) {
        if self.is_empty() {
            return;
        }
        let mut askers: FxHashMap<u32, Asker> = FxHashMap::default();
        let mut extended: FxHashMap<(u32, Vec<ServiceId>), u32> = FxHashMap::default();
        let (mut squares, mut found) = (Vec::new(), Vec::new());
        for (place, kind) in range.zip(kinds) {
            let Some(at) = places.position(place) else { continue };
            self.around(at, &mut squares);
            if squares.is_empty() {
                continue;
            }
            let asker = askers.entry(*kind).or_insert_with(|| {
                let (settlement, links) = joiner.reached(*kind);
                let mut own: Vec<_> = links.iter().filter(|l| l.reach == Reach::Connected).map(|l| l.service).collect();
                own.sort_unstable();
                Asker { distance: self.near.distance.of(settlement), own }
            });
            found.clear();
            squares.iter().for_each(|&runs| self.ask(runs, at, asker, &mut found));
            if found.is_empty() {
                continue;
            }
            found.sort_unstable();
            let key = (*kind, found.clone());
            *kind = *extended.entry(key).or_insert_with(|| {
                let links: Vec<Link> = found.iter().map(|&service| Link { service, reach: Reach::Near }).collect();
                joiner.with_links(*kind, &links)
            });
        }
    }

    /// The runs of every square that may hold a place within the longest distance.
    fn around(&self, at: Coord, squares: &mut Vec<(u32, u32)>) {
        // Rounding keeps order, so a place within the distance is in one of these squares.
        let numbers = |v: f64| number(v - self.reach, self.side)..=number(v + self.reach, self.side);
        squares.clear();
        for x in numbers(at.x) {
            squares.extend(numbers(at.y).filter_map(|y| self.squares.get(&(x, y)).copied()));
        }
    }

    /// Adds the services of connected places within the distance that the place is not connected to itself.
    fn ask(&self, (first, past): (u32, u32), at: Coord, asker: &Asker, found: &mut Vec<ServiceId>) {
        for run in first as usize..past as usize {
            let set = &self.sets[self.runs[run].set as usize];
            let is_new = |service: &ServiceId, found: &[ServiceId]| {
                asker.own.binary_search(service).is_err() && !found.contains(service)
            };
            if !set.iter().any(|service| is_new(service, found)) {
                continue;
            }
            let start = self.runs[run].start as usize;
            let end = self.runs.get(run + 1).map_or(self.at.len(), |next| next.start as usize);
            if self.at[start..end].iter().any(|&neighbour| within(at, neighbour, asker.distance)) {
                let new: Vec<_> = set.iter().filter(|service| is_new(service, found)).copied().collect();
                found.extend(new);
            }
        }
    }
}

/// The number of the square, along one axis, that a coordinate lies in.
#[expect(clippy::cast_possible_truncation, reason = "what is beyond the last square is in it, which keeps the order")]
fn number(coordinate: f64, side: f64) -> i32 {
    (coordinate / side).floor() as i32
}
