//! Jönköpings län, the embedded study: real borders and population, synthetic addresses and networks.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use tempfile::TempDir;

use crate::{
    figures::{Figures, count, first},
    outputs,
    program::{Ran, nittio, root},
};

/// The first command of a newcomer, run once in an empty folder for all cases that only look at its results.
pub fn run() -> &'static (PathBuf, Ran) {
    static RUN: OnceLock<(PathBuf, Ran)> = OnceLock::new();
    RUN.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("jonkoping");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let ran = nittio(&folder, ["run"]).expect(0);
        (folder.join("out"), ran)
    })
}

#[test]
fn the_first_command_leaves_everything_that_is_promised() {
    let (output, _) = run();
    let files = outputs::files(output);
    let promised = [
        "areas-excel.csv",
        "coverage.gpkg",
        "goals.csv",
        "indicators.csv",
        "indicators.parquet",
        "join.state",
        "manifest.json",
        "places.parquet",
        "ranks.csv",
        "reconciliation.csv",
        "rejects.csv",
        "report.html",
        "result.nittio",
        "safety.csv",
        "scenarios.csv",
        "services.csv",
        "tables.xlsx",
    ];
    for name in promised {
        assert!(files.get(name).is_some_and(|bytes| bytes.len() > 50), "{name} is not there, or empty");
    }
    let pictures = |ending: &str| -> Vec<String> {
        let names = files.keys().filter_map(|name| name.strip_prefix("pictures/")?.strip_suffix(ending));
        names.map(str::to_owned).collect()
    };
    assert!(!pictures(".svg").is_empty());
    assert_eq!(pictures(".svg"), pictures(".png"));
    for (name, bytes) in &files {
        if name.ends_with(".png") {
            assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{name}");
        }
    }
    outputs::assert_whole(&files);
    assert!(outputs::leftovers(output).is_empty());
    let others: Vec<_> = std::fs::read_dir(output.parent().unwrap()).unwrap().collect();
    assert_eq!(others.len(), 1, "only out/ is new");
}

#[test]
fn a_pipe_gets_the_municipalities_and_the_total_as_csv() {
    let (output, ran) = run();
    let rows = outputs::csv_text(&ran.stdout);
    let codes = |unit: &str| -> Vec<&str> {
        let of_unit = rows.iter().filter(|row| row["unit"] == unit && row["level"] == "municipality");
        of_unit.map(|row| row["code"].as_str()).filter(|code| !code.is_empty()).collect()
    };
    let municipalities =
        ["0604", "0617", "0642", "0643", "0662", "0665", "0680", "0682", "0683", "0684", "0685", "0686", "0687"];
    assert_eq!(codes("population"), municipalities);
    let population = |level: &str| -> u64 {
        let of_level = rows.iter().filter(|row| row["unit"] == "population" && row["level"] == level);
        of_level.map(|row| row["total"].parse::<u64>().unwrap()).sum()
    };
    // SCB, 31 December 2024.
    assert_eq!((population("municipality"), population("total")), (370_009, 370_009));
    // What the pipe gets is what the file has.
    let figures = Figures::of_run(output);
    let profile = outputs::manifest(output)["definitions"]["profiles"][0]["key"].as_str().unwrap().to_owned();
    for row in &rows {
        let figure = figures.get((&row["level"], &row["code"]), &profile, &row["unit"], &row["measure"]);
        assert_eq!(
            (row["total"].clone(), row["covered"].clone()),
            (figure.total.to_string(), figure.covered.to_string())
        );
    }
}

#[test]
fn every_municipality_has_the_figures_that_geos_counts() {
    let (output, _) = run();
    let figures = Figures::of_run(output);
    let rows = outputs::csv(&root().join("datasets/jonkoping/expected.csv"));
    assert_eq!(rows.len(), 375, "thirteen municipalities, none and all of them, five units, five settlement classes");
    let mut wrong = Vec::new();
    for row in &rows {
        let area = match row["code"].as_str() {
            "total" => ("total", ""),
            code => ("municipality", code),
        };
        let measure = "down>=100 Mbit/s";
        let got = figures.of_settlement(area, &row["settlement"], "connected+passed", &row["unit"], measure);
        let want = ["total", "covered_down100", "unmatched"].map(|column| count(&row[column]));
        if [got.total, got.covered, got.unmatched] != want {
            wrong.push(format!("{row:?}: got {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), rows.len(), first(&wrong));
}

#[test]
fn standard_error_says_where_the_report_is_and_that_the_data_are_synthetic() {
    let (_, ran) = run();
    assert!(ran.stderr.contains("report.html"), "{}", ran.stderr);
    assert!(ran.stderr.contains("synthetic"), "{}", ran.stderr);
    assert!(!ran.stderr.contains('\u{1b}'), "no escape codes where nobody sees them: {:?}", ran.stderr);
}

#[test]
fn a_second_run_gives_the_same_bytes_of_every_file() {
    let (output, first) = run();
    let folder = TempDir::new().unwrap();
    let second = nittio(folder.path(), ["run", "--threads", "1"]).expect(0);
    assert_eq!(first.stdout, second.stdout);
    let (first, second) = (outputs::files(output), outputs::files(&folder.path().join("out")));
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (name, bytes) in first {
        assert!(second[&name] == bytes, "{name} differs");
    }
}
