//! Plans as tables, for eyes on a terminal.

use nittio_core::{
    indicator::TOTAL,
    outcome::Outcome,
    plan::{Ask, Plan, Proof, Unplanned},
};
use nittio_io::study_file::Locale;
use nittio_report::Locale as Numbers;

use crate::table::{lay_out, unit};

/// Words by language.
struct Words {
    head: [&'static str; 7],
    areas: [&'static str; 5],
    total: &'static str,
    nowhere: &'static str,
    projects: &'static str,
    one_project: &'static str,
    best: &'static str,
    within: &'static str,
    unproven: &'static str,
    greedy: &'static str,
    nothing: &'static str,
    none: &'static str,
    for_each: &'static str,
}

const SWEDISH: Words = Words {
    head: ["projekt", "år", "kommun eller område", "kostar", "ger", "per styck", "tillsammans"],
    areas: ["område", "nu", "med planen", "kvar nu", "kvar sedan"],
    total: "Totalt",
    nowhere: "–",
    projects: "projekt",
    one_project: "projekt",
    best: "ingen plan är bättre",
    within: "högst så mycket från den bästa",
    unproven: "inte bevisat bäst",
    greedy: "Ett i taget, det som ger mest för pengarna först:",
    nothing: "Inget behöver byggas.",
    none: "Ingen plan kan göras.",
    for_each: "för",
};

const ENGLISH: Words = Words {
    head: ["project", "year", "area", "costs", "brings", "for each", "so far"],
    areas: ["area", "now", "with the plan", "short now", "short then"],
    total: "Total",
    nowhere: "–",
    projects: "projects",
    one_project: "project",
    best: "no plan is better",
    within: "at most so far from the best",
    unproven: "not proven the best",
    greedy: "One at a time, what brings most for its money first:",
    nothing: "Nothing needs to be built.",
    none: "No plan can be made.",
    for_each: "for",
};

/// All plans, one after the other.
pub(crate) fn plans(outcome: &Outcome, locale: Locale) -> String {
    let asked = outcome.plans.asked.iter();
    asked.map(|(ask, planned)| one(outcome, locale, ask, planned)).collect::<Vec<_>>().join("\n")
}

fn one(outcome: &Outcome, locale: Locale, ask: &Ask, planned: &Result<Plan, Unplanned>) -> String {
    let (words, numbers) = match locale {
        Locale::Sv => (&SWEDISH, Numbers::Sv),
        Locale::En => (&ENGLISH, Numbers::En),
    };
    let goal = &outcome.goals[ask.goal];
    let goal = if locale == Locale::Sv { &goal.name.sv } else { &goal.name.en };
    let plan = match planned {
        Ok(plan) => plan,
        Err(_) => return format!("{} ({goal})\n{}\n", ask.name, words.none),
    };
    let Some(counted) = plan.reached.first().and_then(|reached| reached.parts.first()) else { return String::new() };
    let scaled = &outcome.indicators.units[counted.unit];
    let what = unit(&scaled.unit, locale);
    let proof = match plan.proof {
        Proof::Best => words.best.to_owned(),
        Proof::Within(gap) => {
            format!("{} {}", numbers.percent(&numbers.plain((gap * 10_000.0).ceil() / 100.0)), words.within)
        }
        Proof::None => words.unproven.to_owned(),
    };
    let number = plan.chosen.len() as u64;
    let projects = if number == 1 { words.one_project } else { words.projects };
    let mut out = format!(
        "{} ({goal})\n{} {projects}, {} {} {} ({what}); {proof}\n",
        ask.name,
        numbers.whole(number),
        numbers.kronor(plan.net),
        words.for_each,
        numbers.count(plan.gained, scaled),
    );
    if let Some((net, gained)) = plan.greedy.filter(|greedy| *greedy != (plan.net, plan.gained)) {
        let gained = numbers.count(gained, scaled);
        out += &format!("{} {} {} {gained} ({what})\n", words.greedy, numbers.kronor(net), words.for_each);
    }
    out.push('\n');
    if plan.chosen.is_empty() {
        out += &format!("{}\n", words.nothing);
    } else {
        out += &lay_out(&of_projects(outcome, plan, words, numbers));
    }
    out.push('\n');
    out += &lay_out(&of_areas(outcome, plan, words, numbers));
    out
}

fn of_projects(outcome: &Outcome, plan: &Plan, words: &Words, numbers: Numbers) -> Vec<Vec<String>> {
    let Some(counted) = plan.reached.first().and_then(|reached| reached.parts.first()) else { return Vec::new() };
    let scaled = &outcome.indicators.units[counted.unit];
    let years = plan.ask.slots.iter().any(|slot| slot.year.is_some());
    let mut spent = nittio_core::quantity::Kronor::default();
    let mut rows = vec![words.head.map(str::to_owned).to_vec()];
    for chosen in &plan.chosen {
        spent = spent.plus(chosen.net);
        let each = (chosen.net.ore() + chosen.added * 50).checked_div(chosen.added * 100);
        let area = (chosen.home > 0).then(|| outcome.indicators.areas[plan.reached[chosen.home].area].name.clone());
        rows.push(vec![
            outcome.plans.projects[chosen.project].name.clone(),
            chosen.year.map(|year| year.to_string()).unwrap_or_default(),
            area.unwrap_or_else(|| words.nowhere.to_owned()),
            numbers.kronor(chosen.net),
            numbers.count(chosen.added, scaled),
            each.map_or_else(
                || words.nowhere.to_owned(),
                |kronor| numbers.kronor(nittio_core::quantity::Kronor::from_ore(kronor * 100)),
            ),
            numbers.kronor(spent),
        ]);
    }
    if !years {
        rows.iter_mut().for_each(|row| drop(row.remove(1)));
    }
    rows
}

fn of_areas(outcome: &Outcome, plan: &Plan, words: &Words, numbers: Numbers) -> Vec<Vec<String>> {
    let goal = &outcome.goals[plan.ask.goal];
    let mut rows = vec![words.areas.map(str::to_owned).to_vec()];
    // The whole study last, as in other tables.
    for reached in plan.reached.iter().skip(1).chain(plan.reached.first()) {
        let area = &outcome.indicators.areas[reached.area];
        let Some(part) = reached.parts.first() else { continue };
        let (scaled, ppm) = (&outcome.indicators.units[part.unit], goal.steps[part.step].share.ppm());
        let share = |covered| numbers.share(covered, part.total, Some(ppm)).unwrap_or_else(|| words.nowhere.to_owned());
        let lacking = |covered: u64| numbers.needed(part.needed.saturating_sub(covered), scaled);
        rows.push(vec![
            if area.level == TOTAL { words.total.to_owned() } else { area.name.clone() },
            share(part.before),
            share(part.at_the_end()),
            lacking(part.before),
            lacking(part.at_the_end()),
        ]);
    }
    rows
}
