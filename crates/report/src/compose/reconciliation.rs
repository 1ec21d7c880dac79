//! Are the figures right: what the denominators rest on, and official figures beside the study's.

use nittio_core::{
    official::{Bound, Counts, Published},
    reconcile::{Comparison, Denominator, Doubt, Line, Position, Reason},
    settlement::SettlementGroup,
};

use super::{MANY, SHOWN, Scene, history, settlements};
use crate::{
    chart::{
        Chart,
        dots::{self, Dots, Series},
        legend::{Marker, Shape},
        palette,
    },
    messages::sentence,
    report::{self, Block, Cell, Figure, Head, Row, Section, Table, Term},
};

/// Names of the figures, in the order of the official figures, and of their years; those beyond stand in tables only.
const FIGURES: [[&str; 2]; 6] = [
    ["official-1", "history-1"],
    ["official-2", "history-2"],
    ["official-3", "history-3"],
    ["official-4", "history-4"],
    ["official-5", "history-5"],
    ["official-6", "history-6"],
];

pub(super) fn section(scene: &Scene<'_>) -> Section {
    let t = &scene.t;
    let comparisons = &scene.out.reconciliation.comparisons;
    let mut blocks = Vec::new();
    blocks.push(Block::Text(t.get(if comparisons.is_empty() {
        "reconciliation.none"
    } else {
        "reconciliation.intro"
    })));
    let mut figures = FIGURES.iter();
    for (number, comparison) in comparisons.iter().enumerate() {
        let lines = shown(scene, comparison);
        let heading = name(scene, comparison);
        if lines.is_empty() {
            blocks.push(Block::Heading(heading));
            blocks.push(Block::Text(t.say("reconciliation.no-lines", &[("areas", &scene.areas_word(2))])));
            continue;
        }
        let share = comparison.official.definition.counts == Counts::Share;
        let mut history = None;
        match figures.next().filter(|_| share) {
            Some(&[id, years]) => {
                blocks.push(Block::Figure(Box::new(figure(scene, id, comparison, &lines))));
                history = history::figure(scene, years, comparison);
            }
            None => {
                let mut table = table(scene, &format!("official-table-{number}"), comparison, &lines);
                blocks.push(Block::Heading(heading));
                if lines.iter().all(|line| line.difference_units(scale(scene, comparison)) == 0) && !share {
                    // A table of zeros is a sentence.
                    blocks.push(Block::Text(same(scene, comparison, &lines)));
                    (table.folded, table.screen_only) = (true, true);
                }
                blocks.push(Block::Table(table));
            }
        }
        if !comparison.without.is_empty() {
            let names = comparison.without.iter().filter(|area| scene.areas.contains(area));
            let names: Vec<String> = names.map(|&area| scene.area_name(area)).collect();
            if !names.is_empty() && names.len() <= SHOWN {
                blocks.push(Block::Text(t.say("reconciliation.without", &[("areas", &scene.list(names))])));
            }
        }
        blocks.push(Block::Terms(explanations(scene, comparison)));
        blocks.extend(history.map(|figure| Block::Figure(Box::new(figure))));
    }
    blocks.push(Block::Heading(t.get("reconciliation.denominators")));
    blocks.extend(denominators(scene));
    Section {
        id: "reconciliation",
        short: t.get("reconciliation.short"),
        heading: t.get("reconciliation.heading"),
        blocks,
    }
}

/// The lines of the level and of the areas beside it: those to compare with first, then from the most too low to the
/// most too high.
fn shown<'c>(scene: &Scene<'_>, comparison: &'c Comparison) -> Vec<&'c Line> {
    let of = |areas: &[usize]| -> Vec<&'c Line> {
        comparison.lines.iter().filter(|line| areas.contains(&line.area) && line.figure.total > 0).collect()
    };
    let mut lines = of(&scene.areas);
    lines.sort_by_key(|line| difference(scene, comparison, line));
    [of(&scene.beside), lines].concat()
}

