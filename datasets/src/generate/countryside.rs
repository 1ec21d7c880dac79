//! The countryside: invented roads, farms and hamlets along them, holiday homes.

use std::collections::BTreeSet;

use super::{
    address::{Address, Kind},
    chance::{Chance, noise},
    land::{Kommun, Locality},
};

/// A point on a road, and the direction in which the road goes.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) e: f64,
    pub(super) n: f64,
    along: (f64, f64),
    kommun: usize,
}

/// Draws roads between neighbouring localities and side roads off them; spots every 100 to 200 metres.
pub(super) fn roads(kommuner: &[Kommun], localities: &[Locality]) -> Vec<Spot> {
    let chance = &mut Chance::stream(20);
    let mut pairs = BTreeSet::new();
    for (a, from) in localities.iter().enumerate() {
        let mut others: Vec<(f64, usize)> = localities
            .iter()
            .enumerate()
            .filter(|&(b, _)| b != a)
            .map(|(b, to)| (length(to.e - from.e, to.n - from.n), b))
            .collect();
        others.sort_by(|x, y| x.0.total_cmp(&y.0));
        pairs.extend(others.iter().take(3).map(|&(_, b)| (a.min(b), a.max(b))));
    }
    let mut spots = Vec::new();
    for (a, b) in pairs {
        let (from, to) = (&localities[a], &localities[b]);
        let line = wind((from.e, from.n), (to.e, to.n), 0.16, chance);
        lay(&line, kommuner, &mut spots);
    }
    // Side roads start where there are few roads so far.
    let mut crowd = Crowd::new(1100.0);
    spots.iter().for_each(|s| crowd.add(s.e, s.n));
    for _ in 0..90_000 {
        let start = spots[chance.below(spots.len())];
        let ((x, y), far) = (chance.direction(), chance.between(900.0, 4200.0));
        let end = (start.e + x * far, start.n + y * far);
        let middle = (start.e + x * far * 0.6, start.n + y * far * 0.6);
        if crowd.at(middle.0, middle.1) > 1 || crowd.at(end.0, end.1) > 1 {
            continue;
        }
        let line = wind((start.e, start.n), end, 0.22, chance);
        let first = spots.len();
        lay(&line, kommuner, &mut spots);
        spots[first..].iter().for_each(|s| crowd.add(s.e, s.n));
    }
    spots
}

/// Hamlets where few people live, on the roads and away from the localities.
pub(super) fn hamlets(spots: &[Spot], kommuner: &[Kommun], localities: &mut Vec<Locality>) {
    let chance = &mut Chance::stream(21);
    for (k, kommun) in kommuner.iter().enumerate() {
        let rural = kommun.population as f64 * kommun.rural;
        let mut left = rural * 0.13;
        let own: Vec<&Spot> = spots.iter().filter(|s| s.kommun == k).collect();
        for _ in 0..400 {
            let spot = own[chance.below(own.len())];
            if left < 60.0 || localities.iter().any(|l| length(l.e - spot.e, l.n - spot.n) < 2600.0) {
                continue;
            }
            let population = chance.between(58.0, 150.0);
            left -= population;
            let name = format!("Småort {}-{}", kommun.code, localities.len());
            localities.push(Locality { name, kommun: k, e: spot.e, n: spot.n, population });
        }
    }
}

/// Farms and houses for the rest of the inhabitants, and some firms.
pub(super) fn farms(spots: &[Spot], kommuner: &[Kommun], out: &mut Vec<Address>) {
    let chance = &mut Chance::stream(22);
    let mut towns = Crowd::new(200.0);
    out.iter().for_each(|a| towns.add(a.e, a.n));
    for (k, kommun) in kommuner.iter().enumerate() {
        let own: Vec<&Spot> = spots.iter().filter(|s| s.kommun == k).collect();
        // 0.76 of the addresses have a household, of 2.5 persons; hamlets took their part.
        let mut left = (kommun.population as f64 * kommun.rural * 0.87 / 1.9) as i64;
        while left > 0 {
            let spot = own[chance.below(own.len())];
            // Some woods are empty.
            if noise(5, spot.e / 3800.0, spot.n / 3800.0) < chance.between(0.1, 0.62) {
                continue;
            }
            let size = match chance.unit() {
                u if u < 0.5 => 1,
                u if u < 0.88 => 2 + chance.below(3),
                _ => 5 + chance.below(6),
            };
            for house in 0..size {
                let u = (house as f64 - size as f64 / 2.0) * chance.between(40.0, 75.0);
                let side = if chance.happens(0.5) { 1.0 } else { -1.0 };
                let v = side * (14.0 + 75.0 * chance.unit() * chance.unit());
                let e = spot.e + u * spot.along.0 - v * spot.along.1;
                let n = spot.n + u * spot.along.1 + v * spot.along.0;
                if towns.near(e, n) > 0 || !kommun.holds(e, n) {
                    continue;
                }
                let kind = if chance.happens(0.035) { Kind::Workplace } else { Kind::Farm };
                out.push(Address::new(e, n, k, kind));
                left -= i64::from(kind == Kind::Farm);
            }
        }
    }
}

