//! Tables for a spreadsheet: every sheet, heading and value, ready to be written as a workbook or as text.

use jiff::civil::Date;

use crate::locale::Locale;

/// The figures of an outcome as tables for a spreadsheet, in one language. They hold figures per area, and no place.
#[derive(Debug, Clone)]
pub struct Tables {
    pub(crate) locale: Locale,
    pub(crate) title: String,
    /// The day that the figures are for; a workbook says that it was made then, so that its bytes are the same every time.
    pub(crate) as_of: Date,
    /// What stands at the foot of a printed page; `&P` and `&N` are the page and how many there are.
    pub(crate) foot: String,
    pub(crate) sheets: Vec<Sheet>,
}

/// One table.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    /// What stands on its tab.
    pub(crate) name: String,
    pub(crate) title: String,
    /// What is counted, by which definition; where it comes from.
    pub(crate) about: Vec<String>,
    pub(crate) heads: Vec<Head>,
    pub(crate) rows: Vec<Vec<Value>>,
    /// How many columns stay in sight when the others are scrolled.
    pub(crate) frozen: u16,
}

/// The heading of a column, and what stands below it.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) text: String,
    /// What it is called where shares are written in per cent.
    pub(crate) percent: Option<String>,
    pub(crate) kind: Kind,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a few words.
    Text,
    /// Sentences, on several lines.
    Long,
    Number,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    /// A code of digits that is no number.
    Code(String),
    /// How many, in counted parts of a unit, and how many parts make one.
    Count(u64, u64),
    /// More or fewer, in whole units.
    Difference(i64),
    /// A part of a whole, and the goal that it is held against, in parts per million.
    Share(u64, u64, Option<u32>),
    /// Percentage points, in millionths of the whole.
    Points(i64),
    /// Per cent of something, in millionths.
    Percent(i64),
    /// A speed.
    Mbps(f64),
    /// A year.
    Year(i16),
    /// Whether a goal is met, in words.
    Verdict(bool, String),
    /// Kept back in the public edition.
    Hidden,
    /// There is nothing to say.
    Nothing,
}

impl Head {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), percent: None, kind: Kind::Text }
    }

    pub(crate) fn long(text: impl Into<String>) -> Self {
        Self { text: text.into(), percent: None, kind: Kind::Long }
    }

    pub(crate) fn share(text: impl Into<String>, percent: impl Into<String>) -> Self {
        Self { text: text.into(), percent: Some(percent.into()), kind: Kind::Number }
    }

    pub(crate) fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), percent: None, kind: Kind::Number }
    }
}

impl Value {
    /// The number that a cell holds; a share from 0 to 1 with six decimals, as in the files for programs.
    #[expect(clippy::cast_precision_loss, reason = "exact below nine million billion")]
    pub(crate) fn number(&self) -> Option<f64> {
        match *self {
            Self::Count(parts, scale) => Some(parts as f64 / scale.max(1) as f64),
            Self::Difference(units) => Some(units as f64),
            Self::Share(part, whole, _) => millionths(part, whole).map(|share| share as f64 / 1e6),
            Self::Points(ppm) => Some(ppm as f64 / 1e4),
            Self::Percent(ppm) => Some(ppm as f64 / 1e6),
            Self::Mbps(mbps) => Some(mbps),
            Self::Year(year) => Some(f64::from(year)),
            Self::Text(_) | Self::Code(_) | Self::Verdict(..) | Self::Hidden | Self::Nothing => None,
        }
    }

    /// The words of a cell that holds no number.
    pub(crate) fn words(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Code(text) | Self::Verdict(_, text) => Some(text),
            Self::Hidden => Some(HIDDEN),
            _ => None,
        }
    }

    /// How many decimals a share needs in per cent, at least one: it is not to look like all, nothing or a goal when it is not.
    pub(crate) fn decimals(&self) -> usize {
        let Self::Share(part, whole, goal) = *self else { return 1 };
        let Some(exact) = millionths(part, whole) else { return 1 };
        let goal = goal.map(u64::from);
        let honest = |decimals: u32| {
            let step = 10_u64.pow(4 - decimals);
            let shown = (exact + step / 2) / step * step;
            let whole_too_soon = part < whole && shown >= 1_000_000;
            let nothing_too_soon = part > 0 && shown == 0;
            let goal_too_soon = goal.is_some_and(|goal| {
                let short = u128::from(part) * 1_000_000 < u128::from(goal) * u128::from(whole);
                short && shown >= goal
            });
            !(whole_too_soon || nothing_too_soon || goal_too_soon)
        };
        (1..4).find(|&decimals| honest(decimals)).unwrap_or(4) as usize
    }
}

/// What stands where a number is kept back, as in the tables of Statistics Sweden.
pub(crate) const HIDDEN: &str = "..";

/// `part / whole` in millionths, half rounded up; `None` when there is no whole.
pub(crate) fn millionths(part: u64, whole: u64) -> Option<u64> {
    let (part, whole) = (u128::from(part), u128::from(whole));
    (whole > 0).then(|| u64::try_from((2_000_000 * part + whole) / (2 * whole)).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_as_many_decimals_as_it_needs_to_be_told_from_a_goal_and_from_all() {
        let decimals = |part, whole, goal| Value::Share(part, whole, goal).decimals();
        assert_eq!(decimals(925, 1000, Some(900_000)), 1);
        assert_eq!(decimals(8_996, 10_000, Some(900_000)), 2, "89.96 % is not 90.0 %");
        assert_eq!(decimals(9_996, 10_000, None), 2, "99.96 % is not 100.0 %");
        assert_eq!(decimals(1, 10_000, None), 2, "0.01 % is not 0.0 %");
        assert_eq!(decimals(1, 10_000_000, None), 4, "there are no more");
        assert_eq!([decimals(0, 10, None), decimals(10, 10, None), decimals(0, 0, None)], [1, 1, 1]);
        assert_eq!(decimals(9_000, 10_000, Some(900_000)), 1);
    }

    #[test]
    fn a_share_is_the_number_that_stands_in_the_files() {
        assert_eq!(Value::Share(5, 12, None).number(), Some(0.416_667));
        assert_eq!(Value::Share(0, 0, None).number(), None);
        assert_eq!(Value::Count(125, 10).number(), Some(12.5));
        assert_eq!(Value::Points(150_000).number(), Some(15.0));
    }
}
