//! Trees on roads that join what is to be joined, short but not always the shortest there are.
//!
//! By Mehlhorn's form of the rule of Kou, Markowsky and Berman (1981, 1988): every node goes to the nearest stop; where a stretch leads from
//! the nodes of one stop to those of another, the two can be joined through it; and the shortest such joints that make a tree are taken. With
//! *l* stops in a tree it is at most 2 (1 − 1/*l*) times as long as the shortest tree there is. One pass over the roads is enough,
//! however many stops there are.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashSet},
};

use super::{forest::root, graph::Graph};

/// Trees, one in each part of the roads that has stops.
pub(super) struct Trees {
    /// Per stop, what stands for its tree: the lowest number of a stop in it.
    pub(super) of: Vec<u32>,
    /// The stretches that were taken: the nodes at their ends.
    pub(super) stretches: Vec<[u32; 2]>,
    /// How long they are in all, in millimetres.
    pub(super) length: u64,
}

const NONE: u32 = u32::MAX;

impl Trees {
    /// Joins stops, which are nodes, as far as roads lead. Every stop is another node.
    pub(super) fn of(graph: &Graph, stops: &[u32]) -> Self {
        let near = Near::of(graph, stops);
        let mut joints: Vec<(u64, u32, u32, u64)> = Vec::new();
        for node in (0..).take(graph.len()) {
            let own = near.stop[node as usize];
            for &(other, far) in graph.beside(node).iter().filter(|&&(other, _)| node < other) {
                // Either both are reached or neither.
                if own != near.stop[other as usize] {
                    let there = near.far[node as usize].saturating_add(near.far[other as usize]);
                    joints.push((there.saturating_add(far), node, other, far));
                }
            }
        }
        joints.sort_unstable();
        let mut of: Vec<u32> = (0..).take(stops.len()).collect();
        let (mut stretches, mut length, mut taken) = (Vec::new(), 0u64, HashSet::new());
        for (_, a, b, far) in joints {
            let [one, other] = [a, b].map(|node| root(&mut of, near.stop[node as usize]));
            if one == other {
                continue;
            }
            of[one.max(other) as usize] = one.min(other);
            stretches.push([a, b]);
            length = length.saturating_add(far);
            for mut node in [a, b] {
                while near.up[node as usize] != NONE && taken.insert(node) {
                    let up = near.up[node as usize];
                    stretches.push([node, up]);
                    length = length.saturating_add(near.far[node as usize] - near.far[up as usize]);
                    node = up;
                }
            }
        }
        for stop in (0..).take(stops.len()) {
            of[stop as usize] = root(&mut of, stop);
        }
        Self { of, stretches, length }
    }
}

/// For every node, the nearest stop and the way to it.
struct Near {
    /// The number of the stop.
    stop: Vec<u32>,
    far: Vec<u64>,
    /// The next node on the way; none for a stop.
    up: Vec<u32>,
}

