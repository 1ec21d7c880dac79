//! Styles for QGIS, in the table where it looks for them: a layer opens with its areas in classes by share, and the goal is the
//! border between two of them, as on the report's map.

use std::fmt::Write as _;

use jiff::civil::Date;
use nittio_core::{
    breaks::breaks,
    goal::{Goal, Step},
    indicator::{At, Figure},
    measure::Measure,
    outcome::Outcome,
    quantity::Speed,
};
use rusqlite::{Connection, params};

use super::area_columns::{Holds, columns};

/// The name of the style.
const NAME: &str = "nittio";

/// From little to much, as in the report.
const SCALE: [[u8; 3]; 6] = [
    [0xe4, 0xf0, 0xf4],
    [0xbc, 0xda, 0xe6],
    [0x8d, 0xbf, 0xd4],
    [0x57, 0xa0, 0xc0],
    [0x1b, 0x6a, 0x92],
    [0x0b, 0x43, 0x66],
];

/// The table as QGIS makes it.
const TABLE: &str = r#"
CREATE TABLE "layer_styles" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "f_table_catalog" TEXT(256),
  "f_table_schema" TEXT(256),
  "f_table_name" TEXT(256),
  "f_geometry_column" TEXT(256),
  "styleName" TEXT(30),
  "styleQML" TEXT,
  "styleSLD" TEXT,
  "useAsDefault" BOOLEAN,
  "description" TEXT,
  "owner" TEXT(30),
  "ui" TEXT(30),
  "update_time" DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
);
"#;

/// Writes the styles of layers by the names of their tables; no table when there is none.
pub(super) fn table(connection: &Connection, styles: &[(String, String)], as_of: Date) -> rusqlite::Result<()> {
    if styles.is_empty() {
        return Ok(());
    }
    connection.execute_batch(TABLE)?;
    // The day of the figures, since the time of writing would change the bytes.
    let day = format!("{as_of}T00:00:00.000Z");
    connection.execute(
        "INSERT INTO gpkg_contents VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, NULL, NULL, NULL, NULL, 0)",
        params![day],
    )?;
    for (table, qml) in styles {
        connection.execute(
            "INSERT INTO layer_styles VALUES (NULL, '', '', ?, 'geom', ?, ?, '', 1, '', '', NULL, ?)",
            params![table, NAME, qml, day],
        )?;
    }
    Ok(())
}

/// The style of a level's layer; `None` when there is no speed or no share to draw.
pub(super) fn qml(outcome: &Outcome, level: usize) -> Option<String> {
    let drawn = drawn(outcome)?;
    let columns = columns(outcome, false);
    let holds = Holds::Share(drawn.unit, drawn.measure);
    let column = columns.into_iter().find(|column| column.holds == holds)?;
    let areas = outcome.indicators.areas.iter().enumerate();
    let areas = areas.filter(|(_, area)| area.index.is_some_and(|(of, _)| of == level));
    let at = |area| At { area, unit: drawn.unit, measure: drawn.measure, ..At::default() };
    let shares: Vec<u32> = areas.filter_map(|(area, _)| ppm(&outcome.indicators.figure(at(area)))).collect();
    let (low, high) = (shares.iter().min()?, shares.iter().max()?);
    let breaks = breaks(drawn.goal, *low, *high);
    Some(document(&column.name, &breaks))
}

/// The style of outlines of candidates: see-through, with a clear border, as what is not there yet.
pub(super) fn outlines() -> String {
    let layer = [
        ("color", "227,148,37,70"),
        ("outline_color", "156,90,8,255"),
        ("outline_style", "solid"),
        ("outline_width", "0.5"),
        ("style", "solid"),
    ];
    single("fill", "SimpleFill", &layer)
}

/// The style of routes of candidates.
pub(super) fn routes() -> String {
    single("line", "SimpleLine", &[("line_color", "156,90,8,255"), ("line_style", "dash"), ("line_width", "0.4")])
}

/// One symbol for everything in a layer.
fn single(kind: &str, class: &str, options: &[(&str, &str)]) -> String {
    let mut text = format!(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n\
         <qgis version=\"3.22.0\" styleCategories=\"Symbology\">\n  \
         <renderer-v2 type=\"singleSymbol\" symbollevels=\"0\" enableorderby=\"0\" forceraster=\"0\">\n    <symbols>\n      \
         <symbol type=\"{kind}\" name=\"0\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\n        \
         <layer class=\"{class}\" enabled=\"1\" locked=\"0\" pass=\"0\">\n          <Option type=\"Map\">\n"
    );
    for (key, value) in options {
        let _ = writeln!(text, "            <Option type=\"QString\" name=\"{key}\" value=\"{value}\"/>");
    }
    text.push_str(
        "          </Option>\n        </layer>\n      </symbol>\n    </symbols>\n  </renderer-v2>\n</qgis>\n",
    );
    text
}

/// What is drawn: the share of a unit with a speed.
struct Drawn {
    unit: usize,
    measure: usize,
    /// In parts per million.
    goal: Option<u32>,
}

