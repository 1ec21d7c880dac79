//! The coverage index: footprints, areas and settlements, cut once, ready to be asked about any point.
//!
//! ```text
//! polygons ──cut──▶ squares along a Z-order curve, each with
//!                     the set of owners that hold all of it     (no geometry for most points)
//!                     the few edges that run through it         (decided by an exact predicate)
//! ```
//!
//! Footprints, areas of every level and settlements are owners alike, so one look-up answers all of them. See
//! `docs/decisions/0006-squares-instead-of-boxes.md` for what was tried, and `docs/methods/boundary.md` for the rule.

mod cut;
mod lattice;
mod sets;

use std::sync::Arc;

use geo::{BoundingRect, Coord, MultiPolygon};
use rayon::prelude::*;

use crate::{polygon::side_of, service::Link, settlement::Settlement, study::Study};
use cut::{Leaves, ODD, Outlines, Part, len32};
use lattice::{DEPTH, Lattice};
use sets::{Grown, Sets};

/// What a polygon stands for. The order is that of sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Owner {
    /// An area of a level.
    Area { level: u32, area: u32 },
    /// A settlement of a class.
    Settlement(Settlement),
    /// A footprint's service, and how it reaches.
    Link(Link),
}

/// Footprints, areas and settlements in one index. Built once, shared by all threads.
///
/// # Memory
/// Linear in the vertices: 16 bytes for each, 4 for each edge in each square that it may touch, and 16 for each square;
/// together about 40 bytes per vertex of ragged outlines.
#[derive(Debug)]
pub struct CoverageIndex {
    lattice: Lattice,
    vertices: Vec<Coord>,
    leaves: Leaves,
    /// The first square at or after each cell of a coarse grid along the curve, and the number of squares.
    directory: Vec<u32>,
    /// How far a key is shifted to be a place in the directory.
    shift: u32,
    owners: Vec<Owner>,
    sets: Sets,
    /// Per level: whether any area of it has borders.
    bordered: Vec<bool>,
}

/// The number of a set of owners in an index. Which number a set has depends on the order of work; two numbers are
/// equal exactly when the sets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SetId(u32);

impl SetId {
    /// What nothing holds.
    pub const NOTHING: Self = Self(sets::EMPTY);

    /// The number, for tables.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// What holds a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Per level: the area, the first by code where several hold the point, and how many do; `None` when the level
    /// has no borders.
    pub areas: Vec<Option<(Option<u32>, u32)>>,
    /// A locality goes before a smaller locality.
    pub settlement: Settlement,
    /// The links of all footprints that hold it, sorted, each once.
    pub links: Arc<[Link]>,
}

impl CoverageIndex {
    /// Cuts everything that has an area into the index.
    #[must_use]
    pub fn build(study: &Study) -> Self {
        let mut owned: Vec<(Owner, &MultiPolygon)> = Vec::new();
        for (level, l) in (0..).zip(&study.frame.levels) {
            let bordered = (0..).zip(&l.areas).filter_map(|(area, a)| Some((area, a.geometry.as_ref()?)));
            owned.extend(bordered.map(|(area, geometry)| (Owner::Area { level, area }, geometry)));
        }
        owned.extend(study.settlements.iter().map(|s| (Owner::Settlement(s.class), &s.geometry)));
        owned.extend(study.footprints.iter().map(|f| (Owner::Link(f.link), &f.geometry)));
        let bordered = study.frame.levels.iter().map(|level| level.areas.iter().any(|area| area.geometry.is_some()));
        Self::of(&owned, bordered.collect())
    }

    fn of(owned: &[(Owner, &MultiPolygon)], bordered: Vec<bool>) -> Self {
        let mut owners: Vec<Owner> = owned.iter().map(|&(owner, _)| owner).collect();
        owners.sort_unstable();
        owners.dedup();
        let outlines = outlines(owned, &owners);
        let corner = |pick: fn(f64, f64) -> f64, corner: fn(&Part) -> Coord, start: f64| {
            outlines
                .parts
                .iter()
                .map(corner)
                .fold(Coord { x: start, y: start }, |a, b| Coord { x: pick(a.x, b.x), y: pick(a.y, b.y) })
        };
        let sets = Sets::new();
        let (lattice, leaves) = if outlines.parts.is_empty() {
            (Lattice::over(Coord::zero(), Coord::zero()), Leaves::default())
        } else {
            let lower = corner(f64::min, |part| part.lower, f64::INFINITY);
            let upper = corner(f64::max, |part| part.upper, f64::NEG_INFINITY);
            let lattice = Lattice::over(lower, upper);
            (lattice, cut::cut(&outlines, &lattice, &sets))
        };
        let (directory, shift) = directory(&leaves.keys);
        Self { lattice, vertices: outlines.vertices, leaves, directory, shift, owners, sets, bordered }
    }

