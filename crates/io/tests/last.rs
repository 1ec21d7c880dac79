//! A run that rests on the last result writes what a run without it writes, byte for byte: random studies, random changes.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "tests fail by panicking")]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use nittio_core::index::CoverageIndex;
use nittio_io::{
    index_file,
    ingest::{Opened, Quiet, Reading},
    join::{self, Keep},
    last::{self, Last, Unfit, UpdateError},
    study_file::load::{Loaded, load},
    write::{self, PlacesFrom, staging::Staging},
};
use tempfile::TempDir;

/// Numbers that look random and are the same on every machine: Knuth's MMIX generator, upper bits.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::try_from(self.below(list.len() as u64)).unwrap()]
    }

    fn shuffle<T>(&mut self, rows: &mut [T]) {
        for i in (1..rows.len()).rev() {
            rows.swap(i, usize::try_from(self.below(i as u64 + 1)).unwrap());
        }
    }

    /// A whole number below 100, or one and a half.
    fn coordinate(&mut self) -> f64 {
        let whole = f64::from(u32::try_from(self.below(100)).unwrap());
        if self.one_in(3) { whole + 0.5 } else { whole }
    }
}

/// A feature: its geometry as GeoJSON, and what it says.
#[derive(Clone)]
struct Feature {
    geometry: String,
    operator: &'static str,
    technology: &'static str,
    down: &'static str,
    status: &'static str,
}

/// A source of footprints.
#[derive(Clone)]
struct Source {
    name: String,
    lines: bool,
    reach: Option<&'static str>,
    features: Vec<Feature>,
}

/// A study that is made up.
#[derive(Clone)]
struct Study {
    sources: Vec<Source>,
    places: String,
    offers: Option<String>,
    settlements: bool,
    profiles: bool,
}

fn ring(random: &mut Random) -> String {
    let (x, y) = (random.coordinate(), random.coordinate());
    let (w, h) = (random.coordinate() / 3.0 + 1.0, random.coordinate() / 3.0 + 1.0);
    let corners = match random.below(5) {
        // A bow-tie.
        0 => [(x, y), (x + w, y + h), (x + w, y), (x, y + h)],
        1 => [(x, y), (x, y + h), (x + w, y + h), (x + w, y + h)],
        2 => [(x, y), (x + w, y), (x + w / 2.0, y + h), (x, y + h / 2.0)],
        _ => [(x, y), (x + w.floor(), y), (x + w.floor(), y + h.floor()), (x, y + h.floor())],
    };
    let corners: Vec<String> = corners.iter().chain(&corners[..1]).map(|(x, y)| format!("[{x},{y}]")).collect();
    format!("[{}]", corners.join(","))
}

fn feature(random: &mut Random) -> Feature {
    let geometry = match random.below(12) {
        0 => "null".to_owned(),
        1 => r#"{"type":"Point","coordinates":[1,2]}"#.to_owned(),
        2..5 => {
            let rings: Vec<String> = (0..=random.below(4)).map(|_| format!("[{}]", ring(random))).collect();
            format!(r#"{{"type":"MultiPolygon","coordinates":[{}]}}"#, rings.join(","))
        }
        _ => format!(r#"{{"type":"Polygon","coordinates":[{}]}}"#, ring(random)),
    };
    Feature {
        geometry,
        operator: random.of(&["A", "B", "C", "Ö", ""]),
        technology: random.of(&["fibre", "nr", "?"]),
        down: random.of(&["10", "100", "1000", "-1"]),
        status: random.of(&["in-service", "in-service", "in-service", "planned", "nonsense"]),
    }
}

impl Source {
    fn new(random: &mut Random, number: usize) -> Self {
        Self {
            name: format!("net{number}"),
            lines: random.one_in(2),
            reach: random.of(&[None, Some("connected"), Some("passed")]),
            features: (0..=random.below(30)).map(|_| feature(random)).collect(),
        }
    }

    fn text(&self) -> String {
        let features: Vec<String> = self
            .features
            .iter()
            .map(|f| {
                format!(
                    r#"{{"type":"Feature","properties":{{"op":"{}","tech":"{}","down":"{}","status":"{}"}},"geometry":{}}}"#,
                    f.operator, f.technology, f.down, f.status, f.geometry
                )
            })
            .collect();
        if self.lines {
            features.join("\n") + "\n"
        } else {
            format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",\n"))
        }
    }

    fn file(&self) -> String {
        format!("{}.{}", self.name, if self.lines { "geojsonl" } else { "geojson" })
    }
}

