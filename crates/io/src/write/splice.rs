//! A Parquet file put together from others: some columns of some row groups of an earlier one anew, everything else copied as
//! it lies; or row groups that several threads have made, each in a file of its own.
//!
//! What a column of a row group is written to depends on nothing else in the file but where it stands, so a file that is
//! put together here has the bytes that writing it whole would have given.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write},
    ops::Range,
};

use super::thrift::Value;

const MAGIC: &[u8] = b"PAR1";

/// The numbers of the fields that are read or changed, struct by struct.
mod fields {
    pub(super) const ROWS: i16 = 3;
    pub(super) const ROW_GROUPS: i16 = 4;
    pub(super) mod group {
        pub(in super::super) const COLUMNS: i16 = 1;
        pub(in super::super) const BYTES: i16 = 2;
        pub(in super::super) const ROWS: i16 = 3;
        pub(in super::super) const OFFSET: i16 = 5;
        pub(in super::super) const COMPRESSED: i16 = 6;
        pub(in super::super) const ORDINAL: i16 = 7;
    }
    pub(super) mod column {
        pub(in super::super) const OFFSET: i16 = 2;
        pub(in super::super) const META: i16 = 3;
        pub(in super::super) const OFFSET_INDEX: [i16; 2] = [4, 5];
        pub(in super::super) const COLUMN_INDEX: [i16; 2] = [6, 7];
    }
    pub(super) mod meta {
        pub(in super::super) const UNCOMPRESSED: i16 = 6;
        pub(in super::super) const COMPRESSED: i16 = 7;
        pub(in super::super) const DATA: i16 = 9;
        pub(in super::super) const DICTIONARY: i16 = 11;
    }
    pub(super) mod index {
        pub(in super::super) const PAGES: i16 = 1;
        pub(in super::super) const OFFSET: i16 = 1;
    }
}
use fields::{ROW_GROUPS, ROWS, column, group, index, meta};

/// A Parquet file, its footer read.
pub(super) struct Parts {
    bytes: Source,
    footer: Value,
}

enum Source {
    File(File),
    Memory(Vec<u8>),
}

/// A column of a row group.
struct Column {
    /// What the footer says of it.
    about: Value,
    pages: Vec<u8>,
    column_index: Option<Vec<u8>>,
    offset_index: Value,
}

fn damaged() -> io::Error {
    io::Error::other("it is not a Parquet file that nittio wrote")
}

impl Source {
    fn read(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let length =
            usize::try_from(range.end.checked_sub(range.start).ok_or_else(damaged)?).map_err(io::Error::other)?;
        match self {
            Self::Memory(bytes) => {
                let start = usize::try_from(range.start).map_err(io::Error::other)?;
                let end = start.checked_add(length).ok_or_else(damaged)?;
                Ok(bytes.get(start..end).ok_or_else(damaged)?.to_vec())
            }
            Self::File(file) => {
                let mut file = file;
                file.seek(SeekFrom::Start(range.start))?;
                let mut bytes = Vec::new();
                file.take(length as u64).read_to_end(&mut bytes)?;
                if bytes.len() == length { Ok(bytes) } else { Err(damaged()) }
            }
        }
    }
}

impl Parts {
    /// Opens a file.
    pub(super) fn open(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Self::of(Source::File(file), length)
    }

    /// A file in memory.
    pub(super) fn of_bytes(bytes: Vec<u8>) -> io::Result<Self> {
        let length = bytes.len() as u64;
        Self::of(Source::Memory(bytes), length)
    }

    fn of(bytes: Source, length: u64) -> io::Result<Self> {
        let end = length.checked_sub(8).ok_or_else(damaged)?;
        let tail = bytes.read(end..length)?;
        let [a, b, c, d, magic @ ..] = tail.as_slice() else { return Err(damaged()) };
        let start = end.checked_sub(u64::from(u32::from_le_bytes([*a, *b, *c, *d]))).ok_or_else(damaged)?;
        let footer = bytes.read(start..end)?;
        let (footer, _) = Value::read(&footer).filter(|_| magic == MAGIC).ok_or_else(damaged)?;
        Ok(Self { bytes, footer })
    }

