//! Sorting more places than fit into memory: runs of them go to a temporary file and are merged at the end.

use std::{
    cmp::Ordering,
    fs::File,
    io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use nittio_core::place::Places;

/// One place as `places.parquet` has it, but for what its kind says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlaceRow<'a> {
    /// The place's id.
    pub id: &'a str,
    /// Easting; not a number when it has no position.
    pub easting: f64,
    /// Northing; not a number when it has no position.
    pub northing: f64,
    /// The number of its category.
    pub category: u16,
    /// What it is called; empty when it has no name.
    pub name: &'a str,
    /// The number of its kind.
    pub kind: u32,
    /// One value per unit other than places.
    pub units: &'a [u64],
}

/// Places on their way into the order of their ids, by bytes. Ids are distinct.
#[derive(Debug)]
pub struct Sorter {
    folder: PathBuf,
    /// Bytes of rows held in memory before they go to a file.
    budget: usize,
    units: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    runs: Vec<Run>,
    bytes: usize,
    files: Vec<File>,
    /// What all ids begin with, once there are some.
    beginning: Option<Box<[u8]>>,
}

impl Held {
    /// Notes that more ids begin with this.
    fn begin_with(&mut self, beginning: &[u8]) {
        let alike = self.beginning.as_ref().map_or(beginning.len(), |known| common(known, beginning));
        self.beginning = Some(beginning[..alike].into());
    }

    /// How many bytes all ids begin with alike.
    fn alike(&self) -> usize {
        self.beginning.as_ref().map_or(0, |known| known.len())
    }
}

/// Rows in order.
#[derive(Debug, Default)]
struct Run {
    bytes: Vec<u8>,
    /// Where each row starts, in order; empty when the rows stand in order themselves.
    starts: Vec<u32>,
}

/// Length of an id, easting, northing, kind, category, length of a name.
const HEAD: usize = 4 + 8 + 8 + 4 + 2 + 2;

impl Sorter {
    /// A sorter of places with so many units besides places, that puts what exceeds `budget` bytes into `folder`.
    #[must_use]
    pub fn new(folder: &Path, budget: usize, units: usize) -> Self {
        Self { folder: folder.to_owned(), budget, units, held: Mutex::default() }
    }

