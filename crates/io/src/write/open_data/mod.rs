//! `open-data/`: what may be published, in the formats that portals and programs ask for, with what they need to know about it.
//!
//! ```text
//! outcome of the public edition ──▶ per level: .csv .json .parquet, with borders .geojson .gpkg
//!                               ──▶ datapackage.json   columns, units, checksums (Frictionless Data)
//!                               ──▶ dcat.jsonld        datasets and distributions (DCAT-AP-SE)
//!                               ──▶ dcat.ttl           the same as Turtle
//!                               ──▶ README.md          what is what, and what is still to be said
//! ```
//!
//! Every format of a level has the same rows, columns and numbers.

mod catalogue;
mod package;
mod readme;
mod spatial;
mod table;
mod turtle;

use std::io::Write as _;

use nittio_core::{outcome::Outcome, secrecy::Secrecy};
use serde_json::Value;

use super::{
    area_columns::snake_case,
    error::WriteError,
    geopackage,
    manifest::{digest, pretty},
    staging::Staging,
};
use crate::study_file::OpenDataSettings;
use spatial::Ways;
use table::Table;

/// The folder, in the folder of an edition.
pub const FOLDER: &str = "open-data";

/// How the names of its files may end.
pub const ENDINGS: [&str; 8] = [".csv", ".json", ".geojson", ".parquet", ".gpkg", ".jsonld", ".ttl", ".md"];

/// Texts in a language: a key, and what its placeholders stand for.
pub type Say<'a> = &'a (dyn Fn(&str, &[(&str, &str)]) -> String + Sync);

/// The words of both languages, and which is the study's.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// Swedish.
    pub sv: Say<'a>,
    /// English.
    pub en: Say<'a>,
    /// Whether the study is in Swedish.
    pub swedish: bool,
}

impl Words<'_> {
    /// In the study's language.
    fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        if self.swedish { (self.sv)(key, values) } else { (self.en)(key, values) }
    }

    fn get(&self, key: &str) -> String {
        self.say(key, &[])
    }

    /// In both languages, Swedish first.
    fn both(&self, of: impl Fn(Say<'_>) -> String) -> [String; 2] {
        [of(self.sv), of(self.en)]
    }
}

/// Whether the figures of an internal outcome are open too: all that they are counted from is, so anybody could count them.
#[must_use]
pub fn is_open(outcome: &Outcome) -> bool {
    // The study file names its sources, and its rows are in no figure.
    let sources = outcome.provenance.inputs.iter().filter(|input| input.role != "study");
    sources.into_iter().all(|input| input.secrecy == Secrecy::Open)
}

/// What was written for one level.
struct Dataset<'a> {
    table: Table<'a>,
    /// The name of its files without their ending.
    slug: String,
    files: Vec<File>,
    /// West, south, east, north in degrees, where that is known.
    bounds: Option<[f64; 4]>,
}

struct File {
    name: String,
    media: &'static str,
    /// The key of its words.
    format: &'static str,
    sha256: String,
    bytes: u64,
}

