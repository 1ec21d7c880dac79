//! Places: points with units, held as a struct of arrays.

use crate::{diagnostic::SourceRow, unit::Unit};

/// A unit's value at a place that has none; missing is not zero.
pub const MISSING: u64 = u64::MAX;

/// The places of a study, one index per place in every array.
///
/// # Shape
/// All arrays have length [`Places::len`]; `units[k].values` and `codes[level]` too.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Places {
    /// The place's own id, unique in a study.
    pub ids: Vec<Box<str>>,
    /// Easting in the study's working CRS; NaN when the place has no position.
    pub easting: Vec<f64>,
    /// Northing in the study's working CRS; NaN when the place has no position.
    pub northing: Vec<f64>,
    /// Index into the frame's categories.
    pub category: Vec<u16>,
    /// One column per unit other than [`Unit::Places`], in the frame's order.
    pub units: Vec<UnitColumn>,
    /// Per level of the frame: the area that the place's own code names, where a code column was given.
    pub codes: Vec<Option<Vec<Option<u32>>>>,
    /// Where each place came from.
    pub origin: Vec<SourceRow>,
}

/// One unit's whole numbers, [`MISSING`] where the source has none.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitColumn {
    /// What is counted.
    pub unit: Unit,
    /// The values, scaled to whole numbers by the frame's scale for this unit.
    pub values: Vec<u64>,
}

impl Places {
    /// How many places there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The position of a place, if it has one.
    #[must_use]
    pub fn position(&self, place: usize) -> Option<geo::Coord> {
        let (x, y) = (self.easting[place], self.northing[place]);
        (x.is_finite() && y.is_finite()).then_some(geo::Coord { x, y })
    }
}
