//! What was wrong with the input, row by row, and what was done about it.

use std::{collections::BTreeMap, sync::Arc};

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// One row of one input file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceRow {
    /// Index into the study's list of input files.
    pub source: u16,
    /// The row as the user would count it: a CSV's header is row 1, a feature or record counts from 1.
    pub row: u32,
}

/// What kind of thing was found. The key is stable and stands in `rejects.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Finding {
    /// The row has fewer or more fields than the header, or cannot be read as text.
    MalformedRow,
    /// A place without an id.
    MissingId,
    /// A place id that an earlier row has already.
    DuplicateId,
    /// A place without coordinates, or with coordinates that are not numbers.
    NoPosition,
    /// Coordinates that look as if east and north have changed places.
    SwappedAxes,
    /// Coordinates outside what the CRS or the country allows.
    OutsideExtent,
    /// A unit's value that is not a number.
    UnitNotANumber,
    /// A unit's value below zero.
    NegativeUnit,
    /// A speed that is not a number, below zero, or beyond what exists.
    ImpossibleSpeed,
    /// A speed beyond what the row's technology can give.
    ImplausibleSpeed,
    /// A price that cannot be read.
    UnreadablePrice,
    /// A technology word that the study does not map.
    UnknownTechnology,
    /// A status word that the study does not map.
    UnknownStatus,
    /// A word for how a service reaches places that the study does not map.
    UnknownReach,
    /// A settlement class that the study does not map.
    UnknownClass,
    /// A service row without an operator.
    MissingOperator,
    /// A date that cannot be read.
    UnreadableDate,
    /// A yes/no value that cannot be read.
    UnreadableFlag,
    /// Geometry that was invalid and was repaired without a doubt about its meaning.
    RepairedGeometry,
    /// Geometry that is invalid or of the wrong kind.
    InvalidGeometry,
    /// A feature without geometry where one is needed.
    NoGeometry,
    /// An offer for a place id that no place has.
    OfferForUnknownPlace,
    /// A place that lies in no area of a level.
    OutsideEveryArea,
    /// A place on or in more than one area of a level; the lowest code was taken.
    InSeveralAreas,
    /// A place whose area code and position name different areas; the code was taken.
    AreaCodeMismatch,
    /// A place whose area code no area has.
    UnknownAreaCode,
    /// An area without a code, or with a code that another area has.
    DuplicateArea,
    /// An official figure for an area that the study does not have, or that cannot be told from another.
    OfficialUnknownArea,
    /// An official figure whose area code had lost its leading zeros.
    OfficialMendedCode,
    /// An official figure that its publisher does not give.
    OfficialNoValue,
    /// An official figure that is not a share or a total.
    OfficialUnreadable,
    /// A second official figure for an area.
    OfficialTwice,
    /// Something in a file of official figures that may mean something else than it was taken for.
    OfficialDoubtful,
    /// An answer of a review that was applied.
    DecidedByReview,
    /// A place that is none, a review says.
    NotAPlace,
    /// An answer of a review that cannot be read.
    UnreadableAnswer,
    /// An answer about a place for which there is a later one.
    OlderAnswer,
    /// An answer about a place id that no place has.
    AnswerForUnknownPlace,
    /// A project of which it is not known what it costs, or what it would bring.
    UnusableProject,
}

impl Finding {
    /// All of them.
    pub const ALL: [Self; 39] = [
        Self::MalformedRow,
        Self::MissingId,
        Self::DuplicateId,
        Self::NoPosition,
        Self::SwappedAxes,
        Self::OutsideExtent,
        Self::UnitNotANumber,
        Self::NegativeUnit,
        Self::ImpossibleSpeed,
        Self::ImplausibleSpeed,
        Self::UnreadablePrice,
        Self::UnknownTechnology,
        Self::UnknownStatus,
        Self::UnknownReach,
        Self::UnknownClass,
        Self::MissingOperator,
        Self::UnreadableDate,
        Self::UnreadableFlag,
        Self::RepairedGeometry,
        Self::InvalidGeometry,
        Self::NoGeometry,
        Self::OfferForUnknownPlace,
        Self::OutsideEveryArea,
        Self::InSeveralAreas,
        Self::AreaCodeMismatch,
        Self::UnknownAreaCode,
        Self::DuplicateArea,
        Self::OfficialUnknownArea,
        Self::OfficialMendedCode,
        Self::OfficialNoValue,
        Self::OfficialUnreadable,
        Self::OfficialTwice,
        Self::OfficialDoubtful,
        Self::DecidedByReview,
        Self::NotAPlace,
        Self::UnreadableAnswer,
        Self::OlderAnswer,
        Self::AnswerForUnknownPlace,
        Self::UnusableProject,
    ];

