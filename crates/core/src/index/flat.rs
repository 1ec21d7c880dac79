//! A list of numbers, owned or lying in bytes that are shared, such as those of a file in memory.

use std::{fmt, marker::PhantomData, ops::Range, sync::Arc};

use bytemuck::Pod;

/// Bytes that several may look at: of a file mapped into memory, or read into it.
pub type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A list of numbers.
pub(super) enum Flat<T> {
    Owned(Vec<T>),
    /// So many bytes of others; as many whole numbers, in the machine's order, where one may lie.
    Shared {
        bytes: Bytes,
        range: Range<usize>,
        of: PhantomData<T>,
    },
}

impl<T: Pod> Flat<T> {
    /// The numbers in these bytes; `None` when they are not there, are not whole, or lie where no such number may.
    pub(super) fn shared(bytes: &Bytes, range: Range<usize>) -> Option<Self> {
        let _: &[T] = bytemuck::try_cast_slice((**bytes).as_ref().get(range.clone())?).ok()?;
        Some(Self::Shared { bytes: Arc::clone(bytes), range, of: PhantomData })
    }

    /// The numbers. Where shared bytes are is asked each time: whoever needs many numbers should ask once.
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Self::Owned(list) => list,
            // It was looked at when it was made.
            Self::Shared { bytes, range, .. } => {
                let bytes = (**bytes).as_ref().get(range.clone()).unwrap_or_default();
                bytemuck::try_cast_slice(bytes).unwrap_or_default()
            }
        }
    }
}

impl<T> fmt::Debug for Flat<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owned(list) => write!(f, "{} numbers", list.len()),
            Self::Shared { range, .. } => write!(f, "numbers in the bytes {range:?}"),
        }
    }
}
