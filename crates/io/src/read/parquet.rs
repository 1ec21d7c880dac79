//! Parquet through polars, one row group at a time, with the GeoParquet metadata read here.

use std::{
    borrow::Cow,
    fs::File,
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
};

use polars::io::mmap::MmapBytesReader;
use polars::prelude::{
    ArrowDataType, ArrowSchema, Column as PolarsColumn, DataFrame, DataType, FileMetadata, ParquetReader, PolarsResult,
    SerReader, TimeUnit,
};
use serde_json::Value as Json;

use super::{
    Batch, DeclaredCrs, Description, Format, ReadError, ReadOptions,
    batcher::{Batcher, RowGeometry, Value, Wanted},
    detect, parquet_footer, wkb, wkt,
};

/// What polars says of a logical type that is newer than itself.
const NEW_TYPE: &str = "LogicalType union has no variant set";

pub(super) fn describe(path: &Path, options: &ReadOptions) -> Result<Description, ReadError> {
    Ok(Parquet::open(path, options)?.description())
}

pub(super) fn read(
    path: &Path,
    options: &ReadOptions,
    wanted: Wanted<'_>,
    take: &mut dyn FnMut(Batch) -> bool,
) -> Result<Description, ReadError> {
    let parquet = Parquet::open(path, options)?;
    let positions = wanted.positions(path, &parquet.columns)?;
    for &position in &positions {
        parquet.check_type(path, position)?;
    }
    let geometry = parquet.geometry.as_ref().filter(|_| wanted.geometry);
    // Each column once, however often it is asked for, in the file's order.
    let mut projection: Vec<usize> = positions.iter().copied().chain(geometry.map(|g| g.position)).collect();
    projection.sort_unstable();
    projection.dedup();
    let place = |position: usize| projection.iter().position(|&p| p == position);
    let mut batcher = Batcher::new(wanted, take);
    let mut start = 0;
    for group in &parquet.metadata.row_groups {
        let rows = group.num_rows();
        if projection.is_empty() {
            for row in start..start + rows {
                batcher.push(row as u64 + 1, std::iter::empty(), || Ok(None))?;
            }
            start += rows;
            continue;
        }
        let frame = parquet.row_group(path, start, rows, &projection)?;
        let column = |position: usize| place(position).and_then(|i| frame.columns().get(i));
        let mut columns = Vec::with_capacity(positions.len());
        for &position in &positions {
            columns.push(Cells::new(path, column(position))?);
        }
        let shapes = geometry.map(|g| Cells::new(path, column(g.position))).transpose()?;
        for i in 0..rows {
            let shape = || match &shapes {
                Some(Cells::Binary(cells)) => cells.get(i).map_or(Ok(None), wkb::decode),
                Some(Cells::Text(cells)) => cells.get(i).map_or(Ok(None), wkt::decode),
                Some(_) => Err("the geometry column holds neither WKB nor WKT".to_owned()),
                None => Ok(None),
            };
            let shape = || -> RowGeometry { shape() };
            batcher.push((start + i) as u64 + 1, columns.iter().map(|c| c.value(i)), shape)?;
        }
        start += rows;
    }
    batcher.finish()?;
    Ok(parquet.description())
}

/// Which column holds geometry, and in which CRS.
struct GeometryColumn {
    position: usize,
    crs: DeclaredCrs,
}

struct Parquet {
    file: File,
    metadata: Arc<FileMetadata>,
    schema: Arc<ArrowSchema>,
    columns: Vec<String>,
    geometry: Option<GeometryColumn>,
}

impl Parquet {
    fn open(path: &Path, options: &ReadOptions) -> Result<Self, ReadError> {
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
        let columns: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
        let mut parquet = Self { file, metadata, schema, columns, geometry: None };
        parquet.geometry = match &options.geometry_column {
            Some(name) => Some(parquet.named_geometry(path, name)?),
            None => parquet.declared_geometry(path)?,
        };
        Ok(parquet)
    }

    /// The value of the `geo` key in the file's metadata.
    fn geo(&self) -> Option<&str> {
        let pairs = self.metadata.key_value_metadata.as_ref()?;
        pairs.iter().find(|pair| pair.key == "geo")?.value.as_deref()
    }

    fn named_geometry(&self, path: &Path, name: &str) -> Result<GeometryColumn, ReadError> {
        let asked = [name.to_owned()];
        let positions = Wanted { columns: &asked, geometry: true }.positions(path, &self.columns)?;
        let crs = match self.geo().and_then(|geo| serde_json::from_str::<Json>(geo).ok()) {
            Some(geo) => geo.get("columns").and_then(|c| c.get(name)).map_or(DeclaredCrs::None, declared_crs),
            None => DeclaredCrs::None,
        };
        Ok(GeometryColumn { position: positions.first().copied().unwrap_or_default(), crs })
    }

