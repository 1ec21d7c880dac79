//! One input file, opened: where it is, what it is worth, and how its coordinates become the study's.

use std::{
    fs::File,
    io::Read,
    ops::Range,
    path::{Path, PathBuf},
};

use geo::{Coord, Geometry};
use nittio_core::{
    diagnostic::{Action, Diagnostic, Finding, SourceRow},
    outcome::Input,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::{Progress, Reading};
use crate::{
    crs::{Crs, Transformer},
    extent::{Guard, Look, Seen, Verdict},
    read::{self, Batch, DeclaredCrs, Description, Pieces, ReadError, ReadOptions},
    stage::{Stage, timed},
    study_file::{FileSource, check, error::StudyFileError},
};

/// An input file with all that its rows need.
pub(super) struct Source<'a> {
    pub(super) number: u16,
    pub(super) path: PathBuf,
    pub(super) description: Description,
    file: &'a FileSource,
    /// The key by which the study file says the CRS of this file.
    crs_key: &'static str,
    pieces: Pieces,
    /// How many pieces [`Source::each`] reads.
    count: usize,
    wanted: Vec<String>,
    transformer: Option<Transformer>,
    guard: Option<Guard>,
    reading: &'a Reading<'a>,
}

/// Where the coordinates of a file come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Positions {
    /// The file's own geometry.
    Geometry,
    /// Columns, or nothing at all.
    Columns,
    /// There are none.
    None,
}

impl<'a> Source<'a> {
    /// Its number in the list of inputs.
    pub(super) fn number(&self) -> u16 {
        self.number
    }

    /// Opens the file and enters it in the list of inputs.
    pub(super) fn open(reading: &'a Reading<'a>, file: &'a FileSource, role: &str) -> Result<Self, StudyFileError> {
        let (path, pieces) = pieces(reading, file)?;
        let identity = identity(reading, file)?;
        let number = reading.add_input(Input {
            path: file.path.get_ref().clone(),
            role: role.to_owned(),
            sha256: identity.sha256.clone(),
            bytes: identity.bytes,
            rows: 0,
            used: 0,
            crs: None,
            source: file.source.clone(),
            licence: file.licence.clone(),
            secrecy: file.secrecy,
        });
        reading.add_identity(number, identity);
        // Roads are named among other settings.
        let crs_key = if role == "roads" { "roads_crs" } else { "crs" };
        Ok(Self { crs_key, ..Self::of(reading, file, number, path, pieces) })
    }

    /// Opens a file again that has been entered as an input, to read some of its rows.
    pub(super) fn again(reading: &'a Reading<'a>, file: &'a FileSource, number: u16) -> Result<Self, StudyFileError> {
        let (path, pieces) = pieces(reading, file)?;
        Ok(Self::of(reading, file, number, path, pieces))
    }

    fn of(reading: &'a Reading<'a>, file: &'a FileSource, number: u16, path: PathBuf, pieces: Pieces) -> Self {
        Self {
            number,
            path,
            description: pieces.description().clone(),
            file,
            crs_key: "crs",
            count: pieces.len(),
            pieces,
            wanted: Vec::new(),
            transformer: None,
            guard: None,
            reading,
        }
    }

