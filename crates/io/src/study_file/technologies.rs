//! A list of technologies: by their keys, by the names of sets, and without some.

use std::collections::BTreeSet;

use nittio_core::service::Technology;
use serde::{Deserialize, Deserializer, de::Error as _};

use super::wording::nearest;

/// Technologies as a list of words says them: `["fixed", "-xdsl"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TechnologyList(pub BTreeSet<Technology>);

/// The sets by their names.
const SETS: [(&str, &[Technology]); 3] =
    [("wired", &Technology::WIRED), ("fixed", &Technology::FIXED), ("all", &Technology::ALL)];

/// The words that stand for technologies.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    Technology::ALL.into_iter().map(Technology::key).chain(SETS.map(|(name, _)| name))
}

/// What a word stands for; besides our own, the words of deliveries are read.
fn named(word: &str) -> Result<BTreeSet<Technology>, String> {
    if let Some((_, set)) = SETS.iter().find(|(name, _)| *name == word) {
        return Ok(set.iter().copied().collect());
    }
    word.parse().map(|technology| BTreeSet::from([technology])).map_err(|_| {
        let meant = nearest(word, words()).map_or_else(String::new, |meant| format!("; did you mean {meant:?}?"));
        let known: Vec<&str> = words().collect();
        format!("{word:?} is not a known technology{meant}; known are {}", known.join(", "))
    })
}

impl TechnologyList {
    /// Reads a list; one that only takes away takes from all.
    fn read(list: &[String]) -> Result<Self, String> {
        let (without, with): (Vec<&str>, Vec<&str>) =
            list.iter().map(|word| word.trim()).partition(|word| word.starts_with('-'));
        let mut technologies = BTreeSet::new();
        for word in &with {
            technologies.append(&mut named(word)?);
        }
        if with.is_empty() && !without.is_empty() {
            technologies.extend(Technology::ALL);
        }
        for word in without {
            let taken = named(word[1..].trim())?;
            technologies.retain(|technology| !taken.contains(technology));
        }
        Ok(Self(technologies))
    }
}

impl<'de> Deserialize<'de> for TechnologyList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&Vec::<String>::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use Technology::{Cable, Fibre, Fwa, Lte, Nr, Other, Satellite, Vdsl, Xdsl};

    use super::*;

    fn read(words: &[&str]) -> Result<Vec<Technology>, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        TechnologyList::read(&words).map(|list| list.0.into_iter().collect())
    }

    #[test]
    fn sets_and_words_add_up_and_a_minus_takes_away() {
        assert_eq!(read(&["wired"]), Ok(vec![Fibre, Cable, Vdsl, Xdsl]));
        assert_eq!(read(&["fixed"]), Ok(vec![Fibre, Cable, Vdsl, Xdsl, Fwa]));
        assert_eq!(read(&["-xdsl", "fixed", "- fwa"]), Ok(vec![Fibre, Cable, Vdsl]), "in any order");
        assert_eq!(read(&["fiber", "nr"]), Ok(vec![Fibre, Nr]), "the words of deliveries are known");
        assert_eq!(read(&["-satellite", "-fwa"]), Ok(vec![Fibre, Cable, Vdsl, Xdsl, Nr, Lte, Other]));
        assert_eq!(read(&["all"]).map(|all| all.contains(&Satellite)), Ok(true));
        assert_eq!(read(&["wired", "-fixed"]), Ok(vec![]));
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_known_ones() {
        let said = read(&["fixd"]).unwrap_err();
        assert!(
            said.contains("did you mean \"fixed\"?") && said.contains("satellite, other, wired, fixed, all"),
            "{said}"
        );
        assert!(read(&["-"]).is_err());
    }
}
