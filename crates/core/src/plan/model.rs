//! The model: a problem as a mixed-integer programme, in parts that have nothing to do with each other.

use std::collections::BTreeMap;

use super::{Aim, Build, Choice, Problem};
use crate::quantity::Kronor;

/// A mixed-integer programme in which every variable lies between 0 and 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// Whether the objective is to be as large as can be, not as small.
    pub maximise: bool,
    /// The variables.
    pub variables: Vec<Variable>,
    /// What must hold.
    pub rows: Vec<Row>,
    /// The project and the slot that each of the first variables stands for.
    pub(super) builds: Vec<(usize, usize)>,
}

/// A variable between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variable {
    /// What one of it is worth.
    pub objective: f64,
    /// Whether it is 0 or 1, and nothing between.
    pub whole: bool,
    /// What it is in the answer that is known already.
    pub start: f64,
}

/// The sum of some variables is at least, or at most, a bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Variables, and how often each counts.
    pub terms: Vec<(usize, f64)>,
    /// At least the bound, or at most.
    pub at_least: bool,
    /// The bound.
    pub bound: f64,
}

/// How many units each set of projects would bring, by slot-independent key.
type Brought = BTreeMap<Box<[u32]>, f64>;

impl Model {
    /// The models of a problem; the choices of all together are a choice of the problem. `start` is an answer that is known.
    #[must_use]
    pub fn of(problem: &Problem<'_>, start: Option<&Choice>) -> Vec<Self> {
        parts(problem).into_iter().map(|projects| Self::part(problem, &projects, start)).collect()
    }

    fn part(problem: &Problem<'_>, projects: &[usize], start: Option<&Choice>) -> Self {
        let mut model = Self { maximise: problem.ask.aim == Aim::Most, ..Self::default() };
        let of_project = model.builds(problem, projects, start);
        if model.maximise {
            model.spend(problem, &of_project);
            for (variable, units) in model.gain(problem, &of_project, start) {
                model.variables[variable].objective += units;
            }
        } else {
            model.reach(problem, &of_project, start);
        }
        model
    }

    /// The model of a problem the other way round: at least so much gained, in hundredths, for as little money as can be. All of it is one
    /// part.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53; the answer is weighed in whole numbers")]
    pub(super) fn cheapest(problem: &Problem<'_>, gain: u64, start: &Choice) -> Self {
        let projects: Vec<usize> = parts(problem).into_iter().flatten().collect();
        let mut model = Self::default();
        let of_project = model.builds(problem, &projects, Some(start));
        let terms = model.gain(problem, &of_project, Some(start));
        if gain > 0 {
            model.rows.push(Row { terms, at_least: true, bound: gain as f64 / 100.0 });
        }
        model
    }

    /// The variables that say what is built when, and the rules about them.
    fn builds(
        &mut self,
        problem: &Problem<'_>,
        projects: &[usize],
        start: Option<&Choice>,
    ) -> BTreeMap<usize, Vec<(usize, usize)>> {
        let mut of_project: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for &project in projects {
            for slot in problem.slots_of(project) {
                let built = start.is_some_and(|start| start.0[project] == Some(slot));
                let objective = if self.maximise { 0.0 } else { money(problem.net[project]) };
                of_project.entry(project).or_default().push((slot, self.variables.len()));
                self.variables.push(Variable { objective, whole: true, start: f64::from(u8::from(built)) });
                self.builds.push((project, slot));
            }
        }
        for (&project, variables) in &of_project {
            let once: Vec<(usize, f64)> = variables.iter().map(|&(_, variable)| (variable, 1.0)).collect();
            if problem.projects[project].build == Build::Must {
                self.rows.push(Row { terms: once.clone(), at_least: true, bound: 1.0 });
            }
            if once.len() > 1 {
                self.rows.push(Row { terms: once, at_least: false, bound: 1.0 });
            }
        }
        self.few_per_area(problem, &of_project);
        of_project
    }

