//! `dcat.jsonld`: a catalogue with a dataset per level and a distribution per format, after DCAT-AP-SE.
//!
//! What the study file does not say is left out; nothing is made up, least of all a licence. Without a base address the files'
//! addresses are relative to where the catalogue lies.

use nittio_core::outcome::Outcome;
use serde_json::{Value, json};

use super::{Dataset, File, Say, Words};
use crate::study_file::OpenDataSettings;

const LANGUAGE: &str = "http://publications.europa.eu/resource/authority/language/";
const THEME: &str = "http://publications.europa.eu/resource/authority/data-theme";
const MEDIA: &str = "http://www.iana.org/assignments/media-types/";

/// The catalogue as JSON-LD.
pub(super) fn graph(outcome: &Outcome, datasets: &[Dataset<'_>], about: &OpenDataSettings, words: Words<'_>) -> Value {
    let address = |name: &str| match &about.base_url {
        Some(base) => format!("{}/{name}", base.trim_end_matches('/')),
        None => name.to_owned(),
    };
    let id = |text: String| json!({ "@id": text });
    let publisher_id = about.publisher_uri.clone().unwrap_or_else(|| address("#publisher"));
    let language = format!("{LANGUAGE}{}", if words.swedish { "SWE" } else { "ENG" });
    let date = outcome.frame.as_of.to_string();
    let title = words.both(|say| say("open-data.catalogue-title", &[("study", &outcome.name)]));
    let description = words.both(|say| say("open-data.description", &[("study", &outcome.name), ("date", &date)]));

    let mut catalogue = json!({
        "@id": address("#catalog"),
        "@type": "dcat:Catalog",
        "dcterms:title": in_both(&title),
        "dcterms:description": in_both(&description),
        "dcterms:language": id(language.clone()),
        "dcat:themeTaxonomy": id(THEME.to_owned()),
        "dcat:dataset": datasets.iter().map(|d| id(address(&format!("#{}", d.slug)))).collect::<Vec<_>>(),
    });
    let mut nodes = Vec::new();
    let publisher = about.publisher.is_some().then(|| id(publisher_id.clone()));
    let contact = (about.contact_name.is_some() || about.contact_email.is_some()).then(|| id(address("#contact")));
    set(&mut catalogue, "dcterms:publisher", publisher.clone());
    set(&mut catalogue, "dcterms:license", about.licence.clone().map(id));
    set(&mut catalogue, "foaf:homepage", about.base_url.clone().map(id));
    set(&mut catalogue, "dcterms:issued", about.issued.map(|day| typed("xsd:date", &day.to_string())));
    nodes.push(catalogue);
    if let Some(name) = &about.publisher {
        nodes.push(json!({ "@id": publisher_id, "@type": "foaf:Agent", "foaf:name": name }));
    }
    if contact.is_some() {
        let mut node = json!({ "@id": address("#contact"), "@type": "vcard:Organization" });
        let name = about.contact_name.clone().or_else(|| about.publisher.clone());
        set(&mut node, "vcard:fn", name.map(Value::String));
        let email = about.contact_email.as_ref().map(|email| id(format!("mailto:{email}")));
        set(&mut node, "vcard:hasEmail", email);
        nodes.push(node);
    }
    for dataset in datasets {
        let say_level = |say: Say<'_>| level_word(dataset.table.level, say);
        let title = words.both(|say| say("open-data.dataset-title", &[("level", &say_level(say))]));
        let description = words.both(|say| {
            let values = [("study", outcome.name.clone()), ("date", date.clone()), ("level", say_level(say))];
            let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
            let text = say("open-data.dataset-description", &values);
            outcome.notice.as_ref().map_or(text.clone(), |notice| format!("{text} {notice}"))
        });
        let keywords = words.both(|say| say("open-data.keywords", &[]));
        let keywords = [("sv", &keywords[0]), ("en", &keywords[1])].into_iter().flat_map(|(language, words)| {
            words.split(',').map(move |word| json!({ "@language": language, "@value": word.trim() }))
        });
        let mut node = json!({
            "@id": address(&format!("#{}", dataset.slug)),
            "@type": "dcat:Dataset",
            "dcterms:title": in_both(&title),
            "dcterms:description": in_both(&description),
            "dcterms:identifier": format!("{}-{}-{date}", super::identifier(&outcome.name), dataset.slug),
            "dcterms:language": id(language.clone()),
            "dcat:theme": [id(format!("{THEME}/TECH")), id(format!("{THEME}/REGI"))],
            "dcat:keyword": keywords.collect::<Vec<_>>(),
            "dcterms:temporal": {
                "@type": "dcterms:PeriodOfTime",
                "dcat:startDate": typed("xsd:date", &date),
                "dcat:endDate": typed("xsd:date", &date),
            },
            "dcat:distribution":
                dataset.files.iter().map(|file| id(address(&format!("#{}", anchor(dataset, file))))).collect::<Vec<_>>(),
        });
        set(&mut node, "dcterms:publisher", publisher.clone());
        set(&mut node, "dcat:contactPoint", contact.clone());
        set(&mut node, "dcterms:issued", about.issued.map(|day| typed("xsd:date", &day.to_string())));
        set(&mut node, "dcterms:spatial", dataset.bounds.map(spatial));
        let sources = super::package::sources(outcome);
        set(
            &mut node,
            "dcterms:provenance",
            (!sources.is_empty())
                .then(|| json!({ "@type": "dcterms:ProvenanceStatement", "rdfs:label": sources.join("; ") })),
        );
        nodes.push(node);
        for file in &dataset.files {
            let title =
                words.both(|say| say(&format!("open-data.format-{}", file.format), &[("level", &say_level(say))]));
            let mut node = json!({
                "@id": address(&format!("#{}", anchor(dataset, file))),
                "@type": "dcat:Distribution",
                "dcterms:title": in_both(&title),
                "dcterms:format": file.media,
                "dcat:mediaType": id(format!("{MEDIA}{}", file.media)),
                "dcat:accessURL": id(address(&file.name)),
                "dcat:downloadURL": id(address(&file.name)),
                "dcat:byteSize": typed("xsd:nonNegativeInteger", &file.bytes.to_string()),
                "spdx:checksum": {
                    "@type": "spdx:Checksum",
                    "spdx:algorithm": id("http://spdx.org/rdf/terms#checksumAlgorithm_sha256".to_owned()),
                    "spdx:checksumValue": typed("xsd:hexBinary", &file.sha256),
                },
            });
            set(&mut node, "dcterms:license", about.licence.clone().map(id));
            nodes.push(node);
        }
    }
    json!({
        "@context": {
            "adms": "http://www.w3.org/ns/adms#",
            "dcat": "http://www.w3.org/ns/dcat#",
            "dcterms": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "geo": "http://www.opengis.net/ont/geosparql#",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "spdx": "http://spdx.org/rdf/terms#",
            "vcard": "http://www.w3.org/2006/vcard/ns#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@graph": nodes,
    })
}

/// "kommun"; a study's own level by its key.
pub(super) fn level_word(level: &str, say: Say<'_>) -> String {
    match level {
        "municipality" | "county" => say(&format!("level-one.{level}"), &[]),
        own => own.to_owned(),
    }
}

fn anchor(dataset: &Dataset<'_>, file: &File) -> String {
    format!("{}-{}", dataset.slug, file.format)
}

fn in_both([sv, en]: &[String; 2]) -> Value {
    json!([{ "@language": "sv", "@value": sv }, { "@language": "en", "@value": en }])
}

fn typed(kind: &str, value: &str) -> Value {
    json!({ "@type": kind, "@value": value })
}

/// Where on Earth: the box around all areas.
fn spatial([west, south, east, north]: [f64; 4]) -> Value {
    let ring = [(west, south), (east, south), (east, north), (west, north), (west, south)];
    let ring: Vec<String> = ring.iter().map(|(x, y)| format!("{x} {y}")).collect();
    json!({ "@type": "dcterms:Location", "dcat:bbox": typed("geo:wktLiteral", &format!("POLYGON(({}))", ring.join(", "))) })
}

fn set(node: &mut Value, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        node[key] = value;
    }
}
