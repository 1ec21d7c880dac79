//! `plans.csv`, `plan-projects.csv`, `plan-areas.csv`: what every plan builds, costs and reaches.
//!
//! `docs/formats.md` says what the columns mean.

use std::io::{self, Write};

use nittio_core::{
    outcome::Outcome,
    plan::{Ask, Plan, Proof, Unplanned},
    quantity::Kronor,
};

use super::rows::{of_step, table};

/// The columns of `plans.csv`, in order.
pub const COLUMNS: [&str; 20] = [
    "plan",
    "name",
    "aim",
    "goal",
    "definition",
    "unit",
    "result",
    "gap",
    "solver",
    "projects",
    "cost_kr",
    "net_kr",
    "budget_kr",
    "gained",
    "net_kr_per_gained",
    "greedy_net_kr",
    "greedy_gained",
    "everything_net_kr",
    "everything_gained",
    "why_not",
];

/// The columns of `plan-projects.csv`, in order.
pub const PROJECT_COLUMNS: [&str; 15] = [
    "plan",
    "order",
    "project",
    "name",
    "year",
    "level",
    "code",
    "area",
    "unit",
    "cost_kr",
    "net_kr",
    "alone",
    "added",
    "net_kr_per_added",
    "cumulated_net_kr",
];

/// The columns of `plan-areas.csv`, in order.
pub const AREA_COLUMNS: [&str; 16] = [
    "plan",
    "year",
    "level",
    "code",
    "name",
    "unit",
    "down_mbps",
    "goal_share",
    "total",
    "needed",
    "covered_before",
    "covered",
    "share_before",
    "share",
    "missing_units_before",
    "missing_units",
];

/// Writes one row per plan, in the study's order.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, outcome: &Outcome) -> io::Result<()> {
    table(out, COLUMNS, outcome.plans.asked.iter().map(|(ask, planned)| summary(outcome, ask, planned)))
}

/// Writes one row per plan and project, in the order in which projects are built.
///
/// # Errors
/// When writing fails.
pub fn projects(out: impl Write, outcome: &Outcome) -> io::Result<()> {
    let plans = outcome.plans.asked.iter().filter_map(|(_, planned)| planned.as_ref().ok());
    table(out, PROJECT_COLUMNS, plans.flat_map(|plan| of_projects(outcome, plan)))
}

/// Writes one row per plan, year, area, unit and step of the goal.
///
/// # Errors
/// When writing fails.
pub fn areas(out: impl Write, outcome: &Outcome) -> io::Result<()> {
    let plans = outcome.plans.asked.iter().filter_map(|(_, planned)| planned.as_ref().ok());
    table(out, AREA_COLUMNS, plans.flat_map(|plan| of_areas(outcome, plan)))
}

/// The unit that a plan counts in.
fn unit<'a>(outcome: &'a Outcome, plan: &Plan) -> &'a str {
    let first = plan.reached.first().and_then(|reached| reached.parts.first());
    first.map_or("", |part| outcome.indicators.units[part.unit].unit.key())
}

fn summary(outcome: &Outcome, ask: &Ask, planned: &Result<Plan, Unplanned>) -> [String; 20] {
    let budget = ask.slots.iter().map(|slot| slot.budget).collect::<Option<Vec<Kronor>>>();
    let budget = budget.filter(|sums| !sums.is_empty()).map(|sums| kronor(Kronor::sum(sums))).unwrap_or_default();
    let plan = planned.as_ref().ok();
    let of_plan = |say: &dyn Fn(&Plan) -> String| plan.map(say).unwrap_or_default();
    let (result, gap) = plan.map_or_else(|| ("none", String::new()), |plan| proof(plan.proof));
    [
        ask.key.clone(),
        ask.name.clone(),
        ask.aim.key().to_owned(),
        outcome.goals[ask.goal].id.clone(),
        outcome.indicators.profiles[ask.profile].key.clone(),
        of_plan(&|plan| unit(outcome, plan).to_owned()),
        result.to_owned(),
        gap,
        outcome.plans.solver.clone(),
        of_plan(&|plan| plan.chosen.len().to_string()),
        of_plan(&|plan| kronor(plan.cost)),
        of_plan(&|plan| kronor(plan.net)),
        budget,
        of_plan(&|plan| plan.gained.to_string()),
        of_plan(&|plan| per(plan.net, plan.gained)),
        of_plan(&|plan| plan.greedy.map(|(net, _)| kronor(net)).unwrap_or_default()),
        of_plan(&|plan| plan.greedy.map(|(_, gained)| gained.to_string()).unwrap_or_default()),
        of_plan(&|plan| kronor(plan.everything.0)),
        of_plan(&|plan| plan.everything.1.to_string()),
        planned.as_ref().err().map(|why| why_not(outcome, why)).unwrap_or_default(),
    ]
}

