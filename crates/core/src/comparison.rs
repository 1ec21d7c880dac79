//! Comparisons: worlds held against each other, place by place, from the tally.
//!
//! What a cell has in one world and not in the other is gained or lost by all its places, so nobody is counted twice, however
//! many services come or go.
//!
//! An answer should be there before whoever asks has looked up: what a set of links has follows from what each has by itself, cells that
//! have the same answer are added up before they are counted, and all of it goes on in parallel.

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::{
    goal::Step,
    indicator::{AreaRef, Asked, Figure, area_lookup},
    measure::Measure,
    scenario::{Scenario, World},
    service::{Link, Reach},
    settlement::Settlement,
    study::Frame,
    suppress::Hides,
    tally::Tally,
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
    /// Contrasts that only add and are held against the same, two by two.
    pairs: Vec<[usize; 2]>,
    /// Who gains by both of a pair, by area and pair, where anybody does. Shape: unit × measure.
    both: FxHashMap<(usize, usize), Box<[u64]>>,
}

/// What two contrasts that only add give an area, each alone and both: whoever gains by either is in one of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// Indices of the two contrasts.
    pub pair: [usize; 2],
    /// Units that the first gives and the second does not.
    pub first: u64,
    /// Units that the second gives and the first does not.
    pub second: u64,
    /// Units that both give.
    pub both: u64,
}

impl Overlap {
    /// Units that either gives.
    #[must_use]
    pub const fn together(&self) -> u64 {
        self.first + self.second + self.both
    }
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

