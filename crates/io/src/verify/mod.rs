//! Verifying a public edition: its written files are read again, and nothing is taken on trust.
//!
//! Nothing that the run knew is used: what is proved is proved of the files that would be published.

mod agree;
mod answers;
mod attack;
mod borders;
mod copies;
mod drawings;
mod figures;
mod layer;
mod names;
mod page;
mod sheets;
mod verdicts;

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::write::{manifest::digest, open_data, public::ALLOWED};
pub use answers::Program;
use figures::Table;

/// How many findings of one check are listed.
const LISTED: usize = 20;

/// A check, and what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at, in plain words.
    pub what: String,
    /// What should not be: file, row and what it is. Empty when all is well.
    pub problems: Vec<String>,
}

/// The edition cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct VerifyError {
    /// What cannot be read.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

/// What the manifest says.
struct Manifest {
    threshold: u64,
    value: Value,
}

/// Reads a public edition and checks it; with the folder of the internal edition also against that. `program` is what its page
/// may run.
///
/// # Errors
/// When there is no manifest or no table of figures to read.
pub fn public(folder: &Path, internal: Option<&Path>, program: &Program<'_>) -> Result<Vec<Check>, VerifyError> {
    let fail = |path: &Path, reason: String| VerifyError { path: path.to_owned(), reason };
    let path = folder.join("manifest.json");
    let text = fs::read(&path).map_err(|e| fail(&path, e.to_string()))?;
    let value: Value = serde_json::from_slice(&text).map_err(|e| fail(&path, format!("this is no manifest: {e}")))?;
    let threshold = value.pointer("/suppression/threshold").and_then(Value::as_u64);
    let mut checks = Vec::new();
    let edition = value["edition"].as_str() == Some("public") && threshold.is_some();
    let wrong = "manifest.json: it does not say that this is a public edition, and by which threshold".to_owned();
    checks.push(check("The manifest says that this is a public edition.", (!edition).then_some(wrong)));
    let manifest = Manifest { threshold: threshold.unwrap_or(5), value };

    let files = files(folder).map_err(|e| fail(folder, e.to_string()))?;
    checks.push(allowed(&files));
    checks.push(hashes(folder, &files, &manifest));
    checks.push(secrets(&manifest));

    let path = folder.join("indicators.csv");
    let table = Table::of_csv(&path).map_err(|reason| fail(&path, reason))?;
    checks.push(table.adds_up());
    checks.push(table.is_without_small_counts(&manifest));
    checks.push(agree::parquet(folder, &table));
    checks.push(agree::goals(folder, &table));
    checks.push(agree::layers(folder, &table, &manifest));
    checks.push(agree::open_data(folder, &files, &table, &manifest));
    let page = page::Page::read(&folder.join("report.html"), program).map_err(|reason| fail(folder, reason))?;
    checks.push(page.is_plain());
    checks.push(page.answers(folder, &table, program, &manifest));
    checks.push(page.agrees(&table));
    checks.push(sheets::agree(folder, &table));
    checks.push(drawings::agree(folder, &files, &table));
    for name in files.iter().filter(|name| is_page(name)) {
        let page = page::Page::of_area(folder, name).map_err(|reason| fail(folder, reason))?;
        checks.extend([page.is_plain(), page.agrees(&table)].into_iter().filter(|check| !check.problems.is_empty()));
    }
    checks.extend(names::nowhere(folder, &files, internal, program)?);
    let truth = internal.map(|folder| Table::of_csv(&folder.join("indicators.csv")));
    let truth = truth.transpose().map_err(|reason| fail(folder, reason))?;
    checks.push(attack::attack(&table, &manifest, truth.as_ref()));
    Ok(checks)
}

fn check(what: impl Into<String>, problems: impl IntoIterator<Item = String>) -> Check {
    let mut problems: Vec<String> = problems.into_iter().collect();
    if problems.len() > LISTED {
        let more = problems.len() - LISTED;
        problems.truncate(LISTED);
        problems.push(format!("and {more} more"));
    }
    Check { what: what.into(), problems }
}

