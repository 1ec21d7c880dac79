//! Categories: which places are listed one by one when they lack a speed.

use serde::{Deserialize, Serialize};

use crate::{goal::Goal, indicator::Indicators, quantity::Speed};

/// Which places are listed when they lack a speed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// These categories; all but homes and workplaces when `None`.
    pub categories: Option<Vec<String>>,
    /// The download speeds that are asked about, as [`speeds`] gives them: the report's first.
    pub speeds: Vec<Speed>,
    /// Whether places have names.
    pub names: bool,
}

/// A listed place that lacks the first speed, as the report names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacking {
    /// Its category.
    pub category: String,
    /// Its name; the id where it has none.
    pub name: String,
    /// Per level of the frame: the area.
    pub areas: Vec<Option<u32>>,
    /// The best download speed that reaches it.
    pub down: Option<Speed>,
}

/// Listed places that lack the first speed: how many, and the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Few {
    /// How many there are.
    pub count: u64,
    /// The first of them, by id; at most [`Few::MOST`].
    pub first: Vec<Lacking>,
}

impl Few {
    /// How many are kept.
    pub const MOST: usize = 40;

    /// Adds one, after those before it.
    pub fn push(&mut self, place: impl FnOnce() -> Lacking) {
        self.count += 1;
        if self.first.len() < Self::MOST {
            self.first.push(place());
        }
    }
}

#[derive(Deserialize)]
struct File {
    not_listed: Vec<String>,
}

impl Listing {
    /// Whether places of this category are listed.
    #[must_use]
    pub fn lists(&self, category: &str) -> bool {
        match &self.categories {
            Some(listed) => listed.iter().any(|listed| listed == category),
            None => {
                // The built-in file is read by a test; were it broken, nothing would be listed.
                let file = toml::from_str::<File>(include_str!("../data/categories.toml"));
                file.is_ok_and(|file| !file.not_listed.iter().any(|not| not == category))
            }
        }
    }
}

/// The download speeds that goals ask for, each once: that of the first goal's first step first, then upwards.
#[must_use]
pub fn speeds(goals: &[Goal], first: usize) -> Vec<Speed> {
    let all = || goals.iter().flat_map(|goal| goal.steps.iter().map(|step| step.down));
    let main = goals.get(first).and_then(|goal| goal.steps.first()).map(|step| step.down);
    let mut rest: Vec<Speed> = all().filter(|speed| Some(*speed) != main).collect();
    rest.sort_unstable();
    rest.dedup();
    main.into_iter().chain(rest).collect()
}

/// Whether figures tell places apart by category.
#[must_use]
pub fn are_told_apart(figures: &Indicators) -> bool {
    figures.categories.len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes_and_workplaces_are_not_listed_unless_asked_for() {
        let default = Listing::default();
        assert!(default.lists("school") && default.lists("bystuga"));
        assert!(!default.lists("home") && !default.lists("workplace") && !default.lists("place"));
        let own = Listing { categories: Some(vec!["workplace".to_owned()]), ..Listing::default() };
        assert!(own.lists("workplace") && !own.lists("school"));
    }
}
