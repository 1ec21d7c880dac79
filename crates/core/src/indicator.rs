//! Indicators: counts per area, settlement class, category, definition, unit and measure.

use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::{
    measure::Measure,
    profile::Profile,
    service::Link,
    settlement::{Settlement, SettlementGroup},
    study::{Frame, ScaledUnit, Study},
    suppress::{Hidden, Hides},
    tally::{Cell, Count, Tally},
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
    /// What is kept back of this in the public edition; it is then 0 above.
    pub hides: Hides,
}

impl Figure {
    /// Whether there is a share: something to share, and nothing of it kept back.
    #[must_use]
    pub const fn has_share(&self) -> bool {
        self.total > 0 && !self.hides.total && !self.hides.covered
    }

    /// Covered part of the whole, 0 to 1; `None` when there is nothing to share, or it is kept back.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        self.has_share().then(|| ratio(self.covered, self.total)).flatten()
    }

    /// The share if every unmatched unit were covered.
    #[must_use]
    pub fn upper_share(&self) -> Option<f64> {
        let known = self.has_share() && !self.hides.unmatched;
        known.then(|| ratio(self.covered + self.unmatched, self.total)).flatten()
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
    /// What is kept back, in the public edition.
    hidden: Option<Hidden>,
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
        let hides = self.hidden.as_ref().map(|hidden| hidden.of(at)).unwrap_or_default();
        let missing = if hides.missing { 0 } else { whole.total - whole.unmatched - covered };
        Figure { total: whole.total, covered, missing, unmatched: whole.unmatched, hides }
    }

    /// What is kept back, in the public edition.
    #[must_use]
    pub fn hidden(&self) -> Option<&Hidden> {
        self.hidden.as_ref()
    }

    /// The same without what is to be kept back: it is not there any more, so nothing made of this can give it away.
    ///
    /// Of places without a value only the total's are left, where they are at least `least`.
    #[must_use]
    pub fn without(&self, hidden: Hidden, least: u64) -> Self {
        let mut out = self.clone();
        for at in self.positions() {
            let hides = hidden.of(at);
            let (whole, covered) = (self.whole_index(at), self.covered_index(at));
            if hides.total {
                out.totals[whole].total = 0;
            }
            if hides.unmatched {
                out.totals[whole].unmatched = 0;
            }
            if hides.covered {
                out.covered[covered] = 0;
            }
            if at.area + at.settlement + at.category > 0 || self.totals[whole].without < least {
                out.totals[whole].without = 0;
            }
        }
        out.hidden = Some(hidden);
        out
    }

    /// Only these areas and measures, by index and in this order, and settlement classes only when wanted.
    #[must_use]
    pub fn narrowed(&self, areas: &[usize], settlements: bool, measures: &[usize]) -> Self {
        let kept = if settlements { self.settlements.len() } else { 1 };
        let mut out = Self {
            areas: areas.iter().map(|&area| self.areas[area].clone()).collect(),
            settlements: self.settlements[..kept].to_vec(),
            measures: measures.iter().map(|&measure| self.measures[measure]).collect(),
            totals: Vec::new(),
            covered: Vec::new(),
            hidden: None,
            ..self.clone()
        };
        let wholes = areas.len() * kept * self.categories.len() * self.units.len();
        out.totals = vec![Whole::default(); wholes];
        out.covered = vec![0; wholes * self.profiles.len() * measures.len()];
        let positions: Vec<At> = out.positions().collect();
        for at in positions {
            let from = At { area: areas[at.area], measure: measures[at.measure], ..at };
            let (whole, covered) = (out.whole_index(at), out.covered_index(at));
            out.totals[whole] = self.totals[self.whole_index(from)];
            out.covered[covered] = self.covered[self.covered_index(from)];
        }
        out
    }

    /// The figure of a group of settlement classes; `None` when the study does not tell them apart.
    ///
    /// # Panics
    /// When an index is beyond its axis.
    #[must_use]
    pub fn group(&self, at: At, group: SettlementGroup) -> Option<Figure> {
        let Some(classes) = group.classes() else { return Some(self.figure(At { settlement: 0, ..at })) };
        let mut sum = Figure::default();
        for class in classes {
            let settlement = self.settlements.iter().position(|s| s.as_ref() == Some(class))?;
            let figure = self.figure(At { settlement, ..at });
            sum.total += figure.total;
            sum.covered += figure.covered;
            sum.missing += figure.missing;
            sum.unmatched += figure.unmatched;
            sum.hides = sum.hides.or(figure.hides);
        }
        Some(sum)
    }

    /// Whether two definitions say the same everywhere.
    pub(crate) fn figures_agree(&self, one: usize, other: usize) -> bool {
        let mut of_one = self.positions().filter(|at| at.profile == one);
        of_one.all(|at| {
            self.covered[self.covered_index(at)] == self.covered[self.covered_index(At { profile: other, ..at })]
        })
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

    /// Adds cells that stand one after the other in a tally.
    fn count(&mut self, rows: &[(&Cell, &[Count])], asked: &Asked<'_>, area_index: &[LevelIndex]) {
        let mut alike: FxHashMap<(u16, Answer), Vec<Count>> = FxHashMap::default();
        for rows in rows.chunk_by(|(a, _), (b, _)| a.settlement == b.settlement && a.areas == b.areas) {
            let Some((first, _)) = rows.first() else { continue };
            for (cell, counts) in rows {
                let answer = cell.links.as_ref().map(|links| asked.answer(links));
                let sum = alike.entry((cell.category, answer)).or_insert_with(|| vec![Count::default(); counts.len()]);
                for (sum, count) in sum.iter_mut().zip(*counts) {
                    sum.sum += count.sum;
                    sum.missing += count.missing;
                }
            }
            let areas = first.areas.iter().zip(area_index).map(|(&area, index)| index.of(area));
            let areas: Vec<usize> = std::iter::once(0).chain(areas).collect();
            for ((category, answer), counts) in alike.drain() {
                let has = answer.map(|answer| asked.has(&answer));
                self.add(&areas, first.settlement, category, &counts, has.as_deref());
            }
        }
    }

    /// Adds counts to every row that they belong to; `has` is `None` when it cannot be said what reaches the places.
    fn add(&mut self, areas: &[usize], settlement: Settlement, category: u16, counts: &[Count], has: Option<&[usize]>) {
        let settlement = self.settlements.iter().position(|&s| s == Some(settlement));
        let category = Some(usize::from(category) + 1).filter(|&c| c < self.categories.len());
        for &area in areas {
            for s in std::iter::once(0).chain(settlement) {
                for c in std::iter::once(0).chain(category) {
                    for (u, count) in counts.iter().enumerate() {
                        let at = At { area, settlement: s, category: c, unit: u, ..At::default() };
                        let whole = self.whole_index(at);
                        self.totals[whole].total += count.sum;
                        self.totals[whole].without += count.missing;
                        let Some(has) = has else {
                            self.totals[whole].unmatched += count.sum;
                            continue;
                        };
                        let first = self.covered_index(at);
                        for i in has {
                            self.covered[first + i] += count.sum;
                        }
                    }
                }
            }
        }
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
        .chain(study.measures.iter().copied())
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

    // Cells that have the same answers to everything that is asked are counted together: there are few of those.
    let asked = Asked::new(frame, profiles, measures);
    let rows: Vec<_> = tally.rows().collect();
    let at_a_time = rows.len().div_ceil(rayon::current_num_threads()).max(1 << 12);
    let parts: Vec<Indicators> = rows
        .par_chunks(at_a_time)
        .map(|rows| {
            let mut part = out.clone();
            part.count(rows, &asked, &area_index);
            part
        })
        .collect();
    for part in parts {
        for (whole, more) in out.totals.iter_mut().zip(part.totals) {
            whole.total += more.total;
            whole.unmatched += more.unmatched;
            whole.without += more.without;
        }
        for (covered, more) in out.covered.iter_mut().zip(part.covered) {
            *covered += more;
        }
    }
    out
}

/// What a set of links has, bit by bit; `None` when it cannot be said what reaches the places.
type Answer = Option<Box<[u64]>>;

/// Which measures each service has, asked once for all sets of links.
pub(crate) struct Asked<'a> {
    frame: &'a Frame,
    profiles: &'a [Profile],
    measures: &'a [Measure],
    /// Words of bits for the measures of one profile.
    pub(crate) words: usize,
    /// Shape: profile × service × words: the measures that a service has by itself.
    alone: Vec<u64>,
    /// Per service: a number for its operator, and one for the owner of its network.
    operators: Vec<[u32; 2]>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(frame: &'a Frame, profiles: &'a [Profile], measures: &'a [Measure]) -> Self {
        let words = measures.len().div_ceil(64);
        let services = frame.services.as_slice();
        let mut alone = vec![0; profiles.len() * services.len() * words];
        let every = profiles.iter().flat_map(|profile| services.iter().map(move |service| (profile, service)));
        for ((profile, service), bits) in every.zip(alone.chunks_exact_mut(words.max(1))) {
            for (m, _) in measures.iter().enumerate().filter(|(_, measure)| measure.is_met_by(service, profile)) {
                bits[m / 64] |= 1 << (m % 64);
            }
        }
        let mut names: Vec<&str> =
            services.iter().flat_map(|service| [service.operator.as_str(), service.owner_or_operator()]).collect();
        names.sort_unstable();
        names.dedup();
        let number = |name: &str| names.binary_search(&name).map_or(u32::MAX, |n| n as u32);
        let operators = services.iter().map(|s| [number(&s.operator), number(s.owner_or_operator())]).collect();
        Self { frame, profiles, measures, words, alone, operators }
    }

    /// Whether a set of links has each measure under each definition, bit by bit. Shape: profile × words.
    pub(crate) fn answer(&self, links: &[Link]) -> Box<[u64]> {
        let mut answer = vec![0; self.profiles.len() * self.words];
        let (mut operators, mut owners) = (Vec::new(), Vec::new());
        let services = self.frame.services.as_slice().len();
        for (p, bits) in answer.chunks_exact_mut(self.words.max(1)).enumerate() {
            let profile = &self.profiles[p];
            operators.clear();
            owners.clear();
            for &link in links.iter().filter(|&&l| profile.counts(l, &self.frame.services, self.frame.as_of)) {
                let service = link.service.0 as usize;
                for (bits, alone) in bits.iter_mut().zip(&self.alone[(p * services + service) * self.words..]) {
                    *bits |= alone;
                }
                let [operator, owner] = self.operators[service];
                operators.push(operator);
                owners.push(owner);
            }
            for list in [&mut operators, &mut owners] {
                list.sort_unstable();
                list.dedup();
            }
            for (m, measure) in self.measures.iter().enumerate() {
                if measure.is_met_by_number(operators.len(), owners.len()) {
                    bits[m / 64] |= 1 << (m % 64);
                }
            }
        }
        answer.into()
    }

    /// The places in profile × measure that an answer says yes to.
    pub(crate) fn has(&self, answer: &[u64]) -> Vec<usize> {
        let measures = self.measures.len();
        (0..self.profiles.len() * measures)
            .filter(|i| {
                let (profile, m) = (i / measures, i % measures);
                answer[profile * self.words + m / 64] & 1 << (m % 64) != 0
            })
            .collect()
    }
}

/// The areas that figures are for, in their order; see [`Indicators::areas`].
#[must_use]
pub fn areas(tally: &Tally, frame: &Frame) -> Vec<AreaRef> {
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
    areas
}

fn axes(tally: &Tally, frame: &Frame, profiles: &[Profile], measures: &[Measure]) -> Indicators {
    let areas = areas(tally, frame);
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
        hidden: None,
    }
}

/// Where a level's areas stand in [`Indicators::areas`].
#[derive(Debug)]
pub(crate) struct LevelIndex {
    first: usize,
    none: usize,
}

impl LevelIndex {
    pub(crate) fn of(&self, area: Option<u32>) -> usize {
        area.map_or(self.none, |area| self.first + area as usize)
    }
}

pub(crate) fn area_lookup(areas: &[AreaRef], frame: &Frame) -> Vec<LevelIndex> {
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
