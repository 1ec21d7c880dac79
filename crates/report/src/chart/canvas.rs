//! A canvas: plotters' primitives in pixels with fractions, and text on its baseline.

use std::cell::RefCell;

use plotters::{
    coord::Shift,
    drawing::{DrawingArea, IntoDrawingArea},
    element::{Circle, PathElement, Polygon, Rectangle},
    prelude::SVGBackend,
    style::{
        Color, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};

use crate::{
    chart::palette::{INK, MUTED},
    theme::{drawn_family, themed},
    typeface::Weight,
};

/// How many of plotters' whole units make a pixel, so that lines may lie between pixels.
pub(crate) const UNITS: f64 = 8.0;

/// Text size of labels.
pub(crate) const BODY: f64 = 13.0;
/// Text size of ticks and notes.
pub(crate) const SMALL: f64 = 11.5;

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type {
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) colour: RGBColor,
    pub(crate) align: Align,
}

/// Which end of a text stands at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Start,
    Middle,
    End,
}

impl Type {
    pub(crate) const BODY: Self = Self { size: BODY, weight: Weight::Regular, colour: INK, align: Align::Start };
    pub(crate) const SMALL: Self = Self { size: SMALL, weight: Weight::Regular, colour: MUTED, align: Align::Start };

    pub(crate) const fn bold(self) -> Self {
        Self { weight: Weight::SemiBold, ..self }
    }

    pub(crate) const fn sized(self, size: f64) -> Self {
        Self { size, ..self }
    }

    pub(crate) const fn coloured(self, colour: RGBColor) -> Self {
        Self { colour, ..self }
    }

    pub(crate) const fn end(self) -> Self {
        Self { align: Align::End, ..self }
    }

    pub(crate) const fn middle(self) -> Self {
        Self { align: Align::Middle, ..self }
    }

    pub(crate) fn width(self, text: &str) -> f64 {
        crate::typeface::width(text, self.size, self.weight)
    }

    pub(crate) fn fit(self, text: &str, limit: f64) -> String {
        crate::typeface::fit(text, self.size, self.weight, limit)
    }
}

/// What a chart is painted on. All lengths are in pixels.
pub(crate) struct Canvas<'c, 'a> {
    area: &'c DrawingArea<SVGBackend<'a>, Shift>,
    failure: RefCell<Option<String>>,
    left: f64,
    top: f64,
}

impl Canvas<'_, '_> {
    pub(crate) fn rect(&self, x: f64, y: f64, width: f64, height: f64, colour: RGBColor) {
        if width <= 0.0 || height <= 0.0 {
            return;
        }
        let corners = [self.at(x, y), self.at(x + width, y + height)];
        self.done(self.area.draw(&Rectangle::new(corners, themed(colour).filled())));
    }

    pub(crate) fn line(&self, from: (f64, f64), to: (f64, f64), colour: RGBColor, width: f64) {
        self.path(&[from, to], colour, width);
    }

    pub(crate) fn path(&self, points: &[(f64, f64)], colour: RGBColor, width: f64) {
        let points: Vec<_> = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        self.done(self.area.draw(&PathElement::new(points, stroke(colour, width))));
    }

    pub(crate) fn polygon(&self, points: &[(f64, f64)], colour: RGBColor) {
        let points: Vec<_> = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        self.done(self.area.draw(&Polygon::new(points, themed(colour).filled())));
    }

    pub(crate) fn dot(&self, x: f64, y: f64, radius: f64, colour: RGBColor) {
        self.done(self.area.draw(&Circle::new(self.at(x, y), units(radius), themed(colour).filled())));
    }

    pub(crate) fn ring(&self, x: f64, y: f64, radius: f64, colour: RGBColor, width: f64) {
        self.done(self.area.draw(&Circle::new(self.at(x, y), units(radius), stroke(colour, width))));
    }

    /// Slanting lines in a rectangle.
    pub(crate) fn hatch(&self, x: f64, y: f64, width: f64, height: f64, colour: RGBColor) {
        let mut c = 3.0;
        while c < width + height {
            let (x1, y1) = if c <= height { (x, y + c) } else { (x + c - height, y + height) };
            let (x2, y2) = if c <= width { (x + c, y) } else { (x + width, y + c - width) };
            self.line((x1, y1), (x2, y2), colour, 1.0);
            c += 6.0;
        }
    }

    /// A text with its baseline at `y`.
    pub(crate) fn text(&self, x: f64, y: f64, text: &str, style: Type) {
        let font = match style.weight {
            Weight::Regular => FontStyle::Normal,
            Weight::SemiBold => FontStyle::Bold,
        };
        let h_pos = match style.align {
            Align::Start => HPos::Left,
            Align::Middle => HPos::Center,
            Align::End => HPos::Right,
        };
        let family = drawn_family();
        // plotters divides sizes by 1.24 and lowers a text that hangs from its top by 0.76 em.
        let font = FontDesc::new(FontFamily::Name(&family), style.size * UNITS * 1.24, font);
        let colour = themed(style.colour);
        let style_of = TextStyle::from(font).color(&colour).pos(Pos::new(h_pos, VPos::Top));
        let (x, y) = self.at(x, y - 0.76 * style.size);
        self.done(self.area.draw_text(text, &style_of, (x, y)));
    }

