//! The figures of `indicators.csv`, and how they are compared with what is expected: exactly.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::outputs::{self, Row};

/// The columns that say which figure it is.
const KEY: [&str; 7] = ["level", "code", "settlement", "category", "profile", "unit", "measure"];

/// One figure in whole parts of its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub name: String,
    pub total: u64,
    pub covered: u64,
    pub missing: u64,
    pub unmatched: u64,
    pub share: String,
}

/// All figures of a run.
pub struct Figures(BTreeMap<[String; 7], Figure>);

impl Figures {
    /// Reads the figures of a run, and fails when they do not add up in themselves.
    #[track_caller]
    pub fn of_run(folder: &Path) -> Self {
        let rows = outputs::csv(&folder.join("indicators.csv"));
        assert!(!rows.is_empty());
        let figures = Self::new(&rows);
        for (key, figure) in &figures.0 {
            assert_eq!(figure.total, figure.covered + figure.missing + figure.unmatched, "nothing vanishes: {key:?}");
            assert_eq!(figure.share, share(figure.covered, figure.total), "{key:?}");
        }
        figures
    }

    /// Reads figures that are expected.
    #[track_caller]
    pub fn read(path: &Path) -> Self {
        Self::new(&outputs::csv(path))
    }

    /// Rows in the columns of `indicators.csv`.
    #[track_caller]
    fn new(rows: &[Row]) -> Self {
        let read = |row: &Row| {
            let figure = Figure {
                name: row["name"].clone(),
                total: count(&row["total"]),
                covered: count(&row["covered"]),
                missing: count(&row["missing"]),
                unmatched: count(&row["unmatched"]),
                share: row["share"].clone(),
            };
            (KEY.map(|column| row[column].clone()), figure)
        };
        let figures: BTreeMap<_, _> = rows.iter().map(read).collect();
        assert_eq!(figures.len(), rows.len(), "no figure stands there twice");
        Self(figures)
    }

    /// The figure for all settlement classes and categories.
    #[track_caller]
    pub fn get(&self, area: (&str, &str), profile: &str, unit: &str, measure: &str) -> &Figure {
        self.of_settlement(area, "all", profile, unit, measure)
    }

    /// The figure for one settlement class and all categories.
    #[track_caller]
    pub fn of_settlement(&self, area: (&str, &str), class: &str, profile: &str, unit: &str, measure: &str) -> &Figure {
        let key = [area.0, area.1, class, "all", profile, unit, measure].map(str::to_owned);
        self.0.get(&key).unwrap_or_else(|| panic!("there is no figure for {key:?}"))
    }

    /// The codes of a level's areas, without that of no area.
    pub fn codes(&self, level: &str) -> BTreeSet<&str> {
        self.0.keys().filter(|key| key[0] == level && !key[1].is_empty()).map(|key| key[1].as_str()).collect()
    }

    /// Sums of the counts over all rows: total, covered, missing, unmatched.
    pub fn sums(&self) -> [u64; 4] {
        self.0.values().fold([0; 4], |[a, b, c, d], figure| {
            [a + figure.total, b + figure.covered, c + figure.missing, d + figure.unmatched]
        })
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Fails unless every expected figure is there with the very same counts and share, and, for all settlement
    /// classes and categories, no figure that is not expected.
    #[track_caller]
    pub fn assert_expected(&self, expected: &Path) {
        let rows = outputs::csv(expected);
        assert!(rows.len() > 100, "{} rows are expected", rows.len());
        let expected = Self::new(&rows);
        let mut wrong = Vec::new();
        for (key, want) in &expected.0 {
            match self.0.get(key) {
                Some(got) if got == want => {}
                got => wrong.push(format!("{key:?}: expected {want:?}, got {got:?}")),
            }
        }
        for key in self.0.keys().filter(|key| key[2] == "all" && key[3] == "all") {
            if !expected.0.contains_key(key) {
                wrong.push(format!("{key:?}: not expected"));
            }
        }
        assert!(wrong.is_empty(), "{} of {} figures differ:\n{}", wrong.len(), expected.0.len(), first(&wrong));
    }
}

/// The first few of a list of differences.
pub fn first(wrong: &[String]) -> String {
    wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n")
}

/// A share with six decimals, half rounded up; nothing of nothing.
fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    let millionths = (u128::from(part) * 2_000_000 + u128::from(whole)) / (2 * u128::from(whole));
    format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
}

/// A whole number.
#[track_caller]
pub fn count(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no whole number"))
}
