//! `nittio review`: places out to people who know them, and their answers back.

use nittio_core::{coverage, index::CoverageIndex};
use nittio_io::{
    ingest,
    review::{
        export::{self, Options},
        import::{self, Unsaid},
        put,
    },
    study_file::{Locale, defaults},
};

use crate::{
    Answer,
    args::{ReviewExportArgs, ReviewImportArgs, StudyArgs},
    command::print,
    failure::{Failure, note},
    progress::Terminal,
    project, table,
};

/// Writes a workbook for each area.
pub(crate) fn export(args: &ReviewExportArgs) -> Result<Answer, Failure> {
    let progress = Terminal::new();
    let StudyArgs { project, example, threads } = &args.study;
    let project = args.path.clone().or_else(|| project.clone());
    let project = project::load(&StudyArgs { project, example: *example, threads: *threads })?;
    let file = &project.loaded.file;
    let ingested = ingest::study(&project.loaded, &progress)?;
    let index = CoverageIndex::build(&ingested.study);
    let coverage = coverage::join(&index, &ingested.study, |_| {});
    let locale = match file.study.locale {
        Locale::Sv => nittio_report::Locale::Sv,
        Locale::En => nittio_report::Locale::En,
    };
    let level = defaults::report_level(file).map(str::to_owned);
    let options = Options { near_miss: args.near_miss, all: args.all, level };
    let say = nittio_report::delivery::say(locale);
    let books = export::export(&ingested.study, &coverage, &options, &say, &file.study.name)?;
    let mut rows = vec![vec!["workbook".to_owned(), "places".to_owned()]];
    for book in &books {
        put(&args.out.join(&book.name), &book.bytes)?;
        rows.push(vec![book.name.clone(), book.places.to_string()]);
    }
    print(&table::lay_out(&rows))?;
    note(&format!(
        "{} places in {} workbooks; near misses are at most {} away",
        books.iter().map(|b| b.places).sum::<u64>(),
        books.len(),
        args.near_miss
    ));
    Ok(Answer::Yes)
}

/// Adds the answers in workbooks to a file.
pub(crate) fn import(args: &ReviewImportArgs) -> Result<Answer, Failure> {
    let unsaid = Unsaid { who: args.who.clone(), date: args.date };
    let imported = import::import(&args.files, &unsaid)?;
    let (bytes, new) = import::added(&args.into, &imported.answers)?;
    put(&args.into, &bytes)?;
    let mut text = String::new();
    for fault in &imported.faults {
        text += &format!("{}, {}, row {}: {}\n", fault.file, fault.sheet, fault.row, fault.message);
    }
    print(&text)?;
    note(&format!(
        "{} answers read from {} workbooks, {new} of them new; {} rows cannot be read, {} places are unanswered",
        imported.answers.len(),
        imported.files,
        imported.faults.len(),
        imported.unanswered
    ));
    note(&format!("The study uses them with: [[review]] path = \"{}\"", args.into.display()));
    Ok(if imported.faults.is_empty() { Answer::Yes } else { Answer::No })
}
