//! Outlines for a page: on a grid of whole numbers, with few vertices, and one line where two areas meet.
//!
//! Borders are cut where they meet, and every piece is simplified once for both its sides, so neighbours leave no gap however
//! far a map is enlarged.

use std::collections::{HashMap, HashSet};

use geo::{BoundingRect, MultiPolygon};
use serde::Serialize;

use crate::chart::map::anchor;

/// The longer side of the grid.
const SIDE: f64 = 16_384.0;
/// The least that a vertex must stand out, in steps of the grid.
const FINEST: i64 = 3;
/// How many vertices a page is given at most, about.
const MOST: usize = 40_000;
/// The width of the picture that names are laid out for.
const CANVAS: f64 = 900.0;

type Point = (i32, i32);

/// Areas on a grid; y grows downwards.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Outlines {
    pub(crate) width: i32,
    pub(crate) height: i32,
    /// The units of the study's coordinates in one step.
    pub(crate) step: f64,
    /// Easting and northing of the corner where both x and y are zero.
    pub(crate) corner: [f64; 2],
    pub(crate) areas: Vec<Outline>,
}

/// One area.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Outline {
    /// Index into the areas of the page.
    pub(crate) area: usize,
    /// Where its name stands.
    pub(crate) at: Option<Point>,
    /// Polygons of rings, the shell first; a ring is its first vertex, then steps from one to the next. Rings are not closed.
    pub(crate) polygons: Vec<Vec<Vec<i32>>>,
}

/// The outlines of some areas; `None` when none of them has any extent.
pub(crate) fn outlines(shapes: &[(usize, MultiPolygon)]) -> Option<Outlines> {
    let bounds: Vec<_> = shapes.iter().filter_map(|(_, shape)| shape.bounding_rect()).collect();
    let west = bounds.iter().map(|b| b.min().x).reduce(f64::min)?;
    let east = bounds.iter().map(|b| b.max().x).reduce(f64::max)?;
    let south = bounds.iter().map(|b| b.min().y).reduce(f64::min)?;
    let north = bounds.iter().map(|b| b.max().y).reduce(f64::max)?;
    let step = (east - west).max(north - south) / SIDE;
    if step.is_nan() || step <= 0.0 || step.is_infinite() {
        return None;
    }
    let point = |x: f64, y: f64| (whole((x - west) / step), whole((north - y) / step));
    let gridded: Vec<Vec<Vec<Vec<Point>>>> = shapes
        .iter()
        .map(|(_, shape)| {
            let polygons = shape.iter().map(|polygon| {
                let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
                rings.map(|ring| open(ring.coords().map(|c| point(c.x, c.y)))).collect()
            });
            polygons.collect()
        })
        .collect();
    let meetings = meetings(gridded.iter().flatten().flatten());
    let mut tolerance = FINEST;
    let mut simple = simplified(&gridded, &meetings, tolerance);
    while simple.iter().flatten().flatten().map(Vec::len).sum::<usize>() > MOST && tolerance < 1 << 12 {
        tolerance *= 2;
        simple = simplified(&gridded, &meetings, tolerance);
    }
    let areas = shapes.iter().zip(simple).map(|((area, shape), polygons)| {
        use geo::MapCoords;
        let scale = CANVAS / SIDE / step;
        let drawn = shape.map_coords(|c| geo::Coord { x: (c.x - west) * scale, y: (north - c.y) * scale });
        let at = anchor(&drawn).map(|(x, y)| (whole(x / CANVAS * SIDE), whole(y / CANVAS * SIDE)));
        let polygons = polygons.iter().map(|rings| rings.iter().map(|ring| steps(ring)).collect()).collect();
        Outline { area: *area, at, polygons }
    });
    let (width, height) = (whole((east - west) / step), whole((north - south) / step));
    Some(Outlines { width, height, step, corner: [west, north], areas: areas.collect() })
}

/// A ring without vertices that stand twice in a row, and without its first one at the end.
fn open(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut ring: Vec<Point> = points.collect();
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    ring
}

/// The vertices where borders meet: those that have other neighbours in one ring than in another.
fn meetings<'a>(rings: impl Iterator<Item = &'a Vec<Point>>) -> HashSet<Point> {
    let mut beside: HashMap<Point, [Point; 2]> = HashMap::new();
    let mut meetings = HashSet::new();
    for ring in rings {
        for (i, &point) in ring.iter().enumerate() {
            let mut pair = [ring[(i + ring.len() - 1) % ring.len()], ring[(i + 1) % ring.len()]];
            pair.sort_unstable();
            if *beside.entry(point).or_insert(pair) != pair {
                meetings.insert(point);
            }
        }
    }
    meetings
}

fn simplified(areas: &[Vec<Vec<Vec<Point>>>], meetings: &HashSet<Point>, tolerance: i64) -> Vec<Vec<Vec<Vec<Point>>>> {
    let area = |polygons: &Vec<Vec<Vec<Point>>>| {
        let mut kept: Vec<Vec<Vec<Point>>> = polygons
            .iter()
            .map(|rings| rings.iter().map(|ring| ring_simplified(ring, meetings, tolerance)).collect::<Vec<_>>())
            .filter(|rings: &Vec<Vec<Point>>| rings.first().is_some_and(|shell| shell.len() > 2))
            .collect();
        kept.iter_mut().for_each(|rings| rings.retain(|ring| ring.len() > 2));
        if kept.is_empty() {
            // A small area is shown as it is rather than not at all.
            let largest = polygons.iter().filter_map(|rings| rings.first()).max_by_key(|shell| shell.len());
            kept.extend(largest.map(|shell| vec![shell.clone()]));
        }
        kept
    };
    areas.iter().map(area).collect()
}

