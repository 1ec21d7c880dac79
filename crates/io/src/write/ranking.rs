//! `support-ranking.csv`: in which order projects would be given support.
//!
//! `docs/formats.md` says what the columns mean.

use std::io::{self, Write};

use nittio_core::plan::{Project, Ranking};

use super::{plans::kronor, rows::table};

/// The columns, in order.
pub const COLUMNS: [&str; 11] = [
    "rank",
    "project",
    "name",
    "buildings",
    "other_buildings",
    "prioritised",
    "sought_kr",
    "kr_per_building",
    "discount",
    "compared_kr",
    "why_not",
];

/// Writes one row per project, those that cannot be ranked last.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, projects: &[Project], ranking: &Ranking) -> io::Result<()> {
    let rows = ranking.ranked.iter().map(|of| {
        let project = &projects[of.project];
        [
            of.rank.map(|rank| rank.to_string()).unwrap_or_default(),
            project.key.clone(),
            project.name.clone(),
            of.counted.to_string(),
            of.others.to_string(),
            of.prioritised.to_string(),
            kronor(of.sought),
            of.each.map(kronor).unwrap_or_default(),
            super::share_text(of.discount.ppm().into(), 1_000_000),
            of.compared.map(kronor).unwrap_or_default(),
            if of.rank.is_none() { "too-few-buildings".to_owned() } else { String::new() },
        ]
    });
    table(out, COLUMNS, rows)
}
