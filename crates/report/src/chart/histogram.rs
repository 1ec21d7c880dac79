//! A histogram: how many areas have which share.

use super::{
    Mark, NARROW,
    bars::Tone,
    canvas::{Canvas, Type},
    legend::{self, Entry},
    palette::{INK, MUTED, RULE},
};

/// Columns of counts over an axis of shares.
#[derive(Debug, Clone)]
pub(crate) struct Histogram {
    pub(crate) bins: Vec<Bin>,
    pub(crate) ticks: Vec<Mark>,
    pub(crate) goal: Option<Mark>,
    pub(crate) legend: Vec<Entry>,
    /// What the height counts.
    pub(crate) axis: String,
}

/// Areas with shares from `from` up to, and not with, `to`.
#[derive(Debug, Clone)]
pub(crate) struct Bin {
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// Areas below the goal.
    pub(crate) missed: u32,
    /// Areas that reach it, or all where there is no goal.
    pub(crate) met: u32,
    pub(crate) label: String,
}

const PLOT: f64 = 210.0;
const FOOT: f64 = 24.0;

impl Histogram {
    fn head(&self, width: f64) -> f64 {
        legend::height(&self.legend, width) + 22.0 + 20.0
    }

    pub(crate) fn height(&self, width: f64) -> f64 {
        self.head(width) + PLOT + FOOT
    }

    pub(crate) fn paint(&self, canvas: &Canvas<'_, '_>, width: f64) {
        legend::paint(canvas, &self.legend, 0.0, 0.0, width);
        let start = legend::height(&self.legend, width);
        let top = self.head(width);
        let bottom = top + PLOT;
        let first = self.bins.first().map_or(0.0, |bin| bin.from);
        let (left, span) = (12.0, width - 24.0);
        let x = |share: f64| left + span * (share - first) / (1.0 - first);
        let most = f64::from(self.bins.iter().map(|bin| bin.missed + bin.met).max().unwrap_or(1).max(1));
        canvas.text(0.0, start + 12.0, &self.axis, Type::SMALL);
        let words = Type::SMALL.sized(if width < NARROW { 10.0 } else { 11.5 });
        for bin in self.bins.iter().filter(|bin| bin.missed + bin.met > 0) {
            let tall = |count: u32| f64::from(count) / most * PLOT;
            let height = tall(bin.missed + bin.met).max(1.0);
            let (from, to) = (x(bin.from) + 0.75, x(bin.to) - 0.75);
            canvas.rect(from, bottom - height, to - from, height, Tone::Met.colour());
            canvas.rect(from, bottom - tall(bin.missed), to - from, tall(bin.missed), Tone::Missed.colour());
            if words.width(&bin.label) <= to - from + 3.0 {
                canvas.text((from + to) / 2.0, bottom - height - 5.0, &bin.label, words.coloured(INK).middle());
            }
        }
        canvas.line((left, bottom), (left + span, bottom), MUTED, 1.0);
        for tick in self.ticks.iter().filter(|tick| tick.at >= first - 1e-9) {
            canvas.line((x(tick.at), bottom), (x(tick.at), bottom + 4.0), RULE, 1.0);
            let half = Type::SMALL.width(&tick.label) / 2.0;
            let centre = x(tick.at).clamp(half, width - half);
            canvas.text(centre, bottom + 17.0, &tick.label, Type::SMALL.middle());
        }
        if let Some(goal) = &self.goal {
            let at = x(goal.at.max(first));
            let style = Type::SMALL.bold().coloured(INK);
            canvas.line((at, top - 16.0), (at, bottom), INK, 1.5);
            let half = style.width(&goal.label) / 2.0;
            canvas.text(at.clamp(half, width - half), top - 21.0, &goal.label, style.middle());
        }
    }
}
