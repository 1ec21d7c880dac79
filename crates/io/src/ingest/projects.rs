//! Projects that may be built, and what they cost.
//!
//! A cost that nobody has said is not guessed: such a project is left out, counted and told.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use nittio_core::{
    diagnostic::{Action, Finding},
    plan::{Build, Cost, Project},
    quantity::{Kronor, Metres, Share},
    secrecy::Secrecy,
    service::Services,
};

use toml::Spanned;

use super::{
    Reading, StudyFileError,
    mapping::Bound,
    source::{Positions, Source},
};
use crate::{
    read::Batch,
    study_file::plans::{self, KindCosts, ProjectsSource, UnitCosts},
};

/// Reads every table of projects; in the order of their keys.
pub(super) fn read(reading: &Reading<'_>, services: &Services) -> Result<Vec<Project>, StudyFileError> {
    let there: BTreeSet<&str> = services.as_slice().iter().filter_map(|service| service.project.as_deref()).collect();
    let mut all: BTreeMap<String, Project> = BTreeMap::new();
    for entry in &reading.loaded.file.projects {
        let costs = unit_costs(reading, entry)?;
        let mut source = Source::open(reading, &entry.file, "projects")?;
        let columns = Columns::new(&mut source, entry)?;
        source.locate(Positions::None)?;
        source.read(false, |placing, batch| {
            for i in 0..batch.rows.len() {
                let key = batch.columns[columns.project].text(i).map(|text| text.trim().to_owned());
                let Some(key) = key.filter(|key| !key.is_empty()) else {
                    let message = "the row names no project".to_owned();
                    placing.say(batch.rows[i], Finding::UnusableProject, Action::Dropped, None, message);
                    continue;
                };
                let usable = match columns.project(&batch, i, &key, costs.as_ref()) {
                    Ok(_) if !there.contains(key.as_str()) => {
                        Err("no footprint and no offer names this project; what it would bring is not known".to_owned())
                    }
                    Ok(_) if all.contains_key(&key) => {
                        Err("a row before this one is about the same project; that one counts".to_owned())
                    }
                    usable => usable,
                };
                match usable {
                    Ok(project) => {
                        placing.used += 1;
                        all.insert(key, project);
                    }
                    Err(message) => {
                        placing.say(batch.rows[i], Finding::UnusableProject, Action::Dropped, Some(&key), message);
                    }
                }
            }
        })?;
    }
    let plans = reading.loaded.file.plans.iter();
    for name in plans.flat_map(|plan| plan.must.iter().chain(&plan.never)) {
        if !all.contains_key(name.get_ref()) {
            let known: Vec<&str> = all.keys().map(String::as_str).take(12).collect();
            let message = format!("no table of projects has a usable row for {:?}", name.get_ref());
            return Err(reading.at(name, &message, &format!("projects are: {}", known.join(", "))));
        }
    }
    Ok(all.into_values().collect())
}

fn unit_costs(reading: &Reading<'_>, entry: &ProjectsSource) -> Result<Option<UnitCosts>, StudyFileError> {
    let Some(written) = &entry.unit_costs else {
        if entry.kind.is_some() {
            let help = "write, for example: unit_costs = \"unit-costs.toml\"";
            return Err(reading.at(&entry.file.path, "projects are of kinds, and no file says what those cost", help));
        }
        return Ok(None);
    };
    costs_in(reading, written, entry.file.secrecy).map(Some)
}

/// Reads a file of unit costs, and enters it as an input.
pub(crate) fn costs_in(
    reading: &Reading<'_>,
    written: &Spanned<String>,
    secrecy: Secrecy,
) -> Result<UnitCosts, StudyFileError> {
    let path = reading.loaded.resolve(written)?;
    let text = fs::read_to_string(&path)
        .map_err(|error| reading.at(written, &format!("{} cannot be read: {error}", path.display()), ""))?;
    let (sha256, bytes) = super::source::digest_of(text.as_bytes());
    let costs = plans::unit_costs(&text).map_err(|(span, message)| {
        let line = text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1);
        reading.at(
            written,
            &format!("{} line {line}: {message}", path.display()),
            "see docs/methods/plans.md for an example",
        )
    })?;
    let sources: BTreeSet<&str> = costs.kinds.values().map(|kind| kind.source.as_str()).collect();
    let sources: Vec<&str> = sources.into_iter().collect();
    reading.add_input(nittio_core::outcome::Input {
        path: written.get_ref().clone(),
        role: "unit-costs".to_owned(),
        sha256,
        bytes,
        rows: costs.kinds.len() as u64,
        used: costs.kinds.len() as u64,
        crs: None,
        source: Some(format!("{} ({})", sources.join("; "), costs.version)),
        licence: None,
        secrecy,
    });
    Ok(costs)
}