    /// The set of owners that hold each point: one number per point, in the points' order.
    ///
    /// A point that is not a number is held by nothing.
    ///
    /// # Shape
    /// `easting`, `northing` and the answer have the same length.
    #[must_use]
    pub fn locate(&self, easting: &[f64], northing: &[f64], desk: &mut Desk) -> Vec<SetId> {
        let mut found = vec![SetId::NOTHING; easting.len()];
        if self.leaves.keys.is_empty() {
            return found;
        }
        desk.keys.clear();
        let keys = easting.iter().zip(northing).map(|(&x, &y)| self.lattice.key(x, y).unwrap_or(u64::MAX));
        desk.keys.extend(keys);
        if self.scattered(&desk.keys) {
            desk.sort();
            let order = std::mem::take(&mut desk.order);
            let mut at = 0;
            for &(key, place) in &order {
                let place = place as usize;
                if key != u64::MAX {
                    at = self.leaf(key, at);
                    found[place] = self.in_leaf(at, Coord { x: easting[place], y: northing[place] }, desk);
                }
            }
            desk.order = order;
        } else {
            let keys = std::mem::take(&mut desk.keys);
            let mut at = 0;
            for (place, &key) in keys.iter().enumerate() {
                if key != u64::MAX {
                    at = self.leaf(key, at);
                    found[place] = self.in_leaf(at, Coord { x: easting[place], y: northing[place] }, desk);
                }
            }
            desk.keys = keys;
        }
        found
    }

    /// What the owners of a set amount to.
    #[must_use]
    pub fn held(&self, set: SetId) -> Held {
        let members = self.sets.members(set.0);
        let mut areas: Vec<Option<(Option<u32>, u32)>> =
            self.bordered.iter().map(|&bordered| bordered.then_some((None, 0))).collect();
        let mut settlement = Settlement::Outside;
        let mut links = Vec::with_capacity(members.len());
        for &owner in &*members {
            match self.owners[owner as usize] {
                Owner::Area { level, area } => {
                    if let Some(Some((first, count))) = areas.get_mut(level as usize) {
                        // Owners are sorted, so the first is the lowest.
                        first.get_or_insert(area);
                        *count += 1;
                    }
                }
                Owner::Settlement(class) => settlement = settlement.min(class),
                Owner::Link(link) => links.push(link),
            }
        }
        Held { areas, settlement, links: links.into() }
    }

    /// What holds one point.
    #[must_use]
    pub fn held_at(&self, point: Coord) -> Held {
        let found = self.locate(&[point.x], &[point.y], &mut Desk::default());
        self.held(found.first().copied().unwrap_or(SetId::NOTHING))
    }

    /// How large the index is.
    #[must_use]
    pub fn size(&self) -> Size {
        let Leaves { keys, sets, starts, code } = &self.leaves;
        let words = (sets.len() + starts.len() + code.len() + self.directory.len()) * 4;
        Size {
            vertices: self.vertices.len(),
            squares: keys.len(),
            bytes: self.vertices.len() * size_of::<Coord>() + keys.len() * 8 + words + self.sets.bytes(),
        }
    }

    /// The square that holds a key, looked for first where the last one was.
    fn leaf(&self, key: u64, last: usize) -> usize {
        let keys = &self.leaves.keys;
        if keys[last] <= key && keys.get(last + 1).is_none_or(|&next| key < next) {
            return last;
        }
        let cell = usize::try_from(key >> self.shift).unwrap_or(usize::MAX);
        // The square that holds the cell's first key may begin before the cell.
        let first = (self.directory[cell] as usize).saturating_sub(1);
        let end = self.directory[cell + 1] as usize;
        first + keys[first..end].partition_point(|&k| k <= key).saturating_sub(1)
    }

    fn in_leaf(&self, leaf: usize, point: Coord, desk: &mut Desk) -> SetId {
        let Leaves { sets, starts, code, .. } = &self.leaves;
        let set = sets[leaf];
        let end = starts.get(leaf + 1).map_or(code.len(), |&end| end as usize);
        let mut rest = &code[starts[leaf] as usize..end];
        desk.holding.clear();
        while let [owner, edges, steps, tail @ ..] = rest {
            let (edges, tail) = tail.split_at(*edges as usize);
            let (steps, tail) = tail.split_at(*steps as usize);
            rest = tail;
            if self.holds(point, owner & ODD != 0, edges, steps) {
                desk.holding.push(owner & !ODD);
            }
        }
        match *desk.holding {
            [] => SetId(set),
            [owner] => SetId(self.sets.with(set, owner, &mut desk.grown)),
            _ => SetId(self.with_all(leaf, set, desk)),
        }
    }

    #[inline]
    fn holds(&self, point: Coord, odd: bool, edges: &[u32], steps: &[u32]) -> bool {
        let mut inside = odd;
        for &step in steps {
            inside ^= self.vertices[step as usize].y <= point.y;
        }
        for &edge in edges {
            let (a, b) = (self.vertices[edge as usize], self.vertices[edge as usize + 1]);
            match side_of(a, b, point) {
                None => return true,
                Some(right) => inside ^= right,
            }
        }
        inside
    }

