//! Rendering: a composed report becomes a page, its figures become pictures, and tables become a workbook.

mod density;
mod drawing;
mod excel_csv;
pub(crate) mod html;
mod picture;
mod slide;
mod svg;
mod xlsx;

pub use drawing::{Drawing, drawings, faces, logo};
pub use excel_csv::excel_csv;
pub use html::html;
pub(crate) use picture::picture_of;
pub use picture::{Picture, Size, pictures};
pub use xlsx::xlsx;

use crate::chart::canvas::DrawError;

/// Why a report could not be rendered. None of it depends on what was counted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The drawing surface refused a figure.
    #[error("figure {figure:?} could not be drawn: {reason}")]
    Draw {
        /// The figure's name.
        figure: String,
        /// What the surface said.
        reason: String,
    },
    /// The page's template could not be filled.
    #[error("the page could not be filled: {0}")]
    Page(#[from] askama::Error),
    /// What the page's script is given could not be written.
    #[error("the page's data could not be written: {0}")]
    Data(#[from] serde_json::Error),
    /// The workbook could not be made.
    #[error("the workbook could not be made: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// A figure could not be turned into outlines or pixels.
    #[error("figure {figure:?} could not be turned into {into}: {reason}")]
    Picture {
        /// The figure's name.
        figure: String,
        /// `outlines` or `pixels`.
        into: &'static str,
        /// What went wrong.
        reason: String,
    },
}

impl RenderError {
    fn draw(figure: &str, error: &DrawError) -> Self {
        Self::Draw { figure: figure.to_owned(), reason: error.to_string() }
    }
}
