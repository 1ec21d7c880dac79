//! Toyland: an invented land in which every figure can be counted by hand (`datasets/toyland/README.md` does it).

use std::sync::OnceLock;

use tempfile::TempDir;

use crate::{
    figures::Figures,
    outputs,
    program::{Ran, nittio, root},
};

/// Toyland, run once for all cases that only look at its results; they are in `out/`.
pub fn run() -> &'static (std::path::PathBuf, Ran) {
    static RUN: OnceLock<(std::path::PathBuf, Ran)> = OnceLock::new();
    RUN.get_or_init(|| {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("toyland");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let ran = nittio(&folder, ["run", "--example", "toyland"]).expect(0);
        (folder.join("out"), ran)
    })
}

#[test]
fn every_figure_is_what_was_counted_by_hand() {
    let (output, _) = run();
    Figures::of_run(output).assert_expected(&root().join("datasets/toyland/expected.csv"));
}

#[test]
fn every_figure_by_other_rules_is_what_was_counted_by_hand() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    let output = folder.path().join("out");
    Figures::of_run(&output).assert_expected(&root().join("datasets/toyland/expected-rules.csv"));
    let near = &outputs::manifest(&output)["definitions"]["near"];
    assert_eq!(near["distance"]["outside"], "500 m", "what was used is printed");
    assert_eq!(near["technologies"], serde_json::json!(["fibre"]));
    // A place that is only near a service is not reached by it.
    let places = |service: &outputs::Row| service["places_reached"].parse::<u32>().unwrap();
    let services = outputs::csv(&output.join("services.csv"));
    let connected = services.iter().find(|s| s["operator"] == "Alfanät" && s["cost_kr"].is_empty()).unwrap();
    assert_eq!((places(connected), connected["owner"].as_str()), (2, "Västby stadsnät"), "P01 and P11");
    let alfa = services.iter().find(|s| s["cost_kr"] == "40000").unwrap();
    assert_eq!((alfa["operator"].as_str(), alfa["busy_down_mbps"].as_str(), places(alfa)), ("Alfanät", "500", 4));
}

#[test]
fn every_fault_of_the_input_is_listed_with_its_row() {
    let (output, _) = run();
    let rows = outputs::csv(&output.join("rejects.csv"));
    let found: Vec<[&str; 5]> =
        rows.iter().map(|row| ["file", "row", "id", "finding", "action"].map(|column| row[column].as_str())).collect();
    // In the order of the study file, then by row; a header is row 1.
    let expected = [
        ["platser.csv", "7", "P06", "in-several-areas", "noted"],
        ["platser.csv", "13", "P12", "negative-unit", "repaired"],
        ["platser.csv", "14", "P13", "outside-every-area", "unmatched"],
        ["platser.csv", "15", "P14", "no-position", "unmatched"],
        ["platser.csv", "16", "P15", "no-position", "noted"],
        ["platser.csv", "17", "P05", "duplicate-id", "dropped"],
        ["erbjudanden.csv", "5", "P99", "offer-for-unknown-place", "dropped"],
        ["folkmangd.csv", "6", "", "official-doubtful", "noted"],
        ["n07900.json", "5", "0003", "official-unknown-area", "noted"],
    ];
    let mut sorted = (found.clone(), expected.to_vec());
    sorted.0.sort_unstable();
    sorted.1.sort_unstable();
    assert_eq!(sorted.0, sorted.1);
    for row in &rows {
        assert!(row["message"].len() > 10, "{row:?}");
    }
}

#[test]
fn check_lists_the_same_faults_and_writes_nothing() {
    let (output, _) = run();
    let folder = TempDir::new().unwrap();
    let checked = nittio(folder.path(), ["check", "--example", "toyland", "--format", "csv"]).expect(1);
    let rejects = std::fs::read_to_string(output.join("rejects.csv")).unwrap();
    assert_eq!(checked.stdout, rejects);
    assert!(outputs::files(folder.path()).is_empty());
}

#[test]
fn an_example_put_into_a_folder_gives_the_same_results_there() {
    let (output, _) = run();
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    nittio(folder.path(), ["run"]).expect(0);
    let there = outputs::files(&folder.path().join("out"));
    for (name, bytes) in outputs::files(output) {
        assert!(there[&name] == bytes, "{name} differs");
    }
}

