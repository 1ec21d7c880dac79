//! Dots: several values of each area on one line, so that the distance between them is what is seen.

use super::{
    Mark, NARROW, Scale,
    canvas::{Canvas, Type},
    legend::{self, Entry, Marker, Swatch},
    palette::{MUTED, RULE, UNSURE},
};

/// A dot plot on one axis of shares.
#[derive(Debug, Clone)]
pub(crate) struct Dots {
    pub(crate) series: Vec<Series>,
    pub(crate) rows: Vec<Row>,
    pub(crate) ticks: Vec<Mark>,
    pub(crate) goal: Option<Mark>,
    /// Where the axis begins, 0 to 1.
    pub(crate) from: f64,
    /// What the words to the right mean.
    pub(crate) tail_head: String,
}

/// One kind of value.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) marker: Marker,
}

/// One area.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) label: String,
    /// One per series; `None` when there is nothing to share.
    pub(crate) values: Vec<Option<f64>>,
    pub(crate) tail: String,
    /// A total or another area to compare with.
    pub(crate) context: bool,
}

impl Dots {
    fn entries(&self) -> Vec<Entry> {
        self.series.iter().map(|s| Entry { swatch: Swatch::Marker(s.marker), label: s.name.clone() }).collect()
    }

    pub(crate) fn height(&self, width: f64) -> f64 {
        let rows: f64 = (0..self.rows.len()).map(|i| self.row_height(i, width)).sum();
        legend::height(&self.entries(), width) + Scale::head(self.goal.as_ref()) + rows + 6.0
    }

    fn row_height(&self, row: usize, width: f64) -> f64 {
        let after_context = row > 0 && self.rows[row - 1].context && !self.rows[row].context;
        (if width < NARROW { 46.0 } else { 27.0 }) + if after_context { 12.0 } else { 0.0 }
    }

    pub(crate) fn paint(&self, canvas: &Canvas<'_, '_>, width: f64) {
        let entries = self.entries();
        legend::paint(canvas, &entries, 0.0, 0.0, width);
        let top = legend::height(&entries, width);
        let narrow = width < NARROW;
        let labels = self.rows.iter().map(|r| Type::BODY.bold().width(&r.label)).fold(0.0, f64::max).min(width * 0.24);
        let tails =
            self.rows.iter().map(|r| Type::BODY.width(&r.tail)).fold(Type::SMALL.width(&self.tail_head), f64::max);
        let has_tails = self.rows.iter().any(|r| !r.tail.is_empty());
        let (left, right) =
            if narrow { (8.0, 8.0) } else { (labels + 20.0, if has_tails { tails + 40.0 } else { 10.0 }) };
        let scale = Scale {
            left,
            width: width - left - right,
            from: self.from,
            ticks: &self.ticks,
            goal: self.goal.as_ref(),
            limit: width,
        };
        let head = Scale::head(self.goal.as_ref());
        let bottom = self.height(width) - 4.0;
        scale.paint_ticks(canvas, top, if narrow { top + head } else { bottom });
        if has_tails && !narrow {
            canvas.text(width, top + 11.0, &self.tail_head, Type::SMALL.end());
        }
        // Under the marks, so that a mark on the goal stays whole.
        scale.paint_goal(canvas, top, if narrow { top + head } else { bottom });
        let mut y = top + head;
        for (i, row) in self.rows.iter().enumerate() {
            let height = self.row_height(i, width);
            let base = if narrow { 46.0 } else { 27.0 };
            if height > base {
                canvas.line((0.0, y + 6.0), (width, y + 6.0), RULE, 1.0);
            }
            let style = if row.context { Type::BODY.bold() } else { Type::BODY };
            let middle = if narrow { y + height - 12.0 } else { y + height - base / 2.0 };
            if narrow {
                let words = y + height - base + 17.0;
                canvas.text(width, words, &row.tail, Type::BODY.end());
                let room = width - Type::BODY.width(&row.tail) - 10.0;
                canvas.text(0.0, words, &style.fit(&row.label, room), style);
                if let Some(goal) = &self.goal {
                    canvas.line((scale.x(goal.at), middle - 9.0), (scale.x(goal.at), middle + 9.0), MUTED, 1.5);
                }
            } else {
                canvas.label(0.0, middle, &style.fit(&row.label, labels + 2.0), style);
                canvas.label(width, middle, &row.tail, Type::BODY.end());
            }
            canvas.line((scale.left, middle), (scale.left + scale.width, middle), RULE, 0.75);
            let known = || row.values.iter().flatten().copied();
            let (low, high) = (known().fold(1.0, f64::min), known().fold(0.0, f64::max));
            if low < high {
                canvas.line((scale.x(low), middle), (scale.x(high), middle), UNSURE, 3.0);
            }
            for (series, value) in self.series.iter().zip(&row.values).rev() {
                if let Some(value) = value {
                    series.marker.paint(canvas, scale.x(*value), middle);
                }
            }
            y += height;
        }
    }
}
