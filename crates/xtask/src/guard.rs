//! The guard: how many instructions index, join and tally take on a fixed study, held against what is on file.
//!
//! Seconds on a shared machine say little; instructions under callgrind are the same to a few parts in a million from
//! run to run. They are not time: what waits for memory is not in them.

use std::{fmt::Write as _, fs, path::PathBuf, process::Command};

use crate::step::{Failed, cargo, root, run, target};

/// The phases, each a function of its own in `benches/guard/src/main.rs`.
const PHASES: [&str; 3] = ["index", "join", "tally"];

/// Per cent that a count may be above or below what is on file.
const MARGIN: u64 = 10;

/// What a phase took, in the order of [`PHASES`].
type Counts = [u64; PHASES.len()];

/// Counts, and fails when a phase is outside the margin.
pub(crate) fn hold() -> Result<(), Failed> {
    let path = file();
    let text = fs::read_to_string(&path).map_err(|e| Failed(format!("{}: {e}", path.display())))?;
    let on_file = parse(&text).map_err(|why| Failed(format!("{}: {why}", path.display())))?;
    let counted = count()?;
    let (table, within) = judge(&on_file, &counted);
    println!("{table}");
    if within {
        return Ok(());
    }
    Err(Failed(format!(
        "a phase is more than {MARGIN} % away from {}\n\
         If that is meant, run `cargo xtask guard --accept` and say in the commit why. If not, it is a find.\n\
         The counts on file are of {}; here is {}.",
        path.display(),
        compiler_on_file(&text).unwrap_or("an unnamed compiler"),
        compiler()?,
    )))
}

/// Counts, and writes what was counted to the file.
pub(crate) fn accept() -> Result<(), Failed> {
    let counted = count()?;
    let mut text = format!(
        "# Instructions per phase on the study of benches/guard, as callgrind counts them. `cargo xtask guard` holds\n\
         # every run to these, {MARGIN} % up or down; `cargo xtask guard --accept` writes them anew. Say in the commit why.\n\
         compiler = \"{}\"\n",
        compiler()?
    );
    for (phase, count) in PHASES.iter().zip(counted) {
        let _ = writeln!(text, "{phase} = {}", grouped(count, '_'));
    }
    let path = file();
    if let Some((table, _)) = fs::read_to_string(&path).ok().and_then(|old| Some(judge(&parse(&old).ok()?, &counted))) {
        println!("{table}");
    }
    fs::write(&path, text).map_err(|e| Failed(format!("{}: {e}", path.display())))
}

fn file() -> PathBuf {
    root().join("benches/guard.toml")
}

/// Builds the guard and runs it under callgrind, once for each phase.
fn count() -> Result<Counts, Failed> {
    cargo(&["build", "--quiet", "--profile", "guard", "--package", "nittio-guard"])?;
    let program = target().join("guard/guard");
    let mut counts = Counts::default();
    for (phase, count) in PHASES.iter().zip(&mut counts) {
        let out = target().join(format!("guard/{phase}.callgrind"));
        run(Command::new("valgrind")
            .args(["--quiet", "--tool=callgrind", "--collect-atstart=no"])
            .arg(format!("--toggle-collect=guard::phase_{phase}*"))
            .arg(format!("--callgrind-out-file={}", out.display()))
            .arg(&program)
            .stdout(std::process::Stdio::null()))?;
        let text = fs::read_to_string(&out).map_err(|e| Failed(format!("{}: {e}", out.display())))?;
        *count = total(&text).ok_or_else(|| {
            Failed(format!("{}: nothing was counted; is guard::phase_{phase} still a function?", out.display()))
        })?;
    }
    Ok(counts)
}

/// The sum of a callgrind file; `None` when it is not there or nothing was counted.
fn total(callgrind: &str) -> Option<u64> {
    let sum = callgrind.lines().find_map(|line| line.strip_prefix("totals: "))?;
    sum.trim().parse().ok().filter(|&sum| sum > 0)
}

fn parse(text: &str) -> Result<Counts, String> {
    let mut counts = Counts::default();
    for (phase, count) in PHASES.iter().zip(&mut counts) {
        let value = value(text, phase).ok_or_else(|| format!("there is no count for {phase}"))?;
        *count = value.replace('_', "").parse().map_err(|_| format!("{value:?} is not a count for {phase}"))?;
    }
    Ok(counts)
}

fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('=').map(str::trim))
}

fn compiler_on_file(text: &str) -> Option<&str> {
    value(text, "compiler").map(|compiler| compiler.trim_matches('"'))
}

fn compiler() -> Result<String, Failed> {
    let output = Command::new("rustc").arg("--version").output();
    let output = output.map_err(|e| Failed(format!("rustc cannot be run: {e}")))?;
    let version = String::from_utf8_lossy(&output.stdout);
    Ok(version.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

/// A table of both, and whether every phase is within the margin.
fn judge(on_file: &Counts, counted: &Counts) -> (String, bool) {
    let mut table = format!("{:<8}{:>16}{:>16}{:>10}", "phase", "on file", "counted", "change");
    let mut all = true;
    for ((phase, &was), &is) in PHASES.iter().zip(on_file).zip(counted) {
        let within = is.abs_diff(was) <= was / 100 * MARGIN;
        all &= within;
        let sign = if is < was { '-' } else { '+' };
        let tenths = u128::from(is.abs_diff(was)) * 1000 / u128::from(was.max(1));
        let change = format!("{sign}{}.{} %", tenths / 10, tenths % 10);
        let mark = if within { "" } else { "  !" };
        let _ = write!(table, "\n{phase:<8}{:>16}{:>16}{change:>10}{mark}", grouped(was, ' '), grouped(is, ' '));
    }
    (table, all)
}

/// `1234567` as `1 234 567`.
fn grouped(count: u64, separator: char) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{grouped, judge, parse, total};

    #[test]
    fn a_phase_outside_the_margin_is_named_whether_it_is_slower_or_faster() {
        let on_file = [1_000_000, 2_000_000, 3_000_000];
        assert!(judge(&on_file, &[1_100_000, 1_800_000, 3_000_000]).1, "at the margin");
        let (table, within) = judge(&on_file, &[1_000_000, 2_200_001, 3_000_000]);
        assert!(!within);
        let marked: Vec<&str> = table.lines().filter(|line| line.ends_with('!')).collect();
        assert_eq!(marked, ["join           2 000 000       2 200 001   +10.0 %  !"]);
        assert!(!judge(&on_file, &[1_000_000, 2_000_000, 2_600_000]).1);
    }

    #[test]
    fn counts_are_read_as_they_are_written() {
        assert_eq!(parse("# index\ncompiler = \"rustc 1\"\nindex = 1_234\njoin=5\ntally = 6\n"), Ok([1234, 5, 6]));
        assert_eq!(parse("index = 1\njoin = x\ntally = 1"), Err("\"x\" is not a count for join".to_owned()));
        assert_eq!(parse("index = 1"), Err("there is no count for join".to_owned()));
        assert_eq!(grouped(1_234_567, '_'), "1_234_567");
    }

    #[test]
    fn a_callgrind_file_without_counts_is_not_zero() {
        assert_eq!(total("events: Ir\nsummary: 12\ntotals: 12\n"), Some(12));
        assert_eq!(total("events: Ir\ntotals: 0\n"), None);
        assert_eq!(total(""), None);
    }
}
