//! `nittio compare`: scenarios held against each other, from one join or from a saved result; or results of several runs.

use std::{
    io::IsTerminal,
    path::{MAIN_SEPARATOR, Path, PathBuf},
};

use nittio_core::{
    comparison::Overlap,
    measure::Measure,
    trend::{Then, Trend, Wanted},
};
use nittio_io::{
    basis::{Answer as Compared, Basis},
    ingest::Reading,
    join,
    saved::{self, Saved},
    scenario::Scenarios,
    study_file::{
        defaults::{ReportView, report_view},
        scenarios::BASE,
    },
    write,
};

use nittio_report::Locale::En as English;

use crate::{
    Answer,
    args::{CompareArgs, CompareFormat},
    command::{draw, index::obtain, print},
    failure::{Failure, note},
    progress::Terminal,
    project, scenario_table, trend_table,
};

/// How many areas a note names.
const NAMED: usize = 8;

/// Prints what every scenario would change, or what has changed from result to result.
pub(crate) fn compare(args: &CompareArgs) -> Result<Answer, Failure> {
    let results = args.names.iter().take_while(|name| is_result(name)).count();
    let others = args.names.len() - results;
    let said = |message: &str| Err(Failure::Said(message.to_owned()));
    if results > 0 && (args.study.project.is_some() || args.study.example.is_some()) {
        return said("a saved result has its study with it: leave --project and --example out");
    }
    if results > 0 && args.index.is_some() {
        return said("nothing of a saved result is joined: leave --index out");
    }
    if args.report.is_some() && results < 2 {
        let other = args.names.get(results).map(|name| format!("; {name} is none, it has no result.nittio"));
        let asked = "--report is about saved results: name two of them or more";
        return said(&format!("{asked}{}", other.unwrap_or_default()));
    }
    if args.overlaps && results > 1 {
        return said("--overlaps is about scenarios: name one saved result at most, and then scenarios");
    }
    match (results, others + args.scenario.len()) {
        (0, _) => of_study(args),
        (1, _) => of_result(args, &args.names[1..]),
        (_, 0) => of_results(args),
        _ => said("name saved results only, or one saved result and then scenarios of it"),
    }
}

/// Whether a name is that of a saved result: a folder that has one, or anything that is there and written as a path.
fn is_result(name: &str) -> bool {
    let path = Path::new(name);
    let written =
        name.contains('/') || name.contains(MAIN_SEPARATOR) || path.extension() == Path::new(saved::NAME).extension();
    name != BASE && (path.join(saved::NAME).is_file() || (written && path.exists()))
}

/// Scenarios of a study: all places are joined once.
fn of_study(args: &CompareArgs) -> Result<Answer, Failure> {
    let progress = Terminal::new();
    let project = project::load(&args.study)?;
    let reading = Reading::new(&project.loaded, &progress)?;
    let (opened, mut index) = obtain(&reading, &args.study, args.index.as_deref(), &progress)?;
    let contrasts = contrasts(Scenarios::of_study(&opened), args, &args.names)?;
    let joined = join::join(&opened, &mut index, None, &|_| {})?;
    let basis = joined.basis(&opened);
    tell(args, &basis.answer(&contrasts), &report_view(&project.loaded.file, basis.goals()))
}

/// Scenarios of a saved result: nothing is joined.
fn of_result(args: &CompareArgs, names: &[String]) -> Result<Answer, Failure> {
    project::use_threads(args.study.threads)?;
    let saved = Saved::open(Path::new(&args.names[0]))?;
    let basis = saved.basis();
    let contrasts = contrasts(Scenarios::of_basis(&basis), args, names)?;
    tell(args, &basis.answer(&contrasts), &report_view(saved.file(), basis.goals()))
}

/// What is named and typed, held against the first, or against the study as it is.
fn contrasts(
    mut scenarios: Scenarios<'_>,
    args: &CompareArgs,
    names: &[String],
) -> Result<Vec<nittio_core::comparison::Contrast>, Failure> {
    let typed = scenarios.add(&args.scenario)?;
    // One name alone is held against the study as it is.
    let alone = matches!(names, [one] if one != BASE) && typed.is_empty();
    let base = (names.is_empty() || alone).then(|| BASE.to_owned());
    let all: Vec<String> = base.into_iter().chain(names.iter().cloned()).chain(typed).collect();
    scenarios.contrasts(&all).map_err(|error| Failure::Said(error.to_string()))
}