pub(super) fn scale(scene: &Scene<'_>, comparison: &Comparison) -> u64 {
    scene.ind.unit(comparison.official.unit.key()).map_or(1, |unit| scene.ind.units[unit].scale)
}

/// Millionths: of the whole for shares, of the official value for totals.
fn difference(scene: &Scene<'_>, comparison: &Comparison, line: &Line) -> i64 {
    let found = match comparison.official.definition.counts {
        Counts::Share => line.difference_ppm(),
        Counts::Total => line.difference_ratio_ppm(scale(scene, comparison)),
    };
    found.unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "for display only")]
fn points(ppm: i64) -> f64 {
    ppm as f64 / 10_000.0
}

/// The name of an official figure: the publisher's, with the id when that says more.
pub(super) fn name(scene: &Scene<'_>, comparison: &Comparison) -> String {
    let definition = &comparison.official.definition;
    let name = scene.text(&definition.name);
    // A publisher's code is known to readers; the ids that this program gave are not.
    let code = definition.id.starts_with(char::is_uppercase) && name != definition.id;
    if code { format!("{name} ({})", definition.id) } else { name.to_owned() }
}

pub(super) fn day(scene: &Scene<'_>, comparison: &Comparison) -> String {
    let official = &comparison.official;
    match (official.day(), official.year) {
        (Some(day), _) => scene.locale.date(day, &scene.t.get("months")),
        (None, Some(year)) => year.to_string(),
        (None, None) => scene.t.get("reconciliation.day-unknown"),
    }
}

/// What stands beside what.
fn subtitle(scene: &Scene<'_>, comparison: &Comparison) -> String {
    let official = &comparison.official;
    let units = scene.all_units(&official.unit);
    let (day, date) = (day(scene, comparison), scene.date());
    let values = [("publisher", official.definition.publisher.as_str()), ("day", &day), ("date", &date)];
    let said = match official.measure {
        Some(measure) => {
            let profile = scene.ind.profiles.get(official.profile).map(|p| scene.profile_name(p)).unwrap_or_default();
            let property = scene.measure_name(measure);
            let ours = [("property", property.as_str()), ("profile", &profile.to_lowercase())];
            let all = [&values[..], &[("units", units.as_str())], &ours].concat();
            scene.t.say("reconciliation.subtitle", &all)
        }
        None => {
            let counted = scene.units(&official.unit);
            let all = [&values[..], &[("units", counted.as_str())]].concat();
            scene.t.say("reconciliation.subtitle-total", &all)
        }
    };
    match official.settlement {
        SettlementGroup::All => said,
        group => format!("{said} {}.", sentence(&group_name(scene, group))),
    }
}

pub(super) fn group_name(scene: &Scene<'_>, group: SettlementGroup) -> String {
    scene.t.get(match group {
        SettlementGroup::All => "reconciliation.group-all",
        SettlementGroup::BuiltUp => "reconciliation.group-built-up",
        SettlementGroup::Outside => "reconciliation.group-outside",
    })
}

/// That the study's totals are the official ones, in how many areas.
fn same(scene: &Scene<'_>, comparison: &Comparison, lines: &[&Line]) -> String {
    let n = lines.iter().filter(|line| scene.areas.contains(&line.area)).count();
    let (day, units) = (day(scene, comparison), scene.units(&comparison.official.unit));
    let publisher = comparison.official.definition.publisher.as_str();
    let key = if n == scene.areas.len() && n > 1 { "reconciliation.same-all" } else { "reconciliation.same" };
    let (n, areas) = (scene.whole(n), scene.areas_word(n));
    let values = [("n", n.as_str()), ("areas", &areas), ("publisher", publisher), ("day", &day), ("units", &units)];
    scene.t.say(key, &values)
}

