//! Places from their files, batch by batch: ids, positions, units, categories, codes.
//!
//! Places are never all in memory here. Batches are made by several threads and handed on in any order, each with a
//! number that says where it stands; what only the whole can tell is found out on the way, and where it changes how
//! rows are to be read they are read again:
//!
//! * how many decimals a unit has: the first pass assumes none, and one with decimals measures them all;
//! * which ids are there twice: as long as ids rise from row to row there are none, and nothing need be kept.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
};

use geo::Coord;
use nittio_core::{
    area::Level,
    diagnostic::{Action, Diagnostic, Finding},
    place::{Ids, MISSING, Places, UnitColumn},
    study::ScaledUnit,
    unit::Unit,
};

use super::{
    Reading, StudyFileError,
    cell::{self, Decimal, NotAUnit},
    ids::{IdRange, Skipped},
    mapping::Bound,
    source::{Placing, Positions, Source},
};
use crate::{
    read::{Batch, Column},
    repair,
    stage::{Stage, timed},
    study_file::PlacesSource,
};

/// The files of a study's places, open.
pub(super) struct PlaceFiles<'a> {
    pub(super) files: Vec<PlaceFile<'a>>,
    /// By id, why a place is not counted.
    pub(super) left_out: HashMap<Box<str>, String>,
    /// The units that any file has, sorted, without [`Unit::Places`].
    units: Vec<Unit>,
}

/// One file of places, with its columns found.
pub(super) struct PlaceFile<'a> {
    pub(super) source: Source<'a>,
    entry: &'a PlacesSource,
    pub(super) id: usize,
    columns: Option<(usize, usize)>,
    geometry: bool,
    category: Bound<'a, String>,
    name: Option<usize>,
    /// Index into the units, and the column.
    units: Vec<(usize, usize)>,
    /// The level's key, and the column.
    codes: Vec<(&'a str, usize)>,
}

/// How a pass over all places is to read them.
#[derive(Debug, Clone, Default)]
pub struct Pass {
    /// Per unit: its decimals.
    decimals: Vec<u8>,
    /// Rows whose id stands on an earlier row; `None` when that has not been looked for.
    pub(super) skipped: Option<Skipped>,
}

/// What a pass over all places has shown.
#[derive(Debug)]
pub struct Passed {
    /// Per unit: the most decimals of any value.
    decimals: Vec<u8>,
    /// The categories, numbered as the batches number them.
    pub(super) categories: Vec<String>,
    pub(super) ids: Vec<IdRange>,
    /// What was odd about rows, in no order.
    pub diagnostics: Vec<Diagnostic>,
    /// How many places there are.
    pub places: u64,
    /// Rows whose id an earlier row has, with where they say they are; in no order.
    pub dropped: Places,
}

impl Pass {
    fn first(units: usize) -> Self {
        Self { decimals: vec![0; units], skipped: None }
    }

    /// How many units the places have besides places.
    #[must_use]
    pub fn units(&self) -> usize {
        self.decimals.len()
    }
}

/// The units that any file has, sorted, without [`Unit::Places`].
fn units(sources: &[PlacesSource]) -> Vec<Unit> {
    let units: BTreeSet<&Unit> = sources.iter().flat_map(|source| source.units.keys()).collect();
    units.into_iter().filter(|&unit| *unit != Unit::Places).cloned().collect()
}

impl<'a> PlaceFiles<'a> {
    /// The places of files that are not to be opened.
    pub(super) fn closed(sources: &'a [PlacesSource]) -> Self {
        Self { files: Vec::new(), left_out: HashMap::new(), units: units(sources) }
    }

    pub(super) fn open(reading: &'a Reading<'a>, sources: &'a [PlacesSource]) -> Result<Self, StudyFileError> {
        let units = units(sources);
        let files = sources.iter().map(|entry| PlaceFile::open(reading, entry, &units)).collect::<Result<_, _>>()?;
        Ok(Self { files, left_out: HashMap::new(), units })
    }

    pub(super) fn first_pass(&self) -> Pass {
        Pass::first(self.units.len())
    }

