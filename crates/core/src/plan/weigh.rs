//! Weighing: what a solver chose, in whole numbers, and how good it is known to be.

use serde::{Deserialize, Serialize};

use super::{Aim, Ask, Build, Choice, Model, Problem, greedy};
use crate::quantity::Kronor;

/// What a solver found for a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Solved {
    /// Per variable.
    pub values: Vec<f64>,
    /// How far the objective can be from the best one, as a share of it: nothing when it is proven to be the best, and infinite when
    /// that is not known.
    pub gap: f64,
}

/// Why a solver found nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsolved {
    /// There is nothing to be found.
    Impossible,
    /// It was not found in time.
    Late,
    /// The solver gave up.
    Failed(String),
}

/// A plan: what is built, when, for how much, and what that reaches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What was asked for.
    pub ask: Ask,
    /// What is built, in order.
    pub chosen: Vec<Chosen>,
    /// What it costs in all.
    pub cost: Kronor,
    /// What it costs once others have paid their part.
    pub net: Kronor,
    /// How many units it brings, in the unit of the goal's first part.
    pub gained: u64,
    /// Per area, the whole study first: what is reached.
    pub reached: Vec<Reached>,
    /// How good it is.
    pub proof: Proof,
    /// What choosing one after the other comes to: net cost, and units gained. `None` when it leads nowhere.
    pub greedy: Option<(Kronor, u64)>,
    /// What everything that may be built would cost, and bring.
    pub everything: (Kronor, u64),
}

/// A project in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Index into the projects.
    pub project: usize,
    /// In which year, where years are told apart.
    pub year: Option<i16>,
    /// What it costs in all.
    pub cost: Kronor,
    /// What it costs once others have paid their part.
    pub net: Kronor,
    /// Units that it would bring if nothing else were built.
    pub alone: u64,
    /// Units that it brings after those before it in the list.
    pub added: u64,
    /// Index into [`Plan::reached`]: the area where most of its places lie; 0 when in none.
    pub home: usize,
}

/// What an area has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Index into the indicators' areas.
    pub area: usize,
    /// Per part of the goal.
    pub parts: Vec<ReachedPart>,
}

/// What an area has of one part of the goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachedPart {
    /// Index into the indicators' units.
    pub unit: usize,
    /// Index into the goal's steps.
    pub step: usize,
    /// All units.
    pub total: u64,
    /// How many should have the speed.
    pub needed: u64,
    /// How many have it now.
    pub before: u64,
    /// How many have it at the end of every slot.
    pub after: Vec<u64>,
}

impl ReachedPart {
    /// How many have it at the end.
    #[must_use]
    pub fn at_the_end(&self) -> u64 {
        self.after.last().copied().unwrap_or(self.before)
    }
}

/// How good a plan is known to be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Proof {
    /// None is better.
    Best,
    /// None is better by more than this share.
    Within(#[serde(with = "bits")] f64),
    /// Nothing is known; it keeps all rules.
    None,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unplanned {
    /// Even with everything built, these are short of the goal.
    Short(Vec<Short>),
    /// What must be built costs more than there is, cannot be built in any of the years, or is more than an area may have.
    Musts,
    /// Every area could reach the goal, but not with so few projects in each.
    TooFew,
    /// None was found in time.
    Late,
    /// The solver gave up.
    Failed(String),
}

/// How much an area is short, with everything built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Short {
    /// Index into the indicators' areas.
    pub area: usize,
    /// Index into the indicators' units.
    pub unit: usize,
    /// Index into the goal's steps.
    pub step: usize,
    /// How many units.
    pub units: u64,
}

/// A solver: finds values for a model, or says why not.
pub type Solver<'a> = dyn Fn(&Model) -> Result<Solved, Unsolved> + 'a;

/// Makes a plan.
///
/// # Errors
/// When there is none, and why.
pub fn make(problem: &Problem<'_>, solver: &Solver<'_>) -> Result<Plan, Unplanned> {
    let short = short(problem);
    if !short.is_empty() {
        return Err(Unplanned::Short(short));
    }
    let too_late =
        |project: usize| problem.projects[project].build == Build::Must && problem.slots_of(project).next().is_none();
    if (0..problem.projects.len()).any(too_late) {
        return Err(Unplanned::Musts);
    }
    let by_hand = greedy(problem);
    let (choice, proof) = match solve(problem, Model::of(problem, by_hand.as_ref()), solver) {
        Ok(solved) => match better(problem, solved, by_hand.as_ref()) {
            Some(better) => better,
            None => return Err(Unplanned::Failed("what it chose breaks a rule".to_owned())),
        },
        Err(Unsolved::Impossible) => {
            let musts = problem.ask.aim == Aim::Most;
            return Err(if musts { Unplanned::Musts } else { Unplanned::TooFew });
        }
        Err(why) => match (&by_hand, why) {
            (Some(choice), _) => (choice.clone(), Proof::None),
            (None, Unsolved::Failed(why)) => return Err(Unplanned::Failed(why)),
            (None, _) => return Err(Unplanned::Late),
        },
    };
    Ok(weigh(problem, &choice, proof, by_hand.as_ref()))
}

