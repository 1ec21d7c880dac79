//! The attack on the written figures.

use std::collections::{BTreeMap, BTreeSet};

use nittio_core::{indicator::TOTAL, quantity::Speed, suppress::attack::Attack};
use serde_json::Value;

use super::{
    Check, Manifest, check,
    figures::{Key, NAMES, Table},
};
use crate::write::indicators::ALL;

/// Whether anything that is kept back can be found out, or bounded to be small, from everything that is not.
pub(super) fn attack(table: &Table, manifest: &Manifest, truth: Option<&Table>) -> Check {
    let mut attack = Attack::default();
    let numbers: Vec<[usize; 4]> = table.rows.iter().map(|row| row.counts.map(|count| attack.count(count))).collect();
    for &[total, covered, missing, unmatched] in &numbers {
        attack.sum(total, vec![covered, missing, unmatched]);
    }
    let mut values: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); 7];
    for row in &table.rows {
        for (values, text) in values.iter_mut().zip(&row.key.0) {
            values.insert(text);
        }
    }
    let areas: BTreeSet<(&str, &str)> =
        table.rows.iter().map(|row| (row.key.0[0].as_str(), row.key.0[1].as_str())).collect();
    let levels: BTreeSet<&str> = areas.iter().map(|(level, _)| *level).filter(|level| *level != TOTAL).collect();
    let implied = implied(&values[6]);
    let narrower = narrower(&manifest.value);
    let measure = values[6].first().copied().unwrap_or_default();
    for (number, row) in table.rows.iter().enumerate() {
        let key = &row.key;
        let mut parts_of = |parts: Vec<Key>| {
            let parts: Option<Vec<usize>> = parts.iter().map(|key| table.find(key)).collect();
            let Some(parts) = parts.filter(|parts| !parts.is_empty()) else { return };
            for (column, &whole) in numbers[number].iter().enumerate() {
                attack.sum(whole, parts.iter().map(|&part| numbers[part][column]).collect());
            }
        };
        for axis in [2, 3].into_iter().filter(|&axis| key.0[axis] == ALL) {
            parts_of(values[axis].iter().filter(|text| **text != ALL).map(|text| key.with(axis, text)).collect());
        }
        if key.0[0] == TOTAL {
            for level in &levels {
                let of_level = areas.iter().filter(|(l, _)| l == level);
                parts_of(of_level.map(|(level, code)| key.with(0, level).with(1, code)).collect());
            }
        }
        // A county's municipalities begin with its code.
        if key.0[0] == "county" && levels.contains("municipality") && !key.0[1].is_empty() {
            let own = areas.iter().filter(|(level, code)| *level == "municipality" && code.starts_with(&key.0[1]));
            parts_of(own.map(|(level, code)| key.with(0, level).with(1, code)).collect());
        }
        // The total and the unmatched are the same in every row of the same places.
        if let Some(same) = table.find(&key.with(6, measure)).filter(|&same| same != number) {
            for column in [0, 3] {
                attack.at_most(numbers[number][column], numbers[same][column]);
                attack.at_most(numbers[same][column], numbers[number][column]);
            }
        }
        let mut narrower_than = |other: Option<usize>| {
            if let Some(other) = other {
                attack.at_most(numbers[number][1], numbers[other][1]);
                attack.at_most(numbers[other][2], numbers[number][2]);
            }
        };
        for wider in implied.get(key.0[6].as_str()).into_iter().flatten() {
            narrower_than(table.find(&key.with(6, wider)));
        }
        for (_, wider) in narrower.iter().filter(|(narrow, _)| *narrow == key.0[4]) {
            narrower_than(table.find(&key.with(4, wider)));
        }
    }
    let what = "Nothing that is kept back can be found out, or be seen to be small, from all that is shown together.";
    let Some(bounds) = attack.bounds() else {
        return check(what, ["indicators.csv: its figures contradict each other".to_owned()]);
    };
    let mut problems = Vec::new();
    for (number, row) in table.rows.iter().enumerate() {
        let Some(enough) = manifest.enough(row.key.unit()) else { continue };
        let truth = truth.and_then(|truth| truth.recoded(&row.key));
        for (column, name) in NAMES.into_iter().enumerate().filter(|&(column, _)| row.counts[column].is_none()) {
            let (low, high) = bounds[numbers[number][column]];
            let small = truth.and_then(|counts| counts[column]).is_some_and(|count| 0 < count && count < enough);
            if high < enough && (low > 0 || small) {
                let said = row.key.said();
                let how = if low == high { format!("it is {low}") } else { format!("it is from {low} to {high}") };
                problems.push(format!("indicators.csv, row {}: {name} is kept back, and {how} ({said})", number + 2));
            }
        }
        problems
            .extend(between(table, row, enough, &implied).map(|p| format!("indicators.csv, row {}: {p}", number + 2)));
    }
    check(what, problems)
}

