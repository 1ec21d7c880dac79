//! Official figures: what an authority has published about areas, and by which definition.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{
    goal::{Source, Text},
    measure::Measure,
    settlement::SettlementGroup,
    unit::Unit,
};

/// An official figure as read, and what of the study it is held against.
#[derive(Debug, Clone, PartialEq)]
pub struct Official {
    /// What its publisher counts, as far as it is known.
    pub definition: Definition,
    /// The study's unit that it is held against.
    pub unit: Unit,
    /// The study's property that it is held against; `None` for totals.
    pub measure: Option<Measure>,
    /// The study's definition that it is held against: index into its profiles.
    pub profile: usize,
    /// The part of the areas that it is held against.
    pub settlement: SettlementGroup,
    /// The year that it is for, where that is known.
    pub year: Option<i16>,
    /// Who made the file and under which licence, as the study file says.
    pub source: Option<String>,
    /// By index of level and area in the frame.
    pub values: BTreeMap<(usize, usize), Published>,
    /// The value for the whole country, where the file has one and no area of the study is it.
    pub country: Option<Published>,
    /// The years before, rising, where the file has them and the figure is a share. Nothing is held against them.
    pub history: Vec<Year>,
    /// What the study file says about the series.
    pub breaks: Vec<Break>,
}

/// The same figure for an earlier year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// Which one.
    pub year: i16,
    /// By index of level and area in the frame.
    pub values: BTreeMap<(usize, usize), Published>,
    /// The value for the whole country, where there is one.
    pub country: Option<Published>,
}

/// A break in a series: from a year on, figures cannot be compared with those before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    /// The first year that is counted the new way.
    pub year: i16,
    /// Why, as the study file says.
    pub reason: Option<String>,
}

impl Official {
    /// The day that the figure is for, where it is known.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        let DayOfYear { month, day } = self.definition.day?;
        Date::new(self.year?, month, day).ok()
    }

    /// The years that there are figures for, rising.
    #[must_use]
    pub fn years(&self) -> Vec<i16> {
        self.history.iter().map(|year| year.year).chain(self.year).collect()
    }

    /// The years at which the series is broken, with what the study file says and the notes of the definition that hold from or
    /// until then. Only years with figures on both sides are.
    #[must_use]
    pub fn broken(&self) -> BTreeMap<i16, (Option<&str>, Vec<&Note>)> {
        let years = self.years();
        let (first, last) = (years.first().copied(), years.last().copied());
        let mut broken: BTreeMap<i16, (Option<&str>, Vec<&Note>)> = BTreeMap::new();
        for Break { year, reason } in &self.breaks {
            let said = broken.entry(*year).or_default();
            said.0 = said.0.or(reason.as_deref());
        }
        for note in &self.definition.notes {
            for year in note.from.into_iter().chain(note.to.map(|to| to.saturating_add(1))) {
                broken.entry(year).or_default().1.push(note);
            }
        }
        broken.retain(|&year, _| first.is_some_and(|first| first < year) && last.is_some_and(|last| year <= last));
        broken
    }
}

/// A value as it was published.
///
/// # Units
/// A share in parts per million; a total in whole units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The value.
    pub value: u64,
    /// Whether the value itself was published, or only on which side of it the figure lies.
    pub bound: Bound,
    /// Half of the last digit that was published: the true value may lie this far from it.
    pub half: u64,
}

/// How a published value is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// As it is.
    Exact,
    /// More than the value: `>99,99 %`.
    Above,
    /// Less than the value: `<0,01 %`.
    Below,
}

impl Bound {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Above => "above",
            Self::Below => "below",
        }
    }
}

/// What a publisher counts. What is not known is `None`, and a report says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The id that a study names it by: a KPI, or a name of the project's or the study's own.
    pub id: String,
    /// Who publishes it.
    pub publisher: String,
    /// Its name, by language.
    pub name: Text,
    /// Whether it is a share or a total.
    pub counts: Counts,
    /// What is counted.
    pub unit: Option<Unit>,
    /// The property that units have; `None` for totals too.
    #[serde(default, deserialize_with = "measure")]
    #[serde(serialize_with = "measure_key")]
    pub measure: Option<Measure>,
    /// Which part of areas it is about.
    pub settlement: Option<SettlementGroup>,
    /// The day of the year that it is for.
    pub day: Option<DayOfYear>,
    /// What counts as access, in words that go on after "when" or a colon.
    pub access: Option<Text>,
    /// What else sets it apart, in sentences.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// Headings of its column in the publisher's tables.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Where the definition stands.
    pub source: Option<Source>,
}

/// A sentence about a definition, for all years or some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The first year it is about.
    pub from: Option<i16>,
    /// The last year it is about.
    pub to: Option<i16>,
    /// Swedish.
    pub sv: String,
    /// English.
    pub en: String,
}

impl Note {
    /// Whether it is about figures for this year. Without a year, all notes that are not about some years are.
    #[must_use]
    pub fn holds(&self, year: Option<i16>) -> bool {
        match year {
            Some(year) => self.from.is_none_or(|from| from <= year) && self.to.is_none_or(|to| year <= to),
            None => self.from.is_none() && self.to.is_none(),
        }
    }
}

