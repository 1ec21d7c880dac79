//! Rasters: distances, and outlines of sets of squares that are valid polygons by the way they are traced.

use geo::{Coord, LineString, MultiPolygon, Polygon};

use crate::{chance::Chance, layer::ring};

/// A grid of squares; arrays over it go row by row from the south.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    pub(crate) west: f64,
    pub(crate) south: f64,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// Side of a square, metres.
    pub(crate) size: f64,
}

impl Grid {
    /// The square that a point is in, or the nearest one.
    pub(crate) fn square_at(&self, point: Coord) -> usize {
        let column = ((point.x - self.west) / self.size).clamp(0.0, self.columns as f64 - 1.0) as usize;
        let row = ((point.y - self.south) / self.size).clamp(0.0, self.rows as f64 - 1.0) as usize;
        row * self.columns + column
    }

    /// The distance of every square from the nearest that is marked, in fifths of a square, along straight and
    /// slanting steps: right for those, at most 9 % too far between.
    ///
    /// # Source
    /// Gunilla Borgefors: *Distance transformations in digital images*, CVGIP 34, 1986: the 5-7 chamfer distance.
    pub(crate) fn fifths(&self, marked: impl IntoIterator<Item = usize>) -> Vec<u16> {
        const FAR: u16 = u16::MAX - 16;
        let (columns, rows) = (self.columns, self.rows);
        let mut distance = vec![FAR; columns * rows];
        marked.into_iter().for_each(|square| distance[square] = 0);
        for row in 0..rows {
            for column in 0..columns {
                let at = row * columns + column;
                let mut least = distance[at];
                if column > 0 {
                    least = least.min(distance[at - 1] + 5);
                }
                if row > 0 {
                    let below = at - columns;
                    least = least.min(distance[below] + 5);
                    if column > 0 {
                        least = least.min(distance[below - 1] + 7);
                    }
                    if column + 1 < columns {
                        least = least.min(distance[below + 1] + 7);
                    }
                }
                distance[at] = least.min(FAR);
            }
        }
        for row in (0..rows).rev() {
            for column in (0..columns).rev() {
                let at = row * columns + column;
                let mut least = distance[at];
                if column + 1 < columns {
                    least = least.min(distance[at + 1] + 5);
                }
                if row + 1 < rows {
                    let above = at + columns;
                    least = least.min(distance[above] + 5);
                    if column > 0 {
                        least = least.min(distance[above - 1] + 7);
                    }
                    if column + 1 < columns {
                        least = least.min(distance[above + 1] + 7);
                    }
                }
                distance[at] = least;
            }
        }
        distance
    }
}

/// How an outline runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Along the sides of squares.
    Squares,
    /// Between the middles of squares, where the height is that of the water line.
    Contour,
}

/// Heights on a grid, and the squares that rise above a level.
pub(crate) struct Relief<'a> {
    pub(crate) grid: Grid,
    pub(crate) height: &'a mut [f32],
    pub(crate) level: f32,
    /// Squares that are covered. None is on the grid's edge.
    pub(crate) covered: Vec<bool>,
}

