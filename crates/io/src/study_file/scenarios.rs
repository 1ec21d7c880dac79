//! Scenarios as a study file says them, and what they come to once it is known which services there are.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use jiff::civil::Date;
use nittio_core::{
    comparison::MOST,
    near::Near,
    profile::Profile,
    quantity::Speed,
    scenario::{Change, Fault, Filter, Rule, Scenario, Upgrade, World},
    service::{Service, Services, Status, Technology},
};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{
    check::{Check, item},
    defaults,
    error::StudyFileError,
    load::{At, Loaded},
    mapped, schema,
    technologies::TechnologyList,
    wording::nearest,
};

/// The key that stands for the study as it is, where scenarios are named.
pub const BASE: &str = "base";

/// How many names an error lists.
const LISTED: usize = 12;

/// A scenario: what if services were there that are planned, were gone, or were other ones? It is asked of the same join as
/// everything else.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioEntry {
    /// Its key in files.
    #[schemars(with = "String")]
    pub key: Spanned<String>,
    /// What it is called in the report, in your words. Default: the key.
    pub name: Option<String>,
    /// The key of the profile that it rests on and is held against. Default: the study's main one.
    #[schemars(with = "Option<String>")]
    pub base: Option<Spanned<String>>,
    /// The day it is about: services in service that can be had by then count. Default: the study's day.
    #[serde(default, deserialize_with = "mapped::optional_date")]
    #[schemars(schema_with = "schema::day_schema")]
    pub day: Option<Date>,
    /// Services that are in service, where the base does not count them: plans come about.
    #[serde(default)]
    pub add: Vec<RuleEntry>,
    /// Services that are gone.
    #[serde(default)]
    pub remove: Vec<RuleEntry>,
    /// Services that are other ones.
    #[serde(default)]
    pub replace: Vec<RuleEntry>,
}

/// Which services a rule is about: those for which everything that it says is so.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RuleEntry {
    /// Sold by one of these operators.
    pub operators: Vec<String>,
    /// In a network of one of these owners.
    pub owners: Vec<String>,
    /// Of one of these build-out projects.
    pub projects: Vec<String>,
    /// By one of these technologies, as in `[[profiles]]`.
    #[schemars(with = "Option<Vec<schema::TechnologyWord>>")]
    pub technologies: Option<TechnologyList>,
    /// Of one of these statuses: `in-service`, `under-construction`, `planned`, `candidate`. What is a candidate is meant only where
    /// this or `projects` says so.
    #[schemars(with = "Vec<schema::StatusWord>")]
    pub statuses: Vec<Status>,
    /// To be had by this day.
    #[serde(deserialize_with = "mapped::optional_date")]
    #[schemars(schema_with = "schema::day_schema")]
    pub available_by: Option<Date>,
    /// Slower down than this, or of a speed that is not known.
    #[schemars(with = "Option<schema::SpeedText>")]
    pub down_below: Option<Speed>,
    /// In `remove`: the day from which they are gone, at the latest the scenario's. Default: they are gone.
    #[serde(deserialize_with = "mapped::optional_date")]
    #[schemars(schema_with = "schema::day_schema")]
    pub from: Option<Date>,
    /// In `replace`: what they are instead.
    pub by: Option<UpgradeEntry>,
}

/// What services are instead; what is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UpgradeEntry {
    /// How they get there.
    #[schemars(with = "Option<schema::OneTechnologyWord>")]
    pub technology: Option<Technology>,
    /// Download speed. With another one, nothing is known of the busy hour unless `busy_down` says it.
    #[schemars(with = "Option<schema::SpeedText>")]
    pub down: Option<Speed>,
    /// Upload speed.
    #[schemars(with = "Option<schema::SpeedText>")]
    pub up: Option<Speed>,
    /// Download speed in the busy hour.
    #[schemars(with = "Option<schema::SpeedText>")]
    pub busy_down: Option<Speed>,
}

impl ScenarioEntry {
    /// Its rules, with the list each stands in, its number there, and what it does.
    fn rules(&self) -> impl Iterator<Item = (&'static str, usize, &RuleEntry)> {
        [("add", &self.add), ("remove", &self.remove), ("replace", &self.replace)]
            .into_iter()
            .flat_map(|(list, rules)| rules.iter().enumerate().map(move |(number, rule)| (list, number, rule)))
    }

    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(self.key.get_ref())
    }
}

