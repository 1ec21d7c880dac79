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
    assert!(ran.stderr.contains("the study has no plan \"mest\"; it has most, every, support"), "{}", ran.stderr);
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

const CURVE: [&str; 7] = ["curve", "projects", "net_kr", "gained", "net_kr_per_more", "mark", "result"];

#[test]
fn a_curve_and_a_ranking_are_what_was_counted_by_hand_and_a_redraw_finds_them_again() {
    let folder = rules(|text| text);
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    let best = ["best 0 0 0   best", "best 1 14000 3 4667  best", "one-at-a-time 1 14000 3   "];
    assert_eq!(cells(&folder, "plan-curve.csv", "most", &CURVE), best);
    // Places that the support is for: P09 and P10, as Delta's fibre is what it would pay.
    assert_eq!(cells(&folder, "plans.csv", "support", &PLAN), ["most places best 1 15000 14000 2 7000"]);
    let out = folder.path().join("out");
    assert_eq!(
        std::fs::read_to_string(out.join("support-ranking.csv")).unwrap().lines().nth(1).unwrap(),
        "1,Fiber till Lillby,Fiber till Lillby,2,0,0,14000,7000,0.000000,7000,"
    );
    let manifest = outputs::manifest(&out);
    assert_eq!(manifest["definitions"]["support_ranking"]["per_prioritised"], "2 %");
    let before = outputs::files(&out);
    nittio(folder.path(), ["report", "out"]).expect(0);
    assert_eq!(outputs::files(&out)["report.html"], before["report.html"]);
    let page = String::from_utf8(before["report.html"].clone()).unwrap().replace(['\u{a0}', '\u{202f}'], " ");
    for said in ["Allt som går att nå, 3 invånare, kostar 14 000 kr", "I vilken ordning skulle projekten få stöd?"]
    {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn costs_that_stay_within_the_money_never_change_the_plan_and_others_do_by_the_seed() {
    const SPAN: [&str; 6] = ["what", "planned", "times", "p5", "p50", "p95"];
    let run = |change: &dyn Fn(String) -> String, threads: &str| {
        let folder = rules(change);
        nittio(folder.path(), ["run", "--project", "rules.toml", "--threads", threads]).expect(0);
        folder
    };
    let small = run(&|text| text, "1");
    // 15 000 kronor and 6 per cent are 14 100 to 15 900, less the 1 000 that others pay: always within 15 000.
    let rows = cells(&small, "plan-sensitivity.csv", "most", &SPAN);
    assert_eq!(rows.len(), 4);
    for row in [&rows[0], &rows[2]] {
        let sums: Vec<f64> = row.rsplit(' ').take(3).map(|sum| sum.parse().unwrap()).collect();
        assert!(sums[2] >= 13_100.0 && sums[2] < sums[1] && sums[1] < sums[0] && sums[0] <= 14_900.0, "{row}");
    }
    assert_eq!(rows[1], "gained 3  3 3 3");
    assert!(rows[2].starts_with("plan-net-kr 14000 200 "), "{}", rows[2]);
    assert_eq!(rows[3], "project yes 200   ");
    // With 30 per cent it is within the money up to 16 000 of 10 500 to 19 500: 5 500 of 9 000, 122 of 200; four deviations are 28.
    let much = |seed: &str| {
        let said = format!("sensitivity = {{ spread = \"30 %\", seed = {seed} }}");
        move |text: String| text.replace("sensitivity = { draws = 200, spread = \"6 %\" }", &said)
    };
    let file = |folder: &TempDir| fs::read(folder.path().join("out/plan-sensitivity.csv")).unwrap();
    let (one, again, other) = (run(&much("1"), "1"), run(&much("1"), "3"), run(&much("2"), "1"));
    assert_eq!(file(&one), file(&again), "any number of threads");
    assert_ne!(file(&one), file(&other), "another seed");
    let times = &cells(&one, "plan-sensitivity.csv", "most", &["times"])[2..];
    assert_eq!(times[0], times[1], "it is chosen when there is money for it");
    assert!(times[0].parse::<u32>().unwrap().abs_diff(122) <= 28, "{times:?}");
}

#[test]
fn a_plan_for_some_places_builds_to_them_only_and_pays_for_no_other() {
    let folder = rules(|text| {
        text.replace("[support]\n", "[support]\ndown = \"30 Mbit/s\"\n")
            .replace("[state_aid]\n", "[state_aid]\ndown = \"30 Mbit/s\"\n")
            + "\n[[plans]]\nkey = \"grey\"\naim = \"most\"\nstate_aid = [\"grey\"]\nbudget = \"15 000 kr\"\n"
    });
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    // P09 has 30 Mbit/s, so only P10 is left: 12 000 + 1 500 − 1 000.
    assert_eq!(cells(&folder, "plans.csv", "support", &PLAN), ["most places best 1 13500 12500 1 12500"]);
    // Only P09 is grey, with 3 inhabitants.
    assert_eq!(cells(&folder, "plans.csv", "grey", &PLAN), ["most population best 1 13500 12500 3 4167"]);
    assert_eq!(cells(&folder, "plan-areas.csv", "grey", &AREA)[2], "0002 14 13 6 9 4");
}

#[test]
fn prioritised_buildings_take_two_per_cent_off_and_holiday_homes_are_not_counted() {
    let folder = |ranking: &str| {
        let categories = "category = { column = \"kategori\", map = { \"bostad\" = \"home\", \"arbetsställe\" = \"workplace\", \"skola\" = \"school\" } }";
        let folder = rules(|text| {
            text.replace("[support_ranking]\n", &format!("[support_ranking]\n{ranking}\n"))
                .replace("units = { population", &format!("{categories}\nunits = {{ population"))
        });
        nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
        let text = fs::read_to_string(folder.path().join("out/support-ranking.csv")).unwrap();
        text.lines().nth(1).unwrap().split_once("Lillby,Fiber till Lillby").unwrap().1.to_owned()
    };
    // P09 is a home, P10 a workplace.
    assert_eq!(folder("prioritised = [\"workplace\"]"), ",2,0,1,14000,7000,0.020000,6860,");
    assert_eq!(folder("without = [\"home\"]"), ",1,1,0,14000,14000,0.000000,14000,");
    assert_eq!(folder("down = \"2 Gbit/s\""), ",0,0,0,11000,,0.000000,,too-few-buildings");
    assert_eq!(
        folder("prioritised = [\"home\", \"workplace\"]\nat_most = \"3 %\""),
        ",2,0,2,14000,7000,0.030000,6790,"
    );
}
