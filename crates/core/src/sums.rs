//! Sums: what the places of each kind and category come to. The cube of counts is made from them, and a later run takes places
//! out of them and puts others in.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::{
    coverage::Kind,
    tally::{Cell, Count, Tally},
};

/// Counts per kind and category, in the order of both, each once.
///
/// # Shape
/// Row × unit, places first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sums {
    units: usize,
    rows: Vec<(u32, u16)>,
    /// Shared with the cube that is made of them.
    counts: Arc<Vec<Count>>,
}

impl Sums {
    /// No sums yet, in so many units, places among them.
    #[must_use]
    pub fn new(units: usize) -> Self {
        Self { units: units.max(1), rows: Vec::new(), counts: Arc::default() }
    }

    /// The number of units.
    #[must_use]
    pub const fn units(&self) -> usize {
        self.units
    }

    /// Adds counts of a kind and category that is the last one, or comes after it.
    pub(crate) fn push(&mut self, row: (u32, u16), counts: &[Count]) {
        let all = Arc::make_mut(&mut self.counts);
        if self.rows.last() == Some(&row) {
            let at = all.len() - self.units;
            for (sum, count) in all[at..].iter_mut().zip(counts) {
                sum.add(*count);
            }
        } else {
            self.rows.push(row);
            all.extend_from_slice(counts);
        }
    }

    /// Sums from rows in order, each with one count per unit; `None` when they are not in order, or not of so many units.
    #[must_use]
    pub fn of(units: usize, rows: Vec<(u32, u16)>, counts: Vec<Count>) -> Option<Self> {
        let whole = rows.len().checked_mul(units)? == counts.len();
        (units > 0 && whole && rows.is_sorted_by(|a, b| a < b)).then(|| Self::of_rows(units, rows, counts))
    }

    /// Sums from rows that are known to be in order, each with one count per unit.
    pub(crate) fn of_rows(units: usize, rows: Vec<(u32, u16)>, counts: Vec<Count>) -> Self {
        Self { units, rows, counts: Arc::new(counts) }
    }

    /// Kind, category and one count per unit, in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (u32, u16, &[Count])> {
        let counts = self.counts.chunks_exact(self.units.max(1));
        self.rows.iter().zip(counts).map(|(&(kind, category), counts)| (kind, category, counts))
    }

    /// How many places each of so many kinds has.
    #[must_use]
    pub fn places(&self, kinds: usize) -> Vec<u64> {
        let mut places = vec![0; kinds];
        for (kind, _, counts) in self.rows() {
            if let Some(places) = places.get_mut(kind as usize) {
                *places += counts.first().map_or(0, |count| count.sum);
            }
        }
        places
    }

    /// How many places each of so many kinds has after changes; `None` when more is taken out than is there.
    #[must_use]
    pub fn places_after(&self, changes: &Changes, kinds: usize) -> Option<Vec<u64>> {
        let mut places = self.places(kinds);
        for (&(kind, _), change) in &changes.rows {
            *places.get_mut(kind as usize)? += change.into.first().map_or(0, |count| count.sum);
        }
        for (&(kind, _), change) in &changes.rows {
            let left = places.get_mut(kind as usize)?;
            *left = left.checked_sub(change.out.first().map_or(0, |count| count.sum))?;
        }
        Some(places)
    }

    /// The cube, now that it is known what the kinds are.
    ///
    /// # Panics
    /// When a kind is not in the list.
    #[must_use]
    pub fn tally(&self, kinds: &[Kind]) -> Tally {
        // Kinds may differ in their oddities only, and then stand side by side.
        let alike: Vec<bool> = kinds.par_windows(2).map(|pair| pair[0].differs_only_in_oddities(&pair[1])).collect();
        let mut first = Vec::with_capacity(kinds.len());
        for (at, is_alike) in (0u32..).zip(std::iter::once(false).chain(alike)).take(kinds.len()) {
            first.push(if is_alike { first.last().copied().unwrap_or(at) } else { at });
        }
        let cell = |&(kind, category): &(u32, u16)| {
            let Kind { areas, settlement, links, .. } = &kinds[kind as usize];
            Cell { areas: Arc::clone(areas), settlement: *settlement, links: links.clone(), category }
        };
        if (0..).zip(&first).all(|(at, &first)| at == first) {
            return Tally::of(self.rows.par_iter().map(cell).collect(), Arc::clone(&self.counts));
        }
        let mut rows: Vec<(u32, u16, &[Count])> =
            self.rows().map(|(kind, category, counts)| (first[kind as usize], category, counts)).collect();
        rows.par_sort_by_key(|&(kind, category, _)| (kind, category));
        let mut merged = Self::new(self.units);
        rows.into_iter().for_each(|(kind, category, counts)| merged.push((kind, category), counts));
        Tally::of(merged.rows.par_iter().map(cell).collect(), merged.counts)
    }

    /// The sums after changes, with kinds renumbered: `number` gives the new number of each kind that was counted or is in
    /// the changes. `None` when more is taken out than is there, or a kind that has places has no number.
    #[must_use]
    pub fn changed(&self, changes: &Changes, number: impl Fn(u32) -> Option<u32>) -> Option<Self> {
        let mut left: FxHashMap<(u32, u16), &Change> =
            changes.rows.iter().map(|(&row, change)| (row, change)).collect();
        let mut counts = self.counts.to_vec();
        let mut rows = self.rows.clone();
        for (row, counts) in rows.iter().zip(counts.chunks_exact_mut(self.units.max(1))) {
            if let Some(change) = left.remove(row) {
                change.apply(counts)?;
            }
        }
        for (row, change) in left {
            rows.push(row);
            counts.resize(counts.len() + self.units, Count::default());
            let start = counts.len() - self.units;
            change.apply(&mut counts[start..])?;
        }
        let mut sorted = Vec::with_capacity(rows.len());
        for ((kind, category), counts) in rows.into_iter().zip(counts.chunks_exact(self.units.max(1))) {
            if counts.iter().any(|count| *count != Count::default()) {
                sorted.push(((number(kind)?, category), counts));
            }
        }
        sorted.par_sort_by_key(|&(row, _)| row);
        let mut sums = Self::new(self.units);
        sorted.into_iter().for_each(|(row, counts)| sums.push(row, counts));
        Some(sums)
    }
}

