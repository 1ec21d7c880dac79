//! How long candidates take: `cargo run --release -p nittio-core --example candidates -- 1000000 290`, so many places that lack the speed,
//! in so many areas. Places lie along invented roads, as in the countryside; a twentieth of as many has the network. A third number, 500, has routes
//! follow roads with a crossing every so many metres, and a vertex every 50.

#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::time::Instant;

use nittio_core::{
    candidate::{Fate, Points, Reason, Roads, Rules, Spots, find},
    quantity::Metres,
    settlement::Settlement,
};

/// Numbers that look drawn, below a bound.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or(0) % bound
    }
}

/// Millimetres from one vertex of a road to the next.
const STEP: i64 = 50_000;

/// Roads east and north, so far apart, in so many squares side by side.
fn pieces(side: i64, areas: i64, mesh: i64) -> Vec<[[i64; 2]; 2]> {
    let mesh = mesh / STEP * STEP;
    let mut pieces = Vec::new();
    for (length, count, axis) in [(side * areas, side / mesh, 0), (side, side * areas / mesh, 1)] {
        for line in 0..=count {
            for step in 0..length / STEP {
                let at = |step: i64| if axis == 0 { [step * STEP, line * mesh] } else { [line * mesh, step * STEP] };
                pieces.push([at(step), at(step + 1)]);
            }
        }
    }
    pieces
}

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|text| text.parse::<usize>().ok());
    let (places, areas) = (numbers.next().unwrap_or(100_000), numbers.next().unwrap_or(13));
    let mut chance = Chance(1);
    let mut spots = Spots::default();
    let mut network = Vec::new();
    let side = 40_000_000;
    while spots.len() < places {
        let area = chance.below(i64::try_from(areas).unwrap_or(1));
        let mut at = [area * side + chance.below(side), chance.below(side)];
        let step = [chance.below(300_000) - 150_000, chance.below(300_000) - 150_000];
        for _ in 0..1 + chance.below(80) {
            spots.push(Some(at), u32::try_from(area).ok(), Settlement::Outside);
            at = [at[0] + step[0] + chance.below(60_000), at[1] + step[1] + chance.below(60_000)];
        }
        network.extend((chance.below(2) == 0).then_some(at));
    }
    let rules = Rules {
        reach: Metres::from_metres(300),
        least: 10,
        most: 500,
        within_areas: true,
        by_class: false,
        margin: Metres::from_metres(50),
        detour: 130,
    };
    let mesh = numbers.next().and_then(|metres| i64::try_from(metres * 1000).ok());
    let start = Instant::now();
    let roads = mesh.map(|mesh| Roads::new(pieces(side, i64::try_from(areas).unwrap_or(1), mesh.max(STEP))));
    if let Some(roads) = &roads {
        println!("{} stretches of road; {:.1} s", roads.len(), start.elapsed().as_secs_f64());
    }
    let start = Instant::now();
    let found = find(&spots, &Points::new(network), roads.as_ref(), &rules);
    let seconds = start.elapsed().as_secs_f64();
    let left = found.fates.iter().filter(|fate| **fate == Fate::LeftOut(Reason::TooFew)).count();
    let also: u64 = found.candidates.iter().map(|candidate| candidate.also_inside).sum();
    println!(
        "{} places: {} candidates, {left} places left out, {also} also inside; {seconds:.1} s",
        spots.len(),
        found.candidates.len()
    );
}
