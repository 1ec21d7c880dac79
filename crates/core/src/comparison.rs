//! Comparisons: worlds held against each other, place by place, from the tally.
//!
//! What a cell has in one world and not in the other is gained or lost by all its places, so nobody is counted twice, however
//! many services come or go.

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::{
    goal::Step,
    indicator::{AreaRef, Asked, Figure, area_lookup},
    measure::Measure,
    scenario::{Scenario, World},
    service::Link,
    settlement::Settlement,
    study::Frame,
    suppress::Hides,
    tally::{Count, Tally},
};

/// How many worlds can be compared at a time.
pub const MOST: usize = 64;

/// One world before, and one after.
#[derive(Debug, Clone)]
pub struct Contrast {
    /// Which.
    pub about: About,
    /// What it is held against.
    pub before: World,
    /// What is asked about.
    pub after: World,
}

/// What a contrast is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The scenario's key.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// The key of what it is held against: a definition, or another scenario.
    pub against: String,
    /// The day that the scenario is about.
    pub day: Date,
    /// Whether nobody can lose by it.
    pub only_adds: bool,
}

impl Contrast {
    /// A scenario held against the definition that it rests on.
    #[must_use]
    pub fn with_base(scenario: &Scenario, world: &World, frame: &Frame) -> Self {
        let about = About {
            key: scenario.key.clone(),
            name: scenario.name.clone(),
            against: scenario.base.key.clone(),
            day: scenario.day,
            only_adds: scenario.only_adds(),
        };
        let before = World::as_it_is(&scenario.base, frame.as_of, &frame.services);
        Self { about, before, after: world.clone() }
    }
}

/// What a contrast comes to: every area, unit and measure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// What is compared.
    pub contrasts: Vec<About>,
    /// The measures, sorted.
    pub measures: Vec<Measure>,
    units: usize,
    /// Shape: area × unit × measure × contrast.
    moved: Vec<Moved>,
}

/// Units before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// All units; no scenario changes that.
    pub total: u64,
    /// Units that had the property before.
    pub before: u64,
    /// Units that have it after: `after = before + gained - lost`.
    pub after: u64,
    /// Units of which it could not be said before.
    pub unmatched_before: u64,
    /// Units of which it cannot be said after: those without a position, whose only offer is gone, come to them.
    pub unmatched_after: u64,
    /// Units that have it after and had it not before.
    pub gained: u64,
    /// Units that had it before and have it not after.
    pub lost: u64,
    /// Of the gained, those that no other scenario gives that only adds and is held against the same.
    pub only: u64,
}

impl Moved {
    /// The figure before.
    #[must_use]
    pub fn figure_before(&self) -> Figure {
        self.figure(self.before, self.unmatched_before)
    }

    /// The figure after.
    #[must_use]
    pub fn figure_after(&self) -> Figure {
        self.figure(self.after, self.unmatched_after)
    }

    fn figure(&self, covered: u64, unmatched: u64) -> Figure {
        let (total, missing) = (self.total, self.total - covered - unmatched);
        Figure { total, covered, missing, unmatched, hides: Hides::default() }
    }

    /// How many units a step of a goal lacked before, and lacks after.
    #[must_use]
    pub fn lacking(&self, step: &Step) -> [u64; 2] {
        let needed = step.share.of(self.total);
        [needed.saturating_sub(self.before), needed.saturating_sub(self.after)]
    }
}

/// Which areas a scenario does most for and most against, and which it leaves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standouts {
    /// The area that gains most, the first of several; `None` when none gains.
    pub most: Option<usize>,
    /// The area that loses most, the first of several; `None` when none loses.
    pub worst: Option<usize>,
    /// Those that are short of the goal, and gain nothing; none when no area gains.
    pub left: Vec<usize>,
}

/// What a set of links has in every contrast, as bits by contrast.
struct Answer {
    /// Per measure: before, and after.
    has: Vec<[u64; 2]>,
    /// Whether nothing is left, before and after.
    emptied: [u64; 2],
}

