//! The sketch: where each technology is, drawn for a map that shows the whole study at once.
//!
//! The index is asked what holds the middle of each square of a fine raster, and the outlines of the squares are drawn. So it takes
//! as long and weighs as much for a hundred footprints as for two hundred thousand, overlapping ones become one shape, and it
//! is the same whether polygons were read or the index was a file. Figures are never counted on it.

use std::collections::{BTreeMap, BTreeSet};

use geo::{BoundingRect, LineString, Polygon, Simplify};
use rayon::prelude::*;

use crate::{
    area::Level,
    index::{CoverageIndex, Desk, SetId},
    service::{ServiceId, Services, Status, Technology},
};

/// How many squares lie along the longer side.
const SIDE: usize = 1024;

/// How many vertices all layers have at most.
const MOST: usize = 40_000;

/// Half squares that a vertex must stand out by, at least.
const FINEST: f64 = 1.2;

/// Where each technology is.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch {
    /// Easting and northing of the corner where both x and y are zero; y grows southward.
    pub corner: [f64; 2],
    /// Half the side of a square of the raster, which is what vertices are counted in.
    pub step: f64,
    /// By technology and status, those that are anywhere.
    pub layers: Vec<Drawn>,
}

/// Where one technology is in service, being built or planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The technology.
    pub technology: Technology,
    /// Whether it can be had.
    pub status: Status,
    /// How many squares of the raster have their middle in it.
    pub squares: u64,
    /// Polygons of rings, the shell first; a ring does not repeat its first vertex.
    pub polygons: Vec<Vec<Vec<[i32; 2]>>>,
}

/// A raster of squares that are in or out.
struct Raster {
    width: usize,
    height: usize,
}

type Ring = Vec<[i32; 2]>;

