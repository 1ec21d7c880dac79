//! What the figures rest on and how they would move: scenarios, safety, official figures, findings; and public money.

use nittio_core::{
    measure::Measure,
    official::{Bound, Counts},
    safety::Standing,
    split::Split,
};

use super::{count, share};
use crate::{
    compose::{Scene, reconciliation, share_ppm},
    tables::{Head, Sheet, Value},
};

/// White, grey and black, and who may have support; a sheet each, where the study asks.
pub(super) fn aid(scene: &Scene<'_>) -> Vec<Sheet> {
    let aid = &scene.out.aid;
    let state_aid = aid.state_aid.as_ref().map(|counted| split(scene, "state-aid", &counted.split));
    let support = aid.support.as_ref().map(|counted| split(scene, "support", &counted.split));
    state_aid.into_iter().chain(support).collect()
}

fn split(scene: &Scene<'_>, key: &str, split: &Split) -> Sheet {
    let t = &scene.t;
    let mut heads = scene.area_heads();
    heads.extend(["tables.settlement", "tables.unit"].map(|key| Head::text(t.get(key))));
    heads.push(Head::number(t.get("column.total")));
    heads.extend(split.parts.iter().map(|part| Head::number(t.get(&format!("aid.column-{}", part.replace('_', "-"))))));
    let mut rows = Vec::new();
    for area in scene.everywhere() {
        for (settlement, class) in split.settlements.iter().enumerate() {
            for (unit, scaled) in split.units.iter().enumerate() {
                let parts = split.counts(area, settlement, unit);
                let total: u64 = parts.iter().sum();
                if total == 0 {
                    continue;
                }
                let mut row = scene.area_cells(area);
                let class = class.map(|class| t.get(&format!("settlement.{}", class.key())));
                row.push(Value::Text(class.unwrap_or_else(|| t.get("tables.all"))));
                row.extend([scene.unit_cell(unit), count(total, false, scaled)]);
                row.extend(parts.iter().map(|&part| count(part, false, scaled)));
                rows.push(row);
            }
        }
    }
    scene.sheet(key, heads, rows, 3)
}

/// What every scenario would change, at every step of the main goal.
pub(super) fn scenarios(scene: &Scene<'_>) -> Option<Sheet> {
    let (t, compared) = (&scene.t, &scene.out.scenarios);
    let goal = scene.main_goal()?;
    let mut heads = vec![Head::text(t.get("scenarios.scenario"))];
    heads.extend(scene.area_heads());
    heads.push(Head::text(t.get("tables.unit")));
    let numbers = [
        "tables.mbps",
        "column.total",
        "tables.before",
        "tables.after",
        "tables.share-before",
        "tables.share-after",
        "scenarios.gained",
        "scenarios.lost",
        "scenarios.left-before",
        "scenarios.left-after",
    ];
    heads.extend(numbers.map(|key| Head::number(t.get(key))));
    let mut rows = Vec::new();
    for (contrast, about) in compared.contrasts.iter().enumerate() {
        for area in scene.everywhere().into_iter().filter(|&area| scene.is_area(area)) {
            for unit in goal.units.iter().filter_map(|unit| scene.ind.unit(unit.key())) {
                for step in &goal.steps {
                    let Some(measure) = compared.measure(Measure::Down(step.down)) else { continue };
                    let moved = compared.moved(contrast, area, unit, measure);
                    let scaled = &scene.ind.units[unit];
                    let mut row = vec![Value::Text(about.name.clone())];
                    row.extend(scene.area_cells(area));
                    row.extend([scene.unit_cell(unit), Value::Mbps(step.down.mbps())]);
                    let whole = [moved.total, moved.before, moved.after];
                    row.extend(whole.map(|parts| count(parts, false, scaled)));
                    row.push(share(&moved.figure_before(), Some(share_ppm(step))));
                    row.push(share(&moved.figure_after(), Some(share_ppm(step))));
                    let [left_before, left_after] = moved.lacking(step);
                    let more = [moved.gained, moved.lost, left_before, left_after];
                    row.extend(more.map(|parts| count(parts, false, scaled)));
                    rows.push(row);
                }
            }
        }
    }
    (!rows.is_empty()).then(|| scene.sheet("scenarios", heads, rows, 4))
}

