//! Shapefiles, bare or zipped: the shapes, the table beside them, and what `.prj` and `.cpg` say.
//!
//! Every record says how long it is, so one quick way from length to length cuts the file into pieces; the index (`.shx`)
//! is not needed. A zipped shapefile is first unpacked to a temporary folder. Records count from 1. Without a `.dbf`
//! there are shapes but no columns.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
};

use encoding_rs::Encoding;
use geo::{
    Area, BoundingRect, Contains, Coord, CoordinatePosition, Geometry, LineString, MultiLineString, MultiPoint,
    MultiPolygon, Point, Polygon, coordinate_position::CoordPos,
};
use tempfile::TempDir;
use zip::ZipArchive;

use super::{
    Batch, DeclaredCrs, Description, Format, ReadError, ReadOptions,
    batcher::{Batcher, Wanted, positions},
    bytes::{Bytes, CutShort},
    dbf::{self, Dbf},
    detect, encoding, geometry,
    pieces::{Opened, PIECE_BYTES, PIECE_ROWS},
    shapes::RowGeometry,
};

/// As much as is read of a `.prj` or `.cpg`.
const SMALL_FILE: u64 = 1 << 16;

pub(super) fn describe(path: &Path, options: &ReadOptions) -> Result<Description, ReadError> {
    let asked = options.encoding.as_deref().map(|label| encoding::named(path, label)).transpose()?;
    let failed = |reason: String| ReadError::unreadable(path, reason);
    if !is_zipped(path)? {
        let table = sibling(path, "dbf").map(|(_, file)| Dbf::new(BufReader::new(file), code_page(path, asked)));
        return Ok(description(table.transpose().map_err(failed)?.as_ref(), small_file(path, "prj")));
    }
    let mut zip = archive(path)?;
    let name = member(path, &zip, options.layer.as_deref())?;
    let (crs, encoding) = (zipped_small_file(&mut zip, &name, "prj"), zipped_code_page(&mut zip, &name, asked));
    let table = match zipped_sibling(&zip, &name, "dbf") {
        Some(dbf) => Some(Dbf::new(zip.by_name(&dbf).map_err(|e| zip_error(path, &e))?, encoding).map_err(failed)?),
        None => None,
    };
    Ok(description(table.as_ref(), crs))
}

fn description(table: Option<&Dbf>, crs: Option<String>) -> Description {
    Description {
        format: Format::Shapefile,
        columns: table.map(Dbf::columns).unwrap_or_default(),
        geometry: true,
        crs: crs.map_or(DeclaredCrs::None, |wkt| DeclaredCrs::from_wkt(&wkt)),
    }
}

/// A shapefile, cut into pieces where records begin.
pub(super) struct Shapefile {
    /// The file that was named.
    path: PathBuf,
    shp: PathBuf,
    table: Option<(PathBuf, Dbf)>,
    /// Where the files of a zip are, until the end.
    _unpacked: Option<TempDir>,
    description: Description,
    pieces: Vec<Piece>,
    rows: u64,
}

/// Some records.
struct Piece {
    bytes: Range<u64>,
    /// The number of the first record.
    row: u64,
    rows: u64,
}

