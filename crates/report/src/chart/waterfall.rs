//! Waterfall: from a share as it is, step by step, to where it comes, and what is then left to the goal.

use plotters::style::RGBColor;

use super::{
    Mark, NARROW, Scale,
    canvas::{Canvas, Type},
    legend::{self, Entry, Swatch},
    palette::{CONTEXT, INK, MET, MISSED, MUTED, PAPER, RULE, TRACK},
};

/// Steps on one axis of shares, one below the other.
#[derive(Debug, Clone)]
pub(crate) struct Waterfall {
    pub(crate) rows: Vec<Row>,
    pub(crate) ticks: Vec<Mark>,
    pub(crate) goal: Option<Mark>,
    /// Where the axis begins, 0 to 1.
    pub(crate) from: f64,
    /// What stands over the words to the right, where they need it.
    pub(crate) tail_head: String,
    /// What the colours mean, in the order of [`Tone::ALL`].
    pub(crate) names: [String; 3],
}

/// One step.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) label: String,
    /// 0 to 1.
    pub(crate) from: f64,
    /// 0 to 1, at least `from`.
    pub(crate) to: f64,
    /// The share that it comes to, or how far it goes.
    pub(crate) value: String,
    /// What stands to the right.
    pub(crate) tail: String,
    pub(crate) tone: Tone,
}

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// What there is.
    Base,
    /// What comes to it.
    Added,
    /// What is left to the goal.
    Left,
}

impl Tone {
    const ALL: [Self; 3] = [Self::Base, Self::Added, Self::Left];

    /// The fill, and the lines over it: what is not there yet is not filled.
    const fn look(self) -> (RGBColor, Option<RGBColor>) {
        match self {
            Self::Base => (CONTEXT, None),
            Self::Added => (MET, None),
            Self::Left => (PAPER, Some(MISSED)),
        }
    }
}

const ROW: f64 = 32.0;
const NARROW_ROW: f64 = 50.0;
const BAR: f64 = 18.0;

impl Waterfall {
    fn entries(&self) -> Vec<Entry> {
        let used = |tone: &Tone| self.rows.iter().any(|row| row.tone == *tone && row.to > row.from);
        let named = Tone::ALL.iter().zip(&self.names).filter(|(tone, _)| used(tone));
        let swatch = |(fill, lines): (RGBColor, Option<RGBColor>)| {
            lines.map_or(Swatch::Fill(fill), |lines| Swatch::Hatched(fill, lines))
        };
        named.map(|(tone, name)| Entry { swatch: swatch(tone.look()), label: name.clone() }).collect()
    }

