//! The projection: what the tally says of speeds in one level's areas, under every definition and scenario, and no more.
//!
//! A page that answers questions by itself is given this instead of the tally. Places that a level's area, a settlement class
//! and the answers to everything asked do not tell apart are counted together, so it is small whatever the tally is:
//! few sets of links differ in what they answer. Every figure of it is the same as the one in [`crate::indicator::Indicators`]
//! or in [`crate::comparison::Comparison`].

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    comparison::Contrast,
    indicator::{AreaRef, Asked, Figure, area_lookup},
    measure::Measure,
    profile::Profile,
    quantity::Speed,
    scenario::World,
    service::Link,
    settlement::Settlement,
    study::Frame,
    tally::Tally,
};

/// What the places of an area and a settlement class have in each world, counted by what they have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Projection {
    /// The speeds that are asked for, rising.
    pub speeds: Vec<Speed>,
    /// How many definitions there are; they are the first worlds, in the study's order, and scenarios come after them.
    pub definitions: usize,
    /// What places have, each once, in order.
    pub signatures: Vec<Signature>,
    /// By area and settlement class, in order. Areas are indices into the indicators' own.
    pub groups: Vec<Group>,
    units: usize,
}

/// What a place has in each world.
pub type Signature = Box<[Answer]>;

/// What a place has in one world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// It cannot be said what reaches it.
    Unmatched,
    /// It has so many of the speeds: the lowest, and every one up to there.
    Speeds(u8),
}

/// The places of one area and settlement class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Index into the indicators' areas.
    pub area: usize,
    /// The settlement class.
    pub settlement: Settlement,
    /// Index of a signature, and a sum per unit of the frame; by signature.
    pub rows: Vec<(usize, Vec<u64>)>,
}

/// What is asked of a projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query {
    /// One area, or all there are.
    pub area: Option<usize>,
    /// One settlement class, or all.
    pub settlement: Option<Settlement>,
    /// Index of a world: a definition, or after those a scenario.
    pub world: usize,
    /// Index of a unit of the frame.
    pub unit: usize,
    /// Index of a speed.
    pub speed: usize,
}

/// All worlds, ready to be asked.
pub(crate) struct Asking<'a>(Vec<Sided<'a>>);

/// One world, ready to be asked.
struct Sided<'a> {
    /// What becomes of links; as things are when `None`.
    world: Option<&'a World>,
    asked: Asked<'a>,
}

impl Projection {
    /// Projects a tally onto the areas of a level; `areas` are those of the study's figures.
    ///
    /// Of more than 255 speeds the lowest are asked for.
    #[must_use]
    pub fn of(
        tally: &Tally,
        frame: &Frame,
        (areas, level): (&[AreaRef], &str),
        profiles: &[Profile],
        scenarios: &[Contrast],
        speeds: &[Speed],
    ) -> Self {
        let mut speeds = speeds.to_vec();
        speeds.sort_unstable();
        speeds.dedup();
        speeds.truncate(usize::from(u8::MAX));
        let measures = measures(&speeds);
        let asking = Asking::new(frame, profiles, scenarios, &measures);
        let lookup = area_lookup(areas, frame);
        let level = frame.levels.iter().position(|of| of.key == level);

        // Per set of links: what places have that have a position, and those that have none.
        let mut known: FxHashMap<&[Link], [Signature; 2]> = FxHashMap::default();
        let unmatched: Signature = asking.signature(None);
        let mut counted: BTreeMap<(usize, Settlement), BTreeMap<Signature, Vec<u64>>> = BTreeMap::new();
        for (cell, counts) in tally.rows() {
            let signature = match cell.links.as_deref() {
                None => &unmatched,
                Some(links) => {
                    let both = known.entry(links).or_insert_with(|| asking.signatures(links));
                    &both[usize::from(cell.settlement == Settlement::Unknown && !links.is_empty())]
                }
            };
            let area = level.map_or(0, |level| lookup[level].of(cell.areas[level]));
            let group = counted.entry((area, cell.settlement)).or_default();
            let sums = match group.get_mut(signature) {
                Some(sums) => sums,
                None => group.entry(signature.clone()).or_insert_with(|| vec![0; counts.len()]),
            };
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count.sum);
        }
        let mut numbers: BTreeMap<Signature, usize> =
            counted.values().flat_map(BTreeMap::keys).map(|signature| (signature.clone(), 0)).collect();
        numbers.values_mut().enumerate().for_each(|(number, to)| *to = number);
        let group = |((area, settlement), rows): ((usize, Settlement), BTreeMap<Signature, Vec<u64>>)| {
            let rows = rows.into_iter().map(|(signature, sums)| (numbers[&signature], sums)).collect();
            Group { area, settlement, rows }
        };
        Self {
            speeds,
            definitions: profiles.len(),
            groups: counted.into_iter().map(group).collect(),
            signatures: numbers.keys().cloned().collect(),
            units: frame.units.len(),
        }
    }

    /// One figure.
    ///
    /// # Panics
    /// When an index is beyond its axis.
    #[must_use]
    pub fn figure(&self, query: Query) -> Figure {
        assert!(query.unit < self.units && query.speed < self.speeds.len(), "{query:?} is beyond an axis");
        let mut figure = Figure::default();
        let asked = |group: &&Group| {
            query.area.is_none_or(|area| area == group.area) && query.settlement.is_none_or(|s| s == group.settlement)
        };
        for (signature, sums) in self.groups.iter().filter(asked).flat_map(|group| &group.rows) {
            self.signatures[*signature][query.world].add(&mut figure, query.speed, sums[query.unit]);
        }
        figure
    }
}

