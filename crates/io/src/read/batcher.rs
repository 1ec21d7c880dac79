//! Rows gathered into batches, and columns that find their type on the way.

use std::{borrow::Cow, path::Path};

use geo::Geometry;

use super::{Batch, Column, ReadError};

/// Rows in a batch.
pub(super) const BATCH_ROWS: usize = 65_536;

/// Whole numbers beyond this are not exact as floating point.
const EXACT: u64 = 1 << 53;

/// The geometry of one row: none, some, or why it cannot be read.
pub(super) type RowGeometry = Result<Option<Geometry>, String>;

/// What the caller of `read` asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) columns: &'a [String],
    pub(super) geometry: bool,
}

impl Wanted<'_> {
    /// Where the wanted columns stand among those that are there.
    pub(super) fn positions(&self, path: &Path, there: &[String]) -> Result<Vec<usize>, ReadError> {
        let position = |column: &String| {
            there.iter().position(|c| c == column).ok_or_else(|| ReadError::NoColumn {
                path: path.to_owned(),
                column: column.clone(),
                columns: there.to_vec(),
            })
        };
        self.columns.iter().map(position).collect()
    }
}

/// One value on its way into a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Text(Cow<'a, str>),
    Integer(i64),
    Real(f64),
    Flag(bool),
}

/// Gathers rows and hands them on when there are enough of them.
pub(super) struct Batcher<'a> {
    take: &'a mut dyn FnMut(Batch) -> bool,
    want_geometry: bool,
    columns: Vec<Gathered>,
    batch: Batch,
}

impl<'a> Batcher<'a> {
    pub(super) fn new(wanted: Wanted<'_>, take: &'a mut dyn FnMut(Batch) -> bool) -> Self {
        let columns = wanted.columns.iter().map(|_| Gathered::Nulls(0)).collect();
        Self { take, want_geometry: wanted.geometry, columns, batch: Batch::default() }
    }

    /// Adds a row; `values` are as many as the wanted columns, `geometry` is only asked for when it is wanted.
    pub(super) fn push<'v>(
        &mut self,
        row: u64,
        values: impl Iterator<Item = Value<'v>>,
        geometry: impl FnOnce() -> RowGeometry,
    ) -> Result<(), ReadError> {
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(value);
        }
        if self.want_geometry {
            self.batch.geometry.push(geometry());
        }
        self.batch.rows.push(row_number(row));
        self.flush_when_full()
    }

    /// Notes a row that cannot be read.
    pub(super) fn malformed(&mut self, row: u64, reason: impl Into<String>) -> Result<(), ReadError> {
        self.batch.malformed.push((row_number(row), reason.into()));
        self.flush_when_full()
    }

    /// Hands on what is left.
    pub(super) fn finish(mut self) -> Result<(), ReadError> {
        self.flush()
    }

    fn flush_when_full(&mut self) -> Result<(), ReadError> {
        if self.batch.rows.len() + self.batch.malformed.len() >= BATCH_ROWS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ReadError> {
        let mut batch = std::mem::take(&mut self.batch);
        if batch.rows.is_empty() && batch.malformed.is_empty() {
            return Ok(());
        }
        batch.columns = self.columns.iter_mut().map(Gathered::take).collect();
        if (self.take)(batch) { Ok(()) } else { Err(ReadError::Stopped) }
    }
}

/// Row numbers are 32 bits; what lies beyond shares the last one.
fn row_number(row: u64) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

/// The values of a column so far. The type widens as values come, and stays as wide for the batches after.
enum Gathered {
    /// Only nulls as yet.
    Nulls(usize),
    Typed(Column),
}

impl Gathered {
    fn push(&mut self, value: Value<'_>) {
        match (&mut *self, value) {
            (Self::Nulls(n), Value::Null) => *n += 1,
            (Self::Typed(Column::Text(v)), Value::Null) => v.push(None),
            (Self::Typed(Column::Text(v)), value) => v.push(text(value)),
            (Self::Typed(Column::Integer(v)), Value::Null) => v.push(None),
            (Self::Typed(Column::Integer(v)), Value::Integer(x)) => v.push(Some(x)),
            (Self::Typed(Column::Real(v)), Value::Null) => v.push(None),
            (Self::Typed(Column::Real(v)), Value::Real(x)) => v.push(Some(x)),
            (Self::Typed(Column::Real(v)), Value::Integer(x)) if x.unsigned_abs() <= EXACT => v.push(Some(x as f64)),
            (Self::Typed(Column::Flag(v)), Value::Null) => v.push(None),
            (Self::Typed(Column::Flag(v)), Value::Flag(x)) => v.push(Some(x)),
            (_, value) => {
                self.widen_for(&value);
                self.push(value);
            }
        }
    }

