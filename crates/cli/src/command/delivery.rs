//! `nittio check --against`: a delivery held against the last one.

use std::{collections::BTreeSet, io::IsTerminal, path::Path};

use nittio_core::delivery::Settings;
use nittio_io::{
    delivery::{self, Water},
    ingest::{Opened, Reading},
    review::put,
    study_file::Locale,
};
use nittio_report::delivery as words;

use crate::{
    Answer,
    args::{CheckArgs, CheckFormat},
    command::print,
    failure::{Failure, note},
    progress::Terminal,
    project::Project,
};

/// Compares, prints, writes what goes back to the operators, and answers no when something should be looked at.
pub(crate) fn check(args: &CheckArgs, project: &Project, last: &Path, progress: &Terminal) -> Result<Answer, Failure> {
    let pair = delivery::pair(&project.loaded, last)?;
    let (now, then) = (Reading::new(&pair.now, progress)?, Reading::new(&pair.then, progress)?);
    let water = args.water.as_deref().map(|path| Water::read(&now, path)).transpose()?;
    let (now, then) = (Opened::new(&now)?, Opened::new(&then)?);
    let settings =
        Settings { jump: args.jump, least: args.jump_places, near_miss: args.near_miss, over_water: args.water_share };
    let delivery = delivery::compare(&now, &then, &pair, settings, water.as_ref())?;
    let locale = match project.loaded.file.study.locale {
        Locale::Sv => nittio_report::Locale::Sv,
        Locale::En => nittio_report::Locale::En,
    };
    let rows: Vec<Vec<[String; 7]>> = delivery.operators.iter().map(|operator| words::rows(operator, locale)).collect();
    if let Some(folder) = &args.out {
        put(&folder.join("rejects.csv"), &delivery::csv(&words::COLUMNS, rows.iter().flatten())?)?;
        let mut names = BTreeSet::new();
        for (operator, rows) in delivery.operators.iter().zip(&rows) {
            let own = folder.join(delivery::folder_for(&operator.name, &mut names));
            put(&own.join("rejects.csv"), &delivery::csv(&words::COLUMNS, rows)?)?;
            put(&own.join("summary.html"), words::page(&delivery, operator, locale)?.as_bytes())?;
        }
        note(&format!("To send back, a folder for each operator: {}", folder.display()));
    }
    let format =
        args.format.unwrap_or(if std::io::stdout().is_terminal() { CheckFormat::Table } else { CheckFormat::Csv });
    print(&match format {
        CheckFormat::Table => {
            let rules = words::rules(&delivery, locale).join("\n");
            format!("{}\n{rules}\n", crate::table::lay_out(&words::table(&delivery, locale)))
        }
        CheckFormat::Csv => {
            let text = delivery::csv(&words::COLUMNS, rows.iter().flatten())?;
            String::from_utf8_lossy(&text).into_owned()
        }
        CheckFormat::Json => {
            let object = |row: &[String; 7]| -> serde_json::Map<String, serde_json::Value> {
                words::COLUMNS.iter().zip(row).map(|(key, text)| ((*key).to_owned(), text.as_str().into())).collect()
            };
            let all: Vec<_> = rows.iter().flatten().map(object).collect();
            format!("{:#}\n", serde_json::json!(all))
        }
    })?;
    note(&format!(
        "A jump is {} and at least {} places; a near miss at most {}; {} remarks. {}",
        settings.jump,
        settings.least,
        settings.near_miss,
        rows.iter().flatten().count(),
        match &delivery.water {
            Some(water) =>
                format!("Footprints were held against the water of {water}: {} is told", settings.over_water),
            None => "Whether footprints lie over water is not tested: give --water".to_owned(),
        }
    ));
    if let Some(water) = water.filter(|water| water.odd > 0) {
        note(&format!("{} rows of {} had no geometry that could be used, or it was mended", water.odd, water.name));
    }
    Ok(if delivery.needs_attention() { Answer::No } else { Answer::Yes })
}
