//! Values that are constant for a file or stand in a column, row by row.

use nittio_core::{
    diagnostic::{Action, Finding},
    plausibility,
    quantity::{Kronor, Speed},
    service::{Reach, Service, Status, Technology},
};

use super::{
    Reading, StudyFileError, cell,
    source::{Placing, Source},
};
use crate::{
    read::Batch,
    study_file::{
        ServiceColumns,
        mapped::{ColumnMap, Constant, Mapped},
    },
};

/// A [`Mapped`] value with its column found.
pub(super) enum Bound<'a, T> {
    Constant(&'a T),
    Column(usize, &'a ColumnMap<T>),
    Absent,
}

impl<'a, T: Constant + Clone> Bound<'a, T> {
    pub(super) fn new(source: &mut Source<'_>, mapped: Option<&'a Mapped<T>>) -> Result<Self, StudyFileError> {
        Ok(match mapped {
            None => Self::Absent,
            Some(Mapped::Constant(value)) => Self::Constant(value),
            Some(Mapped::Column(map)) => Self::Column(source.column(&map.column)?, map),
        })
    }

    /// The value on a row: `Ok(None)` when there is none, `Err` when a word cannot be read.
    pub(super) fn get(&self, batch: &Batch, i: usize) -> Result<Option<T>, String> {
        match *self {
            Self::Absent => Ok(None),
            Self::Constant(value) => Ok(Some(value.clone())),
            Self::Column(column, map) => match batch.columns[column].text(i) {
                None => Ok(map.empty.clone()),
                Some(text) => match map.map.get(text.trim()) {
                    Some(value) => Ok(Some(value.clone())),
                    None => T::from_text(text.trim()).map(Some),
                },
            },
        }
    }
}

/// How a source tells services.
pub(super) struct ServiceReader<'a> {
    operator: Bound<'a, String>,
    owner: Bound<'a, String>,
    technology: Bound<'a, Technology>,
    down: Bound<'a, Speed>,
    up: Bound<'a, Speed>,
    down_unit: f64,
    up_unit: f64,
    status: Bound<'a, Status>,
    available_from: Bound<'a, jiff::civil::Date>,
    open_access: Bound<'a, bool>,
    project: Bound<'a, String>,
    cost: Bound<'a, Kronor>,
    busy_down: Bound<'a, Speed>,
    busy_unit: f64,
    reach: Bound<'a, Reach>,
    default_reach: Reach,
}

impl<'a> ServiceReader<'a> {
    pub(super) fn new(
        reading: &Reading<'_>,
        source: &mut Source<'_>,
        columns: &'a ServiceColumns,
        default_reach: Reach,
    ) -> Result<Self, StudyFileError> {
        Ok(Self {
            operator: Bound::new(source, Some(&columns.operator))?,
            owner: Bound::new(source, columns.owner.as_ref())?,
            technology: Bound::new(source, columns.technology.as_ref())?,
            down_unit: speed_unit(reading, columns.down.as_ref())?,
            up_unit: speed_unit(reading, columns.up.as_ref())?,
            down: Bound::new(source, columns.down.as_ref())?,
            up: Bound::new(source, columns.up.as_ref())?,
            status: Bound::new(source, columns.status.as_ref())?,
            available_from: Bound::new(source, columns.available_from.as_ref())?,
            open_access: Bound::new(source, columns.open_access.as_ref())?,
            project: Bound::new(source, columns.project.as_ref())?,
            cost: Bound::new(source, columns.cost.as_ref())?,
            busy_unit: speed_unit(reading, columns.busy_down.as_ref())?,
            busy_down: Bound::new(source, columns.busy_down.as_ref())?,
            reach: Bound::new(source, columns.reach.as_ref())?,
            default_reach,
        })
    }

