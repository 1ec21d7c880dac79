//! A picture of how long something took, in the report's typeface and colours.

use plotters::style::RGBColor;

use crate::{
    chart::{
        Chart,
        palette::{CONTEXT, MISSED, UNSURE, sequential},
        spans,
    },
    locale::Locale,
    render::{Picture, RenderError, picture_of},
    report::{Figure, Source},
};

/// Times to be drawn, one bar each.
#[derive(Debug, Clone, PartialEq)]
pub struct Timing {
    /// The finding.
    pub title: String,
    /// What is shown: of what, where, how often.
    pub subtitle: String,
    /// What must be known to read it.
    pub caption: String,
    /// What made it.
    pub source: String,
    /// What the picture shows, for those who do not see it.
    pub description: String,
    /// The names of the phases, in their order.
    pub phases: Vec<Phase>,
    /// The bars; the parts of the first are named.
    pub bars: Vec<Bar>,
}

/// A phase.
#[derive(Debug, Clone, PartialEq)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// What kind of work it is, which its colour shows.
    pub kind: Kind,
}

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Getting ready: polygons and the index.
    Prepare,
    /// Getting places from files.
    Read,
    /// Finding out what reaches them.
    Join,
    /// Counting.
    Count,
    /// Putting results into files.
    Write,
}

/// One measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What sets it apart from the others.
    pub label: String,
    /// Seconds, one per phase.
    pub seconds: Vec<f64>,
    /// What stands under its length.
    pub note: String,
}

/// Draws times, as SVG and PNG.
///
/// # Errors
/// When the drawing surface refuses, which no times should be able to bring about.
pub fn picture(timing: &Timing) -> Result<Picture, RenderError> {
    let phases = timing.phases.iter().enumerate().map(|(at, phase)| {
        let before = timing.phases[..at].iter().filter(|other| other.kind == phase.kind).count();
        spans::Phase { name: phase.name.clone(), colour: colour(phase.kind, before) }
    });
    let rows = timing.bars.iter().map(|bar| spans::Row {
        label: bar.label.clone(),
        seconds: bar.seconds.clone(),
        value: format!("{} s", spans::short(bar.seconds.iter().sum())),
        note: bar.note.clone(),
    });
    let figure = Figure {
        id: "bench",
        title: timing.title.clone(),
        subtitle: timing.subtitle.clone(),
        caption: timing.caption.clone(),
        source: Source { own: None, study: timing.source.clone() },
        description: timing.description.clone(),
        chart: Chart::Spans(spans::Spans { phases: phases.collect(), rows: rows.collect() }),
        table: None,
    };
    picture_of(&figure, "Source", Locale::En)
}

/// The colour of a kind of work; the second phase of a kind has another shade than the first.
fn colour(kind: Kind, before: usize) -> RGBColor {
    let scale = sequential(6);
    let second = before % 2 == 1;
    match kind {
        Kind::Prepare => scale[if second { 4 } else { 5 }],
        Kind::Read => scale[if second { 2 } else { 3 }],
        Kind::Join => MISSED,
        Kind::Count => RGBColor(0xe8, if second { 0xc9 } else { 0xae }, if second { 0xa3 } else { 0x79 }),
        Kind::Write => {
            if second {
                UNSURE
            } else {
                CONTEXT
            }
        }
    }
}
