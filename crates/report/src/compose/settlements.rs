//! Town and countryside: the share by settlement class, and the gap between them.

use nittio_core::{
    indicator::{At, Figure as Counts},
    rank::Gap,
    settlement::Settlement,
};

use super::Scene;
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
    let block = if scene.ind.settlements.len() > 1 {
        Block::Figure(Box::new(figure(scene)))
    } else {
        Block::Text(t.get("settlement-section.none"))
    };
    Section {
        id: "settlement",
        short: t.get("settlement-section.short"),
        heading: t.get("settlement-section.heading"),
        blocks: vec![block],
    }
}

fn of(scene: &Scene<'_>, area: usize, settlement: usize) -> Counts {
    scene.ind.figure(At { settlement, ..scene.at(area) })
}

/// Localities and smaller localities minus outside both, in percentage points.
#[expect(clippy::cast_precision_loss, reason = "for display only")]
fn gap(scene: &Scene<'_>, area: usize) -> Option<f64> {
    Some(Gap::of(scene.ind, scene.at(area))?.ppm() as f64 / 10_000.0)
}

fn vintage_is_known(scene: &Scene<'_>) -> bool {
    !scene.out.settlement_vintages.is_empty() && !scene.out.settlement_vintages.contains(&None)
}

/// In which years the borders of localities were drawn, in a sentence.
pub(super) fn vintage(scene: &Scene<'_>) -> String {
    let mut years: Vec<i16> = scene.out.settlement_vintages.iter().flatten().copied().collect();
    years.sort_unstable();
    years.dedup();
    if !vintage_is_known(scene) {
        return scene.t.get("settlement-section.vintage-unknown");
    }
    let years = years.iter().map(ToString::to_string).collect();
    scene.t.say("settlement-section.vintage", &[("years", &scene.list(years))])
}

