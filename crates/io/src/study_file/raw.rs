//! The sources as they stand in TOML: the keys of the file and of the service lie directly in the source's table.
//!
//! They are spelled out here, and not flattened by serde, because flattening loses the place of every value in the
//! file and lets misspelled keys through.

use indexmap::IndexMap;
use jiff::civil::Date;
use nittio_core::{
    plan::Build,
    quantity::{Kronor, Metres, Share, Speed},
    secrecy::Secrecy,
    service::{Reach, Status, Technology},
    settlement::Settlement,
    unit::Unit,
};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{
    AreasSource, FileSource, FootprintsSource, OffersSource, PlacesSource, RepresentativePoint, ReviewSource,
    ServiceColumns, SettlementsSource, mapped::Mapped, plans::ProjectsSource, schema,
};

/// A table with keys of its own, then the service's keys when it says `+ service`, then the file's keys.
macro_rules! source {
    ($(#[$meta:meta])* $name:ident + service { $($own:tt)* }) => {
        source! { $(#[$meta])* $name {
            $($own)*
            /// Who sells it.
            operator: Mapped<String>,
            /// Who owns the network. Default: the operator.
            owner: Option<Mapped<String>>,
            /// How it gets there: `fibre`, `cable`, `vdsl`, `xdsl`, `fwa`, `nr`, `lte`, `satellite` or `other`; the words that
            /// Swedish deliveries use are understood too. Default: `other`.
            technology: Option<Mapped<Technology>>,
            /// Download speed, with its unit; a column of bare numbers is in Mbit/s unless `unit` says otherwise. Default: not
            /// known, which reaches no threshold.
            down: Option<Mapped<Speed>>,
            /// Upload speed, like `down`.
            up: Option<Mapped<Speed>>,
            /// `in-service` (default), `under-construction`, `planned`, or `candidate`: only thought of, so that no definition counts it and
            /// nothing puts it in service but a plan or a scenario that names it.
            status: Option<Mapped<Status>>,
            /// The first day it can be had. Default: at once.
            available_from: Option<Mapped<Date>>,
            /// Whether other providers may sell on the network. Default: not known.
            open_access: Option<Mapped<bool>>,
            /// The build-out project it belongs to. Default: none.
            project: Option<Mapped<String>>,
            /// What it costs to order and be connected, once, in kronor: `"24 900 kr"`, or a column of bare numbers. Default: not
            /// known. Counts only under profiles with `order_cost_at_most`.
            cost: Option<Mapped<Kronor>>,
            /// The download speed that is stated for the busy hour, like `down`. Default: not known. Counts only under profiles
            /// with `busy_hour`.
            busy_down: Option<Mapped<Speed>>,
            /// How it reaches: `connected` (the place has it) or `passed` (the place can order it). Default: `passed` for
            /// footprints, `connected` for offers.
            reach: Option<Mapped<Reach>>,
        }}
    };
    ($(#[$meta:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$meta])*
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            /// The file, relative to the study file; `${NAME}` stands for an environment variable.
            #[schemars(with = "String")]
            path: Spanned<String>,
            $($own)*
            /// The layer of a GeoPackage that has several, or the file inside a zip that has several.
            #[schemars(with = "Option<String>")]
            layer: Option<Spanned<String>>,
            /// The format, where the file's name does not say it: `csv`, `parquet`, `geojson`, `geojsonl`, `gpkg`, `shp` or
            /// `fgb`.
            #[schemars(with = "Option<String>")]
            format: Option<Spanned<String>>,
            /// The CRS of the coordinates, where the file does not say it or says it wrong: `EPSG:3006`. Default: what the file
            /// says, else the study's.
            #[schemars(with = "Option<String>")]
            crs: Option<Spanned<String>>,
            /// Whether east and north are to change places. Default: false.
            #[serde(default)]
            swap_axes: bool,
            /// The encoding of a text file: `utf-8`, `windows-1252` or `iso-8859-1`. Default: found out.
            #[schemars(with = "Option<String>")]
            encoding: Option<Spanned<String>>,
            /// Who made the file and under which licence; printed in the report.
            source: Option<String>,
            /// The licence, where it should stand by itself: `CC0 1.0`. It follows every file that is made of this one.
            licence: Option<String>,
            /// Who may see its rows: `open`, `internal`, or `secret`. Default: `internal` for places, offers and projects, else `open`.
            #[schemars(with = "Option<schema::SecrecyWord>")]
            secrecy: Option<Secrecy>,
        }
    };
}

macro_rules! file_of {
    ($raw:ident, $secrecy:expr) => {
        FileSource {
            path: $raw.path,
            layer: $raw.layer,
            format: $raw.format,
            crs: $raw.crs,
            swap_axes: $raw.swap_axes,
            encoding: $raw.encoding,
            source: $raw.source,
            licence: $raw.licence,
            secrecy: $raw.secrecy.unwrap_or($secrecy),
        }
    };
}

macro_rules! service_of {
    ($raw:ident) => {
        ServiceColumns {
            operator: $raw.operator,
            owner: $raw.owner,
            technology: $raw.technology,
            down: $raw.down,
            up: $raw.up,
            status: $raw.status,
            available_from: $raw.available_from,
            open_access: $raw.open_access,
            project: $raw.project,
            cost: $raw.cost,
            busy_down: $raw.busy_down,
            reach: $raw.reach,
        }
    };
}

source! {
    /// Places in a file: who is to be reached.
    Places {
        /// The column with the place's id.
        #[schemars(with = "String")]
        id: Spanned<String>,
        /// The column with the easting or longitude, where the file has no geometry.
        #[schemars(with = "Option<String>")]
        easting: Option<Spanned<String>>,
        /// The column with the northing or latitude, where the file has no geometry.
        #[schemars(with = "Option<String>")]
        northing: Option<Spanned<String>>,
        /// Which point stands for a polygon or several points. Default: `inside`.
        #[serde(default)]
        point: RepresentativePoint,
        /// What the places are: `home`, `workplace`, `school` … A constant, or a column with a map of its words.
        category: Option<Mapped<String>>,
        /// The column with what the place is called, for lists of schools and other public places.
        #[schemars(with = "Option<String>")]
        name: Option<Spanned<String>>,
        /// Per unit, the column that has it: `population = "bef"`. Known units are `population`, `households`, `workplaces`,
        /// `jobs` and `buildings`; any other name is a weight of your own. Places themselves are always counted.
        #[serde(default)]
        #[schemars(with = "IndexMap<String, String>")]
        units: IndexMap<Unit, Spanned<String>>,
        /// Per level of `areas`, the column with the area's code: `municipality = "kommunkod"`.
        #[serde(default)]
        #[schemars(with = "IndexMap<String, String>")]
        codes: IndexMap<String, Spanned<String>>,
    }
}

source! {
    /// Footprints in a file: polygons in which a service can be had.
    Footprints + service {
        /// The column with the footprint's own name or id.
        #[schemars(with = "Option<String>")]
        name: Option<Spanned<String>>,
    }
}

source! {
    /// An offer list: rows of place id and service.
    Offers + service {
        /// The column with the place's id.
        #[schemars(with = "String")]
        place: Spanned<String>,
    }
}

source! {
    /// Borders of localities (tätorter) and smaller localities (småorter).
    Settlements {
        /// `locality` (tätort) or `smaller_locality` (småort): a constant, or a column with a map.
        class: Mapped<Settlement>,
        /// The year that the borders are drawn for: figures by class from different vintages are not comparable. Default: not
        /// known, which the report says.
        #[schemars(range(min = 1900, max = 2100))]
        vintage: Option<i16>,
    }
}

source! {
    /// Projects that may be built, and what they cost.
    Projects {
        /// The column with the name that footprints give as their `project`.
        #[schemars(with = "String")]
        project: Spanned<String>,
        /// The column with what the project is called. Default: the same.
        #[schemars(with = "Option<String>")]
        name: Option<Spanned<String>>,
        /// Which of the unit costs it has where its row does not say its own.
        kind: Option<Mapped<String>>,
        /// A TOML file with unit costs by kind, relative to the study file.
        #[schemars(with = "Option<String>")]
        unit_costs: Option<Spanned<String>>,
        /// What it costs whatever it reaches, in kronor.
        fixed: Option<Mapped<Kronor>>,
        /// What each place costs that lacks the goal's first speed and is passed.
        per_passed: Option<Mapped<Kronor>>,
        /// What each of those places costs that is connected.
        per_connected: Option<Mapped<Kronor>>,
        /// How large a share of them is connected: `"60 %"`, or a column of per cent.
        connected: Option<Mapped<Share>>,
        /// What each metre costs.
        per_metre: Option<Mapped<Kronor>>,
        /// How long it is: `"1200 m"`, or a column of metres.
        length: Option<Mapped<Metres>>,
        /// What others pay of it, for example a state scheme or those who are connected. Default: nothing.
        contribution: Option<Mapped<Kronor>>,
        /// The support that is sought for it, by which it is ranked. Default: what it costs once others have paid.
        sought: Option<Mapped<Kronor>>,
        /// The first year in which it can be built. Default: any.
        earliest: Option<Mapped<i16>>,
        /// `maybe` (default), `must` or `never`.
        build: Option<Mapped<Build>>,
    }
}

/// Answers of a review: what people who know the places have said, as `nittio review import` writes it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Review {
    /// The file, CSV, relative to the study file; `${NAME}` stands for an environment variable.
    #[schemars(with = "String")]
    path: Spanned<String>,
    /// Who made the file and under which licence; printed in the report.
    source: Option<String>,
    /// Who may see its rows: `open`, `internal` (default) or `secret`.
    #[schemars(with = "Option<schema::SecrecyWord>")]
    secrecy: Option<Secrecy>,
}

