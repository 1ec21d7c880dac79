//! Water: how much of a footprint lies over it.

use std::path::Path;

use geo::{Area as _, BooleanOps as _, BoundingRect as _, MultiPolygon, Polygon, unary_union};
use nittio_core::secrecy::Secrecy;
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};
use toml::Spanned;

use crate::{
    ingest::{Reading, shapes::polygons},
    outlines::whole,
    study_file::{FileSource, error::StudyFileError},
};

/// A layer of water, in the study's CRS.
#[derive(Debug)]
pub struct Water {
    /// The file's own name.
    pub name: String,
    /// How many of its rows were left out or mended.
    pub odd: usize,
    /// Without overlaps.
    polygons: Vec<Polygon>,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl Water {
    /// Reads the polygons of a file.
    ///
    /// # Errors
    /// When the file cannot be read, has no polygons, or does not say which CRS they are in.
    pub fn read(reading: &Reading<'_>, path: &Path) -> Result<Self, StudyFileError> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let path_text = Spanned::new(0..0, absolute.to_string_lossy().into_owned());
        let file = FileSource { secrecy: Secrecy::default(), ..FileSource::of_path(path_text) };
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let (polygons, odd) = polygons(reading, &file, "water")?;
        Ok(Self { odd, ..Self::of(name, &polygons) })
    }

    fn of(name: String, polygons: &[Polygon]) -> Self {
        // Where two lakes of a file overlap, water counts once.
        let polygons = unary_union(polygons).0;
        let boxes = polygons.iter().enumerate().filter_map(|(number, polygon)| {
            let b = polygon.bounding_rect()?;
            Some(GeomWithData::new(Rectangle::from_corners(b.min().into(), b.max().into()), number))
        });
        let tree = RTree::bulk_load(boxes.collect());
        Self { name, odd: 0, polygons, tree }
    }

    /// How much of a footprint lies over water, and how large it is, in whole square metres. Where its own polygons overlap, they
    /// count once.
    pub(super) fn under(&self, footprint: &MultiPolygon) -> (u64, u64) {
        let Some(b) = footprint.bounding_rect() else { return (0, 0) };
        let near = AABB::from_corners(b.min().into(), b.max().into());
        let lakes: Vec<Polygon> =
            self.tree.locate_in_envelope_intersecting(near).map(|lake| self.polygons[lake.data].clone()).collect();
        if lakes.is_empty() {
            return (0, 0);
        }
        let footprint = unary_union(&footprint.0);
        let over = footprint.intersection(&MultiPolygon(lakes));
        (whole(over.unsigned_area()), whole(footprint.unsigned_area()))
    }
}

#[cfg(test)]
mod tests {
    use geo::Rect;

    use super::*;

    fn square(x: f64, y: f64, width: f64, height: f64) -> Polygon {
        Rect::new((x, y), (x + width, y + height)).to_polygon()
    }

    #[test]
    fn water_and_footprints_that_overlap_themselves_count_once() {
        let lakes = [square(0.0, 0.0, 10.0, 10.0), square(5.0, 0.0, 10.0, 10.0), square(100.0, 0.0, 1.0, 1.0)];
        let water = Water::of("lakes".to_owned(), &lakes);
        // From 10 to 20 east, of which 10 to 15 is water; the second polygon lies in the first.
        let footprint = MultiPolygon(vec![square(10.0, 0.0, 10.0, 10.0), square(11.0, 1.0, 2.0, 2.0)]);
        assert_eq!(water.under(&footprint), (50, 100));
        assert_eq!(water.under(&MultiPolygon(vec![square(50.0, 50.0, 1.0, 1.0)])), (0, 0), "no water near");
    }
}
