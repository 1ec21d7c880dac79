//! Services: the lines of operators' offers, and how they reach a place.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::quantity::{Kronor, Speed};

/// One line in an operator's offer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[doc(alias = "tjänst")]
pub struct Service {
    /// Who sells it.
    pub operator: String,
    /// Who owns the network; the operator where nothing else is known.
    pub owner: Option<String>,
    /// How it gets there.
    pub technology: Technology,
    /// Download speed; `None` when unknown, which reaches no threshold.
    pub down: Option<Speed>,
    /// Upload speed; `None` when unknown, which reaches no threshold.
    pub up: Option<Speed>,
    /// In service, under construction, planned, or only thought of.
    pub status: Status,
    /// The first day it can be had.
    pub available_from: Option<Date>,
    /// Whether other providers may sell on the network.
    pub open_access: Option<bool>,
    /// The build-out project it belongs to.
    pub project: Option<String>,
    /// What it costs to have it ordered and connected, once; `None` when unknown.
    #[doc(alias = "anslutningsavgift")]
    pub cost: Option<Kronor>,
    /// The download speed that is stated for the busy hour; `None` when unknown.
    #[doc(alias = "bråd timme")]
    pub busy_down: Option<Speed>,
}

impl Service {
    /// Who owns the network: the operator, where no owner is known.
    #[must_use]
    pub fn owner_or_operator(&self) -> &str {
        self.owner.as_deref().unwrap_or(&self.operator)
    }
}

/// A technology of access.
///
/// # Source
/// The classes of PTS' mapping of broadband (xDSL, VDSL, fibre, cable TV, fixed radio, LTE, NR).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Technology {
    /// Fibre to the building or the home.
    Fibre,
    /// Cable television networks (HFC, DOCSIS).
    Cable,
    /// VDSL over copper.
    Vdsl,
    /// Other DSL over copper.
    Xdsl,
    /// Fixed wireless access with mounted equipment.
    Fwa,
    /// Mobile broadband over 5G (NR).
    Nr,
    /// Mobile broadband over 4G (LTE).
    Lte,
    /// Satellite.
    Satellite,
    /// Anything else, or unknown.
    Other,
}

impl Technology {
    /// All of them, in the order in which reports list them.
    pub const ALL: [Self; 9] = [
        Self::Fibre,
        Self::Cable,
        Self::Vdsl,
        Self::Xdsl,
        Self::Fwa,
        Self::Nr,
        Self::Lte,
        Self::Satellite,
        Self::Other,
    ];

    /// Access by wire, as PTS counts *trådbunden accessteknik*.
    pub const WIRED: [Self; 4] = [Self::Fibre, Self::Cable, Self::Vdsl, Self::Xdsl];

    /// Access to one fixed address on land: by wire or by fixed radio, but neither mobile nor by satellite.
    pub const FIXED: [Self; 5] = [Self::Fibre, Self::Cable, Self::Vdsl, Self::Xdsl, Self::Fwa];

    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Fibre => "fibre",
            Self::Cable => "cable",
            Self::Vdsl => "vdsl",
            Self::Xdsl => "xdsl",
            Self::Fwa => "fwa",
            Self::Nr => "nr",
            Self::Lte => "lte",
            Self::Satellite => "satellite",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Technology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// A word that names none of the choices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a known {what}; known are {known}")]
#[non_exhaustive]
pub struct UnknownWord {
    /// What it should have been.
    pub what: &'static str,
    /// The word.
    pub found: String,
    /// The choices.
    pub known: &'static str,
}

impl FromStr for Technology {
    type Err = UnknownWord;

    /// Reads our keys and the words that Swedish and English deliveries use, in any case.
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Ok(match word.trim().to_lowercase().as_str() {
            "fibre" | "fiber" | "fiber eller fiber-lan" | "fiber-lan" | "ftth" | "fttb" | "fttp" | "ftth/b" => {
                Self::Fibre
            }
            "cable" | "kabel" | "kabel-tv" | "kabeltv" | "coax" | "hfc" | "docsis" | "docsis 3.0" | "docsis 3.1" => {
                Self::Cable
            }
            "vdsl" | "vdsl2" => Self::Vdsl,
            "xdsl" | "dsl" | "adsl" | "adsl2+" | "copper" | "koppar" => Self::Xdsl,
            "fwa" | "fast radio" | "radio" | "fixed wireless" | "wireless" => Self::Fwa,
            "nr" | "5g" | "nr (5g)" => Self::Nr,
            "lte" | "4g" => Self::Lte,
            "satellite" | "satellit" => Self::Satellite,
            "other" | "annan" | "övrigt" => Self::Other,
            _ => {
                return Err(UnknownWord {
                    what: "technology",
                    found: word.to_owned(),
                    known: "fibre, cable, vdsl, xdsl, fwa, nr, lte, satellite, other",
                });
            }
        })
    }
}

