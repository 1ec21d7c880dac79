//! What a study file means where it says nothing.

use std::collections::BTreeSet;

use nittio_core::{
    aid::{self, AidRules},
    category::{self, Listing},
    fixed::Fixed,
    goal::{self, Goal, Source},
    measure::Measure,
    near::{Distances, Near},
    plan::RankingRule,
    profile::{BusyHour, OrderCost, Profile},
    quantity::Speed,
    service::{Reach, Status},
    unit::Unit,
};

use super::{
    Both, GoalEntry, IndicatorSettings, Locale, NearSettings, PictureSize, ProfileEntry, StateAidSettings, StudyFile,
    SupportRankingSettings, SupportSettings, technologies::TechnologyList,
};

/// A goal of the study file that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GoalError {
    /// The goals that nittio brings cannot be read, which a test rules out.
    #[error("the built-in goals cannot be read: {reason}")]
    BuiltIn {
        /// Why.
        reason: String,
    },
    /// An entry names no built-in goal and is not complete either. [`super::check::problems`] finds it first.
    #[error("goal {number} of the study names no built-in goal and is not complete")]
    Incomplete {
        /// Which one, from 1.
        number: usize,
    },
}

/// The study's goals: the file's, or `se-2009-2020` for population and workplaces.
///
/// # Errors
/// When an entry is neither a built-in goal nor complete, which [`super::load::parse`] does not let through.
pub fn goals(file: &StudyFile) -> Result<Vec<Goal>, GoalError> {
    let built_in = goal::built_in().map_err(|error| GoalError::BuiltIn { reason: error.to_string() })?;
    let named = |id: &str| built_in.iter().find(|goal| goal.id == id).cloned();
    if file.goals.is_empty() {
        let mut default = named(DEFAULT_GOAL).ok_or(GoalError::Incomplete { number: 1 })?;
        default.units = vec![Unit::Population, Unit::Workplaces];
        return Ok(vec![default]);
    }
    let resolve = |(index, entry): (usize, &GoalEntry)| {
        let goal = match &entry.builtin {
            Some(id) => named(id.get_ref()).map(|mut goal| {
                goal.units = entry.units.clone().unwrap_or(goal.units);
                goal
            }),
            None => of_its_own(entry),
        };
        goal.ok_or(GoalError::Incomplete { number: index + 1 })
    };
    file.goals.iter().enumerate().map(resolve).collect()
}

/// The goal of a study that names none.
const DEFAULT_GOAL: &str = "se-2009-2020";

fn of_its_own(entry: &GoalEntry) -> Option<Goal> {
    Some(Goal {
        id: entry.id.as_ref()?.get_ref().clone(),
        name: entry.name.clone()?,
        decided: entry.decided,
        year: entry.year?,
        units: entry.units.clone()?,
        steps: entry.steps.clone()?,
        source: entry.source.clone(),
    })
}

/// The study's definitions of access, the main one first: the file's, or connected or passed.
#[must_use]
pub fn profiles(file: &StudyFile) -> Vec<Profile> {
    if file.profiles.is_empty() {
        return vec![Profile::connected_or_passed()];
    }
    file.profiles.iter().map(profile).collect()
}

/// A definition, with what it does not say.
pub(super) fn profile(entry: &ProfileEntry) -> Profile {
    // A name that is not built in has been refused before.
    let base = entry.builtin.as_ref().and_then(|name| Profile::built_in(name.get_ref()));
    let base = base.unwrap_or_else(Profile::connected_or_passed);
    let order_cost = |at_most| OrderCost { at_most, unknown_counts: entry.unknown_cost.unwrap_or(true) };
    let busy_hour = BusyHour { unknown_counts: entry.unknown_busy.unwrap_or(false) };
    Profile {
        key: entry.key.as_ref().map_or(base.key, |key| key.get_ref().clone()),
        reach: entry.reach.as_ref().map_or(base.reach, |reach| reach.iter().copied().collect()),
        technologies: entry.technologies.as_ref().map(|list| list.0.clone()),
        planned_until: entry.planned_until.or(base.planned_until),
        planned_status: entry.planned_status.as_ref().map_or(base.planned_status, |s| s.iter().copied().collect()),
        order_cost: entry.order_cost_at_most.map(order_cost),
        busy_hour: entry.busy_hour.then_some(busy_hour),
    }
}

