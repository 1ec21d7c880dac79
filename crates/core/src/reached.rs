//! What of each area is reached by which set of links: the tally without settlement classes and categories.
//!
//! Questions about networks and days are asked once per set, and there are few sets.

use rustc_hash::FxHashMap;

use crate::{
    indicator::{AreaRef, area_lookup},
    service::Link,
    study::Frame,
    tally::Tally,
};

/// Units by area and set of links.
#[derive(Debug, Clone)]
pub struct Reached<'a> {
    /// The distinct sets, as the tally has them first; `None` where it cannot be said what reaches the places.
    pub sets: Vec<Option<&'a [Link]>>,
    /// By area and set, in order.
    pub parts: Vec<Part>,
    /// Shape: part × unit.
    sums: Vec<u64>,
    units: usize,
}

/// What of one area is reached by one set of links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Index into the figures' areas.
    pub area: usize,
    /// Index into [`Reached::sets`].
    pub set: usize,
    /// Which of the sums are its.
    sums: usize,
}

impl<'a> Reached<'a> {
    /// Adds up a tally; `areas` are those of the study's figures, and every place is in the first of them.
    #[must_use]
    pub fn of(tally: &'a Tally, frame: &Frame, areas: &[AreaRef]) -> Self {
        let units = frame.units.len();
        let mut all = Self { sets: Vec::new(), parts: Vec::new(), sums: Vec::new(), units };
        let index = area_lookup(areas, frame);
        let mut numbers: FxHashMap<Option<&[Link]>, usize> = FxHashMap::default();
        let mut known: FxHashMap<(usize, usize), usize> = FxHashMap::default();
        for (cell, counts) in tally.rows() {
            let links = cell.links.as_deref();
            let set = *numbers.entry(links).or_insert_with(|| {
                all.sets.push(links);
                all.sets.len() - 1
            });
            let of_levels = cell.areas.iter().zip(&index).map(|(&area, index)| index.of(area));
            for area in std::iter::once(0).chain(of_levels) {
                let sums = *known.entry((area, set)).or_insert_with(|| {
                    let sums = all.parts.len();
                    all.parts.push(Part { area, set, sums });
                    all.sums.resize(all.sums.len() + units, 0);
                    sums
                });
                let sums = &mut all.sums[sums * units..(sums + 1) * units];
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count.sum);
            }
        }
        all.parts.sort_unstable_by_key(|part| (part.area, part.set));
        all
    }

    /// A part's sums, one per unit of the frame.
    #[must_use]
    pub fn units(&self, part: &Part) -> &[u64] {
        &self.sums[part.sums * self.units..(part.sums + 1) * self.units]
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
        let counts = rows.iter().map(|&(_, sum)| Count { sum, missing: 0 }).collect();
        Tally::of(rows.into_iter().map(|(cell, _)| cell).collect(), counts)
    }

    pub(crate) fn figures(tally: &Tally, frame: &Frame) -> Indicators {
        evaluate(tally, frame, &[Profile::connected_or_passed()], &[])
    }

    #[test]
    fn the_sets_of_an_area_hold_all_of_it() {
        let (frame, tally) = (frame(), tally());
        let reached = Reached::of(&tally, &frame, &figures(&tally, &frame).areas);
        let of = |area: usize| {
            reached.parts.iter().filter(|part| part.area == area).map(|part| reached.units(part)[0]).sum::<u64>()
        };
        assert_eq!([0, 1, 2].map(of), [22, 12, 10]);
        assert_eq!(reached.sets.len(), 7);
    }
}
