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
    pub ids: Ids,
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
    /// What each place is called, empty where it has no name; no texts at all where no file has a column of names.
    pub names: Ids,
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

/// Texts one after the other in one piece of memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids {
    text: String,
    /// Where each one ends in the text.
    ends: Vec<usize>,
}

impl Ids {
    /// Adds one.
    pub fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All of them in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|i| &self[i])
    }
}

impl std::ops::Index<usize> for Ids {
    type Output = str;

    fn index(&self, i: usize) -> &str {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.text[start..self.ends[i]]
    }
}

impl<T: AsRef<str>> FromIterator<T> for Ids {
    fn from_iter<I: IntoIterator<Item = T>>(ids: I) -> Self {
        let mut all = Self::default();
        ids.into_iter().for_each(|id| all.push(id.as_ref()));
        all
    }
}

impl Places {
    /// Adds others after these; both have the same units and levels.
    pub fn append(&mut self, mut others: Self) {
        if self.is_empty() {
            *self = others;
            return;
        }
        let len = self.len();
        others.ids.iter().for_each(|id| self.ids.push(id));
        others.names.iter().for_each(|name| self.names.push(name));
        self.easting.append(&mut others.easting);
        self.northing.append(&mut others.northing);
        self.category.append(&mut others.category);
        self.origin.append(&mut others.origin);
        for (column, other) in self.units.iter_mut().zip(&mut others.units) {
            column.values.append(&mut other.values);
        }
        if self.codes.len() < others.codes.len() {
            self.codes.resize(others.codes.len(), None);
        }
        let added = self.ids.len() - len;
        for (level, codes) in self.codes.iter_mut().enumerate() {
            match (codes.as_mut(), others.codes.get_mut(level).and_then(Option::take)) {
                (None, None) => {}
                (Some(codes), None) => codes.resize(len + added, None),
                (Some(codes), Some(mut more)) => codes.append(&mut more),
                (None, Some(more)) => *codes = Some(std::iter::repeat_n(None, len).chain(more).collect()),
            }
        }
    }

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
