//! The words of the pages' drawings: no share in them that the table of figures has not.
//!
//! On pages they are text, so what they say can be read; in `pictures/` they are drawn as outlines. A share that stands beside the name of an area
//! must be one of that area's, or of some of its settlement classes together. Other shares with a decimal stand on the axes and
//! in the legends of maps; on a page about one area they are figures of that area.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
};

use nittio_core::settlement::Settlement;

use super::{
    Check, check,
    figures::{Counts, Table},
    is_page,
    page::TOTALS,
};
use crate::write::indicators::ALL;

/// How far the name of an area may stand from its share, in texts: a number may stand between them.
const BESIDE: usize = 2;
/// What an official share of the country is known by, which the study does not count: the word after it, and the country before it
/// or after that.
const OFFICIAL: [[&str; 2]; 2] = [["officiell", "Riket"], ["official", "Sweden"]];

/// Shares in millionths, by the names of areas and by their codes.
#[derive(Default)]
struct Known<'a> {
    of_name: HashMap<&'a str, BTreeSet<u64>>,
    of_code: HashMap<&'a str, BTreeSet<u64>>,
}

/// Every share with a decimal in a drawing is one of the table's.
pub(super) fn agree(folder: &Path, files: &[String], table: &Table) -> Check {
    let known = Known::of(table);
    let mut problems = Vec::new();
    for name in files.iter().filter(|name| name.ends_with(".html")) {
        match fs::read_to_string(folder.join(name)) {
            Ok(text) => problems
                .extend(known.look(&text, known.page(name)).into_iter().map(|problem| format!("{name}, {problem}"))),
            Err(error) => problems.push(format!("{name}: it cannot be read: {error}")),
        }
    }
    check("Every share in a drawing is one of indicators.csv's, of the area that it stands beside.", problems)
}

impl<'a> Known<'a> {
    fn of(table: &'a Table) -> Self {
        let mut known = Self::default();
        for row in &table.rows {
            let total = row.key.0[0] == nittio_core::indicator::TOTAL;
            let names: &[&str] = if total { &TOTALS } else { &[row.name.as_str()] };
            let mut shares: Vec<u64> = shares(row.counts);
            if row.key.0[2] == ALL {
                let classes = Settlement::ALL.iter().filter_map(|class| table.get(&row.key.with(2, class.key())));
                let classes: Vec<Counts> = classes.map(|row| row.counts).collect();
                let some = (1..1 << classes.len()).map(|some: usize| {
                    let of_some = classes.iter().enumerate().filter(|(class, _)| some >> class & 1 == 1);
                    of_some.fold([Some(0); 4], |sum, (_, counts)| std::array::from_fn(|i| Some(sum[i]? + counts[i]?)))
                });
                shares.extend(some.flat_map(self::shares));
            }
            for name in names {
                known.of_name.entry(name).or_default().extend(&shares);
            }
            known.of_code.entry(row.key.0[1].as_str()).or_default().extend(shares);
        }
        known
    }

    /// The shares of the area that a page is about; a code that is no name of a file is spelled out in its name.
    fn page(&self, name: &str) -> Option<&BTreeSet<u64>> {
        let code = name.strip_suffix(".html").filter(|_| is_page(name))?.rsplit('/').next()?;
        self.of_code.get(code)
    }

    fn look(&self, text: &str, own: Option<&BTreeSet<u64>>) -> Vec<String> {
        let mut problems = Vec::new();
        for drawing in text.split("<svg").skip(1).filter_map(|rest| rest.split("</svg>").next()) {
            let texts: Vec<String> = drawing
                .split("<text")
                .skip(1)
                .filter_map(|rest| Some(unescaped(rest.split_once('>')?.1.split('<').next()?.trim())))
                .collect();
            for (at, share) in texts.iter().enumerate().filter_map(|(at, text)| Some((at, tenths(text)?))) {
                let text = |at: Option<usize>| at.and_then(|at| texts.get(at)).map_or("", String::as_str);
                let is_official = |[word, country]: [&str; 2]| {
                    let labels = [text(at.checked_sub(1)), text(Some(at + 2))];
                    text(Some(at + 1)).starts_with(word) && labels.contains(&country)
                };
                if OFFICIAL.into_iter().any(is_official) {
                    continue;
                }
                let beside = &texts[at.saturating_sub(BESIDE)..texts.len().min(at + BESIDE + 1)];
                let areas: Vec<&BTreeSet<u64>> = beside
                    .iter()
                    .filter(|text| !text.is_empty())
                    .filter_map(|text| self.of_name.get(text.as_str()))
                    .collect();
                let known = |shares: &BTreeSet<u64>| shares.range(near(share)).next().is_some();
                let told = if areas.is_empty() { own.is_none_or(known) } else { areas.into_iter().any(known) };
                if !told {
                    let share = &texts[at];
                    problems
                        .push(format!("drawing: {share:?} beside {:?} is no share of indicators.csv", beside.concat()));
                }
            }
        }
        problems
    }
}

/// The share of those who have it, and what it would be if all unmatched did, in millionths.
fn shares([total, covered, _, unmatched]: Counts) -> Vec<u64> {
    let Some((total, covered)) = total.zip(covered).filter(|(total, _)| *total > 0) else { return Vec::new() };
    let parts = [Some(covered), unmatched.map(|unmatched| covered + unmatched)];
    let millionths = |part: u64| u64::try_from(u128::from(part) * 1_000_000 / u128::from(total)).unwrap_or(u64::MAX);
    parts.into_iter().flatten().map(millionths).collect()
}

/// A share with one decimal or more, in tenths of a percent rounded down; `None` for every other text.
fn tenths(text: &str) -> Option<u64> {
    let number = text.strip_suffix('%')?.trim_end_matches(['\u{a0}', '\u{202f}', ' ']);
    let (whole, decimals) = number.split_once([',', '.'])?;
    let tenth = decimals.get(..1)?.parse::<u64>().ok()?;
    Some(whole.parse::<u64>().ok()? * 10 + tenth)
}

/// The millionths that are said so with one decimal, whether rounded or cut.
fn near(tenths: u64) -> std::ops::Range<u64> {
    (tenths * 1000).saturating_sub(500)..tenths * 1000 + 1000
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_read_in_both_languages_and_other_texts_are_none() {
        for (text, expected) in [
            ("57,1\u{a0}%", Some(571)),
            ("57.1%", Some(571)),
            ("89,997\u{a0}%", Some(899)),
            ("90\u{a0}%", None),
            ("<\u{202f}0,1\u{a0}%", None),
            ("7 kvar", None),
            ("..", None),
        ] {
            assert_eq!(tenths(text), expected, "{text}");
        }
        assert!(near(571).contains(&571_428) && near(571).contains(&570_500) && !near(571).contains(&572_000));
    }
}
