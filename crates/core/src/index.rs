//! The coverage index: footprints, areas and settlements, ready to be asked about any point.

use geo::{BoundingRect, Coord, MultiPolygon};
use rayon::prelude::*;
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};

use crate::{
    polygon::{Position, PreparedPolygon},
    service::Link,
    settlement::Settlement,
    study::Study,
};

/// Footprints, areas and settlements behind R-trees. Built once, immutable, shared by all threads.
#[derive(Debug)]
pub struct CoverageIndex {
    footprints: PolygonIndex,
    /// By footprint.
    links: Vec<Link>,
    /// Per level of the frame; `None` when no area of the level has borders.
    levels: Vec<Option<PolygonIndex>>,
    settlements: PolygonIndex,
    /// By settlement area.
    classes: Vec<Settlement>,
}

impl CoverageIndex {
    /// Cuts everything that has an area into the index.
    #[must_use]
    pub fn build(study: &Study) -> Self {
        let levels = study.frame.levels.iter().map(|level| {
            let polygons: Vec<_> =
                level.areas.iter().zip(0u32..).filter_map(|(a, i)| Some((a.geometry.as_ref()?, i))).collect();
            (!polygons.is_empty()).then(|| PolygonIndex::new(&polygons))
        });
        Self {
            footprints: PolygonIndex::new(&numbered(study.footprints.iter().map(|f| &f.geometry))),
            links: study.footprints.iter().map(|f| f.link).collect(),
            levels: levels.collect(),
            settlements: PolygonIndex::new(&numbered(study.settlements.iter().map(|s| &s.geometry))),
            classes: study.settlements.iter().map(|s| s.class).collect(),
        }
    }

    /// Adds the links of every footprint that holds the point; a link may come several times.
    pub fn links_at(&self, point: Coord, links: &mut Vec<Link>) {
        self.footprints.at(point, |footprint, _| links.push(self.links[footprint as usize]));
    }

    /// Calls for every footprint that holds the point, with how it does.
    pub fn footprints_at(&self, point: Coord, mut found: impl FnMut(usize, Position)) {
        self.footprints.at(point, |footprint, position| found(footprint as usize, position));
    }

    /// The area of a level that holds the point, the lowest code where several do, and how many do.
    ///
    /// `None` when the level has no borders.
    #[must_use]
    pub fn area_at(&self, level: usize, point: Coord) -> Option<(Option<u32>, u32)> {
        let mut lowest: Option<u32> = None;
        let mut count = 0;
        self.levels[level].as_ref()?.at(point, |area, _| {
            // A multipolygon's parts may share a corner; that is still one area.
            if lowest != Some(area) {
                count += 1;
            }
            lowest = Some(lowest.map_or(area, |l| l.min(area)));
        });
        Some((lowest, count))
    }

    /// The settlement class at a point; a locality goes before a smaller locality.
    #[must_use]
    pub fn settlement_at(&self, point: Coord) -> Settlement {
        let mut class = Settlement::Outside;
        self.settlements.at(point, |area, _| class = class.min(self.classes[area as usize]));
        class
    }
}

fn numbered<'a>(polygons: impl Iterator<Item = &'a MultiPolygon>) -> Vec<(&'a MultiPolygon, u32)> {
    polygons.zip(0..).collect()
}

/// Polygons behind one R-tree of their bounding boxes.
#[derive(Debug)]
struct PolygonIndex {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    polygons: Vec<PreparedPolygon>,
    /// Whose part each polygon is.
    owner: Vec<u32>,
}

impl PolygonIndex {
    fn new(owned: &[(&MultiPolygon, u32)]) -> Self {
        let parts: Vec<_> = owned
            .iter()
            .flat_map(|&(polygons, owner)| polygons.iter().map(move |part| (part, owner)))
            .filter_map(|(part, owner)| Some((part, part.bounding_rect()?, owner)))
            .collect();
        let boxes = parts
            .iter()
            .zip(0u32..)
            .map(|((_, rect, _), i)| {
                let corners = Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
                GeomWithData::new(corners, i)
            })
            .collect();
        Self {
            tree: RTree::bulk_load(boxes),
            polygons: parts.par_iter().map(|(part, _, _)| PreparedPolygon::new(part)).collect(),
            owner: parts.iter().map(|&(_, _, owner)| owner).collect(),
        }
    }

    fn at(&self, point: Coord, mut found: impl FnMut(u32, Position)) {
        for candidate in self.tree.locate_in_envelope_intersecting(AABB::from_point([point.x, point.y])) {
            let position = self.polygons[candidate.data as usize].position(point);
            if position != Position::Outside {
                found(self.owner[candidate.data as usize], position);
            }
        }
    }
}
