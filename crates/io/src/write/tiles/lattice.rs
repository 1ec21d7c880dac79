//! Where a study's coordinates lie on Mercator's map, at the crossings of a lattice.
//!
//! A page draws in the study's own coordinates, which may be of any projection. Between the crossings it interpolates with
//! cubics, which is within a metre for a country and within a millimetre for a county.

use geo::Coord;
use serde::Serialize;

use super::mercator;
use crate::crs::Transformer;

/// Stretches along a side.
const STRETCHES: u32 = 32;

/// Crossings in rows from north to south, in each from west to east.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Lattice {
    /// West, north, east and south, as parts of the side of Mercator's square.
    bounds: [f64; 4],
    stretches: u32,
    /// In whole centimetres, or hundredths of what the study's coordinates are in; steps from the crossing before.
    eastings: Vec<i64>,
    northings: Vec<i64>,
}

impl Lattice {
    /// Over west, south, east and north in degrees.
    pub(super) fn over([west, south, east, north]: [f64; 4], from_degrees: &Transformer) -> Self {
        let [left, top] = mercator(Coord { x: west, y: north });
        let [right, bottom] = mercator(Coord { x: east, y: south });
        // Some width, also where all places are one.
        let some = 1e-6;
        let bounds = [left - some, top - some, right + some, bottom + some];
        let part = |from: f64, to: f64, at: u32| from + (to - from) * f64::from(at) / f64::from(STRETCHES);
        let (mut eastings, mut northings) = (Vec::new(), Vec::new());
        for row in 0..=STRETCHES {
            for column in 0..=STRETCHES {
                let (x, y) = (part(bounds[0], bounds[2], column), part(bounds[1], bounds[3], row));
                let latitude = ((1.0 - 2.0 * y) * std::f64::consts::PI).sinh().atan().to_degrees();
                let at = Coord { x: (x - 0.5) * 360.0, y: latitude };
                let at = from_degrees.coord(at).unwrap_or(Coord { x: 0.0, y: 0.0 });
                eastings.push(whole(at.x * 100.0));
                northings.push(whole(at.y * 100.0));
            }
        }
        let steps = |list: Vec<i64>| {
            let mut last = 0;
            list.into_iter().map(|now| now - std::mem::replace(&mut last, now)).collect()
        };
        Self { bounds, stretches: STRETCHES, eastings: steps(eastings), northings: steps(northings) }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a float to integer cast saturates")]
fn whole(number: f64) -> i64 {
    number.round() as i64
}
