//! What goes in, and what may go out: `nittio check`, `review`, `index`, `verify`, `init`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use nittio_core::quantity::{Metres, Share};

use super::{Example, Language, StudyArgs};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    nittio check                                  what is odd about the input\n  \
    nittio check --against ../2024h1 --out svar   a delivery against the last study, with answers to the operators\n  \
    nittio check --against gammal/fiber.gpkg      one file of footprints against the last one\n\n\
    Exit code 0: nothing found, and with --against nothing to look at. 1: something found. 2: a file cannot be read.\n\
    docs/methods/delivery-check.md says what is compared.")]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) study: StudyArgs,
    /// An index that nittio index wrote of this study, as for nittio run
    #[arg(long, value_name = "FILE")]
    pub(crate) index: Option<PathBuf>,
    /// How findings are printed [default: table on a terminal, csv in a pipe]
    #[arg(short, long, value_enum)]
    pub(crate) format: Option<CheckFormat>,
    /// Hold the networks against the last delivery: its study file, the folder of that, or one file of footprints
    #[arg(long, value_name = "LAST", conflicts_with = "index")]
    pub(crate) against: Option<PathBuf>,
    /// With --against: write rejects.csv, and for each operator a folder with its own rejects.csv and summary.html
    #[arg(long, value_name = "FOLDER", requires = "against")]
    pub(crate) out: Option<PathBuf>,
    /// With --against: the part of what was there that is a jump when it is gained or lost
    #[arg(long, value_name = "SHARE", default_value = "10 %", requires = "against")]
    pub(crate) jump: Share,
    /// With --against: the fewest places that are a jump
    #[arg(long, value_name = "N", default_value_t = 10, requires = "against")]
    pub(crate) jump_places: u64,
    /// With --against: how far outside a footprint a place is a near miss
    #[arg(long, value_name = "DISTANCE", default_value = "25 m", requires = "against")]
    pub(crate) near_miss: Metres,
    /// With --against: polygons of water, to tell footprints that lie over it
    #[arg(long, value_name = "FILE", requires = "against")]
    pub(crate) water: Option<PathBuf>,
    /// With --water: the part of a footprint over water that should be looked at
    #[arg(long, value_name = "SHARE", default_value = "50 %", requires = "water")]
    pub(crate) water_share: Share,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReviewCommand {
    /// Write one workbook per area with the places that people should look at
    Export(ReviewExportArgs),
    /// Read the answers in workbooks into the file that the study names under [[review]]
    Import(ReviewImportArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    nittio review export lan --out granskning\n  \
    nittio review export lan --out granskning --near-miss '50 m'\n\n\
    docs/methods/review.md says which places are asked about.")]
pub(crate) struct ReviewExportArgs {
    /// The study file, or the folder it is in [default: as --project]
    #[arg(value_name = "STUDY", conflicts_with_all = ["project", "example"])]
    pub(crate) path: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) study: StudyArgs,
    /// Where the workbooks are written
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// How far outside a footprint a place is a near miss
    #[arg(long, value_name = "DISTANCE", default_value = "25 m")]
    pub(crate) near_miss: Metres,
    /// Ask about every place, also where there is no reason to or an answer already
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    nittio review import granskning --into overlay.csv\n  \
    nittio review import granskning/review-0680.xlsx --into overlay.csv --who 'A. Berg' --date 2025-02-28\n\n\
    Exit code 0: every answer was read. 1: some rows cannot be read; they are listed. 2: a file cannot be read.")]
pub(crate) struct ReviewImportArgs {
    /// Workbooks, or folders of them
    #[arg(required = true, value_name = "FILES")]
    pub(crate) files: Vec<PathBuf>,
    /// The file of answers; those that are there stay
    #[arg(long, value_name = "FILE")]
    pub(crate) into: PathBuf,
    /// Who has answered, where a row does not say
    #[arg(long, value_name = "NAME")]
    pub(crate) who: Option<String>,
    /// The day of answers, where a row does not say
    #[arg(long, value_name = "DAY")]
    pub(crate) date: Option<jiff::civil::Date>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    nittio index                                  of the study here, into nittio.index\n  \
    nittio index --project lan --output lan/nittio.index\n  \
    nittio run --project lan --index lan/nittio.index\n\n\
    Only areas, footprints and settlements are read. Places and offers may change from run to run; when a file of polygons\n\
    or a setting that says how to read it has changed, a run refuses the index, says what has changed, and ends with exit\n\
    code 2. Files are compared by SHA-256, never by their times.")]
pub(crate) struct IndexArgs {
    #[command(flatten)]
    pub(crate) study: StudyArgs,
    /// Where the index is written
    #[arg(short, long, value_name = "FILE", default_value = "nittio.index")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    nittio run --public && nittio verify --public out/public\n  \
    nittio verify --public out/public --internal out   also that no place of the internal edition can be found in it\n\n\
    Exit code 0: nothing found. 1: something found, said with file, row and what it is. 2: the edition cannot be read.\n\
    docs/methods/editions.md says what may be published, docs/methods/suppression.md why nothing can be worked out.")]
pub(crate) struct VerifyArgs {
    /// The folder of the public edition
    #[arg(long, value_name = "DIR")]
    pub(crate) public: PathBuf,
    /// The folder of the internal edition of the same run, to search for its places and small counts
    #[arg(long, value_name = "DIR")]
    pub(crate) internal: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// The folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Put this example there instead, with its data
    #[arg(long, value_enum)]
    pub(crate) example: Option<Example>,
    /// The language of the comments
    #[arg(long, value_enum, default_value = "sv")]
    pub(crate) locale: Language,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    Table,
    Csv,
    Json,
}
