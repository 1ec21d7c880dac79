//! Rows of text under named columns: how tables of scenarios and plans are opened, and what they call an area and a step of a goal.

use std::io::{self, Write};

use nittio_core::{goal::Step, indicator::AreaRef};

use super::{error, number};

/// Writes columns and rows as CSV after RFC 4180.
///
/// # Errors
/// When writing fails.
pub(super) fn table<const N: usize>(
    out: impl Write,
    columns: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(columns).map_err(error::of_csv)?;
    for row in rows {
        writer.write_record(row).map_err(error::of_csv)?;
    }
    writer.flush()
}

/// What stands under `level`, `code`, `name`, `unit`, `down_mbps` and `goal_share`.
pub(super) fn of_step(area: &AreaRef, unit: &str, step: &Step) -> [String; 6] {
    [
        area.level.clone(),
        area.code.clone(),
        area.name.clone(),
        unit.to_owned(),
        number::mbps(Some(step.down)),
        super::share_text(u64::from(step.share.ppm()), 1_000_000),
    ]
}
