//! The ranking: sorted bars with the goal's line, and a histogram when there are many areas.

use super::{Scene, country, ledger, path};
use crate::{
    chart::{
        Chart, Mark,
        bars::{Bar, Bars, PLANNED, Row, Tone, UNSURE_COLOUR},
        histogram::{Bin, Histogram},
        legend::{Entry, Swatch},
        palette,
    },
    report::{self, Block, Cell, Figure, Head, Section, Table},
};

pub(super) fn section(scene: &Scene<'_>) -> Section {
    let t = &scene.t;
    let mut blocks = Vec::new();
    if scene.areas.len() > super::MANY {
        blocks.extend(histogram(scene).map(|figure| Block::Figure(Box::new(figure))));
    }
    blocks.push(Block::Figure(Box::new(ranking(scene))));
    Section { id: "ranking", short: t.get("bars.short"), heading: t.get("bars.heading"), blocks }
}

fn ranking(scene: &Scene<'_>) -> Figure {
    let t = &scene.t;
    let (low, high, left) = scene.shown();
    let mut rows: Vec<Row> = scene.context.iter().map(|&area| Row::Bar(bar(scene, area, true))).collect();
    let country = country::country(scene);
    rows.extend(country.as_ref().map(|country| Row::Bar(country.bar(scene))));
    rows.push(Row::Rule);
    rows.extend(low.iter().map(|&area| Row::Bar(bar(scene, area, false))));
    if left > 0 {
        let n = scene.whole(left);
        rows.push(Row::Note(t.say("bars.left-out", &[("n", &n), ("areas", &scene.areas_word(left))])));
        rows.extend(high.iter().map(|&area| Row::Bar(bar(scene, area, false))));
    }
    if scene.areas.is_empty() {
        rows.pop();
    }
    let uppers = rows.iter().any(|row| matches!(row, Row::Bar(Bar { upper: Some(_), .. })));
    let mut legend = tones(scene, &rows);
    let plans = rows.iter().any(|row| matches!(row, Row::Bar(Bar { planned: Some(_), .. })));
    if plans {
        let day = path::planned(scene).last().and_then(|&p| scene.ind.profiles[p].planned_until);
        let day = day.map(|day| scene.locale.date(day, &t.get("months"))).unwrap_or_default();
        let swatch = Swatch::Hatched(palette::PAPER, PLANNED);
        legend.push(Entry { swatch, label: t.say("bars.legend-planned", &[("date", &day)]) });
    }
    if uppers {
        legend.push(Entry { swatch: Swatch::Fill(UNSURE_COLOUR), label: t.get("bars.legend-unsure") });
    }
    let title = title(scene);
    let sorted = scene.by_share();
    let mut caption = if scene.step().is_some() {
        t.say("bars.caption", &[("units", &scene.main_units())])
    } else {
        t.say("bars.caption-no-goal", &[("units", &scene.main_all())])
    };
    if plans {
        caption = format!("{caption} {}", t.get("bars.caption-planned"));
    }
    if uppers {
        caption = format!("{caption} {}", t.say("bars.caption-upper", &[("units", &scene.main_units())]));
    }
    if let Some(country) = &country {
        legend.push(Entry { swatch: Swatch::Edged(palette::PAPER), label: t.get("country.legend") });
        caption = format!("{caption} {}", country.caption(scene));
    }
    let mut table = ledger::short_table(scene, &sorted, "ranking-table");
    if let Some(country) = &country {
        table.totals.push(country.row(scene, table.heads.len() - 1, ledger::SHARE));
    }
    let share = |area: Option<&usize>| area.map(|&area| scene.share(&scene.main(area))).unwrap_or_default();
    Figure {
        id: "ranking",
        subtitle: scene.figure_subtitle(),
        caption,
        source: country.as_ref().map_or_else(|| scene.source(), |country| country.source(scene)),
        description: t.say(
            "bars.description",
            &[
                ("area", &scene.areas_word(1)),
                ("low", &share(sorted.first())),
                ("high", &share(sorted.last())),
                ("title", &title),
            ],
        ),
        title,
        chart: Chart::Bars(Bars {
            rows,
            ticks: scene.percent_ticks(&[0, 25, 50, 75, 100]),
            goal: scene.goal_mark(),
            legend,
        }),
        table: Some(table),
    }
}

