//! Plans as a study file says them: what may be built, what that costs, and what is asked for.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    str::FromStr,
    time::Duration,
};

use indexmap::IndexMap;
use nittio_core::{
    plan::{Aim, Ask, Build, Shape, Slot, Spread},
    quantity::{Kronor, Metres, Share},
    settlement::Settlement,
    state_aid::Class,
    study::Study,
    unit::Unit,
};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{
    FileSource,
    check::{Check, item},
    defaults,
    load::{At, Loaded},
    mapped::Mapped,
    raw, schema,
};

/// How long a plan is looked for, in seconds, unless the study file says.
const SECONDS: u32 = 60;
/// The same for one of the plans that are made with other costs.
const SECONDS_OF_A_DRAW: u32 = 10;
/// How many times those are made, and how much costs are varied, unless the study file says.
const DRAWS: u32 = 200;
const SPREAD: Share = Share::from_percent(30);

/// The classes that a plan can be for.
const SHADES: [Class; 3] = [Class::White, Class::Grey, Class::Black];

/// Projects that may be built, in a table: each row is one, by the name that footprints give as their `project`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(from = "raw::Projects")]
#[schemars(with = "raw::Projects")]
pub struct ProjectsSource {
    /// The file.
    pub file: FileSource,
    /// The column with the name that footprints give.
    pub project: Spanned<String>,
    /// The column with what it is called.
    pub name: Option<Spanned<String>>,
    /// Which unit costs it has where a row does not say its own.
    pub kind: Option<Mapped<String>>,
    /// The file with unit costs.
    pub unit_costs: Option<Spanned<String>>,
    /// What it costs whatever it reaches.
    pub fixed: Option<Mapped<Kronor>>,
    /// What each place costs that it passes.
    pub per_passed: Option<Mapped<Kronor>>,
    /// What each place costs that is connected.
    pub per_connected: Option<Mapped<Kronor>>,
    /// How large a share of those passed is connected.
    pub connected: Option<Mapped<Share>>,
    /// What each metre costs.
    pub per_metre: Option<Mapped<Kronor>>,
    /// How long it is.
    pub length: Option<Mapped<Metres>>,
    /// What others pay.
    pub contribution: Option<Mapped<Kronor>>,
    /// The first year in which it can be built.
    pub earliest: Option<Mapped<i16>>,
    /// The support that is sought for it.
    pub sought: Option<Mapped<Kronor>>,
    /// Whether it may, must or must not be built.
    pub build: Option<Mapped<Build>>,
}

/// A file of unit costs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitCosts {
    /// Which edition of the costs this is, for example `2026-1`.
    pub version: String,
    /// Costs by kind of project.
    pub kinds: BTreeMap<String, KindCosts>,
}

/// What one kind of project costs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindCosts {
    /// Where these figures come from.
    pub source: String,
    /// Whatever it reaches.
    pub fixed: Option<Kronor>,
    /// For each place passed.
    pub per_passed: Option<Kronor>,
    /// For each place connected.
    pub per_connected: Option<Kronor>,
    /// The share of those passed that is connected.
    pub connected: Option<Share>,
    /// For each metre.
    pub per_metre: Option<Kronor>,
}

