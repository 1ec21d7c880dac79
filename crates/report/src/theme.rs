//! The theme of a report: its colours, typeface and logo, as a region's profile has them.
//!
//! What cannot be read or told apart by everybody is refused, by name and with what would be right: text needs the contrast of
//! WCAG 2.1 AA, and colours that mean different things a distance to every kind of colour sight.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

use plotters::style::RGBColor;
use serde::Deserialize;

use crate::{
    chart::{
        palette::{self, contrast},
        sight::{APART, Sight, distance},
    },
    face::Faces,
    logo::Logo,
    typeface::{FAMILY, Weight},
};

/// How a report looks.
#[derive(Debug, Clone, Default)]
pub struct Theme {
    pub(crate) colours: Colours,
    pub(crate) faces: Option<Faces>,
    pub(crate) logo: Option<Logo>,
}

/// Why a theme is refused: every reason, one per line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ThemeError(Vec<String>);

/// A theme file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    colours: BTreeMap<String, Written>,
    fonts: Option<FontsEntry>,
    logo: Option<LogoEntry>,
}

/// The files of a typeface.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FontsEntry {
    regular: String,
    bold: String,
}

/// A logo's file, and what it says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LogoEntry {
    file: String,
    alt: String,
}

/// A colour, or the classes of a map from little to much.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Written {
    One(String),
    Many(Vec<String>),
}

/// Every colour that a theme may set, with the default; beside them `scale`, the classes of maps from little to much.
const NAMED: [(&str, RGBColor); 15] = [
    ("ink", palette::INK),
    ("muted", palette::MUTED),
    ("rule", palette::RULE),
    ("faint", RGBColor(0xf4, 0xf6, 0xf8)),
    ("accent", RGBColor(0x17, 0x59, 0x7b)),
    ("deep", RGBColor(0x0b, 0x43, 0x66)),
    ("signal", RGBColor(0x9a, 0x4b, 0x0c)),
    ("notice", RGBColor(0xfd, 0xf3, 0xd7)),
    ("met", palette::MET),
    ("missed", palette::MISSED),
    ("context", palette::CONTEXT),
    ("unsure", palette::UNSURE),
    ("track", palette::TRACK),
    ("nothing", palette::NOTHING),
    ("edge", palette::EDGE),
];

/// Colours of pages that no figure is drawn with.
const OF_PAGES: [&str; 5] = ["faint", "accent", "deep", "signal", "notice"];

/// Which of two colours must differ how much in lightness, as WCAG 2.1 has it: text on its ground, marks on paper.
const TEXTS: [(&str, &str); 7] = [
    ("ink", "paper"),
    ("muted", "paper"),
    ("accent", "paper"),
    ("deep", "paper"),
    ("signal", "paper"),
    ("ink", "notice"),
    ("ink", "faint"),
];
const MARKS: [&str; 3] = ["met", "missed", "context"];
const TEXT: f64 = 4.5;
const MARK: f64 = 3.0;

/// Series that stand side by side.
const SERIES: [&str; 4] = ["met", "missed", "context", "unsure"];

/// A colour with what the theme file calls it.
type Known = (String, RGBColor);

/// The colours of a theme.
#[derive(Debug, Clone, Default)]
pub(crate) struct Colours {
    /// Those that differ from the default, by name.
    named: BTreeMap<&'static str, RGBColor>,
    /// The classes of maps, where they differ.
    scale: Option<[RGBColor; 6]>,
}

impl Colours {
    fn get(&self, name: &str) -> RGBColor {
        let default = || NAMED.iter().find(|(known, _)| *known == name).map_or(palette::PAPER, |(_, colour)| *colour);
        self.named.get(name).copied().unwrap_or_else(default)
    }

    fn classes(&self) -> [RGBColor; 6] {
        self.scale.unwrap_or(palette::SCALE)
    }

    /// What a figure is drawn with instead of a colour of the default theme.
    fn instead(&self, colour: RGBColor) -> RGBColor {
        if let Some(class) = self.scale.and_then(|scale| {
            palette::SCALE.iter().position(|class| *class == colour).and_then(|class| scale.get(class).copied())
        }) {
            return class;
        }
        let of_figures = NAMED.iter().filter(|(name, _)| !OF_PAGES.contains(name));
        of_figures.clone().find(|(_, default)| *default == colour).map_or(colour, |(name, _)| self.get(name))
    }

