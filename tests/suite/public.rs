//! The public edition: what it keeps back, what an attacker finds in it, and whether planted leaks are seen.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    jonkoping, outputs,
    outputs::Row,
    program::{Ran, nittio},
    tools::python,
};

/// An embedded study with both editions, run once; the internal one is in the folder, the public one in `public`.
pub fn example(name: &'static str) -> PathBuf {
    static RUNS: [OnceLock<PathBuf>; 2] = [const { OnceLock::new() }; 2];
    let run = || {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("public-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        nittio(&folder, ["run", "--example", name, "--public"]).expect(0);
        folder.join("out")
    };
    RUNS[usize::from(name == "toyland")].get_or_init(run).clone()
}

fn verify(public: &Path, internal: &Path) -> Ran {
    let arguments =
        ["verify".as_ref(), "--public".as_ref(), public.as_os_str(), "--internal".as_ref(), internal.as_os_str()];
    nittio(public, arguments)
}

const STUDY: &str = r#"
[study]
name = "Small"
as_of = 2024-12-31
crs = "as-is"
locale = "en"

[[places]]
path = "places.csv"
id = "id"
easting = "x"
northing = "y"
category = { column = "kind" }
units = { population = "pop" }
codes = { municipality = "code" }

[[offers]]
path = "offers.csv"
place = "id"
operator = { column = "operator" }
technology = { column = "technology" }
down = { column = "down" }
reach = { column = "reach" }

[areas.municipality]

[areas.county]
from = "municipality"
digits = 2

[[settlements]]
path = "settlements.geojson"
crs = "as-is"
class = "locality"

[[profiles]]
key = "both"
reach = ["connected", "passed"]

[[profiles]]
key = "connected"
reach = ["connected"]

[[goals]]
use = "se-2009-2020"
units = ["population"]

[indicators]
speeds = ["30 Mbit/s", "100 Mbit/s"]
"#;

/// A study of some dozens of places in three municipalities of two counties.
fn small(folder: &Path, seed: u64) {
    let mut state = seed;
    let mut below = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let (mut places, mut offers) =
        ("id,x,y,kind,pop,code\n".to_owned(), "id,operator,technology,down,reach\n".to_owned());
    for i in 0..50 + below(150) {
        let code = ["0101", "0102", "0201"][usize::try_from(below(3)).unwrap()];
        let (x, y, kind) = (below(100), below(100), if below(8) == 0 { "school" } else { "home" });
        let position = if below(20) == 0 { ",".to_owned() } else { format!("{x},{y}") };
        writeln!(places, "P{i:04},{position},{kind},{},{code}", below(6)).unwrap();
        for _ in 0..below(3) {
            let (operator, technology, down) =
                [("A", "fibre", 100), ("B", "cable", 100), ("C", "fwa", 30)][usize::try_from(below(3)).unwrap()];
            let reach = if below(3) == 0 { "connected" } else { "passed" };
            writeln!(offers, "P{i:04},{operator},{technology},{down},{reach}").unwrap();
        }
    }
    let square = "[[[0,0],[60,0],[60,100],[0,100],[0,0]]]";
    let settlements = format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":{square}}}}}]}}"#
    );
    for (name, text) in [
        ("nittio.toml", STUDY),
        ("places.csv", &places),
        ("offers.csv", &offers),
        ("settlements.geojson", &settlements),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
}

#[test]
fn an_attack_by_integer_programming_finds_nothing_in_a_public_edition_and_much_without_the_second_step() {
    for seed in [1, 2, 3, 4] {
        let folder = TempDir::new().unwrap();
        small(folder.path(), seed);
        nittio(folder.path(), ["run", "--public"]).expect(0);
        let (internal, public) = (folder.path().join("out"), folder.path().join("out/public"));
        let found = python("attack.py", &[&public, &internal]);
        assert!(found["attacked"].as_u64().unwrap() > 40, "seed {seed}: {found}");
        assert_eq!(found["found"], 0, "seed {seed}: {found}");
        // The attack has teeth.
        let naive = python("attack.py", &[&public, &internal, Path::new("naive")]);
        assert!(naive["found"].as_u64().unwrap() > 10, "seed {seed}: {naive}");
        verify(&public, &internal).expect(0);
    }
}

const KEY: [&str; 7] = ["level", "code", "settlement", "category", "profile", "unit", "measure"];
const COUNTS: [&str; 4] = ["total", "covered", "missing", "unmatched"];

/// The counts of a file by level, code, settlement, category, profile, unit and measure.
fn figures(folder: &Path) -> BTreeMap<[String; 7], [Option<u64>; 4]> {
    let rows = outputs::csv(&folder.join("indicators.csv"));
    let counts = |row: &Row| COUNTS.map(|column| row[column].parse().ok());
    rows.into_iter().map(|row| (KEY.map(|column| row[column].clone()), counts(&row))).collect()
}

/// The counts of an internal edition, with places without a position counted among those outside, as in public.
fn recoded(folder: &Path) -> BTreeMap<[String; 7], [u64; 4]> {
    let mut out: BTreeMap<[String; 7], [u64; 4]> = BTreeMap::new();
    for (mut key, counts) in figures(folder) {
        if key[2] == "unknown" {
            key[2] = "outside".to_owned();
        }
        let sum = out.entry(key).or_default();
        *sum = std::array::from_fn(|i| sum[i] + counts[i].unwrap());
    }
    out
}

#[test]
fn what_is_shown_is_what_the_internal_edition_has_and_never_small() {
    for name in ["jonkoping", "toyland"] {
        let internal = example(name);
        let (all, shown) = (recoded(&internal), figures(&internal.join("public")));
        assert!(all.keys().eq(shown.keys()));
        let mut hidden = 0;
        for (key, counts) in &shown {
            for (count, truth) in counts.iter().zip(all[key]) {
                let Some(count) = *count else {
                    hidden += 1;
                    continue;
                };
                assert_eq!(count, truth, "{key:?}");
                assert!(!(1..5).contains(&count) || key[5] == "andel", "{key:?}: {count}");
            }
        }
        assert!(hidden > 0, "{name} has small counts");
    }
}

#[test]
fn a_public_edition_passes_its_own_proof() {
    for name in ["jonkoping", "toyland"] {
        let internal = example(name);
        let ran = verify(&internal.join("public"), &internal).expect(0);
        assert!(ran.stdout.contains("this may be published") && !ran.stdout.contains("NO "), "{}", ran.stdout);
        outputs::assert_whole(&outputs::files(&internal.join("public")));
        outputs::assert_whole(&outputs::files(&internal));
    }
}

#[test]
fn both_editions_come_and_go_together() {
    let folder = TempDir::new().unwrap();
    small(folder.path(), 5);
    nittio(folder.path(), ["run", "--public"]).expect(0);
    let with = outputs::files(&folder.path().join("out"));
    nittio(folder.path(), ["run", "--threads", "1", "--public"]).expect(0);
    assert!(with == outputs::files(&folder.path().join("out")), "the same bytes, whatever the threads");
    nittio(folder.path(), ["run"]).expect(0);
    assert!(!folder.path().join("out/public").exists(), "an edition of an earlier run does not stay behind");
    let text = format!("{STUDY}\n[editions]\npublic = true\n");
    fs::write(folder.path().join("nittio.toml"), text).unwrap();
    nittio(folder.path(), ["run"]).expect(0);
    assert!(folder.path().join("out/public/manifest.json").exists());
}

/// Jönköping's public edition in a folder of its own, changed, with a manifest that knows the change.
fn leak(change: impl FnOnce(&Path)) -> Ran {
    let internal = example("jonkoping");
    let folder = TempDir::new().unwrap();
    for (name, bytes) in outputs::files(&internal.join("public")) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    change(folder.path());
    // Whoever leaks by mistake has a manifest that fits.
    let mut manifest = outputs::manifest(folder.path());
    let files = outputs::files(folder.path());
    let others = files.iter().filter(|(name, _)| *name != "manifest.json");
    let listed = others
        .map(|(name, bytes)| serde_json::json!({ "name": name, "sha256": outputs::hex(bytes), "bytes": bytes.len() }));
    manifest["outputs"] = Value::Array(listed.collect());
    fs::write(folder.path().join("manifest.json"), serde_json::to_string(&manifest).unwrap()).unwrap();
    verify(folder.path(), &internal)
}

#[track_caller]
fn assert_seen(ran: Ran, said: &str) {
    let ran = ran.expect(1);
    assert!(ran.stdout.contains("do not publish") && ran.stdout.contains(said), "{said}:\n{}", ran.stdout);
}

fn edit(path: &Path, change: impl FnOnce(String) -> String) {
    let text = fs::read_to_string(path).unwrap();
    let changed = change(text.clone());
    assert_ne!(text, changed, "something was changed");
    fs::write(path, changed).unwrap();
}

/// Puts the true counts of the internal edition into the first row that keeps them back and is wanted.
fn tell(folder: &Path, wanted: impl Fn([u64; 4]) -> bool) {
    let truth = recoded(&example("jonkoping"));
    edit(&folder.join("indicators.csv"), |text| {
        let mut told = false;
        let mut out = String::new();
        for (line, row) in text.lines().zip(std::iter::once(None).chain(outputs::csv_text(&text).into_iter().map(Some)))
        {
            let row = row.filter(|row| !told && row["covered"].is_empty() && !row["total"].is_empty());
            let all = row.map(|row| truth[&KEY.map(|column| row[column].clone())]).filter(|&all| wanted(all));
            if let Some(all) = all {
                told = true;
                let share = format!("{:.6}", all[1] as f64 / all[0] as f64);
                writeln!(out, "{},{},{share}\r", key_columns(line), all.map(|count| count.to_string()).join(","))
                    .unwrap();
            } else {
                writeln!(out, "{}\r", line.trim_end()).unwrap();
            }
        }
        out
    });
}

/// The first nine columns of a line.
fn key_columns(line: &str) -> &str {
    let (at, _) = line.match_indices(',').nth(8).unwrap();
    &line[..at]
}

/// A page of which the first drawn share with a decimal after some words is another one.
fn with_a_share(text: &str, words: &str, share: &str) -> String {
    let from = text.find(words).unwrap();
    let ends = text[from..].match_indices("\u{a0}%\n</text>").map(|(end, _)| from + end);
    let mut shares = ends.map(|end| (text[..end].rfind('\n').unwrap() + 1, end));
    let (start, end) = shares.find(|&(start, end)| text[start..end].contains(',')).unwrap();
    format!("{}{share}{}", &text[..start], &text[end..])
}

#[test]
fn every_kind_of_leak_is_seen() {
    let internal = example("jonkoping");
    let places = |_: &Path| fs::read(internal.join("places.parquet")).unwrap();
    assert_seen(
        leak(|f| fs::write(f.join("places.parquet"), places(f)).unwrap()),
        "places.parquet: this file may not be",
    );
    let copy = |name: &'static str| {
        let internal = internal.clone();
        move |folder: &Path| {
            fs::copy(internal.join(name), folder.join(name)).unwrap();
        }
    };
    assert_seen(leak(copy("rejects.csv")), "rejects.csv: this file may not be");
    assert_seen(leak(copy("services.csv")), "services.csv: this file may not be");
    assert_seen(leak(copy("indicators.csv")), "No count in indicators.csv is from 1 to 4");
    assert_seen(leak(copy("indicators.parquet")), "indicators.parquet, it has ");
    assert_seen(leak(copy("goals.csv")), "goals.csv, row");
    assert_seen(leak(copy("coverage.gpkg")), "coverage.gpkg, municipality");
    assert_seen(leak(copy("report.html")), "report.html, table");
    assert_seen(leak(copy("tables.xlsx")), "tables.xlsx, sheet");
    assert_seen(leak(copy("areas-excel.csv")), "areas-excel.csv, row");
    // A number that is kept back in none of the other files.
    let told = |text: String| text.replacen(",,", ",17,", 1);
    assert_seen(leak(|f| edit(&f.join("open-data/municipality.csv"), told)), "open-data/municipality.csv, row");
    let other = |text: String| text.replacen("_down_100\":", "_down_100\":1", 1);
    assert_seen(leak(|f| edit(&f.join("open-data/municipality.json"), other)), "open-data/municipality.json: ");
    let plant = |f: &Path, file: &str, column: &str| {
        python("plant.py", &[&f.join(file), Path::new(column)]);
    };
    for file in ["open-data/municipality.parquet", "open-data/municipality.gpkg"] {
        assert_seen(leak(|f| plant(f, file, "population_total")), &format!("{file}, row "));
    }
    let missing = "goal_missing_population";
    assert_seen(leak(|f| plant(f, "coverage.gpkg", missing)), "goal_missing_population is not what goals.csv");
    let verdict = |text: String| text.replacen(",missed,", ",met,", 1);
    assert_seen(leak(|f| edit(&f.join("open-data/municipality.csv"), verdict)), "goal_verdict is not what goals.csv");
    // A share that Jönköping has of nothing, beside its name and on its page.
    for (name, words) in [("report.html", "Jönköping\n</text>"), ("kommun/0680.html", "<svg")] {
        let seen = leak(|f| edit(&f.join(name), |text| with_a_share(&text, words, "13,3")));
        assert_seen(seen, "\"13,3\\u{a0}%\" beside");
    }
    let added = |f: &Path| fs::write(f.join("open-data/places.txt"), "x").unwrap();
    assert_seen(leak(added), "open-data/places.txt: this file may not be");
    // One small count; and one large one, which by subtraction gives a small one away.
    let small = |counts: [u64; 4]| (1..5).contains(&counts[1]);
    assert_seen(leak(|f| tell(f, small)), "covered is ");
    let id = outputs::parquet(&internal.join("places.parquet"))
        .column("id")
        .unwrap()
        .str()
        .unwrap()
        .get(0)
        .unwrap()
        .to_owned();
    let named = |text: String| text.replace("</footer>", &format!("<p>{id}</p></footer>"));
    assert_seen(leak(|f| edit(&f.join("report.html"), named)), "report.html: it has the id of a place");
    let frame = outputs::parquet(&internal.join("places.parquet"));
    let coordinate = |name: &str| frame.column(name).unwrap().f64().unwrap().iter().flatten().next().unwrap();
    let (east, north) = (coordinate("easting"), coordinate("northing"));
    let placed = |text: String| text.replace("</footer>", &format!("<p>{east:.1} {north:.1}</p></footer>"));
    assert_seen(leak(|f| edit(&f.join("report.html"), placed)), "report.html: it has where a place is");
    let script = |text: String| text.replace("</body>", "<script type=\"application/json\">{}</script></body>");
    assert_seen(leak(|f| edit(&f.join("report.html"), script)), "report.html: it has a script");
    what_a_page_may_not_be_given();
    let secret = |text: String| text.replacen("\"secrecy\": \"open\"", "\"secrecy\": \"secret\"", 1);
    assert_seen(leak(|f| edit(&f.join("manifest.json"), secret)), "is secret and has a `path`");
}