/// A plan that is asked for: which projects to build.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanEntry {
    /// Its key in files.
    #[schemars(with = "String")]
    pub key: Spanned<String>,
    /// What it is called in the report, in your words. Default: the key.
    pub name: Option<String>,
    /// What it is for: `every-area`, the goal in every area at least cost; `whole`, the goal in the study as a whole at least cost;
    /// `most`, as many units as can be reached for the money.
    #[schemars(with = "schema::AimWord")]
    pub aim: Spanned<String>,
    /// The id of the goal, one of the study's. Default: the one that the report puts first.
    #[schemars(with = "Option<String>")]
    pub goal: Option<Spanned<String>>,
    /// The key of the profile that says what counts as access. Default: the study's main one.
    #[schemars(with = "Option<String>")]
    pub base: Option<Spanned<String>>,
    /// The unit of which `most` reaches as many as it can. Default: the goal's first.
    #[schemars(with = "Option<String>")]
    pub unit: Option<Unit>,
    /// The money there is, for `most`: `"25 000 000 kr"`.
    #[schemars(with = "Option<schema::PriceText>")]
    pub budget: Option<Kronor>,
    /// The money by year, for `most`, instead of `budget`: `{ 2027 = "10 000 000 kr", 2028 = "10 000 000 kr" }`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, schema::PriceText>")]
    pub years: IndexMap<String, Kronor>,
    /// Whether what is not spent in one year can be spent in a later one. Default: false.
    #[serde(default)]
    pub carry_over: bool,
    /// How much of the money is kept for what nobody has foreseen: `"10 %"`. Default: nothing.
    #[schemars(with = "Option<schema::ShareText>")]
    pub reserve: Option<Share>,
    /// How many projects an area may have at most.
    pub at_most_per_area: Option<usize>,
    /// Only places of these settlement classes count for `most`: `locality`, `smaller_locality`, `outside`. Default: all.
    #[serde(default)]
    #[schemars(with = "Vec<schema::ClassWord>")]
    pub classes: Vec<Settlement>,
    /// How much places of a category weigh for `most`: `{ school = "300 %" }`. Default: 100 %.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, schema::ShareText>")]
    pub weights: IndexMap<String, Spanned<String>>,
    /// Only places that `[support]` says the scheme is for are built to: no others get the speed by the plan, and none is paid for.
    /// Default: false.
    #[serde(default)]
    pub eligible: bool,
    /// Only places of these classes of `[state_aid]` are built to: `white`, `grey`, `black`. Default: all.
    #[serde(default)]
    #[schemars(with = "Vec<schema::ShadeWord>")]
    pub state_aid: Vec<Spanned<String>>,
    /// Projects that are in the plan whatever they bring.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub must: Vec<Spanned<String>>,
    /// Projects that are not in it.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub never: Vec<Spanned<String>>,
    /// How far from the best a plan may be: `"1 %"`. Default: it is the best.
    #[schemars(with = "Option<schema::ShareText>")]
    pub gap: Option<Share>,
    /// For how many seconds it is looked for; what has been found by then stands, and how far from the best it can be is said.
    /// Default: 60.
    pub seconds: Option<u32>,
    /// The cost curve: by so many sums of money, from nothing to what everything costs, the most that each reaches and the least that
    /// this costs. Default: none.
    #[schemars(range(min = 1, max = 1000))]
    pub curve: Option<u32>,
    /// What the plan would be if projects cost more or less than is thought. Default: it is not asked.
    pub sensitivity: Option<SensitivityEntry>,
}

/// How costs are varied, many times, and the plan made anew each time.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SensitivityEntry {
    /// How many times. Default: 200.
    #[schemars(range(min = 1, max = 100_000))]
    pub draws: Option<u32>,
    /// How much more or less than is thought a project may cost. Default: `"30 %"`.
    #[schemars(with = "Option<schema::ShareText>")]
    pub spread: Option<Share>,
    /// How its cost lies between: `uniform`, anything is as likely; `triangular`, what is thought is the most likely. Default: `uniform`.
    #[schemars(with = "Option<schema::ShapeWord>")]
    pub shape: Option<Shape>,
    /// What the random numbers belong to: the same seed gives the same. Default: 1.
    pub seed: Option<u64>,
    /// How far from the best each of the plans may be. Default: as the plan itself.
    #[schemars(with = "Option<schema::ShareText>")]
    pub gap: Option<Share>,
    /// For how many seconds each of them is looked for. Default: 10.
    pub seconds: Option<u32>,
}

/// A plan that is asked for, and for how long it is looked for.
#[derive(Debug, Clone)]
pub struct Posed {
    /// What is asked for.
    pub ask: Ask,
    /// Projects whose choice is not free in this plan.
    pub decided: BTreeMap<String, Build>,
    /// For how long it is looked for.
    pub time: Duration,
    /// How far from the best it may be.
    pub gap: f64,
    /// By how many sums of money its curve is found.
    pub curve: Option<u32>,
    /// How costs are varied; and for how long each of those plans is looked for, and how far from the best it may be.
    pub sensitivity: Option<(Spread, Duration, f64)>,
}

impl PlanEntry {
    fn aim(&self) -> Option<Aim> {
        [Aim::EveryArea, Aim::Whole, Aim::Most].into_iter().find(|aim| aim.key() == self.aim.get_ref())
    }

    fn slots(&self) -> Vec<Slot> {
        let mut years: Vec<Slot> = self
            .years
            .iter()
            .map(|(year, &budget)| Slot { year: year.trim().parse().ok(), budget: Some(budget) })
            .collect();
        years.sort_by_key(|slot| slot.year);
        years.extend(self.budget.map(|budget| Slot { year: None, budget: Some(budget) }));
        years
    }
}

