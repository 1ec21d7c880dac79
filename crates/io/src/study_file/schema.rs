//! The study file's grammar as JSON Schema, for editors; and the words for it in the reference.

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::{Value, json};

use super::StudyFile;

/// The schema of `nittio.toml` (JSON Schema, draft 7, which the TOML editors understand).
///
/// It says everything that can be said about one key by itself; what needs two keys is checked by
/// [`super::check::problems`].
#[must_use]
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft07().with_transform(RecursiveTransform(without_null));
    let mut schema = settings.into_generator().into_root_schema_for::<StudyFile>().to_value();
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), json!("nittio study file"));
    }
    schema
}

/// TOML has no null: a key is there or left out.
fn without_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(choices)) = object.get_mut(key) else { continue };
        choices.retain(|choice| *choice != json!({ "type": "null" }));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            object.shift_remove(key);
            // Beside a reference nothing else counts in draft 7, and the description should.
            if only.contains_key("$ref") && !object.is_empty() {
                object.insert("allOf".to_owned(), json!([only]));
            } else {
                for (word, value) in only {
                    object.entry(word).or_insert(value);
                }
            }
        }
    }
    if let Some(Value::Array(words)) = object.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if object.get("default") == Some(&Value::Null) {
        object.shift_remove("default");
    }
}

/// A schema from its JSON; empty, which allows everything, when that is no schema.
pub(super) fn as_schema(value: Value) -> Schema {
    Schema::try_from(value).unwrap_or_default()
}

/// A speed as text.
pub(super) fn speed() -> Value {
    json!({
        "type": "string",
        "pattern": r"^\s*[0-9]+([.,][0-9]*)?\s*([kMG]bit/s)\s*$",
        "examples": ["100 Mbit/s", "1 Gbit/s"],
    })
}

/// A price as text.
pub(super) fn price() -> Value {
    json!({
        "type": "string",
        "pattern": r"^\s*[0-9][0-9\s]*([.,][0-9]*)?\s*kr\s*$",
        "examples": ["40 000 kr"],
    })
}

/// A distance as text.
pub(super) fn metres() -> Value {
    json!({
        "type": "string",
        "pattern": r"^\s*[0-9]+([.,][0-9]*)?\s*k?m\s*$",
        "examples": ["50 m"],
    })
}

/// A share as text.
pub(super) fn share() -> Value {
    json!({
        "type": "string",
        "pattern": r"^\s*[0-9]+([.,][0-9]*)?\s*%\s*$",
        "examples": ["90 %"],
    })
}

/// A day, with or without quotation marks in TOML.
pub(super) fn day() -> Value {
    json!({ "type": "string", "format": "date", "examples": ["2024-12-31"] })
}

/// Known words first, so that editors propose them; other words are read too, because deliveries have their own.
pub(super) fn words(known: &[&str]) -> Value {
    json!({ "anyOf": [{ "enum": known }, { "type": "string" }] })
}

/// The words that a list of technologies may have.
fn technology_words() -> Value {
    let plain: Vec<&str> = super::technologies::words().collect();
    let without: Vec<String> = plain.iter().filter(|word| **word != "all").map(|word| format!("-{word}")).collect();
    json!({ "enum": plain.iter().map(|word| (*word).to_owned()).chain(without).collect::<Vec<_>>() })
}

/// A day, as a field's schema.
pub(super) fn day_schema(_: &mut SchemaGenerator) -> Schema {
    as_schema(day())
}

/// A type that exists only to say what TOML text looks like.
macro_rules! described {
    ($($(#[$meta:meta])* $name:ident = $schema:expr;)*) => {$(
        $(#[$meta])*
        pub(super) enum $name {}

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                as_schema($schema)
            }
        }
    )*};
}

