//! Goals as data: which share of which units should have which speed, by when, and who said so.

use serde::{Deserialize, Serialize};

use crate::{
    quantity::{Share, Speed},
    unit::Unit,
};

/// A goal, with the decision it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[doc(alias = "bredbandsmål")]
pub struct Goal {
    /// The id that a study names it by.
    pub id: String,
    /// Its name, by language.
    pub name: Text,
    /// The year it was decided, where known.
    pub decided: Option<i16>,
    /// The year by whose end it should be reached.
    pub year: i16,
    /// The units that must all reach it: the goal is met jointly.
    pub units: Vec<Unit>,
    /// Thresholds and shares; all of them must be reached.
    pub steps: Vec<Step>,
    /// Where it stands.
    pub source: Option<Source>,
}

/// A text in the languages of the reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Swedish.
    pub sv: String,
    /// English.
    pub en: String,
}

/// One part of a goal: this share of the units should have at least this speed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The download threshold.
    pub down: Speed,
    /// The share to be reached.
    pub share: Share,
}

/// Where a fact stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The title of the document.
    pub title: String,
    /// Its address.
    pub link: Option<String>,
    /// Its date, or the day it was read.
    pub date: Option<String>,
}

#[derive(Deserialize)]
struct File {
    goal: Vec<Goal>,
}

/// The goals that nittio knows by itself, in order of decision.
///
/// # Errors
/// When the built-in file is broken, which a test rules out.
pub fn built_in() -> Result<Vec<Goal>, toml::de::Error> {
    Ok(toml::from_str::<File>(include_str!("../data/goals.toml"))?.goal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_goals_are_the_decided_ones() -> Result<(), toml::de::Error> {
        let goals = built_in()?;
        let said: Vec<_> = goals
            .iter()
            .map(|g| {
                let steps: Vec<_> = g.steps.iter().map(|s| format!("{} {}", s.down, s.share)).collect();
                format!("{} {}: {}", g.id, g.year, steps.join(", "))
            })
            .collect();
        assert_eq!(
            said,
            [
                "se-2009-2015 2015: 100 Mbit/s 40 %",
                "se-2009-2020 2020: 100 Mbit/s 90 %",
                "se-2016-2020 2020: 100 Mbit/s 95 %",
                "se-2016-2025 2025: 1000 Mbit/s 98 %, 100 Mbit/s 99.9 %, 30 Mbit/s 100 %",
                "eu-2030 2030: 1000 Mbit/s 100 %",
            ]
        );
        assert!(goals.iter().all(|g| g.source.is_some()), "every goal says where it stands");
        Ok(())
    }
}
