//! What a plan builds: where, on a map, and when, year by year.

use nittio_core::{
    plan::{Plan, Reached, ReachedPart},
    quantity::Kronor,
    study::ScaledUnit,
};

use super::{
    Scene, map as shares,
    path::{cut_axis, row},
    settlements, share_ppm,
};
use crate::{
    chart::{
        Chart, Mark,
        map::{Area, Class, Map, TALLEST},
        palette,
        waterfall::{Tone, Waterfall},
    },
    messages::sentence,
    report::{self, Block, Cell, Figure, Head, Source, Table},
};

/// Names of the figures, in the order of the plans; the plans beyond have tables only.
const MAPS: [&str; 4] = ["plan-1-map", "plan-2-map", "plan-3-map", "plan-4-map"];
const YEARS: [&str; 4] = ["plan-1-years", "plan-2-years", "plan-3-years", "plan-4-years"];
/// More areas than so many are not named on the map.
const NAMED: usize = 45;
/// At most so many classes have anything in them.
const CLASSES: usize = 5;

/// The figures of a plan, which is the so manieth that there is.
pub(super) fn figures(scene: &Scene<'_>, plan: &Plan, number: usize) -> Vec<Block> {
    let Some(built) = Built::of(scene, plan) else { return Vec::new() };
    let map = MAPS.get(number).and_then(|id| built.map(id));
    let years = YEARS.get(number).and_then(|id| built.years(id));
    map.into_iter().chain(years).map(|figure| Block::Figure(Box::new(figure))).collect()
}

/// A plan that builds something, counted in the unit of the goal's first part.
struct Built<'s, 'a> {
    scene: &'s Scene<'a>,
    plan: &'a Plan,
    unit: &'a ScaledUnit,
}

impl<'s, 'a> Built<'s, 'a> {
    fn of(scene: &'s Scene<'a>, plan: &'a Plan) -> Option<Self> {
        let part = plan.reached.first()?.parts.first()?;
        let unit = scene.ind.units.get(part.unit)?;
        (!plan.chosen.is_empty()).then_some(Self { scene, plan, unit })
    }

    /// What the plan brings to an area, in the parts that the unit is kept in.
    fn gain(reached: &Reached) -> u64 {
        reached.parts.first().map_or(0, |part| part.at_the_end().saturating_sub(part.before))
    }

