//! Well-known binary: the ISO and the PostGIS ("extended") flavours, and GeoPackage's with its own header.

use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use super::{
    bytes::{Bytes, CutShort},
    geometry,
    shapes::{RowGeometry, Shapes},
};

/// Collections in collections deeper than this are refused.
const DEEPEST: usize = 32;

/// Reads one geometry.
pub(super) fn decode(data: &[u8]) -> RowGeometry {
    geometry::checked(any(&mut Bytes::little_endian(data), 0)?)
}

/// Reads cells that are all points, or missing; `None` when one of them is anything else.
pub(super) fn points<'a>(cells: impl Iterator<Item = Option<&'a [u8]>>) -> Option<Shapes> {
    let mut shapes = Shapes::default();
    for cell in cells {
        let Some(cell) = cell else {
            shapes.push(Ok(None));
            continue;
        };
        // The commonest form, little endian in two dimensions; others are left to `decode`.
        let shape = match cell.split_first_chunk::<5>() {
            Some(([1, 1, 0, 0, 0], &[x0, x1, x2, x3, x4, x5, x6, x7, y0, y1, y2, y3, y4, y5, y6, y7])) => {
                let x = f64::from_le_bytes([x0, x1, x2, x3, x4, x5, x6, x7]);
                let y = f64::from_le_bytes([y0, y1, y2, y3, y4, y5, y6, y7]);
                geometry::checked(Point::new(x, y).into())
            }
            _ => decode(cell),
        };
        match shape {
            Ok(None | Some(Geometry::Point(_))) => shapes.push(shape),
            _ => return None,
        }
    }
    Some(shapes)
}

/// Reads one geometry as a GeoPackage holds it.
pub(super) fn decode_geopackage(data: &[u8]) -> RowGeometry {
    let mut bytes = Bytes::little_endian(data);
    if bytes.take(2) != Ok(b"GP") {
        return Err("the geometry does not begin with \"GP\" as a GeoPackage's should".to_owned());
    }
    let _version = bytes.u8()?;
    let flags = bytes.u8()?;
    if flags & 0b10_0000 != 0 {
        return Err("the geometry is of an extended GeoPackage type; write it as a standard type".to_owned());
    }
    let _srs = bytes.i32()?;
    let envelope = match (flags >> 1) & 0b111 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        other => return Err(format!("the geometry's envelope is of the unknown kind {other}")),
    };
    bytes.take(envelope)?;
    if flags & 0b1_0000 != 0 {
        return Ok(None);
    }
    geometry::checked(any(&mut bytes, 0)?)
}

fn any(bytes: &mut Bytes<'_>, depth: usize) -> Result<Geometry, String> {
    if depth > DEEPEST {
        return Err("the geometry holds collections in collections without end".to_owned());
    }
    bytes.little_endian = match bytes.u8()? {
        0 => false,
        1 => true,
        other => return Err(format!("the geometry's byte order is {other}; WKB begins with 0 or 1")),
    };
    let code = bytes.u32()?;
    let mut extra = usize::from(code & 0x8000_0000 != 0) + usize::from(code & 0x4000_0000 != 0);
    if code & 0x2000_0000 != 0 {
        bytes.u32()?;
    }
    let code = code & 0x1fff_ffff;
    extra += match code / 1000 {
        0 => 0,
        1 | 2 => 1,
        3 => 2,
        _ => return Err(format!("the geometry type {code} is unknown")),
    };
    let dims = 2 + extra;
    Ok(match code % 1000 {
        1 => Point(coord(bytes, dims)?).into(),
        2 => line(bytes, dims)?.into(),
        3 => polygon(bytes, dims)?.into(),
        4 => MultiPoint(parts(bytes, depth, "point", |g| Point::try_from(g).ok())?).into(),
        5 => MultiLineString(parts(bytes, depth, "line", |g| LineString::try_from(g).ok())?).into(),
        6 => MultiPolygon(parts(bytes, depth, "polygon", |g| Polygon::try_from(g).ok())?).into(),
        7 => Geometry::GeometryCollection(GeometryCollection(parts(bytes, depth, "geometry", Some)?)),
        kind => return Err(unsupported(kind)),
    })
}

fn unsupported(kind: u32) -> String {
    let name = match kind {
        8 => "circular string",
        9 => "compound curve",
        10 => "curve polygon",
        11 => "multicurve",
        12 => "multisurface",
        15 => "polyhedral surface",
        16 => "triangulated surface",
        17 => "triangle",
        _ => return format!("the geometry type {kind} is unknown"),
    };
    format!("a {name} cannot be used; write it with straight lines, as points, lines or polygons")
}

fn coord(bytes: &mut Bytes<'_>, dims: usize) -> Result<Coord, CutShort> {
    let coord = Coord { x: bytes.f64()?, y: bytes.f64()? };
    bytes.take((dims - 2) * 8)?;
    Ok(coord)
}

