//! A delivery check in words: rows for the reject file, and a page for each operator that prints on one sheet.

use std::collections::BTreeMap;

use nittio_core::{
    delivery::{Delivery, Operator, Remark, What},
    quantity::{Metres, Speed},
};

use crate::{locale::Locale, messages::Messages};

/// The columns of the reject file.
pub const COLUMNS: [&str; 7] = ["file", "row", "operator", "what", "where", "how_much", "right"];

/// How many areas and remarks a page has room for.
const AREAS: usize = 7;
const REMARKS: usize = 8;

/// A page about one operator's delivery.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) language: &'static str,
    pub(crate) title: String,
    pub(crate) kicker: String,
    pub(crate) lead: String,
    pub(crate) tables: Vec<Table>,
    pub(crate) rules_heading: String,
    pub(crate) rules: Vec<String>,
}

/// A table with a heading; the first column names the row.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) id: &'static str,
    pub(crate) heading: String,
    pub(crate) heads: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// Whether all columns but the first are numbers.
    pub(crate) numbers: bool,
    pub(crate) note: String,
}

/// Words for deliveries.
pub(crate) struct Words {
    t: Messages,
    locale: Locale,
}

impl Words {
    pub(crate) fn of(locale: Locale) -> Self {
        Self { t: Messages::of(locale), locale }
    }

    /// The rows of the reject file about one operator.
    pub(crate) fn rows(&self, operator: &Operator) -> Vec<[String; 7]> {
        let row = |remark: &Remark| {
            let (file, row) = remark.at.clone().map_or_else(Default::default, |(file, row)| (file, row.to_string()));
            let place = [remark.name.clone().unwrap_or_default(), self.area(remark)];
            let place: Vec<String> = place.into_iter().filter(|text| !text.is_empty()).collect();
            let key = remark.what.key().to_owned();
            [
                file,
                row,
                operator.name.clone(),
                key,
                place.join(", "),
                self.how_much(&remark.what),
                self.right(&remark.what),
            ]
        };
        operator.remarks.iter().map(row).collect()
    }

    fn area(&self, remark: &Remark) -> String {
        match (&remark.area, &remark.what) {
            (Some((code, name)), _) => format!("{code} {name}"),
            (None, What::Gained { .. } | What::Lost { .. }) => self.t.get("delivery.nowhere"),
            (None, What::Area { .. }) => self.t.get("delivery.everywhere"),
            (None, _) => String::new(),
        }
    }

    fn places(&self, places: u64) -> String {
        match places {
            1 => self.t.get("delivery.unnamed-one"),
            _ => self.t.say("delivery.unnamed", &[("n", &self.locale.whole(places))]),
        }
    }

    /// Square kilometres from one on, square metres below.
    fn square(&self, metres: u64) -> String {
        if metres < 1_000_000 {
            return format!("{}\u{a0}m²", self.locale.whole(metres));
        }
        let tenths = i64::try_from((metres + 50_000) / 100_000).unwrap_or(i64::MAX);
        format!("{}\u{a0}km²", self.locale.tenths(tenths))
    }

    fn speed(&self, speed: Option<Speed>) -> String {
        speed.map_or_else(|| self.t.get("delivery.unknown-speed"), |speed| self.locale.speed(speed))
    }

    fn how_much(&self, what: &What) -> String {
        let of = |n: u64, before: u64| {
            self.t.say("delivery.of-before", &[("n", &self.places(n)), ("before", &self.locale.whole(before))])
        };
        match what {
            What::Gained { places, before } => format!("+{}", of(*places, *before)),
            What::Lost { places, before } => format!("−{}", of(*places, *before)),
            What::Area { before, now } => {
                self.t.say("delivery.from-to", &[("before", &self.square(*before)), ("now", &self.square(*now))])
            }
            What::LostArea { square_metres, places } => {
                self.t.say("delivery.and", &[("a", &self.square(*square_metres)), ("b", &self.places(*places))])
            }
            What::Empty { square_metres } => self.square(*square_metres),
            What::Water { square_metres, of } => {
                self.t.say("delivery.of-before", &[("n", &self.square(*square_metres)), ("before", &self.square(*of))])
            }
            What::NearMiss { places, nearest } => {
                let distance = self.locale.metres(Metres::from_millimetres(*nearest));
                self.t.say("delivery.nearest", &[("n", &self.places(*places)), ("distance", &distance)])
            }
            What::Implausible { technology, down, up, .. } => {
                let technology = self.t.get(&format!("technology.{technology}"));
                let (down, up) = (self.speed(*down), self.speed(*up));
                self.t.say("delivery.speeds", &[("technology", &technology), ("down", &down), ("up", &up)])
            }
            What::Duplicate { first: (file, row), .. } => {
                self.t.say("delivery.first-row", &[("file", file), ("row", &row.to_string())])
            }
            What::Finding { .. } => String::new(),
        }
    }

