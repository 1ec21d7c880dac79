//! The review loop: places that people should look at go out as workbooks, one per area, and their answers come back as a file
//! that the study file names.
//!
//! ```text
//! study ──export──▶ workbooks ──people answer──▶ workbooks ──import──▶ overlay.csv ──[[review]]──▶ study
//! ```

pub mod export;
pub mod import;

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// The columns of a file of answers, in order. Those but the last are also keys of columns in a workbook.
pub const COLUMNS: [&str; 10] =
    ["place", "answer", "operator", "technology", "down_mbps", "up_mbps", "who", "date", "comment", "from"];

/// Texts in the language of the study: a key, and what its placeholders stand for.
pub type Say<'a> = &'a dyn Fn(&str, &[(&str, &str)]) -> String;

/// Why a workbook or a file of answers could not be made or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewError {
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A workbook cannot be made.
    #[error("the workbook cannot be made: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// A file is no workbook.
    #[error("{}: this is not a workbook that can be read: {reason}; save it as .xlsx", path.display())]
    NoWorkbook {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A file that answers are to be added to has other columns.
    #[error("{}: its columns are not {}; name another file with --into", path.display(), COLUMNS.join(","))]
    OtherColumns {
        /// The file.
        path: PathBuf,
    },
    /// There is nothing to read.
    #[error("{}: there is no .xlsx in this folder", path.display())]
    NoFiles {
        /// The folder.
        path: PathBuf,
    },
}

/// Writes a file whole or not at all, in a folder that is made if it is not there.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn put(path: &Path, bytes: &[u8]) -> Result<(), ReviewError> {
    let fail = |source: io::Error| ReviewError::File { path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder).map_err(fail)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // A temporary file is for its owner alone, and a result is not.
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).map_err(fail)?;
    }
    file.persist(path).map_err(|e| fail(e.error))?;
    Ok(())
}
