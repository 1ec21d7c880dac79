//! Areas: kommuner, län and whatever else figures are reported for.

use geo::MultiPolygon;

/// One kind of area, such as all municipalities.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Level {
    /// The key in the study file and in every output: `municipality`, `county`, or the study's own.
    pub key: String,
    /// The areas, sorted by code.
    pub areas: Vec<Area>,
    /// How to know this level from another one, for places that neither a code nor a polygon answers.
    pub derived: Option<Derived>,
}

/// One area.
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "kommun")]
#[doc(alias = "län")]
pub struct Area {
    /// The official code: text, with its leading zeros.
    pub code: String,
    /// The name; the code where nothing else is known.
    pub name: String,
    /// The borders in the study's working CRS, where the study has them.
    pub geometry: Option<MultiPolygon>,
}

/// A level that follows from another: a county from the first two digits of its municipalities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// Index of the other level.
    pub from: usize,
    /// For each area of the other level, the index of the area here.
    pub area_of: Vec<Option<u32>>,
}

impl Level {
    /// The index of the area with this code.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<u32> {
        let found = self.areas.binary_search_by(|area| area.code.as_str().cmp(code)).ok()?;
        u32::try_from(found).ok()
    }
}
