//! `candidates.gpkg`, `candidates.csv`, `candidates-account.csv`: projects that are proposed, for a planner to look at and change. For
//! the internal edition only: their outlines say where places lie.
//!
//! | file | what |
//! |---|---|
//! | `candidates.gpkg` | outlines and routes, two layers, to be drawn on and named under `[[footprints]]` |
//! | `candidates.csv` | a row per candidate, to be named under `[[projects]]` |
//! | `candidates-account.csv` | what became of every place that lacks the speed, area by area |
//!
//! `docs/formats.md` says what the columns mean.

use std::{
    io::{self, Write},
    path::Path,
};

use geo::{BoundingRect, Coord, LineString, Rect};
use nittio_core::{
    area::Area,
    candidate::{At, Reason, RoadRoute},
    outcome::Outcome,
    quantity::Metres,
    service::Status,
};
use rusqlite::types::Value;

use super::{
    area_columns::Names,
    error,
    error::WriteError,
    geopackage,
    geopackage::Features,
    manifest, number,
    staging::{MANIFEST, Staging},
    style,
};
use crate::candidates::{Candidates, Listed, metres_up};

/// Outlines and routes.
pub const LAYERS: &str = "candidates.gpkg";

/// The table of candidates.
pub const TABLE: &str = "candidates.csv";

/// What became of every place that lacks the speed.
pub const ACCOUNT: &str = "candidates-account.csv";

/// Writes the three files into the staging.
///
/// # Errors
/// When a file cannot be written; nothing is then changed in the output folder.
pub fn all(staging: &Staging, found: &Candidates, outcome: &Outcome) -> Result<(), WriteError> {
    staging.write(TABLE, |file| table(file, found, outcome))?;
    staging.write(ACCOUNT, |file| account(file, found, outcome))?;
    let path = staging.path(LAYERS)?;
    layers(&path, found, outcome).map_err(|error| staging.failed(LAYERS, &error))
}

/// How the candidates were made, in one line.
#[must_use]
pub fn rules(found: &Candidates) -> String {
    let rules = &found.rules;
    let within = if rules.within_areas { "within areas" } else { "across borders" };
    let by_class = if rules.by_class { ", one settlement class in each" } else { "" };
    let route = match &found.roads {
        Some(roads) => format!("on the roads of {}, and {} % of straight lines off them", roads.path, rules.detour),
        None if rules.detour == 100 => {
            "100 % of straight lines (straight lines, the shortest a route can be)".to_owned()
        }
        None => format!("{} % of straight lines", rules.detour),
    };
    format!(
        "places that lack {} by {}, at most {} apart, {} to {} together, {within}{by_class}; routes from {}, {route}",
        found.lacks, found.definition, rules.reach, rules.least, rules.most, found.network
    )
}

/// What became of the file of roads, and how many routes leave them, in one sentence; nothing where there are none.
#[must_use]
pub fn roads(found: &Candidates) -> Option<String> {
    let roads = found.roads.as_ref()?;
    let off = || found.list.iter().filter_map(|listed| listed.candidate.on_roads.as_ref()).map(|route| route.off_road);
    let leaving = off().filter(|off| *off > Metres::default()).count();
    let sum = metres_up(Metres::from_millimetres(off().map(Metres::millimetres).sum()));
    let dropped = match roads.dropped {
        0 => String::new(),
        dropped => format!(" ({dropped} of its {} rows are no roads and were dropped)", roads.rows),
    };
    let off = format!("{leaving} of {} have straight lines where no road leads, {sum} in all", found.list.len());
    let mended = match roads.mended {
        0 => String::new(),
        ends => {
            format!("; {ends} of their ends, which miss another road by at most 10 cm or lie on one, were joined to it")
        }
    };
    Some(format!("routes follow {}{dropped}; {off}{mended}", roads.path))
}

/// Whether a folder holds results of nittio that are no candidates; they would be taken for old ones, and removed.
#[must_use]
pub fn is_taken(output: &Path) -> bool {
    let old = std::fs::read(output.join(MANIFEST)).map(|bytes| manifest::old_outputs(&bytes)).unwrap_or_default();
    old.iter().any(|old| ![LAYERS, TABLE, ACCOUNT].contains(&old.name.as_str()))
}

/// What became of all places that lack the speed, in one sentence.
#[must_use]
pub fn summary(found: &Candidates) -> String {
    let of = |reason| found.account.iter().filter(|((_, r), _)| *r == reason).map(|(_, sums)| sums[0]).sum::<u64>();
    let all: u64 = found.account.values().map(|sums| sums[0]).sum();
    let left = Reason::ALL.map(|reason| (reason, of(Some(reason)))).into_iter().filter(|(_, count)| *count > 0);
    let left: Vec<String> = left.map(|(reason, count)| format!("{count} {}", reason.key())).collect();
    let left = if left.is_empty() { "none left out".to_owned() } else { format!("left out: {}", left.join(", ")) };
    format!("{all} places lack {}: {} in {} candidates; {left}", found.lacks, of(None), found.list.len())
}

