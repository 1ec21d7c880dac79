//! nittio-io reads and writes the files people have.

pub mod crs;
pub mod read;
pub mod repair;
pub mod study_file;
pub mod write;
