//! Official figures from the files that authorities hand out.
//!
//! Such files are made for people: titles above, headings in several rows, notes below, codes that lost their zeros. What cannot
//! be read is told row by row; what can be read two ways is told too.

mod book;
mod layout;
mod value;
mod years;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use nittio_core::{
    area::Level,
    diagnostic::{Action, Diagnostic, Finding, SourceRow},
    official::{Counts, Official, Published},
    outcome::Input,
};

use super::{Reading, StudyFileError, source};
use crate::{
    read::{
        self, ReadError,
        grid::{self, Grid, Row},
    },
    study_file::official::{self, OfficialKind, OfficialSource, Resolved, ShareScale, Wrong},
};
use book::{Book, Found};
use layout::{Layout, Wanted, layout};
use value::Value;

/// Reads all official figures of a study.
pub(super) fn read(reading: &Reading<'_>, levels: &[Level]) -> Result<Vec<Official>, StudyFileError> {
    let file = &reading.loaded.file;
    let last = file.study.as_of.year();
    let mut all = Vec::new();
    for entry in &file.official {
        let resolved = official::resolve(file, entry)
            .map_err(|Wrong { at, message, help }| reading.loaded.error_at(at, message, Some(help)))?;
        all.push(one(reading, levels, entry, resolved, last)?);
    }
    Ok(all)
}

fn one(
    reading: &Reading<'_>,
    levels: &[Level],
    entry: &OfficialSource,
    resolved: Resolved,
    last: i16,
) -> Result<Official, StudyFileError> {
    let path = reading.loaded.resolve(&entry.path)?;
    let unreadable = |e: &ReadError| reading.unreadable(&entry.path, e);
    let grids = grid::read(&path, entry.encoding.as_ref().map(|e| e.get_ref().as_str())).map_err(|e| unreadable(&e))?;
    let (sha256, bytes) = source::digest(&path)
        .map_err(|e| unreadable(&ReadError::Unreadable { path: path.clone(), reason: read::in_words(&e) }))?;
    let only = entry.level.as_ref().and_then(|key| levels.iter().position(|level| level.key == *key.get_ref()));
    let book = Book::new(levels, only);
    let (definition, settlement) = (&resolved.definition, resolved.settlement);
    let wanted = Wanted { entry, definition, settlement, last, year: entry.year };
    let (grid, layout) = pick(&grids, &book, &wanted)
        .map_err(|(message, help)| reading.at(&entry.path, &format!("{}: {message}", path.display()), &help))?;
    let source = reading.add_input(Input {
        path: entry.path.get_ref().clone(),
        role: "official".to_owned(),
        sha256,
        bytes,
        rows: 0,
        used: 0,
        crs: None,
        source: entry.source.clone(),
        licence: entry.licence.clone(),
        secrecy: entry.secrecy,
    });
    let mut account = Account { source, ..Account::default() };
    let (values, country, scale) = values(grid, &layout, &book, &wanted, None, &mut account);
    let history = match resolved.definition.counts {
        Counts::Share => years::before(grid, &layout, &book, &wanted, scale, &mut account),
        Counts::Total => Vec::new(),
    };
    let breaks = entry.breaks.iter().map(|entry| entry.0.clone()).collect();
    let Account { found, rows, used, .. } = account;
    reading.add_diagnostics(found);
    reading.input(source, |input| {
        input.rows = rows;
        input.used = used.len() as u64;
    });
    let Resolved { mut definition, unit, measure, profile, settlement } = resolved;
    if layout.settlement.is_some() {
        definition.settlement = Some(settlement);
    }
    let (year, source) = (layout.wanted, entry.source.clone());
    let official =
        Official { definition, unit, measure, profile, settlement, year, source, values, country, history, breaks };
    Ok(official)
}

