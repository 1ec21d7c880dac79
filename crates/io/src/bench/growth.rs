//! How time grows: the exponent of time against size, from sizes on a logarithmic scale.

use serde::{Deserialize, Serialize};

use super::record::{Case, Phase, Seconds};

/// How the time of each phase grows with one thing while all else stays as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    /// What grows.
    pub with: Axis,
    /// The number of threads.
    pub threads: usize,
    /// The sizes, from small to large.
    pub sizes: Vec<u64>,
    /// Per phase the exponent: 1 when twice the size takes twice the time. Phases too short to tell are left out.
    pub exponents: Seconds,
}

/// What grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// The number of places.
    Places,
    /// The number of vertices.
    Vertices,
}

impl Axis {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Places => "places",
            Self::Vertices => "vertices",
        }
    }

    const fn of(self, case: &Case) -> u64 {
        match self {
            Self::Places => case.places,
            Self::Vertices => case.vertices,
        }
    }
}

/// A phase whose largest median is shorter than this is too short to tell.
const SHORTEST_S: f64 = 0.001;

/// Every growth that the cases show: those that differ in one thing only, of at least two sizes.
pub(super) fn growths(cases: &[Case]) -> Vec<Growth> {
    let mut growths = Vec::new();
    for axis in [Axis::Places, Axis::Vertices] {
        let other = if axis == Axis::Places { Axis::Vertices } else { Axis::Places };
        let key = |case: &Case| (case.threads, other.of(case));
        let mut keys: Vec<_> = cases.iter().map(key).collect();
        keys.sort_unstable();
        keys.dedup();
        for wanted in keys {
            let mut alike: Vec<&Case> = cases.iter().filter(|case| key(case) == wanted).collect();
            alike.sort_by_key(|case| axis.of(case));
            let sizes: Vec<u64> = alike.iter().map(|case| axis.of(case)).collect();
            if sizes.first() == sizes.last() {
                continue;
            }
            let exponents = Phase::ALL.into_iter().filter_map(|phase| {
                let medians: Option<Vec<f64>> = alike.iter().map(|case| Some(case.spread(phase)?.median_s)).collect();
                let medians = medians.filter(|all| all.iter().any(|&s| s >= SHORTEST_S))?;
                Some((phase, exponent(&sizes, &medians)?))
            });
            growths.push(Growth { with: axis, threads: wanted.0, exponents: exponents.collect(), sizes });
        }
    }
    growths
}

/// The slope of the line through the logarithms, by least squares; `None` without two sizes, or without times.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no size comes near 2^53")]
pub fn exponent(sizes: &[u64], seconds: &[f64]) -> Option<f64> {
    let points: Vec<(f64, f64)> = sizes
        .iter()
        .zip(seconds)
        .filter(|&(&size, &seconds)| size > 0 && seconds > 0.0)
        .map(|(&size, &seconds)| ((size as f64).ln(), seconds.ln()))
        .collect();
    let count = points.len() as f64;
    let mean = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / count;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let across: f64 = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    let along: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    (points.len() > 1 && along > 0.0).then(|| across / along)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Option<f64>, expected: f64) {
        assert!(found.is_some_and(|found| (found - expected).abs() < 1e-6), "{found:?}, not {expected}");
    }

    #[test]
    fn time_that_grows_as_a_power_has_that_power() {
        let sizes = [1_000, 3_333, 10_000];
        let times = |power: f64| sizes.map(|n| 2e-7 * f64::from(u32::try_from(n).unwrap()).powf(power));
        near(exponent(&sizes, &times(1.0)), 1.0);
        near(exponent(&sizes, &times(2.0)), 2.0);
        near(exponent(&sizes, &times(0.5)), 0.5);
        near(exponent(&sizes, &[3.0, 3.0, 3.0]), 0.0);
    }

    #[test]
    fn points_off_the_line_are_balanced() {
        // By hand: log10 of sizes 0, 1, 2 and of times 0, 1, 1; the slope is Σxy/Σx² about the means = 1/2.
        near(exponent(&[1, 10, 100], &[1.0, 10.0, 10.0]), 0.5);
    }

    #[test]
    fn one_size_has_no_exponent() {
        assert_eq!(exponent(&[5, 5], &[1.0, 2.0]), None);
        assert_eq!(exponent(&[5], &[1.0]), None);
        assert_eq!(exponent(&[], &[]), None);
        assert_eq!(exponent(&[5, 50], &[0.0, 2.0]), None);
    }
}
