//! The report's page: nothing hidden in it, nothing that runs but the program's own, and no count that the table of figures has not.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
};

use super::{
    Check, Manifest,
    answers::{Data, Parts, Program},
    borders, check,
    figures::{Table, is_whole},
};

/// The heads of columns of counts, in the languages of reports.
pub(super) const COUNTS: [&str; 8] =
    ["Totalt", "Total", "Har tillgång", "Have access", "Saknar", "Lack it", "Ej bedömda", "Not assessed"];

/// Where a count of the whole study stands for itself.
pub(super) const TOTALS: [&str; 2] = ["Hela studien", "Whole study"];

/// A page, as it was written.
pub(super) struct Page {
    name: String,
    /// Without what it runs and is given.
    text: String,
    /// What its script is given.
    data: Option<String>,
    /// What it runs that is not the program's own.
    foreign: Vec<String>,
    /// Whether the numbers beside the opening are about the whole study.
    of_all: bool,
}

impl Page {
    pub(super) fn read(path: &Path, program: &Program<'_>) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|e| format!("report.html cannot be read: {e}"))?;
        let Parts { rest, data, problems } = program.parts(&text);
        let data = data.map(str::to_owned);
        Ok(Self { name: "report.html".to_owned(), text: rest, data, foreign: problems, of_all: true })
    }

    /// A page about one area, or the list of them.
    pub(super) fn of_area(folder: &Path, name: &str) -> Result<Self, String> {
        let text = fs::read_to_string(folder.join(name)).map_err(|e| format!("{name} cannot be read: {e}"))?;
        Ok(Self { name: name.to_owned(), text, data: None, foreign: Vec::new(), of_all: false })
    }

    /// Nothing is embedded that a reader does not see.
    pub(super) fn is_plain(&self) -> Check {
        let (name, lower) = (&self.name, self.text.to_lowercase());
        let forbidden = [
            ("<script", "a script"),
            ("<!--", "a comment"),
            ("application/json", "embedded data"),
            ("<iframe", "another page"),
            ("<object", "an object"),
            ("<embed", "an object"),
            (" data-", "a data attribute"),
            ("hidden", "something hidden"),
        ];
        let found = forbidden.iter().filter(|(text, _)| match *text {
            "hidden" => lower.split("<style>").next().is_some_and(|head| head.contains(" hidden")),
            text => lower.contains(text),
        });
        let mut problems: Vec<String> = found.map(|(text, what)| format!("{name}: it has {what} ({text})")).collect();
        let foreign = lower.match_indices("data:").filter(|(at, _)| {
            let (before, rest) = lower.split_at(*at);
            let typeface =
                ["data:font/woff2;", "data:font/sfnt;", "data:,"].iter().any(|known| rest.starts_with(known));
            // A theme's logo, which has nothing in it but shapes or pixels.
            let picture =
                ["data:image/svg+xml;base64,", "data:image/png;base64,"].iter().any(|known| rest.starts_with(known));
            let logo = picture && before.ends_with("<img class=\"logo\" src=\"");
            !typeface && !logo && before.ends_with(['(', '"'])
        });
        problems
            .extend(foreign.map(|(at, _)| format!("{name}, byte {at}: embedded data other than typefaces and logo")));
        let what = if self.of_all {
            format!("{name} runs nothing but this program's own script, byte by byte, and has nothing else embedded.")
        } else {
            format!("{name} has no script, no comment and no embedded data besides its typefaces and logo.")
        };
        problems.extend(self.foreign.iter().map(|problem| format!("{name}: {problem}")));
        check(what, problems)
    }

    /// What the page's script is given is what the table of figures has, and nothing besides.
    pub(super) fn answers(&self, folder: &Path, table: &Table, program: &Program<'_>, manifest: &Manifest) -> Check {
        let name = &self.name;
        let Some(text) = &self.data else {
            return check(format!("{name}'s script is given nothing."), None);
        };
        let (compared, problems) = match Data::read(text) {
            Err(problem) => (0, vec![problem]),
            Ok(data) => {
                let (compared, mut problems) = data.counts(table);
                problems.extend(data.words(&self.text, program, manifest));
                problems.extend(borders::agree(folder, &data));
                (compared, problems)
            }
        };
        check(
            format!(
                "What {name}'s script is given are {compared} rows of indicators.csv, borders of coverage.gpkg, and words."
            ),
            problems.into_iter().map(|problem| format!("{name}, the data of its script: {problem}")),
        )
    }

