//! Plans with HiGHS built in: tested with a HiGHS that others have built, since building it takes nine minutes of processor time.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    FEATURES,
    step::{Counts, Failed, cargo_command, cargo_test, run, target},
};

/// Asks Python where the package is that has HiGHS, and the one that has libclang; the compiler's own headers come after.
const WHERE: &str = "import clang, highsbox; print(highsbox.highs_dist_dir()); print(clang.__path__[0])";

/// Runs the tests of plans that ask HiGHS, and those that hold plans against all choices there are.
pub(crate) fn tests() -> Result<Counts, Failed> {
    let features = format!("{FEATURES},nittio-plan/highs-found");
    let only = ["--features", &features, "--test", "solvers", "--test", "brute_force"];
    let mut test = cargo_command(&[&["test", "--workspace", "--no-fail-fast"], &only[..]].concat());
    Found::there()?.told_to(&mut test);
    cargo_test(test)
}

/// Lints what is compiled only with HiGHS.
pub(crate) fn lints() -> Result<(), Failed> {
    let features = format!("{FEATURES},nittio-plan/highs-found");
    let mut clippy =
        cargo_command(&["clippy", "--workspace", "--features", &features, "--test", "solvers", "--", "-D", "warnings"]);
    Found::there()?.told_to(&mut clippy);
    run(&mut clippy)
}

/// Where HiGHS is, and what is needed to call it.
struct Found {
    library: PathBuf,
    libclang: PathBuf,
    headers: String,
    pkg_config: PathBuf,
}

impl Found {
    /// In the virtual environment; what pkg-config should say is written anew, since the package says where it was built.
    fn there() -> Result<Self, Failed> {
        let tools = target().join("tools");
        let said = output(Command::new(tools.join("venv/bin/python")).args(["-c", WHERE]))?;
        let [highs, clang] = said.lines().collect::<Vec<_>>()[..] else {
            return Err(Failed(format!("Python does not say where HiGHS and libclang are, but: {said}")));
        };
        let (highs, library) = (Path::new(highs), Path::new(highs).join("lib"));
        let pkg_config = tools.join("pkgconfig");
        let text = format!(
            "Name: HiGHS\nDescription: solver\nVersion: {}\nLibs: -L{} -lhighs\nCflags: -I{}\n",
            version(&library)?,
            library.display(),
            highs.join("include/highs").display()
        );
        let failed = |e: std::io::Error| Failed(format!("{}: {e}", pkg_config.display()));
        fs::create_dir_all(&pkg_config).map_err(failed)?;
        fs::write(pkg_config.join("highs.pc"), text).map_err(failed)?;
        let headers = output(Command::new("cc").arg("-print-file-name=include"))?.trim().to_owned();
        Ok(Self { library, libclang: Path::new(clang).join("native"), headers, pkg_config })
    }

    /// Sets what a build and its programs look for.
    fn told_to(&self, command: &mut Command) {
        let mut libraries = vec![self.library.clone()];
        if let Some(others) = env::var_os("LD_LIBRARY_PATH") {
            libraries.extend(env::split_paths(&others));
        }
        if let Ok(libraries) = env::join_paths(libraries) {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        command.env("PKG_CONFIG_PATH", &self.pkg_config);
        command.env("LIBCLANG_PATH", &self.libclang);
        command.env("BINDGEN_EXTRA_CLANG_ARGS", format!("-I{}", self.headers));
    }
}

/// The version that the package's own file for pkg-config names.
fn version(library: &Path) -> Result<String, Failed> {
    let path = library.join("pkgconfig/highs.pc");
    let text = fs::read_to_string(&path).map_err(|e| Failed(format!("{}: {e}", path.display())))?;
    let version = text.lines().find_map(|line| line.strip_prefix("Version: "));
    version.map(str::to_owned).ok_or_else(|| Failed(format!("{} has no version", path.display())))
}

fn output(command: &mut Command) -> Result<String, Failed> {
    let ran = command.output().map_err(|e| Failed(format!("{command:?} cannot be run: {e}")))?;
    if ran.status.success() {
        Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
    } else {
        Err(Failed(format!("{command:?}: {}", String::from_utf8_lossy(&ran.stderr))))
    }
}
