//! A delivery held against the last one: counted by hand in `docs/methods/delivery-check.md`.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{outputs, program::nittio};

/// Toyland as it was, in `last`, and the delivery of the page, in `now`.
fn deliveries() -> TempDir {
    let folder = TempDir::new().unwrap();
    for name in ["last", "now"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        nittio(&folder.path().join(name), ["init", "--example", "toyland"]).expect(0);
    }
    let path = folder.path().join("now/nat.geojson");
    let text = fs::read_to_string(&path).unwrap();
    let alfa = "[[100, 100], [500, 100], [500, 500], [100, 500], [100, 100]]";
    assert!(text.contains(alfa));
    let text = text.replace(alfa, "[[100, 100], [400, 100], [400, 400], [100, 400], [100, 100]]");
    let gamma = text.lines().find(|line| line.contains("Gamma")).unwrap();
    let square =
        r#"{"type": "Polygon", "coordinates": [[[1000, 400], [1100, 400], [1100, 500], [1000, 500], [1000, 400]]]}"#;
    let twice = format!("{}\"geometry\": {square}}}", gamma.split("\"geometry\"").next().unwrap());
    fs::write(path, text.replace("\n]}", &format!(",\n{twice}\n]}}"))).unwrap();
    folder
}

const SETTINGS: [&str; 4] = ["--jump-places", "1", "--near-miss", "50 m"];

fn check(folder: &Path, more: &[&str]) -> crate::program::Ran {
    let arguments = ["check", "--project", "now"].iter().chain(more).chain(&SETTINGS);
    nittio(folder, arguments)
}

/// Rows without what is in words, which is tested elsewhere, and spaces as people type them.
fn told(text: &str) -> Vec<[String; 6]> {
    let plain = |text: &str| text.replace(['\u{a0}', '\u{202f}'], " ");
    let columns = ["file", "row", "operator", "what", "where", "how_much"];
    outputs::csv_text(text).iter().map(|row| columns.map(|column| plain(&row[column]))).collect()
}

#[test]
fn a_delivery_has_the_remarks_that_were_counted_by_hand() {
    let folder = deliveries();
    let ran = check(folder.path(), &["--against", "last", "--out", "back", "--format", "csv"]).expect(1);
    let mut found = told(&ran.stdout);
    let mut expected = [
        ["", "", "Alfanät", "places-lost", "0001 Västby", "−1 plats av 4"],
        ["", "", "Alfanät", "area-changed", "Alla områden", "150 000 m² till 80 000 m²"],
        ["nat.geojson", "1", "Alfanät", "lost-area", "Alfa, 0001 Västby", "150 000 m², 1 plats"],
        ["nat.geojson", "1", "Alfanät", "near-miss", "Alfa, 0001 Västby", "2 platser, närmast 50 m"],
        ["nat.geojson", "2", "Betakabel", "near-miss", "Beta, 0001 Västby", "1 plats, närmast 50 m"],
        ["", "", "Gammaradio", "area-changed", "Alla områden", "50 000 m² till 60 000 m²"],
        ["nat.geojson", "5", "Gammaradio", "duplicate-footprint", "Gamma, 0002 Östby", "samma som nat.geojson, rad 3"],
        ["erbjudanden.csv", "5", "unknown", "offer-for-unknown-place", "P99", ""],
    ]
    .map(|row| row.map(str::to_owned))
    .to_vec();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert!(ran.stderr.contains("A jump is 10 % and at least 1 places; a near miss at most 50 m"), "{}", ran.stderr);
    let all = fs::read_to_string(folder.path().join("back/rejects.csv")).unwrap();
    assert_eq!(all, ran.stdout);
    // What is sent to one operator says nothing of another, and names no place.
    let own = told(&fs::read_to_string(folder.path().join("back/alfanät/rejects.csv")).unwrap());
    assert_eq!(own.len(), 4);
    let page = fs::read_to_string(folder.path().join("back/alfanät/summary.html")).unwrap();
    for absent in ["Betakabel", "Gammaradio", "P05", "P02", "http://", "https://"] {
        assert!(!page.contains(absent), "{absent}");
    }
    assert!(page.contains("Kontroll av leverans: Alfanät") && page.contains("inget vattenlager har angetts"));
    let untouched = fs::read_to_string(folder.path().join("back/deltanät/summary.html")).unwrap();
    assert!(untouched.contains("Inget i leveransen behöver ses över."));
}

#[test]
fn one_file_of_footprints_is_held_against_the_one_of_its_name_without_offers() {
    let folder = deliveries();
    let ran = check(folder.path(), &["--against", "last/nat.geojson", "--format", "csv"]).expect(1);
    let found = told(&ran.stdout);
    assert!(!found.iter().any(|row| row[3].starts_with("offer")), "{found:?}");
    let lost = found.iter().find(|row| row[3] == "places-lost").unwrap();
    assert_eq!(lost[5], "−1 plats av 4", "P11 is connected by a list, which does not count here");
    let table = check(folder.path(), &["--against", "last/nat.geojson", "--format", "table"]).expect(1);
    assert!(table.stdout.contains("Bara täckningsytor jämförs"), "{}", table.stdout);
}

