//! `reconciliation.csv`: what every denominator is made of, and official figures beside the study's.
//!
//! One row per area × unit, then one per area × official figure (`figure` is not empty), sorted by the text of the columns from
//! left to right. `docs/formats.md` describes the columns.

use std::io::{self, Write};

use nittio_core::{
    indicator::{At, Figure},
    official::{Counts, Published},
    outcome::Outcome,
    reconcile::{Comparison, Denominator, Doubt, Line, Reason},
};

use super::{error, number};

/// The columns, in order.
pub const COLUMNS: [&str; 25] = [
    "level",
    "code",
    "name",
    "unit",
    "figure",
    "settlement",
    "profile",
    "measure",
    "places",
    "unmatched_places",
    "duplicate_rows",
    "places_without",
    "total",
    "covered",
    "unmatched",
    "lower",
    "upper",
    "official_day",
    "official_counts",
    "official",
    "official_bound",
    "difference",
    "difference_percent",
    "position",
    "reasons",
];

type Cells = [String; 25];

/// Writes the reconciliation as CSV after RFC 4180.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, outcome: &Outcome) -> io::Result<()> {
    let mut rows: Vec<Cells> = outcome.reconciliation.denominators.iter().map(|d| denominator(outcome, d)).collect();
    for comparison in &outcome.reconciliation.comparisons {
        rows.extend(comparison.lines.iter().map(|line| compared(outcome, comparison, line)));
        rows.extend(comparison.without.iter().map(|&area| without(outcome, comparison, area)));
        rows.extend(comparison.official.country.map(|value| country(comparison, value)));
    }
    rows.sort();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS).map_err(error::of_csv)?;
    for row in rows {
        writer.write_record(row).map_err(error::of_csv)?;
    }
    writer.flush()
}

/// Cells by the names of their columns; all others are empty.
fn row<const N: usize>(cells: [(&str, String); N]) -> Cells {
    let mut row: Cells = Default::default();
    for (name, text) in cells {
        if let Some(at) = COLUMNS.iter().position(|column| *column == name) {
            row[at] = text;
        }
    }
    row
}

fn share(part: u64, whole: u64) -> String {
    let mut text = String::new();
    number::write_share(&mut text, part, whole);
    text
}

/// A signed number of millionths as percentage points or per cent, with four decimals.
pub(super) fn points(ppm: i64) -> String {
    let sign = if ppm < 0 { "-" } else { "" };
    format!("{sign}{}.{:04}", ppm.unsigned_abs() / 10_000, ppm.unsigned_abs() % 10_000)
}

fn denominator(outcome: &Outcome, d: &Denominator) -> Cells {
    let indicators = &outcome.indicators;
    let area = &indicators.areas[d.area];
    let Figure { total, covered, unmatched, .. } = d.figure;
    row([
        ("level", area.level.clone()),
        ("code", area.code.clone()),
        ("name", area.name.clone()),
        ("unit", indicators.units[d.unit].unit.key().to_owned()),
        ("settlement", "all".to_owned()),
        ("profile", indicators.profiles.first().map(|profile| profile.key.clone()).unwrap_or_default()),
        ("measure", indicators.measures.get(d.measure).map(ToString::to_string).unwrap_or_default()),
        ("places", d.places.total.to_string()),
        ("unmatched_places", d.places.unmatched.to_string()),
        ("duplicate_rows", d.duplicates.to_string()),
        ("places_without", d.without.to_string()),
        ("total", total.to_string()),
        ("covered", covered.to_string()),
        ("unmatched", unmatched.to_string()),
        ("lower", share(covered, total)),
        ("upper", share(covered + unmatched, total)),
    ])
}

/// What all rows of a comparison have.
fn head(outcome: &Outcome, comparison: &Comparison, area: usize) -> Cells {
    let official = &comparison.official;
    let area = &outcome.indicators.areas[area];
    let profile = official.measure.and_then(|_| outcome.indicators.profiles.get(official.profile));
    row([
        ("level", area.level.clone()),
        ("code", area.code.clone()),
        ("name", area.name.clone()),
        ("unit", official.unit.key().to_owned()),
        ("figure", official.definition.id.clone()),
        ("settlement", official.settlement.key().to_owned()),
        ("profile", profile.map(|profile| profile.key.clone()).unwrap_or_default()),
        ("measure", official.measure.map(|measure| measure.to_string()).unwrap_or_default()),
        ("official_day", day(comparison)),
        ("official_counts", official.definition.counts.key().to_owned()),
    ])
}