    /// The stable key, as in `rejects.csv`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::MalformedRow => "malformed-row",
            Self::MissingId => "missing-id",
            Self::DuplicateId => "duplicate-id",
            Self::NoPosition => "no-position",
            Self::SwappedAxes => "swapped-axes",
            Self::OutsideExtent => "outside-extent",
            Self::UnitNotANumber => "unit-not-a-number",
            Self::NegativeUnit => "negative-unit",
            Self::ImpossibleSpeed => "impossible-speed",
            Self::ImplausibleSpeed => "implausible-speed",
            Self::UnreadablePrice => "unreadable-price",
            Self::UnknownTechnology => "unknown-technology",
            Self::UnknownStatus => "unknown-status",
            Self::UnknownReach => "unknown-reach",
            Self::UnknownClass => "unknown-class",
            Self::MissingOperator => "missing-operator",
            Self::UnreadableDate => "unreadable-date",
            Self::UnreadableFlag => "unreadable-flag",
            Self::RepairedGeometry => "repaired-geometry",
            Self::InvalidGeometry => "invalid-geometry",
            Self::NoGeometry => "no-geometry",
            Self::OfferForUnknownPlace => "offer-for-unknown-place",
            Self::OutsideEveryArea => "outside-every-area",
            Self::InSeveralAreas => "in-several-areas",
            Self::AreaCodeMismatch => "area-code-mismatch",
            Self::UnknownAreaCode => "unknown-area-code",
            Self::DuplicateArea => "duplicate-area",
            Self::OfficialUnknownArea => "official-unknown-area",
            Self::OfficialMendedCode => "official-mended-code",
            Self::OfficialNoValue => "official-no-value",
            Self::OfficialUnreadable => "official-unreadable",
            Self::OfficialTwice => "official-twice",
            Self::OfficialDoubtful => "official-doubtful",
            Self::DecidedByReview => "decided-by-review",
            Self::NotAPlace => "not-a-place",
            Self::UnreadableAnswer => "unreadable-answer",
            Self::OlderAnswer => "older-answer",
            Self::AnswerForUnknownPlace => "answer-for-unknown-place",
            Self::UnusableProject => "unusable-project",
        }
    }
}

/// What was done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The row is not in the result.
    Dropped,
    /// The row is in the result, mended as the message says.
    Repaired,
    /// The row is in the totals as unmatched.
    Unmatched,
    /// The row is in the result as it is.
    Noted,
}

impl Action {
    /// The stable key, as in `rejects.csv`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Repaired => "repaired",
            Self::Unmatched => "unmatched",
            Self::Noted => "noted",
        }
    }
}

/// One finding on one row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The row it is about.
    pub at: SourceRow,
    /// What was found.
    pub finding: Finding,
    /// What was done.
    pub action: Action,
    /// The row's own id, where it has one.
    pub id: Option<CompactString>,
    /// What is wrong on this row and what would be right, in English. Thousands of rows may share it.
    pub message: Arc<str>,
}

/// How often each finding was made in each source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagnosticCount {
    /// Index into the study's list of input files.
    pub source: u16,
    /// What was found.
    pub finding: Finding,
    /// What was done.
    pub action: Action,
    /// On how many rows.
    pub rows: u64,
}

/// Counts diagnostics per source, finding and action, in that order.
#[must_use]
pub fn count(diagnostics: &[Diagnostic]) -> Vec<DiagnosticCount> {
    let mut counts = BTreeMap::new();
    for d in diagnostics {
        *counts.entry((d.at.source, d.finding, d.action)).or_insert(0) += 1;
    }
    counts
        .into_iter()
        .map(|((source, finding, action), rows)| DiagnosticCount { source, finding, action, rows })
        .collect()
}