/// How far every goal's figures could be from what is said.
pub(super) fn safety(scene: &Scene<'_>) -> Option<Sheet> {
    let t = &scene.t;
    let mut heads = scene.area_heads();
    heads.extend(["tables.goal", "tables.unit"].map(|key| Head::text(t.get(key))));
    let numbers = ["tables.mbps", "column.total", "tables.lowest", "tables.stated", "tables.highest"];
    heads.extend(numbers.map(|key| Head::number(t.get(key))));
    let numbers = ["tables.lowest-share", "tables.stated-share", "tables.highest-share"];
    heads.extend(numbers.map(|key| Head::number(t.get(key))));
    heads.push(Head::text(t.get("tables.standing")));
    let mut rows = Vec::new();
    let order: Vec<usize> = scene.everywhere().into_iter().filter(|&area| scene.is_area(area)).collect();
    let lines = (0..scene.out.goals.len()).flat_map(|goal| order.iter().map(move |&area| (goal, area)));
    for line in lines.filter_map(|(goal, area)| scene.out.safety.line(goal, area)) {
        for part in &line.parts {
            let Some(unit) = scene.ind.unit(part.unit.key()).filter(|_| part.figure.total > 0) else { continue };
            if part.standing == Standing::NotMeasured {
                continue;
            }
            let (scaled, goal) = (&scene.ind.units[unit], Some(share_ppm(&part.step)));
            let mut row = scene.area_cells(line.area);
            row.push(Value::Text(scene.text(&scene.out.goals[line.goal].name).to_owned()));
            row.extend([scene.unit_cell(unit), Value::Mbps(part.step.down.mbps())]);
            let (total, three) = (part.figure.total, [part.lowest, part.figure.covered, part.highest]);
            row.push(count(total, false, scaled));
            row.extend(three.map(|parts| count(parts, false, scaled)));
            row.extend(three.map(|parts| Value::Share(parts, total, goal)));
            row.push(Value::Text(t.get(&format!("standing.{}", part.standing.key()))));
            rows.push(row);
        }
    }
    (scene.out.edition.is_none() && !rows.is_empty()).then(|| scene.sheet("safety", heads, rows, 3))
}

/// The study's figures beside official ones.
pub(super) fn reconciliation(scene: &Scene<'_>) -> Option<Sheet> {
    let t = &scene.t;
    let mut heads = scene.area_heads();
    heads.extend(["tables.figure", "tables.publisher", "tables.day"].map(|key| Head::text(t.get(key))));
    let numbers = ["tables.ours", "tables.ours-upper", "tables.official"];
    heads.extend(numbers.map(|key| Head::number(t.get(key))));
    heads.push(Head::text(t.get("tables.bound")));
    let numbers = ["tables.difference-points", "tables.difference-units", "tables.difference-percent"];
    heads.extend(numbers.map(|key| Head::number(t.get(key))));
    heads.push(Head::text(t.get("reconciliation.position")));
    let mut rows = Vec::new();
    for comparison in &scene.out.reconciliation.comparisons {
        let definition = &comparison.official.definition;
        let scale = reconciliation::scale(scene, comparison);
        for line in &comparison.lines {
            let mut row = scene.area_cells(line.area);
            row.extend([
                Value::Text(reconciliation::name(scene, comparison)),
                Value::Text(definition.publisher.clone()),
                Value::Text(reconciliation::day(scene, comparison)),
            ]);
            let upper = line.figure.covered + line.figure.unmatched;
            let bound = match line.official.bound {
                Bound::Exact => Value::Nothing,
                Bound::Above => Value::Text(t.get("tables.above")),
                Bound::Below => Value::Text(t.get("tables.below")),
            };
            match definition.counts {
                Counts::Share => {
                    row.push(share(&line.figure, None));
                    row.push(if line.figure.total > 0 {
                        Value::Share(upper, line.figure.total, None)
                    } else {
                        Value::Nothing
                    });
                    row.extend([Value::Share(line.official.value, 1_000_000, None), bound]);
                    row.push(line.difference_ppm().map_or(Value::Nothing, Value::Points));
                    row.extend([Value::Nothing, Value::Nothing]);
                }
                Counts::Total => {
                    row.extend([Value::Count(line.figure.total, scale), Value::Nothing]);
                    row.extend([Value::Count(line.official.value, 1), bound, Value::Nothing]);
                    row.push(Value::Difference(line.difference_units(scale)));
                    row.push(line.difference_ratio_ppm(scale).map_or(Value::Nothing, Value::Percent));
                }
            }
            row.push(Value::Text(reconciliation::position(scene, line.position)));
            rows.push(row);
        }
    }
    let shown = scene.out.edition.is_none() && !rows.is_empty();
    shown.then(|| scene.sheet("reconciliation", heads, rows, 3))
}

/// What was found in the input, with how often.
pub(super) fn findings(scene: &Scene<'_>) -> Option<Sheet> {
    let t = &scene.t;
    let mut heads = ["quality.file", "quality.finding"].map(|key| Head::text(t.get(key))).to_vec();
    heads.push(Head::number(t.get("quality.rows")));
    heads.push(Head::text(t.get("quality.action")));
    heads.push(Head::long(t.get("quality.meaning")));
    let rows: Vec<Vec<Value>> = scene
        .out
        .diagnostics
        .iter()
        .map(|found| {
            let file = scene.out.provenance.inputs.get(usize::from(found.source));
            let key = found.finding.key();
            vec![
                Value::Text(file.map_or_else(|| t.get("quality.unknown-file"), |file| file.path.clone())),
                Value::Text(t.get(&format!("finding.{key}"))),
                // A count of none is not listed, so here it is kept back.
                if found.rows == 0 { Value::Hidden } else { Value::Count(found.rows, 1) },
                Value::Text(t.get(&format!("action.{}", found.action.key()))),
                Value::Text(t.get(&format!("meaning.{key}"))),
            ]
        })
        .collect();
    (!rows.is_empty()).then(|| scene.sheet("findings", heads, rows, 2))
}
