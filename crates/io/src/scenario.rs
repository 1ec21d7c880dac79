//! Scenarios that a person names or types, ready to be held against each other.

use nittio_core::{
    comparison::{About, Contrast, MOST},
    scenario::World,
    study::Study,
};

use crate::{
    basis::Basis,
    ingest::Opened,
    study_file::{
        error::StudyFileErrors,
        load::Loaded,
        scenario_text,
        scenarios::{BASE, Posed},
    },
};

/// Names that cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// There is nothing of this name.
    #[error(
        "the study has no scenario {name:?}; it has {known}. A saved result is a folder with result.nittio in it, or such a file"
    )]
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

/// The scenarios that there are of a study: its own, and those that are typed.
#[derive(Debug, Clone)]
pub struct Scenarios<'a> {
    loaded: &'a Loaded,
    study: &'a Study,
    posed: Vec<Posed>,
}

impl<'a> Scenarios<'a> {
    /// Those of a study that is opened.
    #[must_use]
    pub fn of_study(opened: &'a Opened<'_>) -> Self {
        Self { loaded: opened.loaded(), study: &opened.study, posed: opened.scenarios.clone() }
    }

    /// Those of a saved result.
    #[must_use]
    pub fn of_basis(basis: &Basis<'a>) -> Self {
        Self { loaded: basis.loaded, study: basis.study, posed: basis.scenarios.to_vec() }
    }

    /// Adds scenarios that were typed, and gives their keys.
    ///
    /// # Errors
    /// When one cannot be read, or is about nothing; the error points into what was typed.
    pub fn add(&mut self, texts: &[String]) -> Result<Vec<String>, StudyFileErrors> {
        let frame = &self.study.frame;
        let mut keys = Vec::new();
        for typed in scenario_text::read(texts, self.loaded)? {
            self.posed.extend(typed.pose(&frame.services, frame.near.as_ref(), &self.study.profiles)?);
            keys.push(typed.key().to_owned());
        }
        Ok(keys)
    }

    /// Holds all but the first of some names against the first: `base`, scenarios, definitions.
    ///
    /// # Errors
    /// When there is nothing of a name.
    pub fn contrasts(&self, names: &[String]) -> Result<Vec<Contrast>, CompareError> {
        let (against, others) = names.split_first().ok_or(CompareError::Number)?;
        if others.is_empty() || others.len() > MOST {
            return Err(CompareError::Number);
        }
        let before = self.world(against)?.1;
        others
            .iter()
            .map(|name| {
                let (about, after) = self.world(name)?;
                let only_adds = about.only_adds && against == BASE && about.against == self.main();
                let about = About { against: against.clone(), only_adds, ..about };
                Ok(Contrast { about, before: before.clone(), after })
            })
            .collect()
    }

    fn main(&self) -> &str {
        self.study.profiles.first().map_or("", |profile| &profile.key)
    }

    fn world(&self, name: &str) -> Result<(About, World), CompareError> {
        let (study, frame) = (self.study, &self.study.frame);
        if let Some(posed) = self.posed.iter().find(|posed| posed.scenario.key == name) {
            return Ok((Contrast::with_base(&posed.scenario, &posed.world, frame).about, posed.world.clone()));
        }
        let wanted = if name == BASE { self.main() } else { name };
        let profile = study.profiles.iter().find(|profile| profile.key == wanted).ok_or_else(|| {
            let scenarios = self.posed.iter().map(|posed| posed.scenario.key.as_str());
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
}
