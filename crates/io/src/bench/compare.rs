//! A measurement held against an earlier one: each phase is faster, slower, or the same within the spread of the runs.

use serde::Serialize;

use super::record::{Case, Phase, Record, Spread};

/// What became of a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It takes less time.
    Faster,
    /// The runs do not tell them apart.
    Same,
    /// It takes more time.
    Slower,
}

/// Medians that differ by no more than this part of the earlier one are the same.
pub const LEAST_CHANGE: f64 = 0.05;

/// Medians that differ by no more than this are the same, however short the phase is.
///
/// # Units
/// Seconds.
pub const LEAST_SECONDS: f64 = 0.001;

impl Verdict {
    /// The verdict on two spreads: they differ when the medians do, by more than [`LEAST_CHANGE`] and by more than
    /// [`LEAST_SECONDS`], **and** the intervals from the shortest to the longest run have nothing in common.
    #[must_use]
    pub fn of(before: &Spread, now: &Spread) -> Self {
        let change = now.median_s - before.median_s;
        let apart = now.min_s > before.max_s || now.max_s < before.min_s;
        if !apart || change.abs() <= LEAST_CHANGE * before.median_s || change.abs() <= LEAST_SECONDS {
            return Self::Same;
        }
        if change < 0.0 { Self::Faster } else { Self::Slower }
    }

    /// The word for it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Faster => "faster",
            Self::Same => "same",
            Self::Slower => "slower",
        }
    }
}

/// A phase of a case, before and now.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Change {
    /// The number of threads.
    pub threads: usize,
    /// Places.
    pub places: u64,
    /// Vertices.
    pub vertices: u64,
    /// The phase.
    pub phase: Phase,
    /// What the earlier runs came to.
    pub before: Spread,
    /// What the runs came to now.
    pub now: Spread,
    /// How much longer the median is now, as a part of the earlier one; below 0 when it is shorter.
    pub change: f64,
    /// What became of it.
    pub verdict: Verdict,
}

/// Why two measurements cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// They are of different studies.
    #[error("it measured another study: {before}; this is {now}")]
    Study {
        /// The earlier one's.
        before: String,
        /// This one's.
        now: String,
    },
    /// The study's files are not the same.
    #[error(
        "it measured {name} too, but the study's files have changed since; measure both versions on the same files"
    )]
    Files {
        /// The study's name.
        name: String,
    },
    /// They were made on different machines.
    #[error("it was measured on another machine: {before}; this is {now}")]
    Machine {
        /// The earlier one's.
        before: String,
        /// This one's.
        now: String,
    },
    /// One was made by a program that was built to be fast, the other by one that was not.
    #[error("it was measured by a {before} build of nittio, and this is a {now} build")]
    Build {
        /// The earlier one's.
        before: String,
        /// This one's.
        now: String,
    },
    /// They have no case in common.
    #[error("it has no case in common with this: it measured {before}; this is {now}")]
    Cases {
        /// The earlier one's.
        before: String,
        /// This one's.
        now: String,
    },
    /// A case was run once only, so nobody knows how much its times vary.
    #[error("a comparison needs two runs of each case or more, better five: use --repeat; one of the two has one run")]
    OneRun,
}

/// Whether two measurements are of the same study, on the same machine, by the same kind of build.
///
/// # Errors
/// When they are not.
pub fn comparable(before: &Record, now: &Record) -> Result<(), CompareError> {
    let texts = |of: fn(&Record) -> String| (of(before), of(now));
    let named = |record: &Record| match &record.study.preset {
        Some(preset) => format!("the preset {preset}"),
        None => format!("\"{}\"", record.study.name),
    };
    let (then, here) = texts(named);
    if then != here {
        return Err(CompareError::Study { before: then, now: here });
    }
    // A preset is known by what it is made from; the files depend on what else was asked for.
    if before.study.preset.is_none() && before.study.files != now.study.files {
        return Err(CompareError::Files { name: here });
    }
    if !before.machine.is_like(&now.machine) {
        let (before, now) = texts(|record| record.machine.to_string());
        return Err(CompareError::Machine { before, now });
    }
    if before.build != now.build {
        return Err(CompareError::Build { before: before.build.clone(), now: now.build.clone() });
    }
    Ok(())
}

