//! A map: areas filled by class, hatched where they miss the goal, named where the name fits.

mod hatch;
mod label;

use geo::{BoundingRect, Coord, MapCoords, MultiPolygon, Orient, Simplify, orient::Direction};
use plotters::style::RGBColor;

use super::{
    NARROW,
    canvas::{Align, Canvas, Type},
    palette::{EDGE, INK, MUTED, NOTHING, PAPER, readable_on},
};
use crate::theme::themed;
use label::{Label, Rect};

/// A map of areas by class.
#[derive(Debug, Clone)]
pub(crate) struct Map {
    pub(crate) areas: Vec<Area>,
    pub(crate) legend_head: String,
    pub(crate) classes: Vec<Class>,
    /// The class that begins at the goal, and the goal's words.
    pub(crate) goal: Option<(usize, String)>,
    /// What hatching means, where any area is hatched.
    pub(crate) missed: Option<String>,
    /// What the grey of areas without a share means, where there are any.
    pub(crate) nothing: Option<String>,
    /// Lengths that a scale bar may have, in map units, with their labels; empty when map units are no metres.
    pub(crate) lengths: Vec<(f64, String)>,
    /// Whether areas are named.
    pub(crate) named: bool,
    /// How high the map itself may be on a wide canvas.
    pub(crate) tallest: f64,
}

/// How high a map is on a page.
pub(crate) const TALLEST: f64 = 620.0;
/// Room for the scale bar under a map.
pub(crate) const FOOT: f64 = 40.0;

/// Where an area's name would stand on a canvas that the shape was drawn for.
pub(crate) fn anchor(shape: &MultiPolygon) -> Option<(f64, f64)> {
    label::anchor(shape)
}

/// One area.
#[derive(Debug, Clone)]
pub(crate) struct Area {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Index into the classes.
    pub(crate) class: Option<usize>,
    pub(crate) missed: bool,
    /// In planar units, north up.
    pub(crate) shape: MultiPolygon,
}

/// A class of the legend.
#[derive(Debug, Clone)]
pub(crate) struct Class {
    pub(crate) label: String,
    pub(crate) colour: RGBColor,
}

const LEGEND_WIDTH: f64 = 210.0;
const LEGEND_LINE: f64 = 23.0;
/// Room for the goal between two classes.
const GOAL_LINE: f64 = 18.0;

/// Where the map lies on the canvas.
pub(super) struct Fit {
    pub(super) scale: f64,
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) west: f64,
    pub(super) north: f64,
}

impl Fit {
    pub(super) fn point(&self, c: Coord) -> Coord {
        Coord { x: self.left + (c.x - self.west) * self.scale, y: self.top + (self.north - c.y) * self.scale }
    }
}

impl Map {
    pub(crate) fn height(&self, width: f64) -> f64 {
        let map = self.map_size(width).1;
        let legend = self.legend_height();
        if width < NARROW { map + 44.0 + legend } else { map.max(legend) + FOOT }
    }

    /// Width, height and scale of the map itself.
    fn map_size(&self, width: f64) -> (f64, f64, f64) {
        let Some(bounds) = self.bounds() else { return (0.0, 0.0, 1.0) };
        let (room, tallest) =
            if width < NARROW { (width, 430.0) } else { (width - LEGEND_WIDTH - 30.0, self.tallest.max(120.0)) };
        let (east_west, north_south) = (bounds.width().max(1e-9), bounds.height().max(1e-9));
        let scale = ((room - 4.0) / east_west).min((tallest - 4.0) / north_south);
        (east_west * scale, north_south * scale, scale)
    }

    fn bounds(&self) -> Option<geo::Rect> {
        self.areas.iter().filter_map(|area| area.shape.bounding_rect()).reduce(|a, b| {
            geo::Rect::new(
                Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
                Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
            )
        })
    }

    fn legend_height(&self) -> f64 {
        let extra = usize::from(self.missed.is_some()) + usize::from(self.nothing.is_some());
        let lines = u32::try_from(self.classes.len() + extra).unwrap_or(u32::MAX);
        let head = super::canvas::SMALL * 1.5 * count(self.legend_lines().len());
        head + 12.0 + f64::from(lines) * LEGEND_LINE + if self.goal.is_some() { GOAL_LINE } else { 0.0 }
    }

