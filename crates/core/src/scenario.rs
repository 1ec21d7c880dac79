//! Scenarios: what if some services were there, were gone, or were other ones?
//!
//! `docs/methods/scenarios.md` says the rules in words. A scenario changes services, never places or borders, so the tally
//! answers it: every link of a cell is looked up in what the scenario makes of its service.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    near::Near,
    profile::Profile,
    quantity::Speed,
    service::{Link, Reach, Service, ServiceId, Services, Status, Technology},
    study::Frame,
};

/// A question of the form "what if".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The key that stands in files.
    pub key: String,
    /// What it is called, in the words of whoever asks.
    pub name: String,
    /// The definition that it rests on.
    pub base: Profile,
    /// The day it is about; the study's own unless said.
    pub day: Date,
    /// What is different.
    pub rules: Vec<Rule>,
}

/// One thing that is different in a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// For which services.
    pub filter: Filter,
    /// What becomes of them.
    pub change: Change,
}

/// What becomes of services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// They are in service, where the base does not count them.
    Add,
    /// They are gone, whatever else is said of them.
    Remove,
    /// They are other ones.
    Replace(Upgrade),
}

/// What services are instead; what is `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Upgrade {
    /// How they get there.
    pub technology: Option<Technology>,
    /// Download speed. What was stated for the busy hour is not known of another speed.
    pub down: Option<Speed>,
    /// Upload speed.
    pub up: Option<Speed>,
    /// The download speed for the busy hour.
    pub busy_down: Option<Speed>,
}

/// Which services: those for which all that is said here is so. An empty list says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Sold by one of these.
    pub operators: BTreeSet<String>,
    /// In a network of one of these; the operator where no owner is known.
    pub owners: BTreeSet<String>,
    /// Of one of these build-out projects.
    pub projects: BTreeSet<String>,
    /// By one of these technologies.
    pub technologies: BTreeSet<Technology>,
    /// Of one of these statuses.
    pub statuses: BTreeSet<Status>,
    /// To be had by this day. Services in service that have no day are.
    pub available_by: Option<Date>,
    /// Slower down than this, or of a speed that is not known.
    pub down_below: Option<Speed>,
}

impl Filter {
    /// Whether a service is meant. One that is only thought of is meant where its project or its status is named.
    #[must_use]
    pub fn matches(&self, service: &Service) -> bool {
        let among = |list: &BTreeSet<String>, name: Option<&str>| {
            list.is_empty() || name.is_some_and(|name| list.contains(name))
        };
        let by = |day: Date| service.available_from.map_or(service.status == Status::InService, |from| from <= day);
        let named = || !self.projects.is_empty() || !self.statuses.is_empty();
        (service.status != Status::Candidate || named())
            && among(&self.operators, Some(&service.operator))
            && among(&self.owners, Some(service.owner_or_operator()))
            && among(&self.projects, service.project.as_deref())
            && (self.technologies.is_empty() || self.technologies.contains(&service.technology))
            && (self.statuses.is_empty() || self.statuses.contains(&service.status))
            && self.available_by.is_none_or(by)
            && self.down_below.is_none_or(|below| service.down.is_none_or(|down| down < below))
    }
}

/// A rule that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// Index into the scenario's rules.
    pub rule: usize,
    /// Why not.
    pub fault: Fault,
}

/// Why a rule cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is about no service of the study.
    NoService,
    /// It adds, and the base counts all its services already.
    AllCount,
    /// It makes another technology of services, and what is near depends on that; the tally cannot say what would be near then.
    Near,
}

impl Scenario {
    /// Whether nobody can lose by it.
    #[must_use]
    pub fn only_adds(&self) -> bool {
        self.rules.iter().all(|rule| rule.change == Change::Add)
    }

    /// What the services of a study are under this scenario.
    ///
    /// # Errors
    /// When a rule changes nothing, or something that the tally cannot answer.
    pub fn world(&self, services: &Services, as_of: Date, near: Option<&Near>) -> Result<World, RuleError> {
        for (number, rule) in self.rules.iter().enumerate() {
            let wrong = |fault| Err(RuleError { rule: number, fault });
            let mut meant = services.as_slice().iter().filter(|service| rule.filter.matches(service)).peekable();
            if meant.peek().is_none() {
                return wrong(Fault::NoService);
            }
            let near = near.filter(|_| self.base.reach.contains(&Reach::Near));
            match (&rule.change, near) {
                (Change::Add, _) if meant.all(|service| self.base.counts_service(service, as_of)) => {
                    return wrong(Fault::AllCount);
                }
                (Change::Replace(Upgrade { technology: Some(other), .. }), Some(near))
                    if meant.any(|service| {
                        near.technologies.contains(&service.technology) != near.technologies.contains(other)
                    }) =>
                {
                    return wrong(Fault::Near);
                }
                _ => {}
            }
        }
        Ok(World::of(&self.base, self.day, services, |service| self.changed(service, as_of)))
    }

