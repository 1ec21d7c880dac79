//! Networks by name: who owns them, who sells on them, and how many of each area's units they reach or are planned to reach.
//!
//! It is counted from the tally, under the study's main definition. A place that two networks reach counts for both.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::{
    profile::Profile,
    quantity::Speed,
    reached::Reached,
    service::{Service, ServiceId, Technology},
    study::Frame,
    timetable::{Days, When},
};

/// A network: what one owner has by one technology.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network {
    /// Who owns it; the operator where no owner is known.
    pub owner: String,
    /// How it gets there.
    pub technology: Technology,
}

/// A network in one area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// Index into [`Networks::list`].
    pub network: usize,
    /// Who sells on it here, by name.
    pub operators: BTreeSet<String>,
    /// Whether other providers may sell on it; `None` when nobody has said. What any of its services says of it holds.
    pub open: Option<bool>,
    /// The highest download speed that is sold on it here.
    pub down: Option<Speed>,
    /// The first day that it can be had here, where it is planned and dated.
    pub from: Option<Date>,
    /// A sum per unit of the frame, in parts.
    pub units: Vec<u64>,
}

/// The networks of a study, and where they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Networks {
    /// By owner and technology.
    pub list: Vec<Network>,
    /// By area of the figures: networks that reach any place of it.
    pub now: Vec<Vec<Presence>>,
    /// By area of the figures: networks that are planned for any place of it that they do not reach yet.
    pub planned: Vec<Vec<Presence>>,
}

/// What is known of a network in one area while it is counted.
#[derive(Default)]
struct Seen {
    services: BTreeSet<ServiceId>,
    units: Vec<u64>,
}

impl Networks {
    /// Counts networks; `areas` is how many areas the figures have.
    #[must_use]
    pub fn of(reached: &Reached<'_>, frame: &Frame, areas: usize, profile: &Profile) -> Self {
        let services = frame.services.as_slice();
        let mut list: Vec<Network> = services.iter().map(Network::of).collect();
        list.sort_unstable();
        list.dedup();
        let of_service: Vec<usize> =
            services.iter().map(|s| list.binary_search(&Network::of(s)).unwrap_or_default()).collect();
        let days = Days::of(frame, profile);

        // Per set of links: the networks in it with their services, first those that are there.
        let sets: Vec<[BTreeMap<usize, Vec<ServiceId>>; 2]> = reached
            .sets
            .iter()
            .map(|set| {
                let mut both: [BTreeMap<usize, Vec<ServiceId>>; 2] = Default::default();
                for &link in set.unwrap_or_default() {
                    let Some(when) = days.when(link) else { continue };
                    let network = of_service[link.service.0 as usize];
                    both[usize::from(when != When::Now)].entry(network).or_default().push(link.service);
                }
                let [now, mut planned] = both;
                planned.retain(|network, _| !now.contains_key(network));
                [now, planned]
            })
            .collect();
        let mut seen: [BTreeMap<(usize, usize), Seen>; 2] = Default::default();
        for part in &reached.parts {
            for (sets, seen) in sets[part.set].iter().zip(&mut seen) {
                for (&network, services) in sets {
                    let seen = seen.entry((part.area, network)).or_default();
                    seen.services.extend(services);
                    seen.units.resize(part.units.len(), 0);
                    seen.units.iter_mut().zip(&part.units).for_each(|(sum, units)| *sum += units);
                }
            }
        }
        let [now, planned] = seen.map(|seen| {
            let mut by_area = vec![Vec::new(); areas];
            for ((area, network), seen) in seen {
                by_area[area].push(Presence::of(network, seen, frame));
            }
            by_area
        });
        Self { list, now, planned }
    }
}

impl Network {
    fn of(service: &Service) -> Self {
        Self { owner: service.owner_or_operator().to_owned(), technology: service.technology }
    }
}

impl Presence {
    fn of(network: usize, seen: Seen, frame: &Frame) -> Self {
        let services: Vec<&Service> = seen.services.iter().map(|&id| frame.services.get(id)).collect();
        Self {
            network,
            operators: services.iter().map(|service| service.operator.clone()).collect(),
            open: services.iter().filter_map(|service| service.open_access).max(),
            down: services.iter().filter_map(|service| service.down).max(),
            from: services.iter().filter_map(|service| service.available_from).filter(|&day| day > frame.as_of).min(),
            units: seen.units,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::reached::tests::{figures, frame, tally};

    #[test]
    fn networks_are_told_apart_by_owner_and_technology_and_counted_once_a_place() {
        let (frame, tally) = (frame(), tally());
        let areas = figures(&tally, &frame).areas;
        let reached = Reached::of(&tally, &frame, &areas);
        let networks = Networks::of(&reached, &frame, areas.len(), &Profile::connected_or_passed());
        let told = |presences: &[Presence]| -> Vec<(String, u64)> {
            presences.iter().map(|p| (networks.list[p.network].owner.clone(), p.units[0])).collect()
        };
        let named = |pairs: &[(&str, u64)]| -> Vec<(String, u64)> {
            pairs.iter().map(|&(name, units)| (name.to_owned(), units)).collect()
        };
        // Three places have two sellers in the town's network, and count once.
        assert_eq!(told(&networks.now[1]), named(&[("Gamma", 5), ("Town", 4)]));
        assert_eq!(told(&networks.planned[1]), named(&[("Village", 5)]));
        assert_eq!(told(&networks.now[2]), named(&[("Gamma", 6)]));
        assert_eq!(told(&networks.planned[2]), named(&[("Epsilon", 4)]));
        assert_eq!(told(&networks.now[0]), named(&[("Gamma", 11), ("Town", 4)]));

        let [gamma, town] = [&networks.now[1][0], &networks.now[1][1]];
        assert_eq!(town.operators, BTreeSet::from(["Alfa".to_owned(), "Beta".to_owned()]));
        assert_eq!((town.open, town.down), (Some(true), Some(Speed::from_mbps(1000))));
        assert_eq!((gamma.open, gamma.down, gamma.from), (None, Some(Speed::from_mbps(30)), None));
        assert_eq!(networks.planned[1][0].from, Some(date(2026, 6, 1)));
        assert_eq!((networks.planned[2][0].open, networks.planned[2][0].from), (Some(false), None));
    }
}
