//! The land: a country of a Sweden-like shape, its municipalities and their borders.
//!
//! Municipalities are the Voronoi cells of points that lie denser in the south. Other points lie in the sea: the mirror
//! images of those near the coast, so that the coast runs along the outline, and a loose grid farther out. Every border
//! between two cells is bent once and belongs to both, so neighbours share it to the last bit. A check that no two
//! pieces of border meet anywhere but at their ends guards all of it; where it fails, the bend is made softer.

use std::collections::BTreeMap;

use geo::{Coord, LineString, Polygon};
use rayon::prelude::*;

use crate::{
    chance::{Chance, Purpose, key},
    error::GenerateError,
    mask::Mask,
    meeting,
    noise::Warp,
};

/// How many municipalities there are.
pub(crate) const MUNICIPALITIES: usize = 290;

/// How many counties there are.
const COUNTIES: usize = 21;

/// Vertices in a municipality's border, on average.
const VERTICES: f64 = 2000.0;

/// How strongly borders are bent, the first that does not fold them.
const GAINS: [f64; 8] = [0.16, 0.14, 0.12, 0.10, 0.08, 0.06, 0.04, 0.0];

/// Corners of the outline, km, counterclockwise from the south-west.
const OUTLINE: [(f64, f64); 22] = [
    (370.0, 6135.0),
    (450.0, 6140.0),
    (560.0, 6230.0),
    (610.0, 6400.0),
    (700.0, 6560.0),
    (720.0, 6650.0),
    (630.0, 6760.0),
    (640.0, 6930.0),
    (760.0, 7070.0),
    (800.0, 7260.0),
    (915.0, 7340.0),
    (900.0, 7500.0),
    (790.0, 7660.0),
    (680.0, 7600.0),
    (560.0, 7420.0),
    (490.0, 7180.0),
    (430.0, 7060.0),
    (360.0, 6900.0),
    (350.0, 6700.0),
    (300.0, 6560.0),
    (290.0, 6450.0),
    (340.0, 6300.0),
];

/// A municipality.
#[derive(Debug, Clone)]
pub struct Municipality {
    /// Its code: two digits of the county, two of its own.
    pub code: String,
    /// Its name, which says that it is made up.
    pub name: String,
    /// Its border.
    pub polygon: Polygon,
    /// Its cell before borders were bent: convex.
    pub(crate) cell: Vec<Coord>,
}

/// The land.
#[derive(Debug)]
pub(crate) struct Land {
    /// In order of code.
    pub(crate) municipalities: Vec<Municipality>,
    pub(crate) warp: Warp,
    /// Where there is land, roughly.
    pub(crate) mask: Mask,
    /// The points of the Voronoi cells, municipalities first, in order of code.
    sites: Vec<Coord>,
}

impl Land {
    pub(crate) fn draw(seed: u64) -> Result<Self, GenerateError> {
        // Points so placed that rounding could decide which cells meet are as good as never drawn; then others are.
        let plan = (0..20).find_map(|attempt| Plan::draw(seed, attempt)).ok_or(GenerateError::Borders { seed })?;
        GAINS
            .iter()
            .find_map(|&gain| plan.bend(Warp { key: key(seed, Purpose::Warp), gain }))
            .ok_or(GenerateError::Borders { seed })
    }

    /// The municipality in whose cell a point lies, before borders are bent.
    pub(crate) fn municipality_at(&self, point: Coord) -> Option<usize> {
        let nearest = self.sites.iter().map(|&site| square_distance(site, point)).enumerate();
        let nearest = nearest.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(site, _)| site);
        nearest.filter(|&site| site < self.municipalities.len())
    }

    /// The box around all municipalities: least and greatest easting and northing.
    pub(crate) fn bounds(&self) -> (Coord, Coord) {
        let corners = self.municipalities.iter().flat_map(|m| m.polygon.exterior().coords());
        bounds(corners.copied())
    }
}

impl Municipality {
    /// A random point of the cell.
    pub(crate) fn point_in_cell(&self, chance: &mut Chance) -> Coord {
        let (low, high) = bounds(self.cell.iter().copied());
        loop {
            let point = Coord { x: chance.between(low.x, high.x), y: chance.between(low.y, high.y) };
            if self.distance_to_side(point) > 0.0 {
                return point;
            }
        }
    }

    /// How far inside the cell a point lies; negative outside.
    pub(crate) fn distance_to_side(&self, point: Coord) -> f64 {
        sides(&self.cell)
            .map(|(a, b)| {
                let side = b - a;
                (side.x * (point.y - a.y) - side.y * (point.x - a.x)) / side.x.hypot(side.y)
            })
            .fold(f64::MAX, f64::min)
    }

