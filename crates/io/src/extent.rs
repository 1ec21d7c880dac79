//! Whether coordinates can be what a file says they are: swapped axes, another CRS, another country.
//!
//! A [`Guard`] knows the box that coordinates of a CRS lie in, and the box of the country when there is one. Every
//! coordinate is looked at in the file's own CRS, before it is transformed; [`Seen`] counts, and its
//! [`verdict`](Seen::verdict) says whether the file as a whole is to be refused. A few odd coordinates are findings
//! by row; when more than half are odd in the same way, the file is declared wrong and says what would be right.
//!
//! Without a country only the CRS's own limits count: the area it is made for, with a wide margin. `as-is` has no
//! limits but that a coordinate is a finite number.
//!
//! ```
//! use geo::Coord;
//! use nittio_io::{crs::Crs, extent::{Country, Guard, Look, Seen, Verdict}};
//!
//! let guard = Guard::new(Crs::WGS_84, Some(Country::Sweden));
//! let mut seen = Seen::default();
//! // Jönköping, latitude first.
//! assert_eq!(seen.look(&guard, Coord { x: 57.78, y: 14.16 }), Look::Swapped);
//! assert!(matches!(seen.verdict(&guard), Verdict::Refused(why) if why.contains("swap_axes")));
//! ```

use std::{fmt, str::FromStr};

use geo::Coord;

use crate::crs::{Crs, Transformer};

/// A country that places are known to lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Country {
    /// Sweden, `SE`.
    #[doc(alias = "Sverige")]
    Sweden,
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sweden => f.write_str("Sweden"),
        }
    }
}

impl FromStr for Country {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "SE" | "se" => Ok(Self::Sweden),
            other => Err(format!("`{other}` is not a country that nittio knows the extent of; only `SE` is")),
        }
    }
}

/// What a coordinate looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Look {
    /// It lies where coordinates of the CRS, and of the country, lie.
    Plausible,
    /// It would, if its easting and northing changed places.
    Swapped,
    /// It does not either way, or is no number.
    OutsideExtent,
}

/// Knows where coordinates of a file should lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Guard {
    crs: Crs,
    country: Option<Country>,
    /// `None`: everywhere.
    extent: Option<Extent>,
    /// Other CRSs that the coordinates may be in, to name the right one.
    others: Vec<(Crs, Extent)>,
}

impl Guard {
    /// A guard for coordinates of a CRS, in a country when it is known to be in one.
    #[must_use]
    pub fn new(crs: Crs, country: Option<Country>) -> Self {
        let others = COMMON
            .map(Crs::Epsg)
            .into_iter()
            // What lies on nearly the same numbers cannot be told apart, nor need it be.
            .filter(|other| *other != crs && crs != Crs::AsIs && !(other.is_geographic() && crs.is_geographic()))
            .filter_map(|other| Some((other, extent(other, country)?)))
            .collect();
        Self { crs, country, extent: extent(crs, country), others }
    }

    /// What a coordinate looks like, as it stands in the file: easting (longitude) first.
    #[must_use]
    pub fn look(&self, coord: Coord) -> Look {
        if !coord.x.is_finite() || !coord.y.is_finite() {
            return Look::OutsideExtent;
        }
        match &self.extent {
            Some(extent) if extent.has(coord) => Look::Plausible,
            Some(extent) if extent.has(swap(coord)) => Look::Swapped,
            Some(_) => Look::OutsideExtent,
            None => Look::Plausible,
        }
    }

    /// What to say of one coordinate that does not look right.
    #[must_use]
    pub fn finding(&self, coord: Coord, look: Look) -> Option<String> {
        let Coord { x, y } = coord;
        match look {
            Look::Plausible => None,
            Look::Swapped => Some(format!(
                "({x}, {y}) lies {} only when easting and northing change places; correct the row",
                self.place()
            )),
            Look::OutsideExtent => Some(match &self.extent {
                Some(extent) => format!("({x}, {y}) does not lie {}, where {extent}", self.place()),
                None => format!("({x}, {y}) is not a finite number"),
            }),
        }
    }

    fn place(&self) -> String {
        match self.country {
            Some(country) => format!("in {country} as {}", self.crs),
            None => format!("within {}", self.crs),
        }
    }
}

