//! What the places say: who was reached then, who is reached now, and which polygons hold nobody or just miss somebody.

use std::{
    collections::BTreeMap,
    rc::Rc,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use nittio_core::{
    coverage::Joiner,
    delivery::{Change, Operator},
    place::Places,
    quantity::Metres,
    study::Study,
};
use rustc_hash::FxHashMap;

use super::{Both, number_of};
use crate::{outlines::Outlines, study_file::error::StudyFileError};

/// What going through the places has shown.
pub(super) struct Changes {
    /// By operator and area: reached then, now, then and not now, now and not then.
    counts: BTreeMap<(usize, Option<u32>), [u64; 4]>,
    /// Of each footprint now: whether it holds a place.
    pub(super) held: Vec<bool>,
    /// By footprint now: places just outside it that its operator does not reach, and how far away the nearest is.
    pub(super) near: BTreeMap<usize, (u64, u64)>,
    /// Of each footprint then: places in polygons of it that are gone, which its operator no longer reaches.
    pub(super) lost: Vec<u64>,
}

/// What all threads share.
struct Work<'a> {
    both: &'a Both<'a, 'a>,
    now: Joiner<'a>,
    then: Joiner<'a>,
    outlines: &'a Outlines<'a>,
    gone: &'a Outlines<'a>,
    /// How many places have which numbers of kinds, now and then.
    pairs: Mutex<FxHashMap<(u32, u32), u64>>,
    held: Vec<AtomicBool>,
    near: Mutex<BTreeMap<usize, (u64, u64)>>,
    lost: Vec<AtomicU64>,
}

/// The operators that reach places of each kind, asked once for each kind.
struct Reached<'a> {
    joiner: &'a Joiner<'a>,
    study: &'a Study,
    names: &'a [String],
    known: FxHashMap<u32, Rc<[usize]>>,
}

impl Reached<'_> {
    fn by(&mut self, kind: u32) -> Rc<[usize]> {
        let Self { joiner, study, names, known } = self;
        let ask = || {
            let (_, links) = joiner.reached(kind);
            let operator =
                |link: &nittio_core::service::Link| number_of(names, &study.frame.services.get(link.service).operator);
            let mut operators: Vec<usize> = links.iter().map(operator).collect();
            operators.sort_unstable();
            operators.dedup();
            operators.into()
        };
        Rc::clone(known.entry(kind).or_insert_with(ask))
    }
}

impl Changes {
    pub(super) fn find(both: &Both<'_, '_>) -> Result<Self, StudyFileError> {
        let (now, then) = (&both.now.study, &both.then.study);
        let outlines = Outlines::of(&now.footprints, |_, _| true);
        let gone = Outlines::of(&then.footprints, |footprint, polygon| {
            both.is_gone(both.operator(then, &then.footprints[footprint]), polygon)
        });
        let mut pass = both.now.first_pass();
        loop {
            let work = Work {
                both,
                now: Joiner::new(&both.index, &now.frame, &now.offers),
                then: Joiner::new(&both.index_then, &then.frame, &then.offers),
                outlines: &outlines,
                gone: &gone,
                pairs: Mutex::default(),
                held: now.footprints.iter().map(|_| AtomicBool::new(false)).collect(),
                near: Mutex::default(),
                lost: then.footprints.iter().map(|_| AtomicU64::new(0)).collect(),
            };
            let passed = both.now.stream(&pass, &|_, places| work.take(&places))?;
            if let Some(next) = both.now.next_pass(&pass, &passed)? {
                pass = next;
                continue;
            }
            return Ok(work.finish());
        }
    }

    /// Writes down what has changed where.
    pub(super) fn tell(&self, both: &Both<'_, '_>, operators: &mut [Operator]) {
        let areas = both.level.map(|level| &both.now.study.frame.levels[level].areas);
        let mut square_metres = both.square_metres_by_area();
        let mut counts = self.counts.clone();
        for key in square_metres.keys() {
            counts.entry(*key).or_default();
        }
        for ((number, area), [before, now, lost, gained]) in counts {
            let operator = &mut operators[number];
            operator.before.places += before;
            operator.now.places += now;
            operator.lost += lost;
            operator.gained += gained;
            let (new_square_metres, gone_square_metres) = square_metres.remove(&(number, area)).unwrap_or_default();
            if [lost, gained, new_square_metres, gone_square_metres].iter().all(|&n| n == 0) {
                continue;
            }
            let named = area.zip(areas).map(|(area, areas)| &areas[area as usize]);
            let jump = both.settings.is_jump(before, lost) || both.settings.is_jump(before, gained);
            operator.changes.push(Change {
                code: named.map(|area| area.code.clone()).unwrap_or_default(),
                name: named.map(|area| area.name.clone()).unwrap_or_default(),
                before,
                now,
                gained,
                lost,
                new_square_metres,
                gone_square_metres,
                jump,
            });
        }
    }
}

