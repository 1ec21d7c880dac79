//! `places-lacking.pmtiles`: every place with a position that lacks a speed, as dots on tiles. For the internal edition only.
//!
//! ```text
//! places, in the order of their ids ──add──▶ sorted along a curve, on disk ──finish──▶ tiles, from the whole Earth to the closest
//! ```
//!
//! A place is the number of its square on the closest tile, along the curve that numbers tiles too. The number of every tile that
//! holds it begins with the same digits, so one sorted list has the places of each tile of each zoom level one after the other.
//! Memory holds some of the list while it is sorted, and one tile.

mod archive;
mod lattice;
mod sorted;
mod tile;

use std::{
    collections::BTreeMap,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use geo::Coord;
use nittio_core::{measure::Best, quantity::Speed};
use serde_json::json;

use super::Run;
use crate::{
    crs::{Crs, Transformer},
    sorter::PlaceRow,
};
use archive::{About, Entries};
use lattice::Lattice;
use sorted::Sorted;
use tile::{Dot, Look, Tile};

/// The file.
pub const NAME: &str = "places-lacking.pmtiles";

/// The layer's name in every tile.
const LAYER: &str = "lacking";

/// The closest zoom level, on which every place is a dot of its own.
const CLOSEST: u8 = 13;

/// How many steps of a tile's own coordinates lie along its side: two to this power.
const EXTENT: u8 = 12;

/// Steps along the whole Earth's side: two to this power.
const DEPTH: u8 = CLOSEST + EXTENT;

/// A place may have this to the north or south; there is nothing beyond on Mercator's map.
const NORTHERNMOST: f64 = 85.051_1;

/// Places under way.
pub(super) struct Lacking {
    to_degrees: Transformer,
    from_degrees: Transformer,
    crs: String,
    /// By kind: what is said of its places, if they lack anything.
    looks: Vec<Option<u32>>,
    said: Vec<Look>,
    keys: Vec<String>,
    sorted: Sorted,
    folder: PathBuf,
    bounds: Option<[f64; 4]>,
    places: u64,
}

impl Lacking {
    /// Ready for places of a run; `None` where coordinates have no place on Earth. `speeds` are those that are asked about.
    pub(super) fn new(run: &Run<'_>, speeds: &[Speed], folder: &Path) -> Option<Self> {
        let (frame, profiles) = (&run.outcome.frame, &run.study.profiles);
        let crs: Crs = run.outcome.provenance.crs.parse().ok()?;
        let to_degrees = Transformer::new(crs, Crs::WGS_84).ok().filter(|_| crs != Crs::AsIs)?;
        let from_degrees = Transformer::new(Crs::WGS_84, crs).ok()?;
        let highest = speeds.last().copied()?;
        let look = |kind: &nittio_core::coverage::Kind| {
            let links = kind.links.as_ref()?;
            let best = |profile| Best::of(links, profile, &frame.services, frame.as_of).down;
            let best: Vec<Option<Speed>> = profiles.iter().map(best).collect();
            let settlement = frame.settlements.then_some(kind.settlement);
            best.iter().any(|&best| best < Some(highest)).then_some(Look { best, settlement })
        };
        let of_kinds: Vec<Option<Look>> = run.kinds.iter().map(look).collect();
        let mut numbers: BTreeMap<&Look, u32> = of_kinds.iter().flatten().map(|look| (look, 0)).collect();
        numbers.values_mut().zip(0..).for_each(|(number, to)| *number = to);
        let looks = of_kinds.iter().map(|look| look.as_ref().map(|look| numbers[look])).collect();
        let said = numbers.into_keys().cloned().collect();
        let key = |(number, profile): (usize, &nittio_core::profile::Profile)| match number {
            0 => "best_down_mbps".to_owned(),
            _ => format!("best_down_mbps:{}", profile.key),
        };
        Some(Self {
            to_degrees,
            from_degrees,
            crs: crs.to_string(),
            looks,
            said,
            keys: profiles.iter().enumerate().map(key).collect(),
            sorted: Sorted::new(folder),
            folder: folder.to_owned(),
            bounds: None,
            places: 0,
        })
    }

    /// Adds a place when it lacks anything and has a position.
    pub(super) fn add(&mut self, row: &PlaceRow<'_>) -> io::Result<()> {
        let Some(look) = self.looks.get(row.kind as usize).copied().flatten() else { return Ok(()) };
        let Some(at) = self.to_degrees.coord(Coord { x: row.easting, y: row.northing }) else { return Ok(()) };
        if at.x.abs() > 180.0 || at.y.abs() > NORTHERNMOST {
            return Ok(());
        }
        let [west, south, east, north] = self.bounds.unwrap_or([at.x, at.y, at.x, at.y]);
        self.bounds = Some([west.min(at.x), south.min(at.y), east.max(at.x), north.max(at.y)]);
        self.places += 1;
        self.sorted.add(tile::along_curve(mercator(at).map(step), DEPTH), look)
    }

    /// How many places there are so far.
    pub(super) fn places(&self) -> u64 {
        self.places
    }

    /// Writes the file; there must be places.
    pub(super) fn finish(self, mut out: impl Write) -> io::Result<()> {
        let Self { sorted, said, keys, folder, bounds, places, .. } = &self;
        let mut list = sorted_list(sorted, folder)?;
        let mut data = BufWriter::with_capacity(1 << 18, tempfile::tempfile_in(folder)?);
        let mut entries = Entries::default();
        for zoom in 0..=CLOSEST {
            list.seek(SeekFrom::Start(0))?;
            let mut tile = Tile::new(zoom, said, keys);
            let mut reader = BufReader::with_capacity(1 << 18, &list);
            let mut record = [0; sorted::RECORD];
            for _ in 0..*places {
                reader.read_exact(&mut record)?;
                let (key, look) = sorted::record(&record);
                if !tile.holds(key) {
                    entries.append(zoom, tile.number(), &tile.encode(), &mut data)?;
                }
                tile.add(Dot { key, look });
            }
            if *places > 0 {
                entries.append(zoom, tile.number(), &tile.encode(), &mut data)?;
            }
        }
        let mut data = data.into_inner().map_err(io::IntoInnerError::into_error)?;
        data.seek(SeekFrom::Start(0))?;
        let metadata = serde_json::to_vec(&self.metadata())?;
        let about = About { bounds: bounds.unwrap_or([-180.0, -85.0, 180.0, 85.0]), closest: CLOSEST, metadata };
        archive::write(&mut out, &about, &entries, &mut data)
    }

    /// What a reader of the file is told: its layer, and where its coordinates lie in the study's.
    fn metadata(&self) -> serde_json::Value {
        let mut fields: BTreeMap<&str, &str> = self.keys.iter().map(|key| (key.as_str(), "Number")).collect();
        fields.insert("places", "Number");
        fields.insert("settlement", "String");
        let lattice = self.bounds.map(|bounds| Lattice::over(bounds, &self.from_degrees));
        json!({
            "name": "Places that lack a speed",
            "type": "overlay",
            "vector_layers": [{ "id": LAYER, "fields": fields, "minzoom": 0, "maxzoom": CLOSEST }],
            "nittio": { "crs": self.crs, "places": self.places, "keys": self.keys, "lattice": lattice },
        })
    }
}

/// The list in order, in a file without a name.
fn sorted_list(sorted: &Sorted, folder: &Path) -> io::Result<std::fs::File> {
    let mut list = BufWriter::with_capacity(1 << 18, tempfile::tempfile_in(folder)?);
    sorted.each(&mut |record| list.write_all(record))?;
    list.into_inner().map_err(io::IntoInnerError::into_error)
}

/// Where a longitude and latitude lie on Mercator's square, from its upper left corner, as parts of its side.
fn mercator(at: Coord) -> [f64; 2] {
    let y = at.y.to_radians().tan().asinh() / std::f64::consts::PI;
    [at.x / 360.0 + 0.5, (1.0 - y) / 2.0]
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float to integer cast saturates")]
fn step(part: f64) -> u32 {
    let all = 1u32 << DEPTH;
    ((part * f64::from(all)).floor() as u32).min(all - 1)
}
