//! The tally: a small cube of whole numbers that every later question is put to.

use std::{collections::BTreeMap, sync::Arc};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::{
    coverage::{Coverage, Kind},
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
        let chunk = 1 << 16;
        let starts: Vec<usize> = (0..places.len()).step_by(chunk).collect();
        let counts = starts
            .par_iter()
            .map(|&start| {
                let range = start..places.len().min(start + chunk);
                let mut counts = Counts::new(frame.units.len());
                counts.observe(places, range.clone(), &coverage.kind[range]);
                counts
            })
            .reduce(|| Counts::new(frame.units.len()), Counts::merge);
        counts.into_tally(&coverage.kinds)
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

/// Counts under way: by the numbers of kinds and categories, which [`Counts::into_tally`] spells out.
#[derive(Debug, Clone)]
pub struct Counts {
    units: usize,
    /// By kind and category: which row.
    rows: FxHashMap<(u32, u16), usize>,
    /// Shape: row × unit.
    counts: Vec<Count>,
}

impl Counts {
    /// Nothing counted yet, in so many units, places among them.
    #[must_use]
    pub fn new(units: usize) -> Self {
        Self { units: units.max(1), rows: FxHashMap::default(), counts: Vec::new() }
    }

    /// Counts a run of places, of which `kinds` says the kind of each.
    ///
    /// # Panics
    /// When the range is beyond the places, or longer than `kinds`.
    pub fn observe(&mut self, places: &Places, range: std::ops::Range<usize>, kinds: &[u32]) {
        let mut last = ((u32::MAX, u16::MAX), 0);
        let rows: Vec<usize> = range
            .clone()
            .zip(kinds)
            .map(|(place, &kind)| {
                let key = (kind, places.category[place]);
                if last.0 != key {
                    last = (key, self.row(key));
                }
                self.counts[last.1].sum += 1;
                last.1
            })
            .collect();
        for (unit, column) in (1..self.units).zip(&places.units) {
            for (&row, &value) in rows.iter().zip(&column.values[range.clone()]) {
                let count = &mut self.counts[row + unit];
                if value == MISSING {
                    count.missing += 1;
                } else {
                    count.sum += value;
                }
            }
        }
    }

    /// Where the counts of a kind and category start.
    fn row(&mut self, key: (u32, u16)) -> usize {
        *self.rows.entry(key).or_insert_with(|| {
            let start = self.counts.len();
            self.counts.resize(start + self.units, Count::default());
            start
        })
    }

    /// Both counts as one.
    #[must_use]
    pub fn merge(mut self, mut other: Self) -> Self {
        if self.rows.len() < other.rows.len() {
            std::mem::swap(&mut self, &mut other);
        }
        for (key, start) in other.rows {
            let row = self.row(key);
            add(&mut self.counts[row..row + other.units], &other.counts[start..start + other.units]);
        }
        self
    }

    /// The tally, now that it is known what each number of a kind means.
    ///
    /// # Panics
    /// When a kind was counted that is not in the list.
    #[must_use]
    pub fn into_tally(self, kinds: &[Kind]) -> Tally {
        let mut rows: BTreeMap<Cell, Box<[Count]>> = BTreeMap::new();
        for (&(kind, category), &start) in &self.rows {
            let Kind { areas, settlement, links, .. } = &kinds[kind as usize];
            let cell = Cell { areas: areas.clone(), settlement: *settlement, category, links: links.clone() };
            let counts = &self.counts[start..start + self.units];
            // Kinds may differ in their oddities only.
            add(rows.entry(cell).or_insert_with(|| vec![Count::default(); self.units].into()), counts);
        }
        Tally { rows }
    }
}

fn add(sum: &mut [Count], counts: &[Count]) {
    for (sum, count) in sum.iter_mut().zip(counts) {
        sum.sum += count.sum;
        sum.missing += count.missing;
    }
}