    /// Several owners at once: neighbours are often held by the same ones.
    fn with_all(&self, leaf: usize, set: u32, desk: &mut Desk) -> u32 {
        if desk.last_leaf == leaf && desk.last_holding == desk.holding {
            return desk.last_set;
        }
        let mut grown = set;
        for &owner in &desk.holding {
            grown = self.sets.with(grown, owner, &mut desk.grown);
        }
        desk.last_leaf = leaf;
        desk.last_holding.clone_from(&desk.holding);
        desk.last_set = grown;
        grown
    }

    /// Whether neighbours in the list are far apart on the ground, so that sorting them pays.
    fn scattered(&self, keys: &[u64]) -> bool {
        let pairs = keys.len().min(SAMPLE);
        let near = keys.windows(2).take(pairs).filter(|pair| pair[0] >> NEAR == pair[1] >> NEAR).count();
        near * 4 < pairs
    }
}

/// Two keys are near each other when they are alike above these bits: squares of 1/256 of the whole.
const NEAR: u32 = 2 * (DEPTH - 8);

/// How many neighbours are looked at to see whether a list is scattered.
const SAMPLE: usize = 1024;

/// How large an index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Vertices of all polygons.
    pub vertices: usize,
    /// Squares.
    pub squares: usize,
    /// Bytes of memory.
    pub bytes: usize,
}

/// What one worker keeps between calls of [`CoverageIndex::locate`].
#[derive(Debug, Default)]
pub struct Desk {
    keys: Vec<u64>,
    order: Vec<(u64, u32)>,
    spare: Vec<(u64, u32)>,
    holding: Vec<u32>,
    last_leaf: usize,
    last_holding: Vec<u32>,
    last_set: u32,
    grown: Grown,
}

impl Desk {
    /// Orders the places by their keys: eleven bits at a time, the lowest of the 33 highest first.
    fn sort(&mut self) {
        const LOWEST: u32 = 2 * DEPTH - 33;
        self.order.clear();
        self.order.extend(self.keys.iter().copied().zip(0..));
        self.spare.clear();
        self.spare.resize(self.order.len(), (0, 0));
        for shift in [LOWEST, LOWEST + 11, LOWEST + 22] {
            let digit = |key: u64| usize::try_from(key >> shift & 0x7FF).unwrap_or_default();
            let mut starts = [0u32; 1 << 11];
            for &(key, _) in &self.order {
                starts[digit(key)] += 1;
            }
            let mut sum = 0;
            for start in &mut starts {
                sum += std::mem::replace(start, sum);
            }
            for &(key, place) in &self.order {
                let start = &mut starts[digit(key)];
                self.spare[*start as usize] = (key, place);
                *start += 1;
            }
            std::mem::swap(&mut self.order, &mut self.spare);
        }
    }
}

/// All vertices in one list.
fn outlines(owned: &[(Owner, &MultiPolygon)], owners: &[Owner]) -> Outlines {
    let finite = |c: &Coord| c.x.is_finite() && c.y.is_finite();
    let parts: Vec<Outlines> = owned
        .par_iter()
        .with_min_len(64)
        .map(|(owner, polygons)| {
            let owner = owners.binary_search(owner).map_or(u32::MAX, |o| u32::try_from(o).unwrap_or(u32::MAX));
            let mut own = Outlines::default();
            for polygon in *polygons {
                let Some(rect) = polygon.bounding_rect().filter(|r| finite(&r.min()) && finite(&r.max())) else {
                    continue;
                };
                let first = len32(&own.rings);
                for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()).filter(|r| r.0.len() > 1) {
                    own.rings.push(len32(&own.vertices));
                    own.vertices.extend_from_slice(&ring.0);
                    if !ring.is_closed() {
                        own.vertices.extend(ring.0.first());
                    }
                }
                let rings = [first, len32(&own.rings)];
                own.parts.push(Part { owner, rings, lower: rect.min(), upper: rect.max() });
            }
            own
        })
        .collect();
    let mut all = Outlines::default();
    all.vertices.reserve(parts.iter().map(|own| own.vertices.len()).sum());
    for own in parts {
        let (vertex, ring) = (len32(&all.vertices), len32(&all.rings));
        all.rings.extend(own.rings.iter().map(|r| r + vertex));
        all.parts.extend(own.parts.iter().map(|p| Part { rings: p.rings.map(|r| r + ring), ..*p }));
        all.vertices.extend(own.vertices);
    }
    all.rings.push(len32(&all.vertices));
    all
}

/// About one cell of the directory for each square, at most a million.
fn directory(keys: &[u64]) -> (Vec<u32>, u32) {
    let bits = (keys.len().max(1).ilog2() + 1).min(20);
    let shift = 2 * DEPTH - bits;
    let mut directory = Vec::with_capacity((1 << bits) + 1);
    let mut at = 0u32;
    for cell in 0..1u64 << bits {
        while keys.get(at as usize).is_some_and(|&key| key < cell << shift) {
            at += 1;
        }
        directory.push(at);
    }
    directory.push(len32(keys));
    (directory, shift)
}

#[cfg(test)]
mod tests;
