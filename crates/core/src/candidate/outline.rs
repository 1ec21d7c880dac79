//! Outlines: what a planner would draw around a candidate.
//!
//! A disc around every place and a strip along every line between them, put together. Where a place of another candidate, or one
//! that was left out, lies near, discs and strips become so narrow that it lies outside. Holes in which no such place lies are filled.
//! Floats draw here; whether a place lies inside is decided exactly, by what was drawn.

use std::f64::consts::TAU;

use geo::{Coord, LineString, MultiPolygon, Polygon, unary_union};

use super::{At, Fate, Points};
use crate::{
    polygon::{Position, PreparedPolygon},
    quantity::Metres,
};

/// Corners of a disc.
const CORNERS: u32 = 16;

/// Discs and strips keep this share of the distance to the nearest other place.
const CLEAR: f64 = 0.45;

/// Discs are no smaller than this, whatever lies near.
const LEAST_DISC: f64 = 0.05;

/// Narrower strips are left out.
const LEAST_STRIP: f64 = 0.5;

/// All places that lack the speed, and whose they are.
pub(super) struct Others<'a> {
    points: &'a Points,
    /// The spot of each point.
    spots: &'a [u32],
    fates: &'a [Fate],
}

impl<'a> Others<'a> {
    pub(super) fn new(points: &'a Points, spots: &'a [u32], fates: &'a [Fate]) -> Self {
        Self { points, spots, fates }
    }

    /// Calls for every place in a rectangle, in metres, that is not of this candidate.
    fn each(&self, candidate: usize, low: Coord, high: Coord, take: &mut dyn FnMut(Coord)) {
        let (low, high) = ([low.x, low.y].map(below), [high.x, high.y].map(|metres| below(metres) + 1));
        self.points.each_in(low, high, &mut |point, at| {
            if self.fates[self.spots[point as usize] as usize] != Fate::In(candidate) {
                take(metres(at));
            }
        });
    }

    /// How near a line the nearest other place lies, if nearer than some metres.
    fn nearest(&self, candidate: usize, [a, b]: [Coord; 2], within: f64) -> f64 {
        let low = Coord { x: a.x.min(b.x) - within, y: a.y.min(b.y) - within };
        let high = Coord { x: a.x.max(b.x) + within, y: a.y.max(b.y) + within };
        let mut nearest = within;
        self.each(candidate, low, high, &mut |at| nearest = nearest.min(apart(at, [a, b])));
        nearest
    }
}

/// Draws the outline around places and lines of a candidate, and counts the other places inside.
pub(super) fn outline(
    places: &[At],
    lines: &[[At; 2]],
    (others, candidate): (&Others<'_>, usize),
    margin: Metres,
) -> (MultiPolygon, u64) {
    let margin = margin.metres();
    let width = |ends: [Coord; 2]| margin.min(CLEAR * others.nearest(candidate, ends, margin / CLEAR));
    let mut shapes: Vec<Polygon> = Vec::new();
    let mut places = places.to_vec();
    places.dedup();
    for &place in &places {
        let at = metres(place);
        shapes.push(disc(at, width([at, at]).max(LEAST_DISC)));
    }
    for line in lines.iter().filter(|[a, b]| a != b) {
        let ends = line.map(metres);
        let width = width(ends);
        if width >= LEAST_STRIP {
            shapes.push(strip(ends, width));
        }
    }
    let drawn = unary_union(&shapes).0.into_iter().map(|polygon| filled(&polygon, others, candidate));
    let mut polygons: Vec<Polygon> = drawn.collect();
    polygons.sort_by(|a, b| corner(a).partial_cmp(&corner(b)).unwrap_or(std::cmp::Ordering::Equal));
    let also = polygons.iter().map(|polygon| inside(polygon, others, candidate)).sum();
    (MultiPolygon(polygons), also)
}

/// The polygon to the centimetre, without the holes that keep no place out.
fn filled(polygon: &Polygon, others: &Others<'_>, candidate: usize) -> Polygon {
    let rounded = |ring: &LineString| {
        let mut ring: Vec<Coord> = ring.coords().map(|at| Coord { x: centimetre(at.x), y: centimetre(at.y) }).collect();
        ring.dedup();
        LineString::new(ring)
    };
    let keeps_out = |hole: &&LineString| inside(&Polygon::new((*hole).clone(), Vec::new()), others, candidate) > 0;
    let holes = polygon.interiors().iter().filter(keeps_out).map(rounded).filter(|ring| ring.0.len() > 3);
    Polygon::new(rounded(polygon.exterior()), holes.collect())
}

/// How many places that are not of the candidate lie inside or on the border.
fn inside(polygon: &Polygon, others: &Others<'_>, candidate: usize) -> u64 {
    let prepared = PreparedPolygon::new(polygon);
    let corners = || polygon.exterior().coords();
    let least = |of: fn(&Coord) -> f64| corners().map(of).fold(f64::INFINITY, f64::min);
    let largest = |of: fn(&Coord) -> f64| corners().map(of).fold(f64::NEG_INFINITY, f64::max);
    let (low, high) =
        (Coord { x: least(|at| at.x), y: least(|at| at.y) }, Coord { x: largest(|at| at.x), y: largest(|at| at.y) });
    let mut count = 0;
    others.each(candidate, low, high, &mut |at| count += u64::from(prepared.position(at) != Position::Outside));
    count
}

fn corner(polygon: &Polygon) -> Vec<(f64, f64)> {
    polygon.exterior().coords().map(|at| (at.x, at.y)).collect()
}

fn disc(at: Coord, radius: f64) -> Polygon {
    let corner = |number: u32| {
        let angle = TAU * f64::from(number) / f64::from(CORNERS);
        Coord { x: at.x + radius * angle.cos(), y: at.y + radius * angle.sin() }
    };
    Polygon::new(LineString::new((0..CORNERS).map(corner).collect()), Vec::new())
}

fn strip([a, b]: [Coord; 2], width: f64) -> Polygon {
    let along = b - a;
    let aside = Coord { x: -along.y, y: along.x } * (width / along.x.hypot(along.y));
    Polygon::new(LineString::new(vec![a - aside, b - aside, b + aside, a + aside]), Vec::new())
}

/// How far a position is from a line.
fn apart(at: Coord, [a, b]: [Coord; 2]) -> f64 {
    let (along, away) = (b - a, at - a);
    let squared = along.x * along.x + along.y * along.y;
    let share = if squared > 0.0 { ((away.x * along.x + away.y * along.y) / squared).clamp(0.0, 1.0) } else { 0.0 };
    let rest = away - along * share;
    rest.x.hypot(rest.y)
}

#[expect(clippy::cast_precision_loss, reason = "positions of places, exact below nine million kilometres")]
fn metres(at: At) -> Coord {
    Coord { x: at[0] as f64 / 1000.0, y: at[1] as f64 / 1000.0 }
}

#[expect(clippy::cast_possible_truncation, reason = "a float to integer cast saturates")]
fn below(metres: f64) -> i64 {
    (metres * 1000.0).floor() as i64
}

fn centimetre(metres: f64) -> f64 {
    (metres * 100.0).round() / 100.0
}
