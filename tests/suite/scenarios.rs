//! Scenarios: what would change is what was counted by hand (`datasets/toyland/README.md`), and what cannot be asked is said.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{
    figures::Figures,
    jonkoping,
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

/// The scenarios of `rules.toml`, typed.
const TYPED: [&str; 3] = [
    "delta2: name=\"Delta byggs\"; add project=\"Fiber till Lillby\"",
    "without-beta2: name=\"Beta läggs ned\"; remove operators=Betakabel technology=cable",
    "gamma-1002: name=\"Gamma får 100/10\"; replace operator=Gammaradio by down=\"100 Mbit/s\" up=\"10 Mbit/s\"",
];

#[test]
fn a_typed_scenario_is_the_same_as_one_in_the_study_file_joined_or_saved() {
    let folder = rules(|text| text);
    let compare = |arguments: &[&str]| nittio(folder.path(), [&["compare"], arguments].concat()).expect(0).stdout;
    let typed: Vec<&str> = TYPED.iter().flat_map(|text| ["--scenario", text]).collect();
    let named = ["base", "delta", "without-beta", "gamma-100"];
    let in_file = compare(&[&named[..], &["--project", "rules.toml"]].concat());
    assert_eq!(outputs::csv_text(&in_file).len(), 3 * 4, "two municipalities, none of them, and the total");
    let as_typed = compare(&[&["--project", "rules.toml"], &typed[..]].concat());
    let unnumbered = |text: &str| text.replace("delta2", "delta").replace("beta2", "beta").replace("1002", "100");
    assert_eq!(unnumbered(&as_typed), in_file);
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    for file in ["rules.toml", "nat.geojson", "platser.csv"] {
        fs::remove_file(folder.path().join(file)).unwrap();
    }
    assert_eq!(compare(&[&["out"], &named[..]].concat()), in_file);
    assert_eq!(unnumbered(&compare(&[&["out/result.nittio"], &typed[..]].concat())), in_file);
    // Against another one than the study as it is.
    let against = compare(&["out", "delta", "--scenario", TYPED[2]]);
    let columns = ["against", "covered_before", "gained", "lost", "covered"];
    assert_eq!(counts(&outputs::csv_text(&against), "gamma-1002", "municipality", "0002", &columns), "delta 9 4 0 13");
}

#[test]
fn what_is_wrong_in_a_typed_scenario_is_pointed_at() {
    let folder = rules(|text| text);
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    for (typed, said) in [
        ("a: remove operator=Betakabell", "did you mean \"Betakabel\"?"),
        ("a: remove technology=vdsl", "technologies are: fibre, cable, fwa"),
        ("a: add operator=Alfanät", "counts every service that this would add"),
        ("delta: add operator=Deltanät", "there is a scenario with the key \"delta\" already"),
        ("a: add operatr=Deltanät", "did you mean `operators`?"),
    ] {
        for of in [&["out"][..], &["--project", "rules.toml"]] {
            let ran = nittio(folder.path(), [&["compare"], of, &["--scenario", typed]].concat()).expect_error();
            assert!(ran.stderr.contains(said) && ran.stderr.contains(typed), "{typed}\n{}", ran.stderr);
        }
    }
}

/// What becomes of a feature's properties, and whether it stays.
type Edit = fn(&mut serde_json::Value) -> bool;

/// Rewrites the features of a file of networks; what becomes `None` is gone.
fn features(path: &Path, change: impl Fn(&mut serde_json::Value) -> bool) {
    let mut file: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let before = file.to_string();
    file["features"].as_array_mut().unwrap().retain_mut(|feature| change(&mut feature["properties"]));
    assert_ne!(before, file.to_string(), "{path:?} is not changed");
    fs::write(path, file.to_string()).unwrap();
}

