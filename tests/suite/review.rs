//! The review loop on toyland, counted by hand in `docs/methods/review.md`; openpyxl and LibreOffice read the workbooks.

use std::{fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    figures::Figures,
    outputs,
    program::nittio,
    tools::{output, python, tool},
};

fn toyland() -> TempDir {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    folder
}

fn export(folder: &Path) {
    nittio(folder, ["review", "export", ".", "--out", "books", "--near-miss", "50 m"]).expect(0);
}

fn add_to_study(folder: &Path, text: &str) {
    let path = folder.join("nittio.toml");
    let study = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{study}\n{text}\n")).unwrap();
}

/// Answers, filled into a workbook by openpyxl.
fn answer(folder: &Path, book: &str, answers: &Value) {
    let list = folder.join("answers.json");
    fs::write(&list, answers.to_string()).unwrap();
    python("workbook.py", &[&folder.join("books").join(book), &list]);
}

#[test]
fn the_places_that_go_into_review_are_those_counted_by_hand() {
    let folder = toyland();
    export(folder.path());
    let mut found = Vec::new();
    for book in ["review-0001.xlsx", "review-0002.xlsx", "review-none.xlsx"] {
        let read = python("workbook.py", &[&folder.path().join("books").join(book)]);
        assert_eq!(read["frozen"], "B3");
        assert_eq!(read["hidden"], true);
        assert_eq!(read["narrow"], json!([]));
        assert_eq!(read["headings"][10], "Svar");
        let lists = read["lists"].as_object().unwrap();
        assert!(lists.values().any(|list| list == "\"stämmer,nås,nås inte,ingen plats\""), "{lists:?}");
        for row in read["rows"].as_array().unwrap() {
            found.push((
                row["place"].clone(),
                row["reasons"].clone(),
                row["distance_m"].clone(),
                row["believed"].clone(),
            ));
        }
    }
    let row = |place: &str, reason: &str, metres: Value, believed: &str| {
        (json!(place), json!(reason), metres, json!(believed))
    };
    let expected = [
        row("P02", "near-miss", json!(50), "nås inte"),
        row("P12", "near-miss", json!(50), "nås inte"),
        row("P11", "connected-without-footprint", Value::Null, "nås"),
        row("P14", "unmatched", Value::Null, "vet inte"),
        row("P13", "unmatched", Value::Null, "vet inte"),
    ];
    assert_eq!(found, expected);
    assert_eq!(fs::read_dir(folder.path().join("books")).unwrap().count(), 3);
    // The same study gives the same bytes.
    let before = outputs::files(&folder.path().join("books"));
    export(folder.path());
    assert!(before == outputs::files(&folder.path().join("books")));
}

