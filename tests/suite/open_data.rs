//! Open data: every format read by programs that we did not write, and found to say the same.

use std::{fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    program::{Ran, nittio, root},
    public,
    tools::python,
    toyland,
};

const PUBLISHER: &str = r#"
[open_data]
publisher = "Region Lekland"
publisher_uri = "https://example.org/region"
contact_name = "Öppna data"
contact_email = "oppnadata@example.org"
licence = "http://creativecommons.org/publicdomain/zero/1.0/"
base_url = "https://example.org/data/bredband/"
issued = 2025-02-28
"#;

#[track_caller]
fn read(folder: &Path, figures: &Path) -> Value {
    let found = python("open_data.py", &[folder, figures, Path::new("connected+passed")]);
    assert_eq!(found["wrong"], json!([]));
    found
}

/// Toyland with more in its study file, run in a folder.
fn toyland_with(folder: &Path, more: &str, open: bool) -> Ran {
    nittio(folder, ["init", "--example", "toyland"]).expect(0);
    let path = folder.join("nittio.toml");
    let mut text = fs::read_to_string(&path).unwrap();
    if open {
        for file in ["path = \"platser.csv\"", "path = \"erbjudanden.csv\""] {
            assert!(text.contains(file), "{file}");
            text = text.replace(file, &format!("{file}\nsecrecy = \"open\""));
        }
    }
    text.push_str(more);
    fs::write(&path, text).unwrap();
    nittio(folder, ["run"])
}

#[test]
fn every_format_has_the_figures_that_were_counted_by_hand() {
    let folder = TempDir::new().unwrap();
    toyland_with(folder.path(), PUBLISHER, true).expect(0);
    let found = read(&folder.path().join("out/open-data"), &root().join("datasets/toyland/expected.csv"));
    for file in ["municipality.csv", "municipality.json", "municipality.parquet", "municipality.gpkg", "county.csv"] {
        assert!(found["compared"][file].as_u64().unwrap() > 20, "{file}: {}", found["compared"]);
    }
    // Toyland has no place on Earth.
    assert!(found["compared"]["municipality.geojson"].is_null());
    assert_eq!(found["lacking"], json!({ "mandatory": [], "recommended": [] }));
    assert_eq!(found["shapes"]["dcat.jsonld"], json!([]));
    assert_eq!(found["shapes"]["dcat.ttl"], json!([]));
    assert_eq!(found["licences"], json!(["http://creativecommons.org/publicdomain/zero/1.0/"]));
    let files = found["files"].as_object().unwrap();
    assert!(files.contains_key("https://example.org/data/bredband/municipality.csv"), "{files:?}");
    assert!(!found["readme"].as_str().unwrap().contains("[open_data]"), "nothing is left to say");
}

#[test]
fn maps_and_tables_of_a_public_edition_agree_in_every_format() {
    let public = public::example("jonkoping").join("public");
    let found = read(&public.join("open-data"), &public.join("indicators.csv"));
    let compared = &found["compared"];
    for ending in ["csv", "json", "geojson", "parquet", "gpkg"] {
        assert!(compared[format!("municipality.{ending}")].as_u64().unwrap() > 700, "{compared}");
    }
    // 90 % is the goal, and a border between two classes.
    assert!(compared["breaks"].as_array().unwrap().contains(&json!(0.9)), "{}", compared["breaks"]);
    // Nobody has said who publishes: nothing is made up, and the README says what is left to say.
    assert_eq!(found["licences"], json!([]));
    assert!(found["lacking"]["mandatory"].as_array().unwrap().contains(&json!("Catalog license")));
    assert_eq!(found["shapes"]["dcat.jsonld"], json!(["Catalog publisher"]));
    // The shapes have teeth.
    let broken = json!(["Catalog publisher", "Distribution accessURL", "PeriodOfTime startDate"]);
    assert_eq!(found["shapes"]["broken"], broken);
    let readme = found["readme"].as_str().unwrap();
    for key in ["publisher", "publisher_uri", "contact_name", "contact_email", "licence", "base_url"] {
        assert!(readme.contains(&format!("`{key}`")), "{key}");
    }
}

#[test]
fn without_a_public_edition_open_data_are_asked_for_and_made_of_open_sources_only() {
    assert!(!toyland::run().0.join("open-data").exists(), "nobody asked");
    let folder = TempDir::new().unwrap();
    let ran = toyland_with(folder.path(), PUBLISHER, false).expect(0);
    assert!(ran.stderr.contains("No open data written"), "{}", ran.stderr);
    assert!(!folder.path().join("out/open-data").exists());
}

#[test]
fn addresses_and_licences_that_are_none_are_refused() {
    for (right, wrong) in [
        ("https://example.org/region", "region"),
        ("oppnadata@example.org", "oppnadata"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0"),
    ] {
        let folder = TempDir::new().unwrap();
        let ran = toyland_with(folder.path(), &PUBLISHER.replace(right, wrong), true).expect_error();
        assert!(ran.stderr.contains(&format!("`{wrong}` is not an")), "{}", ran.stderr);
    }
}
