//! One tile: dots and what is said of them, as Mapbox Vector Tiles, version 2, have it.
//!
//! On all levels but the closest a dot stands for all places of one look in a small square, and says for how many.

use std::collections::BTreeMap;

use nittio_core::{quantity::Speed, settlement::Settlement};

use super::{CLOSEST, DEPTH, EXTENT, LAYER};
use crate::numbers::put;

/// Squares that dots are thinned by lie along a tile's side in this power of two, or fewer where there would be too many dots.
const FINEST: u8 = 7;

/// How many dots a tile has at most, unless it is on the closest level.
const MOST: usize = 6000;

/// What is said of places that lack the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Look {
    /// The best download speed under each definition.
    pub(super) best: Vec<Option<Speed>>,
    /// Where settlement classes are told apart.
    pub(super) settlement: Option<Settlement>,
}

/// A place: where it lies along the curve, and what is said of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dot {
    pub(super) key: u64,
    pub(super) look: u32,
}

/// A tile under way.
pub(super) struct Tile<'a> {
    zoom: u8,
    looks: &'a [Look],
    keys: &'a [String],
    dots: Vec<Dot>,
}

impl<'a> Tile<'a> {
    /// The first tile of a zoom level.
    pub(super) fn new(zoom: u8, looks: &'a [Look], keys: &'a [String]) -> Self {
        Self { zoom, looks, keys, dots: Vec::new() }
    }

    /// Whether a place belongs to the tile; any does while it is empty.
    pub(super) fn holds(&self, key: u64) -> bool {
        self.dots.first().is_none_or(|first| self.number_of(first.key) == self.number_of(key))
    }

    /// Its number on its zoom level.
    pub(super) fn number(&self) -> u64 {
        self.dots.first().map_or(0, |first| self.number_of(first.key))
    }

    fn number_of(&self, key: u64) -> u64 {
        key >> (2 * (DEPTH - self.zoom))
    }

    pub(super) fn add(&mut self, dot: Dot) {
        self.dots.push(dot);
    }

    /// Its bytes; it is empty afterwards.
    pub(super) fn encode(&mut self) -> Vec<u8> {
        let dots = std::mem::take(&mut self.dots);
        if self.zoom == CLOSEST {
            return self.layer(dots.into_iter().map(|dot| (dot, 1)).collect());
        }
        for finest in (0..=FINEST).rev() {
            let thinned = self.thinned(&dots, finest);
            if thinned.len() <= MOST || finest == 0 {
                return self.layer(thinned);
            }
        }
        Vec::new()
    }

    /// The first place of each look in each of the squares, and how many there are.
    fn thinned(&self, dots: &[Dot], finest: u8) -> Vec<(Dot, u64)> {
        let square = |dot: &Dot| dot.key >> (2 * (DEPTH - self.zoom - finest));
        let mut thinned = Vec::new();
        for dots in dots.chunk_by(|a, b| square(a) == square(b)) {
            let mut of_look: BTreeMap<u32, (Dot, u64)> = BTreeMap::new();
            for &dot in dots {
                of_look.entry(dot.look).or_insert((dot, 0)).1 += 1;
            }
            thinned.extend(of_look.into_values());
        }
        thinned
    }