    /// A text with its middle at `y`.
    pub(crate) fn label(&self, x: f64, y: f64, text: &str, style: Type) {
        self.text(x, y + 0.36 * style.size, text, style);
    }

    /// The same canvas with its corner moved.
    pub(crate) fn moved(&self, left: f64, top: f64) -> Self {
        Self { area: self.area, failure: RefCell::new(None), left: self.left + left, top: self.top + top }
    }

    fn at(&self, x: f64, y: f64) -> (i32, i32) {
        (units(self.left + x), units(self.top + y))
    }

    fn done<E: std::fmt::Display>(&self, result: Result<(), E>) {
        if let Err(error) = result {
            self.failure.borrow_mut().get_or_insert_with(|| error.to_string());
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a float to integer cast saturates")]
fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

fn stroke(colour: RGBColor, width: f64) -> ShapeStyle {
    themed(colour).stroke_width(units(width).unsigned_abs())
}

/// What plotters could not draw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a figure could not be drawn: {0}")]
pub(crate) struct DrawError(String);

/// Draws, and returns the inside of the SVG: elements in [`UNITS`] per pixel, without a root.
pub(crate) fn draw(width: f64, height: f64, paint: impl FnOnce(&Canvas<'_, '_>)) -> Result<String, DrawError> {
    let mut svg = String::new();
    {
        let size = (units(width).unsigned_abs(), units(height).unsigned_abs());
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let canvas = Canvas { area: &area, failure: RefCell::new(None), left: 0.0, top: 0.0 };
        paint(&canvas);
        if let Some(error) = canvas.failure.into_inner() {
            return Err(DrawError(error));
        }
        area.present().map_err(|error| DrawError(error.to_string()))?;
    }
    let start = svg.find('>').map_or(0, |end| end + 1);
    let end = svg.rfind("</svg>").unwrap_or(svg.len());
    let body = svg[start..end].trim().replace(" opacity=\"1\"", "").replace(" stroke=\"none\"", "");
    Ok(gather(&round_sizes(&body.replace(" \"/>", "\"/>"))))
}

/// Sizes as they were meant: plotters' division leaves 104.00000000000001.
fn round_sizes(body: &str) -> String {
    let mut parts = body.split(" font-size=\"");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(" font-size=\"");
        match part.split_once('"').map(|(size, rest)| (size.parse::<f64>(), rest)) {
            Some((Ok(size), rest)) => {
                out.push_str(&format!("{}\"", (size * 100.0).round() / 100.0));
                out.push_str(rest);
            }
            _ => out.push_str(part),
        }
    }
    out
}

/// Lines that follow each other in the same style become one path: a hatched map has thousands of them.
fn gather(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut open: Option<&str> = None;
    for line in body.lines() {
        let split = line
            .strip_prefix("<polyline ")
            .and_then(|rest| rest.strip_suffix("\"/>"))
            .and_then(|rest| rest.split_once(" points=\""));
        match (split, open) {
            (Some((style, points)), Some(known)) if style == known => {
                out.push('M');
                out.push_str(points);
            }
            (Some((style, points)), _) => {
                out.push_str(if open.is_some() { "\"/>\n<path " } else { "<path " });
                out.push_str(style);
                out.push_str(" d=\"M");
                out.push_str(points);
                open = Some(style);
            }
            (None, _) => {
                if open.take().is_some() {
                    out.push_str("\"/>\n");
                }
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    if open.is_some() {
        out.push_str("\"/>\n");
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_one_style_become_one_path_in_the_same_order() {
        let body = draw(20.0, 10.0, |canvas| {
            canvas.line((0.0, 0.0), (1.0, 1.0), INK, 1.0);
            canvas.line((2.0, 2.0), (3.0, 3.0), INK, 1.0);
            canvas.line((4.0, 4.0), (5.0, 5.0), MUTED, 1.0);
            canvas.rect(0.0, 0.0, 2.0, 2.0, INK);
        });
        let expected = "<path fill=\"none\" stroke=\"#1B2631\" stroke-width=\"8\" d=\"M0,0 8,8M16,16 24,24\"/>\n\
            <path fill=\"none\" stroke=\"#55626E\" stroke-width=\"8\" d=\"M32,32 40,40\"/>\n\
            <rect x=\"0\" y=\"0\" width=\"16\" height=\"16\" fill=\"#1B2631\"/>";
        assert_eq!(body.as_deref(), Ok(expected));
    }
}
