//! Every move is made in earnest, by counting anew: what is shown must not change, and the small count must become large.

use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    cube::{Group, UNMATCHED},
    search::Of,
    *,
};
use crate::{
    area::{Area, Level},
    coverage::Kind,
    indicator::{evaluate, measures},
    place::{Places, UnitColumn},
    quantity::Speed,
    service::{Link, Reach, Service, Services, Status, Technology},
    settlement::Settlement,
    study::{ScaledUnit, Study},
    tally::Counts,
};

/// Where a place is, what reaches it, and how many live there.
type Spot = (u32, usize, u16, Option<Vec<(usize, bool)>>, u64);

const SPEEDS: [u32; 4] = [30, 100, 100, 1000];

fn services() -> Services {
    let mut services = Services::default();
    for (number, speed) in SPEEDS.into_iter().enumerate() {
        services.intern(Service {
            operator: format!("O{}", number % 3),
            owner: None,
            technology: [Technology::Fibre, Technology::Cable, Technology::Fwa][number % 3],
            down: Some(Speed::from_mbps(speed)),
            up: None,
            status: Status::InService,
            available_from: None,
            open_access: None,
            busy_down: None,
            cost: None,
            project: None,
        });
    }
    services.sorted().0
}

fn frame() -> Frame {
    let areas = |codes: &[&str]| {
        let area = |code: &&str| Area { code: (*code).to_owned(), name: (*code).to_owned(), geometry: None };
        codes.iter().map(area).collect()
    };
    let level = |key: &str, codes: &[&str]| Level { key: key.to_owned(), areas: areas(codes), derived: None };
    Frame {
        as_of: date(2024, 12, 31),
        levels: vec![level("municipality", &["0101", "0102", "0201"]), level("county", &["01", "02"])],
        categories: vec!["home".to_owned(), "school".to_owned()],
        units: [Unit::Places, Unit::Population].map(|unit| ScaledUnit { unit, scale: 1 }).to_vec(),
        services: services(),
        near: None,
        settlements: true,
    }
}

fn profiles() -> Vec<Profile> {
    let both = Profile::connected_or_passed();
    let connected = Profile { key: "connected".to_owned(), reach: [Reach::Connected].into(), ..both.clone() };
    vec![both, connected]
}

/// The figures of some places, and their tally.
fn study(spots: &[Spot]) -> (Frame, Tally, Indicators) {
    let frame = frame();
    let kind = |&(municipality, settlement, _, ref links, _): &Spot| {
        let links = links.as_ref().map(|links| {
            let link = |&(service, connected): &(usize, bool)| Link {
                service: crate::service::ServiceId(service as u32),
                reach: if connected { Reach::Connected } else { Reach::Passed },
            };
            let mut links: Vec<Link> = links.iter().map(link).collect();
            links.sort();
            links.dedup();
            links.into()
        });
        let areas = Arc::from([Some(municipality), Some(municipality / 2)]);
        Kind { areas, settlement: Settlement::ALL[settlement], links, oddities: Box::default() }
    };
    let kinds: Vec<Kind> = spots.iter().map(kind).collect();
    let mut order: Vec<usize> = (0..kinds.len()).collect();
    order.sort_by(|&a, &b| {
        (&kinds[a].areas, kinds[a].settlement, &kinds[a].links).cmp(&(
            &kinds[b].areas,
            kinds[b].settlement,
            &kinds[b].links,
        ))
    });
    let sorted: Vec<Kind> = order.iter().map(|&i| kinds[i].clone()).collect();
    let mut place = vec![0; kinds.len()];
    for (at, &i) in order.iter().enumerate() {
        place[i] = at as u32;
    }
    let places = Places {
        names: crate::place::Ids::default(),
        ids: (0..spots.len()).map(|i| i.to_string()).collect(),
        category: spots.iter().map(|spot| spot.2).collect(),
        units: vec![UnitColumn { unit: Unit::Population, values: spots.iter().map(|spot| spot.4).collect() }],
        ..Places::default()
    };
    let mut counts = Counts::new(2);
    let numbers: Vec<u32> = (0..spots.len() as u32).collect();
    counts.observe(&places, 0..spots.len(), &numbers);
    let tally = Counts::into_sums(vec![counts], 2, |number| place[number as usize], |category| category).tally(&sorted);
    let asked = Study {
        frame: frame.clone(),
        places: Places::default(),
        offers: crate::offer::Offers::default(),
        footprints: Vec::new(),
        settlements: Vec::new(),
        profiles: profiles(),
        speeds: [30, 100, 1000].map(Speed::from_mbps).to_vec(),
        measures: vec![Measure::Owners(2), Measure::SingleOwner, Measure::OpenAccess],
        aid: crate::aid::AidRules::default(),
        listing: crate::category::Listing::default(),
        goals: Vec::new(),
    };
    let indicators = evaluate(&tally, &frame, &profiles(), &measures(&asked));
    (frame, tally, indicators)
}

fn spots() -> impl Strategy<Value = Vec<Spot>> {
    let links = prop::option::weighted(0.93, prop::collection::vec((0usize..4, prop::bool::weighted(0.3)), 0..3));
    prop::collection::vec((0u32..3, 0usize..3, prop::bool::weighted(0.15).prop_map(u16::from), links, 0u64..6), 1..160)
}

/// Counts of one unit by group and answer, after some moves.
type Atoms = FxHashMap<(Group, usize), i64>;

