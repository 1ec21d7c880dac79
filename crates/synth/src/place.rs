//! Places: each drawn from the seed and its own number, so that any of them can be had at any time.

use geo::Coord;

use crate::{
    chance::{Chance, Purpose},
    country::Country,
    order::{Order, Shuffle},
    spot::{Spot, scatter},
};

/// The most places a country can have.
pub const MOST_PLACES: u64 = 200_000_000;

/// The part of places that a register has misplaced, anywhere in the country's breadth.
const MISPLACED: f64 = 0.0003;

/// Places of a country, none of them in memory.
#[derive(Debug)]
pub struct Places<'a> {
    country: &'a Country,
    count: u64,
    /// Per spot, the number after its last place.
    ends: Vec<u64>,
    /// For every `1 << shift` places, the spot of the first.
    guide: Vec<u32>,
    shift: u32,
    shuffle: Option<Shuffle>,
    /// For 0 to 14 households, the probability that nobody lives there beyond one person each.
    alone: [f64; 15],
}

/// Rows of places, one array per column; all have the same length.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Batch {
    /// Numbers from 1.
    pub id: Vec<i64>,
    /// Metres, whole centimetres.
    pub easting: Vec<f64>,
    /// Metres, whole centimetres.
    pub northing: Vec<f64>,
    /// Inhabitants.
    pub population: Vec<i32>,
    /// Households.
    pub households: Vec<i32>,
    /// Workplaces.
    pub workplaces: Vec<i32>,
}

impl Batch {
    /// How many places.
    #[must_use]
    pub fn len(&self) -> usize {
        self.id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.id.is_empty()
    }
}

impl<'a> Places<'a> {
    pub(crate) fn new(country: &'a Country, count: u64, order: Order) -> Self {
        // Each spot gets its part of the places, to the nearest whole number of all up to it.
        let mut sum = 0.0;
        let spots = &country.spots.spots;
        let mut ends: Vec<u64> = spots
            .iter()
            .map(|spot| {
                sum += spot.weight;
                ((sum * count as f64).round() as u64).min(count)
            })
            .collect();
        if let Some(last) = ends.last_mut() {
            *last = count;
        }
        let bits = u64::BITS - count.leading_zeros();
        let shift = bits.saturating_sub(16);
        let guide =
            (0..=count >> shift).map(|block| ends.partition_point(|&end| end <= block << shift) as u32).collect();
        let shuffle = (order == Order::Random).then(|| Shuffle::new(country.seed, count));
        let alone = std::array::from_fn(|households| libm::exp(-2.15 * households as f64));
        Self { country, count, ends, guide, shift, shuffle, alone }
    }

    /// How many places there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The places in some rows, counted from 0. Rows beyond the last are left out.
    #[must_use]
    pub fn rows(&self, rows: std::ops::Range<u64>) -> Batch {
        let rows = rows.start.min(self.count)..rows.end.min(self.count);
        let room = (rows.end - rows.start) as usize;
        let mut batch = Batch {
            id: Vec::with_capacity(room),
            easting: Vec::with_capacity(room),
            northing: Vec::with_capacity(room),
            population: Vec::with_capacity(room),
            households: Vec::with_capacity(room),
            workplaces: Vec::with_capacity(room),
        };
        for row in rows {
            let number = self.shuffle.map_or(row, |shuffle| shuffle.at(row));
            self.push(number, &mut batch);
        }
        batch
    }

    fn push(&self, number: u64, batch: &mut Batch) {
        let chance = &mut Chance::new(self.country.seed, Purpose::Place, number);
        let number_of_spot = self.spot_of(number);
        let in_town = self.country.spots.spots[number_of_spot].in_town;
        let at = self.position(number_of_spot, chance);

        let flats = in_town && chance.happens(0.12);
        let lived_in = chance.happens(if in_town { 0.9 } else { 0.72 });
        let households = if flats { (1 + geometric(chance, 0.25, 13)).min(14) } else { usize::from(lived_in) };
        let population = if households == 0 { 0 } else { (poisson(chance, self.alone[households]) + 1).min(30) };
        let workplaces = if chance.happens(0.08) { geometric(chance, 0.3, 60) } else { 0 };

        batch.id.push(number as i64 + 1);
        batch.easting.push(at.x);
        batch.northing.push(at.y);
        batch.population.push(population);
        batch.households.push(households as i32);
        batch.workplaces.push(workplaces as i32);
    }

    /// On a parcel of the spot, if it has any, for every other place; else around the spot.
    fn position(&self, spot: usize, chance: &mut Chance) -> Coord {
        let Country { spots, land, .. } = self.country;
        let parcels = spots.parcels_of(spot);
        let mut at = if !parcels.is_empty() && chance.happens(0.5) {
            let parcel = chance.one_of(parcels);
            let (right, up) = (chance.between(-0.5, 0.5), chance.between(-0.5, 0.5));
            Coord { x: parcel.centre.x + right * parcel.half.0, y: parcel.centre.y + up * parcel.half.1 }
        } else {
            let Spot { centre, spread, .. } = spots.spots[spot];
            scatter(chance, centre, spread, &land.mask)
        };
        if chance.happens(MISPLACED) {
            let breadth = land.mask.columns as f64 * crate::mask::Mask::SQUARE;
            at.x = land.mask.west + chance.unit() * breadth;
        }
        Coord { x: centimetre(at.x), y: centimetre(at.y) }
    }