/// The four directions in which sides of squares are followed: east, north, west, south. The square lies to the left.
const STEPS: [(isize, isize); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

impl Relief<'_> {
    /// Islands of fewer squares, and holes of no more than this many, are left out.
    const LEAST_ISLAND: i64 = 4;
    const LEAST_HOLE: i64 = 3;

    /// The outline of what is covered.
    pub(crate) fn outline(mut self, style: Style, chance: &mut Chance) -> MultiPolygon {
        self.join_corners();
        let islands = self.islands();
        let mut shells: Vec<Option<LineString>> = vec![None; islands.count];
        let mut holes: Vec<Vec<LineString>> = vec![Vec::new(); islands.count];
        let mut seen = vec![false; self.covered.len()];
        for start in 0..self.covered.len() {
            // Every ring runs south along the west side of some square.
            if !self.covered[start] || self.covered[start - 1] || seen[start] {
                continue;
            }
            let (points, squares) = self.trace(start, style, &mut seen);
            let island = islands.of[start] as usize;
            if squares >= Self::LEAST_ISLAND {
                shells[island] = Some(ring(points, chance));
            } else if squares <= -Self::LEAST_HOLE {
                holes[island].push(ring(points, chance));
            }
        }
        let polygons = shells.into_iter().zip(holes);
        MultiPolygon(polygons.filter_map(|(shell, holes)| Some(Polygon::new(shell?, holes))).collect())
    }

    /// Where two covered squares share only a corner, covers one of those between, so that no ring touches itself or
    /// another one.
    fn join_corners(&mut self) {
        let columns = self.grid.columns;
        let mut blocks: Vec<usize> = Vec::new();
        // A block is the square at its south-west and the three to its east and north.
        for first in 0..self.covered.len() - columns - 1 {
            blocks.push(first);
            while let Some(block) = blocks.pop() {
                let [a, b, c, d] = [block, block + 1, block + columns, block + columns + 1];
                let filled = match [a, b, c, d].map(|square| self.covered[square]) {
                    [true, false, false, true] => b,
                    [false, true, true, false] => a,
                    _ => continue,
                };
                self.covered[filled] = true;
                self.height[filled] = self.height[filled].max(self.level);
                // What is filled changes the four blocks that it is in; those not yet come to are seen to then.
                blocks.extend(
                    [filled, filled - 1, filled - columns, filled - columns - 1].iter().filter(|&&b| b <= first),
                );
            }
        }
    }

    /// Which island each covered square belongs to: squares that share a side do.
    fn islands(&self) -> Islands {
        let columns = self.grid.columns;
        let mut of = vec![u32::MAX; self.covered.len()];
        let mut count = 0;
        let mut open = Vec::new();
        for start in 0..of.len() {
            if !self.covered[start] || of[start] != u32::MAX {
                continue;
            }
            of[start] = count;
            open.push(start);
            while let Some(square) = open.pop() {
                for beside in [square - 1, square + 1, square - columns, square + columns] {
                    if self.covered[beside] && of[beside] == u32::MAX {
                        of[beside] = count;
                        open.push(beside);
                    }
                }
            }
            count += 1;
        }
        Islands { of, count: count as usize }
    }

    /// Follows one ring. Its area is in squares, negative around a hole.
    fn trace(&self, start: usize, style: Style, seen: &mut [bool]) -> (Vec<Coord>, i64) {
        let columns = self.grid.columns as isize;
        let offset = |heading: usize| STEPS[heading].1 * columns + STEPS[heading].0;
        let covered = |square: isize| self.covered[square as usize];
        let (mut points, mut area) = (Vec::new(), 0);
        let (mut square, mut heading, mut before) = (start as isize, 3, usize::MAX);
        loop {
            let (x, y) = ((square % columns) as i64, (square / columns) as i64);
            match heading {
                1 => area += x + 1,
                3 => {
                    area -= x;
                    seen[square as usize] = true;
                }
                _ => {}
            }
            match style {
                Style::Squares if heading != before => points.push(self.corner(x, y, heading)),
                Style::Squares => {}
                Style::Contour => points.push(self.between(square as usize, heading)),
            }
            before = heading;
            let ahead = square + offset(heading);
            let right = (heading + 3) % 4;
            if covered(ahead + offset(right)) && covered(ahead) {
                (square, heading) = (ahead + offset(right), right);
            } else if covered(ahead) {
                square = ahead;
            } else {
                heading = (heading + 1) % 4;
            }
            if (square, heading) == (start as isize, 3) {
                break;
            }
        }
        // The ring began somewhere along a straight run of sides.
        if style == Style::Squares && before == 3 {
            points.swap_remove(0);
        }
        (points, area)
    }

    /// Where a side begins.
    fn corner(&self, x: i64, y: i64, heading: usize) -> Coord {
        let (dx, dy) = [(0, 0), (1, 0), (1, 1), (0, 1)][heading];
        Coord {
            x: self.grid.west + (x + dx) as f64 * self.grid.size,
            y: self.grid.south + (y + dy) as f64 * self.grid.size,
        }
    }

    /// Between the middle of a square and that of the one across its side, where the height is the level.
    fn between(&self, square: usize, heading: usize) -> Coord {
        let (dx, dy) = STEPS[(heading + 3) % 4];
        let across = square as isize + dy * self.grid.columns as isize + dx;
        let (high, low) = (self.height[square], self.height[across as usize]);
        // Never close to a middle, so that rings stay apart also when they are rounded.
        let part = f64::from((high - self.level) / (high - low).max(f32::MIN_POSITIVE)).clamp(0.02, 0.98);
        let (x, y) = ((square % self.grid.columns) as f64 + 0.5, (square / self.grid.columns) as f64 + 0.5);
        Coord {
            x: self.grid.west + (x + part * dx as f64) * self.grid.size,
            y: self.grid.south + (y + part * dy as f64) * self.grid.size,
        }
    }
}