    fn layer(&self, dots: Vec<(Dot, u64)>) -> Vec<u8> {
        let mut values = Values::default();
        let mut features = Vec::new();
        let settlement = self.keys.len() as u64;
        for (dot, places) in dots {
            let look = &self.looks[dot.look as usize];
            let mut tags = Vec::new();
            for (key, best) in (0..).zip(&look.best) {
                if let Some(best) = best {
                    put(&mut tags, key);
                    put(&mut tags, values.number(Value::Speed(*best)));
                }
            }
            if let Some(class) = look.settlement {
                put(&mut tags, settlement);
                put(&mut tags, values.number(Value::Word(class.key())));
            }
            put(&mut tags, settlement + 1);
            put(&mut tags, values.number(Value::Count(places)));
            let [x, y] =
                off_curve(dot.key, DEPTH).map(|at| u64::from(at >> (DEPTH - self.zoom - EXTENT) & ((1 << EXTENT) - 1)));
            // Go to one point: command 1, once; then both coordinates, of which none is below zero.
            let mut geometry = vec![1 | 1 << 3];
            put(&mut geometry, x << 1);
            put(&mut geometry, y << 1);
            let mut feature = Vec::new();
            field(&mut feature, 2, &tags);
            number(&mut feature, 3, 1);
            field(&mut feature, 4, &geometry);
            field(&mut features, 2, &feature);
        }
        let mut layer = Vec::new();
        number(&mut layer, 15, 2);
        field(&mut layer, 1, LAYER.as_bytes());
        layer.extend(features);
        let own = ["settlement", "places"];
        self.keys.iter().map(String::as_str).chain(own).for_each(|key| field(&mut layer, 3, key.as_bytes()));
        values.list.iter().for_each(|value| field(&mut layer, 4, &value.bytes()));
        number(&mut layer, 5, 1 << EXTENT);
        let mut tile = Vec::new();
        field(&mut tile, 3, &layer);
        tile
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Speed(Speed),
    Count(u64),
    Word(&'static str),
}

impl Value {
    fn bytes(self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Word(word) => field(&mut out, 1, word.as_bytes()),
            // Always as a double, so that it is one kind of column.
            Self::Speed(speed) => {
                out.push(3 << 3 | 1);
                out.extend(speed.mbps().to_le_bytes());
            }
            Self::Count(count) => number(&mut out, 5, count),
        }
        out
    }
}

/// Values that features refer to, each once, in the order in which they first come.
#[derive(Default)]
struct Values {
    list: Vec<Value>,
    numbers: BTreeMap<Value, u64>,
}

impl Values {
    fn number(&mut self, value: Value) -> u64 {
        *self.numbers.entry(value).or_insert_with(|| {
            self.list.push(value);
            self.list.len() as u64 - 1
        })
    }
}

/// A field of bytes.
fn field(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put(out, field << 3 | 2);
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// A field that is a number.
fn number(out: &mut Vec<u8>, field: u64, number: u64) {
    put(out, field << 3);
    put(out, number);
}

/// The number of a square along Hilbert's curve, as PMTiles number tiles: of two to the `depth` along each side.
pub(super) fn along_curve([mut x, mut y]: [u32; 2], depth: u8) -> u64 {
    let mut number = 0;
    for bit in (0..depth).rev() {
        let half = 1u32 << bit;
        let (right, lower) = (u64::from(x & half != 0), u64::from(y & half != 0));
        number = number << 2 | ((3 * right) ^ lower);
        (x, y) = (x & (half - 1), y & (half - 1));
        if lower == 0 {
            if right == 1 {
                (x, y) = (half - 1 - x, half - 1 - y);
            }
            (x, y) = (y, x);
        }
    }
    number
}

/// The square that a number is that of.
pub(super) fn off_curve(number: u64, depth: u8) -> [u32; 2] {
    let (mut x, mut y) = (0u32, 0u32);
    for bit in 0..depth {
        let half = 1u32 << bit;
        let two = number >> (2 * bit);
        let (right, lower) = (two >> 1 & 1 == 1, (two ^ two >> 1) & 1 == 1);
        if !lower {
            if right {
                (x, y) = (half - 1 - x, half - 1 - y);
            }
            (x, y) = (y, x);
        }
        x += if right { half } else { 0 };
        y += if lower { half } else { 0 };
    }
    [x, y]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_numbered_as_in_the_specification_and_come_back() {
        // Zoom 1: 0/0, 0/1, 1/1, 1/0; of zoom 2 the first four as the reference implementation has them.
        assert_eq!([[0, 0], [0, 1], [1, 1], [1, 0]].map(|at| along_curve(at, 1)), [0, 1, 2, 3]);
        assert_eq!([[0, 0], [1, 0], [1, 1], [0, 1]].map(|at| along_curve(at, 2)), [0, 1, 2, 3]);
        for number in (0..1u64 << 20).step_by(977) {
            let at = off_curve(number, 10);
            assert_eq!(along_curve(at, 10), number);
            assert_eq!(along_curve(at.map(|part| part >> 3), 7), number >> 6, "what is closer begins alike");
        }
        // One step along the curve is one step on the map.
        let all: Vec<[u32; 2]> = (0..1 << 12).map(|number| off_curve(number, 6)).collect();
        assert!(all.windows(2).all(|two| two[0][0].abs_diff(two[1][0]) + two[0][1].abs_diff(two[1][1]) == 1));
    }

    #[test]
    fn a_tile_that_is_thinned_still_says_how_many_there_are() {
        let look = |mbps| Look { best: vec![Some(Speed::from_mbps(mbps))], settlement: None };
        let (looks, keys) = ([look(10), look(30)], ["best_down_mbps".to_owned()]);
        let tile = Tile::new(0, &looks, &keys);
        let dots: Vec<Dot> = (0..300u64).map(|n| Dot { key: (n / 3) << 44, look: u32::from(n % 3 == 0) }).collect();
        let thinned = tile.thinned(&dots, 3);
        assert_eq!(thinned.iter().map(|(_, places)| places).sum::<u64>(), 300);
        assert_eq!(thinned.len(), 200, "two looks in each of a hundred squares");
    }
}