    /// Makes the column one that takes `value`: never one that would lose what is in it already.
    fn widen_for(&mut self, value: &Value<'_>) {
        let widened = match (&*self, value) {
            (Self::Nulls(n), Value::Integer(_)) => Column::Integer(vec![None; *n]),
            (Self::Nulls(n), Value::Real(_)) => Column::Real(vec![None; *n]),
            (Self::Nulls(n), Value::Flag(_)) => Column::Flag(vec![None; *n]),
            (Self::Nulls(n), Value::Text(_) | Value::Null) => Column::Text(vec![None; *n]),
            (Self::Typed(Column::Integer(v)), Value::Real(_))
                if v.iter().flatten().all(|x| x.unsigned_abs() <= EXACT) =>
            {
                Column::Real(v.iter().map(|x| x.map(|x| x as f64)).collect())
            }
            (Self::Typed(column), _) => {
                Column::Text((0..column.len()).map(|i| column.text(i).map(|t| t.into_owned().into())).collect())
            }
        };
        *self = Self::Typed(widened);
    }

    fn take(&mut self) -> Column {
        match self {
            Self::Nulls(n) => Column::Text(vec![None; std::mem::take(n)]),
            Self::Typed(column) => {
                let empty = match column {
                    Column::Text(_) => Column::Text(Vec::new()),
                    Column::Integer(_) => Column::Integer(Vec::new()),
                    Column::Real(_) => Column::Real(Vec::new()),
                    Column::Flag(_) => Column::Flag(Vec::new()),
                };
                std::mem::replace(column, empty)
            }
        }
    }
}

fn text(value: Value<'_>) -> Option<Box<str>> {
    match value {
        Value::Null => None,
        Value::Text(t) => Some(t.into()),
        Value::Integer(x) => Some(x.to_string().into()),
        Value::Real(x) => Some(x.to_string().into()),
        Value::Flag(x) => Some(if x { "true" } else { "false" }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Batcher, Value, Wanted};
    use crate::read::{Column, ReadError};

    fn column(values: Vec<Value<'static>>) -> Column {
        let columns = ["a".to_owned()];
        let mut out = Vec::new();
        let mut take = |batch: crate::read::Batch| {
            out.extend(batch.columns);
            true
        };
        let mut batcher = Batcher::new(Wanted { columns: &columns, geometry: false }, &mut take);
        for (row, value) in values.into_iter().enumerate() {
            batcher.push(row as u64, std::iter::once(value), || Ok(None)).unwrap();
        }
        batcher.finish().unwrap();
        out.remove(0)
    }

    #[test]
    fn whole_numbers_stay_whole_and_widen_to_real_only_when_exact() {
        assert_eq!(column(vec![Value::Null, Value::Integer(7)]), Column::Integer(vec![None, Some(7)]));
        assert_eq!(column(vec![Value::Integer(7), Value::Real(0.5)]), Column::Real(vec![Some(7.0), Some(0.5)]));
        let beyond = (1_i64 << 53) + 1;
        assert_eq!(
            column(vec![Value::Integer(beyond), Value::Real(0.5)]),
            Column::Text(vec![Some("9007199254740993".into()), Some("0.5".into())])
        );
    }

    #[test]
    fn mixed_types_become_text_and_keep_leading_zeros() {
        assert_eq!(
            column(vec![Value::Integer(1480), Value::Text("0604".into()), Value::Flag(true), Value::Null]),
            Column::Text(vec![Some("1480".into()), Some("0604".into()), Some("true".into()), None])
        );
    }

    #[test]
    fn a_taker_that_stops_stops_the_reading() {
        let mut take = |_| false;
        let mut batcher = Batcher::new(Wanted { columns: &[], geometry: false }, &mut take);
        batcher.malformed(1, "x").unwrap();
        assert!(matches!(batcher.finish(), Err(ReadError::Stopped)));
    }
}
