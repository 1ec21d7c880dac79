//! Answers of reviews: which of them stand, and what became of the others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use nittio_core::{
    diagnostic::{Action, Diagnostic, Finding, SourceRow},
    quantity::Speed,
    review::{Answer, Decision, Reviewed, Reviews},
    service::{Link, Reach, Service, Services, Status, Technology},
};
use toml::Spanned;

use super::{
    Origins, Reading, StudyFileError, ids,
    places::PlaceFile,
    source::{Positions, Source},
};
use crate::{read::Batch, review::COLUMNS, study_file::ReviewSource};

/// An answer as it stands on a row.
struct Row {
    at: SourceRow,
    answer: Answer,
    service: Option<Service>,
    who: String,
    date: Date,
    comment: Option<String>,
}

/// Reads every file of answers; of several about one place the latest stands.
pub(super) fn read(
    reading: &Reading<'_>,
    sources: &[ReviewSource],
    places: &[PlaceFile<'_>],
    services: &mut Services,
) -> Result<(Reviews, Origins), StudyFileError> {
    let (mut reviews, mut origins) = (Reviews::default(), Origins::new());
    let mut rows: BTreeMap<Box<str>, Vec<Row>> = BTreeMap::new();
    let mut names: BTreeMap<u16, &str> = BTreeMap::new();
    for entry in sources {
        let mut source = Source::open(reading, &entry.file, "review")?;
        names.insert(source.number(), entry.file.path.get_ref());
        let mut columns = Vec::new();
        for name in COLUMNS {
            columns.push(source.column(&Spanned::new(entry.file.path.span(), name.to_owned()))?);
        }
        source.locate(Positions::None)?;
        source.read(false, |placing, batch| {
            reviews.counts.answers += (batch.rows.len() + batch.malformed.len()) as u64;
            reviews.counts.unreadable += batch.malformed.len() as u64;
            for i in 0..batch.rows.len() {
                let at = placing.at(batch.rows[i]);
                match row(&batch, i, &columns, at) {
                    Ok((id, row)) => rows.entry(id.into()).or_default().push(row),
                    Err((id, message)) => {
                        reviews.counts.unreadable += 1;
                        placing.say(at.row, Finding::UnreadableAnswer, Action::Dropped, id.as_deref(), message);
                    }
                }
            }
        })?;
    }
    let wanted: HashMap<Box<str>, bool> = rows.keys().map(|id| (id.clone(), false)).collect();
    let known = ids::among(places, wanted)?;
    let mut found = Vec::new();
    let mut applied: BTreeMap<u16, u64> = BTreeMap::new();
    for (id, mut rows) in rows {
        let mut say = |at: SourceRow, finding, action, message: String| {
            found.push(Diagnostic { at, finding, action, id: Some((*id).into()), message: message.into() });
        };
        // Of answers of one day the one that stands last in the study is the latest.
        rows.sort_by_key(|row| (row.date, row.at));
        let Some(last) = rows.pop() else { continue };
        for row in rows {
            reviews.counts.older += 1;
            let (row_number, file) = (last.at.row, names.get(&last.at.source).copied().unwrap_or_default());
            let message = if row.date == last.date {
                format!("another answer of the same day, on row {row_number} of {file}, stands after it and decides")
            } else {
                format!("the answer of {} on row {row_number} of {file} is later, and decides", last.date)
            };
            say(row.at, Finding::OlderAnswer, Action::Dropped, message);
        }
        if !known.contains(&id) {
            reviews.counts.unknown_place += 1;
            let message = "no place has this id; nothing is applied. Has the register changed?".to_owned();
            say(last.at, Finding::AnswerForUnknownPlace, Action::Dropped, message);
            continue;
        }
        let counts = &mut reviews.counts;
        match last.answer {
            Answer::Right => counts.right += 1,
            Answer::Reached => counts.reached += 1,
            Answer::NotReached => counts.not_reached += 1,
            Answer::NotAPlace => counts.not_a_place += 1,
        }
        say(last.at, Finding::DecidedByReview, Action::Noted, in_words(&last));
        *applied.entry(last.at.source).or_default() += 1;
        let Row { at, answer, service, who, date, comment } = last;
        let decision = match (answer, service) {
            (Answer::Reached, Some(service)) => {
                let service = services.intern(service);
                // Which of them it is depends on what it takes the place of.
                for reach in [Reach::Connected, Reach::Passed] {
                    let of_link: &mut BTreeSet<u16> = origins.entry(Link { service, reach }).or_default();
                    of_link.insert(at.source);
                }
                Some(Decision::Reached(service))
            }
            (Answer::NotReached, _) => Some(Decision::NotReached),
            _ => None,
        };
        reviews.add(&id, Reviewed { answer, decision, who, date, comment, at });
    }
    reading.add_diagnostics(found);
    for number in names.into_keys() {
        reading.input(number, |input| input.used = applied.get(&number).copied().unwrap_or_default());
    }
    Ok((reviews, origins))
}

/// What an answer says, and who says it.
fn in_words(row: &Row) -> String {
    let mut text = row.answer.key().to_owned();
    if let Some(Service { operator, technology, down, .. }) = &row.service {
        let down = down.map(|speed| format!(", {speed} down")).unwrap_or_default();
        text += &format!(": {operator}, {technology}{down}");
    }
    format!("{text} ({}, {})", row.who, row.date)
}

/// The answer on a row, and the place it is about; or what is wrong, and the id where there is one.
fn row(batch: &Batch, i: usize, columns: &[usize], at: SourceRow) -> Result<(String, Row), (Option<String>, String)> {
    let cell = |name: &str| {
        let column = COLUMNS.iter().position(|known| *known == name)?;
        let text = batch.columns[columns[column]].text(i)?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let id = cell("place").ok_or_else(|| (None, "the row names no place".to_owned()))?;
    let wrong = |message: String| (Some(id.clone()), message);
    let answer = cell("answer").ok_or_else(|| wrong("the row has no answer".to_owned()))?;
    let answer: Answer = answer.parse().map_err(|e| wrong(format!("{e}")))?;
    let date = cell("date").ok_or_else(|| wrong("the row has no date; write the day, as 2025-02-28".to_owned()))?;
    let date: Date = date.parse().map_err(|_| wrong(format!("{date:?} is not a day; write it as 2025-02-28")))?;
    let who = cell("who").ok_or_else(|| wrong("the row does not say who has answered".to_owned()))?;
    let service = match answer {
        Answer::Reached => {
            let operator = cell("operator")
                .ok_or_else(|| wrong("a place that is reached needs an operator, and the row names none".to_owned()))?;
            let technology = cell("technology")
                .ok_or_else(|| wrong("a place that is reached needs a technology, as fibre".to_owned()))?;
            let technology: Technology = technology.parse().map_err(|e| wrong(format!("{e}")))?;
            let speed = |name: &str| {
                let Some(text) = cell(name) else { return Ok(None) };
                let speed = text.replace(',', ".").parse().ok().and_then(Speed::from_mbps_f64);
                speed.map(Some).ok_or_else(|| wrong(format!("{name} {text:?} is not a speed in Mbit/s")))
            };
            Some(Service {
                operator,
                owner: None,
                technology,
                down: speed("down_mbps")?,
                up: speed("up_mbps")?,
                status: Status::InService,
                available_from: None,
                open_access: None,
                project: None,
                cost: None,
                busy_down: None,
            })
        }
        _ => None,
    };
    let comment = cell("comment");
    Ok((id, Row { at, answer, service, who, date, comment }))
}
