//! nittio-report composes a coverage report from an outcome and renders it as one page and as pictures.
//!
//! In goes an [`nittio_core::outcome::Outcome`], which holds figures per area and no place. Out come one HTML file that
//! needs nothing beside it, the same figures as SVG and PNG, and tables for a spreadsheet.
//!
//! ```text
//! Outcome ──compose──▶ Report ──render──▶ report.html, figures as .svg and .png
//!         ──tables───▶ Tables ──render──▶ tables.xlsx, areas-excel.csv
//! ```
//!
//! ```
//! use nittio_core::{outcome::Outcome, unit::Unit};
//! use nittio_report::{Locale, Settings, compose, render};
//!
//! fn page(outcome: &Outcome) -> Result<String, render::RenderError> {
//!     let level = "municipality".to_owned();
//!     let settings = Settings { locale: Locale::Sv, level, goal: 0, unit: Unit::Population, lacking: None };
//!     render::html(&compose(outcome, &settings))
//! }
//! ```
//!
//! [`compose()`] decides every word and number; [`render`] only sets them. Words stand in `messages/`, one file per
//! language. The same outcome gives the same bytes, today and later: nothing here asks for the time.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking"))]

mod chart;
mod compose;
pub mod delivery;
mod face;
pub mod kommun;
mod live;
mod locale;
mod logo;
mod messages;
pub mod page;
pub mod render;
mod report;
mod tables;
pub mod theme;
pub mod timing;
mod typeface;

use nittio_core::{category::Few, layers::Layers, outcome::Outcome, projection::Projection, trend::Trend, unit::Unit};

pub use locale::Locale;
pub use report::Report;
pub use tables::Tables;

/// What a report puts first, and its language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The language.
    pub locale: Locale,
    /// The key of the level that tables and maps show, for example `municipality`.
    pub level: String,
    /// The goal that comes first: an index into the outcome's goals.
    pub goal: usize,
    /// The unit that maps and bars are drawn for. A unit that the study lacks is replaced by places.
    pub unit: Unit,
    /// Schools and other listed places that lack the first speed; `None` where places are not listed, as in the public edition.
    pub lacking: Option<Few>,
}

/// Composes a report: all its words, numbers and figures.
///
/// A level, goal or unit that the outcome lacks is no error: the report then says what it cannot show.
#[must_use]
pub fn compose(outcome: &Outcome, settings: &Settings) -> Report {
    compose::report(outcome, settings)
}

/// Composes a report whose page answers by itself as well: a map and a table of other goals, definitions, units and scenarios.
///
/// The page then holds the projection and the layers, which say what small groups have; it is for the internal edition only.
#[must_use]
pub fn compose_live(outcome: &Outcome, settings: &Settings, projection: &Projection, layers: &Layers) -> Report {
    compose::with_live(outcome, settings, projection, layers)
}

/// Composes a report whose page answers by itself from the figures that the outcome shows, and from nothing else.
///
/// What a public outcome keeps back is not in it, so it is not in the page either.
#[must_use]
pub fn compose_published(outcome: &Outcome, settings: &Settings) -> Report {
    compose::published(outcome, settings)
}

/// Composes the page about results held against each other; `outcome` is the last one's.
#[must_use]
pub fn compose_trend(trend: &Trend<'_>, outcome: &Outcome, settings: &Settings) -> Report {
    compose::trend::report(trend, outcome, settings)
}

/// Composes the tables for a spreadsheet: the same figures as in the report, and more of them.
#[must_use]
pub fn tables(outcome: &Outcome, settings: &Settings) -> Tables {
    compose::workbook::tables(outcome, settings)
}
