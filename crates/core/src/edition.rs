//! Editions: what may be said in public of a study whose outcome is known.
//!
//! `docs/methods/editions.md` says the rules in words.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    aid::Aid,
    area::Level,
    assessment::assess,
    comparison,
    diagnostic::{Action, DiagnosticCount},
    indicator::{TOTAL, evaluate},
    measure::Measure,
    network::Networks,
    official::{Counts, Official},
    outcome::{Input, Outcome, Provenance},
    profile::Profile,
    reconcile::{Comparison, Reconciliation},
    safety::Safety,
    secrecy::Secrecy,
    service::{Link, Reach, Services},
    settlement::Settlement,
    study::Frame,
    suppress::{Rule, suppress},
    tally::Tally,
    timetable::Timetable,
};

/// How many secret sources must stand behind a figure before none of them is singled out by it.
///
/// With two, each could take away its own part and would know the other's.
pub const CONTRIBUTORS: usize = 3;

/// What the outcome alone does not say of the study's sources.
#[derive(Debug, Clone, Default)]
pub struct Tags {
    /// Which inputs, by number, each service in each way of reaching comes from.
    pub origins: BTreeMap<Link, BTreeSet<u16>>,
    /// How secret the source of each level of areas is.
    pub levels: Vec<Secrecy>,
    /// How secret the borders of settlements are.
    pub settlements: Secrecy,
}

/// The public edition of an outcome: everything that may not be said is not in it.
#[must_use]
pub fn public(outcome: &Outcome, tally: &Tally, tags: &Tags, rule: Rule) -> Outcome {
    // Places without a position are few everywhere, and most of them are unmatched. As a class of their own they would take
    // much else with them.
    let tally = tally.recoded(|class| if class == Settlement::Unknown { Settlement::Outside } else { class });
    let all = &outcome.indicators;
    let all = &evaluate(&tally, &outcome.frame, &all.profiles, &all.measures);
    let withheld = withheld(outcome, &tags.origins);
    let everywhere = |measure: &usize| (0..all.profiles.len()).all(|p| withheld.contains(&(p, *measure)));
    let measures: Vec<usize> = (0..all.measures.len()).filter(|measure| !everywhere(measure)).collect();
    let secrecy_of = |level: usize| tags.levels.get(level).copied().unwrap_or_default();
    let secret = |key: &str| {
        let level = outcome.frame.levels.iter().position(|level| level.key == key);
        level.is_some_and(|level| secrecy_of(level) == Secrecy::Secret)
    };
    let areas: Vec<usize> =
        (0..all.areas.len()).filter(|&a| all.areas[a].level == TOTAL || !secret(&all.areas[a].level)).collect();
    let narrowed = all.narrowed(&areas, tags.settlements != Secrecy::Secret, &measures);
    let withheld: Vec<(usize, usize)> = measures
        .iter()
        .enumerate()
        .flat_map(|(new, &old)| (0..all.profiles.len()).map(move |profile| (profile, new, old)))
        .filter(|&(profile, _, old)| withheld.contains(&(profile, old)))
        .map(|(profile, new, _)| (profile, new))
        .collect();
    let hidden = suppress(&tally, &outcome.frame, &all.profiles, &narrowed, rule, &withheld);
    let indicators = narrowed.without(hidden, rule.threshold);
    // What is published of the country is known anyway, and rests on none of the study's places.
    let reconciliation = countries(outcome);
    let behind = behind(outcome, &tags.origins, &reconciliation);
    let levels = outcome.frame.levels.iter().enumerate().map(|(l, level)| public_level(level, secrecy_of(l)));
    Outcome {
        name: outcome.name.clone(),
        notice: outcome.notice.clone(),
        frame: Frame {
            levels: levels.collect(),
            services: Services::default(),
            settlements: indicators.settlements.len() > 1,
            ..outcome.frame.clone()
        },
        assessments: assess(&indicators, &outcome.goals),
        goals: outcome.goals.clone(),
        // Suppression does not look at these counts.
        aid: Aid::default(),
        diagnostics: public_findings(outcome, rule, &behind),
        // Suppression does not guard what denominators are made of, and where an official figure lies says how many are unmatched.
        reconciliation,
        safety: Safety::default(),
        // Nor does it look at what scenarios move.
        scenarios: comparison::Comparison::default(),
        plans: crate::outcome::Plans::default(),
        // What two networks reach bounds what both do, and one network's places are what one source says: neither is guarded.
        networks: Networks::default(),
        timetable: Timetable::default(),
        provenance: Provenance {
            inputs: behind.iter().map(|&input| public_input(&outcome.provenance.inputs[input])).collect(),
            ..outcome.provenance.clone()
        },
        settlement_vintages: outcome.settlement_vintages.clone(),
        edition: Some(rule),
        indicators,
    }
}

