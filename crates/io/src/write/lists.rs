//! `support.csv` and `lacking.csv`: places one by one, as they stream by in the order of their ids. For the internal edition only.
//!
//! | file | rows |
//! |---|---|
//! | `support.csv` | places that the Swedish support scheme is for, each with its reasons |
//! | `lacking.csv` | schools, libraries and other listed places that lack a speed that a goal asks for |
//!
//! What is asked about a place is asked once about its kind; nothing is kept of places but the few that the report names.

use std::{
    fs::File,
    io::{self, BufWriter},
};

use nittio_core::{
    category::{Few, Lacking},
    measure::Best,
    place::MISSING,
    quantity::Speed,
    support::{Reason, Standing},
};

use super::{Run, error, number, staging::Staging};
use crate::{sorter::PlaceRow, write::error::WriteError};

/// The places that the Swedish support scheme is for.
pub const SUPPORT: &str = "support.csv";

/// The listed places that lack a speed.
pub const LACKING: &str = "lacking.csv";

type Csv = csv::Writer<BufWriter<File>>;

/// The lists that a study asks for, under way.
pub(super) struct Lists<'a> {
    run: &'a Run<'a>,
    support: Option<(Csv, Vec<Option<String>>)>,
    lacking: Option<(Csv, Vec<bool>)>,
    /// By kind: the best download speed under the main definition; `None` where it cannot be said.
    best: Vec<Option<Option<Speed>>>,
    few: Few,
}

impl<'a> Lists<'a> {
    /// Opens the files that the study asks for.
    pub(super) fn open(staging: &Staging, run: &'a Run<'a>) -> Result<Self, WriteError> {
        let (study, frame) = (run.study, &run.outcome.frame);
        let support = study.aid.support.is_some().then(|| {
            let reasons = run.kinds.iter().map(|kind| match study.aid.standing(kind, frame) {
                Some(Standing::Eligible(reasons)) => {
                    Some(reasons.into_iter().map(Reason::key).collect::<Vec<_>>().join(";"))
                }
                _ => None,
            });
            Ok::<_, WriteError>((open(staging, SUPPORT)?, reasons.collect()))
        });
        let listed: Vec<bool> = frame.categories.iter().map(|category| study.listing.lists(category)).collect();
        // Where places are not told apart, there is nothing to list, and no file that says so.
        let lists = frame.categories.len() > 1 && listed.contains(&true) && !study.listing.speeds.is_empty();
        let lacking = lists.then(|| Ok::<_, WriteError>((open(staging, LACKING)?, listed)));
        let (support, lacking) = (support.transpose()?, lacking.transpose()?);
        let best = if support.is_some() || lacking.is_some() { best(run) } else { Vec::new() };
        let mut lists = Self { run, support, lacking, best, few: Few::default() };
        lists.heads().map_err(|error| staging.failed(SUPPORT, &error))?;
        Ok(lists)
    }

    /// Whether any list is to be written.
    pub(super) fn any(&self) -> bool {
        self.support.is_some() || self.lacking.is_some()
    }

    fn heads(&mut self) -> io::Result<()> {
        let run = self.run;
        let units = || run.outcome.frame.units.iter().skip(1).map(|unit| unit.unit.key().to_owned());
        let own = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<String>>();
        if let Some((csv, _)) = &mut self.support {
            let heads = [heads(run), own(&["reasons", "best_down_mbps"])].concat().into_iter().chain(units());
            csv.write_record(heads).map_err(error::of_csv)?;
        }
        if let Some((csv, _)) = &mut self.lacking {
            let heads = [heads(run), own(&["matched", "best_down_mbps", "lacks_mbps"])].concat();
            csv.write_record(heads).map_err(error::of_csv)?;
        }
        Ok(())
    }

