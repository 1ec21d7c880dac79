//! `plan-curve.csv`: what every sum of money reaches at most, and what one project at a time reaches.
//!
//! `docs/formats.md` says what the columns mean.

use std::io::{self, Write};

use nittio_core::{
    outcome::Outcome,
    plan::{Ask, Curve},
    quantity::Kronor,
};

use super::{
    plans::{kronor, per, proof},
    rows::table,
};

/// The columns, in order.
pub const COLUMNS: [&str; 14] = [
    "plan",
    "curve",
    "point",
    "project",
    "projects",
    "net_kr",
    "gained",
    "weighed",
    "share",
    "more_net_kr",
    "more_gained",
    "net_kr_per_more",
    "mark",
    "result",
];

/// Writes one row per plan, curve and point, from the least money to the most.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, outcome: &Outcome) -> io::Result<()> {
    let curves = outcome.plans.curves.iter();
    let curves = curves.filter_map(|(plan, curve)| Some((&outcome.plans.asked.get(*plan)?.0, curve)));
    table(out, COLUMNS, curves.flat_map(|(ask, curve)| rows(outcome, ask, curve)))
}

/// What is the same in a row of either curve.
struct Row {
    net: Kronor,
    gained: u64,
    weighed: u64,
    projects: usize,
    project: String,
    mark: &'static str,
    result: &'static str,
}

fn rows<'a>(outcome: &'a Outcome, ask: &'a Ask, curve: &'a Curve) -> impl Iterator<Item = [String; 14]> + 'a {
    let most = curve.points.last().map_or(0, |point| point.weighed);
    let best = curve.points.iter().enumerate().map(|(at, point)| Row {
        net: point.net,
        gained: point.gained,
        weighed: point.weighed,
        projects: point.built.len(),
        project: String::new(),
        mark: if curve.last_per_cent == Some(at) { "last-per-cent" } else { "" },
        result: proof(point.proof).0,
    });
    let by_hand = curve.one_at_a_time.iter().enumerate().map(|(at, step)| Row {
        net: step.net,
        gained: step.gained,
        weighed: step.weighed,
        projects: at + 1,
        project: outcome.plans.projects[step.project].key.clone(),
        mark: "",
        result: "",
    });
    let lines = [("best", best.collect::<Vec<_>>()), ("one-at-a-time", by_hand.collect())];
    lines.into_iter().flat_map(move |(name, rows)| {
        let mut before: Option<(Kronor, u64)> = None;
        let row = move |(at, row): (usize, Row)| {
            let more = before.replace((row.net, row.gained));
            let more = more.and_then(|(net, gained)| Some((row.net.less(net), row.gained.checked_sub(gained)?)));
            let of_more =
                |say: &dyn Fn(Kronor, u64) -> String| more.map(|(net, gained)| say(net, gained)).unwrap_or_default();
            [
                ask.key.clone(),
                name.to_owned(),
                at.to_string(),
                row.project,
                row.projects.to_string(),
                kronor(row.net),
                row.gained.to_string(),
                hundredths(row.weighed),
                super::share_text(row.weighed, most),
                of_more(&|net, _| kronor(net)),
                of_more(&|_, gained| gained.to_string()),
                of_more(&per),
                row.mark.to_owned(),
                row.result.to_owned(),
            ]
        };
        rows.into_iter().enumerate().map(row).collect::<Vec<_>>()
    })
}

/// Hundredths as a number, without needless decimals.
fn hundredths(number: u64) -> String {
    match (number / 100, number % 100) {
        (whole, 0) => whole.to_string(),
        (whole, part) => format!("{whole}.{part:02}"),
    }
}
