//! `nittio verify`: read a public edition again, and prove what may be said of it.

use std::fmt::Write as _;

use nittio_io::verify;

use crate::{Answer, args::VerifyArgs, command::print, failure::Failure};

/// Prints every check and what it found.
pub(crate) fn verify(args: &VerifyArgs) -> Result<Answer, Failure> {
    let words = nittio_report::page::words();
    let program =
        verify::Program { script: nittio_report::page::SCRIPT, library: nittio_report::page::library(), words: &words };
    let checks = verify::public(&args.public, args.internal.as_deref(), &program)
        .map_err(|error| Failure::Said(error.to_string()))?;
    let mut out = String::new();
    for check in &checks {
        let _ = writeln!(out, "{} {}", if check.problems.is_empty() { "yes" } else { "NO " }, check.what);
        for problem in &check.problems {
            let _ = writeln!(out, "      {problem}");
        }
    }
    let failed = checks.iter().filter(|check| !check.problems.is_empty()).count();
    let _ = match failed {
        0 => writeln!(out, "\nAll {} checks passed: this may be published.", checks.len()),
        _ => writeln!(out, "\n{failed} of {} checks failed: do not publish this.", checks.len()),
    };
    print(&out)?;
    Ok(if failed == 0 { Answer::Yes } else { Answer::No })
}
