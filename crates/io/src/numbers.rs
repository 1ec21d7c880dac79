//! Whole numbers in few bytes: seven bits in each, the lowest first, as in LEB128.

use std::io::{self, Write};

/// Writes a number.
pub(crate) fn put(out: &mut impl Extend<u8>, mut number: u64) {
    while number > 0x7F {
        out.extend([0x80 | (number & 0x7F) as u8]);
        number >>= 7;
    }
    out.extend([(number & 0x7F) as u8]);
}

/// Takes numbers and other bytes and writes them on in pieces, so that they are never in memory together.
#[derive(Debug)]
pub(crate) struct Pour<W> {
    out: W,
    piece: Vec<u8>,
    length: u64,
    /// What kept a piece from being written; nothing is written after it.
    result: io::Result<()>,
}

impl<W: Write> Pour<W> {
    /// The bytes of a piece.
    const PIECE: usize = 1 << 16;

    pub(crate) fn new(out: W) -> Self {
        Self { out, piece: Vec::with_capacity(Self::PIECE), length: 0, result: Ok(()) }
    }

    fn write_piece(&mut self) {
        if self.result.is_ok() {
            self.result = self.out.write_all(&self.piece);
        }
        self.length += self.piece.len() as u64;
        self.piece.clear();
    }

    /// Writes what is left, and gives how many bytes it was in all.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        self.write_piece();
        self.result.map(|()| self.length)
    }
}

impl<W: Write> Extend<u8> for Pour<W> {
    fn extend<I: IntoIterator<Item = u8>>(&mut self, bytes: I) {
        for byte in bytes {
            if self.piece.len() == Self::PIECE {
                self.write_piece();
            }
            self.piece.push(byte);
        }
    }
}

/// Numbers and other bytes, read one after the other; `None` at the end, or where there is no number.
#[derive(Debug)]
pub(crate) struct Numbers<'a> {
    rest: &'a [u8],
}

impl<'a> Numbers<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn next(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    pub(crate) fn next_u32(&mut self) -> Option<u32> {
        u32::try_from(self.next()?).ok()
    }

    pub(crate) fn next_usize(&mut self) -> Option<usize> {
        usize::try_from(self.next()?).ok()
    }

    /// So many bytes.
    pub(crate) fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(taken)
    }

    /// Bytes that have their number before them.
    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.next_usize()?;
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// Whether all has been read.
    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let all = [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX];
        let mut bytes = Vec::new();
        all.iter().for_each(|&number| put(&mut bytes, number));
        let mut numbers = Numbers::new(&bytes);
        assert_eq!(all.map(|_| numbers.next()), all.map(Some));
        assert!(numbers.is_empty() && numbers.next().is_none());
    }

    #[test]
    fn what_is_poured_is_what_is_put_whatever_its_length() {
        for count in [0, 1, (1 << 16) / 3, 100_000] {
            let all = (0..count).map(|number| number * 77_777_777);
            let (mut bytes, mut poured) = (Vec::new(), Vec::new());
            let mut pour = Pour::new(&mut poured);
            for number in all {
                put(&mut bytes, number);
                put(&mut pour, number);
            }
            assert_eq!(pour.finish().unwrap(), bytes.len() as u64);
            assert!(poured == bytes, "{count} numbers");
        }
    }

    /// Refuses the second piece, and takes all others.
    #[derive(Default)]
    struct Refusing {
        pieces: usize,
        taken: Vec<u8>,
    }

    impl Write for Refusing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.pieces += 1;
            if self.pieces == 2 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.taken.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_piece_that_cannot_be_written_is_said_at_the_end_and_nothing_follows_it() {
        let mut out = Refusing::default();
        let mut pour = Pour::new(&mut out);
        pour.extend((0..200_000u32).map(|number| (number >> 16) as u8 + 1));
        assert_eq!(pour.finish().unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(out.pieces, 2);
        assert_eq!(out.taken, [1; 1 << 16]);
    }
}
