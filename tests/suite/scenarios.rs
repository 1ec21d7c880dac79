//! Scenarios: what would change is what was counted by hand (`datasets/toyland/README.md`), and what cannot be asked is said.

use std::fs;

use tempfile::TempDir;

use crate::{
    outputs::{self, Row},
    program::nittio,
};

/// Toyland by its other rules, with some of them changed, in a folder of its own.
fn rules(change: impl Fn(String) -> String) -> TempDir {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    let path = folder.path().join("rules.toml");
    let text = change(fs::read_to_string(&path).unwrap());
    fs::write(path, text).unwrap();
    folder
}

const COUNTS: [&str; 8] =
    ["total", "needed", "covered_before", "gained", "lost", "covered", "missing_units_before", "missing_units"];

#[track_caller]
fn counts(rows: &[Row], scenario: &str, level: &str, code: &str, columns: &[&str]) -> String {
    let is = |row: &&Row| row["scenario"] == scenario && row["level"] == level && row["code"] == code;
    let row = rows.iter().find(is).unwrap();
    columns.iter().map(|column| row[*column].as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_would_change_is_what_was_counted_by_hand() {
    let folder = rules(|text| text);
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    let rows = outputs::csv(&folder.path().join("out/scenarios.csv"));
    for (scenario, code, expected) in [
        ("delta", "0001", "16 15 14 0 0 14 1 1"),
        ("delta", "0002", "14 13 6 3 0 9 7 4"),
        ("without-beta", "0001", "16 15 14 0 2 12 1 3"),
        ("without-beta", "0002", "14 13 6 0 0 6 7 7"),
        ("gamma-100", "0001", "16 15 14 0 0 14 1 1"),
        ("gamma-100", "0002", "14 13 6 7 0 13 7 0"),
    ] {
        assert_eq!(counts(&rows, scenario, "municipality", code, &COUNTS), expected, "{scenario} {code}");
    }
    assert_eq!(counts(&rows, "delta", "total", "", &COUNTS), "32 29 20 3 0 23 9 6");
    assert_eq!(counts(&rows, "without-beta", "total", "", &COUNTS), "32 29 20 0 2 18 9 11");
    assert_eq!(counts(&rows, "gamma-100", "total", "", &COUNTS), "32 29 20 7 0 27 9 2");
    // One scenario that only adds shares with nobody.
    assert_eq!(counts(&rows, "delta", "total", "", &["against", "only_here", "shared"]), "connected+passed  ");
    assert_eq!(counts(&rows, "delta", "total", "", &["share_before", "share"]), "0.625000 0.718750");
    let report = fs::read_to_string(folder.path().join("out/report.html")).unwrap();
    assert!(report.contains("id=\"scenarios\"") && report.contains("Beta läggs ned"));
}

#[test]
fn a_place_that_only_a_removed_offer_reached_is_unmatched() {
    let folder = rules(|text| {
        let units = text.replace("units = [\"population\"]", "units = [\"places\"]");
        units.replace("operators = [\"Betakabel\"], technologies = [\"cable\"]", "operators = [\"Deltanät\"]")
    });
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    let rows = outputs::csv(&folder.path().join("out/scenarios.csv"));
    // P15; Västby has no other unmatched place, and 6 of 8 with 100 Mbit/s.
    let columns = ["total", "covered_before", "lost", "covered", "unmatched_before", "unmatched"];
    assert_eq!(counts(&rows, "without-beta", "municipality", "0001", &columns), "8 6 1 5 0 1");
}

#[test]
fn scenarios_stand_side_by_side_and_who_gains_is_said() {
    let folder = rules(|text| text);
    let compare = |names: &[&str], more: &[&str]| {
        nittio(folder.path(), [&["compare"], names, &["--project", "rules.toml"], more].concat())
    };
    let ran = compare(&["base", "delta", "gamma-100"], &["--format", "table"]).expect(0);
    let line = |name: &str| -> Vec<String> {
        let line = ran.stdout.lines().find(|line| line.starts_with(name)).unwrap();
        line.replace("\u{a0}%", "%").split_whitespace().map(str::to_owned).collect()
    };
    // 6, 9 and 13 of 14.
    assert_eq!(line("Östby"), ["Östby", "42,9%", "64,3%", "3", "0", "4", "92,9%", "7", "0", "0"]);
    assert!(
        ran.stderr.contains("delta (Delta byggs): Östby gains most; short of the goal and without any gain: Västby")
    );
    // Held against another scenario: Delta gives P09, which Gamma gives too; Gamma gives P08 besides.
    let ran = compare(&["delta", "gamma-100"], &["--format", "csv"]).expect(0);
    let rows = outputs::csv_text(&ran.stdout);
    let columns = ["against", "covered_before", "gained", "lost", "covered"];
    assert_eq!(counts(&rows, "gamma-100", "municipality", "0002", &columns), "delta 9 4 0 13");
    let error = compare(&["base", "dleta"], &[]).expect(2);
    assert!(error.stderr.contains("base, delta, without-beta, gamma-100, connected+passed"), "{}", error.stderr);
    assert!(!folder.path().join("out").exists(), "nothing is written");
}

#[test]
fn a_rule_about_nothing_says_what_there_is() {
    for (from, to, said) in [
        ("\"Fiber till Lillby\"", "\"Fiber till Lilby\"", "did you mean \"Fiber till Lillby\"?"),
        ("operators = [\"Betakabel\"]", "operators = [\"Kabel AB\"]", "Alfanät, Betakabel, Deltanät, Gammaradio"),
        ("technologies = [\"cable\"]", "technologies = [\"vdsl\"]", "technologies are: fibre, cable, fwa"),
        (
            "add = [{ projects = [\"Fiber till Lillby\"] }]",
            "add = [{ operators = [\"Alfanät\"] }]",
            "counts every service that this would add",
        ),
        (
            "name = \"Gamma får 100/10\"\nreplace = [{ operators = [\"Gammaradio\"], by = { ",
            "base = \"connected+passed+near\"\nreplace = [{ operators = [\"Gammaradio\"], by = { technology = \"fibre\", ",
            "what is near depends on the technology",
        ),
    ] {
        let folder = rules(|text| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        });
        let ran = nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(2);
        assert!(ran.stderr.contains(said), "{said}\n{}", ran.stderr);
    }
}

#[test]
fn the_public_edition_has_no_scenarios() {
    let folder = rules(|text| text);
    nittio(folder.path(), ["run", "--project", "rules.toml", "--public"]).expect(0);
    let files = outputs::files(&folder.path().join("out/public"));
    assert!(files.contains_key("indicators.csv") && !files.contains_key("scenarios.csv"));
    let report = String::from_utf8(files["report.html"].clone()).unwrap();
    assert!(!report.contains("id=\"scenarios\"") && !report.contains("Delta byggs"));
}
