//! What every decoder does with a geometry it has put together.

use geo::{CoordsIter, Geometry, GeometryCollection, MultiLineString, MultiPolygon};

use super::shapes::RowGeometry;

/// Leaves out empty parts, turns empty geometry into `None`, and refuses coordinates that are not numbers.
pub(super) fn checked(geometry: Geometry) -> RowGeometry {
    let Some(geometry) = without_empty_parts(geometry) else { return Ok(None) };
    if let Some(c) = geometry.coords_iter().find(|c| !c.x.is_finite() || !c.y.is_finite()) {
        return Err(format!("a coordinate is not a number: ({}, {})", c.x, c.y));
    }
    Ok(Some(geometry))
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
