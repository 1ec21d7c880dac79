//! How long each phase takes: index, join, tally, evaluate; on the embedded study and on a made-up one.
//!
//! `cargo bench -p nittio-benches` runs all of them, `-- join` those with that name. Items are places, or footprints for
//! the index.
#![allow(clippy::unwrap_used, reason = "a bench stops by panicking")]

use std::sync::OnceLock;

use divan::{Bencher, black_box, counter::ItemsCount};
use nittio_core::{
    coverage::{Coverage, join},
    index::CoverageIndex,
    indicator::{evaluate, measures},
    study::Study,
    tally::Tally,
};
use nittio_io::{ingest, study_file::load::load};

fn main() {
    divan::main();
}

/// The studies.
const CASES: [Case; 2] = [Case::Jonkoping, Case::Grid];

#[derive(Debug, Clone, Copy)]
enum Case {
    /// The embedded study.
    Jonkoping,
    /// A million places and 2 500 footprints.
    Grid,
}

impl Case {
    /// The study with every stage done, made when it is first asked for.
    fn run(self) -> &'static Run {
        static JONKOPING: OnceLock<Run> = OnceLock::new();
        static GRID: OnceLock<Run> = OnceLock::new();
        match self {
            Self::Jonkoping => JONKOPING.get_or_init(|| Run::of(jonkoping())),
            Self::Grid => GRID.get_or_init(|| Run::of(nittio_guard::study(1_000_000, 50))),
        }
    }
}

struct Run {
    study: Study,
    index: CoverageIndex,
    coverage: Coverage,
    tally: Tally,
}

impl Run {
    fn of(study: Study) -> Self {
        let index = CoverageIndex::build(&study);
        let coverage = join(&index, &study, |_| {});
        let tally = Tally::observe(&study.frame, &study.places, &coverage);
        Self { study, index, coverage, tally }
    }

    fn places(&self) -> ItemsCount {
        ItemsCount::new(self.study.places.len())
    }
}

fn jonkoping() -> Study {
    let folder = tempfile::tempdir().unwrap();
    nittio_datasets::jonkoping().unpack(folder.path()).unwrap();
    let loaded = load(&folder.path().join("nittio.toml")).unwrap();
    ingest::study(&loaded, &ingest::Quiet).unwrap().study
}

#[divan::bench(args = CASES, sample_count = 10, sample_size = 1)]
fn build_index(bencher: Bencher<'_, '_>, case: Case) {
    let run = case.run();
    let footprints = ItemsCount::new(run.study.footprints.len());
    bencher.counter(footprints).bench_local(|| CoverageIndex::build(black_box(&run.study)));
}

#[divan::bench(args = CASES, sample_count = 10, sample_size = 1)]
fn join_places(bencher: Bencher<'_, '_>, case: Case) {
    let run = case.run();
    bencher.counter(run.places()).bench_local(|| join(black_box(&run.index), &run.study, |_| {}));
}

#[divan::bench(args = CASES, sample_count = 10, sample_size = 1)]
fn observe_tally(bencher: Bencher<'_, '_>, case: Case) {
    let run = case.run();
    let study = &run.study;
    bencher.counter(run.places()).bench_local(|| Tally::observe(&study.frame, black_box(&study.places), &run.coverage));
}

#[divan::bench(args = CASES, sample_count = 10, sample_size = 1)]
fn evaluate_indicators(bencher: Bencher<'_, '_>, case: Case) {
    let run = case.run();
    let study = &run.study;
    let measures = measures(study);
    bencher.bench_local(|| evaluate(black_box(&run.tally), &study.frame, &study.profiles, &measures));
}
