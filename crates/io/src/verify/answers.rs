//! The part of a page that answers by itself: what runs is the program's own, and what it is given says nothing that the table of
//! figures has not.
//!
//! Every key of the data is known here, so one that is added without being looked at is refused. Counts are held against the table
//! row by row, outlines against the borders of the map layers, and texts against what a reader sees.

use std::collections::{BTreeMap, HashSet};

use nittio_core::indicator::TOTAL;
use serde::Deserialize;

use super::{
    Manifest,
    borders::Outlines,
    figures::{Counts, Key, NAMES, Table},
};
use crate::write::indicators::ALL;

/// What a page of this program may run, and which words it may be given.
#[derive(Debug, Clone, Copy)]
pub struct Program<'a> {
    /// The script.
    pub script: &'a str,
    /// The library that draws its map.
    pub library: &'a str,
    /// The names of its words.
    pub words: &'a [&'a str],
}

const DATA: &str = "<script type=\"application/json\" id=\"live-data\">";
const SCRIPT: &str = "<script>";
const LIBRARY: &str = "<script type=\"text/plain\" id=\"live-library\">";
const END: &str = "</script>";

/// A page without what it runs and is given, and those.
pub(super) struct Parts<'a> {
    pub(super) rest: String,
    pub(super) data: Option<&'a str>,
    /// What runs and is not the program's own.
    pub(super) problems: Vec<String>,
}

impl Program<'_> {
    /// Takes a page apart. What is not the program's own, byte for byte, is left in the rest as well.
    pub(super) fn parts<'a>(&self, page: &'a str) -> Parts<'a> {
        let mut parts = Parts { rest: String::with_capacity(page.len()), data: None, problems: Vec::new() };
        let mut left = page;
        while let Some(start) = left.find("<script") {
            let (before, script) = left.split_at(start);
            let Some(end) = script.find(END) else { break };
            let (script, after) = script.split_at(end);
            parts.rest.push_str(before);
            if let Some(data) = script.strip_prefix(DATA).filter(|_| parts.data.is_none()) {
                parts.data = Some(data);
            } else if script.strip_prefix(SCRIPT) == Some(self.script)
                || script.strip_prefix(LIBRARY) == Some(self.library)
            {
                // As it was built into the program.
            } else {
                parts
                    .problems
                    .push("it has a script (<script) that is not this program's own, byte for byte".to_owned());
                parts.rest.push_str(script);
            }
            left = &after[END.len()..];
        }
        parts.rest.push_str(left);
        parts
    }

    /// A page without what is the program's own.
    pub(super) fn without(&self, page: &str) -> String {
        let Parts { rest, data, .. } = self.parts(page);
        format!("{rest}{}", data.unwrap_or_default())
    }
}

