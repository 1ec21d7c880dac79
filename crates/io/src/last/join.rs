//! The join that takes from the last result what has not changed: places in touched squares are joined anew, all others keep
//! their kinds.

use std::{
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use nittio_core::{
    coverage::Kind,
    index::{CoverageIndex, Desk, SetId},
    place::MISSING,
    rejoin::{self, Rejoiner, Work},
    service::{Link, ServiceId},
    study::Frame,
    sums::Changes,
};
use rayon::prelude::*;

use super::{Account, Last, NAME, PLACES, Unfit, touched::Touched};
use crate::{
    ingest::{Opened, Reading, odd},
    join::Joined,
    read::{self, Batch, Column, Format, Pieces, ReadOptions},
    sorter::PlaceRow,
    stage::{Stage, timed},
    study_file::error::StudyFileError,
};

/// A join that rests on a last result.
pub struct Update<'a> {
    /// The study.
    pub opened: Opened<'a>,
    /// The join, as it would be without the last result.
    pub joined: Joined,
    /// The places, to be written.
    pub places: Places,
    /// How many places were joined anew.
    pub anew: u64,
}

/// The places of the last result, and what has changed about them.
#[derive(Debug)]
pub struct Places {
    pub(crate) last: Last,
    /// The new number of each kind; those that came up stand last.
    numbers: Vec<Option<u32>>,
    /// Row, counted from the first of all, and kind of places that have another kind now, in order.
    changed: Vec<(u64, u32)>,
    /// Whether services have other numbers now.
    pub(crate) renumbered: bool,
}

/// Why there is no update.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateError {
    /// A file of the study cannot be used.
    #[error(transparent)]
    Study(#[from] StudyFileError),
    /// The last result does not fit itself: all is to be joined.
    #[error("{0}")]
    Unfit(Unfit),
}

fn unfit(what: &str) -> UpdateError {
    UpdateError::Unfit(Unfit::because(what))
}

/// Joins anew what has changed since the last result. `indexed` is the study with an index of all its polygons, where
/// there is one; otherwise what is needed is read and cut.
///
/// # Errors
/// When a file cannot be read, or the last result turns out not to fit.
pub fn join<'a>(
    last: Last,
    reading: &'a Reading<'a>,
    indexed: Option<(Opened<'a>, CoverageIndex)>,
) -> Result<Update<'a>, UpdateError> {
    let before = &last.contents().before;
    let (mut opened, index) = match indexed {
        Some((mut opened, index)) => {
            opened.places_as(before);
            (opened, Some(index))
        }
        None => (Opened::since(reading, before, &last.same)?, None),
    };
    if !opened.has_files_of(before) {
        return Err(unfit("a file was changed while it was being read"));
    }
    let progress = reading.progress();
    let touched = Touched::of(&last, &opened).ok_or_else(|| unfit("the polygons of the last result are not whole"))?;
    let index = match index {
        Some(index) => index,
        None => {
            let cut = touched.cut(&last, &opened)?;
            cut.ok_or_else(|| unfit("a file of footprints does not have the polygons that it had"))?
        }
    };
    opened.forget_outlines();
    let frame = opened.frame_as(before);
    let (old, renumbered) = kinds_now(&last, &frame);
    let rejoiner = Rejoiner::new(&index, &opened.study.offers, &old);
    progress.begin(PLACES);
    let rejoined = timed(progress, Stage::Join, || Pass::new(&last, &frame, &touched.index(), &rejoiner)?.run());
    progress.end();
    let Found { mut changed, changes, anew } = rejoined?;
    let fresh = rejoiner.finish();
    let sums = &last.state.sums;
    let places = sums.places_after(&changes, old.len() + fresh.len());
    let places = places.ok_or_else(|| unfit("the places of the last result are not those that it counts"))?;
    let (kinds, numbers) = rejoin::settle(&old, &fresh, &places);
    let gone = |kind: &Kind| kind.links.iter().any(|links| links.iter().any(|link| link.service == GONE));
    let sums = sums.changed(&changes, |kind| numbers[kind as usize]);
    let Some(sums) = sums.filter(|_| !kinds.iter().any(gone)) else {
        return Err(unfit("a service that is no more reaches places where nothing has changed"));
    };
    changed.par_sort_unstable();
    let mut diagnostics = opened.diagnostics();
    odd::settle(&mut diagnostics, &std::collections::HashSet::new());
    let duplicates = before.duplicates();
    let account = Account::of(&opened, &frame, &diagnostics, &duplicates);
    let places_of_kinds = sums.places(kinds.len());
    let tally = sums.tally(&kinds);
    let places = places_of_kinds;
    let joined =
        Joined { frame, kinds, places, tally, diagnostics, duplicates, doubts: Vec::new(), rows: None, sums, account };
    Ok(Update { opened, joined, places: Places { last, numbers, changed, renumbered }, anew })
}

