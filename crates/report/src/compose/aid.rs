//! Public money: white, grey and black by state-aid rules, and whom the Swedish support scheme is for. Internal edition only.

use jiff::civil::Date;
use nittio_core::{
    aid::Counted,
    fixed::Fixed,
    service::Technology,
    settlement::Settlement,
    split::Split,
    state_aid::{Class as Shade, StateAid},
    support::{Standing, Support},
};
use plotters::style::RGBColor;

use super::Scene;
use crate::{
    chart::{
        Chart,
        palette::{PAPER, SHADES, UNSURE},
        stack::{Class, Row, Stack},
    },
    messages::sentence,
    report::{self, Block, Cell, Figure, Head, Line, Section, Table, Term},
};

/// The section, where the study asks for it.
pub(super) fn section(scene: &Scene<'_>) -> Option<Section> {
    let t = &scene.t;
    let mut blocks = Vec::new();
    if let Some(counted) = &scene.out.aid.state_aid {
        blocks.push(Block::Figure(Box::new(figure(scene, counted))));
    }
    if let Some(counted) = &scene.out.aid.support {
        blocks.extend(support(scene, counted));
    }
    (!blocks.is_empty()).then(|| Section {
        id: "aid",
        short: t.get("aid.short"),
        heading: t.get("aid.heading"),
        blocks,
    })
}

/// What counts, for the method.
pub(super) fn terms(scene: &Scene<'_>) -> Vec<Term> {
    let t = &scene.t;
    let lines = |text: Vec<String>, sources: &[nittio_core::goal::Source]| {
        let text = text.into_iter().map(|text| Line { text, link: None });
        let sources = sources.iter().map(|source| Line {
            text: t.say("method.goal-source", &[("title", &source.title)]),
            link: source.link.clone(),
        });
        text.chain(sources).collect()
    };
    let state_aid = scene.out.aid.state_aid.as_ref().map(|Counted { rule, until, .. }| Term {
        term: t.get("aid.state-aid"),
        lines: lines(vec![networks(scene, &rule.fixed, *until), t.get("aid.class-text")], &rule.sources),
    });
    let support = scene.out.aid.support.as_ref().map(|Counted { rule, until, .. }| Term {
        term: t.get("aid.support"),
        lines: lines(vec![networks(scene, &rule.fixed, *until), t.get("aid.support-text")], &rule.sources),
    });
    state_aid.into_iter().chain(support).collect()
}

/// Which networks count, in a sentence or two.
fn networks(scene: &Scene<'_>, fixed: &Fixed, until: Date) -> String {
    let t = &scene.t;
    let known = Technology::ALL.into_iter().filter(|technology| fixed.technologies.contains(technology));
    let technologies = known.map(|technology| in_a_sentence(&scene.technology(technology))).collect();
    let until = scene.locale.date(until, &t.get("months"));
    let values =
        [("speed", scene.locale.speed(fixed.down)), ("technologies", scene.list(technologies)), ("date", until)];
    let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
    t.say(if fixed.peak { "aid.networks-peak" } else { "aid.networks" }, &values)
}

/// A name that begins a line, as it is within a sentence; capitals that belong to it stay.
fn in_a_sentence(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => name.to_owned(),
    }
}

fn counts<'a>(scene: &Scene<'_>, split: &'a Split, area: usize) -> &'a [u64] {
    split.counts(area, 0, scene.unit)
}

fn shades(scene: &Scene<'_>, rule: &StateAid) -> Vec<Class> {
    let t = &scene.t;
    let n = rule.black_from.to_string();
    let names = [
        t.get("aid.white"),
        if rule.black_from == 2 { t.get("aid.grey") } else { t.say("aid.grey-below", &[("n", &n)]) },
        t.say("aid.black", &[("n", &n)]),
    ];
    let class = |(name, colour): (String, RGBColor)| Class { name, colour, hatch: None };
    let unmatched = Class { name: t.get("aid.unmatched"), colour: PAPER, hatch: Some(UNSURE) };
    names.into_iter().zip(SHADES).map(class).chain([unmatched]).collect()
}