/// Prints what came of scenarios.
fn tell(args: &CompareArgs, answer: &Compared<'_>, view: &ReportView) -> Result<Answer, Failure> {
    let Compared { frame, goals, areas, compared, .. } = answer;
    if args.overlaps && !(0..compared.contrasts.len()).any(|k| compared.shares(k)) {
        let why = "two scenarios or more that only add are needed, held against the same; what each of these changes is told without --overlaps";
        return Err(Failure::Said(format!("there are no overlaps: {why}")));
    }
    print(&match format(args) {
        CompareFormat::Table if args.overlaps => scenario_table::overlaps(answer, view),
        CompareFormat::Table => scenario_table::comparison(answer, view),
        CompareFormat::Csv => {
            let mut text = Vec::new();
            let written = if args.overlaps {
                write::scenarios::overlaps(&mut text, goals, &frame.units, areas, compared)
            } else {
                write::scenarios::csv(&mut text, goals, &frame.units, areas, compared)
            };
            written.map_err(Failure::output)?;
            String::from_utf8_lossy(&text).into_owned()
        }
    })?;
    say(answer, view);
    Ok(Answer::Yes)
}

fn format(args: &CompareArgs) -> CompareFormat {
    let terminal = std::io::stdout().is_terminal();
    args.format.unwrap_or(if terminal { CompareFormat::Table } else { CompareFormat::Csv })
}

/// Says who gains most by each scenario, and who is left.
fn say(answer: &Compared<'_>, view: &ReportView) {
    let Compared { frame, goals, areas: all, compared, .. } = answer;
    let named = |&area: &usize| all[area].level == view.level && !all[area].code.is_empty();
    let areas: Vec<usize> = (0..all.len()).filter(named).collect();
    let unit = frame.units.iter().position(|of| of.unit == view.unit);
    let Some((step, unit)) = goals.get(view.goal).and_then(|goal| goal.steps.first()).zip(unit) else { return };
    for (k, about) in compared.contrasts.iter().enumerate() {
        let found = compared.standouts(k, &areas, unit, step);
        let name = |area: usize| all[area].name.as_str();
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
    let Some(measure) = compared.measure(Measure::Down(step.down)) else { return };
    for overlap in compared.overlaps(0, unit, measure) {
        let Overlap { pair, first, second, both } = overlap;
        let [one, other] = pair.map(|k| compared.contrasts[k].key.as_str());
        let scaled = &frame.units[unit];
        let [first, second, both, together] =
            [first, second, both, overlap.together()].map(|parts| English.count(parts, scaled));
        note(&format!(
            "{one} and {other}, {}: {first} by {one} alone, {second} by {other} alone, {both} by both; together {together}",
            scaled.unit.key()
        ));
    }
}

/// Results of several runs, held against the goals of the last.
fn of_results(args: &CompareArgs) -> Result<Answer, Failure> {
    let (named, _) = draw::theme(args.theme.as_deref())?;
    project::use_threads(args.study.threads)?;
    let opened: Vec<Saved> =
        args.names.iter().map(|name| Saved::open(&PathBuf::from(name))).collect::<Result<_, _>>()?;
    let bases: Vec<Basis<'_>> = opened.iter().map(Saved::basis).collect();
    let figures: Vec<_> = bases.iter().map(Basis::figures).collect();
    let then = |((name, basis), indicators)| Then {
        label: name,
        name: Basis::name(basis),
        frame: basis.frame(),
        goals: basis.goals(),
        indicators,
    };
    let results: Vec<Then<'_>> = args.names.iter().map(String::as_str).zip(&bases).zip(&figures).map(then).collect();
    let (Some(last), Some(basis)) = (opened.last(), bases.last()) else {
        return Err(Failure::Said("name two results or more".to_owned()));
    };
    let view = report_view(last.file(), basis.goals());
    let wanted = Wanted { level: &view.level, goal: view.goal, unit: &view.unit };
    let trend = Trend::of(results, wanted).map_err(|error| Failure::Said(error.to_string()))?;
    print(&match format(args) {
        CompareFormat::Table => trend_table::table(&trend, &view).unwrap_or_default(),
        CompareFormat::Csv => {
            let mut text = Vec::new();
            write::trend::csv(&mut text, &trend).map_err(Failure::output)?;
            String::from_utf8_lossy(&text).into_owned()
        }
    })?;
    if let Some(folder) = &args.report {
        let theme = if args.theme.is_some() { named } else { draw::kept_theme(last.theme())? };
        draw::trend(folder, &trend, &basis.outcome(), &view, theme)?;
        note(&format!("Page: {}", folder.join("trend.html").display()));
    }
    trend_table::news(&trend, &view).iter().for_each(|text| note(text));
    trend_table::remarks(&trend).iter().for_each(|text| note(&format!("not alike: {text}")));
    Ok(Answer::Yes)
}
