//! Progress on a terminal: one line per file or stage, gone when it is done.

use std::{io::IsTerminal, sync::Mutex, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use nittio_io::ingest::Progress;

/// Draws on standard error when that is a terminal; otherwise says nothing.
pub(crate) struct Terminal {
    bar: Mutex<Option<ProgressBar>>,
    visible: bool,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        Self { bar: Mutex::new(None), visible: std::io::stderr().is_terminal() }
    }

    /// A spinner for a stage of unknown length.
    pub(crate) fn spinner(&self, what: &str) -> ProgressBar {
        if !self.visible {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{spinner} {msg:28} {human_pos} {elapsed}");
        let bar = ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }
}

impl Progress for Terminal {
    fn begin(&self, what: &str) {
        if let Ok(mut bar) = self.bar.lock() {
            *bar = Some(self.spinner(&format!("reading {what}")));
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
