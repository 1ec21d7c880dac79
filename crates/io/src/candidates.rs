//! The candidates of a study: which places lack the speed, where the network is, and what each candidate would cost.

use std::{collections::BTreeMap, io};

use nittio_core::{
    candidate::{self, At, Candidate, Fate, Points, Reason, Roads, Rules, Spots},
    measure::Best,
    place::MISSING,
    plan::Cost,
    profile::Profile,
    quantity::{Kronor, Metres, Speed},
    secrecy::Secrecy,
    service::{Link, Technology},
    study::ScaledUnit,
};
use toml::Spanned;

use crate::{
    ingest::{self, Opened},
    join::{JoinError, Joined, Rows},
    study_file::{
        FileSource, candidates::CandidateSettings, defaults, error::StudyFileError, load::At as Way, plans::KindCosts,
    },
};

/// Candidates, and all that is said of them.
#[derive(Debug)]
pub struct Candidates {
    /// How they were made.
    pub rules: Rules,
    /// The speed that their places lack.
    pub lacks: Speed,
    /// The key of the definition of access.
    pub definition: String,
    /// The level of areas, by its index in the frame; `None` when the study has none.
    pub level: Option<usize>,
    /// What routes begin at, in words.
    pub network: String,
    /// What routes follow, where there are roads.
    pub roads: Option<Followed>,
    /// The technology that they are written with.
    pub technology: Technology,
    /// The download speed that they are written with.
    pub down: Speed,
    /// Which unit costs they have.
    pub kind: Option<String>,
    /// The units of the study, places first.
    pub units: Vec<ScaledUnit>,
    /// The candidates.
    pub list: Vec<Listed>,
    /// What became of all places that lack the speed, by area and reason; `None` for those in a candidate.
    pub account: BTreeMap<(Option<u32>, Option<Reason>), Vec<u64>>,
}

/// A file of roads.
#[derive(Debug)]
pub struct Followed {
    /// Where it is, as the study file says it.
    pub path: String,
    /// How many rows it has.
    pub rows: u64,
    /// How many of them are no roads, and were dropped.
    pub dropped: u64,
    /// How many ends of roads miss another road by so little that they were joined to it.
    pub mended: usize,
}

/// A candidate, and what it comes to.
#[derive(Debug)]
pub struct Listed {
    /// What it is.
    pub candidate: Candidate,
    /// The name by which tables and outlines are joined.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// What its places come to, per unit.
    pub sums: Vec<u64>,
    /// What it costs, where unit costs are given.
    pub cost: Option<Kronor>,
}

impl Listed {
    /// What each of so many costs, rounded up to whole kronor; `None` without a cost, or when there are none.
    #[must_use]
    pub fn cost_per(&self, count: u64) -> Option<u64> {
        self.cost.filter(|_| count > 0).map(|cost| cost.ore().div_ceil(100 * count))
    }
}

/// Places that lack the speed, and where the network is.
struct Gathered {
    spots: Spots,
    /// Per spot and unit besides places.
    values: Vec<u64>,
    network: Vec<At>,
}

