//! Categories: how many schools, libraries and workplaces have the speed, and which public places lack it.

use nittio_core::{
    category::{Few, Lacking, are_told_apart},
    indicator::{At, Figure as Counts},
    unit::Unit,
};

use super::Scene;
use crate::{
    chart::{
        Chart,
        bars::{Bar, Bars, Row, Tone},
    },
    messages::sentence,
    report::{self, Block, Cell, Figure, Group, Head, Section, Table},
};

/// Where people live is what the rest of the report is about.
const HOMES: [&str; 3] = ["home", "holiday_home", "place"];

/// More than so many places are not listed in the report.
const LISTED: u64 = 30;

/// The section, where places are told apart by what they are.
pub(super) fn section(scene: &Scene<'_>) -> Option<Section> {
    let t = &scene.t;
    let categories = categories(scene);
    if categories.is_empty() {
        return None;
    }
    let mut blocks = if categories.iter().any(|&category| of(scene, 0, category).has_share()) {
        vec![Block::Figure(Box::new(figure(scene, &categories)))]
    } else {
        without_shares(scene, &categories)
    };
    if let Some(few) = scene.lacking {
        blocks.extend(lacking(scene, few));
    }
    let (short, heading) = (t.get("categories.short"), t.get("categories.heading"));
    Some(Section { id: "categories", short, heading, blocks })
}

/// In place of a figure that could show no share: how many places there are.
fn without_shares(scene: &Scene<'_>, categories: &[usize]) -> Vec<Block> {
    let t = &scene.t;
    let counted = |&category: &usize| {
        let figure = of(scene, 0, category);
        let n = count(scene, figure.total, figure.hides.total);
        let name = name(scene, category).to_lowercase();
        (figure.total > 0 && !figure.hides.total)
            .then(|| t.say("categories.counted", &[("n", &n), ("category", &name)]))
    };
    let counted: Vec<String> = categories.iter().filter_map(counted).collect();
    let mut text = t.say("categories.hidden", &[("property", &scene.property())]);
    if !counted.is_empty() {
        text = format!("{text} {}", t.say("categories.hidden-counted", &[("places", &scene.list(counted))]));
    }
    let mut blocks = vec![Block::Text(text)];
    // Areas may have shares that the whole study has not.
    if scene.areas.iter().any(|&area| categories.iter().any(|&category| of(scene, area, category).has_share())) {
        blocks.push(Block::Table(table(scene, categories)));
    }
    blocks
}

/// The categories that are shown, by index, in the order of their names.
fn categories(scene: &Scene<'_>) -> Vec<usize> {
    if !are_told_apart(scene.ind) {
        return Vec::new();
    }
    let shown = |category: &Option<String>| category.as_deref().is_some_and(|name| !HOMES.contains(&name));
    let found = scene.ind.categories.iter().enumerate().filter(|(_, category)| shown(category));
    let mut found: Vec<usize> = found.map(|(i, _)| i).collect();
    found.sort_by_cached_key(|&i| scene.locale.sort_key(&name(scene, i)));
    found
}

/// "Skolor".
pub(super) fn name(scene: &Scene<'_>, category: usize) -> String {
    let key = scene.ind.categories[category].as_deref().unwrap_or_default();
    scene.t.find(&format!("category.{key}")).unwrap_or_else(|| sentence(&key.replace('_', " ")))
}

fn of(scene: &Scene<'_>, area: usize, category: usize) -> Counts {
    scene.ind.figure(At { area, category, measure: scene.measure, ..At::default() })
}

fn count(scene: &Scene<'_>, count: u64, hidden: bool) -> String {
    scene.count(count, hidden, &scene.ind.units[0])
}

