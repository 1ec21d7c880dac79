//! What counts, and what is asked for: near, safety, state aid, support, categories, definitions of access, goals.

use jiff::civil::Date;
use nittio_core::{
    goal::{Source, Step, Text},
    near::{Distances, Near},
    quantity::{Kronor, Metres, Share, Speed},
    service::{Reach, Status},
    unit::Unit,
};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{mapped, schema, technologies::TechnologyList};

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
