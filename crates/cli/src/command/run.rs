//! `nittio run`: read, join, count, assess, write.

use std::{io::IsTerminal, path::Path};

use nittio_core::{
    assessment::Verdict, category::Few, layers::Layers, ledger::ledger, outcome::Outcome, projection::Projection,
    sketch::Sketch,
};
use nittio_io::{
    edition,
    ingest::{Opened, Reading},
    join::{self, Joined, Keep},
    last::{self, Last, Unfit, Update, UpdateError},
    saved::{self, Kept},
    study_file::{
        Locale,
        defaults::{ReportView, report_view},
    },
    write::{self, PlacesFrom, staging::Staging},
};
use nittio_report::delivery::say;

use crate::{
    Answer,
    args::{FailOn, Format, RunArgs},
    command::{
        draw::{self, Look},
        index::obtain,
        print,
    },
    failure::{Failure, note},
    pdf,
    progress::Terminal,
    project::{self, Project},
    table,
};

/// The main job: from a person's files to the per-kommun table and the report.
pub(crate) fn run(args: &RunArgs) -> Result<Answer, Failure> {
    let progress = Terminal::new();
    if args.pdf {
        pdf::available()?;
    }
    let (mut theme, mut kept) = draw::theme(args.theme.as_deref())?;
    // A folder that cannot be written to is better known before the work than after.
    let staging = Staging::new(&args.output)?;
    let project = project::load(&args.study)?;
    if let (None, Some(named)) = (&args.theme, &project.loaded.file.report.theme) {
        (theme, kept) = draw::theme(Some(&project.loaded.resolve(named)?))?;
    }
    let look = Look {
        html: true,
        pictures: true,
        kommun: true,
        tables: true,
        pdf: args.pdf,
        sizes: draw::sizes(&args.pictures),
        theme,
    };
    let public = args.public || project.loaded.file.editions.public;
    let job = Job { args, project: &project, progress: &progress, public, look, kept };
    if let Some(folder) = &args.since {
        let reading = Reading::new(&project.loaded, &progress)?;
        match update(&job, folder, &reading)? {
            Ok(Update { opened, joined, places, anew }) => {
                let all = places.count();
                note(&format!("{anew} of {all} places joined anew; the rest is as in {}", folder.display()));
                return job.conclude(staging, &opened, (joined, None), Some(places));
            }
            Err(unfit) => note(&format!("all places joined anew: {unfit}")),
        }
    }
    let reading = Reading::new(&project.loaded, &progress)?;
    let (opened, mut index) = obtain(&reading, &args.study, args.index.as_deref(), &progress)?;
    let sketch = opened.sketch(&index);
    let folder = staging.temporary();
    let keep = (!args.without_places).then_some(Keep { folder: &folder, bytes: args.memory.for_places() });
    let joined = join::join(&opened, &mut index, keep, &|_| {})?;
    // Letting go of millions of small pieces takes time that nobody needs to wait for.
    rayon::spawn(move || drop(index));
    job.conclude(staging, &opened, (joined, sketch), None)
}

/// Joins anew what has changed since the last run; or says why nothing can rest on that.
fn update<'a>(job: &Job<'_>, folder: &Path, reading: &'a Reading<'a>) -> Result<Result<Update<'a>, Unfit>, Failure> {
    let Job { args, progress, public, .. } = *job;
    let last = match Last::open(folder, reading, public)? {
        Ok(last) => last,
        Err(unfit) => return Ok(Err(unfit)),
    };
    let indexed = args.index.as_deref().map(|index| obtain(reading, &args.study, Some(index), progress)).transpose()?;
    match last::join(last, reading, indexed) {
        Ok(update) => Ok(Ok(update)),
        Err(UpdateError::Unfit(unfit)) => Ok(Err(unfit)),
        Err(UpdateError::Study(error)) => Err(error.into()),
        Err(error) => Err(Failure::Said(error.to_string())),
    }
}

/// What was asked for.
struct Job<'a> {
    args: &'a RunArgs,
    project: &'a Project,
    progress: &'a Terminal,
    /// Whether to write the public edition too.
    public: bool,
    look: Look,
    /// What the look is made of, for drawing it again.
    kept: Vec<Kept>,
}