struct Islands {
    of: Vec<u32>,
    count: usize,
}

#[cfg(test)]
mod tests {
    use geo::{Area, Validation};

    use super::*;
    use crate::chance::Purpose;

    fn outline(drawing: &[&str], style: Style) -> MultiPolygon {
        let (columns, rows) = (drawing[0].len(), drawing.len());
        let grid = Grid { west: 1000.0, south: 2000.0, columns, rows, size: 10.0 };
        let covered: Vec<bool> = drawing.iter().rev().flat_map(|row| row.bytes().map(|c| c == b'#')).collect();
        let mut height: Vec<f32> = covered.iter().map(|&covered| f32::from(u8::from(covered))).collect();
        let relief = Relief { grid, height: &mut height, level: 0.5, covered };
        relief.outline(style, &mut Chance::new(1, Purpose::MobileService, 0))
    }

    #[test]
    fn squares_become_polygons_with_their_holes() {
        let drawing = [
            "............",
            ".########...",
            ".#......#...",
            ".#.####.#.#.",
            ".#.####.#...",
            ".#......#...",
            ".########...",
            "............",
        ];
        let squares = outline(&drawing, Style::Squares);
        assert!(squares.is_valid());
        // A ring of 24 squares and an island of 8 in it; the single square is too small.
        let areas: Vec<f64> = squares.iter().map(|p| p.unsigned_area() / 100.0).collect();
        assert_eq!(areas, [24.0, 8.0]);
        assert_eq!(squares.0[0].exterior().0.len(), 5, "corners only");
        assert_eq!(squares.0[0].interiors().len(), 1);
        let contour = outline(&drawing, Style::Contour);
        assert!(contour.is_valid());
        assert_eq!(contour.0.len(), 2);
        assert_eq!(contour.0[0].interiors().len(), 1);
    }

    #[test]
    fn squares_that_touch_at_a_corner_become_one() {
        let drawing = ["......", ".##...", ".##...", "...##.", "...##.", "......"];
        for style in [Style::Squares, Style::Contour] {
            let outline = outline(&drawing, style);
            assert!(outline.is_valid());
            assert_eq!(outline.0.len(), 1);
        }
        assert_eq!(outline(&drawing, Style::Squares).unsigned_area(), 900.0);
    }

    #[test]
    fn whatever_is_covered_the_outline_is_valid() {
        for number in 0..40 {
            let chance = &mut Chance::new(9, Purpose::MobileService, number);
            let share = chance.between(0.3, 0.8);
            let (columns, rows) = (60, 50);
            let mut height: Vec<f32> = (0..columns * rows).map(|_| chance.unit() as f32).collect();
            let edge = |i: usize| {
                i.is_multiple_of(columns) || i % columns == columns - 1 || i < columns || i >= columns * (rows - 1)
            };
            let level = 1.0 - share as f32;
            (0..height.len()).filter(|&i| edge(i)).for_each(|i| height[i] = 0.0);
            let covered: Vec<bool> = height.iter().map(|&h| h > level).collect();
            let grid = Grid { west: 0.0, south: 0.0, columns, rows, size: 500.0 };
            for style in [Style::Squares, Style::Contour] {
                let mut height = height.clone();
                let relief = Relief { grid, height: &mut height, level, covered: covered.clone() };
                let outline = relief.outline(style, chance);
                assert!(outline.is_valid(), "{number} {style:?} {:?}", outline.validation_errors());
                assert!(!outline.0.is_empty());
            }
        }
    }

    #[test]
    fn distances_are_those_of_straight_and_slanting_steps() {
        let grid = Grid { west: 0.0, south: 0.0, columns: 9, rows: 7, size: 1.0 };
        let distance = grid.fifths([grid.square_at(Coord { x: 2.5, y: 3.5 })]);
        let at = |x: usize, y: usize| distance[y * 9 + x];
        assert_eq!((at(2, 3), at(5, 3), at(5, 6), at(0, 2), at(8, 4)), (0, 15, 21, 12, 32));
    }
}
