//! Whether a run may rest on a last result: whole, by this version, and of the same study but for its footprints.

use std::{collections::BTreeMap, fs, path::Path};

use rayon::prelude::*;
use serde::Deserialize;

use super::{NAME, PLACES, PROGRAM, State, Unfit, settings_of};
use crate::{
    index_file::settings,
    ingest::{Reading, since},
    read::in_words,
    study_file::error::StudyFileError,
    write::{manifest, staging::MANIFEST},
};

#[derive(Deserialize)]
struct Manifest {
    program: String,
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
struct Output {
    name: String,
    sha256: String,
}

/// Reads the state in a folder, when the files are those that its manifest lists.
pub(super) fn whole(folder: &Path) -> Result<State, Unfit> {
    let shown = |name: &str| folder.join(name).display().to_string();
    let bytes = fs::read(folder.join(MANIFEST)).map_err(|e| {
        Unfit::because(format!("{}: no last result can be read there: {}", shown(MANIFEST), in_words(&e)))
    })?;
    let Ok(Manifest { program, outputs }) = serde_json::from_slice(&bytes) else {
        return Err(Unfit::because(format!("{}: this is not a manifest that nittio wrote", shown(MANIFEST))));
    };
    if program != PROGRAM {
        let what = format!("{}: another version wrote it ({program}; this is {PROGRAM})", shown(MANIFEST));
        return Err(Unfit::because(what));
    }
    let listed: BTreeMap<String, String> = outputs.into_iter().map(|output| (output.name, output.sha256)).collect();
    let wrong: Vec<String> = [PLACES, NAME]
        .into_par_iter()
        .filter_map(|name| {
            let Some(sha256) = listed.get(name) else {
                return Some(format!("{}: the last run did not write {name}", shown(MANIFEST)));
            };
            match manifest::digest(&folder.join(name)) {
                Ok((found, _)) if found == *sha256 => None,
                Ok(_) => Some(format!("{}: it is not the file that the manifest lists", shown(name))),
                Err(error) => Some(format!("{}: it cannot be read: {}", shown(name), in_words(&error))),
            }
        })
        .collect();
    if !wrong.is_empty() {
        return Err(Unfit(wrong));
    }
    match State::read(&folder.join(NAME)) {
        Ok(Some(state)) if state.contents.program == PROGRAM => Ok(state),
        Ok(_) => Err(Unfit::because(format!("{}: another version of nittio wrote it, or something else", shown(NAME)))),
        Err(error) => Err(Unfit::because(format!("{}: it cannot be read: {}", shown(NAME), in_words(&error)))),
    }
}

/// Of each source of footprints which of the files before it is, when it has not changed; or what else has changed.
pub(super) fn same(state: &State, reading: &Reading<'_>) -> Result<Result<Vec<Option<usize>>, Unfit>, StudyFileError> {
    let (settings, footprints) = settings_of(reading);
    let contents = &state.contents;
    let changes = settings::differences(&contents.settings, &settings);
    if !changes.is_empty() {
        return Ok(Err(Unfit(changes)));
    }
    reading.progress().begin("files for their checksums");
    let now = since::identities(reading);
    reading.progress().end();
    let now = now?;
    let files = since::files(&reading.loaded().file);
    let before = || contents.before.files.iter().enumerate();
    let others = |role: &str| role != "footprints";
    let then: Vec<_> = before().filter(|(_, file)| others(&file.role)).collect();
    let others: Vec<_> = files.iter().zip(&now).filter(|((role, _), _)| others(role)).collect();
    if !then.iter().map(|(_, file)| file.role.as_str()).eq(others.iter().map(|((role, _), _)| *role)) {
        return Ok(Err(Unfit::because("the study has other files")));
    }
    let changed = others.iter().zip(&then).filter(|((_, now), (_, then))| then.identity != **now);
    let changed = changed.map(|(((role, file), now), (_, then))| {
        format!("{} ({role}): {}", file.path.get_ref(), then.identity.difference(now))
    });
    let changed: Vec<String> = changed.collect();
    if !changed.is_empty() {
        return Ok(Err(Unfit(changed)));
    }
    // A source is the same when its settings and its file are, wherever it stands in the study file.
    let mut left: Vec<_> = before().filter(|(_, file)| file.role == "footprints").zip(&contents.footprints).collect();
    let new = files.iter().zip(&now).filter(|((role, _), _)| *role == "footprints").zip(&footprints);
    let same = new.map(|((_, identity), settings)| {
        let at = left.iter().position(|((_, file), before)| file.identity == *identity && *before == settings)?;
        Some(left.remove(at).0.0)
    });
    Ok(Ok(same.collect()))
}