/// What a study file says to take the candidates back.
#[must_use]
pub fn snippet(found: &Candidates) -> String {
    let costs = match &found.kind {
        Some(_) => {
            "kind = { column = \"kind\" }\nunit_costs = \"unit-costs.toml\"\nlength = { column = \"length_m\" }\n"
        }
        None => "",
    };
    format!(
        "[[footprints]]\npath = \"{LAYERS}\"\nlayer = \"candidates\"\noperator = \"…\"\nname = \"name\"\n\
         technology = {{ column = \"technology\" }}\ndown = {{ column = \"down_mbps\" }}\nstatus = {{ column = \"status\" }}\n\
         project = {{ column = \"project\" }}\nsecrecy = \"internal\"\n\n[[projects]]\npath = \"{TABLE}\"\nproject = \"project\"\nname = \"name\"\n{costs}"
    )
}

/// A column: its name, its type as SQLite has it, and what a candidate has.
type Column<'a> = (String, &'static str, Box<dyn Fn(&Listed) -> Value + 'a>);

fn columns<'a>(found: &'a Candidates, outcome: &'a Outcome) -> Vec<Column<'a>> {
    let mut names = Names::default();
    let mut columns: Vec<Column<'a>> = Vec::new();
    let mut add = |name: &str, kind: &'static str, of: Box<dyn Fn(&Listed) -> Value + 'a>| {
        columns.push((names.unique(name), kind, of));
    };
    let area = |listed: &Listed| area(found, outcome, listed.candidate.area);
    let integer = |count: u64| Value::Integer(number::signed(count));
    let maybe = |count: Option<u64>| count.map_or(Value::Null, |count| Value::Integer(number::signed(count)));
    let word = |text: &str| Value::Text(text.to_owned());
    add("project", "TEXT", Box::new(move |listed| word(&listed.key)));
    add("name", "TEXT", Box::new(move |listed| word(&listed.name)));
    if let Some(kind) = &found.kind {
        add("kind", "TEXT", Box::new(move |_| word(kind)));
    }
    add("status", "TEXT", Box::new(move |_| word(Status::Candidate.key())));
    add("technology", "TEXT", Box::new(move |_| word(found.technology.key())));
    add("down_mbps", "REAL", Box::new(move |_| Value::Real(found.down.mbps())));
    if found.level.is_some() {
        add("code", "TEXT", Box::new(move |listed| area(listed).map_or(Value::Null, |area| word(&area.code))));
        add("area", "TEXT", Box::new(move |listed| area(listed).map_or(Value::Null, |area| word(&area.name))));
    }
    if outcome.frame.settlements {
        add("settlement", "TEXT", Box::new(move |listed| word(listed.candidate.class.key())));
    }
    for (u, unit) in found.units.iter().enumerate() {
        let kind = if unit.scale == 1 { "INTEGER" } else { "REAL" };
        let of = move |listed: &Listed| match unit.scale {
            1 => integer(listed.sums[u]),
            scale => Value::Real(number::unscaled(listed.sums[u], scale)),
        };
        add(unit.unit.key(), kind, Box::new(of));
    }
    add("also_inside", "INTEGER", Box::new(move |listed| integer(listed.candidate.also_inside)));
    let whole = move |length| integer(metres_up(length).millimetres() / 1000);
    add("between_m", "INTEGER", Box::new(move |listed| whole(listed.candidate.between)));
    add("to_network_m", "INTEGER", Box::new(move |listed| whole(listed.candidate.to_network)));
    if found.roads.is_some() {
        type Part = fn(&RoadRoute) -> Metres;
        let parts: [(&str, Part); 3] =
            [("road_m", |route| route.on_road), ("drop_m", |route| route.drop), ("off_road_m", |route| route.off_road)];
        for (name, part) in parts {
            let of = move |listed: &Listed| {
                listed.candidate.on_roads.as_ref().map_or(Value::Null, |route| whole(part(route)))
            };
            add(name, "INTEGER", Box::new(of));
        }
    }
    add("length_m", "INTEGER", Box::new(move |listed| whole(listed.candidate.route)));
    if found.kind.is_some() {
        add("cost_kr", "INTEGER", Box::new(move |listed| maybe(listed.cost_per(1))));
        add("cost_kr_per_place", "INTEGER", Box::new(move |listed| maybe(listed.cost_per(listed.sums[0]))));
        let households = found.units.iter().position(|unit| unit.unit.key() == "households");
        if let Some(u) = households {
            add("cost_kr_per_household", "INTEGER", Box::new(move |listed| maybe(listed.cost_per(listed.sums[u]))));
        }
    }
    columns
}

