//! A study small enough to be counted by hand.
//!
//! Two municipalities side by side, each 100 m square; Alfa's fibre reaches x 0 to 50, Beta's radio x 40 to 140, and
//! Gamma's fibre is planned for one home:
//!
//! ```text
//!        0        40 50               100       140           200
//!        ┌──────────┬─┬────────────────┬─────────┬─────────────┐
//!   0101 │ Alfa     │▒│  Beta          │  Beta   │             │ 0202
//!        │ h01 w10  │h02 h03    h04    │  h05    │ h06 h07 h08 w11
//!        └──────────┴─┴────────────────┴─────────┴─────────────┘      w12 far away, h09 without a position
//! ```
//!
//! h03 lies on the border of Alfa's footprint. w11 is on Alfa's list of connected places.

use geo::{MultiPolygon, Rect};
use jiff::civil::{Date, date};
use nittio_core::{
    area::{Area, Derived, Level},
    assessment,
    coverage::{self, Coverage},
    diagnostic::{Action, Diagnostic, Finding, SourceRow, count},
    footprint::Footprint,
    goal::{Goal, Step, Text},
    index::CoverageIndex,
    indicator,
    measure::Measure,
    offer::Offers,
    outcome::{Input, Outcome, Provenance},
    place::{MISSING, Places, UnitColumn},
    profile::Profile,
    quantity::{Share, Speed},
    reconcile::{Duplicates, reconcile},
    safety::{Question, safety},
    secrecy::Secrecy,
    service::{Link, Reach, Service, ServiceId, Services, Status, Technology},
    settlement::{Settlement, SettlementArea},
    study::{Frame, ScaledUnit, Study},
    sums::Sums,
    tally::Tally,
    unit::Unit,
};

use super::{EachPlace, Run};
use crate::sorter::PlaceRow;

/// South-west corner of the sample in SWEREF 99 TM.
const EAST: f64 = 600_000.0;
const NORTH: f64 = 6_600_000.0;

/// A study that has been run.
pub(super) struct Sample {
    pub(super) study: Study,
    pub(super) coverage: Coverage,
    pub(super) tally: Tally,
    pub(super) outcome: Outcome,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How many places each kind has.
    pub(super) places: Vec<u64>,
    pub(super) sums: Sums,
}

impl Sample {
    pub(super) fn run(&self) -> Run<'_> {
        let Self { study, coverage, tally, outcome, diagnostics, places, sums } = self;
        let footprints = study.footprints.len();
        Run {
            study,
            footprints,
            grid: false,
            points: false,
            kinds: &coverage.kinds,
            places,
            sums,
            account: None,
            tally,
            outcome,
            diagnostics,
        }
    }

    /// The places in the order of their ids.
    pub(super) fn each_place(&self) -> Box<EachPlace<'_>> {
        let places = &self.study.places;
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by_key(|&place| &places.ids[place]);
        Box::new(move |take| {
            order.iter().try_for_each(|&place| {
                take(PlaceRow {
                    id: &places.ids[place],
                    name: "",
                    easting: places.easting[place],
                    northing: places.northing[place],
                    category: places.category[place],
                    kind: self.coverage.kind[place],
                    units: &places.units.iter().map(|unit| unit.values[place]).collect::<Vec<_>>(),
                })
            })
        })
    }
}

/// The sample as it is.
pub(super) fn sample() -> Sample {
    run(study(ROWS))
}

/// The sample with its places in reverse order.
pub(super) fn reversed() -> Sample {
    let mut rows = ROWS;
    rows.reverse();
    run(study(rows))
}

/// The sample with a locality in the west of 0101.
pub(super) fn with_locality() -> Sample {
    let mut study = study(ROWS);
    study.frame.settlements = true;
    study.settlements = vec![SettlementArea { class: Settlement::Locality, geometry: square(0.0, 0.0, 45.0, 100.0) }];
    run(study)
}

