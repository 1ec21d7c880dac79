//! Suppression: which figures the public edition keeps back so that no small count can be found out.
//!
//! The guarantee is by construction. For every small count there is a *move*: some units are imagined to live elsewhere, or
//! to be reached otherwise, so that the count is at least the threshold. Every figure that the move changes is kept back.
//! Whoever sees only what is published can therefore not tell the study from the one after the move, by sums over areas,
//! settlement classes, categories and levels, by one measure implying another, or by anything else that is true of both.
//!
//! `docs/methods/suppression.md` says the rule in words, with an example that can be counted by hand.

pub mod attack;
mod cube;
mod moves;
mod search;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests;

use crate::{
    indicator::{At, Indicators},
    measure::Measure,
    profile::Profile,
    study::Frame,
    tally::Tally,
    unit::Unit,
};
use cube::Cube;
use moves::Hiding;
use search::{Need, Search};

/// What counts as small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Counts above 0 and below this many units are small.
    pub threshold: u64,
    /// Whether 0 is small too, where it says that all have or that nobody has.
    pub protect_zeros: bool,
}

impl Default for Rule {
    /// Below five, as Statistics Sweden does; zeros are shown.
    fn default() -> Self {
        Self { threshold: 5, protect_zeros: false }
    }
}

/// Which parts of one figure are kept back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hides {
    /// All of it.
    pub total: bool,
    /// How many have the property; and with it how many have it not.
    pub covered: bool,
    /// How many have it not.
    pub missing: bool,
    /// Of how many it cannot be said.
    pub unmatched: bool,
}

impl Hides {
    /// What is kept back of a sum.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            total: self.total || other.total,
            covered: self.covered || other.covered,
            missing: self.missing || other.missing,
            unmatched: self.unmatched || other.unmatched,
        }
    }

    /// Whether any part is kept back.
    #[must_use]
    pub const fn any(self) -> bool {
        self.total || self.covered || self.missing || self.unmatched
    }
}

/// What is kept back: the same parts in every unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hidden {
    settlements: usize,
    categories: usize,
    measures: usize,
    /// Words of bits for the measures of one profile.
    words: usize,
    /// Words of bits for one row.
    width: usize,
    /// Per row, which is an area × settlement class × category: everything.
    rows: Vec<bool>,
    /// Per row: the unmatched, and with them the missing of every measure.
    unmatched: Vec<bool>,
    /// Shape: row × words: the covered and the missing of a profile and measure.
    parts: Vec<u64>,
}

impl Hidden {
    /// Which parts of a figure are kept back.
    #[must_use]
    pub fn of(&self, at: At) -> Hides {
        let row = (at.area * self.settlements + at.settlement) * self.categories + at.category;
        let total = self.rows[row];
        let bit =
            self.parts[row * self.width + at.profile * self.words + at.measure / 64] >> (at.measure % 64) & 1 == 1;
        let unmatched = total || self.unmatched[row];
        Hides { total, covered: total || bit, missing: bit || unmatched, unmatched }
    }

    /// How many profiles × measures of the rows are kept back, and how many there are.
    #[must_use]
    pub fn extent(&self) -> (usize, usize) {
        let profiles = self.width.checked_div(self.words).unwrap_or(0);
        let all = self.rows.len() * profiles * self.measures;
        let bits = |row: usize| -> usize {
            let parts = &self.parts[row * self.width..(row + 1) * self.width];
            parts.iter().map(|word| word.count_ones() as usize).sum()
        };
        let hidden = (0..self.rows.len()).map(|row| if self.rows[row] { profiles * self.measures } else { bits(row) });
        (hidden.sum(), all)
    }
}

/// Decides what is kept back of the figures.
///
/// `withheld` names profiles × measures (by index) that are kept back everywhere, for other reasons.
#[must_use]
pub fn suppress(
    tally: &Tally,
    frame: &Frame,
    profiles: &[Profile],
    indicators: &Indicators,
    rule: Rule,
    withheld: &[(usize, usize)],
) -> Hidden {
    let cube = Cube::new(tally, frame, profiles, indicators);
    let mut search = Search::new(&cube, indicators, withheld);
    for need in needs(&cube, indicators, rule) {
        search.protect(&need);
    }
    search.hiding.into_hidden(&cube, indicators)
}

/// Whether a unit counts people, homes or the like; a weight of the study's own may be anything.
fn is_sensitive(unit: &Unit) -> bool {
    !matches!(unit, Unit::Weight(_))
}

/// Every small count, totals first, then row by row.
fn needs(cube: &Cube<'_>, indicators: &Indicators, rule: Rule) -> Vec<Need> {
    let mut totals = Vec::new();
    let mut parts = Vec::new();
    let chains = chains(indicators);
    for row in 0..cube.rows() {
        for (unit, scaled) in indicators.units.iter().enumerate().filter(|(_, u)| is_sensitive(&u.unit)) {
            let enough = rule.threshold.saturating_mul(scaled.scale);
            let need = |of, count: u64, zero: bool| {
                let small = (0 < count && count < enough) || (count == 0 && zero);
                small.then(|| Need { row, unit, of, lacking: enough - count })
            };
            let at = At { unit, ..cube.at(row) };
            let whole = indicators.figure(at);
            totals.extend(need(search::Of::Total, whole.total, false));
            parts.extend(need(search::Of::Unmatched, whole.unmatched, false));
            let zeros = rule.protect_zeros && whole.total > whole.unmatched;
            for profile in 0..indicators.profiles.len() {
                let covered = |measure| indicators.figure(At { profile, measure, ..at }).covered;
                for measure in 0..indicators.measures.len() {
                    let figure = indicators.figure(At { profile, measure, ..at });
                    let bit = cube.bit(profile, measure);
                    parts.extend(need(search::Of::Covered(bit), figure.covered, zeros));
                    parts.extend(need(search::Of::Missing(bit), figure.missing, zeros));
                }
                for pair in chains.iter().flat_map(|chain| chain.windows(2)) {
                    let between = covered(pair[0]).saturating_sub(covered(pair[1]));
                    let of = search::Of::Between(cube.bit(profile, pair[0]), cube.bit(profile, pair[1]));
                    parts.extend(need(of, between, false));
                }
            }
        }
    }
    totals.extend(parts);
    totals
}

/// Measures of which each implies the one before it, by index: any service, then rising speeds.
///
/// One subtraction gives the class between two of them, so classes are small counts too.
fn chains(indicators: &Indicators) -> [Vec<usize>; 2] {
    let chain = |wanted: fn(&Measure) -> bool| {
        let covered = indicators.measure(Measure::Covered);
        let measures = indicators.measures.iter().enumerate();
        covered.into_iter().chain(measures.filter(|(_, m)| wanted(m)).map(|(i, _)| i)).collect()
    };
    [chain(|m| matches!(m, Measure::Down(_))), chain(|m| matches!(m, Measure::Up(_)))]
}
