//! Noise: smooth random surfaces that belong to a seed.

use std::sync::LazyLock;

use geo::Coord;

use crate::chance::mix;

/// Directions of the gradients.
static GRADIENTS: LazyLock<[(f64, f64); 64]> = LazyLock::new(|| {
    std::array::from_fn(|i| {
        let angle = i as f64 * (std::f64::consts::TAU / 64.0);
        (libm::cos(angle), libm::sin(angle))
    })
});

/// Gradient noise: about -0.7 to 0.7, changes over about one unit.
pub(crate) fn gradient(key: u64, x: f64, y: f64) -> f64 {
    let (x0, y0) = (x.floor(), y.floor());
    let (fx, fy) = (x - x0, y - y0);
    let (u, v) = (ease(fx), ease(fy));
    let corner = |dx: i64, dy: i64| {
        let hash = lattice(key, x0 as i64 + dx, y0 as i64 + dy);
        let (gx, gy) = GRADIENTS[(hash >> 58) as usize];
        gx * (fx - dx as f64) + gy * (fy - dy as f64)
    };
    let south = corner(0, 0) * (1.0 - u) + corner(1, 0) * u;
    let north = corner(0, 1) * (1.0 - u) + corner(1, 1) * u;
    south * (1.0 - v) + north * v
}

fn ease(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t)
}

fn lattice(key: u64, x: i64, y: i64) -> u64 {
    mix((x as u64).wrapping_mul(0xd6e8_feb8_6659_fd93) ^ (y as u64).wrapping_mul(0xa5a3_564e_27f8_8695) ^ key)
}

/// Bends the plane, so that straight lines become ragged. What two polygons share before they share after.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Warp {
    pub(crate) key: u64,
    /// How far points move, as a part of each octave's wave length. Too much, and the plane folds.
    pub(crate) gain: f64,
}

impl Warp {
    /// The longest wave, metres.
    const WAVE: f64 = 40_000.0;
    const OCTAVES: u64 = 8;

    pub(crate) fn apply(&self, point: Coord) -> Coord {
        let (mut dx, mut dy) = (0.0, 0.0);
        let mut wave = Self::WAVE;
        for octave in 0..Self::OCTAVES {
            let (x, y) = (point.x / wave, point.y / wave);
            dx += self.gain * wave * gradient(mix(self.key.wrapping_add(2 * octave)), x + 11.7, y + 3.1);
            dy += self.gain * wave * gradient(mix(self.key.wrapping_add(2 * octave + 1)), x + 5.3, y + 17.9);
            wave /= 2.0;
        }
        Coord { x: point.x + dx, y: point.y + dy }
    }
}

/// A smooth surface on a grid: the sum of octaves of value noise, about -0.5 to 0.5.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surface {
    pub(crate) key: u64,
    /// The longest wave, in cells.
    pub(crate) wave: f64,
    pub(crate) octaves: u32,
    /// Each octave's height as a part of the one before.
    pub(crate) persistence: f32,
}

impl Surface {
    /// The heights, row by row.
    pub(crate) fn on_grid(&self, columns: usize, rows: usize) -> Vec<f32> {
        let mut out = vec![0.0_f32; columns * rows];
        let (mut height, mut sum) = (1.0_f32, 0.0_f32);
        for octave in 0..self.octaves {
            let wave = (self.wave / f64::from(1_u32 << octave)).max(1.0);
            self.add_octave(&mut out, columns, wave, mix(self.key.wrapping_add(u64::from(octave))), height);
            sum += height;
            height *= self.persistence;
            if wave <= 1.0 {
                break;
            }
        }
        out.iter_mut().for_each(|value| *value /= sum);
        out
    }

    fn add_octave(&self, out: &mut [f32], columns: usize, wave: f64, key: u64, height: f32) {
        let across = (columns as f64 / wave) as usize + 3;
        let value = |x: usize, y: usize| (lattice(key, x as i64, y as i64) >> 40) as f32 / (1 << 24) as f32 - 0.5;
        // Where each column lies between the lattice's points is the same in every row.
        let spots: Vec<(usize, f32)> = (0..columns)
            .map(|column| {
                let at = column as f64 / wave;
                (at as usize, ease(at - at.floor()) as f32)
            })
            .collect();
        let mut line = vec![0.0_f32; across];
        for (row, cells) in out.chunks_exact_mut(columns).enumerate() {
            let at = row as f64 / wave;
            let (y, t) = (at as usize, ease(at - at.floor()) as f32);
            for (x, point) in line.iter_mut().enumerate() {
                *point = height * (value(x, y) * (1.0 - t) + value(x, y + 1) * t);
            }
            for (cell, &(x, t)) in cells.iter_mut().zip(&spots) {
                *cell += line[x] * (1.0 - t) + line[x + 1] * t;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradient_noise_is_smooth_and_zero_on_the_lattice() {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for i in 0..20_000 {
            let (x, y) = (f64::from(i) * 0.137, f64::from(i) * 0.0713);
            let here = gradient(3, x, y);
            assert!((gradient(3, x + 1e-6, y) - here).abs() < 1e-5);
            (low, high) = (low.min(here), high.max(here));
        }
        assert!(low < -0.4 && low > -1.0 && high > 0.4 && high < 1.0, "{low} {high}");
        assert_eq!(gradient(3, 5.0, -7.0), 0.0);
    }
}