impl Study {
    fn new(random: &mut Random) -> Self {
        let mut rows: Vec<String> = Vec::new();
        let count = 1 + random.below(400);
        for n in 0..count {
            // Ids in any order, some of them twice, some missing.
            let id = match random.below(40) {
                0 => String::new(),
                1 => format!("p{}", random.below(count)),
                _ => format!("p{n}"),
            };
            let (mut x, mut y) = (random.coordinate().to_string(), random.coordinate().to_string());
            if random.one_in(25) {
                (x, y) = (String::new(), "north".to_owned());
            }
            let weight = random.of(&["", "1", "2.5", "0.25", "oh"]);
            let (kind, code) = (random.of(&["home", "work", ""]), random.of(&["", "", "01", "02", "99"]));
            rows.push(format!("{id},{x},{y},{kind},{},{weight},{code},{}", random.below(5), random.of(&["N", "S"])));
        }
        random.shuffle(&mut rows);
        let places = format!("id,x,y,kind,pop,area,code,side\n{}\n", rows.join("\n"));
        let offers = random.one_in(2).then(|| {
            let mut text = "id,op,down\n".to_owned();
            for _ in 0..random.below(60) {
                let (op, down) = (random.of(&["A", "D"]), random.of(&["100", "30"]));
                writeln!(text, "p{},{op},{down}", random.below(count + 5)).unwrap();
            }
            text
        });
        Self {
            sources: (0..=random.below(3)).map(|n| Source::new(random, usize::try_from(n).unwrap())).collect(),
            places,
            offers,
            settlements: random.one_in(2),
            profiles: random.one_in(2),
        }
    }

    /// Changes footprints in some way; nothing else.
    fn change(&mut self, random: &mut Random) {
        for _ in 0..=random.below(3) {
            let way = random.below(12);
            let sources = self.sources.len();
            if sources == 0 || way == 0 {
                self.sources.push(Source::new(random, 10 + sources));
                continue;
            }
            let at = usize::try_from(random.below(sources as u64)).unwrap();
            let source = &mut self.sources[at];
            match way {
                1 if sources > 1 => drop(self.sources.remove(at)),
                2 => random.shuffle(&mut self.sources),
                3 => source.lines = !source.lines,
                4 => source.name.push('x'),
                5 => source.reach = random.of(&[None, Some("connected")]),
                6 => random.shuffle(&mut source.features),
                7 => source.features.push(feature(random)),
                8 if sources > 1 => {
                    // A feature goes from one file to another.
                    let moved = if source.features.len() > 1 { source.features.pop() } else { None };
                    self.sources[(at + 1) % sources].features.extend(moved);
                }
                9 if source.features.len() < 2 => {}
                _ => {
                    let one = usize::try_from(random.below(source.features.len() as u64)).unwrap();
                    match way {
                        9 => drop(source.features.remove(one)),
                        10 => {
                            source.features[one] =
                                Feature { geometry: feature(random).geometry, ..source.features[one].clone() }
                        }
                        _ => {
                            source.features[one] =
                                Feature { geometry: source.features[one].geometry.clone(), ..feature(random) }
                        }
                    }
                }
            }
        }
    }

    fn write(&self, folder: &Path) {
        let square = |x: i32, y: i32, w: i32, h: i32| {
            format!("[[[{x},{y}],[{},{y}],[{},{}],[{x},{}],[{x},{y}]]]", x + w, x + w, y + h, y + h)
        };
        let area = |key: &str, value: &str, polygon: String| {
            format!(
                r#"{{"type":"Feature","properties":{{"{key}":"{value}"}},"geometry":{{"type":"Polygon","coordinates":{polygon}}}}}"#
            )
        };
        // They meet, one overlaps two others, and there is room outside.
        let areas = [
            area("code", "01", square(0, 0, 50, 50)),
            area("code", "02", square(50, 0, 40, 50)),
            area("code", "13", square(0, 50, 50, 45)),
            area("code", "14", square(40, 40, 20, 20)),
        ];
        let collection =
            |features: &[String]| format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        fs::write(folder.join("areas.geojson"), collection(&areas)).unwrap();
        let towns = [
            area("class", "locality", square(10, 10, 30, 30)),
            area("class", "smaller_locality", square(40, 20, 9, 9)),
        ];
        fs::write(folder.join("towns.geojson"), collection(&towns)).unwrap();
        fs::write(folder.join("places.csv"), &self.places).unwrap();
        let mut toml = r#"
[study]
name = "Random"
as_of = 2024-12-31
crs = "as-is"

[[places]]
path = "places.csv"
id = "id"
easting = "x"
northing = "y"
category = { column = "kind" }
units = { population = "pop", floor = "area" }
codes = { municipality = "code", side = "side" }

[areas.municipality]
path = "areas.geojson"
code = "code"

[areas.county]
from = "municipality"
digits = 1

[areas.side]
"#
        .to_owned();
        if let Some(offers) = &self.offers {
            fs::write(folder.join("offers.csv"), offers).unwrap();
            toml += "[[offers]]\npath = \"offers.csv\"\nplace = \"id\"\noperator = { column = \"op\" }\ndown = { column = \"down\" }\n";
        }
        if self.settlements {
            toml += "[[settlements]]\npath = \"towns.geojson\"\nclass = { column = \"class\" }\n";
        }
        if self.profiles {
            toml += "[[profiles]]\nkey = \"now\"\nreach = [\"connected\", \"passed\"]\n\
                     [[profiles]]\nkey = \"later\"\nreach = [\"connected\", \"passed\"]\nplanned_until = 2030-01-01\n";
        }
        for source in &self.sources {
            fs::write(folder.join(source.file()), source.text()).unwrap();
            writeln!(
                toml,
                "[[footprints]]\npath = \"{}\"\noperator = {{ column = \"op\" }}\ntechnology = {{ column = \"tech\" }}\n\
                 down = {{ column = \"down\" }}\nstatus = {{ column = \"status\" }}",
                source.file()
            )
            .unwrap();
            if let Some(reach) = source.reach {
                writeln!(toml, "reach = \"{reach}\"").unwrap();
            }
        }
        fs::write(folder.join("nittio.toml"), toml).unwrap();
    }
}