    /// The same for a colour that is written out: `#123abc`.
    pub(crate) fn instead_of(&self, written: &str) -> String {
        colour(written).map_or_else(|| written.to_owned(), |colour| hex(self.instead(colour)))
    }

    /// Everything that is wrong, in words.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut contrasts = |name: &str, ground: &str, least: f64, what: &str| {
            let ratio = contrast(self.get(name), self.get(ground));
            if ratio < least {
                faults.push(format!(
                    "colours.{name} ({}) has a contrast of {ratio:.2} to 1 on {ground} ({}); {what} needs at least {least} to 1",
                    hex(self.get(name)),
                    hex(self.get(ground)),
                ));
            }
        };
        for (name, ground) in TEXTS {
            contrasts(name, ground, TEXT, "text");
        }
        for name in MARKS {
            contrasts(name, "paper", MARK, "a mark in a figure");
        }
        for (i, class) in self.classes().into_iter().enumerate() {
            let ratio = contrast(class, palette::PAPER).max(contrast(class, self.get("ink")));
            if ratio < TEXT {
                faults.push(format!(
                    "colours.scale, class {} ({}) can be written on in neither paper nor ink: the better contrast is {ratio:.2} \
                     to 1, and text needs at least {TEXT} to 1",
                    i + 1,
                    hex(class),
                ));
            }
        }
        let class = |(i, colour): (usize, RGBColor)| (format!("colours.scale, class {}", i + 1), colour);
        let classes: Vec<Known> = self.classes().into_iter().enumerate().map(class).collect();
        let of = |name: &str| (format!("colours.{name}"), self.get(name));
        let mut pairs: Vec<(&Known, Known)> = Vec::new();
        pairs.extend(classes.windows(2).map(|pair| (&pair[0], pair[1].clone())));
        pairs.extend(classes.iter().map(|class| (class, of("nothing"))));
        let series = SERIES.map(of);
        for (i, a) in series.iter().enumerate() {
            pairs.extend(series[i + 1..].iter().map(|b| (a, b.clone())));
        }
        for ((a, first), (b, second)) in pairs {
            let worst = Sight::ALL.into_iter().map(|sight| (distance(*first, second, sight), sight));
            let Some((least, sight)) = worst.min_by(|a, b| a.0.total_cmp(&b.0)) else { continue };
            if least < APART {
                faults.push(format!(
                    "{a} ({}) and {b} ({}) are {least:.3} apart {}; they need at least {APART}: make one lighter or darker",
                    hex(*first),
                    hex(second),
                    sight.words(),
                ));
            }
        }
        faults
    }
}

impl Theme {
    /// Reads a theme file; `read` gives the bytes of a file that it names, or says why not.
    ///
    /// # Errors
    /// When it is none, has colours that not everybody can read or tell apart, or names files that cannot be used.
    pub fn parse(text: &str, read: &dyn Fn(&str) -> Result<Vec<u8>, String>) -> Result<Self, ThemeError> {
        let file: File = toml::from_str(text).map_err(|error| ThemeError(vec![error.to_string()]))?;
        let mut faults = Vec::new();
        let mut colours = Colours::default();
        for (name, written) in &file.colours {
            match (NAMED.iter().find(|(known, _)| known == name), written) {
                (Some((known, _)), Written::One(text)) => match colour(text) {
                    Some(colour) => drop(colours.named.insert(known, colour)),
                    None => faults.push(format!("colours.{name}: {text:?} is no colour; write it as \"#17597b\"")),
                },
                (None, Written::Many(texts)) if name == "scale" => {
                    let read: Option<Vec<RGBColor>> = texts.iter().map(|text| colour(text)).collect();
                    match read.and_then(|read| read.try_into().ok()) {
                        Some(scale) => colours.scale = Some(scale),
                        None => faults
                            .push("colours.scale: give six colours, from little to much, as \"#e4f0f4\"".to_owned()),
                    }
                }
                _ => {
                    let known = NAMED.map(|(name, _)| name).join(", ");
                    faults.push(format!("colours.{name} is not known; there are {known}, and scale with six colours"));
                }
            }
        }
        if faults.is_empty() {
            faults = colours.faults();
        }
        let mut bytes = |key: &str, name: &str| {
            let found = read(name).map_err(|why| faults.push(format!("{key}: {name}: {why}")));
            found.ok()
        };
        let fonts = file.fonts.map(|fonts| (bytes("fonts.regular", &fonts.regular), bytes("fonts.bold", &fonts.bold)));
        let logo = file.logo.map(|logo| (bytes("logo.file", &logo.file), logo.alt));
        let mut kept = |found: Vec<String>| faults.extend(found);
        let faces = match fonts {
            Some((Some(regular), Some(bold))) => Faces::of(regular, bold).map_err(&mut kept).ok(),
            _ => None,
        };
        let logo = match logo {
            Some((Some(bytes), alt)) => Logo::of(&bytes, &alt).map_err(&mut kept).ok(),
            _ => None,
        };
        if faults.is_empty() { Ok(Self { colours, faces, logo }) } else { Err(ThemeError(faults)) }
    }

