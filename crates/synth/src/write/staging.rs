//! Staging: the country is written whole or not at all.
//!
//! Files are first written into a hidden folder inside the output folder, so on the same file system, and renamed when
//! all of them are there. `generated.json` says what was made and that it is whole: it goes first and comes back last.
//! What a killed run leaves behind is known by its lock being free, and the next run removes it.

use std::{
    fs::{self, File, TryLockError},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Settings, Written};
use crate::{error::GenerateError, order::Order};

/// The file that says that a folder was made here, and how.
pub(super) const RECORD: &str = "generated.json";

const PARTIAL: &str = ".nittio-generate-";

const PROGRAM: &str = "nittio generate";

/// Files on their way into a folder. Dropped without [`Staging::commit`], nothing has happened.
pub(super) struct Staging {
    output: PathBuf,
    folder: PathBuf,
    /// Whether the output folder was not there before.
    fresh: bool,
    /// What an earlier run wrote there.
    old: Vec<String>,
    /// What that was drawn from: seed and scale.
    drawn_from: Option<(u64, f64)>,
    lock: Option<File>,
}

#[derive(Serialize)]
struct Record<'a> {
    program: &'static str,
    version: &'static str,
    seed: u64,
    places: u64,
    order: &'static str,
    scale: f64,
    files: &'a [serde_json::Value],
}

#[derive(Deserialize)]
struct OldRecord {
    program: String,
    seed: u64,
    scale: f64,
    files: Vec<OldFile>,
}

#[derive(Deserialize)]
struct OldFile {
    name: String,
}

impl Staging {
    pub(super) fn new(output: &Path, force: bool) -> Result<Self, GenerateError> {
        let fail = |error: io::Error| GenerateError::new(output, output, &error);
        let fresh = !output.exists();
        if !fresh && !output.is_dir() {
            return Err(GenerateError::NotAFolder { path: output.to_owned() });
        }
        let old = if fresh { None } else { old_record(output) };
        if !fresh && old.is_none() && !force {
            let mut names: Vec<String> = fs::read_dir(output)
                .map_err(fail)?
                .flatten()
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .filter(|name| !name.starts_with(PARTIAL))
                .collect();
            names.sort();
            if let Some(found) = names.into_iter().next() {
                return Err(GenerateError::NotOurs { path: output.to_owned(), found });
            }
        }
        fs::create_dir_all(output).map_err(fail)?;
        remove_leftovers(output);
        let folder = output.join(format!("{PARTIAL}{}", std::process::id()));
        fs::create_dir(&folder).map_err(fail)?;
        let drawn_from = old.as_ref().map(|record| (record.seed, record.scale));
        // Names with a folder in them were not written here.
        let plain = |name: &String| Path::new(name).file_name().is_some_and(|file| file == name.as_str());
        let old = old.into_iter().flat_map(|record| record.files).map(|file| file.name).filter(plain).collect();
        let mut staging = Self { output: output.to_owned(), folder, fresh, old, drawn_from, lock: None };
        let lock = File::create(staging.folder.join("lock")).map_err(fail)?;
        // A file system without locks is no reason to refuse; there, two runs at a time into one folder are not kept apart.
        let _ = lock.try_lock();
        staging.lock = Some(lock);
        Ok(staging)
    }

    /// Whether places of this seed and scale fit to what is in the folder.
    pub(super) fn same_country(&self, seed: u64, scale: f64) -> Result<(), GenerateError> {
        match self.drawn_from {
            Some(old) if old != (seed, scale) => {
                Err(GenerateError::OtherCountry { path: self.output.clone(), seed: old.0, scale: old.1 })
            }
            _ => Ok(()),
        }
    }

    /// Writes one file.
    pub(super) fn write(
        &self,
        name: &str,
        fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), GenerateError> {
        let write = || {
            let mut file = BufWriter::with_capacity(1 << 20, File::create(self.folder.join(name))?);
            fill(&mut file)?;
            file.flush()?;
            file.get_ref().sync_all()
        };
        write().map_err(|error| self.failed(name, &error))
    }

    /// Puts all files into place. Files that an earlier run wrote and this one replaces by one of another format go.
    pub(super) fn commit(self, settings: &Settings, written: &[Written]) -> Result<(), GenerateError> {
        let stays = |name: &String| {
            let replaced = !settings.places_only || name.starts_with("places.");
            !replaced && !written.iter().any(|w| w.name == *name)
        };
        let kept: Vec<&String> = self.old.iter().filter(|name| stays(name)).collect();
        let mut files: Vec<serde_json::Value> = Vec::new();
        for name in &kept {
            files.push(serde_json::json!({ "name": name }));
        }
        for file in written {
            files.push(serde_json::to_value(file).map_err(|error| self.failed(RECORD, &error.into()))?);
        }
        let record = Record {
            program: PROGRAM,
            version: env!("CARGO_PKG_VERSION"),
            seed: settings.seed,
            places: settings.places,
            order: match settings.order {
                Order::Register => "register",
                Order::Random => "random",
            },
            scale: settings.scale,
            files: &files,
        };
        let record = serde_json::to_vec_pretty(&record).map_err(|error| self.failed(RECORD, &error.into()))?;
        self.write(RECORD, |out| out.write_all(&record))?;
        for file in written.iter().map(|w| w.name.as_str()).chain([RECORD]) {
            if self.output.join(file).is_dir() {
                let error = io::Error::other("a folder stands where a file is to be written; move it away");
                return Err(self.failed(file, &error));
            }
        }
        match fs::remove_file(self.output.join(RECORD)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(self.failed(RECORD, &error)),
            _ => {}
        }
        let torn = |name: &str, error: io::Error| GenerateError::Torn {
            path: self.output.join(name),
            output: self.output.clone(),
            reason: error.to_string(),
        };
        for name in self.old.iter().filter(|name| !stays(name) && !written.iter().any(|w| w.name == **name)) {
            match fs::remove_file(self.output.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(torn(name, error)),
                _ => {}
            }
        }
        for name in written.iter().map(|w| w.name.as_str()).chain([RECORD]) {
            fs::rename(self.folder.join(name), self.output.join(name)).map_err(|error| torn(name, error))?;
        }
        Ok(())
    }

