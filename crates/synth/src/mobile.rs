//! Mobile coverage: one national footprint per operator and technology, ragged, in many parts and with many holes.
//!
//! Signal falls with the distance from the nearest site and with a rough terrain that all operators share in part. Where
//! it is above a level there is coverage; the level is chosen so that a layer reaches the share of places that it should.
//! Every other layer is published as a raster's outline, the others as contours.

use geo::Coord;
use rayon::prelude::*;

use crate::{
    chance::{Chance, Purpose, Weighted, key, mix},
    country::Country,
    layer::{Footprint, Status, vertices},
    mask::Mask,
    noise::Surface,
    order::Order,
    raster::{Grid, Relief, Style},
};

/// What an operator sells.
struct Service {
    operator: char,
    technology: &'static str,
    down_mbps: i32,
    up_mbps: i32,
    /// The share of places that it reaches.
    cover: f64,
}

/// Technology, speeds down and up, and share of places, of what each of the four operators sells.
const PRODUCTS: [(&str, i32, i32, f64); 7] = [
    ("lte", 10, 1, 0.99),
    ("lte", 30, 5, 0.96),
    ("fwa", 50, 8, 0.80),
    ("nr", 100, 10, 0.55),
    ("fwa", 150, 15, 0.42),
    ("nr", 300, 30, 0.30),
    ("fwa", 500, 50, 0.15),
];

/// No layer has more vertices.
pub(crate) const MOST_VERTICES: usize = 200_000;

/// How far coverage reaches out over the sea, metres.
const OVER_SEA: f64 = 4000.0;

pub(crate) fn draw(country: &Country) -> Vec<Footprint> {
    let services = services();
    let every = (1.0 / country.scale).round().max(1.0) as usize;
    let scene = Scene::new(country);
    let chosen: Vec<(usize, &Service)> = services.iter().enumerate().step_by(every).collect();
    // One by one, not a half each: layers take unequal time.
    let layers = chosen.par_iter().with_max_len(1);
    layers.map(|(number, service)| scene.layer(*number, service)).collect()
}

fn services() -> Vec<Service> {
    let of_four = PRODUCTS.iter().flat_map(|&(technology, down_mbps, up_mbps, cover)| {
        ['A', 'B', 'C', 'D'].map(|operator| Service { operator, technology, down_mbps, up_mbps, cover })
    });
    let of_fifth = [
        Service { operator: 'E', technology: "lte", down_mbps: 5, up_mbps: 1, cover: 0.995 },
        Service { operator: 'E', technology: "fwa", down_mbps: 100, up_mbps: 100, cover: 0.15 },
    ];
    of_four.chain(of_fifth).collect()
}

/// What all layers share.
struct Scene<'a> {
    country: &'a Country,
    grid: Grid,
    /// Squares on land or a little out at sea.
    near: Vec<bool>,
    terrain: Vec<f32>,
    /// Where sites stand: the more likely the more people.
    sites: Weighted,
    /// Squares of some places.
    sample: Vec<usize>,
    /// The loss of signal by distance, in fifths of a square.
    loss: Vec<f32>,
}

impl<'a> Scene<'a> {
    fn new(country: &'a Country) -> Self {
        let mask = &country.land.mask;
        let size = match country.scale {
            0.5.. => 500.0,
            0.05.. => 1000.0,
            _ => 2000.0,
        };
        let per = (size / Mask::SQUARE) as usize;
        let (columns, rows) = (mask.columns / per, mask.rows / per);
        let grid = Grid { west: mask.west, south: mask.south, columns, rows, size };
        let land = mask.squares();
        let on_land = (0..columns * rows).filter(|square| {
            land[(square / columns * per + per / 2) * mask.columns + square % columns * per + per / 2]
        });
        let reach = (OVER_SEA / size * 5.0) as u16;
        let mut near: Vec<bool> = grid.fifths(on_land).into_iter().map(|fifths| fifths <= reach).collect();
        for (square, near) in near.iter_mut().enumerate() {
            let (column, row) = (square % columns, square / columns);
            *near &= column > 0 && row > 0 && column + 1 < columns && row + 1 < rows;
        }
        let terrain =
            Surface { key: key(country.seed, Purpose::Terrain), wave: 32_000.0 / size, octaves: 8, persistence: 0.85 };
        let count = if country.scale < 0.5 { 20_000 } else { 200_000 };
        let places = crate::place::Places::new(country, count, Order::Register).rows(0..count);
        let sample = places.easting.iter().zip(&places.northing).map(|(&x, &y)| grid.square_at(Coord { x, y }));
        Self {
            country,
            grid,
            near,
            terrain: terrain.on_grid(columns, rows),
            sites: Weighted::new(country.spots.spots.iter().map(|spot| libm::pow(spot.weight, 0.7))),
            sample: sample.collect(),
            loss: (0..=u16::MAX).map(|n| libm::log2(1.0 + f64::from(n) / 5.0 * size / 2500.0) as f32).collect(),
        }
    }

    fn layer(&self, number: usize, service: &Service) -> Footprint {
        let seed = self.country.seed;
        let grid = self.grid;
        let chance = &mut Chance::new(seed, Purpose::MobileSites, number as u64);
        let count = (2500.0 + 5500.0 * service.cover) as usize;
        let sites = (0..count).map(|_| grid.square_at(self.country.spots.spots[self.sites.draw(chance)].centre));
        let distance = grid.fifths(sites.collect::<Vec<_>>());
        let own = Surface {
            key: mix(key(seed, Purpose::Ragged) ^ number as u64),
            wave: 8000.0 / grid.size,
            octaves: 6,
            persistence: 0.9,
        }
        .on_grid(grid.columns, grid.rows);
        let style = if number.is_multiple_of(2) { Style::Squares } else { Style::Contour };

        let chance = &mut Chance::new(seed, Purpose::MobileService, number as u64);
        // The less is covered, the rougher, or small layers would be smooth discs around their sites.
        let mut rough = (6.0 + 12.0 * (1.0 - service.cover)) as f32;
        let geometry = loop {
            let mut signal: Vec<f32> = (distance.iter().zip(&self.terrain).zip(&own))
                .map(|((&fifths, common), own)| rough * (0.65 * common + 0.35 * own) - self.loss[usize::from(fifths)])
                .collect();
            let mut at_places: Vec<f32> = self.sample.iter().map(|&square| signal[square]).collect();
            let rank = ((1.0 - service.cover) * at_places.len() as f64) as usize;
            let level = *at_places.select_nth_unstable_by(rank, f32::total_cmp).1;
            let covered: Vec<bool> = signal.iter().zip(&self.near).map(|(&s, &near)| near && s > level).collect();
            let relief = Relief { grid, height: &mut signal, level, covered };
            let outline = relief.outline(style, &mut chance.clone());
            if vertices(&outline) <= MOST_VERTICES || rough < 0.5 {
                break outline;
            }
            rough *= 0.75;
        };
        Footprint {
            id: format!("M{:03}", number + 1),
            operator: format!("Mobil {}", service.operator),
            technology: service.technology,
            down_mbps: service.down_mbps,
            up_mbps: service.up_mbps,
            status: Status::draw(&mut Chance::new(mix(seed), Purpose::MobileService, number as u64)),
            owner: "private",
            geometry,
        }
    }
}
