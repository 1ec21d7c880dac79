//! A delivery held against the last one: the same places, asked of both networks.
//!
//! ```text
//! study file ─┬─ its networks ──▶ index ─┐
//!             └─ its places ─────────────┼─ join ─▶ Delivery
//! last file ──── its networks ──▶ index ─┘
//! ```

mod changes;
mod remarks;
mod water;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use geo::{Area as _, InteriorPoint as _, MultiPolygon, Polygon};
use nittio_core::{
    delivery::{Amount, Delivery, Operator, Settings},
    footprint::Footprint,
    index::CoverageIndex,
    study::Study,
};
use rustc_hash::FxHashSet;
use toml::Spanned;

use crate::review::ReviewError;
use crate::{
    ingest::{
        Opened,
        parts::{Digest, digest},
    },
    outlines::whole,
    study_file::{
        FileSource, StudyFile, defaults,
        error::{StudyFileError, StudyFileErrors},
        load::{self, Loaded},
    },
};
use changes::Changes;
pub use water::Water;

/// Two deliveries, ready to be read: the networks of each beside the places and areas of the new one.
#[derive(Debug)]
pub struct Pair {
    /// The delivery.
    pub now: Loaded,
    /// The last one.
    pub then: Loaded,
    /// The last one's name.
    pub last: String,
    /// Whether offer lists are compared too.
    pub offers: bool,
}

/// Puts a study beside the last delivery: a study file, a folder that holds one, or one file of footprints, which is then held
/// against the file of footprints in the study that has its name, or the only one.
///
/// # Errors
/// When the last study file cannot be used, or it is not clear which file a file of footprints stands for.
pub fn pair(study: &Loaded, last: &Path) -> Result<Pair, StudyFileErrors> {
    let mut now = study.clone();
    // What an operator delivers is checked as it is delivered.
    now.file.review.clear();
    let name = last.file_name().unwrap_or(last.as_os_str()).to_string_lossy().into_owned();
    let is_study = last.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    if last.is_dir() || is_study {
        let path = if is_study { last.to_owned() } else { last.join("nittio.toml") };
        let old = load::load(&path)?;
        let mut file = now.file.clone();
        absolute(study, &mut file)?;
        let mut networks = old.file.clone();
        absolute(&old, &mut networks)?;
        (file.footprints, file.offers) = (networks.footprints, networks.offers);
        let then = Loaded { file, ..old };
        return Ok(Pair { now, then, last: name, offers: true });
    }
    let wrong = |message: String, help: &str| StudyFileErrors::from(study.error_at(0..0, message, Some(help)));
    if !last.exists() {
        let help = "name the last delivery's study file, its folder, or its file of footprints";
        return Err(wrong(format!("{}: there is no such file or folder", last.display()), help));
    }
    let is_named = |path: &str| Path::new(path).file_name() == last.file_name();
    let mut entries: Vec<_> = now.file.footprints.iter().collect();
    if entries.len() > 1 {
        entries.retain(|entry| is_named(entry.file.path.get_ref()));
    }
    let [entry] = entries[..] else {
        let message = format!("{name}: it is not clear which of the study's footprints this is the last delivery of");
        return Err(wrong(message, "give the file the name that it has in the study, or name the last study file"));
    };
    let entry = entry.clone();
    now.file.offers.clear();
    let mut then = now.clone();
    let mut old = entry.clone();
    let path = std::path::absolute(last).unwrap_or_else(|_| last.to_owned());
    old.file.path = Spanned::new(entry.file.path.span(), path.to_string_lossy().into_owned());
    now.file.footprints = vec![entry];
    then.file.footprints = vec![old];
    Ok(Pair { now, then, last: name, offers: false })
}