/// One level of areas: from polygons, from the places' code column, or from another level's codes.
///
/// Its file is optional, so the keys stand here once more.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Areas {
    /// The file with borders, or only with codes and names; none when the places' codes are all there is.
    #[schemars(with = "Option<String>")]
    path: Option<Spanned<String>>,
    /// The column with the code.
    #[schemars(with = "Option<String>")]
    code: Option<Spanned<String>>,
    /// The column with the name. Default: the code is the name.
    #[schemars(with = "Option<String>")]
    name: Option<Spanned<String>>,
    /// Names by code, for levels without a file: `names = { "0180" = "Stockholm" }`.
    #[serde(default)]
    names: IndexMap<String, String>,
    /// Another level whose codes begin with this level's: `from = "municipality"` with `digits = 2`.
    #[schemars(with = "Option<String>")]
    from: Option<Spanned<String>>,
    /// How many characters of the other level's code.
    #[schemars(range(min = 1))]
    digits: Option<u8>,
    /// The layer of a GeoPackage that has several, or the file inside a zip that has several.
    #[schemars(with = "Option<String>")]
    layer: Option<Spanned<String>>,
    /// The format, where the file's name does not say it.
    #[schemars(with = "Option<String>")]
    format: Option<Spanned<String>>,
    /// The CRS of the coordinates, where the file does not say it or says it wrong.
    #[schemars(with = "Option<String>")]
    crs: Option<Spanned<String>>,
    /// Whether east and north are to change places. Default: false.
    #[serde(default)]
    swap_axes: bool,
    /// The encoding of a text file.
    #[schemars(with = "Option<String>")]
    encoding: Option<Spanned<String>>,
    /// Who made the file and under which licence; printed in the report.
    source: Option<String>,
    /// The licence, where it should stand by itself.
    licence: Option<String>,
    /// Who may see its rows: `open` (default), `internal` or `secret`.
    #[schemars(with = "Option<schema::SecrecyWord>")]
    secrecy: Option<Secrecy>,
}