/// The finding: whether all official values lie in the study's spans, or which is furthest off.
fn title(scene: &Scene<'_>, comparison: &Comparison, lines: &[&Line]) -> String {
    let name = name(scene, comparison);
    let off = lines.iter().filter(|line| line.position != Position::Within);
    let Some(worst) = off.max_by_key(|line| difference(scene, comparison, line).abs()) else {
        return scene.t.say("reconciliation.title-within", &[("name", &name)]);
    };
    let difference = points(difference(scene, comparison, worst));
    let values = [
        ("name", name.as_str()),
        ("points", &settlements::signed(scene, difference)),
        ("area", &scene.area_name(worst.area)),
    ];
    scene.t.say("reconciliation.title-off", &values)
}

#[expect(clippy::cast_precision_loss, reason = "for drawing only")]
fn figure(scene: &Scene<'_>, id: &'static str, comparison: &Comparison, lines: &[&Line]) -> Figure {
    let t = &scene.t;
    let unmatched = lines.iter().any(|line| line.figure.unmatched > 0);
    let series = |key: &str, shape, colour| Series { name: t.get(key), marker: Marker { shape, colour } };
    let mut all = vec![series("reconciliation.ours", Shape::Dot, palette::MET)];
    if unmatched {
        all.push(series("reconciliation.ours-upper", Shape::Ring, palette::CONTEXT));
    }
    all.push(series("reconciliation.official", Shape::Square, palette::INK));
    let row = |line: &&Line| dots::Row {
        label: scene.area_name(line.area),
        values: std::iter::once(line.figure.share())
            .chain(unmatched.then(|| line.figure.upper_share()))
            .chain([Some(line.official.value as f64 / 1e6)])
            .collect(),
        tail: settlements::signed(scene, points(difference(scene, comparison, line))),
        context: scene.beside.contains(&line.area),
    };
    let (beside, of_level): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|line| scene.beside.contains(&line.area));
    let many = of_level.len() > MANY;
    let mut drawn = of_level;
    if many {
        drawn.sort_by_key(|line| std::cmp::Reverse(difference(scene, comparison, line).abs()));
        drawn.truncate(2 * SHOWN);
    }
    let rows: Vec<dots::Row> = beside.iter().chain(&drawn).map(row).collect();
    let (from, ticks) = settlements::axis(scene, &rows);
    let title = title(scene, comparison, lines);
    let mut caption = t.get(if unmatched { "reconciliation.caption-upper" } else { "reconciliation.caption" });
    if many {
        let n = scene.whole(drawn.len());
        let more = t.say("reconciliation.caption-many", &[("n", &n), ("areas", &scene.areas_word(2))]);
        caption = format!("{caption} {more}");
    }
    Figure {
        id,
        subtitle: subtitle(scene, comparison),
        caption,
        source: source(scene, comparison),
        description: t.say("reconciliation.description", &[("area", &scene.areas_word(1)), ("title", &title)]),
        title,
        chart: Chart::Dots(Dots {
            series: all,
            rows,
            ticks,
            goal: None,
            from,
            tail_head: t.get("reconciliation.difference-points"),
        }),
        table: Some(table(scene, &format!("{id}-table"), comparison, lines)),
    }
}

/// Who made the official file, and what the study rests on.
pub(super) fn source(scene: &Scene<'_>, comparison: &Comparison) -> report::Source {
    let said = comparison.official.source.as_ref().map(|source| source.trim_end_matches('.').to_owned());
    let own = said.unwrap_or_else(|| comparison.official.definition.publisher.clone());
    report::Source { own: Some(own), ..scene.source() }
}

