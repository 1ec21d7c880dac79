//! Spans of time: one bar per measurement, in parts that follow each other.

use std::cmp::Ordering;

use plotters::style::RGBColor;

use super::{
    NARROW,
    canvas::{Align, Canvas, SMALL, Type},
    palette::{INK, MUTED, RULE, readable_on},
};

/// Bars in seconds.
#[derive(Debug, Clone)]
pub(crate) struct Spans {
    pub(crate) phases: Vec<Phase>,
    pub(crate) rows: Vec<Row>,
}

/// One kind of part.
#[derive(Debug, Clone)]
pub(crate) struct Phase {
    pub(crate) name: String,
    pub(crate) colour: RGBColor,
}

/// One measurement.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) label: String,
    /// One per phase; the parts of the first row are named.
    pub(crate) seconds: Vec<f64>,
    /// What stands after the bar, over [`Row::note`].
    pub(crate) value: String,
    /// What stands under the value.
    pub(crate) note: String,
}

const BAR: f64 = 30.0;
const ROW: f64 = 50.0;
/// The distance of the lines in which names stand over the first bar.
const LINE: f64 = 17.0;
const AXIS: f64 = 24.0;
/// A part narrower than this is not named: nobody could say which one is meant.
const LEAST: f64 = 4.0;
/// The least distance of two names on a line, and of a name and a line that leads past it.
const GAP: f64 = 10.0;
const CLEAR: f64 = 3.0;

/// A name over the first bar: which phase, the middle of its part, its left edge, and on which line it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Name {
    phase: usize,
    middle: f64,
    left: f64,
    line: u8,
}

/// Where the bars lie.
struct Frame {
    left: f64,
    width: f64,
    longest: f64,
}

impl Frame {
    fn x(&self, seconds: f64) -> f64 {
        self.left + if self.longest > 0.0 { self.width * seconds / self.longest } else { 0.0 }
    }
}