impl Answer {
    /// Adds units that have this answer to a figure for a speed, by its index.
    pub(crate) fn add(self, figure: &mut Figure, speed: usize, units: u64) {
        figure.total += units;
        match self {
            Self::Unmatched => figure.unmatched += units,
            Self::Speeds(reached) if usize::from(reached) > speed => figure.covered += units,
            Self::Speeds(_) => figure.missing += units,
        }
    }
}

/// The measures of rising speeds.
pub(crate) fn measures(speeds: &[Speed]) -> Vec<Measure> {
    speeds.iter().map(|&speed| Measure::Down(speed)).collect()
}

impl<'a> Asking<'a> {
    /// Definitions, and after them scenarios.
    pub(crate) fn new(
        frame: &'a Frame,
        profiles: &'a [Profile],
        scenarios: &'a [Contrast],
        measures: &'a [Measure],
    ) -> Self {
        let as_is = profiles
            .iter()
            .map(|profile| Sided { world: None, asked: Asked::new(frame, std::slice::from_ref(profile), measures) });
        let changed = scenarios.iter().map(|contrast| {
            let world = &contrast.after;
            let asked = Asked::new(&world.frame, std::slice::from_ref(&world.profile), measures);
            Sided { world: Some(world), asked }
        });
        Self(as_is.chain(changed).collect())
    }

    /// What places with these links have in each world; `None` when it cannot be said what reaches them.
    pub(crate) fn signature(&self, links: Option<&[Link]>) -> Signature {
        let unmatched = || vec![Answer::Unmatched; self.0.len()].into();
        links.map_or_else(unmatched, |links| self.signatures(links)[0].clone())
    }

    /// What a set of links has in each world: for places with a position, and for those that only an offer reaches.
    fn signatures(&self, links: &[Link]) -> [Signature; 2] {
        let answers = self.0.iter().map(|Sided { world, asked }| {
            let changed = world.map(|world| world.links(links));
            let left = changed.as_deref().unwrap_or(links);
            // Who has a speed has every lower one.
            let reached = asked.has(&asked.answer(left)).len();
            let answer = Answer::Speeds(u8::try_from(reached).unwrap_or(u8::MAX));
            // Nothing but an offer said what reaches a place without a position; where it is gone, nothing does.
            (answer, if world.is_some() && left.is_empty() { Answer::Unmatched } else { answer })
        });
        let (placed, offered): (Vec<Answer>, Vec<Answer>) = answers.unzip();
        [placed.into(), offered.into()]
    }
}