/// Finds the candidates of a study of which the places have been joined and kept; they are used up.
///
/// # Errors
/// When a setting cannot be followed, there is no network that routes could begin at, or a temporary file cannot be read.
pub fn find(opened: &Opened<'_>, joined: &mut Joined) -> Result<Candidates, JoinError> {
    let file = opened.file();
    let settings = file.candidates.clone().unwrap_or_default();
    let wrong = |key: &str, message: &str, help: &str| -> StudyFileError {
        let span = opened.loaded().span_of(&[Way::Key("candidates"), Way::Key(key)]);
        opened.loaded().error_at(span, message, Some(help))
    };
    let goals = &opened.study.goals;
    let first = defaults::report_goal(file, goals).and_then(|goal| goal.steps.first()).map(|step| step.down);
    let said = settings.lacks.as_ref().map(|speed| *speed.get_ref());
    let Some(lacks) = said.or(first) else {
        let help = "write, for example:\n[candidates]\nlacks = \"100 Mbit/s\"";
        return Err(wrong("lacks", "the study has no goal, so nothing says which speed places lack", help).into());
    };
    let profiles = &opened.study.profiles;
    let base = settings.base.as_ref().and_then(|key| profiles.iter().find(|profile| profile.key == *key.get_ref()));
    let Some(profile) = base.or_else(|| profiles.first()) else {
        return Err(wrong("base", "the study has no definition of access", "").into());
    };
    let key = settings.level.as_ref().map(|level| level.get_ref().as_str()).or_else(|| defaults::report_level(file));
    let level = key.and_then(|key| joined.frame.levels.iter().position(|level| level.key == key));
    let mut rules = settings.rules();
    rules.within_areas &= level.is_some();

    let technologies = settings.network_technologies();
    let Some(rows) = joined.rows.take() else {
        return Err(io::Error::other("the places were not kept").into());
    };
    let mut gathered = gather(rows, joined, (profile, lacks), level, &technologies)?;
    let network = if let Some(path) = &settings.network {
        let points = ingest::shapes::points(opened.reading(), path, "network")?;
        gathered.network = points.into_iter().filter_map(|at| millimetres(at.x, at.y)).collect();
        format!("the points of {}", path.get_ref())
    } else {
        let words: Vec<&str> = technologies.iter().map(|technology| technology.key()).collect();
        format!("places that have {lacks} by {}", words.join(" or "))
    };
    if gathered.network.is_empty() && gathered.spots.at.iter().any(Option::is_some) {
        let message = format!("routes begin at the nearest network, and there is none: {network}");
        let help =
            "name other technologies, or points: network_technologies = [\"wired\"], or network = \"noder.gpkg\"";
        return Err(wrong("network", &message, help).into());
    }
    refuse_degrees(opened, &gathered.spots)?;

    let (roads, followed) = settings.road_file().map(|file| follow(opened, &file)).transpose()?.unzip();
    let found = candidate::find(&gathered.spots, &Points::new(gathered.network), roads.as_ref(), &rules);
    let units = joined.frame.units.clone();
    let more = units.len() - 1;
    let mut sums = vec![vec![0; units.len()]; found.candidates.len()];
    let mut account: BTreeMap<(Option<u32>, Option<Reason>), Vec<u64>> = BTreeMap::new();
    for (spot, fate) in found.fates.iter().enumerate() {
        let reason = if let Fate::LeftOut(reason) = fate { Some(*reason) } else { None };
        let add = |to: &mut Vec<u64>| {
            to[0] += 1;
            to[1..].iter_mut().zip(&gathered.values[spot * more..]).for_each(|(sum, value)| *sum += value);
        };
        add(account.entry((gathered.spots.area[spot], reason)).or_insert_with(|| vec![0; units.len()]));
        if let Fate::In(number) = fate {
            add(&mut sums[*number]);
        }
    }
    let costs = costs(opened, &settings)?;
    let mut numbers: BTreeMap<Option<u32>, usize> = BTreeMap::new();
    let list = found.candidates.into_iter().zip(sums).map(|(candidate, sums)| {
        let number = numbers.entry(candidate.area).or_default();
        *number += 1;
        let area = level.zip(candidate.area).map(|(level, area)| &joined.frame.levels[level].areas[area as usize]);
        let (code, name) = area.map_or(("", ""), |area| (area.code.as_str(), area.name.as_str()));
        let parts = |first: &str, other: &str| format!("{} {number:02}", if first.is_empty() { other } else { first });
        let cost = costs.as_ref().map(|costs| Cost { length: metres_up(candidate.route), ..*costs }.total(sums[0]));
        Listed { key: parts(code, "K").replace(' ', "-"), name: parts(name, code), candidate, sums, cost }
    });
    Ok(Candidates {
        list: list.collect(),
        rules,
        lacks,
        definition: profile.key.clone(),
        level,
        network,
        roads: followed,
        technology: settings.technology.unwrap_or(Technology::Fibre),
        down: settings.down.as_ref().map_or(lacks, |down| *down.get_ref()),
        kind: settings.kind.map(Spanned::into_inner),
        units,
        account,
    })
}

/// Whole metres, rounded up, as tables have them.
#[must_use]
pub fn metres_up(length: Metres) -> Metres {
    Metres::from_millimetres(length.millimetres().div_ceil(1000) * 1000)
}

fn gather(
    rows: Rows,
    joined: &Joined,
    (profile, lacks): (&Profile, Speed),
    level: Option<usize>,
    technologies: &[Technology],
) -> io::Result<Gathered> {
    let frame = &joined.frame;
    let has = |links: &[Link]| Best::of(links, profile, &frame.services, frame.as_of).down >= Some(lacks);
    // What is asked about a place is asked once about its kind: whether it lacks the speed, and whether it is of the network.
    let kinds: Vec<(bool, bool)> = joined
        .kinds
        .iter()
        .map(|kind| {
            let Some(links) = kind.links.as_deref() else { return (false, false) };
            let by = |link: &&Link| technologies.contains(&frame.services.get(link.service).technology);
            let of_network: Vec<Link> = links.iter().filter(by).copied().collect();
            (!has(links), has(&of_network))
        })
        .collect();
    let mut gathered = Gathered { spots: Spots::default(), values: Vec::new(), network: Vec::new() };
    rows.each(&mut |row| {
        let (lacks, network) = kinds[row.kind as usize];
        let at = millimetres(row.easting, row.northing);
        if lacks {
            let kind = &joined.kinds[row.kind as usize];
            gathered.spots.push(at, level.and_then(|level| kind.areas[level]), kind.settlement);
            gathered.values.extend(row.units.iter().map(|&value| if value == MISSING { 0 } else { value }));
        }
        gathered.network.extend(at.filter(|_| network));
        Ok(())
    })?;
    Ok(gathered)
}