/// The day, or the year when no more is known.
fn day(comparison: &Comparison) -> String {
    let official = &comparison.official;
    let year = || official.year.map(|year| year.to_string()).unwrap_or_default();
    official.day().map_or_else(year, |day| day.to_string())
}

/// One row with the cells of both; they have none in common.
fn joined(mut cells: Cells, more: Cells) -> Cells {
    cells.iter_mut().zip(more).filter(|(_, more)| !more.is_empty()).for_each(|(cell, more)| *cell = more);
    cells
}

fn compared(outcome: &Outcome, comparison: &Comparison, line: &Line) -> Cells {
    let official = &comparison.official;
    let indicators = &outcome.indicators;
    let scale = indicators.unit(official.unit.key()).map_or(1, |unit| indicators.units[unit].scale);
    let Figure { total, covered, unmatched, .. } = line.figure;
    let reasons = comparison.reasons.iter().map(|r: &Reason| r.key());
    let mut reasons: Vec<&str> = reasons.chain(line.reasons.iter().map(|d: &Doubt| d.key())).collect();
    reasons.dedup();
    let places = indicators.figure(At { area: line.area, ..At::default() });
    let counts = [
        ("places", places.total.to_string()),
        ("unmatched_places", places.unmatched.to_string()),
        ("total", total.to_string()),
        ("unmatched", unmatched.to_string()),
        ("official", value(official.definition.counts, line.official)),
        ("official_bound", line.official.bound.key().to_owned()),
        ("position", line.position.key().to_owned()),
        ("reasons", reasons.join(" ")),
    ];
    let cells = joined(head(outcome, comparison, line.area), row(counts));
    match official.definition.counts {
        Counts::Share => joined(
            cells,
            row([
                ("covered", covered.to_string()),
                ("lower", share(covered, total)),
                ("upper", share(covered + unmatched, total)),
                ("difference", line.difference_ppm().map(points).unwrap_or_default()),
            ]),
        ),
        Counts::Total => joined(
            cells,
            row([
                ("difference", line.difference_units(scale).to_string()),
                ("difference_percent", line.difference_ratio_ppm(scale).map(points).unwrap_or_default()),
            ]),
        ),
    }
}

fn without(outcome: &Outcome, comparison: &Comparison, area: usize) -> Cells {
    joined(head(outcome, comparison, area), row([("reasons", "no-official-value".to_owned())]))
}

/// The country's official value, which no area of the study has: to compare with.
fn country(comparison: &Comparison, published: Published) -> Cells {
    let official = &comparison.official;
    row([
        ("level", "country".to_owned()),
        ("unit", official.unit.key().to_owned()),
        ("figure", official.definition.id.clone()),
        ("settlement", official.settlement.key().to_owned()),
        ("official_day", day(comparison)),
        ("official_counts", official.definition.counts.key().to_owned()),
        ("official", value(official.definition.counts, published)),
        ("official_bound", published.bound.key().to_owned()),
    ])
}

fn value(counts: Counts, published: Published) -> String {
    match counts {
        Counts::Share => share(published.value, 1_000_000),
        Counts::Total => published.value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_keep_their_sign_and_four_decimals() {
        assert_eq!([-101_000, -5, 0, 25_000].map(points), ["-10.1000", "-0.0005", "0.0000", "2.5000"]);
    }

    #[test]
    fn every_area_and_unit_has_a_row_that_adds_up() {
        let sample = super::super::sample::sample();
        let mut bytes = Vec::new();
        csv(&mut bytes, &sample.outcome).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice());
        let column = |name: &str| COLUMNS.iter().position(|c| *c == name).unwrap();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let indicators = &sample.outcome.indicators;
        assert_eq!(rows.len(), indicators.areas.len() * indicators.units.len());
        let total = rows.iter().find(|row| &row[0] == "total" && &row[column("unit")] == "places").unwrap();
        // Twelve places, of which w12 is far away and h09 has no position.
        assert_eq!((&total[column("places")], &total[column("unmatched_places")]), ("12", "2"));
    }
}