    /// Told how far the reading has come, and how long it takes.
    pub(super) fn progress(&self) -> &'a dyn Progress {
        self.reading.progress
    }

    /// An error about this file.
    pub(super) fn error(&self, message: &str, help: &str) -> StudyFileError {
        self.reading.at(&self.file.path, &format!("{}: {message}", self.path.display()), help)
    }

    /// Asks for a column; the answer is its index in every batch.
    pub(super) fn column(&mut self, name: &Spanned<String>) -> Result<usize, StudyFileError> {
        let wanted = name.get_ref();
        if !self.description.columns.contains(wanted) {
            let columns = self.description.columns.join(", ");
            return Err(self.reading.at(
                name,
                &format!("{} has no column {wanted:?}", self.path.display()),
                &format!("its columns are: {columns}"),
            ));
        }
        Ok(self.wanted.iter().position(|w| w == wanted).unwrap_or_else(|| {
            self.wanted.push(wanted.clone());
            self.wanted.len() - 1
        }))
    }

    /// Settles how coordinates of this file become the study's.
    pub(super) fn locate(&mut self, positions: Positions) -> Result<(), StudyFileError> {
        if positions == Positions::None {
            return Ok(());
        }
        let working = self.reading.crs;
        let given = self
            .file
            .crs
            .as_ref()
            .map(|text| text.get_ref().parse::<Crs>().map_err(|e| self.reading.at(text, &e.to_string(), "")));
        let own = match (given.transpose()?, &self.description.crs) {
            (Some(crs), _) => crs,
            _ if working == Crs::AsIs => Crs::AsIs,
            // Columns of coordinates have no CRS of their own, whatever else the file declares.
            (None, _) if positions == Positions::Columns => working,
            (None, DeclaredCrs::Known(crs)) => *crs,
            (None, DeclaredCrs::Unknown(name)) => {
                let help =
                    format!("add {} = \"EPSG:…\" to this source, with the code of one that nittio knows", self.crs_key);
                return Err(self.error(&format!("its CRS is not one that nittio knows: {name}"), &help));
            }
            (None, DeclaredCrs::None) => {
                let help = format!("add {} = \"EPSG:3006\", or what is right, to this source", self.crs_key);
                return Err(self.error("it does not say which CRS its coordinates are in", &help));
            }
        };
        self.reading.input(self.number, |input| input.crs = Some(own.to_string()));
        if working == Crs::AsIs || own == Crs::AsIs {
            return Ok(());
        }
        if own != working {
            let transformer = Transformer::new(own, working)
                .map_err(|e| self.reading.at(self.file.crs.as_ref().unwrap_or(&self.file.path), &e.to_string(), ""))?;
            self.transformer = Some(transformer);
        }
        self.guard = Some(Guard::new(own, self.reading.country));
        Ok(())
    }

    /// Makes [`Source::each`] read only the first pieces, one in `one_in` of them.
    pub(super) fn keep_first(&mut self, one_in: usize) {
        self.count = self.pieces.len().div_ceil(one_in.max(1));
    }

    /// Reads all rows in order; refuses the file when its axes have changed places.
    pub(super) fn read(&self, geometry: bool, mut take: impl FnMut(&mut Placing, Batch)) -> Result<(), StudyFileError> {
        let mut placing = self.placing();
        let mut rows = 0;
        self.batches(&self.wanted, geometry, |batch| {
            rows += (batch.rows.len() + batch.malformed.len()) as u64;
            placing.say_malformed(&batch);
            take(&mut placing, batch);
        })?;
        self.judge(&placing.seen)?;
        self.account(rows, placing.used);
        self.reading.add_diagnostics(placing.diagnostics);
        Ok(())
    }

    /// Reads all rows; `make` is called from several threads, with the number of each batch in the file's order. Returns what
    /// was made, in that order, and what was odd; refuses the file when its axes have changed places.
    pub(super) fn each<T: Send>(
        &self,
        geometry: bool,
        make: impl Fn(u64, &mut Placing, Batch) -> T + Sync,
    ) -> Result<(Vec<T>, Vec<Diagnostic>), StudyFileError> {
        let unreadable = |e: ReadError| self.reading.unreadable(&self.file.path, &e);
        let progress = self.reading.progress;
        progress.begin(self.file.path.get_ref());
        let work = |pieces: &Pieces, number: usize| {
            let batch = timed(progress, Stage::Read, || pieces.read(number))?;
            let mut placing = self.placing();
            let count = (batch.rows.len() + batch.malformed.len()) as u64;
            placing.say_malformed(&batch);
            let made = make(number as u64, &mut placing, batch);
            progress.advance(count);
            Ok((made, count, placing))
        };
        let done: Result<Vec<Result<_, ReadError>>, ReadError> =
            self.pieces.select(&self.wanted, geometry).map(|pieces| {
                (0..self.count).into_par_iter().with_max_len(1).map(|number| work(&pieces, number)).collect()
            });
        progress.end();
        let (mut all, mut seen, mut diagnostics) = (Vec::new(), Seen::default(), Vec::new());
        let (mut rows, mut used) = (0, 0);
        for done in done.map_err(unreadable)? {
            let (made, count, mut placing) = done.map_err(unreadable)?;
            all.push(made);
            rows += count;
            used += placing.used;
            seen.merge(&placing.seen);
            diagnostics.append(&mut placing.diagnostics);
        }
        self.judge(&seen)?;
        self.account(rows, used);
        Ok((all, diagnostics))
    }

    /// Makes something of the geometry of rows, on all threads and in the file's order, and keeps no account: for files that
    /// have been read before.
    pub(super) fn some<T: Send>(
        &self,
        make: impl Fn(&mut Placing, Batch) -> T + Sync,
    ) -> Result<Vec<T>, StudyFileError> {
        let unreadable = |e: ReadError| self.reading.unreadable(&self.file.path, &e);
        let progress = self.reading.progress;
        progress.begin(self.file.path.get_ref());
        let work = |pieces: &Pieces, number: usize| {
            let batch = timed(progress, Stage::Read, || pieces.read(number))?;
            progress.advance(batch.rows.len() as u64);
            Ok(make(&mut self.placing(), batch))
        };
        let pieces = self.pieces.select(&[], true).map_err(unreadable)?;
        let made: Result<Vec<T>, ReadError> =
            (0..self.count).into_par_iter().with_max_len(1).map(|number| work(&pieces, number)).collect();
        progress.end();
        made.map_err(unreadable)
    }

    /// Looks at some of the columns that were asked for, and at nothing else.
    pub(super) fn look(&self, columns: &[usize], take: impl FnMut(Batch)) -> Result<(), StudyFileError> {
        let columns: Vec<String> = columns.iter().map(|&column| self.wanted[column].clone()).collect();
        self.batches(&columns, false, take)
    }

    fn batches(&self, columns: &[String], geometry: bool, mut take: impl FnMut(Batch)) -> Result<(), StudyFileError> {
        let progress = self.reading.progress;
        progress.begin(self.file.path.get_ref());
        let mut each = |batch: Batch| {
            let count = batch.rows.len() + batch.malformed.len();
            take(batch);
            progress.advance(count as u64);
            true
        };
        let result = self.pieces.select(columns, geometry).and_then(|pieces| pieces.each(&mut each));
        progress.end();
        result.map_err(|e| self.reading.unreadable(&self.file.path, &e))
    }

    fn placing(&self) -> Placing {
        Placing {
            source: self.number,
            swap: self.file.swap_axes,
            transformer: self.transformer.clone(),
            guard: self.guard.clone(),
            seen: Seen::default(),
            diagnostics: Vec::new(),
            used: 0,
        }
    }

    fn judge(&self, seen: &Seen) -> Result<(), StudyFileError> {
        match self.guard.as_ref().map(|guard| seen.verdict(guard)) {
            Some(Verdict::Refused(why)) => {
                Err(self.reading.at(&self.file.path, &format!("{}: {why}", self.path.display()), ""))
            }
            _ => Ok(()),
        }
    }

    fn account(&self, rows: u64, used: u64) {
        self.reading.input(self.number, |input| {
            input.rows = rows;
            input.used = used;
        });
    }
}

