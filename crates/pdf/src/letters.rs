//! Letters that a typeface lacks: PDF/UA-1 forbids the empty box that would stand for them.

use typst::text::Font;

/// Letters that are never drawn, and for which typefaces need no shape.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}') || letter.is_control()
}

/// Fonts come two by two, the weights of a typeface; what one typeface lacks, the next may have.
fn is_lacking(letter: char, fonts: &[Font]) -> bool {
    let has = |font: &Font| font.info().coverage.contains(letter.into());
    !letter.is_ascii() && !is_unseen(letter) && !fonts.chunks(2).any(|typeface| typeface.iter().all(has))
}

/// The letters of a text that a typeface lacks, in order, each once.
pub(crate) fn lacking(text: &str, fonts: &[Font]) -> Vec<char> {
    let mut letters: Vec<char> = text.chars().filter(|&letter| is_lacking(letter, fonts)).collect();
    letters.sort_unstable();
    letters.dedup();
    letters
}

/// The text with a question mark for every letter that a typeface lacks.
pub(crate) fn settable(text: &str, fonts: &[Font]) -> String {
    text.chars().map(|letter| if is_lacking(letter, fonts) { '?' } else { letter }).collect()
}
