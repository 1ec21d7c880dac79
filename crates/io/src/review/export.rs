//! Which places go into review, and the workbooks that they go out in: one per area.

use std::collections::{BTreeMap, BTreeSet};

use nittio_core::{
    coverage::Coverage,
    index::CoverageIndex,
    measure::Best,
    plausibility,
    profile::Profile,
    quantity::{Metres, Speed},
    service::{Link, Reach, Service, ServiceId, Status},
    study::Study,
};
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
};

use super::{ReviewError, Say};
use crate::outlines::{Outlines, whole};

/// Which places are asked about.
#[derive(Debug, Clone)]
pub struct Options {
    /// How far outside a footprint a place is a near miss.
    pub near_miss: Metres,
    /// Whether all places are asked about, and not only those where there is a reason.
    pub all: bool,
    /// The key of the level that has one workbook per area; one workbook for all when `None`.
    pub level: Option<String>,
}

/// Why a place is asked about. The key stands in the workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Nothing reaches it, and a footprint ends close by.
    NearMiss,
    /// It cannot be said what reaches it.
    Unmatched,
    /// An offer list has it connected, and the footprints of the same operator do not reach it.
    ConnectedWithoutFootprint,
    /// Its best speed is beyond what the technology can give.
    ImplausibleSpeed,
    /// All places are asked about.
    Asked,
}

impl Reason {
    /// The stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::NearMiss => "near-miss",
            Self::Unmatched => "unmatched",
            Self::ConnectedWithoutFootprint => "connected-without-footprint",
            Self::ImplausibleSpeed => "implausible-speed",
            Self::Asked => "asked",
        }
    }
}

