//! Plans: what is chosen was counted by hand (`datasets/toyland/README.md`), and what cannot be planned is said.

use std::fs;

use tempfile::TempDir;

use crate::{outputs, program::nittio};

/// Toyland by its other rules, with some of them changed, in a folder of its own.
fn rules(change: impl Fn(String) -> String) -> TempDir {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    let path = folder.path().join("rules.toml");
    let text = change(fs::read_to_string(&path).unwrap());
    fs::write(path, text).unwrap();
    folder
}

#[track_caller]
fn cells(folder: &TempDir, file: &str, plan: &str, columns: &[&str]) -> Vec<String> {
    let rows = outputs::csv(&folder.path().join("out").join(file));
    let of_plan = rows.iter().filter(|row| row["plan"] == plan);
    of_plan.map(|row| columns.iter().map(|column| row[*column].as_str()).collect::<Vec<_>>().join(" ")).collect()
}

const PLAN: [&str; 8] = ["aim", "unit", "result", "projects", "cost_kr", "net_kr", "gained", "net_kr_per_gained"];
const AREA: [&str; 6] = ["code", "total", "needed", "covered_before", "covered", "missing_units"];

#[test]
fn what_is_built_is_what_was_counted_by_hand() {
    let folder = rules(|text| text);
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    assert_eq!(cells(&folder, "plans.csv", "most", &PLAN), ["most population best 1 15000 14000 3 4667"]);
    assert_eq!(
        cells(&folder, "plan-projects.csv", "most", &["order", "project", "area", "net_kr", "alone", "added"]),
        ["1 Fiber till Lillby Östby 14000 3 3"]
    );
    assert_eq!(
        cells(&folder, "plan-areas.csv", "most", &AREA),
        [" 32 29 20 23 6", "0001 16 15 14 14 1", "0002 14 13 6 9 4"]
    );
    let why = cells(&folder, "plans.csv", "every", &["result", "why_not"]);
    assert_eq!(why, ["none even with everything built, Västby lacks 1 population; Östby lacks 4 population"]);
    let rejects = outputs::csv(&folder.path().join("out/rejects.csv"));
    let unusable: Vec<&str> =
        rejects.iter().filter(|row| row["finding"] == "unusable-project").map(|row| row["id"].as_str()).collect();
    assert_eq!(unusable, ["Fiber till ingen", "Fiber utan pris"]);
}

#[test]
fn a_krona_too_little_builds_nothing_and_a_lower_goal_is_reached() {
    let folder = rules(|text| {
        text.replace("budget = \"15 000 kr\"", "budget = \"13 999 kr\"")
            .replace("[[goals]]\nuse = \"se-2009-2020\"\n", "[[goals]]\nid = \"half\"\nname = { sv = \"Hälften\", en = \"Half\" }\nyear = 2030\nsteps = [{ down = \"100 Mbit/s\", share = \"50 %\" }]\n")
    });
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    assert_eq!(cells(&folder, "plans.csv", "most", &PLAN), ["most population best 0 0 0 0 "]);
    // Half of Östby's 14 is 7, and 6 have it.
    assert_eq!(cells(&folder, "plans.csv", "every", &PLAN), ["every-area population best 1 15000 14000 3 4667"]);
    assert_eq!(cells(&folder, "plan-areas.csv", "every", &AREA)[2], "0002 14 7 6 9 0");
}

#[test]
fn a_plan_that_cannot_be_made_is_the_answer_no() {
    let folder = rules(|text| text);
    let plan = |more: &[&str]| nittio(folder.path(), [&["plan", "--project", "rules.toml"], more].concat());
    let ran = plan(&["most", "--format", "table"]).expect(0);
    assert!(ran.stdout.contains("Så många som möjligt") && ran.stdout.contains("Fiber till Lillby"), "{}", ran.stdout);
    let ran = plan(&["--format", "table"]).expect(1);
    assert!(ran.stderr.contains("Västby lacks 1 population"), "{}", ran.stderr);
    let ran = plan(&["mest"]).expect(2);
    assert!(ran.stderr.contains("the study has no plan \"mest\"; it has most, every"), "{}", ran.stderr);
}

#[test]
fn costs_by_kind_come_from_a_file_with_sources_and_a_kind_without_costs_is_told() {
    let folder = rules(|text| {
        text.replace(
            "fixed = { column = \"fast\" }\nper_passed = { column = \"per_plats\" }",
            "kind = { column = \"typ\" }\nunit_costs = \"costs.toml\"\nlength = { column = \"meter\" }",
        )
    });
    let costs = "version = \"2026-1\"\n[kinds.land]\nsource = \"Made up\"\nfixed = \"1 000 kr\"\nper_metre = \"2,50 kr\"\n\
                 per_connected = \"100 kr\"\nconnected = \"60 %\"\n";
    fs::write(folder.path().join("costs.toml"), costs).unwrap();
    fs::write(
        folder.path().join("projekt.csv"),
        "projekt,typ,meter,bidrag\nFiber till Lillby,land,2000,\nFiber till ingen,stad,1,\n",
    )
    .unwrap();
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    // 1 000 + 2 000 × 2.50 + ⌈0.6 × 2⌉ × 100
    assert_eq!(cells(&folder, "plans.csv", "most", &["cost_kr", "net_kr"]), ["6200 6200"]);
    let rejects = fs::read_to_string(folder.path().join("out/rejects.csv")).unwrap();
    assert!(rejects.contains("there are no unit costs for \"\"stad\"\"; there are for land"), "{rejects}");
    let manifest = fs::read_to_string(folder.path().join("out/manifest.json")).unwrap();
    assert!(manifest.contains("Made up (2026-1)"));

    fs::write(folder.path().join("costs.toml"), costs.replace("source = \"Made up\"\n", "")).unwrap();
    let ran = nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(2);
    assert!(ran.stderr.contains("costs.toml") && ran.stderr.contains("source"), "{}", ran.stderr);
}
