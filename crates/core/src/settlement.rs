//! Settlement classes: town, small town, countryside.

use geo::MultiPolygon;
use serde::{Deserialize, Serialize};

/// Where people live densely and where they do not.
///
/// # Source
/// SCB's tätort (at least 200 inhabitants) and småort (50 to 199); everything else is outside both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// In a locality.
    #[doc(alias = "tätort")]
    Locality,
    /// In a smaller locality.
    #[doc(alias = "småort")]
    SmallerLocality,
    /// In neither.
    #[doc(alias = "glesbygd")]
    Outside,
    /// Not known, because the place has no position.
    Unknown,
}

impl Settlement {
    /// All classes, in the order in which reports list them.
    pub const ALL: [Self; 4] = [Self::Locality, Self::SmallerLocality, Self::Outside, Self::Unknown];

    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Locality => "locality",
            Self::SmallerLocality => "smaller_locality",
            Self::Outside => "outside",
            Self::Unknown => "unknown",
        }
    }
}

/// Town, countryside, or both, as official figures divide areas.
///
/// # Source
/// PTS and Kolada: tätbebyggt is tätort and småort together, glesbebyggt is outside both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettlementGroup {
    /// Everything.
    #[default]
    All,
    /// In a locality or a smaller locality.
    #[doc(alias = "tätbebyggt")]
    BuiltUp,
    /// In neither.
    #[doc(alias = "glesbebyggt")]
    Outside,
}

impl SettlementGroup {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::BuiltUp => "built_up",
            Self::Outside => "outside",
        }
    }

    /// The classes that are in it; `None` for all of them.
    #[must_use]
    pub const fn classes(self) -> Option<&'static [Settlement]> {
        match self {
            Self::All => None,
            Self::BuiltUp => Some(&[Settlement::Locality, Settlement::SmallerLocality]),
            Self::Outside => Some(&[Settlement::Outside]),
        }
    }
}

/// The borders of one settlement.
#[derive(Debug, Clone, PartialEq)]
pub struct SettlementArea {
    /// [`Settlement::Locality`] or [`Settlement::SmallerLocality`].
    pub class: Settlement,
    /// The borders, in the study's working CRS.
    pub geometry: MultiPolygon,
}