    /// What a service is under this scenario; `None` when it is gone. Filters look at the service as the study says it.
    fn changed(&self, service: &Service, as_of: Date) -> Option<Service> {
        let mut changed = service.clone();
        for rule in self.rules.iter().filter(|rule| rule.filter.matches(service)) {
            match rule.change {
                Change::Remove => return None,
                Change::Add if self.base.counts_service(service, as_of) => {}
                Change::Add => (changed.status, changed.available_from) = (Status::InService, None),
                Change::Replace(Upgrade { technology, down, up, busy_down }) => {
                    changed.technology = technology.unwrap_or(changed.technology);
                    if down.is_some() {
                        (changed.down, changed.busy_down) = (down, None);
                    }
                    changed.up = up.or(changed.up);
                    changed.busy_down = busy_down.or(changed.busy_down);
                }
            }
        }
        Some(changed)
    }
}

/// What the services of a study are, and which of them count, as things stand or under a scenario.
#[derive(Debug, Clone)]
pub struct World {
    /// What counts as access.
    pub profile: Profile,
    /// The distinct services of this world, on its day; this frame has no places.
    pub(crate) frame: Frame,
    /// What each service of the study is here; `None` when it is gone.
    of: Vec<Option<ServiceId>>,
}

impl World {
    /// As things stand, by a definition.
    #[must_use]
    pub fn as_it_is(profile: &Profile, as_of: Date, services: &Services) -> Self {
        Self::of(profile, as_of, services, |service| Some(service.clone()))
    }

    /// As things are once some services are in service, by a definition.
    pub(crate) fn with(
        profile: &Profile,
        as_of: Date,
        services: &Services,
        added: impl Fn(ServiceId, &Service) -> bool,
    ) -> Self {
        let ids: std::cell::Cell<u32> = std::cell::Cell::new(0);
        Self::of(profile, as_of, services, |service| {
            let id = ServiceId(ids.replace(ids.get() + 1));
            let mut service = service.clone();
            if added(id, &service) && !profile.counts_service(&service, as_of) {
                (service.status, service.available_from) = (Status::InService, None);
            }
            Some(service)
        })
    }

    fn of(profile: &Profile, day: Date, services: &Services, change: impl Fn(&Service) -> Option<Service>) -> Self {
        let mut changed = Services::default();
        let of = services.as_slice().iter().map(|service| change(service).map(|s| changed.intern(s))).collect();
        let frame = Frame {
            as_of: day,
            levels: Vec::new(),
            categories: Vec::new(),
            units: Vec::new(),
            services: changed,
            settlements: false,
            near: None,
        };
        Self { profile: profile.clone(), frame, of }
    }

    /// The services that links may name, as the study has them.
    pub(crate) fn known(&self) -> impl Iterator<Item = ServiceId> + use<> {
        (0..u32::try_from(self.of.len()).unwrap_or(u32::MAX)).map(ServiceId)
    }