    /// The name of the typeface.
    pub(crate) fn family(&self) -> &str {
        self.faces.as_ref().map_or(FAMILY, |faces| &faces.family)
    }

    /// Colours by the names of the theme file, as `#rrggbb`.
    pub(crate) fn hex_colours(&self) -> BTreeMap<&'static str, String> {
        NAMED.iter().map(|(name, _)| (*name, hex(self.colours.get(name)))).collect()
    }

    /// What a page's style says after its own, or nothing for the default theme.
    pub(crate) fn style(&self) -> String {
        let colours = &self.colours;
        let mut out = String::new();
        if !colours.named.is_empty() {
            let all = self.hex_colours();
            let of = |name: &str| all.get(name).cloned().unwrap_or_default();
            let variables = ["ink", "muted", "rule", "faint", "accent", "deep", "signal"];
            let called = ["ink", "muted", "rule", "faint", "blue", "deep", "orange"];
            out.push_str(":root {");
            for (name, variable) in variables.iter().zip(called) {
                out.push_str(&format!(" --{variable}: {};", of(name)));
            }
            out.push_str(" }\n.met { color: var(--blue); }\n");
            let notice = of("notice");
            out.push_str(&format!(".notice {{ background: {notice}; box-shadow: 0 0 0 100vmax {notice}; }}\n"));
        }
        if let Some(faces) = &self.faces {
            out.push_str(&faces.style());
        }
        if self.logo.is_some() {
            out.push_str(
                ".logo { display: block; height: 3rem; width: auto; max-width: 100%; margin: 2rem 0 -.75rem; }\n",
            );
        }
        out
    }
}

/// `#17597b`.
fn colour(text: &str) -> Option<RGBColor> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    Some(RGBColor(part(0)?, part(2)?, part(4)?))
}

fn hex(RGBColor(r, g, b): RGBColor) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

// A chart is painted by many small functions. The theme that it is drawn in holds for one call on one thread.
thread_local! {
    static DRAWN_IN: RefCell<Theme> = RefCell::new(Theme::default());
}

/// Draws in a theme.
pub(crate) fn within<T>(theme: &Theme, draw: impl FnOnce() -> T) -> T {
    let before = DRAWN_IN.with(|drawn_in| drawn_in.replace(theme.clone()));
    let drawn = draw();
    DRAWN_IN.with(|drawn_in| drawn_in.replace(before));
    drawn
}

/// The colour of the theme that is drawn in, instead of one of the default theme.
pub(crate) fn themed(colour: RGBColor) -> RGBColor {
    DRAWN_IN.with(|drawn_in| drawn_in.borrow().colours.instead(colour))
}

/// The file of the typeface that is drawn in, where the theme has one.
pub(crate) fn drawn_face(weight: Weight) -> Option<Arc<[u8]>> {
    DRAWN_IN.with(|drawn_in| drawn_in.borrow().faces.as_ref().map(|faces| Arc::clone(faces.file(weight))))
}