    fn few_per_area(&mut self, problem: &Problem<'_>, of_project: &BTreeMap<usize, Vec<(usize, usize)>>) {
        let Some(most) = problem.ask.at_most else { return };
        let mut by_home: BTreeMap<usize, Vec<(usize, f64)>> = BTreeMap::new();
        for (&project, variables) in of_project {
            let home = problem.found.home[project];
            if home > 0 || problem.found.needs.len() == 1 {
                by_home.entry(home).or_default().extend(variables.iter().map(|&(_, variable)| (variable, 1.0)));
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a number of projects")]
        let bound = most as f64;
        self.rows.extend(by_home.into_values().map(|terms| Row { terms, at_least: false, bound }));
    }

    fn spend(&mut self, problem: &Problem<'_>, of_project: &BTreeMap<usize, Vec<(usize, usize)>>) {
        let mut up_to = Kronor::default();
        for slot in 0..problem.slots() {
            let Some(budget) = problem.ask.to_spend(slot) else { return };
            up_to = up_to.plus(budget);
            let carried = problem.ask.carry_over;
            let here = |at: usize| if carried { at <= slot } else { at == slot };
            let terms = of_project.iter().flat_map(|(&project, variables)| {
                let net = money(problem.net[project]);
                variables.iter().filter(|(at, _)| here(*at)).map(move |&(_, variable)| (variable, net))
            });
            let terms: Vec<(usize, f64)> = terms.filter(|(_, net)| *net > 0.0).collect();
            if !terms.is_empty() {
                self.rows.push(Row { terms, at_least: false, bound: money(if carried { up_to } else { budget }) });
            }
        }
    }

    /// What is gained, per variable.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of units, exact below 2^53; the answer is weighed in whole numbers"
    )]
    fn gain(
        &mut self,
        problem: &Problem<'_>,
        of_project: &BTreeMap<usize, Vec<(usize, usize)>>,
        start: Option<&Choice>,
    ) -> Vec<(usize, f64)> {
        let Some(first) = problem.found.parts.first() else { return Vec::new() };
        let mut brought = Brought::new();
        for row in problem.found.rows.iter().filter(|row| row.step == first.step) {
            let units = (row.weight * row.counts[first.unit]) as f64 / 100.0;
            if units > 0.0 {
                *brought.entry(row.projects.clone()).or_default() += units;
            }
        }
        let mut gained: BTreeMap<usize, f64> = BTreeMap::new();
        for slot in 0..problem.slots() {
            for (projects, units) in &brought {
                for (variable, share) in self.had(projects, slot, of_project, start) {
                    *gained.entry(variable).or_default() += units * share;
                }
            }
        }
        gained.into_iter().collect()
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of units, exact below 2^53; the answer is weighed in whole numbers"
    )]
    fn reach(
        &mut self,
        problem: &Problem<'_>,
        of_project: &BTreeMap<usize, Vec<(usize, usize)>>,
        start: Option<&Choice>,
    ) {
        let found = problem.found;
        let last = problem.slots() - 1;
        let lacking = problem.lacking(&Choice(vec![None; problem.projects.len()]));
        let whole = problem.ask.aim == Aim::Whole || found.needs.len() == 1;
        // Per need and step: what each set of projects would bring, per unit.
        let mut brought: BTreeMap<(usize, usize, &[u32]), Vec<u64>> = BTreeMap::new();
        for row in &found.rows {
            let need = if whole { 0 } else { row.area };
            if row.projects.iter().any(|&project| of_project.contains_key(&(project as usize)))
                && found.parts.iter().zip(&lacking[need]).any(|(part, &lacking)| part.step == row.step && lacking > 0)
            {
                let sums = brought.entry((need, row.step, &row.projects)).or_insert_with(|| vec![0; row.counts.len()]);
                sums.iter_mut().zip(&row.counts).for_each(|(sum, count)| *sum += count);
            }
        }
        let mut reached: BTreeMap<(usize, usize), Vec<(usize, f64)>> = BTreeMap::new();
        for ((need, step, projects), counts) in brought {
            let shares = self.had(projects, last, of_project, start);
            for (p, part) in found.parts.iter().enumerate().filter(|(_, part)| part.step == step) {
                let (lacking, units) = (lacking[need][p], counts[part.unit]);
                if lacking > 0 && units > 0 {
                    // More than is lacking helps no more than what is lacking, and makes for a looser bound.
                    let units = units.min(lacking) as f64;
                    reached.entry((need, p)).or_default().extend(shares.iter().map(|&(v, share)| (v, share * units)));
                }
            }
        }
        for ((need, p), terms) in reached {
            self.rows.push(Row { terms, at_least: true, bound: lacking[need][p] as f64 });
        }
    }

    /// What says whether any of some projects is built by the end of a slot: variables whose sum is 1 when one is.
    fn had(
        &mut self,
        projects: &[u32],
        slot: usize,
        of_project: &BTreeMap<usize, Vec<(usize, usize)>>,
        start: Option<&Choice>,
    ) -> Vec<(usize, f64)> {
        let any = projects.iter().filter_map(|&project| of_project.get(&(project as usize))).flatten();
        let mut terms: Vec<(usize, f64)> =
            any.filter(|(at, _)| *at <= slot).map(|&(_, variable)| (variable, 1.0)).collect();
        if projects.len() == 1 || terms.len() < 2 {
            return terms;
        }
        let has = |&project: &u32| start.is_some_and(|start| start.0[project as usize].is_some_and(|at| at <= slot));
        let had = projects.iter().any(has);
        let variable = self.variables.len();
        self.variables.push(Variable { objective: 0.0, whole: false, start: f64::from(u8::from(had)) });
        terms.push((variable, -1.0));
        self.rows.push(Row { terms, at_least: true, bound: 0.0 });
        vec![(variable, 1.0)]
    }
}

