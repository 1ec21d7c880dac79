//! Writers: everything that a run writes besides the report's pages and pictures.
//!
//! ```text
//! staging ── results ──▶ indicators.csv  indicators.parquet  goals.csv   the figures
//!                        ranks.csv                                       who is first, who is last, town and countryside
//!                        reconciliation.csv                              what they rest on, and official ones
//!                        history.csv                                     official ones year by year, where there are several
//!                        places.parquet  services.csv                    every place (internal edition)
//!                        join.state                                      what a later run needs to know of them
//!                        support.csv  lacking.csv                        some places, for who must answer for them
//!                        grid.csv                                        who lacks what by square kilometre, where asked
//!                        places-lacking.pmtiles                          every place that lacks anything, on a map, where asked
//!                        scenarios.csv scenario-overlaps.csv             what if, where asked
//!                        plans.csv plan-projects.csv plan-areas.csv      what to build, where asked
//!                        plan-curve.csv plan-sensitivity.csv             by money, and if costs are others, where asked
//!                        support-ranking.csv                             projects as they would be given support, where asked
//!                        state-aid.csv  support-areas.csv  categories.csv   areas by other rules, where asked
//!                        coverage.gpkg                                   a layer per level, for a map
//!                        open-data/                                      what may be published, where asked
//!                        rejects.csv                                     every finding in the input
//!            saved ────▶ result.nittio                                   what the report is made from, to draw it again
//!         ── finish ───▶ manifest.json                                   what was made from what, last
//! ```
//!
//! `docs/formats.md` describes every file, column by column. Same input, same bytes: nothing here looks at the
//! clock, the machine or the order in which files were read.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking"))]

pub mod staging;

pub mod again;
pub(crate) mod area_columns;
pub mod candidates;
pub mod categories;
pub mod curve;
pub mod geopackage;
pub mod goals;
pub mod grid;
pub mod history;
pub mod indicators;
pub mod ledger;
pub mod lists;
pub mod manifest;
pub mod open_data;
pub mod places;
pub mod plans;
pub mod public;
pub mod ranking;
pub mod ranks;
pub mod reconciliation;
pub mod rejects;
pub mod safety;
pub mod scenarios;
pub mod sensitivity;
pub mod services;
pub mod splits;
pub mod tiles;
pub mod trend;

pub mod error;
mod number;
mod parquet;
mod rows;
mod side_by_side;
mod splice;
mod style;
mod thrift;

#[cfg(test)]
mod sample;

use std::{
    fs::File,
    io::{self, BufWriter},
};

use rayon::prelude::*;

use nittio_core::{
    category::{self, Few},
    coverage::Kind,
    diagnostic::Diagnostic,
    grid::Grid,
    outcome::Outcome,
    squares::Squares,
    study::Study,
    sums::Sums,
    tally::Tally,
};

use crate::{
    last::{self, Account, state::Writer},
    sorter::PlaceRow,
};
use error::WriteError;
use lists::Lists;
use staging::Staging;
use tiles::Lacking;

/// The workbook of all tables, beside each report.
pub const WORKBOOK: &str = "tables.xlsx";

/// The table of areas that a spreadsheet opens by a double click, beside each report.
pub const EXCEL_CSV: &str = "areas-excel.csv";

/// A share as files have it: six decimals, nothing when there is no whole.
pub(crate) fn share_text(part: u64, whole: u64) -> String {
    let mut text = String::new();
    number::write_share(&mut text, part, whole);
    text
}

/// A run that is over: what went in, and what came out.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// What went in, but for the places; footprints need not be there any more.
    pub study: &'a Study,
    /// How many footprints went in.
    pub footprints: usize,
    /// Whether the places are counted by square kilometre as well.
    pub grid: bool,
    /// Whether places that lack a speed are written as dots on tiles as well.
    pub points: bool,
    /// The distinct kinds of places.
    pub kinds: &'a [Kind],
    /// How many places each kind has.
    pub places: &'a [u64],
    /// What the places of each kind and category come to.
    pub sums: &'a Sums,
    /// What it was made from, for a later run.
    pub account: Option<&'a Account>,
    /// The cube.
    pub tally: &'a Tally,
    /// The figures and where they come from.
    pub outcome: &'a Outcome,
    /// Every finding.
    pub diagnostics: &'a [Diagnostic],
}

