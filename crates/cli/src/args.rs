//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use nittio_core::quantity::{Metres, Share};

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

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    nittio run                                    the embedded study, report in out/\n  \
    nittio run --project lan/nittio.toml --output rapport\n  \
    nittio run --format csv > kommuner.csv        the table as CSV (what a pipe gets anyway)\n  \
    nittio run --fail-on goal                     exit code 1 when an area misses the goal\n  \
    nittio run --public                           also the edition that may be published, in out/public\n  \
    nittio run --pdf                              also the report as tagged PDF, out/report.pdf\n  \
    nittio run --theme region.toml                in the colours of a region\n  \
    nittio run --pictures page,slides,print       every figure for slides and for print too\n  \
    nittio run --index nittio.index               polygons from the file that nittio index wrote\n  \
    nittio run --since out                        again, after a footprint file has changed")]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) study: StudyArgs,
    /// Where results are written
    #[arg(short, long, value_name = "DIR", default_value = "out")]
    pub(crate) output: PathBuf,
    /// An index that nittio index wrote of this study, instead of reading and cutting its polygons; refused when a file of
    /// polygons or a setting that says how to read them has changed since
    #[arg(long, value_name = "FILE")]
    pub(crate) index: Option<PathBuf>,
    /// The output folder of the last run, which may be --output itself: only places where footprints have changed since then are
    /// joined anew, and what is written is the same as without; when anything else has changed, all places are joined and
    /// it is said why
    #[arg(long, value_name = "DIR")]
    pub(crate) since: Option<PathBuf>,
    /// Write the public edition too, into DIR/public: small counts kept back, no place, no secret source
    #[arg(long)]
    pub(crate) public: bool,
    /// Write the report as PDF too, tagged as PDF/UA-1 asks: report.pdf, and public/report.pdf with --public; only in a
    /// program that was built with --features pdf
    #[arg(long)]
    pub(crate) pdf: bool,
    /// Colours, typeface and logo for page, pictures and PDF instead of nittio's, from a theme file; refused when not everybody
    /// can read them or tell them apart
    #[arg(long, value_name = "FILE")]
    pub(crate) theme: Option<PathBuf>,
    /// What pictures are drawn for [default: as the study file says, and that says page]
    #[arg(long, value_enum, value_name = "SIZE,…", value_delimiter = ',')]
    pub(crate) pictures: Vec<PictureSize>,
    /// How the table is printed [default: table on a terminal, csv in a pipe]
    #[arg(short, long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Answer with exit code 1 when this is so
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) fail_on: Option<FailOn>,
    /// Do not write places.parquet: for when only the figures are wanted of very many places
    #[arg(long)]
    pub(crate) without_places: bool,
    /// How much memory to plan for: places that wait to be put in order take an eighth of it, the rest of them waits on disk; polygons and figures take what they need
    #[arg(long, value_name = "SIZE", default_value = "1GB")]
    pub(crate) memory: Memory,
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
    nittio report out                             all of it again, the same bytes as the run's\n  \
    nittio report out --locale en --output english  in English, in a folder of its own\n  \
    nittio report out --only html,pdf             the page and the PDF, not the pictures\n  \
    nittio report out --only pictures --pictures slides  every figure as a slide\n  \
    nittio report out --edition public            the public edition, in out/public\n\n\
    A run leaves result.nittio in its output folder: figures, borders and the study file, no place. Nothing else is read, so the\n\
    study's files need not be there. Files that are not drawn again stay as they are.")]
