//! Near a connected place: held against GEOS, place by place.

use std::{fmt::Write as _, fs, path::Path};

use tempfile::TempDir;

use crate::{outputs, program::nittio, tools::python};

const STUDY: &str = r#"
[study]
name = "Nära"
as_of = 2024-12-31

[[places]]
path = "places.csv"
id = "id"
easting = "e"
northing = "n"

[[offers]]
path = "offers.csv"
place = "id"
operator = { column = "operator" }
technology = { column = "technology" }

[near]
outside = "50 m"

[[profiles]]
use = "connected+passed+near"
"#;

/// Numbers that are the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Places on a lattice of ten metres, where 30, 40 and 50 are common, and as many anywhere; some connected, some of
/// them by cable, some without a position, some twice.
fn write(folder: &Path, shuffled: bool) {
    let mut chance = Chance(50);
    let (mut places, mut offers) = (Vec::new(), Vec::new());
    for i in 0..120_000 {
        let (e, n) = (500_000 + 10 * chance.below(300), 6_400_000 + 10 * chance.below(300));
        let position = match i % 4 {
            0 | 1 => format!("{e},{n}"),
            2 => format!("{}.{:03},{}.{:07}", e + chance.below(10), chance.below(1000), n, chance.below(10_000_000)),
            _ if i % 97 == 0 => ",".to_owned(),
            _ => format!("{},{}", 500_000 + chance.below(3000), 6_400_000 + chance.below(3000)),
        };
        places.push(format!("P{i:06},{position}"));
        let operator = chance.below(100);
        if operator < 4 {
            let technology = if operator == 3 { "cable" } else { "fibre" };
            offers.push(format!("P{i:06},O{operator},{technology}"));
        }
    }
    // The second row of an id is dropped, and nobody is near it.
    for i in (0..120_000).step_by(40) {
        places.push(format!("P{i:06},{},{}", 500_000 + chance.below(3000), 6_400_000 + chance.below(3000)));
    }
    if shuffled {
        // Whole blocks change places: the first row of an id is still the first.
        let tail = places.split_off(120_000);
        places.rotate_left(70_001);
        places.extend(tail);
        offers.reverse();
    }
    let text = |head: &str, rows: &[String]| {
        rows.iter().fold(format!("{head}\n"), |mut text, row| {
            let _ = writeln!(text, "{row}");
            text
        })
    };
    fs::write(folder.join("places.csv"), text("id,e,n", &places)).unwrap();
    fs::write(folder.join("offers.csv"), text("id,operator,technology", &offers)).unwrap();
    fs::write(folder.join("nittio.toml"), STUDY).unwrap();
}

fn run(shuffled: bool, threads: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    write(folder.path(), shuffled);
    nittio(folder.path(), ["run", "--threads", threads]).expect(0);
    folder
}

#[test]
fn geos_finds_the_same_places_near_the_same_services() {
    let folder = run(false, "2");
    let found = python("near.py", &[folder.path()]);
    assert_eq!(found["places"], 120_000);
    assert!(found["near"].as_u64().unwrap() > 10_000, "{found}");
    // Exactly 50 m away, and for many places the nearest that there is.
    assert!(found["pairs at exactly 50 m"].as_u64().unwrap() > 10_000, "{found}");
    assert!(found["near by nothing closer"].as_u64().unwrap() > 1_000, "{found}");
    assert_eq!(found["differences"], serde_json::json!([]));
}

#[test]
fn what_is_near_is_the_same_bytes_whatever_the_threads_and_the_order() {
    let output = |folder: &TempDir| outputs::files(&folder.path().join("out"));
    let one = output(&run(false, "1"));
    let seven = output(&run(false, "7"));
    assert!(one == seven);
    let shuffled = output(&run(true, "2"));
    for name in ["places.parquet", "indicators.csv", "services.csv"] {
        assert!(one[name] == shuffled[name], "{name} differs");
    }
}

#[test]
fn coordinates_in_degrees_are_refused_and_the_way_out_is_told() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("places.csv"), "id,e,n\nA,14.1,57.7\nB,14.2,57.8\n").unwrap();
    fs::write(folder.path().join("offers.csv"), "id,operator,technology\nA,O,fibre\n").unwrap();
    for (crs, message) in [("as-is", "look like degrees"), ("EPSG:4326", "coordinates in EPSG:4326 are degrees")] {
        let study = STUDY.replace("as_of", &format!("crs = \"{crs}\"\nas_of"));
        fs::write(folder.path().join("nittio.toml"), study).unwrap();
        let ran = nittio(folder.path(), ["run"]).expect_error();
        assert!(ran.stderr.contains(message) && ran.stderr.contains("crs = \"EPSG:3006\""), "{}", ran.stderr);
        assert!(!folder.path().join("out").exists());
    }
}

#[test]
fn a_place_says_which_neighbour_makes_it_near_and_how_far_away() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    let said = |id: &str| nittio(folder.path(), ["explain", "place", id, "--project", "rules.toml"]).expect(0).stdout;
    assert!(said("P07").contains("near P11, 500 m away: Alfanät, fibre, 1000 Mbit/s down"), "{}", said("P07"));
    // √(100² + 100²), by hand.
    assert!(said("P02").contains("near P01, 141.421 m away: Alfanät"), "{}", said("P02"));
    for not_near in ["P01", "P03", "P08", "P14"] {
        assert!(!said(not_near).contains("away:"), "{}", said(not_near));
    }
}

#[test]
fn a_definition_is_explained_with_its_distances_and_an_unknown_one_names_what_there_is() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    let explain = |arguments: &[&str]| {
        nittio(folder.path(), ["explain", "profile"].iter().chain(arguments).chain(&["--project", "rules.toml"]))
    };
    let listed = explain(&[]).expect(0).stdout;
    assert!(listed.lines().any(|line| line == "connected+passed+near"), "{listed}");
    let said = explain(&["connected+passed+near"]).expect(0).stdout;
    for words in ["connected, passed, near", "150 m", "200 m", "500 m", "2024-12-31", "plans       do not count"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let said = explain(&["order<=40000"]).expect(0).stdout;
    assert!(said.contains("at most 40000 kr; a price that is not known counts"), "{said}");
    let refused = explain(&["ftth"]).expect_error().stderr;
    assert!(refused.contains("connected+passed+near"), "{refused}");
}
