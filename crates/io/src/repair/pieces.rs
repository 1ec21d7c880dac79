//! The points, lines and polygons that a geometry is made of.

use geo::{Coord, Geometry, Polygon};

/// A geometry taken apart, collections within collections too.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    pub(super) points: Vec<Coord>,
    pub(super) polygons: Vec<Polygon>,
    /// What kind of line there is, if any.
    pub(super) line: Option<&'static str>,
}

impl Pieces {
    pub(super) fn of(geometry: Geometry) -> Self {
        let mut pieces = Self::default();
        // A stack of its own: a collection can be nested deeper than the program's stack is.
        let mut open = vec![geometry];
        while let Some(geometry) = open.pop() {
            match geometry {
                Geometry::Point(point) => pieces.points.push(point.0),
                Geometry::MultiPoint(points) => pieces.points.extend(points.0.into_iter().map(|point| point.0)),
                Geometry::Polygon(polygon) => pieces.polygons.push(polygon),
                Geometry::MultiPolygon(polygons) => pieces.polygons.extend(polygons.0),
                Geometry::Rect(rect) => pieces.polygons.push(rect.to_polygon()),
                Geometry::Triangle(triangle) => pieces.polygons.push(triangle.to_polygon()),
                Geometry::Line(_) => pieces.line = Some("Line"),
                Geometry::LineString(_) => pieces.line = Some("LineString"),
                Geometry::MultiLineString(_) => pieces.line = Some("MultiLineString"),
                // Reversed, so that they come off the stack in the order they stand.
                Geometry::GeometryCollection(members) => open.extend(members.0.into_iter().rev()),
            }
        }
        pieces
    }
}

/// A position for a message: metres to the millimetre, degrees to 7 decimals.
pub(super) fn position(coord: Coord) -> String {
    let decimals = if coord.x.abs() <= 360.0 && coord.y.abs() <= 360.0 { 7 } else { 3 };
    let number = |value: f64| {
        let text = format!("{value:.decimals$}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    format!("({}, {})", number(coord.x), number(coord.y))
}
