//! Near: a place within some metres of a place that is connected.
//!
//! The places are looked at twice. The first look finds the connected ones, which are kept in [`Neighbours`]; the second
//! asks, for every place, what the neighbours within its distance are connected to.

mod doubt;

use std::{collections::BTreeSet, ops::Range};

use geo::Coord;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::{
    coverage::Joiner,
    distance::within,
    doubt::Shift,
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

/// A place whose connections would be others if the borders of footprints were a little off.
#[derive(Debug, Clone)]
struct SwayingPlace {
    place: ConnectedPlace,
    /// Services that it would not be connected to at worst.
    lost: Vec<ServiceId>,
    /// Services that it would be connected to at best.
    gained: Vec<ServiceId>,
}

/// Places that are connected, or could be, as they are found.
#[derive(Debug, Default)]
pub struct Connections {
    places: Vec<ConnectedPlace>,
    swaying: Vec<SwayingPlace>,
}

impl Connections {
    /// Takes in what another has found.
    pub fn append(&mut self, mut other: Self) {
        self.places.append(&mut other.places);
        self.swaying.append(&mut other.swaying);
    }
}

/// Where borders lie: as is said, or off to the worse or the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum World {
    Said,
    Worst,
    Best,
}

/// The services that places are connected to in each [`World`], sorted.
type InWorlds = [Box<[ServiceId]>; 3];

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
    /// How much shorter and longer distances may be, where that is asked.
    error: Option<Metres>,
    side: f64,
    /// The longest distance that may be asked for, not rounded down.
    reach: f64,
    /// By square: its runs.
    squares: FxHashMap<(i32, i32), (u32, u32)>,
    /// The places of one square that are connected to the same services.
    runs: Vec<Run>,
    /// The positions of all connected places, run by run.
    at: Vec<Coord>,
    /// The services that a set holds.
    sets: Vec<InWorlds>,
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

/// What is asked of connected places.
struct Asked<'q> {
    at: Coord,
    world: World,
    distance: Metres,
    /// The services that are not asked for, sorted.
    own: &'q [ServiceId],
}

impl Near {
    /// The places of a run that have a position and are connected by one of the technologies; `kinds` are the numbers that
    /// the joiner gave them. `borders` says which places would be connected otherwise if borders were a little off, in their order.
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
        borders: &[(usize, Shift)],
    ) -> Connections {
        let mut borders = borders.iter().peekable();
        let mut known: FxHashMap<u32, bool> = FxHashMap::default();
        let mut last = (u32::MAX, false);
        let mut found = Connections::default();
        for (place, &kind) in range.zip(kinds) {
            if let Some((_, shift)) = borders.next_if(|(of, _)| *of == place)
                && let Some(at) = places.position(place)
                && let Some(swaying) = self.swaying(joiner, ConnectedPlace { at, kind }, shift)
            {
                found.swaying.push(swaying);
                continue;
            }
            if last.0 != kind {
                let connected = *known.entry(kind).or_insert_with(|| !self.services(joiner, kind).is_empty());
                last = (kind, connected);
            }
            if last.1
                && let Some(at) = places.position(place)
            {
                found.places.push(ConnectedPlace { at, kind });
            }
        }
        found
    }

    /// The services that places of a kind are connected to by one of the technologies, sorted.
    fn services(&self, joiner: &Joiner<'_>, kind: u32) -> Vec<ServiceId> {
        self.counted(joiner, &joiner.reached(kind).1)
    }

    /// The services of connections by one of the technologies, sorted.
    fn counted(&self, joiner: &Joiner<'_>, links: &[Link]) -> Vec<ServiceId> {
        let counts = |link: &&Link| {
            let technology = joiner.services().get(link.service).technology;
            link.reach == Reach::Connected && self.technologies.contains(&technology)
        };
        let mut services: Vec<_> = links.iter().filter(counts).map(|link| link.service).collect();
        services.sort_unstable();
        services.dedup();
        services
    }

    /// A place, if borders that are a little off make its neighbours near something else.
    fn swaying(&self, joiner: &Joiner<'_>, place: ConnectedPlace, shift: &Shift) -> Option<SwayingPlace> {
        let (lost, gained) = (self.counted(joiner, &shift.lost), self.counted(joiner, &shift.gained));
        (!lost.is_empty() || !gained.is_empty()).then_some(SwayingPlace { place, lost, gained })
    }

    /// Puts connected places in order; the kinds are those that this joiner, or the one before it, gave. `error` is how much shorter
    /// and longer distances may be, where [`Neighbours::doubt`] is to be asked.
    #[must_use]
    pub fn neighbours<'a>(
        &'a self,
        joiner: &Joiner<'_>,
        connected: Connections,
        error: Option<Metres>,
    ) -> Neighbours<'a> {
        let Connections { places, swaying } = connected;
        let mut kinds: Vec<u32> = places.iter().chain(swaying.iter().map(|s| &s.place)).map(|p| p.kind).collect();
        kinds.par_sort_unstable();
        kinds.dedup();
        let services = kinds.iter().map(|&kind| (kind, self.services(joiner, kind)));
        let services: FxHashMap<u32, Vec<ServiceId>> = services.collect();
        let of_kind = |kind: u32| -> InWorlds {
            let said = services.get(&kind).map(Vec::as_slice).unwrap_or_default();
            [said.into(), said.into(), said.into()]
        };
        let of_swaying = |swaying: &SwayingPlace| -> InWorlds {
            let said = services.get(&swaying.place.kind).map(Vec::as_slice).unwrap_or_default();
            let worst = said.iter().filter(|service| !swaying.lost.contains(service)).copied().collect();
            let mut best = [said, &swaying.gained].concat();
            best.sort_unstable();
            best.dedup();
            [said.into(), worst, best.into()]
        };
        let mut sets: Vec<InWorlds> = kinds.iter().map(|&kind| of_kind(kind)).collect();
        sets.extend(swaying.iter().map(of_swaying));
        sets.sort_unstable();
        sets.dedup();
        let number = |set: &InWorlds| u32::try_from(sets.binary_search(set).ok()?).ok();
        let numbers: FxHashMap<u32, u32> =
            kinds.iter().filter_map(|&kind| Some((kind, number(&of_kind(kind))?))).collect();
        let mut all: Vec<(u32, Coord)> = Vec::with_capacity(places.len() + swaying.len());
        all.extend(places.into_iter().filter_map(|place| Some((*numbers.get(&place.kind)?, place.at))));
        all.extend(swaying.iter().filter_map(|swaying| Some((number(&of_swaying(swaying))?, swaying.place.at))));
        Neighbours::new(self, error, sets, all)
    }
}

