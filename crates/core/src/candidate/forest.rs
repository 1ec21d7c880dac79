//! The forest: the shortest tree that joins points, without the links that are longer than a reach.
//!
//! By Borůvka's rule: every tree takes the shortest link to another one, all at once, until none has any. No two links are equal,
//! since those that are as long are told apart by their ends, so there is one shortest tree, and what it is does not depend on
//! how it is found. It is exact: no link is left out beforehand.

use super::{At, Points, squared};
use crate::quantity::Metres;

/// A straight line between two points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    /// The square of its length.
    pub(super) squared: u128,
    /// The points, the lower number first.
    pub(super) ends: [u32; 2],
}

impl Edge {
    fn between(a: u32, b: u32, squared: u128) -> Self {
        Self { squared, ends: [a.min(b), a.max(b)] }
    }
}

/// The links that were taken.
pub(super) struct Forest {
    pub(super) edges: Vec<Edge>,
}

/// What is known of the link from a point to the nearest one in another tree.
#[derive(Clone, Copy)]
enum Known {
    /// This is it, as long as its ends are in two trees. Once they are not, it is no shorter than this.
    Was(Edge),
    /// None is within reach.
    None,
    /// Nothing yet.
    Unasked,
}

impl Forest {
    /// Joins points; only by links that are no longer than the reach, where there is one.
    pub(super) fn of(points: &Points, reach: Option<Metres>) -> Self {
        let limit = reach.map_or(u128::MAX, |reach| u128::from(reach.millimetres()).pow(2));
        let count = points.len();
        let mut growing = Growing {
            points,
            limit,
            parent: (0..).take(count).collect(),
            tree: (0..).take(count).collect(),
            known: vec![Known::Unasked; count],
            alike: vec![None; points.boxes().len()],
        };
        let mut edges = Vec::with_capacity(count.saturating_sub(1));
        while growing.round(&mut edges) {}
        edges.sort_unstable();
        Self { edges }
    }

    /// The trees: the points of each, rising, and their links; in the order of their first points.
    pub(super) fn trees(&self, count: usize) -> Vec<(Vec<u32>, Vec<Edge>)> {
        let mut parent: Vec<u32> = (0..).take(count).collect();
        for edge in &self.edges {
            let [a, b] = edge.ends.map(|end| root(&mut parent, end));
            // The lowest number stands for the tree.
            parent[a.max(b) as usize] = a.min(b);
        }
        let mut number = vec![usize::MAX; count];
        let mut trees: Vec<(Vec<u32>, Vec<Edge>)> = Vec::new();
        for point in (0..).take(count) {
            let root = root(&mut parent, point) as usize;
            if number[root] == usize::MAX {
                number[root] = trees.len();
                trees.push((Vec::new(), Vec::new()));
            }
            trees[number[root]].0.push(point);
        }
        for &edge in &self.edges {
            let root = root(&mut parent, edge.ends[0]) as usize;
            trees[number[root]].1.push(edge);
        }
        trees
    }
}

/// What stands for a point's tree.
pub(super) fn root(parent: &mut [u32], point: u32) -> u32 {
    let mut at = point;
    while parent[at as usize] != at {
        let above = parent[parent[at as usize] as usize];
        parent[at as usize] = above;
        at = above;
    }
    at
}

struct Growing<'a> {
    points: &'a Points,
    limit: u128,
    parent: Vec<u32>,
    /// Per point, this round: what stands for its tree.
    tree: Vec<u32>,
    known: Vec<Known>,
    /// Per box, this round: the tree that all its points are in.
    alike: Vec<Option<u32>>,
}

impl Growing<'_> {
    /// Every tree takes its shortest link; says whether any did.
    fn round(&mut self, edges: &mut Vec<Edge>) -> bool {
        for point in (0..).take(self.tree.len()) {
            self.tree[point as usize] = root(&mut self.parent, point);
        }
        for number in (0..self.alike.len()).rev() {
            let of = &self.points.boxes()[number];
            self.alike[number] = match of.halves {
                Some([a, b]) => self.alike[a as usize].filter(|_| self.alike[a as usize] == self.alike[b as usize]),
                None => {
                    let mut trees = self.points.within(of).iter().map(|&point| self.tree[point as usize]);
                    let first = trees.next();
                    first.filter(|&first| trees.all(|tree| tree == first))
                }
            };
        }
        let mut shortest: Vec<Option<Edge>> = vec![None; self.tree.len()];
        for point in (0..).take(self.tree.len()) {
            let tree = self.tree[point as usize];
            let best = shortest[tree as usize];
            let found = match self.known[point as usize] {
                Known::None => continue,
                Known::Was(edge) if edge.ends.map(|end| self.tree[end as usize]).iter().any(|&of| of != tree) => edge,
                // What is no shorter than this cannot be the tree's shortest.
                Known::Was(edge) if best.is_some_and(|best| best.squared < edge.squared) => continue,
                Known::Was(_) | Known::Unasked => {
                    let found = self.nearest(point);
                    self.known[point as usize] = found.map_or(Known::None, Known::Was);
                    let Some(found) = found else { continue };
                    found
                }
            };
            if best.is_none_or(|best| found < best) {
                shortest[tree as usize] = Some(found);
            }
        }
        let mut taken: Vec<Edge> = shortest.into_iter().flatten().collect();
        taken.sort_unstable();
        taken.dedup();
        for edge in &taken {
            let [a, b] = edge.ends.map(|end| root(&mut self.parent, end));
            self.parent[a.max(b) as usize] = a.min(b);
        }
        edges.extend(&taken);
        !taken.is_empty()
    }

    /// The shortest link from a point to another tree, within reach.
    fn nearest(&self, point: u32) -> Option<Edge> {
        let (points, tree) = (self.points, self.tree[point as usize]);
        let from: At = points.at(point);
        let mut best: Option<Edge> = None;
        let mut open = vec![0];
        while let Some(number) = open.pop() {
            let of = &points.boxes()[number as usize];
            let limit = best.map_or(self.limit, |best| best.squared);
            if self.alike[number as usize] == Some(tree) || of.squared(from) > limit {
                continue;
            }
            if let Some(halves) = of.halves {
                open.extend(points.far_first(halves, from));
                continue;
            }
            for &other in points.within(of).iter().filter(|&&other| self.tree[other as usize] != tree) {
                let edge = Edge::between(point, other, squared(from, points.at(other)));
                if edge.squared <= self.limit && best.is_none_or(|best| edge < best) {
                    best = Some(edge);
                }
            }
        }
        best
    }
}
