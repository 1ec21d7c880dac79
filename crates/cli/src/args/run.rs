//! `nittio run`, and `nittio report`, which draws its report again.

use std::path::PathBuf;

use clap::ValueEnum;

use super::{Language, Memory, StudyArgs};

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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Csv,
    Json,
    Geojson,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// An area of the report's level misses the report's goal
    Goal,
    /// The input has findings
    Findings,
}
