//! Geometry as delivered, made valid where there is no doubt about its meaning.
//!
//! A polygon is read in two ways. *Crossings*: a place is inside when a ray from it crosses the rings an odd number
//! of times (GEOS' `make_valid` reads so). *Structure*: a place is inside when the shell goes round it and no hole
//! does. For a valid polygon they are the same. Where a broken one, a bow-tie for example, means the same both
//! ways, it is mended to that; where the two differ by more than a millionth of the area, nobody can know what was
//! meant and it is rejected, with the place.
//!
//! A polygon that breaks no rule is never rewritten: its coordinates stay as they are, to the bit. In one that is
//! mended, vertices that were there keep their coordinates; new ones, where borders crossed, are off by at most a
//! thousand-millionth of the polygon's width.
//!
//! Not counted as mending, since a place is covered or not as before: repeated vertices are removed, shells are
//! turned counter-clockwise and holes clockwise. Rings always arrive closed and without heights: geo's types
//! close them and have no z.

mod meeting;
mod pieces;
mod point;
mod readings;

use geo::{BoundingRect, Coord, Geometry, LineString, MultiPolygon, Polygon, Winding};
use nittio_core::polygon::{Position, PreparedPolygon};
use rstar::{AABB, RTree, primitives::GeomWithData, primitives::Rectangle};

use meeting::{Kind, Meeting, Meetings};
use pieces::{Pieces, position};
use readings::{Readings, keep_vertices};

pub use point::point;

/// A polygon that can be used, and what was done to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Repaired {
    /// The valid geometry.
    ///
    /// Its polygons may overlap where those that were delivered did; a place in the overlap is covered once.
    pub polygons: MultiPolygon,
    /// What was mended, in words; `None` when nothing was.
    pub mended: Option<String>,
}

/// The share of the area on which the two readings may differ: digitising leaves tiny loops that are no doubt.
const DISPUTED_SHARE: f64 = 1e-6;

/// Beyond this no CRS has coordinates, and their products would not be exact.
const FARTHEST: f64 = 1e12;

/// Makes an areal geometry valid where there is no doubt about its meaning.
///
/// # Errors
/// Says what is wrong, where, and what would be right: when the geometry has no area, is no polygon, has a
/// coordinate that is no number, or can be read in two ways.
pub fn areal(geometry: Geometry) -> Result<Repaired, String> {
    let Pieces { points, polygons, line } = Pieces::of(geometry);
    if let Some(found) = line.or_else(|| points.first().map(|_| "Point")) {
        return Err(format!(
            "found a {found} where an area is needed; give a Polygon or MultiPolygon, \
             or read the file as places if these are places"
        ));
    }
    if polygons.iter().all(|polygon| polygon.exterior().0.is_empty()) {
        return Err("the geometry is empty; a Polygon or MultiPolygon is needed".to_owned());
    }
    let mut mended = Mended::default();
    let parts = polygons.len();
    let mut cleaned = Vec::with_capacity(parts);
    for (polygon, number) in polygons.into_iter().zip(1..) {
        let part = Part { number, of: parts };
        if let Some(polygon) = clean(polygon, part, &mut mended)? {
            cleaned.push((polygon, part));
        }
    }
    if cleaned.is_empty() {
        return Err("no ring has 3 different points, so there is no area; a ring needs at least 3".to_owned());
    }
    let (cleaned, names): (Vec<_>, Vec<_>) = cleaned.into_iter().unzip();
    let meetings = Meetings::of(&cleaned);
    if let Some(at) = meetings.between.or_else(|| contained(&cleaned)) {
        mended.say(format!("polygons overlap near {}; a place in the overlap counts once", position(at)));
    }
    let mut polygons = Vec::with_capacity(cleaned.len());
    let met = meetings.within.into_iter().zip(meetings.through);
    for ((polygon, (meeting, through)), part) in cleaned.into_iter().zip(met).zip(names) {
        match settle(&polygon, meeting.as_ref(), through, part, &mut mended)? {
            Some(repaired) => polygons.extend(repaired),
            None => polygons.push(polygon),
        }
    }
    if polygons.is_empty() {
        return Err("the border encloses no area; it runs back over itself".to_owned());
    }
    Ok(Repaired { polygons: MultiPolygon(polygons), mended: mended.0 })
}

/// What was mended so far.
#[derive(Default)]
struct Mended(Option<String>);

impl Mended {
    fn say(&mut self, what: String) {
        match &mut self.0 {
            Some(text) => {
                text.push_str("; ");
                text.push_str(&what);
            }
            None => self.0 = Some(what),
        }
    }
}

