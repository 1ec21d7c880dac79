//! `nittio run --since`: what it writes is what a run of everything writes, and it says on what it rests, or why on nothing.

use std::{fs, path::Path};

use polars::prelude::{DataFrame, ParquetReader, ParquetWriter, SerReader as _};
use tempfile::TempDir;

use crate::{
    outputs,
    program::{Ran, nittio},
};

/// Toyland in a folder of its own, after a run.
fn toyland() -> TempDir {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    nittio(folder.path(), ["run"]).expect(0);
    folder
}

fn since(folder: &TempDir, more: &[&str]) -> Ran {
    nittio(folder.path(), [&["run", "--since", "out"], more].concat()).expect(0)
}

/// How many of toyland's places were joined anew; `None` when it does not say so.
fn anew(ran: &Ran) -> Option<u64> {
    let line =
        ran.stderr.lines().find_map(|line| line.strip_suffix(" of 15 places joined anew; the rest is as in out"));
    line.and_then(|number| number.parse().ok())
}

/// Fails unless a run into `out` gave what a run of everything gives.
#[track_caller]
fn assert_as_in_full(folder: &TempDir, ran: &Ran) {
    let full = nittio(folder.path(), ["run", "--output", "full"]).expect(0);
    assert_eq!(full.stdout, ran.stdout);
    let files = |name: &str| outputs::files(&folder.path().join(name));
    let (full, out) = (files("full"), files("out"));
    outputs::assert_whole(&out);
    assert!(full.keys().eq(out.keys()) && full.contains_key("join.state"));
    for (name, bytes) in full {
        assert!(out[&name] == bytes, "{name} differs");
    }
}

/// Changes one thing in a file, which may be in Windows-1252; what changes is in ASCII there.
#[track_caller]
fn change(folder: &TempDir, file: &str, from: &str, to: &str) {
    let path = folder.path().join(file);
    let bytes = fs::read(&path).unwrap();
    let at = bytes.windows(from.len()).position(|w| w == from.as_bytes()).expect("what is to be changed is there");
    fs::write(path, [&bytes[..at], to.as_bytes(), &bytes[at + from.len()..]].concat()).unwrap();
}

#[test]
fn a_moved_border_joins_some_places_anew_and_the_rest_is_as_it_was() {
    let folder = toyland();
    assert_eq!(anew(&since(&folder, &[])), Some(0));
    change(&folder, "nat.geojson", "[500, 100]", "[501, 100]");
    let ran = since(&folder, &[]);
    assert!(anew(&ran).is_some_and(|anew| (1..15).contains(&anew)), "{}", ran.stderr);
    assert_as_in_full(&folder, &ran);
    // And on top of that, with an index, on one thread, into another folder first.
    change(&folder, "nat.geojson", "[501, 100]", "[480, 100]");
    nittio(folder.path(), ["index"]).expect(0);
    let ran = since(&folder, &["--index", "nittio.index", "--threads", "1", "--output", "out"]);
    assert_as_in_full(&folder, &ran);
}

#[test]
fn what_nothing_can_rest_on_is_said_and_all_places_are_joined() {
    for (file, from, to, reason) in [
        ("platser.csv", "P01", "P91", "platser.csv (places): its content has changed"),
        ("orter.geojson", "t\u{e4}tort", "sm\u{e5}ort", "orter.geojson (settlements): its content has changed"),
        (
            "nittio.toml",
            "planned_until = 2026-12-31",
            "planned_until = 2027-12-31",
            "planned_until: was \"2026-12-31\"",
        ),
        ("out/places.parquet", "PAR1", "PAR2", "places.parquet: it is not the file that the manifest lists"),
        ("out/join.state", "nittioJN", "nittioJM", "join.state: it is not the file that the manifest lists"),
        ("out/manifest.json", "\"nittio ", "\"nittio 9.", "manifest.json: another version wrote it"),
    ] {
        let folder = toyland();
        change(&folder, file, from, to);
        let ran = since(&folder, &[]);
        assert!(ran.stderr.contains("all places joined anew: ") && ran.stderr.contains(reason), "{}", ran.stderr);
        assert_as_in_full(&folder, &ran);
        assert_eq!(anew(&since(&folder, &[])), Some(0), "the next run rests on this one");
    }
}