/// The columns of a table of projects.
struct Columns<'a> {
    project: usize,
    name: Option<usize>,
    kind: Bound<'a, String>,
    money: [(&'static str, Bound<'a, Kronor>); 4],
    contribution: Bound<'a, Kronor>,
    sought: Bound<'a, Kronor>,
    connected: Bound<'a, Share>,
    length: Bound<'a, Metres>,
    earliest: Bound<'a, i16>,
    build: Bound<'a, Build>,
}

impl<'a> Columns<'a> {
    fn new(source: &mut Source<'_>, entry: &'a ProjectsSource) -> Result<Self, StudyFileError> {
        Ok(Self {
            project: source.column(&entry.project)?,
            name: entry.name.as_ref().map(|name| source.column(name)).transpose()?,
            kind: Bound::new(source, entry.kind.as_ref())?,
            money: [
                ("fixed", Bound::new(source, entry.fixed.as_ref())?),
                ("per_passed", Bound::new(source, entry.per_passed.as_ref())?),
                ("per_connected", Bound::new(source, entry.per_connected.as_ref())?),
                ("per_metre", Bound::new(source, entry.per_metre.as_ref())?),
            ],
            contribution: Bound::new(source, entry.contribution.as_ref())?,
            sought: Bound::new(source, entry.sought.as_ref())?,
            connected: Bound::new(source, entry.connected.as_ref())?,
            length: Bound::new(source, entry.length.as_ref())?,
            earliest: Bound::new(source, entry.earliest.as_ref())?,
            build: Bound::new(source, entry.build.as_ref())?,
        })
    }

    fn project(&self, batch: &Batch, i: usize, key: &str, costs: Option<&UnitCosts>) -> Result<Project, String> {
        let kind = self.kind.get(batch, i)?;
        let of_kind = kind.as_ref().map(|kind| {
            let known = costs.map(|costs| &costs.kinds);
            known.and_then(|kinds| kinds.get(kind)).ok_or_else(|| {
                let known: Vec<&str> = known.iter().flat_map(|kinds| kinds.keys().map(String::as_str)).collect();
                format!("there are no unit costs for {kind:?}; there are for {}", known.join(", "))
            })
        });
        let of_kind = of_kind.transpose()?;
        let mut said = [None; 4];
        let of_kinds: [fn(&KindCosts) -> Option<Kronor>; 4] =
            [|kind| kind.fixed, |kind| kind.per_passed, |kind| kind.per_connected, |kind| kind.per_metre];
        for ((said, (column, bound)), by_kind) in said.iter_mut().zip(&self.money).zip(of_kinds) {
            *said = bound.get(batch, i)?.or_else(|| of_kind.and_then(by_kind));
            if said.is_none() && !matches!(bound, Bound::Absent) {
                return Err(format!("the row does not say {column}; write 0 if there is no such cost"));
            }
        }
        if said.iter().all(Option::is_none) {
            return Err("nothing says what it costs; give it fixed, per_passed, per_connected or per_metre".to_owned());
        }
        let connected = self.connected.get(batch, i)?.or_else(|| of_kind.and_then(|kind| kind.connected));
        let length = self.length.get(batch, i)?;
        let [fixed, per_passed, per_connected, per_metre] = said;
        let costs = |sum: Option<Kronor>| sum.is_some_and(|sum| sum > Kronor::default());
        match (costs(per_connected), connected, costs(per_metre), length) {
            (true, None, ..) => {
                return Err("what is connected costs, and `connected` does not say how many are".to_owned());
            }
            (_, _, true, None) => return Err("a metre costs, and `length` does not say how many there are".to_owned()),
            (_, _, false, Some(length)) if length > Metres::default() && per_metre.is_none() => {
                return Err("it has a length, and nothing says what a metre costs; write 0 if nothing".to_owned());
            }
            _ => {}
        }
        let name = self.name.and_then(|name| batch.columns[name].text(i)).map(|name| name.trim().to_owned());
        Ok(Project {
            key: key.to_owned(),
            name: name.filter(|name| !name.is_empty()).unwrap_or_else(|| key.to_owned()),
            cost: Cost {
                fixed: fixed.unwrap_or_default(),
                per_passed: per_passed.unwrap_or_default(),
                per_connected: per_connected.unwrap_or_default(),
                connected: connected.unwrap_or_default(),
                per_metre: per_metre.unwrap_or_default(),
                length: length.unwrap_or_default(),
            },
            contribution: self.contribution.get(batch, i)?.unwrap_or_default(),
            sought: self.sought.get(batch, i)?,
            earliest: self.earliest.get(batch, i)?,
            build: self.build.get(batch, i)?.unwrap_or_default(),
        })
    }
}
