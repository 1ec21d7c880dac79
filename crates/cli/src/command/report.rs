//! `nittio report`: the report of a run again, from what the run has saved.

use nittio_io::{
    edition,
    saved::Saved,
    study_file::{Locale, defaults::report_view},
    write::{again, public, staging::Staging},
};

use crate::{
    Answer,
    args::{Edition, Language, Part, ReportArgs},
    command::draw::{self, Look},
    failure::{Failure, note},
    pdf,
    progress::Terminal,
};

/// Composes and draws again; nothing is joined, and no file of the study is read.
pub(crate) fn report(args: &ReportArgs) -> Result<Answer, Failure> {
    let mut look = look(args)?;
    let spinner = Terminal::new().spinner("reading the saved result");
    let saved = Saved::open(&args.result)?;
    if args.theme.is_none() {
        look.theme = draw::kept_theme(saved.theme())?;
    }
    let basis = saved.basis();
    let inner = basis.outcome();
    let mut view = report_view(saved.file(), &inner.goals);
    if let Some(locale) = args.locale {
        view.locale = match locale {
            Language::Sv => Locale::Sv,
            Language::En => Locale::En,
        };
    }
    let (outcome, view, lacking) = match args.edition {
        Edition::Internal => (inner, view, saved.lacking().cloned()),
        Edition::Public if saved.has_public() => {
            let outcome = edition::public(&basis, &inner);
            let view = edition::report_view(&view, &outcome);
            (outcome, view, None)
        }
        Edition::Public => {
            let result = args.result.display();
            return Err(Failure::Said(format!(
                "{result}: the run made no public edition, so it does not say what may be published; run the study again with: \
                 nittio run --public --output {result}"
            )));
        }
    };
    let folder = match (args.edition, &args.output) {
        (Edition::Public, None) => format!("{}/", public::FOLDER),
        _ => String::new(),
    };
    let output = args.output.as_ref().unwrap_or(&args.result);
    let staging = Staging::new(output)?;
    spinner.set_message("drawing the report");
    let projection = (args.edition == Edition::Internal).then(|| basis.projection(&outcome.indicators, &view.level));
    let live = projection.as_ref().map(|projection| (projection, saved.layers()));
    draw::draw(&staging, (&outcome, live), &view, lacking, &folder, &look)?;
    match &args.output {
        None => again::into_run(staging, &outcome)?,
        Some(_) => again::into_folder(staging, &outcome)?,
    }
    spinner.finish_and_clear();
    note(&format!("Drawn again: {}", output.join(folder).display()));
    Ok(Answer::Yes)
}

/// What is drawn: what the run draws, unless something is named.
fn look(args: &ReportArgs) -> Result<Look, Failure> {
    let wanted = |part| args.only.is_empty() || args.only.contains(&part);
    let pdf = args.only.contains(&Part::Pdf);
    if pdf {
        pdf::available()?;
    }
    Ok(Look {
        html: wanted(Part::Html),
        pictures: wanted(Part::Pictures),
        kommun: wanted(Part::Kommun),
        tables: wanted(Part::Tables),
        pdf,
        sizes: draw::sizes(&args.pictures),
        theme: draw::theme(args.theme.as_deref())?.0,
    })
}
