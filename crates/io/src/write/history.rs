//! `history.csv`: official shares year by year, with the years at which their series is broken.
//!
//! `docs/formats.md` describes the columns.

use std::io::{self, Write};

use nittio_core::{
    official::{Official, Published},
    outcome::Outcome,
};

use super::{error, number};

/// The columns, in order.
pub const COLUMNS: [&str; 11] = [
    "level",
    "code",
    "name",
    "unit",
    "figure",
    "settlement",
    "measure",
    "year",
    "official",
    "official_bound",
    "broken",
];

type Cells = [String; 11];

/// Whether any official figure has more than one year.
#[must_use]
pub fn is_there(outcome: &Outcome) -> bool {
    outcome.reconciliation.comparisons.iter().any(|comparison| !comparison.official.history.is_empty())
}

/// Writes the years as CSV after RFC 4180, sorted by the text of the columns from left to right.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, outcome: &Outcome) -> io::Result<()> {
    let officials = outcome.reconciliation.comparisons.iter().map(|comparison| &comparison.official);
    let several = officials.filter(|official| !official.history.is_empty());
    let mut rows: Vec<Cells> = several.flat_map(|official| rows(outcome, official)).collect();
    rows.sort();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS).map_err(error::of_csv)?;
    for row in rows {
        writer.write_record(row).map_err(error::of_csv)?;
    }
    writer.flush()
}

/// One row per area and year, and one per year of the country.
fn rows(outcome: &Outcome, official: &Official) -> Vec<Cells> {
    let broken = official.broken();
    let years = official.history.iter().map(|year| (year.year, &year.values, year.country));
    let last = official.year.map(|year| (year, &official.values, official.country));
    let mut rows = Vec::new();
    for (year, values, country) in years.chain(last) {
        let row = |area: [&str; 3], published: Published| {
            let [level, code, name] = area.map(str::to_owned);
            let mut share = String::new();
            number::write_share(&mut share, published.value, 1_000_000);
            [
                level,
                code,
                name,
                official.unit.key().to_owned(),
                official.definition.id.clone(),
                official.settlement.key().to_owned(),
                official.measure.map(|measure| measure.to_string()).unwrap_or_default(),
                year.to_string(),
                share,
                published.bound.key().to_owned(),
                if broken.contains_key(&year) { "true" } else { "false" }.to_owned(),
            ]
        };
        for (&(level, area), &published) in values {
            let Some(level) = outcome.frame.levels.get(level) else { continue };
            let Some(area) = level.areas.get(area) else { continue };
            rows.push(row([&level.key, &area.code, &area.name], published));
        }
        rows.extend(country.map(|published| row(["country", "", ""], published)));
    }
    rows
}