    /// The units with their scales, [`Unit::Places`] first.
    pub(super) fn scaled_units(&self, passed: &Passed) -> Vec<ScaledUnit> {
        self.units_of(passed.decimals.iter().map(|&d| 10u64.pow(u32::from(d))))
    }

    /// The units with these scales, [`Unit::Places`] first.
    pub(super) fn units_of(&self, scales: impl IntoIterator<Item = u64>) -> Vec<ScaledUnit> {
        let scaled = self.units.iter().zip(scales).map(|(unit, scale)| ScaledUnit { unit: unit.clone(), scale });
        std::iter::once(ScaledUnit { unit: Unit::Places, scale: 1 }).chain(scaled).collect()
    }

    /// The codes that places have on levels that no file describes.
    pub(super) fn codes(&self, keys: &[&str]) -> Result<HashMap<String, BTreeSet<String>>, StudyFileError> {
        let mut codes: HashMap<String, BTreeSet<String>> = HashMap::new();
        for file in &self.files {
            let wanted: Vec<_> = file.codes.iter().filter(|(key, _)| keys.contains(key)).collect();
            let columns: Vec<usize> = wanted.iter().map(|&&(_, column)| column).collect();
            if wanted.is_empty() {
                continue;
            }
            file.source.look(&columns, |batch| {
                for (&&(key, _), column) in wanted.iter().zip(&batch.columns) {
                    let known = codes.entry(key.to_owned()).or_default();
                    for i in 0..column.len() {
                        if let Some(code) = column.text(i)
                            && !known.contains(code.trim())
                        {
                            known.insert(code.trim().to_owned());
                        }
                    }
                }
            })?;
        }
        Ok(codes)
    }

    /// Reads all places. `take` is called from several threads with the number of each batch and the batch; not at all
    /// once a value has shown more decimals than the pass has.
    pub(super) fn stream(
        &self,
        levels: &[Level],
        pass: &Pass,
        take: &(dyn Fn(u64, Places) + Sync),
    ) -> Result<Passed, StudyFileError> {
        let stream = Stream {
            units: &self.units,
            levels,
            left_out: &self.left_out,
            pass,
            decimals: self.units.iter().map(|_| AtomicU8::new(0)).collect(),
            too_fine: AtomicBool::new(false),
            categories: Mutex::default(),
            named: self.files.iter().any(|file| file.name.is_some()),
            ids: Mutex::default(),
            places: AtomicU64::new(0),
            dropped: Mutex::default(),
        };
        let mut diagnostics = Vec::new();
        for (number, file) in (0u64..).zip(&self.files) {
            let (_, mut found) = file.source.each(file.geometry, |batch_number, placing, batch| {
                let places = timed(file.source.progress(), Stage::Read, || stream.batch(file, placing, batch));
                if let Some(places) = places {
                    take(number << 40 | batch_number, places);
                }
            })?;
            diagnostics.append(&mut found);
        }
        let decimals = stream.decimals.iter().map(|d| d.load(Ordering::Relaxed)).collect();
        Ok(Passed {
            decimals,
            categories: stream.categories.into_inner().unwrap_or_else(PoisonError::into_inner),
            ids: stream.ids.into_inner().unwrap_or_else(PoisonError::into_inner),
            diagnostics,
            places: stream.places.into_inner(),
            dropped: stream.dropped.into_inner().unwrap_or_else(PoisonError::into_inner),
        })
    }

    /// The pass that is needed after this one, if any.
    pub(super) fn next_pass(
        &self,
        reading: &Reading<'_>,
        pass: &Pass,
        passed: &Passed,
    ) -> Result<Option<Pass>, StudyFileError> {
        let skipped = match &pass.skipped {
            Some(skipped) => skipped.clone(),
            None => super::ids::skipped(reading, &self.files, passed)?,
        };
        let again = passed.decimals != pass.decimals || (pass.skipped.is_none() && !skipped.rows.is_empty());
        Ok(again.then(|| Pass { decimals: passed.decimals.clone(), skipped: Some(skipped) }))
    }
}