/// What a file's coordinates looked like, counted. Parts of a file can be counted apart and merged in file order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// How many coordinates looked right.
    pub plausible: u64,
    /// How many would with their axes swapped.
    pub swapped: u64,
    /// How many do not either way.
    pub outside: u64,
    /// Of `outside`, how many would fit each other CRS of the guard.
    fits: [u64; COMMON.len()],
    /// The first coordinate that did not look right.
    first_odd: Option<Coord>,
}

impl Seen {
    /// Looks at one more coordinate and counts it.
    pub fn look(&mut self, guard: &Guard, coord: Coord) -> Look {
        let look = guard.look(coord);
        match look {
            Look::Plausible => self.plausible += 1,
            Look::Swapped => self.swapped += 1,
            Look::OutsideExtent => {
                self.outside += 1;
                // (0, 0) stands for "not known" in many files: it fits degrees, and says nothing.
                if coord != (Coord { x: 0.0, y: 0.0 }) {
                    for ((_, extent), fits) in guard.others.iter().zip(&mut self.fits) {
                        *fits += u64::from(extent.has(coord) || extent.has(swap(coord)));
                    }
                }
            }
        }
        if look != Look::Plausible && self.first_odd.is_none() {
            self.first_odd = Some(coord);
        }
        look
    }

    /// Adds what a later part of the file looked like.
    pub fn merge(&mut self, later: &Self) {
        self.plausible += later.plausible;
        self.swapped += later.swapped;
        self.outside += later.outside;
        for (fits, more) in self.fits.iter_mut().zip(later.fits) {
            *fits += more;
        }
        self.first_odd = self.first_odd.or(later.first_odd);
    }

    /// Whether the file as a whole can be what it says it is.
    ///
    /// The guard must be the one that looked.
    #[must_use]
    pub fn verdict(&self, guard: &Guard) -> Verdict {
        let total = self.plausible + self.swapped + self.outside;
        let most = |count: u64| count > total / 2;
        let example = self.first_odd.map_or_else(String::new, |Coord { x, y }| format!(", the first ({x}, {y})"));
        if self.swapped + self.outside == 0 {
            return Verdict::Plausible;
        }
        let place = guard.place();
        if most(self.swapped) {
            return Verdict::Refused(format!(
                "{} of {total} coordinates{example}, lie {place} only when easting and northing change places; \
                 set `swap_axes = true` for this file, or take it away if it is there",
                self.swapped
            ));
        }
        if most(self.outside) {
            // Of equals the first, since they stand in order of likelihood; `max_by_key` gives the last.
            let best = guard.others.iter().zip(self.fits).rev().filter(|&(_, fits)| most(fits));
            let best = best.max_by_key(|&(_, fits)| fits).map(|((other, _), _)| *other);
            let hint = match best {
                Some(Crs::Epsg(SWEREF_ZONE)) => "these look like metres in one of SWEREF 99's local zones: is the \
                                                 file's CRS one of EPSG:3007–3018?"
                    .to_owned(),
                Some(other) if other.is_geographic() => {
                    format!("these look like degrees: is the file's CRS {other}?")
                }
                Some(other) => format!("these look like metres: is the file's CRS {other}?"),
                None => "say in `crs` which CRS the file is in".to_owned(),
            };
            return Verdict::Refused(format!(
                "{} of {total} coordinates{example}, do not lie {place}; {hint}",
                self.outside
            ));
        }
        if self.swapped + self.outside > total / 2 {
            return Verdict::Refused(format!(
                "{} of {total} coordinates{example}, do not lie {place}; {} of them would with easting and northing \
                 swapped: the file mixes coordinates of several kinds, deliver them apart",
                self.swapped + self.outside,
                self.swapped
            ));
        }
        Verdict::SomeOdd
    }
}

/// Whether a file as a whole can be what it says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every coordinate looks right.
    Plausible,
    /// At most half do not: findings by row, and the rows with them are left out.
    SomeOdd,
    /// Most do not: the file is not to be read. Says why, and what would be right.
    Refused(String),
}

/// CRSs that files are in most often, the likeliest first.
const COMMON: [u32; 5] = [3006, 4326, 3021, 3857, SWEREF_ZONE];

/// One of SWEREF 99's twelve local zones, for all of them: places near any zone's meridian have the same eastings.
const SWEREF_ZONE: u32 = 3010;

