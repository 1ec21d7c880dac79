//! Results held against each other: toyland and the same land a year later, counted by hand.
//!
//! A year later (`later`), population with 100 Mbit/s, 90 % wanted:
//!
//! * Delta is built: P09 (3) has it, and P10, where nobody lives. Gamma has 100/10: P08 (4) too. Östby goes from 6 to 13 of 14,
//!   and 13 are needed: it newly meets the goal.
//! * P06 (2) has moved away: Västby has 14 left, 12 of them with 100 Mbit/s, and 13 needed; 14 of 16 had it before.
//! * There is a municipality 0003 Norrby, with P13 (2), which was in none: nobody there has anything.
//! * The total goes from 20 of 32 (29 needed) to 25 of 30 (27 needed).

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{
    browser,
    outputs::{self, Row},
    program::{Ran, nittio},
};

/// Toyland by its other rules in a folder, changed, run, with the result in `out`.
fn run(folder: &Path, change: impl Fn(&Path)) {
    fs::create_dir_all(folder).unwrap();
    nittio(folder, ["init", "--example", "toyland"]).expect(0);
    change(folder);
    nittio(folder, ["run", "--project", "rules.toml"]).expect(0);
}

/// Puts something else for a text that is there in a file.
fn replace(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file}: {from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

fn later(folder: &Path) {
    replace(folder, "rules.toml", "as_of = 2024-12-31", "as_of = 2025-12-31");
    replace(folder, "nat.geojson", "\"planerat\", \"från\": \"2026-06-01\"", "\"i drift\", \"från\": \"2025-06-01\"");
    replace(folder, "nat.geojson", "\"ned_mbit\": 30, \"upp_mbit\": 5", "\"ned_mbit\": 100, \"upp_mbit\": 10");
    let norrby = "{\"type\": \"Feature\", \"properties\": {\"kod\": \"0003\", \"namn\": \"Norrby\"}, \"geometry\": {\"type\": \
        \"Polygon\", \"coordinates\": [[[1200, 0], [1400, 0], [1400, 600], [1200, 600], [1200, 0]]]}},\n";
    let first = "{\"type\": \"Feature\", \"properties\": {\"kod\": \"0001\"";
    replace(folder, "kommuner.geojson", first, &format!("{norrby}{first}"));
    // Windows-1252, so by bytes.
    let path = folder.join("platser.csv");
    let rows = fs::read(&path).unwrap();
    let left: Vec<&[u8]> = rows.split_inclusive(|&byte| byte == b'\n').filter(|row| !row.starts_with(b"P06")).collect();
    fs::write(path, left.concat()).unwrap();
    // What the study asks besides is not what this is about, and Delta's project is built.
    let rules = fs::read_to_string(folder.join("rules.toml")).unwrap();
    let scenarios = rules.find("[[scenarios]]").unwrap();
    let indicators = rules.find("[indicators]").unwrap();
    let projects = rules.find("[support_ranking]").unwrap();
    fs::write(folder.join("rules.toml"), [&rules[..scenarios], &rules[indicators..projects]].concat()).unwrap();
}

/// A folder with `then/out` and `now/out`.
fn years() -> TempDir {
    let folder = TempDir::new().unwrap();
    run(&folder.path().join("then"), |_| {});
    run(&folder.path().join("now"), later);
    folder
}

fn compare(folder: &TempDir, more: &[&str]) -> Ran {
    nittio(folder.path(), [&["compare"], more].concat())
}

/// The cells of the row of a table that begins so.
fn line(ran: &Ran, name: &str) -> Vec<String> {
    let line = ran.stdout.lines().find(|line| line.starts_with(name)).unwrap();
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(|cell| cell.replace('\u{a0}', " ")).collect()
}

#[test]
fn two_years_are_held_against_each_other_and_what_is_not_alike_is_said() {
    let folder = years();
    let ran = compare(&folder, &["then/out", "now/out", "--format", "table"]).expect(0);
    assert_eq!(line(&ran, "Område")[..3], ["Område", "2024-12-31", "2025-12-31"]);
    assert_eq!(line(&ran, "Västby"), ["Västby", "87,5 %", "85,7 %", "−1,8", "0", "2", "1", "1", "inte nått"]);
    assert_eq!(line(&ran, "Östby"), ["Östby", "42,9 %", "92,9 %", "+50,0", "7", "0", "7", "0", "nytt: nått"]);
    assert_eq!(line(&ran, "Norrby"), ["Norrby", "–", "0,0 %", "–", "–", "–", "–", "2", "inte nått"]);
    assert_eq!(line(&ran, "Utanför"), ["Utanför alla områden", "0,0 %", "–", "–", "–", "–", "2", "–", "–"]);
    assert_eq!(line(&ran, "Totalt"), ["Totalt", "62,5 %", "83,3 %", "+20,8", "5", "0", "9", "2", "inte nått"]);
    for said in [
        "newly meet the goal: 1 (0002 Östby)",
        "not alike: places: 15 in then/out, 14 in now/out",
        "not alike: unmatched places: 2 in then/out, 1 in now/out",
        "not alike: areas: then/out lacks 1 municipality: 0003 Norrby",
    ] {
        assert!(ran.stderr.contains(said), "{said}\n{}", ran.stderr);
    }
    assert!(!ran.stderr.contains("definition") && !ran.stderr.contains("day:"), "{}", ran.stderr);
    // The other way round, what was gained is lost, and it is said that the order is odd.
    let back = compare(&folder, &["now/out/result.nittio", "then/out/result.nittio", "--format", "table"]).expect(0);
    assert_eq!(line(&back, "Östby"), ["Östby", "92,9 %", "42,9 %", "−50,0", "0", "7", "0", "7", "nytt: inte nått"]);
    assert!(back.stderr.contains("no longer meet the goal: 1 (0002 Östby)"), "{}", back.stderr);
    assert!(back.stderr.contains("name the older one first"), "{}", back.stderr);
}

#[test]
fn every_figure_is_in_the_csv() {
    let folder = years();
    let ran = compare(&folder, &["then/out", "now/out", "--format", "csv"]).expect(0);
    let rows = outputs::csv_text(&ran.stdout);
    let columns = [
        "there",
        "total",
        "needed",
        "covered",
        "missing",
        "unmatched",
        "share",
        "missing_units",
        "gained",
        "lost",
        "meets_goal",
        "goal_news",
    ];
    let of = |code: &str, order: &str| {
        let is = |row: &&Row| row["code"] == code && row["level"] != "total" && row["order"] == order;
        let row = rows.iter().find(is).unwrap();
        columns.map(|column| row[column].clone()).join(",")
    };
    assert_eq!(of("0001", "1"), "yes,16,15,14,2,0,0.875000,1,,,no,");
    assert_eq!(of("0001", "2"), "yes,14,13,12,2,0,0.857143,1,0,2,no,");
    assert_eq!(of("0002", "1"), "yes,14,13,6,7,1,0.428571,7,,,no,");
    assert_eq!(of("0002", "2"), "yes,14,13,13,0,1,0.928571,0,7,0,yes,newly-met");
    assert_eq!(of("0003", "1"), "no,,,,,,,,,,,");
    assert_eq!(of("0003", "2"), "yes,2,2,0,2,0,0.000000,2,,,no,");
    assert_eq!(of("", "1"), "yes,2,2,0,0,2,0.000000,2,,,no,");
    assert_eq!(rows.len(), 2 * 5, "three municipalities, none of them, and the total");
}

#[test]
fn three_results_stand_in_a_row_each() {
    let folder = years();
    run(&folder.path().join("mid"), |folder| {
        replace(folder, "rules.toml", "as_of = 2024-12-31", "as_of = 2025-06-30");
        replace(folder, "nat.geojson", "\"ned_mbit\": 30, \"upp_mbit\": 5", "\"ned_mbit\": 100, \"upp_mbit\": 10");
        replace(
            folder,
            "rules.toml",
            "by = { down = \"100 Mbit/s\", up = \"10 Mbit/s\" }",
            "by = { up = \"20 Mbit/s\" }",
        );
    });
    let ran = compare(&folder, &["then/out", "mid/out", "now/out", "--format", "table"]).expect(0);
    // Gamma alone gives P08 and P09: 13 of 14 at once.
    assert_eq!(line(&ran, "Östby"), ["Östby", "42,9 %", "92,9 %", "92,9 %", "+50,0", "7", "0", "7", "0", "nytt: nått"]);
}

#[test]
fn what_cannot_be_held_against_each_other_is_refused_with_the_reason() {
    let folder = TempDir::new().unwrap();
    run(&folder.path().join("then"), |_| {});
    let goals = "[[goals]]\nuse = \"se-2009-2020\"\nunits = [\"population\"]";
    let own = "[[goals]]\nid = \"own\"\nname = { sv = \"Eget mål\", en = \"Own goal\" }\nyear = 2030\nunits = [\"population\"]\nsteps = [{ down = \"250 Mbit/s\", share = \"50 %\" }]";
    for (name, from, to, said) in [
        (
            "areas",
            "code = \"kod\"",
            "code = \"namn\"",
            "no municipality in common: then/out has 0001, 0002, and areas/out has Västby, Östby",
        ),
        (
            "units",
            "units = { population = \"befolkning\" }",
            "units = { population = \"befolkning\", households = \"hushåll\" }",
            "then/out does not count households",
        ),
        ("speeds", goals, own, "then/out does not count who has 250 Mbit/s"),
    ] {
        run(&folder.path().join(name), |folder| {
            replace(folder, "rules.toml", from, to);
            match name {
                "areas" => replace(folder, "rules.toml", "codes = { municipality = \"kommunkod\" }\n", ""),
                "units" => replace(folder, "rules.toml", "units = [\"population\"]", "units = [\"households\"]"),
                _ => {}
            }
            // Plans are asked against a goal of the study, and scenarios of a speed that changes.
            let text = fs::read_to_string(folder.join("rules.toml")).unwrap();
            let plans = text.find("[support_ranking]").unwrap();
            fs::write(folder.join("rules.toml"), &text[..plans]).unwrap();
        });
        let ran = compare(&folder, &["then/out", &format!("{name}/out")]).expect_error();
        assert!(ran.stderr.contains(said), "{said}\n{}", ran.stderr);
    }
    for (arguments, said) in [
        (&["then/out", "nowhere/out"][..], "no scenario \"nowhere/out\""),
        (&["then/out", "then"][..], "no scenario \"then\""),
        (&["then/out", "./then"][..], "no run of this version has written it"),
        (&["then/out", "areas/out", "delta"][..], "one saved result and then scenarios of it"),
        (&["then/out", "areas/out", "--project", "then"][..], "leave --project"),
        (&["then/out", "--report", "x"][..], "name two of them or more"),
        (&["then/out", "delta", "--report", "x"][..], "name two of them or more; delta is none"),
    ] {
        let ran = compare(&folder, arguments).expect_error();
        assert!(ran.stderr.contains(said), "{arguments:?}\n{}", ran.stderr);
    }
}

#[test]
fn another_definition_and_another_edition_of_a_goal_are_said() {
    let folder = TempDir::new().unwrap();
    run(&folder.path().join("then"), |_| {});
    run(&folder.path().join("now"), |folder| {
        replace(
            folder,
            "rules.toml",
            "[[profiles]]\nuse = \"connected+passed\"\n\n[[profiles]]\nuse = \"connected\"\n",
            "[[profiles]]\nuse = \"connected\"\n",
        );
        replace(
            folder,
            "rules.toml",
            "use = \"connected+passed\"\norder_cost",
            "reach = [\"connected\", \"passed\"]\norder_cost",
        );
        replace(
            folder,
            "rules.toml",
            "use = \"connected+passed\"\nbusy_hour",
            "reach = [\"connected\", \"passed\"]\nbusy_hour",
        );
        replace(
            folder,
            "rules.toml",
            "[[goals]]\nuse = \"se-2009-2020\"\nunits = [\"population\"]",
            "[[goals]]\nuse = \"se-2016-2020\"\nunits = [\"population\"]",
        );
        let text = fs::read_to_string(folder.join("rules.toml")).unwrap();
        let scenarios = text.find("[[scenarios]]").unwrap();
        fs::write(folder.join("rules.toml"), &text[..scenarios]).unwrap();
    });
    let ran = compare(&folder, &["then/out", "now/out", "--format", "table"]).expect(0);
    for said in [
        "day: then/out and now/out are both about 2024-12-31",
        "what counts as access is connected+passed in then/out and connected in now/out",
        "the study of then/out does not have se-2016-2020",
    ] {
        assert!(ran.stderr.contains(said), "{said}\n{}", ran.stderr);
    }
    // On the same day, columns are named by the results. Connected: P01 (3) of 16, P11 (6) of 14.
    assert_eq!(line(&ran, "Område")[1..3], ["then/out", "now/out"]);
    assert_eq!(line(&ran, "Västby")[1..3], ["87,5 %", "18,8 %"]);
    assert_eq!(line(&ran, "Östby")[1..3], ["42,9 %", "42,9 %"]);
}

#[test]
fn the_page_says_what_was_counted_and_stands_in_a_browser() {
    let folder = years();
    let printed = compare(&folder, &["then/out", "now/out", "--format", "csv", "--report", "page"]).expect(0);
    let page = folder.path().join("page");
    let files = outputs::files(&page);
    outputs::assert_whole(&files);
    let names: Vec<&str> = files.keys().map(String::as_str).filter(|name| !name.ends_with(".png")).collect();
    let pictures = ["pictures/change-dots.svg", "pictures/change-map.svg"];
    assert_eq!(names, [&["manifest.json"], &pictures[..], &["trend.csv", "trend.html"]].concat());
    assert_eq!(String::from_utf8_lossy(&files["trend.csv"]), printed.stdout);
    let html = String::from_utf8_lossy(&files["trend.html"]).replace('\u{a0}', " ");
    for said in [
        "går från 62,5 % till 83,3 %",
        "1 kommun når målet nu och gjorde det inte förut",
        "Störst ändring i Östby, +50,0 procentenheter",
        "Andelen ökar i 1, minskar i 1 och är densamma i 0",
        "Områden: then/out saknar 1 kommun: Norrby",
        "Antal platser: 15 i then/out, 14 i now/out",
    ] {
        assert!(html.contains(said), "{said}");
    }
    browser::assert_good(&page.join("trend.html"), "sv");
    compare(&folder, &["then/out", "now/out", "--report", "page"]).expect(0);
    assert!(outputs::files(&page) == files, "the same bytes");
    // A folder that holds the result of a run is not written over.
    let ran = compare(&folder, &["then/out", "now/out", "--format", "csv", "--report", "now/out"]).expect(2);
    assert!(ran.stderr.contains("holds the result of a run"), "{}", ran.stderr);
}
