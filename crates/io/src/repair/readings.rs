//! The two readings of a polygon whose borders cross, and what they enclose.
//!
//! The crossings are found by i_overlay, which geo's boolean operations stand on too. It is called directly, and only
//! for contours: the way geo calls it, it sorts them into shells and holes itself (its "OGC" mode), and that fails an
//! assertion on some borders that touch themselves in several points.

use std::collections::BTreeMap;

use geo::{Area, Coord, LineString, Polygon, Winding};
use i_overlay::{
    core::{fill_rule::FillRule, overlay_rule::OverlayRule},
    float::overlay::{FloatOverlay, OverlayOptions},
};
use nittio_core::polygon::{Position, PreparedPolygon};
use rstar::RTree;

use super::point::widest_stretch;

/// A closed border, its last corner not repeated.
type Contour = Vec<[f64; 2]>;

/// What a polygon means.
pub(super) struct Readings {
    /// What the shell goes round and no hole does, as valid polygons.
    pub(super) structure: Vec<Polygon>,
    /// The area of the larger reading.
    pub(super) area: f64,
    /// The area that is in one reading only.
    pub(super) disputed: f64,
}

impl Readings {
    /// Reads a polygon whose rings are closed, shells counter-clockwise, holes clockwise.
    pub(super) fn of(polygon: &Polygon) -> Self {
        let shell = [contour(polygon.exterior())];
        let holes: Vec<Contour> = polygon.interiors().iter().map(contour).collect();
        let crossings = combine(&shell, &holes, OverlayRule::Xor, FillRule::EvenOdd);
        let structure = combine(&shell, &holes, OverlayRule::Difference, FillRule::NonZero);
        let disputed = area(&combine(&crossings, &structure, OverlayRule::Xor, FillRule::EvenOdd));
        let area = area(&crossings).max(area(&structure));
        Self { structure: polygons(structure), area, disputed }
    }
}

fn contour(ring: &LineString) -> Contour {
    ring.0.iter().skip(1).map(|coord| [coord.x, coord.y]).collect()
}

/// The contours of what two sets of contours make together: outer ones counter-clockwise, inner ones clockwise.
fn combine(first: &[Contour], second: &[Contour], rule: OverlayRule, fill: FillRule) -> Vec<Contour> {
    // Where a corner touches an edge, the edge keeps a corner there too: contours are cut apart at such corners.
    let options = OverlayOptions { preserve_output_collinear: true, ..OverlayOptions::default() };
    FloatOverlay::with_subj_and_clip_custom(first, second, options, Default::default())
        .overlay(rule, fill)
        .into_iter()
        .flatten()
        .collect()
}

fn ring(contour: &[[f64; 2]]) -> LineString {
    let mut ring: LineString = contour.iter().map(|&[x, y]| Coord { x, y }).collect();
    ring.close();
    ring
}

fn area(contours: &[Contour]) -> f64 {
    contours.iter().map(|contour| Polygon::new(ring(contour), vec![]).signed_area()).sum::<f64>().abs()
}

/// Polygons from contours that may touch themselves and each other, but do not cross.
fn polygons(contours: Vec<Contour>) -> Vec<Polygon> {
    let (mut shells, mut holes) = (Vec::new(), Vec::new());
    for loop_ in contours.iter().flat_map(|contour| simple_loops(contour)) {
        let polygon = Polygon::new(ring(&loop_), vec![]);
        let area = polygon.signed_area();
        if area > 0.0 {
            shells.push((area, PreparedPolygon::new(&polygon), polygon));
        } else if area < 0.0 {
            holes.push(polygon);
        }
    }
    // The smallest shell around a hole is the hole's own.
    shells.sort_by(|(one, ..), (other, ..)| one.total_cmp(other));
    for hole in holes {
        let Some((_, inside)) = widest_stretch(&hole) else { continue };
        if let Some((.., shell)) =
            shells.iter_mut().find(|(_, prepared, _)| prepared.position(inside) == Position::Inside)
        {
            shell.interiors_push(hole.into_inner().0);
        }
    }
    shells.into_iter().map(|(.., polygon)| polygon).collect()
}

/// Cuts a contour apart where it comes back to a corner: what is left has every corner once.
fn simple_loops(contour: &[[f64; 2]]) -> Vec<Contour> {
    let mut loops = Vec::new();
    let mut open: Contour = Vec::new();
    let mut places: BTreeMap<[u64; 2], usize> = BTreeMap::new();
    // Zero is added so that −0 equals 0.
    let key = |[x, y]: [f64; 2]| [(x + 0.0).to_bits(), (y + 0.0).to_bits()];
    for &corner in contour {
        if let Some(&place) = places.get(&key(corner)) {
            let closed = open.split_off(place);
            for passed in &closed {
                places.remove(&key(*passed));
            }
            loops.push(closed);
        }
        places.insert(key(corner), open.len());
        open.push(corner);
    }
    loops.push(open);
    loops.retain(|closed| closed.len() > 2);
    loops
}

/// Gives vertices that were there before their own coordinates back: the overlay rounds to a grid.
pub(super) fn keep_vertices(mut polygons: Vec<Polygon>, original: &Polygon, width: f64) -> Vec<Polygon> {
    let vertices: Vec<[f64; 2]> = std::iter::once(original.exterior())
        .chain(original.interiors())
        .flat_map(|ring| &ring.0)
        .map(|coord| [coord.x, coord.y])
        .collect();
    let tree = RTree::bulk_load(vertices);
    // The grid has between 2^29 and 2^30 steps over half the width.
    let step = width * 4e-9;
    let restore = |ring: &mut LineString| {
        for coord in &mut ring.0 {
            if let Some(&[x, y]) = tree.nearest_neighbor([coord.x, coord.y])
                && (x - coord.x).abs() <= step
                && (y - coord.y).abs() <= step
            {
                *coord = Coord { x, y };
            }
        }
    };
    for polygon in &mut polygons {
        polygon.exterior_mut(|shell| {
            restore(shell);
            shell.make_ccw_winding();
        });
        polygon.interiors_mut(|holes| {
            for hole in holes {
                restore(hole);
                hole.make_cw_winding();
            }
        });
    }
    polygons
}
