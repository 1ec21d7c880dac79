//! `ranks.csv`: each area's place within its level, and the gap between town and countryside.
//!
//! One row per level × area × part of the area × definition × unit × measure (any service, and every download speed), sorted by
//! the text of the columns from left to right. `docs/formats.md` describes the columns, `docs/methods/rank.md` the rule.

use std::io::{self, Write};

use nittio_core::{
    indicator::{At, Indicators},
    measure::Measure,
    rank::{Gap, Rank, ranks},
    settlement::SettlementGroup,
};

use super::{error, number, reconciliation::points};

/// The columns, in order.
pub const COLUMNS: [&str; 16] = [
    "level",
    "code",
    "name",
    "settlement",
    "profile",
    "unit",
    "measure",
    "total",
    "covered",
    "share",
    "rank",
    "of",
    "first",
    "last",
    "gap_points",
    "gap_units",
];

/// Writes all ranks as CSV after RFC 4180.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, indicators: &Indicators) -> io::Result<()> {
    let mut levels: Vec<&str> = indicators.areas.iter().map(|area| area.level.as_str()).collect();
    levels.dedup();
    let groups: &[SettlementGroup] = if indicators.settlements.len() > 1 {
        &[SettlementGroup::All, SettlementGroup::BuiltUp, SettlementGroup::Outside]
    } else {
        &[SettlementGroup::All]
    };
    let mut rows = Vec::new();
    for at in slices(indicators) {
        for &group in groups {
            rows.push(row(indicators, at, group, &total(indicators, at, group)));
            for level in &levels {
                let ranked = ranks(indicators, level, at, group);
                rows.extend(ranked.iter().map(|rank| row(indicators, at, group, rank)));
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

/// Every definition, unit and measure that areas are ranked by.
fn slices(indicators: &Indicators) -> Vec<At> {
    let ranked = |measure: &usize| matches!(indicators.measures[*measure], Measure::Covered | Measure::Down(_));
    let measures: Vec<usize> = (0..indicators.measures.len()).filter(ranked).collect();
    let mut slices = Vec::new();
    for profile in 0..indicators.profiles.len() {
        for unit in 0..indicators.units.len() {
            slices.extend(measures.iter().map(|&measure| At { profile, unit, measure, ..At::default() }));
        }
    }
    slices
}

/// The total has no rank, but a gap.
fn total(indicators: &Indicators, at: At, group: SettlementGroup) -> Rank {
    let figure = indicators.group(at, group).unwrap_or_default();
    Rank { area: 0, figure, rank: None, of: 0, last: false }
}

fn row(indicators: &Indicators, at: At, group: SettlementGroup, rank: &Rank) -> [String; 16] {
    let area = &indicators.areas[rank.area];
    let at = At { area: rank.area, ..at };
    let mut share = String::new();
    number::write_share(&mut share, rank.figure.covered, rank.figure.total);
    let gap = Gap::of(indicators, at).filter(|_| group == SettlementGroup::All);
    [
        area.level.clone(),
        area.code.clone(),
        area.name.clone(),
        group.key().to_owned(),
        indicators.profiles[at.profile].key.clone(),
        indicators.units[at.unit].unit.key().to_owned(),
        indicators.measures[at.measure].to_string(),
        rank.figure.total.to_string(),
        rank.figure.covered.to_string(),
        share,
        rank.rank.map(|rank| rank.to_string()).unwrap_or_default(),
        rank.of.to_string(),
        rank.is_first().to_string(),
        rank.last.to_string(),
        gap.map(|gap| points(gap.ppm())).unwrap_or_default(),
        gap.map(|gap| gap.units().to_string()).unwrap_or_default(),
    ]
}
