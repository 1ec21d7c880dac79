//! A made-up study that is the same on every machine.
//!
//! In goes how many places and footprints it should have; out comes a [`Study`] that needs no file. Benches measure on
//! it, and `cargo xtask guard` counts instructions on it.
//!
//! # Distribution
//! A square of 50 km. Half of the places lie evenly over it, half in a hundred villages of about a kilometre. One
//! footprint stands in each cell of a grid: a ragged ring of 64 corners, between 0.8 and 1.4 cells from its middle, so
//! that about four hold an average place; every third has a hole. One area in four has a border of 200 ragged corners, the
//! others are squares; all overlap their neighbours or leave gaps where they are ragged. Random numbers are Knuth's MMIX
//! generator with the seed 1.

use std::f64::consts::TAU;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use nittio_core::{
    area::{Area, Level},
    diagnostic::SourceRow,
    footprint::Footprint,
    offer::Offers,
    place::{Places, UnitColumn},
    profile::Profile,
    quantity::Speed,
    service::{Link, Reach, Service, ServiceId, Services, Status, Technology},
    settlement::{Settlement, SettlementArea},
    study::{Frame, ScaledUnit, Study},
    unit::Unit,
};

/// The side of the square, in metres.
const LENGTH: f64 = 50_000.0;

/// How many villages there are.
const VILLAGES: usize = 100;

/// A study with so many places and `side` × `side` footprints.
#[must_use]
pub fn study(places: usize, side: u32) -> Study {
    let mut chance = Chance(1);
    let services = services();
    let footprints = footprints(&mut chance, side, &services);
    let areas = areas(&mut chance);
    let villages: Vec<Coord> = (0..VILLAGES).map(|_| chance.point()).collect();
    let settlements = villages.iter().zip(0..).map(|(&village, number)| SettlementArea {
        class: if number % 3 == 0 { Settlement::Locality } else { Settlement::SmallerLocality },
        geometry: MultiPolygon::from(Polygon::new(ring(&mut chance, village, 900.0, 1100.0, 48), Vec::new())),
    });
    let settlements = settlements.collect();
    let positions: Vec<Coord> = (0..places)
        .map(|place| {
            if place % 2 == 0 {
                chance.point()
            } else {
                let (village, radius, angle) = (villages[place / 2 % VILLAGES], chance.next(), chance.next() * TAU);
                Coord { x: village.x + 1000.0 * radius * angle.cos(), y: village.y + 1000.0 * radius * angle.sin() }
            }
        })
        .collect();
    let unit = |unit, least: u64| UnitColumn { unit, values: (0..places as u64).map(|p| least + p % 5).collect() };
    let origin = SourceRow { source: 0, row: 0 };
    Study {
        frame: Frame {
            as_of: jiff::civil::date(2024, 12, 31),
            levels: vec![Level { key: "municipality".to_owned(), areas, derived: None }],
            categories: vec!["home".to_owned(), "workplace".to_owned()],
            units: [Unit::Places, Unit::Population, Unit::Households]
                .map(|unit| ScaledUnit { unit, scale: 1 })
                .to_vec(),
            services,
            settlements: true,
            near: None,
        },
        places: Places {
            names: nittio_core::place::Ids::default(),
            ids: (0..places).map(|place| place.to_string()).collect(),
            easting: positions.iter().map(|position| position.x).collect(),
            northing: positions.iter().map(|position| position.y).collect(),
            category: (0..places).map(|place| u16::from(place % 10 == 0)).collect(),
            units: vec![unit(Unit::Population, 0), unit(Unit::Households, 1)],
            codes: vec![None],
            origin: vec![origin; places],
        },
        offers: Offers::default(),
        footprints,
        settlements,
        profiles: vec![Profile::connected_or_passed()],
        speeds: [10, 30, 100, 1000].map(Speed::from_mbps).to_vec(),
        measures: Vec::new(),
        aid: nittio_core::aid::AidRules::default(),
        listing: nittio_core::category::Listing::default(),
        goals: Vec::new(),
    }
}

/// Twenty services of seven operators, at four speeds.
fn services() -> Services {
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
            cost: None,
            busy_down: None,
        });
    }
    services.sorted().0
}

fn footprints(chance: &mut Chance, side: u32, services: &Services) -> Vec<Footprint> {
    let step = LENGTH / f64::from(side);
    (0..side * side)
        .zip((0..services.as_slice().len() as u32).cycle())
        .map(|(cell, service)| {
            let middle = Coord { x: f64::from(cell % side) * step, y: f64::from(cell / side) * step };
            let shell = ring(chance, middle, 0.8 * step, 1.4 * step, 64);
            let hole = (cell % 3 == 0).then(|| ring(chance, middle, 0.1 * step, 0.3 * step, 24));
            Footprint {
                geometry: MultiPolygon::from(Polygon::new(shell, hole.into_iter().collect())),
                link: Link { service: ServiceId(service), reach: Reach::Passed },
                name: None,
                origin: SourceRow { source: 0, row: 0 },
            }
        })
        .collect()
}

/// A hundred areas, ten by ten.
fn areas(chance: &mut Chance) -> Vec<Area> {
    let step = LENGTH / 10.0;
    (0..100u32)
        .map(|i| {
            let (x, y) = (f64::from(i % 10) * step, f64::from(i / 10) * step);
            let border = if i % 4 == 0 {
                let middle = Coord { x: x + step / 2.0, y: y + step / 2.0 };
                Polygon::new(ring(chance, middle, 0.45 * step, 0.5 * step, 200), Vec::new())
            } else {
                geo::Rect::new((x, y), (x + step, y + step)).to_polygon()
            };
            Area { code: format!("{i:04}"), name: format!("Area {i}"), geometry: Some(MultiPolygon::from(border)) }
        })
        .collect()
}

/// A ring whose corners lie between two distances from its middle.
fn ring(chance: &mut Chance, middle: Coord, least: f64, most: f64, corners: u32) -> LineString {
    (0..corners)
        .map(|corner| {
            let radius = least + (most - least) * chance.next();
            let angle = TAU * f64::from(corner) / f64::from(corners);
            (middle.x + radius * angle.cos(), middle.y + radius * angle.sin())
        })
        .collect()
}

/// Random numbers that are the same everywhere.
struct Chance(u64);

impl Chance {
    /// From 0 up to, but not, 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a float holds")]
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn point(&mut self) -> Coord {
        Coord { x: LENGTH * self.next(), y: LENGTH * self.next() }
    }
}
