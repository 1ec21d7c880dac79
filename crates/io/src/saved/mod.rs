//! The saved result: one file that holds all that a report is made from, so that it can be composed again, and other questions
//! asked, without the places and the footprints.
//!
//! ```text
//! Basis ──write──▶ result.nittio ──open──▶ Saved ──basis──▶ Basis ──outcome──▶ the same outcome
//! ```
//!
//! It holds the cube, the axes with their borders, and the study file's text, from which definitions, goals and scenarios are
//! read again. It belongs to the internal edition: everything that the public one keeps back is in it.

mod contents;
mod error;
mod file;
mod layers;
mod tables;

use std::{io, path::Path};

use nittio_core::{
    category::Few,
    coverage::Kind,
    diagnostic::DiagnosticCount,
    doubt::Doubt,
    layers::Layers,
    official::Official,
    outcome::{Plans, Provenance},
    reconcile::Duplicates,
    study::{Frame, Study},
    sums::Sums,
    tally::Tally,
};

use crate::{
    basis::Basis,
    ingest::{Origins, asked},
    numbers::Numbers,
    study_file::{
        StudyFile,
        load::{self, Loaded},
        scenarios::Posed,
    },
    write::{error::WriteError, staging::Staging},
};
use contents::Contents;
pub use error::SavedError;
use serde::{Deserialize, Serialize};

/// The name of the file in an output folder.
pub const NAME: &str = "result.nittio";

const PROGRAM: &str = concat!("nittio ", env!("CARGO_PKG_VERSION"));

/// A file that the report's look is made of, kept so that it can be drawn again without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is called.
    pub name: String,
    /// What is in it.
    #[serde(with = "contents::hex")]
    pub bytes: Vec<u8>,
}

impl Kept {
    /// A file with a copy of its bytes.
    #[must_use]
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.to_owned(), bytes: bytes.to_vec() }
    }
}

/// What is kept beside the [`Basis`], since it is not found again from it.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// What came of plans.
    pub plans: &'a Plans,
    /// What the report names of the listed places.
    pub lacking: Option<&'a Few>,
    /// What its map can show besides areas.
    pub layers: &'a Layers,
    /// What its look is made of.
    pub look: &'a [Kept],
}

/// Writes the file. `public` says whether a public edition is made, which needs to know from which inputs the services come.
///
/// # Errors
/// When the file cannot be written; nothing is then changed in the output folder.
pub fn write(staging: &Staging, basis: &Basis<'_>, beside: &Beside<'_>, public: bool) -> Result<(), WriteError> {
    staging.write(NAME, |out| {
        let contents = |out: &mut _| Ok(serde_json::to_writer(out, &Contents::of(basis, beside, public))?);
        file::write(out, contents, |out| {
            tables::put_tables(out, basis, public);
            layers::put_layers(out, beside.layers);
        })
    })
}

/// A result that was saved, read whole.
#[derive(Debug)]
pub struct Saved {
    loaded: Loaded,
    study: Study,
    frame: Frame,
    kinds: Vec<Kind>,
    sums: Sums,
    tally: Tally,
    diagnostics: Vec<DiagnosticCount>,
    duplicates: Duplicates,
    doubts: Vec<Doubt>,
    scenarios: Vec<Posed>,
    plans: Plans,
    official: Vec<Official>,
    origins: Option<Origins>,
    provenance: Provenance,
    lacking: Option<Few>,
    layers: Layers,
    theme: Vec<Kept>,
}

impl Saved {
    /// What the run's look is made of.
    #[must_use]
    pub fn theme(&self) -> &[Kept] {
        &self.theme
    }