impl Sketch {
    /// Draws what is in the index, over all areas; `None` where no area has any extent.
    #[must_use]
    pub fn of(index: &CoverageIndex, levels: &[Level], services: &Services) -> Option<Self> {
        let shapes = levels.iter().flat_map(|level| &level.areas).filter_map(|area| area.geometry.as_ref());
        let bounds = shapes.filter_map(BoundingRect::bounding_rect).reduce(|a, b| {
            let (low, high) = (a.min(), a.max());
            geo::Rect::new(
                geo::Coord { x: low.x.min(b.min().x), y: low.y.min(b.min().y) },
                geo::Coord { x: high.x.max(b.max().x), y: high.y.max(b.max().y) },
            )
        })?;
        let side = bounds.width().max(bounds.height()) / SIDE as f64;
        if !side.is_finite() || side <= 0.0 {
            return None;
        }
        let raster = Raster { width: cells(bounds.width() / side), height: cells(bounds.height() / side) };
        let corner = [bounds.min().x, bounds.max().y];
        // A candidate is no network, not even a planned one.
        let drawn = services.as_slice().iter().filter(|service| service.status != Status::Candidate);
        let mut keys: Vec<(Technology, Status)> = drawn.map(|service| (service.technology, service.status)).collect();
        keys.sort_unstable();
        keys.dedup();
        let masks = masks(index, services, &keys, &raster, (corner, side));
        let all: Vec<(u64, Vec<Shape>)> = (0..keys.len())
            .into_par_iter()
            .map(|bit| {
                let inside: Vec<bool> = masks.iter().map(|mask| mask & 1 << bit != 0).collect();
                (inside.iter().filter(|&&inside| inside).count() as u64, raster.shapes(&inside))
            })
            .collect();
        let layers = simplified(&all, MOST).into_iter().zip(&all).zip(keys).filter_map(|((polygons, of), key)| {
            let (technology, status) = key;
            (of.0 > 0).then_some(Drawn { technology, status, squares: of.0, polygons })
        });
        Some(Self { corner, step: side / 2.0, layers: layers.collect() })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between one and a thousand")]
fn cells(number: f64) -> usize {
    (number.ceil() as usize).clamp(1, SIDE)
}

/// Per square, which of the keys its middle has.
fn masks(
    index: &CoverageIndex,
    services: &Services,
    keys: &[(Technology, Status)],
    raster: &Raster,
    (corner, side): ([f64; 2], f64),
) -> Vec<u32> {
    let bit_of = |service: ServiceId| {
        let service = services.get(service);
        keys.binary_search(&(service.technology, service.status)).map_or(0, |bit| 1u32 << bit)
    };
    let easting: Vec<f64> = (0..raster.width).map(|column| corner[0] + (column as f64 + 0.5) * side).collect();
    let row = |(desk, known): &mut (Desk, BTreeMap<u32, u32>), row: usize| -> Vec<u32> {
        let northing = vec![corner[1] - (row as f64 + 0.5) * side; raster.width];
        let sets: Vec<SetId> = index.locate(&easting, &northing, desk);
        let mask = |set: SetId| {
            *known
                .entry(set.number())
                .or_insert_with(|| index.held(set).links.iter().fold(0, |mask, link| mask | bit_of(link.service)))
        };
        sets.into_iter().map(mask).collect()
    };
    let rows: Vec<Vec<u32>> = (0..raster.height).into_par_iter().map_init(Default::default, row).collect();
    rows.concat()
}

/// Squares that hang together by their sides: the outline, and those of holes in it.
struct Shape {
    squares: usize,
    rings: Vec<Ring>,
}

/// Directions clockwise, y downwards: east, south, west, north.
const WAYS: [[i32; 2]; 4] = [[1, 0], [0, 1], [-1, 0], [0, -1]];

impl Raster {
    /// The shapes of squares that are in, in order.
    fn shapes(&self, inside: &[bool]) -> Vec<Shape> {
        let (labels, sizes) = self.labels(inside);
        let mut shapes: Vec<Shape> = sizes.into_iter().map(|squares| Shape { squares, rings: Vec::new() }).collect();
        for (label, ring, shell) in self.rings(inside, &labels) {
            let rings = &mut shapes[label].rings;
            if shell { rings.insert(0, ring) } else { rings.push(ring) }
        }
        shapes
    }

    fn at(&self, inside: &[bool], column: i64, row: i64) -> bool {
        let (Ok(column), Ok(row)) = (usize::try_from(column), usize::try_from(row)) else { return false };
        column < self.width && row < self.height && inside[row * self.width + column]
    }

    /// Of each square that is in, the number of its shape, and how many squares each shape has.
    fn labels(&self, inside: &[bool]) -> (Vec<usize>, Vec<usize>) {
        let mut labels = vec![usize::MAX; inside.len()];
        let mut sizes = Vec::new();
        let mut waiting = Vec::new();
        for start in 0..inside.len() {
            if !inside[start] || labels[start] != usize::MAX {
                continue;
            }
            let (label, mut size) = (sizes.len(), 0);
            labels[start] = label;
            waiting.push(start);
            while let Some(square) = waiting.pop() {
                size += 1;
                let column = square % self.width;
                let beside = [
                    (column > 0).then(|| square - 1),
                    (column + 1 < self.width).then(|| square + 1),
                    square.checked_sub(self.width),
                    Some(square + self.width).filter(|&below| below < inside.len()),
                ];
                for other in beside.into_iter().flatten() {
                    if inside[other] && labels[other] == usize::MAX {
                        labels[other] = label;
                        waiting.push(other);
                    }
                }
            }
            sizes.push(size);
        }
        (labels, sizes)
    }

    /// All outlines: the number of the shape, the middles of the sides along it in half squares, and whether it is a shell.
    fn rings(&self, inside: &[bool], labels: &[usize]) -> Vec<(usize, Ring, bool)> {
        // Sides to walk along, by the corner where each begins: what is in lies to the right.
        let mut sides: BTreeSet<([i64; 2], usize)> = BTreeSet::new();
        let (width, height) = (self.width as i64, self.height as i64);
        for row in 0..height {
            for column in 0..width {
                if !self.at(inside, column, row) {
                    continue;
                }
                for (way, beside, begin) in
                    [(0, [0, -1], [0, 0]), (1, [1, 0], [1, 0]), (2, [0, 1], [1, 1]), (3, [-1, 0], [0, 1])]
                {
                    if !self.at(inside, column + beside[0], row + beside[1]) {
                        sides.insert(([row + begin[1], column + begin[0]], way));
                    }
                }
            }
        }
        let mut found = Vec::new();
        while let Some(&(begin, first)) = sides.first() {
            let label = labels[self.right_of(begin, first)];
            let (mut ring, mut doubled) = (Vec::new(), 0i64);
            let (mut at, mut way) = (begin, first);
            loop {
                sides.remove(&(at, way));
                let [x, y] = WAYS[way].map(i64::from);
                let next = [at[0] + y, at[1] + x];
                ring.push([at[1] + next[1], at[0] + next[0]].map(|half| i32::try_from(half).unwrap_or(i32::MAX)));
                doubled += at[1] * next[0] - next[1] * at[0];
                // Squares that touch at a corner stay apart: first to the right.
                let mut turns = [way + 1, way, way + 3].map(|way| (next, way % 4)).into_iter();
                match turns.find(|side| *side == (begin, first) || sides.contains(side)) {
                    Some(side) if side != (begin, first) => (at, way) = side,
                    _ => break,
                }
            }
            found.push((label, ring, doubled > 0));
        }
        found
    }

    /// The square to the right of a side that begins at a corner.
    fn right_of(&self, [row, column]: [i64; 2], way: usize) -> usize {
        let (row, column) = match way {
            0 => (row, column),
            1 => (row, column - 1),
            2 => (row - 1, column - 1),
            _ => (row - 1, column),
        };
        usize::try_from(row).unwrap_or_default() * self.width + usize::try_from(column).unwrap_or_default()
    }
}

/// Outlines with as many vertices as there may be, the same for all layers: the coarser the more there would be.
fn simplified(all: &[(u64, Vec<Shape>)], most: usize) -> Vec<Vec<Vec<Ring>>> {
    let (mut tolerance, mut least) = (FINEST, 0);
    loop {
        let layers: Vec<Vec<Vec<Ring>>> = all
            .par_iter()
            .map(|(_, shapes)| {
                shapes.iter().filter(|shape| shape.squares > least).map(|shape| simple(shape, tolerance)).collect()
            })
            .collect();
        if layers.iter().flatten().flatten().map(Vec::len).sum::<usize>() <= most {
            return layers;
        }
        tolerance *= 1.5;
        least = least * 2 + 1;
    }
}

fn simple(shape: &Shape, tolerance: f64) -> Vec<Ring> {
    let line = |ring: &Ring| -> LineString { ring.iter().map(|&[x, y]| (f64::from(x), f64::from(y))).collect() };
    let ring = |ring: &Ring| -> Ring {
        let simple = Polygon::new(line(ring), Vec::new()).simplify(tolerance);
        let mut points: Ring = simple.exterior().coords().map(|c| [whole(c.x), whole(c.y)]).collect();
        points.pop();
        points
    };
    shape.rings.iter().map(ring).filter(|ring| ring.len() > 2).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "it was a small whole number")]
fn whole(number: f64) -> i32 {
    number.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(rows: &[&str]) -> Vec<Shape> {
        let raster = Raster { width: rows[0].len(), height: rows.len() };
        let inside: Vec<bool> = rows.iter().flat_map(|row| row.bytes().map(|byte| byte == b'#')).collect();
        raster.shapes(&inside)
    }

    fn doubled_area(ring: &Ring) -> i32 {
        (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()])).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum()
    }

    #[test]
    fn holes_belong_to_the_shape_around_them_and_corners_do_not_join() {
        let found = shapes(&["#####..", "#...#..", "#.#.#..", "#...##.", "#####.#"]);
        let said: Vec<(usize, usize)> = found.iter().map(|shape| (shape.squares, shape.rings.len())).collect();
        // The ring with its hole, the island in it, and a square that only touches a corner.
        assert_eq!(said, [(17, 2), (1, 1), (1, 1)]);
        assert!(doubled_area(&found[0].rings[0]) > 0 && doubled_area(&found[0].rings[1]) < 0, "the shell goes first");
        // Middles of the sides of a square at column 2, row 2, in half squares.
        assert_eq!(found[1].rings[0], [[5, 4], [6, 5], [5, 6], [4, 5]]);
    }

    #[test]
    fn straight_borders_keep_few_vertices_and_too_many_become_coarser() {
        let wide = "#".repeat(40);
        let square = shapes(&vec![wide.as_str(); 40]);
        let drawn = simplified(&[(1600, square)], MOST);
        assert!(drawn[0][0][0].len() <= 8, "{:?}", drawn[0][0][0]);
        let dots = "#.".repeat(20);
        let rows: Vec<&str> = (0..40)
            .map(|row| if row % 2 == 0 { dots.as_str() } else { "........................................" })
            .collect();
        let all = [(400, shapes(&rows))];
        assert_eq!(simplified(&all, MOST)[0].len(), 400);
        assert!(simplified(&all, 1000).iter().flatten().flatten().map(Vec::len).sum::<usize>() <= 1000);
    }
}
