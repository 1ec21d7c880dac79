//! Spots: where people live. Neighbourhoods of towns, and hamlets.

use geo::Coord;
use rayon::prelude::*;

use crate::{
    chance::{Chance, Purpose, Weighted, key},
    land::Land,
    mask::Mask,
    noise,
};

/// How many towns there are, about.
const TOWNS: f64 = 2000.0;

/// How many hamlets there are.
pub(crate) const HAMLETS: usize = 40_000;

/// The part of all places that lies in towns.
pub(crate) const IN_TOWNS: f64 = 0.85;

/// Inhabitants of the country, for sizes only.
pub(crate) const INHABITANTS: f64 = 10.6e6;

/// The part of spots in which parcels have been connected.
const WITH_PARCELS: f64 = 0.45;

/// Parcels at scale 1.
const PARCELS: f64 = 200_000.0;

/// A town.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Town {
    pub(crate) centre: Coord,
    /// Its part of all towns' places.
    pub(crate) weight: f64,
    /// Metres.
    pub(crate) radius: f64,
    municipality: usize,
}

/// A neighbourhood or a hamlet: places are scattered around its centre.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) centre: Coord,
    /// Half of all places are within about 0.8 of this, metres.
    pub(crate) spread: f64,
    /// Its part of all places.
    pub(crate) weight: f64,
    pub(crate) in_town: bool,
    /// The number of its first parcel; the next spot's first ends its own.
    first_parcel: usize,
    municipality: usize,
}

/// A connected parcel: a rectangle with rounded corners, turned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parcel {
    pub(crate) centre: Coord,
    /// Half of its sides, metres.
    pub(crate) half: (f64, f64),
}

/// All spots in register order, and what stands on them.
#[derive(Debug)]
pub(crate) struct Spots {
    pub(crate) towns: Vec<Town>,
    pub(crate) spots: Vec<Spot>,
    pub(crate) parcels: Vec<Parcel>,
}

impl Spots {
    pub(crate) fn draw(seed: u64, scale: f64, land: &Land) -> Self {
        let towns = towns(seed, land);
        let mut spots: Vec<Spot> = towns.par_iter().enumerate().flat_map_iter(|(n, t)| quarters(seed, n, t)).collect();
        spots.extend(hamlets(seed, land));
        // By municipality, towns first; a stable sort keeps a town's neighbourhoods together.
        spots.sort_by_key(|spot| (spot.municipality, !spot.in_town));
        let total: f64 = spots.iter().map(|spot| spot.weight).sum();
        spots.iter_mut().for_each(|spot| spot.weight /= total);
        let parcels = parcels(seed, scale, &mut spots, &land.mask);
        Self { towns, spots, parcels }
    }

    /// The parcels of a spot.
    pub(crate) fn parcels_of(&self, spot: usize) -> &[Parcel] {
        let end = self.spots.get(spot + 1).map_or(self.parcels.len(), |next| next.first_parcel);
        &self.parcels[self.spots[spot].first_parcel..end]
    }
}

/// A point around a centre: close for most, twice as far for one in ten, pulled back from the sea.
pub(crate) fn scatter(chance: &mut Chance, centre: Coord, spread: f64, mask: &Mask) -> Coord {
    let (x, y, square) = chance.in_disc();
    let wide = if chance.happens(0.1) { 2.0 } else { 1.0 };
    // The squared distance is even between 0 and 1 and says nothing of the direction, so it can give the distance too.
    let factor = wide * spread * (-libm::log(square) / square).sqrt();
    let (mut dx, mut dy) = (x * factor, y * factor);
    for _ in 0..4 {
        if mask.is_land(centre.x + dx, centre.y + dy) {
            break;
        }
        (dx, dy) = (dx * 0.4, dy * 0.4);
    }
    Coord { x: centre.x + dx, y: centre.y + dy }
}

/// Towns, by municipality, each municipality's main one first. Their sizes follow Zipf's law.
fn towns(seed: u64, land: &Land) -> Vec<Town> {
    let all = &land.municipalities;
    let mut chance = Chance::new(seed, Purpose::Towns, u64::MAX);
    let sizes: Vec<f64> = all.iter().map(|m| chance.lognormal(0.95) * libm::pow(m.area_km2(), -0.15)).collect();
    let (sum, roots) = (sizes.iter().sum::<f64>(), sizes.iter().map(|w| w.sqrt()).sum::<f64>());
    let mut towns = Vec::new();
    for (number, (municipality, size)) in all.iter().zip(&sizes).enumerate() {
        let chance = &mut Chance::new(seed, Purpose::Towns, number as u64);
        let count = (TOWNS * size.sqrt() / roots).round().max(1.0) as usize;
        let mut points: Vec<Coord> = (0..count + 4).map(|_| municipality.point_in_cell(chance)).collect();
        // Of the first five, the main town is the one farthest from the border.
        let inland = |&i: &usize| municipality.distance_to_side(points[i]);
        let main = (0..5).max_by(|a, b| inland(a).total_cmp(&inland(b))).unwrap_or_default();
        points.swap(0, main);
        points.truncate(count);
        let shares: Vec<f64> = (1..=count).map(|rank| libm::pow(rank as f64, -1.3) * chance.lognormal(0.25)).collect();
        let total: f64 = shares.iter().sum();
        towns.extend(points.iter().zip(shares).map(|(&point, share)| {
            let weight = size / sum * share / total;
            let inhabitants = weight * IN_TOWNS * INHABITANTS;
            let radius = (400.0 * libm::pow(inhabitants / 1000.0, 0.45)).clamp(120.0, 9000.0);
            Town { centre: land.warp.apply(point), weight, radius, municipality: number }
        }));
    }
    towns
}

