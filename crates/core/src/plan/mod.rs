//! Plans: which build-out projects to choose, so that a goal is reached at least cost or money reaches most.
//!
//! ```text
//! Tally × projects ──find──▶ Opportunities ──pose──▶ Problem ──model──▶ Model ──(a solver)──▶ Choice ──weigh──▶ Plan
//!                                                       └──────── greedy ────────▶ Choice ──┘
//! Problem ──curve──▶ Curve        what every sum of money reaches
//! Problem ──draw──▶ Draw          the plan under other costs; many of them make a Sensitivity
//! Tally × projects ──ranking──▶ Ranking
//! ```
//!
//! `docs/methods/plans.md` says the rules in words. What a project brings is read from the tally, so places that several projects
//! reach are counted once whichever of them are chosen. Everything here is whole numbers but the [`Model`], which a solver of
//! mixed-integer programmes is given; what comes back is weighed again in whole numbers.

mod chance;
mod curve;
mod greedy;
mod model;
mod only;
mod opportunity;
mod problem;
mod project;
mod ranking;
mod sensitivity;
mod weigh;

pub use curve::{Curve, Point, Step, curve};
pub use greedy::greedy;
pub use model::{Model, Row, Variable};
pub use opportunity::{Need, Opportunities, Opportunity, Part};
pub use problem::{Aim, Ask, Choice, Problem, Slot};
pub use project::{Build, Cost, Project};
pub use ranking::{Ranked, Ranking, RankingRule, ranking};
pub use sensitivity::{Draw, Sensitivity, Shape, Span, Spread, draw};
pub use weigh::{Chosen, Plan, Proof, Reached, ReachedPart, Short, Solved, Solver, Unplanned, Unsolved, make};
