//! Borders of localities and smaller localities: simple outlines around towns and larger hamlets.

use geo::{Coord, MultiPolygon, Polygon};
use rayon::prelude::*;

use crate::{
    chance::{Chance, Purpose},
    country::Country,
    layer::{Settlement, SettlementClass, ring},
    spot::{IN_TOWNS, INHABITANTS},
    star::Star,
};

pub(crate) fn draw(country: &Country) -> Vec<Settlement> {
    let towns = country.spots.towns.iter().map(|town| (town.centre, town.weight * IN_TOWNS, town.radius));
    // A hamlet whose houses lie far apart is no settlement.
    let hamlets = country.spots.spots.iter().filter(|spot| !spot.in_town && spot.spread <= 250.0);
    let hamlets = hamlets.map(|spot| (spot.centre, spot.weight, spot.spread.max(60.0)));
    let all: Vec<(Coord, f64, f64)> = towns.chain(hamlets).collect();
    let settlement = |(number, &(centre, weight, radius)): (usize, &(Coord, f64, f64))| {
        let class = match weight * INHABITANTS {
            200.0.. => SettlementClass::Locality,
            50.0.. => SettlementClass::SmallerLocality,
            _ => return None,
        };
        let chance = &mut Chance::new(country.seed, Purpose::Settlement, number as u64);
        // A larger outline has more vertices.
        let vertices = (24.0 + radius / 40.0) as usize;
        let radius = radius * chance.between(1.0, 1.3);
        let outline = Star::draw(chance, radius, vertices, 0.1, 1.6);
        let polygon = Polygon::new(ring(outline.around(centre), chance), vec![]);
        Some(Settlement { class, geometry: MultiPolygon(vec![polygon]) })
    };
    all.par_iter().enumerate().filter_map(settlement).collect()
}
