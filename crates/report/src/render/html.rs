//! The page: one HTML file with its style, fonts and figures inside.

use askama::Template;

use super::{RenderError, svg};
use crate::{
    compose::delivery,
    live::Live,
    logo::Logo,
    page,
    report::{Block, Figure, Report, Table},
    typeface::{REGULAR_WOFF2, SEMI_BOLD_WOFF2},
};

/// A report as one HTML file that asks nothing of the network.
///
/// # Errors
/// When a figure cannot be drawn or the template cannot be filled, which no outcome should be able to bring about.
pub fn html(report: &Report) -> Result<String, RenderError> {
    let drawn = report
        .figures()
        .map(|figure| {
            Ok(Drawn {
                id: figure.id,
                wide: svg::inline(figure, &report.theme, svg::WIDE, "w")?,
                narrow: svg::inline(figure, &report.theme, svg::NARROW, "n")?,
            })
        })
        .collect::<Result<Vec<_>, RenderError>>()?;
    let page = Page {
        report,
        language: report.locale.tag(),
        style: format!("{}{}", include_str!("../../templates/report.css"), report.theme.style()),
        more: include_str!("../../templates/kommun.css"),
        regular: base64(REGULAR_WOFF2),
        semi_bold: base64(SEMI_BOLD_WOFF2),
        drawn,
        live_style: include_str!("../../templates/live.css"),
        data: report.live.as_ref().map(Live::json).transpose()?,
        library: page::library(),
        script: page::SCRIPT,
    };
    Ok(page.render()?)
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    language: &'static str,
    style: String,
    /// What only pages beside others need.
    more: &'static str,
    regular: String,
    semi_bold: String,
    drawn: Vec<Drawn>,
    /// The rules of the part that answers by itself.
    live_style: &'static str,
    /// What its script is given.
    data: Option<String>,
    library: &'static str,
    script: &'static str,
}

/// A delivery check as one HTML file.
pub(crate) fn delivery(page: &delivery::Page) -> Result<String, RenderError> {
    let style = include_str!("../../templates/report.css");
    Ok(DeliveryPage { page, style, regular: base64(REGULAR_WOFF2), semi_bold: base64(SEMI_BOLD_WOFF2) }.render()?)
}

#[derive(Template)]
#[template(path = "delivery.html")]
struct DeliveryPage<'a> {
    page: &'a delivery::Page,
    style: &'static str,
    regular: String,
    semi_bold: String,
}

/// A figure's chart at both widths.
#[derive(Default)]
struct Drawn {
    id: &'static str,
    wide: String,
    narrow: String,
}

impl Page<'_> {
    fn logo(&self) -> Option<&Logo> {
        self.report.theme.logo.as_ref()
    }

    fn has_map(&self) -> bool {
        self.report.live.as_ref().is_some_and(|live| live.outlines.is_some())
    }

    fn wide(&self, figure: &Figure) -> &str {
        self.drawn.iter().find(|drawn| drawn.id == figure.id).map_or("", |drawn| &drawn.wide)
    }

    fn narrow(&self, figure: &Figure) -> &str {
        self.drawn.iter().find(|drawn| drawn.id == figure.id).map_or("", |drawn| &drawn.narrow)
    }

    /// The study's sources stand in full under the first figure.
    fn first(&self, figure: &Figure) -> bool {
        self.drawn.first().is_some_and(|drawn| drawn.id == figure.id)
    }

    /// A table that prints on a few pages is printed even when folded on the screen, unless print can do without.
    fn printed(&self, table: &Table) -> bool {
        table.rows.len() <= 60 && !table.screen_only
    }
}

/// Bytes in base 64, for data addresses.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = (u32::from(chunk[0]) << 16)
            | (u32::from(chunk.get(1).copied().unwrap_or(0)) << 8)
            | u32::from(chunk.get(2).copied().unwrap_or(0));
        for i in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_rfc_4648_shows_it() {
        let said = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|text| base64(text.as_bytes()));
        assert_eq!(said, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }
}
