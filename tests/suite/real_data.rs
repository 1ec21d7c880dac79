//! Real data that nobody in this project wrote, where there is a copy.

use std::{env, io::Write as _, path::PathBuf};

/// The folder that `NITTIO_REAL_DATA` names; without it, says plainly that the case was not run.
pub fn folder(case: &str) -> Option<PathBuf> {
    let Some(folder) = env::var_os("NITTIO_REAL_DATA") else {
        not_run(case, "NITTIO_REAL_DATA is not set");
        return None;
    };
    let folder = PathBuf::from(folder);
    assert!(folder.is_dir(), "NITTIO_REAL_DATA is set, but {} is no folder", folder.display());
    Some(folder)
}

/// Says that a case was not run. Not by `eprintln!`, which the test harness keeps to itself.
pub fn not_run(case: &str, why: &str) {
    // In one piece, so that other cases' lines do not come in between.
    let _ = std::io::stderr().write_all(format!("not run: {case}: {why}\n").as_bytes());
}