/// The sheet with the figure, and where things stand on it.
fn pick<'g>(grids: &'g [Grid], book: &Book<'_>, wanted: &Wanted<'_>) -> Result<(&'g Grid, Layout), (String, String)> {
    let names = || grids.iter().filter_map(|g| g.sheet.as_deref()).collect::<Vec<_>>().join(", ");
    if let Some(sheet) = &wanted.entry.sheet {
        let named = |grid: &&Grid| {
            grid.sheet.as_deref().is_some_and(|name| layout::plain(name) == layout::plain(sheet.get_ref()))
        };
        let grid = grids.iter().find(named).ok_or_else(|| {
            (format!("there is no sheet {:?}", sheet.get_ref()), format!("its sheets are {}", names()))
        })?;
        return layout(grid, book, wanted).map(|layout| (grid, layout)).map_err(|why| (why, String::new()));
    }
    let mut tried: Vec<_> = grids.iter().map(|grid| (grid, layout(grid, book, wanted))).collect();
    let fitting = tried.iter().filter(|(_, layout)| layout.is_ok()).count();
    if fitting > 1 {
        let fit = tried.iter().filter(|(_, l)| l.is_ok()).filter_map(|(g, _)| g.sheet.as_deref());
        let fit = fit.collect::<Vec<_>>().join(", ");
        return Err((format!("several sheets may have the figure: {fit}"), "say which one: sheet = \"…\"".to_owned()));
    }
    if let Some(at) = tried.iter().position(|(_, layout)| layout.is_ok()) {
        let (grid, layout) = tried.swap_remove(at);
        return layout.map(|layout| (grid, layout)).map_err(|why| (why, String::new()));
    }
    match tried.into_iter().next() {
        Some((_, Err(why))) if grids.len() == 1 => Err((why, String::new())),
        _ => Err((
            "no sheet has the figure".to_owned(),
            format!("its sheets are {}; say which one: sheet = \"…\"", names()),
        )),
    }
}

/// What is told of a file.
#[derive(Default)]
struct Account {
    source: u16,
    found: Vec<Diagnostic>,
    rows: u64,
    /// The rows that a figure was taken from, by their numbers.
    used: BTreeSet<u32>,
}

impl Account {
    fn say(&mut self, row: &Row, finding: Finding, action: Action, id: &str, message: String) {
        let at = SourceRow { source: self.source, row: row.number };
        self.found.push(Diagnostic {
            at,
            finding,
            action,
            id: (!id.is_empty()).then(|| id.into()),
            message: message.into(),
        });
    }
}

type Values = BTreeMap<(usize, usize), Published>;

/// The values by area, that of the country, and what bare shares were taken for unless that is known already.
fn values(
    grid: &Grid,
    layout: &Layout,
    book: &Book<'_>,
    wanted: &Wanted<'_>,
    known: Option<ShareScale>,
    account: &mut Account,
) -> (Values, Option<Published>, ShareScale) {
    let rows: Vec<&Row> = grid.rows[layout.first..].iter().filter(|row| row.filled() > 0).collect();
    account.rows = rows.len() as u64;
    if let (Some(why), Some(row)) = (&grid.partial, rows.first()) {
        account.say(row, Finding::OfficialDoubtful, Action::Noted, "", why.clone());
    }
    let rows: Vec<&Row> = rows.into_iter().filter(|row| is_wanted(row, layout, wanted)).collect();
    let scale = known.unwrap_or_else(|| scale(&rows, layout, wanted, account));
    let (mut values, mut country) = (Values::new(), None);
    let mut seen: BTreeSet<(usize, usize)> = BTreeSet::new();
    let (mut elsewhere, mut first_elsewhere) = (0u64, None);
    for row in rows {
        let code = layout.code.map(|column| row.cell(column).text()).unwrap_or_default();
        let name = layout.name.map(|column| row.cell(column).text()).unwrap_or_default();
        let (shown, found) = match layout.code {
            Some(_) if !code.is_empty() => (&code, book.by_code(&code, wanted.entry.kind == OfficialKind::Kolada)),
            _ => (&name, book.by_name(&name)),
        };
        let cell = row.cell(layout.value);
        let area = match found {
            Found::Area(l, a) => Some((l, a)),
            Found::Mended(l, a) => {
                let message =
                    format!("the code {shown:?} has lost its leading zeros; {} was taken", book.called((l, a)));
                account.say(row, Finding::OfficialMendedCode, Action::Repaired, shown, message);
                Some((l, a))
            }
            Found::Country => None,
            Found::Several(several) => {
                let several: Vec<String> = several.into_iter().map(|area| book.called(area)).collect();
                let message = format!(
                    "{shown:?} may be {}; write the whole code, or say with `level` which level the file is about",
                    several.join(" or ")
                );
                account.say(row, Finding::OfficialUnknownArea, Action::Dropped, shown, message);
                continue;
            }
            Found::Elsewhere { near: true } => {
                let message = format!("no area of the study has the code {shown:?}, though others begin alike");
                account.say(row, Finding::OfficialUnknownArea, Action::Dropped, shown, message);
                continue;
            }
            Found::Elsewhere { near: false } if value::value(cell) != Value::Other && !cell.is_empty() => {
                elsewhere += 1;
                first_elsewhere.get_or_insert((row, shown.clone()));
                continue;
            }
            Found::Nothing | Found::Elsewhere { .. } => {
                let text = row.cells.iter().find(|cell| !cell.is_empty()).map(grid::Cell::text).unwrap_or_default();
                let text: String = text.chars().take(80).collect();
                let message = format!("the row has no area and no figure, and was taken for a note: {text:?}");
                account.say(row, Finding::OfficialDoubtful, Action::Noted, "", message);
                continue;
            }
        };
        if let Some(area) = area {
            check_name(row, area, (&code, &name), book, account);
            if !seen.insert(area) {
                let message = format!(
                    "{} has a figure on an earlier row, which is kept; pick rows with `where`, for example by sex or age",
                    book.called(area)
                );
                account.say(row, Finding::OfficialTwice, Action::Dropped, shown, message);
                continue;
            }
        }
        let published = match value::value(cell) {
            Value::Missing => {
                let sign = cell.text();
                let message = if sign.is_empty() {
                    "there is no figure".to_owned()
                } else {
                    format!("{sign:?} stands for a figure that is not given")
                };
                account.say(row, Finding::OfficialNoValue, Action::Noted, shown, message);
                continue;
            }
            Value::Number(number) => match wanted.definition.counts {
                Counts::Share => number.share(scale),
                Counts::Total => number.total(),
            },
            Value::Other => None,
        };
        let Some(published) = published else {
            let right = match (wanted.definition.counts, scale) {
                (Counts::Total, _) => "a whole number, such as 147654 or 147 654",
                (Counts::Share, ShareScale::Percent) => "a number from 0 to 100, such as 93,3 or 93.3 %",
                (Counts::Share, ShareScale::Fraction) => "a number from 0 to 1, such as 0.933, or 93,3 % with its sign",
            };
            let message =
                format!("{:?} is not a {}; right would be {right}", cell.text(), wanted.definition.counts.key());
            account.say(row, Finding::OfficialUnreadable, Action::Dropped, shown, message);
            continue;
        };
        account.used.insert(row.number);
        match area {
            Some(area) => drop(values.insert(area, published)),
            None => country = country.or(Some(published)),
        }
    }
    if let Some((row, code)) = first_elsewhere {
        let message = format!("{elsewhere} rows are about areas that the study does not have; this is the first");
        account.say(row, Finding::OfficialUnknownArea, Action::Noted, &code, message);
    }
    (values, country, scale)
}

