//! Official shares over the years, with the study's own beside the last: lines that are broken where years cannot be compared.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use nittio_core::{
    indicator,
    official::{Counts, Note, Published},
    reconcile::Comparison,
    settlement::SettlementGroup,
};

use super::{FOLD, Scene, reconciliation, settlements};
use crate::{
    chart::{
        Chart, Mark,
        legend::{Marker, Shape},
        lines::{Line, Lines},
        palette::{CONTEXT, INK, MET, MISSED},
    },
    messages::sentence,
    report::{Cell, Figure, Head, Row, Table},
};

/// How those to compare with are told apart.
const BESIDE: [Marker; 2] =
    [Marker { shape: Shape::Diamond, colour: INK }, Marker { shape: Shape::Square, colour: CONTEXT }];
const LOWEST: Marker = Marker { shape: Shape::Triangle, colour: MISSED };
const HIGHEST: Marker = Marker { shape: Shape::Dot, colour: MET };
/// The one that changed most, where it is neither; then it is alone.
const CHANGED: Marker = HIGHEST;

/// One area: what was published, by year, and what the study says.
struct Series<'c> {
    name: String,
    values: BTreeMap<i16, Published>,
    ours: Option<&'c indicator::Figure>,
}

/// All of a figure's years.
struct Years<'c> {
    /// Areas to compare with, and the country.
    beside: Vec<Series<'c>>,
    /// The level's, by name.
    areas: Vec<Series<'c>>,
    first: i16,
    last: i16,
    /// By year, why; years with figures on both sides only.
    broken: BTreeMap<i16, (Option<&'c str>, Vec<&'c Note>)>,
}

impl<'c> Years<'c> {
    /// `None` when no area of the report has more than one year.
    fn of(scene: &Scene<'_>, comparison: &'c Comparison) -> Option<Self> {
        let official = &comparison.official;
        let of = |area: usize| -> Option<Series<'c>> {
            let index = scene.ind.areas[area].index?;
            let before = official.history.iter().map(|year| (Some(year.year), year.values.get(&index)));
            let values = before.chain([(official.year, official.values.get(&index))]);
            let line = comparison.lines.iter().find(|line| line.area == area);
            Series::of(scene.area_name(area), values, line.map(|line| &line.figure))
        };
        let mut beside: Vec<Series<'c>> = scene.beside.iter().filter_map(|&area| of(area)).collect();
        let areas: Vec<Series<'c>> = scene.areas.iter().filter_map(|&area| of(area)).collect();
        if !beside.iter().chain(&areas).any(|series| series.values.len() > 1) {
            return None;
        }
        let before = official.history.iter().map(|year| (Some(year.year), year.country.as_ref()));
        let values = before.chain([(official.year, official.country.as_ref())]);
        beside.extend(Series::of(scene.t.get("reconciliation.country"), values, None));
        let years = || beside.iter().chain(&areas).flat_map(|series| series.values.keys().copied());
        let (first, last) = (years().min()?, years().max()?);
        let mut broken = official.broken();
        broken.retain(|&year, _| first < year && year <= last);
        Some(Self { beside, areas, first, last, broken })
    }

    fn all(&self) -> impl Iterator<Item = &Series<'c>> {
        self.beside.iter().chain(&self.areas)
    }

    /// The years that any area has a figure for.
    fn there(&self) -> BTreeSet<i16> {
        self.all().flat_map(|series| series.values.keys().copied()).collect()
    }

    /// The year from which on all can be compared with the last one.
    fn comparable(&self) -> i16 {
        self.broken.last_key_value().map_or(self.first, |(&year, _)| year)
    }

    /// The level's area that changed most since the last break. Of several that changed alike it is the first.
    fn most_changed(&self) -> Option<usize> {
        let from = self.comparable();
        let change = |at: usize| self.areas[at].since(from).map(|[a, b]| a.1.value.abs_diff(b.1.value));
        let candidates = (0..self.areas.len()).filter(|&at| change(at).is_some());
        candidates.reduce(|most, at| if change(at) > change(most) { at } else { most })
    }

    /// What is compared with the country or the like, as the title has it before any area of the level.
    fn compared(&self) -> Option<&Series<'c>> {
        self.beside.iter().find(|series| series.since(self.comparable()).is_some() && series.ours.is_some())
    }

    /// The level's areas with the lowest and with the highest share of the study, among those with the most to show: several years.
    fn ends(&self) -> (Option<usize>, Option<usize>) {
        let several = |&at: &usize| self.areas[at].values.len() > 1 && self.areas[at].ours.is_some();
        let mut order: Vec<usize> = (0..self.areas.len()).filter(several).collect();
        order.sort_by(|&a, &b| self.areas[a].cmp_ours(&self.areas[b]));
        let (lowest, highest) = (order.first().copied(), order.last().copied());
        (lowest.filter(|_| lowest != highest), highest)
    }
}

