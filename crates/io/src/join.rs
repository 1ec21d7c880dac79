//! The join as a stream: places are read, joined, counted and put in order batch by batch, never all in memory.

use std::{
    collections::HashSet,
    io,
    path::Path,
    sync::{Mutex, PoisonError},
};

use nittio_core::{
    comparison::{Comparison, Contrast},
    coverage::{ByNumber, Given, Joiner, Kind},
    diagnostic::{self, Diagnostic, SourceRow},
    doubt::{Difference, Doubt, Doubts, Shift},
    index::CoverageIndex,
    indicator::Indicators,
    near::{Connections, Near, Neighbours},
    outcome::Outcome,
    place::Places,
    reconcile::Duplicates,
    study::Frame,
    sums::Sums,
    tally::{Counts, Tally},
};

use crate::{
    basis::Basis,
    ingest::{Opened, odd},
    last::Account,
    sorter::{PlaceRow, Sorter},
    stage::{Stage, timed},
    study_file::error::StudyFileError,
    write::Run,
};

/// Joined places.
#[derive(Debug)]
pub struct Joined {
    /// The study's frame, complete.
    pub frame: Frame,
    /// The distinct kinds of places, sorted.
    pub kinds: Vec<Kind>,
    /// How many places each kind has.
    pub places: Vec<u64>,
    /// What the places of each kind and category come to.
    pub sums: Sums,
    /// The cube of counts.
    pub tally: Tally,
    /// Every finding, in the order of files and rows.
    pub diagnostics: Vec<Diagnostic>,
    /// Rows that are no places, because an earlier one has their id.
    pub duplicates: Duplicates,
    /// Places that borders or distances which are a little off would make a difference to, where the study says how far off.
    pub doubts: Vec<Doubt>,
    /// The places, when they were to be kept.
    pub rows: Option<Rows>,
    /// What it was made from, for a later run.
    pub account: Option<Account>,
}

/// Places in the order of their ids.
#[derive(Debug)]
pub struct Rows {
    sorter: Sorter,
    kinds: ByNumber<u32>,
    categories: Vec<u16>,
}

/// Where places are kept until they can be written in order.
#[derive(Debug, Clone, Copy)]
pub struct Keep<'a> {
    /// A folder for temporary files.
    pub folder: &'a Path,
    /// How many bytes of places are held in memory at most.
    pub bytes: usize,
}

