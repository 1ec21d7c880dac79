//! The figures: coverage per area by speed, settlement, technology, definition and category, and ranks.

use nittio_core::{
    assessment::Verdict,
    indicator::At,
    measure::Measure,
    rank::{self, Gap},
    settlement::SettlementGroup,
};

use super::{count, counts, goals, share};
use crate::{
    compose::{Scene, share_ppm},
    messages::sentence,
    tables::{Head, Sheet, Value},
};

/// The table that is asked for most: one row per area of the report's level, and the whole study.
pub(super) fn areas(scene: &Scene<'_>) -> Sheet {
    let t = &scene.t;
    let (goal, step) = (scene.main_goal(), scene.main_step());
    let speeds = measures(scene, |measure| matches!(measure, Measure::Down(_)));
    // The goal's units and the report's; a table of all of them would not fit on a page, and the other sheets have them.
    let wanted = |&unit: &usize| goal.is_none() || unit == scene.unit || asked(scene, unit);
    let units: Vec<usize> = (0..scene.ind.units.len()).filter(wanted).collect();
    let mut heads = vec![Head::text(t.get("tables.code")), Head::text(sentence(&scene.areas_word(1)))];
    for &unit in &units {
        let of = |what: &str| format!("{}: {}", scene.unit_head(&scene.ind.units[unit].unit), what);
        heads.push(Head::number(of(&lower(&t.get("column.total")))));
        for &measure in &speeds {
            heads.push(Head::number(of(&counted(scene, measure, "tables.count-of"))));
            heads.push(Head::share(
                of(&counted(scene, measure, "tables.share-of")),
                of(&counted(scene, measure, "tables.percent-of")),
            ));
        }
        heads.push(Head::number(of(&lower(&t.get("column.unmatched")))));
        if asked(scene, unit) {
            heads.push(Head::number(of(&lower(&t.get("tables.left-units")))));
        }
    }
    heads.extend(goal.map(|goal| Head::text(t.say("tables.whole-goal", &[("goal", &scene.goal_words(goal))]))));
    let row = |area: usize| {
        let mut row = scene.area_cells(area).split_off(1);
        for &unit in &units {
            let scaled = &scene.ind.units[unit];
            let figure = |measure| scene.ind.figure(At { area, unit, measure, ..At::default() });
            let first = figure(0);
            row.push(count(first.total, first.hides.total, scaled));
            for &measure in &speeds {
                let figure = figure(measure);
                let held = step.filter(|step| scene.ind.measures[measure] == Measure::Down(step.down));
                row.push(count(figure.covered, figure.hides.covered, scaled));
                row.push(share(&figure, held.filter(|_| asked(scene, unit)).map(share_ppm)));
            }
            row.push(count(first.unmatched, first.hides.unmatched, scaled));
            if asked(scene, unit) {
                row.push(left(scene, area, unit));
            }
        }
        if goal.is_some() {
            let joint = scene.goal.and_then(|goal| scene.assessment(goal, area)).map(|a| a.joint);
            let outside = scene.outside == Some(area);
            row.push(joint.filter(|_| !outside).map_or(Value::Nothing, |joint| goals::verdict(scene, joint)));
        }
        row
    };
    let rows = scene.body().into_iter().chain([0]).map(row).collect();
    let mut sheet = scene.with_definition(scene.sheet("areas", heads, rows, 2));
    sheet.name = sentence(&scene.areas_word(2));
    sheet
}

/// Whether the main goal is about a unit.
fn asked(scene: &Scene<'_>, unit: usize) -> bool {
    scene.main_goal().is_some_and(|goal| goal.units.contains(&scene.ind.units[unit].unit))
}

/// How many units are left to the main goal, at the step that lacks most.
fn left(scene: &Scene<'_>, area: usize, unit: usize) -> Value {
    let scaled = &scene.ind.units[unit];
    let assessment = scene.goal.and_then(|goal| scene.assessment(goal, area)).filter(|_| scene.outside != Some(area));
    let parts = assessment.into_iter().flat_map(|a| &a.parts).filter(|part| part.unit == scaled.unit);
    let mut most = Value::Nothing;
    for part in parts {
        most = match (most, part.verdict) {
            (Value::Hidden, _) | (_, Verdict::Withheld) => Value::Hidden,
            (Value::Count(a, _), Verdict::Missed { units, .. }) => Value::Count(a.max(units), scaled.scale),
            (_, Verdict::Missed { units, .. }) => Value::Count(units, scaled.scale),
            (Value::Count(a, _), Verdict::Met) => Value::Count(a, scaled.scale),
            (_, Verdict::Met) => Value::Count(0, scaled.scale),
            (most, Verdict::NotMeasured) => most,
        };
    }
    most
}

