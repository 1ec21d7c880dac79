//! The public edition's files, in the folder `public`: figures, goals, map layers, and a manifest of their own.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use nittio_core::{
    diagnostic::{Action, Finding},
    outcome::{Input, Outcome},
    secrecy::Secrecy,
};
use serde::Serialize;

use super::{
    error::WriteError,
    geopackage, goals, indicators,
    manifest::{self, Definitions, Output, StudyEntry, definitions, study_entry},
    staging::Staging,
};

/// The folder, in the folder of the internal edition.
pub const FOLDER: &str = "public";

/// The public manifest's name.
pub const MANIFEST: &str = "public/manifest.json";

/// Every file that a public edition may hold; pictures come in two formats each.
pub const ALLOWED: [&str; 9] = [
    "indicators.csv",
    "indicators.parquet",
    "goals.csv",
    "coverage.gpkg",
    "report.html",
    "report.pdf",
    super::WORKBOOK,
    super::EXCEL_CSV,
    "manifest.json",
];

#[derive(Serialize)]
struct Manifest<'a> {
    program: &'a str,
    edition: &'static str,
    suppression: Suppression,
    study: StudyEntry<'a>,
    inputs: Vec<InputEntry<'a>>,
    definitions: Definitions<'a>,
    unit_scales: IndexMap<&'a str, u64>,
    diagnostics: Vec<DiagnosticEntry<'a>>,
    outputs: Vec<Output>,
}

#[derive(Serialize)]
struct Suppression {
    threshold: u64,
    protect_zeros: bool,
}

/// What was read, as far as anybody may know.
#[derive(Serialize)]
struct InputEntry<'a> {
    /// None of a secret source.
    path: Option<&'a str>,
    role: &'a str,
    secrecy: Secrecy,
    sha256: Option<&'a str>,
    rows: Option<u64>,
    crs: Option<&'a str>,
    source: Option<&'a str>,
    licence: Option<&'a str>,
}

#[derive(Serialize)]
struct DiagnosticEntry<'a> {
    file: &'a str,
    finding: Finding,
    action: Action,
    /// None where the number is kept back.
    rows: Option<u64>,
}

/// Writes the public edition but for its report and its manifest; `outcome` is that of the edition.
///
/// # Errors
/// When a file cannot be written; nothing is then changed in the output folder.
pub fn results(staging: &Staging, outcome: &Outcome) -> Result<(), WriteError> {
    let (figures, as_of) = (&outcome.indicators, outcome.frame.as_of);
    staging.write("public/indicators.csv", |file| indicators::csv(file, figures, as_of))?;
    staging.write("public/indicators.parquet", |file| indicators::parquet(file, figures, as_of))?;
    staging.write("public/goals.csv", |file| goals::csv(file, outcome))?;
    if geopackage::has_layers(&outcome.frame) {
        let name = "public/coverage.gpkg";
        let path = staging.path(name)?;
        geopackage::write(&path, outcome).map_err(|error| staging.failed(name, &error))?;
    }
    Ok(())
}

/// Writes the manifest over what was staged of the public edition.
///
/// # Errors
/// When a staged file cannot be read, or the manifest not be written.
pub fn finish(staging: &Staging, outcome: &Outcome, speeds: &[nittio_core::quantity::Speed]) -> Result<(), WriteError> {
    let inputs = &outcome.provenance.inputs;
    let rule = outcome.edition.unwrap_or_default();
    let outputs = manifest::outputs(staging, &licences(inputs), Some("public"))?;
    let known = |text: &'_ str| !text.is_empty();
    let manifest = Manifest {
        program: &outcome.provenance.program,
        edition: "public",
        suppression: Suppression { threshold: rule.threshold, protect_zeros: rule.protect_zeros },
        study: study_entry(outcome),
        inputs: inputs
            .iter()
            .map(|input| InputEntry {
                path: Some(input.path.as_str()).filter(|path| known(path)),
                role: &input.role,
                secrecy: input.secrecy,
                sha256: Some(input.sha256.as_str()).filter(|sha| known(sha)),
                rows: Some(input.rows).filter(|&rows| rows > 0),
                crs: input.crs.as_deref(),
                source: input.source.as_deref(),
                licence: input.licence.as_deref(),
            })
            .collect(),
        definitions: definitions(outcome, speeds),
        unit_scales: outcome.indicators.units.iter().map(|unit| (unit.unit.key(), unit.scale)).collect(),
        diagnostics: outcome
            .diagnostics
            .iter()
            .map(|count| DiagnosticEntry {
                file: inputs.get(usize::from(count.source)).map_or("", |input| input.path.as_str()),
                finding: count.finding,
                action: count.action,
                rows: Some(count.rows).filter(|&rows| rows > 0),
            })
            .collect(),
        outputs,
    };
    let text = manifest::pretty(&manifest).map_err(|error| staging.failed(MANIFEST, &error))?;
    staging.write(MANIFEST, |file| std::io::Write::write_all(file, &text))
}

/// Who made the inputs and under which licence, each once, by role.
pub(super) fn licences(inputs: &[Input]) -> BTreeMap<&str, Vec<String>> {
    let mut by_role: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for input in inputs {
        let said = [input.source.as_deref(), input.licence.as_deref()];
        let said: Vec<&str> = said.into_iter().flatten().collect();
        let said = said.join(", ");
        let of_role = by_role.entry(input.role.as_str()).or_default();
        if !said.is_empty() && !of_role.contains(&said) {
            of_role.push(said);
        }
    }
    by_role
}
