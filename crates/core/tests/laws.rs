//! Laws that hold for any study: any split, any order, any number of threads gives the same answer, and the
//! index answers as a person would who looks at every polygon in turn.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use geo::{Coord, MultiPolygon, Polygon, Rect, Relate};
use jiff::civil::date;
use nittio_core::{
    area::{Area, Level},
    comparison::{Comparison, Contrast, Overlap},
    coverage::{self, join},
    diagnostic::SourceRow,
    footprint::Footprint,
    goal,
    index::CoverageIndex,
    indicator::{At, TOTAL, evaluate, measures},
    measure::Measure,
    near::{Distances, Near},
    offer::Offers,
    place::{MISSING, Places, UnitColumn},
    plan::{Aim, Ask, Build, Choice, Cost, Opportunities, Problem, Project},
    polygon::{Position, PreparedPolygon},
    profile::Profile,
    projection::{Projection, Query},
    quantity::{Kronor, Share, Speed},
    run::run,
    scenario::{Change, Filter, Rule, Scenario, Upgrade},
    service::{Link, Reach, Service, ServiceId, Services, Status, Technology},
    settlement::{Settlement, SettlementArea},
    study::{Frame, ScaledUnit, Study},
    tally::{Counts, Tally},
    unit::Unit,
};
use proptest::prelude::*;

const ORIGIN: SourceRow = SourceRow { source: 0, row: 0 };