    /// Adds places with their kinds. Any number of threads may.
    ///
    /// # Errors
    /// When a temporary file cannot be written.
    pub fn add(&self, places: &Places, kinds: &[u32]) -> io::Result<()> {
        if places.is_empty() {
            return Ok(());
        }
        let id = |place: u32| places.ids[place as usize].as_bytes();
        let first = id(0);
        let alike = places.ids.iter().fold(first.len(), |alike, id| common(&first[..alike], id.as_bytes()));
        let keyed = |place: u32| (key(id(place), alike), place);
        let mut order: Vec<(u64, u32)> = (0..u32::try_from(places.len()).unwrap_or(u32::MAX)).map(keyed).collect();
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| id(a.1).cmp(id(b.1))));
        let mut run = Run::default();
        for (_, place) in order {
            let place = place as usize;
            let id = &places.ids[place];
            run.starts.push(u32::try_from(run.bytes.len()).unwrap_or(u32::MAX));
            run.bytes.extend_from_slice(&u32::try_from(id.len()).unwrap_or(u32::MAX).to_le_bytes());
            run.bytes.extend_from_slice(&places.easting[place].to_le_bytes());
            run.bytes.extend_from_slice(&places.northing[place].to_le_bytes());
            run.bytes.extend_from_slice(&kinds[place].to_le_bytes());
            run.bytes.extend_from_slice(&places.category[place].to_le_bytes());
            let name = if places.names.is_empty() { "" } else { name_of(&places.names[place]) };
            run.bytes.extend_from_slice(&u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
            run.bytes.extend_from_slice(id.as_bytes());
            run.bytes.extend_from_slice(name.as_bytes());
            for unit in &places.units {
                run.bytes.extend_from_slice(&unit.values[place].to_le_bytes());
            }
        }
        let full = {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            held.bytes += run.bytes.len();
            held.runs.push(run);
            held.begin_with(&first[..alike]);
            (held.bytes > self.budget).then(|| {
                held.bytes = 0;
                (std::mem::take(&mut held.runs), held.alike())
            })
        };
        if let Some((runs, alike)) = full {
            let file = self.spill(runs, alike)?;
            self.held.lock().unwrap_or_else(PoisonError::into_inner).files.push(file);
        }
        Ok(())
    }

    /// Writes runs as one to a file that has no name, so that nothing is left of it whatever happens.
    fn spill(&self, runs: Vec<Run>, alike: usize) -> io::Result<File> {
        let mut file = BufWriter::with_capacity(1 << 18, tempfile::tempfile_in(&self.folder)?);
        let sources = runs.into_iter().map(Source::of).collect();
        merge(sources, self.units, alike, &mut |row| file.write_all(row.bytes))?;
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }

    /// Calls for every place in order.
    ///
    /// # Errors
    /// When a temporary file cannot be read, or the call fails.
    pub fn each(self, take: &mut dyn FnMut(PlaceRow<'_>) -> io::Result<()>) -> io::Result<()> {
        let held = self.held.into_inner().unwrap_or_else(PoisonError::into_inner);
        let alike = held.alike();
        let memory = held.runs.into_iter().map(Source::of);
        let files = held.files.into_iter().map(Source::of_file);
        let mut units = vec![0; self.units];
        merge(memory.chain(files).collect(), self.units, alike, &mut |row| {
            for (unit, bytes) in units.iter_mut().zip(row.units().as_chunks().0) {
                *unit = u64::from_le_bytes(*bytes);
            }
            let id = std::str::from_utf8(row.id()).map_err(io::Error::other)?;
            let name = std::str::from_utf8(row.name()).map_err(io::Error::other)?;
            let number = |at: usize| f64::from_le_bytes(row.array(at));
            take(PlaceRow {
                id,
                name,
                easting: number(4),
                northing: number(12),
                kind: u32::from_le_bytes(row.array(20)),
                category: u16::from_le_bytes(row.array(24)),
                units: &units,
            })
        })
    }
}

/// A name as far as there is room for it.
fn name_of(name: &str) -> &str {
    &name[..name.floor_char_boundary(usize::from(u16::MAX))]
}

/// A row as its bytes.
#[derive(Debug, Clone, Copy)]
struct RawRow<'a> {
    bytes: &'a [u8],
}

impl<'a> RawRow<'a> {
    fn id(self) -> &'a [u8] {
        &self.bytes[HEAD..HEAD + id_len(self.bytes)]
    }

    fn name(self) -> &'a [u8] {
        let start = HEAD + id_len(self.bytes);
        &self.bytes[start..start + name_len(self.bytes)]
    }

    fn units(self) -> &'a [u8] {
        &self.bytes[HEAD + id_len(self.bytes) + name_len(self.bytes)..]
    }

    fn array<const N: usize>(self, at: usize) -> [u8; N] {
        let mut array = [0; N];
        array.copy_from_slice(&self.bytes[at..at + N]);
        array
    }
}

/// Where sorted rows come from, at one of them.
enum Source {
    /// `next` is the number of the row after the one that it is at.
    Memory {
        run: Run,
        next: usize,
    },
    File {
        file: BufReader<File>,
        row: Vec<u8>,
    },
}

impl Source {
    fn of(run: Run) -> Self {
        Self::Memory { run, next: 0 }
    }

    fn of_file(file: File) -> Self {
        Self::File { file: BufReader::with_capacity(1 << 18, file), row: Vec::new() }
    }