/// Puts rows of one file where they belong, and keeps account of what was odd.
pub(super) struct Placing {
    source: u16,
    swap: bool,
    transformer: Option<Transformer>,
    guard: Option<Guard>,
    seen: Seen,
    diagnostics: Vec<Diagnostic>,
    /// Rows that are in the result.
    pub(super) used: u64,
}

impl Placing {
    /// Makes something of so many rows on all threads, some rows at a time, with the account kept for all of them.
    pub(super) fn in_parts<T: Send>(
        &mut self,
        rows: usize,
        make: impl Fn(&mut Self, Range<usize>) -> Vec<T> + Sync,
    ) -> Vec<T> {
        let at_a_time = (rows / 64).clamp(1, 4096);
        let starts: Vec<usize> = (0..rows).step_by(at_a_time).collect();
        let parts: Vec<(Vec<T>, Self)> = starts
            .into_par_iter()
            .map(|start| {
                let mut own = self.alike();
                let made = make(&mut own, start..rows.min(start + at_a_time));
                (made, own)
            })
            .collect();
        let mut all = Vec::with_capacity(rows);
        for (mut made, mut own) in parts {
            all.append(&mut made);
            self.seen.merge(&own.seen);
            self.diagnostics.append(&mut own.diagnostics);
            self.used += own.used;
        }
        all
    }

