//! Ingest: a study file and the files it names, read into a [`Study`] with an account of what was odd.

mod areas;
mod cell;
mod mapping;
mod network;
mod odd;
mod places;
mod source;

use std::cell::RefCell;

use geo::Geometry;
use nittio_core::{
    diagnostic::{Action, Diagnostic, Finding},
    outcome::{Input, Provenance},
    place::Places,
    service::{Link, Services},
    settlement::SettlementArea,
    study::{Frame, ScaledUnit, Study},
    unit::Unit,
};
use toml::Spanned;

pub use odd::findings;

use crate::{
    crs::Crs,
    extent::Country,
    read::{Batch, ReadError},
    repair,
    study_file::{SettlementsSource, defaults, error::StudyFileError, load::Loaded},
};
use mapping::Bound;
use source::{Placing, Positions, Source};

/// A study with all that was odd about its files.
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
pub trait Progress {
    /// A file, or another long step, begins.
    fn begin(&self, what: &str);
    /// So many more rows are done.
    fn advance(&self, rows: u64);
    /// The step is done.
    fn end(&self);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Quiet;

impl Progress for Quiet {
    fn begin(&self, _: &str) {}
    fn advance(&self, _: u64) {}
    fn end(&self) {}
}

/// Reads everything that a study file names.
///
/// # Errors
/// When a file cannot be used at all; the error points at the place in the study file that names it.
/// Odd rows are diagnostics.
pub fn study(loaded: &Loaded, progress: &dyn Progress) -> Result<Ingested, StudyFileError> {
    let file = &loaded.file;
    let reading = Reading::new(loaded, progress)?;
    let mut services = Services::default();

    let drafts = areas::read(&reading, &file.areas)?;
    let gathered = places::read(&reading, &file.places)?;
    let footprints = network::footprints(&reading, &file.footprints, &mut services)?;
    let mut offers = network::offers(&reading, &file.offers, &gathered.ids, &mut services)?;
    let settlements = settlements(&reading, &file.settlements)?;
    let (levels, codes) = areas::settle(&reading, &file.areas, drafts, &gathered);

    let (services, numbers) = services.sorted();
    let relink = |link: Link| Link { service: numbers[link.service.0 as usize], ..link };
    offers.relink(relink);
    let footprints =
        footprints.into_iter().map(|f| nittio_core::footprint::Footprint { link: relink(f.link), ..f }).collect();

    let units = std::iter::once(ScaledUnit { unit: Unit::Places, scale: 1 }).chain(gathered.scales).collect();
    let study = Study {
        frame: Frame {
            as_of: file.study.as_of,
            levels,
            categories: gathered.categories,
            units,
            services,
            settlements: !file.settlements.is_empty(),
        },
        places: Places { codes, ..gathered.places },
        offers,
        footprints,
        settlements,
        profiles: defaults::profiles(file),
        speeds: file.indicators.speeds.clone(),
        goals: defaults::goals(file).map_err(|e| loaded.error_at(0..0, e.to_string(), None::<String>))?,
    };
    let provenance = Provenance {
        program: concat!("nittio ", env!("CARGO_PKG_VERSION")).to_owned(),
        crs: reading.crs.to_string(),
        inputs: reading.inputs.into_inner(),
    };
    Ok(Ingested { study, diagnostics: reading.diagnostics.into_inner(), provenance })
}

/// What all files of a study share while they are read.
struct Reading<'a> {
    loaded: &'a Loaded,
    crs: Crs,
    country: Option<Country>,
    progress: &'a dyn Progress,
    inputs: RefCell<Vec<Input>>,
    diagnostics: RefCell<Vec<Diagnostic>>,
}

