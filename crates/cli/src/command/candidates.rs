//! `nittio candidates`: projects that are proposed where nobody has drawn any.

use nittio_io::{
    candidates,
    ingest::Reading,
    join::{self, Keep},
    write::{self, staging::Staging},
};

use crate::{
    Answer,
    args::{CandidatesArgs, StudyArgs},
    command::{index::obtain, print},
    failure::{Failure, note},
    progress::Terminal,
    project,
};

/// Joins all places once and writes outlines, routes and tables of candidates.
pub(crate) fn candidates(args: &CandidatesArgs) -> Result<Answer, Failure> {
    let progress = Terminal::new();
    let StudyArgs { project, example, threads } = &args.study;
    let project = args.path.clone().or_else(|| project.clone());
    let study = StudyArgs { project, example: *example, threads: *threads };
    if write::candidates::is_taken(&args.output) {
        let folder = args.output.display();
        return Err(Failure::Said(format!("{folder} holds other results of nittio; name another folder")));
    }
    let staging = Staging::new(&args.output)?;
    let project = project::load(&study)?;
    let reading = Reading::new(&project.loaded, &progress)?;
    let (mut opened, mut index) = obtain(&reading, &study, args.index.as_deref(), &progress)?;
    // Neither is asked here, and a plan can take its time.
    opened.plans.clear();
    opened.scenarios.clear();
    let folder = staging.temporary();
    let keep = Keep { folder: &folder, bytes: args.memory.for_places() };
    let mut joined = join::join(&opened, &mut index, Some(keep), &|_| {})?;
    let spinner = progress.spinner("finding candidates");
    let found = candidates::find(&opened, &mut joined)?;
    let outcome = joined.outcome(&opened);
    write::candidates::all(&staging, &found, &outcome)?;
    write::finish(staging, &joined.finished(&opened, &outcome))?;
    spinner.finish_and_clear();
    let mut text = Vec::new();
    write::candidates::table(&mut text, &found, &outcome).map_err(Failure::output)?;
    print(&String::from_utf8_lossy(&text))?;
    note(&format!("Rules: {}", write::candidates::rules(&found)));
    note(&write::candidates::summary(&found));
    write::candidates::roads(&found).iter().for_each(|roads| note(&format!("Roads: {roads}")));
    note(&format!("Written: {}", args.output.join(write::candidates::LAYERS).display()));
    note(&format!("A study takes them back with:\n{}", write::candidates::snippet(&found)));
    Ok(Answer::Yes)
}