impl Work<'_> {
    fn take(&self, places: &Places) {
        let (kinds, kinds_then) = (self.now.join(places, 0..places.len()), self.then.join(places, 0..places.len()));
        let names = &self.both.names;
        let study = &self.both.now.study;
        let mut reached = Reached { joiner: &self.now, study, names, known: FxHashMap::default() };
        let mut pairs: FxHashMap<(u32, u32), u64> = FxHashMap::default();
        let mut near: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
        for (place, (&kind, &kind_then)) in kinds.iter().zip(&kinds_then).enumerate() {
            *pairs.entry((kind, kind_then)).or_default() += 1;
            let Some(at) = places.position(place) else { continue };
            let operators = reached.by(kind);
            self.look_around(at, &operators, &mut near);
            let mut last = None;
            for outline in self.gone.around(at, Metres::from_metres(0)) {
                let footprint = &self.both.then.study.footprints[outline.footprint];
                let operator = self.both.operator(&self.both.then.study, footprint);
                if last != Some(outline.footprint) && !operators.contains(&operator) && outline.holds(at) {
                    self.lost[outline.footprint].fetch_add(1, Ordering::Relaxed);
                    last = Some(outline.footprint);
                }
            }
        }
        let mut all = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        pairs.into_iter().for_each(|(pair, count)| *all.entry(pair).or_default() += count);
        drop(all);
        let mut all = self.near.lock().unwrap_or_else(PoisonError::into_inner);
        for (footprint, (count, nearest)) in near {
            let found = all.entry(footprint).or_insert((0, u64::MAX));
            *found = (found.0 + count, found.1.min(nearest));
        }
    }

    /// Which footprints hold a place, and which just miss it.
    fn look_around(&self, at: geo::Coord, operators: &[usize], near: &mut BTreeMap<usize, (u64, u64)>) {
        let study = &self.both.now.study;
        let distance = self.both.settings.near_miss;
        // By operator: the nearest footprint of those that do not reach the place.
        let mut nearest: BTreeMap<usize, (u64, usize)> = BTreeMap::new();
        for outline in self.outlines.around(at, distance) {
            let number = outline.footprint;
            let operator = self.both.operator(study, &study.footprints[number]);
            if operators.contains(&operator) {
                if !self.held[number].load(Ordering::Relaxed) && outline.holds(at) {
                    self.held[number].store(true, Ordering::Relaxed);
                }
                continue;
            }
            let found = (outline.millimetres_to(at), number);
            if found.0 <= distance.millimetres() {
                let known = nearest.entry(operator).or_insert(found);
                *known = found.min(*known);
            }
        }
        for (millimetres, footprint) in nearest.into_values() {
            let found = near.entry(footprint).or_insert((0, u64::MAX));
            *found = (found.0 + 1, found.1.min(millimetres));
        }
    }

    fn finish(self) -> Changes {
        let Self { both, now, then, pairs, held, near, lost, .. } = self;
        let pairs = pairs.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut numbers: Vec<u32> = pairs.keys().map(|pair| pair.0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let names = &both.names;
        let mut by_pair = Vec::new();
        {
            let of = |joiner, study| Reached { joiner, study, names, known: FxHashMap::default() };
            let (mut of_now, mut of_then) = (of(&now, &both.now.study), of(&then, &both.then.study));
            for (&(kind, kind_then), &count) in &pairs {
                by_pair.push((kind, of_now.by(kind), of_then.by(kind_then), count));
            }
        }
        let (kinds, place) = now.finish(&numbers);
        let mut counts: BTreeMap<(usize, Option<u32>), [u64; 4]> = BTreeMap::new();
        for (kind, operators, operators_then, count) in by_pair {
            let area = both.level.and_then(|level| kinds[place.of(kind) as usize].areas[level]);
            for &operator in operators.iter().chain(operators_then.iter().filter(|o| !operators.contains(o))) {
                let (is, was) = (operators.contains(&operator), operators_then.contains(&operator));
                let found = counts.entry((operator, area)).or_default();
                for (number, counted) in found.iter_mut().zip([was, is, was && !is, is && !was]) {
                    *number += if counted { count } else { 0 };
                }
            }
        }
        Changes {
            counts,
            held: held.into_iter().map(AtomicBool::into_inner).collect(),
            near: near.into_inner().unwrap_or_else(PoisonError::into_inner),
            lost: lost.into_iter().map(AtomicU64::into_inner).collect(),
        }
    }
}
