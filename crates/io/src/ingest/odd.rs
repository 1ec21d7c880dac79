//! What the join found odd about where places lie, as diagnostics.

use std::collections::HashMap;

use nittio_core::{
    coverage::{Coverage, Oddity},
    diagnostic::{Action, Diagnostic, Finding},
    study::Study,
};

use super::Ingested;

/// All findings of reading and joining, in the order of files and rows.
///
/// Only the join knows whether a place without a position is unmatched: an offer list may name it.
#[must_use]
pub fn findings(ingested: &Ingested, coverage: &Coverage) -> Vec<Diagnostic> {
    let study = &ingested.study;
    let mut all = ingested.diagnostics.clone();
    let rows: HashMap<_, _> = study.places.origin.iter().zip(&coverage.kind).collect();
    for finding in all.iter_mut().filter(|d| d.action == Action::Unmatched) {
        if rows.get(&finding.at).is_some_and(|&&kind| coverage.kinds[kind as usize].is_matched()) {
            finding.action = Action::Noted;
        }
    }
    all.extend(odd_places(study, coverage));
    all.sort();
    all
}

/// The join's oddities, one diagnostic per place and kind.
///
/// A place without a position was told of when it was read.
fn odd_places(study: &Study, coverage: &Coverage) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for place in (0..study.places.len()).filter(|&place| !coverage.of(place).oddities.is_empty()) {
        let kind = coverage.of(place);
        let mut say = |finding, action, message| {
            let id = Some((&*study.places.ids[place]).into());
            out.push(Diagnostic { at: study.places.origin[place], finding, action, id, message });
        };
        let mut nowhere: Vec<&str> = Vec::new();
        for &(number, oddity) in &kind.oddities {
            let level = &study.frame.levels[number];
            let code = |area: Option<u32>| area.map_or("none", |area| level.areas[area as usize].code.as_str());
            let taken = code(kind.areas[number]);
            match oddity {
                Oddity::NoArea if study.places.position(place).is_some() => nowhere.push(&level.key),
                Oddity::NoArea => {}
                Oddity::SeveralAreas => say(
                    Finding::InSeveralAreas,
                    Action::Noted,
                    format!("the place lies on or in several {}; {taken} was taken", level.key),
                ),
                Oddity::CodeMismatch { position } => say(
                    Finding::AreaCodeMismatch,
                    Action::Noted,
                    format!("its code says {} {taken}, its position {}; the code was taken", level.key, code(position)),
                ),
            }
        }
        if !nowhere.is_empty() {
            let action = if kind.is_matched() { Action::Noted } else { Action::Unmatched };
            let message = format!("the place lies in no {}", nowhere.join(", no "));
            say(Finding::OutsideEveryArea, action, message);
        }
    }
    out
}
