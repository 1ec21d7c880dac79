//! The outlines of all polygons: every vertex in one list.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use rayon::prelude::*;

use super::{Owner, stretches};

/// All vertices of all polygons, ring after ring, each ring closed.
#[derive(Debug, Default)]
pub(super) struct Outlines {
    /// Edge `e` runs from vertex `e` to vertex `e + 1`, unless `e` is the last of its ring.
    pub(super) vertices: Vec<[f64; 2]>,
    /// The first vertex of each ring, and the end.
    pub(super) rings: Vec<u32>,
    pub(super) parts: Vec<Part>,
    /// The corners of each stretch of vertices, see [`Outlines::stretch`].
    stretches: Vec<[Coord; 2]>,
}

/// Edges of one ring that follow each other: the first one, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) first: u32,
    pub(super) edges: u32,
}

/// How many edges of a stretch are looked at at once. Polygons in unit tests are small.
pub(super) const STRETCH: usize = if cfg!(test) { 4 } else { 16 };

/// One polygon: a shell and its holes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) owner: u32,
    /// Index of its first ring, and one beyond its last.
    pub(super) rings: [u32; 2],
    pub(super) lower: Coord,
    pub(super) upper: Coord,
}

/// Owners whose polygons together have about so many vertices are gathered by one thread at a time.
const AT_A_TIME: usize = 1 << 14;

/// The vertices of so many owners are counted by one thread at a time, at least.
const NEIGHBOURS: usize = 1 << 10;

impl Outlines {
    /// Gathers the polygons of owners, which are numbered by their place among `owners`.
    pub(super) fn of(owned: &[(Owner, &MultiPolygon)], owners: &[Owner]) -> Self {
        let lots = lots(owned);
        let lengths = || lots.iter().map(|&(_, vertices)| vertices);
        let mut vertices = stretches::untouched(lengths().sum());
        let lists = stretches::cut(&mut vertices, lengths());
        let gathered: Vec<Gathered> =
            lists.into_par_iter().zip(&lots).map(|(list, &(lot, _))| Gathered::of(lot, owners, list)).collect();
        let mut all = Self { vertices, ..Self::default() };
        let (mut from, mut end) = (0, 0);
        for (lot, length) in gathered.into_iter().zip(lengths()) {
            // Vertices that were left out leave a gap.
            if from != end && lot.used > 0 {
                all.vertices.copy_within(from..from + lot.used, end);
            }
            let (vertex, ring) = (index32(end), len32(&all.rings));
            all.rings.extend(lot.rings.iter().map(|r| r + vertex));
            all.parts.extend(lot.parts.iter().map(|p| Part { rings: p.rings.map(|r| r + ring), ..*p }));
            end += lot.used;
            from += length;
        }
        all.vertices.truncate(end);
        all.rings.push(index32(end));
        all.stretches = (0..end.saturating_sub(1) / STRETCH)
            .into_par_iter()
            .with_min_len(AT_A_TIME / STRETCH)
            .map(|stretch| corners(&all.vertices[stretch * STRETCH..=(stretch + 1) * STRETCH]))
            .collect();
        all
    }

    /// The corners of the edges from one on that make a whole stretch, if there is one before an end.
    #[inline]
    pub(super) fn stretch(&self, first: u32, end: u32) -> Option<[Coord; 2]> {
        let (first, end) = (first as usize, end as usize);
        let whole = first.is_multiple_of(STRETCH) && first + STRETCH <= end;
        if whole { self.stretches.get(first / STRETCH).copied() } else { None }
    }

    /// A vertex.
    #[inline]
    pub(super) fn vertex(&self, number: u32) -> Coord {
        let [x, y] = self.vertices[number as usize];
        Coord { x, y }
    }