/// Why places could not be joined.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// A file of the study cannot be used.
    #[error(transparent)]
    Study(#[from] StudyFileError),
    /// A temporary file cannot be written.
    #[error("places cannot be put in order: {0}")]
    Temporary(#[from] io::Error),
}

/// Joins all places of a study with what is in the index, which has then let go of all but the owners.
///
/// `keep` is for runs that write the places too. `progress` is called with the number of places done since the last
/// call, from any thread.
///
/// # Errors
/// When a file cannot be read to its end, or a temporary one not be written.
pub fn join(
    opened: &Opened<'_>,
    index: &mut CoverageIndex,
    keep: Option<Keep<'_>>,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Joined, JoinError> {
    opened.refuse_edges_in_degrees()?;
    let mut pass = opened.first_pass();
    // Where it is asked what is near, all passes but the last look for connected places; the last one counts.
    let mut look = match &opened.study.frame.near {
        Some(near) => Look::ForConnected(near),
        None => Look::ToCount(None),
    };
    let mut given = None;
    loop {
        let work = Work::new(opened, index, keep, pass.units(), &look, given.take());
        let passed = opened.stream(&pass, &|_, places| {
            work.take(&places);
            if matches!(look, Look::ToCount(_)) {
                progress(places.len());
            }
        })?;
        // What was read to count what is near is what was read to find the connected places.
        if !matches!(look, Look::ToCount(Some(_)))
            && let Some(next) = opened.next_pass(&pass, &passed)?
        {
            pass = next;
            continue;
        }
        if let Look::ForConnected(near) = look {
            let (neighbours, numbers) = timed(opened.progress(), Stage::Join, || work.neighbours(near));
            opened.refuse_degrees(&neighbours)?;
            (look, given) = (Look::ToCount(Some(neighbours)), Some(numbers));
            continue;
        }
        let (frame, categories) = opened.frame(&passed);
        let mut diagnostics = passed.diagnostics;
        diagnostics.append(&mut opened.diagnostics());
        let duplicates = work.duplicates(&passed.dropped);
        let stopped = timed(opened.progress(), Stage::Merge, || work.stop())?;
        return Ok(timed(opened.progress(), Stage::Merge, || {
            // What the sets are is all that is left to ask, and there is room for the answers where the squares were.
            index.forget_squares();
            stopped.finish(opened, index, frame, (categories, diagnostics, duplicates))
        }));
    }
}

/// What a pass over the places is for.
enum Look<'a> {
    /// To find the places that are connected.
    ForConnected(&'a Near),
    /// To count, and to say what is near the connected places when they have been looked for.
    ToCount(Option<Neighbours<'a>>),
}

/// How many rows of counts a worker has by itself, about. A country has hundreds of thousands, which all workers would have.
const ROWS: usize = 1 << 16;

/// One pass over the places.
struct Work<'a> {
    opened: &'a Opened<'a>,
    look: &'a Look<'a>,
    connected: Mutex<Connections>,
    joiner: Joiner<'a>,
    units: usize,
    /// Counts of workers that are not at work just now.
    counts: Mutex<Vec<Counts>>,
    /// What workers have counted before, when it became too much for each to have by itself.
    counted: Mutex<Counts>,
    doubts: Mutex<Doubts>,
    sorter: Option<Sorter>,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    diagnostics: Vec<Diagnostic>,
    /// Rows of places without a position that an offer list names.
    offered: HashSet<SourceRow>,
    error: Option<io::Error>,
}

impl<'a> Work<'a> {
    fn new(
        opened: &'a Opened<'a>,
        index: &'a CoverageIndex,
        keep: Option<Keep<'_>>,
        units: usize,
        look: &'a Look<'a>,
        given: Option<Given>,
    ) -> Self {
        let (frame, offers) = (&opened.study.frame, &opened.study.offers);
        let keep = keep.filter(|_| matches!(look, Look::ToCount(_)));
        Self {
            opened,
            look,
            connected: Mutex::default(),
            joiner: match given {
                Some(given) => Joiner::resume(index, frame, offers, given),
                None => Joiner::new(index, frame, offers),
            },
            units,
            counts: Mutex::default(),
            counted: Mutex::new(Counts::new(units + 1)),
            doubts: Mutex::default(),
            sorter: keep.map(|keep| Sorter::new(keep.folder, keep.bytes, units)),
            found: Mutex::default(),
        }
    }

    fn take(&self, places: &Places) {
        let progress = self.opened.progress();
        let mut found = Found::default();
        let neighbours = match self.look {
            Look::ForConnected(near) => return timed(progress, Stage::Join, || self.look_for_connected(near, places)),
            Look::ToCount(neighbours) => neighbours.as_ref(),
        };
        let kinds = timed(progress, Stage::Join, || {
            let mut kinds = self.joiner.join(places, 0..places.len());
            self.look_for_odd(places, &kinds, &mut found);
            let differences = self.differences(neighbours, places, &kinds);
            if let Some(neighbours) = neighbours {
                neighbours.extend(&self.joiner, places, 0..places.len(), &mut kinds);
            }
            self.doubt(places, &kinds, differences);
            kinds
        });
        timed(progress, Stage::Tally, || {
            let spare = self.counts.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut counts = spare.unwrap_or_else(|| Counts::new(self.units + 1));
            counts.observe(places, 0..places.len(), &kinds);
            if counts.len() > ROWS {
                self.counted.lock().unwrap_or_else(PoisonError::into_inner).absorb(&mut counts);
            }
            self.counts.lock().unwrap_or_else(PoisonError::into_inner).push(counts);
        });
        if let Some(sorter) = &self.sorter {
            found.error = timed(progress, Stage::Sort, || sorter.add(places, &kinds)).err();
        }
        let mut all = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        all.diagnostics.append(&mut found.diagnostics);
        all.offered.extend(found.offered);
        all.error = all.error.take().or(found.error);
    }

    /// The places that would be reached otherwise if what the study says may be a little off were so.
    fn differences(
        &self,
        neighbours: Option<&Neighbours<'_>>,
        places: &Places,
        kinds: &[u32],
    ) -> Vec<(usize, Difference)> {
        let shifts = self.shifts(places, kinds);
        let asked = self.opened.edges.is_some() || self.opened.near_error().is_some();
        match neighbours.filter(|_| asked && self.opened.counts_near()) {
            Some(neighbours) => neighbours.doubt(&self.joiner, places, kinds, shifts),
            None => shifts.into_iter().map(|(place, shift)| (place, Difference::of_borders(shift))).collect(),
        }
    }

    /// The places that would be reached otherwise if borders were a little off, in their order.
    fn shifts(&self, places: &Places, kinds: &[u32]) -> Vec<(usize, Shift)> {
        let Some(edges) = &self.opened.edges else { return Vec::new() };
        let offers = &self.opened.study.offers;
        let shift = |place: usize| {
            let at = places.position(place)?;
            let offered = if offers.is_empty() { &[] } else { offers.of(&places.ids[place]) };
            let shift = edges.shift(at, offered, || self.joiner.reached(kinds[place]).1);
            (!shift.is_nothing()).then_some((place, shift))
        };
        (0..places.len()).filter_map(shift).collect()
    }

    fn doubt(&self, places: &Places, kinds: &[u32], differences: Vec<(usize, Difference)>) {
        if differences.is_empty() {
            return;
        }
        let mut doubts = Doubts::default();
        for (place, difference) in differences {
            doubts.add(places, place, kinds[place], difference);
        }
        let mut all = self.doubts.lock().unwrap_or_else(PoisonError::into_inner);
        *all = std::mem::take(&mut *all).merge(doubts);
    }

    fn look_for_connected(&self, near: &Near, places: &Places) {
        let kinds = self.joiner.join(places, 0..places.len());
        // Who is connected only as long as borders lie where they are said to makes nobody near at the worst.
        let borders = if self.opened.counts_near() { self.shifts(places, &kinds) } else { Vec::new() };
        let connected = near.connected(&self.joiner, places, 0..places.len(), &kinds, &borders);
        self.connected.lock().unwrap_or_else(PoisonError::into_inner).append(connected);
    }

    /// The connected places in order, and the numbers of kinds that were given out.
    fn neighbours<'n>(self, near: &'n Near) -> (Neighbours<'n>, Given) {
        let connected = self.connected.into_inner().unwrap_or_else(PoisonError::into_inner);
        let neighbours = near.neighbours(&self.joiner, connected, self.opened.near_error());
        (neighbours, self.joiner.pause())
    }

    fn look_for_odd(&self, places: &Places, kinds: &[u32], found: &mut Found) {
        let mut messages = odd::Messages::default();
        for (place, kind) in self.joiner.odd(places, kinds) {
            let positioned = places.position(place).is_some();
            let (levels, at) = (&self.opened.study.frame.levels, places.origin[place]);
            let row = (at, &places.ids[place]);
            found.diagnostics.extend(odd::of_place(levels, &kind, row, positioned, &mut messages));
            if !positioned && kind.is_matched() {
                found.offered.insert(at);
            }
        }
    }

    /// How many rows were dropped in each area, by where they themselves say they are.
    fn duplicates(&self, dropped: &Places) -> Duplicates {
        let mut duplicates = Duplicates { total: dropped.len() as u64, ..Duplicates::default() };
        for areas in self.joiner.areas(dropped) {
            for (level, &area) in areas.iter().enumerate() {
                *duplicates.by_area.entry((level, area)).or_default() += 1;
            }
        }
        duplicates
    }

    fn stop(self) -> Result<Stopped, JoinError> {
        let found = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = found.error {
            return Err(error.into());
        }
        let mut counts = self.counts.into_inner().unwrap_or_else(PoisonError::into_inner);
        counts.push(self.counted.into_inner().unwrap_or_else(PoisonError::into_inner));
        let doubts = self.doubts.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Stopped { given: self.joiner.pause(), units: self.units + 1, counts, doubts, sorter: self.sorter, found })
    }
}

