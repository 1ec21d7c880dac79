//! How safe the claim is: what is not known exactly, how far it could move the share, and whether the goal would hold.

use nittio_core::safety::{Factor, Line, Part, Safety, Standing, Treatment};

use super::{Scene, share_ppm};
use crate::{
    chart::{
        Chart, Mark,
        tornado::{Row, Tone, Tornado},
    },
    messages::sentence,
    report::{self, Block, Cell, Figure, Head, Kind, Section, Table, Term},
};

pub(super) fn section(scene: &Scene<'_>) -> Section {
    let t = &scene.t;
    let safety = &scene.out.safety;
    let mut blocks = vec![Block::Text(t.get("safety.intro"))];
    match main(scene, 0) {
        Some((_, part)) if part.figure.total > 0 => {
            blocks.push(Block::Figure(Box::new(figure(scene, part))));
        }
        _ => blocks.push(Block::Text(t.get("safety.none"))),
    }
    blocks.push(Block::Terms(terms(scene, safety)));
    Section { id: "safety", short: t.get("safety.short"), heading: t.get("safety.heading"), blocks }
}

/// The goal that the report is about in an area, and its part in the unit and at the step of the figures.
fn main<'s>(scene: &'s Scene<'_>, area: usize) -> Option<(&'s Line, &'s Part)> {
    let line = scene.out.safety.line(scene.goal?, area)?;
    let (step, unit) = (scene.step()?, &scene.scaled().unit);
    Some((line, line.parts.iter().find(|part| part.unit == *unit && part.step == *step)?))
}

#[expect(clippy::cast_precision_loss, reason = "for drawing only")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn share(scene: &Scene<'_>, covered: u64, part: &Part) -> String {
    let goal = Some(share_ppm(&part.step));
    scene.locale.share(covered, part.figure.total, goal).unwrap_or_else(|| "–".to_owned())
}

fn span(scene: &Scene<'_>, lowest: u64, highest: u64, part: &Part) -> String {
    let (low, high) = (share(scene, lowest, part), share(scene, highest, part));
    if lowest == highest { low } else { scene.t.say("safety.span", &[("low", &low), ("high", &high)]) }
}

fn name(scene: &Scene<'_>, factor: Factor) -> String {
    scene.t.get(&format!("factor.{}", factor.key()))
}

fn words(scene: &Scene<'_>, standing: Standing) -> String {
    scene.t.get(&format!("standing.{}", standing.key()))
}

fn figure(scene: &Scene<'_>, part: &Part) -> Figure {
    let t = &scene.t;
    let total = part.figure.total;
    let mut rows: Vec<Row> = part
        .swings
        .iter()
        .map(|swing| Row {
            label: name(scene, swing.factor),
            lowest: ratio(swing.lowest, total),
            highest: ratio(swing.highest, total),
            tail: span(scene, swing.lowest, swing.highest, part),
            tone: if swing.counted { Tone::Counted } else { Tone::Beside },
        })
        .collect();
    let width = |row: &Row| row.highest - row.lowest;
    // What is not counted stands last, however wide.
    let beside = |row: &Row| row.tone == Tone::Beside;
    rows.sort_by(|a, b| beside(a).cmp(&beside(b)).then(width(b).total_cmp(&width(a))));
    if part.swings.iter().filter(|swing| swing.counted).count() > 1 {
        rows.push(Row {
            label: t.get("safety.together"),
            lowest: ratio(part.lowest, total),
            highest: ratio(part.highest, total),
            tail: span(scene, part.lowest, part.highest, part),
            tone: Tone::Together,
        });
    }
    let said = ratio(part.figure.covered, total);
    let goal = scene.goal_mark();
    let (axis, goal) = axis(&rows, said, goal);
    let beside = part.swings.iter().any(|swing| !swing.counted);
    let key = if part.lowest == part.highest { "safety.title-same" } else { "safety.title" };
    let (low, high) = (share(scene, part.lowest, part), share(scene, part.highest, part));
    let verdict = words(scene, part.standing).to_lowercase();
    let title = t.say(
        key,
        &[
            ("low", &low),
            ("high", &high),
            ("verdict", &verdict),
            ("units", &scene.main_units()),
            ("of", &scene.main_all()),
        ],
    );
    let mut caption = t.get("safety.caption");
    if beside {
        caption = format!("{caption} {}", t.get("safety.caption-beside"));
    }
    let said_label = t.say("safety.said", &[("share", &share(scene, part.figure.covered, part))]);
    Figure {
        id: "safety",
        subtitle: scene.figure_subtitle(),
        caption,
        source: scene.source(),
        description: t.say("safety.description", &[("title", &title)]),
        title,
        chart: Chart::Tornado(Tornado {
            rows,
            said: Mark { at: said, label: said_label },
            goal,
            ticks: ticks(scene, axis),
            axis,
            names: ["safety.worst", "safety.best", "safety.beside"].map(|key| t.get(key)),
        }),
        table: Some(table(scene)),
    }
}

