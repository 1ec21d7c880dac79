//! Places from their files: ids, positions, units, categories, codes.

use std::collections::{BTreeSet, HashMap};

use geo::Coord;
use nittio_core::{
    diagnostic::{Action, Finding, SourceRow},
    place::{MISSING, Places, UnitColumn},
    study::ScaledUnit,
    unit::Unit,
};

use super::{
    Reading, StudyFileError,
    cell::{self, Decimal, NotAUnit},
    mapping::Bound,
    source::{Placing, Positions, Source},
};
use crate::{
    read::Batch,
    repair,
    study_file::{PlacesSource, RepresentativePoint},
};

/// All places, with codes still as text.
pub(super) struct Gathered {
    pub(super) places: Places,
    /// The place and row of every id.
    pub(super) ids: HashMap<Box<str>, usize>,
    /// Sorted.
    pub(super) categories: Vec<String>,
    pub(super) scales: Vec<ScaledUnit>,
    /// By level key: the distinct codes as they stand, and per place which one.
    pub(super) codes: HashMap<String, RawCodes>,
}

/// The codes of one level as the places' files write them.
#[derive(Default)]
pub(super) struct RawCodes {
    pub(super) distinct: Vec<Box<str>>,
    known: HashMap<Box<str>, u32>,
    /// Per place, index into `distinct`.
    pub(super) of: Vec<Option<u32>>,
}

impl RawCodes {
    fn push(&mut self, place: usize, code: &str) {
        let number = if let Some(&number) = self.known.get(code) {
            number
        } else {
            let number = u32::try_from(self.distinct.len()).unwrap_or(u32::MAX);
            self.distinct.push(code.into());
            self.known.insert(code.into(), number);
            number
        };
        self.of.resize(place, None);
        self.of.push(Some(number));
    }
}

#[derive(Default)]
struct Gathering {
    ids: Vec<Box<str>>,
    easting: Vec<f64>,
    northing: Vec<f64>,
    origin: Vec<SourceRow>,
    known: HashMap<Box<str>, usize>,
    category: Vec<u16>,
    categories: Vec<String>,
    /// Per unit and place; `None` is missing. Shorter than the places until the end.
    units: Vec<(Unit, Vec<Option<Decimal>>)>,
    codes: HashMap<String, RawCodes>,
}

/// Reads every source of places.
pub(super) fn read(reading: &Reading<'_>, sources: &[PlacesSource]) -> Result<Gathered, StudyFileError> {
    let units: BTreeSet<&Unit> = sources.iter().flat_map(|source| source.units.keys()).collect();
    let mut all = Gathering {
        units: units.into_iter().filter(|&unit| *unit != Unit::Places).map(|unit| (unit.clone(), Vec::new())).collect(),
        ..Gathering::default()
    };
    for entry in sources {
        read_source(reading, entry, &mut all)?;
    }
    Ok(all.finish(reading))
}

fn read_source(reading: &Reading<'_>, entry: &PlacesSource, all: &mut Gathering) -> Result<(), StudyFileError> {
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
    let mut units = Vec::new();
    for (unit, column) in &entry.units {
        let column = source.column(column)?;
        if let Some(number) = all.units.iter().position(|(known, _)| known == unit) {
            units.push((number, column));
        }
    }
    let mut codes = Vec::new();
    for (level, column) in &entry.codes {
        codes.push((level.as_str(), source.column(column)?));
    }
    source.read(geometry, |placing, batch| {
        for i in 0..batch.rows.len() {
            let row = batch.rows[i];
            let name = batch.columns[id].text(i);
            let Some(name) = name.as_deref().map(str::trim).filter(|name| !name.is_empty()) else {
                placing.say(row, Finding::MissingId, Action::Dropped, None, "the row has no id".to_owned());
                continue;
            };
            if let Some(&first) = all.known.get(name) {
                let at = all.origin[first];
                let file = reading.inputs.borrow()[usize::from(at.source)].path.clone();
                let message = format!("the id stands on row {} of {file} already; the first row is kept", at.row);
                placing.say(row, Finding::DuplicateId, Action::Dropped, Some(name), message);
                continue;
            }
            let position = position(placing, &batch, i, columns, entry.point).unwrap_or_else(|(finding, reason)| {
                let message = format!("{reason}; the place is unmatched unless an offer list names it");
                placing.say(row, finding, Action::Unmatched, Some(name), message);
                Coord { x: f64::NAN, y: f64::NAN }
            });
            let place = all.ids.len();
            placing.used += 1;
            all.known.insert(name.into(), place);
            all.ids.push(name.into());
            all.easting.push(position.x);
            all.northing.push(position.y);
            all.origin.push(placing.at(row));
            let category = category.get(&batch, i).ok().flatten().unwrap_or_else(|| "place".to_owned());
            all.push_category(&category);
            for &(number, column) in &units {
                let value = unit(placing, &batch, i, column, all.units[number].0.key(), name);
                let values = &mut all.units[number].1;
                values.resize(place, None);
                values.push(value);
            }
            for &(level, column) in &codes {
                if let Some(code) = batch.columns[column].text(i) {
                    if !all.codes.contains_key(level) {
                        all.codes.insert(level.to_owned(), RawCodes::default());
                    }
                    if let Some(raw) = all.codes.get_mut(level) {
                        raw.push(place, code.trim());
                    }
                }
            }
        }
    })
}

