//! Parquet through polars, some row groups or a part of one at a time, with the GeoParquet metadata read here.

use std::{
    io::Cursor,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
};

use geo::Geometry;

use polars::io::mmap::MmapBytesReader;
use polars::io::parquet::read::ParallelStrategy;
use polars::prelude::{
    ArrowDataType, ArrowSchema, ChunkedArray, Column as PolarsColumn, DataFrame, DataType, FileMetadata, ParquetReader,
    PolarsNumericType, PolarsResult, SerReader, StringChunked, TimeUnit,
};
use rayon::prelude::*;
use serde_json::Value as Json;

use super::{
    Batch, Column, DeclaredCrs, Description, Format, ReadError, ReadOptions,
    batcher::{Wanted, positions, row_number},
    column::{Texts, Values},
    detect, parquet_footer,
    pieces::{Opened, PIECE_ROWS},
    shapes::{RowGeometry, Shapes},
    wkb, wkt,
};

/// What polars says of a logical type that is newer than itself.
const NEW_TYPE: &str = "LogicalType union has no variant set";

/// Rows of a row group that are decoded together, at most.
///
/// A larger group is cut: pages that a piece has no row of are passed over without being unpacked.
const SLICE_ROWS: usize = 131_072;

pub(super) fn describe(path: &Path, options: &ReadOptions) -> Result<Description, ReadError> {
    Ok(Parquet::open(path, options)?.description)
}

/// Which column holds geometry, and in which CRS.
struct GeometryColumn {
    position: usize,
    crs: DeclaredCrs,
}

/// A Parquet file, cut into pieces of one large row group or of several small ones.
pub(super) struct Parquet {
    path: PathBuf,
    /// What the footer says.
    metadata: FileMetadata,
    /// The same without the row groups.
    bare: FileMetadata,
    schema: Arc<ArrowSchema>,
    columns: Vec<String>,
    geometry: Option<GeometryColumn>,
    description: Description,
    pieces: Vec<Piece>,
}

/// Some rows.
struct Piece {
    groups: Range<usize>,
    /// The first row, counted from the beginning of the first group.
    from: usize,
    rows: usize,
    /// The number of the first row.
    row: u64,
}

/// Makes pieces of row groups.
fn pieces(metadata: &FileMetadata) -> Vec<Piece> {
    let enough = usize::try_from(PIECE_ROWS).unwrap_or(usize::MAX);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut row = 1;
    for (number, group) in metadata.row_groups.iter().enumerate() {
        let rows = group.num_rows();
        match pieces.last_mut() {
            Some(last) if last.from == 0 && last.rows + rows <= enough => {
                last.groups.end = number + 1;
                last.rows += rows;
            }
            _ => {
                let size = rows.div_ceil(rows.div_ceil(SLICE_ROWS).max(1)).max(1);
                for from in (0..rows).step_by(size) {
                    let rows = size.min(rows - from);
                    pieces.push(Piece { groups: number..number + 1, from, rows, row: row + from as u64 });
                }
            }
        }
        row += rows as u64;
    }
    pieces
}

impl Parquet {
    pub(super) fn open(path: &Path, options: &ReadOptions) -> Result<Self, ReadError> {
        let mut file = detect::open(path)?;
        let cloned = file.try_clone().map_err(|e| ReadError::unreadable(path, detect::in_words(&e)))?;
        let footer = match guarded(path, || footer(cloned)) {
            Err(error) if error.to_string().contains(NEW_TYPE) => {
                let old = parquet_footer::with_old_types(&mut file);
                let old = old.map_err(|e| ReadError::unreadable(path, detect::in_words(&e)))?;
                guarded(path, || footer(Cursor::new(old)))
            }
            other => other,
        };
        let (metadata, schema) = footer?;
        let mut bare = metadata.clone();
        bare.row_groups = Vec::new();
        let columns: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
        let description =
            Description { format: Format::Parquet, columns: Vec::new(), geometry: false, crs: DeclaredCrs::None };
        let (path, pieces) = (path.to_owned(), pieces(&metadata));
        let mut parquet = Self { path, metadata, bare, schema, columns, geometry: None, description, pieces };
        parquet.geometry = match &options.geometry_column {
            Some(name) => Some(parquet.named_geometry(name)?),
            None => parquet.declared_geometry()?,
        };
        parquet.description = parquet.describe();
        Ok(parquet)
    }

