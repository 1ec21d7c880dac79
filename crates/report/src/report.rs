//! A report: every word, number and figure of it, ready to be set as a page, as pictures or by a typesetter.

use serde::Serialize;

use crate::{chart::Chart, live::Live, locale::Locale, theme::Theme};

/// A composed report, in one language. It holds figures per area, and no place but the names of a few that lack a speed.
///
/// Serialized, it is all that a typesetter needs but for the drawings of its figures ([`crate::render::drawings`]).
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub(crate) locale: Locale,
    pub(crate) title: String,
    /// The line over the title.
    pub(crate) kicker: String,
    pub(crate) notice: Option<Notice>,
    /// The main finding in one sentence.
    pub(crate) lead: String,
    /// What was counted: unit, property, area, date, method.
    pub(crate) definition: String,
    pub(crate) facts: Vec<Fact>,
    pub(crate) sections: Vec<Section>,
    /// What the page's script is given; a page without it has no script.
    #[serde(skip)]
    pub(crate) live: Option<Live>,
    /// Words of the page itself.
    pub(crate) words: Words,
    /// The last line.
    pub(crate) colophon: String,
    /// Other pages beside this one.
    pub(crate) links: Vec<Link>,
    /// How it looks; a typesetter is told its colours.
    #[serde(rename = "colours", serialize_with = "colours")]
    pub(crate) theme: Theme,
}

/// The colours by their names.
fn colours<S: serde::Serializer>(theme: &Theme, serializer: S) -> Result<S::Ok, S::Error> {
    theme.hex_colours().serialize(serializer)
}

/// Another page, and a few words about it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Link {
    pub(crate) text: String,
    pub(crate) href: String,
    pub(crate) note: String,
}

/// A drawing that needs no title and no layout, with its words below it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Drawing {
    pub(crate) id: &'static str,
    pub(crate) text: String,
    pub(crate) svg: String,
}

/// What every reader should see first.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Notice {
    pub(crate) head: String,
    pub(crate) text: String,
}

/// One number with what it says.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Fact {
    pub(crate) value: String,
    pub(crate) text: String,
}

/// Words of the page itself.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Words {
    pub(crate) skip: String,
    pub(crate) contents: String,
    pub(crate) source: String,
    /// Where the study's sources stand.
    pub(crate) sources: String,
    pub(crate) show_table: String,
    /// The number of a printed page, `{n}` of `{all}`.
    pub(crate) page: String,
    /// Heading of long tables, at the end in print.
    pub(crate) tables: String,
    /// Where a long table stands in print: `{n}`.
    pub(crate) table_on_page: String,
    /// That not all rows have room in a picture.
    pub(crate) cut: String,
}

/// A part of the report with a heading.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Section {
    pub(crate) id: &'static str,
    /// A few words for the list of contents.
    pub(crate) short: String,
    pub(crate) heading: String,
    pub(crate) blocks: Vec<Block>,
}

/// What a section is made of.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Block {
    Text(String),
    Heading(String),
    Figure(Box<Figure>),
    Table(Table),
    Terms(Vec<Term>),
    Links(Vec<Link>),
    Drawing(Drawing),
}

/// A word and what it means here.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Term {
    pub(crate) term: String,
    pub(crate) lines: Vec<Line>,
}

/// A line of text, with a link after it where there is one.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) link: Option<String>,
}

/// A picture with all that belongs to it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    /// Names the files, and the elements of the page.
    pub(crate) id: &'static str,
    /// The finding.
    pub(crate) title: String,
    /// What is shown: unit, property, date.
    pub(crate) subtitle: String,
    pub(crate) caption: String,
    pub(crate) source: Source,
    /// What the picture shows, for those who do not see it.
    pub(crate) description: String,
    #[serde(skip)]
    pub(crate) chart: Chart,
    pub(crate) table: Option<Table>,
}

/// Where a figure's numbers come from. A picture says all of it; a page says what is the study's once.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Source {
    /// What this figure alone rests on.
    pub(crate) own: Option<String>,
    /// What all figures of the study rest on.
    pub(crate) study: String,
}

impl Source {
    pub(crate) fn whole(&self) -> String {
        self.own.iter().chain([&self.study]).map(String::as_str).collect::<Vec<_>>().join("; ")
    }
}

/// A table.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Table {
    pub(crate) id: String,
    pub(crate) caption: String,
    /// Whether the table is shown only when asked for.
    pub(crate) folded: bool,
    /// Whether it is left out in print, since it stands elsewhere or a sentence says all of it.
    pub(crate) screen_only: bool,
    /// Heads over several columns; empty when there are none.
    pub(crate) groups: Vec<Group>,
    pub(crate) heads: Vec<Head>,
    pub(crate) rows: Vec<Row>,
    /// Totals and areas to compare with, set apart at the end.
    pub(crate) totals: Vec<Row>,
    pub(crate) note: String,
}

/// A head over several columns.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Group {
    pub(crate) text: String,
    pub(crate) columns: usize,
}

/// The head of a column.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Head {
    pub(crate) text: String,
    pub(crate) number: bool,
    /// The first column of a group.
    pub(crate) first: bool,
    /// On a phone, there is no room for the column: what it says stands small below the row's head.
    pub(crate) aside: bool,
}

/// A row: its head and its cells.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) head: String,
    pub(crate) cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) kind: Kind,
    pub(crate) first: bool,
}

/// How a cell is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Text,
    Number,
    Code,
    Met,
    Missed,
    Unknown,
}

impl Kind {
    /// The class of the cell in the page's style.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "num",
            Self::Code => "code",
            Self::Met => "status met",
            Self::Missed => "status missed",
            Self::Unknown => "status unknown",
        }
    }

    /// The sign before a status, beside its word and colour.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Met => "✓",
            Self::Missed => "✗",
            Self::Unknown => "–",
            _ => "",
        }
    }
}

impl Cell {
    pub(crate) fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { text: text.into(), kind, first: false }
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::new(Kind::Text, text)
    }

    pub(crate) fn number(text: impl Into<String>) -> Self {
        Self::new(Kind::Number, text)
    }

    pub(crate) fn first(self) -> Self {
        Self { first: true, ..self }
    }
}

impl Table {
    /// The head of a column of cells, where that stands below the row's head on a phone.
    pub(crate) fn aside(&self, column: usize) -> Option<&Head> {
        self.heads.get(column + 1).filter(|head| head.aside)
    }
}

impl Head {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: false, first: false, aside: false }
    }

    pub(crate) fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: true, first: false, aside: false }
    }

    pub(crate) fn aside(self) -> Self {
        Self { aside: true, ..self }
    }

    pub(crate) fn first(self) -> Self {
        Self { first: true, ..self }
    }
}

impl Report {
    /// All figures, in the order of the page.
    pub(crate) fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.sections.iter().flat_map(|section| &section.blocks).filter_map(|block| match block {
            Block::Figure(figure) => Some(figure.as_ref()),
            _ => None,
        })
    }

    /// The same report in another theme: page, pictures and PDF are then in its colours.
    #[must_use]
    pub fn in_theme(self, theme: Theme) -> Self {
        let live = self.live.map(|live| live.in_theme(&theme));
        Self { theme, live, ..self }
    }

    /// The language of the report.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.locale
    }
}
