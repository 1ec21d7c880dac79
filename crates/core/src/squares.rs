//! Squares for a page: who lacks what, in as many squares as a page can hold.
//!
//! A county's square kilometres fit into a page as they are. Of a country's, neighbours are added up into larger squares until
//! there are few enough numbers; what is lost is where in a square anybody lives, and no count.

use std::collections::BTreeMap;

use crate::{
    grid::{Grid, SIDE},
    indicator::Figure,
    projection::{Answer, Signature},
    quantity::Speed,
};

/// Sides that squares may have, in square kilometres' sides.
const SIDES: [i64; 4] = [1, 5, 10, 25];

/// How many numbers a page is given at most: under a megabyte of text.
pub const MOST: usize = 250_000;

/// Squares in which anybody lacks anything that is asked about, or cannot be assessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squares {
    /// The side of a square, in the units of the coordinates; `None` where there would be too much for a page.
    pub side: Option<i64>,
    /// The speeds that are asked for, rising.
    pub speeds: Vec<Speed>,
    /// What places have under each definition, each once, in order.
    pub signatures: Vec<Signature>,
    /// From west to east and in each column from south to north.
    pub squares: Vec<Square>,
}

/// One square and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Square {
    /// Easting and northing of the lower left corner, in sides.
    pub corner: [i64; 2],
    /// Index of a signature and a sum per unit, places first; by signature.
    pub rows: Vec<(usize, Vec<u64>)>,
}

type Added<'a> = BTreeMap<[i64; 2], BTreeMap<&'a Signature, Vec<u64>>>;

impl Squares {
    /// The smallest squares of which a page can hold all; `speeds` are those that the grid was asked about.
    #[must_use]
    pub fn of(grid: &Grid, speeds: &[Speed]) -> Self {
        Self::within(grid, speeds, MOST)
    }

    fn within(grid: &Grid, speeds: &[Speed], most: usize) -> Self {
        let everything = u8::try_from(speeds.len()).unwrap_or(u8::MAX);
        let lacks = |signature: &Signature| signature.iter().any(|&answer| answer != Answer::Speeds(everything));
        for factor in SIDES {
            let mut added: Added<'_> = BTreeMap::new();
            for (corner, signature, sums) in grid.sums() {
                let rows = added.entry(corner.map(|side| side.div_euclid(factor))).or_default();
                match rows.get_mut(signature) {
                    Some(all) => all.iter_mut().zip(sums).for_each(|(sum, more)| *sum += more),
                    None => drop(rows.insert(signature, sums.to_vec())),
                }
            }
            added.retain(|_, rows| rows.keys().any(|signature| lacks(signature)));
            let numbers = |rows: &BTreeMap<_, Vec<u64>>| 2 + rows.values().map(|sums| 1 + sums.len()).sum::<usize>();
            if added.values().map(numbers).sum::<usize>() <= most {
                return Self::numbered(SIDE * factor, speeds, added);
            }
        }
        Self { side: None, speeds: speeds.to_vec(), signatures: Vec::new(), squares: Vec::new() }
    }

    fn numbered(side: i64, speeds: &[Speed], added: Added<'_>) -> Self {
        let mut numbers: BTreeMap<&Signature, usize> =
            added.values().flat_map(BTreeMap::keys).map(|&signature| (signature, 0)).collect();
        numbers.values_mut().enumerate().for_each(|(number, to)| *to = number);
        let signatures = numbers.keys().map(|&signature| signature.clone()).collect();
        let square = |(corner, rows): ([i64; 2], BTreeMap<&Signature, Vec<u64>>)| Square {
            corner,
            rows: rows.into_iter().map(|(signature, sums)| (numbers[signature], sums)).collect(),
        };
        let squares = added.into_iter().map(square).collect();
        Self { side: Some(side), speeds: speeds.to_vec(), signatures, squares }
    }

    /// What the places of a square come to, under a definition, for a speed and in a unit, by their indices.
    ///
    /// # Panics
    /// When an index is beyond its axis.
    #[must_use]
    pub fn figure(&self, square: &Square, profile: usize, speed: usize, unit: usize) -> Figure {
        let mut figure = Figure::default();
        for (signature, sums) in &square.rows {
            self.signatures[*signature][profile].add(&mut figure, speed, sums[unit]);
        }
        figure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two definitions, two speeds, places and people.
    fn grid() -> Grid {
        let signature = |answers: [Answer; 2]| -> Signature { answers.into() };
        let all = signature([Answer::Speeds(2), Answer::Speeds(2)]);
        let some = signature([Answer::Speeds(2), Answer::Speeds(1)]);
        let unknown = signature([Answer::Unmatched, Answer::Unmatched]);
        Grid::sample(
            vec![all, some, unknown],
            [
                ([-1, 0], 0, vec![5, 9]),
                ([0, 0], 0, vec![1, 2]),
                ([0, 0], 1, vec![3, 4]),
                ([4, 4], 1, vec![10, 20]),
                ([5, 4], 2, vec![7, 0]),
            ],
        )
    }

    fn speeds() -> [Speed; 2] {
        [100, 1000].map(Speed::from_mbps)
    }

    #[test]
    fn only_squares_where_something_is_lacking_are_kept_with_all_that_is_in_them() {
        let squares = Squares::of(&grid(), &speeds());
        assert_eq!(squares.side, Some(1000));
        let corners: Vec<_> = squares.squares.iter().map(|square| square.corner).collect();
        assert_eq!(corners, [[0, 0], [4, 4], [5, 4]]);
        let figure = |square: usize, profile, speed, unit| {
            let f = squares.figure(&squares.squares[square], profile, speed, unit);
            [f.total, f.covered, f.missing, f.unmatched]
        };
        assert_eq!(figure(0, 0, 1, 0), [4, 4, 0, 0]);
        assert_eq!(figure(0, 1, 1, 0), [4, 1, 3, 0]);
        assert_eq!(figure(0, 1, 1, 1), [6, 2, 4, 0]);
        assert_eq!(figure(0, 1, 0, 1), [6, 6, 0, 0]);
        assert_eq!(figure(2, 1, 0, 0), [7, 0, 0, 7]);
    }

    #[test]
    fn too_many_squares_are_added_up_and_no_count_is_lost() {
        // One square: two for its corner and three for each of two rows.
        let squares = Squares::within(&grid(), &speeds(), 16);
        assert_eq!(squares.side, Some(5000));
        let corners: Vec<_> = squares.squares.iter().map(|square| square.corner).collect();
        assert_eq!(corners, [[0, 0], [1, 0]], "what lies west of the origin lacks nothing");
        let f = squares.figure(&squares.squares[0], 1, 1, 1);
        assert_eq!([f.total, f.covered, f.missing], [26, 2, 24]);
        assert_eq!(Squares::within(&grid(), &speeds(), 12).side, Some(10_000));
        assert_eq!(Squares::within(&grid(), &speeds(), 3).side, None);
    }
}
