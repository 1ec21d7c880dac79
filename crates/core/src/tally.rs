//! The tally: a small cube of whole numbers that every later question is put to.

use std::{cmp::Ordering, sync::Arc};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::{
    coverage::Coverage,
    place::{MISSING, Places},
    service::Link,
    settlement::Settlement,
    study::Frame,
    sums::Sums,
};

/// Places that are alike in everything that is asked about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Per level: the area, `None` for places in no area of it.
    pub areas: Arc<[Option<u32>]>,
    /// The settlement class.
    pub settlement: Settlement,
    /// The services that reach these places, sorted; `None` when that cannot be said (unmatched).
    pub links: Option<Arc<[Link]>>,
    /// Index into the frame's categories.
    pub category: u16,
}

/// A sum over the places of a cell, in one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// The sum of the known values.
    pub sum: u64,
    /// How many places have no value.
    pub missing: u64,
}

impl Count {
    pub(crate) const fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.missing += other.missing;
    }

    /// Adds the value of one place.
    #[inline]
    pub(crate) const fn add_value(&mut self, value: u64) {
        if value == MISSING {
            self.missing += 1;
        } else {
            self.sum += value;
        }
    }
}

/// Counts per cell, in whole numbers.
///
/// A commutative monoid: [`Tally::merge`] is associative and commutative, and [`Tally::default`] changes nothing.
/// Any split of the places, on any number of threads, therefore gives the same tally.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Sorted by cell, each once.
    cells: Vec<Cell>,
    /// Shape: cell × unit of the frame. Often those of the sums that it was made from.
    counts: Arc<Vec<Count>>,
}

impl Tally {
    /// A tally of cells in order, each once, with one count per unit for each.
    pub(crate) fn of(cells: Vec<Cell>, counts: impl Into<Arc<Vec<Count>>>) -> Self {
        Self { cells, counts: counts.into() }
    }

    /// Counts places that have been joined.
    #[must_use]
    pub fn observe(frame: &Frame, places: &Places, coverage: &Coverage) -> Self {
        let chunk = places.len().div_ceil(rayon::current_num_threads() * 4).max(1 << 12);
        let starts: Vec<usize> = (0..places.len()).step_by(chunk).collect();
        let counts: Vec<Counts> = starts
            .par_iter()
            .map(|&start| {
                let range = start..places.len().min(start + chunk);
                let mut counts = Counts::new(frame.units.len());
                counts.observe(places, range.clone(), &coverage.kind[range]);
                counts
            })
            .collect();
        Counts::into_sums(counts, frame.units.len(), |kind| kind, |category| category).tally(&coverage.kinds)
    }

    /// Both tallies as one.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        let units = [&self, &other].map(|t| t.counts.len().checked_div(t.cells.len()).unwrap_or_default());
        let (mut left, mut right) = (self.cells.into_iter().peekable(), other.cells.into_iter().peekable());
        let (mut left_counts, mut right_counts) =
            (self.counts.chunks_exact(units[0].max(1)), other.counts.chunks_exact(units[1].max(1)));
        let (mut cells, mut counts) = (Vec::new(), Vec::new());
        loop {
            let order = match (left.peek(), right.peek()) {
                (Some(l), Some(r)) => l.cmp(r),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            let at = counts.len();
            if order != Ordering::Greater {
                cells.extend(left.next());
                counts.extend(left_counts.next().into_iter().flatten());
            }
            if order == Ordering::Greater {
                cells.extend(right.next());
                counts.extend(right_counts.next().into_iter().flatten());
            } else if order == Ordering::Equal {
                right.next();
                add(&mut counts[at..], right_counts.next().unwrap_or_default());
            }
        }
        Self::of(cells, counts)
    }