/// Whether a row is of the year, the part of areas and the other words that are wanted.
fn is_wanted(row: &Row, layout: &Layout, wanted: &Wanted<'_>) -> bool {
    // A note has no year; it is told as what it is.
    let is = |column: Option<usize>, holds: &dyn Fn(&str) -> bool| {
        column.map(|column| row.cell(column)).filter(|cell| !cell.is_empty()).is_none_or(|cell| holds(&cell.text()))
    };
    let of_year = |text: &str| layout::year_of(text).is_none_or(|year| Some(year) == layout.wanted);
    let of_group = |text: &str| layout::group_of(text).is_none_or(|group| group == wanted.settlement);
    let of_words =
        |(column, words): &(usize, Vec<String>)| is(Some(*column), &|text| words.contains(&layout::plain(text)));
    is(layout.year, &of_year) && is(layout.settlement, &of_group) && layout.only.iter().all(of_words)
}

/// Whether bare shares are in per cent. Where some could be either, that is told.
fn scale(rows: &[&Row], layout: &Layout, wanted: &Wanted<'_>, account: &mut Account) -> ShareScale {
    if wanted.definition.counts == Counts::Total {
        return ShareScale::Percent;
    }
    if let Some(scale) = wanted.entry.scale {
        return scale;
    }
    let number = |row: &&Row| match value::value(row.cell(layout.value)) {
        Value::Number(number) => Some(number),
        _ => None,
    };
    if wanted.entry.kind == OfficialKind::Kolada {
        return ShareScale::Percent;
    }
    if !rows.iter().filter_map(number).any(|number| number.is_bare_above_one()) {
        return ShareScale::Fraction;
    }
    for row in rows {
        if number(row).is_some_and(|number| number.is_bare_up_to_one()) {
            let text = row.cell(layout.value).text();
            let message = format!(
                "{text:?} stands among percentages and was taken as {text} %; if it is a part of one, write it in per cent"
            );
            account.say(row, Finding::OfficialDoubtful, Action::Noted, "", message);
        }
    }
    ShareScale::Percent
}

/// Tells of a name that is not that of the area with the code.
fn check_name(row: &Row, area: (usize, usize), (code, name): (&str, &str), book: &Book<'_>, account: &mut Account) {
    let beside = book::split(code).1;
    let name = if beside.is_empty() { name } else { beside };
    if !code.is_empty() && !book.is_called(area, name) {
        let message =
            format!("the code is that of {}, the name beside it is {name:?}; the code was taken", book.called(area));
        account.say(row, Finding::OfficialDoubtful, Action::Noted, code, message);
    }
}
