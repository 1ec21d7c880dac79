//! Input that cannot be used: one clear error that points into the study file, and nothing is written.

use std::fs;

use tempfile::TempDir;

use crate::{
    made_up::MadeUp,
    outputs,
    program::{Ran, nittio},
};

/// A study with results of an earlier run, in which one thing is then broken.
#[track_caller]
fn broken(break_it: impl FnOnce(&std::path::Path)) -> Ran {
    let folder = TempDir::new().unwrap();
    MadeUp::new(7).write(folder.path());
    let output = folder.path().join("out");
    fs::create_dir(&output).unwrap();
    fs::write(output.join("earlier.txt"), "stays").unwrap();
    break_it(folder.path());
    let ran = nittio(folder.path(), ["run"]).expect_error();
    let left: Vec<String> = outputs::files(&output).into_keys().collect();
    assert_eq!(left, ["earlier.txt"]);
    assert!(outputs::leftovers(&output).is_empty());
    let checked = nittio(folder.path(), ["check"]).expect_error();
    assert_eq!(ran.stderr, checked.stderr, "check and run say the same");
    ran
}

#[track_caller]
fn replace(folder: &std::path::Path, from: &str, to: &str) {
    let path = folder.join("nittio.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Fails unless the error names the study file, the line and everything else that is wanted.
#[track_caller]
fn assert_says(ran: &Ran, wanted: &[&str]) {
    for part in wanted {
        assert!(ran.stderr.contains(part), "{part:?} is not in:\n{}", ran.stderr);
    }
}

#[test]
fn a_missing_file_is_an_error_at_its_line() {
    let ran = broken(|folder| fs::remove_file(folder.join("places.csv")).unwrap());
    assert_says(&ran, &["nittio.toml:9", "places.csv"]);
}

#[test]
fn a_folder_in_place_of_a_file_is_an_error_at_its_line() {
    let ran = broken(|folder| {
        fs::remove_file(folder.join("nets.geojson")).unwrap();
        fs::create_dir(folder.join("nets.geojson")).unwrap();
    });
    assert_says(&ran, &["nittio.toml:18", "nets.geojson"]);
}

#[test]
fn a_missing_column_is_an_error_that_names_those_that_are_there() {
    let ran = broken(|folder| replace(folder, "easting = \"x\"", "easting = \"öst\""));
    assert_says(&ran, &["nittio.toml:11", "öst", "jobb"]);
}

#[test]
fn a_variable_that_is_not_set_is_an_error_that_names_it() {
    let ran = broken(|folder| replace(folder, "\"offers.csv\"", "\"${NITTIO_NO_SUCH_VARIABLE}/offers.csv\""));
    assert_says(&ran, &["nittio.toml:28", "NITTIO_NO_SUCH_VARIABLE"]);
}

#[test]
fn broken_toml_is_an_error_at_its_line() {
    let ran = broken(|folder| replace(folder, "locale = \"en\"", "locale = \"en"));
    assert_says(&ran, &["nittio.toml:6"]);
}

#[test]
fn an_unknown_key_is_an_error_at_its_line() {
    let ran = broken(|folder| replace(folder, "northing = \"y\"", "northin = \"y\""));
    assert_says(&ran, &["nittio.toml:12", "northin", "northing"]);
}

#[test]
fn a_broken_data_file_is_an_error_and_no_panic() {
    for (name, bytes) in [
        ("nets.geojson", &b"{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feat"[..]),
        ("areas.geojson", b""),
        ("settlements.geojson", b"\xff\xfe\x00"),
        ("places.csv", b""),
        ("places.csv", b"PAR1 this is no parquet PAR1"),
    ] {
        let ran = broken(|folder| fs::write(folder.join(name), bytes).unwrap());
        assert_says(&ran, &["nittio.toml", name]);
    }
}
