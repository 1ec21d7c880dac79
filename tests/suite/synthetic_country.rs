//! A country made up by `nittio generate`: `nittio run` finds in it what GEOS finds.

use std::{collections::BTreeMap, fs, process::Command};

use tempfile::TempDir;

use crate::{
    figures::Figures,
    outputs,
    program::{Ran, nittio, path},
    tools::python,
};

const SMALL: [&str; 7] = ["generate", "--places", "2000", "--seed", "1", "--scale", "0.02"];

fn generate(folder: &TempDir, more: &[&str]) -> Ran {
    nittio(folder.path(), SMALL.iter().chain(more))
}

#[test]
fn a_run_on_a_made_up_country_finds_what_geos_finds() {
    let folder = TempDir::new().unwrap();
    generate(&folder, &["--output", "land"]).expect(0);
    let ran = nittio(folder.path(), ["run", "--project", "land"]).expect(0);
    assert!(!ran.stderr.contains("error"), "{}", ran.stderr);
    let found = python("country.py", &[&folder.path().join("land")]);
    assert_eq!((&found["ids"], &found["invalid"], &found["coverage"]), (&true.into(), &0.into(), &true.into()));

    let out = folder.path().join("out");
    let figures = Figures::of_run(&out);
    let profile = outputs::manifest(&out)["definitions"]["profiles"][0]["key"].as_str().unwrap().to_owned();
    let codes = found["codes"].as_array().unwrap();
    assert_eq!(codes.len(), 290);
    let mut sums = BTreeMap::new();
    for code in codes.iter().map(|code| code.as_str().unwrap()) {
        let geos = &found["municipalities"][code];
        let geos = |key: &str| geos[key].as_u64().unwrap_or(0);
        for unit in ["places", "population", "households", "workplaces"] {
            let figure = figures.get(("municipality", code), &profile, unit, "down>=100 Mbit/s");
            assert_eq!(figure.total, geos(unit), "{unit} in {code}");
            *sums.entry(unit).or_insert(0) += figure.total;
        }
        let fast = figures.get(("municipality", code), &profile, "population", "down>=100 Mbit/s");
        assert_eq!(fast.covered, geos("fast"), "people with 100 Mbit/s in {code}");
    }
    let outside = found["municipalities"][""]["places"].as_u64().unwrap_or(0);
    assert_eq!(sums["places"] + outside, 2000);
    assert!(outside < 40, "{outside}");
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    generate(&folder, &["--output", "one", "--threads", "1"]).expect(0);
    generate(&folder, &["--output", "three", "--threads", "3"]).expect(0);
    assert!(outputs::files(&folder.path().join("one")) == outputs::files(&folder.path().join("three")));
}

#[test]
fn every_format_is_read_alike() {
    let folder = TempDir::new().unwrap();
    let tables: Vec<String> = ["parquet", "geoparquet", "csv", "geojson"]
        .into_iter()
        .map(|format| {
            generate(&folder, &["--output", "land", "--format", format, "--order", "random"]).expect(0);
            nittio(folder.path(), ["run", "--project", "land"]).expect(0).stdout
        })
        .collect();
    assert!(tables[0].lines().count() > 290);
    assert!(tables.iter().all(|table| *table == tables[0]));
    let places: Vec<String> = outputs::files(&folder.path().join("land")).into_keys().collect();
    assert!(places.contains(&"places.geojson".to_owned()) && !places.contains(&"places.csv".to_owned()), "{places:?}");
}

#[test]
fn what_cannot_be_made_is_said_in_one_line_and_nothing_is_left() {
    let folder = TempDir::new().unwrap();
    for (flag, value, hint) in [
        ("--places", "0", "from 1 to 200000000"),
        ("--places", "201M", "from 1 to 200000000"),
        ("--places", "10G", "250000, 250k or 10M"),
        ("--scale", "0", "up to 1"),
    ] {
        let mut arguments = vec!["generate", "--seed", "1", "--output", "land", flag, value];
        if flag != "--places" {
            arguments.extend(["--places", "10"]);
        }
        let ran = nittio(folder.path(), arguments).expect_error();
        assert!(ran.stderr.contains(hint), "{}", ran.stderr);
        assert!(!folder.path().join("land").exists());
    }
    fs::create_dir(folder.path().join("mine")).unwrap();
    fs::write(folder.path().join("mine/thesis.txt"), "mine").unwrap();
    let ran = generate(&folder, &["--output", "mine"]).expect_error();
    assert!(ran.stderr.contains("--force") && ran.stderr.lines().count() == 1, "{}", ran.stderr);
    assert_eq!(fs::read_dir(folder.path().join("mine")).unwrap().count(), 1);
    generate(&folder, &["--output", "mine", "--force"]).expect(0);
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_may_not_grow_further_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    // 2048 blocks are at most 2 MiB; the municipalities alone are larger. Without the trap the signal would kill the program.
    let arguments = SMALL.join(" ");
    let script = format!("trap '' XFSZ; ulimit -f 2048; exec '{}' {arguments} --output land", path().display());
    let ran: Ran = Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output().unwrap().into();
    let ran = ran.expect_error();
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("municipalities.parquet") && ran.stderr.contains("nothing was changed"),
        "{}",
        ran.stderr
    );
    assert!(!folder.path().join("land").exists());
}

#[test]
fn a_killed_run_leaves_no_file_with_a_final_name() {
    let folder = TempDir::new().unwrap();
    let mut child = crate::program::command(folder.path())
        .args(["generate", "--places", "50M", "--seed", "1", "--scale", "0.02", "--output", "land"])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let land = folder.path().join("land");
    let writing = |name: &str| {
        let hidden = fs::read_dir(&land).into_iter().flatten().map(|entry| entry.unwrap().path());
        hidden.into_iter().any(|path| path.join(name).metadata().is_ok_and(|file| file.len() > 1_000_000))
    };
    while !writing("places.parquet") {
        assert!(child.try_wait().unwrap().is_none(), "it was to be killed before it was done");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let names: Vec<String> =
        fs::read_dir(&land).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    assert!(names.iter().all(|name| name.starts_with(".nittio-generate-")) && names.len() == 1, "{names:?}");
    // The next run takes what was left away.
    generate(&folder, &["--output", "land"]).expect(0);
    assert!(fs::read_dir(&land).unwrap().all(|e| !e.unwrap().file_name().to_string_lossy().starts_with('.')));
}
