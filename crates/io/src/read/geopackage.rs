//! GeoPackage: one table of an SQLite file, with its geometry and its CRS as the registry tables say.
//!
//! Rows are in the order of the row ids and count from 1. A piece is a range of row ids, read through a connection of its
//! own. A view has no row ids: it is one piece, in the order it gives.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, types::ValueRef};

use super::{
    Batch, DeclaredCrs, Description, Format, ReadError, ReadOptions,
    batcher::{Batcher, Value, Wanted, positions},
    detect,
    pieces::{Opened, PIECE_BYTES, PIECE_ROWS},
    shapes::RowGeometry,
    wkb, wkt,
};

pub(super) fn describe(path: &Path, options: &ReadOptions) -> Result<Description, ReadError> {
    let connection = open(path)?;
    Ok(Table::choose(&connection, path, options)?.description())
}

/// A GeoPackage, cut into pieces by row ids.
pub(super) struct GeoPackage {
    path: PathBuf,
    table: Table,
    description: Description,
    pieces: Vec<Piece>,
    rows: u64,
    length: u64,
}

/// Some rows.
struct Piece {
    /// The ids of the first row and of the first row after; `None` for a table that has no row ids.
    ids: Option<(i64, Option<i64>)>,
    /// The number of the first row.
    row: u64,
    rows: u64,
}

impl GeoPackage {
    pub(super) fn open(path: &Path, options: &ReadOptions) -> Result<Self, ReadError> {
        let failed = |e: rusqlite::Error| unreadable(path, &e);
        let connection = open(path)?;
        let table = Table::choose(&connection, path, options)?;
        let length = std::fs::metadata(path).map_or(0, |m| m.len());
        let rows: i64 = connection
            .query_row(&format!("SELECT count(*) FROM {}", quoted(&table.name)), [], |row| row.get(0))
            .map_err(failed)?;
        let rows = rows.unsigned_abs();
        let pieces = pieces(&connection, &table, rows, length).map_err(failed)?;
        Ok(Self { path: path.to_owned(), description: table.description(), table, pieces, rows, length })
    }
}

/// Cuts a table into pieces of as many rows as make some megabytes.
fn pieces(connection: &Connection, table: &Table, rows: u64, length: u64) -> rusqlite::Result<Vec<Piece>> {
    // A column of that name hides the row ids.
    let hidden = table.columns.iter().any(|c| c.eq_ignore_ascii_case("rowid"));
    let name = quoted(&table.name);
    let after = format!("SELECT rowid FROM {name} WHERE rowid >= ?1 ORDER BY rowid LIMIT 1 OFFSET ?2");
    // A view has no row ids.
    let Some(mut after) = connection.prepare(&after).ok().filter(|_| !hidden) else {
        return Ok(if rows == 0 { Vec::new() } else { vec![Piece { ids: None, row: 1, rows }] });
    };
    let size = (PIECE_BYTES / (length / rows.max(1)).max(1)).clamp(64, PIECE_ROWS);
    let step = i64::try_from(size).unwrap_or(i64::MAX);
    let mut pieces = Vec::new();
    let mut next = after.query_row([i64::MIN, 0], |row| row.get(0)).optional()?;
    let mut row = 1;
    while let Some(from) = next {
        next = after.query_row([from, step], |row| row.get(0)).optional()?;
        let of = if next.is_some() { size } else { (rows + 1).saturating_sub(row) };
        pieces.push(Piece { ids: Some((from, next)), row, rows: of });
        row += size;
    }
    Ok(pieces)
}

impl Opened for GeoPackage {
    fn description(&self) -> &Description {
        &self.description
    }

    fn len(&self) -> usize {
        self.pieces.len()
    }

    fn rows(&self) -> Option<u64> {
        Some(self.rows)
    }

    fn bytes(&self, piece: usize) -> u64 {
        let rows = self.pieces.get(piece).map_or(0, |piece| piece.rows);
        u64::try_from(u128::from(self.length) * u128::from(rows) / u128::from(self.rows.max(1))).unwrap_or(u64::MAX)
    }

    fn positions(&self, columns: &[String]) -> Result<Vec<usize>, ReadError> {
        positions(&self.path, columns, &self.table.columns)
    }

