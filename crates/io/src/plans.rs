//! The plans of a study, made.

use std::time::{Duration, Instant};

use nittio_core::{
    indicator::Indicators,
    outcome::Plans,
    plan::{Opportunities, Plan, Problem, Project, Unplanned, make},
};
use nittio_plan::Limits;
use rayon::prelude::*;

use crate::{basis::Basis, study_file::plans::Posed};

/// Makes every plan that a study asks for.
#[must_use]
pub(crate) fn plans(basis: &Basis<'_>, indicators: &Indicators) -> Plans {
    let one = |posed: &Posed| {
        let result = plan(basis, posed, indicators);
        (posed.ask.clone(), result)
    };
    Plans {
        asked: basis.plans.par_iter().with_max_len(1).map(one).collect(),
        projects: basis.projects.to_vec(),
        solver: nittio_plan::solver().to_owned(),
    }
}

fn plan(basis: &Basis<'_>, posed: &Posed, indicators: &Indicators) -> Result<Plan, Unplanned> {
    let Posed { ask, decided, time, gap } = posed;
    let decide = |project: &Project| Project {
        build: decided.get(&project.key).copied().unwrap_or(project.build),
        ..project.clone()
    };
    let projects: Vec<Project> = basis.projects.iter().map(decide).collect();
    let goal = &basis.study.goals[ask.goal];
    let Some(found) = Opportunities::find(basis.tally, basis.frame, indicators, goal, &projects, ask) else {
        return Err(Unplanned::Failed("the study has no figures for this goal".to_owned()));
    };
    let end = Instant::now() + *time;
    make(&Problem::new(ask, &projects, &found), &|model| {
        // All parts of a plan share its time; the last of them is given a moment at least.
        let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(100));
        nittio_plan::solve(model, &Limits { time: left, gap: *gap })
    })
}
