//! What if: what every scenario would change, in all of the study and area by area.

use nittio_core::{
    comparison::{About, Comparison, Moved, Overlap},
    goal::Step,
    measure::Measure,
};

use super::{
    MANY, SHOWN, Scene,
    change_map::{self, Changed, signed},
    settlements, share_ppm,
};
use crate::{
    chart::{
        Chart,
        dots::{Dots, Row, Series},
        legend::{Marker, Shape},
        palette,
    },
    messages::sentence,
    report::{self, Block, Cell, Figure, Group, Head, Line, Section, Table, Term},
};

/// More areas than so many are not named one by one.
const NAMED: usize = 6;

/// The maps that there may be, one per scenario.
const MAPS: [&str; 4] = ["scenarios-map", "scenarios-map-2", "scenarios-map-3", "scenarios-map-4"];

/// More pairs than so many are folded.
const PAIRS: usize = 10;

/// As many pairs at most stand area by area.
const PAIRS_BY_AREA: usize = 6;

/// The section, where the study asks for scenarios and its goal can be tried in the unit shown.
pub(super) fn section(scene: &Scene<'_>) -> Option<Section> {
    let asked = Asked::of(scene)?;
    let t = &scene.t;
    let mut blocks = vec![Block::Text(t.get("scenarios.intro")), Block::Table(asked.region())];
    blocks.extend(asked.overlaps().map(Block::Table));
    blocks.extend(asked.overlaps_by_area().map(Block::Table));
    blocks.push(Block::Figure(Box::new(asked.figure())));
    blocks.extend(asked.maps().into_iter().map(|figure| Block::Figure(Box::new(figure))));
    blocks.push(Block::Terms(asked.all().map(|(k, about)| asked.term(k, about)).collect()));
    Some(Section { id: "scenarios", short: t.get("scenarios.short"), heading: t.get("scenarios.heading"), blocks })
}

/// The scenarios, in the unit and at the step of the report.
struct Asked<'s, 'a> {
    scene: &'s Scene<'a>,
    compared: &'a Comparison,
    step: &'a Step,
    measure: usize,
}

impl<'s, 'a> Asked<'s, 'a> {
    fn of(scene: &'s Scene<'a>) -> Option<Self> {
        let compared = &scene.out.scenarios;
        let step = scene.step()?;
        let measure = compared.measure(Measure::Down(step.down))?;
        (!compared.contrasts.is_empty()).then_some(Self { scene, compared, step, measure })
    }