    fn read(&self, piece: usize, wanted: Wanted<'_>) -> Result<Batch, ReadError> {
        let failed = |e: rusqlite::Error| unreadable(&self.path, &e);
        let mut batcher = Batcher::new(wanted);
        let Some(piece) = self.pieces.get(piece) else { return Ok(batcher.finish()) };
        let connection = open(&self.path)?;
        let table = &self.table;
        let geometry = table.geometry.filter(|_| wanted.geometry);
        let names: Vec<String> = wanted.positions.iter().chain(&geometry).map(|&p| quoted(&table.columns[p])).collect();
        let names = if names.is_empty() { "1".to_owned() } else { names.join(", ") };
        let select = format!("SELECT {names} FROM {}", quoted(&table.name));
        let (query, ids) = match piece.ids {
            None => (select, vec![]),
            Some((from, None)) => (format!("{select} WHERE rowid >= ?1 ORDER BY rowid"), vec![from]),
            Some((from, Some(to))) => {
                (format!("{select} WHERE rowid >= ?1 AND rowid < ?2 ORDER BY rowid"), vec![from, to])
            }
        };
        let mut statement = connection.prepare(&query).map_err(failed)?;
        let mut rows = statement.query(rusqlite::params_from_iter(ids)).map_err(failed)?;
        let mut number = piece.row - 1;
        while let Some(row) = rows.next().map_err(failed)? {
            number += 1;
            let shape = || if geometry.is_some() { shape(row, wanted.positions.len()) } else { Ok(None) };
            let values = wanted.positions.iter().enumerate().map(|(i, &p)| value(row, i, table.flags[p]));
            batcher.push(number, values, shape);
        }
        Ok(batcher.finish())
    }
}

/// The table that is read.
struct Table {
    name: String,
    columns: Vec<String>,
    /// Whether the column is declared as true or false; as long as `columns`.
    flags: Vec<bool>,
    geometry: Option<usize>,
    crs: DeclaredCrs,
}

impl Table {
    fn choose(connection: &Connection, path: &Path, options: &ReadOptions) -> Result<Self, ReadError> {
        let name = table_name(connection, path, options.layer.as_deref())?;
        let failed = |e: rusqlite::Error| unreadable(path, &e);
        let (mut columns, mut flags) = (Vec::new(), Vec::new());
        let mut info =
            connection.prepare("SELECT name, type FROM pragma_table_info(?1) ORDER BY cid").map_err(failed)?;
        let mut rows = info.query([&name]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            columns.push(row.get::<_, String>(0).map_err(failed)?);
            flags.push(row.get::<_, String>(1).map_err(failed)?.eq_ignore_ascii_case("BOOLEAN"));
        }
        if columns.is_empty() {
            return Err(ReadError::unreadable(
                path,
                format!("the table {name:?} that the GeoPackage lists is not in it"),
            ));
        }
        let registered: Option<(String, i64)> = connection
            .query_row(
                "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?1)",
                [&name],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            // A GeoPackage of attributes alone need not have the table.
            .unwrap_or_default();
        let (column, crs) = match (&options.geometry_column, registered) {
            (Some(asked), _) => (Some(asked.clone()), DeclaredCrs::None),
            (None, Some((column, srs))) => (Some(column), crs(connection, srs).map_err(failed)?),
            (None, None) => (None, DeclaredCrs::None),
        };
        let geometry = match column {
            Some(column) => {
                let position = columns.iter().position(|c| c.eq_ignore_ascii_case(&column));
                Some(position.ok_or_else(|| ReadError::NoColumn {
                    path: path.to_owned(),
                    column,
                    columns: columns.clone(),
                })?)
            }
            None => None,
        };
        Ok(Self { name, columns, flags, geometry, crs })
    }

    fn description(&self) -> Description {
        let columns = self.columns.iter().enumerate().filter(|(i, _)| self.geometry != Some(*i));
        Description {
            format: Format::GeoPackage,
            columns: columns.map(|(_, name)| name.clone()).collect(),
            geometry: self.geometry.is_some(),
            crs: self.crs.clone(),
        }
    }
}

/// Opens the file so that nothing is written beside it, and so that a disk that cannot be written to will do.
fn open(path: &Path) -> Result<Connection, ReadError> {
    detect::open(path)?;
    // With changes that wait in a write-ahead log, SQLite must be allowed to look at the log.
    let logged = log(path).is_some();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = match path.to_str() {
        Some(text) if !logged => Connection::open_with_flags(uri(text), flags | OpenFlags::SQLITE_OPEN_URI),
        _ => Connection::open_with_flags(path, flags),
    };
    opened.map_err(|e| unreadable(path, &e))
}

/// The write-ahead log, when changes wait in it.
pub(super) fn log(path: &Path) -> Option<PathBuf> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = PathBuf::from(log);
    std::fs::metadata(&log).is_ok_and(|m| m.len() > 0).then_some(log)
}

