//! `plan-sensitivity.csv`: what plans would be if projects cost more or less than is thought.
//!
//! `docs/formats.md` says what the columns mean.

use std::io::{self, Write};

use nittio_core::{
    outcome::Outcome,
    plan::{Plan, Sensitivity, Span},
    quantity::Kronor,
};

use super::{plans::kronor, rows::table};

/// The columns, in order.
pub const COLUMNS: [&str; 13] =
    ["plan", "what", "project", "name", "planned", "draws", "made", "proven", "times", "share", "p5", "p50", "p95"];

/// Writes, per plan, three rows about its sums and one per project.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, outcome: &Outcome) -> io::Result<()> {
    let found = outcome.plans.sensitivities.iter();
    let found = found.filter_map(|(plan, found)| Some((outcome.plans.asked.get(*plan)?.1.as_ref().ok()?, found)));
    table(out, COLUMNS, found.flat_map(|(plan, found)| rows(outcome, plan, found)))
}

fn rows(outcome: &Outcome, plan: &Plan, found: &Sensitivity) -> Vec<[String; 13]> {
    let money = |ore: u64| kronor(Kronor::from_ore(ore));
    let row =
        |what: &str, [project, name]: [&str; 2], planned: String, times: Option<u32>, span: Option<[String; 3]>| {
            let [p5, p50, p95] = span.unwrap_or_default();
            [
                plan.ask.key.clone(),
                what.to_owned(),
                project.to_owned(),
                name.to_owned(),
                planned,
                found.spread.draws.to_string(),
                found.made.to_string(),
                found.proven.to_string(),
                times.map(|times| times.to_string()).unwrap_or_default(),
                times.map(|times| super::share_text(times.into(), found.made.into())).unwrap_or_default(),
                p5,
                p50,
                p95,
            ]
        };
    let sums = |span: Span| Some([span.low, span.middle, span.high].map(money));
    let units = |span: Span| Some([span.low, span.middle, span.high].map(|units| units.to_string()));
    let mut rows = vec![
        row("net-kr", ["", ""], kronor(plan.net), None, sums(found.net)),
        row("gained", ["", ""], plan.gained.to_string(), None, units(found.gained)),
        row("plan-net-kr", ["", ""], kronor(plan.net), found.holds, sums(found.of_plan)),
    ];
    rows.extend(outcome.plans.projects.iter().enumerate().zip(&found.chosen).map(|((number, project), &times)| {
        let planned = plan.chosen.iter().any(|chosen| chosen.project == number);
        let planned = if planned { "yes" } else { "no" }.to_owned();
        row("project", [&project.key, &project.name], planned, Some(times), None)
    }));
    rows
}