    fn right(&self, what: &What) -> String {
        match what {
            What::Implausible { limit, .. } => self.t.say("delivery.right-implausible-speed", &[("limit", limit)]),
            What::Duplicate { same_service: false, .. } => self.t.get("delivery.right-duplicate-services"),
            // What reading finds is said in English wherever it is said.
            What::Finding { message, .. } => message.clone(),
            other => self.t.get(&format!("delivery.right-{}", other.key())),
        }
    }

    fn what(&self, what: &What) -> String {
        match what {
            What::Finding { key, .. } => self.t.get(&format!("finding.{key}")),
            other => self.t.get(&format!("delivery.what-{}", other.key())),
        }
    }

    /// How many remarks there are, in a sentence.
    pub(crate) fn lead(&self, operator: &Operator) -> String {
        match operator.remarks.len() {
            0 => self.t.get("delivery.fine"),
            1 => self.t.get("delivery.attention-one"),
            n => self.t.say("delivery.attention", &[("n", &self.locale.whole(n as u64))]),
        }
    }

    /// What was used, in sentences.
    pub(crate) fn rules(&self, delivery: &Delivery) -> Vec<String> {
        let settings = &delivery.settings;
        let (jump, least) =
            (self.locale.percent(&self.locale.plain(settings.jump.percent())), self.places(settings.least));
        let distance = self.locale.metres(settings.near_miss);
        let mut rules =
            vec![self.t.say("delivery.rules-text", &[("jump", &jump), ("least", &least), ("distance", &distance)])];
        if !delivery.offers {
            rules.push(self.t.get("delivery.networks-only"));
        }
        rules.push(match &delivery.water {
            Some(file) => {
                let share = self.locale.percent(&self.locale.plain(settings.over_water.percent()));
                self.t.say("delivery.tested", &[("file", file), ("share", &share)])
            }
            None => self.t.get("delivery.not-tested"),
        });
        rules
    }

    /// The page about one operator.
    pub(crate) fn page(&self, delivery: &Delivery, operator: &Operator) -> Page {
        let t = &self.t;
        let date = self.locale.date(delivery.as_of, &t.get("months"));
        let values = [("study", delivery.study.as_str()), ("date", &date), ("last", &delivery.last)];
        let mut tables = vec![self.amounts(operator)];
        if !operator.changes.is_empty() {
            tables.push(self.by_area(operator));
        }
        if !operator.remarks.is_empty() {
            tables.push(self.remarks(operator));
        }
        Page {
            language: self.locale.tag(),
            title: t.say("delivery.title", &[("operator", &operator.name)]),
            kicker: t.say("delivery.kicker", &values),
            lead: self.lead(operator),
            tables,
            rules_heading: t.get("delivery.rules"),
            rules: self.rules(delivery),
        }
    }

    fn amounts(&self, operator: &Operator) -> Table {
        let t = &self.t;
        let Operator { before, now, gone, new, gained, lost, .. } = operator;
        let count = |n: u64| self.locale.whole(n);
        let signed = |sign: char, n: u64| if n == 0 { count(n) } else { format!("{sign}{}", count(n)) };
        let rows = vec![
            vec![t.get("delivery.places"), count(before.places), count(now.places)],
            vec![t.get("delivery.gained-lost"), signed('−', *lost), signed('+', *gained)],
            vec![t.get("delivery.polygons"), count(before.polygons), count(now.polygons)],
            vec![t.get("delivery.area"), self.square(before.square_metres), self.square(now.square_metres)],
            vec![t.get("delivery.gone"), count(gone.polygons), String::new()],
            vec![t.get("delivery.new"), String::new(), count(new.polygons)],
        ];
        let heads = ["delivery.amounts-head", "delivery.before", "delivery.now"].map(|key| t.get(key)).to_vec();
        Table { id: "amounts", heading: t.get("delivery.amounts"), heads, rows, numbers: true, note: String::new() }
    }