/// When a place is near a service: as the file says, or by the defaults where a profile counts `near` and the file says
/// nothing; `None` when nothing asks.
#[must_use]
pub fn near(file: &StudyFile) -> Option<Near> {
    if let Some(NearSettings { locality, smaller_locality, outside, unknown, technologies }) = &file.near {
        let distance = Distances {
            locality: *locality,
            smaller_locality: *smaller_locality,
            outside: *outside,
            unknown: *unknown,
        };
        return Some(Near { distance, technologies: technologies.0.clone() });
    }
    profiles(file).iter().any(|profile| profile.reach.contains(&Reach::Near)).then(Near::default)
}

/// The measures that the study asks for besides speeds, technologies and operators.
#[must_use]
pub fn measures(file: &StudyFile) -> Vec<Measure> {
    let IndicatorSettings { both, symmetrical, owners, open_access, single_owner, .. } = &file.indicators;
    let both = both.iter().map(|&Both { down, up }| Measure::Both { down, up });
    let speeds = symmetrical.iter().map(|&speed| Measure::Symmetrical(speed));
    let owners = owners.iter().map(|&n| Measure::Owners(n));
    let open = open_access.then_some(Measure::OpenAccess);
    both.chain(speeds).chain(owners).chain(open).chain(single_owner.then_some(Measure::SingleOwner)).collect()
}

/// The rules about public money that the study asks for, with what it does not say.
///
/// # Errors
/// When the built-in rules cannot be read, which a test rules out.
pub fn aid(file: &StudyFile) -> Result<AidRules, GoalError> {
    let built_in = aid::built_in().map_err(|error| GoalError::BuiltIn { reason: error.to_string() })?;
    let state_aid = file.state_aid.as_ref().map(|said| {
        let StateAidSettings { down, peak, technologies, horizon_years, planned_status, black_from } = said;
        let mut rule = built_in.state_aid.clone();
        let said = Said { down, peak, technologies, horizon_years, planned_status };
        let mut own = said.change(&mut rule.fixed);
        own.extend(black_from.map(|_| "black_from"));
        rule.black_from = black_from.unwrap_or(rule.black_from);
        rule.sources.extend(of_study(&own, "state_aid"));
        rule
    });
    let support = file.support.as_ref().map(|said| {
        let SupportSettings { down, peak, technologies, horizon_years, planned_status, outside_localities } = said;
        let mut rule = built_in.support.clone();
        let said = Said { down, peak, technologies, horizon_years, planned_status };
        let mut own = said.change(&mut rule.fixed);
        own.extend(outside_localities.map(|_| "outside_localities"));
        rule.outside_localities = outside_localities.unwrap_or(rule.outside_localities);
        rule.sources.extend(of_study(&own, "support"));
        rule
    });
    Ok(AidRules { state_aid, support })
}