/// A pass whose places have all been taken.
struct Stopped {
    given: Given,
    units: usize,
    /// One per worker, or so, and what they had counted before.
    counts: Vec<Counts>,
    doubts: Doubts,
    sorter: Option<Sorter>,
    found: Found,
}

impl Stopped {
    fn finish(
        self,
        opened: &Opened<'_>,
        index: &mut CoverageIndex,
        frame: Frame,
        (categories, mut diagnostics, duplicates): (Vec<u16>, Vec<Diagnostic>, Duplicates),
    ) -> Joined {
        let Self { given, units, counts, doubts, sorter, mut found } = self;
        let joiner = Joiner::resume(index, &opened.study.frame, &opened.study.offers, given);
        let (kinds, numbers) = joiner.finish(&Counts::kinds(&counts));
        index.forget_sets();
        let doubts = doubts.finish(|number| numbers.of(number));
        let category = |number: u16| categories[usize::from(number)];
        let sums = Counts::into_sums(counts, units, |number| numbers.of(number), category);
        let (places, tally) = (sums.places(kinds.len()), sums.tally(&kinds));
        // Those of places may be many, and stay where they are.
        found.diagnostics.append(&mut diagnostics);
        let mut diagnostics = found.diagnostics;
        odd::settle(&mut diagnostics, &found.offered);
        let rows = sorter.map(|sorter| Rows { sorter, kinds: numbers, categories });
        let account = rows.as_ref().and_then(|_| Account::of(opened, &frame, &diagnostics, &duplicates));
        Joined { frame, kinds, places, sums, tally, diagnostics, duplicates, doubts, rows, account }
    }
}

