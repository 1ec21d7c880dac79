//! FlatGeobuf: a header, an index that is passed over, and features until the end.
//!
//! The frame around the features is read here, so that a damaged length or a damaged property is told and not trusted;
//! header and features are verified by the flatgeobuf crate. Rows count features from 1.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use flatgeobuf::{
    Column, ColumnType, Feature, Geometry as FgbGeometry, GeometryType, Header, size_prefixed_root_as_feature,
    size_prefixed_root_as_header,
};
use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use super::{
    Batch, DeclaredCrs, Description, Format, ReadError,
    batcher::{Batcher, RowGeometry, Value, Wanted},
    bytes::{Bytes, CutShort},
    detect, geometry,
};

/// A header longer than this is damage.
const LONGEST_HEADER: usize = 10 << 20;

/// Bytes of one node of the index.
const NODE: u64 = 40;

/// Collections in collections deeper than this are refused.
const DEEPEST: usize = 32;

pub(super) fn describe(path: &Path) -> Result<Description, ReadError> {
    let opened = Opened::new(path)?;
    let header = opened.header(path)?;
    Ok(description(&header))
}

pub(super) fn read(
    path: &Path,
    wanted: Wanted<'_>,
    take: &mut dyn FnMut(Batch) -> bool,
) -> Result<Description, ReadError> {
    let Opened { mut file, header: header_bytes } = Opened::new(path)?;
    let header = header_of(path, &header_bytes)?;
    let description = description(&header);
    let positions = wanted.positions(path, &description.columns)?;
    let types: Vec<ColumnType> = header.columns().into_iter().flatten().map(|c: Column<'_>| c.type_()).collect();
    let failed = |row: u64, reason: &str| ReadError::unreadable(path, format!("after feature {row}: {reason}"));
    let index = index_size(header.features_count(), header.index_node_size());
    let index = index.ok_or_else(|| failed(0, "the index is damaged"))?;
    io::copy(&mut Read::by_ref(&mut file).take(index), &mut io::sink())
        .map_err(|e| failed(0, &detect::in_words(&e)))?;
    let mut batcher = Batcher::new(wanted, take);
    let (mut bytes, mut row) = (Vec::new(), 0);
    while sized(&mut file, &mut bytes).map_err(|e| failed(row, &detect::in_words(&e)))? {
        row += 1;
        let Ok(feature) = size_prefixed_root_as_feature(&bytes) else {
            batcher.malformed(row, "the feature is damaged")?;
            continue;
        };
        let mut cells = vec![Value::Null; types.len()];
        if !positions.is_empty()
            && let Err(reason) = properties(&feature, &types, &mut cells)
        {
            batcher.malformed(row, reason)?;
            continue;
        }
        let shape = || shape(&feature, header.geometry_type());
        batcher.push(row, positions.iter().filter_map(|&p| cells.get(p)).cloned(), shape)?;
    }
    let announced = header.features_count();
    if row < announced {
        return Err(failed(row, &format!("the file is cut short; its header announces {announced} features")));
    }
    batcher.finish()?;
    Ok(description)
}

/// A file read as far as its header.
struct Opened {
    file: BufReader<File>,
    header: Vec<u8>,
}

impl Opened {
    fn new(path: &Path) -> Result<Self, ReadError> {
        let mut file = BufReader::with_capacity(1 << 16, detect::open(path)?);
        let mut magic = [0; 8];
        let begins = file.read_exact(&mut magic).is_ok() && magic.starts_with(b"fgb") && &magic[4..7] == b"fgb";
        if !begins {
            return Err(ReadError::unreadable(path, "the file does not begin as FlatGeobuf does"));
        }
        if magic[3] != 3 {
            return Err(ReadError::unreadable(path, format!("FlatGeobuf version {}; only 3 can be read", magic[3])));
        }
        let mut header = Vec::new();
        let there = sized(&mut file, &mut header);
        if !there.map_err(|e| ReadError::unreadable(path, detect::in_words(&e)))? || header.len() > LONGEST_HEADER {
            return Err(ReadError::unreadable(path, "the file has no header"));
        }
        Ok(Self { file, header })
    }

    fn header(&self, path: &Path) -> Result<Header<'_>, ReadError> {
        header_of(path, &self.header)
    }
}

