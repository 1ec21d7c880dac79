//! What is planned in an area, and what is not.

use nittio_core::indicator::At;

use super::note;
use crate::{
    compose::Scene,
    report::{self, Block, Cell, Head, Section, Table},
};

/// What more there is when plans are carried out: definitions that count them, held against the main one.
pub(super) fn section(scene: &Scene<'_>, area: usize) -> Section {
    let t = &scene.t;
    let now = scene.main(area);
    let planned: Vec<(usize, jiff::civil::Date)> =
        scene.ind.profiles.iter().enumerate().filter_map(|(i, profile)| Some((i, profile.planned_until?))).collect();
    let mut blocks = Vec::new();
    if planned.is_empty() {
        blocks.push(Block::Text(t.get("kommun.plans-none")));
    } else {
        blocks.push(Block::Text(t.get("kommun.plans-text")));
        let rows = planned.iter().map(|&(profile, _)| {
            let then = scene.ind.figure(At { profile, ..scene.at(area) });
            let known = |hidden: bool| hidden || then.hides.covered || now.hides.covered;
            let more = if then.covered >= now.covered || known(false) {
                scene.count(then.covered.saturating_sub(now.covered), known(false), scene.scaled())
            } else {
                "–".to_owned()
            };
            let left = scene.count(then.missing, then.hides.missing, scene.scaled());
            let cells = vec![Cell::number(scene.plain_share(&then)), Cell::number(more), Cell::number(left)];
            report::Row { head: scene.profile_name(&scene.ind.profiles[profile]), cells }
        });
        blocks.push(Block::Table(Table {
            id: "plans-table".to_owned(),
            caption: t.say("kommun.plans-caption", &[("units", &scene.main_units()), ("property", &scene.property())]),
            heads: vec![
                Head::text(t.get("kommun.plans-what")),
                Head::number(t.get("column.share")),
                Head::number(t.get("kommun.plans-more")),
                Head::number(t.get("kommun.plans-left")),
            ],
            rows: rows.collect(),
            note: note(scene),
            ..Table::default()
        }));
    }
    Section { id: "plans", short: t.get("kommun.plans-short"), heading: t.get("kommun.plans"), blocks }
}