fn position(
    placing: &mut Placing,
    batch: &Batch,
    i: usize,
    columns: Option<(usize, usize)>,
    point: RepresentativePoint,
) -> Result<Coord, (Finding, String)> {
    let no = |reason: &str| (Finding::NoPosition, reason.to_owned());
    if let Some((easting, northing)) = columns {
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
            let point = repair::point(&geometry, point).map_err(|reason| (Finding::InvalidGeometry, reason))?;
            placing.position(point)
        }
    }
}

fn unit(placing: &mut Placing, batch: &Batch, i: usize, column: usize, unit: &str, id: &str) -> Option<Decimal> {
    let wrong = match cell::unit(&batch.columns[column], i) {
        Ok(value) => return value,
        Err(wrong) => wrong,
    };
    let text = batch.columns[column].text(i).unwrap_or_default();
    let (finding, reason) = match wrong {
        NotAUnit::Negative => (Finding::NegativeUnit, "is below zero".to_owned()),
        NotAUnit::NotANumber => (Finding::UnitNotANumber, "is not a number".to_owned()),
        NotAUnit::TooFine => (Finding::UnitNotANumber, format!("has more than {} decimals", cell::MOST_DECIMALS)),
        NotAUnit::TooLarge => (Finding::UnitNotANumber, "is too large to count".to_owned()),
    };
    let message = format!("{unit} {text:?} {reason}; counted as missing, which is not zero");
    placing.say(batch.rows[i], finding, Action::Repaired, Some(id), message);
    None
}

impl Gathering {
    fn push_category(&mut self, name: &str) {
        let number = self.categories.iter().position(|c| c == name).unwrap_or_else(|| {
            self.categories.push(name.to_owned());
            self.categories.len() - 1
        });
        self.category.push(u16::try_from(number).unwrap_or(u16::MAX));
    }

    fn finish(mut self, reading: &Reading<'_>) -> Gathered {
        let len = self.ids.len();
        let mut sorted: Vec<usize> = (0..self.categories.len()).collect();
        sorted.sort_by(|&a, &b| self.categories[a].cmp(&self.categories[b]));
        let mut number = vec![0u16; sorted.len()];
        for (new, &old) in (0u16..).zip(&sorted) {
            number[old] = new;
        }
        for category in &mut self.category {
            *category = number[usize::from(*category)];
        }
        let categories = sorted.iter().map(|&old| self.categories[old].clone()).collect();

        let mut scales = Vec::new();
        let mut units = Vec::new();
        for (unit, mut values) in self.units {
            values.resize(len, None);
            let decimals = values.iter().flatten().map(|value| value.decimals).max().unwrap_or(0);
            let scaled = values.iter().enumerate().map(|(place, value)| match value.map(|v| v.scaled(decimals)) {
                None => MISSING,
                Some(Some(value)) => value,
                Some(None) => {
                    reading.diagnostics.borrow_mut().push(nittio_core::diagnostic::Diagnostic {
                        at: self.origin[place],
                        finding: Finding::UnitNotANumber,
                        action: Action::Repaired,
                        id: Some((&*self.ids[place]).into()),
                        message: format!("{unit} is too large to count; counted as missing, which is not zero"),
                    });
                    MISSING
                }
            });
            units.push(UnitColumn { unit: unit.clone(), values: scaled.collect() });
            scales.push(ScaledUnit { unit, scale: 10u64.pow(u32::from(decimals)) });
        }
        for raw in self.codes.values_mut() {
            raw.of.resize(len, None);
        }
        Gathered {
            places: Places {
                ids: self.ids,
                easting: self.easting,
                northing: self.northing,
                category: self.category,
                units,
                codes: Vec::new(),
                origin: self.origin,
            },
            ids: self.known,
            categories,
            scales,
            codes: self.codes,
        }
    }
}
