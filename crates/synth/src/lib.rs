//! nittio-synth makes a country up, from a seed.
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
