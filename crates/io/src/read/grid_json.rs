//! JSON as Kolada and PxWeb hand it out, as a table with one row per value.

use serde_json::Value;

use super::grid::{Cell, Grid, Row};

/// The table in a document.
pub(super) fn grid(value: &Value) -> Result<Grid, String> {
    let grid = kolada(value).or_else(|| pxweb(value)).or_else(|| json_stat(value));
    grid.ok_or_else(|| {
        "it is JSON of none of the known forms: Kolada's data with `values`, PxWeb's with `columns` and `data`, or JSON-stat 2 with `id`, `size` and `value`"
            .to_owned()
    })
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::Number(number) => number.as_f64().map_or(Cell::Empty, Cell::Number),
        Value::String(text) => Cell::of_text(text),
        other => Cell::of_text(&other.to_string()),
    }
}

/// A heading, and a row for each list of cells.
fn with_heading(heading: Vec<Cell>, rows: impl Iterator<Item = Vec<Cell>>) -> Grid {
    let heading = Row { number: 0, cells: heading };
    let rows = std::iter::once(heading).chain(rows.zip(1..).map(|(cells, number)| Row { number, cells }));
    Grid { rows: rows.collect(), ..Grid::default() }
}

/// Kolada, v2 and v3: per KPI, area and year a list of values by gender. A value that was deleted is none.
fn kolada(document: &Value) -> Option<Grid> {
    const MISSING: &str = "..";
    let items = document.get("values").unwrap_or(document).as_array()?;
    let mut rows = Vec::new();
    for item in items {
        let head = ["kpi", "municipality", "period"].map(|key| item.get(key).map(cell));
        let [Some(kpi), Some(area), Some(period)] = head else { return None };
        for value in item.get("values")?.as_array()? {
            let deleted = value.get("isdeleted") == Some(&Value::Bool(true));
            let found = value.get("value").filter(|value| !value.is_null() && !deleted).map(cell);
            let gender = value.get("gender").map_or(Cell::Empty, cell);
            let found = found.unwrap_or_else(|| Cell::Text(MISSING.to_owned()));
            rows.push(vec![kpi.clone(), area.clone(), period.clone(), gender, found]);
        }
    }
    let next = ["next_url", "next_page"].iter().find_map(|key| document.get(key)?.as_str());
    let partial = next.map(|next| format!("it is one page of several; the next one is {next}"));
    let heading = ["kpi", "municipality", "period", "gender", "value"].map(Cell::of_text).to_vec();
    Some(Grid { partial, ..with_heading(heading, rows.into_iter()) })
}

/// PxWeb's own form: `columns`, and `data` with keys and values.
fn pxweb(document: &Value) -> Option<Grid> {
    let columns = document.get("columns")?.as_array()?;
    let heading = columns.iter().map(|column| column.get("text").map_or(Cell::Empty, cell)).collect();
    let mut rows = Vec::new();
    for item in document.get("data")?.as_array()? {
        let [key, values] = ["key", "values"].map(|part| item.get(part).and_then(Value::as_array));
        rows.push(key?.iter().chain(values?).map(cell).collect());
    }
    Some(with_heading(heading, rows.into_iter()))
}

/// JSON-stat 2: dimensions with their sizes, and all values in one list, the last dimension fastest.
fn json_stat(document: &Value) -> Option<Grid> {
    let ids: Vec<&str> = document.get("id")?.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
    let mut heading = Vec::new();
    let mut dimensions: Vec<Vec<Cell>> = Vec::new();
    for id in ids {
        let dimension = document.get("dimension")?.get(id)?;
        heading.push(Cell::of_text(dimension.get("label").and_then(Value::as_str).unwrap_or(id)));
        dimensions.push(categories(dimension.get("category")?)?);
    }
    heading.push(Cell::Text("value".to_owned()));
    let count: usize = dimensions.iter().map(Vec::len).product();
    let values = document.get("value")?;
    let value = |at: usize| match values {
        Value::Array(values) => values.get(at).map_or(Cell::Empty, cell),
        values => values.get(at.to_string()).map_or(Cell::Empty, cell),
    };
    let rows = (0..count).map(|at| {
        let mut rest = at;
        let mut cells: Vec<Cell> = Vec::new();
        for dimension in dimensions.iter().rev() {
            cells.push(dimension[rest % dimension.len()].clone());
            rest /= dimension.len();
        }
        cells.reverse();
        cells.push(value(at));
        cells
    });
    Some(with_heading(heading, rows))
}

