//! The basis of an outcome: all that it is made from, whether places were just joined or a saved result was read.

use std::collections::BTreeSet;

use nittio_core::{
    assessment::assess,
    comparison::{Comparison, Contrast},
    coverage::Kind,
    diagnostic::DiagnosticCount,
    doubt::Doubt,
    goal::Goal,
    indicator::{AreaRef, Indicators, areas, evaluate, measures},
    measure::Measure,
    network::Networks,
    official::Official,
    outcome::{Outcome, Plans, Provenance},
    plan::Project,
    projection::Projection,
    quantity::Speed,
    reached::Reached,
    reconcile::{Duplicates, reconcile},
    safety::{Question, safety},
    study::{Frame, Study},
    sums::Sums,
    tally::Tally,
    timetable::Timetable,
};

use crate::{
    ingest::{Origins, asked},
    study_file::{load::Loaded, plans, scenarios::Posed},
};

/// All that an outcome is made from. It holds no place and no footprint.
#[derive(Debug, Clone)]
pub struct Basis<'a> {
    /// The study file.
    pub(crate) loaded: &'a Loaded,
    /// What the study asks; its frame is not complete.
    pub(crate) study: &'a Study,
    /// The study's frame, complete.
    pub(crate) frame: &'a Frame,
    /// The distinct kinds of places, sorted.
    pub(crate) kinds: &'a [Kind],
    /// What the places of each kind and category come to.
    pub(crate) sums: &'a Sums,
    /// The cube of counts.
    pub(crate) tally: &'a Tally,
    /// What was odd about the input, counted.
    pub(crate) diagnostics: Vec<DiagnosticCount>,
    /// Rows that are no places, because an earlier one has their id.
    pub(crate) duplicates: &'a Duplicates,
    /// Places that borders or distances which are a little off would make a difference to.
    pub(crate) doubts: &'a [Doubt],
    /// What the study asks of the form "what if".
    pub(crate) scenarios: &'a [Posed],
    /// Projects that may be built.
    pub(crate) projects: &'a [Project],
    /// The plans that the study asks for.
    pub(crate) plans: &'a [plans::Posed],
    /// What came of them, where that is known already.
    pub(crate) planned: Option<&'a Plans>,
    /// Official figures to hold the study's against.
    pub(crate) official: &'a [Official],
    /// Which inputs the services come from.
    pub(crate) origins: &'a Origins,
    /// Where everything came from.
    pub(crate) provenance: Provenance,
}

/// What worlds that were held against each other come to, and what that is about.
#[derive(Debug, Clone)]
pub struct Answer<'a> {
    /// The study's name.
    pub name: &'a str,
    /// The axes.
    pub frame: &'a Frame,
    /// The study's goals.
    pub goals: &'a [Goal],
    /// The areas, the total first.
    pub areas: Vec<AreaRef>,
    /// What came of it.
    pub compared: Comparison,
}

impl Basis<'_> {
    /// All that a report is made from: every figure evaluated, and every goal held against every area.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let Self { study, frame, tally, .. } = *self;
        let (file, about) = (&self.loaded.file, &self.loaded.file.study);
        let indicators = self.figures();
        let safety = || {
            safety(&Question {
                indicators: &indicators,
                tally,
                frame,
                goals: &study.goals,
                kinds: self.kinds,
                coordinate_error: asked::coordinate_error(file),
                near_error: asked::near_error(file, study),
                doubts: self.doubts,
            })
        };
        // Each of these goes through the whole tally by itself.
        let ((networks, timetable), (safety, scenarios)) =
            rayon::join(|| self.networks(&indicators), || (safety(), self.compare(&indicators, &self.contrasts())));
        Outcome {
            scenarios,
            plans: self.planned.map_or_else(|| crate::plans::plans(self, &indicators), Clone::clone),
            networks,
            timetable,
            reconciliation: reconcile(&indicators, frame, &study.goals, self.official.to_vec(), self.duplicates),
            name: about.name.clone(),
            notice: about.notice.clone(),
            frame: frame.clone(),
            goals: study.goals.clone(),
            assessments: assess(&indicators, &study.goals),
            diagnostics: self.diagnostics.clone(),
            settlement_vintages: file.settlements.iter().map(|source| source.vintage).collect(),
            safety,
            provenance: self.provenance.clone(),
            edition: None,
            aid: study.aid.count(tally, frame, &indicators),
            indicators,
        }
    }

    /// Which networks reach what, and from when units have a speed, under the study's main definition.
    fn networks(&self, indicators: &Indicators) -> (Networks, Timetable) {
        let Some(main) = self.study.profiles.first() else { return Default::default() };
        let (frame, areas) = (self.frame, indicators.areas.len());
        let reached = Reached::of(self.tally, frame, &indicators.areas);
        rayon::join(
            || Networks::of(&reached, frame, areas, main),
            || Timetable::of(&reached, frame, areas, main, &speeds(indicators)),
        )
    }

    /// Every figure that the study asks for, and nothing else of the outcome.
    #[must_use]
    pub fn figures(&self) -> Indicators {
        let mut measures = measures(self.study);
        measures.extend(self.official.iter().filter_map(|official| official.measure));
        measures.sort_unstable();
        measures.dedup();
        evaluate(self.tally, self.frame, &self.study.profiles, &measures)
    }

    /// The study's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.loaded.file.study.name
    }

    /// The axes.
    #[must_use]
    pub const fn frame(&self) -> &Frame {
        self.frame
    }

    /// The study's goals.
    #[must_use]
    pub fn goals(&self) -> &[Goal] {
        &self.study.goals
    }

    /// Holds worlds against each other and nothing else: what is asked again and again of the same basis.
    #[must_use]
    pub fn answer(&self, contrasts: &[Contrast]) -> Answer<'_> {
        let areas = areas(self.tally, self.frame);
        let compared = self.compare_in(&areas, contrasts);
        Answer { name: self.name(), frame: self.frame, goals: self.goals(), areas, compared }
    }

    /// Every scenario beside what it rests on.
    fn contrasts(&self) -> Vec<Contrast> {
        let with_base = |posed: &Posed| Contrast::with_base(&posed.scenario, &posed.world, self.frame);
        self.scenarios.iter().map(with_base).collect()
    }

    /// What speeds the places of a level's areas have, under every definition and scenario.
    #[must_use]
    pub fn projection(&self, indicators: &Indicators, level: &str) -> Projection {
        let speeds = speeds(indicators);
        let areas = (&indicators.areas[..], level);
        Projection::of(self.tally, self.frame, areas, &indicators.profiles, &self.contrasts(), &speeds)
    }

    /// Holds worlds against each other, by the speeds of the study's goals; `indicators` have the areas.
    #[must_use]
    pub fn compare(&self, indicators: &Indicators, contrasts: &[Contrast]) -> Comparison {
        self.compare_in(&indicators.areas, contrasts)
    }

    fn compare_in(&self, areas: &[AreaRef], contrasts: &[Contrast]) -> Comparison {
        let steps = self.study.goals.iter().flat_map(|goal| &goal.steps);
        let measures: BTreeSet<Measure> = steps.map(|step| Measure::Down(step.down)).collect();
        let measures: Vec<Measure> = measures.into_iter().collect();
        Comparison::of(self.tally, self.frame, areas, contrasts, &measures)
    }
}

/// The download speeds that figures are about.
fn speeds(indicators: &Indicators) -> Vec<Speed> {
    let speed = |measure: &Measure| if let Measure::Down(speed) = measure { Some(*speed) } else { None };
    indicators.measures.iter().filter_map(speed).collect()
}
