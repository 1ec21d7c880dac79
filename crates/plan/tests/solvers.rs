//! Two solvers that have nothing in common give the same answer, or one that is as good.

#![cfg(feature = "highs")]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::time::Duration;

use nittio_core::{
    plan::{Aim, Model, Problem, Proof, Slot, Unsolved, curve, greedy, make},
    quantity::Kronor,
};
use nittio_plan::{Engine, Limits, solver};

mod made;

const EXACT: Limits = Limits { time: Duration::from_secs(120), gap: 0.0 };

/// What a model's objective comes to.
fn objective(engine: Engine, model: &Model) -> f64 {
    let solved = engine.solve(model, &EXACT).unwrap();
    assert!(solved.gap <= 0.0, "{} proves it", engine.name());
    solved.values.iter().zip(&model.variables).map(|(value, variable)| value * variable.objective).sum()
}

#[test]
fn one_programme_has_one_best_answer_by_either_solver() {
    assert_eq!((Engine::Microlp.name(), Engine::Highs.name(), solver()), ("microlp", "HiGHS", "HiGHS"));
    for seed in 1..=4 {
        let (projects, found) = made::country(40, 4, &mut made::Random(seed));
        let all = Kronor::sum(projects.iter().map(|project| project.cost.fixed));
        let money = |years: i16| {
            let budget = Some(Kronor::from_ore(all.ore() / 3 / u64::from(years.unsigned_abs())));
            (0..years).map(|year| Slot { year: (years > 1).then_some(2027 + year), budget }).collect()
        };
        for (aim, slots) in
            [(Aim::EveryArea, vec![]), (Aim::Whole, vec![]), (Aim::Most, money(1)), (Aim::Most, money(2))]
        {
            let ask = made::ask(aim, slots);
            let problem = Problem::new(&ask, &projects, &found);
            for model in Model::of(&problem, greedy(&problem).as_ref()) {
                let (one, other) = (objective(Engine::Microlp, &model), objective(Engine::Highs, &model));
                assert!((one - other).abs() <= 1e-6 * one.abs().max(1.0), "{aim:?} {seed}: {one} and {other}");
            }
            let plan = |engine: Engine| make(&problem, &|model| engine.solve(model, &EXACT)).unwrap();
            let (one, other) = (plan(Engine::Microlp), plan(Engine::Highs));
            assert_eq!((one.proof, other.proof), (Proof::Best, Proof::Best));
            if aim == Aim::Most && ask.slots.len() == 1 {
                assert_eq!(one.gained, other.gained);
            } else if aim != Aim::Most {
                assert_eq!(one.net, other.net);
            }
        }
    }
}

#[test]
fn curves_are_the_same_by_either_solver() {
    let (projects, found) = made::country(25, 3, &mut made::Random(9));
    let ask = made::ask(Aim::Most, vec![Slot { year: None, budget: None }]);
    let problem = Problem::new(&ask, &projects, &found);
    let points = |engine: Engine| {
        let curve = curve(&problem, 8, &|model| engine.solve(model, &EXACT)).unwrap();
        curve.points.iter().map(|point| (point.net, point.weighed)).collect::<Vec<_>>()
    };
    assert_eq!(points(Engine::Microlp), points(Engine::Highs));
}

#[test]
fn a_programme_without_an_answer_has_none_by_highs_either() {
    let (projects, found) = made::country(5, 1, &mut made::Random(2));
    let ask = made::ask(Aim::Whole, Vec::new());
    let problem = Problem::new(&ask, &projects, &found);
    let mut model = Model::of(&problem, None).remove(0);
    model.rows.push(nittio_core::plan::Row { terms: vec![(0, 1.0)], at_least: true, bound: 2.0 });
    for engine in [Engine::Microlp, Engine::Highs] {
        assert_eq!(engine.solve(&model, &EXACT), Err(Unsolved::Impossible), "{}", engine.name());
    }
}
