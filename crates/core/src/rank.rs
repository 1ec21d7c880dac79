//! Ranks: which area of a level has the highest share, and how far countryside is behind town.

use std::cmp::Ordering;

use crate::{
    indicator::{At, Figure, Indicators},
    settlement::SettlementGroup,
};

/// One area's place among those of its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// Index into [`Indicators::areas`].
    pub area: usize,
    /// What is ranked by.
    pub figure: Figure,
    /// One more than the number of areas with a higher share; alike for equal shares. `None` when there is nothing to share.
    pub rank: Option<usize>,
    /// How many areas have a rank.
    pub of: usize,
    /// Whether no area has a lower share.
    pub last: bool,
}

impl Rank {
    /// Whether no area has a higher share.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.rank == Some(1)
    }
}

/// Ranks the areas of a level by a share, the highest first, in the order of the areas. Places in no area have no rank.
///
/// Shares are compared as fractions, without rounding. Where a share is kept back, no area of the level is ranked: the ranks of
/// the others would say where it lies.
///
/// # Panics
/// When an index of `at` is beyond its axis.
#[must_use]
pub fn ranks(indicators: &Indicators, level: &str, at: At, group: SettlementGroup) -> Vec<Rank> {
    let of_level = indicators.areas.iter().enumerate().filter(|(_, area)| area.level == level && area.index.is_some());
    let figures: Vec<(usize, Figure)> =
        of_level.filter_map(|(area, _)| Some((area, indicators.group(At { area, ..at }, group)?))).collect();
    let kept_back = figures.iter().any(|(_, figure)| figure.hides.total || figure.hides.covered);
    let has_rank = |figure: &Figure| !kept_back && figure.has_share();
    let shared: Vec<&Figure> = figures.iter().map(|(_, figure)| figure).filter(|figure| has_rank(figure)).collect();
    figures
        .iter()
        .map(|&(area, figure)| {
            let compared = |wanted| shared.iter().filter(|other| by_share(other, &figure) == wanted).count();
            let rank = has_rank(&figure).then(|| compared(Ordering::Greater) + 1);
            let last = rank.is_some() && compared(Ordering::Less) == 0;
            Rank { area, figure, rank, of: shared.len(), last }
        })
        .collect()
}

fn by_share(a: &Figure, b: &Figure) -> Ordering {
    (u128::from(a.covered) * u128::from(b.total)).cmp(&(u128::from(b.covered) * u128::from(a.total)))
}

/// How far countryside is behind town in one area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// In localities and smaller localities.
    pub built_up: Figure,
    /// Outside both.
    pub outside: Figure,
}

impl Gap {
    /// The gap of an area; `None` when the study does not tell town from countryside, or one of them has nothing to share or
    /// is kept back.
    ///
    /// # Panics
    /// When an index is beyond its axis.
    #[must_use]
    pub fn of(indicators: &Indicators, at: At) -> Option<Self> {
        let built_up = indicators.group(at, SettlementGroup::BuiltUp)?;
        let outside = indicators.group(at, SettlementGroup::Outside)?;
        (built_up.has_share() && outside.has_share()).then_some(Self { built_up, outside })
    }

    /// The share in town minus that outside, in millionths, half away from zero.
    #[must_use]
    pub fn ppm(&self) -> i64 {
        let (town, outside) = (&self.built_up, &self.outside);
        let whole = i128::from(town.total) * i128::from(outside.total);
        let difference =
            i128::from(town.covered) * i128::from(outside.total) - i128::from(outside.covered) * i128::from(town.total);
        i64::try_from(crate::reconcile::divide(difference * 1_000_000, whole)).unwrap_or_default()
    }

    /// How many more units would need access where the share is lower, for it to be no lower than where it is higher.
    #[must_use]
    pub fn units(&self) -> u64 {
        let lacking = |low: &Figure, high: &Figure| {
            let needed = (u128::from(high.covered) * u128::from(low.total)).div_ceil(u128::from(high.total));
            u64::try_from(needed).unwrap_or(u64::MAX).saturating_sub(low.covered)
        };
        match by_share(&self.built_up, &self.outside) {
            Ordering::Less => lacking(&self.built_up, &self.outside),
            Ordering::Equal => 0,
            Ordering::Greater => lacking(&self.outside, &self.built_up),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(total: u64, covered: u64) -> Figure {
        Figure { total, covered, missing: total - covered, ..Figure::default() }
    }

    #[test]
    fn a_gap_is_in_points_and_in_units_of_the_lower_side() {
        // 14 of 19 in town, 6 of 12 outside: 73.6842 against 50 per cent; 12 × 14 / 19 is 8.8, so 9 are needed and 3 lack.
        let gap = Gap { built_up: figure(19, 14), outside: figure(12, 6) };
        assert_eq!((gap.ppm(), gap.units()), (236_842, 3));
        let turned = Gap { built_up: figure(12, 6), outside: figure(19, 14) };
        assert_eq!((turned.ppm(), turned.units()), (-236_842, 3));
        let same = Gap { built_up: figure(3, 1), outside: figure(9, 3) };
        assert_eq!((same.ppm(), same.units()), (0, 0));
    }

    #[test]
    fn shares_are_compared_without_rounding() {
        assert_eq!(by_share(&figure(3, 1), &figure(9, 3)), Ordering::Equal);
        assert_eq!(by_share(&figure(1_000_000_007, 500_000_003), &figure(2, 1)), Ordering::Less);
    }
}
