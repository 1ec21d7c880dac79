//! Reconciliation: what the denominators are made of, and how the study's figures stand beside official ones.

use std::collections::BTreeMap;

use crate::{
    goal::Goal,
    indicator::{AreaRef, At, Figure, Indicators},
    measure::Measure,
    official::{Bound, Counts, Official, Published},
    quantity::Speed,
    settlement::SettlementGroup,
    study::Frame,
    unit::Unit,
};

/// All that can be said about whether the figures are right.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reconciliation {
    /// One per area and unit, areas slowest.
    pub denominators: Vec<Denominator>,
    /// One per official figure, in the study's order.
    pub comparisons: Vec<Comparison>,
}

/// What one area's total in one unit is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denominator {
    /// Index into [`Indicators::areas`].
    pub area: usize,
    /// Index into [`Indicators::units`].
    pub unit: usize,
    /// Its places; the unmatched are those of which it cannot be said what reaches them.
    pub places: Figure,
    /// Rows that were dropped because an earlier one has their id, where they themselves say they are.
    pub duplicates: u64,
    /// Places that have no value for the unit.
    pub without: u64,
    /// The units, and how many have the main measure under the main definition.
    pub figure: Figure,
    /// The main measure: index into [`Indicators::measures`].
    pub measure: usize,
}

impl Denominator {
    /// Whether anything about the total is in doubt.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.places.unmatched > 0 || self.duplicates > 0 || self.without > 0
    }
}

/// The study's figures beside official ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The official figure.
    pub official: Official,
    /// What differs by definition, in all areas alike.
    pub reasons: Vec<Reason>,
    /// One per area that has an official value, in the areas' order.
    pub lines: Vec<Line>,
    /// The areas on the levels that the file is about that have no official value.
    pub without: Vec<usize>,
}

/// One area's figures side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Index into [`Indicators::areas`].
    pub area: usize,
    /// The study's figure. For totals only `total` and `unmatched` say something.
    pub figure: Figure,
    /// The official one.
    pub official: Published,
    /// Where the official value lies, seen from the study's.
    pub position: Position,
    /// What may explain a difference in this area.
    pub reasons: Vec<Doubt>,
}

/// Where an official value lies, seen from the study's lower and upper value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Below the lower one.
    Below,
    /// Between them, or not further away than rounding explains.
    Within,
    /// Above the upper one.
    Above,
    /// The study has nothing to share in the area.
    Unknown,
}

impl Position {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Below => "below",
            Self::Within => "within",
            Self::Above => "above",
            Self::Unknown => "unknown",
        }
    }
}

/// A difference of definitions between an official figure and the study's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Another unit is counted.
    Unit,
    /// It is not known which unit is counted.
    UnitNotKnown,
    /// Another property.
    Measure,
    /// It is not known which property.
    MeasureNotKnown,
    /// Access means what the publisher says, and here what the study's definition says.
    Access,
    /// It is not known what counts as access.
    AccessNotKnown,
    /// Another part of the area.
    Settlement,
    /// It is not known whether it is about all of the area.
    SettlementNotKnown,
    /// Another day.
    Day,
    /// It is not known for which day it is.
    DayNotKnown,
    /// The study's definition counts plans.
    Plans,
    /// The study's definition counts some technologies only.
    Technologies,
    /// A sentence about the official figure: index into its notes.
    Note(usize),
}

impl Reason {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::UnitNotKnown => "unit-not-known",
            Self::Measure => "measure",
            Self::MeasureNotKnown => "measure-not-known",
            Self::Access => "access",
            Self::AccessNotKnown => "access-not-known",
            Self::Settlement => "settlement",
            Self::SettlementNotKnown => "settlement-not-known",
            Self::Day => "day",
            Self::DayNotKnown => "day-not-known",
            Self::Plans => "plans",
            Self::Technologies => "technologies",
            Self::Note(_) => "method",
        }
    }
}

/// What may explain a difference in one area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The official value is rounded, and no further away than that.
    Rounded,
    /// Only a bound was published.
    OpenEnded,
    /// The unmatched could be the whole difference.
    Unmatched,
    /// An official total in the same unit differs from the study's.
    Denominator,
}

impl Doubt {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Rounded => "rounded",
            Self::OpenEnded => "open-ended",
            Self::Unmatched => "unmatched",
            Self::Denominator => "denominator",
        }
    }
}