/// The neighbourhoods of a town.
fn quarters(seed: u64, number: usize, town: &Town) -> Vec<Spot> {
    let chance = &mut Chance::new(seed, Purpose::Neighbourhoods, number as u64);
    let count = (town.radius / 220.0).clamp(1.0, 48.0) as usize;
    let mut quarters: Vec<Spot> = (0..count)
        .map(|_| {
            let (dx, dy) = if count > 1 { chance.normal_pair() } else { (0.0, 0.0) };
            let (dx, dy) = (dx * 0.5 * town.radius, dy * 0.5 * town.radius);
            let spread = town.radius * if count > 1 { chance.between(0.12, 0.35) } else { 0.6 };
            let central = libm::exp(-(dx * dx + dy * dy).sqrt() / town.radius);
            Spot {
                centre: Coord { x: town.centre.x + dx, y: town.centre.y + dy },
                spread,
                weight: chance.lognormal(0.6) * central,
                in_town: true,
                first_parcel: 0,
                municipality: town.municipality,
            }
        })
        .collect();
    let total: f64 = quarters.iter().map(|quarter| quarter.weight).sum();
    quarters.iter_mut().for_each(|quarter| quarter.weight *= IN_TOWNS * town.weight / total);
    quarters
}

/// Hamlets, the more the farther south, in belts of dense and empty country.
fn hamlets(seed: u64, land: &Land) -> Vec<Spot> {
    let (low, high) = land.bounds();
    let rural = key(seed, Purpose::Rural);
    let candidate = |number: u64| {
        let chance = &mut Chance::new(seed, Purpose::Hamlets, number);
        let point = Coord { x: chance.between(low.x, high.x), y: chance.between(low.y, high.y) };
        let belts = libm::exp(2.2 * noise::gradient(rural, point.x / 40e3, point.y / 40e3));
        if !chance.happens(0.5 * belts * libm::exp((low.y - point.y) / 420e3)) {
            return None;
        }
        let municipality = land.municipality_at(point)?;
        let spread = (350.0 * chance.lognormal(0.9)).clamp(40.0, 4000.0);
        let (centre, weight) = (land.warp.apply(point), chance.lognormal(0.8));
        Some(Spot { centre, spread, weight, in_town: false, first_parcel: 0, municipality })
    };
    let mut hamlets: Vec<Spot> = Vec::new();
    let mut next = 0_u64;
    while hamlets.len() < HAMLETS {
        hamlets.par_extend((next..next + 100_000).into_par_iter().filter_map(candidate));
        next += 100_000;
    }
    hamlets.truncate(HAMLETS);
    let total: f64 = hamlets.iter().map(|hamlet| hamlet.weight).sum();
    hamlets.iter_mut().for_each(|hamlet| hamlet.weight *= (1.0 - IN_TOWNS) / total);
    hamlets
}

/// Connected parcels, in the order of their spots.
fn parcels(seed: u64, scale: f64, spots: &mut [Spot], mask: &Mask) -> Vec<Parcel> {
    let count = (PARCELS * scale).ceil() as usize;
    let chance = &mut Chance::new(seed, Purpose::ParcelSpots, 0);
    let weights: Vec<f64> =
        spots.iter().map(|spot| if chance.happens(WITH_PARCELS) { spot.weight.sqrt() } else { 0.0 }).collect();
    let weighted = Weighted::new(weights);
    let mut owners: Vec<usize> = (0..count).map(|_| weighted.draw(chance)).collect();
    owners.sort_unstable();
    for (number, spot) in spots.iter_mut().enumerate() {
        spot.first_parcel = owners.partition_point(|&owner| owner < number);
    }
    let spots = &*spots;
    let parcel = |(number, &owner): (usize, &usize)| {
        let chance = &mut Chance::new(seed, Purpose::Parcel, number as u64);
        let spot = &spots[owner];
        let half = (chance.between(12.0, 45.0), chance.between(12.0, 45.0));
        Parcel { centre: scatter(chance, spot.centre, spot.spread, mask), half }
    };
    owners.par_iter().enumerate().map(parcel).collect()
}
