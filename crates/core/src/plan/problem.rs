//! The problem: what is asked for, of which projects, and what a choice of them comes to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Build, Opportunities, Project};
use crate::{
    quantity::{Kronor, Share},
    settlement::Settlement,
    state_aid::{Class, StateAid},
    support::Support,
    unit::Unit,
};

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Aim {
    /// As many units as can be reached for the money.
    Most,
    /// The goal in every area, at least cost.
    EveryArea,
    /// The goal in the study as a whole, at least cost.
    Whole,
}

impl Aim {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Most => "most",
            Self::EveryArea => "every-area",
            Self::Whole => "whole",
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The key that stands in files.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// What the plan is for.
    pub aim: Aim,
    /// Index into the study's goals.
    pub goal: usize,
    /// Index into the study's definitions.
    pub profile: usize,
    /// The level of the areas.
    pub level: String,
    /// The unit that counts where as many as possible are to be reached; the goal's first unless said.
    pub unit: Option<Unit>,
    /// The money there is, year by year, or once. Nothing said for an aim at least cost.
    pub slots: Vec<Slot>,
    /// Whether what is not spent in one year can be spent in a later one.
    pub carry_over: bool,
    /// How much of the money is kept for what nobody has foreseen.
    pub reserve: Share,
    /// How many projects an area may have at most.
    pub at_most: Option<usize>,
    /// Which settlement classes count where as many as possible are to be reached; all when empty.
    pub classes: BTreeSet<Settlement>,
    /// How much a place of a category weighs, in per cent; 100 unless said.
    pub weights: BTreeMap<String, u64>,
    /// Only places that this scheme is for are built to.
    pub eligible: Option<Support>,
    /// Only places of these classes of this rule are built to.
    pub shades: Option<(StateAid, BTreeSet<Class>)>,
}

/// A year, or the whole time, and the money for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The year; `None` when nothing is said of years.
    pub year: Option<i16>,
    /// The money; `None` where it is not bounded.
    pub budget: Option<Kronor>,
}

impl Ask {
    /// How much a place weighs, in per cent.
    #[must_use]
    pub fn weight(&self, class: Settlement, category: Option<&String>) -> u64 {
        if !self.classes.is_empty() && !self.classes.contains(&class) {
            return 0;
        }
        category.and_then(|category| self.weights.get(category)).copied().unwrap_or(100)
    }

    /// The money of a slot once the reserve is kept.
    #[must_use]
    pub fn to_spend(&self, slot: usize) -> Option<Kronor> {
        let budget = self.slots.get(slot)?.budget?;
        Some(budget.less(Kronor::from_ore(self.reserve.of(budget.ore()))))
    }
}

/// A question, with all that it is asked of.
#[derive(Debug, Clone)]
pub struct Problem<'a> {
    /// What is asked for.
    pub ask: &'a Ask,
    /// What may be built.
    pub projects: &'a [Project],
    /// What that would bring.
    pub found: &'a Opportunities,
    /// Per project: what it costs, in all.
    pub cost: Vec<Kronor>,
    /// Per project: what it costs once others have paid their part.
    pub net: Vec<Kronor>,
    /// Per project: its rows.
    pub(super) rows_of: Vec<Vec<u32>>,
}

/// Per project: in which slot it is built.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice(pub Vec<Option<usize>>);

impl Choice {
    /// How many projects are built.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().flatten().count()
    }

    /// Whether nothing is built.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn by(&self, project: u32, slot: usize) -> bool {
        self.0[project as usize].is_some_and(|built| built <= slot)
    }
}

impl<'a> Problem<'a> {
    /// Asks.
    #[must_use]
    pub fn new(ask: &'a Ask, projects: &'a [Project], found: &'a Opportunities) -> Self {
        let cost: Vec<Kronor> =
            projects.iter().zip(&found.passed).map(|(project, &passed)| project.cost.total(passed)).collect();
        let net = projects.iter().zip(&cost).map(|(project, cost)| cost.less(project.contribution)).collect();
        let mut rows_of = vec![Vec::new(); projects.len()];
        for (row, number) in found.rows.iter().zip(0..) {
            for &project in &row.projects {
                rows_of[project as usize].push(number);
            }
        }
        Self { ask, projects, found, cost, net, rows_of }
    }

