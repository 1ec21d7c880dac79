//! The greedy answer: one project after the other, always the one that brings most for its money.
//!
//! It is what a person would do by hand. It stands beside the plan to say what planning was worth, and a solver begins with it.

use std::cmp::Ordering;

use super::{Aim, Build, Choice, Problem};
use crate::quantity::Kronor;

/// Chooses greedily; `None` when that leads nowhere, which does not say that nothing would.
#[must_use]
pub fn greedy(problem: &Problem<'_>) -> Option<Choice> {
    let mut picked = Picked::new(problem);
    for project in 0..problem.projects.len() {
        if problem.projects[project].build == Build::Must {
            let slot = problem.slots_of(project).find(|&slot| picked.allows(project, slot))?;
            picked.build(project, slot);
        }
    }
    match problem.ask.aim {
        Aim::Most => (0..problem.slots()).for_each(|slot| while picked.step(slot).is_some() {}),
        Aim::EveryArea | Aim::Whole => while picked.step(0).is_some() {},
    }
    let choice = problem.pruned(picked.choice);
    (problem.is_allowed(&choice) && problem.reaches(&choice)).then_some(choice)
}

/// The projects of a choice in the order in which a greedy person would build them, slot by slot.
pub(super) fn in_order(problem: &Problem<'_>, choice: &Choice) -> Vec<usize> {
    let mut picked = Picked::new(problem);
    let mut order = Vec::new();
    for slot in 0..problem.slots() {
        let mut left: Vec<usize> = (0..choice.0.len()).filter(|&p| choice.0[p] == Some(slot)).collect();
        while let Some(best) = picked.best(left.iter().copied()) {
            picked.build(best, slot);
            left.retain(|&project| project != best);
            order.push(best);
        }
        order.append(&mut left);
    }
    order
}

/// All projects that bring anything, one at a time in the order of a greedy person whose money never ends; what must be built goes first.
pub(super) fn sequence(problem: &Problem<'_>) -> Vec<usize> {
    let mut picked = Picked::new(problem);
    let must = |project: &usize| problem.projects[*project].build == Build::Must;
    let mut musts: Vec<usize> = (0..problem.projects.len()).filter(must).collect();
    let mut order = Vec::new();
    while let Some(first) = picked.best(musts.iter().copied()).or_else(|| musts.first().copied()) {
        picked.build(first, 0);
        musts.retain(|&project| project != first);
        order.push(first);
    }
    order.extend(std::iter::from_fn(|| picked.step(0)));
    order
}

/// What has been chosen so far.
struct Picked<'a, 'b> {
    problem: &'b Problem<'a>,
    choice: Choice,
    /// Per slot: what has been spent.
    spent: Vec<Kronor>,
    /// Per need: how many projects lie mostly there.
    count: Vec<usize>,
    /// Per row: whether a chosen project brings it.
    had: Vec<bool>,
    /// Per need and part: what is still lacking of what should be reached.
    lacking: Vec<Vec<u64>>,
    /// Per project: how much it would bring, now.
    worth: Vec<f64>,
}

impl<'a, 'b> Picked<'a, 'b> {
    fn new(problem: &'b Problem<'a>) -> Self {
        let projects = problem.projects.len();
        let choice = Choice(vec![None; projects]);
        let mut picked = Self {
            problem,
            lacking: problem.lacking(&choice),
            spent: vec![Kronor::default(); problem.slots()],
            count: vec![0; problem.found.needs.len()],
            had: vec![false; problem.found.rows.len()],
            worth: Vec::new(),
            choice,
        };
        picked.worth = (0..projects).map(|project| picked.worth(project)).collect();
        picked
    }

