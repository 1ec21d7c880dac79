//! Opportunities: what projects would bring, read from the tally.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::{
    Ask, Project,
    only::{Candidates, Only},
};
use crate::{
    goal::Goal,
    indicator::{AreaRef, Asked, At, Indicators, TOTAL, area_lookup},
    measure::Measure,
    quantity::Speed,
    scenario::World,
    service::Link,
    study::Frame,
    tally::{Count, Tally},
};

/// One part of the goal: a unit that should have a speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Index into the indicators' units.
    pub unit: usize,
    /// Index into [`Opportunities::steps`].
    pub step: usize,
    /// Index into the goal's steps.
    pub of_goal: usize,
}

/// What an area has and needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Index into the indicators' areas.
    pub area: usize,
    /// Per part of the goal: all units, those that have the speed, and how many should.
    pub parts: Vec<[u64; 3]>,
}

impl Need {
    /// Per part: how many units are lacking.
    pub fn lacking(&self) -> impl Iterator<Item = u64> + '_ {
        self.parts.iter().map(|[_, covered, needed]| needed.saturating_sub(*covered))
    }
}

/// Places that lack a speed and would get it by any one of the same projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opportunity {
    /// Index into [`Opportunities::needs`]: the area; 0 for places in no area of the level.
    pub area: usize,
    /// Index into [`Opportunities::steps`]: the speed.
    pub step: usize,
    /// How much each unit of them weighs, in per cent.
    pub weight: u64,
    /// The projects that would bring it, sorted.
    pub projects: Box<[u32]>,
    /// How many there are, per unit.
    pub counts: Box<[u64]>,
}

/// What some projects would bring, and what is needed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opportunities {
    /// The distinct speeds that the goal asks for.
    pub steps: Vec<Speed>,
    /// The parts of the goal, units slowest; the first is what "most" means.
    pub parts: Vec<Part>,
    /// The whole study first, then the areas of the level that have a code and any of the units.
    pub needs: Vec<Need>,
    /// What could be had; in a fixed order.
    pub rows: Vec<Opportunity>,
    /// Per project: the places that lack the goal's first speed and would get it.
    pub passed: Vec<u64>,
    /// Per project: the area where most of those lie, as an index into `needs`; 0 when there are none.
    pub home: Vec<usize>,
}

/// Projects that bring the same, sorted.
type Projects = Box<[u32]>;

/// A step, and the projects that would bring it.
type Brought = (usize, Projects);

impl Opportunities {
    /// Reads what projects would bring from a tally. `indicators` are those of the study; `None` when they lack the goal's units.
    #[must_use]
    pub fn find(
        tally: &Tally,
        frame: &Frame,
        indicators: &Indicators,
        goal: &Goal,
        projects: &[Project],
        ask: &Ask,
    ) -> Option<Self> {
        let speeds: BTreeSet<Speed> = goal.steps.iter().map(|step| step.down).collect();
        let mut out = Self { steps: speeds.into_iter().collect(), ..Self::default() };
        let step_of = |down: Speed| out.steps.binary_search(&down).ok();
        let mut units: Vec<usize> = goal.units.iter().filter_map(|unit| indicators.unit(unit.key())).collect();
        if let Some(first) = ask.unit.as_ref().and_then(|unit| indicators.unit(unit.key())) {
            units.retain(|&unit| unit != first);
            units.insert(0, first);
        }
        if units.is_empty() {
            units.push(0);
        }
        let parts = units.iter().flat_map(|&unit| goal.steps.iter().enumerate().map(move |(i, step)| (unit, i, step)));
        let parts: Option<Vec<Part>> =
            parts.map(|(unit, of_goal, step)| Some(Part { unit, step: step_of(step.down)?, of_goal })).collect();
        out.parts = parts?;
        out.needs = needs(indicators, goal, &out, ask)?;
        out.count(tally, frame, indicators, projects, ask);
        Some(out)
    }