/// From where to where the axis goes: as far as the bars, and to the goal when that is not far away; whole steps at both ends.
fn axis(rows: &[Row], said: f64, goal: Option<Mark>) -> ((f64, f64), Option<Mark>) {
    let low = rows.iter().map(|row| row.lowest).fold(said, f64::min);
    let high = rows.iter().map(|row| row.highest).fold(said, f64::max);
    let span = (high - low).max(0.002);
    let goal = goal.filter(|goal| low - goal.at < 2.0 * span && goal.at - high < 2.0 * span);
    let low = goal.as_ref().map_or(low, |goal| low.min(goal.at));
    let high = goal.as_ref().map_or(high, |goal| high.max(goal.at));
    let step = step((high - low).max(0.002));
    let (from, to) = ((low / step).floor() * step, (high / step).ceil() * step);
    let to = if to - from < step / 2.0 { from + step } else { to };
    ((from.max(0.0), to.min(1.0)), goal)
}

/// A round step of the axis: three to seven of them go into the width.
fn step(width: f64) -> f64 {
    let steps = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1];
    steps.into_iter().find(|step| width / step <= 6.0).unwrap_or(0.2)
}

fn ticks(scene: &Scene<'_>, (from, to): (f64, f64)) -> Vec<Mark> {
    let step = step((to - from) * 0.9);
    let first = (from / step - 1e-6).ceil();
    (0..=12)
        .map(|i| (first + f64::from(i)) * step)
        .filter(|&at| at <= to + step * 1e-6)
        .map(|at| Mark { at, label: scene.locale.percent(&scene.locale.plain(at * 100.0)) })
        .collect()
}

fn table(scene: &Scene<'_>) -> Table {
    let t = &scene.t;
    let row = |area: usize| {
        let name = scene.area_name(area);
        let Some((line, part)) = main(scene, area).filter(|(_, part)| part.figure.total > 0) else {
            let cells = vec![
                Cell::number("–"),
                Cell::number("–"),
                Cell::number("–"),
                Cell::text(""),
                Cell::text(""),
                Cell::text(""),
            ];
            return report::Row { head: name, cells };
        };
        let widest = part.swings.iter().filter(|swing| swing.counted && swing.highest > swing.lowest);
        let widest = widest.max_by_key(|swing| swing.highest - swing.lowest);
        let status = |standing| {
            let kind = match standing {
                Standing::Holds => Kind::Met,
                Standing::DoesNotHold => Kind::Missed,
                _ => Kind::Unknown,
            };
            Cell::new(kind, words(scene, standing))
        };
        let cells = vec![
            Cell::number(share(scene, part.lowest, part)),
            Cell::number(share(scene, part.figure.covered, part)),
            Cell::number(share(scene, part.highest, part)),
            Cell::text(widest.map(|swing| self::name(scene, swing.factor)).unwrap_or_default()),
            status(part.standing),
            status(line.standing),
        ];
        report::Row { head: name, cells }
    };
    Table {
        id: "safety-table".to_owned(),
        caption: scene.figure_subtitle(),
        folded: true,
        heads: vec![
            Head::text(sentence(&scene.areas_word(1))),
            Head::number(t.get("safety.lowest")),
            Head::number(t.get("column.share")),
            Head::number(t.get("column.upper")),
            Head::text(t.get("safety.most")),
            Head::text(sentence(&scene.main_units())),
            Head::text(t.get("column.joint")),
        ],
        rows: scene.areas.iter().copied().map(row).collect(),
        totals: scene.context.iter().copied().map(row).collect(),
        note: t.get("safety.note"),
        ..Table::default()
    }
}

/// What was varied and how, and what was not.
fn terms(scene: &Scene<'_>, safety: &Safety) -> Vec<Term> {
    let t = &scene.t;
    let line = |&(factor, treatment): &(Factor, Treatment)| {
        let metres = match factor {
            Factor::NearDistance => safety.near_error,
            _ => safety.coordinate_error,
        };
        let metres = metres.map(|metres| scene.locale.metres(metres)).unwrap_or_default();
        let text = t.say(&format!("factor.{}-{}", factor.key(), treatment.key()), &[("metres", &metres)]);
        Term { term: name(scene, factor), lines: vec![report::Line { text, link: None }] }
    };
    safety.factors.iter().map(line).collect()
}
