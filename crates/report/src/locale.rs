//! Languages of reports: how each one writes numbers and dates and sorts names.

use jiff::civil::Date;
use nittio_core::{
    indicator::Figure,
    quantity::{Kronor, Metres, Speed},
    study::ScaledUnit,
};

/// A language of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Swedish.
    #[default]
    Sv,
    /// English.
    En,
}

const NARROW_SPACE: char = '\u{202f}';
const NO_BREAK_SPACE: char = '\u{a0}';
const MINUS: char = '\u{2212}';

impl Locale {
    /// The language tag, as HTML writes it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Sv => "sv",
            Self::En => "en",
        }
    }

    const fn decimal(self) -> char {
        match self {
            Self::Sv => ',',
            Self::En => '.',
        }
    }

    const fn thousands(self) -> char {
        match self {
            Self::Sv => NARROW_SPACE,
            Self::En => ',',
        }
    }

    /// A whole number in groups of three digits.
    #[must_use]
    pub fn whole(self, number: u64) -> String {
        let digits = number.to_string();
        let mut out = String::with_capacity(digits.len() * 2);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push(self.thousands());
            }
            out.push(digit);
        }
        out
    }

    /// A number of tenths, with one decimal.
    #[must_use]
    pub fn tenths(self, tenths: i64) -> String {
        let sign = if tenths < 0 { String::from(MINUS) } else { String::new() };
        let size = tenths.unsigned_abs();
        format!("{sign}{}{}{}", self.whole(size / 10), self.decimal(), size % 10)
    }

    /// A number with as many decimals as it has, at most four.
    #[must_use]
    pub fn plain(self, number: f64) -> String {
        let text = format!("{number:.4}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        text.replace('-', &MINUS.to_string()).replace('.', &self.decimal().to_string())
    }

    /// A percentage from a text that has no sign yet.
    #[must_use]
    pub fn percent(self, number: &str) -> String {
        match self {
            Self::Sv => format!("{number}{NO_BREAK_SPACE}%"),
            Self::En => format!("{number}%"),
        }
    }

    /// A share with one decimal, which never rounds to nothing, to everything, or up to a goal that is missed.
    ///
    /// `goal` is the goal's share in parts per million when there is one to tell from.
    #[must_use]
    pub fn share(self, covered: u64, total: u64, goal: Option<u32>) -> Option<String> {
        if total == 0 {
            return None;
        }
        let (part, whole) = (u128::from(covered), u128::from(total));
        let floor = part * 1000 / whole;
        let nearest = (part * 2000 + whole) / (whole * 2);
        let below_goal = |tenths: u128| {
            goal.is_some_and(|goal| part * 1_000_000 < u128::from(goal) * whole && tenths * 1000 >= u128::from(goal))
        };
        if covered > 0 && nearest == 0 {
            return Some(format!("<{NARROW_SPACE}{}", self.percent(&self.tenths(1))));
        }
        let tenths = if (covered < total && nearest >= 1000) || below_goal(nearest) { floor } else { nearest };
        if below_goal(tenths) {
            // Even rounded down it would look met: 99.97 of 99.98 with one decimal. Two more tell them apart.
            let fine = part * 100_000 / whole;
            let text = format!("{}{}{:03}", fine / 1000, self.decimal(), fine % 1000);
            return Some(self.percent(&text));
        }
        Some(self.percent(&self.tenths(i64::try_from(tenths).unwrap_or(i64::MAX))))
    }

    /// The share of a figure.
    #[must_use]
    pub fn share_of(self, figure: &Figure, goal: Option<u32>) -> Option<String> {
        self.share(figure.covered, figure.total, goal)
    }

    /// A positive number of percentage points, with one decimal; never nothing when there is something.
    #[must_use]
    pub fn points(self, points: f64) -> String {
        let tenths = round_to_i64(points * 10.0);
        if tenths == 0 && points.abs() > 1e-9 {
            return format!("<{NARROW_SPACE}{}", self.tenths(1));
        }
        self.tenths(tenths)
    }

    /// A count of a unit, which may be kept in parts.
    #[must_use]
    pub fn count(self, parts: u64, unit: &ScaledUnit) -> String {
        let scale = unit.scale.max(1);
        if scale == 1 || parts.is_multiple_of(scale) {
            return self.whole(parts / scale);
        }
        let tenths = (u128::from(parts) * 10 + u128::from(scale) / 2) / u128::from(scale);
        self.tenths(i64::try_from(tenths).unwrap_or(i64::MAX))
    }

    /// A count that is lacking: rounded up to whole ones, since that many are needed.
    #[must_use]
    pub fn needed(self, parts: u64, unit: &ScaledUnit) -> String {
        self.whole(parts.div_ceil(unit.scale.max(1)))
    }

    /// A speed, in the largest unit that leaves it whole.
    #[must_use]
    pub fn speed(self, speed: Speed) -> String {
        let kbps = u64::from(speed.kbps());
        if kbps > 0 && kbps.is_multiple_of(1_000_000) {
            format!("{}{NO_BREAK_SPACE}Gbit/s", self.whole(kbps / 1_000_000))
        } else if kbps.is_multiple_of(1000) {
            format!("{}{NO_BREAK_SPACE}Mbit/s", self.whole(kbps / 1000))
        } else {
            format!("{}{NO_BREAK_SPACE}Mbit/s", self.plain(speed.mbps()))
        }
    }

    /// A price: "40 000 kr".
    #[must_use]
    pub fn kronor(self, price: Kronor) -> String {
        let (kronor, ore) = (self.whole(price.ore() / 100), price.ore() % 100);
        let ore = if ore == 0 { String::new() } else { format!("{}{ore:02}", self.decimal()) };
        format!("{kronor}{ore}{NO_BREAK_SPACE}kr")
    }

    /// A distance: "50 m".
    #[must_use]
    pub fn metres(self, distance: Metres) -> String {
        format!("{}{NO_BREAK_SPACE}m", self.plain(distance.metres()))
    }

    /// A day with the month as a word, given the twelve words.
    #[must_use]
    pub fn date(self, date: Date, months: &str) -> String {
        let month = usize::try_from(date.month() - 1).unwrap_or(0);
        let month = months.split_whitespace().nth(month).unwrap_or_default();
        format!("{}{NO_BREAK_SPACE}{month} {}", date.day(), date.year())
    }

    /// What a name is sorted by: å, ä and ö last in Swedish, as a and o in English.
    #[must_use]
    pub fn sort_key(self, name: &str) -> String {
        name.chars()
            .flat_map(char::to_lowercase)
            .flat_map(|c| self.sort_letters(c).chars().collect::<Vec<_>>())
            .collect()
    }

    fn sort_letters(self, c: char) -> String {
        let swedish = self == Self::Sv;
        match c {
            'å' if swedish => "{".to_owned(),
            'ä' | 'æ' if swedish => "|".to_owned(),
            'ö' | 'ø' if swedish => "}".to_owned(),
            'ü' if swedish => "y".to_owned(),
            'å' | 'ä' | 'á' | 'à' | 'â' | 'ã' => "a".to_owned(),
            'æ' => "ae".to_owned(),
            'ç' => "c".to_owned(),
            'é' | 'è' | 'ê' | 'ë' => "e".to_owned(),
            'í' | 'ì' | 'î' | 'ï' => "i".to_owned(),
            'ñ' => "n".to_owned(),
            'ö' | 'ø' | 'ó' | 'ò' | 'ô' | 'õ' => "o".to_owned(),
            'ü' | 'ú' | 'ù' | 'û' => "u".to_owned(),
            'ß' => "ss".to_owned(),
            other => other.to_string(),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a float to integer cast saturates")]
fn round_to_i64(number: f64) -> i64 {
    number.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn numbers_are_written_as_each_language_writes_them() {
        assert_eq!(Locale::Sv.whole(12_345), "12\u{202f}345");
        assert_eq!(Locale::En.whole(12_345), "12,345");
        assert_eq!(Locale::En.whole(999), "999");
        assert_eq!(Locale::En.whole(1_000_000), "1,000,000");
        assert_eq!(Locale::Sv.share(925, 1000, None).as_deref(), Some("92,5\u{a0}%"));
        assert_eq!(Locale::En.share(925, 1000, None).as_deref(), Some("92.5%"));
        assert_eq!(Locale::Sv.tenths(-123), "\u{2212}12,3");
    }

    #[test]
    fn a_rounded_share_never_hides_the_last_ones_or_a_missed_goal() {
        assert_eq!(Locale::En.share(99_999, 100_000, None).as_deref(), Some("99.9%"), "not everyone");
        assert_eq!(Locale::En.share(1, 100_000, None).as_deref(), Some("<\u{202f}0.1%"), "not no one");
        assert_eq!(Locale::En.share(0, 100, None).as_deref(), Some("0.0%"));
        assert_eq!(Locale::En.share(100, 100, None).as_deref(), Some("100.0%"));
        assert_eq!(Locale::En.share(89_960, 100_000, Some(900_000)).as_deref(), Some("89.9%"), "90.0 would look met");
        assert_eq!(Locale::En.share(90_000, 100_000, Some(900_000)).as_deref(), Some("90.0%"));
        assert_eq!(Locale::En.share(0, 0, None), None);
    }

    #[test]
    fn dates_and_speeds_are_spelled_out() {
        let months = "januari februari mars april maj juni juli augusti september oktober november december";
        assert_eq!(Locale::Sv.date(date(2024, 12, 31), months), "31\u{a0}december 2024");
        assert_eq!(Locale::Sv.speed(Speed::from_mbps(1000)), "1\u{a0}Gbit/s");
        assert_eq!(Locale::Sv.speed(Speed::from_kbps(750)), "0,75\u{a0}Mbit/s");
    }

    #[test]
    fn swedish_sorts_å_ä_ö_last_and_english_does_not() {
        let sorted = |locale: Locale| {
            let mut names = ["Örebro", "Älvdalen", "Åre", "Zinkgruvan", "Arvika", "Orsa"];
            names.sort_by_key(|name| locale.sort_key(name));
            names
        };
        assert_eq!(sorted(Locale::Sv), ["Arvika", "Orsa", "Zinkgruvan", "Åre", "Älvdalen", "Örebro"]);
        assert_eq!(sorted(Locale::En)[0], "Älvdalen");
    }

    #[test]
    fn a_weight_kept_in_hundredths_is_shown_in_wholes() {
        let unit = ScaledUnit { unit: nittio_core::unit::Unit::Weight("w".to_owned()), scale: 100 };
        assert_eq!(Locale::En.count(1250, &unit), "12.5");
        assert_eq!(Locale::En.needed(1201, &unit), "13", "twelve would not be enough");
    }
}
