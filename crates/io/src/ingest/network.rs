//! Networks: footprints and offer lists.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use geo::{Geometry, Polygon};
use nittio_core::{
    diagnostic::{Action, Finding, SourceRow},
    footprint::Footprint,
    offer::Offers,
    service::{Link, Reach, Services},
};

use rayon::prelude::*;

use super::{
    Origins, Reading, StudyFileError, ids,
    mapping::ServiceReader,
    parts::{self, Digest, Parts},
    places::PlaceFile,
    shapes::areal,
    source::{Positions, Source},
};
use crate::{
    repair,
    study_file::{FootprintsSource, OffersSource},
};

/// Reads every source of footprints.
pub(super) fn footprints(
    reading: &Reading<'_>,
    sources: &[FootprintsSource],
    services: &mut Services,
) -> Result<Vec<Footprint>, StudyFileError> {
    let mut opened = Vec::new();
    for entry in sources {
        let mut source = Source::open(reading, &entry.file, "footprints")?;
        let name = entry.name.as_ref().map(|name| source.column(name)).transpose()?;
        let service = ServiceReader::new(reading, &mut source, &entry.service, Reach::Passed)?;
        source.needs_geometry()?;
        opened.push((source, name, service));
    }
    // A file of few rows does not keep all threads at work.
    let read = opened.par_iter().with_max_len(1).map(|(source, name, service)| {
        source.each(true, |_, placing, mut batch| {
            let shapes: Vec<_> = (0..batch.rows.len()).map(|i| Mutex::new(Some(batch.geometry.take(i)))).collect();
            // One row may be a whole country's outline, and is mended on its own thread.
            placing.in_parts(batch.rows.len(), |placing, rows| {
                let mut made = Vec::new();
                for i in rows {
                    let name = name.and_then(|column| batch.columns[column].text(i)).map(Cow::into_owned);
                    let Some((service, reach)) = service.read(placing, &batch, i, name.as_deref()) else { continue };
                    let origin = placing.at(batch.rows[i]);
                    let shape = shapes[i].lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(Ok(None));
                    if let Some(geometry) = areal(placing, batch.rows[i], shape, name.as_deref()) {
                        placing.used += 1;
                        made.push((service, reach, name, origin, geometry));
                    }
                }
                made
            })
        })
    });
    let read: Vec<Result<_, StudyFileError>> = read.collect();
    let mut footprints = Vec::new();
    for ((source, ..), read) in opened.iter().zip(read) {
        let (made, diagnostics) = read?;
        reading.add_diagnostics(diagnostics);
        let first = footprints.len();
        footprints.extend(made.into_iter().flatten().map(|(service, reach, name, origin, geometry)| {
            let link = Link { service: services.intern(service), reach };
            Footprint { geometry, link, name, origin }
        }));
        reading.add_parts(source.number, Parts::of(&footprints[first..], services));
    }
    Ok(footprints)
}

/// How it is found out which rows of offer lists name a place.
pub(super) enum Known<'a> {
    /// The files of places are looked through for the ids.
    In(&'a [PlaceFile<'a>]),
    /// It is known from before: all but these rows do.
    But(&'a HashSet<SourceRow>),
}

