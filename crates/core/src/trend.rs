//! Trends: results held against each other, area by area: two years, two deliveries, two studies of the same areas.
//!
//! Every result was joined for itself, from places and networks of its own. Nobody is followed from one to the next, so what is
//! gained and lost here is the difference of sums; what keeps the results from being alike in everything but that is said with
//! them, never mended. `docs/methods/trends.md` says the rules in words.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    goal::{Goal, Step},
    indicator::{At, Figure, Indicators, TOTAL},
    measure::Measure,
    profile::Profile,
    quantity::Speed,
    service::Reach,
    study::{Frame, ScaledUnit},
    unit::Unit,
};

/// One result, as a trend looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Then<'a> {
    /// What whoever asks calls it.
    pub label: &'a str,
    /// The study's name.
    pub name: &'a str,
    /// The axes.
    pub frame: &'a Frame,
    /// The study's goals.
    pub goals: &'a [Goal],
    /// The figures.
    pub indicators: &'a Indicators,
}

/// What is looked at first: results that do not have it cannot be held against each other.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The key of the level.
    pub level: &'a str,
    /// Index into the last result's goals.
    pub goal: usize,
    /// The unit.
    pub unit: &'a Unit,
}

/// Results in the order in which they were named, held against the goals of the last.
#[derive(Debug, Clone)]
pub struct Trend<'a> {
    /// The results.
    pub results: Vec<Then<'a>>,
    /// All areas that any result has: the total first, then level by level as the last result has them, those that it lacks
    /// after its own.
    pub areas: Vec<Area>,
    /// What every result measures of the last one's goals.
    pub lines: Vec<Line>,
    /// What makes it unfair to hold these results against each other.
    pub remarks: Vec<Remark>,
}

/// An area of some of the results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// The level's key, [`TOTAL`] for everything.
    pub level: String,
    /// Its code, empty for the total and for places in no area of the level.
    pub code: String,
    /// Its name in the last result that has it.
    pub name: String,
    /// By result: index into the indicators' areas; `None` where the result lacks it.
    pub index: Vec<Option<usize>>,
}

/// One step of a goal in one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Index into the last result's goals.
    pub goal: usize,
    /// The step, as the last result has it.
    pub step: Step,
    /// The unit, in the finest parts that any result counts in.
    pub unit: ScaledUnit,
    /// By result: where it is measured.
    at: Vec<Measured>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Measured {
    unit: usize,
    measure: usize,
    /// How many of the line's parts one of the result's is.
    factor: u64,
}

/// What keeps results from being alike in everything but what is asked. Results are named by their index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// A result is about the same day as the one before it, or an earlier one.
    Day {
        /// Which.
        result: usize,
        /// The day of the one before it.
        before: Date,
        /// Its own.
        day: Date,
    },
    /// Another main definition than the last result's.
    Definition {
        /// Which.
        result: usize,
        /// The key of its definition.
        key: String,
        /// The key of the last result's, which may be the same key for something else.
        last: String,
    },
    /// Another edition of a goal than the last result's, which is the one that counts here, or no such goal.
    Goal {
        /// Which.
        result: usize,
        /// The goal's id.
        goal: String,
        /// Whether the result has a goal of this id at all.
        there: bool,
    },
    /// A goal that is left out, since a result does not measure one of its units or speeds.
    LeftOut {
        /// Which result.
        result: usize,
        /// The goal's id.
        goal: String,
    },
    /// Not as many places in every result.
    Places(Vec<u64>),
    /// Not as many places of which it cannot be said what reaches them.
    Unmatched(Vec<u64>),
    /// Not as many places without a value for the unit.
    Without {
        /// The unit.
        unit: Unit,
        /// By result.
        places: Vec<u64>,
    },
    /// Areas that a result lacks and another has.
    Lacks {
        /// Which result.
        result: usize,
        /// The level's key.
        level: String,
        /// Indices into [`Trend::areas`].
        areas: Vec<usize>,
    },
    /// An area that is called something else in another result.
    Renamed {
        /// Index into [`Trend::areas`].
        area: usize,
        /// Its names by result.
        names: Vec<Option<String>>,
    },
}