/// The name of the typeface that is drawn in.
pub(crate) fn drawn_family() -> String {
    DRAWN_IN.with(|drawn_in| drawn_in.borrow().family().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> Result<Vec<u8>, String> {
        Err("there is no such file".to_owned())
    }

    fn refused(text: &str) -> String {
        Theme::parse(text, &none).unwrap_err().to_string()
    }

    #[test]
    fn the_default_colours_are_a_theme_that_is_let_through() {
        let default = Theme::default();
        assert_eq!(default.colours.faults(), Vec::<String>::new());
        assert_eq!(default.style(), "");
        let colours = default.hex_colours();
        let written: String = colours.iter().map(|(name, colour)| format!("{name} = \"{colour}\"\n")).collect();
        let same = Theme::parse(&format!("[colours]\n{written}"), &none).unwrap();
        assert_eq!(same.hex_colours(), colours);
        assert_eq!(within(&same, || themed(palette::MET)), palette::MET);
    }

    #[test]
    fn text_that_is_too_pale_is_refused_with_its_contrast_and_what_is_needed() {
        // By WCAG's formula, #999999 on white is 2.85 to 1.
        let said = refused("[colours]\nmuted = \"#999999\"");
        assert_eq!(
            said,
            "colours.muted (#999999) has a contrast of 2.85 to 1 on paper (#ffffff); text needs at least 4.5 to 1"
        );
    }

    #[test]
    fn series_that_look_alike_to_some_are_refused_and_it_is_said_to_whom() {
        let said = refused("[colours]\nmet = \"#7a8038\"\nmissed = \"#c05a50\"");
        assert!(said.contains("colours.met (#7a8038) and colours.missed (#c05a50) are 0.02"), "{said}");
        assert!(said.contains("to those who cannot tell green from red (deuteranopia)"), "{said}");
    }

    #[test]
    fn classes_that_cannot_be_told_apart_are_refused() {
        let same = "\"#1b6a92\", ".repeat(6);
        let said = refused(&format!("[colours]\nscale = [{same}]"));
        assert!(
            said.contains("colours.scale, class 1 (#1b6a92) and colours.scale, class 2 (#1b6a92) are 0.000"),
            "{said}"
        );
    }

    #[test]
    fn what_is_not_known_and_what_is_no_colour_is_named() {
        assert!(refused("[colours]\nmett = \"#000000\"").contains("colours.mett is not known; there are ink, muted,"));
        assert!(refused("[colours]\nink = \"black\"").contains("\"black\" is no colour; write it as \"#17597b\""));
        assert!(refused("[colors]\n").contains("colors"));
    }

    #[test]
    fn a_theme_holds_while_it_is_drawn_in_and_no_longer() {
        let theme = Theme::parse("[colours]\nmet = \"#00594f\"", &none).unwrap();
        assert_eq!(within(&theme, || themed(palette::MET)), RGBColor(0x00, 0x59, 0x4f));
        assert_eq!(themed(palette::MET), palette::MET);
    }

    #[test]
    fn a_typeface_and_a_logo_are_read_from_the_files_that_are_named() {
        use crate::typeface::{REGULAR, SEMI_BOLD};
        let read = |name: &str| match name {
            "a.ttf" => Ok(REGULAR.to_vec()),
            "b.ttf" => Ok(SEMI_BOLD.to_vec()),
            _ => Err("there is no such file".to_owned()),
        };
        let theme = Theme::parse("[fonts]\nregular = \"a.ttf\"\nbold = \"b.ttf\"", &read).unwrap();
        assert_eq!(theme.family(), "Inter");
        assert!(theme.style().contains("@font-face"));
        let wide = within(&theme, || crate::typeface::width("Åmål", 10.0, Weight::Regular));
        assert!((wide - crate::typeface::width("Åmål", 10.0, Weight::Regular)).abs() < 1e-9, "the same file");
        let said =
            Theme::parse("[fonts]\nregular = \"a.ttf\"\nbold = \"c.ttf\"\n[logo]\nfile = \"d.svg\"\nalt = \"\"", &read);
        assert_eq!(
            said.unwrap_err().to_string(),
            "fonts.bold: c.ttf: there is no such file\nlogo.file: d.svg: there is no such file"
        );
        assert!(Theme::parse("[fonts]\nregular = \"a.ttf\"", &read).unwrap_err().to_string().contains("bold"));
    }
}