#[test]
fn the_same_delivery_again_has_no_jump_and_a_clean_one_is_0() {
    let folder = deliveries();
    let ran = nittio(folder.path(), ["check", "--project", "last", "--against", "last", "--format", "csv"]).expect(1);
    let found = told(&ran.stdout);
    // Only what reading finds: nothing is gained, lost, gone or new, and 25 m from a footprint is nobody.
    assert_eq!(found.iter().map(|row| row[3].as_str()).collect::<Vec<_>>(), ["offer-for-unknown-place"]);
    nittio(folder.path(), ["check", "--project", "last", "--against", "last/nat.geojson"]).expect(0);
    let ran = nittio(folder.path(), ["check", "--project", "last", "--against", "nowhere"]).expect_error();
    assert!(ran.stderr.contains("there is no such file or folder"), "{}", ran.stderr);
}

#[test]
fn a_footprint_of_nobody_and_a_speed_that_cannot_be_are_remarks() {
    let folder = deliveries();
    let path = folder.path().join("last/nat.geojson");
    let text = fs::read_to_string(&path).unwrap();
    // Gamma as copper with 30 Mbit/s, which gives 24 at most; Delta far away from everybody.
    let text = text.replace("\"fast radio\"", "\"xdsl\"").replace(
        "[[[900, 300], [1100, 300], [1100, 500], [900, 500], [900, 300]]]",
        "[[[5000, 0], [5010, 0], [5010, 10], [5000, 10], [5000, 0]]]",
    );
    fs::write(&path, text).unwrap();
    let ran = nittio(folder.path(), ["check", "--project", "last", "--against", "last/nat.geojson"]).expect(1);
    let found: Vec<[String; 2]> = told(&ran.stdout).into_iter().map(|[_, row, _, what, ..]| [row, what]).collect();
    assert_eq!(found, [["4", "no-place"], ["3", "implausible-speed"]].map(|row| row.map(str::to_owned)));
}

#[test]
fn a_footprint_of_which_half_lies_over_water_is_told() {
    let folder = deliveries();
    let square = |x0: u32, y0: u32, x1: u32, y1: u32| {
        format!(
            r#"{{"type": "Feature", "properties": {{}}, "geometry": {{"type": "Polygon",
            "coordinates": [[[{x0}, {y0}], [{x1}, {y0}], [{x1}, {y1}], [{x0}, {y1}], [{x0}, {y0}]]]}}}}"#
        )
    };
    // The eastern half of Beta, part of it twice. It also covers 100 × 100 m of Gamma's 50 000 m².
    let nowhere = r#"{"type": "Feature", "properties": {}, "geometry": null}"#.to_owned();
    let lakes = [square(600, 200, 800, 400), square(700, 200, 800, 400), nowhere].join(",");
    let lakes = format!(r#"{{"type": "FeatureCollection", "features": [{lakes}]}}"#);
    fs::write(folder.path().join("lakes.geojson"), lakes).unwrap();
    let over_water = |more: &[&str]| {
        let arguments = ["--against", "last", "--water", "lakes.geojson", "--out", "back", "--format", "csv"];
        let ran = check(folder.path(), &[&arguments, more].concat()).expect(1);
        let told = told(&ran.stdout);
        (told.into_iter().filter(|row| row[3] == "over-water").collect::<Vec<_>>(), ran.stderr)
    };
    let (found, said) = over_water(&[]);
    let expected = ["nat.geojson", "2", "Betakabel", "over-water", "Beta, 0001 Västby", "40 000 m² av 80 000 m²"];
    assert_eq!(found, [expected.map(str::to_owned)]);
    assert!(said.contains("the water of lakes.geojson: 50 % is told"), "{said}");
    assert!(said.contains("1 rows of lakes.geojson had no geometry"), "{said}");
    let page = fs::read_to_string(folder.path().join("back/betakabel/summary.html")).unwrap();
    assert!(page.contains("lakes.geojson") && page.contains("Ytan ligger över vatten"), "{page}");
    assert_eq!(over_water(&["--water-share", "51 %"]).0, Vec::<[String; 6]>::new());
    let with_gamma = over_water(&["--water-share", "20 %"]).0;
    assert!(
        with_gamma.iter().any(|row| row[2] == "Gammaradio" && row[5] == "10 000 m² av 50 000 m²"),
        "{with_gamma:?}"
    );
    let missing = check(folder.path(), &["--against", "last", "--water", "sea.gpkg"]).expect(2).stderr;
    assert!(missing.contains("sea.gpkg"), "{missing}");
}
