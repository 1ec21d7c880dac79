//! Whether any place can be found in the files: by its id, or by where it is.

use std::{collections::HashSet, fs, fs::File, path::Path};

use polars::prelude::{DataType, ParquetReader, SerReader as _};

use super::{Check, VerifyError, answers::Program, check};

/// Words that look like columns of places.
const COLUMNS: [&str; 6] = ["easting", "northing", "longitude", "latitude", "best_down_mbps", "services"];
/// Ids that are short numbers cannot be told from counts.
const SHORTEST: usize = 7;

/// No file of text has a place's id or position; with the internal edition, that of any place it has.
pub(super) fn nowhere(
    folder: &Path,
    files: &[String],
    internal: Option<&Path>,
    program: &Program<'_>,
) -> Result<Vec<Check>, VerifyError> {
    // A PDF is packed: what it says is what the page says, which is text.
    let packed = [".parquet", ".png", ".pdf"];
    let texts = files.iter().filter(|name| !packed.iter().any(|ending| name.ends_with(ending)));
    let texts: Vec<(&String, String)> = texts
        .filter_map(|name| {
            let text = String::from_utf8_lossy(&fs::read(folder.join(name)).ok()?).into_owned();
            // A short id may be the name of something in the program's own script, which says nothing of places.
            Some((name, if name.ends_with(".html") { program.without(&text) } else { text }))
        })
        .collect();
    let headers = texts.iter().filter(|(name, _)| name.ends_with(".csv") || name.ends_with(".gpkg"));
    let found = headers.flat_map(|(name, text)| {
        let words: HashSet<&str> = words(text).collect();
        let found = COLUMNS.into_iter().filter(move |column| words.contains(column));
        found.map(move |column| format!("{name}: it has the word {column:?}, as files of places do"))
    });
    let mut checks = vec![check("No table has columns of places.", found)];
    let Some(internal) = internal else { return Ok(checks) };
    let path = internal.join("places.parquet");
    let fail = |reason: String| VerifyError { path: path.clone(), reason };
    let file = File::open(&path).map_err(|e| fail(e.to_string()))?;
    let frame = ParquetReader::new(file).finish().map_err(|e| fail(e.to_string()))?;
    let column = |name: &str| frame.column(name).map_err(|e| fail(e.to_string()));
    let ids = column("id")?.str().map_err(|e| fail(e.to_string()))?.clone();
    let ids: HashSet<&str> = ids.iter().flatten().filter(|id| can_be_told(id)).collect();
    let positions = |name: &str| -> Result<Vec<Option<f64>>, VerifyError> {
        let column = column(name)?.cast(&DataType::Float64).map_err(|e| fail(e.to_string()))?;
        Ok(column.f64().map_err(|e| fail(e.to_string()))?.iter().collect())
    };
    let positions: HashSet<(i64, i64)> = positions("easting")?
        .into_iter()
        .zip(positions("northing")?)
        .filter_map(|(e, n)| Some((metre(e?)?, metre(n?)?)))
        .collect();
    let mut named = Vec::new();
    let mut placed = Vec::new();
    for (name, text) in &texts {
        let found: HashSet<&str> = words(text).filter(|word| ids.contains(word)).collect();
        named.extend(found.into_iter().map(|id| format!("{name}: it has the id of a place, {id:?}")));
        let numbers: Vec<i64> = text.split(|c: char| !c.is_ascii_digit() && c != '.').filter_map(number).collect();
        let pairs = numbers.windows(2).filter(|pair| positions.contains(&(pair[0], pair[1])));
        placed.extend(pairs.map(|pair| format!("{name}: it has where a place is, {} {}", pair[0], pair[1])));
    }
    named.sort();
    placed.sort();
    let count = ids.len();
    checks.push(check(format!("No file has any of {count} ids of places of the internal edition."), named));
    let count = positions.len();
    checks.push(check(format!("No file has any of {count} positions of places of the internal edition."), placed));
    Ok(checks)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-')
}

/// Whether an id can be told from a number or a common word.
fn can_be_told(id: &str) -> bool {
    let digits = id.chars().any(|c| c.is_ascii_digit());
    let only = id.chars().all(|c| c.is_ascii_digit());
    digits && (id.len() >= SHORTEST || !only)
}

/// A coordinate in whole metres, where it is large enough not to be a count.
#[expect(clippy::cast_possible_truncation, reason = "coordinates are far below what an integer holds")]
fn metre(coordinate: f64) -> Option<i64> {
    (coordinate.abs() >= 100_000.0).then_some(coordinate.trunc() as i64)
}

fn number(text: &str) -> Option<i64> {
    text.split('.').next()?.parse().ok()
}
