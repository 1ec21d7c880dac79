//! Layers: what the map of an internal page can show besides areas.

use crate::{sketch::Sketch, squares::Squares};

/// What a map can show besides areas; it tells of few places at a time and is never in a public edition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layers {
    /// Who lacks what by square, where the study asks for it and places are written.
    pub squares: Option<Squares>,
    /// Where each technology is, where the study asks for it.
    pub sketch: Option<Sketch>,
    /// How many places the file of dots beside the page has, where there is one.
    pub dots: Option<u64>,
}
