//! A map of change: areas coloured by how much a share changes, hatched where it falls. So one scale is enough for more and for less,
//! in every theme and for every kind of colour sight.

use geo::{Coord, MapCoords};
use nittio_core::{breaks, indicator::Figure};

use super::{Scene, map};
use crate::{
    chart::{
        map::{Area, Class, Map, TALLEST},
        palette,
    },
    messages::sentence,
};

/// Above this many areas, names would be a crowd.
const NAMED: usize = 45;

/// An area before and after; `None` where it is not there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Changed {
    pub(super) area: usize,
    pub(super) before: Option<Figure>,
    pub(super) after: Option<Figure>,
}

/// How much a share changes, in whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Difference {
    falls: bool,
    part: u64,
    whole: u64,
}

impl Changed {
    /// The change in percentage points, for showing only.
    pub(super) fn points(&self) -> Option<f64> {
        Some(100.0 * (self.after?.share()? - self.before?.share()?))
    }

    fn difference(&self) -> Option<Difference> {
        let (before, after) = (self.before.filter(Figure::has_share)?, self.after.filter(Figure::has_share)?);
        let wide = |part: u64, other: u64| u128::from(part) * u128::from(other);
        let (was, is) = (wide(before.covered, after.total), wide(after.covered, before.total));
        let (mut part, mut whole) = (was.abs_diff(is), wide(before.total, after.total));
        while whole > u128::from(u64::MAX) {
            // Some change stays some change.
            (part, whole) = (part.div_ceil(2), whole / 2);
        }
        Some(Difference { falls: is < was, part: u64::try_from(part).ok()?, whole: u64::try_from(whole).ok()? })
    }
}

/// Percentage points with their sign.
pub(super) fn signed(scene: &Scene<'_>, points: f64) -> String {
    let text = scene.locale.points(points.abs());
    match points {
        // Less than can be shown has no sign: "< 0,1".
        _ if text.starts_with('<') => text,
        p if p > 0.0 => format!("+{text}"),
        p if p < 0.0 => format!("\u{2212}{text}"),
        _ => text,
    }
}

/// The map, where any area that changes has borders.
pub(super) fn map(scene: &Scene<'_>, changes: &[Changed]) -> Option<Map> {
    let t = &scene.t;
    let shapes = map::shapes(scene);
    let of = |area: usize| changes.iter().find(|changed| changed.area == area);
    let differences: Vec<Option<Difference>> =
        shapes.iter().map(|&(area, _)| of(area).and_then(Changed::difference)).collect();
    let tenths =
        |d: &Difference| u64::try_from((u128::from(d.part) * 2000 + u128::from(d.whole)) / (u128::from(d.whole) * 2));
    // Classes are of what is written on the map: tenths of a percentage point.
    let tenths = |d: &Difference| tenths(d).unwrap_or(1000).min(1000);
    let ppm = |d: &Difference| u32::try_from(tenths(d) * 1000).unwrap_or(1_000_000);
    let breaks = breaks::of_change(differences.iter().flatten().map(ppm).max()?);
    if !differences.iter().flatten().any(|difference| difference.part > 0) {
        return None;
    }
    let squeeze = map::squeeze(scene, &shapes);
    let areas: Vec<Area> = shapes
        .iter()
        .zip(&differences)
        .map(|(&(area, shape), difference)| Area {
            name: scene.area_name(area),
            value: of(area).and_then(Changed::points).map_or_else(|| "–".to_owned(), |points| signed(scene, points)),
            class: difference.map(|d| if d.part == 0 { 0 } else { breaks::class(&breaks, tenths(&d), 1000).max(1) }),
            missed: difference.is_some_and(|difference| difference.falls),
            shape: shape.map_coords(|c| Coord { x: c.x * squeeze, y: c.y }),
        })
        .collect();
    let number = |b: u32| scene.locale.plain(f64::from(b) / 10_000.0);
    let label = |class: usize| match (class.checked_sub(1).map(|i| breaks[i]), breaks.get(class)) {
        (None, _) => t.get("change.none"),
        (Some(_), Some(&to)) if class == 1 => t.say("change.below", &[("to", &number(to))]),
        (Some(_), None) if class == 1 => t.get("change.some"),
        (Some(from), Some(&to)) => t.say("map.class-between", &[("from", &number(from)), ("to", &number(to))]),
        (Some(from), None) => t.say("map.class-top", &[("from", &number(from))]),
    };
    let colours = palette::sequential(breaks.len() + 1);
    let classes = colours.into_iter().enumerate();
    Some(Map {
        legend_head: t.get("change.legend"),
        classes: classes.map(|(class, colour)| Class { label: sentence(&label(class)), colour }).collect(),
        goal: None,
        missed: areas.iter().any(|area| area.missed).then(|| t.get("change.falls")),
        nothing: areas.iter().any(|area| area.class.is_none()).then(|| t.get("map.nothing")),
        lengths: if scene.out.provenance.crs.starts_with("EPSG:") { map::lengths(scene) } else { Vec::new() },
        named: areas.len() <= NAMED,
        tallest: TALLEST,
        areas,
    })
}

/// What the map says, in a sentence for those who do not see it.
pub(super) fn description(scene: &Scene<'_>, map: &Map, title: &str) -> String {
    let count = |of: fn(&Area) -> bool| scene.whole(map.areas.iter().filter(|area| of(area)).count());
    let n = map.areas.len();
    scene.t.say(
        "change.description",
        &[
            ("n", &scene.whole(n)),
            ("areas", &scene.areas_word(n)),
            ("title", title),
            ("up", &count(|area| !area.missed && area.class.is_some_and(|class| class > 0))),
            ("down", &count(|area| area.missed)),
            ("same", &count(|area| area.class == Some(0))),
        ],
    )
}

/// What to know to read the map.
pub(super) fn caption(scene: &Scene<'_>, map: &Map) -> String {
    let t = &scene.t;
    let mut said = vec![t.get("change.caption")];
    if map.missed.is_some() {
        said.push(t.say("change.caption-falls", &[("areas", &scene.areas_word(2))]));
    }
    if !map.named {
        said.push(t.get("map.no-names"));
    }
    said.join(" ")
}