impl Comparison {
    /// Compares; `areas` are those of the study's figures.
    ///
    /// Of more than [`MOST`] contrasts, the first are compared.
    #[must_use]
    pub fn of(tally: &Tally, frame: &Frame, areas: &[AreaRef], contrasts: &[Contrast], measures: &[Measure]) -> Self {
        let contrasts = &contrasts[..contrasts.len().min(MOST)];
        if contrasts.is_empty() {
            return Self::default();
        }
        let units = frame.units.len();
        let size = areas.len() * units * measures.len() * contrasts.len();
        let mut all = Self {
            contrasts: contrasts.iter().map(|contrast| contrast.about.clone()).collect(),
            measures: measures.to_vec(),
            units,
            moved: vec![Moved::default(); size],
        };
        let asked = |world| Sided::new(world, measures);
        let sides: Vec<[Sided<'_>; 2]> = contrasts.iter().map(|c| [asked(&c.before), asked(&c.after)]).collect();
        let mut known: FxHashMap<&[Link], Answer> = FxHashMap::default();
        let rivals = all.rivals();
        let lookup = area_lookup(areas, frame);
        for (cell, counts) in tally.rows() {
            let answer = cell.links.as_deref().map(|links| {
                let answer = known.entry(links).or_insert_with(|| Answer::of(links, &sides, measures.len()));
                // Nothing but an offer said what reaches a place without a position.
                let unknown = cell.settlement == Settlement::Unknown && !links.is_empty();
                (&*answer, unknown)
            });
            let levels = cell.areas.iter().zip(&lookup).map(|(&area, index)| index.of(area));
            for area in std::iter::once(0).chain(levels) {
                all.add(area, counts, answer, &rivals);
            }
        }
        all
    }

    /// Per contrast, as bits: the others that only add and are held against the same; none for one that does more than add.
    fn rivals(&self) -> Vec<u64> {
        let of = |one: usize| {
            let alike = |other: usize| {
                let (one, other) = (&self.contrasts[one], &self.contrasts[other]);
                one.only_adds && other.only_adds && one.against == other.against
            };
            (0..self.contrasts.len()).filter(|&other| other != one && alike(other)).fold(0, |bits, k| bits | 1 << k)
        };
        (0..self.contrasts.len()).map(of).collect()
    }

    /// Whether a contrast has others to share its gain with.
    #[must_use]
    pub fn shares(&self, contrast: usize) -> bool {
        self.rivals().get(contrast).is_some_and(|rivals| *rivals != 0)
    }

    fn add(&mut self, area: usize, counts: &[Count], answer: Option<(&Answer, bool)>, rivals: &[u64]) {
        let (units, measures, contrasts) = (self.units, self.measures.len(), self.contrasts.len());
        for (unit, count) in counts.iter().enumerate().filter(|(_, count)| count.sum > 0) {
            let first = (area * units + unit) * measures * contrasts;
            for (m, row) in self.moved[first..first + measures * contrasts].chunks_exact_mut(contrasts).enumerate() {
                for (k, moved) in row.iter_mut().enumerate() {
                    moved.total += count.sum;
                    let Some((Answer { has, emptied }, unknown)) = answer else {
                        moved.unmatched_before += count.sum;
                        moved.unmatched_after += count.sum;
                        continue;
                    };
                    let is = |bits: u64| bits & 1 << k != 0;
                    let add = |to: &mut u64, so: bool| *to += if so { count.sum } else { 0 };
                    let [before, after] = has[m];
                    let gained = after & !before;
                    add(&mut moved.before, is(before));
                    add(&mut moved.after, is(after));
                    add(&mut moved.gained, is(gained));
                    add(&mut moved.lost, is(before & !after));
                    add(&mut moved.only, is(gained) && gained & rivals[k] == 0);
                    add(&mut moved.unmatched_before, unknown && is(emptied[0]));
                    add(&mut moved.unmatched_after, unknown && is(emptied[1]));
                }
            }
        }
    }

    /// What a contrast comes to.
    ///
    /// # Panics
    /// When an index is beyond its axis.
    #[must_use]
    pub fn moved(&self, contrast: usize, area: usize, unit: usize, measure: usize) -> Moved {
        let row = (area * self.units + unit) * self.measures.len() + measure;
        self.moved[row * self.contrasts.len() + contrast]
    }

    /// The index of a measure.
    #[must_use]
    pub fn measure(&self, measure: Measure) -> Option<usize> {
        self.measures.binary_search(&measure).ok()
    }

    /// Of some areas, which a contrast does most for, and which it leaves.
    #[must_use]
    pub fn standouts(&self, contrast: usize, areas: &[usize], unit: usize, step: &Step) -> Standouts {
        let Some(measure) = self.measure(Measure::Down(step.down)) else { return Standouts::default() };
        let mut found = Standouts::default();
        let (mut most, mut worst) = (0, 0);
        for &area in areas {
            let moved = self.moved(contrast, area, unit, measure);
            if moved.gained > most {
                (most, found.most) = (moved.gained, Some(area));
            }
            if moved.lost > worst {
                (worst, found.worst) = (moved.lost, Some(area));
            }
            if moved.gained == 0 && moved.lacking(step)[1] > 0 {
                found.left.push(area);
            }
        }
        if found.most.is_none() {
            found.left.clear();
        }
        found
    }
}

/// One world, ready to be asked.
struct Sided<'a> {
    world: &'a World,
    asked: Asked<'a>,
}

impl<'a> Sided<'a> {
    fn new(world: &'a World, measures: &'a [Measure]) -> Self {
        Self { world, asked: Asked::new(&world.frame, std::slice::from_ref(&world.profile), measures) }
    }
}

impl Answer {
    fn of(links: &[Link], sides: &[[Sided<'_>; 2]], measures: usize) -> Self {
        let mut answer = Self { has: vec![[0; 2]; measures], emptied: [0; 2] };
        for (k, pair) in sides.iter().enumerate() {
            for (side, Sided { world, asked }) in pair.iter().enumerate() {
                let links = world.links(links);
                if links.is_empty() {
                    answer.emptied[side] |= 1 << k;
                }
                for m in asked.has(&asked.answer(&links)) {
                    answer.has[m][side] |= 1 << k;
                }
            }
        }
        answer
    }
}
