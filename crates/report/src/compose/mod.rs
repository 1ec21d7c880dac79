//! Composing: from an outcome to a report's words, tables and charts. Every number of a report is decided here.

mod aid;
mod bars;
mod categories;
mod change_map;
mod country;
mod definitions;
pub(crate) mod delivery;
mod history;
pub(crate) mod kommun;
mod ledger;
mod live;
mod map;
mod method;
mod opening;
mod path;
mod plan_curve;
mod plan_ranking;
mod plan_sensitivity;
mod plans;
mod published;
mod quality;
mod reconciliation;
mod rollout;
mod safety;
mod scenarios;
mod settlements;
mod speeds;
mod technologies;
mod technology_maps;
pub(crate) mod trend;
mod words;
pub(crate) mod workbook;

use std::collections::BTreeMap;

use nittio_core::{
    assessment::{Assessment, Verdict},
    category::Few,
    goal::{Goal, Step},
    indicator::{At, Figure, Indicators, TOTAL},
    layers::Layers,
    measure::Measure,
    outcome::{Input, Outcome},
    projection::Projection,
    quantity::Speed,
    study::ScaledUnit,
};

use crate::{
    Settings,
    chart::Mark,
    locale::Locale,
    messages::Messages,
    report::{Report, Source, Words},
};

/// Above this many areas, charts show the lowest and the highest only.
pub(super) const MANY: usize = 40;
/// How many of each are then shown.
pub(super) const SHOWN: usize = 15;
/// Above this many areas, tables are folded.
const FOLD: usize = 60;

/// What is being composed: the outcome, and what the settings pick from it.
pub(super) struct Scene<'a> {
    out: &'a Outcome,
    ind: &'a Indicators,
    locale: Locale,
    t: Messages,
    level: &'a str,
    /// The level's areas that hold any place, sorted by name as the language sorts.
    areas: Vec<usize>,
    /// How many areas of the level hold no place and are not shown.
    empty: usize,
    /// The row of places in no area of the level.
    outside: Option<usize>,
    /// The total, and the areas of other levels that are few enough to compare with.
    beside: Vec<usize>,
    /// The same without areas that hold all there is: their lines would only repeat the total's.
    context: Vec<usize>,
    unit: usize,
    measure: usize,
    goal: Option<usize>,
    /// Listed places that lack the first speed, where places are listed.
    lacking: Option<&'a Few>,
    /// The verdicts under the main definition, by goal and area.
    assessments: BTreeMap<(usize, usize), &'a Assessment>,
}

/// Composes the whole report, with a part that answers by itself where there is something to count with.
pub(super) fn with_live(outcome: &Outcome, settings: &Settings, projection: &Projection, layers: &Layers) -> Report {
    let mut report = report(outcome, settings);
    report.live = live::live(&Scene::new(outcome, settings), live::Figures::Counted(projection, layers));
    report
}

/// The names of the words that a page's script is given.
pub(crate) fn live_words() -> Vec<&'static str> {
    live::names()
}

/// Composes the whole report, with a part that answers by itself from what the outcome shows.
pub(super) fn published(outcome: &Outcome, settings: &Settings) -> Report {
    let mut report = report(outcome, settings);
    report.live = live::live(&Scene::new(outcome, settings), live::Figures::Published);
    report
}

/// Composes the whole report.
pub(super) fn report(outcome: &Outcome, settings: &Settings) -> Report {
    let scene = Scene::new(outcome, settings);
    let t = &scene.t;
    let (lead, facts) = opening::opening(&scene);
    let mut sections = vec![ledger::section(&scene), map::section(&scene), bars::section(&scene)];
    sections.extend([
        settlements::section(&scene),
        speeds::section(&scene),
        definitions::section(&scene),
        technologies::section(&scene),
    ]);
    sections.extend([aid::section(&scene), categories::section(&scene)].into_iter().flatten());
    sections.extend(scenarios::section(&scene));
    sections.extend(plans::section(&scene));
    // What the figures rest on is counts that suppression does not guard: the public edition does not have it.
    if outcome.edition.is_none() {
        sections.extend([safety::section(&scene), reconciliation::section(&scene)]);
    }
    sections.extend([quality::section(&scene), method::section(&scene)]);
    Report {
        live: None,
        locale: settings.locale,
        title: outcome.name.clone(),
        kicker: t.say("page.kicker", &[("date", &scene.date())]),
        notice: outcome
            .notice
            .as_ref()
            .map(|text| crate::report::Notice { head: t.get("page.notice"), text: text.clone() }),
        lead,
        definition: opening::definition(&scene, 0),
        facts,
        sections,
        words: Words {
            skip: t.get("page.skip"),
            contents: t.get("page.contents"),
            source: t.get("page.source"),
            sources: t.get("page.sources"),
            show_table: t.get("page.show-table"),
            page: t.get("page.number"),
            tables: t.get("page.tables"),
            table_on_page: t.get("page.table-on-page"),
            cut: t.get("page.cut"),
        },
        colophon: t.say("page.colophon", &[("program", &outcome.provenance.program)]),
        theme: crate::theme::Theme::default(),
        links: Vec::new(),
    }
}

