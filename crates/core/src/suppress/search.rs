//! The search for moves that cost little: for every small count, until it could as well be large.

use rustc_hash::FxHashMap;

use super::{
    Hiding,
    cube::{Cube, EVERYTHING, Group, UNMATCHED},
    moves::{Axis, Change, Move},
};
use crate::indicator::{At, Indicators};

/// How many groups, other areas, and other classes or categories are looked at for one small count.
const GROUPS: usize = 6;
const OTHERS: usize = 10;
const FLIPS: usize = 6;
/// How many pairs of answers are looked at for one choice of axes.
const PAIRS: usize = 12;
/// How many moves together may make one count large.
const STEPS: usize = 64;
/// How many moves are remembered per row.
const REMEMBERED: usize = 48;

/// What a small count counts; numbers are bits of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Everybody.
    Total,
    /// Those of whom it cannot be said.
    Unmatched,
    /// Those who have it.
    Covered(usize),
    /// Those who have it not.
    Missing(usize),
    /// Those who have the first and not the second.
    Between(usize, usize),
}

/// A small count, and how much it lacks to the threshold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need {
    pub(super) row: usize,
    pub(super) unit: usize,
    pub(super) of: Of,
    pub(super) lacking: u64,
}

/// A search under way.
pub(super) struct Search<'a> {
    cube: &'a Cube<'a>,
    /// Per spot: others to exchange units with, the likeliest first.
    others: Vec<Vec<usize>>,
    /// Settlement classes, and categories, those with most places first.
    settlements: Vec<usize>,
    categories: Vec<usize>,
    /// Per row: moves that were made for it.
    remembered: FxHashMap<usize, Vec<Move>>,
    pub(super) hiding: Hiding,
    /// Per small count: the moves that make it large, and how many units each moves.
    #[cfg(test)]
    pub(super) proofs: Vec<Vec<(Move, u64)>>,
}

/// Counts as they are imagined after some moves.
type Moved = FxHashMap<(Group, usize), i64>;

impl<'a> Search<'a> {
    pub(super) fn new(cube: &'a Cube<'a>, indicators: &Indicators, withheld: &[(usize, usize)]) -> Self {
        let mut bits = vec![0; cube.words * indicators.profiles.len()];
        for bit in withheld.iter().map(|&(profile, measure)| cube.bit(profile, measure)) {
            bits[bit / 64] |= 1 << (bit % 64);
        }
        let largest = |all: usize, at: fn(usize) -> At| {
            let mut indices: Vec<usize> = (1..all).collect();
            indices.sort_by_key(|&i| (std::cmp::Reverse(indicators.figure(at(i)).total), i));
            indices
        };
        let spots = cube.spots.len();
        let others = (0..spots).map(|spot| {
            let own = &cube.spots[spot];
            let mut others: Vec<usize> = (0..spots).filter(|&other| other != spot).collect();
            others.sort_by_key(|&other| {
                let shared = own.iter().zip(&cube.spots[other]).filter(|(a, b)| a == b).count();
                (std::cmp::Reverse(shared), other.abs_diff(spot), other)
            });
            others.truncate(OTHERS);
            others
        });
        Self {
            cube,
            others: others.collect(),
            settlements: largest(indicators.settlements.len(), |settlement| At { settlement, ..At::default() }),
            categories: largest(indicators.categories.len(), |category| At { category, ..At::default() }),
            remembered: FxHashMap::default(),
            hiding: Hiding::new(cube, indicators, &bits),
            #[cfg(test)]
            proofs: Vec::new(),
        }
    }

    /// Keeps back what is needed so that the count could as well be large.
    pub(super) fn protect(&mut self, need: &Need) {
        let mut lacking = need.lacking;
        let mut moved = Moved::default();
        self.hide_itself(need);
        #[cfg(test)]
        self.proofs.push(Vec::new());
        for step in 0.. {
            let found = self.again(need, &moved, lacking);
            let found = found.or_else(|| (step < STEPS).then(|| self.find(need, &moved)).flatten());
            let Some((best, amount)) = found.or_else(|| self.out_of_nothing(need)) else { return };
            let amount = amount.min(lacking);
            for (group, first, added) in best.corners() {
                let change = i64::try_from(amount).unwrap_or(i64::MAX);
                *moved.entry((group, best.answer(first))).or_default() += if added { change } else { -change };
            }
            self.hiding.hide(self.cube, &best);
            #[cfg(test)]
            if let Some(proof) = self.proofs.last_mut() {
                proof.push((best, amount));
            }
            let remembered = self.remembered.entry(need.row).or_default();
            if !remembered.contains(&best) && remembered.len() < REMEMBERED {
                remembered.push(best);
            }
            lacking -= amount;
            if lacking == 0 {
                return;
            }
        }
    }

