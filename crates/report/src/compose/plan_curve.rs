//! How far money goes: the cost curve of a plan.

use nittio_core::{
    plan::{Ask, Curve, Plan, Point},
    quantity::Kronor,
    study::ScaledUnit,
};

use super::{
    Scene,
    plans::{for_each, kronor, so_many},
};
use crate::{
    chart::{self, Chart, Mark},
    messages::sentence,
    report::{Block, Cell, Figure, Head, Row, Table},
};

/// The names of the figures of the first plans that have a curve; those of others are tables.
const FIGURES: [&str; 6] =
    ["plan-curve", "plan-curve-2", "plan-curve-3", "plan-curve-4", "plan-curve-5", "plan-curve-6"];

/// From so much on, sums are told in millions of kronor.
const IN_MILLIONS: u64 = 200_000_000;

/// The curve of the `number`th plan that has one. `scaled` is what it counts.
pub(super) fn block(
    scene: &Scene<'_>,
    (number, ask, plan): (usize, &Ask, Option<&Plan>),
    curve: &Curve,
    scaled: &ScaledUnit,
) -> Option<Block> {
    let last = curve.points.last().filter(|last| last.weighed > 0)?;
    let id = FIGURES.get(number);
    let table = table(
        scene,
        id.map_or_else(|| format!("plan-curve-{}", number + 1), |id| format!("{id}-table")),
        curve,
        scaled,
    );
    let Some(id) = id else { return Some(Block::Table(table)) };
    let t = &scene.t;
    let begin = curve.last_per_cent.map(|at| &curve.points[at]);
    let title = match begin {
        Some(begin) => {
            let (more, units) = (last.net.less(begin.net), last.gained.saturating_sub(begin.gained));
            let values = [
                ("cost", kronor(scene, more)),
                ("all", kronor(scene, last.net)),
                ("units", so_many(scene, units, scaled)),
                ("each", for_each(scene, more, units, scaled)),
            ];
            t.say("plans.curve-title-last", &values.each_ref().map(|(key, value)| (*key, value.as_str())))
        }
        None => t.say(
            "plans.curve-title",
            &[("cost", &kronor(scene, last.net)), ("units", &so_many(scene, last.gained, scaled))],
        ),
    };
    let what = sentence(&scene.units(&scaled.unit));
    Some(Block::Figure(Box::new(Figure {
        id,
        subtitle: t.say("plans.curve-subtitle", &[("plan", &ask.name), ("units", &what), ("date", &scene.date())]),
        caption: t.get(if weighs(ask) { "plans.curve-caption-weighed" } else { "plans.curve-caption" }),
        source: scene.source(),
        description: t.say("plans.curve-description", &[("title", &title)]),
        title,
        chart: Chart::Curve(drawn(scene, ask, plan, curve, scaled)),
        table: Some(table),
    })))
}

/// Whether units weigh differently.
fn weighs(ask: &Ask) -> bool {
    !ask.weights.is_empty() || !ask.classes.is_empty()
}