/// A published value as it is to be read.
pub(super) fn published(scene: &Scene<'_>, counts: Counts, value: Published) -> String {
    #[expect(clippy::cast_precision_loss, reason = "for display only")]
    let percent = || scene.locale.percent(&scene.locale.plain(value.value as f64 / 1e4));
    match (counts, value.bound) {
        (Counts::Total, _) => scene.locale.whole(value.value),
        (Counts::Share, Bound::Exact) => scene.locale.share(value.value, 1_000_000, None).unwrap_or_default(),
        (Counts::Share, Bound::Above) => format!(">\u{202f}{}", percent()),
        (Counts::Share, Bound::Below) => format!("<\u{202f}{}", percent()),
    }
}

pub(super) fn position(scene: &Scene<'_>, position: Position) -> String {
    scene.t.get(match position {
        Position::Below => "reconciliation.below",
        Position::Within => "reconciliation.within",
        Position::Above => "reconciliation.above",
        Position::Unknown => "reconciliation.unknown",
    })
}

fn doubts(scene: &Scene<'_>, line: &Line) -> String {
    let word = |doubt: &Doubt| {
        scene.t.get(match doubt {
            Doubt::Rounded => "reconciliation.rounded",
            Doubt::OpenEnded => "reconciliation.open-ended",
            Doubt::Unmatched => "reconciliation.unmatched",
            Doubt::Denominator => "reconciliation.denominator",
        })
    };
    sentence(&line.reasons.iter().map(word).collect::<Vec<_>>().join(", "))
}

fn table(scene: &Scene<'_>, id: &str, comparison: &Comparison, lines: &[&Line]) -> Table {
    let t = &scene.t;
    let counts = comparison.official.definition.counts;
    let scale = scale(scene, comparison);
    let scaled = scene.ind.units.iter().find(|unit| unit.unit == comparison.official.unit);
    let count = |n: u64| scaled.map_or_else(|| scene.locale.whole(n), |unit| scene.locale.count(n, unit));
    let mut heads = vec![Head::text(sentence(&scene.areas_word(1)))];
    let keys: &[&str] = match counts {
        Counts::Share => &["column.total", "reconciliation.lower", "column.upper", "reconciliation.official"],
        Counts::Total => &["reconciliation.ours", "reconciliation.official", "reconciliation.difference-units"],
    };
    heads.extend(keys.iter().map(|key| Head::number(t.get(key))));
    if counts == Counts::Share {
        heads.push(Head::number(t.get("reconciliation.difference-points")));
        heads.push(Head::text(t.get("reconciliation.position")));
        heads.push(Head::text(t.get("reconciliation.may-explain")));
    } else {
        heads.push(Head::number(t.get("reconciliation.difference-percent")));
    }
    let row = |line: &&Line| {
        let official = Cell::number(published(scene, counts, line.official));
        let difference = settlements::signed(scene, points(difference(scene, comparison, line)));
        let cells = match counts {
            Counts::Share => vec![
                Cell::number(count(line.figure.total)),
                Cell::number(scene.plain_share(&line.figure)),
                Cell::number(scene.upper(&line.figure)),
                official,
                Cell::number(difference),
                Cell::text(position(scene, line.position)),
                Cell::text(doubts(scene, line)),
            ],
            Counts::Total => {
                let units = line.difference_units(scale);
                let sign = if units < 0 {
                    "\u{2212}"
                } else if units > 0 {
                    "+"
                } else {
                    ""
                };
                vec![
                    Cell::number(count(line.figure.total)),
                    official,
                    Cell::number(format!("{sign}{}", scene.locale.whole(units.unsigned_abs()))),
                    Cell::number(scene.locale.percent(&difference)),
                ]
            }
        };
        Row { head: scene.area_name(line.area), cells }
    };
    let (beside, of_level): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|line| scene.beside.contains(&line.area));
    let mut totals: Vec<Row> = beside.iter().map(row).collect();
    if let Some(country) = comparison.official.country {
        let at = keys.iter().position(|key| *key == "reconciliation.official").unwrap_or(0);
        let texts = if counts == Counts::Share { 2 } else { 0 };
        let mut cells = vec![Cell::number("–"); heads.len() - 1 - texts];
        cells[at] = Cell::number(published(scene, counts, country));
        cells.extend(std::iter::repeat_n(Cell::text(""), texts));
        totals.push(Row { head: t.get("reconciliation.country"), cells });
    }
    Table {
        id: id.to_owned(),
        caption: subtitle(scene, comparison),
        folded: of_level.len() > super::FOLD,
        heads,
        rows: of_level.iter().map(row).collect(),
        totals,
        ..Table::default()
    }
}

