//! The public edition of a run: which sources are how secret, and what may be said.

use nittio_core::{
    edition::{self, Tags},
    indicator::TOTAL,
    outcome::Outcome,
    secrecy::Secrecy,
    suppress::Rule,
};

use crate::{
    basis::Basis,
    study_file::{StudyFile, defaults::ReportView},
};

/// By which rule small counts are kept back.
#[must_use]
pub fn rule(file: &StudyFile) -> Rule {
    Rule { threshold: file.editions.threshold, protect_zeros: file.editions.protect_zeros }
}

/// The public edition of an outcome, from the basis that it was made from.
#[must_use]
pub fn public(basis: &Basis<'_>, outcome: &Outcome) -> Outcome {
    let file = &basis.loaded.file;
    let tags = Tags {
        origins: basis.origins.clone(),
        levels: levels(file),
        settlements: file.settlements.iter().map(|source| source.file.secrecy).max().unwrap_or_default(),
    };
    edition::public(outcome, basis.tally, &tags, rule(file))
}

/// What the public report is drawn for: a level that may not be named gives way to the first one that may.
#[must_use]
pub fn report_view(view: &ReportView, public: &Outcome) -> ReportView {
    let named = |key: &str| public.indicators.areas.iter().any(|area| area.level == key);
    let first = public.frame.levels.iter().map(|level| level.key.as_str()).find(|key| named(key));
    let level = if named(&view.level) { view.level.as_str() } else { first.unwrap_or(TOTAL) };
    ReportView { level: level.to_owned(), ..view.clone() }
}

/// How secret each level's areas are: as its file, or as the level that it follows from.
fn levels(file: &StudyFile) -> Vec<Secrecy> {
    let of_file = |key: &str| file.areas.get(key).and_then(|source| source.file.as_ref()).map(|file| file.secrecy);
    file.areas
        .iter()
        .map(|(key, source)| {
            let from = source.from.as_ref().and_then(|from| of_file(from.get_ref()));
            of_file(key).or(from).unwrap_or_default()
        })
        .collect()
}
