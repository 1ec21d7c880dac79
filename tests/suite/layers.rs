//! What the page's map can show besides areas: squares, where networks are, and dots. Each holds what the files of the run hold.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    outputs::{self, Row},
    program::{beside, nittio},
    tools::{output, python, tool},
};

/// An embedded study that asks for more under `[report]`, in a folder of its own.
pub fn study(name: &str, asks: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", name]).expect(0);
    let path = folder.path().join("nittio.toml");
    let text = fs::read_to_string(&path).unwrap();
    let asking = if text.contains("\n[report]\n") {
        text.replace("\n[report]\n", &format!("\n[report]\n{asks}\n"))
    } else {
        format!("{text}\n[report]\n{asks}\n")
    };
    fs::write(path, asking).unwrap();
    folder
}

/// The county with all layers, run once.
fn county() -> &'static PathBuf {
    static RUN: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, out) = RUN.get_or_init(|| {
        let folder = study("jonkoping", "grid = true\npoints = true\nfootprints = true");
        nittio(folder.path(), ["run", "--public"]).expect(0);
        let out = folder.path().join("out");
        (folder, out)
    });
    out
}

#[track_caller]
fn drive(report: &Path) -> Value {
    let folder = beside("../browser");
    assert!(folder.join("node_modules/playwright-core").exists(), "run `cargo xtask tools`");
    let mut command = tool("node");
    command.arg("layers.mjs").arg(report).current_dir(&folder);
    if let Some(pictures) = std::env::var_os("NITTIO_PICTURES") {
        command.arg(pictures);
    }
    serde_json::from_str(&output(&mut command).expect(0).stdout).expect("layers.mjs prints JSON")
}

/// The number that stands after some words, as Swedish pages write numbers, before the end of the sentence.
#[track_caller]
fn number_after(text: &str, words: &str) -> u64 {
    let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("{text:?} says {words:?}"));
    let digits: String = rest.chars().take_while(|&c| c != '.').filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("{text:?} says how many"))
}

/// Holds every square of the page against `grid.csv`, and says how many were compared.
#[track_caller]
fn assert_squares_agree(folder: &Path, found: &Value) -> usize {
    let mut file: BTreeMap<[String; 3], Vec<[u64; 5]>> = BTreeMap::new();
    for row in outputs::csv(&folder.join("grid.csv")) {
        let key = ["profile", "measure", "unit"].map(|column| row[column].clone());
        let numbers = ["easting", "northing", "total", "missing", "unmatched"].map(|c| row[c].parse().unwrap());
        file.entry(key).or_default().push(numbers);
    }
    let mut compared = 0;
    for setting in found["squares"]["found"].as_array().unwrap() {
        let text = |key: &str| setting[key].as_str().unwrap();
        let speed = text("goal").split_once(' ').unwrap().1;
        let key = [text("definition").to_owned(), format!("down>={speed} Mbit/s"), text("unit").to_owned()];
        let numbers = |square: &Value| {
            ["easting", "northing", "total", "missing", "unmatched"].map(|name| square[name].as_u64().unwrap())
        };
        let mut page: Vec<[u64; 5]> = setting["figures"].as_array().unwrap().iter().map(numbers).collect();
        page.sort_unstable();
        let mut rows = file.get(&key).cloned().unwrap_or_default();
        rows.sort_unstable();
        assert!(page == rows, "{key:?}: {} squares, in the file {}", page.len(), rows.len());
        compared += page.len();

        // The table: how many squares anybody lacks it in, and those where most do.
        rows.retain(|square| square[3] > 0);
        let said = setting["rows"].as_array().unwrap();
        assert_eq!(said.len(), rows.len().min(5), "{key:?}");
        if rows.is_empty() {
            continue;
        }
        rows.sort_by_key(|&[easting, northing, _, missing, _]| (u64::MAX - missing, easting, northing));
        for (said, square) in said.iter().zip(&rows) {
            let [easting, northing, ..] = square;
            assert_eq!(said[0].as_str().unwrap(), format!("Ruta {easting:06}{northing:07}"), "{key:?}");
        }
        let caption = text("caption");
        assert_eq!(number_after(caption, "saknar det: "), rows.len() as u64, "{caption}");
    }
    compared
}

