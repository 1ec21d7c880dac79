//! What a study file says is checked against itself, before anything that it names is opened.

use std::ops::Range;

use nittio_core::unit::Unit;
use toml::Spanned;

use super::{
    FileSource, ServiceColumns, StudyFile,
    error::StudyFileError,
    load::{At, Loaded},
    mapped::Mapped,
    official::{self, Wrong},
    wording::{distance, nearest},
};
use crate::{crs::Crs, read::Format};

/// The formats by the names that a study file gives them.
pub const FORMATS: [(&str, Format); 7] = [
    ("csv", Format::Csv),
    ("parquet", Format::Parquet),
    ("geojson", Format::GeoJson),
    ("geojsonl", Format::GeoJsonLines),
    ("gpkg", Format::GeoPackage),
    ("shp", Format::Shapefile),
    ("fgb", Format::FlatGeobuf),
];

/// The encodings of text files.
pub const ENCODINGS: [&str; 3] = ["utf-8", "windows-1252", "iso-8859-1"];

/// The units that a column of bare speeds can be in.
pub const SPEED_UNITS: [&str; 3] = ["Mbit/s", "kbit/s", "Gbit/s"];

/// The format with this name in a study file.
#[must_use]
pub fn format_named(name: &str) -> Option<Format> {
    FORMATS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, format)| format)
}

/// Everything in the study file that contradicts itself or means nothing, in no particular order.
#[must_use]
pub fn problems(loaded: &Loaded) -> Vec<StudyFileError> {
    let mut check = Check { loaded, file: &loaded.file, found: Vec::new() };
    check.study();
    check.places();
    check.services();
    check.review();
    check.settlements();
    check.areas();
    check.official();
    check.profiles();
    check.near();
    check.scenarios();
    check.plans();
    check.candidates();
    check.support_ranking();
    check.aid();
    check.goals();
    check.indicators();
    check.report();
    check.editions();
    check.open_data();
    check.found
}

/// What is wrong with the scenarios alone.
pub(super) fn scenario_problems(loaded: &Loaded) -> Vec<StudyFileError> {
    let mut check = Check { loaded, file: &loaded.file, found: Vec::new() };
    check.scenarios();
    check.found
}

pub(super) struct Check<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) file: &'a StudyFile,
    found: Vec<StudyFileError>,
}

/// The way to an item of a repeated section.
pub(super) fn item<'a>(section: &'a str, index: usize) -> [At<'a>; 2] {
    [At::Key(section), At::Item(index)]
}

impl<'a> Check<'a> {
    pub(super) fn wrong(&mut self, at: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.found.push(self.loaded.error_at(at, message, Some(help)));
    }