    /// How many slots there are.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.ask.slots.len().max(1)
    }

    /// The slots in which a project can be built.
    pub(super) fn slots_of(&self, project: usize) -> impl Iterator<Item = usize> + '_ {
        let project = &self.projects[project];
        (0..self.slots()).filter(|&slot| {
            let year = self.ask.slots.get(slot).and_then(|slot| slot.year);
            project.build != Build::Never && year.zip(project.earliest).is_none_or(|(year, earliest)| year >= earliest)
        })
    }

    /// What a choice costs, in a slot or in all of them, once others have paid their part.
    #[must_use]
    pub fn net_cost(&self, choice: &Choice, slot: Option<usize>) -> Kronor {
        let built = choice
            .0
            .iter()
            .zip(&self.net)
            .filter(|(built, _)| built.is_some_and(|built| slot.is_none_or(|slot| built == slot)));
        Kronor::sum(built.map(|(_, net)| *net))
    }

    /// Per need and part: how many units have the speed at the end of a slot.
    #[must_use]
    pub fn covered(&self, choice: &Choice, slot: usize) -> Vec<Vec<u64>> {
        let mut covered: Vec<Vec<u64>> =
            self.found.needs.iter().map(|need| need.parts.iter().map(|part| part[1]).collect()).collect();
        for row in &self.found.rows {
            if !row.projects.iter().any(|&project| choice.by(project, slot)) {
                continue;
            }
            for (p, part) in self.found.parts.iter().enumerate().filter(|(_, part)| part.step == row.step) {
                let more = row.counts[part.unit];
                covered[0][p] += more;
                if row.area > 0 {
                    covered[row.area][p] += more;
                }
            }
        }
        covered
    }

    /// How much is gained, where as many units as possible are to be reached: weighed units in hundredths, summed over slots, since what
    /// is built early is there longer.
    #[must_use]
    pub fn gain(&self, choice: &Choice) -> u64 {
        let Some(first) = self.found.parts.first() else { return 0 };
        let rows = self.found.rows.iter().filter(|row| row.step == first.step);
        let slots = |row: &super::Opportunity| {
            (0..self.slots()).filter(|&slot| row.projects.iter().any(|&project| choice.by(project, slot))).count()
        };
        rows.map(|row| row.weight * row.counts[first.unit] * slots(row) as u64).sum()
    }

    /// Per need and part: how many units are lacking of what the aim asks for, at the end.
    #[must_use]
    pub fn lacking(&self, choice: &Choice) -> Vec<Vec<u64>> {
        let covered = self.covered(choice, self.slots() - 1);
        let lacking = |(i, (need, covered)): (usize, (&super::Need, Vec<u64>))| {
            let wanted = match self.ask.aim {
                Aim::Most => false,
                Aim::EveryArea => i > 0 || self.found.needs.len() == 1,
                Aim::Whole => i == 0,
            };
            let parts = need.parts.iter().zip(covered);
            parts.map(|(part, covered)| if wanted { part[2].saturating_sub(covered) } else { 0 }).collect()
        };
        self.found.needs.iter().zip(covered).enumerate().map(lacking).collect()
    }

    /// Whether a choice keeps every rule, but for what it should reach.
    #[must_use]
    pub fn is_allowed(&self, choice: &Choice) -> bool {
        let each = choice.0.iter().enumerate().all(|(project, built)| match built {
            Some(slot) => self.slots_of(project).any(|possible| possible == *slot),
            None => self.projects[project].build != Build::Must,
        });
        each && self.is_affordable(choice) && self.are_few_enough(choice)
    }

    /// Whether there is money for it; an aim at least cost is told what it costs, and no more.
    fn is_affordable(&self, choice: &Choice) -> bool {
        if self.ask.aim != Aim::Most {
            return true;
        }
        let (mut left, mut spent) = (Kronor::default(), Kronor::default());
        (0..self.slots()).all(|slot| {
            let Some(budget) = self.ask.to_spend(slot) else { return true };
            let cost = self.net_cost(choice, Some(slot));
            if !self.ask.carry_over {
                return cost <= budget;
            }
            (left, spent) = (left.plus(budget), spent.plus(cost));
            spent <= left
        })
    }

    fn are_few_enough(&self, choice: &Choice) -> bool {
        let Some(most) = self.ask.at_most else { return true };
        let mut per_area = vec![0; self.found.needs.len()];
        for (project, _) in choice.0.iter().enumerate().filter(|(_, built)| built.is_some()) {
            per_area[self.found.home[project]] += 1;
        }
        // What lies in no area is nobody's, unless there are no areas at all.
        per_area.iter().skip(usize::from(per_area.len() > 1)).all(|&count| count <= most)
    }

    /// The same choice without what brings nothing that the others do not: the dearest go first.
    #[must_use]
    pub(super) fn pruned(&self, choice: Choice) -> Choice {
        let gain = self.gain(&choice);
        let mut dearest: Vec<usize> = (0..choice.0.len()).filter(|&p| choice.0[p].is_some()).collect();
        dearest.retain(|&project| self.projects[project].build != Build::Must);
        dearest.sort_by_key(|&project| (std::cmp::Reverse(self.net[project]), project));
        let mut left = choice;
        for project in dearest {
            let built = left.0[project].take();
            let as_good = match self.ask.aim {
                Aim::Most => self.gain(&left) == gain,
                Aim::EveryArea | Aim::Whole => self.reaches(&left),
            };
            if !as_good {
                left.0[project] = built;
            }
        }
        left
    }

    /// Whether a choice reaches all that it should.
    #[must_use]
    pub fn reaches(&self, choice: &Choice) -> bool {
        self.lacking(choice).iter().flatten().all(|&lacking| lacking == 0)
    }

    /// Every project that may be built, as early as can be.
    #[must_use]
    pub fn everything(&self) -> Choice {
        Choice((0..self.projects.len()).map(|project| self.slots_of(project).next()).collect())
    }
}