fn header_of<'a>(path: &Path, bytes: &'a [u8]) -> Result<Header<'a>, ReadError> {
    size_prefixed_root_as_header(bytes)
        .map_err(|e| ReadError::unreadable(path, format!("the header is damaged: {}", first_line(&e.to_string()))))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Reads a length and as many bytes; `bytes` holds both after. `false` at the end of the file.
fn sized(file: &mut impl Read, bytes: &mut Vec<u8>) -> io::Result<bool> {
    bytes.clear();
    Read::by_ref(file).take(4).read_to_end(bytes)?;
    let Some(length) = bytes.first_chunk::<4>().map(|b| u32::from_le_bytes(*b)) else {
        return if bytes.is_empty() { Ok(false) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
    };
    Read::by_ref(file).take(u64::from(length)).read_to_end(bytes)?;
    if bytes.len() as u64 == u64::from(length) + 4 { Ok(true) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// How long the index is: a packed tree whose lowest level has a node for each feature.
fn index_size(features: u64, node_size: u16) -> Option<u64> {
    if features == 0 || node_size == 0 {
        return Some(0);
    }
    let node_size = u64::from(node_size.max(2));
    let (mut level, mut nodes) = (features, features);
    while level > 1 {
        level = level.div_ceil(node_size);
        nodes = nodes.checked_add(level)?;
    }
    // A tree over one feature has that feature and a root.
    if features == 1 {
        nodes += 1;
    }
    nodes.checked_mul(NODE)
}

fn description(header: &Header<'_>) -> Description {
    let columns = header.columns().into_iter().flatten().map(|c: Column<'_>| c.name().to_owned()).collect();
    let crs = header.crs().map_or(DeclaredCrs::None, |crs| {
        let (authority, wkt) = (crs.org().unwrap_or("EPSG"), crs.wkt().filter(|w| !w.is_empty()));
        let code = if crs.code() > 0 { Some(crs.code().to_string()) } else { crs.code_string().map(str::to_owned) };
        let by_code = code.as_deref().and_then(|code| DeclaredCrs::from_authority(authority, code));
        by_code.unwrap_or_else(|| match (wkt, code, crs.name()) {
            (Some(wkt), ..) => DeclaredCrs::from_wkt(wkt),
            (None, _, Some(name)) => DeclaredCrs::from_name(name),
            (None, Some(code), None) => DeclaredCrs::Unknown(format!("{authority}:{code}")),
            (None, None, None) => DeclaredCrs::None,
        })
    });
    Description { format: Format::FlatGeobuf, columns, geometry: true, crs }
}

fn properties<'a>(feature: &Feature<'a>, types: &[ColumnType], cells: &mut [Value<'a>]) -> Result<(), String> {
    let mut bytes = Bytes::little_endian(feature.properties().map_or(&[], |p| p.bytes()));
    let cut = |_: CutShort| "the feature's properties are cut short".to_owned();
    // One byte may be left over: some writers leave one after a binary column.
    while bytes.len() >= 2 {
        let column = usize::from(bytes.u16().map_err(cut)?);
        let (Some(&kind), Some(cell)) = (types.get(column), cells.get_mut(column)) else {
            return Err(format!("the feature has a property number {column}, of which the header knows nothing"));
        };
        *cell = value(&mut bytes, kind).map_err(cut)?;
    }
    Ok(())
}

fn value<'a>(bytes: &mut Bytes<'a>, kind: ColumnType) -> Result<Value<'a>, CutShort> {
    Ok(match kind {
        ColumnType::Byte => Value::Integer(i64::from(bytes.u8()?.cast_signed())),
        ColumnType::UByte => Value::Integer(i64::from(bytes.u8()?)),
        ColumnType::Bool => Value::Flag(bytes.u8()? != 0),
        ColumnType::Short => Value::Integer(i64::from(bytes.u16()?.cast_signed())),
        ColumnType::UShort => Value::Integer(i64::from(bytes.u16()?)),
        ColumnType::Int => Value::Integer(i64::from(bytes.i32()?)),
        ColumnType::UInt => Value::Integer(i64::from(bytes.u32()?)),
        ColumnType::Long => Value::Integer(bytes.u64()?.cast_signed()),
        ColumnType::ULong => {
            let x = bytes.u64()?;
            i64::try_from(x).map_or_else(|_| Value::Text(x.to_string().into()), Value::Integer)
        }
        // Through its shortest text, so that 0.1 is 0.1 and not 0.10000000149.
        ColumnType::Float => real(bytes.f32()?.to_string().parse().unwrap_or(f64::NAN)),
        ColumnType::Double => real(bytes.f64()?),
        _ => {
            let length = bytes.u32()? as usize;
            let text = bytes.take(length)?;
            if text.is_empty() { Value::Null } else { Value::Text(utf8(text)) }
        }
    })
}

fn real(x: f64) -> Value<'static> {
    if x.is_nan() { Value::Null } else { Value::Real(x) }
}

fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

fn shape(feature: &Feature<'_>, declared: GeometryType) -> RowGeometry {
    let Some(shape) = feature.geometry() else { return Ok(None) };
    let kind = if declared == GeometryType::Unknown { shape.type_() } else { declared };
    geometry::checked(any(&shape, kind, 0)?)
}

fn any(shape: &FgbGeometry<'_>, kind: GeometryType, depth: usize) -> Result<Geometry, String> {
    if depth > DEEPEST {
        return Err("the geometry holds collections in collections without end".to_owned());
    }
    Ok(match kind {
        GeometryType::Point => match coords(shape).first() {
            Some(&coord) => Point(coord).into(),
            None => MultiPoint(Vec::new()).into(),
        },
        GeometryType::MultiPoint => MultiPoint(coords(shape).into_iter().map(Point).collect()).into(),
        GeometryType::LineString => LineString(coords(shape)).into(),
        GeometryType::MultiLineString => MultiLineString(lines(shape)?).into(),
        GeometryType::Polygon => polygon(shape)?.into(),
        GeometryType::MultiPolygon => {
            let parts = shape.parts().into_iter().flatten();
            MultiPolygon(parts.map(|part| polygon(&part)).collect::<Result<_, _>>()?).into()
        }
        GeometryType::GeometryCollection => {
            let parts = shape.parts().into_iter().flatten();
            let members = parts.map(|part| any(&part, part.type_(), depth + 1));
            Geometry::GeometryCollection(GeometryCollection(members.collect::<Result<_, _>>()?))
        }
        other => {
            let name = other.variant_name().unwrap_or("unknown");
            return Err(format!("the geometry type {name} cannot be used; write points, straight lines or polygons"));
        }
    })
}

fn coords(shape: &FgbGeometry<'_>) -> Vec<Coord> {
    let numbers: Vec<f64> = shape.xy().into_iter().flatten().collect();
    numbers.as_chunks::<2>().0.iter().map(|&[x, y]| Coord { x, y }).collect()
}

fn lines(shape: &FgbGeometry<'_>) -> Result<Vec<LineString>, String> {
    let coords = coords(shape);
    let Some(ends) = shape.ends().filter(|ends| ends.len() > 1) else { return Ok(vec![LineString(coords)]) };
    let mut from = 0;
    ends.iter()
        .map(|end| {
            let line = coords.get(from..end as usize).ok_or("the geometry's parts are out of order")?;
            from = end as usize;
            Ok(LineString(line.to_vec()))
        })
        .collect()
}

fn polygon(shape: &FgbGeometry<'_>) -> Result<Polygon, String> {
    let mut rings = lines(shape)?.into_iter();
    let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
    Ok(Polygon::new(exterior, rings.collect()))
}

#[cfg(test)]
mod tests {
    use super::index_size;

    #[test]
    fn the_index_is_as_long_as_the_format_says() {
        // 179 features, 16 to a node: 179 + 12 + 1 nodes of 40 bytes.
        assert_eq!(index_size(179, 16), Some(192 * 40));
        assert_eq!(index_size(16, 16), Some(17 * 40));
        assert_eq!(index_size(1, 16), Some(2 * 40));
        assert_eq!(index_size(0, 16), Some(0));
        assert_eq!(index_size(179, 0), Some(0));
        assert_eq!(index_size(u64::MAX, 2), None);
    }
}