    /// What becomes of links: sorted, each once, as a join in this world would give them.
    #[must_use]
    pub fn links(&self, links: &[Link]) -> Vec<Link> {
        let service = |link: &Link| self.of.get(link.service.0 as usize).copied().flatten();
        let found = links.iter().filter_map(|link| Some(Link { service: service(link)?, ..*link }));
        let mut found: Vec<Link> = found.collect();
        found.sort_unstable();
        found.dedup();
        // Nobody is near what they are connected to; two services may have become one.
        let connected: BTreeSet<ServiceId> =
            found.iter().filter(|link| link.reach == Reach::Connected).map(|link| link.service).collect();
        found.retain(|link| link.reach != Reach::Near || !connected.contains(&link.service));
        found
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn service(operator: &str, status: Status, down: u32) -> Service {
        Service {
            operator: operator.to_owned(),
            owner: None,
            technology: Technology::Fibre,
            down: Some(Speed::from_mbps(down)),
            up: None,
            status,
            available_from: (status != Status::InService).then(|| date(2026, 6, 1)),
            open_access: None,
            project: (status != Status::InService).then(|| "P".to_owned()),
            cost: None,
            busy_down: Some(Speed::from_mbps(40)),
        }
    }

    fn scenario(filter: Filter, change: Change) -> Scenario {
        Scenario {
            key: "s".to_owned(),
            name: "S".to_owned(),
            base: Profile::connected_or_passed(),
            day: date(2024, 12, 31),
            rules: vec![Rule { filter, change }],
        }
    }

    fn named(name: &str) -> BTreeSet<String> {
        BTreeSet::from([name.to_owned()])
    }

    #[test]
    fn every_part_of_a_filter_must_hold() {
        let plan = service("A", Status::Planned, 100);
        let mbps = |n| Some(Speed::from_mbps(n));
        for (filter, matches) in [
            (Filter::default(), true),
            (Filter { operators: named("A"), projects: named("P"), ..Filter::default() }, true),
            (Filter { operators: named("B"), projects: named("P"), ..Filter::default() }, false),
            (Filter { owners: named("A"), ..Filter::default() }, true),
            (Filter { technologies: BTreeSet::from([Technology::Cable]), ..Filter::default() }, false),
            (Filter { statuses: BTreeSet::from([Status::Planned]), ..Filter::default() }, true),
            (Filter { available_by: Some(date(2026, 6, 1)), ..Filter::default() }, true),
            (Filter { available_by: Some(date(2026, 5, 31)), ..Filter::default() }, false),
            (Filter { down_below: mbps(101), ..Filter::default() }, true),
            (Filter { down_below: mbps(100), ..Filter::default() }, false),
        ] {
            assert_eq!(filter.matches(&plan), matches, "{filter:?}");
        }
        let candidate = service("A", Status::Candidate, 100);
        for (filter, matches) in [
            (Filter::default(), false),
            (Filter { operators: named("A"), ..Filter::default() }, false),
            (Filter { projects: named("P"), ..Filter::default() }, true),
            (Filter { statuses: BTreeSet::from([Status::Candidate]), ..Filter::default() }, true),
            (Filter { statuses: BTreeSet::from([Status::Planned]), ..Filter::default() }, false),
        ] {
            assert_eq!(
                filter.matches(&candidate),
                matches,
                "what is only thought of is named or left alone: {filter:?}"
            );
        }
        let there = Filter { available_by: Some(date(2000, 1, 1)), ..Filter::default() };
        assert!(there.matches(&service("A", Status::InService, 100)), "it is there and has no day");
    }

    #[test]
    fn a_rule_that_changes_nothing_is_refused() {
        let (today, mut services) = (date(2024, 12, 31), Services::default());
        services.intern(service("A", Status::InService, 100));
        let fault =
            |filter, change| scenario(filter, change).world(&services, today, None).err().map(|error| error.fault);
        let a = || Filter { operators: named("A"), ..Filter::default() };
        assert_eq!(
            fault(Filter { operators: named("B"), ..Filter::default() }, Change::Remove),
            Some(Fault::NoService)
        );
        assert_eq!(fault(a(), Change::Add), Some(Fault::AllCount));
        let cable = Change::Replace(Upgrade { technology: Some(Technology::Cable), ..Upgrade::default() });
        let mut near = scenario(a(), cable);
        assert!(near.world(&services, today, Some(&Near::default())).is_ok(), "the base does not count near");
        near.base.reach.insert(Reach::Near);
        let error = near.world(&services, today, Some(&Near::default())).err();
        assert_eq!(error.map(|error| error.fault), Some(Fault::Near));
    }

    #[test]
    fn another_speed_forgets_what_was_stated_for_the_busy_hour() {
        let faster = Upgrade { down: Some(Speed::from_mbps(1000)), ..Upgrade::default() };
        let is = |upgrade| {
            let scenario = scenario(Filter::default(), Change::Replace(upgrade));
            scenario.changed(&service("A", Status::InService, 100), scenario.day).and_then(|service| service.busy_down)
        };
        assert_eq!(is(faster), None);
        assert_eq!(is(Upgrade { busy_down: Some(Speed::from_mbps(500)), ..faster }), Some(Speed::from_mbps(500)));
        assert_eq!(is(Upgrade { up: Some(Speed::from_mbps(10)), ..Upgrade::default() }), Some(Speed::from_mbps(40)));
    }
}
