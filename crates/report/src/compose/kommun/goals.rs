//! How far an area is from the goal, and its figures beside those of what it lies in.

use nittio_core::{assessment::Verdict, unit::Unit};

use super::{beside, note};
use crate::{
    compose::{Scene, share_ppm, words::HIDDEN},
    messages::sentence,
    report::{self, Block, Cell, Head, Section, Table},
};

pub(super) fn section(scene: &Scene<'_>, area: usize) -> Option<Section> {
    let t = &scene.t;
    let goal = scene.main_goal()?;
    let assessment = scene.assessment(scene.goal?, area)?;
    let scaled = |unit: &Unit| scene.ind.units.iter().find(|scaled| scaled.unit == *unit);
    let rows = assessment.parts.iter().map(|part| {
        let head = format!("{}, {}", sentence(&scene.units(&part.unit)), scene.step_words(&part.step));
        let share = if matches!(part.verdict, Verdict::NotMeasured) {
            "–".to_owned()
        } else {
            scene.share_to(&part.figure, Some(share_ppm(&part.step)))
        };
        let (points, units) = match part.verdict {
            Verdict::Missed { units, points, .. } => {
                let units = scaled(&part.unit).map(|unit| scene.locale.needed(units, unit));
                (scene.locale.points(points), units.unwrap_or_default())
            }
            Verdict::Withheld => (HIDDEN.to_owned(), HIDDEN.to_owned()),
            Verdict::Met | Verdict::NotMeasured => ("–".to_owned(), "–".to_owned()),
        };
        let cells =
            vec![Cell::number(share), scene.verdict_cell(part.verdict), Cell::number(points), Cell::number(units)];
        report::Row { head, cells }
    });
    let head = |key: &str| Head::number(t.get(key));
    let table = Table {
        id: "goal-table".to_owned(),
        caption: t.say("kommun.goal-caption", &[("area", &scene.area_name(area)), ("date", &scene.date())]),
        heads: vec![
            Head::text(t.get("kommun.goal-what")),
            head("column.share"),
            Head::text(t.get("column.status")),
            head("column.gap-points"),
            head("column.gap-units"),
        ],
        rows: rows.collect(),
        note: note(scene),
        ..Table::default()
    };
    let compared = Table {
        id: "beside-table".to_owned(),
        caption: t.say("kommun.beside-caption", &[("units", &scene.main_units()), ("property", &scene.property())]),
        heads: vec![
            Head::text(t.get("kommun.area")),
            head("column.total"),
            head("column.covered"),
            head("column.missing"),
            head("column.unmatched"),
            head("column.share"),
        ],
        rows: beside(scene, area)
            .into_iter()
            .map(|area| {
                let figure = scene.main(area);
                let cells = scene.counts(&figure).into_iter().chain([Cell::number(scene.share(&figure))]);
                report::Row { head: scene.area_name(area), cells: cells.collect() }
            })
            .collect(),
        ..Table::default()
    };
    let text = t.say("kommun.goal-text", &[("goal", &scene.goal_words(goal))]);
    let blocks =
        vec![Block::Text(text), Block::Table(table), Block::Heading(t.get("kommun.beside")), Block::Table(compared)];
    Some(Section { id: "goal", short: t.get("kommun.goal-short"), heading: t.get("kommun.goal"), blocks })
}