impl<'a> PlaceFile<'a> {
    fn open(reading: &'a Reading<'a>, entry: &'a PlacesSource, known: &[Unit]) -> Result<Self, StudyFileError> {
        let mut source = Source::open(reading, &entry.file, "places")?;
        let id = source.column(&entry.id)?;
        let columns = match (&entry.easting, &entry.northing) {
            (Some(easting), Some(northing)) => Some((source.column(easting)?, source.column(northing)?)),
            _ => None,
        };
        let geometry = columns.is_none() && source.description.geometry;
        source.locate(match (columns, geometry) {
            (Some(_), _) => Positions::Columns,
            (None, true) => Positions::Geometry,
            (None, false) => Positions::None,
        })?;
        let category = Bound::new(&mut source, entry.category.as_ref())?;
        let name = entry.name.as_ref().map(|name| source.column(name)).transpose()?;
        let mut units = Vec::new();
        for (unit, column) in &entry.units {
            let column = source.column(column)?;
            if let Ok(number) = known.binary_search(unit) {
                units.push((number, column));
            }
        }
        let mut codes = Vec::new();
        for (level, column) in &entry.codes {
            codes.push((level.as_str(), source.column(column)?));
        }
        Ok(Self { source, entry, id, columns, geometry, category, name, units, codes })
    }
}

/// What all threads share while places are read.
struct Stream<'a> {
    units: &'a [Unit],
    levels: &'a [Level],
    left_out: &'a HashMap<Box<str>, String>,
    pass: &'a Pass,
    decimals: Vec<AtomicU8>,
    /// Whether a value had more decimals than the pass has.
    too_fine: AtomicBool,
    categories: Mutex<Vec<String>>,
    /// Whether any file has a column of names.
    named: bool,
    ids: Mutex<Vec<IdRange>>,
    places: AtomicU64,
    /// Rows whose id an earlier row has, in no order.
    dropped: Mutex<Places>,
}