    fn add(&mut self, more: Self) {
        let Self { total, before, after, unmatched_before, unmatched_after, gained, lost, only } = more;
        self.total += total;
        self.before += before;
        self.after += after;
        self.unmatched_before += unmatched_before;
        self.unmatched_after += unmatched_after;
        self.gained += gained;
        self.lost += lost;
        self.only += only;
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Answer {
    /// Per measure: before, and after.
    has: Vec<[u64; 2]>,
    /// Whether nothing is left, before and after.
    emptied: [u64; 2],
}

/// Cells that have the same answer: its number, `None` where it cannot be said what reaches them; and whether nothing but an offer
/// said what reaches them.
type Alike = (Option<u32>, bool);

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
            pairs: Vec::new(),
            both: FxHashMap::default(),
        };
        let rivals = all.rivals();
        let pair = |one: usize| (one + 1..rivals.len()).map(move |other| [one, other]);
        all.pairs = (0..rivals.len()).flat_map(pair).filter(|&[one, other]| rivals[one] & 1 << other != 0).collect();
        let asked = |world| Sided::new(world, measures);
        let sides: Vec<[Sided<'_>; 2]> = contrasts.iter().map(|c| [asked(&c.before), asked(&c.after)]).collect();
        let lookup = area_lookup(areas, frame);
        let at_a_time = tally.len().div_ceil(rayon::current_num_threads()).max(1 << 12);
        let parts: Vec<Self> = tally
            .par_chunks(at_a_time)
            .map(|(cells, counts)| {
                let mut part = all.clone();
                let mut answers = Answers::new(&sides, measures.len());
                let mut alike: FxHashMap<Alike, Vec<u64>> = FxHashMap::default();
                let mut counts = counts.chunks_exact(units.max(1));
                for run in cells.chunk_by(|a, b| a.areas == b.areas) {
                    let Some(first) = run.first() else { continue };
                    for (cell, counts) in run.iter().zip(&mut counts) {
                        let links = cell.links.as_deref();
                        let answer = links.map(|links| answers.of(links));
                        let unknown = cell.settlement == Settlement::Unknown && links.is_some_and(|l| !l.is_empty());
                        let sums = alike.entry((answer, unknown)).or_insert_with(|| vec![0; counts.len()]);
                        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count.sum);
                    }
                    let levels = first.areas.iter().zip(&lookup).map(|(&area, index)| index.of(area));
                    let places: Vec<usize> = std::iter::once(0).chain(levels).collect();
                    for ((answer, unknown), sums) in alike.drain() {
                        let answer = answer.map(|number| (&answers.all[number as usize], unknown));
                        places.iter().for_each(|&area| part.add(area, &sums, answer, &rivals));
                        part.add_both(&places, &sums, answer);
                    }
                }
                part
            })
            .collect();
        for part in parts {
            all.moved.iter_mut().zip(part.moved).for_each(|(sum, more)| sum.add(more));
            for (key, counts) in part.both {
                let sums = all.both.entry(key).or_insert_with(|| vec![0; counts.len()].into());
                sums.iter_mut().zip(counts).for_each(|(sum, more)| *sum += more);
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

    /// Contrasts that only add and are held against the same, two by two: what each gives an area alone, and what both give.
    ///
    /// # Panics
    /// When an index is beyond its axis.
    #[must_use]
    pub fn overlaps(&self, area: usize, unit: usize, measure: usize) -> Vec<Overlap> {
        let overlap = |(number, &pair): (usize, &[usize; 2])| {
            let both = self.both.get(&(area, number)).map_or(0, |counts| counts[unit * self.measures.len() + measure]);
            let [first, second] = pair.map(|k| self.moved(k, area, unit, measure).gained - both);
            Overlap { pair, first, second, both }
        };
        self.pairs.iter().enumerate().map(overlap).collect()
    }

    fn add_both(&mut self, places: &[usize], sums: &[u64], answer: Option<(&Answer, bool)>) {
        let (Some((Answer { has, .. }, _)), false) = (answer, self.pairs.is_empty()) else { return };
        for (m, gained) in has.iter().map(|&[before, after]| after & !before).enumerate() {
            if gained.count_ones() < 2 {
                continue;
            }
            let by_both = |(_, pair): &(usize, &[usize; 2])| pair.iter().all(|k| gained & 1 << k != 0);
            for (number, _) in self.pairs.iter().enumerate().filter(by_both) {
                for &area in places {
                    let counts =
                        self.both.entry((area, number)).or_insert_with(|| vec![0; sums.len() * has.len()].into());
                    counts.iter_mut().skip(m).step_by(has.len()).zip(sums).for_each(|(both, sum)| *both += sum);
                }
            }
        }
    }

    fn add(&mut self, area: usize, sums: &[u64], answer: Option<(&Answer, bool)>, rivals: &[u64]) {
        let (units, measures, contrasts) = (self.units, self.measures.len(), self.contrasts.len());
        for (unit, &sum) in sums.iter().enumerate().filter(|&(_, &sum)| sum > 0) {
            let first = (area * units + unit) * measures * contrasts;
            for (m, row) in self.moved[first..first + measures * contrasts].chunks_exact_mut(contrasts).enumerate() {
                for (k, moved) in row.iter_mut().enumerate() {
                    moved.total += sum;
                    let Some((Answer { has, emptied }, unknown)) = answer else {
                        moved.unmatched_before += sum;
                        moved.unmatched_after += sum;
                        continue;
                    };
                    let is = |bits: u64| bits & 1 << k != 0;
                    let add = |to: &mut u64, so: bool| *to += if so { sum } else { 0 };
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

/// The distinct answers of sets of links, each numbered once, as one worker meets them.
struct Answers<'a> {
    sides: &'a [[Sided<'a>; 2]],
    measures: usize,
    all: Vec<Answer>,
    numbers: FxHashMap<Answer, u32>,
    /// By what links have by themselves, side by side: sets are many, and what they come to are few.
    quick: FxHashMap<Box<[Alone]>, u32>,
    /// By where a set lies, for those that must be asked as a whole: sets at the same address are the same one.
    at_address: FxHashMap<(usize, usize), u32>,
    spare: Vec<Alone>,
}

impl<'a> Answers<'a> {
    fn new(sides: &'a [[Sided<'a>; 2]], measures: usize) -> Self {
        let (numbers, quick, at_address) = Default::default();
        Self { sides, measures, all: Vec::new(), numbers, quick, at_address, spare: Vec::new() }
    }

    /// The number of what a set has.
    fn of(&mut self, links: &[Link]) -> u32 {
        self.spare.clear();
        let mut sides = self.sides.iter().flatten();
        if sides.all(|side| side.quick(links).map(|alone| self.spare.push(alone)).is_some()) {
            if let Some(&number) = self.quick.get(self.spare.as_slice()) {
                return number;
            }
            let number = self.ask(links);
            self.quick.insert(self.spare.as_slice().into(), number);
            return number;
        }
        let address = (links.as_ptr().addr(), links.len());
        if let Some(&number) = self.at_address.get(&address) {
            return number;
        }
        let number = self.ask(links);
        self.at_address.insert(address, number);
        number
    }

    fn ask(&mut self, links: &[Link]) -> u32 {
        let all = &mut self.all;
        *self.numbers.entry(Answer::of(links, self.sides, self.measures)).or_insert_with_key(|answer| {
            all.push(answer.clone());
            u32::try_from(all.len() - 1).unwrap_or(u32::MAX)
        })
    }
}

/// One world, ready to be asked.
struct Sided<'a> {
    world: &'a World,
    asked: Asked<'a>,
    /// What every link has by itself, where no measure needs more than one at a time.
    alone: Option<Vec<[Alone; WAYS]>>,
}

/// How many ways there are of reaching a place without being near.
const WAYS: usize = 2;

/// What a link has in a world.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Alone {
    /// Whether its service is there.
    there: bool,
    /// The measures that it has, as bits.
    has: u64,
}

