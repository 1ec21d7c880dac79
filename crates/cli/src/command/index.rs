//! `nittio index`: read and cut polygons once, for many runs.

use std::{fmt::Write as _, path::Path};

use nittio_core::index::CoverageIndex;
use nittio_io::{
    index_file::{self, IndexFileError},
    ingest::{Opened, Reading},
};

use crate::{
    Answer,
    args::{IndexArgs, StudyArgs},
    failure::{Failure, note},
    progress::Terminal,
    project,
};

/// Reads the polygons of a study, cuts them and writes the index.
pub(crate) fn index(args: &IndexArgs) -> Result<Answer, Failure> {
    let progress = Terminal::new();
    let project = project::load(&args.study)?;
    let reading = Reading::new(&project.loaded, &progress)?;
    let written = index_file::write(&args.output, &reading).map_err(|error| failure(error, &args.study, None))?;
    let path = args.output.display();
    note(&format!(
        "Index: {path}, {} bytes; {} vertices in {} squares",
        written.bytes, written.vertices, written.squares
    ));
    note(&format!("Use it: {}", command("run", &args.study, "--index", &args.output)));
    if written.findings > 0 {
        note(&format!("{} rows of the input were odd: a run lists them, and so does nittio check", written.findings));
    }
    Ok(Answer::Yes)
}

/// A study that is opened, and its index: from a file when one is given, else cut from the polygons.
pub(crate) fn obtain<'a>(
    reading: &'a Reading<'a>,
    study: &StudyArgs,
    index: Option<&Path>,
    progress: &Terminal,
) -> Result<(Opened<'a>, CoverageIndex), Failure> {
    if let Some(path) = index {
        return index_file::open(path, reading).map_err(|error| failure(error, study, Some(path)));
    }
    let mut opened = Opened::new(reading)?;
    let spinner = progress.spinner("cutting footprints");
    let index = CoverageIndex::build(&opened.study);
    // From here on only the index is asked where footprints are.
    opened.forget_outlines();
    spinner.finish_and_clear();
    Ok((opened, index))
}

fn failure(error: IndexFileError, study: &StudyArgs, index: Option<&Path>) -> Failure {
    match (error, index) {
        (IndexFileError::Study(error), _) => Failure::Input(error),
        (error, Some(path)) if error.is_cured_by_writing_again() => {
            Failure::Said(format!("{error}\nwrite it again: {}", command("index", study, "--output", path)))
        }
        (error, _) => Failure::Said(error.to_string()),
    }
}

/// A command about the same study, ready to be typed.
fn command(name: &str, study: &StudyArgs, option: &str, path: &Path) -> String {
    let mut text = format!("nittio {name}");
    if let Some(project) = &study.project {
        let _ = write!(text, " --project {}", quoted(project));
    }
    if let Some(example) = study.example.as_ref().and_then(clap::ValueEnum::to_possible_value) {
        let _ = write!(text, " --example {}", example.get_name());
    }
    let _ = write!(text, " {option} {}", quoted(path));
    text
}

fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '\\' | '.' | '-' | '_' | ':');
    if text.chars().all(plain) { text } else { format!("\"{text}\"") }
}
