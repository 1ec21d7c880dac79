//! The cost curve: for every sum of money the most that it can reach, and the least that this costs.

use serde::{Deserialize, Serialize};

use super::{
    Aim, Ask, Build, Choice, Model, Problem, Proof, Slot, Solver, Unplanned,
    greedy::sequence,
    weigh::{solve, units},
};
use crate::quantity::Kronor;

/// How much of all that can be gained is left where the last per cent begins.
const LAST: u64 = 100;

/// What money reaches, from nothing to everything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Rising: no choice of projects gains as much for less, and none gains more for as much.
    pub points: Vec<Point>,
    /// Where the last per cent of all that can be gained begins: an index into the points. `None` when it is not told apart from the last
    /// of them.
    pub last_per_cent: Option<usize>,
    /// The projects one at a time, always the one that brings most for its money.
    pub one_at_a_time: Vec<Step>,
}

/// A sum of money, and what it reaches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The projects, as a choice of all of them.
    pub built: Vec<usize>,
    /// What they cost once others have paid their part.
    pub net: Kronor,
    /// Units that get the speed.
    pub gained: u64,
    /// What they weigh, in hundredths.
    pub weighed: u64,
    /// How sure it is that the point is on the curve.
    pub proof: Proof,
}

/// One more project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Index into the projects.
    pub project: usize,
    /// What it costs with all before it, once others have paid their part.
    pub net: Kronor,
    /// Units that get the speed by it and all before it.
    pub gained: u64,
    /// What those weigh, in hundredths.
    pub weighed: u64,
}

impl Ask {
    /// The same question about as much as can be reached for a sum of money, whenever it is spent.
    #[must_use]
    pub fn for_money(&self, budget: Option<Kronor>) -> Self {
        Self {
            aim: Aim::Most,
            slots: vec![Slot { year: None, budget }],
            carry_over: false,
            reserve: crate::quantity::Share::default(),
            ..self.clone()
        }
    }
}

/// Finds the curve by `steps` sums of money between what must be spent and what everything costs that can be gained, and where the last
/// per cent begins.
///
/// # Errors
/// When what must be built cannot be, or the solver fails.
pub fn curve(problem: &Problem<'_>, steps: u32, solver: &Solver<'_>) -> Result<Curve, Unplanned> {
    let ask = problem.ask.for_money(None);
    let free = Problem { ask: &ask, ..problem.clone() };
    let musts = (0..free.projects.len()).filter(|&project| free.projects[project].build == Build::Must);
    let least = Kronor::sum(musts.map(|project| free.net[project]));
    let everything = point(&free, None, solver)?;
    let (most, all) = (everything.weighed, everything.net);
    let sums = (0..steps).map(|step| {
        let part = u128::from(all.less(least).ore()) * u128::from(step) / u128::from(steps.max(1));
        least.plus(Kronor::from_ore(u64::try_from(part).unwrap_or(u64::MAX)))
    });
    let mut points: Vec<Point> = sums.map(|sum| point(&free, Some(sum), solver)).collect::<Result<_, _>>()?;
    points.push(everything);
    let begins = most - most / LAST;
    if begins > 0 && begins < most {
        // Any of the points that gain as much will do to begin with.
        let known = points.iter().filter(|point| point.weighed >= begins).min_by_key(|point| point.net);
        if let Some(known) = known {
            let (cheap, proof) = cheapest(&free, begins, &choice(&free, &known.built), solver);
            let cost = free.net_cost(&cheap, None);
            let found = point(&free, Some(cost), solver)?;
            points.push(Point { proof: worse(found.proof, proof), ..found });
        }
    }
    points.sort_by(|a, b| a.net.cmp(&b.net).then(b.weighed.cmp(&a.weighed)));
    let mut front: Vec<Point> = Vec::new();
    for point in points {
        if front.last().is_none_or(|last| point.weighed > last.weighed) {
            front.push(point);
        }
    }
    let last_per_cent = front.iter().position(|point| point.weighed >= begins).filter(|&at| at + 1 < front.len());
    let order = sequence(&free);
    let mut so_far = Choice(vec![None; free.projects.len()]);
    let step = |project: usize| {
        so_far.0[project] = Some(0);
        let (gained, weighed) = (units(&free, &so_far), free.gain(&so_far));
        Step { project, net: free.net_cost(&so_far, None), gained, weighed }
    };
    Ok(Curve { points: front, last_per_cent, one_at_a_time: order.into_iter().map(step).collect() })
}

/// The most that a sum of money reaches, for as little of it as can be.
fn point(free: &Problem<'_>, budget: Option<Kronor>, solver: &Solver<'_>) -> Result<Point, Unplanned> {
    let ask = free.ask.for_money(budget);
    let problem = Problem { ask: &ask, ..free.clone() };
    let plan = super::make(&problem, solver)?;
    let most = choice(&problem, &plan.chosen.iter().map(|chosen| chosen.project).collect::<Vec<_>>());
    let (cheap, proof) = cheapest(&problem, problem.gain(&most), &most, solver);
    Ok(Point {
        built: (0..cheap.0.len()).filter(|&project| cheap.0[project].is_some()).collect(),
        net: problem.net_cost(&cheap, None),
        gained: units(&problem, &cheap),
        weighed: problem.gain(&cheap),
        proof: worse(plan.proof, proof),
    })
}

/// The cheapest choice that gains at least so much; `known` is one that does.
fn cheapest(problem: &Problem<'_>, gain: u64, known: &Choice, solver: &Solver<'_>) -> (Choice, Proof) {
    let model = Model::cheapest(problem, gain, known);
    let Ok((found, proof)) = solve(problem, vec![model], solver) else { return (known.clone(), Proof::None) };
    let sound = problem.is_allowed(&found) && problem.gain(&found) >= gain;
    if !sound {
        return (known.clone(), Proof::None);
    }
    let dearer = problem.net_cost(&found, None) > problem.net_cost(known, None);
    (if dearer { known.clone() } else { found }, proof)
}

fn choice(problem: &Problem<'_>, built: &[usize]) -> Choice {
    let mut choice = Choice(vec![None; problem.projects.len()]);
    built.iter().for_each(|&project| choice.0[project] = Some(0));
    choice
}

/// What is known when both are.
fn worse(one: Proof, other: Proof) -> Proof {
    match (one, other) {
        (Proof::None, _) | (_, Proof::None) => Proof::None,
        (Proof::Within(a), Proof::Within(b)) => Proof::Within(a.max(b)),
        (Proof::Within(gap), Proof::Best) | (Proof::Best, Proof::Within(gap)) => Proof::Within(gap),
        (Proof::Best, Proof::Best) => Proof::Best,
    }
}
