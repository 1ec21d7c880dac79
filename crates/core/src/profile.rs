//! Definition profiles: what counts as having access.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use serde::Serialize;

use crate::{
    quantity::{Kronor, Speed},
    service::{Link, Reach, Service, Services, Status, Technology},
};

/// A named definition of access. Several are evaluated side by side from one tally.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// The key that stands in files, for example `connected+passed`.
    pub key: String,
    /// Which ways of reaching a place count.
    pub reach: BTreeSet<Reach>,
    /// Only these technologies count; all of them when `None`.
    pub technologies: Option<BTreeSet<Technology>>,
    /// Services that are not in service yet count when they are available by this day; never when `None`.
    pub planned_until: Option<Date>,
    /// Of services that are not in service, those of these statuses count when dated so.
    pub planned_status: BTreeSet<Status>,
    /// What ordering may cost; anything when `None`.
    pub order_cost: Option<OrderCost>,
    /// Whether speeds must hold in the busy hour; speeds are taken as stated when `None`.
    pub busy_hour: Option<BusyHour>,
}

/// What ordering may cost. It concerns places that can order and are not connected: [`Reach::Passed`].
///
/// # Source
/// PTS counts, since the survey of 2020, a connection that can be ordered "för högst 40 000 kr" (note to the tables of
/// 1 Gbit/s).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OrderCost {
    /// The highest price; exactly this counts.
    pub at_most: Kronor,
    /// Whether services count whose price is not known.
    pub unknown_counts: bool,
}

/// Speeds that must hold in the busy hour: X Mbit/s counts when at least X/2 is stated for that hour.
///
/// # Source
/// PTS: X Mbit/s is a subscription that gives X downstream under favourable conditions and at least X/2 "i bråd timme"
/// (bredbandskartan.se, definitioner).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BusyHour {
    /// Whether a speed counts as stated when nothing is stated for the busy hour; it reaches no threshold otherwise.
    pub unknown_counts: bool,
}

impl Profile {
    /// The definition that a study has when it names none: connected or passed, in service on the as-of date.
    #[must_use]
    pub fn connected_or_passed() -> Self {
        Self::of_reach("connected+passed", &[Reach::Connected, Reach::Passed])
    }

    fn of_reach(key: &str, reach: &[Reach]) -> Self {
        Self {
            key: key.to_owned(),
            reach: reach.iter().copied().collect(),
            technologies: None,
            planned_until: None,
            planned_status: BTreeSet::from([Status::UnderConstruction, Status::Planned]),
            order_cost: None,
            busy_hour: None,
        }
    }

