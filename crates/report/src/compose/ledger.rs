//! The goal ledger: per area and unit the share, the way left to the goal, and the verdict.

use std::collections::BTreeMap;

use nittio_core::{
    assessment::{Part, Verdict},
    goal::Goal,
    indicator::At,
    rank::ranks,
    settlement::SettlementGroup,
    suppress::Rule,
};

use super::{Scene, path, share_ppm, words::HIDDEN};
use crate::{
    messages::sentence,
    report::{Block, Cell, Group, Head, Row, Section, Table},
};

/// How many areas the short table has when the whole one is folded.
const SHORT: usize = 20;

pub(super) fn section(scene: &Scene<'_>) -> Section {
    let t = &scene.t;
    let mut blocks = Vec::new();
    let heading = match scene.main_goal() {
        Some(goal) => {
            with_goal(scene, goal, &mut blocks);
            heading(scene)
        }
        None => {
            blocks.push(Block::Text(t.say("ledger.intro-no-goal", &[("property", &scene.property())])));
            blocks.push(Block::Table(without_goal(scene)));
            t.get("ledger.heading-no-goal")
        }
    };
    blocks.extend(path::figure(scene).map(|figure| Block::Figure(Box::new(figure))));
    if let Some(table) = steps(scene) {
        blocks.push(Block::Heading(t.get("ledger.other-heading")));
        blocks.push(Block::Table(table));
    }
    let short = t.get(if scene.goal.is_some() { "ledger.short" } else { "ledger.short-no-goal" });
    Section { id: "goal", short, heading, blocks }
}

fn heading(scene: &Scene<'_>) -> String {
    let (met, known) = scene.met();
    let key = match (met, known) {
        (_, 0 | 1) => "ledger.heading-one",
        (0, _) => "ledger.heading-none",
        (met, known) if met == known => "ledger.heading-all",
        _ => "ledger.heading-some",
    };
    let values = [("met", scene.whole(met)), ("all", scene.whole(known)), ("areas", scene.areas_word(known))];
    scene.t.say(key, &[("met", &values[0].1), ("all", &values[1].1), ("areas", &values[2].1)])
}

/// What the public edition keeps back, in words.
pub(super) fn edition(scene: &Scene<'_>, rule: Rule) -> String {
    let most = scene.locale.whole(rule.threshold - 1);
    scene.t.say(if rule.protect_zeros { "edition.note-zeros" } else { "edition.note" }, &[("most", &most)])
}

fn with_goal(scene: &Scene<'_>, goal: &Goal, blocks: &mut Vec<Block>) {
    let t = &scene.t;
    let units: Vec<String> = goal.units.iter().map(|unit| scene.units(unit)).collect();
    blocks
        .push(Block::Text(t.say("ledger.intro", &[("goal", &scene.goal_words(goal)), ("units", &scene.list(units))])));
    if let Some(rule) = scene.out.edition {
        blocks.push(Block::Text(edition(scene, rule)));
    }
    let kept_back = scene.kept_back();
    if kept_back > 0 {
        let n = scene.whole(kept_back);
        blocks.push(Block::Text(t.say("ledger.withheld", &[("n", &n), ("areas", &scene.areas_word(kept_back))])));
    }
    let unmeasured = scene.areas.len() - scene.met().1 - kept_back;
    if scene.met().1 > 0 && unmeasured > 0 {
        let n = scene.whole(unmeasured);
        blocks.push(Block::Text(t.say("ledger.unmeasured", &[("n", &n), ("areas", &scene.areas_word(unmeasured))])));
    }
    if scene.empty > 0 {
        let (n, areas) = (scene.whole(scene.empty), scene.areas_word(scene.empty));
        blocks.push(Block::Text(t.say("ledger.empty", &[("n", &n), ("areas", &areas)])));
    }
    let lacking: Vec<String> =
        goal.units.iter().filter(|u| scene.ind.unit(u.key()).is_none()).map(|u| scene.units(u)).collect();
    if !lacking.is_empty() {
        blocks.push(Block::Text(t.say("ledger.missing-units", &[("units", &scene.list(lacking))])));
    }
    let units: Vec<usize> = goal.units.iter().filter_map(|unit| scene.ind.unit(unit.key())).collect();
    let body = scene.body_where(|area| {
        let figures = units.iter().map(|&unit| scene.ind.figure(At { unit, ..scene.at(area) }));
        figures.into_iter().any(|figure| figure.total > 0 || figure.hides.total)
    });
    if scene.folded() {
        let mut largest = scene.areas.clone();
        largest.sort_by_cached_key(|&area| std::cmp::Reverse(scene.gap(&scene.main(area))));
        largest.truncate(SHORT);
        blocks.push(Block::Text(t.say("ledger.largest-note", &[("areas", &scene.areas_word(2))])));
        let caption = t.say("ledger.largest-caption", &[("date", &scene.date())]);
        blocks.push(Block::Table(table(scene, goal, &largest, caption, "ledger-largest", false)));
    }
    let values = [("goal", scene.goal_words(goal)), ("date", scene.date())];
    let caption = t.say("ledger.caption", &[("goal", &values[0].1), ("date", &values[1].1)]);
    blocks.push(Block::Table(table(scene, goal, &body, caption, "ledger", scene.folded())));
}