/// Reads every offer list.
pub(super) fn offers(
    reading: &Reading<'_>,
    sources: &[OffersSource],
    known: &Known<'_>,
    services: &mut Services,
) -> Result<(Offers, Origins), StudyFileError> {
    let mut opened = Vec::new();
    let mut wanted: HashMap<Box<str>, bool> = HashMap::new();
    for entry in sources {
        let mut source = Source::open(reading, &entry.file, "offers")?;
        let place = source.column(&entry.place)?;
        let service = ServiceReader::new(reading, &mut source, &entry.service, Reach::Connected)?;
        source.locate(Positions::None)?;
        if let Known::In(_) = known {
            source.look(&[place], |batch| {
                for i in 0..batch.rows.len() {
                    if let Some(id) = batch.columns[0].text(i)
                        && !wanted.contains_key(id.trim())
                    {
                        wanted.insert(id.trim().into(), false);
                    }
                }
            })?;
        }
        opened.push((source, place, service));
    }
    let places = match known {
        Known::In(files) => ids::among(files, wanted)?,
        Known::But(_) => HashSet::new(),
    };
    let names_a_place = |at: SourceRow, id: &str| match known {
        Known::In(_) => places.contains(id),
        Known::But(rows) => !rows.contains(&at),
    };
    let mut offers = Offers::default();
    let mut origins = Origins::new();
    for (source, place, service) in opened {
        let number = source.number();
        source.read(false, |placing, batch| {
            for i in 0..batch.rows.len() {
                let id = batch.columns[place].text(i);
                let Some(id) = id.as_deref().map(str::trim).filter(|id| !id.is_empty()) else {
                    let message = "the row names no place".to_owned();
                    placing.say(batch.rows[i], Finding::MissingId, Action::Dropped, None, message);
                    continue;
                };
                if !names_a_place(placing.at(batch.rows[i]), id) {
                    let message = "no place has this id; check that both files write ids alike".to_owned();
                    placing.say(batch.rows[i], Finding::OfferForUnknownPlace, Action::Dropped, Some(id), message);
                    continue;
                }
                if let Some((service, reach)) = service.read(placing, &batch, i, Some(id)) {
                    placing.used += 1;
                    let link = Link { service: services.intern(service), reach };
                    origins.entry(link).or_default().insert(number);
                    offers.add(id, link);
                }
            }
        })?;
    }
    Ok((offers, origins))
}

/// Which sources each link comes from.
pub(super) fn origins(footprints: &[Footprint]) -> Origins {
    let mut origins = Origins::new();
    let mut last = None;
    for footprint in footprints {
        let origin = (footprint.link, footprint.origin.source);
        // Footprints of one file stand together, and there may be millions.
        if last.replace(origin) != Some(origin) {
            origins.entry(origin.0).or_default().insert(origin.1);
        }
    }
    origins
}

/// Reads polygons of footprints from a file that has been read before: of each wanted row those with the wanted digests. A
/// row is mended only when a wanted polygon is there only then.
pub(super) fn polygons(
    reading: &Reading<'_>,
    entry: &FootprintsSource,
    input: u16,
    wanted: &HashMap<u32, HashSet<Digest>>,
) -> Result<Vec<(u32, Digest, Polygon)>, StudyFileError> {
    let mut source = Source::again(reading, &entry.file, input)?;
    source.needs_geometry()?;
    let found = source.some(|placing, mut batch| {
        let mut found = Vec::new();
        for i in 0..batch.rows.len() {
            let Some(wanted) = wanted.get(&batch.rows[i]) else { continue };
            let Ok(Some(geometry)) = batch.geometry.take(i) else { continue };
            let Ok(geometry) = placing.geometry(geometry) else { continue };
            let of_row = match among(&geometry, wanted) {
                delivered if delivered.len() == wanted.len() => delivered,
                _ => repair::areal(geometry).map_or_else(
                    |_| HashMap::new(),
                    |repaired| among(&Geometry::MultiPolygon(repaired.polygons), wanted),
                ),
            };
            found.extend(of_row.into_iter().map(|(digest, polygon)| (batch.rows[i], digest, polygon)));
        }
        found
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// The polygons of a geometry that have one of some digests.
fn among(geometry: &Geometry, wanted: &HashSet<Digest>) -> HashMap<Digest, Polygon> {
    let polygons = match geometry {
        Geometry::Polygon(polygon) => std::slice::from_ref(polygon),
        Geometry::MultiPolygon(polygons) => polygons.0.as_slice(),
        _ => &[],
    };
    let digests: Vec<Digest> = polygons.par_iter().map(parts::digest).collect();
    let found = digests.into_iter().zip(polygons).filter(|(digest, _)| wanted.contains(digest));
    found.map(|(digest, polygon)| (digest, polygon.clone())).collect()
}
