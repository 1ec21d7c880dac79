//! The way to the goal: what there is, what is being built and planned, and what is then left.

use nittio_core::{
    indicator::{At, Figure as Counts},
    profile::Profile,
    service::Status,
};

use super::{Scene, settlements, share_ppm, words::HIDDEN};
use crate::{
    chart::{
        Chart,
        waterfall::{Row, Tone, Waterfall},
    },
    report::{self, Cell, Figure, Head, Table},
};

/// The definitions that count plans beside what the main one counts, from the fewest plans to the most.
pub(super) fn planned(scene: &Scene<'_>) -> Vec<usize> {
    let Some(main) = scene.ind.profiles.first().filter(|main| main.planned_until.is_none()) else { return Vec::new() };
    let alike = |other: &Profile| {
        let (Profile { reach, technologies, order_cost, busy_hour, .. }, planned) = (other, other.planned_until);
        let same = *reach == main.reach && *technologies == main.technologies;
        planned.is_some() && same && *order_cost == main.order_cost && *busy_hour == main.busy_hour
    };
    let mut found: Vec<usize> = (1..scene.ind.profiles.len()).filter(|&p| alike(&scene.ind.profiles[p])).collect();
    let key = |&p: &usize| (scene.ind.profiles[p].planned_until, scene.ind.profiles[p].planned_status.len());
    found.sort_by_key(key);
    // A later one that counts fewer is no further step.
    let covered = |p: usize| of(scene, 0, p).covered;
    let mut last = scene.main(0).covered;
    found.retain(|&p| {
        let more = covered(p) > last;
        last = last.max(covered(p));
        more
    });
    found
}

/// The main figure under another definition.
pub(super) fn of(scene: &Scene<'_>, area: usize, profile: usize) -> Counts {
    scene.ind.figure(At { profile, ..scene.at(area) })
}

/// The figure of the whole study, where plans bring anything and there is a goal.
pub(super) fn figure(scene: &Scene<'_>) -> Option<Figure> {
    let (t, step) = (&scene.t, scene.step()?);
    let steps = planned(scene);
    let today = scene.main(0);
    let hides = |figure: &Counts| figure.hides.total || figure.hides.covered;
    if steps.is_empty() || hides(&today) || steps.iter().any(|&p| hides(&of(scene, 0, p))) {
        return None;
    }
    let goal = share_ppm(step);
    let needed = step.share.of(today.total);
    let share = |covered: u64| scene.locale.share(covered, today.total, Some(goal)).unwrap_or_default();
    let units = |parts: u64| scene.locale.count(parts, scene.scaled());
    let base = t.say("path.today", &[("date", &scene.date())]);
    let mut rows =
        vec![row(base, (0, today.covered, today.total), share(today.covered), units(today.covered), Tone::Base)];
    let mut last = today.covered;
    for &p in &steps {
        let covered = of(scene, 0, p).covered;
        // The public edition prints no small count, not even one that can be reckoned from two that are told.
        let small = scene.out.edition.is_some_and(|rule| covered - last < rule.threshold * scene.scaled().scale);
        let more = if small { HIDDEN.to_owned() } else { format!("+{}", units(covered - last)) };
        rows.push(row(label(scene, p), (last, covered, today.total), share(covered), more, Tone::Added));
        last = covered;
    }
    let left = needed.saturating_sub(last);
    if left > 0 {
        let more = scene.locale.needed(left, scene.scaled());
        rows.push(row(t.get("path.left"), (last, needed, today.total), scene.share_word(step), more, Tone::Left));
    }
    let title = if left > 0 {
        let n = scene.locale.needed(left, scene.scaled());
        t.say("path.title-left", &[("n", &n), ("units", &scene.units_for(left)), ("share", &scene.share_word(step))])
    } else if today.covered >= needed {
        t.say("path.title-further", &[("from", &share(today.covered)), ("to", &share(last))])
    } else {
        t.say("path.title-enough", &[("share", &scene.share_word(step))])
    };
    let (from, ticks) = settlements::axis_from(scene, today.share().unwrap_or_default());
    let head = scene.unit_head(&scene.scaled().unit);
    let cells = |row: &Row| vec![Cell::number(row.value.clone()), Cell::number(row.tail.clone())];
    let table = Table {
        id: "path-table".to_owned(),
        caption: title.clone(),
        folded: true,
        heads: vec![Head::text(t.get("path.step")), Head::number(t.get("column.share")), Head::number(head.clone())],
        rows: rows.iter().map(|row| report::Row { head: row.label.clone(), cells: cells(row) }).collect(),
        ..Table::default()
    };
    Some(Figure {
        id: "path",
        subtitle: scene.figure_subtitle(),
        caption: cut_axis(scene, t.get("path.caption"), from),
        source: scene.source(),
        description: t.say("path.description", &[("title", &title), ("n", &scene.whole(rows.len()))]),
        title,
        chart: Chart::Waterfall(Waterfall {
            rows,
            ticks,
            goal: scene.goal_mark(),
            from,
            tail_head: head,
            names: ["path.legend-base", "path.legend-added", "path.legend-left"].map(|key| t.get(key)),
        }),
        table: Some(table),
    })
}

/// The caption, and where the axis begins when that is not at nothing.
pub(super) fn cut_axis(scene: &Scene<'_>, caption: String, from: f64) -> String {
    if from <= 0.0 {
        return caption;
    }
    let share = scene.locale.percent(&scene.locale.plain((from * 100.0).round()));
    format!("{caption} {}", scene.t.say("path.axis", &[("share", &share)]))
}

#[expect(clippy::cast_precision_loss, reason = "for drawing only")]
pub(super) fn row(label: String, (from, to, of): (u64, u64, u64), value: String, tail: String, tone: Tone) -> Row {
    let share = |part: u64| part as f64 / of.max(1) as f64;
    Row { label, from: share(from), to: share(to), value, tail, tone }
}

/// What a definition adds: "Planerat t.o.m. 31 december 2027".
fn label(scene: &Scene<'_>, profile: usize) -> String {
    let profile = &scene.ind.profiles[profile];
    let has = |status| profile.planned_status.contains(&status);
    let key = match (has(Status::UnderConstruction), has(Status::Planned)) {
        (true, false) => "path.building",
        (false, true) => "path.planned",
        _ => "path.both",
    };
    let months = scene.t.get("months");
    let day = profile.planned_until.map(|day| scene.locale.date(day, &months)).unwrap_or_default();
    scene.t.say(key, &[("date", &day)])
}