impl Line {
    /// The study's share minus the official one, in millionths, half away from zero; `None` when there is nothing to share.
    #[must_use]
    pub fn difference_ppm(&self) -> Option<i64> {
        let whole = i128::from(self.figure.total);
        let difference = i128::from(self.figure.covered) * 1_000_000 - i128::from(self.official.value) * whole;
        (whole > 0).then(|| i64::try_from(divide(difference, whole)).unwrap_or_default())
    }

    /// The study's total minus the official one, in whole units, of which the study counts `scale` parts.
    #[must_use]
    pub fn difference_units(&self, scale: u64) -> i64 {
        let official = i128::from(self.official.value) * i128::from(scale);
        let difference = divide(i128::from(self.figure.total) - official, i128::from(scale.max(1)));
        i64::try_from(difference).unwrap_or_default()
    }

    /// The same in millionths of the official total; `None` when that is nothing.
    #[must_use]
    pub fn difference_ratio_ppm(&self, scale: u64) -> Option<i64> {
        let official = i128::from(self.official.value) * i128::from(scale);
        let difference = (i128::from(self.figure.total) - official) * 1_000_000;
        (official > 0).then(|| i64::try_from(divide(difference, official)).unwrap_or_default())
    }
}

/// Rounded to the nearest, half away from zero; `by` is positive.
pub(crate) fn divide(number: i128, by: i128) -> i128 {
    let half = if number < 0 { -by } else { by };
    (2 * number + half) / (2 * by)
}

/// How many rows were dropped because an earlier one has their id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Duplicates {
    /// All of them.
    pub total: u64,
    /// By index of level and area; `None` for no area of the level.
    pub by_area: BTreeMap<(usize, Option<u32>), u64>,
}

/// Takes the denominators apart, and holds every official figure against the study's.
#[must_use]
pub fn reconcile(
    indicators: &Indicators,
    frame: &Frame,
    goals: &[Goal],
    officials: Vec<Official>,
    duplicates: &Duplicates,
) -> Reconciliation {
    Reconciliation {
        denominators: denominators(indicators, frame, main_measure(indicators, goals), duplicates),
        comparisons: compare(indicators, frame, officials),
    }
}

/// The speed of the first goal's first step, else 100 Mbit/s, else any service.
fn main_measure(indicators: &Indicators, goals: &[Goal]) -> usize {
    let step = goals.first().and_then(|goal| goal.steps.first()).map(|step| step.down);
    [step, Some(Speed::from_mbps(100))]
        .into_iter()
        .flatten()
        .find_map(|speed| indicators.measure(Measure::Down(speed)))
        .or_else(|| indicators.measure(Measure::Covered))
        .unwrap_or(0)
}

fn denominators(indicators: &Indicators, frame: &Frame, measure: usize, duplicates: &Duplicates) -> Vec<Denominator> {
    let dropped = |area: usize| -> u64 {
        let AreaRef { level, index, .. } = &indicators.areas[area];
        let level = frame.levels.iter().position(|l| l.key == *level);
        let Some(level) = level else { return duplicates.total };
        let index = index.and_then(|(_, index)| u32::try_from(index).ok());
        duplicates.by_area.get(&(level, index)).copied().unwrap_or(0)
    };
    let mut out = Vec::new();
    for area in 0..indicators.areas.len() {
        let places = indicators.figure(At { area, measure, ..At::default() });
        let duplicates = dropped(area);
        for unit in 0..indicators.units.len() {
            let at = At { area, unit, measure, ..At::default() };
            let (figure, without) = (indicators.figure(at), indicators.places_without(at));
            out.push(Denominator { area, unit, places, duplicates, without, figure, measure });
        }
    }
    out
}

fn compare(indicators: &Indicators, frame: &Frame, officials: Vec<Official>) -> Vec<Comparison> {
    let mut comparisons: Vec<Comparison> = officials
        .into_iter()
        .map(|official| {
            let reasons = reasons(&official, indicators, frame);
            let (lines, without) = lines(&official, indicators);
            Comparison { official, reasons, lines, without }
        })
        .collect();
    // A share may differ because its denominator does, where an official total says so.
    let mut differing: Vec<(Unit, SettlementGroup, usize)> = Vec::new();
    for comparison in comparisons.iter().filter(|c| c.official.definition.counts == Counts::Total) {
        let Official { unit, settlement, .. } = &comparison.official;
        if comparison.official.definition.unit.as_ref() != Some(unit) {
            continue;
        }
        let lines = comparison.lines.iter().filter(|line| line.position != Position::Within);
        differing.extend(lines.map(|line| (unit.clone(), *settlement, line.area)));
    }
    for comparison in comparisons.iter_mut().filter(|c| c.official.definition.counts == Counts::Share) {
        let (unit, group) = (comparison.official.unit.clone(), comparison.official.settlement);
        for line in &mut comparison.lines {
            if differing.contains(&(unit.clone(), group, line.area)) {
                line.reasons.push(Doubt::Denominator);
            }
        }
    }
    comparisons
}

