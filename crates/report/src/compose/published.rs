//! What a public page's script is given instead of the tally: the figures that the public edition shows, one by one.
//!
//! Everything comes from the public outcome, in which what is kept back is not. So no number can be in the page that is not in
//! the edition's `indicators.csv`, row by row; `nittio verify --public` reads both and says so.

use nittio_core::{
    indicator::{At, Figure},
    measure::Measure,
    quantity::Speed,
};

use super::Scene;
use crate::live::{Class, Counted, Part};

/// How many numbers a page is given at most; settlement classes are left out before that.
const MOST: usize = 300_000;

/// The speeds that are published, rising.
pub(super) fn speeds(scene: &Scene<'_>) -> Vec<Speed> {
    let speed = |measure: &Measure| if let Measure::Down(speed) = measure { Some(*speed) } else { None };
    let mut speeds: Vec<Speed> = scene.ind.measures.iter().filter_map(speed).collect();
    speeds.sort_unstable();
    speeds
}

/// What is published of these areas, and by which of the settlement classes.
pub(super) fn published(
    scene: &Scene<'_>,
    areas: &[usize],
    speeds: &[Speed],
    mut classes: Vec<Class>,
) -> (Counted, Vec<Class>) {
    let measures: Vec<usize> = speeds.iter().filter_map(|&speed| scene.ind.measure(Measure::Down(speed))).collect();
    let width = 2 + scene.ind.profiles.len() * measures.len();
    let numbers = |classes: usize| (areas.len() + 1) * classes * scene.ind.units.len() * width;
    if numbers(classes.len()) > MOST {
        classes.truncate(1);
    }
    let row = |at: At| {
        let whole = scene.ind.figure(at);
        let mut row = vec![Part::One(shown(whole.total, whole.hides.total)), Part::One(unmatched(&whole))];
        for profile in 0..scene.ind.profiles.len() {
            row.extend(measures.iter().map(|&measure| part(&scene.ind.figure(At { profile, measure, ..at }))));
        }
        row
    };
    let mut rows = Vec::new();
    // The total is the first of all areas.
    for area in std::iter::once(0).chain(areas.iter().copied()) {
        for settlement in 0..classes.len() {
            for unit in 0..scene.ind.units.len() {
                rows.push(row(At { area, settlement, unit, ..At::default() }));
            }
        }
    }
    let measures = measures.iter().map(|&measure| scene.ind.measures[measure].to_string()).collect();
    (Counted::Published { level: scene.level.to_owned(), measures, rows }, classes)
}

const fn shown(count: u64, hidden: bool) -> Option<u64> {
    if hidden { None } else { Some(count) }
}

const fn unmatched(figure: &Figure) -> Option<u64> {
    shown(figure.unmatched, figure.hides.unmatched)
}

/// Who has it and who lacks it; one number where the other is what is left of the total.
fn part(figure: &Figure) -> Part {
    let Figure { covered, missing, hides, .. } = *figure;
    match (shown(covered, hides.covered), shown(missing, hides.missing)) {
        (None, None) => Part::One(None),
        (Some(covered), Some(_)) if !hides.total && !hides.unmatched => Part::One(Some(covered)),
        both => Part::Both(both.into()),
    }
}

#[cfg(test)]
mod tests {
    use nittio_core::suppress::Hides;

    use super::*;

    #[test]
    fn a_part_holds_what_is_shown_and_no_more() {
        let figure = |hides| Figure { total: 20, covered: 8, missing: 10, unmatched: 2, hides };
        let none = Hides::default();
        for (hides, expected) in [
            (none, Part::One(Some(8))),
            (Hides { covered: true, missing: true, ..none }, Part::One(None)),
            (Hides { missing: true, ..none }, Part::Both([Some(8), None])),
            (Hides { covered: true, ..none }, Part::Both([None, Some(10)])),
            // Without the total nothing follows from one of them.
            (Hides { unmatched: true, ..none }, Part::Both([Some(8), Some(10)])),
        ] {
            assert_eq!(part(&figure(hides)), expected, "{hides:?}");
        }
    }
}
