//! Coverage: which services reach each place, and where it lies.

use std::{collections::HashMap, sync::Arc};

use rayon::prelude::*;

use crate::{
    index::CoverageIndex,
    offer::Offers,
    place::Places,
    service::Link,
    settlement::Settlement,
    study::{Frame, Study},
};

/// The joined places: one index per place in every array, as in [`Places`].
///
/// Sets of links are numbered, since millions of places share some thousands of sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Per place: the number of its set of links, or [`Coverage::UNMATCHED`].
    pub set: Vec<u32>,
    /// Per level of the frame, per place: the area, or [`Coverage::NO_AREA`].
    pub areas: Vec<Vec<u32>>,
    /// Per place: its settlement class.
    pub settlement: Vec<Settlement>,
    /// What was odd about where places lie, in order of place.
    pub findings: Vec<Odd>,
    /// The distinct sets, sorted; each set sorted.
    sets: Vec<Arc<[Link]>>,
}

/// Something odd about where a place lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Odd {
    /// The place.
    pub place: usize,
    /// Index of the level.
    pub level: usize,
    /// What is odd.
    pub what: Oddity,
}

/// What can be odd about where a place lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// No area of the level holds it, and no code names one.
    NoArea,
    /// It lies on or in several areas; the lowest code was taken.
    SeveralAreas,
    /// Its code names one area and its position another, or none; the code was taken.
    CodeMismatch {
        /// The area that holds its position.
        position: Option<u32>,
    },
}

impl Coverage {
    /// The set number of a place of which it cannot be said what reaches it.
    ///
    /// A place is unmatched when it has neither a position nor an offer, or when the study has areas and
    /// none of any level holds it.
    pub const UNMATCHED: u32 = u32::MAX;

    /// The area of a place that lies in none.
    pub const NO_AREA: u32 = u32::MAX;

    /// The links of a set, sorted; `None` for [`Coverage::UNMATCHED`].
    #[must_use]
    pub fn links(&self, set: u32) -> Option<&Arc<[Link]>> {
        self.sets.get(set as usize)
    }

    /// How many distinct sets of links there are.
    #[must_use]
    pub fn sets(&self) -> usize {
        self.sets.len()
    }
}

/// Joins every place with everything that reaches it. Each place is looked at once.
///
/// `progress` is called with the number of places done since the last call, from any thread.
#[must_use]
pub fn join(index: &CoverageIndex, study: &Study, progress: impl Fn(usize) + Sync) -> Coverage {
    let places = &study.places;
    let chunk = 1 << 12;
    let starts: Vec<usize> = (0..places.len()).step_by(chunk).collect();
    let parts: Vec<Part> = starts
        .par_iter()
        .map(|&start| {
            let end = places.len().min(start + chunk);
            let part = join_part(index, &study.frame, places, &study.offers, start..end);
            progress(end - start);
            part
        })
        .collect();
    merge(parts, study.frame.levels.len())
}

/// The coverage of a run of places, with sets numbered in order of appearance.
struct Part {
    set: Vec<u32>,
    areas: Vec<Vec<u32>>,
    settlement: Vec<Settlement>,
    findings: Vec<Odd>,
    sets: Vec<Arc<[Link]>>,
}

fn join_part(
    index: &CoverageIndex,
    frame: &Frame,
    places: &Places,
    offers: &Offers,
    range: std::ops::Range<usize>,
) -> Part {
    let mut part = Part {
        set: Vec::with_capacity(range.len()),
        areas: vec![Vec::with_capacity(range.len()); frame.levels.len()],
        settlement: Vec::with_capacity(range.len()),
        findings: Vec::new(),
        sets: Vec::new(),
    };
    let mut known: HashMap<Arc<[Link]>, u32> = HashMap::new();
    let mut links = Vec::new();
    let mut areas = vec![None; frame.levels.len()];
    for place in range {
        let point = places.position(place);
        links.clear();
        let offered = offers.of(&places.ids[place]);
        links.extend_from_slice(offered);
        if let Some(point) = point {
            index.links_at(point, &mut links);
        }
        links.sort_unstable();
        links.dedup();

        locate(index, frame, places, place, &mut areas, &mut part.findings);
        for (column, area) in part.areas.iter_mut().zip(&areas) {
            column.push(area.unwrap_or(Coverage::NO_AREA));
        }
        part.settlement.push(point.map_or(Settlement::Unknown, |point| index.settlement_at(point)));

        let somewhere = areas.is_empty() || areas.iter().any(Option::is_some);
        let matched = somewhere && (point.is_some() || !offered.is_empty());
        part.set.push(if matched { intern(&mut known, &mut part.sets, &links) } else { Coverage::UNMATCHED });
    }
    part
}

/// The place's area on every level: its own code first, its position second, another level third.
fn locate(
    index: &CoverageIndex,
    frame: &Frame,
    places: &Places,
    place: usize,
    areas: &mut [Option<u32>],
    findings: &mut Vec<Odd>,
) {
    let point = places.position(place);
    let mut odd = |level, what| findings.push(Odd { place, level, what });
    for (level, area) in areas.iter_mut().enumerate() {
        let code = places.codes.get(level).and_then(Option::as_ref).and_then(|codes| codes[place]);
        let held = point.and_then(|point| index.area_at(level, point));
        let position = held.and_then(|(area, _)| area);
        if code.is_none() && held.is_some_and(|(_, count)| count > 1) {
            odd(level, Oddity::SeveralAreas);
        }
        if code.is_some() && held.is_some() && code != position {
            odd(level, Oddity::CodeMismatch { position });
        }
        *area = code.or(position);
    }
    for (level, l) in frame.levels.iter().enumerate() {
        if let (None, Some(derived)) = (areas[level], &l.derived) {
            areas[level] = areas[derived.from].and_then(|area| derived.area_of[area as usize]);
        }
        if areas[level].is_none() {
            odd(level, Oddity::NoArea);
        }
    }
}

fn intern(known: &mut HashMap<Arc<[Link]>, u32>, sets: &mut Vec<Arc<[Link]>>, links: &[Link]) -> u32 {
    if let Some(&number) = known.get(links) {
        return number;
    }
    let number = u32::try_from(sets.len()).unwrap_or(Coverage::UNMATCHED);
    let set: Arc<[Link]> = links.into();
    sets.push(Arc::clone(&set));
    known.insert(set, number);
    number
}

/// Puts the parts together and numbers the sets in sorted order, so that no split shows in the result.
fn merge(parts: Vec<Part>, levels: usize) -> Coverage {
    let mut sets: Vec<Arc<[Link]>> = parts.iter().flat_map(|part| part.sets.iter().cloned()).collect();
    sets.sort_unstable();
    sets.dedup();
    let mut coverage = Coverage {
        set: Vec::new(),
        areas: vec![Vec::new(); levels],
        settlement: Vec::new(),
        findings: Vec::new(),
        sets,
    };
    for part in parts {
        let number: Vec<u32> = part
            .sets
            .iter()
            .map(|set| {
                coverage
                    .sets
                    .binary_search(set)
                    .map_or(Coverage::UNMATCHED, |n| u32::try_from(n).unwrap_or(Coverage::UNMATCHED))
            })
            .collect();
        coverage
            .set
            .extend(part.set.iter().map(|&set| number.get(set as usize).copied().unwrap_or(Coverage::UNMATCHED)));
        for (all, areas) in coverage.areas.iter_mut().zip(part.areas) {
            all.extend(areas);
        }
        coverage.settlement.extend(part.settlement);
        coverage.findings.extend(part.findings);
    }
    coverage
}