impl RuleEntry {
    fn filter(&self) -> Filter {
        let set = |list: &[String]| list.iter().cloned().collect();
        Filter {
            operators: set(&self.operators),
            owners: set(&self.owners),
            projects: set(&self.projects),
            technologies: self.technologies.as_ref().map(|list| list.0.clone()).unwrap_or_default(),
            statuses: self.statuses.iter().copied().collect(),
            available_by: self.available_by,
            down_below: self.down_below,
        }
    }

    fn change(&self, list: &str) -> Change {
        match (list, &self.by) {
            ("replace", by) => {
                let UpgradeEntry { technology, down, up, busy_down } = by.clone().unwrap_or_default();
                Change::Replace(Upgrade { technology, down, up, busy_down })
            }
            ("remove", _) => Change::Remove,
            _ => Change::Add,
        }
    }
}

/// A scenario, and what the study's services are under it.
#[derive(Debug, Clone)]
pub struct Posed {
    /// What is asked.
    pub scenario: Scenario,
    /// What that makes of the services.
    pub world: World,
}

/// The scenarios of a study file, now that its services are known.
///
/// # Errors
/// When a rule names somebody who is not there, is about no service, or changes nothing; the error points at the rule.
pub(crate) fn pose(
    loaded: &Loaded,
    services: &Services,
    near: Option<&Near>,
    profiles: &[Profile],
) -> Result<Vec<Posed>, StudyFileError> {
    let file = &loaded.file;
    let mut posed = Vec::new();
    for (i, entry) in file.scenarios.iter().enumerate() {
        let named = |key: &Spanned<String>| profiles.iter().find(|profile| profile.key == *key.get_ref());
        // A profile that is not there has been refused before.
        let Some(base) = entry.base.as_ref().and_then(named).or(profiles.first()) else { continue };
        let place =
            |list, number| loaded.span_of(&[At::Key("scenarios"), At::Item(i), At::Key(list), At::Item(number)]);
        let mut rules = Vec::new();
        for (list, number, rule) in entry.rules() {
            known_names(loaded, place(list, number), rule, services)?;
            rules.push(Rule { filter: rule.filter(), change: rule.change(list) });
        }
        let scenario = Scenario {
            key: entry.key.get_ref().clone(),
            name: entry.name().to_owned(),
            base: base.clone(),
            day: entry.day.unwrap_or(file.study.as_of),
            rules,
        };
        let world = scenario.world(services, file.study.as_of, near).map_err(|error| {
            let found = entry.rules().nth(error.rule);
            let at = found.map_or(0..0, |(list, number, _)| place(list, number));
            let (message, help) = match error.fault {
                Fault::NoService => (
                    "no service of the study is all that this says".to_owned(),
                    found.map_or_else(String::new, |(_, _, rule)| there_is(rule, services)),
                ),
                Fault::AllCount => (
                    format!("{:?} counts every service that this would add", base.key),
                    "add what is planned or under construction, or what can be had later; or take the rule away"
                        .to_owned(),
                ),
                Fault::Near => (
                    "what is near depends on the technology, so another one would need a join of its own".to_owned(),
                    "leave `technology` out, or rest the scenario on a profile that does not count what is near"
                        .to_owned(),
                ),
            };
            loaded.error_at(at, message, Some(help))
        })?;
        posed.push(Posed { scenario, world });
    }
    Ok(posed)
}

/// The names that services have in three of their columns.
type Column = (&'static str, fn(&Service) -> Option<&str>);

const COLUMNS: [Column; 3] = [
    ("operator", |service| Some(&service.operator)),
    ("owner", |service| Some(service.owner_or_operator())),
    ("project", |service| service.project.as_deref()),
];

fn names(services: &Services, of: fn(&Service) -> Option<&str>) -> BTreeSet<&str> {
    services.as_slice().iter().filter_map(of).collect()
}

fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let more = names.len().saturating_sub(LISTED);
    let mut text = names[..names.len() - more].join(", ");
    if more > 0 {
        text += &format!(" and {more} more");
    }
    if text.is_empty() { "none".to_owned() } else { text }
}