fn area<'a>(found: &Candidates, outcome: &'a Outcome, area: Option<u32>) -> Option<&'a Area> {
    let (level, area) = found.level.zip(area)?;
    outcome.frame.levels[level].areas.get(area as usize)
}

/// Writes the table of candidates.
///
/// # Errors
/// When writing fails.
pub fn table(out: &mut impl Write, found: &Candidates, outcome: &Outcome) -> io::Result<()> {
    let columns = columns(found, outcome);
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record(columns.iter().map(|(name, ..)| name)).map_err(error::of_csv)?;
    for listed in &found.list {
        csv.write_record(columns.iter().map(|(.., of)| text(&of(listed)))).map_err(error::of_csv)?;
    }
    csv.flush()
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Null | Value::Blob(_) => String::new(),
    }
}

/// Writes what became of every place that lacks the speed: what is in candidates, and what was left out and why, area by area.
///
/// # Errors
/// When writing fails.
pub fn account(out: &mut impl Write, found: &Candidates, outcome: &Outcome) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let units = found.units.iter().map(|unit| unit.unit.key().to_owned());
    let heads = ["code", "area", "fate"].map(str::to_owned).into_iter().chain(units);
    csv.write_record(heads).map_err(error::of_csv)?;
    for ((of, reason), sums) in &found.account {
        let area = area(found, outcome, *of);
        let (code, name) = area.map_or(("", ""), |area| (area.code.as_str(), area.name.as_str()));
        let own = [code, name, reason.map_or("in-candidate", |reason| reason.key())].map(str::to_owned);
        let sums = sums.iter().zip(&found.units).map(|(&sum, unit)| match unit.scale {
            1 => sum.to_string(),
            scale => number::unscaled(sum, scale).to_string(),
        });
        csv.write_record(own.into_iter().chain(sums)).map_err(error::of_csv)?;
    }
    csv.flush()
}

fn layers(path: &Path, found: &Candidates, outcome: &Outcome) -> io::Result<()> {
    let columns = columns(found, outcome);
    let as_of = outcome.frame.as_of;
    geopackage::create(path, &outcome.provenance.crs, |connection, srs| {
        let head = |table, geometry| Features {
            table,
            geometry,
            columns: columns.iter().map(|(name, kind, _)| (name.clone(), *kind)).collect(),
            description: rules(found),
            srs,
            as_of,
        };
        let values = |listed: &Listed| columns.iter().map(|(.., of)| of(listed)).collect();
        let outlines = found.list.iter().map(|listed| {
            let outline = &listed.candidate.outline;
            let bounds = outline.bounding_rect();
            (bounds.map(|bounds| (geopackage::polygons(outline), bounds)), values(listed))
        });
        geopackage::features(connection, &head("candidates", "MULTIPOLYGON"), outlines)?;
        let routes = found.list.iter().map(|listed| {
            let lines = route(listed);
            let bounds = bounds(&lines);
            (bounds.map(|bounds| (geopackage::lines(&lines), bounds)), values(listed))
        });
        geopackage::features(connection, &head("routes", "MULTILINESTRING"), routes)?;
        style::table(
            connection,
            &[("candidates".to_owned(), style::outlines()), ("routes".to_owned(), style::routes())],
            as_of,
        )
    })
}

/// The lines of a route: between its places, and last the one to the network; or those on roads, those to them, and those where none leads.
/// Places at one position need none.
fn route(listed: &Listed) -> Vec<Vec<Coord>> {
    let candidate = &listed.candidate;
    if let Some(route) = &candidate.on_roads {
        let straight = route.drops.iter().chain(&route.straight).map(|line| line.to_vec());
        return route
            .roads
            .iter()
            .cloned()
            .chain(straight)
            .map(|line| line.into_iter().map(metres).collect())
            .collect();
    }
    let lines = candidate.lines.iter().chain(&candidate.link).filter(|[from, to]| from != to);
    lines.map(|line| line.map(metres).to_vec()).collect()
}

fn bounds(lines: &[Vec<Coord>]) -> Option<Rect> {
    LineString::new(lines.concat()).bounding_rect()
}

#[expect(clippy::cast_precision_loss, reason = "positions of places, exact below nine million kilometres")]
fn metres(at: At) -> Coord {
    Coord { x: at[0] as f64 / 1000.0, y: at[1] as f64 / 1000.0 }
}