impl Shapefile {
    pub(super) fn open(path: &Path, options: &ReadOptions) -> Result<Self, ReadError> {
        let asked = options.encoding.as_deref().map(|label| encoding::named(path, label)).transpose()?;
        let failed = |reason: String| ReadError::unreadable(path, reason);
        let (shp, dbf, crs, encoding, unpacked);
        if is_zipped(path)? {
            let mut zip = archive(path)?;
            let name = member(path, &zip, options.layer.as_deref())?;
            crs = zipped_small_file(&mut zip, &name, "prj");
            encoding = zipped_code_page(&mut zip, &name, asked);
            let folder = tempfile::tempdir().map_err(|e| failed(detect::in_words(&e)))?;
            shp = unpack(path, &mut zip, &name, folder.path().join("a.shp"))?;
            dbf = match zipped_sibling(&zip, &name, "dbf") {
                Some(dbf) => Some(unpack(path, &mut zip, &dbf, folder.path().join("a.dbf"))?),
                None => None,
            };
            unpacked = Some(folder);
        } else {
            crs = small_file(path, "prj");
            encoding = code_page(path, asked);
            shp = path.to_owned();
            dbf = sibling(path, "dbf").map(|(path, _)| path);
            unpacked = None;
        }
        let table = match dbf {
            Some(dbf) => {
                let file = File::open(&dbf).map_err(|e| failed(format!("the .dbf: {}", detect::in_words(&e))))?;
                Some((dbf, Dbf::new(BufReader::new(file), encoding).map_err(failed)?))
            }
            None => None,
        };
        let mut pieces = Vec::new();
        let (rows, cut) = scan(&shp, &mut pieces).map_err(failed)?;
        if let Some((path, dbf)) = &table {
            let length = std::fs::metadata(path).map_or(0, |m| m.len());
            let whole = length.saturating_sub(dbf.start) / (dbf.record as u64).max(1);
            let row = whole.min(dbf.records) + 1;
            if row <= rows {
                return Err(failed(if whole < dbf.records {
                    format!("record {row} of the .dbf: the file is cut short")
                } else {
                    format!("the .dbf ends before record {row} of the .shp; the two do not belong together")
                }));
            }
        }
        if let Some(reason) = cut {
            return Err(failed(format!("after record {rows} of the .shp: {reason}")));
        }
        let description = description(table.as_ref().map(|(_, dbf)| dbf), crs);
        Ok(Self { path: path.to_owned(), shp, table, _unpacked: unpacked, description, pieces, rows })
    }
}

/// Goes from record to record by their lengths; says how many there are, and what is wrong after the last.
fn scan(shp: &Path, pieces: &mut Vec<Piece>) -> Result<(u64, Option<String>), String> {
    let in_words = |e: std::io::Error| detect::in_words(&e);
    let file = File::open(shp).map_err(in_words)?;
    let length = file.metadata().map_err(in_words)?.len();
    let mut file = BufReader::with_capacity(1 << 16, file);
    let mut head = [0; 100];
    file.read_exact(&mut head).map_err(|_| "the .shp is cut short")?;
    if !head.starts_with(&[0, 0, 0x27, 0x0a]) {
        return Err("the .shp does not begin as a shapefile does".to_owned());
    }
    let (mut begin, mut first, mut at, mut row) = (100, 0, 100, 0);
    while at < length {
        let mut head = [0; 8];
        if let Err(error) = file.read_exact(&mut head) {
            return Ok((row, Some(in_words(error))));
        }
        let [.., l0, l1, l2, l3] = head;
        let size = u64::from(u32::from_be_bytes([l0, l1, l2, l3])) * 2;
        at += 8 + size;
        if at > length {
            return Ok((row, Some("the file is cut short".to_owned())));
        }
        file.seek_relative(size.cast_signed()).map_err(in_words)?;
        row += 1;
        if row - first >= PIECE_ROWS || at - begin >= PIECE_BYTES || at == length {
            pieces.push(Piece { bytes: begin..at, row: first + 1, rows: row - first });
            (begin, first) = (at, row);
        }
    }
    Ok((row, None))
}

impl Opened for Shapefile {
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
        if self.table.is_none() && !columns.is_empty() {
            return Err(ReadError::unreadable(&self.path, "there is no .dbf beside the .shp, so there are no columns"));
        }
        positions(&self.path, columns, &self.description.columns)
    }

    fn read(&self, piece: usize, wanted: Wanted<'_>) -> Result<Batch, ReadError> {
        let mut batcher = Batcher::new(wanted);
        let Some(piece) = self.pieces.get(piece) else { return Ok(batcher.finish()) };
        let bytes = |path: &Path, from: u64, length: u64| {
            let read = || {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(from))?;
                detect::bytes_at(&mut file, length)
            };
            let failed =
                |e| ReadError::unreadable(&self.path, format!("at record {}: {}", piece.row, detect::in_words(&e)));
            read().map_err(failed)
        };
        let shapes = bytes(&self.shp, piece.bytes.start, piece.bytes.end - piece.bytes.start)?;
        let table = match &self.table {
            Some((path, dbf)) => {
                let record = dbf.record as u64;
                Some((dbf, bytes(path, dbf.start + (piece.row - 1) * record, piece.rows * record)?))
            }
            None => None,
        };
        let mut rest = shapes.as_slice();
        for i in 0..piece.rows {
            let row = piece.row + i;
            let Some(record) = next_record(&mut rest) else { break };
            let shape = || decode(record);
            let Some((dbf, records)) = &table else {
                batcher.push(row, std::iter::empty(), shape);
                continue;
            };
            let cells = usize::try_from(i).ok().and_then(|i| records.chunks_exact(dbf.record).nth(i));
            let cells = cells.unwrap_or_default();
            if Dbf::deleted(cells) {
                batcher.malformed(row, "the record is marked as deleted in the .dbf");
            } else {
                batcher.push(row, wanted.positions.iter().map(|&p| dbf.value(cells, p)), shape);
            }
        }
        Ok(batcher.finish())
    }
}

