//! Names of units, levels, areas, properties and definitions in the language of the report.

use std::collections::BTreeSet;

use nittio_core::{
    goal::{Goal, Step, Text},
    indicator::Figure,
    measure::Measure,
    near::{Distances, Near},
    profile::Profile,
    quantity::Metres,
    service::{Reach, Technology},
    study::ScaledUnit,
    unit::Unit,
};

use super::{Scene, is_total};
use crate::{
    locale::Locale,
    messages::sentence,
    report::{Cell, Kind},
};

/// What stands where a number is kept back, as in the tables of Statistics Sweden.
pub(super) const HIDDEN: &str = "..";

impl Scene<'_> {
    pub(super) fn text<'t>(&self, text: &'t Text) -> &'t str {
        match self.locale {
            Locale::Sv => &text.sv,
            Locale::En => &text.en,
        }
    }

    fn unit_form(&self, form: &str, unit: &Unit) -> String {
        self.t.find(&format!("{form}.{}", unit.key())).unwrap_or_else(|| unit.key().to_owned())
    }

    /// The name of the axis: "Befolkning".
    pub(super) fn unit_head(&self, unit: &Unit) -> String {
        self.unit_form("unit", unit)
    }

    /// "invånare".
    pub(super) fn units(&self, unit: &Unit) -> String {
        self.unit_form("unit-many", unit)
    }

    /// "invånarna".
    pub(super) fn all_units(&self, unit: &Unit) -> String {
        self.unit_form("unit-all", unit)
    }

    pub(super) fn main_units(&self) -> String {
        self.units(&self.scaled().unit)
    }

    pub(super) fn main_all(&self) -> String {
        self.all_units(&self.scaled().unit)
    }

    /// "invånare" or, for one, its singular.
    pub(super) fn units_for(&self, parts: u64) -> String {
        let scaled = self.scaled();
        self.unit_form(if parts == scaled.scale { "unit-one" } else { "unit-many" }, &scaled.unit)
    }

    /// "13 kommuner" without the number.
    pub(super) fn areas_word(&self, count: usize) -> String {
        let form = if count == 1 { "level-one" } else { "level-many" };
        self.t.find(&format!("{form}.{}", self.level)).unwrap_or_else(|| self.t.get(&format!("{form}.other")))
    }

    pub(super) fn whole(&self, count: usize) -> String {
        self.locale.whole(u64::try_from(count).unwrap_or(u64::MAX))
    }

    pub(super) fn area_name(&self, area: usize) -> String {
        let area = &self.ind.areas[area];
        if is_total(&area.level) {
            self.t.get("area.total")
        } else if area.code.is_empty() {
            self.t.get("area.outside")
        } else {
            area.name.clone()
        }
    }

    pub(super) fn property(&self) -> String {
        self.measure_name(self.ind.measures.get(self.measure).copied().unwrap_or(Measure::Covered))
    }

    pub(super) fn measure_name(&self, measure: Measure) -> String {
        match measure {
            Measure::Down(speed) | Measure::Up(speed) => {
                self.t.say("property.down", &[("speed", &self.locale.speed(speed))])
            }
            Measure::Technology(technology) => self.technology(technology),
            Measure::Operators(n) => self.t.say("column.operators", &[("n", &n.to_string())]),
            Measure::Owners(n) => self.t.say("column.owners", &[("n", &n.to_string())]),
            Measure::OpenAccess => self.t.get("column.open-access"),
            Measure::SingleOwner => self.t.get("column.single-owner"),
            Measure::Symmetrical(speed) => self.t.say("column.symmetrical", &[("speed", &self.locale.speed(speed))]),
            Measure::Both { down, up } => {
                let (down, up) = (self.locale.speed(down), self.locale.speed(up));
                self.t.say("column.both", &[("down", &down), ("up", &up)])
            }
            Measure::Covered => self.t.get("property.covered"),
        }
    }

    pub(super) fn technology(&self, technology: Technology) -> String {
        self.t.get(&format!("technology.{}", technology.key()))
    }

    /// "90 %".
    pub(super) fn share_word(&self, step: &Step) -> String {
        self.locale.percent(&self.locale.plain(step.share.percent()))
    }

    /// "90 % med 100 Mbit/s".
    pub(super) fn step_words(&self, step: &Step) -> String {
        let speed = self.locale.speed(step.down);
        self.t.say("goal.name", &[("share", &self.share_word(step)), ("speed", &speed)])
    }

    /// All steps of a goal: "90 % med 100 Mbit/s och …".
    pub(super) fn goal_words(&self, goal: &Goal) -> String {
        self.list(goal.steps.iter().map(|step| self.step_words(step)).collect())
    }

    /// "a, b och c".
    pub(super) fn list(&self, mut words: Vec<String>) -> String {
        match words.pop() {
            None => String::new(),
            Some(last) if words.is_empty() => last,
            Some(last) => format!("{}{}{last}", words.join(", "), self.t.get("goal.and")),
        }
    }

    /// "a, b eller c".
    fn either(&self, mut words: Vec<String>) -> String {
        match words.pop() {
            None => String::new(),
            Some(last) if words.is_empty() => last,
            Some(last) => format!("{}{}{last}", words.join(", "), self.t.get("profile.or")),
        }
    }

    /// A definition's name, made from what it says: "ansluten eller kan beställa, med planer t.o.m. …".
    pub(super) fn profile_name(&self, profile: &Profile) -> String {
        let name = self.profile_words(profile);
        let same = self.ind.profiles.iter().filter(|other| self.profile_words(other) == name).count();
        sentence(&if same > 1 { format!("{name} ({})", profile.key) } else { name })
    }

    fn profile_words(&self, profile: &Profile) -> String {
        let reach: Vec<String> = profile.reach.iter().map(|&reach| self.reach(reach)).collect();
        let mut parts = vec![self.either(reach)];
        if let Some(technologies) = &profile.technologies {
            parts.push(self.technology_words("profile", technologies));
        }
        if let Some(order) = profile.order_cost {
            parts.push(self.t.say("profile.cost", &[("cost", &self.locale.kronor(order.at_most))]));
        }
        if profile.busy_hour.is_some() {
            parts.push(self.t.get("profile.busy"));
        }
        if let Some(day) = profile.planned_until {
            let day = self.locale.date(day, &self.t.get("months"));
            parts.push(self.t.say("profile.planned", &[("date", &day)]));
        }
        parts.join(", ")
    }

    /// Which technologies count: by the name of a set, by the few that do not count, or one by one.
    fn technology_words(&self, of: &str, technologies: &BTreeSet<Technology>) -> String {
        let is = |set: &[Technology]| technologies.iter().eq(set.iter().collect::<BTreeSet<_>>());
        if is(&Technology::WIRED) {
            return self.t.get(&format!("{of}.only-wired"));
        }
        if is(&Technology::FIXED) {
            return self.t.get(&format!("{of}.only-fixed"));
        }
        let name = |technology: &Technology| self.technology(*technology).to_lowercase();
        let others: Vec<String> = Technology::ALL.iter().filter(|t| !technologies.contains(t)).map(name).collect();
        if others.len() <= 3 {
            return self.t.say(&format!("{of}.without"), &[("technologies", &self.list(others))]);
        }
        let names = self.list(technologies.iter().map(name).collect());
        self.t.say(&format!("{of}.only"), &[("technologies", &names)])
    }

    fn reach(&self, reach: Reach) -> String {
        self.t.get(&format!("reach.{}", reach.key()))
    }

    /// What a definition counts, in sentences.
    pub(super) fn profile_sentences(&self, profile: &Profile) -> String {
        let months = self.t.get("months");
        let reach: Vec<String> =
            profile.reach.iter().map(|r| self.t.get(&format!("profile.reach-{}", r.key()))).collect();
        let technologies = profile.technologies.as_ref().map_or_else(
            || self.t.get("profile.technologies-all"),
            |technologies| format!("{}.", sentence(&self.technology_words("profile", technologies))),
        );
        let when = profile.planned_until.map_or_else(
            || self.t.say("profile.now", &[("date", &self.date())]),
            |day| {
                let planned = self.locale.date(day, &months);
                let of: Vec<&str> = profile.planned_status.iter().map(|status| status.key()).collect();
                let key = format!("profile.with-{}", of.join("-"));
                self.t.say(&key, &[("date", &self.date()), ("planned", &planned)])
            },
        );
        let mut sentences = vec![self.t.say("profile.counts", &[("reach", &self.either(reach))]), technologies, when];
        let said = |counts: bool, yes: &str, no: &str| self.t.get(if counts { yes } else { no });
        if let Some(order) = profile.order_cost {
            sentences.push(self.t.say("profile.cost-text", &[("cost", &self.locale.kronor(order.at_most))]));
            let (yes, no) = ("profile.cost-unknown-counts", "profile.cost-unknown-does-not");
            sentences.push(said(order.unknown_counts, yes, no));
        }
        if let Some(busy) = profile.busy_hour {
            sentences.push(self.t.get("profile.busy-text"));
            let (yes, no) = ("profile.busy-unknown-counts", "profile.busy-unknown-does-not");
            sentences.push(said(busy.unknown_counts, yes, no));
        }
        sentences.join(" ")
    }

    /// When a place is near, in sentences.
    pub(super) fn near_sentences(&self, near: &Near) -> String {
        let Distances { locality, smaller_locality, outside, .. } = near.distance;
        let metres = |distance: Metres| self.locale.metres(distance);
        let alike = locality == outside && smaller_locality == outside;
        let distance = if alike || self.ind.settlements.len() < 2 {
            metres(outside)
        } else {
            self.t.say(
                "method.near-distances",
                &[
                    ("locality", &metres(locality)),
                    ("smaller", &metres(smaller_locality)),
                    ("outside", &metres(outside)),
                ],
            )
        };
        let technologies = if near.technologies.len() == Technology::ALL.len() {
            self.t.get("method.near-all")
        } else {
            self.technology_words("near", &near.technologies)
        };
        self.t.say("method.near-text", &[("distance", &distance), ("technologies", &technologies)])
    }

    /// What figures in the main unit show.
    pub(super) fn figure_subtitle(&self) -> String {
        let profile = self.ind.profiles.first().map(|p| self.profile_name(p)).unwrap_or_default();
        sentence(&self.t.say(
            "definition.figure",
            &[
                ("units", &self.main_all()),
                ("property", &self.property()),
                ("date", &self.date()),
                ("profile", &profile.to_lowercase()),
            ],
        ))
    }

    /// The same without the property.
    pub(super) fn short_subtitle(&self) -> String {
        let profile = self.ind.profiles.first().map(|p| self.profile_name(p)).unwrap_or_default();
        self.t.say(
            "definition.figure-short",
            &[("units", &self.main_all()), ("date", &self.date()), ("profile", &profile.to_lowercase())],
        )
    }

    /// A share for reading, `–` when there is nothing to share.
    pub(super) fn share(&self, figure: &Figure) -> String {
        self.share_to(figure, self.goal_ppm())
    }

    /// A share that a goal is held against.
    pub(super) fn share_to(&self, figure: &Figure, goal: Option<u32>) -> String {
        if figure.hides.total || figure.hides.covered {
            return HIDDEN.to_owned();
        }
        self.locale.share_of(figure, goal).unwrap_or_else(|| "–".to_owned())
    }

    /// A count, or the sign that it is kept back.
    pub(super) fn count(&self, parts: u64, hidden: bool, unit: &ScaledUnit) -> String {
        if hidden { HIDDEN.to_owned() } else { self.locale.count(parts, unit) }
    }

    /// Total, covered, missing and unmatched, in the main unit.
    pub(super) fn counts(&self, figure: &Figure) -> [Cell; 4] {
        let Figure { total, covered, missing, unmatched, hides } = *figure;
        [(total, hides.total), (covered, hides.covered), (missing, hides.missing), (unmatched, hides.unmatched)]
            .map(|(count, hidden)| Cell::number(self.count(count, hidden, self.scaled())))
    }

    /// A share that no goal is held against.
    pub(super) fn plain_share(&self, figure: &Figure) -> String {
        self.share_to(figure, None)
    }

    pub(super) fn share_cell(&self, figure: &Figure) -> Cell {
        Cell::number(self.plain_share(figure))
    }

    /// The share if all unmatched were covered.
    pub(super) fn upper(&self, figure: &Figure) -> String {
        if figure.hides.any() {
            return HIDDEN.to_owned();
        }
        self.locale.share(figure.covered + figure.unmatched, figure.total, None).unwrap_or_else(|| "–".to_owned())
    }

    pub(super) fn verdict_cell(&self, verdict: nittio_core::assessment::Verdict) -> Cell {
        use nittio_core::assessment::Verdict;
        match verdict {
            Verdict::Met => Cell::new(Kind::Met, self.t.get("goal.met-short")),
            Verdict::Missed { .. } => Cell::new(Kind::Missed, self.t.get("goal.missed-short")),
            Verdict::NotMeasured => Cell::new(Kind::Unknown, self.t.get("goal.unmeasured")),
            Verdict::Withheld => Cell::text(HIDDEN),
        }
    }

    /// Rows of the level, with the row of places in none.
    pub(super) fn body(&self) -> Vec<usize> {
        self.body_where(|_| true)
    }

    /// The same, with the row of places in no area only where it holds anything.
    pub(super) fn body_where(&self, holds: impl Fn(usize) -> bool) -> Vec<usize> {
        self.areas.iter().copied().chain(self.outside.filter(|&area| holds(area))).collect()
    }
}
