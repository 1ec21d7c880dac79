//! `nittio index`: what a run with the file writes is what a run without it writes, or the file is refused.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{
    jonkoping, outputs,
    program::{Ran, nittio},
    toyland,
};

/// Toyland in a folder of its own, with `nittio.index` written.
fn toyland_with_index() -> TempDir {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    let ran = nittio(folder.path(), ["index"]).expect(0);
    assert_eq!(ran.stdout, "", "the index is a file, and no result");
    assert!(ran.stderr.contains("nittio run --index nittio.index"), "{}", ran.stderr);
    folder
}

fn run(folder: &TempDir) -> Ran {
    nittio(folder.path(), ["run", "--index", "nittio.index"])
}

/// Fails unless the index is refused for this reason, with the command that writes it again, and nothing is written.
#[track_caller]
fn assert_refused(folder: &TempDir, reason: &str) {
    for command in ["run", "check"] {
        let ran = nittio(folder.path(), [command, "--index", "nittio.index"]).expect_error();
        assert!(ran.stderr.contains(reason), "{}", ran.stderr);
        assert!(ran.stderr.contains("write it again: nittio index --output nittio.index"), "{}", ran.stderr);
    }
    assert!(!folder.path().join("out").exists());
    nittio(folder.path(), ["index"]).expect(0);
    run(folder).expect(0);
}

#[track_caller]
fn assert_same(without: &(std::path::PathBuf, Ran), with: &Ran, output: &Path) {
    assert_eq!(without.1.stdout, with.stdout);
    let (without, with) = (outputs::files(&without.0), outputs::files(output));
    assert!(without.keys().eq(with.keys()) && without.len() > 10);
    for (name, bytes) in without {
        assert!(with[&name] == bytes, "{name} differs");
    }
}

#[test]
fn toyland_gives_the_same_bytes_with_an_index_as_without() {
    let folder = toyland_with_index();
    let ran = run(&folder).expect(0);
    assert_same(toyland::run(), &ran, &folder.path().join("out"));
    let check = |more: &[&str]| nittio(folder.path(), [&["check", "--format", "csv"], more].concat()).expect(1).stdout;
    assert_eq!(check(&["--index", "nittio.index"]), check(&[]));
}

#[test]
fn jonkoping_gives_the_same_bytes_with_an_index_as_without_whatever_the_threads() {
    let folder = TempDir::new().unwrap();
    let index = |threads: &str, name: &str| {
        nittio(folder.path(), ["index", "--example", "jonkoping", "--threads", threads, "--output", name]).expect(0);
        fs::read(folder.path().join(name)).unwrap()
    };
    assert!(index("1", "one.index") == index("3", "three.index"), "the same polygons give the same file");
    for threads in ["1", "3"] {
        let ran = nittio(folder.path(), ["run", "--index", "one.index", "--threads", threads]).expect(0);
        assert_same(jonkoping::run(), &ran, &folder.path().join("out"));
    }
}

#[test]
fn a_changed_byte_of_any_file_of_polygons_is_named() {
    for (file, from, to, role) in [
        ("nat.geojson", "[500, 100]", "[501, 100]", "footprints"),
        ("kommuner.geojson", "Västby", "Nästby", "areas"),
        ("orter.geojson", "tätort", "småort", "settlements"),
    ] {
        let folder = toyland_with_index();
        change(&folder, file, from, to);
        assert_refused(&folder, &format!("{file} ({role}): its content has changed"));
    }
}

#[test]
fn a_changed_setting_that_says_how_polygons_are_read_is_named() {
    for (from, to, reason) in [
        (
            "down = { column = \"ned_mbit\" }",
            "down = \"1 Gbit/s\"",
            "footprints[0].down: was a table, is now \"1 Gbit/s\"",
        ),
        ("crs = \"as-is\"\nlocale", "crs = \"EPSG:3006\"\nlocale", "study.crs: was \"as-is\", is now \"EPSG:3006\""),
        ("code = \"kod\"", "code = \"namn\"", "areas.municipality.code: was \"kod\", is now \"namn\""),
    ] {
        let folder = toyland_with_index();
        change(&folder, "nittio.toml", from, to);
        let ran = run(&folder).expect_error();
        assert!(ran.stderr.contains(reason) && ran.stderr.contains("write it again: "), "{}", ran.stderr);
    }
}

#[test]
fn new_places_offers_profiles_and_goals_need_no_new_index() {
    let folder = toyland_with_index();
    change(&folder, "erbjudanden.csv", "P", "Q");
    change(&folder, "platser.csv", "P01", "P91");
    change(&folder, "nittio.toml", "planned_until = 2026-12-31", "planned_until = 2027-12-31");
    let without = nittio(folder.path(), ["run", "--output", "without"]).expect(0);
    let with = run(&folder).expect(0);
    assert_same(&(folder.path().join("without"), without), &with, &folder.path().join("out"));
}

#[test]
fn a_damaged_index_and_one_by_another_version_are_refused() {
    let folder = toyland_with_index();
    let path = folder.path().join("nittio.index");
    let bytes = fs::read(&path).unwrap();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
    };
    for at in (12..bytes.len()).step_by(97) {
        with(&|bytes| bytes[at] ^= 1);
        let ran = run(&folder).expect_error();
        assert!(ran.stderr.contains("nittio.index: the index is damaged: "), "{}", ran.stderr);
        with(&|bytes| bytes.truncate(at));
        let ran = run(&folder).expect_error();
        assert!(ran.stderr.contains("the index is damaged: it is cut short"), "{}", ran.stderr);
    }
    with(&|bytes| bytes[2000] ^= 1);
    assert_refused(&folder, "its checksum is not that of its bytes");
    fs::remove_dir_all(folder.path().join("out")).unwrap();
    with(&|bytes| bytes[8] += 1);
    assert_refused(&folder, "another version of nittio wrote this index");
}

#[test]
fn what_is_no_index_is_neither_used_nor_written_over() {
    let folder = toyland_with_index();
    let ran = nittio(folder.path(), ["run", "--index", "nat.geojson"]).expect_error();
    assert!(ran.stderr.contains("nat.geojson: this is not an index that nittio wrote"), "{}", ran.stderr);
    let ran = nittio(folder.path(), ["run", "--index", "none.index"]).expect_error();
    assert!(ran.stderr.contains("none.index: the index cannot be read: there is no such file"), "{}", ran.stderr);
    let before = fs::read(folder.path().join("nat.geojson")).unwrap();
    let ran = nittio(folder.path(), ["index", "--output", "nat.geojson"]).expect_error();
    assert!(ran.stderr.contains("is not an index; name another file"), "{}", ran.stderr);
    assert!(fs::read(folder.path().join("nat.geojson")).unwrap() == before);
}

/// Changes one thing in a file, which may be in Windows-1252; what changes is in ASCII there.
#[track_caller]
fn change(folder: &TempDir, file: &str, from: &str, to: &str) {
    let path = folder.path().join(file);
    let bytes = fs::read(&path).unwrap();
    let at = bytes.windows(from.len()).position(|w| w == from.as_bytes()).expect("what is to be changed is there");
    fs::write(path, [&bytes[..at], to.as_bytes(), &bytes[at + from.len()..]].concat()).unwrap();
}
