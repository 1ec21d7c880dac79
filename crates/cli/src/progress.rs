//! Progress on a terminal: one line per file or stage, gone when it is done.

use std::{io::IsTerminal, sync::Mutex, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use nittio_io::ingest::Progress;

/// Draws on standard error when that is a terminal; otherwise says nothing.
pub(crate) struct Terminal {
    /// How many steps are under way, and the bar that they share.
    steps: Mutex<(u32, Option<ProgressBar>)>,
    visible: bool,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        Self { steps: Mutex::default(), visible: std::io::stderr().is_terminal() }
    }

    /// A bar of known length.
    pub(crate) fn bar(&self, what: &str, total: u64) -> ProgressBar {
        if !self.visible {
            return ProgressBar::hidden();
        }
        let template = "{msg:28} [{bar:32}] {human_pos} of {human_len}  {elapsed}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(total).with_style(style.progress_chars("=> ")).with_message(what.to_owned())
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
        if let Ok(mut steps) = self.steps.lock() {
            steps.0 += 1;
            let message = format!("reading {what}");
            match &steps.1 {
                Some(bar) => bar.set_message(message),
                None => steps.1 = Some(self.spinner(&message)),
            }
        }
    }

    fn advance(&self, rows: u64) {
        if let Ok(steps) = self.steps.lock()
            && let Some(bar) = &steps.1
        {
            bar.inc(rows);
        }
    }

    fn end(&self) {
        if let Ok(mut steps) = self.steps.lock() {
            steps.0 = steps.0.saturating_sub(1);
            if steps.0 == 0
                && let Some(bar) = steps.1.take()
            {
                bar.finish_and_clear();
            }
        }
    }
}