impl<'c> Series<'c> {
    fn of<'v>(
        name: String,
        values: impl Iterator<Item = (Option<i16>, Option<&'v Published>)>,
        ours: Option<&'c indicator::Figure>,
    ) -> Option<Self> {
        let values: BTreeMap<i16, Published> = values.filter_map(|(year, value)| Some((year?, *value?))).collect();
        let ours = ours.filter(|figure| figure.total > 0);
        (!values.is_empty()).then_some(Self { name, values, ours })
    }

    fn cmp_ours(&self, other: &Self) -> Ordering {
        let parts = |series: &Self| series.ours.map_or((0, 1), |f| (u128::from(f.covered), u128::from(f.total)));
        let ((a, whole_a), (b, whole_b)) = (parts(self), parts(other));
        (a * whole_b).cmp(&(b * whole_a))
    }

    /// The first and the last figure from a year on, when there are two.
    fn since(&self, year: i16) -> Option<[(i16, Published); 2]> {
        let mut values = self.values.range(year..).map(|(&year, &value)| (year, value));
        let (first, last) = (values.next()?, values.next_back()?);
        Some([first, last])
    }
}

/// Years in runs without a gap or a break.
fn parts<T>(values: &BTreeMap<i16, T>, broken: &BTreeSet<i16>) -> Vec<Vec<i16>> {
    let mut parts: Vec<Vec<i16>> = Vec::new();
    for &year in values.keys() {
        match parts.last_mut() {
            Some(part) if part.last() == Some(&(year - 1)) && !broken.contains(&year) => part.push(year),
            _ => parts.push(vec![year]),
        }
    }
    parts
}

/// The figure; `None` when there is but one year.
pub(super) fn figure(scene: &Scene<'_>, id: &'static str, comparison: &Comparison) -> Option<Figure> {
    let t = &scene.t;
    let years = Years::of(scene, comparison)?;
    let title = title(scene, comparison, &years);
    let (first, last) = (years.first.to_string(), years.last.to_string());
    let (name, date) = (reconciliation::name(scene, comparison), scene.date());
    let publisher = comparison.official.definition.publisher.as_str();
    let span = [("first", first.as_str()), ("last", last.as_str())];
    let values = [&span[..], &[("name", name.as_str()), ("publisher", publisher), ("date", &date)]].concat();
    let mut subtitle = t.say("history.subtitle", &values);
    let group = comparison.official.settlement;
    if group != SettlementGroup::All {
        subtitle = format!("{subtitle} {}.", sentence(&reconciliation::group_name(scene, group)));
    }
    let (areas, said) = (scene.areas_word(1), title.trim_end_matches('.'));
    let about = [&span[..], &[("area", areas.as_str()), ("title", said)]].concat();
    Some(Figure {
        id,
        caption: caption(scene, &years),
        source: reconciliation::source(scene, comparison),
        description: t.say("history.description", &about),
        chart: Chart::Lines(drawn(scene, &years)),
        table: Some(table(scene, format!("{id}-table"), &subtitle, &years)),
        subtitle,
        title,
    })
}

/// How far it has come since the last break: where the study is compared with something larger, that, else the area that changed most.
fn title(scene: &Scene<'_>, comparison: &Comparison, years: &Years<'_>) -> String {
    let t = &scene.t;
    let from = years.comparable();
    let beside = years.compared();
    let candidates = years.areas.iter().filter(|series| series.since(from).is_some()).count();
    let most = years.most_changed().map(|at| &years.areas[at]);
    let Some((series, [first, last])) = beside.or(most).and_then(|series| Some((series, series.since(from)?))) else {
        let name = reconciliation::name(scene, comparison);
        return t.say("history.title-broken", &[("name", &name), ("year", &years.last.to_string())]);
    };
    let share = |value: Published| reconciliation::published(scene, Counts::Share, value);
    let (from, to, start, end) = (first.0.to_string(), last.0.to_string(), share(first.1), share(last.1));
    let key = match (beside, candidates) {
        _ if start == end => "history.title-same",
        (None, 2..) => "history.title-most",
        _ => "history.title",
    };
    let values = [
        ("area", series.name.as_str()),
        ("from", from.as_str()),
        ("to", to.as_str()),
        ("start", start.as_str()),
        ("end", end.as_str()),
    ];
    t.say(key, &values)
}

