//! What the page's script is given: figures to count with or those that are published, outlines to draw, and every word it says.
//!
//! The script decides nothing of its own: it adds whole numbers, holds them against a goal as the program does, and fills in
//! sentences that stand here. `assets/live.js` reads what is written here, key by key.

pub(crate) mod outline;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::theme::Theme;
use outline::Outlines;

/// The part of the page that answers by itself.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Live {
    /// The heading.
    #[serde(skip)]
    pub(crate) heading: String,
    pub(crate) numbers: Numbers,
    /// Sentences and their parts, by the script's own short names; `{name}` is filled in.
    pub(crate) words: BTreeMap<&'static str, String>,
    /// Labels of speeds, rising: "minst 100 Mbit/s".
    pub(crate) speeds: Vec<String>,
    pub(crate) goals: Vec<Aim>,
    /// Definitions, and after them scenarios, as the figures number them.
    pub(crate) worlds: Vec<World>,
    /// How many of them are definitions.
    pub(crate) definitions: usize,
    pub(crate) units: Vec<UnitWords>,
    /// All classes first.
    pub(crate) settlements: Vec<Class>,
    /// In the order of the table; the last may be places in none of the areas.
    pub(crate) areas: Vec<AreaWords>,
    pub(crate) start: Start,
    /// Colours of one class, of two, and so on.
    pub(crate) palette: Vec<Vec<String>>,
    pub(crate) colours: Colours,
    pub(crate) counted: Counted,
    /// Where the areas lie, when any of them has borders.
    pub(crate) outlines: Option<Outlines>,
    /// How much narrower than its coordinates the map is, where those are degrees.
    pub(crate) squeeze: f64,
    /// Who lacks what by square.
    pub(crate) squares: Option<Squares>,
    /// Where each technology is.
    pub(crate) sketch: Option<Sketch>,
    /// How many places the file of dots beside the page has.
    pub(crate) dots: Option<u64>,
    /// The speeds in Mbit/s, rising.
    pub(crate) mbps: Vec<f64>,
    /// Lengths in metres with their labels, rising, for the scale.
    pub(crate) lengths: Vec<(f64, String)>,
}

impl Live {
    /// The same in the colours of a theme.
    pub(crate) fn in_theme(mut self, theme: &Theme) -> Self {
        let Colours { ink, paper, edge, nothing, missed } = &mut self.colours;
        for colour in [ink, paper, edge, nothing, missed].into_iter().chain(self.palette.iter_mut().flatten()) {
            *colour = theme.colours.instead_of(colour);
        }
        self
    }
}

/// How the language writes numbers.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Numbers {
    pub(crate) decimal: String,
    pub(crate) thousands: String,
    /// What stands after a share.
    pub(crate) percent: String,
    pub(crate) minus: String,
    /// What stands for a number that is nothing when rounded, before it.
    pub(crate) below: String,
}

/// A step of a goal, or a speed that no goal is about.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Aim {
    /// For the list: "90 % med 100 Mbit/s – Bredband för alla 2020".
    pub(crate) label: String,
    /// "90 % med 100 Mbit/s".
    pub(crate) short: String,
    /// "90 %".
    pub(crate) share: String,
    /// The share to be reached in parts per million; none when nothing is to be reached.
    pub(crate) ppm: Option<u32>,
    /// Index of the speed.
    pub(crate) speed: usize,
    /// Indices of the units that must reach it.
    pub(crate) units: Vec<usize>,
    /// The goal's id and speed as files have them.
    pub(crate) key: String,
}

/// A definition or a scenario.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct World {
    pub(crate) key: String,
    pub(crate) name: String,
    /// The definition's name, of a scenario the one that it rests on.
    pub(crate) definition: String,
    /// Of a scenario, the definition that it rests on.
    pub(crate) base: Option<usize>,
    pub(crate) date: String,
}

/// A unit, and its forms in sentences.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UnitWords {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) many: String,
    pub(crate) one: String,
    pub(crate) all: String,
    pub(crate) scale: u64,
}

/// A settlement class; the one without a key is all of them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Class {
    pub(crate) key: String,
    /// Its number in the figures; none for all of them.
    pub(crate) number: Option<usize>,
    pub(crate) name: String,
}

/// An area.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AreaWords {
    pub(crate) code: String,
    pub(crate) name: String,
}

/// What is shown first: indices.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Start {
    pub(crate) goal: usize,
    pub(crate) unit: usize,
}