    fn groups(&self) -> &[Value] {
        self.footer.list(ROW_GROUPS).unwrap_or_default()
    }

    /// How many rows each row group has.
    pub(super) fn rows(&self) -> Option<Vec<usize>> {
        self.groups().iter().map(|g| usize::try_from(g.integer(group::ROWS)?).ok()).collect()
    }

    fn column(&self, about: &Value) -> io::Result<Column> {
        let number = |value: &Value, field: i16| u64::try_from(value.integer(field)?).ok();
        let part = |[at, length]: [i16; 2]| {
            let at = number(about, at)?;
            Some(at..at.checked_add(number(about, length)?)?)
        };
        let found = || {
            let said = about.field(column::META)?;
            let start = number(said, meta::DICTIONARY).or_else(|| number(said, meta::DATA))?;
            Some((start..start.checked_add(number(said, meta::COMPRESSED)?)?, part(column::OFFSET_INDEX)?))
        };
        let (pages, offsets) = found().ok_or_else(damaged)?;
        let offsets = self.bytes.read(offsets)?;
        Ok(Column {
            pages: self.bytes.read(pages)?,
            column_index: part(column::COLUMN_INDEX).map(|range| self.bytes.read(range)).transpose()?,
            offset_index: Value::read(&offsets).ok_or_else(damaged)?.0,
            about: about.clone(),
        })
    }
}

/// Columns of a row group that take the place of those that are there.
pub(super) struct Replacement {
    /// The number of the first of them.
    pub(super) first: usize,
    /// A file with one row group that has just these columns.
    pub(super) columns: Parts,
}

/// Writes a file as `old` is, with columns replaced: `next` is called for each row group in order.
pub(super) fn splice(
    out: impl Write,
    old: &Parts,
    mut next: impl FnMut(usize) -> io::Result<Option<Replacement>>,
) -> io::Result<()> {
    let mut file = Assembly::begin(out, &old.footer)?;
    for (number, whole) in old.groups().iter().enumerate() {
        let replacement = next(number)?;
        let replaced = replacement.as_ref().map(|replacement| {
            let columns = replacement.columns.groups().first().and_then(|group| group.list(group::COLUMNS));
            (replacement.first, columns.unwrap_or_default(), &replacement.columns)
        });
        file.add(whole.clone(), |place, about| {
            let anew =
                replaced.and_then(|(first, columns, from)| Some((columns.get(place.checked_sub(first)?)?, from)));
            let (said, from) = anew.unwrap_or((about, old));
            from.column(said)
        })?;
    }
    file.end()
}

/// A file that row groups are put into one after the other.
pub(super) struct Assembly<W> {
    out: W,
    at: u64,
    /// Without row groups until the end.
    footer: Value,
    groups: Vec<Value>,
    /// Shape: group × column.
    indexes: Vec<Vec<(Option<Vec<u8>>, Value)>>,
}

impl<W: Write> Assembly<W> {
    /// A file with the columns of another.
    pub(super) fn like(out: W, other: &Parts) -> io::Result<Self> {
        Self::begin(out, &other.footer)
    }