/// Gives places one by one in the order of their ids, each once.
pub type EachPlace<'a> = dyn FnMut(&mut dyn FnMut(PlaceRow<'_>) -> io::Result<()>) -> io::Result<()> + Send + 'a;

/// Where the places come from that are to be written.
pub enum PlacesFrom<'a, 'b> {
    /// One by one.
    Each(&'a mut EachPlace<'b>),
    /// The last result, but for those that have changed.
    Last(&'a last::Places),
}

/// What a report is told of places, once they have been written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// Those that are few enough to be named.
    pub few: Option<Few>,
    /// Who lacks what by square, where the study asks for it.
    pub squares: Option<Squares>,
    /// How many are in the file of dots, where the study asks for it and any is.
    pub dots: Option<u64>,
}

/// Writes all results but the manifest into the staging; reports can then be added, and [`finish`] ends it.
///
/// Places are written when `places` gives them; what a report is told of them is returned.
///
/// # Errors
/// When a file cannot be written; nothing is then changed in the output folder.
pub fn results(staging: &Staging, run: &Run<'_>, places: Option<PlacesFrom<'_, '_>>) -> Result<Seen, WriteError> {
    let seen = places.map(|places| self::places(staging, run, places)).transpose()?.unwrap_or_default();
    tables(staging, run)?;
    Ok(seen)
}

/// Writes all results that are made of figures.
///
/// # Errors
/// As [`results`].
pub fn tables(staging: &Staging, run: &Run<'_>) -> Result<(), WriteError> {
    let Run { kinds, outcome, .. } = *run;
    let (indicators, as_of, listing) = (&outcome.indicators, outcome.frame.as_of, &run.study.listing);
    let layers = || {
        if !geopackage::has_layers(&outcome.frame) {
            return Ok(());
        }
        let path = staging.path(geopackage::NAME)?;
        geopackage::write(&path, outcome).map_err(|error| staging.failed(geopackage::NAME, &error))
    };
    // Side by side, the longest first; the first of the list that fails is the one that is told.
    let tasks: [&(dyn Fn() -> Result<(), WriteError> + Sync); 21] = [
        &|| staging.write("indicators.csv", |file| indicators::csv(file, indicators, as_of)),
        &|| staging.write("indicators.parquet", |file| indicators::parquet(file, indicators, as_of)),
        &layers,
        &|| staging.write("services.csv", |file| services::csv(file, &outcome.frame.services, kinds, run.places)),
        &|| staging.write("rejects.csv", |file| rejects::csv(file, run.diagnostics, &outcome.provenance.inputs)),
        &|| staging.write("goals.csv", |file| goals::csv(file, outcome)),
        &|| staging.write("ranks.csv", |file| ranks::csv(file, indicators)),
        &|| staging.write("reconciliation.csv", |file| reconciliation::csv(file, outcome)),
        &|| {
            let some = history::is_there(outcome);
            if some { staging.write("history.csv", |file| history::csv(file, outcome)) } else { Ok(()) }
        },
        &|| staging.write("safety.csv", |file| safety::csv(file, outcome)),
        &|| {
            let compared = &outcome.scenarios;
            if compared.contrasts.is_empty() {
                return Ok(());
            }
            staging.write("scenarios.csv", |file| {
                scenarios::csv(file, &outcome.goals, &outcome.indicators.units, &outcome.indicators.areas, compared)
            })
        },
        &|| {
            let (compared, of) = (&outcome.scenarios, &outcome.indicators);
            if !(0..compared.contrasts.len()).any(|k| compared.shares(k)) {
                return Ok(());
            }
            staging.write("scenario-overlaps.csv", |file| {
                scenarios::overlaps(file, &outcome.goals, &of.units, &of.areas, compared)
            })
        },
        &|| {
            let some = !outcome.plans.asked.is_empty();
            if some { staging.write("plans.csv", |file| plans::csv(file, outcome)) } else { Ok(()) }
        },
        &|| {
            let some = !outcome.plans.asked.is_empty();
            if some { staging.write("plan-projects.csv", |file| plans::projects(file, outcome)) } else { Ok(()) }
        },
        &|| {
            let some = !outcome.plans.asked.is_empty();
            if some { staging.write("plan-areas.csv", |file| plans::areas(file, outcome)) } else { Ok(()) }
        },
        &|| {
            let some = !outcome.plans.curves.is_empty();
            if some { staging.write("plan-curve.csv", |file| curve::csv(file, outcome)) } else { Ok(()) }
        },
        &|| {
            let some = !outcome.plans.sensitivities.is_empty();
            if some { staging.write("plan-sensitivity.csv", |file| sensitivity::csv(file, outcome)) } else { Ok(()) }
        },
        &|| {
            let Some(ranking) = &outcome.plans.ranking else { return Ok(()) };
            staging.write("support-ranking.csv", |file| ranking::csv(file, &outcome.plans.projects, ranking))
        },
        &|| {
            let Some(state_aid) = &outcome.aid.state_aid else { return Ok(()) };
            staging.write("state-aid.csv", |file| splits::csv(file, &state_aid.split, as_of))
        },
        &|| {
            let Some(support) = &outcome.aid.support else { return Ok(()) };
            staging.write("support-areas.csv", |file| splits::csv(file, &support.split, as_of))
        },
        &|| {
            if !category::are_told_apart(indicators) || listing.speeds.is_empty() {
                return Ok(());
            }
            staging.write("categories.csv", |file| categories::csv(file, indicators, listing, as_of))
        },
    ];
    let done: Vec<Result<(), WriteError>> = tasks.par_iter().with_max_len(1).map(|task| task()).collect();
    done.into_iter().collect()
}