/// Why results cannot be held against each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unlike {
    /// There is nothing to hold a result against.
    #[error("name two results or more")]
    Few,
    /// The last result has no goal.
    #[error("{label} has no goal to hold results against; give its study one under [[goals]]")]
    NoGoal {
        /// The last result.
        label: String,
    },
    /// No area is the same.
    #[error(
        "{label} and {last} have no {level} in common: {label} has {there}, and {last} has {wanted}; only results of the same areas can be held against each other"
    )]
    NoArea {
        /// The result.
        label: String,
        /// The last result.
        last: String,
        /// The level.
        level: String,
        /// What the result has.
        there: String,
        /// What the last one has.
        wanted: String,
    },
    /// A result does not count in the unit.
    #[error("{label} does not count {unit}, in which {last} holds its goal; it counts {there}")]
    NoUnit {
        /// The result.
        label: String,
        /// The last result.
        last: String,
        /// The unit.
        unit: String,
        /// What the result counts.
        there: String,
    },
    /// A result does not count who has the speed.
    #[error(
        "{label} does not count who has {speed}, which is the goal of {last}; it counts {there}: run its study again with that speed under [indicators]"
    )]
    NoSpeed {
        /// The result.
        label: String,
        /// The last result.
        last: String,
        /// The speed.
        speed: Speed,
        /// What the result counts.
        there: String,
    },
}

/// From one result to another: what a sum became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Units that have it now, beyond as many as had it.
    pub gained: u64,
    /// Units that had it, beyond as many as have it now.
    pub lost: u64,
}

/// How many names a refusal lists.
const LISTED: usize = 5;

impl<'a> Trend<'a> {
    /// Holds results against each other, in this order.
    ///
    /// # Errors
    /// When there are fewer than two, or one of them does not have what is looked at first.
    pub fn of(results: Vec<Then<'a>>, wanted: Wanted<'_>) -> Result<Self, Unlike> {
        let (Some(last), true) = (results.last().copied(), results.len() > 1) else { return Err(Unlike::Few) };
        possible(&results, last, wanted)?;
        let areas = areas(&results);
        let mut remarks = remarks(&results, last);
        let mut lines = Vec::new();
        for (number, goal) in last.goals.iter().enumerate() {
            let every = goal.units.iter().flat_map(|unit| goal.steps.iter().map(move |step| (unit, step)));
            let every: Vec<Result<Line, usize>> =
                every.map(|(unit, step)| line(&results, number, unit, step)).collect();
            match every.iter().find_map(|line| line.as_ref().err()) {
                Some(&result) if number != wanted.goal => {
                    remarks.push(Remark::LeftOut { result, goal: goal.id.clone() });
                }
                _ => lines.extend(every.into_iter().flatten()),
            }
        }
        let mut trend = Self { results, areas, lines, remarks };
        trend.unfair();
        Ok(trend)
    }

    /// The line of a goal's first step in a unit.
    #[must_use]
    pub fn line(&self, goal: usize, unit: &Unit) -> Option<usize> {
        self.lines.iter().position(|line| line.goal == goal && line.unit.unit == *unit)
    }

    /// A figure by the main definition, in the parts of the line's unit; `None` where the result lacks the area.
    ///
    /// # Panics
    /// When an index is beyond its axis.
    #[must_use]
    pub fn figure(&self, result: usize, area: usize, line: usize) -> Option<Figure> {
        let Measured { unit, measure, factor } = self.lines[line].at[result];
        let at = At { area: self.areas[area].index[result]?, unit, measure, ..At::default() };
        let Figure { total, covered, missing, unmatched, hides } = self.results[result].indicators.figure(at);
        let [total, covered, missing, unmatched] = [total, covered, missing, unmatched].map(|count| count * factor);
        Some(Figure { total, covered, missing, unmatched, hides })
    }

    /// How many units a figure lacks to the line's step; `None` where there is nothing to share.
    #[must_use]
    pub fn lacking(&self, line: usize, figure: &Figure) -> Option<u64> {
        let needed = self.lines[line].step.share.of(figure.total);
        figure.has_share().then(|| needed.saturating_sub(figure.covered))
    }

    /// Whether an area meets all of a goal; `None` where that is not measured.
    #[must_use]
    pub fn meets(&self, result: usize, area: usize, goal: usize) -> Option<bool> {
        let lines = (0..self.lines.len()).filter(|&line| self.lines[line].goal == goal);
        let lacking = lines.map(|line| self.lacking(line, &self.figure(result, area, line)?));
        let lacking: Vec<u64> = lacking.collect::<Option<_>>()?;
        (!lacking.is_empty()).then(|| lacking.iter().all(|&units| units == 0))
    }