impl Spans {
    pub(crate) fn height(&self, width: f64) -> f64 {
        let rows = f64::from(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        self.head(width) + rows * ROW + AXIS
    }

    fn head(&self, width: f64) -> f64 {
        let lines = self.names(&self.frame(width), width).iter().map(|name| name.line + 1).max().unwrap_or(0);
        f64::from(lines) * LINE + 12.0
    }

    fn frame(&self, width: f64) -> Frame {
        let widest = |text: fn(&Row) -> &str, style: Type| {
            self.rows.iter().map(|row| style.width(text(row))).fold(0.0, f64::max)
        };
        let labels = widest(|row| &row.label, Type::BODY).min(width * 0.3);
        let values = widest(|row| &row.value, Type::BODY.bold()).max(widest(|row| &row.note, Type::SMALL));
        let left = if labels > 0.0 && width >= NARROW { labels + 14.0 } else { 0.0 };
        let longest = self.rows.iter().map(|row| row.seconds.iter().sum()).fold(0.0, f64::max);
        Frame { left, width: (width - left - values - 12.0).max(1.0), longest }
    }

    /// The names of the first row's parts, each over its part on the lowest line where it has room.
    fn names(&self, frame: &Frame, width: f64) -> Vec<Name> {
        let Some(row) = self.rows.first() else { return Vec::new() };
        let mut parts = Vec::new();
        let mut sum = 0.0;
        for (phase, &seconds) in row.seconds.iter().enumerate() {
            let (from, to) = (frame.x(sum), frame.x(sum + seconds));
            sum += seconds;
            if to - from >= LEAST {
                parts.push((phase, f64::midpoint(from, to)));
            }
        }
        let to_the_left = self.stair(&parts, 1.0, width);
        parts.reverse();
        let to_the_right = self.stair(&parts, 0.0, width);
        if to_the_left.len() > to_the_right.len() { to_the_left } else { to_the_right }
    }

    /// Names in the order in which they are placed. One that does not fit over the middle of its part ends (`lean` 1) or
    /// begins (`lean` 0) there, away from those that are placed, so that a crowd of them becomes a stair and no line runs
    /// through a name. One without room is left out.
    fn stair(&self, parts: &[(usize, f64)], lean: f64, width: f64) -> Vec<Name> {
        let wide = |phase: usize| Self::STYLE.width(&self.phases[phase].name);
        let right = |name: &Name| name.left + wide(name.phase);
        let covers = |name: &Name, x: f64| name.left - CLEAR < x && x < right(name) + CLEAR;
        let mut names: Vec<Name> = Vec::new();
        for (at, &(phase, middle)) in parts.iter().enumerate() {
            let lefts = [middle - wide(phase) / 2.0, middle - wide(phase) * lean + (2.0 * lean - 1.0) * 0.5];
            let places = (0..8).flat_map(|line| lefts.map(|left| Name { phase, middle, left, line }));
            let free = |name: &Name| {
                let later = parts[at + 1..].iter().any(|&(_, middle)| covers(name, middle));
                let beside = |other: &Name| right(name) + GAP < other.left || right(other) + GAP < name.left;
                let clear = |other: &Name| match name.line.cmp(&other.line) {
                    Ordering::Less => !covers(name, other.middle),
                    Ordering::Equal => beside(other),
                    Ordering::Greater => !covers(other, name.middle),
                };
                name.left >= 0.0 && right(name) <= width && !later && names.iter().all(clear)
            };
            let found = places.into_iter().find(free);
            names.extend(found);
        }
        names
    }

    const STYLE: Type = Type { colour: INK, ..Type::SMALL };

    pub(crate) fn paint(&self, canvas: &Canvas<'_, '_>, width: f64) {
        let frame = self.frame(width);
        let top = self.head(width);
        let bottom = self.height(width) - AXIS;
        self.paint_axis(canvas, &frame, top, bottom);
        for name in self.names(&frame, width) {
            let y = top - 12.0 - f64::from(name.line) * LINE;
            let phase = &self.phases[name.phase];
            canvas.text(name.left, y, &phase.name, Self::STYLE);
            canvas.line((name.middle, y + 4.0), (name.middle, top + (ROW - BAR) / 2.0 - 2.0), MUTED, 0.75);
        }
        for (row, at) in self.rows.iter().zip(0u32..) {
            let y = top + f64::from(at) * ROW + (ROW - BAR) / 2.0;
            let end = self.paint_parts(canvas, &frame, row, y);
            let middle = y + BAR / 2.0;
            if frame.left > 0.0 {
                let label = Type::BODY.fit(&row.label, frame.left - 12.0);
                canvas.label(frame.left - 12.0, middle, &label, Type::BODY.end());
            } else {
                canvas.text(0.0, y - 4.0, &row.label, Type::SMALL);
            }
            let up = if row.note.is_empty() { 0.0 } else { 7.5 };
            canvas.label(end + 10.0, middle - up, &row.value, Type::BODY.bold());
            canvas.label(end + 10.0, middle + up, &row.note, Type::SMALL);
        }
    }

    /// Paints a bar, and says where it ends.
    fn paint_parts(&self, canvas: &Canvas<'_, '_>, frame: &Frame, row: &Row, top: f64) -> f64 {
        let mut sum = 0.0;
        for (phase, &seconds) in self.phases.iter().zip(&row.seconds) {
            let (from, to) = (frame.x(sum), frame.x(sum + seconds));
            sum += seconds;
            // A thread of paper between parts.
            canvas.rect(from, top, (to - from - 1.0).max((to - from) * 0.6), BAR, phase.colour);
            let text = short(seconds);
            let style = Type::SMALL.sized(SMALL - 0.5).coloured(readable_on(phase.colour));
            if style.width(&text) + 8.0 <= to - from {
                canvas.label(f64::midpoint(from, to), top + BAR / 2.0, &text, style.middle());
            }
        }
        frame.x(sum)
    }

    fn paint_axis(&self, canvas: &Canvas<'_, '_>, frame: &Frame, top: f64, bottom: f64) {
        let step = step(frame.longest);
        let decimals = [0.999, 0.0999, 0.009_99].into_iter().take_while(|&least| step < least).count();
        let mut tick = 0.0;
        while step > 0.0 && tick <= frame.longest * 1.0001 {
            let x = frame.x(tick);
            canvas.line((x, top + 4.0), (x, bottom), RULE, 0.75);
            let label = if tick == 0.0 { "0".to_owned() } else { format!("{tick:.decimals$}") };
            // Zero stands under its line, and the unit with the last one.
            let last = tick + step > frame.longest * 1.0001;
            let label = if last { format!("{label} s") } else { label };
            let align = if tick == 0.0 { Align::Start } else { Align::Middle };
            canvas.text(x, bottom + 15.0, &label, Type { align, ..Type::SMALL });
            tick += step;
        }
    }
}

/// A round distance of ticks, so that there are three to seven of them.
fn step(longest: f64) -> f64 {
    if !(longest.is_finite() && longest > 0.0) {
        return 0.0;
    }
    let power = 10f64.powf((longest / 3.0).log10().floor());
    let factor = [5.0, 2.0, 1.0].into_iter().find(|factor| factor * power * 3.0 <= longest * 1.0001);
    factor.unwrap_or(1.0) * power
}

/// Seconds with two or three digits that count.
pub(crate) fn short(seconds: f64) -> String {
    let decimals = match seconds {
        s if s >= 9.995 => 1,
        s if s >= 0.0995 => 2,
        _ => 3,
    };
    let text = format!("{seconds:.decimals$}");
    if seconds >= 99.95 { format!("{seconds:.0}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::palette::MET;

    fn spans(rows: &[&[f64]]) -> Spans {
        let names = ["read polygons", "index", "read places", "join", "write"];
        Spans {
            phases: names.map(|name| Phase { name: name.to_owned(), colour: MET }).to_vec(),
            rows: rows
                .iter()
                .map(|seconds| Row {
                    label: "2 threads".to_owned(),
                    seconds: seconds.to_vec(),
                    value: "1 s".to_owned(),
                    note: String::new(),
                })
                .collect(),
        }
    }

    #[test]
    fn names_lie_neither_on_each_other_nor_on_the_lines_of_others() {
        let crowded = |at: usize| std::array::from_fn(|i| if i == at { 10.0 } else { 0.08 });
        let cases = [[1.0; 5], crowded(0), crowded(1), crowded(2), crowded(3), crowded(4)];
        for parts in cases {
            for width in [920.0, 700.0] {
                let spans = spans(&[&parts]);
                let names = spans.names(&spans.frame(width), width);
                assert_eq!(names.len(), 5, "{parts:?} at {width}: all are named");
                let right = |name: &Name| name.left + Spans::STYLE.width(&spans.phases[name.phase].name);
                for (i, name) in names.iter().enumerate() {
                    assert!(name.left >= 0.0 && right(name) <= width);
                    for other in &names[..i] {
                        let apart = name.line != other.line || right(other) < name.left || right(name) < other.left;
                        assert!(apart, "{parts:?} at {width}: {name:?} and {other:?}");
                        let (upper, lower) = if name.line > other.line { (name, other) } else { (other, name) };
                        let crossed = lower.left <= upper.middle && upper.middle <= right(lower);
                        assert!(upper.line == lower.line || !crossed, "{parts:?}: {upper:?} runs through {lower:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn parts_too_narrow_to_point_at_have_no_name() {
        let spans = spans(&[&[10.0, 0.001, 0.0, 10.0, 10.0]]);
        let mut named: Vec<usize> = spans.names(&spans.frame(920.0), 920.0).iter().map(|name| name.phase).collect();
        named.sort_unstable();
        assert_eq!(named, [0, 3, 4]);
    }

    #[test]
    fn ticks_are_round_and_neither_few_nor_many() {
        for (longest, expected) in [(3.0, 1.0), (7.4, 2.0), (0.12, 0.02), (29.0, 5.0), (30.0, 10.0), (1.0, 0.2)] {
            assert!((step(longest) - expected).abs() < 1e-9, "{longest}: {}", step(longest));
        }
        for thousandths in 1..2000u32 {
            let longest = f64::from(thousandths) / 7.0;
            assert!((3.0..=7.6).contains(&(longest / step(longest) + 1e-3)), "{longest}: {}", step(longest));
        }
        assert!(step(0.0) == 0.0 && step(f64::NAN) == 0.0);
    }

    #[test]
    fn seconds_have_two_or_three_digits() {
        let found = [0.0012, 0.0994, 0.0996, 0.5, 9.99, 9.996, 42.26, 99.96, 1234.4].map(short);
        assert_eq!(found, ["0.001", "0.099", "0.10", "0.50", "9.99", "10.0", "42.3", "100", "1234"]);
    }
}