    fn legend_lines(&self) -> Vec<String> {
        crate::typeface::wrap(
            &self.legend_head,
            super::canvas::SMALL,
            crate::typeface::Weight::SemiBold,
            LEGEND_WIDTH - 6.0,
        )
    }

    /// Shapes on the canvas, and labels.
    fn layout(&self, width: f64) -> (Fit, Vec<MultiPolygon>, Vec<Label>) {
        let (fit, shapes) = self.project(width);
        if !self.named {
            return (fit, shapes, Vec::new());
        }
        let wanted: Vec<_> = self.areas.iter().map(|a| (a.name.as_str(), a.value.as_str())).collect();
        let inside = label::inside(&shapes, &wanted);
        let free = Rect {
            left: 0.0,
            top: 0.0,
            right: if width < NARROW { width } else { width - LEGEND_WIDTH - 30.0 },
            bottom: fit.top + self.map_size(width).1,
        };
        let labels = label::with_leaders(&shapes, &wanted, inside, free);
        (fit, shapes, labels)
    }

    fn project(&self, width: f64) -> (Fit, Vec<MultiPolygon>) {
        let (wide, high, scale) = self.map_size(width);
        let bounds = self.bounds();
        let room = if width < NARROW { width } else { width - LEGEND_WIDTH - 30.0 };
        let full = if width < NARROW { high } else { (self.height(width) - FOOT).max(high) };
        let fit = Fit {
            scale,
            left: (room - wide) / 2.0,
            top: 2.0 + ((full - high) / 2.0).max(0.0),
            west: bounds.map_or(0.0, |b| b.min().x),
            north: bounds.map_or(0.0, |b| b.max().y),
        };
        let shapes = self
            .areas
            .iter()
            .map(|area| area.shape.map_coords(|c| fit.point(c)).orient(Direction::Default).simplify(0.3))
            .collect();
        (fit, shapes)
    }

    pub(crate) fn paint(&self, canvas: &Canvas<'_, '_>, width: f64) {
        let (fit, shapes, labels) = self.layout(width);
        // A dark edge under everything shows around the whole; a light one over it parts the areas.
        let (edge, border) = if self.areas.len() > 150 { (1.4, 0.5) } else { (3.0, 2.0) };
        paint_borders(canvas, &shapes, EDGE, edge);
        for (area, shape) in self.areas.iter().zip(&shapes) {
            let colour = self.colour(area);
            for polygon in &shape.0 {
                canvas.polygon(&keyhole(polygon), colour);
            }
        }
        let spacing = if self.areas.len() > 150 { 4.0 } else { 6.5 };
        let boxes: Vec<Rect> = labels.iter().filter(|l| l.leader.is_none()).map(Label::bounds).collect();
        for (area, shape) in self.areas.iter().zip(&shapes).filter(|(area, _)| area.missed) {
            let colour = hatching(self.colour(area));
            for (from, to) in hatch::lines(shape, spacing, &boxes) {
                canvas.line(from, to, colour, 0.9);
            }
        }
        paint_borders(canvas, &shapes, PAPER, border);
        if self.areas.len() <= 150 {
            // On the lightest class paper alone would hardly show.
            paint_borders(canvas, &shapes, EDGE, 0.6);
        }
        for label in &labels {
            self.paint_label(canvas, label);
        }
        if width < NARROW {
            let top = self.map_size(width).1 + 12.0;
            self.paint_scale(canvas, &fit, 0.0, top + 8.0);
            self.paint_legend(canvas, 0.0, top + 32.0);
        } else {
            self.paint_legend(canvas, width - LEGEND_WIDTH, 2.0);
            let bottom = self.height(width) - 16.0;
            self.paint_scale(canvas, &fit, fit.left.max(2.0), bottom);
        }
    }

    fn colour(&self, area: &Area) -> RGBColor {
        area.class.and_then(|class| self.classes.get(class)).map_or(NOTHING, |class| class.colour)
    }