impl<'a> Neighbours<'a> {
    fn new(near: &'a Near, error: Option<Metres>, sets: Vec<InWorlds>, mut places: Vec<(u32, Coord)>) -> Self {
        let longest = near.distance.longest().millimetres();
        let longest = Metres::from_millimetres(longest.saturating_add(error.map_or(0, Metres::millimetres)));
        let reach = longest.metres().next_up();
        // Something, where the distance is nothing.
        let side = 2.0 * reach.max(0.5);
        let square = |at: Coord| (number(at.x, side), number(at.y, side));
        let order = |a: &(u32, Coord), b: &(u32, Coord)| {
            let by_place = || a.1.x.total_cmp(&b.1.x).then_with(|| a.1.y.total_cmp(&b.1.y));
            square(a.1).cmp(&square(b.1)).then(a.0.cmp(&b.0)).then_with(by_place)
        };
        places.par_sort_unstable_by(order);
        // Several homes at one address.
        places.dedup_by(|a, b| order(a, b).is_eq());
        let mut all = Self {
            near,
            error,
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
            let Asker { distance, own } = askers.entry(*kind).or_insert_with(|| self.asker(joiner, *kind));
            found.clear();
            let asked = Asked { at, world: World::Said, distance: *distance, own };
            squares.iter().for_each(|&runs| self.ask(runs, &asked, &mut found));
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

    fn asker(&self, joiner: &Joiner<'_>, kind: u32) -> Asker {
        let (settlement, links) = joiner.reached(kind);
        let mut own: Vec<_> = links.iter().filter(|l| l.reach == Reach::Connected).map(|l| l.service).collect();
        own.sort_unstable();
        Asker { distance: self.near.distance.of(settlement), own }
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

    /// Adds the services of connected places within the distance, other than the place's own.
    fn ask(&self, (first, past): (u32, u32), asked: &Asked<'_>, found: &mut Vec<ServiceId>) {
        for run in first as usize..past as usize {
            let set = &self.sets[self.runs[run].set as usize][asked.world as usize];
            let is_new = |service: &ServiceId, found: &[ServiceId]| {
                asked.own.binary_search(service).is_err() && !found.contains(service)
            };
            if !set.iter().any(|service| is_new(service, found)) {
                continue;
            }
            let start = self.runs[run].start as usize;
            let end = self.runs.get(run + 1).map_or(self.at.len(), |next| next.start as usize);
            if self.at[start..end].iter().any(|&neighbour| within(asked.at, neighbour, asked.distance)) {
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
