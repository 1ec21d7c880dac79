//! What `cargo xtask guard` runs under callgrind: index, join and tally of a fixed study, on one thread.
//!
//! Each phase is a function of its own that is never inlined, so that callgrind can tell where one begins and ends.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks on the terminal")]

use std::process::ExitCode;

use nittio_core::{
    coverage::{Coverage, join},
    index::CoverageIndex,
    study::Study,
    tally::Tally,
};

fn main() -> ExitCode {
    // The main thread is the pool: callgrind notes for each thread by itself whether it counts.
    if let Err(error) = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global() {
        eprintln!("no pool of one thread: {error}");
        return ExitCode::FAILURE;
    }
    let study = nittio_guard::study(20_000, 21);
    let index = phase_index(&study);
    let coverage = phase_join(&index, &study);
    let tally = phase_tally(&study, &coverage);
    println!(
        "{} places, {} footprints, {} kinds, {} cells",
        study.places.len(),
        study.footprints.len(),
        coverage.kinds.len(),
        tally.len()
    );
    ExitCode::SUCCESS
}

#[inline(never)]
fn phase_index(study: &Study) -> CoverageIndex {
    CoverageIndex::build(study)
}

#[inline(never)]
fn phase_join(index: &CoverageIndex, study: &Study) -> Coverage {
    join(index, study, |_| {})
}

#[inline(never)]
fn phase_tally(study: &Study, coverage: &Coverage) -> Tally {
    Tally::observe(&study.frame, &study.places, coverage)
}
