//! What reading the polygons of a study gave, kept so that they need not be read again.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use geo::{Coord, LineString, MultiPolygon, Polygon};
use nittio_core::{
    diagnostic::{Action, Diagnostic, Finding, SourceRow},
    footprint::Footprint,
    index::CoverageIndex,
    outcome::Input,
    service::{Link, Reach, Service, ServiceId, Services},
    settlement::SettlementArea,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Origins, Reading, StudyFileError,
    areas::{self, Draft},
    network,
    parts::Parts,
    shapes,
    source::{Identity, identity},
};
use crate::{
    numbers::Numbers,
    study_file::{FileSource, StudyFile},
};

/// The polygons of a study, read, and all that reading them gave.
pub(crate) struct Polygons {
    drafts: HashMap<String, Draft>,
    footprints: Vec<Footprint>,
    services: Services,
    settlements: Vec<SettlementArea>,
}

/// What reading the polygons of a study gave, but for where footprints and settlements are: an index knows that.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    files: Vec<KeptFile>,
    diagnostics: Vec<KeptDiagnostic>,
    /// The services of footprints, sorted.
    services: Vec<Service>,
    /// Which files each service in each way of reaching comes from: index into the services, into the files.
    origins: Vec<(usize, Reach, Vec<usize>)>,
    /// How many footprints there are.
    footprints: usize,
    /// The areas that files name, by level.
    areas: BTreeMap<String, Vec<KeptArea>>,
}

/// A file of polygons that was read.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct KeptFile {
    role: String,
    identity: Identity,
    rows: u64,
    used: u64,
    crs: Option<String>,
    /// The parts of its footprints; they stand in a table beside.
    #[serde(skip)]
    parts: Option<Parts>,
}

/// A finding.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeptDiagnostic {
    /// Index into the files.
    pub(super) file: usize,
    pub(super) row: u32,
    pub(super) finding: Finding,
    action: Action,
    id: Option<String>,
    message: String,
}

impl KeptDiagnostic {
    /// A finding, with files counted from the first after the study file.
    pub(crate) fn of(found: &Diagnostic) -> Self {
        Self {
            file: usize::from(found.at.source).saturating_sub(1),
            row: found.at.row,
            finding: found.finding,
            action: found.action,
            id: found.id.as_deref().map(str::to_owned),
            message: found.message.as_ref().to_owned(),
        }
    }

