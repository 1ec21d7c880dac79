//! How many pixels of a PNG file make an inch, said in the file.

/// The signature of the format and its first chunk, of 13 bytes between length, type and sum.
const BEFORE: usize = 8 + 25;
/// Hundredths of an inch per metre.
const PER_METRE: u32 = 3937;

/// The same picture, which says how many pixels make an inch.
pub(super) fn with(png: &[u8], per_inch: u32) -> Vec<u8> {
    let Some((before, after)) = png.split_at_checked(BEFORE) else { return png.to_vec() };
    let per_metre = (per_inch * PER_METRE + 50) / 100;
    let mut chunk = b"pHYs".to_vec();
    chunk.extend(per_metre.to_be_bytes());
    chunk.extend(per_metre.to_be_bytes());
    // The unit is the metre.
    chunk.push(1);
    [before, &9u32.to_be_bytes(), &chunk, &sum(&chunk).to_be_bytes(), after].concat()
}

/// The sum that ends a chunk: CRC-32 of ISO 3309, as PNG has it.
fn sum(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_the_one_of_the_standard() {
        // The check value of CRC-32, and the sum that ends every PNG file.
        assert_eq!(sum(b"123456789"), 0xcbf4_3926);
        assert_eq!(sum(b"IEND"), 0xae42_6082);
    }

    #[test]
    fn an_inch_of_300_pixels_is_a_metre_of_11811() {
        let said = with(&[0; BEFORE + 2], 300);
        assert_eq!(said.len(), BEFORE + 2 + 21);
        assert_eq!(&said[BEFORE + 4..BEFORE + 8], b"pHYs");
        assert_eq!(said[BEFORE + 8..BEFORE + 12], 11_811u32.to_be_bytes());
        assert_eq!(with(&[1, 2, 3], 300), [1, 2, 3], "what is no picture stays as it is");
    }
}
