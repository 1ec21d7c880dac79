//! Plans of small random problems are as good as the best of all choices there are, counted by rules of the test's own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use nittio_core::{
    indicator::TOTAL,
    plan::{
        Aim, Ask, Build, Cost, Need, Opportunities, Opportunity, Part, Problem, Project, Proof, Slot, Solved,
        Unplanned, make,
    },
    quantity::{Kronor, Share, Speed},
};
use nittio_plan::{Limits, solve};
use proptest::prelude::*;

const PROJECTS: usize = 7;
const AREAS: usize = 3;

/// A row: where, by which of the projects (bits), how many units, and what they weigh.
type Found = (usize, u8, u64, u64);
/// A project: its cost in kronor, what others pay, whether it must or must not be built, and its first year.
type Drawn = (u32, u32, u8, i16);

fn exact() -> Limits {
    Limits { time: Duration::from_secs(60), gap: 0.0 }
}

fn projects(drawn: &[Drawn]) -> Vec<Project> {
    let project = |(i, &(cost, others, build, earliest)): (usize, &Drawn)| Project {
        key: format!("p{i}"),
        name: format!("P{i}"),
        cost: Cost { fixed: Kronor::from_kronor(cost), ..Cost::default() },
        contribution: Kronor::from_kronor(others),
        earliest: (earliest > 2026).then_some(earliest),
        build: match build {
            0 => Build::Must,
            1 => Build::Never,
            _ => Build::Maybe,
        },
    };
    drawn.iter().enumerate().map(project).collect()
}

fn opportunities(rows: &[Found], totals: &[(u64, u64); AREAS], percent: u32) -> Opportunities {
    let share = Share::from_percent(percent);
    let mut merged: BTreeMap<(usize, u64, Box<[u32]>), u64> = BTreeMap::new();
    for &(area, bits, units, weight) in rows {
        let projects: Box<[u32]> = (0..PROJECTS as u32).filter(|p| bits & 1 << p != 0).collect();
        *merged.entry((area, weight, projects)).or_default() += units;
    }
    let mut gains = [0; AREAS + 1];
    let mut passed = vec![0; PROJECTS];
    let mut home: Vec<BTreeMap<usize, u64>> = vec![BTreeMap::new(); PROJECTS];
    let rows: Vec<Opportunity> = merged
        .into_iter()
        .map(|((area, weight, projects), units)| {
            gains[area] += units;
            for &project in &projects {
                passed[project as usize] += units;
                *home[project as usize].entry(area).or_default() += units;
            }
            Opportunity { area, step: 0, weight, projects, counts: vec![units].into() }
        })
        .collect();
    // What is covered now, what could be had, and what nobody brings.
    let part = |area: usize| {
        let (covered, rest) = totals[area - 1];
        let total = covered + gains[area] + rest;
        [total, covered, share.of(total)]
    };
    let mut needs: Vec<Need> = (1..=AREAS).map(|area| Need { area, parts: vec![part(area)] }).collect();
    let sum = |k: usize| needs.iter().map(|need| need.parts[0][k]).sum::<u64>() + if k == 0 { gains[0] } else { 0 };
    let whole = [sum(0), sum(1), share.of(sum(0))];
    needs.insert(0, Need { area: 0, parts: vec![whole] });
    let most =
        |areas: &BTreeMap<usize, u64>| areas.iter().rev().max_by_key(|(_, units)| **units).map_or(0, |(&area, _)| area);
    Opportunities {
        steps: vec![Speed::from_mbps(100)],
        parts: vec![Part { unit: 0, step: 0, of_goal: 0 }],
        needs,
        rows,
        passed,
        home: home.iter().map(most).collect(),
    }
}

fn ask(aim: Aim, slots: Vec<Slot>) -> Ask {
    Ask {
        key: "plan".to_owned(),
        name: "Plan".to_owned(),
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
    }
}

/// Every choice there is: per project a slot, or none.
fn choices(slots: usize) -> impl Iterator<Item = Vec<Option<usize>>> {
    let ways = slots + 1;
    (0..ways.pow(u32::try_from(PROJECTS).unwrap())).map(move |mut code| {
        (0..PROJECTS)
            .map(|_| {
                let way = code % ways;
                code /= ways;
                (way > 0).then(|| way - 1)
            })
            .collect()
    })
}

