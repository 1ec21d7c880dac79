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
        if trimmed == "covered" {
            return Ok(Self::Covered);
        }
        if let Some((kind, bound)) = trimmed.split_once(">=") {
            return match kind.trim() {
                "down" => bound.parse().map(Self::Down).map_err(|_| wrong()),
                "up" => bound.parse().map(Self::Up).map_err(|_| wrong()),
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
}

impl Best {
    /// The best among those of `links` that count.
    #[must_use]
    pub fn of(links: &[Link], profile: &Profile, services: &Services, as_of: Date) -> Self {
        let mut best = Self::default();
        let mut operators = BTreeSet::new();
        for &link in links.iter().filter(|&&link| profile.counts(link, services, as_of)) {
            let service = services.get(link.service);
            best.covered = true;
            best.down = best.down.max(service.down);
            best.up = best.up.max(service.up);
            best.technologies.insert(service.technology);
            operators.insert(service.operator.as_str());
        }
        best.operators = operators.len();
        best
    }

    /// What one service amounts to where it counts.
    #[must_use]
    pub(crate) fn of_one(service: &Service) -> Self {
        Self {
            covered: true,
            down: service.down,
            up: service.up,
            technologies: BTreeSet::from([service.technology]),
            operators: 1,
        }
    }

    /// Whether the measure holds. Thresholds are met by equality.
    #[must_use]
    pub fn has(&self, measure: Measure) -> bool {
        match measure {
            Measure::Covered => self.covered,
            Measure::Down(speed) => self.down >= Some(speed),
            Measure::Up(speed) => self.up >= Some(speed),
            Measure::Technology(technology) => self.technologies.contains(&technology),
            Measure::Operators(n) => self.operators >= usize::from(n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_the_measure_that_writes_it() {
        let measures = [
            Measure::Covered,
            Measure::Down(Speed::from_mbps(100)),
            Measure::Up(Speed::from_kbps(750)),
            Measure::Technology(Technology::Fibre),
            Measure::Operators(2),
        ];
        for measure in measures {
            assert_eq!(measure.to_string().parse(), Ok(measure));
        }
        for wrong in ["", "down>100 Mbit/s", "down>=100", "technology=", "speed>=1 Mbit/s"] {
            assert!(wrong.parse::<Measure>().is_err(), "{wrong}");
        }
    }
}
