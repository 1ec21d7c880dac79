//! Where an area's name stands: inside where it fits, else beside the map with a line to the area.

use geo::{Area, MultiPolygon, Polygon};

use crate::chart::canvas::Type;

/// The distance of two lines, in text sizes.
pub(super) const LINE: f64 = 1.2;

/// A name longer than this is cut where it does not fit: the table has all of it.
const LONG: f64 = 96.0;

/// A rectangle on the canvas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

/// A label with the middle of its text at a place.
#[derive(Debug, Clone)]
pub(super) struct Label {
    /// Index of the area.
    pub(super) area: usize,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) size: f64,
    /// The name in the first line; without it only the value is written.
    pub(super) name: Option<String>,
    pub(super) leader: Option<Leader>,
    half_width: f64,
}

/// A line from a label beside the map to its area.
#[derive(Debug, Clone)]
pub(super) struct Leader {
    pub(super) path: Vec<(f64, f64)>,
}

impl Label {
    pub(super) fn bounds(&self) -> Rect {
        let half_height = self.size * if self.name.is_some() { LINE + 0.1 } else { 0.7 };
        Rect {
            left: self.x - self.half_width - 3.0,
            right: self.x + self.half_width + 3.0,
            top: self.y - half_height,
            bottom: self.y + half_height,
        }
    }
}

/// One label per area, `None` where it does not fit.
pub(super) fn inside(shapes: &[MultiPolygon], wanted: &[(&str, &str)]) -> Vec<Option<Label>> {
    shapes
        .iter()
        .zip(wanted)
        .enumerate()
        .map(|(area, (shape, &(name, value)))| {
            let polygon = largest(shape)?;
            let try_at = |size: f64, name: &str| {
                let style = Type::BODY.sized(size);
                let half_width = style.bold().width(name).max(style.width(value)) / 2.0;
                let (x, y) = spot(polygon, half_width + 4.0, size * (LINE + 0.2))?;
                Some(Label { area, x, y, size, name: Some(name.to_owned()), leader: None, half_width })
            };
            let short = Type::BODY.sized(11.0).bold().fit(name, LONG);
            [13.0, 12.0, 11.0, 10.5]
                .into_iter()
                .find_map(|size| try_at(size, name))
                .or_else(|| (short != name).then(|| try_at(11.0, &short)).flatten())
        })
        .collect()
}

/// Where an area's name would stand: in the roomiest place of its largest part.
pub(super) fn anchor(shape: &MultiPolygon) -> Option<(f64, f64)> {
    let polygon = largest(shape)?;
    [(40.0, 16.0), (20.0, 12.0), (6.0, 4.0), (0.5, 0.5), (0.0, 0.0)]
        .into_iter()
        .find_map(|(half_width, half_height)| spot(polygon, half_width, half_height))
}

/// Labels inside, and for the areas whose name does not fit, in the nearest empty place around the map.
///
/// An area without such a place stays without a name: the table has it.
pub(super) fn with_leaders(
    shapes: &[MultiPolygon],
    wanted: &[(&str, &str)],
    inside: Vec<Option<Label>>,
    free: Rect,
) -> Vec<Label> {
    let mut labels = Vec::new();
    let mut outside = Vec::new();
    for (area, label) in inside.into_iter().enumerate() {
        match (label, largest(&shapes[area]).and_then(|p| spot(p, 0.5, 0.5))) {
            (Some(label), _) => labels.push(label),
            (None, Some(anchor)) => outside.push((area, anchor)),
            (None, None) => {}
        }
    }
    if outside.is_empty() || outside.len() > MOST_OUTSIDE {
        return labels;
    }
    let mut taken = Taken::new(shapes, free);
    let size = 11.5;
    for (area, anchor) in outside {
        let (name, value) = wanted[area];
        let style = Type::BODY.sized(size);
        let name = style.bold().fit(name, 130.0);
        let half_width = style.bold().width(&name).max(style.width(value)) / 2.0;
        let half = (half_width + 4.0, size * (LINE + 0.3));
        let Some((x, y)) = taken.nearest(anchor, half) else { continue };
        taken.take(x, y, half);
        // The line leaves the label where it is nearest to the area.
        let edge = |at: f64, centre: f64, half: f64| at.clamp(centre - half, centre + half);
        let start = (edge(anchor.0, x, half_width + 2.0), edge(anchor.1, y, size * (LINE + 0.05)));
        let leader = Leader { path: vec![start, anchor] };
        labels.push(Label { area, x, y, size, name: Some(name), leader: Some(leader), half_width });
    }
    labels.sort_by_key(|label| label.area);
    labels
}

