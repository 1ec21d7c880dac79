//! The columns of a batch: plain numbers, and text in one buffer, without a heap allocation per cell.

use std::borrow::Cow;

/// The values of one column of a batch. Integers that a file writes as text stay text.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Text as it stands in the file; an empty cell is missing.
    Text(Texts),
    /// Whole numbers.
    Integer(Values<i64>),
    /// Other numbers.
    Real(Values<f64>),
    /// True or false.
    Flag(Values<bool>),
}

impl Column {
    /// The number of values, missing ones counted.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::Integer(values) => values.len(),
            Self::Real(values) => values.len(),
            Self::Flag(values) => values.len(),
        }
    }

    /// Whether there are no values at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One value as text: whole numbers without decimals, other numbers with as few digits as name them exactly.
    ///
    /// `None` when the value is missing or `index` is past the end.
    #[must_use]
    pub fn text(&self, index: usize) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(values) => values.get(index).map(Cow::Borrowed),
            Self::Integer(values) => values.get(index).map(|v| Cow::Owned(v.to_string())),
            Self::Real(values) => values.get(index).map(|v| Cow::Owned(v.to_string())),
            Self::Flag(values) => values.get(index).map(|v| Cow::Borrowed(if v { "true" } else { "false" })),
        }
    }

    /// All values of a column of whole numbers, and which of them are there when some are missing.
    #[must_use]
    pub fn integers(&self) -> Option<(&[i64], Option<&Mask>)> {
        if let Self::Integer(values) = self { Some((values.as_slice(), values.mask())) } else { None }
    }

    /// All values of a column of other numbers, and which of them are there when some are missing.
    #[must_use]
    pub fn reals(&self) -> Option<(&[f64], Option<&Mask>)> {
        if let Self::Real(values) = self { Some((values.as_slice(), values.mask())) } else { None }
    }
}

/// Which values of a column are there: one bit for each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mask {
    words: Vec<u64>,
    len: usize,
}

impl Mask {
    /// A mask of so many values that are all there, or all missing.
    #[must_use]
    pub fn filled(there: bool, len: usize) -> Self {
        let mut words = vec![if there { u64::MAX } else { 0 }; len.div_ceil(64)];
        if let (true, Some(last), 1..) = (there, words.last_mut(), len % 64) {
            *last = (1 << (len % 64)) - 1;
        }
        Self { words, len }
    }

    /// Whether a value is there; `false` past the end.
    #[must_use]
    pub fn get(&self, index: usize) -> bool {
        index < self.len && self.words.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// The number of values, missing ones counted.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no values at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many values are there.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn push(&mut self, there: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        if let Some(last) = self.words.last_mut() {
            *last |= u64::from(there) << (self.len % 64);
        }
        self.len += 1;
    }

    /// Notes one more value in a mask that is only kept when something is missing.
    #[inline]
    pub(super) fn note(mask: &mut Option<Self>, there: bool, before: usize) {
        match mask {
            Some(mask) => mask.push(there),
            None if there => {}
            None => {
                let mut new = Self::filled(true, before);
                new.push(false);
                *mask = Some(new);
            }
        }
    }
}

/// Numbers, or truths, some of which may be missing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Values<T> {
    /// Zero, or false, where the value is missing.
    values: Vec<T>,
    /// Kept only when a value is missing.
    mask: Option<Mask>,
}

impl<T: Copy + Default> Values<T> {
    /// So many missing values.
    #[must_use]
    pub fn missing(len: usize) -> Self {
        Self { values: vec![T::default(); len], mask: (len > 0).then(|| Mask::filled(false, len)) }
    }

    /// The number of values, missing ones counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no values at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// One value; `None` when it is missing or `index` is past the end.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<T> {
        let value = self.values.get(index).copied()?;
        self.mask.as_ref().is_none_or(|mask| mask.get(index)).then_some(value)
    }

    /// All values; zero, or false, stands where one is missing.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.values
    }

    /// Which values are there; `None` when all are.
    #[must_use]
    pub const fn mask(&self) -> Option<&Mask> {
        self.mask.as_ref()
    }

    /// The values in their order.
    pub fn iter(&self) -> impl Iterator<Item = Option<T>> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }

    /// Adds a value.
    #[inline]
    pub fn push(&mut self, value: Option<T>) {
        Mask::note(&mut self.mask, value.is_some(), self.values.len());
        self.values.push(value.unwrap_or_default());
    }

    /// Adds values that are all there.
    pub(super) fn extend_there(&mut self, values: impl ExactSizeIterator<Item = T>) {
        if let Some(mask) = &mut self.mask {
            (0..values.len()).for_each(|_| mask.push(true));
        }
        self.values.extend(values);
    }
}

