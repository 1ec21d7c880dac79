//! Errors that point into the study file.

use std::{
    error::Error,
    fmt,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

/// One thing that is wrong, and where in the study file.
#[derive(Clone, PartialEq, Eq)]
pub struct StudyFileError {
    source: Arc<Source>,
    span: Range<usize>,
    message: String,
    help: Option<String>,
}

/// A study file's name and text, shared by all errors about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) text: Arc<str>,
}

impl StudyFileError {
    pub(super) fn new(source: &Arc<Source>, span: Range<usize>, message: String, help: Option<String>) -> Self {
        let span = within_its_first_line(&source.text, span);
        Self { source: Arc::clone(source), span, message, help }
    }

    /// What is wrong, in one sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What would be right, where there is more to say than the message does.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The study file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.source.path
    }

    /// The bytes of the study file that the error is about; empty when it is about the file as a whole.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The error with the line it is about and a caret under the place, in colours for a terminal when asked.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let path = self.source.path.to_string_lossy();
        let mut group = Group::with_title(Level::ERROR.primary_title(self.message.as_str()));
        group = if self.span.is_empty() && self.span.start == 0 {
            group.element(Origin::path(path))
        } else {
            group.element(
                Snippet::source(self.source.text.as_ref())
                    .path(path)
                    .annotation(AnnotationKind::Primary.span(self.span.clone())),
            )
        };
        if let Some(help) = &self.help {
            // A help text can quote the file, whose control characters must not reach a terminal.
            group = group.element(Level::HELP.message(annotate_snippets::normalize_untrusted_str(help)));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

/// A table's place is its whole text; the caret goes under its first line.
fn within_its_first_line(text: &str, span: Range<usize>) -> Range<usize> {
    let start = floor_boundary(text, span.start);
    let end = floor_boundary(text, span.end).max(start);
    let first_line = text.get(start..end).and_then(|part| part.lines().next()).map_or(0, str::len);
    start..start + first_line
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

impl fmt::Display for StudyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl fmt::Debug for StudyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl Error for StudyFileError {}

/// Everything that is wrong with a study file; never empty.
#[derive(Clone, PartialEq, Eq)]
pub struct StudyFileErrors {
    errors: Vec<StudyFileError>,
}

impl StudyFileErrors {
    /// The errors in the order of the file, or `Ok` when there are none.
    ///
    /// # Errors
    /// When there is at least one.
    pub fn unless_none(mut errors: Vec<StudyFileError>) -> Result<(), Self> {
        errors.sort_by_key(|error| error.span.start);
        if errors.is_empty() { Ok(()) } else { Err(Self { errors }) }
    }

    /// The errors, in the order of the file.
    #[must_use]
    pub fn as_slice(&self) -> &[StudyFileError] {
        &self.errors
    }

    /// All errors as text, in colours for a terminal when asked.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        self.errors.iter().map(|error| error.render(colour)).collect::<Vec<_>>().join("\n\n")
    }
}

impl From<StudyFileError> for StudyFileErrors {
    fn from(error: StudyFileError) -> Self {
        Self { errors: vec![error] }
    }
}

impl fmt::Display for StudyFileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl fmt::Debug for StudyFileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl Error for StudyFileErrors {}