impl Near {
    fn of(graph: &Graph, stops: &[u32]) -> Self {
        let count = graph.len();
        let mut near = Self { stop: vec![NONE; count], far: vec![u64::MAX; count], up: vec![NONE; count] };
        let mut open = BinaryHeap::new();
        for (number, &node) in (0..).zip(stops) {
            (near.stop[node as usize], near.far[node as usize]) = (number, 0);
            open.push(Reverse((0, node)));
        }
        while let Some(Reverse((far, node))) = open.pop() {
            if far > near.far[node as usize] {
                continue;
            }
            for &(next, stretch) in graph.beside(node) {
                let there = far.saturating_add(stretch);
                if there < near.far[next as usize] {
                    near.far[next as usize] = there;
                    near.stop[next as usize] = near.stop[node as usize];
                    near.up[next as usize] = node;
                    open.push(Reverse((there, next)));
                }
            }
        }
        near
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Few nodes, stretches between them, and some stops.
    type Tiny = (u32, Vec<(u32, u32, u64)>, Vec<u32>);

    fn tiny() -> impl Strategy<Value = Tiny> {
        (2u32..10).prop_flat_map(|count| {
            let stretch = (0..count, 0..count, 1u64..12);
            let stretches = prop::collection::vec(stretch, 0..20)
                .prop_map(|all| all.into_iter().filter(|(a, b, _)| a != b).collect::<Vec<_>>());
            let stops = prop::collection::btree_set(0..count, 1..=count as usize);
            (Just(count), stretches, stops.prop_map(|stops| stops.into_iter().collect()))
        })
    }

    fn graph(count: u32, stretches: &[(u32, u32, u64)]) -> Graph {
        Graph::joined((0..i64::from(count)).map(|x| [x, 0]).collect(), stretches)
    }

    /// How long the shortest tree over exactly these nodes is, by Kruskal's rule; `None` when they are not joined.
    fn spanning(nodes: u32, stretches: &[(u32, u32, u64)]) -> Option<u64> {
        let has = |node: u32| nodes >> node & 1 == 1;
        let mut sorted: Vec<_> = stretches.iter().filter(|(a, b, _)| has(*a) && has(*b)).collect();
        sorted.sort_by_key(|(.., far)| *far);
        let mut group: Vec<u32> = (0..32).collect();
        let (mut sum, mut joints) = (0, 0);
        for &&(a, b, far) in &sorted {
            let (a, b) = (group[a as usize], group[b as usize]);
            if a != b {
                group.iter_mut().filter(|group| **group == b).for_each(|group| *group = a);
                (sum, joints) = (sum + far, joints + 1);
            }
        }
        (joints + 1 == nodes.count_ones()).then_some(sum)
    }

    /// How long the shortest tree that joins stops is: of all sets of nodes with the stops among them.
    fn least(count: u32, stretches: &[(u32, u32, u64)], stops: &[u32]) -> Option<u64> {
        let wanted = stops.iter().fold(0, |set, stop| set | 1 << stop);
        (0..1u32 << count).filter(|set| set & wanted == wanted).filter_map(|set| spanning(set, stretches)).min()
    }

    #[test]
    fn a_star_is_found_where_it_is_all_there_is_and_missed_where_shorter_joints_are() {
        // Stops 0, 1 and 2, each 4 from node 3 and 7 from one another: 12 is best; two joints of 7 are within the bound of 16.
        let star = [(0, 3, 4), (1, 3, 4), (2, 3, 4), (0, 1, 7), (1, 2, 7), (0, 2, 7)];
        assert_eq!(least(4, &star, &[0, 1, 2]), Some(12));
        assert_eq!(Trees::of(&graph(4, &star), &[0, 1, 2]).length, 14);
        let found = Trees::of(&graph(4, &star[..3]), &[0, 1, 2]);
        assert_eq!((found.length, found.of), (12, vec![0, 0, 0]));
        let found = Trees::of(&graph(5, &star[1..3]), &[0, 1, 2]);
        assert_eq!((found.length, found.of), (8, vec![0, 1, 1]), "no road leads to the first");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

        #[test]
        fn no_tree_is_shorter_than_the_shortest_nor_longer_than_the_bound((count, stretches, stops) in tiny()) {
            let found = Trees::of(&graph(count, &stretches), &stops);
            let mut sum = (0, 0.0);
            let trees: BTreeSet<u32> = found.of.iter().copied().collect();
            for tree in &trees {
                let own: Vec<u32> = stops.iter().zip(&found.of).filter(|(_, of)| *of == tree).map(|(stop, _)| *stop).collect();
                let best = least(count, &stretches, &own);
                prop_assert!(best.is_some(), "{own:?} are joined, and no road leads");
                let best = best.unwrap_or(0);
                sum = (sum.0 + best, sum.1 + best as f64 * 2.0 * (1.0 - 1.0 / own.len() as f64));
            }
            prop_assert!(found.length >= sum.0, "{} is less than can be: {}", found.length, sum.0);
            prop_assert!(found.length as f64 <= sum.1 + 1e-9, "{} is more than {}", found.length, sum.1);
            // Stops of two trees are joined by no road.
            for pair in trees.iter().zip(trees.iter().skip(1)) {
                prop_assert_eq!(least(count, &stretches, &[stops[*pair.0 as usize], stops[*pair.1 as usize]]), None);
            }
            // What was taken are trees of stretches that are there, as long as is said.
            let mut sum = 0;
            for &[a, b] in &found.stretches {
                let far = stretches.iter().filter(|(x, y, _)| [*x, *y] == [a, b] || [*y, *x] == [a, b]).map(|(.., far)| *far).min();
                prop_assert!(far.is_some());
                sum += far.unwrap_or(0);
            }
            prop_assert_eq!(sum, found.length);
            let nodes: BTreeSet<u32> = found.stretches.iter().flatten().chain(&stops).copied().collect();
            prop_assert_eq!(nodes.len(), found.stretches.len() + trees.len(), "as many nodes as stretches, and one more for each tree");
        }
    }
}