#[track_caller]
fn assert_looks_well(found: &Value) {
    assert_eq!((&found["complaints"], &found["requests"]), (&json!([]), &json!([])), "console and network");
    for (width, look) in found["looks"].as_object().unwrap() {
        assert_eq!((&look["complaints"], &look["requests"]), (&json!([]), &json!([])), "{width}");
        for (layer, seen) in look["found"].as_object().unwrap() {
            assert_eq!(seen, &json!({ "violations": [], "overflow": 0 }), "{layer} at {width} pixels");
        }
    }
    let keys = found["keys"].as_object().unwrap();
    assert!(!keys.is_empty() && keys.values().all(|checked| *checked == json!(true)), "by keyboard: {keys:?}");
}

#[test]
fn squares_of_the_page_are_those_that_were_counted_by_hand() {
    let folder = study("toyland", "grid = true");
    nittio(folder.path(), ["run"]).expect(0);
    let out = folder.path().join("out");
    let found = drive(&out.join("report.html"));
    assert_looks_well(&found);
    assert!(assert_squares_agree(&out, &found) > 20);
    let setting = found["squares"]["found"].as_array().unwrap().iter().find(|setting| {
        setting["definition"] == "connected+passed"
            && setting["unit"] == "places"
            && setting["goal"].as_str().unwrap().ends_with(" 100")
    });
    // As `grid.rs` counts them: P02, P08, P10 and P12 west of 1000 metres, P09 east of it; P13 cannot be assessed.
    let rows = json!([["Ruta 0000000000000", "10", "4", "0"], ["Ruta 0010000000000", "3", "1", "1"]]);
    assert_eq!(setting.unwrap()["rows"], rows);
    for elsewhere in found["squares"]["elsewhere"].as_array().unwrap() {
        assert_eq!((&elsewhere["figures"], &elsewhere["rows"]), (&json!([]), &json!([])));
        assert!(elsewhere["caption"].as_str().unwrap().contains("utan scenario"), "{elsewhere}");
    }
}

#[test]
fn the_county_shows_its_squares_networks_and_dots() {
    let out = county();
    let report = out.join("report.html");
    let bytes = fs::metadata(&report).unwrap().len();
    assert!(bytes < 3_000_000, "the page weighs {bytes} bytes");
    let found = drive(&report);
    assert_looks_well(&found);
    assert!(assert_squares_agree(out, &found) > 10_000);

    let layers = found["sketch"]["layers"]["layers"].as_array().unwrap();
    assert!(layers.len() >= 4, "{} technologies", layers.len());
    assert!(found["data"]["sketch"].as_u64().unwrap() < 600_000, "{}", found["data"]);

    let dots = &found["dots"];
    assert!(dots["wrong"].as_str().unwrap().contains("hör inte till den här rapporten"), "{}", dots["wrong"]);
    // What the figures say but for places without a position, which have no dot.
    let figures: BTreeMap<[String; 3], u64> = outputs::csv(&out.join("indicators.csv"))
        .iter()
        .filter(|row| row["level"] == "total" && row["category"] == "all" && row["unit"] == "places")
        .map(|row| (["profile", "measure", "settlement"].map(|key| row[key].clone()), row["missing"].parse().unwrap()))
        .collect();
    let said = dots["found"].as_array().unwrap();
    assert!(said.len() > 10);
    for setting in said {
        let text = |key: &str| setting[key].as_str().unwrap();
        let measure = format!("down>={} Mbit/s", text("goal").split_once(' ').unwrap().1);
        let of = |class: &str| {
            figures.get(&[text("definition").to_owned(), measure.clone(), class.to_owned()]).copied().unwrap_or(0)
        };
        let class = text("settlement");
        let expected = if class == "all" { of("all") - of("unknown") } else { of(class) };
        if class != "unknown" {
            assert_eq!(number_after(text("said"), "bit/s: "), expected, "{setting}");
        }
    }
    assert!(dots["close"]["dots"] == dots["close"]["places"], "every place is a dot when one looks closely: {dots}");
    assert!(dots["whole"]["dots"].as_u64() < dots["whole"]["places"].as_u64(), "from afar one stands for several");
}

