//! Readers: any of the formats people have, into batches of columns and geometry.
//!
//! What goes in is a path and the names of the wanted columns; what comes out is [`Batch`]es, with the row numbers a user
//! would count. A file is read in [`Pieces`], each on its own, so that any number of threads can read, and so that no
//! reader holds its file in memory. [`read`] does that and hands the batches on in the file's order.
//!
//! What all readers share:
//! - A row that cannot be read is in [`Batch::malformed`], a geometry that cannot be read is an `Err` in
//!   [`Batch::geometry`]; only a file that cannot be read as a whole is a [`ReadError`].
//! - Height and measure values are dropped; null and empty geometry is `Ok(None)`; empty parts of a geometry are left out.
//! - A ring that does not end where it began is closed. Nothing else is repaired here.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub(crate) use self::detect::in_words;
pub use self::{
    column::{Column, Mask, Texts, Values},
    declared_crs::DeclaredCrs,
    pieces::Pieces,
    shapes::{Points, Shapes},
};

mod batcher;
mod bytes;
mod column;
mod csv;
mod csv_rows;
mod dbf;
mod declared_crs;
mod detect;
mod encoding;
mod flatgeobuf;
mod geojson;
mod geojson_fast;
mod geojson_feature;
mod geojson_rows;
mod geojson_scan;
mod geojson_survey;
mod geometry;
mod geopackage;
pub mod grid;
mod grid_json;
mod parquet;
mod parquet_footer;
mod pieces;
mod shapefile;
mod shapes;
mod wkb;
mod wkt;

/// A geometry as a GeoPackage holds it.
pub(crate) fn geometry_of_geopackage(blob: &[u8]) -> Result<Option<geo::Geometry>, String> {
    wkb::decode_geopackage(blob)
}

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
    /// The layer of a GeoPackage, or the shapefile inside a zip (its name with or without `.shp`).
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
    /// The CRS that the file says its geometry is in.
    pub crs: DeclaredCrs,
}

/// Some rows of a file: the wanted columns, and the geometry.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// The row numbers as the user would count them (see `nittio_core::diagnostic::SourceRow`).
    pub rows: Vec<u32>,
    /// The wanted columns in the order they were asked for; each as long as `rows`.
    pub columns: Vec<Column>,
    /// As long as `rows` when geometry was asked for, else empty.
    pub geometry: Shapes,
    /// Rows that could not be read at all, with the reason; they are not in `rows`.
    pub malformed: Vec<(u32, String)>,
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

impl ReadError {
    /// An error about the file as a whole.
    fn unreadable(path: &Path, reason: impl Into<String>) -> Self {
        Self::Unreadable { path: path.to_owned(), reason: reason.into() }
    }
}

/// Opens a file far enough to say what it holds.
///
/// Most formats say it in their first or last bytes. GeoJSON does not, so a GeoJSON file is gone through to its end:
/// a property may appear for the first time in the last feature, and the `crs` member may stand after the features.
/// Whoever reads the file after should call [`pieces`] instead, and [`Pieces::select`] when the columns are known: the
/// file is then gone through once.
///
/// # Errors
/// When the file cannot be opened or is not of its format.
pub fn describe(path: &Path, options: &ReadOptions) -> Result<Description, ReadError> {
    match detect::format(path, options)? {
        Format::Csv => csv::describe(path, options),
        Format::Parquet => parquet::describe(path, options),
        format @ (Format::GeoJson | Format::GeoJsonLines) => geojson::describe(path, format),
        Format::GeoPackage => geopackage::describe(path, options),
        Format::Shapefile => shapefile::describe(path, options),
        Format::FlatGeobuf => flatgeobuf::describe(path),
    }
}

/// Opens a file to be read in independent pieces, in any order, from any thread.
///
/// A piece is at most 65 536 rows (131 072 of Parquet), or a few megabytes of text: whoever has `n` pieces in flight has a bounded part of
/// the file in memory. Where the pieces begin is found by going through the file once, without making anything of its
/// rows; Parquet and GeoPackage know it without. See [`Pieces`] for what is left in one piece.
///
/// # Errors
/// When the file cannot be opened, is not of its format or is cut short, or a column is not there.
pub fn pieces(path: &Path, options: &ReadOptions, columns: &[String], geometry: bool) -> Result<Pieces, ReadError> {
    let opened: Arc<dyn pieces::Opened> = match detect::format(path, options)? {
        Format::Csv => Arc::new(csv::Csv::open(path, options)?),
        Format::Parquet => Arc::new(parquet::Parquet::open(path, options)?),
        format @ (Format::GeoJson | Format::GeoJsonLines) => Arc::new(geojson::GeoJson::open(path, format)?),
        Format::GeoPackage => Arc::new(geopackage::GeoPackage::open(path, options)?),
        Format::Shapefile => Arc::new(shapefile::Shapefile::open(path, options)?),
        Format::FlatGeobuf => Arc::new(flatgeobuf::FlatGeobuf::open(path)?),
    };
    Pieces::new(opened, columns, geometry)
}

/// The files beside a file that are read with it: a shapefile's table, CRS and code page, a GeoPackage's log.
///
/// # Errors
/// When the file cannot be opened or its format is not known.
pub(crate) fn companions(path: &Path, options: &ReadOptions) -> Result<Vec<PathBuf>, ReadError> {
    Ok(match detect::format(path, options)? {
        Format::Shapefile => shapefile::companions(path)?,
        Format::GeoPackage => geopackage::log(path).into_iter().collect(),
        _ => Vec::new(),
    })
}

/// Reads the wanted columns, and the geometry if wanted, batch by batch in the file's order.
///
/// Some batches are read at a time, on all threads; as many are in memory. When geometry is wanted from a file that has
/// none, every row's geometry is `Ok(None)`. A column that a GeoJSON file has in some features only is missing in the
/// others; that no feature of several has it is an error.
///
/// # Errors
/// When the file cannot be read, a column is not there, or `take` returns `false`.
pub fn read(
    path: &Path,
    options: &ReadOptions,
    columns: &[String],
    geometry: bool,
    take: &mut dyn FnMut(Batch) -> bool,
) -> Result<Description, ReadError> {
    let pieces = pieces(path, options, columns, geometry)?;
    pieces.each(take)?;
    Ok(pieces.description().clone())
}