    pub(super) fn wrong_at(&mut self, way: &[At<'_>], message: impl Into<String>, help: impl Into<String>) {
        self.wrong(self.loaded.span_of(way), message, help);
    }

    /// Where a key of an item stands.
    pub(super) fn key(&self, section: &str, index: usize, key: &str) -> Range<usize> {
        self.loaded.span_of(&[At::Key(section), At::Item(index), At::Key(key)])
    }

    fn study(&mut self) {
        let study = &self.file.study;
        if study.name.trim().is_empty() {
            self.wrong_at(
                &[At::Key("study"), At::Key("name")],
                "the study has an empty name",
                "the name is the report's title, for example: name = \"Bredband i Norrköping\"",
            );
        }
        self.crs(Some(&study.crs));
    }

    fn crs(&mut self, crs: Option<&Spanned<String>>) {
        let Some(crs) = crs else { return };
        if let Err(error) = crs.get_ref().parse::<Crs>() {
            let help = "write EPSG: and a number, as \"EPSG:3006\" (SWEREF 99 TM), or \"as-is\"";
            self.wrong(crs.span(), error.to_string(), help);
        }
    }

    pub(super) fn file_source(&mut self, source: &FileSource) {
        self.filled(&source.path, "path");
        self.crs(source.crs.as_ref());
        if let Some(format) = &source.format
            && format_named(format.get_ref()).is_none()
        {
            self.unknown(format, "format", &FORMATS.map(|(name, _)| name));
        }
        if let Some(encoding) = &source.encoding
            && !ENCODINGS.iter().any(|known| known.eq_ignore_ascii_case(encoding.get_ref()))
        {
            self.unknown(encoding, "encoding", &ENCODINGS);
        }
    }

    pub(super) fn unknown(&mut self, found: &Spanned<String>, what: &str, known: &[&str]) {
        let mut message = format!("{:?} is not a known {what}", found.get_ref());
        if let Some(meant) = nearest(found.get_ref(), known.iter().copied()) {
            message += &format!("; did you mean {meant:?}?");
        }
        self.wrong(found.span(), message, format!("known are {}", known.join(", ")));
    }

    pub(super) fn filled(&mut self, text: &Spanned<String>, key: &str) {
        if text.get_ref().trim().is_empty() {
            self.wrong(text.span(), format!("`{key}` is empty"), "write what it is, or take the line away");
        }
    }

    fn places(&mut self) {
        if self.file.places.is_empty() {
            self.wrong_at(
                &[At::Key("places")],
                "the study has no places",
                "say who is to be reached, for example:\n[[places]]\npath = \"adresser.csv\"\nid = \"adress_id\"",
            );
        }
        for (i, source) in self.file.places.iter().enumerate() {
            self.file_source(&source.file);
            self.filled(&source.id, "id");
            self.units_of(i);
            let (column, given, missing) = match (&source.easting, &source.northing) {
                (Some(easting), None) => (easting, "easting", "northing"),
                (None, Some(northing)) => (northing, "northing", "easting"),
                _ => continue,
            };
            self.wrong(
                column.span(),
                format!("`{given}` is given, but `{missing}` is not"),
                format!("add the column of the other coordinate: {missing} = \"…\""),
            );
        }
    }

    fn units_of(&mut self, i: usize) {
        let source = &self.file.places[i];
        for (unit, column) in &source.units {
            let way = [At::Key("places"), At::Item(i), At::Key("units"), At::Key(unit.key())];
            self.filled(column, unit.key());
            match unit {
                Unit::Places => self.wrong_at(
                    &way,
                    "places are counted one each, and need no column",
                    "take `places` away; for a weight of your own use another name",
                ),
                Unit::Weight(name) => {
                    let known = KNOWN_UNITS.into_iter().find(|known| confusable(name, known));
                    let other = self.earlier_weight(i, name);
                    if let Some(known) = known {
                        self.wrong_at(
                            &way,
                            format!("there is no unit `{name}`; did you mean `{known}`?"),
                            "a weight of your own needs a name that cannot be taken for a known unit",
                        );
                    } else if let Some(other) = other {
                        self.wrong_at(
                            &way,
                            format!("the weights `{name}` and `{other}` differ only in upper and lower case"),
                            "spell them alike, or choose another name",
                        );
                    } else if !is_key(name) {
                        self.wrong_at(
                            &way,
                            format!("{name:?} is not a name for a weight"),
                            "use letters, digits, _ and -, as it becomes a column of the result",
                        );
                    }
                }
                _ => {}
            }
        }
    }

    /// A weight spelled differently in this or an earlier source.
    fn earlier_weight(&self, i: usize, name: &str) -> Option<String> {
        let all = self.file.places[..=i].iter().flat_map(|source| source.units.keys());
        let other = all.map(Unit::key).take_while(|key| *key != name).find(|key| key.eq_ignore_ascii_case(name));
        other.map(str::to_owned)
    }

    fn services(&mut self) {
        if self.file.footprints.is_empty() && self.file.offers.is_empty() {
            self.wrong(
                0..0,
                "the study has neither footprints nor offers, so there is nothing to reach anybody with",
                "add at least one, for example:\n[[footprints]]\npath = \"fiber.gpkg\"\noperator = \"Stadsnätet\"\ntechnology = \"fibre\"\ndown = \"1 Gbit/s\"",
            );
        }
        for source in &self.file.footprints {
            self.file_source(&source.file);
            self.service(&source.service);
        }
        for source in &self.file.offers {
            self.file_source(&source.file);
            self.filled(&source.place, "place");
            self.service(&source.service);
        }
    }

    fn review(&mut self) {
        for source in &self.file.review {
            self.file_source(&source.file);
        }
    }

    fn service(&mut self, service: &ServiceColumns) {
        for speed in [&service.down, &service.up, &service.busy_down].into_iter().flatten() {
            if let Mapped::Column(column) = speed
                && let Some(unit) = &column.unit
                && !SPEED_UNITS.contains(&unit.get_ref().as_str())
            {
                self.unknown(unit, "unit of speed", &SPEED_UNITS);
            }
        }
        self.no_unit(Some(&service.operator));
        self.no_unit(service.owner.as_ref());
        self.no_unit(service.technology.as_ref());
        self.no_unit(service.status.as_ref());
        self.no_unit(service.available_from.as_ref());
        self.no_unit(service.open_access.as_ref());
        self.no_unit(service.project.as_ref());
        self.no_unit(service.cost.as_ref());
        self.no_unit(service.reach.as_ref());
    }

    fn no_unit<T>(&mut self, value: Option<&Mapped<T>>) {
        if let Some(Mapped::Column(column)) = value
            && let Some(unit) = &column.unit
        {
            self.wrong(unit.span(), "only a column of speeds has a unit", "take `unit` away");
        }
    }

    fn settlements(&mut self) {
        for (i, source) in self.file.settlements.iter().enumerate() {
            if source.vintage.is_some_and(|year| !(1900..=2100).contains(&year)) {
                self.wrong(
                    self.key("settlements", i, "vintage"),
                    "this is not the year of any borders",
                    "write the year they were drawn for, as vintage = 2023",
                );
            }
            self.file_source(&source.file);
            self.no_unit(Some(&source.class));
        }
        for source in &self.file.places {
            self.no_unit(source.category.as_ref());
        }
    }

    fn official(&mut self) {
        for entry in &self.file.official {
            self.filled(&entry.path, "path");
            if let Some(encoding) = &entry.encoding
                && !ENCODINGS.iter().any(|known| known.eq_ignore_ascii_case(encoding.get_ref()))
            {
                self.unknown(encoding, "encoding", &ENCODINGS);
            }
            if let Err(Wrong { at, message, help }) = official::resolve(self.file, entry) {
                self.wrong(at, message, help);
            }
        }
    }
}

const KNOWN_UNITS: [&str; 6] = ["places", "population", "households", "workplaces", "jobs", "buildings"];

/// Whether a weight's name is most likely a misspelling of a known unit.
fn confusable(name: &str, known: &str) -> bool {
    let slips = distance(&name.to_lowercase(), known);
    slips <= 1 || (known.len() >= 8 && slips == 2)
}

/// Whether a text can stand as a name in a table's header.
pub(super) fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}
