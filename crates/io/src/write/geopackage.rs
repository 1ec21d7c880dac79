//! `coverage.gpkg`: one layer per level of areas that has borders, for QGIS and everything that reads GDAL.
//!
//! OGC GeoPackage 1.3 with the R-tree extension. Figures are those of all settlement classes and all categories, under
//! the study's first definition and its first goal. Places in no area of a level have no row here; see `indicators.csv`.

use std::{collections::BTreeSet, io, path::Path};

use geo::{BoundingRect, MultiPolygon, Rect};
use nittio_core::{
    area::Level,
    assessment::{Assessment, Verdict},
    indicator::At,
    measure::Measure,
    outcome::Outcome,
    quantity::Speed,
    study::Frame,
};
use rusqlite::{Connection, OpenFlags, params, params_from_iter, types::Value};

use super::{error, goals, number};

/// The file's name.
pub const NAME: &str = "coverage.gpkg";

/// `GPKG` in ASCII.
const APPLICATION_ID: i32 = 0x4750_4B47;
const VERSION: i32 = 10_300;

/// No geographic meaning: planar coordinates in a unit that is not known.
const UNDEFINED_CARTESIAN: i32 = -1;

/// Definitions as PROJ 9.5 writes them (WKT 1, GDAL's dialect): code, name, text.
const SRS: &str = include_str!("../../data/srs.tsv");

const TABLES: &str = "
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT
);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE,
  min_y DOUBLE,
  max_x DOUBLE,
  max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);
CREATE TABLE gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
";

/// The spatial index of a layer and what keeps it true when somebody edits the layer. `{table}` is the layer's name
/// within double quotes. The functions in it are those that every editor of GeoPackages brings along.
const INDEX_TRIGGERS: &str = r#"
CREATE TRIGGER "rtree_{table}_geom_insert" AFTER INSERT ON "{table}"
  WHEN (NEW."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN INSERT OR REPLACE INTO "rtree_{table}_geom" VALUES {box}; END;
CREATE TRIGGER "rtree_{table}_geom_update1" AFTER UPDATE OF "geom" ON "{table}"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN INSERT OR REPLACE INTO "rtree_{table}_geom" VALUES {box}; END;
CREATE TRIGGER "rtree_{table}_geom_update2" AFTER UPDATE OF "geom" ON "{table}"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN DELETE FROM "rtree_{table}_geom" WHERE id = OLD."fid"; END;
CREATE TRIGGER "rtree_{table}_geom_update3" AFTER UPDATE ON "{table}"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN DELETE FROM "rtree_{table}_geom" WHERE id = OLD."fid";
  INSERT OR REPLACE INTO "rtree_{table}_geom" VALUES {box}; END;
CREATE TRIGGER "rtree_{table}_geom_update4" AFTER UPDATE ON "{table}"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN DELETE FROM "rtree_{table}_geom" WHERE id IN (OLD."fid", NEW."fid"); END;
CREATE TRIGGER "rtree_{table}_geom_delete" AFTER DELETE ON "{table}"
  WHEN OLD."geom" NOT NULL
BEGIN DELETE FROM "rtree_{table}_geom" WHERE id = OLD."fid"; END;
"#;

const BOX: &str = r#"(NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"))"#;

/// Whether any level has borders, so that there is something to write.
#[must_use]
pub fn has_layers(frame: &Frame) -> bool {
    frame.levels.iter().any(has_borders)
}

/// Writes the file; nothing may be there yet.
///
/// # Errors
/// When writing fails.
pub fn write(path: &Path, outcome: &Outcome) -> io::Result<()> {
    // Without the flag for addresses, a folder may be called `file:`.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(error::of_sqlite)?;
    fill(&connection, outcome).map_err(error::of_sqlite)?;
    connection.close().map_err(|(_, e)| error::of_sqlite(e))
}

fn fill(connection: &Connection, outcome: &Outcome) -> rusqlite::Result<()> {
    // The file is thrown away whole when anything fails, so no journal is needed.
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096;
         PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; BEGIN; {TABLES}"
    ))?;
    let srs = reference_systems(connection, &outcome.provenance.crs)?;
    let mut tables = Names::default();
    for (level, l) in outcome.frame.levels.iter().enumerate().filter(|(_, level)| has_borders(level)) {
        let reserved = ["gpkg_", "rtree_", "sqlite_"].iter().any(|start| l.key.to_lowercase().starts_with(start));
        let table = tables.unique(&if reserved { format!("level_{}", l.key) } else { l.key.clone() });
        layer(connection, outcome, level, &table, srs)?;
    }
    // Pages in one order whatever was written when: same input, same bytes.
    connection.execute_batch("COMMIT; VACUUM;")
}

