//! A page about results held against each other: what has changed, where, and what makes that unfair to say.

use nittio_core::{
    indicator::{Figure as Counts, TOTAL},
    outcome::Outcome,
    trend::{Remark, Trend},
};

use super::{
    MANY, SHOWN, Scene,
    change_map::{self, Changed, signed},
    settlements, share_ppm,
};
use crate::{
    Settings,
    chart::{
        Chart,
        dots::{Dots, Row, Series},
        legend::{Marker, Shape},
        palette,
    },
    messages::sentence,
    report::{self, Block, Cell, Figure, Head, Kind, Line, Report, Section, Source, Table, Term, Words},
};

/// Composes the page; `outcome` is the last result's.
pub(crate) fn report(trend: &Trend<'_>, outcome: &Outcome, settings: &Settings) -> Report {
    let scene = Scene::new(outcome, settings);
    let t = &scene.t;
    let asked = Asked::of(&scene, trend);
    let days = trend.results.iter().map(|result| scene.locale.date(result.frame.as_of, &t.get("months")));
    let days: Vec<String> = days.collect();
    let (from, to) = (days.first().cloned().unwrap_or_default(), days.last().cloned().unwrap_or_default());
    let mut blocks = vec![Block::Terms(vec![compared(&scene, trend)])];
    if let Some(asked) = &asked {
        blocks.push(Block::Table(asked.table(&from, &to)));
        blocks.extend(asked.map().map(|figure| Block::Figure(Box::new(figure))));
        blocks.push(Block::Figure(Box::new(asked.dots())));
    }
    let changes =
        Section { id: "changes", short: t.get("trend.changes-short"), heading: t.get("trend.changes"), blocks };
    let lines: Vec<Line> =
        trend.remarks.iter().map(|remark| Line { text: words(&scene, trend, remark), link: None }).collect();
    let unlike = if lines.is_empty() {
        Block::Text(t.get("trend.alike"))
    } else {
        Block::Terms(vec![Term { term: t.get("trend.unlike-text"), lines }])
    };
    let unlike = Section {
        id: "unlike",
        short: t.get("trend.unlike-short"),
        heading: t.get("trend.unlike"),
        blocks: vec![unlike],
    };
    // Figures after the first lead here for what the study rests on.
    let sources = Section {
        id: "quality",
        short: t.get("kommun.sources-short"),
        heading: t.get("kommun.sources-heading"),
        blocks: vec![Block::Text(scene.source().whole())],
    };
    Report {
        live: None,
        locale: scene.locale,
        title: t.say("trend.title", &[("name", &outcome.name)]),
        kicker: t.say("trend.kicker", &[("from", &from), ("to", &to)]),
        notice: outcome.notice.as_ref().map(|text| report::Notice { head: t.get("page.notice"), text: text.clone() }),
        lead: asked.as_ref().map(Asked::lead).unwrap_or_default(),
        definition: t.get("trend.definition"),
        facts: Vec::new(),
        sections: vec![changes, unlike, sources],
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
        colophon: t.say("page.colophon", &[("program", &outcome.provenance.program)]),
        links: Vec::new(),
        theme: crate::theme::Theme::default(),
    }
}

/// Which results are compared, in their order.
fn compared(scene: &Scene<'_>, trend: &Trend<'_>) -> Term {
    let t = &scene.t;
    let line = |(number, result): (usize, &nittio_core::trend::Then<'_>)| {
        let date = scene.locale.date(result.frame.as_of, &t.get("months"));
        let n = scene.whole(number + 1);
        let values = [("n", n.as_str()), ("label", result.label), ("name", result.name), ("date", date.as_str())];
        Line { text: t.say("trend.compared-row", &values), link: None }
    };
    Term { term: t.get("trend.compared"), lines: trend.results.iter().enumerate().map(line).collect() }
}

/// The trend, in the unit and at the step of the report.
struct Asked<'s, 'a> {
    scene: &'s Scene<'a>,
    trend: &'s Trend<'s>,
    line: usize,
    goal: usize,
    /// The first result and the last.
    ends: [usize; 2],
    /// The level's areas in any result, the total last.
    areas: Vec<usize>,
    total: usize,
}