    /// The edges of one polygon: a run for each ring.
    pub(super) fn runs(&self, part: u32) -> impl Iterator<Item = Run> + '_ {
        let [first, end] = self.parts[part as usize].rings.map(|ring| ring as usize);
        let rings = self.rings[first..=end].array_windows();
        rings.map(|&[first, end]| Run { first, edges: end.saturating_sub(first + 1) }).filter(|run| run.edges > 0)
    }

    /// How many edges a polygon has.
    pub(super) fn edge_count(&self, part: &Part) -> u32 {
        let [first, end] = part.rings;
        self.rings[end as usize] - self.rings[first as usize] - (end - first)
    }
}

/// Some owners with their polygons.
type Lot<'a> = &'a [(Owner, &'a MultiPolygon)];

/// Owners one after the other, some at a time, and the most vertices that each lot has.
fn lots<'a>(owned: &'a [(Owner, &'a MultiPolygon)]) -> Vec<(Lot<'a>, usize)> {
    // One more for the vertex that closes a ring.
    let in_ring = |ring: &LineString| ring.0.len() + usize::from(!ring.is_closed());
    let each = owned.par_iter().with_min_len(NEIGHBOURS);
    let each: Vec<usize> = each.map(|(_, polygons)| polygons.iter().flat_map(rings).map(in_ring).sum()).collect();
    let mut lots = Vec::new();
    let (mut first, mut vertices) = (0, 0);
    for (number, more) in each.into_iter().enumerate() {
        vertices += more;
        if vertices >= AT_A_TIME || number + 1 == owned.len() {
            lots.push((&owned[first..=number], vertices));
            (first, vertices) = (number + 1, 0);
        }
    }
    lots
}

/// What was gathered of a lot, with vertices and rings numbered from its own first.
struct Gathered {
    /// How many vertices there are.
    used: usize,
    rings: Vec<u32>,
    parts: Vec<Part>,
}

impl Gathered {
    fn of(lot: Lot<'_>, owners: &[Owner], vertices: &mut [[f64; 2]]) -> Self {
        let mut own = Self { used: 0, rings: Vec::new(), parts: Vec::new() };
        for (owner, polygons) in lot {
            let owner = owners.binary_search(owner).map_or(u32::MAX, index32);
            for polygon in *polygons {
                let before = own.used;
                let first = len32(&own.rings);
                for ring in rings(polygon) {
                    own.rings.push(index32(own.used));
                    let mut last = None;
                    // An edge without length is no edge.
                    for &vertex in ring.0.iter().chain((!ring.is_closed()).then_some(&ring.0[0])) {
                        if last.replace(vertex) != Some(vertex) {
                            vertices[own.used] = [vertex.x, vertex.y];
                            own.used += 1;
                        }
                    }
                }
                let own_vertices = &vertices[before..own.used];
                if !own_vertices.is_empty() && own_vertices.iter().flatten().fold(true, |all, c| all & c.is_finite()) {
                    let [lower, upper] = corners(own_vertices);
                    own.parts.push(Part { owner, rings: [first, len32(&own.rings)], lower, upper });
                } else {
                    // It has no edges, or corners that are not numbers.
                    own.used = before;
                    own.rings.truncate(first as usize);
                }
            }
        }
        own
    }
}

/// The corners of some vertices.
fn corners(vertices: &[[f64; 2]]) -> [Coord; 2] {
    let start = [Coord { x: f64::INFINITY, y: f64::INFINITY }, Coord { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY }];
    vertices.iter().fold(start, |[low, high], &[x, y]| {
        [Coord { x: low.x.min(x), y: low.y.min(y) }, Coord { x: high.x.max(x), y: high.y.max(y) }]
    })
}

/// The rings that have edges.
fn rings(polygon: &Polygon) -> impl Iterator<Item = &LineString> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors()).filter(|ring| ring.0.len() > 1)
}

/// A length as a number of 32 bits. Lists of four thousand million words do not fit into the memory of a study.
pub(super) fn len32<T>(list: &[T]) -> u32 {
    index32(list.len())
}

fn index32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