/// Whether a figure is a share or a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counts {
    /// Which part of the units has a property.
    Share,
    /// How many units there are.
    Total,
}

impl Counts {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Total => "total",
        }
    }
}

/// A day that comes every year, `10-01` for the first of October.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayOfYear {
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
}

impl FromStr for DayOfYear {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a day of the year; write month and day, as 10-01");
        let (month, day) = text.split_once('-').ok_or_else(wrong)?;
        let day_of_year = Self { month: month.parse().map_err(|_| wrong())?, day: day.parse().map_err(|_| wrong())? };
        // A leap year has them all.
        Date::new(2024, day_of_year.month, day_of_year.day).map_err(|_| wrong())?;
        Ok(day_of_year)
    }
}

impl fmt::Display for DayOfYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl<'de> Deserialize<'de> for DayOfYear {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Serialize for DayOfYear {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn measure<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Measure>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(de::Error::custom)).transpose()
}

#[expect(clippy::ref_option, reason = "serde asks for it")]
fn measure_key<S: serde::Serializer>(measure: &Option<Measure>, serializer: S) -> Result<S::Ok, S::Error> {
    match measure {
        Some(measure) => serializer.collect_str(measure),
        None => serializer.serialize_none(),
    }
}

#[derive(Deserialize)]
struct File {
    figure: Vec<Definition>,
}

/// The official figures whose definitions nittio knows.
///
/// # Errors
/// When the built-in file is broken, which a test rules out.
pub fn known() -> Result<Vec<Definition>, toml::de::Error> {
    Ok(toml::from_str::<File>(include_str!("../data/official.toml"))?.figure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_figures_say_what_they_count_and_where_that_stands() -> Result<(), toml::de::Error> {
        let said: Vec<_> = known()?
            .iter()
            .filter(|d| d.publisher != "PTS")
            .map(|d| {
                let unit = d.unit.as_ref().map_or("?", Unit::key);
                let measure = d.measure.map_or_else(String::new, |m| format!(" {m}"));
                let settlement = d.settlement.map_or("?", SettlementGroup::key);
                format!(
                    "{} {}: {unit}{measure}, {settlement}, {}",
                    d.id,
                    d.counts.key(),
                    d.day.map_or_else(String::new, |d| d.to_string())
                )
            })
            .collect();
        assert_eq!(
            said,
            [
                "N07900 share: ? down>=100 Mbit/s, all, 10-01",
                "N07918 share: households down>=1000 Mbit/s, all, 10-01",
                "N07919 share: households down>=1000 Mbit/s, built_up, 10-01",
                "N07920 share: households down>=1000 Mbit/s, outside, 10-01",
                "scb-population total: population, all, 12-31",
            ]
        );
        for definition in known()? {
            assert!(definition.source.is_some(), "{} says where it stands", definition.id);
            assert!(definition.publisher != "PTS" || !definition.columns.is_empty(), "{} has a heading", definition.id);
            assert_eq!(definition.counts == Counts::Share, definition.measure.is_some(), "{}", definition.id);
        }
        Ok(())
    }

    #[test]
    fn a_note_about_some_years_is_not_about_others() {
        let note = Note { from: Some(2015), to: Some(2018), sv: String::new(), en: String::new() };
        assert_eq!([2014, 2015, 2018, 2019].map(|year| note.holds(Some(year))), [false, true, true, false]);
        assert!(!note.holds(None));
    }

    #[test]
    fn a_series_is_broken_where_the_study_file_or_a_note_says_it_and_figures_stand_on_both_sides() {
        let definition = known().unwrap_or_default().remove(0);
        let year = |year| Year { year, values: BTreeMap::new(), country: None };
        let said = |year, reason: Option<&str>| Break { year, reason: reason.map(str::to_owned) };
        let mut official = Official {
            definition,
            unit: Unit::Households,
            measure: None,
            profile: 0,
            settlement: SettlementGroup::All,
            year: Some(2018),
            source: None,
            values: BTreeMap::new(),
            country: None,
            history: [2013, 2014, 2015].map(year).to_vec(),
            breaks: vec![said(2013, None), said(2018, Some("ny metod")), said(2019, None)],
        };
        let found: Vec<_> =
            official.broken().into_iter().map(|(year, (reason, notes))| (year, reason, notes.len())).collect();
        // N07900 says what was counted until 2014. 2013 is the first year, 2019 is after the last.
        assert_eq!(found, [(2015, None, 1), (2018, Some("ny metod"), 0)]);
        official.history.clear();
        assert!(official.broken().is_empty(), "one year is no series");
    }

    #[test]
    fn a_day_of_the_year_is_month_and_day() {
        assert_eq!("10-01".parse(), Ok(DayOfYear { month: 10, day: 1 }));
        for wrong in ["1 oktober", "13-01", "02-30", "10"] {
            assert!(wrong.parse::<DayOfYear>().is_err(), "{wrong}");
        }
    }
}
