//! Aid: the rules about public money that a study asks for, and what they come to.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    coverage::Kind,
    indicator::Indicators,
    split::Split,
    state_aid::{Class, StateAid},
    study::Frame,
    support::{Standing, Support},
    tally::Tally,
};

/// The rules that a study asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AidRules {
    /// White, grey or black.
    pub state_aid: Option<StateAid>,
    /// The Swedish scheme.
    pub support: Option<Support>,
}

/// What the rules come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aid {
    /// White, grey or black.
    pub state_aid: Option<Counted<StateAid>>,
    /// The Swedish scheme.
    pub support: Option<Counted<Support>>,
}

/// A rule, and what it comes to in each area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted<R> {
    /// The rule.
    pub rule: R,
    /// Plans count until this day.
    pub until: Date,
    /// How many units come under what.
    pub split: Split,
}

/// The rules as they are where a study says nothing else.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BuiltIn {
    /// White, grey or black.
    pub state_aid: StateAid,
    /// The Swedish scheme.
    pub support: Support,
}

/// The rules as they are where a study says nothing else.
///
/// # Errors
/// When the built-in file is broken, which a test rules out.
pub fn built_in() -> Result<BuiltIn, toml::de::Error> {
    toml::from_str(include_str!("../data/state-aid.toml"))
}

impl AidRules {
    /// Counts every unit under every rule; no place is looked at again.
    #[must_use]
    pub fn count(&self, tally: &Tally, frame: &Frame, axes: &Indicators) -> Aid {
        let state_aid = self.state_aid.as_ref().map(|rule| {
            let networks = rule.fixed.on(&frame.services, frame.as_of);
            let split = Split::of(tally, frame, axes, &Class::KEYS, |cell| {
                rule.class(cell.links.as_deref(), &networks).index()
            });
            Counted { rule: rule.clone(), until: rule.fixed.until(frame.as_of), split }
        });
        let support = self.support.as_ref().map(|rule| {
            let networks = rule.fixed.on(&frame.services, frame.as_of);
            let split = Split::of(tally, frame, axes, &Standing::KEYS, |cell| {
                rule.standing(cell.settlement, cell.links.as_deref(), &networks).index()
            });
            Counted { rule: rule.clone(), until: rule.fixed.until(frame.as_of), split }
        });
        Aid { state_aid, support }
    }

    /// How the places of a kind stand with the Swedish scheme, where the study asks.
    #[must_use]
    pub fn standing(&self, kind: &Kind, frame: &Frame) -> Option<Standing> {
        let rule = self.support.as_ref()?;
        let networks = rule.fixed.on(&frame.services, frame.as_of);
        Some(rule.standing(kind.settlement, kind.links.as_deref(), &networks))
    }