impl<'s, 'a> Asked<'s, 'a> {
    fn of(scene: &'s Scene<'a>, trend: &'s Trend<'s>) -> Option<Self> {
        let goal = scene.goal?;
        let line = trend.line(goal, &scene.scaled().unit)?;
        let total = trend.areas.iter().position(|area| area.level == TOTAL)?;
        let of_level = |&area: &usize| trend.areas[area].level == scene.level && area != total;
        // Areas without a single place in any result are not shown.
        let holds = |&area: &usize| {
            (0..trend.results.len()).any(|result| {
                trend.areas[area].index[result].is_some_and(|index| {
                    let at = nittio_core::indicator::At { area: index, ..Default::default() };
                    trend.results[result].indicators.figure(at).total > 0
                })
            })
        };
        let mut areas: Vec<usize> = (0..trend.areas.len()).filter(of_level).filter(holds).collect();
        areas.sort_by_cached_key(|&area| {
            let of = &trend.areas[area];
            (of.code.is_empty(), scene.locale.sort_key(&of.name), of.code.clone())
        });
        Some(Self { scene, trend, line, goal, ends: [0, trend.results.len() - 1], areas, total })
    }

    fn name(&self, area: usize) -> String {
        let of = &self.trend.areas[area];
        match of.index.last().copied().flatten() {
            Some(index) => self.scene.area_name(index),
            None if of.code.is_empty() => self.scene.t.get("area.outside"),
            None => of.name.clone(),
        }
    }

    fn figure(&self, result: usize, area: usize) -> Option<Counts> {
        self.trend.figure(result, area, self.line)
    }

    fn share(&self, figure: Option<Counts>) -> String {
        let ppm = self.scene.step().map(share_ppm);
        figure.and_then(|figure| self.scene.locale.share_of(&figure, ppm)).unwrap_or_else(|| "–".to_owned())
    }

    fn changed(&self, area: usize) -> Changed {
        let index = self.trend.areas[area].index.last().copied().flatten().unwrap_or(usize::MAX);
        let [before, after] = self.ends.map(|result| self.figure(result, area));
        Changed { area: index, before, after }
    }

    fn points(&self, area: usize) -> String {
        self.changed(area).points().map_or_else(|| "–".to_owned(), |points| signed(self.scene, points))
    }

    fn meets(&self, area: usize) -> [Option<bool>; 2] {
        self.ends.map(|result| self.trend.meets(result, area, self.goal))
    }

    /// How all of it has changed, and who has come to meet the goal or no longer does.
    fn lead(&self) -> String {
        let (scene, t) = (self.scene, &self.scene.t);
        let [before, after] = self.ends.map(|result| self.share(self.figure(result, self.total)));
        let mut said = vec![t.say(
            "trend.lead",
            &[("units", &scene.main_all()), ("property", &scene.property()), ("before", &before), ("after", &after)],
        )];
        for (key, wanted) in [("trend.lead-met", [false, true]), ("trend.lead-lost", [true, false])] {
            let named = self.areas.iter().filter(|&&area| !self.trend.areas[area].code.is_empty());
            let n = named.filter(|&&area| self.meets(area) == wanted.map(Some)).count();
            if n > 0 {
                said.push(t.say(key, &[("n", &scene.whole(n)), ("areas", &scene.areas_word(n))]));
            }
        }
        said.join(" ")
    }

