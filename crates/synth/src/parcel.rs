//! Connected parcels: small convex polygons, rectangles with rounded corners.

use geo::{Coord, MultiPolygon, Polygon};
use rayon::prelude::*;

use crate::{
    chance::{Chance, Purpose, mix},
    country::Country,
    layer::{Footprint, OWNERS, Status, ring},
    spot::Parcel,
};

const SPEEDS: [i32; 20] =
    [100, 100, 250, 250, 250, 250, 500, 500, 500, 500, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 10_000];

pub(crate) fn draw(country: &Country) -> Vec<Footprint> {
    let parcel = |(number, parcel): (usize, &Parcel)| {
        // Another stream than the one that put it where it is.
        let chance = &mut Chance::new(mix(country.seed), Purpose::Parcel, number as u64);
        let geometry = MultiPolygon(vec![Polygon::new(ring(outline(chance, parcel), chance), vec![])]);
        let down_mbps = chance.one_of(&SPEEDS);
        Footprint {
            id: format!("P{:07}", number + 1),
            operator: format!("Parcel Net {}", char::from(b'A' + chance.below(12) as u8)),
            technology: "fibre",
            down_mbps,
            up_mbps: if chance.happens(0.6) { down_mbps } else { down_mbps / 10 },
            status: Status::draw(chance),
            owner: chance.one_of(&OWNERS),
            geometry,
        }
    };
    country.spots.parcels.par_iter().enumerate().map(parcel).collect()
}

/// Two to five vertices on each rounded corner.
fn outline(chance: &mut Chance, parcel: &Parcel) -> Vec<Coord> {
    let per_corner = 2 + chance.below(4);
    let (a, b) = parcel.half;
    let radius = chance.between(0.15, 0.6) * a.min(b);
    let (cos, sin) = chance.direction();
    let quarter = std::f64::consts::FRAC_PI_2;
    let mut outline = Vec::with_capacity(4 * per_corner + 1);
    for (corner, (right, up)) in [(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)].into_iter().enumerate() {
        for step in 0..per_corner {
            let angle = quarter * (corner as f64 + step as f64 / (per_corner - 1) as f64);
            let x = right * (a - radius) + radius * libm::cos(angle);
            let y = up * (b - radius) + radius * libm::sin(angle);
            outline.push(Coord { x: parcel.centre.x + cos * x - sin * y, y: parcel.centre.y + sin * x + cos * y });
        }
    }
    outline
}
