//! Scenarios held against each other, for eyes on a terminal.

use nittio_core::{
    comparison::Overlap,
    goal::{Goal, Step},
    indicator::TOTAL,
    measure::Measure,
    study::ScaledUnit,
};
use nittio_io::{
    basis::Answer,
    study_file::{Locale, defaults::ReportView},
};
use nittio_report::Locale as Numbers;

use crate::table::{lay_out, unit};

/// Words of the tables by language.
struct Words {
    goal: &'static str,
    area: &'static str,
    total: &'static str,
    nowhere: &'static str,
    gained: &'static str,
    lost: &'static str,
    lacking: &'static str,
    only: &'static str,
    both: &'static str,
    together: &'static str,
}

const SWEDISH: Words = Words {
    goal: "Mål",
    area: "Område",
    total: "Totalt",
    nowhere: "Utanför alla områden",
    gained: "får",
    lost: "förlorar",
    lacking: "kvar till målet",
    only: "bara",
    both: "båda",
    together: "tillsammans",
};

const ENGLISH: Words = Words {
    goal: "Goal",
    area: "Area",
    total: "Total",
    nowhere: "In none of the areas",
    gained: "gain",
    lost: "lose",
    lacking: "short of goal",
    only: "only",
    both: "both",
    together: "together",
};

/// What tables are about: the first step of the report's goal, in its unit.
struct Shown<'a> {
    answer: &'a Answer<'a>,
    view: &'a ReportView,
    words: &'static Words,
    numbers: Numbers,
    goal: &'a Goal,
    step: &'a Step,
    unit: usize,
    scaled: &'a ScaledUnit,
    measure: usize,
}

impl<'a> Shown<'a> {
    fn of(answer: &'a Answer<'a>, view: &'a ReportView) -> Option<Self> {
        let (words, numbers) = match view.locale {
            Locale::Sv => (&SWEDISH, Numbers::Sv),
            Locale::En => (&ENGLISH, Numbers::En),
        };
        let goal = answer.goals.get(view.goal)?;
        let step = goal.steps.first()?;
        let unit = answer.frame.units.iter().position(|of| of.unit == view.unit)?;
        let measure = answer.compared.measure(Measure::Down(step.down))?;
        let scaled = &answer.frame.units[unit];
        Some(Self { answer, view, words, numbers, goal, step, unit, scaled, measure })
    }

    /// What the tables are about, and an empty line.
    fn title(&self) -> String {
        let Self { answer, view, words, numbers, goal, step, scaled, .. } = self;
        let goal = if view.locale == Locale::Sv { &goal.name.sv } else { &goal.name.en };
        let wanted = numbers.percent(&numbers.plain(step.share.percent()));
        format!(
            "{}, {}\n{}: {goal} ({wanted} ≥ {}), {}\n\n",
            answer.name,
            answer.frame.as_of,
            words.goal,
            numbers.speed(step.down),
            unit(&scaled.unit, view.locale),
        )
    }

    /// The areas of the level and what they are called, the total last.
    fn areas(&self) -> impl Iterator<Item = (usize, &str)> {
        let areas = &self.answer.areas;
        let total = areas.iter().position(|area| area.level == TOTAL);
        let of_level = (0..areas.len()).filter(|&area| areas[area].level == self.view.level);
        of_level.filter(move |&area| Some(area) != total).chain(total).map(move |area| match &areas[area] {
            _ if Some(area) == total => (area, self.words.total),
            of if of.code.is_empty() => (area, self.words.nowhere),
            of => (area, of.name.as_str()),
        })
    }
}

/// Scenarios beside what they are held against, in the unit and at the first step of the report's goal.
pub(crate) fn comparison(answer: &Answer<'_>, view: &ReportView) -> String {
    let Some(shown) = Shown::of(answer, view) else { return String::new() };
    let Shown { words, numbers, step, unit, scaled, measure, .. } = shown;
    let compared = &answer.compared;
    let ppm = Some(step.share.ppm());
    let share = |figure| numbers.share_of(&figure, ppm).unwrap_or_else(|| "–".to_owned());
    let mut head =
        vec![words.area.to_owned(), compared.contrasts.first().map_or("", |c| c.against.as_str()).to_owned()];
    for about in &compared.contrasts {
        head.extend([about.key.as_str(), words.gained, words.lost, words.lacking].map(str::to_owned));
    }
    let mut rows = vec![head];
    for (area, name) in shown.areas() {
        let mut row = vec![name.to_owned(), share(compared.moved(0, area, unit, measure).figure_before())];
        for k in 0..compared.contrasts.len() {
            let moved = compared.moved(k, area, unit, measure);
            row.push(share(moved.figure_after()));
            row.extend([moved.gained, moved.lost].map(|count| numbers.count(count, scaled)));
            row.push(numbers.needed(moved.lacking(step)[1], scaled));
        }
        rows.push(row);
    }
    shown.title() + &lay_out(&rows)
}

/// What scenarios that only add give each area two by two: a table per two of them.
pub(crate) fn overlaps(answer: &Answer<'_>, view: &ReportView) -> String {
    let Some(shown) = Shown::of(answer, view) else { return String::new() };
    let Shown { words, numbers, unit, scaled, measure, .. } = shown;
    let compared = &answer.compared;
    let of_areas: Vec<(&str, Vec<Overlap>)> =
        shown.areas().map(|(area, name)| (name, compared.overlaps(area, unit, measure))).collect();
    let pairs = of_areas.first().map_or(0, |(_, overlaps)| overlaps.len());
    let table = |number: usize| {
        let head = of_areas.first().map(|(_, overlaps)| {
            let [one, other] = overlaps[number].pair.map(|k| format!("{} {}", words.only, compared.contrasts[k].key));
            vec![words.area.to_owned(), one, other, words.both.to_owned(), words.together.to_owned()]
        });
        let rows = of_areas.iter().map(|(name, overlaps)| {
            let overlap = &overlaps[number];
            let counts = [overlap.first, overlap.second, overlap.both, overlap.together()];
            std::iter::once((*name).to_owned()).chain(counts.map(|count| numbers.count(count, scaled))).collect()
        });
        lay_out(&head.into_iter().chain(rows).collect::<Vec<Vec<String>>>())
    };
    shown.title() + &(0..pairs).map(table).collect::<Vec<_>>().join("\n")
}
