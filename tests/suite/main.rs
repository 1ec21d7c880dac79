//! The whole program, driven as a user drives it: files in, exit code, standard output and files out.
//!
//! What is expected was counted by hand or by programs that share no code with nittio (GEOS, GDAL, polars in Python,
//! DuckDB, LibreOffice, a browser). `cargo xtask test` builds the program, installs those and runs everything.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    reason = "tests fail by panicking, and a test program has no public"
)]

// What the cases stand on: the program, its outputs, other programs, real data.
mod figures;
mod made_up;
mod outputs;
mod program;
mod real_data;
mod tools;

// The cases.
mod dalarna;
mod jonkoping;
mod real_us_cities;
mod synthetic_country;
mod toyland;

mod aid;
mod bench;
mod borders;
mod broken_input;
mod candidates;
mod categories;
mod delivery;
mod disk;
mod doubt;
mod exit_codes;
mod grid;
mod history;
mod index_file;
mod killed;
mod near;
mod open_data;
mod plans;
mod public;
mod report;
mod review;
mod same_bytes;
mod scenarios;
mod since;
mod tables;
mod theme;
mod trends;

mod browser;
mod foreign;
mod kommun;
mod layers;
mod live;
#[cfg(feature = "pdf")]
mod pdf;
mod pictures;
