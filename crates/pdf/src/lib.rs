//! nittio-pdf sets a composed report as PDF, with Typst as a library.
//!
//! In goes the [`Report`] that the page is rendered from, so words, numbers and figures are the same. Out come the bytes of a
//! tagged PDF that conforms to PDF/UA-1, with its typefaces inside. Nothing is asked of the network, the system's typefaces
//! or the clock: the same report gives the same bytes.
//!
//! ```text
//! Report ── as JSON ────┐
//!        ── drawings ───┼─ templates/report.typ ──▶ pages ──▶ report.pdf
//!        ── typefaces ──┘
//! ```
//!
//! ```
//! fn file(report: &nittio_report::Report) -> Result<Vec<u8>, nittio_pdf::PdfError> {
//!     nittio_pdf::render(report)
//! }
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking"))]

mod letters;
mod world;

use nittio_report::{
    Report,
    render::{self, RenderError},
};
use serde_json::{Value, json};
use typst::{
    comemo,
    diag::{SourceDiagnostic, Warned},
    foundations::Smart,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use world::Desk;

/// How the pages are set.
const TEMPLATE: &str = include_str!("../templates/report.typ");

/// Why a report could not be set. None of it depends on what was counted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// A figure could not be drawn.
    #[error(transparent)]
    Draw(#[from] RenderError),
    /// The report could not be handed over.
    #[error("the report could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A typeface is none.
    #[error("a typeface of the report cannot be read")]
    Typeface,
    /// The pages could not be set, or not as PDF/UA-1 asks.
    #[error("the report could not be set as PDF: {0}")]
    Set(String),
}

/// A report as a tagged PDF.
///
/// # Errors
/// When a figure cannot be drawn or a page not be set, which no outcome should be able to bring about.
pub fn render(report: &Report) -> Result<Vec<u8>, PdfError> {
    let (document, _) = pages(report)?;
    let standards =
        PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|error| PdfError::Set(error.message().to_string()))?;
    let options = PdfOptions { creator: Smart::Custom(None), standards, ..PdfOptions::default() };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|errors| PdfError::Set(said(&errors)));
    // What Typst remembers would only help a second report that is almost the same.
    comemo::evict(0);
    bytes
}

/// The letters of a report that its typefaces lack, each once; a PDF has a question mark for each of them.
///
/// # Errors
/// When the typefaces cannot be read.
pub fn lacking(report: &Report) -> Result<Vec<char>, PdfError> {
    let fonts = world::fonts(render::faces(report)).ok_or(PdfError::Typeface)?;
    Ok(letters::lacking(&serde_json::to_string(report)?, &fonts))
}

/// The pages, and what Typst remarked on.
fn pages(report: &Report) -> Result<(PagedDocument, Vec<String>), PdfError> {
    let fonts = world::fonts(render::faces(report)).ok_or(PdfError::Typeface)?;
    let drawings = render::drawings(report)?;
    let mut told = serde_json::to_value(report)?;
    told["ratios"] = drawings.iter().map(|drawing| (drawing.name.to_owned(), json!(drawing.ratio))).collect::<Value>();
    told["families"] = fonts.iter().step_by(2).map(|font| Value::from(font.info().family.as_str())).collect::<Value>();
    told["logo"] = render::logo(report).map_or(Value::Null, |(name, _, alt)| json!({ "file": name, "alt": alt }));
    let told = letters::settable(&told.to_string(), &fonts);
    let mut files = vec![("report.json".to_owned(), told.into_bytes())];
    files.extend(
        drawings
            .into_iter()
            .map(|d| (format!("figures/{}.svg", d.name), letters::settable(&d.svg, &fonts).into_bytes())),
    );
    files.extend(render::logo(report).map(|(name, bytes, _)| (name.to_owned(), bytes.to_vec())));
    let desk = Desk::new(TEMPLATE, files, fonts).map_err(PdfError::Set)?;
    let Warned { output, warnings } = typst::compile::<PagedDocument>(&desk);
    let document = output.map_err(|errors| PdfError::Set(said(&errors)))?;
    Ok((document, warnings.iter().map(|warning| said(std::slice::from_ref(warning))).collect()))
}

/// What Typst said, on one line.
fn said(diagnostics: &[SourceDiagnostic]) -> String {
    let one = |diagnostic: &SourceDiagnostic| {
        let hints = diagnostic.hints.iter().map(|hint| format!(" ({})", hint.v));
        format!("{}{}", diagnostic.message, hints.collect::<String>())
    };
    diagnostics.iter().map(one).collect::<Vec<_>>().join("; ")
}
