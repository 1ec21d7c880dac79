//! The colours of pictures. Lightness alone tells steps of a scale apart, so no kind of colour sight is needed; `sight.rs`
//! holds them to that.

use plotters::style::RGBColor;

use crate::theme::themed;

pub(crate) const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
pub(crate) const INK: RGBColor = RGBColor(0x1b, 0x26, 0x31);
pub(crate) const MUTED: RGBColor = RGBColor(0x55, 0x62, 0x6e);
pub(crate) const RULE: RGBColor = RGBColor(0xd8, 0xdf, 0xe5);
/// The empty part of a bar.
pub(crate) const TRACK: RGBColor = RGBColor(0xee, 0xf2, 0xf5);
/// Areas that reach the goal, and the main series.
pub(crate) const MET: RGBColor = RGBColor(0x1f, 0x6f, 0x97);
/// Areas that do not.
pub(crate) const MISSED: RGBColor = RGBColor(0xc8, 0x6a, 0x1e);
/// Totals and other areas to compare with.
pub(crate) const CONTEXT: RGBColor = RGBColor(0x78, 0x85, 0x8f);
/// What could be added if the unmatched were covered.
pub(crate) const UNSURE: RGBColor = RGBColor(0xb4, 0xbf, 0xc9);
/// No data. The colour of sand, since a grey cannot be told from the lightest classes by everybody.
pub(crate) const NOTHING: RGBColor = RGBColor(0xea, 0xd9, 0xb0);

/// Borders of areas.
pub(crate) const EDGE: RGBColor = RGBColor(0x74, 0x84, 0x92);

/// White, grey and black areas of the state-aid rules: the colours that they are named by.
pub(crate) const SHADES: [RGBColor; 3] = [TRACK, RGBColor(0x9f, 0xab, 0xb6), INK];

/// From little to much.
pub(crate) const SCALE: [RGBColor; 6] = [
    RGBColor(0xe4, 0xf0, 0xf4),
    RGBColor(0xbc, 0xda, 0xe6),
    RGBColor(0x8d, 0xbf, 0xd4),
    RGBColor(0x57, 0xa0, 0xc0),
    RGBColor(0x1b, 0x6a, 0x92),
    RGBColor(0x0b, 0x43, 0x66),
];

/// One colour per class, evenly from the scale, ending with the darkest.
pub(crate) fn sequential(classes: usize) -> Vec<RGBColor> {
    let last = SCALE.len() - 1;
    (0..classes)
        .map(|class| {
            if classes <= 1 {
                return SCALE[last];
            }
            SCALE[(class * last + (classes - 1) / 2) / (classes - 1)]
        })
        .collect()
}

/// Ink or paper, whichever is easier to read on this colour.
pub(crate) fn readable_on(colour: RGBColor) -> RGBColor {
    let colour = themed(colour);
    if contrast(colour, PAPER) >= contrast(colour, themed(INK)) { PAPER } else { INK }
}

/// The contrast of two colours as WCAG 2.1 defines it, 1 to 21.
pub(crate) fn contrast(a: RGBColor, b: RGBColor) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: RGBColor) -> f64 {
    let [r, g, b] = super::sight::linear(colour);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_marks_stand_out_enough() {
        assert!(contrast(INK, PAPER) >= 7.0);
        assert!(contrast(MUTED, PAPER) >= 4.5);
        for mark in [MET, MISSED, CONTEXT] {
            assert!(contrast(mark, PAPER) >= 3.0, "{mark:?}");
        }
        for fill in SCALE {
            assert!(contrast(fill, readable_on(fill)) >= 4.5, "{fill:?} {}", contrast(fill, readable_on(fill)));
        }
    }

    #[test]
    fn black_on_white_has_a_contrast_of_21() {
        assert!((contrast(RGBColor(0, 0, 0), PAPER) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn every_class_of_a_scale_has_its_own_colour() {
        for classes in 1..=6 {
            let mut colours = sequential(classes);
            assert_eq!(colours.last(), Some(&SCALE[5]));
            colours.dedup();
            assert_eq!(colours.len(), classes);
        }
    }
}