/// Roads, and what is said of their file.
fn follow(opened: &Opened<'_>, file: &FileSource) -> Result<(Roads, Followed), StudyFileError> {
    let path = &file.path;
    let mut pieces: Vec<[At; 2]> = Vec::new();
    let (rows, dropped) = ingest::shapes::lines(opened.reading(), file, "roads", |lines| {
        let before = pieces.len();
        for line in lines {
            let mut last = None;
            for vertex in line.coords() {
                let Some(at) = millimetres(vertex.x, vertex.y) else {
                    pieces.truncate(before);
                    return Err(format!("a vertex is farther away than any on Earth: ({}, {})", vertex.x, vertex.y));
                };
                pieces.extend(last.replace(at).filter(|last| *last != at).map(|last| [last, at]));
            }
        }
        if pieces.len() == before { Err("the line has no length".to_owned()) } else { Ok(()) }
    })?;
    if pieces.is_empty() {
        let message = format!("{:?} has no roads: none of its {rows} rows is a line with a length", path.get_ref());
        let help = "name a file of lines, or leave out roads: routes are straight lines then";
        return Err(opened.loaded().error_at(path.span(), message, Some(help)));
    }
    let (roads, mended) = Roads::new(pieces).mended();
    Ok((roads, Followed { path: path.get_ref().clone(), rows, dropped, mended }))
}

#[expect(clippy::cast_possible_truncation, reason = "bounded before")]
fn millimetres(easting: f64, northing: f64) -> Option<At> {
    // Farther away than any coordinate on Earth in any unit, distances could not be squared.
    let whole = |metres: f64| (metres.abs() < 1e12).then(|| (metres * 1000.0).round() as i64);
    Some([whole(easting)?, whole(northing)?])
}

fn refuse_degrees(opened: &Opened<'_>, spots: &Spots) -> Result<(), StudyFileError> {
    let crs = &opened.about().crs;
    let degrees = |&[x, y]: &At| x.abs() <= 180_000 && y.abs() <= 90_000;
    let mut placed = spots.at.iter().flatten().peekable();
    if crs.get_ref() == "as-is" && placed.peek().is_some() && placed.all(degrees) {
        let message =
            "reach and routes are in metres, and the coordinates of all places that lack the speed look like degrees";
        let help = "give the study a projected CRS, for example: crs = \"EPSG:3006\"";
        return Err(opened.loaded().error_at(crs.span(), message, Some(help)));
    }
    Ok(())
}

/// What a candidate costs but for its length; refused where a cost is missing.
fn costs(opened: &Opened<'_>, settings: &CandidateSettings) -> Result<Option<Cost>, StudyFileError> {
    let (Some(path), Some(kind)) = (&settings.unit_costs, &settings.kind) else { return Ok(None) };
    let costs = ingest::projects::costs_in(opened.reading(), path, Secrecy::Internal)?;
    let wrong = |message: String, help: &str| opened.loaded().error_at(kind.span(), message, Some(help));
    let Some(of_kind) = costs.kinds.get(kind.get_ref()) else {
        let known: Vec<&str> = costs.kinds.keys().map(String::as_str).collect();
        let message = format!("there are no unit costs for {:?}; there are for {}", kind.get_ref(), known.join(", "));
        return Err(wrong(message, "name one of them, or add it to the file"));
    };
    let &KindCosts { fixed, per_passed, per_connected, connected, per_metre, .. } = of_kind;
    let Some(per_metre) = per_metre else {
        let message = format!("candidates have a length, and {:?} does not say what a metre costs", kind.get_ref());
        return Err(wrong(message, "write per_metre in the file of unit costs; \"0 kr\" if nothing"));
    };
    if per_connected.is_some_and(|sum| sum > Kronor::default()) && connected.is_none() {
        let message = format!("what is connected costs, and {:?} does not say how many are", kind.get_ref());
        return Err(wrong(message, "write connected in the file of unit costs, for example: connected = \"60 %\""));
    }
    Ok(Some(Cost {
        fixed: fixed.unwrap_or_default(),
        per_passed: per_passed.unwrap_or_default(),
        per_connected: per_connected.unwrap_or_default(),
        connected: connected.unwrap_or_default(),
        per_metre,
        length: Metres::default(),
    }))
}