/// A box, borders included.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Extent {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    degrees: bool,
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { west, south, east, north, degrees } = self;
        if *degrees {
            write!(f, "longitude is {west} to {east} and latitude {south} to {north}")
        } else {
            write!(f, "easting is {west:.0} to {east:.0} and northing {south:.0} to {north:.0}")
        }
    }
}

impl Extent {
    const fn degrees(west: f64, south: f64, east: f64, north: f64) -> Self {
        Self { west, south, east, north, degrees: true }
    }

    const fn metres(west: f64, south: f64, east: f64, north: f64) -> Self {
        Self { west, south, east, north, degrees: false }
    }

    fn has(&self, Coord { x, y }: Coord) -> bool {
        (self.west..=self.east).contains(&x) && (self.south..=self.north).contains(&y)
    }

    /// The box around this one in another CRS. Its edges bend there, so they are walked in steps. What is inside stays
    /// inside, so walking the edges is enough.
    fn transformed(self, from: Crs, to: Crs) -> Option<Self> {
        const STEPS: u32 = 64;
        let transformer = Transformer::new(from, to).ok()?;
        let along = |low: f64, high: f64, step: u32| low + (high - low) * f64::from(step) / f64::from(STEPS);
        let mut edges = (0..=STEPS).flat_map(|step| {
            let (x, y) = (along(self.west, self.east, step), along(self.south, self.north, step));
            [(x, self.south), (x, self.north), (self.west, y), (self.east, y)]
        });
        let nothing = Self {
            west: f64::INFINITY,
            south: f64::INFINITY,
            east: f64::NEG_INFINITY,
            north: f64::NEG_INFINITY,
            degrees: to.is_geographic(),
        };
        edges.try_fold(nothing, |around, (x, y)| {
            let Coord { x, y } = transformer.coord(Coord { x, y })?;
            Some(Self {
                west: around.west.min(x),
                south: around.south.min(y),
                east: around.east.max(x),
                north: around.north.max(y),
                ..around
            })
        })
    }
}

/// Sweden's land is at longitude 10.96 to 24.17 and latitude 55.33 to 69.06; there is half a degree to spare or more.
const SWEDEN_DEGREES: Extent = Extent::degrees(10.0, 55.0, 24.5, 69.5);
/// Sweden in SWEREF 99 TM: the land is at easting 265 to 920 km and northing 6 132 to 7 672 km, about.
const SWEDEN_METRES: Extent = Extent::metres(250_000.0, 6_100_000.0, 950_000.0, 7_700_000.0);

/// Where coordinates of a CRS lie; `None` for everywhere.
fn extent(crs: Crs, country: Option<Country>) -> Option<Extent> {
    let Crs::Epsg(code) = crs else { return None };
    match country {
        Some(Country::Sweden) if crs.is_geographic() => Some(SWEDEN_DEGREES),
        Some(Country::Sweden) => SWEDEN_METRES.transformed(Crs::SWEREF_99_TM, crs),
        None => {
            let area = area_of_use(code);
            if crs.is_geographic() { Some(area) } else { area.transformed(Crs::WGS_84, crs) }
        }
    }
}

/// The area that a CRS is made for according to the EPSG register, with a margin: zones are used far beyond their
/// borders, so they get all of Europe, or all around the Baltic.
fn area_of_use(code: u32) -> Extent {
    match code {
        3006..=3024 | 4619 => Extent::degrees(0.0, 50.0, 35.0, 74.0),
        3067 => Extent::degrees(0.0, 50.0, 40.0, 74.0),
        25832..=25835 => Extent::degrees(-16.0, 32.0, 40.0, 85.0),
        4258 => Extent::degrees(-35.0, 25.0, 45.0, 85.0),
        // North America; what lies west of the antimeridian (the outer Aleutians) has longitudes above 167.
        4269 => Extent::degrees(-180.0, 10.0, -35.0, 90.0),
        3857 => Extent::degrees(-180.0, -85.06, 180.0, 85.06),
        _ => Extent::degrees(-180.0, -90.0, 180.0, 90.0),
    }
}

