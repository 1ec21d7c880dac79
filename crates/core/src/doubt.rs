//! Doubts: places that would be reached otherwise if something that is not known exactly were a little different.
//!
//! Only those places are kept, counted by what they would lose and gain. Everything else about them is their kind's.

use rustc_hash::FxHashMap;

use crate::{
    place::{MISSING, Places},
    service::Link,
};

/// What places would lose, and what they would gain, if one thing were different.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Shift {
    /// Links that they have, and would not have at worst; sorted.
    pub lost: Vec<Link>,
    /// Links that they would have at worst in place of those; sorted.
    pub instead: Vec<Link>,
    /// Links that they have not, and would have at best; sorted.
    pub gained: Vec<Link>,
}

impl Shift {
    /// Whether nothing would be different.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.lost.is_empty() && self.gained.is_empty()
    }

    /// Links after the loss.
    #[must_use]
    pub fn at_worst(&self, links: &[Link]) -> Vec<Link> {
        let left = links.iter().filter(|link| self.lost.binary_search(link).is_err());
        left.chain(&self.instead).copied().collect()
    }

    /// Links after the gain.
    #[must_use]
    pub fn at_best(&self, links: &[Link]) -> Vec<Link> {
        let mut all = links.to_vec();
        all.extend_from_slice(&self.gained);
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The same when places are also near other services than is said: fewer at worst, more at best. All are sorted.
    #[must_use]
    pub fn and_near(&self, said: &[Link], low: &[Link], high: &[Link]) -> Self {
        let without = |links: &[Link], others: &[Link]| -> Vec<Link> {
            links.iter().filter(|link| others.binary_search(link).is_err()).copied().collect()
        };
        let joined = |links: &[Link], others: Vec<Link>| {
            let mut all = [links, &others].concat();
            all.sort_unstable();
            all
        };
        Self {
            lost: joined(&self.lost, without(said, low)),
            instead: joined(&self.instead, without(low, said)),
            gained: joined(&self.gained, without(high, said)),
        }
    }
}

/// What places would lose and gain if each thing that is not known exactly were different, and if all were.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Difference {
    /// If their coordinates, or the borders of footprints, were a little off.
    pub borders: Shift,
    /// If what is near were a little less or more far away.
    pub near: Shift,
    /// If both were so: not always what either does by itself, taken together. Who loses a connection may still be near a
    /// neighbour who has one, until distances are shorter too.
    pub both: Shift,
}

impl Difference {
    /// What borders do, where nothing is near.
    #[must_use]
    pub fn of_borders(shift: Shift) -> Self {
        Self { borders: shift.clone(), near: Shift::default(), both: shift }
    }

    /// Whether nothing would be different.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.borders.is_nothing() && self.near.is_nothing() && self.both.is_nothing()
    }
}

/// Places of one kind that one thing makes the same difference to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    /// Index into the kinds.
    pub kind: u32,
    /// What would be different.
    pub difference: Difference,
    /// Their units, places first; in counted parts.
    pub sums: Vec<u64>,
}

/// Doubts under way, by the numbers of kinds.
#[derive(Debug, Clone, Default)]
pub struct Doubts(FxHashMap<(u32, Difference), Vec<u64>>);

impl Doubts {
    /// Counts one place.
    ///
    /// # Panics
    /// When there is no such place.
    pub fn add(&mut self, places: &Places, place: usize, kind: u32, difference: Difference) {
        let sums = self.0.entry((kind, difference)).or_insert_with(|| vec![0; places.units.len() + 1]);
        sums[0] += 1;
        for (sum, column) in sums[1..].iter_mut().zip(&places.units) {
            let value = column.values[place];
            *sum += if value == MISSING { 0 } else { value };
        }
    }

    /// Both as one.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        for (key, more) in other.0 {
            let sums = self.0.entry(key).or_insert_with(|| vec![0; more.len()]);
            sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        self
    }

    /// In order, now that it is known what the numbers of kinds mean.
    #[must_use]
    pub fn finish(self, number: impl Fn(u32) -> u32) -> Vec<Doubt> {
        let renumbered = self.0.into_iter();
        let renumbered = renumbered.map(|((kind, difference), sums)| Doubt { kind: number(kind), difference, sums });
        let mut all: Vec<Doubt> = renumbered.collect();
        all.sort_unstable();
        all.dedup_by(|more, doubt| {
            let same = more.kind == doubt.kind && more.difference == doubt.difference;
            if same {
                doubt.sums.iter_mut().zip(&more.sums).for_each(|(sum, more)| *sum += more);
            }
            same
        });
        all
    }
}
