//! Coverage: which services reach each place, and where the place lies.

use std::{
    cmp::Ordering,
    hash::BuildHasher as _,
    sync::{Arc, Mutex, PoisonError},
};

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::{
    index::{AreaAt, CoverageIndex, Desk, Held, SetId},
    near::Connections,
    offer::Offers,
    place::Places,
    review::Decision,
    service::{Link, Reach, ServiceId, Services},
    settlement::Settlement,
    study::{Frame, Study},
};

/// All that counts about a place besides its category and units: where it lies and what reaches it.
///
/// Millions of places fall into some tens of thousands of kinds, and everything that is asked about places is asked
/// about kinds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    /// Per level of the frame: the area, `None` where the place lies in none.
    pub areas: Arc<[Option<u32>]>,
    /// The settlement class.
    pub settlement: Settlement,
    /// What reaches it, sorted; `None` when that cannot be said (unmatched).
    ///
    /// A place is unmatched when it has neither a position nor an offer nor a review, or when the study has areas and none of any
    /// level holds it.
    pub links: Option<Arc<[Link]>>,
    /// What is odd about where it lies, level by level.
    pub oddities: Box<[(usize, Oddity)]>,
}

impl Kind {
    /// Whether it can be said what reaches the place.
    #[must_use]
    pub fn is_matched(&self) -> bool {
        self.links.is_some()
    }

    /// A number that is smaller only for kinds that are: most are told apart by it, without a look at their lists.
    fn beginning(&self) -> u64 {
        let area =
            |level: usize| u64::from(self.areas.get(level).copied().flatten().map_or(0, |area| area.saturating_add(1)));
        area(0) << 32 | area(1)
    }

    pub(crate) fn differs_only_in_oddities(&self, other: &Self) -> bool {
        self.areas == other.areas && self.settlement == other.settlement && self.links == other.links
    }
}

/// What can be odd about where a place lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// No area of the level holds it, and no code names one.
    NoArea,
    /// It lies on or in several areas; the lowest code was taken.
    SeveralAreas,
    /// Its code names one area and its position another, or none; the code was taken.
    CodeMismatch {
        /// The area that holds its position.
        position: Option<u32>,
    },
}

/// The coverage of places: one kind per place.
///
/// # Shape
/// `kind` has one entry per place, in the places' order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Per place: index into [`Coverage::kinds`].
    pub kind: Vec<u32>,
    /// The distinct kinds, sorted.
    pub kinds: Vec<Kind>,
}

impl Coverage {
    /// The kind of a place.
    ///
    /// # Panics
    /// When there is no such place.
    #[must_use]
    pub fn of(&self, place: usize) -> &Kind {
        &self.kinds[self.kind[place] as usize]
    }

    /// The links that reach a place; `None` when it is unmatched.
    ///
    /// # Panics
    /// When there is no such place.
    #[must_use]
    pub fn links(&self, place: usize) -> Option<&[Link]> {
        self.of(place).links.as_deref()
    }
}

/// How many distinct sets of links there are among kinds.
#[must_use]
pub fn link_sets(kinds: &[Kind]) -> usize {
    let hash = |links| (FxBuildHasher.hash_one(links), links);
    let mut sets: Vec<(u64, &[Link])> = kinds.par_iter().filter_map(|kind| kind.links.as_deref()).map(hash).collect();
    sets.par_sort_unstable_by_key(|&(hash, _)| hash);
    let alike = sets.chunk_by(|a, b| a.0 == b.0);
    alike.map(|sets| if sets.len() == 1 { 1 } else { sets.iter().collect::<FxHashSet<_>>().len() }).sum()
}

/// Places in a run that are joined by one worker at a time.
const RUN: usize = 1 << 16;