impl<'a> Reading<'a> {
    fn new(loaded: &'a Loaded, progress: &'a dyn Progress) -> Result<Self, StudyFileError> {
        let about = &loaded.file.study;
        let crs = about
            .crs
            .get_ref()
            .parse::<Crs>()
            .map_err(|e| loaded.error_at(about.crs.span(), e.to_string(), None::<String>))?;
        let country = match (&about.country, crs) {
            (Some(text), _) if text.get_ref() == "none" => None,
            (Some(text), _) => {
                Some(text.get_ref().parse().map_err(|e: String| loaded.error_at(text.span(), e, None::<String>))?)
            }
            (None, Crs::Epsg(3006..=3024)) => Some(Country::Sweden),
            (None, _) => None,
        };
        let reading =
            Self { loaded, crs, country, progress, inputs: RefCell::default(), diagnostics: RefCell::default() };
        let (sha256, bytes) = source::digest_of(loaded.text.as_bytes());
        reading.add_input(Input {
            path: loaded.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            role: "study".to_owned(),
            sha256,
            bytes,
            rows: 1,
            used: 1,
            crs: None,
            source: None,
        });
        Ok(reading)
    }

    fn add_input(&self, input: Input) -> u16 {
        let mut inputs = self.inputs.borrow_mut();
        inputs.push(input);
        u16::try_from(inputs.len() - 1).unwrap_or(u16::MAX)
    }

    fn input(&self, number: u16, change: impl FnOnce(&mut Input)) {
        if let Some(input) = self.inputs.borrow_mut().get_mut(usize::from(number)) {
            change(input);
        }
    }

    /// An error at a place in the study file.
    fn at<T>(&self, place: &Spanned<T>, message: &str, help: &str) -> StudyFileError {
        self.loaded.error_at(place.span(), message, (!help.is_empty()).then_some(help))
    }

    fn unreadable(&self, path: &Spanned<String>, error: &ReadError) -> StudyFileError {
        self.at(path, &error.to_string(), "")
    }
}

fn settlements(reading: &Reading<'_>, sources: &[SettlementsSource]) -> Result<Vec<SettlementArea>, StudyFileError> {
    let mut settlements = Vec::new();
    for entry in sources {
        let mut source = Source::open(reading, &entry.file, "settlements")?;
        let class = Bound::new(&mut source, Some(&entry.class))?;
        source.needs_geometry()?;
        source.read(true, |placing, mut batch| {
            for i in 0..batch.rows.len() {
                let class = match class.get(&batch, i) {
                    Ok(Some(class)) => class,
                    Ok(None) => {
                        let message = "the row has no settlement class".to_owned();
                        placing.say(batch.rows[i], Finding::UnknownClass, Action::Dropped, None, message);
                        continue;
                    }
                    Err(wrong) => {
                        placing.say(batch.rows[i], Finding::UnknownClass, Action::Dropped, None, wrong);
                        continue;
                    }
                };
                if let Some(geometry) = areal(placing, &mut batch, i, None) {
                    placing.used += 1;
                    settlements.push(SettlementArea { class, geometry });
                }
            }
        })?;
    }
    Ok(settlements)
}

/// A row's polygons in the study's CRS, repaired; `None`, and a diagnostic, when there are none.
fn areal(placing: &mut Placing, batch: &mut Batch, i: usize, id: Option<&str>) -> Option<geo::MultiPolygon> {
    let row = batch.rows[i];
    let geometry: Geometry = match batch.geometry.take(i) {
        Ok(Some(geometry)) => geometry,
        Ok(None) => {
            placing.say(row, Finding::NoGeometry, Action::Dropped, id, "the row has no geometry".to_owned());
            return None;
        }
        Err(reason) => {
            placing.say(row, Finding::InvalidGeometry, Action::Dropped, id, reason);
            return None;
        }
    };
    let placed = placing
        .geometry(geometry)
        .and_then(|geometry| repair::areal(geometry).map_err(|reason| (Finding::InvalidGeometry, reason)));
    match placed {
        Ok(repaired) => {
            if let Some(mended) = repaired.mended {
                placing.say(row, Finding::RepairedGeometry, Action::Repaired, id, mended);
            }
            Some(repaired.polygons)
        }
        Err((finding, message)) => {
            placing.say(row, finding, Action::Dropped, id, message);
            None
        }
    }
}

impl Source<'_> {
    /// Settles the CRS of a file whose geometry is needed.
    fn needs_geometry(&mut self) -> Result<(), StudyFileError> {
        if !self.description.geometry {
            return Err(self.error("the file has no geometry, and polygons are needed", ""));
        }
        self.locate(Positions::Geometry)
    }
}
