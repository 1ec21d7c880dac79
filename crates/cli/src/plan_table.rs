//! Plans as tables, for eyes on a terminal.

use nittio_core::{
    indicator::TOTAL,
    outcome::Outcome,
    plan::{Ask, Curve, Plan, Project, Proof, Ranked, Ranking, Sensitivity, Unplanned},
    quantity::Kronor,
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
    curve: [&'static str; 4],
    last: &'static str,
    sensitivity: [&'static str; 3],
    yes_no: [&'static str; 2],
    ranking: [&'static str; 8],
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
    curve: ["pengar", "ger", "per styck till", ""],
    last: "sista procenten börjar",
    sensitivity: ["projekt", "i planen", "i bästa planen, av"],
    yes_no: ["ja", "nej"],
    ranking: ["plats", "projekt", "byggnader", "prioriterade", "sökt stöd", "per byggnad", "avdrag", "jämförs"],
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
    curve: ["money", "brings", "for each more", ""],
    last: "the last per cent begins",
    sensitivity: ["project", "in the plan", "in the best plan, of"],
    yes_no: ["yes", "no"],
    ranking: ["rank", "project", "buildings", "prioritised", "sought support", "per building", "discount", "compared"],
};

/// All plans, one after the other, and the ranking.
pub(crate) fn plans(outcome: &Outcome, locale: Locale) -> String {
    let (words, numbers) = match locale {
        Locale::Sv => (&SWEDISH, Numbers::Sv),
        Locale::En => (&ENGLISH, Numbers::En),
    };
    let mut parts = Vec::new();
    for (number, (ask, planned)) in outcome.plans.asked.iter().enumerate() {
        parts.push(one(outcome, locale, ask, planned));
        parts.extend(outcome.plans.curve(number).map(|curve| of_curve(outcome, ask, curve, words, numbers)));
        let found = outcome.plans.sensitivity(number).zip(planned.as_ref().ok());
        parts.extend(found.map(|(found, plan)| of_sensitivity(outcome, plan, found, words, numbers)));
    }
    parts.extend(outcome.plans.ranking.as_ref().map(|ranking| of_ranking(outcome, ranking, words, numbers)));
    parts.join("\n")
}

fn of_curve(outcome: &Outcome, ask: &Ask, curve: &Curve, words: &Words, numbers: Numbers) -> String {
    let goal = outcome.goals[ask.goal].units.iter();
    let unit = ask.unit.iter().chain(goal).find_map(|unit| outcome.indicators.unit(unit.key())).unwrap_or(0);
    let scaled = &outcome.indicators.units[unit];
    let mut rows = vec![words.curve.map(str::to_owned).to_vec()];
    for (at, point) in curve.points.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &curve.points[before]);
        let each = before.and_then(|before| {
            let (net, units) = (point.net.less(before.net), point.gained.checked_sub(before.gained)?);
            (net.ore() * scaled.scale + units * 50).checked_div(units * 100)
        });
        rows.push(vec![
            numbers.kronor(point.net),
            numbers.count(point.gained, scaled),
            each.map_or_else(|| words.nowhere.to_owned(), |each| numbers.kronor(Kronor::from_ore(each * 100))),
            if curve.last_per_cent == Some(at) { words.last.to_owned() } else { String::new() },
        ]);
    }
    if curve.last_per_cent.is_none() {
        rows.iter_mut().for_each(|row| drop(row.pop()));
    }
    lay_out(&rows)
}

fn of_sensitivity(outcome: &Outcome, plan: &Plan, found: &Sensitivity, words: &Words, numbers: Numbers) -> String {
    let [project, planned, times] = words.sensitivity;
    let head = [project.to_owned(), planned.to_owned(), format!("{times} {}", numbers.whole(found.made.into()))];
    let row = |(number, project): (usize, &Project)| {
        let [yes, no] = words.yes_no;
        let planned = plan.chosen.iter().any(|chosen| chosen.project == number);
        let times = found.chosen.get(number).copied().unwrap_or_default();
        vec![project.name.clone(), if planned { yes } else { no }.to_owned(), numbers.whole(times.into())]
    };
    let rows = outcome.plans.projects.iter().enumerate().map(row);
    lay_out(&std::iter::once(head.to_vec()).chain(rows).collect::<Vec<_>>())
}

fn of_ranking(outcome: &Outcome, ranking: &Ranking, words: &Words, numbers: Numbers) -> String {
    let sum = |sum: Option<Kronor>| sum.map_or_else(|| words.nowhere.to_owned(), |sum| numbers.kronor(sum));
    let row = |of: &Ranked| {
        vec![
            of.rank.map_or_else(|| words.nowhere.to_owned(), |rank| rank.to_string()),
            outcome.plans.projects[of.project].name.clone(),
            numbers.whole(of.counted),
            numbers.whole(of.prioritised),
            numbers.kronor(of.sought),
            sum(of.each),
            numbers.percent(&numbers.plain(of.discount.percent())),
            sum(of.compared),
        ]
    };
    let head = words.ranking.map(str::to_owned).to_vec();
    lay_out(&std::iter::once(head).chain(ranking.ranked.iter().map(row)).collect::<Vec<_>>())
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
    let mut spent = Kronor::default();
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
            each.map_or_else(|| words.nowhere.to_owned(), |kronor| numbers.kronor(Kronor::from_ore(kronor * 100))),
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