/// The rule by which projects are ranked for support, where the study asks.
///
/// # Errors
/// When the built-in one is broken, which a test rules out.
pub fn support_ranking(file: &StudyFile) -> Result<Option<RankingRule>, GoalError> {
    let Some(said) = &file.support_ranking else { return Ok(None) };
    let mut rule = RankingRule::built_in().map_err(|error| GoalError::BuiltIn { reason: error.to_string() })?;
    let SupportRankingSettings { prioritised, per_prioritised, at_most, at_least, without, down } = said.clone();
    let own = [
        ("prioritised", prioritised.is_some()),
        ("per_prioritised", per_prioritised.is_some()),
        ("at_most", at_most.is_some()),
        ("at_least", at_least.is_some()),
        ("without", without.is_some()),
        ("down", down.is_some()),
    ];
    rule.prioritised = prioritised.map_or(rule.prioritised, |categories| categories.into_iter().collect());
    rule.per_prioritised = per_prioritised.unwrap_or(rule.per_prioritised);
    rule.at_most = at_most.unwrap_or(rule.at_most);
    rule.at_least = at_least.unwrap_or(rule.at_least);
    rule.without = without.map_or(rule.without, |categories| categories.into_iter().collect());
    rule.down = down.unwrap_or(rule.down);
    let own: Vec<&str> = own.into_iter().filter(|(_, said)| *said).map(|(key, _)| key).collect();
    rule.sources.extend(of_study(&own, "support_ranking"));
    Ok(Some(rule))
}

/// What a study file says of networks that count.
struct Said<'a> {
    down: &'a Option<Speed>,
    peak: &'a Option<bool>,
    technologies: &'a Option<TechnologyList>,
    horizon_years: &'a Option<u8>,
    planned_status: &'a Option<Vec<Status>>,
}

impl Said<'_> {
    /// Puts what is said into a rule, and gives the keys of it.
    fn change(self, fixed: &mut Fixed) -> Vec<&'static str> {
        let mut own = Vec::new();
        if let Some(down) = *self.down {
            fixed.down = down;
            own.push("down");
        }
        if let Some(peak) = *self.peak {
            fixed.peak = peak;
            own.push("peak");
        }
        if let Some(technologies) = self.technologies {
            fixed.technologies.clone_from(&technologies.0);
            own.push("technologies");
        }
        if let Some(years) = *self.horizon_years {
            fixed.horizon_years = years;
            own.push("horizon_years");
        }
        if let Some(statuses) = self.planned_status {
            fixed.planned_status = statuses.iter().copied().collect();
            own.push("planned_status");
        }
        own
    }
}

/// The study file as the source of some keys of a rule.
fn of_study(keys: &[&str], section: &str) -> Option<Source> {
    let title = format!("the study file, [{section}]: {}", keys.join(", "));
    (!keys.is_empty()).then_some(Source { title, link: None, date: None })
}

/// Which places are listed when they lack a speed; `goals` are the study's, as [`goals`] gives them.
#[must_use]
pub fn listing(file: &StudyFile, goals: &[Goal]) -> Listing {
    Listing {
        categories: file.categories.listed.clone(),
        speeds: category::speeds(goals, report_view(file, goals).goal),
        names: file.places.iter().any(|source| source.name.is_some()),
    }
}

/// The units that the study counts: places, and every unit that a source of places has a column for.
#[must_use]
pub fn units(file: &StudyFile) -> BTreeSet<Unit> {
    let given = file.places.iter().flat_map(|source| source.units.keys().cloned());
    given.chain([Unit::Places]).collect()
}

/// The level that the report is drawn for: the file's, `municipality`, or the first; `None` when there are no levels.
#[must_use]
pub fn report_level(file: &StudyFile) -> Option<&str> {
    if let Some(level) = &file.report.level {
        return Some(level.get_ref());
    }
    let municipality = file.areas.get_key_value("municipality");
    municipality.or_else(|| file.areas.first()).map(|(key, _)| key.as_str())
}

/// The goal that comes first in the report: the file's, or the first of `goals`, which are the study's.
#[must_use]
pub fn report_goal<'a>(file: &StudyFile, goals: &'a [Goal]) -> Option<&'a Goal> {
    let wanted = file.report.goal.as_ref().map(toml::Spanned::get_ref);
    goals.iter().find(|goal| wanted.is_none_or(|id| goal.id == *id))
}

/// The unit that maps and bars are drawn for: the file's, or the goal's first unit that the study counts, or places.
#[must_use]
pub fn report_unit(file: &StudyFile, goal: Option<&Goal>) -> Unit {
    if let Some(unit) = &file.report.unit {
        return unit.clone();
    }
    let counted = units(file);
    let of_goal = goal.and_then(|goal| goal.units.iter().find(|unit| counted.contains(unit)));
    of_goal.cloned().unwrap_or(Unit::Places)
}

