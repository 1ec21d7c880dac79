//! What a study file asks, once it is known which areas and services there are: no other file is read for that.

use nittio_core::{
    area::Level,
    offer::Offers,
    place::Places,
    quantity::Metres,
    service::{Reach, Services},
    study::{Frame, Study},
};

use crate::study_file::{
    StudyFile, defaults,
    error::StudyFileError,
    load::Loaded,
    scenarios::{self, Posed},
};

/// A study that has levels and services and nothing else that is read, and its scenarios.
///
/// # Errors
/// When a scenario is about nothing; the error points at it.
pub(crate) fn study(
    loaded: &Loaded,
    levels: Vec<Level>,
    services: Services,
) -> Result<(Study, Vec<Posed>), StudyFileError> {
    let file = &loaded.file;
    let wrong = |e: defaults::GoalError| loaded.error_at(0..0, e.to_string(), None::<String>);
    let goals = defaults::goals(file).map_err(wrong)?;
    let (near, profiles) = (defaults::near(file), defaults::profiles(file));
    let scenarios = scenarios::pose(loaded, &services, near.as_ref(), &profiles)?;
    let study = Study {
        frame: Frame {
            as_of: file.study.as_of,
            levels,
            categories: Vec::new(),
            units: Vec::new(),
            services,
            settlements: !file.settlements.is_empty(),
            near,
        },
        places: Places::default(),
        offers: Offers::default(),
        footprints: Vec::new(),
        settlements: Vec::new(),
        profiles,
        speeds: file.indicators.speeds.clone(),
        measures: defaults::measures(file),
        aid: defaults::aid(file).map_err(wrong)?,
        listing: defaults::listing(file, &goals),
        goals,
    };
    Ok((study, scenarios))
}

/// How far off coordinates may be, as the study says.
pub(crate) fn coordinate_error(file: &StudyFile) -> Option<Metres> {
    file.safety.coordinate_error.as_ref().map(|error| *error.get_ref())
}

/// How much shorter and longer the distances of near may be; nothing where the main definition does not count what is near.
pub(crate) fn near_error(file: &StudyFile, study: &Study) -> Option<Metres> {
    file.safety.near_error.as_ref().map(|error| *error.get_ref()).filter(|_| counts_near(study))
}

/// Whether the main definition counts what is near.
pub(crate) fn counts_near(study: &Study) -> bool {
    study.profiles.first().is_some_and(|main| main.reach.contains(&Reach::Near))
}