    /// Area of the cell, km².
    pub(crate) fn area_km2(&self) -> f64 {
        area_and_centre(&self.cell).0 / 1e6
    }
}

/// A corner of cells: the three points that are equally near, by number. It has one position, whoever asks.
type Corner = [usize; 3];

/// The cells before borders are bent.
struct Plan {
    /// Those of municipalities first, in order of code.
    sites: Vec<Coord>,
    codes: Vec<String>,
    /// Per municipality, counterclockwise: each corner, and the number of the site beyond the side that follows it.
    cells: Vec<Vec<(Corner, usize)>>,
}

impl Plan {
    fn draw(seed: u64, attempt: u64) -> Option<Self> {
        let chance = &mut Chance::new(seed, Purpose::Sites, attempt);
        let outline: Vec<Coord> = OUTLINE.iter().map(|&(x, y)| Coord { x: x * 1e3, y: y * 1e3 }).collect();
        let (low, high) = bounds(outline.iter().copied());
        let mut land = Vec::new();
        while land.len() < MUNICIPALITIES {
            let point = Coord { x: chance.between(low.x, high.x), y: chance.between(low.y, high.y) };
            if chance.happens(libm::exp((low.y - point.y) / 330e3)) && contains(&outline, point) {
                land.push(point);
            }
        }
        // Lloyd's relaxation evens out what chance has put too close together.
        for _ in 0..2 {
            let sites = with_sea(&land, &outline, chance);
            land = (0..land.len()).map(|i| area_and_centre(&cell(&sites, i).0).1).collect();
            // A bay may have pulled a centre into the sea.
            land.retain(|&point| contains(&outline, point));
        }
        if land.len() != MUNICIPALITIES {
            return None;
        }
        let codes = number(&mut land)?;
        let sites = with_sea(&land, &outline, chance);
        let cells: Vec<Vec<(Corner, usize)>> = (0..land.len())
            .map(|i| {
                let sides = cell(&sites, i).1;
                let before = |n: usize| sides[(n + sides.len() - 1) % sides.len()];
                sides.iter().enumerate().map(|(n, &beyond)| (corner(i, before(n), beyond), beyond)).collect()
            })
            .collect();
        let plan = Self { sites, codes, cells };
        plan.fits().then_some(plan)
    }

    /// Whether every side is seen alike from both cells, and no cell reaches the edge of the world.
    fn fits(&self) -> bool {
        let mut sides = BTreeMap::new();
        for (i, cell) in self.cells.iter().enumerate() {
            if cell.len() < 3 || cell.iter().any(|&(_, beyond)| beyond == WORLD) {
                return false;
            }
            for (from, to, beyond) in corners(cell) {
                if sides.insert((i, beyond), (from, to)).is_some() {
                    return false;
                }
            }
        }
        let land = self.cells.len();
        sides.iter().all(|(&(i, beyond), &(from, to))| beyond >= land || sides.get(&(beyond, i)) == Some(&(to, from)))
    }

    fn at(&self, corner: Corner) -> Coord {
        let [a, b, c] = corner.map(|site| self.sites[site]);
        centre_of_circle(a, b, c)
    }

    /// Bends all borders; none when they would fold.
    fn bend(&self, warp: Warp) -> Option<Land> {
        let length: f64 = self
            .cells
            .iter()
            .flat_map(|cell| corners(cell))
            .map(|(from, to, _)| square_distance(self.at(from), self.at(to)).sqrt())
            .sum();
        let step = length / (VERTICES * self.cells.len() as f64);
        // Each side once, from its lesser corner to its greater one.
        let sides: BTreeMap<(Corner, Corner), usize> = self
            .cells
            .iter()
            .flat_map(|cell| corners(cell))
            .map(|(from, to, beyond)| ((from.min(to), from.max(to)), beyond))
            .collect();
        let keys: Vec<(Corner, Corner)> = sides.keys().copied().collect();
        let bent: Vec<Vec<Coord>> =
            keys.par_iter().map(|&(from, to)| bend(warp, self.at(from), self.at(to), step)).collect();
        let lines: BTreeMap<(Corner, Corner), &Vec<Coord>> = keys.iter().copied().zip(&bent).collect();
        if !meeting::only_at_ends(&bent, 4.0 * step) {
            return None;
        }
        let municipalities: Vec<Municipality> = self
            .cells
            .iter()
            .zip(&self.codes)
            .map(|(cell, code)| {
                let mut ring: Vec<Coord> = Vec::new();
                for (from, to, _) in corners(cell) {
                    let Some(line) = lines.get(&(from.min(to), from.max(to))) else { continue };
                    ring.pop();
                    if from < to { ring.extend(line.iter()) } else { ring.extend(line.iter().rev()) }
                }
                Municipality {
                    code: code.clone(),
                    name: format!("Kommun {code}"),
                    polygon: Polygon::new(LineString(ring), vec![]),
                    cell: cell.iter().map(|&(corner, _)| self.at(corner)).collect(),
                }
            })
            .collect();
        // The coast borders on the sea; which cell lies beyond is the sea's, so its side was seen from land alone.
        let land = self.cells.len();
        let coast: Vec<&Vec<Coord>> =
            keys.iter().zip(&bent).filter(|(key, _)| sides[*key] >= land).map(|(_, line)| line).collect();
        Some(Land { municipalities, warp, mask: Mask::new(&coast), sites: self.sites.clone() })
    }
}

