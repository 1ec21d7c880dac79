//! Quantities as people write them: text with a unit, kept as whole numbers.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A text that is not the quantity it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a {what}; write {example}")]
#[non_exhaustive]
pub struct QuantityError {
    /// What was expected, for example `speed`.
    pub what: &'static str,
    /// The text that was found.
    pub found: String,
    /// A right spelling.
    pub example: &'static str,
}

/// A transmission speed, exact to the kilobit.
///
/// # Units
/// Kilobit per second inside; `Mbit/s` outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Speed {
    kbps: u32,
}

impl Speed {
    /// A speed from whole kilobits per second.
    #[must_use]
    pub const fn from_kbps(kbps: u32) -> Self {
        Self { kbps }
    }

    /// A speed from whole megabits per second.
    #[must_use]
    pub const fn from_mbps(mbps: u32) -> Self {
        Self { kbps: mbps * 1000 }
    }

    /// A speed from a number of megabits per second as found in a data file.
    ///
    /// `None` when it is negative, not finite or above 4 Tbit/s. Rounded to the kilobit.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
    pub fn from_mbps_f64(mbps: f64) -> Option<Self> {
        let kbps = (mbps * 1000.0).round();
        (kbps >= 0.0 && kbps <= f64::from(u32::MAX)).then_some(Self { kbps: kbps as u32 })
    }

    /// Whole kilobits per second.
    #[must_use]
    pub const fn kbps(self) -> u32 {
        self.kbps
    }

    /// Twice the speed, or the highest there is.
    #[must_use]
    pub const fn twice(self) -> Self {
        Self { kbps: self.kbps.saturating_mul(2) }
    }

    /// Megabits per second.
    #[must_use]
    pub fn mbps(self) -> f64 {
        f64::from(self.kbps) / 1000.0
    }
}

impl fmt::Display for Speed {
    /// Always in Mbit/s, without needless decimals: `100 Mbit/s`, `0.75 Mbit/s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Mbit/s", self.mbps())
    }
}

impl FromStr for Speed {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let wrong = || QuantityError { what: "speed", found: text.to_owned(), example: "\"100 Mbit/s\"" };
        let (number, unit) = split(text).ok_or_else(wrong)?;
        let thousands = match unit {
            "kbit/s" => 0,
            "Mbit/s" => 3,
            "Gbit/s" => 6,
            _ => return Err(wrong()),
        };
        let kbps = decimal(number, thousands).ok_or_else(wrong)?;
        u32::try_from(kbps).map(Self::from_kbps).map_err(|_| wrong())
    }
}

/// A planar distance.
///
/// # Units
/// Whole millimetres inside; metres outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Metres {
    millimetres: u64,
}

impl Metres {
    /// A distance from whole metres.
    #[must_use]
    pub const fn from_metres(metres: u32) -> Self {
        Self { millimetres: metres as u64 * 1000 }
    }

    /// A distance from whole millimetres.
    #[must_use]
    pub const fn from_millimetres(millimetres: u64) -> Self {
        Self { millimetres }
    }

    /// Whole millimetres.
    #[must_use]
    pub const fn millimetres(self) -> u64 {
        self.millimetres
    }

    /// Metres as a number.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact below nine million kilometres")]
    pub fn metres(self) -> f64 {
        self.millimetres as f64 / 1000.0
    }
}

impl fmt::Display for Metres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} m", self.metres())
    }
}

impl FromStr for Metres {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let wrong = || QuantityError { what: "distance", found: text.to_owned(), example: "\"50 m\"" };
        let (number, unit) = split(text).ok_or_else(wrong)?;
        let thousands = match unit {
            "m" => 3,
            "km" => 6,
            _ => return Err(wrong()),
        };
        decimal(number, thousands).map(|millimetres| Self { millimetres }).ok_or_else(wrong)
    }
}

/// A sum of money in Swedish kronor.
///
/// # Units
/// Whole öre inside; kronor outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Kronor {
    ore: u64,
}

impl Kronor {
    /// A sum from whole kronor.
    #[must_use]
    pub const fn from_kronor(kronor: u32) -> Self {
        Self { ore: kronor as u64 * 100 }
    }

