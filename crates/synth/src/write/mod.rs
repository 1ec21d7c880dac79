//! Writes a country into a folder: whole or not at all.

mod geo_metadata;
mod parquet;
mod staging;
mod study_file;
mod text;

use std::{fs, io::Write as _, path::Path};

use geo::{BoundingRect, MultiPolygon};
use rayon::prelude::*;
use serde::Serialize;

use crate::{
    country::Country,
    error::GenerateError,
    layer::{Footprint, vertices},
    order::Order,
    place::Places,
};
use geo_metadata::Bounds;
use staging::Staging;

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How many places.
    pub places: u64,
    /// What the country is drawn from.
    pub seed: u64,
    /// The part of the footprints that are made: over 0, up to 1.
    pub scale: f64,
    /// The order of the places.
    pub order: Order,
    /// The format of the places; with [`Format::Geojson`] of the polygons too.
    pub format: Format,
    /// Whether to write the places alone, beside polygons of the same seed and scale that are there already.
    pub places_only: bool,
    /// Whether to write into a folder with files that nittio has not made.
    pub force: bool,
}

/// A format for places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Parquet with the columns `easting` and `northing`.
    #[default]
    Parquet,
    /// GeoParquet 1.1 with points as WKB.
    Geoparquet,
    /// CSV with the columns `easting` and `northing`.
    Csv,
    /// GeoJSON, places and polygons.
    Geojson,
}

impl Format {
    /// The end of the name of the file with places.
    const fn ending(self) -> &'static str {
        match self {
            Self::Parquet | Self::Geoparquet => "parquet",
            Self::Csv => "csv",
            Self::Geojson => "geojson",
        }
    }

    /// The end of the names of files with polygons.
    const fn ending_of_polygons(self) -> &'static str {
        if matches!(self, Self::Geojson) { "geojson" } else { "parquet" }
    }
}

/// Told what is being written and how far it has come.
pub trait Progress: Sync {
    /// A file has been begun that will have so many rows.
    fn begin(&self, what: &str, rows: u64);
    /// So many rows more are done.
    fn advance(&self, rows: u64);
    /// The file is done.
    fn end(&self);
}

/// Says nothing.
impl Progress for () {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn end(&self) {}
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The file's name.
    pub name: String,
    /// Its rows; none for the study file.
    pub rows: u64,
    /// Vertices of its polygons, closing ones too.
    #[serde(skip_serializing_if = "is_zero")]
    pub vertices: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// Rows in a batch of places, and in a row group.
pub(crate) const BATCH: u64 = 131_072;

/// Makes a country up and writes it into a folder, with a study file that `nittio run` takes.
///
/// The same settings give the same bytes, whatever the number of threads. Of the places, only some batches are ever in memory.
///
/// # Errors
/// When a number is out of range, the folder holds files of others, or something cannot be written. Unless it is
/// [`GenerateError::Torn`], nothing was changed then.
pub fn generate(output: &Path, settings: &Settings, progress: &dyn Progress) -> Result<Vec<Written>, GenerateError> {
    // What cannot be is better known before the work than after.
    let staging = Staging::new(output, settings.force)?;
    if settings.places_only {
        staging.same_country(settings.seed, settings.scale)?;
    }
    progress.begin("drawing the country", 0);
    let country = Country::draw(settings.seed, settings.scale)?;
    let places = country.places(settings.places, settings.order)?;
    progress.end();
    let mut written = Vec::new();
    if !settings.places_only {
        polygons(&country, settings.format, &staging, progress, &mut written)?;
    }
    written.push(write_places(&country, &places, settings.format, &staging, progress)?);
    if let Some(text) = study_file(&country, output, settings) {
        staging.write(study_file::NAME, |out| out.write_all(text.as_bytes()))?;
        written.push(Written { name: study_file::NAME.to_owned(), rows: 0, vertices: 0 });
    }
    staging.commit(settings, &written)?;
    Ok(written)
}

/// The study file, unless there are no polygons to point to, or somebody has changed the one that is there.
fn study_file(country: &Country, output: &Path, settings: &Settings) -> Option<String> {
    if !settings.places_only {
        return Some(study_file::text(country, settings.format.ending_of_polygons(), settings.format));
    }
    let there = |ending: &&str| output.join(format!("municipalities.{ending}")).exists();
    let polygons = ["parquet", "geojson"].into_iter().find(there)?;
    let formats = [Format::Parquet, Format::Geoparquet, Format::Csv, Format::Geojson];
    let ours = |text: &String| formats.iter().any(|&format| study_file::text(country, polygons, format) == *text);
    match fs::read_to_string(output.join(study_file::NAME)) {
        Ok(text) if !ours(&text) => None,
        _ => Some(study_file::text(country, polygons, settings.format)),
    }
}

fn write_places(
    country: &Country,
    places: &Places<'_>,
    format: Format,
    staging: &Staging,
    progress: &dyn Progress,
) -> Result<Written, GenerateError> {
    let name = format!("places.{}", format.ending());
    progress.begin(&name, places.count());
    let batches = places.count().div_ceil(BATCH);
    let batch = |number: u64| {
        let batch = places.rows(number * BATCH..(number + 1) * BATCH);
        progress.advance(batch.len() as u64);
        batch
    };
    staging.write(&name, |out| match format {
        Format::Parquet => parquet::places(out, batches, batch),
        Format::Geoparquet => parquet::points(out, batches, &Bounds::of_grid(&country.land.mask), batch),
        Format::Csv => text::csv(out, batches, batch),
        Format::Geojson => text::points(out, batches, batch),
    })?;
    progress.end();
    Ok(Written { name, rows: places.count(), vertices: 0 })
}

/// One polygon of a table: its cells in the order of the columns, and where it is.
pub(crate) struct Row<'a> {
    pub(crate) cells: Vec<Cell<'a>>,
    pub(crate) geometry: &'a MultiPolygon,
}

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    Text(&'a str),
    Word(String),
    Number(i32),
}