/// Makes every path of a study file one that holds from anywhere.
fn absolute(loaded: &Loaded, file: &mut StudyFile) -> Result<(), StudyFileError> {
    let make = |source: &mut FileSource| {
        let path = loaded.resolve(&source.path)?;
        let path = std::path::absolute(&path).unwrap_or(path);
        source.path = Spanned::new(source.path.span(), path.to_string_lossy().into_owned());
        Ok(())
    };
    file.places.iter_mut().try_for_each(|source| make(&mut source.file))?;
    file.footprints.iter_mut().try_for_each(|source| make(&mut source.file))?;
    file.offers.iter_mut().try_for_each(|source| make(&mut source.file))?;
    file.settlements.iter_mut().try_for_each(|source| make(&mut source.file))?;
    file.areas.values_mut().filter_map(|level| level.file.as_mut()).try_for_each(make)
}

/// Holds a delivery against the last one, and against water where a layer of it is given.
///
/// # Errors
/// When a file of places cannot be read to its end.
pub fn compare(
    now: &Opened<'_>,
    then: &Opened<'_>,
    pair: &Pair,
    settings: Settings,
    water: Option<&Water>,
) -> Result<Delivery, StudyFileError> {
    let names = operators(&now.study).into_iter().chain(operators(&then.study)).collect::<BTreeSet<String>>();
    let names: Vec<String> = names.into_iter().collect();
    let level = defaults::report_level(now.file());
    let both = Both {
        now,
        then,
        level: level.and_then(|key| now.study.frame.levels.iter().position(|level| level.key == key)),
        index: CoverageIndex::build(&now.study),
        index_then: CoverageIndex::build(&then.study),
        contents: contents(&now.study, &names),
        contents_then: contents(&then.study, &names),
        names,
        settings,
        water,
    };
    let changes = Changes::find(&both)?;
    let mut operators: Vec<Operator> =
        both.names.iter().map(|name| Operator { name: name.clone(), ..Operator::default() }).collect();
    both.polygons(&mut operators);
    changes.tell(&both, &mut operators);
    remarks::tell(&both, &changes, &mut operators);
    for operator in &mut operators {
        operator.remarks.sort();
    }
    // Only what reading found is about nobody in particular.
    operators.retain(|operator| {
        operator.before != Amount::default() || operator.now != Amount::default() || !operator.remarks.is_empty()
    });
    let about = now.about();
    Ok(Delivery {
        study: about.name.clone(),
        as_of: about.as_of,
        last: pair.last.clone(),
        offers: pair.offers,
        settings,
        water: water.map(|water| water.name.clone()),
        level: level.map(str::to_owned),
        operators,
    })
}

/// Both deliveries, read and cut.
struct Both<'a, 'o> {
    now: &'a Opened<'o>,
    then: &'a Opened<'o>,
    /// Index of the level that places are counted by.
    level: Option<usize>,
    index: CoverageIndex,
    index_then: CoverageIndex,
    /// Whose polygons there are, by their content.
    contents: FxHashSet<(usize, Digest)>,
    contents_then: FxHashSet<(usize, Digest)>,
    /// The operators, sorted.
    names: Vec<String>,
    settings: Settings,
    water: Option<&'a Water>,
}

/// Everybody with a footprint or an offer.
fn operators(study: &Study) -> BTreeSet<String> {
    study.frame.services.as_slice().iter().map(|service| service.operator.clone()).collect()
}

fn number_of(names: &[String], operator: &str) -> usize {
    names.binary_search_by(|name| name.as_str().cmp(operator)).unwrap_or_default()
}

fn operator_of<'s>(study: &'s Study, footprint: &Footprint) -> &'s str {
    &study.frame.services.get(footprint.link.service).operator
}

fn contents(study: &Study, names: &[String]) -> FxHashSet<(usize, Digest)> {
    let of = |footprint: &Footprint| {
        let operator = number_of(names, operator_of(study, footprint));
        footprint.geometry.iter().map(|polygon| (operator, digest(polygon))).collect::<Vec<_>>()
    };
    study.footprints.iter().flat_map(of).collect()
}

/// The area of a polygon in whole square metres.
fn square_metres(polygon: &Polygon) -> u64 {
    whole(polygon.unsigned_area())
}