    /// The same with settlement classes told apart less: cells that become alike are counted together.
    #[must_use]
    pub fn recoded(&self, class: impl Fn(Settlement) -> Settlement) -> Self {
        let mut rows: Vec<(Cell, &[Count])> = self
            .rows()
            .map(|(cell, counts)| (Cell { settlement: class(cell.settlement), ..cell.clone() }, counts))
            .collect();
        rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        let (mut cells, mut all) = (Vec::new(), Vec::new());
        for (cell, counts) in rows {
            if cells.last() == Some(&cell) {
                let at = all.len() - counts.len();
                add(&mut all[at..], counts);
            } else {
                cells.push(cell);
                all.extend_from_slice(counts);
            }
        }
        Self::of(cells, all)
    }

    /// The cells in order, with one count per unit of the frame.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&Cell, &[Count])> {
        let units = self.counts.len().checked_div(self.cells.len()).unwrap_or_default();
        self.cells.iter().zip(self.counts.chunks_exact(units.max(1)))
    }

    /// A cell by its place in the order.
    pub(crate) fn cell(&self, at: usize) -> &Cell {
        &self.cells[at]
    }

    /// The counts of a cell, one per unit of the frame.
    pub(crate) fn counts(&self, at: usize) -> &[Count] {
        let units = self.counts.len().checked_div(self.cells.len()).unwrap_or_default();
        &self.counts[at * units..(at + 1) * units]
    }

    /// The cells in order, some at a time, with their counts: one per unit of the frame for each.
    pub(crate) fn par_chunks(&self, cells: usize) -> impl IndexedParallelIterator<Item = (&[Cell], &[Count])> {
        let units = self.counts.len().checked_div(self.cells.len()).unwrap_or_default();
        self.cells.par_chunks(cells).zip(self.counts.par_chunks(cells * units.max(1)))
    }

    /// How many distinct cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

/// Counts under way: by the numbers of kinds and categories, which [`Counts::into_sums`] spells out.
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
                self.counts[row + unit].add_value(value);
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

    /// How many rows there are: kinds and categories that were met.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Takes over what others have counted, which have counted nothing then. Both have the same units.
    pub fn absorb(&mut self, others: &mut Self) {
        for (key, start) in others.rows.drain() {
            let own = self.row(key);
            add(&mut self.counts[own..own + others.units], &others.counts[start..start + others.units]);
        }
        others.counts.clear();
    }

    /// The numbers of the kinds that any of some counts has, each once, in order.
    #[must_use]
    pub fn kinds(all: &[Self]) -> Vec<u32> {
        let mut kinds: Vec<u32> =
            all.par_iter().flat_map_iter(|counts| counts.rows.keys().map(|&(kind, _)| kind)).collect();
        kinds.par_sort_unstable();
        kinds.dedup();
        kinds
    }

    /// The sums of some counts in so many units, now that it is known what the numbers of kinds and categories mean: `place`
    /// and `category` give their places in the lists.
    #[must_use]
    pub fn into_sums(
        all: Vec<Self>,
        units: usize,
        place: impl Fn(u32) -> u32 + Sync,
        category: impl Fn(u16) -> u16 + Sync,
    ) -> Sums {
        let rows = all.par_iter().flat_map_iter(|counts| {
            let row = |(&(kind, c), &start): (&(u32, u16), &usize)| {
                let sums = &counts.counts[start..start + counts.units];
                ((place(kind), category(c)), sums)
            };
            counts.rows.iter().map(row)
        });
        let mut rows: Vec<((u32, u16), &[Count])> = rows.collect();
        rows.par_sort_unstable_by_key(|&(row, _)| row);
        let alike: Vec<_> = rows.chunk_by(|(a, _), (b, _)| a == b).collect();
        let units = units.max(1);
        let mut sums = vec![Count::default(); alike.len() * units];
        let each = sums.par_chunks_exact_mut(units).zip(&alike);
        each.for_each(|(sum, alike)| alike.iter().for_each(|(_, counts)| add(sum, counts)));
        Sums::of_rows(units, alike.iter().map(|alike| alike[0].0).collect(), sums)
    }
}

fn add(sum: &mut [Count], counts: &[Count]) {
    for (sum, count) in sum.iter_mut().zip(counts) {
        sum.add(*count);
    }
}
