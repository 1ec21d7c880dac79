//! A page about one area, for those who live and work there, and the page that lists them all.

use std::collections::BTreeSet;

use geo::{BoundingRect, MultiPolygon, Simplify};
use nittio_core::{
    assessment::Verdict,
    indicator::{At, Figure as Counts},
    measure::Measure,
    outcome::Outcome,
    unit::Unit,
};
use rayon::prelude::*;

use super::{Scene, ledger, opening, words::HIDDEN};
use crate::{
    Settings,
    chart::{
        Chart,
        bars::{Bar, Bars, Row, Tone},
    },
    messages::sentence,
    report::{self, Block, Cell, Drawing, Fact, Figure, Head, Line, Link, Report, Section, Table, Term, Words},
};

/// The side of the square that the locator's outlines are drawn in.
const SIDE: f64 = 1000.0;
/// How far an outline may be off, in that square.
const OFF: f64 = 4.0;

/// Every page by its file name: the list first, then the areas by name.
pub(crate) fn pages(outcome: &Outcome, settings: &Settings) -> Vec<(String, Report)> {
    let scene = Scene::new(outcome, settings);
    let names = file_names(scene.areas.iter().map(|&area| scene.ind.areas[area].code.as_str()));
    let shapes = shapes(&scene);
    let mut pages = vec![("index.html".to_owned(), index(&scene, &names))];
    let of_areas: Vec<(String, Report)> =
        scene.areas.par_iter().zip(&names).map(|(&area, name)| (name.clone(), page(&scene, area, &shapes))).collect();
    pages.extend(of_areas);
    pages
}

/// A file name for every code, which is one on every system; no two are alike, also where letters' size does not count.
fn file_names<'a>(codes: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::from(["index".to_owned()]);
    // Names that mean a device to some systems.
    taken.extend(["con", "prn", "aux", "nul"].map(str::to_owned));
    codes
        .map(|code| {
            let mut name = String::new();
            for byte in code.bytes().take(60) {
                match byte {
                    b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' => name.push(char::from(byte)),
                    other => name.push_str(&format!("_{other:02x}")),
                }
            }
            let mut one = name.clone();
            let mut again = 1;
            while !taken.insert(one.to_lowercase()) {
                again += 1;
                one = format!("{name}_{again}");
            }
            format!("{one}.html")
        })
        .collect()
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

/// The list of all areas, under the areas that they lie in where there are several.
fn index(scene: &Scene<'_>, names: &[String]) -> Report {
    let t = &scene.t;
    let mut groups: Vec<(Option<usize>, Vec<Link>)> = Vec::new();
    let mut over: Vec<Option<usize>> = scene.areas.iter().map(|&area| parents(scene, area).first().copied()).collect();
    over.sort_by_cached_key(|parent| parent.map(|parent| (scene.locale.sort_key(&scene.area_name(parent)), parent)));
    over.dedup();
    for parent in over {
        let links = scene
            .areas
            .iter()
            .zip(names)
            .filter(|(area, _)| parents(scene, **area).first().copied() == parent)
            .map(|(&area, name)| Link { note: summary(scene, area), ..link(scene.area_name(area), name) });
        groups.push((parent, links.collect()));
    }
    let several = groups.len() > 1;
    let mut blocks = vec![Block::Text(t.say(
        "kommun.list-text",
        &[("units", &scene.main_all()), ("property", &scene.property()), ("area", &scene.areas_word(1))],
    ))];
    for (parent, links) in groups {
        if several {
            blocks.push(Block::Heading(parent.map_or_else(|| t.get("kommun.no-parent"), |p| scene.area_name(p))));
        }
        blocks.push(Block::Links(links));
    }
    let (lead, facts) = opening::opening(scene);
    let heading = t.say(
        "kommun.list-heading",
        &[("n", &scene.whole(scene.areas.len())), ("areas", &scene.areas_word(scene.areas.len()))],
    );
    let list = Section { id: "list", short: heading.clone(), heading, blocks };
    Report {
        title: t.say("kommun.index-title", &[("study", &scene.out.name)]),
        lead,
        facts,
        sections: vec![list, sources(scene)],
        links: vec![link(t.get("kommun.to-report"), "../report.html")],
        ..frame(scene)
    }
}

