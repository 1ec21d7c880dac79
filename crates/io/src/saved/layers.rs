//! What a saved result says of the map's layers: squares, and where technologies are.

use nittio_core::{
    layers::Layers,
    projection::Answer,
    quantity::Speed,
    service::{Status, Technology},
    sketch::{Drawn, Sketch},
    squares::{Square, Squares},
    study::Frame,
};

use crate::numbers::{Numbers, put};

/// The layers; where there is none, a zero.
pub(super) fn put_layers(out: &mut impl Extend<u8>, layers: &Layers) {
    put(out, u64::from(layers.squares.is_some()));
    layers.squares.iter().for_each(|squares| put_squares(out, squares));
    put(out, u64::from(layers.sketch.is_some()));
    layers.sketch.iter().for_each(|sketch| put_sketch(out, sketch));
    put(out, layers.dots.unwrap_or(0));
}

/// The layers of a study with so many definitions; `None` when something is not as it must be.
pub(super) fn take_layers(numbers: &mut Numbers<'_>, frame: &Frame, profiles: usize) -> Option<Layers> {
    let squares = match numbers.next()? {
        0 => None,
        1 => Some(take_squares(numbers, frame.units.len(), profiles)?),
        _ => return None,
    };
    let sketch = match numbers.next()? {
        0 => None,
        1 => Some(take_sketch(numbers)?),
        _ => return None,
    };
    let dots = Some(numbers.next()?).filter(|&dots| dots > 0);
    Some(Layers { squares, sketch, dots })
}

const STATUSES: [Status; 3] = [Status::InService, Status::UnderConstruction, Status::Planned];

fn put_sketch(out: &mut impl Extend<u8>, sketch: &Sketch) {
    [sketch.corner[0], sketch.corner[1], sketch.step].iter().for_each(|number| out.extend(number.to_le_bytes()));
    put(out, sketch.layers.len() as u64);
    let index = |place: Option<usize>| place.map_or(u64::MAX, |place| place as u64);
    for Drawn { technology, status, squares, polygons } in &sketch.layers {
        put(out, index(Technology::ALL.iter().position(|other| other == technology)));
        put(out, index(STATUSES.iter().position(|other| other == status)));
        put(out, *squares);
        put(out, polygons.len() as u64);
        for rings in polygons {
            put(out, rings.len() as u64);
            for ring in rings {
                put(out, ring.len() as u64);
                let mut last = [0; 2];
                for &at in ring {
                    at.iter().zip(last).for_each(|(&now, last)| put_signed(out, i64::from(now) - i64::from(last)));
                    last = at;
                }
            }
        }
    }
}

fn take_sketch(numbers: &mut Numbers<'_>) -> Option<Sketch> {
    let mut real = || numbers.take().map(|bytes| f64::from_le_bytes(*bytes)).filter(|number| number.is_finite());
    let (corner, step) = ([real()?, real()?], real()?);
    let ring = |numbers: &mut Numbers<'_>| {
        let mut at = [0i32; 2];
        let mut vertex = |numbers: &mut Numbers<'_>| {
            for part in &mut at {
                *part = i32::try_from(i64::from(*part).checked_add(take_signed(numbers)?)?).ok()?;
            }
            Some(at)
        };
        (0..numbers.next()?).map(|_| vertex(numbers)).collect::<Option<Vec<_>>>()
    };
    let rings = |numbers: &mut Numbers<'_>| (0..numbers.next()?).map(|_| ring(numbers)).collect::<Option<Vec<_>>>();
    let layer = |numbers: &mut Numbers<'_>| {
        Some(Drawn {
            technology: *Technology::ALL.get(numbers.next_usize()?)?,
            status: *STATUSES.get(numbers.next_usize()?)?,
            squares: numbers.next()?,
            polygons: (0..numbers.next()?).map(|_| rings(numbers)).collect::<Option<Vec<_>>>()?,
        })
    };
    let layers = (0..numbers.next()?).map(|_| layer(numbers)).collect::<Option<Vec<_>>>()?;
    Some(Sketch { corner, step, layers })
}

fn put_squares(out: &mut impl Extend<u8>, squares: &Squares) {
    put_signed(out, squares.side.unwrap_or(0));
    put(out, squares.speeds.len() as u64);
    squares.speeds.iter().for_each(|speed| put(out, u64::from(speed.kbps())));
    put(out, squares.signatures.len() as u64);
    for answer in squares.signatures.iter().flatten() {
        put(
            out,
            match answer {
                Answer::Unmatched => 0,
                Answer::Speeds(reached) => u64::from(*reached) + 1,
            },
        );
    }
    put(out, squares.squares.len() as u64);
    let mut last = [0; 2];
    for Square { corner, rows } in &squares.squares {
        corner.iter().zip(last).for_each(|(now, last)| put_signed(out, now - last));
        last = *corner;
        put(out, rows.len() as u64);
        for (signature, sums) in rows {
            put(out, *signature as u64);
            sums.iter().for_each(|&sum| put(out, sum));
        }
    }
}

fn take_squares(numbers: &mut Numbers<'_>, units: usize, profiles: usize) -> Option<Squares> {
    let side = Some(take_signed(numbers)?).filter(|&side| side > 0);
    let speed = |numbers: &mut Numbers<'_>| numbers.next_u32().map(Speed::from_kbps);
    let speeds = (0..numbers.next()?).map(|_| speed(numbers)).collect::<Option<Vec<_>>>()?;
    let answer = |numbers: &mut Numbers<'_>| match numbers.next()? {
        0 => Some(Answer::Unmatched),
        reached => u8::try_from(reached - 1).ok().map(Answer::Speeds),
    };
    let signature = |numbers: &mut Numbers<'_>| (0..profiles).map(|_| answer(numbers)).collect::<Option<Box<[_]>>>();
    let signatures = (0..numbers.next()?).map(|_| signature(numbers)).collect::<Option<Vec<_>>>()?;
    let (mut squares, mut corner) = (Vec::new(), [0i64; 2]);
    for _ in 0..numbers.next()? {
        for at in &mut corner {
            *at = at.checked_add(take_signed(numbers)?)?;
        }
        let rows = (0..numbers.next()?).map(|_| {
            let signature = numbers.next_usize().filter(|&signature| signature < signatures.len())?;
            Some((signature, (0..units).map(|_| numbers.next()).collect::<Option<Vec<_>>>()?))
        });
        squares.push(Square { corner, rows: rows.collect::<Option<Vec<_>>>()? });
    }
    Some(Squares { side, speeds, signatures, squares })
}

/// A number that may be below zero, small in either direction in few bytes.
fn put_signed(out: &mut impl Extend<u8>, number: i64) {
    put(out, number.unsigned_abs() << 1 | u64::from(number < 0));
}

fn take_signed(numbers: &mut Numbers<'_>) -> Option<i64> {
    let number = numbers.next()?;
    let size = i64::try_from(number >> 1).ok()?;
    Some(if number & 1 == 0 { size } else { -size })
}
