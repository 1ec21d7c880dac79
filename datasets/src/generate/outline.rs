//! Outlines of sets of squares: how footprints follow what is built.

use std::collections::{BTreeMap, BTreeSet};

use super::chance::lattice;

/// A square of a grid, by column and row.
pub(super) type Cell = (i64, i64);

/// Squares of one size.
pub(super) struct Raster {
    pub(super) size: f64,
    pub(super) cells: BTreeSet<Cell>,
}

/// The four neighbours of a square that share a side.
pub(super) const BESIDE: [Cell; 4] = [(0, -1), (-1, 0), (1, 0), (0, 1)];

/// All eight neighbours.
pub(super) const AROUND: [Cell; 8] = [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)];

/// Rings of whole metres: for each polygon the outer ring, then the holes.
pub(super) type Polygons = Vec<Vec<Vec<(i64, i64)>>>;

impl Raster {
    pub(super) fn new(size: f64) -> Self {
        Self { size, cells: BTreeSet::new() }
    }

    pub(super) fn cell(&self, e: f64, n: f64) -> Cell {
        ((e / self.size).floor() as i64, (n / self.size).floor() as i64)
    }

    pub(super) fn add(&mut self, e: f64, n: f64) {
        self.cells.insert(self.cell(e, n));
    }

    /// Whether the point's square is in the set; close to the outline this differs from the polygon a little.
    pub(super) fn holds(&self, e: f64, n: f64) -> bool {
        self.cells.contains(&self.cell(e, n))
    }

    /// Grown by the squares around each one.
    pub(super) fn grown(&self, around: &[Cell]) -> Self {
        let with = |&(x, y): &Cell| around.iter().map(move |(dx, dy)| (x + dx, y + dy));
        let cells = self.cells.iter().flat_map(with).chain(self.cells.iter().copied()).collect();
        Self { size: self.size, cells }
    }

    /// Without the squares that have an empty one around them.
    pub(super) fn shrunk(&self, around: &[Cell]) -> Self {
        let kept = |&&(x, y): &&Cell| around.iter().all(|(dx, dy)| self.cells.contains(&(x + dx, y + dy)));
        Self { size: self.size, cells: self.cells.iter().filter(kept).copied().collect() }
    }

    /// With gaps of some squares closed, and a margin. Taking turns with the two kinds of neighbours keeps it round.
    pub(super) fn closed(&self) -> Self {
        let wide = self.grown(&BESIDE).grown(&AROUND).grown(&BESIDE).grown(&AROUND);
        wide.shrunk(&AROUND).shrunk(&BESIDE)
    }

    /// The outline, with cut corners and a little unevenness, so that it does not look like squares.
    pub(super) fn outline(&self) -> Polygons {
        let rings = self.rings();
        let (outer, holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(|ring| doubled_area(ring) > 0);
        let mut polygons: Vec<(Vec<Cell>, Vec<Vec<Cell>>)> = outer.into_iter().map(|ring| (ring, Vec::new())).collect();
        for hole in holes {
            // The hole's polygon is the smallest ring around it.
            let owner = polygons
                .iter_mut()
                .filter(|(ring, _)| surrounds(ring, &hole))
                .min_by_key(|(ring, _)| doubled_area(ring));
            if let Some((_, holes)) = owner {
                holes.push(hole);
            }
        }
        polygons
            .into_iter()
            .map(|(ring, holes)| std::iter::once(ring).chain(holes).map(|ring| self.soften(&ring)).collect())
            .collect()
    }

    /// Corners of the boundary, outer rings counterclockwise, holes clockwise. Squares that only share a corner
    /// are apart.
    fn rings(&self) -> Vec<Vec<Cell>> {
        // Edges with the set on their left, by start.
        let mut edges: BTreeMap<Cell, Vec<Cell>> = BTreeMap::new();
        for &(x, y) in &self.cells {
            let sides = [
                ((x, y - 1), (x, y), (x + 1, y)),
                ((x + 1, y), (x + 1, y), (x + 1, y + 1)),
                ((x, y + 1), (x + 1, y + 1), (x, y + 1)),
                ((x - 1, y), (x, y + 1), (x, y)),
            ];
            for (neighbour, from, to) in sides {
                if !self.cells.contains(&neighbour) {
                    edges.entry(from).or_default().push(to);
                }
            }
        }
        let mut rings = Vec::new();
        while let Some((&start, _)) = edges.first_key_value() {
            let mut ring = Vec::new();
            let (mut at, mut heading) = (start, (0, 0));
            while let Some(next) = edges.get_mut(&at) {
                // At a shared corner turn left, which keeps to the same square.
                let left = next.iter().position(|to| (to.0 - at.0, to.1 - at.1) == (-heading.1, heading.0));
                let to = next.swap_remove(left.unwrap_or(0));
                if next.is_empty() {
                    edges.remove(&at);
                }
                let turn = (to.0 - at.0, to.1 - at.1);
                if turn != heading {
                    ring.push(at);
                }
                (at, heading) = (to, turn);
                if at == start && ring.len() > 3 && !edges.contains_key(&start) {
                    break;
                }
            }
            rings.extend(split(ring));
        }
        rings
    }

    /// Cuts corners at half a square and moves the points by some metres.
    fn soften(&self, ring: &[Cell]) -> Vec<(i64, i64)> {
        let mut soft: Vec<(f64, f64)> = Vec::new();
        for i in 0..ring.len() {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            let step = ((b.0 - a.0).signum() as f64 / 2.0, (b.1 - a.1).signum() as f64 / 2.0);
            let first = (a.0 as f64 + step.0, a.1 as f64 + step.1);
            let last = (b.0 as f64 - step.0, b.1 as f64 - step.1);
            soft.push(first);
            if last != first {
                soft.push(last);
            }
        }
        let shift =
            |seed, p: (f64, f64)| (lattice(seed, (p.0 * 2.0) as i64, (p.1 * 2.0) as i64) - 0.5) * self.size * 0.28;
        let mut out: Vec<(i64, i64)> = soft
            .into_iter()
            .map(|p| ((p.0 * self.size + shift(1, p)) as i64, (p.1 * self.size + shift(2, p)) as i64))
            .collect();
        out.extend(out.first().copied());
        out
    }
}

/// A ring that passes a corner twice is two rings.
fn split(ring: Vec<Cell>) -> Vec<Vec<Cell>> {
    let mut done = Vec::new();
    let mut path: Vec<Cell> = Vec::new();
    for corner in ring {
        if let Some(before) = path.iter().position(|&c| c == corner) {
            done.push(path.split_off(before));
        }
        path.push(corner);
    }
    done.push(path);
    done.retain(|ring| ring.len() > 3);
    done
}

fn doubled_area(ring: &[Cell]) -> i64 {
    (0..ring.len())
        .map(|i| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            a.0 * b.1 - a.1 * b.0
        })
        .sum()
}

/// Whether a ring goes around another one's first corner: counted along a ray just above it.
fn surrounds(ring: &[Cell], other: &[Cell]) -> bool {
    let lowest = other.iter().min().copied().unwrap_or_default();
    let (x, y) = (lowest.0 as f64 + 0.25, lowest.1 as f64 + 0.25);
    (0..ring.len())
        .filter(|&i| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            a.0 == b.0 && (a.0 as f64) > x && (a.1.min(b.1) as f64) < y && (a.1.max(b.1) as f64) > y
        })
        .count()
        % 2
        == 1
}
