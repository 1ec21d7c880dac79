//! What would be: scenarios and plans give what a recount of a study gives that is so.

use std::collections::{BTreeMap, BTreeSet};

use geo::{MultiPolygon, Rect};
use jiff::civil::date;
use nittio_core::{
    comparison::{Comparison, Contrast, Overlap},
    coverage::{self, join},
    footprint::Footprint,
    goal,
    index::CoverageIndex,
    indicator::{At, TOTAL, evaluate, measures},
    measure::Measure,
    offer::Offers,
    plan::{Aim, Ask, Build, Choice, Cost, Opportunities, Problem, Project},
    projection::{Projection, Query},
    quantity::{Kronor, Share, Speed},
    scenario::{Change, Filter, Rule, Scenario, Upgrade},
    service::{Link, Reach, Service, ServiceId, Services, Status, Technology},
    study::Study,
    tally::Tally,
    unit::Unit,
};
use proptest::prelude::*;

use crate::study::{block, cases, near, places, service, study, tally};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases(64)) })]

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
