//! What is counted: places, population, households and so on.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A unit of counting; every figure says which one it is in.
///
/// The order is the order in which tables and reports list units.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Unit {
    /// Places, one each.
    Places,
    /// Registered inhabitants.
    #[doc(alias = "befolkning")]
    Population,
    /// Households.
    #[doc(alias = "hushåll")]
    Households,
    /// Workplaces (fixed business addresses).
    #[doc(alias = "arbetsställen")]
    Workplaces,
    /// Jobs.
    #[doc(alias = "arbetstillfällen")]
    Jobs,
    /// Buildings.
    #[doc(alias = "byggnader")]
    Buildings,
    /// A weight column of the user's own, by its name.
    Weight(String),
}

impl Unit {
    /// The key that stands in files: `population`, or the weight column's name.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Places => "places",
            Self::Population => "population",
            Self::Households => "households",
            Self::Workplaces => "workplaces",
            Self::Jobs => "jobs",
            Self::Buildings => "buildings",
            Self::Weight(name) => name,
        }
    }
}

impl From<String> for Unit {
    fn from(key: String) -> Self {
        match key.as_str() {
            "places" => Self::Places,
            "population" => Self::Population,
            "households" => Self::Households,
            "workplaces" => Self::Workplaces,
            "jobs" => Self::Jobs,
            "buildings" => Self::Buildings,
            _ => Self::Weight(key),
        }
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> Self {
        unit.key().to_owned()
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