/// A rule that looks beyond a place's own square, and an edition that asks where services come from: nothing rests on the last run.
#[test]
fn near_and_a_public_edition_join_all_places_anew() {
    let folder = toyland();
    change(&folder, "nat.geojson", "[500, 100]", "[480, 100]");
    let ran = since(&folder, &["--public"]);
    assert!(ran.stderr.contains("joined anew: the public edition asks from which file"), "{}", ran.stderr);
    nittio(folder.path(), ["run", "--public", "--output", "full"]).expect(0);
    let files = |name: &str| outputs::files(&folder.path().join(name));
    let (full, out) = (files("full"), files("out"));
    assert!(full.contains_key("public/indicators.csv") && full == out);
    // The next run without it rests on this one, and takes the edition away.
    assert_eq!(anew(&since(&folder, &[])), Some(0));
    assert!(!folder.path().join("out/public").exists());

    change(&folder, "nittio.toml", "reach = [\"connected\"]", "reach = [\"near\"]");
    let ran = since(&folder, &[]);
    assert!(ran.stderr.contains("joined anew: what is near a place depends on"), "{}", ran.stderr);
    assert_as_in_full(&folder, &ran);
    let ran = since(&folder, &[]);
    assert!(ran.stderr.contains("joined anew: what is near a place depends on"), "{}", ran.stderr);
}

/// Scenarios are asked of the tally afterwards, so a run with other ones rests on the last one.
#[test]
fn scenarios_are_asked_afterwards() {
    let folder = toyland();
    let path = folder.path().join("nittio.toml");
    let text = fs::read_to_string(&path).unwrap();
    let scenario = "\n[[scenarios]]\nkey = \"delta\"\nadd = [{ projects = [\"Fiber till Lillby\"] }]\n";
    fs::write(&path, text + scenario).unwrap();
    let ran = since(&folder, &[]);
    assert_eq!(anew(&ran), Some(0), "{}", ran.stderr);
    assert!(folder.path().join("out/scenarios.csv").exists());
    assert_as_in_full(&folder, &ran);
    // And after a footprint has changed.
    change(&folder, "nat.geojson", "[500, 100]", "[480, 100]");
    let ran = since(&folder, &[]);
    assert!(anew(&ran).is_some_and(|anew| (1..15).contains(&anew)), "{}", ran.stderr);
    assert_as_in_full(&folder, &ran);
}

#[test]
fn no_last_result_is_no_error_and_one_without_places_is_said() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    let ran = since(&folder, &["--without-places"]);
    assert!(ran.stderr.contains("all places joined anew: ") && ran.stderr.contains("no last result"), "{}", ran.stderr);
    assert!(!folder.path().join("out/join.state").exists());
    let ran = since(&folder, &[]);
    assert!(ran.stderr.contains("the last run did not write places.parquet"), "{}", ran.stderr);
    let with = outputs::files(&folder.path().join("out"));
    let ran = since(&folder, &["--without-places"]);
    assert_eq!(anew(&ran), Some(0), "{}", ran.stderr);
    let without = outputs::files(&folder.path().join("out"));
    let gone: Vec<&String> = with.keys().filter(|name| !without.contains_key(*name)).collect();
    assert_eq!(gone, ["join.state", "lacking.csv", "places.parquet"]);
    assert!(without["indicators.csv"] == with["indicators.csv"]);
}

/// Leaves out every tenth feature of a file.
fn thin(path: &Path) {
    let geo = {
        let mut reader = ParquetReader::new(fs::File::open(path).unwrap());
        let metadata = reader.get_metadata().unwrap().key_value_metadata.clone().unwrap();
        metadata.into_iter().find(|pair| pair.key == "geo").unwrap().value.unwrap()
    };
    let frame: DataFrame = outputs::parquet(path);
    let rows: Vec<u32> = (0..u32::try_from(frame.height()).unwrap()).filter(|row| row % 10 != 3).collect();
    let rows = polars::prelude::IdxCa::from_vec("".into(), rows);
    let mut frame = frame.take(&rows).unwrap();
    let metadata = polars::io::parquet::write::KeyValueMetadata::from_static(vec![("geo".to_owned(), geo)]);
    ParquetWriter::new(fs::File::create(path).unwrap())
        .with_key_value_metadata(Some(metadata))
        .finish(&mut frame)
        .unwrap();
}

#[test]
fn a_country_of_several_row_groups_is_as_in_full() {
    let folder = TempDir::new().unwrap();
    let generate = ["generate", "--places", "270k", "--seed", "5", "--scale", "0.01", "--output", "."];
    nittio(folder.path(), generate).expect(0);
    nittio(folder.path(), ["run"]).expect(0);
    for file in ["footprints_parcel.parquet", "footprints_fibre.parquet"] {
        thin(&folder.path().join(file));
        let ran = since(&folder, &[]);
        let anew = ran.stderr.lines().find_map(|line| line.split_once(" of 270000 places joined anew"));
        let anew: u64 = anew.unwrap_or_else(|| panic!("{}", ran.stderr)).0.parse().unwrap();
        assert!((1..135_000).contains(&anew), "{anew}");
        assert_as_in_full(&folder, &ran);
    }
}
