//! Reports in a real browser: no errors, no requests to anywhere, nothing sticks out, no accessibility violations.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    jonkoping,
    made_up::MadeUp,
    program::{beside, nittio},
    public,
    tools::{output, tool},
};

/// What the browser sees at each width.
#[track_caller]
fn look(report: &Path) -> Vec<Value> {
    let folder: PathBuf = beside("../browser");
    assert!(folder.join("node_modules/playwright-core").exists(), "run `cargo xtask tools`");
    let ran = output(tool("node").arg("check.mjs").arg(report).current_dir(&folder)).expect(0);
    let seen: Value = serde_json::from_str(&ran.stdout).expect("check.mjs prints JSON");
    seen["pages"].as_array().unwrap().clone()
}

/// A page with figures, without errors, requests, violations, or anything that sticks out.
#[track_caller]
pub fn assert_good(report: &Path, lang: &str) {
    for page in assert_good_list(report, lang) {
        assert!(page["tables"].as_u64().unwrap() > 0 && page["pictures"].as_u64().unwrap() > 0, "{page}");
    }
}

/// A page without errors, requests, violations, or anything that sticks out; it may have no table and no picture.
#[track_caller]
pub fn assert_good_list(report: &Path, lang: &str) -> Vec<Value> {
    let pages = look(report);
    let widths: Vec<u64> = pages.iter().map(|page| page["width"].as_u64().unwrap()).collect();
    assert_eq!(widths, [1440, 768, 375, 320]);
    for page in &pages {
        let width = &page["width"];
        assert_eq!(page["complaints"], json!([]), "console at {width}");
        assert_eq!(page["requests"], json!([]), "requests at {width}");
        assert_eq!((&page["overflow"], &page["sticking"]), (&json!(0), &json!([])), "what sticks out at {width}");
        assert_eq!(page["lang"], lang);
        assert_eq!(page["h1"].as_array().unwrap().len(), 1, "{}", page["h1"]);
        assert!(!page["title"].as_str().unwrap().is_empty());
        assert_eq!(page["broken"], 0, "pictures that cannot be shown");
        // The page is not empty, so the other answers mean something.
        assert!(page["text"].as_u64().unwrap() > 500 && page["passes"].as_u64().unwrap() > 10, "{page}");
        let violations = serde_json::to_string_pretty(&page["violations"]).unwrap();
        assert_eq!(page["violations"], json!([]), "axe at {width}: {violations}");
    }
    pages
}

#[test]
fn the_swedish_report_stands_in_a_browser() {
    assert_good(&jonkoping::run().0.join("report.html"), "sv");
}

#[test]
fn the_public_report_stands_in_a_browser() {
    assert_good(&public::example("jonkoping").join("public/report.html"), "sv");
}

#[test]
fn the_english_report_stands_in_a_browser() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "jonkoping"]).expect(0);
    let study = folder.path().join("nittio.toml");
    let text = fs::read_to_string(&study).unwrap();
    assert!(text.contains("locale = \"sv\""), "the example says its language");
    fs::write(&study, text.replace("locale = \"sv\"", "locale = \"en\"")).unwrap();
    nittio(folder.path(), ["run"]).expect(0);
    assert_good(&folder.path().join("out/report.html"), "en");
}

#[test]
fn the_report_of_a_study_of_ones_own_stands_in_a_browser() {
    let folder = TempDir::new().unwrap();
    MadeUp::new(3).write(folder.path());
    nittio(folder.path(), ["run"]).expect(0);
    assert_good(&folder.path().join("out/report.html"), "en");
}
