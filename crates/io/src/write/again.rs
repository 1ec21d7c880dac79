//! Some results written again, into the folder of a run or another one: the manifest then says what stands there now.

use std::{fs, io};

use nittio_core::outcome::Outcome;
use serde_json::{Value, json};

use super::{
    error::WriteError,
    manifest::{self, Output},
    public::{FOLDER, licences},
    staging::{MANIFEST, Staging},
};
use crate::saved;

/// Puts what was staged into the folder of the run that it was made from. Everything else there is left as it is, and the manifest says
/// so; nothing changes where the bytes are the same.
///
/// # Errors
/// When the run's manifest cannot be read, or a file not be written; what was there before then still is.
pub fn into_run(staging: Staging, outcome: &Outcome) -> Result<(), WriteError> {
    if outcome.edition.is_some() {
        let name = format!("{FOLDER}/{MANIFEST}");
        let text = amended(&staging, &name, outcome, Some(FOLDER))?;
        staging.write(&name, |file| io::Write::write_all(file, &text))?;
    }
    let text = amended(&staging, MANIFEST, outcome, None)?;
    staging.commit_beside(&text)
}

/// Puts what was staged into a folder of its own, in place of what such a call has put there before.
///
/// # Errors
/// When the folder holds the result of a run, or a file cannot be written; what was there before then still is.
pub fn into_folder(staging: Staging, outcome: &Outcome) -> Result<(), WriteError> {
    let output = staging.output().to_owned();
    if output.join(saved::NAME).exists() {
        let path = output.join(saved::NAME);
        let reason = "this folder holds the result of a run; name another one".to_owned();
        return Err(WriteError::Failed { path, output, reason });
    }
    let public = outcome.edition.is_some();
    let mut outputs = manifest::outputs(&staging, &licences(&outcome.provenance.inputs), None)?;
    outputs.iter_mut().for_each(|output| output.of_edition(public));
    let manifest = json!({
        "program": outcome.provenance.program,
        "edition": if public { "public" } else { "internal" },
        "study": manifest::study_entry(outcome),
        "outputs": outputs,
    });
    let text = manifest::pretty(&manifest).map_err(|error| staging.failed(MANIFEST, &error))?;
    staging.commit(&text)
}

/// A manifest of the output folder, with what was staged in its list of outputs.
fn amended(staging: &Staging, name: &str, outcome: &Outcome, folder: Option<&str>) -> Result<Vec<u8>, WriteError> {
    let broken = || {
        let message = "this is not the manifest of a run; run the study again";
        staging.failed(name, &io::Error::new(io::ErrorKind::InvalidData, message))
    };
    let bytes = fs::read(staging.output().join(name)).map_err(|error| staging.failed(name, &error))?;
    let mut manifest: Value = serde_json::from_slice(&bytes).map_err(|_| broken())?;
    let outputs = manifest.get_mut("outputs").and_then(Value::as_array_mut).ok_or_else(broken)?;
    let named = |value: &Value| value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    for output in manifest::outputs(staging, &licences(&outcome.provenance.inputs), folder)? {
        let entry = entry(&output).map_err(|error| staging.failed(name, &error))?;
        match outputs.binary_search_by(|old| named(old).cmp(&named(&entry))) {
            // What it rests on is as the run has said it.
            Ok(at) => {
                for key in ["sha256", "bytes"] {
                    outputs[at][key] = entry[key].clone();
                }
            }
            Err(at) => outputs.insert(at, entry),
        }
    }
    manifest::pretty(&manifest).map_err(|error| staging.failed(name, &error))
}

fn entry(output: &Output) -> io::Result<Value> {
    Ok(serde_json::to_value(output)?)
}
