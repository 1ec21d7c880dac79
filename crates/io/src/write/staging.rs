//! Staging: results are written whole or not at all.
//!
//! Every file is first written into a hidden folder inside the output folder, so on the same file system:
//!
//! ```text
//! out/.nittio-partial-4711/lock    held locked as long as the run lives
//! out/.nittio-partial-4711/new/    the new results
//! out/.nittio-partial-4711/old/    what they replace, until all of them are in place
//! ```
//!
//! [`Staging::commit`] puts them into place by renaming, `manifest.json` last. A folder without `manifest.json` is
//! not whole. A run that fails or is dropped leaves the output folder as it was; what a killed run leaves behind is
//! known by its lock being free, and the next run removes it.

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufWriter, Write as _},
    path::{Component, Path, PathBuf},
};

use super::{
    error::WriteError,
    manifest::{self, OldOutput},
};

/// The file that says that the results are whole, and what they are.
pub const MANIFEST: &str = "manifest.json";

const PARTIAL: &str = ".nittio-partial-";

/// Results on their way into an output folder. Dropped without [`Staging::commit`], nothing has happened.
#[derive(Debug)]
pub struct Staging {
    output: PathBuf,
    /// The hidden folder.
    folder: PathBuf,
    /// Whether the output folder was not there before.
    fresh: bool,
    /// Whether the hidden folder is to stay, because it holds what could not be put back.
    keep: bool,
    lock: Option<File>,
}

impl Staging {
    /// Makes the output folder, if needed, and a hidden folder in it that all results are first written to.
    ///
    /// # Errors
    /// When the output path is a file, or no folder can be made there.
    pub fn new(output: &Path) -> Result<Self, WriteError> {
        let fail = |path: &Path, error: &io::Error| WriteError::new(path, output, error);
        let fresh = !output.exists();
        if !fresh && !output.is_dir() {
            return Err(WriteError::NotAFolder { path: output.to_owned() });
        }
        fs::create_dir_all(output).map_err(|e| fail(output, &e))?;
        remove_leftovers(output);
        let folder = hidden_folder(output).map_err(|e| fail(output, &e))?;
        let mut staging = Self { output: output.to_owned(), folder, fresh, keep: false, lock: None };
        let lock = File::create(staging.folder.join("lock")).map_err(|e| fail(output, &e))?;
        // A file system without locks is no reason to refuse; there, two runs at a time into one folder are not kept apart.
        let _ = lock.try_lock();
        staging.lock = Some(lock);
        for part in [staging.new_files(), staging.old_files()] {
            fs::create_dir(&part).map_err(|e| fail(output, &e))?;
        }
        Ok(staging)
    }

    /// The output folder.
    #[must_use]
    pub fn output(&self) -> &Path {
        &self.output
    }

    /// Writes one result. Its name is relative to the output folder and may have subfolders: `pictures/map.svg`.
    ///
    /// # Errors
    /// When the name cannot be used or writing fails.
    pub fn write(
        &self,
        name: &str,
        fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), WriteError> {
        let path = self.path(name)?;
        self.fill(&path, fill).map_err(|e| self.failed(name, &e))
    }

    /// A folder for temporary files, on the same disk as the results.
    #[must_use]
    pub fn temporary(&self) -> PathBuf {
        self.folder.clone()
    }

