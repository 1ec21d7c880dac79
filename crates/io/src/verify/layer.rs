//! Layers of a GeoPackage: which tables there are, and what a geometry is.

use rusqlite::Connection;

/// The names of the layers.
pub(super) fn names(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    list(connection, "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'")
}

/// Tables that are neither layers nor the format's own. Styles say how layers are drawn.
pub(super) fn others(connection: &Connection, layers: &[String]) -> rusqlite::Result<Vec<String>> {
    let own = |name: &String| {
        name == "layer_styles" || ["gpkg_", "rtree_", "sqlite_"].iter().any(|start| name.starts_with(start))
    };
    let tables = list(connection, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")?;
    Ok(tables.into_iter().filter(|name| !own(name) && !layers.contains(name)).collect())
}

fn list(connection: &Connection, query: &str) -> rusqlite::Result<Vec<String>> {
    connection.prepare(query)?.query_map([], |row| row.get(0))?.collect()
}

/// The query for all rows of a layer.
pub(super) fn all(layer: &str) -> String {
    format!("SELECT * FROM \"{}\"", layer.replace('"', "\"\""))
}

/// Whether a GeoPackage's geometry is the outline of an area.
pub(super) fn is_outline(blob: &[u8]) -> bool {
    let envelope = match blob.get(3).map(|flags| flags >> 1 & 7) {
        Some(0) => 0,
        Some(1) => 32,
        Some(2 | 3) => 48,
        Some(4) => 64,
        _ => return false,
    };
    is_multipolygon(blob.get(8 + envelope..).unwrap_or_default())
}

/// Whether well-known binary is a multipolygon.
pub(super) fn is_multipolygon(wkb: &[u8]) -> bool {
    match *wkb {
        [1, a, b, c, d, ..] => u32::from_le_bytes([a, b, c, d]) == 6,
        [0, a, b, c, d, ..] => u32::from_be_bytes([a, b, c, d]) == 6,
        _ => false,
    }
}