    /// How much a project would bring: weighed units, or the share that it closes of every gap that is left.
    #[expect(clippy::cast_precision_loss, reason = "an order of merit; sums are whole numbers")]
    fn worth(&self, project: usize) -> f64 {
        let found = self.problem.found;
        let rows = self.problem.rows_of[project].iter().map(|&row| row as usize).filter(|&row| !self.had[row]);
        if self.problem.ask.aim == Aim::Most {
            let Some(first) = found.parts.first() else { return 0.0 };
            let rows = rows.map(|row| &found.rows[row]).filter(|row| row.step == first.step);
            return rows.map(|row| row.weight * row.counts[first.unit]).sum::<u64>() as f64;
        }
        let mut brought: std::collections::BTreeMap<(usize, usize), u64> = std::collections::BTreeMap::new();
        for row in rows.map(|row| &found.rows[row]) {
            for (p, part) in found.parts.iter().enumerate().filter(|(_, part)| part.step == row.step) {
                for need in [0, row.area].into_iter().take(1 + usize::from(row.area > 0)) {
                    *brought.entry((need, p)).or_default() += row.counts[part.unit];
                }
            }
        }
        let closed = brought.into_iter().map(|((need, p), units)| {
            let lacking = self.lacking[need][p];
            if lacking == 0 { 0.0 } else { units.min(lacking) as f64 / lacking as f64 }
        });
        closed.sum()
    }

    /// Of some projects the one that brings most for its money; `None` when none brings anything.
    fn best(&self, projects: impl Iterator<Item = usize>) -> Option<usize> {
        let merit = |project: usize| self.worth[project] / self.problem.net[project].ore().max(1) as f64;
        let better = |&one: &usize, &other: &usize| {
            merit(one).partial_cmp(&merit(other)).unwrap_or(Ordering::Equal).then(other.cmp(&one))
        };
        projects.filter(|&project| self.worth[project] > 0.0).max_by(better)
    }

    /// Builds one more project in a slot, and says which; none, when none can be or none brings anything.
    fn step(&mut self, slot: usize) -> Option<usize> {
        let open = (0..self.problem.projects.len()).filter(|&project| {
            self.choice.0[project].is_none()
                && self.problem.slots_of(project).any(|possible| possible == slot)
                && self.allows(project, slot)
        });
        let best = self.best(open)?;
        self.build(best, slot);
        Some(best)
    }

    fn allows(&self, project: usize, slot: usize) -> bool {
        let problem = self.problem;
        let home = problem.found.home[project];
        let bound = home > 0 || self.count.len() == 1;
        if bound && problem.ask.at_most.is_some_and(|most| self.count[home] >= most) {
            return false;
        }
        if problem.ask.aim != Aim::Most {
            return true;
        }
        let (mut money, mut spent) = (Kronor::default(), Kronor::default());
        (0..problem.slots()).all(|at| {
            let Some(budget) = problem.ask.to_spend(at) else { return true };
            let more = if at == slot { problem.net[project] } else { Kronor::default() };
            if !problem.ask.carry_over {
                return self.spent[at].plus(more) <= budget;
            }
            (money, spent) = (money.plus(budget), spent.plus(self.spent[at]).plus(more));
            spent <= money
        })
    }

    fn build(&mut self, project: usize, slot: usize) {
        let found = self.problem.found;
        self.choice.0[project] = Some(slot);
        self.spent[slot] = self.spent[slot].plus(self.problem.net[project]);
        self.count[found.home[project]] += 1;
        let mut touched = std::collections::BTreeSet::new();
        for &row in &self.problem.rows_of[project] {
            let row = row as usize;
            if std::mem::replace(&mut self.had[row], true) {
                continue;
            }
            let row = &found.rows[row];
            touched.extend(row.projects.iter().map(|&other| other as usize));
            for (p, part) in found.parts.iter().enumerate().filter(|(_, part)| part.step == row.step) {
                for need in [0, row.area].into_iter().take(1 + usize::from(row.area > 0)) {
                    let lacking = &mut self.lacking[need][p];
                    *lacking = lacking.saturating_sub(row.counts[part.unit]);
                }
            }
        }
        if self.problem.ask.aim == Aim::Most {
            touched.into_iter().for_each(|other| self.worth[other] = self.worth(other));
        } else {
            // What is lacking in an area weighs on all its projects.
            self.worth = (0..self.worth.len()).map(|other| self.worth(other)).collect();
        }
    }
}