impl Cell<'_> {
    fn text(&self) -> &str {
        match self {
            Cell::Text(text) => text,
            Cell::Word(text) => text,
            Cell::Number(_) => "",
        }
    }
}

const FOOTPRINT: [&str; 7] = ["id", "operator", "technology", "down_mbps", "up_mbps", "status", "owner"];

fn polygons(
    country: &Country,
    format: Format,
    staging: &Staging,
    progress: &dyn Progress,
    written: &mut Vec<Written>,
) -> Result<(), GenerateError> {
    let mut write = |stem: &str, columns: &[&str], rows: &[Row<'_>]| -> Result<(), GenerateError> {
        let name = format!("{stem}.{}", format.ending_of_polygons());
        progress.begin(&name, rows.len() as u64);
        let boxes = rows.par_iter().filter_map(|row| row.geometry.bounding_rect());
        let bounds = Bounds::around(&boxes.collect::<Vec<_>>());
        staging.write(&name, |out| match format {
            Format::Geojson => text::polygons(out, columns, rows, progress),
            _ => parquet::polygons(out, columns, rows, &bounds, progress),
        })?;
        progress.end();
        let vertices = rows.par_iter().map(|row| vertices(row.geometry) as u64).sum();
        written.push(Written { name, rows: rows.len() as u64, vertices });
        Ok(())
    };

    let municipalities = country.municipalities();
    let geometries: Vec<MultiPolygon> =
        municipalities.iter().map(|municipality| MultiPolygon(vec![municipality.polygon.clone()])).collect();
    let rows: Vec<Row<'_>> = municipalities
        .iter()
        .zip(&geometries)
        .map(|(m, geometry)| Row { cells: vec![Cell::Text(&m.code), Cell::Text(&m.name)], geometry })
        .collect();
    write("municipalities", &["code", "name"], &rows)?;

    for family in ["fibre", "mobile", "parcel"] {
        progress.begin(&format!("drawing {family}"), 0);
        let footprints = match family {
            "fibre" => country.fibre(),
            "mobile" => country.mobile(),
            _ => country.parcels(),
        };
        progress.end();
        let rows: Vec<Row<'_>> = footprints.iter().map(row).collect();
        write(&format!("footprints_{family}"), &FOOTPRINT, &rows)?;
    }

    let settlements = country.settlements();
    let rows: Vec<Row<'_>> = settlements
        .iter()
        .map(|s| Row { cells: vec![Cell::Word(s.class.to_string())], geometry: &s.geometry })
        .collect();
    write("settlements", &["class"], &rows)
}

fn row(footprint: &Footprint) -> Row<'_> {
    let cells = vec![
        Cell::Text(&footprint.id),
        Cell::Text(&footprint.operator),
        Cell::Text(footprint.technology),
        Cell::Number(footprint.down_mbps),
        Cell::Number(footprint.up_mbps),
        Cell::Word(footprint.status.to_string()),
        Cell::Text(footprint.owner),
    ];
    Row { cells, geometry: &footprint.geometry }
}