fn figure(scene: &Scene<'_>) -> Figure {
    let t = &scene.t;
    let classes: Vec<(usize, Settlement)> = scene
        .ind
        .settlements
        .iter()
        .enumerate()
        .filter_map(|(i, s)| s.map(|s| (i, s)))
        // Where a place is not known, its share says nothing about towns; the table has it.
        .filter(|&(_, s)| s != Settlement::Unknown)
        .collect();
    let series = classes
        .iter()
        .map(|&(_, class)| Series {
            name: t.get(&format!("settlement.{}", class.key())),
            marker: match class {
                Settlement::Locality => Marker { shape: Shape::Dot, colour: palette::MET },
                Settlement::SmallerLocality => Marker { shape: Shape::Ring, colour: palette::CONTEXT },
                _ => Marker { shape: Shape::Diamond, colour: palette::MISSED },
            },
        })
        .collect();
    let row = |area: usize, context: bool| Row {
        label: scene.area_name(area),
        values: classes.iter().map(|&(i, _)| of(scene, area, i).share()).collect(),
        tail: gap(scene, area).map_or_else(String::new, |gap| signed(scene, gap)),
        context,
    };
    let mut areas = scene.areas.clone();
    areas.sort_by(|&a, &b| match (gap(scene, a), gap(scene, b)) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    let many = areas.len() > super::MANY;
    let shown = if many { 2 * super::SHOWN } else { areas.len() };
    let rows: Vec<Row> = scene
        .context
        .iter()
        .map(|&area| row(area, true))
        .chain(areas[..shown].iter().map(|&area| row(area, false)))
        .collect();
    let title = match gap(scene, 0) {
        Some(gap) if gap.abs() < 0.05 => t.get("settlement-section.title-same"),
        Some(gap) => {
            let key = if gap > 0.0 { "settlement-section.title-lower" } else { "settlement-section.title-higher" };
            t.say(key, &[("points", &scene.locale.points(gap.abs()))])
        }
        None => t.get("settlement-section.title-unknown"),
    };
    let (from, ticks) = axis(scene, &rows);
    let mut caption = t.say("settlement-section.caption", &[("area", &scene.areas_word(1))]);
    if let Some(gap) = Gap::of(scene.ind, scene.at(0)).filter(|gap| gap.units() > 0) {
        let n = scene.locale.needed(gap.units(), scene.scaled());
        let more = t.say("settlement-section.caption-units", &[("n", &n), ("units", &scene.units_for(gap.units()))]);
        caption = format!("{caption} {more}");
    }
    // What is not known is said once, under the method.
    if vintage_is_known(scene) {
        caption = format!("{caption} {}", vintage(scene));
    }
    if many {
        let n = scene.whole(shown);
        let more = t.say("settlement-section.caption-many", &[("n", &n), ("areas", &scene.areas_word(shown))]);
        caption = format!("{caption} {more}");
    }
    Figure {
        id: "settlement",
        subtitle: scene.figure_subtitle(),
        caption,
        source: scene.source(),
        description: t.say("settlement-section.description", &[("area", &scene.areas_word(1)), ("title", &title)]),
        title,
        chart: Chart::Dots(Dots {
            series,
            rows,
            ticks,
            goal: scene.goal_mark(),
            from,
            tail_head: t.get("settlement-section.tail"),
        }),
        table: Some(table(scene)),
    }
}

/// A difference with its sign.
pub(super) fn signed(scene: &Scene<'_>, points: f64) -> String {
    let text = scene.locale.points(points);
    if points >= 0.05 { format!("+{text}") } else { text }
}

/// Where the axis of a dot plot begins, and its ticks: dots, unlike bars, need no zero.
pub(super) fn axis(scene: &Scene<'_>, rows: &[Row]) -> (f64, Vec<crate::chart::Mark>) {
    axis_from(scene, rows.iter().flat_map(|row| row.values.iter().flatten().copied()).fold(1.0, f64::min))
}

/// The same for the lowest share that is drawn.
pub(super) fn axis_from(scene: &Scene<'_>, low: f64) -> (f64, Vec<crate::chart::Mark>) {
    let low = low.min(scene.goal_share().unwrap_or(1.0));
    let (from, ticks): (f64, &[u32]) = if low >= 0.82 {
        (0.8, &[80, 85, 90, 95, 100])
    } else if low >= 0.62 {
        (0.6, &[60, 70, 80, 90, 100])
    } else if low >= 0.42 {
        (0.4, &[40, 60, 80, 100])
    } else {
        (0.0, &[0, 20, 40, 60, 80, 100])
    };
    (from, scene.percent_ticks(ticks))
}

fn table(scene: &Scene<'_>) -> Table {
    let t = &scene.t;
    let classes: Vec<(usize, Settlement)> =
        scene.ind.settlements.iter().enumerate().filter_map(|(i, s)| s.map(|s| (i, s))).collect();
    let mut heads = vec![Head::text(sentence(&scene.areas_word(1)))];
    let mut groups = vec![report::Group { text: String::new(), columns: 1 }];
    for (_, class) in &classes {
        groups.push(report::Group { text: t.get(&format!("settlement.{}", class.key())), columns: 3 });
        heads.push(Head::number(t.get("column.total")).first());
        heads.push(Head::number(t.get("column.missing")));
        heads.push(Head::number(t.get("column.share")));
    }
    groups.push(report::Group { text: String::new(), columns: 1 });
    heads.push(Head::number(t.get("settlement-section.tail")).first());
    let row = |area: usize| {
        let mut cells = Vec::new();
        for &(i, _) in &classes {
            let figure = of(scene, area, i);
            let [total, _, missing, _] = scene.counts(&figure);
            cells.push(total.first());
            cells.push(missing);
            cells.push(Cell::number(scene.share(&figure)));
        }
        let gap = gap(scene, area).map_or_else(|| "–".to_owned(), |gap| signed(scene, gap));
        cells.push(Cell::number(gap).first());
        report::Row { head: scene.area_name(area), cells }
    };
    Table {
        id: "settlement-table".to_owned(),
        caption: scene.figure_subtitle(),
        folded: true,
        screen_only: false,
        groups,
        heads,
        rows: scene.areas.iter().copied().map(row).collect(),
        totals: scene.context.iter().copied().map(row).collect(),
        note: String::new(),
    }
}
