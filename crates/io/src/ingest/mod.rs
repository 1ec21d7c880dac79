//! Ingest: a study file and the files it names, read into a [`Study`] with an account of what was odd.

mod areas;
pub(crate) mod asked;
mod cell;
mod ids;
pub(crate) mod kept;
mod mapping;
mod network;
pub mod odd;
mod official;
pub(crate) mod parts;
mod places;
pub(crate) mod projects;
mod reading;
mod review;
pub(crate) mod shapes;
pub(crate) mod since;
pub(crate) mod source;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    mem,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use nittio_core::{
    area::Level,
    diagnostic::Diagnostic,
    edges::Edges,
    footprint::Footprint,
    index::CoverageIndex,
    near::Neighbours,
    offer::Offers,
    official::Official,
    outcome::Provenance,
    place::{Places, UnitColumn},
    plan::Project,
    quantity::Metres,
    service::{Link, ServiceId, Services},
    settlement::SettlementArea,
    sketch::Sketch,
    study::{Frame, Study},
};
pub use places::{Pass, Passed};
pub use reading::Reading;

use crate::{
    crs::Crs,
    stage::{Stage, timed},
    study_file::{About, StudyFile, error::StudyFileError, load::Loaded, plans, scenarios::Posed},
};
use kept::{Drafts, Kept};
use network::Known;
use places::PlaceFiles;

/// A study with all its places in memory, and all that was odd about its files.
#[derive(Debug)]
pub struct Ingested {
    /// The study, ready to be joined.
    pub study: Study,
    /// What was odd, row by row.
    pub diagnostics: Vec<Diagnostic>,
    /// What was read.
    pub provenance: Provenance,
}

/// Told how far the reading has come.
pub trait Progress: Sync {
    /// A file, or another long step, begins.
    fn begin(&self, what: &str);
    /// So many more rows are done.
    fn advance(&self, rows: u64);
    /// The step is done.
    fn end(&self);
    /// A thread was so long at a stage, with one batch or one file. Most do not want to know.
    fn spent(&self, _stage: Stage, _time: Duration) {}
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Quiet;

impl Progress for Quiet {
    fn begin(&self, _: &str) {}
    fn advance(&self, _: u64) {}
    fn end(&self) {}
}

/// Reads everything that a study file names, places too, into memory.
///
/// # Errors
/// When a file cannot be used at all; the error points at the place in the study file that names it.
/// Odd rows are diagnostics.
pub fn study(loaded: &Loaded, progress: &dyn Progress) -> Result<Ingested, StudyFileError> {
    let reading = Reading::new(loaded, progress)?;
    let opened = Opened::new(&reading)?;
    let mut pass = opened.first_pass();
    loop {
        let batches: Mutex<BTreeMap<u64, Places>> = Mutex::default();
        let passed = opened.stream(&pass, &|number, places| {
            batches.lock().unwrap_or_else(PoisonError::into_inner).insert(number, places);
        })?;
        if let Some(next) = opened.next_pass(&pass, &passed)? {
            pass = next;
            continue;
        }
        let mut places = Places { codes: vec![None; opened.study.frame.levels.len()], ..Places::default() };
        for batch in batches.into_inner().unwrap_or_else(PoisonError::into_inner).into_values() {
            places.append(batch);
        }
        let (frame, categories) = opened.frame(&passed);
        for category in &mut places.category {
            *category = categories[usize::from(*category)];
        }
        if places.is_empty() {
            let units = frame.units.iter().skip(1);
            places.units = units.map(|u| UnitColumn { unit: u.unit.clone(), values: Vec::new() }).collect();
        }
        let provenance = opened.provenance();
        let mut diagnostics = passed.diagnostics;
        let study = Study { frame, places, ..opened.study };
        diagnostics.append(&mut reading.diagnostics());
        return Ok(Ingested { study, diagnostics, provenance });
    }
}

/// Which inputs, by their numbers, each service in each way of reaching comes from.
pub type Origins = BTreeMap<Link, BTreeSet<u16>>;

/// A study of which everything is read but the places.
pub struct Opened<'a> {
    /// The study, without places; of its frame, the categories and the units' scales are not known yet.
    pub study: Study,
    /// How many footprints the study has, also when their outlines have not been read.
    pub footprints: usize,
    /// Which inputs the services come from.
    pub origins: Origins,
    /// What the study asks of the form "what if".
    pub scenarios: Vec<Posed>,
    /// Projects that may be built.
    pub projects: Vec<Project>,
    /// The plans that the study asks for.
    pub plans: Vec<plans::Posed>,
    /// Official figures to hold the study's against.
    pub official: Vec<Official>,
    /// The edges of footprints, where their distance matters and [`Opened::forget_outlines`] has been called.
    pub(crate) edges: Option<Edges>,
    reading: &'a Reading<'a>,
    places: PlaceFiles<'a>,
    /// The codes that places have on levels without a file.
    codes: HashMap<String, BTreeSet<String>>,
}