#[test]
fn readers_by_others_find_every_place_that_lacks_a_speed() {
    let out = county();
    let goals = outputs::csv(&out.join("goals.csv"));
    let highest = goals.iter().map(|row: &Row| row["down_mbps"].parse::<u32>().unwrap()).max().unwrap();
    let found = python("tiles.py", &[out, Path::new(&highest.to_string())]);
    let places = found["places"].as_u64().unwrap();
    assert!(places > 1000, "{places} places");
    let levels = found["levels"].as_object().unwrap();
    assert_eq!(levels.len(), 14);
    for (zoom, level) in levels {
        assert_eq!(level["places"], places, "zoom {zoom}");
    }
    assert_eq!(levels["13"]["dots"], places, "the closest level is complete");
    assert!(levels["0"]["dots"].as_u64().unwrap() <= 6000, "the first tile is small");
    // A step of the closest tiles is 1.2 metres on Mercator's map, each way.
    assert!(found["far"].as_f64().unwrap() < 1.8, "{}", found["far"]);
    assert_eq!(found["same"], true, "what is said of the dots is what places.parquet says of places");
    assert_eq!(found["gdal"]["crs"], "EPSG:3857", "{}", found["gdal"]);
    assert_eq!(found["gdal"]["features"], places);
}

#[test]
fn layers_are_drawn_again_byte_for_byte_and_stay_in_the_internal_edition() {
    let out = county();
    let before = outputs::files(out);
    outputs::assert_whole(&before);
    nittio(out.parent().unwrap(), ["report", "out", "--output", "again"]).expect(0);
    let again = outputs::files(&out.parent().unwrap().join("again"));
    assert!(again["report.html"] == before["report.html"], "the same page");

    let public = String::from_utf8(before["public/report.html"].clone()).unwrap();
    for layer in ["squares", "sketch", "dots"] {
        assert!(public.contains(&format!("\"{layer}\":null")), "the public page's map has no {layer}");
    }
    assert!(!before.keys().any(|name| name.starts_with("public/") && name.contains("pmtiles")));
    nittio(out.parent().unwrap(), ["verify", "--public", "out/public"]).expect(0);
    let copy = TempDir::new().unwrap();
    for (name, bytes) in before.iter().filter_map(|(name, bytes)| Some((name.strip_prefix("public/")?, bytes))) {
        let path = copy.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    fs::write(copy.path().join("places-lacking.pmtiles"), &before["places-lacking.pmtiles"]).unwrap();
    let ran = nittio(copy.path(), ["verify", "--public", "."]).expect(1);
    assert!(ran.stdout.contains("places-lacking.pmtiles: this file may not be in a public edition"), "{}", ran.stdout);
}

#[test]
fn layers_are_the_same_with_one_thread_and_since_the_last_run() {
    let folder = study("jonkoping", "grid = true\npoints = true");
    // What is near needs all places joined anew.
    let path = folder.path().join("nittio.toml");
    let near = "[[profiles]]\nuse = \"connected+passed+near\"\n";
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(near));
    fs::write(&path, text.replace(near, "")).unwrap();
    let run = |more: &[&str]| nittio(folder.path(), [&["run"], more].concat()).expect(0);
    run(&[]);
    run(&["--threads", "1", "--output", "one"]);
    let since = run(&["--since", "out", "--output", "since"]);
    assert!(since.stderr.contains("places joined anew; the rest is as in"), "{}", since.stderr);
    let files = |name: &str| {
        let mut files = outputs::files(&folder.path().join(name));
        files.retain(|name, _| ["report.html", "result.nittio", "places-lacking.pmtiles"].contains(&name.as_str()));
        files
    };
    assert_eq!(files("out").len(), 3);
    assert!(files("one") == files("out"), "with one thread");
    assert!(files("since") == files("out"), "since the last run");

    // Where networks are is drawn from all footprints, with one thread too.
    let text = fs::read_to_string(&path).unwrap().replace("points = true", "footprints = true");
    fs::write(&path, text).unwrap();
    let drawn = run(&["--since", "out", "--output", "drawn"]);
    assert!(drawn.stderr.contains("which is drawn from all footprints"), "{}", drawn.stderr);
    run(&["--threads", "1", "--output", "drawn-by-one"]);
    assert!(files("drawn") == files("drawn-by-one"));
    assert!(!files("drawn").contains_key("places-lacking.pmtiles"), "only where asked");
}

#[test]
fn dots_without_a_place_on_earth_are_refused() {
    let folder = study("toyland", "points = true");
    let said = nittio(folder.path(), ["run"]).expect_error().stderr;
    assert!(said.contains("dots need a place on Earth") && said.contains("nittio.toml"), "{said}");
}
