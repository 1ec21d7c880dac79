//! The timetable: since when, or from when, each area's units have a speed, as far as anybody has said.
//!
//! It is counted from the tally, under the study's main definition. Every unit is in one part, so the parts add up.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    profile::Profile,
    quantity::Speed,
    reached::Reached,
    service::{Link, Reach, Service},
    study::Frame,
};

/// When a place has a speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// On the day of the figures.
    Now,
    /// By the end of this year, and not before it, by what is planned.
    Year(i16),
    /// By a plan that has no date.
    Undated,
    /// Not by any plan.
    NoPlan,
    /// It cannot be said what reaches it.
    Unmatched,
}

/// Units by area, speed and when they have it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timetable {
    /// The speeds that were asked for, rising.
    pub speeds: Vec<Speed>,
    /// What the parts are, in order: only years in which anything is planned are among them.
    pub moments: Vec<When>,
    units: usize,
    /// Shape: area × speed × unit × moment.
    counts: Vec<u64>,
}

impl Timetable {
    /// Counts when units have each speed; `areas` is how many areas the figures have.
    #[must_use]
    pub fn of(reached: &Reached<'_>, frame: &Frame, areas: usize, profile: &Profile, speeds: &[Speed]) -> Self {
        let mut speeds = speeds.to_vec();
        speeds.sort_unstable();
        speeds.dedup();
        let days = Days::of(frame, profile);
        // Shape: set × speed.
        let of_set = |&set| speeds.iter().map(move |&speed| (set, speed));
        let asked = reached.sets.iter().flat_map(of_set);
        let whens: Vec<When> = asked.map(|(set, speed)| days.of_set(set, speed, frame, profile)).collect();
        let moments: BTreeSet<When> =
            [When::Now, When::NoPlan, When::Unmatched].into_iter().chain(whens.iter().copied()).collect();
        let moments: Vec<When> = moments.into_iter().collect();
        let units = frame.units.len();
        let counts = vec![0; areas * speeds.len() * units * moments.len()];
        let mut timetable = Self { speeds, moments, units, counts };
        reached.each(|part| {
            let asked = timetable.speeds.len();
            for (speed, when) in whens[part.set * asked..(part.set + 1) * asked].iter().enumerate() {
                let moment = timetable.moments.binary_search(when).unwrap_or_default();
                for (unit, count) in part.units.iter().enumerate() {
                    let first = timetable.first(part.area, speed, unit);
                    timetable.counts[first + moment] += count;
                }
            }
        });
        timetable
    }

    /// One count per moment.
    ///
    /// # Panics
    /// When an index is beyond its axis.
    #[must_use]
    pub fn counts(&self, area: usize, speed: usize, unit: usize) -> &[u64] {
        let first = self.first(area, speed, unit);
        &self.counts[first..first + self.moments.len()]
    }

    /// Whether anything is planned anywhere.
    #[must_use]
    pub fn has_plans(&self) -> bool {
        self.moments.iter().any(|moment| matches!(moment, When::Year(_) | When::Undated))
    }

    fn first(&self, area: usize, speed: usize, unit: usize) -> usize {
        ((area * self.speeds.len() + speed) * self.units + unit) * self.moments.len()
    }
}

/// When each service can be had, in each way of reaching; plans of any day count.
pub(crate) struct Days(Vec<[Option<When>; 3]>);

impl Days {
    pub(crate) fn of(frame: &Frame, profile: &Profile) -> Self {
        let today = Profile { planned_until: None, ..profile.clone() };
        let some_day = Profile { planned_until: Some(Date::MAX), ..profile.clone() };
        let when = |service: &Service, reach: Reach| {
            // A plan without a date is asked about as if it were for the last day of all.
            let dated = Service { available_from: service.available_from.or(Some(Date::MAX)), ..service.clone() };
            if today.counts_reach(reach, service, frame.as_of) {
                Some(When::Now)
            } else if some_day.counts_reach(reach, &dated, frame.as_of) {
                Some(service.available_from.map_or(When::Undated, |day| When::Year(day.year())))
            } else {
                None
            }
        };
        let services = frame.services.as_slice().iter();
        Self(services.map(|s| [Reach::Connected, Reach::Passed, Reach::Near].map(|reach| when(s, reach))).collect())
    }

    /// When a link counts; `None` when it never does.
    pub(crate) fn when(&self, link: Link) -> Option<When> {
        self.0[link.service.0 as usize][link.reach.number() as usize]
    }

    /// When places with these links have a speed.
    fn of_set(&self, set: Option<&[Link]>, speed: Speed, frame: &Frame, profile: &Profile) -> When {
        let Some(links) = set else { return When::Unmatched };
        let fast = |link: &&Link| profile.down(frame.services.get(link.service)) >= Some(speed);
        links.iter().filter(fast).filter_map(|&link| self.when(link)).min().unwrap_or(When::NoPlan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reached::tests::{figures, frame, tally};

    #[test]
    fn every_unit_is_in_one_part_and_a_plan_counts_in_its_year() {
        let (frame, tally) = (frame(), tally());
        let areas = figures(&tally, &frame).areas;
        let reached = Reached::of(&tally, &frame, &areas);
        let speeds = [100, 30].map(Speed::from_mbps);
        let profile = Profile::connected_or_passed();
        let timetable = Timetable::of(&reached, &frame, areas.len(), &profile, &speeds);
        assert_eq!(timetable.moments, [When::Now, When::Year(2026), When::Undated, When::NoPlan, When::Unmatched]);
        // 30 Mbit/s: five places have Gamma already. 100 Mbit/s: they wait for 2026.
        assert_eq!(timetable.counts(1, 0, 0), [9, 0, 0, 2, 1]);
        assert_eq!(timetable.counts(1, 1, 0), [4, 5, 0, 2, 1]);
        assert_eq!(timetable.counts(2, 1, 0), [0, 0, 4, 6, 0]);
        assert_eq!(timetable.counts(0, 1, 0), [4, 5, 4, 8, 1]);
        assert!(timetable.has_plans());
    }

    #[test]
    fn a_definition_that_counts_plans_does_not_make_them_there() {
        let (frame, tally) = (frame(), tally());
        let areas = figures(&tally, &frame).areas;
        let reached = Reached::of(&tally, &frame, &areas);
        let planned = Profile { planned_until: Some(Date::MAX), ..Profile::connected_or_passed() };
        let of = |profile| Timetable::of(&reached, &frame, areas.len(), profile, &[Speed::from_mbps(100)]);
        assert_eq!(of(&planned), of(&Profile::connected_or_passed()));
    }
}
