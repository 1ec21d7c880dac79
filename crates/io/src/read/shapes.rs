//! The geometry of a batch: two plain columns while there are only points, and geometries when there are others.

use std::borrow::Cow;

use geo::{Coord, Geometry, Point};

use super::column::Mask;

/// The geometry of one row: none, some, or why it cannot be read.
pub(super) type RowGeometry = Result<Option<Geometry>, String>;

/// The geometry of some rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Shapes {
    /// Points, or nothing.
    Points(Points),
    /// Anything; `Err` says why a geometry cannot be read.
    Any(Vec<Result<Option<Geometry>, String>>),
}

/// Points, some of which may be missing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Points {
    /// The first coordinate of each, as the file has it; zero where the point is missing.
    easting: Vec<f64>,
    /// The second coordinate of each.
    northing: Vec<f64>,
    /// Kept only when a point is missing.
    mask: Option<Mask>,
}

impl Points {
    /// The first coordinate of each point, as the file has it; zero where the point is missing.
    #[must_use]
    pub fn easting(&self) -> &[f64] {
        &self.easting
    }

    /// The second coordinate of each point, as the file has it; zero where the point is missing.
    #[must_use]
    pub fn northing(&self) -> &[f64] {
        &self.northing
    }

    /// Which points are there; `None` when all are.
    #[must_use]
    pub const fn mask(&self) -> Option<&Mask> {
        self.mask.as_ref()
    }

    /// One point; `None` when it is missing or `index` is past the end.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Coord> {
        let coord = Coord { x: *self.easting.get(index)?, y: *self.northing.get(index)? };
        self.mask.as_ref().is_none_or(|mask| mask.get(index)).then_some(coord)
    }

    fn push(&mut self, point: Option<Coord>) {
        Mask::note(&mut self.mask, point.is_some(), self.easting.len());
        let Coord { x, y } = point.unwrap_or_default();
        self.easting.push(x);
        self.northing.push(y);
    }
}

impl Default for Shapes {
    fn default() -> Self {
        Self::Points(Points::default())
    }
}

impl Shapes {
    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Points(points) => points.easting.len(),
            Self::Any(shapes) => shapes.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One row's geometry; `Ok(None)` when it has none or `index` is past the end.
    ///
    /// # Errors
    /// When the geometry cannot be read.
    pub fn get(&self, index: usize) -> Result<Option<Cow<'_, Geometry>>, &str> {
        match self {
            Self::Points(points) => Ok(points.get(index).map(|coord| Cow::Owned(Point(coord).into()))),
            Self::Any(shapes) => match shapes.get(index) {
                None => Ok(None),
                Some(shape) => shape.as_ref().map(|g| g.as_ref().map(Cow::Borrowed)).map_err(String::as_str),
            },
        }
    }

    /// Takes one row's geometry out; the row is without geometry after. A point stays where it is.
    ///
    /// # Errors
    /// When the geometry cannot be read.
    pub fn take(&mut self, index: usize) -> Result<Option<Geometry>, String> {
        match self {
            Self::Points(points) => Ok(points.get(index).map(|coord| Point(coord).into())),
            Self::Any(shapes) => shapes.get_mut(index).map_or(Ok(None), |shape| std::mem::replace(shape, Ok(None))),
        }
    }

    /// The points, when there is nothing else.
    #[must_use]
    pub const fn points(&self) -> Option<&Points> {
        if let Self::Points(points) = self { Some(points) } else { None }
    }

    /// The geometries in their order, each on its own.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<Result<Option<Geometry>, String>> {
        self.generalise();
        match self {
            Self::Any(shapes) => shapes,
            Self::Points(_) => Vec::new(),
        }
    }

    /// Adds a row's geometry.
    pub fn push(&mut self, shape: Result<Option<Geometry>, String>) {
        match (&mut *self, shape) {
            (Self::Points(points), Ok(None)) => points.push(None),
            (Self::Points(points), Ok(Some(Geometry::Point(point)))) => points.push(Some(point.0)),
            (Self::Any(shapes), shape) => shapes.push(shape),
            (Self::Points(_), shape) => {
                self.generalise();
                self.push(shape);
            }
        }
    }

    /// Makes room for any geometry.
    fn generalise(&mut self) {
        if let Self::Points(points) = self {
            let each = (0..points.easting.len()).map(|i| Ok(points.get(i).map(|coord| Point(coord).into())));
            *self = Self::Any(each.collect());
        }
    }
}

impl FromIterator<RowGeometry> for Shapes {
    fn from_iter<I: IntoIterator<Item = RowGeometry>>(shapes: I) -> Self {
        let mut out = Self::default();
        shapes.into_iter().for_each(|shape| out.push(shape));
        out
    }
}

#[cfg(test)]
mod tests {
    use geo::{Geometry, line_string, point};

    use super::Shapes;

    #[test]
    fn points_stay_plain_until_something_else_comes() {
        let mut shapes: Shapes = [Ok(Some(point!(x: 1.0, y: 2.0).into())), Ok(None)].into_iter().collect();
        let points = shapes.points().unwrap();
        assert_eq!((points.easting(), points.northing()), (&[1.0, 0.0][..], &[2.0, 0.0][..]));
        assert_eq!(points.mask().unwrap().count(), 1);
        shapes.push(Err("wrong".to_owned()));
        let line: Geometry = line_string![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0)].into();
        shapes.push(Ok(Some(line.clone())));
        assert!(shapes.points().is_none());
        assert_eq!(shapes.len(), 4);
        assert_eq!(shapes.get(0).unwrap().as_deref(), Some(&point!(x: 1.0, y: 2.0).into()));
        assert_eq!(shapes.get(1), Ok(None));
        assert_eq!(shapes.get(2), Err("wrong"));
        assert_eq!(shapes.take(3), Ok(Some(line)));
        assert_eq!(shapes.take(3), Ok(None));
        assert_eq!(shapes.get(4), Ok(None));
    }
}
