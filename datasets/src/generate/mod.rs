//! Makes the synthetic part of `jonkoping`: addresses, networks and faults, from a seed.
//!
//! What goes in: `kommuner.geojson` and `localities.csv`. What comes out: the other data files. The same seed gives
//! the same bytes. How everything is drawn stands in `jonkoping/README.md`.

mod address;
mod chance;
mod countryside;
mod fault;
mod land;
mod network;
mod outline;
mod table;
mod town;

use std::{collections::BTreeMap, io};

use address::Address;
use chance::Chance;
use land::{Kommun, Locality};
use outline::{AROUND, BESIDE, Raster};
use table::{Offer, Row};

/// What every random number comes from.
const SEED: u128 = 20_241_231;

/// Addresses before faults are put in.
const ADDRESSES: usize = 136_000;

/// Makes the files: name and content.
///
/// # Errors
/// When an input is not what it should be; the message names file and line.
pub fn jonkoping(kommuner: &str, localities: &str) -> io::Result<Vec<(&'static str, Vec<u8>)>> {
    let kommuner = land::kommuner(kommuner)?;
    let mut localities = land::localities(localities, &kommuner)?;
    let spots = countryside::roads(&kommuner, &localities);
    countryside::hamlets(&spots, &kommuner, &mut localities);

    let mut addresses = Vec::new();
    let mut quarters = 0;
    for (number, locality) in localities.iter().enumerate() {
        town::build(number, locality, &kommuner[locality.kommun], &mut quarters, &mut addresses);
    }
    countryside::farms(&spots, &kommuner, &mut addresses);
    countryside::holiday_homes(&spots, &kommuner, ADDRESSES, &mut addresses);
    let quarters = countryside::divide(&kommuner, quarters, &mut addresses);
    address::move_in(&mut addresses, &kommuner, &localities);
    addresses.sort_by(|a, b| {
        (a.kommun, a.locality.is_none(), a.quarter)
            .cmp(&(b.kommun, b.locality.is_none(), b.quarter))
            .then(a.n.total_cmp(&b.n))
            .then(a.e.total_cmp(&b.e))
    });
    let networks = network::build(&kommuner, &localities, &addresses, quarters);

    let mut rows: Vec<Row> = addresses.iter().enumerate().map(|(i, a)| row(i, a, &kommuner)).collect();
    let offers = offers(&addresses, &networks.in_town_fibre, &kommuner);
    fault::places(&mut rows, &kommuner);

    let mut files = vec![
        ("places.parquet", table::places(&rows)?),
        ("offers.parquet", table::offers(&offers)?),
        ("settlements.geojson", settlements(&addresses, &localities)),
    ];
    for file in ["fibre.geojson", "cable.geojson", "copper.geojson", "radio.geojson"] {
        files.push((file, table::footprints(file, &networks.footprints)));
    }
    Ok(files)
}

fn row(number: usize, address: &Address, kommuner: &[Kommun]) -> Row {
    let units = [address.persons, address.households, address.workplaces, address.jobs];
    Row {
        id: table::id(number),
        easting: Some(address.e as i32),
        northing: Some(address.n as i32),
        category: address.kind.word(),
        code: Some(kommuner[address.kommun].code),
        units: units.map(|unit| unit as i32),
        spoilt: false,
    }
}

/// Whom Humlan Bredband has connected in three of its towns, and some farms that no area of theirs holds.
fn offers(addresses: &[Address], in_town_fibre: &[bool], kommuner: &[Kommun]) -> Vec<Offer> {
    let chance = &mut Chance::stream(91);
    let mut offers = Vec::new();
    for (i, address) in addresses.iter().enumerate() {
        if !["0617", "0662", "0683"].contains(&kommuner[address.kommun].code) {
            continue;
        }
        let likely = if in_town_fibre[i] { 0.62 } else { 0.02 };
        if chance.happens(likely) {
            let speed = match chance.unit() {
                u if u < 0.25 => 100,
                u if u < 0.60 => 250,
                u if u < 0.78 => 500,
                _ => 1000,
            };
            offers.push(Offer { place: table::id(i), down: speed, up: speed });
        }
    }
    fault::offers(&mut offers);
    offers
}

/// Borders of localities and smaller localities, drawn around their addresses; their inhabitants decide the class.
fn settlements(addresses: &[Address], localities: &[Locality]) -> Vec<u8> {
    let mut rasters: BTreeMap<usize, (Raster, i64)> = BTreeMap::new();
    for address in addresses {
        if let Some(l) = address.locality {
            let (raster, persons) = rasters.entry(l).or_insert_with(|| (Raster::new(75.0), 0));
            raster.add(address.e, address.n);
            *persons += address.persons;
        }
    }
    let drawn: Vec<_> = rasters
        .into_iter()
        .filter_map(|(l, (raster, persons))| {
            let class = match persons {
                200.. => "tätort",
                50.. => "småort",
                _ => return None,
            };
            let name = &localities[l].name;
            let properties = format!(r#""namn":"{name}","klass":"{class}","befolkning":{persons}"#);
            Some((properties, raster.grown(&AROUND).grown(&BESIDE).shrunk(&BESIDE).outline()))
        })
        .collect();
    table::collection(drawn.iter().map(|(properties, polygons)| (properties.clone(), polygons)))
}