    /// The class of the places of a kind, and the owners of the networks that make it, where the study asks.
    #[must_use]
    pub fn class<'a>(&'a self, kind: &Kind, frame: &'a Frame) -> Option<(Class, Vec<&'a str>)> {
        let rule = self.state_aid.as_ref()?;
        let networks = rule.fixed.on(&frame.services, frame.as_of);
        let links = kind.links.as_deref();
        let owners = links.map(|links| networks.owners(links).into_iter().collect()).unwrap_or_default();
        Some((rule.class(links, &networks), owners))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        quantity::Speed,
        service::{Link, Reach, Service, ServiceId, Services, Status, Technology},
        settlement::Settlement,
        support::{Obstacle, Reason},
    };

    const TODAY: Date = date(2024, 12, 31);

    fn service(owner: &str, technology: Technology, down: u32, from: Option<Date>) -> Service {
        Service {
            operator: "Seller".to_owned(),
            owner: Some(owner.to_owned()),
            technology,
            down: Some(Speed::from_mbps(down)),
            up: None,
            status: if from.is_some() { Status::Planned } else { Status::InService },
            available_from: from,
            open_access: None,
            project: None,
            cost: None,
            busy_down: None,
        }
    }

    fn links(of: Vec<Service>) -> (Services, Vec<Link>) {
        let mut services = Services::default();
        let ids: Vec<ServiceId> = of.into_iter().map(|service| services.intern(service)).collect();
        (services, ids.into_iter().map(|service| Link { service, reach: Reach::Passed }).collect())
    }

    #[test]
    fn the_built_in_rules_are_100_within_three_years() {
        let built_in = built_in().unwrap_or_else(|error| unreachable!("{error}"));
        for fixed in [&built_in.state_aid.fixed, &built_in.support.fixed] {
            assert_eq!((fixed.down, fixed.horizon_years), (Speed::from_mbps(100), 3));
            assert_eq!(fixed.until(TODAY), date(2027, 12, 31));
            assert_eq!(fixed.until(date(2024, 2, 29)), date(2027, 2, 28), "no leap day three years on");
        }
        assert_eq!(built_in.state_aid.black_from, 2);
        assert!(built_in.support.outside_localities);
        assert!(!built_in.state_aid.sources.is_empty() && !built_in.support.sources.is_empty());
    }

    #[test]
    fn owners_make_the_class_and_equality_counts() {
        use Technology::{Cable, Fibre, Lte};
        let rule = built_in().unwrap_or_else(|error| unreachable!("{error}")).state_aid;
        let class = |of: Vec<Service>| {
            let (services, links) = links(of);
            rule.class(Some(&links), &rule.fixed.on(&services, TODAY))
        };
        let last = Some(date(2027, 12, 31));
        assert_eq!(class(vec![]), Class::White);
        assert_eq!(class(vec![service("A", Fibre, 99, None)]), Class::White);
        assert_eq!(class(vec![service("A", Fibre, 100, None)]), Class::Grey, "exactly 100");
        assert_eq!(
            class(vec![service("A", Fibre, 100, None), service("A", Cable, 500, None)]),
            Class::Grey,
            "one owner"
        );
        assert_eq!(class(vec![service("A", Fibre, 100, None), service("B", Lte, 500, None)]), Class::Grey, "not fixed");
        assert_eq!(class(vec![service("A", Fibre, 100, None), service("B", Fibre, 100, last)]), Class::Black);
        let late = Some(date(2028, 1, 1));
        assert_eq!(
            class(vec![service("A", Fibre, 100, None), service("B", Fibre, 100, late)]),
            Class::Grey,
            "a day late"
        );
        assert_eq!(rule.class(None, &rule.fixed.on(&Services::default(), TODAY)), Class::Unmatched);
    }

    #[test]
    fn what_a_place_lacks_and_why_another_is_not_eligible_are_told_apart() {
        use Technology::{Fibre, Fwa, Nr};
        let rule = built_in().unwrap_or_else(|error| unreachable!("{error}")).support;
        let standing = |settlement, of: Vec<Service>| {
            let (services, links) = links(of);
            rule.standing(settlement, Some(&links), &rule.fixed.on(&services, TODAY))
        };
        let (last, late) = (Some(date(2027, 12, 31)), Some(date(2028, 1, 1)));
        let eligible = |reasons: &[Reason]| Standing::Eligible(reasons.to_vec());
        let not = |obstacles: &[Obstacle]| Standing::Not(obstacles.to_vec());
        let outside = Settlement::Outside;
        assert_eq!(standing(outside, vec![]), eligible(&[Reason::Nothing]));
        assert_eq!(standing(Settlement::SmallerLocality, vec![service("A", Fwa, 99, None)]), eligible(&[Reason::Slow]));
        assert_eq!(standing(outside, vec![service("A", Nr, 300, None)]), eligible(&[Reason::NotReliable]));
        let plan = vec![service("A", Fibre, 1000, late)];
        assert_eq!(standing(outside, plan), eligible(&[Reason::Nothing, Reason::LatePlan]));
        assert_eq!(standing(outside, vec![service("A", Fibre, 100, None)]), not(&[Obstacle::Served]));
        assert_eq!(standing(outside, vec![service("A", Fibre, 100, last)]), not(&[Obstacle::Planned]));
        let both = vec![service("A", Fibre, 100, None)];
        assert_eq!(standing(Settlement::Locality, both), not(&[Obstacle::Locality, Obstacle::Served]));
        assert_eq!(standing(Settlement::Unknown, vec![]), not(&[Obstacle::UnknownSettlement]));
        let nowhere = rule.standing(outside, None, &rule.fixed.on(&Services::default(), TODAY));
        assert_eq!(nowhere, not(&[Obstacle::Unmatched]));
    }
}
