//! Looking up: which set of owners holds each place, group by group of those in one square.

use std::ops::Range;

use geo::Coord;
use pulp::{Arch, Simd, WithSimd};

use super::{
    CoverageIndex, SetId,
    border::Borders,
    desk::{Desk, Spot},
    known::Known,
    sets::Grown,
};

/// So many squares are looked up before places in them are.
const AHEAD: usize = 16;

/// The most places that two registers of any processor hold.
const MOST: usize = 16;

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
    /// Says of all places on a desk what holds them, with the registers that this processor has.
    pub(super) fn locate(&self, places: [&[f64]; 2], desk: &mut Desk, found: &mut [SetId]) {
        Arch::new().dispatch(Locate { view: self, places, desk, found });
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
        for &start in &starts[..groups.len()] {
            // There may be no border in the square, and then this is another one's; it is only looked at.
            seen ^= Borders::glance(self.code.get(start..).unwrap_or_default(), self.vertices);
        }
        std::hint::black_box(seen);
    }

    /// Says of places in one square what holds them.
    #[inline(always)]
    fn in_leaf<S: Simd>(
        &self,
        simd: S,
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
        let mut rest = places;
        while !rest.is_empty() {
            let (spots, others) = rest.split_at(rest.len().min(2 * S::F64_LANES));
            if spots.len() > S::F64_LANES {
                self.hold::<S, 2>(simd, &borders, spots, point, &mut say);
            } else {
                self.hold::<S, 1>(simd, &borders, spots, point, &mut say);
            }
            rest = others;
        }
    }

    /// Says of a few places, at most as many as fit into some registers, which borders hold them.
    #[inline(always)]
    fn hold<S: Simd, const REGISTERS: usize>(
        &self,
        simd: S,
        borders: &Borders<'_>,
        spots: &[Spot],
        point: impl Fn(&Spot) -> Coord,
        say: &mut impl FnMut(&Spot, Option<u32>),
    ) {
        let (mut x, mut y) = ([0.0; MOST], [0.0; MOST]);
        for ((x, y), spot) in x.iter_mut().zip(&mut y).zip(spots) {
            Coord { x: *x, y: *y } = point(spot);
        }
        let register = |list: &[f64; MOST], number: usize| S::as_simd_f64s(list).0[number];
        let [x, y] = [x, y].map(|list| std::array::from_fn(|number| register(&list, number)));
        let mut holding = [0; MOST];
        let mut certain = [0; MOST];
        let each = borders.holding_each::<S, REGISTERS>(simd, self.vertices, &x, &y);
        let (all, none) = (simd.splat_u64s(u64::MAX), simd.splat_u64s(0));
        for (number, (held, sure)) in each.into_iter().enumerate() {
            S::as_mut_simd_u64s(&mut holding).0[number] = held;
            S::as_mut_simd_u64s(&mut certain).0[number] = simd.select_u64s(sure, all, none);
        }
        for ((spot, &holding), &certain) in spots.iter().zip(&holding).zip(&certain) {
            #[expect(clippy::cast_possible_truncation, reason = "bits above the lowest 32 are never set")]
            say(spot, (certain != 0).then_some(holding as u32));
        }
    }

    /// The set of a point in a square that some of its borders hold.
    fn with_holding(&self, leaf: usize, set: u32, owners: &[u32], holding: u32, grown: &mut Grown) -> SetId {
        if holding == 0 {
            return SetId(set);
        }
        if let Some(set) = self.index.known.of_points(leaf, holding) {
            return SetId(set);
        }
        let set = self.index.sets.with_all(set, held_among(owners, holding), grown);
        self.index.known.keep(leaf, Known { holding, set });
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

/// What is to be done with the registers there are.
pub(super) struct Locate<'a, 'b> {
    pub(super) view: &'a View<'b>,
    pub(super) places: [&'a [f64]; 2],
    pub(super) desk: &'a mut Desk,
    pub(super) found: &'a mut [SetId],
}

impl WithSimd for Locate<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { view, places, desk: Desk { order, keys, grown, .. }, found } = self;
        let mut rest = order.as_slice();
        let mut groups: Vec<(usize, &[Spot])> = Vec::with_capacity(AHEAD);
        while !rest.is_empty() {
            groups.clear();
            while let Some(first) = rest.first()
                && groups.len() < AHEAD
            {
                let (leaf, inside) = view.leaf(keys[first.place as usize]);
                let same = |spot: &&Spot| inside.contains(&keys[spot.place as usize]);
                let (group, others) = rest.split_at(1 + rest[1..].iter().take_while(same).count());
                groups.push((leaf, group));
                rest = others;
            }
            view.fetch(&groups);
            for &(leaf, group) in &groups {
                view.in_leaf(simd, leaf, group, places, found, grown);
            }
        }
    }
}

/// The owners whose bits are set.
fn held_among(owners: &[u32], holding: u32) -> impl Iterator<Item = u32> {
    owners.iter().enumerate().filter(move |(bit, _)| holding >> bit & 1 == 1).map(|(_, &owner)| owner)
}