/// Which polygon of how many, for messages.
#[derive(Clone, Copy)]
struct Part {
    number: usize,
    of: usize,
}

impl Part {
    fn ring(self, ring: usize) -> String {
        let ring = if ring == 0 { "the shell".to_owned() } else { format!("hole {ring}") };
        if self.of == 1 { ring } else { format!("{ring} of polygon {}", self.number) }
    }
}

/// Removes repeated vertices and rings that have no area to speak of, and turns rings the usual way.
fn clean(polygon: Polygon, part: Part, mended: &mut Mended) -> Result<Option<Polygon>, String> {
    let (shell, holes) = polygon.into_inner();
    for (ring, number) in std::iter::once(&shell).chain(&holes).zip(0..) {
        for (coord, vertex) in ring.coords().zip(1..) {
            let wrong = if !coord.x.is_finite() || !coord.y.is_finite() {
                "is not a number"
            } else if coord.x.abs() > FARTHEST || coord.y.abs() > FARTHEST {
                "is larger than any coordinate on Earth"
            } else {
                continue;
            };
            return Err(format!(
                "vertex {vertex} of {} is at {}, {}, which {wrong}; correct it or remove it",
                part.ring(number),
                coord.x,
                coord.y
            ));
        }
    }
    let Some(mut shell) = without_repeats(shell) else {
        if part.of > 1 {
            mended.say(format!("polygon {} dropped, it has fewer than 3 different points", part.number));
        }
        return Ok(None);
    };
    shell.make_ccw_winding();
    let mut kept = Vec::with_capacity(holes.len());
    let mut dropped = 0;
    for hole in holes {
        match without_repeats(hole) {
            Some(mut hole) => {
                hole.make_cw_winding();
                kept.push(hole);
            }
            None => dropped += 1,
        }
    }
    if dropped > 0 {
        let holes = if dropped == 1 { "hole" } else { "holes" };
        mended.say(format!("{dropped} {holes} with fewer than 3 different points dropped"));
    }
    Ok(Some(Polygon::new(shell, kept)))
}

/// A ring without repeated vertices; `None` when it has fewer than 3 different ones.
fn without_repeats(mut ring: LineString) -> Option<LineString> {
    ring.0.dedup();
    let first = *ring.0.first()?;
    let second = ring.0.iter().find(|coord| **coord != first)?;
    ring.0.iter().any(|coord| *coord != first && coord != second).then_some(ring)
}

/// Decides what a polygon means: `None` when it can stay as it is. `through` is whether rings that only touch pass through
/// each other there.
fn settle(
    polygon: &Polygon,
    meeting: Option<&Meeting>,
    through: bool,
    part: Part,
    mended: &mut Mended,
) -> Result<Option<Vec<Polygon>>, String> {
    let allowed = meeting.is_none_or(|meeting| !meeting.is_within_one_ring() && meeting.kind == Kind::Touch);
    if allowed {
        misplaced_hole(polygon, part, through)?;
    }
    let Some(meeting) = meeting else { return Ok(None) };
    let doubt = || doubt(meeting, part);
    let Some(rect) = polygon.bounding_rect() else { return Ok(None) };
    let width = rect.width().max(rect.height());
    let [low, high] = [rect.min(), rect.max()].map(|corner| corner.x.abs().max(corner.y.abs()));
    // Below this, coordinates are so coarse that the overlay below could not tell its vertices apart.
    if width <= low.max(high) * 1e-10 || width < 1e-100 {
        return Err(format!("{}; the polygon is too small to be mended", doubt()));
    }
    // Holes inside their shell and beside each other, and no ring passes through another: there is one reading.
    if allowed && !through {
        return Ok(None);
    }
    let Readings { structure, area, disputed } = Readings::of(polygon);
    if disputed > area * DISPUTED_SHARE {
        return Err(doubt());
    }
    if allowed {
        return Ok(None);
    }
    let pieces = structure.len();
    let became = match pieces {
        0 => "encloses no area and is dropped".to_owned(),
        1 => "is mended".to_owned(),
        _ => format!("is mended into {pieces} polygons"),
    };
    let (ring, at) = (part.ring(meeting.rings[0] as usize), position(meeting.at));
    let what = match (meeting.kind, meeting.is_within_one_ring()) {
        (Kind::Crossing, true) => format!("{ring} crossed itself at {at}"),
        (Kind::Touch, true) => format!("{ring} touched itself at {at}"),
        (Kind::Along, true) => format!("{ring} ran back over itself at {at}"),
        (_, false) => format!("{ring} and {} shared a border at {at}", part.ring(meeting.rings[1] as usize)),
    };
    mended.say(format!("{what} and {became}"));
    Ok(Some(keep_vertices(structure, polygon, width)))
}

