//! Measures: the properties a place can have, such as 100 Mbit/s or two operators.

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::civil::Date;

use crate::{
    profile::Profile,
    quantity::Speed,
    service::{Link, Service, Services, Technology},
};

/// A property that a place has or has not, under a definition profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// At least one service of any speed.
    Covered,
    /// A service with at least this download speed.
    Down(Speed),
    /// A service with at least this upload speed.
    Up(Speed),
    /// A service by this technology.
    Technology(Technology),
    /// Services of at least this many operators.
    Operators(u8),
    /// One service with at least both of these speeds.
    Both {
        /// Download.
        down: Speed,
        /// Upload.
        up: Speed,
    },
    /// A service with at least this download speed, and as much up as down or more.
    Symmetrical(Speed),
    /// Services in networks of at least this many owners; where no owner is known, the operator counts as one.
    Owners(u8),
    /// A service in a network where other providers may sell.
    OpenAccess,
    /// Services, and all of them in networks of one owner.
    SingleOwner,
}

impl Measure {
    /// Whether a service that counts is enough for the measure by itself.
    pub(crate) fn is_met_by(self, service: &Service, profile: &Profile) -> bool {
        let (down, up) = (profile.down(service), service.up);
        match self {
            Self::Covered => true,
            Self::Down(speed) => down >= Some(speed),
            Self::Up(speed) => up >= Some(speed),
            Self::Technology(technology) => service.technology == technology,
            Self::Both { down: least, up: least_up } => down >= Some(least) && up >= Some(least_up),
            // As much as is sold, not only as much as the busy hour leaves.
            Self::Symmetrical(speed) => down >= Some(speed) && up >= service.down,
            Self::OpenAccess => service.open_access == Some(true),
            Self::Operators(_) | Self::Owners(_) | Self::SingleOwner => false,
        }
    }

    /// Whether the measure asks how many operators and owners there are, and there are so many.
    pub(crate) fn is_met_by_number(self, operators: usize, owners: usize) -> bool {
        match self {
            Self::Operators(n) => operators >= usize::from(n),
            Self::Owners(n) => owners >= usize::from(n),
            Self::SingleOwner => owners == 1,
            _ => false,
        }
    }
}

impl fmt::Display for Measure {
    /// The key that stands in files.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Covered => f.write_str("covered"),
            Self::Down(speed) => write!(f, "down>={speed}"),
            Self::Up(speed) => write!(f, "up>={speed}"),
            Self::Technology(technology) => write!(f, "technology={technology}"),
            Self::Operators(n) => write!(f, "operators>={n}"),
            Self::Both { down, up } => write!(f, "down>={down} & up>={up}"),
            Self::Symmetrical(speed) => write!(f, "symmetrical>={speed}"),
            Self::Owners(n) => write!(f, "owners>={n}"),
            Self::OpenAccess => f.write_str("open-access"),
            Self::SingleOwner => f.write_str("single-owner"),
        }
    }
}

/// A text that is no measure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a measure; write covered, down>=100 Mbit/s, up>=10 Mbit/s, technology=fibre or operators>=2")]
pub struct MeasureError {
    /// The text that was found.
    pub found: String,
}

impl FromStr for Measure {
    type Err = MeasureError;

    /// Reads the key that [`fmt::Display`] writes.
    fn from_str(text: &str) -> Result<Self, MeasureError> {
        let wrong = || MeasureError { found: text.to_owned() };
        let trimmed = text.trim();
        match trimmed {
            "covered" => return Ok(Self::Covered),
            "open-access" => return Ok(Self::OpenAccess),
            "single-owner" => return Ok(Self::SingleOwner),
            _ => {}
        }
        if let Some((down, up)) = trimmed.split_once('&') {
            return match (down.parse(), up.parse()) {
                (Ok(Self::Down(down)), Ok(Self::Up(up))) => Ok(Self::Both { down, up }),
                _ => Err(wrong()),
            };
        }
        if let Some((kind, bound)) = trimmed.split_once(">=") {
            return match kind.trim() {
                "down" => bound.parse().map(Self::Down).map_err(|_| wrong()),
                "up" => bound.parse().map(Self::Up).map_err(|_| wrong()),
                "symmetrical" => bound.parse().map(Self::Symmetrical).map_err(|_| wrong()),
                "owners" => bound.trim().parse().map(Self::Owners).map_err(|_| wrong()),
                "operators" => bound.trim().parse().map(Self::Operators).map_err(|_| wrong()),
                _ => Err(wrong()),
            };
        }
        match trimmed.split_once('=') {
            Some(("technology", word)) => word.parse().map(Self::Technology).map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    }
}

/// What a set of links amounts to under a profile: the best of each kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Best {
    /// Whether any link counts.
    pub covered: bool,
    /// The highest download speed.
    pub down: Option<Speed>,
    /// The highest upload speed.
    pub up: Option<Speed>,
    /// The technologies.
    pub technologies: BTreeSet<Technology>,
    /// How many operators.
    pub operators: usize,
    /// How many owners of networks; where no owner is known, the operator counts as one.
    pub owners: usize,
    /// Whether other providers may sell in any of the networks.
    pub open_access: bool,
}

