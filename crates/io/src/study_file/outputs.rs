//! What comes out: which indicators, how the report looks, which editions, what a catalogue of open data asks for.

use jiff::civil::Date;
use nittio_core::{quantity::Speed, unit::Unit};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{mapped, schema};

/// Which indicators to compute.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorSettings {
    /// Speed thresholds, down and up. Default: 10, 30, 100 Mbit/s and 1 Gbit/s.
    #[serde(default = "default_speeds")]
    #[schemars(with = "Vec<schema::SpeedText>")]
    pub speeds: Vec<Speed>,
    /// Pairs of download and upload that one service must have: `[{ down = "100 Mbit/s", up = "30 Mbit/s" }]`. Default: none.
    #[serde(default)]
    pub both: Vec<Both>,
    /// Speeds at which a service counts as symmetrical: at least that much down, and as much up as down. Default: none.
    #[serde(default)]
    #[schemars(with = "Vec<schema::SpeedText>")]
    pub symmetrical: Vec<Speed>,
    /// Numbers of independent owners of networks: `[2]` for at least two. Where no owner is known the operator counts as one.
    /// Default: none.
    #[serde(default)]
    pub owners: Vec<u8>,
    /// Whether to count who is reached by an open network, in which other providers may sell. Default: false.
    #[serde(default)]
    pub open_access: bool,
    /// Whether to count who depends on one owner alone. Default: false.
    #[serde(default)]
    pub single_owner: bool,
}

impl Default for IndicatorSettings {
    fn default() -> Self {
        Self {
            speeds: default_speeds(),
            both: Vec::new(),
            symmetrical: Vec::new(),
            owners: Vec::new(),
            open_access: false,
            single_owner: false,
        }
    }
}

/// A download and an upload speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Both {
    /// The least download.
    #[schemars(with = "schema::SpeedText")]
    pub down: Speed,
    /// The least upload.
    #[schemars(with = "schema::SpeedText")]
    pub up: Speed,
}

/// How the report looks and what it puts first.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportSettings {
    /// The level that tables and maps are drawn for. Default: `municipality`, else the first level.
    #[schemars(with = "Option<String>")]
    pub level: Option<Spanned<String>>,
    /// The id of the goal that comes first. Default: the first goal.
    #[schemars(with = "Option<String>")]
    pub goal: Option<Spanned<String>>,
    /// The unit that maps and bars are drawn for. Default: the goal's first unit that the study has, else places.
    #[schemars(with = "Option<String>")]
    pub unit: Option<Unit>,
    /// Whether a run also writes `grid.csv`: who lacks what, square kilometre by square kilometre. It needs coordinates in metres.
    /// Default: false.
    #[serde(default)]
    pub grid: bool,
    /// Whether a run also writes `places-lacking.pmtiles`: every place with a position that lacks a speed of the goals, as dots that
    /// the page and other maps can show. It needs a CRS. Default: false.
    #[serde(default)]
    pub points: bool,
    /// Whether the internal edition's page can show where each technology is, in service and planned. Default: false.
    #[serde(default)]
    pub footprints: bool,
    /// A theme file: colours, typeface and logo of the report. `--theme` goes before it. Default: nittio's own look.
    #[schemars(with = "Option<String>")]
    pub theme: Option<Spanned<String>>,
    /// What pictures are drawn for: `page`, `slides` (16 to 9, in `pictures/slides`), `print` (a column of A4, in
    /// `pictures/print`). Default: `["page"]`.
    pub pictures: Option<Vec<PictureSize>>,
}

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PictureSize {
    /// A page on the web, or anything else.
    Page,
    /// A slide of 16 to 9.
    Slides,
    /// A column of a printed A4 page.
    Print,
}

/// Which editions a run writes, and what the public one keeps back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditionSettings {
    /// Whether a run also writes the public edition, into the folder `public`. Default: false; `nittio run --public` asks for
    /// it too.
    #[serde(default)]
    pub public: bool,
    /// Counts above 0 and below this are kept back in the public edition. Default: 5, as Statistics Sweden (SCB) does.
    #[serde(default = "default_threshold")]
    #[schemars(range(min = 2))]
    pub threshold: u64,
    /// Whether 0 is kept back too, where it says that all have or that nobody has. Default: false.
    #[serde(default)]
    pub protect_zeros: bool,
}

impl Default for EditionSettings {
    fn default() -> Self {
        Self { public: false, threshold: default_threshold(), protect_zeros: false }
    }
}

/// What a catalogue of open data asks for. What is not said is left out of `datapackage.json` and `dcat.jsonld`, and the run says so.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenDataSettings {
    /// The organisation that publishes.
    pub publisher: Option<String>,
    /// The address that identifies the organisation in catalogues, `http://…`.
    pub publisher_uri: Option<String>,
    /// Whom questions go to. Prefer a function to a person.
    pub contact_name: Option<String>,
    /// Where questions go to.
    pub contact_email: Option<String>,
    /// The address of the licence that the data are published under, for example
    /// `http://creativecommons.org/publicdomain/zero/1.0/`. There is no default: who publishes decides.
    pub licence: Option<String>,
    /// The address that the folder `open-data` will have on the web, `https://…`.
    pub base_url: Option<String>,
    /// The day that the data are published.
    #[serde(default, deserialize_with = "mapped::optional_date")]
    #[schemars(schema_with = "schema::day_schema")]
    pub issued: Option<Date>,
}

fn default_threshold() -> u64 {
    5
}

fn default_speeds() -> Vec<Speed> {
    [10, 30, 100, 1000].map(Speed::from_mbps).to_vec()
}
