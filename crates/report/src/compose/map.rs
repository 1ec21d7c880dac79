//! The map: classes with the goal as a break, and geometry in planar units.

use geo::{BoundingRect, Coord, MapCoords, MultiPolygon};
use nittio_core::breaks;

use super::{Scene, ledger};
use crate::{
    chart::{
        Chart,
        map::{Area, Class, Map, TALLEST},
        palette,
    },
    messages::sentence,
    report::{Block, Figure, Section, Table},
};

/// Above this many areas, names would be a crowd.
const NAMED: usize = 45;

pub(super) fn section(scene: &Scene<'_>) -> Section {
    let t = &scene.t;
    let block = match figure(scene) {
        Some(figure) => Block::Figure(Box::new(figure)),
        None if scene.areas.is_empty() => Block::Text(t.say("map.no-level", &[("level", scene.level)])),
        None => Block::Text(t.say("map.no-geometry", &[("areas", &scene.areas_word(2))])),
    };
    Section { id: "map", short: t.get("map.short"), heading: t.get("map.heading"), blocks: vec![block] }
}

fn figure(scene: &Scene<'_>) -> Option<Figure> {
    let t = &scene.t;
    let shapes = shapes(scene);
    if shapes.is_empty() {
        return None;
    }
    let squeeze = squeeze(scene, &shapes);
    let known: Vec<_> = shapes.iter().map(|&(area, _)| scene.main(area)).filter(|f| f.has_share()).collect();
    let ppm = |f: &nittio_core::indicator::Figure| {
        u32::try_from(u128::from(f.covered) * 1_000_000 / u128::from(f.total)).unwrap_or(1_000_000)
    };
    let low = known.iter().map(ppm).min().unwrap_or(0);
    let high = known.iter().map(ppm).max().unwrap_or(0);
    let breaks = breaks::breaks(scene.goal_ppm(), low, high);
    let areas: Vec<Area> = shapes
        .iter()
        .map(|&(area, shape)| {
            let figure = scene.main(area);
            Area {
                name: scene.area_name(area),
                value: scene.share(&figure),
                class: figure.has_share().then(|| breaks::class(&breaks, figure.covered, figure.total)),
                missed: scene.reaches(&figure) == Some(false),
                shape: squeezed(shape, squeeze),
            }
        })
        .collect();
    let goal_word = scene.step().map(|step| scene.share_word(step));
    let goal = scene.goal_ppm().and_then(|goal| breaks.iter().position(|&b| b == goal)).map(|i| i + 1);
    let mark = scene.goal_mark().map(|mark| mark.label).unwrap_or_default();
    let title = title(scene);
    let chart = Map {
        legend_head: t.say("map.legend", &[("units", &scene.main_all()), ("property", &scene.property())]),
        classes: classes(scene, &breaks),
        goal: goal.map(|class| (class, mark)),
        missed: areas
            .iter()
            .any(|area| area.missed)
            .then(|| t.say("map.missed", &[("share", &goal_word.clone().unwrap_or_default())])),
        nothing: areas.iter().any(|area| area.class.is_none()).then(|| {
            let hidden = scene.areas.iter().any(|&area| scene.main(area).hides.any());
            t.get(if hidden { "map.nothing-shown" } else { "map.nothing" })
        }),
        lengths: if scene.out.provenance.crs.starts_with("EPSG:") { lengths(scene) } else { Vec::new() },
        named: areas.len() <= NAMED,
        tallest: TALLEST,
        areas,
    };
    let mut caption = vec![goal_word.as_ref().map_or_else(
        || t.get("map.caption-no-goal"),
        |share| t.say("map.caption", &[("share", share), ("areas", &scene.areas_word(2))]),
    )];
    if scene.folded() {
        // The ranking has the same table; a long one stands on the page once.
        caption.push(t.say("map.no-table", &[("area", &scene.areas_word(1))]));
    } else if !chart.named {
        caption.push(t.get("map.no-names"));
    }
    let without = scene.areas.len() - shapes.len();
    if without > 0 {
        let n = scene.whole(without);
        caption.push(t.say("map.some-missing", &[("n", &n), ("areas", &scene.areas_word(without))]));
    }
    let met = goal_word.map(|share| {
        let met = known.iter().filter(|f| scene.reaches(f) == Some(true)).count();
        let values = [("met", scene.whole(met)), ("all", scene.whole(known.len()))];
        t.say("map.description-met", &[("met", &values[0].1), ("all", &values[1].1), ("share", &share)])
    });
    let description = t.say(
        "map.description",
        &[
            ("n", &scene.whole(shapes.len())),
            ("areas", &scene.areas_word(shapes.len())),
            ("title", &title),
            ("met", &met.unwrap_or_default()),
        ],
    );
    Some(Figure {
        id: "map",
        title,
        subtitle: scene.figure_subtitle(),
        caption: caption.join(" "),
        source: scene.source(),
        description: description.trim().to_owned(),
        chart: Chart::Map(chart),
        table: (!scene.folded()).then(|| Table {
            // In print the ranking's, which is the same, is enough.
            screen_only: true,
            ..ledger::short_table(scene, &scene.by_share(), "map-table")
        }),
    })
}