/// The ledger of one goal's first step; the last column is the whole goal.
fn table(scene: &Scene<'_>, goal: &Goal, areas: &[usize], caption: String, id: &str, folded: bool) -> Table {
    let t = &scene.t;
    let upper = scene.has_unmatched();
    let measured: Vec<_> = goal.units.iter().filter(|unit| scene.ind.unit(unit.key()).is_some()).collect();
    let columns = if upper { 6 } else { 5 };
    let joint = goal.units.len() * goal.steps.len() > 1;
    let mut heads = vec![Head::text(sentence(&scene.areas_word(1)))];
    for _ in &measured {
        heads.push(Head::number(t.get("column.total")).first());
        heads.push(Head::number(t.get("column.share")));
        if upper {
            heads.push(Head::number(t.get("column.upper")));
        }
        heads.push(Head::number(t.get("column.gap-units")));
        heads.push(Head::number(t.get("column.gap-points")));
        heads.push(Head::text(t.get("column.status")));
    }
    if joint {
        heads.push(Head::text(t.get("column.joint")).first());
    }
    let mut groups = vec![Group { text: String::new(), columns: 1 }];
    groups.extend(measured.iter().map(|unit| Group { text: scene.unit_head(unit), columns }));
    if joint {
        groups.push(Group { text: String::new(), columns: 1 });
    }
    let row = |area: usize| {
        let assessment = scene.goal.and_then(|g| scene.assessment(g, area));
        let mut cells = Vec::new();
        if scene.outside == Some(area) {
            // Places in no area are unmatched, and nobody's goal.
            for unit in &measured {
                let unit = scene.ind.unit(unit.key()).unwrap_or(0);
                let figure = scene.ind.figure(At { unit, ..scene.at(area) });
                let total = scene.count(figure.total, figure.hides.total, &scene.ind.units[unit]);
                cells.push(Cell::number(total).first());
                cells.extend(vec![Cell::number("–"); columns - 2]);
                cells.push(Cell::text("–"));
            }
            cells.extend(joint.then(|| Cell::text("–").first()));
            return Row { head: scene.area_name(area), cells };
        }
        for unit in &measured {
            let part = assessment.and_then(|a| a.parts.iter().find(|p| p.unit == **unit));
            cells.extend(part.map_or_else(|| vec![Cell::text(""); columns], |part| part_cells(scene, part, upper)));
        }
        if joint {
            let verdict = assessment.map_or(Verdict::NotMeasured, |a| a.joint);
            cells.push(scene.verdict_cell(verdict).first());
        }
        Row { head: scene.area_name(area), cells }
    };
    Table {
        id: id.to_owned(),
        caption,
        folded,
        screen_only: false,
        groups,
        heads,
        rows: areas.iter().map(|&area| row(area)).collect(),
        totals: scene.context.iter().map(|&area| row(area)).collect(),
        note: if upper { t.get("ledger.upper-note") } else { String::new() },
    }
}