/// What the colours of the bars mean.
fn tones(scene: &Scene<'_>, rows: &[Row]) -> Vec<Entry> {
    let Some(step) = scene.step() else { return Vec::new() };
    let share = scene.share_word(step);
    let has = |tone: Tone| rows.iter().any(|row| matches!(row, Row::Bar(bar) if bar.tone == tone));
    [(Tone::Missed, "goal.missed"), (Tone::Met, "goal.met"), (Tone::Context, "bars.legend-context")]
        .into_iter()
        .filter(|&(tone, _)| has(tone))
        .map(|(tone, key)| Entry { swatch: Swatch::Fill(tone.colour()), label: scene.t.say(key, &[("share", &share)]) })
        .collect()
}

fn bar(scene: &Scene<'_>, area: usize, context: bool) -> Bar {
    let figure = scene.main(area);
    let reaches = scene.reaches(&figure);
    let tail = match reaches {
        Some(true) => format!("✓ {}", scene.t.get("goal.met-short").to_lowercase()),
        Some(false) => {
            let gap = scene.locale.needed(scene.gap(&figure), scene.scaled());
            scene.t.say("goal.gap", &[("n", &gap)])
        }
        None => String::new(),
    };
    // Kept back in the public edition, there as in its table of definitions.
    let planned = path::planned(scene).last().map(|&profile| path::of(scene, area, profile));
    let planned = planned.filter(|planned| !planned.hides.any() && planned.covered > figure.covered);
    let upper = planned.unwrap_or(figure);
    Bar {
        label: scene.area_name(area),
        value: scene.share(&figure),
        share: figure.share(),
        planned: planned.and_then(|planned| planned.share()),
        upper: (upper.unmatched > 0).then(|| upper.upper_share()).flatten(),
        tail,
        tone: match reaches {
            _ if context => Tone::Context,
            Some(false) => Tone::Missed,
            _ => Tone::Met,
        },
    }
}

fn title(scene: &Scene<'_>) -> String {
    let t = &scene.t;
    let sorted: Vec<usize> = scene.by_share().into_iter().filter(|&area| scene.main(area).has_share()).collect();
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else {
        return t.say("bars.title-one", &[("area", &scene.area_name(0)), ("share", &scene.share(&scene.main(0)))]);
    };
    if sorted.len() == 1 {
        return t.say("bars.title-one", &[("area", &scene.area_name(low)), ("share", &scene.share(&scene.main(low)))]);
    }
    // Where only the lowest and the highest are shown, the one with the longest way may not be among them.
    if let Some(step) = scene.step().filter(|_| sorted.len() <= super::MANY) {
        let mut furthest = (0, low);
        for &area in &sorted {
            let gap = scene.gap(&scene.main(area));
            if gap > furthest.0 {
                furthest = (gap, area);
            }
        }
        let (gap, area) = furthest;
        if gap == 0 {
            return t.say("bars.title-met", &[("areas", &scene.areas_word(2)), ("share", &scene.share_word(step))]);
        }
        let n = scene.locale.needed(gap, scene.scaled());
        return t
            .say("bars.title-gap", &[("area", &scene.area_name(area)), ("n", &n), ("units", &scene.units_for(gap))]);
    }
    t.say(
        "bars.title-range",
        &[
            ("low", &scene.share(&scene.main(low))),
            ("low-area", &scene.area_name(low)),
            ("high", &scene.share(&scene.main(high))),
            ("high-area", &scene.area_name(high)),
        ],
    )
}