/// What a page is given, key by key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Data {
    numbers: BTreeMap<String, String>,
    words: BTreeMap<String, String>,
    speeds: Vec<String>,
    goals: Vec<Goal>,
    worlds: Vec<World>,
    definitions: usize,
    units: Vec<UnitWords>,
    settlements: Vec<Class>,
    pub(super) areas: Vec<Area>,
    start: Start,
    palette: Vec<Vec<String>>,
    colours: BTreeMap<String, String>,
    counted: Counted,
    pub(super) outlines: Option<Outlines>,
    pub(super) squeeze: f64,
    squares: (),
    sketch: (),
    dots: (),
    mbps: Vec<f64>,
    lengths: Vec<(f64, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Goal {
    label: String,
    short: String,
    share: String,
    ppm: Option<u32>,
    speed: usize,
    units: Vec<usize>,
    key: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct World {
    key: String,
    name: String,
    definition: String,
    base: (),
    date: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitWords {
    key: String,
    name: String,
    many: String,
    one: String,
    all: String,
    scale: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    key: String,
    number: Option<usize>,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Area {
    pub(super) code: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    goal: usize,
    unit: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counted {
    published: Published,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    level: String,
    measures: Vec<String>,
    rows: Vec<Vec<Part>>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(untagged)]
enum Part {
    One(Option<u64>),
    Both([Option<u64>; 2]),
}

impl Data {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|e| format!("what its script is given is not what may be published: {e}"))
    }

    pub(super) fn level(&self) -> &str {
        &self.counted.published.level
    }

    /// Every count against the table of figures, and how many there were.
    pub(super) fn counts(&self, table: &Table) -> (usize, Vec<String>) {
        let Published { level, measures, rows } = &self.counted.published;
        let (worlds, speeds) = (self.worlds.len(), self.speeds.len());
        let axes = [self.areas.len() + 1, self.settlements.len(), self.units.len()];
        let fits = measures.len() == speeds
            && self.mbps.len() == speeds
            && self.definitions == worlds
            && rows.len() == axes.iter().product::<usize>()
            && rows.iter().all(|row| row.len() == 2 + worlds * speeds);
        if !fits {
            return (0, vec!["its rows are not one per area, settlement class and unit".to_owned()]);
        }
        let (mut compared, mut problems) = (0, Vec::new());
        for (number, row) in rows.iter().enumerate() {
            let (unit, class) = (number % axes[2], number / axes[2] % axes[1]);
            let area = (number / axes[2] / axes[1]).checked_sub(1).map(|area| &self.areas[area]);
            let (level, code) = area.map_or((TOTAL, ""), |area| (level.as_str(), area.code.as_str()));
            let class = self.settlements[class].key.as_str();
            let class = if class.is_empty() { ALL } else { class };
            for (at, part) in row[2..].iter().enumerate() {
                let (world, measure) = (&self.worlds[at / speeds].key, &measures[at % speeds]);
                let key = [level, code, class, ALL, world, &self.units[unit].key, measure];
                let key = Key(key.map(str::to_owned));
                let Some(known) = table.get(&key) else {
                    problems.push(format!("indicators.csv has no row {}", key.said()));
                    continue;
                };
                if area.is_some_and(|area| !area.code.is_empty() && area.name != known.name) {
                    problems.push(format!("indicators.csv calls {} {:?}", key.said(), known.name));
                }
                compared += 1;
                let said = counts(row[0], row[1], *part);
                let wrong = said.iter().zip(known.counts).zip(NAMES).filter(|((said, known), _)| **said != *known);
                let told = |count: Option<u64>| count.map_or_else(|| "kept back".to_owned(), |count| count.to_string());
                problems.extend(wrong.map(|((said, known), name)| {
                    let (said, known) = (told(*said), told(known));
                    format!("{}: {name} is {said}, and {known} in indicators.csv", key.said())
                }));
            }
        }
        (compared, problems)
    }

    /// Texts and numbers that are no counts: those of the definitions, and what the page shows anyway.
    pub(super) fn words(&self, page: &str, program: &Program<'_>, manifest: &Manifest) -> Vec<String> {
        let as_of = manifest.value.pointer("/study/as_of").and_then(serde_json::Value::as_str).unwrap_or_default();
        let day = runs(as_of);
        let mut wrong: Vec<String> = Vec::new();
        let mut need = |fine: bool, what: &str, text: &str| {
            if !fine {
                wrong.push(format!("{what} is {text:?}, which is none of the page's"));
            }
        };
        for (name, text) in &self.words {
            let fine = if name == "date" { runs(text).is_subset(&day) } else { runs(text).is_empty() };
            need(fine && program.words.contains(&name.as_str()), "a word", &format!("{name}: {text}"));
        }
        let options: HashSet<String> = options(page);
        let shown = |text: &str| options.contains(text);
        let goals = manifest.value.pointer("/definitions/goals").and_then(serde_json::Value::as_array);
        let ids: HashSet<&str> = goals.into_iter().flatten().filter_map(|goal| goal["id"].as_str()).collect();
        for Goal { label, short, share, ppm, speed, units, key } in &self.goals {
            let (id, mbps) = key.rsplit_once(' ').unwrap_or_default();
            let speed = self.mbps.get(*speed).is_some_and(|number| number.to_string() == mbps);
            let ppm = ppm.is_none_or(|ppm| number(share).is_some_and(|n| (n * 10_000.0 - f64::from(ppm)).abs() < 1.0));
            let within = [short, share].iter().all(|text| runs(text).is_subset(&runs(label)));
            let of = units.iter().all(|unit| *unit < self.units.len());
            let known = id.is_empty() || ids.contains(id);
            need(shown(label) && within && speed && ppm && of && known, "a goal", label);
        }
        for World { key, name, definition, base: (), date } in &self.worlds {
            need(
                shown(name) && name == definition && runs(date).is_subset(&day),
                "a definition",
                &format!("{key}: {name}"),
            );
        }
        for UnitWords { key, name, many, one, all, scale } in &self.units {
            let forms = [many, one, all].iter().all(|text| runs(text).is_subset(&runs(key)));
            let scaled = manifest.value["unit_scales"].get(key).and_then(serde_json::Value::as_u64) == Some(*scale);
            need(shown(name) && forms && scaled, "a unit", name);
        }
        for Class { key, number, name } in &self.settlements {
            let fine = (self.settlements.len() == 1 || shown(name)) && number.is_none_or(|number| number < 16);
            need(fine, "a settlement class", &format!("{key}: {name}"));
        }
        let measures = &self.counted.published.measures;
        for ((text, mbps), measure) in self.speeds.iter().zip(&self.mbps).zip(measures) {
            let same = number(text).is_some_and(|n| near(n, *mbps) || near(n * 1000.0, *mbps));
            need(same && *measure == format!("down>={mbps} Mbit/s"), "a speed", text);
        }
        for (metres, text) in &self.lengths {
            let same = number(text).is_some_and(|n| near(n, *metres) || near(n * 1000.0, *metres));
            need(same && self.lengths.len() < 20, "a length", text);
        }
        for (name, text) in &self.numbers {
            let known = ["decimal", "thousands", "percent", "minus", "below"].contains(&name.as_str());
            need(known && runs(text).is_empty(), "a sign", text);
        }
        for (name, colour) in &self.colours {
            let known = ["ink", "paper", "edge", "nothing", "missed"].contains(&name.as_str());
            need(known && is_colour(colour), "a colour", colour);
        }
        for colour in self.palette.iter().flatten() {
            need(self.palette.len() < 10 && is_colour(colour), "a colour", colour);
        }
        let starts = self.start.goal < self.goals.len() && self.start.unit < self.units.len();
        need(starts, "where it begins", &format!("{} {}", self.start.goal, self.start.unit));
        need((f64::EPSILON..=1.0).contains(&self.squeeze), "the map's width", &self.squeeze.to_string());
        let Self { squares: (), sketch: (), dots: (), .. } = *self;
        wrong
    }
}

/// The four counts that a page makes of a row's total and unmatched, and a part.
fn counts(total: Part, unmatched: Part, part: Part) -> Counts {
    let one = |part: Part| if let Part::One(count) = part { count } else { None };
    let (total, unmatched) = (one(total), one(unmatched));
    let [covered, missing] = match part {
        Part::One(None) => [None, None],
        Part::One(Some(covered)) => {
            let left = total.zip(unmatched).and_then(|(t, u)| t.checked_sub(u)?.checked_sub(covered));
            [Some(covered), left]
        }
        Part::Both(both) => both,
    };
    [total, covered, missing, unmatched]
}

/// The numbers in a text, digits without what stands between them.
fn runs(text: &str) -> HashSet<String> {
    let plain = text.replace(['\u{a0}', '\u{202f}'], "");
    let runs = plain.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    runs.map(|run| run.trim_start_matches('0').to_owned()).collect()
}

/// The one number that a text has.
fn number(text: &str) -> Option<f64> {
    let digits: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
    digits.replace(',', ".").parse().ok()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1.0)
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.chars().all(|c| c.is_ascii_hexdigit()))
}

/// What a page lets its reader choose from.
fn options(page: &str) -> HashSet<String> {
    let options = page.split("<option value=\"").skip(1).filter_map(|option| option.split("</option>").next());
    let text = |option: &str| option.split_once('>').map(|(_, text)| text).unwrap_or_default().to_owned();
    let signs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    options.map(|option| signs.iter().fold(text(option), |text, (sign, plain)| text.replace(sign, plain))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Program<'static> = Program { script: "own()", library: "lib()", words: &[] };

    #[test]
    fn only_the_programs_own_scripts_are_taken_out_of_a_page() {
        let page = format!("<p>a</p>{DATA}{{}}{END}<p>b</p>{SCRIPT}own(){END}{LIBRARY}lib(){END}<p>c</p>");
        let parts = OWN.parts(&page);
        assert_eq!((parts.rest.as_str(), parts.data), ("<p>a</p><p>b</p><p>c</p>", Some("{}")));
        assert!(parts.problems.is_empty());
        for other in ["<script>own() </script>", "<script src=\"x\"></script>", "<script>lib()</script>"] {
            let page = format!("{page}{other}");
            let parts = OWN.parts(&page);
            assert_eq!(parts.problems.len(), 1, "{other}");
            assert!(parts.rest.contains("<script"), "{other}");
        }
        let twice = format!("{page}{DATA}{{}}{END}");
        assert_eq!(OWN.parts(&twice).problems.len(), 1, "data stand in it once");
    }

    #[test]
    fn a_part_is_read_as_the_page_reads_it() {
        let one = |count| Part::One(Some(count));
        assert_eq!(counts(one(20), one(2), one(8)), [Some(20), Some(8), Some(10), Some(2)]);
        assert_eq!(counts(one(20), one(2), Part::One(None)), [Some(20), None, None, Some(2)]);
        assert_eq!(counts(one(20), Part::One(None), Part::Both([Some(8), None])), [Some(20), Some(8), None, None]);
    }

    #[test]
    fn numbers_in_texts_are_found_whole() {
        assert_eq!(runs("90 % med 1\u{a0}000 Mbit/s"), HashSet::from(["90".to_owned(), "1000".to_owned()]));
        assert_eq!(runs("2024-05-01"), runs("den 1 5 2024"));
        assert_eq!((number("minst 2,5 Gbit/s"), number("ingen")), (Some(2.5), None));
    }
}
