//! A page per area of the report's level, and a page that lists them.

use nittio_core::outcome::Outcome;
use rayon::prelude::*;

use crate::{
    Settings, compose,
    render::{RenderError, html},
    theme::Theme,
};

/// One file.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its name: `index.html`, or the area's code with the ending; what no file may be called is spelled out.
    pub name: String,
    /// Its text.
    pub html: String,
}

/// The list of areas, and a page for each that holds any place. All lie in one folder beside the report.
///
/// # Errors
/// When a figure cannot be drawn, which no outcome should be able to bring about.
pub fn pages(outcome: &Outcome, settings: &Settings, theme: &Theme) -> Result<Vec<Page>, RenderError> {
    let pages = compose::kommun::pages(outcome, settings);
    pages
        .into_par_iter()
        .map(|(name, report)| Ok(Page { name, html: html(&report.in_theme(theme.clone()))? }))
        .collect()
}