/// Every name that a rule gives must be there.
fn known_names(loaded: &Loaded, at: Range<usize>, rule: &RuleEntry, services: &Services) -> Result<(), StudyFileError> {
    for ((what, of), given) in COLUMNS.into_iter().zip([&rule.operators, &rule.owners, &rule.projects]) {
        let there = names(services, of);
        if let Some(name) = given.iter().find(|name| !there.contains(name.as_str())) {
            let meant =
                nearest(name, there.iter().copied()).map_or(String::new(), |m| format!("; did you mean {m:?}?"));
            let message = format!("no service of the study has the {what} {name:?}{meant}");
            return Err(loaded.error_at(at, message, Some(format!("{what}s are: {}", listed(there)))));
        }
    }
    Ok(())
}

/// What there is of that which a rule asks for.
fn there_is(rule: &RuleEntry, services: &Services) -> String {
    let all = services.as_slice();
    let mut said = Vec::new();
    if rule.technologies.is_some() {
        let there: BTreeSet<Technology> = all.iter().map(|service| service.technology).collect();
        said.push(format!("technologies are: {}", listed(there.into_iter().map(Technology::key))));
    }
    if !rule.statuses.is_empty() {
        let there: BTreeSet<Status> = all.iter().map(|service| service.status).collect();
        said.push(format!("statuses are: {}", listed(there.into_iter().map(Status::key))));
    }
    if rule.available_by.is_some() {
        let there: BTreeSet<String> =
            all.iter().filter_map(|service| service.available_from).map(|day| day.to_string()).collect();
        said.push(format!("days are: {}", listed(there.iter().map(String::as_str))));
    }
    if rule.down_below.is_some() {
        let there: BTreeSet<Speed> = all.iter().filter_map(|service| service.down).collect();
        let there: Vec<String> = there.iter().map(Speed::to_string).collect();
        said.push(format!("speeds are: {}", listed(there.iter().map(String::as_str))));
    }
    for ((what, of), given) in COLUMNS.into_iter().zip([&rule.operators, &rule.owners, &rule.projects]) {
        if !given.is_empty() {
            said.push(format!("{what}s are: {}", listed(names(services, of))));
        }
    }
    said.join("; ")
}