/// The number of a service that is no more.
const GONE: ServiceId = ServiceId(u32::MAX);

/// The kinds of the last result with the services' numbers of now, and whether any service has another one.
fn kinds_now(last: &Last, frame: &Frame) -> (Vec<Kind>, bool) {
    let numbers: Vec<ServiceId> =
        last.contents().services.iter().map(|service| frame.services.find(service).unwrap_or(GONE)).collect();
    let other = |(number, &now): (u32, &ServiceId)| now != GONE && now.0 != number;
    let renumbered = (0..).zip(&numbers).any(other);
    if !renumbered && !numbers.contains(&GONE) {
        return (last.state.kinds.clone(), false);
    }
    let link = |link: &Link| Link { service: numbers[link.service.0 as usize], ..*link };
    let kind =
        |kind: &Kind| Kind { links: kind.links.as_ref().map(|links| links.iter().map(link).collect()), ..kind.clone() };
    (last.state.kinds.par_iter().map(kind).collect(), renumbered)
}

/// A pass over the places of the last result.
struct Pass<'a> {
    last: &'a Last,
    touched: &'a CoverageIndex,
    rejoiner: &'a Rejoiner<'a>,
    positions: Pieces,
    /// Id, category, units.
    rest: Pieces,
    categories: &'a [String],
    scales: Vec<u64>,
    desks: Mutex<Vec<(Desk, Work)>>,
    /// Places that were joined anew so far.
    anew: AtomicU64,
}

/// So many places are joined anew without a second thought. Of more it is remembered what they have become, which takes memory,
/// and nothing is gained when they are most of all places.
const MANY: u64 = 1_000_000;

/// What a pass has found.
#[derive(Default)]
struct Found {
    changed: Vec<(u64, u32)>,
    changes: Changes,
    anew: u64,
}

impl<'a> Pass<'a> {
    fn new(
        last: &'a Last,
        frame: &'a Frame,
        touched: &'a CoverageIndex,
        rejoiner: &'a Rejoiner<'a>,
    ) -> Result<Self, UpdateError> {
        let options = ReadOptions { format: Some(Format::Parquet), ..ReadOptions::default() };
        let wrong = |_| unfit("the places of the last result cannot be read");
        let open = read::pieces(&last.path(PLACES), &options, &[], false).map_err(wrong)?;
        let columns = &open.description().columns;
        let units = frame.units.len() - 1;
        let of_units = columns.len().checked_sub(units).and_then(|first| columns.get(first..));
        let of_units = of_units.ok_or_else(|| unfit("the places of the last result have too few columns"))?;
        let names: Vec<String> = ["id", "category"].map(str::to_owned).into_iter().chain(of_units.to_vec()).collect();
        let positions = open.select(&["easting", "northing"].map(str::to_owned), false).map_err(wrong)?;
        Ok(Self {
            last,
            touched,
            rejoiner,
            positions,
            rest: open.select(&names, false).map_err(wrong)?,
            categories: &frame.categories,
            scales: frame.units.iter().skip(1).map(|unit| unit.scale).collect(),
            desks: Mutex::default(),
            anew: AtomicU64::new(0),
        })
    }

