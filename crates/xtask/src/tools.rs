//! What the tests need besides Rust: programs that we did not write, which must be able to read what we write.

use std::{fs, path::Path, process::Command};

use crate::step::{Failed, root, run, step, target, there_is};

/// Programs by the Debian package that brings them.
const PACKAGES: [(&str, &str); 7] = [
    ("ogrinfo", "gdal-bin"),
    ("chromium", "chromium"),
    ("soffice", "libreoffice-calc"),
    ("valgrind", "valgrind"),
    ("pdftotext", "poppler-utils"),
    ("qpdf", "qpdf"),
    ("pkg-config", "pkg-config"),
];

/// Installs whatever is missing; installs nothing twice.
pub(crate) fn install() -> Result<(), Failed> {
    step("Debian packages", packages)?;
    step("Python packages", python)?;
    step("Node packages", node)
}

fn packages() -> Result<(), Failed> {
    let missing: Vec<&str> =
        PACKAGES.iter().filter(|(program, _)| !there_is(program)).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !is_root() || !there_is("apt-get") {
        return Err(Failed(format!(
            "these are missing and only root on Debian or Ubuntu can have them installed from here: {names}\n\
             Install them, for example with: sudo apt-get install --no-install-recommends {names}"
        )));
    }
    run(Command::new("apt-get").args(["update", "-q"]))?;
    let install = ["install", "-q", "-y", "--no-install-recommends"];
    run(Command::new("apt-get").args(install).args(&missing).env("DEBIAN_FRONTEND", "noninteractive"))
}

/// Whether this process may install packages: on Linux, the owner of `/proc/self` is the user it runs as.
#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// A virtual environment with what `tests/foreign/requirements.txt` pins.
fn python() -> Result<(), Failed> {
    let wanted = root().join("tests/foreign/requirements.txt");
    let venv = target().join("tools/venv");
    let program = venv.join("bin/python");
    let mark = venv.join("installed.txt");
    if program.exists() && same(&wanted, &mark) {
        return Ok(());
    }
    if !there_is("python3") {
        return Err(Failed("python3 is missing; install Python 3.11 or later".to_owned()));
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv)).map_err(|Failed(why)| {
        Failed(format!("{why}\nOn Debian and Ubuntu the package python3-venv is needed for this"))
    })?;
    run(Command::new(&program)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "-r"])
        .arg(&wanted))?;
    keep(&wanted, &mark)
}

/// What `tests/browser/package-lock.json` pins.
fn node() -> Result<(), Failed> {
    let folder = root().join("tests/browser");
    let wanted = folder.join("package-lock.json");
    let mark = folder.join("node_modules/installed.json");
    if same(&wanted, &mark) {
        return Ok(());
    }
    if !there_is("node") || !there_is("npm") {
        return Err(Failed("node or npm is missing; install Node.js 20 or later, with npm".to_owned()));
    }
    run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder))?;
    keep(&wanted, &mark)
}

/// Whether what was installed is what is wanted now.
fn same(wanted: &Path, mark: &Path) -> bool {
    matches!((fs::read(wanted), fs::read(mark)), (Ok(wanted), Ok(installed)) if wanted == installed)
}

fn keep(wanted: &Path, mark: &Path) -> Result<(), Failed> {
    fs::copy(wanted, mark).map(drop).map_err(|e| Failed(format!("{}: {e}", mark.display())))
}