/// A page's script, the library of its map and what they are given: every change of them is seen.
fn what_a_page_may_not_be_given() {
    let page = |changes: &'static [(&str, &str)]| {
        leak(|f| {
            edit(&f.join("report.html"), |mut text| {
                for (from, to) in changes {
                    assert!(text.contains(from), "{from}");
                    text = text.replacen(from, to, 1);
                }
                text
            });
        })
    };
    let seen = |changes, said: &[&str]| {
        let ran = page(changes).expect(1);
        for said in said {
            assert!(ran.stdout.contains(said), "{said}:\n{}", ran.stdout);
        }
    };
    // The first row is everybody's: its first part is how many have the lowest speed, where that is shown.
    let figures = &[("\"rows\":[[", "\"rows\":[[1"), (",null", ",17")];
    seen(figures, &["total is 1", "is 17, and kept back in indicators.csv"]);
    let others = &[
        ("\"unknown\":\"", "\"unknown\":\"17 "),
        ("\"polygons\":[[[", "\"polygons\":[[[9"),
        ("\"use strict\";", "\"use strict\" ;"),
        ("id=\"live-library\">", "id=\"live-library\"> "),
    ];
    let said = [
        "a word is \"unknown: 17 ",
        "is not that of coverage.gpkg",
        "it has a script (<script) that is not this program's own",
    ];
    seen(others, &said);
    assert_seen(page(&[("\"dots\":null", "\"dots\":null,\"more\":[1]")]), "unknown field `more`");
    assert_seen(page(&[("\"published\":", "\"tally\":")]), "unknown field `tally`");
}

