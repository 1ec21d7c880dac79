//! Cells: numbers as people write them, exactly.

use std::borrow::Cow;

use crate::read::Column;

/// A decimal number as it stands in a file: `mantissa / 10^decimals`, without trailing zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) mantissa: u64,
    pub(super) decimals: u8,
}

/// The most decimals a weight may have.
pub(super) const MOST_DECIMALS: u8 = 9;

/// Why a cell is not a unit's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotAUnit {
    NotANumber,
    Negative,
    TooFine,
    TooLarge,
}

/// The unit's value in a cell; `None` when the cell is empty.
pub(super) fn unit(column: &Column, i: usize) -> Result<Option<Decimal>, NotAUnit> {
    match column {
        Column::Integer(values) => match values.get(i) {
            None => Ok(None),
            Some(value) => u64::try_from(value)
                .map(|mantissa| Some(Decimal { mantissa, decimals: 0 }))
                .map_err(|_| NotAUnit::Negative),
        },
        // The shortest text that gives the same float back is what was written when the file was made.
        Column::Real(values) => values.get(i).map(|value| decimal(&value.to_string())).transpose(),
        _ => column.text(i).map(|text| decimal(&text)).transpose(),
    }
}

/// Reads `1 234,50` and `1234.5` alike.
fn decimal(text: &str) -> Result<Decimal, NotAUnit> {
    let text = plain(text);
    let (negative, digits) = text.strip_prefix(['-', '\u{2212}']).map_or((false, &*text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return Err(NotAUnit::NotANumber);
    }
    let fraction = fraction.trim_end_matches('0');
    let decimals = u8::try_from(fraction.len()).unwrap_or(u8::MAX);
    if decimals > MOST_DECIMALS {
        return Err(NotAUnit::TooFine);
    }
    let mantissa: u64 = match format!("{whole}{fraction}").trim_start_matches('0') {
        "" => 0,
        digits => digits.parse().map_err(|_| NotAUnit::TooLarge)?,
    };
    match (mantissa, negative) {
        (0, _) => Ok(Decimal { mantissa: 0, decimals: 0 }),
        (_, true) => Err(NotAUnit::Negative),
        _ => Ok(Decimal { mantissa, decimals }),
    }
}

impl Decimal {
    /// The largest that is counted: a national sum of such values still fits in the tally's 64 bits.
    pub(super) const LARGEST: u64 = 1 << 40;

    /// This number in parts of `10^-decimals`; `None` when that is too large to count.
    pub(super) fn scaled(self, decimals: u8) -> Option<u64> {
        let scaled = self.mantissa.checked_mul(10u64.checked_pow(u32::from(decimals.checked_sub(self.decimals)?))?)?;
        (scaled <= Self::LARGEST).then_some(scaled)
    }
}

/// A number in a cell, for coordinates and speeds; `Ok(None)` when the cell is empty.
pub(super) fn number(column: &Column, i: usize) -> Result<Option<f64>, String> {
    #[expect(clippy::cast_precision_loss, reason = "no coordinate or speed comes near 2^53")]
    match column {
        Column::Integer(values) => Ok(values.get(i).map(|value| value as f64)),
        Column::Real(values) => Ok(values.get(i)),
        _ => match column.text(i) {
            None => Ok(None),
            Some(text) => plain(&text).parse().map(Some).map_err(|_| text.into_owned()),
        },
    }
}

/// Without the spaces that group digits, and with a decimal point.
fn plain(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-') {
        return Cow::Borrowed(text);
    }
    let spaces = [' ', '\u{a0}', '\u{202f}', '\u{2009}'];
    Cow::Owned(text.chars().filter(|c| !spaces.contains(c)).map(|c| if c == ',' { '.' } else { c }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(u64, u8), NotAUnit> {
        decimal(text).map(|d| (d.mantissa, d.decimals))
    }

    #[test]
    fn decimals_are_read_exactly_with_comma_or_point() {
        assert_eq!(read("1 234,50"), Ok((12345, 1)));
        assert_eq!(read("0.1"), Ok((1, 1)));
        assert_eq!(read("007"), Ok((7, 0)));
        assert_eq!(read("-0"), Ok((0, 0)));
        assert_eq!(read("12\u{a0}345"), Ok((12345, 0)));
    }

    #[test]
    fn what_is_not_a_count_says_why() {
        assert_eq!(read("-1"), Err(NotAUnit::Negative));
        assert_eq!(read("1.234,5"), Err(NotAUnit::NotANumber));
        assert_eq!(read("1e3"), Err(NotAUnit::NotANumber));
        assert_eq!(read("ca 5"), Err(NotAUnit::NotANumber));
        assert_eq!(read("0,1234567891"), Err(NotAUnit::TooFine));
        assert_eq!(read("99999999999999999999"), Err(NotAUnit::TooLarge));
    }

    #[test]
    fn scaling_keeps_the_value_and_refuses_what_cannot_be_summed() {
        let half = Decimal { mantissa: 5, decimals: 1 };
        assert_eq!(half.scaled(2), Some(50));
        assert_eq!(half.scaled(0), None);
        assert_eq!(Decimal { mantissa: 1 << 50, decimals: 0 }.scaled(0), None);
    }
}
