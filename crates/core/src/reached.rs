//! What of each area is reached by which set of links: the tally without settlement classes and categories.
//!
//! Questions about networks and days are asked once per set, and there are few sets.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::{
    indicator::{AreaRef, LevelIndex, area_lookup},
    service::Link,
    study::Frame,
    tally::Tally,
};

/// Units by area and set of links.
#[derive(Debug)]
pub struct Reached<'a> {
    tally: &'a Tally,
    /// The distinct sets, as the tally has them first; `None` where it cannot be said what reaches the places.
    pub sets: Vec<Option<&'a [Link]>>,
    /// Per cell of the tally, its set.
    set_of: Vec<u32>,
    /// Per level, where its areas are among those of the figures.
    levels: Vec<LevelIndex>,
}

/// What of one area is reached by one set of links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// Index into the figures' areas.
    pub area: usize,
    /// Index into [`Reached::sets`].
    pub set: usize,
    /// A sum per unit of the frame.
    pub units: &'a [u64],
}

impl<'a> Reached<'a> {
    /// Finds the sets of a tally; `areas` are those of the study's figures, and every place is in the first of them.
    #[must_use]
    pub fn of(tally: &'a Tally, frame: &Frame, areas: &[AreaRef]) -> Self {
        let mut sets = Vec::new();
        let mut numbers: FxHashMap<Option<&[Link]>, u32> = FxHashMap::default();
        let set = |links| {
            *numbers.entry(links).or_insert_with(|| {
                sets.push(links);
                u32::try_from(sets.len() - 1).unwrap_or(u32::MAX)
            })
        };
        let set_of = tally.rows().map(|(cell, _)| cell.links.as_deref()).map(set).collect();
        Self { tally, sets, set_of, levels: area_lookup(areas, frame) }
    }

    /// Tells every part, area after area and those of one area by set. A part has at least one place.
    ///
    /// Parts are added up one at a time: there are as many as sets in every area, and more than one wants to keep.
    pub fn each(&self, mut take: impl FnMut(Part<'_>)) {
        let mut told = |area: &dyn Fn(usize) -> usize| {
            let mut cells: Vec<(usize, u32, usize)> =
                self.set_of.iter().enumerate().map(|(cell, &set)| (area(cell), set, cell)).collect();
            cells.par_sort_unstable();
            let mut units = Vec::new();
            for part in cells.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
                let Some(&(area, set, _)) = part.first() else { continue };
                units.clear();
                for &(_, _, cell) in part {
                    let counts = self.tally.counts(cell);
                    units.resize(counts.len(), 0);
                    units.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count.sum);
                }
                take(Part { area, set: set as usize, units: &units });
            }
        };
        told(&|_| 0);
        for (level, index) in self.levels.iter().enumerate() {
            told(&|cell| index.of(self.tally.cell(cell).areas[level]));
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use jiff::civil::date;

    use super::*;
    use crate::{
        area::{Area, Level},
        indicator::{Indicators, evaluate},
        profile::Profile,
        quantity::Speed,
        service::{Reach, Service, ServiceId, Services, Status, Technology},
        settlement::Settlement,
        study::ScaledUnit,
        tally::{Cell, Count},
        unit::Unit,
    };

    /// Two areas; Alfa in an open network since long, Gamma's slow radio, Delta planned for 2026, and Epsilon without a date.
    pub(crate) fn frame() -> Frame {
        let mut services = Services::default();
        let fibre = Service {
            operator: "Alfa".to_owned(),
            owner: Some("Town".to_owned()),
            technology: Technology::Fibre,
            down: Some(Speed::from_mbps(1000)),
            up: None,
            status: Status::InService,
            available_from: None,
            open_access: Some(true),
            project: None,
            cost: None,
            busy_down: None,
        };
        let planned = Service { status: Status::Planned, ..fibre.clone() };
        let of = |operator: &str| Some(operator.to_owned());
        services.intern(fibre.clone());
        services.intern(Service {
            operator: "Gamma".to_owned(),
            owner: None,
            technology: Technology::Fwa,
            down: Some(Speed::from_mbps(30)),
            open_access: None,
            ..fibre.clone()
        });
        services.intern(Service { owner: of("Village"), available_from: Some(date(2026, 6, 1)), ..planned.clone() });
        services.intern(Service { operator: "Epsilon".to_owned(), owner: None, open_access: Some(false), ..planned });
        // The same network, of which another seller says nothing.
        services.intern(Service {
            operator: "Beta".to_owned(),
            down: Some(Speed::from_mbps(100)),
            open_access: None,
            ..fibre
        });
        let area = |code: &str| Area { code: code.to_owned(), name: code.to_owned(), geometry: None };
        Frame {
            as_of: date(2024, 12, 31),
            levels: vec![Level { key: "municipality".to_owned(), areas: vec![area("1"), area("2")], derived: None }],
            categories: vec!["home".to_owned()],
            units: vec![ScaledUnit { unit: Unit::Places, scale: 1 }],
            services,
            settlements: false,
            near: None,
        }
    }

    /// How many places of which area are reached by which services.
    pub(crate) fn tally() -> Tally {
        let cell = |area: u32, services: Option<&[u32]>| Cell {
            areas: Arc::from([Some(area)]),
            settlement: Settlement::Outside,
            links: services.map(|services| {
                services.iter().map(|&id| Link { service: ServiceId(id), reach: Reach::Passed }).collect()
            }),
            category: 0,
        };
        let mut rows = vec![
            (cell(0, Some(&[0, 4])), 3),
            (cell(0, Some(&[4])), 1),
            (cell(0, Some(&[1, 2])), 5),
            (cell(0, Some(&[])), 2),
            (cell(0, None), 1),
            (cell(1, Some(&[3])), 4),
            (cell(1, Some(&[1])), 6),
        ];
        rows.sort();
        let counts: Vec<Count> = rows.iter().map(|&(_, sum)| Count { sum, missing: 0 }).collect();
        Tally::of(rows.into_iter().map(|(cell, _)| cell).collect(), counts)
    }

    pub(crate) fn figures(tally: &Tally, frame: &Frame) -> Indicators {
        evaluate(tally, frame, &[Profile::connected_or_passed()], &[])
    }

    #[test]
    fn the_sets_of_an_area_hold_all_of_it() {
        let (frame, tally) = (frame(), tally());
        let reached = Reached::of(&tally, &frame, &figures(&tally, &frame).areas);
        let mut sums = [0; 3];
        let mut order = Vec::new();
        reached.each(|part| {
            sums[part.area] += part.units[0];
            order.push((part.area, part.set));
        });
        assert_eq!(sums, [22, 12, 10]);
        assert_eq!(reached.sets.len(), 7);
        assert!(order.is_sorted_by(|a, b| a < b), "each once, and areas one after the other: {order:?}");
    }
}
