//! Tables for a spreadsheet: from an outcome to sheets. What a sheet has no content for is left out.

mod about;
mod checks;
mod figures;
mod goals;

use nittio_core::{
    indicator::{At, Figure},
    outcome::Outcome,
    settlement::SettlementGroup,
    study::ScaledUnit,
};

use super::{Scene, is_total};
use crate::{
    Settings,
    messages::sentence,
    tables::{Head, Sheet, Tables, Value},
};

/// Composes all tables.
pub(crate) fn tables(outcome: &Outcome, settings: &Settings) -> Tables {
    let scene = Scene::new(outcome, settings);
    let mut sheets = vec![figures::areas(&scene)];
    sheets.extend(goals::sheet(&scene));
    sheets.extend(
        [figures::speeds(&scene), figures::settlements(&scene), figures::technologies(&scene)].into_iter().flatten(),
    );
    sheets.extend(
        [figures::definitions(&scene), figures::ranks(&scene), figures::categories(&scene)].into_iter().flatten(),
    );
    sheets.extend(checks::aid(&scene));
    sheets.extend([checks::scenarios(&scene), checks::safety(&scene)].into_iter().flatten());
    sheets.extend([checks::reconciliation(&scene), checks::findings(&scene)].into_iter().flatten());
    sheets.push(about::method(&scene));
    sheets.push(about::sources(&scene));
    for sheet in &mut sheets {
        tidy(sheet);
    }
    Tables {
        locale: settings.locale,
        title: outcome.name.clone(),
        as_of: outcome.frame.as_of,
        foot: scene.t.get("tables.foot"),
        sheets,
    }
}

/// Letters that say where a browser may break a word, or may not, mean nothing in a spreadsheet.
fn tidy(sheet: &mut Sheet) {
    let plain = |text: &str| text.replace('\u{ad}', "").replace(['\u{a0}', '\u{202f}'], " ");
    let heads = sheet.heads.iter_mut().flat_map(|head| [&mut head.text].into_iter().chain(&mut head.percent));
    let cells = sheet.rows.iter_mut().flatten().filter_map(|value| match value {
        Value::Text(text) | Value::Verdict(_, text) => Some(text),
        _ => None,
    });
    let others = [&mut sheet.name, &mut sheet.title].into_iter().chain(&mut sheet.about);
    for text in heads.chain(cells).chain(others) {
        *text = plain(text);
    }
    // A tab has at most 31 letters, and some cannot stand in it.
    sheet.name = sheet.name.chars().filter(|c| !r"[]:*?/\'".contains(*c)).take(31).collect();
}

impl Scene<'_> {
    /// A sheet with the title and the lines of a key, and the source.
    fn sheet(&self, key: &str, heads: Vec<Head>, rows: Vec<Vec<Value>>, frozen: u16) -> Sheet {
        let (t, date) = (&self.t, self.date());
        let values = [("date", date.as_str()), ("areas", &self.areas_word(1)), ("property", &self.property())];
        Sheet {
            name: t.say(&format!("tables.{key}-tab"), &values),
            title: sentence(&t.say(&format!("tables.{key}-title"), &values)),
            about: self.about(key, &values),
            heads,
            rows,
            frozen,
        }
    }

    fn about(&self, key: &str, values: &[(&str, &str)]) -> Vec<String> {
        let t = &self.t;
        let mut about = vec![t.say("tables.study", &[("study", &self.out.name), ("date", &self.date())])];
        // What stays in sight should leave room for the table.
        let note = t.find(&format!("tables.{key}-note")).map(|_| t.say(&format!("tables.{key}-note"), values));
        let notes: Vec<String> = self.out.notice.clone().into_iter().chain(note).collect();
        if !notes.is_empty() {
            about.push(notes.join(" "));
        }
        if let Some(rule) = self.out.edition {
            about.push(super::ledger::edition(self, rule));
        }
        about.push(format!("{}: {}", t.get("page.source"), self.source().study));
        about
    }

    /// Says by which definition a sheet is counted.
    fn with_definition(&self, mut sheet: Sheet) -> Sheet {
        let profile = self.ind.profiles.first().map(|profile| self.profile_name(profile)).unwrap_or_default();
        if let Some(first) = sheet.about.first_mut() {
            *first = format!("{first} {}", self.t.say("tables.definition", &[("profile", &profile)]));
        }
        sheet
    }

    /// Every area that holds any place: the report's level, those of the other levels, and last the whole study.
    fn everywhere(&self) -> Vec<usize> {
        let mut rows = self.body();
        for level in self.out.frame.levels.iter().filter(|level| level.key != self.level) {
            let holds = |area: &usize| {
                let figure = self.ind.figure(At { area: *area, ..At::default() });
                self.ind.areas[*area].level == level.key && (figure.total > 0 || figure.hides.total)
            };
            rows.extend((0..self.ind.areas.len()).filter(holds));
        }
        rows.push(0);
        rows
    }

    /// Whether a row is about an area or the whole study, and not about places in no area, which are nobody's goal.
    fn is_area(&self, area: usize) -> bool {
        area == 0 || !self.ind.areas[area].code.is_empty()
    }

    /// The headings of what an area is called.
    fn area_heads(&self) -> Vec<Head> {
        ["tables.level", "tables.code", "tables.name"].map(|key| Head::text(self.t.get(key))).into()
    }

    /// What an area is called.
    fn area_cells(&self, area: usize) -> Vec<Value> {
        let name = Value::Text(self.area_name(area));
        let area = &self.ind.areas[area];
        let level = if is_total(&area.level) {
            self.t.get("tables.everything")
        } else {
            self.t.find(&format!("level-one.{}", area.level)).unwrap_or_else(|| area.level.clone())
        };
        let code = if area.code.is_empty() { Value::Nothing } else { Value::Code(area.code.clone()) };
        vec![Value::Text(level), code, name]
    }

    fn unit_cell(&self, unit: usize) -> Value {
        Value::Text(self.unit_head(&self.ind.units[unit].unit))
    }

    fn group_cell(&self, group: SettlementGroup) -> Value {
        Value::Text(super::reconciliation::group_name(self, group))
    }
}

fn count(parts: u64, hidden: bool, unit: &ScaledUnit) -> Value {
    if hidden { Value::Hidden } else { Value::Count(parts, unit.scale) }
}

fn share(figure: &Figure, goal: Option<u32>) -> Value {
    match figure {
        _ if figure.hides.total || figure.hides.covered => Value::Hidden,
        _ if figure.total == 0 => Value::Nothing,
        _ => Value::Share(figure.covered, figure.total, goal),
    }
}

/// Total, covered, missing and unmatched.
fn counts(figure: &Figure, unit: &ScaledUnit) -> [Value; 4] {
    let Figure { total, covered, missing, unmatched, hides } = *figure;
    [(total, hides.total), (covered, hides.covered), (missing, hides.missing), (unmatched, hides.unmatched)]
        .map(|(parts, hidden)| count(parts, hidden, unit))
}