/// Every area and unit by speed, down and up.
pub(super) fn speeds(scene: &Scene<'_>) -> Option<Sheet> {
    let asked = |measure: Measure| {
        let speed =
            matches!(measure, Measure::Down(_) | Measure::Up(_) | Measure::Both { .. } | Measure::Symmetrical(_));
        speed || measure == Measure::Covered
    };
    by_measure(scene, "speeds", &measures(scene, asked))
}

/// Every area and unit by technology, and by how many there are to choose between.
pub(super) fn technologies(scene: &Scene<'_>) -> Option<Sheet> {
    let asked = |measure: Measure| {
        let networks = matches!(measure, Measure::Owners(_) | Measure::OpenAccess | Measure::SingleOwner);
        networks || matches!(measure, Measure::Technology(_) | Measure::Operators(_))
    };
    by_measure(scene, "technologies", &measures(scene, asked))
}

fn by_measure(scene: &Scene<'_>, key: &str, measures: &[usize]) -> Option<Sheet> {
    let t = &scene.t;
    let mut heads = scene.area_heads();
    heads.push(Head::text(t.get("tables.unit")));
    heads.push(Head::number(t.get("column.total")));
    heads.extend(measures.iter().flat_map(|&measure| measure_heads(scene, measure)));
    heads.push(Head::number(t.get("column.unmatched")));
    let mut rows = Vec::new();
    for area in scene.everywhere() {
        for unit in 0..scene.ind.units.len() {
            let at = At { area, unit, ..At::default() };
            rows.push(measured(scene, at, scene.area_cells(area), measures));
        }
    }
    (!measures.is_empty()).then(|| scene.with_definition(scene.sheet(key, heads, rows, 3)))
}

/// A row: what it is about, the unit, the total, counts and shares, and the unmatched.
fn measured(scene: &Scene<'_>, at: At, mut row: Vec<Value>, measures: &[usize]) -> Vec<Value> {
    let unit = &scene.ind.units[at.unit];
    let whole = scene.ind.figure(at);
    row.push(scene.unit_cell(at.unit));
    row.push(count(whole.total, whole.hides.total, unit));
    for &measure in measures {
        let figure = scene.ind.figure(At { measure, ..at });
        row.push(count(figure.covered, figure.hides.covered, unit));
        row.push(share(&figure, None));
    }
    row.push(count(whole.unmatched, whole.hides.unmatched, unit));
    row
}

/// Tätort, småort and outside both.
pub(super) fn settlements(scene: &Scene<'_>) -> Option<Sheet> {
    let t = &scene.t;
    let speeds = measures(scene, |measure| matches!(measure, Measure::Down(_) | Measure::Covered));
    let mut heads = scene.area_heads();
    heads.push(Head::text(t.get("tables.settlement")));
    heads.push(Head::text(t.get("tables.unit")));
    heads.push(Head::number(t.get("column.total")));
    heads.extend(speeds.iter().flat_map(|&measure| measure_heads(scene, measure)));
    heads.push(Head::number(t.get("column.unmatched")));
    let mut rows = Vec::new();
    for area in scene.everywhere() {
        for (settlement, class) in scene.ind.settlements.iter().enumerate() {
            let Some(class) = class else { continue };
            for unit in 0..scene.ind.units.len() {
                let at = At { area, settlement, unit, ..At::default() };
                let whole = scene.ind.figure(at);
                if whole.total > 0 || whole.hides.total {
                    let mut row = scene.area_cells(area);
                    row.push(Value::Text(t.get(&format!("settlement.{}", class.key()))));
                    rows.push(measured(scene, at, row, &speeds));
                }
            }
        }
    }
    let sheet = scene.with_definition(scene.sheet("settlements", heads, rows, 4));
    (scene.ind.settlements.len() > 1 && !sheet.rows.is_empty()).then_some(sheet)
}

/// The same networks by every definition, for the speed of the goal.
pub(super) fn definitions(scene: &Scene<'_>) -> Option<Sheet> {
    let t = &scene.t;
    let mut heads = scene.area_heads();
    heads.push(Head::text(t.get("tables.unit")));
    heads.push(Head::number(t.get("column.total")));
    for profile in &scene.ind.profiles {
        let name = scene.profile_name(profile);
        heads.push(Head::number(t.say("tables.count-of", &[("what", &name)])));
        heads.push(Head::number(t.say("tables.share-of", &[("what", &name)])));
    }
    let mut rows = Vec::new();
    for area in scene.everywhere() {
        for (unit, scaled) in scene.ind.units.iter().enumerate() {
            let at = At { area, unit, measure: scene.measure, ..At::default() };
            let whole = scene.ind.figure(at);
            let mut row = scene.area_cells(area);
            row.push(scene.unit_cell(unit));
            row.push(count(whole.total, whole.hides.total, scaled));
            for profile in 0..scene.ind.profiles.len() {
                let figure = scene.ind.figure(At { profile, ..at });
                row.push(count(figure.covered, figure.hides.covered, scaled));
                row.push(share(&figure, None));
            }
            rows.push(row);
        }
    }
    (scene.ind.profiles.len() > 1).then(|| scene.sheet("definitions", heads, rows, 3))
}

