//! Made-up studies: rectangles, and places on their borders and between them.

use std::collections::BTreeSet;

use geo::{MultiPolygon, Polygon, Rect};
use jiff::civil::date;
use nittio_core::{
    area::{Area, Level},
    coverage::join,
    diagnostic::SourceRow,
    footprint::Footprint,
    goal,
    index::CoverageIndex,
    near::{Distances, Near},
    offer::Offers,
    place::{MISSING, Places, UnitColumn},
    profile::Profile,
    quantity::Speed,
    service::{Link, Reach, Service, Services, Status, Technology},
    settlement::{Settlement, SettlementArea},
    study::{Frame, ScaledUnit, Study},
    tally::Tally,
    unit::Unit,
};
use proptest::prelude::*;

const ORIGIN: SourceRow = SourceRow { source: 0, row: 0 };

/// A rectangle on a coarse grid, perhaps with a hole whose ring turns either way.
pub(crate) fn block() -> impl Strategy<Value = Polygon> {
    (0i32..20, 0i32..20, 1i32..8, 1i32..8, any::<bool>(), any::<bool>()).prop_map(|(x, y, w, h, hole, turn)| {
        let rect = |x: i32, y: i32, w: i32, h: i32| {
            Rect::new((f64::from(x), f64::from(y)), (f64::from(x + w), f64::from(y + h))).to_polygon()
        };
        let shell = rect(x, y, w, h).exterior().clone();
        let mut holes = Vec::new();
        if hole && w > 2 && h > 2 {
            let mut ring = rect(x + 1, y + 1, w - 2, h - 2).exterior().clone();
            if turn {
                ring.0.reverse();
            }
            holes.push(ring);
        }
        Polygon::new(shell, holes)
    })
}

pub(crate) fn service(number: u8) -> Service {
    Service {
        operator: format!("O{}", number % 3),
        owner: None,
        technology: if number % 5 == 4 { Technology::Cable } else { Technology::Fibre },
        down: Some(Speed::from_mbps([10, 30, 100, 1000][usize::from(number % 4)])),
        up: None,
        status: Status::InService,
        available_from: None,
        open_access: None,
        project: None,
        cost: None,
        busy_down: None,
    }
}

/// Places on the same grid at half steps, so that many lie on borders and corners; some have no position.
pub(crate) fn places() -> impl Strategy<Value = Vec<(i32, i32, u64, bool)>> {
    prop::collection::vec((0i32..56, 0i32..56, 0u64..50, prop::bool::weighted(0.05)), 1..200)
}

pub(crate) fn study(blocks: &[Polygon], spots: &[(i32, i32, u64, bool)], offers: &[(usize, u8)]) -> Study {
    let mut services = Services::default();
    for number in 0..12 {
        services.intern(service(number));
    }
    let (services, _) = services.sorted();
    let link = |number: usize, reach| Link {
        service: nittio_core::service::ServiceId(u32::try_from(number % 12).unwrap()),
        reach,
    };
    let footprints = blocks
        .iter()
        .enumerate()
        .map(|(i, block)| Footprint {
            geometry: MultiPolygon::new(vec![block.clone()]),
            link: link(i, Reach::Passed),
            name: None,
            origin: ORIGIN,
        })
        .collect();
    let square = |x: f64, y: f64| Some(MultiPolygon::new(vec![Rect::new((x, y), (x + 14.0, y + 14.0)).to_polygon()]));
    let area = |code: &str, geometry| Area { code: code.to_owned(), name: code.to_owned(), geometry };
    let level = Level {
        key: "municipality".to_owned(),
        areas: vec![area("01", square(0.0, 0.0)), area("02", square(14.0, 0.0)), area("03", square(0.0, 14.0))],
        derived: None,
    };
    let mut listed = Offers::default();
    for &(place, number) in offers {
        listed.add(&format!("p{:03}", place % spots.len()), link(usize::from(number), Reach::Connected));
    }
    let half = |v: i32, none: bool| if none { f64::NAN } else { f64::from(v) / 2.0 };
    Study {
        frame: Frame {
            as_of: date(2024, 12, 31),
            levels: vec![level],
            categories: vec!["home".to_owned()],
            units: vec![ScaledUnit { unit: Unit::Places, scale: 1 }, ScaledUnit { unit: Unit::Population, scale: 1 }],
            services,
            settlements: true,
            near: None,
        },
        places: Places {
            names: nittio_core::place::Ids::default(),
            ids: (0..spots.len()).map(|i| format!("p{i:03}")).collect(),
            easting: spots.iter().map(|s| half(s.0, s.3)).collect(),
            northing: spots.iter().map(|s| half(s.1, s.3)).collect(),
            category: vec![0; spots.len()],
            units: vec![UnitColumn {
                unit: Unit::Population,
                values: spots.iter().map(|s| if s.2 == 49 { MISSING } else { s.2 }).collect(),
            }],
            codes: vec![None],
            origin: vec![ORIGIN; spots.len()],
        },
        offers: listed,
        footprints,
        settlements: vec![SettlementArea {
            class: Settlement::Locality,
            geometry: MultiPolygon::new(vec![Rect::new((3.0, 3.0), (9.0, 9.0)).to_polygon()]),
        }],
        profiles: vec![Profile::connected_or_passed()],
        speeds: vec![Speed::from_mbps(10), Speed::from_mbps(100)],
        measures: Vec::new(),
        aid: nittio_core::aid::AidRules::default(),
        listing: nittio_core::category::Listing::default(),
        goals: goal::built_in().unwrap(),
    }
}

pub(crate) fn near() -> Near {
    let [inside, outside] = ["2.5 m", "1.5 m"].map(|text| text.parse().unwrap());
    let distance = Distances { locality: inside, smaller_locality: inside, outside, unknown: inside };
    Near { distance, technologies: BTreeSet::from([Technology::Fibre]) }
}

pub(crate) fn select(study: &Study, keep: &[usize]) -> Study {
    let p = &study.places;
    let mut part = study.clone();
    part.places = Places {
        names: nittio_core::place::Ids::default(),
        ids: keep.iter().map(|&i| p.ids[i].to_owned()).collect(),
        easting: keep.iter().map(|&i| p.easting[i]).collect(),
        northing: keep.iter().map(|&i| p.northing[i]).collect(),
        category: keep.iter().map(|&i| p.category[i]).collect(),
        units: p
            .units
            .iter()
            .map(|u| UnitColumn { unit: u.unit.clone(), values: keep.iter().map(|&i| u.values[i]).collect() })
            .collect(),
        codes: vec![None],
        origin: keep.iter().map(|&i| p.origin[i]).collect(),
    };
    part
}

pub(crate) fn tally(study: &Study) -> Tally {
    let index = CoverageIndex::build(study);
    Tally::observe(&study.frame, &study.places, &join(&index, study, |_| {}))
}

/// How many cases are tried: more for a long run, which `docs/contributing.md` describes.
pub(crate) fn cases(usual: u32) -> u32 {
    std::env::var("NITTIO_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}