/// A rectangle on a coarse grid, perhaps with a hole whose ring turns either way.
fn block() -> impl Strategy<Value = Polygon> {
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

fn service(number: u8) -> Service {
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
fn places() -> impl Strategy<Value = Vec<(i32, i32, u64, bool)>> {
    prop::collection::vec((0i32..56, 0i32..56, 0u64..50, prop::bool::weighted(0.05)), 1..200)
}

fn study(blocks: &[Polygon], spots: &[(i32, i32, u64, bool)], offers: &[(usize, u8)]) -> Study {
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

fn near() -> Near {
    let [inside, outside] = ["2.5 m", "1.5 m"].map(|text| text.parse().unwrap());
    let distance = Distances { locality: inside, smaller_locality: inside, outside, unknown: inside };
    Near { distance, technologies: BTreeSet::from([Technology::Fibre]) }
}

fn select(study: &Study, keep: &[usize]) -> Study {
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

fn tally(study: &Study) -> Tally {
    let index = CoverageIndex::build(study);
    Tally::observe(&study.frame, &study.places, &join(&index, study, |_| {}))
}

/// How many cases are tried: more for a long run, which `docs/contributing.md` describes.
fn cases(usual: u32) -> u32 {
    std::env::var("NITTIO_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases(64)) })]

    /// The oracle is geo's full DE-9IM relation of every point with every footprint.
    #[test]
    fn the_index_finds_what_looking_at_every_footprint_finds(
        blocks in prop::collection::vec(block(), 0..12), spots in places(),
    ) {
        let study = study(&blocks, &spots, &[]);
        let coverage = join(&CoverageIndex::build(&study), &study, |_| {});
        for place in 0..study.places.len() {
            let Some(point) = study.places.position(place) else { continue };
            let mut expected: Vec<Link> = study
                .footprints
                .iter()
                .filter(|f| geo::Point::from(point).relate(&f.geometry).is_coveredby())
                .map(|f| f.link)
                .collect();
            expected.sort();
            expected.dedup();
            match coverage.links(place) {
                Some(links) => prop_assert_eq!(links, &expected[..]),
                None => prop_assert_eq!(coverage.of(place).areas[0], None),
            }
        }
    }

    /// The oracle looks at every pair of places, and counts in half steps.
    #[test]
    fn near_is_who_lies_within_the_distance_of_a_connected_place(
        blocks in prop::collection::vec(block(), 0..6), spots in places(),
        offers in prop::collection::vec((0usize..200, 0u8..12), 0..40), at_hand in 0usize..5,
    ) {
        let mut study = study(&blocks, &spots, &offers);
        // Being inside some of the footprints is being connected.
        for footprint in study.footprints.iter_mut().take(at_hand) {
            footprint.link.reach = Reach::Connected;
        }
        study.frame.near = Some(near());
        let coverage = join(&CoverageIndex::build(&study), &study, |_| {});
        let connected: Vec<BTreeSet<ServiceId>> = (0..spots.len())
            .map(|place| {
                let Some(point) = study.places.position(place) else { return BTreeSet::new() };
                let footprints = study.footprints.iter().filter(|f| geo::Point::from(point).relate(&f.geometry).is_coveredby());
                let links = footprints.map(|f| f.link).chain(study.offers.of(&study.places.ids[place]).iter().copied());
                links.filter(|link| link.reach == Reach::Connected).map(|link| link.service).collect()
            })
            .collect();
        for (place, spot) in spots.iter().enumerate() {
            let Some(links) = coverage.links(place) else { continue };
            let found: BTreeSet<ServiceId> =
                links.iter().filter(|link| link.reach == Reach::Near).map(|link| link.service).collect();
            // The locality is from 3 to 9: there near is 2.5, elsewhere 1.5.
            let inside = (6..=18).contains(&spot.0) && (6..=18).contains(&spot.1);
            let far = if inside { 5i32 } else { 3 };
            let neighbours = spots.iter().enumerate().filter(|&(other, there)| {
                let (dx, dy) = (spot.0 - there.0, spot.1 - there.1);
                other != place && !spot.3 && !there.3 && dx * dx + dy * dy <= far * far
            });
            let around = neighbours.flat_map(|(other, _)| &connected[other]).copied();
            let expected: BTreeSet<ServiceId> = around
                .filter(|service| study.frame.services.get(*service).technology == Technology::Fibre)
                .filter(|service| !connected[place].contains(service))
                .collect();
            prop_assert_eq!(found, expected, "{}", place);
        }
    }

    #[test]
    fn any_split_and_any_order_merge_to_the_same_tally(
        blocks in prop::collection::vec(block(), 0..8), spots in places(),
        offers in prop::collection::vec((0usize..200, 0u8..12), 0..20), seed in any::<u64>(),
    ) {
        let study = study(&blocks, &spots, &offers);
        let whole = tally(&study);
        let mut order: Vec<usize> = (0..spots.len()).collect();
        order.sort_by_key(|&i| (i as u64 + 1).wrapping_mul(seed | 1).rotate_left(23));
        let (first, rest) = order.split_at(order.len() / 3);
        let (second, third) = rest.split_at(rest.len() / 2);
        let [a, b, c] = [first, second, third].map(|keep| tally(&select(&study, keep)));
        prop_assert_eq!(&a.clone().merge(b.clone()).merge(c.clone()), &whole);
        prop_assert_eq!(&c.merge(b).merge(a), &whole);
        prop_assert_eq!(&whole.clone().merge(Tally::default()), &whole);
        prop_assert_eq!(&Tally::default().merge(whole.clone()), &whole);

        // A worker that hands over what it has counted after every place, and one that never does.
        let coverage = join(&CoverageIndex::build(&study), &study, |_| {});
        let units = study.frame.units.len();
        let [mut eager, mut lazy, mut counted] = [(); 3].map(|()| Counts::new(units));
        for place in order {
            let counts = if place % 2 == 0 { &mut eager } else { &mut lazy };
            counts.observe(&study.places, place..place + 1, &coverage.kind[place..=place]);
            counted.absorb(&mut eager);
            prop_assert!(eager.is_empty());
        }
        let sums = Counts::into_sums(vec![lazy, eager, counted], units, |kind| kind, |category| category);
        prop_assert_eq!(&sums.tally(&coverage.kinds), &whole);
    }

    /// The oracle changes the services of the study by rules of its own, joins all places anew, and looks at every place.
    #[test]
    fn a_scenario_is_a_recount_of_a_study_that_is_so(
        blocks in prop::collection::vec(block(), 0..8), spots in places(),
        offers in prop::collection::vec((0usize..200, 0u8..12), 0..20),
        [adds, removes, replaces, nearby] in any::<[bool; 4]>(),
    ) {
        let mut before = study(&blocks, &spots, &offers);
        // Every service of O2 is a plan; numbers stay as they are, since the list keeps its order.
        let mut services = Services::default();
        for service in before.frame.services.as_slice() {
            let plan = service.operator == "O2";
            let status = if plan { Status::Planned } else { Status::InService };
            let from = plan.then(|| date(2027, 1, 1));
            services.intern(Service { status, available_from: from, project: plan.then(|| "P".to_owned()), ..service.clone() });
        }
        before.frame.services = services;
        if nearby {
            before.frame.near = Some(near());
            before.profiles[0].reach.insert(Reach::Near);
        }
        let asked = [measures(&before), vec![Measure::Owners(2), Measure::SingleOwner]].concat();
        let asked: Vec<Measure> = asked.into_iter().collect::<BTreeSet<_>>().into_iter().collect();

        let named = |name: &str| BTreeSet::from([name.to_owned()]);
        let other = (!nearby).then_some(Technology::Fibre);
        let upgrade = Upgrade { technology: other, down: Some(Speed::from_mbps(1000)), ..Upgrade::default() };
        let cable = Filter { technologies: BTreeSet::from([Technology::Cable]), ..Filter::default() };
        let rules = [
            (adds, Filter { projects: named("P"), ..Filter::default() }, Change::Add),
            (removes, Filter { operators: named("O1"), ..Filter::default() }, Change::Remove),
            (replaces, cable, Change::Replace(upgrade)),
        ];
        let rules = rules.into_iter().filter_map(|(so, filter, change)| so.then_some(Rule { filter, change })).collect();
        let (base, day) = (before.profiles[0].clone(), before.frame.as_of);
        let scenario = Scenario { key: "s".to_owned(), name: "S".to_owned(), base, day, rules };
        let world = scenario.world(&before.frame.services, day, before.frame.near.as_ref()).unwrap();

        let mut after = before.clone();
        let mut services = Services::default();
        let became: Vec<Option<ServiceId>> = before.frame.services.as_slice().iter().map(|service| {
            let mut service = service.clone();
            if adds && service.operator == "O2" {
                (service.status, service.available_from) = (Status::InService, None);
            }
            if replaces && service.technology == Technology::Cable {
                service.technology = if nearby { Technology::Cable } else { Technology::Fibre };
                service.down = Some(Speed::from_mbps(1000));
            }
            let gone = removes && service.operator == "O1";
            (!gone).then(|| services.intern(service))
        }).collect();
        after.frame.services = services;
        let relink = |link: Link| Some(Link { service: became[link.service.0 as usize]?, ..link });
        after.footprints = before.footprints.iter()
            .filter_map(|footprint| Some(Footprint { link: relink(footprint.link)?, ..footprint.clone() }))
            .collect();
        after.offers = Offers::default();
        for id in before.places.ids.iter() {
            for link in before.offers.of(id).iter().filter_map(|&link| relink(link)) {
                after.offers.add(id, link);
            }
        }

        let joined = |study: &Study| join(&CoverageIndex::build(study), study, |_| {});
        let (was, is) = (joined(&before), joined(&after));
        let observed = |study: &Study, coverage| Tally::observe(&study.frame, &study.places, coverage);
        let tally = observed(&before, &was);
        let figures = evaluate(&tally, &before.frame, &before.profiles, &asked);
        let recount = evaluate(&observed(&after, &is), &after.frame, &after.profiles, &asked);
        let contrast = Contrast::with_base(&scenario, &world, &before.frame);
        let compared = Comparison::of(&tally, &before.frame, &figures.areas, std::slice::from_ref(&contrast), &asked);
        let speeds: Vec<Speed> = asked.iter().filter_map(|m| if let Measure::Down(s) = m { Some(*s) } else { None }).collect();
        // Asked of speeds alone, an answer takes a shorter way.
        let only: Vec<Measure> = speeds.iter().map(|&speed| Measure::Down(speed)).collect();
        let shorter = Comparison::of(&tally, &before.frame, &figures.areas, std::slice::from_ref(&contrast), &only);
        for at in figures.positions().filter(|at| at.settlement == 0 && at.category == 0) {
            if let Some(measure) = shorter.measure(asked[at.measure]) {
                let moved = shorter.moved(0, at.area, at.unit, measure);
                prop_assert_eq!(moved, compared.moved(0, at.area, at.unit, at.measure));
            }
        }
        let level = (&figures.areas[..], "municipality");
        let projection = Projection::of(&tally, &before.frame, level, &before.profiles, &[contrast], &speeds);
        let projected = figures.positions().filter(|at| at.category == 0);
        for (at, speed) in projected.filter_map(|at| match asked[at.measure] {
            Measure::Down(speed) => Some((at, speeds.iter().position(|&s| s == speed)?)),
            _ => None,
        }) {
            let (area, settlement) = ((at.area > 0).then_some(at.area), figures.settlements[at.settlement]);
            let query = Query { area, settlement, world: at.profile, unit: at.unit, speed };
            prop_assert_eq!(projection.figure(query), figures.figure(at));
            prop_assert_eq!(projection.figure(Query { world: before.profiles.len(), ..query }), recount.figure(at));
        }
        for at in figures.positions().filter(|at| at.settlement == 0 && at.category == 0) {
            let moved = compared.moved(0, at.area, at.unit, at.measure);
            prop_assert_eq!(moved.figure_before(), figures.figure(at));
            prop_assert_eq!(moved.figure_after(), recount.figure(at));
            prop_assert_eq!(moved.after + moved.lost, moved.before + moved.gained);
            prop_assert_eq!(moved.only, if scenario.only_adds() { moved.gained } else { moved.only });
        }
        // Who gains and who loses 100 Mbit/s, one by one.
        let speed = Measure::Down(Speed::from_mbps(100));
        let has = |study: &Study, coverage: &coverage::Coverage, place: usize| {
            let counts = |link: &&Link| study.profiles[0].counts(**link, &study.frame.services, study.frame.as_of);
            let fast = |link: &Link| study.frame.services.get(link.service).down >= Some(Speed::from_mbps(100));
            coverage.links(place).is_some_and(|links| links.iter().filter(counts).any(fast))
        };
        let moves: Vec<(bool, bool)> = (0..spots.len()).map(|p| (has(&before, &was, p), has(&after, &is, p))).collect();
        let moved = compared.moved(0, 0, 0, compared.measure(speed).unwrap());
        prop_assert_eq!(moved.gained, moves.iter().filter(|m| **m == (false, true)).count() as u64);
        prop_assert_eq!(moved.lost, moves.iter().filter(|m| **m == (true, false)).count() as u64);
    }

    /// The oracle looks at every place: which of three projects would give it 100 Mbit/s, and in which area it lies.
    #[test]
    fn what_two_scenarios_give_an_area_alone_and_both_is_a_recount_of_its_places(
        blocks in prop::collection::vec(block(), 0..16), spots in places(),
        offers in prop::collection::vec((0usize..200, 0u8..12), 0..40),
    ) {
        let mut study = study(&blocks, &spots, &offers);
        let mut services = Services::default();
        for (service, number) in study.frame.services.as_slice().iter().zip(0usize..) {
            let project = (number % 4 > 0).then(|| format!("P{}", number % 4 - 1));
            let status = if project.is_some() { Status::Planned } else { Status::InService };
            services.intern(Service { status, project, ..service.clone() });
        }
        study.frame.services = services;
        let (base, day) = (study.profiles[0].clone(), study.frame.as_of);
        let contrasts = [0, 1, 2].map(|k| {
            let filter = Filter { projects: BTreeSet::from([format!("P{k}")]), ..Filter::default() };
            let rules = vec![Rule { filter, change: Change::Add }];
            Scenario { key: format!("p{k}"), name: String::new(), base: base.clone(), day, rules }
        });
        let contrasts: Vec<Contrast> = contrasts.iter().filter_map(|scenario| {
            // A project that no footprint and no offer has is there all the same: services are.
            Some(Contrast::with_base(scenario, &scenario.world(&study.frame.services, day, None).ok()?, &study.frame))
        }).collect();
        prop_assert_eq!(contrasts.len(), 3);
        let coverage = join(&CoverageIndex::build(&study), &study, |_| {});
        let tally = Tally::observe(&study.frame, &study.places, &coverage);
        let asked = [Speed::from_mbps(30), Speed::from_mbps(100)];
        let measures = asked.map(Measure::Down);
        let figures = evaluate(&tally, &study.frame, &study.profiles, &measures);
        let compared = Comparison::of(&tally, &study.frame, &figures.areas, &contrasts, &measures);
        for (area, about) in figures.areas.iter().enumerate() {
            for (m, speed) in asked.into_iter().enumerate() {
                let mut expected = [[0, 1], [0, 2], [1, 2]].map(|pair| Overlap { pair, first: 0, second: 0, both: 0 });
                for place in 0..spots.len() {
                    let here = coverage.of(place).areas[0].map_or("", |a| &study.frame.levels[0].areas[a as usize].code);
                    let Some(links) = coverage.links(place).filter(|_| about.level == TOTAL || about.code == here) else {
                        continue;
                    };
                    let by = |project: Option<&str>| links.iter().any(|link| {
                        let service = study.frame.services.get(link.service);
                        service.project.as_deref() == project && service.down >= Some(speed)
                    });
                    let gains = ["P0", "P1", "P2"].map(|project| by(Some(project)) && !by(None));
                    for overlap in &mut expected {
                        match overlap.pair.map(|k| gains[k]) {
                            [true, false] => overlap.first += 1,
                            [false, true] => overlap.second += 1,
                            [true, true] => overlap.both += 1,
                            [false, false] => {}
                        }
                    }
                }
                prop_assert_eq!(compared.overlaps(area, 0, m), &expected[..], "{} {}", &about.code, speed);
            }
        }
    }

    /// The oracle puts the services of the chosen projects in service, joins all places anew, and counts.
    #[test]
    fn what_a_plan_reaches_is_a_recount_of_a_study_in_which_it_is_built(
        blocks in prop::collection::vec(block(), 0..10), spots in places(),
        offers in prop::collection::vec((0usize..200, 0u8..12), 0..20),
        chosen in any::<[bool; 3]>(),
    ) {
        let mut before = study(&blocks, &spots, &offers);
        // Of twelve services, three in service and three of each of three projects; one project has plans of two kinds.
        let mut services = Services::default();
        for (service, number) in before.frame.services.as_slice().iter().zip(0usize..) {
            let project = (number % 4 > 0).then(|| format!("P{}", number % 4 - 1));
            let status = match (&project, number / 4) {
                (None, _) => Status::InService,
                (_, 0) => Status::UnderConstruction,
                _ => Status::Planned,
            };
            let from = project.is_some().then(|| date(2027, 1, 1));
            services.intern(Service { status, available_from: from, project, ..service.clone() });
        }
        before.frame.services = services;
        before.goals = vec![goal::Goal { units: vec![Unit::Population, Unit::Places], ..goal::built_in().unwrap().swap_remove(0) }];

        let joined = |study: &Study| {
            let coverage = join(&CoverageIndex::build(study), study, |_| {});
            let tally = Tally::observe(&study.frame, &study.places, &coverage);
            let figures = evaluate(&tally, &study.frame, &study.profiles, &measures(study));
            (tally, figures)
        };
        let (tally, figures) = joined(&before);
        let projects: Vec<Project> = (0..3).map(|p| Project {
            key: format!("P{p}"), name: String::new(), cost: Cost::default(), contribution: Kronor::default(),
            sought: None, earliest: None, build: Build::Maybe,
        }).collect();
        let ask = Ask {
            key: String::new(), name: String::new(), aim: Aim::EveryArea, goal: 0, profile: 0, level: "municipality".to_owned(),
            unit: None, slots: Vec::new(), carry_over: false, reserve: Share::default(), at_most: None,
            classes: BTreeSet::new(), weights: BTreeMap::new(), eligible: None, shades: None,
        };
        let found = Opportunities::find(&tally, &before.frame, &figures, &before.goals[0], &projects, &ask).unwrap();
        let choice = Choice(chosen.iter().map(|&chosen| chosen.then_some(0)).collect());
        let covered = Problem::new(&ask, &projects, &found).covered(&choice, 0);

        // Numbers change when services become alike, so footprints and offers are linked anew.
        let mut after = before.clone();
        let mut services = Services::default();
        let became: Vec<ServiceId> = before.frame.services.as_slice().iter().map(|service| {
            let built = (0..3).any(|p| chosen[p] && service.project.as_deref() == Some(&format!("P{p}")));
            let (status, from) = (service.status, service.available_from);
            let (status, from) = if built { (Status::InService, None) } else { (status, from) };
            services.intern(Service { status, available_from: from, ..service.clone() })
        }).collect();
        after.frame.services = services;
        let relink = |link: Link| Link { service: became[link.service.0 as usize], ..link };
        after.footprints.iter_mut().for_each(|footprint| footprint.link = relink(footprint.link));
        after.offers = Offers::default();
        for id in before.places.ids.iter() {
            before.offers.of(id).iter().for_each(|&link| after.offers.add(id, relink(link)));
        }
        let (_, recount) = joined(&after);
        for (need, covered) in found.needs.iter().zip(covered) {
            for (part, covered) in found.parts.iter().zip(covered) {
                let measure = recount.measure(Measure::Down(found.steps[part.step])).unwrap();
                let figure = recount.figure(At { area: need.area, unit: part.unit, measure, ..At::default() });
                prop_assert_eq!(covered, figure.covered);
            }
        }
    }

    #[test]
    fn nothing_vanishes_and_levels_add_up_to_the_total(
        blocks in prop::collection::vec(block(), 0..8), spots in places(),
        offers in prop::collection::vec((0usize..200, 0u8..12), 0..20),
    ) {
        let study = study(&blocks, &spots, &offers);
        let figures = evaluate(&tally(&study), &study.frame, &study.profiles, &measures(&study));
        let population: u64 = spots.iter().map(|s| s.2).filter(|&v| v != 49).sum();
        let unit = figures.unit("population").unwrap();
        prop_assert_eq!(figures.figure(At::default()).total, spots.len() as u64);
        prop_assert_eq!(figures.figure(At { unit, ..At::default() }).total, population);
        for at in figures.positions().filter(|at| at.area == 0) {
            let total = figures.figure(at);
            prop_assert_eq!(total.total, total.covered + total.missing + total.unmatched);
            let mut sum = [0; 4];
            for area in 1..figures.areas.len() {
                let part = figures.figure(At { area, ..at });
                for (s, p) in sum.iter_mut().zip([part.total, part.covered, part.missing, part.unmatched]) {
                    *s += p;
                }
            }
            prop_assert_eq!(sum, [total.total, total.covered, total.missing, total.unmatched]);
        }
    }
}

/// Ten places in a row, half of them in either of two areas; plan P reaches the first six, plan Q the last six, and something in
/// service the first two.
#[test]
fn what_two_plans_both_give_is_shared_and_the_rest_is_their_own() {
    let strip = |from: f64, to: f64| Rect::new((from, 0.0), (to, 1.0)).to_polygon();
    let blocks = [strip(0.0, 1.9), strip(0.0, 5.9), strip(4.0, 10.0)];
    let spots: Vec<_> = (0..10).map(|i| (2 * i, 1, 1, false)).collect();
    let mut study = study(&blocks, &spots, &[]);
    for (area, (from, to)) in study.frame.levels[0].areas.iter_mut().zip([(0.0, 4.5), (4.5, 14.0)]) {
        area.geometry = Some(MultiPolygon::new(vec![strip(from, to)]));
    }
    let mut services = Services::default();
    for (name, plan) in [("A", false), ("P", true), ("Q", true)] {
        let status = if plan { Status::Planned } else { Status::InService };
        let project = plan.then(|| name.to_owned());
        services.intern(Service { operator: name.to_owned(), status, project, ..service(3) });
    }
    study.frame.services = services;
    let (base, day) = (study.profiles[0].clone(), study.frame.as_of);
    let contrast = |project: &str, change: Change| {
        let filter = Filter { projects: BTreeSet::from([project.to_owned()]), ..Filter::default() };
        let rules = vec![Rule { filter, change }];
        let scenario = Scenario { key: project.to_owned(), name: project.to_owned(), base: base.clone(), day, rules };
        Contrast::with_base(&scenario, &scenario.world(&study.frame.services, day, None).unwrap(), &study.frame)
    };
    let faster = Upgrade { down: Some(Speed::from_mbps(2000)), ..Upgrade::default() };
    let contrasts = [contrast("P", Change::Add), contrast("Q", Change::Add), contrast("Q", Change::Replace(faster))];
    let tally = tally(&study);
    let measure = Measure::Down(Speed::from_mbps(100));
    let figures = evaluate(&tally, &study.frame, &study.profiles, &[measure]);
    let compared = Comparison::of(&tally, &study.frame, &figures.areas, &contrasts, &[measure]);
    let moved = [0, 1, 2].map(|k| compared.moved(k, 0, 0, 0));
    assert_eq!(moved.map(|m| (m.before, m.gained, m.lost)), [(2, 4, 0), (2, 6, 0), (2, 0, 0)]);
    assert_eq!([moved[0].only, moved[1].only], [2, 4], "the places at 4 and 5 are shared");
    assert_eq!([0, 1, 2].map(|k| compared.shares(k)), [true, true, false], "a replacement shares with nobody");
    let overlaps = compared.overlaps(0, 0, 0);
    assert_eq!(overlaps, [Overlap { pair: [0, 1], first: 2, second: 4, both: 2 }], "2, 3; 6 to 9; 4, 5");
    let of = |code: &str| {
        let area = figures.areas.iter().position(|area| area.code == code).unwrap();
        compared.overlaps(area, 0, 0)
    };
    assert_eq!(of("01"), [Overlap { pair: [0, 1], first: 2, second: 0, both: 1 }], "2, 3; none; 4");
    assert_eq!(of("02"), [Overlap { pair: [0, 1], first: 0, second: 4, both: 1 }], "none; 6 to 9; 5");
    assert_eq!(of("03"), [Overlap { pair: [0, 1], first: 0, second: 0, both: 0 }]);
}

#[test]
fn one_thread_and_eight_give_the_same_run() {
    let blocks: Vec<Polygon> =
        (0..10).map(|i| Rect::new((f64::from(i), 0.0), (f64::from(i) + 5.0, 25.0)).to_polygon()).collect();
    let spots: Vec<_> =
        (0..20_000).map(|i| (i * 13 % 56, i / 56 % 56, u64::try_from(i).unwrap() % 49, i % 97 == 0)).collect();
    let offers: Vec<(usize, u8)> = (0..400).map(|i| (i * 47, u8::try_from(i % 12).unwrap())).collect();
    let mut study = study(&blocks, &spots, &offers);
    study.frame.near = Some(near());
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&study, |_| {}))
    };
    let (one, eight) = (on(1), on(8));
    assert_eq!(one.coverage, eight.coverage);
    assert_eq!(one.tally, eight.tally);
    assert_eq!(one.indicators, eight.indicators);
    assert_eq!(one.assessments, eight.assessments);
    assert!(coverage::link_sets(&one.coverage.kinds) > 10, "the case is not trivial");
}

#[test]
fn a_point_one_rounding_step_from_a_diagonal_is_decided_exactly() {
    // The long edge runs along y = x, so the side of a point follows by comparing its coordinates.
    let corner = Coord { x: 0.1, y: 24.7 };
    let above = PreparedPolygon::new(&Polygon::new(
        vec![Coord { x: 0.1, y: 0.1 }, Coord { x: 24.7, y: 24.7 }, corner].into(),
        vec![],
    ));
    for value in [0.3, 0.7, 1.1, 5.9, 12.3, 23.9] {
        let next = f64::from_bits(f64::to_bits(value) + 1);
        assert_eq!(above.position(Coord { x: value, y: value }), Position::Boundary, "{value}");
        assert_eq!(above.position(Coord { x: value, y: next }), Position::Inside, "{value}");
        assert_eq!(above.position(Coord { x: next, y: value }), Position::Outside, "{value}");
    }
}
