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

mod border;
mod cut;
mod directory;
mod known;
mod lattice;
mod outlines;
mod sets;
mod stretches;

mod flat;
mod layout;

use std::sync::{Arc, atomic::Ordering};

use geo::{Coord, MultiPolygon};

use crate::{
    area::Level,
    footprint::Footprint,
    service::Link,
    settlement::{Settlement, SettlementArea},
    study::Study,
};
use border::Borders;
use cut::Leaves;
use directory::Directory;
use flat::Flat;
use known::{Known, KnownSets};
use lattice::{DEPTH, Lattice};
use outlines::{Outlines, Part};
use sets::{Grown, Sets};

pub use flat::Bytes;
pub use layout::{LAYOUT, LayoutError, Meaning};

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

/// Footprints, areas and settlements in one index. Built once, shared by all threads; or opened from bytes that
/// [`CoverageIndex::write`] wrote, and then used where they lie.
///
/// # Memory
/// Linear in the vertices: 16 bytes for each, 5 for each edge in each square that it may touch, and 48 for each square;
/// together about 50 bytes per vertex of ragged outlines.
#[derive(Debug)]
pub struct CoverageIndex {
    lattice: Lattice,
    vertices: Flat<[f64; 2]>,
    squares: Squares,
    directory: Directory,
    owners: Vec<Owner>,
    sets: Sets,
    known: KnownSets,
    /// Per level: whether any area of it has borders.
    bordered: Vec<bool>,
}

/// What [`Leaves`] has, where it is kept.
#[derive(Debug)]
struct Squares {
    keys: Flat<u64>,
    sets: Flat<u32>,
    starts: Flat<u32>,
    code: Flat<u32>,
}

/// The number of a set of owners in an index. Which number a set has depends on the order of work; two numbers are
/// equal exactly when the sets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SetId(u32);

impl SetId {
    /// What nothing holds.
    pub const NOTHING: Self = Self(sets::EMPTY);

    /// The number, for tables; below 2^31.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The set with a number that [`SetId::number`] gave.
    pub(crate) const fn from_number(number: u32) -> Self {
        Self(number)
    }
}

/// The area of a level that holds a point, the first by code where several do, and how many do; `None` when the level
/// has no borders.
pub type AreaAt = Option<(Option<u32>, u32)>;

/// What holds a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Per level.
    pub areas: Vec<AreaAt>,
    /// A locality goes before a smaller locality.
    pub settlement: Settlement,
    /// The links of all footprints that hold it, sorted, each once.
    pub links: Arc<[Link]>,
}

impl CoverageIndex {
    /// Cuts everything that has an area into the index.
    #[must_use]
    pub fn build(study: &Study) -> Self {
        Self::cut(&study.frame.levels, &study.settlements, &study.footprints)
    }

    /// Cuts the polygons of a study of which nothing else is read.
    #[must_use]
    pub fn cut(levels: &[Level], settlements: &[SettlementArea], footprints: &[Footprint]) -> Self {
        let mut owned: Vec<(Owner, &MultiPolygon)> = Vec::new();
        for (level, l) in (0..).zip(levels) {
            let bordered = (0..).zip(&l.areas).filter_map(|(area, a)| Some((area, a.geometry.as_ref()?)));
            owned.extend(bordered.map(|(area, geometry)| (Owner::Area { level, area }, geometry)));
        }
        owned.extend(settlements.iter().map(|s| (Owner::Settlement(s.class), &s.geometry)));
        owned.extend(footprints.iter().map(|f| (Owner::Link(f.link), &f.geometry)));
        let bordered = levels.iter().map(|level| level.areas.iter().any(|area| area.geometry.is_some()));
        Self::of(&owned, bordered.collect())
    }

    fn of(owned: &[(Owner, &MultiPolygon)], bordered: Vec<bool>) -> Self {
        let mut owners: Vec<Owner> = owned.iter().map(|&(owner, _)| owner).collect();
        owners.sort_unstable();
        owners.dedup();
        let outlines = Outlines::of(owned, &owners);
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
        let directory = Directory::of(&leaves.keys);
        let Leaves { keys, sets: of_squares, starts, code } = leaves;
        let squares = Squares {
            keys: Flat::Owned(keys),
            sets: Flat::Owned(of_squares),
            starts: Flat::Owned(starts),
            code: Flat::Owned(code),
        };
        let known = KnownSets::of(squares.keys.as_slice().len());
        Self { lattice, vertices: Flat::Owned(outlines.vertices), squares, directory, owners, sets, known, bordered }
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
        let view = self.view();
        if view.keys.is_empty() {
            return found;
        }
        desk.keys.clear();
        let keys = easting.iter().zip(northing).map(|(&x, &y)| self.lattice.key(x, y).unwrap_or(u64::MAX));
        desk.keys.extend(keys);
        if scattered(&desk.keys) {
            desk.sort();
            let order = std::mem::take(&mut desk.order);
            let mut at = 0;
            for &(key, place) in &order {
                let place = place as usize;
                if key != u64::MAX {
                    at = view.leaf(key, at);
                    found[place] = view.in_leaf(at, Coord { x: easting[place], y: northing[place] }, desk);
                }
            }
            desk.order = order;
        } else {
            let keys = std::mem::take(&mut desk.keys);
            let mut at = 0;
            for (place, &key) in keys.iter().enumerate() {
                if key != u64::MAX {
                    at = view.leaf(key, at);
                    found[place] = view.in_leaf(at, Coord { x: easting[place], y: northing[place] }, desk);
                }
            }
            desk.keys = keys;
        }
        found
    }