fn uri(path: &str) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.bytes() {
        // Writing to a String cannot fail.
        let _ = match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => uri.write_char(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.write_char(char::from(byte)),
            _ => write!(uri, "%{byte:02X}"),
        };
    }
    uri + "?immutable=1"
}

fn table_name(connection: &Connection, path: &Path, layer: Option<&str>) -> Result<String, ReadError> {
    let listed = || -> rusqlite::Result<Vec<(String, String)>> {
        let mut statement =
            connection.prepare("SELECT table_name, lower(data_type) FROM gpkg_contents ORDER BY table_name")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    };
    let listed = listed().map_err(|e| {
        if e.to_string().contains("no such table") {
            ReadError::unreadable(path, "an SQLite file, but not a GeoPackage: it has no table gpkg_contents")
        } else {
            unreadable(path, &e)
        }
    })?;
    let of = |kinds: &[&str]| -> Vec<&String> {
        listed.iter().filter(|(_, kind)| kinds.contains(&kind.as_str())).map(|(name, _)| name).collect()
    };
    let (features, attributes) = (of(&["features"]), of(&["attributes", "aspatial"]));
    let all = || features.iter().chain(&attributes).map(|n| n.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(layer) = layer {
        let found = features.iter().chain(&attributes).find(|n| n.as_str() == layer);
        return found.map(|n| (*n).clone()).ok_or_else(|| {
            ReadError::unreadable(path, format!("there is no layer {layer:?}; the layers are {}", all()))
        });
    }
    match (features.as_slice(), attributes.as_slice()) {
        ([only], _) | ([], [only]) => Ok((*only).clone()),
        ([], []) => Err(ReadError::unreadable(path, "the GeoPackage has no layer with features or attributes")),
        _ => Err(ReadError::unreadable(path, format!("there are several layers, so name one: {}", all()))),
    }
}

fn crs(connection: &Connection, srs: i64) -> rusqlite::Result<DeclaredCrs> {
    // -1 and 0 are "undefined" by the standard.
    if srs <= 0 {
        return Ok(DeclaredCrs::None);
    }
    let found: Option<(String, i64, Option<String>)> = connection
        .query_row(
            "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?1",
            [srs],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    Ok(match found {
        None => DeclaredCrs::Unknown(format!("srs_id {srs}, of which the file says nothing")),
        Some((organization, code, definition)) => DeclaredCrs::from_authority(&organization, &code.to_string())
            .unwrap_or_else(|| match definition.as_deref() {
                Some(wkt) if wkt.contains('[') => DeclaredCrs::from_wkt(wkt),
                _ => DeclaredCrs::Unknown(format!("{organization}:{code}")),
            }),
    })
}

fn value<'r>(row: &'r Row<'_>, i: usize, flag: bool) -> Value<'r> {
    match row.get_ref(i) {
        Ok(ValueRef::Integer(x)) if flag => Value::Flag(x != 0),
        Ok(ValueRef::Integer(x)) => Value::Integer(x),
        Ok(ValueRef::Real(x)) => Value::Real(x),
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) if !bytes.is_empty() => {
            Value::Text(String::from_utf8_lossy(bytes))
        }
        _ => Value::Null,
    }
}

fn shape(row: &Row<'_>, i: usize) -> RowGeometry {
    match row.get_ref(i) {
        Ok(ValueRef::Null) => Ok(None),
        Ok(ValueRef::Blob(bytes)) if bytes.starts_with(b"GP") => wkb::decode_geopackage(bytes),
        Ok(ValueRef::Blob(bytes)) => wkb::decode(bytes),
        Ok(ValueRef::Text(bytes)) => wkt::decode(&String::from_utf8_lossy(bytes)),
        Ok(ValueRef::Integer(_) | ValueRef::Real(_)) => Err("a number stands where a geometry should".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn unreadable(path: &Path, error: &rusqlite::Error) -> ReadError {
    ReadError::unreadable(path, format!("not a readable GeoPackage: {error}"))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use rusqlite::Connection;

    use crate::{
        crs::Crs,
        read::{Batch, Column, Description, ReadError, ReadOptions, read},
    };

    // A point as a GeoPackage holds it: "GP", version 0, little endian without envelope, SRS 3006, POINT (1 2).
    const POINT: &str = "X'47500001BE0B00000101000000000000000000F03F0000000000000040'";
    const EMPTY: &str = "X'47500011BE0B0000'";

    fn package(dir: &Path, tables: &str) -> PathBuf {
        // A name that a URI must take care of.
        let path = dir.join("a b%?#å.gpkg");
        let db = Connection::open(&path).unwrap();
        db.execute_batch(
            "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);
             CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
             CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER,
               definition TEXT);
             INSERT INTO gpkg_spatial_ref_sys VALUES (7, 'epsg', 3006, 'x'), (8, 'NONE', 8, 'PROJCS[\"Mine\"]');",
        )
        .unwrap();
        db.execute_batch(tables).unwrap();
        path
    }

    fn get(path: &Path, layer: Option<&str>, columns: &[&str]) -> Result<(Description, Batch), ReadError> {
        let columns: Vec<String> = columns.iter().map(|&c| c.to_owned()).collect();
        let options = ReadOptions { layer: layer.map(str::to_owned), ..ReadOptions::default() };
        let mut batch = Batch::default();
        let description = read(path, &options, &columns, true, &mut |b| {
            batch = b;
            true
        })?;
        Ok((description, batch))
    }

    #[test]
    fn rows_come_in_the_order_of_their_ids_with_types_and_geometry() {
        let dir = tempfile::tempdir().unwrap();
        let path = package(
            dir.path(),
            &format!(
                "CREATE TABLE nät (fid INTEGER PRIMARY KEY, geom BLOB, kod TEXT, speed REAL, open BOOLEAN);
                 INSERT INTO nät VALUES (9, {EMPTY}, '0180', 0.5, 1), (3, {POINT}, NULL, NULL, 0), (5, X'00', '', 2, 1),
                   (6, NULL, 'x', 1.5, NULL);
                 INSERT INTO gpkg_contents VALUES ('nät', 'features');
                 INSERT INTO gpkg_geometry_columns VALUES ('nät', 'geom', 7);"
            ),
        );
        let (description, batch) = get(&path, None, &["kod", "fid", "open", "speed"]).unwrap();
        assert_eq!(description.columns, ["fid", "kod", "speed", "open"]);
        assert_eq!(description.crs.known(), Some(Crs::Epsg(3006)));
        assert_eq!(batch.rows, [1, 2, 3, 4]);
        assert_eq!(batch.columns[0], Column::Text(vec![None, None, Some("x"), Some("0180")].into()));
        assert_eq!(batch.columns[1], Column::Integer(vec![Some(3), Some(5), Some(6), Some(9)].into()));
        assert_eq!(batch.columns[2], Column::Flag(vec![Some(false), Some(true), None, Some(true)].into()));
        assert_eq!(batch.columns[3], Column::Real(vec![None, Some(2.0), Some(1.5), Some(0.5)].into()));
        let shapes = batch.geometry.into_vec();
        assert_eq!(shapes[0], Ok(Some(geo::point!(x: 1.0, y: 2.0).into())));
        assert!(shapes[1].is_err());
        assert_eq!(shapes[2..], [Ok(None), Ok(None)]);
    }

    #[test]
    fn one_layer_of_several_must_be_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = package(
            dir.path(),
            "CREATE TABLE a (id TEXT, geom BLOB); CREATE TABLE b (id TEXT, geom BLOB); CREATE TABLE t (id TEXT);
             INSERT INTO t VALUES ('x');
             INSERT INTO gpkg_contents VALUES ('b', 'features'), ('a', 'features'), ('t', 'attributes');
             INSERT INTO gpkg_geometry_columns VALUES ('a', 'geom', 8), ('b', 'geom', 0);",
        );
        let error = get(&path, None, &[]).unwrap_err().to_string();
        assert!(error.ends_with("there are several layers, so name one: a, b, t"), "{error}");
        assert!(get(&path, Some("c"), &[]).unwrap_err().to_string().contains("no layer \"c\""));
        let (description, _) = get(&path, Some("a"), &[]).unwrap();
        assert_eq!(description.crs, crate::read::DeclaredCrs::Unknown("Mine".to_owned()));
        assert_eq!(get(&path, Some("b"), &[]).unwrap().0.crs, crate::read::DeclaredCrs::None);
        let (description, batch) = get(&path, Some("t"), &["id"]).unwrap();
        assert!(!description.geometry);
        assert_eq!(batch.geometry.into_vec(), [Ok(None)]);
    }

    #[test]
    fn an_sqlite_file_that_is_no_geopackage_is_said_to_be_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.gpkg");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE a (b)").unwrap();
        assert!(get(&path, None, &[]).unwrap_err().to_string().contains("not a GeoPackage"));
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.truncate(200);
        std::fs::write(&path, &bytes).unwrap();
        assert!(get(&path, None, &[]).is_err());
    }
}
