//! Borders: the edges that run through a square, as words in one list.
//!
//! A square's borders lie in groups of at most 32, one after the other; nearly every square has one group or none:
//!
//! ```text
//! owners  runs  steps  odd  slack │ owner … │ run, two words each … │ step … │ whose each step is, a byte each …
//! ```
//!
//! A run is some edges of one border that follow each other: the first vertex, then how many edges in the higher 24 bits and
//! whose they are in the lowest 8. Along a run each vertex is looked at once, and nothing branches on which side of an edge
//! the point is: that cannot be predicted.

use geo::Coord;
use pulp::Simd;

use super::outlines::{self, len32};
use crate::polygon::side_of;

/// The borders of a group, at most.
const GROUP: usize = 32;

/// How many words are before the lists of a group.
pub(super) const HEAD: usize = 5;

/// Some borders through a square.
#[derive(Debug, Clone, Copy)]
pub(super) struct Borders<'a> {
    /// Bit by bit, whether the ray of a point at the square's lower side is odd before any edge is looked at.
    odd: u32,
    /// The largest error of a side, for any point in the square and any edge of these: [`slack`].
    slack: f32,
    /// Whose they are.
    pub(super) owners: &'a [u32],
    runs: &'a [[u32; 2]],
    /// The vertices at whose heights the rays change.
    steps: &'a [u32],
    /// The bit of each step.
    bits: &'a [u8],
}

/// Edges of one border that follow each other.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: u32,
    edges: u32,
    /// Whose they are.
    bit: u32,
}

impl Run {
    /// The most edges.
    const MOST: u32 = (1 << 24) - 1;

    const fn of([first, rest]: [u32; 2]) -> Self {
        Self { first, edges: rest >> 8, bit: rest & 0xFF }
    }

    const fn words(self) -> [u32; 2] {
        [self.first, self.edges << 8 | self.bit]
    }

    /// The vertices of its edges, one more than there are edges.
    #[inline]
    fn vertices(self, vertices: &[[f64; 2]]) -> &[[f64; 2]] {
        let first = self.first as usize;
        vertices.get(first..=first + self.edges as usize).unwrap_or_default()
    }
}

impl<'a> Borders<'a> {
    /// Takes the next group off a square's words; `None` at their end.
    #[inline]
    pub(super) fn next(code: &mut &'a [u32]) -> Option<Self> {
        let &[owners, runs, steps, odd, slack, ref rest @ ..] = *code else { return None };
        let (owners, rest) = rest.split_at_checked(owners as usize)?;
        let (runs, rest) = rest.split_at_checked((runs as usize).checked_mul(2)?)?;
        let (steps, rest) = rest.split_at_checked(steps as usize)?;
        let (bits, rest) = rest.split_at_checked(steps.len().div_ceil(4))?;
        *code = rest;
        let (runs, _) = runs.as_chunks();
        Some(Self { odd, slack: f32::from_bits(slack), owners, runs, steps, bits: bytemuck::cast_slice(bits) })
    }

    /// Whether every number leads somewhere, in an index with so many vertices and owners.
    pub(super) fn is_sound(&self, vertices: usize, owners: usize) -> bool {
        let in_list = |run: Run| (run.first as usize + run.edges as usize) < vertices && (run.bit as usize) < GROUP;
        self.owners.len() <= GROUP
            && self.owners.iter().all(|&owner| (owner as usize) < owners)
            && self.runs.iter().all(|&run| in_list(Run::of(run)))
            && self.steps.iter().all(|&step| (step as usize) < vertices)
            && self.bits.iter().all(|&bit| usize::from(bit) < GROUP)
    }

    /// Something that lies where the first edges of each run are, of a group that begins with these words.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "any part of it will do")]
    pub(super) fn glance(code: &[u32], vertices: &[[f64; 2]]) -> u32 {
        let &[owners, runs, ..] = code else { return 0 };
        let start = HEAD + owners as usize;
        let (runs, _) = code.get(start..start + 2 * runs as usize).unwrap_or_default().as_chunks();
        // A line of the cache has four vertices.
        let lines = |run: Run| (run.first..=run.first + run.edges.min(64)).step_by(4);
        let looked = runs.iter().flat_map(|&run| lines(Run::of(run)));
        looked.fold(0, |seen, at| seen ^ vertices.get(at as usize).map_or(0, |vertex| vertex[0].to_bits() as u32))
    }

