//! Made-up countries, and how long a run takes: `nittio generate`, `nittio bench`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::Memory;

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