    /// Where to write one result, for writers that want a path; nothing is there yet.
    ///
    /// # Errors
    /// When the name cannot be used, or its subfolder cannot be made.
    pub fn path(&self, name: &str) -> Result<PathBuf, WriteError> {
        if !is_name(name) || name == MANIFEST {
            return Err(WriteError::Name { name: name.to_owned() });
        }
        let path = self.new_files().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| self.failed(name, &e))?;
        }
        Ok(path)
    }

    /// The names of the results written so far, sorted, with `/` between folders.
    ///
    /// # Errors
    /// When the hidden folder cannot be read.
    pub fn names(&self) -> Result<Vec<String>, WriteError> {
        let mut names = Vec::new();
        walk(&self.new_files(), "", &mut names).map_err(|e| self.failed("", &e))?;
        names.sort();
        Ok(names)
    }

    /// Puts all results into place, and `manifest.json` last.
    ///
    /// Results that an earlier manifest lists and this run does not write are removed, unless they were changed since.
    /// All other files in the output folder are left alone.
    ///
    /// # Errors
    /// When a file cannot be written or put into place; what was there before then still is.
    pub fn commit(self, manifest: &[u8]) -> Result<(), WriteError> {
        let names = self.names()?;
        let stale = self.stale(&names);
        self.put(manifest, &names, &stale)
    }

    /// Puts results beside those that are there, or in their place; no other one is removed.
    ///
    /// # Errors
    /// As [`Staging::commit`].
    pub fn commit_beside(self, manifest: &[u8]) -> Result<(), WriteError> {
        let names = self.names()?;
        self.put(manifest, &names, &[])
    }

    fn put(mut self, manifest: &[u8], names: &[String], stale: &[String]) -> Result<(), WriteError> {
        let last = self.new_files().join(MANIFEST);
        self.fill(&last, |file| file.write_all(manifest)).map_err(|e| self.failed(MANIFEST, &e))?;
        for name in names.iter().map(String::as_str).chain([MANIFEST]) {
            // Windows flushes only what is open for writing.
            let file = OpenOptions::new().write(true).open(self.new_files().join(name));
            file.and_then(|file| file.sync_all()).map_err(|e| self.failed(name, &e))?;
            let target = self.output.join(name);
            if fs::symlink_metadata(&target).is_ok_and(|found| found.is_dir()) {
                return Err(WriteError::FolderInTheWay { path: target, output: self.output.clone() });
            }
        }
        let mut moves = Moves::default();
        if let Err((name, error)) = self.put_into_place(names, stale, &mut moves) {
            if moves.undo().is_err() {
                self.keep = true;
                let (path, output) = (self.output.join(name), self.output.clone());
                return Err(WriteError::Torn { path, output, reason: error.to_string() });
            }
            return Err(self.failed(&name, &error));
        }
        for name in stale {
            remove_empty_folders(&self.output, name);
        }
        // A folder cannot be flushed on every system; where it cannot, there is nothing more to do.
        let _ = File::open(&self.output).and_then(|folder| folder.sync_all());
        Ok(())
    }

    fn put_into_place(&self, names: &[String], stale: &[String], moves: &mut Moves) -> Result<(), (String, io::Error)> {
        let replaced = [MANIFEST.to_owned()].into_iter().chain(stale.iter().cloned()).chain(names.iter().cloned());
        for name in replaced {
            let (from, to) = (self.output.join(&name), self.old_files().join(&name));
            if fs::symlink_metadata(&from).is_ok() {
                moves.rename(&from, &to).map_err(|e| (name, e))?;
            }
        }
        for name in names.iter().map(String::as_str).chain([MANIFEST]) {
            let (from, to) = (self.new_files().join(name), self.output.join(name));
            moves.rename(&from, &to).map_err(|e| (name.to_owned(), e))?;
        }
        Ok(())
    }

    /// Results of an earlier run that this one does not write, and that nobody has changed since.
    fn stale(&self, names: &[String]) -> Vec<String> {
        let written: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        let old = fs::read(self.output.join(MANIFEST)).map(|bytes| manifest::old_outputs(&bytes)).unwrap_or_default();
        old.into_iter()
            .filter(|OldOutput { name, .. }| is_name(name) && name != MANIFEST && !written.contains(name.as_str()))
            .filter(|OldOutput { name, sha256 }| {
                manifest::digest(&self.output.join(name)).is_ok_and(|(found, _)| found == *sha256)
            })
            .map(|old| old.name)
            .collect()
    }

    fn fill(&self, path: &Path, fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
        let mut file = BufWriter::with_capacity(1 << 17, File::create(path)?);
        fill(&mut file)?;
        file.flush()
    }

    /// Where a staged result is.
    pub(super) fn staged(&self, name: &str) -> PathBuf {
        self.new_files().join(name)
    }

    /// An error about a result, under the name that the user knows.
    pub(super) fn failed(&self, name: &str, error: &io::Error) -> WriteError {
        WriteError::new(&self.output.join(name), &self.output, error)
    }

    fn new_files(&self) -> PathBuf {
        self.folder.join("new")
    }

    fn old_files(&self) -> PathBuf {
        self.folder.join("old")
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Windows removes no file that is open.
        drop(self.lock.take());
        if !self.keep {
            let _ = fs::remove_dir_all(&self.folder);
        }
        if self.fresh {
            // Only an empty folder can be removed this way.
            let _ = fs::remove_dir(&self.output);
        }
    }
}

