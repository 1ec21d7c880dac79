//! The finest cube of counts behind the figures: who lies where, and what is true of them.

use rustc_hash::FxHashMap;

use crate::{
    indicator::{Asked, At, Indicators, TOTAL},
    measure::Measure,
    profile::Profile,
    study::Frame,
    tally::Tally,
};

/// The answer of places of which nothing can be said.
pub(super) const UNMATCHED: usize = 0;
/// The answer of places that nothing reaches.
const NOTHING: usize = 1;
/// Answers of places that have everything that one place can have; there may be none. Nobody depends on one owner and has
/// several, so there are two.
pub(super) const EVERYTHING: [usize; 2] = [2, 3];

/// Where places lie, on every axis at once; indices into [`Cube::spots`] and into the axes of the indicators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Group {
    /// The areas, on all levels together.
    pub(super) spot: usize,
    /// The settlement class; 0, which is all, where the study has one only.
    pub(super) settlement: usize,
    /// The category; 0, which is all, where the study has one only.
    pub(super) category: usize,
}

/// Counts by group and answer.
pub(super) struct Cube<'a> {
    indicators: &'a Indicators,
    /// Rows of areas that hold the same places, the total first: distinct combinations.
    pub(super) spots: Vec<Vec<usize>>,
    /// The groups that hold places, sorted.
    pub(super) groups: Vec<Group>,
    /// Bits of profile × measure per answer: what is true of a place.
    pub(super) answers: Vec<Box<[u64]>>,
    /// Per group and unit: answers and counts, only those above 0, sorted by answer.
    counts: FxHashMap<Group, Vec<(usize, Vec<u64>)>>,
    /// Per row: the groups in it.
    of_row: Vec<Vec<usize>>,
    /// Words of bits for the measures of one profile.
    pub(super) words: usize,
}

impl<'a> Cube<'a> {
    pub(super) fn new(tally: &Tally, frame: &Frame, profiles: &[Profile], indicators: &'a Indicators) -> Self {
        let asked = Asked::new(frame, profiles, &indicators.measures);
        let lookup = AreaRows::new(indicators, frame);
        let words = asked.words;
        let empty: Box<[u64]> = vec![0; words * profiles.len()].into();
        let everything = |left_out: fn(Measure) -> bool| {
            let mut answer = empty.clone();
            for profile in 0..profiles.len() {
                for (m, _) in indicators.measures.iter().enumerate().filter(|(_, measure)| !left_out(**measure)) {
                    answer[profile * words + m / 64] |= 1 << (m % 64);
                }
            }
            answer
        };
        let several = everything(|measure| measure == Measure::SingleOwner);
        let single = everything(|measure| matches!(measure, Measure::Owners(n) if n > 1));
        let mut answers = vec![empty.clone(), empty.clone(), several.clone(), single.clone()];
        let mut known = FxHashMap::from_iter([(empty, NOTHING), (several, EVERYTHING[0]), (single, EVERYTHING[1])]);
        let mut spots = Vec::new();
        let mut spot_of: FxHashMap<Vec<usize>, usize> = FxHashMap::default();
        let mut sums: FxHashMap<Group, FxHashMap<usize, Vec<u64>>> = FxHashMap::default();
        for (cell, counts) in tally.rows() {
            let areas = lookup.of(&cell.areas);
            let spot = *spot_of.entry(areas).or_insert_with_key(|areas| {
                spots.push(areas.clone());
                spots.len() - 1
            });
            let answer = cell.links.as_ref().map_or(UNMATCHED, |links| {
                let bits = asked.answer(links);
                *known.entry(bits).or_insert_with_key(|bits| {
                    answers.push(bits.clone());
                    answers.len() - 1
                })
            });
            let settlement = indicators.settlements.iter().position(|&s| s == Some(cell.settlement)).unwrap_or(0);
            let category = Some(usize::from(cell.category) + 1).filter(|&c| c < indicators.categories.len());
            let group = Group { spot, settlement, category: category.unwrap_or(0) };
            let of_group = sums.entry(group).or_default();
            let sum = of_group.entry(answer).or_insert_with(|| vec![0; counts.len()]);
            for (sum, count) in sum.iter_mut().zip(counts) {
                *sum += count.sum;
            }
        }
        let mut groups: Vec<Group> = sums.keys().copied().collect();
        groups.sort_unstable();
        let counts = sums.into_iter().map(|(group, sums)| {
            let mut sums: Vec<_> = sums.into_iter().collect();
            sums.sort_unstable_by_key(|&(answer, _)| answer);
            (group, sums)
        });
        let counts = counts.collect();
        let rows = indicators.areas.len() * indicators.settlements.len() * indicators.categories.len();
        let mut cube = Self { indicators, spots, groups, answers, counts, of_row: vec![Vec::new(); rows], words };
        for (number, group) in cube.groups.iter().enumerate() {
            for &area in &cube.spots[group.spot] {
                for settlement in with_all(group.settlement) {
                    for category in with_all(group.category) {
                        let at = At { area, settlement, category, ..At::default() };
                        let row = row_of(indicators, at);
                        cube.of_row[row].push(number);
                    }
                }
            }
        }
        cube
    }

