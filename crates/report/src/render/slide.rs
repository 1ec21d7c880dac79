//! A slide: one figure on a screen of 16 to 9, its letters large enough for the back of a room.

use super::{
    RenderError,
    svg::{self, Words},
};
use crate::{
    chart::{
        Chart,
        canvas::{self, Align, Canvas, Type, UNITS},
        palette::{INK, MUTED, PAPER},
    },
    logo::Logo,
    report::Figure,
    typeface::{Weight, wrap},
};

pub(super) const WIDTH: f64 = 1920.0;
pub(super) const HEIGHT: f64 = 1080.0;
const MARGIN: f64 = 80.0;
const TOP: f64 = 52.0;
const BOTTOM: f64 = 40.0;
/// The distance of a figure from what is above and below it.
const GAP: f64 = 26.0;

const TITLE: Type = Type { size: 46.0, weight: Weight::SemiBold, colour: INK, align: Align::Start };
const SUBTITLE: Type = Type { size: 27.0, weight: Weight::Regular, colour: MUTED, align: Align::Start };
const CAPTION: Type = Type { size: 23.0, weight: Weight::Regular, colour: INK, align: Align::Start };
const SOURCE: Type = Type { size: 19.0, weight: Weight::Regular, colour: MUTED, align: Align::Start };
/// The room for a logo.
const TALLEST_LOGO: f64 = 72.0;
const WIDEST_LOGO: f64 = 340.0;
/// The distance of lines, in sizes of letters.
const LINE: f64 = 1.3;

/// How much larger a figure is than on a page: as much as its rows allow, and at least so much that its smallest letters are 19
/// of the slide's 1080 pixels, 9.5 points on a slide of 13.33 inches.
const LEAST: f64 = 1.65;
const MOST: f64 = 2.9;
const STEP: f64 = 0.05;
/// A map is as large whatever its letters; larger ones only have less room in it.
const MAP: f64 = 2.0;

/// A figure as a slide, and its width and height.
pub(super) fn slide(
    figure: &Figure,
    logo: Option<&Logo>,
    words: &Words<'_>,
) -> Result<(String, f64, f64), RenderError> {
    let room = WIDTH - 2.0 * MARGIN;
    let lines = |text: &str, style: Type| wrap(text, style.size, style.weight, room);
    let beside = logo.map(corner).map_or(room, |(left, ..)| left - 40.0 - MARGIN);
    let narrower = |text: &str, style: Type| wrap(text, style.size, style.weight, beside);
    let (title, subtitle) = (narrower(&figure.title, TITLE), narrower(&figure.subtitle, SUBTITLE));
    let source = lines(&format!("{}: {}", words.source, figure.source.whole()), SOURCE);
    let tall = |lines: &[String], style: Type| count(lines.len()) * style.size * LINE;
    let top = TOP + tall(&title, TITLE) + 8.0 + tall(&subtitle, SUBTITLE) + GAP;
    let foot = HEIGHT - BOTTOM - tall(&source, SOURCE);
    let (mut chart, scale, cut) = fit(&figure.chart, room, foot - GAP - top);
    let mut caption = lines(&figure.caption, CAPTION);
    let free = foot - GAP - top - chart.height(room / scale) * scale;
    if tall(&caption, CAPTION) + GAP > free {
        // What must be known to read it stands in the report; that something is left out is said here.
        caption.clear();
    }
    if cut {
        caption = lines(words.cut, CAPTION);
        (chart, _) = chart.within(room / scale, (foot - GAP - top - tall(&caption, CAPTION)) / scale);
    }
    let over = foot - 14.0 - tall(&caption, CAPTION);
    let (wide, high) = (WIDTH / scale, HEIGHT / scale);
    let paint = |canvas: &Canvas<'_, '_>| {
        canvas.rect(0.0, 0.0, wide, high, PAPER);
        let write = |mut y: f64, texts: &[String], style: Type| {
            for text in texts {
                y += style.size * LINE;
                canvas.text(MARGIN / scale, (y - 0.3 * style.size) / scale, text, style.sized(style.size / scale));
            }
            y
        };
        let y = write(TOP, &title, TITLE);
        write(y + 8.0, &subtitle, SUBTITLE);
        chart.paint(&canvas.moved(MARGIN / scale, top / scale), room / scale);
        write(over, &caption, CAPTION);
        write(foot, &source, SOURCE);
    };
    let mut body = canvas::draw(wide, high, paint).map_err(|error| RenderError::draw(figure.id, &error))?;
    if let Some(logo) = logo {
        let [x, y, width, height] = <[f64; 4]>::from(corner(logo)).map(|length| length / scale * UNITS);
        let address = logo.address();
        body += &format!(
            "\n<image x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" href=\"{address}\"/>"
        );
    }
    Ok((svg::root(figure, (WIDTH, HEIGHT), (wide, high), figure.id, &body), WIDTH, HEIGHT))
}

/// Where a logo stands: left, top, width and height.
pub(super) fn corner(logo: &Logo) -> (f64, f64, f64, f64) {
    let height = TALLEST_LOGO.min(WIDEST_LOGO / logo.ratio);
    let width = height * logo.ratio;
    (WIDTH - MARGIN - width, TOP, width, height)
}

/// The chart, how much larger than on a page it is drawn, and whether rows are left out.
fn fit(chart: &Chart, width: f64, height: f64) -> (Chart, f64, bool) {
    let most = if matches!(chart, Chart::Map(_)) { MAP } else { MOST };
    let mut scale = most;
    loop {
        let (chart, cut) = chart.clone().within(width / scale, height / scale);
        let fits = !cut && chart.height(width / scale) * scale <= height + 0.5;
        if fits || scale <= LEAST {
            return (chart, scale, cut);
        }
        scale = (scale - STEP).max(LEAST);
    }
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}
