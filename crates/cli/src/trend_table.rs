//! Results held against each other, for eyes on a terminal.

use nittio_core::{
    indicator::{Figure, TOTAL},
    trend::{Remark, Trend},
};
use nittio_io::study_file::{Locale, defaults::ReportView};
use nittio_report::Locale as Numbers;

use crate::table::{lay_out, unit};

/// How many areas a note names.
const NAMED: usize = 8;

/// Words of the table by language.
struct Words {
    goal: &'static str,
    whole: &'static str,
    area: &'static str,
    total: &'static str,
    nowhere: &'static str,
    points: &'static str,
    more: &'static str,
    fewer: &'static str,
    lacked: &'static str,
    lacks: &'static str,
    met: &'static str,
    missed: &'static str,
    newly_met: &'static str,
    newly_lost: &'static str,
}

const SWEDISH: Words = Words {
    goal: "Mål",
    whole: "hela målet",
    area: "Område",
    total: "Totalt",
    nowhere: "Utanför alla områden",
    points: "procentenheter",
    more: "fler",
    fewer: "färre",
    lacked: "kvar då",
    lacks: "kvar nu",
    met: "nått",
    missed: "inte nått",
    newly_met: "nytt: nått",
    newly_lost: "nytt: inte nått",
};

const ENGLISH: Words = Words {
    goal: "Goal",
    whole: "whole goal",
    area: "Area",
    total: "Total",
    nowhere: "In none of the areas",
    points: "points",
    more: "more",
    fewer: "fewer",
    lacked: "short then",
    lacks: "short now",
    met: "met",
    missed: "missed",
    newly_met: "newly met",
    newly_lost: "newly missed",
};

/// One row per area of the level, and the total; `None` when the view's goal is not measured.
pub(crate) fn table(trend: &Trend<'_>, view: &ReportView) -> Option<String> {
    let (words, numbers) = match view.locale {
        Locale::Sv => (&SWEDISH, Numbers::Sv),
        Locale::En => (&ENGLISH, Numbers::En),
    };
    let last = trend.results.last()?;
    let goal = last.goals.get(view.goal)?;
    let line = trend.line(view.goal, &view.unit)?;
    let of = &trend.lines[line];
    let ends = [0, trend.results.len() - 1];
    let mut days: Vec<String> = trend.results.iter().map(|result| result.frame.as_of.to_string()).collect();
    if (1..days.len()).any(|i| days[..i].contains(&days[i])) {
        days = trend.results.iter().map(|result| result.label.to_owned()).collect();
    }
    let mut head = vec![words.area.to_owned()];
    head.extend(days);
    head.extend([words.points, words.more, words.fewer, words.lacked, words.lacks, words.whole].map(str::to_owned));
    let mut rows = vec![head];
    let dash = || "–".to_owned();
    let level = (0..trend.areas.len()).filter(|&area| trend.areas[area].level == view.level);
    let total = (0..trend.areas.len()).find(|&area| trend.areas[area].level == TOTAL);
    for area in level.filter(|&area| Some(area) != total).chain(total) {
        let name = match &trend.areas[area] {
            _ if Some(area) == total => words.total,
            of if of.code.is_empty() => words.nowhere,
            of => of.name.as_str(),
        };
        let figures: Vec<Option<Figure>> =
            (0..trend.results.len()).map(|result| trend.figure(result, area, line)).collect();
        let share = |figure: &Option<Figure>| numbers.share_of(figure.as_ref()?, Some(of.step.share.ppm()));
        let mut row = vec![name.to_owned()];
        row.extend(figures.iter().map(|figure| share(figure).unwrap_or_else(dash)));
        let [before, after] = ends.map(|result| figures[result]);
        let points = before.and_then(|before| Some(100.0 * (after?.share()? - before.share()?)));
        row.push(points.map_or_else(dash, |points| signed(numbers, points)));
        let change = trend.change(ends, area, line);
        let count = |units: Option<u64>| units.map_or_else(dash, |units| numbers.count(units, &of.unit));
        row.extend([count(change.map(|change| change.gained)), count(change.map(|change| change.lost))]);
        let lacking = |figure: Option<Figure>| figure.and_then(|figure| trend.lacking(line, &figure));
        let needed = |units: Option<u64>| units.map_or_else(dash, |units| numbers.needed(units, &of.unit));
        row.extend([needed(lacking(before)), needed(lacking(after))]);
        let met = ends.map(|result| trend.meets(result, area, view.goal));
        row.push(
            match met {
                [_, None] => "–",
                [Some(false), Some(true)] => words.newly_met,
                [Some(true), Some(false)] => words.newly_lost,
                [_, Some(true)] => words.met,
                [_, Some(false)] => words.missed,
            }
            .to_owned(),
        );
        rows.push(row);
    }
    let results: Vec<String> =
        trend.results.iter().map(|r| format!("{}, {} ({})\n", r.name, r.frame.as_of, r.label)).collect();
    let name = if view.locale == Locale::Sv { &goal.name.sv } else { &goal.name.en };
    let wanted = numbers.percent(&numbers.plain(of.step.share.percent()));
    Some(format!(
        "{}{}: {name} ({wanted} ≥ {}), {}\n\n{}",
        results.concat(),
        words.goal,
        numbers.speed(of.step.down),
        unit(&of.unit.unit, view.locale),
        lay_out(&rows),
    ))
}