fn part_cells(scene: &Scene<'_>, part: &Part, upper: bool) -> Vec<Cell> {
    let locale = scene.locale;
    let unit = scene.ind.unit(part.unit.key()).map_or(0, |unit| unit);
    let scaled = &scene.ind.units[unit];
    // A unit or speed that was not measured leaves an empty figure; the total is known all the same.
    let figure = part.figure;
    let mut cells = vec![
        Cell::number(scene.count(figure.total, figure.hides.total, scaled)).first(),
        Cell::number(scene.share_to(&figure, Some(share_ppm(&part.step)))),
    ];
    if upper {
        cells.push(Cell::number(scene.upper(&figure)));
    }
    match part.verdict {
        Verdict::Missed { units, points, .. } => {
            cells.push(Cell::number(locale.needed(units, scaled)));
            cells.push(Cell::number(locale.points(points)));
        }
        Verdict::Met => cells.extend([Cell::number("0"), Cell::number("0")]),
        Verdict::NotMeasured => cells.extend([Cell::number("–"), Cell::number("–")]),
        Verdict::Withheld => cells.extend([Cell::number(HIDDEN), Cell::number(HIDDEN)]),
    }
    cells.push(scene.verdict_cell(part.verdict));
    cells
}

fn without_goal(scene: &Scene<'_>) -> Table {
    let t = &scene.t;
    let heads = ["column.total", "column.covered", "column.missing", "column.unmatched", "column.share"];
    let row = |area: usize| {
        let figure = scene.main(area);
        Row {
            head: scene.area_name(area),
            cells: scene.counts(&figure).into_iter().chain([Cell::number(scene.share(&figure))]).collect(),
        }
    };
    Table {
        id: "ledger".to_owned(),
        caption: scene.figure_subtitle(),
        folded: scene.folded(),
        heads: std::iter::once(Head::text(sentence(&scene.areas_word(1))))
            .chain(heads.iter().map(|key| Head::number(t.get(key))))
            .collect(),
        rows: scene.body().into_iter().map(row).collect(),
        totals: scene.context.iter().copied().map(row).collect(),
        ..Table::default()
    }
}

/// Every step of every goal, when there is more to show than the ledger does.
fn steps(scene: &Scene<'_>) -> Option<Table> {
    let goals = &scene.out.goals;
    if goals.len() < 2 && goals.iter().all(|goal| goal.steps.len() < 2) {
        return None;
    }
    let mut order: Vec<usize> = (0..goals.len()).collect();
    order.sort_by_key(|&g| Some(g) != scene.goal);
    let mut groups = vec![Group { text: String::new(), columns: 1 }];
    let mut heads = vec![Head::text(sentence(&scene.areas_word(1)))];
    for &g in &order {
        let goal = &goals[g];
        groups.push(Group { text: name_and_year(scene, goal), columns: goal.units.len() * goal.steps.len() + 1 });
        let parts = goal.units.iter().flat_map(|unit| goal.steps.iter().map(move |step| (unit, step)));
        for (i, (unit, step)) in parts.enumerate() {
            let head = Head::number(format!("{}, {}", scene.unit_head(unit), scene.step_words(step)));
            heads.push(if i == 0 { head.first() } else { head });
        }
        heads.push(Head::text(scene.t.get("ledger.joint")));
    }
    let row = |area: usize| {
        let mut cells = Vec::new();
        for &g in &order {
            let Some(assessment) = scene.assessment(g, area) else {
                cells.extend(vec![Cell::text(""); goals[g].units.len() * goals[g].steps.len() + 1]);
                continue;
            };
            for (i, part) in assessment.parts.iter().enumerate() {
                let cell = step_cell(scene, part);
                cells.push(if i == 0 { cell.first() } else { cell });
            }
            cells.push(scene.verdict_cell(assessment.joint));
        }
        Row { head: scene.area_name(area), cells }
    };
    Some(Table {
        id: "steps".to_owned(),
        caption: scene.t.say("ledger.other-caption", &[("date", &scene.date())]),
        folded: scene.folded(),
        screen_only: false,
        groups,
        heads,
        rows: scene.areas.iter().map(|&area| row(area)).collect(),
        totals: scene.context.iter().map(|&area| row(area)).collect(),
        note: String::new(),
    })
}