/// A dimension's categories in order: code and label, `0680 Jönköping`.
fn categories(category: &Value) -> Option<Vec<Cell>> {
    let mut codes: Vec<(u64, &str)> = match category.get("index") {
        Some(Value::Object(index)) => {
            index.iter().map(|(code, at)| Some((at.as_u64()?, code.as_str()))).collect::<Option<_>>()?
        }
        Some(Value::Array(index)) => {
            (0..).zip(index).map(|(at, code)| Some((at, code.as_str()?))).collect::<Option<_>>()?
        }
        _ => category.get("label")?.as_object()?.keys().map(|code| (0, code.as_str())).collect(),
    };
    codes.sort_by_key(|&(at, _)| at);
    let label = |code: &str| category.get("label").and_then(|labels| labels.get(code)).and_then(Value::as_str);
    let text = |code: &str| match label(code) {
        Some(label) if label != code && !label.starts_with(code) => format!("{code} {label}"),
        Some(label) => label.to_owned(),
        None => code.to_owned(),
    };
    Some(codes.into_iter().map(|(_, code)| Cell::Text(text(code))).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn texts(document: &Value) -> Vec<Vec<String>> {
        grid(document).unwrap().rows.iter().map(|row| row.cells.iter().map(Cell::text).collect()).collect()
    }

    #[test]
    fn kolada_has_a_row_per_gender_and_says_when_it_is_one_page_of_several() {
        let document = json!({
            "count": 2, "next_url": "https://api.kolada.se/v3/data?page=2",
            "values": [
                { "kpi": "N07918", "municipality": "0680", "period": 2023, "values": [
                    { "gender": "T", "status": "", "value": 98.6, "isdeleted": false },
                    { "gender": "K", "status": "Missing", "value": null } ] },
            ],
        });
        assert_eq!(
            texts(&document)[1..],
            [["N07918", "0680", "2023", "T", "98.6"], ["N07918", "0680", "2023", "K", ".."]]
        );
        assert!(grid(&document).unwrap().partial.is_some_and(|why| why.contains("page=2")));
    }

    #[test]
    fn pxweb_keys_stand_before_values() {
        let document = json!({
            "columns": [{ "code": "Region", "text": "region" }, { "code": "Tid", "text": "år" }, { "code": "X", "text": "Folkmängd" }],
            "data": [{ "key": ["0680", "2024"], "values": ["147654"] }],
        });
        assert_eq!(texts(&document), [["region", "år", "Folkmängd"], ["0680", "2024", "147654"]]);
    }

    #[test]
    fn json_stat_counts_through_its_dimensions_the_last_one_fastest() {
        let document = json!({
            "class": "dataset", "id": ["Region", "Tid"], "size": [2, 2],
            "dimension": {
                "Region": { "label": "region", "category": { "index": { "0682": 1, "0680": 0 },
                    "label": { "0680": "Jönköping", "0682": "Nässjö" } } },
                "Tid": { "label": "år", "category": { "index": ["2023", "2024"], "label": { "2023": "2023", "2024": "2024" } } },
            },
            "value": [1, 2, null, 4],
        });
        assert_eq!(
            texts(&document),
            [
                ["region", "år", "value"],
                ["0680 Jönköping", "2023", "1"],
                ["0680 Jönköping", "2024", "2"],
                ["0682 Nässjö", "2023", ""],
                ["0682 Nässjö", "2024", "4"],
            ]
        );
    }

    #[test]
    fn other_json_is_refused_with_the_forms_that_are_known() {
        let error = grid(&json!({ "type": "FeatureCollection" })).unwrap_err();
        assert!(error.contains("Kolada") && error.contains("JSON-stat"), "{error}");
    }
}
