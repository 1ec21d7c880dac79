//! The data of Jönköpings län are what the README promises, and the generator makes them again.

#![cfg(feature = "generate")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Cursor,
};

use nittio_datasets::{generate, jonkoping};
use polars::prelude::{DataFrame, ParquetReader, SerReader};

/// Inhabitants on 31 December 2024. Source: SCB, folkmängd efter kommun.
const INHABITANTS: [(&str, i64); 13] = [
    ("0604", 6797),
    ("0617", 9131),
    ("0642", 7594),
    ("0643", 13456),
    ("0662", 28936),
    ("0665", 14825),
    ("0680", 147_654),
    ("0682", 31587),
    ("0683", 34542),
    ("0684", 11563),
    ("0685", 27528),
    ("0686", 17792),
    ("0687", 18604),
];

fn table(bytes: &[u8]) -> DataFrame {
    ParquetReader::new(Cursor::new(bytes)).finish().unwrap()
}

fn places() -> DataFrame {
    table(jonkoping().file("places.parquet").unwrap())
}

#[test]
fn inhabitants_per_municipality_are_the_official_ones_exactly() {
    let places = places();
    let ids = places.column("id").unwrap().str().unwrap();
    let codes = places.column("kommunkod").unwrap().str().unwrap();
    let inhabitants = places.column("befolkning").unwrap().i32().unwrap();
    let mut seen = BTreeSet::new();
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for row in 0..places.height() {
        let number = i64::from(inhabitants.get(row).unwrap());
        if seen.insert(ids.get(row).unwrap()) && number >= 0 {
            *sums.entry(codes.get(row).unwrap_or("")).or_default() += number;
        }
    }
    sums.retain(|_, sum| *sum > 0);
    assert_eq!(sums.into_iter().collect::<Vec<_>>(), INHABITANTS);
}

#[test]
fn faults_are_as_many_as_documented() {
    let places = places();
    assert_eq!(places.height(), 136_000 + 18 + 40, "addresses, some in the lake, and duplicates");
    assert_eq!(places.column("id").unwrap().n_unique().unwrap(), 136_018);
    assert_eq!(places.column("kommunkod").unwrap().null_count(), 120 + 18);
    let offers = table(jonkoping().file("offers.parquet").unwrap());
    let ids = places.column("id").unwrap().str().unwrap().iter().flatten().collect::<BTreeSet<_>>();
    let offered = offers.column("adress").unwrap().str().unwrap();
    assert_eq!(offered.iter().flatten().filter(|id| !ids.contains(id)).count(), 30);
}

#[test]
fn the_generator_makes_the_same_files_again() {
    let text = |name: &str| String::from_utf8(std::fs::read(format!("jonkoping/{name}")).unwrap()).unwrap();
    for (name, bytes) in generate::jonkoping(&text("kommuner.geojson"), &text("localities.csv")).unwrap() {
        let committed = jonkoping().file(name).unwrap();
        if name.ends_with(".parquet") {
            // The bytes of a Parquet file may change with the library that writes it, the rows may not.
            assert!(table(&bytes).equals_missing(&table(committed)), "{name} has other rows");
        } else {
            assert!(bytes == committed, "{name} differs");
        }
    }
}
