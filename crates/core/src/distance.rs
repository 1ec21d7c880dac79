//! Whether two points lie within a distance of each other, decided exactly.
//!
//! # Source
//! J. R. Shewchuk, *Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates*, Discrete &
//! Computational Geometry 18 (1997), <https://people.eecs.berkeley.edu/~jrs/papers/robustr.pdf>: a number is kept as a
//! sum of floats that loses nothing.

use std::cmp::Ordering;

use geo::Coord;

use crate::quantity::Metres;

/// Whether two points lie at most this far apart; exactly that far is within.
///
/// The floats as they are given are what is compared: `(a.x−b.x)² + (a.y−b.y)² ≤ distance²`, without any rounding.
/// Floats decide as long as the two sides differ by more than their rounding could; the few other pairs are decided
/// with sums of floats that lose nothing. Differences of less than 10⁻¹⁴⁰ m are taken as none.
#[must_use]
pub fn within(a: Coord, b: Coord, distance: Metres) -> bool {
    apart(a, b, distance) != Ordering::Greater
}

/// Rounding moves each side of what is compared by less than one part in 10¹⁵.
const SLACK: f64 = 1e-14;

/// Whether two points lie less far apart than this, exactly as far, or further; what is no number at all is further.
#[must_use]
pub fn apart(a: Coord, b: Coord, distance: Metres) -> Ordering {
    let (dx, dy) = (a.x - b.x, a.y - b.y);
    let square = dx * dx + dy * dy;
    let limit = distance.metres() * distance.metres();
    if square < limit * (1.0 - SLACK) {
        return Ordering::Less;
    }
    if square > limit * (1.0 + SLACK) || !square.is_finite() {
        return Ordering::Greater;
    }
    order(excess(a, b, distance))
}

/// Whether a point lies less far than this from an edge, exactly as far, or further. Decided as exactly as between points.
#[must_use]
pub fn apart_from_edge(point: Coord, [a, b]: [Coord; 2], distance: Metres) -> Ordering {
    let ends = apart(point, a, distance).min(apart(point, b, distance));
    if ends == Ordering::Less || !(is_past(point, a, b) && is_past(point, b, a)) {
        return ends;
    }
    ends.min(apart_from_line(point, a, b, distance))
}

/// Whether a point lies on the side of `from` that `to` is on: `(point−from)·(to−from) > 0`.
fn is_past(point: Coord, from: Coord, to: Coord) -> bool {
    let (x, y) = ((point.x - from.x) * (to.x - from.x), (point.y - from.y) * (to.y - from.y));
    if (x + y).abs() > SLACK * (x.abs() + y.abs()) {
        return x + y > 0.0;
    }
    let [px, py] = Sum::differences(point, from);
    let [dx, dy] = Sum::differences(to, from);
    px.times(&dx).plus(&py.times(&dy)).sign() > 0.0
}

/// How far a point lies from the line through two others, which differ.
fn apart_from_line(point: Coord, a: Coord, b: Coord, distance: Metres) -> Ordering {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let (left, right) = (dx * (point.y - a.y), dy * (point.x - a.x));
    let (cross, doubt) = ((left - right).abs(), SLACK * (left.abs() + right.abs()));
    let limit = distance.metres() * dx.hypot(dy);
    if cross + doubt < limit * (1.0 - SLACK) {
        return Ordering::Less;
    }
    if cross - doubt > limit * (1.0 + SLACK) || !cross.is_finite() {
        return Ordering::Greater;
    }
    let [px, py] = Sum::differences(point, a);
    let [dx, dy] = Sum::differences(b, a);
    let cross = dx.times(&py).plus(&dy.times(&px).times(&Sum(vec![-1.0])));
    #[expect(clippy::cast_precision_loss, reason = "exact below nine million kilometres")]
    let millimetres = Sum(vec![distance.millimetres() as f64]);
    let length = dx.times(&dx).plus(&dy.times(&dy)).times(&millimetres).times(&millimetres);
    // The distance is in whole millimetres.
    order(cross.times(&cross).times(&Sum(vec![1e6])).plus(&length.times(&Sum(vec![-1.0]))).sign())
}

fn order(excess: f64) -> Ordering {
    excess.partial_cmp(&0.0).unwrap_or(Ordering::Greater)
}

/// A number with the sign of `(a.x−b.x)² + (a.y−b.y)² − distance²`.
fn excess(a: Coord, b: Coord, distance: Metres) -> f64 {
    let mut sum = Sum::default();
    for (a, b) in [(a.x, b.x), (a.y, b.y)] {
        let (difference, rest) = two_sum(a, -b);
        for (p, q) in [(difference, difference), (2.0 * difference, rest), (rest, rest)] {
            let (product, error) = two_product(p, q);
            // The distance is in whole millimetres.
            sum.add_product(error, 1e6);
            sum.add_product(product, 1e6);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "exact below nine million kilometres")]
    let millimetres = distance.millimetres() as f64;
    sum.add_product(-millimetres, millimetres);
    sum.sign()
}

/// A sum of floats, smallest first, none of which overlap.
#[derive(Default)]
struct Sum(Vec<f64>);

