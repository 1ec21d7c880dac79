//! Official figures in the study file: which file, which figure, and what of the study it is held against.

use std::{fmt, ops::Range};

use indexmap::IndexMap;
use nittio_core::{
    goal::{Source, Text},
    measure::Measure,
    official::{Break, Counts, DayOfYear, Definition, known},
    secrecy::Secrecy,
    settlement::SettlementGroup,
    unit::Unit,
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};
use toml::Spanned;

use super::{StudyFile, defaults, schema, wording::nearest};

/// Official figures in a file, to hold the study's against.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficialSource {
    /// The file, relative to the study file: CSV, a workbook (xlsx, xls, ods), or JSON from Kolada or PxWeb.
    #[schemars(with = "String")]
    pub path: Spanned<String>,
    /// Who made it: `kolada`, `pts`, `scb`, or `table` for one of your own.
    pub kind: OfficialKind,
    /// Which figure. One that nittio knows: `N07900`, `N07918`, `N07919`, `N07920`, `pts-fibre`, `pts-fibre-near`, `pts-xdsl`,
    /// `pts-vdsl`, `pts-cable`, `pts-fwa`, `pts-lte`, `pts-nr`, `pts-wired`, `pts-any`, `pts-households`, `scb-population` (default of
    /// `scb`). Any other name is one of your own, which `definition` describes.
    #[schemars(with = "Option<String>")]
    pub figure: Option<Spanned<String>>,
    /// The study's unit that it is held against. Default: the figure's own.
    #[schemars(with = "Option<String>")]
    pub unit: Option<Unit>,
    /// The study's measure that it is held against: `down>=100 Mbit/s`, `technology=fibre`, `covered`. Default: the figure's own.
    #[schemars(with = "Option<String>")]
    pub measure: Option<Spanned<String>>,
    /// The key of the study's definition that it is held against. Default: the first.
    #[schemars(with = "Option<String>")]
    pub profile: Option<Spanned<String>>,
    /// The part of areas that it is held against: `all`, `built_up` (tätort and småort) or `outside`. Default: the figure's own.
    #[schemars(with = "Option<schema::SettlementGroupWord>")]
    pub settlement: Option<SettlementGroup>,
    /// The level that its codes are of. Default: any that has the code.
    #[schemars(with = "Option<String>")]
    pub level: Option<Spanned<String>>,
    /// The year that is wanted of a file with several, or that the file is for when it does not say. Default: the last one up to
    /// the day of the study.
    pub year: Option<i16>,
    /// Years from which on its figures cannot be compared with earlier ones; the line over years has a gap there: `breaks = [2021]`, or
    /// with `reason`, `breaks = [{ year = 2021, reason = "Another survey." }]`. Beside them, what nittio knows of the figure says where it is broken.
    #[serde(default)]
    #[schemars(with = "Vec<schema::BreakEntry>")]
    pub breaks: Vec<BreakEntry>,
    /// The sheet of a workbook. Default: the only one that has the figure.
    #[schemars(with = "Option<String>")]
    pub sheet: Option<Spanned<String>>,
    /// The encoding of a text file. Default: found out.
    #[schemars(with = "Option<String>")]
    pub encoding: Option<Spanned<String>>,
    /// The heading of the column with the area's code. Default: found out.
    #[schemars(with = "Option<String>")]
    pub code: Option<Spanned<String>>,
    /// The heading of the column with the area's name. Default: found out.
    #[schemars(with = "Option<String>")]
    pub name: Option<Spanned<String>>,
    /// The heading of the column with the value; of headings in several rows, any one. Default: found out from the figure.
    #[schemars(with = "Option<String>")]
    pub value: Option<Spanned<String>>,
    /// Only rows with these words in these columns: `where = { "kön" = "totalt" }`.
    #[serde(default, rename = "where")]
    pub only: IndexMap<String, String>,
    /// Whether bare shares are in per cent or parts of one: `percent` or `fraction`. Default: per cent when any is above 1.
    pub scale: Option<ShareScale>,
    /// Whether it is a `share` or a `total`. Default: the figure's own, else `share`.
    #[schemars(with = "Option<schema::CountsWord>")]
    pub counts: Option<Counts>,
    /// What the figure counts, where nittio does not know it or you know better. What nobody says is printed as not known.
    pub definition: Option<DefinitionEntry>,
    /// Who made the file and under which licence; printed in the report.
    pub source: Option<String>,
    /// The licence, where it stands by itself.
    pub licence: Option<String>,
    /// Who may see its rows: `open`, `internal` or `secret`. Default: `open`.
    #[serde(default)]
    #[schemars(with = "Option<schema::SecrecyWord>")]
    pub secrecy: Secrecy,
}

