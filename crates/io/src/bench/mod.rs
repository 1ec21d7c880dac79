//! How long a study's run takes, phase by phase: measured, written down, and held against an earlier measurement.
//!
//! ```text
//! studies × threads ──measure──▶ Record ──▶ bench.json
//!                                  │ compare with an earlier one
//!                                  ▼
//!                              faster, slower or the same, phase by phase
//! ```
//!
//! `docs/bench.md` says what each phase is and how a verdict comes about. Everything else in nittio is without a clock.

pub mod compare;
pub mod csv;
pub mod growth;
pub mod machine;
pub mod record;

use std::{
    io,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use nittio_core::index::CoverageIndex;
use rayon::{ThreadPool, ThreadPoolBuilder};
use sha2::{Digest as _, Sha256};

use crate::{
    ingest::{Opened, Progress, Reading},
    join::{self, JoinError, Keep},
    sorter::PlaceRow,
    stage::Stage,
    study_file::{error::StudyFileError, load::Loaded},
    write::{self, PlacesFrom, error::WriteError, staging::Staging},
};
use compare::{CompareError, comparable};
use machine::Machine;
use record::{About, Case, Phase, Record, Run};

/// A study to measure, or a part of it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The study.
    pub loaded: &'a Loaded,
    /// Of each file of places only the first batches are read, one in so many.
    pub one_in: usize,
    /// The part of a made-up country's footprints that are there.
    pub scale: Option<f64>,
}

/// How to measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How often each case is run.
    pub repeat: usize,
    /// Numbers of threads to measure with.
    pub threads: Vec<usize>,
    /// How many bytes of places are held in memory at most while they wait to be put in order.
    pub held_bytes: usize,
    /// Which made-up country this is, when it is one.
    pub preset: Option<String>,
}

/// Why something could not be measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchError {
    /// A file of the study cannot be used.
    #[error(transparent)]
    Study(#[from] StudyFileError),
    /// Places could not be joined.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// A result cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// There is no room for temporary files.
    #[error("a temporary folder cannot be made: {0}")]
    Temporary(#[from] io::Error),
    /// Threads cannot be had.
    #[error("{threads} threads cannot be had: {reason}")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// What the system said.
        reason: String,
    },
    /// It cannot be held against the earlier measurement.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// All parts of the study have the same size.
    #[error(
        "the study's {places} places come in too few batches to be read in part; to see how time grows, use a larger \
         study or a preset"
    )]
    OneSize {
        /// How many there are.
        places: u64,
    },
}

/// Runs every study on every number of threads, as often as is asked, and takes the time.
///
/// All cases are run once, then all a second time, so that a machine that slows down does so for each of them. `begin`
/// is called before each run with its number, from 0, and with how many there are. When it is to be held against an
/// earlier measurement, and that is of something else, the first run is the last.
///
/// # Errors
/// When a run fails, the parts of a study turn out to be equally large, or the earlier measurement is of something else.
pub fn measure(
    subjects: &[Subject<'_>],
    settings: &Settings,
    before: Option<&Record>,
    begin: &dyn Fn(usize, usize),
) -> Result<Record, BenchError> {
    let pools = settings.threads.iter().map(|&threads| pool(threads)).collect::<Result<Vec<_>, _>>()?;
    let of_pools =
        |subject| pools.iter().map(move |pool| UnderWay { pool, subject, size: Size::default(), runs: Vec::new() });
    let mut cases: Vec<UnderWay<'_>> = subjects.iter().flat_map(|&subject| of_pools(subject)).collect();
    let mut record: Option<Record> = None;
    if before.is_some() && settings.repeat < 2 {
        return Err(CompareError::OneRun.into());
    }
    for round in 0..settings.repeat {
        let count = cases.len();
        for (at, case) in cases.iter_mut().enumerate() {
            begin(round * count + at, settings.repeat * count);
            let ran = case.pool.install(|| run(case.subject, settings.held_bytes))?;
            if record.is_none() {
                let about = About { preset: settings.preset.clone(), ..ran.about };
                let begun = Record::new(about, Machine::here(), Vec::new());
                before.map_or(Ok(()), |before| comparable(before, &begun))?;
                record = Some(begun);
            }
            case.size = ran.size;
            case.runs.push(ran.run);
        }
        if round == 0 && subjects.iter().any(|subject| subject.one_in > 1) {
            drop_equal_parts(&mut cases)?;
        }
    }
    let cases = cases
        .into_iter()
        .map(|case| Case::new(case.pool.current_num_threads(), case.subject.scale, case.size, case.runs))
        .collect();
    let Record { study, machine, .. } =
        record.unwrap_or_else(|| Record::new(About::default(), Machine::here(), Vec::new()));
    Ok(Record::new(study, machine, cases))
}

/// A case that is being measured.
struct UnderWay<'a> {
    pool: &'a ThreadPool,
    subject: Subject<'a>,
    size: Size,
    runs: Vec<Run>,
}

/// Of parts of a study that turned out to be equally large, the first is enough.
fn drop_equal_parts(cases: &mut Vec<UnderWay<'_>>) -> Result<(), BenchError> {
    let mut sizes = Vec::new();
    let threads = cases.iter().map(|case| case.pool.current_num_threads()).max();
    cases.retain(|case| {
        let size = (case.size.places, case.pool.current_num_threads());
        let new = !sizes.contains(&size);
        sizes.push(size);
        new
    });
    let most = cases.iter().filter(|case| Some(case.pool.current_num_threads()) == threads);
    match most.map(|case| case.size.places).collect::<Vec<_>>().as_slice() {
        &[places] => Err(BenchError::OneSize { places }),
        _ => Ok(()),
    }
}

