//! Tornado: how far a share moves when one thing at a time is varied, widest first.

use plotters::style::RGBColor;

use super::{
    Mark, NARROW,
    canvas::{Canvas, Type},
    legend::{self, Entry, Swatch},
    palette::{INK, MET, MISSED, MUTED, RULE, UNSURE},
};

/// One bar per thing that is varied, around the share as it is said.
#[derive(Debug, Clone)]
pub(crate) struct Tornado {
    pub(crate) rows: Vec<Row>,
    /// The share as it is said.
    pub(crate) said: Mark,
    /// The goal, where the bars come near it.
    pub(crate) goal: Option<Mark>,
    pub(crate) ticks: Vec<Mark>,
    /// The shares at the two ends of the axis.
    pub(crate) axis: (f64, f64),
    /// What the colours mean: towards the worst, towards the best, beside the interval.
    pub(crate) names: [String; 3],
}

/// One thing that is varied.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) label: String,
    /// 0 to 1.
    pub(crate) lowest: f64,
    /// 0 to 1.
    pub(crate) highest: f64,
    /// Both in words.
    pub(crate) tail: String,
    pub(crate) tone: Tone,
}

/// What a bar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Part of the interval.
    Counted,
    /// Not part of it.
    Beside,
    /// All of the interval together.
    Together,
}

const BAR: f64 = 14.0;
const ROW: f64 = 30.0;
const NARROW_ROW: f64 = 46.0;
/// Room for the ticks, and for the labels of the two lines under them.
const TICKS: f64 = 20.0;
const LINES: f64 = 19.0;

impl Tornado {
    fn legend(&self) -> Vec<Entry> {
        let counted = || self.rows.iter().filter(|row| row.tone != Tone::Beside);
        let worse = counted().any(|row| row.lowest < self.said.at);
        let better = counted().any(|row| row.highest > self.said.at);
        let beside = self.rows.iter().any(|row| row.tone == Tone::Beside);
        let colours = [(MISSED, worse), (MET, better), (UNSURE, beside)];
        let entries = self.names.iter().zip(colours).filter(|(_, (_, used))| *used);
        entries.map(|(name, (colour, _))| Entry { swatch: Swatch::Fill(colour), label: name.clone() }).collect()
    }

    fn head(&self) -> f64 {
        TICKS + LINES * if self.goal.is_some() { 2.0 } else { 1.0 }
    }

    pub(crate) fn height(&self, width: f64) -> f64 {
        let rows = f64::from(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        let row = if width < NARROW { NARROW_ROW } else { ROW };
        legend::height(&self.legend(), width) + self.head() + rows * row + 8.0
    }

    pub(crate) fn paint(&self, canvas: &Canvas<'_, '_>, width: f64) {
        let entries = self.legend();
        legend::paint(canvas, &entries, 0.0, 0.0, width);
        let top = legend::height(&entries, width);
        let narrow = width < NARROW;
        let widest = |text: fn(&Row) -> &str, style: Type| {
            self.rows.iter().map(|row| style.width(text(row))).fold(0.0, f64::max)
        };
        let labels = widest(|row| &row.label, Type::BODY.bold()).min(width * 0.32);
        let tails = widest(|row| &row.tail, Type::SMALL);
        let (left, right) = if narrow { (8.0, 8.0) } else { (labels + 18.0, tails + 18.0) };
        let room = width - left - right;
        let (from, to) = self.axis;
        let x = |share: f64| left + room * ((share - from) / (to - from).max(1e-9)).clamp(0.0, 1.0);
        let inside = |x: f64, text: &str, style: Type| {
            let half = style.width(text) / 2.0;
            x.min(width - half).max(half)
        };
        let first = top + self.head();
        let bottom = self.height(width) - 4.0;
        for tick in &self.ticks {
            let at = x(tick.at);
            canvas.line((at, first - 3.0), (at, if narrow { first } else { bottom }), RULE, 0.75);
            canvas.text(inside(at, &tick.label, Type::SMALL), top + 11.0, &tick.label, Type::SMALL.middle());
        }
        let mut y = first;
        for row in &self.rows {
            let style = if row.tone == Tone::Together { Type::BODY.bold() } else { Type::BODY };
            let bar = if narrow {
                canvas.text(0.0, y + 16.0, &style.fit(&row.label, width - tails - 12.0), style);
                canvas.text(width, y + 16.0, &row.tail, Type::SMALL.end());
                y + 24.0
            } else {
                let middle = y + ROW / 2.0;
                canvas.label(0.0, middle, &style.fit(&row.label, labels + 2.0), style);
                canvas.label(width, middle, &row.tail, Type::SMALL.coloured(MUTED).end());
                middle - BAR / 2.0
            };
            let part = |from: f64, to: f64, colour: RGBColor| {
                canvas.rect(x(from), bar, (x(to) - x(from)).max(if to > from { 1.0 } else { 0.0 }), BAR, colour);
            };
            if row.tone == Tone::Beside {
                part(row.lowest, row.highest, UNSURE);
            } else {
                part(row.lowest, self.said.at, MISSED);
                part(self.said.at, row.highest, MET);
            }
            if narrow {
                canvas.line((x(self.said.at), bar - 3.0), (x(self.said.at), bar + BAR + 3.0), INK, 1.5);
            }
            y += if narrow { NARROW_ROW } else { ROW };
        }
        let end = if narrow { first } else { bottom };
        let bold = Type::SMALL.bold().coloured(INK);
        for (line, mark, height) in [(0.0, Some(&self.said), end), (1.0, self.goal.as_ref(), end)] {
            let Some(mark) = mark else { continue };
            let (at, under) = (x(mark.at), top + TICKS + (line + 1.0) * LINES);
            let colour = if line > 0.0 { MUTED } else { INK };
            canvas.line((at, under - 4.0), (at, height), colour, 1.5);
            canvas.text(inside(at, &mark.label, bold), under - 8.0, &mark.label, bold.coloured(colour).middle());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::canvas::draw;

    #[test]
    fn it_can_be_drawn_wide_narrow_and_with_nothing_varied() {
        let row = |lowest, highest, tone| Row {
            label: "Ej bedömda".to_owned(),
            lowest,
            highest,
            tail: "62,5–71,9 %".to_owned(),
            tone,
        };
        let said = Mark { at: 0.625, label: "62,5 %".to_owned() };
        let names = ["sämst", "bäst", "bredvid"].map(str::to_owned);
        let mut chart = Tornado {
            rows: vec![row(0.625, 0.719, Tone::Counted), row(0.625, 0.7, Tone::Beside), row(0.5, 0.72, Tone::Together)],
            said,
            goal: Some(Mark { at: 0.7, label: "Mål 70 %".to_owned() }),
            ticks: vec![Mark { at: 0.6, label: "60 %".to_owned() }],
            axis: (0.5, 0.75),
            names,
        };
        for width in [300.0, 900.0] {
            let svg = draw(width, chart.height(width), |canvas| chart.paint(canvas, width)).unwrap_or_default();
            assert!(svg.contains("Mål 70 %") && svg.contains("bredvid"), "{width}");
        }
        chart.rows.clear();
        chart.axis = (0.5, 0.5);
        assert!(draw(600.0, chart.height(600.0), |canvas| chart.paint(canvas, 600.0)).is_ok());
    }
}