#[test]
fn a_large_count_that_gives_a_small_one_away_is_seen() {
    // Counts that are kept back although they are large are there for others' sake. Some are needed by several moves, so
    // not each alone gives something away; all of them together do.
    let ran = leak(|folder| {
        let truth = recoded(&example("jonkoping"));
        edit(&folder.join("indicators.csv"), |text| {
            let rows = outputs::csv_text(&text);
            let mut out = format!("{}\r\n", text.lines().next().unwrap().trim_end());
            for (line, row) in text.lines().skip(1).zip(rows) {
                let counts = truth[&KEY.map(|column| row[column].clone())];
                let shown = counts.map(|count| if (1..5).contains(&count) { String::new() } else { count.to_string() });
                let share = if shown[0].is_empty() || shown[1].is_empty() || counts[0] == 0 {
                    String::new()
                } else {
                    format!("{:.6}", counts[1] as f64 / counts[0] as f64)
                };
                writeln!(out, "{},{},{share}\r", key_columns(line), shown.join(",")).unwrap();
            }
            out
        });
    });
    assert_seen(ran, " is kept back, and it is ");
}

#[test]
fn a_file_that_was_changed_is_seen_by_its_hash() {
    let folder = TempDir::new().unwrap();
    small(folder.path(), 6);
    nittio(folder.path(), ["run", "--public"]).expect(0);
    let public = folder.path().join("out/public");
    edit(&public.join("goals.csv"), |text| text.replacen("withheld", "met", 1));
    let ran = nittio(folder.path(), ["verify", "--public", "out/public"]);
    assert_seen(ran, "goals.csv: it is not the file that the manifest lists");
    fs::remove_file(public.join("manifest.json")).unwrap();
    nittio(folder.path(), ["verify", "--public", "out/public"]).expect_error();
}