    /// The keys of [`Profile::built_in`], for messages.
    pub const BUILT_IN: [&'static str; 4] = ["connected", "connected+passed", "connected+passed+near", "+planned YEAR"];

    /// The definition with this key that nittio brings: one of [`Profile::BUILT_IN`].
    ///
    /// `+planned 2027` is `connected+passed`, with plans until the end of that year.
    #[must_use]
    pub fn built_in(key: &str) -> Option<Self> {
        match key {
            "connected" => Some(Self::of_reach(key, &[Reach::Connected])),
            "connected+passed" => Some(Self::connected_or_passed()),
            "connected+passed+near" => Some(Self::of_reach(key, &[Reach::Connected, Reach::Passed, Reach::Near])),
            _ => {
                let year = key.strip_prefix("+planned ").filter(|year| year.len() == 4)?.parse().ok()?;
                let until = (1900..=2999).contains(&year).then(|| date(year, 12, 31));
                Some(Self { key: key.to_owned(), planned_until: Some(until?), ..Self::connected_or_passed() })
            }
        }
    }

    /// Whether this link counts on this day.
    #[must_use]
    pub fn counts(&self, link: Link, services: &Services, as_of: Date) -> bool {
        self.counts_reach(link.reach, services.get(link.service), as_of)
    }

    /// Whether a service that reaches in this way counts on this day.
    pub(crate) fn counts_reach(&self, reach: Reach, service: &Service, as_of: Date) -> bool {
        self.reach.contains(&reach)
            && (reach != Reach::Passed || self.counts_cost(service.cost))
            && self.counts_service(service, as_of)
    }

    /// Whether a service counts on this day, however it reaches.
    pub(crate) fn counts_service(&self, service: &Service, as_of: Date) -> bool {
        // What is only thought of is there in no world but that of who asks for it.
        let excluded = self.technologies.as_ref().is_some_and(|allowed| !allowed.contains(&service.technology));
        if excluded || service.status == Status::Candidate {
            return false;
        }
        let by = |day: Date| service.available_from.is_some_and(|from| from <= day);
        let in_service = service.status == Status::InService;
        let now = in_service && (service.available_from.is_none() || by(as_of));
        now || ((in_service || self.planned_status.contains(&service.status)) && self.planned_until.is_some_and(by))
    }

    fn counts_cost(&self, cost: Option<Kronor>) -> bool {
        self.order_cost.is_none_or(|order| cost.map_or(order.unknown_counts, |cost| cost <= order.at_most))
    }

    /// The download speed of a service as far as it counts: at most twice the stated busy-hour speed, when that is asked.
    #[must_use]
    pub fn down(&self, service: &Service) -> Option<Speed> {
        match (self.busy_hour, service.busy_down) {
            (None, _) | (Some(BusyHour { unknown_counts: true }), None) => service.down,
            (Some(_), None) => None,
            (Some(_), Some(busy)) => service.down.map(|down| down.min(busy.twice())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::ServiceId;

    fn service(status: Status, available_from: Option<Date>) -> Service {
        Service {
            operator: "A".to_owned(),
            owner: None,
            technology: Technology::Fibre,
            down: Some(Speed::from_mbps(100)),
            up: None,
            status,
            available_from,
            open_access: None,
            project: None,
            cost: None,
            busy_down: None,
        }
    }

    fn named(key: &str) -> Profile {
        Profile::built_in(key).unwrap_or_else(|| unreachable!("{key} is built in"))
    }

    #[test]
    fn plans_count_only_when_dated_and_asked_for() {
        let today = date(2024, 12, 31);
        let now = Profile::connected_or_passed();
        let plans = named("+planned 2027");
        let started = Profile { planned_status: BTreeSet::from([Status::UnderConstruction]), ..plans.clone() };
        for (status, from, counts_now, with_plans, with_started) in [
            (Status::InService, None, true, true, true),
            (Status::InService, Some(date(2024, 12, 31)), true, true, true),
            (Status::InService, Some(date(2025, 1, 1)), false, true, true),
            (Status::Planned, Some(date(2027, 12, 31)), false, true, false),
            (Status::Planned, Some(date(2028, 1, 1)), false, false, false),
            (Status::UnderConstruction, Some(date(2027, 12, 31)), false, true, true),
            (Status::UnderConstruction, None, false, false, false),
            (Status::Candidate, None, false, false, false),
            (Status::Candidate, Some(date(2024, 12, 31)), false, false, false),
        ] {
            let service = service(status, from);
            assert_eq!(now.counts_service(&service, today), counts_now, "{service:?}");
            assert_eq!(plans.counts_service(&service, today), with_plans, "{service:?}");
            assert_eq!(started.counts_service(&service, today), with_started, "{service:?}");
        }
        let all = Profile { planned_status: BTreeSet::from([Status::Candidate, Status::Planned]), ..plans };
        let candidate = service(Status::Candidate, Some(date(2025, 1, 1)));
        assert!(!all.counts_service(&candidate, today), "no definition counts what is only thought of");
    }

    #[test]
    fn what_ordering_costs_matters_to_those_who_must_order() {
        let most = Kronor::from_kronor(40_000);
        let costs = |kronor: Option<u32>, reach: Reach, unknown_counts: bool| {
            let mut services = Services::default();
            let cost = kronor.map(Kronor::from_kronor);
            services.intern(Service { cost, ..service(Status::InService, None) });
            let order_cost = Some(OrderCost { at_most: most, unknown_counts });
            let profile = Profile { order_cost, ..named("connected+passed+near") };
            profile.counts(Link { service: ServiceId(0), reach }, &services, date(2024, 12, 31))
        };
        assert!(costs(Some(40_000), Reach::Passed, true), "exactly as much counts");
        assert!(!costs(Some(40_001), Reach::Passed, true));
        assert!(costs(None, Reach::Passed, true) && !costs(None, Reach::Passed, false));
        for reach in [Reach::Connected, Reach::Near] {
            assert!(costs(Some(90_000), reach, false) && costs(None, reach, false), "{reach:?} orders nothing");
        }
    }

    #[test]
    fn a_speed_holds_in_the_busy_hour_when_half_of_it_is_stated() {
        let counted = |busy: Option<u32>, unknown_counts: bool| {
            let profile = Profile { busy_hour: Some(BusyHour { unknown_counts }), ..Profile::connected_or_passed() };
            let busy_down = busy.map(Speed::from_mbps);
            profile.down(&Service { busy_down, ..service(Status::InService, None) }).map(Speed::mbps)
        };
        assert_eq!(counted(Some(50), false), Some(100.0), "half is enough");
        assert_eq!(counted(Some(49), false), Some(98.0));
        assert_eq!(counted(Some(90), false), Some(100.0), "never more than is sold");
        assert_eq!((counted(None, false), counted(None, true)), (None, Some(100.0)));
    }

    #[test]
    fn every_built_in_definition_is_found_by_its_key() {
        for key in Profile::BUILT_IN {
            let key = key.replace("YEAR", "2027");
            assert_eq!(Profile::built_in(&key).map(|profile| profile.key), Some(key));
        }
        for wrong in ["passed", "+planned", "+planned 27", "+planned 2027-12-31", "+planned -999"] {
            assert_eq!(Profile::built_in(wrong), None, "{wrong}");
        }
    }
}