fn has_borders(level: &Level) -> bool {
    level.areas.iter().any(|area| area.geometry.as_ref().is_some_and(|geometry| !geometry.0.is_empty()))
}

/// Writes the required reference systems and the study's own, and returns the study's.
fn reference_systems(connection: &Connection, crs: &str) -> rusqlite::Result<i32> {
    let mut insert = connection.prepare("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)")?;
    insert.execute(params!["Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined cartesian"])?;
    insert.execute(params!["Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic"])?;
    let own = crs.strip_prefix("EPSG:").and_then(|code| code.parse::<i32>().ok());
    for code in [Some(4326), own.filter(|&code| code != 4326)].into_iter().flatten() {
        // GDAL and QGIS know a code without a definition from their own tables.
        let (name, text) = definition(code).unwrap_or((crs, "undefined"));
        insert.execute(params![name, code, "EPSG", code, text, None::<&str>])?;
    }
    Ok(own.unwrap_or(UNDEFINED_CARTESIAN))
}

/// Name and WKT of a reference system.
fn definition(code: i32) -> Option<(&'static str, &'static str)> {
    SRS.lines().skip(1).find_map(|line| {
        let (found, rest) = line.split_once('\t')?;
        (found.parse() == Ok(code)).then(|| rest.split_once('\t'))?
    })
}

fn layer(connection: &Connection, outcome: &Outcome, level: usize, table: &str, srs: i32) -> rusqlite::Result<()> {
    let columns = columns(outcome);
    let quoted = table.replace('"', "\"\"");
    let declared: Vec<_> = columns.iter().map(|column| format!("\"{}\" {}", column.name, column.kind)).collect();
    connection.execute_batch(&format!(
        "CREATE TABLE \"{quoted}\" (\"fid\" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \"geom\" MULTIPOLYGON, {});
         CREATE VIRTUAL TABLE \"rtree_{quoted}_geom\" USING rtree(id, minx, maxx, miny, maxy);",
        declared.join(", ")
    ))?;

    let places = vec!["?"; columns.len() + 2].join(", ");
    let mut insert = connection.prepare(&format!("INSERT INTO \"{quoted}\" VALUES ({places})"))?;
    let mut index = connection.prepare(&format!("INSERT INTO \"rtree_{quoted}_geom\" VALUES (?, ?, ?, ?, ?)"))?;
    let mut extent: Option<Rect> = None;
    let rows = outcome.indicators.areas.iter().enumerate();
    let rows = rows.filter_map(|(row, area)| Some((row, area.index.filter(|&(l, _)| l == level)?.1)));
    for (fid, (row, area)) in (1_i64..).zip(rows) {
        let geometry = outcome.frame.levels[level].areas[area].geometry.as_ref();
        let geometry = geometry.and_then(|geometry| Some((geometry, geometry.bounding_rect()?)));
        let assessment = outcome.assessments.iter().find(|a| a.goal == 0 && a.profile == 0 && a.area == row);
        let mut values = vec![Value::Integer(fid)];
        values.push(geometry.map_or(Value::Null, |(polygons, bounds)| Value::Blob(blob(polygons, bounds, srs))));
        values.extend(columns.iter().map(|column| column.value(outcome, row, assessment)));
        insert.execute(params_from_iter(values))?;
        if let Some((_, bounds)) = geometry {
            let (min, max) = (bounds.min(), bounds.max());
            index.execute(params![fid, min.x, max.x, min.y, max.y])?;
            extent = Some(extent.map_or(bounds, |extent| join(extent, bounds)));
        }
    }

    let (min, max) = (extent.map(|e| e.min()), extent.map(|e| e.max()));
    let profile = outcome.indicators.profiles.first().map_or("", |profile| profile.key.as_str());
    let goal = outcome.goals.first().map_or("", |goal| goal.id.as_str());
    let as_of = outcome.frame.as_of;
    connection.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            table,
            table,
            format!("as of {as_of}; definition {profile}; goal {goal}"),
            // The day of the figures, since the time of writing would change the bytes.
            format!("{as_of}T00:00:00.000Z"),
            min.map(|c| c.x),
            min.map(|c| c.y),
            max.map(|c| c.x),
            max.map(|c| c.y),
            srs,
        ],
    )?;
    connection.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'MULTIPOLYGON', ?, 0, 0)",
        params![table, srs],
    )?;
    connection.execute(
        "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index',
         'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
        params![table],
    )?;
    connection.execute_batch(&INDEX_TRIGGERS.replace("{box}", BOX).replace("{table}", &quoted))
}