impl Stream<'_> {
    /// The places of a batch; `None` when they are not worth making.
    fn batch(&self, file: &PlaceFile<'_>, placing: &mut Placing, batch: Batch) -> Option<Places> {
        let mut places = Places::default();
        let mut rows: Vec<usize> = Vec::with_capacity(batch.rows.len());
        let (mut name, mut digits) = (String::new(), itoa::Buffer::new());
        let mut dropped: Vec<(usize, String)> = Vec::new();
        let skip = self.pass.skipped.as_ref().map(|skipped| &skipped.rows).filter(|rows| !rows.is_empty());
        for i in 0..batch.rows.len() {
            let row = batch.rows[i];
            // Ids are mostly numbers, and a register has millions: no text is made for each.
            name.clear();
            match &batch.columns[file.id] {
                Column::Integer(numbers) => {
                    if let Some(number) = numbers.get(i) {
                        name.push_str(digits.format(number));
                    }
                }
                column => name.push_str(column.text(i).as_deref().map(str::trim).unwrap_or_default()),
            }
            let name = name.as_str();
            if name.is_empty() {
                placing.say(row, Finding::MissingId, Action::Dropped, None, "the row has no id".to_owned());
                continue;
            }
            let origin = placing.at(row);
            if let Some(first) = skip.and_then(|rows| rows.get(&origin)) {
                placing.say(row, Finding::DuplicateId, Action::Dropped, Some(name), first.to_string());
                dropped.push((i, name.to_owned()));
                continue;
            }
            if !self.left_out.is_empty()
                && let Some(why) = self.left_out.get(name)
            {
                placing.say(row, Finding::NotAPlace, Action::Dropped, Some(name), why.clone());
                continue;
            }
            let position = position(placing, &batch, i, file).unwrap_or_else(|(finding, reason)| {
                let message = format!("{reason}; the place is unmatched unless an offer list names it");
                placing.say(row, finding, Action::Unmatched, Some(name), message);
                Coord { x: f64::NAN, y: f64::NAN }
            });
            placing.used += 1;
            places.ids.push(name);
            places.easting.push(position.x);
            places.northing.push(position.y);
            places.origin.push(origin);
            rows.push(i);
        }
        if !dropped.is_empty() {
            self.keep_dropped(file, placing, &batch, &dropped);
        }
        places.category = self.categories(file, &batch, &rows);
        if self.named {
            let column = file.name.map(|column| &batch.columns[column]);
            for &i in &rows {
                let name = column.and_then(|column| column.text(i));
                places.names.push(name.as_deref().map(str::trim).unwrap_or_default());
            }
        }
        for (number, unit) in self.units.iter().enumerate() {
            let column = file.units.iter().find(|&&(n, _)| n == number).map(|&(_, column)| column);
            let values = match column {
                Some(column) => self.unit(placing, &batch, column, number, &rows, &places.ids),
                None => vec![MISSING; rows.len()],
            };
            places.units.push(UnitColumn { unit: unit.clone(), values });
        }
        places.codes =
            self.levels.iter().map(|level| codes(placing, &batch, file, level, &rows, &places.ids)).collect();
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).extend(IdRange::of(&places.ids));
        self.places.fetch_add(rows.len() as u64, Ordering::Relaxed);
        (!self.too_fine.load(Ordering::Relaxed)).then_some(places)
    }

    /// Keeps where rows say they are that are no places. What is odd about them is of no interest.
    fn keep_dropped(&self, file: &PlaceFile<'_>, placing: &Placing, batch: &Batch, dropped: &[(usize, String)]) {
        let mut aside = placing.alike();
        let mut places = Places::default();
        for (i, name) in dropped {
            let at = position(&mut aside, batch, *i, file).unwrap_or(Coord { x: f64::NAN, y: f64::NAN });
            places.ids.push(name);
            places.easting.push(at.x);
            places.northing.push(at.y);
            places.origin.push(placing.at(batch.rows[*i]));
            places.category.push(0);
        }
        let rows: Vec<usize> = dropped.iter().map(|&(i, _)| i).collect();
        let levels = self.levels.iter();
        places.codes = levels.map(|level| codes(&mut aside, batch, file, level, &rows, &places.ids)).collect();
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner).append(places);
    }

    fn categories(&self, file: &PlaceFile<'_>, batch: &Batch, rows: &[usize]) -> Vec<u16> {
        const WITHOUT: &str = "place";
        let mut known: Vec<(String, u16)> = Vec::new();
        let mut number = |name: &str| match known.iter().find(|(k, _)| k == name) {
            Some(&(_, number)) => number,
            None => {
                let mut categories = self.categories.lock().unwrap_or_else(PoisonError::into_inner);
                let at = categories.iter().position(|c| c == name).unwrap_or_else(|| {
                    categories.push(name.to_owned());
                    categories.len() - 1
                });
                let number = u16::try_from(at).unwrap_or(u16::MAX);
                known.push((name.to_owned(), number));
                number
            }
        };
        match &file.category {
            _ if rows.is_empty() => Vec::new(),
            Bound::Absent => vec![number(WITHOUT); rows.len()],
            Bound::Constant(name) => vec![number(name); rows.len()],
            column @ Bound::Column(..) => rows
                .iter()
                .map(|&i| number(column.get(batch, i).ok().flatten().as_deref().unwrap_or(WITHOUT)))
                .collect(),
        }
    }

    fn unit(
        &self,
        placing: &mut Placing,
        batch: &Batch,
        column: usize,
        number: usize,
        rows: &[usize],
        ids: &Ids,
    ) -> Vec<u64> {
        let (unit, decimals) = (&self.units[number], self.pass.decimals[number]);
        if let Some(plain) = plain_units(&batch.columns[column], decimals, rows, batch.rows.len()) {
            return plain;
        }
        let mut most = 0;
        let values = rows
            .iter()
            .enumerate()
            .map(|(place, &i)| {
                let value = match cell::unit(&batch.columns[column], i) {
                    Ok(None) => return MISSING,
                    Ok(Some(value)) => value,
                    Err(wrong) => {
                        say_wrong_unit(placing, batch, i, column, unit, &ids[place], wrong);
                        return MISSING;
                    }
                };
                most = most.max(value.decimals);
                if value.decimals > decimals {
                    self.too_fine.store(true, Ordering::Relaxed);
                    return MISSING;
                }
                value.scaled(decimals).unwrap_or_else(|| {
                    let message = format!("{unit} is too large to count; counted as missing, which is not zero");
                    let (row, id) = (batch.rows[i], &ids[place]);
                    placing.say(row, Finding::UnitNotANumber, Action::Repaired, Some(id), message);
                    MISSING
                })
            })
            .collect();
        self.decimals[number].fetch_max(most, Ordering::Relaxed);
        values
    }
}

