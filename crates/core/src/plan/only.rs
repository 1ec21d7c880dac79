//! Only: which places are built to, where a plan is for some of them only.
//!
//! The projects that a plan chooses among are not plans that are decided: what they would bring does not count when it is asked
//! what a place has.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{Ask, Project};
use crate::{
    fixed::Networks,
    service::{Link, Services},
    settlement::Settlement,
    study::Frame,
    support::Standing,
};

/// Which services belong to which of the projects.
#[derive(Debug, Clone)]
pub(super) struct Candidates(Vec<Option<u32>>);

impl Candidates {
    pub(super) fn new(services: &Services, projects: &[Project]) -> Self {
        let number: BTreeMap<&str, u32> =
            projects.iter().zip(0u32..).map(|(project, number)| (project.key.as_str(), number)).collect();
        let of = |project: Option<&str>| project.and_then(|project| number.get(project).copied());
        Self(services.as_slice().iter().map(|service| of(service.project.as_deref())).collect())
    }

    /// The project that a link belongs to.
    pub(super) fn number(&self, link: Link) -> Option<u32> {
        self.0.get(link.service.0 as usize).copied().flatten()
    }

    /// The same, as an index.
    pub(super) fn project(&self, link: Link) -> Option<usize> {
        self.number(link).map(|number| number as usize)
    }

    /// Whether a service belongs to any.
    pub(super) fn has(&self, service: usize) -> bool {
        self.0.get(service).is_some_and(Option::is_some)
    }

    /// The links that belong to none.
    pub(super) fn others(&self, links: &[Link]) -> Vec<Link> {
        links.iter().copied().filter(|&link| self.number(link).is_none()).collect()
    }
}

/// The places that a plan builds to.
pub(super) struct Only<'a> {
    ask: &'a Ask,
    candidates: &'a Candidates,
    support: Option<Networks<'a>>,
    state_aid: Option<Networks<'a>>,
    known: FxHashMap<(&'a [Link], Settlement), bool>,
}

impl<'a> Only<'a> {
    pub(super) fn new(ask: &'a Ask, frame: &'a Frame, candidates: &'a Candidates) -> Self {
        let on = |fixed: &'a crate::fixed::Fixed| fixed.on(&frame.services, frame.as_of);
        Self {
            ask,
            candidates,
            support: ask.eligible.as_ref().map(|rule| on(&rule.fixed)),
            state_aid: ask.shades.as_ref().map(|(rule, _)| on(&rule.fixed)),
            known: FxHashMap::default(),
        }
    }

    /// Whether places that lie so and that these links reach are built to.
    pub(super) fn has(&mut self, links: &'a [Link], settlement: Settlement) -> bool {
        if self.support.is_none() && self.state_aid.is_none() {
            return true;
        }
        let Self { ask, candidates, support, state_aid, known } = self;
        *known.entry((links, settlement)).or_insert_with(|| {
            let others = candidates.others(links);
            let eligible = ask.eligible.as_ref().zip(support.as_ref()).is_none_or(|(rule, networks)| {
                matches!(rule.standing(settlement, Some(&others), networks), Standing::Eligible(_))
            });
            let shade = ask
                .shades
                .as_ref()
                .zip(state_aid.as_ref())
                .is_none_or(|((rule, classes), networks)| classes.contains(&rule.class(Some(&others), networks)));
            eligible && shade
        })
    }
}
