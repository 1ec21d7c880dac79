//! What can go wrong when results are written, said in one line.

use std::{
    io,
    path::{Path, PathBuf},
};

use polars::error::PolarsError;

/// The results cannot be written. Unless it is [`WriteError::Torn`], the results of an earlier run still stand whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The output path is a file.
    #[error("{}: this is a file; name a folder for the results", path.display())]
    NotAFolder {
        /// The output path.
        path: PathBuf,
    },
    /// A folder stands where a result is to be written.
    #[error(
        "{}: a folder stands where a result is to be written; move it away or choose another output folder; \
         nothing was changed in {}",
        path.display(),
        output.display()
    )]
    FolderInTheWay {
        /// Where the result is to be.
        path: PathBuf,
        /// The output folder.
        output: PathBuf,
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
    /// Writing is not allowed.
    #[error(
        "{}: writing is not allowed here ({reason}); choose another output folder or change its permissions; \
         nothing was changed in {}",
        path.display(),
        output.display()
    )]
    Denied {
        /// What was being written.
        path: PathBuf,
        /// The output folder.
        output: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// Anything else.
    #[error("{}: {reason}; nothing was changed in {}", path.display(), output.display())]
    Failed {
        /// What was being written.
        path: PathBuf,
        /// The output folder.
        output: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// Putting the files into place failed half-way, and so did taking them back.
    #[error("{}: {reason}; the results in {} are not whole: run again", path.display(), output.display())]
    Torn {
        /// What was being put into place.
        path: PathBuf,
        /// The output folder.
        output: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A name that no output can have.
    #[error("{name:?} is not a name for an output; write a relative path such as pictures/map.svg")]
    Name {
        /// The name.
        name: String,
    },
}

impl WriteError {
    /// What the system said about `path`, in the words of a person who wants to know what to do.
    #[must_use]
    pub fn new(path: &Path, output: &Path, error: &io::Error) -> Self {
        let (path, output) = (path.to_owned(), output.to_owned());
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path, output },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Denied { path, output, reason: error.to_string() }
            }
            _ => Self::Failed { path, output, reason: error.to_string() },
        }
    }
}

/// The system's own error where the csv crate wraps one, so that a full disk stays recognisable.
pub(super) fn of_csv(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// The system's own error where polars wraps one.
pub(super) fn of_polars(error: PolarsError) -> io::Error {
    match error {
        PolarsError::IO { error, .. } => io::Error::new(error.kind(), error.to_string()),
        other => io::Error::other(other.to_string()),
    }
}

/// The system's own kind of error where SQLite tells it.
pub(super) fn of_sqlite(error: rusqlite::Error) -> io::Error {
    use rusqlite::ErrorCode;
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => io::ErrorKind::StorageFull,
        Some(ErrorCode::PermissionDenied) => io::ErrorKind::PermissionDenied,
        Some(ErrorCode::ReadOnly) => io::ErrorKind::ReadOnlyFilesystem,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error.to_string())
}

#[cfg(test)]
mod tests {
    use std::{fs::OpenOptions, io::Write as _};

    use super::*;

    #[test]
    fn a_full_disk_is_named_as_such() {
        let full = Path::new("/dev/full");
        if !full.exists() {
            return;
        }
        let mut file = OpenOptions::new().write(true).open(full).unwrap();
        let error = file.write_all(b"x").unwrap_err();
        assert_eq!(
            WriteError::new(Path::new("out/places.parquet"), Path::new("out"), &error).to_string(),
            "the disk is full: out/places.parquet could not be written; make room and run again; \
             nothing was changed in out"
        );
    }

    #[test]
    fn a_full_disk_is_recognised_through_every_crate_that_writes() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(of_csv(full().into()).kind(), io::ErrorKind::StorageFull);
        assert_eq!(of_polars(full().into()).kind(), io::ErrorKind::StorageFull);
        let sqlite = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL), None);
        assert_eq!(of_sqlite(sqlite).kind(), io::ErrorKind::StorageFull);
    }
}
