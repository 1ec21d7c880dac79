//! The workbook and the table for a spreadsheet: read back by openpyxl and LibreOffice, which share no code with nittio.

use std::{fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    figures::Figures,
    jonkoping, outputs,
    program::root,
    public,
    tools::{output, python, tool},
    toyland,
};

/// What openpyxl finds in a workbook, held against figures.
#[track_caller]
fn read(book: &Path, figures: &Path) -> Value {
    let found = python("tables.py", &[book, figures, Path::new("connected+passed")]);
    assert_eq!(found["wrong"], serde_json::json!([]));
    assert_eq!(found["macros"], serde_json::json!([]));
    for (name, sheet) in found["sheets"].as_object().unwrap() {
        for key in ["source", "landscape", "fits"] {
            assert_eq!(sheet[key], true, "{name}: {key}");
        }
        let heading = sheet["heading"].as_u64().unwrap();
        assert_eq!(sheet["repeats"], format!("${heading}:${heading}"), "{name}");
        assert!(sheet["filter"].as_str().unwrap().starts_with(&format!("A{heading}:")), "{name}");
        assert_eq!(sheet["narrow"], serde_json::json!([]), "{name}");
        assert!(sheet["rows"].as_u64().unwrap() > 0, "{name}");
    }
    found
}

/// Converts with LibreOffice, and returns the file.
#[track_caller]
fn converted(work: &TempDir, from: &Path, filter: &str, to: &str) -> std::path::PathBuf {
    let profile = format!("-env:UserInstallation=file://{}/profile", work.path().display());
    let mut soffice = tool("soffice");
    soffice.args([&profile, "--headless", "--norestore"]);
    if !filter.is_empty() {
        soffice.arg(format!("--infilter={filter}"));
    }
    let ran = output(soffice.args(["--convert-to", to, "--outdir"]).arg(work.path()).arg(from)).expect(0);
    assert!(!ran.stderr.to_lowercase().contains("error"), "{}", ran.stderr);
    let ending = to.split(':').next().unwrap();
    work.path().join(from.file_name().unwrap()).with_extension(ending)
}

#[test]
fn every_figure_of_the_workbook_is_what_was_counted_by_hand() {
    let (folder, _) = toyland::run();
    let found = read(&folder.join("tables.xlsx"), &root().join("datasets/toyland/expected.csv"));
    assert_eq!(found["compared"], 784);
    assert_eq!(found["created"], "2024-12-31 00:00:00", "the day of the figures, and not today");
    // Västby: seven live there, six of them have 100 Mbit/s, one more is needed for nine of ten.
    let west = &found["kommuner"][0];
    assert_eq!([&west[0], &west[1]], ["0001", "Västby"]);
}

#[test]
fn the_workbook_of_a_county_has_its_themes_and_the_figures_of_the_run() {
    let (folder, _) = jonkoping::run();
    let found = read(&folder.join("tables.xlsx"), &folder.join("indicators.csv"));
    assert!(found["compared"].as_u64().unwrap() > 5000 && found["hidden"] == 0);
    let sheets: Vec<&String> = found["sheets"].as_object().unwrap().keys().collect();
    for theme in
        ["Kommuner", "Mål", "Hastigheter", "Tätort och landsbygd", "Tekniker", "Definitioner", "Rang", "Källor"]
    {
        assert!(sheets.iter().any(|sheet| *sheet == theme), "{theme}: {sheets:?}");
    }
}

#[test]
fn the_public_workbook_has_what_the_public_figures_have() {
    let folder = public::example("jonkoping").join("public");
    let found = read(&folder.join("tables.xlsx"), &folder.join("indicators.csv"));
    assert!(found["hidden"].as_u64().unwrap() > 0, "small counts are kept back");
    let sheets = found["sheets"].as_object().unwrap();
    for internal in ["Hur säkert", "Avstämning", "Tänk om", "Bredbandsstöd", "Vita, grå och svarta"] {
        assert!(!sheets.contains_key(internal), "{internal}");
    }
}

#[test]
fn libreoffice_prints_the_workbook() {
    let (folder, _) = toyland::run();
    let work = TempDir::new().unwrap();
    let pages = converted(&work, &folder.join("tables.xlsx"), "", "pdf");
    assert!(fs::read(pages).unwrap().starts_with(b"%PDF"));
}

#[test]
fn a_swedish_spreadsheet_opens_the_table_of_areas_with_numbers_and_zeros() {
    let (folder, _) = jonkoping::run();
    let work = TempDir::new().unwrap();
    // Semicolons, UTF-8, Swedish numbers.
    let filter = "Text - txt - csv (StarCalc):59,34,76,1,,1053,false,true";
    let sheet = converted(&work, &folder.join("areas-excel.csv"), filter, "xlsx");
    let table = converted(&work, &sheet, "", "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true,false");
    let (rows, figures) = (outputs::csv(&table), Figures::of_run(folder));
    let areas: Vec<&outputs::Row> = rows.iter().filter(|row| !row["Kod"].is_empty()).collect();
    assert_eq!(areas.len(), 13);
    for row in areas {
        assert!(row["Kod"].starts_with('0'), "{}", row["Kod"]);
        let figure =
            figures.get(("municipality", row["Kod"].as_str()), "connected+passed", "population", "down>=100 Mbit/s");
        let number = |head: &str| row[head].parse::<f64>().unwrap_or_else(|_| panic!("{head}: {:?}", row[head]));
        assert!((number("Befolkning: totalt") - figure.total as f64).abs() < 1e-9);
        assert!((number("Befolkning: minst 100 Mbit/s ned, antal") - figure.covered as f64).abs() < 1e-9);
        let share = number("Befolkning: minst 100 Mbit/s ned, procent") / 100.0;
        assert!((share - figure.share.parse::<f64>().unwrap()).abs() < 1e-6);
    }
}
