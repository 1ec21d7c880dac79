//! The reference of the study file for its users, made from the schema.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::{Locale, schema::json_schema, template::template};

/// The reference of `nittio.toml` as Markdown: an example, then every section and key.
#[must_use]
pub fn reference() -> String {
    let schema = json_schema();
    let mut page = INTRODUCTION.replace("EXAMPLE", template(Locale::En).trim_end());
    section(&mut page, &schema, "study", "[study]");
    section(&mut page, &schema, "places", "[[places]]");
    section(&mut page, &schema, "footprints", "[[footprints]]");
    section(&mut page, &schema, "offers", "[[offers]]");
    section(&mut page, &schema, "review", "[[review]]");
    section(&mut page, &schema, "areas", "[areas.NAME]");
    section(&mut page, &schema, "settlements", "[[settlements]]");
    section(&mut page, &schema, "near", "[near]");
    section(&mut page, &schema, "official", "[[official]]");
    section(&mut page, &schema, "safety", "[safety]");
    section(&mut page, &schema, "profiles", "[[profiles]]");
    section(&mut page, &schema, "goals", "[[goals]]");
    section(&mut page, &schema, "scenarios", "[[scenarios]]");
    section(&mut page, &schema, "projects", "[[projects]]");
    section(&mut page, &schema, "plans", "[[plans]]");
    section(&mut page, &schema, "candidates", "[candidates]");
    section(&mut page, &schema, "state_aid", "[state_aid]");
    section(&mut page, &schema, "support", "[support]");
    section(&mut page, &schema, "support_ranking", "[support_ranking]");
    section(&mut page, &schema, "categories", "[categories]");
    section(&mut page, &schema, "indicators", "[indicators]");
    section(&mut page, &schema, "report", "[report]");
    section(&mut page, &schema, "editions", "[editions]");
    section(&mut page, &schema, "open_data", "[open_data]");
    page
}

const INTRODUCTION: &str = "\
# The study file

A study file, usually `nittio.toml`, says who is to be reached, which networks there are, and what to count. This page is made
from the program's own types; `NITTIO_BLESS=1 cargo test -p nittio-io study_file` writes it anew.

The file is strict, so that a slip of the hand is an error and not another study:

- A key that nittio does not know is refused.
- A quantity is text with its unit: `\"100 Mbit/s\"`, `\"1 Gbit/s\"`, `\"90 %\"`. A decimal comma is fine.
- A date is year, month, day: `2024-12-31`, with or without quotation marks.
- A path is relative to the study file. `${NAME}` in a path stands for an environment variable, which must be set.
- In a path write `/`, on Windows too.

What is written as *value or column* below is either the same for the whole file, `technology = \"fibre\"`, or stands in a column:
`technology = { column = \"teknik\", map = { \"FTTH\" = \"fibre\" }, empty = \"other\" }`. `column` is its name, `map` says what its words mean (a word
that it does not have is read as it is), `empty` what an empty cell means (default: not known), and `unit` which unit a column of
bare speeds is in: `Mbit/s` (default), `kbit/s` or `Gbit/s`.

Editors with TOML support (Even Better TOML, for example) propose keys and mark mistakes when the first line of the file names
the schema, `docs/nittio.schema.json` of this project: `#:schema path/to/nittio.schema.json`.

## Example

This is what `nittio init` writes. A line that begins with `#` and no space is optional.

```toml
EXAMPLE
```
";

fn section(page: &mut String, schema: &Value, key: &str, header: &str) {
    let property = &schema["properties"][key];
    let table = table_of(schema, property);
    let description = property.get("description").or_else(|| table.get("description"));
    let _ = writeln!(page, "\n## `{header}`\n\n{}\n", sentence(description));
    let required = schema["required"].as_array().is_some_and(|names| names.iter().any(|name| name == key));
    if required {
        page.push_str("Required.\n\n");
    }
    keys(page, schema, table);
    // Tables within this one: steps of goals, for example. Keys that have the same table share it.
    let mut told: Vec<(&str, &Value)> = Vec::new();
    for (name, property) in table["properties"].as_object().unwrap_or(&Map::new()) {
        let inner = table_of(schema, property);
        if inner.get("properties").is_some() {
            let _ = writeln!(page, "\n### `{name}` in `{header}`\n");
            if let Some((first, _)) = told.iter().find(|(_, table)| *table == inner) {
                let _ = writeln!(page, "As `{first}`.");
                continue;
            }
            told.push((name, inner));
            keys(page, schema, inner);
            for (key, property) in inner["properties"].as_object().unwrap_or(&Map::new()) {
                let within = table_of(schema, property);
                if within.get("properties").is_some() && header == "[[scenarios]]" {
                    let _ = writeln!(page, "\n#### `{key}`\n");
                    keys(page, schema, within);
                }
            }
        }
    }
}