/// A workbook that is ready to be written.
#[derive(Debug)]
pub struct Book {
    /// The name of its file.
    pub name: String,
    /// How many places it asks about.
    pub places: u64,
    /// How many for which reason.
    pub reasons: BTreeMap<Reason, u64>,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A place that is asked about.
struct Question {
    place: usize,
    reasons: BTreeSet<Reason>,
    /// `None` when it cannot be said.
    covered: Option<bool>,
    service: Option<ServiceId>,
    millimetres: Option<u64>,
}

/// The workbooks of a study, by the codes of their areas. A place that a review has decided about is not asked about again.
///
/// # Errors
/// When a workbook cannot be made.
pub fn export(
    study: &Study,
    coverage: &Coverage,
    options: &Options,
    say: Say<'_>,
    name: &str,
) -> Result<Vec<Book>, ReviewError> {
    let level = options.level.as_ref().and_then(|key| study.frame.levels.iter().position(|level| level.key == *key));
    let mut by_area: BTreeMap<Option<u32>, Vec<Question>> = BTreeMap::new();
    for question in questions(study, coverage, options) {
        let area = level.and_then(|level| coverage.of(question.place).areas[level]);
        by_area.entry(area).or_default().push(question);
    }
    by_area
        .into_iter()
        .map(|(area, mut questions)| {
            questions.sort_by(|a, b| study.places.ids[a.place].cmp(&study.places.ids[b.place]));
            let area = area.zip(level).map(|(area, level)| &study.frame.levels[level].areas[area as usize]);
            let (code, title) = match area {
                Some(area) => (area.code.as_str(), format!("{} {}", area.code, area.name)),
                None if level.is_some() => ("none", say("review.no-area", &[])),
                None => ("all", name.to_owned()),
            };
            let code: String = code.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
            let mut reasons = BTreeMap::new();
            for reason in questions.iter().flat_map(|question| &question.reasons) {
                *reasons.entry(*reason).or_default() += 1;
            }
            let about = About { study, options, say, name, title: &title };
            let bytes = about.workbook(&questions)?;
            Ok(Book { name: format!("review-{code}.xlsx"), places: questions.len() as u64, reasons, bytes })
        })
        .collect()
}

fn questions(study: &Study, coverage: &Coverage, options: &Options) -> Vec<Question> {
    let Some(profile) = study.profiles.first() else { return Vec::new() };
    let (services, as_of) = (&study.frame.services, study.frame.as_of);
    let counts = |link: &Link| profile.counts(*link, services, as_of);
    let outlines = Outlines::of(&study.footprints, |footprint, _| counts(&study.footprints[footprint].link));
    let index = CoverageIndex::build(study);
    let there = study.footprints.iter().map(|footprint| services.get(footprint.link.service));
    let with_footprints: BTreeSet<&str> =
        there.filter(|service| service.status != Status::Candidate).map(|service| service.operator.as_str()).collect();
    let question = |place: usize| {
        let id = &study.places.ids[place];
        if study.offers.reviews.of(id).is_some() && !options.all {
            return None;
        }
        let (links, position) = (coverage.links(place), study.places.position(place));
        let mut question =
            Question { place, reasons: BTreeSet::new(), covered: None, service: None, millimetres: None };
        if let Some(links) = links {
            let best = Best::of(links, profile, services, as_of);
            question.covered = Some(best.covered);
            let counted = links.iter().filter(|link| counts(link)).map(|link| link.service);
            question.service = counted.max_by_key(|&id| (down(profile, services.get(id)), std::cmp::Reverse(id)));
            if rests_on_implausible(links, profile, study) {
                question.reasons.insert(Reason::ImplausibleSpeed);
            }
        } else {
            question.reasons.insert(Reason::Unmatched);
        }
        if let (Some(false), Some(at)) = (question.covered, position) {
            let near = outlines.around(at, options.near_miss).into_iter();
            let nearest = near.map(|outline| (outline.millimetres_to(at), outline.footprint)).min();
            if let Some((millimetres, footprint)) = nearest.filter(|&(mm, _)| mm <= options.near_miss.millimetres()) {
                question.reasons.insert(Reason::NearMiss);
                question.service = Some(study.footprints[footprint].link.service);
                question.millimetres = Some(millimetres);
            }
        }
        if let Some(at) = position {
            let operator = |link: &Link| services.get(link.service).operator.as_str();
            let mut offered = study.offers.of(id).iter().filter(|link| link.reach == Reach::Connected);
            let held = index.held_at(at).links;
            let contradicted = offered.find(|link| {
                with_footprints.contains(operator(link)) && !held.iter().any(|h| operator(h) == operator(link))
            });
            if let Some(link) = contradicted {
                question.reasons.insert(Reason::ConnectedWithoutFootprint);
                question.service = Some(link.service);
            }
        }
        if question.reasons.is_empty() && options.all {
            question.reasons.insert(Reason::Asked);
        }
        (!question.reasons.is_empty()).then_some(question)
    };
    (0..study.places.len()).filter_map(question).collect()
}

fn down(profile: &Profile, service: &Service) -> Option<Speed> {
    profile.down(service)
}

/// Whether the best download speed rests on speeds alone that their technologies cannot give.
fn rests_on_implausible(links: &[Link], profile: &Profile, study: &Study) -> bool {
    let services = &study.frame.services;
    let counted = links.iter().filter(|link| profile.counts(**link, services, study.frame.as_of));
    let (beyond, within): (Vec<&Service>, Vec<&Service>) = counted
        .map(|link| services.get(link.service))
        .partition(|s| plausibility::exceeded(s.technology, s.down, s.up).is_some());
    let best = |list: &[&Service]| list.iter().filter_map(|service| down(profile, service)).max();
    !beyond.is_empty() && best(&beyond) > best(&within)
}

/// What a workbook is about.
struct About<'a> {
    study: &'a Study,
    options: &'a Options,
    say: Say<'a>,
    name: &'a str,
    title: &'a str,
}

/// The keys of the columns, with how wide they are; what a reviewer fills in begins at [`ANSWERS`].
const LAYOUT: [(&str, f64); 18] = [
    ("place", 16.0),
    ("category", 13.0),
    ("easting", 11.0),
    ("northing", 11.0),
    ("reasons", 24.0),
    ("why", 48.0),
    ("believed", 15.0),
    ("definition", 19.0),
    ("service", 30.0),
    ("distance_m", 13.0),
    ("answer", 14.0),
    ("operator", 20.0),
    ("technology", 13.0),
    ("down_mbps", 12.0),
    ("up_mbps", 12.0),
    ("who", 18.0),
    ("date", 12.0),
    ("comment", 36.0),
];

/// The first column that is to be filled in.
const ANSWERS: usize = 10;

/// The row of the headings; the keys stand above them, hidden.
const HEADINGS: u32 = 1;