fn swap(coord: Coord) -> Coord {
    Coord { x: coord.y, y: coord.x }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JONKOPING: Coord = Coord { x: 14.16, y: 57.78 };
    /// The same town in SWEREF 99 TM.
    const JONKOPING_TM: Coord = Coord { x: 450_000.0, y: 6_404_000.0 };
    const BOSTON: Coord = Coord { x: -71.06, y: 42.36 };

    fn sweden(code: u32) -> Guard {
        Guard::new(Crs::Epsg(code), Some(Country::Sweden))
    }

    fn verdict(guard: &Guard, coords: impl IntoIterator<Item = Coord>) -> Verdict {
        let mut seen = Seen::default();
        for coord in coords {
            seen.look(guard, coord);
        }
        seen.verdict(guard)
    }

    fn refusal(guard: &Guard, coords: impl IntoIterator<Item = Coord>) -> String {
        match verdict(guard, coords) {
            Verdict::Refused(why) => why,
            other => panic!("not refused but {other:?}"),
        }
    }

    #[test]
    fn a_town_is_plausible_and_swapped_it_is_seen() {
        for (code, town) in [(4326, JONKOPING), (4258, JONKOPING), (3006, JONKOPING_TM), (25833, JONKOPING_TM)] {
            assert_eq!(sweden(code).look(town), Look::Plausible, "{code}");
            assert_eq!(sweden(code).look(swap(town)), Look::Swapped, "{code}");
        }
    }

    #[test]
    fn every_corner_of_sweden_is_plausible_in_every_crs() {
        // Smygehuk, Strömstad's outer skerries, Treriksröset, Haparanda: as longitude and latitude.
        for (x, y) in [(13.36, 55.337), (10.96, 58.9), (20.55, 69.06), (24.16, 65.83)] {
            for crs in Crs::supported().filter(|crs| *crs != Crs::Epsg(4269)) {
                let there = Transformer::new(Crs::WGS_84, crs).unwrap().coord(Coord { x, y }).unwrap();
                for country in [Some(Country::Sweden), None] {
                    let guard = Guard::new(crs, country);
                    assert_eq!(guard.look(there), Look::Plausible, "{crs} {x} {y}");
                    if country.is_some() {
                        assert_eq!(guard.look(swap(there)), Look::Swapped, "{crs} {x} {y}");
                    }
                }
            }
        }
    }

    #[test]
    fn another_country_is_outside() {
        // Helsinki, Berlin, null island. (Oslo and Copenhagen lie within Sweden's box: a box is no border.)
        for (x, y) in [(24.94, 60.17), (13.40, 52.52), (0.0, 0.0)] {
            assert_eq!(sweden(4326).look(Coord { x, y }), Look::OutsideExtent, "{x} {y}");
        }
        assert_eq!(sweden(3006).look(Coord { x: 0.0, y: 0.0 }), Look::OutsideExtent);
    }

    #[test]
    fn a_file_with_most_axes_swapped_is_refused() {
        let guard = sweden(3006);
        let coords = [swap(JONKOPING_TM), swap(JONKOPING_TM), JONKOPING_TM];
        assert_eq!(
            refusal(&guard, coords),
            "2 of 3 coordinates, the first (6404000, 450000), lie in Sweden as EPSG:3006 only when easting and northing \
             change places; set `swap_axes = true` for this file, or take it away if it is there"
        );
    }

    #[test]
    fn a_few_odd_coordinates_are_findings_and_no_refusal() {
        let guard = sweden(4326);
        let coords = [JONKOPING, JONKOPING, swap(JONKOPING), Coord { x: 0.0, y: 0.0 }];
        assert_eq!(verdict(&guard, coords), Verdict::SomeOdd);
        assert_eq!(verdict(&guard, [JONKOPING]), Verdict::Plausible);
        assert_eq!(verdict(&guard, []), Verdict::Plausible);
        assert_eq!(guard.finding(JONKOPING, Look::Plausible), None);
        assert_eq!(
            guard.finding(coords[2], guard.look(coords[2])).unwrap(),
            "(57.78, 14.16) lies in Sweden as EPSG:4326 only when easting and northing change places; correct the row"
        );
        assert_eq!(
            guard.finding(coords[3], guard.look(coords[3])).unwrap(),
            "(0, 0) does not lie in Sweden as EPSG:4326, where longitude is 10 to 24.5 and latitude 55 to 69.5"
        );
    }

    #[test]
    fn a_file_of_several_kinds_is_refused() {
        let why = refusal(&sweden(4326), [JONKOPING, swap(JONKOPING), Coord { x: 0.0, y: 0.0 }]);
        assert!(why.starts_with("2 of 3 coordinates"), "{why}");
        assert!(why.contains("several kinds"), "{why}");
    }

    #[test]
    fn degrees_called_metres_say_so() {
        for (guard, coord) in [
            (sweden(3006), JONKOPING),
            (sweden(3006), swap(JONKOPING)),
            (sweden(3021), JONKOPING),
            (sweden(3857), JONKOPING),
            (Guard::new(Crs::SWEREF_99_TM, None), BOSTON),
        ] {
            let why = refusal(&guard, [coord]);
            assert!(why.ends_with("these look like degrees: is the file's CRS EPSG:4326?"), "{why}");
        }
    }

    #[test]
    fn metres_called_degrees_say_which() {
        // Jönköping in RT 90 2.5 gon V and on the web's tiles, by PROJ 9.5.1, to the metre.
        for (code, coord) in [
            (3006, JONKOPING_TM),
            (3006, swap(JONKOPING_TM)),
            (3021, Coord { x: 1_402_124.0, y: 6_407_339.0 }),
            (3857, Coord { x: 1_576_284.0, y: 7_921_244.0 }),
        ] {
            let why = refusal(&sweden(4326), [coord]);
            assert!(why.ends_with(&format!("these look like metres: is the file's CRS EPSG:{code}?")), "{why}");
        }
    }

    /// Jönköping in SWEREF 99 13 30, by PROJ 9.5.1, to the metre.
    #[test]
    fn a_local_zone_is_recognised() {
        let zone = Coord { x: 189_266.0, y: 6_406_971.0 };
        assert_eq!(sweden(3008).look(zone), Look::Plausible);
        let why = refusal(&sweden(3006), [zone]);
        assert!(why.ends_with("is the file's CRS one of EPSG:3007–3018?"), "{why}");
    }

    #[test]
    fn missing_coordinates_written_as_zero_are_not_called_degrees() {
        let why = refusal(&Guard::new(Crs::SWEREF_99_TM, None), [Coord { x: 0.0, y: 0.0 }]);
        assert!(why.ends_with("say in `crs` which CRS the file is in"), "{why}");
    }

    #[test]
    fn without_a_country_only_the_limits_of_the_crs_count() {
        let nad83 = Guard::new(Crs::Epsg(4269), None);
        assert_eq!(nad83.look(BOSTON), Look::Plausible);
        assert_eq!(nad83.look(swap(BOSTON)), Look::Swapped);
        assert_eq!(nad83.look(JONKOPING), Look::OutsideExtent);
        let world = Guard::new(Crs::WGS_84, None);
        for (x, y) in [(-180.0, -90.0), (180.0, 90.0), (14.16, 57.78), (57.78, 14.16)] {
            assert_eq!(world.look(Coord { x, y }), Look::Plausible, "{x} {y}");
        }
        assert_eq!(world.look(Coord { x: 40.0, y: -105.0 }), Look::Swapped);
        assert_eq!(world.look(Coord { x: 181.0, y: 91.0 }), Look::OutsideExtent);
    }

    #[test]
    fn as_is_may_be_anywhere_but_not_nowhere() {
        for country in [None, Some(Country::Sweden)] {
            let guard = Guard::new(Crs::AsIs, country);
            assert_eq!(guard.look(Coord { x: -1e9, y: 3.0 }), Look::Plausible);
            assert_eq!(guard.look(Coord { x: f64::NAN, y: 3.0 }), Look::OutsideExtent);
        }
    }

    #[test]
    fn counting_in_parts_is_counting_at_once() {
        let guard = sweden(3006);
        let coords = [JONKOPING_TM, swap(JONKOPING_TM), JONKOPING, Coord { x: f64::NAN, y: 0.5 }, JONKOPING];
        let count = |coords: &[Coord]| {
            let mut seen = Seen::default();
            for coord in coords {
                seen.look(&guard, *coord);
            }
            seen
        };
        for cut in 0..=coords.len() {
            let mut merged = count(&coords[..cut]);
            merged.merge(&count(&coords[cut..]));
            assert_eq!(merged.verdict(&guard), count(&coords).verdict(&guard));
            assert_eq!((merged.plausible, merged.swapped, merged.outside), (1, 1, 3));
        }
    }

    #[test]
    fn a_country_is_read_by_its_code() {
        assert_eq!("SE".parse(), Ok(Country::Sweden));
        assert!("XX".parse::<Country>().unwrap_err().contains("`SE`"));
    }
}
