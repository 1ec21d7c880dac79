//! The columns of a table of areas: one for every unit and speed, with the same names in every file that has one row per area.

use std::collections::BTreeSet;

use nittio_core::{
    assessment::{Assessment, Verdict},
    indicator::At,
    measure::Measure,
    outcome::Outcome,
    quantity::Speed,
};
use rusqlite::types::Value;

use super::{goals, number};

/// A column of a table of areas.
#[derive(Debug, Clone)]
pub(super) struct AreaColumn {
    /// The name, which stays the same from study to study.
    pub(super) name: String,
    /// The type, as SQLite has it: `TEXT`, `INTEGER` or `REAL`.
    pub(super) kind: &'static str,
    /// What it holds.
    pub(super) holds: Holds,
}

/// What a column holds; units and measures by their index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// The day of the figures.
    AsOf,
    Code,
    Name,
    Total(usize),
    Unmatched(usize),
    Covered(usize, usize),
    Share(usize, usize),
    Goal,
    GoalMissing(usize),
}

/// The columns of areas, for all settlement classes and categories, under the study's first definition and its first goal.
///
/// With `dated`, the day of the figures stands first, so that tables of several days can be put one below the other.
pub(super) fn columns(outcome: &Outcome, dated: bool) -> Vec<AreaColumn> {
    let indicators = &outcome.indicators;
    let mut names = Names::default();
    let mut columns = Vec::new();
    let mut add = |name: &str, kind, holds| columns.push(AreaColumn { name: names.unique(name), kind, holds });
    let speeds: Vec<(usize, Speed)> = indicators
        .measures
        .iter()
        .enumerate()
        .filter_map(|(m, measure)| if let Measure::Down(speed) = measure { Some((m, *speed)) } else { None })
        .collect();
    if dated {
        add("as_of", "TEXT", Holds::AsOf);
    }
    add("code", "TEXT", Holds::Code);
    add("name", "TEXT", Holds::Name);
    for (u, unit) in indicators.units.iter().enumerate() {
        let key = snake_case(unit.unit.key());
        let kind = number_kind(unit.scale);
        add(&format!("{key}_total"), kind, Holds::Total(u));
        add(&format!("{key}_unmatched"), kind, Holds::Unmatched(u));
        for &(m, speed) in &speeds {
            let speed = snake_case(&speed.mbps().to_string());
            add(&format!("{key}_down_{speed}"), kind, Holds::Covered(u, m));
            add(&format!("{key}_down_{speed}_share"), "REAL", Holds::Share(u, m));
        }
    }
    if let Some(goal) = outcome.goals.first() {
        add("goal_verdict", "TEXT", Holds::Goal);
        for u in goal.units.iter().filter_map(|unit| indicators.unit(unit.key())) {
            let unit = &indicators.units[u];
            let name = format!("goal_missing_{}", snake_case(unit.unit.key()));
            add(&name, number_kind(unit.scale), Holds::GoalMissing(u));
        }
    }
    columns
}

fn number_kind(scale: u64) -> &'static str {
    if scale == 1 { "INTEGER" } else { "REAL" }
}

impl AreaColumn {
    /// The value for one area of the indicators.
    pub(super) fn value(&self, outcome: &Outcome, area: usize, assessment: Option<&Assessment>) -> Value {
        let indicators = &outcome.indicators;
        let figure = |unit, measure| indicators.figure(At { area, unit, measure, ..At::default() });
        let count = |unit: usize, count: u64, hidden: bool| match indicators.units[unit].scale {
            _ if hidden => Value::Null,
            1 => Value::Integer(number::signed(count)),
            scale => Value::Real(number::unscaled(count, scale)),
        };
        // Totals do not depend on the definition and the measure, but a study without either has no figures.
        let measured = !indicators.profiles.is_empty() && !indicators.measures.is_empty();
        match self.holds {
            Holds::AsOf => Value::Text(outcome.frame.as_of.to_string()),
            Holds::Code => Value::Text(indicators.areas[area].code.clone()),
            Holds::Name => Value::Text(indicators.areas[area].name.clone()),
            Holds::Total(unit) if measured => {
                let figure = figure(unit, 0);
                count(unit, figure.total, figure.hides.total)
            }
            Holds::Unmatched(unit) if measured => {
                let figure = figure(unit, 0);
                count(unit, figure.unmatched, figure.hides.unmatched)
            }
            Holds::Covered(unit, measure) if measured => {
                let figure = figure(unit, measure);
                count(unit, figure.covered, figure.hides.covered)
            }
            Holds::Share(unit, measure) if measured => {
                let figure = figure(unit, measure);
                let share = number::share(figure.covered, figure.total).filter(|_| figure.has_share());
                share.map_or(Value::Null, Value::Real)
            }
            Holds::Goal => assessment.map_or(Value::Null, |a| Value::Text(goals::key(a.joint).to_owned())),
            Holds::GoalMissing(unit) => {
                let key = &indicators.units[unit].unit;
                let parts = || assessment.into_iter().flat_map(|a| &a.parts).filter(|part| part.unit == *key);
                let withheld = parts().any(|part| part.verdict == Verdict::Withheld);
                let most = parts().filter_map(|part| missing(part.verdict)).max();
                most.map_or(Value::Null, |most| count(unit, most, withheld))
            }
            _ => Value::Null,
        }
    }
}

/// How many units a verdict says are lacking.
fn missing(verdict: Verdict) -> Option<u64> {
    match verdict {
        Verdict::Met => Some(0),
        Verdict::Missed { units, .. } => Some(units),
        Verdict::NotMeasured | Verdict::Withheld => None,
    }
}

/// Names that differ in more than case, as SQLite asks of tables and columns.
#[derive(Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    pub(super) fn unique(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut again = 1;
        while !self.taken.insert(name.to_lowercase()) {
            again += 1;
            name = format!("{wanted}_{again}");
        }
        name
    }
}

/// A short field name that every program takes: ASCII, lower case, digits and underscores.
pub(crate) fn snake_case(text: &str) -> String {
    let mut name = String::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'å' | 'ä' | 'á' | 'à' | 'æ' => name.push('a'),
            'ö' | 'ø' | 'ó' => name.push('o'),
            'é' | 'è' | 'ë' => name.push('e'),
            'ü' => name.push('u'),
            '²' => name.push('2'),
            '³' => name.push('3'),
            c if c.is_ascii_alphanumeric() => name.push(c),
            _ if name.ends_with('_') || name.is_empty() => {}
            _ => name.push('_'),
        }
    }
    let name = name.trim_end_matches('_');
    if name.is_empty() { "unit".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_names_are_short_ascii() {
        assert_eq!(snake_case("Yta å, m²"), "yta_a_m2");
        assert_eq!(snake_case("0.75"), "0_75");
        assert_eq!(snake_case("  "), "unit");
        let mut names = Names::default();
        assert_eq!([names.unique("a"), names.unique("A"), names.unique("a")], ["a", "A_2", "a_3"]);
    }
}
