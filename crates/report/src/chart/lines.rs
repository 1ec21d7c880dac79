//! Lines over years: what was published of each area, broken where years cannot be compared, and the study's own mark beside them.

use plotters::style::RGBColor;

use super::{
    Mark,
    canvas::{Canvas, Type},
    legend::{self, Entry, Marker, Shape, Swatch},
    palette::{INK, MUTED, RULE, UNSURE},
};

/// Lines of shares over years, and a column of the study's own.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    /// From 0 to 1.
    pub(crate) years: Vec<Mark>,
    /// The ticks of the axis of shares.
    pub(crate) shares: Vec<Mark>,
    /// Where that axis begins, 0 to 1.
    pub(crate) from: f64,
    /// In the order in which they are painted.
    pub(crate) rows: Vec<Line>,
    /// Where all lines are broken, between two years.
    pub(crate) breaks: Vec<Mark>,
    /// What the column of the study's own is called.
    pub(crate) ours: String,
    /// What is what: published shares, the study's own, areas without a name.
    pub(crate) names: [String; 3],
}

/// One area.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) label: String,
    /// What stands behind the label where there is room.
    pub(crate) tail: String,
    /// Year and share, in parts within which years can be compared.
    pub(crate) parts: Vec<Vec<(f64, f64)>>,
    /// The study's own share.
    pub(crate) ours: Option<f64>,
    /// How it is told from the others; `None` for those that are only there to compare with.
    pub(crate) marker: Option<Marker>,
}

const PLOT: f64 = 300.0;
const HEAD: f64 = 22.0;
const FOOT: f64 = 28.0;
/// How far labels at the right are apart.
const APART: f64 = 17.0;
/// The part of the width that labels may take.
const LABELS: f64 = 0.3;
/// From the edge of the column to a label's words.
const BESIDE: f64 = 20.0;

/// Where things lie.
struct Frame {
    top: f64,
    left: f64,
    /// The first and the last year.
    years: (f64, f64),
    /// Between the years and the study's own.
    between: f64,
    ours: f64,
    right: f64,
    from: f64,
}

impl Frame {
    fn x(&self, part: f64) -> f64 {
        self.years.0 + (self.years.1 - self.years.0) * part.clamp(0.0, 1.0)
    }

    fn y(&self, share: f64) -> f64 {
        self.bottom() - PLOT * ((share - self.from) / (1.0 - self.from)).clamp(0.0, 1.0)
    }

    fn bottom(&self) -> f64 {
        self.top + PLOT
    }
}

impl Lines {
    fn legend(&self) -> Vec<Entry> {
        let swatches = [
            (Swatch::Line(INK), true),
            (
                Swatch::Marker(Marker { shape: Shape::Diamond, colour: INK }),
                self.rows.iter().any(|row| row.ours.is_some()),
            ),
            (Swatch::Line(UNSURE), self.rows.iter().any(|row| row.marker.is_none())),
        ];
        let entries = self.names.iter().zip(swatches).filter(|(_, (_, used))| *used);
        entries.map(|(name, (swatch, _))| Entry { swatch, label: name.clone() }).collect()
    }

    pub(crate) fn height(&self, width: f64) -> f64 {
        legend::height(&self.legend(), width) + HEAD + PLOT + FOOT
    }

    /// The words at the right of an area: with its share where they fit.
    fn words(row: &Line, room: f64) -> String {
        let whole = format!("{} {}", row.label, row.tail);
        let style = Type::BODY;
        if !row.tail.is_empty() && style.width(&whole) <= room { whole } else { style.fit(&row.label, room) }
    }

    fn frame(&self, width: f64) -> Frame {
        let ticks = self.shares.iter().map(|tick| Type::SMALL.width(&tick.label)).fold(0.0, f64::max);
        let left = ticks + 10.0;
        let named = self.rows.iter().filter(|row| row.marker.is_some());
        let labels = named.map(|row| Type::BODY.width(&format!("{} {}", row.label, row.tail))).fold(0.0, f64::max);
        let right = width - (labels + BESIDE + 4.0).min(LABELS * width);
        let column = (Type::SMALL.bold().width(&self.ours) + 14.0).max(52.0);
        let between = right - column;
        let top = legend::height(&self.legend(), width) + HEAD;
        let years = (left + 10.0, (between - 12.0).max(left + 11.0));
        Frame { top, left, years, between, ours: right - column / 2.0, right, from: self.from }
    }

