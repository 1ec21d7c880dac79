//! Town and countryside of an area.

use nittio_core::indicator::At;

use super::note;
use crate::{
    compose::Scene,
    report::{self, Block, Head, Section, Table},
};

pub(super) fn section(scene: &Scene<'_>, area: usize) -> Option<Section> {
    let t = &scene.t;
    let rows: Vec<report::Row> = scene
        .ind
        .settlements
        .iter()
        .enumerate()
        .filter_map(|(settlement, class)| {
            let figure = scene.ind.figure(At { settlement, ..scene.at(area) });
            let any = figure.total > 0 || figure.hides.any();
            let cells = scene.counts(&figure).into_iter().chain([scene.share_cell(&figure)]);
            let class = (*class)?;
            any.then(|| report::Row { head: t.get(&format!("settlement.{}", class.key())), cells: cells.collect() })
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let table = Table {
        id: "town-table".to_owned(),
        caption: t.say("kommun.beside-caption", &[("units", &scene.main_units()), ("property", &scene.property())]),
        heads: vec![
            Head::text(t.get("kommun.where")),
            Head::number(t.get("column.total")),
            Head::number(t.get("column.covered")),
            Head::number(t.get("column.missing")),
            Head::number(t.get("column.unmatched")),
            Head::number(t.get("column.share")),
        ],
        rows,
        note: note(scene),
        ..Table::default()
    };
    let heading = t.get("settlement-section.heading");
    Some(Section {
        id: "town",
        short: t.get("settlement-section.short"),
        heading,
        blocks: vec![Block::Text(t.get("kommun.town-text")), Block::Table(table)],
    })
}
