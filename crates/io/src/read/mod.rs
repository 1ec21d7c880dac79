//! Readers: any of the formats people have, into batches of columns and geometry.
//!
//! What goes in is a path and the names of the wanted columns; what comes out is [`Batch`]es in the file's order, with
//! the row numbers a user would count. No reader holds its file in memory: text and binary formats are streamed, Parquet
//! is read one row group at a time.
//!
//! What all readers share:
//! - A row that cannot be read is in [`Batch::malformed`], a geometry that cannot be read is an `Err` in
//!   [`Batch::geometry`]; only a file that cannot be read as a whole is a [`ReadError`].
//! - Height and measure values are dropped; null and empty geometry is `Ok(None)`; empty parts of a geometry are left out.
//! - A ring that does not end where it began is closed. Nothing else is repaired here.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

use geo::Geometry;

pub use self::declared_crs::DeclaredCrs;

mod batcher;
mod bytes;
mod csv;
mod dbf;
mod declared_crs;
mod detect;
mod encoding;
mod flatgeobuf;
mod geojson;
mod geojson_feature;
mod geojson_scan;
mod geometry;
mod geopackage;
mod parquet;
mod parquet_footer;
mod shapefile;
mod wkb;
mod wkt;

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

impl Column {
    /// The number of values, `None` counted.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::Integer(values) => values.len(),
            Self::Real(values) => values.len(),
            Self::Flag(values) => values.len(),
        }
    }

    /// Whether there are no values at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One value as text: whole numbers without decimals, other numbers with as few digits as name them exactly.
    ///
    /// `None` when the value is missing or `index` is past the end.
    #[must_use]
    pub fn text(&self, index: usize) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(values) => values.get(index)?.as_deref().map(Cow::Borrowed),
            Self::Integer(values) => values.get(index)?.map(|v| Cow::Owned(v.to_string())),
            Self::Real(values) => values.get(index)?.map(|v| Cow::Owned(v.to_string())),
            Self::Flag(values) => values.get(index)?.map(|v| Cow::Borrowed(if v { "true" } else { "false" })),
        }
    }
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

/// Reads the wanted columns, and the geometry if wanted, batch by batch in the file's order.
///
/// When geometry is wanted from a file that has none, every row's geometry is `Ok(None)`. A column that a GeoJSON file
/// has in some features only is `None` in the others; that no feature has it is known, and an error, at the end.
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
    let wanted = batcher::Wanted { columns, geometry };
    match detect::format(path, options)? {
        Format::Csv => csv::read(path, options, wanted, take),
        Format::Parquet => parquet::read(path, options, wanted, take),
        format @ (Format::GeoJson | Format::GeoJsonLines) => geojson::read(path, format, wanted, take),
        Format::GeoPackage => geopackage::read(path, options, wanted, take),
        Format::Shapefile => shapefile::read(path, options, wanted, take),
        Format::FlatGeobuf => flatgeobuf::read(path, wanted, take),
    }
}

#[cfg(test)]
mod tests {
    use super::Column;

    #[test]
    fn a_column_gives_text_whatever_its_variant() {
        let integers = Column::Integer(vec![Some(12), None]);
        assert_eq!(integers.text(0).as_deref(), Some("12"));
        assert_eq!(integers.text(1), None);
        assert_eq!(integers.text(2), None);
        assert_eq!(Column::Real(vec![Some(1480.0), Some(0.1)]).text(0).as_deref(), Some("1480"));
        assert_eq!(Column::Real(vec![Some(1480.0), Some(0.1)]).text(1).as_deref(), Some("0.1"));
        assert_eq!(Column::Flag(vec![Some(true)]).text(0).as_deref(), Some("true"));
        assert_eq!(Column::Text(vec![Some("0604".into())]).text(0).as_deref(), Some("0604"));
        assert!(Column::Text(Vec::new()).is_empty());
        assert_eq!(integers.len(), 2);
    }
}