/// Who made a file of official figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OfficialKind {
    /// Kolada: JSON from its API, or a table of it. Shares are in per cent; both sexes together count.
    Kolada,
    /// PTS: a workbook of tables.
    Pts,
    /// SCB: PxWeb as CSV, workbook or JSON.
    Scb,
    /// A table of your own.
    Table,
}

impl OfficialKind {
    /// The word in the study file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Kolada => "kolada",
            Self::Pts => "pts",
            Self::Scb => "scb",
            Self::Table => "table",
        }
    }
}

/// A year from which figures cannot be compared with those before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakEntry(pub Break);

impl<'de> Deserialize<'de> for BreakEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BreakVisitor)
    }
}

struct BreakVisitor;

/// The longer form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BreakTable {
    year: i64,
    reason: Option<String>,
}

impl<'de> de::Visitor<'de> for BreakVisitor {
    type Value = BreakEntry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a year, such as 2021, or { year = 2021, reason = \"…\" }")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<BreakEntry, E> {
        let year = i16::try_from(number).ok().filter(|year| (1900..=2100).contains(year));
        let year = year.ok_or_else(|| E::invalid_value(de::Unexpected::Signed(number), &self))?;
        Ok(BreakEntry(Break { year, reason: None }))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<BreakEntry, A::Error> {
        let table = BreakTable::deserialize(de::value::MapAccessDeserializer::new(map))?;
        let BreakEntry(found) = self.visit_i64(table.year)?;
        Ok(BreakEntry(Break { reason: table.reason, ..found }))
    }
}

/// What bare shares are parts of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ShareScale {
    /// Of a hundred: 93.3.
    Percent,
    /// Of one: 0.933.
    Fraction,
}

/// What an official figure counts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DefinitionEntry {
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Its name, by language.
    #[schemars(with = "Option<schema::TextTable>")]
    pub name: Option<Text>,
    /// What is counted: `households`.
    #[schemars(with = "Option<String>")]
    pub unit: Option<Unit>,
    /// The property: `down>=100 Mbit/s`.
    #[schemars(with = "Option<String>")]
    pub measure: Option<Spanned<String>>,
    /// Which part of areas: `all`, `built_up` or `outside`.
    #[schemars(with = "Option<schema::SettlementGroupWord>")]
    pub settlement: Option<SettlementGroup>,
    /// The day of the year that it is for, month and day: `10-01`.
    #[schemars(with = "Option<String>")]
    pub day: Option<Spanned<String>>,
    /// What counts as access, by language.
    #[schemars(with = "Option<schema::TextTable>")]
    pub access: Option<Text>,
    /// Where that stands.
    #[schemars(with = "Option<schema::SourceTable>")]
    pub source: Option<Source>,
}

/// An entry with everything that it leaves unsaid.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// What is counted.
    pub definition: Definition,
    /// The study's unit.
    pub unit: Unit,
    /// The study's measure; `None` for totals.
    pub measure: Option<Measure>,
    /// The study's definition: index into its profiles.
    pub profile: usize,
    /// The part of areas.
    pub settlement: SettlementGroup,
}

/// What is wrong with an entry: where, what, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Where in the study file.
    pub at: Range<usize>,
    /// What.
    pub message: String,
    /// What would be right.
    pub help: String,
}

fn wrong<T>(at: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { at, message: message.into(), help: help.into() })
}

fn parsed<T: std::str::FromStr<Err: ToString>>(text: &Spanned<String>) -> Result<T, Wrong> {
    text.get_ref().parse().or_else(|e: T::Err| wrong(text.span(), e.to_string(), "mind the spelling"))
}