struct Asked<'a> {
    ask: &'a Ask,
    drawn: &'a [Drawn],
    rows: &'a [Found],
    found: &'a Opportunities,
}

impl Asked<'_> {
    fn net(&self, project: usize) -> u64 {
        u64::from(self.drawn[project].0.saturating_sub(self.drawn[project].1))
    }

    fn cost(&self, choice: &[Option<usize>]) -> u64 {
        (0..PROJECTS).filter(|&p| choice[p].is_some()).map(|p| self.net(p)).sum()
    }

    fn gained(&self, choice: &[Option<usize>], area: Option<usize>, slot: usize) -> u64 {
        let there = |row: &&Found| area.is_none_or(|area| row.0 == area);
        let had = |row: &&Found| (0..PROJECTS).any(|p| row.1 & 1 << p != 0 && choice[p].is_some_and(|s| s <= slot));
        self.rows.iter().filter(there).filter(had).map(|row| row.2).sum()
    }

    fn worth(&self, choice: &[Option<usize>]) -> u64 {
        let had = |row: &Found, slot: usize| {
            (0..PROJECTS).any(|p| row.1 & 1 << p != 0 && choice[p].is_some_and(|s| s <= slot))
        };
        let slots = self.ask.slots.len().max(1);
        self.rows.iter().map(|row| row.2 * row.3 * (0..slots).filter(|&slot| had(row, slot)).count() as u64).sum()
    }

    fn may(&self, choice: &[Option<usize>]) -> bool {
        let years: Vec<Option<i16>> = self.ask.slots.iter().map(|slot| slot.year).collect();
        let each = (0..PROJECTS).all(|p| match (self.drawn[p].2, choice[p]) {
            (0, None) => false,
            (1, Some(_)) => false,
            (_, Some(slot)) => years.get(slot).copied().flatten().is_none_or(|year| year >= self.drawn[p].3),
            _ => true,
        });
        let few = self.ask.at_most.is_none_or(|most| {
            (1..=AREAS).all(|area| {
                (0..PROJECTS).filter(|&p| choice[p].is_some() && self.found.home[p] == area).count() <= most
            })
        });
        let paid = self.ask.aim != Aim::Most || {
            let spent =
                |slot: usize| (0..PROJECTS).filter(|&p| choice[p] == Some(slot)).map(|p| self.net(p)).sum::<u64>();
            let money = |slot: usize| self.ask.slots[slot].budget.map_or(u64::MAX / 4, |budget| budget.ore() / 100);
            let slots = 0..self.ask.slots.len();
            if self.ask.carry_over {
                slots.clone().all(|slot| (0..=slot).map(spent).sum::<u64>() <= (0..=slot).map(money).sum())
            } else {
                slots.clone().all(|slot| spent(slot) <= money(slot))
            }
        };
        each && few && paid
    }

    fn reaches(&self, choice: &[Option<usize>]) -> bool {
        let last = self.ask.slots.len().max(1) - 1;
        let needs = &self.found.needs;
        match self.ask.aim {
            Aim::Most => true,
            Aim::Whole => needs[0].parts[0][1] + self.gained(choice, None, last) >= needs[0].parts[0][2],
            Aim::EveryArea => (1..=AREAS)
                .all(|area| needs[area].parts[0][1] + self.gained(choice, Some(area), last) >= needs[area].parts[0][2]),
        }
    }

    fn good(&self) -> Vec<Vec<Option<usize>>> {
        choices(self.ask.slots.len().max(1)).filter(|choice| self.may(choice) && self.reaches(choice)).collect()
    }
}

fn rows() -> impl Strategy<Value = Vec<Found>> {
    prop::collection::vec((0..=AREAS, 1u8..128, 1u64..40, prop::sample::select(vec![100u64, 100, 300, 0])), 0..14)
}

fn drawn() -> impl Strategy<Value = Vec<Drawn>> {
    let build = prop::sample::select(vec![0u8, 1, 2, 2, 2, 2, 2, 2]);
    let project = (0u32..2_000, prop::sample::select(vec![0u32, 0, 300]), build, 2026i16..2029);
    prop::collection::vec(project, PROJECTS)
}

