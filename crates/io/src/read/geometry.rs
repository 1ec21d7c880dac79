//! What every decoder does with a geometry it has put together.

use geo::{Coord, CoordsIter, Geometry, GeometryCollection, LineString, MultiLineString, MultiPolygon, Polygon};

use super::shapes::RowGeometry;

/// Leaves out empty parts, turns empty geometry into `None`, and refuses coordinates that are not numbers.
pub(super) fn checked(geometry: Geometry) -> RowGeometry {
    let Some(geometry) = without_empty_parts(geometry) else { return Ok(None) };
    let is_number = |c: &Coord| c.x.is_finite() & c.y.is_finite();
    // Lists of corners are looked through whole: that is quicker than to stop at the first that is wrong.
    let all = |line: &LineString| line.0.iter().fold(true, |all, c| all & is_number(c));
    let all_rings = |polygon: &Polygon| all(polygon.exterior()) && polygon.interiors().iter().all(all);
    let plain = match &geometry {
        Geometry::LineString(line) => all(line),
        Geometry::MultiLineString(lines) => lines.0.iter().all(all),
        Geometry::Polygon(polygon) => all_rings(polygon),
        Geometry::MultiPolygon(polygons) => polygons.0.iter().all(all_rings),
        _ => false,
    };
    let wrong = if plain { None } else { geometry.coords_iter().find(|c| !is_number(c)) };
    match wrong {
        Some(c) => Err(format!("a coordinate is not a number: ({}, {})", c.x, c.y)),
        None => Ok(Some(geometry)),
    }
}

fn without_empty_parts(geometry: Geometry) -> Option<Geometry> {
    match geometry {
        // An empty point is written as two NaN by WKB.
        Geometry::Point(p) => (!(p.x().is_nan() && p.y().is_nan())).then_some(geometry),
        Geometry::LineString(ref l) => (!l.0.is_empty()).then_some(geometry),
        Geometry::Polygon(ref p) => (!p.exterior().0.is_empty()).then_some(geometry),
        Geometry::MultiPoint(mut points) => {
            points.0.retain(|p| !(p.x().is_nan() && p.y().is_nan()));
            (!points.0.is_empty()).then_some(Geometry::MultiPoint(points))
        }
        Geometry::MultiLineString(MultiLineString(mut lines)) => {
            lines.retain(|l| !l.0.is_empty());
            (!lines.is_empty()).then(|| MultiLineString(lines).into())
        }
        Geometry::MultiPolygon(MultiPolygon(mut polygons)) => {
            polygons.retain(|p| !p.exterior().0.is_empty());
            (!polygons.is_empty()).then(|| MultiPolygon(polygons).into())
        }
        Geometry::GeometryCollection(GeometryCollection(members)) => {
            let members: Vec<_> = members.into_iter().filter_map(without_empty_parts).collect();
            (!members.is_empty()).then_some(Geometry::GeometryCollection(GeometryCollection(members)))
        }
        other => Some(other),
    }
}