/// Writes the places, beside them what a later run needs to know, and the lists of some of them. Returns what a report is
/// told of them.
///
/// # Errors
/// As [`results`].
pub fn places(staging: &Staging, run: &Run<'_>, places: PlacesFrom<'_, '_>) -> Result<Seen, WriteError> {
    let mut lists = Lists::open(staging, run)?;
    let (outcome, names) = (run.outcome, run.study.listing.names);
    let (frame, profiles, speeds) = (&outcome.frame, &outcome.indicators.profiles, grid::speeds(run.study));
    let mut squares = run.grid.then(|| Grid::new(run.kinds, frame, profiles, &speeds));
    let mut lacking = run.points.then(|| Lacking::new(run, &speeds, &staging.temporary())).flatten();
    let asked = run.grid || lacking.is_some() || lists.any();
    let mut each_row = |row: PlaceRow<'_>| {
        if let Some(grid) = &mut squares {
            grid.add(row.kind, row.easting, row.northing, row.units);
        }
        if let Some(lacking) = &mut lacking {
            lacking.add(&row)?;
        }
        lists.row(row)
    };
    let path = staging.path(last::NAME)?;
    let mut state = run
        .account
        .map(|_| Writer::new(BufWriter::with_capacity(1 << 17, File::create(path)?), run.kinds.len()))
        .transpose()
        .map_err(|error| staging.failed(last::NAME, &error))?;
    let mut keep = |kinds: &[u32]| state.as_mut().map_or(Ok(()), |state| state.rows(kinds));
    staging.write(last::PLACES, |file| match places {
        PlacesFrom::Each(each) => {
            let mut listed = |take: &mut dyn FnMut(PlaceRow<'_>) -> io::Result<()>| {
                each(&mut |row| {
                    each_row(row)?;
                    take(row)
                })
            };
            places::parquet(file, run, &mut listed, &mut keep)
        }
        PlacesFrom::Last(last) => {
            places::changed(file, run, last, &mut keep)?;
            if asked { last.each(&outcome.frame, names, &mut each_row) } else { Ok(()) }
        }
    })?;
    if let Some(grid) = &squares {
        staging.write(grid::NAME, |file| grid::csv(file, grid, frame, profiles, &speeds))?;
    }
    let few = lists.finish().map_err(|error| staging.failed(lists::LACKING, &error))?;
    if let (Some(state), Some(account)) = (state, run.account) {
        account.write(state, run).map_err(|error| staging.failed(last::NAME, &error))?;
    }
    let dots = lacking.filter(|lacking| lacking.places() > 0);
    let count = dots.as_ref().map(Lacking::places);
    if let Some(dots) = dots {
        staging.write(tiles::NAME, |file| dots.finish(file))?;
    }
    Ok(Seen { few, dots: count, squares: squares.map(|grid| Squares::of(&grid, &speeds)) })
}