    /// A sum from whole öre.
    #[must_use]
    pub const fn from_ore(ore: u64) -> Self {
        Self { ore }
    }

    /// Whole öre.
    #[must_use]
    pub const fn ore(self) -> u64 {
        self.ore
    }

    /// Both sums.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { ore: self.ore.saturating_add(other.ore) }
    }

    /// What is left when the other sum is taken away; nothing when that is more.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self { ore: self.ore.saturating_sub(other.ore) }
    }

    /// So many times the sum.
    #[must_use]
    pub const fn times(self, count: u64) -> Self {
        Self { ore: self.ore.saturating_mul(count) }
    }

    /// The sum of some sums.
    #[must_use]
    pub fn sum(sums: impl IntoIterator<Item = Self>) -> Self {
        sums.into_iter().fold(Self::default(), Self::plus)
    }

    /// A sum from a bare number of kronor, as text in a data file: `40000`, `40 000`, `39 999,50`.
    #[must_use]
    pub fn from_bare(number: &str) -> Option<Self> {
        let close: String = number.chars().filter(|c| !c.is_whitespace()).collect();
        let digits = !close.is_empty() && close.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
        decimal(&close, 2).filter(|_| digits).map(|ore| Self { ore })
    }
}

impl fmt::Display for Kronor {
    /// Without spaces and needless decimals: `40000 kr`, `39999.5 kr`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kronor, ore) = (self.ore / 100, self.ore % 100);
        match (ore, ore % 10) {
            (0, _) => write!(f, "{kronor} kr"),
            (_, 0) => write!(f, "{kronor}.{} kr", ore / 10),
            _ => write!(f, "{kronor}.{ore:02} kr"),
        }
    }
}

impl FromStr for Kronor {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let wrong = || QuantityError { what: "price", found: text.to_owned(), example: "\"40 000 kr\"" };
        let number = text.trim().strip_suffix("kr").ok_or_else(wrong)?;
        Self::from_bare(number).ok_or_else(wrong)
    }
}

/// A share of a whole, as an exact number of parts per million.
///
/// # Units
/// Parts per million inside; per cent outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Share {
    ppm: u32,
}

impl Share {
    /// A share from whole per cent.
    #[must_use]
    pub const fn from_percent(percent: u32) -> Self {
        Self { ppm: percent * 10_000 }
    }

    /// A share from parts per million; more than all is all.
    #[must_use]
    pub const fn from_ppm(ppm: u32) -> Self {
        Self { ppm: if ppm > 1_000_000 { 1_000_000 } else { ppm } }
    }

    /// Parts per million.
    #[must_use]
    pub const fn ppm(self) -> u32 {
        self.ppm
    }

    /// Per cent as a number.
    #[must_use]
    pub fn percent(self) -> f64 {
        f64::from(self.ppm) / 10_000.0
    }

    /// The fewest whole units of `total` that are at least this share of it.
    #[must_use]
    pub fn of(self, total: u64) -> u64 {
        let parts = u128::from(total) * u128::from(self.ppm);
        u64::try_from(parts.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.percent())
    }
}

impl FromStr for Share {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let wrong = || QuantityError { what: "share", found: text.to_owned(), example: "\"90 %\"" };
        let (number, unit) = split(text).ok_or_else(wrong)?;
        if unit != "%" {
            return Err(wrong());
        }
        let ppm = decimal(number, 4).filter(|&ppm| ppm <= 1_000_000).ok_or_else(wrong)?;
        u32::try_from(ppm).map(|ppm| Self { ppm }).map_err(|_| wrong())
    }
}

/// `"0,75 Mbit/s"` into number and unit; spaces of any kind between them, or none.
fn split(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')))?;
    let (number, unit) = text.split_at(end);
    Some((number, unit.trim()))
}