/// Writes the folder from an outcome; `place` is the folder of the edition, as `public/`. Returns the keys of `[open_data]` that
/// are still to be filled in.
///
/// # Errors
/// When a file cannot be written; nothing is then changed in the output folder.
pub fn write(
    staging: &Staging,
    place: &str,
    outcome: &Outcome,
    about: &OpenDataSettings,
    words: Words<'_>,
) -> Result<Vec<&'static str>, WriteError> {
    let folder = format!("{place}{FOLDER}");
    let mut datasets = Vec::new();
    let mut slugs: Vec<String> = Vec::new();
    for (level, l) in outcome.frame.levels.iter().enumerate() {
        let table = Table::of(outcome, level, words);
        if table.rows.is_empty() {
            continue;
        }
        let mut slug = snake_case(&l.key);
        while slugs.contains(&slug) {
            slug.push('_');
        }
        slugs.push(slug.clone());
        datasets.push(dataset(staging, &folder, outcome, level, table, slug)?);
    }
    if datasets.is_empty() {
        return Ok(Vec::new());
    }
    let json = |name: &str, value: &Value| -> Result<(), WriteError> {
        let name = format!("{folder}/{name}");
        let text = pretty(value).map_err(|error| staging.failed(&name, &error))?;
        staging.write(&name, |file| file.write_all(&text))
    };
    json("datapackage.json", &package::descriptor(outcome, &datasets, about, words))?;
    let catalogue = catalogue::graph(outcome, &datasets, about, words);
    json("dcat.jsonld", &catalogue)?;
    let turtle = turtle::text(&catalogue);
    staging.write(&format!("{folder}/dcat.ttl"), |file| file.write_all(turtle.as_bytes()))?;
    let missing = missing(about);
    let text = readme::text(outcome, &datasets, &missing, words);
    staging.write(&format!("{folder}/README.md"), |file| file.write_all(text.as_bytes()))?;
    Ok(missing)
}

/// What a catalogue asks for and the study file does not say.
fn missing(about: &OpenDataSettings) -> Vec<&'static str> {
    let said = [
        ("publisher", about.publisher.is_some()),
        ("publisher_uri", about.publisher_uri.is_some()),
        ("contact_name", about.contact_name.is_some()),
        ("contact_email", about.contact_email.is_some()),
        ("licence", about.licence.is_some()),
        ("base_url", about.base_url.is_some()),
    ];
    said.into_iter().filter(|(_, said)| !said).map(|(key, _)| key).collect()
}

fn dataset<'a>(
    staging: &Staging,
    folder: &str,
    outcome: &'a Outcome,
    level: usize,
    table: Table<'a>,
    slug: String,
) -> Result<Dataset<'a>, WriteError> {
    let mut made: Vec<(&'static str, &'static str)> = vec![("csv", "text/csv"), ("json", "application/json")];
    let name = |ending: &str| format!("{folder}/{slug}.{ending}");
    staging.write(&name("csv"), |file| table.csv(file))?;
    staging.write(&name("json"), |file| table.json(file))?;
    let borders = geopackage::has_borders(&outcome.frame.levels[level]);
    let ways = Ways::of(&outcome.provenance.crs);
    let mut bounds = None;
    if let Some(ways) = ways.as_ref().filter(|_| borders) {
        let outlines = ways.outlines(&outcome.frame.levels[level], &table.areas);
        bounds = spatial::bounds(&outlines);
        staging.write(&name("geojson"), |file| spatial::geojson(file, &table, &outlines))?;
        staging.write(&name("parquet"), |file| spatial::parquet(file, &table, Some(&outlines)))?;
        made.extend([("geojson", "application/geo+json"), ("parquet", "application/vnd.apache.parquet")]);
    } else {
        staging.write(&name("parquet"), |file| spatial::parquet(file, &table, None))?;
        made.push(("parquet", "application/vnd.apache.parquet"));
    }
    if borders {
        let name = name("gpkg");
        let path = staging.path(&name)?;
        geopackage::layers(&path, outcome, &[level], true).map_err(|error| staging.failed(&name, &error))?;
        made.push(("gpkg", "application/geopackage+sqlite3"));
    }
    let mut files = Vec::new();
    for (format, media) in made {
        let staged = name(format);
        let (sha256, bytes) = digest(&staging.staged(&staged)).map_err(|error| staging.failed(&staged, &error))?;
        files.push(File { name: format!("{slug}.{format}"), media, format, sha256, bytes });
    }
    Ok(Dataset { table, slug, files, bounds })
}

/// A list without repetitions, in the order of first mention.
fn once(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in all {
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

/// A name that identifiers can have: lower-case letters, digits and hyphens.
fn identifier(text: &str) -> String {
    snake_case(text).replace('_', "-")
}
