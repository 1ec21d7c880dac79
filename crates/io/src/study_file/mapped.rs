//! A value that is the same for a whole file, or stands in one of its columns.

use std::{collections::BTreeMap, fmt, marker::PhantomData, str::FromStr};

use indexmap::IndexMap;
use jiff::civil::Date;
use nittio_core::{
    plan::Build,
    quantity::{Kronor, Metres, Share, Speed},
    service::{Reach, Status, Technology},
    settlement::Settlement,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, json};
use toml::Spanned;

use super::schema::{self, as_schema};

/// A constant, `"Stadsnätet"`, or a column, `{ column = "agare", map = { "SN" = "Stadsnätet" } }`.
#[derive(Debug, Clone)]
pub enum Mapped<T> {
    /// The same for the whole file.
    Constant(T),
    /// By row.
    Column(ColumnMap<T>),
}

/// A column, and what its words mean.
#[derive(Debug, Clone)]
pub struct ColumnMap<T> {
    /// The column's name in the file.
    pub column: Spanned<String>,
    /// What the column's words mean. A word that is not here is read as it is.
    pub map: BTreeMap<String, T>,
    /// The unit of a column of bare numbers: `Mbit/s` (default), `kbit/s` or `Gbit/s`.
    pub unit: Option<Spanned<String>>,
    /// What an empty cell means. Default: not known.
    pub empty: Option<T>,
}

/// What can stand in a study file as a constant.
pub trait Constant: Sized {
    /// What to call it in an error.
    const WHAT: &'static str;

    /// What a constant looks like, as JSON Schema.
    fn schema() -> Value;

    /// From text.
    ///
    /// # Errors
    /// Says what would be right.
    fn from_text(text: &str) -> Result<Self, String>;

    /// From `true` or `false`.
    ///
    /// # Errors
    /// Says what would be right.
    fn from_flag(flag: bool) -> Result<Self, String> {
        Err(format!("a {} is text, not {flag}", Self::WHAT))
    }

    /// From a bare number.
    ///
    /// # Errors
    /// Says what would be right.
    fn from_number(number: f64) -> Result<Self, String> {
        Err(format!("a {} is text; write \"{number}\"", Self::WHAT))
    }
}

impl Constant for String {
    const WHAT: &'static str = "name";

    fn schema() -> Value {
        json!({ "type": "string" })
    }

    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}

impl Constant for Speed {
    const WHAT: &'static str = "speed";

    fn schema() -> Value {
        schema::speed()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|e: nittio_core::quantity::QuantityError| e.to_string())
    }

    fn from_number(number: f64) -> Result<Self, String> {
        Err(format!("a speed needs its unit; write \"{number} Mbit/s\""))
    }
}

impl Constant for Kronor {
    const WHAT: &'static str = "price";

    fn schema() -> Value {
        schema::price()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        // A cell has a bare number, or one with its unit.
        let bare =
            || Self::from_bare(text).ok_or_else(|| format!("{text:?} is not a price in kronor; write \"40 000 kr\""));
        text.parse().or_else(|_| bare())
    }

    fn from_number(number: f64) -> Result<Self, String> {
        Err(format!("a price needs its unit; write \"{number} kr\""))
    }
}

impl Constant for Share {
    const WHAT: &'static str = "share";

    fn schema() -> Value {
        schema::share()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let number = text.trim().strip_suffix('%').unwrap_or(text).trim();
        let wrong = || format!("{text:?} is not a share in per cent; write \"60 %\"");
        format!("{number} %").parse().map_err(|_| wrong())
    }
}

impl Constant for Metres {
    const WHAT: &'static str = "length";

    fn schema() -> Value {
        schema::metres()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a length in metres; write \"1200 m\"");
        text.parse().or_else(|_| format!("{} m", text.trim()).parse()).map_err(|_| wrong())
    }
}

impl Constant for i16 {
    const WHAT: &'static str = "year";