fn keys(page: &mut String, schema: &Value, table: &Value) {
    page.push_str("| key | value | meaning |\n|---|---|---|\n");
    let required = table["required"].as_array().cloned().unwrap_or_default();
    for (name, property) in table["properties"].as_object().unwrap_or(&Map::new()) {
        let must = if required.iter().any(|key| key == name) { ", **required**" } else { "" };
        let _ = writeln!(
            page,
            "| `{name}` | {}{must} | {}{} |",
            kind(schema, property),
            sentence(property.get("description")),
            choices(schema, property),
        );
    }
}

/// The table that a property is, or has items or values of.
fn table_of<'a>(schema: &'a Value, property: &'a Value) -> &'a Value {
    let property = resolve(schema, property);
    if property.get("properties").is_some() {
        return property;
    }
    for within in ["items", "additionalProperties"] {
        if let Some(inner) = property.get(within).filter(|inner| inner.is_object()) {
            return resolve(schema, inner);
        }
    }
    property
}

fn resolve<'a>(schema: &'a Value, property: &'a Value) -> &'a Value {
    let reference = property.get("$ref").or_else(|| property.pointer("/allOf/0/$ref")).and_then(Value::as_str);
    let target = reference.and_then(|reference| schema.pointer(reference.trim_start_matches('#')));
    target.unwrap_or(property)
}

fn kind(schema: &Value, property: &Value) -> String {
    let property = resolve(schema, property);
    if property.get("oneOf").is_some_and(|choices| choices.pointer("/1/properties/column").is_some()) {
        return format!("{} or column", kind(schema, &property["oneOf"][0]));
    }
    if let Some(first) = property.pointer("/allOf/0") {
        return kind(schema, first);
    }
    if property.get("pattern").is_some() || property.get("format").is_some_and(|format| format == "date") {
        let example = property.pointer("/examples/0").and_then(Value::as_str).unwrap_or("");
        return if property.get("pattern").is_some() { format!("`\"{example}\"`") } else { format!("`{example}`") };
    }
    if property.get("enum").is_some() || property.get("oneOf").is_some() {
        return "word".to_owned();
    }
    if let Some(options) = property.get("anyOf").and_then(Value::as_array) {
        let has = |kind: &str| options.iter().any(|option| option["type"] == kind);
        return match (has("boolean"), has("integer") && has("object")) {
            (true, _) => "true or false",
            (_, true) => "whole number or table",
            _ => "word",
        }
        .to_owned();
    }
    match property["type"].as_str() {
        Some("string") => "text".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some("integer") => "whole number".to_owned(),
        Some("array") => format!("list of {}", kind(schema, &property["items"])),
        Some("object") if property.get("properties").is_some() => "table".to_owned(),
        Some("object") => format!("table of name = {}", kind(schema, &property["additionalProperties"])),
        _ => "value".to_owned(),
    }
}

/// The words of a choice that the description does not already explain.
fn choices(schema: &Value, property: &Value) -> String {
    let resolved = resolve(schema, property);
    let Some(options) = resolved.get("oneOf").and_then(Value::as_array) else { return String::new() };
    let told: Vec<String> = options
        .iter()
        .filter_map(|option| {
            let word = option.get("const").or_else(|| option.pointer("/enum/0"))?.as_str()?;
            Some(format!(" `{word}`: {}", sentence(option.get("description"))))
        })
        .collect();
    told.concat()
}

/// A description in one line.
fn sentence(description: Option<&Value>) -> String {
    let text = description.and_then(Value::as_str).unwrap_or("");
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/study-file.md");

    #[test]
    fn the_committed_reference_is_the_schema() {
        if std::env::var_os("NITTIO_BLESS").is_some() {
            std::fs::write(COMMITTED, reference()).unwrap();
        }
        let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
        assert!(
            committed == reference(),
            "docs/study-file.md is not fresh; write it with: NITTIO_BLESS=1 cargo test -p nittio-io study_file"
        );
    }

    #[test]
    fn every_key_is_there_and_says_what_it_means() {
        fn visit(value: &Value, page: &str) {
            if let Some(properties) = value.get("properties").and_then(Value::as_object) {
                for (name, property) in properties {
                    assert!(page.contains(&format!("`{name}`")) || page.contains(&format!("[{name}")), "{name}");
                    let described = property.get("description").is_some() || property.pointer("/allOf/0").is_some();
                    assert!(described, "{name} has no description: {property}");
                }
            }
            match value {
                Value::Object(object) => object.values().for_each(|inner| visit(inner, page)),
                Value::Array(items) => items.iter().for_each(|inner| visit(inner, page)),
                _ => {}
            }
        }
        visit(&json_schema(), &reference());
    }
}
