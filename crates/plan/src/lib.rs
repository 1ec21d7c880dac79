//! nittio-plan solves the mixed-integer programmes that [`nittio_core::plan`] poses.
//!
//! In goes a [`Model`], out come values for its variables, and how far from the best they can be. Nothing here knows what the
//! variables stand for. The solver is microlp, in plain Rust; with the feature `highs` it is HiGHS, and microlp is there beside it.
//!
//! ```
//! use std::time::Duration;
//! use nittio_core::plan::{Plan, Problem, Unplanned, make};
//! use nittio_plan::{Limits, solve};
//!
//! fn plan(problem: &Problem<'_>) -> Result<Plan, Unplanned> {
//!     let limits = Limits { time: Duration::from_secs(60), gap: 0.0 };
//!     make(problem, &|model| solve(model, &limits))
//! }
//! ```

use std::time::Duration;

use good_lp::{
    Expression, SolverModel, Variable, solvers::ObjectiveDirection, variable, variable::UnsolvedProblem, variables,
};
use nittio_core::plan::{Model, Solved, Unsolved};

/// How long and how exactly a model is solved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The longest time for one model.
    pub time: Duration,
    /// How far from the best an answer may be, as a share of it; 0 when only the best will do.
    pub gap: f64,
}

/// A solver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// In plain Rust, and always there.
    Microlp,
    /// In C++: faster on what is large.
    #[cfg(feature = "highs")]
    Highs,
}

impl Engine {
    /// The one that plans are solved by: HiGHS where it was built in.
    #[cfg(not(feature = "highs"))]
    pub const USED: Self = Self::Microlp;
    /// The one that plans are solved by: HiGHS where it was built in.
    #[cfg(feature = "highs")]
    pub const USED: Self = Self::Highs;

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Microlp => "microlp",
            #[cfg(feature = "highs")]
            Self::Highs => "HiGHS",
        }
    }

    /// Solves a model.
    ///
    /// # Errors
    /// When it has no solution, or none was found.
    pub fn solve(self, model: &Model, limits: &Limits) -> Result<Solved, Unsolved> {
        if model.variables.is_empty() {
            return Ok(Solved { values: Vec::new(), gap: 0.0 });
        }
        match self {
            Self::Microlp => microlp::solve(model, limits),
            #[cfg(feature = "highs")]
            Self::Highs => highs::solve(model, limits),
        }
    }
}

/// What the solver is called that plans are solved by.
#[must_use]
pub const fn solver() -> &'static str {
    Engine::USED.name()
}

/// Solves a model by the solver that was built in.
///
/// # Errors
/// When it has no solution, or none was found.
pub fn solve(model: &Model, limits: &Limits) -> Result<Solved, Unsolved> {
    Engine::USED.solve(model, limits)
}

/// A model as good_lp has it: what is to be optimised, the variables, and the conditions.
fn pose<S: SolverModel>(model: &Model, solver: impl FnOnce(UnsolvedProblem) -> S) -> S {
    let mut problem = variables!();
    let all: Vec<Variable> = model
        .variables
        .iter()
        .map(|of| {
            let definition = variable().min(0.0).max(1.0).initial(of.start);
            problem.add(if of.whole { definition.integer() } else { definition })
        })
        .collect();
    let objective: Expression = all.iter().zip(&model.variables).map(|(&variable, of)| variable * of.objective).sum();
    let direction = if model.maximise { ObjectiveDirection::Maximisation } else { ObjectiveDirection::Minimisation };
    let mut solver = solver(problem.optimise(direction, objective));
    for row in &model.rows {
        let sum: Expression = row.terms.iter().map(|&(variable, times)| all[variable] * times).sum();
        solver.add_constraint(if row.at_least { sum.geq(row.bound) } else { sum.leq(row.bound) });
    }
    solver
}

fn failed(error: impl std::fmt::Display) -> Unsolved {
    Unsolved::Failed(error.to_string())
}

mod microlp {
    use good_lp::{
        ResolutionError, SolutionStatus, SolverModel as _, WithMipGap as _, WithTimeLimit as _,
        solvers::{Solution as _, microlp::microlp},
    };
    use nittio_core::plan::{Model, Solved, Unsolved};

    use super::{Limits, failed, pose};

    pub(super) fn solve(model: &Model, limits: &Limits) -> Result<Solved, Unsolved> {
        #[expect(clippy::cast_possible_truncation, reason = "a gap is a rough number")]
        let gap = limits.gap as f32;
        let solver = pose(model, |problem| problem.using(microlp)).with_time_limit(limits.time.as_secs_f64());
        let found = solver.with_mip_gap(gap).map_err(failed)?.solve().map_err(|error| match error {
            ResolutionError::Infeasible => Unsolved::Impossible,
            ResolutionError::Other(_) => Unsolved::Late,
            other => failed(other),
        })?;
        let is_best = matches!(found.status(), SolutionStatus::Optimal);
        let found = found.into_inner();
        let gap = if is_best { 0.0 } else { found.gap().unwrap_or(f64::INFINITY) };
        Ok(Solved { values: found.iter().map(|(_, value)| value).collect(), gap })
    }
}

#[cfg(feature = "highs")]
mod highs {
    use good_lp::solvers::highs::highs;
    use highs::{HighsModelStatus, HighsSolutionStatus};
    use nittio_core::plan::{Model, Solved, Unsolved};

    use super::{Limits, failed, pose};

    /// Posed by good_lp, but solved by what is below it, which says how far from the best an answer is also when the time was over.
    pub(super) fn solve(model: &Model, limits: &Limits) -> Result<Solved, Unsolved> {
        fn given_up(why: impl std::fmt::Debug) -> Unsolved {
            Unsolved::Failed(format!("{why:?}"))
        }

        let mut solver = pose(model, |problem| problem.using(highs)).try_into_inner().map_err(failed)?;
        solver.try_set_option("threads", 1).map_err(given_up)?;
        solver.try_set_option("time_limit", limits.time.as_secs_f64()).map_err(given_up)?;
        solver.try_set_option("mip_rel_gap", limits.gap).map_err(given_up)?;
        let start: Vec<f64> = model.variables.iter().map(|variable| variable.start).collect();
        solver.try_set_solution(Some(&start), None, None, None).map_err(given_up)?;
        let solved = solver.try_solve().map_err(given_up)?;
        let is_proven = match solved.status() {
            HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => {
                return Err(Unsolved::Impossible);
            }
            HighsModelStatus::Optimal => true,
            HighsModelStatus::ReachedTimeLimit => false,
            other => return Err(given_up(other)),
        };
        if solved.primal_solution_status() != HighsSolutionStatus::Feasible {
            return Err(Unsolved::Late);
        }
        let gap = match solved.mip_gap() {
            gap if !is_proven => gap,
            gap if gap.is_finite() => gap.min(limits.gap),
            _ => limits.gap,
        };
        Ok(Solved { values: solved.get_solution().columns().to_vec(), gap })
    }
}
