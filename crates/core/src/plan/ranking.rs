//! Ranking: in which order projects would be given support, by the sought support for each building.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Build, Project, only::Candidates};
use crate::{
    goal::Source,
    quantity::{Kronor, Share, Speed},
    service::Reach,
    study::Frame,
    support::{Standing, Support},
    tally::Tally,
    unit::Unit,
};

/// How projects are ranked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankingRule {
    /// The speed that the new network must give.
    pub down: Speed,
    /// What each prioritised building takes off the compared amount.
    pub per_prioritised: Share,
    /// What they take off together, at most.
    pub at_most: Share,
    /// How many buildings with a household or a workplace a project has at least.
    pub at_least: u64,
    /// Categories of places in which nobody lives or works: they may be in a project, and are not counted.
    pub without: BTreeSet<String>,
    /// Categories of places that are prioritised.
    pub prioritised: BTreeSet<String>,
    /// Where it stands.
    pub sources: Vec<Source>,
}

/// Projects in the order of the scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranking {
    /// By which rule.
    pub rule: RankingRule,
    /// Whether the study counts buildings; otherwise every place is one.
    pub buildings: bool,
    /// The projects, those that cannot be ranked last.
    pub ranked: Vec<Ranked>,
}

/// A project and its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranked {
    /// Index into the projects.
    pub project: usize,
    /// 1 and on; the same for those that compare alike. `None` when it has too few buildings.
    pub rank: Option<u32>,
    /// Eligible buildings with a household or a workplace.
    pub counted: u64,
    /// Other eligible buildings.
    pub others: u64,
    /// How many of the counted are prioritised.
    pub prioritised: u64,
    /// The support that is sought.
    pub sought: Kronor,
    /// For each counted building, to the öre.
    pub each: Option<Kronor>,
    /// What prioritised buildings take off.
    pub discount: Share,
    /// What is compared: [`Ranked::each`] with that taken off, to the öre.
    pub compared: Option<Kronor>,
}

impl RankingRule {
    /// The rule as it is where a study says nothing else.
    ///
    /// # Errors
    /// When the built-in file is broken, which a test rules out.
    pub fn built_in() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../../data/support-ranking.toml"))
    }

    /// What so many prioritised buildings take off, in millionths.
    fn discount(&self, prioritised: u64) -> u32 {
        let all = u64::from(self.per_prioritised.ppm()).saturating_mul(prioritised);
        u32::try_from(all.min(u64::from(self.at_most.ppm()))).unwrap_or(u32::MAX)
    }
}

/// Ranks projects; those that must not be built are left out. No place is looked at again.
#[must_use]
pub fn ranking(tally: &Tally, frame: &Frame, support: &Support, rule: &RankingRule, projects: &[Project]) -> Ranking {
    let candidates = Candidates::new(&frame.services, projects);
    let networks = support.fixed.on(&frame.services, frame.as_of);
    let buildings = frame.units.iter().position(|unit| unit.unit == Unit::Buildings);
    let (unit, scale) = buildings.map_or((0, 1), |unit| (unit, frame.units[unit].scale.max(1)));
    // Per project: counted, others, prioritised, and all places, which is what a project costs by.
    let mut sums = vec![[0_u64; 4]; projects.len()];
    for (cell, counts) in tally.rows() {
        let Some(links) = cell.links.as_deref() else { continue };
        let fast = |project: &usize, link: &crate::service::Link| {
            link.reach != Reach::Near
                && candidates.project(*link) == Some(*project)
                && frame.services.get(link.service).down >= Some(rule.down)
        };
        let mut reached: Vec<usize> = links.iter().filter_map(|&link| candidates.project(link)).collect();
        reached.sort_unstable();
        reached.dedup();
        reached.retain(|project| links.iter().any(|link| fast(project, link)));
        if reached.is_empty() {
            continue;
        }
        let standing = support.standing(cell.settlement, Some(&candidates.others(links)), &networks);
        if !matches!(standing, Standing::Eligible(_)) {
            continue;
        }
        let category = frame.categories.get(usize::from(cell.category));
        let is = |set: &BTreeSet<String>| category.is_some_and(|category| set.contains(category));
        let (number, places) = (counts[unit].sum, counts[0].sum);
        for project in reached {
            let sum = &mut sums[project];
            sum[usize::from(is(&rule.without))] += number;
            if !is(&rule.without) && is(&rule.prioritised) {
                sum[2] += number;
            }
            sum[3] += places;
        }
    }
    let wanted = projects.iter().enumerate().filter(|(_, project)| project.build != Build::Never);
    let mut ranked: Vec<Ranked> = wanted
        .map(|(number, project)| {
            let [counted, others, prioritised, places] = sums[number];
            let [counted, others, prioritised] = [counted, others, prioritised].map(|sum| sum / scale);
            let sought = project.sought.unwrap_or_else(|| project.cost.total(places).less(project.contribution));
            let off = rule.discount(prioritised);
            let enough = counted >= rule.at_least.max(1);
            let each = enough.then(|| Kronor::from_ore(rounded(u128::from(sought.ore()), u128::from(counted))));
            let compared = enough.then(|| {
                let less = u128::from(sought.ore()) * u128::from(1_000_000_u32.saturating_sub(off));
                Kronor::from_ore(rounded(less, u128::from(counted) * 1_000_000))
            });
            let discount = Share::from_ppm(off);
            Ranked { project: number, rank: None, counted, others, prioritised, sought, each, discount, compared }
        })
        .collect();
    // By the exact amounts, not by what is left when they are rounded.
    let compare = |a: &Ranked, b: &Ranked| {
        let side = |one: &Ranked, other: &Ranked| {
            u128::from(one.sought.ore()) * u128::from(1_000_000 - one.discount.ppm()) * u128::from(other.counted)
        };
        a.each.is_none().cmp(&b.each.is_none()).then(side(a, b).cmp(&side(b, a)))
    };
    ranked.sort_by(|a, b| compare(a, b).then(a.project.cmp(&b.project)));
    for at in 0..ranked.len() {
        let alike = at > 0 && compare(&ranked[at - 1], &ranked[at]).is_eq();
        let rank = if alike { ranked[at - 1].rank } else { u32::try_from(at + 1).ok() };
        ranked[at].rank = rank.filter(|_| ranked[at].each.is_some());
    }
    Ranking { rule: rule.clone(), buildings: buildings.is_some(), ranked }
}

fn rounded(sum: u128, parts: u128) -> u64 {
    (sum + parts / 2).checked_div(parts).and_then(|share| u64::try_from(share).ok()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prioritised_building_takes_two_per_cent_off_and_25_take_half() {
        let rule = RankingRule::built_in().unwrap_or_else(|error| unreachable!("{error}"));
        let off: Vec<u32> = [0, 1, 7, 24, 25, 26, 1_000].into_iter().map(|n| rule.discount(n)).collect();
        assert_eq!(off, [0, 20_000, 140_000, 480_000, 500_000, 500_000, 500_000]);
        assert_eq!((rule.at_least, rule.down), (1, Speed::from_mbps(1_000)));
        assert!(rule.without.contains("holiday_home") && !rule.sources.is_empty());
    }
}
