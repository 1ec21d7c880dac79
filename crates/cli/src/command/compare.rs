//! `nittio compare`: scenarios held against each other, from one join.

use std::io::IsTerminal;

use nittio_core::outcome::Outcome;
use nittio_io::{
    ingest::Reading,
    join, scenario,
    study_file::defaults::{ReportView, report_view},
    write,
};

use crate::{
    Answer,
    args::{CompareArgs, CompareFormat},
    command::{index::obtain, print},
    failure::{Failure, note},
    progress::Terminal,
    project, table,
};

/// How many areas a note names.
const NAMED: usize = 8;

/// Joins all places once and prints what every scenario would change.
pub(crate) fn compare(args: &CompareArgs) -> Result<Answer, Failure> {
    let progress = Terminal::new();
    let project = project::load(&args.study)?;
    let reading = Reading::new(&project.loaded, &progress)?;
    let (opened, mut index) = obtain(&reading, &args.study, args.index.as_deref(), &progress)?;
    let contrasts =
        scenario::contrasts(&opened, &args.names).map_err(|error| Failure::Said(format!("error: {error}")))?;
    let joined = join::join(&opened, &mut index, None, &|_| {})?;
    let outcome = joined.outcome(&opened);
    let compared = joined.compare(&opened, &outcome.indicators, &contrasts);
    let view = report_view(&project.loaded.file, &outcome.goals);
    let terminal = std::io::stdout().is_terminal();
    print(&match args.format.unwrap_or(if terminal { CompareFormat::Table } else { CompareFormat::Csv }) {
        CompareFormat::Table => table::comparison(&outcome, &view, &compared),
        CompareFormat::Csv => {
            let mut text = Vec::new();
            write::scenarios::csv(&mut text, &outcome, &compared).map_err(Failure::output)?;
            String::from_utf8_lossy(&text).into_owned()
        }
    })?;
    say(&outcome, &view, &compared);
    Ok(Answer::Yes)
}

/// Says who gains most by each scenario, and who is left.
fn say(outcome: &Outcome, view: &ReportView, compared: &nittio_core::comparison::Comparison) {
    let indicators = &outcome.indicators;
    let named = |&area: &usize| indicators.areas[area].level == view.level && !indicators.areas[area].code.is_empty();
    let areas: Vec<usize> = (0..indicators.areas.len()).filter(named).collect();
    let (Some(step), Some(unit)) = (outcome.goals[view.goal].steps.first(), indicators.unit(view.unit.key())) else {
        return;
    };
    for (k, about) in compared.contrasts.iter().enumerate() {
        let found = compared.standouts(k, &areas, unit, step);
        let name = |area: usize| indicators.areas[area].name.as_str();
        let mut said: Vec<String> = Vec::new();
        said.extend(found.most.map(|area| format!("{} gains most", name(area))));
        said.extend(found.worst.map(|area| format!("{} loses most", name(area))));
        if said.is_empty() {
            said.push("nothing changes".to_owned());
        }
        let mut left: Vec<&str> = found.left.iter().take(NAMED).map(|&area| name(area)).collect();
        let more = format!("{} more", found.left.len().saturating_sub(NAMED));
        if found.left.len() > NAMED {
            left.push(&more);
        }
        if !left.is_empty() {
            said.push(format!("short of the goal and without any gain: {}", left.join(", ")));
        }
        note(&format!("{} ({}): {}", about.key, about.name, said.join("; ")));
    }
}
