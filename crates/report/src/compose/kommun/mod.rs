//! A page about one area, for those who live and work there, and the page that lists them all.

mod file_name;
mod goals;
mod list;
mod locator;
mod networks;
mod plans;
mod town;

use nittio_core::{
    assessment::Verdict,
    indicator::{At, Figure as Counts},
    measure::Measure,
    network::Presence,
    outcome::Outcome,
};
use rayon::prelude::*;

use super::{Scene, ledger, opening};
use crate::{
    Settings,
    chart::{
        Chart,
        bars::{Bar, Bars, Row, Tone},
    },
    messages::sentence,
    report::{self, Block, Cell, Fact, Figure, Head, Line, Link, Report, Section, Table, Term, Words},
};

/// Every page by its file name: the list first, then the areas by name.
pub(crate) fn pages(outcome: &Outcome, settings: &Settings) -> Vec<(String, Report)> {
    let scene = Scene::new(outcome, settings);
    let names = file_name::all(scene.areas.iter().map(|&area| scene.ind.areas[area].code.as_str()));
    let shapes = locator::shapes(&scene);
    let mut pages = vec![("index.html".to_owned(), list::page(&scene, &names))];
    let of_areas: Vec<(String, Report)> =
        scene.areas.par_iter().zip(&names).map(|(&area, name)| (name.clone(), page(&scene, area, &shapes))).collect();
    pages.extend(of_areas);
    pages
}

/// What all pages of one outcome have alike.
fn frame(scene: &Scene<'_>) -> Report {
    let t = &scene.t;
    Report {
        locale: scene.locale,
        title: String::new(),
        kicker: t.say("page.kicker", &[("date", &scene.date())]),
        notice: scene.out.notice.as_ref().map(|text| report::Notice { head: t.get("page.notice"), text: text.clone() }),
        lead: String::new(),
        definition: opening::definition(scene, 0),
        facts: Vec::new(),
        sections: Vec::new(),
        words: Words {
            skip: t.get("page.skip"),
            contents: t.get("page.contents"),
            source: t.get("page.source"),
            sources: t.get("kommun.sources"),
            show_table: t.get("page.show-table"),
            page: t.get("page.number"),
            tables: t.get("page.tables"),
            table_on_page: t.get("page.table-on-page"),
            cut: t.get("page.cut"),
        },
        colophon: t.say("page.colophon", &[("program", &scene.out.provenance.program)]),
        links: Vec::new(),
        live: None,
        theme: crate::theme::Theme::default(),
    }
}

fn link(text: String, href: &str) -> Link {
    Link { text, href: href.to_owned(), note: String::new() }
}

/// The areas of other levels that an area lies in, and that hold more than it; the smallest first.
fn parents(scene: &Scene<'_>, area: usize) -> Vec<usize> {
    let levels = &scene.out.frame.levels;
    let Some((from, index)) = scene.ind.areas[area].index else { return Vec::new() };
    let over = |level: usize| {
        let derived = levels[level].derived.as_ref().filter(|derived| derived.from == from)?;
        let parent = (*derived.area_of.get(index)?)? as usize;
        scene.ind.areas.iter().position(|other| other.index == Some((level, parent)))
    };
    (0..levels.len()).filter_map(over).collect()
}

/// The area, what it lies in, and the whole study.
fn beside(scene: &Scene<'_>, area: usize) -> Vec<usize> {
    let alike = |other: usize| scene.main(other) == scene.main(0);
    let over = parents(scene, area).into_iter().filter(|&parent| !alike(parent));
    [area].into_iter().chain(over).chain([0]).collect()
}

