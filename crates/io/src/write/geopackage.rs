//! `coverage.gpkg`: one layer per level of areas that has borders, for QGIS and everything that reads GDAL.
//!
//! OGC GeoPackage 1.3 with the R-tree extension. Figures are those of all settlement classes and all categories, under
//! the study's first definition and its first goal. Places in no area of a level have no row here; see `indicators.csv`.

use std::{io, path::Path};

use geo::{BoundingRect, Coord, MultiPolygon, Rect};
use jiff::civil::Date;
use nittio_core::{area::Level, outcome::Outcome, study::Frame};
use rusqlite::{Connection, OpenFlags, params, params_from_iter, types::Value};

use super::{
    area_columns::{Names, columns},
    error, style,
};

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

/// Writes the file with a layer per level that has borders; nothing may be there yet.
///
/// # Errors
/// When writing fails.
pub fn write(path: &Path, outcome: &Outcome) -> io::Result<()> {
    let levels = outcome.frame.levels.iter().enumerate().filter(|(_, level)| has_borders(level));
    let levels: Vec<usize> = levels.map(|(level, _)| level).collect();
    layers(path, outcome, &levels, false)
}

/// Writes the file with these levels, by index; with `dated`, the layers say the day of the figures.
///
/// # Errors
/// When writing fails.
pub(super) fn layers(path: &Path, outcome: &Outcome, levels: &[usize], dated: bool) -> io::Result<()> {
    create(path, &outcome.provenance.crs, |connection, srs| fill(connection, outcome, levels, dated, srs))
}

/// Makes the file, with the study's reference system, and lets it be filled; with what is there a file is whole.
pub(super) fn create(
    path: &Path,
    crs: &str,
    fill: impl FnOnce(&Connection, i32) -> rusqlite::Result<()>,
) -> io::Result<()> {
    // Without the flag for addresses, a folder may be called `file:`.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(error::of_sqlite)?;
    let all = || {
        // The file is thrown away whole when anything fails, so no journal is needed.
        connection.execute_batch(&format!(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096;
             PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; BEGIN; {TABLES}"
        ))?;
        let srs = reference_systems(&connection, crs)?;
        fill(&connection, srs)?;
        // Pages in one order whatever was written when: same input, same bytes.
        connection.execute_batch("COMMIT; VACUUM;")
    };
    all().map_err(error::of_sqlite)?;
    connection.close().map_err(|(_, e)| error::of_sqlite(e))
}

fn fill(connection: &Connection, outcome: &Outcome, levels: &[usize], dated: bool, srs: i32) -> rusqlite::Result<()> {
    let mut tables = Names::default();
    let mut styles = Vec::new();
    for &level in levels {
        let l = &outcome.frame.levels[level];
        let reserved = ["gpkg_", "rtree_", "sqlite_"].iter().any(|start| l.key.to_lowercase().starts_with(start));
        let table = tables.unique(&if reserved { format!("level_{}", l.key) } else { l.key.clone() });
        layer(connection, outcome, level, &table, srs, dated)?;
        styles.extend(style::qml(outcome, level).map(|qml| (table, qml)));
    }
    style::table(connection, &styles, outcome.frame.as_of)
}

