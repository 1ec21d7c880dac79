//! The command line.

mod ask;
mod input;
mod made_up;
mod run;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use ask::{CandidatesArgs, CompareArgs, CompareFormat, ExplainArgs, PlanArgs, What};
pub(crate) use input::{
    CheckArgs, CheckFormat, IndexArgs, InitArgs, ReviewCommand, ReviewExportArgs, ReviewImportArgs, VerifyArgs,
};
pub(crate) use made_up::{BenchArgs, BenchFormat, GenerateArgs, PlaceFormat, Preset, RowOrder};
pub(crate) use run::{Edition, FailOn, Format, Part, PictureSize, ReportArgs, RunArgs};

/// Counts which homes and workplaces a network reaches, and says so per kommun.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    max_term_width = 100,
    after_help = "Exit codes: 0 done; 1 done, and the answer is no (findings, a missed goal under --fail-on, a delivery to look at under --against, slower under --compare); 2 not done.\n\
                  Documentation: docs/ in the repository, `nittio explain rule` for the methods."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Join, count, assess, and write the report
    Run(RunArgs),
    /// Read every file of a study and list what is odd; computes nothing
    Check(CheckArgs),
    /// Send places out to people who know them, and take their answers back
    #[command(subcommand)]
    Review(ReviewCommand),
    /// Draw the report of a run again, in another language or only some of it, without the study's files
    Report(ReportArgs),
    /// Hold scenarios of a study, or results of several runs, against each other, kommun by kommun
    Compare(CompareArgs),
    /// Choose which projects to build: a goal at least cost, or most for the money
    Plan(PlanArgs),
    /// Propose projects where nobody has drawn any: outlines, routes and costs, for a planner to change
    Candidates(CandidatesArgs),
    /// Say what an indicator, a goal, a definition, a rule or one place's figures mean
    Explain(ExplainArgs),
    /// Read and cut a study's polygons once, into a file that later runs use
    Index(IndexArgs),
    /// Read a public edition again and prove that nothing in it gives away what should not be known
    Verify(VerifyArgs),
    /// Write a commented study file into an empty folder
    Init(InitArgs),
    /// Make a country up, in any size, with a study file
    Generate(GenerateArgs),
    /// Measure how long a run takes here, phase by phase
    Bench(BenchArgs),
    /// Print the JSON Schema of the study file
    Schema,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Which study.
#[derive(Debug, clap::Args)]
pub(crate) struct StudyArgs {
    /// The study file, or the folder it is in [default: ./nittio.toml, else the embedded example]
    #[arg(short, long, value_name = "STUDY")]
    pub(crate) project: Option<PathBuf>,
    /// An embedded example instead of a study of your own
    #[arg(long, value_enum, conflicts_with = "project")]
    pub(crate) example: Option<Example>,
    /// How many threads to use [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
}

/// A study that the program carries with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Example {
    /// Jönköpings län: real borders, synthetic addresses and networks
    Jonkoping,
    /// A dozen places, every number countable by hand
    Toyland,
}

/// An amount of memory: `512MB`, `1GB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Memory {
    bytes: usize,
}

impl Memory {
    /// How many bytes of places may wait: an eighth, since sorting and merging need room beside them.
    pub(crate) const fn for_places(self) -> usize {
        self.bytes / 8
    }
}

impl std::str::FromStr for Memory {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not an amount of memory; write 512MB or 1GB");
        let digits = text.trim().trim_end_matches(|c: char| !c.is_ascii_digit());
        let factor = match text.trim()[digits.len()..].trim().to_ascii_uppercase().as_str() {
            "MB" | "M" => 1_000_000,
            "GB" | "G" => 1_000_000_000,
            _ => return Err(wrong()),
        };
        let number: usize = digits.parse().map_err(|_| wrong())?;
        let bytes = number.checked_mul(factor).filter(|&bytes| bytes >= 64_000_000);
        bytes.map(|bytes| Self { bytes }).ok_or_else(|| format!("{text} is too little; give at least 64MB"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    Sv,
    En,
}

#[cfg(test)]
mod tests {
    use super::Memory;

    #[test]
    fn memory_is_read_with_its_unit_and_refused_without() {
        assert_eq!("1GB".parse(), Ok(Memory { bytes: 1_000_000_000 }));
        assert_eq!("512 mb".parse(), Ok(Memory { bytes: 512_000_000 }));
        for wrong in ["", "1", "GB", "one GB", "1.5GB", "1MB", "99999999999999999999GB"] {
            assert!(wrong.parse::<Memory>().is_err(), "{wrong}");
        }
    }
}