/// The areas that are short of what the aim asks for, with everything built.
fn short(problem: &Problem<'_>) -> Vec<Short> {
    let found = problem.found;
    let lacking = problem.lacking(&problem.everything());
    let of_need = |(need, parts): (&super::Need, Vec<u64>)| {
        let parts = found.parts.iter().zip(parts).filter(|(_, units)| *units > 0);
        let area = need.area;
        parts.map(move |(part, units)| Short { area, unit: part.unit, step: part.of_goal, units }).collect::<Vec<_>>()
    };
    found.needs.iter().zip(lacking).flat_map(of_need).collect()
}

/// Solves models of a problem, and puts their answers together.
pub(super) fn solve(
    problem: &Problem<'_>,
    models: Vec<Model>,
    solver: &Solver<'_>,
) -> Result<(Choice, Proof), Unsolved> {
    let mut choice = Choice(vec![None; problem.projects.len()]);
    let (mut objective, mut bound, mut known) = (0.0, 0.0, true);
    for model in models {
        let Solved { values, gap } = solver(&model)?;
        for (&(project, slot), &value) in model.builds.iter().zip(&values) {
            if value > 0.5 {
                choice.0[project] = Some(slot);
            }
        }
        let worth: f64 = model.variables.iter().zip(&values).map(|(variable, value)| variable.objective * value).sum();
        objective += worth;
        known &= gap.is_finite();
        bound += worth.abs() * gap.max(0.0);
    }
    let gap = if objective.abs() > 0.0 { bound / objective.abs() } else { bound };
    let proof = match gap {
        _ if !known => Proof::None,
        gap if gap > 0.0 => Proof::Within(gap),
        _ => Proof::Best,
    };
    Ok((choice, proof))
}

/// What the solver found, in whole numbers, unless it breaks a rule by rounding or the greedy answer is better.
fn better(
    problem: &Problem<'_>,
    (choice, proof): (Choice, Proof),
    by_hand: Option<&Choice>,
) -> Option<(Choice, Proof)> {
    let choice = problem.pruned(choice);
    let sound = problem.is_allowed(&choice) && problem.reaches(&choice);
    let Some(by_hand) = by_hand else { return sound.then_some((choice, proof)) };
    if !sound {
        return Some((by_hand.clone(), Proof::None));
    }
    let beaten = match problem.ask.aim {
        Aim::Most => problem.gain(by_hand) > problem.gain(&choice),
        Aim::EveryArea | Aim::Whole => problem.net_cost(by_hand, None) < problem.net_cost(&choice, None),
    };
    // A bound holds for whatever is better too.
    Some(if beaten { (by_hand.clone(), proof) } else { (choice, proof) })
}

fn weigh(problem: &Problem<'_>, choice: &Choice, proof: Proof, by_hand: Option<&Choice>) -> Plan {
    let found = problem.found;
    let order = super::greedy::in_order(problem, choice);
    let none = Choice(vec![None; problem.projects.len()]);
    let mut so_far = none.clone();
    let mut had = units(problem, &so_far);
    let mut chosen = Vec::new();
    for project in order {
        let slot = choice.0[project];
        let mut alone = none.clone();
        (alone.0[project], so_far.0[project]) = (slot, slot);
        let has = units(problem, &so_far);
        chosen.push(Chosen {
            project,
            year: slot.and_then(|slot| problem.ask.slots.get(slot)).and_then(|slot| slot.year),
            cost: problem.cost[project],
            net: problem.net[project],
            alone: units(problem, &alone),
            added: has - had,
            home: found.home[project],
        });
        had = has;
    }
    let by_slot: Vec<Vec<Vec<u64>>> = (0..problem.slots()).map(|slot| problem.covered(choice, slot)).collect();
    let reached = found.needs.iter().enumerate().map(|(n, need)| Reached {
        area: need.area,
        parts: found
            .parts
            .iter()
            .zip(&need.parts)
            .enumerate()
            .map(|(p, (part, &[total, before, needed]))| ReachedPart {
                unit: part.unit,
                step: part.of_goal,
                total,
                needed,
                before,
                after: by_slot.iter().map(|covered| covered[n][p]).collect(),
            })
            .collect(),
    });
    let everything = problem.everything();
    Plan {
        reached: reached.collect(),
        cost: Kronor::sum(chosen.iter().map(|chosen| chosen.cost)),
        net: problem.net_cost(choice, None),
        gained: had,
        greedy: by_hand.map(|by_hand| (problem.net_cost(by_hand, None), units(problem, by_hand))),
        everything: (problem.net_cost(&everything, None), units(problem, &everything)),
        ask: problem.ask.clone(),
        chosen,
        proof,
    }
}

/// How many units of the goal's first part a choice brings.
pub(super) fn units(problem: &Problem<'_>, choice: &Choice) -> u64 {
    let found = problem.found;
    let Some(first) = found.parts.first() else { return 0 };
    let brought = found.rows.iter().filter(|row| {
        row.step == first.step && row.projects.iter().any(|&project| choice.0[project as usize].is_some())
    });
    brought.map(|row| row.counts[first.unit]).sum()
}

/// A float as its bits, so that it comes back as it was.
mod bits {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes by reference")]
    pub(super) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        value.to_bits().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        u64::deserialize(deserializer).map(f64::from_bits)
    }
}