/// Which area is first, and how far the countryside is behind.
pub(super) fn ranks(scene: &Scene<'_>) -> Option<Sheet> {
    let t = &scene.t;
    let told_apart = scene.ind.settlements.len() > 1;
    let groups = [SettlementGroup::All, SettlementGroup::BuiltUp, SettlementGroup::Outside];
    let mut heads = scene.area_heads();
    heads.extend(["tables.part", "tables.unit"].map(|key| Head::text(t.get(key))));
    let numbers = ["column.total", "column.covered", "column.share", "column.rank", "tables.of"];
    heads.extend(numbers.map(|key| Head::number(t.get(key))));
    if told_apart {
        heads.extend(["tables.gap-points", "tables.gap-units"].map(|key| Head::number(t.get(key))));
    }
    let main = scene.out.frame.levels.iter().filter(|level| level.key == scene.level);
    let levels = main.chain(scene.out.frame.levels.iter().filter(|level| level.key != scene.level));
    let mut rows = Vec::new();
    for level in levels {
        for (unit, scaled) in scene.ind.units.iter().enumerate() {
            for group in groups.into_iter().filter(|group| told_apart || *group == SettlementGroup::All) {
                let at = At { unit, measure: scene.measure, ..At::default() };
                let ranked = rank::ranks(scene.ind, &level.key, at, group);
                if ranked.iter().all(|rank| rank.of < 2) {
                    continue;
                }
                for rank in ranked.iter().filter(|rank| rank.figure.total > 0 || rank.figure.hides.total) {
                    let mut row = scene.area_cells(rank.area);
                    row.extend([scene.group_cell(group), scene.unit_cell(unit)]);
                    let [total, covered, ..] = counts(&rank.figure, scaled);
                    row.extend([total, covered, share(&rank.figure, None)]);
                    let number = |n: usize| Value::Count(u64::try_from(n).unwrap_or(u64::MAX), 1);
                    row.push(rank.rank.map_or(Value::Nothing, number));
                    row.push(number(rank.of));
                    if told_apart {
                        let all = group == SettlementGroup::All;
                        let gap = Gap::of(scene.ind, At { area: rank.area, ..at }).filter(|_| all);
                        row.push(gap.map_or(Value::Nothing, |gap| Value::Points(gap.ppm())));
                        row.push(gap.map_or(Value::Nothing, |gap| Value::Count(gap.units(), scaled.scale)));
                    }
                    rows.push(row);
                }
            }
        }
    }
    (!rows.is_empty()).then(|| scene.with_definition(scene.sheet("ranks", heads, rows, 3)))
}

/// Schools, workplaces and what else places are, where the study tells.
pub(super) fn categories(scene: &Scene<'_>) -> Option<Sheet> {
    let t = &scene.t;
    if !nittio_core::category::are_told_apart(scene.ind) {
        return None;
    }
    let mut heads = scene.area_heads();
    heads.push(Head::text(t.get("categories.category")));
    let numbers = ["column.total", "column.covered", "column.missing", "column.unmatched", "column.share"];
    heads.extend(numbers.map(|key| Head::number(t.get(key))));
    let mut rows = Vec::new();
    for area in scene.everywhere() {
        for category in 1..scene.ind.categories.len() {
            let figure = scene.ind.figure(At { area, category, measure: scene.measure, ..At::default() });
            if figure.total > 0 || figure.hides.total {
                let mut row = scene.area_cells(area);
                row.push(Value::Text(crate::compose::categories::name(scene, category)));
                row.extend(counts(&figure, &scene.ind.units[0]));
                row.push(share(&figure, None));
                rows.push(row);
            }
        }
    }
    (!rows.is_empty()).then(|| scene.with_definition(scene.sheet("categories", heads, rows, 4)))
}

/// The measures that are asked for, by index, in their order.
fn measures(scene: &Scene<'_>, asked: impl Fn(Measure) -> bool) -> Vec<usize> {
    (0..scene.ind.measures.len()).filter(|&measure| asked(scene.ind.measures[measure])).collect()
}

/// A property as a heading begins: "Minst 100 Mbit/s ned".
fn property(scene: &Scene<'_>, measure: usize) -> String {
    let measure = scene.ind.measures[measure];
    let name = scene.measure_name(measure);
    match measure {
        Measure::Down(_) => scene.t.say("tables.down", &[("property", &name)]),
        Measure::Up(_) => scene.t.say("tables.up", &[("property", &name)]),
        _ => name,
    }
}

fn counted(scene: &Scene<'_>, measure: usize, key: &str) -> String {
    scene.t.say(key, &[("what", &property(scene, measure))])
}

fn measure_heads(scene: &Scene<'_>, measure: usize) -> [Head; 2] {
    ["tables.count-of", "tables.share-of"].map(|key| Head::number(sentence(&counted(scene, measure, key))))
}

/// As a word goes on within a line.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
