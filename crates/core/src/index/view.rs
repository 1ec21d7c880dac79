//! Looking up: which set of owners holds each place, group by group of those in one square.

use geo::Coord;
use pulp::{Arch, Simd, WithSimd};

use super::{
    CoverageIndex, SetId,
    border::Borders,
    desk::{Desk, Spot},
    known::{AtHand, Known},
    lattice::BEYOND,
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

    /// Puts places on a desk, with the squares that they lie in; none that lies in no square.
    #[inline(always)]
    fn put(&self, [easting, northing]: [&[f64]; 2], spots: &mut Vec<Spot>) {
        const SOME: usize = 256;
        let mut keys = [0; SOME];
        spots.clear();
        for (start, (x, y)) in (0..).step_by(SOME).zip(easting.chunks(SOME).zip(northing.chunks(SOME))) {
            self.index.lattice.keys(x, y, &mut keys);
            for (place, &key) in (start..).zip(&keys[..x.len()]) {
                if key != BEYOND {
                    spots.push(Spot { square: self.index.directory.find(self.keys, key), place });
                }
            }
        }
    }

    /// Looks at what will be read of some squares, all of them at once: memory answers many questions in the time of one.
    fn fetch(&self, groups: &[&[Spot]]) {
        let mut seen = 0;
        let mut starts = [0; AHEAD];
        for (start, group) in starts.iter_mut().zip(groups) {
            let leaf = group[0].square as usize;
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
        spots: &[Spot],
        [easting, northing]: [&[f64]; 2],
        ([x, y], at_hand): (&mut [Vec<f64>; 2], &mut AtHand),
        found: &mut [SetId],
        grown: &mut Grown,
    ) {
        let Some(&Spot { square, .. }) = spots.first() else { return };
        let leaf = square as usize;
        let set = self.sets[leaf];
        let mut code = self.code_of(leaf);
        let Some(borders) = Borders::next(&mut code) else {
            for spot in spots {
                found[spot.place as usize] = SetId(set);
            }
            return;
        };
        if !code.is_empty() {
            for spot in spots {
                let point = Coord { x: easting[spot.place as usize], y: northing[spot.place as usize] };
                found[spot.place as usize] = self.in_crowded_leaf(leaf, point, grown);
            }
            return;
        }
        // Registers are always full; what is beyond the last place is looked at for nothing.
        for (to, from) in [(&mut *x, easting), (&mut *y, northing)] {
            to.clear();
            to.extend(spots.iter().map(|spot| from[spot.place as usize]));
            to.extend([0.0; MOST]);
        }
        let mut rest = spots;
        let mut at = 0;
        while !rest.is_empty() {
            let few = rest.len() <= S::F64_LANES;
            let (some, others) = rest.split_at(rest.len().min(2 * S::F64_LANES));
            let (x, y) = (&x[at..][..MOST], &y[at..][..MOST]);
            let (mut holding, mut certain) = ([0; MOST], [0; MOST]);
            if few {
                self.hold::<S, 1>(simd, &borders, [x, y], &mut holding, &mut certain);
            } else {
                self.hold::<S, 2>(simd, &borders, [x, y], &mut holding, &mut certain);
            }
            for (number, spot) in some.iter().enumerate() {
                #[expect(clippy::cast_possible_truncation, reason = "bits above the lowest 32 are never set")]
                let holding = if certain[number] != 0 {
                    holding[number] as u32
                } else {
                    borders.holding(self.vertices, Coord { x: x[number], y: y[number] })
                };
                let set = if holding == 0 {
                    set
                } else {
                    at_hand.of_points(square, holding, || self.with_holding(leaf, set, borders.owners, holding, grown))
                };
                found[spot.place as usize] = SetId(set);
            }
            at += some.len();
            rest = others;
        }
    }

    /// Says of as many places as fit into some registers which borders hold them, and whether that is certain.
    #[inline(always)]
    fn hold<S: Simd, const REGISTERS: usize>(
        &self,
        simd: S,
        borders: &Borders<'_>,
        places: [&[f64]; 2],
        holding: &mut [u64; MOST],
        certain: &mut [u64; MOST],
    ) {
        let register = |list: &[f64], number: usize| S::as_simd_f64s(list).0[number];
        let [x, y] = places.map(|list| std::array::from_fn(|number| register(list, number)));
        let each = borders.holding_each::<S, REGISTERS>(simd, self.vertices, &x, &y);
        let (all, none) = (simd.splat_u64s(u64::MAX), simd.splat_u64s(0));
        for (number, (held, sure)) in each.into_iter().enumerate() {
            S::as_mut_simd_u64s(holding).0[number] = held;
            S::as_mut_simd_u64s(certain).0[number] = simd.select_u64s(sure, all, none);
        }
    }

    /// The set of a point in a square that some of its borders hold.
    fn with_holding(&self, leaf: usize, set: u32, owners: &[u32], holding: u32, grown: &mut Grown) -> u32 {
        if let Some(set) = self.index.known.of_points(leaf, holding) {
            return set;
        }
        let set = self.index.sets.with_all(set, held_among(owners, holding), grown);
        self.index.known.keep(leaf, Known { holding, set });
        set
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
        let Self { view, places, desk, found } = self;
        view.put(places, &mut desk.spots);
        desk.sort();
        let Desk { spots, at, at_hand, grown, .. } = desk;
        let mut squares = spots.chunk_by(|a, b| a.square == b.square);
        let mut groups: Vec<&[Spot]> = Vec::with_capacity(AHEAD);
        loop {
            groups.clear();
            groups.extend(squares.by_ref().take(AHEAD));
            if groups.is_empty() {
                break;
            }
            view.fetch(&groups);
            for spots in &groups {
                view.in_leaf(simd, spots, places, (at, at_hand), found, grown);
            }
        }
    }
}

/// The owners whose bits are set.
fn held_among(owners: &[u32], holding: u32) -> impl Iterator<Item = u32> {
    owners.iter().enumerate().filter(move |(bit, _)| holding >> bit & 1 == 1).map(|(_, &owner)| owner)
}