/// Holiday homes in groups, until there are `total` addresses.
pub(super) fn holiday_homes(spots: &[Spot], kommuner: &[Kommun], total: usize, out: &mut Vec<Address>) {
    let chance = &mut Chance::stream(23);
    let mut towns = Crowd::new(200.0);
    out.iter().filter(|a| a.locality.is_some()).for_each(|a| towns.add(a.e, a.n));
    while out.len() < total {
        let spot = spots[chance.below(spots.len())];
        let kommun = &kommuner[spot.kommun];
        let shore = chance.direction();
        let (x, y) = (spot.e + chance.normal() * 250.0, spot.n + chance.normal() * 250.0);
        for _ in 0..if chance.happens(0.6) { 1 + chance.below(2) } else { 6 + chance.below(22) } {
            let (u, v) = (chance.normal() * 170.0, chance.normal() * 35.0);
            let (e, n) = (x + u * shore.0 - v * shore.1, y + u * shore.1 + v * shore.0);
            if out.len() < total && towns.near(e, n) == 0 && kommun.holds(e, n) {
                out.push(Address::new(e, n, spot.kommun, Kind::Holiday));
            }
        }
    }
}

/// Divides the countryside into parts, each around a random farm. Returns how many quarters and parts there are.
pub(super) fn divide(kommuner: &[Kommun], mut quarters: usize, addresses: &mut [Address]) -> usize {
    let chance = &mut Chance::stream(24);
    for k in 0..kommuner.len() {
        let own: Vec<usize> =
            (0..addresses.len()).filter(|&a| addresses[a].kommun == k && addresses[a].locality.is_none()).collect();
        let seeds: Vec<(f64, f64)> = (0..own.len().div_ceil(75))
            .map(|_| own[chance.below(own.len())])
            .map(|a| (addresses[a].e, addresses[a].n))
            .collect();
        for a in own {
            let address = &mut addresses[a];
            let gap = |s: &(f64, f64)| length(s.0 - address.e, s.1 - address.n);
            let nearest = (0..seeds.len()).min_by(|&x, &y| gap(&seeds[x]).total_cmp(&gap(&seeds[y])));
            address.quarter = quarters + nearest.unwrap_or(0);
        }
        quarters += seeds.len();
    }
    quarters
}

/// A winding line, by moving midpoints.
fn wind(from: (f64, f64), to: (f64, f64), how: f64, chance: &mut Chance) -> Vec<(f64, f64)> {
    let mut line = vec![from, to];
    while length(line[1].0 - line[0].0, line[1].1 - line[0].1) > 190.0 {
        let mut finer = Vec::with_capacity(line.len() * 2);
        for pair in line.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let shift = chance.normal().clamp(-1.6, 1.6) * how * 0.6;
            finer.push(a);
            finer.push(((a.0 + b.0) / 2.0 - shift * (b.1 - a.1), (a.1 + b.1) / 2.0 + shift * (b.0 - a.0)));
        }
        finer.push(to);
        line = finer;
    }
    line
}

fn lay(line: &[(f64, f64)], kommuner: &[Kommun], spots: &mut Vec<Spot>) {
    for pair in line.windows(2) {
        let ((e, n), (x, y)) = (pair[0], pair[1]);
        let step = length(x - e, y - n).max(1.0);
        if let Some(kommun) = kommuner.iter().position(|k| k.holds(e, n)) {
            spots.push(Spot { e, n, along: ((x - e) / step, (y - n) / step), kommun });
        }
    }
}

fn length(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}

/// How many of something there are in each square of a grid.
struct Crowd {
    size: f64,
    cells: std::collections::BTreeMap<(i64, i64), u32>,
}

impl Crowd {
    fn new(size: f64) -> Self {
        Self { size, cells: std::collections::BTreeMap::new() }
    }

    fn cell(&self, e: f64, n: f64) -> (i64, i64) {
        ((e / self.size).floor() as i64, (n / self.size).floor() as i64)
    }

    fn add(&mut self, e: f64, n: f64) {
        *self.cells.entry(self.cell(e, n)).or_default() += 1;
    }

    fn at(&self, e: f64, n: f64) -> u32 {
        self.cells.get(&self.cell(e, n)).copied().unwrap_or(0)
    }

    /// The cell and its eight neighbours.
    fn near(&self, e: f64, n: f64) -> u32 {
        let steps = [-1.0, 0.0, 1.0];
        steps
            .iter()
            .flat_map(|x| steps.iter().map(move |y| (x, y)))
            .map(|(x, y)| self.at(e + x * self.size, n + y * self.size))
            .sum()
    }
}
