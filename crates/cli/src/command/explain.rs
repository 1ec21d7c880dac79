//! `nittio explain`: what a figure, a goal, a rule or one place's coverage means.

use std::fmt::Write;

use nittio_core::{
    coverage::{self, Kind},
    explain,
    fixed::Fixed,
    goal::{self, Goal},
    index::CoverageIndex,
    indicator,
    measure::{Best, Measure},
    polygon::Position,
    profile::Profile,
    review::{Decision, Reviewed},
    service::{Link, Reach, Service},
    study::{Frame, Study},
    support::Standing,
};
use nittio_io::ingest::{self, Opened, Reading};

use crate::{
    Answer,
    args::{ExplainArgs, What},
    command::print,
    failure::Failure,
    progress::Terminal,
    project,
};

/// The methods, as their pages say them.
const RULES: [(&str, &str); 28] = [
    ("boundary", include_str!("../../../../docs/methods/boundary.md")),
    ("reach", include_str!("../../../../docs/methods/reach.md")),
    ("near", include_str!("../../../../docs/methods/near.md")),
    ("speeds", include_str!("../../../../docs/methods/speeds.md")),
    ("networks", include_str!("../../../../docs/methods/networks.md")),
    ("state-aid", include_str!("../../../../docs/methods/state-aid.md")),
    ("support", include_str!("../../../../docs/methods/support.md")),
    ("categories", include_str!("../../../../docs/methods/categories.md")),
    ("unmatched", include_str!("../../../../docs/methods/unmatched.md")),
    ("settlement", include_str!("../../../../docs/methods/settlement.md")),
    ("rank", include_str!("../../../../docs/methods/rank.md")),
    ("reconciliation", include_str!("../../../../docs/methods/reconciliation.md")),
    ("safety", include_str!("../../../../docs/methods/safety.md")),
    ("scenarios", include_str!("../../../../docs/methods/scenarios.md")),
    ("plans", include_str!("../../../../docs/methods/plans.md")),
    ("candidates", include_str!("../../../../docs/methods/candidates.md")),
    ("support-ranking", include_str!("../../../../docs/methods/support-ranking.md")),
    ("trends", include_str!("../../../../docs/methods/trends.md")),
    ("goals", include_str!("../../../../docs/methods/goals.md")),
    ("profiles", include_str!("../../../../docs/methods/profiles.md")),
    ("areas", include_str!("../../../../docs/methods/areas.md")),
    ("coordinate-systems", include_str!("../../../../docs/methods/coordinate-systems.md")),
    ("mending-polygons", include_str!("../../../../docs/methods/mending-polygons.md")),
    ("delivery-check", include_str!("../../../../docs/methods/delivery-check.md")),
    ("review", include_str!("../../../../docs/methods/review.md")),
    ("editions", include_str!("../../../../docs/methods/editions.md")),
    ("open-data", include_str!("../../../../docs/methods/open-data.md")),
    ("suppression", include_str!("../../../../docs/methods/suppression.md")),
];

/// Explains one thing, or lists what can be explained.
pub(crate) fn explain(args: &ExplainArgs) -> Result<Answer, Failure> {
    let text = match (args.what, args.name.as_deref()) {
        (What::Rule, name) => rule(name)?,
        (What::Goal, name) => goals(name)?,
        (What::Indicator, name) => indicators(args, name)?,
        (What::Profile, key) => profiles(args, key)?,
        (What::Place, Some(id)) => place(args, id)?,
        (What::Place, None) => return Err(Failure::Said("say which place: nittio explain place ID".to_owned())),
    };
    print(&text)?;
    Ok(Answer::Yes)
}

fn rule(name: Option<&str>) -> Result<String, Failure> {
    let names: Vec<&str> = RULES.iter().map(|(name, _)| *name).collect();
    match name {
        None => Ok(format!("{}\n", names.join("\n"))),
        Some(name) => RULES
            .iter()
            .find(|(rule, _)| *rule == name)
            .map(|(_, page)| (*page).to_owned())
            .ok_or_else(|| Failure::Said(format!("there is no rule {name:?}; there are {}", names.join(", ")))),
    }
}

fn goals(name: Option<&str>) -> Result<String, Failure> {
    let goals = goal::built_in().map_err(|e| Failure::Said(e.to_string()))?;
    let mut out = String::new();
    let Some(name) = name else {
        for goal in &goals {
            let _ = writeln!(out, "{:14} {}", goal.id, goal.name.en);
        }
        return Ok(out);
    };
    let ids: Vec<&str> = goals.iter().map(|goal| goal.id.as_str()).collect();
    let goal = goals
        .iter()
        .find(|goal| goal.id == name)
        .ok_or_else(|| Failure::Said(format!("there is no built-in goal {name:?}; there are {}", ids.join(", "))))?;
    say_goal(goal, &mut out);
    Ok(out)
}