    fn all(&self) -> impl Iterator<Item = (usize, &'a About)> + use<'a> {
        self.compared.contrasts.iter().enumerate()
    }

    fn moved(&self, scenario: usize, area: usize) -> Moved {
        self.compared.moved(scenario, area, self.scene.unit, self.measure)
    }

    fn share(&self, covered: u64, total: u64) -> String {
        self.scene.locale.share(covered, total, Some(share_ppm(self.step))).unwrap_or_else(|| "–".to_owned())
    }

    fn count(&self, parts: u64) -> String {
        self.scene.count(parts, false, self.scene.scaled())
    }

    /// The change of the share in percentage points, which is for showing only.
    fn points(&self, scenario: usize, area: usize) -> Option<f64> {
        let moved = self.moved(scenario, area);
        Some(100.0 * (moved.figure_after().share()? - moved.figure_before().share()?))
    }

    /// The largest change that any scenario makes in an area.
    fn largest(&self, area: usize) -> Option<f64> {
        let points = self.all().filter_map(|(k, _)| self.points(k, area));
        points.max_by(|a, b| a.abs().total_cmp(&b.abs()))
    }

    fn subtitle(&self) -> String {
        let Scene { t, .. } = self.scene;
        let values =
            [("units", self.scene.main_all()), ("property", self.scene.property()), ("date", self.scene.date())];
        t.say("scenarios.subtitle", &values.each_ref().map(|(key, value)| (*key, value.as_str())))
    }

    /// All of the study: one row per scenario.
    fn region(&self) -> Table {
        let t = &self.scene.t;
        let shares = self.all().any(|(k, _)| self.compared.shares(k));
        let mut heads = vec![Head::text(t.get("scenarios.scenario"))];
        let columns =
            ["scenarios.before", "scenarios.after", "scenarios.gained", "scenarios.lost"].map(|key| t.get(key));
        heads.extend(columns.map(Head::number));
        if shares {
            heads.push(Head::number(t.get("scenarios.only")));
        }
        heads.push(Head::number(t.get("scenarios.left-before")).first());
        heads.push(Head::number(t.get("scenarios.left-after")));
        let row = |(k, about): (usize, &About)| {
            let moved = self.moved(k, 0);
            let mut cells = vec![
                Cell::number(self.share(moved.before, moved.total)),
                Cell::number(self.share(moved.after, moved.total)),
                Cell::number(self.count(moved.gained)),
                Cell::number(self.count(moved.lost)),
            ];
            if shares {
                let only = if self.compared.shares(k) { self.count(moved.only) } else { "–".to_owned() };
                cells.push(Cell::number(only));
            }
            let [before, after] = moved.lacking(self.step).map(|n| self.scene.locale.needed(n, self.scene.scaled()));
            cells.extend([Cell::number(before).first(), Cell::number(after)]);
            report::Row { head: about.name.clone(), cells }
        };
        Table {
            id: "scenarios-region".to_owned(),
            caption: t.say(
                "scenarios.region-caption",
                &[("units", &self.scene.main_units()), ("property", &self.scene.property())],
            ),
            heads,
            rows: self.all().map(row).collect(),
            note: if shares { t.get("scenarios.only-note") } else { String::new() },
            ..Table::default()
        }
    }

    /// What scenarios that only add give, two by two: each alone, and both.
    fn overlaps(&self) -> Option<Table> {
        let (scene, t) = (self.scene, &self.scene.t);
        let overlaps = self.compared.overlaps(0, scene.unit, self.measure);
        let name = |k: usize| self.compared.contrasts[k].name.as_str();
        let row = |overlap: &Overlap| {
            let [first, second] = overlap.pair.map(name);
            let counts = [overlap.first, overlap.second, overlap.both, overlap.together()];
            report::Row {
                head: t.say("scenarios.pair", &[("first", first), ("second", second)]),
                cells: counts.map(|count| Cell::number(self.count(count))).into(),
            }
        };
        let heads = ["scenarios.first", "scenarios.second", "scenarios.both", "scenarios.together"];
        let caption =
            t.say("scenarios.overlap-caption", &[("units", &scene.main_units()), ("property", &scene.property())]);
        (!overlaps.is_empty()).then(|| Table {
            id: "scenarios-overlap".to_owned(),
            caption,
            folded: overlaps.len() > PAIRS,
            heads: std::iter::once(Head::text(t.get("scenarios.pair-head")))
                .chain(heads.map(|key| Head::number(t.get(key))))
                .collect(),
            rows: overlaps.iter().map(row).collect(),
            note: t.get("scenarios.overlap-note"),
            ..Table::default()
        })
    }

    /// The same area by area, where both give anybody anything: of the pairs that overlap most.
    fn overlaps_by_area(&self) -> Option<Table> {
        let (scene, t) = (self.scene, &self.scene.t);
        let whole = self.compared.overlaps(0, scene.unit, self.measure);
        let mut shown: Vec<usize> = (0..whole.len()).filter(|&pair| whole[pair].both > 0).collect();
        let all = shown.len();
        shown.sort_by_key(|&pair| std::cmp::Reverse(whole[pair].both));
        shown.truncate(PAIRS_BY_AREA);
        shown.sort_unstable();
        if shown.is_empty() {
            return None;
        }
        let mut heads = vec![Head::text(sentence(&scene.areas_word(1)))];
        let mut groups = vec![Group { text: String::new(), columns: 1 }];
        for &pair in &shown {
            let [first, second] = whole[pair].pair.map(|k| self.compared.contrasts[k].name.as_str());
            groups.push(Group { text: t.say("scenarios.pair", &[("first", first), ("second", second)]), columns: 3 });
            heads.push(Head::number(t.get("scenarios.first")).first());
            heads.extend(["scenarios.second", "scenarios.both"].map(|key| Head::number(t.get(key))));
        }
        let row = |area: usize| {
            let overlaps = self.compared.overlaps(area, scene.unit, self.measure);
            let cells = shown.iter().flat_map(|&pair| {
                let Overlap { first, second, both, .. } = overlaps[pair];
                let [first, second, both] = [first, second, both].map(|count| Cell::number(self.count(count)));
                [first.first(), second, both]
            });
            report::Row { head: scene.area_name(area), cells: cells.collect() }
        };
        let values = [("units", scene.main_units()), ("property", scene.property()), ("areas", scene.areas_word(1))];
        let (n, of) = (scene.whole(shown.len()), scene.whole(all));
        let some = || t.say("scenarios.overlap-some", &[("shown", &n), ("n", &of)]);
        Some(Table {
            id: "scenarios-overlap-areas".to_owned(),
            caption: t
                .say("scenarios.overlap-areas-caption", &values.each_ref().map(|(key, value)| (*key, value.as_str()))),
            folded: true,
            groups,
            heads,
            rows: scene.body().into_iter().map(row).collect(),
            totals: scene.context.iter().copied().map(row).collect(),
            note: if shown.len() < all { some() } else { String::new() },
            ..Table::default()
        })
    }

    /// Where the share changes, a map per scenario that changes any.
    fn maps(&self) -> Vec<Figure> {
        let changing = self.all().filter_map(|(k, about)| self.map(k, about));
        changing.zip(MAPS).map(|(figure, id)| Figure { id, ..figure }).collect()
    }

    fn map(&self, scenario: usize, about: &About) -> Option<Figure> {
        let (scene, t) = (self.scene, &self.scene.t);
        let changed = |&area: &usize| {
            let moved = self.moved(scenario, area);
            Changed { area, before: Some(moved.figure_before()), after: Some(moved.figure_after()) }
        };
        let changes: Vec<Changed> = scene.areas.iter().map(changed).collect();
        let map = change_map::map(scene, &changes)?;
        let points = changes.iter().filter_map(|changed| Some((changed.area, changed.points()?)));
        let (area, most) = points.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
        let title = t.say(
            "scenarios.map-title",
            &[("name", &about.name), ("area", &scene.area_name(area)), ("points", &signed(scene, most))],
        );
        Some(Figure {
            id: MAPS[0],
            subtitle: t.say(
                "change.subtitle",
                &[("units", &scene.main_all()), ("property", &scene.property()), ("date", &scene.date())],
            ),
            caption: change_map::caption(scene, &map),
            source: scene.source(),
            description: change_map::description(scene, &map, &title),
            title,
            chart: Chart::Map(map),
            table: Some(self.changes(scenario, about)),
        })
    }

    /// Who wins and who is left under one scenario, most changed first.
    fn changes(&self, scenario: usize, about: &About) -> Table {
        let (scene, t) = (self.scene, &self.scene.t);
        let size = |area: usize| self.points(scenario, area).map_or(-1.0, f64::abs);
        let mut areas = scene.areas.clone();
        areas.sort_by(|&a, &b| size(b).total_cmp(&size(a)));
        let keys = [
            "scenarios.before",
            "scenarios.after",
            "change.points",
            "scenarios.gained",
            "scenarios.lost",
            "scenarios.left-after",
        ];
        let row = |area: usize| {
            let moved = self.moved(scenario, area);
            let points = self.points(scenario, area).map_or_else(|| "–".to_owned(), |points| signed(scene, points));
            let cells = [
                self.share(moved.before, moved.total),
                self.share(moved.after, moved.total),
                points,
                self.count(moved.gained),
                self.count(moved.lost),
                scene.locale.needed(moved.lacking(self.step)[1], scene.scaled()),
            ];
            report::Row { head: scene.area_name(area), cells: cells.map(Cell::number).into() }
        };
        Table {
            id: format!("scenarios-changes-{}", scenario + 1),
            caption: format!("{}. {}", about.name, self.subtitle()),
            folded: true,
            // In print, the table of all scenarios is enough.
            screen_only: true,
            heads: std::iter::once(Head::text(sentence(&scene.areas_word(1))))
                .chain(keys.map(|key| Head::number(t.get(key))))
                .collect(),
            rows: areas.into_iter().map(row).collect(),
            totals: scene.context.iter().copied().map(row).collect(),
            ..Table::default()
        }
    }

    fn figure(&self) -> Figure {
        let (scene, t) = (self.scene, &self.scene.t);
        let markers = [
            Marker { shape: Shape::Dot, colour: palette::MET },
            Marker { shape: Shape::Diamond, colour: palette::MISSED },
            Marker { shape: Shape::Square, colour: palette::INK },
            Marker { shape: Shape::Triangle, colour: palette::MUTED },
        ];
        // More than the shapes can tell apart stand in the table only.
        let shown = self.compared.contrasts.len().min(markers.len());
        let ring = Marker { shape: Shape::Ring, colour: palette::CONTEXT };
        let mut series = vec![Series { name: t.get("scenarios.as-it-is"), marker: ring }];
        let named = self.all().zip(markers);
        series.extend(named.map(|((_, about), marker)| Series { name: about.name.clone(), marker }));
        let mut areas = scene.by_share();
        let many = areas.len() > MANY;
        if many {
            let size = |area: usize| self.largest(area).map_or(-1.0, f64::abs);
            areas.sort_by(|&a, &b| size(b).total_cmp(&size(a)));
            areas.truncate(2 * SHOWN);
        }
        let row = |area: usize, context: bool| {
            let after = (0..shown).map(|k| self.moved(k, area).figure_after().share());
            Row {
                label: scene.area_name(area),
                values: std::iter::once(scene.main(area).share()).chain(after).collect(),
                tail: self.largest(area).map_or_else(String::new, |points| signed(scene, points)),
                context,
            }
        };
        let rows: Vec<Row> =
            scene.context.iter().map(|&a| row(a, true)).chain(areas.iter().map(|&a| row(a, false))).collect();
        let (from, ticks) = settlements::axis(scene, &rows);
        let most = self.all().filter_map(|(k, about)| Some((self.points(k, 0)?, k, about)));
        let title = match most.max_by(|a, b| a.0.abs().total_cmp(&b.0.abs())) {
            Some((points, k, about)) if points.abs() > 0.0 => {
                let moved = self.moved(k, 0);
                let (before, after) = (self.share(moved.before, moved.total), self.share(moved.after, moved.total));
                t.say("scenarios.title", &[("name", &about.name), ("from", &before), ("to", &after)])
            }
            _ => t.get("scenarios.title-same"),
        };
        let mut caption = t.get("scenarios.caption");
        if self.compared.contrasts.len() > shown {
            let (shown, n) = (scene.whole(shown), scene.whole(self.compared.contrasts.len()));
            caption = format!("{caption} {}", t.say("definitions.caption-more", &[("shown", &shown), ("n", &n)]));
        }
        if many {
            let n = scene.whole(areas.len());
            let more = t.say("definitions.caption-many", &[("n", &n), ("areas", &scene.areas_word(2))]);
            caption = format!("{caption} {more}");
        }
        Figure {
            id: "scenarios",
            subtitle: self.subtitle(),
            caption,
            source: scene.source(),
            description: t.say("scenarios.description", &[("area", &scene.areas_word(1)), ("title", &title)]),
            title,
            chart: Chart::Dots(Dots {
                series,
                rows,
                ticks,
                goal: scene.goal_mark(),
                from,
                tail_head: t.get("scenarios.tail"),
            }),
            table: Some(self.areas()),
        }
    }

    /// Area by area, under each scenario.
    fn areas(&self) -> Table {
        let (scene, t) = (self.scene, &self.scene.t);
        let mut heads = vec![Head::text(sentence(&scene.areas_word(1)))];
        let mut groups = vec![Group { text: String::new(), columns: 1 }];
        for (_, about) in self.all() {
            groups.push(Group { text: about.name.clone(), columns: 4 });
            heads.push(Head::number(t.get("column.share")).first());
            let more = ["scenarios.gained", "scenarios.lost", "scenarios.left-after"];
            heads.extend(more.map(|key| Head::number(t.get(key))));
        }
        let row = |area: usize| {
            let cells = self.all().flat_map(|(k, _)| {
                let moved = self.moved(k, area);
                [
                    Cell::number(self.share(moved.after, moved.total)).first(),
                    Cell::number(self.count(moved.gained)),
                    Cell::number(self.count(moved.lost)),
                    Cell::number(scene.locale.needed(moved.lacking(self.step)[1], scene.scaled())),
                ]
            });
            report::Row { head: scene.area_name(area), cells: cells.collect() }
        };
        Table {
            id: "scenarios-table".to_owned(),
            caption: self.subtitle(),
            folded: true,
            screen_only: false,
            groups,
            heads,
            rows: scene.body().into_iter().map(row).collect(),
            totals: scene.context.iter().copied().map(row).collect(),
            note: String::new(),
        }
    }

    /// Who gains most by a scenario, and who is left.
    fn term(&self, scenario: usize, about: &About) -> Term {
        let (scene, t) = (self.scene, &self.scene.t);
        let found = self.compared.standouts(scenario, &scene.areas, scene.unit, self.step);
        let mut lines = Vec::new();
        let main = scene.ind.profiles.first().is_some_and(|profile| profile.key == about.against);
        if let Some(profile) = scene.ind.profiles.iter().find(|profile| profile.key == about.against).filter(|_| !main)
        {
            lines.push(t.say("scenarios.against", &[("profile", &scene.profile_name(profile))]));
        }
        if about.day != scene.out.frame.as_of {
            let day = scene.locale.date(about.day, &t.get("months"));
            lines.push(t.say("scenarios.day", &[("date", &day)]));
        }
        let largest = |key: &str, area: usize, count: u64| {
            let values = [("area", scene.area_name(area)), ("n", self.count(count)), ("units", scene.units_for(count))];
            t.say(key, &values.each_ref().map(|(key, value)| (*key, value.as_str())))
        };
        let (most, worst) = (found.most, found.worst);
        lines.extend(most.map(|area| largest("scenarios.most", area, self.moved(scenario, area).gained)));
        lines.extend(worst.map(|area| largest("scenarios.worst", area, self.moved(scenario, area).lost)));
        if most.is_none() && worst.is_none() {
            lines.push(t.get("scenarios.nobody"));
        }
        let names: Vec<String> = found.left.iter().map(|&area| scene.area_name(area)).collect();
        match names.len() {
            0 => {}
            1..=NAMED => lines.push(t.say("scenarios.left", &[("areas", &scene.list(names))])),
            n => {
                let words = [("n", scene.whole(n)), ("areas", scene.areas_word(n))];
                lines.push(t.say("scenarios.left-many", &words.each_ref().map(|(key, value)| (*key, value.as_str()))));
            }
        }
        let lines = lines.into_iter().map(|text| Line { text, link: None }).collect();
        Term { term: about.name.clone(), lines }
    }
}
