//! `README.md`: what is in the folder, for people; and what must be filled in before it is published.

use std::fmt::Write as _;

use nittio_core::outcome::Outcome;

use super::{Dataset, Words, package};

/// The text.
pub(super) fn text(outcome: &Outcome, datasets: &[Dataset<'_>], missing: &[&str], words: Words<'_>) -> String {
    let date = outcome.frame.as_of.to_string();
    let mut out = format!("# {}\n\n", words.say("open-data.catalogue-title", &[("study", &outcome.name)]));
    let _ = writeln!(out, "{}\n", words.say("open-data.description", &[("study", &outcome.name), ("date", &date)]));
    if let Some(notice) = &outcome.notice {
        let _ = writeln!(out, "{notice}\n");
    }
    if !missing.is_empty() {
        let keys: Vec<String> = missing.iter().map(|key| format!("`{key}`")).collect();
        let _ = writeln!(out, "**{}**\n", words.say("open-data.missing", &[("keys", &keys.join(", "))]));
    }
    let _ = writeln!(out, "## {}\n", words.get("open-data.files"));
    let _ =
        writeln!(out, "| {} | {} | SHA-256 |\n|---|---|---|", words.get("open-data.file"), words.get("open-data.what"));
    for dataset in datasets {
        let level = super::catalogue::level_word(dataset.table.level, if words.swedish { words.sv } else { words.en });
        for file in &dataset.files {
            let what = words.say(&format!("open-data.format-{}", file.format), &[("level", &level)]);
            let _ = writeln!(out, "| `{}` | {what} | `{}` |", file.name, file.sha256);
        }
    }
    for (name, key) in [
        ("datapackage.json", "open-data.datapackage"),
        ("dcat.jsonld", "open-data.dcat"),
        ("dcat.ttl", "open-data.dcat-turtle"),
    ] {
        let _ = writeln!(out, "| `{name}` | {} | |", words.get(key));
    }
    let _ = writeln!(out, "\n{}\n", words.get("open-data.same"));
    if outcome.edition.is_some() {
        let _ = writeln!(out, "{}\n", words.get("open-data.hidden"));
    }
    let _ = writeln!(out, "## {}\n", words.get("open-data.columns"));
    let _ = writeln!(out, "| {} | {} |\n|---|---|", words.get("open-data.column"), words.get("open-data.meaning"));
    // Every level has the same columns.
    for column in datasets.first().map(|dataset| &dataset.table.columns).into_iter().flatten() {
        let _ = writeln!(out, "| `{}` | {} |", column.name, column.meaning);
    }
    let sources = package::sources(outcome);
    if !sources.is_empty() {
        let _ = writeln!(out, "\n## {}\n", words.get("open-data.sources"));
        for source in sources {
            let _ = writeln!(out, "- {source}");
        }
    }
    let _ = writeln!(out, "\n{}", words.say("open-data.made", &[("program", &outcome.provenance.program)]));
    out
}
