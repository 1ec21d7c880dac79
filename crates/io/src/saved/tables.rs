//! What a saved result says in numbers: borders, kinds, counts, doubts.

use std::collections::BTreeSet;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use nittio_core::{
    area::{Area, Derived, Level},
    coverage::Kind,
    doubt::{Difference, Doubt, Shift},
    reconcile::Duplicates,
    service::{Link, Reach, ServiceId},
    study::Frame,
    sums::Sums,
};

use super::contents::LevelEntry;
use crate::{
    basis::Basis,
    ingest::Origins,
    last::state::{put_kinds, put_sums, take_kinds, take_sums},
    numbers::{Numbers, put},
};

/// All tables of a basis, one after the other; where the services come from only when a public edition needs it.
pub(super) fn put_tables(out: &mut impl Extend<u8>, basis: &Basis<'_>, public: bool) {
    basis.frame.levels.iter().for_each(|level| put_level(out, level));
    put_kinds(out, basis.kinds);
    put_sums(out, basis.sums);
    put_duplicates(out, basis.duplicates);
    put_doubts(out, basis.doubts);
    if public {
        put_origins(out, basis.origins);
    } else {
        put(out, 0);
    }
}

/// What stands after the borders.
pub(super) struct Taken {
    pub(super) kinds: Vec<Kind>,
    pub(super) sums: Sums,
    pub(super) duplicates: Duplicates,
    pub(super) doubts: Vec<Doubt>,
    pub(super) origins: Origins,
}

/// Reads what stands after the borders; `None` when something is not as it must be.
pub(super) fn take(numbers: &mut Numbers<'_>, frame: &Frame) -> Option<Taken> {
    let services = frame.services.as_slice().len();
    let kinds = take_kinds(numbers, services)?;
    if !kinds.iter().all(|kind| lies_in(kind, frame)) {
        return None;
    }
    let sums = take_sums(numbers, frame.units.len(), kinds.len())?;
    if sums.rows().any(|(_, category, _)| usize::from(category) >= frame.categories.len()) {
        return None;
    }
    let duplicates = take_duplicates(numbers)?;
    let doubts = take_doubts(numbers, kinds.len(), services, frame.units.len())?;
    let origins = take_origins(numbers, services)?;
    Some(Taken { kinds, sums, duplicates, doubts, origins })
}

fn lies_in(kind: &Kind, frame: &Frame) -> bool {
    let there = |(area, level): (&Option<u32>, &Level)| area.is_none_or(|area| (area as usize) < level.areas.len());
    kind.areas.len() == frame.levels.len() && kind.areas.iter().zip(&frame.levels).all(there)
}

/// The borders of a level's areas, every coordinate in the eight bytes that it has.
fn put_level(out: &mut impl Extend<u8>, level: &Level) {
    for area in &level.areas {
        let Some(MultiPolygon(polygons)) = &area.geometry else {
            put(out, 0);
            continue;
        };
        put(out, polygons.len() as u64 + 1);
        for polygon in polygons {
            put(out, polygon.interiors().len() as u64);
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                put(out, ring.0.len() as u64);
                for at in &ring.0 {
                    out.extend(at.x.to_le_bytes());
                    out.extend(at.y.to_le_bytes());
                }
            }
        }
    }
}

/// The levels with their borders.
pub(super) fn take_levels(numbers: &mut Numbers<'_>, entries: Vec<LevelEntry>) -> Option<Vec<Level>> {
    let count = entries.len();
    let level = |LevelEntry { key, areas, derived }: LevelEntry| {
        let areas = areas
            .into_iter()
            .map(|(code, name)| Some(Area { code, name, geometry: take_border(numbers)? }))
            .collect::<Option<Vec<_>>>()?;
        let derived = derived.map(|(from, area_of)| Derived { from, area_of });
        derived.as_ref().is_none_or(|derived| derived.from < count).then_some(Level { key, areas, derived })
    };
    entries.into_iter().map(level).collect()
}

#[expect(clippy::option_option, reason = "nothing to read is not the same as an area without borders")]
fn take_border(numbers: &mut Numbers<'_>) -> Option<Option<MultiPolygon>> {
    let Some(polygons) = numbers.next()?.checked_sub(1) else { return Some(None) };
    let mut all = Vec::new();
    for _ in 0..polygons {
        let holes = numbers.next()?;
        let exterior = take_ring(numbers)?;
        let interiors = (0..holes).map(|_| take_ring(numbers)).collect::<Option<Vec<_>>>()?;
        all.push(Polygon::new(exterior, interiors));
    }
    Some(Some(MultiPolygon(all)))
}

