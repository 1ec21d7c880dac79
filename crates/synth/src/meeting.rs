//! Whether lines meet anywhere but at their ends, decided exactly.

use std::collections::BTreeMap;

use geo::Coord;
use rayon::prelude::*;

/// Whether the segments of all lines meet only where they share an end. `size` is the side of the squares that segments
/// are sorted into, of the order of their length.
pub(crate) fn only_at_ends(lines: &[Vec<Coord>], size: f64) -> bool {
    let segments: Vec<[Coord; 2]> =
        lines.iter().flat_map(|line| line.windows(2).map(|pair| [pair[0], pair[1]])).collect();
    let square = |metres: f64| (metres / size).floor() as i32;
    let mut squares: Vec<((i32, i32), u32)> = Vec::with_capacity(2 * segments.len());
    for (number, [a, b]) in segments.iter().enumerate() {
        for y in square(a.y.min(b.y))..=square(a.y.max(b.y)) {
            for x in square(a.x.min(b.x))..=square(a.x.max(b.x)) {
                squares.push(((x, y), number as u32));
            }
        }
    }
    squares.par_sort_unstable();
    let groups: Vec<&[((i32, i32), u32)]> = squares.chunk_by(|a, b| a.0 == b.0).collect();
    let apart = groups.par_iter().all(|group| {
        group
            .iter()
            .enumerate()
            .all(|(n, (_, i))| group[n + 1..].iter().all(|(_, j)| !meet(segments[*i as usize], segments[*j as usize])))
    });
    apart && ends_are_apart(lines)
}

/// Whether no line comes to a point where it or another one has been, other than lines' first and last points.
fn ends_are_apart(lines: &[Vec<Coord>]) -> bool {
    let mut seen: BTreeMap<(u64, u64), bool> = BTreeMap::new();
    for line in lines {
        for (n, point) in line.iter().enumerate() {
            let end = n == 0 || n + 1 == line.len();
            let before = seen.insert((point.x.to_bits(), point.y.to_bits()), end);
            if before.is_some_and(|before| !(before && end)) {
                return false;
            }
        }
    }
    true
}

/// Whether two segments have a point in common that is not an end of both.
fn meet([a, b]: [Coord; 2], [c, d]: [Coord; 2]) -> bool {
    if a.x.max(b.x) < c.x.min(d.x)
        || c.x.max(d.x) < a.x.min(b.x)
        || a.y.max(b.y) < c.y.min(d.y)
        || c.y.max(d.y) < a.y.min(b.y)
    {
        return false;
    }
    let (abc, abd, cda, cdb) = (turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b));
    let shared = usize::from(a == c || a == d) + usize::from(b == c || b == d);
    match shared {
        // Two segments from one point lie on each other only when they point the same way.
        1 => {
            let (shared, one, other) = match () {
                () if a == c => (a, b, d),
                () if a == d => (a, b, c),
                () if b == c => (b, a, d),
                () => (b, a, c),
            };
            let (u, v) = (one - shared, other - shared);
            abc == 0 && abd == 0 && u.x * v.x + u.y * v.y > 0.0
        }
        2 => true,
        _ => abc * abd <= 0 && cda * cdb <= 0,
    }
}

/// 1 for a left turn, -1 for a right turn, 0 for none.
fn turn(a: Coord, b: Coord, c: Coord) -> i32 {
    let at = |p: Coord| robust::Coord { x: p.x, y: p.y };
    let turn = robust::orient2d(at(a), at(b), at(c));
    i32::from(turn > 0.0) - i32::from(turn < 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(f64, f64)]) -> Vec<Coord> {
        points.iter().map(|&(x, y)| Coord { x, y }).collect()
    }

    #[test]
    fn a_crossing_a_touch_and_a_fold_are_found() {
        let base = line(&[(0.0, 0.0), (10.0, 0.0), (20.0, 0.0)]);
        let with = |points: &[(f64, f64)]| only_at_ends(&[base.clone(), line(points)], 4.0);
        assert!(with(&[(20.0, 0.0), (20.0, 9.0), (0.0, 0.0)]));
        assert!(!with(&[(5.0, -5.0), (5.0, 5.0)]), "a crossing");
        assert!(!with(&[(5.0, 0.0), (5.0, 5.0)]), "a touch");
        assert!(!with(&[(10.0, 0.0), (5.0, 5.0)]), "a touch at a vertex");
        assert!(!with(&[(20.0, 0.0), (15.0, 0.0)]), "a fold");
        assert!(!with(&[(0.0, 0.0), (10.0, 0.0)]), "the same again");
    }
}