    fn run(&self) -> Result<Found, UpdateError> {
        (0..self.positions.len())
            .into_par_iter()
            .with_max_len(1)
            .map(|number| self.piece(number))
            .try_reduce(Found::default, |a, b| Ok(a.merge(b)))
    }

    fn piece(&self, number: usize) -> Result<Found, UpdateError> {
        let wrong = || unfit("the places of the last result cannot be read");
        let batch = self.positions.read(number).map_err(|_| wrong())?;
        let [easting, northing] = batch.columns.as_slice() else { return Err(wrong()) };
        let (easting, northing) = (reals(easting).ok_or_else(wrong)?, reals(northing).ok_or_else(wrong)?);
        let spare = self.desks.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let (mut desk, mut work) = spare.unwrap_or_default();
        let sets = self.touched.locate(&easting, &northing, &mut desk);
        let touched: Vec<usize> = (0..).zip(sets).filter(|(_, set)| *set != SetId::NOTHING).map(|(i, _)| i).collect();
        let mut found = Found { anew: touched.len() as u64, ..Found::default() };
        let anew = self.anew.fetch_add(found.anew, Ordering::Relaxed) + found.anew;
        if anew > MANY && anew > self.last.places() / 2 {
            return Err(unfit("more than half of the places lie where footprints have changed"));
        }
        if !touched.is_empty() {
            let first = u64::from(batch.rows.first().copied().unwrap_or(1)) - 1;
            let (path, rows) = (self.last.path(NAME), batch.rows.len());
            let kinds = self.last.state.rows(&path, first, rows).map_err(|_| wrong())?;
            let rest = self.rest.read(number).map_err(|_| wrong())?;
            let pick = |from: &[f64]| touched.iter().map(|&i| from[i]).collect();
            let of: Vec<u32> = touched.iter().map(|&i| kinds[i]).collect();
            let id = |&i: &usize| rest.columns[0].text(i).unwrap_or_default().into_owned();
            let places = rejoin::Touched {
                easting: pick(&easting),
                northing: pick(&northing),
                ids: if self.rejoiner.asks_for_ids() { touched.iter().map(id).collect() } else { Vec::new() },
                kinds: of,
            };
            let now = self.rejoiner.join(&places, &mut work);
            let mut values = Vec::new();
            for ((&i, &from), to) in touched.iter().zip(&places.kinds).zip(now) {
                if from == to {
                    continue;
                }
                let category = self.category(&rest, i).ok_or_else(wrong)?;
                values.clear();
                for (column, &scale) in rest.columns[2..].iter().zip(&self.scales) {
                    values.push(value(column, i, scale).ok_or_else(wrong)?);
                }
                found.changes.add(from, to, category, &values);
                found.changed.push((first + i as u64, to));
            }
        }
        self.desks.lock().unwrap_or_else(PoisonError::into_inner).push((desk, work));
        Ok(found)
    }

    fn category(&self, rest: &Batch, i: usize) -> Option<u16> {
        let name = rest.columns[1].text(i)?;
        let number = self.categories.binary_search_by(|category| category.as_str().cmp(&name)).ok()?;
        u16::try_from(number).ok()
    }
}

impl Found {
    fn merge(mut self, mut other: Self) -> Self {
        self.changed.append(&mut other.changed);
        self.changes = self.changes.merge(other.changes);
        self.anew += other.anew;
        self
    }
}

fn reals(column: &Column) -> Option<Vec<f64>> {
    let Column::Real(values) = column else { return None };
    Some((0..values.len()).map(|i| values.get(i).unwrap_or(f64::NAN)).collect())
}

/// The counted parts of a unit's value as the place file has it; `None` when they cannot be told without a doubt.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "whole numbers below 2^50, and compared after"
)]
fn value(column: &Column, i: usize, scale: u64) -> Option<u64> {
    match column {
        Column::Integer(values) => values.get(i).map_or(Some(MISSING), |value| u64::try_from(value).ok()),
        Column::Real(values) => values.get(i).map_or(Some(MISSING), |value| {
            let parts = (value * scale as f64).round();
            let sure = (0.0..1e15).contains(&parts) && parts / scale as f64 == value;
            sure.then_some(parts as u64)
        }),
        _ => None,
    }
}