/// Beta and Gamma are planned too, Gamma with 100/10. Of places with 100 Mbit/s, Delta gives P09 and P10, Gamma P07, P08 and P09, and
/// Beta P06, which is Västby's, and P07; all the others are Östby's. P05 has Alfa anyway.
#[test]
fn what_two_scenarios_give_each_municipality_alone_and_both_is_what_was_counted_by_hand() {
    let three = [("d", "Deltanät"), ("g", "Gammaradio"), ("b", "Betakabel")];
    let folder = rules(|text| {
        let text = text.replace("units = [\"population\"]", "units = [\"places\"]");
        let (before, rest) = text.split_once("[[scenarios]]").unwrap();
        let (_, after) = rest.split_once("[indicators]").unwrap();
        let added = three.map(|(key, operator)| {
            let rule = format!("add = [{{ operators = [\"{operator}\"], statuses = [\"planned\"] }}]");
            format!("[[scenarios]]\nkey = \"{key}\"\nname = \"{operator} byggs\"\n{rule}\n\n")
        });
        format!("{before}{}[indicators]{after}", added.concat())
    });
    features(&folder.path().join("nat.geojson"), |properties| {
        if ["Beta", "Gamma"].contains(&properties["namn"].as_str().unwrap()) {
            properties["status"] = "planerat".into();
            properties["från"] = "2026-06-01".into();
            properties["ned_mbit"] = 100.into();
        }
        true
    });
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    let rows = outputs::csv(&folder.path().join("out/scenario-overlaps.csv"));
    let columns = ["only_scenario", "only_other", "both", "together"];
    for (scenario, other, code, expected) in [
        ("d", "g", "0001", "0 0 0 0"),
        ("d", "g", "0002", "1 2 1 4"),
        ("d", "b", "0001", "0 1 0 1"),
        ("d", "b", "0002", "2 1 0 3"),
        ("g", "b", "0001", "0 1 0 1"),
        ("g", "b", "0002", "2 0 1 3"),
        ("g", "b", "", "2 1 1 4"),
    ] {
        let level = if code.is_empty() { "total" } else { "municipality" };
        let rows: Vec<Row> = rows.iter().filter(|row| row["other"] == other).cloned().collect();
        assert_eq!(counts(&rows, scenario, level, code, &columns), expected, "{scenario} {other} {code}");
    }
    assert_eq!(rows.len(), 3 * 4, "two municipalities, none of them, and the total");
    let report = fs::read_to_string(folder.path().join("out/report.html")).unwrap();
    assert!(report.contains("id=\"scenarios-overlap-areas\""));
    // The same of the saved result, and for eyes.
    let of_saved = ["compare", "out", "base", "d", "g", "b", "--overlaps"];
    let csv = nittio(folder.path(), [&of_saved[..], &["--format", "csv"]].concat()).expect(0);
    assert_eq!(outputs::csv_text(&csv.stdout).len(), rows.len());
    let table = nittio(folder.path(), [&of_saved[..], &["--format", "table"]].concat()).expect(0).stdout;
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let found: Vec<String> = table.lines().map(words).filter(|line| line.starts_with("Östby")).collect();
    assert_eq!(found, ["Östby 1 2 1 4", "Östby 2 1 0 3", "Östby 2 0 1 3"]);
    assert!(table.lines().map(words).any(|line| line == "Område bara d bara g båda tillsammans"), "{table}");
    // One alone shares with nobody.
    let alone = nittio(folder.path(), ["compare", "out", "base", "d", "--overlaps"]).expect_error();
    assert!(alone.stderr.contains("there are no overlaps"), "{}", alone.stderr);
}