/// Which measures each measure implies: any service, and the next lower speed.
fn implied<'a>(measures: &BTreeSet<&'a str>) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut implied: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for start in ["down>=", "up>="] {
        let speed = |measure: &str| measure.strip_prefix(start).and_then(|text| text.parse::<Speed>().ok());
        let mut speeds: Vec<(Speed, &str)> = measures.iter().filter_map(|m| Some((speed(m)?, *m))).collect();
        speeds.sort();
        for pair in speeds.windows(2) {
            implied.entry(pair[1].1).or_default().push(pair[0].1);
        }
        if let Some((_, lowest)) = speeds.first() {
            implied.entry(lowest).or_default().push("covered");
        }
    }
    for measure in measures.iter().filter(|m| m.starts_with("technology=") || m.starts_with("operators>=")) {
        implied.entry(measure).or_default().push("covered");
    }
    implied
}

/// Pairs of profiles of which all that the first counts the second counts too.
fn narrower(manifest: &Value) -> Vec<(&str, &str)> {
    let profiles = manifest.pointer("/definitions/profiles").and_then(Value::as_array).map(Vec::as_slice);
    let profiles = profiles.unwrap_or_default();
    let words = |profile: &Value, key: &str| -> Option<BTreeSet<String>> {
        profile[key].as_array().map(|words| words.iter().map(ToString::to_string).collect())
    };
    let within = |a: &Value, b: &Value| {
        let reach = words(a, "reach").is_some_and(|a| words(b, "reach").is_some_and(|b| a.is_subset(&b)));
        let technologies = match (words(a, "technologies"), words(b, "technologies")) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(a), Some(b)) => a.is_subset(&b),
        };
        let day = |profile: &Value| profile["planned_until"].as_str().unwrap_or_default().to_owned();
        reach && technologies && day(a) <= day(b)
    };
    let pairs = profiles.iter().flat_map(|a| profiles.iter().map(move |b| (a, b)));
    let within = pairs.filter(|(a, b)| a["key"] != b["key"] && within(a, b));
    within.filter_map(|(a, b)| Some((a["key"].as_str()?, b["key"].as_str()?))).collect()
}

/// What lies between a speed and the next lower one, where it is small.
fn between<'a>(
    table: &'a Table,
    row: &'a super::figures::Row,
    enough: u64,
    implied: &'a BTreeMap<&str, Vec<&str>>,
) -> impl Iterator<Item = String> + 'a {
    let measure = row.key.0[6].as_str();
    let speeds = measure.starts_with("down>=") || measure.starts_with("up>=");
    let wider = implied.get(measure).into_iter().flatten().filter(move |_| speeds);
    wider.filter_map(move |wider| {
        let less = row.counts[1]?;
        let more = table.get(&row.key.with(6, wider))?.counts[1]?;
        let count = more.checked_sub(less).filter(|&count| 0 < count && count < enough)?;
        Some(format!("covered differs by {count} from {wider} ({})", row.key.said()))
    })
}