/// What a row shows, counted from the atoms one by one.
fn counted(cube: &Cube<'_>, atoms: &Atoms, row: usize, wanted: impl Fn(usize) -> bool) -> i64 {
    let at = cube.at(row);
    let inside = |group: &Group| {
        cube.spots[group.spot].contains(&at.area)
            && (at.settlement == 0 || at.settlement == group.settlement)
            && (at.category == 0 || at.category == group.category)
    };
    atoms.iter().filter(|((group, answer), _)| inside(group) && wanted(*answer)).map(|(_, n)| n).sum()
}

fn is_of(cube: &Cube<'_>, of: Of, answer: usize) -> bool {
    let matched = answer != UNMATCHED;
    match of {
        Of::Total => true,
        Of::Unmatched => !matched,
        Of::Covered(bit) => matched && cube.has(answer, bit),
        Of::Missing(bit) => matched && !cube.has(answer, bit),
        Of::Between(has, lacks) => matched && cube.has(answer, has) && !cube.has(answer, lacks),
    }
}

/// Whether a place can have these measures together.
fn is_possible(cube: &Cube<'_>, indicators: &Indicators, answer: usize) -> bool {
    let number = |measure| indicators.measures.iter().position(|&m| m == measure).unwrap();
    let (single, several) = (number(Measure::SingleOwner), number(Measure::Owners(2)));
    (0..indicators.profiles.len())
        .all(|p| !(cube.has(answer, cube.bit(p, single)) && cube.has(answer, cube.bit(p, several))))
}

/// Makes the moves for every small count of the study, one count at a time, and compares with what is shown.
fn hold_to_the_guarantee(spots: &[Spot], rule: Rule) {
    let (frame, tally, indicators) = study(spots);
    let profiles = profiles();
    let cube = Cube::new(&tally, &frame, &profiles, &indicators);
    let mut search = Search::new(&cube, &indicators, &[]);
    let needs = needs(&cube, &indicators, rule);
    for need in &needs {
        search.protect(need);
    }
    let proofs = std::mem::take(&mut search.proofs);
    let hidden = search.hiding.into_hidden(&cube, &indicators);
    assert_eq!(proofs.len(), needs.len());
    for (need, moves) in needs.iter().zip(&proofs) {
        let mut atoms = Atoms::default();
        for &group in &cube.groups {
            for (answer, counts) in cube.of(group) {
                atoms.insert((group, *answer), i64::try_from(counts[need.unit]).unwrap());
            }
        }
        let before = atoms.clone();
        for (moved, amount) in moves {
            let answers = [moved.answer, moved.other];
            assert!(answers.iter().all(|&answer| is_possible(&cube, &indicators, answer)), "{need:?}");
            for (group, first, added) in moved.corners() {
                *atoms.entry((group, moved.answer(first))).or_default() +=
                    if added { *amount as i64 } else { -(*amount as i64) };
            }
        }
        assert!(atoms.values().all(|&n| n >= 0), "nobody is taken from where nobody is: {need:?}");
        let large = counted(&cube, &atoms, need.row, |answer| is_of(&cube, need.of, answer));
        assert!(large >= i64::try_from(rule.threshold).unwrap(), "{need:?} is {large} after its moves");
        for row in 0..cube.rows() {
            for (p, m) in (0..profiles.len()).flat_map(|p| (0..indicators.measures.len()).map(move |m| (p, m))) {
                let at = At { profile: p, measure: m, ..cube.at(row) };
                let hides = hidden.of(at);
                let bit = cube.bit(p, m);
                let shown = [
                    (hides.total, Of::Total),
                    (hides.covered, Of::Covered(bit)),
                    (hides.missing, Of::Missing(bit)),
                    (hides.unmatched, Of::Unmatched),
                ];
                for (_, of) in shown.into_iter().filter(|(hides, _)| !hides) {
                    let wanted = |answer| is_of(&cube, of, answer);
                    let (was, is) = (counted(&cube, &before, row, wanted), counted(&cube, &atoms, row, wanted));
                    assert_eq!(was, is, "{of:?} of row {row} is shown and changes with {need:?}");
                }
            }
        }
    }
    for at in indicators.positions() {
        let (figure, hides) = (indicators.figure(at), hidden.of(at));
        let small = |count: u64| (1..rule.threshold).contains(&count);
        assert!(hides.total || !small(figure.total));
        assert!(hides.covered || !small(figure.covered));
        assert!(hides.missing || !small(figure.missing));
        assert!(hides.unmatched || !small(figure.unmatched));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_small_count_could_as_well_be_large(spots in spots()) {
        hold_to_the_guarantee(&spots, Rule::default());
    }

    #[test]
    fn zeros_too_when_asked_for(spots in spots()) {
        hold_to_the_guarantee(&spots, Rule { threshold: 3, protect_zeros: true });
    }
}

#[test]
fn a_study_without_small_counts_is_shown_whole() {
    let spots: Vec<Spot> = (0..3)
        .flat_map(|municipality| (0..3).map(move |settlement| (municipality, settlement)))
        .flat_map(|(municipality, settlement)| {
            let links = move |n: usize| if n < 5 { Some(vec![(3, true)]) } else { Some(Vec::new()) };
            (0..10).flat_map(move |n| [0, 1].map(|c| (municipality, settlement, c, links(n), 1)))
        })
        .collect();
    let (frame, tally, indicators) = study(&spots);
    let hidden = suppress(&tally, &frame, &profiles(), &indicators, Rule::default(), &[]);
    assert_eq!(hidden.extent().0, 0);
}

#[test]
fn a_study_of_fewer_than_the_threshold_is_not_shown_at_all() {
    let spots: Vec<Spot> = vec![(0, 0, 0, Some(vec![(0, true)]), 2)];
    let (frame, tally, indicators) = study(&spots);
    let hidden = suppress(&tally, &frame, &profiles(), &indicators, Rule::default(), &[]);
    assert!(hidden.of(At::default()).total);
}