fn take_ring(numbers: &mut Numbers<'_>) -> Option<LineString> {
    let length = numbers.next()?;
    let mut ring = Vec::new();
    for _ in 0..length {
        let x = f64::from_le_bytes(*numbers.take()?);
        let y = f64::from_le_bytes(*numbers.take()?);
        ring.push(Coord { x, y });
    }
    Some(LineString(ring))
}

fn put_duplicates(out: &mut impl Extend<u8>, duplicates: &Duplicates) {
    put(out, duplicates.total);
    put(out, duplicates.by_area.len() as u64);
    for (&(level, area), &count) in &duplicates.by_area {
        put(out, level as u64);
        put(out, area.map_or(0, |area| u64::from(area) + 1));
        put(out, count);
    }
}

fn take_duplicates(numbers: &mut Numbers<'_>) -> Option<Duplicates> {
    let mut duplicates = Duplicates { total: numbers.next()?, ..Duplicates::default() };
    for _ in 0..numbers.next()? {
        let level = numbers.next_usize()?;
        let area = numbers.next_u32()?.checked_sub(1);
        duplicates.by_area.insert((level, area), numbers.next()?);
    }
    Some(duplicates)
}

fn put_link(out: &mut impl Extend<u8>, link: Link) {
    put(out, u64::from(link.service.0));
    put(out, u64::from(link.reach.number()));
}

fn take_link(numbers: &mut Numbers<'_>, services: usize) -> Option<Link> {
    let service = numbers.next_u32().filter(|&service| (service as usize) < services)?;
    Some(Link { service: ServiceId(service), reach: Reach::from_number(numbers.next_u32()?)? })
}

fn put_links(out: &mut impl Extend<u8>, links: &[Link]) {
    put(out, links.len() as u64);
    links.iter().for_each(|&link| put_link(out, link));
}

fn take_links(numbers: &mut Numbers<'_>, services: usize) -> Option<Vec<Link>> {
    (0..numbers.next()?).map(|_| take_link(numbers, services)).collect()
}

fn put_doubts(out: &mut impl Extend<u8>, doubts: &[Doubt]) {
    put(out, doubts.len() as u64);
    for Doubt { kind, difference: Difference { borders, near, both }, sums } in doubts {
        put(out, u64::from(*kind));
        for Shift { lost, instead, gained } in [borders, near, both] {
            [lost, instead, gained].into_iter().for_each(|links| put_links(out, links));
        }
        sums.iter().for_each(|&sum| put(out, sum));
    }
}

fn take_doubts(numbers: &mut Numbers<'_>, kinds: usize, services: usize, units: usize) -> Option<Vec<Doubt>> {
    let mut doubts = Vec::new();
    for _ in 0..numbers.next()? {
        let kind = numbers.next_u32().filter(|&kind| (kind as usize) < kinds)?;
        let mut shift = || {
            let mut links = || take_links(numbers, services);
            Some(Shift { lost: links()?, instead: links()?, gained: links()? })
        };
        let difference = Difference { borders: shift()?, near: shift()?, both: shift()? };
        let sums = (0..units).map(|_| numbers.next()).collect::<Option<Vec<_>>>()?;
        doubts.push(Doubt { kind, difference, sums });
    }
    Some(doubts)
}

fn put_origins(out: &mut impl Extend<u8>, origins: &Origins) {
    put(out, origins.len() as u64);
    for (&link, sources) in origins {
        put_link(out, link);
        put(out, sources.len() as u64);
        sources.iter().for_each(|&source| put(out, u64::from(source)));
    }
}

fn take_origins(numbers: &mut Numbers<'_>, services: usize) -> Option<Origins> {
    let mut origins = Origins::new();
    for _ in 0..numbers.next()? {
        let link = take_link(numbers, services)?;
        let sources = (0..numbers.next()?)
            .map(|_| numbers.next().and_then(|source| u16::try_from(source).ok()))
            .collect::<Option<BTreeSet<_>>>()?;
        origins.insert(link, sources);
    }
    Some(origins)
}
