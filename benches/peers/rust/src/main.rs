//! Plain Rust: the same questions answered with `geo`, `rstar` and `rayon` alone.
//!
//! - `naive`: an R-tree of envelopes, then `geo::Contains`; what one writes first.
//! - `itree`: the same, with each polygon as a `geo::IntervalTreeMultiPolygon`.
//! - `monotone`: every polygon cut into monotone pieces (`geo::monotone_subdivision`), one R-tree over all pieces.
//!
//! geo's `PreparedGeometry` is not among them: it holds `Rc` and cannot be shared by threads.

use std::{env, error::Error, fs::File, path::Path, sync::Arc, time::Instant};

use arrow::{
    array::{ArrayRef, AsArray, Int32Array, Int64Array, RecordBatch, RecordBatchReader},
    compute::{cast, concat_batches},
    datatypes::{DataType, Float64Type, Int32Type, Int64Type},
};
use geo::{
    BoundingRect, Contains, Coord, Intersects, LineString, MultiPolygon, Point, Polygon, Rect,
    algorithm::{
        indexed::IntervalTreeMultiPolygon,
        monotone::{MonoPoly, monotone_subdivision},
        orient::{Direction, Orient},
    },
};
use parquet::arrow::{ArrowWriter, ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};
use rayon::prelude::*;
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let options = Options::parse()?;
    rayon::ThreadPoolBuilder::new().num_threads(options.threads).build_global()?;
    let mut clock = Clock::start();

    let table = read(&options.file("places"), &["id", "easting", "northing", "population", "workplaces"])?;
    let ids = column(&table, "id", &DataType::Int64)?.as_primitive::<Int64Type>().values().to_vec();
    let x = column(&table, "easting", &DataType::Float64)?.as_primitive::<Float64Type>().values().to_vec();
    let y = column(&table, "northing", &DataType::Float64)?.as_primitive::<Float64Type>().values().to_vec();
    let population = integers(&table, "population")?;
    let workplaces = integers(&table, "workplaces")?;
    drop(table);
    if ids.len() != options.places {
        return Err(format!("{} places, not {}: rates would be wrong", ids.len(), options.places).into());
    }
    clock.mark("read_places");

    let families: Vec<&str> = ["fibre", "mobile", "parcel"]
        .into_iter()
        .filter(|family| options.family == "all" || options.family == *family)
        .collect();
    let sets = families
        .iter()
        .map(|family| polygons(&options.file(&format!("footprints_{family}")), true, options.explode))
        .collect::<Result<Vec<_>>>()?;
    let located = ["all", "municipality"].contains(&options.family.as_str());
    let areas = if located { Some(polygons(&options.file("municipalities"), false, options.explode)?) } else { None };
    clock.mark("read_polygons");

    let indexes: Vec<Index<'_>> = sets.iter().map(|set| Index::build(&options.engine, set)).collect::<Result<_>>()?;
    let area_index = areas.as_ref().map(|set| Index::build(&options.engine, set)).transpose()?;
    clock.mark("index");

    let mut best = vec![0; x.len()];
    for (family, index) in families.iter().zip(&indexes) {
        ask(index, &x, &y, &mut best);
        clock.mark(&format!("join_{family}"));
    }
    let mut municipality = vec![-1; x.len()];
    if let Some(index) = &area_index {
        ask(index, &x, &y, &mut municipality);
        clock.mark("join_municipality");
    }
    let mut reached = None;
    if options.family == "all" {
        let count = municipality.iter().max().map_or(0, |&last| (last + 1) as usize);
        let mut sums = vec![[0i64; 4]; count];
        for place in 0..x.len() {
            if let Ok(area) = usize::try_from(municipality[place]) {
                let fast = i64::from(best[place] >= 100);
                let (people, work) = (i64::from(population[place]), i64::from(workplaces[place]));
                for (sum, value) in sums[area].iter_mut().zip([people, work, people * fast, work * fast]) {
                    *sum += value;
                }
            }
        }
        let share = |part: i64, whole: i64| if whole > 0 { part as f64 / whole as f64 } else { 0.0 };
        std::hint::black_box(sums.iter().map(|s| [share(s[2], s[0]), share(s[3], s[1])]).collect::<Vec<_>>());
        reached = Some([sums.iter().map(|s| s[2]).sum::<i64>(), sums.iter().map(|s| s[3]).sum::<i64>()]);
        clock.mark("tally");
    }
    clock.print(&options, reached)?;
    if let Some(path) = &options.result {
        let mut columns: Vec<(&str, ArrayRef)> = vec![("id", Arc::new(Int64Array::from(ids)))];
        if !families.is_empty() {
            columns.push(("best_mbps", Arc::new(Int32Array::from(best))));
        }
        if located {
            columns.push(("municipality", Arc::new(Int32Array::from(municipality))));
        }
        let batch = RecordBatch::try_from_iter(columns)?;
        let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), None)?;
        writer.write(&batch)?;
        writer.close()?;
    }
    Ok(())
}