/// How to read it, and every gap in words.
fn caption(scene: &Scene<'_>, years: &Years<'_>) -> String {
    let t = &scene.t;
    let mut said = vec![t.get("history.caption")];
    if years.all().filter_map(|series| series.ours).any(|figure| figure.unmatched > 0) {
        said.push(t.get("history.caption-lowest"));
    }
    for (year, (reason, notes)) in &years.broken {
        let year = year.to_string();
        let note = |note: &&Note| match scene.locale {
            crate::Locale::Sv => note.sv.clone(),
            crate::Locale::En => note.en.clone(),
        };
        let reasons = reason.iter().map(|reason| (*reason).to_owned()).chain(notes.iter().map(note));
        let reasons: Vec<String> = reasons.map(|reason| format!("{}.", reason.trim().trim_end_matches('.'))).collect();
        said.push(if reasons.is_empty() {
            t.say("history.broken", &[("year", &year)])
        } else {
            t.say("history.broken-as", &[("year", &year), ("reason", &reasons.join(" "))])
        });
    }
    let there = years.there();
    let missing: Vec<String> =
        (years.first..years.last).filter(|year| !there.contains(year)).map(|year| year.to_string()).collect();
    if !missing.is_empty() {
        said.push(t.say("history.missing", &[("years", &scene.list(missing))]));
    }
    let short = years.areas.iter().filter(|series| series.values.len() < there.len()).count();
    if short > 0 {
        let n = scene.whole(short);
        said.push(t.say("history.missing-some", &[("n", &n), ("areas", &scene.areas_word(short))]));
    }
    said.join(" ")
}

#[expect(clippy::cast_precision_loss, reason = "for drawing only")]
fn drawn(scene: &Scene<'_>, years: &Years<'_>) -> Lines {
    let t = &scene.t;
    let span = f64::from(years.last - years.first).max(1.0);
    let at = |year: i16| f64::from(year - years.first) / span;
    let share = |value: &Published| value.value as f64 / 1e6;
    let broken: BTreeSet<i16> = years.broken.keys().copied().collect();
    let line = |series: &Series<'_>, marker: Option<Marker>| {
        let points = |part: Vec<i16>| {
            part.into_iter().filter_map(|year| Some((at(year), share(series.values.get(&year)?)))).collect::<Vec<_>>()
        };
        Line {
            label: series.name.clone(),
            tail: series.ours.map(|figure| scene.plain_share(figure)).unwrap_or_default(),
            parts: parts(&series.values, &broken).into_iter().map(points).collect(),
            ours: series.ours.and_then(indicator::Figure::share),
            marker,
        }
    };
    let (lowest, highest) = years.ends();
    // Those that stand out are those that the title is about.
    let told = match years.most_changed().filter(|_| years.compared().is_none()) {
        Some(at) if Some(at) != lowest && Some(at) != highest => [(Some(at), CHANGED), (None, LOWEST)],
        _ => [(lowest, LOWEST), (highest, HIGHEST)],
    };
    let others = (0..years.areas.len()).filter(|at| told.iter().all(|(told, _)| *told != Some(*at)));
    let mut rows: Vec<Line> = others.map(|at| line(&years.areas[at], None)).collect();
    rows.extend(years.beside.iter().skip(BESIDE.len()).map(|series| line(series, None)));
    rows.extend(years.beside.iter().zip(BESIDE).map(|(series, marker)| line(series, Some(marker))));
    rows.extend(told.into_iter().filter_map(|(at, marker)| Some(line(&years.areas[at?], Some(marker)))));
    let low = rows.iter().flat_map(|row| row.parts.iter().flatten().map(|point| point.1).chain(row.ours));
    let (from, shares) = settlements::axis_from(scene, low.fold(1.0, f64::min));
    let halfway = |year: i16| (at(year - 1) + at(year)) / 2.0;
    let named = |year: &i16| Mark { at: halfway(*year), label: t.say("history.break", &[("year", &year.to_string())]) };
    Lines {
        years: (years.first..=years.last).map(|year| Mark { at: at(year), label: year.to_string() }).collect(),
        shares,
        from,
        rows,
        breaks: broken.iter().map(named).collect(),
        ours: t.get("reconciliation.ours"),
        names: [
            t.get("history.official"),
            t.say("history.ours", &[("date", &scene.date())]),
            t.say("history.others", &[("areas", &scene.areas_word(2))]),
        ],
    }
}

