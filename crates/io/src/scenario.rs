//! Scenarios that a person names, ready to be held against each other.

use nittio_core::{
    comparison::{About, Contrast, MOST},
    scenario::World,
};

use crate::{ingest::Opened, study_file::scenarios::BASE};

/// Names that cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// There is nothing of this name.
    #[error("the study has no scenario {name:?}; it has {known}")]
    Unknown {
        /// The name.
        name: String,
        /// What there is.
        known: String,
    },
    /// One name is not enough, or there are too many.
    #[error("name two scenarios or more, at most {MOST}; `base` is the study as it is")]
    Number,
}

/// Holds all but the first of some names against the first: `base`, scenarios, definitions.
///
/// # Errors
/// When there is nothing of a name.
pub fn contrasts(opened: &Opened<'_>, names: &[String]) -> Result<Vec<Contrast>, CompareError> {
    let (against, others) = names.split_first().ok_or(CompareError::Number)?;
    if others.is_empty() || others.len() > MOST {
        return Err(CompareError::Number);
    }
    let before = world(opened, against)?.1;
    others
        .iter()
        .map(|name| {
            let (about, after) = world(opened, name)?;
            let only_adds = about.only_adds && against == BASE && about.against == main(opened);
            let about = About { against: against.clone(), only_adds, ..about };
            Ok(Contrast { about, before: before.clone(), after })
        })
        .collect()
}

fn main<'a>(opened: &'a Opened<'_>) -> &'a str {
    opened.study.profiles.first().map_or("", |profile| &profile.key)
}

fn world(opened: &Opened<'_>, name: &str) -> Result<(About, World), CompareError> {
    let study = &opened.study;
    let frame = &study.frame;
    if let Some(posed) = opened.scenarios.iter().find(|posed| posed.scenario.key == name) {
        return Ok((Contrast::with_base(&posed.scenario, &posed.world, frame).about, posed.world.clone()));
    }
    let wanted = if name == BASE { main(opened) } else { name };
    let profile = study.profiles.iter().find(|profile| profile.key == wanted).ok_or_else(|| {
        let scenarios = opened.scenarios.iter().map(|posed| posed.scenario.key.as_str());
        let profiles = study.profiles.iter().map(|profile| profile.key.as_str());
        let known: Vec<&str> = std::iter::once(BASE).chain(scenarios).chain(profiles).collect();
        CompareError::Unknown { name: name.to_owned(), known: known.join(", ") }
    })?;
    let about = About {
        key: name.to_owned(),
        name: profile.key.clone(),
        against: String::new(),
        day: frame.as_of,
        only_adds: false,
    };
    Ok((about, World::as_it_is(profile, frame.as_of, &frame.services)))
}
