//! Speeds: every unit in one class, by the highest speed that can be had.

use nittio_core::{indicator::At, measure::Measure, quantity::Speed};

use super::{Scene, words::HIDDEN};
use crate::{
    chart::{
        Chart,
        palette::{NOTHING, PAPER, UNSURE, sequential},
        stack::{Class, Row, Stack},
    },
    messages::sentence,
    report::{self, Block, Cell, Figure, Head, Section, Table},
};

/// Down or up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Down,
    Up,
}

impl Direction {
    fn measure(self, speed: Speed) -> Measure {
        match self {
            Self::Down => Measure::Down(speed),
            Self::Up => Measure::Up(speed),
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Down => "speed.down",
            Self::Up => "speed.up",
        }
    }
}

pub(super) fn section(scene: &Scene<'_>) -> Section {
    let t = &scene.t;
    let mut blocks: Vec<Block> = [Direction::Down, Direction::Up]
        .into_iter()
        .filter_map(|direction| figure(scene, direction))
        .map(|figure| Block::Figure(Box::new(figure)))
        .collect();
    if blocks.is_empty() {
        let measured = !thresholds(scene, Direction::Down).is_empty();
        blocks.push(Block::Text(t.get(if measured { "speed.hidden" } else { "speed.no-speeds" })));
    }
    Section { id: "speed", short: t.get("speed.short"), heading: t.get("speed.heading"), blocks }
}

fn thresholds(scene: &Scene<'_>, direction: Direction) -> Vec<(Speed, usize)> {
    scene
        .ind
        .measures
        .iter()
        .enumerate()
        .filter_map(|(i, measure)| match (*measure, direction) {
            (Measure::Down(speed), Direction::Down) | (Measure::Up(speed), Direction::Up) => Some((speed, i)),
            _ => None,
        })
        .collect()
}

/// Parts of an area's whole: unmatched, none, below the first threshold, between, at the last.
///
/// Where a part is kept back there are none; where only the unmatched are, they are in the lowest class. Without `any`, those who
/// have none are in the class below the first threshold.
fn parts(scene: &Scene<'_>, area: usize, thresholds: &[(Speed, usize)], any: Option<usize>) -> (u64, Vec<u64>) {
    let figure = |measure| scene.ind.figure(At { measure, ..scene.at(area) });
    let covered = |measure| figure(measure).covered;
    let mut measures = thresholds.iter().map(|&(_, measure)| measure).chain(any);
    if measures.any(|measure| figure(measure).hides.covered) {
        return (0, vec![0; thresholds.len() + 3]);
    }
    let whole = scene.main(area);
    let first = thresholds.first().map_or(0, |&(_, measure)| covered(measure));
    let matched = whole.total - whole.unmatched;
    let any = any.map_or(matched, covered);
    let mut parts = vec![whole.unmatched, matched - any, any.saturating_sub(first)];
    for pair in thresholds.windows(2) {
        parts.push(covered(pair[0].1).saturating_sub(covered(pair[1].1)));
    }
    parts.push(thresholds.last().map_or(0, |&(_, measure)| covered(measure)));
    (whole.total, parts)
}

/// Whether a measure is shown for all these areas.
fn is_shown(scene: &Scene<'_>, measure: usize, areas: &[(usize, bool)]) -> bool {
    areas.iter().all(|&(area, _)| !scene.ind.figure(At { measure, ..scene.at(area) }).hides.covered)
}