    /// The value of the `geo` key in the file's metadata.
    fn geo(&self) -> Option<&str> {
        let pairs = self.metadata.key_value_metadata.as_ref()?;
        pairs.iter().find(|pair| pair.key == "geo")?.value.as_deref()
    }

    fn named_geometry(&self, name: &str) -> Result<GeometryColumn, ReadError> {
        let asked = [name.to_owned()];
        let positions = positions(&self.path, &asked, &self.columns)?;
        let crs = match self.geo().and_then(|geo| serde_json::from_str::<Json>(geo).ok()) {
            Some(geo) => geo.get("columns").and_then(|c| c.get(name)).map_or(DeclaredCrs::None, declared_crs),
            None => DeclaredCrs::None,
        };
        Ok(GeometryColumn { position: positions.first().copied().unwrap_or_default(), crs })
    }

    fn declared_geometry(&self) -> Result<Option<GeometryColumn>, ReadError> {
        let path = &self.path;
        let Some(geo) = self.geo() else { return Ok(None) };
        let wrong = |what: String| ReadError::unreadable(path, format!("the GeoParquet metadata: {what}"));
        let geo: Json = serde_json::from_str(geo).map_err(|e| wrong(format!("not JSON: {e}")))?;
        let name = geo.get("primary_column").and_then(Json::as_str);
        let name = name.ok_or_else(|| wrong("no \"primary_column\" is named".to_owned()))?;
        let position = self.columns.iter().position(|c| c == name);
        let position = position.ok_or_else(|| wrong(format!("the file has no column {name:?}")))?;
        let column = geo.get("columns").and_then(|c| c.get(name));
        let column = column.ok_or_else(|| wrong(format!("nothing is said about the column {name:?}")))?;
        match column.get("encoding").and_then(Json::as_str) {
            Some(encoding) if encoding.eq_ignore_ascii_case("WKB") => {}
            other => {
                return Err(ReadError::unreadable(
                    path,
                    format!(
                        "the geometry in {name:?} is encoded as {:?}; only WKB can be read, so write the file with WKB",
                        other.unwrap_or("nothing")
                    ),
                ));
            }
        }
        Ok(Some(GeometryColumn { position, crs: declared_crs(column) }))
    }

    fn describe(&self) -> Description {
        let geometry = self.geometry.as_ref();
        let columns = self.columns.iter().enumerate().filter(|(i, _)| geometry.is_none_or(|g| g.position != *i));
        Description {
            format: Format::Parquet,
            columns: columns.map(|(_, name)| name.clone()).collect(),
            geometry: geometry.is_some(),
            crs: geometry.map_or(DeclaredCrs::None, |g| g.crs.clone()),
        }
    }

    /// Says before anything is read that a column cannot be.
    fn check_type(&self, position: usize) -> Result<(), ReadError> {
        let Some((name, field)) = self.schema.get_at_index(position) else { return Ok(()) };
        match field.dtype() {
            ArrowDataType::List(_)
            | ArrowDataType::LargeList(_)
            | ArrowDataType::FixedSizeList(..)
            | ArrowDataType::Struct(_)
            | ArrowDataType::Map(..)
            | ArrowDataType::Union(_)
            | ArrowDataType::Decimal(..)
            | ArrowDataType::Time32(_)
            | ArrowDataType::Time64(_)
            | ArrowDataType::Duration(_)
            | ArrowDataType::Interval(_) => Err(unsupported(&self.path, name, &format!("{:?}", field.dtype()))),
            _ => Ok(()),
        }
    }

    /// Decodes some columns of a piece.
    fn frame(&self, piece: &Piece, projection: &[usize]) -> Result<DataFrame, ReadError> {
        let file = detect::open(&self.path)?;
        guarded(&self.path, || {
            let mut metadata = self.bare.clone();
            metadata.row_groups = self.metadata.row_groups.get(piece.groups.clone()).unwrap_or_default().to_vec();
            metadata.num_rows = metadata.row_groups.iter().map(|group| group.num_rows()).sum();
            let mut reader = ParquetReader::new(file);
            reader.set_metadata(Arc::new(metadata));
            // Pieces are read side by side already.
            let reader = reader.read_parallel(ParallelStrategy::None).with_slice(Some((piece.from, piece.rows)));
            reader.with_projection(Some(projection.to_vec())).finish()
        })
    }
}

impl Opened for Parquet {
    fn description(&self) -> &Description {
        &self.description
    }

    fn len(&self) -> usize {
        self.pieces.len()
    }