    /// Adds a place where it belongs.
    pub(super) fn row(&mut self, row: PlaceRow<'_>) -> io::Result<()> {
        let (run, kind) = (self.run, row.kind as usize);
        if let Some((csv, reasons)) = &mut self.support
            && let Some(reasons) = &reasons[kind]
        {
            about(csv, run, row)?;
            field(csv, reasons)?;
            field(csv, &number::mbps(self.best[kind].flatten()))?;
            for (&value, unit) in row.units.iter().zip(run.outcome.frame.units.iter().skip(1)) {
                let text = match (value, unit.scale) {
                    (MISSING, _) => String::new(),
                    (value, 1) => value.to_string(),
                    (value, scale) => number::unscaled(value, scale).to_string(),
                };
                field(csv, &text)?;
            }
            csv.write_record(None::<&[u8]>).map_err(error::of_csv)?;
        }
        if let Some((csv, listed)) = &mut self.lacking
            && listed.get(usize::from(row.category)) == Some(&true)
        {
            let (best, speeds) = (self.best[kind], &run.study.listing.speeds);
            let lacks: Vec<Speed> = match best {
                Some(best) => speeds.iter().copied().filter(|&speed| best < Some(speed)).collect(),
                None => Vec::new(),
            };
            if best.is_some() && lacks.is_empty() {
                return Ok(());
            }
            about(csv, run, row)?;
            field(csv, if best.is_some() { "true" } else { "false" })?;
            field(csv, &number::mbps(best.flatten()))?;
            let mut texts = lacks.clone();
            texts.sort_unstable();
            field(csv, &texts.iter().map(|&speed| number::mbps(Some(speed))).collect::<Vec<_>>().join(";"))?;
            csv.write_record(None::<&[u8]>).map_err(error::of_csv)?;
            if lacks.first().is_some_and(|speed| Some(speed) == speeds.first()) {
                self.few.push(|| Lacking {
                    category: run.outcome.frame.categories[usize::from(row.category)].clone(),
                    name: if row.name.is_empty() { row.id } else { row.name }.to_owned(),
                    areas: run.kinds[kind].areas.to_vec(),
                    down: best.flatten(),
                });
            }
        }
        Ok(())
    }

    /// Ends the files. Says which places the report may name, where places are listed.
    pub(super) fn finish(self) -> io::Result<Option<Few>> {
        let lists = self.lacking.is_some();
        for mut csv in self.support.map(|(csv, _)| csv).into_iter().chain(self.lacking.map(|(csv, _)| csv)) {
            csv.flush()?;
        }
        Ok(lists.then_some(self.few))
    }
}

fn open(staging: &Staging, name: &str) -> Result<Csv, WriteError> {
    let path = staging.path(name)?;
    let file = File::create(path).map_err(|error| staging.failed(name, &error))?;
    let out = BufWriter::with_capacity(1 << 17, file);
    Ok(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out))
}

fn best(run: &Run<'_>) -> Vec<Option<Option<Speed>>> {
    let frame = &run.outcome.frame;
    let Some(profile) = run.study.profiles.first() else { return vec![None; run.kinds.len()] };
    let best = |links: &[_]| Best::of(links, profile, &frame.services, frame.as_of).down;
    run.kinds.iter().map(|kind| kind.links.as_deref().map(best)).collect()
}

/// The columns that say which place it is.
fn heads(run: &Run<'_>) -> Vec<String> {
    let frame = &run.outcome.frame;
    let mut heads = vec!["id".to_owned()];
    if run.study.listing.names {
        heads.push("place_name".to_owned());
    }
    heads.extend(["category", "easting", "northing"].map(str::to_owned));
    if frame.settlements {
        heads.push("settlement".to_owned());
    }
    for level in &frame.levels {
        heads.extend(["code", "name"].map(|what| format!("{}_{what}", level.key)));
    }
    heads
}

fn field(csv: &mut Csv, text: &str) -> io::Result<()> {
    csv.write_field(text).map_err(error::of_csv)
}

/// The fields of [`heads`].
fn about(csv: &mut Csv, run: &Run<'_>, row: PlaceRow<'_>) -> io::Result<()> {
    let (frame, kind) = (&run.outcome.frame, &run.kinds[row.kind as usize]);
    field(csv, row.id)?;
    if run.study.listing.names {
        field(csv, row.name)?;
    }
    field(csv, frame.categories.get(usize::from(row.category)).map_or("", String::as_str))?;
    let positioned = row.easting.is_finite() && row.northing.is_finite();
    for coordinate in [row.easting, row.northing] {
        field(csv, &if positioned { coordinate.to_string() } else { String::new() })?;
    }
    if frame.settlements {
        field(csv, kind.settlement.key())?;
    }
    for (level, area) in frame.levels.iter().zip(kind.areas.iter()) {
        let area = area.map(|area| &level.areas[area as usize]);
        field(csv, area.map_or("", |area| area.code.as_str()))?;
        field(csv, area.map_or("", |area| area.name.as_str()))?;
    }
    Ok(())
}