    fn declared_geometry(&self, path: &Path) -> Result<Option<GeometryColumn>, ReadError> {
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

    fn description(&self) -> Description {
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
    fn check_type(&self, path: &Path, position: usize) -> Result<(), ReadError> {
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
            | ArrowDataType::Interval(_) => Err(unsupported(path, name, &format!("{:?}", field.dtype()))),
            _ => Ok(()),
        }
    }

    fn row_group(&self, path: &Path, start: usize, rows: usize, projection: &[usize]) -> Result<DataFrame, ReadError> {
        let file = self.file.try_clone().map_err(|e| ReadError::unreadable(path, detect::in_words(&e)))?;
        guarded(path, || {
            let mut reader = ParquetReader::new(file);
            reader.set_metadata(Arc::clone(&self.metadata));
            reader.with_slice(Some((start, rows))).with_projection(Some(projection.to_vec())).finish()
        })
    }
}

fn footer(file: impl MmapBytesReader) -> PolarsResult<(Arc<FileMetadata>, Arc<ArrowSchema>)> {
    let mut reader = ParquetReader::new(file);
    let mut metadata = FileMetadata::clone(reader.get_metadata()?);
    // Arrow writers note their own types beside the Parquet ones. Among them are extension types such as
    // geoarrow.wkb, which polars does not turn into columns; the Parquet types are all that is needed.
    if let Some(pairs) = &mut metadata.key_value_metadata {
        pairs.retain(|pair| pair.key != "ARROW:schema");
    }
    let metadata = Arc::new(metadata);
    reader.set_metadata(Arc::clone(&metadata));
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

/// The cells of one column of a row group.
enum Cells {
    Integer(polars::prelude::Int64Chunked),
    Real(polars::prelude::Float64Chunked),
    Flag(polars::prelude::BooleanChunked),
    Text(polars::prelude::StringChunked),
    Binary(polars::prelude::BinaryChunked),
    /// Days since 1970-01-01.
    Date(polars::prelude::Int64Chunked),
    /// A count of so many units a second since 1970-01-01.
    Instant(polars::prelude::Int64Chunked, i64),
    Nothing,
}

impl Cells {
    fn new(path: &Path, column: Option<&PolarsColumn>) -> Result<Self, ReadError> {
        let Some(column) = column else { return Ok(Self::Nothing) };
        let failed = |e| ReadError::unreadable(path, format!("the column {:?} cannot be read: {e}", column.name()));
        let integers =
            || Ok(column.cast(&DataType::Int64).map_err(failed)?.i64().map_err(failed)?.rechunk().into_owned());
        Ok(match column.dtype() {
            DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32 => Self::Integer(integers()?),
            // What is beyond 64 bits with a sign is nobody's count, but it is not lost either.
            DataType::UInt64 => match column.u64().map_err(failed)?.iter().flatten().max() {
                Some(max) if i64::try_from(max).is_err() => Self::text(column).map_err(failed)?,
                _ => Self::Integer(integers()?),
            },
            // Through its shortest text, so that 0.1 is 0.1 and not 0.10000000149.
            DataType::Float32 => Self::Real(
                column.f32().map_err(failed)?.iter().map(|x| x.and_then(|x| x.to_string().parse().ok())).collect(),
            ),
            DataType::Float64 => Self::Real(column.f64().map_err(failed)?.rechunk().into_owned()),
            DataType::Boolean => Self::Flag(column.bool().map_err(failed)?.rechunk().into_owned()),
            DataType::String => Self::Text(column.str().map_err(failed)?.rechunk().into_owned()),
            DataType::Categorical(..) | DataType::Enum(..) => Self::text(column).map_err(failed)?,
            DataType::Binary => Self::Binary(column.binary().map_err(failed)?.rechunk().into_owned()),
            DataType::Date => Self::Date(integers()?),
            DataType::Datetime(unit, _) => {
                let per_second = match unit {
                    TimeUnit::Nanoseconds => 1_000_000_000,
                    TimeUnit::Microseconds => 1_000_000,
                    TimeUnit::Milliseconds => 1_000,
                };
                Self::Instant(integers()?, per_second)
            }
            DataType::Null => Self::Nothing,
            other => return Err(unsupported(path, column.name(), &other.to_string())),
        })
    }

    fn text(column: &PolarsColumn) -> PolarsResult<Self> {
        Ok(Self::Text(column.cast(&DataType::String)?.str()?.rechunk().into_owned()))
    }

    fn value(&self, i: usize) -> Value<'_> {
        match self {
            Self::Integer(cells) => cells.get(i).map_or(Value::Null, Value::Integer),
            Self::Real(cells) => cells.get(i).filter(|x| !x.is_nan()).map_or(Value::Null, Value::Real),
            Self::Flag(cells) => cells.get(i).map_or(Value::Null, Value::Flag),
            Self::Text(cells) => text(cells.get(i).map(Cow::Borrowed)),
            Self::Binary(cells) => text(cells.get(i).map(String::from_utf8_lossy)),
            Self::Date(cells) => text(cells.get(i).map(|days| Cow::Owned(date(days)))),
            Self::Instant(cells, per_second) => text(cells.get(i).map(|t| Cow::Owned(instant(t, *per_second)))),
            Self::Nothing => Value::Null,
        }
    }
}

fn text(text: Option<Cow<'_, str>>) -> Value<'_> {
    text.filter(|t| !t.is_empty()).map_or(Value::Null, Value::Text)
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
        assert_eq!(batch.columns[0], Column::Text(vec![Some("0180".into()), None, None]));
        assert_eq!(batch.columns[1], Column::Integer(vec![Some(1), None, Some(-3)]));
        assert_eq!(batch.columns[2], Column::Real(vec![Some(0.1), None, Some(2.0)]));
        assert_eq!(batch.columns[3], Column::Flag(vec![Some(true), None, Some(false)]));
        assert_eq!(batch.columns[4], Column::Text(vec![Some("2024-12-31".into()), None, Some("1970-01-01".into())]));
        assert_eq!(batch.geometry[0], Ok(Some(geo::point!(x: 1.0, y: 2.0).into())));
        assert!(batch.geometry[1].is_err());
        assert_eq!(batch.geometry[2], Ok(None));
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
