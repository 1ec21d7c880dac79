//! Faults as real files have them, so that the study shows what becomes of them.

use super::{
    address::Kind,
    chance::Chance,
    land::Kommun,
    table::{Offer, Row},
};

/// Spoils some rows. None of it changes the inhabitants per municipality code, a row's first occurrence counted.
pub(super) fn places(rows: &mut Vec<Row>, kommuner: &[Kommun]) {
    let chance = &mut Chance::stream(90);
    let pick = |rows: &[Row], chance: &mut Chance, empty: bool| loop {
        let i = chance.below(rows.len());
        let row = &rows[i];
        if row.easting.is_some() && !row.spoilt && row.code.is_some() && (!empty || row.units[0] == 0) {
            return i;
        }
    };
    // No position.
    for _ in 0..60 {
        let i = pick(rows, chance, false);
        (rows[i].easting, rows[i].northing, rows[i].spoilt) = (None, None, true);
    }
    // East and north have changed places.
    for _ in 0..6 {
        let i = pick(rows, chance, false);
        (rows[i].easting, rows[i].northing, rows[i].spoilt) = (rows[i].northing, rows[i].easting, true);
    }
    // No code; the position says which municipality it is.
    for _ in 0..120 {
        let i = pick(rows, chance, true);
        (rows[i].code, rows[i].spoilt) = (None, true);
    }
    // The code of another municipality; and one that does not exist.
    for fault in 0..34 {
        let i = pick(rows, chance, true);
        let other = kommuner[chance.below(kommuner.len())].code;
        (rows[i].code, rows[i].spoilt) = (Some(if fault < 30 { other } else { "0699" }), true);
    }
    // A negative number of inhabitants.
    for _ in 0..8 {
        let i = pick(rows, chance, true);
        (rows[i].units[0], rows[i].spoilt) = (-1, true);
    }
    // In lake Vättern: in no municipality, and no code.
    let mut left = 18;
    while left > 0 {
        let (e, n) = (chance.between(455_000.0, 463_000.0).round(), chance.between(6_410_000.0, 6_436_000.0).round());
        if kommuner.iter().all(|k| !k.holds(e, n)) {
            left -= 1;
            let id = super::table::id(rows.len());
            let (easting, northing) = (Some(e as i32), Some(n as i32));
            let category = Kind::Holiday.word();
            rows.push(Row { id, easting, northing, category, code: None, units: [0; 4], spoilt: true });
        }
    }
    // The same id again, with another number of inhabitants.
    for _ in 0..40 {
        let mut row = rows[pick(rows, chance, false)].clone();
        row.units[0] += 1;
        row.spoilt = true;
        rows.push(row);
    }
}

/// Adds offers for ids that no place has.
pub(super) fn offers(offers: &mut Vec<Offer>) {
    for number in 0..30 {
        offers.push(Offer { place: format!("J9{number:06}"), down: 250, up: 250 });
    }
}