    /// The same file's, with nothing accounted for yet.
    pub(super) fn alike(&self) -> Self {
        Self {
            source: self.source,
            swap: self.swap,
            transformer: self.transformer.clone(),
            guard: self.guard.clone(),
            seen: Seen::default(),
            diagnostics: Vec::new(),
            used: 0,
        }
    }

    /// Where a row comes from.
    pub(super) fn at(&self, row: u32) -> SourceRow {
        SourceRow { source: self.source, row }
    }

    fn say_malformed(&mut self, batch: &Batch) {
        for (row, reason) in &batch.malformed {
            self.say(*row, Finding::MalformedRow, Action::Dropped, None, reason.clone());
        }
    }

    /// Notes a finding.
    pub(super) fn say(&mut self, row: u32, finding: Finding, action: Action, id: Option<&str>, message: String) {
        self.diagnostics.push(Diagnostic {
            at: self.at(row),
            finding,
            action,
            id: id.map(Into::into),
            message: message.into(),
        });
    }

    /// A position in the study's CRS.
    pub(super) fn position(&mut self, coord: Coord) -> Result<Coord, (Finding, String)> {
        let coord = if self.swap { Coord { x: coord.y, y: coord.x } } else { coord };
        if !coord.x.is_finite() || !coord.y.is_finite() {
            return Err((Finding::NoPosition, "the coordinates are not numbers".to_owned()));
        }
        if let Some(guard) = &self.guard {
            let look = self.seen.look(guard, coord);
            let finding = if look == Look::Swapped { Finding::SwappedAxes } else { Finding::OutsideExtent };
            if let Some(message) = guard.finding(coord, look) {
                return Err((finding, message));
            }
        }
        let Some(transformer) = &self.transformer else { return Ok(coord) };
        transformer
            .coord(coord)
            .ok_or_else(|| (Finding::OutsideExtent, format!("{} {} has no place in the study's CRS", coord.x, coord.y)))
    }

    /// A geometry in the study's CRS. Its first position is looked at for swapped axes.
    pub(super) fn geometry(&mut self, geometry: Geometry) -> Result<Geometry, (Finding, String)> {
        use geo::{CoordsIter, MapCoords};
        let geometry = if self.swap { geometry.map_coords(|c| Coord { x: c.y, y: c.x }) } else { geometry };
        if let (Some(guard), Some(first)) = (&self.guard, geometry.coords_iter().next()) {
            // A footprint or an area may well reach across a country's border; only swapped axes are an error.
            if self.seen.look(guard, first) == Look::Swapped {
                let message = guard.finding(first, Look::Swapped).unwrap_or_default();
                return Err((Finding::SwappedAxes, message));
            }
        }
        match &self.transformer {
            None => Ok(geometry),
            Some(transformer) => transformer
                .geometry(geometry)
                .ok_or_else(|| (Finding::InvalidGeometry, "a vertex has no place in the study's CRS".to_owned())),
        }
    }
}