fn say_goal(goal: &Goal, out: &mut String) {
    let units: Vec<&str> = goal.units.iter().map(nittio_core::unit::Unit::key).collect();
    let _ = writeln!(out, "{} ({})\n{}\n", goal.name.en, goal.id, goal.name.sv);
    for step in &goal.steps {
        let _ = writeln!(
            out,
            "By the end of {}, at least {} should have {} down or more.",
            goal.year, step.share, step.down
        );
    }
    let _ = writeln!(out, "Held against: {}, each by itself; met when all of them are.", units.join(", "));
    let _ = writeln!(out, "Met means covered ≥ share × total, in whole units; the unmatched count as not covered.");
    if let Some(source) = &goal.source {
        let parts = [Some(&source.title), source.link.as_ref(), source.date.as_ref()];
        let _ = writeln!(out, "Source: {}", parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(", "));
    }
}

fn profiles(args: &ExplainArgs, key: Option<&str>) -> Result<String, Failure> {
    let progress = Terminal::new();
    let project = project::load(&args.study)?;
    let reading = Reading::new(&project.loaded, &progress)?;
    let study = Opened::new(&reading)?.study;
    let keys: Vec<&str> = study.profiles.iter().map(|profile| profile.key.as_str()).collect();
    let Some(key) = key else { return Ok(format!("{}\n", keys.join("\n"))) };
    let profile = study.profiles.iter().find(|profile| profile.key == key);
    let profile = profile
        .ok_or_else(|| Failure::Said(format!("the study has no definition {key:?}; it has: {}", keys.join(", "))))?;
    Ok(say_profile(profile, &study.frame))
}

/// Rule by rule, what counts under a definition.
fn say_profile(profile: &Profile, frame: &Frame) -> String {
    let mut out = format!("{}\n\n", profile.key);
    let mut say = |what: &str, text: &str| {
        let _ = writeln!(out, "{what:12}{text}");
    };
    let words = |words: Vec<&str>| words.join(", ");
    say("reach", &words(profile.reach.iter().map(|reach| reach.key()).collect()));
    if let (true, Some(near)) = (profile.reach.contains(&Reach::Near), &frame.near) {
        let d = near.distance;
        say(
            "near",
            &format!(
                "at most {} from a connected place in a locality, {} in a smaller locality, {} outside, {} where that is \
                 not known; exactly so far counts",
                d.locality, d.smaller_locality, d.outside, d.unknown
            ),
        );
        say("", &format!("of places connected by {}", words(near.technologies.iter().map(|t| t.key()).collect())));
    }
    match &profile.technologies {
        Some(only) => say("technology", &format!("only {}", words(only.iter().map(|t| t.key()).collect()))),
        None => say("technology", "all"),
    }
    say("day", &format!("in service on {}: the first day is not after it, or not known", frame.as_of));
    match profile.planned_until {
        Some(until) => {
            let statuses = words(profile.planned_status.iter().map(|status| status.key()).collect());
            say("plans", &format!("{statuses}, with a first day that is known and not after {until}"));
        }
        None => say("plans", "do not count"),
    }
    match &profile.order_cost {
        Some(cost) => {
            let unknown =
                if cost.unknown_counts { "a price that is not known counts" } else { "a known price is needed" };
            say("price", &format!("where the place is passed, ordering costs at most {}; {unknown}", cost.at_most));
        }
        None => say("price", "any"),
    }
    match &profile.busy_hour {
        Some(busy) => {
            let unknown = if busy.unknown_counts { "counts as stated" } else { "reaches no threshold" };
            say("busy hour", &format!("half the speed must hold in it; a speed without a statement {unknown}"));
        }
        None => say("busy hour", "speeds are taken as stated"),
    }
    say("border", "a place on the border of a footprint is in it, decided exactly");
    out + "\nSee: nittio explain rule profiles, reach, near, speeds, boundary.\n"
}