described! {
    /// A speed with its unit.
    SpeedText = speed();
    /// A price with its unit.
    PriceText = price();
    /// A distance with its unit.
    DistanceText = metres();
    /// A share, in per cent.
    ShareText = share();
    /// What a plan is for.
    AimWord = json!({ "enum": ["every-area", "whole", "most"] });
    /// A class of state aid.
    ShadeWord = json!({ "enum": ["white", "grey", "black"] });
    /// How a cost lies between its least and its most.
    ShapeWord = json!({ "enum": ["uniform", "triangular"] });
    /// A settlement class.
    ClassWord = json!({ "enum": ["locality", "smaller_locality", "outside"] });
    /// A way of reaching.
    ReachWord = json!({ "enum": ["connected", "passed", "near"] });
    /// Who may see the rows of a source.
    SecrecyWord = json!({ "enum": ["open", "internal", "secret"] });
    /// A status of what is not in service yet.
    PlannedWord = json!({ "enum": ["under-construction", "planned"] });
    /// A status.
    StatusWord = json!({ "enum": ["in-service", "under-construction", "planned", "candidate"] });
    /// A technology's key.
    OneTechnologyWord = json!({ "enum": nittio_core::service::Technology::ALL.map(nittio_core::service::Technology::key) });
    /// A technology's key, a set's, or either with a minus before it.
    TechnologyWord = technology_words();
    /// Town, countryside, or both.
    SettlementGroupWord = json!({ "enum": ["all", "built_up", "outside"] });
    /// A share or a total.
    CountsWord = json!({ "enum": ["share", "total"] });
    /// A year at which a series is broken, and why.
    BreakEntry = json!({
        "anyOf": [
            { "type": "integer", "minimum": 1900, "maximum": 2100 },
            {
                "type": "object",
                "properties": {
                    "year": { "type": "integer", "minimum": 1900, "maximum": 2100, "description": "The first year that is counted the new way." },
                    "reason": { "type": "string", "description": "Why, in a sentence that the report prints." },
                },
                "required": ["year"],
                "additionalProperties": false,
            },
        ],
    });
    /// A text in the languages of the reports.
    TextTable = json!({
        "type": "object",
        "properties": {
            "sv": { "type": "string", "description": "In Swedish." },
            "en": { "type": "string", "description": "In English." },
        },
        "required": ["sv", "en"],
        "additionalProperties": false,
    });
    /// A threshold and the share that should reach it.
    StepTable = json!({
        "type": "object",
        "properties": {
            "down": { "allOf": [speed()], "description": "The download threshold, with its unit." },
            "share": {
                "type": "string",
                "pattern": r"^\s*[0-9]+([.,][0-9]*)?\s*%\s*$",
                "examples": ["90 %"],
                "description": "The share to be reached, in per cent.",
            },
        },
        "required": ["down", "share"],
        "additionalProperties": false,
    });
    /// Where a fact stands.
    SourceTable = json!({
        "type": "object",
        "properties": {
            "title": { "type": "string", "description": "The title of the document." },
            "link": { "type": "string", "description": "Its address." },
            "date": { "type": "string", "description": "Its date, or the day it was read." },
        },
        "required": ["title"],
        "additionalProperties": false,
    });
}

#[cfg(test)]
mod tests {
    use crate::study_file::{load::parse, template};

    use super::*;
    use std::path::Path;

    /// The committed file; set `NITTIO_BLESS=1` to write it anew.
    const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/nittio.schema.json");

    #[test]
    fn the_committed_schema_is_the_types() {
        let now = format!("{}\n", serde_json::to_string_pretty(&json_schema()).unwrap());
        if std::env::var_os("NITTIO_BLESS").is_some() {
            std::fs::write(COMMITTED, &now).unwrap();
        }
        let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
        assert!(
            committed == now,
            "docs/nittio.schema.json is not fresh; write it with: NITTIO_BLESS=1 cargo test -p nittio-io schema"
        );
    }

    #[test]
    fn nothing_in_the_schema_is_null_and_no_unknown_key_is_allowed() {
        let text = json_schema().to_string();
        assert!(!text.contains("null"), "TOML has no null");
        assert!(!text.contains("$__"), "private keys of the TOML reader stay private");
        for (name, definition) in json_schema()["definitions"].as_object().unwrap() {
            if definition.get("properties").is_some() {
                assert_eq!(definition["additionalProperties"], json!(false), "{name}");
            }
        }
    }

    #[test]
    fn the_template_uses_only_keys_of_the_schema() {
        let file = parse(&template::with_everything(crate::study_file::Locale::Sv), Path::new("nittio.toml"));
        assert!(file.is_ok(), "{}", file.unwrap_err());
    }
}