/// Renames that can be taken back.
#[derive(Default)]
struct Moves {
    done: Vec<(PathBuf, PathBuf)>,
    folders: Vec<PathBuf>,
}

impl Moves {
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.make_parents(to)?;
        fs::rename(from, to)?;
        self.done.push((from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn make_parents(&mut self, path: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = path.ancestors().skip(1).take_while(|folder| !folder.is_dir()).collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(folder)?;
            self.folders.push(folder.to_owned());
        }
        Ok(())
    }

    fn undo(&mut self) -> io::Result<()> {
        let mut outcome = Ok(());
        for (from, to) in self.done.drain(..).rev() {
            outcome = outcome.and(fs::rename(to, from));
        }
        for folder in self.folders.drain(..).rev() {
            let _ = fs::remove_dir(folder);
        }
        outcome
    }
}

/// Makes a hidden folder of this process' own.
fn hidden_folder(output: &Path) -> io::Result<PathBuf> {
    let pid = std::process::id();
    let mut folder = output.join(format!("{PARTIAL}{pid}"));
    let mut again = 1;
    loop {
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && again < 1000 => {
                again += 1;
                folder = output.join(format!("{PARTIAL}{pid}-{again}"));
            }
            Err(error) => return Err(error),
            Ok(()) => return Ok(folder),
        }
    }
}

