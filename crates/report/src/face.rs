//! A typeface of one's own: two font files, held to what pages, pictures and PDF need of them.

use std::{borrow::Cow, sync::Arc};

use skrifa::{FontRef, MetadataProvider, raw::TableProvider, string::StringId};

use crate::typeface::Weight;

/// A typeface in two weights.
#[derive(Debug, Clone)]
pub(crate) struct Faces {
    /// The family's name, as its files say it.
    pub(crate) family: String,
    regular: Arc<[u8]>,
    bold: Arc<[u8]>,
    /// The files as they go into pages, where those are smaller: WOFF2.
    packed: [Option<Vec<u8>>; 2],
}

/// How WOFF2 and WOFF files begin.
const WOFF2: &[u8] = b"wOF2";
const WOFF: &[u8] = b"wOFF";

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
        let packed = [&regular, &bold].map(|bytes| bytes.starts_with(WOFF2).then(|| bytes.clone()));
        let unpacked = [("fonts.regular", &regular), ("fonts.bold", &bold)].map(|(key, bytes)| match unpacked(bytes) {
            Ok(font) => Some(font.into_owned()),
            Err(fault) => {
                faults.push(format!("{key}: {fault}"));
                None
            }
        });
        let [Some(regular), Some(bold)] = unpacked else { return Err(faults) };
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
        if faults.is_empty() {
            Ok(Self { family, regular: regular.into(), bold: bold.into(), packed })
        } else {
            Err(faults)
        }
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
        let face = |weight: &str, whole: &[u8], packed: Option<&Vec<u8>>| {
            let (kind, bytes) = packed.map_or(("sfnt", whole), |packed| ("woff2", packed));
            let data = crate::render::html::base64(bytes);
            format!(
                "@font-face {{ font-family: \"{family}\"; font-weight: {weight}; src: url(data:font/{kind};base64,{data}); }}\n"
            )
        };
        let [regular, bold] = &self.packed;
        let faces = face("400", &self.regular, regular.as_ref()) + &face("600 700", &self.bold, bold.as_ref());
        format!("{faces}body, button, input, select {{ font-family: \"{family}\", Inter, sans-serif; }}\n")
    }
}

/// A font file as programs other than browsers read it: WOFF and WOFF2 are unpacked.
fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    let (kind, font) = if bytes.starts_with(WOFF2) {
        ("WOFF2", wuff::decompress_woff2(bytes))
    } else if bytes.starts_with(WOFF) {
        ("WOFF", wuff::decompress_woff1(bytes))
    } else {
        return Ok(Cow::Borrowed(bytes));
    };
    let broken = |_| format!("this {kind} file cannot be unpacked; give a whole one, or the TTF or OTF file");
    font.map(Cow::Owned).map_err(broken)
}

/// Family and weight of a font file.
fn face(bytes: &[u8]) -> Result<(String, u16), Vec<String>> {
    let one = |fault: String| Err(vec![fault]);
    let Ok(font) = FontRef::new(bytes) else {
        return one("this is no font file; give a TTF, OTF, WOFF or WOFF2 file of one weight".to_owned());
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
    use crate::typeface::{REGULAR, REGULAR_WOFF2, SEMI_BOLD, SEMI_BOLD_WOFF2};

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

    /// A font file in WOFF's container, its tables as they are: what the standard calls stored.
    fn woff(font: &[u8]) -> Vec<u8> {
        let number = |at: usize, n: usize| font[at..at + n].iter().fold(0u32, |n, byte| n << 8 | u32::from(*byte));
        let tables = number(4, 2);
        let mut at = 44 + 20 * tables;
        let (mut directory, mut data) = (Vec::new(), Vec::new());
        for entry in (0..usize::try_from(tables).unwrap()).map(|i| 12 + 16 * i) {
            let [sum, offset, length] = [4, 8, 12].map(|field| number(entry + field, 4));
            directory.extend_from_slice(&font[entry..entry + 4]);
            directory.extend([at, length, length, sum].into_iter().flat_map(u32::to_be_bytes));
            let offset = usize::try_from(offset).unwrap();
            data.extend_from_slice(&font[offset..offset + usize::try_from(length).unwrap()]);
            data.resize(data.len().next_multiple_of(4), 0);
            at = 44 + 20 * tables + u32::try_from(data.len()).unwrap();
        }
        let whole = u32::try_from(font.len()).unwrap();
        let mut out = b"wOFF".to_vec();
        out.extend_from_slice(&font[0..4]);
        out.extend_from_slice(&at.to_be_bytes());
        out.extend_from_slice(&font[4..6]);
        out.extend_from_slice(&[0, 0]);
        out.extend([whole, 0x0001_0000, 0, 0, 0, 0, 0].into_iter().flat_map(u32::to_be_bytes));
        assert_eq!(out.len(), 44);
        [out, directory, data].concat()
    }

    /// How wide every needed letter is, and what it is bounded by.
    fn letters(font: &[u8]) -> Vec<String> {
        let font = FontRef::new(font).unwrap();
        let size = skrifa::instance::Size::new(1000.0);
        let metrics = font.glyph_metrics(size, skrifa::instance::LocationRef::default());
        let letter = |letter| {
            let glyph = font.charmap().map(letter).unwrap();
            format!("{letter} {:?} {:?}", metrics.advance_width(glyph), metrics.bounds(glyph))
        };
        NEEDED.chars().map(letter).collect()
    }

    #[test]
    fn woff_and_woff2_are_the_same_letters() {
        let packed = Faces::of(REGULAR_WOFF2.to_vec(), SEMI_BOLD_WOFF2.to_vec()).unwrap();
        for (weight, whole) in [(Weight::Regular, REGULAR), (Weight::SemiBold, SEMI_BOLD)] {
            assert_eq!(letters(packed.file(weight)), letters(whole));
        }
        // Browsers are given the smaller file.
        assert_eq!(packed.style().matches("data:font/woff2;").count(), 2);
        assert!(packed.style().len() < 2 * REGULAR.len());
        let old = Faces::of(woff(REGULAR), SEMI_BOLD.to_vec()).unwrap();
        assert_eq!(letters(old.file(Weight::Regular)), letters(REGULAR));
        assert_eq!(old.style().matches("data:font/sfnt;").count(), 2);
    }

    #[test]
    fn a_packed_file_that_is_broken_is_refused_or_read_and_nothing_worse() {
        for (whole, kind) in [(REGULAR_WOFF2.to_vec(), "WOFF2"), (woff(REGULAR), "WOFF")] {
            for length in [4, 20, 47, 48, 100, 1000, whole.len() / 2, whole.len() - 100] {
                let said = refused(&whole[..length], SEMI_BOLD);
                assert!(
                    said.contains(&format!("fonts.regular: this {kind} file cannot be unpacked")),
                    "{length}: {said}"
                );
            }
            // Every byte of the head and some of what follows it turned around.
            for at in (4..260).chain((260..whole.len()).step_by(997)) {
                for bits in [0xff, 0x80, 0x01] {
                    let mut broken = whole.clone();
                    broken[at] ^= bits;
                    let _ = Faces::of(broken, SEMI_BOLD.to_vec());
                }
            }
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_and_what_would_be_right() {
        assert!(refused(b"no font", SEMI_BOLD).contains("fonts.regular: this is no font file; give a TTF, OTF, WOFF"));
        assert!(refused(SEMI_BOLD, REGULAR).contains("fonts.bold has the weight 400, and fonts.regular 600"));
    }
}