/// The first goal's first step, in its first unit that the study counts; without a goal, places with 100 Mbit/s.
fn drawn(outcome: &Outcome) -> Option<Drawn> {
    let indicators = &outcome.indicators;
    let of_goal = |goal: &Goal| {
        let unit = goal.units.iter().find_map(|unit| indicators.unit(unit.key()))?;
        let step: &Step = goal.steps.first()?;
        let measure = indicators.measure(Measure::Down(step.down))?;
        Some(Drawn { unit, measure, goal: Some(step.share.ppm()) })
    };
    let without = || {
        let hundred = indicators.measure(Measure::Down(Speed::from_mbps(100)));
        let first = || indicators.measures.iter().position(|measure| matches!(measure, Measure::Down(_)));
        Some(Drawn { unit: 0, measure: hundred.or_else(first)?, goal: None })
    };
    outcome.goals.first().and_then(of_goal).or_else(without)
}

fn ppm(figure: &Figure) -> Option<u32> {
    let share = u128::from(figure.covered) * 1_000_000;
    figure.has_share().then(|| u32::try_from(share / u128::from(figure.total)).unwrap_or(1_000_000))
}

fn document(column: &str, breaks: &[u32]) -> String {
    let mut borders: Vec<u32> = vec![0];
    borders.extend(breaks.iter().filter(|&&b| b > 0));
    let (mut ranges, mut symbols) = (String::new(), String::new());
    // From the highest class down: a share that is a border belongs to the class above it, and QGIS takes the first that fits.
    for (symbol, class) in (0..borders.len()).rev().enumerate() {
        let lower = borders[class];
        let upper = borders.get(class + 1).copied();
        let label = match (lower, upper) {
            (_, None) if class == 0 => "0 – 100 %".to_owned(),
            (lower, None) => format!("≥ {} %", percent(lower)),
            (0, Some(upper)) => format!("&lt; {} %", percent(upper)),
            (lower, Some(upper)) => format!("{} – {} %", percent(lower), percent(upper)),
        };
        let (from, to) = (fraction(lower), fraction(upper.unwrap_or(1_000_000)));
        let _ = writeln!(
            ranges,
            "      <range lower=\"{from}\" upper=\"{to}\" symbol=\"{symbol}\" label=\"{label}\" render=\"true\"/>"
        );
        symbols.push_str(&fill(symbol, colour(class, borders.len())));
    }
    format!(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n\
         <qgis version=\"3.22.0\" styleCategories=\"Symbology\">\n  \
         <renderer-v2 type=\"graduatedSymbol\" attr=\"{column}\" graduatedMethod=\"GraduatedColor\" symbollevels=\"0\" \
         enableorderby=\"0\" forceraster=\"0\">\n    <ranges>\n{ranges}    </ranges>\n    <symbols>\n{symbols}    </symbols>\n  \
         </renderer-v2>\n</qgis>\n"
    )
}

fn fill(name: usize, [red, green, blue]: [u8; 3]) -> String {
    let mut text = format!(
        "      <symbol type=\"fill\" name=\"{name}\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\n        \
         <layer class=\"SimpleFill\" enabled=\"1\" locked=\"0\" pass=\"0\">\n          <Option type=\"Map\">\n"
    );
    let colour = format!("{red},{green},{blue},255");
    for (key, value) in [
        ("color", colour.as_str()),
        ("outline_color", "255,255,255,255"),
        ("outline_style", "solid"),
        ("outline_width", "0.26"),
        ("outline_width_unit", "MM"),
        ("style", "solid"),
    ] {
        let _ = writeln!(text, "            <Option type=\"QString\" name=\"{key}\" value=\"{value}\"/>");
    }
    text.push_str("          </Option>\n        </layer>\n      </symbol>\n");
    text
}

/// One colour per class, evenly from the scale, ending with the darkest.
fn colour(class: usize, classes: usize) -> [u8; 3] {
    let last = SCALE.len() - 1;
    if classes < 2 {
        return SCALE[last];
    }
    SCALE[((class * last + (classes - 1) / 2) / (classes - 1)).min(last)]
}

fn fraction(ppm: u32) -> String {
    format!("{}.{:06}", ppm / 1_000_000, ppm % 1_000_000)
}

/// Per cent without needless decimals; the comma is understood in both languages of studies.
fn percent(ppm: u32) -> String {
    let text = format!("{},{:04}", ppm / 10_000, ppm % 10_000);
    text.trim_end_matches('0').trim_end_matches(',').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::sample;

    #[test]
    fn the_goal_is_a_border_and_belongs_to_the_class_above() {
        let outcome = sample::sample().outcome;
        let qml = qml(&outcome, 0).unwrap();
        // The sample's goal is 40 %; its areas have 0 and 60 %.
        let above = qml.find("lower=\"0.400000\"").unwrap();
        let below = qml.find("upper=\"0.400000\"").unwrap();
        assert!(above < below, "the higher class stands first:\n{qml}");
        assert!(qml.contains("attr=\"population_down_100_share\""), "{qml}");
    }

    #[test]
    fn percentages_have_no_needless_decimals() {
        assert_eq!([0, 400_000, 999_000, 1_000_000].map(percent), ["0", "40", "99,9", "100"]);
        assert_eq!(fraction(999_000), "0.999000");
    }
}