impl Sum {
    fn add_product(&mut self, a: f64, b: f64) {
        let (product, error) = two_product(a, b);
        self.add(error);
        self.add(product);
    }

    fn add(&mut self, number: f64) {
        let mut carried = number;
        for part in &mut self.0 {
            (carried, *part) = two_sum(carried, *part);
        }
        self.0.push(carried);
    }

    /// The differences of two points along both axes.
    fn differences(a: Coord, b: Coord) -> [Self; 2] {
        [(a.x, b.x), (a.y, b.y)].map(|(a, b)| {
            let (difference, rest) = two_sum(a, -b);
            Self(vec![rest, difference])
        })
    }

    fn times(&self, other: &Self) -> Self {
        let mut product = Self::default();
        for &a in &self.0 {
            other.0.iter().for_each(|&b| product.add_product(a, b));
        }
        product
    }

    fn plus(mut self, other: &Self) -> Self {
        other.0.iter().for_each(|&part| self.add(part));
        self
    }

    fn sign(&self) -> f64 {
        self.0.iter().rev().find(|&&part| part != 0.0).copied().unwrap_or(0.0)
    }
}

/// `a + b`, and what rounding took from it.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    let of_a = sum - of_b;
    (sum, (a - of_a) + (b - of_b))
}

/// `a × b`, and what rounding took from it.
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    (product, a.mul_add(b, -product))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metres(text: &str) -> Metres {
        text.parse().unwrap_or_else(|_| unreachable!("{text} is a distance"))
    }

    fn at(x: f64, y: f64) -> Coord {
        Coord { x, y }
    }

    #[test]
    fn exactly_as_far_is_within_and_the_next_float_is_not() {
        let here = at(500_000.0, 6_400_000.0);
        for (dx, dy) in [(30.0, 40.0), (-40.0, 30.0), (50.0, 0.0), (14.0, -48.0)] {
            let there = at(here.x + dx, here.y + dy);
            assert!(within(here, there, metres("50 m")), "{dx} {dy}");
            let further = |v: f64, d: f64| if d > 0.0 { v.next_up() } else { v.next_down() };
            assert!(!within(here, at(further(there.x, dx), there.y), metres("50 m")), "{dx} {dy}");
            assert!(!within(here, there, metres("49.999 m")), "{dx} {dy}");
        }
    }

    #[test]
    fn what_a_rounded_square_cannot_tell_apart_is_told_apart() {
        // 50² + (10⁻¹⁰)² and 50² are the same float.
        assert!(within(at(0.0, 0.0), at(50.0, 0.0), metres("50 m")));
        assert!(!within(at(0.0, 0.0), at(50.0, 1e-10), metres("50 m")));
        // The difference itself is rounded: 0.1 is a little more than a tenth.
        assert!(!within(at(-50.0, 0.0), at(0.1, 0.0), metres("50.1 m")));
        assert!(within(at(-50.0, 0.0), at(0.1f64.next_down(), 0.0), metres("50.1 m")));
    }

    #[test]
    fn no_distance_at_all_is_the_same_point() {
        assert!(within(at(1.5, 2.5), at(1.5, 2.5), metres("0 m")));
        assert!(!within(at(1.5, 2.5), at(1.5f64.next_up(), 2.5), metres("0 m")));
        assert!(!within(at(f64::NAN, 2.5), at(1.5, 2.5), metres("10 m")), "no position is near nothing");
        assert!(!within(at(f64::INFINITY, 2.5), at(f64::INFINITY, 2.5), metres("10 m")));
    }

    #[test]
    fn a_point_is_as_far_from_an_edge_as_from_its_nearest_point() {
        let d = metres("10 m");
        // 3-4-5: the line through (0, 0) and (40, 30) passes 10 m from (-6, 8) + (20, 15) = (14, 23).
        let edge = [at(500_000.0, 6_400_000.0), at(500_040.0, 6_400_030.0)];
        let from = |x: f64, y: f64| apart_from_edge(at(500_000.0 + x, 6_400_000.0 + y), edge, d);
        assert_eq!(from(14.0, 23.0), Ordering::Equal);
        assert_eq!(from(14.0, 22.999_999), Ordering::Less);
        assert_eq!(from(14.0, 23.000_001), Ordering::Greater);
        // Beyond the ends only the ends count: (-8, -6) is 10 m from (0, 0) along the line.
        assert_eq!(from(-8.0, -6.0), Ordering::Equal);
        assert_eq!(from(-8.0, -6.000_001), Ordering::Greater);
        assert_eq!(from(48.0, 36.0), Ordering::Equal);
        assert_eq!(from(20.0, 15.0), Ordering::Less, "on the edge");
        // Square to the edge at its end: the perpendicular and the end are equally far.
        assert_eq!(from(-6.0, 8.0), Ordering::Equal);
        let flat = [at(0.0, 0.0), at(100.0, 0.0)];
        assert_eq!(apart_from_edge(at(50.0, 10.0f64.next_up()), flat, d), Ordering::Greater, "the next float");
        assert_eq!(apart_from_edge(at(50.0, 10.0f64.next_down()), flat, d), Ordering::Less);
        assert_eq!(apart_from_edge(at(f64::NAN, 1.0), flat, d), Ordering::Greater);
    }
}
