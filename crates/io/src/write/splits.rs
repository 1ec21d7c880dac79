//! `state-aid.csv` and `support-areas.csv`: all units of every area in parts, one column for each. For the internal edition only.
//!
//! One row per level × area × settlement class × unit, in the order of areas, classes and units. The parts add up to `total`.

use std::io::{self, Write};

use jiff::civil::Date;
use nittio_core::{settlement::Settlement, split::Split};

use super::{error, indicators::ALL};

/// The columns before those of the parts.
const COLUMNS: [&str; 7] = ["as_of", "level", "code", "name", "settlement", "unit", "total"];

/// Writes a split as CSV after RFC 4180. Counts are as in `indicators.csv`.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, split: &Split, as_of: Date) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let parts = split.parts.iter().map(|part| part.replace('-', "_"));
    writer.write_record(COLUMNS.map(str::to_owned).into_iter().chain(parts)).map_err(error::of_csv)?;
    let as_of = as_of.to_string();
    for (number, area) in split.areas.iter().enumerate() {
        for (class, settlement) in split.settlements.iter().enumerate() {
            for (unit, scaled) in split.units.iter().enumerate() {
                let counts = split.counts(number, class, unit);
                let total = counts.iter().sum::<u64>().to_string();
                let settlement = settlement.map_or(ALL, Settlement::key);
                let about = [&as_of, &area.level, &area.code, &area.name, settlement, scaled.unit.key(), &total];
                let row = about.map(str::to_owned).into_iter().chain(counts.iter().map(u64::to_string));
                writer.write_record(row).map_err(error::of_csv)?;
            }
        }
    }
    writer.flush()
}