/// Makes parts on all threads and hands them on in order, some at a time.
///
/// While one lot is written the next one is made, so that neither the disk nor the processor waits, and no more than two
/// lots are in memory.
fn in_order<T: Send, E: Send>(
    parts: u64,
    make: impl Fn(u64) -> Result<T, E> + Sync,
    mut write: impl FnMut(T) -> Result<(), E> + Send,
) -> Result<(), E> {
    let lot = 2 * rayon::current_num_threads() as u64;
    let make = |first: u64| -> Result<Vec<T>, E> {
        let lot: Vec<u64> = (first..(first + lot).min(parts)).collect();
        lot.into_par_iter().with_max_len(1).map(&make).collect()
    };
    let mut ready = make(0)?;
    let mut next = lot;
    while !ready.is_empty() {
        let (made, wrote) = rayon::join(|| make(next), || ready.into_iter().try_for_each(&mut write));
        wrote?;
        ready = made?;
        next += lot;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const SETTINGS: Settings = Settings {
        // Two whole batches and a part of a third.
        places: 2 * BATCH + 1000,
        seed: 6,
        scale: 0.01,
        order: Order::Register,
        format: Format::Parquet,
        places_only: false,
        force: false,
    };

    fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        entries.map(|e| (e.file_name().to_string_lossy().into_owned(), fs::read(e.path()).unwrap())).collect()
    }

    fn made(settings: &Settings, threads: usize) -> BTreeMap<String, Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| generate(folder.path(), settings, &())).unwrap();
        files(folder.path())
    }

    #[test]
    fn the_same_bytes_whatever_the_threads() {
        for (format, order) in [(Format::Parquet, Order::Random), (Format::Geojson, Order::Register)] {
            let settings = Settings { format, order, ..SETTINGS };
            let (one, three) = (made(&settings, 1), made(&settings, 3));
            assert_eq!(one.keys().collect::<Vec<_>>(), three.keys().collect::<Vec<_>>());
            assert!(one.iter().all(|(name, bytes)| three[name] == *bytes), "{format:?}");
        }
    }

    #[test]
    fn all_promised_files_are_there() {
        let names: Vec<String> = made(&Settings { places: 10, ..SETTINGS }, 2).into_keys().collect();
        let expected = [
            "footprints_fibre.parquet",
            "footprints_mobile.parquet",
            "footprints_parcel.parquet",
            "generated.json",
            "municipalities.parquet",
            "nittio.toml",
            "places.parquet",
            "settlements.parquet",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn places_alone_leave_the_rest_and_want_the_same_country() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { places: 100, ..SETTINGS };
        generate(folder.path(), &settings, &()).unwrap();
        let before = files(folder.path());
        let alone = Settings { places: 300, format: Format::Csv, places_only: true, ..settings };
        generate(folder.path(), &alone, &()).unwrap();
        let after = files(folder.path());
        assert_eq!(after["municipalities.parquet"], before["municipalities.parquet"]);
        assert!(!after.contains_key("places.parquet"));
        assert_eq!(String::from_utf8_lossy(&after["places.csv"]).lines().count(), 301);
        assert!(String::from_utf8_lossy(&after["nittio.toml"]).contains("path = \"places.csv\""));
        let said = generate(folder.path(), &Settings { seed: 7, ..alone }, &()).unwrap_err().to_string();
        assert!(said.contains("seed 6 and scale 0.01"), "{said}");
        // A study file that somebody has changed stays.
        fs::write(folder.path().join("nittio.toml"), "mine").unwrap();
        generate(folder.path(), &Settings { format: Format::Parquet, ..alone }, &()).unwrap();
        assert_eq!(files(folder.path())["nittio.toml"], b"mine");
        assert_eq!(files(folder.path()).len(), before.len());
    }

    #[test]
    fn lots_are_written_in_order_and_the_first_error_stops() {
        let mut seen = Vec::new();
        in_order(
            50,
            |n| Ok::<_, ()>(n * 2),
            |n| {
                seen.push(n);
                Ok(())
            },
        )
        .unwrap();
        assert_eq!(seen, (0..50).map(|n| n * 2).collect::<Vec<_>>());
        assert_eq!(in_order(50, |n| if n == 9 { Err("made") } else { Ok(n) }, |_| Ok(())), Err("made"));
        assert_eq!(in_order(50, Ok, |n| if n == 9 { Err("written") } else { Ok(()) }), Err("written"));
    }
}
