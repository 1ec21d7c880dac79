//! The study file `nittio.toml`: what a person says a study is.
//!
//! Strict: an unknown key is refused, a quantity is text with its unit, a path is relative to the file.

pub mod error;
pub mod load;

pub mod candidates;
pub mod check;
mod check_aid;
mod check_profiles;
pub mod defaults;
pub mod mapped;
pub mod official;
pub mod plans;
mod raw;
pub mod scenario_text;
pub mod scenarios;
mod technologies;

pub mod reference;
pub mod schema;
pub mod template;
mod wording;

#[cfg(test)]
mod tests;

use indexmap::IndexMap;
use jiff::civil::Date;
use nittio_core::{
    goal::{Source, Step, Text},
    near::{Distances, Near},
    quantity::{Kronor, Metres, Share, Speed},
    secrecy::Secrecy,
    service::{Reach, Status, Technology},
    settlement::Settlement,
    unit::Unit,
};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use mapped::Mapped;
use technologies::TechnologyList;

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

/// A file and how to read it. Everything but the path is known from the file unless said.
#[derive(Debug, Clone)]
pub struct FileSource {
    /// The file, relative to the study file; `${NAME}` stands for an environment variable.
    pub path: Spanned<String>,
    /// The layer of a GeoPackage that has several, or the file inside a zip that has several.
    pub layer: Option<Spanned<String>>,
    /// The format, where the file's name does not say it.
    pub format: Option<Spanned<String>>,
    /// The CRS of the coordinates, where the file does not say it or says it wrong.
    pub crs: Option<Spanned<String>>,
    /// Whether east and north are to change places.
    pub swap_axes: bool,
    /// The encoding of a text file: `utf-8`, `windows-1252` or `iso-8859-1`.
    pub encoding: Option<Spanned<String>>,
    /// Who made the file and under which licence; printed in the report.
    pub source: Option<String>,
    /// The licence, where it stands by itself.
    pub licence: Option<String>,
    /// Who may see its rows.
    pub secrecy: Secrecy,
}

impl FileSource {
    /// A file of which nothing is said but where it is; for what is not published.
    #[must_use]
    pub fn of_path(path: Spanned<String>) -> Self {
        Self {
            path,
            layer: None,
            format: None,
            crs: None,
            swap_axes: false,
            encoding: None,
            source: None,
            licence: None,
            secrecy: Secrecy::Internal,
        }
    }
}

/// Places in a file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(from = "raw::Places")]
#[schemars(with = "raw::Places")]
pub struct PlacesSource {
    /// The file.
    pub file: FileSource,
    /// The column with the place's id.
    pub id: Spanned<String>,
    /// The column with the easting or longitude, where the file has no geometry.
    pub easting: Option<Spanned<String>>,
    /// The column with the northing or latitude, where the file has no geometry.
    pub northing: Option<Spanned<String>>,
    /// Which point stands for a polygon or a multipoint.
    pub point: RepresentativePoint,
    /// What the places are: `home`, `workplace`, `school` … A constant, or a column with a map of its words.
    pub category: Option<Mapped<String>>,
    /// The column with what the place is called.
    pub name: Option<Spanned<String>>,
    /// Per unit, the column that has it: `population = "bef"`. An unknown unit is a weight of your own.
    pub units: IndexMap<Unit, Spanned<String>>,
    /// Per level, the column with the area's code.
    pub codes: IndexMap<String, Spanned<String>>,
}

/// Which point stands for a polygon or several points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RepresentativePoint {
    /// A point that is surely inside the polygon; the first of several points.
    #[default]
    Inside,
    /// The centre of gravity, which may lie outside.
    Centroid,
    /// The middle of the bounding box.
    BoxCentre,
}