impl<'a> Opened<'a> {
    /// Reads everything that a study file names but the places, and opens their files.
    ///
    /// # Errors
    /// When a file cannot be used at all; the error points at the place in the study file that names it.
    pub fn new(reading: &'a Reading<'a>) -> Result<Self, StudyFileError> {
        let opened = Self::of(reading, None)?.0;
        Ok(opened)
    }

    /// The same without reading the files that have polygons: what they gave was kept. The study has no outlines of
    /// footprints and settlements then. Also returns the number in the study of each service that was kept.
    ///
    /// Whoever calls this has seen that the files and the settings are still those.
    pub(crate) fn with(
        reading: &'a Reading<'a>,
        kept: &Kept,
        drafts: Drafts,
    ) -> Result<(Self, Vec<ServiceId>), StudyFileError> {
        Self::of(reading, Some((kept, drafts)))
    }

    fn of(reading: &'a Reading<'a>, kept: Option<(&Kept, Drafts)>) -> Result<(Self, Vec<ServiceId>), StudyFileError> {
        let file = &reading.loaded.file;
        if let (Some(_), Some(error)) = (&kept, &file.safety.coordinate_error) {
            let message = "an index keeps no borders of footprints, and how far places lie from them is asked for";
            return Err(reading.at(error, message, "run without an index, or leave coordinate_error out"));
        }
        let (kept, drafts) = kept.unzip();
        let mut services = Services::default();
        // What the files are is found out side by side. One that cannot be read says so when its turn comes.
        drop(since::identities(reading));
        let drafts = match (kept, drafts) {
            (Some(kept), Some(Drafts(drafts))) => {
                kept.enter(reading, "areas");
                drafts
            }
            _ => areas::read(reading, &file.areas)?,
        };
        let (mut places, codes) = timed(reading.progress, Stage::Open, || {
            let places = PlaceFiles::open(reading, &file.places)?;
            let codes = places.codes(&areas::without_file(&file.areas))?;
            Ok::<_, StudyFileError>((places, codes))
        })?;
        let levels = areas::settle(&file.areas, drafts, &codes);
        let mut of_kept = Vec::new();
        let (footprints, mut origins) = if let Some(kept) = kept {
            let files = kept.enter(reading, "footprints");
            of_kept.extend(kept.services().iter().map(|service| services.intern(service.clone())));
            (Vec::new(), kept.origins(&files, &of_kept))
        } else {
            let footprints = network::footprints(reading, &file.footprints, &mut services)?;
            let origins = network::origins(&footprints);
            (footprints, origins)
        };
        let (mut offers, of_offers) = network::offers(reading, &file.offers, &Known::In(&places.files), &mut services)?;
        let (reviews, of_reviews) = review::read(reading, &file.review, &places.files, &mut services)?;
        for (link, sources) in of_offers.into_iter().chain(of_reviews) {
            origins.entry(link).or_default().extend(sources);
        }
        places.left_out = reviews.not_places();
        offers.reviews = reviews;
        let settlements = if let Some(kept) = kept {
            kept.enter(reading, "settlements");
            Vec::new()
        } else {
            shapes::settlements(reading, &file.settlements)?
        };

        let count = kept.map_or(footprints.len(), Kept::footprints);
        let read = Read { levels, services, offers, footprints, settlements, count, origins, places, codes };
        let (opened, numbers) = read.assemble(reading)?;
        of_kept.iter_mut().for_each(|service| *service = numbers[service.0 as usize]);
        Ok((opened, of_kept))
    }