    fn schema() -> Value {
        json!({ "type": "integer", "examples": [2027] })
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let year = text.trim().parse().ok().filter(|year| (1900..=2200).contains(year));
        year.ok_or_else(|| format!("{text:?} is not a year; write 2027"))
    }

    fn from_number(number: f64) -> Result<Self, String> {
        Self::from_text(&number.to_string())
    }
}

impl Constant for Build {
    const WHAT: &'static str = "choice";

    fn schema() -> Value {
        schema::words(&["maybe", "must", "never"])
    }

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim().to_lowercase().as_str() {
            "maybe" | "may" | "kanske" | "valfri" => Ok(Self::Maybe),
            "must" | "måste" | "ska" => Ok(Self::Must),
            "never" | "aldrig" | "nej" => Ok(Self::Never),
            _ => Err(format!("{text:?} is not a known choice; known are maybe, must, never")),
        }
    }
}

macro_rules! constant_by_word {
    ($($kind:ty, $what:literal, $words:expr;)*) => {$(
        impl Constant for $kind {
            const WHAT: &'static str = $what;

            fn schema() -> Value {
                schema::words(&$words)
            }

            fn from_text(text: &str) -> Result<Self, String> {
                <$kind>::from_str(text).map_err(|e| e.to_string())
            }
        }
    )*};
}

constant_by_word! {
    Technology, "technology", Technology::ALL.map(Technology::key);
    Status, "status", [Status::InService, Status::UnderConstruction, Status::Planned, Status::Candidate].map(Status::key);
}

impl Constant for Reach {
    const WHAT: &'static str = "reach";

    fn schema() -> Value {
        schema::words(&["connected", "passed"])
    }

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim().to_lowercase().as_str() {
            "connected" | "hc" | "ansluten" => Ok(Self::Connected),
            "passed" | "hp" | "kan beställas" => Ok(Self::Passed),
            _ => Err(format!("{text:?} is not a known reach; known are connected, passed")),
        }
    }
}

impl Constant for Settlement {
    const WHAT: &'static str = "settlement class";

    fn schema() -> Value {
        schema::words(&["locality", "smaller_locality"])
    }

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim().to_lowercase().as_str() {
            "locality" | "tätort" => Ok(Self::Locality),
            "smaller_locality" | "småort" => Ok(Self::SmallerLocality),
            _ => Err(format!("{text:?} is not a known settlement class; known are locality, smaller_locality")),
        }
    }
}

impl Constant for bool {
    const WHAT: &'static str = "yes or no";

    fn schema() -> Value {
        json!({ "anyOf": [{ "type": "boolean" }, { "type": "string" }] })
    }

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim().to_lowercase().as_str() {
            "true" | "yes" | "ja" | "1" | "j" | "y" => Ok(true),
            "false" | "no" | "nej" | "0" | "n" => Ok(false),
            _ => Err(format!("{text:?} is neither yes nor no; write true or false")),
        }
    }

    fn from_flag(flag: bool) -> Result<Self, String> {
        Ok(flag)
    }
}

impl Constant for Date {
    const WHAT: &'static str = "date";

    fn schema() -> Value {
        schema::day()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        // Only the whole day: a time of day or a week date would be read differently by different readers.
        let day = text.trim();
        let spelled = day.len() == 10 && day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let wrong = || format!("{text:?} is not a date; write 2027-12-31 (year, month, day)");
        if spelled { day.parse().map_err(|_| wrong()) } else { Err(wrong()) }
    }

    fn from_number(number: f64) -> Result<Self, String> {
        Err(format!("{number} is not a date; write 2027-12-31 (year, month, day)"))
    }
}

impl<'de, T: Constant> Deserialize<'de> for Mapped<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MappedVisitor(PhantomData))
    }
}

struct MappedVisitor<T>(PhantomData<T>);

