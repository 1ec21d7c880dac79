//! What was measured, in full: `bench.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Size, growth::Growth, machine::Machine};

/// A part of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Footprints, areas, settlements and offers are read, placed and repaired.
    Polygons,
    /// The files of places are opened: their digests taken, their pieces found.
    Open,
    /// The index is built.
    Index,
    /// Places are read, joined, counted and laid by, on all threads at once.
    Stream,
    /// In the stream: pieces of files become places.
    Read,
    /// In the stream: places are joined.
    Join,
    /// In the stream: they are counted.
    Tally,
    /// In the stream: they are put in order.
    Sort,
    /// The counts of all threads become one tally.
    Merge,
    /// Indicators are computed, goals held against them.
    Evaluate,
    /// All results are written.
    Write,
    /// From the start to the end.
    Total,
}

/// How the seconds of a phase are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// On the clock.
    Wall,
    /// Summed over the threads that were at it.
    Threads,
}

impl Counted {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Wall => "wall",
            Self::Threads => "threads",
        }
    }
}

impl Phase {
    /// All phases, in the order of work.
    pub const ALL: [Self; 12] = [
        Self::Polygons,
        Self::Open,
        Self::Index,
        Self::Stream,
        Self::Read,
        Self::Join,
        Self::Tally,
        Self::Sort,
        Self::Merge,
        Self::Evaluate,
        Self::Write,
        Self::Total,
    ];

    /// The parts of [`Phase::Stream`].
    pub const STREAMED: [Self; 4] = [Self::Read, Self::Join, Self::Tally, Self::Sort];

    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Polygons => "polygons",
            Self::Open => "open",
            Self::Index => "index",
            Self::Stream => "stream",
            Self::Read => "read",
            Self::Join => "join",
            Self::Tally => "tally",
            Self::Sort => "sort",
            Self::Merge => "merge",
            Self::Evaluate => "evaluate",
            Self::Write => "write",
            Self::Total => "total",
        }
    }

    /// What it is, in a few words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Polygons => "read polygons",
            Self::Open => "open places",
            Self::Index => "build index",
            Self::Stream => "stream places",
            Self::Read => "read places",
            Self::Join => "join",
            Self::Tally => "tally",
            Self::Sort => "sort by id",
            Self::Merge => "merge counts",
            Self::Evaluate => "evaluate",
            Self::Write => "write",
            Self::Total => "total",
        }
    }

    /// How its seconds are counted.
    #[must_use]
    pub fn counted(self) -> Counted {
        if Self::STREAMED.contains(&self) { Counted::Threads } else { Counted::Wall }
    }
}

/// A number per phase.
pub type Seconds = BTreeMap<Phase, f64>;

/// A measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Program and version.
    pub program: String,
    /// How the program was built: `release` or `debug`.
    pub build: String,
    /// What was measured.
    pub study: About,
    /// Where.
    pub machine: Machine,
    /// One per study, or part of it, and number of threads.
    pub cases: Vec<Case>,
    /// How time grows, where cases show it.
    pub growth: Vec<Growth>,
}

/// Which study.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct About {
    /// Its name.
    pub name: String,
    /// The made-up country that it is, for example `small, seed 1`.
    pub preset: Option<String>,
    /// A digest over the digests of all its files; of a preset, that of the first case.
    pub files: String,
}

/// One study, or part of it, on one number of threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The number of threads.
    pub threads: usize,
    /// Places.
    pub places: u64,
    /// Footprints.
    pub footprints: u64,
    /// Vertices of footprints, areas and settlements.
    pub vertices: u64,
    /// The part of a made-up country's footprints that are there.
    pub scale: Option<f64>,
    /// Bytes of the index.
    pub index_bytes: u64,
    /// The most memory of any run, where the system says it.
    pub peak_bytes: Option<u64>,
    /// Places per second on the clock, by the median of the stream.
    pub places_per_second: f64,
    /// Per phase what all runs come to.
    pub phases: BTreeMap<Phase, Spread>,
    /// Every single run.
    pub runs: Vec<Run>,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Seconds per phase.
    pub seconds: Seconds,
    /// The most memory that the process held, where the system says it.
    pub peak_bytes: Option<u64>,
}

/// What all runs of a phase come to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// How its seconds are counted.
    pub counted: Counted,
    /// The median.
    pub median_s: f64,
    /// The shortest.
    pub min_s: f64,
    /// The longest.
    pub max_s: f64,
    /// The median by the number of places.
    pub ns_per_place: f64,
}

impl Record {
    pub(super) fn new(study: About, machine: Machine, cases: Vec<Case>) -> Self {
        Self {
            program: concat!("nittio ", env!("CARGO_PKG_VERSION")).to_owned(),
            build: if cfg!(debug_assertions) { "debug" } else { "release" }.to_owned(),
            study,
            machine,
            growth: super::growth::growths(&cases),
            cases,
        }
    }

    /// The text of `bench.json`.
    ///
    /// # Errors
    /// When a number is none, which no measurement gives.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// How many times as fast a case is as the same on the fewest threads, by the medians of the total; `None` where there
    /// is nothing to compare it with.
    #[must_use]
    pub fn speedup(&self, case: &Case) -> Option<f64> {
        let alike = self.cases.iter().filter(|c| (c.places, c.vertices) == (case.places, case.vertices));
        let fewest = alike.min_by_key(|c| c.threads).filter(|c| c.threads != case.threads)?;
        Some(fewest.spread(Phase::Total)?.median_s / case.spread(Phase::Total)?.median_s)
    }

