//! A killed run leaves no half-written output: the old results, or the new ones.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    jonkoping,
    made_up::MadeUp,
    outputs,
    program::{command, nittio},
    toyland,
};

type Files = BTreeMap<String, Vec<u8>>;

/// A folder with toyland's results in `out/`, and room for the temporary files of the program.
struct Scene {
    folder: TempDir,
    old: Files,
    new: Files,
}

impl Scene {
    fn new(new: Files) -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        Self { folder, old: outputs::files(&toyland::run().0), new }
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// Puts the old results there, and nothing else.
    fn reset(&self) {
        let output = self.output();
        if output.exists() {
            fs::remove_dir_all(&output).unwrap();
        }
        for (name, bytes) in &self.old {
            let path = output.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    fn start(&self, arguments: &[&str]) -> Child {
        command(self.folder.path())
            .args(arguments)
            .env("TMPDIR", self.folder.path().join("tmp"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// What stands in the output folder: always whole files of one run or the other, and never two runs under one
    /// manifest.
    #[track_caller]
    fn assert_nothing_is_half_written(&self) -> &'static str {
        let found = outputs::files(&self.output());
        for (name, bytes) in &found {
            let whole = self.old.get(name) == Some(bytes) || self.new.get(name) == Some(bytes);
            assert!(whole, "{name} is of neither run");
        }
        if found == self.old {
            "old"
        } else if found == self.new {
            "new"
        } else {
            // Between the first rename and the last. Whoever reads the folder can see that it is not whole.
            if let Some(manifest) = found.get("manifest.json") {
                let run = if self.old.get("manifest.json") == Some(manifest) { &self.old } else { &self.new };
                let names = |files: &Files| files.keys().cloned().collect::<BTreeSet<String>>();
                let (there, whole) = (names(&found), names(run));
                let (more, less): (Vec<_>, Vec<_>) =
                    (there.difference(&whole).collect(), whole.difference(&there).collect());
                panic!("a manifest over files of two runs; beyond its own {more:?}, missing {less:?}");
            }
            "between"
        }
    }
}

/// Kills without warning, as when the power goes.
fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Waits until something is so, or the child is done; true when it came to be so.
fn wait_until(child: &mut Child, so: impl Fn() -> bool) -> bool {
    loop {
        if so() {
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        thread::sleep(Duration::from_micros(200));
    }
}

/// Whether a file of an unfinished run is there.
fn staged(output: &Path, name: &str) -> bool {
    outputs::leftovers(output).iter().any(|folder| folder.join("new").join(name).exists())
}

#[test]
fn a_run_killed_at_any_moment_leaves_the_old_results_or_the_new() {
    let study = MadeUp::new(11);
    let made = TempDir::new().unwrap();
    study.write(made.path());
    let begun = Instant::now();
    nittio(made.path(), ["run"]).expect(0);
    let whole = begun.elapsed();

    let scene = Scene::new(outputs::files(&made.path().join("out")));
    study.write(scene.folder.path());
    let mut seen = BTreeMap::new();
    for part in 0..16 {
        scene.reset();
        let mut child = scene.start(&["run"]);
        thread::sleep(whole * part / 14);
        kill(&mut child);
        *seen.entry(scene.assert_nothing_is_half_written()).or_insert(0) += 1;
    }
    assert!(seen.contains_key("old"), "{seen:?}: no run was killed in time");

    // The next run finishes what was begun and cleans up.
    nittio(scene.folder.path(), ["run"]).expect(0);
    assert_eq!(scene.assert_nothing_is_half_written(), "new");
    assert!(outputs::leftovers(&scene.output()).is_empty());
    outputs::assert_whole(&outputs::files(&scene.output()));
}

#[test]
fn a_run_killed_while_it_writes_leaves_the_old_results_or_the_new() {
    let scene = Scene::new(outputs::files(&jonkoping::run().0));
    let output = scene.output();
    for (file, later) in [("places.parquet", 0), ("coverage.gpkg", 1), ("manifest.json", 0), ("manifest.json", 3)] {
        scene.reset();
        let mut child = scene.start(&["run"]);
        assert!(wait_until(&mut child, || staged(&output, file)), "{file} was never written");
        thread::sleep(Duration::from_millis(later));
        kill(&mut child);
        let left = scene.assert_nothing_is_half_written();
        if file != "manifest.json" {
            assert_eq!(left, "old", "killed while writing {file}");
            assert_eq!(outputs::leftovers(&output).len(), 1, "the hidden folder of the killed run");
        }
    }
    nittio(scene.folder.path(), ["run", "--example", "jonkoping"]).expect(0);
    assert_eq!(scene.assert_nothing_is_half_written(), "new");
    assert!(outputs::leftovers(&output).is_empty());
}
