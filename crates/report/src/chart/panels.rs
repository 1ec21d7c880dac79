//! Small maps side by side: the same areas and the same scale in each, so that what differs is what is shown.

use geo::{BoundingRect, Coord, MapCoords, MultiPolygon, Orient, Simplify, orient::Direction};

use super::{
    NARROW,
    canvas::{Canvas, Type},
    legend::{self, Entry, Swatch},
    map::{Class, Fit, keyhole, paint_borders},
    palette::{EDGE, INK, NOTHING, PAPER},
};

/// Small maps of the same areas.
#[derive(Debug, Clone)]
pub(crate) struct Panels {
    /// In planar units, north up.
    pub(crate) shapes: Vec<MultiPolygon>,
    pub(crate) panels: Vec<Panel>,
    /// From nothing at all to the most.
    pub(crate) classes: Vec<Class>,
    /// What the sand of areas without a share means, where there are any.
    pub(crate) nothing: Option<String>,
    /// How high one map may be.
    pub(crate) tallest: f64,
}

/// One small map.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    pub(crate) head: String,
    pub(crate) value: String,
    /// Per shape, an index into the classes.
    pub(crate) classes: Vec<Option<usize>>,
}

/// How high a small map is on a page, at most.
pub(crate) const TALLEST: f64 = 250.0;
/// Lower than this a map says nothing.
const LOWEST: f64 = 60.0;
/// Room for the words over a map.
const HEAD: f64 = 42.0;
/// Room between two maps, beside and below each other.
const GAP: f64 = 22.0;
/// Above this many areas their borders are drawn lighter and with fewer vertices.
const MANY: usize = 60;

/// How many maps stand beside each other, and how large each is.
struct Grid {
    columns: usize,
    column: f64,
    scale: f64,
    high: f64,
}

impl Panels {
    pub(crate) fn height(&self, width: f64) -> f64 {
        let grid = self.grid(width);
        let rows = count(self.panels.len().div_ceil(grid.columns));
        legend::height(&self.legend(), width) + 8.0 + rows * (HEAD + grid.high) + (rows - 1.0).max(0.0) * GAP + 6.0
    }

    /// Makes the maps lower, as long as they say anything.
    pub(crate) fn lower(&mut self) -> bool {
        self.tallest -= 10.0;
        self.tallest >= LOWEST
    }

    /// Leaves out the last map; some stay, since they are to be compared.
    pub(crate) fn drop_panel(&mut self) -> bool {
        self.panels.len() > 2 && self.panels.pop().is_some()
    }

    fn bounds(&self) -> Option<geo::Rect> {
        self.shapes.iter().filter_map(BoundingRect::bounding_rect).reduce(|a, b| {
            geo::Rect::new(
                Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
                Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
            )
        })
    }

    /// As few rows as leave every map wide enough for its words and for its land.
    fn grid(&self, width: f64) -> Grid {
        let bounds = self.bounds();
        let (east_west, north_south) = bounds.map_or((1.0, 1.0), |b| (b.width().max(1e-9), b.height().max(1e-9)));
        let narrow = width < NARROW;
        let most = if narrow { 2 } else { 6 };
        // Land that is tall and narrow needs less room beside it; on a telephone two stand side by side whatever their land.
        let wanted = if narrow { 120.0 } else { (0.8 * self.tallest * east_west / north_south).clamp(150.0, 220.0) };
        let fit = (1..=most).rev().find(|&n| column(width, n) >= wanted).unwrap_or(1);
        let rows = self.panels.len().div_ceil(fit.max(1)).max(1);
        // No row is much shorter than the others.
        let columns = self.panels.len().div_ceil(rows).max(1);
        let column = column(width, columns).min(wanted.max(column(width, fit)));
        let scale = ((column - 4.0) / east_west).min((self.tallest.max(LOWEST) - 4.0) / north_south);
        Grid { columns, column, scale, high: north_south * scale + 4.0 }
    }

    fn legend(&self) -> Vec<Entry> {
        let entry = |class: &Class| Entry { swatch: Swatch::Edged(class.colour), label: class.label.clone() };
        let nothing = self.nothing.iter().map(|label| Entry { swatch: Swatch::Edged(NOTHING), label: label.clone() });
        self.classes.iter().map(entry).chain(nothing).collect()
    }

