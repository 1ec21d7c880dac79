//! Coordinate reference systems: which ones, and from one to another.

use std::{fmt, str::FromStr};

use geo::{Coord, Geometry};

/// A coordinate reference system that nittio can transform, or none at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Crs {
    /// By its EPSG code; coordinates in the order easting (longitude), northing (latitude).
    Epsg(u32),
    /// Planar in the file's own units, never transformed.
    AsIs,
}

/// A CRS that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CrsError(pub String);

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Epsg(code) => write!(f, "EPSG:{code}"),
            Self::AsIs => f.write_str("as-is"),
        }
    }
}

impl FromStr for Crs {
    type Err = CrsError;

    fn from_str(text: &str) -> Result<Self, CrsError> {
        Err(CrsError(text.to_owned()))
    }
}

/// From one CRS to another.
#[derive(Debug)]
pub struct Transformer;

impl Transformer {
    /// A way from one to the other.
    ///
    /// # Errors
    /// When there is none, as between `as-is` and anything else.
    pub fn new(_from: Crs, _to: Crs) -> Result<Self, CrsError> {
        Ok(Self)
    }

    /// One position; `None` when it cannot be transformed.
    #[must_use]
    pub fn coord(&self, coord: Coord) -> Option<Coord> {
        Some(coord)
    }

    /// A geometry, vertex by vertex; `None` when a vertex cannot be transformed.
    #[must_use]
    pub fn geometry(&self, geometry: Geometry) -> Option<Geometry> {
        Some(geometry)
    }
}
