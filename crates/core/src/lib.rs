//! nittio-core joins places with network footprints and counts, per area, who is reached.
//!
//! In goes a [`study::Study`]: places, services, footprints, areas, definitions, goals. Out come
//! [`indicator::Indicators`] and [`assessment::Assessment`]s. Nothing here reads a file or draws a picture.
//!
//! ```text
//! Study ──build──▶ CoverageIndex ──join──▶ Coverage ──observe──▶ Tally ──evaluate──▶ Indicators ──assess──▶ Assessment
//! ```

pub mod study;

pub mod area;
pub mod footprint;
pub mod offer;
pub mod place;
pub mod review;
pub mod service;
pub mod settlement;

pub mod coverage;
pub mod distance;
pub mod edges;
pub mod index;
pub mod near;
pub mod polygon;
pub mod rejoin;
pub mod sums;
pub mod tally;

pub mod aid;
pub mod assessment;
pub mod breaks;
pub mod candidate;
pub mod category;
pub mod comparison;
pub mod delivery;
pub mod doubt;
pub mod edition;
pub mod explain;
pub mod fixed;
pub mod goal;
pub mod grid;
pub mod indicator;
pub mod layers;
pub mod ledger;
pub mod measure;
pub mod network;
pub mod official;
pub mod plan;
pub mod plausibility;
pub mod profile;
pub mod projection;
pub mod rank;
pub mod reached;
pub mod reconcile;
pub mod run;
pub mod safety;
pub mod scenario;
pub mod sketch;
pub mod split;
pub mod squares;
pub mod state_aid;
pub mod support;
pub mod suppress;
pub mod timetable;
pub mod trend;

pub mod diagnostic;
pub mod outcome;
pub mod quantity;
pub mod secrecy;
pub mod unit;