/// A column of a layer.
struct LayerColumn {
    name: String,
    kind: &'static str,
    holds: Holds,
}

/// What a column holds; units and measures by their index.
enum Holds {
    Code,
    Name,
    Total(usize),
    Unmatched(usize),
    Covered(usize, usize),
    Share(usize, usize),
    Goal,
    GoalMissing(usize),
}

fn columns(outcome: &Outcome) -> Vec<LayerColumn> {
    let indicators = &outcome.indicators;
    let mut names = Names::default();
    let mut columns = Vec::new();
    let mut add = |name: &str, kind, holds| columns.push(LayerColumn { name: names.unique(name), kind, holds });
    let speeds: Vec<(usize, Speed)> = indicators
        .measures
        .iter()
        .enumerate()
        .filter_map(|(m, measure)| if let Measure::Down(speed) = measure { Some((m, *speed)) } else { None })
        .collect();
    add("code", "TEXT", Holds::Code);
    add("name", "TEXT", Holds::Name);
    for (u, unit) in indicators.units.iter().enumerate() {
        let key = snake_case(unit.unit.key());
        let kind = number_kind(unit.scale);
        add(&format!("{key}_total"), kind, Holds::Total(u));
        add(&format!("{key}_unmatched"), kind, Holds::Unmatched(u));
        for &(m, speed) in &speeds {
            let speed = snake_case(&speed.mbps().to_string());
            add(&format!("{key}_down_{speed}"), kind, Holds::Covered(u, m));
            add(&format!("{key}_down_{speed}_share"), "REAL", Holds::Share(u, m));
        }
    }
    if let Some(goal) = outcome.goals.first() {
        add("goal_verdict", "TEXT", Holds::Goal);
        for u in goal.units.iter().filter_map(|unit| indicators.unit(unit.key())) {
            let unit = &indicators.units[u];
            let name = format!("goal_missing_{}", snake_case(unit.unit.key()));
            add(&name, number_kind(unit.scale), Holds::GoalMissing(u));
        }
    }
    columns
}

fn number_kind(scale: u64) -> &'static str {
    if scale == 1 { "INTEGER" } else { "REAL" }
}