    /// A small count is never shown itself.
    fn hide_itself(&mut self, need: &Need) {
        let row = need.row;
        match need.of {
            Of::Total => self.hiding.rows[row] = true,
            Of::Unmatched => self.hiding.unmatched[row] = true,
            Of::Covered(bit) | Of::Missing(bit) => {
                self.hiding.parts[row * self.hiding.width + bit / 64] |= 1 << (bit % 64);
            }
            // What the moves change is one of the two.
            Of::Between(..) => {}
        }
    }

    fn is_of(&self, answer: usize, of: Of) -> bool {
        match of {
            Of::Total => true,
            Of::Unmatched => answer == UNMATCHED,
            Of::Covered(bit) => answer != UNMATCHED && self.cube.has(answer, bit),
            Of::Missing(bit) => answer != UNMATCHED && !self.cube.has(answer, bit),
            Of::Between(has, lacks) => {
                answer != UNMATCHED && self.cube.has(answer, has) && !self.cube.has(answer, lacks)
            }
        }
    }

    /// How many units a move can move, after others have been moved.
    fn capacity(&self, wanted: &Move, unit: usize, moved: &Moved) -> u64 {
        let mut least = u64::MAX;
        for (group, first, added) in wanted.corners() {
            if !added {
                let answer = wanted.answer(first);
                let change = moved.get(&(group, answer)).copied().unwrap_or(0);
                least = least.min(self.cube.count(group, answer, unit).saturating_add_signed(change));
                if least == 0 {
                    return 0;
                }
            }
        }
        least
    }

    /// A move of before that serves this count too and costs nothing.
    fn again(&self, need: &Need, moved: &Moved, lacking: u64) -> Option<(Move, u64)> {
        let remembered = self.remembered.get(&need.row)?;
        let serves = remembered.iter().filter(|m| {
            self.is_of(m.answer, need.of) && (m.change != Change::Otherwise || !self.is_of(m.other, need.of))
        });
        let amounts = serves.map(|&m| (m, self.capacity(&m, need.unit, moved)));
        let (best, amount) = amounts.max_by_key(|&(_, amount)| amount.min(lacking))?;
        (amount > 0).then_some((best, amount))
    }

    /// The move that costs the least, and how many units it can move.
    fn find(&self, need: &Need, moved: &Moved) -> Option<(Move, u64)> {
        let mut best: Option<(u64, Move, u64)> = None;
        for to in self.groups(need) {
            for skeleton in self.skeletons(to, need) {
                let most = best.as_ref().map_or(u64::MAX, |b| b.0);
                if self.hiding.cost(self.cube, &skeleton, true, most) >= most {
                    continue;
                }
                for (answer, other) in self.pairs(&skeleton, need, moved) {
                    let wanted = Move { answer, other, ..skeleton };
                    let most = best.as_ref().map_or(u64::MAX, |b| b.0);
                    let cost = self.hiding.cost(self.cube, &wanted, false, most);
                    if cost >= most {
                        continue;
                    }
                    let amount = self.capacity(&wanted, need.unit, moved);
                    if amount > 0 {
                        best = Some((cost, wanted, amount));
                        if cost == 0 {
                            return Some((wanted, amount));
                        }
                    }
                }
            }
        }
        best.map(|(_, wanted, amount)| (wanted, amount))
    }