/// A cell's sides: from corner to corner, and what lies beyond.
fn corners(cell: &[(Corner, usize)]) -> impl Iterator<Item = (Corner, Corner, usize)> {
    cell.iter().zip(cell.iter().cycle().skip(1)).map(|(&(from, beyond), &(to, _))| (from, to, beyond))
}

/// Sorts the points so that municipalities of a county stand together, counties from south to north, and gives codes.
fn number(land: &mut Vec<Coord>) -> Option<Vec<String>> {
    // Centres of counties: each new one as far from the others as can be, then moved to the middle of its own.
    let mut centres: Vec<Coord> = land.iter().copied().min_by(|a, b| a.y.total_cmp(&b.y)).into_iter().collect();
    let nearest = |centres: &[Coord], point: Coord| {
        let all = centres.iter().map(|&centre| square_distance(centre, point)).enumerate();
        all.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default()
    };
    while centres.len() < COUNTIES {
        centres.push(land.iter().copied().max_by(|&a, &b| nearest(&centres, a).1.total_cmp(&nearest(&centres, b).1))?);
    }
    for _ in 0..8 {
        let mut sums = vec![(Coord::zero(), 0.0); COUNTIES];
        for &point in land.iter() {
            let (county, _) = nearest(&centres, point);
            sums[county].0 = sums[county].0 + point;
            sums[county].1 += 1.0;
        }
        centres = sums.into_iter().filter(|sum| sum.1 > 0.0).map(|(sum, n)| sum / n).collect();
    }
    centres.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut numbered: Vec<(usize, Coord)> = land.iter().map(|&point| (nearest(&centres, point).0, point)).collect();
    numbered.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.y.total_cmp(&b.1.y)));
    *land = numbered.iter().map(|&(_, point)| point).collect();
    let mut own = [0; COUNTIES];
    let codes = numbered.iter().map(|&(county, _)| {
        own[county] += 1;
        (own[county] < 100).then(|| format!("{:02}{:02}", county + 1, own[county]))
    });
    codes.collect()
}

/// The points of municipalities followed by those of the sea.
fn with_sea(land: &[Coord], outline: &[Coord], chance: &mut Chance) -> Vec<Coord> {
    let mut sites = land.to_vec();
    // Mirror images beyond the coast, moved a little: exact ones would give corners where four cells meet.
    for &point in land {
        for (a, b) in sides(outline) {
            let along = b - a;
            let t = ((point.x - a.x) * along.x + (point.y - a.y) * along.y) / (along.x * along.x + along.y * along.y);
            let foot = a + along * t;
            let mirror = foot * 2.0 - point;
            let distance = square_distance(foot, point).sqrt();
            if (-0.1..1.1).contains(&t) && distance < 90e3 && !contains(outline, mirror) {
                let (dx, dy) = chance.direction();
                sites.push(mirror + Coord { x: dx, y: dy } * (0.06 * distance));
            }
        }
    }
    let (low, high) = bounds(outline.iter().copied());
    let (columns, rows) = (((high.x - low.x + 400e3) / 60e3) as i32, ((high.y - low.y + 400e3) / 60e3) as i32);
    for row in 0..rows {
        for column in 0..columns {
            let (dx, dy) = (chance.between(-15e3, 15e3), chance.between(-15e3, 15e3));
            let point = Coord {
                x: low.x - 200e3 + f64::from(column) * 60e3 + dx,
                y: low.y - 200e3 + f64::from(row) * 60e3 + dy,
            };
            if !contains(outline, point) && sides(outline).all(|(a, b)| distance_to_line(a, b, point) > 40e3) {
                sites.push(point);
            }
        }
    }
    sites
}

