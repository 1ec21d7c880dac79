//! Bars: one per area, with the goal's line. Where plans are known, each is a bullet: what there is, what is planned, the goal.

use plotters::style::RGBColor;

use super::{
    Mark, NARROW, Scale,
    canvas::{Canvas, Type},
    legend::{self, Entry},
    palette::{CONTEXT, INK, MET, MISSED, MUTED, PAPER, RULE, TRACK, UNSURE},
};

/// Bars on one axis of shares.
#[derive(Debug, Clone)]
pub(crate) struct Bars {
    pub(crate) rows: Vec<Row>,
    pub(crate) ticks: Vec<Mark>,
    pub(crate) goal: Option<Mark>,
    pub(crate) legend: Vec<Entry>,
}

/// One line of the chart.
#[derive(Debug, Clone)]
pub(crate) enum Row {
    /// A bar.
    Bar(Bar),
    /// Words between the bars, for what was left out.
    Note(String),
    /// A thin rule.
    Rule,
}

/// One bar.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) value: String,
    /// 0 to 1; no bar when not measured.
    pub(crate) share: Option<f64>,
    /// The share with what is planned, where that is more.
    pub(crate) planned: Option<f64>,
    /// The share if all unmatched were covered too, where that is more.
    pub(crate) upper: Option<f64>,
    /// What stands to the right.
    pub(crate) tail: String,
    pub(crate) tone: Tone,
}

/// What a bar says beside its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Met,
    Missed,
    Context,
    /// Not counted by the study: hollow.
    Official,
}

impl Tone {
    pub(crate) const fn colour(self) -> RGBColor {
        match self {
            Self::Met => MET,
            Self::Missed => MISSED,
            Self::Context | Self::Official => CONTEXT,
        }
    }

    /// Whether it is there to compare with.
    const fn is_beside(self) -> bool {
        matches!(self, Self::Context | Self::Official)
    }
}

/// The colour of what the unmatched could add.
pub(crate) const UNSURE_COLOUR: RGBColor = UNSURE;
/// The lines of what is planned.
pub(crate) const PLANNED: RGBColor = MET;

impl Bars {
    pub(crate) fn height(&self, width: f64) -> f64 {
        let rows: f64 = self.rows.iter().map(|row| row_height(row, width)).sum();
        legend::height(&self.legend, width) + Scale::head(self.goal.as_ref()) + rows + 6.0
    }

    /// Leaves out the bar nearest the middle where the lowest and the highest are shown, and otherwise the last.
    pub(crate) fn drop_row(&mut self) -> bool {
        let bar = |row: &Row| matches!(row, Row::Bar(bar) if !bar.tone.is_beside());
        if self.rows.iter().filter(|row| bar(row)).count() <= 3 {
            return false;
        }
        let Some(note) = self.rows.iter().position(|row| matches!(row, Row::Note(_))) else {
            return self.rows.pop().is_some();
        };
        // How many lie between is no longer what the note says.
        self.rows[note] = Row::Note("⋯".to_owned());
        let (low, high) = (self.rows[..note].iter().filter(|row| bar(row)).count(), self.rows.len() - note - 1);
        self.rows.remove(if low > high { note - 1 } else { note + 1 });
        true
    }

    pub(crate) fn paint(&self, canvas: &Canvas<'_, '_>, width: f64) {
        legend::paint(canvas, &self.legend, 0.0, 0.0, width);
        let top = legend::height(&self.legend, width);
        let narrow = width < NARROW;
        let bars = || {
            self.rows.iter().filter_map(|row| match row {
                Row::Bar(bar) => Some(bar),
                _ => None,
            })
        };
        let widest = |text: fn(&Bar) -> &str, style: Type| bars().map(|b| style.width(text(b))).fold(0.0, f64::max);
        let labels = widest(|b| &b.label, Type::BODY.bold()).min(width * 0.24);
        let values = widest(|b| &b.value, Type::BODY.bold());
        let tails = widest(|b| &b.tail, Type::SMALL);
        let (left, right) = if narrow {
            (0.0, 0.0)
        } else {
            (labels + 14.0 + values + 14.0, if tails > 0.0 { tails + 14.0 } else { 8.0 })
        };
        let scale = Scale {
            left,
            width: width - left - right,
            from: 0.0,
            ticks: &self.ticks,
            goal: self.goal.as_ref(),
            limit: width,
        };
        let bottom = self.height(width) - 4.0;
        if !narrow {
            scale.paint_ticks(canvas, top, bottom);
        } else {
            // Rules would run through the words between the bars.
            scale.paint_ticks(canvas, top, top + Scale::head(self.goal.as_ref()));
        }
        let mut y = top + Scale::head(self.goal.as_ref());
        let mut goal_spans = Vec::new();
        for row in &self.rows {
            let height = row_height(row, width);
            match row {
                Row::Rule => canvas.line((0.0, y + height / 2.0), (width, y + height / 2.0), RULE, 1.0),
                Row::Note(text) => canvas.label(0.0, y + height / 2.0, text, Type::SMALL),
                Row::Bar(bar) if narrow => {
                    paint_words_above(canvas, bar, y, width);
                    paint_bar(canvas, bar, &scale, y + 23.0, 10.0);
                    goal_spans.push((y + 21.0, y + 36.0));
                }
                Row::Bar(bar) => {
                    let middle = y + height / 2.0;
                    let style = if bar.tone.is_beside() { Type::BODY.bold() } else { Type::BODY };
                    canvas.label(0.0, middle, &style.fit(&bar.label, labels + 2.0), style);
                    canvas.label(labels + 14.0 + values, middle, &bar.value, Type::BODY.bold().end());
                    paint_bar(canvas, bar, &scale, middle - 7.0, 14.0);
                    canvas.label(width, middle, &bar.tail, Type::SMALL.coloured(MUTED).end());
                }
            }
            y += height;
        }
        if narrow {
            scale.paint_goal(canvas, top, top + Scale::head(self.goal.as_ref()));
            if let Some(goal) = &self.goal {
                for (from, to) in goal_spans {
                    canvas.line((scale.x(goal.at), from), (scale.x(goal.at), to), INK, 1.5);
                }
            }
        } else {
            scale.paint_goal(canvas, top, bottom);
        }
    }
}