/// A service, told by constants and columns.
#[derive(Debug, Clone)]
pub struct ServiceColumns {
    /// Who sells it.
    pub operator: Mapped<String>,
    /// Who owns the network. Default: the operator.
    pub owner: Option<Mapped<String>>,
    /// How it gets there.
    pub technology: Option<Mapped<Technology>>,
    /// Download speed; a column of bare numbers is in Mbit/s unless `unit` says otherwise.
    pub down: Option<Mapped<Speed>>,
    /// Upload speed.
    pub up: Option<Mapped<Speed>>,
    /// In service (default), under construction, planned, or only thought of (`candidate`).
    pub status: Option<Mapped<Status>>,
    /// The first day it can be had.
    pub available_from: Option<Mapped<Date>>,
    /// Whether other providers may sell on the network.
    pub open_access: Option<Mapped<bool>>,
    /// The build-out project it belongs to.
    pub project: Option<Mapped<String>>,
    /// What it costs to order and be connected, once.
    pub cost: Option<Mapped<Kronor>>,
    /// The download speed that is stated for the busy hour.
    pub busy_down: Option<Mapped<Speed>>,
    /// How it reaches: `passed` is the default of footprints, `connected` of offer lists.
    pub reach: Option<Mapped<Reach>>,
}

/// Footprints in a file: polygons in which a service can be had.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(from = "raw::Footprints")]
#[schemars(with = "raw::Footprints")]
pub struct FootprintsSource {
    /// The file.
    pub file: FileSource,
    /// The column with the footprint's own name or id.
    pub name: Option<Spanned<String>>,
    /// The service.
    pub service: ServiceColumns,
}

/// An offer list: rows of place id and service.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(from = "raw::Offers")]
#[schemars(with = "raw::Offers")]
pub struct OffersSource {
    /// The file.
    pub file: FileSource,
    /// The column with the place's id.
    pub place: Spanned<String>,
    /// The service.
    pub service: ServiceColumns,
}

/// Answers of a review.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(from = "raw::Review")]
#[schemars(with = "raw::Review")]
pub struct ReviewSource {
    /// The file.
    pub file: FileSource,
}

/// One level of areas: from polygons, from the places' code column, or from another level's codes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(try_from = "raw::Areas")]
#[schemars(with = "raw::Areas")]
pub struct AreasSource {
    /// The file with borders, or only with codes and names; none when the places' codes are all there is.
    pub file: Option<FileSource>,
    /// The column with the code.
    pub code: Option<Spanned<String>>,
    /// The column with the name.
    pub name: Option<Spanned<String>>,
    /// Names by code, for levels without a file.
    pub names: IndexMap<String, String>,
    /// Another level whose codes begin with this level's: `from = "municipality", digits = 2`.
    pub from: Option<Spanned<String>>,
    /// How many characters of the other level's code.
    pub digits: Option<u8>,
}

/// Settlement polygons in a file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(from = "raw::Settlements")]
#[schemars(with = "raw::Settlements")]
pub struct SettlementsSource {
    /// The file.
    pub file: FileSource,
    /// `locality` (tätort) or `smaller_locality` (småort): a constant, or a column with a map.
    pub class: Mapped<Settlement>,
    /// The year that the borders are drawn for.
    pub vintage: Option<i16>,
}

/// What is not known exactly, to say how safe the verdicts are.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SafetySettings {
    /// How far off coordinates of places, or borders of footprints, may be: `10 m`. Default: not known, so nothing is varied, and the
    /// report says so.
    #[schemars(with = "Option<schema::DistanceText>")]
    pub coordinate_error: Option<Spanned<Metres>>,
    /// How much shorter and longer every distance of `[near]` may be, where the main definition counts what is near: `25 m`. Default: the
    /// distances are not varied, and the report says so.
    #[schemars(with = "Option<schema::DistanceText>")]
    pub near_error: Option<Spanned<Metres>>,
}

