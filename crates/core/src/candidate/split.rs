//! Splitting: a tree with too many places becomes several, where its links are longest.

use super::forest::Edge;

/// Places, rising, and the links between them.
type Tree = (Vec<u32>, Vec<Edge>);

/// Cuts a tree until no part has more than `most` places, and none fewer than `least`; what cannot be cut so stays whole.
///
/// It is cut at its longest link among those with at least a quarter of the places on either side, or, where there is none, at
/// the one that parts it most evenly. Places at one position stay together.
pub(super) fn split(places: Vec<u32>, edges: Vec<Edge>, least: u64, most: u64) -> Vec<Tree> {
    let (mut open, mut done) = (vec![(places, edges)], Vec::new());
    while let Some((places, edges)) = open.pop() {
        let whole = places.len() as u64;
        let best = (whole > most).then(|| {
            let small = |beyond: u64| beyond.min(whole - beyond);
            let possible =
                beyond(&places, &edges).into_iter().zip(0..).map(|(beyond, edge): (u64, usize)| (small(beyond), edge));
            let possible = possible.filter(|&(small, edge)| small >= least.max(1) && edges[edge].squared > 0);
            possible.max_by_key(|&(small, edge)| {
                let Edge { squared, ends } = edges[edge];
                let even = small * 4 >= whole;
                (even, if even { 0 } else { small }, squared, std::cmp::Reverse(ends))
            })
        });
        match best.flatten() {
            Some((_, edge)) => open.extend(parts(&places, &edges, edge)),
            None => done.push((places, edges)),
        }
    }
    done.sort_by(|a, b| a.0.cmp(&b.0));
    done
}

/// Numbers of places among these, and per place its neighbours and the links to them.
fn neighbours(places: &[u32], edges: &[Edge]) -> Vec<Vec<(usize, usize)>> {
    let number = |place: u32| places.binary_search(&place).unwrap_or(0);
    let mut of = vec![Vec::new(); places.len()];
    for (edge, Edge { ends, .. }) in edges.iter().enumerate() {
        let [a, b] = ends.map(number);
        of[a].push((b, edge));
        of[b].push((a, edge));
    }
    of
}

/// Per link: how many places lie beyond it, as seen from the first place.
fn beyond(places: &[u32], edges: &[Edge]) -> Vec<u64> {
    let of = neighbours(places, edges);
    let mut above: Vec<Option<(usize, usize)>> = vec![None; places.len()];
    let (mut order, mut open) = (Vec::new(), vec![0]);
    while let Some(place) = open.pop() {
        order.push(place);
        let from = above[place].map(|(_, edge)| edge);
        for &(next, edge) in of[place].iter().filter(|&&(_, edge)| from != Some(edge)) {
            above[next] = Some((place, edge));
            open.push(next);
        }
    }
    let mut sizes = vec![1; places.len()];
    let mut beyond = vec![0; edges.len()];
    for place in order.into_iter().rev() {
        if let Some((up, edge)) = above[place] {
            beyond[edge] = sizes[place];
            sizes[up] += sizes[place];
        }
    }
    beyond
}

/// The two parts that are left without a link.
fn parts(places: &[u32], edges: &[Edge], without: usize) -> [Tree; 2] {
    let of = neighbours(places, edges);
    let mut beyond = vec![false; places.len()];
    let number = |place: u32| places.binary_search(&place).unwrap_or(0);
    let mut open = vec![number(edges[without].ends[1])];
    while let Some(place) = open.pop() {
        beyond[place] = true;
        open.extend(of[place].iter().filter(|&&(next, edge)| edge != without && !beyond[next]).map(|&(next, _)| next));
    }
    [false, true].map(|side| {
        let own = places.iter().enumerate().filter(|&(place, _)| beyond[place] == side).map(|(_, &place)| place);
        let links = edges.iter().enumerate();
        let links = links.filter(|&(edge, link)| edge != without && beyond[number(link.ends[0])] == side);
        (own.collect(), links.map(|(_, &link)| link).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places in a row, with gaps of these lengths.
    fn row(gaps: &[u128]) -> Tree {
        let edges = (0u32..).zip(gaps).map(|(at, &gap)| Edge { squared: gap * gap, ends: [at, at + 1] }).collect();
        ((0..).take(gaps.len() + 1).collect(), edges)
    }

    fn sizes((places, edges): Tree, least: u64, most: u64) -> Vec<usize> {
        split(places, edges, least, most).iter().map(|(places, _)| places.len()).collect()
    }

    #[test]
    fn the_longest_link_with_a_quarter_on_either_side_is_cut() {
        assert_eq!(sizes(row(&[9, 1, 1, 5, 1, 1, 1]), 1, 8), [8], "not too many");
        // The longest leaves one alone; the next leaves four and four.
        assert_eq!(sizes(row(&[9, 1, 1, 5, 1, 1, 1]), 1, 7), [4, 4]);
        assert_eq!(sizes(row(&[9, 1, 5, 1, 1, 1, 1]), 1, 5), [3, 5]);
        assert_eq!(sizes(row(&[1, 1, 1]), 3, 3), [4], "no part may have fewer than three");
        assert_eq!(sizes(row(&[0, 0, 0]), 1, 1), [4], "they lie at one position");
    }

    #[test]
    fn a_star_is_cut_as_evenly_as_can_be() {
        let edges = (1..=6).map(|at| Edge { squared: u128::from(at), ends: [0, at] }).collect();
        assert_eq!(sizes(((0..7).collect(), edges), 1, 6), [6, 1], "the longest of six that are as even");
    }
}
