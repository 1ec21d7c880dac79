//! SVG: the root around what was drawn, with its title and description for those who do not see it.

use super::RenderError;
use crate::{
    chart::canvas::{self, Align, Type, UNITS},
    chart::palette::{INK, MUTED, PAPER},
    report::Figure,
    theme::{Theme, within},
    typeface::{FAMILY, Weight, wrap},
};

/// The widths that charts are laid out for: a page, a printed page whose letters are larger, and a telephone.
pub(super) const WIDE: f64 = 920.0;
pub(super) const PRINT: f64 = 680.0;
pub(super) const NARROW: f64 = 343.0;

/// A chart for inside the page, which has the figure's words around it.
pub(super) fn inline(figure: &Figure, theme: &Theme, width: f64, suffix: &str) -> Result<String, RenderError> {
    let height = figure.chart.height(width).ceil();
    let body = within(theme, || canvas::draw(width, height, |canvas| figure.chart.paint(canvas, width)))
        .map_err(|error| RenderError::draw(figure.id, &error))?;
    Ok(root(figure, width, height, &format!("{}-{suffix}", figure.id), &body))
}

/// A picture that stands alone: the chart with its title, subtitle and source.
pub(super) fn alone(figure: &Figure, theme: &Theme, source_word: &str) -> Result<(String, f64, f64), RenderError> {
    let margin = 32.0;
    let width = WIDE + 2.0 * margin;
    let head = Type { size: 21.0, weight: Weight::SemiBold, colour: INK, align: Align::Start };
    let small = Type { size: 12.5, weight: Weight::Regular, colour: MUTED, align: Align::Start };
    let title = wrap(&figure.title, head.size, head.weight, WIDE);
    let subtitle = wrap(&figure.subtitle, small.size, small.weight, WIDE);
    let caption = wrap(&figure.caption, small.size, small.weight, WIDE);
    let source = wrap(&format!("{source_word}: {}", figure.source.whole()), small.size, small.weight, WIDE);
    let lines = |n: usize, height: f64| f64::from(u32::try_from(n).unwrap_or(u32::MAX)) * height;
    let top = margin + lines(title.len(), 28.0) + lines(subtitle.len(), 19.0) + 18.0;
    let chart = figure.chart.height(WIDE);
    let foot = top + chart + 18.0;
    let height = (foot + lines(caption.len() + source.len(), 19.0) + margin - 8.0).ceil();
    let paint = |canvas: &canvas::Canvas<'_, '_>| {
        canvas.rect(0.0, 0.0, width, height, PAPER);
        let mut y = margin + 17.0;
        let write = |y: &mut f64, texts: &[String], style: Type, step: f64| {
            for text in texts {
                canvas.text(margin, *y, text, style);
                *y += step;
            }
        };
        write(&mut y, &title, head, 28.0);
        y -= 6.0;
        write(&mut y, &subtitle, small, 19.0);
        figure.chart.paint(&canvas.moved(margin, top), WIDE);
        let mut y = foot + 14.0;
        write(&mut y, &caption, small.coloured(INK), 19.0);
        write(&mut y, &source, small, 19.0);
    };
    let body =
        within(theme, || canvas::draw(width, height, paint)).map_err(|error| RenderError::draw(figure.id, &error))?;
    Ok((root(figure, width, height, figure.id, &body), width, height))
}

fn root(figure: &Figure, width: f64, height: f64, id: &str, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" \
         role=\"img\" aria-labelledby=\"{id}-t {id}-d\" font-family=\"{FAMILY}, sans-serif\">\n{}{body}\n</svg>",
        width * UNITS,
        height * UNITS,
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
