//! What is asked of a study: `nittio compare`, `plan`, `candidates`, `explain`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::{Memory, StudyArgs};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    nittio compare base delta                     what the scenario delta would change\n  \
    nittio compare base plans copper-off --project lan\n  \
    nittio compare base delta --format csv > delta.csv\n  \
    nittio compare base north south --overlaps    who gets it by both, area by area\n  \
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
    /// Of scenarios that only add: what they give each area two by two, each alone and both, instead of what each changes; csv is then the
    /// form of scenario-overlaps.csv
    #[arg(long)]
    pub(crate) overlaps: bool,
    /// Of saved results: write a page with tables and figures, pictures of them, and trend.csv
    #[arg(long, value_name = "FOLDER")]
    pub(crate) report: Option<PathBuf>,
    /// Colours, typeface and logo of that page, from a theme file, instead of the last result's, as for nittio run
    #[arg(long, value_name = "FILE", requires = "report")]
    pub(crate) theme: Option<PathBuf>,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    Table,
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    Place,
    Goal,
    Indicator,
    Profile,
    Rule,
}