    /// Reads `bench.json`.
    ///
    /// # Errors
    /// When the text is not one.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }
}

impl Case {
    #[expect(clippy::cast_precision_loss, reason = "no number of places comes near 2^53")]
    pub(super) fn new(threads: usize, scale: Option<f64>, size: Size, runs: Vec<Run>) -> Self {
        let phases: BTreeMap<Phase, Spread> = Phase::ALL
            .into_iter()
            .filter_map(|phase| {
                let seconds = runs.iter().map(|run| run.seconds.get(&phase).copied()).collect::<Option<Vec<f64>>>()?;
                Some((phase, Spread::of(phase, seconds, size.places)?))
            })
            .collect();
        let stream = phases.get(&Phase::Stream).map_or(0.0, |spread| spread.median_s);
        Self {
            threads,
            places: size.places,
            footprints: size.footprints,
            vertices: size.vertices,
            scale,
            index_bytes: size.index_bytes,
            peak_bytes: runs.iter().filter_map(|run| run.peak_bytes).max(),
            places_per_second: if stream > 0.0 { (size.places as f64 / stream).round() } else { 0.0 },
            phases,
            runs,
        }
    }

    /// What all runs of a phase come to.
    #[must_use]
    pub fn spread(&self, phase: Phase) -> Option<&Spread> {
        self.phases.get(&phase)
    }

    /// The median seconds on the clock, in parts that add up: the stream's are divided among its stages as the
    /// threads' time was.
    #[must_use]
    pub fn on_the_clock(&self) -> Seconds {
        let median = |phase| self.spread(phase).map_or(0.0, |spread| spread.median_s);
        let threads: f64 = Phase::STREAMED.into_iter().map(median).sum();
        let factor = if threads > 0.0 { median(Phase::Stream) / threads } else { 0.0 };
        let parts = Phase::ALL.into_iter().filter(|phase| !matches!(phase, Phase::Stream | Phase::Total));
        parts
            .map(|phase| (phase, median(phase) * if phase.counted() == Counted::Threads { factor } else { 1.0 }))
            .collect()
    }
}

impl Spread {
    #[expect(clippy::cast_precision_loss, reason = "no number of places comes near 2^53")]
    fn of(phase: Phase, mut seconds: Vec<f64>, places: u64) -> Option<Self> {
        seconds.sort_unstable_by(f64::total_cmp);
        let middle = seconds.len() / 2;
        let median_s = match seconds.len() % 2 {
            0 => f64::midpoint(*seconds.get(middle.checked_sub(1)?)?, *seconds.get(middle)?),
            _ => *seconds.get(middle)?,
        };
        let (min_s, max_s) = (*seconds.first()?, *seconds.last()?);
        let ns_per_place = median_s * 1e9 / places.max(1) as f64;
        Some(Self { counted: phase.counted(), median_s, min_s, max_s, ns_per_place })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A case of which every phase took so many seconds, run by run.
    pub(in crate::bench) fn case(threads: usize, places: u64, seconds: &[f64]) -> Case {
        let run = |&s: &f64| Run { seconds: Phase::ALL.map(|phase| (phase, s)).into(), peak_bytes: None };
        let size = Size { places, footprints: 3, vertices: 40, index_bytes: 1_000 };
        Case::new(threads, None, size, seconds.iter().map(run).collect())
    }

    pub(in crate::bench) fn record(cases: Vec<Case>) -> Record {
        let study = About { name: "A".to_owned(), preset: None, files: "00".to_owned() };
        Record::new(study, Machine::here(), cases)
    }

    #[test]
    fn the_median_is_the_middle_or_between_the_two_in_the_middle() {
        let spread = |seconds: &[f64]| case(1, 1_000, seconds).phases[&Phase::Join];
        let odd = spread(&[3.0, 1.0, 2.5]);
        assert_eq!((odd.min_s, odd.median_s, odd.max_s), (1.0, 2.5, 3.0));
        assert_eq!(odd.ns_per_place, 2_500_000.0);
        let even = spread(&[4.0, 1.0, 2.0, 3.0]);
        assert_eq!((even.min_s, even.median_s, even.max_s), (1.0, 2.5, 4.0));
        assert!(case(1, 1_000, &[]).phases.is_empty());
    }

    #[test]
    fn a_record_comes_back_from_its_text() {
        let record = record(vec![case(1, 1_000, &[0.1, 0.3]), case(2, 1_000, &[0.07, 1.0 / 3.0])]);
        let text = record.to_json().unwrap();
        assert_eq!(Record::from_json(&text).unwrap(), record);
    }

    #[test]
    fn parts_of_the_stream_add_up_to_it() {
        let mut case = case(2, 1_000, &[1.0]);
        for (phase, seconds) in [(Phase::Read, 6.0), (Phase::Join, 1.5), (Phase::Tally, 0.5), (Phase::Sort, 2.0)] {
            case.phases.get_mut(&phase).unwrap().median_s = seconds;
        }
        case.phases.get_mut(&Phase::Stream).unwrap().median_s = 5.0;
        let parts = case.on_the_clock();
        assert_eq!(Phase::STREAMED.map(|phase| parts[&phase]), [3.0, 0.75, 0.25, 1.0]);
        assert_eq!(parts[&Phase::Write], 1.0);
        assert!(!parts.contains_key(&Phase::Stream));
    }
}