/// Holds a measurement against an earlier one, case by case and phase by phase. Cases that only one of them has are
/// left out.
///
/// # Errors
/// When they are not [`comparable`], have no case in common, or only one run of one.
pub fn compare(before: &Record, now: &Record) -> Result<Vec<Change>, CompareError> {
    comparable(before, now)?;
    let key = |case: &Case| (case.threads, case.places, case.footprints, case.vertices);
    let mut changes = Vec::new();
    for case in &now.cases {
        let Some(earlier) = before.cases.iter().find(|earlier| key(earlier) == key(case)) else { continue };
        if earlier.runs.len() < 2 || case.runs.len() < 2 {
            return Err(CompareError::OneRun);
        }
        for phase in Phase::ALL {
            let (Some(&before), Some(&now)) = (earlier.spread(phase), case.spread(phase)) else { continue };
            changes.push(Change {
                threads: case.threads,
                places: case.places,
                vertices: case.vertices,
                phase,
                before,
                now,
                change: if before.median_s > 0.0 { now.median_s / before.median_s - 1.0 } else { 0.0 },
                verdict: Verdict::of(&before, &now),
            });
        }
    }
    if changes.is_empty() {
        let cases = |record: &Record| record.cases.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        return Err(CompareError::Cases { before: cases(before), now: cases(now) });
    }
    Ok(changes)
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { threads, places, footprints, vertices, .. } = self;
        write!(f, "{threads} threads, {places} places, {footprints} footprints, {vertices} vertices")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::record::{
        Counted,
        tests::{case, record},
    };

    fn spread(min_s: f64, median_s: f64, max_s: f64) -> Spread {
        Spread { counted: Counted::Wall, min_s, median_s, max_s, ns_per_place: 0.0 }
    }

    #[test]
    fn intervals_that_meet_are_the_same_however_far_the_medians_are_apart() {
        let before = spread(1.0, 1.1, 2.0);
        assert_eq!(Verdict::of(&before, &spread(2.0, 2.9, 3.0)), Verdict::Same);
        assert_eq!(Verdict::of(&before, &spread(2.001, 2.9, 3.0)), Verdict::Slower);
        assert_eq!(Verdict::of(&spread(2.001, 2.9, 3.0), &before), Verdict::Faster);
    }

    #[test]
    fn medians_within_five_per_cent_are_the_same_however_close_the_runs_are() {
        let before = spread(1.0, 1.0, 1.0);
        assert_eq!(Verdict::of(&before, &spread(1.049, 1.049, 1.049)), Verdict::Same);
        assert_eq!(Verdict::of(&before, &spread(1.051, 1.051, 1.051)), Verdict::Slower);
        assert_eq!(Verdict::of(&before, &spread(0.951, 0.951, 0.951)), Verdict::Same);
        assert_eq!(Verdict::of(&before, &spread(0.949, 0.949, 0.949)), Verdict::Faster);
    }

    #[test]
    fn a_millisecond_more_or_less_is_the_same() {
        let before = spread(0.0010, 0.0010, 0.0010);
        assert_eq!(Verdict::of(&before, &spread(0.0019, 0.0019, 0.0019)), Verdict::Same);
        assert_eq!(Verdict::of(&before, &spread(0.0021, 0.0021, 0.0021)), Verdict::Slower);
        assert_eq!(Verdict::of(&spread(0.0, 0.0, 0.0), &spread(0.0, 0.0, 0.0)), Verdict::Same);
    }

    #[test]
    fn cases_are_found_again_whatever_their_order() {
        let before = record(vec![case(1, 10, &[1.0, 1.1]), case(2, 10, &[0.5, 0.6]), case(4, 10, &[0.5, 0.6])]);
        let now = record(vec![case(2, 10, &[0.5, 0.7]), case(1, 10, &[2.0, 2.2]), case(1, 99, &[9.0, 9.0])]);
        let changes = compare(&before, &now).unwrap();
        assert_eq!(changes.len(), 2 * Phase::ALL.len());
        assert!(changes[..Phase::ALL.len()].iter().all(|c| (c.threads, c.verdict) == (2, Verdict::Same)));
        assert!(changes[Phase::ALL.len()..].iter().all(|c| (c.threads, c.verdict) == (1, Verdict::Slower)));
        assert!((changes[Phase::ALL.len()].change - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_cannot_be_compared_is_said() {
        let one = || record(vec![case(1, 10, &[1.0, 1.1])]);
        assert!(compare(&one(), &one()).is_ok());
        let against = |change: fn(&mut Record)| {
            let mut other = one();
            change(&mut other);
            compare(&other, &one()).unwrap_err().to_string()
        };
        assert!(against(|r| r.study.name = "B".to_owned()).contains("another study: \"B\"; this is \"A\""));
        assert!(against(|r| r.study.preset = Some("small".to_owned())).contains("the preset small"));
        assert!(against(|r| r.study.files = "11".to_owned()).contains("files have changed"));
        assert!(against(|r| r.machine.cores += 1).contains("another machine"));
        assert!(against(|r| r.build = "fast".to_owned()).contains("a fast build"));
        assert!(against(|r| r.cases[0].threads = 7).contains("7 threads, 10 places"));
        assert!(against(|r| r.cases[0].runs.truncate(1)).contains("--repeat"));
    }
}
