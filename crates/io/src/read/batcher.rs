//! Rows gathered into a batch, and columns that find their type on the way.

use std::{borrow::Cow, path::Path};

use super::{
    Batch, Column, ReadError,
    column::{Texts, Values},
    shapes::RowGeometry,
};

/// Whole numbers beyond this are not exact as floating point.
const EXACT: u64 = 1 << 53;

/// What is wanted of a piece.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) columns: &'a [String],
    /// Where they stand among the columns of the file, as the reader found them; as many.
    pub(super) positions: &'a [usize],
    pub(super) geometry: bool,
}

/// Where the wanted columns stand among those that are there.
pub(super) fn positions(path: &Path, wanted: &[String], there: &[String]) -> Result<Vec<usize>, ReadError> {
    let position = |column: &String| {
        there.iter().position(|c| c == column).ok_or_else(|| ReadError::NoColumn {
            path: path.to_owned(),
            column: column.clone(),
            columns: there.to_vec(),
        })
    };
    wanted.iter().map(position).collect()
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

/// Gathers the rows of a piece.
pub(super) struct Batcher {
    want_geometry: bool,
    columns: Vec<Gathered>,
    batch: Batch,
}

impl Batcher {
    pub(super) fn new(wanted: Wanted<'_>) -> Self {
        let columns = wanted.columns.iter().map(|_| Gathered::Nulls(0)).collect();
        Self { want_geometry: wanted.geometry, columns, batch: Batch::default() }
    }

    /// Adds a row; `values` are as many as the wanted columns, `geometry` is only asked for when it is wanted.
    pub(super) fn push<'v>(
        &mut self,
        row: u64,
        values: impl Iterator<Item = Value<'v>>,
        geometry: impl FnOnce() -> RowGeometry,
    ) {
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(value);
        }
        if self.want_geometry {
            self.batch.geometry.push(geometry());
        }
        self.batch.rows.push(row_number(row));
    }

    /// Notes a row that cannot be read.
    pub(super) fn malformed(&mut self, row: u64, reason: impl Into<String>) {
        self.batch.malformed.push((row_number(row), reason.into()));
    }

    /// Hands on what was gathered.
    pub(super) fn finish(mut self) -> Batch {
        self.batch.columns = self.columns.into_iter().map(Gathered::finish).collect();
        self.batch
    }
}

/// Row numbers are 32 bits; what lies beyond shares the last one.
pub(super) fn row_number(row: u64) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

/// The values of a column so far. The type widens as values come.
enum Gathered {
    /// Only nulls as yet.
    Nulls(usize),
    Typed(Column),
}

impl Gathered {
    fn push(&mut self, value: Value<'_>) {
        match (&mut *self, value) {
            (Self::Typed(Column::Text(v)), Value::Text(x)) => v.push(Some(&x)),
            (Self::Typed(Column::Integer(v)), Value::Integer(x)) => v.push(Some(x)),
            (Self::Typed(Column::Real(v)), Value::Real(x)) => v.push(Some(x)),
            (Self::Nulls(n), Value::Null) => *n += 1,
            (Self::Typed(Column::Text(v)), Value::Null) => v.push(None),
            (Self::Typed(Column::Text(v)), value) => v.push(text(value).as_deref()),
            (Self::Typed(Column::Integer(v)), Value::Null) => v.push(None),
            (Self::Typed(Column::Real(v)), Value::Null) => v.push(None),
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
            (Self::Nulls(n), Value::Integer(_)) => Column::Integer(Values::missing(*n)),
            (Self::Nulls(n), Value::Real(_)) => Column::Real(Values::missing(*n)),
            (Self::Nulls(n), Value::Flag(_)) => Column::Flag(Values::missing(*n)),
            (Self::Nulls(n), Value::Text(_) | Value::Null) => Column::Text(Texts::missing(*n)),
            (Self::Typed(Column::Integer(v)), Value::Real(_))
                if v.iter().flatten().all(|x| x.unsigned_abs() <= EXACT) =>
            {
                Column::Real(v.iter().map(|x| x.map(|x| x as f64)).collect())
            }
            (Self::Typed(column), _) => Column::Text((0..column.len()).map(|i| column.text(i)).collect()),
        };
        *self = Self::Typed(widened);
    }

    fn finish(self) -> Column {
        match self {
            Self::Nulls(n) => Column::Text(Texts::missing(n)),
            Self::Typed(column) => column,
        }
    }
}

fn text(value: Value<'_>) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::Text(t) => Some(t),
        Value::Integer(x) => Some(x.to_string().into()),
        Value::Real(x) => Some(x.to_string().into()),
        Value::Flag(x) => Some(if x { "true" } else { "false" }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Batcher, Value, Wanted};
    use crate::read::Column;

    fn column(values: Vec<Value<'static>>) -> Column {
        let columns = ["a".to_owned()];
        let mut batcher = Batcher::new(Wanted { columns: &columns, positions: &[0], geometry: false });
        for (row, value) in values.into_iter().enumerate() {
            batcher.push(row as u64, std::iter::once(value), || Ok(None));
        }
        batcher.finish().columns.remove(0)
    }

    #[test]
    fn whole_numbers_stay_whole_and_widen_to_real_only_when_exact() {
        assert_eq!(column(vec![Value::Null, Value::Integer(7)]), Column::Integer(vec![None, Some(7)].into()));
        assert_eq!(column(vec![Value::Integer(7), Value::Real(0.5)]), Column::Real(vec![Some(7.0), Some(0.5)].into()));
        let beyond = (1_i64 << 53) + 1;
        assert_eq!(
            column(vec![Value::Integer(beyond), Value::Real(0.5)]),
            Column::Text(vec![Some("9007199254740993"), Some("0.5")].into())
        );
    }

    #[test]
    fn mixed_types_become_text_and_keep_leading_zeros() {
        assert_eq!(
            column(vec![Value::Integer(1480), Value::Text("0604".into()), Value::Flag(true), Value::Null]),
            Column::Text(vec![Some("1480"), Some("0604"), Some("true"), None].into())
        );
    }
}
