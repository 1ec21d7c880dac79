//! Safety: how far every goal's figures could be from what is said, and whether the verdict would still be the same.
//!
//! `docs/methods/safety.md` says the rules in words.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    coverage::Kind,
    doubt::Doubt,
    goal::{Goal, Step},
    indicator::{Asked, At, Figure, Indicators, area_lookup, evaluate},
    measure::Measure,
    profile::Profile,
    quantity::Metres,
    service::{Link, Reach},
    study::Frame,
    tally::Tally,
    unit::Unit,
};

/// Something that is not known exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Factor {
    /// Coordinates of places, and borders of footprints.
    CoordinateError,
    /// How far away what is near may be.
    NearDistance,
    /// What reaches the unmatched.
    Unmatched,
    /// Whether plans are carried out.
    Plans,
}

impl Factor {
    /// All of them, in the order of files.
    pub const ALL: [Self; 4] = [Self::CoordinateError, Self::NearDistance, Self::Unmatched, Self::Plans];

    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::CoordinateError => "coordinate-error",
            Self::NearDistance => "near-distance",
            Self::Unmatched => "unmatched",
            Self::Plans => "plans",
        }
    }
}

/// What became of a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// It was varied, and is part of the interval.
    Varied,
    /// It was varied, and is not part of the interval: the main definition says nothing of it.
    Beside,
    /// The study does not say how far to vary it.
    NotAsked,
    /// The study has nothing of the kind.
    Nothing,
}

impl Treatment {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Varied => "varied",
            Self::Beside => "beside",
            Self::NotAsked => "not-asked",
            Self::Nothing => "nothing",
        }
    }
}

/// How safe every goal's verdicts are, under the study's main definition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Safety {
    /// Each factor, in the order of [`Factor::ALL`].
    pub factors: Vec<(Factor, Treatment)>,
    /// How far coordinates may be off, as the study says.
    pub coordinate_error: Option<Metres>,
    /// How much shorter and longer the distances of near may be, as the study says.
    pub near_error: Option<Metres>,
    /// One per goal and area, goals slowest.
    pub lines: Vec<Line>,
}

impl Safety {
    /// What became of a factor.
    #[must_use]
    pub fn treatment(&self, factor: Factor) -> Treatment {
        self.factors.iter().find(|(of, _)| *of == factor).map_or(Treatment::Nothing, |&(_, treatment)| treatment)
    }

    /// The line of a goal and an area.
    #[must_use]
    pub fn line(&self, goal: usize, area: usize) -> Option<&Line> {
        self.lines.iter().find(|line| line.goal == goal && line.area == area)
    }
}

/// One goal in one area.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Index into the study's goals.
    pub goal: usize,
    /// Index into [`Indicators::areas`].
    pub area: usize,
    /// One per unit of the goal and step, units slowest, as in an assessment.
    pub parts: Vec<Part>,
    /// All parts together.
    pub standing: Standing,
}

/// One step of a goal in one unit and area.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The unit.
    pub unit: Unit,
    /// The step.
    pub step: Step,
    /// The counts as they are said; zero when not measured.
    pub figure: Figure,
    /// What each factor does by itself, in the order of [`Factor::ALL`]; those that were varied.
    pub swings: Vec<Swing>,
    /// How many are covered when every factor of the interval is at its worst.
    pub lowest: u64,
    /// And at its best.
    pub highest: u64,
    /// What that says.
    pub standing: Standing,
}

/// What one factor does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swing {
    /// The factor.
    pub factor: Factor,
    /// Whether it is part of the interval.
    pub counted: bool,
    /// How many are covered at its worst.
    pub lowest: u64,
    /// And at its best.
    pub highest: u64,
}

/// Whether a verdict would be the same at the worst and at the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Met, at the worst too.
    Holds,
    /// Met as it is said, and missed at the worst.
    MayNotHold,
    /// Missed as it is said, and met at the best.
    MayHold,
    /// Missed, at the best too.
    DoesNotHold,
    /// There is nothing to measure.
    NotMeasured,
}

