//! What can go wrong when a country is written, said in one line.

use std::{
    io,
    path::{Path, PathBuf},
};

/// The country cannot be made or written. Nothing was changed in the output folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The number of places is out of range.
    #[error("{found} places cannot be made; any number from 1 to {most} can")]
    Places {
        /// What was asked for.
        found: u64,
        /// The most there can be.
        most: u64,
    },
    /// The scale is out of range.
    #[error("the scale {found} cannot be used; any number over 0 and up to 1 can, such as 0.05")]
    Scale {
        /// What was asked for.
        found: f64,
    },
    /// No set of borders came out that is free of crossings.
    #[error("the seed {seed} gives borders that cross; choose another seed")]
    Borders {
        /// The seed.
        seed: u64,
    },
    /// The output path is a file.
    #[error("{}: this is a file; name a folder", path.display())]
    NotAFolder {
        /// The output path.
        path: PathBuf,
    },
    /// The output folder holds files of others.
    #[error(
        "{}: this folder is not empty and was not made by nittio generate ({} is in it); \
         choose another folder, or --force to write into this one",
        path.display(),
        found
    )]
    NotOurs {
        /// The output path.
        path: PathBuf,
        /// One of the names in it.
        found: String,
    },
    /// Places alone would lie in another country than the polygons that are there.
    #[error(
        "{}: the polygons here are of seed {seed} and scale {scale}; give those, or leave --places-only out",
        path.display()
    )]
    OtherCountry {
        /// The output path.
        path: PathBuf,
        /// The seed of what is there.
        seed: u64,
        /// The scale of what is there.
        scale: f64,
    },
    /// There is no room left.
    #[error(
        "the disk is full: {} could not be written; make room and run again; nothing was changed in {}",
        path.display(),
        output.display()
    )]
    DiskFull {
        /// What was being written.
        path: PathBuf,
        /// The output folder.
        output: PathBuf,
    },
    /// Anything else that the system says.
    #[error("{}: {reason}; nothing was changed in {}", path.display(), output.display())]
    Failed {
        /// What was being written.
        path: PathBuf,
        /// The output folder.
        output: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// Putting the files into place failed half-way.
    #[error("{}: {reason}; the files in {} are not whole: run again", path.display(), output.display())]
    Torn {
        /// What was being put into place.
        path: PathBuf,
        /// The output folder.
        output: PathBuf,
        /// What the system says.
        reason: String,
    },
}

impl GenerateError {
    pub(crate) fn new(path: &Path, output: &Path, error: &io::Error) -> Self {
        let (path, output) = (path.to_owned(), output.to_owned());
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path, output },
            _ => Self::Failed { path, output, reason: error.to_string() },
        }
    }
}
