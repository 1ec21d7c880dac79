//! Levels of areas: from polygons, from the places' codes, or from another level's codes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use geo::MultiPolygon;
use indexmap::IndexMap;
use nittio_core::{
    area::{Area, Derived, Level},
    diagnostic::{Action, Finding},
};

use super::{Reading, StudyFileError, shapes::areal, source::Source};
use crate::study_file::AreasSource;

/// The areas that a level's own file names, by code.
pub(super) type Draft = BTreeMap<String, (Option<String>, Option<MultiPolygon>)>;

/// Reads the files of all levels.
pub(super) fn read(
    reading: &Reading<'_>,
    levels: &IndexMap<String, AreasSource>,
) -> Result<HashMap<String, Draft>, StudyFileError> {
    let mut drafts = HashMap::new();
    for (key, entry) in levels {
        let Some(file) = &entry.file else { continue };
        let mut source = Source::open(reading, file, "areas")?;
        let Some(code) = &entry.code else {
            return Err(reading.at(
                &file.path,
                &format!("the areas of {key:?} need a column with their code"),
                "add code = \"kommunkod\", or what the column is called",
            ));
        };
        let code = source.column(code)?;
        let name = entry.name.as_ref().map(|name| source.column(name)).transpose()?;
        let geometry = source.description.geometry;
        if geometry {
            source.needs_geometry()?;
        }
        let mut draft = Draft::new();
        source.read(geometry, |placing, mut batch| {
            for i in 0..batch.rows.len() {
                let row = batch.rows[i];
                let code =
                    batch.columns[code].text(i).map(|code| code.trim().to_owned()).filter(|code| !code.is_empty());
                let Some(code) = code else {
                    let message = "the area has no code".to_owned();
                    placing.say(row, Finding::DuplicateArea, Action::Dropped, None, message);
                    continue;
                };
                let polygons = if geometry { areal(placing, row, batch.geometry.take(i), Some(&code)) } else { None };
                if geometry && polygons.is_none() {
                    continue;
                }
                placing.used += 1;
                let name = name.and_then(|column| batch.columns[column].text(i)).map(|name| name.trim().to_owned());
                match draft.get_mut(&code) {
                    None => {
                        draft.insert(code, (name, polygons));
                    }
                    Some((_, whole)) => {
                        let message = "the code stands on an earlier row; both rows' polygons make the area".to_owned();
                        placing.say(row, Finding::DuplicateArea, Action::Noted, Some(&code), message);
                        if let (Some(whole), Some(polygons)) = (whole, polygons) {
                            whole.0.extend(polygons);
                        }
                    }
                }
            }
        })?;
        drafts.insert(key.clone(), draft);
    }
    Ok(drafts)
}

/// The levels whose areas are the codes that places have.
pub(super) fn without_file(entries: &IndexMap<String, AreasSource>) -> Vec<&str> {
    entries.iter().filter(|(_, entry)| entry.file.is_none()).map(|(key, _)| key.as_str()).collect()
}

/// Makes the levels; `codes` are those of places on levels without a file.
pub(super) fn settle(
    entries: &IndexMap<String, AreasSource>,
    mut drafts: HashMap<String, Draft>,
    codes: &HashMap<String, BTreeSet<String>>,
) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    for (key, entry) in entries {
        let mut draft = drafts.remove(key).unwrap_or_default();
        if entry.file.is_none() {
            // Without a file, the codes that places carry are the areas, and so are those that have a name.
            for code in codes.get(key).into_iter().flatten() {
                draft.entry(code.clone()).or_default();
            }
            if entry.from.is_none() {
                for code in entry.names.keys() {
                    draft.entry(code.clone()).or_default();
                }
            }
        }
        levels.push(Level { key: key.clone(), areas: areas(draft, entry), derived: None });
    }
    // A level may be derived from one that is derived itself; each round settles one more.
    for _ in 0..entries.len() {
        for (l, entry) in entries.values().enumerate() {
            derive(&mut levels, l, entry);
        }
    }
    levels
}

fn areas(draft: Draft, entry: &AreasSource) -> Vec<Area> {
    draft
        .into_iter()
        .map(|(code, (name, geometry))| {
            let name = name.filter(|name| !name.is_empty()).or_else(|| entry.names.get(&code).cloned());
            Area { name: name.unwrap_or_else(|| code.clone()), code, geometry }
        })
        .collect()
}

fn derive(levels: &mut [Level], l: usize, entry: &AreasSource) {
    let (Some(from), Some(digits)) = (&entry.from, entry.digits) else { return };
    let Some(f) = levels.iter().position(|level| level.key == *from.get_ref()) else { return };
    let prefix = |code: &str| code.chars().take(usize::from(digits)).collect::<String>();
    if entry.file.is_none() {
        let mut draft: Draft =
            std::mem::take(&mut levels[l].areas).into_iter().map(|a| (a.code, (Some(a.name), a.geometry))).collect();
        for area in &levels[f].areas {
            draft.entry(prefix(&area.code)).or_default();
        }
        levels[l].areas = areas(draft, entry);
    }
    let area_of = levels[f].areas.iter().map(|area| levels[l].find(&prefix(&area.code))).collect();
    levels[l].derived = Some(Derived { from: f, area_of });
}
