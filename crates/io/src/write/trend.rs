//! The table of results held against each other: one row per goal × area × unit × step × result.
//!
//! `docs/formats.md` says what the columns mean.

use std::io::{self, Write};

use nittio_core::trend::Trend;

use super::{number, rows::table};

/// The columns, in order.
pub const COLUMNS: [&str; 24] = [
    "goal",
    "year",
    "level",
    "code",
    "name",
    "unit",
    "down_mbps",
    "goal_share",
    "order",
    "result",
    "study",
    "day",
    "there",
    "total",
    "needed",
    "covered",
    "missing",
    "unmatched",
    "share",
    "missing_units",
    "gained",
    "lost",
    "meets_goal",
    "goal_news",
];

/// Writes a trend as CSV after RFC 4180, in the order of the trend.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, trend: &Trend<'_>) -> io::Result<()> {
    let results = |line, area| (0..trend.results.len()).map(move |result| row(trend, line, area, result));
    let areas = |line| (0..trend.areas.len()).flat_map(move |area| results(line, area));
    table(out, COLUMNS, (0..trend.lines.len()).flat_map(areas))
}

fn row(trend: &Trend<'_>, line: usize, area: usize, result: usize) -> [String; 24] {
    let (of, then, place) = (&trend.lines[line], &trend.results[result], &trend.areas[area]);
    let goals = trend.results.last().map_or(&[][..], |last| last.goals);
    let goal = goals.get(of.goal);
    let figure = trend.figure(result, area, line);
    let said = |text: fn(bool) -> &'static str, so: Option<bool>| so.map_or("", text).to_owned();
    let count = |of: fn(&nittio_core::indicator::Figure) -> u64| {
        figure.as_ref().map_or_else(String::new, |figure| of(figure).to_string())
    };
    let meets = |result| trend.meets(result, area, of.goal);
    let change = result.checked_sub(1).and_then(|before| trend.change([before, result], area, line));
    let news = result.checked_sub(1).and_then(|before| Some((meets(before)?, meets(result)?)));
    let share = super::share_text;
    [
        goal.map_or_else(String::new, |goal| goal.id.clone()),
        goal.map_or_else(String::new, |goal| goal.year.to_string()),
        place.level.clone(),
        place.code.clone(),
        place.name.clone(),
        of.unit.unit.key().to_owned(),
        number::mbps(Some(of.step.down)),
        share(u64::from(of.step.share.ppm()), 1_000_000),
        (result + 1).to_string(),
        then.label.to_owned(),
        then.name.to_owned(),
        then.frame.as_of.to_string(),
        said(|there| if there { "yes" } else { "no" }, Some(figure.is_some())),
        count(|figure| figure.total),
        figure.as_ref().map_or_else(String::new, |figure| of.step.share.of(figure.total).to_string()),
        count(|figure| figure.covered),
        count(|figure| figure.missing),
        count(|figure| figure.unmatched),
        figure.as_ref().map_or_else(String::new, |figure| share(figure.covered, figure.total)),
        figure.and_then(|figure| trend.lacking(line, &figure)).map_or_else(String::new, |units| units.to_string()),
        change.map_or_else(String::new, |change| change.gained.to_string()),
        change.map_or_else(String::new, |change| change.lost.to_string()),
        said(|met| if met { "yes" } else { "no" }, meets(result)),
        said(|met| if met { "newly-met" } else { "newly-lost" }, news.filter(|(a, b)| a != b).map(|(_, met)| met)),
    ]
}