    fn failed(&self, name: &str, error: &io::Error) -> GenerateError {
        GenerateError::new(&self.output.join(name), &self.output, error)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Windows removes no file that is open.
        drop(self.lock.take());
        let _ = fs::remove_dir_all(&self.folder);
        if self.fresh {
            // Only an empty folder can be removed this way.
            let _ = fs::remove_dir(&self.output);
        }
    }
}

/// What an earlier run says of a folder; none when it was not made here.
fn old_record(output: &Path) -> Option<OldRecord> {
    let record: OldRecord = serde_json::from_slice(&fs::read(output.join(RECORD)).ok()?).ok()?;
    (record.program == PROGRAM).then_some(record)
}

/// Removes the hidden folders of runs that are no longer alive: their lock is free.
fn remove_leftovers(output: &Path) {
    for entry in fs::read_dir(output).into_iter().flatten().flatten() {
        let lock = File::open(entry.path().join("lock"));
        let alive = lock.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)));
        let ours = entry.file_name().to_string_lossy().starts_with(PARTIAL);
        if ours && !alive && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::Format;

    fn settings() -> Settings {
        Settings {
            places: 1,
            seed: 1,
            scale: 1.0,
            order: Order::Register,
            format: Format::Parquet,
            places_only: false,
            force: false,
        }
    }

    fn write(output: &Path, names: &[&str], settings: &Settings) {
        let staging = Staging::new(output, settings.force).unwrap();
        let written: Vec<Written> =
            names.iter().map(|&name| Written { name: name.to_owned(), rows: 1, vertices: 0 }).collect();
        names.iter().for_each(|name| staging.write(name, |out| out.write_all(b"new")).unwrap());
        staging.commit(settings, &written).unwrap();
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_has_a_final_name_before_all_is_written() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("land");
        let staging = Staging::new(&out, false).unwrap();
        staging.write("places.csv", |out| out.write_all(b"half")).unwrap();
        assert!(names(&out).iter().all(|name| name.starts_with(PARTIAL)));
        // A killed run cannot tidy up; the next one does.
        let left = staging.folder.clone();
        std::mem::forget(staging);
        assert!(left.exists());
    }

    #[test]
    fn what_is_dropped_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("land");
        let staging = Staging::new(&out, false).unwrap();
        staging.write("places.csv", |out| out.write_all(b"half")).unwrap();
        drop(staging);
        assert!(!out.exists());
    }

    #[test]
    fn leftovers_of_a_killed_run_are_no_hindrance_and_go() {
        let place = tempfile::tempdir().unwrap();
        let left = place.path().join(".nittio-generate-1");
        fs::create_dir(&left).unwrap();
        fs::write(left.join("places.csv"), "half").unwrap();
        write(place.path(), &["places.csv"], &settings());
        assert_eq!(names(place.path()), [RECORD, "places.csv"]);
    }

    #[test]
    fn a_folder_of_somebody_elses_is_refused_unless_forced() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("thesis.txt"), "mine").unwrap();
        let said = Staging::new(place.path(), false).err().unwrap().to_string();
        assert!(
            said.contains("not made by nittio generate (thesis.txt is in it)") && said.contains("--force"),
            "{said}"
        );
        assert_eq!(names(place.path()), ["thesis.txt"]);
        write(place.path(), &["places.csv"], &Settings { force: true, ..settings() });
        assert_eq!(names(place.path()), [RECORD, "places.csv", "thesis.txt"]);
    }

    #[test]
    fn a_second_run_takes_the_place_of_the_first() {
        let place = tempfile::tempdir().unwrap();
        write(place.path(), &["municipalities.parquet", "places.parquet"], &settings());
        fs::write(place.path().join("notes.txt"), "mine").unwrap();
        let places_only = Settings { places_only: true, ..settings() };
        write(place.path(), &["places.csv"], &places_only);
        assert_eq!(names(place.path()), [RECORD, "municipalities.parquet", "notes.txt", "places.csv"]);
        write(place.path(), &["municipalities.geojson", "places.geojson"], &settings());
        assert_eq!(names(place.path()), [RECORD, "municipalities.geojson", "notes.txt", "places.geojson"]);
    }
}
