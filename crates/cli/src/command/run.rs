//! `nittio run`: read, join, count, assess, write.

use std::io::{IsTerminal, Write};

use nittio_core::{assessment::Verdict, diagnostic, ledger::ledger, outcome::Outcome, run};
use nittio_io::{
    ingest,
    study_file::{Locale, defaults::report_view},
    write::{self, staging::Staging},
};
use nittio_report::render;

use crate::{
    Answer,
    args::{FailOn, Format, RunArgs},
    command::print,
    failure::{Failure, note},
    progress::Terminal,
    project, table,
};

/// The main job: from a person's files to the per-kommun table and the report.
pub(crate) fn run(args: &RunArgs) -> Result<Answer, Failure> {
    let progress = Terminal::new();
    // A folder that cannot be written to is better known before the work than after.
    let staging = Staging::new(&args.output)?;
    let project = project::read(&args.study, &progress)?;
    let study = &project.ingested.study;

    let bar = progress.bar("joining places", study.places.len() as u64);
    let done = run::run(study, |places| bar.inc(places as u64));
    bar.finish_and_clear();
    let diagnostics = ingest::findings(&project.ingested, &done.coverage);

    let about = &project.loaded.file.study;
    let outcome = Outcome {
        name: about.name.clone(),
        notice: about.notice.clone(),
        frame: study.frame.clone(),
        goals: study.goals.clone(),
        assessments: done.assessments,
        diagnostics: diagnostic::count(&diagnostics),
        provenance: project.ingested.provenance.clone(),
        indicators: done.indicators,
    };
    let view = report_view(&project.loaded.file, &study.goals);

    let spinner = progress.spinner("writing results");
    let finished = write::Run {
        study,
        coverage: &done.coverage,
        tally: &done.tally,
        outcome: &outcome,
        diagnostics: &diagnostics,
    };
    write::results(&staging, &finished)?;
    spinner.set_message("drawing the report");
    let settings = nittio_report::Settings {
        locale: match view.locale {
            Locale::Sv => nittio_report::Locale::Sv,
            Locale::En => nittio_report::Locale::En,
        },
        level: view.level.clone(),
        goal: view.goal,
        unit: view.unit.clone(),
    };
    let report = nittio_report::compose(&outcome, &settings);
    let page = render::html(&report)?;
    staging.write("report.html", |file| file.write_all(page.as_bytes()))?;
    for picture in render::pictures(&report)? {
        staging.write(&format!("pictures/{}.svg", picture.name), |file| file.write_all(picture.svg.as_bytes()))?;
        staging.write(&format!("pictures/{}.png", picture.name), |file| file.write_all(&picture.png))?;
    }
    write::finish(staging, &finished)?;
    spinner.finish_and_clear();

    let lines = ledger(&outcome.indicators, &outcome.goals[view.goal], 0, &view.level);
    let format = args.format.unwrap_or(if std::io::stdout().is_terminal() { Format::Table } else { Format::Csv });
    print(&table::ledger(format, &outcome, &view, &lines)?)?;
    note(&format!("Report: {}", args.output.join("report.html").display()));
    if !diagnostics.is_empty() {
        note(&format!(
            "{} rows of the input were odd: see {}, or run nittio check",
            diagnostics.len(),
            args.output.join("rejects.csv").display()
        ));
    }
    let missed = lines.iter().any(|line| matches!(line.joint, Verdict::Missed { .. }));
    Ok(match args.fail_on {
        Some(FailOn::Goal) if missed => Answer::No,
        Some(FailOn::Findings) if !diagnostics.is_empty() => Answer::No,
        _ => Answer::Yes,
    })
}
