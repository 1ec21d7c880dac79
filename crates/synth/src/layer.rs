//! What layers consist of: polygons with attributes.

use std::fmt;

use geo::{Coord, LineString, MultiPolygon, Polygon};

use crate::{chance::Chance, land::millimetre};

/// An area where a service can be had.
#[derive(Debug, Clone, PartialEq)]
pub struct Footprint {
    /// A letter for the family and a number.
    pub id: String,
    /// Who sells it.
    pub operator: String,
    /// How it gets there.
    pub technology: &'static str,
    /// Download speed, Mbit/s.
    pub down_mbps: i32,
    /// Upload speed, Mbit/s.
    pub up_mbps: i32,
    /// Whether it is there.
    pub status: Status,
    /// What kind of owner the network has.
    pub owner: &'static str,
    /// Where.
    pub geometry: MultiPolygon,
}

/// Whether a network is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// In service.
    Existing,
    /// Not begun.
    Planned,
    /// Begun.
    UnderConstruction,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Existing => "existing",
            Self::Planned => "planned",
            Self::UnderConstruction => "under construction",
        })
    }
}

impl Status {
    pub(crate) fn draw(chance: &mut Chance) -> Self {
        match chance.unit() {
            u if u < 0.85 => Self::Existing,
            u if u < 0.95 => Self::Planned,
            _ => Self::UnderConstruction,
        }
    }
}

/// What kinds of owners networks have.
pub(crate) const OWNERS: [&str; 4] = ["municipal", "private", "cooperative", "state"];

/// A locality or a smaller locality.
#[derive(Debug, Clone, PartialEq)]
pub struct Settlement {
    /// Which.
    pub class: SettlementClass,
    /// Where.
    pub geometry: MultiPolygon,
}

/// The classes of settlements, by their inhabitants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettlementClass {
    /// At least 200 inhabitants.
    #[doc(alias = "tätort")]
    Locality,
    /// 50 to 199 inhabitants.
    #[doc(alias = "småort")]
    SmallerLocality,
}

impl fmt::Display for SettlementClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Locality => "locality",
            Self::SmallerLocality => "smaller_locality",
        })
    }
}

/// A ring through points, rounded to millimetres and closed, that turns either way.
pub(crate) fn ring(points: impl IntoIterator<Item = Coord>, chance: &mut Chance) -> LineString {
    let mut ring: Vec<Coord> =
        points.into_iter().map(|p| Coord { x: millimetre(p.x), y: millimetre(p.y) }).collect();
    if chance.happens(0.5) {
        ring.reverse();
    }
    ring.extend(ring.first().copied());
    LineString(ring)
}

/// All vertices, the closing ones too.
#[must_use]
pub fn vertices(geometry: &MultiPolygon) -> usize {
    let rings = |polygon: &Polygon| {
        polygon.exterior().0.len() + polygon.interiors().iter().map(|ring| ring.0.len()).sum::<usize>()
    };
    geometry.iter().map(rings).sum()
}