    fn rows(&self) -> Option<u64> {
        Some(self.pieces.iter().map(|piece| piece.rows as u64).sum())
    }

    fn bytes(&self, piece: usize) -> u64 {
        let Some(piece) = self.pieces.get(piece) else { return 0 };
        let groups = self.metadata.row_groups.get(piece.groups.clone()).unwrap_or_default();
        let (bytes, rows) =
            groups.iter().fold((0, 0), |(b, r), g| (b + g.compressed_size() as u64, r + g.num_rows() as u64));
        u64::try_from(u128::from(bytes) * piece.rows as u128 / u128::from(rows.max(1))).unwrap_or(u64::MAX)
    }

    fn positions(&self, columns: &[String]) -> Result<Vec<usize>, ReadError> {
        let positions = positions(&self.path, columns, &self.columns)?;
        positions.iter().try_for_each(|&position| self.check_type(position))?;
        Ok(positions)
    }

    fn read(&self, piece: usize, wanted: Wanted<'_>) -> Result<Batch, ReadError> {
        let Some(piece) = self.pieces.get(piece) else { return Ok(Batch::default()) };
        let geometry = self.geometry.as_ref().filter(|_| wanted.geometry);
        // Each column once, however often it is asked for, in the file's order.
        let mut projection: Vec<usize> = wanted.positions.iter().copied().chain(geometry.map(|g| g.position)).collect();
        projection.sort_unstable();
        projection.dedup();
        let rows = (piece.row..).take(piece.rows).map(row_number).collect();
        let mut batch = Batch { rows, ..Batch::default() };
        if projection.is_empty() {
            if wanted.geometry {
                batch.geometry = (0..piece.rows).map(|_| Ok(None)).collect();
            }
            return Ok(batch);
        }
        let frame = self.frame(piece, &projection)?;
        if frame.height() != piece.rows {
            return Err(ReadError::unreadable(
                &self.path,
                "not a readable Parquet file: it has fewer rows than it says",
            ));
        }
        let column = |position: usize| {
            let place = projection.binary_search(&position).ok().and_then(|place| frame.columns().get(place));
            place.ok_or_else(|| ReadError::unreadable(&self.path, "not a readable Parquet file: a column is missing"))
        };
        for &position in wanted.positions {
            batch.columns.push(cells(&self.path, column(position)?)?);
        }
        if wanted.geometry {
            batch.geometry = match geometry {
                Some(geometry) => shapes(&self.path, column(geometry.position)?)?,
                None => (0..piece.rows).map(|_| Ok(None)).collect(),
            };
        }
        Ok(batch)
    }
}

fn footer(file: impl MmapBytesReader) -> PolarsResult<(FileMetadata, Arc<ArrowSchema>)> {
    let mut reader = ParquetReader::new(file);
    let mut metadata = FileMetadata::clone(reader.get_metadata()?);
    // Arrow writers note their own types beside the Parquet ones. Among them are extension types such as
    // geoarrow.wkb, which polars does not turn into columns; the Parquet types are all that is needed.
    if let Some(pairs) = &mut metadata.key_value_metadata {
        pairs.retain(|pair| pair.key != "ARROW:schema");
    }
    reader.set_metadata(Arc::new(metadata.clone()));
    Ok((metadata, reader.schema()?))
}

/// Without a `crs` the standard says longitude and latitude; with `null` the writer did not know.
fn declared_crs(column: &Json) -> DeclaredCrs {
    column.get("crs").map_or(DeclaredCrs::epsg(4326), DeclaredCrs::from_projjson)
}

fn unsupported(path: &Path, column: &str, dtype: &str) -> ReadError {
    ReadError::unreadable(
        path,
        format!("the column {column:?} is of the type {dtype}, which cannot be read; write it as text or as a number"),
    )
}

/// Runs polars so that a damaged file is an error: polars asserts much of what a file should be.
fn guarded<T>(path: &Path, run: impl FnOnce() -> PolarsResult<T>) -> Result<T, ReadError> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(ReadError::unreadable(path, format!("not a readable Parquet file: {error}"))),
        Err(_) => Err(ReadError::unreadable(path, "not a readable Parquet file: it is damaged")),
    }
}

