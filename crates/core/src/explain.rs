//! Explanations: why a place counts as reached, or does not.

use geo::{BoundingRect, Coord, MultiPolygon};

use crate::{
    coverage::Coverage,
    distance::within,
    measure::Best,
    polygon::{Position, PreparedPolygon},
    service::{Link, Reach, ServiceId},
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
    /// Services that the place is near, sorted.
    pub near: Vec<NearBy>,
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

/// A service that a place is near, and the nearest place that is connected to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearBy {
    /// The service.
    pub service: ServiceId,
    /// Index into the study's places; of several equally near ones, the first by id.
    pub neighbour: usize,
    /// How far away it is. Rounded: what is near has been decided exactly.
    pub metres: f64,
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
    PlaceExplanation {
        place,
        footprints,
        offers: study.offers.of(&study.places.ids[place]).to_vec(),
        near: near(study, coverage, place),
        best,
    }
}

/// The services that a place is near, each with its nearest connected place, found by looking at every place.
fn near(study: &Study, coverage: &Coverage, place: usize) -> Vec<NearBy> {
    let places = &study.places;
    let (Some(rule), Some(here)) = (&study.frame.near, places.position(place)) else { return Vec::new() };
    let distance = rule.distance.of(coverage.of(place).settlement);
    let around: Vec<(usize, Coord)> = (0..places.len())
        .filter(|&other| other != place)
        .filter_map(|other| Some((other, places.position(other)?)))
        .filter(|&(_, there)| within(here, there, distance))
        .collect();
    let links = coverage.links(place).into_iter().flatten().filter(|link| link.reach == Reach::Near);
    let nearest = |link: &Link| {
        let connected = Link { reach: Reach::Connected, ..*link };
        let is_connected = |&&(other, there): &&(usize, Coord)| {
            if study.offers.reviews.of(&places.ids[other]).is_some_and(|reviewed| reviewed.decision.is_some()) {
                return coverage.links(other).is_some_and(|links| links.contains(&connected));
            }
            study.offers.of(&places.ids[other]).contains(&connected)
                || study.footprints.iter().any(|footprint| {
                    footprint.link == connected && position(&footprint.geometry, there) != Position::Outside
                })
        };
        let measured = around
            .iter()
            .filter(is_connected)
            .map(|&(other, there)| (f64::hypot(there.x - here.x, there.y - here.y), &places.ids[other], other));
        let (metres, _, neighbour) = measured.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)))?;
        Some(NearBy { service: link.service, neighbour, metres })
    };
    links.filter_map(nearest).collect()
}

/// Where a point lies: inside one part of a footprint goes before on the border of another.
fn position(footprint: &MultiPolygon, point: Coord) -> Position {
    let near = |rect: &geo::Rect| {
        (rect.min().x..=rect.max().x).contains(&point.x) && (rect.min().y..=rect.max().y).contains(&point.y)
    };
    let parts = footprint.iter().filter(|part| part.bounding_rect().as_ref().is_some_and(near));
    parts.map(|part| PreparedPolygon::new(part).position(point)).max().unwrap_or(Position::Outside)
}
