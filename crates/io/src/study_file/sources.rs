//! The files that a study names, and what their columns are: places, networks, offers, answers, borders.

use indexmap::IndexMap;
use jiff::civil::Date;
use nittio_core::{
    quantity::{Kronor, Speed},
    secrecy::Secrecy,
    service::{Reach, Status, Technology},
    settlement::Settlement,
    unit::Unit,
};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{mapped::Mapped, raw};

/// A file and how to read it. Everything but the path is known from the file unless said.
#[derive(Debug, Clone)]
pub struct FileSource {
    /// The file, relative to the study file; `${NAME}` stands for an environment variable.
    pub path: Spanned<String>,
    /// The layer of a GeoPackage that has several, or the file inside a zip that has several.
    pub layer: Option<Spanned<String>>,
    /// The format, where the file's name does not say it.
    pub format: Option<Spanned<String>>,
    /// The CRS of the coordinates, where the file does not say it or says it wrong.
    pub crs: Option<Spanned<String>>,
    /// Whether east and north are to change places.
    pub swap_axes: bool,
    /// The encoding of a text file: `utf-8`, `windows-1252` or `iso-8859-1`.
    pub encoding: Option<Spanned<String>>,
    /// Who made the file and under which licence; printed in the report.
    pub source: Option<String>,
    /// The licence, where it stands by itself.
    pub licence: Option<String>,
    /// Who may see its rows.
    pub secrecy: Secrecy,
}

impl FileSource {
    /// A file of which nothing is said but where it is; for what is not published.
    #[must_use]
    pub fn of_path(path: Spanned<String>) -> Self {
        Self {
            path,
            layer: None,
            format: None,
            crs: None,
            swap_axes: false,
            encoding: None,
            source: None,
            licence: None,
            secrecy: Secrecy::Internal,
        }
    }
}

/// Places in a file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(from = "raw::Places")]
#[schemars(with = "raw::Places")]
pub struct PlacesSource {
    /// The file.
    pub file: FileSource,
    /// The column with the place's id.
    pub id: Spanned<String>,
    /// The column with the easting or longitude, where the file has no geometry.
    pub easting: Option<Spanned<String>>,
    /// The column with the northing or latitude, where the file has no geometry.
    pub northing: Option<Spanned<String>>,
    /// Which point stands for a polygon or a multipoint.
    pub point: RepresentativePoint,
    /// What the places are: `home`, `workplace`, `school` … A constant, or a column with a map of its words.
    pub category: Option<Mapped<String>>,
    /// The column with what the place is called.
    pub name: Option<Spanned<String>>,
    /// Per unit, the column that has it: `population = "bef"`. An unknown unit is a weight of your own.
    pub units: IndexMap<Unit, Spanned<String>>,
    /// Per level, the column with the area's code.
    pub codes: IndexMap<String, Spanned<String>>,
}

/// Which point stands for a polygon or several points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RepresentativePoint {
    /// A point that is surely inside the polygon; the first of several points.
    #[default]
    Inside,
    /// The centre of gravity, which may lie outside.
    Centroid,
    /// The middle of the bounding box.
    BoxCentre,
}

/// A service, told by constants and columns.
#[derive(Debug, Clone)]
pub struct ServiceColumns {
    /// Who sells it.
    pub operator: Mapped<String>,
    /// Who owns the network. Default: the operator.
    pub owner: Option<Mapped<String>>,
    /// How it gets there.
    pub technology: Option<Mapped<Technology>>,
    /// Download speed; a column of bare numbers is in Mbit/s unless `unit` says otherwise.
    pub down: Option<Mapped<Speed>>,
    /// Upload speed.
    pub up: Option<Mapped<Speed>>,
    /// In service (default), under construction, planned, or only thought of (`candidate`).
    pub status: Option<Mapped<Status>>,
    /// The first day it can be had.
    pub available_from: Option<Mapped<Date>>,
    /// Whether other providers may sell on the network.
    pub open_access: Option<Mapped<bool>>,
    /// The build-out project it belongs to.
    pub project: Option<Mapped<String>>,
    /// What it costs to order and be connected, once.
    pub cost: Option<Mapped<Kronor>>,
    /// The download speed that is stated for the busy hour.
    pub busy_down: Option<Mapped<Speed>>,
    /// How it reaches: `passed` is the default of footprints, `connected` of offer lists.
    pub reach: Option<Mapped<Reach>>,
}

/// Footprints in a file: polygons in which a service can be had.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(from = "raw::Footprints")]
#[schemars(with = "raw::Footprints")]
pub struct FootprintsSource {
    /// The file.
    pub file: FileSource,
    /// The column with the footprint's own name or id.
    pub name: Option<Spanned<String>>,
    /// The service.
    pub service: ServiceColumns,
}

/// An offer list: rows of place id and service.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(from = "raw::Offers")]
#[schemars(with = "raw::Offers")]
pub struct OffersSource {
    /// The file.
    pub file: FileSource,
    /// The column with the place's id.
    pub place: Spanned<String>,
    /// The service.
    pub service: ServiceColumns,
}

/// Answers of a review.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(from = "raw::Review")]
#[schemars(with = "raw::Review")]
pub struct ReviewSource {
    /// The file.
    pub file: FileSource,
}

/// One level of areas: from polygons, from the places' code column, or from another level's codes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(try_from = "raw::Areas")]
#[schemars(with = "raw::Areas")]
pub struct AreasSource {
    /// The file with borders, or only with codes and names; none when the places' codes are all there is.
    pub file: Option<FileSource>,
    /// The column with the code.
    pub code: Option<Spanned<String>>,
    /// The column with the name.
    pub name: Option<Spanned<String>>,
    /// Names by code, for levels without a file.
    pub names: IndexMap<String, String>,
    /// Another level whose codes begin with this level's: `from = "municipality", digits = 2`.
    pub from: Option<Spanned<String>>,
    /// How many characters of the other level's code.
    pub digits: Option<u8>,
}

/// Settlement polygons in a file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(from = "raw::Settlements")]
#[schemars(with = "raw::Settlements")]
pub struct SettlementsSource {
    /// The file.
    pub file: FileSource,
    /// `locality` (tätort) or `smaller_locality` (småort): a constant, or a column with a map.
    pub class: Mapped<Settlement>,
    /// The year that the borders are drawn for.
    pub vintage: Option<i16>,
}
