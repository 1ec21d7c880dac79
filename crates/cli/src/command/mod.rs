//! The commands: each parses nothing, decides nothing, calls the libraries and prints.

pub(crate) mod run;

pub(crate) mod bench;
pub(crate) mod candidates;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod delivery;
pub(crate) mod draw;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod index;
pub(crate) mod init;
pub(crate) mod plan;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod verify;

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{Answer, args::Args, failure::Failure};

/// Prints the JSON Schema of the study file.
pub(crate) fn schema() -> Result<Answer, Failure> {
    let schema = serde_json::to_string_pretty(&nittio_io::study_file::schema::json_schema())
        .map_err(|e| Failure::Said(format!("the schema cannot be written: {e}")))?;
    print(&format!("{schema}\n"))?;
    Ok(Answer::Yes)
}

/// Prints completions for a shell.
pub(crate) fn completions(shell: Shell) -> Result<Answer, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "nittio", &mut text);
    std::io::stdout().write_all(&text).map_err(Failure::output)?;
    Ok(Answer::Yes)
}

/// Prints to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::output)
}
