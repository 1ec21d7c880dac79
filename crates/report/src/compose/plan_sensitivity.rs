//! If projects cost more or less than is thought: how sure every project of a plan is, and what the plan may cost.

use nittio_core::{
    plan::{Plan, Sensitivity},
    quantity::Kronor,
    study::ScaledUnit,
};

use super::{
    Scene,
    plans::{identifier, kronor},
};
use crate::report::{Block, Cell, Head, Row, Table};

/// More projects than so many are shown only when asked for.
const SHOWN: usize = 12;

/// A sentence about all of it, and a table of the projects.
pub(super) fn blocks(scene: &Scene<'_>, plan: &Plan, found: &Sensitivity, scaled: &ScaledUnit) -> Vec<Block> {
    let t = &scene.t;
    let spread = scene.locale.percent(&scene.locale.plain(found.spread.spread.percent()));
    let draws = scene.locale.whole(found.spread.draws.into());
    let mut said = vec![t.say("plans.sensitivity", &[("n", &draws), ("spread", &spread)])];
    if found.made < found.spread.draws {
        let without = scene.locale.whole((found.spread.draws - found.made).into());
        said.push(t.say("plans.sensitivity-none", &[("n", &without)]));
    }
    if found.made == 0 {
        return vec![Block::Text(said.join(" "))];
    }
    let sum = |ore: u64| kronor(scene, Kronor::from_ore(ore));
    let span = found.of_plan;
    said.push(t.say("plans.sensitivity-plan", &[("low", &sum(span.low)), ("high", &sum(span.high))]));
    let share = |times: u32| scene.locale.share(times.into(), found.made.into(), None).unwrap_or_default();
    said.extend(found.holds.map(|holds| t.say("plans.sensitivity-holds", &[("share", &share(holds))])));
    let mut order: Vec<usize> = (0..found.chosen.len()).collect();
    let name = |project: usize| scene.out.plans.projects.get(project).map_or("", |project| project.name.as_str());
    order.sort_by_key(|&project| (std::cmp::Reverse(found.chosen[project]), scene.locale.sort_key(name(project))));
    let row = |&project: &usize| {
        let planned = plan.chosen.iter().any(|chosen| chosen.project == project);
        Row {
            head: name(project).to_owned(),
            cells: vec![
                Cell::text(t.get(if planned { "plans.yes" } else { "plans.no" })),
                Cell::number(scene.locale.whole(found.chosen[project].into())),
                Cell::number(share(found.chosen[project])),
            ],
        }
    };
    let rows: Vec<Row> = order.iter().map(row).collect();
    let best = |key: &str, [low, middle, high]: [String; 3]| {
        t.say(key, &[("low", &low), ("middle", &middle), ("high", &high)])
    };
    let (net, gained) = (found.net, found.gained);
    let units = |parts: u64| scene.locale.count(parts, scaled);
    let note = [
        best("plans.sensitivity-net", [net.low, net.middle, net.high].map(sum)),
        best("plans.sensitivity-gained", [gained.low, gained.middle, gained.high].map(units)),
    ];
    vec![
        Block::Text(said.join(" ")),
        Block::Table(Table {
            id: format!("plan-{}-sensitivity", identifier(plan)),
            caption: t.get("plans.sensitivity-caption"),
            folded: rows.len() > SHOWN,
            heads: vec![
                Head::text(t.get("plans.project")),
                Head::text(t.get("plans.sensitivity-planned")),
                Head::number(t.say("plans.sensitivity-times", &[("n", &scene.locale.whole(found.made.into()))])),
                Head::number(t.get("plans.sensitivity-share")),
            ],
            rows,
            note: note.join(" "),
            ..Table::default()
        }),
    ]
}