fn page(scene: &Scene<'_>, area: usize, shapes: &[(usize, String)]) -> Report {
    let t = &scene.t;
    let name = scene.area_name(area);
    let figure = scene.main(area);
    let mut lead = vec![opening::hundred(scene, area, &["kommun", "lead-"].join(".")).replace("{area}", &name)];
    if let Some(goal) = scene.goal {
        let verdict = scene.assessment(goal, area).map(|assessment| assessment.joint);
        let words = scene.goal_words(&scene.out.goals[goal]);
        match verdict {
            Some(Verdict::Met) => lead.push(t.say("lead.goal-one-met", &[("goal", &words)])),
            Some(Verdict::Missed { .. }) => lead.push(t.say("lead.goal-one-missed", &[("goal", &words)])),
            _ => {}
        }
    }
    let mut facts = Vec::new();
    if figure.has_share() {
        let text = t.say("fact.share", &[("units", &scene.main_all()), ("property", &scene.property())]);
        facts.push(Fact { value: scene.share(&figure), text });
    }
    if figure.missing > 0 {
        let text = [("units", scene.units_for(figure.missing)), ("property", scene.property())];
        let text = t.say("fact.missing", &[(text[0].0, &text[0].1), (text[1].0, &text[1].1)]);
        facts.push(Fact { value: scene.locale.count(figure.missing, scene.scaled()), text });
    }
    facts.extend(plans::facts(scene, area));
    let sections = [
        Some(speeds(scene, area)),
        goals::section(scene, area),
        town::section(scene, area),
        Some(plans::section(scene, area)),
        networks::section(scene, area),
        Some(expect(scene)),
        locator::section(scene, area, shapes),
        Some(sources(scene)),
    ];
    Report {
        title: t.say("kommun.title", &[("area", &name)]),
        lead: lead.join(" "),
        facts,
        sections: sections.into_iter().flatten().collect(),
        links: vec![
            link(sentence(&t.say("kommun.to-index", &[("areas", &scene.areas_word(2))])), "index.html"),
            link(t.get("kommun.to-report"), "../report.html"),
        ],
        definition: opening::definition(scene, area),
        ..frame(scene)
    }
}

/// Names of areas as heads of columns.
fn area_heads(scene: &Scene<'_>, areas: &[usize]) -> Vec<Head> {
    areas.iter().map(|&area| Head::number(scene.area_name(area))).collect()
}

fn of(scene: &Scene<'_>, area: usize, measure: usize) -> Counts {
    scene.ind.figure(At { measure, ..scene.at(area) })
}

/// Who owns a network.
fn network_name(scene: &Scene<'_>, presence: &Presence) -> String {
    scene.out.networks.list[presence.network].owner.clone()
}

/// A count of those who have it.
fn covered(scene: &Scene<'_>, figure: &Counts) -> Cell {
    Cell::number(scene.count(figure.covered, figure.hides.covered, scene.scaled()))
}

/// The heads of a table of shares: what, how many here, and the share in each area.
fn share_heads(scene: &Scene<'_>, what: String, areas: &[usize]) -> Vec<Head> {
    let mut heads = vec![Head::text(what), Head::number(sentence(&scene.main_units()))];
    heads.extend(area_heads(scene, areas));
    heads
}

fn share_row(scene: &Scene<'_>, head: String, measure: usize, areas: &[usize]) -> report::Row {
    let figures: Vec<Counts> = areas.iter().map(|&area| of(scene, area, measure)).collect();
    let mut cells: Vec<Cell> = figures.first().map(|figure| covered(scene, figure)).into_iter().collect();
    cells.extend(figures.iter().map(|figure| scene.share_cell(figure)));
    report::Row { head, cells }
}

/// Bars of shares of one area.
fn share_bars(scene: &Scene<'_>, area: usize, measures: &[(String, usize)]) -> Chart {
    let rows = measures.iter().map(|(label, measure)| {
        let figure = of(scene, area, *measure);
        Row::Bar(Bar {
            label: label.clone(),
            value: scene.plain_share(&figure),
            share: figure.share(),
            planned: None,
            upper: None,
            tail: String::new(),
            tone: Tone::Met,
        })
    });
    Chart::Bars(Bars {
        rows: rows.collect(),
        ticks: scene.percent_ticks(&[0, 25, 50, 75, 100]),
        goal: None,
        legend: Vec::new(),
    })
}