    fn areas(&self) -> impl Iterator<Item = &'a Reached> + use<'_, 'a> {
        self.plan.reached.iter().skip(1).filter(|reached| self.scene.areas.contains(&reached.area))
    }

    fn kronor(&self, sum: Kronor) -> String {
        self.scene.locale.kronor(Kronor::from_ore((sum.ore() + 50) / 100 * 100))
    }

    fn count(&self, parts: u64) -> String {
        self.scene.locale.count(parts, self.unit)
    }

    /// What is counted, of which speed, by which definition.
    fn subtitle(&self, key: &str, part: &ReachedPart) -> String {
        let (scene, ask) = (self.scene, &self.plan.ask);
        let profile = scene.ind.profiles.get(ask.profile).map(|p| scene.profile_name(p)).unwrap_or_default();
        let speed = scene.out.goals.get(ask.goal).and_then(|goal| goal.steps.get(part.step));
        let speed = speed.map(|step| scene.locale.speed(step.down)).unwrap_or_default();
        let values = [
            ("plan", ask.name.as_str()),
            ("units", &scene.units(&self.unit.unit)),
            ("speed", &speed),
            ("profile", &profile.to_lowercase()),
        ];
        scene.t.say(key, &values)
    }

    /// What the figure rests on: the study's files, and those about what building costs.
    fn source(&self) -> Source {
        let of_role = |role: &str| {
            let inputs = self.scene.out.provenance.inputs.iter().filter(move |input| input.role == role);
            inputs.filter_map(super::origin).collect::<Vec<_>>()
        };
        let mut own: Vec<String> = Vec::new();
        for said in of_role("projects").into_iter().chain(of_role("unit-costs")) {
            if !own.contains(&said) {
                own.push(said);
            }
        }
        Source { own: (!own.is_empty()).then(|| own.join("; ")), ..self.scene.source() }
    }

    fn map(&self, id: &'static str) -> Option<Figure> {
        let (scene, t) = (self.scene, &self.scene.t);
        let shapes = shares::shapes(scene);
        if shapes.is_empty() || self.areas().next().is_none() {
            return None;
        }
        let squeeze = shares::squeeze(scene, &shapes);
        let of_area = |area: usize| self.areas().find(|reached| reached.area == area);
        let most = self.areas().map(Self::gain).max().unwrap_or(0);
        let breaks = breaks(most / self.unit.scale.max(1));
        let scale = self.unit.scale.max(1);
        // Whoever gains anything is in no class of nothing.
        let class = |gain: u64| match breaks.iter().filter(|&&from| gain >= from.saturating_mul(scale)).count() {
            0 if gain > 0 => 1,
            class => class,
        };
        let short = |reached: &Reached| reached.parts.iter().any(|part| part.at_the_end() < part.needed);
        let areas: Vec<Area> = shapes
            .iter()
            .map(|&(area, shape)| {
                let reached = of_area(area);
                let gain = reached.map(Self::gain);
                Area {
                    name: scene.area_name(area),
                    value: gain.filter(|gain| *gain > 0).map_or_else(String::new, |gain| self.count(gain)),
                    class: gain.map(class),
                    missed: reached.is_some_and(short),
                    shape: shares::squeezed(shape, squeeze),
                }
            })
            .collect();
        let goal = scene.out.goals.get(self.plan.ask.goal).map(|goal| scene.goal_words(goal)).unwrap_or_default();
        let units = sentence(&scene.units(&self.unit.unit));
        let first = self.plan.reached.first()?.parts.first()?;
        let title = self.map_title(most);
        let description = t.say("rollout.map-description", &[("areas", &scene.areas_word(2)), ("title", &title)]);
        Some(Figure {
            id,
            subtitle: self.subtitle("rollout.map-subtitle", first),
            caption: t.say(
                "rollout.map-caption",
                &[("units", &scene.units(&self.unit.unit)), ("areas", &scene.areas_word(2)), ("goal", &goal)],
            ),
            source: self.source(),
            description,
            chart: Chart::Map(Map {
                legend_head: t.say("rollout.map-legend", &[("units", &units)]),
                classes: self.classes(&breaks),
                goal: None,
                missed: areas.iter().any(|area| area.missed).then(|| t.get("rollout.map-missed")),
                nothing: areas.iter().any(|area| area.class.is_none()).then(|| t.get("map.nothing")),
                lengths: if scene.out.provenance.crs.starts_with("EPSG:") {
                    shares::lengths(scene)
                } else {
                    Vec::new()
                },
                named: areas.len() <= NAMED,
                tallest: TALLEST,
                areas,
            }),
            table: Some(self.map_table(id, &title)),
            title,
        })
    }

    fn map_title(&self, most: u64) -> String {
        let t = &self.scene.t;
        let built: Vec<&Reached> = self.areas().filter(|reached| Self::gain(reached) > 0).collect();
        let all = self.areas().count();
        let Some(first) = built.iter().find(|reached| Self::gain(reached) == most) else {
            return t.get("rollout.map-title-none");
        };
        let area = self.scene.area_name(first.area);
        let units = self.scene.units(&self.unit.unit);
        if built.len() == 1 && all > 1 {
            return t.say("rollout.map-title-one", &[("area", &area), ("n", &self.count(most)), ("units", &units)]);
        }
        let values = [
            ("area", area),
            ("n", self.count(most)),
            ("built", self.scene.whole(built.len())),
            ("all", self.scene.whole(all)),
            ("units", units),
            ("areas", self.scene.areas_word(all)),
        ];
        t.say("rollout.map-title", &values.each_ref().map(|(key, value)| (*key, value.as_str())))
    }

    fn classes(&self, breaks: &[u64]) -> Vec<Class> {
        let (t, locale) = (&self.scene.t, self.scene.locale);
        let colours = palette::sequential(breaks.len() + 1);
        let label = |class: usize| match (class.checked_sub(1).and_then(|c| breaks.get(c)), breaks.get(class)) {
            (None, _) => t.get("rollout.class-none"),
            (Some(&from), Some(&to)) if from + 1 == to => locale.whole(from),
            (Some(&from), Some(&to)) => format!("{} – {}", locale.whole(from), locale.whole(to - 1)),
            (Some(&from), None) => t.say("map.class-top", &[("from", &locale.whole(from))]),
        };
        colours.into_iter().enumerate().map(|(class, colour)| Class { label: label(class), colour }).collect()
    }

    /// What the plan brings and costs, area by area.
    fn map_table(&self, id: &str, title: &str) -> Table {
        let (scene, t) = (self.scene, &self.scene.t);
        let of_home =
            |at: usize| Kronor::sum(self.plan.chosen.iter().filter(|c| c.home == at).map(|chosen| chosen.net));
        let mut rows: Vec<(u64, report::Row)> = Vec::new();
        for (at, reached) in self.plan.reached.iter().enumerate().skip(1) {
            if scene.areas.contains(&reached.area) {
                let gain = Self::gain(reached);
                let cells = vec![Cell::number(self.count(gain)), Cell::number(self.kronor(of_home(at)))];
                rows.push((gain, report::Row { head: scene.area_name(reached.area), cells }));
            }
        }
        rows.sort_by_key(|(gain, row)| (std::cmp::Reverse(*gain), scene.locale.sort_key(&row.head)));
        Table {
            id: format!("{id}-table"),
            caption: title.to_owned(),
            folded: true,
            screen_only: true,
            heads: vec![
                Head::text(sentence(&scene.areas_word(1))),
                Head::number(t.get("plans.added")),
                Head::number(t.get("plans.net")),
            ],
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            note: t.get("plans.projects-note"),
            ..Table::default()
        }
    }

    /// How far the plan has come at the end of each year, and what the year costs.
    fn years(&self, id: &'static str) -> Option<Figure> {
        let (scene, t) = (self.scene, &self.scene.t);
        let years: Vec<i16> = self.plan.ask.slots.iter().filter_map(|slot| slot.year).collect();
        let part = self.plan.reached.first()?.parts.first()?;
        if years.len() < 2 || years.len() != part.after.len() {
            return None;
        }
        let step = scene.out.goals.get(self.plan.ask.goal)?.steps.get(part.step)?;
        let share = |covered: u64| scene.locale.share(covered, part.total, Some(share_ppm(step))).unwrap_or_default();
        let paid = |year: i16| Kronor::sum(self.plan.chosen.iter().filter(|c| c.year == Some(year)).map(|c| c.net));
        let mut rows = vec![row(
            t.get("rollout.now"),
            (0, part.before, part.total),
            share(part.before),
            self.count(part.before),
            Tone::Base,
        )];
        let mut last = part.before;
        let mut body = Vec::new();
        for (&year, &after) in years.iter().zip(&part.after) {
            let cost = self.kronor(paid(year));
            let gained = after.saturating_sub(last);
            let tail = match (gained, paid(year).ore()) {
                (0, 0) => t.get("rollout.tail-none"),
                _ => t.say("rollout.tail", &[("n", &self.count(gained)), ("cost", &cost)]),
            };
            rows.push(row(year.to_string(), (last, after.max(last), part.total), share(after), tail, Tone::Added));
            let cells = [self.count(gained), self.count(after), share(after), cost].map(Cell::number);
            body.push(report::Row { head: year.to_string(), cells: cells.to_vec() });
            last = last.max(after);
        }
        let left = part.needed.saturating_sub(last);
        if left > 0 {
            let more = scene.locale.needed(left, self.unit);
            rows.push(row(
                t.get("path.left"),
                (last, part.needed, part.total),
                scene.share_word(step),
                more,
                Tone::Left,
            ));
        }
        let reaching =
            years.iter().zip(&part.after).find(|(_, after)| **after >= part.needed).map(|(year, _)| year.to_string());
        let goal = scene.share_word(step);
        let title = match reaching {
            _ if part.before >= part.needed => {
                t.say("rollout.years-title-further", &[("from", &share(part.before)), ("to", &share(last))])
            }
            Some(year) => t.say("rollout.years-title-reached", &[("share", &goal), ("year", &year)]),
            None => {
                let n = scene.locale.needed(left, self.unit);
                t.say(
                    "rollout.years-title-left",
                    &[("n", &n), ("units", &scene.units(&self.unit.unit)), ("share", &goal)],
                )
            }
        };
        let (from, ticks) = settlements::axis_from(
            scene,
            1.0 * rows.first().map_or(0.0, |row| row.to).min(step.share.percent() / 100.0),
        );
        let mark = Mark { at: step.share.percent() / 100.0, label: t.say("goal.mark", &[("share", &goal)]) };
        let units = scene.unit_head(&self.unit.unit);
        let heads = [t.get("plans.added"), t.get("rollout.has"), t.get("column.share"), t.get("plans.net")];
        Some(Figure {
            id,
            subtitle: self.subtitle("rollout.years-subtitle", part),
            caption: cut_axis(scene, t.get("rollout.years-caption"), from),
            source: self.source(),
            description: t.say("rollout.years-description", &[("n", &scene.whole(years.len())), ("title", &title)]),
            chart: Chart::Waterfall(Waterfall {
                rows,
                ticks,
                goal: Some(mark),
                from,
                tail_head: t.say("rollout.tail-head", &[("units", &units)]),
                names: ["path.legend-base", "rollout.legend-built", "path.legend-left"].map(|key| t.get(key)),
            }),
            table: Some(Table {
                id: format!("{id}-table"),
                caption: title.clone(),
                folded: true,
                heads: std::iter::once(Head::text(t.get("plans.year"))).chain(heads.map(Head::number)).collect(),
                rows: body,
                ..Table::default()
            }),
            title,
        })
    }
}

/// Where classes of counts begin: at one, and at round numbers up to the largest.
fn breaks(most: u64) -> Vec<u64> {
    let powers = std::iter::successors(Some(1u64), |power| power.checked_mul(10));
    let round: Vec<u64> =
        powers.flat_map(|power| [1, 2, 5].map(|n| n * (power.min(u64::MAX / 5)))).take_while(|n| *n <= most).collect();
    let mut kept: Vec<u64> = round.iter().rev().take(CLASSES - 1).rev().copied().collect();
    if kept.first() != Some(&1) {
        kept.insert(0, 1);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_counts_begin_at_one_and_then_at_round_numbers() {
        assert_eq!(breaks(0), [1]);
        assert_eq!(breaks(1), [1]);
        assert_eq!(breaks(7), [1, 2, 5]);
        assert_eq!(breaks(40), [1, 2, 5, 10, 20]);
        assert_eq!(breaks(3_400), [1, 200, 500, 1_000, 2_000]);
    }
}
