//! `goals.csv`: every goal held against every area.
//!
//! One row per goal × area × definition × unit × step, sorted by the text of the columns from left to right.
//!
//! | column | meaning |
//! |---|---|
//! | `goal`, `year` | the goal's id, and the year by whose end it should be reached |
//! | `level`, `code`, `name` | the area, as in `indicators.csv` |
//! | `profile` | the definition of access |
//! | `unit`, `down_mbps`, `goal_share` | this share of the unit should have at least this speed |
//! | `total`, `covered`, `needed` | counts; empty when the study lacks the unit |
//! | `verdict` | `met`, `missed` or `not-measured`: this row alone |
//! | `missing_units`, `missing_points` | what is lacking, in counts and in percentage points; zero when met, empty when not measured |
//! | `goal_verdict` | the goal as a whole in this area: met when every row is |

use std::io::{self, Write};

use nittio_core::{
    assessment::{Assessment, Part, Verdict},
    outcome::Outcome,
};

use super::{error, number};

/// The columns, in order.
pub const COLUMNS: [&str; 16] = [
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
    "covered",
    "needed",
    "verdict",
    "missing_units",
    "missing_points",
    "goal_verdict",
];

/// Writes all assessments as CSV after RFC 4180.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, outcome: &Outcome) -> io::Result<()> {
    let mut rows: Vec<_> = outcome
        .assessments
        .iter()
        .flat_map(|assessment| assessment.parts.iter().map(move |part| row(outcome, assessment, part)))
        .collect();
    rows.sort();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS).map_err(error::of_csv)?;
    for row in rows {
        writer.write_record(row).map_err(error::of_csv)?;
    }
    writer.flush()
}

/// The key of a verdict in files.
pub(super) const fn key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met",
        Verdict::Missed { .. } => "missed",
        Verdict::NotMeasured => "not-measured",
        Verdict::Withheld => "withheld",
    }
}

fn row(outcome: &Outcome, assessment: &Assessment, part: &Part) -> [String; 16] {
    let goal = &outcome.goals[assessment.goal];
    let area = &outcome.indicators.areas[assessment.area];
    let Part { unit, step, figure, verdict } = part;
    let mut goal_share = String::new();
    number::write_share(&mut goal_share, u64::from(step.share.ppm()), 1_000_000);
    let counts = match outcome.indicators.unit(unit.key()) {
        Some(_) => {
            let (total, hides) = (figure.total, figure.hides);
            let counts = [(total, hides.total), (figure.covered, hides.covered), (step.share.of(total), hides.total)];
            counts.map(|(count, hidden)| number::shown(count, hidden))
        }
        None => Default::default(),
    };
    let [total, covered, needed] = counts;
    let [missing_units, missing_points] = match *verdict {
        Verdict::Met => ["0".to_owned(), "0.0000".to_owned()],
        Verdict::Missed { units, .. } => {
            [units.to_string(), number::lacking_points(step.share.ppm(), figure.covered, figure.total)]
        }
        Verdict::NotMeasured | Verdict::Withheld => Default::default(),
    };
    [
        goal.id.clone(),
        goal.year.to_string(),
        area.level.clone(),
        area.code.clone(),
        area.name.clone(),
        outcome.indicators.profiles[assessment.profile].key.clone(),
        unit.key().to_owned(),
        number::mbps(Some(step.down)),
        goal_share,
        total,
        covered,
        needed,
        key(*verdict).to_owned(),
        missing_units,
        missing_points,
        key(assessment.joint).to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::sample;

    /// Counted by hand: 40 % of population and of places at 100 Mbit/s.
    const COUNTED: &str = "\
own-2025,2025,county,,,connected+passed,places,100,0.400000,2,0,1,missed,1,40.0000,missed
own-2025,2025,county,,,connected+passed,population,100,0.400000,7,0,3,missed,3,40.0000,missed
own-2025,2025,county,01,Norrlän,connected+passed,places,100,0.400000,5,4,2,met,0,0.0000,met
own-2025,2025,county,01,Norrlän,connected+passed,population,100,0.400000,10,6,4,met,0,0.0000,met
own-2025,2025,county,02,Söderlän,connected+passed,places,100,0.400000,5,1,2,missed,1,20.0000,missed
own-2025,2025,county,02,Söderlän,connected+passed,population,100,0.400000,7,0,3,missed,3,40.0000,missed
own-2025,2025,total,,,connected+passed,places,100,0.400000,12,5,5,met,0,0.0000,missed
own-2025,2025,total,,,connected+passed,population,100,0.400000,24,6,10,missed,4,15.0000,missed
";

    #[test]
    fn the_goals_are_what_was_counted_by_hand() {
        let mut out = Vec::new();
        csv(&mut out, &sample::sample().outcome).unwrap();
        let text = String::from_utf8(out).unwrap();
        let found: Vec<&str> = text
            .split("\r\n")
            .filter(|line| line.contains(",connected+passed,p") && !line.contains("municipality"))
            .collect();
        assert_eq!(found, COUNTED.lines().collect::<Vec<_>>());
        // Seven areas × two definitions × three rows of units, and a header.
        assert_eq!(text.lines().count(), 7 * 2 * 3 + 1);
        let unmeasured =
            "households-2025,2025,total,,,plans-2027,households,100,0.400000,,,,not-measured,,,not-measured";
        assert!(text.contains(unmeasured), "{text}");
    }
}
