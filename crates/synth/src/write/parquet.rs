//! Parquet and GeoParquet, row group by row group; row groups are encoded and compressed on all threads.

use std::{
    io::{self, Write},
    ops::Range,
};

use geo::{LineString, MultiPolygon, Polygon};
use polars::{
    error::{PolarsError, PolarsResult},
    prelude::{
        Column, DataFrame, KeyValueMetadata, ParquetCompression, ParquetWriter, RowGroupIterColumns, StatisticsOptions,
    },
};

use super::{
    Cell, Progress, Row,
    geo_metadata::{Bounds, geo},
    in_order,
};
use crate::place::Batch;

/// Bytes of geometry in a row group, about.
const GEOMETRY: usize = 16 << 20;

/// Rows in a row group of polygons, at most.
const ROWS: usize = super::BATCH as usize;

/// Places with their coordinates in columns.
pub(super) fn places(out: impl Write + Send, batches: u64, batch: impl Fn(u64) -> Batch + Sync) -> io::Result<()> {
    frames(out, None, StatisticsOptions::default(), batches, |number| {
        let batch = batch(number);
        let height = batch.len();
        let coordinates = vec![
            Column::new("id".into(), batch.id),
            Column::new("easting".into(), batch.easting),
            Column::new("northing".into(), batch.northing),
        ];
        let units = units(batch.population, batch.households, batch.workplaces);
        DataFrame::new(height, coordinates.into_iter().chain(units).collect())
    })
}

/// Places as points.
pub(super) fn points(
    out: impl Write + Send,
    batches: u64,
    bounds: &Bounds,
    batch: impl Fn(u64) -> Batch + Sync,
) -> io::Result<()> {
    frames(out, Some(geo(&["Point"], bounds)), StatisticsOptions::empty(), batches, |number| {
        let batch = batch(number);
        let height = batch.len();
        let points: Vec<[u8; 21]> = batch.easting.iter().zip(&batch.northing).map(|(&x, &y)| point(x, y)).collect();
        let points: Vec<&[u8]> = points.iter().map(<[u8; 21]>::as_slice).collect();
        let mut columns = vec![Column::new("id".into(), batch.id)];
        columns.extend(units(batch.population, batch.households, batch.workplaces));
        columns.push(Column::new("geometry".into(), points));
        DataFrame::new(height, columns)
    })
}

fn units(population: Vec<i32>, households: Vec<i32>, workplaces: Vec<i32>) -> [Column; 3] {
    [
        Column::new("population".into(), population),
        Column::new("households".into(), households),
        Column::new("workplaces".into(), workplaces),
    ]
}

