//! Stacked bars: each area's whole in parts that add up.

use plotters::style::RGBColor;

use super::{
    Mark, NARROW, Scale,
    canvas::{Canvas, SMALL, Type},
    legend::{self, Entry, Swatch},
    palette::{PAPER, RULE, readable_on},
};

/// Bars in parts.
#[derive(Debug, Clone)]
pub(crate) struct Stack {
    pub(crate) classes: Vec<Class>,
    pub(crate) rows: Vec<Row>,
    pub(crate) ticks: Vec<Mark>,
}

/// One kind of part.
#[derive(Debug, Clone)]
pub(crate) struct Class {
    pub(crate) name: String,
    pub(crate) colour: RGBColor,
    /// Slanting lines over the colour.
    pub(crate) hatch: Option<RGBColor>,
}

/// One area.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) label: String,
    /// One per class, adding up to 1.
    pub(crate) parts: Vec<f64>,
    /// What is written in each part where it fits.
    pub(crate) texts: Vec<String>,
    pub(crate) context: bool,
}

impl Stack {
    fn entries(&self) -> Vec<Entry> {
        self.classes
            .iter()
            .map(|class| Entry {
                swatch: class.hatch.map_or(Swatch::Fill(class.colour), |lines| Swatch::Hatched(class.colour, lines)),
                label: class.name.clone(),
            })
            .collect()
    }

    fn base(width: f64) -> f64 {
        if width < NARROW { 46.0 } else { 28.0 }
    }

    fn row_height(&self, row: usize, width: f64) -> f64 {
        let after_context = row > 0 && self.rows[row - 1].context && !self.rows[row].context;
        Self::base(width) + if after_context { 12.0 } else { 0.0 }
    }

    pub(crate) fn height(&self, width: f64) -> f64 {
        let rows: f64 = (0..self.rows.len()).map(|i| self.row_height(i, width)).sum();
        legend::height(&self.entries(), width) + Scale::head(None) + rows + 4.0
    }

    pub(crate) fn paint(&self, canvas: &Canvas<'_, '_>, width: f64) {
        let entries = self.entries();
        legend::paint(canvas, &entries, 0.0, 0.0, width);
        let top = legend::height(&entries, width);
        let narrow = width < NARROW;
        let labels = self.rows.iter().map(|r| Type::BODY.bold().width(&r.label)).fold(0.0, f64::max).min(width * 0.24);
        let left = if narrow { 0.0 } else { labels + 14.0 };
        let right = if narrow { 0.0 } else { 12.0 };
        let scale =
            Scale { left, width: width - left - right, from: 0.0, ticks: &self.ticks, goal: None, limit: width };
        let head = top + Scale::head(None);
        scale.paint_ticks(canvas, top, if narrow { head } else { self.height(width) - 4.0 });
        let mut y = head;
        for (i, row) in self.rows.iter().enumerate() {
            let height = self.row_height(i, width);
            let base = Self::base(width);
            if height > base {
                canvas.line((0.0, y + 6.0), (width, y + 6.0), RULE, 1.0);
            }
            let style = if row.context { Type::BODY.bold() } else { Type::BODY };
            let bar = if narrow { 16.0 } else { 18.0 };
            let from = if narrow { y + height - base + 24.0 } else { y + height - base + (base - bar) / 2.0 };
            if narrow {
                canvas.text(0.0, y + height - base + 18.0, &style.fit(&row.label, width), style);
            } else {
                canvas.label(0.0, from + bar / 2.0, &style.fit(&row.label, labels + 2.0), style);
            }
            self.paint_parts(canvas, row, &scale, from, bar);
            y += height;
        }
    }

    fn paint_parts(&self, canvas: &Canvas<'_, '_>, row: &Row, scale: &Scale<'_>, top: f64, height: f64) {
        let mut sum = 0.0;
        for ((class, part), text) in self.classes.iter().zip(&row.parts).zip(&row.texts) {
            let (from, to) = (scale.x(sum), scale.x(sum + part));
            sum += part;
            let wide = to - from;
            if wide < 0.2 {
                continue;
            }
            canvas.rect(from, top, wide, height, class.colour);
            let style = Type::SMALL.sized(SMALL - 0.5).coloured(readable_on(class.colour)).middle();
            let words = style.width(text) + 8.0 <= wide && !text.is_empty();
            if let Some(lines) = class.hatch {
                canvas.hatch(from, top, wide, height, lines);
                if words {
                    let clear = style.width(text) + 6.0;
                    canvas.rect((from + to - clear) / 2.0, top, clear, height, class.colour);
                }
            }
            if words {
                canvas.label((from + to) / 2.0, top + height / 2.0, text, style);
            }
            if sum < 1.0 - 1e-9 && wide > 2.0 {
                canvas.rect(to - 0.5, top, 1.0, height, PAPER);
            }
        }
    }
}