    fn table(&self, from: &str, to: &str) -> Table {
        let (scene, t) = (self.scene, &self.scene.t);
        let unit = &self.trend.lines[self.line].unit;
        let days = self.days();
        let mut heads = vec![Head::text(sentence(&scene.areas_word(1)))];
        heads.extend(days.into_iter().map(Head::number));
        let keys = ["change.points", "trend.more", "trend.fewer", "trend.left-then", "trend.left-now"];
        heads.extend(keys.map(|key| Head::number(t.get(key))));
        heads.push(Head::text(t.get("trend.goal")));
        let dash = || "–".to_owned();
        let row = |area: usize| {
            let mut cells: Vec<Cell> = (0..self.trend.results.len())
                .map(|result| Cell::number(self.share(self.figure(result, area))))
                .collect();
            cells.push(Cell::number(self.points(area)));
            let change = self.trend.change(self.ends, area, self.line);
            for count in [change.map(|change| change.gained), change.map(|change| change.lost)] {
                cells.push(Cell::number(count.map_or_else(dash, |count| scene.locale.count(count, unit))));
            }
            for result in self.ends {
                let lacking = self.figure(result, area).and_then(|figure| self.trend.lacking(self.line, &figure));
                cells.push(Cell::number(lacking.map_or_else(dash, |units| scene.locale.needed(units, unit))));
            }
            let (kind, key) = match self.meets(area) {
                [_, None] => (Kind::Unknown, None),
                [Some(false), Some(true)] => (Kind::Met, Some("trend.newly-met")),
                [Some(true), Some(false)] => (Kind::Missed, Some("trend.newly-lost")),
                [_, Some(true)] => (Kind::Met, Some("trend.met")),
                [_, Some(false)] => (Kind::Missed, Some("trend.missed")),
            };
            cells.push(Cell::new(kind, key.map(|key| t.get(key)).unwrap_or_default()));
            report::Row { head: self.name(area), cells }
        };
        let values = [("units", scene.main_units()), ("property", scene.property())];
        let caption = t.say(
            "trend.table-caption",
            &[("units", &values[0].1), ("property", &values[1].1), ("from", from), ("to", to)],
        );
        Table {
            id: "changes-table".to_owned(),
            caption: sentence(&caption),
            folded: self.areas.len() > super::FOLD,
            heads,
            rows: self.areas.iter().map(|&area| row(area)).collect(),
            totals: vec![row(self.total)],
            ..Table::default()
        }
    }

    /// The days of the results; what they are called where two are about the same.
    fn days(&self) -> Vec<String> {
        let days: Vec<String> = self.trend.results.iter().map(|result| result.frame.as_of.to_string()).collect();
        let twice = (1..days.len()).any(|i| days[..i].contains(&days[i]));
        if twice { self.trend.results.iter().map(|result| result.label.to_owned()).collect() } else { days }
    }

    fn source(&self) -> Source {
        let results = self.trend.results.iter().map(|result| format!("{} {}", result.name, result.frame.as_of));
        let results: Vec<String> = results.collect();
        Source { own: Some(results.join("; ")), ..self.scene.source() }
    }

    fn subtitle(&self) -> String {
        let scene = self.scene;
        let days = self.days();
        let between = [days.first(), days.last()].map(|day| day.map_or("", String::as_str)).join(" – ");
        let values = [("units", scene.main_all()), ("property", scene.property()), ("date", between)];
        scene.t.say("change.subtitle", &values.each_ref().map(|(key, value)| (*key, value.as_str())))
    }

    fn map(&self) -> Option<Figure> {
        let (scene, t) = (self.scene, &self.scene.t);
        let changes: Vec<Changed> = self.areas.iter().map(|&area| self.changed(area)).collect();
        let map = change_map::map(scene, &changes)?;
        let known = self.areas.iter().filter_map(|&area| Some((area, self.changed(area).points()?)));
        let (area, most) = known.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
        let title = t.say("trend.map-title", &[("area", &self.name(area)), ("points", &signed(scene, most))]);
        Some(Figure {
            id: "change-map",
            subtitle: self.subtitle(),
            caption: change_map::caption(scene, &map),
            source: self.source(),
            description: change_map::description(scene, &map, &title),
            title,
            chart: Chart::Map(map),
            // The table above has the same.
            table: None,
        })
    }