    fn begin(mut out: W, footer: &Value) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        let mut footer = footer.clone();
        footer.list_mut(ROW_GROUPS).ok_or_else(damaged)?.clear();
        Ok(Self { out, at: MAGIC.len() as u64, footer, groups: Vec::new(), indexes: Vec::new() })
    }

    /// Adds the row groups of a file that has the same columns.
    pub(super) fn append(&mut self, other: &Parts) -> io::Result<()> {
        other.groups().iter().try_for_each(|group| self.add(group.clone(), |_, about| other.column(about)))
    }

    fn add(&mut self, mut whole: Value, find: impl Fn(usize, &Value) -> io::Result<Column>) -> io::Result<()> {
        let columns = whole.list_mut(group::COLUMNS).ok_or_else(damaged)?;
        let mut of_group = Vec::with_capacity(columns.len());
        let (mut bytes, mut compressed, mut offset) = (0, 0, None);
        for (place, about) in columns.iter_mut().enumerate() {
            let mut found = find(place, about)?;
            found.put(self.at).ok_or_else(damaged)?;
            let said = found.about.field(column::META).ok_or_else(damaged)?;
            bytes += said.integer(meta::UNCOMPRESSED).ok_or_else(damaged)?;
            compressed += said.integer(meta::COMPRESSED).ok_or_else(damaged)?;
            offset = offset.or_else(|| said.integer(meta::DICTIONARY)).or_else(|| said.integer(meta::DATA));
            let mut behind = Vec::new();
            said.write(&mut behind);
            self.out.write_all(&found.pages)?;
            self.out.write_all(&behind)?;
            self.at += (found.pages.len() + behind.len()) as u64;
            *about = found.about;
            of_group.push((found.column_index, found.offset_index));
        }
        whole.set(group::BYTES, bytes);
        whole.set(group::COMPRESSED, compressed);
        whole.set(group::OFFSET, offset.ok_or_else(damaged)?);
        whole.set(group::ORDINAL, i64::try_from(self.groups.len()).map_err(io::Error::other)?);
        self.groups.push(whole);
        self.indexes.push(of_group);
        Ok(())
    }

    /// Writes what stands behind the last row group.
    pub(super) fn end(mut self) -> io::Result<()> {
        let indexes = std::mem::take(&mut self.indexes);
        self.put_indexes(column::COLUMN_INDEX, &|g, c| indexes[g][c].0.clone())?;
        self.put_indexes(column::OFFSET_INDEX, &|g, c| {
            let mut bytes = Vec::new();
            indexes[g][c].1.write(&mut bytes);
            Some(bytes)
        })?;
        let rows = self.groups.iter().filter_map(|group| group.integer(group::ROWS)).sum();
        self.footer.set(ROWS, rows);
        *self.footer.list_mut(ROW_GROUPS).ok_or_else(damaged)? = self.groups;
        let mut end = Vec::new();
        self.footer.write(&mut end);
        end.extend(u32::try_from(end.len()).map_err(io::Error::other)?.to_le_bytes());
        end.extend(MAGIC);
        self.out.write_all(&end)
    }

    fn put_indexes(&mut self, fields: [i16; 2], bytes: &dyn Fn(usize, usize) -> Option<Vec<u8>>) -> io::Result<()> {
        for (g, whole) in self.groups.iter_mut().enumerate() {
            for (c, about) in whole.list_mut(group::COLUMNS).ok_or_else(damaged)?.iter_mut().enumerate() {
                let Some(bytes) = bytes(g, c) else { continue };
                self.out.write_all(&bytes)?;
                about.set(fields[0], i64::try_from(self.at).map_err(io::Error::other)?);
                about.set(fields[1], i64::try_from(bytes.len()).map_err(io::Error::other)?);
                self.at += bytes.len() as u64;
            }
        }
        Ok(())
    }
}

