//! Looking up: which set of owners holds each place, group by group of those in one square.

use std::{ops::Range, sync::atomic::Ordering};

use geo::Coord;
use wide::f64x2;

use super::{
    CoverageIndex, SetId,
    border::Borders,
    desk::{Desk, Spot},
    known::Known,
    sets::Grown,
};

/// So many squares are looked up before places in them are.
const AHEAD: usize = 16;

/// The lists of an index, wherever they are kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) index: &'a CoverageIndex,
    pub(super) vertices: &'a [[f64; 2]],
    pub(super) keys: &'a [u64],
    pub(super) sets: &'a [u32],
    pub(super) starts: &'a [u32],
    pub(super) code: &'a [u32],
}

impl<'a> View<'a> {
    /// Says of all places on a desk what holds them.
    pub(super) fn locate(&self, places: [&[f64]; 2], desk: &mut Desk, found: &mut [SetId]) {
        let Desk { order, keys, grown, .. } = desk;
        let mut rest = order.as_slice();
        let mut groups: Vec<(usize, &[Spot])> = Vec::with_capacity(AHEAD);
        while !rest.is_empty() {
            groups.clear();
            while let Some(first) = rest.first()
                && groups.len() < AHEAD
            {
                let (leaf, inside) = self.leaf(keys[first.place as usize]);
                let same = |spot: &&Spot| inside.contains(&keys[spot.place as usize]);
                let (group, others) = rest.split_at(1 + rest[1..].iter().take_while(same).count());
                groups.push((leaf, group));
                rest = others;
            }
            self.fetch(&groups);
            for &(leaf, group) in &groups {
                self.in_leaf(leaf, group, places, found, grown);
            }
        }
    }

    /// The square that holds a key, and all keys that it holds.
    fn leaf(&self, key: u64) -> (usize, Range<u64>) {
        let leaf = self.index.directory.find(self.keys, key);
        (leaf, self.keys[leaf]..self.keys.get(leaf + 1).copied().unwrap_or(u64::MAX))
    }

    /// Looks at what will be read of some squares, all of them at once: memory answers many questions in the time of one.
    fn fetch(&self, groups: &[(usize, &[Spot])]) {
        let mut seen = 0;
        let mut starts = [0; AHEAD];
        for (start, &(leaf, _)) in starts.iter_mut().zip(groups) {
            *start = self.starts[leaf] as usize;
            seen ^= self.sets[leaf] ^ self.index.known.glance(leaf);
        }
        let mut edges = [const { 0..0 }; AHEAD];
        for (edges, &start) in edges.iter_mut().zip(&starts[..groups.len()]) {
            // There may be no border in the square, and then this is another one's; it is only looked at.
            if let Some(&[owners, count, ..]) = self.code.get(start..).and_then(<[u32]>::first_chunk::<4>) {
                let first = start + 4 + owners as usize;
                *edges = first..first + count as usize;
            }
        }
        for edges in edges {
            for edge in self.code.get(edges).unwrap_or_default().iter().step_by(4) {
                seen ^= self.vertices.get(*edge as usize).map_or(0, |vertex| vertex[0].to_bits() as u32);
            }
        }
        std::hint::black_box(seen);
    }

    /// Says of places in one square what holds them.
    #[inline]
    fn in_leaf(
        &self,
        leaf: usize,
        places: &[Spot],
        [easting, northing]: [&[f64]; 2],
        found: &mut [SetId],
        grown: &mut Grown,
    ) {
        let set = self.sets[leaf];
        let mut code = self.code_of(leaf);
        let Some(borders) = Borders::next(&mut code) else {
            for spot in places {
                found[spot.place as usize] = SetId(set);
            }
            return;
        };
        let point = |spot: &Spot| Coord { x: easting[spot.place as usize], y: northing[spot.place as usize] };
        if !code.is_empty() {
            for spot in places {
                found[spot.place as usize] = self.in_crowded_leaf(leaf, point(spot), grown);
            }
            return;
        }
        // What the last place was in: neighbours are often in the same.
        let mut last = (0, SetId(set));
        let mut say = |spot: &Spot, holding: Option<u32>| {
            let holding = holding.unwrap_or_else(|| borders.holding(self.vertices, point(spot)));
            if holding != last.0 {
                last = (holding, self.with_holding(leaf, set, borders.owners, holding, grown));
            }
            found[spot.place as usize] = last.1;
        };
        let (fours, rest) = places.as_chunks::<8>();
        for spots in fours {
            self.hold::<4>(&borders, spots, point, &mut say);
        }
        match rest.len() {
            0 => {}
            1..=2 => self.hold::<1>(&borders, rest, point, &mut say),
            3..=4 => self.hold::<2>(&borders, rest, point, &mut say),
            _ => self.hold::<4>(&borders, rest, point, &mut say),
        }
    }

    /// Says of a few places, at most two for each pair, which borders hold them.
    #[inline]
    fn hold<const PAIRS: usize>(
        &self,
        borders: &Borders<'_>,
        spots: &[Spot],
        point: impl Fn(&Spot) -> Coord,
        say: &mut impl FnMut(&Spot, Option<u32>),
    ) {
        let (mut x, mut y) = ([[0.0; 2]; PAIRS], [[0.0; 2]; PAIRS]);
        for ((x, y), spot) in x.as_flattened_mut().iter_mut().zip(y.as_flattened_mut()).zip(spots) {
            Coord { x: *x, y: *y } = point(spot);
        }
        let holding = borders.holding_each(self.vertices, &x.map(f64x2::new), &y.map(f64x2::new));
        for (&holding, spot) in holding.as_flattened().iter().zip(spots) {
            say(spot, holding);
        }
    }

    /// The set of a point in a square that some of its borders hold.
    fn with_holding(&self, leaf: usize, set: u32, owners: &[u32], holding: u32, grown: &mut Grown) -> SetId {
        if holding == 0 {
            return SetId(set);
        }
        let known = self.index.known.slot(leaf, holding);
        let found = Known::from_word(known.load(Ordering::Relaxed));
        if found.holding == holding {
            return SetId(found.set);
        }
        let set = self.index.sets.with_all(set, held_among(owners, holding), grown);
        known.store(Known { holding, set }.word(), Ordering::Relaxed);
        SetId(set)
    }

    /// A square with more borders than a group has.
    fn in_crowded_leaf(&self, leaf: usize, point: Coord, grown: &mut Grown) -> SetId {
        let mut code = self.code_of(leaf);
        let groups = std::iter::from_fn(|| Borders::next(&mut code));
        let set = groups.fold(self.sets[leaf], |set, borders| {
            let holding = borders.holding(self.vertices, point);
            self.index.sets.with_all(set, held_among(borders.owners, holding), grown)
        });
        SetId(set)
    }

    /// The borders through a square, as in [`Leaves`].
    #[inline]
    pub(super) fn code_of(&self, leaf: usize) -> &'a [u32] {
        let end = self.starts.get(leaf + 1).map_or(self.code.len(), |&end| end as usize);
        &self.code[self.starts[leaf] as usize..end]
    }
}

/// The owners whose bits are set.
fn held_among(owners: &[u32], holding: u32) -> impl Iterator<Item = u32> {
    owners.iter().enumerate().filter(move |(bit, _)| holding >> bit & 1 == 1).map(|(_, &owner)| owner)
}