    fn paint_label(&self, canvas: &Canvas<'_, '_>, label: &Label) {
        let area = &self.areas[label.area];
        let (colour, align) = match &label.leader {
            None => (readable_on(self.colour(area)), Align::Middle),
            Some(leader) => {
                canvas.path(&leader.path, INK, 0.8);
                let end = leader.path.last().copied().unwrap_or_default();
                canvas.dot(end.0, end.1, 2.0, INK);
                (INK, Align::Middle)
            }
        };
        let style = Type { align, ..Type::BODY.sized(label.size).coloured(colour) };
        let line = label.size * label::LINE;
        if let Some(name) = &label.name {
            canvas.label(label.x, label.y - line / 2.0, name, style.bold());
            canvas.label(label.x, label.y + line / 2.0, &area.value, style);
        } else {
            canvas.label(label.x, label.y, &area.value, style);
        }
    }

    fn paint_legend(&self, canvas: &Canvas<'_, '_>, left: f64, top: f64) {
        let head = Type::SMALL.bold().coloured(INK);
        let lines = self.legend_lines();
        for (i, line) in lines.iter().enumerate() {
            canvas.text(left, top + 11.0 + count(i) * head.size * 1.5, line, head);
        }
        let mut y = top + head.size * 1.5 * count(lines.len()) + 12.0;
        let words = Type::SMALL.coloured(INK);
        let swatch = |y: &mut f64, colour: RGBColor, hatched: Option<RGBColor>, label: &str| {
            let top = *y;
            *y += LEGEND_LINE;
            let y = top;
            canvas.rect(left, y - 8.0, 26.0, 16.0, EDGE);
            canvas.rect(left + 0.75, y - 7.25, 24.5, 14.5, colour);
            if let Some(lines) = hatched {
                canvas.hatch(left + 0.75, y - 7.25, 24.5, 14.5, lines);
            }
            canvas.label(left + 36.0, y, label, words);
        };
        for (i, class) in self.classes.iter().enumerate().rev() {
            swatch(&mut y, class.colour, None, &class.label);
            if let Some((_, label)) = self.goal.as_ref().filter(|(first, _)| *first == i) {
                let rule = y - LEGEND_LINE / 2.0 + GOAL_LINE / 2.0;
                canvas.line((left, rule), (left + 26.0, rule), INK, 1.5);
                canvas.label(left + 36.0, rule, label, head);
                y += GOAL_LINE;
            }
        }
        if let Some(missed) = &self.missed {
            swatch(&mut y, PAPER, Some(hatching(PAPER)), missed);
        }
        if let Some(nothing) = &self.nothing {
            swatch(&mut y, NOTHING, None, nothing);
        }
    }

    fn paint_scale(&self, canvas: &Canvas<'_, '_>, fit: &Fit, left: f64, y: f64) {
        let Some((metres, label)) = self.lengths.iter().rev().find(|(metres, _)| metres * fit.scale <= 130.0) else {
            return;
        };
        let long = metres * fit.scale;
        if long < 12.0 {
            return;
        }
        canvas.path(&[(left, y - 5.0), (left, y), (left + long, y), (left + long, y - 5.0)], MUTED, 1.2);
        canvas.label(left + long + 8.0, y - 2.0, label, Type::SMALL);
    }
}

pub(super) fn paint_borders(canvas: &Canvas<'_, '_>, shapes: &[MultiPolygon], colour: RGBColor, width: f64) {
    for ring in shapes.iter().flatten().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())) {
        let points: Vec<_> = ring.coords().map(|c| (c.x, c.y)).collect();
        canvas.path(&points, colour, width);
    }
}

/// The colour of lines over a fill: half way to what is readable on it.
fn hatching(fill: RGBColor) -> RGBColor {
    let RGBColor(r, g, b) = themed(fill);
    let RGBColor(x, y, z) = themed(readable_on(fill));
    let mix = |a: u8, b: u8| u8::try_from((u16::from(a) * 11 + u16::from(b) * 9) / 20).unwrap_or(a);
    RGBColor(mix(r, x), mix(g, y), mix(b, z))
}

/// A polygon with holes as one ring: each hole is reached over a bridge without width.
pub(super) fn keyhole(polygon: &geo::Polygon) -> Vec<(f64, f64)> {
    let mut points: Vec<_> = polygon.exterior().coords().map(|c| (c.x, c.y)).collect();
    let Some(&start) = points.first() else { return points };
    for hole in polygon.interiors() {
        points.extend(hole.coords().map(|c| (c.x, c.y)));
        points.push(start);
    }
    points
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}