fn figure(scene: &Scene<'_>, counted: &Counted<StateAid>) -> Figure {
    let t = &scene.t;
    let Counted { rule, until, split } = counted;
    let of = |area: usize| counts(scene, split, area);
    let white = |area: usize| (of(area)[Shade::White.index()], of(area).iter().sum::<u64>());
    let mut areas = scene.areas.clone();
    areas.sort_by(|&a, &b| {
        let ((a, of_a), (b, of_b)) = (white(a), white(b));
        (u128::from(b) * u128::from(of_a)).cmp(&(u128::from(a) * u128::from(of_b)))
    });
    let shown = if areas.len() > super::MANY { 2 * super::SHOWN } else { areas.len() };
    let rows: Vec<(usize, bool)> = scene
        .context
        .iter()
        .map(|&area| (area, true))
        .chain(areas[..shown].iter().map(|&area| (area, false)))
        .collect();
    let all = shades(scene, rule);
    let used: Vec<usize> = (0..all.len()).filter(|&class| rows.iter().any(|&(area, _)| of(area)[class] > 0)).collect();
    let (none, total) = white(0);
    let share = scene.locale.share(none, total, None).unwrap_or_else(|| "–".to_owned());
    let title = match none {
        0 => t.say("aid.title-none", &[("units", &scene.main_units())]),
        _ => t.say("aid.title", &[("share", &share), ("units", &scene.main_all())]),
    };
    let mut caption = format!("{} {}", networks(scene, &rule.fixed, *until), t.get("aid.caption"));
    if shown < areas.len() {
        let (n, few) = (scene.whole(areas.len()), scene.whole(shown));
        let more = t.say("aid.caption-many", &[("n", &n), ("areas", &scene.areas_word(2)), ("shown", &few)]);
        caption = format!("{caption} {more}");
    }
    Figure {
        id: "state-aid",
        subtitle: t.say("aid.subtitle", &[("units", &scene.main_all()), ("date", &scene.date())]),
        caption,
        source: scene.source(),
        description: t
            .say("aid.description", &[("area", &scene.areas_word(1)), ("units", &scene.main_all()), ("title", &title)]),
        title,
        chart: Chart::Stack(Stack {
            classes: used.iter().map(|&class| all[class].clone()).collect(),
            rows: rows
                .into_iter()
                .map(|(area, context)| {
                    let total: u64 = of(area).iter().sum();
                    Row {
                        label: scene.area_name(area),
                        parts: used.iter().map(|&class| super::speeds::share(of(area)[class], total)).collect(),
                        texts: used
                            .iter()
                            .map(|&class| super::speeds::whole_percent(scene, of(area)[class], total))
                            .collect(),
                        context,
                    }
                })
                .collect(),
            ticks: scene.percent_ticks(&[0, 25, 50, 75, 100]),
        }),
        table: Some(table(scene, counted)),
    }
}

fn number(scene: &Scene<'_>, count: u64) -> Cell {
    Cell::number(scene.count(count, false, scene.scaled()))
}

fn table(scene: &Scene<'_>, Counted { split, .. }: &Counted<StateAid>) -> Table {
    let t = &scene.t;
    let heads = ["column.total", "aid.column-white", "aid.column-grey", "aid.column-black", "column.unmatched"];
    let columns = heads.map(|key| Head::number(t.get(key)));
    let row = |head: String, area: usize, class: usize| {
        let of = split.counts(area, class, scene.unit);
        let cells = std::iter::once(of.iter().sum()).chain(of.iter().copied()).map(|count| number(scene, count));
        report::Row { head, cells: cells.collect() }
    };
    let body = scene.body_where(|area| split.counts(area, 0, scene.unit).iter().any(|&count| count > 0));
    let classes = split.settlements.iter().enumerate().filter_map(|(i, class)| Some((i, (*class)?)));
    let classes = classes.map(|(i, class)| row(t.get(&format!("settlement.{}", Settlement::key(class))), 0, i));
    let rest = scene.context.iter().map(|&area| row(scene.area_name(area), area, 0));
    Table {
        id: "state-aid-table".to_owned(),
        caption: t.say("aid.table-caption", &[("units", &scene.main_all()), ("date", &scene.date())]),
        folded: true,
        heads: [vec![Head::text(sentence(&scene.areas_word(1)))], columns.to_vec()].concat(),
        rows: body.into_iter().map(|area| row(scene.area_name(area), area, 0)).collect(),
        totals: rest.chain(classes).collect(),
        ..Table::default()
    }
}

/// Whom the support scheme is for: a sentence, and a table of why others are not.
fn support(scene: &Scene<'_>, Counted { rule, split, .. }: &Counted<Support>) -> Vec<Block> {
    let t = &scene.t;
    // Places, and not the report's unit: the scheme is about buildings.
    let places = &scene.ind.units[0];
    let of = |area: usize| split.counts(area, 0, 0);
    let used: Vec<usize> = (1..Standing::KEYS.len()).filter(|&part| of(0)[part] > 0).collect();
    let total: u64 = of(0).iter().sum();
    let count = |count: u64| scene.locale.count(count, places);
    let key = match (of(0)[0], rule.outside_localities) {
        (0, _) => "aid.nobody",
        (_, true) => "aid.eligible",
        (_, false) => "aid.eligible-everywhere",
    };
    let text = t.say(key, &[("n", &count(of(0)[0])), ("total", &count(total))]);
    let row = |area: usize| {
        let parts = std::iter::once(of(area).iter().sum()).chain([0].iter().chain(&used).map(|&part| of(area)[part]));
        report::Row { head: scene.area_name(area), cells: parts.map(|n: u64| Cell::number(count(n))).collect() }
    };
    let mut heads = vec![
        Head::text(sentence(&scene.areas_word(1))),
        Head::number(t.get("column.total")),
        Head::number(t.get("aid.column-eligible")),
    ];
    heads.extend(used.iter().map(|&part| Head::number(t.get(&format!("aid.column-{}", Standing::KEYS[part])))));
    vec![
        Block::Heading(t.get("aid.support")),
        Block::Text(format!("{text} {}", t.get("aid.see-method"))),
        Block::Table(Table {
            id: "support-table".to_owned(),
            caption: t.say("aid.support-caption", &[("date", &scene.date())]),
            folded: scene.folded(),
            heads,
            rows: scene.body().into_iter().map(row).collect(),
            totals: scene.context.iter().copied().map(row).collect(),
            note: t.get("aid.support-note"),
            ..Table::default()
        }),
    ]
}