impl LayerColumn {
    /// The value for one area of the indicators.
    fn value(&self, outcome: &Outcome, area: usize, assessment: Option<&Assessment>) -> Value {
        let indicators = &outcome.indicators;
        let figure = |unit, measure| indicators.figure(At { area, unit, measure, ..At::default() });
        let count = |unit: usize, count: u64, hidden: bool| match indicators.units[unit].scale {
            _ if hidden => Value::Null,
            1 => Value::Integer(number::signed(count)),
            scale => Value::Real(number::unscaled(count, scale)),
        };
        // Totals do not depend on the definition and the measure, but a study without either has no figures.
        let measured = !indicators.profiles.is_empty() && !indicators.measures.is_empty();
        match self.holds {
            Holds::Code => Value::Text(indicators.areas[area].code.clone()),
            Holds::Name => Value::Text(indicators.areas[area].name.clone()),
            Holds::Total(unit) if measured => {
                let figure = figure(unit, 0);
                count(unit, figure.total, figure.hides.total)
            }
            Holds::Unmatched(unit) if measured => {
                let figure = figure(unit, 0);
                count(unit, figure.unmatched, figure.hides.unmatched)
            }
            Holds::Covered(unit, measure) if measured => {
                let figure = figure(unit, measure);
                count(unit, figure.covered, figure.hides.covered)
            }
            Holds::Share(unit, measure) if measured => {
                let figure = figure(unit, measure);
                let share = number::share(figure.covered, figure.total).filter(|_| figure.has_share());
                share.map_or(Value::Null, Value::Real)
            }
            Holds::Goal => assessment.map_or(Value::Null, |a| Value::Text(goals::key(a.joint).to_owned())),
            Holds::GoalMissing(unit) => {
                let key = &indicators.units[unit].unit;
                let parts = || assessment.into_iter().flat_map(|a| &a.parts).filter(|part| part.unit == *key);
                let withheld = parts().any(|part| part.verdict == Verdict::Withheld);
                let most = parts().filter_map(|part| missing(part.verdict)).max();
                most.map_or(Value::Null, |most| count(unit, most, withheld))
            }
            _ => Value::Null,
        }
    }
}

/// How many units a verdict says are lacking.
fn missing(verdict: Verdict) -> Option<u64> {
    match verdict {
        Verdict::Met => Some(0),
        Verdict::Missed { units, .. } => Some(units),
        Verdict::NotMeasured | Verdict::Withheld => None,
    }
}

/// Names that differ in more than case, as SQLite asks of tables and columns.
#[derive(Default)]
struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    fn unique(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut again = 1;
        while !self.taken.insert(name.to_lowercase()) {
            again += 1;
            name = format!("{wanted}_{again}");
        }
        name
    }
}

/// A short field name that every program takes: ASCII, lower case, digits and underscores.
pub(crate) fn snake_case(text: &str) -> String {
    let mut name = String::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'å' | 'ä' | 'á' | 'à' | 'æ' => name.push('a'),
            'ö' | 'ø' | 'ó' => name.push('o'),
            'é' | 'è' | 'ë' => name.push('e'),
            'ü' => name.push('u'),
            '²' => name.push('2'),
            '³' => name.push('3'),
            c if c.is_ascii_alphanumeric() => name.push(c),
            _ if name.ends_with('_') || name.is_empty() => {}
            _ => name.push('_'),
        }
    }
    let name = name.trim_end_matches('_');
    if name.is_empty() { "unit".to_owned() } else { name.to_owned() }
}

fn join(a: Rect, b: Rect) -> Rect {
    Rect::new(
        (a.min().x.min(b.min().x), a.min().y.min(b.min().y)),
        (a.max().x.max(b.max().x), a.max().y.max(b.max().y)),
    )
}

/// The geometry as GeoPackage holds it: a header with the envelope, then little-endian WKB.
fn blob(polygons: &MultiPolygon, bounds: Rect, srs: i32) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(b"GP");
    // Version 1; little-endian with an envelope of x and y.
    out.extend_from_slice(&[0, 0b0000_0011]);
    out.extend_from_slice(&srs.to_le_bytes());
    for side in [bounds.min().x, bounds.max().x, bounds.min().y, bounds.max().y] {
        out.extend_from_slice(&side.to_le_bytes());
    }
    wkb_header(&mut out, 6, polygons.0.len());
    for polygon in polygons {
        wkb_header(&mut out, 3, 1 + polygon.interiors().len());
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            out.extend_from_slice(&length(ring.0.len()));
            for coord in &ring.0 {
                out.extend_from_slice(&coord.x.to_le_bytes());
                out.extend_from_slice(&coord.y.to_le_bytes());
            }
        }
    }
    out
}

fn wkb_header(out: &mut Vec<u8>, kind: u32, parts: usize) {
    out.push(1);
    out.extend_from_slice(&kind.to_le_bytes());
    out.extend_from_slice(&length(parts));
}

