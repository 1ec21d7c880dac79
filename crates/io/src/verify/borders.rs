//! Outlines that a page draws, against the borders that the map layers publish.

use std::{collections::HashSet, path::Path};

use geo::{CoordsIter, Geometry};
use rusqlite::{Connection, OpenFlags};
use serde::Deserialize;

use super::{answers::Data, layer};
use crate::read::geometry_of_geopackage;

/// Outlines on a grid, as a page has them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outlines {
    width: i32,
    height: i32,
    step: f64,
    corner: [f64; 2],
    areas: Vec<Outline>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outline {
    area: usize,
    at: Option<(i32, i32)>,
    polygons: Vec<Vec<Vec<i32>>>,
}

type Point = (i32, i32);

/// Every vertex that a page draws is one of its area's borders in `coverage.gpkg`.
pub(super) fn agree(folder: &Path, data: &Data) -> Vec<String> {
    let Some(outlines) = &data.outlines else { return Vec::new() };
    let read = || -> rusqlite::Result<Vec<String>> {
        let path = folder.join("coverage.gpkg");
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let names = layer::names(&connection)?;
        let level = data.level();
        let own = names.iter().find(|name| *name == level || name.strip_prefix("level_") == Some(level));
        let Some(name) = own else { return Ok(vec![format!("coverage.gpkg has no borders of {level:?}")]) };
        let mut statement = connection.prepare(&layer::all(name))?;
        let mut rows = statement.query([])?;
        let mut problems = Vec::new();
        let mut drawn: Vec<&Outline> = outlines.areas.iter().collect();
        while let Some(row) = rows.next()? {
            let code: String = row.get("code")?;
            let is_it = |outline: &Outline| data.areas.get(outline.area).is_some_and(|area| area.code == code);
            let Some(at) = drawn.iter().position(|outline| is_it(outline)) else { continue };
            let outline = drawn.swap_remove(at);
            let blob: Option<Vec<u8>> = row.get("geom")?;
            let shape = blob.and_then(|blob| geometry_of_geopackage(&blob).ok().flatten());
            let known = outlines.known(shape.as_ref(), data.squeeze);
            let inside = |(x, y): Point| (0..=outlines.width).contains(&x) && (0..=outlines.height).contains(&y);
            if outline.vertices().any(|vertex| !known.contains(&vertex)) || !outline.at.is_none_or(inside) {
                problems.push(format!("the outline of {code:?} is not that of coverage.gpkg"));
            }
        }
        problems
            .extend(drawn.iter().map(|outline| format!("the outline {} is of no area of coverage.gpkg", outline.area)));
        Ok(problems)
    };
    read().unwrap_or_else(|error| vec![format!("coverage.gpkg cannot be read: {error}")])
}

impl Outlines {
    /// The points of the grid at and beside a border's vertices: a number in text may be a rounding step away.
    #[expect(clippy::cast_possible_truncation, reason = "a float to integer cast saturates")]
    fn known(&self, shape: Option<&Geometry>, squeeze: f64) -> HashSet<Point> {
        let coordinates = shape.into_iter().flat_map(CoordsIter::coords_iter);
        let points = coordinates.map(|c| {
            let (x, y) = ((c.x * squeeze - self.corner[0]) / self.step, (self.corner[1] - c.y) / self.step);
            (x.round() as i32, y.round() as i32)
        });
        points.flat_map(|(x, y)| (-1..=1).flat_map(move |i| (-1..=1).map(move |j| (x + i, y + j)))).collect()
    }
}

impl Outline {
    fn vertices(&self) -> impl Iterator<Item = Point> {
        self.polygons.iter().flatten().flat_map(|ring| {
            let mut at: Point = (0, 0);
            ring.chunks(2).map(move |step| {
                let down = step.get(1).copied().unwrap_or(i32::MAX);
                at = (at.0.saturating_add(step[0]), at.1.saturating_add(down));
                at
            })
        })
    }
}
