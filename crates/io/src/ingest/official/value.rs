//! Values as publishers write them: `93,3 %`, `0.9333`, `147 654`, `>99,99%`, `..`.

use nittio_core::official::{Bound, Published};

use crate::{read::grid::Cell, study_file::official::ShareScale};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A number.
    Number(Number),
    /// A sign that there is none: `..`, `-`, or nothing.
    Missing,
    /// Anything else.
    Other,
}

/// `mantissa / 10^decimals`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    negative: bool,
    mantissa: u128,
    decimals: u32,
    /// Whether a sign of per cent stands behind it.
    percent: bool,
    bound: Bound,
    /// Whether it is text, of which the last digit says how it was rounded.
    written: bool,
}

/// Words that stand where there is no value.
const MISSING: [&str; 12] = ["-", "–", "—", ".", "..", "...", "…", "x", "n/a", "na", "uppgift saknas", "not available"];

/// Reads a cell.
pub(super) fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Missing,
        Cell::Number(number) => parse(&number.to_string(), false).map_or(Value::Other, Value::Number),
        Cell::Text(text) if MISSING.contains(&text.to_lowercase().as_str()) => Value::Missing,
        Cell::Text(text) => parse(text, true).map_or(Value::Other, Value::Number),
    }
}

fn parse(text: &str, written: bool) -> Option<Number> {
    // Spaces of any kind separate thousands, and stars point to notes.
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '*').collect();
    let (bound, text) = match text.strip_prefix(['>', '≥']) {
        Some(rest) => (Bound::Above, rest),
        None => text.strip_prefix(['<', '≤']).map_or((Bound::Exact, text.as_str()), |rest| (Bound::Below, rest)),
    };
    let (percent, text) = text.strip_suffix('%').map_or((false, text), |rest| (true, rest));
    let (negative, text) = text.strip_prefix(['-', '\u{2212}']).map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = text.split_once([',', '.']).unwrap_or((text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let mantissa = format!("{whole}{fraction}").parse().ok()?;
    let decimals = u32::try_from(fraction.len()).ok()?;
    Some(Number { negative, mantissa, decimals, percent, bound, written })
}

impl Number {
    /// Whether it can only be a percentage: above one, without the sign.
    pub(super) fn is_bare_above_one(&self) -> bool {
        !self.percent && self.mantissa > 10u128.saturating_pow(self.decimals)
    }

    /// Whether it could be either: above nothing, at most one, without the sign.
    pub(super) fn is_bare_up_to_one(&self) -> bool {
        !self.percent && self.mantissa > 0 && !self.is_bare_above_one()
    }

    /// A share; `None` when it is not between nothing and everything.
    pub(super) fn share(&self, scale: ShareScale) -> Option<Published> {
        let percent = self.percent || scale == ShareScale::Percent;
        let one: u128 = if percent { 10_000 } else { 1_000_000 };
        let unit = 10u128.checked_pow(self.decimals)?;
        let ppm = (2 * self.mantissa.checked_mul(one)? + unit) / (2 * unit);
        // 0 and 1 of one, and 0.5, were hardly rounded to that.
        let rounded = self.written && (percent || self.decimals >= 2);
        let half = if rounded { one / (2 * unit) } else { 0 };
        let value = u64::try_from(ppm).ok().filter(|&ppm| ppm <= 1_000_000 && !(self.negative && ppm > 0))?;
        Some(Published { value, bound: self.bound, half: u64::try_from(half).ok()? })
    }

    /// A total; `None` when it is not a whole number, or below zero.
    pub(super) fn total(&self) -> Option<Published> {
        let unit = 10u128.checked_pow(self.decimals)?;
        let whole = !self.percent && self.bound == Bound::Exact && self.mantissa.is_multiple_of(unit);
        let value = u64::try_from(self.mantissa / unit).ok().filter(|&value| !(self.negative && value > 0))?;
        whole.then_some(Published { value, bound: Bound::Exact, half: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        match value(&Cell::Text(text.to_owned())) {
            Value::Number(number) => number,
            other => panic!("{text:?} is {other:?}"),
        }
    }

    #[test]
    fn shares_are_read_as_people_write_them() {
        for (text, scale, ppm, bound, half) in [
            ("93,3 %", ShareScale::Percent, 933_000, Bound::Exact, 500),
            ("93,3\u{a0}%", ShareScale::Fraction, 933_000, Bound::Exact, 500),
            ("93.25", ShareScale::Percent, 932_500, Bound::Exact, 50),
            ("0,93", ShareScale::Fraction, 930_000, Bound::Exact, 5_000),
            ("1", ShareScale::Fraction, 1_000_000, Bound::Exact, 0),
            (">99,99%", ShareScale::Fraction, 999_900, Bound::Above, 50),
            ("<0,01%", ShareScale::Percent, 100, Bound::Below, 50),
            ("0.12345678", ShareScale::Fraction, 123_457, Bound::Exact, 0),
            ("93,3*", ShareScale::Percent, 933_000, Bound::Exact, 500),
        ] {
            assert_eq!(number(text).share(scale), Some(Published { value: ppm, bound, half }), "{text}");
        }
        assert_eq!(number("100,1").share(ShareScale::Percent), None);
        assert_eq!(number("-1").share(ShareScale::Percent), None);
    }

    #[test]
    fn a_number_of_a_workbook_was_not_rounded_for_reading() {
        let Value::Number(number) = value(&Cell::Number(0.933)) else { unreachable!("it is a number") };
        assert_eq!(
            number.share(ShareScale::Fraction),
            Some(Published { value: 933_000, bound: Bound::Exact, half: 0 })
        );
    }

    #[test]
    fn totals_are_whole_and_have_spaces_between_thousands() {
        for text in ["147654", "147 654", "147\u{a0}654", "147\u{202f}654", "147654,0"] {
            assert_eq!(number(text).total().map(|p| p.value), Some(147_654), "{text}");
        }
        assert_eq!(number("147,654").total(), None, "a decimal comma leaves no whole number");
        assert_eq!(number("-5").total(), None);
        assert_eq!(number("12 %").total(), None);
    }

    #[test]
    fn signs_for_nothing_are_nothing_and_words_are_neither() {
        for text in ["..", "-", "–", ".", "…", "X", "Uppgift saknas"] {
            assert_eq!(value(&Cell::Text(text.to_owned())), Value::Missing, "{text}");
        }
        assert_eq!(value(&Cell::Empty), Value::Missing);
        for text in ["abc", "1,2,3", "93,3 procent", ">", "%"] {
            assert_eq!(value(&Cell::Text(text.to_owned())), Value::Other, "{text}");
        }
    }
}
