//! The per-kommun table, for eyes on a terminal or for a pipe.

use nittio_core::{assessment::Verdict, ledger::Line, outcome::Outcome, unit::Unit};
use nittio_io::{
    study_file::{Locale, defaults::ReportView},
    write,
};

use nittio_report::Locale as Numbers;

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
};

fn table(outcome: &Outcome, view: &ReportView, lines: &[Line]) -> String {
    let (words, numbers) = match view.locale {
        Locale::Sv => (&SWEDISH, Numbers::Sv),
        Locale::En => (&ENGLISH, Numbers::En),
    };
    let goal = &outcome.goals[view.goal];
    let name = if view.locale == Locale::Sv { &goal.name.sv } else { &goal.name.en };
    let steps: Vec<String> = goal
        .steps
        .iter()
        .map(|s| format!("{} ≥ {}", numbers.percent(&numbers.plain(s.share.percent())), numbers.speed(s.down)))
        .collect();
    let mut out = format!(
        "{}, {}\n{}: {name} ({})\n{}: {}\n\n",
        outcome.name,
        outcome.frame.as_of,
        words.goal,
        steps.join(", "),
        words.definition,
        outcome.indicators.profiles[0].key,
    );
    let mut rows = vec![head(lines, goal.steps.len(), view.locale, numbers, words)];
    rows.extend(lines.iter().map(|line| row(outcome, line, numbers, words)));
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

fn head(lines: &[Line], steps: usize, locale: Locale, numbers: Numbers, words: &Words) -> Vec<String> {
    let mut head = vec![String::new(), words.area.to_owned()];
    for part in lines.first().map_or(&[][..], |line| &line.parts) {
        let speed = if steps > 1 { format!(" {}", numbers.speed(part.step.down)) } else { String::new() };
        head.push(format!("{}{speed}", unit(&part.unit, locale)));
        head.push(words.share.to_owned());
        head.push(words.lacking.to_owned());
    }
    head.push(words.goal.to_owned());
    head
}

fn row(outcome: &Outcome, line: &Line, numbers: Numbers, words: &Words) -> Vec<String> {
    let area = &outcome.indicators.areas[line.area];
    let name = match (area.level.as_str(), area.name.as_str()) {
        (nittio_core::indicator::TOTAL, _) => words.total,
        (_, "") => words.nowhere,
        (_, name) => name,
    };
    let dash = || "–".to_owned();
    let mut row = vec![area.code.clone(), name.to_owned()];
    for part in &line.parts {
        let Some(unit) = outcome.frame.units.iter().find(|u| u.unit == part.unit) else { continue };
        row.push(numbers.count(part.figure.total, unit));
        row.push(numbers.share_of(&part.figure, Some(part.step.share.ppm())).unwrap_or_else(dash));
        row.push(match part.verdict {
            Verdict::Missed { units, .. } => numbers.needed(units, unit),
            Verdict::Met => numbers.whole(0),
            Verdict::NotMeasured | Verdict::Withheld => dash(),
        });
    }
    row.push(
        match line.joint {
            Verdict::Met => words.met,
            Verdict::Missed { .. } => words.missed,
            Verdict::NotMeasured | Verdict::Withheld => words.not_measured,
        }
        .to_owned(),
    );
    row
}

/// What a unit is called.
pub(crate) fn unit(unit: &Unit, locale: Locale) -> &str {
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

/// Columns side by side under their heads: the first to the left, the others to the right.
pub(crate) fn lay_out(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|c| rows.iter().filter_map(|row| row.get(c)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    for row in rows {
        let cells = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(c, (cell, &width))| if c == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") });
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out
}