fn totals() -> impl Strategy<Value = [(u64, u64); AREAS]> {
    prop::array::uniform3((0u64..60, 0u64..6))
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("NITTIO_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64);
    ProptestConfig { cases, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_plan_at_least_cost_is_the_cheapest_of_all_choices(
        rows in rows(), drawn in drawn(), totals in totals(), percent in 20u32..100,
        every in any::<bool>(), at_most in prop::option::weighted(0.3, 1usize..4),
    ) {
        let found = opportunities(&rows, &totals, percent);
        let ask = Ask { at_most, ..ask(if every { Aim::EveryArea } else { Aim::Whole }, Vec::new()) };
        let projects = projects(&drawn);
        let asked = Asked { ask: &ask, drawn: &drawn, rows: &rows, found: &found };
        let best = asked.good().iter().map(|choice| asked.cost(choice)).min();
        match (make(&Problem::new(&ask, &projects, &found), &|model| solve(model, &exact())), best) {
            (Ok(plan), Some(best)) => {
                prop_assert_eq!(plan.net.ore(), best * 100);
                prop_assert_eq!(plan.proof, Proof::Best);
                prop_assert!(plan.greedy.is_none_or(|(net, _)| net >= plan.net));
                prop_assert_eq!(plan.chosen.iter().map(|c| c.added).sum::<u64>(), plan.gained);
            }
            (Err(Unplanned::Short(_) | Unplanned::TooFew), None) => {}
            (planned, best) => prop_assert!(false, "{planned:?}, the best is {best:?}"),
        }
    }

    #[test]
    fn a_plan_within_a_budget_reaches_the_most_of_all_choices(
        rows in rows(), drawn in drawn(), totals in totals(),
        budgets in prop::collection::vec(0u32..4_000, 1..=2), carry_over in any::<bool>(),
        at_most in prop::option::weighted(0.3, 1usize..4),
    ) {
        let found = opportunities(&rows, &totals, 90);
        let years = budgets.len() > 1;
        let slot = |(i, &budget): (usize, &u32)| Slot {
            year: years.then(|| 2026 + i16::try_from(i).unwrap()),
            budget: Some(Kronor::from_kronor(budget)),
        };
        let slots = budgets.iter().enumerate().map(slot).collect();
        let ask = Ask { at_most, carry_over, ..ask(Aim::Most, slots) };
        let projects = projects(&drawn);
        let asked = Asked { ask: &ask, drawn: &drawn, rows: &rows, found: &found };
        let best = asked.good().iter().map(|choice| asked.worth(choice)).max();
        let problem = Problem::new(&ask, &projects, &found);
        match (make(&problem, &|model| solve(model, &exact())), best) {
            (Ok(plan), Some(best)) => {
                let mut choice = vec![None; PROJECTS];
                for chosen in &plan.chosen {
                    let slot = ask.slots.iter().position(|slot| slot.year == chosen.year).unwrap();
                    choice[chosen.project] = Some(slot);
                }
                prop_assert!(asked.may(&choice), "{choice:?}");
                prop_assert_eq!(asked.worth(&choice), best);
                prop_assert_eq!(plan.proof, Proof::Best);
            }
            (Err(Unplanned::Musts), None) => {}
            (planned, best) => prop_assert!(false, "{planned:?}, the best is {best:?}"),
        }
    }
}

#[test]
fn an_answer_of_which_nothing_is_known_is_not_called_the_best() {
    // Nothing to gain, so that an unknown gap of nothing is easily taken for none.
    let found = opportunities(&[(1, 1, 10, 100)], &[(0, 0); AREAS], 90);
    let ask = ask(Aim::Most, vec![Slot { year: None, budget: Some(Kronor::default()) }]);
    let projects = projects(&[(5, 0, 2, 2026); PROJECTS]);
    let problem = Problem::new(&ask, &projects, &found);
    let unsure = make(&problem, &|model| solve(model, &exact()).map(|found| Solved { gap: f64::INFINITY, ..found }));
    assert_eq!(unsure.map(|plan| plan.proof), Ok(Proof::None));
    assert_eq!(make(&problem, &|model| solve(model, &exact())).map(|plan| plan.proof), Ok(Proof::Best));
}
