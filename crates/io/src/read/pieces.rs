//! A file in pieces that can be read in any order, from any thread.

use std::{fmt, ops::Range, sync::Arc};

use rayon::prelude::*;

use super::{Batch, Description, ReadError, batcher::Wanted};

/// Rows in a piece, at most.
pub(super) const PIECE_ROWS: u64 = 65_536;

/// Bytes of the file after which a piece ends, where rows are of any length.
pub(super) const PIECE_BYTES: u64 = 4 << 20;

/// A file that was opened and gone through as far as is needed to read any piece of it.
pub(super) trait Opened: Send + Sync {
    fn description(&self) -> &Description;

    /// How many pieces there are.
    fn len(&self) -> usize;

    /// How many rows there are, if that is known.
    fn rows(&self) -> Option<u64>;

    /// How many bytes of the file a piece takes, about.
    fn bytes(&self, piece: usize) -> u64;

    /// Where the columns are that are wanted; an error if one is not there or is of a type that cannot be read.
    fn positions(&self, columns: &[String]) -> Result<Vec<usize>, ReadError>;

    fn read(&self, piece: usize, wanted: Wanted<'_>) -> Result<Batch, ReadError>;
}

/// A file opened to be read in independent pieces, in any order, from any thread.
///
/// A piece is at most 65 536 rows (131 072 of Parquet) or a few megabytes. These are left in one piece, however long: a single row, a view of
/// a GeoPackage (a view has no row ids), and a table in which `rowid` is the name of a column. A zipped
/// shapefile, and text in an encoding such as UTF-16, is first written unpacked to a temporary file.
#[derive(Clone)]
pub struct Pieces {
    opened: Arc<dyn Opened>,
    columns: Vec<String>,
    positions: Vec<usize>,
    geometry: bool,
}

impl Pieces {
    pub(super) fn new(opened: Arc<dyn Opened>, columns: &[String], geometry: bool) -> Result<Self, ReadError> {
        let positions = opened.positions(columns)?;
        Ok(Self { opened, columns: columns.to_vec(), positions, geometry })
    }

    /// The same file with other columns wanted; it is not gone through again.
    ///
    /// # Errors
    /// When a column is not there.
    pub fn select(&self, columns: &[String], geometry: bool) -> Result<Self, ReadError> {
        Self::new(Arc::clone(&self.opened), columns, geometry)
    }

    /// What the file holds.
    #[must_use]
    pub fn description(&self) -> &Description {
        self.opened.description()
    }

    /// How many pieces there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.opened.len()
    }

    /// Whether there is nothing to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// About how many rows there are, if that is known.
    #[must_use]
    pub fn rows_hint(&self) -> Option<u64> {
        self.opened.rows()
    }

    /// About how many bytes of the file a piece takes, for progress; 0 past the end.
    #[must_use]
    pub fn bytes(&self, piece: usize) -> u64 {
        if piece < self.len() { self.opened.bytes(piece) } else { 0 }
    }

    /// Reads one piece. Pieces are in the file's order, and so are the rows of each; a piece past the end is empty.
    ///
    /// # Errors
    /// When the file cannot be read there.
    pub fn read(&self, piece: usize) -> Result<Batch, ReadError> {
        if piece >= self.len() {
            return Ok(Batch::default());
        }
        let wanted = Wanted { columns: &self.columns, positions: &self.positions, geometry: self.geometry };
        self.opened.read(piece, wanted)
    }

    /// Reads all pieces, some at a time on all threads, and hands them on in the file's order.
    ///
    /// # Errors
    /// When the file cannot be read, or `take` returns `false`. What stands before the place of the error was taken.
    pub fn each(&self, take: &mut dyn FnMut(Batch) -> bool) -> Result<(), ReadError> {
        let at_a_time = 2 * rayon::current_num_threads();
        for start in (0..self.len()).step_by(at_a_time) {
            let some: Range<usize> = start..self.len().min(start + at_a_time);
            let batches: Vec<Result<Batch, ReadError>> =
                some.into_par_iter().with_max_len(1).map(|piece| self.read(piece)).collect();
            for batch in batches {
                let batch = batch?;
                let nothing = batch.rows.is_empty() && batch.malformed.is_empty();
                if !nothing && !take(batch) {
                    return Err(ReadError::Stopped);
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pieces")
            .field("description", self.description())
            .field("len", &self.len())
            .field("columns", &self.columns)
            .field("geometry", &self.geometry)
            .finish_non_exhaustive()
    }
}