/// What differs by definition between an official figure and the study's.
fn reasons(official: &Official, indicators: &Indicators, frame: &Frame) -> Vec<Reason> {
    let definition = &official.definition;
    let mut out = Vec::new();
    match &definition.unit {
        None => out.push(Reason::UnitNotKnown),
        Some(unit) if *unit != official.unit => out.push(Reason::Unit),
        Some(_) => {}
    }
    if definition.counts == Counts::Share {
        match definition.measure {
            None => out.push(Reason::MeasureNotKnown),
            measure if measure != official.measure => out.push(Reason::Measure),
            Some(_) => {}
        }
        out.push(if definition.access.is_some() { Reason::Access } else { Reason::AccessNotKnown });
        if let Some(profile) = indicators.profiles.get(official.profile) {
            out.extend(profile.planned_until.map(|_| Reason::Plans));
            out.extend(profile.technologies.as_ref().map(|_| Reason::Technologies));
        }
    }
    match definition.settlement {
        None => out.push(Reason::SettlementNotKnown),
        Some(group) if group != official.settlement => out.push(Reason::Settlement),
        Some(_) => {}
    }
    match official.day() {
        None => out.push(Reason::DayNotKnown),
        Some(day) if day != frame.as_of => out.push(Reason::Day),
        Some(_) => {}
    }
    let notes = definition.notes.iter().enumerate().filter(|(_, note)| note.holds(official.year));
    out.extend(notes.map(|(number, _)| Reason::Note(number)));
    out
}

fn lines(official: &Official, indicators: &Indicators) -> (Vec<Line>, Vec<usize>) {
    let (mut lines, mut without) = (Vec::new(), Vec::new());
    let unit = indicators.units.iter().position(|u| u.unit == official.unit);
    let measure = match official.measure {
        Some(measure) => indicators.measure(measure),
        None => Some(0),
    };
    let Some((unit, measure)) = unit.zip(measure) else { return (lines, without) };
    let levels: Vec<usize> = official.values.keys().map(|&(level, _)| level).collect();
    for (area, of) in indicators.areas.iter().enumerate() {
        let Some((level, index)) = of.index else { continue };
        let at = At { area, unit, measure, profile: official.profile, ..At::default() };
        let Some(figure) = indicators.group(at, official.settlement) else { continue };
        match official.values.get(&(level, index)) {
            Some(&published) => {
                let scale = indicators.units[unit].scale;
                let (position, reasons) = match official.definition.counts {
                    Counts::Share => held_against(&figure, published),
                    Counts::Total => (total_held_against(&figure, published, scale), Vec::new()),
                };
                lines.push(Line { area, figure, official: published, position, reasons });
            }
            None if levels.contains(&level) && figure.total > 0 => without.push(area),
            None => {}
        }
    }
    (lines, without)
}

/// Where a published share lies, seen from a figure's lower and upper share, and what may explain a difference.
fn held_against(figure: &Figure, published: Published) -> (Position, Vec<Doubt>) {
    if figure.total == 0 {
        return (Position::Unknown, Vec::new());
    }
    let whole = i128::from(figure.total);
    let millions = |part: u64| i128::from(part) * 1_000_000;
    let (lower, upper) = (millions(figure.covered), millions(figure.covered + figure.unmatched));
    let value = i128::from(published.value) * whole;
    // Twice the distance that rounding explains: that of the publisher, and that to whole millionths.
    let twice = (2 * i128::from(published.half) + 1) * whole;
    let position = match published.bound {
        Bound::Exact if 2 * (lower - value) > twice => Position::Below,
        Bound::Exact if 2 * (value - upper) > twice => Position::Above,
        Bound::Above if upper <= value => Position::Above,
        Bound::Below if lower >= value => Position::Below,
        _ => Position::Within,
    };
    let mut doubts = Vec::new();
    if published.bound != Bound::Exact {
        doubts.push(Doubt::OpenEnded);
    }
    if position == Position::Within && published.bound == Bound::Exact && divide(value - lower, whole) != 0 {
        doubts.push(if 2 * (value - lower).abs() <= twice { Doubt::Rounded } else { Doubt::Unmatched });
    }
    (position, doubts)
}