/// More names around a map than this would hide it.
const MOST_OUTSIDE: usize = 16;
/// How far from its area a name may stand.
const FARTHEST: f64 = 150.0;
/// The size of the cells that are taken or free.
const CELL: f64 = 4.0;

/// Which cells of the canvas the map and the labels around it take.
struct Taken {
    free: Rect,
    columns: usize,
    cells: Vec<bool>,
}

impl Taken {
    fn new(shapes: &[MultiPolygon], free: Rect) -> Self {
        let columns = index((free.right - free.left) / CELL) + 1;
        let rows = index((free.bottom - free.top) / CELL) + 1;
        let mut taken = Self { free, columns, cells: vec![false; columns * rows] };
        for polygon in shapes.iter().flat_map(|shape| &shape.0) {
            let edges = edges(polygon);
            for row in 0..rows {
                let y = free.top + (to_float(row) + 0.5) * CELL;
                for (from, to) in free_at(&edges, y) {
                    taken.mark(from, to, y, y);
                }
            }
        }
        taken
    }

    fn mark(&mut self, left: f64, right: f64, top: f64, bottom: f64) {
        let columns = self.columns;
        for row in index((top - self.free.top) / CELL)..=index((bottom - self.free.top) / CELL) {
            for column in index((left - self.free.left) / CELL)..=index((right - self.free.left) / CELL) {
                if let Some(cell) = self.cells.get_mut(row * columns + column).filter(|_| column < columns) {
                    *cell = true;
                }
            }
        }
    }

    fn take(&mut self, x: f64, y: f64, (half_width, half_height): (f64, f64)) {
        self.mark(x - half_width, x + half_width, y - half_height, y + half_height);
    }

    fn is_free(&self, x: f64, y: f64, (half_width, half_height): (f64, f64)) -> bool {
        let Rect { left, top, right, bottom } = self.free;
        if x - half_width < left || x + half_width > right || y - half_height < top || y + half_height > bottom {
            return false;
        }
        let rows = index((y - half_height - top) / CELL)..=index((y + half_height - top) / CELL);
        let mut columns = index((x - half_width - left) / CELL)..=index((x + half_width - left) / CELL);
        rows.into_iter().all(|row| {
            columns.clone().all(|column| self.cells.get(row * self.columns + column).is_some_and(|taken| !taken))
        }) && columns.next().is_some()
    }