fn figure(scene: &Scene<'_>, direction: Direction) -> Option<Figure> {
    let t = &scene.t;
    let all_thresholds = thresholds(scene, direction);
    let any = all_thresholds.iter().any(|&(_, measure)| scene.ind.figure(At { measure, ..scene.at(0) }).covered > 0);
    // A study whose input says no upload speed needs no empty figure.
    if direction == Direction::Up && !any {
        return None;
    }
    let (low, high, left) = scene.shown();
    let areas: Vec<usize> = if left > 0 { scene.by_share()[..2 * super::SHOWN].to_vec() } else { [low, high].concat() };
    let shown = areas.len();
    let split: Vec<(usize, bool)> =
        scene.context.iter().map(|&area| (area, true)).chain(areas.iter().map(|&area| (area, false))).collect();
    // Thresholds that are kept back anywhere are left out, so that every bar has the same parts.
    let thresholds: Vec<(Speed, usize)> =
        all_thresholds.iter().copied().filter(|&(_, measure)| is_shown(scene, measure, &split)).collect();
    let &(top, top_measure) = thresholds.last()?;
    let covered = scene.ind.measure(Measure::Covered);
    // Without the measure, those below the lowest threshold are those who have none.
    let any = covered.or(all_thresholds.first().map(|&(_, measure)| measure));
    let any = any.filter(|&measure| is_shown(scene, measure, &split));
    let all = names(scene, &thresholds);
    // Classes that are empty everywhere are left out of the legend.
    let used: Vec<usize> = (0..all.len())
        .filter(|&class| split.iter().any(|&(area, _)| parts(scene, area, &thresholds, any).1[class] > 0))
        .collect();
    let rows = split
        .iter()
        .map(|&(area, context)| {
            let (total, parts) = parts(scene, area, &thresholds, any);
            Row {
                label: scene.area_name(area),
                parts: used.iter().map(|&c| share(parts[c], total)).collect(),
                texts: used.iter().map(|&c| whole_percent(scene, parts[c], total)).collect(),
                context,
            }
        })
        .collect();
    let none = parts(scene, 0, &thresholds, any).1[1];
    let top_figure = scene.ind.figure(At { measure: top_measure, ..scene.at(0) });
    let total = scene.main(0).total;
    let title = t.say(
        match direction {
            Direction::Up => "speed.title-up",
            Direction::Down if any.is_none() || scene.main(0).hides.missing => "speed.title-top",
            Direction::Down if none == 0 && scene.main(0).unmatched == 0 => "speed.title-all",
            Direction::Down if none == 0 => "speed.title-top",
            Direction::Down => "speed.title",
        },
        &[
            ("top", &scene.plain_share(&top_figure)),
            ("speed", &scene.locale.speed(top)),
            ("none", &scene.locale.share(none, total, None).unwrap_or_else(|| "–".to_owned())),
        ],
    );
    let direction_word = t.get(direction.key());
    let mut caption = t.say(
        "speed.caption",
        &[("units", &scene.main_units()), ("area", &scene.areas_word(1)), ("direction", &direction_word)],
    );
    if scene.out.edition.is_some() {
        caption = format!("{caption} {}", t.get("speed.caption-public"));
    }
    if left > 0 {
        let (n, shown) = (scene.whole(scene.areas.len()), scene.whole(shown));
        let more = t.say("speed.caption-many", &[("n", &n), ("areas", &scene.areas_word(2)), ("shown", &shown)]);
        caption = format!("{caption} {more}");
    }
    Some(Figure {
        id: if direction == Direction::Down { "speed-down" } else { "speed-up" },
        subtitle: scene.short_subtitle(),
        caption,
        source: scene.source(),
        description: t.say(
            "speed.description",
            &[
                ("area", &scene.areas_word(1)),
                ("units", &scene.main_all()),
                ("direction", &direction_word),
                ("title", &title),
            ],
        ),
        title,
        chart: Chart::Stack(Stack {
            classes: used.iter().map(|&c| all[c].clone()).collect(),
            rows,
            ticks: scene.percent_ticks(&[0, 25, 50, 75, 100]),
        }),
        table: Some(table(scene, direction, &all_thresholds)),
    })
}

