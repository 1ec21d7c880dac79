//! Charts and maps: what each one shows, and how it is painted with plotters' primitives.
//!
//! A chart holds shares as numbers from 0 to 1 and every word as it is to be printed.
//! It can be painted at any width; a narrow one is laid out for a telephone, not shrunk.

pub(crate) mod bars;
pub(crate) mod canvas;
pub(crate) mod curve;
pub(crate) mod dots;
pub(crate) mod histogram;
pub(crate) mod legend;
pub(crate) mod lines;
pub(crate) mod map;
pub(crate) mod palette;
pub(crate) mod panels;
pub(crate) mod sight;
pub(crate) mod spans;
pub(crate) mod stack;
pub(crate) mod tornado;
pub(crate) mod waterfall;

use canvas::{Canvas, Type};
use palette::{INK, RULE};

/// The width below which charts are laid out for a telephone.
const NARROW: f64 = 560.0;

/// A figure's picture.
#[derive(Debug, Clone)]
pub(crate) enum Chart {
    /// Areas filled by class.
    Map(map::Map),
    /// One bar per area.
    Bars(bars::Bars),
    /// Small maps in one scale.
    Panels(panels::Panels),
    /// Several marks per area on one line.
    Dots(dots::Dots),
    /// One bar per area in parts.
    Stack(stack::Stack),
    /// How many areas have which share.
    Histogram(histogram::Histogram),
    /// One bar per measurement, in seconds.
    Spans(spans::Spans),
    /// One bar per thing that is varied.
    Tornado(tornado::Tornado),
    /// Steps from a share to a goal.
    Waterfall(waterfall::Waterfall),
    /// What money reaches.
    Curve(curve::Curve),
    /// Shares over years.
    Lines(lines::Lines),
}

impl Chart {
    /// How high the chart is when it is this wide.
    pub(crate) fn height(&self, width: f64) -> f64 {
        match self {
            Self::Map(chart) => chart.height(width),
            Self::Panels(chart) => chart.height(width),
            Self::Bars(chart) => chart.height(width),
            Self::Dots(chart) => chart.height(width),
            Self::Stack(chart) => chart.height(width),
            Self::Histogram(chart) => chart.height(width),
            Self::Spans(chart) => chart.height(width),
            Self::Tornado(chart) => chart.height(width),
            Self::Waterfall(chart) => chart.height(width),
            Self::Curve(chart) => chart.height(width),
            Self::Lines(chart) => chart.height(width),
        }
    }

    /// The chart for a place that is so wide and so high, and whether rows had to be left out for it.
    pub(crate) fn within(mut self, width: f64, height: f64) -> (Self, bool) {
        if let Self::Map(map) = &mut self {
            map.tallest = map.tallest.min(height - map::FOOT);
        }
        if let Self::Panels(panels) = &mut self {
            while panels.height(width) > height && panels.lower() {}
        }
        let mut cut = false;
        while self.height(width) > height && self.drop_row() {
            cut = true;
        }
        (self, cut)
    }

    /// Leaves out the row that says least, where there are rows to leave out.
    fn drop_row(&mut self) -> bool {
        match self {
            Self::Bars(chart) => chart.drop_row(),
            Self::Panels(chart) => chart.drop_panel(),
            Self::Dots(chart) => drop_last(&mut chart.rows),
            Self::Stack(chart) => drop_last(&mut chart.rows),
            Self::Tornado(chart) => drop_last(&mut chart.rows),
            // The steps of a waterfall add up: none can be left out.
            Self::Spans(_)
            | Self::Map(_)
            | Self::Histogram(_)
            | Self::Waterfall(_)
            | Self::Curve(_)
            | Self::Lines(_) => false,
        }
    }

    /// Paints the chart.
    pub(crate) fn paint(&self, canvas: &Canvas<'_, '_>, width: f64) {
        match self {
            Self::Map(chart) => chart.paint(canvas, width),
            Self::Panels(chart) => chart.paint(canvas, width),
            Self::Bars(chart) => chart.paint(canvas, width),
            Self::Dots(chart) => chart.paint(canvas, width),
            Self::Stack(chart) => chart.paint(canvas, width),
            Self::Histogram(chart) => chart.paint(canvas, width),
            Self::Spans(chart) => chart.paint(canvas, width),
            Self::Tornado(chart) => chart.paint(canvas, width),
            Self::Waterfall(chart) => chart.paint(canvas, width),
            Self::Curve(chart) => chart.paint(canvas, width),
            Self::Lines(chart) => chart.paint(canvas, width),
        }
    }
}

/// Leaves out the last row; some rows stay, since a chart of none says nothing.
fn drop_last<T>(rows: &mut Vec<T>) -> bool {
    rows.len() > 3 && rows.pop().is_some()
}

/// A labelled place on the axis of shares.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// 0 to 1.
    pub(crate) at: f64,
    /// What it is called.
    pub(crate) label: String,
}

/// The axis of shares: where it lies, and its marks.
struct Scale<'a> {
    left: f64,
    width: f64,
    from: f64,
    ticks: &'a [Mark],
    goal: Option<&'a Mark>,
    /// The width of the whole chart, which no label may leave.
    limit: f64,
}

/// Room for ticks, and for the goal's label under them.
const TICKS: f64 = 20.0;
const GOAL: f64 = 19.0;

impl Scale<'_> {
    fn x(&self, share: f64) -> f64 {
        self.left + self.width * ((share - self.from) / (1.0 - self.from)).clamp(0.0, 1.0)
    }

    fn head(goal: Option<&Mark>) -> f64 {
        TICKS + goal.map_or(0.0, |_| GOAL)
    }

    /// Ticks with light rules, from `top` down to `bottom`.
    fn paint_ticks(&self, canvas: &Canvas<'_, '_>, top: f64, bottom: f64) {
        let head = top + Self::head(self.goal);
        for tick in self.ticks.iter().filter(|tick| tick.at >= self.from - 1e-9) {
            let x = self.x(tick.at);
            canvas.line((x, head - 3.0), (x, bottom.max(head)), RULE, 0.75);
            let half = Type::SMALL.width(&tick.label) / 2.0;
            canvas.text(x.min(self.limit - half).max(half), top + 11.0, &tick.label, Type::SMALL.middle());
        }
    }

    /// The goal's line and label, over everything else.
    fn paint_goal(&self, canvas: &Canvas<'_, '_>, top: f64, bottom: f64) {
        let Some(goal) = self.goal else { return };
        let x = self.x(goal.at);
        let head = top + Self::head(self.goal);
        let style = Type::SMALL.bold().coloured(INK);
        let half = style.width(&goal.label) / 2.0;
        canvas.line((x, head - 4.0), (x, bottom.max(head)), INK, 1.5);
        canvas.text(x.min(self.limit - half).max(half), head - 8.0, &goal.label, style.middle());
    }
}