/// What lies beyond the sides of the box that cells are cut out of.
const WORLD: usize = usize::MAX;

/// The Voronoi cell of a site, counterclockwise: its corners, and per side that follows one, the site beyond it.
fn cell(sites: &[Coord], own: usize) -> (Vec<Coord>, Vec<usize>) {
    let here = sites[own];
    let far = 3e6;
    let mut points: Vec<Coord> =
        [(-far, -far), (far, -far), (far, far), (-far, far)].map(|(dx, dy)| here + Coord { x: dx, y: dy }).to_vec();
    let mut beyond = vec![WORLD; 4];
    for (other, &there) in sites.iter().enumerate().filter(|(other, _)| *other != own) {
        let away = there - here;
        let middle = (here + there) * 0.5;
        // Negative on this site's side of the line in the middle.
        let side = |p: Coord| away.x * (p.x - middle.x) + away.y * (p.y - middle.y);
        if points.iter().all(|&p| side(p) <= 0.0) {
            continue;
        }
        let (mut kept, mut labels) = (Vec::with_capacity(points.len() + 1), Vec::with_capacity(points.len() + 1));
        for i in 0..points.len() {
            let (a, b) = (points[i], points[(i + 1) % points.len()]);
            let (before, after) = (side(a), side(b));
            let crossing = || a + (b - a) * (before / (before - after));
            match (before <= 0.0, after <= 0.0) {
                (true, true) => {
                    kept.push(a);
                    labels.push(beyond[i]);
                }
                (true, false) => {
                    kept.push(a);
                    labels.push(beyond[i]);
                    kept.push(crossing());
                    labels.push(other);
                }
                (false, true) => {
                    kept.push(crossing());
                    labels.push(beyond[i]);
                }
                (false, false) => {}
            }
        }
        (points, beyond) = (kept, labels);
    }
    (points, beyond)
}

fn corner(a: usize, b: usize, c: usize) -> Corner {
    let mut corner = [a, b, c];
    corner.sort_unstable();
    corner
}

/// The point that is equally far from three others.
fn centre_of_circle(a: Coord, b: Coord, c: Coord) -> Coord {
    let (u, v) = (b - a, c - a);
    let twice = 2.0 * (u.x * v.y - u.y * v.x);
    let (uu, vv) = (u.x * u.x + u.y * u.y, v.x * v.x + v.y * v.y);
    a + Coord { x: v.y * uu - u.y * vv, y: u.x * vv - v.x * uu } / twice
}

/// A border from one corner to another, in steps, bent and rounded to millimetres.
fn bend(warp: Warp, from: Coord, to: Coord, step: f64) -> Vec<Coord> {
    let steps = (square_distance(from, to).sqrt() / step).ceil().max(1.0) as u32;
    let mut line: Vec<Coord> = (0..=steps)
        .map(|i| {
            let t = f64::from(i) / f64::from(steps);
            let point = if i == steps { to } else { from + (to - from) * t };
            let bent = warp.apply(point);
            Coord { x: millimetre(bent.x), y: millimetre(bent.y) }
        })
        .collect();
    line.dedup();
    line
}

/// Rounded to 1 mm.
pub(crate) fn millimetre(metres: f64) -> f64 {
    (metres * 1000.0).round() / 1000.0
}

fn sides(ring: &[Coord]) -> impl Iterator<Item = (Coord, Coord)> {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

fn contains(ring: &[Coord], point: Coord) -> bool {
    let crossed = |(a, b): &(Coord, Coord)| {
        (a.y > point.y) != (b.y > point.y) && point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x)
    };
    sides(ring).filter(crossed).count() % 2 == 1
}

fn distance_to_line(a: Coord, b: Coord, point: Coord) -> f64 {
    let along = b - a;
    let t = ((point.x - a.x) * along.x + (point.y - a.y) * along.y) / (along.x * along.x + along.y * along.y);
    square_distance(a + along * t.clamp(0.0, 1.0), point).sqrt()
}

fn square_distance(a: Coord, b: Coord) -> f64 {
    let (dx, dy) = (a.x - b.x, a.y - b.y);
    dx * dx + dy * dy
}