/// Everything that an entry leaves unsaid, or what is wrong with it.
///
/// # Errors
/// When its figure is not known, or is held against something that the study does not have.
pub fn resolve(file: &StudyFile, entry: &OfficialSource) -> Result<Resolved, Wrong> {
    let definition = definition(entry)?;
    let at = || entry.figure.as_ref().map_or_else(|| entry.path.span(), Spanned::span);
    if let Some(level) = &entry.level
        && !file.areas.contains_key(level.get_ref())
    {
        let has = file.areas.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        return wrong(level.span(), format!("there is no level `{}`", level.get_ref()), format!("the study has {has}"));
    }
    let counted = defaults::units(file);
    let unit = entry.unit.clone().or_else(|| definition.unit.clone());
    let Some(unit) = unit.filter(|unit| counted.contains(unit)) else {
        let has: Vec<&str> = counted.iter().map(Unit::key).collect();
        let message = match entry.unit.as_ref().or(definition.unit.as_ref()) {
            Some(unit) => format!("the study does not count `{unit}`"),
            None => format!("it is not known which unit {} counts, so say which one it is held against", definition.id),
        };
        return wrong(
            at(),
            message,
            format!("add, for example: unit = \"population\"; the study counts {}", has.join(", ")),
        );
    };
    let measure = match (definition.counts, &entry.measure) {
        (Counts::Total, Some(measure)) => {
            return wrong(measure.span(), "a total has no measure", "take `measure` away");
        }
        (Counts::Total, None) => None,
        (Counts::Share, Some(measure)) => Some(parsed(measure)?),
        (Counts::Share, None) if definition.measure.is_some() => definition.measure,
        (Counts::Share, None) => {
            let help = "add, for example: measure = \"down>=100 Mbit/s\"; or counts = \"total\" when it is no share";
            return wrong(at(), "it is not said which measure of the study it is held against", help);
        }
    };
    if definition.counts == Counts::Total && !entry.breaks.is_empty() {
        return wrong(at(), "totals are not drawn over years, so `breaks` says nothing here", "take `breaks` away");
    }
    let profiles = defaults::profiles(file);
    let profile = match &entry.profile {
        None => 0,
        Some(key) => match profiles.iter().position(|profile| profile.key == *key.get_ref()) {
            Some(profile) => profile,
            None => {
                let known: Vec<&str> = profiles.iter().map(|profile| profile.key.as_str()).collect();
                let message = format!("the study has no definition {:?}", key.get_ref());
                return wrong(key.span(), message, format!("it has {}", known.join(", ")));
            }
        },
    };
    let settlement = entry.settlement.or(definition.settlement).unwrap_or_default();
    if settlement != SettlementGroup::All && file.settlements.is_empty() {
        let message = format!("the study cannot tell `{}` apart: it has no borders of localities", settlement.key());
        return wrong(at(), message, "add [[settlements]], or hold the figure against settlement = \"all\"");
    }
    Ok(Resolved { definition, unit, measure, profile, settlement })
}

/// What the figure counts: as nittio knows it, with what the entry says put over it.
fn definition(entry: &OfficialSource) -> Result<Definition, Wrong> {
    let known = known().unwrap_or_default();
    let default = (entry.kind == OfficialKind::Scb && entry.counts != Some(Counts::Share)).then_some("scb-population");
    let id = entry.figure.as_ref().map(|figure| figure.get_ref().as_str()).or(default);
    let Some(id) = id else {
        return wrong(
            entry.path.span(),
            "it is not said which figure the file has",
            "add, for example: figure = \"N07918\", or a name of your own with `value` and `definition`",
        );
    };
    let found = known.iter().find(|known| known.id.eq_ignore_ascii_case(id)).cloned();
    // A slip in a known name should not become a figure of one's own.
    if let (None, Some(figure)) = (&found, &entry.figure)
        && (entry.value.is_none() || entry.definition.is_none())
    {
        let ids: Vec<&str> = known.iter().map(|known| known.id.as_str()).collect();
        let meant = nearest(id, ids.iter().copied()).map_or_else(String::new, |m| format!("; did you mean {m:?}?"));
        return wrong(
            figure.span(),
            format!("{id:?} is not a figure that nittio knows{meant}"),
            format!("known are {}; a figure of your own needs `value`, its heading, and `definition`", ids.join(", ")),
        );
    }
    let mut definition = found.unwrap_or_else(|| Definition {
        id: id.to_owned(),
        publisher: entry.source.clone().unwrap_or_else(|| entry.path.get_ref().clone()),
        name: Text { sv: id.to_owned(), en: id.to_owned() },
        counts: Counts::Share,
        unit: None,
        measure: None,
        settlement: None,
        day: None,
        access: None,
        notes: Vec::new(),
        columns: Vec::new(),
        source: None,
    });
    definition.counts = entry.counts.unwrap_or(definition.counts);
    if definition.counts == Counts::Total {
        definition.measure = None;
    }
    if let Some(more) = &entry.definition {
        let DefinitionEntry { publisher, name, unit, measure, settlement, day, access, source } = more.clone();
        let measure = measure.as_ref().map(parsed).transpose()?;
        let day: Option<DayOfYear> = day.as_ref().map(parsed).transpose()?;
        definition.publisher = publisher.unwrap_or(definition.publisher);
        definition.name = name.unwrap_or(definition.name);
        definition.unit = unit.or(definition.unit);
        definition.measure = measure.or(definition.measure);
        definition.settlement = settlement.or(definition.settlement);
        definition.day = day.or(definition.day);
        definition.access = access.or(definition.access);
        definition.source = source.or(definition.source);
    }
    Ok(definition)
}