/// The plans of a study file, now that its goals and definitions are known.
pub(crate) fn pose(loaded: &Loaded, study: &Study) -> Vec<Posed> {
    let Study { goals, profiles, aid, .. } = study;
    let file = &loaded.file;
    let view = defaults::report_view(file, goals);
    let pose = |entry: &PlanEntry| {
        let goal = entry.goal.as_ref().and_then(|id| goals.iter().position(|goal| goal.id == *id.get_ref()));
        let base = entry.base.as_ref().and_then(|key| profiles.iter().position(|p| p.key == *key.get_ref()));
        let key = entry.key.get_ref();
        let weight = |text: &Spanned<String>| weight(text.get_ref());
        let decided = [(&entry.must, Build::Must), (&entry.never, Build::Never)];
        let names = decided.into_iter().flat_map(|(names, build)| names.iter().map(move |name| (name, build)));
        Some(Posed {
            ask: Ask {
                key: key.clone(),
                name: entry.name.clone().unwrap_or_else(|| key.clone()),
                aim: entry.aim()?,
                goal: goal.unwrap_or(view.goal),
                profile: base.unwrap_or(0),
                level: view.level.clone(),
                unit: entry.unit.clone(),
                slots: entry.slots(),
                carry_over: entry.carry_over,
                reserve: entry.reserve.unwrap_or_default(),
                at_most: entry.at_most_per_area,
                classes: entry.classes.iter().copied().collect(),
                weights: entry
                    .weights
                    .iter()
                    .filter_map(|(category, text)| Some((category.clone(), weight(text)?)))
                    .collect(),
                eligible: aid.support.clone().filter(|_| entry.eligible),
                shades: aid.state_aid.clone().filter(|_| !entry.state_aid.is_empty()).map(|rule| {
                    let shade = |key: &Spanned<String>| shade(key.get_ref());
                    (rule, entry.state_aid.iter().filter_map(shade).collect())
                }),
            },
            decided: names.map(|(name, build)| (name.get_ref().clone(), build)).collect(),
            time: Duration::from_secs(u64::from(entry.seconds.unwrap_or(SECONDS))),
            gap: gap(entry.gap),
            curve: entry.curve,
            sensitivity: entry.sensitivity.as_ref().map(|said| {
                let spread = Spread {
                    draws: said.draws.unwrap_or(DRAWS),
                    spread: said.spread.unwrap_or(SPREAD),
                    shape: said.shape.unwrap_or_default(),
                    seed: said.seed.unwrap_or(1),
                };
                let seconds = Duration::from_secs(u64::from(said.seconds.unwrap_or(SECONDS_OF_A_DRAW)));
                (spread, seconds, gap(said.gap.or(entry.gap)))
            }),
        })
    };
    // What has no known aim has been refused before.
    file.plans.iter().filter_map(pose).collect()
}

fn gap(share: Option<Share>) -> f64 {
    share.map_or(0.0, |gap| gap.percent() / 100.0)
}

/// A class of state aid by its key, of those that a place can have.
fn shade(key: &str) -> Option<Class> {
    SHADES.into_iter().find(|class| class.key() == key)
}

/// A weight in whole per cent; shares end at a hundred, weights do not.
fn weight(text: &str) -> Option<u64> {
    u64::from_str(text.trim().strip_suffix('%')?.trim()).ok().filter(|&percent| percent <= 100_000)
}

