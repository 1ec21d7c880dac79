//! FlatGeobuf: a header, an index that is passed over, and features until the end.
//!
//! Every feature says how long it is, so one quick way from length to length cuts the file into pieces.
//! The frame around the features is read here, so that a damaged length or a damaged property is told and not trusted;
//! header and features are verified by the flatgeobuf crate. Rows count features from 1.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
};

use flatgeobuf::{
    Column, ColumnType, Feature, Geometry as FgbGeometry, GeometryType, Header, size_prefixed_root_as_feature,
    size_prefixed_root_as_header,
};
use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use super::{
    Batch, DeclaredCrs, Description, Format, ReadError,
    batcher::{Batcher, Value, Wanted, positions},
    bytes::{Bytes, CutShort},
    detect, geometry,
    pieces::{Opened, PIECE_BYTES, PIECE_ROWS},
    shapes::RowGeometry,
};

/// A header longer than this is damage.
const LONGEST_HEADER: u64 = 10 << 20;

/// Bytes of one node of the index.
const NODE: u64 = 40;

/// Collections in collections deeper than this are refused.
const DEEPEST: usize = 32;

pub(super) fn describe(path: &Path) -> Result<Description, ReadError> {
    let head = Head::read(path)?;
    Ok(description(&head.header(path)?))
}

/// A file, cut into pieces where features begin.
pub(super) struct FlatGeobuf {
    path: PathBuf,
    description: Description,
    types: Vec<ColumnType>,
    geometry_type: GeometryType,
    pieces: Vec<Piece>,
    rows: u64,
}

/// Some features.
struct Piece {
    bytes: Range<u64>,
    /// The number of the first feature.
    row: u64,
}

impl FlatGeobuf {
    pub(super) fn open(path: &Path) -> Result<Self, ReadError> {
        let head = Head::read(path)?;
        let header = head.header(path)?;
        let failed = |row: u64, reason: &str| ReadError::unreadable(path, format!("after feature {row}: {reason}"));
        let index = index_size(header.features_count(), header.index_node_size());
        let index = index.ok_or_else(|| failed(0, "the index is damaged"))?;
        let start = head.end.checked_add(index).ok_or_else(|| failed(0, "the index is damaged"))?;
        let mut pieces = Vec::new();
        let row = scan(path, start, &mut pieces).map_err(|(row, e)| failed(row, &detect::in_words(&e)))?;
        let announced = header.features_count();
        if row < announced {
            return Err(failed(row, &format!("the file is cut short; its header announces {announced} features")));
        }
        Ok(Self {
            path: path.to_owned(),
            description: description(&header),
            types: header.columns().into_iter().flatten().map(|c: Column<'_>| c.type_()).collect(),
            geometry_type: header.geometry_type(),
            pieces,
            rows: row,
        })
    }
}

/// Goes from feature to feature by their lengths, and says how many there are.
fn scan(path: &Path, start: u64, pieces: &mut Vec<Piece>) -> Result<u64, (u64, io::Error)> {
    let mut row = 0;
    let mut go = || -> io::Result<()> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        if start > length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut file = BufReader::with_capacity(1 << 16, file);
        file.seek(SeekFrom::Start(start))?;
        let (mut begin, mut first, mut at) = (start, 0, start);
        while at < length {
            let mut size = [0; 4];
            file.read_exact(&mut size)?;
            let size = u32::from_le_bytes(size);
            at += 4 + u64::from(size);
            if at > length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            file.seek_relative(i64::from(size))?;
            row += 1;
            if row - first >= PIECE_ROWS || at - begin >= PIECE_BYTES || at == length {
                pieces.push(Piece { bytes: begin..at, row: first + 1 });
                (begin, first) = (at, row);
            }
        }
        Ok(())
    };
    let result = go();
    result.map(|()| row).map_err(|e| (row, e))
}

impl Opened for FlatGeobuf {
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
        self.pieces.get(piece).map_or(0, |piece| piece.bytes.end - piece.bytes.start)
    }

    fn positions(&self, columns: &[String]) -> Result<Vec<usize>, ReadError> {
        positions(&self.path, columns, &self.description.columns)
    }

    fn read(&self, piece: usize, wanted: Wanted<'_>) -> Result<Batch, ReadError> {
        let mut batcher = Batcher::new(wanted);
        let Some(piece) = self.pieces.get(piece) else { return Ok(batcher.finish()) };
        let read = || {
            let mut file = File::open(&self.path)?;
            file.seek(SeekFrom::Start(piece.bytes.start))?;
            detect::bytes_at(&mut file, piece.bytes.end - piece.bytes.start)
        };
        let failed =
            |e| ReadError::unreadable(&self.path, format!("at feature {}: {}", piece.row, detect::in_words(&e)));
        let bytes = read().map_err(failed)?;
        let mut rest = bytes.as_slice();
        let mut row = piece.row - 1;
        while let Some(feature) = sized(&mut rest) {
            row += 1;
            let Ok(feature) = size_prefixed_root_as_feature(feature) else {
                batcher.malformed(row, "the feature is damaged");
                continue;
            };
            let mut cells = vec![Value::Null; self.types.len()];
            if !wanted.positions.is_empty()
                && let Err(reason) = properties(&feature, &self.types, &mut cells)
            {
                batcher.malformed(row, reason);
                continue;
            }
            let shape = || shape(&feature, self.geometry_type);
            batcher.push(row, wanted.positions.iter().filter_map(|&p| cells.get(p)).cloned(), shape);
        }
        Ok(batcher.finish())
    }
}

/// The next length and as many bytes after it; `rest` is what comes after.
fn sized<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_le_bytes(*rest.first_chunk::<4>()?) as usize;
    let (feature, after) = rest.split_at_checked(length.checked_add(4)?)?;
    *rest = after;
    Some(feature)
}

/// The header of a file.
struct Head {
    header: Vec<u8>,
    /// Where the index begins.
    end: u64,
}

impl Head {
    fn read(path: &Path) -> Result<Self, ReadError> {
        let mut file = BufReader::new(detect::open(path)?);
        let mut magic = [0; 8];
        let begins = file.read_exact(&mut magic).is_ok() && magic.starts_with(b"fgb") && &magic[4..7] == b"fgb";
        if !begins {
            return Err(ReadError::unreadable(path, "the file does not begin as FlatGeobuf does"));
        }
        if magic[3] != 3 {
            return Err(ReadError::unreadable(path, format!("FlatGeobuf version {}; only 3 can be read", magic[3])));
        }
        let none = || ReadError::unreadable(path, "the file has no header");
        let mut size = [0; 4];
        file.read_exact(&mut size).map_err(|_| none())?;
        let length = u64::from(u32::from_le_bytes(size));
        if length > LONGEST_HEADER {
            return Err(none());
        }
        let mut header = size.to_vec();
        file.take(length).read_to_end(&mut header).map_err(|e| ReadError::unreadable(path, detect::in_words(&e)))?;
        if header.len() as u64 != length + 4 {
            return Err(ReadError::unreadable(path, detect::in_words(&io::ErrorKind::UnexpectedEof.into())));
        }
        Ok(Self { header, end: 8 + 4 + length })
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