pub(super) fn has_borders(level: &Level) -> bool {
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

fn layer(
    connection: &Connection,
    outcome: &Outcome,
    level: usize,
    table: &str,
    srs: i32,
    dated: bool,
) -> rusqlite::Result<()> {
    let columns = columns(outcome, dated);
    let profile = outcome.indicators.profiles.first().map_or("", |profile| profile.key.as_str());
    let goal = outcome.goals.first().map_or("", |goal| goal.id.as_str());
    let as_of = outcome.frame.as_of;
    let head = Features {
        table,
        geometry: "MULTIPOLYGON",
        columns: columns.iter().map(|column| (column.name.clone(), column.kind)).collect(),
        description: format!("as of {as_of}; definition {profile}; goal {goal}"),
        srs,
        as_of,
    };
    let rows = outcome.indicators.areas.iter().enumerate();
    let rows = rows.filter_map(|(row, area)| Some((row, area.index.filter(|&(l, _)| l == level)?.1)));
    let rows = rows.map(|(row, area)| {
        let geometry = outcome.frame.levels[level].areas[area].geometry.as_ref();
        let geometry = geometry.and_then(|geometry| Some((polygons(geometry), geometry.bounding_rect()?)));
        let assessment = outcome.assessments.iter().find(|a| a.goal == 0 && a.profile == 0 && a.area == row);
        (geometry, columns.iter().map(|column| column.value(outcome, row, assessment)).collect())
    });
    features(connection, &head, rows)
}

/// What is said of a layer.
pub(super) struct Features<'a> {
    pub(super) table: &'a str,
    /// `MULTIPOLYGON` or `MULTILINESTRING`.
    pub(super) geometry: &'static str,
    /// Names, and types as SQLite has them.
    pub(super) columns: Vec<(String, &'static str)>,
    pub(super) description: String,
    pub(super) srs: i32,
    pub(super) as_of: Date,
}

/// A row of a layer: its geometry as WKB with its bounds, and a value per column.
type Feature = (Option<(Vec<u8>, Rect)>, Vec<Value>);

/// Writes a layer with its spatial index.
pub(super) fn features(
    connection: &Connection,
    of: &Features<'_>,
    rows: impl Iterator<Item = Feature>,
) -> rusqlite::Result<()> {
    let &Features { table, geometry, srs, as_of, .. } = of;
    let quoted = table.replace('"', "\"\"");
    let declared: Vec<_> = of.columns.iter().map(|(name, kind)| format!("\"{name}\" {kind}")).collect();
    connection.execute_batch(&format!(
        "CREATE TABLE \"{quoted}\" (\"fid\" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \"geom\" {geometry}, {});
         CREATE VIRTUAL TABLE \"rtree_{quoted}_geom\" USING rtree(id, minx, maxx, miny, maxy);",
        declared.join(", ")
    ))?;

    let places = vec!["?"; of.columns.len() + 2].join(", ");
    let mut insert = connection.prepare(&format!("INSERT INTO \"{quoted}\" VALUES ({places})"))?;
    let mut index = connection.prepare(&format!("INSERT INTO \"rtree_{quoted}_geom\" VALUES (?, ?, ?, ?, ?)"))?;
    let mut extent: Option<Rect> = None;
    for (fid, (geometry, mut cells)) in (1_i64..).zip(rows) {
        let mut values = vec![Value::Integer(fid)];
        let bounds = geometry.as_ref().map(|(_, bounds)| *bounds);
        values.push(geometry.map_or(Value::Null, |(wkb, bounds)| Value::Blob(blob(&wkb, bounds, srs))));
        values.append(&mut cells);
        insert.execute(params_from_iter(values))?;
        if let Some(bounds) = bounds {
            let (min, max) = (bounds.min(), bounds.max());
            index.execute(params![fid, min.x, max.x, min.y, max.y])?;
            extent = Some(extent.map_or(bounds, |extent| join(extent, bounds)));
        }
    }

    let (min, max) = (extent.map(|e| e.min()), extent.map(|e| e.max()));
    connection.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            table,
            table,
            of.description,
            // The day of the figures, since the time of writing would change the bytes.
            format!("{as_of}T00:00:00.000Z"),
            min.map(|c| c.x),
            min.map(|c| c.y),
            max.map(|c| c.x),
            max.map(|c| c.y),
            srs,
        ],
    )?;
    connection
        .execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", params![table, geometry, srs])?;
    connection.execute(
        "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index',
         'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
        params![table],
    )?;
    connection.execute_batch(&INDEX_TRIGGERS.replace("{box}", BOX).replace("{table}", &quoted))
}

fn join(a: Rect, b: Rect) -> Rect {
    Rect::new(
        (a.min().x.min(b.min().x), a.min().y.min(b.min().y)),
        (a.max().x.max(b.max().x), a.max().y.max(b.max().y)),
    )
}

/// The geometry as GeoPackage holds it: a header with the envelope, then little-endian WKB.
fn blob(wkb: &[u8], bounds: Rect, srs: i32) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(b"GP");
    // Version 1; little-endian with an envelope of x and y.
    out.extend_from_slice(&[0, 0b0000_0011]);
    out.extend_from_slice(&srs.to_le_bytes());
    for side in [bounds.min().x, bounds.max().x, bounds.min().y, bounds.max().y] {
        out.extend_from_slice(&side.to_le_bytes());
    }
    out.extend_from_slice(wkb);
    out
}

/// Polygons as WKB.
pub(super) fn polygons(polygons: &MultiPolygon) -> Vec<u8> {
    let mut out = Vec::new();
    wkb(&mut out, polygons);
    out
}

/// Lines as little-endian WKB of a multilinestring.
pub(super) fn lines(lines: &[Vec<Coord>]) -> Vec<u8> {
    let mut out = Vec::new();
    wkb_header(&mut out, 5, lines.len());
    for line in lines {
        wkb_header(&mut out, 2, line.len());
        for coord in line {
            out.extend_from_slice(&coord.x.to_le_bytes());
            out.extend_from_slice(&coord.y.to_le_bytes());
        }
    }
    out
}

/// Little-endian WKB of a multipolygon.
pub(super) fn wkb(out: &mut Vec<u8>, polygons: &MultiPolygon) {
    wkb_header(out, 6, polygons.0.len());
    for polygon in polygons {
        wkb_header(out, 3, 1 + polygon.interiors().len());
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            out.extend_from_slice(&length(ring.0.len()));
            for coord in &ring.0 {
                out.extend_from_slice(&coord.x.to_le_bytes());
                out.extend_from_slice(&coord.y.to_le_bytes());
            }
        }
    }
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
        assert_eq!(
            number("SELECT count(*) FROM gpkg_contents WHERE data_type = 'features'"),
            1,
            "counties have no borders"
        );
        assert_eq!(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
        assert_eq!(number("SELECT count(*) FROM rtree_municipality_geom WHERE minx <= 600150 AND maxx >= 600150"), 1);
        let extent = "SELECT min_x || ' ' || max_y || ' ' || last_change FROM gpkg_contents WHERE min_x NOTNULL";
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
            let found = "SELECT table_name, srs_id FROM gpkg_contents WHERE data_type = 'features'";
            let found: (String, i32) = connection.query_row(found, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            assert_eq!(found, ("level_sqlite_\"mitt område\"; --".to_owned(), srs));
        }
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
