//! `safety.csv`: how far every goal's figures could be from what is said.
//!
//! One row per goal × area × unit × step × factor, and one for all factors of the interval together (`all`), sorted by the text of
//! the columns from left to right. `docs/formats.md` describes the columns, `docs/methods/safety.md` the rule.

use std::io::{self, Write};

use nittio_core::{
    outcome::Outcome,
    safety::{Line, Part, Standing, Treatment},
};

use super::{error, number};

/// The columns, in order.
pub const COLUMNS: [&str; 20] = [
    "goal",
    "year",
    "level",
    "code",
    "name",
    "profile",
    "unit",
    "down_mbps",
    "goal_share",
    "total",
    "needed",
    "factor",
    "treatment",
    "lowest",
    "stated",
    "highest",
    "lowest_share",
    "highest_share",
    "standing",
    "goal_standing",
];

/// What is varied by one row, and what comes of it.
struct Swing {
    factor: &'static str,
    treatment: &'static str,
    lowest: u64,
    highest: u64,
    standing: Standing,
}

/// Writes how safe every verdict is, as CSV after RFC 4180.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, outcome: &Outcome) -> io::Result<()> {
    let mut rows: Vec<[String; 20]> = Vec::new();
    for line in &outcome.safety.lines {
        for part in line.parts.iter().filter(|part| part.figure.total > 0) {
            rows.extend(swings(outcome, part).iter().map(|swing| row(outcome, line, part, swing)));
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

fn swings(outcome: &Outcome, part: &Part) -> Vec<Swing> {
    let (said, total) = (part.figure.covered, part.figure.total);
    let mut all = vec![Swing {
        factor: "all",
        treatment: Treatment::Varied.key(),
        lowest: part.lowest,
        highest: part.highest,
        standing: part.standing,
    }];
    for &(factor, treatment) in &outcome.safety.factors {
        let found = part.swings.iter().find(|swing| swing.factor == factor);
        let (lowest, highest) = found.map_or((said, said), |swing| (swing.lowest, swing.highest));
        let standing = Standing::of([lowest, said, highest], total, &part.step);
        all.push(Swing { factor: factor.key(), treatment: treatment.key(), lowest, highest, standing });
    }
    all
}

fn row(outcome: &Outcome, line: &Line, part: &Part, swing: &Swing) -> [String; 20] {
    let goal = &outcome.goals[line.goal];
    let area = &outcome.indicators.areas[line.area];
    let total = part.figure.total;
    let share = |part: u64, whole: u64| {
        let mut text = String::new();
        number::write_share(&mut text, part, whole);
        text
    };
    // What was not varied says nothing about the lowest and the highest.
    let varied = matches!(swing.treatment, "varied" | "beside");
    let of_varied = |text: String| if varied { text } else { String::new() };
    [
        goal.id.clone(),
        goal.year.to_string(),
        area.level.clone(),
        area.code.clone(),
        area.name.clone(),
        outcome.indicators.profiles.first().map(|profile| profile.key.clone()).unwrap_or_default(),
        part.unit.key().to_owned(),
        number::mbps(Some(part.step.down)),
        share(u64::from(part.step.share.ppm()), 1_000_000),
        total.to_string(),
        part.step.share.of(total).to_string(),
        swing.factor.to_owned(),
        swing.treatment.to_owned(),
        of_varied(swing.lowest.to_string()),
        part.figure.covered.to_string(),
        of_varied(swing.highest.to_string()),
        of_varied(share(swing.lowest, total)),
        of_varied(share(swing.highest, total)),
        of_varied(swing.standing.key().to_owned()),
        line.standing.key().to_owned(),
    ]
}
