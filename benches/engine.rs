//! nittio's engine as one of the peers: the same arguments, the same files, the same questions, the same line.
//!
//! Files are read with nittio's own readers; index, join and tally are the library's, as `nittio run` calls them. What
//! a peer leaves out is left out here too: only footprints in service are read, and nothing is repaired or reported.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks on the terminal")]

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write as _,
    fs::{self, File},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use geo::{Geometry, MultiPolygon};
use nittio_core::{
    area::{Area, Level},
    coverage::Joiner,
    diagnostic::SourceRow,
    footprint::Footprint,
    index::CoverageIndex,
    offer::Offers,
    place::{Ids, MISSING, Places, UnitColumn},
    profile::Profile,
    quantity::Speed,
    service::{Link, Reach, Service, ServiceId, Services, Status},
    study::{Frame, ScaledUnit, Study},
    tally::{Counts, Tally},
    unit::Unit,
};
use nittio_io::read::{self, Batch, Column, Mask, ReadOptions};
use polars::prelude::{Column as PolarsColumn, DataFrame, NamedFrom, ParquetWriter, Series};
use rayon::prelude::*;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const FAMILIES: [&str; 3] = ["fibre", "mobile", "parcel"];

/// The index of no area.
const NO_AREA: u32 = u32::MAX;

/// The phases of what is done batch by batch.
const STREAMED: [&str; 3] = ["read_places", "join", "tally"];

/// A share is of those who have at least this.
const THRESHOLD: Speed = Speed::from_mbps(100);

