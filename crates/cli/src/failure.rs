//! What makes a command stop, and how it is said: on standard error, in plain words.

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
};

use nittio_io::{
    bench::BenchError,
    join::JoinError,
    review::ReviewError,
    saved::SavedError,
    study_file::error::{StudyFileError, StudyFileErrors},
    write::error::WriteError,
};
use nittio_report::render::RenderError;
use nittio_synth::error::GenerateError;

/// A command could not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Study(#[from] StudyFileErrors),
    #[error(transparent)]
    Input(#[from] StudyFileError),
    #[error("error: {0}")]
    Write(#[from] WriteError),
    #[error("error: {0}")]
    Saved(#[from] SavedError),
    #[error("error: {0}")]
    Generate(#[from] GenerateError),
    #[error("error: the report cannot be drawn: {0}")]
    Render(#[from] RenderError),
    #[error("error: {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("error: {0}")]
    Said(String),
    #[error("the reader has closed the pipe")]
    ClosedPipe,
}

impl From<JoinError> for Failure {
    fn from(error: JoinError) -> Self {
        match error {
            JoinError::Study(error) => Self::Input(error),
            other => Self::Said(other.to_string()),
        }
    }
}

impl From<ReviewError> for Failure {
    fn from(error: ReviewError) -> Self {
        Self::Said(error.to_string())
    }
}

impl From<BenchError> for Failure {
    fn from(error: BenchError) -> Self {
        match error {
            BenchError::Study(error) => Self::Input(error),
            BenchError::Join(error) => error.into(),
            BenchError::Write(error) => Self::Write(error),
            other => Self::Said(other.to_string()),
        }
    }
}

impl Failure {
    /// An error on standard output.
    pub(crate) fn output(source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Said(format!("standard output cannot be written: {source}")),
        }
    }
}

/// Says it on standard error, in colours when that is a terminal.
#[expect(clippy::print_stderr, reason = "errors belong on standard error")]
pub(crate) fn say(failure: &Failure) {
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    match failure {
        Failure::Study(errors) => eprintln!("{}", errors.render(colour)),
        Failure::Input(error) => eprintln!("{}", error.render(colour)),
        other => eprintln!("{other}"),
    }
}

/// Says something that is neither a result nor an error.
#[expect(clippy::print_stderr, reason = "everything but results belongs on standard error")]
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}
