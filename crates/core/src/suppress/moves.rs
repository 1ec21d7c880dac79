//! Moves: units imagined elsewhere or otherwise, and what is kept back so that nobody sees the difference.

use super::{
    Hidden,
    cube::{Cube, Group, UNMATCHED, with_all},
};
use crate::indicator::Indicators;

/// An axis on which a move goes from one index to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Spot,
    Settlement,
    Category,
}

/// How what is true of the units changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Units stay where they are and become otherwise; on every axis that is flipped others do the reverse.
    Otherwise,
    /// Units go to the other end of this axis; what is true of those at its other end is the second answer.
    With(Axis),
    /// Units are added out of nothing.
    Nothing,
}

/// Units that are imagined elsewhere, or otherwise.
///
/// As many as are added at the first corner are taken away where one axis is flipped, added where two are, and so on. Sums over
/// a flipped axis stay as they are, but for measures in which the two answers differ when these go with the axis. An axis
/// that is not flipped is not balanced: sums over it change too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Move {
    /// Where units are added.
    pub(super) to: Group,
    /// The other areas.
    pub(super) spot: Option<usize>,
    /// The other settlement class.
    pub(super) settlement: Option<usize>,
    /// The other category.
    pub(super) category: Option<usize>,
    /// What is true of the units that are added.
    pub(super) answer: usize,
    /// The other answer.
    pub(super) other: usize,
    pub(super) change: Change,
}

impl Move {
    /// All corners: group, whether the answer is the first, and whether units are added there.
    pub(super) fn corners(&self) -> impl Iterator<Item = (Group, bool, bool)> + '_ {
        let spots = std::iter::once(self.to.spot).chain(self.spot).enumerate();
        let answers = if self.change == Change::Otherwise { 2 } else { 1 };
        spots.flat_map(move |(i, spot)| {
            let settlements = std::iter::once(self.to.settlement).chain(self.settlement).enumerate();
            settlements.flat_map(move |(j, settlement)| {
                let categories = std::iter::once(self.to.category).chain(self.category).enumerate();
                categories.flat_map(move |(k, category)| {
                    (0..answers).map(move |l| {
                        let other = match self.change {
                            Change::Otherwise => l,
                            Change::With(Axis::Spot) => i,
                            Change::With(Axis::Settlement) => j,
                            Change::With(Axis::Category) => k,
                            Change::Nothing => 0,
                        };
                        (Group { spot, settlement, category }, other == 0, (i + j + k + l) % 2 == 0)
                    })
                })
            })
        })
    }

    /// The answer at a corner.
    pub(super) fn answer(&self, first: bool) -> usize {
        if first { self.answer } else { self.other }
    }

    /// Calls for every row in which anything changes: all of it, or only what the two answers differ in.
    pub(super) fn each_row(&self, cube: &Cube<'_>, mut row: impl FnMut(usize, bool)) {
        let with = |axis| self.change == Change::With(axis);
        let all = self.change != Change::Otherwise;
        let mut areas = |area: usize, all: bool| {
            each_on(self.to.settlement, self.settlement, with(Axis::Settlement), |settlement, both| {
                let all = all && !both;
                each_on(self.to.category, self.category, with(Axis::Category), |category, both| {
                    row(cube.row(area, settlement, category), all && !both);
                });
            });
        };
        let own = &cube.spots[self.to.spot];
        match self.spot {
            None => own.iter().for_each(|&area| areas(area, all)),
            Some(other) => {
                // One area per level, so the same area stands at the same place.
                for (&a, &b) in own.iter().zip(&cube.spots[other]) {
                    if a != b {
                        areas(a, all);
                        areas(b, all);
                    } else if with(Axis::Spot) {
                        areas(a, false);
                    }
                }
            }
        }
    }
}

