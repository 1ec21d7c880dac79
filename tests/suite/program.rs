//! The program under test, as built beside this test program.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// `target/`, above this test program in `target/debug/deps/`.
pub fn target() -> PathBuf {
    let exe = env::current_exe().unwrap();
    exe.ancestors().nth(3).unwrap().to_owned()
}

/// The program, built with the same profile as this test program.
pub fn path() -> PathBuf {
    let exe = env::current_exe().unwrap();
    let path = exe.ancestors().nth(2).unwrap().join(format!("nittio{}", env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is not there: run `cargo build -p nittio`, or `cargo xtask test`", path.display());
    path
}

/// The folder of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A file beside the suite, such as a study.
pub fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("suite").join(name)
}

/// A run of the program that is over.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Ran {
    /// Fails with everything that was said unless the exit code is this.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "exit code; stderr:\n{}\nstdout:\n{}", self.stderr, self.stdout);
        self
    }

    /// Fails unless the program could not do its work and said so in words: exit code 2, nothing on standard output.
    #[track_caller]
    pub fn expect_error(self) -> Self {
        let ran = self.expect(2);
        assert_eq!(ran.stdout, "", "results only on standard output");
        assert!(ran.stderr.contains("error"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        assert_eq!(ran.stderr.matches("error: ").count(), 1, "said once that it is one: {}", ran.stderr);
        ran
    }
}

/// The program, to be run in a folder. It asks nothing.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(path());
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// Runs the program in a folder.
pub fn nittio<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Ran {
    command(folder).args(arguments).output().unwrap().into()
}
