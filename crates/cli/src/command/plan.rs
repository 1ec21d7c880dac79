//! `nittio plan`: which projects to build, from one join.

use std::io::IsTerminal;

use nittio_core::diagnostic::Finding;
use nittio_io::{ingest::Reading, join, study_file::defaults::report_view, write};

use crate::{
    Answer,
    args::{CompareFormat, PlanArgs},
    command::{index::obtain, print},
    failure::{Failure, note},
    plan_table,
    progress::Terminal,
    project,
};

/// Joins all places once, makes the study's plans and prints them; the answer is no when one of them cannot be made.
pub(crate) fn plan(args: &PlanArgs) -> Result<Answer, Failure> {
    let progress = Terminal::new();
    let project = project::load(&args.study)?;
    let reading = Reading::new(&project.loaded, &progress)?;
    let (mut opened, mut index) = obtain(&reading, &args.study, args.index.as_deref(), &progress)?;
    let known: Vec<String> = opened.plans.iter().map(|posed| posed.ask.key.clone()).collect();
    if known.is_empty() && project.loaded.file.support_ranking.is_none() {
        let message = "the study asks for no plan; write [[projects]] and [[plans]] in its study file";
        return Err(Failure::Said(message.to_owned()));
    }
    if let Some(unknown) = args.keys.iter().find(|key| !known.contains(key)) {
        return Err(Failure::Said(format!("the study has no plan {unknown:?}; it has {}", known.join(", "))));
    }
    opened.plans.retain(|posed| args.keys.is_empty() || args.keys.contains(&posed.ask.key));
    let joined = join::join(&opened, &mut index, None, &|_| {})?;
    let spinner = progress.spinner("looking for the best plan");
    let outcome = joined.outcome(&opened);
    spinner.finish_and_clear();
    let view = report_view(&project.loaded.file, &outcome.goals);
    let terminal = std::io::stdout().is_terminal();
    print(&match args.format.unwrap_or(if terminal { CompareFormat::Table } else { CompareFormat::Csv }) {
        CompareFormat::Table => plan_table::plans(&outcome, view.locale),
        CompareFormat::Csv => {
            let mut text = Vec::new();
            write::plans::projects(&mut text, &outcome).map_err(Failure::output)?;
            String::from_utf8_lossy(&text).into_owned()
        }
    })?;
    let unusable = outcome.diagnostics.iter().filter(|found| found.finding == Finding::UnusableProject);
    let unusable: u64 = unusable.map(|found| found.rows).sum();
    if unusable > 0 {
        note(&format!("{unusable} rows of projects cannot be used: nittio check says why"));
    }
    let mut answer = Answer::Yes;
    for (ask, planned) in &outcome.plans.asked {
        if let Err(why) = planned {
            note(&format!("{}: no plan: {}", ask.key, write::plans::why_not(&outcome, why)));
            answer = Answer::No;
        }
    }
    Ok(answer)
}
