//! A disk that is full: one clear line, exit code 2, and the results of earlier runs as they were.
#![cfg(target_os = "linux")]

use std::{fs, process::Command};

use tempfile::TempDir;

use crate::{
    outputs,
    program::{Ran, nittio, path},
    real_data::not_run,
};

/// One line that says error, which file, and that nothing was changed.
#[track_caller]
fn assert_one_clear_line(ran: &Ran) {
    let errors: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("error")).collect();
    assert_eq!(errors.len(), 1, "{}", ran.stderr);
    assert!(errors[0].contains("nothing was changed in out"), "{}", errors[0]);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
}

#[test]
fn a_file_that_may_not_grow_further_leaves_the_old_results() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    nittio(folder.path(), ["run"]).expect(0);
    let before = outputs::files(folder.path());
    assert!(before.contains_key("out/manifest.json"));
    // 16 blocks are at most 16 KiB; the report alone is larger. Without the trap the signal would kill the program.
    let script = format!("trap '' XFSZ; ulimit -f 16; exec '{}' run", path().display());
    let ran: Ran = Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output().unwrap().into();
    let ran = ran.expect_error();
    assert_one_clear_line(&ran);
    assert!(outputs::files(folder.path()) == before);
    assert!(outputs::leftovers(&folder.path().join("out")).is_empty());
}

#[test]
fn a_full_disk_leaves_the_old_results() {
    let folder = TempDir::new().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    // A file system of 24 megabytes that exists only for this process and its children.
    let script = format!(
        "mount -t tmpfs -o size=24m tmpfs '{disk}' || exit 99
         cd '{disk}' || exit 99
         '{nittio}' run --example toyland >/dev/null 2>../first.txt || exit 98
         cp -r out ../before
         dd if=/dev/zero of=filler bs=1k 2>/dev/null
         '{nittio}' run --example toyland >../stdout.txt 2>../stderr.txt
         echo $? >../code.txt
         cp -r out ../after",
        disk = disk.display(),
        nittio = path().display(),
    );
    let mounted = Command::new("unshare").args(["--mount", "sh", "-c", &script]).current_dir(folder.path()).output();
    match mounted.map(|output| output.status.code()) {
        Ok(Some(0)) => {}
        Ok(Some(98)) => panic!("{}", fs::read_to_string(folder.path().join("first.txt")).unwrap()),
        other => {
            not_run("a_full_disk_leaves_the_old_results", &format!("no file system could be mounted ({other:?})"));
            return;
        }
    }
    let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let ran =
        Ran { code: text("code.txt").trim().parse().ok(), stdout: text("stdout.txt"), stderr: text("stderr.txt") };
    let ran = ran.expect_error();
    assert_one_clear_line(&ran);
    assert!(ran.stderr.contains("the disk is full"), "{}", ran.stderr);
    let (before, after) = (folder.path().join("before"), folder.path().join("after"));
    assert!(outputs::files(&before) == outputs::files(&after));
    assert!(outputs::leftovers(&after).is_empty());
    outputs::assert_whole(&outputs::files(&after));
}
