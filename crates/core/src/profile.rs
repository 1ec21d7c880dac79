//! Definition profiles: what counts as having access.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use crate::service::{Link, Reach, Service, Services, Status, Technology};

/// A named definition of access. Several are evaluated side by side from one tally.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// The key that stands in files, for example `connected+passed`.
    pub key: String,
    /// Which ways of reaching a place count.
    pub reach: BTreeSet<Reach>,
    /// Only these technologies count; all of them when `None`.
    pub technologies: Option<BTreeSet<Technology>>,
    /// Services under construction or planned count when they are available by this day; never when `None`.
    pub planned_until: Option<Date>,
}

impl Profile {
    /// The definition that a study has when it names none: connected or passed, in service on the as-of date.
    #[must_use]
    pub fn connected_or_passed() -> Self {
        Self {
            key: "connected+passed".to_owned(),
            reach: BTreeSet::from([Reach::Connected, Reach::Passed]),
            technologies: None,
            planned_until: None,
        }
    }

    /// Whether this link counts on this day.
    #[must_use]
    pub fn counts(&self, link: Link, services: &Services, as_of: Date) -> bool {
        self.reach.contains(&link.reach) && self.counts_service(services.get(link.service), as_of)
    }

    fn counts_service(&self, service: &Service, as_of: Date) -> bool {
        if self.technologies.as_ref().is_some_and(|allowed| !allowed.contains(&service.technology)) {
            return false;
        }
        let by = |day: Date| service.available_from.is_some_and(|from| from <= day);
        let now = service.status == Status::InService && (service.available_from.is_none() || by(as_of));
        now || self.planned_until.is_some_and(by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Speed;
    use jiff::civil::date;

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
        }
    }

    #[test]
    fn plans_count_only_when_dated_and_asked_for() {
        let today = date(2024, 12, 31);
        let now = Profile::connected_or_passed();
        let mut plans = now.clone();
        plans.planned_until = Some(date(2027, 12, 31));
        for (status, from, counts_now, counts_with_plans) in [
            (Status::InService, None, true, true),
            (Status::InService, Some(date(2024, 12, 31)), true, true),
            (Status::InService, Some(date(2025, 1, 1)), false, true),
            (Status::Planned, Some(date(2027, 12, 31)), false, true),
            (Status::Planned, Some(date(2028, 1, 1)), false, false),
            (Status::UnderConstruction, None, false, false),
        ] {
            let service = service(status, from);
            assert_eq!(now.counts_service(&service, today), counts_now, "{service:?}");
            assert_eq!(plans.counts_service(&service, today), counts_with_plans, "{service:?}");
        }
    }
}
