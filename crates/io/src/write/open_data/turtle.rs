//! `dcat.ttl`: the catalogue as Turtle, from the same JSON-LD, for harvesters that read nothing else.
//!
//! It reads only what [`super::catalogue`] makes: a context of prefixes, and nodes whose values are texts, references, typed or
//! told by language, lists of these, or nodes without a name.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The graph as Turtle.
pub(super) fn text(graph: &Value) -> String {
    let mut out = String::new();
    for (prefix, address) in graph["@context"].as_object().into_iter().flatten() {
        let _ = writeln!(out, "@prefix {prefix}: {} .", reference(address.as_str().unwrap_or_default()));
    }
    for node in graph["@graph"].as_array().into_iter().flatten().filter_map(Value::as_object) {
        let subject = node.get("@id").and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(out, "\n{}\n    {} .", reference(subject), properties(node, "    "));
    }
    out
}

/// What is said of a node, after its name.
fn properties(node: &Map<String, Value>, indent: &str) -> String {
    let more = format!(" ;\n{indent}");
    let said = node.iter().filter(|(key, _)| *key != "@id").map(|(key, value)| {
        if key == "@type" {
            return format!("a {}", value.as_str().unwrap_or_default());
        }
        let single = std::slice::from_ref(value);
        let values = value.as_array().map_or(single, Vec::as_slice);
        let objects: Vec<String> = values.iter().map(|value| object(value, indent)).collect();
        format!("{key} {}", objects.join(&format!(" ,\n{indent}    ")))
    });
    said.collect::<Vec<_>>().join(&more)
}

fn object(value: &Value, indent: &str) -> String {
    let Some(node) = value.as_object() else { return literal(value.as_str().unwrap_or_default()) };
    let text = |key: &str| node.get(key).and_then(Value::as_str);
    match (text("@id"), text("@value"), text("@language"), text("@type")) {
        (Some(id), ..) => reference(id),
        (None, Some(value), Some(language), _) => format!("{}@{language}", literal(value)),
        (None, Some(value), None, Some(kind)) => format!("{}^^{kind}", literal(value)),
        (None, Some(value), None, None) => literal(value),
        (None, None, ..) => {
            let deeper = format!("{indent}    ");
            format!("[\n{deeper}{}\n{indent}]", properties(node, &deeper))
        }
    }
}

/// An address between angle brackets; what may not stand there is spelled by its number.
fn reference(address: &str) -> String {
    let mut out = String::from("<");
    for c in address.chars() {
        if c <= ' ' || "<>\"{}|^`\\".contains(c) {
            let _ = write!(out, "\\u{:04X}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out.push('>');
    out
}

fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_value_is_written_as_turtle_has_it() {
        let graph = json!({
            "@context": { "a": "http://a#" },
            "@graph": [{
                "@id": "#one",
                "@type": "a:Thing",
                "a:text": "say \"a\\b\"\nand\u{7}",
                "a:list": [{ "@language": "sv", "@value": "å" }, { "@id": "two words" }],
                "a:size": { "@type": "a:int", "@value": "7" },
                "a:inner": { "@type": "a:Part", "a:deep": { "@value": "x" } },
            }],
        });
        let expected = [
            "@prefix a: <http://a#> .",
            "<#one>",
            "a a:Thing",
            r#"a:text "say \"a\\b\"\nand\u0007""#,
            r#""å"@sv"#,
            r"<two\u0020words>",
            r#"a:size "7"^^a:int"#,
            r#"a:deep "x""#,
        ];
        let text = text(&graph);
        for part in expected {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(text.ends_with(" .\n") && text.matches('[').count() == 1, "{text}");
    }
}