    /// Goes to the next row; `false` at the end.
    fn advance(&mut self, units: usize) -> io::Result<bool> {
        match self {
            Self::Memory { run, next } => {
                *next += 1;
                Ok(*next <= run.starts.len())
            }
            Self::File { file, row } => {
                row.resize(HEAD, 0);
                match file.read_exact(row) {
                    Ok(()) => {}
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
                    Err(error) => return Err(error),
                }
                row.resize(row_len(row, units), 0);
                file.read_exact(&mut row[HEAD..])?;
                Ok(true)
            }
        }
    }

    /// The row that it is at.
    fn row(&self, units: usize) -> RawRow<'_> {
        match self {
            Self::Memory { run, next } => {
                let bytes = &run.bytes[run.starts[next - 1] as usize..];
                RawRow { bytes: &bytes[..row_len(bytes, units)] }
            }
            Self::File { row, .. } => RawRow { bytes: row },
        }
    }
}

fn id_len(row: &[u8]) -> usize {
    row.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize)
}

fn name_len(row: &[u8]) -> usize {
    row.get(HEAD - 2..HEAD).and_then(<[u8]>::first_chunk).map_or(0, |bytes| usize::from(u16::from_le_bytes(*bytes)))
}

fn row_len(row: &[u8], units: usize) -> usize {
    HEAD + id_len(row) + name_len(row) + units * 8
}

/// With how many bytes both begin alike.
fn common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// Eight bytes of an id that come after what all ids begin with: where these differ, the order is theirs.
fn key(id: &[u8], alike: usize) -> u64 {
    let mut bytes = [0; 8];
    for (byte, &of_id) in bytes.iter_mut().zip(id.get(alike..).unwrap_or_default()) {
        *byte = of_id;
    }
    u64::from_be_bytes(bytes)
}