/// Which projects have to do with each other; those that bring nothing that is asked for, and need not be built, are in no part.
fn parts(problem: &Problem<'_>) -> Vec<Vec<usize>> {
    let found = problem.found;
    let lacking = problem.lacking(&Choice(vec![None; problem.projects.len()]));
    let first = found.parts.first().map_or(0, |part| part.step);
    let needed = |need: usize, step: usize| {
        found.parts.iter().zip(&lacking[need]).any(|(part, &lacking)| part.step == step && lacking > 0)
    };
    let useful = |row: &super::Opportunity| match problem.ask.aim {
        Aim::Most => row.step == first && row.weight > 0,
        Aim::EveryArea => needed(row.area, row.step),
        Aim::Whole => needed(0, row.step),
    };
    let mut groups = Groups::new(problem.projects.len() + found.needs.len());
    let area = |need: usize| problem.projects.len() + need;
    let mut relevant: Vec<bool> = problem.projects.iter().map(|project| project.build == Build::Must).collect();
    for row in found.rows.iter().filter(|row| useful(row)) {
        for &project in &row.projects {
            relevant[project as usize] = true;
            groups.join(row.projects[0] as usize, project as usize);
        }
        if problem.ask.aim == Aim::EveryArea {
            groups.join(row.projects[0] as usize, area(row.area));
        }
    }
    let chosen: Vec<usize> =
        (0..problem.projects.len()).filter(|&p| relevant[p] && problem.slots_of(p).next().is_some()).collect();
    for &project in &chosen {
        if problem.ask.aim != Aim::EveryArea {
            groups.join(area(0), project);
        } else if problem.ask.at_most.is_some() {
            groups.join(area(found.home[project]), project);
        }
    }
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for project in chosen {
        parts.entry(groups.of(project)).or_default().push(project);
    }
    parts.into_values().collect()
}

/// Which things belong together.
struct Groups(Vec<usize>);

impl Groups {
    fn new(things: usize) -> Self {
        Self((0..things).collect())
    }

    fn of(&mut self, thing: usize) -> usize {
        let mut at = thing;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.of(one), self.of(other));
        self.0[one.max(other)] = one.min(other);
    }
}

/// Thousands of kronor, for a solver that likes numbers that are not too large.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53 öre; the answer is weighed in whole numbers")]
fn money(sum: Kronor) -> f64 {
    sum.ore() as f64 / 100_000.0
}
