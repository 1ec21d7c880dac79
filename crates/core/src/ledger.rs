//! The ledger: per area, how far it is from one goal, in each of the goal's units.

use crate::{
    assessment::{Part, Verdict, part},
    goal::{Goal, Step},
    indicator::{At, Indicators, TOTAL},
    unit::Unit,
};

/// One area's line: a part for every unit and step.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Index into [`Indicators::areas`].
    pub area: usize,
    /// Units slowest, steps fastest.
    pub parts: Vec<Part>,
    /// Whether every part is met.
    pub joint: Verdict,
}

/// The areas of one level that hold any place, and the total last, held against one goal under one definition.
#[must_use]
pub fn ledger(indicators: &Indicators, goal: &Goal, profile: usize, level: &str) -> Vec<Line> {
    let units = units(indicators, goal);
    let holds_places = |area: &usize| indicators.figure(At { area: *area, ..At::default() }).total > 0;
    let of_level = |area: &usize| level != TOTAL && indicators.areas[*area].level == level;
    let mut areas: Vec<usize> = (0..indicators.areas.len()).filter(of_level).filter(holds_places).collect();
    areas.push(0);
    let pairs: Vec<(&Unit, &Step)> =
        units.iter().flat_map(|unit| goal.steps.iter().map(move |step| (unit, step))).collect();
    areas
        .into_iter()
        .map(|area| {
            let at = At { area, profile, ..At::default() };
            let parts: Vec<Part> = pairs.iter().map(|(unit, step)| part(indicators, at, unit, step)).collect();
            let joint = crate::assessment::joint(&parts);
            Line { area, parts, joint }
        })
        .collect()
}

/// The goal's units that the study counts; places when it counts none of them.
#[must_use]
pub fn units(indicators: &Indicators, goal: &Goal) -> Vec<Unit> {
    let counted: Vec<Unit> = goal.units.iter().filter(|unit| indicators.unit(unit.key()).is_some()).cloned().collect();
    if counted.is_empty() { vec![Unit::Places] } else { counted }
}
