//! Long lists made by several threads. Memory that is touched for the first time has to be cleared, which takes longer than
//! copying into it; so each stretch of a list is first touched by the thread that fills it.

use rayon::prelude::*;

/// A list of zeros that has not been touched.
pub(super) fn untouched<T: Copy + Default>(len: usize) -> Vec<T> {
    vec![T::default(); len]
}

/// A list cut into stretches of these lengths, which come to its own.
pub(super) fn cut<T>(mut list: &mut [T], lengths: impl IntoIterator<Item = usize>) -> Vec<&mut [T]> {
    let mut stretches = Vec::new();
    for length in lengths {
        let (stretch, rest) = std::mem::take(&mut list).split_at_mut(length);
        stretches.push(stretch);
        list = rest;
    }
    stretches
}

/// One list of several, one after the other; `with` makes of a value what stands in the list, given the number of its part.
pub(super) fn together<P: Sync, T: Copy + Default + Send + Sync>(
    parts: &[P],
    of: impl Fn(&P) -> &[T] + Sync,
    with: impl Fn(T, usize) -> T + Sync,
) -> Vec<T> {
    let mut list = untouched(parts.iter().map(|part| of(part).len()).sum());
    let stretches = cut(&mut list, parts.iter().map(|part| of(part).len()));
    stretches.into_par_iter().zip(parts).enumerate().for_each(|(number, (stretch, part))| {
        stretch.iter_mut().zip(of(part)).for_each(|(to, &from)| *to = with(from, number));
    });
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_one_after_the_other() {
        let parts = [vec![1u32, 2], vec![], vec![3], vec![4, 5, 6]];
        let shifted = together(&parts, |part| part, |value, number| value * 10 + u32::try_from(number).unwrap_or(9));
        assert_eq!(shifted, [10, 20, 32, 43, 53, 63]);
        assert_eq!(together::<Vec<u32>, u32>(&[], |part| part, |value, _| value), []);
    }
}
