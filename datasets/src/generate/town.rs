//! Localities: quarters with their own street grids, denser in the middle, with gaps where parks and woods are.

use super::{
    address::{Address, Kind},
    chance::{Chance, noise},
    land::{Kommun, Locality},
};

#[derive(Clone, Copy, PartialEq)]
enum Character {
    Centre,
    Houses,
    Flats,
    Industry,
}

struct Quarter {
    e: f64,
    n: f64,
    /// Along the streets.
    along: (f64, f64),
    /// Metres between streets, and between houses along a street.
    street: f64,
    plot: f64,
    character: Character,
}

/// A plot where something could stand; the lower the score, the earlier it was built on.
struct Plot {
    e: f64,
    n: f64,
    quarter: usize,
    score: f64,
}

/// Builds a locality. `quarters` is how many quarters the county has so far.
pub(super) fn build(number: usize, locality: &Locality, kommun: &Kommun, quarters: &mut usize, out: &mut Vec<Address>) {
    let chance = &mut Chance::stream(1000 + number as u32);
    let people = locality.population;
    // The share of addresses with flats, and how many households those have.
    let (flats, households) = match people {
        p if p < 400.0 => (0.02, 3.5),
        p if p < 2000.0 => (0.05, 3.5),
        p if p < 8000.0 => (0.08, 6.0),
        p if p < 30_000.0 => (0.10, 9.0),
        _ => (0.12, 9.0),
    };
    let homes = (people / (2.5 * (1.0 - flats) + 1.9 * flats * households)).round();
    let works = (people * 0.03).round().max(1.0);
    let area = (homes + works) * if people > 8000.0 { 1500.0 } else { 2000.0 };
    let radius = (area / std::f64::consts::PI).sqrt().max(120.0);
    let plan = plan(locality, homes + works, radius, chance);
    let mut plots = plots(&plan, locality, kommun, radius, chance);
    plots.sort_by(|a, b| a.score.total_cmp(&b.score));

    let (mut homes, mut works) = (homes as usize, works as usize);
    let mut services = services(people);
    let mut factories = works * 3 / 5;
    for plot in plots {
        let character = plan[plot.quarter].character;
        let central = plot.score < 0.45;
        let kind = if character == Character::Industry {
            if factories == 0 {
                continue;
            }
            factories -= 1;
            works -= 1;
            Kind::Workplace
        } else if chance.happens((plot.score - 0.2).clamp(0.03, 0.45)) {
            continue;
        } else if !services.is_empty() && chance.happens(if central { 0.06 } else { 0.02 }) {
            services.swap_remove(chance.below(services.len()))
        } else if homes > 0
            && works > factories
            && chance.happens(if character == Character::Centre { 0.22 } else { 0.035 })
        {
            works -= 1;
            Kind::Workplace
        } else if homes > 0 {
            homes -= 1;
            let tall = match character {
                Character::Centre => flats * 3.2,
                Character::Flats => flats * 3.6,
                _ => flats * 0.25,
            };
            if chance.happens(tall) { Kind::Flats } else { Kind::House }
        } else {
            continue;
        };
        let mut address = Address::new(plot.e, plot.n, locality.kommun, kind);
        address.locality = Some(number);
        address.quarter = *quarters + plot.quarter;
        out.push(address);
    }
    *quarters += plan.len();
}

/// Schools, health centres and libraries, by inhabitants.
fn services(people: f64) -> Vec<Kind> {
    let count = |per: f64, least: f64| {
        let some = usize::from(people >= least);
        some.max((people / per) as usize)
    };
    let mut list = vec![Kind::School; count(1700.0, 450.0)];
    list.extend(vec![Kind::HealthCentre; count(9000.0, 2400.0)]);
    list.extend(vec![Kind::Library; count(14_000.0, 900.0)]);
    list
}

fn plan(locality: &Locality, addresses: f64, radius: f64, chance: &mut Chance) -> Vec<Quarter> {
    let count = ((addresses.sqrt() / 3.0) as usize).clamp(1, 56);
    let mut plan: Vec<Quarter> = Vec::with_capacity(count);
    for i in 0..count {
        let (mut e, mut n, mut best) = (locality.e, locality.n, -1.0);
        // Of some random spots, the one farthest from the other quarters.
        for _ in 0..if i == 0 { 0 } else { 9 } {
            let ((x, y), far) = (chance.direction(), radius * 1.15 * chance.unit().sqrt());
            let (x, y) = (locality.e + x * far, locality.n + y * far);
            let gap = plan.iter().map(|q| square(q.e - x, q.n - y)).fold(f64::MAX, f64::min);
            if gap > best {
                (e, n, best) = (x, y, gap);
            }
        }
        let outer = square(e - locality.e, n - locality.n) > square(radius * 0.6, 0.0);
        let draw = chance.unit();
        let character = match i {
            0 => Character::Centre,
            _ if outer && draw < 0.22 => Character::Industry,
            _ if locality.population > 3000.0 && draw < 0.45 => Character::Flats,
            _ => Character::Houses,
        };
        let (street, plot) = match character {
            Character::Centre => (chance.between(62.0, 72.0), chance.between(20.0, 26.0)),
            Character::Houses => (chance.between(64.0, 80.0), chance.between(24.0, 32.0)),
            Character::Flats => (chance.between(74.0, 92.0), chance.between(30.0, 40.0)),
            Character::Industry => (chance.between(120.0, 150.0), chance.between(55.0, 80.0)),
        };
        plan.push(Quarter { e, n, along: chance.direction(), street, plot, character });
    }
    plan
}

fn plots(plan: &[Quarter], locality: &Locality, kommun: &Kommun, radius: f64, chance: &mut Chance) -> Vec<Plot> {
    let seed = (locality.e * 31.0 + locality.n) as u64;
    let long = chance.direction();
    let reach = 2.6 * radius / (plan.len() as f64).sqrt() + 120.0;
    let mut plots = Vec::new();
    for (q, quarter) in plan.iter().enumerate() {
        let (streets, houses) = ((reach / quarter.street) as i64, (reach / quarter.plot) as i64);
        for street in -streets..=streets {
            for house in -houses..=houses {
                for side in [-1.0, 1.0] {
                    let u = house as f64 * quarter.plot + chance.normal() * 2.5;
                    let bend = 45.0 * (noise(seed + q as u64, u / 230.0, 0.0) - 0.5);
                    let v = street as f64 * quarter.street + side * quarter.street * 0.2 + bend + chance.normal() * 2.0;
                    let e = quarter.e + u * quarter.along.0 - v * quarter.along.1;
                    let n = quarter.n + u * quarter.along.1 + v * quarter.along.0;
                    let own = square(e - quarter.e, n - quarter.n);
                    if plan.iter().any(|other| square(e - other.e, n - other.n) < own) {
                        continue;
                    }
                    let (de, dn) = (e - locality.e, n - locality.n);
                    let (p, r) = (de * long.0 + dn * long.1, dn * long.0 - de * long.1);
                    let distance = square(p / 1.22, r * 1.22).sqrt() / radius;
                    let rough = noise(seed, e / (radius * 0.45), n / (radius * 0.45));
                    // Parks, hills and woods.
                    let green = distance > 0.2 && noise(seed ^ 77, e / 260.0, n / 260.0) > 0.74;
                    if distance > 2.2 || green || !kommun.holds(e, n) {
                        continue;
                    }
                    plots.push(Plot { e, n, quarter: q, score: distance * (0.65 + 0.7 * rough) });
                }
            }
        }
    }
    plots
}

fn square(x: f64, y: f64) -> f64 {
    x * x + y * y
}
