//! Same study, same bytes: whatever the threads and the order of the input.

use tempfile::TempDir;

use crate::{figures::Figures, made_up::MadeUp, outputs, program::nittio};

const SEED: u64 = 90;

fn run(study: &MadeUp, threads: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    study.write(folder.path());
    nittio(folder.path(), ["run", "--threads", threads]).expect(0);
    folder
}

fn out(folder: &TempDir) -> std::collections::BTreeMap<String, Vec<u8>> {
    outputs::files(&folder.path().join("out"))
}

#[track_caller]
fn assert_same(first: &TempDir, second: &TempDir, wanted: impl Fn(&str) -> bool) {
    let (first, second) = (out(first), out(second));
    assert!(first.keys().eq(second.keys()));
    let compared: Vec<&String> = first.keys().filter(|name| wanted(name)).collect();
    assert!(compared.len() >= 5, "{compared:?}");
    let differ: Vec<_> = compared.into_iter().filter(|name| first[*name] != second[*name]).collect();
    assert!(differ.is_empty(), "these differ: {differ:?}");
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let study = MadeUp::new(SEED);
    let one = run(&study, "1");
    // The study is not trivial: some are covered, some are not, some lie nowhere.
    let figures = Figures::of_run(&one.path().join("out"));
    let total = figures.get(("total", ""), "connected+passed", "places", "down>=100 Mbit/s");
    assert!(total.covered > 500 && total.missing > 500 && total.unmatched > 10, "{total:?}");
    for threads in ["2", "7"] {
        assert_same(&one, &run(&study, threads), |_| true);
    }
}

#[test]
fn any_order_of_the_input_gives_the_same_bytes() {
    let first = run(&MadeUp::new(SEED), "2");
    let second = run(&MadeUp::new(SEED).shuffled(), "2");
    let places = |folder: &TempDir| std::fs::read(folder.path().join("places.csv")).unwrap();
    assert!(places(&first) != places(&second), "the rows stand in another order");
    // The manifest tells the input files' checksums, rejects.csv their rows, and join.state both; those are other files now. The
    // saved result and the workbook's sheet of sources have the checksums too.
    let tells = ["manifest.json", "rejects.csv", "join.state", "report.html", "result.nittio", "tables.xlsx"];
    assert_same(&first, &second, |name| !tells.contains(&name));
    // The report tells the checksums too, and is the same but for them.
    assert!(report_without_checksums(&first) == report_without_checksums(&second), "report.html differs");
}

fn report_without_checksums(folder: &TempDir) -> String {
    let output = folder.path().join("out");
    let mut report = std::fs::read_to_string(output.join("report.html")).unwrap();
    for input in outputs::manifest(&output)["inputs"].as_array().unwrap() {
        let sha256 = input["sha256"].as_str().unwrap();
        // The report shows the beginning of it.
        if let Some(shown) = (8..=64).rev().map(|length| &sha256[..length]).find(|shown| report.contains(shown)) {
            report = report.replace(shown, "checksum");
        }
    }
    report
}
