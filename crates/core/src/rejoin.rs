//! Rejoin: what reaches places now, where they lie being known from an earlier join.
//!
//! Footprints decide what reaches a place, and nothing else: where it lies, whether it can be matched and what is odd about it
//! depend on its position, its codes and offer lists. So a place keeps all of its kind but the links.

use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::{
    coverage::Kind,
    index::{CoverageIndex, Desk, SetId},
    offer::Offers,
    service::Link,
};

/// Joins places anew whose kinds are known. Any number of threads may.
#[derive(Debug)]
pub struct Rejoiner<'a> {
    index: &'a CoverageIndex,
    offers: &'a Offers,
    kinds: &'a [Kind],
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    /// Kinds that came up, numbered after those that were there.
    fresh: Vec<Kind>,
    known: FxHashMap<Kind, u32>,
}

/// What one worker keeps between calls of [`Rejoiner::join`].
#[derive(Debug, Default)]
pub struct Work {
    desk: Desk,
    links: FxHashMap<SetId, Arc<[Link]>>,
    known: FxHashMap<(u32, SetId), u32>,
}

/// Places to be joined anew.
///
/// # Shape
/// All lists have the same length.
#[derive(Debug, Clone, Default)]
pub struct Touched {
    /// Easting; not a number when the place has no position.
    pub easting: Vec<f64>,
    /// Northing; not a number when the place has no position.
    pub northing: Vec<f64>,
    /// The numbers of their kinds.
    pub kinds: Vec<u32>,
    /// Their ids; may be left out when nothing is on any offer list.
    pub ids: Vec<String>,
}

impl<'a> Rejoiner<'a> {
    /// Makes ready to join places of these kinds with what is in the index and on the offer lists.
    #[must_use]
    pub fn new(index: &'a CoverageIndex, offers: &'a Offers, kinds: &'a [Kind]) -> Self {
        Self { index, offers, kinds, table: Mutex::default() }
    }

    /// Whether places are looked for on offer lists, by their ids.
    #[must_use]
    pub fn asks_for_ids(&self) -> bool {
        !self.offers.is_empty()
    }

    /// The numbers of the places' kinds now: those that they had where nothing has changed, and numbers beyond them for kinds
    /// that [`Rejoiner::finish`] gives.
    ///
    /// # Panics
    /// When a place has a kind that is not in the list.
    pub fn join(&self, touched: &Touched, work: &mut Work) -> Vec<u32> {
        let Work { desk, links, known } = work;
        let sets = self.index.locate(&touched.easting, &touched.northing, desk);
        let each = sets.into_iter().zip(&touched.kinds).enumerate();
        let now = each.map(|(place, (set, &number))| {
            let kind = &self.kinds[number as usize];
            if kind.links.is_none() {
                return number;
            }
            let of_set = links.entry(set).or_insert_with(|| self.index.held(set).links);
            let offered = touched.ids.get(place).map_or(&[][..], |id| self.offers.of(id));
            if offered.is_empty() {
                *known.entry((number, set)).or_insert_with(|| self.number(number, of_set))
            } else {
                let mut links: Vec<Link> = of_set.iter().chain(offered).copied().collect();
                links.sort_unstable();
                links.dedup();
                self.number(number, &links.into())
            }
        });
        now.collect()
    }

    fn number(&self, before: u32, links: &Arc<[Link]>) -> u32 {
        let kind = &self.kinds[before as usize];
        if kind.links.as_ref() == Some(links) {
            return before;
        }
        let kind = Kind { links: Some(Arc::clone(links)), ..kind.clone() };
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(&number) = table.known.get(&kind) {
            return number;
        }
        let number = u32::try_from(self.kinds.len() + table.fresh.len()).unwrap_or(u32::MAX);
        table.fresh.push(kind.clone());
        table.known.insert(kind, number);
        number
    }

    /// The kinds that came up, numbered after those that were there. Some of them may be among those already.
    #[must_use]
    pub fn finish(self) -> Vec<Kind> {
        self.table.into_inner().unwrap_or_else(PoisonError::into_inner).fresh
    }
}

/// The kinds that still have places, sorted, and the new number of each old or fresh one; a kind without places has none.
///
/// # Shape
/// `places` says how many places each of the old kinds has, then each of the fresh ones.
#[must_use]
pub fn settle(kinds: &[Kind], fresh: &[Kind], places: &[u64]) -> (Vec<Kind>, Vec<Option<u32>>) {
    let all = kinds.iter().chain(fresh).zip(0u32..).zip(places);
    let mut all: Vec<(&Kind, u32)> = all.filter(|&(_, &places)| places > 0).map(|(kind, _)| kind).collect();
    all.par_sort_unstable();
    let mut numbers = vec![None; kinds.len() + fresh.len()];
    let mut sorted: Vec<Kind> = Vec::with_capacity(all.len());
    for (kind, number) in all {
        if sorted.last() != Some(kind) {
            sorted.push(kind.clone());
        }
        numbers[number as usize] = u32::try_from(sorted.len() - 1).ok();
    }
    (sorted, numbers)
}