    fn count(&mut self, tally: &Tally, frame: &Frame, indicators: &Indicators, projects: &[Project], ask: &Ask) {
        let candidates = Candidates::new(&frame.services, projects);
        let mut only = Only::new(ask, frame, &candidates);
        let profile = &indicators.profiles[ask.profile];
        let built = World::with(profile, frame.as_of, &frame.services, |id, _| candidates.has(id.0 as usize));
        let measures: Vec<Measure> = self.steps.iter().map(|&step| Measure::Down(step)).collect();
        let as_it_is = Asked::new(frame, std::slice::from_ref(profile), &measures);
        let as_built = Asked::new(&built.frame, std::slice::from_ref(&built.profile), &measures);
        // Per set of links: for every step that it lacks, the projects that would bring it.
        let mut known: FxHashMap<&[Link], Vec<Brought>> = FxHashMap::default();
        let answer = |links: &[Link]| {
            let has = as_it_is.has(&as_it_is.answer(links));
            let brings = |link: &Link| {
                let project = candidates.number(*link)?;
                Some((project, as_built.has(&as_built.answer(&built.links(std::slice::from_ref(link))))))
            };
            let brought: Vec<(u32, Vec<usize>)> = links.iter().filter_map(brings).collect();
            let lacked = (0..measures.len()).filter(|step| !has.contains(step));
            let bringing = |step: usize| {
                let with: BTreeSet<u32> =
                    brought.iter().filter(|(_, steps)| steps.contains(&step)).map(|&(project, _)| project).collect();
                (step, with.into_iter().collect::<Box<[u32]>>())
            };
            lacked.map(bringing).filter(|(_, with)| !with.is_empty()).collect()
        };
        let lookup = area_lookup(&indicators.areas, frame);
        let level = frame.levels.iter().position(|level| level.key == ask.level);
        let need_of: BTreeMap<usize, usize> =
            self.needs.iter().enumerate().skip(1).map(|(i, need)| (need.area, i)).collect();
        let mut rows: BTreeMap<(usize, usize, u64, Projects), Box<[u64]>> = BTreeMap::new();
        for (cell, counts) in tally.rows() {
            let Some(links) = cell.links.as_deref() else { continue };
            let found = known.entry(links).or_insert_with(|| answer(links));
            if found.is_empty() || !only.has(links, cell.settlement) {
                continue;
            }
            let area = level.and_then(|level| need_of.get(&lookup[level].of(cell.areas[level])).copied()).unwrap_or(0);
            let weight = ask.weight(cell.settlement, frame.categories.get(usize::from(cell.category)));
            for (step, with) in found {
                let sums =
                    rows.entry((area, *step, weight, with.clone())).or_insert_with(|| vec![0; counts.len()].into());
                add(sums, counts);
            }
        }
        let rows = rows.into_iter().map(|((area, step, weight, projects), counts)| Opportunity {
            area,
            step,
            weight,
            projects,
            counts,
        });
        self.rows = rows.collect();
        self.passed = vec![0; projects.len()];
        let mut by_area: Vec<BTreeMap<usize, u64>> = vec![BTreeMap::new(); projects.len()];
        let first = self.parts.first().map_or(0, |part| part.step);
        for row in self.rows.iter().filter(|row| row.step == first) {
            for &project in &row.projects {
                let places = row.counts.first().copied().unwrap_or_default();
                self.passed[project as usize] += places;
                *by_area[project as usize].entry(row.area).or_default() += places;
            }
        }
        // The first of several.
        let most =
            |areas: &BTreeMap<usize, u64>| areas.iter().rev().max_by_key(|(_, places)| **places).map(|(a, _)| *a);
        self.home = by_area.iter().map(|areas| most(areas).unwrap_or(0)).collect();
    }
}

fn needs(indicators: &Indicators, goal: &Goal, out: &Opportunities, ask: &Ask) -> Option<Vec<Need>> {
    let of_level = |area: &usize| {
        let AreaRef { level, code, .. } = &indicators.areas[*area];
        *level == ask.level && ask.level != TOTAL && !code.is_empty()
    };
    let areas = std::iter::once(0).chain((1..indicators.areas.len()).filter(of_level));
    let need = |area: usize| {
        let part = |part: &Part| {
            let measure = indicators.measure(Measure::Down(out.steps[part.step]))?;
            let at = At { area, profile: ask.profile, unit: part.unit, measure, ..At::default() };
            let figure = indicators.figure(at);
            Some([figure.total, figure.covered, goal.steps[part.of_goal].share.of(figure.total)])
        };
        Some(Need { area, parts: out.parts.iter().map(part).collect::<Option<_>>()? })
    };
    let all: Option<Vec<Need>> = areas.map(need).collect();
    let there = |(i, need): (usize, Need)| (i == 0 || need.parts.iter().any(|part| part[0] > 0)).then_some(need);
    Some(all?.into_iter().enumerate().filter_map(there).collect())
}

fn add(sums: &mut [u64], counts: &[Count]) {
    for (sum, count) in sums.iter_mut().zip(counts) {
        *sum += count.sum;
    }
}
