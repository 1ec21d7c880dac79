//! Plans of small random problems are as good as the best of all choices there are, counted by rules of the test's own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "tests fail by panicking"
)]

use std::{collections::BTreeMap, time::Duration};

use made::ask;
use nittio_core::{
    plan::{
        Aim, Ask, Build, Curve, Opportunities, Problem, Project, Proof, Sensitivity, Shape, Slot, Solved, Spread,
        Unplanned, curve, draw, make,
    },
    quantity::{Kronor, Share},
};
use nittio_plan::{Limits, solve};
use proptest::prelude::*;

mod made;

/// How many projects most problems have, and the largest; what is larger is not counted through.
const PROJECTS: usize = 7;
const MANY: usize = 15;
const AREAS: usize = 3;

/// A row: where, by which of the projects (bits), how many units, and what they weigh.
type Found = (usize, u16, u64, u64);
/// A project: its cost in kronor, what others pay, whether it must or must not be built, and its first year.
type Drawn = (u32, u32, u8, i16);

fn exact() -> Limits {
    Limits { time: Duration::from_secs(60), gap: 0.0 }
}

fn projects(drawn: &[Drawn]) -> Vec<Project> {
    let project = |(i, &(cost, others, build, earliest)): (usize, &Drawn)| Project {
        contribution: Kronor::from_kronor(others),
        earliest: (earliest > 2026).then_some(earliest),
        build: match build {
            0 => Build::Must,
            1 => Build::Never,
            _ => Build::Maybe,
        },
        ..made::project(i, Kronor::from_kronor(cost))
    };
    drawn.iter().enumerate().map(project).collect()
}

fn opportunities(projects: usize, rows: &[Found], totals: &[(u64, u64); AREAS], percent: u32) -> Opportunities {
    let share = Share::from_percent(percent);
    let mut merged: BTreeMap<(usize, u64, Box<[u32]>), u64> = BTreeMap::new();
    let mut gains = [0; AREAS + 1];
    for &(area, bits, units, weight) in rows {
        let with: Box<[u32]> = (0..projects as u32).filter(|p| bits & 1 << p != 0).collect();
        *merged.entry((area, weight, with)).or_default() += units;
        gains[area] += units;
    }
    // What is covered now, what could be had, and what nobody brings.
    let part = |area: usize| {
        let (covered, rest) = totals[area - 1];
        let total = covered + gains[area] + rest;
        [total, covered, share.of(total)]
    };
    let mut parts: Vec<[u64; 3]> = (1..=AREAS).map(part).collect();
    let sum = |k: usize| parts.iter().map(|part| part[k]).sum::<u64>() + if k == 0 { gains[0] } else { 0 };
    parts.insert(0, [sum(0), sum(1), share.of(sum(0))]);
    made::opportunities(projects, merged, parts)
}