impl Check<'_> {
    pub(super) fn plans(&mut self) {
        let file = self.file;
        for source in &file.projects {
            self.file_source(&source.file);
        }
        let profiles: Vec<String> = defaults::profiles(file).into_iter().map(|profile| profile.key).collect();
        let goals: Vec<String> =
            defaults::goals(file).map(|goals| goals.into_iter().map(|goal| goal.id).collect()).unwrap_or_default();
        let mut seen = BTreeMap::new();
        for (i, entry) in file.plans.iter().enumerate() {
            let key = entry.key.get_ref();
            if key.trim().is_empty() || key.contains(|c: char| c == ',' || c == '"' || c.is_control()) {
                self.wrong(
                    entry.key.span(),
                    "a plan's key is not empty and has no comma or quotation mark",
                    "it stands in the result's files; write, for example: key = \"every-municipality\"",
                );
            }
            if let Some(first) = seen.insert(key, i) {
                let message = format!("plan {} has the key {key:?} already", first + 1);
                self.wrong(entry.key.span(), message, "give every plan its own key");
            }
            if entry.aim().is_none() {
                self.unknown(&entry.aim, "aim of a plan", &["every-area", "whole", "most"]);
            }
            for (named, what, known) in
                [(&entry.goal, "goal of this study", &goals), (&entry.base, "profile of this study", &profiles)]
            {
                if let Some(named) = named.as_ref().filter(|named| !known.contains(named.get_ref())) {
                    self.unknown(named, what, &known.iter().map(String::as_str).collect::<Vec<_>>());
                }
            }
            self.money(i, entry);
            self.narrowed(i, entry);
            for (category, text) in &entry.weights {
                if weight(text.get_ref()).is_none() {
                    self.wrong(
                        text.span(),
                        format!("{:?} is not a weight", text.get_ref()),
                        format!("write whole per cent, for example: {category} = \"300 %\""),
                    );
                }
            }
            let both: BTreeSet<&String> = entry.must.iter().map(Spanned::get_ref).collect();
            if let Some(name) = entry.never.iter().find(|name| both.contains(name.get_ref())) {
                self.wrong(
                    name.span(),
                    "this project must be built, and must not be",
                    "take it out of one of the lists",
                );
            }
            if file.projects.is_empty() {
                self.wrong_at(
                    &item("plans", i),
                    "a plan chooses among projects, and this study has none",
                    "say what they cost, for example:\n[[projects]]\npath = \"projekt.csv\"\nproject = \"projekt\"\nfixed = { column = \"kostnad\" }",
                );
            }
        }
    }

    /// Which places a plan is for, and how often it is made anew.
    fn narrowed(&mut self, i: usize, entry: &PlanEntry) {
        if entry.eligible && self.file.support.is_none() {
            self.wrong(
                self.key("plans", i, "eligible"),
                "the plan is for places that the support scheme is for, and this study does not look for those",
                "add a section [support], which may be empty",
            );
        }
        for class in entry.state_aid.iter().filter(|class| shade(class.get_ref()).is_none()) {
            self.unknown(class, "class of state aid that a plan can be for", &SHADES.map(Class::key));
        }
        if let Some(first) = entry.state_aid.first().filter(|_| self.file.state_aid.is_none()) {
            self.wrong(
                first.span(),
                "the plan is for places of a class, and this study does not class them",
                "add a section [state_aid], which may be empty",
            );
        }
        if entry.curve.is_some_and(|steps| !(1..=1000).contains(&steps)) {
            self.wrong(
                self.key("plans", i, "curve"),
                "a curve is found by 1 to 1000 sums of money",
                "write, for example: curve = 12",
            );
        }
        if entry.sensitivity.as_ref().and_then(|said| said.draws).is_some_and(|draws| !(1..=100_000).contains(&draws)) {
            self.wrong(
                self.key("plans", i, "sensitivity"),
                "costs are drawn 1 to 100000 times",
                "write, for example: sensitivity = { draws = 200, spread = \"30 %\" }",
            );
        }
    }

    /// How projects are ranked for support.
    pub(super) fn support_ranking(&mut self) {
        let file = self.file;
        let Some(said) = &file.support_ranking else { return };
        for (missing, message, help) in [
            (
                file.support.is_none(),
                "projects are ranked by the places that the support scheme is for, and this study does not look for those",
                "add a section [support], which may be empty",
            ),
            (
                file.projects.is_empty(),
                "projects are ranked, and this study has none",
                "say what they cost, for example:\n[[projects]]\npath = \"projekt.csv\"\nproject = \"projekt\"\nfixed = { column = \"kostnad\" }",
            ),
        ] {
            if missing {
                self.wrong_at(&[At::Key("support_ranking")], message, help);
            }
        }
        if said.at_least == Some(0) {
            self.wrong_at(
                &[At::Key("support_ranking"), At::Key("at_least")],
                "an amount for each building needs a building",
                "write at_least = 1, or take the line away",
            );
        }
    }

    fn money(&mut self, i: usize, entry: &PlanEntry) {
        if let Some(year) = entry.years.keys().find(|year| year.trim().parse::<i16>().is_err()) {
            self.wrong(
                self.key("plans", i, "years"),
                format!("{year:?} is not a year"),
                "write, for example: years = { 2027 = \"10 000 000 kr\", 2028 = \"10 000 000 kr\" }",
            );
        }
        let said = [("budget", entry.budget.is_some()), ("years", !entry.years.is_empty())];
        match (entry.aim(), said) {
            (Some(Aim::Most), [(_, true), (_, true)]) => self.wrong(
                self.key("plans", i, "budget"),
                "the money is said once as a whole and once by year",
                "keep one of `budget` and `years`",
            ),
            (Some(Aim::Most), [(_, false), (_, false)]) => self.wrong_at(
                &item("plans", i),
                "`most` reaches as many as can be reached for the money, and this plan has none",
                "write, for example: budget = \"25 000 000 kr\"",
            ),
            (Some(Aim::EveryArea | Aim::Whole), [(_, _), (_, true)]) => self.wrong(
                self.key("plans", i, "years"),
                "a plan at least cost is not told what it may cost in a year",
                "ask for `aim = \"most\"` with `years`, and see when the goal is reached; or take `years` away",
            ),
            _ => {}
        }
    }
}

