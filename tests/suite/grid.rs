//! Square kilometres: what was counted by hand, and the same whichever way a run comes to it.

use std::fs;

use tempfile::TempDir;

use crate::{
    jonkoping,
    outputs::{self, Row},
    program::nittio,
};

/// An embedded study that asks for squares, in a folder of its own.
fn study(name: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", name]).expect(0);
    let path = folder.path().join("nittio.toml");
    let text = fs::read_to_string(&path).unwrap();
    let asks = if text.contains("\n[report]\n") {
        text.replace("\n[report]\n", "\n[report]\ngrid = true\n")
    } else {
        format!("{text}\n[report]\ngrid = true\n")
    };
    fs::write(path, asks).unwrap();
    folder
}

#[test]
fn squares_hold_what_was_counted_by_hand() {
    let folder = study("toyland");
    nittio(folder.path(), ["run", "--public"]).expect(0);
    let out = folder.path().join("out");
    let rows = outputs::csv(&out.join("grid.csv"));
    // West of 1000 metres lie P01 to P08, P10 and P12. 100 Mbit/s lack P02 in a hole, P08 with 30, P10 and P12 with nothing.
    // East of it, and on it, lie P09 with 30, P11 with a gigabit and P13 in no area. P14 and P15 have no position.
    let said = |cell: &str, unit: &str| -> Option<String> {
        let is = |row: &&Row| {
            (row["cell"].as_str(), row["unit"].as_str()) == (cell, unit)
                && row["profile"] == "connected+passed"
                && row["measure"] == "down>=100 Mbit/s"
        };
        let row = rows.iter().find(is)?;
        Some(["easting", "northing", "total", "missing", "unmatched"].map(|column| row[column].as_str()).join(" "))
    };
    for (cell, unit, expected) in [
        ("0000000000000", "places", Some("0 0 10 4 0")),
        ("0000000000000", "population", Some("0 0 20 6 0")),
        ("0000000000000", "households", Some("0 0 9 3 0")),
        ("0000000000000", "workplaces", Some("0 0 5 3 0")),
        ("0010000000000", "places", Some("1000 0 3 1 1")),
        ("0010000000000", "population", Some("1000 0 11 3 2")),
        ("0010000000000", "workplaces", None),
    ] {
        assert_eq!(said(cell, unit).as_deref(), expected, "{cell} {unit}");
    }
    assert!(!out.join("public/grid.csv").exists(), "squares tell how few there are");
    outputs::assert_whole(&outputs::files(&out));
}

#[test]
fn squares_are_the_same_with_one_thread_and_since_the_last_run() {
    let folder = study("toyland");
    let run = |more: &[&str]| nittio(folder.path(), [&["run"], more].concat()).expect(0);
    let grid = |out: &str| fs::read(folder.path().join(out).join("grid.csv")).unwrap();
    run(&[]);
    run(&["--threads", "1", "--output", "one"]);
    let since = run(&["--since", "out", "--output", "since"]);
    assert!(since.stderr.contains("places joined anew; the rest is as in"), "{}", since.stderr);
    assert_eq!(grid("one"), grid("out"));
    assert_eq!(grid("since"), grid("out"));
}

#[test]
fn squares_add_up_to_the_county_but_for_places_without_a_position() {
    assert!(!jonkoping::run().0.join("grid.csv").exists(), "only where asked");
    let folder = study("jonkoping");
    nittio(folder.path(), ["run"]).expect(0);
    let out = folder.path().join("out");
    let key = |row: &Row| ["profile", "measure", "unit"].map(|column| row[column].clone());
    let number = |row: &Row, column: &str| row[column].parse::<u64>().unwrap();
    let mut squares = std::collections::BTreeMap::new();
    let rows = outputs::csv(&out.join("grid.csv"));
    for row in &rows {
        *squares.entry(key(row)).or_insert(0) += number(row, "missing");
        let corner = format!("{:06}{:07}", number(row, "easting"), number(row, "northing"));
        assert_eq!(row["cell"], corner);
        assert!(number(row, "easting") % 1000 == 0 && number(row, "northing") % 1000 == 0);
        assert!(number(row, "missing") + number(row, "unmatched") <= number(row, "total"));
    }
    // A place without a position that only a slow offer reaches lacks a speed, and is in no square.
    let unplaced: std::collections::BTreeMap<_, _> = outputs::csv(&out.join("indicators.csv"))
        .iter()
        .filter(|row| row["level"] == "total" && row["category"] == "all")
        .filter(|row| row["settlement"] == "unknown" || row["settlement"] == "all")
        .map(|row| ((key(row), row["settlement"].clone()), number(row, "missing")))
        .collect();
    assert!(squares.len() > 30, "{} sums", squares.len());
    for (key, sum) in squares {
        let of = |class: &str| unplaced[&(key.clone(), class.to_owned())];
        assert_eq!(sum, of("all") - of("unknown"), "{key:?}");
    }
}