pub(crate) struct ReportArgs {
    /// The output folder of a run
    #[arg(value_name = "RESULT", default_value = "out")]
    pub(crate) result: PathBuf,
    /// Draw only these [default: all]
    #[arg(long, value_enum, value_name = "PART,…", value_delimiter = ',')]
    pub(crate) only: Vec<Part>,
    /// The language [default: as the study file says]
    #[arg(long, value_enum)]
    pub(crate) locale: Option<Language>,
    /// Colours, typeface and logo instead of the run's, from a theme file, as for nittio run
    #[arg(long, value_name = "FILE")]
    pub(crate) theme: Option<PathBuf>,
    /// What pictures are drawn for, as for nittio run
    #[arg(long, value_enum, value_name = "SIZE,…", value_delimiter = ',')]
    pub(crate) pictures: Vec<PictureSize>,
    /// Which edition
    #[arg(long, value_enum, default_value = "internal")]
    pub(crate) edition: Edition,
    /// Where the files are written [default: in place of the run's own]
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PictureSize {
    /// A page on the web, or anything else: pictures/
    Page,
    /// A slide of 16 to 9: pictures/slides/
    Slides,
    /// A column of a printed A4 page: pictures/print/
    Print,
}

/// A part of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// report.html
    Html,
    /// kommun/, a page per area
    Kommun,
    /// pictures/
    Pictures,
    /// tables.xlsx and areas-excel.csv
    Tables,
    /// report.pdf, which is drawn only when it is named
    Pdf,
}

/// Who a report is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Edition {
    /// Those who work with the study
    Internal,
    /// Everyone: small counts kept back
    Public,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    nittio compare base delta                     what the scenario delta would change\n  \
    nittio compare base plans copper-off --project lan\n  \
    nittio compare base delta --format csv > delta.csv\n  \
    nittio compare --scenario 'plans: add status=planned technology=fibre; remove operator=\"Kabel AB\"'\n  \
    nittio compare out delta                      the same of a saved result: nothing is joined\n  \
    nittio compare out --scenario '1G: replace technology=cable by down=\"1 Gbit/s\" up=\"100 Mbit/s\"'\n  \
    nittio compare out-2024 out-2025              two saved results: two years, two deliveries\n  \
    nittio compare 2023.nittio 2024.nittio 2025.nittio --report utveckling\n\n\
    Scenarios are [[scenarios]] of the study file, or typed; `base` is the study as it is, and the key of a profile is that\n\
    definition. A folder with a result.nittio, or such a file, is a saved result. A study's places are joined once, and nothing is\n\
    written without --report. docs/methods/scenarios.md says what is compared, docs/methods/trends.md how results are.")]
pub(crate) struct CompareArgs {
    /// Scenarios: what the others are held against, then the others: `base`, scenarios, definitions; after a saved result, of that
    /// result. Or two saved results or more, the oldest first
    #[arg(required_unless_present = "scenario", value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// A scenario that is not in the study file: its key, a colon, and rules with semicolons between them. A rule is add, remove or
    /// replace with fields as in [[scenarios]], replace also by and what services are instead; name=, base= and day= are
    /// said of the whole
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) scenario: Vec<String>,
    #[command(flatten)]
    pub(crate) study: StudyArgs,
    /// An index that nittio index wrote of this study, as for nittio run
    #[arg(long, value_name = "FILE")]
    pub(crate) index: Option<PathBuf>,
    /// How the table is printed [default: table on a terminal, csv in a pipe]; csv is the form of scenarios.csv, and of trend.csv
    /// for results
    #[arg(short, long, value_enum)]
    pub(crate) format: Option<CompareFormat>,
    /// Of saved results: write a page with tables and figures, pictures of them, and trend.csv
    #[arg(long, value_name = "FOLDER")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    nittio plan                                   every plan of the study\n  \
    nittio plan every-municipality --project lan\n  \
    nittio plan --format csv > projects.csv       in the form of plan-projects.csv\n\n\
    Plans are [[plans]] of the study file, and what may be built is in [[projects]]. All places are joined once, nothing is\n\
    written; nittio run writes plans.csv, plan-projects.csv and plan-areas.csv. Exit code 1: a plan cannot be made.\n\
    A plan's curve and sensitivity, and the [support_ranking] of the projects, are printed with the table.\n\
    docs/methods/plans.md says what is chosen and how.")]
