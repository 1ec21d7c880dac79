//! Borders: the edges that run through a square, as words in one list.
//!
//! A square's borders lie in groups of at most 32, one after the other; nearly every square has one group or none:
//!
//! ```text
//! owners  edges  steps  odd │ owner … │ edge … │ step … │ whose each edge and step is, a byte each …
//! ```
//!
//! All edges of a group are looked at in one loop that has no branch for whose they are or on which side of them the
//! point is: neither can be predicted.

use geo::Coord;
use pulp::Simd;

use crate::polygon::side_of;

/// The borders of a group, at most.
const GROUP: usize = 32;

/// Some borders through a square.
#[derive(Debug, Clone, Copy)]
pub(super) struct Borders<'a> {
    /// Bit by bit, whether the ray of a point at the square's lower side is odd before any edge is looked at.
    odd: u32,
    /// Whose they are.
    pub(super) owners: &'a [u32],
    /// The first vertex of each edge.
    edges: &'a [u32],
    /// The vertices at whose heights the rays change.
    steps: &'a [u32],
    /// The bit of each edge, then of each step.
    bits: &'a [u8],
}

impl<'a> Borders<'a> {
    /// Takes the next group off a square's words; `None` at their end.
    #[inline]
    pub(super) fn next(code: &mut &'a [u32]) -> Option<Self> {
        let &[owners, edges, steps, odd, ref rest @ ..] = *code else { return None };
        let (owners, rest) = rest.split_at_checked(owners as usize)?;
        let (edges, rest) = rest.split_at_checked(edges as usize)?;
        let (steps, rest) = rest.split_at_checked(steps as usize)?;
        let (bits, rest) = rest.split_at_checked((edges.len() + steps.len()).div_ceil(4))?;
        *code = rest;
        Some(Self { odd, owners, edges, steps, bits: bytemuck::cast_slice(bits) })
    }

    /// Whether every number leads somewhere, in an index with so many vertices and owners.
    pub(super) fn is_sound(&self, vertices: usize, owners: usize) -> bool {
        self.owners.len() <= GROUP
            && self.owners.iter().all(|&owner| (owner as usize) < owners)
            // An edge has a vertex after its first.
            && self.edges.iter().all(|&edge| (edge as usize) + 1 < vertices)
            && self.steps.iter().all(|&step| (step as usize) < vertices)
            && self.bits.iter().all(|&bit| usize::from(bit) < GROUP)
    }

    /// Bit by bit, which of the borders hold the point.
    #[inline]
    pub(super) fn holding(&self, vertices: &[[f64; 2]], point: Coord) -> u32 {
        let (of_edges, of_steps) = self.bits.split_at(self.edges.len().min(self.bits.len()));
        let (mut holding, mut on) = (self.odd, 0);
        for (&step, &bit) in self.steps.iter().zip(of_steps) {
            holding ^= u32::from(vertices[step as usize][1] <= point.y).wrapping_shl(u32::from(bit));
        }
        for (&edge, &bit) in self.edges.iter().zip(of_edges) {
            let Some(&[[ax, ay], [bx, by]]) = vertices.get(edge as usize..).and_then(<[_]>::first_chunk) else {
                continue;
            };
            // On which side of the edge the point is, with the error that Shewchuk gives for it.
            let (one, two) = ((bx - ax) * (point.y - ay), (by - ay) * (point.x - ax));
            let (side, error) = (one - two, ERROR * (one.abs() + two.abs()));
            let (up, down) = (ay <= point.y, by <= point.y);
            if side.abs() > error {
                let meets = (up != down) & ((side > 0.0) == up);
                holding ^= u32::from(meets).wrapping_shl(u32::from(bit));
            } else {
                match side_of(Coord { x: ax, y: ay }, Coord { x: bx, y: by }, point) {
                    None => on |= 1u32.wrapping_shl(u32::from(bit)),
                    Some(right) => holding ^= u32::from(right).wrapping_shl(u32::from(bit)),
                }
            }
        }
        holding | on
    }