    /// Moves to a group, their answers still open: every choice of axes to flip, and how answers change.
    fn skeletons(&self, to: Group, need: &Need) -> Vec<Move> {
        let at = self.cube.at(need.row);
        // On an axis that the row takes together, nothing would change for it.
        let spots = self.others[to.spot].iter().copied().filter(|&other| !self.cube.spots[other].contains(&at.area));
        let spots: Vec<_> = std::iter::once(None).chain(spots.map(Some)).collect();
        let flips = |all: &[usize], row: usize, own: usize| -> Vec<Option<usize>> {
            let others = all.iter().copied().filter(|&other| row != 0 && other != own).take(FLIPS);
            std::iter::once(None).chain(others.map(Some)).collect()
        };
        let settlements = flips(&self.settlements, at.settlement, to.settlement);
        let categories = flips(&self.categories, at.category, to.category);
        let mut skeletons = Vec::new();
        for &spot in &spots {
            for &settlement in &settlements {
                for &category in &categories {
                    let flipped = [
                        spot.map(|_| Axis::Spot),
                        settlement.map(|_| Axis::Settlement),
                        category.map(|_| Axis::Category),
                    ];
                    let with = flipped.into_iter().flatten().map(Change::With);
                    let otherwise = Some(Change::Otherwise).filter(|_| need.of != Of::Total);
                    skeletons.extend(otherwise.into_iter().chain(with).map(|change| Move {
                        to,
                        spot,
                        settlement,
                        category,
                        answer: UNMATCHED,
                        other: UNMATCHED,
                        change,
                    }));
                }
            }
        }
        skeletons
    }

    /// Pairs of answers for which there are units to move, those first that differ in least.
    fn pairs(&self, skeleton: &Move, need: &Need, moved: &Moved) -> Vec<(usize, usize)> {
        let from = |first: bool| -> Vec<Group> {
            let taken = skeleton.corners().filter(|&(_, f, added)| f == first && !added);
            taken.map(|(group, ..)| group).collect()
        };
        let there = |groups: &[Group], wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
            let Some((first, rest)) = groups.split_first() else { return Vec::new() };
            let has = |group: Group, answer: usize| {
                let change = moved.get(&(group, answer)).copied().unwrap_or(0);
                self.cube.count(group, answer, need.unit).saturating_add_signed(change) > 0
            };
            let answers = self.cube.of(*first).iter().map(|(answer, _)| *answer).filter(|&answer| wanted(answer));
            answers.filter(|&a| has(*first, a) && rest.iter().all(|&group| has(group, a))).collect()
        };
        let taken = from(true);
        let answers = if taken.is_empty() { self.anywhere(need) } else { there(&taken, &|a| self.is_of(a, need.of)) };
        let others = there(&from(false), &|a| skeleton.change != Change::Otherwise || !self.is_of(a, need.of));
        let mut pairs: Vec<(u32, usize, usize)> = Vec::new();
        for &answer in &answers {
            for &other in &others {
                let (a, b) = (&self.cube.answers[answer], &self.cube.answers[other]);
                let differ: u32 = a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum();
                let crosses = (answer == UNMATCHED) != (other == UNMATCHED);
                pairs.push((differ + 8 * u32::from(crosses), answer, other));
            }
        }
        if pairs.len() > PAIRS {
            pairs.select_nth_unstable(PAIRS);
            pairs.truncate(PAIRS);
        }
        pairs.sort_unstable();
        pairs.into_iter().map(|(_, answer, other)| (answer, other)).collect()
    }

    /// More units than there are: nothing that the row is part of can then be shown.
    fn out_of_nothing(&self, need: &Need) -> Option<(Move, u64)> {
        let to = self.cube.in_row(need.row).next()?;
        let answer = self.anywhere(need).into_iter().next()?;
        let change = Change::Nothing;
        let out = Move { to, spot: None, settlement: None, category: None, answer, other: answer, change };
        Some((out, u64::MAX))
    }

    /// Groups of the row in which there are most units that could be otherwise.
    fn groups(&self, need: &Need) -> Vec<Group> {
        let room = |group: Group| -> u64 {
            let of = self.cube.of(group).iter();
            of.filter(|(answer, _)| need.of == Of::Total || !self.is_of(*answer, need.of))
                .map(|(_, n)| n[need.unit])
                .sum()
        };
        let mut groups: Vec<(u64, Group)> = self.cube.in_row(need.row).map(|group| (room(group), group)).collect();
        groups.sort_by_key(|&(room, group)| (std::cmp::Reverse(room), group));
        groups.truncate(GROUPS);
        groups.into_iter().map(|(_, group)| group).collect()
    }

    /// Answers of the whole study that are what is counted, in order; those that may not be there only where no other is.
    fn anywhere(&self, need: &Need) -> Vec<usize> {
        let of = |answer: &usize| self.is_of(*answer, need.of);
        let others: Vec<usize> = (0..self.cube.answers.len()).filter(|a| !EVERYTHING.contains(a)).filter(of).collect();
        if others.is_empty() { EVERYTHING.into_iter().filter(of).collect() } else { others }
    }
}
