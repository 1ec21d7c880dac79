//! `nittio check`: what is odd about the input, and nothing else.

use std::io::IsTerminal;

use nittio_core::{
    diagnostic::{self, Diagnostic},
    outcome::Input,
};
use nittio_io::{ingest::Reading, join, write};

use crate::{
    Answer,
    args::{CheckArgs, CheckFormat},
    command::{delivery, index::obtain, print},
    failure::{Failure, note},
    progress::Terminal,
    project,
};

/// How many rows of each kind a terminal shows.
const SHOWN: usize = 3;

/// Reads everything, says where places lie, and lists what was odd.
pub(crate) fn check(args: &CheckArgs) -> Result<Answer, Failure> {
    let progress = Terminal::new();
    let project = project::load(&args.study)?;
    if let Some(last) = &args.against {
        return delivery::check(args, &project, last, &progress);
    }
    let reading = Reading::new(&project.loaded, &progress)?;
    let (opened, mut index) = obtain(&reading, &args.study, args.index.as_deref(), &progress)?;
    let joined = join::join(&opened, &mut index, None, &|_| {})?;
    let diagnostics = joined.diagnostics;
    let inputs = &opened.provenance().inputs;

    let format =
        args.format.unwrap_or(if std::io::stdout().is_terminal() { CheckFormat::Table } else { CheckFormat::Csv });
    print(&match format {
        CheckFormat::Table => table(&diagnostics, inputs),
        CheckFormat::Csv => {
            let mut text = Vec::new();
            write::rejects::csv(&mut text, &diagnostics, inputs).map_err(Failure::output)?;
            String::from_utf8_lossy(&text).into_owned()
        }
        CheckFormat::Json => json(&diagnostics, inputs),
    })?;
    note(&format!(
        "{} places, {} footprints, {} offer rows read; {} findings",
        joined.places.iter().sum::<u64>(),
        opened.footprints,
        opened.study.offers.rows(),
        diagnostics.len()
    ));
    Ok(if diagnostics.is_empty() { Answer::Yes } else { Answer::No })
}

fn table(diagnostics: &[Diagnostic], inputs: &[Input]) -> String {
    let mut out = String::new();
    for input in inputs.iter().filter(|input| input.role != "study") {
        out.push_str(&format!("{} ({}): {} of {} rows used\n", input.path, input.role, input.used, input.rows));
    }
    if diagnostics.is_empty() {
        out.push_str("\nNothing odd was found.\n");
    }
    for count in diagnostic::count(diagnostics) {
        let file = &inputs[usize::from(count.source)].path;
        out.push_str(&format!("\n{file}: {} rows {} ({})\n", count.rows, count.finding.key(), count.action.key()));
        let alike = diagnostics
            .iter()
            .filter(|d| (d.at.source, d.finding, d.action) == (count.source, count.finding, count.action));
        for d in alike.take(SHOWN) {
            let id = d.id.as_deref().map(|id| format!(" {id}")).unwrap_or_default();
            out.push_str(&format!("  row {}{id}: {}\n", d.at.row, d.message));
        }
        if count.rows > SHOWN as u64 {
            out.push_str(&format!("  … and {} more; all of them with --format csv\n", count.rows - SHOWN as u64));
        }
    }
    out
}

fn json(diagnostics: &[Diagnostic], inputs: &[Input]) -> String {
    let rows: Vec<_> = diagnostics
        .iter()
        .map(|d| {
            serde_json::json!({
                "file": inputs[usize::from(d.at.source)].path,
                "row": d.at.row,
                "id": d.id.as_deref(),
                "finding": d.finding.key(),
                "action": d.action.key(),
                "message": d.message.as_ref(),
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::Array(rows))
}