/// What differs by definition, one term per difference.
fn explanations(scene: &Scene<'_>, comparison: &Comparison) -> Vec<Term> {
    let t = &scene.t;
    let official = &comparison.official;
    let definition = &official.definition;
    let ours = scene.units(&official.unit);
    let profile = scene.ind.profiles.get(official.profile);
    let profile_name = profile.map(|p| scene.profile_name(p).to_lowercase()).unwrap_or_default();
    let theirs = definition.unit.as_ref().map(|unit| scene.units(unit)).unwrap_or_default();
    let measure = |measure| scene.measure_name(measure);
    let (their_measure, our_measure) =
        (definition.measure.map(measure).unwrap_or_default(), official.measure.map(measure).unwrap_or_default());
    let access = definition.access.as_ref().map(|text| scene.text(text).to_owned()).unwrap_or_default();
    let group = |group: Option<SettlementGroup>| group.map(|g| group_name(scene, g)).unwrap_or_default();
    let (their_group, our_group) = (group(definition.settlement), group(Some(official.settlement)));
    let (their_day, our_day) = (day(scene, comparison), scene.date());
    let mut terms: Vec<Term> = Vec::new();
    for reason in &comparison.reasons {
        let (term, text) = match *reason {
            Reason::Unit => ("method.unit", t.say("reconciliation.unit", &[("theirs", &theirs), ("ours", &ours)])),
            Reason::UnitNotKnown => ("method.unit", t.say("reconciliation.unit-not-known", &[("ours", &ours)])),
            Reason::Measure => (
                "method.property",
                t.say("reconciliation.measure", &[("theirs", &their_measure), ("ours", &our_measure)]),
            ),
            Reason::MeasureNotKnown => {
                ("method.property", t.say("reconciliation.measure-not-known", &[("ours", &our_measure)]))
            }
            Reason::Access => (
                "reconciliation.access-term",
                t.say("reconciliation.access", &[("theirs", &access), ("ours", &profile_name)]),
            ),
            Reason::AccessNotKnown => {
                ("reconciliation.access-term", t.say("reconciliation.access-not-known", &[("ours", &profile_name)]))
            }
            Reason::Settlement => (
                "method.settlement",
                t.say("reconciliation.settlement", &[("theirs", &their_group), ("ours", &our_group)]),
            ),
            Reason::SettlementNotKnown => {
                ("method.settlement", t.say("reconciliation.settlement-not-known", &[("ours", &our_group)]))
            }
            Reason::Day => {
                ("reconciliation.day-term", t.say("reconciliation.day", &[("theirs", &their_day), ("ours", &our_day)]))
            }
            Reason::DayNotKnown => (
                "reconciliation.day-term",
                t.say("reconciliation.day-not-known", &[("theirs", &their_day), ("ours", &our_day)]),
            ),
            Reason::Plans => ("reconciliation.access-term", t.get("reconciliation.plans")),
            Reason::Technologies => ("reconciliation.access-term", t.get("reconciliation.technologies")),
            Reason::Note(number) => {
                let note = &definition.notes[number];
                let text = match scene.locale {
                    crate::Locale::Sv => &note.sv,
                    crate::Locale::En => &note.en,
                };
                ("reconciliation.method-term", text.clone())
            }
        };
        let term = t.get(term);
        let line = report::Line { text, link: None };
        match terms.iter_mut().find(|known| known.term == term) {
            Some(known) => known.lines.push(line),
            None => terms.push(Term { term, lines: vec![line] }),
        }
    }
    if let Some(source) = &definition.source {
        let line = report::Line { text: source.title.clone(), link: source.link.clone() };
        terms.push(Term { term: t.get("reconciliation.source-term"), lines: vec![line] });
    }
    terms
}

