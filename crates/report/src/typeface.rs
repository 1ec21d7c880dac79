//! The typeface of pictures and pages, and how wide it sets a text.

use std::sync::LazyLock;

use skrifa::{
    FontRef, MetadataProvider,
    instance::{LocationRef, Size},
};

use crate::theme::drawn_face;

/// The family's name.
pub(crate) const FAMILY: &str = "Inter";
pub(crate) const REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.ttf");
pub(crate) const SEMI_BOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.ttf");
pub(crate) const REGULAR_WOFF2: &[u8] = include_bytes!("../fonts/Inter-Regular.woff2");
pub(crate) const SEMI_BOLD_WOFF2: &[u8] = include_bytes!("../fonts/Inter-SemiBold.woff2");

/// How heavy letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    SemiBold,
}

static FACES: LazyLock<[Option<FontRef<'static>>; 2]> =
    LazyLock::new(|| [FontRef::new(REGULAR).ok(), FontRef::new(SEMI_BOLD).ok()]);

/// A rough width for a character that the font lacks, in ems.
const UNKNOWN: f32 = 0.65;

/// The width of a text, in the unit of `size`, in the typeface that is drawn in.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let ours = match weight {
        Weight::Regular => &FACES[0],
        Weight::SemiBold => &FACES[1],
    };
    let own = drawn_face(weight);
    let own = own.as_deref().and_then(|file| FontRef::new(file).ok());
    // What the first one lacks is drawn in the next.
    let faces: Vec<_> = own
        .iter()
        .chain(ours)
        .map(|face| (face.charmap(), face.glyph_metrics(Size::new(1.0), LocationRef::default())))
        .collect();
    let ems = |c: char| faces.iter().find_map(|(charmap, metrics)| metrics.advance_width(charmap.map(c)?));
    let ems: f32 = text.chars().map(|c| ems(c).unwrap_or(UNKNOWN)).sum();
    f64::from(ems) * size
}

/// The text, cut with an ellipsis where it would be wider than `limit`.
pub(crate) fn fit(text: &str, size: f64, weight: Weight, limit: f64) -> String {
    if width(text, size, weight) <= limit {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let cut = format!("{}…", kept.iter().collect::<String>().trim_end());
        if width(&cut, size, weight) <= limit {
            return cut;
        }
    }
    String::new()
}

/// The text in lines no wider than `limit`; a word that is wider stands alone on its line.
pub(crate) fn wrap(text: &str, size: f64, weight: Weight, limit: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, weight) <= limit => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_font() {
        // By fonttools: n is 1210 of 2048 units wide, the space 576, W 2018, i 496.
        assert!(width("", 10.0, Weight::Regular).abs() < 1e-9);
        let one = width("n", 10.0, Weight::Regular);
        assert!((one - 10.0 * 1210.0 / 2048.0).abs() < 1e-4);
        assert!((width("0W", 2048.0, Weight::Regular) - 3310.0).abs() < 1e-2);
        assert!((width("nnn", 10.0, Weight::Regular) - 3.0 * one).abs() < 1e-4);
        assert!(width("W", 10.0, Weight::SemiBold) > width("i", 10.0, Weight::SemiBold));
    }

    #[test]
    fn a_long_text_is_cut_and_a_short_one_is_not() {
        assert_eq!(fit("Aneby", 13.0, Weight::Regular, 200.0), "Aneby");
        let cut = fit("Upplands Väsby och mycket därtill", 13.0, Weight::Regular, 80.0);
        assert!(cut.ends_with('…') && width(&cut, 13.0, Weight::Regular) <= 80.0, "{cut}");
    }

    #[test]
    fn lines_are_no_wider_than_the_column() {
        let lines = wrap("ett två tre fyra fem sex sju", 12.0, Weight::Regular, 70.0);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| width(line, 12.0, Weight::Regular) <= 70.0));
        assert_eq!(lines.join(" "), "ett två tre fyra fem sex sju");
    }
}