    /// The free place nearest to an anchor.
    fn nearest(&self, anchor: (f64, f64), half: (f64, f64)) -> Option<(f64, f64)> {
        let mut best: Option<(f64, (f64, f64))> = None;
        let steps = index(FARTHEST / CELL);
        for row in 0..=2 * steps {
            for column in 0..=2 * steps {
                let (dx, dy) = (to_float(column) * CELL - FARTHEST, to_float(row) * CELL - FARTHEST);
                // The distance to the box, not to its middle.
                let away = (dx.abs() - half.0).max(0.0).hypot((dy.abs() - half.1).max(0.0)) + 0.05 * dx.hypot(dy);
                let at = (anchor.0 + dx, anchor.1 + dy);
                if best.is_none_or(|(known, _)| away < known) && self.is_free(at.0, at.1, half) {
                    best = Some((away, at));
                }
            }
        }
        best.map(|(_, at)| at)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float to integer cast saturates")]
fn index(cells: f64) -> usize {
    cells.floor() as usize
}

fn to_float(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

fn largest(shape: &MultiPolygon) -> Option<&Polygon> {
    shape.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))
}

/// The middle of the roomiest place for a box of this half size, if there is one.
fn spot(polygon: &Polygon, half_width: f64, half_height: f64) -> Option<(f64, f64)> {
    let edges = edges(polygon);
    let top = edges.iter().map(|&((_, y), _)| y).fold(f64::INFINITY, f64::min);
    let bottom = edges.iter().map(|&((_, y), _)| y).fold(f64::NEG_INFINITY, f64::max);
    let centre = (top + bottom) / 2.0;
    let mut best: Option<(f64, (f64, f64))> = None;
    let mut y = top + half_height;
    while y <= bottom - half_height {
        for (from, to) in free(&edges, y - half_height, y + half_height) {
            let room = (to - from) / 2.0 - half_width;
            if room >= 0.0 {
                // Room to the sides is good, distance from the middle is not.
                let score = room.min(40.0) - 0.35 * (y - centre).abs();
                if best.is_none_or(|(known, _)| score > known) {
                    best = Some((score, (f64::midpoint(from, to), y)));
                }
            }
        }
        y += 2.0_f64.min(half_height.max(0.5));
    }
    best.map(|(_, at)| at)
}

type Edge = ((f64, f64), (f64, f64));

fn edges(polygon: &Polygon) -> Vec<Edge> {
    std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .flat_map(|ring| ring.lines())
        .map(|l| ((l.start.x, l.start.y), (l.end.x, l.end.y)))
        .collect()
}

/// The stretches of x that lie inside at one y.
fn free_at(edges: &[Edge], y: f64) -> Vec<(f64, f64)> {
    let mut cuts: Vec<f64> =
        edges.iter().filter(|&&((_, a), (_, b))| (a <= y) != (b <= y)).map(|&e| x_at(e, y)).collect();
    cuts.sort_by(f64::total_cmp);
    cuts.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

/// The stretches of x that lie inside over the whole band from `top` to `bottom`.
fn free(edges: &[Edge], top: f64, bottom: f64) -> Vec<(f64, f64)> {
    let mut free = free_at(edges, f64::midpoint(top, bottom));
    for &edge in edges {
        let ((_, a), (_, b)) = edge;
        if a.max(b) <= top || a.min(b) >= bottom {
            continue;
        }
        // What the edge takes away is its own stretch of x within the band.
        let (x1, x2) = if (b - a).abs() < 1e-9 {
            (edge.0.0, edge.1.0)
        } else {
            (x_at(edge, a.clamp(top, bottom)), x_at(edge, b.clamp(top, bottom)))
        };
        let (low, high) = (x1.min(x2), x1.max(x2));
        free = free
            .into_iter()
            .flat_map(|(from, to)| {
                if high <= from || low >= to {
                    vec![(from, to)]
                } else {
                    vec![(from, low.max(from)), (high.min(to), to)]
                }
            })
            .filter(|(from, to)| from < to)
            .collect();
    }
    free
}

fn x_at(((x1, y1), (x2, y2)): ((f64, f64), (f64, f64)), y: f64) -> f64 {
    if (y2 - y1).abs() < 1e-12 { x1 } else { x1 + (x2 - x1) * (y - y1) / (y2 - y1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn a_label_stands_in_the_wide_part_of_an_area() {
        // A bottle: a narrow neck above, a wide body below.
        let bottle = polygon![
            (x: 40.0, y: 0.0), (x: 60.0, y: 0.0), (x: 60.0, y: 50.0), (x: 100.0, y: 50.0),
            (x: 100.0, y: 100.0), (x: 0.0, y: 100.0), (x: 0.0, y: 50.0), (x: 40.0, y: 50.0),
        ];
        let (x, y) = spot(&bottle, 30.0, 10.0).unwrap();
        assert!((50.0 - x).abs() < 1.0, "{x}");
        assert!((60.0..=90.0).contains(&y), "{y}");
        assert_eq!(spot(&bottle, 55.0, 10.0), None, "wider than the bottle");
    }

    #[test]
    fn a_horizontal_edge_in_the_band_takes_its_stretch_away() {
        let notch = polygon![
            (x: 0.0, y: 0.0), (x: 100.0, y: 0.0), (x: 100.0, y: 40.0), (x: 60.0, y: 40.0),
            (x: 60.0, y: 20.0), (x: 40.0, y: 20.0), (x: 40.0, y: 40.0), (x: 0.0, y: 40.0),
        ];
        assert_eq!(spot(&notch, 30.0, 15.0), None);
        assert!(spot(&notch, 30.0, 9.0).is_some_and(|(_, y)| y < 12.0));
    }
}