fn loaded(folder: &Path) -> Loaded {
    load(&folder.join("nittio.toml")).unwrap_or_else(|e| panic!("{}", e.render(false)))
}

/// A run of everything.
fn run(study: &Path, output: &Path) {
    let loaded = loaded(study);
    let reading = Reading::new(&loaded, &Quiet).unwrap();
    let opened = Opened::new(&reading).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let mut index = CoverageIndex::build(&opened.study);
    let staging = Staging::new(output).unwrap();
    let temporary = staging.temporary();
    let mut joined =
        join::join(&opened, &mut index, Some(Keep { folder: &temporary, bytes: 1 << 20 }), &|_| {}).unwrap();
    let mut rows = joined.rows.take();
    let outcome = joined.outcome(&opened);
    let finished = joined.finished(&opened, &outcome);
    let mut each = |take: &mut dyn FnMut(nittio_io::sorter::PlaceRow<'_>) -> std::io::Result<()>| {
        rows.take().map_or(Ok(()), |rows| rows.each(take))
    };
    write::results(&staging, &finished, Some(PlacesFrom::Each(&mut each))).unwrap();
    write::finish(staging, &finished).unwrap();
}

/// A run that rests on the last result; says how many places were joined anew.
fn update(study: &Path, since: &Path, output: &Path, index: Option<&Path>) -> Result<u64, Unfit> {
    let loaded = loaded(study);
    let reading = Reading::new(&loaded, &Quiet).unwrap();
    let last = Last::open(since, &reading, false).unwrap()?;
    let indexed = index.map(|path| index_file::open(path, &reading).unwrap());
    let update = match last::join(last, &reading, indexed) {
        Ok(update) => update,
        Err(UpdateError::Unfit(unfit)) => return Err(unfit),
        Err(error) => panic!("{error}"),
    };
    let outcome = update.joined.outcome(&update.opened);
    let finished = update.joined.finished(&update.opened, &outcome);
    let staging = Staging::new(output).unwrap();
    write::results(&staging, &finished, Some(PlacesFrom::Last(&update.places))).unwrap();
    write::finish(staging, &finished).unwrap();
    Ok(update.anew)
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect()
}