    fn by_area(&self, operator: &Operator) -> Table {
        let t = &self.t;
        let mut changes: Vec<_> = operator.changes.iter().collect();
        // The largest first; of equal ones the lower code.
        changes.sort_by_key(|change| std::cmp::Reverse(change.gained + change.lost));
        let rows = changes.iter().take(AREAS).map(|change| {
            let name = if change.code.is_empty() {
                t.get("delivery.nowhere")
            } else {
                format!("{} {}", change.code, change.name)
            };
            let number = |n: u64| self.locale.whole(n);
            vec![
                name,
                number(change.before),
                number(change.now),
                number(change.gained),
                number(change.lost),
                self.square(change.new_square_metres),
                self.square(change.gone_square_metres),
            ]
        });
        let keys = [
            "delivery.by-area-head",
            "delivery.before",
            "delivery.now",
            "delivery.gained",
            "delivery.lost",
            "delivery.new-area",
            "delivery.gone-area",
        ];
        let (shown, n) = (self.locale.whole(AREAS as u64), self.locale.whole(changes.len() as u64));
        let note = t.say("delivery.more-areas", &[("shown", &shown), ("n", &n)]);
        Table {
            id: "areas",
            heading: t.get("delivery.by-area"),
            heads: keys.map(|key| t.get(key)).to_vec(),
            rows: rows.collect(),
            numbers: true,
            note: if changes.len() > AREAS { note } else { String::new() },
        }
    }

    fn remarks(&self, operator: &Operator) -> Table {
        let t = &self.t;
        let rows = self.rows(operator);
        let row = |(cells, remark): (&[String; 7], &Remark)| {
            let [file, row, _, _, place, much, right] = cells;
            let at = match remark.at {
                Some(_) => t.say("delivery.row", &[("file", file), ("row", row)]),
                None => place.clone(),
            };
            let name = if remark.at.is_some() && !place.is_empty() { format!(": {place}") } else { String::new() };
            vec![at, format!("{}{name}", self.what(&remark.what)), much.clone(), right.clone()]
        };
        // One of each kind before a second of any, and then in their order.
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let rank = |(number, remark): (usize, &Remark)| {
            // Keys of findings are those of the reading, and stand as long as the program.
            let times = seen.entry(match &remark.what {
                What::Finding { key, .. } => key,
                other => other.key(),
            });
            let times = times.and_modify(|n| *n += 1).or_insert(0);
            (*times, number)
        };
        let mut ranks: Vec<(usize, usize)> = operator.remarks.iter().enumerate().map(rank).collect();
        ranks.sort_unstable();
        let mut numbers: Vec<usize> = ranks.into_iter().take(REMARKS).map(|(_, number)| number).collect();
        numbers.sort_unstable();
        let shown = numbers.into_iter().map(|number| row((&rows[number], &operator.remarks[number])));
        let shown: Vec<Vec<String>> = shown.collect();
        let (all, few) = (self.locale.whole(rows.len() as u64), self.locale.whole(REMARKS as u64));
        let note = t.say("delivery.more-remarks", &[("shown", &few), ("n", &all)]);
        let keys = ["delivery.where-head", "delivery.what-head", "delivery.much-head", "delivery.right-head"];
        Table {
            id: "remarks",
            heading: t.get("delivery.remarks"),
            heads: keys.map(|key| t.get(key)).to_vec(),
            rows: shown,
            numbers: false,
            note: if rows.len() > REMARKS { note } else { String::new() },
        }
    }

    /// A table of all operators for a terminal: heads, then a row for each.
    pub(crate) fn table(&self, delivery: &Delivery) -> Vec<Vec<String>> {
        let t = &self.t;
        let keys = [
            "delivery.table-operator",
            "delivery.places",
            "delivery.before",
            "delivery.gained",
            "delivery.lost",
            "delivery.area",
            "delivery.before",
            "delivery.table-remarks",
        ];
        let row = |operator: &Operator| {
            let Operator { name, before, now, gained, lost, remarks, .. } = operator;
            let number = |n: u64| self.locale.whole(n);
            vec![
                name.clone(),
                number(now.places),
                number(before.places),
                number(*gained),
                number(*lost),
                self.square(now.square_metres),
                self.square(before.square_metres),
                number(remarks.len() as u64),
            ]
        };
        let heads = keys.map(|key| t.get(key)).to_vec();
        std::iter::once(heads).chain(delivery.operators.iter().map(row)).collect()
    }
}