fn row_height(row: &Row, width: f64) -> f64 {
    match row {
        Row::Bar(_) if width < NARROW => 44.0,
        Row::Bar(_) => 26.0,
        Row::Note(_) => 28.0,
        Row::Rule => 13.0,
    }
}

fn paint_words_above(canvas: &Canvas<'_, '_>, bar: &Bar, y: f64, width: f64) {
    let style = if bar.tone.is_beside() { Type::BODY.bold() } else { Type::BODY };
    let value = Type::BODY.bold();
    canvas.text(width, y + 17.0, &bar.value, value.end());
    let mut room = width - value.width(&bar.value) - 10.0;
    let label = style.width(&bar.label);
    let tail = Type::SMALL.width(&bar.tail);
    if !bar.tail.is_empty() && label + 12.0 + tail <= room {
        canvas.text(room, y + 17.0, &bar.tail, Type::SMALL.end());
        room -= tail + 10.0;
    }
    canvas.text(0.0, y + 17.0, &style.fit(&bar.label, room), style);
}

fn paint_bar(canvas: &Canvas<'_, '_>, bar: &Bar, scale: &Scale<'_>, top: f64, height: f64) {
    canvas.rect(scale.left, top, scale.width, height, TRACK);
    let Some(share) = bar.share else { return };
    let end = scale.x(share);
    let planned = bar.planned.map_or(end, |planned| scale.x(planned));
    if let Some(upper) = bar.upper {
        canvas.rect(planned, top, (scale.x(upper) - planned).max(1.0), height, UNSURE);
    }
    if bar.planned.is_some() {
        let wide = (planned - end).max(1.5);
        canvas.rect(end, top, wide, height, PAPER);
        canvas.hatch(end, top, wide, height, PLANNED);
        let (right, bottom) = (end + wide, top + height);
        canvas.path(&[(end, top), (right, top), (right, bottom), (end, bottom)], PLANNED, 1.0);
    }
    if bar.tone == Tone::Official {
        let (left, bottom) = (scale.left + 0.5, top + height);
        canvas.rect(left, top, end - left, height, PAPER);
        canvas.path(&[(left, top), (end, top), (end, bottom), (left, bottom), (left, top)], CONTEXT, 1.5);
        return;
    }
    canvas.rect(
        scale.left,
        top,
        (end - scale.left).max(if share > 0.0 { 1.0 } else { 0.0 }),
        height,
        bar.tone.colour(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::canvas::draw;

    #[test]
    fn three_bars_are_drawn_as_reviewed() {
        let bar = |label: &str, share: f64, tone| {
            let value = format!("{:.0} %", share * 100.0);
            let upper = (share < 0.6).then_some(share + 0.1);
            Row::Bar(Bar {
                label: label.to_owned(),
                value,
                share: Some(share),
                planned: None,
                upper,
                tail: "7 kvar".to_owned(),
                tone,
            })
        };
        let mark = |at: f64| Mark { at, label: format!("{:.0} %", at * 100.0) };
        let bars = Bars {
            rows: vec![
                bar("Hela studien", 0.75, Tone::Context),
                Row::Rule,
                bar("Aneby", 0.5, Tone::Missed),
                Row::Note("2 kommuner däremellan".to_owned()),
                bar("Älvsbyn", 1.0, Tone::Met),
            ],
            ticks: vec![mark(0.0), mark(1.0)],
            goal: Some(mark(0.9)),
            legend: Vec::new(),
        };
        let svg = draw(600.0, bars.height(600.0), |canvas| bars.paint(canvas, 600.0)).unwrap();
        insta::assert_snapshot!(svg);
    }

    #[test]
    fn what_is_planned_follows_what_there_is_and_what_is_not_known_follows_that() {
        let bar = Bar {
            label: "Aneby".to_owned(),
            value: "50 %".to_owned(),
            share: Some(0.5),
            planned: Some(0.75),
            upper: Some(0.8),
            tail: String::new(),
            tone: Tone::Missed,
        };
        let bars = Bars { rows: vec![Row::Bar(bar)], ticks: Vec::new(), goal: None, legend: Vec::new() };
        let svg = draw(600.0, bars.height(600.0), |canvas| bars.paint(canvas, 600.0)).unwrap();
        // Left and width of the only box of a colour.
        let of = |colour: &str| -> (f64, f64) {
            let line = svg.lines().find(|line| line.starts_with("<rect") && line.contains(colour)).unwrap();
            let value = |name: &str| line.split_once(&format!(" {name}=\"")).unwrap().1.split_once('"').unwrap().0;
            (value("x").parse().unwrap(), value("width").parse().unwrap())
        };
        let (left, wide) = of("#EEF2F5");
        let near = |(a, b): (f64, f64), from: f64, long: f64| {
            assert!((a - left - from * wide).abs() <= 1.0 && (b - long * wide).abs() <= 1.5, "{a} {b}: {svg}");
        };
        near(of("#C86A1E"), 0.0, 0.5);
        near(of("#FFFFFF"), 0.5, 0.25);
        near(of("#B4BFC9"), 0.75, 0.05);
    }
}