/// What the report is drawn for, resolved against the study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportView {
    /// The language.
    pub locale: Locale,
    /// The key of the level of tables and maps; [`nittio_core::indicator::TOTAL`] when the study has no levels.
    pub level: String,
    /// Index of the goal that comes first.
    pub goal: usize,
    /// The unit of maps and bars.
    pub unit: Unit,
    /// What pictures are drawn for.
    pub pictures: Vec<PictureSize>,
}

/// What the report is drawn for; `goals` are the study's, as [`goals`] gives them.
#[must_use]
pub fn report_view(file: &StudyFile, goals: &[Goal]) -> ReportView {
    let goal = report_goal(file, goals);
    ReportView {
        locale: file.study.locale,
        level: report_level(file).unwrap_or(nittio_core::indicator::TOTAL).to_owned(),
        goal: goal.and_then(|wanted| goals.iter().position(|goal| goal.id == wanted.id)).unwrap_or(0),
        unit: report_unit(file, goal),
        pictures: file.report.pictures.clone().unwrap_or_else(|| vec![PictureSize::Page]),
    }
}

#[cfg(test)]
mod tests {
    use nittio_core::service::{Reach, Technology};

    use super::*;
    use crate::study_file::least;

    fn file(more: &str) -> StudyFile {
        let places = "units = { households = \"h\" }\ncodes = { ward = \"w\" }\n";
        least::study_of(places, &format!("[areas.ward]\n{more}")).unwrap_or_else(|errors| panic!("{errors}")).file
    }

    #[test]
    fn a_study_that_says_nothing_has_the_goal_of_2009_for_population_and_workplaces() {
        let file = file("");
        let goals = goals(&file).unwrap();
        assert_eq!(goals.len(), 1);
        assert_eq!(goals[0].id, "se-2009-2020");
        assert_eq!(goals[0].units, [Unit::Population, Unit::Workplaces]);
        assert_eq!(profiles(&file), [Profile::connected_or_passed()]);
        assert_eq!(report_level(&file), Some("ward"), "there is no municipality, so the first");
        assert_eq!(report_goal(&file, &goals).unwrap().id, "se-2009-2020");
        assert_eq!(report_unit(&file, goals.first()), Unit::Places, "neither population nor workplaces is counted");
        assert_eq!(units(&file).into_iter().collect::<Vec<_>>(), [Unit::Places, Unit::Households]);
    }

    #[test]
    fn a_study_that_says_something_has_it() {
        let file = file(
            "
[areas.municipality]
from = \"ward\"
digits = 4

[[goals]]
use = \"eu-2030\"

[[goals]]
id = \"own\"
name = { sv = \"Eget\", en = \"Own\" }
year = 2026
units = [\"places\", \"households\"]
steps = [{ down = \"100 Mbit/s\", share = \"95 %\" }]

[[profiles]]
key = \"fibre\"
reach = [\"connected\"]
technologies = [\"fibre\"]

[report]
goal = \"own\"
",
        );
        let goals = goals(&file).unwrap();
        assert_eq!(goals[0].units, [Unit::Households], "a built-in goal keeps its units");
        assert_eq!(goals[1].steps[0].share.percent(), 95.0);
        assert_eq!(report_level(&file), Some("municipality"), "before the first level");
        let first = report_goal(&file, &goals);
        assert_eq!(first.unwrap().id, "own");
        assert_eq!(report_unit(&file, first), Unit::Places, "the goal's first unit");
        let profiles = profiles(&file);
        assert_eq!(profiles[0].reach, BTreeSet::from([Reach::Connected]));
        assert_eq!(profiles[0].technologies, Some(BTreeSet::from([Technology::Fibre])));
    }
}