/// Why it cannot be known what a polygon means.
fn doubt(meeting: &Meeting, part: Part) -> String {
    let [first, second] = meeting.rings.map(|ring| part.ring(ring as usize));
    let at = position(meeting.at);
    if meeting.is_within_one_ring() {
        let meets = match meeting.kind {
            Kind::Touch => "touches",
            Kind::Along => "runs back over",
            Kind::Crossing => "crosses",
        };
        format!(
            "{first} {meets} itself at {at} and goes round some area twice, so that it cannot be known whether that \
             area is meant; draw it as separate polygons that do not overlap"
        )
    } else if meeting.rings[0] == 0 {
        format!(
            "{second} reaches outside {first} at {at}, so that it cannot be known whether the area out there is \
             meant; cut the hole off at the shell, or make it a polygon of its own"
        )
    } else {
        format!(
            "{first} and {second} overlap at {at}, so that it cannot be known whether the overlap is meant; \
             merge the holes, or make the overlap a polygon of its own"
        )
    }
}

/// Refuses holes outside their shell, or within each other. Rings may touch here, and pass `through` each other where they
/// do, but not cross.
fn misplaced_hole(polygon: &Polygon, part: Part, through: bool) -> Result<(), String> {
    let holes = polygon.interiors();
    if holes.is_empty() {
        return Ok(());
    }
    let prepare = |ring: &LineString| PreparedPolygon::new(&Polygon::new(ring.clone(), vec![]));
    // A ring that passes through no other is on one side of it as a whole: its first corner that is not on it decides.
    let first_at = |ring: &LineString, other: &PreparedPolygon, wrong: Position| {
        let mut corners = ring.coords().map(|coord| (*coord, other.position(*coord)));
        let deciding = corners.find(|(_, found)| *found == wrong || (!through && *found != Position::Boundary));
        deciding.filter(|(_, found)| *found == wrong).map(|(at, _)| at)
    };
    let shell = prepare(polygon.exterior());
    for (hole, number) in holes.iter().zip(1..) {
        if let Some(at) = first_at(hole, &shell, Position::Outside) {
            return Err(format!(
                "{} lies outside its shell at {}; if it is an area of its own, make it a polygon of its own in a \
                 MultiPolygon, else remove it",
                part.ring(number),
                position(at)
            ));
        }
    }
    let within = within_boxes(holes.iter().map(BoundingRect::bounding_rect));
    let mut outer: Option<(usize, PreparedPolygon)> = None;
    for (around, inner) in within {
        let prepared = match &outer {
            Some((known, prepared)) if *known == around => prepared,
            _ => &outer.insert((around, prepare(&holes[around]))).1,
        };
        if let Some(at) = first_at(&holes[inner], prepared, Position::Inside) {
            return Err(format!(
                "{} lies within {} at {}; if it is an island, make it a polygon of its own in a MultiPolygon, \
                 else remove it",
                part.ring(inner + 1),
                part.ring(around + 1),
                position(at)
            ));
        }
    }
    Ok(())
}

/// Where a polygon lies within another one, if any does. Only polygons that cross nowhere need be looked for.
fn contained(polygons: &[Polygon]) -> Option<Coord> {
    let within = within_boxes(polygons.iter().map(BoundingRect::bounding_rect));
    let mut outer: Option<(usize, PreparedPolygon)> = None;
    for (around, inner) in within {
        let prepared = match &outer {
            Some((known, prepared)) if *known == around => prepared,
            _ => &outer.insert((around, PreparedPolygon::new(&polygons[around]))).1,
        };
        let first = polygons[inner].exterior().coords().next().copied();
        if let Some(at) = first.filter(|at| prepared.position(*at) == Position::Inside) {
            return Some(at);
        }
    }
    None
}

/// Pairs (around, inner) whose boxes lie within each other, sorted.
fn within_boxes(boxes: impl Iterator<Item = Option<geo::Rect>>) -> Vec<(usize, usize)> {
    let boxes: Vec<_> = boxes
        .enumerate()
        .filter_map(|(number, rect)| {
            let rect = rect?;
            Some(GeomWithData::new(
                Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]),
                number,
            ))
        })
        .collect();
    if boxes.len() < 2 {
        return Vec::new();
    }
    let tree = RTree::bulk_load(boxes);
    let mut within = Vec::new();
    for around in &tree {
        let envelope = AABB::from_corners(around.geom().lower(), around.geom().upper());
        for inner in tree.locate_in_envelope(envelope) {
            if inner.data != around.data {
                within.push((around.data, inner.data));
            }
        }
    }
    within.sort_unstable();
    within
}

#[cfg(test)]
mod tests;
