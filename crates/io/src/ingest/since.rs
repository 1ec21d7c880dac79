//! A study opened of which an earlier run has read most: only footprints that have changed, areas and offer lists are read.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use geo::{MultiPolygon, Polygon};
use nittio_core::{
    area::Level,
    diagnostic::{Diagnostic, Finding, SourceRow},
    footprint::Footprint,
    outcome::Input,
    reconcile::Duplicates,
    service::{Link, Services},
    study::Frame,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Opened, Origins, Read, Reading, StudyFileError, areas,
    kept::KeptDiagnostic,
    network::{self, Known},
    parts::{Digest, Part, Parts},
    places::PlaceFiles,
    source::{Identity, identity},
};
use crate::study_file::{FileSource, StudyFile};

/// Whether files of a role say nothing about places: they are read after all others, and by every run.
fn is_read_anew(role: &str) -> bool {
    ["official", "projects", "unit-costs"].contains(&role)
}

/// What an earlier run has read.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Before {
    /// The files, in the order in which they were read.
    pub(crate) files: Vec<FileBefore>,
    /// Every finding, those of the join too.
    pub(crate) findings: Vec<KeptDiagnostic>,
    /// The codes that places have on levels without a file.
    pub(crate) codes: BTreeMap<String, BTreeSet<String>>,
    /// The places' categories, sorted.
    pub(crate) categories: Vec<String>,
    /// Per unit besides places: how many counted parts make one.
    pub(crate) scales: Vec<u64>,
    /// How many rows were dropped because an earlier one has their id.
    duplicates: DuplicatesBefore,
}

/// [`Duplicates`], area by area.
#[derive(Debug, Serialize, Deserialize)]
struct DuplicatesBefore {
    total: u64,
    /// Index of the level, that of the area, and how many.
    by_area: Vec<(usize, Option<u32>, u64)>,
}

/// A file that an earlier run has read.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FileBefore {
    pub(crate) role: String,
    pub(crate) identity: Identity,
    rows: u64,
    used: u64,
    crs: Option<String>,
    /// The parts of its footprints; they stand in a table beside.
    #[serde(skip)]
    pub(crate) parts: Option<Arc<Parts>>,
}

/// All files of a study that a join rests on, in the order in which they are read. Official figures are read after them, anew
/// in every run.
pub(crate) fn files(file: &StudyFile) -> Vec<(&'static str, &FileSource)> {
    let areas = file.areas.values().filter_map(|entry| entry.file.as_ref()).map(|file| ("areas", file));
    let places = file.places.iter().map(|entry| ("places", &entry.file));
    let footprints = file.footprints.iter().map(|entry| ("footprints", &entry.file));
    let offers = file.offers.iter().map(|entry| ("offers", &entry.file));
    let settlements = file.settlements.iter().map(|entry| ("settlements", &entry.file));
    areas.chain(places).chain(footprints).chain(offers).chain(settlements).collect()
}

/// What each of those files is, by its content.
pub(crate) fn identities(reading: &Reading<'_>) -> Result<Vec<Identity>, StudyFileError> {
    files(&reading.loaded.file).par_iter().map(|(_, file)| identity(reading, file)).collect()
}

impl Before {
    /// What a run that is over has read; `None` when it cannot be told.
    pub(crate) fn of(
        opened: &Opened<'_>,
        frame: &Frame,
        findings: &[Diagnostic],
        duplicates: &Duplicates,
    ) -> Option<Self> {
        let reading = opened.reading;
        let inputs = reading.inputs().clone();
        let is_anew = |source: u16| inputs.get(usize::from(source)).is_some_and(|input| is_read_anew(&input.role));
        let findings = findings.iter().filter(|found| !is_anew(found.at.source)).map(KeptDiagnostic::of).collect();
        let inputs = inputs.into_iter().skip(1).filter(|input| !is_read_anew(&input.role));
        let files = (1..).zip(inputs).map(|(number, input)| {
            let identity = reading.identity(number)?;
            let Input { role, rows, used, crs, .. } = input;
            Some(FileBefore { role, identity, rows, used, crs, parts: reading.parts(number) })
        });
        Some(Self {
            files: files.collect::<Option<_>>()?,
            findings,
            codes: opened.codes.iter().map(|(level, codes)| (level.clone(), codes.clone())).collect(),
            categories: frame.categories.clone(),
            scales: frame.units.iter().skip(1).map(|unit| unit.scale).collect(),
            duplicates: DuplicatesBefore {
                total: duplicates.total,
                by_area: duplicates.by_area.iter().map(|(&(level, area), &rows)| (level, area, rows)).collect(),
            },
        })
    }