/// Why there is no plan, in words.
#[must_use]
pub fn why_not(outcome: &Outcome, why: &Unplanned) -> String {
    let indicators = &outcome.indicators;
    match why {
        Unplanned::Short(short) => {
            let said = short.iter().map(|short| {
                let area = &indicators.areas[short.area];
                let name = if area.name.is_empty() { area.level.as_str() } else { area.name.as_str() };
                format!("{name} lacks {} {}", short.units, indicators.units[short.unit].unit)
            });
            format!("even with everything built, {}", said.collect::<Vec<_>>().join("; "))
        }
        Unplanned::Musts => {
            "what must be built costs more than there is, cannot be built in these years, or is too much for an area"
                .to_owned()
        }
        Unplanned::TooFew => "every area could reach the goal, but not with so few projects in each".to_owned(),
        Unplanned::Late => "no plan was found in time; give it more seconds".to_owned(),
        Unplanned::Failed(why) => why.clone(),
    }
}

fn of_projects<'a>(outcome: &'a Outcome, plan: &'a Plan) -> impl Iterator<Item = [String; 15]> + 'a {
    let mut spent = Kronor::default();
    plan.chosen.iter().enumerate().map(move |(i, chosen)| {
        spent = spent.plus(chosen.net);
        let project = &outcome.plans.projects[chosen.project];
        let area = (chosen.home > 0).then(|| &outcome.indicators.areas[plan.reached[chosen.home].area]);
        let of_area = |say: fn(&nittio_core::indicator::AreaRef) -> &String| area.map(say).cloned().unwrap_or_default();
        [
            plan.ask.key.clone(),
            (i + 1).to_string(),
            project.key.clone(),
            project.name.clone(),
            chosen.year.map(|year| year.to_string()).unwrap_or_default(),
            of_area(|area| &area.level),
            of_area(|area| &area.code),
            of_area(|area| &area.name),
            unit(outcome, plan).to_owned(),
            kronor(chosen.cost),
            kronor(chosen.net),
            chosen.alone.to_string(),
            chosen.added.to_string(),
            per(chosen.net, chosen.added),
            kronor(spent),
        ]
    })
}

fn of_areas<'a>(outcome: &'a Outcome, plan: &'a Plan) -> impl Iterator<Item = [String; 16]> + 'a {
    let goal = &outcome.goals[plan.ask.goal];
    let slots = plan.ask.slots.len().max(1);
    let years = (0..slots).map(|slot| plan.ask.slots.get(slot).and_then(|slot| slot.year));
    years.enumerate().flat_map(move |(slot, year)| {
        plan.reached.iter().flat_map(move |reached| {
            reached.parts.iter().map(move |part| {
                let (area, step) = (&outcome.indicators.areas[reached.area], &goal.steps[part.step]);
                let after = part.after.get(slot).copied().unwrap_or(part.before);
                let key = outcome.indicators.units[part.unit].unit.key();
                let [level, code, name, unit, down, wanted] = of_step(area, key, step);
                [
                    plan.ask.key.clone(),
                    year.map(|year| year.to_string()).unwrap_or_default(),
                    level,
                    code,
                    name,
                    unit,
                    down,
                    wanted,
                    part.total.to_string(),
                    part.needed.to_string(),
                    part.before.to_string(),
                    after.to_string(),
                    super::share_text(part.before, part.total),
                    super::share_text(after, part.total),
                    part.needed.saturating_sub(part.before).to_string(),
                    part.needed.saturating_sub(after).to_string(),
                ]
            })
        })
    })
}

/// How good something is known to be, in a word, and its gap.
pub(super) fn proof(proof: Proof) -> (&'static str, String) {
    match proof {
        Proof::Best => ("best", "0".to_owned()),
        Proof::Within(gap) => ("within-gap", format!("{gap:.6}")),
        Proof::None => ("unproven", String::new()),
    }
}

/// Kronor, with öre where there are any.
pub(super) fn kronor(sum: Kronor) -> String {
    let (whole, ore) = (sum.ore() / 100, sum.ore() % 100);
    if ore == 0 { whole.to_string() } else { format!("{whole}.{ore:02}") }
}

/// Whole kronor for each of so many, rounded; nothing where there are none.
pub(super) fn per(sum: Kronor, count: u64) -> String {
    (sum.ore() + count * 50).checked_div(count * 100).map(|kronor| kronor.to_string()).unwrap_or_default()
}
