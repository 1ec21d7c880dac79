//! The table of a level: one row per area, the same in every format.

use std::io::{self, Write};

use nittio_core::{measure::Measure, outcome::Outcome, unit::Unit};
use rusqlite::types::Value;
use serde_json::{Map, Number, Value as Json};

use super::{Say, Words};
use crate::write::{
    area_columns::{AreaColumn, Holds, columns},
    error,
};

/// A table with its columns' meaning.
pub(super) struct Table<'a> {
    /// The key of the level.
    pub(super) level: &'a str,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Value>>,
    /// Per row, the index of the area in the level.
    pub(super) areas: Vec<usize>,
}

pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// What it means, in the study's language.
    pub(super) meaning: String,
    /// The key of what is counted, or `share` for a part of a whole.
    pub(super) unit: Option<String>,
    pub(super) is_share: bool,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Date,
    Text,
    Integer,
    Number,
}

impl<'a> Table<'a> {
    pub(super) fn of(outcome: &'a Outcome, level: usize, words: Words<'_>) -> Self {
        let columns = columns(outcome, true);
        let (mut rows, mut areas) = (Vec::new(), Vec::new());
        for (row, area) in outcome.indicators.areas.iter().enumerate() {
            let Some((_, index)) = area.index.filter(|&(of, _)| of == level) else { continue };
            let assessment = outcome.assessments.iter().find(|a| a.goal == 0 && a.profile == 0 && a.area == row);
            rows.push(columns.iter().map(|column| column.value(outcome, row, assessment)).collect());
            areas.push(index);
        }
        let columns = columns.into_iter().map(|column| Column::of(outcome, column, words)).collect();
        Self { level: &outcome.frame.levels[level].key, columns, rows, areas }
    }

    /// As CSV after RFC 4180.
    pub(super) fn csv(&self, out: impl Write) -> io::Result<()> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        writer.write_record(self.columns.iter().map(|column| &column.name)).map_err(error::of_csv)?;
        for row in &self.rows {
            let cells = row.iter().zip(&self.columns).map(|(value, column)| match value {
                Value::Text(text) => text.clone(),
                Value::Integer(number) => number.to_string(),
                Value::Real(share) if column.is_share => format!("{share:.6}"),
                Value::Real(number) => number.to_string(),
                Value::Null | Value::Blob(_) => String::new(),
            });
            writer.write_record(cells).map_err(error::of_csv)?;
        }
        writer.flush()
    }

    /// As a list of objects, each on a line of its own.
    pub(super) fn json(&self, mut out: impl Write) -> io::Result<()> {
        out.write_all(b"[\n")?;
        for row in 0..self.rows.len() {
            serde_json::to_writer(&mut out, &self.properties(row))?;
            out.write_all(if row + 1 < self.rows.len() { b",\n" } else { b"\n" })?;
        }
        out.write_all(b"]\n")
    }

    /// A row by the names of its columns.
    pub(super) fn properties(&self, row: usize) -> Json {
        let cells = self.rows[row].iter().zip(&self.columns).map(|(value, column)| (column.name.clone(), json(value)));
        Json::Object(cells.collect::<Map<_, _>>())
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::String(text.clone()),
        Value::Integer(number) => Json::from(*number),
        Value::Real(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Value::Null | Value::Blob(_) => Json::Null,
    }
}

impl Column {
    fn of(outcome: &Outcome, column: AreaColumn, words: Words<'_>) -> Self {
        let kind = match (column.holds, column.kind) {
            (Holds::AsOf, _) => Kind::Date,
            (_, "INTEGER") => Kind::Integer,
            (_, "REAL") => Kind::Number,
            _ => Kind::Text,
        };
        let say = if words.swedish { words.sv } else { words.en };
        let indicators = &outcome.indicators;
        let units = |unit: usize| unit_word(&indicators.units[unit].unit, say);
        let speed = |measure: usize| match indicators.measures[measure] {
            Measure::Down(speed) => speed.to_string(),
            other => other.to_string(),
        };
        let counted = |unit: usize| Some(indicators.units[unit].unit.key().to_owned());
        let (meaning, unit) = match column.holds {
            Holds::AsOf => (say("open-data.column-as-of", &[]), None),
            Holds::Code => (say("open-data.column-code", &[]), None),
            Holds::Name => (say("open-data.column-name", &[]), None),
            Holds::Total(unit) => (say("open-data.column-total", &[("units", &units(unit))]), counted(unit)),
            Holds::Unmatched(unit) => (say("open-data.column-unmatched", &[("units", &units(unit))]), counted(unit)),
            Holds::Covered(unit, measure) => {
                let values = [("units", units(unit)), ("speed", speed(measure))];
                let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
                (say("open-data.column-covered", &values), counted(unit))
            }
            Holds::Share(unit, measure) => {
                let values = [("units", units(unit)), ("speed", speed(measure))];
                let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
                (say("open-data.column-share", &values), Some("share".to_owned()))
            }
            Holds::Goal => {
                let goal = outcome.goals.first().map(|goal| if words.swedish { &goal.name.sv } else { &goal.name.en });
                let goal = goal.map(String::as_str).unwrap_or_default();
                (say("open-data.column-goal", &[("goal", goal)]), None)
            }
            Holds::GoalMissing(unit) => (say("open-data.column-missing", &[("units", &units(unit))]), counted(unit)),
        };
        Self { name: column.name, kind, meaning, unit, is_share: matches!(column.holds, Holds::Share(..)) }
    }
}

/// "invånare"; a study's own weight by its own name.
fn unit_word(unit: &Unit, say: Say<'_>) -> String {
    match unit {
        Unit::Weight(name) => name.clone(),
        known => say(&format!("unit-many.{}", known.key()), &[]),
    }
}
