//! Polygons ready to be asked, many times, whether a point is in them.
//!
//! Boundary counts as covered, and an exact orientation predicate decides it: no rounding, so no two
//! engines can disagree about a point on an edge.

use geo::{Coord, Polygon};

/// Where a point lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Position {
    /// Neither inside nor on the border.
    Outside,
    /// On the border, a hole's border included.
    Boundary,
    /// Inside, and in no hole.
    Inside,
}

/// One polygon with its edges sorted into horizontal slabs.
///
/// Holes may turn either way: what is inside is decided by counting crossings over all rings.
#[derive(Debug, Clone)]
pub struct PreparedPolygon {
    edges: Vec<[Coord; 2]>,
    /// `slabs[i]..slabs[i + 1]` are the places in `members` of the edges that touch slab `i`.
    slabs: Vec<u32>,
    members: Vec<u32>,
    bottom: f64,
    per_unit: f64,
}

impl PreparedPolygon {
    /// Sorts a polygon's edges.
    #[must_use]
    pub fn new(polygon: &Polygon) -> Self {
        let edges: Vec<[Coord; 2]> = std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .flat_map(|ring| ring.lines().map(|line| [line.start, line.end]))
            .filter(|[a, b]| a != b)
            .collect();
        let bottom = edges.iter().map(|[a, b]| a.y.min(b.y)).fold(f64::INFINITY, f64::min);
        let top = edges.iter().map(|[a, b]| a.y.max(b.y)).fold(f64::NEG_INFINITY, f64::max);
        let mut prepared = Self { edges, slabs: Vec::new(), members: Vec::new(), bottom, per_unit: 0.0 };
        // Tall edges stand in many slabs; fewer slabs keep the lists linear in the edges.
        let mut count = (prepared.edges.len() / 4).clamp(1, 1 << 16);
        loop {
            prepared.per_unit = if top > bottom { slab_density(count, top - bottom) } else { 0.0 };
            let entries: usize = prepared.edges.iter().map(|edge| prepared.span(edge, count).count()).sum();
            if count == 1 || entries <= prepared.edges.len() * 4 {
                break;
            }
            count /= 2;
        }
        prepared.fill(count);
        prepared
    }

    fn fill(&mut self, count: usize) {
        let mut slabs = vec![0u32; count + 1];
        for edge in &self.edges {
            for slab in self.span(edge, count) {
                slabs[slab + 1] += 1;
            }
        }
        for i in 0..count {
            slabs[i + 1] += slabs[i];
        }
        let mut next = slabs.clone();
        let mut members = vec![0u32; slabs[count] as usize];
        for (edge, number) in self.edges.iter().zip(0u32..) {
            for slab in self.span(edge, count) {
                members[next[slab] as usize] = number;
                next[slab] += 1;
            }
        }
        self.slabs = slabs;
        self.members = members;
    }