/// Reads a file of unit costs.
///
/// # Errors
/// When it is not TOML, or has an unknown key or a wrong value; says where, and what.
pub(crate) fn unit_costs(text: &str) -> Result<UnitCosts, (Range<usize>, String)> {
    toml::from_str(text).map_err(|error| (error.span().unwrap_or(0..0), error.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use crate::study_file::least;

    use super::*;

    const PROJECTS: &str = "[[projects]]\npath = \"p.csv\"\nproject = \"p\"\nfixed = { column = \"k\" }\n";

    fn errors(more: &str) -> String {
        let places = "units = { population = \"p\" }\ncodes = { municipality = \"k\" }\n";
        least::study_of(places, &format!("[areas.municipality]\n{more}")).err().unwrap_or_default()
    }

    #[test]
    fn a_plan_that_contradicts_itself_is_refused() {
        for (plan, said) in [
            ("key = \"a\"\naim = \"moste\"", "did you mean \"most\"?"),
            ("key = \"a\"\naim = \"most\"", "this plan has none"),
            ("key = \"a\"\naim = \"most\"\nbudget = \"1 kr\"\nyears = { 2027 = \"1 kr\" }", "keep one of"),
            ("key = \"a\"\naim = \"most\"\nyears = { next = \"1 kr\" }", "is not a year"),
            ("key = \"a\"\naim = \"whole\"\nyears = { 2027 = \"1 kr\" }", "at least cost"),
            ("key = \"a\"\naim = \"whole\"\ngoal = \"se-2009\"", "not a known goal of this study"),
            ("key = \"a\"\naim = \"whole\"\nbase = \"fibre\"", "profile of this study"),
            ("key = \"a\"\naim = \"whole\"\nmust = [\"P\"]\nnever = [\"P\"]", "must not be"),
            ("key = \"a\"\naim = \"most\"\nbudget = \"1 kr\"\nweights = { school = \"much\" }", "is not a weight"),
            ("key = \"a\"\naim = \"whole\"\neligible = true", "add a section [support]"),
            ("key = \"a\"\naim = \"whole\"\nstate_aid = [\"white\"]", "add a section [state_aid]"),
            ("key = \"a\"\naim = \"whole\"\nstate_aid = [\"gray\"]", "did you mean \"grey\"?"),
            ("key = \"a\"\naim = \"whole\"\ncurve = 0", "1 to 1000 sums of money"),
            ("key = \"a\"\naim = \"whole\"\nsensitivity = { draws = 0 }", "1 to 100000 times"),
            ("key = \"a\"\naim = \"whole\"\nsensitivity = { shape = \"normal\" }", "uniform"),
            ("key = \"a\"\naim = \"whole\"\n[support_ranking]", "add a section [support]"),
            ("key = \"a\"\naim = \"whole\"\n[[plans]]\nkey = \"a\"\naim = \"whole\"", "has the key \"a\" already"),
        ] {
            let found = errors(&format!("{PROJECTS}[[plans]]\n{plan}\n"));
            assert!(found.contains(said), "{plan}: {found}");
        }
        assert!(errors("[[plans]]\nkey = \"a\"\naim = \"whole\"\n").contains("this study has none"));
        assert_eq!(errors(&format!("{PROJECTS}[[plans]]\nkey = \"a\"\naim = \"whole\"\n")), "");
    }

    #[test]
    fn a_file_of_unit_costs_says_where_its_figures_come_from() {
        let costs = unit_costs("version = \"1\"\n[kinds.rural]\nsource = \"S\"\nper_metre = \"250 kr\"\n").unwrap();
        assert_eq!(costs.kinds["rural"].per_metre, Some(Kronor::from_kronor(250)));
        let (_, message) = unit_costs("version = \"1\"\n[kinds.rural]\nper_metre = \"250 kr\"\n").unwrap_err();
        assert!(message.contains("source"), "{message}");
        assert_eq!((weight("300 %"), weight("3")), (Some(300), None));
    }
}
