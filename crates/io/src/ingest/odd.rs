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
    let rows: HashMap<_, _> = study.places.origin.iter().zip(&coverage.set).collect();
    for finding in all.iter_mut().filter(|d| d.action == Action::Unmatched) {
        if rows.get(&finding.at).is_some_and(|&&set| set != Coverage::UNMATCHED) {
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
    let levels = &study.frame.levels;
    let mut out: Vec<Diagnostic> = Vec::new();
    let mut nowhere: Option<(usize, Vec<&str>)> = None;
    let flush = |nowhere: &mut Option<(usize, Vec<&str>)>, out: &mut Vec<Diagnostic>| {
        if let Some((place, keys)) = nowhere.take() {
            let unmatched = coverage.set[place] == Coverage::UNMATCHED;
            out.push(Diagnostic {
                at: study.places.origin[place],
                finding: Finding::OutsideEveryArea,
                action: if unmatched { Action::Unmatched } else { Action::Noted },
                id: Some((&*study.places.ids[place]).into()),
                message: format!("the place lies in no {}", keys.join(", no ")),
            });
        }
    };
    for odd in &coverage.findings {
        if nowhere.as_ref().is_some_and(|(place, _)| *place != odd.place) {
            flush(&mut nowhere, &mut out);
        }
        let level = &levels[odd.level];
        let code = |area: Option<u32>| area.map_or("none", |area| level.areas[area as usize].code.as_str());
        let (finding, message) = match odd.what {
            Oddity::NoArea => {
                if study.places.position(odd.place).is_some() {
                    nowhere.get_or_insert((odd.place, Vec::new())).1.push(&level.key);
                }
                continue;
            }
            Oddity::SeveralAreas => {
                let taken = coverage.areas[odd.level][odd.place];
                (
                    Finding::InSeveralAreas,
                    format!("the place lies on or in several {}; {} was taken", level.key, code(Some(taken))),
                )
            }
            Oddity::CodeMismatch { position } => {
                let own = coverage.areas[odd.level][odd.place];
                (
                    Finding::AreaCodeMismatch,
                    format!(
                        "its code says {} {}, its position {}; the code was taken",
                        level.key,
                        code(Some(own)),
                        code(position)
                    ),
                )
            }
        };
        out.push(Diagnostic {
            at: study.places.origin[odd.place],
            finding,
            action: Action::Noted,
            id: Some((&*study.places.ids[odd.place]).into()),
            message,
        });
    }
    flush(&mut nowhere, &mut out);
    out
}
