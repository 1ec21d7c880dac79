//! The locator map: where in the study's area one of its areas lies.

use geo::{BoundingRect, MultiPolygon, Simplify};
use rayon::prelude::*;

use crate::{
    compose::Scene,
    report::{Block, Drawing, Section},
};

/// The side of the square that the locator's outlines are drawn in.
const SIDE: f64 = 1000.0;
/// How far an outline may be off, in that square.
const OFF: f64 = 4.0;

/// The outlines of the level's areas, coarse, in whole numbers: for every page the same.
pub(super) fn shapes(scene: &Scene<'_>) -> Vec<(usize, String)> {
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
pub(super) fn section(scene: &Scene<'_>, area: usize, shapes: &[(usize, String)]) -> Option<Section> {
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
