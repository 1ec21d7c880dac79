//! Numbers out of a slice of bytes, never past its end.

/// A place in a slice of bytes, with the byte order its numbers have.
#[derive(Debug, Clone)]
pub(super) struct Bytes<'a> {
    data: &'a [u8],
    pub(super) little_endian: bool,
}

/// There are fewer bytes than were asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CutShort;

impl From<CutShort> for String {
    fn from(_: CutShort) -> Self {
        "the geometry is cut short".to_owned()
    }
}

impl<'a> Bytes<'a> {
    pub(super) fn little_endian(data: &'a [u8]) -> Self {
        Self { data, little_endian: true }
    }

    /// How many bytes are left.
    pub(super) fn len(&self) -> usize {
        self.data.len()
    }

    pub(super) fn take(&mut self, n: usize) -> Result<&'a [u8], CutShort> {
        let (taken, rest) = self.data.split_at_checked(n).ok_or(CutShort)?;
        self.data = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CutShort> {
        let (taken, rest) = self.data.split_first_chunk::<N>().ok_or(CutShort)?;
        self.data = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, CutShort> {
        self.array::<1>().map(|[b]| b)
    }

    pub(super) fn u16(&mut self) -> Result<u16, CutShort> {
        let b = self.array()?;
        Ok(if self.little_endian { u16::from_le_bytes(b) } else { u16::from_be_bytes(b) })
    }

    pub(super) fn u32(&mut self) -> Result<u32, CutShort> {
        let b = self.array()?;
        Ok(if self.little_endian { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) })
    }

    pub(super) fn u64(&mut self) -> Result<u64, CutShort> {
        let b = self.array()?;
        Ok(if self.little_endian { u64::from_le_bytes(b) } else { u64::from_be_bytes(b) })
    }

    pub(super) fn i32(&mut self) -> Result<i32, CutShort> {
        self.u32().map(u32::cast_signed)
    }

    pub(super) fn f32(&mut self) -> Result<f32, CutShort> {
        self.u32().map(f32::from_bits)
    }

    pub(super) fn f64(&mut self) -> Result<f64, CutShort> {
        self.u64().map(f64::from_bits)
    }

    /// A count of things that each take at least `size` bytes; an impossible count is found before memory is asked for.
    pub(super) fn count(&mut self, size: usize) -> Result<usize, CutShort> {
        let n = self.u32()? as usize;
        if n.checked_mul(size).is_some_and(|bytes| bytes <= self.len()) { Ok(n) } else { Err(CutShort) }
    }
}