impl Joined {
    /// All that a report is made from: every figure evaluated, and every goal held against every area.
    #[must_use]
    pub fn outcome(&self, opened: &Opened<'_>) -> Outcome {
        self.basis(opened).outcome()
    }

    /// Holds worlds against each other, by the speeds of the study's goals; `indicators` have the areas.
    #[must_use]
    pub fn compare(&self, opened: &Opened<'_>, indicators: &Indicators, contrasts: &[Contrast]) -> Comparison {
        self.basis(opened).compare(indicators, contrasts)
    }

    /// What the outcome is made from.
    #[must_use]
    pub fn basis<'a>(&'a self, opened: &'a Opened<'_>) -> Basis<'a> {
        Basis {
            loaded: opened.loaded(),
            study: &opened.study,
            frame: &self.frame,
            kinds: &self.kinds,
            sums: &self.sums,
            tally: &self.tally,
            diagnostics: diagnostic::count(&self.diagnostics),
            duplicates: &self.duplicates,
            doubts: &self.doubts,
            scenarios: &opened.scenarios,
            projects: &opened.projects,
            plans: &opened.plans,
            planned: None,
            official: &opened.official,
            origins: &opened.origins,
            provenance: opened.provenance(),
        }
    }

    /// What the writers are given.
    #[must_use]
    pub fn finished<'a>(&'a self, opened: &'a Opened<'_>, outcome: &'a Outcome) -> Run<'a> {
        Run {
            study: &opened.study,
            footprints: opened.footprints,
            grid: opened.file().report.grid,
            points: opened.file().report.points,
            kinds: &self.kinds,
            places: &self.places,
            sums: &self.sums,
            account: self.account.as_ref(),
            tally: &self.tally,
            outcome,
            diagnostics: &self.diagnostics,
        }
    }
}

impl Rows {
    /// Calls for every place in the order of ids, by bytes; kinds and categories have their final numbers.
    ///
    /// # Errors
    /// When a temporary file cannot be read, or the call fails.
    pub fn each(self, take: &mut dyn FnMut(PlaceRow<'_>) -> io::Result<()>) -> io::Result<()> {
        let Self { sorter, kinds, categories } = self;
        sorter.each(&mut |row| {
            take(PlaceRow { kind: kinds.of(row.kind), category: categories[usize::from(row.category)], ..row })
        })
    }
}