fn pool(threads: usize) -> Result<ThreadPool, BenchError> {
    let built = ThreadPoolBuilder::new().num_threads(threads).build();
    built.map_err(|error| BenchError::Threads { threads, reason: error.to_string() })
}

/// How much there was to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// Places.
    pub places: u64,
    /// Footprints.
    pub footprints: u64,
    /// Vertices of footprints, areas and settlements.
    pub vertices: u64,
    /// Bytes of the index.
    pub index_bytes: u64,
}

/// A run that is over.
struct Ran {
    about: About,
    size: Size,
    run: Run,
}

/// All that `nittio run` does, but for drawing the report.
fn run(subject: Subject<'_>, held_bytes: usize) -> Result<Ran, BenchError> {
    let folder = tempfile::tempdir()?;
    let stopwatch = Stopwatch::default();
    machine::forget_peak();
    let mut clock = Clock::start();
    let staging = Staging::new(&folder.path().join("out"))?;
    let reading = Reading::new(subject.loaded, &stopwatch)?;
    let mut opened = Opened::new(&reading)?;
    opened.keep_first(subject.one_in);
    // Footprints are read in pieces too.
    stopwatch.forget(Stage::Read);
    clock.mark(Phase::Polygons);

    let mut index = CoverageIndex::build(&opened.study);
    opened.forget_outlines();
    clock.mark(Phase::Index);

    let size = index.size();
    let temporary = staging.temporary();
    let keep = Keep { folder: &temporary, bytes: held_bytes };
    let mut joined = join::join(&opened, &mut index, Some(keep), &|_| {})?;
    drop(index);
    clock.mark(Phase::Stream);

    let outcome = joined.outcome(&opened);
    clock.mark(Phase::Evaluate);

    let mut rows = joined.rows.take();
    let finished = joined.finished(&opened, &outcome);
    let mut each =
        |take: &mut dyn FnMut(PlaceRow<'_>) -> io::Result<()>| rows.take().map_or(Ok(()), |rows| rows.each(take));
    write::results(&staging, &finished, Some(PlacesFrom::Each(&mut each)))?;
    write::finish(staging, &finished)?;
    clock.mark(Phase::Write);

    let run = clock.stop(&stopwatch);
    let size = Size {
        places: joined.places.iter().sum(),
        footprints: opened.footprints as u64,
        vertices: size.vertices as u64,
        index_bytes: size.bytes as u64,
    };
    let mut digest = Sha256::new();
    outcome.provenance.inputs.iter().for_each(|input| digest.update(input.sha256.as_bytes()));
    let files = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Ran { about: About { name: outcome.name, preset: None, files }, size, run })
}

/// Seconds on the clock between marks.
struct Clock {
    start: Instant,
    last: Instant,
    marks: Vec<(Phase, Duration)>,
}

impl Clock {
    fn start() -> Self {
        let now = Instant::now();
        Self { start: now, last: now, marks: Vec::new() }
    }

    fn mark(&mut self, phase: Phase) {
        let now = Instant::now();
        self.marks.push((phase, now - self.last));
        self.last = now;
    }

    /// All phases, now that those are known that are parts of what stands between two marks.
    fn stop(self, stopwatch: &Stopwatch) -> Run {
        let of = |stage| stopwatch.time(stage);
        let mut seconds: Vec<(Phase, f64)> = self
            .marks
            .iter()
            .map(|&(phase, time)| match phase {
                Phase::Polygons => (phase, time.saturating_sub(of(Stage::Open))),
                Phase::Stream => (phase, time.saturating_sub(of(Stage::Merge))),
                _ => (phase, time),
            })
            .chain([
                (Phase::Open, of(Stage::Open)),
                (Phase::Read, of(Stage::Read)),
                (Phase::Join, of(Stage::Join)),
                (Phase::Tally, of(Stage::Tally)),
                (Phase::Sort, of(Stage::Sort)),
                (Phase::Merge, of(Stage::Merge)),
                (Phase::Total, self.last - self.start),
            ])
            .map(|(phase, time)| (phase, time.as_secs_f64()))
            .collect();
        seconds.sort_unstable_by_key(|&(phase, _)| phase);
        Run { seconds: seconds.into_iter().collect(), peak_bytes: machine::peak_bytes() }
    }
}

/// Adds up what threads say.
#[derive(Debug, Default)]
struct Stopwatch {
    /// Nanoseconds by stage, in the order of [`Stage::ALL`].
    nanoseconds: [AtomicU64; Stage::ALL.len()],
}

impl Stopwatch {
    fn forget(&self, stage: Stage) {
        self.nanoseconds[stage as usize].store(0, Ordering::Relaxed);
    }

    fn time(&self, stage: Stage) -> Duration {
        Duration::from_nanos(self.nanoseconds[stage as usize].load(Ordering::Relaxed))
    }
}

impl Progress for Stopwatch {
    fn begin(&self, _: &str) {}
    fn advance(&self, _: u64) {}
    fn end(&self) {}
    fn spent(&self, stage: Stage, time: Duration) {
        let time = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds[stage as usize].fetch_add(time, Ordering::Relaxed);
    }
}
