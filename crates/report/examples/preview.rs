//! Writes previews of the report, among them odd ones, to a folder: `cargo run --example preview -- FOLDER`.
//!
//! With `NITTIO_REAL_DATA` set, the first ones show the 13 municipalities of Jönköpings län; their figures are made up.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::missing_docs_in_private_items,
    reason = "an example for people who work on the report"
)]

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use std::{fs, path::Path};

use fixture::{Sketch, goals, grid, outcome};
use geo::{Coord, LineString, MapCoords, MultiPolygon, Polygon};
use nittio_core::{goal::Goal, quantity::Share, unit::Unit};
use nittio_report::{Locale, Settings, compose, render};

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "preview".to_owned());
    let only = std::env::args().nth(2);
    for (key, locale, sketch) in previews() {
        if only.as_ref().is_some_and(|only| !key.contains(only.as_str())) {
            continue;
        }
        let folder = Path::new(&folder).join(key);
        fs::create_dir_all(&folder).unwrap();
        let settings = Settings {
            locale,
            level: if key == "level-missing" { "deso".to_owned() } else { sketch.level.clone() },
            goal: 0,
            unit: Unit::Population,
            lacking: None,
        };
        let report = compose(&outcome(&sketch), &settings);
        let html = render::html(&report).unwrap();
        println!("{key}: {} kB", html.len() / 1000);
        fs::write(folder.join("report.html"), html).unwrap();
        fs::create_dir_all(folder.join("slides")).unwrap();
        fs::create_dir_all(folder.join("print")).unwrap();
        for picture in render::pictures(&report, &render::Size::ALL).unwrap() {
            fs::write(folder.join(format!("{}.svg", picture.name)), picture.svg).unwrap();
            fs::write(folder.join(format!("{}.png", picture.name)), picture.png).unwrap();
        }
    }
}

fn previews() -> Vec<(&'static str, Locale, Sketch)> {
    let names = ["Aneby", "Älvsbyn", "Örebro", "Åmål", "Gnosjö", "Habo", "Vaggeryd", "Ydre", "Sävsjö"];
    let small = || grid(3, 3, 30_000.0, |i| names[i].to_owned());
    let mut out = Vec::new();
    if let Some(areas) = real("06") {
        let sketch = Sketch::new("Bredband i Jönköpings län", areas);
        out.push(("jonkoping", Locale::Sv, sketch.clone()));
        out.push(("jonkoping-en", Locale::En, Sketch { name: "Broadband in Jönköping County".to_owned(), ..sketch }));
        let all = real("").unwrap();
        let sketch = Sketch { places_per_area: 30, county: false, ..Sketch::new("Bredband i Sverige", all) };
        out.push(("sweden", Locale::Sv, sketch));
    }
    let sketch = |name: &str| Sketch::new(name, small());
    out.push(("no-geometry", Locale::Sv, Sketch { borders: false, ..sketch("Utan gränser") }));
    out.push(("one-area", Locale::Sv, Sketch::new("En kommun", grid(1, 1, 30_000.0, |_| "Habo".to_owned()))));
    let many = grid(32, 25, 1500.0, |i| format!("Block {}", i + 1));
    let many = Sketch {
        places_per_area: 12,
        level: "block_group".to_owned(),
        county: false,
        ..Sketch::new("Many areas", many)
    };
    out.push(("many", Locale::En, many));
    let plain = Sketch {
        settlements: false,
        profiles: false,
        odd: false,
        county: false,
        notice: None,
        goals: goals(&["se-2009-2020"]),
        ..sketch("Det enklaste")
    };
    out.push(("plain", Locale::Sv, plain.clone()));
    let long = grid(4, 3, 24_000.0, |i| format!("{}-Upplands Västerbottens norra kommundelsnämnd", names[i % 9]));
    out.push((
        "long-names",
        Locale::Sv,
        Sketch::new("Ett mycket långt studienamn som inte får plats på en rad i rubriken", long),
    ));
    let lower = |share: u32| -> Vec<Goal> {
        let mut goals = goals(&["se-2009-2020"]);
        goals[0].steps[0].share = Share::from_percent(share);
        goals
    };
    out.push(("all-met", Locale::Sv, Sketch { goals: lower(20), reach: 1.6, ..sketch("Alla når målet") }));
    out.push(("zero", Locale::Sv, Sketch { reach: 0.0, ..sketch("Ingen täckning") }));
    out.push((
        "full",
        Locale::Sv,
        Sketch { reach: 30.0, odd: false, goals: goals(&["eu-2030"]), ..sketch("Full täckning") },
    ));
    out.push(("no-goal", Locale::En, Sketch { goals: Vec::new(), ..sketch("Without a goal") }));
    out.push(("no-workplaces", Locale::Sv, Sketch { workplaces: false, ..sketch("Utan arbetsställen") }));
    let degrees = small().into_iter().map(|(code, name, shape)| {
        (code, name, shape.map_coords(|c| Coord { x: c.x / 55_000.0 + 6.0, y: c.y / 111_000.0 }))
    });
    let degrees = Sketch { crs: "as-is".to_owned(), ..Sketch::new("I grader", degrees.collect()) };
    out.push(("degrees", Locale::Sv, degrees));
    out.push(("level-missing", Locale::Sv, sketch("Nivån saknas")));
    out
}

/// Municipalities whose codes begin so, roughly projected to metres.
fn real(prefix: &str) -> Option<Vec<(String, String, MultiPolygon)>> {
    let folder = std::env::var("NITTIO_REAL_DATA").ok()?;
    let text = fs::read_to_string(Path::new(&folder).join("boundaries/kommun_val_4326.geojson")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let squeeze = 57.5f64.to_radians().cos();
    let ring = |ring: &serde_json::Value| {
        let points = ring.as_array().unwrap().iter().map(|c| Coord {
            x: 500_000.0 + (c[0].as_f64().unwrap() - 15.0) * 111_320.0 * squeeze,
            y: c[1].as_f64().unwrap() * 111_320.0,
        });
        LineString::from(points.collect::<Vec<_>>())
    };
    let polygon = |rings: &serde_json::Value| {
        let mut rings = rings.as_array().unwrap().iter().map(ring);
        Polygon::new(rings.next().unwrap(), rings.collect())
    };
    let features = json["features"].as_array().unwrap();
    Some(
        features
            .iter()
            .filter_map(|feature| {
                let property =
                    |keys: &[&str]| keys.iter().find_map(|key| feature["properties"][*key].as_str()).map(str::to_owned);
                let code = property(&["code", "kod", "id", "KOMMUNKOD", "kommunkod"])?;
                let name = property(&["name", "namn", "KOMMUNNAMN", "kommunnamn", "kom_namn"])?;
                let shape = &feature["geometry"];
                let parts = if shape["type"] == "Polygon" {
                    vec![polygon(&shape["coordinates"])]
                } else {
                    shape["coordinates"].as_array().unwrap().iter().map(polygon).collect()
                };
                code.starts_with(prefix).then_some((code, name, MultiPolygon(parts)))
            })
            .collect(),
    )
}