impl<'de, T: Constant> de::Visitor<'de> for MappedVisitor<T> {
    type Value = Mapped<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {}, or {{ column = \"…\" }}", T::WHAT)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        T::from_text(text).map(Mapped::Constant).map_err(E::custom)
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Self::Value, E> {
        T::from_flag(flag).map(Mapped::Constant).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        #[expect(clippy::cast_precision_loss, reason = "only shown in an error")]
        T::from_number(number as f64).map(Mapped::Constant).map_err(E::custom)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
        T::from_number(number).map(Mapped::Constant).map_err(E::custom)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        // A TOML date comes as a map with one private key, so the keys are looked at before the columns are read.
        let raw = Raw::<T>::deserialize(de::value::MapAccessDeserializer::new(map))?;
        if let Some(date) = raw.datetime {
            return T::from_text(&date).map(Mapped::Constant).map_err(de::Error::custom);
        }
        let column = raw.column.ok_or_else(|| de::Error::missing_field("column"))?;
        let map = raw.map.into_iter().map(|(word, meaning)| (word, meaning.0)).collect();
        Ok(Mapped::Column(ColumnMap { column, map, unit: raw.unit, empty: raw.empty.map(|meaning| meaning.0) }))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "T: Constant")]
struct Raw<T> {
    // Read as plain text: the TOML reader hands a date over in a way that cannot be optional.
    #[serde(rename = "$__toml_private_datetime", default, deserialize_with = "some_text")]
    datetime: Option<String>,
    column: Option<Spanned<String>>,
    #[serde(default = "IndexMap::new")]
    map: IndexMap<String, Meaning<T>>,
    unit: Option<Spanned<String>>,
    empty: Option<Meaning<T>>,
}

fn some_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

/// A constant inside a column's table. It is parsed where it stands, so that an error points at it and not at the table.
struct Meaning<T>(T);

impl<'de, T: Constant> Deserialize<'de> for Meaning<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MeaningVisitor(PhantomData))
    }
}

struct MeaningVisitor<T>(PhantomData<T>);

impl<'de, T: Constant> de::Visitor<'de> for MeaningVisitor<T> {
    type Value = Meaning<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {}", T::WHAT)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        T::from_text(text).map(Meaning).map_err(E::custom)
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Self::Value, E> {
        T::from_flag(flag).map(Meaning).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        #[expect(clippy::cast_precision_loss, reason = "only shown in an error")]
        T::from_number(number as f64).map(Meaning).map_err(E::custom)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
        T::from_number(number).map(Meaning).map_err(E::custom)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        match map.next_entry::<String, toml::Value>()? {
            Some((key, toml::Value::String(date))) if key == DATE_KEY => {
                T::from_text(&date).map(Meaning).map_err(de::Error::custom)
            }
            _ => Err(de::Error::invalid_type(de::Unexpected::Map, &self)),
        }
    }
}

/// The key under which the TOML reader hands over its own dates.
const DATE_KEY: &str = "$__toml_private_datetime";

impl<T: Constant> JsonSchema for Mapped<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}_or_column", T::WHAT.replace(' ', "_")).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        as_schema(json!({ "oneOf": [T::schema(), {
            "type": "object",
            "properties": {
                "column": { "type": "string", "description": "The column's name in the file." },
                "map": {
                    "type": "object",
                    "additionalProperties": T::schema(),
                    "description": "What the column's words mean. A word that is not here is read as it is.",
                },
                "unit": {
                    "enum": ["Mbit/s", "kbit/s", "Gbit/s"],
                    "description": "The unit of a column of bare numbers. Default: Mbit/s.",
                },
                "empty": { "allOf": [T::schema()], "description": "What an empty cell means. Default: not known." },
            },
            "required": ["column"],
            "additionalProperties": false,
        }]}))
    }
}

/// Reads a date, with or without quotation marks.
pub(super) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    Meaning::<Date>::deserialize(deserializer).map(|meaning| meaning.0)
}

/// Reads a date that may be left out.
pub(super) fn optional_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    date(deserializer).map(Some)
}
