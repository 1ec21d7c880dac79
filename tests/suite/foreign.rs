//! Programs that we did not write can read what we write, and find the same figures in it.

use std::{collections::BTreeMap, fs, path::Path};

use tempfile::TempDir;

use crate::{
    figures::Figures,
    jonkoping, outputs,
    tools::{output, python, tool},
    toyland,
};

/// Layers and their feature counts, as GDAL reads them; fails when it warns.
#[track_caller]
fn layers(path: &Path) -> BTreeMap<String, (u64, String)> {
    let ran = output(tool("ogrinfo").args(["-so", "-al"]).arg(path)).expect(0);
    assert_eq!(ran.stderr, "", "no warning");
    assert!(!ran.stdout.contains("Warning") && !ran.stdout.contains("ERROR"), "{}", ran.stdout);
    let mut layers = BTreeMap::new();
    for text in ran.stdout.split("\nLayer name: ").skip(1) {
        let name = text.lines().next().unwrap().to_owned();
        let after = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).unwrap().trim().to_owned();
        layers.insert(name, (after("Feature Count:").parse().unwrap(), text.to_owned()));
    }
    layers
}

#[test]
fn gdal_reads_the_map_layers_without_a_warning() {
    let (folder, _) = jonkoping::run();
    let layers = layers(&folder.join("coverage.gpkg"));
    let (count, text) = &layers["municipality"];
    assert_eq!(*count, 13);
    assert!(text.contains("ID[\"EPSG\",3006]"), "{text}");
    assert!(text.contains("Geometry: Multi Polygon"), "{text}");
}

#[test]
fn gdal_finds_the_same_figures_in_the_map() {
    let (folder, _) = jonkoping::run();
    let figures = Figures::of_run(folder);
    let csv = output(
        tool("ogr2ogr").args(["-f", "CSV", "/vsistdout/"]).arg(folder.join("coverage.gpkg")).arg("municipality"),
    );
    let csv = csv.expect(0);
    let rows = outputs::csv_text(&csv.stdout);
    assert_eq!(rows.len(), 13);
    let profile = outputs::manifest(folder)["definitions"]["profiles"][0]["key"].as_str().unwrap().to_owned();
    for row in rows {
        let area = ("municipality", row["code"].as_str());
        let total = figures.get(area, &profile, "population", "covered").total;
        let fast = figures.get(area, &profile, "population", "down>=100 Mbit/s").covered;
        assert_eq!((row["population_total"].parse(), row["population_down_100"].parse()), (Ok(total), Ok(fast)));
    }
}

#[test]
fn gdal_reads_a_map_without_geographic_meaning() {
    let (folder, _) = toyland::run();
    assert_eq!(layers(&folder.join("coverage.gpkg"))["municipality"].0, 2);
}

#[test]
fn polars_and_duckdb_find_the_same_sums_in_every_table() {
    for folder in [&jonkoping::run().0, &toyland::run().0] {
        let figures = Figures::of_run(folder);
        let [total, covered, missing, unmatched] = figures.sums();
        let places = outputs::manifest(folder)["results"]["places"].as_u64().unwrap();
        let unit = |unit: &str| {
            let profile = outputs::manifest(folder)["definitions"]["profiles"][0]["key"].as_str().unwrap().to_owned();
            figures.get(("total", ""), &profile, unit, "covered").total
        };
        let found = python("sums.py", &[folder]);
        for engine in ["polars", "duckdb"] {
            let found = &found[engine];
            let sums = serde_json::json!([figures.len(), total, covered, missing, unmatched]);
            assert_eq!(found["indicators.parquet"], sums, "{engine}");
            assert_eq!(found["indicators.csv"], sums, "{engine}");
            assert_eq!(found["places.parquet"], serde_json::json!([places, unit("population")]), "{engine}");
            // Codes keep their leading zeros, also where an engine guesses types.
            assert!(found["first code"].as_str().unwrap().starts_with('0'), "{engine}: {found}");
        }
    }
}

#[test]
fn a_spreadsheet_opens_the_table_with_every_row_and_every_zero() {
    let (folder, _) = toyland::run();
    let work = TempDir::new().unwrap();
    let convert = |from: &Path, filter: &str, to: &str| {
        let profile = format!("-env:UserInstallation=file://{}/profile", work.path().display());
        let mut soffice = tool("soffice");
        soffice.args([&profile, "--headless", "--norestore"]);
        if !filter.is_empty() {
            soffice.arg(format!("--infilter={filter}"));
        }
        output(soffice.args(["--convert-to", to, "--outdir"]).arg(work.path()).arg(from)).expect(0);
    };
    // Comma, quotes, UTF-8, from the first row; the third column, the codes, as text.
    convert(&folder.join("indicators.csv"), "Text - txt - csv (StarCalc):44,34,76,1,3/2,0,false", "xlsx");
    let sheet = work.path().join("indicators.xlsx");
    assert!(fs::read(&sheet).unwrap().starts_with(b"PK"));
    convert(&sheet, "", "csv:Text - txt - csv (StarCalc):44,34,76");
    let (ours, theirs) =
        (outputs::csv(&folder.join("indicators.csv")), outputs::csv(&work.path().join("indicators.csv")));
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        for column in ["level", "code", "name", "unit", "measure", "total", "covered", "missing", "unmatched"] {
            assert_eq!(ours[column], theirs[column]);
        }
    }
}
