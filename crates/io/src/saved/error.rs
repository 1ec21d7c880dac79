//! Why a saved result cannot be used, and what to do then.

use std::{io, path::PathBuf};

use super::NAME;

/// A saved result cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SavedError {
    /// There is none.
    #[error(
        "{}: {}; name the output folder of a run, or write one with: nittio run --output {}",
        folder.display(),
        if *there { format!("there is no {NAME} in this folder, so no run of this version has written it") } else { "there is no such folder".to_owned() },
        folder.display()
    )]
    None {
        /// The folder that was named.
        folder: PathBuf,
        /// Whether the folder is there.
        there: bool,
    },
    /// It cannot be read.
    #[error("{}: the saved result cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is something else.
    #[error("{}: this is not a saved result of nittio; run the study again to write one", path.display())]
    NotOne {
        /// The file.
        path: PathBuf,
    },
    /// Another version wrote it.
    #[error(
        "{}: this result was saved by {by}, and this is nittio {}; run the study again with this version, or use that one",
        path.display(),
        env!("CARGO_PKG_VERSION")
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Program and version, or what is known of it.
        by: String,
    },
    /// It is not what was written.
    #[error("{}: the saved result is damaged: {how}; copy it again from where it came, or run the study again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        how: &'static str,
    },
    /// The study file that is in it is not one of this program.
    #[error("{}: the study file in the saved result cannot be used; run the study again\n{message}", path.display())]
    Study {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
}
