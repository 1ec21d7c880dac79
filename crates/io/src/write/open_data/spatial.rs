//! Areas with borders, in longitude and latitude: GeoJSON as RFC 7946 wants it, and GeoParquet.

use std::io::{self, Write};

use geo::{BoundingRect, Coord, Geometry, LineString, MultiPolygon, Orient, Polygon, orient::Direction};
use nittio_core::area::Level;
use polars::prelude::{Column, DataFrame};
use rusqlite::types::Value;
use serde_json::{Value as Json, json};

use super::table::{Kind, Table};
use crate::{
    crs::{Crs, Transformer},
    write::{error, geopackage, parquet},
};

/// Seven decimals of a degree are about a centimetre.
const DECIMALS: f64 = 1e7;

/// From the study's coordinates to longitude and latitude.
pub(super) struct Ways(Transformer);

impl Ways {
    /// `None` when the study's coordinates have no place on Earth.
    pub(super) fn of(crs: &str) -> Option<Self> {
        let crs: Crs = crs.parse().ok()?;
        Transformer::new(crs, Crs::WGS_84).ok().map(Self)
    }

    /// The borders of areas by their index, with outer rings anticlockwise and inner ones clockwise.
    pub(super) fn outlines(&self, level: &Level, areas: &[usize]) -> Vec<Option<MultiPolygon>> {
        areas.iter().map(|&area| self.outline(level.areas[area].geometry.as_ref()?)).collect()
    }

    fn outline(&self, geometry: &MultiPolygon) -> Option<MultiPolygon> {
        let Geometry::MultiPolygon(moved) = self.0.geometry(Geometry::MultiPolygon(geometry.clone()))? else {
            return None;
        };
        let polygons: Vec<Polygon> = moved.iter().filter_map(rounded).collect();
        (!polygons.is_empty()).then(|| MultiPolygon(polygons).orient(Direction::Default))
    }
}

/// The polygon with rounded coordinates, without vertices that have become one; `None` when nothing is left of it.
fn rounded(polygon: &Polygon) -> Option<Polygon> {
    let ring = |ring: &LineString| {
        let round =
            |c: &Coord| Coord { x: (c.x * DECIMALS).round() / DECIMALS, y: (c.y * DECIMALS).round() / DECIMALS };
        let mut coords: Vec<Coord> = ring.0.iter().map(round).collect();
        coords.dedup();
        (coords.len() >= 4).then_some(LineString(coords))
    };
    Some(Polygon::new(ring(polygon.exterior())?, polygon.interiors().iter().filter_map(ring).collect()))
}

/// West, south, east and north of all of them.
pub(super) fn bounds(outlines: &[Option<MultiPolygon>]) -> Option<[f64; 4]> {
    let boxes = outlines.iter().flatten().filter_map(BoundingRect::bounding_rect);
    boxes
        .map(|b| [b.min().x, b.min().y, b.max().x, b.max().y])
        .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
}

/// A collection of features, each on a line of its own.
pub(super) fn geojson(mut out: impl Write, table: &Table<'_>, outlines: &[Option<MultiPolygon>]) -> io::Result<()> {
    out.write_all(b"{\"type\":\"FeatureCollection\",")?;
    if let Some(bounds) = bounds(outlines) {
        write!(out, "\"bbox\":{},", json!(bounds))?;
    }
    out.write_all(b"\"features\":[\n")?;
    for (row, outline) in outlines.iter().enumerate() {
        let properties = table.properties(row);
        let feature = json!({
            "type": "Feature",
            "id": properties["code"],
            "properties": properties,
            "geometry": outline.as_ref().map(geometry),
        });
        serde_json::to_writer(&mut out, &feature)?;
        out.write_all(if row + 1 < outlines.len() { b",\n" } else { b"\n" })?;
    }
    out.write_all(b"]}\n")
}

fn geometry(outline: &MultiPolygon) -> Json {
    let ring = |ring: &LineString| -> Json { ring.0.iter().map(|c| json!([c.x, c.y])).collect() };
    let polygon = |polygon: &Polygon| -> Json {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect()
    };
    json!({ "type": "MultiPolygon", "coordinates": outline.iter().map(polygon).collect::<Json>() })
}

