//! What the join found odd about where places lie, as diagnostics.

use std::{collections::HashSet, sync::Arc};

use nittio_core::{
    area::Level,
    coverage::{Coverage, Kind, Oddity},
    diagnostic::{Action, Diagnostic, Finding, SourceRow},
};

use super::Ingested;

/// Messages, each kept once however many rows it is about.
#[derive(Debug, Default)]
pub struct Messages(HashSet<Arc<str>>);

impl Messages {
    fn of(&mut self, message: &str) -> Arc<str> {
        if let Some(known) = self.0.get(message) {
            return Arc::clone(known);
        }
        let new: Arc<str> = message.into();
        self.0.insert(Arc::clone(&new));
        new
    }
}

/// All findings of reading and joining, in the order of files and rows.
#[must_use]
pub fn findings(ingested: &Ingested, coverage: &Coverage) -> Vec<Diagnostic> {
    let (study, places) = (&ingested.study, &ingested.study.places);
    let mut all = ingested.diagnostics.clone();
    let mut offered = HashSet::new();
    let mut messages = Messages::default();
    for place in 0..places.len() {
        let (kind, positioned) = (coverage.of(place), places.position(place).is_some());
        let (at, id) = (places.origin[place], &places.ids[place]);
        all.extend(of_place(&study.frame.levels, kind, (at, id), positioned, &mut messages));
        if !positioned && kind.is_matched() {
            offered.insert(places.origin[place]);
        }
    }
    settle(&mut all, &offered);
    all
}

/// Puts findings in order. Only the join knows whether a place without a position is unmatched: an offer list may
/// name it, and `offered` are the rows of such places.
pub fn settle(findings: &mut [Diagnostic], offered: &HashSet<SourceRow>) {
    for finding in findings.iter_mut().filter(|d| d.action == Action::Unmatched) {
        if offered.contains(&finding.at) {
            finding.action = Action::Noted;
        }
    }
    findings.sort_unstable();
}

/// What is odd about where one place lies, one diagnostic per kind of oddity.
///
/// That a place has no position was told when it was read.
#[must_use]
pub fn of_place(
    levels: &[Level],
    kind: &Kind,
    (at, id): (SourceRow, &str),
    positioned: bool,
    messages: &mut Messages,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let mut say = |finding, action, message: String| {
        out.push(Diagnostic { at, finding, action, id: Some(id.into()), message: messages.of(&message) });
    };
    let mut nowhere: Vec<&str> = Vec::new();
    for &(number, oddity) in &kind.oddities {
        let level = &levels[number];
        let code = |area: Option<u32>| area.map_or("none", |area| level.areas[area as usize].code.as_str());
        let taken = code(kind.areas[number]);
        match oddity {
            Oddity::NoArea if positioned => nowhere.push(&level.key),
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
        say(Finding::OutsideEveryArea, action, format!("the place lies in no {}", nowhere.join(", no ")));
    }
    out
}