/// The names of all files below a folder, sorted, with `/` between folders.
fn files(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    let mut waiting = vec![String::new()];
    while let Some(prefix) = waiting.pop() {
        for entry in fs::read_dir(folder.join(&prefix))? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                waiting.push(format!("{name}/"));
            } else {
                names.push(name);
            }
        }
    }
    names.sort();
    Ok(names)
}

/// Whether this is a page about one area, or the list of them.
fn is_page(name: &str) -> bool {
    name.strip_prefix("kommun/").is_some_and(|rest| !rest.contains('/') && rest.ends_with(".html"))
}

fn allowed(files: &[String]) -> Check {
    let picture = |name: &str| {
        let rest = name.strip_prefix("pictures/");
        let rest =
            rest.map(|rest| rest.strip_prefix("slides/").or_else(|| rest.strip_prefix("print/")).unwrap_or(rest));
        rest.is_some_and(|rest| !rest.contains('/')) && (name.ends_with(".svg") || name.ends_with(".png"))
    };
    let open_data = |name: &str| {
        let plain = name.strip_prefix("open-data/").is_some_and(|rest| !rest.contains('/'));
        plain && open_data::ENDINGS.iter().any(|ending| name.ends_with(ending))
    };
    let allowed = |name: &str| ALLOWED.contains(&name) || picture(name) || open_data(name) || is_page(name);
    let others = files.iter().filter(|name| !allowed(name));
    let problems = others.map(|name| format!("{name}: this file may not be in a public edition"));
    check("There are only files that a public edition may have.", problems)
}

fn hashes(folder: &Path, files: &[String], manifest: &Manifest) -> Check {
    let listed = manifest.value["outputs"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut problems = Vec::new();
    let mut names = BTreeSet::from(["manifest.json"]);
    for output in listed {
        let name = output["name"].as_str().unwrap_or_default();
        names.insert(name);
        match digest(&folder.join(name)) {
            Ok((sha256, _)) if output["sha256"].as_str() == Some(&sha256) => {}
            Ok(_) => problems.push(format!("{name}: it is not the file that the manifest lists (another SHA-256)")),
            Err(error) => problems.push(format!("{name}: the manifest lists it, and it cannot be read: {error}")),
        }
    }
    let unlisted = files.iter().filter(|name| !names.contains(name.as_str()));
    problems.extend(unlisted.map(|name| format!("{name}: the manifest does not list it")));
    check("Every file is as the manifest lists it, byte by byte.", problems)
}

/// Nothing of a secret source stands in the manifest.
fn secrets(manifest: &Manifest) -> Check {
    let inputs = manifest.value["inputs"].as_array().map(Vec::as_slice).unwrap_or_default();
    let secret = inputs.iter().enumerate().filter(|(_, input)| input["secrecy"].as_str() == Some("secret"));
    let told = secret.flat_map(|(number, input)| {
        let keys = ["path", "sha256", "rows", "crs", "source", "licence"].into_iter();
        let told = keys.filter(|key| !input[*key].is_null());
        told.map(move |key| format!("manifest.json: inputs[{number}] is secret and has a `{key}`"))
    });
    let problems: Vec<String> = told.collect();
    let places = inputs.iter().enumerate().filter(|(_, input)| {
        matches!(input["role"].as_str(), Some("places" | "offers" | "review")) && !input["rows"].is_null()
    });
    let rows =
        places.map(|(number, _)| format!("manifest.json: inputs[{number}] says how many places or offers there are"));
    let results =
        manifest.value.get("results").map(|_| "manifest.json: it has `results`, which count places".to_owned());
    check(
        "The manifest says nothing of secret sources, and counts no places.",
        problems.into_iter().chain(rows).chain(results),
    )
}
