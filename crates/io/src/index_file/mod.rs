//! The index as a file: written once, then mapped into memory by every run on the same polygons.
//!
//! ```text
//! polygons ──read, cut──▶ nittio.index ──map──▶ CoverageIndex, and a study without outlines
//! ```
//!
//! A file is used only when it is whole (its checksum), was written by this version, and fits the study: the same
//! settings for reading polygons, and the same files by their SHA-256. Anything else is an error that says what has
//! changed; nothing is rebuilt in silence, and no time stamp or size is trusted. `docs/formats.md` describes the file.

mod container;
pub(crate) mod settings;

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use geo::Coord;
use nittio_core::index::{CoverageIndex, LayoutError, Meaning};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    ingest::{
        Opened, Reading,
        kept::{self, Kept, Polygons},
    },
    mapped,
    read::in_words,
    study_file::error::StudyFileError,
};
use container::{Fault, Parts};

const PROGRAM: &str = concat!("nittio ", env!("CARGO_PKG_VERSION"));

/// Why an index file cannot be written or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexFileError {
    /// A file of the study cannot be used.
    #[error(transparent)]
    Study(#[from] StudyFileError),
    /// The index file cannot be opened.
    #[error("{}: the index cannot be read: {reason}", path.display())]
    Unreadable {
        /// The index file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// It is something else.
    #[error("{}: this is not an index that nittio wrote", path.display())]
    NotAnIndex {
        /// The file.
        path: PathBuf,
    },
    /// Another version wrote it.
    #[error("{}: another version of nittio wrote this index ({found}; this is {PROGRAM})", path.display())]
    OtherVersion {
        /// The index file.
        path: PathBuf,
        /// What is known of that version.
        found: String,
    },
    /// It is not as it was written.
    #[error("{}: the index is damaged: {what}", path.display())]
    Damaged {
        /// The index file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The study has changed since.
    #[error("{}: the index does not fit the study any more:\n  {}", path.display(), changes.join("\n  "))]
    Outdated {
        /// The index file.
        path: PathBuf,
        /// Each file and each setting that has changed, and how.
        changes: Vec<String>,
    },
    /// Numbers on this machine are the other way round.
    #[error("{}: {}", path.display(), LayoutError::BigEndian)]
    BigEndian {
        /// The index file.
        path: PathBuf,
    },
    /// Something else stands where the index is to be written.
    #[error("{}: this is there already and is not an index; name another file with --output", path.display())]
    InTheWay {
        /// What was to be written.
        path: PathBuf,
    },
    /// The index cannot be written; what was there before still is.
    #[error("{}: the index cannot be written: {reason}", path.display())]
    Unwritable {
        /// What was to be written.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A file was changed while it was being read.
    #[error("{}: the file was changed while it was being read; nothing was written, try again", path.display())]
    ChangedWhileRead {
        /// The file.
        path: PathBuf,
    },
}

impl IndexFileError {
    /// Whether writing the index again would help.
    #[must_use]
    pub fn is_cured_by_writing_again(&self) -> bool {
        matches!(self, Self::OtherVersion { .. } | Self::Damaged { .. } | Self::Outdated { .. })
    }
}

/// What an index file says besides the index.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Contents {
    program: String,
    settings: Value,
    kept: Kept,
}

/// An index file that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Its size in bytes.
    pub bytes: u64,
    /// Vertices of all polygons.
    pub vertices: usize,
    /// Squares.
    pub squares: usize,
    /// What was odd about the files that were read: how many findings.
    pub findings: usize,
}

/// Reads a study's polygons, cuts them and writes the index into a file, whole or not at all.
///
/// # Errors
/// When a file of polygons cannot be used or is changed meanwhile, or the index cannot be written.
pub fn write(path: &Path, reading: &Reading<'_>) -> Result<Written, IndexFileError> {
    let partial = Partial::beside(path)?;
    let identities = kept::identities(reading)?;
    let polygons = Polygons::read(reading)?;
    let index = polygons.index(reading);
    let read_meanwhile = kept::identities(reading)?;
    let files = kept::files(&reading.loaded().file);
    if let Some(at) = identities.iter().zip(&read_meanwhile).position(|(before, after)| before != after) {
        return Err(IndexFileError::ChangedWhileRead { path: reading.loaded().resolve(&files[at].1.path)? });
    }
    let (kept, outlines) = polygons.keep(reading, identities);
    let findings = kept.findings();
    let contents = Contents { program: PROGRAM.to_owned(), settings: settings_of(reading), kept };
    let outlines: Vec<u8> = outlines.iter().flat_map(|c| [c.x.to_le_bytes(), c.y.to_le_bytes()]).flatten().collect();
    let bytes = partial.fill(|file| {
        let polygons = contents.kept.parts()?;
        let contents = serde_json::to_vec(&contents)?;
        container::write(file, [&contents, &polygons, &outlines], |body| index.write(body))
    })?;
    let size = index.size();
    Ok(Written { bytes, vertices: size.vertices, squares: size.squares, findings })
}

/// Opens a study with an index file: nothing that has polygons is read, but all of it is hashed to see whether the
/// index still fits.
///
/// # Errors
/// When the file is not an index, is damaged, or does not fit the study or this version; or when another file of the
/// study cannot be used.
pub fn open<'a>(path: &Path, reading: &'a Reading<'a>) -> Result<(Opened<'a>, CoverageIndex), IndexFileError> {
    let damaged = |what: &str| IndexFileError::Damaged { path: path.to_owned(), what: what.to_owned() };
    let unreadable = |e: &io::Error| IndexFileError::Unreadable { path: path.to_owned(), reason: in_words(e) };
    let not_an_index = || IndexFileError::NotAnIndex { path: path.to_owned() };
    let file = File::open(path).map_err(|e| unreadable(&e))?;
    let about = file.metadata().map_err(|e| unreadable(&e))?;
    if !about.is_file() || about.len() == 0 {
        return Err(not_an_index());
    }
    let shared = mapped::map(&file).map_err(|e| unreadable(&e))?;
    let bytes = (*shared).as_ref();
    let Parts { contents, polygons, outlines, index } = container::open(bytes).map_err(|fault| match fault {
        Fault::NotAnIndex => not_an_index(),
        Fault::Format(number) => {
            IndexFileError::OtherVersion { path: path.to_owned(), found: format!("its format is number {number}") }
        }
        Fault::Damaged(what) => damaged(what),
    })?;
    let vertices: &[u8] = &bytes[outlines];
    let contents = &bytes[contents];
    // The program first: another one may well say other things.
    let said: Value = serde_json::from_slice(contents).map_err(|e| damaged(&e.to_string()))?;
    match said.get("program").and_then(Value::as_str) {
        Some(PROGRAM) => {}
        found => {
            let found = found.unwrap_or("it does not say which").to_owned();
            return Err(IndexFileError::OtherVersion { path: path.to_owned(), found });
        }
    }
    let Contents { settings, kept, .. } = serde_json::from_value(said).map_err(|e| damaged(&e.to_string()))?;
    let kept = kept.with_parts(&bytes[polygons]).ok_or_else(|| damaged("the parts of footprints are not whole"))?;
    let changes = changes(reading, &settings, &kept)?;
    if !changes.is_empty() {
        return Err(IndexFileError::Outdated { path: path.to_owned(), changes });
    }
    let float = |bytes: &[u8]| bytes.try_into().map_or(f64::NAN, f64::from_le_bytes);
    let vertices = vertices.chunks_exact(16).map(|pair| Coord { x: float(&pair[..8]), y: float(&pair[8..]) });
    let drafts = kept.drafts(vertices).ok_or_else(|| damaged("the outlines of areas are not whole"))?;
    let (opened, services) = Opened::with(reading, &kept, drafts)?;
    let areas: Vec<usize> = opened.study.frame.levels.iter().map(|level| level.areas.len()).collect();
    let index = CoverageIndex::open(&Arc::clone(&shared), index, Meaning { areas: &areas, services: &services });
    let index = index.map_err(|error| match error {
        LayoutError::BigEndian => IndexFileError::BigEndian { path: path.to_owned() },
        LayoutError::Layout { .. } => IndexFileError::OtherVersion { path: path.to_owned(), found: error.to_string() },
        _ => damaged(&error.to_string()),
    })?;
    Ok((opened, index))
}