/// The areas of the level that have borders.
pub(super) fn shapes<'a>(scene: &Scene<'a>) -> Vec<(usize, &'a MultiPolygon)> {
    let shape = |&area: &usize| {
        let (level, index) = scene.ind.areas[area].index?;
        let shape = scene.out.frame.levels.get(level)?.areas.get(index)?.geometry.as_ref()?;
        shape.bounding_rect().map(|_| (area, shape))
    };
    scene.areas.iter().filter_map(shape).collect()
}

/// A shape, narrower by so much.
pub(super) fn squeezed(shape: &MultiPolygon, squeeze: f64) -> MultiPolygon {
    shape.map_coords(|c| Coord { x: c.x * squeeze, y: c.y })
}

fn title(scene: &Scene<'_>) -> String {
    let t = &scene.t;
    let sorted: Vec<usize> = scene.by_share().into_iter().filter(|&area| scene.main(area).has_share()).collect();
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else { return t.get("map.title-nothing") };
    let (low_share, high_share) = (scene.share(&scene.main(low)), scene.share(&scene.main(high)));
    let key = if sorted.len() == 1 {
        "map.title-one"
    } else if low_share == high_share {
        "map.title-same"
    } else {
        "map.title"
    };
    t.say(
        key,
        &[
            ("low", &scene.area_name(low)),
            ("low-share", &low_share),
            ("high", &scene.area_name(high)),
            ("high-share", &high_share),
            ("areas", &scene.areas_word(2)),
        ],
    )
}

fn classes(scene: &Scene<'_>, breaks: &[u32]) -> Vec<Class> {
    let colours = palette::sequential(breaks.len() + 1);
    let number = |b: u32| scene.locale.plain(f64::from(b) / 10_000.0);
    let word = |b: u32| scene.locale.percent(&number(b));
    colours
        .into_iter()
        .enumerate()
        .map(|(i, colour)| {
            let from = i.checked_sub(1).map(|i| breaks[i]);
            let label = match (from, breaks.get(i)) {
                (Some(1_000_000), None) => scene.t.say("map.class-all", &[("from", &word(1_000_000))]),
                (Some(from), None) => scene.t.say("map.class-top", &[("from", &word(from))]),
                (Some(from), Some(&to)) => {
                    scene.t.say("map.class-between", &[("from", &number(from)), ("to", &word(to))])
                }
                (None, Some(&to)) => scene.t.say("map.class-below", &[("to", &word(to))]),
                (None, None) => scene.t.say("map.class-top", &[("from", &word(0))]),
            };
            Class { label: sentence(&label), colour }
        })
        .collect()
}

/// Lengths for a scale bar, rising.
pub(super) fn lengths(scene: &Scene<'_>) -> Vec<(f64, String)> {
    let metres = [10u32, 20, 50, 100, 200, 500].map(|m| (f64::from(m), format!("{m}\u{a0}m")));
    let kilometres = [1u32, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
        .map(|km| (f64::from(km) * 1000.0, format!("{}\u{a0}km", scene.locale.whole(u64::from(km)))));
    metres.into_iter().chain(kilometres).collect()
}

/// How much narrower than its coordinates a map is: degrees of longitude are shorter than those of latitude.
pub(super) fn squeeze(scene: &Scene<'_>, shapes: &[(usize, &MultiPolygon)]) -> f64 {
    let degrees = scene.out.provenance.crs == "as-is" && in_degrees(shapes);
    if degrees { middle_latitude(shapes).to_radians().cos() } else { 1.0 }
}

/// Whether all coordinates could be longitudes and latitudes.
fn in_degrees(shapes: &[(usize, &MultiPolygon)]) -> bool {
    shapes
        .iter()
        .filter_map(|(_, shape)| shape.bounding_rect())
        .all(|b| b.min().x >= -180.0 && b.max().x <= 180.0 && b.min().y >= -90.0 && b.max().y <= 90.0)
}

fn middle_latitude(shapes: &[(usize, &MultiPolygon)]) -> f64 {
    let bounds = || shapes.iter().filter_map(|(_, shape)| shape.bounding_rect());
    let low = bounds().map(|b| b.min().y).fold(f64::INFINITY, f64::min);
    let high = bounds().map(|b| b.max().y).fold(f64::NEG_INFINITY, f64::max);
    f64::midpoint(low, high).clamp(-85.0, 85.0)
}
