//! What would be near if distances, and the borders that decide who is connected, were a little off.

use rustc_hash::FxHashMap;

use super::{Asked, Asker, Neighbours, World};
use crate::{
    coverage::Joiner,
    doubt::{Difference, Shift},
    place::Places,
    quantity::Metres,
    service::{Link, Reach, ServiceId},
};

impl Neighbours<'_> {
    /// What would be different about places; `kinds` are the numbers that the joiner gave, `borders` is what borders do to places by
    /// themselves, in the order of places.
    pub fn doubt(
        &self,
        joiner: &Joiner<'_>,
        places: &Places,
        kinds: &[u32],
        borders: Vec<(usize, Shift)>,
    ) -> Vec<(usize, Difference)> {
        let mut askers: FxHashMap<u32, Asker> = FxHashMap::default();
        let mut borders = borders.into_iter().peekable();
        let (mut squares, mut all) = (Vec::new(), Vec::new());
        for (place, &kind) in kinds.iter().enumerate() {
            let shift = borders.next_if(|(of, _)| *of == place).map(|(_, shift)| shift).unwrap_or_default();
            let Some(at) = places.position(place) else { continue };
            self.around(at, &mut squares);
            let difference = if squares.is_empty() {
                Difference::of_borders(shift)
            } else {
                let asker = askers.entry(kind).or_insert_with(|| self.asker(joiner, kind));
                let within = |world, distance, own: &[ServiceId]| -> Vec<Link> {
                    let mut found = Vec::new();
                    squares.iter().for_each(|&runs| self.ask(runs, &Asked { at, world, distance, own }, &mut found));
                    found.sort_unstable();
                    found.into_iter().map(|service| Link { service, reach: Reach::Near }).collect()
                };
                difference(asker, self.error, shift, &within)
            };
            if !difference.is_nothing() {
                all.push((place, difference));
            }
        }
        all
    }
}

/// Which services, other than these, a place is near to in a world, by a distance.
type Within<'a> = dyn Fn(World, Metres, &[ServiceId]) -> Vec<Link> + 'a;

/// What would be different about one place. `within` is asked which services, other than its own, it is near to.
fn difference(asker: &Asker, error: Option<Metres>, borders: Shift, within: &Within<'_>) -> Difference {
    let (own, said) = (&asker.own, asker.distance);
    let off = error.unwrap_or(Metres::from_millimetres(0)).millimetres();
    let shorter = Metres::from_millimetres(said.millimetres().saturating_sub(off));
    let longer = Metres::from_millimetres(said.millimetres().saturating_add(off));
    let is_connected = |links: &[Link], service| links.contains(&Link { service, reach: Reach::Connected });
    let kept: Vec<ServiceId> = own.iter().filter(|&&s| !is_connected(&borders.lost, s)).copied().collect();
    // Whatever the world, nothing else is near.
    if within(World::Best, longer, &kept).is_empty() {
        return Difference::of_borders(borders);
    }
    let gained = borders.gained.iter().filter(|link| link.reach == Reach::Connected).map(|link| link.service);
    let mut most: Vec<ServiceId> = own.iter().copied().chain(gained).collect();
    most.sort_unstable();
    let near = within(World::Said, said, own);
    let of = |start: &Shift, low: &[Link], high: &[Link]| start.and_near(&near, low, high);
    let both = of(&borders, &within(World::Worst, shorter, &kept), &within(World::Best, longer, &most));
    let (borders, alone) = if error.is_none() {
        (both.clone(), Shift::default())
    } else {
        let by_borders = of(&borders, &within(World::Worst, said, &kept), &within(World::Best, said, &most));
        let none = Shift::default();
        (by_borders, of(&none, &within(World::Said, shorter, own), &within(World::Said, longer, own)))
    };
    Difference { borders, near: alone, both }
}
