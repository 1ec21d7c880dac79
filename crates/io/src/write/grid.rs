//! `grid.csv`: who lacks what, square kilometre by square kilometre. For the internal edition only.
//!
//! One row per square × definition × speed × unit in which anybody lacks it or cannot be assessed, in the order of squares from
//! west to east and south to north, definitions, speeds and units.

use std::io::{self, Write};

use nittio_core::{
    grid::Grid,
    profile::Profile,
    quantity::Speed,
    study::{Frame, Study},
};

use super::error;

/// The file.
pub const NAME: &str = "grid.csv";

/// The columns, in order.
pub const COLUMNS: [&str; 10] =
    ["as_of", "cell", "easting", "northing", "profile", "measure", "unit", "total", "missing", "unmatched"];

/// The speeds that squares are asked about: those of the goals, or the study's own where it has no goal.
#[must_use]
pub fn speeds(study: &Study) -> Vec<Speed> {
    let goals = study.goals.iter().flat_map(|goal| &goal.steps).map(|step| step.down);
    let mut speeds: Vec<Speed> = goals.collect();
    if speeds.is_empty() {
        speeds.clone_from(&study.speeds);
    }
    speeds.sort_unstable();
    speeds.dedup();
    speeds
}

/// Writes the table as CSV after RFC 4180.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, grid: &Grid, frame: &Frame, profiles: &[Profile], speeds: &[Speed]) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS).map_err(error::of_csv)?;
    let day = frame.as_of.to_string();
    for square in grid.squares() {
        let corner = [square.easting, square.northing].map(|metres| metres.to_string());
        let cell = format!("{:06}{:07}", square.easting, square.northing);
        for (p, profile) in profiles.iter().enumerate() {
            for (s, speed) in speeds.iter().enumerate() {
                let measure = format!("down>={speed}");
                for (u, unit) in frame.units.iter().enumerate() {
                    let figure = square.figure(p, s, u);
                    if figure.missing + figure.unmatched == 0 {
                        continue;
                    }
                    let [total, missing, unmatched] =
                        [figure.total, figure.missing, figure.unmatched].map(|parts| parts.to_string());
                    let [easting, northing] = &corner;
                    let (key, unit) = (profile.key.as_str(), unit.unit.key());
                    let row = [&day, &cell, easting, northing, key, &measure, unit, &total, &missing, &unmatched];
                    writer.write_record(row).map_err(error::of_csv)?;
                }
            }
        }
    }
    writer.flush()
}
