//! nittio-synth makes a country up, from a seed: for benchmarks, for tests, and to try nittio out at any size.
//!
//! In goes a seed, a scale and a number of places. Out come municipalities that share their borders, towns, three
//! families of footprints, settlements and places, as values or as files with a study file that `nittio run` takes.
//! What is drawn, and from which distributions, is in `docs/methods/synthetic-country.md`.
//!
//! Every thing is drawn from the seed and its own number, so parts can be made in any order on any number of threads and
//! are always the same; places are never all in memory.
//!
//! ```
//! use nittio_synth::{country::Country, order::Order};
//!
//! let country = Country::draw(1, 0.05)?;
//! assert_eq!(country.municipalities()[0].code, "0101");
//!
//! // A hundred million places; these are the last three.
//! let places = country.places(100_000_000, Order::Register)?;
//! let batch = places.rows(99_999_997..100_000_000);
//! assert_eq!(batch.id, [99_999_998, 99_999_999, 100_000_000]);
//! assert!(batch.northing.iter().all(|north| (6.0e6..7.8e6).contains(north)));
//! # Ok::<(), nittio_synth::error::GenerateError>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking"))]

pub mod country;
pub mod land;
pub mod layer;
pub mod order;
pub mod place;

pub mod error;

mod chance;
mod fibre;
mod mask;
mod meeting;
mod mobile;
mod noise;
mod parcel;
mod raster;
mod settlement;
mod spot;
mod star;

pub mod write;
