//! `nittio generate`: a country that does not exist, in any size, with a study file.

use std::sync::Mutex;

use indicatif::ProgressBar;
use nittio_synth::{
    order::Order,
    write::{self, Progress, Settings},
};

use crate::{
    Answer,
    args::{GenerateArgs, PlaceFormat, RowOrder},
    failure::{Failure, note},
    progress::Terminal,
    project,
};

/// Makes a country up and writes it.
pub(crate) fn generate(args: &GenerateArgs) -> Result<Answer, Failure> {
    project::use_threads(args.threads)?;
    let settings = Settings {
        places: args.places,
        seed: args.seed,
        scale: args.scale,
        order: match args.order {
            RowOrder::Register => Order::Register,
            RowOrder::Random => Order::Random,
        },
        format: match args.format {
            PlaceFormat::Parquet => write::Format::Parquet,
            PlaceFormat::Geoparquet => write::Format::Geoparquet,
            PlaceFormat::Csv => write::Format::Csv,
            PlaceFormat::Geojson => write::Format::Geojson,
        },
        places_only: args.places_only,
        force: args.force,
    };
    let written = write::generate(&args.output, &settings, &Bars::new())?;
    let rows = written.iter().find(|file| file.name.starts_with("places.")).map_or(0, |file| file.rows);
    note(&format!(
        "Wrote {rows} places and {} files to {}. Now: nittio run --project {1}",
        written.len(),
        args.output.display()
    ));
    Ok(Answer::Yes)
}

/// One bar at a time.
pub(crate) struct Bars {
    terminal: Terminal,
    bar: Mutex<Option<ProgressBar>>,
}

impl Bars {
    pub(crate) fn new() -> Self {
        Self { terminal: Terminal::new(), bar: Mutex::new(None) }
    }
}

impl Progress for Bars {
    fn begin(&self, what: &str, rows: u64) {
        if let Ok(mut bar) = self.bar.lock() {
            *bar = Some(if rows == 0 { self.terminal.spinner(what) } else { self.terminal.bar(what, rows) });
        }
    }

    fn advance(&self, rows: u64) {
        if let Ok(bar) = self.bar.lock()
            && let Some(bar) = bar.as_ref()
        {
            bar.inc(rows);
        }
    }

    fn end(&self) {
        if let Ok(mut bar) = self.bar.lock()
            && let Some(bar) = bar.take()
        {
            bar.finish_and_clear();
        }
    }
}
