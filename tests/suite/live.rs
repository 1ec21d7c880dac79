//! The part of the report that answers by itself, driven in a real browser: every setting gives the program's numbers.

use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    figures::{Figures, first},
    jonkoping,
    outputs::{self, Row},
    program::{beside, nittio, root},
    public,
    tools::{output, tool},
    toyland,
};

#[track_caller]
fn drive(report: &Path) -> Value {
    let folder = beside("../browser");
    assert!(folder.join("node_modules/playwright-core").exists(), "run `cargo xtask tools`");
    let ran = output(tool("node").arg("live.mjs").arg(report).current_dir(&folder)).expect(0);
    serde_json::from_str(&ran.stdout).expect("live.mjs prints JSON")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// A number as pages write it, in thousandths, so that decimals can be compared.
fn thousandths(page: &str) -> Option<u64> {
    let plain: String = page.chars().filter(|c| c.is_ascii_digit() || ",.".contains(*c)).collect();
    let plain = plain.replace(',', ".");
    let number: f64 = plain.parse().ok()?;
    Some((number * 1000.0).round() as u64)
}

fn whole(page: &str) -> u64 {
    thousandths(page).unwrap_or_else(|| panic!("{page:?} is a number")) / 1000
}

/// What the page says of an area, in counted parts of the unit: total, covered, missing, unmatched.
fn counts(row: &Value, scale: u64) -> [u64; 4] {
    [1, 2, 3, 4].map(|i| thousandths(row[i].as_str().unwrap()).unwrap() * scale / 1000)
}

/// The level and code that a row of the page is about.
fn area(row: &Value) -> (&str, &str) {
    row[0].as_str().map_or(("total", ""), |code| ("municipality", code))
}

/// Holds every setting of the page against the files of the same run, and says how many figures were compared in each of them.
#[track_caller]
fn assert_agrees(folder: &Path, figures: &Figures, settings: &[Value]) -> [usize; 3] {
    let index = |name: &str, key: fn(&Row) -> Vec<String>| -> BTreeMap<Vec<String>, Row> {
        let path = folder.join(name);
        let rows = if path.exists() { outputs::csv(&path) } else { Vec::new() };
        rows.into_iter().map(|row| (key(&row), row)).collect()
    };
    let goals = index("goals.csv", |row| {
        ["goal", "down_mbps", "profile", "unit", "level", "code"].map(|name| row[name].clone()).to_vec()
    });
    let scenarios = index("scenarios.csv", |row| {
        ["goal", "down_mbps", "scenario", "unit", "level", "code"].map(|name| row[name].clone()).to_vec()
    });
    let (mut compared, mut wrong) = ([0; 3], Vec::new());
    for setting in settings {
        let [unit, class, definition] = ["unit", "settlement", "definition"].map(|key| text(setting, key));
        let (goal, speed) = text(setting, "goal").split_once(' ').unwrap();
        let scenario = setting["scenario"].as_str();
        for row in setting["rows"].as_array().unwrap() {
            let (level, code) = area(row);
            let said = counts(row, setting["scale"].as_u64().unwrap());
            let mut check = |which: usize, what: &str, page: String, file: String| {
                compared[which] += 1;
                if page != file {
                    let (s, d) = (scenario.unwrap_or("-"), definition);
                    wrong.push(format!(
                        "{goal} {speed} {s} {d} {unit} {class} {code} {what}: {page}, in the file {file}"
                    ));
                }
            };
            let key = |world: &str| [goal, speed, world, unit, level, code].map(str::to_owned).to_vec();
            let held = match scenario {
                None => {
                    let measure = format!("down>={speed} Mbit/s");
                    let f = figures.of_settlement((level, code), class, definition, unit, &measure);
                    let file = [f.total, f.covered, f.missing, f.unmatched];
                    check(0, "counts", format!("{said:?}"), format!("{file:?}"));
                    goals.get(&key(definition))
                }
                Some(scenario) => scenarios.get(&key(scenario)),
            };
            let Some(held) = held.filter(|_| class == "all") else { continue };
            let file = |name: &str| held.get(name).cloned().unwrap_or_default();
            let which = if scenario.is_some() { 2 } else { 1 };
            let [total, covered] = [said[0], said[1]].map(|n| n.to_string());
            check(
                which,
                "total and covered",
                format!("{total} {covered}"),
                format!("{} {}", file("total"), file("covered")),
            );
            let cell = |i: usize| row[i].as_str().unwrap_or_default().to_owned();
            let lacking = if cell(6) == "–" { String::new() } else { whole(&cell(6)).to_string() };
            // A goal that is met has nothing lacking, whether a file writes that as 0 or not at all.
            let none = |text: String| if text.is_empty() && held["total"] != "0" { "0".to_owned() } else { text };
            check(which, "lacking", lacking, none(file("missing_units")));
            if scenario.is_some() {
                check(which, "unmatched", said[3].to_string(), file("unmatched"));
                continue;
            }
            let verdict = match cell(8).chars().next() {
                Some('✓') => "met",
                Some('✗') => "missed",
                _ => "not-measured",
            };
            check(which, "verdict", verdict.to_owned(), file("verdict").replace("missed-within-unmatched", "missed"));
            if let (Ok(points), Some(page)) = (file("missing_points").parse::<f64>(), thousandths(&cell(7))) {
                let near = (points * 1000.0 - page as f64).abs() <= 50.001 || cell(7).starts_with('<');
                check(which, "points", near.to_string(), "true".to_owned());
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared:?} differ:\n{}", wrong.len(), first(&wrong));
    compared
}

#[track_caller]
fn settings(found: &Value) -> &Vec<Value> {
    found["settings"]["found"].as_array().unwrap()
}

#[test]
fn every_setting_gives_the_numbers_that_were_counted_by_hand() {
    let (folder, _) = toyland::run();
    let found = drive(&folder.join("report.html"));
    let settings = settings(&found);
    // Expected figures are for everything, and for some classes: those are in the run's own, which another case compares.
    let all: Vec<Value> = settings.iter().filter(|s| s["settlement"] == "all").cloned().collect();
    let by_hand = Figures::read(&root().join("datasets/toyland/expected.csv"));
    let [compared, ..] = assert_agrees(folder, &by_hand, &all);
    assert!(compared >= 50, "{compared} figures were compared");
    let [compared, goals, _] = assert_agrees(folder, &Figures::of_run(folder), settings);
    assert!(compared > 200 && goals > 50, "{compared} figures and {goals} parts of goals were compared");
}

#[test]
fn what_if_gives_the_numbers_that_were_counted_by_hand() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    let out = folder.path().join("out");
    let found = drive(&out.join("report.html"));
    let settings = settings(&found);
    // As datasets/toyland/README.md counts them: total, covered, and how many lack to the goal.
    for (scenario, code, expected) in [
        ("delta", json!("0001"), [16, 14, 1]),
        ("delta", json!("0002"), [14, 9, 4]),
        ("delta", Value::Null, [32, 23, 6]),
        ("without-beta", json!("0001"), [16, 12, 3]),
        ("without-beta", Value::Null, [32, 18, 11]),
        ("gamma-100", json!("0002"), [14, 13, 0]),
        ("gamma-100", Value::Null, [32, 27, 2]),
    ] {
        let is = |s: &&Value| {
            s["scenario"] == scenario
                && s["unit"] == "population"
                && s["settlement"] == "all"
                && text(s, "goal").ends_with(" 100")
        };
        let setting = settings.iter().find(is).unwrap();
        let row = setting["rows"].as_array().unwrap().iter().find(|row| row[0] == code).unwrap();
        let said = [1, 2, 6].map(|i| whole(row[i].as_str().unwrap()));
        assert_eq!(said, expected, "{scenario} {code}");
    }
    let [compared, goals, scenarios] = assert_agrees(&out, &Figures::of_run(&out), settings);
    assert!(compared > 200 && goals > 90 && scenarios > 30, "{compared} {goals} {scenarios}");
}

#[test]
#[expect(clippy::print_stdout, reason = "how long the map takes is told")]
fn the_county_can_be_asked_in_every_way_with_the_keyboard_and_on_paper() {
    let (folder, _) = jonkoping::run();
    let report = folder.join("report.html");
    let bytes = std::fs::metadata(&report).unwrap().len();
    assert!(bytes < 3_000_000, "the page weighs {bytes} bytes");
    let found = drive(&report);
    let compared = assert_agrees(folder, &Figures::of_run(folder), settings(&found));
    assert!(compared[0] > 3000 && compared[1] > 500 && compared[2] > 200, "{compared:?}");

    let keys = &found["keys"];
    assert_eq!((&keys["complaints"], &keys["requests"]), (&json!([]), &json!([])), "console and network");
    let steps = &keys["steps"];
    assert_ne!(steps["goal"]["said"], steps["begin"]["said"], "another goal is told");
    assert_eq!(steps["unknown"], "Ingen kommun heter så.");
    assert_eq!(steps["search"]["chosen"], keys["wanted"]["code"]);
    assert_eq!((&steps["search"]["focus"], &steps["search"]["text"]), (&json!("area"), &keys["wanted"]["name"]));
    assert_ne!(steps["search"]["label"], steps["goal"]["label"], "the map has moved");
    assert_eq!((&steps["whole"]["chosen"], &steps["whole"]["label"]), (&Value::Null, &steps["goal"]["label"]));
    assert_eq!(steps["canvas"], json!(["region", "Karta över kommuner", "solid"]), "a name, and a ring around it");
    assert_ne!(steps["zoomed"]["label"], steps["whole"]["label"]);
    assert_ne!(steps["moved"]["label"], steps["zoomed"]["label"]);
    assert_eq!(steps["sorted"]["sorted"], json!([["share", "descending"]]));
    assert_eq!(steps["turned"]["sorted"], json!([["share", "ascending"]]));
    let order = |step: &str| steps[step]["order"].as_array().unwrap().clone();
    let mut turned = order("turned");
    turned.reverse();
    assert_eq!(order("sorted").len(), 13);
    assert_eq!(order("sorted"), turned);

    let shows = |of: &Value, what: [&str; 4]| what.map(|key| of[key].as_bool().unwrap());
    let parts = ["settings", "map", "picture", "table"];
    assert_eq!(shows(&found["plain"], parts), [true, true, false, true], "the map in place of its picture");
    assert_eq!(shows(&keys["enlarged"], parts), [true, true, false, true], "at twice the size");
    assert_eq!(keys["enlarged"]["overflow"], 0);
    assert_eq!(shows(&keys["print"], parts), [false, false, true, false], "the picture on paper");
    let undrawn = &found["settings"]["first"];
    assert_eq!(shows(undrawn, parts), [true, false, true, true], "the picture where no map can be drawn");
    assert_eq!((&undrawn["excuse"], &found["settings"]["complaints"]), (&json!(true), &json!([])));
    assert_eq!(found["noScript"], json!({ "settings": false, "picture": true }));

    let [begins, drawn, painted] =
        ["live-begins", "live-drawn", "live-painted"].map(|mark| keys["marks"][mark].as_f64().unwrap());
    println!(
        "areas are drawn {drawn:.0} ms after the page is asked for, {:.0} ms after its script begins; the map stands after {painted:.0} ms; {bytes} bytes",
        drawn - begins
    );
    assert!(begins < drawn && drawn < painted);
}

/// Holds every setting of a public page against `indicators.csv` beside it, and says how many counts were compared and how many
/// of those are kept back.
#[track_caller]
fn assert_published(folder: &Path, settings: &[Value]) -> [usize; 2] {
    const KEY: [&str; 7] = ["level", "code", "settlement", "category", "profile", "unit", "measure"];
    let rows = outputs::csv(&folder.join("indicators.csv"));
    let rows: BTreeMap<[String; 7], Row> =
        rows.into_iter().map(|row| (KEY.map(|name| row[name].clone()), row)).collect();
    let (mut compared, mut kept) = (0, 0);
    for setting in settings {
        assert_eq!(setting["scenario"], Value::Null);
        let [unit, class, definition] = ["unit", "settlement", "definition"].map(|key| text(setting, key));
        let (_, speed) = text(setting, "goal").split_once(' ').unwrap();
        let (measure, scale) = (format!("down>={speed} Mbit/s"), setting["scale"].as_u64().unwrap());
        for row in setting["rows"].as_array().unwrap() {
            let (level, code) = area(row);
            let key = [level, code, class, "all", definition, unit, &measure].map(str::to_owned);
            let known = &rows[&key];
            for (cell, name) in (1..).zip(["total", "covered", "missing", "unmatched"]) {
                let page = row[cell].as_str().unwrap();
                let said = if page == ".." {
                    kept += 1;
                    String::new()
                } else {
                    (thousandths(page).unwrap() * scale / 1000).to_string()
                };
                assert_eq!(said, known[name], "{key:?} {name}: {page}");
                compared += 1;
            }
            let share = row[5].as_str().unwrap();
            let file = known["share"].parse::<f64>().ok();
            match share {
                ".." => assert!(known["covered"].is_empty(), "{key:?}"),
                "–" => assert_eq!(known["total"], "0", "{key:?}"),
                // A share that is not nothing, not everything and not a goal that is missed is never rounded to it.
                _ if share.starts_with('<') => assert!(file.unwrap() < 0.0005 + 1e-9, "{key:?}"),
                _ => {
                    let page = thousandths(share).unwrap() as f64 / 100_000.0;
                    assert!((file.unwrap() - page).abs() < 0.001, "{key:?}: {share}, in the file {file:?}");
                }
            }
            // What is kept back is held against no goal.
            let told = |cell: usize| row[cell].as_str().unwrap_or_default();
            if share == ".." && !told(6).is_empty() {
                assert_eq!([6, 7, 8].map(told), [".."; 3], "{key:?}");
            }
        }
    }
    [compared, kept]
}

#[test]
fn a_public_page_answers_with_what_is_published_and_nothing_else() {
    let folder = public::example("jonkoping").join("public");
    let report = folder.join("report.html");
    let bytes = std::fs::metadata(&report).unwrap().len();
    assert!(bytes < 3_000_000, "the page weighs {bytes} bytes");
    let found = drive(&report);
    let [compared, kept] = assert_published(&folder, settings(&found));
    assert!(compared > 10_000 && kept > 500, "{compared} counts, {kept} kept back");

    let keys = &found["keys"];
    assert_eq!((&keys["complaints"], &keys["requests"]), (&json!([]), &json!([])), "console and network");
    let steps = &keys["steps"];
    assert_ne!(steps["goal"]["said"], steps["begin"]["said"], "another goal is told");
    assert_eq!(steps["search"]["chosen"], keys["wanted"]["code"]);
    assert_ne!(steps["search"]["label"], steps["goal"]["label"], "the map has moved");
    assert_eq!(steps["canvas"], json!(["region", "Karta över kommuner", "solid"]));
    assert_eq!(steps["sorted"]["sorted"], json!([["share", "descending"]]));
    let shows = |of: &Value| ["settings", "map", "picture", "table"].map(|key| of[key].as_bool().unwrap());
    assert_eq!(shows(&found["plain"]), [true, true, false, true], "the map in place of its picture");
    assert_eq!(shows(&keys["print"]), [false, false, true, false], "the picture on paper");
    assert_eq!(found["noScript"], json!({ "settings": false, "picture": true }));
}