/// A file of the study, opened.
fn pieces(reading: &Reading<'_>, file: &FileSource) -> Result<(PathBuf, Pieces), StudyFileError> {
    let path = reading.loaded.resolve(&file.path)?;
    let options = ReadOptions {
        format: file_format(file),
        layer: file.layer.as_ref().map(|layer| layer.get_ref().clone()),
        encoding: file.encoding.as_ref().map(|encoding| encoding.get_ref().clone()),
        geometry_column: None,
    };
    // The columns are not known yet; the file is gone through once all the same.
    let pieces = read::pieces(&path, &options, &[], false).map_err(|e| reading.unreadable(&file.path, &e))?;
    Ok((path, pieces))
}

/// What a file is, by its content and by all else that decides how it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// SHA-256 of the bytes, in hexadecimal.
    pub(super) sha256: String,
    /// Size in bytes.
    pub(super) bytes: u64,
    /// What the file's name ends with: it can decide on the format.
    ending: String,
    /// SHA-256 of the files beside it that belong to it, by what their names end with.
    beside: Vec<(String, String)>,
}

impl Identity {
    /// What is different about the file now, in words.
    pub(crate) fn difference(&self, now: &Self) -> String {
        if self.ending != now.ending {
            return format!("its name ended with .{}, and now with .{}", self.ending, now.ending);
        }
        if self.sha256 != now.sha256 {
            return "its content has changed".to_owned();
        }
        let other =
            |a: &Self, b: &Self| a.beside.iter().find(|file| !b.beside.contains(file)).map(|(end, _)| end.clone());
        let ending = other(self, now).or_else(|| other(now, self)).unwrap_or_default();
        format!("the .{ending} beside it has changed")
    }
}

/// What a file of the study is; it is gone through once, however often this is asked.
pub(crate) fn identity(reading: &Reading<'_>, file: &FileSource) -> Result<Identity, StudyFileError> {
    let path = reading.loaded.resolve(&file.path)?;
    // Which files beside it belong to it depends on what it is taken for.
    let asked = (path.clone(), file.format.as_ref().map(|format| format.get_ref().clone()));
    if let Some(known) = reading.known_files().get(&asked) {
        return Ok(known.clone());
    }
    let unreadable = |path: &Path, e: &std::io::Error| {
        let (path, reason) = (path.to_owned(), read::in_words(e));
        reading.unreadable(&file.path, &ReadError::Unreadable { path, reason })
    };
    let (sha256, bytes) = digest(&path).map_err(|e| unreadable(&path, &e))?;
    let ending = |path: &Path| path.extension().unwrap_or_default().to_string_lossy().into_owned();
    let mut beside = Vec::new();
    let options = ReadOptions { format: file_format(file), ..ReadOptions::default() };
    for other in read::companions(&path, &options).map_err(|e| reading.unreadable(&file.path, &e))? {
        beside.push((ending(&other), digest(&other).map_err(|e| unreadable(&other, &e))?.0));
    }
    let identity = Identity { sha256, bytes, ending: ending(&path), beside };
    reading.known_files().insert(asked, identity.clone());
    Ok(identity)
}

fn file_format(file: &FileSource) -> Option<read::Format> {
    file.format.as_ref().and_then(|name| check::format_named(name.get_ref()))
}

/// SHA-256 in hexadecimal, and the size in bytes, of a text in memory.
pub(super) fn digest_of(text: &[u8]) -> (String, u64) {
    (hexadecimal(&Sha256::digest(text)), text.len() as u64)
}

/// SHA-256 in hexadecimal, and the size in bytes, of a file.
pub(super) fn digest(path: &Path) -> std::io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        hasher.update(&buffer[..n]);
        bytes += n as u64;
    }
    Ok((hexadecimal(&hasher.finalize()), bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