impl Both<'_, '_> {
    fn operator(&self, study: &Study, footprint: &Footprint) -> usize {
        number_of(&self.names, operator_of(study, footprint))
    }

    /// Whether a polygon of the last delivery is there no more.
    fn is_gone(&self, operator: usize, polygon: &Polygon) -> bool {
        !self.contents.contains(&(operator, digest(polygon)))
    }

    fn is_new(&self, operator: usize, polygon: &Polygon) -> bool {
        !self.contents_then.contains(&(operator, digest(polygon)))
    }

    /// The area that a point inside a polygon lies in.
    fn area_of(&self, polygon: &Polygon) -> Option<u32> {
        let at = polygon.interior_point()?;
        (*self.index.held_at(at.0).areas.get(self.level?)?)?.0
    }

    /// The code and the name of the area that a footprint lies in.
    fn area_named(&self, geometry: &MultiPolygon) -> Option<(String, String)> {
        let area = self.area_of(geometry.0.first()?)?;
        let area = &self.now.study.frame.levels[self.level?].areas[area as usize];
        Some((area.code.clone(), area.name.clone()))
    }

    /// Counts polygons and their area.
    fn polygons(&self, operators: &mut [Operator]) {
        let add = |amount: &mut Amount, polygon: &Polygon| {
            amount.polygons += 1;
            amount.square_metres += square_metres(polygon);
        };
        for footprint in &self.now.study.footprints {
            let number = self.operator(&self.now.study, footprint);
            for polygon in &footprint.geometry {
                add(&mut operators[number].now, polygon);
                if self.is_new(number, polygon) {
                    add(&mut operators[number].new, polygon);
                }
            }
        }
        for footprint in &self.then.study.footprints {
            let number = self.operator(&self.then.study, footprint);
            for polygon in &footprint.geometry {
                add(&mut operators[number].before, polygon);
                if self.is_gone(number, polygon) {
                    add(&mut operators[number].gone, polygon);
                }
            }
        }
    }

    /// Area of polygons that are new and gone, by operator and area.
    fn square_metres_by_area(&self) -> BTreeMap<(usize, Option<u32>), (u64, u64)> {
        let mut found: BTreeMap<(usize, Option<u32>), (u64, u64)> = BTreeMap::new();
        for footprint in &self.now.study.footprints {
            let number = self.operator(&self.now.study, footprint);
            for polygon in footprint.geometry.iter().filter(|polygon| self.is_new(number, polygon)) {
                found.entry((number, self.area_of(polygon))).or_default().0 += square_metres(polygon);
            }
        }
        for footprint in &self.then.study.footprints {
            let number = self.operator(&self.then.study, footprint);
            for polygon in footprint.geometry.iter().filter(|polygon| self.is_gone(number, polygon)) {
                found.entry((number, self.area_of(polygon))).or_default().1 += square_metres(polygon);
            }
        }
        found
    }
}

/// Rows of texts as CSV after RFC 4180.
///
/// # Errors
/// When a row cannot be written, which no text should be able to bring about.
pub fn csv<'r>(columns: &[&str], rows: impl IntoIterator<Item = &'r [String; 7]>) -> Result<Vec<u8>, ReviewError> {
    let fail =
        |e: csv::Error| ReviewError::File { path: "rejects.csv".into(), source: std::io::Error::other(e.to_string()) };
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(columns).map_err(fail)?;
    for row in rows {
        writer.write_record(row).map_err(fail)?;
    }
    writer.into_inner().map_err(|e| fail(csv::Error::from(e.into_error())))
}

/// A name for an operator's folder that no other has: its letters and digits, small.
pub fn folder_for(operator: &str, taken: &mut BTreeSet<String>) -> String {
    let plain: String = operator.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let plain = plain.trim_matches('-');
    let plain = if plain.is_empty() { "operator" } else { plain };
    let mut name = plain.to_owned();
    for number in 2.. {
        if taken.insert(name.clone()) {
            break;
        }
        name = format!("{plain}-{number}");
    }
    name
}
