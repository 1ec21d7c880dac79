//! Numbers as files show them, from whole numbers only.

use std::fmt::Write as _;

use nittio_core::quantity::Speed;

/// A whole number as signed 64 bits, as Parquet and SQLite hold it.
pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count as text; nothing where it is kept back.
pub(super) fn shown(count: u64, hidden: bool) -> String {
    if hidden { String::new() } else { count.to_string() }
}

/// `part / whole` in millionths, half rounded up; `None` when there is no whole.
fn millionths(part: u64, whole: u64) -> Option<u128> {
    let (part, whole) = (u128::from(part), u128::from(whole));
    (whole > 0).then(|| (2_000_000 * part + whole) / (2 * whole))
}

/// Writes a share with six decimals, and nothing when there is no whole.
pub(super) fn write_share(text: &mut String, part: u64, whole: u64) {
    if let Some(millionths) = millionths(part, whole) {
        let _ = write!(text, "{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    }
}

/// The share as a number: the one that the six decimals of [`write_share`] are read as.
#[expect(clippy::cast_precision_loss, reason = "at most a million when part is of whole")]
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    millionths(part, whole).map(|millionths| millionths as f64 / 1e6)
}

/// Percentage points that `part` of `whole` lacks to `ppm` millionths, with four decimals, half rounded up.
pub(super) fn lacking_points(ppm: u32, part: u64, whole: u64) -> String {
    // A ten-thousandth of a percentage point is a millionth of the whole.
    let wanted = u128::from(ppm) * u128::from(whole);
    let lacking = wanted.saturating_sub(1_000_000 * u128::from(part));
    let points = if whole == 0 { 0 } else { (2 * lacking + u128::from(whole)) / (2 * u128::from(whole)) };
    format!("{}.{:04}", points / 10_000, points % 10_000)
}

/// Megabits per second without needless decimals: `100`, `0.75`; empty when unknown.
pub(super) fn mbps(speed: Option<Speed>) -> String {
    speed.map(|speed| speed.mbps().to_string()).unwrap_or_default()
}

/// A counted number of parts as the unit itself: 125 tenths are 12.5.
#[expect(clippy::cast_precision_loss, reason = "exact below nine million billion parts")]
pub(super) fn unscaled(count: u64, scale: u64) -> f64 {
    count as f64 / scale as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_half_up_to_six_decimals() {
        let text = |part, whole| {
            let mut text = String::new();
            write_share(&mut text, part, whole);
            text
        };
        assert_eq!(text(5, 12), "0.416667");
        assert_eq!(text(1, 3), "0.333333");
        assert_eq!(text(1, 2_000_000), "0.000001", "half a millionth");
        assert_eq!(text(1, 2_000_001), "0.000000");
        assert_eq!(text(7, 7), "1.000000");
        assert_eq!(text(u64::MAX, u64::MAX), "1.000000");
        assert_eq!(text(0, 0), "");
        assert_eq!(share(5, 12), Some(0.416_667));
        assert_eq!(share(0, 0), None);
    }

    #[test]
    fn lacking_points_have_four_decimals() {
        assert_eq!(lacking_points(400_000, 6, 24), "15.0000");
        assert_eq!(lacking_points(999_000, 2, 3), "33.2333");
        assert_eq!(lacking_points(900_000, 1, 1), "0.0000");
    }
}