    pub(crate) fn paint(&self, canvas: &Canvas<'_, '_>, width: f64) {
        legend::paint(canvas, &self.legend(), 0.0, 0.0, width);
        let frame = self.frame(width);
        self.paint_axes(canvas, &frame);
        self.paint_breaks(canvas, &frame);
        for row in &self.rows {
            paint_line(canvas, &frame, row);
        }
        let mut named: Vec<(&Line, Marker, f64)> = Vec::new();
        for row in &self.rows {
            let last = row.parts.last().and_then(|part| part.last()).map(|&(_, share)| share);
            if let Some((marker, share)) = row.marker.zip(row.ours.or(last)) {
                named.push((row, marker, frame.y(share)));
            }
        }
        named.sort_by(|a, b| a.2.total_cmp(&b.2));
        let at: Vec<f64> = named.iter().map(|&(_, _, y)| y).collect();
        for ((row, marker, _), y) in named.iter().zip(spread(&at, APART, frame.top, frame.bottom())) {
            marker.paint(canvas, frame.right + 8.0, y);
            let words = Self::words(row, width - frame.right - BESIDE);
            canvas.label(frame.right + BESIDE, y, &words, Type::BODY);
        }
    }

    fn paint_axes(&self, canvas: &Canvas<'_, '_>, frame: &Frame) {
        for tick in self.shares.iter().filter(|tick| tick.at >= self.from - 1e-9) {
            let y = frame.y(tick.at);
            canvas.line((frame.left, y), (frame.right, y), RULE, 0.75);
            canvas.label(frame.left - 8.0, y, &tick.label, Type::SMALL.end());
        }
        canvas.line((frame.left, frame.bottom()), (frame.right, frame.bottom()), MUTED, 1.0);
        canvas.line((frame.between, frame.top), (frame.between, frame.bottom() + 4.0), MUTED, 1.0);
        // The last year always has its number.
        let mut free = f64::INFINITY;
        for year in self.years.iter().rev() {
            let (x, half) = (frame.x(year.at), Type::SMALL.width(&year.label) / 2.0);
            canvas.line((x, frame.bottom()), (x, frame.bottom() + 4.0), MUTED, 1.0);
            if x + half <= free {
                canvas.text(x, frame.bottom() + 17.0, &year.label, Type::SMALL.middle());
                free = x - half - 8.0;
            }
        }
        let style = Type::SMALL.bold().coloured(INK);
        canvas.text(frame.ours, frame.bottom() + 17.0, &self.ours, style.middle());
    }

    /// A line of dashes where years cannot be compared, with its words above where they have room.
    fn paint_breaks(&self, canvas: &Canvas<'_, '_>, frame: &Frame) {
        let mut free = 0.0;
        for at in &self.breaks {
            let x = frame.x(at.at);
            let mut y = frame.top - 4.0;
            while y < frame.bottom() {
                canvas.line((x, y), (x, (y + 4.0).min(frame.bottom())), MUTED, 1.0);
                y += 8.0;
            }
            let half = Type::SMALL.width(&at.label) / 2.0;
            let centre = x.max(half);
            if centre - half >= free {
                canvas.text(centre, frame.top - 8.0, &at.label, Type::SMALL.middle());
                free = centre + half + 8.0;
            }
        }
    }
}

/// A line with a point for every year, and the study's own mark.
fn paint_line(canvas: &Canvas<'_, '_>, frame: &Frame, row: &Line) {
    let (colour, thick): (RGBColor, f64) = row.marker.map_or((UNSURE, 1.0), |marker| (marker.colour, 2.0));
    for part in &row.parts {
        let points: Vec<(f64, f64)> = part.iter().map(|&(year, share)| (frame.x(year), frame.y(share))).collect();
        if points.len() > 1 {
            canvas.path(&points, colour, thick);
        }
        // A year that stands alone would not be seen without its point.
        if row.marker.is_some() || points.len() == 1 {
            points.iter().for_each(|&(x, y)| canvas.dot(x, y, if row.marker.is_some() { 3.0 } else { 2.0 }, colour));
        }
    }
    let Some(ours) = row.ours else { return };
    match row.marker {
        Some(marker) => marker.paint(canvas, frame.ours, frame.y(ours)),
        None => canvas.dot(frame.ours, frame.y(ours), 2.5, UNSURE),
    }
}