/// The indices on an axis at which something changes, and whether both ends are in them.
fn each_on(own: usize, other: Option<usize>, with: bool, mut index: impl FnMut(usize, bool)) {
    match other {
        None => with_all(own).for_each(|i| index(i, false)),
        Some(other) => {
            index(own, false);
            index(other, false);
            if with {
                index(0, true);
            }
        }
    }
}

/// How many times more a row costs than its parts by settlement class, or by category.
const WHOLE: u64 = 20;

/// What is kept back so far.
pub(super) struct Hiding {
    /// Words of bits for one row.
    pub(super) width: usize,
    pub(super) rows: Vec<bool>,
    pub(super) unmatched: Vec<bool>,
    pub(super) parts: Vec<u64>,
    /// What it costs to keep one more part of a row back.
    cost: Vec<u64>,
    /// How many parts a row has.
    all: u64,
}

impl Hiding {
    /// `withheld` are bits that are kept back in every row.
    pub(super) fn new(cube: &Cube<'_>, indicators: &Indicators, withheld: &[u64]) -> Self {
        let width = withheld.len();
        let mut parts = Vec::with_capacity(cube.rows() * width);
        for _ in 0..cube.rows() {
            parts.extend_from_slice(withheld);
        }
        // Rows of many places are missed more than rows of few, and whole areas more than their classes and categories.
        let cost = (0..cube.rows()).map(|row| {
            let at = cube.at(row);
            let whole = match (at.settlement, at.category) {
                (0, 0) => WHOLE * WHOLE,
                (0, _) | (_, 0) => WHOLE,
                _ => 1,
            };
            whole * (1 + indicators.figure(at).total.isqrt())
        });
        let cost = cost.collect();
        let all = 2 + 2 * (indicators.profiles.len() * indicators.measures.len()) as u64;
        Self { width, rows: vec![false; cube.rows()], unmatched: vec![false; cube.rows()], parts, cost, all }
    }

    /// What it would cost to keep back all that a move changes; with `alike`, as if its two answers were the same.
    pub(super) fn cost(&self, cube: &Cube<'_>, moved: &Move, alike: bool, most: u64) -> u64 {
        let mut sum = 0;
        let crosses = (moved.other == UNMATCHED) != (moved.answer == UNMATCHED);
        moved.each_row(cube, |row, all| {
            if self.rows[row] || sum >= most {
                return;
            }
            if all {
                sum += self.cost[row] * self.all;
            } else if !alike {
                if crosses && !self.unmatched[row] {
                    sum += self.cost[row] * self.all / 4;
                }
                let (a, b) = (&cube.answers[moved.answer], &cube.answers[moved.other]);
                let parts = &self.parts[row * self.width..(row + 1) * self.width];
                let new = parts.iter().zip(a.iter().zip(b)).map(|(hidden, (a, b))| ((a ^ b) & !hidden).count_ones());
                sum += self.cost[row] * u64::from(new.sum::<u32>());
            }
        });
        sum
    }

    /// Keeps back all that a move changes.
    pub(super) fn hide(&mut self, cube: &Cube<'_>, moved: &Move) {
        moved.each_row(cube, |row, all| {
            if all {
                self.rows[row] = true;
                return;
            }
            if (moved.other == UNMATCHED) != (moved.answer == UNMATCHED) {
                self.unmatched[row] = true;
            }
            let (a, b) = (&cube.answers[moved.answer], &cube.answers[moved.other]);
            let parts = &mut self.parts[row * self.width..(row + 1) * self.width];
            for (hidden, (a, b)) in parts.iter_mut().zip(a.iter().zip(b)) {
                *hidden |= a ^ b;
            }
        });
    }

    pub(super) fn into_hidden(self, cube: &Cube<'_>, indicators: &Indicators) -> Hidden {
        Hidden {
            settlements: indicators.settlements.len(),
            categories: indicators.categories.len(),
            measures: indicators.measures.len(),
            words: cube.words,
            width: self.width,
            rows: self.rows,
            unmatched: self.unmatched,
            parts: self.parts,
        }
    }
}