impl Standing {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::MayNotHold => "may-not-hold",
            Self::MayHold => "may-hold",
            Self::DoesNotHold => "does-not-hold",
            Self::NotMeasured => "not-measured",
        }
    }

    /// What counts say, of which the least is covered first, then what is said, then the most.
    #[must_use]
    pub fn of(covered: [u64; 3], total: u64, step: &Step) -> Self {
        if total == 0 {
            return Self::NotMeasured;
        }
        let needed = step.share.of(total);
        Self::of_met(covered.map(|covered| covered >= needed))
    }

    fn of_met([worst, said, best]: [bool; 3]) -> Self {
        match (worst, said, best) {
            (true, _, _) => Self::Holds,
            (false, true, _) => Self::MayNotHold,
            (false, false, true) => Self::MayHold,
            (false, false, false) => Self::DoesNotHold,
        }
    }

    /// Whether it is met at the worst, as it is said, and at the best.
    const fn met(self) -> [bool; 3] {
        match self {
            Self::Holds => [true; 3],
            Self::MayNotHold => [false, true, true],
            Self::MayHold => [false, false, true],
            Self::DoesNotHold | Self::NotMeasured => [false; 3],
        }
    }

    /// All parts together: the worst is the same world for all of them, and so is the best.
    fn joint(parts: &[Part]) -> Self {
        if parts.is_empty() || parts.iter().any(|part| part.standing == Self::NotMeasured) {
            return Self::NotMeasured;
        }
        let all = |i: usize| parts.iter().all(|part| part.standing.met()[i]);
        Self::of_met([all(0), all(1), all(2)])
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The study's figures.
    pub indicators: &'a Indicators,
    /// Its cube.
    pub tally: &'a Tally,
    /// Its frame.
    pub frame: &'a Frame,
    /// Its goals.
    pub goals: &'a [Goal],
    /// Its kinds of places.
    pub kinds: &'a [Kind],
    /// How far coordinates may be off; `None` when the study does not say.
    pub coordinate_error: Option<Metres>,
    /// How much shorter and longer the distances of near may be; `None` when the study does not say.
    pub near_error: Option<Metres>,
    /// The places that either makes a difference to.
    pub doubts: &'a [Doubt],
}

/// The main definition, without plans, and with all that have a date.
const SAID: usize = 0;
const WITHOUT_PLANS: usize = 1;
const WITH_PLANS: usize = 2;

/// Varies what is not known exactly, and says what becomes of every goal in every area.
#[must_use]
pub fn safety(asked: &Question<'_>) -> Safety {
    let &Question { indicators, tally, frame, goals, coordinate_error, near_error, .. } = asked;
    let Some(main) = indicators.profiles.first() else { return Safety::default() };
    let steps = goals.iter().flat_map(|goal| goal.steps.iter().map(|step| Measure::Down(step.down)));
    let measures: Vec<Measure> = steps.collect::<BTreeSet<_>>().into_iter().collect();
    let profiles = [
        main.clone(),
        Profile { planned_until: None, ..main.clone() },
        Profile { planned_until: Some(main.planned_until.unwrap_or(Date::MAX)), ..main.clone() },
    ];
    let varied = evaluate(tally, frame, &profiles, &measures);
    let shifted = Shifted::of(asked, &varied);
    let counts_plans = main.planned_until.is_some();
    let has_plans = !varied.figures_agree(WITHOUT_PLANS, WITH_PLANS);
    let treatment = |factor| match factor {
        Factor::CoordinateError if coordinate_error.is_none() => Treatment::NotAsked,
        Factor::NearDistance if !main.reach.contains(&Reach::Near) => Treatment::Nothing,
        Factor::NearDistance if near_error.is_none() => Treatment::NotAsked,
        Factor::CoordinateError | Factor::NearDistance => Treatment::Varied,
        Factor::Unmatched if varied.positions().all(|at| varied.figure(at).unmatched == 0) => Treatment::Nothing,
        Factor::Unmatched => Treatment::Varied,
        Factor::Plans if !has_plans => Treatment::Nothing,
        Factor::Plans if counts_plans => Treatment::Varied,
        Factor::Plans => Treatment::Beside,
    };
    let factors: Vec<_> = Factor::ALL.into_iter().map(|factor| (factor, treatment(factor))).collect();
    let part = |area: usize, unit: &Unit, step: &Step| -> Part {
        let found = varied.units.iter().position(|u| u.unit == *unit).zip(varied.measure(Measure::Down(step.down)));
        let Some((u, measure)) = found else { return Part::not_measured(unit, step) };
        let at = |profile| At { area, unit: u, measure, profile, ..At::default() };
        let figure = varied.figure(at(SAID));
        let covered = |profile| varied.figure(at(profile)).covered;
        let shift = |profile, cause| shifted.at(at(profile), cause);
        let said = figure.covered;
        // Plans at their worst, and what the others do then: of the places that count all the same, fewer may be left.
        let at_worst = if counts_plans { WITHOUT_PLANS } else { SAID };
        let lowest = covered(at_worst) - shift(at_worst, Cause::Both).lost;
        let highest = said + shift(SAID, Cause::Both).gained + figure.unmatched;
        let alone = |cause| (said - shift(SAID, cause).lost, said + shift(SAID, cause).gained);
        let swings = factors.iter().filter_map(|&(factor, treatment)| {
            let (lowest, highest) = match factor {
                Factor::CoordinateError => alone(Cause::Borders),
                Factor::NearDistance => alone(Cause::Near),
                Factor::Unmatched => (said, said + figure.unmatched),
                Factor::Plans => (covered(at_worst), if counts_plans { said } else { covered(WITH_PLANS) }),
            };
            let counted = treatment == Treatment::Varied;
            (counted || treatment == Treatment::Beside).then_some(Swing { factor, counted, lowest, highest })
        });
        let standing = Standing::of([lowest, said, highest], figure.total, step);
        Part { unit: unit.clone(), step: step.clone(), figure, swings: swings.collect(), lowest, highest, standing }
    };
    let mut lines = Vec::new();
    for (g, goal) in goals.iter().enumerate() {
        for area in 0..varied.areas.len() {
            let pairs = goal.units.iter().flat_map(|unit| goal.steps.iter().map(move |step| (unit, step)));
            let parts: Vec<Part> = pairs.map(|(unit, step)| part(area, unit, step)).collect();
            let standing = Standing::joint(&parts);
            lines.push(Line { goal: g, area, parts, standing });
        }
    }
    Safety { factors, coordinate_error, near_error, lines }
}