pub(crate) struct PlanArgs {
    /// The keys of plans [default: all]
    #[arg(value_name = "KEY")]
    pub(crate) keys: Vec<String>,
    #[command(flatten)]
    pub(crate) study: StudyArgs,
    /// An index that nittio index wrote of this study, as for nittio run
    #[arg(long, value_name = "FILE")]
    pub(crate) index: Option<PathBuf>,
    /// How it is printed [default: table on a terminal, csv in a pipe]
    #[arg(short, long, value_enum)]
    pub(crate) format: Option<CompareFormat>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    nittio candidates                             of the study here, into candidates/\n  \
    nittio candidates lan --output forslag\n\n\
    Places that lack the goal's first speed are put together where they lie close, and joined to the nearest network. [candidates] of\n\
    the study file says how; without it all is as by default. Written are candidates.gpkg, to be drawn on in QGIS and named under\n\
    [[footprints]], candidates.csv for [[projects]], and candidates-account.csv, in which no place is missing.\n\
    docs/methods/candidates.md says what is done and what not.")]
pub(crate) struct CandidatesArgs {
    /// The study file, or the folder it is in [default: as --project]
    #[arg(value_name = "STUDY", conflicts_with_all = ["project", "example"])]
    pub(crate) path: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) study: StudyArgs,
    /// Where they are written; not where a run writes its results
    #[arg(short, long, value_name = "FOLDER", default_value = "candidates")]
    pub(crate) output: PathBuf,
    /// An index that nittio index wrote of this study, as for nittio run
    #[arg(long, value_name = "FILE")]
    pub(crate) index: Option<PathBuf>,
    /// How much memory to plan for, as for nittio run
    #[arg(long, value_name = "SIZE", default_value = "1GB")]
    pub(crate) memory: Memory,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    nittio explain place J0001234                 which services reach this place, and why\n  \
    nittio explain goal se-2009-2020\n  \
    nittio explain indicator 'down>=100 Mbit/s'\n  \
    nittio explain profile connected+passed       without a key: the study's definitions\n  \
    nittio explain rule boundary                  without a name: the list of rules")]
pub(crate) struct ExplainArgs {
    /// What kind of thing
    #[arg(value_enum)]
    pub(crate) what: What,
    /// Its id, key or name; without one, the list of what there is
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) study: StudyArgs,
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

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    nittio generate --places 1M --seed 1 --output land\n  \
    nittio run --project land\n  \
    nittio generate --places 250k --seed 1 --output land --places-only --order random\n\n\
    The same arguments give the same bytes, whatever the threads. docs/methods/synthetic-country.md says what is drawn.")]
pub(crate) struct GenerateArgs {
    /// How many places: 250000, 250k or 10M; from 1 to 200M
    #[arg(long, value_name = "N", value_parser = count)]
    pub(crate) places: u64,
    /// What the country is drawn from; another seed gives another country
    #[arg(long, value_name = "N")]
    pub(crate) seed: u64,
    /// Where the files are written
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// The format of the places; polygons are GeoParquet, or GeoJSON with geojson
    #[arg(short, long, value_enum, default_value = "parquet")]
    pub(crate) format: PlaceFormat,
    /// The order of the places
    #[arg(long, value_enum, default_value = "register")]
    pub(crate) order: RowOrder,
    /// The part of the footprints to make, over 0 and up to 1
    #[arg(long, value_name = "PART", default_value_t = 1.0)]
    pub(crate) scale: f64,
    /// Write the places alone, beside polygons of the same seed and scale
    #[arg(long)]
    pub(crate) places_only: bool,
    /// Write also into a folder with files that were not made here
    #[arg(long)]
    pub(crate) force: bool,
    /// How many threads to use [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlaceFormat {
    Parquet,
    Geoparquet,
    Csv,
    Geojson,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowOrder {
    /// Municipality by municipality, town by town
    Register,
    /// The same places, shuffled
    Random,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    nittio bench --preset small                   a made-up country of 20 000 places, three runs\n  \
    nittio bench --project lan --output bench     your own study; bench/bench.json and bench/bench.svg\n  \
    nittio bench --preset county --threads 1,2,4  does it get faster with more threads?\n  \
    nittio bench --preset national --growth       does time grow as the number of places does?\n  \
    nittio bench --project lan --repeat 5 --compare bench/bench.json\n\n\
    Exit code 1 with --compare: a phase is slower than before, beyond the spread of the runs. 2: not measured, or LAST is of \
    another study or machine. docs/bench.md says what each phase is.")]
pub(crate) struct BenchArgs {
    /// The study file, or the folder it is in [default: ./nittio.toml, else the embedded example]
    #[arg(short, long, value_name = "STUDY", conflicts_with = "preset")]
    pub(crate) project: Option<PathBuf>,
    /// A made-up country instead, in a temporary folder
    #[arg(long, value_enum)]
    pub(crate) preset: Option<Preset>,
    /// How many places the preset gets
    #[arg(long, value_name = "N", value_parser = count, requires = "preset")]
    pub(crate) places: Option<u64>,
    /// The part of the preset's footprints to make; with several, how time grows with vertices
    #[arg(long, value_name = "PART,…", value_delimiter = ',', requires = "preset")]
    pub(crate) scale: Vec<f64>,
    /// What the preset is drawn from
    #[arg(long, value_name = "N", requires = "preset")]
    pub(crate) seed: Option<u64>,
    /// How often to run
    #[arg(short, long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) repeat: u16,
    /// Numbers of threads to measure with [default: all cores]
    #[arg(long, value_name = "N,…", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Vec<u16>,
    /// Measure a tenth, a third and all of the places, and say how time grows with them
    #[arg(long)]
    pub(crate) growth: bool,
    /// How much memory to use for places that wait to be put in order
    #[arg(long, value_name = "SIZE", default_value = "1GB")]
    pub(crate) memory: Memory,
    /// How figures are printed [default: table on a terminal, csv in a pipe]
    #[arg(short, long, value_enum)]
    pub(crate) format: Option<BenchFormat>,
    /// Write bench.json and bench.svg into this folder
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Hold the figures against an earlier bench.json
    #[arg(long, value_name = "LAST")]
    pub(crate) compare: Option<PathBuf>,
    /// Take the figures from a bench.json instead of measuring
    #[arg(long, value_name = "FILE", conflicts_with_all = ["project", "preset", "threads", "growth", "repeat", "memory"])]
    pub(crate) measured: Option<PathBuf>,
}

/// A made-up country to measure with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Preset {
    /// 20 000 places, and a fiftieth of the footprints
    Small,
    /// 140 000 places, and a fifth of the footprints
    County,
    /// 4 000 000 places, and all footprints
    National,
}

impl Preset {
    /// Its name, its places, and its part of the footprints.
    pub(crate) const fn of(self) -> (&'static str, u64, f64) {
        match self {
            Self::Small => ("small", 20_000, 0.02),
            Self::County => ("county", 140_000, 0.2),
            Self::National => ("national", 4_000_000, 1.0),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BenchFormat {
    Table,
    Csv,
    Json,
}

/// A whole number that may end in k or M.
fn count(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1000),
        None => text.strip_suffix(['m', 'M']).map_or((text, 1), |digits| (digits, 1_000_000)),
    };
    let number = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    number.ok_or_else(|| "write a whole number such as 250000, 250k or 10M".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    Sv,
    En,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Csv,
    Json,
    Geojson,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    Table,
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    Table,
    Csv,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// An area of the report's level misses the report's goal
    Goal,
    /// The input has findings
    Findings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    Place,
    Goal,
    Indicator,
    Profile,
    Rule,
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
