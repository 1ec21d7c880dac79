//! Sensitivity: what the best plan would be if projects cost more or less than is thought.

use serde::{Deserialize, Serialize};

use super::{Aim, Choice, Plan, Problem, Proof, Solver, chance::Chance, make};
use crate::quantity::{Kronor, Share};

/// How costs are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// How many times.
    pub draws: u32,
    /// How much more or less than is thought each project may cost.
    pub spread: Share,
    /// How that is spread.
    pub shape: Shape,
    /// What the numbers belong to.
    pub seed: u64,
}

/// How a cost lies between its least and its most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Anything between is as likely.
    #[default]
    Uniform,
    /// What is thought is the most likely, the least and the most are not.
    Triangular,
}

impl Spread {
    /// What a project costs in a draw, in millionths of what is thought.
    #[must_use]
    pub fn factor(&self, draw: u32, project: &str) -> u64 {
        let mut chance = Chance::new(self.seed, draw, project);
        let spread = u64::from(self.spread.ppm());
        let off = match self.shape {
            Shape::Uniform => chance.below(2 * spread + 1),
            // The sum of two that are uniform.
            Shape::Triangular => chance.below(spread + 1) + chance.below(spread + 1),
        };
        1_000_000 - spread + off
    }

    /// A cost in a draw, to the öre.
    fn cost(&self, draw: u32, project: &str, thought: Kronor) -> Kronor {
        let sum = u128::from(thought.ore()) * u128::from(self.factor(draw, project));
        Kronor::from_ore(u64::try_from((sum + 500_000) / 1_000_000).unwrap_or(u64::MAX))
    }
}

/// The best plan of a draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// What it builds: indices into the projects.
    pub chosen: Vec<usize>,
    /// What that costs in this draw, once others have paid their part.
    pub net: Kronor,
    /// Units that get the speed.
    pub gained: u64,
    /// Whether it is proven to be the best, within the gap that was asked for.
    pub proven: bool,
    /// What the plan that was made of the costs as they are thought would cost in this draw.
    pub of_plan: Kronor,
    /// Whether that is within its money.
    pub holds: bool,
}

/// What many draws say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sensitivity {
    /// How costs were drawn.
    pub spread: Spread,
    /// In how many draws there is a plan.
    pub made: u32,
    /// Of how many of those it is proven that none is better, within the gap.
    pub proven: u32,
    /// Per project: in how many draws the best plan builds it.
    pub chosen: Vec<u32>,
    /// What the best plans cost, in öre.
    pub net: Span,
    /// What they gain.
    pub gained: Span,
    /// What the plan that was made would cost, in öre.
    pub of_plan: Span,
    /// In how many draws that is within its money; `None` where it is not told what it may cost.
    pub holds: Option<u32>,
}

/// The 5th, 50th and 95th percentile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Span {
    /// One in twenty is no more.
    pub low: u64,
    /// Half of them are no more.
    pub middle: u64,
    /// Nineteen of twenty are no more.
    pub high: u64,
}

impl Span {
    /// The percentiles of some numbers: the least number that so many of them do not exceed. Nothing when there are none.
    #[must_use]
    pub fn of(mut numbers: Vec<u64>) -> Self {
        numbers.sort_unstable();
        let at = |percent: usize| {
            let rank = (numbers.len() * percent).div_ceil(100);
            numbers.get(rank.saturating_sub(1)).copied().unwrap_or_default()
        };
        Self { low: at(5), middle: at(50), high: at(95) }
    }
}

/// Makes the plan anew with what projects cost in a draw, by its number; `None` when there is none then.
#[must_use]
pub fn draw(problem: &Problem<'_>, spread: &Spread, number: u32, plan: &Plan, solver: &Solver<'_>) -> Option<Draw> {
    let costs = problem.projects.iter().zip(&problem.cost);
    let cost: Vec<Kronor> = costs.map(|(project, &cost)| spread.cost(number, &project.key, cost)).collect();
    let net = problem.projects.iter().zip(&cost).map(|(project, cost)| cost.less(project.contribution)).collect();
    let drawn = Problem { cost, net, ..problem.clone() };
    let best = make(&drawn, solver).ok()?;
    let mut choice = Choice(vec![None; problem.projects.len()]);
    for chosen in &plan.chosen {
        let slot = problem.ask.slots.iter().position(|slot| slot.year == chosen.year);
        choice.0[chosen.project] = Some(slot.unwrap_or(0));
    }
    Some(Draw {
        chosen: best.chosen.iter().map(|chosen| chosen.project).collect(),
        net: best.net,
        gained: best.gained,
        proven: best.proof != Proof::None,
        of_plan: drawn.net_cost(&choice, None),
        holds: drawn.is_allowed(&choice),
    })
}

impl Sensitivity {
    /// Puts draws together, in any order.
    #[must_use]
    pub fn of(problem: &Problem<'_>, spread: Spread, draws: &[Draw]) -> Self {
        let mut chosen = vec![0; problem.projects.len()];
        draws.iter().flat_map(|draw| &draw.chosen).for_each(|&project| chosen[project] += 1);
        let span = |of: &dyn Fn(&Draw) -> u64| Span::of(draws.iter().map(of).collect());
        let number = |which: &dyn Fn(&Draw) -> bool| {
            u32::try_from(draws.iter().filter(|draw| which(draw)).count()).unwrap_or(u32::MAX)
        };
        Self {
            spread,
            made: number(&|_| true),
            proven: number(&|draw| draw.proven),
            chosen,
            net: span(&|draw| draw.net.ore()),
            gained: span(&|draw| draw.gained),
            of_plan: span(&|draw| draw.of_plan.ore()),
            holds: (problem.ask.aim == Aim::Most).then(|| number(&|draw| draw.holds)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(shape: Shape) -> Spread {
        Spread { draws: 200, spread: Share::from_percent(30), shape, seed: 1 }
    }

    #[test]
    fn a_cost_lies_within_its_spread_and_the_middle_is_likelier_in_a_triangle() {
        for (shape, near) in [(Shape::Uniform, 1_000), (Shape::Triangular, 1_667)] {
            let factors: Vec<u64> = (0..3_000).map(|draw| spread(shape).factor(draw, "p")).collect();
            assert!(factors.iter().all(|factor| (700_000..=1_300_000).contains(factor)));
            let mean = factors.iter().sum::<u64>() / 3_000;
            assert!((985_000..1_015_000).contains(&mean), "{mean}");
            // Within 10 points: a third of a uniform one; of a triangle 1 − (2/3)² = 5/9. Of 3 000: 1 000, and 1 667.
            let middle = factors.iter().filter(|factor| factor.abs_diff(1_000_000) <= 100_000).count();
            assert!(middle.abs_diff(near) < 140, "{shape:?} {middle}");
        }
        let nothing = Spread { spread: Share::default(), ..spread(Shape::Triangular) };
        assert_eq!(nothing.cost(5, "p", Kronor::from_ore(123_457)), Kronor::from_ore(123_457));
    }

    #[test]
    fn percentiles_are_numbers_that_were_drawn() {
        // Of 1 to 20 one in twenty is 1, ten are at most 10, and nineteen at most 19.
        assert_eq!(Span::of((1..=20).rev().collect()), Span { low: 1, middle: 10, high: 19 });
        assert_eq!(Span::of(vec![7]), Span { low: 7, middle: 7, high: 7 });
        assert_eq!(Span::of(Vec::new()), Span::default());
    }
}