/// Joins every place of a study with everything that reaches it. Each place is looked at once.
///
/// `progress` is called with the number of places done since the last call, from any thread.
#[must_use]
pub fn join(index: &CoverageIndex, study: &Study, progress: impl Fn(usize) + Sync) -> Coverage {
    let joiner = Joiner::new(index, &study.frame, &study.offers);
    let places = &study.places;
    let starts: Vec<usize> = (0..places.len()).step_by(RUN).collect();
    let mut runs: Vec<Vec<u32>> = starts
        .par_iter()
        .map(|&start| {
            let range = start..places.len().min(start + RUN);
            let kinds = joiner.join(places, range.clone());
            progress(range.len());
            kinds
        })
        .collect();
    if let Some(near) = &study.frame.near {
        let range = |start: usize| start..places.len().min(start + RUN);
        let found: Vec<Connections> = starts
            .par_iter()
            .zip(&runs)
            .map(|(&start, kinds)| near.connected(&joiner, places, range(start), kinds, &[]))
            .collect();
        let mut connected = Connections::default();
        found.into_iter().for_each(|found| connected.append(found));
        let neighbours = near.neighbours(&joiner, connected, None);
        let runs = runs.par_iter_mut().zip(&starts);
        runs.for_each(|(kinds, &start)| neighbours.extend(&joiner, places, range(start), kinds));
    }
    let seen = runs
        .par_iter()
        .fold(ByNumber::default, |mut seen: ByNumber<bool>, run| {
            run.iter().for_each(|&number| *seen.at(number) = true);
            seen
        })
        .reduce(ByNumber::default, ByNumber::either);
    let (kinds, place) = joiner.finish(&seen.numbers());
    let mut kind = vec![0; places.len()];
    kind.par_chunks_mut(RUN).zip(runs).for_each(|(kind, run)| {
        kind.iter_mut().zip(run).for_each(|(kind, number)| *kind = place.of(number));
    });
    Coverage { kind, kinds }
}

/// Something for each number of a kind that [`Joiner::join`] gave: plain kinds, and special ones.
#[derive(Debug, Clone, Default)]
pub struct ByNumber<T>([Vec<T>; 2]);

impl<T: Clone + Default> ByNumber<T> {
    fn at(&mut self, number: u32) -> &mut T {
        let list = &mut self.0[usize::from(number & SPECIAL != 0)];
        let at = (number & !SPECIAL) as usize;
        if list.len() <= at {
            list.resize(at * 5 / 4 + 1024, T::default());
        }
        &mut list[at]
    }
}

impl ByNumber<bool> {
    fn either(mut self, other: Self) -> Self {
        for (own, mut others) in self.0.iter_mut().zip(other.0) {
            if own.len() < others.len() {
                std::mem::swap(own, &mut others);
            }
            own.iter_mut().zip(others).for_each(|(own, other)| *own |= other);
        }
        self
    }

    fn numbers(&self) -> Vec<u32> {
        let of = |list: &[bool], bit| {
            (0u32..).zip(list).filter(|&(_, &seen)| seen).map(move |(at, _)| at | bit).collect::<Vec<_>>()
        };
        [of(&self.0[0], 0), of(&self.0[1], SPECIAL)].concat()
    }
}

impl ByNumber<u32> {
    /// What the number became.
    ///
    /// # Panics
    /// When the number was not given.
    #[must_use]
    pub fn of(&self, number: u32) -> u32 {
        self.0[usize::from(number & SPECIAL != 0)][(number & !SPECIAL) as usize]
    }
}

/// Joins places run by run, from any number of threads, and numbers their kinds.
///
/// The numbers that [`Joiner::join`] gives depend on who came first; [`Joiner::finish`] says what they stand for.
#[derive(Debug)]
pub struct Joiner<'a> {
    index: &'a CoverageIndex,
    frame: &'a Frame,
    offers: &'a Offers,
    table: Mutex<Table>,
    /// Desks of workers that are not at work just now.
    desks: Mutex<Vec<Work>>,
}

/// The numbers that a [`Joiner`] has given out to special places.
#[derive(Debug)]
pub struct Given(Table);

/// Kinds of places that have a code, an offer or no position: by all that makes them.
#[derive(Debug, Default)]
struct Table {
    makings: Vec<Arc<[u32]>>,
    known: FxHashMap<Arc<[u32]>, u32>,
}

/// What one worker keeps from run to run.
#[derive(Debug, Default)]
struct Work {
    desk: Desk,
    known: FxHashMap<Arc<[u32]>, u32>,
    makings: Vec<u32>,
    /// By number of a kind, whether anything is odd about it, if that is known.
    odd: ByNumber<Option<bool>>,
}

/// The number of a kind while places are being joined: that of its set for a place that has a position and neither
/// codes nor offers, else, with this bit, its place in the table.
const SPECIAL: u32 = 1 << 31;

