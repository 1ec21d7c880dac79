//! Places along a curve, in order: what exceeds some memory goes to files without names and is merged at the end.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// How many records are held at a time: 16 MB.
const HELD: usize = 1 << 20;

/// A record's bytes: where it lies, and what is said of it.
pub(super) const RECORD: usize = 12;

/// Records under way.
pub(super) struct Sorted {
    folder: PathBuf,
    held: Vec<(u64, u32)>,
    most: usize,
    files: Vec<File>,
}

impl Sorted {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), held: Vec::new(), most: HELD, files: Vec::new() }
    }

    pub(super) fn add(&mut self, key: u64, look: u32) -> io::Result<()> {
        self.held.push((key, look));
        if self.held.len() < self.most {
            return Ok(());
        }
        self.held.sort_unstable();
        let mut file = BufWriter::with_capacity(1 << 18, tempfile::tempfile_in(&self.folder)?);
        for record in self.held.drain(..) {
            file.write_all(&bytes(record))?;
        }
        self.files.push(file.into_inner().map_err(io::IntoInnerError::into_error)?);
        Ok(())
    }

    /// Calls for every record in order.
    pub(super) fn each(&self, take: &mut dyn FnMut(&[u8; RECORD]) -> io::Result<()>) -> io::Result<()> {
        let mut held = self.held.clone();
        held.sort_unstable();
        let mut memory = held.into_iter();
        let mut files = Vec::new();
        for mut file in &self.files {
            file.seek(SeekFrom::Start(0))?;
            files.push(BufReader::with_capacity(1 << 18, file));
        }
        // The record that each source is at; memory is the last source.
        let mut heap = BinaryHeap::new();
        let mut next = |source: usize| match files.get_mut(source) {
            Some(file) => read(file),
            None => Ok(memory.next()),
        };
        for source in 0..=self.files.len() {
            heap.extend(next(source)?.map(|record| Reverse((record, source))));
        }
        while let Some(Reverse((first, source))) = heap.pop() {
            take(&bytes(first))?;
            heap.extend(next(source)?.map(|record| Reverse((record, source))));
        }
        Ok(())
    }
}

fn read(file: &mut impl Read) -> io::Result<Option<(u64, u32)>> {
    let mut bytes = [0; RECORD];
    match file.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(record(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

fn bytes((key, look): (u64, u32)) -> [u8; RECORD] {
    let mut bytes = [0; RECORD];
    bytes[..8].copy_from_slice(&key.to_le_bytes());
    bytes[8..].copy_from_slice(&look.to_le_bytes());
    bytes
}

/// Where it lies, and what is said of it.
pub(super) fn record(bytes: &[u8; RECORD]) -> (u64, u32) {
    let (mut key, mut look) = ([0; 8], [0; 4]);
    key.copy_from_slice(&bytes[..8]);
    look.copy_from_slice(&bytes[8..]);
    (u64::from_le_bytes(key), u32::from_le_bytes(look))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_in_order_whatever_fits_into_memory() {
        let given: Vec<(u64, u32)> = (0..1000u32).map(|n| (u64::from(n * 7_919 % 997), n % 3)).collect();
        let mut expected = given.clone();
        expected.sort_unstable();
        for most in [1, 7, 100, 5000] {
            let folder = tempfile::tempdir().unwrap();
            let mut sorted = Sorted { most, ..Sorted::new(folder.path()) };
            given.iter().for_each(|&(key, look)| sorted.add(key, look).unwrap());
            let mut found = Vec::new();
            let mut take = |bytes: &[u8; RECORD]| {
                found.push(record(bytes));
                Ok(())
            };
            sorted.each(&mut take).unwrap();
            assert_eq!(found, expected, "{most}");
        }
    }
}
