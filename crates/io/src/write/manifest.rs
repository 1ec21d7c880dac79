//! `manifest.json`: what was made, from what, by which definitions. Written last: where it stands, the results are
//! whole.
//!
//! It holds no time of day, no absolute path and no name of a machine, so that the same input gives the same bytes.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use indexmap::IndexMap;
use nittio_core::{
    aid::Counted,
    coverage::{Kind, link_sets},
    diagnostic::{Action, Finding},
    goal::Goal,
    near::Near,
    outcome::{Input, Outcome},
    plan::RankingRule,
    profile::Profile,
    quantity::Speed,
    review::ReviewCounts,
    state_aid::StateAid,
    support::Support,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Run, error::WriteError, public::licences, staging::Staging};

/// The program's name, with which every manifest of its own begins.
const PROGRAM: &str = "nittio";

const BOUNDARY: &str = "counts as covered";

const SETTLEMENT_RULE: &str = "by position; a locality goes before a smaller locality, a border belongs to the area; \
                               outside means in neither, unknown means without a position";

#[derive(Serialize)]
struct Manifest<'a> {
    program: &'a str,
    edition: &'static str,
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
pub(super) struct StudyEntry<'a> {
    name: &'a str,
    as_of: jiff::civil::Date,
    crs: &'a str,
    notice: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Definitions<'a> {
    profiles: &'a [Profile],
    goals: &'a [Goal],
    speeds: &'a [Speed],
    measures: Vec<String>,
    near: Option<&'a Near>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_aid: Option<RuleEntry<'a, StateAid>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    support: Option<RuleEntry<'a, Support>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    support_ranking: Option<&'a RankingRule>,
    settlement: Option<&'static str>,
    /// Per source of borders of localities: the year they were drawn for, where the study file says it.
    settlement_vintages: &'a [Option<i16>],
    boundary: &'static str,
}

/// A rule, and until when plans count by it.
#[derive(Serialize)]
struct RuleEntry<'a, R> {
    planned_until: jiff::civil::Date,
    #[serde(flatten)]
    rule: &'a R,
}

impl<'a, R> RuleEntry<'a, R> {
    fn of(counted: &'a Counted<R>) -> Self {
        Self { planned_until: counted.until, rule: &counted.rule }
    }
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
    /// What became of the answers of reviews.
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<ReviewCounts>,
}

#[derive(Serialize)]
pub(super) struct Output {
    name: String,
    /// `internal` or `public`.
    edition: &'static str,
    sha256: String,
    bytes: u64,
    /// Who made what it rests on, and under which licences.
    rests_on: Vec<String>,
}

impl Output {
    /// Says of which edition it is, where that is not seen by its name.
    pub(super) fn of_edition(&mut self, public: bool) {
        self.edition = if public { "public" } else { "internal" };
    }
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
        edition: "internal",
        study: study_entry(outcome),
        inputs,
        definitions: definitions(outcome, &study.speeds),
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
            review: (study.offers.reviews.counts.answers > 0).then_some(study.offers.reviews.counts),
        },
        outputs: outputs(staging, &licences(inputs), None)?,
    };
    pretty(&manifest).map_err(|error| staging.failed(super::staging::MANIFEST, &error))
}

pub(super) fn study_entry(outcome: &Outcome) -> StudyEntry<'_> {
    StudyEntry {
        name: &outcome.name,
        as_of: outcome.frame.as_of,
        crs: &outcome.provenance.crs,
        notice: outcome.notice.as_deref(),
    }
}

pub(super) fn definitions<'a>(outcome: &'a Outcome, speeds: &'a [Speed]) -> Definitions<'a> {
    Definitions {
        profiles: &outcome.indicators.profiles,
        goals: &outcome.goals,
        speeds,
        measures: outcome.indicators.measures.iter().map(ToString::to_string).collect(),
        near: outcome.frame.near.as_ref(),
        state_aid: outcome.aid.state_aid.as_ref().map(RuleEntry::of),
        support: outcome.aid.support.as_ref().map(RuleEntry::of),
        support_ranking: outcome.plans.ranking.as_ref().map(|ranking| &ranking.rule),
        settlement: outcome.frame.settlements.then_some(SETTLEMENT_RULE),
        settlement_vintages: if outcome.frame.settlements { &outcome.settlement_vintages } else { &[] },
        boundary: BOUNDARY,
    }
}

/// What was staged: all of it, or what is in a folder, by the names that it has there.
pub(super) fn outputs(
    staging: &Staging,
    licences: &BTreeMap<&str, Vec<String>>,
    folder: Option<&str>,
) -> Result<Vec<Output>, WriteError> {
    let in_folder = |name: &String| folder.is_none_or(|folder| name.starts_with(&format!("{folder}/")));
    let names: Vec<String> = staging.names()?.into_iter().filter(in_folder).collect();
    names
        .into_par_iter()
        .map(|name| match digest(&staging.staged(&name)) {
            Ok((sha256, bytes)) => {
                let public = name.starts_with("public/") || name.starts_with("open-data/");
                let edition = if public { "public" } else { "internal" };
                let rests_on = rests_on(&name, licences);
                let name = folder.and_then(|f| name.strip_prefix(&format!("{f}/"))).unwrap_or(&name).to_owned();
                Ok(Output { name, edition, sha256, bytes, rests_on })
            }
            Err(error) => Err(staging.failed(&name, &error)),
        })
        .collect()
}

/// What a file is made of: services of networks and offers, everything else of all that was read.
fn rests_on(name: &str, licences: &BTreeMap<&str, Vec<String>>) -> Vec<String> {
    let roles: &[&str] = match name {
        "services.csv" => &["footprints", "offers", "review", "places"],
        "plans.csv"
        | "plan-projects.csv"
        | "plan-areas.csv"
        | "plan-curve.csv"
        | "plan-sensitivity.csv"
        | "support-ranking.csv" => {
            &["places", "footprints", "offers", "review", "areas", "settlements", "projects", "unit-costs"]
        }
        "history.csv" => &["areas", "official"],
        "reconciliation.csv" | "report.html" | super::WORKBOOK => {
            &["places", "footprints", "offers", "review", "areas", "settlements", "official"]
        }
        _ => &["places", "footprints", "offers", "review", "areas", "settlements"],
    };
    let mut all: Vec<String> = Vec::new();
    for said in roles.iter().filter_map(|role| licences.get(role)).flatten() {
        if !all.contains(said) {
            all.push(said.clone());
        }
    }
    all
}

pub(super) fn pretty(value: &impl Serialize) -> io::Result<Vec<u8>> {
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
    let outputs = outputs(staging, &BTreeMap::new(), None)?;
    pretty(&serde_json::json!({ "program": PROGRAM, "outputs": outputs }))
        .map_err(|error| staging.failed(super::staging::MANIFEST, &error))
}