impl Job<'_> {
    /// Everything after the join: figures, files, the report, and the answer.
    fn conclude(
        &self,
        staging: Staging,
        opened: &Opened<'_>,
        (mut joined, sketch): (Joined, Option<Sketch>),
        last: Option<last::Places>,
    ) -> Result<Answer, Failure> {
        let Self { args, project, progress, public, .. } = *self;
        let outcome = joined.outcome(opened);
        let view = report_view(&project.loaded.file, &outcome.goals);

        let spinner = progress.spinner("writing results");
        let mut each: Option<Box<write::EachPlace<'_>>> = joined.rows.take().map(|rows| {
            let mut rows = Some(rows);
            let each: Box<write::EachPlace<'_>> =
                Box::new(move |take| rows.take().map_or(Ok(()), |rows| rows.each(take)));
            each
        });
        let finished = joined.finished(opened, &outcome);
        let places = match (&last, each.as_deref_mut()) {
            (Some(last), _) if !args.without_places => Some(PlacesFrom::Last(last)),
            (_, each) => each.map(PlacesFrom::Each),
        };
        let seen = places.map(|places| write::places(&staging, &finished, places)).transpose()?.unwrap_or_default();
        let (lacking, layers) = (seen.few, Layers { squares: seen.squares, sketch, dots: seen.dots });
        drop(last);
        let basis = joined.basis(opened);
        let beside =
            saved::Beside { plans: &outcome.plans, lacking: lacking.as_ref(), layers: &layers, look: &self.kept };
        spinner.set_message("drawing the report");
        let draw =
            |outcome: (&Outcome, Option<(&Projection, &Layers)>),
             view: &ReportView,
             lacking: Option<Few>,
             folder: &str| { draw::draw(&staging, outcome, view, lacking, folder, &self.look) };
        let (written, drawn) = rayon::join(
            || {
                saved::write(&staging, &basis, &beside, public)?;
                write::tables(&staging, &finished)
            },
            || {
                let projection = basis.projection(&outcome.indicators, &view.level);
                draw((&outcome, Some((&projection, &layers))), &view, lacking.clone(), "")
            },
        );
        written?;
        drawn?;
        if public {
            spinner.set_message("writing the public edition");
            let public = edition::public(&basis, &outcome);
            write::public::results(&staging, &public)?;
            draw((&public, None), &edition::report_view(&view, &public), None, "public/")?;
            open_data(&staging, &public, project, &view, "public/")?;
            write::public::finish(&staging, &public, &opened.study.speeds)?;
        } else if project.loaded.file.open_data.is_some() {
            if write::open_data::is_open(&outcome) {
                open_data(&staging, &outcome, project, &view, "")?;
            } else {
                note(
                    "No open data written: some sources are not open. With --public they are made of the public edition",
                );
            }
        }
        write::finish(staging, &finished)?;
        spinner.finish_and_clear();

        let lines = ledger(&outcome.indicators, &outcome.goals[view.goal], 0, &view.level);
        let format = args.format.unwrap_or(if std::io::stdout().is_terminal() { Format::Table } else { Format::Csv });
        print(&table::ledger(format, &outcome, &view, &lines)?)?;
        note(&format!("Report: {}", args.output.join("report.html").display()));
        if args.pdf {
            note(&format!("As PDF: {}", args.output.join("report.pdf").display()));
        }
        if public {
            note(&format!("Public edition: {}", args.output.join(write::public::FOLDER).display()));
        }
        let findings = finished.diagnostics.len();
        if findings > 0 {
            note(&format!(
                "{} rows of the input were odd: see {}, or run nittio check",
                findings,
                args.output.join("rejects.csv").display()
            ));
        }
        // The program ends soon, and letting go of all kinds of places would only hold it up.
        rayon::spawn(move || drop(joined));
        let missed = lines.iter().any(|line| matches!(line.joint, Verdict::Missed { .. }));
        Ok(match args.fail_on {
            Some(FailOn::Goal) if missed => Answer::No,
            Some(FailOn::Findings) if findings > 0 => Answer::No,
            _ => Answer::Yes,
        })
    }
}

/// Writes what may be published of an outcome into a folder of the results, and says what is left to say of it.
fn open_data(
    staging: &Staging,
    outcome: &Outcome,
    project: &Project,
    view: &ReportView,
    folder: &str,
) -> Result<(), Failure> {
    let asked = &project.loaded.file.open_data;
    let about = asked.clone().unwrap_or_default();
    let (sv, en) = (say(nittio_report::Locale::Sv), say(nittio_report::Locale::En));
    let words = write::open_data::Words { sv: &sv, en: &en, swedish: view.locale == Locale::Sv };
    let missing = write::open_data::write(staging, folder, outcome, &about, words)?;
    if !missing.is_empty() {
        let keys = missing.join(", ");
        note(&format!("Before open data are published, say in [open_data] of the study file: {keys}"));
    }
    Ok(())
}
