//! What a run leaves in its output folder.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    fs::File,
    path::{Path, PathBuf},
};

use polars::prelude::{DataFrame, ParquetReader, SerReader as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The hidden folder of a run that is under way.
pub const PARTIAL: &str = ".nittio-partial";

/// Every file below a folder by its relative name, without hidden folders of unfinished runs.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    walk(folder, "", &mut files);
    files
}

fn walk(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if name.starts_with(PARTIAL) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            walk(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}

/// The hidden folders of unfinished runs.
pub fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap());
    entries.filter(|entry| entry.file_name().to_str().unwrap().starts_with(PARTIAL)).map(|entry| entry.path()).collect()
}

/// `manifest.json`.
#[track_caller]
pub fn manifest(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap()
}

/// Fails unless the manifest and the files of a folder are the same set, file by file and byte by byte.
#[track_caller]
pub fn assert_whole(files: &BTreeMap<String, Vec<u8>>) {
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let listed: BTreeMap<&str, (&str, u64)> = manifest["outputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|output| {
            let text = |key: &str| output[key].as_str().unwrap();
            (text("name"), (text("sha256"), output["bytes"].as_u64().unwrap()))
        })
        .collect();
    let there: Vec<&str> = files.keys().map(String::as_str).filter(|name| *name != "manifest.json").collect();
    assert_eq!(there, listed.keys().copied().collect::<Vec<_>>(), "files that are there, and files in the manifest");
    for (name, (sha256, bytes)) in listed {
        assert_eq!(files[name].len() as u64, bytes, "{name}");
        assert_eq!(hex(&files[name]), sha256, "{name}");
    }
}

/// SHA-256 in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// A table in a Parquet file.
#[track_caller]
pub fn parquet(path: &Path) -> DataFrame {
    ParquetReader::new(File::open(path).unwrap()).finish().unwrap()
}

/// One row of a CSV file by column.
pub type Row = BTreeMap<String, String>;

/// The rows of a CSV file.
#[track_caller]
pub fn csv(path: &Path) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    csv_text(&text)
}

/// The rows of CSV text.
#[track_caller]
pub fn csv_text(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}