    fn spot_of(&self, number: u64) -> usize {
        let block = (number >> self.shift) as usize;
        let mut spot = self.guide[block] as usize;
        let last = self.guide.get(block + 1).map_or(self.ends.len() - 1, |&spot| spot as usize);
        spot += self.ends[spot..last].partition_point(|&end| end <= number);
        spot
    }
}

/// How often it happens again, up to `most`: 1 with probability `p`, 2 with `(1 - p) p` …
fn geometric(chance: &mut Chance, p: f64, most: usize) -> usize {
    let mut count = 1;
    while count < most && !chance.happens(p) {
        count += 1;
    }
    count
}

/// How many events, when the probability of none is `none` (Knuth's multiplication).
fn poisson(chance: &mut Chance, none: f64) -> i32 {
    let mut count = 0;
    let mut product = chance.open_unit();
    while product > none && count < 100 {
        count += 1;
        product *= chance.open_unit();
    }
    count
}

/// Rounded to 1 cm.
fn centimetre(metres: f64) -> f64 {
    (metres * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use geo::{BoundingRect, Contains, Point};
    use rayon::prelude::*;

    use super::*;

    fn country() -> Country {
        Country::draw(5, 0.02).unwrap()
    }

    /// Where something stands in a batch, as text.
    fn row(batch: &Batch, i: usize) -> String {
        let (units, at) =
            ((batch.population[i], batch.households[i], batch.workplaces[i]), (batch.easting[i], batch.northing[i]));
        format!("{at:?} {units:?}")
    }

    #[test]
    fn a_place_is_the_same_in_whatever_batch_it_is_drawn() {
        let country = country();
        let places = country.places(10_000, Order::Register).unwrap();
        let whole = places.rows(0..10_000);
        assert_eq!(whole.len(), 10_000);
        let part = places.rows(7000..7100);
        (0..100).for_each(|i| assert_eq!(row(&part, i), row(&whole, 7000 + i)));
        assert!(places.rows(9_999..20_000).len() == 1 && places.rows(10_000..20_000).is_empty());
    }

    #[test]
    fn random_order_has_the_same_places_in_other_rows() {
        let country = country();
        let read = |order| {
            let batch = country.places(20_000, order).unwrap().rows(0..20_000);
            let rows: BTreeMap<i64, String> = (0..batch.len()).map(|i| (batch.id[i], row(&batch, i))).collect();
            (batch.id, rows)
        };
        let (in_order, register) = read(Order::Register);
        let (shuffled, random) = read(Order::Random);
        assert_eq!(in_order, (1..=20_000).collect::<Vec<i64>>());
        assert_ne!(in_order, shuffled);
        assert_eq!(register.len(), 20_000);
        assert_eq!(register, random);
    }

    #[test]
    fn every_spot_has_its_part_of_the_places() {
        let country = country();
        let count = 1_000_000;
        let places = country.places(count, Order::Register).unwrap();
        let mut counts = vec![0_u64; country.spots.spots.len()];
        (0..count).for_each(|number| counts[places.spot_of(number)] += 1);
        for (spot, counted) in country.spots.spots.iter().zip(&counts) {
            assert!((spot.weight * count as f64 - *counted as f64).abs() <= 1.0);
        }
        let in_towns: u64 = country.spots.spots.iter().zip(&counts).filter(|(s, _)| s.in_town).map(|(_, &n)| n).sum();
        assert!((845_000..855_000).contains(&in_towns), "{in_towns}");
    }

    #[test]
    fn some_few_places_are_outside_every_municipality_and_all_are_whole_centimetres() {
        let country = country();
        let count = 40_000;
        let batch = country.places(2_000_000, Order::Random).unwrap().rows(0..count);
        let boxes: Vec<_> =
            country.municipalities().iter().map(|m| (m.polygon.bounding_rect().unwrap(), &m.polygon)).collect();
        let at = |i: usize| Point::new(batch.easting[i], batch.northing[i]);
        let inside = |i: &usize| boxes.iter().any(|(b, p)| b.contains(&at(*i)) && p.contains(&at(*i)));
        let outside = count as usize - (0..count as usize).into_par_iter().filter(inside).count();
        assert!((60..240).contains(&outside), "about 0.3 % of {count}: {outside}");
        let whole = |metres: f64| ((metres * 100.0).round() / 100.0).to_bits() == metres.to_bits();
        assert!(batch.easting.iter().chain(&batch.northing).all(|&metres| whole(metres)));
    }

    #[test]
    fn people_households_and_workplaces_are_of_the_size_they_should_be() {
        let batch = country().places(200_000, Order::Random).unwrap().rows(0..200_000);
        let mean = |list: &[i32]| list.iter().map(|&n| f64::from(n)).sum::<f64>() / list.len() as f64;
        assert!((3.3..3.9).contains(&mean(&batch.population)), "{}", mean(&batch.population));
        // 8 % of places with 1 / 0.3 workplaces each.
        assert!((mean(&batch.workplaces) - 0.08 / 0.3).abs() < 0.01, "{}", mean(&batch.workplaces));
        assert!(
            batch.population.iter().zip(&batch.households).all(|(p, h)| (*p == 0) == (*h == 0) && *p <= 30 && *h <= 14)
        );
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let country = country();
        assert!(country.places(0, Order::Register).is_err());
        assert!(country.places(MOST_PLACES + 1, Order::Register).is_err());
        assert!(country.places(MOST_PLACES, Order::Random).is_ok());
        assert!([0.0, -1.0, 1.1, f64::NAN].iter().all(|&scale| Country::draw(1, scale).is_err()));
    }
}
