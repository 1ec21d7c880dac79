//! Technologies, and how many can choose between operators.

use nittio_core::{
    indicator::{At, Figure as Counts},
    measure::Measure,
    service::Technology,
};

use super::{Scene, technology_maps};
use crate::{
    chart::{
        Chart,
        bars::{Bar, Bars, Row, Tone},
    },
    messages::sentence,
    report::{self, Block, Figure, Head, Section, Table},
};

pub(super) fn section(scene: &Scene<'_>) -> Section {
    let maps = technology_maps::figure(scene);
    // Where every technology has a map, areas stand in the maps' table.
    let table = if maps.is_some() { of_totals(scene) } else { by_area(scene) };
    let figures = std::iter::once(figure(scene, table)).chain(maps);
    Section {
        id: "technology",
        short: scene.t.get("technology-section.short"),
        heading: scene.t.get("technology-section.heading"),
        blocks: figures.map(|figure| Block::Figure(Box::new(figure))).collect(),
    }
}

pub(super) fn of(scene: &Scene<'_>, area: usize, measure: usize) -> Counts {
    scene.ind.figure(At { measure, ..scene.at(area) })
}

/// Technologies that the study has, in the order of reports.
pub(super) fn technologies(scene: &Scene<'_>) -> Vec<(Technology, usize)> {
    Technology::ALL.into_iter().filter_map(|t| Some((t, scene.ind.measure(Measure::Technology(t))?))).collect()
}

/// Thresholds of numbers of operators.
pub(super) fn operators(scene: &Scene<'_>) -> Vec<(u8, usize)> {
    let measures = scene.ind.measures.iter().enumerate();
    measures.filter_map(|(i, m)| if let Measure::Operators(n) = *m { Some((n, i)) } else { None }).collect()
}

/// Measures that only some studies ask for, by their names: owners, open networks, speeds both ways.
fn asked(scene: &Scene<'_>) -> Vec<(String, usize)> {
    let measures = scene.ind.measures.iter().enumerate();
    let asked = measures.filter(|(_, measure)| {
        use Measure::{Both, OpenAccess, Owners, SingleOwner, Symmetrical};
        matches!(measure, Both { .. } | Symmetrical(_) | Owners(_) | OpenAccess | SingleOwner)
    });
    asked.map(|(i, &measure)| (scene.measure_name(measure), i)).collect()
}

/// Technologies by how many have them in the whole study; those with the same share keep the order of reports.
fn by_share(scene: &Scene<'_>) -> Vec<(Technology, usize)> {
    let mut technologies = technologies(scene);
    technologies.sort_by_key(|&(_, measure)| std::cmp::Reverse(of(scene, 0, measure).covered));
    technologies
}

fn figure(scene: &Scene<'_>, table: Table) -> Figure {
    let t = &scene.t;
    let shares: Vec<(Technology, Counts)> =
        by_share(scene).into_iter().map(|(tech, measure)| (tech, of(scene, 0, measure))).collect();
    let bar = |label: String, figure: &Counts, tone: Tone| {
        Row::Bar(Bar {
            label,
            value: scene.plain_share(figure),
            share: figure.share(),
            planned: None,
            upper: None,
            tail: String::new(),
            tone,
        })
    };
    let mut rows: Vec<Row> =
        shares.iter().map(|(tech, figure)| bar(scene.technology(*tech), figure, Tone::Met)).collect();
    let operators = operators(scene);
    if !operators.is_empty() {
        if !rows.is_empty() {
            rows.push(Row::Rule);
        }
        rows.extend(operators.iter().map(|&(n, measure)| {
            let label = t.say("technology-section.operators", &[("n", &n.to_string())]);
            bar(label, &of(scene, 0, measure), Tone::Context)
        }));
    }
    let asked = asked(scene);
    if !asked.is_empty() {
        rows.push(Row::Rule);
        rows.extend(asked.into_iter().map(|(label, measure)| bar(label, &of(scene, 0, measure), Tone::Context)));
    }
    let title = match shares.first() {
        Some((tech, figure)) if figure.covered > 0 => t.say(
            "technology-section.title",
            &[
                ("technology", &scene.technology(*tech)),
                ("share", &scene.plain_share(figure)),
                ("units", &scene.main_all()),
            ],
        ),
        _ => t.say("technology-section.title-none", &[("units", &scene.main_units())]),
    };
    let least = operators.first().map_or(2, |&(n, _)| n).to_string();
    Figure {
        id: "technology",
        subtitle: scene.short_subtitle(),
        caption: t.say("technology-section.caption", &[("n", &least)]),
        source: scene.source(),
        description: t.say("technology-section.description", &[("units", &scene.main_all()), ("title", &title)]),
        title,
        chart: Chart::Bars(Bars {
            rows,
            ticks: scene.percent_ticks(&[0, 25, 50, 75, 100]),
            goal: None,
            legend: Vec::new(),
        }),
        table: Some(table),
    }
}

/// What the bars show: a row per bar, and a column for the study and what it is compared with.
fn of_totals(scene: &Scene<'_>) -> Table {
    let t = &scene.t;
    let operators = operators(scene);
    let choice = operators
        .iter()
        .map(|&(n, measure)| (t.say("technology-section.operators", &[("n", &n.to_string())]), measure));
    let technologies = by_share(scene).into_iter().map(|(tech, measure)| (scene.technology(tech), measure));
    let mut heads = vec![Head::text(t.get("technology-section.column"))];
    heads.extend(scene.context.iter().map(|&area| Head::number(scene.area_name(area))));
    let row = |(head, measure): (String, usize)| report::Row {
        head,
        cells: scene.context.iter().map(|&area| scene.share_cell(&of(scene, area, measure))).collect(),
    };
    Table {
        id: "technology-table".to_owned(),
        caption: t.say("technology-section.table-caption", &[("units", &scene.main_all()), ("date", &scene.date())]),
        folded: true,
        heads,
        rows: technologies.chain(choice).chain(asked(scene)).map(row).collect(),
        ..Table::default()
    }
}

/// The same area by area.
pub(super) fn by_area(scene: &Scene<'_>) -> Table {
    let t = &scene.t;
    let technologies = technologies(scene);
    let operators = operators(scene);
    let mut heads = vec![Head::text(sentence(&scene.areas_word(1)))];
    heads.extend(technologies.iter().map(|&(tech, _)| Head::number(scene.technology(tech))));
    heads.extend(operators.iter().map(|&(n, _)| Head::number(t.say("column.operators", &[("n", &n.to_string())]))));
    let asked = asked(scene);
    heads.extend(asked.iter().map(|(label, _)| Head::number(label.clone())));
    let measures: Vec<usize> = technologies
        .iter()
        .map(|&(_, m)| m)
        .chain(operators.iter().map(|&(_, m)| m))
        .chain(asked.iter().map(|&(_, m)| m))
        .collect();
    let row = |area: usize| report::Row {
        head: scene.area_name(area),
        cells: measures.iter().map(|&m| scene.share_cell(&of(scene, area, m))).collect(),
    };
    Table {
        id: "technology-table".to_owned(),
        caption: t.say("technology-section.table-caption", &[("units", &scene.main_all()), ("date", &scene.date())]),
        folded: true,
        heads,
        rows: scene.areas.iter().copied().map(row).collect(),
        totals: scene.context.iter().copied().map(row).collect(),
        ..Table::default()
    }
}
