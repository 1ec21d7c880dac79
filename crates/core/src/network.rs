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

/// What is known of the networks of one area while it is counted.
struct Seen {
    /// Per network, the turn in which it was met last.
    turn: Vec<usize>,
    /// Per service, whether it was met.
    services: Vec<bool>,
    /// Shape: network × unit.
    sums: Vec<u64>,
    units: usize,
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

        let [mut all_now, mut all_planned] = [(); 2].map(|()| vec![Vec::new(); areas]);
        let fresh = || [(); 2].map(|()| Seen::new(list.len(), frame));
        let [mut now, mut planned] = fresh();
        let (mut area, mut turn) = (0, 0);
        let mut close = |area: usize, [now, planned]: [&Seen; 2]| {
            all_now[area] = now.presences(&of_service, frame);
            all_planned[area] = planned.presences(&of_service, frame);
        };
        reached.each(|part| {
            if part.area != area {
                close(area, [&now, &planned]);
                [now, planned] = fresh();
                area = part.area;
            }
            turn += 1;
            let links = reached.sets[part.set].unwrap_or_default();
            let counted = || links.iter().filter_map(|&link| Some((link.service, days.when(link)?)));
            for (service, _) in counted().filter(|(_, when)| *when == When::Now) {
                now.count(turn, of_service[service.0 as usize], service, part.units);
            }
            // A network that is there is not planned for the same places.
            for (service, _) in counted().filter(|(_, when)| *when != When::Now) {
                let network = of_service[service.0 as usize];
                if now.turn[network] != turn {
                    planned.count(turn, network, service, part.units);
                }
            }
        });
        close(area, [&now, &planned]);
        Self { list, now: all_now, planned: all_planned }
    }
}

impl Seen {
    fn new(networks: usize, frame: &Frame) -> Self {
        let units = frame.units.len();
        Self {
            turn: vec![0; networks],
            services: vec![false; frame.services.as_slice().len()],
            sums: vec![0; networks * units],
            units,
        }
    }

    /// A service of a network reaches units of a part; they count once for the network, in each turn.
    fn count(&mut self, turn: usize, network: usize, service: ServiceId, units: &[u64]) {
        self.services[service.0 as usize] = true;
        if std::mem::replace(&mut self.turn[network], turn) != turn {
            let sums = &mut self.sums[network * self.units..(network + 1) * self.units];
            sums.iter_mut().zip(units).for_each(|(sum, units)| *sum += units);
        }
    }

    /// What there is of each network that was met.
    fn presences(&self, of_service: &[usize], frame: &Frame) -> Vec<Presence> {
        let mut services: BTreeMap<usize, Vec<&Service>> = BTreeMap::new();
        for (service, &network) in frame
            .services
            .as_slice()
            .iter()
            .zip(of_service)
            .zip(&self.services)
            .filter_map(|(s, &seen)| seen.then_some(s))
        {
            services.entry(network).or_default().push(service);
        }
        let units = |network: usize| &self.sums[network * self.units..(network + 1) * self.units];
        services
            .into_iter()
            .map(|(network, services)| Presence::of(network, &services, units(network), frame))
            .collect()
    }
}

impl Network {
    fn of(service: &Service) -> Self {
        Self { owner: service.owner_or_operator().to_owned(), technology: service.technology }
    }
}

impl Presence {
    fn of(network: usize, services: &[&Service], units: &[u64], frame: &Frame) -> Self {
        Self {
            network,
            operators: services.iter().map(|service| service.operator.clone()).collect(),
            open: services.iter().filter_map(|service| service.open_access).max(),
            down: services.iter().filter_map(|service| service.down).max(),
            from: services.iter().filter_map(|service| service.available_from).filter(|&day| day > frame.as_of).min(),
            units: units.to_vec(),
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
