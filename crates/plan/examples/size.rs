//! How long plans take, by the number of projects: `cargo run --release -p nittio-plan --example size -- 500 13`.
//!
//! A made-up county or country: projects of 5 to 400 homes in areas, a third of them overlapping one to three neighbours, costs of
//! 20 000 to 120 000 kronor per home; the areas lack 5 to 30 per cent of their homes, and the goal is 95 per cent.

#![allow(clippy::print_stdout, clippy::cast_possible_truncation, reason = "a program for measuring")]

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use nittio_core::{
    indicator::TOTAL,
    plan::{Aim, Ask, Build, Cost, Need, Opportunities, Opportunity, Part, Plan, Problem, Project, Slot, make},
    quantity::{Kronor, Share, Speed},
};
use nittio_plan::{Limits, solve, solver};

/// SplitMix64: numbers that look random, and are the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

fn country(projects: usize, areas: usize, random: &mut Random) -> (Vec<Project>, Opportunities) {
    let goal = Share::from_percent(95);
    let mut made = Vec::new();
    let mut rows: BTreeMap<(usize, Box<[u32]>), u64> = BTreeMap::new();
    for number in 0..projects {
        let area = 1 + number * areas / projects;
        let homes = 5 + random.below(20) * random.below(20);
        let per_home = 20_000 + random.below(100_000);
        let cost = Kronor::from_kronor(u32::try_from(homes * per_home).unwrap_or(u32::MAX));
        made.push(Project {
            key: format!("p{number}"),
            name: format!("P{number}"),
            cost: Cost { fixed: cost, ..Cost::default() },
            contribution: Kronor::default(),
            earliest: None,
            build: Build::Maybe,
        });
        *rows.entry((area, vec![number as u32].into())).or_default() += homes;
        if random.below(3) == 0 {
            for other in (number + 1..projects.min(number + 2 + random.below(3) as usize)).take(3) {
                *rows.entry((area, vec![number as u32, other as u32].into())).or_default() += 1 + random.below(homes);
            }
        }
    }
    let mut gains = vec![0; areas + 1];
    for ((area, _), units) in &rows {
        gains[*area] += units;
    }
    let part = |area: usize| {
        let total = gains[area] * 100 / (10 + area as u64 % 20);
        [total, total - gains[area], goal.of(total)]
    };
    let mut needs: Vec<Need> = (1..=areas).map(|area| Need { area, parts: vec![part(area)] }).collect();
    let sum = |k: usize| needs.iter().map(|need| need.parts[0][k]).sum::<u64>();
    needs.insert(0, Need { area: 0, parts: vec![[sum(0), sum(1), goal.of(sum(0))]] });
    let rows = rows.into_iter().map(|((area, projects), units)| Opportunity {
        area,
        step: 0,
        weight: 100,
        projects,
        counts: vec![units].into(),
    });
    let found = Opportunities {
        steps: vec![Speed::from_mbps(100)],
        parts: vec![Part { unit: 0, step: 0, of_goal: 0 }],
        rows: rows.collect(),
        passed: vec![0; projects],
        home: (0..projects).map(|number| 1 + number * areas / projects).collect(),
        needs,
    };
    (made, found)
}

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let (projects, areas) = (numbers.first().copied().unwrap_or(500), numbers.get(1).copied().unwrap_or(13));
    let seconds = numbers.get(2).copied().unwrap_or(60) as u64;
    let (made, found) = country(projects, areas, &mut Random(1));
    let all: u64 = made.iter().map(|project| project.cost.fixed.ore()).sum();
    let quarter = Some(Kronor::from_ore(all / 4));
    let once = vec![Slot { year: None, budget: quarter }];
    let years = (2027..2031).map(|year| Slot { year: Some(year), budget: Some(Kronor::from_ore(all / 16)) }).collect();
    for (aim, slots) in [(Aim::EveryArea, vec![]), (Aim::Whole, vec![]), (Aim::Most, once), (Aim::Most, years)] {
        let ask = Ask {
            key: String::new(),
            name: String::new(),
            aim,
            goal: 0,
            profile: 0,
            level: TOTAL.to_owned(),
            unit: None,
            slots,
            carry_over: false,
            reserve: Share::default(),
            at_most: None,
            classes: BTreeSet::new(),
            weights: BTreeMap::new(),
        };
        let problem = Problem::new(&ask, &made, &found);
        let start = Instant::now();
        let limits = Limits { time: Duration::from_secs(seconds), gap: 0.001 };
        let planned = make(&problem, &|model| solve(model, &limits));
        let took = start.elapsed().as_secs_f64();
        let (aim, years) = (aim.key(), ask.slots.len().max(1));
        match planned {
            Ok(Plan { chosen, net, gained, proof, greedy, .. }) => {
                let greedy = greedy.map(|(net, gained)| (net.ore() / 100_000_000, gained));
                println!(
                    "{} {aim} {years}: {took:.1} s, {} projects, {} Mkr, {gained} homes, {proof:?}; greedy {greedy:?}",
                    solver(),
                    chosen.len(),
                    net.ore() / 100_000_000
                );
            }
            Err(why) => println!("{aim}: {took:.1} s, {why:?}"),
        }
    }
}