/// How much is in doubt in the whole study, in a sentence.
fn sums(scene: &Scene<'_>) -> String {
    let all = scene.out.reconciliation.denominators.iter();
    let Some(places) = all.clone().find(|d| d.area == 0 && d.unit == 0) else { return String::new() };
    let whole = |n| scene.locale.whole(n);
    let values = [whole(places.places.unmatched), whole(places.places.total), whole(places.duplicates)];
    let [unmatched, total, duplicates] = values.each_ref().map(String::as_str);
    let values = [("unmatched", unmatched), ("total", total), ("duplicates", duplicates)];
    scene.t.say("reconciliation.denominators-sums", &values)
}

/// The areas about whose totals anything is in doubt.
fn denominators(scene: &Scene<'_>) -> Vec<Block> {
    let t = &scene.t;
    let all = &scene.out.reconciliation.denominators;
    let of = |area: usize, unit: usize| all.iter().find(|d| d.area == area && d.unit == unit);
    let off = |area: &usize| all.iter().any(|d| d.area == *area && d.is_off());
    let areas = scene.body();
    let rows: Vec<usize> = areas.iter().copied().filter(off).collect();
    let totals: Vec<usize> = scene.context.iter().copied().filter(off).collect();
    if totals.is_empty() && rows.is_empty() {
        return vec![Block::Text(t.get("reconciliation.nothing-off"))];
    }
    let lacking = |unit: &usize| all.iter().any(|d| d.unit == *unit && d.without > 0);
    let units: Vec<usize> = (1..scene.ind.units.len()).filter(lacking).collect();
    let mut heads = vec![
        Head::text(sentence(&scene.areas_word(1))),
        Head::number(t.get("unit.places")),
        Head::number(t.get("column.unmatched")),
        Head::number(t.get("reconciliation.duplicates")),
    ];
    for &unit in &units {
        let name = scene.units(&scene.ind.units[unit].unit);
        heads.push(Head::number(t.say("reconciliation.lacks", &[("units", &name)])));
    }
    heads.push(Head::number(t.get("reconciliation.lower")));
    heads.push(Head::number(t.get("column.upper")));
    let number = |n: u64| Cell::number(scene.locale.whole(n));
    let row = |area: usize| {
        let places = of(area, 0);
        let count = |of: fn(&Denominator) -> u64| places.map_or(0, of);
        let mut cells = vec![
            number(count(|d| d.places.total)),
            number(count(|d| d.places.unmatched)),
            number(count(|d| d.duplicates)),
        ];
        cells.extend(units.iter().map(|&unit| number(of(area, unit).map_or(0, |d| d.without))));
        let figure = scene.main(area);
        cells.push(Cell::number(scene.plain_share(&figure)));
        cells.push(Cell::number(scene.upper(&figure)));
        Row { head: scene.area_name(area), cells }
    };
    let quiet = areas.len() - rows.len();
    let quiet = match quiet {
        0 => t.get("reconciliation.all-rows"),
        n => t.say("reconciliation.quiet", &[("n", &scene.whole(n)), ("areas", &scene.areas_word(n))]),
    };
    vec![
        Block::Text(sums(scene)),
        Block::Text(t.say("reconciliation.denominators-intro", &[("units", &scene.main_all())])),
        Block::Table(Table {
            id: "denominators".to_owned(),
            caption: scene.figure_subtitle(),
            folded: true,
            heads,
            rows: rows.into_iter().map(row).collect(),
            totals: totals.into_iter().map(row).collect(),
            note: quiet,
            ..Table::default()
        }),
    ]
}