    pub(super) fn rows(&self) -> usize {
        self.of_row.len()
    }

    /// Where a row stands.
    pub(super) fn at(&self, row: usize) -> At {
        let (s, c) = (self.indicators.settlements.len(), self.indicators.categories.len());
        At { area: row / c / s, settlement: row / c % s, category: row % c, ..At::default() }
    }

    pub(super) fn row(&self, area: usize, settlement: usize, category: usize) -> usize {
        row_of(self.indicators, At { area, settlement, category, ..At::default() })
    }

    /// The groups in a row.
    pub(super) fn in_row(&self, row: usize) -> impl Iterator<Item = Group> + '_ {
        self.of_row[row].iter().map(|&group| self.groups[group])
    }

    /// Answers and counts of a group.
    pub(super) fn of(&self, group: Group) -> &[(usize, Vec<u64>)] {
        self.counts.get(&group).map_or(&[], Vec::as_slice)
    }

    pub(super) fn count(&self, group: Group, answer: usize, unit: usize) -> u64 {
        let of = self.of(group);
        of.binary_search_by_key(&answer, |&(answer, _)| answer).map_or(0, |i| of[i].1[unit])
    }

    pub(super) fn bit(&self, profile: usize, measure: usize) -> usize {
        profile * self.words * 64 + measure
    }

    pub(super) fn has(&self, answer: usize, bit: usize) -> bool {
        self.answers[answer][bit / 64] >> (bit % 64) & 1 == 1
    }
}

/// Where the areas of the frame stand in the indicators, which may lack some levels.
struct AreaRows {
    named: FxHashMap<(usize, u32), usize>,
    /// Per level: the row of places in none of its areas.
    nameless: Vec<Option<usize>>,
}

impl AreaRows {
    fn new(indicators: &Indicators, frame: &Frame) -> Self {
        let rows = || indicators.areas.iter().enumerate().filter(|(_, area)| area.level != TOTAL);
        let number = |area: usize| u32::try_from(area).unwrap_or(u32::MAX);
        let named = rows().filter_map(|(row, area)| area.index.map(|(level, area)| ((level, number(area)), row)));
        let nameless =
            |key: &str| rows().find(|(_, area)| area.level == key && area.index.is_none()).map(|(row, _)| row);
        Self { named: named.collect(), nameless: frame.levels.iter().map(|level| nameless(&level.key)).collect() }
    }

    /// The rows that a place's areas stand for, the total first.
    fn of(&self, areas: &[Option<u32>]) -> Vec<usize> {
        let rows = areas.iter().enumerate().filter_map(|(level, area)| match area {
            Some(area) => self.named.get(&(level, *area)).copied(),
            None => self.nameless[level],
        });
        std::iter::once(0).chain(rows).collect()
    }
}

/// The index, and 0 for all where that is another.
pub(super) fn with_all(index: usize) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(Some(index).filter(|&i| i > 0))
}

fn row_of(indicators: &Indicators, at: At) -> usize {
    (at.area * indicators.settlements.len() + at.settlement) * indicators.categories.len() + at.category
}
