//! The whole pipeline in one call: build, join, observe, evaluate, assess.

use crate::{
    assessment::{Assessment, assess},
    coverage::{Coverage, join},
    index::CoverageIndex,
    indicator::{Indicators, evaluate, measures},
    study::Study,
    tally::Tally,
};

/// What every stage of a run came to.
#[derive(Debug)]
pub struct Run {
    /// Footprints, areas and settlements, ready to be asked.
    pub index: CoverageIndex,
    /// What reaches each place.
    pub coverage: Coverage,
    /// The cube of counts.
    pub tally: Tally,
    /// All figures.
    pub indicators: Indicators,
    /// All goals held against all areas.
    pub assessments: Vec<Assessment>,
}

/// Runs every stage on a study.
///
/// `progress` is called with the number of places joined since the last call, from any thread.
#[must_use]
pub fn run(study: &Study, progress: impl Fn(usize) + Sync) -> Run {
    let index = CoverageIndex::build(study);
    let coverage = join(&index, study, progress);
    let tally = Tally::observe(&study.frame, &study.places, &coverage);
    let indicators = evaluate(&tally, &study.frame, &study.profiles, &measures(study));
    let assessments = assess(&indicators, &study.goals);
    Run { index, coverage, tally, indicators, assessments }
}