#[test]
fn a_secret_source_leaves_no_trace_but_its_part_of_the_whole() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "jonkoping"]).expect(0);
    let study = folder.path().join("nittio.toml");
    // The radio networks are secret; fixed radio comes from nowhere else.
    edit(&study, |text| {
        text.replace("path = \"radio.geojson\"", "path = \"radio.geojson\"\nsecrecy = \"secret\"\nlicence = \"NDA 17\"")
    });
    let with_index = || {
        nittio(folder.path(), ["index"]).expect(0);
        nittio(folder.path(), ["run", "--public", "--index", "nittio.index", "--output", "indexed"]).expect(0);
    };
    nittio(folder.path(), ["run", "--public"]).expect(0);
    let public = folder.path().join("out/public");
    let rows = outputs::csv(&public.join("indicators.csv"));
    assert!(rows.iter().all(|row| row["measure"] != "technology=fwa"), "it would single the source out");
    assert!(rows.iter().all(|row| row["measure"] != "operators>=2"), "and so would this");
    assert!(rows.iter().any(|row| row["measure"] == "technology=fibre" && !row["covered"].is_empty()));
    assert!(rows.iter().any(|row| row["measure"] == "covered" && !row["covered"].is_empty()));
    let radio = fs::read(folder.path().join("radio.geojson")).unwrap();
    for (name, bytes) in outputs::files(&public) {
        let text = String::from_utf8_lossy(&bytes);
        for word in ["radio.geojson", "NDA 17", "nittio.toml", &outputs::hex(&radio)[..12]] {
            assert!(!text.contains(word), "{name} has {word:?}");
        }
    }
    let internal = outputs::manifest(&folder.path().join("out"));
    assert!(internal.to_string().contains("NDA 17"), "internally it is known");
    let rests_on = &outputs::manifest(&public)["outputs"][0]["rests_on"];
    assert!(rests_on.as_array().unwrap().len() > 3, "{rests_on}");
    verify(&public, &folder.path().join("out")).expect(0);
    with_index();
    assert!(outputs::files(&public) == outputs::files(&folder.path().join("indexed/public")), "also with an index");
}

