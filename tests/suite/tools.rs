//! Programs that we did not write.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::program::{Ran, beside, target};

/// A program that must be there.
pub fn tool(name: &str) -> Command {
    let mut command = Command::new(name);
    command.stdin(Stdio::null());
    command
}

/// Runs a program that must be there.
#[track_caller]
pub fn output(command: &mut Command) -> Ran {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) => output.into(),
        Err(error) => panic!("{name} cannot be run ({error}): `cargo xtask tools` installs what the tests need"),
    }
}

/// Runs a Python script of the suite, with polars and DuckDB, and reads the JSON that it prints.
#[track_caller]
pub fn python(script: &str, arguments: &[&Path]) -> Value {
    let program = target().join("tools/venv/bin/python");
    assert!(program.exists(), "{} is not there: run `cargo xtask tools`", program.display());
    let script = foreign(script);
    let ran = output(Command::new(program).arg(script).args(arguments)).expect(0);
    serde_json::from_str(&ran.stdout).expect("the script prints JSON")
}

/// A file of `tests/foreign`.
fn foreign(name: &str) -> PathBuf {
    beside("../foreign").join(name)
}
