//! nittio-io reads and writes the files people have.
//!
//! In goes a study file and the files it names; out comes a [`Study`](nittio_core::study::Study) with an account of
//! what was odd ([`ingest`]), and, after the core has counted, the files of the result ([`write`]).

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::print_stderr,
        reason = "tests fail by panicking"
    )
)]

pub mod study_file;

pub mod crs;
pub mod extent;
pub mod ingest;
pub mod read;
pub mod repair;

pub mod index_file;
mod mapped;
mod numbers;

pub mod last;

pub mod basis;
pub mod candidates;
pub mod saved;

pub mod delivery;
pub mod edition;
pub mod join;
mod outlines;
mod plans;
pub mod review;
pub mod scenario;
pub mod sorter;
pub mod stage;

pub mod verify;
pub mod write;

pub mod bench;
