//! Explanations: why a place counts as reached, or does not.

use geo::{BoundingRect, Coord, MultiPolygon};

use crate::{
    coverage::Coverage,
    measure::Best,
    polygon::{Position, PreparedPolygon},
    service::Link,
    study::Study,
};

/// Everything that reaches one place, and what it amounts to under each definition.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceExplanation {
    /// Index into the study's places.
    pub place: usize,
    /// Footprints that hold the place, in the study's order.
    pub footprints: Vec<Covering>,
    /// Links from offer lists, in the order of their rows.
    pub offers: Vec<Link>,
    /// Per profile of the study: what it amounts to; `None` when the place is unmatched.
    pub best: Vec<Option<Best>>,
}

/// A footprint that holds the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covering {
    /// Index into the study's footprints.
    pub footprint: usize,
    /// Inside it, or on its border.
    pub position: Position,
}

/// Says what reaches a place and what it amounts to.
///
/// # Panics
/// When there is no such place.
#[must_use]
pub fn place(study: &Study, coverage: &Coverage, place: usize) -> PlaceExplanation {
    let footprints = study.places.position(place).map_or_else(Vec::new, |point| {
        let positions = study.footprints.iter().map(|footprint| position(&footprint.geometry, point));
        let held = positions.enumerate().filter(|&(_, position)| position != Position::Outside);
        held.map(|(footprint, position)| Covering { footprint, position }).collect()
    });
    let links = coverage.links(place);
    let best = study
        .profiles
        .iter()
        .map(|profile| Some(Best::of(links?, profile, &study.frame.services, study.frame.as_of)))
        .collect();
    PlaceExplanation { place, footprints, offers: study.offers.of(&study.places.ids[place]).to_vec(), best }
}

/// Where a point lies: inside one part of a footprint goes before on the border of another.
fn position(footprint: &MultiPolygon, point: Coord) -> Position {
    let near = |rect: &geo::Rect| {
        (rect.min().x..=rect.max().x).contains(&point.x) && (rect.min().y..=rect.max().y).contains(&point.y)
    };
    let parts = footprint.iter().filter(|part| part.bounding_rect().as_ref().is_some_and(near));
    parts.map(|part| PreparedPolygon::new(part).position(point)).max().unwrap_or(Position::Outside)
}