/// The goal's name, and its year where the name does not say it.
pub(super) fn name_and_year(scene: &Scene<'_>, goal: &Goal) -> String {
    let (name, year) = (scene.text(&goal.name), goal.year.to_string());
    if name.contains(&year) { name.to_owned() } else { format!("{name} ({year})") }
}

fn step_cell(scene: &Scene<'_>, part: &Part) -> Cell {
    let share = scene.locale.share_of(&part.figure, Some(share_ppm(&part.step)));
    match (part.verdict, share) {
        (Verdict::Met, Some(share)) => Cell::number(format!("✓\u{a0}{share}")),
        (Verdict::Missed { .. }, Some(share)) => Cell::number(format!("✗\u{a0}{share}")),
        (Verdict::Withheld, _) => Cell::number(HIDDEN),
        _ => Cell::number("–"),
    }
}

/// Totals, shares and gaps of the main unit: the table beside bars and map.
/// Which of the cells of [`short_table`] has the share.
pub(super) const SHARE: usize = 4;

pub(super) fn short_table(scene: &Scene<'_>, areas: &[usize], id: &str) -> Table {
    let t = &scene.t;
    let goal = scene.step().is_some();
    let mut heads = vec![
        Head::text(sentence(&scene.areas_word(1))),
        Head::number(t.get("column.total")),
        Head::number(t.get("column.covered")),
        Head::number(t.get("column.missing")),
        Head::number(t.get("column.unmatched")),
        Head::number(t.get("column.share")),
        Head::number(t.get("column.rank")),
    ];
    let mut ranked = BTreeMap::new();
    for level in scene.out.frame.levels.iter().map(|level| level.key.as_str()) {
        let ranks = ranks(scene.ind, level, scene.at(0), SettlementGroup::All);
        ranked.extend(ranks.into_iter().filter(|rank| rank.of > 1).map(|rank| (rank.area, rank)));
    }
    if goal {
        heads.push(Head::number(t.get("column.gap-units")));
        heads.push(Head::text(t.get("column.status")));
    }
    let row = |area: usize| {
        let figure = scene.ind.figure(At { area, ..scene.at(area) });
        let mut cells: Vec<Cell> = scene.counts(&figure).into_iter().collect();
        cells.push(Cell::number(scene.share(&figure)));
        let rank = ranked.get(&area).and_then(|rank| Some((rank.rank?, rank.of)));
        cells.push(Cell::number(rank.map_or_else(
            || "–".to_owned(),
            |(rank, of)| t.say("column.rank-of", &[("rank", &scene.whole(rank)), ("of", &scene.whole(of))]),
        )));
        if goal {
            let verdict = match scene.reaches(&figure) {
                Some(true) => Verdict::Met,
                Some(false) => Verdict::Missed { units: 0, points: 0.0, within_unmatched: false },
                None if figure.hides.total || figure.hides.covered => Verdict::Withheld,
                None => Verdict::NotMeasured,
            };
            let gap = match verdict {
                Verdict::Withheld => HIDDEN.to_owned(),
                _ => scene.locale.needed(scene.gap(&figure), scene.scaled()),
            };
            cells.push(Cell::number(gap));
            cells.push(scene.verdict_cell(verdict));
        }
        Row { head: scene.area_name(area), cells }
    };
    Table {
        id: id.to_owned(),
        caption: scene.figure_subtitle(),
        folded: true,
        screen_only: false,
        groups: Vec::new(),
        heads,
        rows: areas.iter().map(|&area| row(area)).collect(),
        totals: scene.context.iter().map(|&area| row(area)).collect(),
        note: String::new(),
    }
}