impl<'a> Scene<'a> {
    fn new(out: &'a Outcome, settings: &'a Settings) -> Self {
        let ind = &out.indicators;
        let locale = settings.locale;
        let level = settings.level.as_str();
        let of_level = |i: &usize| ind.areas[*i].level == level;
        let named = |i: &usize| !ind.areas[*i].code.is_empty();
        let mut areas: Vec<usize> = (0..ind.areas.len()).filter(of_level).filter(named).collect();
        areas.sort_by_cached_key(|&i| (locale.sort_key(&ind.areas[i].name), ind.areas[i].code.clone()));
        // Borders of a whole country may come with the addresses of one county. Areas without a single place are not
        // shown; when there is no place at all, the empty areas are all there is to show.
        let holds_places = |i: &usize| {
            let figure = ind.figure(At { area: *i, ..At::default() });
            figure.total > 0 || figure.hides.total
        };
        let all = areas.len();
        if areas.iter().any(holds_places) {
            areas.retain(holds_places);
        }
        let empty = all - areas.len();
        let outside = (1..ind.areas.len()).find(|i| of_level(i) && !named(i));
        let mut beside = vec![0];
        for other in out.frame.levels.iter().filter(|l| l.key != level) {
            let rows: Vec<usize> =
                (0..ind.areas.len()).filter(|&i| ind.areas[i].level == other.key && named(&i)).collect();
            // More would be a table of its own, and the total stands there already.
            if rows.len() <= 3 {
                beside.extend(rows);
            }
        }
        let unit = ind.unit(settings.unit.key()).unwrap_or(0);
        let goal = (settings.goal < out.goals.len()).then_some(settings.goal);
        let step = goal.and_then(|g| out.goals[g].steps.first());
        let measure = step
            .and_then(|step| ind.measure(Measure::Down(step.down)))
            .or_else(|| ind.measure(Measure::Down(Speed::from_mbps(100))))
            .or_else(|| ind.measure(Measure::Covered))
            .unwrap_or(0);
        let main = out.assessments.iter().filter(|a| a.profile == 0);
        let goals = out.goals.iter().flat_map(|goal| &goal.units).filter_map(|unit| ind.unit(unit.key()));
        let units: Vec<usize> = goals.chain([unit]).collect();
        let whole = |area: usize| {
            let of = |area, unit| ind.figure(At { area, unit, measure, ..At::default() });
            units.iter().all(|&unit| of(area, unit) == of(0, unit))
        };
        let context = beside.iter().copied().filter(|&area| area == 0 || !whole(area)).collect();
        let assessments = main.map(|a| ((a.goal, a.area), a)).collect();
        Self {
            assessments,
            out,
            ind,
            locale,
            t: Messages::of(locale),
            level,
            areas,
            empty,
            outside,
            beside,
            context,
            unit,
            measure,
            goal,
            lacking: settings.lacking.as_ref(),
        }
    }

    fn date(&self) -> String {
        self.locale.date(self.out.frame.as_of, &self.t.get("months"))
    }

