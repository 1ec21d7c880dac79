//! From a file on disk, or its text, to a [`StudyFile`] that is checked.

use std::{
    env, fs, io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    StudyFile, check,
    error::{Source, StudyFileError, StudyFileErrors},
    wording,
};

/// A study file that is read and checked, with its text, so that later stages can point into it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What it says.
    pub file: StudyFile,
    /// Its text.
    pub text: Arc<str>,
    /// Its name as it was given.
    pub path: PathBuf,
    /// The directory that its paths are relative to.
    pub dir: PathBuf,
}

/// One step on the way to a place in the study file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At<'a> {
    /// The value of a key.
    Key(&'a str),
    /// An item of a list or of a repeated section, from 0.
    Item(usize),
}

/// Reads and checks a study file.
///
/// # Errors
/// When the file cannot be read, is not TOML, has an unknown or missing key or a wrong value, or contradicts itself.
pub fn load(path: &Path) -> Result<Loaded, StudyFileErrors> {
    let unreadable = |message: String, help: Option<String>| {
        let source = Source { path: path.to_owned(), text: Arc::from("") };
        StudyFileErrors::from(StudyFileError::new(&Arc::new(source), 0..0, message, help))
    };
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => unreadable(
            "there is no such study file".to_owned(),
            Some("`nittio init` writes one to begin with".to_owned()),
        ),
        _ => unreadable(format!("the study file cannot be read: {error}"), None),
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|&byte| byte == b'\n').count();
        unreadable(
            format!("the study file is not UTF-8 text; the first other byte is on line {line}"),
            Some("save it with the encoding UTF-8".to_owned()),
        )
    })?;
    parse(&text, path)
}

/// Reads and checks the text of a study file; `path` is its name, for errors and for the paths in it.
///
/// # Errors
/// When it is not TOML, has an unknown or missing key or a wrong value, or contradicts itself.
pub fn parse(text: &str, path: &Path) -> Result<Loaded, StudyFileErrors> {
    // Some editors put a byte order mark first; without it, columns are what the editor says they are.
    let text: Arc<str> = Arc::from(text.strip_prefix('\u{feff}').unwrap_or(text));
    let file = toml::from_str(&text).map_err(|error| {
        let source = Arc::new(Source { path: path.to_owned(), text: Arc::clone(&text) });
        let span = error.span().unwrap_or(0..0);
        let is_toml = DeTable::parse(&text).is_ok();
        let said = wording::reword(error.message(), if is_toml { "" } else { line_at(&text, span.start) });
        StudyFileErrors::from(StudyFileError::new(&source, span, said.message, said.help))
    })?;
    let dir = path.parent().map(Path::to_owned).unwrap_or_default();
    let loaded = Loaded { file, text, path: path.to_owned(), dir };
    StudyFileErrors::unless_none(check::problems(&loaded))?;
    Ok(loaded)
}

fn line_at(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |i| i + 1);
    text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or("")
}

impl Loaded {
    /// The path that a text of the study file means: relative to the file, with `${NAME}` replaced by the environment
    /// variable of that name.
    ///
    /// # Errors
    /// When an environment variable is not set; the error points at its name.
    pub fn resolve(&self, written: &Spanned<String>) -> Result<PathBuf, StudyFileError> {
        self.resolve_with(written, |name| env::var(name).ok())
    }

    /// [`Self::resolve`] with another environment than the process has.
    pub(super) fn resolve_with(
        &self,
        written: &Spanned<String>,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<PathBuf, StudyFileError> {
        let mut rest = written.get_ref().as_str();
        let mut expanded = String::with_capacity(rest.len());
        while let Some((before, after)) = rest.split_once("${") {
            expanded.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                return Err(self.error_at(
                    self.part_of(written.span(), "${"),
                    "this environment variable has no end",
                    Some("write ${NAME}, with a closing brace"),
                ));
            };
            let Some(value) = lookup(name) else {
                return Err(self.error_at(
                    self.part_of(written.span(), &format!("${{{name}}}")),
                    format!("the environment variable {name} is not set"),
                    Some(format!(
                        "set it to a directory before you start nittio: `export {name}=/srv/data`, in PowerShell `$env:{name} = \"D:\\data\"`"
                    )),
                ));
            };
            expanded.push_str(&value);
            rest = after;
        }
        expanded.push_str(rest);
        Ok(self.dir.join(expanded))
    }

    /// Where in a value a part of it stands; the whole value when it is not written out there.
    fn part_of(&self, span: Range<usize>, part: &str) -> Range<usize> {
        let found = self.text.get(span.clone()).and_then(|value| value.find(part));
        found.map_or_else(|| span.clone(), |at| span.start + at..span.start + at + part.len())
    }

    /// An error about a place in the study file, found by a later stage: a file that is not there, a column that it
    /// does not have.
    pub fn error_at(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        help: Option<impl Into<String>>,
    ) -> StudyFileError {
        let source = Arc::new(Source { path: self.path.clone(), text: Arc::clone(&self.text) });
        StudyFileError::new(&source, span, message.into(), help.map(Into::into))
    }

    /// Where the key or item at the end of this way stands, or the last one of it that is there; `0..0`, the file as a
    /// whole, when not even the first is.
    ///
    /// ```text
    /// span_of(&[At::Key("places"), At::Item(0), At::Key("codes"), At::Key("municipality")])
    /// ```
    #[must_use]
    pub fn span_of(&self, way: &[At<'_>]) -> Range<usize> {
        let Ok(root) = DeTable::parse(&self.text) else { return 0..0 };
        let Some((At::Key(first), rest)) = way.split_first() else { return 0..0 };
        let Some((key, mut value)) = root.get_ref().get_key_value(*first) else { return 0..0 };
        let mut span = key.span();
        for step in rest {
            let found = match (step, value.get_ref()) {
                (At::Key(name), DeValue::Table(table)) => {
                    table.get_key_value(*name).map(|(key, value)| (key.span(), value))
                }
                (At::Item(index), DeValue::Array(items)) => items.get(*index).map(|item| (item.span(), item)),
                _ => None,
            };
            let Some((at, next)) = found else { return span };
            (span, value) = (at, next);
        }
        span
    }
}