/// Polygons, and the value of each: its speed, or its row.
struct Set {
    polygons: Vec<MultiPolygon>,
    values: Vec<i32>,
}

enum Index<'a> {
    Naive(Boxes, &'a Set),
    ITree(Boxes, Vec<IntervalTreeMultiPolygon<f64>>, &'a [i32]),
    Monotone(Boxes, Vec<(MonoPoly<f64>, i32)>),
}

type Boxes = RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>;

fn boxes(rects: impl Iterator<Item = Option<Rect>>) -> Boxes {
    let boxes = rects.enumerate().filter_map(|(i, rect)| {
        let rect = rect?;
        let corners = Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
        Some(GeomWithData::new(corners, i))
    });
    RTree::bulk_load(boxes.collect())
}

impl<'a> Index<'a> {
    fn build(engine: &str, set: &'a Set) -> Result<Self> {
        let envelopes = || boxes(set.polygons.iter().map(BoundingRect::bounding_rect));
        Ok(match engine {
            "naive" => Self::Naive(envelopes(), set),
            // It adds windings over all rings, so that a hole which turns as its shell does would count as covered.
            "itree" => Self::ITree(
                envelopes(),
                set.polygons
                    .par_iter()
                    .map(|polygon| IntervalTreeMultiPolygon::new(&polygon.orient(Direction::Default)))
                    .collect(),
                &set.values,
            ),
            "monotone" => {
                let pieces: Vec<(MonoPoly<f64>, i32)> = set
                    .polygons
                    .par_iter()
                    .zip(&set.values)
                    .flat_map_iter(|(polygon, &value)| {
                        let parts = polygon.0.iter().flat_map(|part| monotone_subdivision([part.clone()]));
                        parts.map(move |piece| (piece, value)).collect::<Vec<_>>()
                    })
                    .collect();
                Self::Monotone(boxes(pieces.iter().map(|(piece, _)| Some(piece.bounding_rect()))), pieces)
            }
            other => return Err(format!("there is no engine {other}; there are naive, itree and monotone").into()),
        })
    }

    /// The largest value of the polygons that hold the point, if it is above `best`.
    fn at(&self, x: f64, y: f64, mut best: i32) -> i32 {
        let envelope = AABB::from_point([x, y]);
        match self {
            Self::Naive(tree, set) => {
                for found in tree.locate_in_envelope_intersecting(envelope) {
                    let value = set.values[found.data];
                    if value > best && set.polygons[found.data].contains(&Point::new(x, y)) {
                        best = value;
                    }
                }
            }
            Self::ITree(tree, polygons, values) => {
                for found in tree.locate_in_envelope_intersecting(envelope) {
                    let value = values[found.data];
                    if value > best && polygons[found.data].contains(&Point::new(x, y)) {
                        best = value;
                    }
                }
            }
            Self::Monotone(tree, pieces) => {
                for found in tree.locate_in_envelope_intersecting(envelope) {
                    let (piece, value) = &pieces[found.data];
                    if *value > best && piece.intersects(&Coord { x, y }) {
                        best = *value;
                    }
                }
            }
        }
        best
    }
}

fn ask(index: &Index<'_>, x: &[f64], y: &[f64], answers: &mut [i32]) {
    answers
        .par_iter_mut()
        .zip(x.par_iter().zip(y))
        .with_min_len(4096)
        .for_each(|(answer, (&x, &y))| *answer = index.at(x, y, *answer));
}

fn read(path: &Path, columns: &[&str]) -> Result<RecordBatch> {
    let file = File::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    let reader = builder.with_projection(mask).with_batch_size(1 << 16).build()?;
    let schema = reader.schema();
    Ok(concat_batches(&schema, &reader.collect::<std::result::Result<Vec<_>, _>>()?)?)
}

fn column(table: &RecordBatch, name: &str, of: &DataType) -> Result<ArrayRef> {
    Ok(cast(table.column_by_name(name).ok_or_else(|| format!("there is no column {name}"))?, of)?)
}

fn integers(table: &RecordBatch, name: &str) -> Result<Vec<i32>> {
    Ok(column(table, name, &DataType::Int32)?.as_primitive::<Int32Type>().values().to_vec())
}

fn polygons(path: &Path, footprints: bool, explode: bool) -> Result<Set> {
    let names: &[&str] = if footprints { &["down_mbps", "status", "geometry"] } else { &["geometry"] };
    let table = read(path, names)?;
    let geometry = column(&table, "geometry", &DataType::LargeBinary)?;
    let geometry = geometry.as_binary::<i64>();
    let mut set = Set { polygons: Vec::new(), values: Vec::new() };
    let (down, status) = if footprints {
        (Some(integers(&table, "down_mbps")?), Some(column(&table, "status", &DataType::Utf8)?))
    } else {
        (None, None)
    };
    for row in 0..table.num_rows() {
        if let Some(status) = &status
            && !matches!(status.as_string::<i32>().value(row), "existing" | "in-service")
        {
            continue;
        }
        let value = down.as_ref().map_or(row as i32, |down| down[row]);
        let polygon = Wkb(geometry.value(row)).multi_polygon()?;
        if explode {
            set.values.extend(polygon.iter().map(|_| value));
            set.polygons.extend(polygon.into_iter().map(|part| MultiPolygon(vec![part])));
        } else {
            set.values.push(value);
            set.polygons.push(polygon);
        }
    }
    Ok(set)
}

/// Little-endian well-known binary of polygons and multipolygons.
struct Wkb<'a>(&'a [u8]);

