//! Fixed networks: which ones count when public money for another one is asked about, and until when plans do.

use std::collections::BTreeSet;

use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    profile::Profile,
    quantity::Speed,
    service::{Link, Reach, Service, Services, Status, Technology},
};

/// Which fixed networks count: those that connect a place or pass it, fast enough, now or by a plan in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fixed {
    /// The least download speed; exactly this counts.
    pub down: Speed,
    /// Whether the speed that is stated for the busy hour must be so high. What is stated otherwise then does not matter.
    pub peak: bool,
    /// The technologies that count.
    pub technologies: BTreeSet<Technology>,
    /// Plans count when they are dated at most so many years after the day of the figures.
    pub horizon_years: u8,
    /// Of services that are not in service, those of these statuses count when dated so.
    pub planned_status: BTreeSet<Status>,
}

/// When a network that counts reaches a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// Already.
    Now,
    /// By a plan in time.
    Planned,
    /// By a plan that is later, not dated, or of a status that does not count.
    Later,
}

impl Fixed {
    /// The last day of the horizon.
    #[must_use]
    pub fn until(&self, as_of: Date) -> Date {
        as_of.checked_add(Span::new().years(i64::from(self.horizon_years))).unwrap_or(Date::MAX)
    }

    /// Makes ready to be asked about links.
    #[must_use]
    pub fn on<'a>(&'a self, services: &'a Services, as_of: Date) -> Networks<'a> {
        let now = Profile { technologies: Some(self.technologies.clone()), ..Profile::connected_or_passed() };
        let any = Profile::connected_or_passed();
        let planned_status = self.planned_status.clone();
        let planned = Profile { planned_until: Some(self.until(as_of)), planned_status, ..now.clone() };
        Networks { fixed: self, services, as_of, any, now, planned }
    }

    fn is_fast(&self, service: &Service) -> bool {
        (if self.peak { service.busy_down } else { service.down }) >= Some(self.down)
    }
}

/// The rule together with the services and the day.
#[derive(Debug, Clone)]
pub struct Networks<'a> {
    fixed: &'a Fixed,
    services: &'a Services,
    as_of: Date,
    any: Profile,
    now: Profile,
    planned: Profile,
}

impl<'a> Networks<'a> {
    /// Whether and when this link is one by a network that counts.
    #[must_use]
    pub fn when(&self, link: Link) -> Option<When> {
        let service = self.services.get(link.service);
        let counts = link.reach != Reach::Near && self.fixed.technologies.contains(&service.technology);
        if !counts || service.status == Status::Candidate || !self.fixed.is_fast(service) {
            return None;
        }
        Some(if self.now.counts(link, self.services, self.as_of) {
            When::Now
        } else if self.planned.counts(link, self.services, self.as_of) {
            When::Planned
        } else {
            When::Later
        })
    }

    /// Whether this link is in service, however slow and by whatever technology.
    #[must_use]
    pub fn is_there(&self, link: Link) -> bool {
        self.any.counts(link, self.services, self.as_of)
    }

    /// Whether the speed that is sold is enough, were it only reliable.
    #[must_use]
    pub fn is_sold_as_fast(&self, link: Link) -> bool {
        self.services.get(link.service).down >= Some(self.fixed.down)
    }

    /// The owners of the networks that reach a place now or by a plan in time, each once, sorted. Where no owner is known, the
    /// operator is one.
    #[must_use]
    pub fn owners(&self, links: &[Link]) -> BTreeSet<&'a str> {
        let counted = links.iter().filter(|&&link| self.when(link).is_some_and(|when| when != When::Later));
        counted.map(|link| self.services.get(link.service).owner_or_operator()).collect()
    }
}
