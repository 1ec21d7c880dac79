//! The tests of the feature `highs`: the same programmes solved by a second solver, which is C++ and takes minutes to build.
//!
//! Only `nittio-plan` is built for it, so nothing of what reads tables is compiled again.

use std::{env, ffi::OsString, path::PathBuf, process::Command};

use crate::step::{Failed, cargo_program, root, run, target};

/// Builds HiGHS with what `tests/foreign/requirements.txt` brings (cmake, libclang), and runs what it can be held against.
pub(crate) fn test() -> Result<(), Failed> {
    let venv = target().join("tools/venv/bin");
    let mut paths = vec![venv.clone()];
    paths.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
    let path = env::join_paths(paths).map_err(|e| Failed(format!("PATH: {e}")))?;
    let clang = said(Command::new(venv.join("python")).args(["-c", "import clang.native as n; print(n.__path__[0])"]))?;
    let mut command = Command::new(cargo_program());
    command
        .args(["test", "-p", "nittio-plan", "--features", "highs", "--tests"])
        .current_dir(root())
        .env("PATH", path)
        .env("LIBCLANG_PATH", clang)
        // Counted through by microlp already; here fewer will do.
        .env("NITTIO_CASES", env::var_os("NITTIO_CASES").unwrap_or_else(|| "16".into()));
    // The package of libclang has no headers of a compiler; those of the C compiler that is there will do.
    if let Ok(headers) = said(Command::new("cc").arg("-print-file-name=include")) {
        let mut include = OsString::from("-I");
        include.push(headers);
        command.env("BINDGEN_EXTRA_CLANG_ARGS", include);
    }
    run(&mut command)
}

/// The path that a program prints.
fn said(command: &mut Command) -> Result<PathBuf, Failed> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| Failed(format!("{name} cannot be run: {e}")))?;
    if !output.status.success() {
        return Err(Failed(format!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim())));
    }
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}
