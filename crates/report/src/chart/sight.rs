//! How colours look to people with another colour sight, and how far apart they then are.

use plotters::style::RGBColor;

/// A kind of colour sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// All three kinds of cones.
    Common,
    /// No cones for long waves: red is dark, and green, yellow and red look alike.
    Protanopia,
    /// No cones for middle waves: green, yellow and red look alike.
    Deuteranopia,
    /// No cones for short waves: blue and green look alike.
    Tritanopia,
}

impl Sight {
    pub(crate) const ALL: [Self; 4] = [Self::Common, Self::Protanopia, Self::Deuteranopia, Self::Tritanopia];

    /// Whose sight it is, after "apart".
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Common => "to everybody",
            Self::Protanopia => "to those who cannot tell red from green (protanopia)",
            Self::Deuteranopia => "to those who cannot tell green from red (deuteranopia)",
            Self::Tritanopia => "to those who cannot tell blue from green (tritanopia)",
        }
    }

    /// What becomes of red, green and blue light.
    ///
    /// # Source
    /// G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for Simulation of Color Vision
    /// Deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (6), 2009, table 1, severity 1.0;
    /// <https://doi.org/10.1109/TVCG.2009.113>.
    const fn matrix(self) -> [[f64; 3]; 3] {
        match self {
            Self::Common => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            Self::Protanopia => [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
            Self::Deuteranopia => [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
            Self::Tritanopia => [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        }
    }
}

/// How far apart two colours are to a kind of sight: 0 is the same, 1 is black and white.
///
/// # Source
/// The distance in Oklab: B. Ottosson, "A perceptual color space for image processing", 2020,
/// <https://bottosson.github.io/posts/oklab/>.
pub(crate) fn distance(a: RGBColor, b: RGBColor, sight: Sight) -> f64 {
    let [a, b] = [a, b].map(|colour| oklab(product(sight.matrix(), linear(colour)).map(|part| part.clamp(0.0, 1.0))));
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

/// Two colours that mean different things and stand side by side are at least this far apart, to everybody.
pub(crate) const APART: f64 = 0.06;

/// The light of a colour, each part from 0 to 1.
pub(crate) fn linear(RGBColor(r, g, b): RGBColor) -> [f64; 3] {
    [r, g, b].map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    })
}

fn oklab(light: [f64; 3]) -> [f64; 3] {
    const CONES: [[f64; 3]; 3] = [
        [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
        [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
        [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
    ];
    const AXES: [[f64; 3]; 3] = [
        [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
        [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
        [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
    ];
    product(AXES, product(CONES, light).map(f64::cbrt))
}

fn product(matrix: [[f64; 3]; 3], v: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::palette::{CONTEXT, INK, MET, MISSED, NOTHING, PAPER, SHADES, UNSURE, sequential};

    #[track_caller]
    fn assert_apart(a: RGBColor, b: RGBColor, what: &str) {
        for sight in Sight::ALL {
            let distance = distance(a, b, sight);
            assert!(distance >= APART, "{what}: {a:?} and {b:?} are only {distance:.3} apart, {sight:?}");
        }
    }

    #[test]
    fn classes_of_a_map_are_told_apart_by_everybody() {
        for classes in 1..=6 {
            let colours = sequential(classes);
            for pair in colours.windows(2) {
                assert_apart(pair[0], pair[1], "neighbouring classes");
            }
            for colour in colours {
                assert_apart(colour, NOTHING, "a class and no data");
            }
        }
    }

    #[test]
    fn series_that_stand_side_by_side_are_told_apart_by_everybody() {
        let groups: [&[RGBColor]; 8] = [
            // Bars and dots.
            &[MET, MISSED, CONTEXT, UNSURE],
            // Lines: two to compare with, the lowest, the highest, all others.
            &[INK, CONTEXT, MISSED, MET, UNSURE],
            // A tornado.
            &[MISSED, MET, UNSURE],
            // A waterfall: what there is, what is added, the lines of what is left and the paper between them.
            &[CONTEXT, MET, MISSED, PAPER],
            // A bullet: what there is, the paper between the lines of what is planned, what is not known.
            &[MISSED, PAPER, UNSURE],
            // Small maps: nobody, no data, the least.
            &[PAPER, NOTHING, sequential(6)[1]],
            // White, grey, black, and the lines of what is not assessed.
            &[SHADES[0], SHADES[1], SHADES[2]],
            &[SHADES[0], UNSURE],
        ];
        for group in groups {
            for (i, &a) in group.iter().enumerate() {
                for &b in &group[i + 1..] {
                    assert_apart(a, b, "series");
                }
            }
        }
    }

    #[test]
    fn red_and_green_of_one_lightness_are_found_out() {
        let (red, green) = (RGBColor(0xc0, 0x5a, 0x50), RGBColor(0x7a, 0x80, 0x38));
        assert!(distance(red, green, Sight::Common) > 2.0 * APART);
        assert!(distance(red, green, Sight::Deuteranopia) < APART);
        // Blue and green of one lightness, to those who see no blue.
        let (blue, green) = (RGBColor(0x00, 0x82, 0xb0), RGBColor(0x00, 0x86, 0x80));
        assert!(distance(blue, green, Sight::Common) > APART);
        assert!(distance(blue, green, Sight::Tritanopia) < APART);
    }

    #[test]
    fn greys_stay_greys_and_the_axis_is_from_black_to_white() {
        let (black, white) = (RGBColor(0, 0, 0), RGBColor(255, 255, 255));
        for sight in Sight::ALL {
            // Every row of a matrix adds up to one.
            assert!(sight.matrix().iter().all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-5), "{sight:?}");
            assert!((distance(black, white, sight) - 1.0).abs() < 1e-3, "{sight:?}");
        }
        // Ottosson's example: red is (0.628, 0.225, 0.126).
        let red = oklab([1.0, 0.0, 0.0]);
        assert!(red.iter().zip([0.628, 0.225, 0.126]).all(|(a, b)| (a - b).abs() < 1e-3), "{red:?}");
    }
}
