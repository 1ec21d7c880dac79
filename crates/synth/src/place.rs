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
