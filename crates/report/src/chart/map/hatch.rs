//! Hatching: slanting lines clipped to an area, with gaps for its label.

use geo::MultiPolygon;

use super::label::Rect;

type Line = ((f64, f64), (f64, f64));

/// Lines `spacing` pixels apart inside a shape and outside all boxes, on one grid for the whole map.
pub(super) fn lines(shape: &MultiPolygon, spacing: f64, boxes: &[Rect]) -> Vec<Line> {
    // Turned by 45 degrees, u is across the lines and v along them.
    let edges: Vec<_> = shape
        .iter()
        .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
        .flat_map(|ring| ring.lines())
        .map(|l| ((l.start.x + l.start.y, l.start.x - l.start.y), (l.end.x + l.end.y, l.end.x - l.end.y)))
        .collect();
    let low = edges.iter().map(|&((u, _), _)| u).fold(f64::INFINITY, f64::min);
    let high = edges.iter().map(|&((u, _), _)| u).fold(f64::NEG_INFINITY, f64::max);
    let step = spacing * std::f64::consts::SQRT_2;
    let mut out = Vec::new();
    let mut u = (low / step).ceil() * step;
    while u < high {
        let mut cuts: Vec<f64> = edges
            .iter()
            .filter(|&&((a, _), (b, _))| (a <= u) != (b <= u))
            .map(|&((a, v), (b, w))| v + (w - v) * (u - a) / (b - a))
            .collect();
        cuts.sort_by(f64::total_cmp);
        for pair in cuts.chunks_exact(2) {
            for (from, to) in without(pair[0], pair[1], u, boxes) {
                if to - from > 1.5 {
                    out.push((((u + from) / 2.0, (u - from) / 2.0), ((u + to) / 2.0, (u - to) / 2.0)));
                }
            }
        }
        u += step;
    }
    out
}

/// The parts of one line that lie in no box.
fn without(from: f64, to: f64, u: f64, boxes: &[Rect]) -> Vec<(f64, f64)> {
    let mut parts = vec![(from, to)];
    for b in boxes {
        // On the line, x = (u + v) / 2 and y = (u - v) / 2.
        let low = (2.0 * b.left - u).max(u - 2.0 * b.bottom);
        let high = (2.0 * b.right - u).min(u - 2.0 * b.top);
        if low >= high {
            continue;
        }
        parts = parts
            .into_iter()
            .flat_map(|(from, to)| [(from, to.min(low)), (from.max(high), to)])
            .filter(|(from, to)| from < to)
            .collect();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    fn square() -> MultiPolygon {
        MultiPolygon(vec![polygon![(x: 0.0, y: 0.0), (x: 40.0, y: 0.0), (x: 40.0, y: 40.0), (x: 0.0, y: 40.0)]])
    }

    #[test]
    fn lines_stay_inside_the_area_and_out_of_the_label() {
        let label = Rect { left: 10.0, top: 10.0, right: 30.0, bottom: 30.0 };
        let lines = lines(&square(), 5.0, &[label]);
        assert!(lines.len() > 8);
        for (a, b) in lines {
            for t in [0.01, 0.25, 0.5, 0.75, 0.99] {
                let (x, y) = (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t);
                assert!((-1e-9..=40.0 + 1e-9).contains(&x) && (-1e-9..=40.0 + 1e-9).contains(&y), "({x}, {y})");
                assert!(!(x > 10.01 && x < 29.99 && y > 10.01 && y < 29.99), "({x}, {y}) is under the label");
            }
        }
    }
}