#[expect(clippy::cast_precision_loss, reason = "for drawing only")]
fn drawn(scene: &Scene<'_>, ask: &Ask, plan: Option<&Plan>, curve: &Curve, scaled: &ScaledUnit) -> chart::curve::Curve {
    let t = &scene.t;
    let most = |of: &dyn Fn(&Point) -> u64| curve.points.iter().map(of).max().unwrap_or(0).max(1);
    let money = most(&|point| point.net.ore()).max(curve.one_at_a_time.last().map_or(0, |step| step.net.ore()));
    let per_unit = 100 * scaled.scale.max(1);
    let units = most(&|point| point.weighed).div_ceil(per_unit);
    let (in_millions, unit_of_money) = (money >= IN_MILLIONS, if money >= IN_MILLIONS { 100_000_000 } else { 100 });
    let (money_step, units_step) = (step(money.div_ceil(unit_of_money)), step(units));
    // Axes end at a whole step.
    let (money_end, units_end) =
        (money.div_ceil(unit_of_money).next_multiple_of(money_step), units.next_multiple_of(units_step));
    let at = |net: Kronor, weighed: u64| {
        let x = net.ore() as f64 / unit_of_money as f64 / money_end as f64;
        (x, weighed as f64 / per_unit as f64 / units_end as f64)
    };
    let ticks = |end: u64, step: u64| {
        let tick = |number: u64| Mark { at: number as f64 / end as f64, label: scene.locale.whole(number) };
        (0..=end / step).map(|n| tick(n * step)).collect()
    };
    let what = sentence(&scene.units(&scaled.unit));
    let last = curve
        .last_per_cent
        .map(|begin| Mark { at: at(curve.points[begin].net, 0).0, label: t.get("plans.curve-last") });
    // What a plan over years weighs is not what stands on this axis.
    let once = |plan: &&Plan| plan.ask.slots.len() < 2 && !weighs(ask);
    chart::curve::Curve {
        best: curve.points.iter().map(|point| at(point.net, point.weighed)).collect(),
        one_at_a_time: std::iter::once((0.0, 0.0))
            .chain(curve.one_at_a_time.iter().map(|step| at(step.net, step.weighed)))
            .collect(),
        plan: plan.filter(once).map(|plan| at(plan.net, plan.gained * 100)),
        last,
        money: ticks(money_end, money_step),
        units: ticks(units_end, units_step),
        axes: [t.get(if in_millions { "plans.curve-millions" } else { "plans.curve-kronor" }), what],
        names: ["plans.curve-best", "plans.curve-one", "plans.curve-plan"].map(|key| t.get(key)),
    }
}

/// A round distance of ticks, so that there are three to eight of them.
fn step(end: u64) -> u64 {
    let mut power = 1;
    while power * 30 <= end {
        power *= 10;
    }
    [5, 2, 1].into_iter().map(|factor| factor * power).find(|step| step * 3 <= end).unwrap_or(1)
}

fn table(scene: &Scene<'_>, id: String, curve: &Curve, scaled: &ScaledUnit) -> Table {
    let t = &scene.t;
    let most = curve.points.last().map_or(0, |point| point.weighed);
    let mut before: Option<&Point> = None;
    let mut rows = Vec::new();
    for (at, point) in curve.points.iter().enumerate() {
        let more = before.replace(point).and_then(|before| {
            let units = point.gained.checked_sub(before.gained).filter(|units| *units > 0)?;
            Some(for_each(scene, point.net.less(before.net), units, scaled))
        });
        let share = scene.locale.share(point.weighed, most, None).unwrap_or_else(|| "–".to_owned());
        let mark = if curve.last_per_cent == Some(at) { t.get("plans.curve-last") } else { String::new() };
        rows.push(Row {
            head: kronor(scene, point.net),
            cells: vec![
                Cell::number(scene.whole(point.built.len())),
                Cell::number(scene.locale.count(point.gained, scaled)),
                Cell::number(share),
                Cell::number(more.unwrap_or_else(|| "–".to_owned())),
                Cell::text(mark),
            ],
        });
    }
    if curve.last_per_cent.is_none() {
        rows.iter_mut().for_each(|row| drop(row.cells.pop()));
    }
    let mut heads = vec![Head::text(t.get("plans.net"))];
    heads.extend(
        ["plans.curve-projects", "plans.added", "plans.curve-share", "plans.curve-more"]
            .map(|key| Head::number(t.get(key))),
    );
    heads.extend(curve.last_per_cent.map(|_| Head::text(t.get("plans.curve-mark"))));
    Table {
        id,
        caption: t.say("plans.curve-table", &[("units", &scene.units(&scaled.unit))]),
        folded: true,
        heads,
        rows,
        note: t.get("plans.curve-note"),
        ..Table::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_three_to_eight_steps() {
        for (end, wanted) in [(1, 1), (3, 1), (7, 2), (15, 5), (14_000, 2_000), (61, 20), (100, 20), (999, 200)] {
            assert_eq!(step(end), wanted, "{end}");
        }
        assert!((3..100_000_u64).all(|end| (3..=8).contains(&end.div_ceil(step(end)))));
    }
}