/// Calls for every row of sorted sources in order; all ids begin with `alike` bytes that are the same.
fn merge(
    mut sources: Vec<Source>,
    units: usize,
    alike: usize,
    take: &mut dyn FnMut(RawRow<'_>) -> io::Result<()>,
) -> io::Result<()> {
    // The key of the row that a source is at, and the source.
    let mut heap: Vec<(u64, usize)> = Vec::with_capacity(sources.len());
    for (number, source) in sources.iter_mut().enumerate() {
        if source.advance(units)? {
            heap.push((key(source.row(units).id(), alike), number));
        }
    }
    let before = |sources: &[Source], a: (u64, usize), b: (u64, usize)| match a.0.cmp(&b.0) {
        Ordering::Equal => sources[a.1].row(units).id() < sources[b.1].row(units).id(),
        order => order == Ordering::Less,
    };
    for start in (0..heap.len() / 2).rev() {
        sift(&mut heap, start, |a, b| before(&sources, a, b));
    }
    while let Some(first) = heap.first_mut() {
        let source = &mut sources[first.1];
        take(source.row(units))?;
        if source.advance(units)? {
            first.0 = key(source.row(units).id(), alike);
        } else {
            heap.swap_remove(0);
        }
        sift(&mut heap, 0, |a, b| before(&sources, a, b));
    }
    Ok(())
}

/// Lets the element at `at` sink until none below it goes before it.
fn sift<T: Copy>(heap: &mut [T], mut at: usize, before: impl Fn(T, T) -> bool) {
    loop {
        let mut child = 2 * at + 1;
        if child >= heap.len() {
            return;
        }
        if child + 1 < heap.len() && before(heap[child + 1], heap[child]) {
            child += 1;
        }
        if !before(heap[child], heap[at]) {
            return;
        }
        heap.swap(child, at);
        at = child;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use nittio_core::{diagnostic::SourceRow, place::UnitColumn, unit::Unit};

    use super::*;

    /// Places whose values follow from a number, in a scrambled order of numbers.
    fn places(numbers: impl Iterator<Item = u32>) -> (Places, Vec<u32>) {
        let numbers: Vec<u32> = numbers.collect();
        let places = Places {
            names: numbers.iter().map(|n| if n % 5 == 0 { String::new() } else { format!("Skolan nr {n}") }).collect(),
            ids: numbers.iter().map(|n| format!("å{n}")).collect(),
            easting: numbers.iter().map(|&n| f64::from(n) / 4.0).collect(),
            northing: numbers.iter().map(|&n| if n % 7 == 0 { f64::NAN } else { f64::from(n) }).collect(),
            category: numbers.iter().map(|&n| u16::try_from(n % 3).unwrap()).collect(),
            units: [1, 2]
                .map(|k| UnitColumn {
                    unit: Unit::Weight(format!("w{k}")),
                    values: numbers.iter().map(|&n| u64::from(n) * k).collect(),
                })
                .into(),
            codes: Vec::new(),
            origin: vec![SourceRow { source: 0, row: 0 }; numbers.len()],
        };
        let kinds = numbers.iter().map(|n| n + 5).collect();
        (places, kinds)
    }

    #[test]
    fn rows_come_in_the_order_of_ids_whatever_fits_into_memory() {
        let count = 3_000u32;
        let mut expected: Vec<(String, u32)> = (0..count).map(|n| (format!("å{n}"), n)).collect();
        expected.sort();
        for budget in [0, 10_000, 1 << 30] {
            let folder = tempfile::tempdir().unwrap();
            let sorter = Sorter::new(folder.path(), budget, 2);
            for batch in 0..30 {
                let (places, kinds) = places((0..100).map(|i| (batch * 100 + i) * 1_009 % count));
                sorter.add(&places, &kinds).unwrap();
            }
            let mut rows = Vec::new();
            sorter
                .each(&mut |row| {
                    let n = row.kind - 5;
                    assert_eq!((row.easting, u32::from(row.category)), (f64::from(n) / 4.0, n % 3));
                    assert!(if n % 7 == 0 { row.northing.is_nan() } else { row.northing == f64::from(n) });
                    assert_eq!(row.name, if n % 5 == 0 { String::new() } else { format!("Skolan nr {n}") });
                    assert_eq!(row.units, &[u64::from(n), u64::from(n) * 2]);
                    rows.push((row.id.to_owned(), n));
                    Ok(())
                })
                .unwrap();
            assert!(rows == expected, "budget {budget}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
        }
    }

    #[test]
    fn ids_that_begin_alike_or_end_within_each_other_keep_the_order_of_their_bytes() {
        let long = "SE-0123456789".to_owned();
        let mut ids: Vec<String> =
            ["", "\0", "\0\0", "0", "01234567", "012345678", "01234567\0", "å", "Å", "12345678x"]
                .map(String::from)
                .into();
        ids.extend((0..200).map(|n: u32| (n * 7_919 % 1_000).to_string()));
        for beginning in ["", "S", &long] {
            let mut expected: Vec<String> = ids.iter().map(|id| format!("{beginning}{id}")).collect();
            for budget in [0, 1 << 20] {
                let folder = tempfile::tempdir().unwrap();
                let sorter = Sorter::new(folder.path(), budget, 0);
                for some in expected.rchunks(9) {
                    let count = some.len();
                    let places = Places {
                        ids: some.iter().collect(),
                        names: nittio_core::place::Ids::default(),
                        easting: vec![0.0; count],
                        northing: vec![0.0; count],
                        category: vec![0; count],
                        units: Vec::new(),
                        codes: Vec::new(),
                        origin: vec![SourceRow { source: 0, row: 0 }; count],
                    };
                    sorter.add(&places, &vec![0; count]).unwrap();
                }
                let mut rows = Vec::new();
                sorter
                    .each(&mut |row| {
                        rows.push(row.id.to_owned());
                        Ok(())
                    })
                    .unwrap();
                expected.sort();
                assert!(rows == expected, "{beginning:?}, budget {budget}");
            }
        }
    }
}