/// When a place is near a service: within a distance of a place that is connected to it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NearSettings {
    /// How far, for places in localities (tätorter). Default: 50 m.
    #[schemars(with = "Option<schema::DistanceText>")]
    pub locality: Metres,
    /// How far, for places in smaller localities (småorter). Default: 50 m.
    #[schemars(with = "Option<schema::DistanceText>")]
    pub smaller_locality: Metres,
    /// How far, for places outside both, and for all places of a study without settlements. Default: 50 m.
    #[schemars(with = "Option<schema::DistanceText>")]
    pub outside: Metres,
    /// How far, for places whose settlement class is not known. Default: 50 m.
    #[schemars(with = "Option<schema::DistanceText>")]
    pub unknown: Metres,
    /// Only connections by these technologies make their neighbours near; words as in `technologies` of profiles. Default:
    /// `["fibre"]`.
    #[schemars(with = "Option<Vec<schema::TechnologyWord>>")]
    pub technologies: TechnologyList,
}

impl Default for NearSettings {
    fn default() -> Self {
        let Near { distance, technologies } = Near::default();
        let Distances { locality, smaller_locality, outside, unknown } = distance;
        Self { locality, smaller_locality, outside, unknown, technologies: TechnologyList(technologies) }
    }
}

/// White, grey and black places: by how many independent fast fixed networks there are, or are planned.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StateAidSettings {
    /// The least download speed of a network that counts. Default: `"100 Mbit/s"`.
    #[schemars(with = "Option<schema::SpeedText>")]
    pub down: Option<Speed>,
    /// Whether that speed must be stated for the busy hour (`busy_down`). Default: false, the speed that is sold counts.
    pub peak: Option<bool>,
    /// Only these technologies count; words as in `technologies` of profiles. Default: `["fixed"]`.
    #[schemars(with = "Option<Vec<schema::TechnologyWord>>")]
    pub technologies: Option<TechnologyList>,
    /// Plans count that are dated at most so many years after `as_of`. Default: 3.
    #[schemars(range(max = 50))]
    pub horizon_years: Option<u8>,
    /// Of which statuses they are: `under-construction`, `planned`. Default: both.
    #[schemars(with = "Option<Vec<schema::PlannedWord>>")]
    pub planned_status: Option<Vec<Status>>,
    /// From so many owners of networks a place is black. Default: 2.
    #[schemars(range(min = 2))]
    pub black_from: Option<u8>,
}

/// Which places the Swedish support scheme is for: without a reliable fast network and a decided plan for one, outside localities.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SupportSettings {
    /// The least download speed of a network that counts. Default: `"100 Mbit/s"`.
    #[schemars(with = "Option<schema::SpeedText>")]
    pub down: Option<Speed>,
    /// Whether that speed must be stated for the busy hour (`busy_down`). Default: false, the speed that is sold counts.
    pub peak: Option<bool>,
    /// Only these technologies are reliable; words as in `technologies` of profiles. Default: `["fibre", "cable", "vdsl", "fwa"]`.
    #[schemars(with = "Option<Vec<schema::TechnologyWord>>")]
    pub technologies: Option<TechnologyList>,
    /// Plans count that are dated at most so many years after `as_of`. Default: 3.
    #[schemars(range(max = 50))]
    pub horizon_years: Option<u8>,
    /// Which of them are decided: `under-construction`, `planned`. Default: both.
    #[schemars(with = "Option<Vec<schema::PlannedWord>>")]
    pub planned_status: Option<Vec<Status>>,
    /// Whether places in localities (tätorter) are left out. Default: true, which needs `[[settlements]]`.
    pub outside_localities: Option<bool>,
}

/// In which order projects would be given support by the Swedish scheme: by the support that is sought for each building.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SupportRankingSettings {
    /// Categories of places that the region has prioritised: `["school"]`. Default: none.
    pub prioritised: Option<Vec<String>>,
    /// What each prioritised building takes off the compared amount. Default: `"2 %"`.
    #[schemars(with = "Option<schema::ShareText>")]
    pub per_prioritised: Option<Share>,
    /// What they take off together, at most. Default: `"50 %"`.
    #[schemars(with = "Option<schema::ShareText>")]
    pub at_most: Option<Share>,
    /// How many buildings with a household or a workplace a project has at least. Default: 1.
    pub at_least: Option<u64>,
    /// Categories of places in which nobody lives or works. Default: `["holiday_home"]`.
    pub without: Option<Vec<String>>,
    /// The download speed that the new network must give. Default: `"1 Gbit/s"`.
    #[schemars(with = "Option<schema::SpeedText>")]
    pub down: Option<Speed>,
}