fn total_held_against(figure: &Figure, published: Published, scale: u64) -> Position {
    let (ours, official) = (u128::from(figure.total), u128::from(published.value) * u128::from(scale));
    match ours.cmp(&official) {
        std::cmp::Ordering::Less => Position::Above,
        std::cmp::Ordering::Equal => Position::Within,
        std::cmp::Ordering::Greater => Position::Below,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(total: u64, covered: u64, unmatched: u64) -> Figure {
        Figure { total, covered, missing: total - covered - unmatched, unmatched, ..Figure::default() }
    }

    fn share(percent_tenths: u64, bound: Bound, half: u64) -> Published {
        Published { value: percent_tenths * 1000, bound, half }
    }

    fn line(figure: Figure, official: Published) -> Line {
        let (position, reasons) = held_against(&figure, official);
        Line { area: 0, figure, official, position, reasons }
    }

    #[test]
    fn an_official_share_between_the_bounds_is_explained_by_the_unmatched() {
        // 80 of 100 are covered and 10 unmatched: 80 to 90 per cent.
        let at = |tenths| line(figure(100, 80, 10), share(tenths, Bound::Exact, 0));
        for (tenths, position, ppm) in [
            (799, Position::Below, 1_000),
            (800, Position::Within, 0),
            (850, Position::Within, -50_000),
            (900, Position::Within, -100_000),
            (901, Position::Above, -101_000),
        ] {
            let line = at(tenths);
            assert_eq!((line.position, line.difference_ppm()), (position, Some(ppm)), "{tenths}");
        }
        assert_eq!(at(850).reasons, [Doubt::Unmatched]);
        assert_eq!(at(800).reasons, []);
    }

    #[test]
    fn a_rounded_value_is_not_further_away_than_half_of_its_last_digit() {
        // Two of three are 66.67 per cent, which is published as 66.7.
        let rounded = line(figure(3, 2, 0), share(667, Bound::Exact, 500));
        assert_eq!((rounded.position, rounded.reasons.clone()), (Position::Within, vec![Doubt::Rounded]));
        assert_eq!(rounded.difference_ppm(), Some(-333), "666 667 minus 667 000 millionths");
        assert_eq!(line(figure(3, 2, 0), share(668, Bound::Exact, 500)).position, Position::Above);
    }

    #[test]
    fn an_open_value_is_met_from_the_right_side_only() {
        let above = |covered| line(figure(1000, covered, 0), share(999, Bound::Above, 0));
        assert_eq!(above(1000).position, Position::Within);
        assert_eq!(above(999).position, Position::Above, "more than 99.9 is not 99.9");
        assert_eq!(above(1000).reasons, [Doubt::OpenEnded]);
        let below = |covered| line(figure(1000, covered, 0), share(1, Bound::Below, 0));
        assert_eq!(below(0).position, Position::Within);
        assert_eq!(below(1).position, Position::Below);
    }

    #[test]
    fn an_area_without_units_cannot_be_compared() {
        let line = line(figure(0, 0, 0), share(500, Bound::Exact, 0));
        assert_eq!((line.position, line.difference_ppm()), (Position::Unknown, None));
    }

    #[test]
    fn totals_differ_in_units_and_in_parts_of_the_official_one() {
        let official = Published { value: 20, bound: Bound::Exact, half: 0 };
        let of = |total, scale| {
            let figure = figure(total, 0, 0);
            let position = total_held_against(&figure, official, scale);
            let line = Line { area: 0, figure, official, position, reasons: Vec::new() };
            (line.difference_units(scale), line.difference_ratio_ppm(scale), position)
        };
        assert_eq!(of(16, 1), (-4, Some(-200_000), Position::Above));
        assert_eq!(of(20, 1), (0, Some(0), Position::Within));
        assert_eq!(of(205, 10), (1, Some(25_000), Position::Below), "205 tenths are half a unit too many");
    }

    #[test]
    fn division_rounds_half_away_from_zero() {
        assert_eq!([5, -5, 4, -4, 7].map(|n| divide(n, 10)), [1, -1, 0, 0, 1]);
    }
}
