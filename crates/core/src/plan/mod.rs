//! Plans: which build-out projects to choose, so that a goal is reached at least cost or money reaches most.
//!
//! ```text
//! Tally × projects ──find──▶ Opportunities ──pose──▶ Problem ──model──▶ Model ──(a solver)──▶ Choice ──weigh──▶ Plan
//!                                                       └──────── greedy ────────▶ Choice ──┘
//! ```
//!
//! `docs/methods/plans.md` says the rules in words. What a project brings is read from the tally, so places that several projects
//! reach are counted once whichever of them are chosen. Everything here is whole numbers but the [`Model`], which a solver of
//! mixed-integer programmes is given; what comes back is weighed again in whole numbers.

mod greedy;
mod model;
mod opportunity;
mod problem;
mod project;
mod weigh;

pub use greedy::greedy;
pub use model::{Model, Row, Variable};
pub use opportunity::{Need, Opportunities, Opportunity, Part};
pub use problem::{Aim, Ask, Choice, Problem, Slot};
pub use project::{Build, Cost, Project};
pub use weigh::{Chosen, Plan, Proof, Reached, ReachedPart, Short, Solved, Solver, Unplanned, Unsolved, make};