fn main() -> ExitCode {
    match Options::parse().and_then(|options| measure(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("engine: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Result<()> {
    rayon::ThreadPoolBuilder::new().num_threads(options.threads).build_global()?;
    let mut clock = Clock::start();
    let families: Vec<&str> = FAMILIES.into_iter().filter(|family| options.asks(family)).collect();
    // Side by side, as `nittio run` reads them.
    let (read, areas) = rayon::join(
        || {
            let each = families.par_iter().with_max_len(1).map(|family| options.file(&format!("footprints_{family}")));
            each.map(|path| read_footprints(&path)).collect::<Result<Vec<_>>>()
        },
        || options.asks("municipality").then(|| municipalities(&options.file("municipalities"))).transpose(),
    );
    let mut services = Services::default();
    let footprints = read?.into_iter().flatten().map(|(service, footprint)| {
        let link = Link { service: services.intern(service), reach: Reach::Passed };
        Footprint { link, ..footprint }
    });
    let footprints = footprints.collect();
    let (levels, row_of_area) = areas?.map_or_else(Default::default, |(level, rows)| (vec![level], rows));
    let study = study(footprints, services, levels);
    clock.mark("read_polygons");

    let answer = answer(&study, options, &mut clock)?;
    let total = clock.total();

    let count: usize = answer.batches.iter().map(|batch| batch.best.len()).sum();
    if count != options.places {
        return Err(format!("{count} places, not {}: rates would be wrong", options.places).into());
    }
    if let Some(path) = &options.result {
        let ids = answer.batches.iter().flat_map(|batch| batch.ids.iter()).map(str::parse);
        let ids = ids.collect::<std::result::Result<Vec<i64>, _>>()?;
        let mut columns: Vec<PolarsColumn> = vec![Series::new("id".into(), ids).into()];
        if !families.is_empty() {
            let best: Vec<i32> = answer.batches.iter().flat_map(|batch| &batch.best).copied().collect();
            columns.push(Series::new("best_mbps".into(), best).into());
        }
        if options.asks("municipality") {
            let row = |&area: &u32| row_of_area.get(area as usize).map_or(-1, |&row| row);
            let rows: Vec<i32> = answer.batches.iter().flat_map(|batch| &batch.area).map(row).collect();
            columns.push(Series::new("municipality".into(), rows).into());
        }
        ParquetWriter::new(File::create(path)?).finish(&mut DataFrame::new_infer_height(columns)?)?;
    }
    println!("{}", clock.line(options, total, answer.reached)?);
    Ok(())
}

/// What nittio says.
struct Answer {
    /// Of every place, in the order of the places.
    batches: Vec<Answers>,
    /// Population and workplaces that have at least [`THRESHOLD`] and lie in an area.
    reached: Option<[u64; 2]>,
}

/// What nittio says of every place of a batch.
struct Answers {
    /// Kept where the answers are to be written.
    ids: Ids,
    /// The best speed in Mbit/s; 0 where there is none.
    best: Vec<i32>,
    /// The index of the area, or [`NO_AREA`].
    area: Vec<u32>,
}

/// The stages of the library, batch by batch as `nittio run` calls them: a batch is read, joined, counted, and gone. Nothing else
/// here calls them.
fn answer(study: &Study, options: &Options, clock: &mut Clock) -> Result<Answer> {
    let index = CoverageIndex::build(study);
    clock.mark("index");
    let tallied = options.family == "all";
    let units = study.frame.units.len();
    let joiner = Joiner::new(&index, &study.frame, &study.offers);
    let said = AllSaid::default();
    let counts: Mutex<Vec<Counts>> = Mutex::default();
    let columns = ["id", "easting", "northing", "population", "workplaces"].map(str::to_owned);
    let pieces = read::pieces(&options.file("places"), &ReadOptions::default(), &columns, false)?;
    let busy = Busy::default();
    let take = |piece: usize| {
        let places = busy.time("read_places", || batch(&pieces.read(piece).map_err(|error| error.to_string())?))?;
        let (kinds, best, area) = busy.time("join", || {
            let kinds = joiner.join(&places, 0..places.len());
            let (best, area) = said.of_each(&kinds, |kind| say(&joiner, &study.frame.services, kind));
            (kinds, best, area)
        });
        if tallied {
            busy.time("tally", || {
                let mut own = lock(&counts).pop().unwrap_or_else(|| Counts::new(units));
                own.observe(&places, 0..places.len(), &kinds);
                lock(&counts).push(own);
            });
        }
        let ids = if options.result.is_some() { places.ids } else { Ids::default() };
        Ok(Answers { ids, best, area })
    };
    let batches = (0..pieces.len())
        .into_par_iter()
        .with_max_len(1)
        .map(take)
        .collect::<std::result::Result<Vec<Answers>, String>>()?;
    clock.share(busy.spans());
    let reached = tallied.then(|| {
        let counts = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (kinds, number) = joiner.finish(&Counts::kinds(&counts));
        let sums = Counts::into_sums(counts, units, |kind| number.of(kind), |category| category);
        let reached = shares(study, &sums.tally(&kinds));
        clock.mark("tally");
        reached
    });
    Ok(Answer { batches, reached })
}

/// What is said of the places of a kind: the best speed and the area.
type Said = (i32, u32);

fn say(joiner: &Joiner<'_>, services: &Services, kind: u32) -> Said {
    let Some(held) = joiner.held(kind) else { return (0, NO_AREA) };
    let area = held.areas.first().copied().flatten().and_then(|(area, _)| area);
    (mbps(best(services, &held.links)), area.unwrap_or(NO_AREA))
}

/// What has been said of kinds. It follows from what holds a place, and millions of places share that.
#[derive(Default)]
struct AllSaid {
    /// Of workers that are not at work just now.
    by_worker: Mutex<Vec<SaidOf>>,
}

/// By number of a kind. Those of places with a position are dense; those of others are few.
#[derive(Default)]
struct SaidOf {
    dense: Vec<Option<Said>>,
    others: BTreeMap<u32, Said>,
}

impl AllSaid {
    /// Above all numbers of places with a position.
    const DENSE: u32 = 1 << 31;

    /// What is said of each place, from its kind.
    fn of_each(&self, kinds: &[u32], say: impl Fn(u32) -> Said) -> (Vec<i32>, Vec<u32>) {
        let SaidOf { mut dense, mut others } = lock(&self.by_worker).pop().unwrap_or_default();
        let most = kinds.iter().copied().filter(|&kind| kind < Self::DENSE).max().map_or(0, |kind| kind as usize);
        if dense.len() <= most {
            dense.resize(most * 5 / 4 + 1024, None);
        }
        let of = |&kind: &u32| match dense.get_mut(kind as usize) {
            Some(known) => *known.get_or_insert_with(|| say(kind)),
            None => *others.entry(kind).or_insert_with(|| say(kind)),
        };
        let said = kinds.iter().map(of).unzip();
        lock(&self.by_worker).push(SaidOf { dense, others });
        said
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The share table, from the tally; gives the sums reached.
fn shares(study: &Study, tally: &Tally) -> [u64; 2] {
    let areas = study.frame.levels.first().map_or(0, |level| level.areas.len());
    let mut table = vec![[[0u64; 2]; 2]; areas];
    for (cell, counts) in tally.rows() {
        let Some(row) = cell.areas[0].and_then(|area| table.get_mut(area as usize)) else { continue };
        let links = cell.links.as_deref().unwrap_or_default();
        let fast = best(&study.frame.services, links).is_some_and(|best| best >= THRESHOLD);
        for (sums, count) in row.iter_mut().zip(&counts[1..]) {
            sums[0] += count.sum;
            sums[1] += if fast { count.sum } else { 0 };
        }
    }
    [0, 1].map(|unit| table.iter().map(|row| row[unit][1]).sum())
}

fn best(services: &Services, links: &[Link]) -> Option<Speed> {
    links.iter().filter_map(|link| services.get(link.service).down).max()
}

fn mbps(speed: Option<Speed>) -> i32 {
    speed.map_or(0, |speed| i32::try_from(speed.kbps() / 1000).unwrap_or(i32::MAX))
}

fn study(mut footprints: Vec<Footprint>, services: Services, levels: Vec<Level>) -> Study {
    let (services, renumbered) = services.sorted();
    for footprint in &mut footprints {
        footprint.link.service = renumbered[footprint.link.service.0 as usize];
    }
    let units = [Unit::Places, Unit::Population, Unit::Workplaces];
    Study {
        frame: Frame {
            as_of: jiff::civil::date(2024, 12, 31),
            levels,
            categories: vec!["home".to_owned()],
            units: units.map(|unit| ScaledUnit { unit, scale: 1 }).to_vec(),
            services,
            settlements: false,
            near: None,
        },
        places: Places::default(),
        offers: Offers::default(),
        footprints,
        settlements: Vec::new(),
        profiles: vec![Profile::connected_or_passed()],
        speeds: vec![THRESHOLD],
        measures: Vec::new(),
        aid: nittio_core::aid::AidRules::default(),
        listing: nittio_core::category::Listing::default(),
        goals: Vec::new(),
    }
}

/// The places of a batch.
fn batch(batch: &Batch) -> std::result::Result<Places, String> {
    let mut places = Places::default();
    let mut digits = itoa::Buffer::new();
    for id in integers(&batch.columns[0])? {
        places.ids.push(digits.format(id.ok_or("a place without an id")?));
    }
    places.easting = reals(&batch.columns[1])?;
    places.northing = reals(&batch.columns[2])?;
    let values = |column: &Column| -> std::result::Result<Vec<u64>, String> {
        let (values, there) = column.integers().ok_or("a column that does not hold whole numbers")?;
        let value = |&value: &i64| u64::try_from(value).unwrap_or(MISSING);
        let mut values: Vec<u64> = values.iter().map(value).collect();
        blank(&mut values, there, MISSING);
        Ok(values)
    };
    places.units = vec![
        UnitColumn { unit: Unit::Population, values: values(&batch.columns[3])? },
        UnitColumn { unit: Unit::Workplaces, values: values(&batch.columns[4])? },
    ];
    places.origin = batch.rows.iter().map(|&row| SourceRow { source: 0, row }).collect();
    places.category = vec![0; places.len()];
    places.codes = vec![None];
    Ok(places)
}

/// The footprints of a file that are in service, with their services, which have no number yet.
fn read_footprints(path: &Path) -> Result<Vec<(Service, Footprint)>> {
    let columns = ["id", "operator", "technology", "down_mbps", "up_mbps", "status", "owner"];
    rows(path, &columns, |mut batch| {
        let mut found = Vec::new();
        let text = |column: usize, row| batch.columns[column].text(row);
        let required = |column: usize, row| text(column, row).ok_or_else(|| format!("no {}", columns[column]));
        let (down, up) =
            (integers(&batch.columns[3])?.collect::<Vec<_>>(), integers(&batch.columns[4])?.collect::<Vec<_>>());
        let speed = |mbps: Option<i64>| mbps.and_then(|mbps| u32::try_from(mbps).ok()).map(Speed::from_mbps);
        for row in 0..batch.rows.len() {
            let status: Status = required(5, row)?.parse()?;
            if status != Status::InService {
                continue;
            }
            let service = Service {
                operator: required(1, row)?.into_owned(),
                owner: text(6, row).map(|owner| owner.into_owned()),
                technology: required(2, row)?.parse()?,
                down: speed(down[row]),
                up: speed(up[row]),
                status,
                available_from: None,
                open_access: None,
                project: None,
                cost: None,
                busy_down: None,
            };
            let footprint = Footprint {
                geometry: polygons(batch.geometry.take(row))?,
                link: Link { service: ServiceId(0), reach: Reach::Passed },
                name: text(0, row).map(|name| name.into_owned()),
                origin: SourceRow { source: 1, row: batch.rows[row] },
            };
            found.push((service, footprint));
        }
        Ok(found)
    })
}

/// The municipalities sorted by code, and for each the row that it stands in.
fn municipalities(path: &Path) -> Result<(Level, Vec<i32>)> {
    let areas = rows(path, &["code", "name"], |mut batch| {
        let mut found = Vec::new();
        for row in 0..batch.rows.len() {
            let text = |column: usize| batch.columns[column].text(row).ok_or("a municipality without a name");
            let geometry = Some(polygons(batch.geometry.take(row))?);
            found.push(Area { code: text(0)?.into_owned(), name: text(1)?.into_owned(), geometry });
        }
        Ok(found)
    })?;
    let mut found: Vec<(Area, i32)> = areas.into_iter().zip(0..).collect();
    found.sort_by(|(left, _), (right, _)| left.code.cmp(&right.code));
    let (areas, rows) = found.into_iter().unzip();
    Ok((Level { key: "municipality".to_owned(), areas, derived: None }, rows))
}

/// What `take` makes of the rows of a file that has polygons, batch by batch, in the order of the rows.
fn rows<T: Send>(path: &Path, columns: &[&str], take: impl Fn(Batch) -> Result<Vec<T>> + Sync) -> Result<Vec<T>> {
    let options = ReadOptions { geometry_column: Some("geometry".to_owned()), ..ReadOptions::default() };
    let columns: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
    let pieces = read::pieces(path, &options, &columns, true)?;
    let of_piece = |piece: usize| take(pieces.read(piece)?);
    let each = (0..pieces.len()).into_par_iter().with_max_len(1).map(of_piece);
    let each = each.collect::<Result<Vec<Vec<T>>>>().map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(each.into_iter().flatten().collect())
}

fn polygons(shape: std::result::Result<Option<Geometry>, String>) -> Result<MultiPolygon> {
    match shape? {
        Some(Geometry::Polygon(polygon)) => Ok(polygon.into()),
        Some(Geometry::MultiPolygon(polygons)) => Ok(polygons),
        _ => Err("a geometry that is not a polygon".into()),
    }
}

fn integers(column: &Column) -> std::result::Result<impl Iterator<Item = Option<i64>>, String> {
    match column {
        Column::Integer(values) => Ok(values.iter()),
        _ => Err("a column that does not hold whole numbers".to_owned()),
    }
}

fn reals(column: &Column) -> std::result::Result<Vec<f64>, String> {
    let (values, there) = column.reals().ok_or("a column that does not hold numbers with decimals")?;
    let mut values = values.to_vec();
    blank(&mut values, there, f64::NAN);
    Ok(values)
}

/// Puts what stands for a missing value where one is missing.
fn blank<T: Copy>(values: &mut [T], there: Option<&Mask>, missing: T) {
    let Some(there) = there else { return };
    for (_, value) in values.iter_mut().enumerate().filter(|&(at, _)| !there.get(at)) {
        *value = missing;
    }
}

struct Options {
    data: PathBuf,
    places: usize,
    family: String,
    threads: usize,
    result: Option<PathBuf>,
}

impl Options {
    fn parse() -> Result<Self> {
        let mut options =
            Self { data: PathBuf::from("."), places: 0, family: "all".to_owned(), threads: 0, result: None };
        let mut arguments = env::args().skip(1);
        while let Some(key) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{key} needs a value"))?;
            match key.as_str() {
                "--data" => options.data = value.into(),
                "--places" => options.places = value.parse()?,
                "--family" => options.family = value,
                "--threads" => options.threads = value.parse()?,
                "--result" => options.result = Some(value.into()),
                _ => return Err(format!("there is no option {key}").into()),
            }
        }
        let known = FAMILIES.into_iter().chain(["municipality", "all"]);
        if !known.clone().any(|family| family == options.family) {
            let known: Vec<&str> = known.collect();
            return Err(format!("there is no family {}; there are {}", options.family, known.join(", ")).into());
        }
        Ok(options)
    }

    fn asks(&self, family: &str) -> bool {
        self.family == "all" || self.family == family
    }

    fn file(&self, name: &str) -> PathBuf {
        self.data.join(format!("{name}.parquet"))
    }
}

/// Named spans of wall-clock time, one after the other.
struct Clock {
    start: Instant,
    last: Instant,
    spans: Vec<(&'static str, f64)>,
}

impl Clock {
    fn start() -> Self {
        let now = Instant::now();
        Self { start: now, last: now, spans: Vec::new() }
    }

    fn mark(&mut self, name: &'static str) {
        self.share([(name, 1.0)].into_iter());
    }

    /// Gives each of some phases that went on at the same time its part of the time since the last mark, by how long workers were
    /// busy with it.
    fn share(&mut self, busy: impl Iterator<Item = (&'static str, f64)> + Clone) {
        let now = Instant::now();
        let (passed, all) = ((now - self.last).as_secs_f64(), busy.clone().map(|(_, busy)| busy).sum::<f64>());
        for (name, busy) in busy {
            let seconds = passed * busy / all.max(f64::MIN_POSITIVE);
            match self.spans.iter_mut().find(|(known, _)| *known == name) {
                Some((_, before)) => *before += seconds,
                None => self.spans.push((name, seconds)),
            }
        }
        self.last = now;
    }

    /// From the start to the last mark.
    fn total(&self) -> f64 {
        (self.last - self.start).as_secs_f64()
    }

    /// One line of JSON.
    #[expect(clippy::cast_precision_loss, reason = "no count here comes near 2^53")]
    fn line(&self, options: &Options, total: f64, reached: Option<[u64; 2]>) -> Result<String> {
        let join: f64 = self.spans.iter().filter(|(name, _)| *name == "join").map(|(_, seconds)| seconds).sum();
        let mut spans = String::new();
        for (i, (name, seconds)) in self.spans.iter().enumerate() {
            write!(spans, "{}\"{name}\": {seconds:.4}", if i > 0 { ", " } else { "" })?;
        }
        let mut line = format!(
            "{{\"engine\": \"nittio\", \"version\": \"nittio {}\", \"places\": {}, \"family\": \"{}\", \"threads\": {}, \
             \"phases_s\": {{{spans}}}, \"total_s\": {total:.4}, \"join_ns_per_place\": {:.1}",
            env!("CARGO_PKG_VERSION"),
            options.places,
            options.family,
            rayon::current_num_threads(),
            join * 1e9 / options.places as f64,
        );
        if let Some(kilobytes) = peak_kilobytes() {
            write!(line, ", \"peak_mb\": {}", kilobytes / 1024)?;
        }
        if let Some([population, workplaces]) = reached {
            write!(line, ", \"reached\": [{population}, {workplaces}]")?;
        }
        line.push('}');
        Ok(line)
    }
}

/// How long workers have been busy with each phase of what is done batch by batch.
#[derive(Default)]
struct Busy([AtomicU64; STREAMED.len()]);

impl Busy {
    /// `phase` is one of [`STREAMED`].
    fn time<T>(&self, phase: &str, run: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let made = run();
        let nanoseconds = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        for (_, busy) in STREAMED.iter().zip(&self.0).filter(|(name, _)| **name == phase) {
            busy.fetch_add(nanoseconds, Ordering::Relaxed);
        }
        made
    }

    /// Per phase, the seconds of all workers together.
    fn spans(&self) -> impl Iterator<Item = (&'static str, f64)> + Clone {
        let seconds = |busy: &AtomicU64| Duration::from_nanos(busy.load(Ordering::Relaxed)).as_secs_f64();
        STREAMED.into_iter().zip(self.0.each_ref().map(seconds))
    }
}

/// The most memory that the process has held, where Linux says it.
fn peak_kilobytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}