/// Polygons with their attributes.
pub(super) fn polygons(
    out: impl Write + Send,
    names: &[&str],
    rows: &[Row<'_>],
    bounds: &Bounds,
    progress: &dyn Progress,
) -> io::Result<()> {
    let one = rows.iter().any(|row| row.geometry.0.len() == 1);
    let many = rows.iter().any(|row| row.geometry.0.len() != 1);
    let types: Vec<&str> =
        [(many, "MultiPolygon"), (one, "Polygon")].into_iter().filter_map(|(is, name)| is.then_some(name)).collect();
    let groups = groups(rows);
    frames(out, Some(geo(&types, bounds)), StatisticsOptions::empty(), groups.len() as u64, |number| {
        let rows = &rows[groups[number as usize].clone()];
        progress.advance(rows.len() as u64);
        let mut columns: Vec<Column> = names
            .iter()
            .enumerate()
            .map(|(n, &name)| {
                let numbers: Option<Vec<i32>> = rows
                    .iter()
                    .map(|row| if let Cell::Number(number) = row.cells[n] { Some(number) } else { None })
                    .collect();
                match numbers {
                    Some(numbers) => Column::new(name.into(), numbers),
                    None => Column::new(name.into(), rows.iter().map(|row| row.cells[n].text()).collect::<Vec<_>>()),
                }
            })
            .collect();
        let shapes: Vec<Vec<u8>> = rows.iter().map(|row| wkb(row.geometry)).collect();
        columns.push(Column::new("geometry".into(), shapes.iter().map(Vec::as_slice).collect::<Vec<&[u8]>>()));
        DataFrame::new(rows.len(), columns)
    })
}

/// Rows of each row group, so that none is very large.
fn groups(rows: &[Row<'_>]) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let (mut first, mut bytes) = (0, 0);
    for (number, row) in rows.iter().enumerate() {
        let own = 16 * crate::layer::vertices(row.geometry);
        if number > first && (bytes + own > GEOMETRY || number - first == ROWS) {
            groups.push(first..number);
            (first, bytes) = (number, 0);
        }
        bytes += own;
    }
    groups.push(first..rows.len());
    groups
}

/// Writes frames, each a row group; there is at least one.
fn frames(
    out: impl Write + Send,
    geo: Option<String>,
    statistics: StatisticsOptions,
    count: u64,
    frame: impl Fn(u64) -> PolarsResult<DataFrame> + Sync,
) -> io::Result<()> {
    let mut sink = Sink { out, error: None };
    let written = write_frames(&mut sink, geo, statistics, count, frame);
    match (sink.error, written) {
        (Some(error), _) => Err(error),
        (None, written) => written.map(drop).map_err(|error| match error {
            PolarsError::IO { error, .. } => io::Error::new(error.kind(), error.to_string()),
            other => io::Error::other(other.to_string()),
        }),
    }
}

fn write_frames(
    out: impl Write + Send,
    geo: Option<String>,
    statistics: StatisticsOptions,
    count: u64,
    frame: impl Fn(u64) -> PolarsResult<DataFrame> + Sync,
) -> PolarsResult<u64> {
    let first = frame(0)?;
    let metadata = geo.map(|geo| KeyValueMetadata::from_static(vec![("geo".to_owned(), geo)]));
    let writer = ParquetWriter::new(out)
        .with_compression(ParquetCompression::Zstd(None))
        .with_statistics(statistics)
        .with_key_value_metadata(metadata)
        .batched(first.schema())?;
    let encode = |frame: &DataFrame| -> PolarsResult<Vec<RowGroupIterColumns<'static, PolarsError>>> {
        writer.encode_and_compress(frame).collect()
    };
    in_order(
        count,
        |number| if number == 0 { encode(&first) } else { encode(&frame(number)?) },
        |groups| writer.write_row_groups(groups),
    )?;
    writer.finish()
}

/// A writer that keeps the system's own first error; polars turns what a full disk says into a text.
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

/// A point as little-endian WKB.
fn point(x: f64, y: f64) -> [u8; 21] {
    let mut wkb = [0; 21];
    (wkb[0], wkb[1]) = (1, 1);
    wkb[5..13].copy_from_slice(&x.to_le_bytes());
    wkb[13..21].copy_from_slice(&y.to_le_bytes());
    wkb
}

/// A polygon when there is one part, else several.
fn wkb(geometry: &MultiPolygon) -> Vec<u8> {
    let mut out = Vec::with_capacity(16 * crate::layer::vertices(geometry) + 64);
    if let [polygon] = geometry.0.as_slice() {
        put_polygon(&mut out, polygon);
    } else {
        out.push(1);
        put_count(&mut out, 6);
        put_count(&mut out, geometry.0.len());
        geometry.iter().for_each(|polygon| put_polygon(&mut out, polygon));
    }
    out
}

fn put_polygon(out: &mut Vec<u8>, polygon: &Polygon) {
    out.push(1);
    put_count(out, 3);
    put_count(out, 1 + polygon.interiors().len());
    put_ring(out, polygon.exterior());
    polygon.interiors().iter().for_each(|ring| put_ring(out, ring));
}

fn put_ring(out: &mut Vec<u8>, ring: &LineString) {
    put_count(out, ring.0.len());
    for vertex in &ring.0 {
        out.extend(vertex.x.to_le_bytes());
        out.extend(vertex.y.to_le_bytes());
    }
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend((count as u32).to_le_bytes());
}