    /// Bit by bit, which of the borders hold the point.
    pub(super) fn holding(&self, vertices: &[[f64; 2]], point: Coord) -> u32 {
        let (mut holding, mut on) = (self.odd, 0);
        for (&step, &bit) in self.steps.iter().zip(self.bits) {
            holding ^= u32::from(vertices[step as usize][1] <= point.y).wrapping_shl(u32::from(bit));
        }
        for run in self.runs.iter().map(|&run| Run::of(run)) {
            for &[[ax, ay], [bx, by]] in run.vertices(vertices).array_windows() {
                let (one, two) = ((bx - ax) * (point.y - ay), (by - ay) * (point.x - ax));
                let (side, error) = (one - two, ERROR * (one.abs() + two.abs()));
                let (up, down) = (ay <= point.y, by <= point.y);
                if side.abs() > error {
                    let meets = (up != down) & ((side > 0.0) == up);
                    holding ^= u32::from(meets).wrapping_shl(run.bit);
                } else {
                    match side_of(Coord { x: ax, y: ay }, Coord { x: bx, y: by }, point) {
                        None => on |= 1u32.wrapping_shl(run.bit),
                        Some(right) => holding ^= u32::from(right).wrapping_shl(run.bit),
                    }
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
        let bit = |bit: u32| simd.splat_u64s(1u64.wrapping_shl(bit));
        let bits = |numbers: S::f64s| simd.transmute_u64s_f64s(numbers);
        let none = simd.splat_u64s(0);
        let mut holding = [simd.splat_u64s(u64::from(self.odd)); REGISTERS];
        let mut least = [simd.splat_f64s(f64::INFINITY); REGISTERS];
        for (&step, &of) in self.steps.iter().zip(self.bits) {
            let (height, bit) = (simd.splat_f64s(vertices[step as usize][1]), bit(u32::from(of)));
            for (holding, &y) in holding.iter_mut().zip(y) {
                let turns = simd.select_u64s(simd.less_than_or_equal_f64s(height, y), bit, none);
                *holding = simd.xor_u64s(*holding, turns);
            }
        }
        for run in self.runs.iter().map(|&run| Run::of(run)) {
            let [[first_x, first_y], others @ ..] = run.vertices(vertices) else { continue };
            // From each vertex to the points.
            let mut right: [S::f64s; REGISTERS] =
                std::array::from_fn(|number| simd.sub_f64s(x[number], simd.splat_f64s(*first_x)));
            let mut up: [S::f64s; REGISTERS] =
                std::array::from_fn(|number| simd.sub_f64s(y[number], simd.splat_f64s(*first_y)));
            // Sign by sign, whether the ray meets an odd number of the edges.
            let mut meets = [none; REGISTERS];
            for &[bx, by] in others {
                let (bx, by) = (simd.splat_f64s(bx), simd.splat_f64s(by));
                for number in 0..REGISTERS {
                    let (next_right, next_up) = (simd.sub_f64s(x[number], bx), simd.sub_f64s(y[number], by));
                    // Fused where the processor does that: one rounding less, and no larger error.
                    let less = simd.neg_f64s(simd.mul_f64s(up[number], next_right));
                    let side = simd.mul_add_e_f64s(right[number], next_up, less);
                    least[number] = simd.min_f64s(least[number], simd.abs_f64s(side));
                    // It meets those that it is at the height of, and that rise when the point is to their left.
                    let (from, to) = (bits(up[number]), bits(next_up));
                    let beside = simd.not_u64s(simd.xor_u64s(bits(side), from));
                    let met = simd.and_u64s(simd.xor_u64s(from, to), beside);
                    meets[number] = simd.xor_u64s(meets[number], met);
                    (right[number], up[number]) = (next_right, next_up);
                }
            }
            let bit = bit(run.bit);
            for (holding, &meets) in holding.iter_mut().zip(&meets) {
                let odd = simd.less_than_i64s(simd.transmute_i64s_u64s(meets), simd.splat_i64s(0));
                *holding = simd.xor_u64s(*holding, simd.select_u64s(odd, bit, none));
            }
        }
        let slack = simd.splat_f64s(f64::from(self.slack));
        std::array::from_fn(|number| (holding[number], simd.greater_than_f64s(least[number], slack)))
    }
}

/// The error of an orientation by floating point, relative to the sum of its terms.
///
/// # Source
/// `ccwerrboundA` in J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
/// Predicates, <https://www.cs.cmu.edu/~quake/robust.html>, 1997, rounded up.
const ERROR: f64 = 3.331e-16;

/// The largest error of a side by floating point where point and vertices are this far apart at most, in either direction.
///
/// Both terms of a side are products of two such distances.
pub(super) fn slack(reach: f64) -> f32 {
    // Differences are rounded, and a point may lie beyond the square's line by as much.
    let reach = reach * (1.0 + 1.0e-6);
    #[expect(clippy::cast_possible_truncation, reason = "rounded up")]
    ((2.0 * ERROR * reach * reach) as f32).next_up()
}

/// A group that is being written.
#[derive(Debug, Default)]
pub(super) struct Group {
    odd: u32,
    owners: Vec<u32>,
    runs: Vec<u32>,
    steps: Vec<u32>,
    of_steps: Vec<u8>,
    /// No vertex is further from any point in the square, in either direction.
    reach: f64,
}

impl Group {
    /// Adds a border; writes what is full. No vertex is further than `reach` from any point in the square, in either direction.
    pub(super) fn add(
        &mut self,
        (owner, odd): (u32, bool),
        runs: impl Iterator<Item = outlines::Run>,
        steps: &[u32],
        reach: f64,
        code: &mut Vec<u32>,
    ) {
        if self.owners.len() == GROUP {
            self.write(code);
        }
        let bit = len32(&self.owners);
        self.odd |= u32::from(odd) << bit;
        self.owners.push(owner);
        self.reach = self.reach.max(reach);
        for outlines::Run { first, edges } in runs {
            for skipped in (0..edges).step_by(Run::MOST as usize) {
                let run = Run { first: first + skipped, edges: Run::MOST.min(edges - skipped), bit };
                self.runs.extend(run.words());
            }
        }
        self.steps.extend_from_slice(steps);
        self.of_steps.resize(self.steps.len(), bit as u8);
    }

    /// Writes what there is, and is empty.
    pub(super) fn write(&mut self, code: &mut Vec<u32>) {
        let Self { odd, owners, runs, steps, of_steps, reach } = self;
        if owners.is_empty() {
            return;
        }
        code.extend([len32(owners), len32(runs) / 2, len32(steps), std::mem::take(odd)]);
        code.push(slack(std::mem::take(reach)).to_bits());
        of_steps.resize(of_steps.len().next_multiple_of(4), 0);
        for list in [owners, runs, steps] {
            code.append(list);
        }
        code.extend(of_steps.as_chunks().0.iter().map(|&bytes| u32::from_ne_bytes(bytes)));
        of_steps.clear();
    }
}
