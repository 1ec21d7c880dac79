//! The table of figures, as it was written.

use std::{collections::HashMap, path::Path};

use nittio_core::{settlement::Settlement, unit::Unit};

use super::{Check, Manifest, check};
use crate::write::indicators::{ALL, COLUMNS};

/// The counts of a row, in the order of the columns; `None` where they are kept back.
pub(super) type Counts = [Option<u64>; 4];

pub(super) const NAMES: [&str; 4] = ["total", "covered", "missing", "unmatched"];

/// Where a row stands: level, code, settlement, category, profile, unit, measure.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key(pub(super) [String; 7]);

/// A row.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) key: Key,
    pub(super) name: String,
    pub(super) counts: Counts,
    pub(super) share: String,
}

/// All rows, in the order of the file.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    by_key: HashMap<Key, usize>,
}

impl Key {
    pub(super) fn unit(&self) -> &str {
        &self.0[5]
    }

    /// As a person would say it.
    pub(super) fn said(&self) -> String {
        self.0.join(" · ")
    }

    /// The same row but for one column.
    pub(super) fn with(&self, column: usize, text: &str) -> Self {
        let mut key = self.clone();
        text.clone_into(&mut key.0[column]);
        key
    }
}

impl Table {
    pub(super) fn of_csv(path: &Path) -> Result<Self, String> {
        let mut reader = csv::Reader::from_path(path).map_err(|e| e.to_string())?;
        if reader.headers().map_err(|e| e.to_string())?.iter().ne(COLUMNS) {
            return Err(format!("its columns are not {}", COLUMNS.join(", ")));
        }
        let mut rows = Vec::new();
        for (number, record) in reader.records().enumerate() {
            let record = record.map_err(|e| e.to_string())?;
            let text = |column: usize| record.get(column).unwrap_or_default().to_owned();
            let mut counts = [None; 4];
            for (count, column) in counts.iter_mut().zip(9..) {
                let text = text(column);
                let wrong = || format!("row {}: {text:?} is not a count", number + 2);
                *count = if text.is_empty() { None } else { Some(text.parse().map_err(|_| wrong())?) };
            }
            rows.push(Row { key: Key([1, 2, 4, 5, 6, 7, 8].map(text)), name: text(3), counts, share: text(13) });
        }
        Ok(Self::of(rows))
    }

    pub(super) fn of(rows: Vec<Row>) -> Self {
        let by_key = rows.iter().enumerate().map(|(number, row)| (row.key.clone(), number)).collect();
        Self { rows, by_key }
    }

    pub(super) fn find(&self, key: &Key) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Row> {
        self.find(key).map(|row| &self.rows[row])
    }

    /// The counts of a row as the public edition has them: places without a position are counted with those outside.
    pub(super) fn recoded(&self, key: &Key) -> Option<Counts> {
        let own = self.get(key)?.counts;
        let unknown = Some(key).filter(|key| key.0[2] == Settlement::Outside.key());
        let unknown = unknown.and_then(|key| self.get(&key.with(2, Settlement::Unknown.key())));
        Some(unknown.map_or(own, |more| std::array::from_fn(|i| Some(own[i]? + more.counts[i]?))))
    }

    /// Rows and shares are what their counts say.
    pub(super) fn adds_up(&self) -> Check {
        let mut problems = Vec::new();
        for (number, row) in self.rows.iter().enumerate() {
            let at = format!("indicators.csv, row {}", number + 2);
            let [total, covered, missing, unmatched] = row.counts;
            if let (Some(t), Some(c), Some(m), Some(u)) = (total, covered, missing, unmatched)
                && u128::from(t) != u128::from(c) + u128::from(m) + u128::from(u)
            {
                problems.push(format!("{at}: total is not covered + missing + unmatched"));
            }
            let share = match (covered, total) {
                (Some(covered), Some(total)) if total > 0 => crate::write::share_text(covered, total),
                _ => String::new(),
            };
            if share != row.share {
                problems.push(format!("{at}: the share is {:?}, and its counts say {share:?}", row.share));
            }
            let hidden = row.counts.iter().filter(|count| count.is_none()).count();
            if hidden == 1 && total.is_some() {
                problems.push(format!("{at}: one part alone is kept back, so the others give it away"));
            }
        }
        check("In indicators.csv parts add up to totals, and shares are of the counts beside them.", problems)
    }

    /// No count is small, nor what lies between two thresholds of speed.
    pub(super) fn is_without_small_counts(&self, manifest: &Manifest) -> Check {
        let mut problems = Vec::new();
        for (number, row) in self.rows.iter().enumerate() {
            let Some(enough) = manifest.enough(row.key.unit()) else { continue };
            let small = |count: u64| 0 < count && count < enough;
            for (count, name) in row.counts.iter().zip(NAMES) {
                if let Some(count) = count.filter(|&count| small(count)) {
                    let at = row.key.said();
                    problems.push(format!("indicators.csv, row {}: {name} is {count} ({at})", number + 2));
                }
            }
        }
        let most = manifest.threshold - 1;
        check(format!("No count in indicators.csv is from 1 to {most}."), problems)
    }
}

impl Manifest {
    /// The least count of a unit that may be shown, besides 0; `None` for weights of the study's own, which count nobody.
    pub(super) fn enough(&self, unit: &str) -> Option<u64> {
        if matches!(Unit::from(unit.to_owned()), Unit::Weight(_)) {
            return None;
        }
        let scale = self.value["unit_scales"].get(unit).and_then(serde_json::Value::as_u64).unwrap_or(1);
        Some(self.threshold.saturating_mul(scale))
    }
}

/// Whether a row is about everybody of its area.
pub(super) fn is_whole(key: &Key) -> bool {
    key.0[2] == ALL && key.0[3] == ALL
}