impl Places {
    /// How many places there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.last.places()
    }

    /// The kinds of places that stand one after the other, and whether any of them has another one than before.
    pub(crate) fn kinds(&self, first: u64, count: usize) -> io::Result<(Vec<u32>, bool)> {
        let mut kinds = self.last.state.rows(&self.last.path(NAME), first, count)?;
        let start = self.changed.partition_point(|&(row, _)| row < first);
        let end = self.changed.partition_point(|&(row, _)| row < first + count as u64);
        for &(row, kind) in &self.changed[start..end] {
            let at = usize::try_from(row - first).map_err(io::Error::other)?;
            kinds[at] = kind;
        }
        for kind in &mut kinds {
            let number = self.numbers.get(*kind as usize).copied().flatten();
            *kind = number.ok_or_else(|| io::Error::other("a place has a kind that no place has"))?;
        }
        Ok((kinds, start < end))
    }

    /// Calls for every place in the order of ids, with the kind that it has now. `names` says whether places have names.
    ///
    /// # Errors
    /// When the last result cannot be read, or the call fails.
    pub(crate) fn each(
        &self,
        frame: &Frame,
        names: bool,
        take: &mut dyn FnMut(PlaceRow<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let wrong = || io::Error::other("the places of the last result cannot be read");
        let options = ReadOptions { format: Some(Format::Parquet), ..ReadOptions::default() };
        let open = read::pieces(&self.path(), &options, &[], false).map_err(io::Error::other)?;
        let columns = &open.description().columns;
        let units: Vec<u64> = frame.units.iter().skip(1).map(|unit| unit.scale).collect();
        let of_units =
            columns.len().checked_sub(units.len()).and_then(|first| columns.get(first..)).ok_or_else(wrong)?;
        let known = ["id", "easting", "northing", "category"].into_iter().chain(names.then_some("place_name"));
        let wanted: Vec<String> = known.map(str::to_owned).chain(of_units.to_vec()).collect();
        let pieces = open.select(&wanted, false).map_err(io::Error::other)?;
        let mut values = vec![0; units.len()];
        for piece in 0..pieces.len() {
            let batch = pieces.read(piece).map_err(io::Error::other)?;
            let first = u64::from(batch.rows.first().copied().unwrap_or(1)) - 1;
            let (kinds, _) = self.kinds(first, batch.rows.len())?;
            let (easting, northing) = (reals(&batch.columns[1]), reals(&batch.columns[2]));
            let (easting, northing) = (easting.ok_or_else(wrong)?, northing.ok_or_else(wrong)?);
            for (i, &kind) in kinds.iter().enumerate() {
                let id = batch.columns[0].text(i).ok_or_else(wrong)?;
                let category = batch.columns[3].text(i).ok_or_else(wrong)?;
                let category = frame.categories.binary_search_by(|known| known.as_str().cmp(&category));
                let category = category.ok().and_then(|number| u16::try_from(number).ok()).ok_or_else(wrong)?;
                let name = if names { batch.columns[4].text(i) } else { None };
                let of_units = &batch.columns[4 + usize::from(names)..];
                for ((value_here, column), &scale) in values.iter_mut().zip(of_units).zip(&units) {
                    *value_here = value(column, i, scale).ok_or_else(wrong)?;
                }
                take(PlaceRow {
                    id: &id,
                    easting: easting[i],
                    northing: northing[i],
                    category,
                    name: name.as_deref().unwrap_or_default(),
                    kind,
                    units: &values,
                })?;
            }
        }
        Ok(())
    }

    /// The place file of the last result.
    pub(crate) fn path(&self) -> std::path::PathBuf {
        self.last.path(PLACES)
    }
}
