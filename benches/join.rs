//! How long the index, the join and the counting take, per place, on two studies.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a bench talks on the terminal and stops by panicking; no count here comes near 2^53"
)]

use std::{
    f64::consts::TAU,
    hint::black_box,
    time::{Duration, Instant},
};

use geo::{LineString, MultiPolygon, Polygon};
use nittio_core::{
    area::{Area, Level},
    coverage::join,
    diagnostic::SourceRow,
    footprint::Footprint,
    index::CoverageIndex,
    indicator::{evaluate, measures},
    offer::Offers,
    place::Places,
    profile::Profile,
    quantity::Speed,
    service::{Link, Reach, Service, ServiceId, Services, Status, Technology},
    study::{Frame, ScaledUnit, Study},
    tally::Tally,
    unit::Unit,
};
use nittio_io::{ingest, study_file::load::load};

/// How often each stage is run; the median is printed.
const ROUNDS: usize = 7;

fn main() {
    println!(
        "{:<12} {:>10} {:>10} {:>10} {:>12} {:>12}",
        "case", "places", "footprints", "index ms", "join ns", "count ns"
    );
    measure("jonkoping", &jonkoping());
    measure("grid", &grid(1_000_000, 50));
}

fn measure(name: &str, study: &Study) {
    let index_time = median(|| drop(black_box(CoverageIndex::build(study))));
    let index = CoverageIndex::build(study);
    let join_time = median(|| drop(black_box(join(&index, study, |_| {}))));
    let coverage = join(&index, study, |_| {});
    let count_time = median(|| {
        let tally = Tally::observe(&study.frame, &study.places, &coverage);
        drop(black_box(evaluate(&tally, &study.frame, &study.profiles, &measures(study))));
    });
    let places = study.places.len();
    let per_place = |time: Duration| time.as_nanos() as f64 / places as f64;
    println!(
        "{name:<12} {places:>10} {:>10} {:>10.1} {:>12.0} {:>12.0}",
        study.footprints.len(),
        index_time.as_secs_f64() * 1000.0,
        per_place(join_time),
        per_place(count_time),
    );
}

fn median(work: impl Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[ROUNDS / 2]
}

/// The embedded study.
fn jonkoping() -> Study {
    let folder = tempfile::tempdir().unwrap();
    nittio_datasets::jonkoping().unpack(folder.path()).unwrap();
    let loaded = load(&folder.path().join("nittio.toml")).unwrap();
    ingest::study(&loaded, &ingest::Quiet).unwrap().study
}

/// Places spread evenly over a square of 50 km, `side` × `side` footprints with ragged edges that overlap, and a
/// hundred square areas. Distribution: uniform, from Knuth's MMIX generator with the seed 1.
fn grid(places: usize, side: u32) -> Study {
    const LENGTH: f64 = 50_000.0;
    let mut state = 1u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let origin = SourceRow { source: 0, row: 0 };

    let mut services = Services::default();
    for number in 0..20u32 {
        services.intern(Service {
            operator: format!("operator {}", number % 7),
            owner: None,
            technology: Technology::Fibre,
            down: Some(Speed::from_mbps([10, 30, 100, 1000][number as usize % 4])),
            up: Some(Speed::from_mbps(10 + number)),
            status: Status::InService,
            available_from: None,
            open_access: None,
            project: None,
        });
    }
    let (services, _) = services.sorted();

    let step = LENGTH / f64::from(side);
    let footprints = (0..side * side).map(|i| {
        let (x, y) = (f64::from(i % side) * step, f64::from(i / side) * step);
        let ring: LineString = (0..64)
            .map(|corner| {
                let (radius, angle) = (step * (0.8 + 0.6 * random()), TAU * f64::from(corner) / 64.0);
                (x + radius * angle.cos(), y + radius * angle.sin())
            })
            .collect();
        Footprint {
            geometry: MultiPolygon::from(Polygon::new(ring, Vec::new())),
            link: Link { service: ServiceId(i % 20), reach: Reach::Passed },
            name: None,
            origin,
        }
    });
    let footprints = footprints.collect();

    let areas = (0..100u32).map(|i| {
        let (x, y) = (f64::from(i % 10) * LENGTH / 10.0, f64::from(i / 10) * LENGTH / 10.0);
        let square = geo::Rect::new((x, y), (x + LENGTH / 10.0, y + LENGTH / 10.0)).to_polygon();
        Area { code: format!("{i:04}"), name: format!("Area {i}"), geometry: Some(MultiPolygon::from(square)) }
    });
    let level = Level { key: "municipality".to_owned(), areas: areas.collect(), derived: None };

    let mut spread = || (0..places).map(|_| LENGTH * random()).collect::<Vec<f64>>();
    let (easting, northing) = (spread(), spread());
    Study {
        frame: Frame {
            as_of: jiff::civil::date(2024, 12, 31),
            levels: vec![level],
            categories: vec!["home".to_owned()],
            units: vec![ScaledUnit { unit: Unit::Places, scale: 1 }],
            services,
            settlements: false,
        },
        places: Places {
            ids: (0..places).map(|i| i.to_string()).collect(),
            easting,
            northing,
            category: vec![0; places],
            units: Vec::new(),
            codes: vec![None],
            origin: vec![origin; places],
        },
        offers: Offers::default(),
        footprints,
        settlements: Vec::new(),
        profiles: vec![Profile::connected_or_passed()],
        speeds: [10, 30, 100, 1000].map(Speed::from_mbps).to_vec(),
        goals: Vec::new(),
    }
}