#[test]
fn official_figures_stand_beside_the_study_s_with_the_differences_counted_by_hand() {
    let (output, _) = run();
    let rows = outputs::csv(&output.join("reconciliation.csv"));
    let columns =
        ["total", "covered", "unmatched", "lower", "upper", "official", "difference", "difference_percent", "position"];
    let of = |figure: &str, code: &str| -> Vec<&str> {
        let row = rows.iter().find(|row| row["figure"] == figure && row["code"] == code && row["level"] != "country");
        columns.map(|column| row.unwrap()[column].as_str()).to_vec()
    };
    // Population: Västby has 16 and officially 18, Östby 14 of both, the county 30 of 33 (P13 is in no area).
    assert_eq!(of("scb-population", "0001"), ["16", "", "0", "", "", "18", "-2", "-11.1111", "above"]);
    assert_eq!(of("scb-population", "0002"), ["14", "", "1", "", "", "14", "0", "0.0000", "within"]);
    assert_eq!(of("scb-population", "00"), ["30", "", "1", "", "", "33", "-3", "-9.0909", "above"]);
    // Households with 100 Mbit/s: 6 of 7 are 85.7143 per cent. In Östby 3 of 7, or 4 if P14 had it: 42.86 to 57.14.
    assert_eq!(of("N07900", "0001"), ["7", "6", "0", "0.857143", "0.857143", "0.857143", "0.0000", "", "within"]);
    assert_eq!(of("N07900", "0002"), ["7", "3", "1", "0.428571", "0.571429", "0.500000", "-7.1429", "", "within"]);
    let reasons = |figure: &str, code: &str| {
        let row = rows.iter().find(|row| row["figure"] == figure && row["code"] == code).unwrap();
        (row["official_day"].as_str(), row["reasons"].as_str())
    };
    assert_eq!(reasons("N07900", "0002"), ("2023-10-01", "unit-not-known access day method unmatched"));
    assert_eq!(reasons("scb-population", "0001"), ("2024-12-31", "method"));
    let country = rows.iter().find(|row| row["level"] == "country").unwrap();
    assert_eq!((country["figure"].as_str(), country["official"].as_str()), ("N07900", "0.900000"));
}

#[test]
fn every_denominator_says_what_it_rests_on() {
    let (output, _) = run();
    let rows = outputs::csv(&output.join("reconciliation.csv"));
    let columns = [
        "places",
        "unmatched_places",
        "duplicate_rows",
        "places_without",
        "total",
        "covered",
        "unmatched",
        "lower",
        "upper",
    ];
    let of = |level: &str, code: &str, unit: &str| -> Vec<&str> {
        let wanted = [("level", level), ("code", code), ("unit", unit), ("figure", "")];
        let row = rows.iter().find(|row| wanted.iter().all(|(column, value)| row[*column] == *value)).unwrap();
        columns.map(|column| row[column].as_str()).to_vec()
    };
    // P05's second row lies in Västby and P12's population is not known.
    assert_eq!(of("municipality", "0001", "population"), ["8", "0", "1", "1", "16", "14", "0", "0.875000", "0.875000"]);
    assert_eq!(of("municipality", "0002", "population"), ["6", "1", "0", "0", "14", "6", "1", "0.428571", "0.500000"]);
    assert_eq!(of("total", "", "population"), ["15", "2", "1", "1", "32", "20", "3", "0.625000", "0.718750"]);
    assert_eq!(of("municipality", "", "places"), ["1", "1", "0", "0", "1", "0", "1", "0.000000", "1.000000"]);
}

#[test]
fn ranks_and_gaps_are_what_was_counted_by_hand() {
    let (output, _) = run();
    let rows = outputs::csv(&output.join("ranks.csv"));
    let of = |level: &str, code: &str, settlement: &str, unit: &str, measure: &str| -> Vec<&str> {
        let profile = "connected+passed";
        let wanted = [
            ("level", level),
            ("code", code),
            ("settlement", settlement),
            ("profile", profile),
            ("unit", unit),
            ("measure", measure),
        ];
        let row = rows.iter().find(|row| wanted.iter().all(|(column, value)| row[*column] == *value)).unwrap();
        ["total", "covered", "rank", "of", "first", "last", "gap_points", "gap_units"].map(|c| row[c].as_str()).to_vec()
    };
    let speed = "down>=100 Mbit/s";
    // Västby 14 of 16, Östby 6 of 14. Outside, Västby has P12 alone, whose population is not known: no share, no gap.
    assert_eq!(of("municipality", "0001", "all", "population", speed), ["16", "14", "1", "2", "true", "false", "", ""]);
    // Östby: 0 of 3 in Lillby, 6 of 10 outside; 3 × 6 / 10 is 1.8, so two of Lillby's three would be needed.
    assert_eq!(
        of("municipality", "0002", "all", "population", speed),
        ["14", "6", "2", "2", "false", "true", "-60.0000", "2"]
    );
    assert_eq!(
        of("municipality", "0002", "outside", "population", speed),
        ["10", "6", "1", "1", "true", "true", "", ""]
    );
    // Households with any service: 6 of 7 in both, so both are first and last.
    for code in ["0001", "0002"] {
        let found = of("municipality", code, "all", "households", "covered");
        assert_eq!(found[..6], ["7", "6", "1", "2", "true", "true"], "{code}");
    }
    // The whole land: 14 of 19 against 6 of 12; 12 × 14 / 19 is 8.8, so nine are needed and three lack.
    assert_eq!(of("total", "", "all", "population", speed), ["32", "20", "", "0", "false", "false", "23.6842", "3"]);
    assert_eq!(of("total", "", "built_up", "population", speed)[..2], ["19", "14"]);
}