/// Which places are listed when they lack a speed that a goal asks for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CategorySettings {
    /// These categories: `["school", "library"]`. Default: all but `home`, `holiday_home` and `workplace`.
    pub listed: Option<Vec<String>>,
}

/// A definition of access: a built-in one by `use`, which more keys may narrow; or one of the study's own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileEntry {
    /// The key of a built-in definition: `connected`, `connected+passed`, `connected+passed+near`, or `+planned 2027` (any year:
    /// connected or passed, with plans until its end).
    #[serde(rename = "use")]
    #[schemars(with = "Option<String>")]
    pub builtin: Option<Spanned<String>>,
    /// Its key in files. Default: that of the built-in definition, when nothing else is said of it.
    #[schemars(with = "Option<String>")]
    pub key: Option<Spanned<String>>,
    /// Which ways of reaching a place count: `connected`, `passed`, `near`.
    #[schemars(with = "Option<Vec<schema::ReachWord>>")]
    pub reach: Option<Vec<Reach>>,
    /// Only these technologies count. `wired` stands for fibre, cable, VDSL and other DSL, `fixed` for those and fixed radio
    /// (`fwa`), `all` for all; a word with a minus is taken away: `["fixed", "-xdsl"]`, `["-satellite"]`. Default: all.
    #[schemars(with = "Option<Vec<schema::TechnologyWord>>")]
    pub technologies: Option<TechnologyList>,
    /// Services under construction or planned count when available by this day. Default: they do not.
    #[serde(default, deserialize_with = "mapped::optional_date")]
    #[schemars(schema_with = "schema::day_schema")]
    pub planned_until: Option<Date>,
    /// Which of those count: `under-construction`, `planned`. Default: both.
    #[schemars(with = "Option<Vec<schema::PlannedWord>>")]
    pub planned_status: Option<Vec<Status>>,
    /// Where a place is passed, a service counts only when ordering costs at most this: `"40 000 kr"`. Default: whatever it costs.
    #[schemars(with = "Option<schema::PriceText>")]
    pub order_cost_at_most: Option<Kronor>,
    /// Whether services count whose cost is not known. Default: true.
    pub unknown_cost: Option<bool>,
    /// A download speed counts only when at least half of it is stated for the busy hour. Default: false, speeds count as stated.
    #[serde(default)]
    pub busy_hour: bool,
    /// Whether speeds count as stated when nothing is stated for the busy hour. Default: false.
    pub unknown_busy: Option<bool>,
}

/// A goal: a built-in one by `use`, its units replaced if `units` is given; or one of the study's own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalEntry {
    /// The id of a built-in goal.
    #[serde(rename = "use")]
    #[schemars(with = "Option<String>")]
    pub builtin: Option<Spanned<String>>,
    /// The id of a goal of the study's own.
    #[schemars(with = "Option<String>")]
    pub id: Option<Spanned<String>>,
    /// Its name, by language.
    #[schemars(with = "Option<schema::TextTable>")]
    pub name: Option<Text>,
    /// The year it was decided.
    pub decided: Option<i16>,
    /// The year by whose end it should be reached.
    pub year: Option<i16>,
    /// The units that must all reach it.
    #[schemars(with = "Option<Vec<String>>")]
    pub units: Option<Vec<Unit>>,
    /// Thresholds and shares.
    #[schemars(with = "Option<Vec<schema::StepTable>>")]
    pub steps: Option<Vec<Step>>,
    /// Where it stands.
    #[schemars(with = "Option<schema::SourceTable>")]
    pub source: Option<Source>,
}

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

fn default_crs() -> Spanned<String> {
    Spanned::new(0..0, "EPSG:3006".to_owned())
}

fn default_speeds() -> Vec<Speed> {
    [10, 30, 100, 1000].map(Speed::from_mbps).to_vec()
}

fn default_crs_text() -> String {
    "EPSG:3006".to_owned()
}
