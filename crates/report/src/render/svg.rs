//! SVG: the root around what was drawn, with its title and description for those who do not see it.

use super::RenderError;
use crate::{
    chart::canvas::{self, Align, Type, UNITS},
    chart::palette::{INK, MUTED, PAPER},
    report::Figure,
    theme::{Theme, drawn_family, within},
    typeface::{FAMILY, Weight, wrap},
};

/// The widths that charts are laid out for: a page, a printed page whose letters are larger, and a telephone.
pub(super) const WIDE: f64 = 920.0;
pub(super) const PRINT: f64 = 680.0;
pub(super) const NARROW: f64 = 343.0;

/// A chart for inside the page, which has the figure's words around it.
pub(super) fn inline(figure: &Figure, theme: &Theme, width: f64, suffix: &str) -> Result<String, RenderError> {
    within(theme, || {
        let height = figure.chart.height(width).ceil();
        let body = canvas::draw(width, height, |canvas| figure.chart.paint(canvas, width))
            .map_err(|error| RenderError::draw(figure.id, &error))?;
        Ok(root(figure, (width, height), (width, height), &format!("{}-{suffix}", figure.id), &body))
    })
}

/// Words that pictures need beside their figure's.
pub(super) struct Words<'a> {
    /// What stands before the source.
    pub(super) source: &'a str,
    /// That not all rows have room.
    pub(super) cut: &'a str,
}

/// How a picture that stands alone is set.
struct Setting {
    /// The width of the chart.
    chart: f64,
    margin: f64,
    title: f64,
    small: f64,
    /// How high it may be at most.
    tallest: f64,
}

/// A picture that stands alone: the chart with its title, subtitle and source.
pub(super) fn alone(figure: &Figure, words: &Words<'_>) -> Result<(String, f64, f64), RenderError> {
    let setting = Setting { chart: WIDE, margin: 32.0, title: 21.0, small: 12.5, tallest: f64::INFINITY };
    let (body, width, height) = set(figure, words, &setting)?;
    Ok((root(figure, (width, height), (width, height), figure.id, &body), width, height))
}

/// The width of a column on A4 paper, and the height of its page, in pixels of 1/96 inch: 160 mm by 247 mm.
const COLUMN: f64 = 160.0 / 25.4 * 96.0;
const PAGE: f64 = 247.0 / 25.4 * 96.0;

/// The same for a column of a printed page.
pub(super) fn printed(figure: &Figure, words: &Words<'_>) -> Result<(String, f64, f64), RenderError> {
    let scale = COLUMN / PRINT;
    let setting = Setting { chart: PRINT, margin: 0.0, title: 17.0, small: 11.5, tallest: PAGE / scale };
    let (body, width, height) = set(figure, words, &setting)?;
    let size = (width * scale, height * scale);
    Ok((root(figure, size, (width, height), figure.id, &body), size.0, size.1))
}

fn set(figure: &Figure, words: &Words<'_>, setting: &Setting) -> Result<(String, f64, f64), RenderError> {
    let Setting { chart: wide, margin, .. } = *setting;
    let width = wide + 2.0 * margin;
    let head = Type { size: setting.title, weight: Weight::SemiBold, colour: INK, align: Align::Start };
    let small = Type { size: setting.small, weight: Weight::Regular, colour: MUTED, align: Align::Start };
    let step = |style: Type| (style.size * if style.size > 15.0 { 1.34 } else { 1.5 }).round();
    let (head_step, small_step) = (step(head), step(small));
    let lines_of = |text: &str, style: Type| wrap(text, style.size, style.weight, wide);
    let title = lines_of(&figure.title, head);
    let subtitle = lines_of(&figure.subtitle, small);
    let mut caption = lines_of(&figure.caption, small);
    let source = lines_of(&format!("{}: {}", words.source, figure.source.whole()), small);
    let lines = |n: usize, height: f64| f64::from(u32::try_from(n).unwrap_or(u32::MAX)) * height;
    let top = margin + lines(title.len(), head_step) + lines(subtitle.len(), small_step) + 18.0;
    let around = top + 18.0 + lines(caption.len() + source.len() + 1, small_step) + margin;
    let (chart, cut) = figure.chart.clone().within(wide, setting.tallest - around);
    if cut {
        caption.extend(lines_of(words.cut, small));
    }
    let foot = top + chart.height(wide) + 18.0;
    let height = (foot + lines(caption.len() + source.len(), small_step) + margin - 8.0_f64.min(margin)).ceil();
    let paint = |canvas: &canvas::Canvas<'_, '_>| {
        canvas.rect(0.0, 0.0, width, height, PAPER);
        let mut y = margin + (head.size * 0.81).round();
        let write = |y: &mut f64, texts: &[String], style: Type, step: f64| {
            for text in texts {
                canvas.text(margin, *y, text, style);
                *y += step;
            }
        };
        write(&mut y, &title, head, head_step);
        y -= 6.0;
        write(&mut y, &subtitle, small, small_step);
        chart.paint(&canvas.moved(margin, top), wide);
        let mut y = foot + 14.0;
        write(&mut y, &caption, small.coloured(INK), small_step);
        write(&mut y, &source, small, small_step);
    };
    let body = canvas::draw(width, height, paint).map_err(|error| RenderError::draw(figure.id, &error))?;
    Ok((body, width, height))
}

/// The root: so large on paper or a screen, drawn on a canvas of so much.
pub(super) fn root(
    figure: &Figure,
    (width, height): (f64, f64),
    (wide, high): (f64, f64),
    id: &str,
    body: &str,
) -> String {
    let family = drawn_family();
    // A name of several words is quoted.
    let family = if family.contains(|c: char| !c.is_alphabetic()) { format!("'{family}', {FAMILY}") } else { family };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" \
         role=\"img\" aria-labelledby=\"{id}-t {id}-d\" font-family=\"{family}, sans-serif\">\n{}{body}\n</svg>",
        wide * UNITS,
        high * UNITS,
        words(figure, id),
    )
}

/// The title and description elements.
pub(super) fn words(figure: &Figure, id: &str) -> String {
    let (title, description) = (escape(&figure.title), escape(&figure.description));
    format!("<title id=\"{id}-t\">{title}</title>\n<desc id=\"{id}-d\">{description}</desc>\n")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
