//! The point that stands for a geometry.

use geo::{BoundingRect, Centroid, Coord, Geometry, MultiPoint, MultiPolygon, Point, Polygon};
use nittio_core::polygon::{Position, PreparedPolygon};

use super::pieces::Pieces;
use crate::study_file::RepresentativePoint;

/// The point that stands for a point, several points, a polygon or several polygons.
///
/// In a collection of points and polygons the polygons count. A polygon need not be valid: what is inside is
/// decided by counting crossings.
///
/// # Errors
/// Says what was found when it is a line, empty, or has a coordinate that is no number.
pub fn point(geometry: &Geometry, which: RepresentativePoint) -> Result<Coord, String> {
    let single = if let Geometry::Point(point) = geometry { Some(point.0) } else { None };
    let found = if let Some(coord) = single {
        coord
    } else {
        let Pieces { points, mut polygons, line } = Pieces::of(geometry.clone());
        if let Some(line) = line {
            return Err(format!("a {line} has no point that stands for it; points or polygons are needed"));
        }
        polygons.retain(|polygon| !polygon.exterior().0.is_empty());
        let mut coords = polygons
            .iter()
            .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
            .flat_map(|ring| &ring.0)
            .chain(&points);
        if !coords.all(|coord| coord.x.is_finite() && coord.y.is_finite()) {
            return Err("a coordinate is not a number; write it as digits or leave the geometry empty".to_owned());
        }
        let all: Geometry = if polygons.is_empty() {
            MultiPoint(points.iter().copied().map(Point).collect()).into()
        } else {
            MultiPolygon(polygons.clone()).into()
        };
        let found = match which {
            RepresentativePoint::Inside if polygons.is_empty() => points.first().copied(),
            RepresentativePoint::Inside => inside(&polygons),
            RepresentativePoint::Centroid => all.centroid().map(|centroid| centroid.0),
            RepresentativePoint::BoxCentre => all.bounding_rect().map(|rect| rect.center()),
        };
        found.ok_or("the geometry is empty; a point or a polygon is needed")?
    };
    if found.x.is_finite() && found.y.is_finite() {
        Ok(found)
    } else {
        Err("the coordinate is not a number; write it as digits or leave the geometry empty".to_owned())
    }
}

/// The middle of the widest stretch, halfway up, in any of the polygons; a vertex where there is no such stretch.
fn inside(polygons: &[Polygon]) -> Option<Coord> {
    let mut widest: Option<(f64, Coord)> = None;
    for polygon in polygons {
        if let Some((width, middle)) = widest_stretch(polygon)
            && widest.is_none_or(|(known, _)| width > known)
            && PreparedPolygon::new(polygon).position(middle) == Position::Inside
        {
            widest = Some((width, middle));
        }
    }
    let vertex = || polygons.first().and_then(|polygon| polygon.exterior().0.first()).copied();
    widest.map(|(_, middle)| middle).or_else(vertex)
}

