//! Indicators: counts per area, settlement class, category, definition, unit and measure.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::{
    measure::{Best, Measure},
    profile::Profile,
    settlement::Settlement,
    study::{Frame, ScaledUnit, Study},
    tally::Tally,
};

/// The level key of the row that counts everything.
pub const TOTAL: &str = "total";

/// A count and its parts: `total = covered + missing + unmatched`, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figure {
    /// All units.
    pub total: u64,
    /// Units that have the property.
    pub covered: u64,
    /// Units that have it not.
    pub missing: u64,
    /// Units of which it cannot be said.
    pub unmatched: u64,
}

impl Figure {
    /// Covered part of the whole, 0 to 1; `None` when there is nothing to share.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        ratio(self.covered, self.total)
    }

    /// The share if every unmatched unit were covered.
    #[must_use]
    pub fn upper_share(&self) -> Option<f64> {
        ratio(self.covered + self.unmatched, self.total)
    }
}

#[expect(clippy::cast_precision_loss, reason = "for display only; decisions use the integers")]
fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// An area as indicators name it; the first is the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaRef {
    /// The level's key, [`TOTAL`] for everything.
    pub level: String,
    /// The area's code, empty for the total and for places in no area of the level.
    pub code: String,
    /// The area's name, empty where the code is.
    pub name: String,
    /// Where its borders are in the frame: level and area index.
    pub index: Option<(usize, usize)>,
}

/// Where one figure stands in [`Indicators`]: an index along each axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct At {
    /// Index into [`Indicators::areas`].
    pub area: usize,
    /// Index into [`Indicators::settlements`].
    pub settlement: usize,
    /// Index into [`Indicators::categories`].
    pub category: usize,
    /// Index into [`Indicators::profiles`].
    pub profile: usize,
    /// Index into [`Indicators::units`].
    pub unit: usize,
    /// Index into [`Indicators::measures`].
    pub measure: usize,
}

/// All figures of a run: the full product of its axes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicators {
    /// The total first, then level by level in the study's order, sorted by code; last in each level,
    /// where there are such places, the row for places in none of its areas.
    pub areas: Vec<AreaRef>,
    /// `None` for all classes first.
    pub settlements: Vec<Option<Settlement>>,
    /// `None` for all categories first.
    pub categories: Vec<Option<String>>,
    /// The definitions, the study's main one first.
    pub profiles: Vec<Profile>,
    /// The units, places first.
    pub units: Vec<ScaledUnit>,
    /// The measures, sorted.
    pub measures: Vec<Measure>,
    /// Shape: area × settlement × category × unit.
    totals: Vec<Whole>,
    /// Shape: area × settlement × category × unit × profile × measure.
    covered: Vec<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Whole {
    total: u64,
    unmatched: u64,
    /// Places whose value for the unit is missing.
    without: u64,
}

impl Indicators {
    /// One figure.
    ///
    /// # Panics
    /// When an index is beyond its axis.
    #[must_use]
    pub fn figure(&self, at: At) -> Figure {
        let whole = self.totals[self.whole_index(at)];
        let covered = self.covered[self.covered_index(at)];
        Figure {
            total: whole.total,
            covered,
            missing: whole.total - whole.unmatched - covered,
            unmatched: whole.unmatched,
        }
    }

    /// How many places have no value for the unit: they count as nothing, and are not zero.
    #[must_use]
    pub fn places_without(&self, at: At) -> u64 {
        self.totals[self.whole_index(at)].without
    }

    /// The index of an area.
    #[must_use]
    pub fn area(&self, level: &str, code: &str) -> Option<usize> {
        self.areas.iter().position(|a| a.level == level && a.code == code)
    }

    /// The index of a unit by its key.
    #[must_use]
    pub fn unit(&self, key: &str) -> Option<usize> {
        self.units.iter().position(|u| u.unit.key() == key)
    }

    /// The index of a measure.
    #[must_use]
    pub fn measure(&self, measure: Measure) -> Option<usize> {
        self.measures.binary_search(&measure).ok()
    }

    /// The index of a definition by its key.
    #[must_use]
    pub fn profile(&self, key: &str) -> Option<usize> {
        self.profiles.iter().position(|p| p.key == key)
    }

    /// Every place in the product of the axes, areas slowest, measures fastest.
    pub fn positions(&self) -> impl Iterator<Item = At> + '_ {
        let (s, c, p) = (self.settlements.len(), self.categories.len(), self.profiles.len());
        let (u, m) = (self.units.len(), self.measures.len());
        (0..self.areas.len() * s * c * p * u * m).map(move |i| At {
            measure: i % m,
            unit: i / m % u,
            profile: i / m / u % p,
            category: i / m / u / p % c,
            settlement: i / m / u / p / c % s,
            area: i / m / u / p / c / s,
        })
    }

    fn whole_index(&self, at: At) -> usize {
        ((at.area * self.settlements.len() + at.settlement) * self.categories.len() + at.category) * self.units.len()
            + at.unit
    }

    fn covered_index(&self, at: At) -> usize {
        (self.whole_index(at) * self.profiles.len() + at.profile) * self.measures.len() + at.measure
    }
}

