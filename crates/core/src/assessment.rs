//! Assessments: how far each area is from each goal, in units and in percentage points.

use serde::Serialize;

use crate::{
    goal::{Goal, Step},
    indicator::{At, Figure, Indicators},
    measure::Measure,
    unit::Unit,
};

/// One goal held against one area.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// Index into the study's goals.
    pub goal: usize,
    /// Index into [`Indicators::areas`].
    pub area: usize,
    /// Index into [`Indicators::profiles`].
    pub profile: usize,
    /// One per unit of the goal and step, units slowest.
    pub parts: Vec<Part>,
    /// All parts together: the goal is met when every one is.
    pub joint: Verdict,
}

/// One step of a goal held against one unit in one area.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The unit.
    pub unit: Unit,
    /// The step.
    pub step: Step,
    /// The counts; zero when not measured.
    pub figure: Figure,
    /// What the counts say.
    pub verdict: Verdict,
}

/// Whether a goal is met.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Verdict {
    /// At least the share has it.
    Met,
    /// Fewer have it.
    Missed {
        /// How many more units are needed, in counted parts of the unit (see [`crate::study::ScaledUnit`]).
        /// Jointly: zero, since units of different kinds do not add up.
        units: u64,
        /// How many percentage points are lacking. Jointly: the most that any part lacks.
        points: f64,
        /// Whether the unmatched units alone could close the gap.
        within_unmatched: bool,
    },
    /// The study lacks the unit, or the area has none of it.
    NotMeasured,
    /// The counts are kept back in the public edition, and so is what they say.
    Withheld,
}

/// Holds every goal against every area, under every definition.
///
/// Met means `covered ≥ share × total` in whole numbers; the unmatched count as not covered.
#[must_use]
pub fn assess(indicators: &Indicators, goals: &[Goal]) -> Vec<Assessment> {
    let mut out = Vec::new();
    for (g, goal) in goals.iter().enumerate() {
        for profile in 0..indicators.profiles.len() {
            for area in 0..indicators.areas.len() {
                let parts: Vec<Part> = goal
                    .units
                    .iter()
                    .flat_map(|unit| goal.steps.iter().map(move |step| (unit, step)))
                    .map(|(unit, step)| part(indicators, At { area, profile, ..At::default() }, unit, step))
                    .collect();
                let joint = joint(&parts);
                out.push(Assessment { goal: g, area, profile, parts, joint });
            }
        }
    }
    out
}

pub(crate) fn part(indicators: &Indicators, at: At, unit: &Unit, step: &Step) -> Part {
    let found = indicators.units.iter().position(|u| u.unit == *unit).zip(indicators.measure(Measure::Down(step.down)));
    let figure = found.map(|(unit, measure)| indicators.figure(At { unit, measure, ..at })).unwrap_or_default();
    Part { unit: unit.clone(), step: step.clone(), figure, verdict: verdict(&figure, step) }
}

fn verdict(figure: &Figure, step: &Step) -> Verdict {
    if figure.hides.total || figure.hides.covered {
        return Verdict::Withheld;
    }
    if figure.total == 0 {
        return Verdict::NotMeasured;
    }
    let needed = step.share.of(figure.total);
    if figure.covered >= needed {
        return Verdict::Met;
    }
    Verdict::Missed {
        units: needed - figure.covered,
        points: step.share.percent() - 100.0 * figure.share().unwrap_or(0.0),
        within_unmatched: !figure.hides.unmatched && figure.covered + figure.unmatched >= needed,
    }
}

pub(crate) fn joint(parts: &[Part]) -> Verdict {
    let mut most = Verdict::Met;
    for part in parts {
        most = match (most, part.verdict) {
            (Verdict::NotMeasured, _) | (_, Verdict::NotMeasured) => return Verdict::NotMeasured,
            (Verdict::Withheld, _) | (_, Verdict::Withheld) => Verdict::Withheld,
            (
                Verdict::Missed { points: a, within_unmatched: v, .. },
                Verdict::Missed { points: b, within_unmatched: w, .. },
            ) => Verdict::Missed { units: 0, points: a.max(b), within_unmatched: v && w },
            (Verdict::Met, Verdict::Missed { points, within_unmatched, .. }) => {
                Verdict::Missed { units: 0, points, within_unmatched }
            }
            (missed, Verdict::Met) => missed,
        };
    }
    if parts.is_empty() { Verdict::NotMeasured } else { most }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{Share, Speed};

    fn step() -> Step {
        Step { down: Speed::from_mbps(100), share: Share::from_percent(90) }
    }

    fn figure(total: u64, covered: u64, unmatched: u64) -> Figure {
        Figure { total, covered, missing: total - covered - unmatched, unmatched, ..Figure::default() }
    }

    #[test]
    fn ninety_of_a_hundred_meets_ninety_per_cent() {
        assert_eq!(verdict(&figure(100, 90, 0), &step()), Verdict::Met);
        assert_eq!(
            verdict(&figure(100, 89, 0), &step()),
            Verdict::Missed { units: 1, points: 1.0, within_unmatched: false }
        );
    }

    #[test]
    fn the_gap_is_in_whole_units_and_says_when_the_unmatched_could_close_it() {
        let Verdict::Missed { units, within_unmatched, .. } = verdict(&figure(11, 8, 2), &step()) else {
            unreachable!("8 of 11 is below 90 %")
        };
        assert_eq!(units, 2, "90 % of 11 is 9.9, so ten are needed");
        assert!(within_unmatched);
    }

    #[test]
    fn an_empty_area_is_not_measured() {
        assert_eq!(verdict(&figure(0, 0, 0), &step()), Verdict::NotMeasured);
    }

    #[test]
    fn jointly_met_needs_every_part() {
        let part = |covered| Part {
            unit: Unit::Population,
            step: step(),
            figure: figure(100, covered, 0),
            verdict: verdict(&figure(100, covered, 0), &step()),
        };
        assert_eq!(joint(&[part(90), part(95)]), Verdict::Met);
        assert_eq!(
            joint(&[part(80), part(95), part(85)]),
            Verdict::Missed { units: 0, points: 10.0, within_unmatched: false }
        );
    }
}