/// The study is edited so that the scenario is how things are, and everything is joined and counted anew.
#[test]
fn a_scenario_of_jonkoping_is_a_full_recount_to_the_unit() {
    let (output, _) = jonkoping::run();
    let typed = "kabel: replace technology=cable by down=\"50 Mbit/s\" up=\"10 Mbit/s\"";
    let out = output.to_str().unwrap();
    let folder = TempDir::new().unwrap();
    let arguments = ["compare", out, "base", "projekt", "utan-fast-radio", "--scenario", typed, "--format", "csv"];
    let rows = outputs::csv_text(&nittio(folder.path(), arguments).expect(0).stdout);
    let edits: [(&str, &str, Edit); 3] = [
        ("projekt", "fibre.geojson", |of| {
            if ["Fiber i väster", "Höglandets sista mil"].map(Some).contains(&of["projekt"].as_str()) {
                (of["status"], of["fran"]) = ("i drift".into(), serde_json::Value::Null);
            }
            true
        }),
        ("utan-fast-radio", "radio.geojson", |of| of["teknik"] != "fast radio"),
        ("kabel", "cable.geojson", |of| {
            (of["ned_mbit"], of["upp_mbit"]) = (50.into(), 10.into());
            true
        }),
    ];
    let mut checked = 0;
    for (scenario, file, change) in edits {
        let folder = TempDir::new().unwrap();
        nittio(folder.path(), ["init", "--example", "jonkoping"]).expect(0);
        features(&folder.path().join(file), change);
        let path = folder.path().join("nittio.toml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, &text[..text.find("[[scenarios]]").unwrap()]).unwrap();
        nittio(folder.path(), ["run", "--without-places"]).expect(0);
        let recount = Figures::of_run(&folder.path().join("out"));
        let mut moved = 0;
        for row in rows.iter().filter(|row| row["scenario"] == scenario) {
            let measure = format!("down>={} Mbit/s", row["down_mbps"].trim_end_matches(".0"));
            let figure = recount.get((&row["level"], &row["code"]), "connected+passed", &row["unit"], &measure);
            let is = [figure.total, figure.covered, figure.unmatched].map(|count| count.to_string());
            assert_eq!(is, ["total", "covered", "unmatched"].map(|column| row[column].clone()), "{row:?}");
            moved += row["gained"].parse::<u64>().unwrap() + row["lost"].parse::<u64>().unwrap();
            checked += 1;
        }
        assert!(moved > 100, "{scenario} changes something");
    }
    // Thirteen municipalities, the county, and the total; 1, 3 steps in two units; three scenarios.
    assert!(checked >= 15 * 4 * 2 * 3, "{checked}");
}

/// Gamma is a plan too, with 100/10: it gives P08 (4) and P09 (3). Delta gives P09 and P10, where nobody lives. P07 has Beta.
#[test]
fn what_two_plans_of_toyland_give_each_alone_and_both_is_counted() {
    let folder = rules(|text| {
        let radio = "[[scenarios]]\nkey = \"radio\"\nname = \"Radion byggs\"\nadd = [{ projects = [\"Radio\"] }]\n\n[indicators]";
        text.replace("[indicators]", radio)
    });
    features(&folder.path().join("nat.geojson"), |of| {
        if of["namn"] == "Gamma" {
            (of["ned_mbit"], of["upp_mbit"]) = (100.into(), 10.into());
            (of["status"], of["från"], of["projekt"]) = ("planerat".into(), "2026-06-01".into(), "Radio".into());
        }
        true
    });
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    let rows = outputs::csv(&folder.path().join("out/scenarios.csv"));
    let columns = ["gained", "only_here", "shared"];
    assert_eq!(counts(&rows, "delta", "total", "", &columns), "3 0 3");
    assert_eq!(counts(&rows, "radio", "total", "", &columns), "7 4 3");
    let report = fs::read_to_string(folder.path().join("out/report.html")).unwrap();
    let table = &report[report.find("id=\"scenarios-overlap\"").unwrap()..];
    let row = &table[table.find("Delta byggs och Radion byggs").unwrap()..];
    let cells: Vec<&str> = row[..row.find("</tr>").unwrap()].split("<td").skip(1).collect();
    let numbers: Vec<&str> =
        cells.iter().map(|cell| &cell[cell.find('>').unwrap() + 1..cell.find('<').unwrap()]).collect();
    assert_eq!(numbers, ["0", "4", "3", "7"]);
    let ran = nittio(folder.path(), ["compare", "out", "base", "delta", "radio"]).expect(0);
    let said = "delta and radio, population: 0 by delta alone, 4 by radio alone, 3 by both; together 7";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    // A map per scenario that changes any share; the public edition has none (see above).
    for picture in ["scenarios-map.svg", "scenarios-map-2.svg", "scenarios-map-3.svg"] {
        assert!(folder.path().join("out/pictures").join(picture).exists(), "{picture}");
    }
}