/// The values of a column of whole numbers of which all rows are wanted and none is missing or odd.
fn plain_units(column: &Column, decimals: u8, rows: &[usize], all: usize) -> Option<Vec<u64>> {
    let (values, None) = column.integers()? else { return None };
    let countable = |&value: &i64| u64::try_from(value).is_ok_and(|value| value <= Decimal::LARGEST);
    let plain = decimals == 0 && rows.len() == all && values.iter().all(countable);
    plain.then(|| values.iter().map(|value| value.unsigned_abs()).collect())
}

fn codes(
    placing: &mut Placing,
    batch: &Batch,
    file: &PlaceFile<'_>,
    level: &Level,
    rows: &[usize],
    ids: &Ids,
) -> Option<Vec<Option<u32>>> {
    let &(_, column) = file.codes.iter().find(|(key, _)| *key == level.key)?;
    let mut last: Option<(String, Option<u32>)> = None;
    let codes = rows.iter().enumerate().map(|(place, &i)| {
        let code = batch.columns[column].text(i)?;
        let code = code.trim();
        let found = match &last {
            Some((known, found)) if known == code => *found,
            _ => {
                let found = level.find(code);
                last = Some((code.to_owned(), found));
                found
            }
        };
        if found.is_none() {
            let message = format!("no {} has the code {code:?}; the position decides", level.key);
            placing.say(batch.rows[i], Finding::UnknownAreaCode, Action::Noted, Some(&ids[place]), message);
        }
        found
    });
    Some(codes.collect())
}

fn position(placing: &mut Placing, batch: &Batch, i: usize, file: &PlaceFile<'_>) -> Result<Coord, (Finding, String)> {
    let no = |reason: &str| (Finding::NoPosition, reason.to_owned());
    if let Some((easting, northing)) = file.columns {
        let number = |column: usize| {
            cell::number(&batch.columns[column], i)
                .map_err(|text| no(&format!("{text:?} is not a coordinate")))?
                .ok_or_else(|| no("the row has no coordinates"))
        };
        return placing.position(Coord { x: number(easting)?, y: number(northing)? });
    }
    match batch.geometry.get(i) {
        Ok(None) => Err(no("the row has no coordinates")),
        Err(reason) => Err((Finding::InvalidGeometry, reason.to_owned())),
        Ok(Some(geometry)) => {
            let point =
                repair::point(&geometry, file.entry.point).map_err(|reason| (Finding::InvalidGeometry, reason))?;
            placing.position(point)
        }
    }
}

fn say_wrong_unit(
    placing: &mut Placing,
    batch: &Batch,
    i: usize,
    column: usize,
    unit: &Unit,
    id: &str,
    wrong: NotAUnit,
) {
    let text = batch.columns[column].text(i).unwrap_or_default();
    let (finding, reason) = match wrong {
        NotAUnit::Negative => (Finding::NegativeUnit, "is below zero".to_owned()),
        NotAUnit::NotANumber => (Finding::UnitNotANumber, "is not a number".to_owned()),
        NotAUnit::TooFine => (Finding::UnitNotANumber, format!("has more than {} decimals", cell::MOST_DECIMALS)),
        NotAUnit::TooLarge => (Finding::UnitNotANumber, "is too large to count".to_owned()),
    };
    let message = format!("{} {text:?} {reason}; counted as missing, which is not zero", unit.key());
    placing.say(batch.rows[i], finding, Action::Repaired, Some(id), message);
}