/// Whether a service can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It can be had now.
    InService,
    /// It is being built.
    UnderConstruction,
    /// It is planned.
    Planned,
    /// It is only thought of: no definition counts it, and nothing puts it in service but a plan or a scenario that names it.
    Candidate,
}

impl Status {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::InService => "in-service",
            Self::UnderConstruction => "under-construction",
            Self::Planned => "planned",
            Self::Candidate => "candidate",
        }
    }
}

impl FromStr for Status {
    type Err = UnknownWord;

    /// Reads our keys and the words that Swedish and English deliveries use, in any case.
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Ok(match word.trim().to_lowercase().as_str() {
            "in-service" | "in service" | "existing" | "active" | "i drift" | "befintlig" | "befintligt" => {
                Self::InService
            }
            "under-construction" | "under construction" | "under byggnad" | "pågående" => Self::UnderConstruction,
            "planned" | "planerad" | "planerat" => Self::Planned,
            "candidate" | "kandidat" | "förslag" => Self::Candidate,
            _ => {
                return Err(UnknownWord {
                    what: "status",
                    found: word.to_owned(),
                    known: "in-service, under-construction, planned, candidate",
                });
            }
        })
    }
}

/// How a service reaches a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// The place has it: homes connected.
    #[doc(alias = "ansluten")]
    Connected,
    /// The place can order it: homes passed.
    #[doc(alias = "kan beställas")]
    Passed,
    /// The place lies within a stated distance of a connected one.
    #[doc(alias = "absoluta närheten")]
    Near,
}

impl Reach {
    /// A number for tables.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// The way with a number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        [Self::Connected, Self::Passed, Self::Near].into_iter().find(|reach| reach.number() == number)
    }

    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Passed => "passed",
            Self::Near => "near",
        }
    }
}

/// The number of a service in [`Services`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ServiceId(pub u32);

/// One service reaching one place in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Link {
    /// The service.
    pub service: ServiceId,
    /// How it reaches.
    pub reach: Reach,
}

/// The distinct services of a study.
#[derive(Debug, Clone, Default)]
pub struct Services {
    list: Vec<Service>,
    known: FxHashMap<Service, ServiceId>,
}

impl Services {
    /// The number of this service, a new one if it has not been seen.
    pub fn intern(&mut self, service: Service) -> ServiceId {
        if let Some(&id) = self.known.get(&service) {
            return id;
        }
        let id = ServiceId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push(service.clone());
        self.known.insert(service, id);
        id
    }

    /// The same services numbered in sorted order, and the new number of each old one.
    ///
    /// After this the numbers do not depend on the order in which files and rows were read.
    #[must_use]
    pub fn sorted(self) -> (Self, Vec<ServiceId>) {
        let mut list = self.list.clone();
        list.sort();
        let mut sorted = Self::default();
        for service in list {
            sorted.intern(service);
        }
        let renumbered = self.list.iter().map(|s| sorted.known[s]).collect();
        (sorted, renumbered)
    }

    /// The service with this number.
    ///
    /// # Panics
    /// When the number is not of this list.
    #[must_use]
    pub fn get(&self, id: ServiceId) -> &Service {
        &self.list[id.0 as usize]
    }

    /// The number of a service; `None` when it is not in the list.
    #[must_use]
    pub fn find(&self, service: &Service) -> Option<ServiceId> {
        self.known.get(service).copied()
    }

    /// All services, by number.
    #[must_use]
    pub fn as_slice(&self) -> &[Service] {
        &self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(operator: &str) -> Service {
        Service {
            operator: operator.to_owned(),
            owner: None,
            technology: Technology::Fibre,
            down: Some(Speed::from_mbps(1000)),
            up: None,
            status: Status::InService,
            available_from: None,
            open_access: None,
            project: None,
            cost: None,
            busy_down: None,
        }
    }

    #[test]
    fn numbers_do_not_depend_on_reading_order_once_sorted() {
        let mut services = Services::default();
        let b = services.intern(service("B"));
        let a = services.intern(service("A"));
        assert_eq!(services.intern(service("B")), b);
        let (sorted, renumbered) = services.sorted();
        assert_eq!(renumbered[a.0 as usize], ServiceId(0));
        assert_eq!(renumbered[b.0 as usize], ServiceId(1));
        assert_eq!(sorted.get(ServiceId(0)).operator, "A");
    }

    #[test]
    fn every_technology_key_reads_back() {
        for technology in Technology::ALL {
            assert_eq!(technology.key().parse(), Ok(technology));
        }
        assert_eq!("Fiber eller fiber-LAN".parse(), Ok(Technology::Fibre));
        assert!("Not Fiber".parse::<Technology>().is_err());
    }
}