#[test]
fn the_public_report_says_nothing_that_the_public_table_does_not() {
    let internal = example("jonkoping");
    assert!(jonkoping::run().0.join("report.html").exists());
    let page = fs::read_to_string(internal.join("public/report.html")).unwrap();
    assert!(page.contains(">..<"), "numbers are kept back in it");
    assert!(page.contains("Två punkter (..) betyder"), "and it says what that means");
}

/// Two municipalities of twenty homes; three have fibre in the first and twelve in the second.
#[test]
fn what_is_kept_back_of_two_municipalities_is_what_the_method_says() {
    let folder = TempDir::new().unwrap();
    let (mut places, mut offers) = ("id,code\n".to_owned(), "id,down\n".to_owned());
    for (code, fibre) in [("0001", 3), ("0002", 12)] {
        for home in 0..20 {
            writeln!(places, "H{code}-{home:02},{code}").unwrap();
            if home < fibre {
                writeln!(offers, "H{code}-{home:02},100").unwrap();
            } else {
                writeln!(offers, "H{code}-{home:02},30").unwrap();
            }
        }
    }
    let study = r#"
[study]
name = "Two"
as_of = 2024-12-31

[[places]]
path = "places.csv"
id = "id"
codes = { municipality = "code" }

[[offers]]
path = "offers.csv"
place = "id"
operator = "Alfa"
technology = "fibre"
down = { column = "down" }

[areas.municipality]

[areas.county]
from = "municipality"
digits = 2

[[goals]]
use = "se-2009-2020"
units = ["places"]

[indicators]
speeds = ["30 Mbit/s", "100 Mbit/s"]
"#;
    for (name, text) in [("nittio.toml", study), ("places.csv", &places), ("offers.csv", &offers)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    nittio(folder.path(), ["run", "--public"]).expect(0);
    let public = folder.path().join("out/public");
    let shown = figures(&public);
    let of = |level: &str, code: &str, measure: &str| {
        shown[&[level, code, "all", "all", "connected+passed", "places", measure].map(str::to_owned)]
    };
    for measure in ["covered", "down>=30 Mbit/s", "technology=fibre"] {
        for code in ["0001", "0002"] {
            assert_eq!(of("municipality", code, measure), [20, 20, 0, 0].map(Some));
        }
        assert_eq!(of("total", "", measure), [40, 40, 0, 0].map(Some));
    }
    // 3 is small, and 12 = 15 - 3 would give it away; 17 and 8 likewise. Totals and the county give nothing away.
    for code in ["0001", "0002"] {
        assert_eq!(of("municipality", code, "down>=100 Mbit/s"), [Some(20), None, None, Some(0)]);
    }
    for (level, code) in [("county", "00"), ("total", "")] {
        assert_eq!(of(level, code, "down>=100 Mbit/s"), [40, 15, 25, 0].map(Some));
    }
    let goals = outputs::csv(&public.join("goals.csv"));
    let verdicts: Vec<[&str; 4]> = goals
        .iter()
        .map(|row| [row["code"].as_str(), &row["verdict"], &row["missing_units"], &row["needed"]])
        .collect();
    let expected = [
        ["00", "missed", "21", "36"],
        ["0001", "withheld", "", "18"],
        ["0002", "withheld", "", "18"],
        ["", "missed", "21", "36"],
    ];
    assert_eq!(verdicts, expected);
}

/// There are fifteen places in toyland and six workplaces, one of them the only school's: whatever is not nothing is about few.
#[test]
fn of_toyland_only_zeros_can_be_shown() {
    let shown = figures(&example("toyland").join("public"));
    assert!(shown.values().flatten().flatten().all(|&count| count == 0));
    let all = recoded(&example("toyland"));
    let zeros = shown.iter().filter(|(_, counts)| counts.iter().all(Option::is_some)).map(|(key, _)| all[key]);
    assert!(zeros.clone().count() > 0 && zeros.flatten().all(|count| count == 0));
}