/// Profiles × measures, by index, that would single out a secret source.
///
/// A technology, open networks, or a number of operators or owners tell networks apart, so they are withheld when any of their
/// networks is secret and fewer than [`CONTRIBUTORS`] are. Any service at all, and speeds, are about all networks together, so they
/// are withheld only when no network behind them is other than secret.
fn withheld(outcome: &Outcome, origins: &BTreeMap<Link, BTreeSet<u16>>) -> BTreeSet<(usize, usize)> {
    let Outcome { indicators, frame, .. } = outcome;
    let inputs = &outcome.provenance.inputs;
    let is_secret = |source: &u16| inputs.get(usize::from(*source)).is_some_and(|i| i.secrecy == Secrecy::Secret);
    let stands_behind = |profile: &Profile, measure: Measure, link: Link| {
        let service = frame.services.get(link.service);
        // One operator alone is part of the number of operators too.
        let has = is_number(measure) || measure.is_met_by(service, profile);
        has && with_near(link).any(|link| profile.counts(link, &frame.services, frame.as_of))
    };
    let mut withheld = BTreeSet::new();
    for (p, profile) in indicators.profiles.iter().enumerate() {
        for (m, &measure) in indicators.measures.iter().enumerate() {
            let links = origins.iter().filter(|(link, _)| stands_behind(profile, measure, **link));
            let sources: BTreeSet<u16> = links.flat_map(|(_, sources)| sources).copied().collect();
            let secret = sources.iter().filter(|source| is_secret(source)).count();
            let tells_apart = is_number(measure) || matches!(measure, Measure::Technology(_) | Measure::OpenAccess);
            if secret > 0 && secret < CONTRIBUTORS && (tells_apart || secret == sources.len()) {
                withheld.insert((p, m));
            }
        }
    }
    withheld
}

/// Whether a measure is about how many operators or owners there are.
const fn is_number(measure: Measure) -> bool {
    matches!(measure, Measure::Operators(_) | Measure::Owners(_) | Measure::SingleOwner)
}

/// The inputs that any published number rests on, by number: no projects and costs, since no plan is published; of official figures
/// those of the country; and no networks of which nothing counts under any definition, such as proposals.
fn behind(outcome: &Outcome, origins: &BTreeMap<Link, BTreeSet<u16>>, official: &Reconciliation) -> Vec<usize> {
    let Outcome { indicators, frame, .. } = outcome;
    let counts = |link: Link| {
        let counts = |link| indicators.profiles.iter().any(|p| p.counts(link, &frame.services, frame.as_of));
        with_near(link).any(counts)
    };
    let (mut counted, mut idle) = (BTreeSet::new(), BTreeSet::new());
    for (&link, sources) in origins {
        (if counts(link) { &mut counted } else { &mut idle }).extend(sources.iter().map(|&source| usize::from(source)));
    }
    let rests = |number: usize, input: &Input| match input.role.as_str() {
        "projects" | "unit-costs" => false,
        "official" => official.comparisons.iter().any(|comparison| comparison.official.source == input.source),
        _ => counted.contains(&number) || !idle.contains(&number),
    };
    let inputs = outcome.provenance.inputs.iter().enumerate();
    inputs.filter(|&(number, input)| rests(number, input)).map(|(number, _)| number).collect()
}

/// A link, and what it makes of places near by: who is connected makes others near.
fn with_near(link: Link) -> impl Iterator<Item = Link> {
    let near = Link { reach: Reach::Near, ..link };
    [Some(link), (link.reach == Reach::Connected).then_some(near)].into_iter().flatten()
}

/// Of official figures the country's alone, where every file of them is open.
fn countries(outcome: &Outcome) -> Reconciliation {
    let inputs = &outcome.provenance.inputs;
    if inputs.iter().any(|input| input.role == "official" && input.secrecy != Secrecy::Open) {
        return Reconciliation::default();
    }
    let country = |comparison: &Comparison| Comparison {
        official: Official { values: BTreeMap::new(), history: Vec::new(), ..comparison.official.clone() },
        reasons: Vec::new(),
        lines: Vec::new(),
        without: Vec::new(),
    };
    let of_country = |comparison: &&Comparison| {
        let Official { country, definition, .. } = &comparison.official;
        country.is_some() && definition.counts == Counts::Share
    };
    let known = outcome.reconciliation.comparisons.iter().filter(of_country);
    Reconciliation { denominators: Vec::new(), comparisons: known.map(country).collect() }
}

/// A level's names are rows of its source, and so are its borders.
fn public_level(level: &Level, secrecy: Secrecy) -> Level {
    let mut level = level.clone();
    match secrecy {
        Secrecy::Open => {}
        Secrecy::Internal => level.areas.iter_mut().for_each(|area| area.geometry = None),
        Secrecy::Secret => level.areas.clear(),
    }
    level
}

/// What was read, without what nobody may know of it. Rows are counts of places too, so they stand for open polygons only.
fn public_input(input: &Input) -> Input {
    let counts_places = matches!(input.role.as_str(), "places" | "offers" | "review");
    let mut input = input.clone();
    if input.secrecy != Secrecy::Open || counts_places {
        (input.rows, input.used, input.bytes) = (0, 0, 0);
    }
    if input.secrecy == Secrecy::Secret {
        input.path = String::new();
        input.sha256 = String::new();
        (input.crs, input.source, input.licence) = (None, None, None);
    }
    input
}

/// Findings with their numbers, which are 0 where they are kept back; those of secret sources are left out, and those of sources that
/// are not among those `behind` what is published, by whose numbers the others are told.
fn public_findings(outcome: &Outcome, rule: Rule, behind: &[usize]) -> Vec<DiagnosticCount> {
    let secrecy = |count: &DiagnosticCount| {
        let input = outcome.provenance.inputs.get(usize::from(count.source));
        input.map_or(Secrecy::Secret, |input| input.secrecy)
    };
    let number = |count: &DiagnosticCount| {
        let number = behind.iter().position(|&input| input == usize::from(count.source))?;
        u16::try_from(number).ok()
    };
    let counts = outcome.diagnostics.iter().filter(|count| secrecy(count) != Secrecy::Secret);
    counts
        .filter_map(|count| {
            let source = number(count)?;
            // The unmatched are a figure, and findings would say how many there are.
            let kept_back = count.rows < rule.threshold || count.action == Action::Unmatched;
            Some(DiagnosticCount { source, rows: if kept_back { 0 } else { count.rows }, ..count.clone() })
        })
        .collect()
}
