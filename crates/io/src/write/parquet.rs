//! Parquet files, with the system's own errors: polars turns what a full disk says into a text.

use std::io::{self, Write};

use polars::{
    error::PolarsResult,
    prelude::{DataFrame, KeyValueMetadata, ParquetWriter},
};

use super::error;

/// The most rows in a row group.
pub(super) const ROW_GROUP: usize = 262_144;

/// Writes frames one by one, each a row group; `empty` has the columns.
pub(super) fn write(
    out: impl Write,
    empty: &DataFrame,
    frames: impl FnOnce(&mut dyn FnMut(&DataFrame) -> PolarsResult<()>) -> PolarsResult<()>,
) -> io::Result<()> {
    let mut sink = Sink { out, error: None };
    let written = write_to(&mut sink, empty, frames);
    match (sink.error, written) {
        (Some(error), _) => Err(error),
        (None, written) => written.map_err(error::of_polars),
    }
}

/// Writes one frame as a file of its own, with a word about it for those who know its key.
pub(super) fn whole(out: impl Write, frame: &DataFrame, about: Option<(&str, String)>) -> io::Result<()> {
    let mut sink = Sink { out, error: None };
    let about = about.map(|(key, text)| KeyValueMetadata::from_static(vec![(key.to_owned(), text)]));
    let written = || -> PolarsResult<()> {
        let writer = ParquetWriter::new(&mut sink).with_key_value_metadata(about);
        let mut writer = writer.batched(frame.schema())?;
        writer.write_batch(frame)?;
        writer.finish()?;
        Ok(())
    };
    let written = written();
    match (sink.error, written) {
        (Some(error), _) => Err(error),
        (None, written) => written.map_err(error::of_polars),
    }
}

fn write_to(
    sink: &mut Sink<impl Write>,
    empty: &DataFrame,
    frames: impl FnOnce(&mut dyn FnMut(&DataFrame) -> PolarsResult<()>) -> PolarsResult<()>,
) -> PolarsResult<()> {
    let mut writer = ParquetWriter::new(sink).batched(empty.schema())?;
    frames(&mut |frame| writer.write_batch(frame))?;
    writer.finish()?;
    Ok(())
}

/// A writer that keeps the first error, while those above it get a copy of its kind.
struct Sink<W> {
    out: W,
    error: Option<io::Error>,
}

impl<W> Sink<W> {
    fn keep<T>(&mut self, outcome: io::Result<T>) -> io::Result<T> {
        outcome.map_err(|error| {
            let copy = io::Error::from(error.kind());
            // An interrupted call is tried again and is no failure.
            if error.kind() != io::ErrorKind::Interrupted {
                self.error.get_or_insert(error);
            }
            copy
        })
    }
}

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let outcome = self.out.write(bytes);
        self.keep(outcome)
    }

    fn flush(&mut self) -> io::Result<()> {
        let outcome = self.out.flush();
        self.keep(outcome)
    }
}