#[track_caller]
fn assert_same(left: &Path, right: &Path, about: &str) {
    let (left, right) = (files(left), files(right));
    assert!(left.contains_key(last::NAME) && left.len() >= 8, "{about}: {:?}", left.keys());
    assert!(left.keys().eq(right.keys()), "{about}");
    let differ: Vec<_> = left.iter().filter(|(name, bytes)| right[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(differ.is_empty(), "{about}: these differ: {differ:?}");
}

struct Folders {
    _root: TempDir,
    study: PathBuf,
    out: PathBuf,
    full: PathBuf,
}

fn folders() -> Folders {
    let root = TempDir::new().unwrap();
    let study = root.path().join("study");
    fs::create_dir(&study).unwrap();
    Folders { study, out: root.path().join("out"), full: root.path().join("full"), _root: root }
}

/// How many studies; `NITTIO_ROUNDS` says another number, and `NITTIO_SEED` where they begin.
fn seeds() -> std::ops::Range<u64> {
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default);
    let first = number("NITTIO_SEED", 1);
    first..first + number("NITTIO_ROUNDS", 40)
}

#[test]
fn any_change_of_footprints_gives_what_a_run_of_everything_gives() {
    let (mut anew, mut all) = (0, 0);
    for seed in seeds() {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let folders = folders();
        let mut study = Study::new(&mut random);
        study.write(&folders.study);
        run(&folders.study, &folders.out);
        // One change after the other, into the folder itself.
        for step in 0..3 {
            study.change(&mut random);
            study.write(&folders.study);
            let index = folders.study.join("nittio.index");
            let with_index = random.one_in(3);
            if with_index {
                let loaded = loaded(&folders.study);
                index_file::write(&index, &Reading::new(&loaded, &Quiet).unwrap()).unwrap();
            }
            let about = format!("seed {seed}, step {step}");
            let done = update(&folders.study, &folders.out, &folders.out, with_index.then_some(&*index));
            anew += done.unwrap_or_else(|unfit| panic!("{about}: {unfit}"));
            all += study.places.lines().count() as u64;
            run(&folders.study, &folders.full);
            assert_same(&folders.out, &folders.full, &about);
        }
    }
    assert!(anew > all / 50 && anew < all * 3 / 4, "{anew} of {all}");
}

fn standing() -> (Folders, Study) {
    let folders = folders();
    let mut random = Random(77);
    let mut study = Study::new(&mut random);
    study.sources = vec![Source::new(&mut random, 0), Source::new(&mut random, 1)];
    study.sources.iter_mut().for_each(|source| source.features.resize_with(12, || feature(&mut random)));
    study.write(&folders.study);
    run(&folders.study, &folders.out);
    (folders, study)
}

#[test]
fn nothing_changed_joins_nothing_anew_and_another_order_of_features_neither() {
    let (folders, mut study) = standing();
    assert_eq!(update(&folders.study, &folders.out, &folders.full, None), Ok(0));
    assert_same(&folders.out, &folders.full, "nothing changed");
    study.sources[0].features.reverse();
    study.sources[1].lines = !study.sources[1].lines;
    study.write(&folders.study);
    assert_eq!(update(&folders.study, &folders.out, &folders.full, None), Ok(0));
    run(&folders.study, &folders.out);
    assert_same(&folders.out, &folders.full, "another order");
}

#[track_caller]
fn assert_unfit(folders: &Folders, reason: &str) {
    let unfit = update(&folders.study, &folders.out, &folders.full, None).unwrap_err().to_string();
    assert!(unfit.contains(reason), "{unfit}");
    assert!(!folders.full.exists());
}

#[test]
fn whatever_else_has_changed_is_named() {
    for (file, from, to, reason) in [
        ("places.csv", "p1,", "q1,", "places.csv (places): its content has changed"),
        ("areas.geojson", "\"13\"", "\"15\"", "areas.geojson (areas): its content has changed"),
        ("nittio.toml", "as_of = 2024-12-31", "as_of = 2025-12-31", "study.as_of: was \"2024-12-31\""),
        ("nittio.toml", "digits = 1", "digits = 2", "areas.county.digits: was 1, is now 2"),
        ("nittio.toml", "floor = \"area\"", "floor = \"pop\"", "places[0].units.floor: was \"area\""),
    ] {
        let (folders, _) = standing();
        let path = folders.study.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replace(from, to)).unwrap();
        assert_unfit(&folders, reason);
    }
}

#[test]
fn names_and_goals_may_change() {
    let (folders, mut study) = standing();
    study.sources[0].features.pop();
    study.write(&folders.study);
    let path = folders.study.join("nittio.toml");
    let text = fs::read_to_string(&path).unwrap().replace("\"Random\"", "\"Another\"");
    fs::write(path, text + "[indicators]\nspeeds = [\"10 Mbit/s\"]\n[[goals]]\nuse = \"se-2009-2020\"\n").unwrap();
    update(&folders.study, &folders.out, &folders.out, None).unwrap();
    run(&folders.study, &folders.full);
    assert_same(&folders.out, &folders.full, "names and goals");
}

#[test]
fn a_last_result_that_is_not_as_it_was_written_is_not_used() {
    for (file, reason) in [("places.parquet", "it is not the file"), (last::NAME, "it is not the file")] {
        let (folders, _) = standing();
        let path = folders.out.join(file);
        let bytes = fs::read(&path).unwrap();
        for at in (0..bytes.len()).step_by(bytes.len() / 20) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            fs::write(&path, &damaged).unwrap();
            assert_unfit(&folders, reason);
            fs::write(&path, &bytes[..at]).unwrap();
            assert_unfit(&folders, reason);
        }
        fs::remove_file(&path).unwrap();
        assert_unfit(&folders, "it cannot be read");
    }
    let (folders, _) = standing();
    let path = folders.out.join("manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"nittio 0", "\"nittio 9", 1)).unwrap();
    assert_unfit(&folders, "another version wrote it");
    fs::write(&path, text.replace(last::NAME, "other.state")).unwrap();
    assert_unfit(&folders, "the last run did not write join.state");
    fs::write(&path, "{}").unwrap();
    assert_unfit(&folders, "this is not a manifest that nittio wrote");
    fs::remove_file(&path).unwrap();
    assert_unfit(&folders, "no last result can be read there");
}
