//! The plans of a study, made.

use std::time::{Duration, Instant};

use nittio_core::{
    indicator::Indicators,
    outcome::Plans,
    plan::{
        Curve, Draw, Model, Opportunities, Plan, Problem, Project, Ranking, Sensitivity, Solved, Unplanned, Unsolved,
        curve, draw, make, ranking,
    },
};
use nittio_plan::Limits;
use rayon::prelude::*;

use crate::{
    basis::Basis,
    study_file::{defaults, plans::Posed},
};

/// Makes every plan that a study asks for.
#[must_use]
pub(crate) fn plans(basis: &Basis<'_>, indicators: &Indicators) -> Plans {
    let made: Vec<Made> =
        basis.plans.par_iter().with_max_len(1).map(|posed| Made::of(basis, posed, indicators)).collect();
    let mut plans = Plans {
        projects: basis.projects.to_vec(),
        solver: nittio_plan::solver().to_owned(),
        ranking: ranked(basis),
        ..Plans::default()
    };
    for (number, (posed, made)) in basis.plans.iter().zip(made).enumerate() {
        plans.asked.push((posed.ask.clone(), made.plan));
        plans.curves.extend(made.curve.map(|curve| (number, curve)));
        plans.sensitivities.extend(made.sensitivity.map(|found| (number, found)));
    }
    plans
}

/// Everything about one plan.
struct Made {
    plan: Result<Plan, Unplanned>,
    curve: Option<Curve>,
    sensitivity: Option<Sensitivity>,
}

impl Made {
    fn of(basis: &Basis<'_>, posed: &Posed, indicators: &Indicators) -> Self {
        let Posed { ask, decided, time, gap, .. } = posed;
        let decide = |project: &Project| Project {
            build: decided.get(&project.key).copied().unwrap_or(project.build),
            ..project.clone()
        };
        let projects: Vec<Project> = basis.projects.iter().map(decide).collect();
        let goal = &basis.study.goals[ask.goal];
        let Some(found) = Opportunities::find(basis.tally, basis.frame, indicators, goal, &projects, ask) else {
            let plan = Err(Unplanned::Failed("the study has no figures for this goal".to_owned()));
            return Self { plan, curve: None, sensitivity: None };
        };
        let problem = Problem::new(ask, &projects, &found);
        let end = Instant::now() + *time;
        let plan = make(&problem, &|model| {
            // All parts of a plan share its time; the last of them is given a moment at least.
            let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(100));
            nittio_plan::solve(model, &Limits { time: left, gap: *gap })
        });
        let within = |time: Duration, gap: f64| {
            move |model: &Model| -> Result<Solved, Unsolved> { nittio_plan::solve(model, &Limits { time, gap }) }
        };
        let curve = posed.curve.and_then(|steps| curve(&problem, steps, &within(*time, *gap)).ok());
        let sensitivity = posed.sensitivity.as_ref().zip(plan.as_ref().ok()).map(|((spread, time, gap), plan)| {
            let one = |number: u32| draw(&problem, spread, number, plan, &within(*time, *gap));
            let draws: Vec<Option<Draw>> = (0..spread.draws).into_par_iter().with_max_len(1).map(one).collect();
            Sensitivity::of(&problem, *spread, &draws.into_iter().flatten().collect::<Vec<_>>())
        });
        Self { plan, curve, sensitivity }
    }
}

/// The projects as they would be given support, where the study asks.
fn ranked(basis: &Basis<'_>) -> Option<Ranking> {
    let rule = defaults::support_ranking(&basis.loaded.file).ok().flatten()?;
    let support = basis.study.aid.support.as_ref()?;
    Some(ranking(basis.tally, basis.frame, support, &rule, basis.projects))
}