    fn main_goal(&self) -> Option<&'a Goal> {
        self.goal.map(|goal| &self.out.goals[goal])
    }

    /// The goal's first step.
    fn main_step(&self) -> Option<&'a Step> {
        self.main_goal().and_then(|goal| goal.steps.first())
    }

    /// The first step, where the figures' unit is one of the goal's and the step's speed is measured.
    fn step(&self) -> Option<&'a Step> {
        let step = self.main_step()?;
        let unit = &self.ind.units[self.unit].unit;
        let measured = self.ind.measures[self.measure] == Measure::Down(step.down);
        (measured && self.main_goal()?.units.contains(unit)).then_some(step)
    }

    /// The goal's share in parts per million, for figures in the main unit.
    fn goal_ppm(&self) -> Option<u32> {
        self.step().map(share_ppm)
    }

    fn goal_share(&self) -> Option<f64> {
        self.step().map(|step| step.share.percent() / 100.0)
    }

    fn goal_mark(&self) -> Option<Mark> {
        let step = self.step()?;
        Some(Mark {
            at: step.share.percent() / 100.0,
            label: self.t.say("goal.mark", &[("share", &self.share_word(step))]),
        })
    }

    fn at(&self, area: usize) -> At {
        At { area, unit: self.unit, measure: self.measure, ..At::default() }
    }

    /// The figure of the main unit, measure and definition.
    fn main(&self, area: usize) -> Figure {
        self.ind.figure(self.at(area))
    }

    fn scaled(&self) -> &'a ScaledUnit {
        &self.ind.units[self.unit]
    }

    /// Whether the figure reaches the goal: `None` when there is no goal or nothing to count.
    fn reaches(&self, figure: &Figure) -> Option<bool> {
        let step = self.step()?;
        figure.has_share().then(|| figure.covered >= step.share.of(figure.total))
    }

    /// How many parts of the unit a figure lacks to the goal.
    fn gap(&self, figure: &Figure) -> u64 {
        self.step()
            .filter(|_| figure.has_share())
            .map_or(0, |step| step.share.of(figure.total).saturating_sub(figure.covered))
    }

    fn assessment(&self, goal: usize, area: usize) -> Option<&'a Assessment> {
        self.assessments.get(&(goal, area)).copied()
    }

    /// Areas of the level that meet the whole main goal, and those of which it is known.
    fn met(&self) -> (usize, usize) {
        let Some(goal) = self.goal else { return (0, 0) };
        let verdicts: Vec<_> =
            self.areas.iter().filter_map(|&area| self.assessment(goal, area)).map(|a| a.joint).collect();
        let met = verdicts.iter().filter(|v| **v == Verdict::Met).count();
        (met, verdicts.iter().filter(|v| !matches!(v, Verdict::NotMeasured | Verdict::Withheld)).count())
    }

    /// How many of the level's areas have verdicts that are kept back.
    fn kept_back(&self) -> usize {
        let verdicts = self.areas.iter().filter_map(|&area| self.assessment(self.goal?, area));
        verdicts.filter(|a| a.joint == Verdict::Withheld).count()
    }

    /// The level's areas from the lowest share to the highest; those with nothing to share last.
    fn by_share(&self) -> Vec<usize> {
        let mut areas = self.areas.clone();
        areas.sort_by(|&a, &b| {
            let (a, b) = (self.main(a), self.main(b));
            let none = (!a.has_share()).cmp(&!b.has_share());
            none.then((u128::from(a.covered) * u128::from(b.total)).cmp(&(u128::from(b.covered) * u128::from(a.total))))
        });
        areas
    }

    /// The areas that charts show, lowest first: all, or the lowest and the highest, and how many are left out.
    fn shown(&self) -> (Vec<usize>, Vec<usize>, usize) {
        let sorted = self.by_share();
        if sorted.len() <= MANY {
            return (sorted, Vec::new(), 0);
        }
        let known = sorted.iter().filter(|&&area| self.main(area).has_share()).count();
        let low = sorted[..SHOWN].to_vec();
        let high = sorted[known.saturating_sub(SHOWN).max(SHOWN)..known.max(SHOWN)].to_vec();
        let left = sorted.len() - low.len() - high.len();
        (low, high, left)
    }

    fn folded(&self) -> bool {
        self.areas.len() > FOLD
    }

    fn percent_ticks(&self, ticks: &[u32]) -> Vec<Mark> {
        ticks
            .iter()
            .map(|&tick| Mark { at: f64::from(tick) / 100.0, label: self.locale.percent(&tick.to_string()) })
            .collect()
    }

    fn has_unmatched(&self) -> bool {
        self.ind.figure(At { unit: self.unit, ..At::default() }).unmatched > 0
            || (0..self.ind.units.len()).any(|unit| self.ind.figure(At { unit, ..At::default() }).unmatched > 0)
    }

    /// The source line of figures: who made the input, the program, the day.
    fn source(&self) -> Source {
        let mut parts: Vec<String> = Vec::new();
        // What building costs is behind no figure of coverage.
        let costs = |input: &&Input| ["projects", "unit-costs"].contains(&input.role.as_str());
        for said in self.out.provenance.inputs.iter().filter(|input| !costs(input)).filter_map(origin) {
            if !parts.contains(&said) {
                parts.push(said);
            }
        }
        parts.push(self.out.provenance.program.clone());
        Source { own: None, study: format!("{}. {}.", parts.join("; "), self.date()) }
    }
}

/// Who made a file, and under which licence.
fn origin(input: &Input) -> Option<String> {
    let said = [input.source.as_deref(), input.licence.as_deref()].into_iter().flatten();
    let said: Vec<&str> = said.map(|text| text.trim_end_matches('.')).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

fn share_ppm(step: &Step) -> u32 {
    u32::try_from(step.share.of(1_000_000)).unwrap_or(1_000_000)
}

/// Whether this is the total or an area of another level.
fn is_total(level: &str) -> bool {
    level == TOTAL
}
