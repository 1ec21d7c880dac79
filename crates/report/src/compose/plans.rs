//! What to build: every plan that the study asks for, what it costs and how far it reaches.

use nittio_core::{
    plan::{Ask, Plan, Proof, Reached, ReachedPart, Unplanned},
    quantity::Kronor,
    study::ScaledUnit,
    unit::Unit,
};

use super::{Scene, plan_curve, plan_ranking, plan_sensitivity, rollout};
use crate::{
    messages::sentence,
    report::{Block, Cell, Head, Row, Section, Table},
};

/// More lacking areas than so many are not named one by one.
const NAMED: usize = 12;

/// The section, where the study asks for plans.
pub(super) fn section(scene: &Scene<'_>) -> Option<Section> {
    let plans = &scene.out.plans;
    if plans.asked.is_empty() && plans.ranking.is_none() {
        return None;
    }
    let t = &scene.t;
    let mut blocks = Vec::new();
    if !plans.asked.is_empty() {
        blocks.push(Block::Text(t.get("plans.intro")));
    }
    let (mut curves, mut drawn) = (0, 0);
    for (number, (ask, planned)) in plans.asked.iter().enumerate() {
        blocks.push(Block::Heading(ask.name.clone()));
        blocks.extend(built_to(scene, ask).map(Block::Text));
        match planned {
            Ok(plan) => {
                blocks.extend(of_plan(scene, plan));
                let figures = rollout::figures(scene, plan, drawn);
                drawn += usize::from(!figures.is_empty());
                blocks.extend(figures);
            }
            Err(why) => blocks.push(Block::Text(why_not(scene, ask, why))),
        }
        let scaled = counted(scene, ask);
        if let Some(curve) = plans.curve(number) {
            let of_plan = (curves, ask, planned.as_ref().ok());
            blocks.extend(plan_curve::block(scene, of_plan, curve, scaled));
            curves += 1;
        }
        if let Some((found, plan)) = plans.sensitivity(number).zip(planned.as_ref().ok()) {
            blocks.extend(plan_sensitivity::blocks(scene, plan, found, scaled));
        }
    }
    blocks.extend(plans.ranking.iter().flat_map(|ranking| plan_ranking::blocks(scene, ranking)));
    Some(Section { id: "plans", short: t.get("plans.short"), heading: t.get("plans.heading"), blocks })
}

/// What a plan counts: its own unit, or the goal's first that the study has.
fn counted<'s>(scene: &'s Scene<'_>, ask: &Ask) -> &'s ScaledUnit {
    let of_goal = scene.out.goals.get(ask.goal).map(|goal| goal.units.as_slice()).unwrap_or_default();
    let unit = ask.unit.iter().chain(of_goal).find_map(|unit| scene.ind.unit(unit.key()));
    &scene.ind.units[unit.unwrap_or(0)]
}