/// Heights that are this far apart, in the same order and as near to where they should be as going down once and up once allows.
fn spread(at: &[f64], apart: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut placed: Vec<f64> = Vec::with_capacity(at.len());
    for &y in at {
        let above = placed.last().map_or(top, |above| above + apart);
        placed.push(y.max(above));
    }
    let mut below = bottom + apart;
    for y in placed.iter_mut().rev() {
        *y = y.min(below - apart);
        below = *y;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{
        canvas::{UNITS, draw},
        palette::MET,
    };

    fn mark(at: f64, label: &str) -> Mark {
        Mark { at, label: label.to_owned() }
    }

    fn lines() -> Lines {
        let named = Line {
            label: "Storby".to_owned(),
            tail: "90 %".to_owned(),
            // 2020, 2021 | 2023
            parts: vec![vec![(0.0, 0.5), (1.0 / 3.0, 0.6)], vec![(1.0, 0.8)]],
            ours: Some(0.9),
            marker: Some(Marker { shape: Shape::Dot, colour: MET }),
        };
        let other = Line { label: "Lillby".to_owned(), marker: None, ..named.clone() };
        Lines {
            years: vec![mark(0.0, "2020"), mark(1.0 / 3.0, "2021"), mark(2.0 / 3.0, "2022"), mark(1.0, "2023")],
            shares: vec![mark(0.0, "0 %"), mark(0.5, "50 %"), mark(1.0, "100 %")],
            from: 0.0,
            rows: vec![other, named],
            breaks: vec![mark(5.0 / 6.0, "brott 2023")],
            ours: "Studien".to_owned(),
            names: ["officiellt", "studien", "övriga"].map(str::to_owned),
        }
    }

    /// The lines of a colour: the points of each.
    fn paths(svg: &str, colour: &str) -> Vec<Vec<(f64, f64)>> {
        let mut out = Vec::new();
        for path in svg.split("<path ").skip(1).filter(|path| path.contains(&format!("stroke=\"{colour}\""))) {
            let d = path.split(" d=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
            for part in d.split('M').filter(|part| !part.is_empty()) {
                let number = |text: &str| text.parse::<f64>().unwrap() / UNITS;
                let point = |text: &str| text.split_once(',').map(|(x, y)| (number(x), number(y))).unwrap();
                out.push(part.split(' ').map(point).collect());
            }
        }
        out
    }

    #[test]
    fn a_line_rises_with_the_share_and_is_not_drawn_over_a_gap() {
        let chart = lines();
        for width in [330.0, 900.0] {
            let svg = draw(width, chart.height(width), |canvas| chart.paint(canvas, width)).unwrap();
            let frame = chart.frame(width);
            // The one point of 2023 has no line to it.
            let drawn = paths(&svg, "#1F6F97");
            assert_eq!(drawn.len(), 1, "{width}");
            let (first, second) = (drawn[0][0], drawn[0][1]);
            assert!((first.1 - (frame.bottom() - PLOT / 2.0)).abs() < 0.2, "half is in the middle");
            assert!((first.1 - second.1 - PLOT / 10.0).abs() < 0.2, "ten points are a tenth of the height");
            let year = (frame.years.1 - frame.years.0) / 3.0;
            assert!((second.0 - first.0 - year).abs() < 0.2, "a year is a third of the width");
            assert!(frame.years.1 < frame.between && frame.between < frame.ours && frame.ours < frame.right);
            // A point for each of three years, the study's own mark of paper and colour, and the same before its name.
            assert_eq!(svg.matches("fill=\"#1F6F97\"").count(), 3 + 1 + 1, "{width}");
            for words in ["Storby", "2023", "Studien", "brott 2023", "övriga"] {
                assert!(svg.contains(words), "{width}: {words}");
            }
            assert!(!svg.contains("Lillby"), "an area that is only there to compare with has no name");
        }
    }

    #[test]
    fn it_can_be_drawn_with_nothing() {
        let chart = Lines { rows: Vec::new(), years: Vec::new(), breaks: Vec::new(), ..lines() };
        assert!(draw(600.0, chart.height(600.0), |canvas| chart.paint(canvas, 600.0)).is_ok());
    }

    #[test]
    fn labels_do_not_lie_on_each_other_or_leave_the_plot() {
        assert_eq!(spread(&[10.0, 12.0, 50.0], 15.0, 0.0, 100.0), [10.0, 25.0, 50.0]);
        assert_eq!(spread(&[95.0, 97.0, 99.0], 15.0, 0.0, 100.0), [70.0, 85.0, 100.0]);
        assert_eq!(spread(&[-5.0], 15.0, 0.0, 100.0), [0.0]);
    }
}