    /// What the owners of a set amount to.
    #[must_use]
    pub fn held(&self, set: SetId) -> Held {
        self.sets.look_at(set.0, |members| self.held_by(members))
    }

    fn held_by(&self, members: &[u32]) -> Held {
        let mut settlement = Settlement::Outside;
        let mut links = Vec::with_capacity(members.len());
        for &owner in members {
            match self.owners[owner as usize] {
                Owner::Area { .. } => {}
                Owner::Settlement(class) => settlement = settlement.min(class),
                Owner::Link(link) => links.push(link),
            }
        }
        Held { areas: self.areas_among(members), settlement, links: links.into() }
    }

    /// The areas among the owners of a set, as in [`Held::areas`].
    #[must_use]
    pub fn areas(&self, set: SetId) -> Vec<AreaAt> {
        self.sets.look_at(set.0, |members| self.areas_among(members))
    }

    fn areas_among(&self, members: &[u32]) -> Vec<AreaAt> {
        let mut areas: Vec<AreaAt> = self.bordered.iter().map(|&bordered| bordered.then_some((None, 0))).collect();
        // Owners are sorted, so areas come first, and among those of a level the lowest.
        for &owner in members {
            let Owner::Area { level, area } = self.owners[owner as usize] else { break };
            if let Some(Some((first, count))) = areas.get_mut(level as usize) {
                first.get_or_insert(area);
                *count += 1;
            }
        }
        areas
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
        let View { vertices, keys, sets, starts, code, .. } = self.view();
        let words = (sets.len() + starts.len() + code.len()) * 4 + self.directory.bytes() + self.known.bytes();
        Size {
            vertices: vertices.len(),
            squares: keys.len(),
            bytes: size_of_val(vertices) + keys.len() * 8 + words + self.sets.bytes(),
        }
    }

    /// Lets go of where everything is, for when all places have been located and it is only to be said what the sets are.
    pub fn forget_squares(&mut self) {
        let Squares { keys, sets, starts, code } = &mut self.squares;
        self.known = KnownSets::default();
        self.vertices = Flat::Owned(Vec::new());
        *keys = Flat::Owned(Vec::new());
        for list in [sets, starts, code] {
            *list = Flat::Owned(Vec::new());
        }
    }

    /// Where everything is, found out once for many points.
    fn view(&self) -> View<'_> {
        let Squares { keys, sets, starts, code } = &self.squares;
        View {
            index: self,
            vertices: self.vertices.as_slice(),
            keys: keys.as_slice(),
            sets: sets.as_slice(),
            starts: starts.as_slice(),
            code: code.as_slice(),
        }
    }
}

/// The lists of an index, wherever they are kept.
#[derive(Debug, Clone, Copy)]
struct View<'a> {
    index: &'a CoverageIndex,
    vertices: &'a [[f64; 2]],
    keys: &'a [u64],
    sets: &'a [u32],
    starts: &'a [u32],
    code: &'a [u32],
}

impl<'a> View<'a> {
    /// The square that holds a key, looked for first where the last one was.
    fn leaf(&self, key: u64, last: usize) -> usize {
        let keys = self.keys;
        if keys[last] <= key && keys.get(last + 1).is_none_or(|&next| key < next) {
            return last;
        }
        self.index.directory.find(keys, key)
    }

    #[inline]
    fn in_leaf(&self, leaf: usize, point: Coord, desk: &mut Desk) -> SetId {
        let set = self.sets[leaf];
        let mut code = self.code_of(leaf);
        let Some(borders) = Borders::next(&mut code) else { return SetId(set) };
        let holding = borders.holding(self.vertices, point);
        if !code.is_empty() {
            return self.in_crowded_leaf(leaf, point, desk);
        }
        if holding == 0 {
            return SetId(set);
        }
        let known = self.index.known.slot(leaf, holding);
        let found = Known::from_word(known.load(Ordering::Relaxed));
        if found.holding == holding {
            return SetId(found.set);
        }
        let set = self.index.sets.with_all(set, held_among(borders.owners, holding), &mut desk.grown);
        known.store(Known { holding, set }.word(), Ordering::Relaxed);
        SetId(set)
    }

    /// A square with more borders than a group has.
    fn in_crowded_leaf(&self, leaf: usize, point: Coord, desk: &mut Desk) -> SetId {
        let mut code = self.code_of(leaf);
        let groups = std::iter::from_fn(|| Borders::next(&mut code));
        let set = groups.fold(self.sets[leaf], |set, borders| {
            let holding = borders.holding(self.vertices, point);
            self.index.sets.with_all(set, held_among(borders.owners, holding), &mut desk.grown)
        });
        SetId(set)
    }

    /// The borders through a square, as in [`Leaves`].
    #[inline]
    fn code_of(&self, leaf: usize) -> &'a [u32] {
        let end = self.starts.get(leaf + 1).map_or(self.code.len(), |&end| end as usize);
        &self.code[self.starts[leaf] as usize..end]
    }
}

/// The owners whose bits are set.
fn held_among(owners: &[u32], holding: u32) -> impl Iterator<Item = u32> {
    owners.iter().enumerate().filter(move |(bit, _)| holding >> bit & 1 == 1).map(|(_, &owner)| owner)
}

/// Whether neighbours in the list are far apart on the ground, so that sorting them pays.
fn scattered(keys: &[u64]) -> bool {
    let pairs = keys.len().min(SAMPLE);
    let near = keys.windows(2).take(pairs).filter(|pair| pair[0] >> NEAR == pair[1] >> NEAR).count();
    near * 4 < pairs
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

#[cfg(test)]
mod tests;
