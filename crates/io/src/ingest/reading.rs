//! What all files of a study share while they are read: what was read, what was odd, and what files are.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use nittio_core::{diagnostic::Diagnostic, outcome::Input};
use toml::Spanned;

use super::{
    Progress,
    parts::Parts,
    source::{self, Identity},
};
use crate::{
    crs::Crs,
    extent::Country,
    read::ReadError,
    study_file::{error::StudyFileError, load::Loaded},
};

/// What all files of a study share while they are read.
pub struct Reading<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) crs: Crs,
    pub(super) country: Option<Country>,
    pub(super) progress: &'a dyn Progress,
    pub(super) inputs: Mutex<Vec<Input>>,
    pub(super) diagnostics: Mutex<Vec<Diagnostic>>,
    /// The parts of footprints, by input.
    pub(super) parts: Mutex<BTreeMap<u16, Arc<Parts>>>,
    /// What the inputs are, by their content.
    pub(super) identities: Mutex<BTreeMap<u16, Identity>>,
    /// What files are, by path and what they are taken for, as far as that has been found out.
    pub(super) known_files: Mutex<KnownFiles>,
}

pub(super) type KnownFiles = HashMap<(PathBuf, Option<String>), Identity>;

impl<'a> Reading<'a> {
    /// Begins to read a study.
    ///
    /// # Errors
    /// When the study's CRS or country is not one.
    pub fn new(loaded: &'a Loaded, progress: &'a dyn Progress) -> Result<Self, StudyFileError> {
        let about = &loaded.file.study;
        let crs = about
            .crs
            .get_ref()
            .parse::<Crs>()
            .map_err(|e| loaded.error_at(about.crs.span(), e.to_string(), None::<String>))?;
        let country = match (&about.country, crs) {
            (Some(text), _) if text.get_ref() == "none" => None,
            (Some(text), _) => {
                Some(text.get_ref().parse().map_err(|e: String| loaded.error_at(text.span(), e, None::<String>))?)
            }
            (None, Crs::Epsg(3006..=3024)) => Some(Country::Sweden),
            (None, _) => None,
        };
        let reading = Self {
            loaded,
            crs,
            country,
            progress,
            inputs: Mutex::default(),
            diagnostics: Mutex::default(),
            parts: Mutex::default(),
            identities: Mutex::default(),
            known_files: Mutex::default(),
        };
        let (sha256, bytes) = source::digest_of(loaded.text.as_bytes());
        reading.add_input(Input {
            path: loaded.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            role: "study".to_owned(),
            sha256,
            bytes,
            rows: 1,
            used: 1,
            crs: None,
            source: None,
            licence: None,
            secrecy: loaded.file.secrecy(),
        });
        Ok(reading)
    }

    /// The working CRS and the country, as they hold.
    pub(crate) fn crs_and_country(&self) -> (String, String) {
        let country = self.country.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        (self.crs.to_string(), country)
    }

    /// The study file.
    pub(crate) fn loaded(&self) -> &'a Loaded {
        self.loaded
    }

    /// Tells how far the work has come.
    pub(crate) fn progress(&self) -> &'a dyn Progress {
        self.progress
    }

    pub(super) fn known_files(&self) -> MutexGuard<'_, KnownFiles> {
        self.known_files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn inputs(&self) -> MutexGuard<'_, Vec<Input>> {
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn add_diagnostics(&self, mut found: Vec<Diagnostic>) {
        self.diagnostics.lock().unwrap_or_else(PoisonError::into_inner).append(&mut found);
    }

    pub(super) fn add_input(&self, input: Input) -> u16 {
        let mut inputs = self.inputs();
        inputs.push(input);
        u16::try_from(inputs.len() - 1).unwrap_or(u16::MAX)
    }

    pub(super) fn add_parts(&self, input: u16, parts: Parts) {
        self.share_parts(input, Arc::new(parts));
    }

    pub(super) fn share_parts(&self, input: u16, parts: Arc<Parts>) {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).insert(input, parts);
    }

    pub(super) fn add_identity(&self, input: u16, identity: Identity) {
        self.identities.lock().unwrap_or_else(PoisonError::into_inner).insert(input, identity);
    }

    /// What an input is, by its content.
    pub(crate) fn identity(&self, input: u16) -> Option<Identity> {
        self.identities.lock().unwrap_or_else(PoisonError::into_inner).get(&input).cloned()
    }

    /// The parts of the footprints of an input.
    pub(crate) fn parts(&self, input: u16) -> Option<Arc<Parts>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).get(&input).map(Arc::clone)
    }

    pub(super) fn input(&self, number: u16, change: impl FnOnce(&mut Input)) {
        if let Some(input) = self.inputs().get_mut(usize::from(number)) {
            change(input);
        }
    }

    /// An error at a place in the study file.
    pub(super) fn at<T>(&self, place: &Spanned<T>, message: &str, help: &str) -> StudyFileError {
        self.loaded.error_at(place.span(), message, (!help.is_empty()).then_some(help))
    }

    pub(super) fn unreadable(&self, path: &Spanned<String>, error: &ReadError) -> StudyFileError {
        self.at(path, &error.to_string(), "")
    }
}