fn settings_of(reading: &Reading<'_>) -> Value {
    let (crs, country) = reading.crs_and_country();
    settings::of(&reading.loaded().text, &crs, &country)
}

/// What of the study is not as it was when the index was written.
fn changes(reading: &Reading<'_>, settings: &Value, kept: &Kept) -> Result<Vec<String>, StudyFileError> {
    let changes = settings::differences(settings, &settings_of(reading));
    if !changes.is_empty() {
        // Which file is which cannot be said when other files are named.
        return Ok(changes);
    }
    let files = kept::files(&reading.loaded().file);
    reading.progress().begin("files for their checksums");
    let now = kept::identities(reading);
    reading.progress().end();
    let now = now?;
    let then: Vec<_> = kept.identities().collect();
    if !then.iter().map(|(role, _)| *role).eq(files.iter().map(|(role, _)| *role)) {
        return Ok(vec!["the study has other files".to_owned()]);
    }
    let changed = files.iter().zip(then.iter().zip(&now)).filter(|(_, ((_, then), now))| *then != *now);
    Ok(changed
        .map(|((role, file), ((_, then), now))| format!("{} ({role}): {}", file.path.get_ref(), then.difference(now)))
        .collect())
}

/// An index on its way to where it is to be; dropped before, nothing has happened.
struct Partial<'a> {
    target: &'a Path,
    path: PathBuf,
}

impl<'a> Partial<'a> {
    /// Sees that an index may be written there before any work is done.
    fn beside(target: &'a Path) -> Result<Self, IndexFileError> {
        let mut start = [0; container::MAGIC.len()];
        match File::open(target).and_then(|mut file| file.read_exact(&mut start)) {
            Ok(()) if start == container::MAGIC => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            _ => return Err(IndexFileError::InTheWay { path: target.to_owned() }),
        }
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".nittio-partial-{}", std::process::id()));
        let partial = Self { target, path: target.with_file_name(name) };
        File::create(&partial.path).map_err(|e| partial.failed(&e))?;
        Ok(partial)
    }

    /// Writes the index and puts it into place. Returns its size in bytes.
    fn fill(self, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<u64, IndexFileError> {
        let put = || {
            let mut file = File::create(&self.path)?;
            fill(&mut file)?;
            file.sync_all()?;
            let bytes = file.metadata()?.len();
            drop(file);
            fs::rename(&self.path, self.target)?;
            Ok(bytes)
        };
        put().map_err(|e: io::Error| self.failed(&e))
    }

    fn failed(&self, error: &io::Error) -> IndexFileError {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "there is no such folder".to_owned(),
            io::ErrorKind::StorageFull => "the disk is full".to_owned(),
            _ => in_words(error),
        };
        IndexFileError::Unwritable { path: self.target.to_owned(), reason }
    }
}

impl Drop for Partial<'_> {
    fn drop(&mut self) {
        // After the rename it is not there any more.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests;
