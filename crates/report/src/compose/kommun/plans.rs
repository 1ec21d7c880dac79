//! What is planned in an area and from when, and what is not planned.

use std::cmp::Reverse;

use nittio_core::{indicator::At, measure::Measure, timetable::When};

use super::{network_name, note};
use crate::{
    compose::Scene,
    messages::sentence,
    report::{self, Block, Cell, Fact, Head, Section, Table},
};

/// The units of an area by when they have the speed.
struct Timetable<'a> {
    parts: Vec<(When, u64)>,
    scene: &'a Scene<'a>,
}

impl<'a> Timetable<'a> {
    /// `None` where nothing was counted: in the public edition, and where figures are about no speed.
    fn of(scene: &'a Scene<'a>, area: usize) -> Option<Self> {
        let timetable = &scene.out.timetable;
        let Some(Measure::Down(speed)) = scene.ind.measures.get(scene.measure) else { return None };
        let speed = timetable.speeds.binary_search(speed).ok()?;
        let counts = timetable.counts(area, speed, scene.unit);
        Some(Self { parts: timetable.moments.iter().copied().zip(counts.iter().copied()).collect(), scene })
    }

    fn sum(&self, wanted: impl Fn(When) -> bool) -> u64 {
        self.parts.iter().filter(|(when, _)| wanted(*when)).map(|(_, count)| count).sum()
    }

    fn of_years(&self) -> u64 {
        self.sum(|when| matches!(when, When::Year(_)))
    }

    fn last_year(&self) -> Option<i16> {
        let years = self.parts.iter().filter(|(_, count)| *count > 0);
        years.filter_map(|(when, _)| if let When::Year(year) = when { Some(*year) } else { None }).max()
    }

    /// "3 hushåll".
    fn many(&self, count: u64) -> String {
        format!("{} {}", self.scene.locale.count(count, self.scene.scaled()), self.scene.units_for(count))
    }

    /// What the table says, in sentences.
    fn text(&self) -> String {
        let t = &self.scene.t;
        let property = self.scene.property();
        let mut said = Vec::new();
        let (dated, undated) = (self.of_years(), self.sum(|when| when == When::Undated));
        if let Some(year) = self.last_year() {
            let values = [("n", self.many(dated)), ("property", property.clone()), ("year", year.to_string())];
            said.push(t.say("kommun.plans-dated", &values.each_ref().map(|(key, value)| (*key, value.as_str()))));
        }
        if undated > 0 {
            said.push(t.say("kommun.plans-undated", &[("n", &self.many(undated))]));
        }
        let none = self.sum(|when| when == When::NoPlan);
        if none > 0 {
            said.push(t.say("kommun.plans-no-plan", &[("n", &self.many(none)), ("property", &property)]));
        } else if dated + undated > 0 {
            said.push(t.say("kommun.plans-all", &[("units", &self.scene.main_units())]));
        }
        said.push(t.get("kommun.plans-may-change"));
        said.join(" ")
    }

    fn table(&self) -> Table {
        let (scene, t) = (self.scene, &self.scene.t);
        let total = self.sum(|_| true);
        let share = |part: u64| scene.locale.share(part, total, scene.goal_ppm()).unwrap_or_else(|| "–".to_owned());
        let this_year = scene.out.frame.as_of.year();
        let mut then = 0;
        let mut rows = Vec::new();
        for &(when, count) in &self.parts {
            let head = match when {
                When::Now => t.get("kommun.when-now"),
                When::Year(year) => {
                    let key = if year < this_year { "kommun.when-late" } else { "kommun.when-year" };
                    t.say(key, &[("year", &year.to_string())])
                }
                When::Undated => t.get("kommun.when-undated"),
                When::NoPlan => t.get("kommun.when-no-plan"),
                When::Unmatched => t.get("kommun.when-unmatched"),
            };
            let reached = matches!(when, When::Now | When::Year(_));
            if reached {
                then += count;
            }
            if count == 0 && !matches!(when, When::Now | When::NoPlan) {
                continue;
            }
            let cumulated = if reached { share(then) } else { "–".to_owned() };
            let count_cell = Cell::number(scene.locale.count(count, scene.scaled()));
            rows.push(report::Row {
                head,
                cells: vec![count_cell, Cell::number(share(count)), Cell::number(cumulated)],
            });
        }
        let all = [scene.locale.count(total, scene.scaled()), share(total), "–".to_owned()];
        Table {
            id: "plans-table".to_owned(),
            caption: t.say("kommun.when-caption", &[("units", &scene.main_units()), ("property", &scene.property())]),
            heads: vec![
                Head::text(t.get("kommun.when")),
                Head::number(sentence(&scene.main_units())),
                Head::number(t.get("column.share")),
                Head::number(t.get("kommun.when-then")),
            ],
            rows,
            totals: vec![report::Row { head: t.get("kommun.when-all"), cells: all.map(Cell::number).into() }],
            ..Table::default()
        }
    }
}

