//! The settings that say how polygons are read, and what is different between two of them.

use serde_json::{Map, Value};

/// The sections of the study file that say how polygons are read.
const SECTIONS: [&str; 3] = ["areas", "footprints", "settlements"];

/// What says nothing about how a file is read.
const ABOUT: [&str; 4] = ["source", "licence", "secrecy", "vintage"];

/// The settings of a study file that say how its polygons are read, with the CRS and the country that hold where it
/// says none.
pub(super) fn of(text: &str, crs: &str, country: &str) -> Value {
    // The text was read as a study file before.
    let mut file: Map<String, Value> = toml::from_str(text).unwrap_or_default();
    let mut settings = Map::new();
    settings.insert("study.crs".to_owned(), crs.into());
    settings.insert("study.country".to_owned(), country.into());
    for section in SECTIONS {
        let mut entries = file.remove(section).unwrap_or_default();
        match &mut entries {
            Value::Array(list) => list.iter_mut().for_each(forget_source),
            Value::Object(table) => table.values_mut().for_each(forget_source),
            _ => {}
        }
        if let (Value::Object(table), "areas") = (&entries, section) {
            // Levels are numbered in the order in which they stand.
            let order = table.keys().map(|key| Value::from(key.as_str())).collect();
            settings.insert("the order of areas".to_owned(), order);
        }
        settings.insert(section.to_owned(), entries);
    }
    Value::Object(settings)
}

/// The sections that say nothing about places, where they lie or what reaches them.
const AFTERWARDS: [&str; 12] = [
    "categories",
    "goals",
    "indicators",
    "official",
    "plans",
    "projects",
    "report",
    "safety",
    "scenarios",
    "state_aid",
    "support",
    "support_ranking",
];

/// What of the study itself says nothing about them.
const ABOUT_STUDY: [&str; 3] = ["name", "notice", "locale"];

/// The settings of a study file that decide what stands about each place, and those of each source of footprints.
pub(crate) fn of_join(text: &str, crs: &str, country: &str) -> (Value, Vec<Value>) {
    let mut file: Map<String, Value> = toml::from_str(text).unwrap_or_default();
    AFTERWARDS.iter().for_each(|section| drop(file.remove(*section)));
    let mut settings = Map::new();
    settings.insert("study.crs".to_owned(), crs.into());
    settings.insert("study.country".to_owned(), country.into());
    let mut footprints = Vec::new();
    for (section, mut entries) in file {
        match &mut entries {
            Value::Array(list) => list.iter_mut().for_each(forget_source),
            Value::Object(table) if section == "study" => ABOUT_STUDY.iter().for_each(|key| drop(table.remove(*key))),
            Value::Object(table) => table.values_mut().for_each(forget_source),
            _ => {}
        }
        if let (Value::Object(table), "areas") = (&entries, section.as_str()) {
            let order = table.keys().map(|key| Value::from(key.as_str())).collect();
            settings.insert("the order of areas".to_owned(), order);
        }
        match entries {
            Value::Array(list) if section == "footprints" => footprints = list,
            entries => drop(settings.insert(section, entries)),
        }
    }
    (Value::Object(settings), footprints)
}

fn forget_source(entry: &mut Value) {
    if let Value::Object(table) = entry {
        for key in ABOUT {
            table.remove(key);
        }
    }
}

/// What is different, setting by setting, in words.
pub(crate) fn differences(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(old, new, "", &mut found);
    found
}

fn compare(old: &Value, new: &Value, at: &str, found: &mut Vec<String>) {
    match (old, new) {
        _ if old == new => {}
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            for key in keys {
                let at = match at {
                    "" => key.clone(),
                    // A day is a table of one text.
                    at if key.starts_with('$') => at.to_owned(),
                    at => format!("{at}.{key}"),
                };
                compare(a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null), &at, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (number, (a, b)) in a.iter().zip(b).enumerate() {
                compare(a, b, &format!("{at}[{number}]"), found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.iter().chain(b).any(Value::is_object) => {
            found.push(format!("{at}: was a list of {}, is now one of {}", a.len(), b.len()));
        }
        (Value::Null, new) => found.push(format!("{at}: is now {}", in_words(new))),
        (old, Value::Null) => found.push(format!("{at}: was {}, and is not there now", in_words(old))),
        (old, new) => found.push(format!("{at}: was {}, is now {}", in_words(old), in_words(new))),
    }
}

/// A value as it may stand in a line.
fn in_words(value: &Value) -> String {
    match value {
        Value::Object(_) => "a table".to_owned(),
        Value::Array(list) if list.iter().any(Value::is_object) => format!("{} entries", list.len()),
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STUDY: &str = r#"
[study]
name = "A"
as_of = 2024-12-31

[[footprints]]
path = "net.geojson"
operator = "Alfa"
technology = { column = "teknik", map = { "F" = "fibre" } }
available_from = 2024-01-01
source = "Alfa, CC0"

[areas.municipality]
path = "k.geojson"
code = "kod"

[areas.county]
from = "municipality"
digits = 2
"#;

    fn changed(from: &str, to: &str) -> Vec<String> {
        assert!(STUDY.contains(from));
        let settings = |text: &str| of(text, "EPSG:3006", "SE");
        differences(&settings(STUDY), &settings(&STUDY.replace(from, to)))
    }

    #[test]
    fn what_is_different_is_named_with_where_it_stands() {
        assert_eq!(
            changed(r#""fibre""#, r#""cable""#),
            [r#"footprints[0].technology.map.F: was "fibre", is now "cable""#]
        );
        assert_eq!(changed("\ncode = ", "\nname = \"namn\"\ncode = "), [r#"areas.municipality.name: is now "namn""#]);
        assert_eq!(changed("digits = 2", "digits = 1"), ["areas.county.digits: was 2, is now 1"]);
        assert_eq!(changed("2024-01-01", "2024-01-02").len(), 1);
        let second = "[[footprints]]\npath = \"b.geojson\"\noperator = \"B\"\n\n[areas.municipality]";
        assert_eq!(changed("[areas.municipality]", second), ["footprints: was a list of 1, is now one of 2"]);
        let old = of(STUDY, "EPSG:3006", "SE");
        assert_eq!(differences(&old, &of(STUDY, "as-is", "SE")), [r#"study.crs: was "EPSG:3006", is now "as-is""#]);
    }

    #[test]
    fn what_says_nothing_about_reading_makes_no_difference() {
        for (from, to) in [
            ("Alfa, CC0", "Alfa, CC BY"),
            ("source = \"Alfa, CC0\"", "licence = \"CC0\"\nsecrecy = \"secret\""),
            ("name = \"A\"", "name = \"B\""),
            ("2024-12-31", "2025-12-31"),
            ("operator = \"Alfa\"\n", "operator   =   'Alfa' # who\n"),
        ] {
            assert_eq!(changed(from, to), [""; 0], "{to}");
        }
    }

    #[test]
    fn the_order_of_levels_matters() {
        let (first, second) = STUDY.split_at(STUDY.find("[areas.county]").unwrap());
        let at = first.find("[areas.municipality]").unwrap();
        let text = format!("{}{second}\n{}", &first[..at], &first[at..]);
        let found = differences(&of(STUDY, "EPSG:3006", "SE"), &of(&text, "EPSG:3006", "SE"));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("the order of areas[0]: "), "{found:?}");
    }
}
