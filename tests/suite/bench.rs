//! `nittio bench`: phases add up to the whole, sizes are those of the study, and verdicts follow the rule.

use std::{fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;

use crate::{outputs, program::nittio};

const SMALL: [&str; 9] = ["bench", "--preset", "small", "--places", "500", "--scale", "0.02", "--repeat", "2"];

/// The phases that follow each other on the clock, and those that are stages of the stream.
const WALL: [&str; 7] = ["polygons", "open", "index", "stream", "merge", "evaluate", "write"];
const STREAMED: [&str; 4] = ["read", "join", "tally", "sort"];

/// All of them in the order of rows.
const ORDER: [&str; 12] =
    ["polygons", "open", "index", "stream", "read", "join", "tally", "sort", "merge", "evaluate", "write", "total"];

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn sum(seconds: &Value, phases: &[&str]) -> f64 {
    phases.iter().map(|&phase| number(&seconds[phase])).sum()
}

/// A measurement of the small preset on one thread and on two.
fn measured() -> (TempDir, Value) {
    let folder = TempDir::new().unwrap();
    let ran = nittio(folder.path(), SMALL.into_iter().chain(["--threads", "2,1", "--output", "bench"])).expect(0);
    let rows = outputs::csv_text(&ran.stdout);
    let phases: Vec<&str> = rows.iter().map(|row| row["phase"].as_str()).collect();
    assert_eq!(phases, [ORDER, ORDER].concat());
    let record = json(&folder.path().join("bench/bench.json"));
    (folder, record)
}

/// Writes a record that differs from another in what is done to it.
fn doctored(folder: &TempDir, record: &Value, change: impl FnOnce(&mut Value)) -> String {
    let mut other = record.clone();
    change(&mut other);
    fs::write(folder.path().join("other.json"), other.to_string()).unwrap();
    "other.json".to_owned()
}

/// All times of a record, multiplied.
fn stretch(record: &mut Value, factor: f64) {
    let stretched = |value: &mut Value| *value = (number(value) * factor).into();
    for case in record["cases"].as_array_mut().unwrap() {
        for spread in case["phases"].as_object_mut().unwrap().values_mut() {
            ["median_s", "min_s", "max_s"].into_iter().for_each(|key| stretched(&mut spread[key]));
        }
    }
}

#[test]
fn phases_add_up_and_sizes_are_what_was_generated() {
    let (folder, record) = measured();
    nittio(folder.path(), ["generate", "--places", "500", "--seed", "1", "--scale", "0.02", "--output", "land"])
        .expect(0);
    let generated = json(&folder.path().join("land/generated.json"));
    let files = generated["files"].as_array().unwrap();
    let footprints = files.iter().filter(|file| file["name"].as_str().unwrap().starts_with("footprints_"));
    let footprints: u64 = footprints.map(|file| file["rows"].as_u64().unwrap()).sum();
    let cases = record["cases"].as_array().unwrap();
    assert_eq!(cases.iter().map(|case| case["threads"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
    for case in cases {
        assert_eq!(case["places"], 500);
        assert_eq!(case["footprints"], footprints);
        assert!(case["index_bytes"].as_u64() > case["vertices"].as_u64());
        assert_eq!(case["peak_bytes"].is_u64(), cfg!(target_os = "linux"));
        let runs = case["runs"].as_array().unwrap();
        assert_eq!(runs.len(), 2);
        for run in runs {
            let seconds = &run["seconds"];
            let (total, wall) = (number(&seconds["total"]), sum(seconds, &WALL));
            assert!((total - wall).abs() < 1e-6, "{seconds}");
            assert!(STREAMED.iter().all(|&phase| number(&seconds[phase]) > 0.0), "{seconds}");
            let threads = number(&case["threads"]);
            assert!(sum(seconds, &STREAMED) <= threads * number(&seconds["stream"]), "{threads} threads: {seconds}");
        }
        for phase in WALL.into_iter().chain(STREAMED).chain(["total"]) {
            let mut times = [0, 1].map(|run| number(&runs[run]["seconds"][phase]));
            times.sort_by(f64::total_cmp);
            let spread = &case["phases"][phase];
            assert_eq!([&spread["min_s"], &spread["max_s"]].map(number), times, "{phase}");
            let median = (times[0] + times[1]) / 2.0;
            assert!((number(&spread["median_s"]) - median).abs() < 1e-12, "{phase}");
            assert!((number(&spread["ns_per_place"]) - median * 1e9 / 500.0).abs() < 1e-3, "{phase}");
            assert_eq!(spread["counted"], if STREAMED.contains(&phase) { "threads" } else { "wall" });
        }
    }
    let picture = fs::read_to_string(folder.path().join("bench/bench.svg")).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains("500 places in"), "{}", &picture[..200]);
    assert_eq!(fs::read_dir(folder.path().join("bench")).unwrap().count(), 2, "nothing else is left there");
}

#[test]
fn a_measurement_is_the_same_as_itself_and_slower_than_a_faster_one() {
    let (folder, record) = measured();
    let compare = |last: &str| nittio(folder.path(), ["bench", "--measured", "bench/bench.json", "--compare", last]);
    let verdicts =
        |text: &str| -> Vec<String> { outputs::csv_text(text).iter().map(|row| row["verdict"].clone()).collect() };
    let same = compare("bench/bench.json").expect(0);
    assert!(verdicts(&same.stdout).iter().all(|verdict| verdict == "same"), "{}", same.stdout);

    let last = doctored(&folder, &record, |record| stretch(record, 0.01));
    let slower = compare(&last).expect(1);
    // All runs are far beyond a hundredth of themselves. What is left is that a millisecond more is the same.
    let cases = record["cases"].as_array().unwrap().iter();
    let expected: Vec<&str> = cases
        .flat_map(|case| ORDER.map(|phase| &case["phases"][phase]))
        .map(|spread| {
            let apart = number(&spread["min_s"]) > 0.01 * number(&spread["max_s"]);
            if apart && 0.99 * number(&spread["median_s"]) > 0.001 { "slower" } else { "same" }
        })
        .collect();
    assert_eq!(verdicts(&slower.stdout), expected);
    assert!(expected.contains(&"slower"));

    let last = doctored(&folder, &record, |record| stretch(record, 100.0));
    let faster = compare(&last).expect(0);
    assert!(verdicts(&faster.stdout).contains(&"faster".to_owned()), "{}", faster.stdout);
}

#[test]
fn a_new_measurement_is_held_against_an_old_one() {
    let (folder, record) = measured();
    let last = doctored(&folder, &record, |record| stretch(record, 0.001));
    let args = SMALL.into_iter().chain(["--threads", "1", "--compare", &last, "--format", "table"]);
    let ran = nittio(folder.path(), args).expect(1);
    assert!(ran.stdout.contains("slower"), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    let (folder, record) = measured();
    let against = |change: fn(&mut Value)| {
        let last = doctored(&folder, &record, change);
        nittio(folder.path(), ["bench", "--measured", "bench/bench.json", "--compare", &last]).expect_error().stderr
    };
    let said = against(|record| record["study"]["preset"] = "county, seed 1".into());
    assert!(said.contains("other.json") && said.contains("another study: the preset county, seed 1"), "{said}");
    let said = against(|record| record["study"]["preset"] = Value::Null);
    assert!(said.contains("another study: \"A made-up country, seed 1\""), "{said}");
    let said = against(|record| record["machine"]["cores"] = 1000.into());
    assert!(said.contains("another machine") && said.contains("1000 cores"), "{said}");
    let said = against(|record| record["cases"][1]["runs"].as_array_mut().unwrap().truncate(1));
    assert!(said.contains("--repeat"), "{said}");
    let said = against(|record| *record = "no measurement".into());
    assert!(said.contains("no bench.json"), "{said}");
    let nowhere = ["bench", "--measured", "bench/bench.json", "--compare", "nowhere.json"];
    nittio(folder.path(), nowhere).expect_error();
    // Before there is anything to print.
    let last = doctored(&folder, &record, |record| record["study"]["preset"] = "county, seed 1".into());
    let said = nittio(folder.path(), SMALL.into_iter().chain(["--compare", &last])).expect_error().stderr;
    assert!(said.contains("other.json: it measured another study"), "{said}");
    let once = ["bench", "--preset", "small", "--places", "5", "--repeat", "1", "--compare", "bench/bench.json"];
    assert!(nittio(folder.path(), once).expect_error().stderr.contains("--repeat"));
    nittio(folder.path(), ["bench", "--places", "5"]).expect(2);
    nittio(folder.path(), ["bench", "--preset", "small", "--scale", "2"]).expect_error();
}

#[test]
fn growth_is_measured_on_the_first_batches_of_a_study() {
    let folder = TempDir::new().unwrap();
    let generate = |places: &str, output: &str| {
        nittio(folder.path(), ["generate", "--places", places, "--seed", "1", "--scale", "0.02", "--output", output])
            .expect(0);
    };
    // A batch is a row group of 131 072 places: four of them, of which a tenth is one and a third are two.
    generate("400000", "land");
    let ran = nittio(folder.path(), ["bench", "--project", "land", "--growth", "--repeat", "1", "--format", "json"]);
    let record: Value = serde_json::from_str(&ran.expect(0).stdout).unwrap();
    assert_eq!(record["growth"][0]["with"], "places");
    assert_eq!(record["growth"][0]["sizes"], serde_json::json!([131_072, 262_144, 400_000]));
    assert!(record["growth"][0]["exponents"]["write"].is_number(), "{}", record["growth"]);

    // Two batches: a tenth and a third are the same.
    generate("200000", "town");
    let ran = nittio(folder.path(), ["bench", "--project", "town", "--growth", "--repeat", "1", "--format", "json"]);
    let record: Value = serde_json::from_str(&ran.expect(0).stdout).unwrap();
    assert_eq!(record["growth"][0]["sizes"], serde_json::json!([131_072, 200_000]));

    generate("1000", "hamlet");
    let ran = nittio(folder.path(), ["bench", "--project", "hamlet", "--growth"]).expect_error();
    assert!(ran.stderr.contains("1000 places come in too few batches"), "{}", ran.stderr);
}

#[test]
fn growth_of_a_preset_is_measured_on_countries_of_their_own() {
    let folder = TempDir::new().unwrap();
    let args = ["bench", "--preset", "small", "--places", "900", "--growth", "--scale", "0.02,0.01"];
    let ran = nittio(folder.path(), args.into_iter().chain(["--repeat", "1", "--format", "json"]));
    let record: Value = serde_json::from_str(&ran.expect(0).stdout).unwrap();
    let growths: Vec<(&str, usize)> = record["growth"]
        .as_array()
        .unwrap()
        .iter()
        .map(|growth| (growth["with"].as_str().unwrap(), growth["sizes"].as_array().unwrap().len()))
        .collect();
    assert_eq!(growths, [("places", 3), ("places", 3), ("vertices", 2), ("vertices", 2), ("vertices", 2)]);
    assert_eq!(record["growth"][0]["sizes"], serde_json::json!([90, 300, 900]));
}
