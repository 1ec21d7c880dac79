//! What should be looked at: the rules, one after the other.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use geo::InteriorPoint as _;
use nittio_core::{
    delivery::{Operator, Remark, What},
    diagnostic::{Finding, SourceRow},
    footprint::Footprint,
    outcome::Input,
    plausibility,
    service::{Link, Service},
};
use rustc_hash::FxHashMap;

use super::{Both, changes::Changes, operator_of, square_metres};
use crate::ingest::parts::{Digest, digest};

/// Writes down all remarks.
pub(super) fn tell(both: &Both<'_, '_>, changes: &Changes, operators: &mut Vec<Operator>) {
    jumps(both, operators);
    lost_areas(both, changes, operators);
    footprints(both, changes, operators);
    duplicates(both, operators);
    findings(both, operators);
}

fn jumps(both: &Both<'_, '_>, operators: &mut [Operator]) {
    for operator in operators {
        let mut found = Vec::new();
        for change in &operator.changes {
            let area = (!change.code.is_empty()).then(|| (change.code.clone(), change.name.clone()));
            let mut say = |what| found.push(Remark { at: None, name: None, area: area.clone(), what });
            if both.settings.is_jump(change.before, change.lost) {
                say(What::Lost { places: change.lost, before: change.before });
            }
            if both.settings.is_jump(change.before, change.gained) {
                say(What::Gained { places: change.gained, before: change.before });
            }
        }
        let (before, now) = (operator.before.square_metres, operator.now.square_metres);
        if both.settings.is_area_jump(before, now) {
            found.push(Remark { at: None, name: None, area: None, what: What::Area { before, now } });
        }
        operator.remarks.append(&mut found);
    }
}

/// A polygon that is gone is worth a remark when somebody is no longer reached there, or nothing of the operator's is there now.
fn lost_areas(both: &Both<'_, '_>, changes: &Changes, operators: &mut [Operator]) {
    let study = &both.then.study;
    let inputs = both.then.provenance().inputs;
    for (footprint, &places) in study.footprints.iter().zip(&changes.lost) {
        let number = both.operator(study, footprint);
        let gone: Vec<_> = footprint.geometry.iter().filter(|polygon| both.is_gone(number, polygon)).collect();
        let uncovered = || {
            gone.iter().filter_map(|polygon| polygon.interior_point()).any(|at| {
                let held = both.index.held_at(at.0).links;
                let operator = |link: &Link| both.now.study.frame.services.get(link.service).operator.as_str();
                !held.iter().any(|link| operator(link) == both.names[number])
            })
        };
        if gone.is_empty() || (places == 0 && !uncovered()) {
            continue;
        }
        let square_metres = gone.iter().map(|polygon| square_metres(polygon)).sum();
        operators[number].remarks.push(Remark {
            at: Some(at(&inputs, footprint.origin)),
            name: footprint.name.clone(),
            area: both.area_named(&footprint.geometry),
            what: What::LostArea { square_metres, places },
        });
    }
}

fn footprints(both: &Both<'_, '_>, changes: &Changes, operators: &mut [Operator]) {
    let study = &both.now.study;
    let inputs = both.now.provenance().inputs;
    for (number, footprint) in study.footprints.iter().enumerate() {
        let mut found = Vec::new();
        if !changes.held[number] {
            found.push(What::Empty { square_metres: footprint.geometry.iter().map(square_metres).sum() });
        }
        if let Some((over, of)) = both.water.map(|water| water.under(&footprint.geometry))
            && both.settings.is_over_water(over, of)
        {
            found.push(What::Water { square_metres: over, of });
        }
        if let Some(&(places, nearest)) = changes.near.get(&number) {
            found.push(What::NearMiss { places, nearest });
        }
        let &Service { technology, down, up, .. } = study.frame.services.get(footprint.link.service);
        if let Some(limit) = plausibility::exceeded(technology, down, up) {
            found.push(What::Implausible { technology, down, up, limit: limit.source });
        }
        let remarks = found.into_iter().map(|what| Remark {
            at: Some(at(&inputs, footprint.origin)),
            name: footprint.name.clone(),
            area: both.area_named(&footprint.geometry),
            what,
        });
        operators[both.operator(study, footprint)].remarks.extend(remarks);
    }
}

fn duplicates(both: &Both<'_, '_>, operators: &mut [Operator]) {
    let study = &both.now.study;
    let inputs = both.now.provenance().inputs;
    let mut known: FxHashMap<(usize, Digest), &Footprint> = FxHashMap::default();
    for footprint in &study.footprints {
        let operator = both.operator(study, footprint);
        let mut first: Option<&Footprint> = None;
        for polygon in &footprint.geometry {
            let earlier = *known.entry((operator, digest(polygon))).or_insert(footprint);
            if earlier.origin != footprint.origin {
                first = first.or(Some(earlier));
            }
        }
        let Some(first) = first else { continue };
        let what = What::Duplicate { first: at(&inputs, first.origin), same_service: first.link == footprint.link };
        operators[operator].remarks.push(Remark {
            at: Some(at(&inputs, footprint.origin)),
            name: footprint.name.clone(),
            area: both.area_named(&footprint.geometry),
            what,
        });
    }
}

/// What reading the networks found. A row that is about nobody known, in a file of several, is of the operator `unknown`.
fn findings(both: &Both<'_, '_>, operators: &mut Vec<Operator>) {
    let study = &both.now.study;
    let inputs = both.now.provenance().inputs;
    let rows: BTreeMap<SourceRow, &str> =
        study.footprints.iter().map(|footprint| (footprint.origin, operator_of(study, footprint))).collect();
    let mut of_source: BTreeMap<u16, BTreeSet<&str>> = BTreeMap::new();
    for (link, sources) in &both.now.origins {
        for &source in sources {
            of_source.entry(source).or_default().insert(&study.frame.services.get(link.service).operator);
        }
    }
    for found in both.now.diagnostics() {
        let input = inputs.get(usize::from(found.at.source));
        let of_networks = input.is_some_and(|input| matches!(input.role.as_str(), "footprints" | "offers"));
        let footprint = rows.get(&found.at).copied();
        // Footprints have been asked about their speeds already.
        if !of_networks || (found.finding == Finding::ImplausibleSpeed && footprint.is_some()) {
            continue;
        }
        let alone = of_source.get(&found.at.source).filter(|all| all.len() == 1).and_then(|all| all.first().copied());
        let name = footprint.or(alone).unwrap_or(UNKNOWN);
        let remark = Remark {
            at: Some(at(&inputs, found.at)),
            name: found.id.as_deref().map(str::to_owned),
            area: None,
            what: What::Finding { key: found.finding.key(), message: found.message.as_ref().to_owned() },
        };
        match operators.iter_mut().find(|operator| operator.name == name) {
            Some(operator) => operator.remarks.push(remark),
            None => operators.push(Operator { name: name.to_owned(), remarks: vec![remark], ..Operator::default() }),
        }
    }
}

/// What reading calls an operator that no row names.
const UNKNOWN: &str = "unknown";

/// The file's own name and the row: where the last delivery lay on this machine is nobody's business.
fn at(inputs: &[Input], origin: SourceRow) -> (String, u32) {
    let path = inputs.get(usize::from(origin.source)).map_or("", |input| input.path.as_str());
    let path = if Path::new(path).is_absolute() {
        Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned()
    } else {
        path.to_owned()
    };
    (path, origin.row)
}
