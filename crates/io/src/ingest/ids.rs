//! Ids that stand on several rows, found without keeping all ids in memory.
//!
//! Registers are mostly in the order of their ids. As long as ids rise within each batch, and no two batches reach into
//! each other, none can be there twice and nothing more is done. Otherwise the ids are read once more: their hashes
//! are sorted, a share of them at a time, and rows whose hashes are alike are compared by their ids themselves.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
    hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher},
    sync::Arc,
};

use nittio_core::{diagnostic::SourceRow, place::Ids};
use rayon::prelude::*;

use super::{
    Reading, StudyFileError,
    places::{Passed, PlaceFile},
};

/// Hashes that are held at a time, 16 bytes each.
const HASHES: u64 = 1 << 24;

/// From which id to which a batch goes.
#[derive(Debug, Clone)]
pub(super) struct IdRange {
    first: Box<str>,
    last: Box<str>,
    /// Whether each id is beyond the one before.
    rising: bool,
}

/// Rows whose id stands on an earlier row.
#[derive(Debug, Clone, Default)]
pub(super) struct Skipped {
    pub(super) rows: HashMap<SourceRow, Earlier>,
}

/// The row that has an id already.
#[derive(Debug, Clone)]
pub(super) struct Earlier {
    row: u32,
    file: Arc<str>,
}

impl fmt::Display for Earlier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the id stands on row {} of {} already; the first row is kept", self.row, self.file)
    }
}

/// Shorter ids first: the order of whole numbers, and as good as any other for texts.
fn order(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

impl IdRange {
    pub(super) fn of(ids: &Ids) -> Option<Self> {
        let last = ids.len().checked_sub(1)?;
        let rising = (0..last).all(|i| order(&ids[i], &ids[i + 1]) == Ordering::Less);
        Some(Self { first: ids[0].into(), last: ids[last].into(), rising })
    }
}

/// Whether the ranges alone show that no id is there twice.
fn all_distinct(ranges: &[IdRange]) -> bool {
    let mut ranges: Vec<&IdRange> = ranges.iter().collect();
    ranges.sort_by(|a, b| order(&a.first, &b.first));
    ranges.iter().all(|range| range.rising)
        && ranges.windows(2).all(|pair| order(&pair[0].last, &pair[1].first) == Ordering::Less)
}

/// The rows whose id stands on an earlier row, in the order of files and rows.
pub(super) fn skipped(
    reading: &Reading<'_>,
    files: &[PlaceFile<'_>],
    passed: &Passed,
) -> Result<Skipped, StudyFileError> {
    if all_distinct(&passed.ids) {
        return Ok(Skipped::default());
    }
    let shares = passed.places.div_ceil(HASHES).max(1);
    let mut suspects: HashSet<SourceRow> = HashSet::new();
    for share in 0..shares {
        let mut hashes: Vec<(u64, SourceRow)> = Vec::new();
        each_id(files, |row, id| {
            let hash = BuildHasherDefault::<DefaultHasher>::new().hash_one(id);
            if hash % shares == share {
                hashes.push((hash, row));
            }
        })?;
        hashes.par_sort_unstable();
        suspects
            .extend(hashes.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1).flatten().map(|&(_, row)| row));
    }
    let mut skipped = Skipped::default();
    if suspects.is_empty() {
        return Ok(skipped);
    }
    let mut rows: BTreeMap<Box<str>, Vec<SourceRow>> = BTreeMap::new();
    each_id(files, |row, id| {
        if suspects.contains(&row) {
            rows.entry(id.into()).or_default().push(row);
        }
    })?;
    let inputs = reading.inputs();
    let names: Vec<Arc<str>> = inputs.iter().map(|input| input.path.as_str().into()).collect();
    for mut rows in rows.into_values() {
        rows.sort_unstable();
        let Some((first, others)) = rows.split_first() else { continue };
        let earlier = Earlier { row: first.row, file: Arc::clone(&names[usize::from(first.source)]) };
        skipped.rows.extend(others.iter().map(|&row| (row, earlier.clone())));
    }
    Ok(skipped)
}

/// Which of some ids places have.
pub(super) fn among(
    files: &[PlaceFile<'_>],
    mut wanted: HashMap<Box<str>, bool>,
) -> Result<HashSet<Box<str>>, StudyFileError> {
    if !wanted.is_empty() {
        each_id(files, |_, id| {
            if let Some(there) = wanted.get_mut(id) {
                *there = true;
            }
        })?;
    }
    Ok(wanted.into_iter().filter(|&(_, there)| there).map(|(id, _)| id).collect())
}

/// Calls for every row that has an id, file after file and row after row.
fn each_id(files: &[PlaceFile<'_>], mut found: impl FnMut(SourceRow, &str)) -> Result<(), StudyFileError> {
    for file in files {
        file.source.look(&[file.id], |batch| {
            for (i, &row) in batch.rows.iter().enumerate() {
                let id = batch.columns[0].text(i);
                if let Some(id) = id.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
                    found(SourceRow { source: file.source.number, row }, id);
                }
            }
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(ids: &[&str]) -> IdRange {
        IdRange::of(&ids.iter().collect::<Ids>()).unwrap_or_else(|| unreachable!("there are ids"))
    }

    #[test]
    fn rising_ids_need_no_second_look_and_others_do() {
        assert!(all_distinct(&[range(&["1", "9", "10"]), range(&["200", "201"]), range(&["11"])]));
        assert!(!all_distinct(&[range(&["1", "9", "10"]), range(&["10", "11"])]), "twice, in two batches");
        assert!(!all_distinct(&[range(&["1", "3"]), range(&["2", "4"])]), "batches that reach into each other");
        assert!(!all_distinct(&[range(&["2", "1"])]), "falling");
        assert!(!all_distinct(&[range(&["2", "2"])]), "twice, in one batch");
        assert!(all_distinct(&[]));
    }
}
