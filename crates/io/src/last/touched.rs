//! Where footprints differ from those of the last result, and what is to be cut to join places there.

use geo::{Coord, MultiPolygon, Rect};
use nittio_core::{
    diagnostic::SourceRow,
    footprint::Footprint,
    index::CoverageIndex,
    service::{Link, Reach, ServiceId, Services},
};
use rstar::{AABB, RTree, primitives::Rectangle};
use rustc_hash::FxHashMap;

use super::Last;
use crate::{
    ingest::{
        Opened,
        parts::{self, Digest, Part, Parts},
    },
    study_file::error::StudyFileError,
};

/// The boxes of all polygons that are there now and were not, or were there and are not. What reaches a place that lies in
/// none of them is what reached it.
pub(super) struct Touched {
    boxes: Vec<[Coord; 2]>,
    tree: RTree<Rectangle<[f64; 2]>>,
}

/// Where a polygon was seen.
#[derive(Default)]
struct Seen {
    before: bool,
    now: bool,
    corners: [Coord; 2],
}

type Key = (ServiceId, Reach, Digest);

impl Touched {
    /// Compares the polygons of sources that have changed.
    pub(super) fn of(last: &Last, opened: &Opened<'_>) -> Option<Self> {
        let services = &opened.study.frame.services;
        let same = &last.same;
        let files = last.contents().before.files.iter().enumerate();
        let gone =
            files.filter(|(number, _)| !same.contains(&Some(*number))).filter_map(|(_, file)| file.parts.as_deref());
        let now = opened.parts();
        if now.len() != same.len() {
            return None;
        }
        let new = now.iter().zip(same).filter(|(_, same)| same.is_none()).map(|((_, parts), _)| &**parts);
        let mut seen: FxHashMap<Key, Seen> = FxHashMap::default();
        let mut boxes = Vec::new();
        for parts in gone {
            for (part, key) in keyed(parts, services) {
                match key {
                    Some(key) => {
                        let seen = seen.entry(key).or_default();
                        (seen.before, seen.corners) = (true, part.corners);
                    }
                    // A service that is no more.
                    None => boxes.push(part.corners),
                }
            }
        }
        for parts in new {
            for (part, key) in keyed(parts, services) {
                let seen = seen.entry(key?).or_default();
                (seen.now, seen.corners) = (true, part.corners);
            }
        }
        boxes.extend(seen.into_values().filter(|seen| seen.before != seen.now).map(|seen| seen.corners));
        let rectangles = boxes.iter().map(|[low, high]| Rectangle::from_corners([low.x, low.y], [high.x, high.y]));
        let tree = RTree::bulk_load(rectangles.collect());
        Some(Self { boxes, tree })
    }

    /// The boxes as an index: what holds a point is the same nothing unless it lies in one or on its border.
    pub(super) fn index(&self) -> CoverageIndex {
        let footprint = |&[low, high]: &[Coord; 2]| Footprint {
            geometry: MultiPolygon(vec![Rect::new(low, high).to_polygon()]),
            link: Link { service: ServiceId(0), reach: Reach::Passed },
            name: None,
            origin: SourceRow { source: 0, row: 0 },
        };
        let boxes: Vec<Footprint> = self.boxes.iter().map(footprint).collect();
        CoverageIndex::cut(&[], &[], &boxes)
    }

    fn meets(&self, [low, high]: [Coord; 2]) -> bool {
        let corners = AABB::from_corners([low.x, low.y], [high.x, high.y]);
        self.tree.locate_in_envelope_intersecting(corners).next().is_some()
    }

    /// Cuts the footprints, and of them only the polygons that meet a box; `None` when a file does not have what it had.
    pub(super) fn cut(&self, last: &Last, opened: &Opened<'_>) -> Result<Option<CoverageIndex>, StudyFileError> {
        let mut near: Vec<Footprint> = Vec::new();
        for footprint in &opened.study.footprints {
            let meets = |polygon: &&geo::Polygon| parts::corners(polygon).is_some_and(|corners| self.meets(corners));
            let polygons: Vec<geo::Polygon> = footprint.geometry.iter().filter(meets).cloned().collect();
            if !polygons.is_empty() {
                near.push(Footprint { geometry: MultiPolygon(polygons), name: None, ..*footprint });
            }
        }
        for (source, (parts, same)) in opened.parts().iter().zip(&last.same).enumerate() {
            if same.is_some() {
                let meets = |part: &Part| self.meets(part.corners);
                let Some(mut found) = opened.read_near(source, parts, &meets)? else { return Ok(None) };
                near.append(&mut found);
            }
        }
        Ok(Some(CoverageIndex::cut(&[], &[], &near)))
    }
}

/// The parts of a file, and what tells each from all others; nothing does when its service is not in the list.
fn keyed<'a>(parts: &'a Parts, services: &Services) -> impl Iterator<Item = (&'a Part, Option<Key>)> {
    let numbers: Vec<Option<ServiceId>> = parts.services.iter().map(|service| services.find(service)).collect();
    parts.list.iter().map(move |part| {
        let service = numbers.get(part.service as usize).copied().flatten();
        (part, service.map(|service| (service, part.reach, part.digest)))
    })
}