fn signed(numbers: Numbers, points: f64) -> String {
    let text = numbers.points(points.abs());
    match points {
        _ if text.starts_with('<') => text,
        p if p > 0.0 => format!("+{text}"),
        p if p < 0.0 => format!("\u{2212}{text}"),
        _ => text,
    }
}

/// What makes the comparison unfair, in a sentence each.
pub(crate) fn remarks(trend: &Trend<'_>) -> Vec<String> {
    let label = |result: usize| trend.results[result].label;
    let last = trend.results.last().map_or("", |last| last.label);
    let by_result = |counts: &[u64]| {
        let said = counts.iter().enumerate().map(|(result, count)| format!("{count} in {}", label(result)));
        said.collect::<Vec<_>>().join(", ")
    };
    let remark = |remark: &Remark| match remark {
        Remark::Day { result, before, day } if before == day => {
            format!(
                "day: {} and {} are both about {day}, so time is not what differs",
                label(result - 1),
                label(*result)
            )
        }
        Remark::Day { result, before, day } => format!(
            "day: {} is about {day}, which is before {before}, the day of {}: name the older one first",
            label(*result),
            label(result - 1)
        ),
        Remark::Definition { result, key, last: of_last } if key == of_last => format!(
            "definition: {key} means something else in {} than in {last}; each is counted by its own",
            label(*result)
        ),
        Remark::Definition { result, key, last: of_last } => format!(
            "definition: what counts as access is {key} in {} and {of_last} in {last}; each is counted by its own",
            label(*result)
        ),
        Remark::Goal { result, goal, there: true } => {
            format!("goal: {} has another edition of {goal}; all are held against the one in {last}", label(*result))
        }
        Remark::Goal { result, goal, there: false } => {
            format!("goal: the study of {} does not have {goal}; it is held against it all the same", label(*result))
        }
        Remark::LeftOut { result, goal } => {
            format!("goal: {goal} is left out, since {} does not measure all of it", label(*result))
        }
        Remark::Places(counts) => format!("places: {}", by_result(counts)),
        Remark::Unmatched(counts) => format!("unmatched places: {}", by_result(counts)),
        Remark::Without { unit, places } => format!("places without {}: {}", unit.key(), by_result(places)),
        Remark::Lacks { result, level, areas } => {
            format!("areas: {} lacks {} {level}: {}", label(*result), areas.len(), named(trend, areas))
        }
        Remark::Renamed { area, names } => {
            let names =
                names.iter().enumerate().filter_map(|(r, name)| Some(format!("{} in {}", name.as_ref()?, label(r))));
            let area = &trend.areas[*area];
            format!("areas: {} {} is called {}", area.level, area.code, names.collect::<Vec<_>>().join(", "))
        }
    };
    trend.remarks.iter().map(remark).collect()
}

/// Areas by name, a few of many.
fn named(trend: &Trend<'_>, areas: &[usize]) -> String {
    let name = |&area: &usize| format!("{} {}", trend.areas[area].code, trend.areas[area].name).trim_end().to_owned();
    let mut names: Vec<String> = areas.iter().take(NAMED).map(name).collect();
    if areas.len() > NAMED {
        names.push(format!("and {} more", areas.len() - NAMED));
    }
    names.join(", ")
}

/// Which areas have come to meet the goal, and which no longer do.
pub(crate) fn news(trend: &Trend<'_>, view: &ReportView) -> Vec<String> {
    let ends = [0, trend.results.len().saturating_sub(1)];
    let of_level: Vec<usize> = (0..trend.areas.len())
        .filter(|&area| trend.areas[area].level == view.level && !trend.areas[area].code.is_empty())
        .collect();
    let became = |wanted: [bool; 2]| -> Vec<usize> {
        let met = |&area: &usize| ends.map(|result| trend.meets(result, area, view.goal)) == wanted.map(Some);
        of_level.iter().copied().filter(met).collect()
    };
    let said = |words: &str, areas: Vec<usize>| {
        (!areas.is_empty()).then(|| format!("{words}: {} ({})", areas.len(), named(trend, &areas)))
    };
    [said("newly meet the goal", became([false, true])), said("no longer meet the goal", became([true, false]))]
        .into_iter()
        .flatten()
        .collect()
}
