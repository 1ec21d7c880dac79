//! Official shares over several years: toyland with a file of Kolada's that each case writes.

use std::{fs, path::Path};

use serde_json::json;
use tempfile::TempDir;

use crate::{outputs, program::nittio};

/// Area, year and per cent. Västby rises by 28.6 points; Östby by 35.7, without 2022.
const SHARES: [(&str, i16, f64); 6] = [
    ("0001", 2021, 57.1429),
    ("0001", 2022, 71.4286),
    ("0001", 2023, 85.7143),
    ("0002", 2021, 14.2857),
    ("0002", 2023, 50.0),
    ("0000", 2023, 90.0),
];

/// Toyland with the figures of some years, run with `more` under its entry.
fn run(from: i16, more: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland", "."]).expect(0);
    let item = |&(area, year, value): &(&str, i16, f64)| {
        let values = [json!({ "gender": "T", "value": value })];
        json!({ "kpi": "N07900", "municipality": area, "period": year, "values": values })
    };
    let values: Vec<_> = SHARES.iter().filter(|(_, year, _)| *year >= from).map(item).collect();
    fs::write(folder.path().join("n07900.json"), json!({ "values": values }).to_string()).unwrap();
    let study = folder.path().join("nittio.toml");
    let text = fs::read_to_string(&study).unwrap();
    let figure = "figure = \"N07900\"\n";
    assert!(text.contains(figure));
    fs::write(&study, text.replace(figure, &format!("{figure}{more}"))).unwrap();
    nittio(folder.path(), ["run", "--public"]).expect(0);
    folder
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap().replace(['\u{a0}', '\u{202f}'], " ")
}

/// What the figure says, and its part of the page.
fn figure(folder: &TempDir) -> (String, String) {
    let out = folder.path().join("out");
    let picture = text(&out.join("pictures/history-2.svg"));
    let title = picture.split("<title").nth(1).and_then(|rest| rest.split('>').nth(1)).unwrap();
    let title = title.split("</title").next().unwrap().to_owned();
    let page = text(&out.join("report.html"));
    let start = page.find("id=\"history-2-f\"").expect("the figure stands on the page");
    let end = page[start..].find("</figure>").map_or(page.len(), |end| start + end);
    (title.split('<').next().unwrap().to_owned(), page[start..end].to_owned())
}

/// The cells of a table's row.
fn row(part: &str, head: &str) -> Vec<String> {
    let row = part.split("<tr").skip(1).find(|row| row.contains("<th") && row.contains(head)).expect(head);
    let cell = |cell: &str| cell.split('>').nth(1).unwrap().split('<').next().unwrap().trim().to_owned();
    row.split("<td").skip(1).map(cell).collect()
}

#[test]
fn earlier_years_are_drawn_beside_the_study_and_change_nothing_that_is_reconciled() {
    let folder = run(2021, "");
    let (title, part) = figure(&folder);
    assert_eq!(title, "Mest ändrat sedan 2021: Östby, från 14,3 % till 50,0 % år 2023");
    // Six of seven households have 100 Mbit/s in Västby, three of seven in Östby.
    assert_eq!(row(&part, "Västby"), ["57,1 %", "71,4 %", "85,7 %", "85,7 %"]);
    assert_eq!(row(&part, "Östby"), ["14,3 %", "–", "50,0 %", "42,9 %"]);
    assert_eq!(row(&part, "Riket"), ["–", "–", "90,0 %", "–"]);
    assert!(part.contains("För 1 kommun saknas ett eller flera år"), "the gap is said in words");
    assert!(!part.contains("bruten"), "nothing is known to break these years");
    let rows = outputs::csv(&folder.path().join("out/history.csv"));
    let cells: Vec<String> = rows
        .iter()
        .map(|row| ["level", "code", "figure", "year", "official", "broken"].map(|c| row[c].as_str()).join(" "))
        .collect();
    assert_eq!(
        cells,
        [
            "country  N07900 2023 0.900000 false",
            "municipality 0001 N07900 2021 0.571429 false",
            "municipality 0001 N07900 2022 0.714286 false",
            "municipality 0001 N07900 2023 0.857143 false",
            "municipality 0002 N07900 2021 0.142857 false",
            "municipality 0002 N07900 2023 0.500000 false",
        ]
    );
    // The same comparison as from a file with one year.
    let one = run(2023, "");
    let reconciliation = |folder: &TempDir| fs::read(folder.path().join("out/reconciliation.csv")).unwrap();
    assert!(reconciliation(&folder) == reconciliation(&one));
    assert!(!one.path().join("out/pictures/history-2.svg").exists(), "one year is no line");
    assert!(!one.path().join("out/history.csv").exists());
    // The public edition has no official figures.
    let public = outputs::files(&folder.path().join("out/public"));
    assert!(!public.keys().any(|name| name.contains("history")));
    assert!(!String::from_utf8_lossy(&public["report.html"]).contains("Mest ändrat sedan"));
}

#[test]
fn years_before_a_break_are_not_compared_with_those_after_it() {
    let folder = run(2021, "breaks = [{ year = 2022, reason = \"Ny mätning\" }]\n");
    let (title, part) = figure(&folder);
    // Östby has one year since.
    assert_eq!(title, "Västby har gått från 71,4 % år 2022 till 85,7 % år 2023");
    assert!(part.contains("Serien är bruten 2022. Ny mätning."), "{part}");
    let rows = outputs::csv(&folder.path().join("out/history.csv"));
    assert!(rows.iter().all(|row| (row["broken"] == "true") == (row["year"] == "2022")));
    let (title, part) = figure(&run(2021, "breaks = [2023]\n"));
    assert_eq!(title, "Fast bredband om minst 100 Mbit/s (N07900): inget tidigare år kan jämföras med 2023");
    assert!(part.contains("Serien är bruten 2023: senare år kan inte jämföras med tidigare."), "{part}");
}

#[test]
fn the_years_are_drawn_again_from_the_saved_result_alone() {
    let folder = run(2021, "breaks = [{ year = 2022, reason = \"Ny mätning\" }]\n");
    let out = folder.path().join("out");
    let before = outputs::files(&out);
    for name in ["nittio.toml", "n07900.json", "out/report.html", "out/pictures/history-2.svg"] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    nittio(folder.path(), ["report"]).expect(0);
    let again = outputs::files(&out);
    let differ: Vec<_> = before.keys().filter(|name| before.get(*name) != again.get(*name)).collect();
    assert!(differ.is_empty() && before.len() == again.len(), "these differ: {differ:?}");
}
