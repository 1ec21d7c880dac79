//! The per-kommun table, for eyes on a terminal or for a pipe.

use nittio_core::{assessment::Verdict, ledger::Line, outcome::Outcome, unit::Unit};
use nittio_io::{
    study_file::{Locale, defaults::ReportView},
    write,
};

use crate::{args::Format, failure::Failure};

/// The ledger in the wanted format.
pub(crate) fn ledger(format: Format, outcome: &Outcome, view: &ReportView, lines: &[Line]) -> Result<String, Failure> {
    Ok(match format {
        Format::Table => table(outcome, view, lines),
        Format::Csv => write::ledger::csv(outcome, lines).map_err(|e| Failure::Said(e.to_string()))?,
        Format::Json => write::ledger::json(outcome, lines),
        Format::Geojson => write::ledger::geojson(outcome, lines),
    })
}

/// Words of the table by language.
struct Words {
    goal: &'static str,
    definition: &'static str,
    area: &'static str,
    total: &'static str,
    nowhere: &'static str,
    share: &'static str,
    lacking: &'static str,
    met: &'static str,
    missed: &'static str,
    not_measured: &'static str,
    group: char,
    point: char,
}

const SWEDISH: Words = Words {
    goal: "Mål",
    definition: "Räknas som tillgång",
    area: "Område",
    total: "Totalt",
    nowhere: "Utanför alla områden",
    share: "andel",
    lacking: "saknas till mål",
    met: "nått",
    missed: "inte nått",
    not_measured: "mäts inte",
    group: '\u{a0}',
    point: ',',
};

const ENGLISH: Words = Words {
    goal: "Goal",
    definition: "Counts as access",
    area: "Area",
    total: "Total",
    nowhere: "In none of the areas",
    share: "share",
    lacking: "short of goal",
    met: "met",
    missed: "missed",
    not_measured: "not measured",
    group: ',',
    point: '.',
};

fn table(outcome: &Outcome, view: &ReportView, lines: &[Line]) -> String {
    let words = if view.locale == Locale::Sv { &SWEDISH } else { &ENGLISH };
    let goal = &outcome.goals[view.goal];
    let name = if view.locale == Locale::Sv { &goal.name.sv } else { &goal.name.en };
    let steps: Vec<String> =
        goal.steps.iter().map(|step| format!("{} ≥ {}", local(&step.share.to_string(), words), step.down)).collect();
    let mut out = format!(
        "{}, {}\n{}: {name} ({})\n{}: {}\n\n",
        outcome.name,
        outcome.frame.as_of,
        words.goal,
        steps.join(", "),
        words.definition,
        outcome.indicators.profiles[0].key,
    );
    let mut rows = vec![head(lines, goal.steps.len(), view.locale, words)];
    rows.extend(lines.iter().map(|line| row(outcome, line, words)));
    let widths: Vec<usize> =
        (0..rows[0].len()).map(|c| rows.iter().map(|row| row[c].chars().count()).max().unwrap_or(0)).collect();
    for (r, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(c, (cell, &width))| {
                // Names and verdicts to the left, numbers to the right.
                if c < 2 || c + 1 == row.len() { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            })
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
        if r == 0 || r + 2 == rows.len() {
            out.push_str(&"─".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1)));
            out.push('\n');
        }
    }
    out
}

fn head(lines: &[Line], steps: usize, locale: Locale, words: &Words) -> Vec<String> {
    let mut head = vec![String::new(), words.area.to_owned()];
    for part in lines.first().map_or(&[][..], |line| &line.parts) {
        let speed = if steps > 1 { format!(" {}", part.step.down) } else { String::new() };
        head.push(format!("{}{speed}", unit(&part.unit, locale)));
        head.push(words.share.to_owned());
        head.push(words.lacking.to_owned());
    }
    head.push(words.goal.to_owned());
    head
}

fn row(outcome: &Outcome, line: &Line, words: &Words) -> Vec<String> {
    let area = &outcome.indicators.areas[line.area];
    let name = match (area.level.as_str(), area.name.as_str()) {
        (nittio_core::indicator::TOTAL, _) => words.total,
        (_, "") => words.nowhere,
        (_, name) => name,
    };
    let mut row = vec![area.code.clone(), name.to_owned()];
    for part in &line.parts {
        let scale = outcome.frame.units.iter().find(|u| u.unit == part.unit).map_or(1, |u| u.scale);
        row.push(count(part.figure.total, scale, words));
        row.push(part.figure.share().map_or_else(
            || "–".to_owned(),
            |share| {
                // Cut, not rounded: 89.96 % must not read as the 90 % it is not.
                local(&format!("{:.1} %", (share * 1000.0).floor() / 10.0), words)
            },
        ));
        row.push(match part.verdict {
            Verdict::Missed { units, .. } => count(units, scale, words),
            Verdict::Met => "0".to_owned(),
            Verdict::NotMeasured => "–".to_owned(),
        });
    }
    row.push(
        match line.joint {
            Verdict::Met => words.met,
            Verdict::Missed { .. } => words.missed,
            Verdict::NotMeasured => words.not_measured,
        }
        .to_owned(),
    );
    row
}

fn unit(unit: &Unit, locale: Locale) -> &str {
    match (locale, unit) {
        (Locale::Sv, Unit::Places) => "platser",
        (Locale::Sv, Unit::Population) => "befolkning",
        (Locale::Sv, Unit::Households) => "hushåll",
        (Locale::Sv, Unit::Workplaces) => "arbetsställen",
        (Locale::Sv, Unit::Jobs) => "arbetstillfällen",
        (Locale::Sv, Unit::Buildings) => "byggnader",
        (_, unit) => unit.key(),
    }
}

/// A counted number in whole units, its thousands grouped.
fn count(parts: u64, scale: u64, words: &Words) -> String {
    let whole = (parts / scale).to_string();
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(words.group);
        }
        grouped.push(digit);
    }
    if scale > 1 {
        let digits = scale.to_string().len() - 1;
        grouped.push(words.point);
        grouped.push_str(&format!("{:0digits$}", parts % scale));
    }
    grouped
}

fn local(number: &str, words: &Words) -> String {
    number.replace('.', &words.point.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_as_the_language_writes_them() {
        assert_eq!(count(1_234_567, 1, &SWEDISH), "1\u{a0}234\u{a0}567");
        assert_eq!(count(999, 1, &ENGLISH), "999");
        assert_eq!(count(123_450, 100, &ENGLISH), "1,234.50");
        assert_eq!(count(5, 10, &SWEDISH), "0,5");
    }
}
