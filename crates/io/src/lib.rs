//! nittio-io reads and writes the files people have.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking"))]

pub mod crs;
pub mod read;
pub mod repair;
pub mod study_file;
pub mod write;
