//! The report's pages, pictures and tables, put among the results.

use std::{
    cell::RefCell,
    io::{ErrorKind, Write},
    path::Path,
};

use nittio_core::{category::Few, layers::Layers, outcome::Outcome, projection::Projection, trend::Trend};
use nittio_io::{
    saved::Kept,
    study_file::{self, Locale, defaults::ReportView},
    write::{self, staging::Staging},
};
use nittio_report::{
    render::{self, Size},
    theme::Theme,
};

use crate::{args::PictureSize, failure::Failure, pdf};

/// What is drawn, and how it looks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Look {
    /// The report as a page.
    pub(crate) html: bool,
    /// Its figures as pictures.
    pub(crate) pictures: bool,
    /// For these, where the study file's choice is not asked for.
    pub(crate) sizes: Vec<Size>,
    /// A page per area.
    pub(crate) kommun: bool,
    /// Its figures as a workbook and a table for a spreadsheet.
    pub(crate) tables: bool,
    /// The report as PDF.
    pub(crate) pdf: bool,
    /// The colours.
    pub(crate) theme: Theme,
}

/// The theme in a file, and the bytes of all that it is made of; the default one where none is named.
pub(crate) fn theme(path: Option<&Path>) -> Result<(Theme, Vec<Kept>), Failure> {
    let Some(path) = path else { return Ok((Theme::default(), Vec::new())) };
    let text = std::fs::read_to_string(path).map_err(|source| Failure::File { path: path.to_owned(), source })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let kept = RefCell::new(vec![Kept::new(THEME, text.as_bytes())]);
    let read = |name: &str| {
        let bytes = std::fs::read(folder.join(name)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => format!("there is no such file in {}", folder.display()),
            _ => error.to_string(),
        })?;
        kept.borrow_mut().push(Kept::new(name, &bytes));
        Ok(bytes)
    };
    let theme = Theme::parse(&text, &read);
    let theme = theme.map_err(|error| Failure::Said(format!("{}: this theme is refused:\n{error}", path.display())))?;
    Ok((theme, kept.into_inner()))
}

/// The theme that a run has kept.
pub(crate) fn kept_theme(kept: &[Kept]) -> Result<Theme, Failure> {
    let of = |name: &str| kept.iter().find(|kept| kept.name == name).map(|kept| kept.bytes.clone());
    let Some(text) = of(THEME).and_then(|bytes| String::from_utf8(bytes).ok()) else { return Ok(Theme::default()) };
    let read = |name: &str| of(name).ok_or_else(|| "the run did not keep it".to_owned());
    Theme::parse(&text, &read).map_err(|error| Failure::Said(format!("the theme of the run is refused:\n{error}")))
}

/// What the theme file itself is kept as; no file that it names has this name.
const THEME: &str = "/theme";

/// What pictures are drawn for, as the command line says.
pub(crate) fn sizes(asked: &[PictureSize]) -> Vec<Size> {
    let size = |size: &PictureSize| match size {
        PictureSize::Page => Size::Page,
        PictureSize::Slides => Size::Slides,
        PictureSize::Print => Size::Print,
    };
    asked.iter().map(size).collect()
}

/// What pictures are drawn for: as the command line says, else as the study file does.
fn wanted(look: &Look, view: &ReportView) -> Vec<Size> {
    let size = |size: &study_file::PictureSize| match size {
        study_file::PictureSize::Page => Size::Page,
        study_file::PictureSize::Slides => Size::Slides,
        study_file::PictureSize::Print => Size::Print,
    };
    if look.sizes.is_empty() { view.pictures.iter().map(size).collect() } else { look.sizes.clone() }
}

fn settings(view: &ReportView, lacking: Option<Few>) -> nittio_report::Settings {
    nittio_report::Settings {
        locale: match view.locale {
            Locale::Sv => nittio_report::Locale::Sv,
            Locale::En => nittio_report::Locale::En,
        },
        level: view.level.clone(),
        goal: view.goal,
        unit: view.unit.clone(),
        lacking,
    }
}

/// Draws the page about results held against each other, its pictures and its table into a folder; `outcome` is the last one's.
pub(crate) fn trend(
    folder: &std::path::Path,
    trend: &Trend<'_>,
    outcome: &Outcome,
    view: &ReportView,
    theme: Theme,
) -> Result<(), Failure> {
    let report = nittio_report::compose_trend(trend, outcome, &settings(view, None)).in_theme(theme);
    let staging = Staging::new(folder)?;
    let page = render::html(&report)?;
    staging.write("trend.html", |file| file.write_all(page.as_bytes()))?;
    staging.write("trend.csv", |file| write::trend::csv(file, trend))?;
    for picture in render::pictures(&report, &[Size::Page])? {
        staging.write(&format!("pictures/{}.svg", picture.name), |file| file.write_all(picture.svg.as_bytes()))?;
        staging.write(&format!("pictures/{}.png", picture.name), |file| file.write_all(&picture.png))?;
    }
    Ok(write::again::into_folder(staging, outcome)?)
}

/// Draws the report, its pictures and its tables into a folder of the results.
///
/// Its page answers by itself: with a projection and layers by counting, without them by what the outcome shows.
pub(crate) fn draw(
    staging: &Staging,
    (outcome, live): (&Outcome, Option<(&Projection, &Layers)>),
    view: &ReportView,
    lacking: Option<Few>,
    folder: &str,
    look: &Look,
) -> Result<(), Failure> {
    let settings = settings(view, lacking);
    let report = match live {
        Some((projection, layers)) => nittio_report::compose_live(outcome, &settings, projection, layers),
        None => nittio_report::compose_published(outcome, &settings),
    };
    let report = report.in_theme(look.theme.clone());
    let set = || look.pdf.then(|| pdf::bytes(&report)).transpose();
    let tables = || {
        let tables = look.tables.then(|| nittio_report::tables(outcome, &settings));
        tables.map(|tables| Ok((render::xlsx(&tables)?, render::excel_csv(&tables)))).transpose()
    };
    let drawn = || {
        rayon::join(
            || look.html.then(|| render::html(&report)).transpose(),
            || look.pictures.then(|| render::pictures(&report, &wanted(look, view))).transpose(),
        )
    };
    let (set, (tables, (page, pictures))) = rayon::join(set, || rayon::join(tables, drawn));
    if let Some(bytes) = set? {
        staging.write(&format!("{folder}report.pdf"), |file| file.write_all(&bytes))?;
    }
    let tables: Result<_, render::RenderError> = tables;
    if let Some((workbook, csv)) = tables? {
        staging.write(&format!("{folder}{}", write::WORKBOOK), |file| file.write_all(&workbook))?;
        staging.write(&format!("{folder}{}", write::EXCEL_CSV), |file| file.write_all(&csv))?;
    }
    if let Some(page) = page? {
        staging.write(&format!("{folder}report.html"), |file| file.write_all(page.as_bytes()))?;
    }
    if look.kommun {
        for page in nittio_report::kommun::pages(outcome, &settings, &look.theme)? {
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