    /// What a sum became from one result to another; `None` where one of them lacks the area.
    #[must_use]
    pub fn change(&self, [from, to]: [usize; 2], area: usize, line: usize) -> Option<Change> {
        let (before, after) = (self.figure(from, area, line)?.covered, self.figure(to, area, line)?.covered);
        Some(Change { gained: after.saturating_sub(before), lost: before.saturating_sub(after) })
    }

    /// Adds what the areas and the counts of places say.
    fn unfair(&mut self) {
        let count = |at: At, of: fn(&Indicators, At) -> u64| -> Vec<u64> {
            self.results.iter().map(|result| of(result.indicators, at)).collect()
        };
        let differ = |counts: &Vec<u64>| counts.windows(2).any(|pair| pair[0] != pair[1]);
        let mut found = Vec::new();
        let places = count(At::default(), |indicators, at| indicators.figure(at).total);
        found.extend(Some(places).filter(differ).map(Remark::Places));
        let unmatched = count(At::default(), |indicators, at| indicators.figure(at).unmatched);
        found.extend(Some(unmatched).filter(differ).map(Remark::Unmatched));
        let mut units: Vec<&Line> = self.lines.iter().collect();
        units.sort_by(|a, b| a.unit.unit.cmp(&b.unit.unit));
        units.dedup_by(|a, b| a.unit.unit == b.unit.unit);
        for line in units {
            let without = self.results.iter().zip(&line.at);
            let without = without.map(|(r, at)| r.indicators.places_without(At { unit: at.unit, ..At::default() }));
            let places: Vec<u64> = without.collect();
            if differ(&places) {
                found.push(Remark::Without { unit: line.unit.unit.clone(), places });
            }
        }
        for result in 0..self.results.len() {
            let mut lacks: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            let named = self.areas.iter().enumerate().filter(|(_, area)| !area.code.is_empty());
            for (number, area) in named.filter(|(_, area)| area.index[result].is_none()) {
                lacks.entry(&area.level).or_default().push(number);
            }
            let of = |(level, areas): (&str, Vec<usize>)| Remark::Lacks { result, level: level.to_owned(), areas };
            found.extend(lacks.into_iter().map(of));
        }
        for (number, area) in self.areas.iter().enumerate() {
            let name = |(result, index): (&Then<'_>, &Option<usize>)| {
                index.map(|index| result.indicators.areas[index].name.clone())
            };
            let names: Vec<Option<String>> = self.results.iter().zip(&area.index).map(name).collect();
            if names.iter().flatten().any(|name| *name != area.name) {
                found.push(Remark::Renamed { area: number, names });
            }
        }
        self.remarks.extend(found);
    }
}

/// Refuses results that do not have what is looked at first.
fn possible(results: &[Then<'_>], last: Then<'_>, wanted: Wanted<'_>) -> Result<(), Unlike> {
    let no_goal = || Unlike::NoGoal { label: last.label.to_owned() };
    let goal = last.goals.get(wanted.goal).ok_or_else(no_goal)?;
    let own = codes(last.indicators, wanted.level);
    for result in results {
        let (label, indicators) = (result.label.to_owned(), result.indicators);
        let codes = codes(indicators, wanted.level);
        if wanted.level != TOTAL && !codes.iter().any(|code| own.contains(code)) {
            return Err(Unlike::NoArea {
                label,
                last: last.label.to_owned(),
                level: wanted.level.to_owned(),
                there: listed(&codes),
                wanted: listed(&own),
            });
        }
        for unit in goal.units.iter().chain([wanted.unit]) {
            if indicators.unit(unit.key()).is_none() {
                return Err(Unlike::NoUnit {
                    label,
                    last: last.label.to_owned(),
                    unit: unit.key().to_owned(),
                    there: indicators.units.iter().map(|of| of.unit.key()).collect::<Vec<_>>().join(", "),
                });
            }
        }
        for step in &goal.steps {
            if indicators.measure(Measure::Down(step.down)).is_none() {
                let speed = |m: &Measure| if let Measure::Down(speed) = m { Some(speed.to_string()) } else { None };
                return Err(Unlike::NoSpeed {
                    label,
                    last: last.label.to_owned(),
                    speed: step.down,
                    there: indicators.measures.iter().filter_map(speed).collect::<Vec<_>>().join(", "),
                });
            }
        }
    }
    Ok(())
}

/// The codes of a level's areas.
fn codes<'a>(indicators: &'a Indicators, level: &str) -> Vec<&'a str> {
    let of_level = indicators.areas.iter().filter(|area| area.level == level && !area.code.is_empty());
    of_level.map(|area| area.code.as_str()).collect()
}

