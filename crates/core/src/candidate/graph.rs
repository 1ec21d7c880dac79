//! The graph of the roads near a candidate: where pieces meet, where places attach, and how far it is from one to the next.
//!
//! Pieces meet where they have a vertex in common, to the millimetre, and nowhere else: a bridge does not lead to the road below.

use std::collections::BTreeMap;

use super::{
    At, length,
    roads::{Foot, Piece},
    squared,
};

/// Vertices of roads and nearest points on them, and the stretches between.
pub(super) struct Graph {
    /// Where each node is: vertices by position, then nearest points that are no vertices.
    at: Vec<At>,
    /// Per node, where its stretches begin; and at last where they end.
    first: Vec<u32>,
    /// What is next to each node, and how many millimetres away.
    stretches: Vec<(u32, u64)>,
}

impl Graph {
    /// Joins pieces, which are in order, and attaches nearest points on them; the node of each of these.
    pub(super) fn of(pieces: &[Piece], feet: &[Foot]) -> (Self, Vec<u32>) {
        let mut at: Vec<At> = pieces.iter().flatten().copied().collect();
        at.sort_unstable();
        at.dedup();
        let vertices = at.clone();
        let vertex = |at: &At| number(vertices.binary_search(at).unwrap_or(0));
        let mut nodes = vec![0; feet.len()];
        // Piece by piece, by how far along.
        let mut stops: Vec<(usize, u64, At, usize)> = Vec::new();
        for (foot, node) in feet.iter().zip(&mut nodes).enumerate().map(|(i, (foot, node))| ((i, foot), node)) {
            let (i, Foot { at, piece, .. }) = foot;
            if piece.contains(at) {
                *node = vertex(at);
            } else {
                let along = length(squared(piece[0], *at)).min(length(squared(piece[0], piece[1])));
                stops.push((pieces.binary_search(piece).unwrap_or(0), along, *at, i));
            }
        }
        stops.sort_unstable();
        let mut links: Vec<(u32, u32, u64)> = Vec::with_capacity(pieces.len() + stops.len());
        let mut stops = stops.into_iter().peekable();
        for (i, piece) in pieces.iter().enumerate() {
            let (mut last, mut gone) = (vertex(&piece[0]), 0);
            let mut here = None;
            while let Some((_, along, stop, foot)) = stops.next_if(|stop| stop.0 == i) {
                if here != Some(stop) {
                    let node = number(at.len());
                    at.push(stop);
                    links.push((last, node, along - gone));
                    (last, gone, here) = (node, along, Some(stop));
                }
                nodes[foot] = last;
            }
            links.push((last, vertex(&piece[1]), length(squared(piece[0], piece[1])) - gone));
        }
        (Self::joined(at, &links), nodes)
    }

    /// Nodes, and the stretches between them.
    pub(super) fn joined(at: Vec<At>, links: &[(u32, u32, u64)]) -> Self {
        let mut first = vec![0; at.len() + 1];
        for &(a, b, _) in links {
            first[a as usize + 1] += 1;
            first[b as usize + 1] += 1;
        }
        for node in 0..at.len() {
            first[node + 1] += first[node];
        }
        let mut free = first.clone();
        let mut stretches = vec![(0, 0); links.len() * 2];
        for &(a, b, far) in links {
            for (from, to) in [(a, b), (b, a)] {
                stretches[free[from as usize] as usize] = (to, far);
                free[from as usize] += 1;
            }
        }
        Self { at, first, stretches }
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    /// What is next to a node, and how far away.
    pub(super) fn beside(&self, node: u32) -> &[(u32, u64)] {
        let node = node as usize;
        &self.stretches[self.first[node] as usize..self.first[node + 1] as usize]
    }

    /// Stretches of a tree as lines, each as long as no other begins on its way.
    pub(super) fn lines(&self, tree: &[[u32; 2]]) -> Vec<Vec<At>> {
        let mut beside: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for &[a, b] in tree {
            beside.entry(a).or_default().push(b);
            beside.entry(b).or_default().push(a);
        }
        let mut lines = Vec::new();
        for (&start, seconds) in beside.iter().filter(|(_, next)| next.len() != 2) {
            for &second in seconds {
                let mut line = vec![start, second];
                while let [.., last, end] = line[..]
                    && let Some([a, b]) = beside.get(&end).map(Vec::as_slice)
                {
                    line.push(if *a == last { *b } else { *a });
                }
                // It is found from either end.
                let place = |node: &u32| (self.at[*node as usize], *node);
                if line.last().map(place) > Some(place(&start)) {
                    lines.push(line.into_iter().map(|node| self.at[node as usize]).collect());
                }
            }
        }
        lines.sort_unstable();
        lines
    }
}

fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foot(at: At, piece: Piece) -> Foot {
        Foot { squared: 0, at, piece }
    }

    #[test]
    fn pieces_meet_where_they_have_a_vertex_in_common_and_nowhere_else() {
        // A road east, one north from its end, and one that crosses it.
        let pieces = [[[0, 0], [100, 0]], [[50, -50], [50, 50]], [[100, 0], [100, 70]]];
        let (graph, nodes) = Graph::of(&pieces, &[foot([30, 0], pieces[0]), foot([100, 0], pieces[2])]);
        assert_eq!(graph.at, [[0, 0], [50, -50], [50, 50], [100, 0], [100, 70], [30, 0]]);
        assert_eq!(nodes, [5, 3]);
        let beside: Vec<&[(u32, u64)]> = (0..6).map(|node| graph.beside(node)).collect();
        let expected: [&[(u32, u64)]; 6] =
            [&[(5, 30)], &[(2, 100)], &[(1, 100)], &[(5, 70), (4, 70)], &[(3, 70)], &[(0, 30), (3, 70)]];
        assert_eq!(beside, expected);
    }

    #[test]
    fn several_attach_to_one_piece_in_the_order_along_it() {
        let piece = [[0, 0], [100, 0]];
        let feet = [70, 20, 70, 100].map(|x| foot([x, 0], piece));
        let (graph, nodes) = Graph::of(&[piece], &feet);
        assert_eq!(nodes, [3, 2, 3, 1]);
        assert_eq!(graph.beside(2), [(0, 20), (3, 50)]);
        assert_eq!(graph.beside(1), [(3, 30)]);
    }

    #[test]
    fn lines_end_where_others_begin() {
        let at = [[0, 0], [1, 0], [2, 0], [3, 0], [2, 5], [9, 9], [9, 8]];
        let graph = Graph::joined(at.to_vec(), &[]);
        let lines = graph.lines(&[[1, 0], [1, 2], [2, 3], [4, 2], [5, 6]]);
        let expected: [&[At]; 4] = [&[[0, 0], [1, 0], [2, 0]], &[[2, 0], [2, 5]], &[[2, 0], [3, 0]], &[[9, 8], [9, 9]]];
        assert_eq!(lines, expected);
    }
}
