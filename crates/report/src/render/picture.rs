//! Pictures: every figure as an SVG file whose text is outlines, and as a PNG file.
//!
//! Office programs and drawing programs do not load fonts from an SVG file, so letters become outlines: the picture
//! looks the same everywhere. What it says stays in its title and description.

use std::sync::Arc;

use rayon::prelude::*;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{self, Indent, Options, Tree, WriteOptions, fontdb::Database},
};

use super::{RenderError, svg};
use crate::{
    locale::Locale,
    report::{Figure, Report},
    theme::Theme,
    typeface::{FAMILY, REGULAR, SEMI_BOLD},
};

/// Pixels of a PNG per pixel of the drawing.
const SHARPNESS: f32 = 2.0;

/// One figure as files.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The file name without its ending, for example `map`.
    pub name: String,
    /// The text of the SVG file.
    pub svg: String,
    /// The bytes of the PNG file.
    pub png: Vec<u8>,
}

/// Every figure of a report as SVG and PNG, in the order of the page.
///
/// # Errors
/// When a figure cannot be drawn, which no outcome should be able to bring about.
pub fn pictures(report: &Report) -> Result<Vec<Picture>, RenderError> {
    let options = options();
    let figures: Vec<&Figure> = report.figures().collect();
    let one = |&figure: &&Figure| picture(figure, &report.theme, &report.words.source, report.locale, &options);
    figures.par_iter().with_max_len(1).map(one).collect()
}

/// A figure that is in no report as SVG and PNG. `source` is the word before its source.
pub(crate) fn picture_of(figure: &Figure, source: &str, locale: Locale) -> Result<Picture, RenderError> {
    picture(figure, &Theme::default(), source, locale, &options())
}

fn options() -> Options<'static> {
    let mut fonts = Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(SEMI_BOLD.to_vec());
    Options { fontdb: Arc::new(fonts), font_family: FAMILY.to_owned(), ..Options::default() }
}

fn picture(
    figure: &Figure,
    theme: &Theme,
    source: &str,
    locale: Locale,
    options: &Options<'_>,
) -> Result<Picture, RenderError> {
    let wrong = |into, reason: String| RenderError::Picture { figure: figure.id.to_owned(), into, reason };
    let (text, width, height) = svg::alone(figure, theme, source)?;
    let tree = Tree::from_str(&text, options).map_err(|error| wrong("outlines", error.to_string()))?;
    let pixels = |length: f64| {
        let length = format!("{}", (length * f64::from(SHARPNESS)).ceil()).parse::<u32>();
        length.map_err(|error| wrong("pixels", error.to_string()))
    };
    let mut pixmap = Pixmap::new(pixels(width)?, pixels(height)?)
        .ok_or_else(|| wrong("pixels", "it has no area or is too large".to_owned()))?;
    resvg::render(&tree, Transform::from_scale(SHARPNESS, SHARPNESS), &mut pixmap.as_mut());
    let png = pixmap.encode_png().map_err(|error| wrong("pixels", error.to_string()))?;
    Ok(Picture { name: figure.id.to_owned(), svg: outlines(locale, figure, &tree), png })
}

/// The drawing with its text as outlines, and with the words that the conversion leaves out.
fn outlines(locale: Locale, figure: &Figure, tree: &usvg::Tree) -> String {
    let options = WriteOptions {
        preserve_text: false,
        // Tenths of an eighth of a pixel.
        coordinates_precision: 1,
        transforms_precision: 5,
        indent: Indent::None,
        attributes_indent: Indent::None,
        ..WriteOptions::default()
    };
    let text = tree.to_string(&options);
    let root = text.find("<svg").unwrap_or(0);
    let inside = text[root..].find('>').map_or(text.len(), |end| root + end);
    let (head, rest) = text.split_at(inside);
    let id = figure.id;
    let language = locale.tag();
    format!(
        "{head} role=\"img\" lang=\"{language}\" aria-labelledby=\"{id}-t {id}-d\">\n{}{}\n",
        svg::words(figure, id),
        rest.trim_start_matches('>').trim()
    )
}