impl Part {
    fn not_measured(unit: &Unit, step: &Step) -> Self {
        Self {
            unit: unit.clone(),
            step: step.clone(),
            figure: Figure::default(),
            swings: Vec::new(),
            lowest: 0,
            highest: 0,
            standing: Standing::NotMeasured,
        }
    }
}

/// What makes the difference of a [`Doubt`].
#[derive(Debug, Clone, Copy)]
enum Cause {
    Borders,
    Near,
    Both,
}

/// How many covered units it could take and give.
#[derive(Debug, Clone, Copy, Default)]
struct Moved {
    lost: u64,
    gained: u64,
}

/// The same for every area, unit, definition and measure.
struct Shifted {
    units: usize,
    profiles: usize,
    measures: usize,
    /// By [`Cause`].
    moved: Vec<[Moved; 3]>,
}

impl Shifted {
    fn of(asked: &Question<'_>, varied: &Indicators) -> Self {
        let (units, profiles, measures) = (varied.units.len(), varied.profiles.len(), varied.measures.len());
        let moved = vec![[Moved::default(); 3]; varied.areas.len() * units * profiles * measures];
        let mut all = Self { units, profiles, measures, moved };
        let answers = Asked::new(asked.frame, &varied.profiles, &varied.measures);
        let lookup = area_lookup(&varied.areas, asked.frame);
        for doubt in asked.doubts {
            // Of the unmatched it cannot be said anyway.
            let Some(kind) = asked.kinds.get(doubt.kind as usize) else { continue };
            let Some(links) = kind.links.as_deref() else { continue };
            let has = |links: &[Link]| answers.has(&answers.answer(links));
            let said = has(links);
            let causes = [&doubt.difference.borders, &doubt.difference.near, &doubt.difference.both];
            for (cause, shift) in causes.into_iter().enumerate().filter(|(_, shift)| !shift.is_nothing()) {
                let (worst, best) = (has(&shift.at_worst(links)), has(&shift.at_best(links)));
                let areas = kind.areas.iter().zip(&lookup).map(|(&area, index)| index.of(area));
                for area in std::iter::once(0).chain(areas) {
                    for (unit, sum) in doubt.sums.iter().enumerate().take(units) {
                        let first = (area * units + unit) * profiles * measures;
                        for i in said.iter().filter(|i| !worst.contains(i)) {
                            all.moved[first + i][cause].lost += sum;
                        }
                        for i in best.iter().filter(|i| !said.contains(i)) {
                            all.moved[first + i][cause].gained += sum;
                        }
                    }
                }
            }
        }
        all
    }

    fn at(&self, at: At, cause: Cause) -> Moved {
        let row = (at.area * self.units + at.unit) * self.profiles + at.profile;
        self.moved[row * self.measures + at.measure][cause as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{Share, Speed};

    fn step() -> Step {
        Step { down: Speed::from_mbps(100), share: Share::from_percent(90) }
    }

    #[test]
    fn a_verdict_is_safe_when_the_worst_and_the_best_say_the_same() {
        for (worst, said, best, standing) in [
            (90, 95, 100, Standing::Holds),
            (89, 90, 100, Standing::MayNotHold),
            (80, 89, 90, Standing::MayHold),
            (80, 85, 89, Standing::DoesNotHold),
        ] {
            assert_eq!(Standing::of([worst, said, best], 100, &step()), standing, "{worst} {said} {best}");
        }
        assert_eq!(Standing::of([0; 3], 0, &step()), Standing::NotMeasured);
    }

    #[test]
    fn a_goal_holds_as_far_as_every_part_of_it_does() {
        let part = |standing| Part { standing, ..Part::not_measured(&Unit::Population, &step()) };
        let joint = |a, b| Standing::joint(&[part(a), part(b)]);
        assert_eq!(joint(Standing::Holds, Standing::Holds), Standing::Holds);
        assert_eq!(joint(Standing::Holds, Standing::MayNotHold), Standing::MayNotHold);
        assert_eq!(joint(Standing::MayNotHold, Standing::MayHold), Standing::MayHold);
        assert_eq!(joint(Standing::MayHold, Standing::DoesNotHold), Standing::DoesNotHold);
        assert_eq!(joint(Standing::Holds, Standing::NotMeasured), Standing::NotMeasured);
    }
}