fn indicators(args: &ExplainArgs, name: Option<&str>) -> Result<String, Failure> {
    let progress = Terminal::new();
    let project = project::load(&args.study)?;
    let reading = Reading::new(&project.loaded, &progress)?;
    let measures = indicator::measures(&Opened::new(&reading)?.study);
    let keys: Vec<String> = measures.iter().map(ToString::to_string).collect();
    let Some(name) = name else { return Ok(format!("{}\n", keys.join("\n"))) };
    let found = measures.iter().find(|measure| measure.to_string() == name);
    let measure = found
        .ok_or_else(|| Failure::Said(format!("there is no indicator {name:?}; there are: {}", keys.join("; "))))?;
    let meaning = match measure {
        Measure::Covered => "At least one service reaches the place, of whatever speed.".to_owned(),
        Measure::Down(speed) => format!("A service with {speed} down or more reaches the place."),
        Measure::Up(speed) => format!("A service with {speed} up or more reaches the place."),
        Measure::Technology(technology) => format!("A service by {technology} reaches the place."),
        Measure::Operators(n) => format!("Services of at least {n} operators reach the place."),
        Measure::Both { down, up } => {
            format!("One service with {down} down or more and {up} up or more reaches the place.")
        }
        Measure::Symmetrical(speed) => {
            format!("A service with {speed} down or more, and at least as much up as down, reaches the place.")
        }
        Measure::Owners(n) => format!(
            "Services in networks of at least {n} owners reach the place; where no owner is known, the operator is one."
        ),
        Measure::OpenAccess => {
            "A service in an open network, where other providers may sell, reaches the place.".to_owned()
        }
        Measure::SingleOwner => "Services reach the place, and all their networks have one owner.".to_owned(),
    };
    Ok(format!(
        "{name}\n\n{meaning}\n\n\
         total      all units of the row's area, settlement class and category\n\
         covered    units at places of which this is so, under the row's profile\n\
         unmatched  units at places of which it cannot be said (see: nittio explain rule unmatched)\n\
         missing    total − covered − unmatched\n\
         share      covered / total\n\n\
         What counts as reaching is the profile's: see nittio explain rule reach, nittio explain rule profiles.\n"
    ))
}

fn place(args: &ExplainArgs, id: &str) -> Result<String, Failure> {
    let progress = Terminal::new();
    let project = project::load(&args.study)?;
    let ingested = ingest::study(&project.loaded, &progress)?;
    let study = &ingested.study;
    let found = study.places.ids.iter().position(|known| known == id);
    let place = found.ok_or_else(|| {
        let rejected = ingested.diagnostics.iter().find(|d| d.id.as_deref() == Some(id));
        let why = rejected.map(|d| format!(": row {} was dropped, {}", d.at.row, d.message)).unwrap_or_default();
        Failure::Said(format!("no place has the id {id:?}{why}"))
    })?;
    let index = CoverageIndex::build(study);
    let coverage = coverage::join(&index, study, |_| {});
    let said = explain::place(study, &coverage, place);
    let inputs = &ingested.provenance.inputs;
    let mut out = String::new();
    let origin = study.places.origin[place];
    let _ = writeln!(out, "{id}: row {} of {}", origin.row, inputs[usize::from(origin.source)].path);
    match study.places.position(place) {
        Some(at) => {
            let _ = writeln!(out, "At {} {} ({})", at.x, at.y, ingested.provenance.crs);
        }
        None => out.push_str("It has no position.\n"),
    }
    let kind = coverage.of(place);
    for (level, area) in study.frame.levels.iter().zip(kind.areas.iter()) {
        let area = area.map(|area| &level.areas[area as usize]);
        let named = area.map_or_else(|| "none".to_owned(), |a| format!("{} {}", a.code, a.name));
        let _ = writeln!(out, "{}: {named}", level.key);
    }
    if study.frame.settlements {
        let _ = writeln!(out, "settlement: {}", kind.settlement.key());
    }

    let _ = writeln!(out, "\nReached by {} footprints and {} offers", said.footprints.len(), said.offers.len());
    for covering in &said.footprints {
        let footprint = &study.footprints[covering.footprint];
        let how = if covering.position == Position::Boundary { "on the border of" } else { "inside" };
        let name = footprint.name.as_deref().unwrap_or("an unnamed area");
        let file = &inputs[usize::from(footprint.origin.source)].path;
        let _ =
            writeln!(out, "  {how} {name} (row {} of {file}): {}", footprint.origin.row, link(study, footprint.link));
    }
    for &offer in &said.offers {
        let _ = writeln!(out, "  on an offer list: {}", link(study, offer));
    }

    if let Some(reviewed) = study.offers.reviews.of(id) {
        let Reviewed { answer, who, date, comment, at, .. } = reviewed;
        let file = &inputs[usize::from(at.source)].path;
        let _ = write!(out, "  a review decides: {}, says {who} on {date} (row {} of {file})", answer.key(), at.row);
        if let Some(Decision::Reached(service)) = reviewed.decision {
            let reach = coverage.links(place).into_iter().flatten().find(|l| l.service == service).map(|l| l.reach);
            let _ = write!(out, ": {}", link(study, Link { service, reach: reach.unwrap_or(Reach::Passed) }));
        }
        let _ = writeln!(out, "{}", comment.as_ref().map(|comment| format!("; {comment}")).unwrap_or_default());
    }

    for near in &said.near {
        let neighbour = &study.places.ids[near.neighbour];
        let metres = (near.metres * 1000.0).round() / 1000.0;
        let service = link(study, Link { service: near.service, reach: Reach::Near });
        let _ = writeln!(out, "  near {neighbour}, {metres} m away: {service}");
    }

    for (profile, best) in study.profiles.iter().zip(&said.best) {
        let _ = writeln!(out, "\nAs {} on {}", profile.key, study.frame.as_of);
        out.push_str(&match best {
            None => "  unmatched: see nittio explain rule unmatched\n".to_owned(),
            Some(best) => amounts_to(best),
        });
        let not_counted: Vec<Link> = coverage
            .links(place)
            .into_iter()
            .flatten()
            .copied()
            .filter(|&l| !profile.counts(l, &study.frame.services, study.frame.as_of))
            .collect();
        for l in not_counted {
            let _ = writeln!(out, "  does not count: {}", link(study, l));
        }
    }
    money(study, kind, &mut out);
    Ok(out)
}