fn length(parts: usize) -> [u8; 4] {
    u32::try_from(parts).unwrap_or(u32::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::sample;

    fn written(outcome: &Outcome) -> (tempfile::TempDir, std::path::PathBuf) {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join(NAME);
        write(&path, outcome).unwrap();
        (place, path)
    }

    #[test]
    fn a_layer_has_the_figures_that_were_counted_by_hand() {
        let (_place, path) = written(&sample::sample().outcome);
        let connection = Connection::open(path).unwrap();
        let mut statement = connection
            .prepare(
                "SELECT code, places_total, population_down_100, population_down_100_share, yta_a_m2_total,
                 goal_verdict, goal_missing_population, goal_missing_places FROM municipality ORDER BY code",
            )
            .unwrap();
        let rows = statement
            .query_map([], |row| (0..8).map(|i| row.get::<_, Value>(i)).collect::<Result<Vec<_>, _>>())
            .unwrap();
        let rows: Vec<Vec<Value>> = rows.collect::<Result<_, _>>().unwrap();
        let (text, int, real) = (|text: &str| Value::Text(text.to_owned()), Value::Integer, Value::Real);
        assert_eq!(
            rows,
            [
                vec![text("0101"), int(5), int(6), real(0.6), real(13.0), text("met"), int(0), int(0)],
                vec![text("0202"), int(5), int(0), real(0.0), real(0.0), text("missed"), int(3), int(1)],
            ]
        );
    }

    #[test]
    fn the_file_says_what_it_is() {
        let (_place, path) = written(&sample::sample().outcome);
        let connection = Connection::open(path).unwrap();
        let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(number("PRAGMA application_id"), 1_196_444_487);
        assert_eq!(number("PRAGMA user_version"), 10_300);
        assert_eq!(number("SELECT count(*) FROM gpkg_contents"), 1, "counties have no borders");
        assert_eq!(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
        assert_eq!(number("SELECT count(*) FROM rtree_municipality_geom WHERE minx <= 600150 AND maxx >= 600150"), 1);
        let extent = "SELECT min_x || ' ' || max_y || ' ' || last_change FROM gpkg_contents";
        let extent: String = connection.query_row(extent, [], |row| row.get(0)).unwrap();
        assert_eq!(extent, "600000.0 6600100.0 2024-12-31T00:00:00.000Z");
    }

    #[test]
    fn same_input_same_bytes() {
        let (_a, there) = written(&sample::sample().outcome);
        let (_b, back) = written(&sample::reversed().outcome);
        assert!(std::fs::read(there).unwrap() == std::fs::read(back).unwrap());
    }

    #[test]
    fn odd_keys_and_unknown_reference_systems_are_written_all_the_same() {
        for (crs, srs) in [("as-is", -1), ("EPSG:2154", 2154), ("EPSG:4326", 4326)] {
            let mut outcome = sample::sample().outcome;
            outcome.provenance.crs = crs.to_owned();
            outcome.frame.levels[0].key = "sqlite_\"mitt område\"; --".to_owned();
            let (_place, path) = written(&outcome);
            let connection = Connection::open(path).unwrap();
            let found = "SELECT table_name, srs_id FROM gpkg_contents";
            let found: (String, i32) = connection.query_row(found, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            assert_eq!(found, ("level_sqlite_\"mitt område\"; --".to_owned(), srs));
        }
    }

    #[test]
    fn field_names_are_short_ascii() {
        assert_eq!(snake_case("Yta å, m²"), "yta_a_m2");
        assert_eq!(snake_case("0.75"), "0_75");
        assert_eq!(snake_case("  "), "unit");
        let mut names = Names::default();
        assert_eq!([names.unique("a"), names.unique("A"), names.unique("a")], ["a", "A_2", "a_3"]);
    }

    #[test]
    fn every_reference_system_has_a_definition_with_its_own_code() {
        for code in [3006, 3007, 3018, 3021, 3067, 25832, 25835, 3857, 4326, 4258, 4269] {
            let (name, text) = definition(code).unwrap();
            assert!(text.contains(name) && text.ends_with(&format!("AUTHORITY[\"EPSG\",\"{code}\"]]")), "{code}");
        }
        assert_eq!(definition(2154), None);
    }
}