/// The measures that a study's indicators are computed for, sorted.
#[must_use]
pub fn measures(study: &Study) -> Vec<Measure> {
    let goals = study.goals.iter().flat_map(|goal| goal.steps.iter().map(|step| step.down));
    let technologies = study.frame.services.as_slice().iter().map(|service| service.technology);
    BTreeSet::from([Measure::Covered, Measure::Operators(2)])
        .into_iter()
        .chain(study.speeds.iter().flat_map(|&speed| [Measure::Down(speed), Measure::Up(speed)]))
        .chain(goals.map(Measure::Down))
        .chain(technologies.map(Measure::Technology))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// Answers every measure under every definition from the tally; no place is looked at again.
#[must_use]
pub fn evaluate(tally: &Tally, frame: &Frame, profiles: &[Profile], measures: &[Measure]) -> Indicators {
    let mut out = axes(tally, frame, profiles, measures);
    let area_index = area_lookup(&out.areas, frame);

    // What each distinct set of links has, under every definition: answered once, used by every row.
    let answers: Vec<Option<Vec<bool>>> = tally
        .rows()
        .collect::<Vec<_>>()
        .par_iter()
        .map(|(cell, _)| cell.links.as_ref().map(|links| answer(links, frame, profiles, measures)))
        .collect();

    for ((cell, counts), answer) in tally.rows().zip(&answers) {
        let mut areas = vec![0];
        areas.extend(cell.areas.iter().zip(&area_index).map(|(&area, index)| index.of(area)));
        let settlement = out.settlements.iter().position(|&s| s == Some(cell.settlement));
        let category = out.categories.len().min(usize::from(cell.category) + 1);
        for area in areas {
            for s in std::iter::once(0).chain(settlement) {
                for c in std::iter::once(0).chain((category < out.categories.len()).then_some(category)) {
                    for (u, count) in counts.iter().enumerate() {
                        let at = At { area, settlement: s, category: c, unit: u, ..At::default() };
                        let whole = out.whole_index(at);
                        out.totals[whole].total += count.sum;
                        out.totals[whole].without += count.missing;
                        let Some(answer) = answer else {
                            out.totals[whole].unmatched += count.sum;
                            continue;
                        };
                        let first = out.covered_index(at);
                        for (i, _) in answer.iter().enumerate().filter(|&(_, &has)| has) {
                            out.covered[first + i] += count.sum;
                        }
                    }
                }
            }
        }
    }
    out
}

/// Whether a set of links has each measure under each definition. Shape: profile × measure.
fn answer(links: &[crate::service::Link], frame: &Frame, profiles: &[Profile], measures: &[Measure]) -> Vec<bool> {
    let mut answer = Vec::with_capacity(profiles.len() * measures.len());
    for profile in profiles {
        let best = Best::of(links, profile, &frame.services, frame.as_of);
        answer.extend(measures.iter().map(|&measure| best.has(measure)));
    }
    answer
}

fn axes(tally: &Tally, frame: &Frame, profiles: &[Profile], measures: &[Measure]) -> Indicators {
    let mut areas = vec![AreaRef { level: TOTAL.to_owned(), code: String::new(), name: String::new(), index: None }];
    for (l, level) in frame.levels.iter().enumerate() {
        areas.extend(level.areas.iter().enumerate().map(|(a, area)| AreaRef {
            level: level.key.clone(),
            code: area.code.clone(),
            name: area.name.clone(),
            index: Some((l, a)),
        }));
        if tally.rows().any(|(cell, _)| cell.areas[l].is_none()) {
            areas.push(AreaRef { level: level.key.clone(), code: String::new(), name: String::new(), index: None });
        }
    }
    let mut settlements = vec![None];
    if frame.settlements {
        let seen: BTreeSet<_> = tally.rows().map(|(cell, _)| cell.settlement).collect();
        settlements
            .extend(Settlement::ALL.into_iter().filter(|&s| s != Settlement::Unknown || seen.contains(&s)).map(Some));
    }
    let mut categories = vec![None];
    if frame.categories.len() > 1 {
        categories.extend(frame.categories.iter().cloned().map(Some));
    }
    let units = frame.units.clone();
    let wholes = areas.len() * settlements.len() * categories.len() * units.len();
    Indicators {
        totals: vec![Whole::default(); wholes],
        covered: vec![0; wholes * profiles.len() * measures.len()],
        areas,
        settlements,
        categories,
        profiles: profiles.to_vec(),
        units,
        measures: measures.to_vec(),
    }
}

/// Where a level's areas stand in [`Indicators::areas`].
struct LevelIndex {
    first: usize,
    none: usize,
}

impl LevelIndex {
    fn of(&self, area: Option<u32>) -> usize {
        area.map_or(self.none, |area| self.first + area as usize)
    }
}

fn area_lookup(areas: &[AreaRef], frame: &Frame) -> Vec<LevelIndex> {
    let mut next = 1;
    frame
        .levels
        .iter()
        .map(|level| {
            let first = next;
            let none = first + level.areas.len();
            let has_none = areas.get(none).is_some_and(|a| a.level == level.key && a.index.is_none());
            next = none + usize::from(has_none);
            LevelIndex { first, none }
        })
        .collect()
}
