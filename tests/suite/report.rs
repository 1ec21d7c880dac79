//! A report drawn again from what a run has saved: the same bytes, without the study's files.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{
    outputs::{self, assert_whole},
    program::nittio,
};

const SAVED: &str = "out/result.nittio";

/// A folder with the study and what a run has left of it.
fn run(example: &str, more: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", example, "."]).expect(0);
    nittio(folder.path(), ["run"].iter().chain(more)).expect(0);
    folder
}

/// Removes everything but the results.
fn remove_the_study(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        match path.is_dir() {
            true if path.ends_with("out") => {}
            true => fs::remove_dir_all(path).unwrap(),
            false => fs::remove_file(path).unwrap(),
        }
    }
}

fn assert_drawn_again(example: &str) {
    let folder = run(example, &["--public"]);
    remove_the_study(folder.path());
    let out = folder.path().join("out");
    let before = outputs::files(&out);
    let drawn = |name: &&String| name.ends_with("report.html") || name.contains("pictures/");
    // Were a picture left as it stands, it would be missing now.
    for name in before.keys().filter(drawn) {
        fs::remove_file(out.join(name)).unwrap();
    }
    nittio(folder.path(), ["report"]).expect(0);
    nittio(folder.path(), ["report", "out", "--edition", "public"]).expect(0);
    let again = outputs::files(&out);
    let differ: Vec<_> = before.keys().filter(|name| before.get(*name) != again.get(*name)).collect();
    assert!(differ.is_empty(), "these differ: {differ:?}");
    assert_eq!(before.len(), again.len());
}

#[test]
fn toyland_drawn_again_without_its_files_has_the_same_bytes_in_both_editions() {
    assert_drawn_again("toyland");
}

#[test]
fn jonkoping_drawn_again_without_its_files_has_the_same_bytes_in_both_editions() {
    assert_drawn_again("jonkoping");
}

#[test]
fn english_after_swedish_is_what_a_run_in_english_writes_and_the_way_back_changes_nothing() {
    let folder = run("toyland", &[]);
    let out = folder.path().join("out");
    let swedish = outputs::files(&out);
    nittio(folder.path(), ["report", "--locale", "en"]).expect(0);
    let english = outputs::files(&out);
    assert_whole(&english);
    assert!(String::from_utf8_lossy(&english["report.html"]).contains("<html lang=\"en\">"));
    let study = folder.path().join("nittio.toml");
    let text = fs::read_to_string(&study).unwrap();
    assert!(text.contains("locale = \"sv\""));
    fs::write(&study, text.replace("locale = \"sv\"", "locale = \"en\"")).unwrap();
    nittio(folder.path(), ["run", "--output", "run"]).expect(0);
    let run = outputs::files(&folder.path().join("run"));
    for (name, bytes) in run.iter().filter(|(name, _)| name.starts_with("pictures/")) {
        assert!(english[name] == *bytes, "{name}");
    }
    nittio(folder.path(), ["report", "--locale", "sv"]).expect(0);
    assert!(outputs::files(&out) == swedish);
}

#[test]
fn only_what_is_asked_for_is_drawn_and_a_folder_of_its_own_is_whole() {
    let folder = run("toyland", &[]);
    nittio(folder.path(), ["report", "--only", "html", "--output", "page"]).expect(0);
    let page = outputs::files(&folder.path().join("page"));
    assert_eq!(page.keys().collect::<Vec<_>>(), ["manifest.json", "report.html"]);
    assert_whole(&page);
    assert!(page["report.html"] == outputs::files(&folder.path().join("out"))["report.html"]);
    let said = nittio(folder.path(), ["report", "--output", "out"]).expect_error().stderr;
    assert!(said.contains("holds the result of a run"), "{said}");
}

#[test]
fn a_result_that_is_damaged_or_another_or_not_there_is_refused_and_nothing_is_changed() {
    let folder = run("toyland", &[]);
    let saved = folder.path().join(SAVED);
    let whole = fs::read(&saved).unwrap();
    let before = fs::read(folder.path().join("out/report.html")).unwrap();
    let refused = |bytes: &[u8]| {
        fs::write(&saved, bytes).unwrap();
        let said = nittio(folder.path(), ["report", "--locale", "en"]).expect_error().stderr;
        assert!(fs::read(folder.path().join("out/report.html")).unwrap() == before);
        said
    };
    for at in [16, 40, 64, whole.len() / 2, whole.len() - 1] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        let said = refused(&bytes);
        assert!(said.contains("is damaged") && said.contains("run the study again"), "{said}");
    }
    assert!(refused(&whole[..whole.len() - 1]).contains("is damaged"));
    let mut newer = whole.clone();
    newer[8] += 1;
    let said = refused(&newer);
    assert!(said.contains("another version") && said.contains("run the study again with this version"), "{said}");
    assert!(refused(b"PK").contains("not a saved result of nittio"));
    fs::remove_file(&saved).unwrap();
    let said = nittio(folder.path(), ["report"]).expect_error().stderr;
    assert!(said.contains("there is no result.nittio in this folder"), "{said}");
    let said = nittio(folder.path(), ["report", "nowhere"]).expect_error().stderr;
    assert!(said.contains("there is no such folder"), "{said}");
    fs::write(&saved, &whole).unwrap();
    let said = nittio(folder.path(), ["report", "--edition", "public"]).expect_error().stderr;
    assert!(said.contains("nittio run --public"), "{said}");
}

#[test]
fn a_run_that_rests_on_the_last_one_saves_the_same_bytes() {
    let folder = run("jonkoping", &[]);
    nittio(folder.path(), ["run", "--since", "out", "--output", "again"]).expect(0);
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(read(SAVED) == read("again/result.nittio"));
}
