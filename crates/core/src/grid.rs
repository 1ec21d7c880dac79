//! The grid: square kilometres, and what the places in each of them have.
//!
//! Places are added one by one as they stream by; what is kept grows with the squares that hold any, not with the places.
//! Squares are named by their lower left corner, as Statistics Sweden does. A place on an edge belongs to the square east or
//! north of it, so every place is in one square.

use rustc_hash::FxHashMap;

use crate::{
    coverage::Kind,
    indicator::Figure,
    place::MISSING,
    profile::Profile,
    projection::{Answer, Asking, Signature, measures},
    quantity::Speed,
    study::Frame,
};

/// The side of a square.
///
/// # Units
/// Metres, or whatever the coordinates of the study are in.
pub const SIDE: i64 = 1000;

/// Counts per square, under way.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    signatures: Vec<Signature>,
    /// Per kind: which signature.
    of_kind: Vec<u32>,
    units: usize,
    /// By lower left corner, in sides, and signature: a sum per unit, places first.
    sums: FxHashMap<([i64; 2], u32), Vec<u64>>,
}

/// One square and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Square<'a> {
    /// Easting of the lower left corner.
    pub easting: i64,
    /// Northing of the lower left corner.
    pub northing: i64,
    rows: Vec<(&'a [Answer], &'a [u64])>,
}

impl Grid {
    /// A grid without places, for the kinds that places have, ready to be asked about definitions and speeds.
    #[must_use]
    pub fn new(kinds: &[Kind], frame: &Frame, profiles: &[Profile], speeds: &[Speed]) -> Self {
        let measures = measures(speeds);
        let asking = Asking::new(frame, profiles, &[], &measures);
        let mut numbers: FxHashMap<Signature, u32> = FxHashMap::default();
        let mut grid = Self { units: frame.units.len(), ..Self::default() };
        for kind in kinds {
            let signature = asking.signature(kind.links.as_deref());
            let number = numbers.entry(signature).or_insert_with_key(|signature| {
                grid.signatures.push(signature.clone());
                u32::try_from(grid.signatures.len() - 1).unwrap_or(u32::MAX)
            });
            grid.of_kind.push(*number);
        }
        grid
    }

    /// Adds a place of a kind; `values` has one value per unit besides places. One without a position is in no square.
    ///
    /// # Panics
    /// When there is no such kind.
    pub fn add(&mut self, kind: u32, easting: f64, northing: f64, values: &[u64]) {
        if !(easting.is_finite() && northing.is_finite()) {
            return;
        }
        let key = ([easting, northing].map(side), self.of_kind[kind as usize]);
        let sums = self.sums.entry(key).or_insert_with(|| vec![0; self.units]);
        let values = std::iter::once(1).chain(values.iter().map(|&value| if value == MISSING { 0 } else { value }));
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }

    /// The sums by lower left corner, in sides, and signature; in no order.
    pub(crate) fn sums(&self) -> impl Iterator<Item = ([i64; 2], &Signature, &[u64])> {
        self.sums.iter().map(|(&(corner, number), sums)| (corner, &self.signatures[number as usize], sums.as_slice()))
    }

    /// The squares that hold places, from west to east and in each column from south to north.
    #[must_use]
    pub fn squares(&self) -> Vec<Square<'_>> {
        let mut all: Vec<_> = self.sums.iter().collect();
        all.sort_unstable_by_key(|&(&key, _)| key);
        all.chunk_by(|((a, _), _), ((b, _), _)| a == b)
            .map(|rows| {
                let [easting, northing] = rows[0].0.0.map(|corner| corner * SIDE);
                let rows = rows
                    .iter()
                    .map(|((_, signature), sums)| (&*self.signatures[*signature as usize], sums.as_slice()))
                    .collect();
                Square { easting, northing, rows }
            })
            .collect()
    }
}

impl Square<'_> {
    /// What the places of the square come to, under a definition, for a speed and in a unit, by their indices.
    ///
    /// # Panics
    /// When an index is beyond its axis.
    #[must_use]
    pub fn figure(&self, profile: usize, speed: usize, unit: usize) -> Figure {
        let mut figure = Figure::default();
        for (signature, sums) in &self.rows {
            signature[profile].add(&mut figure, speed, sums[unit]);
        }
        figure
    }
}

#[cfg(test)]
impl Grid {
    /// A grid of what is given.
    pub(crate) fn sample(
        signatures: Vec<Signature>,
        sums: impl IntoIterator<Item = ([i64; 2], u32, Vec<u64>)>,
    ) -> Self {
        let sums = sums.into_iter().map(|(corner, number, sums)| ((corner, number), sums)).collect();
        Self { signatures, sums, ..Self::default() }
    }
}

/// How many sides a coordinate lies from the origin, rounded down.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a float to integer cast saturates")]
fn side(coordinate: f64) -> i64 {
    (coordinate / SIDE as f64).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_on_an_edge_is_in_one_square_and_south_west_of_the_origin_too() {
        assert_eq!([999.99, 1000.0, 1999.0, -0.5, -1000.0].map(side), [0, 1, 1, -1, -1]);
    }
}