impl From<Places> for PlacesSource {
    fn from(raw: Places) -> Self {
        Self {
            file: file_of!(raw, Secrecy::Internal),
            id: raw.id,
            easting: raw.easting,
            northing: raw.northing,
            point: raw.point,
            category: raw.category,
            name: raw.name,
            units: raw.units,
            codes: raw.codes,
        }
    }
}

impl From<Footprints> for FootprintsSource {
    fn from(raw: Footprints) -> Self {
        Self { file: file_of!(raw, Secrecy::Open), name: raw.name, service: service_of!(raw) }
    }
}

impl From<Offers> for OffersSource {
    fn from(raw: Offers) -> Self {
        Self { file: file_of!(raw, Secrecy::Internal), place: raw.place, service: service_of!(raw) }
    }
}

impl From<Settlements> for SettlementsSource {
    fn from(raw: Settlements) -> Self {
        Self { file: file_of!(raw, Secrecy::Open), class: raw.class, vintage: raw.vintage }
    }
}

impl From<Projects> for ProjectsSource {
    fn from(raw: Projects) -> Self {
        Self {
            file: file_of!(raw, Secrecy::Internal),
            project: raw.project,
            name: raw.name,
            kind: raw.kind,
            unit_costs: raw.unit_costs,
            fixed: raw.fixed,
            per_passed: raw.per_passed,
            per_connected: raw.per_connected,
            connected: raw.connected,
            per_metre: raw.per_metre,
            length: raw.length,
            contribution: raw.contribution,
            sought: raw.sought,
            earliest: raw.earliest,
            build: raw.build,
        }
    }
}

impl From<Review> for ReviewSource {
    fn from(Review { path, source, secrecy }: Review) -> Self {
        // A file that is written by us needs no more words than that.
        let format = Some(Spanned::new(path.span(), "csv".to_owned()));
        let encoding = Some(Spanned::new(path.span(), "utf-8".to_owned()));
        let secrecy = secrecy.unwrap_or(Secrecy::Internal);
        let file = FileSource {
            path,
            layer: None,
            format,
            crs: None,
            swap_axes: false,
            encoding,
            source,
            licence: None,
            secrecy,
        };
        Self { file }
    }
}

impl TryFrom<Areas> for AreasSource {
    type Error = String;

    fn try_from(raw: Areas) -> Result<Self, String> {
        let file = if let Some(path) = raw.path {
            Some(FileSource {
                path,
                layer: raw.layer,
                format: raw.format,
                crs: raw.crs,
                swap_axes: raw.swap_axes,
                encoding: raw.encoding,
                source: raw.source,
                licence: raw.licence,
                secrecy: raw.secrecy.unwrap_or(Secrecy::Open),
            })
        } else {
            let of_a_file = [
                ("code", raw.code.is_some()),
                ("name", raw.name.is_some()),
                ("layer", raw.layer.is_some()),
                ("format", raw.format.is_some()),
                ("crs", raw.crs.is_some()),
                ("swap_axes", raw.swap_axes),
                ("encoding", raw.encoding.is_some()),
                ("source", raw.source.is_some()),
                ("licence", raw.licence.is_some()),
                ("secrecy", raw.secrecy.is_some()),
            ];
            if let Some((key, _)) = of_a_file.iter().find(|(_, given)| *given) {
                return Err(format!("`{key}` is about a file, but this level has none; add `path = \"…\"`"));
            }
            None
        };
        Ok(Self { file, code: raw.code, name: raw.name, names: raw.names, from: raw.from, digits: raw.digits })
    }
}
