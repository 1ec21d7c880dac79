//! A split: all units of each area and settlement class in parts that add up.

use crate::{
    indicator::{AreaRef, Indicators, area_lookup},
    settlement::Settlement,
    study::{Frame, ScaledUnit},
    tally::{Cell, Tally},
};

/// Units by area, settlement class and part; every unit is in one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The keys of the parts.
    pub parts: &'static [&'static str],
    /// As in [`Indicators`].
    pub areas: Vec<AreaRef>,
    /// As in [`Indicators`]: `None` for all classes first.
    pub settlements: Vec<Option<Settlement>>,
    /// As in [`Indicators`].
    pub units: Vec<ScaledUnit>,
    /// Shape: area × settlement × unit × part.
    counts: Vec<u64>,
}

impl Split {
    /// Splits what was counted along the axes of the figures; `part` says in which part the places of a cell are.
    #[must_use]
    pub fn of(
        tally: &Tally,
        frame: &Frame,
        axes: &Indicators,
        parts: &'static [&'static str],
        part: impl Fn(&Cell) -> usize,
    ) -> Self {
        let (areas, settlements, units) = (axes.areas.clone(), axes.settlements.clone(), axes.units.clone());
        let counts = vec![0; areas.len() * settlements.len() * units.len() * parts.len()];
        let index = area_lookup(&areas, frame);
        let mut split = Self { parts, areas, settlements, units, counts };
        for (cell, counts) in tally.rows() {
            let part = part(cell);
            let settlement = split.settlements.iter().position(|&s| s == Some(cell.settlement));
            let of_levels = cell.areas.iter().zip(&index).map(|(&area, index)| index.of(area));
            for area in std::iter::once(0).chain(of_levels) {
                for settlement in std::iter::once(0).chain(settlement) {
                    for (unit, count) in counts.iter().enumerate() {
                        let first = split.first(area, settlement, unit);
                        split.counts[first + part] += count.sum;
                    }
                }
            }
        }
        split
    }

    /// One count per part.
    ///
    /// # Panics
    /// When an index is beyond its axis.
    #[must_use]
    pub fn counts(&self, area: usize, settlement: usize, unit: usize) -> &[u64] {
        let first = self.first(area, settlement, unit);
        &self.counts[first..first + self.parts.len()]
    }

    fn first(&self, area: usize, settlement: usize, unit: usize) -> usize {
        ((area * self.settlements.len() + settlement) * self.units.len() + unit) * self.parts.len()
    }
}