/// What is planned and what is not, beside the opening.
pub(super) fn facts(scene: &Scene<'_>, area: usize) -> Vec<Fact> {
    let Some(timetable) = Timetable::of(scene, area).filter(|_| scene.out.timetable.has_plans()) else {
        return Vec::new();
    };
    let fact = |key: &str, count: u64, year: Option<i16>| {
        let values = [
            ("units", scene.units_for(count)),
            ("property", scene.property()),
            ("year", year.map(|year| year.to_string()).unwrap_or_default()),
        ];
        let text = scene.t.say(key, &values.each_ref().map(|(key, value)| (*key, value.as_str())));
        (count > 0).then(|| Fact { value: scene.locale.count(count, scene.scaled()), text })
    };
    let dated = fact("kommun.fact-planned", timetable.of_years(), timetable.last_year());
    let none = fact("kommun.fact-no-plan", timetable.sum(|when| when == When::NoPlan), None);
    dated.into_iter().chain(none).collect()
}

/// From when more have the speed, and which networks are planned; where that is not told, definitions that count plans.
pub(super) fn section(scene: &Scene<'_>, area: usize) -> Section {
    let t = &scene.t;
    let blocks = match Timetable::of(scene, area) {
        None => by_definition(scene, area),
        Some(_) if !scene.out.timetable.has_plans() => vec![Block::Text(t.get("kommun.plans-nothing"))],
        Some(timetable) => [Block::Text(timetable.text()), Block::Table(timetable.table())]
            .into_iter()
            .chain(builders(scene, area).map(Block::Table))
            .collect(),
    };
    Section { id: "plans", short: t.get("kommun.plans-short"), heading: t.get("kommun.plans"), blocks }
}

/// The networks that are planned.
fn builders(scene: &Scene<'_>, area: usize) -> Option<Table> {
    let t = &scene.t;
    let networks = &scene.out.networks;
    let mut planned: Vec<_> = networks.planned.get(area)?.iter().collect();
    planned.sort_by_key(|presence| Reverse(presence.units[scene.unit]));
    let rows = planned.iter().map(|presence| {
        let from = presence.from.map_or_else(|| t.get("kommun.builder-undated"), |day| day.year().to_string());
        let cells = vec![
            Cell::text(scene.technology(networks.list[presence.network].technology)),
            Cell::number(scene.locale.count(presence.units[scene.unit], scene.scaled())),
            Cell::number(from),
        ];
        report::Row { head: network_name(scene, presence), cells }
    });
    let values = [("units", scene.main_units()), ("area", scene.area_name(area))];
    let table = Table {
        id: "builders-table".to_owned(),
        caption: t.say("kommun.builder-caption", &values.each_ref().map(|(key, value)| (*key, value.as_str()))),
        heads: vec![
            Head::text(t.get("kommun.network-owner")),
            Head::text(t.get("kommun.network-technology")),
            Head::number(sentence(&scene.main_units())),
            Head::number(t.get("kommun.builder-from")),
        ],
        rows: rows.collect(),
        ..Table::default()
    };
    (!table.rows.is_empty()).then_some(table)
}

/// What more there is when plans are carried out: definitions that count them, held against the main one.
fn by_definition(scene: &Scene<'_>, area: usize) -> Vec<Block> {
    let t = &scene.t;
    let now = scene.main(area);
    let planned: Vec<(usize, jiff::civil::Date)> =
        scene.ind.profiles.iter().enumerate().filter_map(|(i, profile)| Some((i, profile.planned_until?))).collect();
    let mut blocks = Vec::new();
    if planned.is_empty() {
        blocks.push(Block::Text(t.get("kommun.plans-none")));
    } else {
        blocks.push(Block::Text(t.get("kommun.plans-text")));
        let rows = planned.iter().map(|&(profile, _)| {
            let then = scene.ind.figure(At { profile, ..scene.at(area) });
            let known = |hidden: bool| hidden || then.hides.covered || now.hides.covered;
            let more = if then.covered >= now.covered || known(false) {
                scene.count(then.covered.saturating_sub(now.covered), known(false), scene.scaled())
            } else {
                "–".to_owned()
            };
            let left = scene.count(then.missing, then.hides.missing, scene.scaled());
            let cells = vec![Cell::number(scene.plain_share(&then)), Cell::number(more), Cell::number(left)];
            report::Row { head: scene.profile_name(&scene.ind.profiles[profile]), cells }
        });
        blocks.push(Block::Table(Table {
            id: "plans-table".to_owned(),
            caption: t.say("kommun.plans-caption", &[("units", &scene.main_units()), ("property", &scene.property())]),
            heads: vec![
                Head::text(t.get("kommun.plans-what")),
                Head::number(t.get("column.share")),
                Head::number(t.get("kommun.plans-more")),
                Head::number(t.get("kommun.plans-left")),
            ],
            rows: rows.collect(),
            note: note(scene),
            ..Table::default()
        }));
    }
    blocks
}
