//! A study made up from a seed: enough of everything to go wrong in, and every row can stand anywhere in its file.

use std::{fmt::Write as _, fs, path::Path};

/// What is written into the study's folder, each file a head, rows in any order, and a foot.
pub struct MadeUp {
    files: Vec<(&'static str, String, Vec<String>, &'static str)>,
    /// How the rows of the CSV and GeoJSON files are joined.
    seed: u64,
}

/// Numbers that look random and are the same on every machine: Knuth's MMIX generator, upper bits.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn shuffle<T>(&mut self, rows: &mut [T]) {
        for i in (1..rows.len()).rev() {
            let j = usize::try_from(self.below(i as u64 + 1)).unwrap();
            rows.swap(i, j);
        }
    }
}

const STUDY: &str = r#"
[study]
name = "Made up"
as_of = 2024-12-31
crs = "as-is"
locale = "en"

[[places]]
path = "places.csv"
id = "id"
easting = "x"
northing = "y"
category = { column = "kind" }
units = { population = "bef", jobs = "jobb", golvyta = "yta" }
source = "made up"

[[footprints]]
path = "nets.geojson"
crs = "as-is"
name = "name"
operator = { column = "operator" }
technology = { column = "technology" }
down = { column = "down" }
up = { column = "up" }
source = "made up"

[[offers]]
path = "offers.csv"
place = "id"
operator = { column = "operator" }
technology = { column = "technology" }
down = { column = "down" }

[areas.municipality]
path = "areas.geojson"
crs = "as-is"
code = "code"
name = "name"

[areas.county]
from = "municipality"
digits = 2

[[settlements]]
path = "settlements.geojson"
crs = "as-is"
class = { column = "class" }

[[profiles]]
key = "connected+passed"
reach = ["connected", "passed"]

[[profiles]]
key = "fibre only"
reach = ["connected", "passed"]
technologies = ["fibre"]

[[goals]]
use = "se-2009-2020"
units = ["population"]
"#;

const OPERATORS: [&str; 5] = ["Ånäs nät", "Betakabel", "Gamma", "Öppna nätet", "Zeta"];
const TECHNOLOGIES: [(&str, u64, u64); 4] =
    [("fibre", 1000, 1000), ("cable", 500, 50), ("fwa", 100, 20), ("xdsl", 24, 3)];

impl MadeUp {
    /// Four thousand places on a land of 16 × 10 km, in eight municipalities that share borders. Many coordinates
    /// are whole hectometres, so that places lie on corners and borders.
    pub fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let mut places = Vec::new();
        for i in 0..4000 {
            let step = if random.below(3) == 0 { 100 } else { 1 };
            let (x, y) = (random.below(16_400) / step * step, random.below(10_400) / step * step);
            let kind = ["home", "home", "home", "workplace", "school"][usize::try_from(random.below(5)).unwrap()];
            let population = if random.below(50) == 0 { String::new() } else { random.below(9).to_string() };
            let (jobs, area) = (random.below(40), random.below(2000));
            places.push(format!("P{i:05},{x},{y},{kind},{population},{jobs},{}.{:02}", area / 100, area % 100));
        }
        let mut offers = Vec::new();
        for i in 0..1500 {
            let (place, operator) = (random.below(4000), OPERATORS[usize::try_from(random.below(5)).unwrap()]);
            let (technology, down, _) = TECHNOLOGIES[usize::try_from(random.below(4)).unwrap()];
            offers.push(format!("P{place:05},{operator},{technology},{}", down + i % 3));
        }
        let mut nets = Vec::new();
        for i in 0..60 {
            let (x, y) = (random.below(150) * 100, random.below(90) * 100);
            let (w, h) = (500 + random.below(30) * 100, 500 + random.below(30) * 100);
            let operator = OPERATORS[usize::try_from(random.below(5)).unwrap()];
            let (technology, down, up) = TECHNOLOGIES[usize::try_from(random.below(4)).unwrap()];
            // Every third has a hole; all are drawn with a slanting side.
            let mut rings =
                format!("[[{x},{y}],[{},{y}],[{},{}],[{x},{}],[{x},{y}]]", x + w, x + w + 137, y + h, y + h);
            if i % 3 == 0 {
                let (a, b, c, d) = (x + 100, y + 100, x + 300, y + 300);
                write!(rings, ",[[{a},{b}],[{a},{d}],[{c},{d}],[{c},{b}],[{a},{b}]]").unwrap();
            }
            nets.push(feature(
                &format!(
                    r#""name":"N{i:02}","operator":"{operator}","technology":"{technology}","down":{down},"up":{up}"#
                ),
                &rings,
            ));
        }
        let areas = (0..8).map(|i| {
            let (column, row) = (i % 4, i / 4);
            let properties = format!(r#""code":"{:02}{:02}","name":"Kommun {i}""#, 1 + row, column + 10);
            feature(&properties, &square(column * 4000, row * 5000, 4000, 5000))
        });
        let settlements = (0..6).map(|i| {
            let class = ["locality", "smaller_locality"][usize::try_from(i % 2).unwrap()];
            feature(&format!(r#""class":"{class}""#), &square(i * 2500, i * 1500, 1800, 1800))
        });
        const HEAD: &str = "{\"type\":\"FeatureCollection\",\"features\":[\n";
        const FOOT: &str = "\n]}\n";
        let files = vec![
            ("places.csv", "id,x,y,kind,bef,jobb,yta\n".to_owned(), places, "\n"),
            ("offers.csv", "id,operator,technology,down\n".to_owned(), offers, "\n"),
            ("nets.geojson", HEAD.to_owned(), nets, FOOT),
            ("areas.geojson", HEAD.to_owned(), areas.collect(), FOOT),
            ("settlements.geojson", HEAD.to_owned(), settlements.collect(), FOOT),
        ];
        Self { files, seed }
    }

    /// The same study with the rows of every file in another order.
    pub fn shuffled(mut self) -> Self {
        let mut random = Random(self.seed ^ 0x5eed);
        for (_, _, rows, _) in &mut self.files {
            random.shuffle(rows);
        }
        self
    }

    /// Writes `nittio.toml` and all files.
    pub fn write(&self, folder: &Path) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("nittio.toml"), STUDY).unwrap();
        for (name, head, rows, foot) in &self.files {
            let between = if name.ends_with(".csv") { "\n" } else { ",\n" };
            fs::write(folder.join(name), format!("{head}{}{foot}", rows.join(between))).unwrap();
        }
    }
}

fn square(x: u64, y: u64, w: u64, h: u64) -> String {
    format!("[[{x},{y}],[{},{y}],[{},{}],[{x},{}],[{x},{y}]]", x + w, x + w, y + h, y + h)
}

fn feature(properties: &str, rings: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":[{rings}]}}}}"#
    )
}