/// The cells of one column, numbers straight from the buffers they were decoded to.
fn cells(path: &Path, column: &PolarsColumn) -> Result<Column, ReadError> {
    let failed = |e| ReadError::unreadable(path, format!("the column {:?} cannot be read: {e}", column.name()));
    let integers = || column.cast(&DataType::Int64).and_then(|c| Ok(c.i64()?.clone())).map_err(failed);
    let texts = || column.cast(&DataType::String).and_then(|c| Ok(strings(c.str()?))).map_err(failed);
    Ok(match column.dtype() {
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32 => Column::Integer(numbers(&integers()?, Some)),
        // What is beyond 64 bits with a sign is nobody's count, but it is not lost either.
        DataType::UInt64 => match column.u64().map_err(failed)?.iter().flatten().max() {
            Some(max) if i64::try_from(max).is_err() => Column::Text(texts()?),
            _ => Column::Integer(numbers(&integers()?, Some)),
        },
        // Through its shortest text, so that 0.1 is 0.1 and not 0.10000000149.
        DataType::Float32 => Column::Real(
            column.f32().map_err(failed)?.iter().map(|x| x.filter(|x| !x.is_nan()).map(as_written)).collect(),
        ),
        DataType::Float64 => {
            Column::Real(numbers(column.f64().map_err(failed)?, |x| if x.is_nan() { None } else { Some(x) }))
        }
        DataType::Boolean => Column::Flag(column.bool().map_err(failed)?.iter().collect()),
        DataType::String => Column::Text(strings(column.str().map_err(failed)?)),
        DataType::Categorical(..) | DataType::Enum(..) => Column::Text(texts()?),
        DataType::Binary => Column::Text(
            column
                .binary()
                .map_err(failed)?
                .iter()
                .map(|x| x.map(String::from_utf8_lossy).filter(|t| !t.is_empty()))
                .collect(),
        ),
        DataType::Date => Column::Text(integers()?.iter().map(|days| days.map(date)).collect()),
        DataType::Datetime(unit, _) => {
            let per_second = match unit {
                TimeUnit::Nanoseconds => 1_000_000_000,
                TimeUnit::Microseconds => 1_000_000,
                TimeUnit::Milliseconds => 1_000,
            };
            Column::Text(integers()?.iter().map(|t| t.map(|t| instant(t, per_second))).collect())
        }
        DataType::Null => Column::Text(Texts::missing(column.len())),
        other => return Err(unsupported(path, column.name(), &other.to_string())),
    })
}

/// Numbers as they stand in the buffers; `there` says which of them are missing after all.
fn numbers<T: PolarsNumericType>(
    cells: &ChunkedArray<T>,
    there: impl Fn(T::Native) -> Option<T::Native>,
) -> Values<T::Native>
where
    T::Native: Default,
{
    let mut out = Values::default();
    for part in cells.downcast_iter() {
        let values = part.values();
        let whole = part.validity().is_none_or(|there| there.unset_bits() == 0);
        if whole && values.iter().all(|&x| there(x).is_some()) {
            out.extend_there(values.iter().copied());
        } else {
            part.iter().for_each(|value| out.push(value.and_then(|&x| there(x))));
        }
    }
    out
}

fn strings(cells: &StringChunked) -> Texts {
    cells.iter().map(|text| text.filter(|t| !t.is_empty())).collect()
}

/// The number with the fewest decimals that is the same in single precision.
fn as_written(x: f32) -> f64 {
    // Whole numbers have no decimals to get wrong.
    if x.fract() == 0.0 && x.abs() < 16_777_216.0 { f64::from(x) } else { x.to_string().parse().unwrap_or(f64::NAN) }
}

/// The geometry in a column: points at once, other geometries on all threads.
fn shapes(path: &Path, column: &PolarsColumn) -> Result<Shapes, ReadError> {
    let failed = |e| ReadError::unreadable(path, format!("the column {:?} cannot be read: {e}", column.name()));
    Ok(match column.dtype() {
        DataType::Binary => {
            let cells = column.binary().map_err(failed)?;
            match wkb::points(cells.iter()) {
                Some(points) => points,
                None => decoded(cells.iter().collect(), wkb::decode),
            }
        }
        DataType::String => decoded(column.str().map_err(failed)?.iter().collect(), wkt::decode),
        _ => {
            let wrong = || Err("the geometry column holds neither WKB nor WKT".to_owned());
            (0..column.len()).map(|_| wrong()).collect()
        }
    })
}

