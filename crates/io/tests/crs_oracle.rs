//! Coordinates against PROJ, and there and back.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests fail by panicking and print what they measured")]

use std::collections::BTreeMap;

use geo::Coord;
use nittio_io::crs::{Crs, Transformer};
use proptest::prelude::*;

/// What PROJ says, by `tests/oracle/crs_expected.py`.
const EXPECTED: &str = include_str!("oracle/crs_expected.csv");

/// Metres per degree on a meridian, at most.
const METRES_PER_DEGREE: f64 = 111_700.0;

fn is_rt90(code: u32) -> bool {
    (3019..=3024).contains(&code)
}

#[test]
fn every_code_agrees_with_proj_below_a_millimetre() {
    let mut worst: BTreeMap<u32, (usize, f64)> = BTreeMap::new();
    let mut transformers = BTreeMap::new();
    for line in EXPECTED.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit())) {
        let fields: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
        let codes: Vec<u32> = line.split(',').take(2).map(|field| field.parse().unwrap()).collect();
        let (from, to) = (Crs::Epsg(codes[0]), Crs::Epsg(codes[1]));
        let transformer = transformers.entry((from, to)).or_insert_with(|| Transformer::new(from, to).unwrap());
        let found = transformer.coord(Coord { x: fields[2], y: fields[3] }).unwrap();
        let off = (found.x - fields[4]).abs().max((found.y - fields[5]).abs());
        let limit = if to.is_geographic() { 1e-8 } else { 1e-3 };
        assert!(off < limit, "{from} to {to}: {line}: got {found:?}");
        let millimetres = off * 1000.0 * if to.is_geographic() { METRES_PER_DEGREE } else { 1.0 };
        // Where RT 90 is one end, the difference is RT 90's.
        let by_rt90 = codes.iter().any(|code| is_rt90(*code));
        for code in codes {
            let entry = worst.entry(code).or_default();
            entry.0 += 1;
            if is_rt90(code) || !by_rt90 {
                entry.1 = entry.1.max(millimetres);
            }
        }
    }
    println!("code   points  largest difference, mm");
    for (code, (points, millimetres)) in &worst {
        println!("{code:<6} {points:>6}  {millimetres:.9}");
        assert!(*points >= 300, "{code} has only {points} points");
    }
    let tested: Vec<Crs> = worst.into_keys().map(Crs::Epsg).collect();
    assert_eq!(tested, Crs::supported().collect::<Vec<_>>(), "every supported code is compared");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn there_and_back_is_the_same_place(longitude in 4.0..32.0, latitude in 53.0..72.0) {
        let place = Coord { x: longitude, y: latitude };
        for crs in Crs::supported() {
            let there = Transformer::new(Crs::WGS_84, crs).unwrap().coord(place).unwrap();
            let back = Transformer::new(crs, Crs::WGS_84).unwrap().coord(there).unwrap();
            // RT 90's seven parameters are inverted to first order only, and heights are dropped in between. PROJ
            // does the same, and its way there and back is off by as much: 6.9e-8 degrees in Sweden.
            let limit = if matches!(crs, Crs::Epsg(code) if is_rt90(code)) { 1e-7 } else { 1e-11 };
            prop_assert!((back.x - place.x).abs() < limit && (back.y - place.y).abs() < limit, "{}: {:?}", crs, back);
        }
    }
}
