//! CSV and GeoJSON; parts are made on all threads.

use std::io::{self, Write};

use geo::{LineString, Polygon};

use super::{Cell, Progress, Row, in_order};
use crate::place::Batch;

const HEAD: &str = "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":\
                    {\"name\":\"urn:ogc:def:crs:EPSG::3006\"}},\"features\":[\n";
const FOOT: &str = "\n]}\n";

/// Polygons in one part, at most.
const PART: usize = 1000;

/// Places as CSV.
pub(super) fn csv(mut out: impl Write + Send, batches: u64, batch: impl Fn(u64) -> Batch + Sync) -> io::Result<()> {
    out.write_all(b"id,easting,northing,population,households,workplaces\n")?;
    let make = |number| {
        let batch = batch(number);
        let mut text = Vec::with_capacity(40 * batch.len());
        for i in 0..batch.len() {
            put_whole(&mut text, batch.id[i]);
            text.push(b',');
            put_metres(&mut text, batch.easting[i]);
            text.push(b',');
            put_metres(&mut text, batch.northing[i]);
            for unit in [batch.population[i], batch.households[i], batch.workplaces[i]] {
                text.push(b',');
                put_whole(&mut text, i64::from(unit));
            }
            text.push(b'\n');
        }
        Ok(text)
    };
    in_order(batches, make, |text| out.write_all(&text))
}

/// Places as GeoJSON.
pub(super) fn points(mut out: impl Write + Send, batches: u64, batch: impl Fn(u64) -> Batch + Sync) -> io::Result<()> {
    out.write_all(HEAD.as_bytes())?;
    let make = |number| {
        let batch = batch(number);
        let mut text = Vec::with_capacity(180 * batch.len());
        for i in 0..batch.len() {
            if number > 0 || i > 0 {
                text.extend(b",\n");
            }
            text.extend(b"{\"type\":\"Feature\",\"properties\":{\"id\":");
            put_whole(&mut text, batch.id[i]);
            let units = [
                ("population", batch.population[i]),
                ("households", batch.households[i]),
                ("workplaces", batch.workplaces[i]),
            ];
            for (name, unit) in units {
                text.extend(b",\"");
                text.extend(name.bytes());
                text.extend(b"\":");
                put_whole(&mut text, i64::from(unit));
            }
            text.extend(b"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[");
            put_metres(&mut text, batch.easting[i]);
            text.push(b',');
            put_metres(&mut text, batch.northing[i]);
            text.extend(b"]}}");
        }
        Ok(text)
    };
    in_order(batches, make, |text| out.write_all(&text))?;
    out.write_all(FOOT.as_bytes())
}

/// Polygons as GeoJSON.
pub(super) fn polygons(
    mut out: impl Write + Send,
    names: &[&str],
    rows: &[Row<'_>],
    progress: &dyn Progress,
) -> io::Result<()> {
    out.write_all(HEAD.as_bytes())?;
    // A layer of large polygons in parts of one, so that few are in memory as text.
    let part = PART.min(rows.len() / 64 + 1);
    let parts: Vec<&[Row<'_>]> = rows.chunks(part).collect();
    let make = |number: u64| {
        let mut text = Vec::new();
        for (i, row) in parts[number as usize].iter().enumerate() {
            if number > 0 || i > 0 {
                text.extend(b",\n");
            }
            put_feature(&mut text, names, row)?;
        }
        progress.advance(parts[number as usize].len() as u64);
        Ok(text)
    };
    in_order(parts.len() as u64, make, |text| out.write_all(&text))?;
    out.write_all(FOOT.as_bytes())
}

fn put_feature(text: &mut Vec<u8>, names: &[&str], row: &Row<'_>) -> io::Result<()> {
    text.extend(b"{\"type\":\"Feature\",\"properties\":{");
    for (n, (name, cell)) in names.iter().zip(&row.cells).enumerate() {
        if n > 0 {
            text.push(b',');
        }
        write!(text, "\"{name}\":")?;
        match cell {
            Cell::Number(number) => write!(text, "{number}")?,
            words => serde_json::to_writer(&mut *text, words.text())?,
        }
    }
    text.extend(b"},\"geometry\":{\"type\":");
    if let [polygon] = row.geometry.0.as_slice() {
        text.extend(b"\"Polygon\",\"coordinates\":");
        put_polygon(text, polygon)?;
    } else {
        text.extend(b"\"MultiPolygon\",\"coordinates\":[");
        for (n, polygon) in row.geometry.iter().enumerate() {
            if n > 0 {
                text.push(b',');
            }
            put_polygon(text, polygon)?;
        }
        text.push(b']');
    }
    text.extend(b"}}");
    Ok(())
}

fn put_polygon(text: &mut Vec<u8>, polygon: &Polygon) -> io::Result<()> {
    text.push(b'[');
    put_ring(text, polygon.exterior())?;
    for ring in polygon.interiors() {
        text.push(b',');
        put_ring(text, ring)?;
    }
    text.push(b']');
    Ok(())
}

fn put_ring(text: &mut Vec<u8>, ring: &LineString) -> io::Result<()> {
    for (n, vertex) in ring.0.iter().enumerate() {
        // The shortest text that reads back as the same number.
        write!(text, "{}{},{}]", if n == 0 { "[[" } else { ",[" }, vertex.x, vertex.y)?;
    }
    text.push(b']');
    Ok(())
}

fn put_whole(text: &mut Vec<u8>, number: i64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        text.push(b'-');
    }
    text.extend(&digits[at..]);
}

/// Metres that are whole centimetres, with two decimals.
fn put_metres(text: &mut Vec<u8>, metres: f64) {
    let centimetres = (metres * 100.0).round() as i64;
    if centimetres < 0 {
        text.push(b'-');
    }
    put_whole(text, (centimetres / 100).abs());
    let decimals = (centimetres % 100).unsigned_abs() as u8;
    text.extend([b'.', b'0' + decimals / 10, b'0' + decimals % 10]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metres_have_two_decimals() {
        for (metres, expected) in
            [(0.0, "0.00"), (674_032.05, "674032.05"), (6_580_822.9, "6580822.90"), (-0.5, "-0.50")]
        {
            let mut text = Vec::new();
            put_metres(&mut text, metres);
            assert_eq!(String::from_utf8(text).unwrap(), expected);
        }
    }
}
