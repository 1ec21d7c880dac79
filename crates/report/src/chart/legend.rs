//! Legends: swatches with words, in lines that break where the width ends.

use plotters::style::RGBColor;

use super::canvas::{Canvas, Type};
use super::palette::{EDGE, INK, PAPER};

/// What stands before a legend's words.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Swatch {
    /// A filled box.
    Fill(RGBColor),
    /// A filled box with an edge, so that paper shows too.
    Edged(RGBColor),
    /// A filled box with slanting lines.
    Hatched(RGBColor, RGBColor),
    /// A series' marker.
    Marker(Marker),
    /// A line with a point on it.
    Line(RGBColor),
}

/// A series' marker: shape before colour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marker {
    pub(crate) shape: Shape,
    pub(crate) colour: RGBColor,
}

/// The shape of a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Dot,
    Ring,
    Diamond,
    Square,
    Triangle,
}

impl Marker {
    pub(crate) fn paint(self, canvas: &Canvas<'_, '_>, x: f64, y: f64) {
        let c = self.colour;
        // A thin edge of paper keeps marks apart that lie on each other.
        match self.shape {
            Shape::Dot => {
                canvas.dot(x, y, 6.25, PAPER);
                canvas.dot(x, y, 5.25, c);
            }
            Shape::Ring => {
                canvas.dot(x, y, 6.25, PAPER);
                canvas.ring(x, y, 4.5, c, 2.0);
            }
            Shape::Diamond => {
                let d = |r: f64| [(x, y - r), (x + r, y), (x, y + r), (x - r, y)];
                canvas.polygon(&d(7.75), PAPER);
                canvas.polygon(&d(6.25), c);
            }
            Shape::Square => {
                canvas.rect(x - 5.75, y - 5.75, 11.5, 11.5, PAPER);
                canvas.rect(x - 4.75, y - 4.75, 9.5, 9.5, c);
            }
            Shape::Triangle => {
                let t = |r: f64| [(x, y - r), (x + 0.9 * r, y + 0.7 * r), (x - 0.9 * r, y + 0.7 * r)];
                canvas.polygon(&t(7.75), PAPER);
                canvas.polygon(&t(6.0), c);
            }
        }
    }
}

/// One entry.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) swatch: Swatch,
    pub(crate) label: String,
}

const LINE: f64 = 21.0;
/// The distance of lines within an entry.
const INNER: f64 = 15.0;
const BOX: f64 = 14.0;
const GAP: f64 = 20.0;

/// How high the legend is.
pub(crate) fn height(entries: &[Entry], width: f64) -> f64 {
    place(entries, width).iter().map(Placed::bottom).reduce(f64::max).map_or(0.0, |bottom| bottom + 6.0)
}

/// Paints the legend with its top at `top`.
pub(crate) fn paint(canvas: &Canvas<'_, '_>, entries: &[Entry], left: f64, top: f64, width: f64) {
    for (entry, placed) in entries.iter().zip(place(entries, width)) {
        let (x, y) = (left + placed.x, top + placed.y);
        let middle = y + 9.0;
        match entry.swatch {
            Swatch::Fill(colour) => canvas.rect(x, middle - 6.0, BOX, 12.0, colour),
            Swatch::Edged(colour) => {
                canvas.rect(x, middle - 6.0, BOX, 12.0, EDGE);
                canvas.rect(x + 0.75, middle - 5.25, BOX - 1.5, 10.5, colour);
            }
            Swatch::Hatched(fill, lines) => {
                canvas.rect(x, middle - 6.0, BOX, 12.0, fill);
                canvas.hatch(x, middle - 6.0, BOX, 12.0, lines);
            }
            Swatch::Marker(marker) => marker.paint(canvas, x + 7.0, middle),
            Swatch::Line(colour) => {
                canvas.line((x, middle), (x + BOX, middle), colour, 2.0);
                canvas.dot(x + BOX / 2.0, middle, 3.0, colour);
            }
        }
        let mut line = middle;
        for words in &placed.lines {
            canvas.label(x + BOX + 6.0, line, words, Type::SMALL.coloured(INK));
            line += INNER;
        }
    }
}

/// Where an entry stands, and its words in lines.
struct Placed {
    x: f64,
    y: f64,
    lines: Vec<String>,
}

impl Placed {
    fn bottom(&self) -> f64 {
        self.y + LINE + INNER * f64::from(u32::try_from(self.lines.len().saturating_sub(1)).unwrap_or(0))
    }
}

fn place(entries: &[Entry], width: f64) -> Vec<Placed> {
    let (mut x, mut y, mut below) = (0.0, 0.0, 0.0);
    entries
        .iter()
        .map(|entry| {
            let style = Type::SMALL;
            let lines = crate::typeface::wrap(&entry.label, style.size, style.weight, width - BOX - 6.0);
            let words = lines.iter().map(|line| style.width(line)).fold(0.0, f64::max);
            let wide = BOX + 6.0 + words;
            if x > 0.0 && x + wide > width {
                (x, y) = (0.0, below);
            }
            let placed = Placed { x, y, lines };
            below = placed.bottom().max(if x > 0.0 { below } else { 0.0 });
            x += wide + GAP;
            placed
        })
        .collect()
}
