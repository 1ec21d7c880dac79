//! The study file `nittio.toml`: what a person says a study is.
//!
//! Strict: an unknown key is refused, a quantity is text with its unit, a path is relative to the file.

pub mod error;
pub mod load;

pub mod candidates;
pub mod check;
mod check_aid;
mod check_areas;
mod check_goals;
mod check_outputs;
mod check_profiles;
pub mod defaults;
pub mod mapped;
pub mod official;
mod outputs;
pub mod plans;
mod raw;
mod rules;
pub mod scenario_text;
pub mod scenarios;
mod sources;
mod technologies;

pub mod reference;
pub mod schema;
pub mod template;
mod wording;

#[cfg(test)]
mod least;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;
use jiff::civil::Date;
use nittio_core::secrecy::Secrecy;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

pub use outputs::{Both, EditionSettings, IndicatorSettings, OpenDataSettings, PictureSize, ReportSettings};
pub use rules::{
    CategorySettings, GoalEntry, NearSettings, ProfileEntry, SafetySettings, StateAidSettings, SupportRankingSettings,
    SupportSettings,
};
pub use sources::{
    AreasSource, FileSource, FootprintsSource, OffersSource, PlacesSource, RepresentativePoint, ReviewSource,
    ServiceColumns, SettlementsSource,
};

/// A study file, as written: nothing that it names has been opened.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StudyFile {
    /// What the study is.
    pub study: About,
    /// Who is to be reached.
    pub places: Vec<PlacesSource>,
    /// Where services can be had, by area.
    #[serde(default)]
    pub footprints: Vec<FootprintsSource>,
    /// What was offered to whom, by place id.
    #[serde(default)]
    pub offers: Vec<OffersSource>,
    /// What people who know the places have answered, in files that `nittio review import` writes. An answer goes before what
    /// footprints and offers say.
    #[serde(default)]
    pub review: Vec<ReviewSource>,
    /// The levels that figures are reported for, by key: `municipality`, `county`, or your own.
    #[serde(default)]
    pub areas: IndexMap<String, AreasSource>,
    /// Borders of localities and smaller localities.
    #[serde(default)]
    pub settlements: Vec<SettlementsSource>,
    /// When a place is near a service. Left out, with no profile that counts `near`, nothing is looked for.
    pub near: Option<NearSettings>,
    /// What is not known exactly, to say how safe the verdicts are.
    #[serde(default)]
    pub safety: SafetySettings,
    /// Official figures to hold the study's against.
    #[serde(default)]
    pub official: Vec<official::OfficialSource>,
    /// White, grey and black places by state-aid rules. Left out, they are not counted; an empty section counts by the built-in
    /// rule.
    pub state_aid: Option<StateAidSettings>,
    /// Which places the Swedish support scheme (bredbandsstöd) is for. Left out, they are not looked for; an empty section looks by
    /// the built-in rule.
    pub support: Option<SupportSettings>,
    /// Which places are listed when they lack a speed.
    #[serde(default)]
    pub categories: CategorySettings,
    /// Definitions of access; the first is the main one. Default: connected or passed, in service on the as-of date.
    #[serde(default)]
    pub profiles: Vec<ProfileEntry>,
    /// Goals, built-in ones by id or the study's own. Default: `se-2009-2020` for population and workplaces.
    #[serde(default)]
    pub goals: Vec<GoalEntry>,
    /// What if? Services added, removed and replaced, and what that would change.
    #[serde(default)]
    pub scenarios: Vec<scenarios::ScenarioEntry>,
    /// Projects that may be built, and what they cost.
    #[serde(default)]
    pub projects: Vec<plans::ProjectsSource>,
    /// Plans: which projects to build, so that a goal is reached at least cost or money reaches most.
    #[serde(default)]
    pub plans: Vec<plans::PlanEntry>,
    /// Projects that `nittio candidates` proposes where nobody has drawn any. Left out, or empty, all is as by default.
    pub candidates: Option<candidates::CandidateSettings>,
    /// In which order projects would be given support. Left out, they are not ranked; an empty section ranks by the built-in rule.
    pub support_ranking: Option<SupportRankingSettings>,
    /// Which indicators to compute.
    #[serde(default)]
    pub indicators: IndicatorSettings,
    /// How the report looks and what it puts first.
    #[serde(default)]
    pub report: ReportSettings,
    /// Which editions a run writes, and what the public one keeps back.
    #[serde(default)]
    pub editions: EditionSettings,
    /// What a catalogue of open data asks for. Open data are written with the public edition; with this section also when every
    /// source is open.
    pub open_data: Option<OpenDataSettings>,
}

impl StudyFile {
    /// Who may see the study file itself: it names every source, so it is as secret as the most secret of them.
    #[must_use]
    pub fn secrecy(&self) -> Secrecy {
        let places = self.places.iter().map(|source| &source.file);
        let networks = self.footprints.iter().map(|s| &s.file).chain(self.offers.iter().map(|s| &s.file));
        let networks = networks.chain(self.review.iter().map(|s| &s.file));
        let networks = networks.chain(self.projects.iter().map(|s| &s.file));
        let areas = self.areas.values().filter_map(|source| source.file.as_ref());
        let files = places.chain(networks).chain(areas).chain(self.settlements.iter().map(|source| &source.file));
        let official = self.official.iter().map(|source| source.secrecy);
        files.map(|file| file.secrecy).chain(official).fold(Secrecy::Internal, Secrecy::max)
    }
}

/// What the study is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Its name, the report's title.
    pub name: String,
    /// The day the figures are for.
    #[serde(deserialize_with = "mapped::date")]
    #[schemars(schema_with = "schema::day_schema")]
    pub as_of: Date,
    /// The working CRS: `EPSG:3006` (default), another projected one, or `as-is` for the files' own units.
    #[serde(default = "default_crs")]
    #[schemars(with = "String", default = "default_crs_text")]
    pub crs: Spanned<String>,
    /// The language of the report: `sv` (default) or `en`.
    #[serde(default)]
    pub locale: Locale,
    /// The country that places are guarded to lie in: `SE` (default when the working CRS is Swedish) or `none`.
    #[schemars(with = "Option<String>")]
    pub country: Option<Spanned<String>>,
    /// A sentence that every reader should see first, for example that the data are synthetic.
    pub notice: Option<String>,
}

/// A language of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Swedish.
    #[default]
    Sv,
    /// English.
    En,
}

fn default_crs() -> Spanned<String> {
    Spanned::new(0..0, "EPSG:3006".to_owned())
}

fn default_crs_text() -> String {
    "EPSG:3006".to_owned()
}
