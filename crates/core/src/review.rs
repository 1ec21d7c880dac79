//! Reviews: what people who know a place have answered, and how an answer decides.
//!
//! `docs/methods/review.md` says the rules in words.

use std::{collections::HashMap, str::FromStr};

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    diagnostic::SourceRow,
    service::{Link, Reach, ServiceId, Services, UnknownWord},
};

/// What a reviewer can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// It is as nittio says: nothing changes, and nobody is asked again.
    Right,
    /// A service reaches the place, which the answer names.
    Reached,
    /// Nothing reaches the place.
    NotReached,
    /// There is no place that should be counted.
    NotAPlace,
}

impl Answer {
    /// All of them, in the order in which lists show them.
    pub const ALL: [Self; 4] = [Self::Right, Self::Reached, Self::NotReached, Self::NotAPlace];

    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Reached => "reached",
            Self::NotReached => "not-reached",
            Self::NotAPlace => "not-a-place",
        }
    }
}

impl FromStr for Answer {
    type Err = UnknownWord;

    /// Reads our keys and the words of the lists that reviewers choose from, in any case.
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Ok(match word.trim().to_lowercase().as_str() {
            "right" | "stämmer" => Self::Right,
            "reached" | "nås" => Self::Reached,
            "not-reached" | "not reached" | "nås inte" => Self::NotReached,
            "not-a-place" | "not a place" | "ingen plats" => Self::NotAPlace,
            _ => {
                return Err(UnknownWord {
                    what: "answer",
                    found: word.to_owned(),
                    known: "right, reached, not-reached, not-a-place",
                });
            }
        })
    }
}

/// What an answer does to what reaches a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// This service reaches it, in place of all others of the same operator and technology.
    Reached(ServiceId),
    /// Nothing reaches it.
    NotReached,
}

/// Numbers beside those of [`Reach`], for lists that hold links and decisions.
const REACHED: u32 = 16;
const NOT_REACHED: u32 = 17;

impl Decision {
    /// Two numbers that stand for it where links stand as service and reach.
    pub(crate) const fn numbers(self) -> [u32; 2] {
        match self {
            Self::Reached(service) => [service.0, REACHED],
            Self::NotReached => [0, NOT_REACHED],
        }
    }

    /// The decision among pairs of numbers, if there is one.
    pub(crate) fn among(numbers: &[u32]) -> Option<Self> {
        numbers.chunks_exact(2).find_map(|pair| match pair[1] {
            REACHED => Some(Self::Reached(ServiceId(pair[0]))),
            NOT_REACHED => Some(Self::NotReached),
            _ => None,
        })
    }

    /// Changes what reaches a place. A service reaches as those did that it takes the place of, and can be ordered where there
    /// were none.
    pub(crate) fn decide(self, links: &mut Vec<Link>, services: &Services) {
        let Self::Reached(decided) = self else { return links.clear() };
        let is = services.get(decided);
        let mut reach = None;
        links.retain(|link| {
            let service = services.get(link.service);
            let replaced = service.operator == is.operator && service.technology == is.technology;
            if replaced && link.reach != Reach::Near {
                reach = reach.into_iter().chain([link.reach]).min();
            }
            !replaced
        });
        links.push(Link { service: decided, reach: reach.unwrap_or(Reach::Passed) });
    }
}

/// An answer that stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Reviewed {
    /// What was answered.
    pub answer: Answer,
    /// What that does to what reaches the place; `None` when it does nothing.
    pub decision: Option<Decision>,
    /// Who answered.
    pub who: String,
    /// On which day.
    pub date: Date,
    /// What else was said.
    pub comment: Option<String>,
    /// Where the answer stands.
    pub at: SourceRow,
}

/// How many answers there were, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ReviewCounts {
    /// Rows of the files of answers.
    pub answers: u64,
    /// Applied, and nothing changes.
    pub right: u64,
    /// Applied: a service reaches the place.
    pub reached: u64,
    /// Applied: nothing reaches the place.
    pub not_reached: u64,
    /// Applied: the place is not counted.
    pub not_a_place: u64,
    /// Not applied: there is no such place.
    pub unknown_place: u64,
    /// Not applied: another answer about the place is of a later day.
    pub older: u64,
    /// Not applied: the row cannot be read.
    pub unreadable: u64,
}

/// The answers that stand, by place id.
#[derive(Debug, Clone, Default)]
pub struct Reviews {
    answers: HashMap<Box<str>, Reviewed>,
    /// How many answers there were, and what became of them.
    pub counts: ReviewCounts,
}

impl Reviews {
    /// Adds the answer that stands about a place.
    pub fn add(&mut self, place: &str, reviewed: Reviewed) {
        self.answers.insert(place.into(), reviewed);
    }

    /// The answer about a place.
    #[must_use]
    pub fn of(&self, place: &str) -> Option<&Reviewed> {
        self.answers.get(place)
    }

    /// Whether nothing was answered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// The ids of places that are none.
    #[must_use]
    pub fn not_places(&self) -> HashMap<Box<str>, String> {
        let none = self.answers.iter().filter(|(_, reviewed)| reviewed.answer == Answer::NotAPlace);
        none.map(|(id, Reviewed { who, date, .. })| {
            (id.clone(), format!("a review says that this is no place ({who}, {date}); it is not counted"))
        })
        .collect()
    }

    /// Renumbers services.
    pub fn relink(&mut self, change: impl Fn(Link) -> Link) {
        for reviewed in self.answers.values_mut() {
            if let Some(Decision::Reached(service)) = &mut reviewed.decision {
                *service = change(Link { service: *service, reach: Reach::Passed }).service;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        quantity::Speed,
        service::{Service, Status, Technology},
    };

    fn service(operator: &str, technology: Technology, mbps: u32) -> Service {
        Service {
            operator: operator.to_owned(),
            owner: None,
            technology,
            down: Some(Speed::from_mbps(mbps)),
            up: None,
            status: Status::InService,
            available_from: None,
            open_access: None,
            project: None,
            cost: None,
            busy_down: None,
        }
    }

    #[test]
    fn a_service_takes_the_place_of_those_of_its_operator_and_technology_alone() {
        let mut services = Services::default();
        let [wrong, cable, other, right] = [
            service("A", Technology::Xdsl, 1000),
            service("A", Technology::Cable, 100),
            service("B", Technology::Xdsl, 24),
            service("A", Technology::Xdsl, 8),
        ]
        .map(|service| services.intern(service));
        let link = |service, reach| Link { service, reach };
        let mut links = vec![
            link(wrong, Reach::Passed),
            link(wrong, Reach::Connected),
            link(cable, Reach::Passed),
            link(other, Reach::Near),
        ];
        Decision::Reached(right).decide(&mut links, &services);
        // It was connected, so it still is.
        assert_eq!(links, [link(cable, Reach::Passed), link(other, Reach::Near), link(right, Reach::Connected)]);
        Decision::NotReached.decide(&mut links, &services);
        assert!(links.is_empty());
        Decision::Reached(right).decide(&mut links, &services);
        assert_eq!(links, [link(right, Reach::Passed)], "of nothing before it, it can be ordered");
    }

    #[test]
    fn a_decision_is_found_among_links_and_links_are_not_taken_for_one() {
        let numbers = |decision: Decision| [[3, Reach::Near.number()], decision.numbers(), [16, 1]].concat();
        for decision in [Decision::Reached(ServiceId(7)), Decision::NotReached] {
            assert_eq!(Decision::among(&numbers(decision)), Some(decision));
        }
        assert_eq!(Decision::among(&[16, 0, 17, 2]), None);
    }
}