    /// Reads the result that a run has left in a folder, or one that has been put somewhere else as a file.
    ///
    /// # Errors
    /// When there is none, another version wrote it, or it is damaged.
    pub fn open(folder: &Path) -> Result<Self, SavedError> {
        let path = if folder.is_file() { folder.to_owned() } else { folder.join(NAME) };
        let bytes = std::fs::read(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => SavedError::None { folder: folder.to_owned(), there: folder.is_dir() },
            _ => SavedError::Unreadable { path: path.clone(), source },
        })?;
        let damaged = |how: &'static str| SavedError::Damaged { path: path.clone(), how };
        let (contents, tables) = file::read(&bytes).map_err(|fault| fault.at(&path))?;
        let contents: Contents =
            serde_json::from_slice(contents).map_err(|_| damaged("its contents cannot be read"))?;
        if contents.program != PROGRAM {
            return Err(SavedError::Version { path, by: contents.program });
        }
        Self::of(contents, &mut Numbers::new(tables)).map_err(|fault| match fault {
            Broken::Tables => damaged("its numbers do not fit together"),
            Broken::Study(message) => SavedError::Study { path: path.clone(), message },
        })
    }

    fn of(contents: Contents, tables: &mut Numbers<'_>) -> Result<Self, Broken> {
        let loaded = load::parse(&contents.study, Path::new(&contents.study_name));
        let loaded = loaded.map_err(|errors| Broken::Study(errors.render(false)))?;
        let (services, levels) = (contents.services.into_iter(), contents.levels);
        let mut known = nittio_core::service::Services::default();
        services.for_each(|service| {
            known.intern(service);
        });
        let levels = tables::take_levels(tables, levels).ok_or(Broken::Tables)?;
        let (study, scenarios) =
            asked::study(&loaded, levels, known).map_err(|error| Broken::Study(error.render(false)))?;
        let units = contents.units.into_iter().map(contents::UnitEntry::scaled).collect();
        let frame = Frame { categories: contents.categories, units, ..study.frame.clone() };
        let parts = tables::take(tables, &frame).ok_or(Broken::Tables)?;
        let tables::Taken { kinds, sums, duplicates, doubts, origins } = parts;
        let layers = layers::take_layers(tables, &frame, study.profiles.len()).ok_or(Broken::Tables)?;
        if !tables.is_empty() {
            return Err(Broken::Tables);
        }
        let tally = sums.tally(&kinds);
        let official = contents.official.into_iter().map(contents::OfficialEntry::figure).collect::<Option<_>>();
        Ok(Self {
            tally,
            study,
            frame,
            kinds,
            sums,
            diagnostics: contents.diagnostics,
            duplicates,
            doubts,
            scenarios,
            plans: contents.plans.into_owned(),
            official: official.ok_or(Broken::Tables)?,
            origins: contents.public.then_some(origins),
            provenance: Provenance { program: contents.program, crs: contents.crs, inputs: contents.inputs },
            lacking: contents.lacking,
            layers,
            theme: contents.theme,
            loaded,
        })
    }

    /// What the outcome is made from.
    #[must_use]
    pub fn basis(&self) -> Basis<'_> {
        const NOWHERE: &Origins = &Origins::new();
        Basis {
            loaded: &self.loaded,
            study: &self.study,
            frame: &self.frame,
            kinds: &self.kinds,
            sums: &self.sums,
            tally: &self.tally,
            diagnostics: self.diagnostics.clone(),
            duplicates: &self.duplicates,
            doubts: &self.doubts,
            scenarios: &self.scenarios,
            projects: &self.plans.projects,
            plans: &[],
            planned: Some(&self.plans),
            official: &self.official,
            origins: self.origins.as_ref().unwrap_or(NOWHERE),
            provenance: self.provenance.clone(),
        }
    }

    /// The study file that the run was about.
    #[must_use]
    pub fn file(&self) -> &StudyFile {
        &self.loaded.file
    }

    /// The distinct kinds of places.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// What the report names of the listed places; `None` where places were not written.
    #[must_use]
    pub const fn lacking(&self) -> Option<&Few> {
        self.lacking.as_ref()
    }

    /// What the map of the page can show besides areas.
    #[must_use]
    pub const fn layers(&self) -> &Layers {
        &self.layers
    }

    /// Whether the run made a public edition, so that it can be made again.
    #[must_use]
    pub const fn has_public(&self) -> bool {
        self.origins.is_some()
    }
}

/// What keeps a file that is whole from being a result.
enum Broken {
    Tables,
    Study(String),
}