    pub(crate) fn height(&self, width: f64) -> f64 {
        let rows = f64::from(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        let row = if self.is_narrow(width) { NARROW_ROW } else { ROW };
        legend::height(&self.entries(), width) + Scale::head(self.goal.as_ref()) + rows * row + 6.0
    }

    fn labels(&self) -> f64 {
        self.rows.iter().map(|row| Type::BODY.bold().width(&row.label)).fold(0.0, f64::max)
    }

    /// Whether labels stand above their bars, since there is no room beside them.
    fn is_narrow(&self, width: f64) -> bool {
        width < NARROW || self.labels() > width * 0.3
    }

    pub(crate) fn paint(&self, canvas: &Canvas<'_, '_>, width: f64) {
        let entries = self.entries();
        legend::paint(canvas, &entries, 0.0, 0.0, width);
        let top = legend::height(&entries, width);
        let narrow = self.is_narrow(width);
        let widest = |text: fn(&Row) -> &str, style: Type| {
            self.rows.iter().map(|row| style.width(text(row))).fold(0.0, f64::max)
        };
        let labels = self.labels();
        let values = widest(|row| &row.value, Type::BODY.bold());
        let tails = widest(|row| &row.tail, Type::SMALL).max(Type::SMALL.width(&self.tail_head));
        let (left, right) = if narrow { (0.0, 0.0) } else { (labels + 14.0 + values + 14.0, tails + 34.0) };
        let goal = self.goal.as_ref();
        let scale =
            Scale { left, width: width - left - right, from: self.from, ticks: &self.ticks, goal, limit: width };
        let head = top + Scale::head(goal);
        let bottom = self.height(width) - 4.0;
        scale.paint_ticks(canvas, top, if narrow { head } else { bottom });
        if !narrow {
            canvas.text(width, top + 11.0, &self.tail_head, Type::SMALL.end());
        }
        let row_height = if narrow { NARROW_ROW } else { ROW };
        let bar_top = |row: usize| {
            let y = head + row_height * f64::from(u32::try_from(row).unwrap_or(u32::MAX));
            if narrow { y + 26.0 } else { y + (ROW - BAR) / 2.0 }
        };
        for (i, row) in self.rows.iter().enumerate() {
            let style = if row.tone == Tone::Added { Type::BODY } else { Type::BODY.bold() };
            let y = bar_top(i);
            if narrow {
                canvas.text(width, y - 8.0, &row.value, Type::BODY.bold().end());
                let room = width - Type::BODY.bold().width(&row.value) - 12.0;
                let tail = Type::SMALL.width(&row.tail);
                let beside = style.width(&row.label) + 12.0 + tail <= room;
                if beside && !row.tail.is_empty() {
                    canvas.text(room, y - 8.0, &row.tail, Type::SMALL.end());
                }
                canvas.text(0.0, y - 8.0, &style.fit(&row.label, room), style);
            } else {
                let middle = y + BAR / 2.0;
                canvas.label(0.0, middle, &style.fit(&row.label, labels + 2.0), style);
                canvas.label(labels + 14.0 + values, middle, &row.value, Type::BODY.bold().end());
                canvas.label(width, middle, &row.tail, Type::SMALL.coloured(MUTED).end());
            }
            canvas.rect(scale.left, y, scale.width, BAR, TRACK);
            let (from, to) = (scale.x(row.from), scale.x(row.to));
            let wide = (to - from).max(if row.to > row.from { 1.5 } else { 0.0 });
            let (fill, lines) = row.tone.look();
            canvas.rect(from, y, wide, BAR, fill);
            if self.from > 0.0 && row.tone == Tone::Base {
                // The axis does not begin at nothing, so the bar is torn.
                let torn = |x: f64| [(x + 4.0, y), (x + 8.0, y), (x + 4.0, y + BAR), (x, y + BAR)];
                canvas.polygon(&torn(from + 10.0), PAPER);
            }
            if let Some(lines) = lines {
                canvas.hatch(from, y, wide, BAR, lines);
                canvas.path(
                    &[(from, y), (from + wide, y), (from + wide, y + BAR), (from, y + BAR), (from, y)],
                    lines,
                    1.0,
                );
            }
            // Where one step ends, the next begins.
            if i > 0 && self.rows[i - 1].to <= row.from + 1e-9 && row.from > self.from {
                canvas.line((from, bar_top(i - 1) + BAR), (from, if narrow { y - 22.0 } else { y }), INK, 1.0);
            }
        }
        if narrow {
            scale.paint_goal(canvas, top, head);
            if let Some(goal) = goal {
                for row in 0..self.rows.len() {
                    let (x, y) = (scale.x(goal.at), bar_top(row));
                    canvas.line((x, y - 2.0), (x, y + BAR + 2.0), INK, 1.5);
                }
            }
        } else {
            scale.paint_goal(canvas, top, bottom);
        }
        canvas.line((scale.left, head), (scale.left, if narrow { head } else { bottom }), RULE, 0.75);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::canvas::draw;

    fn three() -> Waterfall {
        let row = |label: &str, from: f64, to: f64, tone| Row {
            label: label.to_owned(),
            from,
            to,
            value: format!("{:.0} %", to * 100.0),
            tail: "+7".to_owned(),
            tone,
        };
        let mark = |at: f64| Mark { at, label: format!("{:.0} %", at * 100.0) };
        Waterfall {
            rows: vec![
                row("I dag", 0.0, 0.5, Tone::Base),
                row("2026", 0.5, 0.75, Tone::Added),
                row("Kvar", 0.75, 0.9, Tone::Left),
            ],
            ticks: vec![mark(0.0), mark(1.0)],
            goal: Some(mark(0.9)),
            from: 0.0,
            tail_head: "invånare".to_owned(),
            names: ["finns", "kommer", "återstår"].map(str::to_owned),
        }
    }

    #[test]
    fn every_step_begins_where_the_last_one_ended() {
        let chart = three();
        let svg = draw(600.0, chart.height(600.0), |canvas| chart.paint(canvas, 600.0)).unwrap();
        let edges = |colour: &str| -> Vec<(f64, f64)> {
            let of = |line: &str, name: &str| -> Option<f64> {
                line.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0.parse().ok()
            };
            let bars = svg
                .lines()
                .filter(|line| line.contains(&format!("fill=\"{colour}\"")) && line.contains("height=\"144\""));
            bars.map(|line| (of(line, "x").unwrap(), of(line, "x").unwrap() + of(line, "width").unwrap())).collect()
        };
        // The grey bar and the blue one, in eighths of a pixel; half and a quarter of the axis.
        let (base, added) = (edges("#78858F")[0], edges("#1F6F97")[0]);
        assert!((base.1 - added.0).abs() <= 1.0, "{base:?} {added:?}");
        assert!(((base.1 - base.0) - 2.0 * (added.1 - added.0)).abs() <= 2.0, "{base:?} {added:?}");
    }

    #[test]
    fn a_narrow_one_without_steps_can_be_drawn() {
        let chart = Waterfall { rows: Vec::new(), goal: None, ..three() };
        assert!(draw(320.0, chart.height(320.0), |canvas| chart.paint(canvas, 320.0)).is_ok());
    }
}
