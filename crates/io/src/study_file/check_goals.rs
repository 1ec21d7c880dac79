//! What a study file says of goals and indicators, checked against itself.

use std::collections::{BTreeMap, BTreeSet};

use nittio_core::goal;

use super::{
    GoalEntry,
    check::{Check, is_key, item},
    load::At,
};

impl Check<'_> {
    pub(super) fn goals(&mut self) {
        let built_in = goal::built_in().unwrap_or_default();
        let known: Vec<&str> = built_in.iter().map(|goal| goal.id.as_str()).collect();
        let mut seen = BTreeMap::new();
        for (i, entry) in self.file.goals.iter().enumerate() {
            match &entry.builtin {
                Some(id) if !known.contains(&id.get_ref().as_str()) => self.unknown(id, "goal", &known),
                Some(_) => self.only_units(i, entry),
                None => self.complete(i, entry),
            }
            let Some(id) = entry.builtin.as_ref().or(entry.id.as_ref()) else { continue };
            if let Some(first) = seen.insert(id.get_ref(), i) {
                self.wrong(
                    id.span(),
                    format!("goal {} has the id {:?} already", first + 1, id.get_ref()),
                    "give every goal once; a variant of a built-in one needs an id of its own and all its keys",
                );
            }
            if entry.units.as_ref().is_some_and(Vec::is_empty) {
                self.wrong(
                    self.key("goals", i, "units"),
                    "a goal is for at least one unit",
                    "write, for example: units = [\"households\"]",
                );
            }
        }
    }

    fn only_units(&mut self, i: usize, entry: &GoalEntry) {
        let others = [
            ("id", entry.id.is_some()),
            ("name", entry.name.is_some()),
            ("decided", entry.decided.is_some()),
            ("year", entry.year.is_some()),
            ("steps", entry.steps.is_some()),
            ("source", entry.source.is_some()),
        ];
        for (key, _) in others.into_iter().filter(|(_, given)| *given) {
            self.wrong(
                self.key("goals", i, key),
                format!("a built-in goal has its own `{key}`"),
                "only `units` can be replaced; for a goal of your own take `use` away and give id, name, year, units and steps",
            );
        }
    }

    fn complete(&mut self, i: usize, entry: &GoalEntry) {
        let missing: Vec<&str> = [
            ("id", entry.id.is_none()),
            ("name", entry.name.is_none()),
            ("year", entry.year.is_none()),
            ("units", entry.units.is_none()),
            ("steps", entry.steps.is_none()),
        ]
        .into_iter()
        .filter_map(|(key, missing)| missing.then_some(key))
        .collect();
        if !missing.is_empty() {
            let built_in = goal::built_in().unwrap_or_default();
            let known: Vec<&str> = built_in.iter().map(|goal| goal.id.as_str()).collect();
            self.wrong_at(
                &item("goals", i),
                format!("this goal is not complete; it has no {}", missing.join(", ")),
                format!(
                    "write `use` with a built-in goal ({}), or give id, name, year, units and steps, for example: steps = [{{ down = \"100 Mbit/s\", share = \"90 %\" }}]",
                    known.join(", ")
                ),
            );
        }
        if let Some(id) = &entry.id
            && !is_key(id.get_ref())
        {
            self.wrong(
                id.span(),
                format!("{:?} is not an id", id.get_ref()),
                "use letters, digits, _ and -, for example: id = \"lan-2026\"",
            );
        }
        if entry.steps.as_ref().is_some_and(Vec::is_empty) {
            self.wrong(
                self.key("goals", i, "steps"),
                "a goal has at least one step",
                "write, for example: steps = [{ down = \"100 Mbit/s\", share = \"90 %\" }]",
            );
        }
    }

    pub(super) fn indicators(&mut self) {
        if let Some(i) = self.file.indicators.owners.iter().position(|&n| n == 0) {
            self.wrong_at(
                &[At::Key("indicators"), At::Key("owners"), At::Item(i)],
                "at least no owner is everybody",
                "write, for example: owners = [2]",
            );
        }
        let speeds = &self.file.indicators.speeds;
        let way = [At::Key("indicators"), At::Key("speeds")];
        if speeds.is_empty() {
            self.wrong_at(
                &way,
                "there is no speed to count",
                "name at least one, or take the line away for 10, 30, 100 Mbit/s and 1 Gbit/s",
            );
        }
        let mut seen = BTreeSet::new();
        for (i, speed) in speeds.iter().enumerate() {
            if !seen.insert(speed) {
                self.wrong_at(&[way[0], way[1], At::Item(i)], format!("{speed} is there twice"), "once is enough");
            }
        }
    }
}