/// Columns that are as wide as keeps about twenty of them, with the goal at an edge where it is a whole column.
fn histogram(scene: &Scene<'_>) -> Option<Figure> {
    let t = &scene.t;
    let figures: Vec<_> = scene.by_share().into_iter().map(|area| scene.main(area)).filter(|f| f.has_share()).collect();
    let lowest = *figures.first()?;
    let per_cent = |f: &nittio_core::indicator::Figure| u128::from(f.covered) * 100 / u128::from(f.total);
    let width: u32 = if per_cent(&lowest) >= 70 { 2 } else { 5 };
    // Where even the lowest has everything, there is still one column to draw.
    let first = u32::try_from(per_cent(&lowest)).unwrap_or(0).min(99) / 10 * 10;
    let bins: Vec<Bin> = (first..100)
        .step_by(width as usize)
        .map(|from| {
            let to = from + width;
            let inside = figures.iter().filter(|f| {
                let p = u128::from(f.covered) * 100;
                let reach = |edge: u32| p >= u128::from(edge) * u128::from(f.total);
                // The last column holds 100 % too.
                reach(from) && (to >= 100 || !reach(to))
            });
            // A goal may lie within a column, so each area is held against it by itself.
            let (mut missed, mut met) = (0u32, 0u32);
            for figure in inside {
                *(if scene.reaches(figure) == Some(false) { &mut missed } else { &mut met }) += 1;
            }
            let (from, to) = (f64::from(from) / 100.0, f64::from(to) / 100.0);
            Bin { from, to, missed, met, label: scene.locale.whole(u64::from(missed + met)) }
        })
        .collect();
    let median = figures[figures.len() / 2];
    let n = scene.whole(figures.len());
    let areas = scene.areas_word(2);
    let title = t.say("bars.histogram-title", &[("n", &n), ("areas", &areas), ("median", &scene.plain_share(&median))]);
    let range = |bin: &Bin| {
        let number = |share: f64| scene.locale.plain((share * 100.0).round());
        t.say("bars.histogram-range", &[("from", &number(bin.from)), ("to", &scene.locale.percent(&number(bin.to)))])
    };
    let table = Table {
        id: "spread-table".to_owned(),
        caption: title.clone(),
        folded: true,
        heads: vec![
            Head::text(t.get("bars.histogram-column")),
            Head::number(t.say("bars.histogram-axis", &[("areas", &areas)])),
        ],
        rows: bins
            .iter()
            .map(|bin| report::Row { head: range(bin), cells: vec![Cell::number(bin.label.clone())] })
            .collect(),
        ..Table::default()
    };
    let legend = scene.step().map_or_else(Vec::new, |step| {
        let share = scene.share_word(step);
        [(Tone::Missed, "goal.missed"), (Tone::Met, "goal.met")]
            .map(|(tone, key)| Entry { swatch: Swatch::Fill(tone.colour()), label: t.say(key, &[("share", &share)]) })
            .to_vec()
    });
    let ticks = [0u32, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
        .into_iter()
        .filter(|&tick| tick >= first && (first >= 50 || tick % 20 == 0))
        .map(|tick| Mark { at: f64::from(tick) / 100.0, label: scene.locale.percent(&tick.to_string()) })
        .collect();
    Some(Figure {
        id: "spread",
        subtitle: scene.figure_subtitle(),
        caption: t.say("bars.histogram-caption", &[("n", &n), ("areas", &areas), ("width", &width.to_string())]),
        source: scene.source(),
        description: t.say("bars.histogram-description", &[("n", &n), ("areas", &areas), ("title", &title)]),
        title,
        chart: Chart::Histogram(Histogram {
            bins,
            ticks,
            goal: scene.goal_mark(),
            legend,
            axis: t.say("bars.histogram-axis", &[("areas", &areas)]),
        }),
        table: Some(table),
    })
}