    /// Lets go of footprints and of the outlines of settlements, for when an index has been made of them. Where the study varies
    /// coordinates, the footprints' edges are put in order first.
    pub fn forget_outlines(&mut self) {
        if let Some(error) = self.coordinate_error() {
            self.edges = Some(Edges::new(&self.study.footprints, error));
        }
        let outlines = (mem::take(&mut self.study.footprints), mem::take(&mut self.study.settlements));
        // There may be hundreds of thousands, and nobody need wait for them.
        rayon::spawn(move || drop(outlines));
    }

    /// How far off coordinates may be, as the study says.
    pub(crate) fn coordinate_error(&self) -> Option<Metres> {
        asked::coordinate_error(self.file())
    }

    /// How much shorter and longer the distances of near may be, as the study says. Nothing asks that of a study whose main
    /// definition does not count what is near.
    pub(crate) fn near_error(&self) -> Option<Metres> {
        asked::near_error(self.file(), &self.study)
    }

    /// Whether the main definition counts what is near.
    pub(crate) fn counts_near(&self) -> bool {
        asked::counts_near(&self.study)
    }

    /// Leaves only the first batches of every file of places, one in `one_in` of them: for measuring how time grows.
    pub fn keep_first(&mut self, one_in: usize) {
        self.places.files.iter_mut().for_each(|file| file.source.keep_first(one_in));
    }

    /// What all files of the study share.
    pub(crate) fn reading(&self) -> &'a Reading<'a> {
        self.reading
    }

