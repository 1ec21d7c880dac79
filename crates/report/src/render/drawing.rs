//! Drawings: a report's figures for a typesetter, which sets the words around them itself.

use rayon::prelude::*;

use super::{RenderError, svg};
use crate::{
    report::{Figure, Report},
    typeface::{REGULAR, SEMI_BOLD},
};

/// A figure as SVG with living text, laid out for the width of a printed page.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The figure's name in the report.
    pub name: &'static str,
    /// Width by height.
    pub ratio: f64,
    /// The text of the SVG.
    pub svg: String,
}

/// Every figure of a report, in the order of the page.
///
/// # Errors
/// When a figure cannot be drawn, which no outcome should be able to bring about.
pub fn drawings(report: &Report) -> Result<Vec<Drawing>, RenderError> {
    let figures: Vec<&Figure> = report.figures().collect();
    let one = |figure: &&Figure| {
        let height = figure.chart.height(svg::PRINT).ceil().max(1.0);
        let svg = svg::inline(figure, &report.theme, svg::PRINT, "p")?;
        Ok(Drawing { name: figure.id, ratio: svg::PRINT / height, svg })
    };
    figures.par_iter().with_max_len(1).map(one).collect()
}

/// The typefaces that a report is set in: the files of its regular and its heavy letters.
#[must_use]
pub fn faces(_report: &Report) -> [&'static [u8]; 2] {
    [REGULAR, SEMI_BOLD]
}