/// The content of the next record; `rest` is what comes after.
fn next_record<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let ([.., l0, l1, l2, l3], after) = rest.split_first_chunk::<8>()?;
    let length = u32::from_be_bytes([*l0, *l1, *l2, *l3]) as usize * 2;
    let (record, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(record)
}

fn is_zipped(path: &Path) -> Result<bool, ReadError> {
    let mut start = [0; 2];
    Ok(detect::open(path)?.read_exact(&mut start).is_ok() && &start == b"PK")
}

fn code_page(path: &Path, asked: Option<&'static Encoding>) -> Option<&'static Encoding> {
    asked.or_else(|| dbf::code_page(&small_file(path, "cpg")?))
}

fn zipped_code_page(zip: &mut Archive, name: &str, asked: Option<&'static Encoding>) -> Option<&'static Encoding> {
    asked.or_else(|| dbf::code_page(&zipped_small_file(zip, name, "cpg")?))
}

/// Unpacks one file of a zip.
fn unpack(path: &Path, zip: &mut Archive, name: &str, to: PathBuf) -> Result<PathBuf, ReadError> {
    let mut member = zip.by_name(name).map_err(|e| zip_error(path, &e))?;
    let copied = File::create(&to).and_then(|mut file| std::io::copy(&mut member, &mut file));
    copied.map_err(|e| ReadError::unreadable(path, format!("{name} in the zip: {}", detect::in_words(&e))))?;
    Ok(to)
}

fn zip_error(path: &Path, error: &zip::result::ZipError) -> ReadError {
    ReadError::unreadable(path, format!("the zip cannot be read: {error}"))
}

/// The files that are read with the shapes.
pub(super) fn companions(path: &Path) -> Result<Vec<PathBuf>, ReadError> {
    if is_zipped(path)? {
        return Ok(Vec::new());
    }
    Ok(["dbf", "prj", "cpg"].iter().filter_map(|extension| Some(sibling(path, extension)?.0)).collect())
}

/// The file beside the shapes with another extension, in small or capital letters.
fn sibling(path: &Path, extension: &str) -> Option<(PathBuf, File)> {
    let candidates: [PathBuf; 2] =
        [path.with_extension(extension), path.with_extension(extension.to_ascii_uppercase())];
    candidates.into_iter().find_map(|p| File::open(&p).ok().map(|file| (p, file)))
}

fn small_file(path: &Path, extension: &str) -> Option<String> {
    text_of(sibling(path, extension)?.1)
}

fn text_of(file: impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    file.take(SMALL_FILE).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

type Archive = ZipArchive<BufReader<File>>;

fn archive(path: &Path) -> Result<Archive, ReadError> {
    ZipArchive::new(BufReader::new(detect::open(path)?)).map_err(|e| zip_error(path, &e))
}

/// The `.shp` in the zip that is meant.
fn member(path: &Path, archive: &Archive, layer: Option<&str>) -> Result<String, ReadError> {
    let mut found = names(archive);
    found.retain(|n| n.len() > 4 && n.to_ascii_lowercase().ends_with(".shp") && !n.starts_with("__MACOSX/"));
    found.sort_unstable();
    let list = found.join(", ");
    if found.is_empty() {
        return Err(ReadError::unreadable(path, "the zip holds no .shp; unpack it and name the file in it"));
    }
    if let Some(layer) = layer {
        let stem = |n: &str| n.rsplit('/').next().and_then(|f| f.get(..f.len() - 4)).map(str::to_owned);
        found.retain(|n| n == layer || n.rsplit('/').next() == Some(layer) || stem(n).as_deref() == Some(layer));
        if found.is_empty() {
            return Err(ReadError::unreadable(path, format!("the zip holds no shapefile {layer:?}; it holds {list}")));
        }
    }
    match found.as_slice() {
        [only] => Ok(only.clone()),
        _ => Err(ReadError::unreadable(path, format!("the zip holds several shapefiles, so name one: {list}"))),
    }
}

fn zipped_sibling(archive: &Archive, shp: &str, extension: &str) -> Option<String> {
    let stem = shp.get(..shp.len() - 3)?;
    names(archive).into_iter().find(|n| n.strip_prefix(stem).is_some_and(|e| e.eq_ignore_ascii_case(extension)))
}

fn names(archive: &Archive) -> Vec<String> {
    archive.file_names().flatten().map(std::borrow::Cow::into_owned).collect()
}

fn zipped_small_file(archive: &mut Archive, shp: &str, extension: &str) -> Option<String> {
    let name = zipped_sibling(archive, shp, extension)?;
    text_of(archive.by_name(&name).ok()?)
}

fn decode(record: &[u8]) -> RowGeometry {
    let mut bytes = Bytes::little_endian(record);
    let kind = bytes.i32()?;
    let shape: Geometry = match kind {
        0 => return Ok(None),
        1 | 11 | 21 => Point(coord(&mut bytes)?).into(),
        8 | 18 | 28 => {
            bytes.take(32)?;
            let n = bytes.count(16)?;
            MultiPoint((0..n).map(|_| coord(&mut bytes).map(Point)).collect::<Result<_, _>>()?).into()
        }
        3 | 13 | 23 => {
            let mut lines = parts(&mut bytes)?;
            match lines.pop() {
                Some(only) if lines.is_empty() => only.into(),
                last => {
                    lines.extend(last);
                    MultiLineString(lines).into()
                }
            }
        }
        5 | 15 | 25 => polygons(parts(&mut bytes)?),
        31 => return Err("a multipatch cannot be used; write it as polygons".to_owned()),
        other => return Err(format!("the shape type {other} is unknown")),
    };
    geometry::checked(shape)
}

fn coord(bytes: &mut Bytes<'_>) -> Result<Coord, CutShort> {
    Ok(Coord { x: bytes.f64()?, y: bytes.f64()? })
}

fn parts(bytes: &mut Bytes<'_>) -> Result<Vec<LineString>, String> {
    bytes.take(32)?;
    let (part_count, point_count) = (bytes.u32()? as usize, bytes.u32()? as usize);
    if part_count.saturating_mul(4).saturating_add(point_count.saturating_mul(16)) > bytes.len() {
        return Err(CutShort.into());
    }
    let mut starts = (0..part_count).map(|_| bytes.u32().map(|s| s as usize)).collect::<Result<Vec<_>, _>>()?;
    let points = (0..point_count).map(|_| coord(bytes)).collect::<Result<Vec<_>, _>>()?;
    starts.push(points.len());
    let part = |ends: &[usize]| match *ends {
        [from, to] => points.get(from..to).map(|p| LineString(p.to_vec())),
        _ => None,
    };
    starts.windows(2).map(part).collect::<Option<_>>().ok_or_else(|| "the shape's parts are out of order".to_owned())
}

/// Puts rings together: clockwise ones are outer rings, and each of the others is a hole in the smallest outer ring
/// around it. A hole with nothing around it is an outer ring after all, as it is for other programs. When no ring is
/// clockwise the writer did not care, and rings inside an odd number of others are the holes.
fn polygons(rings: Vec<LineString>) -> Geometry {
    let mut rings: Vec<Polygon> =
        rings.into_iter().filter(|r| !r.0.is_empty()).map(|r| Polygon::new(r, vec![])).collect();
    if let ([_], Some(only)) = (rings.as_slice(), rings.first()) {
        return only.clone().into();
    }
    let clockwise = rings.iter().any(|r| r.signed_area() < 0.0);
    let is_hole: Vec<bool> = (0..rings.len())
        .map(|i| match clockwise {
            true => rings[i].signed_area() > 0.0,
            false => (0..rings.len()).filter(|&j| j != i && surrounds(&rings[j], &rings[i])).count() % 2 == 1,
        })
        .collect();
    let around: Vec<Option<usize>> = (0..rings.len())
        .map(|i| {
            let outer = (0..rings.len()).filter(|&j| is_hole[i] && !is_hole[j] && surrounds(&rings[j], &rings[i]));
            outer.min_by(|&a, &b| rings[a].unsigned_area().total_cmp(&rings[b].unsigned_area()))
        })
        .collect();
    for (i, outer) in around.iter().enumerate() {
        if let Some(outer) = *outer {
            let hole = rings[i].exterior().clone();
            rings[outer].interiors_push(hole);
        }
    }
    let mut outer = rings.into_iter().zip(around).filter(|(_, around)| around.is_none()).map(|(polygon, _)| polygon);
    match (outer.next(), outer.next()) {
        (Some(only), None) => only.into(),
        (first, second) => MultiPolygon(first.into_iter().chain(second).chain(outer).collect()).into(),
    }
}

/// Whether one ring lies within the other: by the first vertex that is not on the other's edge.
fn surrounds(outer: &Polygon, inner: &Polygon) -> bool {
    let (Some(o), Some(i)) = (outer.bounding_rect(), inner.bounding_rect()) else { return false };
    if !(o.contains(&i) || o == i) {
        return false;
    }
    // The rings that holes were put into keep their own outline, so only that is asked.
    let outline = Polygon::new(outer.exterior().clone(), Vec::new());
    let places = inner.exterior().coords().map(|c| outline.coordinate_position(c));
    places.into_iter().find(|p| *p != CoordPos::OnBoundary).is_none_or(|p| p == CoordPos::Inside)
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write, path::Path};

    use geo::{Geometry, point, polygon};
    use zip::write::SimpleFileOptions;

    use crate::{
        crs::Crs,
        read::{Batch, Column, Description, ReadError, ReadOptions, dbf::tests::table, read},
    };

    fn shp(records: &[Vec<u8>]) -> Vec<u8> {
        let mut out = vec![0, 0, 0x27, 0x0a];
        out.resize(100, 0);
        for (i, record) in records.iter().enumerate() {
            out.extend((i as u32 + 1).to_be_bytes());
            out.extend((record.len() as u32 / 2).to_be_bytes());
            out.extend(record);
        }
        out
    }

    fn point_record(x: f64, y: f64) -> Vec<u8> {
        [&1_i32.to_le_bytes()[..], &x.to_le_bytes(), &y.to_le_bytes()].concat()
    }

    fn polygon_record(rings: &[&[(f64, f64)]]) -> Vec<u8> {
        let mut out = 5_i32.to_le_bytes().to_vec();
        out.resize(36, 0);
        out.extend((rings.len() as u32).to_le_bytes());
        out.extend((rings.iter().map(|r| r.len() as u32).sum::<u32>()).to_le_bytes());
        let mut start = 0_u32;
        for ring in rings {
            out.extend(start.to_le_bytes());
            start += ring.len() as u32;
        }
        for (x, y) in rings.iter().flat_map(|r| r.iter()) {
            out.extend(x.to_le_bytes());
            out.extend(y.to_le_bytes());
        }
        out
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
    fn holes_find_their_outer_ring_whatever_the_order() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.shp");
        // Two clockwise squares, a hole in the second, and an island in that hole.
        let near: &[_] = &[(0.0, 0.0), (0.0, 10.0), (10.0, 10.0), (10.0, 0.0), (0.0, 0.0)];
        let hole: &[_] = &[(22.0, 2.0), (28.0, 2.0), (28.0, 8.0), (22.0, 8.0), (22.0, 2.0)];
        let far: &[_] = &[(20.0, 0.0), (20.0, 10.0), (30.0, 10.0), (30.0, 0.0), (20.0, 0.0)];
        let island: &[_] = &[(24.0, 4.0), (24.0, 6.0), (26.0, 6.0), (26.0, 4.0), (24.0, 4.0)];
        let turned: Vec<_> = near.iter().rev().copied().collect();
        fs::write(&path, shp(&[polygon_record(&[hole, near, far, island]), polygon_record(&[&turned])])).unwrap();
        let (_, batch) = get(&path, None, &[]).unwrap();
        let shapes = batch.geometry.into_vec();
        let Ok(Some(Geometry::MultiPolygon(polygons))) = &shapes[0] else { panic!("{shapes:?}") };
        let holes: Vec<usize> = polygons.0.iter().map(|p| p.interiors().len()).collect();
        assert_eq!(holes, [0, 1, 0]);
        // One ring alone is a polygon, whichever way round it goes.
        let square = polygon![(x: 0.0, y: 0.0), (x: 10.0, y: 0.0), (x: 10.0, y: 10.0), (x: 0.0, y: 10.0)];
        assert_eq!(shapes[1], Ok(Some(square.into())));
    }

    #[test]
    fn a_zip_is_read_with_its_table_projection_and_code_page() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.zip");
        let dbf = table(&[("KOD", b'C', 4, 0), ("NAMN", b'C', 9, 0)], &[b" 0180J\xf6nk     ", b" 0604x        "]);
        let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
        let shapes = shp(&[point_record(1.0, 2.0), vec![0; 4]]);
        let prj = br#"PROJCS["SWEREF99_TM",GEOGCS["GCS_SWEREF99"]]"#;
        for (name, bytes) in
            [("d/Nät.SHP", &shapes[..]), ("d/Nät.dbf", &dbf), ("d/Nät.PRJ", prj), ("d/Nät.cpg", b"1252")]
        {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        let mut again = zip.finish_into_readable().unwrap();
        let (description, batch) = get(&path, None, &["NAMN", "KOD"]).unwrap();
        assert_eq!(description.columns, ["KOD", "NAMN"]);
        assert_eq!(description.crs.known(), Some(Crs::Epsg(3006)));
        assert_eq!(batch.columns[0], Column::Text(vec![Some("Jönk"), Some("x")].into()));
        assert_eq!(batch.geometry.into_vec(), [Ok(Some(point!(x: 1.0, y: 2.0).into())), Ok(None)]);
        assert!(get(&path, Some("Nät"), &[]).is_ok());
        assert!(get(&path, Some("other"), &[]).unwrap_err().to_string().contains("d/Nät.SHP"));
        assert_eq!(again.by_name("d/Nät.dbf").unwrap().size(), dbf.len() as u64);
    }

    #[test]
    fn a_large_file_is_cut_between_records_with_those_of_its_table() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.shp");
        let points: Vec<Vec<u8>> = (0..70_000).map(|i| point_record(f64::from(i), 0.5)).collect();
        let cells: Vec<Vec<u8>> =
            (0..70_000).map(|i| format!("{}{i:6}", if i % 9_999 == 3 { '*' } else { ' ' }).into_bytes()).collect();
        let records: Vec<&[u8]> = cells.iter().map(Vec::as_slice).collect();
        fs::write(&path, shp(&points)).unwrap();
        fs::write(dir.path().join("a.dbf"), table(&[("N", b'N', 6, 0)], &records)).unwrap();
        let opened = crate::read::pieces(&path, &ReadOptions::default(), &["N".to_owned()], true).unwrap();
        assert_eq!((opened.len(), opened.rows_hint()), (2, Some(70_000)));
        let mut seen = 0;
        for piece in [1, 0] {
            let batch = opened.read(piece).unwrap();
            for (i, &row) in batch.rows.iter().enumerate() {
                assert_eq!(batch.columns[0].text(i).unwrap(), (row - 1).to_string());
                assert_eq!(batch.geometry.points().unwrap().easting()[i], f64::from(row - 1));
            }
            assert!(batch.malformed.iter().all(|(row, _)| (row - 1) % 9_999 == 3));
            seen += batch.rows.len() + batch.malformed.len();
        }
        assert_eq!(seen, 70_000);
    }

    #[test]
    fn missing_and_cut_files_are_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.shp");
        let whole = shp(&[point_record(1.0, 2.0), point_record(3.0, 4.0)]);
        fs::write(&path, &whole).unwrap();
        assert_eq!(get(&path, None, &[]).unwrap().1.rows, [1, 2]);
        assert!(get(&path, None, &["A"]).unwrap_err().to_string().contains("no .dbf"));
        fs::write(dir.path().join("a.dbf"), table(&[("A", b'N', 2, 0)], &[b" 12"])).unwrap();
        assert!(get(&path, None, &["A"]).unwrap_err().to_string().contains("ends before record 2"));
        fs::write(dir.path().join("a.dbf"), table(&[("A", b'N', 2, 0)], &[b" 12", b"*13"])).unwrap();
        let (_, batch) = get(&path, None, &["A"]).unwrap();
        assert_eq!(batch.columns, [Column::Integer(vec![Some(12)].into())]);
        assert_eq!(batch.malformed.iter().map(|m| m.0).collect::<Vec<_>>(), [2]);
        fs::write(&path, &whole[..whole.len() - 3]).unwrap();
        assert!(get(&path, None, &[]).unwrap_err().to_string().contains("after record 1"));
    }
}