impl Best {
    /// The best among those of `links` that count.
    #[must_use]
    pub fn of(links: &[Link], profile: &Profile, services: &Services, as_of: Date) -> Self {
        let mut best = Self::default();
        let (mut operators, mut owners) = (BTreeSet::new(), BTreeSet::new());
        for &link in links.iter().filter(|&&link| profile.counts(link, services, as_of)) {
            let service = services.get(link.service);
            best.covered = true;
            best.down = best.down.max(profile.down(service));
            best.up = best.up.max(service.up);
            best.technologies.insert(service.technology);
            best.open_access |= service.open_access == Some(true);
            operators.insert(service.operator.as_str());
            owners.insert(service.owner_or_operator());
        }
        (best.operators, best.owners) = (operators.len(), owners.len());
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{profile::BusyHour, service::Status};

    fn service(down: u32, up: Option<u32>, busy: Option<u32>) -> Service {
        Service {
            operator: "A".to_owned(),
            owner: None,
            technology: Technology::Fibre,
            down: Some(Speed::from_mbps(down)),
            up: up.map(Speed::from_mbps),
            status: Status::InService,
            available_from: None,
            open_access: None,
            project: None,
            cost: None,
            busy_down: busy.map(Speed::from_mbps),
        }
    }

    #[test]
    fn symmetrical_is_as_much_up_as_down_at_the_threshold_or_above() {
        let hundred = Measure::Symmetrical(Speed::from_mbps(100));
        let profile = Profile::connected_or_passed();
        for (down, up, is) in [
            (100, Some(100), true),
            (100, Some(250), true),
            (1000, Some(100), false),
            (50, Some(100), false),
            (100, None, false),
        ] {
            assert_eq!(hundred.is_met_by(&service(down, up, None), &profile), is, "{down}/{up:?}");
        }
    }

    #[test]
    fn the_busy_hour_bounds_what_counts_down_and_not_what_is_symmetrical() {
        let speed = Speed::from_mbps;
        let busy = BusyHour { unknown_counts: false };
        let profile = Profile { busy_hour: Some(busy), ..Profile::connected_or_passed() };
        let service = service(1000, Some(1000), Some(250));
        let is = |measure: Measure| measure.is_met_by(&service, &profile);
        assert!(is(Measure::Down(speed(500))) && !is(Measure::Down(speed(501))));
        assert!(is(Measure::Symmetrical(speed(500))) && !is(Measure::Symmetrical(speed(1000))));
        assert!(is(Measure::Both { down: speed(500), up: speed(1000) }), "the busy hour says nothing of upload");
        assert!(is(Measure::Up(speed(1000))) && is(Measure::Covered));
    }

    #[test]
    fn a_key_is_read_as_the_measure_that_writes_it() {
        let measures = [
            Measure::Covered,
            Measure::Down(Speed::from_mbps(100)),
            Measure::Up(Speed::from_kbps(750)),
            Measure::Technology(Technology::Fibre),
            Measure::Operators(2),
            Measure::Owners(2),
            Measure::SingleOwner,
            Measure::OpenAccess,
            Measure::Both { down: Speed::from_mbps(100), up: Speed::from_mbps(30) },
            Measure::Symmetrical(Speed::from_mbps(100)),
        ];
        for measure in measures {
            assert_eq!(measure.to_string().parse(), Ok(measure));
        }
        for wrong in ["", "down>100 Mbit/s", "down>=100", "technology=", "speed>=1 Mbit/s"] {
            assert!(wrong.parse::<Measure>().is_err(), "{wrong}");
        }
    }
}
