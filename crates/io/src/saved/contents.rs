//! What a saved result says in words: the study file, the axes, the inputs.

use std::borrow::Cow;

use nittio_core::{
    area::Level,
    category::Few,
    diagnostic::DiagnosticCount,
    measure::Measure,
    official::{Break, Definition, Official, Published, Year},
    outcome::{Input, Plans},
    service::Service,
    settlement::SettlementGroup,
    study::ScaledUnit,
    unit::Unit,
};
use serde::{Deserialize, Serialize};

use super::{Beside, Kept, PROGRAM};
use crate::basis::Basis;

/// Everything that stands in JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Contents<'a> {
    /// Program and version.
    pub(super) program: String,
    /// The study file's name.
    pub(super) study_name: String,
    /// Its text.
    pub(super) study: Cow<'a, str>,
    pub(super) crs: String,
    pub(super) inputs: Vec<Input>,
    pub(super) levels: Vec<LevelEntry>,
    pub(super) categories: Vec<String>,
    pub(super) units: Vec<UnitEntry>,
    /// In their order.
    pub(super) services: Vec<Service>,
    /// What came of plans: another machine may not find the same in the same time.
    pub(super) plans: Cow<'a, Plans>,
    pub(super) official: Vec<OfficialEntry>,
    pub(super) diagnostics: Vec<DiagnosticCount>,
    pub(super) lacking: Option<Few>,
    /// Whether it is known from which inputs the services come, which the public edition needs.
    pub(super) public: bool,
    /// What the report's look is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) theme: Vec<Kept>,
}

impl<'a> Contents<'a> {
    pub(super) fn of(basis: &Basis<'a>, beside: &Beside<'a>, public: bool) -> Self {
        let (loaded, frame) = (basis.loaded, basis.frame);
        Self {
            program: PROGRAM.to_owned(),
            study_name: loaded.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            study: Cow::Borrowed(loaded.text.as_ref()),
            crs: basis.provenance.crs.clone(),
            inputs: basis.provenance.inputs.clone(),
            levels: frame.levels.iter().map(LevelEntry::of).collect(),
            categories: frame.categories.clone(),
            units: frame.units.iter().map(UnitEntry::of).collect(),
            services: frame.services.as_slice().to_vec(),
            plans: Cow::Borrowed(beside.plans),
            official: basis.official.iter().map(OfficialEntry::of).collect(),
            diagnostics: basis.diagnostics.clone(),
            lacking: beside.lacking.cloned(),
            public,
            theme: beside.look.to_vec(),
        }
    }
}

/// Bytes as text: two digits for each.
pub(super) mod hex {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(in super::super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digits =
            bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)]));
        serializer.serialize_str(&digits.collect::<String>())
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let byte = |pair: &[u8]| Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?);
        text.as_bytes()
            .chunks(2)
            .map(byte)
            .collect::<Option<_>>()
            .ok_or_else(|| D::Error::custom("no hexadecimal digits"))
    }
}

/// A level but for its borders.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LevelEntry {
    pub(super) key: String,
    /// Code and name.
    pub(super) areas: Vec<(String, String)>,
    /// From which level it follows, and the area of each of that level's areas.
    pub(super) derived: Option<(usize, Vec<Option<u32>>)>,
}

impl LevelEntry {
    fn of(level: &Level) -> Self {
        Self {
            key: level.key.clone(),
            areas: level.areas.iter().map(|area| (area.code.clone(), area.name.clone())).collect(),
            derived: level.derived.as_ref().map(|derived| (derived.from, derived.area_of.clone())),
        }
    }
}

/// A unit, and how many counted parts make one of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct UnitEntry(Unit, u64);

impl UnitEntry {
    fn of(unit: &ScaledUnit) -> Self {
        Self(unit.unit.clone(), unit.scale)
    }

    pub(super) fn scaled(self) -> ScaledUnit {
        ScaledUnit { unit: self.0, scale: self.1 }
    }
}

/// An official figure.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OfficialEntry {
    definition: Definition,
    unit: Unit,
    measure: Option<String>,
    profile: usize,
    settlement: SettlementGroup,
    year: Option<i16>,
    source: Option<String>,
    /// By level and area.
    values: Vec<(usize, usize, Published)>,
    country: Option<Published>,
    /// Earlier years, rising.
    history: Vec<YearEntry>,
    breaks: Vec<Break>,
}

/// An official figure for an earlier year.
#[derive(Debug, Serialize, Deserialize)]
struct YearEntry {
    year: i16,
    /// By level and area.
    values: Vec<(usize, usize, Published)>,
    country: Option<Published>,
}

impl YearEntry {
    fn of(Year { year, values, country }: Year) -> Self {
        Self { year, values: values.into_iter().map(|((level, area), value)| (level, area, value)).collect(), country }
    }

    fn year(self) -> Year {
        let values = self.values.into_iter().map(|(level, area, value)| ((level, area), value)).collect();
        Year { year: self.year, values, country: self.country }
    }
}

impl OfficialEntry {
    fn of(official: &Official) -> Self {
        let official = official.clone();
        Self {
            definition: official.definition,
            unit: official.unit,
            measure: official.measure.map(|measure| measure.to_string()),
            profile: official.profile,
            settlement: official.settlement,
            year: official.year,
            source: official.source,
            values: official.values.into_iter().map(|((level, area), value)| (level, area, value)).collect(),
            country: official.country,
            history: official.history.into_iter().map(YearEntry::of).collect(),
            breaks: official.breaks,
        }
    }

    /// The figure; `None` when its measure is none.
    pub(super) fn figure(self) -> Option<Official> {
        let measure = self.measure.map(|key| key.parse::<Measure>()).transpose().ok()?;
        Some(Official {
            definition: self.definition,
            unit: self.unit,
            measure,
            profile: self.profile,
            settlement: self.settlement,
            year: self.year,
            source: self.source,
            values: self.values.into_iter().map(|(level, area, value)| ((level, area), value)).collect(),
            country: self.country,
            history: self.history.into_iter().map(YearEntry::year).collect(),
            breaks: self.breaks,
        })
    }
}
