//! The cost curve: what every sum of money reaches at most, beside what one project at a time reaches.

use super::{
    Mark, NARROW,
    canvas::{Canvas, Type},
    legend::{self, Entry, Marker, Shape, Swatch},
    palette::{CONTEXT, INK, MET, MUTED, RULE},
};

/// Two lines that rise in steps; everything is from 0 to 1 of its axis.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    /// Money, and the most that it reaches, rising.
    pub(crate) best: Vec<(f64, f64)>,
    /// The same with one project at a time.
    pub(crate) one_at_a_time: Vec<(f64, f64)>,
    /// The plan.
    pub(crate) plan: Option<(f64, f64)>,
    /// From where to where the money goes for the last per cent.
    pub(crate) last: Option<Mark>,
    pub(crate) money: Vec<Mark>,
    pub(crate) units: Vec<Mark>,
    /// What the axes count: money, units.
    pub(crate) axes: [String; 2],
    /// What the lines and the mark are: the most, one at a time, the plan.
    pub(crate) names: [String; 3],
}

const PLOT: f64 = 280.0;
const FOOT: f64 = 44.0;
/// The name of the upward axis, and room for a mark at the top.
const HEAD: f64 = 30.0;

const BEST: Marker = Marker { shape: Shape::Dot, colour: MET };
const PLAN: Marker = Marker { shape: Shape::Diamond, colour: INK };

impl Curve {
    fn legend(&self) -> Vec<Entry> {
        let swatches = [
            (Swatch::Marker(BEST), !self.best.is_empty()),
            (Swatch::Fill(CONTEXT), !self.one_at_a_time.is_empty()),
            (Swatch::Marker(PLAN), self.plan.is_some()),
        ];
        let entries = self.names.iter().zip(swatches).filter(|(_, (_, used))| *used);
        entries.map(|(name, (swatch, _))| Entry { swatch, label: name.clone() }).collect()
    }

    pub(crate) fn height(&self, width: f64) -> f64 {
        legend::height(&self.legend(), width) + HEAD + PLOT + FOOT
    }

    /// The most that is known to be reached: between the points of the curve, what one at a time reaches may be more than the point before.
    fn known(&self) -> Vec<(f64, f64)> {
        let mut points: Vec<(f64, f64)> = self.best.iter().chain(&self.one_at_a_time).copied().collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
        let mut most = f64::NEG_INFINITY;
        points.retain(|&(_, units)| {
            let more = units > most;
            most = most.max(units);
            more
        });
        points
    }

    pub(crate) fn paint(&self, canvas: &Canvas<'_, '_>, width: f64) {
        let entries = self.legend();
        legend::paint(canvas, &entries, 0.0, 0.0, width);
        let start = legend::height(&entries, width);
        let top = start + HEAD;
        let bottom = top + PLOT;
        let labels = self.units.iter().map(|tick| Type::SMALL.width(&tick.label)).fold(0.0, f64::max);
        let left = labels + 10.0;
        // Room for half a mark at the right end.
        let span = (width - left - 10.0).max(1.0);
        let x = |part: f64| left + span * part.clamp(0.0, 1.0);
        let y = |part: f64| bottom - PLOT * part.clamp(0.0, 1.0);
        canvas.text(0.0, start + 12.0, &self.axes[1], Type::SMALL);
        for tick in &self.units {
            canvas.line((left, y(tick.at)), (left + span, y(tick.at)), RULE, 0.75);
            canvas.label(left - 8.0, y(tick.at), &tick.label, Type::SMALL.end());
        }
        canvas.line((left, bottom), (left + span, bottom), MUTED, 1.0);
        let mut free = 0.0;
        for tick in &self.money {
            let half = Type::SMALL.width(&tick.label) / 2.0;
            let centre = x(tick.at).min(width - half).max(half);
            canvas.line((x(tick.at), bottom), (x(tick.at), bottom + 4.0), MUTED, 1.0);
            if centre - half >= free {
                canvas.text(centre, bottom + 17.0, &tick.label, Type::SMALL.middle());
                free = centre + half + 8.0;
            }
        }
        canvas.text(width, bottom + 36.0, &self.axes[0], Type::SMALL.end());
        if let Some(last) = &self.last {
            canvas.line((x(last.at), top), (x(last.at), bottom), INK, 1.0);
            let style = Type::SMALL.bold().coloured(INK);
            let wide = style.width(&last.label);
            // To the left of the line, under what is reached by then, unless there is more room on the right.
            let (at, style) = if x(last.at) - left > wide + 12.0 {
                (x(last.at) - 6.0, style.end())
            } else {
                (x(last.at) + 6.0, style)
            };
            canvas.text(at, bottom - 10.0, &last.label, style);
        }
        for (points, colour, thick) in [(&self.one_at_a_time, CONTEXT, 1.5), (&self.known(), MET, 2.0)] {
            let points: Vec<(f64, f64)> = points.iter().map(|&(money, units)| (x(money), y(units))).collect();
            canvas.path(&stairs(&points), colour, thick);
        }
        if self.best.len() <= if width < NARROW { 24 } else { 60 } {
            self.best.iter().for_each(|&(money, units)| BEST.paint(canvas, x(money), y(units)));
        }
        if let Some((money, units)) = self.plan {
            PLAN.paint(canvas, x(money), y(units));
        }
    }
}

/// A line that stays where it is until the next point, and rises there: less money than that reaches no more.
fn stairs(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut line: Vec<(f64, f64)> = Vec::new();
    for &(x, y) in points {
        let before = line.last().map(|&(_, before)| (x, before));
        line.extend(before);
        line.push((x, y));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::canvas::draw;

    #[test]
    fn it_rises_in_steps_and_can_be_drawn_wide_narrow_and_with_nothing() {
        assert_eq!(
            stairs(&[(0.0, 9.0), (4.0, 5.0), (6.0, 1.0)]),
            [(0.0, 9.0), (4.0, 9.0), (4.0, 5.0), (6.0, 5.0), (6.0, 1.0)]
        );
        let mark = |at: f64| Mark { at, label: format!("{at}") };
        let mut curve = Curve {
            best: vec![(0.0, 0.0), (0.4, 0.7), (0.9, 1.0)],
            one_at_a_time: vec![(0.5, 0.7), (0.95, 1.0)],
            plan: Some((0.4, 0.7)),
            last: Some(Mark { at: 0.8, label: "Sista procenten".to_owned() }),
            money: vec![mark(0.0), mark(0.5), mark(1.0)],
            units: vec![mark(0.0), mark(1.0)],
            axes: ["Kronor".to_owned(), "Hushåll".to_owned()],
            names: ["mest", "ett i taget", "planen"].map(str::to_owned),
        };
        curve.one_at_a_time.push((0.2, 0.3));
        assert_eq!(curve.known(), [(0.0, 0.0), (0.2, 0.3), (0.4, 0.7), (0.9, 1.0)]);
        curve.one_at_a_time.pop();
        for width in [300.0, 900.0] {
            let svg = draw(width, curve.height(width), |canvas| curve.paint(canvas, width)).unwrap_or_default();
            assert!(svg.contains("Sista procenten") && svg.contains("ett i taget"), "{width}");
        }
        (curve.best, curve.one_at_a_time, curve.plan, curve.last) = (Vec::new(), Vec::new(), None, None);
        assert!(draw(600.0, curve.height(600.0), |canvas| curve.paint(canvas, 600.0)).is_ok());
    }
}