    pub(crate) fn paint(&self, canvas: &Canvas<'_, '_>, width: f64) {
        let entries = self.legend();
        legend::paint(canvas, &entries, 0.0, 0.0, width);
        let Some(bounds) = self.bounds() else { return };
        let grid = self.grid(width);
        let top = legend::height(&entries, width) + 8.0;
        for (number, panel) in self.panels.iter().enumerate() {
            let (row, at) = (number / grid.columns, number % grid.columns);
            let left = count(at) * (grid.column + GAP);
            let top = top + count(row) * (HEAD + grid.high + GAP);
            let name = Type::BODY.bold();
            canvas.text(left, top + 14.0, &name.fit(&panel.head, grid.column), name);
            canvas.text(left, top + 31.0, &panel.value, Type::SMALL.coloured(INK));
            let fit = Fit {
                scale: grid.scale,
                left: left + 2.0,
                top: top + HEAD + 2.0,
                west: bounds.min().x,
                north: bounds.max().y,
            };
            self.paint_map(canvas, panel, &fit);
        }
    }

    fn paint_map(&self, canvas: &Canvas<'_, '_>, panel: &Panel, fit: &Fit) {
        let many = self.shapes.len() > MANY;
        let tolerance = if many { 0.7 } else { 0.4 };
        let drawn =
            |shape: &MultiPolygon| shape.map_coords(|c| fit.point(c)).orient(Direction::Default).simplify(tolerance);
        let shapes: Vec<MultiPolygon> = self.shapes.iter().map(drawn).collect();
        // A dark edge under everything shows around the whole, also where nobody has anything.
        paint_borders(canvas, &shapes, EDGE, if many { 1.0 } else { 2.0 });
        for (shape, class) in shapes.iter().zip(&panel.classes) {
            let colour = class.and_then(|class| self.classes.get(class)).map_or(NOTHING, |class| class.colour);
            for polygon in &shape.0 {
                canvas.polygon(&keyhole(polygon), colour);
            }
        }
        if !many {
            paint_borders(canvas, &shapes, PAPER, 0.9);
            paint_borders(canvas, &shapes, EDGE, 0.4);
        }
    }
}

fn column(width: f64, columns: usize) -> f64 {
    (width - GAP * (count(columns) - 1.0)) / count(columns)
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use geo::{LineString, Polygon};

    use super::*;
    use crate::chart::canvas::draw;

    fn panels(n: usize, wide: f64, high: f64) -> Panels {
        let ring = LineString::from(vec![(0.0, 0.0), (wide, 0.0), (wide, high), (0.0, high), (0.0, 0.0)]);
        let panel =
            |i: usize| Panel { head: format!("T{i}"), value: "10 %".to_owned(), classes: vec![(i > 0).then_some(0)] };
        Panels {
            shapes: vec![MultiPolygon(vec![Polygon::new(ring, vec![])])],
            panels: (0..n).map(panel).collect(),
            classes: vec![Class { label: "0".to_owned(), colour: PAPER }],
            nothing: Some("-".to_owned()),
            tallest: TALLEST,
        }
    }

    #[test]
    fn maps_stand_in_full_rows_and_never_beyond_the_width() {
        for (width, high) in [(900.0, 1.0), (900.0, 2.2), (343.0, 1.0), (343.0, 2.2)] {
            for n in 2..=9 {
                let grid = panels(n, 1.0, high).grid(width);
                let rows = n.div_ceil(grid.columns);
                assert!(rows * grid.columns - n < rows.max(2), "{n} maps in {rows} rows of {}", grid.columns);
                assert!(count(grid.columns) * (grid.column + GAP) - GAP <= width + 1e-6);
                assert!(grid.scale <= grid.column && high * grid.scale <= TALLEST);
            }
        }
    }

    #[test]
    fn every_map_is_drawn_once_in_the_colour_of_its_class() {
        let chart = panels(3, 1.0, 1.0);
        let svg = draw(900.0, chart.height(900.0), |canvas| chart.paint(canvas, 900.0)).unwrap();
        let fills =
            |colour: &str| svg.lines().filter(|line| line.starts_with("<polygon") && line.contains(colour)).count();
        assert_eq!((fills("#FFFFFF"), fills("#EAD9B0")), (2, 1));
    }
}