impl<'a> Sided<'a> {
    fn new(world: &'a World, measures: &'a [Measure]) -> Self {
        let asked = Asked::new(&world.frame, std::slice::from_ref(&world.profile), measures);
        let speeds = measures.len() <= 64 && measures.iter().all(|measure| matches!(measure, Measure::Down(_)));
        let alone = speeds.then(|| {
            let link = |service, reach| {
                let links = world.links(&[Link { service, reach }]);
                let has = asked.has(&asked.answer(&links)).into_iter().fold(0, |bits, m| bits | 1 << m);
                Alone { there: !links.is_empty(), has }
            };
            world.known().map(|service| [Reach::Connected, Reach::Passed].map(|reach| link(service, reach))).collect()
        });
        Self { world, asked, alone }
    }

    /// What a set of links has, as bits by measure, and whether any of it is there; `None` when it must be asked as a whole.
    fn quick(&self, links: &[Link]) -> Option<Alone> {
        let alone = self.alone.as_ref()?;
        links.iter().try_fold(Alone::default(), |sum, link| {
            let Alone { there, has } = alone.get(link.service.0 as usize)?.get(link.reach.number() as usize)?;
            Some(Alone { there: sum.there || *there, has: sum.has | has })
        })
    }
}

impl Answer {
    fn of(links: &[Link], sides: &[[Sided<'_>; 2]], measures: usize) -> Self {
        let mut answer = Self { has: vec![[0; 2]; measures], emptied: [0; 2] };
        for (k, pair) in sides.iter().enumerate() {
            for (side, sided) in pair.iter().enumerate() {
                if let Some(Alone { there, has }) = sided.quick(links) {
                    answer.emptied[side] |= u64::from(!there) << k;
                    for (m, of) in answer.has.iter_mut().enumerate() {
                        of[side] |= (has >> m & 1) << k;
                    }
                    continue;
                }
                let links = sided.world.links(links);
                if links.is_empty() {
                    answer.emptied[side] |= 1 << k;
                }
                for m in sided.asked.has(&sided.asked.answer(&links)) {
                    answer.has[m][side] |= 1 << k;
                }
            }
        }
        answer
    }
}
