//! `datapackage.json`: a Data Package descriptor (Frictionless Data): every file with its size, checksum and columns.

use nittio_core::outcome::Outcome;
use serde_json::{Map, Value, json};

use super::{
    Dataset, Words, identifier, once,
    table::{Column, Kind},
};
use crate::study_file::OpenDataSettings;

/// The descriptor.
pub(super) fn descriptor(
    outcome: &Outcome,
    datasets: &[Dataset<'_>],
    about: &OpenDataSettings,
    words: Words<'_>,
) -> Value {
    let mut package = Map::new();
    let mut put = |key: &str, value: Value| package.insert(key.to_owned(), value);
    put("profile", json!("data-package"));
    put("name", json!(identifier(&outcome.name)));
    put("title", json!(outcome.name));
    let date = outcome.frame.as_of.to_string();
    let mut text = words.say("open-data.description", &[("study", &outcome.name), ("date", &date)]);
    if let Some(notice) = &outcome.notice {
        text = format!("{text} {notice}");
    }
    put("description", json!(text));
    put("version", json!(date));
    if let Some(base) = &about.base_url {
        put("homepage", json!(base));
    }
    if let Some(licence) = &about.licence {
        put("licenses", json!([{ "path": licence }]));
    }
    if let Some(publisher) = &about.publisher {
        let mut contributor = json!({ "title": publisher, "role": "publisher" });
        if let Some(uri) = &about.publisher_uri {
            contributor["path"] = json!(uri);
        }
        if let Some(email) = &about.contact_email {
            contributor["email"] = json!(email);
        }
        put("contributors", json!([contributor]));
    }
    let sources: Vec<Value> = sources(outcome).into_iter().map(|title| json!({ "title": title })).collect();
    if !sources.is_empty() {
        put("sources", json!(sources));
    }
    put("resources", resources(datasets, words));
    Value::Object(package)
}

/// Who made what the figures are counted from, and under which licences.
pub(super) fn sources(outcome: &Outcome) -> Vec<String> {
    let said = outcome.provenance.inputs.iter().map(|input| {
        let said = [input.source.as_deref(), input.licence.as_deref()];
        said.into_iter().flatten().collect::<Vec<_>>().join(", ")
    });
    once(said.filter(|said| !said.is_empty()))
}

fn resources(datasets: &[Dataset<'_>], words: Words<'_>) -> Value {
    let mut resources = Vec::new();
    for dataset in datasets {
        for file in &dataset.files {
            let level =
                super::catalogue::level_word(dataset.table.level, if words.swedish { words.sv } else { words.en });
            let mut resource = json!({
                "name": identifier(&format!("{}-{}", dataset.slug, file.format)),
                "title": words.say(&format!("open-data.format-{}", file.format), &[("level", &level)]),
                "path": file.name,
                "format": file.format,
                "mediatype": file.media,
                "bytes": file.bytes,
                "hash": format!("sha256:{}", file.sha256),
            });
            // Only a table of text is described column by column; the other formats have the same.
            if file.format != "csv" {
                resource["type"] = json!("file");
            } else {
                resource["profile"] = json!("tabular-data-resource");
                resource["encoding"] = json!("utf-8");
                resource["schema"] = schema(&dataset.table.columns);
            }
            resources.push(resource);
        }
    }
    Value::Array(resources)
}

fn schema(columns: &[Column]) -> Value {
    let field = |column: &Column| {
        let kind = match column.kind {
            Kind::Date => "date",
            Kind::Text => "string",
            Kind::Integer => "integer",
            Kind::Number => "number",
        };
        let mut field = json!({ "name": column.name, "type": kind, "description": column.meaning });
        if let Some(unit) = &column.unit {
            field["unit"] = json!(unit);
        }
        if column.is_share {
            field["constraints"] = json!({ "minimum": 0, "maximum": 1 });
        }
        if column.name == "code" {
            field["constraints"] = json!({ "required": true, "unique": true });
        }
        field
    };
    let fields: Vec<Value> = columns.iter().map(field).collect();
    json!({ "fields": fields, "primaryKey": ["as_of", "code"], "missingValues": [""] })
}