    /// The slabs an edge touches. Rounding cannot lose a point: the slab of `y` never falls as `y` rises.
    fn span(&self, [a, b]: &[Coord; 2], count: usize) -> std::ops::RangeInclusive<usize> {
        self.slab(a.y.min(b.y), count)..=self.slab(a.y.max(b.y), count)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float to integer cast saturates")]
    fn slab(&self, y: f64, count: usize) -> usize {
        (((y - self.bottom) * self.per_unit) as usize).min(count - 1)
    }

    /// Where a point lies, exactly.
    #[must_use]
    pub fn position(&self, point: Coord) -> Position {
        let count = self.slabs.len() - 1;
        if self.edges.is_empty() || point.y < self.bottom || !point.x.is_finite() || !point.y.is_finite() {
            return Position::Outside;
        }
        let slab = self.slab(point.y, count);
        let mut inside = false;
        for &edge in &self.members[self.slabs[slab] as usize..self.slabs[slab + 1] as usize] {
            let [a, b] = self.edges[edge as usize];
            match side_of(a, b, point) {
                None => return Position::Boundary,
                Some(right) => inside ^= right,
            }
        }
        if inside { Position::Inside } else { Position::Outside }
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most 65 536 slabs")]
fn slab_density(count: usize, height: f64) -> f64 {
    count as f64 / height
}

/// Whether an edge crosses the ray that leaves a point to the right; `None` when the point is on the edge.
#[inline]
#[must_use]
pub(crate) fn side_of(a: Coord, b: Coord, p: Coord) -> Option<bool> {
    let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
    if p.y < low.y || p.y > high.y || p.x > a.x.max(b.x) {
        return Some(false);
    }
    // The upper end of an edge belongs to the next one; a level edge is never crossed.
    let spans = p.y < high.y;
    if p.x < a.x.min(b.x) {
        return Some(spans);
    }
    if low.y == high.y {
        return None;
    }
    let side = robust::orient2d(
        robust::Coord { x: low.x, y: low.y },
        robust::Coord { x: high.x, y: high.y },
        robust::Coord { x: p.x, y: p.y },
    );
    // To the left of an upward edge it crosses the ray.
    if side == 0.0 { None } else { Some(side > 0.0 && spans) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{CoordinatePosition, coordinate_position::CoordPos, polygon};
    use proptest::prelude::*;

    fn square_with_hole() -> Polygon {
        polygon!(
            exterior: [(x: 0.0, y: 0.0), (x: 10.0, y: 0.0), (x: 10.0, y: 10.0), (x: 0.0, y: 10.0)],
            interiors: [[(x: 4.0, y: 4.0), (x: 6.0, y: 4.0), (x: 6.0, y: 6.0), (x: 4.0, y: 6.0)]],
        )
    }

    #[test]
    fn boundary_counts_and_a_hole_does_not() {
        let prepared = PreparedPolygon::new(&square_with_hole());
        for (x, y, expected) in [
            (1.0, 1.0, Position::Inside),
            (5.0, 5.0, Position::Outside),
            (0.0, 5.0, Position::Boundary),
            (10.0, 10.0, Position::Boundary),
            (5.0, 0.0, Position::Boundary),
            (4.0, 5.0, Position::Boundary),
            (5.0, 6.0, Position::Boundary),
            (6.0, 6.0, Position::Boundary),
            (11.0, 5.0, Position::Outside),
            (-1.0, 0.0, Position::Outside),
            (5.0, -1.0, Position::Outside),
            (-1.0, 4.0, Position::Outside),
        ] {
            assert_eq!(prepared.position(Coord { x, y }), expected, "({x}, {y})");
        }
    }

    #[test]
    fn a_polygon_without_area_has_only_a_border() {
        let flat = PreparedPolygon::new(&polygon![(x: 0.0, y: 1.0), (x: 2.0, y: 1.0), (x: 0.0, y: 1.0)]);
        assert_eq!(flat.position(Coord { x: 1.0, y: 1.0 }), Position::Boundary);
        assert_eq!(flat.position(Coord { x: 3.0, y: 1.0 }), Position::Outside);
        assert_eq!(PreparedPolygon::new(&Polygon::empty()).position(Coord { x: 0.0, y: 0.0 }), Position::Outside);
    }

    /// A star-shaped polygon on a coarse grid of coordinates, so that points often fall on edges and vertices.
    fn star() -> impl Strategy<Value = Polygon> {
        (prop::collection::vec((1i32..12, 0u32..64), 3..40), 0i32..3).prop_map(|(corners, hole)| {
            let mut corners = corners;
            corners.sort_by_key(|&(_, turn)| turn);
            corners.dedup_by_key(|&mut (_, turn)| turn);
            let ring = |scale: f64| {
                corners
                    .iter()
                    .map(|&(r, turn)| {
                        let angle = f64::from(turn) * std::f64::consts::TAU / 64.0;
                        Coord {
                            x: (f64::from(r) * scale * angle.cos()).round(),
                            y: (f64::from(r) * scale * angle.sin()).round(),
                        }
                    })
                    .collect::<Vec<_>>()
            };
            let holes = if hole == 0 { vec![] } else { vec![ring(0.5 / f64::from(hole)).into()] };
            Polygon::new(ring(1.0).into(), holes)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

        /// Holes here may touch or cross their shell only as rounding makes them; where they do, the two
        /// definitions differ by design, so such polygons are left out.
        #[test]
        fn slabs_answer_as_geo_does(polygon in star(), points in prop::collection::vec((-26i32..26, -26i32..26), 64)) {
            use geo::Validation;
            prop_assume!(polygon.is_valid());
            let prepared = PreparedPolygon::new(&polygon);
            for (x, y) in points {
                let point = Coord { x: f64::from(x) / 2.0, y: f64::from(y) / 2.0 };
                let expected = match polygon.coordinate_position(&point) {
                    CoordPos::Inside => Position::Inside,
                    CoordPos::OnBoundary => Position::Boundary,
                    CoordPos::Outside => Position::Outside,
                };
                prop_assert_eq!(prepared.position(point), expected, "{:?}", point);
            }
        }
    }
}
