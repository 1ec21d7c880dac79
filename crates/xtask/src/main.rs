//! The project's own commands: `cargo xtask test` and its parts.
//!
//! Only the standard library, so that this compiles in a second and can run before anything else is there.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks on the terminal")]

mod guard;
mod highs;
mod step;
mod tools;

use std::{env, process::ExitCode, thread, time::Instant};

use step::{Failed, cargo, step};

/// What is off by default, since it takes long to build: the report as PDF, and its cases in the suite.
const FEATURES: &str = "nittio/pdf,nittio-tests/pdf";

const USAGE: &str = "\
cargo xtask COMMAND

  test    check formatting and lints, build, meanwhile install what the tests need, run every test, and count
          instructions
  tools   only install what the tests need
  highs   only test plans with the solver HiGHS, as others have built it
  guard   only count the instructions of index, join and tally, and hold them against benches/guard.toml;
          with --accept, write what was counted there instead

Set NITTIO_REAL_DATA to the folder of real data to run the cases that need it; without it they say that they
were not run.";

fn main() -> ExitCode {
    let begun = Instant::now();
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["test"] => test(),
        ["tools"] => tools::install(),
        ["highs"] => tools::install().and_then(|()| said(&highs::tests()?)),
        ["guard"] => guard::hold(),
        ["guard", "--accept"] => guard::accept(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => Err(Failed(format!("there is no such command: {}\n\n{USAGE}", arguments.join(" ")))),
    };
    match result {
        Ok(()) => {
            println!("xtask: all done in {} s", begun.elapsed().as_secs());
            ExitCode::SUCCESS
        }
        Err(Failed(why)) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

fn test() -> Result<(), Failed> {
    step("formatting", || cargo(&["fmt", "--all", "--check"]))?;
    // Installing waits for the network, and building for the processor.
    let tools = thread::spawn(tools::install);
    step("lints", || {
        cargo(&["clippy", "--workspace", "--all-targets", "--features", FEATURES, "--", "-D", "warnings"])
    })?;
    // The suite drives the program as a user does, so the program must be there before the suite runs. Built in one
    // go with the tests: built alone, its dependencies would have other features and be compiled twice.
    step("building", || cargo(&["build", "--workspace", "--bins", "--tests", "--features", FEATURES]))?;
    tools.join().map_err(|_| Failed("installing what the tests need stopped half-way".to_owned()))??;
    step("lints of plans with HiGHS", highs::lints)?;
    step("tests", tests)?;
    step("instruction counts", guard::hold)
}

/// Runs every test and says at the end how many there were.
fn tests() -> Result<(), Failed> {
    let most = step::cargo_command(&["test", "--workspace", "--no-fail-fast", "--features", FEATURES]);
    let counts = step::cargo_test(most)?.and(&highs::tests()?);
    said(&counts)
}

fn said(counts: &step::Counts) -> Result<(), Failed> {
    println!("{} passed, {} failed, {} ignored", counts.passed, counts.failed, counts.ignored);
    if counts.ok { Ok(()) } else { Err(Failed("some tests failed; they are named above".to_owned())) }
}