    /// The service on a row, and how it reaches; `None` when the row must be left out.
    pub(super) fn read(
        &self,
        placing: &mut Placing,
        batch: &Batch,
        i: usize,
        id: Option<&str>,
    ) -> Option<(Service, Reach)> {
        let row = batch.rows[i];
        let operator = self.operator.get(batch, i).ok().flatten().filter(|o| !o.is_empty()).unwrap_or_else(|| {
            let message = "the row names no operator; it is counted as one unknown operator".to_owned();
            placing.say(row, Finding::MissingOperator, Action::Noted, id, message);
            "unknown".to_owned()
        });
        let technology = self.technology.get(batch, i).unwrap_or_else(|wrong| {
            let message = format!("{wrong}; counted as other. Add the word to the map in the study file");
            placing.say(row, Finding::UnknownTechnology, Action::Noted, id, message);
            None
        });
        let status = match self.status.get(batch, i) {
            Ok(status) => status.unwrap_or(Status::InService),
            Err(wrong) => {
                let message = format!("{wrong}. Add the word to the map in the study file");
                placing.say(row, Finding::UnknownStatus, Action::Dropped, id, message);
                return None;
            }
        };
        let reach = match self.reach.get(batch, i) {
            Ok(reach) => reach.unwrap_or(self.default_reach),
            Err(wrong) => {
                let message = format!("{wrong}. Add the word to the map in the study file");
                placing.say(row, Finding::UnknownReach, Action::Dropped, id, message);
                return None;
            }
        };
        let available_from = self.available_from.get(batch, i).unwrap_or_else(|wrong| {
            placing.say(row, Finding::UnreadableDate, Action::Noted, id, format!("{wrong}; counted as not known"));
            None
        });
        let open_access = self.open_access.get(batch, i).unwrap_or_else(|wrong| {
            placing.say(row, Finding::UnreadableFlag, Action::Noted, id, format!("{wrong}; counted as not known"));
            None
        });
        let service = Service {
            operator,
            owner: self.owner.get(batch, i).ok().flatten().filter(|o| !o.is_empty()),
            technology: technology.unwrap_or(Technology::Other),
            down: speed(&self.down, self.down_unit, placing, batch, i, id),
            up: speed(&self.up, self.up_unit, placing, batch, i, id),
            status,
            available_from,
            open_access,
            project: self.project.get(batch, i).ok().flatten().filter(|p| !p.is_empty()),
            cost: self.cost.get(batch, i).unwrap_or_else(|wrong| {
                placing.say(row, Finding::UnreadablePrice, Action::Noted, id, format!("{wrong}; counted as not known"));
                None
            }),
            busy_down: speed(&self.busy_down, self.busy_unit, placing, batch, i, id),
        };
        if let Some(limit) = plausibility::exceeded(service.technology, service.down, service.up) {
            let [down, up] =
                [service.down, service.up].map(|s| s.map_or_else(|| "unknown".to_owned(), |s| s.to_string()));
            let message = format!(
                "{down} down and {up} up are more than {} can give ({}); counted as they stand",
                service.technology, limit.source
            );
            placing.say(row, Finding::ImplausibleSpeed, Action::Noted, id, message);
        }
        Some((service, reach))
    }
}

/// How many Mbit/s one of a column's bare numbers is.
fn speed_unit(reading: &Reading<'_>, mapped: Option<&Mapped<Speed>>) -> Result<f64, StudyFileError> {
    let Some(Mapped::Column(ColumnMap { unit: Some(unit), .. })) = mapped else { return Ok(1.0) };
    match unit.get_ref().as_str() {
        "kbit/s" => Ok(0.001),
        "Mbit/s" => Ok(1.0),
        "Gbit/s" => Ok(1000.0),
        other => Err(reading.at(
            unit,
            &format!("{other:?} is not a unit of speed"),
            "write \"kbit/s\", \"Mbit/s\" or \"Gbit/s\"",
        )),
    }
}

fn speed(
    bound: &Bound<'_, Speed>,
    unit: f64,
    placing: &mut Placing,
    batch: &Batch,
    i: usize,
    id: Option<&str>,
) -> Option<Speed> {
    let Bound::Column(column, map) = *bound else {
        return bound.get(batch, i).ok().flatten();
    };
    let text = batch.columns[column].text(i);
    let Some(text) = text else { return map.empty };
    if let Some(speed) = map.map.get(text.trim()) {
        return Some(*speed);
    }
    if let Ok(speed) = text.parse() {
        return Some(speed);
    }
    let found = cell::number(&batch.columns[column], i).ok().flatten().map(|number| number * unit);
    let speed =
        found.filter(|&mbps| (0.0..=plausibility::FASTEST.mbps()).contains(&mbps)).and_then(Speed::from_mbps_f64);
    if speed.is_none() {
        let message = format!("{text:?} is not a possible speed; counted as not known, which reaches no threshold");
        placing.say(batch.rows[i], Finding::ImpossibleSpeed, Action::Repaired, id, message);
    }
    speed
}