fn bounds(points: impl IntoIterator<Item = Coord>) -> (Coord, Coord) {
    let start = (Coord { x: f64::MAX, y: f64::MAX }, Coord { x: f64::MIN, y: f64::MIN });
    points.into_iter().fold(start, |(low, high), p| {
        (Coord { x: low.x.min(p.x), y: low.y.min(p.y) }, Coord { x: high.x.max(p.x), y: high.y.max(p.y) })
    })
}

/// Area and centre of gravity of a counterclockwise ring.
fn area_and_centre(ring: &[Coord]) -> (f64, Coord) {
    let Some(&origin) = ring.first() else { return (0.0, Coord::zero()) };
    let (mut twice, mut sum) = (0.0, Coord::zero());
    for (a, b) in sides(ring) {
        let (a, b) = (a - origin, b - origin);
        let cross = a.x * b.y - a.y * b.x;
        twice += cross;
        sum = sum + (a + b) * cross;
    }
    (twice / 2.0, origin + sum / (3.0 * twice))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use geo::{Area, Validation};

    use super::*;

    #[test]
    fn municipalities_are_valid_and_have_codes_with_their_zeros() {
        let land = Land::draw(3).unwrap();
        assert_eq!(land.municipalities.len(), MUNICIPALITIES);
        assert!(land.municipalities.par_iter().all(|m| m.polygon.is_valid()));
        let codes: Vec<&str> = land.municipalities.iter().map(|m| m.code.as_str()).collect();
        assert!(codes.is_sorted() && codes.iter().all(|code| code.len() == 4));
        assert_eq!(codes[0], "0101");
        assert!(codes.windows(2).all(|pair| pair[0] != pair[1]));
        let vertices: usize = land.municipalities.iter().map(|m| m.polygon.exterior().0.len()).sum();
        assert!((500_000..680_000).contains(&vertices), "{vertices}");
    }

    /// Every piece of border belongs to two municipalities, run through in opposite directions, or is coast; what the
    /// municipalities cover is what the coast encloses. So there is neither a gap nor an overlap.
    #[test]
    fn neighbours_share_borders_to_the_last_bit() {
        for seed in [1, 2] {
            let land = Land::draw(seed).unwrap();
            let bits = |c: Coord| (c.x.to_bits(), c.y.to_bits());
            let mut pieces = BTreeMap::new();
            for municipality in &land.municipalities {
                for line in municipality.polygon.exterior().lines() {
                    assert!(pieces.insert((bits(line.start), bits(line.end)), line).is_none());
                }
            }
            // Twice the area that the coast encloses, in whole mm² so that nothing is rounded.
            let whole = |metres: f64| (metres * 1000.0).round() as i128;
            let twice =
                |line: &geo::Line| whole(line.start.x) * whole(line.end.y) - whole(line.end.x) * whole(line.start.y);
            let coast: Vec<&geo::Line> =
                pieces.values().filter(|line| !pieces.contains_key(&(bits(line.end), bits(line.start)))).collect();
            let shared = pieces.len() - coast.len();
            assert!(coast.len() > 20_000 && shared > 10 * coast.len() / 2, "{} {shared}", coast.len());
            let enclosed: i128 = coast.iter().map(|line| twice(line)).sum();
            let sum: i128 =
                land.municipalities.iter().flat_map(|m| m.polygon.exterior().lines()).map(|l| twice(&l)).sum();
            assert_eq!(enclosed, sum);
            // And an area that others compute agrees.
            let floats: f64 = land.municipalities.iter().map(|m| m.polygon.unsigned_area()).sum();
            assert!((floats - sum as f64 / 2e6).abs() < 1e3, "{floats} {sum}");
            assert!((3e11..6e11).contains(&floats), "km² of a country like Sweden: {}", floats / 1e6);
        }
    }

    #[test]
    fn a_point_of_a_cell_is_in_that_municipality() {
        use geo::Contains;
        let land = Land::draw(3).unwrap();
        let chance = &mut Chance::new(1, Purpose::Towns, 0);
        for (number, municipality) in land.municipalities.iter().enumerate() {
            let point = municipality.point_in_cell(chance);
            assert_eq!(land.municipality_at(point), Some(number));
            if municipality.distance_to_side(point) > 1000.0 {
                assert!(municipality.polygon.contains(&geo::Point(land.warp.apply(point))));
            }
        }
        assert_eq!(land.municipality_at(Coord { x: 260e3, y: 7.6e6 }), None);
    }

    #[test]
    fn every_seed_gives_a_country() {
        (10..15).for_each(|seed| assert_eq!(Land::draw(seed).unwrap().municipalities.len(), MUNICIPALITIES));
    }
}