/// A decimal number times ten to `shift`, exactly; `None` when that is not a whole number.
fn decimal(number: &str, shift: usize) -> Option<u64> {
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
    let fraction = fraction.trim_end_matches('0');
    if whole.is_empty() || fraction.len() > shift {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let scaled = whole.checked_mul(10u64.checked_pow(u32::try_from(shift).ok()?)?)?;
    if fraction.is_empty() {
        return Some(scaled);
    }
    let rest = u32::try_from(shift - fraction.len()).ok()?;
    scaled.checked_add(fraction.parse::<u64>().ok()?.checked_mul(10u64.pow(rest))?)
}

/// Reads a quantity from text only; a bare number is refused with the right spelling.
fn from_text<'de, D, T>(deserializer: D, what: &'static str, unit: &'static str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = QuantityError>,
{
    struct Visitor<T>(&'static str, &'static str, std::marker::PhantomData<T>);

    impl<T: FromStr<Err = QuantityError>> de::Visitor<'_> for Visitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a {} with its unit, as text", self.0)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
            Err(E::custom(bare(self.0, number, self.1)))
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
            Err(E::custom(bare(self.0, number, self.1)))
        }

        fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
            Err(E::custom(bare(self.0, number, self.1)))
        }
    }

    fn bare(what: &str, number: impl fmt::Display, unit: &str) -> String {
        format!("a {what} needs its unit; write \"{number} {unit}\"")
    }

    deserializer.deserialize_any(Visitor(what, unit, std::marker::PhantomData))
}

impl<'de> Deserialize<'de> for Speed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, "speed", "Mbit/s")
    }
}

impl<'de> Deserialize<'de> for Metres {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, "distance", "m")
    }
}

impl<'de> Deserialize<'de> for Kronor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, "price", "kr")
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, "share", "%")
    }
}

impl Serialize for Speed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Metres {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Kronor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_read_with_point_or_comma_and_any_space() {
        assert_eq!("100 Mbit/s".parse(), Ok(Speed::from_mbps(100)));
        assert_eq!("1 Gbit/s".parse(), Ok(Speed::from_mbps(1000)));
        assert_eq!("0,75\u{a0}Mbit/s".parse(), Ok(Speed::from_kbps(750)));
        assert_eq!("500kbit/s".parse(), Ok(Speed::from_kbps(500)));
    }

    #[test]
    fn a_bare_or_odd_number_is_refused_with_the_right_spelling() {
        let said = "100".parse::<Speed>().map_err(|e| e.to_string());
        assert_eq!(said, Err("\"100\" is not a speed; write \"100 Mbit/s\"".to_owned()));
        assert!("1e3 Mbit/s".parse::<Speed>().is_err());
        assert!("0.0001 Mbit/s".parse::<Speed>().is_err(), "finer than a kilobit");
        assert!("101 %".parse::<Share>().is_err());
    }

    #[test]
    fn a_share_of_a_whole_is_rounded_up_to_whole_units() {
        let ninety = Share::from_percent(90);
        assert_eq!(ninety.of(10), 9);
        assert_eq!(ninety.of(11), 10, "9.9 units need ten");
        assert_eq!(ninety.of(0), 0);
        assert_eq!("99,9 %".parse::<Share>().map(|s| s.of(1001)), Ok(1000));
        assert_eq!(Share::from_percent(100).of(u64::MAX), u64::MAX);
    }

    #[test]
    fn kronor_are_read_as_swedes_write_them_and_exact_to_the_ore() {
        for text in ["40 000 kr", "40000 kr", "40\u{a0}000\u{a0}kr", "40 000,00kr"] {
            assert_eq!(text.parse(), Ok(Kronor::from_kronor(40_000)), "{text}");
        }
        assert_eq!(Kronor::from_bare("39 999,50").map(|k| k.to_string()), Some("39999.5 kr".to_owned()));
        assert!(Kronor::from_bare("39 999,99") < Some(Kronor::from_kronor(40_000)));
        for wrong in ["40 000", "kr", "-1 kr", "0,001 kr", "4e4 kr", "40 000 SEK"] {
            assert!(wrong.parse::<Kronor>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn quantities_print_as_they_are_read() {
        for text in ["100 Mbit/s", "0.75 Mbit/s", "1000 Mbit/s"] {
            assert_eq!(text.parse::<Speed>().map(|s| s.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("1,5 km".parse::<Metres>().map(|m| m.to_string()), Ok("1500 m".to_owned()));
        assert_eq!("99,9 %".parse::<Share>().map(|s| s.to_string()), Ok("99.9 %".to_owned()));
    }
}
