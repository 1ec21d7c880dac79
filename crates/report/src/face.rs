//! A typeface of one's own: two font files, held to what pages, pictures and PDF need of them.

use std::sync::Arc;

use skrifa::{FontRef, MetadataProvider, raw::TableProvider, string::StringId};

use crate::typeface::Weight;

/// A typeface in two weights.
#[derive(Debug, Clone)]
pub(crate) struct Faces {
    /// The family's name, as its files say it.
    pub(crate) family: String,
    regular: Arc<[u8]>,
    bold: Arc<[u8]>,
}

/// The most that a font file may weigh, in bytes: it goes into every page.
const HEAVIEST: usize = 600_000;

/// What a typeface must have; for other signs nittio's own steps in.
const NEEDED: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖabcdefghijklmnopqrstuvwxyzåäöé0123456789%.,:;()-–+/";

/// Bits of `fsType` in OS/2, as the OpenType specification has them.
const RESTRICTED: u16 = 0x0002;
const USAGE: u16 = 0x000f;
const NO_SUBSETTING: u16 = 0x0100;
const BITMAPS_ONLY: u16 = 0x0200;

impl Faces {
    /// The typeface in two files.
    ///
    /// # Errors
    /// Everything that is wrong with them, in words.
    pub(crate) fn of(regular: Vec<u8>, bold: Vec<u8>) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let read = [("fonts.regular", &regular), ("fonts.bold", &bold)].map(|(key, bytes)| match face(bytes) {
            Ok(face) => Some(face),
            Err(found) => {
                faults.extend(found.into_iter().map(|fault| format!("{key}: {fault}")));
                None
            }
        });
        if let [Some((family, light)), Some((other, heavy))] = &read {
            if family != other {
                faults.push(format!("fonts: {family:?} and {other:?} are two families; give two weights of one"));
            } else if heavy <= light {
                faults
                    .push(format!("fonts.bold has the weight {heavy}, and fonts.regular {light}; it must be heavier"));
            }
        }
        let [Some((family, _)), _] = read else { return Err(faults) };
        if faults.is_empty() { Ok(Self { family, regular: regular.into(), bold: bold.into() }) } else { Err(faults) }
    }

    /// The file of a weight.
    pub(crate) fn file(&self, weight: Weight) -> &Arc<[u8]> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.bold,
        }
    }

    /// The rules of a page's style that put it in this typeface.
    pub(crate) fn style(&self) -> String {
        let family = &self.family;
        let face = |weight: &str, bytes: &[u8]| {
            let data = crate::render::html::base64(bytes);
            format!(
                "@font-face {{ font-family: \"{family}\"; font-weight: {weight}; src: url(data:font/sfnt;base64,{data}); }}\n"
            )
        };
        let faces = face("400", &self.regular) + &face("600 700", &self.bold);
        format!("{faces}body, button, input, select {{ font-family: \"{family}\", Inter, sans-serif; }}\n")
    }
}

/// Family and weight of a font file.
fn face(bytes: &[u8]) -> Result<(String, u16), Vec<String>> {
    let one = |fault: String| Err(vec![fault]);
    if bytes.starts_with(b"wOF2") || bytes.starts_with(b"wOFF") {
        return one("WOFF is packed for browsers, and pictures and PDF cannot be set in it; give the TTF or OTF file"
            .to_owned());
    }
    let Ok(font) = FontRef::new(bytes) else {
        return one("this is no font file; give a TTF or OTF file of one weight".to_owned());
    };
    let mut faults = Vec::new();
    if bytes.len() > HEAVIEST {
        let (has, most) = (bytes.len() / 1000, HEAVIEST / 1000);
        faults.push(format!(
            "the file has {has} kB and goes into every page; give one of at most {most} kB, with fewer letters"
        ));
    }
    if !font.axes().is_empty() {
        faults.push("it is a variable font; give one file for each weight".to_owned());
    }
    let charmap = font.charmap();
    let lacking: String = NEEDED.chars().filter(|&letter| charmap.map(letter).is_none()).collect();
    if !lacking.is_empty() {
        faults.push(format!("it lacks {lacking}"));
    }
    let weight = match font.os2() {
        Ok(table) => {
            let bits = table.fs_type();
            let why = if bits & USAGE == RESTRICTED {
                "may not be embedded"
            } else if bits & NO_SUBSETTING != 0 {
                "may not be embedded in part, as a PDF does"
            } else if bits & BITMAPS_ONLY != 0 {
                "may be embedded as bitmaps only"
            } else {
                ""
            };
            if !why.is_empty() {
                faults.push(format!(
                    "its licence says that it {why} (fsType {bits:#06x}); ask who made it for another licence"
                ));
            }
            table.us_weight_class()
        }
        Err(_) => 400,
    };
    let name = |id| font.localized_strings(id).english_or_first().map(|name| name.to_string());
    let family = name(StringId::TYPOGRAPHIC_FAMILY_NAME).or_else(|| name(StringId::FAMILY_NAME)).unwrap_or_default();
    let plain = |c: char| c.is_alphanumeric() || " -._".contains(c);
    if family.is_empty() || !family.chars().all(plain) {
        faults.push(format!("its family is called {family:?}; a name of letters, digits and spaces is needed"));
    }
    if faults.is_empty() { Ok((family, weight)) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeface::{REGULAR, REGULAR_WOFF2, SEMI_BOLD};

    fn refused(regular: &[u8], bold: &[u8]) -> String {
        Faces::of(regular.to_vec(), bold.to_vec()).unwrap_err().join("\n")
    }

    /// The table of a font file: where it begins.
    fn table(font: &[u8], tag: &[u8; 4]) -> usize {
        let number =
            |at: usize, bytes: usize| font[at..at + bytes].iter().fold(0, |n, byte| n << 8 | usize::from(*byte));
        let entry = (0..number(4, 2)).map(|i| 12 + 16 * i).find(|&at| &font[at..at + 4] == tag).unwrap();
        number(entry + 8, 4)
    }

    #[test]
    fn our_own_typeface_is_let_through() {
        let faces = Faces::of(REGULAR.to_vec(), SEMI_BOLD.to_vec()).unwrap();
        assert_eq!(faces.family, "Inter");
        assert!(faces.style().contains("font-family: \"Inter\"; font-weight: 600 700"));
    }

    #[test]
    fn a_licence_that_forbids_embedding_is_heeded() {
        for (bits, said) in [(2u8, "may not be embedded (fsType 0x0002)"), (0, "")] {
            let mut font = REGULAR.to_vec();
            let at = table(&font, b"OS/2") + 8;
            (font[at], font[at + 1]) = (0, bits);
            let found = Faces::of(font, SEMI_BOLD.to_vec());
            assert_eq!(found.is_ok(), said.is_empty());
            assert!(found.is_ok() || found.unwrap_err()[0].contains(said));
        }
        let mut font = REGULAR.to_vec();
        let at = table(&font, b"OS/2") + 8;
        font[at] = 1;
        assert!(refused(&font, SEMI_BOLD).contains("may not be embedded in part, as a PDF does (fsType 0x01"));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_and_what_would_be_right() {
        assert!(refused(b"no font", SEMI_BOLD).contains("fonts.regular: this is no font file; give a TTF or OTF"));
        assert!(refused(REGULAR, REGULAR_WOFF2).contains("fonts.bold: WOFF is packed for browsers"));
        assert!(refused(SEMI_BOLD, REGULAR).contains("fonts.bold has the weight 400, and fonts.regular 600"));
    }
}
