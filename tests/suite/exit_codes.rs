//! Exit codes and streams: 0 done, 1 done and the answer is no, 2 not done. Results alone on standard output.

use std::{fs, process::Stdio};

use tempfile::TempDir;

use crate::{
    outputs,
    program::{command, nittio, path},
};

/// Two places in one square that a network covers wholly: nothing odd, and every goal is met.
fn clean() -> TempDir {
    let folder = TempDir::new().unwrap();
    let square = |properties: &str| {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{{properties}}},"geometry":
            {{"type":"Polygon","coordinates":[[[0,0],[100,0],[100,100],[0,100],[0,0]]]}}}}]}}"#
        )
    };
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("places.csv", "id,x,y,bef\na,10,10,3\nb,90,90,4\n");
    write("net.geojson", &square(r#""name":"N""#));
    write("areas.geojson", &square(r#""code":"0101","name":"Ett""#));
    write(
        "nittio.toml",
        r#"
[study]
name = "Clean"
as_of = 2024-12-31
crs = "as-is"
locale = "en"

[[places]]
path = "places.csv"
id = "id"
easting = "x"
northing = "y"
units = { population = "bef" }

[[footprints]]
path = "net.geojson"
crs = "as-is"
operator = "Alfa"
technology = "fibre"
down = "1 Gbit/s"

[areas.municipality]
path = "areas.geojson"
crs = "as-is"
code = "code"
name = "name"

[[goals]]
use = "se-2009-2020"
units = ["population"]
"#,
    );
    folder
}

/// Changes one thing in a file of a study.
#[track_caller]
fn change(folder: &TempDir, file: &str, from: &str, to: &str) {
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn check_of_a_clean_study_is_0() {
    let folder = clean();
    let ran = nittio(folder.path(), ["check", "--format", "csv"]).expect(0);
    assert_eq!(ran.stdout, "file,row,id,finding,action,message\r\n");
    assert!(ran.stderr.contains("0 findings"), "{}", ran.stderr);
}

#[test]
fn check_with_findings_is_1_and_lists_them() {
    let folder = clean();
    change(&folder, "places.csv", "b,90,90,4", "b,90,90,4\nb,50,50,1");
    let ran = nittio(folder.path(), ["check", "--format", "json"]).expect(1);
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(
        (&found[0]["finding"], &found[0]["row"], &found[0]["id"]),
        (&"duplicate-id".into(), &4.into(), &"b".into())
    );
}

#[test]
fn a_met_goal_is_0_and_a_missed_one_is_1_under_fail_on_goal() {
    let folder = clean();
    nittio(folder.path(), ["run", "--fail-on", "goal"]).expect(0);
    change(&folder, "nittio.toml", "1 Gbit/s", "50 Mbit/s");
    nittio(folder.path(), ["run"]).expect(0);
    let ran = nittio(folder.path(), ["run", "--fail-on", "goal"]).expect(1);
    assert!(ran.stdout.contains("missed"), "the results are printed all the same: {}", ran.stdout);
    assert!(folder.path().join("out/manifest.json").exists(), "and written");
}

#[test]
fn findings_are_1_only_under_fail_on_findings() {
    let folder = clean();
    nittio(folder.path(), ["run", "--fail-on", "findings"]).expect(0);
    change(&folder, "places.csv", "90,90", "900,90");
    nittio(folder.path(), ["run"]).expect(0);
    nittio(folder.path(), ["run", "--fail-on", "findings"]).expect(1);
}

#[test]
fn what_cannot_be_understood_is_2() {
    let folder = clean();
    nittio(folder.path(), ["walk"]).expect(2);
    nittio(folder.path(), ["run", "--threads", "0"]).expect(2);
    nittio(folder.path(), ["run", "--project", "nowhere/nittio.toml"]).expect_error();
    change(&folder, "nittio.toml", "crs = \"as-is\"\nlocale", "crs = as-is\nlocale");
    for command in ["check", "run"] {
        let ran = nittio(folder.path(), [command]).expect_error();
        assert!(ran.stderr.contains("nittio.toml"), "{}", ran.stderr);
    }
    assert!(!folder.path().join("out").exists());
}

#[test]
fn results_are_on_standard_output_and_all_else_on_standard_error() {
    let folder = clean();
    let csv = nittio(folder.path(), ["run"]).expect(0);
    assert!(outputs::csv_text(&csv.stdout).iter().any(|row| row["code"] == "0101"), "{}", csv.stdout);
    assert!(csv.stderr.contains("report.html"), "{}", csv.stderr);
    let json = nittio(folder.path(), ["run", "--format", "json"]).expect(0);
    serde_json::from_str::<serde_json::Value>(&json.stdout).unwrap();
    let geojson = nittio(folder.path(), ["run", "--format", "geojson"]).expect(0);
    let geojson: serde_json::Value = serde_json::from_str(&geojson.stdout).unwrap();
    assert_eq!(geojson["type"], "FeatureCollection");
    let table = nittio(folder.path(), ["run", "--format", "table"]).expect(0);
    assert!(table.stdout.contains("0101  Ett") && table.stdout.contains("100.0%"), "{}", table.stdout);
}

#[test]
#[cfg(unix)]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = clean();
    let piped = format!("'{}' run --format csv | head -n 1", path().display());
    let ran = std::process::Command::new("bash")
        .args(["-c", &format!("set -o pipefail; {piped}")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(ran.stdout.starts_with(b"level,code,name"));

    // A reader that is gone before anything is written.
    let mut child = command(folder.path()).arg("run").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("error") && !said.contains("panicked"), "{said}");
    assert!(folder.path().join("out/manifest.json").exists());
}