/// "93,4 %, når målet".
fn summary(scene: &Scene<'_>, area: usize) -> String {
    let mut said = vec![scene.share(&scene.main(area))];
    let verdict = scene.goal.and_then(|goal| scene.assessment(goal, area)).map(|assessment| assessment.joint);
    said.extend(verdict.and_then(|verdict| match verdict {
        Verdict::Met => Some(scene.t.get("kommun.met")),
        Verdict::Missed { .. } => Some(scene.t.get("kommun.missed")),
        Verdict::NotMeasured | Verdict::Withheld => None,
    }));
    said.join(", ")
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
    let sections = [
        Some(speeds(scene, area)),
        goals(scene, area),
        town(scene, area),
        Some(plans(scene, area)),
        networks(scene, area),
        Some(expect(scene)),
        locator(scene, area, shapes),
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

fn goals(scene: &Scene<'_>, area: usize) -> Option<Section> {
    let t = &scene.t;
    let goal = scene.main_goal()?;
    let assessment = scene.assessment(scene.goal?, area)?;
    let scaled = |unit: &Unit| scene.ind.units.iter().find(|scaled| scaled.unit == *unit);
    let rows = assessment.parts.iter().map(|part| {
        let head = format!("{}, {}", sentence(&scene.units(&part.unit)), scene.step_words(&part.step));
        let share = if matches!(part.verdict, Verdict::NotMeasured) {
            "–".to_owned()
        } else {
            scene.share_to(&part.figure, Some(super::share_ppm(&part.step)))
        };
        let (points, units) = match part.verdict {
            Verdict::Missed { units, points, .. } => {
                let units = scaled(&part.unit).map(|unit| scene.locale.needed(units, unit));
                (scene.locale.points(points), units.unwrap_or_default())
            }
            Verdict::Withheld => (HIDDEN.to_owned(), HIDDEN.to_owned()),
            Verdict::Met | Verdict::NotMeasured => ("–".to_owned(), "–".to_owned()),
        };
        let cells =
            vec![Cell::number(share), scene.verdict_cell(part.verdict), Cell::number(points), Cell::number(units)];
        report::Row { head, cells }
    });
    let head = |key: &str| Head::number(t.get(key));
    let table = Table {
        id: "goal-table".to_owned(),
        caption: t.say("kommun.goal-caption", &[("area", &scene.area_name(area)), ("date", &scene.date())]),
        heads: vec![
            Head::text(t.get("kommun.goal-what")),
            head("column.share"),
            Head::text(t.get("column.status")),
            head("column.gap-points"),
            head("column.gap-units"),
        ],
        rows: rows.collect(),
        note: note(scene),
        ..Table::default()
    };
    let compared = Table {
        id: "beside-table".to_owned(),
        caption: t.say("kommun.beside-caption", &[("units", &scene.main_units()), ("property", &scene.property())]),
        heads: vec![
            Head::text(t.get("kommun.area")),
            head("column.total"),
            head("column.covered"),
            head("column.missing"),
            head("column.unmatched"),
            head("column.share"),
        ],
        rows: beside(scene, area)
            .into_iter()
            .map(|area| {
                let figure = scene.main(area);
                let cells = scene.counts(&figure).into_iter().chain([Cell::number(scene.share(&figure))]);
                report::Row { head: scene.area_name(area), cells: cells.collect() }
            })
            .collect(),
        ..Table::default()
    };
    let text = t.say("kommun.goal-text", &[("goal", &scene.goal_words(goal))]);
    let blocks =
        vec![Block::Text(text), Block::Table(table), Block::Heading(t.get("kommun.beside")), Block::Table(compared)];
    Some(Section { id: "goal", short: t.get("kommun.goal-short"), heading: t.get("kommun.goal"), blocks })
}

fn town(scene: &Scene<'_>, area: usize) -> Option<Section> {
    let t = &scene.t;
    let rows: Vec<report::Row> = scene
        .ind
        .settlements
        .iter()
        .enumerate()
        .filter_map(|(settlement, class)| {
            let figure = scene.ind.figure(At { settlement, ..scene.at(area) });
            let any = figure.total > 0 || figure.hides.any();
            let cells = scene.counts(&figure).into_iter().chain([scene.share_cell(&figure)]);
            let class = (*class)?;
            any.then(|| report::Row { head: t.get(&format!("settlement.{}", class.key())), cells: cells.collect() })
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let table = Table {
        id: "town-table".to_owned(),
        caption: t.say("kommun.beside-caption", &[("units", &scene.main_units()), ("property", &scene.property())]),
        heads: vec![
            Head::text(t.get("kommun.where")),
            Head::number(t.get("column.total")),
            Head::number(t.get("column.covered")),
            Head::number(t.get("column.missing")),
            Head::number(t.get("column.unmatched")),
            Head::number(t.get("column.share")),
        ],
        rows,
        note: note(scene),
        ..Table::default()
    };
    let heading = t.get("settlement-section.heading");
    Some(Section {
        id: "town",
        short: t.get("settlement-section.short"),
        heading,
        blocks: vec![Block::Text(t.get("kommun.town-text")), Block::Table(table)],
    })
}

/// What more there is when plans are carried out: definitions that count them, held against the main one.
fn plans(scene: &Scene<'_>, area: usize) -> Section {
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
    Section { id: "plans", short: t.get("kommun.plans-short"), heading: t.get("kommun.plans"), blocks }
}

fn networks(scene: &Scene<'_>, area: usize) -> Option<Section> {
    let t = &scene.t;
    let name = |measure: Measure| match measure {
        Measure::Technology(_)
        | Measure::Operators(_)
        | Measure::Owners(_)
        | Measure::OpenAccess
        | Measure::SingleOwner => Some(scene.measure_name(measure)),
        _ => None,
    };
    let measures: Vec<(String, usize)> =
        scene.ind.measures.iter().enumerate().filter_map(|(i, &measure)| Some((name(measure)?, i))).collect();
    if measures.is_empty() {
        return None;
    }
    let areas = beside(scene, area);
    let here = scene.area_name(area);
    let values = [("units", scene.main_all()), ("area", here)];
    let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
    let figure = Figure {
        id: "networks-chart",
        title: t.say("kommun.networks-title", &values),
        subtitle: scene.short_subtitle(),
        caption: t.get("kommun.networks-caption"),
        source: scene.source(),
        description: format!("{} {}.", t.say("kommun.bars", &values), said(scene, area, &measures)),
        chart: share_bars(scene, area, &measures),
        table: Some(Table {
            id: "networks-table".to_owned(),
            caption: t.say("kommun.share-caption", &values),
            heads: share_heads(scene, t.get("kommun.networks-what"), &areas),
            rows: measures.iter().map(|(label, m)| share_row(scene, label.clone(), *m, &areas)).collect(),
            note: note(scene),
            ..Table::default()
        }),
    };
    Some(Section {
        id: "networks",
        short: t.get("kommun.networks-short"),
        heading: t.get("kommun.networks"),
        blocks: vec![Block::Figure(Box::new(figure))],
    })
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

/// The outlines of the level's areas, coarse, in whole numbers: for every page the same.
fn shapes(scene: &Scene<'_>) -> Vec<(usize, String)> {
    let shapes: Vec<(usize, &MultiPolygon)> = scene
        .areas
        .iter()
        .filter_map(|&area| {
            let (level, index) = scene.ind.areas[area].index?;
            Some((area, scene.out.frame.levels.get(level)?.areas.get(index)?.geometry.as_ref()?))
        })
        .collect();
    let bounds = shapes.iter().filter_map(|(_, shape)| shape.bounding_rect());
    let all = bounds.reduce(|a, b| {
        let low = (a.min().x.min(b.min().x), a.min().y.min(b.min().y));
        geo::Rect::new(low, (a.max().x.max(b.max().x), a.max().y.max(b.max().y)))
    });
    let Some(all) = all else { return Vec::new() };
    let scale = SIDE / all.width().max(all.height()).max(1e-9);
    let place = |at: &geo::Coord| {
        let (x, y) = ((at.x - all.min().x) * scale, (all.max().y - at.y) * scale);
        format!("{x:.0} {y:.0}")
    };
    let drawn: Vec<(usize, String)> = shapes
        .par_iter()
        .map(|&(area, shape)| {
            let mut path = String::new();
            let coarse = shape.simplify(OFF / scale);
            let polygons = coarse.iter().filter(|polygon| {
                // An island that would be a dot is left out, unless it is all there is.
                let size = polygon.bounding_rect().map_or(0.0, |b| b.width().max(b.height()) * scale);
                size > 2.0 * OFF || coarse.0.len() == 1
            });
            for polygon in polygons {
                let mut last = String::new();
                for (i, at) in polygon.exterior().coords().enumerate() {
                    let point = place(at);
                    if point != last {
                        path.push(if i == 0 { 'M' } else { 'L' });
                        path.push_str(&point);
                        last = point;
                    }
                }
                path.push('Z');
            }
            (area, path)
        })
        .collect();
    // The size of the picture stands with the first of them.
    let size = format!("{:.0} {:.0}", all.width() * scale, all.height() * scale);
    std::iter::once((usize::MAX, size)).chain(drawn).collect()
}

/// Where in the study's area this one lies.
fn locator(scene: &Scene<'_>, area: usize, shapes: &[(usize, String)]) -> Option<Section> {
    let t = &scene.t;
    let (first, rest) = shapes.split_first()?;
    let (_, here) = rest.iter().find(|(of, _)| *of == area)?;
    let (width, height) = first.1.split_once(' ')?;
    let others: String = rest.iter().filter(|(of, _)| *of != area).map(|(_, path)| path.as_str()).collect();
    let text = t.say("kommun.map-text", &[("area", &scene.area_name(area)), ("areas", &scene.areas_word(2))]);
    let svg = format!(
        "<svg viewBox=\"-4 -4 {} {}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"locator-d\">\
         <path d=\"{others}\" fill=\"#e8edf1\" stroke=\"#748492\" stroke-width=\"2\" stroke-linejoin=\"round\"/>\
         <path d=\"{here}\" fill=\"#0b4366\" stroke=\"#0b4366\" stroke-width=\"2\" stroke-linejoin=\"round\"/></svg>",
        width.parse::<u32>().ok()? + 8,
        height.parse::<u32>().ok()? + 8,
    );
    let drawing = Drawing { id: "locator", text, svg };
    Some(Section {
        id: "where",
        short: t.get("kommun.map-short"),
        heading: t.say("kommun.map", &[("area", &scene.area_name(area))]),
        blocks: vec![Block::Drawing(drawing)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_names_everywhere_and_no_two_are_alike() {
        let codes = ["0680", "index", "a/b", "A/B", "..", "å", "con", "12 3"];
        let names = file_names(codes.into_iter());
        let expected = [
            "0680.html",
            "index_2.html",
            "a_2fb.html",
            "A_2fB_2.html",
            "_2e_2e.html",
            "_c3_a5.html",
            "con_2.html",
            "12_203.html",
        ];
        assert_eq!(names, expected);
    }
}
