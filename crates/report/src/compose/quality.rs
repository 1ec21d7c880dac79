//! The quality of the input: what was found in each file, what could not be assessed, and the files themselves.

use nittio_core::indicator::At;

use super::{Scene, origin, words::HIDDEN};
use crate::report::{Block, Cell, Head, Row, Section, Table};

/// How much of a checksum is enough to tell files apart by eye.
const CHECKSUM: usize = 12;

pub(super) fn section(scene: &Scene<'_>) -> Section {
    let t = &scene.t;
    let rows: u64 = scene.out.diagnostics.iter().map(|d| d.rows).sum();
    let heading = match rows {
        _ if scene.out.edition.is_some() && !scene.out.diagnostics.is_empty() => t.get("quality.heading-public"),
        0 => t.get("quality.heading-none"),
        1 => t.get("quality.heading-one"),
        rows => t.say("quality.heading-some", &[("n", &scene.locale.whole(rows))]),
    };
    let mut blocks = vec![Block::Text(unmatched(scene))];
    for (unit, scaled) in scene.ind.units.iter().enumerate() {
        let without = scene.ind.places_without(At { unit, ..At::default() });
        if without > 0 {
            let n = scene.locale.whole(without);
            blocks.push(Block::Text(t.say(
                if without == 1 { "quality.without-one" } else { "quality.without" },
                &[("n", &n), ("units", &scene.units(&scaled.unit))],
            )));
        }
    }
    if !scene.out.diagnostics.is_empty() {
        blocks.push(Block::Table(findings(scene)));
    }
    blocks.push(Block::Heading(t.get("quality.inputs-heading")));
    blocks.push(Block::Table(inputs(scene)));
    Section { id: "quality", short: t.get("quality.short"), heading, blocks }
}

fn unmatched(scene: &Scene<'_>) -> String {
    let figure = scene.main(0);
    if figure.hides.unmatched {
        return scene.t.say("quality.unmatched-hidden", &[("units", &scene.main_units())]);
    }
    if figure.unmatched == 0 {
        return scene.t.say("quality.matched", &[("units", &scene.main_units())]);
    }
    if figure.hides.covered {
        let n = scene.locale.count(figure.unmatched, scene.scaled());
        let units = scene.units_for(figure.unmatched);
        return scene.t.say("quality.unmatched-only", &[("n", &n), ("units", &units)]);
    }
    let share = scene.locale.share(figure.unmatched, figure.total, None).unwrap_or_default();
    scene.t.say(
        "quality.unmatched",
        &[
            ("n", &scene.locale.count(figure.unmatched, scene.scaled())),
            ("units", &scene.units_for(figure.unmatched)),
            ("share", &share),
            ("upper", &scene.upper(&figure)),
            ("now", &scene.share(&figure)),
        ],
    )
}

fn findings(scene: &Scene<'_>) -> Table {
    let t = &scene.t;
    let rows = scene
        .out
        .diagnostics
        .iter()
        .map(|d| {
            let key = d.finding.key();
            let file = scene.out.provenance.inputs.get(usize::from(d.source));
            Row {
                head: t.get(&format!("finding.{key}")),
                cells: vec![
                    Cell::text(t.get(&format!("meaning.{key}"))),
                    Cell::text(t.get(&format!("action.{}", d.action.key()))),
                    // A count of none is not listed, so here it is kept back.
                    Cell::number(if d.rows == 0 { HIDDEN.to_owned() } else { scene.locale.whole(d.rows) }),
                    Cell::text(file.map_or_else(|| t.get("quality.unknown-file"), |f| f.path.clone())),
                ],
            }
        })
        .collect();
    Table {
        id: "findings".to_owned(),
        caption: t.get("quality.caption"),
        heads: vec![
            Head::text(t.get("quality.finding")),
            Head::text(t.get("quality.meaning")),
            Head::text(t.get("quality.action")),
            Head::number(t.get("quality.rows")),
            Head::text(t.get("quality.file")),
        ],
        rows,
        ..Table::default()
    }
}

/// How many rows; not said in public of files about places.
fn rows(scene: &Scene<'_>, rows: u64) -> String {
    if scene.out.edition.is_some() && rows == 0 { "–".to_owned() } else { scene.locale.whole(rows) }
}

fn crs(scene: &Scene<'_>, crs: Option<&str>) -> String {
    match crs {
        None => "–".to_owned(),
        Some("as-is") => scene.t.get("quality.as-is"),
        Some(crs) => crs.to_owned(),
    }
}

fn inputs(scene: &Scene<'_>) -> Table {
    let t = &scene.t;
    let rows = scene
        .out
        .provenance
        .inputs
        .iter()
        .map(|input| Row {
            head: if input.path.is_empty() { t.get("quality.secret-source") } else { input.path.clone() },
            cells: vec![
                Cell::text(t.find(&format!("role.{}", input.role)).unwrap_or_else(|| input.role.clone())),
                Cell::number(rows(scene, input.rows)),
                Cell::number(rows(scene, input.used)),
                Cell::text(crs(scene, input.crs.as_deref())),
                Cell::text(origin(input).unwrap_or_else(|| "–".to_owned())),
                Cell::new(crate::report::Kind::Code, input.sha256.chars().take(CHECKSUM).collect::<String>()),
            ],
        })
        .collect();
    Table {
        id: "inputs".to_owned(),
        caption: t.get("quality.inputs-caption"),
        heads: vec![
            Head::text(t.get("quality.file")),
            Head::text(t.get("quality.role")),
            Head::number(t.get("quality.rows")),
            Head::number(t.get("quality.used")),
            Head::text(t.get("quality.crs")),
            Head::text(t.get("quality.origin")),
            Head::text(t.get("quality.sha")),
        ],
        rows,
        ..Table::default()
    }
}