/// Which places a plan builds to, where that is not all of them.
fn built_to(scene: &Scene<'_>, ask: &Ask) -> Option<String> {
    let t = &scene.t;
    let shades = ask.shades.as_ref().map(|(_, classes)| {
        let words = classes.iter().map(|class| t.get(&format!("plans.shade-{}", class.key()))).collect();
        t.say("plans.only-shades", &[("classes", &scene.list(words))])
    });
    let said: Vec<String> =
        ask.eligible.as_ref().map(|_| t.get("plans.only-eligible")).into_iter().chain(shades).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

fn of_plan(scene: &Scene<'_>, plan: &Plan) -> Vec<Block> {
    let Some(counted) = plan.reached.first().and_then(|reached| reached.parts.first()) else { return Vec::new() };
    let scaled = &scene.ind.units[counted.unit];
    let mut blocks = vec![Block::Text(summary(scene, plan, scaled))];
    if !plan.chosen.is_empty() {
        blocks.push(Block::Table(projects(scene, plan, scaled)));
    }
    blocks.push(Block::Table(areas(scene, plan)));
    blocks
}

pub(super) fn kronor(scene: &Scene<'_>, sum: Kronor) -> String {
    // Öre are for the files.
    scene.locale.kronor(Kronor::from_ore((sum.ore() + 50) / 100 * 100))
}

/// What each of so many costs.
pub(super) fn for_each(scene: &Scene<'_>, sum: Kronor, units: u64, scaled: &ScaledUnit) -> String {
    let each = (sum.ore() + units * 50).checked_div(units * 100).map_or(0, |kronor| kronor * 100 * scaled.scale);
    kronor(scene, Kronor::from_ore(each))
}

/// So many of a unit, as `3 invånare`.
pub(super) fn so_many(scene: &Scene<'_>, parts: u64, scaled: &ScaledUnit) -> String {
    let form = if parts == scaled.scale { "one" } else { "many" };
    let word = match &scaled.unit {
        Unit::Weight(name) => name.clone(),
        unit => scene.t.get(&format!("unit-{form}.{unit}")),
    };
    format!("{} {word}", scene.locale.count(parts, scaled))
}

fn summary(scene: &Scene<'_>, plan: &Plan, scaled: &ScaledUnit) -> String {
    let t = &scene.t;
    let goal = scene.out.goals.get(plan.ask.goal).map(|goal| scene.goal_words(goal)).unwrap_or_default();
    let aim = t.say(&format!("plans.aim-{}", plan.ask.aim.key()), &[("goal", &goal)]);
    if plan.chosen.is_empty() {
        let none = if plan.gained == 0 && plan.everything.1 > 0 { "plans.nothing-fits" } else { "plans.nothing" };
        let key = if plan.ask.aim == nittio_core::plan::Aim::Most { none } else { "plans.nothing" };
        return format!("{aim} {}", t.get(key));
    }
    let n = plan.chosen.len();
    let projects = t.say(if n == 1 { "plans.one-project" } else { "plans.projects" }, &[("n", &scene.whole(n))]);
    let values = [
        ("projects", projects),
        ("cost", kronor(scene, plan.net)),
        ("units", so_many(scene, plan.gained, scaled)),
        ("each", for_each(scene, plan.net, plan.gained, scaled)),
    ];
    let said = t.say("plans.builds", &values.each_ref().map(|(key, value)| (*key, value.as_str())));
    let proof = match plan.proof {
        Proof::Best => t.get("plans.best"),
        Proof::Within(gap) => {
            let gap = scene.locale.percent(&scene.locale.plain((gap * 1_000.0).ceil() / 10.0));
            t.say("plans.within", &[("gap", &gap)])
        }
        Proof::None => t.get("plans.unproven"),
    };
    let others = if plan.net < Kronor::sum(plan.chosen.iter().map(|chosen| chosen.cost)) {
        format!(" {}", t.say("plans.others-pay", &[("cost", &kronor(scene, plan.cost))]))
    } else {
        String::new()
    };
    let by_hand =
        plan.greedy.filter(|(net, gained)| *net != plan.net || *gained != plan.gained).map(|(net, gained)| {
            let values = [("cost", kronor(scene, net)), ("units", so_many(scene, gained, scaled))];
            format!(" {}", t.say("plans.by-hand", &values.each_ref().map(|(key, value)| (*key, value.as_str()))))
        });
    format!("{aim} {said}{others} {proof}{}", by_hand.unwrap_or_default())
}

/// What is built, in order.
fn projects(scene: &Scene<'_>, plan: &Plan, scaled: &ScaledUnit) -> Table {
    let t = &scene.t;
    let years = plan.ask.slots.iter().any(|slot| slot.year.is_some());
    let mut heads = vec![Head::text(t.get("plans.project"))];
    if years {
        heads.push(Head::number(t.get("plans.year")));
    }
    heads.push(Head::text(sentence(&scene.areas_word(1))).aside());
    heads.extend(["plans.net", "plans.added"].map(|key| Head::number(t.get(key))));
    heads.extend(["plans.each", "plans.so-far"].map(|key| Head::number(t.get(key)).aside()));
    let mut spent = Kronor::default();
    let mut rows = Vec::new();
    for chosen in &plan.chosen {
        spent = spent.plus(chosen.net);
        let home = plan.reached.get(chosen.home).filter(|_| chosen.home > 0);
        let each = (chosen.net.ore() + chosen.added * 50)
            .checked_div(chosen.added * 100)
            .map(|kronor| kronor * 100 * scaled.scale);
        let mut cells = Vec::new();
        if years {
            cells.push(Cell::number(chosen.year.map(|year| year.to_string()).unwrap_or_default()));
        }
        cells.extend([
            Cell::text(home.map_or_else(|| "–".to_owned(), |reached| scene.area_name(reached.area))),
            Cell::number(kronor(scene, chosen.net)),
            Cell::number(scene.locale.count(chosen.added, scaled)),
            Cell::number(each.map_or_else(|| "–".to_owned(), |each| kronor(scene, Kronor::from_ore(each)))),
            Cell::number(kronor(scene, spent)),
        ]);
        let name = scene.out.plans.projects.get(chosen.project).map(|project| project.name.clone());
        rows.push(Row { head: name.unwrap_or_default(), cells });
    }
    let what = scene.units(&scaled.unit);
    Table {
        id: format!("plan-{}-projects", identifier(plan)),
        caption: t.say("plans.projects-caption", &[("units", &what)]),
        heads,
        rows,
        note: t.get("plans.projects-note"),
        ..Table::default()
    }
}

/// How far every area comes.
fn areas(scene: &Scene<'_>, plan: &Plan) -> Table {
    let t = &scene.t;
    let goal = &scene.out.goals[plan.ask.goal];
    let mut heads = vec![Head::text(sentence(&scene.areas_word(1)))];
    let parts = plan.reached.first().map_or(&[][..], |reached| &reached.parts);
    let mut groups = vec![crate::report::Group { text: String::new(), columns: 1 }];
    for part in parts {
        let step = &goal.steps[part.step];
        let unit = scene.unit_head(&scene.ind.units[part.unit].unit);
        groups.push(crate::report::Group { text: format!("{unit}, {}", scene.step_words(step)), columns: 4 });
        heads.push(Head::number(t.get("plans.before")).first());
        heads.extend(["plans.after", "plans.left-before", "plans.left-after"].map(|key| Head::number(t.get(key))));
    }
    let cells = |part: &ReachedPart| {
        let (scaled, ppm) = (&scene.ind.units[part.unit], goal.steps[part.step].share.ppm());
        let share = |covered: u64| scene.locale.share(covered, part.total, Some(ppm)).unwrap_or_else(|| "–".to_owned());
        let left = |covered: u64| scene.locale.needed(part.needed.saturating_sub(covered), scaled);
        [
            Cell::number(share(part.before)).first(),
            Cell::number(share(part.at_the_end())),
            Cell::number(left(part.before)),
            Cell::number(left(part.at_the_end())),
        ]
    };
    let row = |reached: &Reached| Row {
        head: scene.area_name(reached.area),
        cells: reached.parts.iter().flat_map(cells).collect(),
    };
    let mut body: Vec<&Reached> = plan.reached.iter().skip(1).collect();
    body.sort_by_key(|reached| scene.locale.sort_key(&scene.area_name(reached.area)));
    Table {
        id: format!("plan-{}-areas", identifier(plan)),
        caption: t.get("plans.areas-caption"),
        folded: body.len() > 3,
        groups,
        heads,
        rows: body.into_iter().map(row).collect(),
        totals: plan.reached.first().map(row).into_iter().collect(),
        ..Table::default()
    }
}

/// A plan's key, as a part of an identifier of a page.
pub(super) fn identifier(plan: &Plan) -> String {
    plan.ask.key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn why_not(scene: &Scene<'_>, ask: &Ask, why: &Unplanned) -> String {
    let t = &scene.t;
    let goal = scene.out.goals.get(ask.goal).map(|goal| scene.goal_words(goal)).unwrap_or_default();
    match why {
        Unplanned::Short(short) => {
            let said = short.iter().take(NAMED).map(|short| {
                let units = so_many(scene, short.units, &scene.ind.units[short.unit]);
                t.say("plans.short-of", &[("area", &scene.area_name(short.area)), ("units", &units)])
            });
            let mut said: Vec<String> = said.collect();
            let more = short.len().saturating_sub(NAMED);
            if more > 0 {
                said.push(t.say("plans.short-more", &[("n", &scene.whole(more))]));
            }
            t.say("plans.not-short", &[("goal", &goal), ("short", &scene.list(said))])
        }
        Unplanned::Musts => t.get("plans.not-musts"),
        Unplanned::TooFew => t.get("plans.not-too-few"),
        Unplanned::Late => t.get("plans.not-late"),
        Unplanned::Failed(_) => t.get("plans.not-failed"),
    }
}
