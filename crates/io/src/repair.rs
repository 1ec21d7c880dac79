//! Geometry as delivered, made valid where there is no doubt about its meaning.

use geo::{Geometry, MultiPolygon};

/// A polygon that can be used, and what was done to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Repaired {
    /// The valid geometry.
    pub polygons: MultiPolygon,
    /// What was mended, in words; `None` when nothing was.
    pub mended: Option<String>,
}

/// Makes an areal geometry valid where there is no doubt about its meaning.
///
/// # Errors
/// Says what is wrong when there is a doubt.
pub fn areal(_geometry: Geometry) -> Result<Repaired, String> {
    Err(String::new())
}
