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
    let mut ring: Vec<Coord> = points.into_iter().map(|p| Coord { x: millimetre(p.x), y: millimetre(p.y) }).collect();
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

#[cfg(test)]
mod tests {
    use geo::{Area, ConvexHull, CoordsIter, Orient, Validation, orient::Direction};
    use rayon::prelude::*;

    use super::*;
    use crate::country::Country;

    fn assert_whole_millimetres_and_valid(geometries: &[&MultiPolygon]) {
        geometries.par_iter().for_each(|geometry| {
            assert!(geometry.is_valid(), "{:?}", geometry.validation_errors());
            let whole = |metres: f64| millimetre(metres).to_bits() == metres.to_bits();
            assert!(geometry.coords_iter().all(|c| whole(c.x) && whole(c.y)));
        });
    }

    fn geometries(footprints: &[Footprint]) -> Vec<&MultiPolygon> {
        footprints.iter().map(|footprint| &footprint.geometry).collect()
    }

    #[test]
    fn fibre_areas_have_holes_and_parts_and_turn_either_way() {
        let fibre = Country::draw(2, 0.1).unwrap().fibre();
        assert_eq!(fibre.len(), 200);
        assert_whole_millimetres_and_valid(&geometries(&fibre));
        assert!(fibre.iter().all(|f| (30..=2150).contains(&vertices(&f.geometry))));
        let sum: usize = fibre.iter().map(|f| vertices(&f.geometry)).sum();
        assert!((80_000..120_000).contains(&sum), "500 each: {sum}");
        let holes = fibre.iter().filter(|f| !f.geometry.0[0].interiors().is_empty()).count();
        let parts = fibre.iter().filter(|f| f.geometry.0.len() > 1).count();
        assert!((30..75).contains(&holes) && (30..75).contains(&parts), "a quarter each: {holes} {parts}");
        let turned = fibre.iter().filter(|f| f.geometry.orient(Direction::Default) != f.geometry).count();
        assert!((70..190).contains(&turned), "{turned}");
        let existing = fibre.iter().filter(|f| f.status == Status::Existing).count();
        assert!((150..190).contains(&existing), "85 %: {existing}");
    }

    #[test]
    fn parcels_are_convex() {
        let parcels = Country::draw(2, 0.05).unwrap().parcels();
        assert_eq!(parcels.len(), 10_000);
        assert_whole_millimetres_and_valid(&geometries(&parcels));
        for parcel in &parcels {
            assert!((9..=21).contains(&vertices(&parcel.geometry)));
            let (own, hull) = (parcel.geometry.unsigned_area(), parcel.geometry.convex_hull().unsigned_area());
            assert!((own - hull).abs() < 1e-3, "{own} {hull}");
        }
        let sum: usize = parcels.iter().map(|f| vertices(&f.geometry)).sum();
        assert!((145_000..155_000).contains(&sum), "15 each: {sum}");
    }

    #[test]
    fn a_mobile_layer_is_valid_in_many_parts() {
        let mobile = Country::draw(2, 0.03).unwrap().mobile();
        assert_eq!(mobile.len(), 1, "every 33rd of 30");
        assert_whole_millimetres_and_valid(&geometries(&mobile));
        assert!(mobile[0].geometry.0.len() > 20);
    }

    #[test]
    fn settlements_are_simple_outlines_of_both_classes() {
        let settlements = Country::draw(2, 0.05).unwrap().settlements();
        assert_whole_millimetres_and_valid(&settlements.iter().map(|s| &s.geometry).collect::<Vec<_>>());
        let localities = settlements.iter().filter(|s| s.class == SettlementClass::Locality).count();
        assert!((1200..2600).contains(&localities) && settlements.len() > localities + 1000, "{localities}");
    }
}
