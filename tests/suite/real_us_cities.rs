//! Real offers and footprints of three US cities, held against what GEOS counts, point by point.

use std::{collections::BTreeMap, path::Path, sync::OnceLock};

use crate::{
    figures::{Figures, count, first},
    outputs,
    program::{beside, nittio},
    real_data,
};

/// The study is run once; the output stays until the next run of the suite.
fn run(case: &str) -> Option<(std::path::PathBuf, &'static Path)> {
    static OUTPUT: OnceLock<std::path::PathBuf> = OnceLock::new();
    let data = real_data::folder(case)?.join("real-us-cities");
    let output = OUTPUT.get_or_init(|| {
        let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join("real-us-cities");
        let study = beside("real-us-cities");
        let arguments =
            ["run".as_ref(), "--project".as_ref(), study.as_os_str(), "--output".as_ref(), output.as_os_str()];
        nittio(&study, arguments).expect(0);
        output
    });
    Some((data, output))
}

const AT_LEAST_100: &str = "down>=100 Mbit/s";

#[test]
fn every_county_and_block_group_has_the_figures_that_geos_counts() {
    let Some((data, output)) = run("every_county_and_block_group_has_the_figures_that_geos_counts") else { return };
    let figures = Figures::of_run(output);
    let expected = outputs::csv(&data.join("expected.csv"));
    let mut wrong = Vec::new();
    let mut compared = 0;
    for row in &expected {
        let area = match row["level"].as_str() {
            "all" => ("total", ""),
            level => (level, row["area"].as_str()),
        };
        let mut compare = |column: &str, profile: &str, unit: &str, measure: &str, which: &str| {
            let figure = figures.get(area, profile, unit, measure);
            let got = if which == "total" { figure.total } else { figure.covered };
            if got != count(&row[column]) {
                wrong.push(format!("{area:?} {column}: expected {}, got {got}", row[column]));
            }
            compared += 1;
        };
        for profile in ["offers", "footprints"] {
            compare("points", profile, "places", "covered", "total");
            compare("weight", profile, "weight", "covered", "total");
        }
        compare("points", "offers", "places", "covered", "covered");
        compare("offers_ge100_points", "offers", "places", AT_LEAST_100, "covered");
        compare("offers_ge100_weight", "offers", "weight", AT_LEAST_100, "covered");
        compare("footprint_covered_points", "footprints", "places", "covered", "covered");
        compare("footprint_ge100_points", "footprints", "places", AT_LEAST_100, "covered");
        compare("footprint_ge100_weight", "footprints", "weight", AT_LEAST_100, "covered");
    }
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), first(&wrong));
    assert_eq!(compared, 698 * 10);
}

#[test]
fn areas_without_a_point_are_there_and_hold_nothing() {
    let Some((data, output)) = run("areas_without_a_point_are_there_and_hold_nothing") else { return };
    let figures = Figures::of_run(output);
    let expected = outputs::csv(&data.join("expected.csv"));
    let with_points: Vec<&str> =
        expected.iter().filter(|row| row["level"] == "block_group").map(|row| row["area"].as_str()).collect();
    let codes = figures.codes("block_group");
    assert_eq!((codes.len(), with_points.len()), (1092, 694));
    for code in codes.into_iter().filter(|code| !with_points.contains(code)) {
        assert_eq!(figures.get(("block_group", code), "offers", "places", "covered").total, 0, "{code}");
    }
    // Every point lies in an area, so there is no row for those that do not.
    assert_eq!(figures.codes("county").len(), 3);
    assert_eq!(figures.get(("total", ""), "footprints", "places", "covered").unmatched, 0);
}

#[test]
fn every_point_has_the_areas_speeds_and_footprints_that_geos_finds() {
    let Some((data, output)) = run("every_point_has_the_areas_speeds_and_footprints_that_geos_finds") else { return };
    // A footprint is a service with a project; an offer has none.
    let of_a_footprint: Vec<bool> =
        outputs::csv(&output.join("services.csv")).iter().map(|service| !service["project"].is_empty()).collect();
    assert_eq!(of_a_footprint.iter().filter(|&&footprint| footprint).count(), 34);

    let places = outputs::parquet(&output.join("places.parquet"));
    let text = |name: &str| places.column(name).unwrap().str().unwrap().clone();
    let real = |name: &str| places.column(name).unwrap().f64().unwrap().clone();
    let (ids, counties, block_groups) = (text("id"), text("county_code"), text("block_group_code"));
    let (offers, footprints) = (real("best_down_mbps:offers"), real("best_down_mbps:footprints"));
    let services = places.column("services").unwrap().list().unwrap().clone();
    let mut got = BTreeMap::new();
    for i in 0..places.height() {
        let reached = services.get_as_series(i).unwrap();
        let covering = reached.u32().unwrap().into_no_null_iter().filter(|&service| of_a_footprint[service as usize]);
        let row = (
            counties.get(i).unwrap().to_owned(),
            block_groups.get(i).unwrap().to_owned(),
            offers.get(i),
            covering.count(),
            footprints.get(i),
        );
        got.insert(ids.get(i).unwrap().to_owned(), row);
    }

    let expected = outputs::csv(&data.join("expected_points.csv"));
    assert_eq!((expected.len(), got.len()), (29_714, 29_714));
    let mut wrong = Vec::new();
    for row in &expected {
        let speed = |column: &str| row[column].parse::<f64>().ok();
        let want = (
            row["county"].clone(),
            row["block_group"].clone(),
            speed("best_down_offers"),
            row["footprints"].parse().unwrap(),
            speed("best_down_footprints"),
        );
        let got = &got[&row["point_id"]];
        if *got != want {
            wrong.push(format!("{}: expected {want:?}, got {got:?}", row["point_id"]));
        }
    }
    assert!(wrong.is_empty(), "{} points differ:\n{}", wrong.len(), first(&wrong));
}