    /// Every count in a table of the page stands in the table of figures, for the same area.
    pub(super) fn agrees(&self, table: &Table) -> Check {
        let mut known: HashMap<&str, HashSet<u64>> = HashMap::new();
        // Tables tell settlement classes apart, or categories, and never both.
        let all = crate::write::indicators::ALL;
        for row in table.rows.iter().filter(|row| row.key.0[2] == all || row.key.0[3] == all) {
            let name = if row.key.0[0] == nittio_core::indicator::TOTAL { TOTALS[0] } else { row.name.as_str() };
            known.entry(name).or_default().extend(row.counts.iter().flatten());
        }
        let (mut problems, name_of_page) = (Vec::new(), &self.name);
        for table in self.text.split("<table id=\"").skip(1) {
            let table = table.split("</table>").next().unwrap_or_default();
            let id = table.split('"').next().unwrap_or_default();
            let heads: Vec<String> = between(table, "<th scope=\"col\"", "</th>").map(plain).collect();
            for row in table.split("<tr><th scope=\"row\">").skip(1) {
                let name = plain(row.split("</th>").next().unwrap_or_default());
                let key = if TOTALS.contains(&name.as_str()) { TOTALS[0] } else { name.as_str() };
                let Some(known) = known.get(key) else { continue };
                for (cell, head) in between(row, "<td", "</td>").map(plain).zip(heads.iter().skip(1)) {
                    let count = cell.replace(['\u{a0}', '\u{202f}', ','], "").parse::<u64>().ok();
                    if let Some(count) = count.filter(|count| COUNTS.contains(&head.as_str()) && !known.contains(count))
                    {
                        problems.push(format!(
                            "{name_of_page}, table {id}, row {name}, column {head}: {count} is no count of indicators.csv"
                        ));
                    }
                }
            }
        }
        if self.of_all {
            problems.extend(self.facts(table));
        }
        check(format!("Every count in {name_of_page}'s tables and opening is one of indicators.csv's."), problems)
    }

    /// The numbers beside the opening: a count of the whole study, a share, or areas of areas.
    fn facts(&self, table: &Table) -> Vec<String> {
        let total = table.rows.iter().filter(|row| row.key.0[0] == nittio_core::indicator::TOTAL && is_whole(&row.key));
        let mut known: HashSet<u64> = HashSet::new();
        for row in total {
            known.extend(row.counts.iter().flatten());
            known.extend(row.counts[0].zip(row.counts[1]).map(|(total, covered)| total.saturating_sub(covered)));
        }
        let opening = self.text.split("<ul class=\"facts\">").nth(1).and_then(|rest| rest.split("</ul>").next());
        let facts = between(opening.unwrap_or_default(), "<strong>", "</strong>");
        let counts = facts.filter_map(|fact| fact.replace(['\u{a0}', '\u{202f}', ','], "").parse::<u64>().ok());
        counts
            .filter(|count| !known.contains(count))
            .map(|count| format!("{}, opening: {count} is no count of indicators.csv", self.name))
            .collect()
    }
}

/// The texts between a start and an end.
fn between<'a>(text: &'a str, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(move |rest| rest.split(end).next())
}

/// The text of an element: what stands after its tag, without other tags and soft hyphens.
fn plain(element: &str) -> String {
    let inner = element.split_once('>').map_or(element, |(tag, inner)| if tag.contains('<') { element } else { inner });
    let mut out = String::new();
    let mut inside = true;
    for c in inner.chars() {
        match c {
            '<' => inside = false,
            '>' => inside = true,
            '\u{ad}' => {}
            c if inside => out.push(c),
            _ => {}
        }
    }
    out.trim().to_owned()
}
