//! How long plans take, by the number of projects: `cargo run --release -p nittio-plan --example size -- 500 13`.
//!
//! A made-up county or country ([`made::country`]): projects, areas, seconds for each part of a plan. With `--features highs`, by both
//! solvers.

#![allow(clippy::print_stdout, clippy::cast_possible_truncation, reason = "a program for measuring")]

use std::time::{Duration, Instant};

use nittio_core::{
    plan::{Aim, Plan, Problem, Slot, curve, make},
    quantity::Kronor,
};
use nittio_plan::{Engine, Limits};

#[path = "../tests/made/mod.rs"]
mod made;

const ENGINES: &[Engine] = &[
    Engine::Microlp,
    #[cfg(feature = "highs")]
    Engine::Highs,
];

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let (projects, areas) = (numbers.first().copied().unwrap_or(500), numbers.get(1).copied().unwrap_or(13));
    let seconds = numbers.get(2).copied().unwrap_or(60) as u64;
    let (built, found) = made::country(projects, areas, &mut made::Random(1));
    let all: u64 = built.iter().map(|project| project.cost.fixed.ore()).sum();
    let quarter = Some(Kronor::from_ore(all / 4));
    let once = vec![Slot { year: None, budget: quarter }];
    let years: Vec<Slot> =
        (2027..2031).map(|year| Slot { year: Some(year), budget: Some(Kronor::from_ore(all / 16)) }).collect();
    let limits = Limits { time: Duration::from_secs(seconds), gap: 0.001 };
    for engine in ENGINES {
        for (aim, slots) in
            [(Aim::EveryArea, vec![]), (Aim::Whole, vec![]), (Aim::Most, once.clone()), (Aim::Most, years.clone())]
        {
            let ask = made::ask(aim, slots);
            let problem = Problem::new(&ask, &built, &found);
            let start = Instant::now();
            let planned = make(&problem, &|model| engine.solve(model, &limits));
            let took = start.elapsed().as_secs_f64();
            let (aim, years) = (aim.key(), ask.slots.len().max(1));
            match planned {
                Ok(Plan { chosen, net, gained, proof, greedy, .. }) => {
                    let greedy = greedy.map(|(net, gained)| (net.ore() / 100_000_000, gained));
                    println!(
                        "{} {aim} {years}: {took:.1} s, {} projects, {} Mkr, {gained} homes, {proof:?}; greedy {greedy:?}",
                        engine.name(),
                        chosen.len(),
                        net.ore() / 100_000_000
                    );
                }
                Err(why) => println!("{} {aim}: {took:.1} s, {why:?}", engine.name()),
            }
        }
        let ask = made::ask(Aim::Most, vec![Slot { year: None, budget: quarter }]);
        let start = Instant::now();
        let found = curve(&Problem::new(&ask, &built, &found), 12, &|model| engine.solve(model, &limits));
        let points = found.map(|curve| curve.points.len());
        println!("{} curve: {:.1} s, {points:?} points", engine.name(), start.elapsed().as_secs_f64());
    }
}