impl Wkb<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>().ok_or("the geometry is cut short")?;
        self.0 = tail;
        Ok(*head)
    }

    fn count(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    fn coord(&mut self) -> Result<Coord> {
        Ok(Coord { x: f64::from_le_bytes(self.take()?), y: f64::from_le_bytes(self.take()?) })
    }

    fn polygon(&mut self) -> Result<Polygon> {
        let mut rings = Vec::new();
        for _ in 0..self.count()? {
            let length = self.count()?;
            rings.push(LineString((0..length).map(|_| self.coord()).collect::<Result<_>>()?));
        }
        let mut rings = rings.into_iter();
        let shell = rings.next().ok_or("a polygon without a ring")?;
        Ok(Polygon::new(shell, rings.collect()))
    }

    fn multi_polygon(&mut self) -> Result<MultiPolygon> {
        let [1] = self.take::<1>()? else { return Err("the geometry is not little-endian".into()) };
        match self.count()? {
            3 => Ok(MultiPolygon(vec![self.polygon()?])),
            6 => {
                let parts = self.count()?;
                let part = |_| {
                    self.take::<5>()?;
                    self.polygon()
                };
                Ok(MultiPolygon((0..parts).map(part).collect::<Result<_>>()?))
            }
            other => Err(format!("geometry of the type {other}").into()),
        }
    }
}

struct Options {
    data: String,
    places: usize,
    family: String,
    engine: String,
    explode: bool,
    threads: usize,
    result: Option<String>,
}

impl Options {
    fn parse() -> Result<Self> {
        let mut options = Self {
            data: ".".to_owned(),
            places: 0,
            family: "all".to_owned(),
            engine: "naive".to_owned(),
            explode: false,
            threads: 0,
            result: None,
        };
        let mut arguments = env::args().skip(1);
        while let Some(key) = arguments.next() {
            if key == "--explode" {
                options.explode = true;
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{key} needs a value"))?;
            match key.as_str() {
                "--data" => options.data = value,
                "--places" => options.places = value.parse()?,
                "--family" => options.family = value,
                "--engine" => options.engine = value,
                "--threads" => options.threads = value.parse()?,
                "--result" => options.result = Some(value),
                _ => return Err(format!("there is no option {key}").into()),
            }
        }
        Ok(options)
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        Path::new(&self.data).join(format!("{name}.parquet"))
    }
}

/// Named spans of wall-clock time, one after the other.
struct Clock {
    start: Instant,
    last: Instant,
    spans: Vec<(String, f64)>,
}

impl Clock {
    fn start() -> Self {
        let now = Instant::now();
        Self { start: now, last: now, spans: Vec::new() }
    }

    fn mark(&mut self, name: &str) {
        let now = Instant::now();
        self.spans.push((name.to_owned(), (now - self.last).as_secs_f64()));
        self.last = now;
    }

    fn print(&self, options: &Options, reached: Option<[i64; 2]>) -> Result<()> {
        let total = (self.last - self.start).as_secs_f64();
        let join: f64 = self.spans.iter().filter(|(name, _)| name.starts_with("join")).map(|(_, s)| s).sum();
        let spans: Vec<String> = self.spans.iter().map(|(name, s)| format!("\"{name}\": {s:.4}")).collect();
        let status = std::fs::read_to_string("/proc/self/status")?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
        let peak: f64 = peak.trim().trim_end_matches(" kB").parse()?;
        println!(
            "{{\"engine\": \"rust-{}{}\", \"version\": \"geo 0.33, rstar 0.14, rayon 1\", \"places\": {}, \
             \"family\": \"{}\", \"threads\": {}, \"phases_s\": {{{}}}, \"total_s\": {total:.4}, \"peak_mb\": {:.0}, \
             \"join_ns_per_place\": {:.1}{}}}",
            options.engine,
            if options.explode { "-explode" } else { "" },
            options.places,
            options.family,
            rayon::current_num_threads(),
            spans.join(", "),
            peak / 1024.0,
            join * 1e9 / options.places as f64,
            reached.map_or(String::new(), |[people, work]| format!(", \"reached\": [{people}, {work}]")),
        );
        Ok(())
    }
}
