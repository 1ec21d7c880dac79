//! Files of polygons: borders of settlements, and others that the study file names.

use geo::Geometry;
use nittio_core::{
    diagnostic::{Action, Finding},
    settlement::SettlementArea,
};
use toml::Spanned;

use super::{
    Reading,
    mapping::Bound,
    source::{Placing, Positions, Source},
};
use crate::{
    repair,
    study_file::{FileSource, SettlementsSource, error::StudyFileError},
};

pub(super) fn settlements(
    reading: &Reading<'_>,
    sources: &[SettlementsSource],
) -> Result<Vec<SettlementArea>, StudyFileError> {
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
                if let Some(geometry) = areal(placing, batch.rows[i], batch.geometry.take(i), None) {
                    placing.used += 1;
                    settlements.push(SettlementArea { class, geometry });
                }
            }
        })?;
    }
    Ok(settlements)
}

/// The polygons of a file that the study file need not name, in the study's CRS and mended, and how many rows were odd.
///
/// # Errors
/// When the file cannot be read, has no geometry, or does not say which CRS it is in.
pub(crate) fn polygons(
    reading: &Reading<'_>,
    file: &FileSource,
    role: &str,
) -> Result<(Vec<geo::Polygon>, usize), StudyFileError> {
    let mut source = Source::open(reading, file, role)?;
    source.needs_geometry()?;
    let mut polygons = Vec::new();
    source.read(true, |placing, mut batch| {
        for i in 0..batch.rows.len() {
            if let Some(geometry) = areal(placing, batch.rows[i], batch.geometry.take(i), None) {
                placing.used += 1;
                polygons.extend(geometry);
            }
        }
    })?;
    let odd = reading.diagnostics().iter().filter(|found| found.at.source == source.number()).count();
    Ok((polygons, odd))
}

/// The points of a file that the study file names without more words, in the study's CRS.
///
/// # Errors
/// When the file cannot be read, has no geometry, or does not say which CRS it is in.
pub(crate) fn points(
    reading: &Reading<'_>,
    path: &Spanned<String>,
    role: &str,
) -> Result<Vec<geo::Coord>, StudyFileError> {
    let mut points = Vec::new();
    shapes(reading, &FileSource::of_path(path.clone()), (role, "points"), |geometry| {
        match geometry {
            Geometry::Point(point) => points.push(point.0),
            Geometry::MultiPoint(more) => points.extend(more.0.into_iter().map(|point| point.0)),
            _ => return Err("the row is not a point".to_owned()),
        }
        Ok(())
    })?;
    Ok(points)
}

/// Takes the lines of a file, in the study's CRS, row by row. A row of which a line cannot be taken is dropped as a whole. Says how many
/// rows there are, and how many were dropped.
///
/// # Errors
/// When the file cannot be read, has no geometry, or does not say which CRS it is in.
pub(crate) fn lines(
    reading: &Reading<'_>,
    file: &FileSource,
    role: &str,
    mut take: impl FnMut(&[geo::LineString]) -> Result<(), String>,
) -> Result<(u64, u64), StudyFileError> {
    shapes(reading, file, (role, "lines"), |geometry| match geometry {
        Geometry::LineString(line) => take(&[line]),
        Geometry::MultiLineString(lines) => take(&lines.0),
        _ => Err("the row is not a line".to_owned()),
    })
}

/// Takes the geometry of every row of a file; says how many rows there are, and how many were dropped.
fn shapes(
    reading: &Reading<'_>,
    file: &FileSource,
    (role, needed): (&str, &str),
    mut take: impl FnMut(Geometry) -> Result<(), String>,
) -> Result<(u64, u64), StudyFileError> {
    let mut source = Source::open(reading, file, role)?;
    if !source.description.geometry {
        let message = format!("the file has no geometry, and {needed} are needed");
        return Err(reading.at(&file.path, &message, "GeoPackage and GeoJSON have"));
    }
    source.locate(Positions::Geometry)?;
    let (mut rows, mut used) = (0, 0);
    source.read(true, |placing, mut batch| {
        rows += (batch.rows.len() + batch.malformed.len()) as u64;
        for i in 0..batch.rows.len() {
            let row = batch.rows[i];
            let placed = match batch.geometry.take(i) {
                Ok(Some(geometry)) => placing.geometry(geometry),
                Ok(None) => Err((Finding::NoGeometry, "the row has no geometry".to_owned())),
                Err(reason) => Err((Finding::InvalidGeometry, reason)),
            };
            match placed.and_then(|geometry| take(geometry).map_err(|reason| (Finding::InvalidGeometry, reason))) {
                Ok(()) => {
                    placing.used += 1;
                    used += 1;
                }
                Err((finding, message)) => placing.say(row, finding, Action::Dropped, None, message),
            }
        }
    })?;
    Ok((rows, rows - used))
}

/// A row's polygons in the study's CRS, repaired; `None`, and a diagnostic, when there are none.
pub(super) fn areal(
    placing: &mut Placing,
    row: u32,
    shape: Result<Option<Geometry>, String>,
    id: Option<&str>,
) -> Option<geo::MultiPolygon> {
    let geometry = match shape {
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
    pub(super) fn needs_geometry(&mut self) -> Result<(), StudyFileError> {
        if !self.description.geometry {
            return Err(self.error("the file has no geometry, and polygons are needed", ""));
        }
        self.locate(Positions::Geometry)
    }
}
