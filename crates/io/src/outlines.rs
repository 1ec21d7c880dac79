//! The polygons of footprints, each findable by where it lies: for what the index does not say, such as which of them holds a
//! place and how far away the nearest is.

use geo::{Coord, Polygon};
use nittio_core::{
    footprint::Footprint,
    polygon::{Position, PreparedPolygon},
    quantity::Metres,
};
use rayon::prelude::*;
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};

use crate::ingest::parts::corners;

/// Polygons of footprints, by their boxes.
pub(crate) struct Outlines<'a> {
    parts: Vec<Outline<'a>>,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

/// One polygon of a footprint.
pub(crate) struct Outline<'a> {
    /// Index into the footprints.
    pub(crate) footprint: usize,
    polygon: &'a Polygon,
    prepared: PreparedPolygon,
}

impl<'a> Outlines<'a> {
    /// The polygons of some footprints; `wanted` says which of them.
    pub(crate) fn of(footprints: &'a [Footprint], wanted: impl Fn(usize, &Polygon) -> bool + Sync) -> Self {
        let found: Vec<(Outline<'a>, [Coord; 2])> = footprints
            .par_iter()
            .enumerate()
            .flat_map_iter(|(footprint, f)| {
                let wanted = &wanted;
                f.geometry.iter().filter_map(move |polygon| {
                    let corners = corners(polygon).filter(|_| wanted(footprint, polygon))?;
                    Some((Outline { footprint, polygon, prepared: PreparedPolygon::new(polygon) }, corners))
                })
            })
            .collect();
        let boxes = found.iter().enumerate().map(|(number, (_, [low, high]))| {
            GeomWithData::new(Rectangle::from_corners([low.x, low.y], [high.x, high.y]), number)
        });
        let tree = RTree::bulk_load(boxes.collect());
        Self { parts: found.into_iter().map(|(part, _)| part).collect(), tree }
    }

    /// The polygons whose boxes come within a distance of a point, in order.
    pub(crate) fn around(&self, at: Coord, distance: Metres) -> Vec<&Outline<'a>> {
        let reach = distance.metres().next_up();
        let window = AABB::from_corners([at.x - reach, at.y - reach], [at.x + reach, at.y + reach]);
        let mut numbers: Vec<usize> =
            self.tree.locate_in_envelope_intersecting(window).map(|found| found.data).collect();
        numbers.sort_unstable();
        numbers.into_iter().map(|number| &self.parts[number]).collect()
    }
}

impl Outline<'_> {
    /// Whether it holds a point; its border does.
    pub(crate) fn holds(&self, at: Coord) -> bool {
        self.prepared.position(at) != Position::Outside
    }

    /// How far outside its border a point is, in whole millimetres; nothing when it is inside.
    pub(crate) fn millimetres_to(&self, at: Coord) -> u64 {
        if self.holds(at) {
            return 0;
        }
        let rings = std::iter::once(self.polygon.exterior()).chain(self.polygon.interiors());
        let square = rings
            .flat_map(|ring| ring.lines())
            .map(|line| {
                let (dx, dy) = (line.end.x - line.start.x, line.end.y - line.start.y);
                let (px, py) = (at.x - line.start.x, at.y - line.start.y);
                let length = dx * dx + dy * dy;
                let along = if length > 0.0 { ((px * dx + py * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
                let (x, y) = (px - along * dx, py - along * dy);
                x * x + y * y
            })
            .fold(f64::INFINITY, f64::min);
        whole(square.sqrt() * 1000.0)
    }
}

/// A number rounded to a whole one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float to integer cast saturates")]
pub(crate) fn whole(number: f64) -> u64 {
    number.round() as u64
}

#[cfg(test)]
mod tests {
    use geo::{MultiPolygon, polygon};
    use nittio_core::{
        diagnostic::SourceRow,
        service::{Link, Reach, ServiceId},
    };

    use super::*;

    #[test]
    fn a_place_is_as_far_away_as_by_hand_and_in_a_hole_from_its_edge() {
        let holed = polygon!(
            exterior: [(x: 0., y: 0.), (x: 100., y: 0.), (x: 100., y: 100.), (x: 0., y: 100.)],
            interiors: [[(x: 40., y: 40.), (x: 40., y: 60.), (x: 60., y: 60.), (x: 60., y: 40.)]],
        );
        let footprint = Footprint {
            geometry: MultiPolygon(vec![holed]),
            link: Link { service: ServiceId(0), reach: Reach::Passed },
            name: None,
            origin: SourceRow { source: 1, row: 1 },
        };
        let footprints = [footprint];
        let outlines = Outlines::of(&footprints, |_, _| true);
        let to = |x, y| {
            let at = Coord { x, y };
            outlines.around(at, Metres::from_metres(50)).first().map(|outline| outline.millimetres_to(at))
        };
        assert_eq!(to(103.0, 104.0), Some(5_000), "3, 4 and 5 from the corner");
        assert_eq!(to(50.0, 45.0), Some(5_000), "in the hole");
        assert_eq!((to(40.0, 50.0), to(10.0, 10.0)), (Some(0), Some(0)), "on the border, inside");
        assert_eq!(to(150.001, 50.0), None, "beyond the distance");
        assert!(
            Outlines::of(&footprints, |_, _| false).around(Coord { x: 1.0, y: 1.0 }, Metres::from_metres(1)).is_empty()
        );
    }
}