    /// The finding, made in an input of a study that is read now.
    pub(super) fn made_in(&self, source: u16) -> Diagnostic {
        Diagnostic {
            at: SourceRow { source, row: self.row },
            finding: self.finding,
            action: self.action,
            id: self.id.as_deref().map(Into::into),
            message: self.message.as_str().into(),
        }
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct KeptArea {
    code: String,
    name: Option<String>,
    /// Per polygon, how many vertices each of its rings has; the vertices themselves stand in a list beside.
    rings: Option<Vec<Vec<usize>>>,
}

/// The files of a study that have polygons, or say of areas what polygons do not, in the order in which they are read.
pub(crate) fn files(file: &StudyFile) -> Vec<(&'static str, &FileSource)> {
    let areas = file.areas.values().filter_map(|entry| entry.file.as_ref()).map(|file| ("areas", file));
    let footprints = file.footprints.iter().map(|entry| ("footprints", &entry.file));
    let settlements = file.settlements.iter().map(|entry| ("settlements", &entry.file));
    areas.chain(footprints).chain(settlements).collect()
}

/// What each of those files is, by its content.
pub(crate) fn identities(reading: &Reading<'_>) -> Result<Vec<Identity>, StudyFileError> {
    files(&reading.loaded.file).par_iter().map(|(_, file)| identity(reading, file)).collect()
}

impl Polygons {
    /// Reads the polygons of a study, and nothing else of it.
    pub(crate) fn read(reading: &Reading<'_>) -> Result<Self, StudyFileError> {
        let file = &reading.loaded.file;
        let mut services = Services::default();
        let drafts = areas::read(reading, &file.areas)?;
        let mut footprints = network::footprints(reading, &file.footprints, &mut services)?;
        let settlements = shapes::settlements(reading, &file.settlements)?;
        let (services, numbers) = services.sorted();
        for footprint in &mut footprints {
            footprint.link.service = numbers[footprint.link.service.0 as usize];
        }
        Ok(Self { drafts, footprints, services, settlements })
    }

    /// Cuts them into an index.
    pub(crate) fn index(&self, reading: &Reading<'_>) -> CoverageIndex {
        // Levels without a file have no borders, so it does not matter which areas they have.
        let levels = areas::settle(&reading.loaded.file.areas, self.drafts.clone(), &HashMap::new());
        CoverageIndex::cut(&levels, &self.settlements, &self.footprints)
    }

    /// What is to be kept of them, and the vertices of the areas; `identities` are those of the files.
    pub(crate) fn keep(self, reading: &Reading<'_>, identities: Vec<Identity>) -> (Kept, Vec<Coord>) {
        // The first input is the study file.
        let inputs = reading.inputs();
        let files = (1..).zip(inputs.iter().skip(1)).zip(identities).map(|((number, input), identity)| KeptFile {
            role: input.role.clone(),
            identity,
            rows: input.rows,
            used: input.used,
            crs: input.crs.clone(),
            parts: reading.parts(number).map(Arc::unwrap_or_clone),
        });
        let diagnostics = reading.diagnostics();
        let mut outlines = Vec::new();
        let mut keep_area = |(code, (name, polygons)): (String, (Option<String>, Option<MultiPolygon>))| {
            let mut keep_ring = |ring: &LineString| {
                outlines.extend_from_slice(&ring.0);
                ring.0.len()
            };
            let rings = polygons.map(|polygons| {
                let rings =
                    |p: &Polygon| std::iter::once(p.exterior()).chain(p.interiors()).map(&mut keep_ring).collect();
                polygons.iter().map(rings).collect()
            });
            KeptArea { code, name, rings }
        };
        let origins = network::origins(&self.footprints).into_iter().map(|(link, sources)| {
            let files = sources.into_iter().map(|source| usize::from(source).saturating_sub(1)).collect();
            (link.service.0 as usize, link.reach, files)
        });
        let origins = origins.collect();
        // By level and code, so that the same files give the same bytes.
        let drafts: BTreeMap<String, Draft> = self.drafts.into_iter().collect();
        let areas = drafts.into_iter().map(|(key, draft)| (key, draft.into_iter().map(&mut keep_area).collect()));
        let areas = areas.collect();
        let kept = Kept {
            files: files.collect(),
            diagnostics: diagnostics.iter().map(KeptDiagnostic::of).collect(),
            services: self.services.as_slice().to_vec(),
            origins,
            footprints: self.footprints.len(),
            areas,
        };
        (kept, outlines)
    }
}

impl Kept {
    /// The parts of footprints, file by file, as bytes.
    pub(crate) fn parts(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.files.iter().filter_map(|file| file.parts.as_ref()).try_for_each(|parts| parts.write(&mut bytes))?;
        Ok(bytes)
    }

    /// Takes the parts of footprints from bytes; `None` when they are not those of its files.
    pub(crate) fn with_parts(mut self, bytes: &[u8]) -> Option<Self> {
        let mut numbers = Numbers::new(bytes);
        for file in self.files.iter_mut().filter(|file| file.role == "footprints") {
            file.parts = Some(Parts::read(&mut numbers)?);
        }
        numbers.is_empty().then_some(self)
    }

    /// What the files were, in the order of [`files`].
    pub(crate) fn identities(&self) -> impl Iterator<Item = (&str, &Identity)> {
        self.files.iter().map(|file| (file.role.as_str(), &file.identity))
    }

    /// How many findings there are.
    pub(crate) fn findings(&self) -> usize {
        self.diagnostics.len()
    }

    pub(super) fn footprints(&self) -> usize {
        self.footprints
    }

    pub(super) fn services(&self) -> &[Service] {
        &self.services
    }

    /// Enters the files with a role, and what was odd about them, as if they had been read just now.
    ///
    /// Returns their numbers, by which file it is.
    pub(super) fn enter(&self, reading: &Reading<'_>, role: &str) -> HashMap<usize, u16> {
        let mut numbers = HashMap::new();
        let files = files(&reading.loaded.file);
        for (number, (kept, (_, file))) in self.files.iter().zip(files).enumerate().filter(|(_, (k, _))| k.role == role)
        {
            let source = reading.add_input(Input {
                path: file.path.get_ref().clone(),
                role: kept.role.clone(),
                sha256: kept.identity.sha256.clone(),
                bytes: kept.identity.bytes,
                rows: kept.rows,
                used: kept.used,
                crs: kept.crs.clone(),
                source: file.source.clone(),
                licence: file.licence.clone(),
                secrecy: file.secrecy,
            });
            reading.add_identity(source, kept.identity.clone());
            if let Some(parts) = &kept.parts {
                reading.add_parts(source, parts.clone());
            }
            numbers.insert(number, source);
            let found = self.diagnostics.iter().filter(|d| d.file == number).map(|d| d.made_in(source));
            reading.add_diagnostics(found.collect());
        }
        numbers
    }

    /// Which inputs the services come from; `files` are the numbers of the files, `services` those of the services.
    pub(super) fn origins(&self, files: &HashMap<usize, u16>, services: &[ServiceId]) -> Origins {
        let mut origins = Origins::new();
        for (service, reach, from) in &self.origins {
            let Some(&service) = services.get(*service) else { continue };
            let from = from.iter().filter_map(|file| files.get(file));
            origins.entry(Link { service, reach: *reach }).or_default().extend(from);
        }
        origins
    }

    /// The areas that files name, with their borders; `None` when there are not as many vertices as there should be.
    pub(crate) fn drafts(&self, vertices: impl IntoIterator<Item = Coord>) -> Option<Drafts> {
        let mut vertices = vertices.into_iter();
        let mut ring = |length: usize| -> Option<LineString> {
            let ring: Vec<Coord> = vertices.by_ref().take(length).collect();
            (ring.len() == length).then_some(LineString(ring))
        };
        let mut polygon = |rings: &Vec<usize>| -> Option<Polygon> {
            let (first, others) = rings.split_first()?;
            let shell = ring(*first)?;
            Some(Polygon::new(shell, others.iter().map(|&length| ring(length)).collect::<Option<_>>()?))
        };
        let mut drafts = HashMap::new();
        for (key, areas) in &self.areas {
            let mut draft = Draft::new();
            for KeptArea { code, name, rings } in areas {
                let polygons = match rings {
                    Some(rings) => Some(rings.iter().map(&mut polygon).collect::<Option<Vec<_>>>()?),
                    None => None,
                };
                draft.insert(code.clone(), (name.clone(), polygons.map(MultiPolygon)));
            }
            drafts.insert(key.clone(), draft);
        }
        vertices.next().is_none().then_some(Drafts(drafts))
    }
}

/// The areas that files name.
pub(crate) struct Drafts(pub(super) HashMap<String, Draft>);
