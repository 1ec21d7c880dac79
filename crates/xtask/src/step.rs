//! One step: announced, run, timed.

use std::{
    env,
    ffi::OsStr,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// Why a command stops, in words for a person.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

/// Announces a step on one line, runs it, and says how long it took.
pub(crate) fn step(name: &str, work: impl FnOnce() -> Result<(), Failed>) -> Result<(), Failed> {
    println!("xtask: {name} …");
    let begun = Instant::now();
    let result = work().map_err(|Failed(why)| Failed(format!("{name}: {why}")));
    let word = if result.is_ok() { "done" } else { "FAILED" };
    println!("xtask: {name} {word} in {} s", begun.elapsed().as_secs());
    result
}

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Where builds go, and `tools/` beside them.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// Runs cargo at the root of the workspace.
pub(crate) fn cargo(arguments: &[&str]) -> Result<(), Failed> {
    run(&mut cargo_command(arguments))
}

/// Cargo at the root of the workspace, not run yet.
pub(crate) fn cargo_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(cargo_program());
    command.args(arguments).current_dir(root());
    command
}

fn cargo_program() -> std::ffi::OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs a command with its output as it comes; anything but success is a failure that names the command.
pub(crate) fn run(command: &mut Command) -> Result<(), Failed> {
    let status = command.status().map_err(|e| Failed(format!("{} cannot be run: {e}", shown(command))))?;
    if status.success() { Ok(()) } else { Err(Failed(format!("{} failed ({status})", shown(command)))) }
}

/// Whether a program can be started at all.
pub(crate) fn there_is(program: impl AsRef<OsStr>) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// How many tests there were.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
    /// Whether cargo itself is content: also a test program that does not compile or crashes is a failure.
    pub(crate) ok: bool,
}

/// Runs a `cargo test`, passes its output on as it comes, and adds up what each test program counted.
pub(crate) fn cargo_test(mut command: Command) -> Result<Counts, Failed> {
    let failed = |e: io::Error| Failed(format!("cargo test cannot be run: {e}"));
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut counts = Counts::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line.map_err(failed)?;
            let mut out = io::stdout().lock();
            out.write_all(&line).and_then(|()| out.write_all(b"\n")).map_err(failed)?;
            counts.add(&String::from_utf8_lossy(&line));
        }
    }
    counts.ok = child.wait().map_err(failed)?.success() && counts.failed == 0;
    Ok(counts)
}

impl Counts {
    /// These and others.
    pub(crate) fn and(self, other: &Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            ignored: self.ignored + other.ignored,
            ok: self.ok && other.ok,
        }
    }

    /// Adds `test result: ok. 12 passed; 0 failed; 1 ignored; …`.
    fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let Some((_, counts)) = result.split_once(". ") else { return };
        for part in counts.split("; ") {
            if let Some((Ok(number), word)) = part.split_once(' ').map(|(number, word)| (number.parse::<u64>(), word)) {
                match word {
                    "passed" => self.passed += number,
                    "failed" => self.failed += number,
                    "ignored" => self.ignored += number,
                    _ => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn the_counts_of_all_test_programs_add_up() {
        let mut counts = Counts::default();
        counts.add("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s");
        counts.add("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.50s");
        counts.add("test a_line_about ... ok");
        assert_eq!((counts.passed, counts.failed, counts.ignored), (15, 2, 1));
        let both = counts.and(&Counts { passed: 1, failed: 0, ignored: 2, ok: true });
        assert_eq!((both.passed, both.failed, both.ignored, both.ok), (16, 2, 3, false));
    }
}