/// Writes the manifest over everything that was staged, and puts all of it into place.
///
/// # Errors
/// When a file cannot be read, written or put into place; what was there before then still is.
pub fn finish(staging: Staging, run: &Run) -> Result<(), WriteError> {
    let manifest = manifest::json(&staging, run)?;
    staging.commit(&manifest)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs, path::Path};

    use super::*;
    use sample::Sample;

    fn written(output: &Path, sample: &Sample) -> BTreeMap<String, Vec<u8>> {
        let staging = Staging::new(output).unwrap();
        results(&staging, &sample.run(), Some(PlacesFrom::Each(&mut *sample.each_place()))).unwrap();
        finish(staging, &sample.run()).unwrap();
        let entries = fs::read_dir(output).unwrap().map(Result::unwrap);
        entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect()
    }

    #[test]
    fn the_manifest_lists_every_other_file_and_the_counts() {
        let place = tempfile::tempdir().unwrap();
        let files = written(&place.path().join("out"), &sample::sample());
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        let expected = [
            "coverage.gpkg",
            "goals.csv",
            "indicators.csv",
            "indicators.parquet",
            "manifest.json",
            "places.parquet",
            "ranks.csv",
            "reconciliation.csv",
            "rejects.csv",
            "safety.csv",
            "services.csv",
        ];
        assert_eq!(names, expected);
        let text = String::from_utf8(files["manifest.json"].clone()).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
        let keys: Vec<&String> = manifest.as_object().unwrap().keys().collect();
        let order = [
            "program",
            "edition",
            "study",
            "inputs",
            "definitions",
            "unit_scales",
            "diagnostics",
            "results",
            "outputs",
        ];
        assert_eq!(keys, order);
        // Sets: Alfa passed; Alfa and Beta; Beta; Gamma; Alfa connected; none.
        let counted = serde_json::json!({
            "places": 12, "matched": 10, "unmatched": 2, "footprints": 2, "offers": 2, "services": 3,
            "link_sets": 6, "tally_cells": 10,
        });
        assert_eq!(manifest["results"], counted);
        assert_eq!(manifest["unit_scales"]["Yta å, m²"], 10);
        assert_eq!(manifest["diagnostics"][0]["file"], "places.csv");
        let outputs = manifest["outputs"].as_array().unwrap();
        assert_eq!(outputs.len(), expected.len() - 1);
        for output in outputs {
            let name = output["name"].as_str().unwrap();
            assert_eq!(output["bytes"], files[name].len(), "{name}");
        }
        assert!(!text.contains(&*place.path().to_string_lossy()), "no absolute path");
    }

    #[test]
    fn a_second_run_and_another_order_of_places_give_the_same_bytes() {
        let place = tempfile::tempdir().unwrap();
        let first = written(&place.path().join("a"), &sample::sample());
        assert!(first == written(&place.path().join("a"), &sample::sample()));
        assert!(first == written(&place.path().join("b"), &sample::reversed()));
    }

    #[test]
    #[ignore = "writes the sample into the folder that NITTIO_SAMPLE_OUT names, to look at with other programs"]
    fn write_the_sample() {
        let output = std::env::var("NITTIO_SAMPLE_OUT").unwrap();
        written(Path::new(&output), &sample::sample());
    }
}