/// A sentence for those who do not see the bars.
fn said(scene: &Scene<'_>, area: usize, measures: &[(String, usize)]) -> String {
    let each = measures
        .iter()
        .map(|(label, measure)| format!("{}: {}", label.to_lowercase(), scene.plain_share(&of(scene, area, *measure))));
    each.collect::<Vec<_>>().join("; ")
}

fn speeds(scene: &Scene<'_>, area: usize) -> Section {
    let t = &scene.t;
    let measures: Vec<(String, usize)> = scene
        .ind
        .measures
        .iter()
        .enumerate()
        .filter(|(_, measure)| matches!(measure, Measure::Down(_)))
        .map(|(i, &measure)| (sentence(&scene.measure_name(measure)), i))
        .collect();
    let name = scene.area_name(area);
    let areas = beside(scene, area);
    let blocks = if measures.is_empty() {
        vec![Block::Text(t.get("speed.no-speeds"))]
    } else {
        let title = t.say("kommun.speed-title", &[("area", &name)]);
        let values = [("units", scene.main_all()), ("area", name.clone())];
        let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
        vec![Block::Figure(Box::new(Figure {
            id: "speed",
            subtitle: scene.short_subtitle(),
            caption: t.say("kommun.speed-caption", &values),
            source: scene.source(),
            description: format!("{} {}.", t.say("kommun.bars", &values), said(scene, area, &measures)),
            title,
            chart: share_bars(scene, area, &measures),
            table: Some(Table {
                id: "speed-table".to_owned(),
                caption: t.say("kommun.share-caption", &values),
                heads: share_heads(scene, t.get("kommun.speed"), &areas),
                rows: measures.iter().map(|(label, m)| share_row(scene, label.clone(), *m, &areas)).collect(),
                note: note(scene),
                ..Table::default()
            }),
        }))]
    };
    Section { id: "now", short: t.get("kommun.now-short"), heading: t.get("kommun.now"), blocks }
}

/// What two points mean, in the public edition.
fn note(scene: &Scene<'_>) -> String {
    scene.out.edition.map(|rule| ledger::edition(scene, rule)).unwrap_or_default()
}

/// What the words mean for somebody who lives there.
fn expect(scene: &Scene<'_>) -> Section {
    let t = &scene.t;
    let plain = |text: String| Line { text, link: None };
    let mut terms = vec![Term {
        term: t.get("kommun.expect-access"),
        lines: vec![plain(t.say("kommun.expect-access-text", &[("property", &scene.property())]))],
    }];
    if let Some(main) = scene.ind.profiles.first() {
        terms.push(Term { term: t.get("kommun.expect-counts"), lines: vec![plain(scene.profile_sentences(main))] });
    }
    terms.push(Term {
        term: t.get("kommun.expect-unmatched"),
        lines: vec![plain(t.say("kommun.expect-unmatched-text", &[("units", &scene.main_units())]))],
    });
    if scene.out.timetable.has_plans() {
        terms.push(Term {
            term: t.get("kommun.expect-planned"),
            lines: vec![plain(t.get("kommun.expect-planned-text"))],
        });
    }
    if scene.out.networks.now.iter().flatten().any(|presence| presence.open == Some(true)) {
        terms.push(Term { term: t.get("kommun.expect-open"), lines: vec![plain(t.get("kommun.expect-open-text"))] });
    }
    terms.push(Term { term: t.get("kommun.expect-order"), lines: vec![plain(t.get("kommun.expect-order-text"))] });
    Section {
        id: "expect",
        short: t.get("kommun.expect-short"),
        heading: t.get("kommun.expect"),
        blocks: vec![Block::Terms(terms)],
    }
}

fn sources(scene: &Scene<'_>) -> Section {
    let t = &scene.t;
    let text = format!("{}: {}", t.get("page.source"), scene.source().whole());
    Section {
        id: "quality",
        short: t.get("kommun.sources-short"),
        heading: t.get("kommun.sources-heading"),
        blocks: vec![Block::Text(text), Block::Text(t.get("kommun.sources-text"))],
    }
}
