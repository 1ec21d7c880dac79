//! The report's pages and pictures, put among the results.

use std::io::Write;

use nittio_core::{category::Few, outcome::Outcome};
use nittio_io::{
    study_file::{Locale, defaults::ReportView},
    write::staging::Staging,
};
use nittio_report::render;

use crate::failure::Failure;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    /// The report as a page.
    pub(crate) html: bool,
    /// Its figures as pictures.
    pub(crate) pictures: bool,
    /// A page per area.
    pub(crate) kommun: bool,
}

impl Parts {
    pub(crate) const ALL: Self = Self { html: true, pictures: true, kommun: true };
}

/// Draws the report and its pictures into a folder of the results.
pub(crate) fn draw(
    staging: &Staging,
    outcome: &Outcome,
    view: &ReportView,
    lacking: Option<Few>,
    folder: &str,
    parts: Parts,
) -> Result<(), Failure> {
    let settings = nittio_report::Settings {
        locale: match view.locale {
            Locale::Sv => nittio_report::Locale::Sv,
            Locale::En => nittio_report::Locale::En,
        },
        level: view.level.clone(),
        goal: view.goal,
        unit: view.unit.clone(),
        lacking,
    };
    let report = nittio_report::compose(outcome, &settings);
    let (page, pictures) = rayon::join(
        || parts.html.then(|| render::html(&report)).transpose(),
        || parts.pictures.then(|| render::pictures(&report)).transpose(),
    );
    if let Some(page) = page? {
        staging.write(&format!("{folder}report.html"), |file| file.write_all(page.as_bytes()))?;
    }
    if parts.kommun {
        for page in nittio_report::kommun::pages(outcome, &settings)? {
            staging.write(&format!("{folder}kommun/{}", page.name), |file| file.write_all(page.html.as_bytes()))?;
        }
    }
    for picture in pictures?.into_iter().flatten() {
        let name = format!("{folder}pictures/{}", picture.name);
        staging.write(&format!("{name}.svg"), |file| file.write_all(picture.svg.as_bytes()))?;
        staging.write(&format!("{name}.png"), |file| file.write_all(&picture.png))?;
    }
    Ok(())
}
