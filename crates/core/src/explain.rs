//! Explanations: why a place counts as reached, or does not.

use crate::{coverage::Coverage, index::CoverageIndex, measure::Best, polygon::Position, service::Link, study::Study};

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
pub fn place(study: &Study, index: &CoverageIndex, coverage: &Coverage, place: usize) -> PlaceExplanation {
    let mut footprints: Vec<Covering> = Vec::new();
    if let Some(point) = study.places.position(place) {
        index.footprints_at(point, |footprint, position| footprints.push(Covering { footprint, position }));
    }
    footprints.sort_by_key(|c| (c.footprint, std::cmp::Reverse(c.position)));
    footprints.dedup_by_key(|c| c.footprint);
    let links = coverage.links(coverage.set[place]);
    let best = study
        .profiles
        .iter()
        .map(|profile| Some(Best::of(links?, profile, &study.frame.services, study.frame.as_of)))
        .collect();
    PlaceExplanation { place, footprints, offers: study.offers.of(&study.places.ids[place]).to_vec(), best }
}
