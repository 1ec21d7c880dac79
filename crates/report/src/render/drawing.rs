//! Drawings: a report's figures for a typesetter, which sets the words around them itself.

use std::borrow::Cow;

use rayon::prelude::*;

use super::{RenderError, svg};
use crate::{
    logo::Kind,
    report::{Figure, Report},
    theme::within,
    typeface::{REGULAR, SEMI_BOLD, Weight},
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
        let height = within(&report.theme, || figure.chart.height(svg::PRINT)).ceil().max(1.0);
        let svg = svg::inline(figure, &report.theme, svg::PRINT, "p")?;
        Ok(Drawing { name: figure.id, ratio: svg::PRINT / height, svg })
    };
    figures.par_iter().with_max_len(1).map(one).collect()
}

/// The typefaces that a report is set in, each as the files of its regular and its heavy letters: what one lacks, the next has.
#[must_use]
pub fn faces(report: &Report) -> Vec<[Cow<'static, [u8]>; 2]> {
    let own = report.theme.faces.iter();
    let own =
        own.map(|faces| [Weight::Regular, Weight::SemiBold].map(|weight| Cow::Owned(faces.file(weight).to_vec())));
    own.chain([[REGULAR, SEMI_BOLD].map(Cow::Borrowed)]).collect()
}

/// The logo of a report: a name that ends as its form does, its bytes, and what it says.
#[must_use]
pub fn logo(report: &Report) -> Option<(&'static str, &[u8], &str)> {
    let logo = report.theme.logo.as_ref()?;
    let name = match logo.kind {
        Kind::Svg => "logo.svg",
        Kind::Png => "logo.png",
    };
    Some((name, &logo.bytes, &logo.alt))
}
