//! `scenarios.csv`: what every scenario would change, area by area, against every goal.
//!
//! One row per scenario × area × goal × unit × step; `docs/formats.md` says what the columns mean.

use std::io::{self, Write};

use nittio_core::{
    comparison::{About, Comparison, Moved},
    goal::{Goal, Step},
    indicator::AreaRef,
    measure::Measure,
    study::ScaledUnit,
};

use super::{error, number};

/// The columns, in order.
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
    let mut rows = Vec::new();
    for (k, about) in compared.contrasts.iter().enumerate() {
        for goal in goals {
            for unit in goal.units.iter().filter_map(|unit| units.iter().position(|of| of.unit == *unit)) {
                for step in &goal.steps {
                    let Some(measure) = compared.measure(Measure::Down(step.down)) else { continue };
                    for (a, area) in areas.iter().enumerate() {
                        let moved = compared.moved(k, a, unit, measure);
                        let key = units[unit].unit.key();
                        rows.push(row(about, compared.shares(k), goal, step, area, key, &moved));
                    }
                }
            }
        }
    }
    rows.sort();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS).map_err(error::of_csv)?;
    for row in rows {
        writer.write_record(row).map_err(error::of_csv)?;
    }
    writer.flush()
}

fn row(
    about: &About,
    shares: bool,
    goal: &Goal,
    step: &Step,
    area: &AreaRef,
    unit: &str,
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
        area.level.clone(),
        area.code.clone(),
        area.name.clone(),
        unit.to_owned(),
        number::mbps(Some(step.down)),
        share(u64::from(step.share.ppm()), 1_000_000),
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