fn listed(codes: &[&str]) -> String {
    let shown = codes[..codes.len().min(LISTED)].join(", ");
    match codes.len() {
        0 => "none".to_owned(),
        n if n > LISTED => format!("{shown} and {} more", n - LISTED),
        _ => shown,
    }
}

/// All areas that any result has.
fn areas(results: &[Then<'_>]) -> Vec<Area> {
    // The last result's order of levels, then what only others have.
    let mut levels: Vec<&str> = vec![TOTAL];
    let mut found: BTreeMap<(usize, usize, &str), Area> = BTreeMap::new();
    for (back, (number, result)) in results.iter().enumerate().rev().enumerate() {
        for area in &result.indicators.areas {
            if !levels.contains(&area.level.as_str()) {
                levels.push(&area.level);
            }
        }
        for (index, area) in result.indicators.areas.iter().enumerate() {
            let level = levels.iter().position(|level| *level == area.level).unwrap_or_default();
            let key = |back| (level, back, area.code.as_str());
            // Those in no area of a level stand after all of its areas.
            let outside = area.code.is_empty() && level > 0;
            let there = (0..=back).map(key).find(|key| found.contains_key(key));
            let place = there.unwrap_or_else(|| key(if outside { usize::MAX } else { back }));
            let entry = found.entry(place).or_insert_with(|| Area {
                level: area.level.clone(),
                code: area.code.clone(),
                name: area.name.clone(),
                index: vec![None; results.len()],
            });
            entry.index[number] = Some(index);
        }
    }
    found.into_values().collect()
}

/// Where a step is measured in every result; the first result that does not is the error.
fn line(results: &[Then<'_>], goal: usize, unit: &Unit, step: &Step) -> Result<Line, usize> {
    let found = |result: &Then<'_>| {
        let indicators = result.indicators;
        let unit = indicators.unit(unit.key())?;
        Some((unit, indicators.measure(Measure::Down(step.down))?, indicators.units[unit].scale))
    };
    let found: Vec<(usize, usize, u64)> =
        results.iter().enumerate().map(|(number, result)| found(result).ok_or(number)).collect::<Result<_, _>>()?;
    // Scales are powers of ten.
    let scale = found.iter().map(|(_, _, scale)| *scale).max().unwrap_or(1);
    let at = found.into_iter().map(|(unit, measure, own)| Measured { unit, measure, factor: scale / own.max(1) });
    let unit = ScaledUnit { unit: unit.clone(), scale };
    Ok(Line { goal, step: step.clone(), unit, at: at.collect() })
}

/// What days, definitions and goals say.
fn remarks(results: &[Then<'_>], last: Then<'_>) -> Vec<Remark> {
    let mut found = Vec::new();
    for (number, pair) in results.windows(2).enumerate() {
        let (before, day) = (pair[0].frame.as_of, pair[1].frame.as_of);
        if day <= before {
            found.push(Remark::Day { result: number + 1, before, day });
        }
    }
    let main = |of: &Then<'_>| of.indicators.profiles.first().cloned();
    let own = main(&last);
    for (result, then) in results.iter().enumerate() {
        if let (Some(profile), Some(own)) = (main(then), &own)
            && !same(&profile, then.frame, own, last.frame)
        {
            found.push(Remark::Definition { result, key: profile.key, last: own.key.clone() });
        }
        for goal in last.goals {
            let there = then.goals.iter().find(|other| other.id == goal.id);
            if there
                .is_none_or(|there| (&there.units, &there.steps, there.year) != (&goal.units, &goal.steps, goal.year))
            {
                found.push(Remark::Goal { result, goal: goal.id.clone(), there: there.is_some() });
            }
        }
    }
    found
}

/// Whether two definitions are the same whatever they are called.
fn same(one: &Profile, frame: &Frame, other: &Profile, others: &Frame) -> bool {
    let near = one.reach.contains(&Reach::Near);
    *one == Profile { key: one.key.clone(), ..other.clone() } && (!near || frame.near == others.near)
}