/// Its class by state-aid rules and how it stands with support, where the study asks.
fn money(study: &Study, kind: &Kind, out: &mut String) {
    let frame = &study.frame;
    if let (Some((class, owners)), Some(rule)) = (study.aid.class(kind, frame), &study.aid.state_aid) {
        let owners = if owners.is_empty() { "none".to_owned() } else { owners.join(", ") };
        let _ = writeln!(out, "\nState aid: {} (nittio explain rule state-aid)", class.key());
        let _ = writeln!(out, "  owners of networks: {owners}; {}", counted(&rule.fixed, frame));
    }
    if let (Some(standing), Some(rule)) = (study.aid.standing(kind, frame), &study.aid.support) {
        let (is, why): (_, Vec<&str>) = match &standing {
            Standing::Eligible(reasons) => ("eligible", reasons.iter().map(|reason| reason.key()).collect()),
            Standing::Not(obstacles) => ("not eligible", obstacles.iter().map(|obstacle| obstacle.key()).collect()),
        };
        let _ = writeln!(out, "\nSupport: {is}, {} (nittio explain rule support)", why.join(", "));
        let _ = writeln!(out, "  {}", counted(&rule.fixed, frame));
    }
}

fn counted(fixed: &Fixed, frame: &Frame) -> String {
    let technologies: Vec<&str> = fixed.technologies.iter().map(|technology| technology.key()).collect();
    let peak = if fixed.peak { " in the busy hour" } else { "" };
    let (down, until) = (fixed.down, fixed.until(frame.as_of));
    format!("what counts is {down} down or more{peak} by {}, there or planned by {until}", technologies.join(", "))
}

fn amounts_to(best: &Best) -> String {
    if !best.covered {
        return "  not covered\n".to_owned();
    }
    let speed =
        |speed: Option<nittio_core::quantity::Speed>| speed.map_or_else(|| "unknown".to_owned(), |s| s.to_string());
    let technologies: Vec<&str> = best.technologies.iter().map(|t| t.key()).collect();
    format!(
        "  covered: {} down, {} up at best; {}; {} operators, {} owners{}\n",
        speed(best.down),
        speed(best.up),
        technologies.join(", "),
        best.operators,
        best.owners,
        if best.open_access { ", open network" } else { "" }
    )
}

fn link(study: &Study, link: Link) -> String {
    let Service {
        operator,
        owner,
        technology,
        down,
        up,
        status,
        available_from,
        open_access,
        project,
        cost,
        busy_down,
    } = study.frame.services.get(link.service);
    let mut text = format!("{operator}, {technology}");
    for (speed, way) in [(down, "down"), (up, "up")] {
        if let Some(speed) = speed {
            let _ = write!(text, ", {speed} {way}");
        }
    }
    let _ = write!(text, ", {}, {}", link.reach.key(), status.key());
    if let Some(day) = available_from {
        let _ = write!(text, " from {day}");
    }
    if let Some(owner) = owner {
        let _ = write!(text, ", owned by {owner}");
    }
    if *open_access == Some(true) {
        text.push_str(", open access");
    }
    if let Some(project) = project {
        let _ = write!(text, ", project {project}");
    }
    if let Some(cost) = cost {
        let _ = write!(text, ", {cost} to order");
    }
    if let Some(busy) = busy_down {
        let _ = write!(text, ", {busy} down in the busy hour");
    }
    text
}