/// Places that are taken out of some kinds and put into others.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    rows: FxHashMap<(u32, u16), Change>,
}

#[derive(Debug, Clone, Default)]
struct Change {
    out: Vec<Count>,
    into: Vec<Count>,
}

impl Changes {
    /// A place of a category goes from one kind to another; `values` has one value per unit besides places.
    pub fn add(&mut self, from: u32, to: u32, category: u16, values: &[u64]) {
        let one = |counts: &mut Vec<Count>| {
            counts.resize(values.len() + 1, Count::default());
            let whole = std::iter::once(&1).chain(values);
            counts.iter_mut().zip(whole).for_each(|(count, &value)| count.add_value(value));
        };
        one(&mut self.rows.entry((from, category)).or_default().out);
        one(&mut self.rows.entry((to, category)).or_default().into);
    }

    /// Both changes as one.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        for (row, change) in other.rows {
            let own = self.rows.entry(row).or_default();
            for (own, other) in [(&mut own.out, change.out), (&mut own.into, change.into)] {
                own.resize(own.len().max(other.len()), Count::default());
                own.iter_mut().zip(other).for_each(|(own, other)| own.add(other));
            }
        }
        self
    }
}

impl Change {
    fn apply(&self, counts: &mut [Count]) -> Option<()> {
        counts.iter_mut().zip(&self.into).for_each(|(count, into)| count.add(*into));
        for (count, out) in counts.iter_mut().zip(&self.out) {
            count.sum = count.sum.checked_sub(out.sum)?;
            count.missing = count.missing.checked_sub(out.missing)?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::MISSING;

    fn count(sum: u64, missing: u64) -> Count {
        Count { sum, missing }
    }

    /// Kinds 0 and 2, one of them in two categories; places and one unit.
    fn sums() -> Sums {
        let counts = vec![count(2, 0), count(5, 1), count(1, 0), count(7, 0), count(3, 0), count(0, 3)];
        Sums::of(2, vec![(0, 0), (2, 0), (2, 1)], counts).unwrap_or_default()
    }

    #[test]
    fn places_go_from_one_kind_to_another_and_kinds_without_places_are_gone() {
        let mut changes = Changes::default();
        changes.add(2, 3, 0, &[7]);
        let mut others = Changes::default();
        others.add(0, 2, 0, &[MISSING]);
        others.add(2, 0, 1, &[MISSING]);
        let changes = changes.merge(others);
        assert_eq!(sums().places_after(&changes, 4), Some(vec![2, 0, 3, 1]));
        let numbers = [Some(1), None, Some(0), Some(2)];
        let changed = sums().changed(&changes, |kind| numbers[kind as usize]).unwrap_or_default();
        let expected = [
            (0, 0, vec![count(1, 0), count(0, 1)]),
            (0, 1, vec![count(2, 0), count(0, 2)]),
            (1, 0, vec![count(1, 0), count(5, 0)]),
            (1, 1, vec![count(1, 0), count(0, 1)]),
            (2, 0, vec![count(1, 0), count(7, 0)]),
        ];
        assert!(changed.rows().map(|(kind, category, counts)| (kind, category, counts.to_vec())).eq(expected));
    }

    #[test]
    fn no_more_is_taken_out_than_is_there() {
        let mut changes = Changes::default();
        changes.add(0, 1, 0, &[6]);
        assert_eq!(sums().changed(&changes, Some), None, "a unit");
        let mut changes = Changes::default();
        (0..2).for_each(|_| changes.add(2, 0, 0, &[1]));
        assert_eq!(sums().changed(&changes, Some), None, "places of a category");
        (0..3).for_each(|_| changes.add(2, 0, 0, &[1]));
        assert_eq!(sums().places_after(&changes, 3), None, "places");
        assert_eq!(Sums::of(1, vec![(1, 0), (0, 0)], vec![count(1, 0); 2]), None, "out of order");
    }
}
