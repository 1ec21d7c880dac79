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
mod desk;
mod directory;
mod known;
mod lattice;
mod outlines;
mod sets;
mod stretches;
mod view;

mod flat;
mod layout;

use std::sync::Arc;

use geo::{Coord, MultiPolygon};
use rayon::prelude::*;

use crate::{
    area::Level,
    footprint::Footprint,
    service::Link,
    settlement::{Settlement, SettlementArea},
    study::Study,
};
use cut::Leaves;
use directory::Directory;
use flat::Flat;
use known::KnownSets;
use lattice::Lattice;
use outlines::{Outlines, Part};
use sets::Sets;
use view::View;

pub use desk::Desk;
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
/// Linear in the vertices: 16 bytes for each, 8 for each run of edges in each square that it may touch, and 100 for each
/// square; together about 30 bytes per vertex of ragged outlines. While it is built, 2 more per vertex and what is in the squares
/// that are being divided.
#[derive(Debug)]
pub struct CoverageIndex {
    lattice: Lattice,
    vertices: Flat<[f64; 2]>,
    squares: Squares,
    directory: Directory,
    owners: Vec<Owner>,
    /// Those of the owners that are links: the last ones.
    links: Vec<Link>,
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
        owners.par_sort_unstable();
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
        let (vertices, links) = (Flat::Owned(outlines.vertices), links_among(&owners));
        Self { lattice, vertices, squares, directory, owners, links, sets, known, bordered }
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
        if !view.keys.is_empty() {
            view.locate([easting, northing], desk, &mut found);
        }
        found
    }

    /// Makes something of what the owners of each of some sets amount to, in order: by areas of the first two levels, none
    /// before any, and then by owners. Each worker carries something from one to the next.
    ///
    /// No set can be asked for meanwhile, also not by `make`.
    pub(crate) fn make_each<C, T: Send>(
        &self,
        sets: &[u32],
        carry: impl Fn() -> C + Sync + Send,
        make: impl Fn(&mut C, SetId, Held) -> T + Sync + Send,
    ) -> Vec<T> {
        let beginning = |members: &[u32]| {
            let mut first = [0; 2];
            for &owner in members {
                let Owner::Area { level, area } = self.owners[owner as usize] else { break };
                if let Some(first @ 0) = first.get_mut(level as usize) {
                    *first = u64::from(area) + 1;
                }
            }
            first[0] << 32 | first[1]
        };
        let make = |carried: &mut C, set, members: &[u32]| make(carried, SetId(set), self.held_by(members));
        self.sets.make_each(sets, beginning, carry, make)
    }

    /// What the owners of a set amount to.
    #[must_use]
    pub fn held(&self, set: SetId) -> Held {
        self.sets.look_at(set.0, |members| self.held_by(members))
    }

    fn held_by(&self, members: &[u32]) -> Held {
        let first = self.owners.len() - self.links.len();
        let (around, links) = members.split_at(members.partition_point(|&owner| (owner as usize) < first));
        let classes = around.iter().rev().map_while(|&owner| match self.owners[owner as usize] {
            Owner::Settlement(class) => Some(class),
            _ => None,
        });
        Held {
            areas: self.areas_among(around),
            settlement: classes.fold(Settlement::Outside, Settlement::min),
            links: links.iter().map(|&owner| self.links[owner as usize - first]).collect(),
        }
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

    /// Lets go of the sets too, for when it has been said what they are.
    pub fn forget_sets(&mut self) {
        self.sets = Sets::new();
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

/// The links among owners in order.
fn links_among(owners: &[Owner]) -> Vec<Link> {
    let link = |owner: &Owner| if let Owner::Link(link) = owner { Some(*link) } else { None };
    owners.iter().filter_map(link).collect()
}

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

#[cfg(test)]
mod tests;