#[test]
fn how_safe_a_goal_is_is_what_was_counted_by_hand() {
    let (output, _) = run();
    let rows = outputs::csv(&output.join("safety.csv"));
    let of = |level: &str, code: &str, unit: &str, factor: &str| -> Vec<&str> {
        let wanted = [("level", level), ("code", code), ("unit", unit), ("factor", factor)];
        let row = rows.iter().find(|row| wanted.iter().all(|(column, value)| row[*column] == *value)).unwrap();
        ["treatment", "total", "needed", "lowest", "stated", "highest", "standing"].map(|c| row[c].as_str()).to_vec()
    };
    let not = "does-not-hold";
    // P13 and P14 are unmatched, one household each; P13 lies in no municipality.
    assert_eq!(of("total", "", "households", "unmatched"), ["varied", "15", "14", "9", "9", "11", not]);
    assert_eq!(of("total", "", "households", "all"), ["varied", "15", "14", "9", "9", "11", not]);
    assert_eq!(of("municipality", "0001", "households", "all"), ["varied", "7", "7", "6", "6", "6", not]);
    assert_eq!(of("municipality", "0002", "households", "unmatched"), ["varied", "7", "7", "3", "3", "4", not]);
    // Delta, planned, would give P09 one household and P10 two workplaces.
    assert_eq!(of("municipality", "0002", "households", "plans"), ["beside", "7", "7", "3", "3", "4", not]);
    assert_eq!(of("municipality", "0002", "workplaces", "plans"), ["beside", "3", "3", "1", "1", "3", "may-hold"]);
    assert_eq!(of("municipality", "0002", "workplaces", "all"), ["varied", "3", "3", "1", "1", "1", not]);
    assert_eq!(of("total", "", "households", "coordinate-error"), ["not-asked", "15", "14", "", "9", "", ""]);
}

#[test]
fn what_borders_that_are_50_metres_off_could_change_is_what_was_counted_by_hand() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    let rows = outputs::csv(&folder.path().join("out/safety.csv"));
    let of = |level: &str, code: &str, factor: &str| -> Vec<&str> {
        let wanted = [("level", level), ("code", code), ("unit", "population"), ("factor", factor)];
        let row = rows.iter().find(|row| wanted.iter().all(|(column, value)| row[*column] == *value)).unwrap();
        ["treatment", "needed", "lowest", "stated", "highest", "standing"].map(|c| row[c].as_str()).to_vec()
    };
    // Västby: P03 and P04 lie on Alfa's edges, 4 and 5; P02, in its hole, 2. Östby: P08 is 50 m from Beta, 4.
    let error = "coordinate-error";
    assert_eq!(of("municipality", "0001", error), ["varied", "15", "5", "14", "16", "may-hold"]);
    assert_eq!(of("municipality", "0002", error), ["varied", "13", "6", "6", "10", "does-not-hold"]);
    assert_eq!(of("total", "", error), ["varied", "29", "11", "20", "26", "does-not-hold"]);
    // With the three unmatched of P13 and P14.
    assert_eq!(of("total", "", "all"), ["varied", "29", "11", "20", "29", "may-hold"]);
    assert_eq!(of("municipality", "0002", "all"), ["varied", "13", "6", "6", "11", "does-not-hold"]);
    nittio(folder.path(), ["index", "--project", "rules.toml", "--output", "a.index"]).expect(0);
    let refused = nittio(folder.path(), ["run", "--project", "rules.toml", "--index", "a.index"]).expect(2);
    assert!(refused.stderr.contains("keeps no borders of footprints"), "{}", refused.stderr);
}
