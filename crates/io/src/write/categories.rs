//! `categories.csv`: how many places of each category have the speeds that goals ask for. For the internal edition only.
//!
//! One row per level × area × category × definition × speed, in the order of areas, categories, definitions and speeds. The figures
//! are those of `indicators.csv` for places of all settlement classes.

use std::io::{self, Write};

use jiff::civil::Date;
use nittio_core::{
    category::Listing,
    indicator::{At, Indicators},
    measure::Measure,
};

use super::{error, share_text};

/// The columns, in order.
pub const COLUMNS: [&str; 12] = [
    "as_of",
    "level",
    "code",
    "name",
    "category",
    "profile",
    "measure",
    "total",
    "covered",
    "missing",
    "unmatched",
    "share",
];

/// Writes the table as CSV after RFC 4180.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, indicators: &Indicators, listing: &Listing, as_of: Date) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS).map_err(error::of_csv)?;
    let measures = listing.speeds.iter().filter_map(|&speed| indicators.measure(Measure::Down(speed)));
    let measures: Vec<usize> = measures.collect();
    let as_of = as_of.to_string();
    for (area, about) in indicators.areas.iter().enumerate() {
        for (category, name) in indicators.categories.iter().enumerate().skip(1) {
            for (profile, definition) in indicators.profiles.iter().enumerate() {
                for &measure in &measures {
                    let figure = indicators.figure(At { area, category, profile, measure, ..At::default() });
                    if figure.total == 0 {
                        continue;
                    }
                    writer
                        .write_record([
                            as_of.as_str(),
                            &about.level,
                            &about.code,
                            &about.name,
                            name.as_deref().unwrap_or_default(),
                            &definition.key,
                            &indicators.measures[measure].to_string(),
                            &figure.total.to_string(),
                            &figure.covered.to_string(),
                            &figure.missing.to_string(),
                            &figure.unmatched.to_string(),
                            &share_text(figure.covered, figure.total),
                        ])
                        .map_err(error::of_csv)?;
                }
            }
        }
    }
    writer.flush()
}
