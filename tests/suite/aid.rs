//! State aid and support: white, grey and black, who is eligible, and why others are not.

use std::{fs, path::Path};

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
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    folder
}

/// Some columns of the row of an area, settlement class and unit, as text.
#[track_caller]
fn row(rows: &[Row], at: [&str; 4], columns: &[&str]) -> String {
    let [level, code, settlement, unit] = at;
    let is = |row: &&Row| {
        row["level"] == level && row["code"] == code && row["settlement"] == settlement && row["unit"] == unit
    };
    let found = rows.iter().find(is).unwrap();
    columns.iter().map(|column| found[*column].as_str()).collect::<Vec<_>>().join(" ")
}

/// Id and reasons of the eligible places.
fn eligible(output: &Path) -> Vec<String> {
    let rows = outputs::csv(&output.join("support.csv"));
    rows.iter().map(|row| format!("{} {}", row["id"], row["reasons"])).collect()
}

#[test]
fn every_class_is_what_was_counted_by_hand() {
    let folder = rules(|text| text);
    let out = folder.path().join("out");
    let rows = outputs::csv(&out.join("state-aid.csv"));
    // README.md of toyland: white P02 P08 P12; black P05; unmatched P13 P14.
    let of = |level, code, settlement, unit| {
        row(&rows, [level, code, settlement, unit], &["total", "white", "grey", "black", "unmatched"])
    };
    assert_eq!(of("municipality", "0001", "all", "places"), "8 2 5 1 0");
    assert_eq!(of("municipality", "0002", "all", "places"), "6 1 4 0 1");
    assert_eq!(of("municipality", "", "all", "places"), "1 0 0 0 1");
    assert_eq!(of("total", "", "all", "places"), "15 3 9 1 2");
    assert_eq!(of("municipality", "0001", "all", "population"), "16 2 14 0 0");
    assert_eq!(of("municipality", "0002", "all", "population"), "14 4 9 0 1");
    assert_eq!(of("total", "", "locality", "places"), "6 1 4 1 0");
    assert_eq!(of("total", "", "smaller_locality", "places"), "2 0 2 0 0");
    assert_eq!(of("total", "", "outside", "places"), "5 2 2 0 1");
    assert_eq!(of("total", "", "unknown", "places"), "2 0 1 0 1");
    let rule = &outputs::manifest(&out)["definitions"]["state_aid"];
    assert_eq!((rule["down"].as_str(), rule["planned_until"].as_str()), (Some("100 Mbit/s"), Some("2027-12-31")));
    assert!(rule["sources"][0]["title"].as_str().unwrap().contains("2023/C 36/01"));
}

#[test]
fn the_eligible_are_listed_with_their_reasons_and_the_others_counted_by_theirs() {
    let folder = rules(|text| text);
    let out = folder.path().join("out");
    assert_eq!(eligible(&out), ["P08 slow", "P12 nothing"]);
    let first = &outputs::csv(&out.join("support.csv"))[0];
    let said = ["easting", "northing", "settlement", "municipality_code", "municipality_name", "best_down_mbps"];
    assert_eq!(said.map(|column| first[column].as_str()), ["800", "150", "outside", "0002", "Östby", "30"]);
    assert_eq!(first["population"], "4");
    let rows = outputs::csv(&out.join("support-areas.csv"));
    let columns = ["total", "eligible", "locality", "served", "planned", "unknown_settlement", "unmatched"];
    let of = |level, code| row(&rows, [level, code, "all", "places"], &columns);
    assert_eq!(of("municipality", "0001"), "8 1 6 1 0 0 0");
    assert_eq!(of("municipality", "0002"), "6 1 0 2 2 0 1");
    assert_eq!(of("municipality", ""), "1 0 0 0 0 0 1");
    assert_eq!(of("total", ""), "15 2 6 3 2 0 2");
}

#[test]
fn plans_beyond_the_horizon_or_not_decided_leave_places_white_and_eligible() {
    for change in ["horizon_years = 1", "planned_status = [\"under-construction\"]"] {
        let with = |section: &str| format!("{section}\n{change}\n");
        let folder = rules(|text| {
            text.replace("[state_aid]\n", &with("[state_aid]")).replace("[support]\n", &with("[support]"))
        });
        let out = folder.path().join("out");
        // Delta is planned for 1 June 2026, and a year ends on 31 December 2025.
        let places = ["P08 slow", "P09 slow;late-plan", "P10 nothing;late-plan", "P12 nothing"];
        assert_eq!(eligible(&out), places, "{change}");
        let rows = outputs::csv(&out.join("state-aid.csv"));
        let ostby = row(&rows, ["municipality", "0002", "all", "places"], &["white", "grey", "black"]);
        assert_eq!(ostby, "3 2 0", "{change}");
        let sources = &outputs::manifest(&out)["definitions"]["support"]["sources"];
        let own = change.split(' ').next().unwrap();
        assert_eq!(sources[2]["title"], format!("the study file, [support]: {own}"));
    }
}

#[test]
fn a_homeowner_gets_an_answer() {
    let folder = rules(|text| text);
    let said = |id: &str| nittio(folder.path(), ["explain", "place", id, "--project", "rules.toml"]).expect(0).stdout;
    let p02 = said("P02");
    assert!(p02.contains("State aid: white"), "{p02}");
    assert!(p02.contains("Support: not eligible, locality"), "{p02}");
    let p05 = said("P05");
    assert!(p05.contains("State aid: black") && p05.contains("Betakabel, Västby stadsnät"), "{p05}");
    assert!(p05.contains("not eligible, locality, served"), "{p05}");
    let p08 = said("P08");
    assert!(p08.contains("Support: eligible, slow") && p08.contains("planned by 2027-12-31"), "{p08}");
    for rule in ["state-aid", "support"] {
        assert!(nittio(folder.path(), ["explain", "rule", rule]).expect(0).stdout.contains("**Rule.**"));
    }
}

#[test]
fn nothing_of_it_is_in_a_study_that_does_not_ask_nor_in_the_public_edition() {
    let (out, _) = crate::toyland::run();
    let files = outputs::files(out);
    assert!(!files.keys().any(|name| name.contains("support") || name.contains("state-aid")), "{:?}", files.keys());
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    nittio(folder.path(), ["run", "--project", "rules.toml", "--public"]).expect(0);
    let all = outputs::files(&folder.path().join("out"));
    assert!(all.contains_key("support.csv") && all.contains_key("pictures/state-aid.svg"));
    for (name, bytes) in all.iter().filter(|(name, _)| name.starts_with("public/")) {
        assert!(!name.contains("support") && !name.contains("state-aid") && !name.contains("lacking"), "{name}");
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("id=\"aid\"") && !text.contains("planned_until\": \"2027-12-31"), "{name}");
    }
    nittio(folder.path(), ["verify", "--public", "out/public"]).expect(0);
}