/// How wide the texts of the guide are.
const GUIDE: f64 = 84.0;

/// On how many lines a text stands in a column of a width, in letters; words are not cut, so some is left free.
fn lines(text: &str, width: f64) -> u32 {
    let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let fits = u32::try_from(whole(width * 0.85)).unwrap_or(1).max(1);
    letters.div_ceil(fits).max(1)
}

/// The height of so many lines, in points.
fn height(lines: u32) -> f64 {
    15.0 * f64::from(lines)
}

fn column(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

impl About<'_> {
    fn workbook(&self, questions: &[Question]) -> Result<Vec<u8>, ReviewError> {
        let mut book = Workbook::new();
        let as_of = self.study.frame.as_of;
        let [year, month, day] = [i32::from(as_of.year()), i32::from(as_of.month()), i32::from(as_of.day())];
        let small = |number: i32| u8::try_from(number).unwrap_or(1);
        // No clock: the same study gives the same file.
        let made = ExcelDateTime::from_ymd(u16::try_from(year).unwrap_or(1900), small(month), small(day))?;
        book.set_properties(&DocProperties::new().set_title(self.name).set_creation_datetime(&made));
        self.questions(book.add_worksheet(), questions)?;
        self.guide(book.add_worksheet())?;
        Ok(book.save_to_buffer()?)
    }

    fn text(&self, key: &str) -> String {
        (self.say)(key, &[])
    }

    fn questions(&self, sheet: &mut Worksheet, questions: &[Question]) -> Result<(), ReviewError> {
        let cell = Format::new().set_align(FormatAlign::Top).set_align(FormatAlign::Left).set_text_wrap().set_indent(1);
        let metres = Format::new().set_align(FormatAlign::Top).set_num_format("0.0");
        let rule = Color::RGB(0x00D8_DFE5);
        let open = cell.clone().set_background_color(Color::RGB(0x00FF_F8E1)).set_border(FormatBorder::Thin);
        let open = open.set_border_color(rule);
        let day = open.clone().set_num_format("yyyy-mm-dd");
        let head = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Bottom)
            .set_align(FormatAlign::Left)
            .set_indent(1);
        let head = head.set_border_bottom(FormatBorder::Medium);
        let number = head.clone().set_indent(0).set_align(FormatAlign::Right);
        let asked = head.clone().set_background_color(Color::RGB(0x00FF_E7A3));
        sheet.set_name(self.text("review.sheet"))?;
        for (at, (key, width)) in LAYOUT.iter().enumerate() {
            sheet.write_string(0, column(at), *key)?;
            let format = match *key {
                "easting" | "northing" | "distance_m" => &number,
                _ if at < ANSWERS => &head,
                _ => &asked,
            };
            let heading = self.text(&format!("review.column-{}", key.replace('_', "-")));
            sheet.write_string_with_format(HEADINGS, column(at), &heading, format)?;
            sheet.set_column_width(column(at), *width)?;
        }
        sheet.set_row_hidden(0)?.set_row_height(HEADINGS, 32.0)?;
        for (row, question) in (HEADINGS + 1..).zip(questions) {
            self.question(sheet, row, question, [&cell, &metres, &open, &day])?;
        }
        let last = HEADINGS + u32::try_from(questions.len()).unwrap_or(u32::MAX);
        let at = |key: &str| column(LAYOUT.iter().position(|(known, _)| *known == key).unwrap_or_default());
        for (key, list, title) in [
            ("answer", "review.answers", "review.pick-answer"),
            ("technology", "review.technologies", "review.pick-technology"),
        ] {
            let words = self.text(list);
            let words: Vec<&str> = words.split(',').map(str::trim).collect();
            let choice = DataValidation::new()
                .allow_list_strings(&words)?
                .set_error_title(self.text("review.not-in-list"))?
                .set_error_message(self.text(title))?;
            sheet.add_data_validation(HEADINGS + 1, at(key), last, at(key), &choice)?;
        }
        sheet.set_freeze_panes(HEADINGS + 1, 1)?;
        sheet.autofilter(HEADINGS, 0, last, column(LAYOUT.len() - 1))?;
        sheet.set_landscape().set_paper_size(8).set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(HEADINGS, HEADINGS)?;
        Ok(())
    }

    fn question(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        question: &Question,
        formats: [&Format; 4],
    ) -> Result<(), ReviewError> {
        let [cell, metres, open, day] = formats;
        let Question { place, reasons, covered, service, millimetres } = question;
        let (study, places) = (self.study, &self.study.places);
        let codes: Vec<&str> = reasons.iter().map(|reason| reason.key()).collect();
        let why: Vec<String> = codes.iter().map(|code| self.text(&format!("review.why-{code}"))).collect();
        let believed = match covered {
            Some(true) => "review.believed-yes",
            Some(false) => "review.believed-no",
            None => "review.believed-unknown",
        };
        let service = service.map(|service| self.service(study.frame.services.get(service))).unwrap_or_default();
        let category = study.frame.categories.get(usize::from(places.category[*place]));
        let texts = [
            (0, places.ids[*place].to_owned()),
            (1, category.map(|key| self.category(key)).unwrap_or_default()),
            (4, codes.join(", ")),
            (5, why.join(" ")),
            (6, self.text(believed)),
            (7, study.profiles.first().map(|profile| profile.key.clone()).unwrap_or_default()),
            (8, service),
        ];
        // Not every program makes room for what is wrapped.
        let lines = texts.iter().map(|(at, text)| lines(text, LAYOUT[usize::from(*at)].1)).max().unwrap_or(1);
        sheet.set_row_height(row, height(lines))?;
        for (at, text) in texts {
            sheet.write_string_with_format(row, at, &text, cell)?;
        }
        if let Some(position) = places.position(*place) {
            sheet.write_number_with_format(row, 2, position.x, metres)?;
            sheet.write_number_with_format(row, 3, position.y, metres)?;
        }
        if let Some(millimetres) = millimetres {
            sheet.write_number_with_format(row, 9, Metres::from_millimetres(*millimetres).metres(), metres)?;
        }
        for (at, (key, _)) in LAYOUT.iter().enumerate().skip(ANSWERS) {
            sheet.write_blank(row, column(at), if *key == "date" { day } else { open })?;
        }
        Ok(())
    }

    /// The word for a category; a study's own stands for itself.
    fn category(&self, key: &str) -> String {
        match key {
            "home" => self.text("review.category-home"),
            "workplace" => self.text("review.category-workplace"),
            "school" => self.text("review.category-school"),
            "library" => self.text("review.category-library"),
            own => own.to_owned(),
        }
    }

    fn service(&self, service: &Service) -> String {
        let technology = self.text(&format!("technology.{}", service.technology));
        let speed = service.down.map(|down| format!(", {down}")).unwrap_or_default();
        format!("{}, {technology}{speed}", service.operator)
    }

    /// A sheet that says what is asked and what an answer does.
    fn guide(&self, sheet: &mut Worksheet) -> Result<(), ReviewError> {
        let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let bold = wrap.clone().set_bold();
        sheet.set_name(self.text("review.guide"))?.set_column_width(0, 22.0)?;
        sheet.set_column_width(1, GUIDE)?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 1);
        let distance = self.options.near_miss.to_string();
        let definition = self.study.profiles.first().map(|profile| profile.key.clone()).unwrap_or_default();
        let words = |key: &str| self.text(key);
        let answers = words("review.answers");
        let mut answers = answers.split(',').map(|word| word.trim().to_owned());
        let mut answer = || answers.next().unwrap_or_default();
        let rows = [
            (
                self.title.to_owned(),
                (self.say)("review.guide-study", &[("name", self.name), ("date", &self.study.frame.as_of.to_string())]),
            ),
            (words("review.guide-how"), words("review.guide-how-text")),
            (words("review.guide-definition"), definition),
            (words("review.guide-distance"), (self.say)("review.guide-distance-text", &[("distance", &distance)])),
            (answer(), words("review.guide-right")),
            (answer(), words("review.guide-reached")),
            (answer(), words("review.guide-not-reached")),
            (answer(), words("review.guide-not-a-place")),
        ];
        for (row, (term, text)) in (0..).zip(rows) {
            sheet.set_row_height(row, height(lines(&text, GUIDE)) + 5.0)?;
            sheet.write_string_with_format(row, 0, &term, &bold)?;
            sheet.write_string_with_format(row, 1, &text, &wrap)?;
        }
        Ok(())
    }
}