/// The table as Parquet; with borders as GeoParquet 1.1 in longitude and latitude.
pub(super) fn parquet(out: impl Write, table: &Table<'_>, outlines: Option<&[Option<MultiPolygon>]>) -> io::Result<()> {
    let mut columns = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        let cells = table.rows.iter().map(|row| &row[at]);
        let name = column.name.as_str().into();
        columns.push(match column.kind {
            Kind::Date | Kind::Text => Column::new(name, cells.map(text).collect::<Vec<Option<&str>>>()),
            Kind::Integer => Column::new(name, cells.map(integer).collect::<Vec<Option<i64>>>()),
            Kind::Number => Column::new(name, cells.map(number).collect::<Vec<Option<f64>>>()),
        });
    }
    let blobs: Vec<Option<Vec<u8>>> =
        outlines.unwrap_or_default().iter().map(|outline| outline.as_ref().map(wkb)).collect();
    let mut metadata = None;
    if let Some(outlines) = outlines {
        let blobs: Vec<Option<&[u8]>> = blobs.iter().map(Option::as_deref).collect();
        columns.push(Column::new("geometry".into(), blobs));
        let mut column =
            json!({ "encoding": "WKB", "geometry_types": ["MultiPolygon"], "orientation": "counterclockwise" });
        if let Some(bounds) = bounds(outlines) {
            column["bbox"] = json!(bounds);
        }
        // Without a CRS of its own a column is in OGC:CRS84, longitude before latitude.
        let geo = json!({ "version": "1.1.0", "primary_column": "geometry", "columns": { "geometry": column } });
        metadata = Some(("geo", geo.to_string()));
    }
    let frame = DataFrame::new(table.rows.len(), columns).map_err(error::of_polars)?;
    parquet::whole(out, &frame, metadata)
}

fn wkb(outline: &MultiPolygon) -> Vec<u8> {
    let mut out = Vec::new();
    geopackage::wkb(&mut out, outline);
    out
}

fn text(value: &Value) -> Option<&str> {
    if let Value::Text(text) = value { Some(text) } else { None }
}

fn integer(value: &Value) -> Option<i64> {
    if let Value::Integer(number) = value { Some(*number) } else { None }
}

fn number(value: &Value) -> Option<f64> {
    if let Value::Real(number) = value { Some(*number) } else { None }
}

#[cfg(test)]
mod tests {
    use geo::{Winding, polygon};

    use super::*;

    #[test]
    fn outer_rings_are_anticlockwise_and_inner_ones_clockwise_in_degrees() {
        // Clockwise around a hole that is anticlockwise, near Jönköping.
        let square = |e: f64, n: f64, a: f64| -> LineString {
            vec![(e, n), (e, n + a), (e + a, n + a), (e + a, n), (e, n)].into()
        };
        let mut hole = square(450_100.0, 6_400_100.0, 100.0);
        hole.0.reverse();
        let area = MultiPolygon(vec![Polygon::new(square(450_000.0, 6_400_000.0, 1000.0), vec![hole])]);
        let outline = Ways::of("EPSG:3006").unwrap().outline(&area).unwrap();
        assert!(outline.0[0].exterior().is_ccw() && outline.0[0].interiors()[0].is_cw());
        let [west, south, east, north] = bounds(&[Some(outline)]).unwrap();
        assert!((14.0..15.0).contains(&west) && east > west, "longitude first: {west}");
        assert!((57.0..58.0).contains(&south) && north > south, "{south}");
    }

    #[test]
    fn coordinates_without_a_place_on_earth_have_no_geojson() {
        assert!(Ways::of("as-is").is_none());
        let speck = polygon![(x: 1e-9, y: 0.0), (x: 2e-9, y: 0.0), (x: 2e-9, y: 1e-9)];
        assert!(rounded(&speck).is_none(), "it is a point after rounding");
    }
}
