//! Definitions side by side: the same networks, read in several ways.

use nittio_core::indicator::{At, Figure as Counts};

use super::{Scene, settlements};
use crate::{
    chart::{
        Chart,
        dots::{Dots, Row, Series},
        legend::{Marker, Shape},
        palette,
    },
    messages::sentence,
    report::{self, Block, Cell, Figure, Head, Section, Table},
};

pub(super) fn section(scene: &Scene<'_>) -> Section {
    let t = &scene.t;
    let block = if scene.ind.profiles.len() > 1 {
        Block::Figure(Box::new(figure(scene)))
    } else {
        Block::Text(t.get("definitions.one"))
    };
    Section {
        id: "definitions",
        short: t.get("definitions.short"),
        heading: t.get("definitions.heading"),
        blocks: vec![block],
    }
}

fn of(scene: &Scene<'_>, area: usize, profile: usize) -> Counts {
    scene.ind.figure(At { profile, ..scene.at(area) })
}

/// The lowest and the highest figure of an area over the first definitions, and the points between them.
fn spread(scene: &Scene<'_>, area: usize, profiles: usize) -> Option<(Counts, Counts, f64)> {
    let figures = || (0..profiles).map(|profile| of(scene, area, profile));
    if figures().any(|figure| figure.hides.total || figure.hides.covered) {
        return None;
    }
    let low = figures().min_by_key(|f| f.covered)?;
    let high = figures().max_by_key(|f| f.covered)?;
    Some((low, high, 100.0 * (high.share()? - low.share()?)))
}

fn figure(scene: &Scene<'_>) -> Figure {
    let t = &scene.t;
    let markers = [
        Marker { shape: Shape::Dot, colour: palette::MET },
        Marker { shape: Shape::Ring, colour: palette::CONTEXT },
        Marker { shape: Shape::Diamond, colour: palette::MISSED },
        Marker { shape: Shape::Square, colour: palette::INK },
        Marker { shape: Shape::Triangle, colour: palette::MUTED },
    ];
    // More than the shapes can tell apart stand in the table only.
    let profiles = scene.ind.profiles.len().min(markers.len());
    let series = scene.ind.profiles[..profiles]
        .iter()
        .zip(markers)
        .map(|(profile, marker)| Series { name: scene.profile_name(profile), marker })
        .collect();
    let points = |area: usize| spread(scene, area, profiles).map(|(_, _, points)| points);
    let mut areas = scene.by_share();
    let many = areas.len() > super::MANY;
    if many {
        areas.sort_by(|&a, &b| points(b).unwrap_or(-1.0).total_cmp(&points(a).unwrap_or(-1.0)));
        areas.truncate(2 * super::SHOWN);
    }
    let row = |area: usize, context: bool| Row {
        label: scene.area_name(area),
        values: (0..profiles).map(|profile| of(scene, area, profile).share()).collect(),
        tail: points(area).map_or_else(String::new, |points| scene.locale.points(points)),
        context,
    };
    let rows: Vec<Row> =
        scene.context.iter().map(|&area| row(area, true)).chain(areas.iter().map(|&area| row(area, false))).collect();
    let title = match spread(scene, 0, profiles) {
        Some((low, high, points)) if points > 0.0 => {
            let (from, to) = (scene.share(&low), scene.share(&high));
            t.say("definitions.title-more", &[("from", &from), ("to", &to)])
        }
        _ => t.get("definitions.title-same"),
    };
    let (from, ticks) = settlements::axis(scene, &rows);
    let mut caption = t.get("definitions.caption");
    let all = scene.ind.profiles.len();
    if all > profiles {
        let (shown, n) = (scene.whole(profiles), scene.whole(all));
        caption = format!("{caption} {}", t.say("definitions.caption-more", &[("shown", &shown), ("n", &n)]));
    }
    if many {
        let n = scene.whole(areas.len());
        let more = t.say("definitions.caption-many", &[("n", &n), ("areas", &scene.areas_word(2))]);
        caption = format!("{caption} {more}");
    }
    Figure {
        id: "definitions",
        subtitle: scene.t.say(
            "definitions.subtitle",
            &[("units", &scene.main_all()), ("property", &scene.property()), ("date", &scene.date())],
        ),
        caption,
        source: scene.source(),
        description: t.say("definitions.description", &[("area", &scene.areas_word(1)), ("title", &title)]),
        title,
        chart: Chart::Dots(Dots {
            series,
            rows,
            ticks,
            goal: scene.goal_mark(),
            from,
            tail_head: t.get("definitions.tail"),
        }),
        table: Some(table(scene)),
    }
}

fn table(scene: &Scene<'_>) -> Table {
    let t = &scene.t;
    let mut groups = vec![report::Group { text: String::new(), columns: 1 }];
    let mut heads = vec![Head::text(sentence(&scene.areas_word(1)))];
    for profile in &scene.ind.profiles {
        groups.push(report::Group { text: scene.profile_name(profile), columns: 2 });
        heads.push(Head::number(t.get("column.covered")).first());
        heads.push(Head::number(t.get("column.share")));
    }
    groups.push(report::Group { text: String::new(), columns: 1 });
    heads.push(Head::number(t.get("column.difference")).first());
    let row = |area: usize| {
        let mut cells = Vec::new();
        for profile in 0..scene.ind.profiles.len() {
            let figure = of(scene, area, profile);
            let [_, covered, ..] = scene.counts(&figure);
            cells.push(covered.first());
            cells.push(Cell::number(scene.share(&figure)));
        }
        let points = spread(scene, area, scene.ind.profiles.len()).map(|(_, _, points)| scene.locale.points(points));
        cells.push(Cell::number(points.unwrap_or_else(|| "–".to_owned())).first());
        report::Row { head: scene.area_name(area), cells }
    };
    Table {
        id: "definitions-table".to_owned(),
        caption: t.say(
            "definitions.subtitle",
            &[("units", &scene.main_all()), ("property", &scene.property()), ("date", &scene.date())],
        ),
        folded: true,
        screen_only: false,
        groups,
        heads,
        rows: scene.areas.iter().copied().map(row).collect(),
        totals: scene.context.iter().copied().map(row).collect(),
        note: String::new(),
    }
}