/// The widest stretch inside on a horizontal line that meets no vertex, and its middle.
pub(super) fn widest_stretch(polygon: &Polygon) -> Option<(f64, Coord)> {
    let rings = || std::iter::once(polygon.exterior()).chain(polygon.interiors());
    let rect = polygon.bounding_rect()?;
    let middle = rect.min().y / 2.0 + rect.max().y / 2.0;
    let heights = || rings().flat_map(|ring| &ring.0).map(|coord| coord.y);
    let below = heights().filter(|&y| y <= middle).fold(f64::NEG_INFINITY, f64::max);
    let above = heights().filter(|&y| y > middle).fold(f64::INFINITY, f64::min);
    let y = below / 2.0 + above / 2.0;
    let mut crossings: Vec<f64> = rings()
        .flat_map(|ring| ring.lines())
        .filter(|line| (line.start.y <= y) != (line.end.y <= y))
        .map(|line| {
            let along = (y - line.start.y) / (line.end.y - line.start.y);
            line.start.x + along * (line.end.x - line.start.x)
        })
        .collect();
    crossings.sort_by(f64::total_cmp);
    crossings
        .chunks_exact(2)
        .map(|stretch| (stretch[1] - stretch[0], Coord { x: stretch[0] / 2.0 + stretch[1] / 2.0, y }))
        .fold(None, |widest: Option<(f64, Coord)>, stretch| match widest {
            Some(known) if known.0 >= stretch.0 => Some(known),
            _ => Some(stretch),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{GeometryCollection, LineString, point, polygon};
    use proptest::prelude::*;

    const WAYS: [RepresentativePoint; 3] =
        [RepresentativePoint::Inside, RepresentativePoint::Centroid, RepresentativePoint::BoxCentre];

    /// A "U", open at the top: its centroid and the middle of its box lie in the opening.
    fn u() -> Polygon {
        polygon![(x: 0.0, y: 0.0), (x: 9.0, y: 0.0), (x: 9.0, y: 9.0), (x: 7.0, y: 9.0), (x: 7.0, y: 1.0),
                 (x: 2.0, y: 1.0), (x: 2.0, y: 9.0), (x: 0.0, y: 9.0)]
    }

    #[test]
    fn a_point_stands_for_itself() {
        for way in WAYS {
            assert_eq!(point(&point!(x: 3.0, y: 4.0).into(), way), Ok(Coord { x: 3.0, y: 4.0 }));
        }
    }

    #[test]
    fn inside_is_inside_where_the_centre_is_not() {
        let u = Geometry::from(u());
        // Arms of 2 × 8 at 1 and 8, a bar of 9 × 1: area 41; the centre of gravity is (16·1 + 16·8 + 9·4.5) / 41 = 4.5
        // from the west, and (32·5 + 9·0.5) / 41 from the south.
        assert_eq!(point(&u, RepresentativePoint::Inside), Ok(Coord { x: 1.0, y: 5.0 }));
        assert_eq!(point(&u, RepresentativePoint::BoxCentre), Ok(Coord { x: 4.5, y: 4.5 }));
        let centroid = point(&u, RepresentativePoint::Centroid).unwrap();
        assert!((centroid.x - 4.5).abs() < 1e-12 && (centroid.y - 164.5 / 41.0).abs() < 1e-12);
    }

    #[test]
    fn the_first_of_several_points_stands_for_them() {
        let points = Geometry::from(MultiPoint::from(vec![(4.0, 0.0), (0.0, 0.0), (2.0, 3.0)]));
        assert_eq!(point(&points, RepresentativePoint::Inside), Ok(Coord { x: 4.0, y: 0.0 }));
        assert_eq!(point(&points, RepresentativePoint::Centroid), Ok(Coord { x: 2.0, y: 1.0 }));
        assert_eq!(point(&points, RepresentativePoint::BoxCentre), Ok(Coord { x: 2.0, y: 1.5 }));
    }

    #[test]
    fn a_line_says_that_it_cannot_be_used() {
        let line = Geometry::from(LineString::from(vec![(0.0, 0.0), (1.0, 1.0)]));
        let collection = Geometry::GeometryCollection(GeometryCollection(vec![line.clone(), u().into()]));
        for geometry in [line, collection] {
            let error = point(&geometry, RepresentativePoint::Inside).unwrap_err();
            assert_eq!(error, "a LineString has no point that stands for it; points or polygons are needed");
        }
    }

    #[test]
    fn what_is_empty_or_no_number_is_refused() {
        for way in WAYS {
            for geometry in [
                Geometry::from(MultiPolygon::new(vec![])),
                Geometry::GeometryCollection(GeometryCollection::default()),
                MultiPoint::new(vec![]).into(),
                Polygon::empty().into(),
                point!(x: f64::NAN, y: 0.0).into(),
                polygon![(x: 0.0, y: 0.0), (x: f64::INFINITY, y: 0.0), (x: 1.0, y: 1.0)].into(),
            ] {
                assert!(point(&geometry, way).is_err(), "{geometry:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

        #[test]
        fn any_ring_gets_a_point_that_it_covers(corners in prop::collection::vec((-5i32..5, -5i32..5), 1..12)) {
            let ring: LineString = corners.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).collect();
            let polygon = Polygon::new(ring, vec![]);
            let found = point(&polygon.clone().into(), RepresentativePoint::Inside).unwrap();
            if polygon.exterior().0.iter().any(|coord| *coord != polygon.exterior().0[0]) {
                prop_assert_ne!(PreparedPolygon::new(&polygon).position(found), Position::Outside);
            }
            for way in WAYS {
                prop_assert!(point(&polygon.clone().into(), way).is_ok());
            }
        }
    }
}
