//! Pictures: every figure as an SVG file whose text is outlines, and as a PNG file.
//!
//! Office programs and drawing programs do not load fonts from an SVG file, so letters become outlines: the picture
//! looks the same everywhere. What it says stays in its title and description.

use std::sync::Arc;

use rayon::prelude::*;
use resvg::{
    tiny_skia::{FilterQuality, Pixmap, PixmapPaint, Transform},
    usvg::{self, Indent, Options, Tree, WriteOptions, fontdb::Database},
};

use super::{
    RenderError, density, slide,
    svg::{self, Words},
};
use crate::{
    locale::Locale,
    logo::{Kind, Logo},
    report::{Figure, Report},
    theme::{Theme, within},
    typeface::{REGULAR, SEMI_BOLD, Weight},
};

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// A page on the web, or anything else: two pixels per pixel of the drawing.
    Page,
    /// A slide of 16 to 9, 1920 by 1080 pixels.
    Slides,
    /// The column of a printed A4 page, 160 mm wide, with 300 pixels per inch.
    Print,
}

impl Size {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Page, Self::Slides, Self::Print];

    /// The folder of its pictures, among the pictures.
    const fn folder(self) -> &'static str {
        match self {
            Self::Page => "",
            Self::Slides => "slides/",
            Self::Print => "print/",
        }
    }

    /// Pixels of a PNG per pixel of the drawing.
    const fn sharpness(self) -> f32 {
        match self {
            Self::Page => 2.0,
            Self::Slides => 1.0,
            Self::Print => 300.0 / 96.0,
        }
    }

    /// Pixels per inch, where the file says so: office programs then place it as large as it is meant.
    const fn density(self) -> Option<u32> {
        match self {
            Self::Page => None,
            // Slides are 13.333 inches wide.
            Self::Slides => Some(144),
            Self::Print => Some(300),
        }
    }
}

/// One figure as files.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The file name without its ending, for example `map` or `slides/map`.
    pub name: String,
    /// The text of the SVG file.
    pub svg: String,
    /// The bytes of the PNG file.
    pub png: Vec<u8>,
}

/// Every figure of a report as SVG and PNG in these sizes, in the order of the page.
///
/// # Errors
/// When a figure cannot be drawn, which no outcome should be able to bring about.
pub fn pictures(report: &Report, sizes: &[Size]) -> Result<Vec<Picture>, RenderError> {
    let options = options(&report.theme);
    let words = Words { source: &report.words.source, cut: &report.words.cut };
    let figures = report.figures().flat_map(|figure| Size::ALL.map(|size| (figure, size)));
    let wanted: Vec<(&Figure, Size)> = figures.filter(|(_, size)| sizes.contains(size)).collect();
    let one = |&(figure, size): &(&Figure, Size)| picture(figure, size, &report.theme, &words, report.locale, &options);
    wanted.par_iter().with_max_len(1).map(one).collect()
}

/// A figure that is in no report as SVG and PNG. `source` is the word before its source.
pub(crate) fn picture_of(figure: &Figure, source: &str, locale: Locale) -> Result<Picture, RenderError> {
    picture(figure, Size::Page, &Theme::default(), &Words { source, cut: "" }, locale, &options(&Theme::default()))
}

fn options(theme: &Theme) -> Options<'static> {
    let mut fonts = Database::new();
    for weight in theme.faces.iter().flat_map(|faces| [Weight::Regular, Weight::SemiBold].map(|w| faces.file(w))) {
        fonts.load_font_data(weight.to_vec());
    }
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(SEMI_BOLD.to_vec());
    Options { fontdb: Arc::new(fonts), font_family: theme.family().to_owned(), ..Options::default() }
}

fn picture(
    figure: &Figure,
    size: Size,
    theme: &Theme,
    words: &Words<'_>,
    locale: Locale,
    options: &Options<'_>,
) -> Result<Picture, RenderError> {
    let wrong = |into, reason: String| RenderError::Picture { figure: figure.id.to_owned(), into, reason };
    let (text, width, height) = within(theme, || match size {
        Size::Page => svg::alone(figure, words),
        Size::Slides => slide::slide(figure, theme.logo.as_ref(), words),
        Size::Print => svg::printed(figure, words),
    })?;
    let tree = Tree::from_str(&text, options).map_err(|error| wrong("outlines", error.to_string()))?;
    let sharpness = size.sharpness();
    let pixels = |length: f64| {
        let length = format!("{}", (length * f64::from(sharpness)).ceil()).parse::<u32>();
        length.map_err(|error| wrong("pixels", error.to_string()))
    };
    let mut pixmap = Pixmap::new(pixels(width)?, pixels(height)?)
        .ok_or_else(|| wrong("pixels", "it has no area or is too large".to_owned()))?;
    resvg::render(&tree, Transform::from_scale(sharpness, sharpness), &mut pixmap.as_mut());
    if let Some(logo) = theme.logo.as_ref().filter(|logo| size == Size::Slides && logo.kind == Kind::Png) {
        // Shapes are drawn with the rest; pixels are not.
        stamp(logo, &mut pixmap).map_err(|reason| wrong("pixels", reason))?;
    }
    let png = pixmap.encode_png().map_err(|error| wrong("pixels", error.to_string()))?;
    let png = match size.density() {
        Some(per_inch) => density::with(&png, per_inch),
        None => png,
    };
    let name = format!("{}{}", size.folder(), figure.id);
    Ok(Picture { name, svg: outlines(locale, figure, &tree), png })
}

/// Draws the pixels of a logo where the slide has room for it.
fn stamp(logo: &Logo, slide: &mut Pixmap) -> Result<(), String> {
    let picture = Pixmap::decode_png(&logo.bytes).map_err(|error| error.to_string())?;
    let (left, top, _, height) = slide::corner(logo);
    let scale = narrow(height) / f32::from(u16::try_from(picture.height()).unwrap_or(u16::MAX));
    let at = Transform::from_row(scale, 0.0, 0.0, scale, narrow(left), narrow(top));
    let paint = PixmapPaint { quality: FilterQuality::Bicubic, ..PixmapPaint::default() };
    slide.draw_pixmap(0, 0, picture.as_ref(), &paint, at, None);
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "a place on a slide, for drawing only")]
fn narrow(length: f64) -> f32 {
    length as f32
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
