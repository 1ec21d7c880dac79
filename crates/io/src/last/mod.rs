//! The last result: what a run wrote, as far as a later one may rest on it.
//!
//! ```text
//! last folder ──open──▶ Last ──touched──▶ squares where footprints differ ──join──▶ Joined
//!  manifest.json          │ what has changed besides footprints: then nothing rests on it
//!  places.parquet         ▼
//!  join.state            Unfit
//! ```
//!
//! Nothing is guessed: a last result is used when its files are those that its manifest lists, this version wrote them, and
//! all settings and files but footprints are the same by their SHA-256. `docs/decisions/0009-*.md` says why it is exact.

mod compare;
mod join;
pub(crate) mod state;
mod touched;

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use nittio_core::{diagnostic::Diagnostic, reconcile::Duplicates, study::Frame};
use serde_json::Value;

use crate::{
    index_file::settings,
    ingest::{Opened, Reading, since::Before},
    study_file::{defaults, error::StudyFileError},
    write::Run,
};
use state::{Contents, State, Writer};

pub use join::{Places, Update, UpdateError, join};

/// The file that holds what a later run needs to know.
pub const NAME: &str = "join.state";

pub(crate) const PLACES: &str = "places.parquet";

const PROGRAM: &str = concat!("nittio ", env!("CARGO_PKG_VERSION"));

/// Why nothing can rest on a last result: in words, one reason on each line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit(pub(crate) Vec<String>);

impl Unfit {
    fn because(reason: impl Into<String>) -> Self {
        Self(vec![reason.into()])
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

/// A last result that a run may rest on.
#[derive(Debug)]
pub struct Last {
    folder: PathBuf,
    state: State,
    /// Of each source of footprints: which of the files before it is, when it has not changed.
    same: Vec<Option<usize>>,
}

/// What a run was made from, for [`NAME`].
#[derive(Debug)]
pub struct Account {
    settings: Value,
    footprints: Vec<Value>,
    before: Before,
}

impl Account {
    /// What a run was made from that is over.
    pub(crate) fn of(
        opened: &Opened<'_>,
        frame: &Frame,
        findings: &[Diagnostic],
        duplicates: &Duplicates,
    ) -> Option<Self> {
        let (settings, footprints) = settings_of(opened.reading());
        Some(Self { settings, footprints, before: Before::of(opened, frame, findings, duplicates)? })
    }

    /// Ends the file that the places' kinds have been written to.
    pub(crate) fn write<W: io::Write>(&self, writer: Writer<W>, run: &Run<'_>) -> io::Result<()> {
        let about = state::About {
            program: PROGRAM,
            settings: &self.settings,
            footprints: &self.footprints,
            before: &self.before,
            services: run.outcome.frame.services.as_slice(),
            places: run.places.iter().sum(),
        };
        writer.finish(&about, run.kinds, run.sums)
    }
}

fn settings_of(reading: &Reading<'_>) -> (Value, Vec<Value>) {
    let (crs, country) = reading.crs_and_country();
    settings::of_join(&reading.loaded().text, &crs, &country)
}

impl Last {
    /// Opens the result in a folder, and sees whether a run may rest on it that writes the `public` edition too, or does not.
    ///
    /// # Errors
    /// When a file of the study cannot be read. That nothing can rest on the result is no error, but says why.
    pub fn open(folder: &Path, reading: &Reading<'_>, public: bool) -> Result<Result<Self, Unfit>, StudyFileError> {
        if public {
            return Ok(Err(Unfit::because("the public edition asks from which file each service comes")));
        }
        if defaults::near(&reading.loaded().file).is_some() {
            return Ok(Err(Unfit::because("what is near a place depends on places in other squares too")));
        }
        if reading.loaded().file.safety.coordinate_error.is_some() {
            return Ok(Err(Unfit::because("how far a place lies from borders is asked of every place")));
        }
        if reading.loaded().file.report.footprints {
            return Ok(Err(Unfit::because(
                "the map shows where each technology is, which is drawn from all footprints",
            )));
        }
        if !reading.loaded().file.review.is_empty() {
            return Ok(Err(Unfit::because("a review decides about single places")));
        }
        match compare::whole(folder) {
            Err(unfit) => Ok(Err(unfit)),
            Ok(state) => {
                let same = compare::same(&state, reading)?;
                Ok(same.map(|same| Self { folder: folder.to_owned(), state, same }))
            }
        }
    }

    /// How many places the last result has.
    #[must_use]
    pub const fn places(&self) -> u64 {
        self.state.contents.places
    }

    fn contents(&self) -> &Contents {
        &self.state.contents
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}
