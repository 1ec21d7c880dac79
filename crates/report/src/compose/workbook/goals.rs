//! The goals: every area held against every step of every goal, one row each, so that a filter finds what is asked for.

use nittio_core::assessment::{Part, Verdict};

use super::{counts, share};
use crate::{
    compose::{Scene, share_ppm},
    tables::{Head, Sheet, Value},
};

/// The sheet, where the study has goals.
pub(super) fn sheet(scene: &Scene<'_>) -> Option<Sheet> {
    let t = &scene.t;
    let goals = &scene.out.goals;
    if goals.is_empty() {
        return None;
    }
    let mut heads = scene.area_heads();
    heads.extend(["tables.goal"].map(|key| Head::text(t.get(key))));
    heads.push(Head::number(t.get("tables.year")));
    heads.push(Head::text(t.get("tables.unit")));
    let numbers =
        ["tables.mbps", "tables.goal-share", "column.total", "column.covered", "column.missing", "column.unmatched"];
    heads.extend(numbers.map(|key| Head::number(t.get(key))));
    let numbers = ["column.share", "tables.left-points", "tables.left-units"];
    heads.extend(numbers.map(|key| Head::number(t.get(key))));
    heads.extend(["tables.step", "column.joint"].map(|key| Head::text(t.get(key))));

    let mut order: Vec<usize> = (0..goals.len()).collect();
    order.sort_by_key(|&goal| Some(goal) != scene.goal);
    let mut rows = Vec::new();
    for &goal in &order {
        for area in scene.everywhere().into_iter().filter(|&area| scene.is_area(area)) {
            let Some(assessment) = scene.assessment(goal, area) else { continue };
            for part in assessment.parts.iter().filter(|part| scene.ind.unit(part.unit.key()).is_some()) {
                let mut row = scene.area_cells(area);
                row.extend([
                    Value::Text(scene.text(&goals[goal].name).to_owned()),
                    Value::Year(goals[goal].year),
                    Value::Text(scene.unit_head(&part.unit)),
                    Value::Mbps(part.step.down.mbps()),
                    Value::Share(u64::from(share_ppm(&part.step)), 1_000_000, None),
                ]);
                row.extend(held(scene, part));
                row.push(verdict(scene, part.verdict));
                row.push(verdict(scene, assessment.joint));
                rows.push(row);
            }
        }
    }
    (!rows.is_empty()).then(|| scene.with_definition(scene.sheet("goals", heads, rows, 3)))
}

/// Counts, share, and what is left.
fn held(scene: &Scene<'_>, part: &Part) -> Vec<Value> {
    let unit = &scene.ind.units[scene.ind.unit(part.unit.key()).unwrap_or(0)];
    let mut cells: Vec<Value> = counts(&part.figure, unit).into();
    cells.push(share(&part.figure, Some(share_ppm(&part.step))));
    cells.extend(match part.verdict {
        Verdict::Met => [Value::Points(0), Value::Count(0, unit.scale)],
        Verdict::Missed { units, .. } => [Value::Points(lacking(part)), Value::Count(units, unit.scale)],
        Verdict::NotMeasured => [Value::Nothing, Value::Nothing],
        Verdict::Withheld => [Value::Hidden, Value::Hidden],
    });
    cells
}

/// What the share lacks to the goal, in millionths, half rounded up.
fn lacking(part: &Part) -> i64 {
    let (covered, total) = (u128::from(part.figure.covered), u128::from(part.figure.total).max(1));
    let lacking = (u128::from(share_ppm(&part.step)) * total).saturating_sub(1_000_000 * covered);
    i64::try_from((2 * lacking + total) / (2 * total)).unwrap_or(i64::MAX)
}

pub(super) fn verdict(scene: &Scene<'_>, verdict: Verdict) -> Value {
    match verdict {
        Verdict::Met => Value::Verdict(true, scene.t.get("goal.met-short")),
        Verdict::Missed { .. } => Value::Verdict(false, scene.t.get("goal.missed-short")),
        Verdict::NotMeasured => Value::Text(scene.t.get("goal.unmeasured")),
        Verdict::Withheld => Value::Hidden,
    }
}
