//! Problems that are made up, for tests and for measuring: a question, projects at a price, and a country of them.

#![allow(dead_code, clippy::cast_possible_truncation, reason = "each of those who use it uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};

use nittio_core::{
    indicator::TOTAL,
    plan::{Aim, Ask, Build, Cost, Need, Opportunities, Opportunity, Part, Project, Slot},
    quantity::{Kronor, Share, Speed},
};

/// A question without any rule.
pub(crate) fn ask(aim: Aim, slots: Vec<Slot>) -> Ask {
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
        eligible: None,
        shades: None,
    }
}

/// A project that costs so much, whatever it reaches.
pub(crate) fn project(number: usize, cost: Kronor) -> Project {
    Project {
        key: format!("p{number}"),
        name: format!("P{number}"),
        cost: Cost { fixed: cost, ..Cost::default() },
        contribution: Kronor::default(),
        sought: None,
        earliest: None,
        build: Build::Maybe,
    }
}

/// What projects bring, of one unit and at one speed: rows by area (0 is none), what they weigh and by which projects. `parts` has all,
/// covered and needed units: of the whole first, then of each area.
pub(crate) fn opportunities(
    projects: usize,
    rows: BTreeMap<(usize, u64, Box<[u32]>), u64>,
    parts: Vec<[u64; 3]>,
) -> Opportunities {
    let mut passed = vec![0; projects];
    let mut by_area: Vec<BTreeMap<usize, u64>> = vec![BTreeMap::new(); projects];
    for ((area, _, with), units) in &rows {
        for &project in with {
            passed[project as usize] += units;
            *by_area[project as usize].entry(*area).or_default() += units;
        }
    }
    let most =
        |areas: &BTreeMap<usize, u64>| areas.iter().rev().max_by_key(|(_, units)| **units).map_or(0, |(&area, _)| area);
    let rows = rows.into_iter().map(|((area, weight, projects), units)| Opportunity {
        area,
        step: 0,
        weight,
        projects,
        counts: vec![units].into(),
    });
    Opportunities {
        steps: vec![Speed::from_mbps(100)],
        parts: vec![Part { unit: 0, step: 0, of_goal: 0 }],
        needs: parts.into_iter().enumerate().map(|(area, part)| Need { area, parts: vec![part] }).collect(),
        rows: rows.collect(),
        passed,
        home: by_area.iter().map(most).collect(),
    }
}

/// SplitMix64: numbers that look random, and are the same every time.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// A county or country: projects of 5 to 400 homes, a third of them overlapping one to three neighbours, costs of 20 000 to 120 000
/// kronor per home; the areas lack 10 to 30 per cent of their homes, and the goal is 95 per cent.
pub(crate) fn country(projects: usize, areas: usize, random: &mut Random) -> (Vec<Project>, Opportunities) {
    let goal = Share::from_percent(95);
    let mut made = Vec::new();
    let mut rows: BTreeMap<(usize, u64, Box<[u32]>), u64> = BTreeMap::new();
    for number in 0..projects {
        let area = 1 + number * areas / projects;
        let homes = 5 + random.below(20) * random.below(20);
        let per_home = 20_000 + random.below(100_000);
        made.push(project(number, Kronor::from_kronor(u32::try_from(homes * per_home).unwrap_or(u32::MAX))));
        *rows.entry((area, 100, vec![number as u32].into())).or_default() += homes;
        if random.below(3) == 0 {
            for other in (number + 1..projects.min(number + 2 + random.below(3) as usize)).take(3) {
                let both = vec![number as u32, other as u32].into();
                *rows.entry((area, 100, both)).or_default() += 1 + random.below(homes);
            }
        }
    }
    let mut gains = vec![0; areas + 1];
    for ((area, ..), units) in &rows {
        gains[*area] += units;
    }
    let part = |area: usize| {
        let total = gains[area] * 100 / (10 + area as u64 % 20);
        [total, total - gains[area], goal.of(total)]
    };
    let mut parts: Vec<[u64; 3]> = (1..=areas).map(part).collect();
    let sum = |k: usize| parts.iter().map(|part| part[k]).sum::<u64>();
    parts.insert(0, [sum(0), sum(1), goal.of(sum(0))]);
    (made, opportunities(projects, rows, parts))
}