impl<T: Copy + Default> FromIterator<Option<T>> for Values<T> {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(values: I) -> Self {
        let mut out = Self { values: Vec::new(), mask: None };
        values.into_iter().for_each(|value| out.push(value));
        out
    }
}

impl<T: Copy + Default> From<Vec<Option<T>>> for Values<T> {
    fn from(values: Vec<Option<T>>) -> Self {
        values.into_iter().collect()
    }
}

/// Texts in one buffer, some of which may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts {
    buffer: String,
    /// Where each text ends in the buffer, and the next begins.
    ends: Vec<usize>,
    /// Kept only when a text is missing.
    mask: Option<Mask>,
}

impl Texts {
    /// So many missing texts.
    #[must_use]
    pub fn missing(len: usize) -> Self {
        Self { buffer: String::new(), ends: vec![0; len], mask: (len > 0).then(|| Mask::filled(false, len)) }
    }

    /// The number of texts, missing ones counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no texts at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// One text; `None` when it is missing or `index` is past the end.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        if self.mask.as_ref().is_some_and(|mask| !mask.get(index)) {
            return None;
        }
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        self.buffer.get(start..end)
    }

    /// The texts in their order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }

    /// Adds a text.
    #[inline]
    pub fn push(&mut self, text: Option<&str>) {
        Mask::note(&mut self.mask, text.is_some(), self.ends.len());
        self.buffer.push_str(text.unwrap_or_default());
        self.ends.push(self.buffer.len());
    }
}

impl<S: AsRef<str>> FromIterator<Option<S>> for Texts {
    fn from_iter<I: IntoIterator<Item = Option<S>>>(texts: I) -> Self {
        let mut out = Self::default();
        texts.into_iter().for_each(|text| out.push(text.as_ref().map(AsRef::as_ref)));
        out
    }
}

impl<S: AsRef<str>> From<Vec<Option<S>>> for Texts {
    fn from(texts: Vec<Option<S>>) -> Self {
        texts.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, Mask, Texts, Values};

    #[test]
    fn a_column_gives_text_whatever_its_variant() {
        let integers = Column::Integer(vec![Some(12), None].into());
        assert_eq!(integers.text(0).as_deref(), Some("12"));
        assert_eq!(integers.text(1), None);
        assert_eq!(integers.text(2), None);
        assert_eq!(Column::Real(vec![Some(1480.0), Some(0.1)].into()).text(0).as_deref(), Some("1480"));
        assert_eq!(Column::Real(vec![Some(1480.0), Some(0.1)].into()).text(1).as_deref(), Some("0.1"));
        assert_eq!(Column::Flag(vec![Some(true)].into()).text(0).as_deref(), Some("true"));
        assert_eq!(Column::Text(vec![Some("0604")].into()).text(0).as_deref(), Some("0604"));
        assert!(Column::Text(Texts::default()).is_empty());
        assert_eq!(integers.len(), 2);
    }

    #[test]
    fn whole_columns_are_given_with_what_is_missing() {
        let column = Column::Integer(vec![Some(12), None, Some(-3)].into());
        let (values, mask) = column.integers().unwrap();
        assert_eq!((values, mask.unwrap().count()), (&[12, 0, -3][..], 2));
        assert!(column.reals().is_none());
        let column = Column::Real(vec![Some(0.5)].into());
        assert_eq!(column.reals(), Some((&[0.5][..], None)));
    }

    #[test]
    fn a_mask_remembers_every_bit() {
        for len in [0, 1, 63, 64, 65, 200] {
            let values: Values<i64> = (0..len).map(|i| (i % 3 != 1).then_some(i)).collect();
            assert_eq!(
                values.iter().collect::<Vec<_>>(),
                (0..len).map(|i| (i % 3 != 1).then_some(i)).collect::<Vec<_>>()
            );
            let len = usize::try_from(len).unwrap();
            assert_eq!((Mask::filled(true, len).count(), Mask::filled(false, len).count()), (len, 0));
            assert!(!Mask::filled(true, len).get(len));
            let late = (0..len).map(|_| Some(1)).chain([None]).collect::<Values<i64>>();
            assert_eq!((late.get(len), late.mask().unwrap().count()), (None, len));
        }
    }

    #[test]
    fn texts_keep_their_borders() {
        let texts: Texts = vec![Some("å"), None, Some(""), Some("bc")].into();
        assert_eq!(texts.iter().collect::<Vec<_>>(), [Some("å"), None, Some(""), Some("bc")]);
        assert_eq!(Texts::missing(2).iter().collect::<Vec<_>>(), [None, None]);
        assert_eq!(texts.get(4), None);
    }
}