fn ring_simplified(ring: &[Point], meetings: &HashSet<Point>, tolerance: i64) -> Vec<Point> {
    if ring.len() < 4 {
        return ring.to_vec();
    }
    let first = ring.iter().position(|point| meetings.contains(point));
    // A ring that meets nothing begins where it would in whichever order it is read.
    let first = first.or_else(|| (0..ring.len()).min_by_key(|&i| ring[i])).unwrap_or(0);
    let mut out = Vec::new();
    let mut arc = vec![ring[first]];
    for i in 1..=ring.len() {
        let point = ring[(first + i) % ring.len()];
        arc.push(point);
        if i == ring.len() || meetings.contains(&point) {
            let mut piece = arc_simplified(&arc, tolerance);
            piece.pop();
            out.append(&mut piece);
            arc = vec![point];
        }
    }
    out
}

/// A piece of a border between two meetings: the same whichever side it is looked at from.
fn arc_simplified(arc: &[Point], tolerance: i64) -> Vec<Point> {
    let turned = arc.iter().rev().lt(arc.iter());
    let mut points = arc.to_vec();
    if turned {
        points.reverse();
    }
    let last = points.len() - 1;
    let mut keep = vec![false; points.len()];
    (keep[0], keep[last]) = (true, true);
    let mut stack = vec![(0, last)];
    while let Some((from, to)) = stack.pop() {
        let far = (from + 1..to).map(|i| (distance(points[i], points[from], points[to]), i));
        // The first of those that are equally far.
        let Some((squared, at)) = far.reduce(|best, other| if other.0 > best.0 { other } else { best }) else {
            continue;
        };
        // A piece that comes back to where it began is no line: two more of its vertices stay.
        let closed = points[from] == points[to];
        if closed || squared > (tolerance * tolerance) as f64 {
            keep[at] = true;
            stack.extend([(from, at), (at, to)]);
        }
    }
    let mut kept: Vec<Point> = points.iter().zip(keep).filter_map(|(&point, keep)| keep.then_some(point)).collect();
    if turned {
        kept.reverse();
    }
    kept
}

/// The squared distance of a point from a stretch.
fn distance(point: Point, from: Point, to: Point) -> f64 {
    let f = |p: Point| (f64::from(p.0), f64::from(p.1));
    let ((px, py), (ax, ay), (bx, by)) = (f(point), f(from), f(to));
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx * dx + dy * dy;
    let t = if length > 0.0 { (((px - ax) * dx + (py - ay) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    let (x, y) = (ax + t * dx - px, ay + t * dy - py);
    x * x + y * y
}

fn steps(ring: &[Point]) -> Vec<i32> {
    let mut last = (0, 0);
    let mut out = Vec::with_capacity(ring.len() * 2);
    for &(x, y) in ring {
        out.extend([x - last.0, y - last.1]);
        last = (x, y);
    }
    out
}

#[expect(clippy::cast_possible_truncation, reason = "a float to integer cast saturates")]
fn whole(number: f64) -> i32 {
    number.round() as i32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use geo::{LineString, Polygon};

    use super::*;

    fn shape(ring: &[(f64, f64)]) -> MultiPolygon {
        MultiPolygon(vec![Polygon::new(LineString::from(ring.to_vec()), vec![])])
    }

    fn vertices(outline: &Outline) -> Vec<Point> {
        let mut at = (0, 0);
        let ring = &outline.polygons[0][0];
        ring.chunks_exact(2)
            .map(|step| {
                at = (at.0 + step[0], at.1 + step[1]);
                at
            })
            .collect()
    }

    #[test]
    fn neighbours_keep_one_border_between_them() {
        // A border that winds, read upwards by the one and downwards by the other.
        let winding: Vec<(f64, f64)> = (0..=400)
            .map(|i| {
                let y = f64::from(i) / 4.0;
                (50.0 + 6.0 * (y / 7.0).sin() + 0.3 * (y * 1.7).sin(), y)
            })
            .collect();
        let mut west = vec![(0.0, 100.0), (0.0, 0.0)];
        west.extend(&winding);
        west.push((0.0, 100.0));
        let mut east = vec![(100.0, 0.0), (100.0, 100.0)];
        east.extend(winding.iter().rev());
        east.push((100.0, 0.0));
        let found = outlines(&[(0, shape(&west)), (1, shape(&east))]).unwrap();
        let [west, east] = [0, 1].map(|i| vertices(&found.areas[i]).into_iter().collect::<BTreeSet<_>>());
        let shared: Vec<_> = west.intersection(&east).collect();
        assert!(shared.len() > 20 && shared.len() < 300, "{} of {}", shared.len(), winding.len());
        assert_eq!((west.len() - shared.len(), east.len() - shared.len()), (2, 2), "corners are all that is their own");
    }

    #[test]
    fn an_island_in_a_lake_and_a_small_area_stay() {
        let square = |x: f64, y: f64, side: f64| {
            LineString::from(vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)])
        };
        let ring = MultiPolygon(vec![Polygon::new(square(0.0, 0.0, 100.0), vec![square(40.0, 40.0, 20.0)])]);
        let island = MultiPolygon(vec![Polygon::new(square(45.0, 45.0, 0.01), vec![])]);
        let found = outlines(&[(0, ring), (7, island)]).unwrap();
        assert_eq!(found.areas[0].polygons[0].len(), 2, "a shell and a hole");
        assert_eq!((found.areas[1].area, vertices(&found.areas[1]).len()), (7, 4));
        assert_eq!((found.width, found.height), (16_384, 16_384));
        assert!(outlines(&[]).is_none());
    }
}