/// Id, east, north, whether it is a home, population, tenths of the weight; no position where east is NaN.
type Row = (&'static str, f64, f64, bool, Option<u64>, Option<u64>);

const ROWS: [Row; 12] = [
    ("w10", 20.0, 20.0, false, None, None),
    ("h01", 10.0, 50.0, true, Some(3), Some(5)),
    ("h02", 45.0, 50.0, true, Some(2), Some(125)),
    ("h03", 50.0, 50.0, true, Some(1), None),
    ("h04", 60.0, 50.0, true, Some(4), None),
    ("h05", 120.0, 50.0, true, Some(5), None),
    ("h06", 150.0, 50.0, true, None, None),
    ("h07", 160.0, 50.0, true, Some(2), None),
    ("h08", 170.0, 50.0, true, Some(0), None),
    ("h09", f64::NAN, f64::NAN, true, Some(7), None),
    ("w11", 180.0, 50.0, false, None, None),
    ("w12", 500.0, 500.0, false, None, None),
];

fn study(rows: [Row; 12]) -> Study {
    let services = services();
    let link = |service, reach| Link { service: ServiceId(service), reach };
    let footprint = |geometry, service| Footprint {
        geometry,
        link: link(service, Reach::Passed),
        name: None,
        origin: SourceRow { source: 1, row: service + 1 },
    };
    let mut offers = Offers::default();
    offers.add("h07", link(2, Reach::Connected));
    offers.add("w11", link(0, Reach::Connected));
    let unit = |unit, scale| ScaledUnit { unit, scale };
    let weight = Unit::Weight("Yta å, m²".to_owned());
    Study {
        frame: Frame {
            as_of: AS_OF,
            levels: levels(),
            categories: vec!["home".to_owned(), "workplace".to_owned()],
            units: vec![unit(Unit::Places, 1), unit(Unit::Population, 1), unit(weight.clone(), 10)],
            services,
            settlements: false,
            near: None,
        },
        places: Places {
            names: nittio_core::place::Ids::default(),
            ids: rows.iter().map(|row| row.0).collect(),
            easting: rows.iter().map(|row| EAST + row.1).collect(),
            northing: rows.iter().map(|row| NORTH + row.2).collect(),
            category: rows.iter().map(|row| u16::from(!row.3)).collect(),
            units: vec![
                UnitColumn { unit: Unit::Population, values: rows.iter().map(|r| r.4.unwrap_or(MISSING)).collect() },
                UnitColumn { unit: weight, values: rows.iter().map(|r| r.5.unwrap_or(MISSING)).collect() },
            ],
            codes: vec![None, None],
            origin: (2..).map(|row| SourceRow { source: 0, row }).take(rows.len()).collect(),
        },
        offers,
        footprints: vec![footprint(square(0.0, 0.0, 50.0, 100.0), 0), footprint(square(40.0, 0.0, 140.0, 100.0), 1)],
        settlements: Vec::new(),
        profiles: profiles(),
        speeds: vec![Speed::from_mbps(100)],
        measures: Vec::new(),
        aid: nittio_core::aid::AidRules::default(),
        listing: nittio_core::category::Listing::default(),
        goals: goals(),
    }
}

const AS_OF: Date = date(2024, 12, 31);

fn square(west: f64, south: f64, east: f64, north: f64) -> MultiPolygon {
    let rect = Rect::new((EAST + west, NORTH + south), (EAST + east, NORTH + north));
    MultiPolygon::new(vec![rect.to_polygon()])
}

fn levels() -> Vec<Level> {
    let area = |code: &str, name: &str, geometry| Area { code: code.to_owned(), name: name.to_owned(), geometry };
    vec![
        Level {
            key: "municipality".to_owned(),
            areas: vec![
                area("0101", "Åby", Some(square(0.0, 0.0, 100.0, 100.0))),
                area("0202", "Östra \"Sund\", norra", Some(square(100.0, 0.0, 200.0, 100.0))),
            ],
            derived: None,
        },
        Level {
            key: "county".to_owned(),
            areas: vec![area("01", "Norrlän", None), area("02", "Söderlän", None)],
            derived: Some(Derived { from: 0, area_of: vec![Some(0), Some(1)] }),
        },
    ]
}

fn services() -> Services {
    let service = |operator: &str, technology, down, up| Service {
        operator: operator.to_owned(),
        owner: None,
        technology,
        down: Some(Speed::from_mbps(down)),
        up: Some(up),
        status: Status::InService,
        available_from: None,
        open_access: None,
        project: None,
        cost: None,
        busy_down: None,
    };
    let mut services = Services::default();
    services.intern(service("Alfa", Technology::Fibre, 1000, Speed::from_mbps(1000)));
    services.intern(service("Beta", Technology::Fwa, 30, Speed::from_kbps(2500)));
    services.intern(Service {
        owner: Some("Stadsnätet".to_owned()),
        status: Status::Planned,
        available_from: Some(date(2026, 6, 1)),
        open_access: Some(true),
        project: Some("Etapp 2".to_owned()),
        cost: None,
        busy_down: None,
        ..service("Gamma, Delta & Co", Technology::Fibre, 100, Speed::from_mbps(100))
    });
    services.sorted().0
}

fn profiles() -> Vec<Profile> {
    let now = Profile::connected_or_passed();
    let plans = Profile { key: "plans-2027".to_owned(), planned_until: Some(date(2027, 12, 31)), ..now.clone() };
    vec![now, plans]
}

fn goals() -> Vec<Goal> {
    let goal = |id: &str, units: &[Unit]| Goal {
        id: id.to_owned(),
        name: Text { sv: "Mål".to_owned(), en: "Goal".to_owned() },
        decided: None,
        year: 2025,
        units: units.to_vec(),
        steps: vec![Step { down: Speed::from_mbps(100), share: Share::from_percent(40) }],
        source: None,
    };
    vec![goal("own-2025", &[Unit::Population, Unit::Places]), goal("households-2025", &[Unit::Households])]
}

fn run(study: Study) -> Sample {
    let coverage = coverage::join(&CoverageIndex::build(&study), &study, |_| ());
    let tally = Tally::observe(&study.frame, &study.places, &coverage);
    let measures = [Measure::Covered, Measure::Down(Speed::from_mbps(100))];
    let indicators = indicator::evaluate(&tally, &study.frame, &study.profiles, &measures);
    let assessments = assessment::assess(&indicators, &study.goals);
    let diagnostics = vec![Diagnostic {
        at: SourceRow { source: 0, row: 11 },
        finding: Finding::NoPosition,
        action: Action::Unmatched,
        id: Some("h09".into()),
        message: "easting and northing are empty; write numbers".into(),
    }];
    let input = |path: &str, role: &str, rows, crs: Option<&str>| Input {
        path: path.to_owned(),
        role: role.to_owned(),
        sha256: "00".repeat(32),
        bytes: 100,
        rows,
        used: rows,
        crs: crs.map(str::to_owned),
        source: None,
        licence: None,
        secrecy: Secrecy::Open,
    };
    let safety = safety(&Question {
        indicators: &indicators,
        tally: &tally,
        frame: &study.frame,
        goals: &study.goals,
        kinds: &coverage.kinds,
        coordinate_error: None,
        near_error: None,
        doubts: &[],
    });
    let reconciliation = reconcile(&indicators, &study.frame, &study.goals, Vec::new(), &Duplicates::default());
    let outcome = Outcome {
        reconciliation,
        safety,
        name: "Provstudie".to_owned(),
        notice: None,
        frame: study.frame.clone(),
        indicators,
        goals: study.goals.clone(),
        assessments,
        diagnostics: count(&diagnostics),
        settlement_vintages: vec![Some(2023)],
        edition: None,
        aid: nittio_core::aid::Aid::default(),
        scenarios: nittio_core::comparison::Comparison::default(),
        plans: nittio_core::outcome::Plans::default(),
        networks: nittio_core::network::Networks::default(),
        timetable: nittio_core::timetable::Timetable::default(),
        provenance: Provenance {
            program: "nittio 0.1.0".to_owned(),
            crs: "EPSG:3006".to_owned(),
            inputs: vec![
                input("places.csv", "places", 12, Some("EPSG:3006")),
                input("networks.geojson", "footprints", 2, Some("EPSG:4326")),
            ],
        },
    };
    let mut places = vec![0; coverage.kinds.len()];
    coverage.kind.iter().for_each(|&kind| places[kind as usize] += 1);
    let sums = Sums::new(study.frame.units.len());
    Sample { study, coverage, tally, outcome, diagnostics, places, sums }
}
