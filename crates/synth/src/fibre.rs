//! Fibre areas: uneven outlines around towns, some with holes, some in several parts. Different areas overlap.

use geo::{Coord, MultiPolygon, Polygon};
use rayon::prelude::*;

use crate::{
    chance::{Chance, Purpose, Weighted},
    country::Country,
    layer::{Footprint, OWNERS, Status, ring},
    spot::Town,
    star::Star,
};

/// Areas at scale 1.
const AREAS: f64 = 2000.0;

const SPEEDS: [i32; 20] =
    [50, 100, 100, 100, 100, 250, 250, 250, 250, 500, 500, 500, 500, 1000, 1000, 1000, 1000, 1000, 1000, 10_000];

const TECHNOLOGIES: [&str; 6] = ["fibre", "fibre", "fibre", "fibre", "cable", "xdsl"];

pub(crate) fn draw(country: &Country) -> Vec<Footprint> {
    let count = (AREAS * country.scale).max(20.0) as usize;
    let towns = &country.spots.towns;
    let weighted = Weighted::new(towns.iter().map(|town| libm::pow(town.weight, 0.55)));
    let area = |number: usize| {
        let chance = &mut Chance::new(country.seed, Purpose::Fibre, number as u64);
        let town = &towns[weighted.draw(chance)];
        let geometry = geometry(chance, town);
        let down_mbps = chance.one_of(&SPEEDS);
        Footprint {
            id: format!("F{:05}", number + 1),
            operator: operator(chance),
            technology: chance.one_of(&TECHNOLOGIES),
            down_mbps,
            up_mbps: if chance.happens(0.6) { down_mbps } else { down_mbps / 10 },
            status: Status::draw(chance),
            owner: chance.one_of(&OWNERS),
            geometry,
        }
    };
    (0..count).into_par_iter().map(area).collect()
}

/// One of forty city networks, or, for three areas of eight, one of three that are everywhere.
fn operator(chance: &mut Chance) -> String {
    if chance.happens(0.375) {
        chance.one_of(&["Nord Fiber", "Syd Fiber", "Rikskabel"]).to_owned()
    } else {
        format!("Stadsnät {:02}", chance.below(40) + 1)
    }
}

fn geometry(chance: &mut Chance, town: &Town) -> MultiPolygon {
    let radius = (town.radius * chance.between(0.7, 1.9)).clamp(350.0, 12_000.0);
    let vertices = 52.0 * libm::pow(1980.0 / 52.0, chance.unit());
    let parts = chance.one_of(&[1, 1, 1, 1, 1, 1, 2, 3]);
    let holes = if vertices >= 120.0 && chance.happens(0.35) { 1 + chance.below(5) } else { 0 };

    let share = match (parts, holes) {
        (1, 0) => 1.0,
        (1, _) => 0.8,
        _ => 0.55,
    };
    let near = |chance: &mut Chance, far: f64| {
        let (dx, dy) = chance.normal_pair();
        Coord { x: town.centre.x + far * dx, y: town.centre.y + far * dy }
    };
    let centre = near(chance, 0.2 * radius);
    let shell = Star::draw(chance, radius, count(vertices * share, 24), 0.16, 2.5);
    let rings = (0..holes).map(|hole| (hole, chance.between(0.06, 0.17))).collect::<Vec<_>>();
    let least = shell.least();
    let (cos, sin) = chance.direction();
    let rings = rings
        .into_iter()
        .map(|(hole, size)| {
            // Evenly around the centre: far enough from each other and from the shell that they never meet.
            let turn = std::f64::consts::TAU * hole as f64 / holes as f64;
            let (x, y) = (libm::cos(turn) * 0.55 * least, libm::sin(turn) * 0.55 * least);
            let middle = Coord { x: centre.x + x * cos - y * sin, y: centre.y + x * sin + y * cos };
            let star = Star::draw(chance, least * size, count(vertices * 0.15 / holes as f64, 8), 0.08, 1.6);
            ring(star.around(middle), chance)
        })
        .collect();
    let mut polygons = vec![Polygon::new(ring(shell.around(centre), chance), rings)];

    let (cos, sin) = chance.direction();
    // The second part lies anywhere, the third between a third and two thirds of the way around from it.
    let turn = std::f64::consts::TAU * chance.between(0.33, 0.67);
    for (x, y) in
        [(cos, sin), (cos * libm::cos(turn) - sin * libm::sin(turn), sin * libm::cos(turn) + cos * libm::sin(turn))]
            .into_iter()
            .take(parts - 1)
    {
        let star = Star::draw(chance, 0.4 * radius, count(vertices * 0.2, 24), 0.16, 2.5);
        // So far that the two circles do not meet; the other part is then farther still.
        let distance = (radius * chance.between(2.6, 3.4)).max(shell.greatest() + star.greatest() + 10.0);
        let middle = Coord { x: centre.x + distance * x, y: centre.y + distance * y };
        polygons.push(Polygon::new(ring(star.around(middle), chance), vec![]));
    }
    MultiPolygon(polygons)
}

fn count(vertices: f64, least: usize) -> usize {
    (vertices as usize).max(least)
}