    /// The same for as many points at once as some registers hold: for each, what holds it, and whether floating point tells.
    // Inlined, so that it is compiled for the processor that `simd` stands for.
    #[inline(always)]
    pub(super) fn holding_each<S: Simd, const REGISTERS: usize>(
        &self,
        simd: S,
        vertices: &[[f64; 2]],
        x: &[S::f64s; REGISTERS],
        y: &[S::f64s; REGISTERS],
    ) -> [(S::u64s, S::m64s); REGISTERS] {
        let (of_edges, of_steps) = self.bits.split_at(self.edges.len().min(self.bits.len()));
        let bit = |bit: u8| simd.splat_u64s(1u64.wrapping_shl(u32::from(bit)));
        let [zero, error] = [0.0, ERROR].map(|number| simd.splat_f64s(number));
        let (none, all) = (simd.splat_u64s(0), simd.equal_f64s(zero, zero));
        let mut found = [(simd.splat_u64s(u64::from(self.odd)), all); REGISTERS];
        for (&step, &of) in self.steps.iter().zip(of_steps) {
            let (height, bit) = (simd.splat_f64s(vertices[step as usize][1]), bit(of));
            for ((holding, _), &y) in found.iter_mut().zip(y) {
                let turns = simd.select_u64s(simd.less_than_or_equal_f64s(height, y), bit, none);
                *holding = simd.xor_u64s(*holding, turns);
            }
        }
        for (&edge, &of) in self.edges.iter().zip(of_edges) {
            let Some(&[[ax, ay], [bx, by]]) = vertices.get(edge as usize..).and_then(<[_]>::first_chunk) else {
                continue;
            };
            let [dx, dy, ax, ay, by] = [bx - ax, by - ay, ax, ay, by].map(|number| simd.splat_f64s(number));
            let bit = bit(of);
            for (((holding, certain), &x), &y) in found.iter_mut().zip(x).zip(y) {
                // As for one point.
                let one = simd.mul_f64s(dx, simd.sub_f64s(y, ay));
                let two = simd.mul_f64s(dy, simd.sub_f64s(x, ax));
                let side = simd.sub_f64s(one, two);
                let size = simd.mul_f64s(simd.add_f64s(simd.abs_f64s(one), simd.abs_f64s(two)), error);
                *certain = simd.and_m64s(*certain, simd.greater_than_f64s(simd.abs_f64s(side), size));
                let (up, down) = (simd.less_than_or_equal_f64s(ay, y), simd.less_than_or_equal_f64s(by, y));
                // Where the two differ, the side is that of the one when it is not that of the other.
                let left = simd.xor_m64s(simd.greater_than_f64s(side, zero), down);
                let meets = simd.and_m64s(simd.xor_m64s(up, down), left);
                *holding = simd.xor_u64s(*holding, simd.select_u64s(meets, bit, none));
            }
        }
        found
    }
}

/// The error of an orientation by floating point, relative to the sum of its terms.
///
/// # Source
/// `ccwerrboundA` in J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
/// Predicates, <https://www.cs.cmu.edu/~quake/robust.html>, 1997, rounded up.
const ERROR: f64 = 3.331e-16;

/// A group that is being written.
#[derive(Debug, Default)]
pub(super) struct Group {
    odd: u32,
    owners: Vec<u32>,
    edges: Vec<u32>,
    steps: Vec<u32>,
    of_edges: Vec<u8>,
    of_steps: Vec<u8>,
}

impl Group {
    /// Adds a border; writes what is full.
    pub(super) fn add(
        &mut self,
        owner: u32,
        odd: bool,
        edges: impl Iterator<Item = u32>,
        steps: &[u32],
        code: &mut Vec<u32>,
    ) {
        if self.owners.len() == GROUP {
            self.write(code);
        }
        let bit = u8::try_from(self.owners.len()).unwrap_or_default();
        self.odd |= u32::from(odd) << bit;
        self.owners.push(owner);
        self.edges.extend(edges);
        self.of_edges.resize(self.edges.len(), bit);
        self.steps.extend_from_slice(steps);
        self.of_steps.resize(self.steps.len(), bit);
    }

    /// Writes what there is, and is empty.
    pub(super) fn write(&mut self, code: &mut Vec<u32>) {
        let Self { odd, owners, edges, steps, of_edges, of_steps } = self;
        if owners.is_empty() {
            return;
        }
        code.extend([owners.len(), edges.len(), steps.len()].map(|length| u32::try_from(length).unwrap_or(u32::MAX)));
        code.push(std::mem::take(odd));
        of_edges.append(of_steps);
        of_edges.resize(of_edges.len().next_multiple_of(4), 0);
        for list in [owners, edges, steps] {
            code.append(list);
        }
        code.extend(of_edges.as_chunks().0.iter().map(|&bytes| u32::from_ne_bytes(bytes)));
        of_edges.clear();
    }
}
