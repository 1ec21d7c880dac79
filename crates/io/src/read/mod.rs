//! Readers: any of the formats people have, into batches of columns and geometry.

use std::path::{Path, PathBuf};

use geo::Geometry;

use crate::crs::Crs;

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma, semicolon or tab separated text.
    Csv,
    /// Parquet, with or without GeoParquet metadata.
    Parquet,
    /// A GeoJSON FeatureCollection, feature or geometry.
    GeoJson,
    /// GeoJSON features, one a line.
    GeoJsonLines,
    /// GeoPackage.
    GeoPackage,
    /// Shapefile, bare or zipped.
    Shapefile,
    /// FlatGeobuf.
    FlatGeobuf,
}

/// How to read a file, where the file does not say it itself.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The format; known from the file's name and first bytes when `None`.
    pub format: Option<Format>,
    /// The layer of a GeoPackage, or the file inside a zip.
    pub layer: Option<String>,
    /// The encoding of text: `utf-8`, `windows-1252`, `iso-8859-1`; detected when `None`.
    pub encoding: Option<String>,
    /// A column with geometry as WKB or WKT where the file has no geometry of its own.
    pub geometry_column: Option<String>,
}

/// What a file holds, known before its rows are read.
#[derive(Debug, Clone)]
pub struct Description {
    /// The format.
    pub format: Format,
    /// The columns, without the geometry, in the file's order.
    pub columns: Vec<String>,
    /// Whether rows have geometry.
    pub geometry: bool,
    /// The CRS that the file says its geometry is in; `None` when it says nothing.
    pub crs: Option<Crs>,
}

/// Some rows of a file: the wanted columns, and the geometry.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// The row numbers as the user would count them (see `nittio_core::diagnostic::SourceRow`).
    pub rows: Vec<u32>,
    /// The wanted columns in the order they were asked for; each as long as `rows`.
    pub columns: Vec<Column>,
    /// As long as `rows` when geometry was asked for, else empty. `Err` says why it cannot be read.
    pub geometry: Vec<Result<Option<Geometry>, String>>,
    /// Rows that could not be read at all, with the reason; they are not in `rows`.
    pub malformed: Vec<(u32, String)>,
}

/// The values of one column of a batch. Integers that a file writes as text stay text.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Text as it stands in the file; an empty cell is `None`.
    Text(Vec<Option<Box<str>>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Other numbers.
    Real(Vec<Option<f64>>),
    /// True or false.
    Flag(Vec<Option<bool>>),
}

/// A file cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why, and what would be right.
        reason: String,
    },
    /// A wanted column is not there.
    #[error("{}: there is no column {column:?}; the columns are {}", path.display(), columns.join(", "))]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The wanted column.
        column: String,
        /// The columns that are there.
        columns: Vec<String>,
    },
    /// Whoever took the batches has stopped.
    #[error("reading was stopped")]
    Stopped,
}

/// Opens a file far enough to say what it holds.
///
/// # Errors
/// When the file cannot be opened or is not of its format.
pub fn describe(_path: &Path, _options: &ReadOptions) -> Result<Description, ReadError> {
    Err(ReadError::Stopped)
}

/// Reads the wanted columns, and the geometry if wanted, batch by batch in the file's order.
///
/// # Errors
/// When the file cannot be read, a column is not there, or `take` returns `false`.
pub fn read(
    _path: &Path,
    _options: &ReadOptions,
    _columns: &[String],
    _geometry: bool,
    _take: &mut dyn FnMut(Batch) -> bool,
) -> Result<Description, ReadError> {
    Err(ReadError::Stopped)
}
