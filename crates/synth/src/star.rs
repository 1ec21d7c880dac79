//! Stars: rings whose distance from a centre varies with the direction. They never cross themselves.

use std::f64::consts::TAU;

use geo::Coord;

use crate::chance::Chance;

/// A ring around a centre.
#[derive(Debug, Clone)]
pub(crate) struct Star {
    /// Distance from the centre in evenly spaced directions, metres.
    pub(crate) distances: Vec<f64>,
}

impl Star {
    /// A ring of `count` vertices at about `radius`, between 0.2 and `most` of it; `rough` says how uneven.
    pub(crate) fn draw(chance: &mut Chance, radius: f64, count: usize, rough: f64, most: f64) -> Self {
        let mut factors = vec![1.0; count];
        let waves: Vec<(f64, f64)> = (0..count).map(|i| direction(i, count)).collect();
        for k in 1..=(count / 6).max(4) {
            let amplitude = rough * chance.normal() * libm::pow(k as f64, -0.9);
            let (x, y) = chance.direction();
            let (x, y) = (amplitude * x, amplitude * y);
            // A wave of k periods has its values among those of one period, k apart.
            let mut i = 0;
            for factor in &mut factors {
                let (cos, sin) = waves[i];
                *factor += x * cos - y * sin;
                i += k;
                if i >= count {
                    i -= count;
                }
            }
        }
        Self { distances: factors.into_iter().map(|factor| radius * factor.clamp(0.2, most)).collect() }
    }

    pub(crate) fn least(&self) -> f64 {
        self.distances.iter().copied().fold(f64::MAX, f64::min)
    }

    pub(crate) fn greatest(&self) -> f64 {
        self.distances.iter().copied().fold(0.0, f64::max)
    }

    /// The vertices, with the centre here.
    pub(crate) fn around(&self, centre: Coord) -> Vec<Coord> {
        let count = self.distances.len();
        let vertex = |(i, &distance): (usize, &f64)| {
            let (cos, sin) = direction(i, count);
            Coord { x: centre.x + distance * cos, y: centre.y + distance * sin }
        };
        self.distances.iter().enumerate().map(vertex).collect()
    }
}

fn direction(i: usize, count: usize) -> (f64, f64) {
    let angle = TAU * i as f64 / count as f64;
    (libm::cos(angle), libm::sin(angle))
}