fn figure(scene: &Scene<'_>, categories: &[usize]) -> Figure {
    let t = &scene.t;
    let bar = |&category: &usize| {
        let figure = of(scene, 0, category);
        let (has, total) = (
            count(scene, figure.covered, figure.hides.covered || figure.hides.total),
            count(scene, figure.total, figure.hides.total),
        );
        Row::Bar(Bar {
            label: name(scene, category),
            value: scene.plain_share(&figure),
            share: figure.share(),
            planned: None,
            upper: None,
            tail: t.say("categories.of", &[("has", &has), ("total", &total)]),
            tone: Tone::Met,
        })
    };
    let lowest = categories.iter().filter(|&&c| of(scene, 0, c).has_share()).min_by(|&&a, &&b| {
        let (a, b) = (of(scene, 0, a), of(scene, 0, b));
        (u128::from(a.covered) * u128::from(b.total)).cmp(&(u128::from(b.covered) * u128::from(a.total)))
    });
    let title = match lowest {
        Some(&category) if of(scene, 0, category).covered < of(scene, 0, category).total => t.say(
            "categories.title",
            &[
                ("category", &name(scene, category).to_lowercase()),
                ("share", &scene.plain_share(&of(scene, 0, category))),
            ],
        ),
        _ => t.get("categories.title-all"),
    };
    // The lowest first; those without a share last.
    let mut sorted = categories.to_vec();
    sorted.sort_by(|&a, &b| {
        let (a, b) = (of(scene, 0, a), of(scene, 0, b));
        let none = (!a.has_share()).cmp(&!b.has_share());
        none.then((u128::from(a.covered) * u128::from(b.total)).cmp(&(u128::from(b.covered) * u128::from(a.total))))
    });
    let mut caption = t.get("categories.caption");
    let key = |&category: &usize| scene.ind.categories[category].as_deref();
    if scene.ind.unit(Unit::Workplaces.key()).is_some() && categories.iter().any(|c| key(c) == Some("workplace")) {
        caption = format!("{caption} {}", t.get("categories.caption-workplaces"));
    }
    let profile = scene.ind.profiles.first().map(|p| scene.profile_name(p)).unwrap_or_default().to_lowercase();
    let values = [("property", scene.property()), ("date", scene.date()), ("profile", profile)];
    let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
    Figure {
        id: "categories",
        subtitle: t.say("categories.subtitle", &values),
        caption,
        source: scene.source(),
        description: t.say("categories.description", &[("title", &title)]),
        title,
        chart: Chart::Bars(Bars {
            rows: sorted.iter().map(bar).collect(),
            ticks: scene.percent_ticks(&[0, 25, 50, 75, 100]),
            goal: None,
            legend: Vec::new(),
        }),
        table: Some(table(scene, categories)),
    }
}

fn table(scene: &Scene<'_>, categories: &[usize]) -> Table {
    let t = &scene.t;
    let mut heads = vec![Head::text(sentence(&scene.areas_word(1)))];
    let mut groups = vec![Group { text: String::new(), columns: 1 }];
    for &category in categories {
        groups.push(Group { text: name(scene, category), columns: 2 });
        heads.push(Head::number(t.get("column.total")).first());
        heads.push(Head::number(t.get("column.covered")));
    }
    let row = |area: usize| {
        let cells = categories.iter().flat_map(|&category| {
            let figure = of(scene, area, category);
            [
                Cell::number(count(scene, figure.total, figure.hides.total)).first(),
                Cell::number(count(scene, figure.covered, figure.hides.covered)),
            ]
        });
        report::Row { head: scene.area_name(area), cells: cells.collect() }
    };
    let body = scene.body_where(|area| {
        let figures = categories.iter().map(|&category| of(scene, area, category));
        figures.into_iter().any(|figure| figure.total > 0 || figure.hides.total)
    });
    Table {
        id: "categories-table".to_owned(),
        caption: t.say("categories.table-caption", &[("property", &scene.property()), ("date", &scene.date())]),
        folded: true,
        screen_only: false,
        groups,
        heads,
        rows: body.into_iter().map(row).collect(),
        totals: scene.context.iter().copied().map(row).collect(),
        note: String::new(),
    }
}

/// Which public places lack the speed: by name when they are few.
fn lacking(scene: &Scene<'_>, few: &Few) -> Vec<Block> {
    let t = &scene.t;
    let n = scene.locale.whole(few.count);
    let values = [("n", n.as_str()), ("property", &scene.property())];
    match few.count {
        0 => return vec![Block::Text(t.say("categories.none-lacks", &values))],
        1..=LISTED => {}
        _ => return vec![Block::Text(t.say("categories.many-lack", &values))],
    }
    let level = scene.out.frame.levels.iter().position(|level| level.key == scene.level);
    let area = |place: &Lacking| {
        let area =
            level.and_then(|level| Some(&scene.out.frame.levels[level].areas[(*place.areas.get(level)?)? as usize]));
        area.map_or_else(|| t.get("area.outside"), |area| area.name.clone())
    };
    let category =
        |key: &str| t.find(&format!("category-one.{key}")).unwrap_or_else(|| sentence(&key.replace('_', " ")));
    let mut places: Vec<(String, &Lacking)> = few.first.iter().map(|place| (area(place), place)).collect();
    places.sort_by_cached_key(|(area, place)| {
        (scene.locale.sort_key(area), place.category.clone(), scene.locale.sort_key(&place.name))
    });
    let rows = places.into_iter().map(|(area, place)| report::Row {
        head: place.name.clone(),
        cells: vec![
            Cell::text(category(&place.category)),
            Cell::text(area),
            Cell::number(place.down.map_or_else(|| t.get("categories.nothing"), |down| scene.locale.speed(down))),
        ],
    });
    let table = Table {
        id: "lacking-table".to_owned(),
        caption: t.say("categories.lacking-order", &[("areas", &scene.areas_word(1))]),
        folded: few.count > 12,
        heads: vec![
            Head::text(t.get("categories.place")),
            Head::text(t.get("categories.category")),
            Head::text(sentence(&scene.areas_word(1))),
            Head::number(t.get("categories.best")),
        ],
        rows: rows.collect(),
        note: t.get("categories.lacking-note"),
        ..Table::default()
    };
    vec![Block::Heading(t.say("categories.lacking-caption", &values)), Block::Table(table)]
}
