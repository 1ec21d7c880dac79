//! Which study a command is about, read from disk or from the program itself.

use std::path::{Path, PathBuf};

use nittio_datasets::Dataset;
use nittio_io::study_file::{self, load::Loaded};

use crate::{
    args::{Example, StudyArgs},
    failure::{Failure, note},
};

/// A study file, read, and where it is.
pub(crate) struct Project {
    pub(crate) loaded: Loaded,
    /// Holds an embedded study's files while they are in use.
    pub(crate) _folder: Option<tempfile::TempDir>,
}

/// Finds and reads the study file that the arguments name.
pub(crate) fn load(args: &StudyArgs) -> Result<Project, Failure> {
    use_threads(args.threads)?;
    let (path, folder) = find(args)?;
    Ok(Project { loaded: study_file::load::load(&path)?, _folder: folder })
}

/// Limits the threads that all work is done on.
pub(crate) fn use_threads(threads: Option<u16>) -> Result<(), Failure> {
    let Some(threads) = threads else { return Ok(()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(threads))
        .build_global()
        .map_err(|e| Failure::Said(format!("{threads} threads cannot be had: {e}")))
}

fn find(args: &StudyArgs) -> Result<(PathBuf, Option<tempfile::TempDir>), Failure> {
    let here = Path::new("nittio.toml");
    match (&args.project, args.example) {
        (Some(path), _) if path.is_dir() => Ok((path.join(here), None)),
        (Some(path), _) => Ok((path.clone(), None)),
        (None, None) if here.exists() => Ok((here.to_owned(), None)),
        (None, example) => {
            if example.is_none() {
                note(
                    "No nittio.toml here: this is the embedded study of Jönköpings län. Its addresses and networks are synthetic.",
                );
            }
            let folder = tempfile::tempdir().map_err(|source| Failure::File { path: std::env::temp_dir(), source })?;
            let dataset = dataset(example.unwrap_or(Example::Jonkoping));
            dataset.unpack(folder.path()).map_err(|source| Failure::File { path: folder.path().to_owned(), source })?;
            Ok((folder.path().join(here), Some(folder)))
        }
    }
}

/// An embedded example.
pub(crate) fn dataset(example: Example) -> Dataset {
    match example {
        Example::Jonkoping => nittio_datasets::jonkoping(),
        Example::Toyland => nittio_datasets::toyland(),
    }
}