    /// How many rows were dropped because an earlier one has their id.
    pub(crate) fn duplicates(&self) -> Duplicates {
        let by_area = self.duplicates.by_area.iter().map(|&(level, area, rows)| ((level, area), rows));
        Duplicates { total: self.duplicates.total, by_area: by_area.collect() }
    }

    fn with_role(&self, role: &str) -> impl Iterator<Item = (usize, &FileBefore)> {
        self.files.iter().enumerate().filter(move |(_, file)| file.role == role)
    }

    fn codes(&self) -> HashMap<String, BTreeSet<String>> {
        self.codes.iter().map(|(level, codes)| (level.clone(), codes.clone())).collect()
    }

    /// The levels of a study, whose areas are read.
    fn levels(&self, reading: &Reading<'_>) -> Result<Vec<Level>, StudyFileError> {
        let entries = &reading.loaded.file.areas;
        Ok(areas::settle(entries, areas::read(reading, entries)?, &self.codes()))
    }

    /// Enters a file that has not changed, and what was odd about it, as if it had been read just now.
    fn enter(&self, reading: &Reading<'_>, (number, before): (usize, &FileBefore), file: &FileSource) -> u16 {
        let input = reading.add_input(Input {
            path: file.path.get_ref().clone(),
            role: before.role.clone(),
            sha256: before.identity.sha256.clone(),
            bytes: before.identity.bytes,
            rows: before.rows,
            used: before.used,
            crs: before.crs.clone(),
            source: file.source.clone(),
            licence: file.licence.clone(),
            secrecy: file.secrecy,
        });
        reading.add_identity(input, before.identity.clone());
        if let Some(parts) = &before.parts {
            reading.share_parts(input, Arc::clone(parts));
        }
        self.find(reading, number, input);
        input
    }

    fn find(&self, reading: &Reading<'_>, number: usize, input: u16) {
        let found = self.findings.iter().filter(|found| found.file == number);
        reading.add_diagnostics(found.map(|found| found.made_in(input)).collect());
    }
}

impl<'a> Opened<'a> {
    /// Opens a study of which nothing but footprints has changed since an earlier run. `same` says of each source of
    /// footprints which of the earlier files it is, when it has not changed; those are not read.
    pub(crate) fn since(
        reading: &'a Reading<'a>,
        before: &Before,
        same: &[Option<usize>],
    ) -> Result<Self, StudyFileError> {
        let file = &reading.loaded.file;
        let mut services = Services::default();
        let levels = before.levels(reading)?;
        for (places, entry) in before.with_role("places").zip(&file.places) {
            before.enter(reading, places, &entry.file);
        }
        let (mut footprints, mut count) = (Vec::new(), 0);
        for (entry, same) in file.footprints.iter().zip(same) {
            if let Some((number, kept)) = same.and_then(|number| Some((number, before.files.get(number)?))) {
                before.enter(reading, (number, kept), &entry.file);
                for service in kept.parts.iter().flat_map(|parts| &parts.services) {
                    services.intern(service.clone());
                }
                count += usize::try_from(kept.used).unwrap_or(usize::MAX);
            } else {
                let mut read = network::footprints(reading, std::slice::from_ref(entry), &mut services)?;
                count += read.len();
                footprints.append(&mut read);
            }
        }
        // The lists will be the next inputs.
        let first = reading.inputs().len();
        let mut without_place: HashSet<SourceRow> = HashSet::new();
        for (list, (number, _)) in before.with_role("offers").enumerate() {
            let source = u16::try_from(first + list).unwrap_or(u16::MAX);
            let found =
                before.findings.iter().filter(|d| d.file == number && d.finding == Finding::OfferForUnknownPlace);
            without_place.extend(found.map(|d| SourceRow { source, row: d.row }));
        }
        let (offers, _) = network::offers(reading, &file.offers, &Known::But(&without_place), &mut services)?;
        for (settlements, entry) in before.with_role("settlements").zip(&file.settlements) {
            before.enter(reading, settlements, &entry.file);
        }
        let (places, codes) = (PlaceFiles::closed(&file.places), before.codes());
        let read = Read {
            levels,
            services,
            offers,
            footprints,
            settlements: Vec::new(),
            count,
            origins: Origins::new(),
            places,
            codes,
        };
        Ok(read.assemble(reading)?.0)
    }