/// Every choice there is: per project a slot, or none.
fn choices(projects: usize, slots: usize) -> impl Iterator<Item = Vec<Option<usize>>> {
    let ways = slots + 1;
    (0..ways.pow(u32::try_from(projects).unwrap())).map(move |mut code| {
        (0..projects)
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
        (0..self.drawn.len()).filter(|&p| choice[p].is_some()).map(|p| self.net(p)).sum()
    }

    fn gained(&self, choice: &[Option<usize>], area: Option<usize>, slot: usize) -> u64 {
        let there = |row: &&Found| area.is_none_or(|area| row.0 == area);
        let had =
            |row: &&Found| (0..self.drawn.len()).any(|p| row.1 & 1 << p != 0 && choice[p].is_some_and(|s| s <= slot));
        self.rows.iter().filter(there).filter(had).map(|row| row.2).sum()
    }

    fn worth(&self, choice: &[Option<usize>]) -> u64 {
        let had = |row: &Found, slot: usize| {
            (0..self.drawn.len()).any(|p| row.1 & 1 << p != 0 && choice[p].is_some_and(|s| s <= slot))
        };
        let slots = self.ask.slots.len().max(1);
        self.rows.iter().map(|row| row.2 * row.3 * (0..slots).filter(|&slot| had(row, slot)).count() as u64).sum()
    }

    fn may(&self, choice: &[Option<usize>]) -> bool {
        let years: Vec<Option<i16>> = self.ask.slots.iter().map(|slot| slot.year).collect();
        let each = (0..self.drawn.len()).all(|p| match (self.drawn[p].2, choice[p]) {
            (0, None) => false,
            (1, Some(_)) => false,
            (_, Some(slot)) => years.get(slot).copied().flatten().is_none_or(|year| year >= self.drawn[p].3),
            _ => true,
        });
        let few = self.ask.at_most.is_none_or(|most| {
            (1..=AREAS).all(|area| {
                (0..self.drawn.len()).filter(|&p| choice[p].is_some() && self.found.home[p] == area).count() <= most
            })
        });
        let paid = self.ask.aim != Aim::Most || {
            let spent = |slot: usize| {
                (0..self.drawn.len()).filter(|&p| choice[p] == Some(slot)).map(|p| self.net(p)).sum::<u64>()
            };
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
        choices(self.drawn.len(), self.ask.slots.len().max(1))
            .filter(|choice| self.may(choice) && self.reaches(choice))
            .collect()
    }
}

fn rows(projects: usize) -> impl Strategy<Value = Vec<Found>> {
    let weight = prop::sample::select(vec![100u64, 100, 300, 0]);
    prop::collection::vec((0..=AREAS, 1u16..1 << projects, 1u64..40, weight), 0..2 * projects)
}

/// Rows as they are where many projects lie: each is reached by one or two of them.
fn sparse(projects: usize) -> impl Strategy<Value = Vec<Found>> {
    let of = (0..projects, 0..projects).prop_map(|(one, other)| 1u16 << one | 1 << other);
    prop::collection::vec((1..=AREAS, of, 1u64..40, Just(100u64)), projects..3 * projects)
}

fn drawn(projects: usize) -> impl Strategy<Value = Vec<Drawn>> {
    let build = prop::sample::select(vec![0u8, 1, 2, 2, 2, 2, 2, 2]);
    let project = (0u32..2_000, prop::sample::select(vec![0u32, 0, 300]), build, 2026i16..2029);
    prop::collection::vec(project, projects)
}

fn totals() -> impl Strategy<Value = [(u64, u64); AREAS]> {
    prop::array::uniform3((0u64..60, 0u64..6))
}

/// So many cases; `NITTIO_CASES` says how many of the many.
fn cases(many: u32) -> ProptestConfig {
    let asked: Option<u32> = std::env::var("NITTIO_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.map_or(many, |asked| (asked * many / 64).max(1)), ..ProptestConfig::default() }
}

/// Every allowed choice of a question about money spent once: what it costs, in kronor, and what it is worth.
fn all_sums(asked: &Asked<'_>) -> Vec<(u64, u64)> {
    asked.good().iter().map(|choice| (asked.cost(choice), asked.worth(choice))).collect()
}

fn the_curve_is_the_front(asked: &Asked<'_>, curve: &Curve, steps: u64) -> Result<(), TestCaseError> {
    let sums = all_sums(asked);
    let sum = |point: &nittio_core::plan::Point| (point.net.ore() / 100, point.weighed);
    let points: Vec<(u64, u64)> = curve.points.iter().map(sum).collect();
    prop_assert!(points.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1), "{points:?}");
    let most = |money: u64| sums.iter().filter(|(cost, _)| *cost <= money).map(|(_, worth)| *worth).max();
    let least = |gain: u64| sums.iter().filter(|(_, worth)| *worth >= gain).map(|(cost, _)| *cost).min();
    for &(cost, worth) in &points {
        prop_assert_eq!((most(cost), least(worth)), (Some(worth), Some(cost)));
    }
    prop_assert!(curve.points.iter().all(|point| point.proof == Proof::Best));
    // The sums of money that were asked about, as the rule says them, and where the last per cent begins.
    let (begin, everything) = (sums.iter().map(|(cost, _)| *cost).min().unwrap(), most(u64::MAX).unwrap());
    let end = least(everything).unwrap();
    let known = (0..=steps).map(|step| most(begin + (end - begin) * step / steps).unwrap());
    let last = most(least(everything - everything / 100).unwrap()).unwrap();
    for worth in known.chain([last]) {
        prop_assert!(points.iter().any(|point| point.1 == worth), "{worth} is not among {points:?}");
    }
    let at = points.iter().position(|point| point.1 == last).unwrap();
    prop_assert_eq!(curve.last_per_cent, (at + 1 < points.len()).then_some(at));
    // One at a time costs as much or more for the same, once all is built that must be.
    let musts = asked.drawn.iter().filter(|drawn| drawn.2 == 0).count();
    for step in curve.one_at_a_time.iter().skip(musts.saturating_sub(1)) {
        prop_assert!(least(step.weighed).unwrap() * 100 <= step.net.ore());
    }
    prop_assert!(
        curve.one_at_a_time.windows(2).all(|two| two[0].net <= two[1].net && two[0].weighed <= two[1].weighed)
    );
    Ok(())
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn a_plan_at_least_cost_is_the_cheapest_of_all_choices(
        rows in rows(PROJECTS), drawn in drawn(PROJECTS), totals in totals(), percent in 20u32..100,
        every in any::<bool>(), at_most in prop::option::weighted(0.3, 1usize..4),
    ) {
        let found = opportunities(PROJECTS, &rows, &totals, percent);
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
        rows in rows(PROJECTS), drawn in drawn(PROJECTS), totals in totals(),
        budgets in prop::collection::vec(0u32..4_000, 1..=2), carry_over in any::<bool>(),
        at_most in prop::option::weighted(0.3, 1usize..4),
    ) {
        let found = opportunities(PROJECTS, &rows, &totals, 90);
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

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn a_curve_has_what_all_choices_have_for_its_money_and_nothing_dearer(
        rows in rows(PROJECTS), drawn in drawn(PROJECTS), totals in totals(), steps in 1u32..9,
    ) {
        let found = opportunities(PROJECTS, &rows, &totals, 90);
        // A plan over years, which the curve does not ask about.
        let years = [2026, 2027].map(|year| Slot { year: Some(year), budget: Some(Kronor::from_kronor(1)) });
        let ask = ask(Aim::Most, years.to_vec());
        let once = ask.for_money(None);
        let projects = projects(&drawn);
        let asked = Asked { ask: &once, drawn: &drawn, rows: &rows, found: &found };
        let problem = Problem::new(&ask, &projects, &found);
        let curve = curve(&problem, steps, &|model| solve(model, &exact())).unwrap();
        the_curve_is_the_front(&asked, &curve, u64::from(steps))?;
    }
}

proptest! {
    #![proptest_config(cases(6))]

    #[test]
    fn plans_and_curves_of_fifteen_projects_are_as_good_as_the_best_of_32768_choices(
        rows in sparse(MANY), drawn in drawn(MANY), totals in totals(), percent in 50u32..80, budget in 0u32..12_000,
    ) {
        let found = opportunities(MANY, &rows, &totals, percent);
        let projects = projects(&drawn);
        let slots = vec![Slot { year: None, budget: Some(Kronor::from_kronor(budget)) }];
        for ask in [ask(Aim::EveryArea, Vec::new()), ask(Aim::Whole, Vec::new()), ask(Aim::Most, slots)] {
            let asked = Asked { ask: &ask, drawn: &drawn, rows: &rows, found: &found };
            let good = asked.good();
            let problem = Problem::new(&ask, &projects, &found);
            let made = make(&problem, &|model| solve(model, &exact())).ok();
            if ask.aim == Aim::Most {
                let worth = made.map(|plan| {
                    let mut choice = vec![None; MANY];
                    plan.chosen.iter().for_each(|chosen| choice[chosen.project] = Some(0));
                    asked.worth(&choice)
                });
                prop_assert_eq!(worth, good.iter().map(|choice| asked.worth(choice)).max());
            } else {
                let best = good.iter().map(|choice| asked.cost(choice) * 100).min();
                prop_assert_eq!(made.map(|plan| plan.net.ore()), best);
            }
        }
        let once = ask(Aim::Most, vec![Slot { year: None, budget: None }]);
        let asked = Asked { ask: &once, drawn: &drawn, rows: &rows, found: &found };
        let curve = curve(&Problem::new(&once, &projects, &found), 5, &|model| solve(model, &exact())).unwrap();
        the_curve_is_the_front(&asked, &curve, 5)?;
    }
}

#[test]
fn a_draw_is_the_best_plan_of_its_own_costs() {
    let rows: Vec<Found> = (0..6u16).map(|p| (1, 1 << p | 1 << ((p + 1) % 6), 10 + u64::from(p), 100)).collect();
    let drawn: Vec<Drawn> = (0..PROJECTS).map(|p| (900 + 50 * p as u32, 100, 2, 2026)).collect();
    let found = opportunities(PROJECTS, &rows, &[(0, 0); AREAS], 90);
    let ask = ask(Aim::Most, vec![Slot { year: None, budget: Some(Kronor::from_kronor(2_000)) }]);
    let made = projects(&drawn);
    let problem = Problem::new(&ask, &made, &found);
    let solver = |model: &nittio_core::plan::Model| solve(model, &exact());
    let plan = make(&problem, &solver).unwrap();
    let spread = Spread { draws: 40, spread: Share::from_percent(30), shape: Shape::Uniform, seed: 3 };
    let draws: Vec<_> = (0..40).map(|number| draw(&problem, &spread, number, &plan, &solver).unwrap()).collect();
    for (number, of) in draws.iter().enumerate() {
        // The same with costs of the test's own making, to the öre.
        let factor = |p: usize| u128::from(spread.factor(number as u32, &format!("p{p}")));
        let net = |p: usize| ((u128::from(drawn[p].0) * 100 * factor(p) + 500_000) / 1_000_000) as u64 - 10_000;
        let costs = |chosen: &dyn Fn(usize) -> bool| (0..PROJECTS).filter(|&p| chosen(p)).map(net).sum::<u64>();
        let gained = |chosen: &dyn Fn(usize) -> bool| {
            rows.iter().filter(|row| (0..PROJECTS).any(|p| row.1 & 1 << p != 0 && chosen(p))).map(|row| row.2).sum()
        };
        let all = (0..1usize << PROJECTS).filter(|bits| costs(&|p| bits & 1 << p != 0) <= 200_000);
        let best: u64 = all.map(|bits| gained(&|p| bits & 1 << p != 0)).max().unwrap();
        assert_eq!((of.gained, of.net.ore()), (best, costs(&|p| of.chosen.contains(&p))), "draw {number}");
        let planned = costs(&|p| plan.chosen.iter().any(|chosen| chosen.project == p));
        assert_eq!((of.of_plan.ore(), of.holds), (planned, planned <= 200_000));
    }
    let all = Sensitivity::of(&problem, spread, &draws);
    assert_eq!((all.made, all.proven), (40, 40));
    assert_eq!(all.holds, Some(draws.iter().filter(|draw| draw.holds).count() as u32));
    assert!(all.holds > Some(0) && all.holds < Some(40), "{:?}", all.holds);
    let mut backwards = draws.clone();
    backwards.reverse();
    assert_eq!(Sensitivity::of(&problem, spread, &backwards), all, "draws in any order");
}

#[test]
fn an_answer_of_which_nothing_is_known_is_not_called_the_best() {
    // Nothing to gain, so that an unknown gap of nothing is easily taken for none.
    let found = opportunities(PROJECTS, &[(1, 1, 10, 100)], &[(0, 0); AREAS], 90);
    let ask = ask(Aim::Most, vec![Slot { year: None, budget: Some(Kronor::default()) }]);
    let projects = projects(&[(5, 0, 2, 2026); PROJECTS]);
    let problem = Problem::new(&ask, &projects, &found);
    let unsure = make(&problem, &|model| solve(model, &exact()).map(|found| Solved { gap: f64::INFINITY, ..found }));
    assert_eq!(unsure.map(|plan| plan.proof), Ok(Proof::None));
    assert_eq!(make(&problem, &|model| solve(model, &exact())).map(|plan| plan.proof), Ok(Proof::Best));
}
