//! `manifest.json`: what was made, from what, by which definitions. Written last: where it stands, the results are
//! whole.
//!
//! It holds no time of day, no absolute path and no name of a machine, so that the same input gives the same bytes.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use indexmap::IndexMap;
use nittio_core::{
    coverage::{Kind, link_sets},
    diagnostic::{Action, Finding},
    goal::Goal,
    near::Near,
    outcome::Input,
    profile::Profile,
    quantity::Speed,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Run, error::WriteError, staging::Staging};

/// The program's name, with which every manifest of its own begins.
const PROGRAM: &str = "nittio";

const BOUNDARY: &str = "counts as covered";

const SETTLEMENT_RULE: &str = "by position; a locality goes before a smaller locality, a border belongs to the area; \
                               outside means in neither, unknown means without a position";

#[derive(Serialize)]
struct Manifest<'a> {
    program: &'a str,
    study: StudyEntry<'a>,
    inputs: &'a [Input],
    definitions: Definitions<'a>,
    /// How many counted parts make one of each unit.
    unit_scales: IndexMap<&'a str, u64>,
    diagnostics: Vec<DiagnosticEntry<'a>>,
    results: Results,
    outputs: Vec<Output>,
}

#[derive(Serialize)]
struct StudyEntry<'a> {
    name: &'a str,
    as_of: jiff::civil::Date,
    crs: &'a str,
    notice: Option<&'a str>,
}

#[derive(Serialize)]
struct Definitions<'a> {
    profiles: &'a [Profile],
    goals: &'a [Goal],
    speeds: &'a [Speed],
    measures: Vec<String>,
    near: Option<&'a Near>,
    settlement: Option<&'static str>,
    boundary: &'static str,
}

#[derive(Serialize)]
struct DiagnosticEntry<'a> {
    file: &'a str,
    finding: Finding,
    action: Action,
    rows: u64,
}

#[derive(Serialize)]
struct Results {
    places: u64,
    matched: u64,
    unmatched: u64,
    footprints: usize,
    offers: u64,
    services: usize,
    link_sets: usize,
    tally_cells: usize,
}

#[derive(Serialize)]
struct Output {
    name: String,
    sha256: String,
    bytes: u64,
}

/// The manifest over everything staged so far.
///
/// # Errors
/// When a staged file cannot be read.
pub fn json(staging: &Staging, run: &Run) -> Result<Vec<u8>, WriteError> {
    let Run { study, kinds, tally, outcome, .. } = *run;
    let inputs = outcome.provenance.inputs.as_slice();
    let of_kinds = |wanted: fn(&Kind) -> bool| -> u64 {
        kinds.iter().zip(run.places).filter(|(kind, _)| wanted(kind)).map(|(_, places)| places).sum()
    };
    let (places, matched) = (of_kinds(|_| true), of_kinds(Kind::is_matched));
    let manifest = Manifest {
        program: &outcome.provenance.program,
        study: StudyEntry {
            name: &outcome.name,
            as_of: outcome.frame.as_of,
            crs: &outcome.provenance.crs,
            notice: outcome.notice.as_deref(),
        },
        inputs,
        definitions: Definitions {
            profiles: &outcome.indicators.profiles,
            goals: &outcome.goals,
            speeds: &study.speeds,
            measures: outcome.indicators.measures.iter().map(ToString::to_string).collect(),
            near: outcome.frame.near.as_ref(),
            settlement: outcome.frame.settlements.then_some(SETTLEMENT_RULE),
            boundary: BOUNDARY,
        },
        unit_scales: outcome.indicators.units.iter().map(|unit| (unit.unit.key(), unit.scale)).collect(),
        diagnostics: outcome
            .diagnostics
            .iter()
            .map(|count| DiagnosticEntry {
                file: inputs.get(usize::from(count.source)).map_or("", |input| input.path.as_str()),
                finding: count.finding,
                action: count.action,
                rows: count.rows,
            })
            .collect(),
        results: Results {
            places,
            matched,
            unmatched: places - matched,
            footprints: run.footprints,
            offers: study.offers.rows(),
            services: outcome.frame.services.as_slice().len(),
            link_sets: link_sets(kinds),
            tally_cells: tally.len(),
        },
        outputs: outputs(staging)?,
    };
    pretty(&manifest).map_err(|error| staging.failed(super::staging::MANIFEST, &error))
}

fn outputs(staging: &Staging) -> Result<Vec<Output>, WriteError> {
    staging
        .names()?
        .into_par_iter()
        .map(|name| match digest(&staging.staged(&name)) {
            Ok((sha256, bytes)) => Ok(Output { name, sha256, bytes }),
            Err(error) => Err(staging.failed(&name, &error)),
        })
        .collect()
}

fn pretty(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    Ok(text)
}

/// SHA-256 of a file in hexadecimal, and its size.
pub(crate) fn digest(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    Ok((text, bytes))
}

/// A file that an earlier run wrote.
#[derive(Debug, Deserialize)]
pub(super) struct OldOutput {
    /// Its name.
    pub(super) name: String,
    /// SHA-256 of what was written.
    pub(super) sha256: String,
}

/// What an earlier run wrote; nothing when the manifest is not one of ours or cannot be read.
pub(super) fn old_outputs(manifest: &[u8]) -> Vec<OldOutput> {
    #[derive(Deserialize)]
    struct Old {
        program: String,
        outputs: Vec<OldOutput>,
    }
    serde_json::from_slice::<Old>(manifest)
        .ok()
        .filter(|old| old.program.split(' ').next() == Some(PROGRAM))
        .map(|old| old.outputs)
        .unwrap_or_default()
}

/// A manifest of outputs only, for tests of the staging.
#[cfg(test)]
pub(super) fn minimal(staging: &Staging) -> Result<Vec<u8>, WriteError> {
    let outputs = outputs(staging)?;
    pretty(&serde_json::json!({ "program": PROGRAM, "outputs": outputs }))
        .map_err(|error| staging.failed(super::staging::MANIFEST, &error))
}