fn decoded<T: ?Sized + Sync>(cells: Vec<Option<&T>>, decode: impl Fn(&T) -> RowGeometry + Sync) -> Shapes {
    let shapes: Vec<RowGeometry> = cells.into_par_iter().map(|cell| cell.map_or(Ok(None), &decode)).collect();
    if shapes.iter().all(|shape| matches!(shape, Ok(None | Some(Geometry::Point(_))))) {
        return shapes.into_iter().collect();
    }
    Shapes::Any(shapes)
}

/// A day as `2024-12-31`; a day that no calendar has is given by its number.
fn date(days: i64) -> String {
    let epoch = jiff::civil::date(1970, 1, 1);
    let span = jiff::Span::new().try_days(days);
    span.and_then(|span| epoch.checked_add(span)).map_or_else(|_| days.to_string(), |d| d.to_string())
}

/// A moment as `2024-12-31T23:59:59`, in the time zone the file counts in; midnight is the day alone.
fn instant(t: i64, per_second: i64) -> String {
    let second = t.div_euclid(per_second);
    let day = date(second.div_euclid(86_400));
    let s = second.rem_euclid(86_400);
    if s == 0 { day } else { format!("{day}T{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60) }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, path::Path};

    use polars::prelude::{Column as PolarsColumn, DataType, NamedFrom, ParquetWriter, Series};

    use super::{DataFrame, date, instant};
    use crate::read::{Batch, Column, ReadOptions, describe, read};

    fn write(path: &Path, columns: Vec<Series>) {
        let columns: Vec<PolarsColumn> = columns.into_iter().map(Into::into).collect();
        let mut frame = DataFrame::new_infer_height(columns).unwrap();
        ParquetWriter::new(File::create(path).unwrap()).with_row_group_size(Some(2)).finish(&mut frame).unwrap();
    }

    #[test]
    fn types_come_as_they_are_across_row_groups() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.parquet");
        let days = Series::new("day".into(), [Some(20_088_i32), None, Some(0)]).cast(&DataType::Date).unwrap();
        write(
            &path,
            vec![
                Series::new("kod".into(), [Some("0180"), None, Some("")]),
                Series::new("i16".into(), [Some(1_i16), None, Some(-3)]),
                Series::new("f32".into(), [Some(0.1_f32), None, Some(2.0)]),
                Series::new("flag".into(), [Some(true), None, Some(false)]),
                days,
                Series::new("wkt".into(), ["POINT (1 2)", "x", ""]),
            ],
        );
        let options = ReadOptions { geometry_column: Some("wkt".to_owned()), ..ReadOptions::default() };
        let columns = describe(&path, &options).unwrap().columns;
        assert_eq!(columns, ["kod", "i16", "f32", "flag", "day"]);
        let mut batch = Batch::default();
        read(&path, &options, &columns, true, &mut |b| {
            batch = b;
            true
        })
        .unwrap();
        assert_eq!(batch.rows, [1, 2, 3]);
        assert_eq!(batch.columns[0], Column::Text(vec![Some("0180"), None, None].into()));
        assert_eq!(batch.columns[1], Column::Integer(vec![Some(1), None, Some(-3)].into()));
        assert_eq!(batch.columns[2], Column::Real(vec![Some(0.1), None, Some(2.0)].into()));
        assert_eq!(batch.columns[3], Column::Flag(vec![Some(true), None, Some(false)].into()));
        assert_eq!(batch.columns[4], Column::Text(vec![Some("2024-12-31"), None, Some("1970-01-01")].into()));
        let shapes = batch.geometry.into_vec();
        assert_eq!(shapes[0], Ok(Some(geo::point!(x: 1.0, y: 2.0).into())));
        assert!(shapes[1].is_err());
        assert_eq!(shapes[2], Ok(None));
        assert!(!describe(&path, &ReadOptions::default()).unwrap().geometry);
    }

    #[test]
    fn moments_are_written_as_the_standard_does() {
        assert_eq!(date(-1), "1969-12-31");
        assert_eq!(instant(1_735_689_599_000, 1000), "2024-12-31T23:59:59");
        assert_eq!(instant(0, 1), "1970-01-01");
        assert_eq!(date(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.parquet");
        write(&path, vec![Series::new("a".into(), [1_i64, 2, 3])]);
        let bytes = std::fs::read(&path).unwrap();
        for n in [4, 12, bytes.len() / 2, bytes.len() - 1] {
            std::fs::write(&path, &bytes[..n]).unwrap();
            assert!(describe(&path, &ReadOptions::default()).is_err(), "{n}");
        }
    }
}