    /// Told how long the stages take.
    pub(crate) fn progress(&self) -> &'a dyn Progress {
        self.reading.progress
    }

    /// How places are read at first.
    #[must_use]
    pub fn first_pass(&self) -> Pass {
        self.places.first_pass()
    }

    /// Where each technology is, for the map of a page, when the study file asks for it; the index must not have let go of its squares.
    #[must_use]
    pub fn sketch(&self, index: &CoverageIndex) -> Option<Sketch> {
        let frame = &self.study.frame;
        self.file().report.footprints.then(|| Sketch::of(index, &frame.levels, &frame.services)).flatten()
    }

    /// Reads all places, batch by batch: `take` is called from several threads, in any order, with the number of each
    /// batch and its places. Categories are numbered as they come; [`Opened::frame`] says what the numbers mean.
    ///
    /// # Errors
    /// When a file cannot be read to its end.
    pub fn stream(&self, pass: &Pass, take: &(dyn Fn(u64, Places) + Sync)) -> Result<Passed, StudyFileError> {
        self.places.stream(&self.study.frame.levels, pass, take)
    }

    /// The pass that is needed after this one, if any; what this one gave is then of no use.
    ///
    /// # Errors
    /// When a file cannot be read to its end.
    pub fn next_pass(&self, pass: &Pass, passed: &Passed) -> Result<Option<Pass>, StudyFileError> {
        self.places.next_pass(self.reading, pass, passed)
    }

    /// The frame, now that all places have been seen, and the number that each number of a category becomes.
    #[must_use]
    pub fn frame(&self, passed: &Passed) -> (Frame, Vec<u16>) {
        let mut categories = passed.categories.clone();
        categories.sort_unstable();
        let number = |name: &String| categories.binary_search(name).ok().and_then(|n| u16::try_from(n).ok());
        let numbers = passed.categories.iter().map(|name| number(name).unwrap_or(u16::MAX)).collect();
        let units = self.places.scaled_units(passed);
        (Frame { categories, units, ..self.study.frame.clone() }, numbers)
    }

    /// Refuses to say what is near when the study's coordinates have no CRS and look like degrees.
    ///
    /// # Errors
    /// When all connected places lie where degrees would.
    pub fn refuse_degrees(&self, neighbours: &Neighbours<'_>) -> Result<(), StudyFileError> {
        let degrees = |at: geo::Coord| at.x.abs() <= 180.0 && at.y.abs() <= 90.0;
        if self.reading.crs == Crs::AsIs && neighbours.bounds().is_some_and(|(low, high)| degrees(low) && degrees(high))
        {
            let crs = &self.reading.loaded.file.study.crs;
            let message =
                "what is near is measured in metres, and the coordinates of all connected places look like degrees";
            return Err(self.reading.at(
                crs,
                message,
                "give the study a projected CRS, for example: crs = \"EPSG:3006\"",
            ));
        }
        Ok(())
    }

    /// Refuses to say what lies near a border when the study's coordinates have no CRS and look like degrees.
    ///
    /// # Errors
    /// When all footprints lie where degrees would.
    pub(crate) fn refuse_edges_in_degrees(&self) -> Result<(), StudyFileError> {
        let degrees = |at: geo::Coord| at.x.abs() <= 180.0 && at.y.abs() <= 90.0;
        let bounds = self.edges.as_ref().and_then(Edges::bounds);
        if self.reading.crs == Crs::AsIs && bounds.is_some_and(|(low, high)| degrees(low) && degrees(high)) {
            let message = "a coordinate error is in metres, and the coordinates of all footprints look like degrees";
            let help = "give the study a projected CRS, for example: crs = \"EPSG:3006\"";
            return Err(self.reading.at(&self.reading.loaded.file.study.crs, message, help));
        }
        Ok(())
    }

    /// What was odd about files other than the places'.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.reading.diagnostics()
    }

    /// What the study file says of the study as a whole.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.reading.loaded.file.study
    }

    /// The study file.
    pub(crate) fn file(&self) -> &'a StudyFile {
        &self.reading.loaded.file
    }

    /// The study file with its text.
    pub(crate) fn loaded(&self) -> &'a Loaded {
        self.reading.loaded
    }

    /// Where everything came from, complete when all places have been read.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        Provenance {
            program: concat!("nittio ", env!("CARGO_PKG_VERSION")).to_owned(),
            crs: self.reading.crs.to_string(),
            inputs: self.reading.inputs().clone(),
        }
    }
}

/// Everything of a study but its places, read, with services numbered as they came.
struct Read<'a> {
    levels: Vec<Level>,
    services: Services,
    offers: Offers,
    footprints: Vec<Footprint>,
    settlements: Vec<SettlementArea>,
    /// How many footprints there are, also when their outlines have not been read.
    count: usize,
    /// Which inputs the services come from; of no use to a run that rests on an earlier one.
    origins: Origins,
    places: PlaceFiles<'a>,
    codes: HashMap<String, BTreeSet<String>>,
}

impl<'a> Read<'a> {
    /// Numbers the services in their order, and makes a study. Also returns the new number of each service.
    fn assemble(self, reading: &'a Reading<'a>) -> Result<(Opened<'a>, Vec<ServiceId>), StudyFileError> {
        let Self { levels, services, mut offers, footprints, settlements, count, origins, places, codes } = self;
        let official = official::read(reading, &levels)?;
        let (services, numbers) = services.sorted();
        let relink = |link: Link| Link { service: numbers[link.service.0 as usize], ..link };
        offers.relink(relink);
        let origins = origins.into_iter().map(|(link, sources)| (relink(link), sources)).collect();
        let footprints = footprints.into_iter().map(|f| Footprint { link: relink(f.link), ..f }).collect();
        let (study, scenarios) = asked::study(reading.loaded, levels, services)?;
        let projects = projects::read(reading, &study.frame.services)?;
        let plans = plans::pose(reading.loaded, &study);
        let study = Study { offers, footprints, settlements, ..study };
        Ok((
            Opened {
                study,
                footprints: count,
                origins,
                scenarios,
                projects,
                plans,
                official,
                edges: None,
                reading,
                places,
                codes,
            },
            numbers,
        ))
    }
}