fn line(bytes: &mut Bytes<'_>, dims: usize) -> Result<LineString, CutShort> {
    let n = bytes.count(dims * 8)?;
    if dims == 2 && bytes.little_endian {
        let number = |b: &[u8; 8]| f64::from_le_bytes(*b);
        let pairs = bytes.take(n * 16)?.as_chunks::<8>().0.as_chunks::<2>().0;
        return Ok(LineString(pairs.iter().map(|[x, y]| Coord { x: number(x), y: number(y) }).collect()));
    }
    let mut coords = Vec::with_capacity(n);
    for _ in 0..n {
        coords.push(coord(bytes, dims)?);
    }
    Ok(LineString(coords))
}

fn polygon(bytes: &mut Bytes<'_>, dims: usize) -> Result<Polygon, CutShort> {
    let n = bytes.count(4)?;
    let mut rings = Vec::with_capacity(n);
    for _ in 0..n {
        rings.push(line(bytes, dims)?);
    }
    if rings.is_empty() {
        return Ok(Polygon::new(LineString(Vec::new()), Vec::new()));
    }
    let exterior = rings.remove(0);
    Ok(Polygon::new(exterior, rings))
}

fn parts<T>(
    bytes: &mut Bytes<'_>,
    depth: usize,
    name: &str,
    part: impl Fn(Geometry) -> Option<T>,
) -> Result<Vec<T>, String> {
    let n = bytes.count(5)?;
    let little_endian = bytes.little_endian;
    let mut out = Vec::with_capacity(n);
    for _ in 0..n {
        let geometry = any(bytes, depth + 1)?;
        out.push(part(geometry).ok_or_else(|| format!("a part of the geometry is not a {name}"))?);
        bytes.little_endian = little_endian;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use geo::{Geometry, point, polygon};

    use super::{decode, decode_geopackage};

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
    }

    // The bytes below are what GEOS writes for the geometry named in each test.
    const POINT_1_2: &str = "0101000000000000000000F03F0000000000000040";

    #[test]
    fn either_byte_order_and_either_flavour_of_three_dimensions_is_read() {
        let expected = Ok(Some(Geometry::from(point!(x: 1.0, y: 2.0))));
        assert_eq!(decode(&hex(POINT_1_2)), expected);
        assert_eq!(decode(&hex("00000000013FF00000000000004000000000000000")), expected);
        // POINT Z (1 2 3): ISO 1001, and with the PostGIS flag and an SRID.
        assert_eq!(decode(&hex("01E9030000000000000000F03F00000000000000400000000000000840")), expected);
        assert_eq!(decode(&hex("01010000A0E6100000000000000000F03F00000000000000400000000000000840")), expected);
    }

    #[test]
    fn a_polygon_is_read_and_an_empty_point_is_none() {
        let square = "01030000000100000005000000000000000000000000000000000000000000000000000000000000000000F03F\
                      000000000000F03F000000000000F03F000000000000F03F000000000000000000000000000000000000000000000000";
        let expected = polygon![(x: 0.0, y: 0.0), (x: 0.0, y: 1.0), (x: 1.0, y: 1.0), (x: 1.0, y: 0.0)];
        assert_eq!(decode(&hex(square)), Ok(Some(expected.into())));
        assert_eq!(decode(&hex("0101000000000000000000F87F000000000000F87F")), Ok(None));
    }

    #[test]
    fn every_cut_and_every_changed_byte_gives_an_answer() {
        let bytes = hex(POINT_1_2);
        for n in 0..bytes.len() {
            assert!(decode(&bytes[..n]).is_err(), "{n} bytes");
        }
        let polygon = hex("010300000001000000050000000000");
        for i in 0..polygon.len() {
            for b in [0, 1, 7, 0x7f, 0xff] {
                let mut changed = polygon.clone();
                changed[i] = b;
                assert!(decode(&changed).is_err() || decode(&changed) == Ok(None));
            }
        }
        // Four thousand million rings are not asked for.
        assert!(decode(&hex("0103000000FFFFFFFF")).is_err());
    }

    #[test]
    fn a_geopackage_geometry_is_read_after_its_header() {
        let mut bytes = hex("4750000100000000");
        bytes.extend(hex(POINT_1_2));
        assert_eq!(decode_geopackage(&bytes), Ok(Some(point!(x: 1.0, y: 2.0).into())));
        let mut with_envelope = hex("4750000300000000");
        with_envelope.extend([0; 32]);
        with_envelope.extend(hex(POINT_1_2));
        assert_eq!(decode_geopackage(&with_envelope), Ok(Some(point!(x: 1.0, y: 2.0).into())));
        // The flag for "empty".
        assert_eq!(decode_geopackage(&hex("4750001100000000")), Ok(None));
        assert!(decode_geopackage(&hex(POINT_1_2)).is_err());
    }

    #[test]
    fn a_curve_is_refused_by_name() {
        let error = decode(&hex("010800000000000000")).unwrap_err();
        assert!(error.contains("circular string"), "{error}");
    }
}