    /// Takes from an earlier run what reading and joining the places would give besides the places.
    pub(crate) fn places_as(&mut self, before: &Before) {
        let reading = self.reading;
        let is_places = |input: &&Input| input.role == "places";
        let inputs: Vec<u16> = (0..)
            .zip(reading.inputs().iter())
            .filter(|(_, input)| is_places(input))
            .map(|(number, _)| number)
            .collect();
        for ((number, file), input) in before.with_role("places").zip(inputs) {
            reading.input(input, |input| (input.rows, input.used) = (file.rows, file.used));
            before.find(reading, number, input);
        }
    }

    /// Whether the files that were read now and then, footprints aside, are still those of then.
    pub(crate) fn has_files_of(&self, before: &Before) -> bool {
        let inputs = self.reading.inputs().clone();
        let now =
            (0..).zip(&inputs).skip(1).filter(|(_, input)| input.role != "footprints" && !is_read_anew(&input.role));
        let then = before.files.iter().filter(|file| file.role != "footprints");
        now.map(|(number, _)| self.reading.identity(number)).eq(then.map(|file| Some(file.identity.clone())))
    }

    /// The frame, with categories and scales as they were in an earlier run.
    pub(crate) fn frame_as(&self, before: &Before) -> Frame {
        let units = self.places.units_of(before.scales.iter().copied());
        Frame { categories: before.categories.clone(), units, ..self.study.frame.clone() }
    }

    /// The parts of the footprints of each source, in the study file's order, with the number of the input.
    pub(crate) fn parts(&self) -> Vec<(u16, Arc<Parts>)> {
        let inputs = self.reading.inputs();
        let footprints = (0..).zip(inputs.iter()).filter(|(_, input)| input.role == "footprints");
        let numbers: Vec<u16> = footprints.map(|(number, _)| number).collect();
        drop(inputs);
        numbers.into_iter().filter_map(|number| Some((number, self.reading.parts(number)?))).collect()
    }

    /// Footprints of which each is one polygon: those of a source that has not been read just now, where `near` says so of
    /// a part; `None` when the file does not have what it had.
    pub(crate) fn read_near(
        &self,
        source: usize,
        (input, parts): &(u16, Arc<Parts>),
        near: &(dyn Fn(&Part) -> bool + Sync),
    ) -> Result<Option<Vec<Footprint>>, StudyFileError> {
        let Some(entry) = self.reading.loaded.file.footprints.get(source) else { return Ok(None) };
        let Some(services) = parts.numbers_in(&self.study.frame.services) else { return Ok(None) };
        let wanted: Vec<&Part> = parts.list.par_iter().filter(|part| near(part)).collect();
        if wanted.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let mut by_row: HashMap<u32, HashSet<Digest>> = HashMap::new();
        for part in &wanted {
            by_row.entry(part.row).or_default().insert(part.digest);
        }
        let found = network::polygons(self.reading, entry, *input, &by_row)?;
        let polygons: HashMap<(u32, Digest), Polygon> =
            found.into_iter().map(|(row, digest, polygon)| ((row, digest), polygon)).collect();
        let footprint = |part: &Part| {
            let polygon = polygons.get(&(part.row, part.digest))?.clone();
            Some(Footprint {
                geometry: MultiPolygon(vec![polygon]),
                link: Link { service: *services.get(part.service as usize)?, reach: part.reach },
                name: None,
                origin: SourceRow { source: *input, row: part.row },
            })
        };
        Ok(wanted.into_iter().map(footprint).collect())
    }
}
