//! How it is counted and from what: definitions, goals, files with their sources and licences.

use crate::{
    compose::{Scene, method},
    report::Block,
    tables::{Head, Sheet, Value},
};

/// Every definition, unit, rule and goal, as the report's method tells them.
pub(super) fn method(scene: &Scene<'_>) -> Sheet {
    let t = &scene.t;
    let heads =
        vec![Head::text(t.get("tables.term")), Head::long(t.get("tables.text")), Head::text(t.get("tables.link"))];
    let mut rows = Vec::new();
    for block in method::section(scene).blocks {
        let Block::Terms(terms) = block else { continue };
        for term in terms {
            for line in term.lines {
                let link = line.link.map_or(Value::Nothing, Value::Text);
                rows.push(vec![Value::Text(term.term.clone()), Value::Text(line.text), link]);
            }
        }
    }
    scene.sheet("method", heads, rows, 1)
}

/// Every file that was read: who made it, under which licence, and which it was.
pub(super) fn sources(scene: &Scene<'_>) -> Sheet {
    let t = &scene.t;
    let mut heads = ["quality.file", "quality.role"].map(|key| Head::text(t.get(key))).to_vec();
    heads.extend(["tables.made-by", "tables.licence"].map(|key| Head::text(t.get(key))));
    heads.extend(["quality.rows", "quality.used"].map(|key| Head::number(t.get(key))));
    heads.extend(["quality.crs", "quality.sha"].map(|key| Head::text(t.get(key))));
    let public = scene.out.edition.is_some();
    let text = |text: &Option<String>| text.clone().map_or(Value::Nothing, Value::Text);
    let count = |rows: u64| if public && rows == 0 { Value::Nothing } else { Value::Count(rows, 1) };
    let row = |input: &nittio_core::outcome::Input| {
        let path = if input.path.is_empty() { t.get("quality.secret-source") } else { input.path.clone() };
        let role = t.find(&format!("role.{}", input.role)).unwrap_or_else(|| input.role.clone());
        let crs = input.crs.as_deref().map(|crs| if crs == "as-is" { t.get("quality.as-is") } else { crs.to_owned() });
        vec![
            Value::Text(path),
            Value::Text(role),
            text(&input.source),
            text(&input.licence),
            count(input.rows),
            count(input.used),
            text(&crs),
            Value::Text(input.sha256.clone()),
        ]
    };
    let rows = scene.out.provenance.inputs.iter().map(row).collect();
    scene.sheet("sources", heads, rows, 1)
}