#[test]
fn answers_come_back_as_a_file_and_change_the_figures_as_counted_by_hand() {
    let folder = toyland();
    export(folder.path());
    answer(
        folder.path(),
        "review-0001.xlsx",
        &json!({
            "P02": {"answer": "nås", "operator": "Alfanät", "technology": "fiber", "down_mbps": 100, "up_mbps": 100,
                    "who": "A. Berg", "date": "2025-02-28", "comment": "Nytt hus"},
            "P12": {"answer": "ingen plats", "who": "A. Berg", "date": "2025-02-28"},
        }),
    );
    answer(folder.path(), "review-0002.xlsx", &json!({"P11": {"answer": "nås inte", "who": "B. Ek"}}));
    let import = ["review", "import", "books", "--into", "overlay.csv", "--date", "2025-03-01"];
    let ran = nittio(folder.path(), import).expect(0);
    assert!(ran.stderr.contains("3 answers read from 3 workbooks, 3 of them new; 0 rows"), "{}", ran.stderr);
    let ran = nittio(folder.path(), import).expect(0);
    assert!(ran.stderr.contains("0 of them new"), "{}", ran.stderr);
    let path = folder.path().join("overlay.csv");
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(
        text,
        "place,answer,operator,technology,down_mbps,up_mbps,who,date,comment,from\r\n\
         P02,reached,Alfanät,fibre,100,100,A. Berg,2025-02-28,Nytt hus,review-0001.xlsx\r\n\
         P11,not-reached,,,,,B. Ek,2025-03-01,,review-0002.xlsx\r\n\
         P12,not-a-place,,,,,A. Berg,2025-02-28,,review-0001.xlsx\r\n"
    );
    // The rest of the answers of the page, and one that cannot be read.
    let more = "P02,not-reached,,,,,C. Ås,2025-01-15,,\r\nP08,reached,Gammaradio,fwa,10,1,C. Ås,2025-02-01,,\r\n\
                P99,right,,,,,C. Ås,2025-02-01,,\r\nP07,maybe,,,,,C. Ås,2025-02-01,,\r\n";
    fs::write(&path, text + more).unwrap();
    add_to_study(folder.path(), "[[review]]\npath = \"overlay.csv\"");
    let sources =
        ["nat.geojson", "erbjudanden.csv", "platser.csv"].map(|name| fs::read(folder.path().join(name)).unwrap());
    nittio(folder.path(), ["run"]).expect(0);
    let out = folder.path().join("out");
    let figures = Figures::of_run(&out);
    let get = |area: &str, measure: &str| {
        let figure = figures.get(("municipality", area), "connected+passed", "places", measure);
        (figure.covered, figure.total)
    };
    assert_eq!((get("0001", "covered"), get("0002", "covered")), ((7, 7), (3, 6)));
    assert_eq!((get("0002", "down>=30 Mbit/s"), get("0002", "down>=100 Mbit/s")), ((2, 6), (1, 6)));
    assert_eq!(
        outputs::manifest(&out)["results"]["review"],
        json!({"answers": 7, "right": 0, "reached": 2, "not_reached": 1, "not_a_place": 1, "unknown_place": 1,
               "older": 1, "unreadable": 1})
    );
    let rejects = outputs::csv(&out.join("rejects.csv"));
    let of = |finding: &str| {
        rejects.iter().filter(|row| row["finding"] == finding).map(|r| r["id"].as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of("decided-by-review"), ["P02", "P11", "P12", "P08"]);
    assert_eq!((of("older-answer"), of("answer-for-unknown-place")), (vec!["P02"], vec!["P99"]));
    assert_eq!((of("unreadable-answer"), of("not-a-place")), (vec!["P07"], vec!["P12"]));
    let report = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(report.contains("Avgjort av granskning") && report.contains("Svar om okänd plats"));
    for (name, bytes) in ["nat.geojson", "erbjudanden.csv", "platser.csv"].iter().zip(sources) {
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), bytes, "{name} is as it was");
    }
    let said = nittio(folder.path(), ["explain", "place", "P02"]).expect(0).stdout;
    assert!(said.contains("a review decides: reached, says A. Berg on 2025-02-28 (row 2 of overlay.csv)"), "{said}");
    let ran = nittio(folder.path(), ["run", "--since", "out"]).expect(0);
    assert!(ran.stderr.contains("joined anew: a review decides about single places"), "{}", ran.stderr);
    // With an index the figures are the same, and nobody is asked again about what is answered.
    nittio(folder.path(), ["index"]).expect(0);
    nittio(folder.path(), ["run", "--index", "nittio.index", "--output", "indexed"]).expect(0);
    assert_eq!(
        fs::read(out.join("indicators.csv")).unwrap(),
        fs::read(folder.path().join("indexed/indicators.csv")).unwrap()
    );
    fs::remove_dir_all(folder.path().join("books")).unwrap();
    export(folder.path());
    let read = python("workbook.py", &[&folder.path().join("books/review-0002.xlsx")]);
    assert_eq!(read["rows"].as_array().unwrap().len(), 1, "P14 alone");
    // And the public edition gives nothing away.
    nittio(folder.path(), ["run", "--public"]).expect(0);
    nittio(folder.path(), ["verify", "--public", "out/public", "--internal", "out"]).expect(0);
}

#[test]
fn rows_that_cannot_be_read_are_told_with_file_sheet_and_row() {
    let folder = toyland();
    export(folder.path());
    answer(
        folder.path(),
        "review-0001.xlsx",
        &json!({
            "P02": {"answer": "nås", "operator": "Alfanät", "technology": "fiber", "down_mbps": "snabbt", "who": "A", "date": "2025-02-28"},
            "P12": {"operator": "Alfanät"},
        }),
    );
    let ran = nittio(folder.path(), ["review", "import", "books/review-0001.xlsx", "--into", "overlay.csv"]).expect(1);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.stdout);
    assert!(
        lines[0].starts_with("review-0001.xlsx, Granskning, row 3: down_mbps \"snabbt\" is not a speed"),
        "{}",
        lines[0]
    );
    assert!(lines[1].starts_with("review-0001.xlsx, Granskning, row 4: `operator` is filled in"), "{}", lines[1]);
    nittio(folder.path(), ["review", "import", "platser.csv", "--into", "overlay.csv"]).expect(2);
    nittio(folder.path(), ["review", "import", "books", "--into", "platser.csv"]).expect(2);
}

#[test]
fn a_spreadsheet_opens_a_workbook_with_every_place() {
    let folder = toyland();
    export(folder.path());
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let mut soffice = tool("soffice");
    soffice.args([
        &profile,
        "--headless",
        "--norestore",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76",
        "--outdir",
    ]);
    output(soffice.arg(folder.path()).arg(folder.path().join("books/review-0001.xlsx"))).expect(0);
    let rows = outputs::csv(&folder.path().join("review-0001.csv"));
    // The first row has the keys, then the headings.
    assert_eq!(rows.iter().map(|row| row["place"].as_str()).collect::<Vec<_>>(), ["Plats", "P02", "P12"]);
    assert_eq!(rows[1]["service"], "Alfanät, Fiber, 1000 Mbit/s");
}