fn table(scene: &Scene<'_>, id: String, caption: &str, years: &Years<'_>) -> Table {
    let there = years.there();
    let mut heads = vec![Head::text(sentence(&scene.areas_word(1)))];
    heads.extend(there.iter().map(|year| Head::number(year.to_string())));
    heads.push(Head::number(scene.t.get("reconciliation.ours")));
    let nothing = || "–".to_owned();
    let row = |series: &Series<'_>| {
        let share = |year: &i16| {
            let value = series.values.get(year);
            value.map_or_else(nothing, |value| reconciliation::published(scene, Counts::Share, *value))
        };
        let mut cells: Vec<Cell> = there.iter().map(|year| Cell::number(share(year))).collect();
        cells.push(Cell::number(series.ours.map_or_else(nothing, |figure| scene.plain_share(figure))));
        Row { head: series.name.clone(), cells }
    };
    Table {
        id,
        caption: caption.to_owned(),
        folded: years.areas.len() > FOLD,
        heads,
        rows: years.areas.iter().map(row).collect(),
        totals: years.beside.iter().map(row).collect(),
        ..Table::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_gap_where_a_year_is_missing_and_where_the_series_is_broken() {
        let years = |years: &[i16]| years.iter().map(|&year| (year, ())).collect::<BTreeMap<i16, ()>>();
        let broken = |years: &[i16]| years.iter().copied().collect::<BTreeSet<i16>>();
        let all = years(&[2018, 2019, 2021, 2022, 2023]);
        assert_eq!(parts(&all, &broken(&[])), [vec![2018, 2019], vec![2021, 2022, 2023]]);
        // A break at the year after a gap makes no second gap.
        assert_eq!(parts(&all, &broken(&[2021, 2023])), [vec![2018, 2019], vec![2021, 2022], vec![2023]]);
        assert_eq!(parts(&all, &broken(&[2020])), [vec![2018, 2019], vec![2021, 2022, 2023]]);
        assert!(parts(&years(&[]), &broken(&[2020])).is_empty());
    }

    #[test]
    fn what_can_be_compared_is_the_first_and_the_last_year_after_a_break() {
        let value = |value| Published { value, bound: nittio_core::official::Bound::Exact, half: 0 };
        let values = [(2019, value(1)), (2021, value(2)), (2022, value(3))].into_iter().collect();
        let series = Series { name: String::new(), values, ours: None };
        let found = |from| series.since(from).map(|[a, b]| (a.0, b.0));
        assert_eq!([2019, 2020, 2022, 2023].map(found), [Some((2019, 2022)), Some((2021, 2022)), None, None]);
    }

    #[test]
    fn the_area_that_changed_most_is_found_among_years_after_the_last_break() {
        let series = |name: &str, values: &[(i16, u32)]| {
            let published = |value| Published { value, bound: nittio_core::official::Bound::Exact, half: 0 };
            let values = values.iter().map(|&(year, value)| (year, published(value.into()))).collect();
            Series { name: name.to_owned(), values, ours: None }
        };
        let years = |broken: &[i16]| Years {
            beside: Vec::new(),
            areas: vec![
                series("up before", &[(2019, 10), (2020, 90), (2021, 91)]),
                series("down since", &[(2020, 50), (2021, 20)]),
                series("one year", &[(2021, 99)]),
                series("up since", &[(2020, 50), (2021, 80)]),
            ],
            first: 2019,
            last: 2021,
            broken: broken.iter().map(|&year| (year, (None, Vec::new()))).collect(),
        };
        assert_eq!(years(&[]).most_changed(), Some(0));
        assert_eq!(years(&[2020]).most_changed(), Some(1), "of two that changed alike it is the first");
        assert_eq!(years(&[2021]).most_changed(), None);
    }
}