/// All classes: unmatched, none, and the speeds.
fn names(scene: &Scene<'_>, thresholds: &[(Speed, usize)]) -> Vec<Class> {
    let t = &scene.t;
    let speed = |s: Speed| scene.locale.speed(s);
    let colours = sequential(thresholds.len() + 1);
    let class = |name: String, colour| Class { name, colour, hatch: None };
    let mut classes = vec![
        Class { name: t.get("speed.unmatched"), colour: PAPER, hatch: Some(UNSURE) },
        class(t.get("speed.none"), NOTHING),
    ];
    let first = thresholds.first().map(|&(s, _)| speed(s)).unwrap_or_default();
    classes.push(class(t.say("speed.below", &[("to", &first)]), colours[0]));
    for (pair, colour) in thresholds.windows(2).zip(&colours[1..]) {
        let from = short_speed(scene, pair[0].0, pair[1].0);
        classes.push(class(t.say("speed.between", &[("from", &from), ("to", &speed(pair[1].0))]), *colour));
    }
    let last = thresholds.last().map(|&(s, _)| speed(s)).unwrap_or_default();
    if let Some(colour) = colours.last() {
        classes.push(class(t.say("speed.top", &[("from", &last)]), *colour));
    }
    classes
}

/// The lower speed without its unit where both have the same.
fn short_speed(scene: &Scene<'_>, from: Speed, to: Speed) -> String {
    let (from, to) = (scene.locale.speed(from), scene.locale.speed(to));
    match (from.split_once('\u{a0}'), to.split_once('\u{a0}')) {
        (Some((number, a)), Some((_, b))) if a == b => number.to_owned(),
        _ => from,
    }
}

#[expect(clippy::cast_precision_loss, reason = "for drawing only")]
pub(super) fn share(part: u64, total: u64) -> f64 {
    if total == 0 { 0.0 } else { part as f64 / total as f64 }
}

/// A whole percentage for inside a bar; nothing below one.
pub(super) fn whole_percent(scene: &Scene<'_>, part: u64, total: u64) -> String {
    if total == 0 {
        return String::new();
    }
    let percent = (u128::from(part) * 200 + u128::from(total)) / (u128::from(total) * 2);
    if percent == 0 { String::new() } else { scene.locale.percent(&percent.to_string()) }
}

fn table(scene: &Scene<'_>, direction: Direction, thresholds: &[(Speed, usize)]) -> Table {
    let t = &scene.t;
    let mut heads = vec![Head::text(sentence(&scene.areas_word(1))), Head::number(t.get("column.total"))];
    heads.push(Head::number(t.get("column.none")));
    heads
        .extend(thresholds.iter().map(|&(s, _)| Head::number(t.say("speed.top", &[("from", &scene.locale.speed(s))]))));
    let row = |area: usize| {
        let whole = scene.main(area);
        let any = scene.ind.measure(Measure::Covered).or(thresholds.first().map(|&(_, measure)| measure));
        let figure = scene.ind.figure(At { measure: any.unwrap_or(scene.measure), ..scene.at(area) });
        let none = match figure.hides.missing {
            true => HIDDEN.to_owned(),
            false => scene.locale.share(figure.missing, figure.total, None).unwrap_or_else(|| "–".to_owned()),
        };
        let total = scene.count(whole.total, whole.hides.total, scene.scaled());
        let mut cells = vec![Cell::number(total), Cell::number(none)];
        cells.extend(thresholds.iter().map(|&(speed, _)| {
            let measure = scene.ind.measure(direction.measure(speed)).unwrap_or(scene.measure);
            scene.share_cell(&scene.ind.figure(At { measure, ..scene.at(area) }))
        }));
        report::Row { head: scene.area_name(area), cells }
    };
    Table {
        id: format!("{}-table", if direction == Direction::Down { "speed-down" } else { "speed-up" }),
        caption: t.say(
            "speed.table-caption",
            &[("units", &scene.main_all()), ("direction", &t.get(direction.key())), ("date", &scene.date())],
        ),
        folded: true,
        heads,
        rows: scene.areas.iter().copied().map(row).collect(),
        totals: scene.context.iter().copied().map(row).collect(),
        ..Table::default()
    }
}