impl Check<'_> {
    pub(super) fn scenarios(&mut self) {
        let file = self.file;
        if file.scenarios.len() > MOST {
            self.wrong_at(
                &item("scenarios", MOST),
                format!("a study has at most {MOST} scenarios"),
                "ask the others in a study file of their own",
            );
        }
        let profiles: Vec<String> = defaults::profiles(file).into_iter().map(|profile| profile.key).collect();
        let mut seen = BTreeMap::new();
        for (i, entry) in file.scenarios.iter().enumerate() {
            let key = entry.key.get_ref();
            if key.trim().is_empty() || key.contains(|c: char| c == ',' || c == '"' || c.is_control()) {
                self.wrong(
                    entry.key.span(),
                    "a scenario's key is not empty and has no comma or quotation mark",
                    "it stands in the result's files; write, for example: key = \"plans\"",
                );
            }
            if key == BASE || profiles.contains(key) {
                self.wrong(
                    entry.key.span(),
                    format!("{key:?} stands for the study as it is"),
                    "give the scenario a key of its own",
                );
            }
            if let Some(first) = seen.insert(key, i) {
                self.wrong(
                    entry.key.span(),
                    format!("scenario {} has the key {key:?} already", first + 1),
                    "give every scenario its own key",
                );
            }
            if let Some(base) = entry.base.as_ref().filter(|base| !profiles.contains(base.get_ref())) {
                self.unknown(base, "profile of this study", &profiles.iter().map(String::as_str).collect::<Vec<_>>());
            }
            if entry.rules().next().is_none() {
                self.wrong_at(
                    &item("scenarios", i),
                    "this scenario changes nothing",
                    "write, for example: add = [{ projects = [\"Fiber till byn\"] }]",
                );
            }
            for (list, number, rule) in entry.rules() {
                self.rule(i, entry, (list, number), rule);
            }
        }
    }

    fn rule(&mut self, i: usize, entry: &ScenarioEntry, (list, number): (&'static str, usize), rule: &RuleEntry) {
        let at = [At::Key("scenarios"), At::Item(i), At::Key(list), At::Item(number)];
        if rule.filter() == Filter::default() {
            let none_left = rule.technologies.is_some();
            self.wrong_at(
                &at,
                if none_left {
                    "without a technology this is about nothing"
                } else {
                    "this does not say which services"
                },
                "name some, for example: operators = [\"Stadsnätet\"], or technologies = [\"xdsl\"]",
            );
        }
        match (list, &rule.by) {
            ("replace", _) if rule.change(list) == Change::Replace(Upgrade::default()) => {
                self.wrong_at(
                    &at,
                    "this does not say what the services are instead",
                    "write, for example: by = { technology = \"nr\", down = \"300 Mbit/s\" }",
                );
            }
            ("add" | "remove", Some(_)) => {
                let way = [at[0], at[1], at[2], at[3], At::Key("by")];
                self.wrong_at(&way, format!("`by` changes nothing in `{list}`"), "it goes with `replace`");
            }
            _ => {}
        }
        let Some(from) = rule.from else { return };
        let way = [at[0], at[1], at[2], at[3], At::Key("from")];
        let day = entry.day.unwrap_or(self.file.study.as_of);
        if list != "remove" {
            self.wrong_at(&way, format!("`from` changes nothing in `{list}`"), "it goes with `remove`");
        } else if from > day {
            self.wrong_at(
                &way,
                format!("the scenario is about {day}, and then they are still there"),
                format!("give the scenario a later day: day = {from}"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::study_file::least;

    #[test]
    fn a_scenario_that_says_nothing_or_two_things_is_refused_with_what_would_be_right() {
        let remove = "remove = [{ operators = [\"X\"] }]\n";
        let two = format!("[[scenarios]]\nkey = \"a\"\n{remove}[[scenarios]]\nkey = \"a\"\n{remove}");
        assert!(least::study(&two).is_err());
        for (more, said) in [
            (two.as_str(), "scenario 1 has the key \"a\" already"),
            ("[[scenarios]]\nkey = \"a\"\n", "this scenario changes nothing"),
            ("[[scenarios]]\nkey = \"base\"\nremove = [{ operators = [\"X\"] }]\n", "stands for the study as it is"),
            ("[[scenarios]]\nkey = \"a,b\"\nremove = [{ operators = [\"X\"] }]\n", "has no comma"),
            (
                "[[scenarios]]\nkey = \"a\"\nbase = \"connected+pased\"\nremove = [{ operators = [\"X\"] }]\n",
                "did you mean \"connected+passed\"?",
            ),
            ("[[scenarios]]\nkey = \"a\"\nremove = [{}]\n", "does not say which services"),
            ("[[scenarios]]\nkey = \"a\"\nremove = [{ technologies = [] }]\n", "without a technology"),
            ("[[scenarios]]\nkey = \"a\"\nremove = [{ technologies = [\"4gg\"] }]\n", "not a known technology"),
            ("[[scenarios]]\nkey = \"a\"\nreplace = [{ operators = [\"X\"] }]\n", "what the services are instead"),
            (
                "[[scenarios]]\nkey = \"a\"\nreplace = [{ operators = [\"X\"], by = {} }]\n",
                "what the services are instead",
            ),
            (
                "[[scenarios]]\nkey = \"a\"\nadd = [{ operators = [\"X\"], by = { down = \"1 Gbit/s\" } }]\n",
                "`by` changes nothing in `add`",
            ),
            (
                "[[scenarios]]\nkey = \"a\"\nadd = [{ operators = [\"X\"], from = 2026-01-01 }]\n",
                "`from` changes nothing in `add`",
            ),
            (
                "[[scenarios]]\nkey = \"a\"\nremove = [{ technologies = [\"xdsl\"], from = 2026-01-01 }]\n",
                "day = 2026-01-01",
            ),
            ("[[scenarios]]\nkey = \"a\"\nremov = [{ operators = [\"X\"] }]\n", "did you mean `remove`?"),
        ] {
            let told = least::study(more).map(|_| ()).unwrap_err();
            assert!(told.contains(said), "{more}\n{told}");
        }
    }
}
