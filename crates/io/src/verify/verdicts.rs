//! The verdicts of `goals.csv`, for tables of areas that repeat them.

use std::{collections::HashMap, path::Path};

use super::{Manifest, figures::Row};
use crate::write::{area_columns::snake_case, goals};

/// What is said of each area under the study's first goal and main definition, by level and code.
pub(super) struct Verdicts(HashMap<[String; 2], Verdict>);

#[derive(Default)]
struct Verdict {
    /// The goal as a whole.
    whole: String,
    /// By unit: the most that any row lacks.
    missing: HashMap<String, Missing>,
}

#[derive(Default)]
struct Missing {
    most: Option<u64>,
    withheld: bool,
}

/// What a cell should hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expected {
    Text(String),
    Number(Option<f64>),
}

impl Verdicts {
    pub(super) fn read(folder: &Path, manifest: &Manifest) -> Result<Self, csv::Error> {
        let said = |at: &str| manifest.value.pointer(at).and_then(serde_json::Value::as_str).unwrap_or_default();
        let (goal, profile) = (said("/definitions/goals/0/id"), said("/definitions/profiles/0/key"));
        let mut verdicts: HashMap<[String; 2], Verdict> = HashMap::new();
        for record in csv::Reader::from_path(folder.join("goals.csv"))?.records() {
            let record = record?;
            let text = |name: &str| {
                let column = goals::COLUMNS.iter().position(|column| *column == name);
                column.and_then(|column| record.get(column)).unwrap_or_default()
            };
            if text("goal") != goal || text("profile") != profile {
                continue;
            }
            let verdict = verdicts.entry(["level", "code"].map(|name| text(name).to_owned())).or_default();
            text("goal_verdict").clone_into(&mut verdict.whole);
            let missing = verdict.missing.entry(snake_case(text("unit"))).or_default();
            missing.withheld |= text("verdict") == "withheld";
            missing.most = missing.most.max(text("missing_units").parse().ok());
        }
        Ok(Self(verdicts))
    }

    /// What a column about the goal should hold for the area of a row; `None` when it is no such column.
    #[expect(clippy::cast_precision_loss, reason = "compared with a number that a file may hold as a float")]
    pub(super) fn expected(&self, of: &Row, column: &str, manifest: &Manifest) -> Option<Expected> {
        let verdict = self.0.get(&[of.key.0[0].clone(), of.key.0[1].clone()]);
        if column == "goal_verdict" {
            return Some(Expected::Text(verdict.map(|verdict| verdict.whole.clone()).unwrap_or_default()));
        }
        let unit = column.strip_prefix("goal_missing_")?;
        let missing = verdict.and_then(|verdict| verdict.missing.get(unit));
        let most = missing.filter(|missing| !missing.withheld).and_then(|missing| missing.most);
        Some(Expected::Number(most.map(|most| most as f64 / scale(unit, manifest))))
    }
}

/// How many parts make one of a unit, which is named as columns name it.
fn scale(unit: &str, manifest: &Manifest) -> f64 {
    let scales = manifest.value["unit_scales"].as_object().into_iter().flatten();
    let mut own = scales.filter(|(key, _)| snake_case(key) == unit);
    own.find_map(|(_, scale)| scale.as_f64()).unwrap_or(1.0)
}

impl Expected {
    /// Whether a text or a number is this.
    pub(super) fn is(&self, text: Option<&str>, number: Option<f64>) -> bool {
        match self {
            Self::Text(expected) => text.unwrap_or_default() == expected,
            Self::Number(None) => number.is_none(),
            Self::Number(Some(expected)) => {
                number.is_some_and(|number| (number - expected).abs() <= 5e-7 * expected.abs().max(1.0))
            }
        }
    }
}
