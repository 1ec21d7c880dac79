//! `scenarios.csv` and `scenario-overlaps.csv`: what every scenario would change, and what two of them both give, area by area, against
//! every goal.
//!
//! One row per scenario, or two, × area × goal × unit × step; `docs/formats.md` says what the columns mean.

use std::io::{self, Write};

use nittio_core::{
    comparison::{About, Comparison, Moved, Overlap},
    goal::{Goal, Step},
    indicator::AreaRef,
    measure::Measure,
    study::ScaledUnit,
};

use super::rows::{of_step, table};

/// The columns of `scenarios.csv`, in order.
pub const COLUMNS: [&str; 26] = [
    "scenario",
    "scenario_name",
    "against",
    "day",
    "goal",
    "year",
    "level",
    "code",
    "name",
    "unit",
    "down_mbps",
    "goal_share",
    "total",
    "needed",
    "covered_before",
    "covered",
    "share_before",
    "share",
    "unmatched_before",
    "unmatched",
    "gained",
    "lost",
    "only_here",
    "shared",
    "missing_units_before",
    "missing_units",
];

/// The columns of `scenario-overlaps.csv`, in order.
pub const OVERLAP_COLUMNS: [&str; 17] = [
    "scenario",
    "scenario_name",
    "other",
    "other_name",
    "against",
    "goal",
    "year",
    "level",
    "code",
    "name",
    "unit",
    "down_mbps",
    "goal_share",
    "only_scenario",
    "only_other",
    "both",
    "together",
];

/// A step of a goal in a unit, of an area: what a row is about.
struct At<'a> {
    goal: &'a Goal,
    step: &'a Step,
    unit: usize,
    measure: usize,
    area: usize,
}

/// Everything that rows are about.
fn every<'a>(
    goals: &'a [Goal],
    units: &'a [ScaledUnit],
    areas: &'a [AreaRef],
    compared: &'a Comparison,
) -> impl Iterator<Item = At<'a>> {
    goals.iter().flat_map(move |goal| {
        let of_goal = goal.units.iter().filter_map(|unit| units.iter().position(|of| of.unit == *unit));
        of_goal.flat_map(move |unit| {
            goal.steps.iter().flat_map(move |step| {
                let measure = compared.measure(Measure::Down(step.down));
                measure
                    .into_iter()
                    .flat_map(move |measure| (0..areas.len()).map(move |area| At { goal, step, unit, measure, area }))
            })
        })
    })
}

/// Writes a comparison of a run's worlds as CSV after RFC 4180, sorted by the text of the columns.
///
/// # Errors
/// When writing fails.
pub fn csv(
    out: impl Write,
    goals: &[Goal],
    units: &[ScaledUnit],
    areas: &[AreaRef],
    compared: &Comparison,
) -> io::Result<()> {
    let mut rows: Vec<_> = every(goals, units, areas, compared)
        .flat_map(|at| {
            let contrasts = compared.contrasts.iter().enumerate();
            let rows = contrasts.map(|(k, about)| {
                let moved = compared.moved(k, at.area, at.unit, at.measure);
                let named = of_step(&areas[at.area], units[at.unit].unit.key(), at.step);
                row(about, compared.shares(k), (at.goal, at.step), named, &moved)
            });
            rows.collect::<Vec<_>>()
        })
        .collect();
    rows.sort();
    table(out, COLUMNS, rows)
}

/// Writes what scenarios that only add give two by two, each alone and both, as CSV after RFC 4180, sorted by the text of the columns.
///
/// # Errors
/// When writing fails.
pub fn overlaps(
    out: impl Write,
    goals: &[Goal],
    units: &[ScaledUnit],
    areas: &[AreaRef],
    compared: &Comparison,
) -> io::Result<()> {
    let mut rows: Vec<_> = every(goals, units, areas, compared)
        .flat_map(|at| {
            let overlaps = compared.overlaps(at.area, at.unit, at.measure).into_iter();
            let rows = overlaps.map(|overlap| {
                let named = of_step(&areas[at.area], units[at.unit].unit.key(), at.step);
                overlap_row(compared, at.goal, named, &overlap)
            });
            rows.collect::<Vec<_>>()
        })
        .collect();
    rows.sort();
    table(out, OVERLAP_COLUMNS, rows)
}

fn overlap_row(compared: &Comparison, goal: &Goal, named: [String; 6], overlap: &Overlap) -> [String; 17] {
    let [one, other] = overlap.pair.map(|k| &compared.contrasts[k]);
    let [level, code, name, unit, down, wanted] = named;
    [
        one.key.clone(),
        one.name.clone(),
        other.key.clone(),
        other.name.clone(),
        one.against.clone(),
        goal.id.clone(),
        goal.year.to_string(),
        level,
        code,
        name,
        unit,
        down,
        wanted,
        overlap.first.to_string(),
        overlap.second.to_string(),
        overlap.both.to_string(),
        overlap.together().to_string(),
    ]
}

fn row(
    about: &About,
    shares: bool,
    (goal, step): (&Goal, &Step),
    [level, code, name, unit, down, wanted]: [String; 6],
    moved: &Moved,
) -> [String; 26] {
    let share = super::share_text;
    let of_shares = |count: u64| if shares { count.to_string() } else { String::new() };
    let [lacked, lacks] =
        moved.lacking(step).map(|count| if moved.total == 0 { String::new() } else { count.to_string() });
    [
        about.key.clone(),
        about.name.clone(),
        about.against.clone(),
        about.day.to_string(),
        goal.id.clone(),
        goal.year.to_string(),
        level,
        code,
        name,
        unit,
        down,
        wanted,
        moved.total.to_string(),
        step.share.of(moved.total).to_string(),
        moved.before.to_string(),
        moved.after.to_string(),
        share(moved.before, moved.total),
        share(moved.after, moved.total),
        moved.unmatched_before.to_string(),
        moved.unmatched_after.to_string(),
        moved.gained.to_string(),
        moved.lost.to_string(),
        of_shares(moved.only),
        of_shares(moved.gained - moved.only),
        lacked,
        lacks,
    ]
}
