//! What a study file says is checked against itself, before anything that it names is opened.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use nittio_core::{goal, unit::Unit};
use toml::Spanned;

use super::{
    AreasSource, FileSource, GoalEntry, ServiceColumns, StudyFile, defaults,
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

    fn filled(&mut self, text: &Spanned<String>, key: &str) {
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

    fn areas(&mut self) {
        for (key, level) in &self.file.areas {
            let way = [At::Key("areas"), At::Key(key)];
            if let Some(file) = &level.file {
                self.file_source(file);
                if level.code.is_none() {
                    self.wrong(
                        file.path.span(),
                        "this file of areas does not say which column has the codes",
                        "add, for example: code = \"kommunkod\"",
                    );
                }
            }
            if key == "total" {
                self.wrong_at(&way, "a level cannot be called `total`", "that name stands for all places together");
            } else if !is_snake_case(key) {
                self.wrong_at(
                    &way,
                    format!("{key:?} is not a name for a level"),
                    "use small letters a to z, digits and _, beginning with a letter: my_level",
                );
            }
            self.source_of_level(key, level);
        }
        self.codes();
        self.cycles();
    }

    fn source_of_level(&mut self, key: &str, level: &AreasSource) {
        let way = [At::Key("areas"), At::Key(key)];
        let coded = self.file.places.iter().any(|source| source.codes.contains_key(key));
        match (&level.from, level.digits) {
            (Some(from), digits) => {
                if !self.file.areas.contains_key(from.get_ref()) {
                    self.no_such_level(from.span(), from.get_ref());
                }
                if digits.is_none() {
                    self.wrong(
                        from.span(),
                        "`from` needs to know how many characters of the other level's code are this one's",
                        "add, for example: digits = 2",
                    );
                }
            }
            (None, Some(_)) => self.wrong_at(
                &[way[0], way[1], At::Key("digits")],
                "`digits` says how much of another level's code is this one's, but there is no `from`",
                "add, for example: from = \"municipality\"",
            ),
            (None, None) if level.file.is_none() && !coded => self.wrong_at(
                &way,
                format!("nothing says which places are in which `{key}`"),
                format!(
                    "give the level a file with borders (path), or another level (from, digits), or in [[places]] the column: codes = {{ {key} = \"…\" }}"
                ),
            ),
            (None, None) => {}
        }
        if level.digits == Some(0) {
            self.wrong_at(&[way[0], way[1], At::Key("digits")], "`digits` is at least 1", "a county has 2 of 4");
        }
    }

    fn no_such_level(&mut self, at: Range<usize>, name: &str) {
        let known: Vec<&str> = self.file.areas.keys().map(String::as_str).collect();
        let message = match nearest(name, known.iter().copied()) {
            Some(meant) => format!("there is no level `{name}`; did you mean `{meant}`?"),
            None => format!("there is no level `{name}`"),
        };
        let has = if known.is_empty() { "has none".to_owned() } else { format!("has {}", known.join(", ")) };
        self.wrong(at, message, format!("the study {has}; add a level with a section [areas.{name}]"));
    }

    fn codes(&mut self) {
        for (i, source) in self.file.places.iter().enumerate() {
            for (level, column) in &source.codes {
                self.filled(column, level);
                if !self.file.areas.contains_key(level) {
                    let way = [At::Key("places"), At::Item(i), At::Key("codes"), At::Key(level)];
                    self.no_such_level(self.loaded.span_of(&way), level);
                }
            }
        }
    }

    /// Levels that follow from each other in a circle: each circle is told once, at its first level.
    fn cycles(&mut self) {
        let from = |key: &str| self.file.areas.get(key)?.from.as_ref().map(|from| from.get_ref().as_str());
        let mut told = BTreeSet::new();
        let mut circles = Vec::new();
        for key in self.file.areas.keys() {
            let mut way = vec![key.as_str()];
            while let Some(next) = way.last().and_then(|last| from(last))
                && !told.contains(next)
            {
                if next == key {
                    circles.push(way.join(" from "));
                    told.extend(way.iter().copied());
                    break;
                }
                if way.contains(&next) {
                    break;
                }
                way.push(next);
            }
        }
        for circle in circles {
            let first = circle.split(' ').next().unwrap_or("").to_owned();
            self.wrong_at(
                &[At::Key("areas"), At::Key(&first), At::Key("from")],
                format!("levels follow from each other in a circle: {circle} from {first}"),
                "let one of them have a file, or a column in [[places]], and no `from`",
            );
        }
    }

    fn goals(&mut self) {
        let built_in = goal::built_in().unwrap_or_default();
        let known: Vec<&str> = built_in.iter().map(|goal| goal.id.as_str()).collect();
        let mut seen = BTreeMap::new();
        for (i, entry) in self.file.goals.iter().enumerate() {
            match &entry.builtin {
                Some(id) if !known.contains(&id.get_ref().as_str()) => self.unknown(id, "goal", &known),
                Some(_) => self.only_units(i, entry),
                None => self.complete(i, entry),
            }
            let Some(id) = entry.builtin.as_ref().or(entry.id.as_ref()) else { continue };
            if let Some(first) = seen.insert(id.get_ref(), i) {
                self.wrong(
                    id.span(),
                    format!("goal {} has the id {:?} already", first + 1, id.get_ref()),
                    "give every goal once; a variant of a built-in one needs an id of its own and all its keys",
                );
            }
            if entry.units.as_ref().is_some_and(Vec::is_empty) {
                self.wrong(
                    self.key("goals", i, "units"),
                    "a goal is for at least one unit",
                    "write, for example: units = [\"households\"]",
                );
            }
        }
    }

    fn only_units(&mut self, i: usize, entry: &GoalEntry) {
        let others = [
            ("id", entry.id.is_some()),
            ("name", entry.name.is_some()),
            ("decided", entry.decided.is_some()),
            ("year", entry.year.is_some()),
            ("steps", entry.steps.is_some()),
            ("source", entry.source.is_some()),
        ];
        for (key, _) in others.into_iter().filter(|(_, given)| *given) {
            self.wrong(
                self.key("goals", i, key),
                format!("a built-in goal has its own `{key}`"),
                "only `units` can be replaced; for a goal of your own take `use` away and give id, name, year, units and steps",
            );
        }
    }

    fn complete(&mut self, i: usize, entry: &GoalEntry) {
        let missing: Vec<&str> = [
            ("id", entry.id.is_none()),
            ("name", entry.name.is_none()),
            ("year", entry.year.is_none()),
            ("units", entry.units.is_none()),
            ("steps", entry.steps.is_none()),
        ]
        .into_iter()
        .filter_map(|(key, missing)| missing.then_some(key))
        .collect();
        if !missing.is_empty() {
            let built_in = goal::built_in().unwrap_or_default();
            let known: Vec<&str> = built_in.iter().map(|goal| goal.id.as_str()).collect();
            self.wrong_at(
                &item("goals", i),
                format!("this goal is not complete; it has no {}", missing.join(", ")),
                format!(
                    "write `use` with a built-in goal ({}), or give id, name, year, units and steps, for example: steps = [{{ down = \"100 Mbit/s\", share = \"90 %\" }}]",
                    known.join(", ")
                ),
            );
        }
        if let Some(id) = &entry.id
            && !is_key(id.get_ref())
        {
            self.wrong(
                id.span(),
                format!("{:?} is not an id", id.get_ref()),
                "use letters, digits, _ and -, for example: id = \"lan-2026\"",
            );
        }
        if entry.steps.as_ref().is_some_and(Vec::is_empty) {
            self.wrong(
                self.key("goals", i, "steps"),
                "a goal has at least one step",
                "write, for example: steps = [{ down = \"100 Mbit/s\", share = \"90 %\" }]",
            );
        }
    }

    fn indicators(&mut self) {
        if let Some(i) = self.file.indicators.owners.iter().position(|&n| n == 0) {
            self.wrong_at(
                &[At::Key("indicators"), At::Key("owners"), At::Item(i)],
                "at least no owner is everybody",
                "write, for example: owners = [2]",
            );
        }
        let speeds = &self.file.indicators.speeds;
        let way = [At::Key("indicators"), At::Key("speeds")];
        if speeds.is_empty() {
            self.wrong_at(
                &way,
                "there is no speed to count",
                "name at least one, or take the line away for 10, 30, 100 Mbit/s and 1 Gbit/s",
            );
        }
        let mut seen = BTreeSet::new();
        for (i, speed) in speeds.iter().enumerate() {
            if !seen.insert(speed) {
                self.wrong_at(&[way[0], way[1], At::Item(i)], format!("{speed} is there twice"), "once is enough");
            }
        }
    }

    fn report(&mut self) {
        let report = &self.file.report;
        if report.points && self.file.study.crs.get_ref().parse() == Ok(Crs::AsIs) {
            self.wrong_at(
                &[At::Key("report"), At::Key("points")],
                "dots need a place on Earth, and the study's coordinates are as-is",
                "give the study the CRS of its coordinates, for example: crs = \"EPSG:3006\"; or leave points out",
            );
        }
        if let Some(level) = &report.level
            && !self.file.areas.contains_key(level.get_ref())
        {
            self.no_such_level(level.span(), level.get_ref());
        }
        // Where the goals are wrong themselves, that has been said already.
        if let Some(id) = &report.goal
            && let Ok(goals) = defaults::goals(self.file)
        {
            let ids: Vec<&str> = goals.iter().map(|goal| goal.id.as_str()).collect();
            if !ids.contains(&id.get_ref().as_str()) {
                let message = match nearest(id.get_ref(), ids.iter().copied()) {
                    Some(meant) => format!("the study has no goal {:?}; did you mean {meant:?}?", id.get_ref()),
                    None => format!("the study has no goal {:?}", id.get_ref()),
                };
                self.wrong(id.span(), message, format!("the study has {}", ids.join(", ")));
            }
        }
        if let Some(unit) = &report.unit {
            let counted = defaults::units(self.file);
            if !counted.contains(unit) {
                let has: Vec<&str> = counted.iter().map(Unit::key).collect();
                self.wrong_at(
                    &[At::Key("report"), At::Key("unit")],
                    format!("the study does not count `{unit}`"),
                    format!(
                        "it counts {}; a unit is counted when `units` in [[places]] names its column",
                        has.join(", ")
                    ),
                );
            }
        }
    }

    fn open_data(&mut self) {
        let Some(about) = &self.file.open_data else { return };
        let addresses =
            [("publisher_uri", &about.publisher_uri), ("licence", &about.licence), ("base_url", &about.base_url)];
        for (key, address) in addresses {
            let Some(address) = address else { continue };
            let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
            if !rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace)) {
                self.wrong_at(
                    &[At::Key("open_data"), At::Key(key)],
                    format!("`{address}` is not an address on the web"),
                    "write the whole address, as https://example.org/data/",
                );
            }
        }
        if let Some(email) = about.contact_email.as_ref().filter(|email| {
            let named = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
            !named || email.contains(char::is_whitespace)
        }) {
            self.wrong_at(
                &[At::Key("open_data"), At::Key("contact_email")],
                format!("`{email}` is not an e-mail address"),
                "write it as oppnadata@example.org",
            );
        }
    }

    fn editions(&mut self) {
        if self.file.editions.threshold < 2 {
            self.wrong_at(
                &[At::Key("editions"), At::Key("threshold")],
                format!("a threshold of {} keeps nothing back", self.file.editions.threshold),
                "counts above 0 and below the threshold are kept back; write 5, as SCB does, or take the line away",
            );
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
fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

fn is_snake_case(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