impl Column {
    /// Says everywhere that its pages begin at another place of the file.
    fn put(&mut self, at: u64) -> Option<()> {
        let said = self.about.field_mut(column::META)?;
        let was = said.integer(meta::DICTIONARY).or_else(|| said.integer(meta::DATA))?;
        let by = i64::try_from(at).ok()? - was;
        for field in [meta::DICTIONARY, meta::DATA] {
            if let Some(was) = said.integer(field) {
                said.set(field, was + by);
            }
        }
        let end = said.integer(meta::DATA)? + said.integer(meta::COMPRESSED)?;
        self.about.set(column::OFFSET, end);
        for page in self.offset_index.list_mut(index::PAGES)? {
            let was = page.integer(index::OFFSET)?;
            page.set(index::OFFSET, was + by);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{
        Column, DataFrame, DataType, IntoSeries as _, ListBuilderTrait as _, ListPrimitiveChunkedBuilder,
        NamedFrom as _, Series, UInt32Type,
    };

    use super::*;
    use crate::write::parquet;

    /// So many rows of a text, numbers, some of them missing, and lists; the last two depend on `change`.
    fn frame(rows: u32, first: u32, change: u32) -> DataFrame {
        let all = || first..first + rows;
        let mut lists = ListPrimitiveChunkedBuilder::<UInt32Type>::new("list".into(), 1, 1, DataType::UInt32);
        for n in all() {
            let list: Vec<u32> = (0..n % 4).map(|k| k * change).collect();
            lists.append_opt_slice((n % 7 > 0).then_some(&list));
        }
        let text: Vec<String> = all().map(|n| format!("å{}", n * 37 % 1000)).collect();
        let real: Vec<Option<f64>> = all().map(|n| (n % 5 > 0).then(|| f64::from(n % 9 * change) / 4.0)).collect();
        let whole: Vec<i64> = all().map(|n| i64::from(n % 3)).collect();
        let columns = [
            Series::new("text".into(), text),
            Series::new("real".into(), real),
            lists.finish().into_series(),
            Series::new("whole".into(), whole),
        ];
        DataFrame::new(rows as usize, columns.into_iter().map(Column::from).collect()).unwrap()
    }

    fn file(frames: &[DataFrame]) -> Vec<u8> {
        let mut bytes = Vec::new();
        parquet::write(&mut bytes, &frames[0].clear(), |write| frames.iter().try_for_each(write)).unwrap();
        bytes
    }

    /// Three row groups, of which the last is shorter; some of them are changed.
    fn frames(changes: [u32; 3]) -> Vec<DataFrame> {
        let groups = [(50_000, 0), (50_000, 50_000), (17, 100_000)];
        groups.into_iter().zip(changes).map(|((rows, first), change)| frame(rows, first, change)).collect()
    }

    fn spliced(old: &[u8], new: &[DataFrame], changed: [bool; 3]) -> Vec<u8> {
        let old = Parts::of_bytes(old.to_vec()).unwrap();
        assert_eq!(old.rows(), Some(vec![50_000, 50_000, 17]));
        let mut out = Vec::new();
        splice(&mut out, &old, |group| {
            if !changed[group] {
                return Ok(None);
            }
            let columns = file(&[new[group].select(["real", "list"]).unwrap()]);
            Ok(Some(Replacement { first: 1, columns: Parts::of_bytes(columns)? }))
        })
        .unwrap();
        out
    }

    #[test]
    fn a_spliced_file_has_the_bytes_of_one_that_is_written_whole() {
        let old = file(&frames([1, 1, 1]));
        for changes in [[1, 1, 1], [1, 2, 1], [300, 1, 1], [1, 1, 0], [70_000, 0, 9]] {
            let new = frames(changes);
            assert!(spliced(&old, &new, changes.map(|change| change != 1)) == file(&new), "{changes:?}");
        }
    }

    #[test]
    fn row_groups_from_files_of_their_own_make_the_bytes_of_one_file() {
        let frames = frames([1, 70_000, 0]);
        for count in 0..=frames.len() {
            let mut out = Vec::new();
            let empty = Parts::of_bytes(file(&[frames[0].clear()])).unwrap();
            let mut assembly = Assembly::like(&mut out, &empty).unwrap();
            for frame in &frames[..count] {
                assembly.append(&Parts::of_bytes(file(std::slice::from_ref(frame))).unwrap()).unwrap();
            }
            assembly.end().unwrap();
            let whole = if count == 0 { file(&[frames[0].clear()]) } else { file(&frames[..count]) };
            assert!(out == whole, "{count} row groups");
        }
    }

    #[test]
    fn what_is_no_parquet_file_is_refused() {
        let bytes = file(&frames([1, 1, 1]));
        for end in [0, 7, 100, bytes.len() - 1] {
            assert!(Parts::of_bytes(bytes[..end].to_vec()).is_err(), "{end}");
        }
    }
}