/// Removes the hidden folders of runs that are no longer alive: their lock is free.
fn remove_leftovers(output: &Path) {
    for entry in fs::read_dir(output).into_iter().flatten().flatten() {
        let leftover = entry.file_name().to_string_lossy().starts_with(PARTIAL)
            && entry.file_type().is_ok_and(|kind| kind.is_dir())
            && !is_locked(&entry.path().join("lock"));
        if leftover {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_locked(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Whether a name stays inside the output folder and means the same on every system.
fn is_name(name: &str) -> bool {
    let plain = |part: Component| matches!(part, Component::Normal(_));
    !name.is_empty()
        && !name.contains(['\\', ':', '\0'])
        && !name.ends_with('/')
        && !name.starts_with(PARTIAL)
        && Path::new(name).components().all(plain)
}

fn walk(folder: &Path, prefix: &str, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

fn remove_empty_folders(output: &Path, name: &str) {
    let parents = Path::new(name).ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty());
    for parent in parents {
        let _ = fs::remove_dir(output.join(parent));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(staging: &Staging, name: &str, text: &str) {
        staging.write(name, |file| file.write_all(text.as_bytes())).unwrap();
    }

    fn commit(staging: Staging) {
        let manifest = manifest::minimal(&staging).unwrap();
        staging.commit(&manifest).unwrap();
    }

    /// Everything in a folder, with its text.
    fn listing(folder: &Path) -> Vec<(String, String)> {
        let mut names = Vec::new();
        walk(folder, "", &mut names).unwrap();
        names.sort();
        names.into_iter().map(|name| (name.clone(), fs::read_to_string(folder.join(name)).unwrap())).collect()
    }

    fn names(folder: &Path) -> Vec<String> {
        listing(folder).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn nothing_is_seen_before_the_commit_and_everything_after() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        let staging = Staging::new(&out).unwrap();
        put(&staging, "a.csv", "a");
        put(&staging, "pictures/map.svg", "map");
        assert!(!out.join("a.csv").exists());
        assert_eq!(staging.names().unwrap(), ["a.csv", "pictures/map.svg"]);
        commit(staging);
        assert_eq!(names(&out), ["a.csv", MANIFEST, "pictures/map.svg"]);
        assert_eq!(fs::read_to_string(out.join("pictures/map.svg")).unwrap(), "map");
    }

    #[test]
    fn dropped_without_commit_the_old_results_stand() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        let staging = Staging::new(&out).unwrap();
        put(&staging, "a.csv", "old");
        commit(staging);
        let before = listing(&out);
        let staging = Staging::new(&out).unwrap();
        put(&staging, "a.csv", "new");
        drop(staging);
        assert_eq!(listing(&out), before);
    }

    #[test]
    fn a_folder_made_for_nothing_is_taken_away_again() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        drop(Staging::new(&out).unwrap());
        assert!(!out.exists());
    }

    #[test]
    fn stale_results_go_and_the_users_own_files_stay() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        let staging = Staging::new(&out).unwrap();
        for name in ["a.csv", "stale.csv", "edited.csv", "pictures/stale.svg"] {
            put(&staging, name, "old");
        }
        commit(staging);
        fs::write(out.join("notes.txt"), "mine").unwrap();
        fs::write(out.join("edited.csv"), "changed by hand").unwrap();
        let staging = Staging::new(&out).unwrap();
        put(&staging, "a.csv", "new");
        commit(staging);
        assert_eq!(names(&out), ["a.csv", "edited.csv", MANIFEST, "notes.txt"]);
        assert_eq!(fs::read_to_string(out.join("a.csv")).unwrap(), "new");
        assert!(!out.join("pictures").exists(), "an emptied folder goes too");
    }

    #[test]
    fn a_commit_that_fails_half_way_is_taken_back() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        let staging = Staging::new(&out).unwrap();
        put(&staging, "a.csv", "old");
        commit(staging);
        // A file stands where a folder is needed: found out only after a.csv has been replaced.
        fs::write(out.join("pictures"), "a file").unwrap();
        let before = listing(&out);
        let staging = Staging::new(&out).unwrap();
        put(&staging, "a.csv", "new");
        put(&staging, "pictures/map.svg", "map");
        let said = staging.commit(b"{}").unwrap_err().to_string();
        assert!(said.contains("map.svg") && said.contains("nothing was changed in"), "{said}");
        assert_eq!(listing(&out), before);
    }

    #[test]
    fn a_folder_of_the_users_is_never_replaced_by_a_result() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        fs::create_dir_all(out.join("a.csv")).unwrap();
        fs::write(out.join("a.csv/mine.txt"), "mine").unwrap();
        let staging = Staging::new(&out).unwrap();
        put(&staging, "a.csv", "new");
        assert!(matches!(staging.commit(b"{}"), Err(WriteError::FolderInTheWay { .. })));
        assert_eq!(names(&out), ["a.csv/mine.txt"]);
    }

    #[test]
    fn leftovers_of_a_dead_run_go_and_a_living_runs_folder_stays() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        let living = Staging::new(&out).unwrap();
        put(&living, "a.csv", "living");
        let dead = out.join(".nittio-partial-1");
        fs::create_dir_all(dead.join("new")).unwrap();
        fs::write(dead.join("lock"), "").unwrap();
        fs::write(dead.join("new/a.csv"), "dead").unwrap();
        let second = Staging::new(&out).unwrap();
        assert!(!dead.exists());
        drop(second);
        commit(living);
        assert_eq!(fs::read_to_string(out.join("a.csv")).unwrap(), "living");
    }

    #[test]
    fn an_output_path_that_is_a_file_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        fs::write(&out, "mine").unwrap();
        let said = Staging::new(&out).unwrap_err().to_string();
        assert!(said.ends_with("out: this is a file; name a folder for the results"), "{said}");
        assert!(matches!(Staging::new(&out.join("deeper")), Err(WriteError::Failed { .. })));
        assert_eq!(fs::read_to_string(&out).unwrap(), "mine");
    }

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        let place = tempfile::tempdir().unwrap();
        let staging = Staging::new(&place.path().join("out")).unwrap();
        for name in ["", "../a", "/a", "a/../b", "./a", "a\\b", "c:a", "a/", MANIFEST, ".nittio-partial-1/a"] {
            assert!(matches!(staging.path(name), Err(WriteError::Name { .. })), "{name:?}");
        }
    }

    #[test]
    fn a_manifest_that_is_not_ours_names_nothing_to_remove() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        fs::create_dir_all(&out).unwrap();
        fs::write(out.join(MANIFEST), r#"{"program":"other","outputs":[{"name":"mine.txt","sha256":""}]}"#).unwrap();
        fs::write(out.join("mine.txt"), "").unwrap();
        let staging = Staging::new(&out).unwrap();
        put(&staging, "a.csv", "new");
        commit(staging);
        assert!(out.join("mine.txt").exists());
    }
}