impl<'a> Joiner<'a> {
    /// Makes ready to join places with what is in the index and on the offer lists.
    #[must_use]
    pub fn new(index: &'a CoverageIndex, frame: &'a Frame, offers: &'a Offers) -> Self {
        Self { index, frame, offers, table: Mutex::default(), desks: Mutex::default() }
    }

    /// What it has given out so far, for [`Joiner::resume`].
    #[must_use]
    pub fn pause(self) -> Given {
        Given(self.table.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Goes on where another one was paused, with the same index, levels and offers. Between the two, the index may have let
    /// go of its squares.
    #[must_use]
    pub fn resume(index: &'a CoverageIndex, frame: &'a Frame, offers: &'a Offers, given: Given) -> Self {
        Self { index, frame, offers, table: Mutex::new(given.0), desks: Mutex::default() }
    }

    /// The kind of each place of a run, in order.
    ///
    /// # Panics
    /// When the range is beyond the places.
    pub fn join(&self, places: &Places, range: std::ops::Range<usize>) -> Vec<u32> {
        let mut work = self.take_desk();
        let (easting, northing) = (&places.easting[range.clone()], &places.northing[range.clone()]);
        let sets = self.index.locate(easting, northing, &mut work.desk);
        let coded = places.codes.iter().any(Option::is_some);
        let positioned = easting.iter().chain(northing).fold(true, |all, axis| all & axis.is_finite());
        if positioned && !coded && self.offers.is_empty() {
            self.put_back(work);
            return sets.into_iter().map(SetId::number).collect();
        }
        let kinds = range
            .zip(sets)
            .map(|(place, set)| {
                let (offered, decision) = self.said_of(places, place);
                let positioned = places.position(place).is_some();
                if coded || !offered.is_empty() || !positioned || decision.is_some() {
                    self.special(places, place, positioned.then_some(set), (offered, decision), &mut work)
                } else {
                    set.number()
                }
            })
            .collect();
        self.put_back(work);
        kinds
    }

    /// What offer lists and reviews say of a place.
    fn said_of(&self, places: &Places, place: usize) -> (&'a [Link], Option<Decision>) {
        if self.offers.is_empty() {
            return (&[], None);
        }
        let id = &places.ids[place];
        (self.offers.of(id), self.offers.reviews.of(id).and_then(|reviewed| reviewed.decision))
    }

    /// The places of a run that have no position or whose kinds say something odd, with those kinds.
    pub fn odd(&self, places: &Places, kinds: &[u32]) -> Vec<(usize, Kind)> {
        let mut work = self.take_desk();
        let mut last = (u32::MAX, false);
        let mut odd = Vec::new();
        for (at, &number) in kinds.iter().enumerate() {
            if last.0 != number {
                let is_odd = *work.odd.at(number).get_or_insert_with(|| self.is_odd(number));
                last = (number, is_odd);
            }
            if last.1 || places.position(at).is_none() {
                let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
                odd.push((at, self.spell_out(number, &table)));
            }
        }
        self.put_back(work);
        odd
    }

    /// The services that links of this joiner name.
    pub(crate) fn services(&self) -> &Services {
        &self.frame.services
    }

    /// What holds the places of a kind that was given; `None` when they have no position.
    #[must_use]
    pub fn held(&self, number: u32) -> Option<Held> {
        let set = if number & SPECIAL == 0 { number } else { self.makings(number)[0] };
        (set != u32::MAX).then(|| self.index.held(SetId::from_number(set)))
    }

    /// The settlement class of places of a kind that was given, and all that reaches them, also when they lie in no area.
    #[must_use]
    pub fn reached(&self, number: u32) -> (Settlement, Vec<Link>) {
        let (makings, held) = (self.makings(number), self.held(number));
        let settlement = held.as_ref().map_or(Settlement::Unknown, |held| held.settlement);
        let held = held.iter().flat_map(|held| held.links.iter().copied());
        let said = &makings[1 + self.frame.levels.len()..];
        let mut links: Vec<Link> = held.chain(links(said)).collect();
        if let Some(decision) = Decision::among(said) {
            decision.decide(&mut links, &self.frame.services);
        }
        (settlement, links)
    }

    /// The kind of places that are of a kind that was given, and have these links too.
    pub(crate) fn with_links(&self, number: u32, more: &[Link]) -> u32 {
        let mut makings = self.makings(number).to_vec();
        makings.extend(more.iter().flat_map(|link| [link.service.0, link.reach.number()]));
        self.table.lock().unwrap_or_else(PoisonError::into_inner).intern(&makings).0
    }

    /// What makes a kind that was given: its set, its codes, its links that are in no set.
    fn makings(&self, number: u32) -> Arc<[u32]> {
        if number & SPECIAL == 0 {
            let codes = std::iter::repeat_n(u32::MAX, self.frame.levels.len());
            return std::iter::once(number).chain(codes).collect();
        }
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&table.makings[(number & !SPECIAL) as usize])
    }

    /// Per place, its area on every level.
    #[must_use]
    pub fn areas(&self, places: &Places) -> Vec<Arc<[Option<u32>]>> {
        let kinds = self.join(places, 0..places.len());
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        kinds.into_iter().map(|number| self.spell_out(number, &table).areas).collect()
    }

    fn is_odd(&self, number: u32) -> bool {
        if number & SPECIAL == 0 {
            let areas = self.index.areas(SetId::from_number(number));
            return !self.whereabouts(Some(&areas), |_| None).1.is_empty();
        }
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        !self.spell_out(number, &table).oddities.is_empty()
    }

    fn take_desk(&self) -> Work {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn put_back(&self, work: Work) {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner).push(work);
    }

    fn special(
        &self,
        places: &Places,
        place: usize,
        set: Option<SetId>,
        (offered, decision): (&[Link], Option<Decision>),
        work: &mut Work,
    ) -> u32 {
        let code = |level: usize| places.codes.get(level)?.as_ref()?[place];
        let Work { makings, known, .. } = work;
        makings.clear();
        makings.push(set.map_or(u32::MAX, SetId::number));
        makings.extend((0..self.frame.levels.len()).map(|level| code(level).unwrap_or(u32::MAX)));
        makings.extend(offered.iter().flat_map(|link| [link.service.0, link.reach.number()]));
        makings.extend(decision.into_iter().flat_map(Decision::numbers));
        if let Some(&kind) = known.get(makings.as_slice()) {
            return kind;
        }
        let (kind, makings) = self.table.lock().unwrap_or_else(PoisonError::into_inner).intern(makings);
        known.insert(makings, kind);
        kind
    }

    /// The kind that a number given out by [`Joiner::join`] stands for.
    fn spell_out(&self, number: u32, table: &Table) -> Kind {
        if number & SPECIAL == 0 {
            let held = self.index.held(SetId::from_number(number));
            return self.kind(Some(held), |_| None, (&[], None), &mut None);
        }
        let makings = &table.makings[(number & !SPECIAL) as usize];
        let known = |number: u32| (number != u32::MAX).then_some(number);
        let (codes, offered) = makings[1..].split_at(self.frame.levels.len());
        let decision = Decision::among(offered);
        let offered: Vec<Link> = links(offered).collect();
        let held = known(makings[0]).map(|set| self.index.held(SetId::from_number(set)));
        self.kind(held, |level| known(codes[level]), (&offered, decision), &mut None)
    }

    fn kind(
        &self,
        held: Option<Held>,
        code: impl Fn(usize) -> Option<u32>,
        (offered, decision): (&[Link], Option<Decision>),
        last: &mut LastAreas,
    ) -> Kind {
        let (areas, oddities) = self.whereabouts(held.as_ref().map(|held| held.areas.as_slice()), code);
        let somewhere = areas.is_empty() || areas.iter().any(Option::is_some);
        let matched = somewhere && (held.is_some() || !offered.is_empty() || decision.is_some());
        let settlement = held.as_ref().map_or(Settlement::Unknown, |held| held.settlement);
        let links = matched.then(|| match (&held, offered, decision) {
            (Some(held), [], None) => Arc::clone(&held.links),
            _ => {
                let mut links: Vec<Link> = held.iter().flat_map(|held| held.links.iter()).copied().collect();
                links.extend_from_slice(offered);
                if let Some(decision) = decision {
                    decision.decide(&mut links, &self.frame.services);
                }
                links.sort_unstable();
                links.dedup();
                links.into()
            }
        });
        let areas = match last {
            Some(last) if **last == *areas => Arc::clone(last),
            _ => Arc::clone(last.insert(areas.into())),
        };
        Kind { areas, settlement, links, oddities: oddities.into() }
    }

    /// The place's area on every level, and what is odd: its own code first, its position second, another level third.
    fn whereabouts(
        &self,
        held: Option<&[AreaAt]>,
        code: impl Fn(usize) -> Option<u32>,
    ) -> (Vec<Option<u32>>, Vec<(usize, Oddity)>) {
        let levels = &self.frame.levels;
        let mut areas: Vec<Option<u32>> = vec![None; levels.len()];
        let mut oddities = Vec::new();
        for (level, area) in areas.iter_mut().enumerate() {
            let code = code(level);
            let by_position = held.and_then(|held| held[level]);
            let position = by_position.and_then(|(area, _)| area);
            if code.is_none() && by_position.is_some_and(|(_, count)| count > 1) {
                oddities.push((level, Oddity::SeveralAreas));
            }
            if code.is_some() && by_position.is_some() && code != position {
                oddities.push((level, Oddity::CodeMismatch { position }));
            }
            *area = code.or(position);
        }
        for (level, l) in levels.iter().enumerate() {
            if let (None, Some(derived)) = (areas[level], &l.derived) {
                areas[level] = areas[derived.from].and_then(|area| derived.area_of[area as usize]);
            }
            if areas[level].is_none() {
                oddities.push((level, Oddity::NoArea));
            }
        }
        oddities.sort_unstable();
        (areas, oddities)
    }

    /// The kinds that numbers stand for, in sorted order, and for each of the numbers its place among them, so that no
    /// order of work shows in the result.
    ///
    /// `numbers` are those of the places, each once.
    #[must_use]
    pub fn finish(self, numbers: &[u32]) -> (Vec<Kind>, ByNumber<u32>) {
        let (plain, special): (Vec<u32>, Vec<u32>) = numbers.iter().partition(|&number| number & SPECIAL == 0);
        // In order, neighbours share their areas, and little is left to sort.
        let mut kinds = self.index.make_each(&plain, LastAreas::default, |last, set, held| {
            let kind = self.kind(Some(held), |_| None, (&[], None), last);
            (kind.beginning(), kind, set.number())
        });
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        kinds.par_extend(special.par_iter().map(|&number| {
            let kind = self.spell_out(number, &table);
            (kind.beginning(), kind, number)
        }));
        let orders = |kinds: &[(u64, Kind, u32)]| -> Vec<Ordering> {
            let pairs = kinds.par_windows(2);
            pairs.map(|pair| (pair[0].0, &pair[0].1).cmp(&(pair[1].0, &pair[1].1))).collect()
        };
        let mut each = orders(&kinds);
        if each.par_iter().any(|order| order.is_gt()) {
            kinds.par_sort_unstable();
            each = orders(&kinds);
        }
        let (mut sorted, numbers): (Vec<Kind>, Vec<u32>) =
            kinds.into_par_iter().map(|(_, kind, number)| (kind, number)).unzip();
        // A code or an offer may say no more than the position does.
        let mut is_new = std::iter::once(true).chain(each.iter().map(|order| order.is_lt()));
        let mut place = ByNumber::default();
        let mut kinds = 0;
        for (number, is_new) in numbers.into_iter().zip(is_new.clone()) {
            kinds += u32::from(is_new);
            *place.at(number) = kinds - 1;
        }
        if each.iter().any(|order| order.is_eq()) {
            sorted.retain(|_| is_new.next().unwrap_or_default());
        }
        (sorted, place)
    }
}

/// The areas of the kind before, which the next one often has too.
type LastAreas = Option<Arc<[Option<u32>]>>;

/// The links that numbers in makings stand for.
fn links(numbers: &[u32]) -> impl Iterator<Item = Link> + '_ {
    let link = |pair: &[u32]| Some(Link { service: ServiceId(pair[0]), reach: Reach::from_number(pair[1])? });
    numbers.chunks_exact(2).filter_map(link)
}

impl Table {
    fn intern(&mut self, makings: &[u32]) -> (u32, Arc<[u32]>) {
        if let Some((known, &number)) = self.known.get_key_value(makings) {
            return (number, Arc::clone(known));
        }
        let number = SPECIAL | u32::try_from(self.makings.len()).unwrap_or(u32::MAX);
        let makings: Arc<[u32]> = makings.into();
        self.makings.push(Arc::clone(&makings));
        self.known.insert(Arc::clone(&makings), number);
        (number, makings)
    }
}
