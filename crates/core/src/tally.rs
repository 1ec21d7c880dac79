//! The tally: a small cube of whole numbers that every later question is put to.

use std::{collections::BTreeMap, sync::Arc};

use rayon::prelude::*;

use crate::{
    coverage::Coverage,
    place::{MISSING, Places},
    service::Link,
    settlement::Settlement,
    study::Frame,
};

/// Places that are alike in everything that is asked about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Per level: the area, `None` for places in no area of it.
    pub areas: Box<[Option<u32>]>,
    /// The settlement class.
    pub settlement: Settlement,
    /// Index into the frame's categories.
    pub category: u16,
    /// The services that reach these places, sorted; `None` when that cannot be said (unmatched).
    pub links: Option<Arc<[Link]>>,
}

/// A sum over the places of a cell, in one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// The sum of the known values.
    pub sum: u64,
    /// How many places have no value.
    pub missing: u64,
}

/// Counts per cell, in whole numbers.
///
/// A commutative monoid: [`Tally::merge`] is associative and commutative, and [`Tally::default`] changes nothing.
/// Any split of the places, on any number of threads, therefore gives the same tally.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// One count per unit of the frame in every row.
    rows: BTreeMap<Cell, Box<[Count]>>,
}

impl Tally {
    /// Counts places that have been joined.
    #[must_use]
    pub fn observe(frame: &Frame, places: &Places, coverage: &Coverage) -> Self {
        // Cells are found by small numbers first and spelled out once per distinct cell.
        type Key = (Box<[u32]>, Settlement, u16, u32);
        let chunk = 1 << 14;
        let starts: Vec<usize> = (0..places.len()).step_by(chunk).collect();
        let merged = starts
            .par_iter()
            .map(|&start| {
                let mut rows: BTreeMap<Key, Vec<Count>> = BTreeMap::new();
                for place in start..places.len().min(start + chunk) {
                    let areas = coverage.areas.iter().map(|level| level[place]).collect();
                    let key = (areas, coverage.settlement[place], places.category[place], coverage.set[place]);
                    let counts = rows.entry(key).or_insert_with(|| vec![Count::default(); frame.units.len()]);
                    counts[0].sum += 1;
                    for (count, column) in counts[1..].iter_mut().zip(&places.units) {
                        match column.values[place] {
                            MISSING => count.missing += 1,
                            value => count.sum += value,
                        }
                    }
                }
                rows
            })
            .reduce(BTreeMap::new, |mut left, right| {
                for (key, counts) in right {
                    add(left.entry(key).or_insert_with(|| vec![Count::default(); frame.units.len()]), &counts);
                }
                left
            });
        let rows = merged
            .into_iter()
            .map(|((areas, settlement, category, set), counts)| {
                let areas = areas.iter().map(|&area| (area != Coverage::NO_AREA).then_some(area)).collect();
                let links = coverage.links(set).cloned();
                (Cell { areas, settlement, category, links }, counts.into_boxed_slice())
            })
            .collect();
        Self { rows }
    }

    /// Both tallies as one.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        for (cell, counts) in other.rows {
            match self.rows.get_mut(&cell) {
                Some(sum) => add(sum, &counts),
                None => {
                    self.rows.insert(cell, counts);
                }
            }
        }
        self
    }

    /// The cells in order, with one count per unit of the frame.
    pub fn rows(&self) -> impl Iterator<Item = (&Cell, &[Count])> {
        self.rows.iter().map(|(cell, counts)| (cell, counts.as_ref()))
    }

    /// How many distinct cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

fn add(sum: &mut [Count], counts: &[Count]) {
    for (sum, count) in sum.iter_mut().zip(counts) {
        sum.sum += count.sum;
        sum.missing += count.missing;
    }
}