/// Colours that are no class.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Colours {
    pub(crate) ink: String,
    pub(crate) paper: String,
    pub(crate) edge: String,
    pub(crate) nothing: String,
    /// Of what is lacking.
    pub(crate) missed: String,
}

/// Where each technology is in service, being built or planned.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sketch {
    /// Easting and northing of where x and y are zero; y grows downwards.
    pub(crate) corner: [f64; 2],
    /// The units of the study's coordinates in one step.
    pub(crate) step: f64,
    pub(crate) layers: Vec<Drawn>,
}

/// One technology in one status.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Drawn {
    /// "Fiber, i drift".
    pub(crate) name: String,
    /// "ungefär 1 200 km²"; empty where areas cannot be told.
    pub(crate) size: String,
    pub(crate) colour: String,
    /// Whether it can be had now.
    pub(crate) ready: bool,
    /// As the outlines of areas are written.
    pub(crate) polygons: Vec<Vec<Vec<i32>>>,
}

/// Squares in which anybody lacks anything or cannot be assessed.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Squares {
    /// The side in metres; none where there are too many for a page.
    pub(crate) side: Option<i64>,
    /// The side in words.
    pub(crate) label: String,
    /// Indices of the page's speeds that squares are asked about, rising.
    pub(crate) speeds: Vec<usize>,
    /// What places have, one sign per definition: how many of those speeds, or `-` when it cannot be said.
    pub(crate) signatures: Vec<String>,
    /// Of each the steps from the square before it, in sides, eastward and northward, then for each signature its index and a
    /// sum per unit. The first is as far from zero.
    pub(crate) list: Vec<Vec<i64>>,
}

/// The figures.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Counted {
    /// What everybody has, counted by what they have: any setting is a sum of it.
    Tally {
        /// What places have, one sign per world: how many of the speeds, or `-` when it cannot be said.
        signatures: Vec<String>,
        /// Area, settlement class (an index, of the classes after all), then for each signature its index and a sum per unit.
        groups: Vec<Vec<u64>>,
    },
    /// What is published of the areas, figure by figure: nothing that is kept back is in it.
    Published {
        /// The level's key in files.
        level: String,
        /// The keys of the page's speeds in files.
        measures: Vec<String>,
        /// For all areas together and for each of them, each settlement class and each unit: how many there are, how many cannot
        /// be assessed, and a part per definition and speed.
        rows: Vec<Vec<Part>>,
    },
}

/// A number of a published row; nothing where it is kept back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Part {
    /// How many there are or have it; all others lack it or cannot be assessed.
    One(Option<u64>),
    /// How many have it and how many lack it, where that does not follow from the rest.
    Both([Option<u64>; 2]),
}

impl Live {
    pub(crate) fn word(&self, name: &str) -> &str {
        self.words.get(name).map_or("", String::as_str)
    }

    pub(crate) fn has_goals(&self) -> bool {
        self.goals.iter().any(|aim| aim.ppm.is_some())
    }

    pub(crate) fn only_definitions(&self) -> &[World] {
        &self.worlds[..self.definitions.min(self.worlds.len())]
    }

    /// Where technologies are, by their numbers.
    pub(crate) fn drawn(&self) -> &[Drawn] {
        self.sketch.as_ref().map_or(&[], |sketch| &sketch.layers)
    }

    /// Whether there is anything to show besides areas.
    pub(crate) fn has_layers(&self) -> bool {
        self.has_squares() || !self.drawn().is_empty() || self.has_dots()
    }

    /// Whether there is a file of dots to open.
    pub(crate) fn has_dots(&self) -> bool {
        self.dots.is_some()
    }

    /// Whether there are squares to show.
    pub(crate) fn has_squares(&self) -> bool {
        self.squares.as_ref().is_some_and(|squares| squares.side.is_some())
    }

    /// The side of a square in words.
    pub(crate) fn square_side(&self) -> &str {
        self.squares.as_ref().map_or("", |squares| &squares.label)
    }

    pub(crate) fn has_scenarios(&self) -> bool {
        self.worlds.len() > self.definitions
    }

    /// Scenarios with their numbers.
    pub(crate) fn scenarios(&self) -> impl Iterator<Item = (usize, &World)> {
        self.worlds.iter().enumerate().skip(self.definitions)
    }

    /// The data as a page can hold it: no tag can begin in it.
    pub(crate) fn json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string(self)?.replace('<', "\\u003c"))
    }
}