    fn dots(&self) -> Figure {
        let (scene, t) = (self.scene, &self.scene.t);
        let markers = [
            Marker { shape: Shape::Ring, colour: palette::CONTEXT },
            Marker { shape: Shape::Triangle, colour: palette::MUTED },
            Marker { shape: Shape::Square, colour: palette::INK },
            Marker { shape: Shape::Diamond, colour: palette::MISSED },
            Marker { shape: Shape::Dot, colour: palette::MET },
        ];
        // The first, and as many of the latest as shapes can tell apart; the last has the shape that stands out most.
        let results = self.trend.results.len();
        let latest = (results - 1).min(markers.len() - 1);
        let shown: Vec<usize> = std::iter::once(0).chain(results - latest..results).collect();
        let marks = std::iter::once(0).chain(markers.len() - latest..markers.len());
        let days = self.days();
        let series =
            shown.iter().zip(marks).map(|(&result, mark)| Series { name: days[result].clone(), marker: markers[mark] });
        let mut areas: Vec<usize> = self.areas.clone();
        let size = |area: usize| self.changed(area).points().map_or(-1.0, f64::abs);
        areas.sort_by(|&a, &b| size(b).total_cmp(&size(a)));
        let many = areas.len() > MANY;
        areas.truncate(if many { 2 * SHOWN } else { MANY });
        let row = |area: usize, context: bool| Row {
            label: self.name(area),
            values: shown.iter().map(|&result| self.figure(result, area).and_then(|figure| figure.share())).collect(),
            tail: self.points(area),
            context,
        };
        let rows: Vec<Row> =
            std::iter::once(row(self.total, true)).chain(areas.iter().map(|&area| row(area, false))).collect();
        let rows: Vec<Row> = rows.into_iter().filter(|row| row.values.iter().any(Option::is_some)).collect();
        let (from, ticks) = settlements::axis(scene, &rows);
        let [before, after] = self.ends.map(|result| self.share(self.figure(result, self.total)));
        let title = t.say("trend.dots-title", &[("before", &before), ("after", &after)]);
        let mut caption = vec![t.get("trend.dots-caption")];
        if shown.len() < results {
            caption.push(t.say("trend.dots-more", &[("n", &scene.whole(latest))]));
        }
        if many {
            let n = scene.whole(areas.len());
            caption.push(t.say("definitions.caption-many", &[("n", &n), ("areas", &scene.areas_word(2))]));
        }
        Figure {
            id: "change-dots",
            subtitle: self.subtitle(),
            caption: caption.join(" "),
            source: self.source(),
            description: t.say("trend.dots-description", &[("area", &scene.areas_word(1)), ("title", &title)]),
            title,
            chart: Chart::Dots(Dots {
                series: series.collect(),
                rows,
                ticks,
                goal: scene.goal_mark(),
                from,
                tail_head: t.get("trend.tail"),
            }),
            table: None,
        }
    }
}

/// What is not alike, in a sentence.
fn words(scene: &Scene<'_>, trend: &Trend<'_>, remark: &Remark) -> String {
    let t = &scene.t;
    let label = |result: usize| trend.results[result].label;
    let last = trend.results.last().map_or("", |last| last.label);
    let day = |day| scene.locale.date(day, &t.get("months"));
    let counts = |counts: &[u64]| {
        let one = |(result, &n): (usize, &u64)| {
            t.say("trend.count", &[("n", &scene.locale.whole(n)), ("label", label(result))])
        };
        counts.iter().enumerate().map(one).collect::<Vec<_>>().join(", ")
    };
    match remark {
        Remark::Day { result, before, day: own } => {
            let key = if before == own { "trend.day-same" } else { "trend.day-before" };
            t.say(key, &[("one", label(result - 1)), ("other", label(*result)), ("date", &day(*own))])
        }
        Remark::Definition { result, key, last: other } => {
            let word = if key == other { "trend.definition-same" } else { "trend.definition-other" };
            t.say(word, &[("one", label(*result)), ("key", key), ("last", last), ("other", other)])
        }
        Remark::Goal { result, goal, there } => {
            let key = if *there { "trend.goal-edition" } else { "trend.goal-none" };
            t.say(key, &[("one", label(*result)), ("goal", goal), ("last", last)])
        }
        Remark::LeftOut { result, goal } => t.say("trend.goal-left", &[("one", label(*result)), ("goal", goal)]),
        Remark::Places(places) => t.say("trend.places", &[("counts", &counts(places))]),
        Remark::Unmatched(places) => t.say("trend.unmatched", &[("counts", &counts(places))]),
        Remark::Without { unit, places } => {
            t.say("trend.without", &[("units", &scene.units(unit)), ("counts", &counts(places))])
        }
        Remark::Lacks { result, level, areas } => {
            let names = areas.iter().map(|&area| trend.areas[area].name.clone()).collect();
            let n = scene.whole(areas.len());
            let kind = if level == scene.level { scene.areas_word(areas.len()) } else { level.clone() };
            t.say("trend.lacks", &[("one", label(*result)), ("n", &n), ("level", &kind), ("areas", &scene.list(names))])
        }
        Remark::Renamed { area, names } => {
            let one = |(result, name): (usize, &Option<String>)| {
                Some(t.say("trend.name-in", &[("name", name.as_deref()?), ("label", label(result))]))
            };
            let names = names.iter().enumerate().filter_map(one).collect::<Vec<_>>().join(", ");
            t.say("trend.renamed", &[("area", &trend.areas[*area].code), ("names", &names)])
        }
    }
}
