//! Real population and real borders of Dalarna, held against GEOS and against what SCB publishes.

use std::path::{Path, PathBuf};

use nittio_io::read::{self, ReadOptions};

use crate::{
    figures::{Figures, count, first},
    outputs,
    program::{beside, nittio},
    real_data,
};

fn run(case: &str) -> Option<(PathBuf, tempfile::TempDir)> {
    let data = real_data::folder(case)?.join("dalarna");
    let output = tempfile::tempdir().unwrap();
    let study = beside("dalarna/nittio.toml");
    let arguments =
        ["run".as_ref(), "--project".as_ref(), study.as_os_str(), "--output".as_ref(), output.path().as_os_str()];
    nittio(output.path(), arguments).expect(0);
    Some((data, output))
}

#[test]
fn every_municipality_has_the_cells_and_the_population_that_geos_counts() {
    let Some((data, output)) = run("every_municipality_has_the_cells_and_the_population_that_geos_counts") else {
        return;
    };
    let figures = Figures::of_run(output.path());
    let expected = outputs::csv(&data.join("expected_kommun.csv"));
    assert_eq!(expected.len(), 19, "fifteen municipalities of Dalarna and four neighbours");
    let mut wrong = Vec::new();
    for row in &expected {
        let area = ("municipality", row["code"].as_str());
        let cells = figures.get(area, "connected+passed", "places", "covered").total;
        let population = figures.get(area, "connected+passed", "population", "covered").total;
        if (cells, population) != (count(&row["cells"]), count(&row["population"])) {
            wrong.push(format!("expected {row:?}, got {cells} and {population}"));
        }
    }
    assert!(wrong.is_empty(), "{}", first(&wrong));
    // All others are there too, and hold nothing.
    let all: u64 = figures
        .codes("municipality")
        .into_iter()
        .map(|code| figures.get(("municipality", code), "connected+passed", "places", "covered").total)
        .sum();
    assert_eq!((figures.codes("municipality").len(), all), (290, 4004));
}

#[test]
fn every_cell_lies_in_the_statistical_area_that_its_publisher_found() {
    let Some((data, output)) = run("every_cell_lies_in_the_statistical_area_that_its_publisher_found") else {
        return;
    };
    let places = outputs::parquet(&output.path().join("places.parquet"));
    let text = |name: &str| places.column(name).unwrap().str().unwrap().clone();
    let (ids, codes) = (text("id"), text("deso_code"));
    let got: std::collections::BTreeMap<&str, Option<&str>> =
        (0..places.height()).map(|i| (ids.get(i).unwrap(), codes.get(i))).collect();
    let rows = outputs::csv(&data.join("befolkning_1km_2025_dalarna.csv"));
    assert_eq!(rows.len(), 4004);
    let wrong: Vec<String> = rows
        .iter()
        .filter(|row| got[row["rutid"].as_str()] != Some(row["desokod"].as_str()))
        .map(|row| format!("{}: expected {}, got {:?}", row["rutid"], row["desokod"], got[row["rutid"].as_str()]))
        .collect();
    assert!(wrong.is_empty(), "{} cells differ:\n{}", wrong.len(), first(&wrong));
    // The invented network is in every statistical area, so it reaches every cell.
    let figures = Figures::of_run(output.path());
    let total = ("total", "");
    let cells = figures.get(total, "connected+passed", "places", "covered");
    assert_eq!((cells.total, cells.covered, cells.unmatched), (4004, 4004, 0));
    // population_grid_source_metadata.json: population_total.
    assert_eq!(figures.get(total, "connected+passed", "population", "covered").covered, 285_587);
}

#[test]
fn the_population_by_statistical_area_adds_up_to_what_scb_publishes() {
    let Some(data) = real_data::folder("the_population_by_statistical_area_adds_up_to_what_scb_publishes") else {
        return;
    };
    let path: &Path = &data.join("dalarna/folkmangd_deso_2024_raw.csv");
    let columns = ["Region", "Alder", "000007Y7 2024"].map(str::to_owned);
    let (mut rows, mut sum, mut codes) = (0, 0, 0);
    read::read(path, &ReadOptions::default(), &columns, false, &mut |batch| {
        assert!(batch.malformed.is_empty());
        let text = |column: usize, i: usize| batch.columns[column].text(i).unwrap().into_owned();
        for i in 0..batch.rows.len() {
            rows += 1;
            if text(1, i) == "totalt" {
                sum += text(2, i).parse::<u64>().unwrap();
                codes += u32::from(text(0, i).ends_with("_DeSO2025"));
            }
        }
        true
    })
    .unwrap();
    assert_eq!((rows, codes, sum), (875, 175, 286_546));
}
