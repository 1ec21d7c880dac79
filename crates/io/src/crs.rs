//! Coordinate reference systems: which ones, and from one to another.
//!
//! Coordinates are always in the order easting (longitude), northing (latitude), whatever the axis order in the
//! EPSG register; geographic ones are in degrees, projected ones in metres.
//!
//! WGS 84, ETRS89, SWEREF 99 and NAD 83 are taken to be the same datum, as PROJ's null transformations between
//! them do. RT 90 is moved with Lantmäteriet's seven parameters, the ones PROJ uses too (EPSG operation 1895).
//!
//! # Accuracy
//! Against PROJ 9.5.1, over 8 640 points, the largest difference is 0.1 mm where RT 90 takes part and 0.000 004 mm
//! elsewhere. The comparison is in `tests/crs_oracle.rs`; the table by code is in
//! `docs/methods/coordinate-systems.md`.

use std::{fmt, str::FromStr};

use geo::{Coord, Geometry, MapCoords};
use proj4rs::Proj;

/// A coordinate reference system that nittio can transform, or none at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Crs {
    /// By its EPSG code; coordinates in the order easting (longitude), northing (latitude).
    Epsg(u32),
    /// Planar in the file's own units, never transformed.
    AsIs,
}

/// A CRS that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CrsError(pub String);

impl Crs {
    /// Sweden's national projection, SWEREF 99 TM.
    pub const SWEREF_99_TM: Self = Self::Epsg(3006);
    /// Longitude and latitude on WGS 84.
    pub const WGS_84: Self = Self::Epsg(4326);

    /// The name, as in the EPSG register; `None` for `as-is` and for a code that is not supported.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        self.definition().map(|definition| definition.name)
    }

    /// Whether coordinates are longitude and latitude in degrees.
    #[must_use]
    pub fn is_geographic(self) -> bool {
        self.definition().is_some_and(|definition| matches!(definition.method, Method::Geographic))
    }

    /// Every CRS that can be transformed, by code.
    pub fn supported() -> impl Iterator<Item = Self> {
        DEFINITIONS.iter().map(|definition| Self::Epsg(definition.code))
    }

    fn definition(self) -> Option<&'static Definition> {
        match self {
            Self::Epsg(code) => DEFINITIONS.iter().find(|definition| definition.code == code),
            Self::AsIs => None,
        }
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Epsg(code) => write!(f, "EPSG:{code}"),
            Self::AsIs => f.write_str("as-is"),
        }
    }
}

impl FromStr for Crs {
    type Err = CrsError;

    /// Reads `EPSG:3006`, `3006`, `urn:ogc:def:crs:EPSG::3006`, `http://www.opengis.net/def/crs/EPSG/0/3006`,
    /// `OGC:CRS84` (as `EPSG:4326`: nittio has longitude first always) or `as-is`, in upper or lower case.
    fn from_str(text: &str) -> Result<Self, CrsError> {
        let lower = text.trim().to_ascii_lowercase();
        if lower == "as-is" {
            return Ok(Self::AsIs);
        }
        let short = match lower.strip_prefix("urn:ogc:def:crs:") {
            Some(urn) => urn.to_owned(),
            None => ["http://www.opengis.net/def/crs/", "https://www.opengis.net/def/crs/"]
                .iter()
                .find_map(|prefix| lower.strip_prefix(prefix))
                .map_or_else(|| lower.clone(), |path| path.replace('/', ":")),
        };
        // What stands between the authority and the code is a version: `EPSG::3006`, `EPSG:0:3006`, `OGC:1.3:CRS84`.
        let (authority, code) = short.split_once(':').map_or((None, short.as_str()), |(authority, rest)| {
            (Some(authority), rest.rsplit_once(':').map_or(rest, |(_, code)| code))
        });
        if code == "crs84" && matches!(authority, None | Some("ogc")) {
            return Ok(Self::WGS_84);
        }
        let known = match authority {
            None | Some("epsg") if code.bytes().all(|byte| byte.is_ascii_digit()) => code.parse().ok().map(Self::Epsg),
            _ => None,
        };
        known.filter(|crs| crs.definition().is_some()).ok_or_else(|| {
            CrsError(format!("`{}` is not a CRS that nittio can transform; {}", text.trim(), supported_list()))
        })
    }
}

/// From one CRS to another.
#[derive(Debug, Clone)]
pub struct Transformer {
    /// Nothing when both are the same: coordinates then stay as they are, to the bit.
    steps: Option<Box<Steps>>,
}

#[derive(Debug, Clone)]
struct Steps {
    from: Proj,
    to: Proj,
    from_degrees: bool,
    to_degrees: bool,
}

impl Transformer {
    /// A way from one to the other.
    ///
    /// # Errors
    /// When there is none, as between `as-is` and anything else.
    pub fn new(from: Crs, to: Crs) -> Result<Self, CrsError> {
        let definition = |crs: Crs| match (crs, crs.definition()) {
            (_, Some(definition)) => Ok(definition),
            (Crs::AsIs, None) => Err(CrsError(format!(
                "there is no way from {from} to {to}: coordinates as-is have no place on Earth; \
                 give both the file and the study a CRS, or let both be as-is"
            ))),
            (Crs::Epsg(_), None) => {
                Err(CrsError(format!("{crs} is not a CRS that nittio can transform; {}", supported_list())))
            }
        };
        if from == to && from == Crs::AsIs {
            return Ok(Self { steps: None });
        }
        let (source, target) = (definition(from)?, definition(to)?);
        if source.method == target.method {
            return Ok(Self { steps: None });
        }
        let proj = |definition: &Definition| {
            Proj::from_proj_string(&definition.method.proj_string())
                .map_err(|error| CrsError(format!("EPSG:{} cannot be set up: {error}", definition.code)))
        };
        Ok(Self {
            steps: Some(Box::new(Steps {
                from: proj(source)?,
                to: proj(target)?,
                from_degrees: from.is_geographic(),
                to_degrees: to.is_geographic(),
            })),
        })
    }

    /// Whether coordinates stay as they are, to the bit.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.steps.is_none()
    }

    /// One position; `None` when it cannot be transformed, or is no number.
    #[must_use]
    pub fn coord(&self, coord: Coord) -> Option<Coord> {
        if !coord.x.is_finite() || !coord.y.is_finite() {
            return None;
        }
        let Some(steps) = &self.steps else { return Some(coord) };
        let mut place =
            if steps.from_degrees { (coord.x.to_radians(), coord.y.to_radians()) } else { (coord.x, coord.y) };
        proj4rs::transform::transform(&steps.from, &steps.to, &mut place).ok()?;
        let (x, y) = if steps.to_degrees { (place.0.to_degrees(), place.1.to_degrees()) } else { place };
        (x.is_finite() && y.is_finite()).then_some(Coord { x, y })
    }

    /// Many positions, in place. Gives the places in the slice of those that could not be transformed, which are
    /// left as they were.
    #[must_use]
    pub fn coords(&self, coords: &mut [Coord]) -> Vec<usize> {
        let mut failed = Vec::new();
        for (place, coord) in coords.iter_mut().enumerate() {
            match self.coord(*coord) {
                Some(moved) => *coord = moved,
                None => failed.push(place),
            }
        }
        failed
    }

    /// A geometry, vertex by vertex; `None` when a vertex cannot be transformed.
    ///
    /// Straight edges stay straight between the same vertices: nothing is densified.
    #[must_use]
    pub fn geometry(&self, geometry: Geometry) -> Option<Geometry> {
        geometry.try_map_coords(|coord| self.coord(coord).ok_or(())).ok()
    }
}

/// A CRS by its code.
#[derive(Debug)]
struct Definition {
    code: u32,
    name: &'static str,
    method: Method,
}

/// How coordinates stand to longitude and latitude on the one datum.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Method {
    /// They are the same.
    Geographic,
    /// Spherical Mercator of the web's map tiles.
    WebMercator,
    /// Universal transverse Mercator on GRS 80, by zone.
    Utm(u8),
    /// SWEREF 99's local zones, by central meridian in degrees.
    SwerefZone(f64),
    /// RT 90's zones, by central meridian in degrees, on Bessel's ellipsoid.
    Rt90(f64),
}

impl Method {
    /// The definition in PROJ's terms. `etmerc` is the transverse Mercator that holds far from the central meridian.
    ///
    /// `+towgs84=0,0,0` on GRS 80 and WGS 84 alike makes them one datum, yet one that RT 90 can be moved to.
    fn proj_string(self) -> String {
        match self {
            Self::Geographic => "+proj=longlat +ellps=GRS80 +towgs84=0,0,0 +no_defs".to_owned(),
            Self::WebMercator => "+proj=webmerc +ellps=WGS84 +towgs84=0,0,0 +units=m +no_defs".to_owned(),
            Self::Utm(zone) => format!("+proj=utm +zone={zone} +ellps=GRS80 +towgs84=0,0,0 +units=m +no_defs"),
            Self::SwerefZone(meridian) => format!(
                "+proj=etmerc +lat_0=0 +lon_0={meridian} +k=1 +x_0=150000 +y_0=0 +ellps=GRS80 +towgs84=0,0,0 \
                 +units=m +no_defs"
            ),
            Self::Rt90(meridian) => format!(
                "+proj=etmerc +lat_0=0 +lon_0={meridian} +k=1 +x_0=1500000 +y_0=0 +ellps=bessel \
                 +towgs84=414.1,41.3,603.1,-0.855,2.141,-7.023,0 +units=m +no_defs"
            ),
        }
    }
}

/// RT 90's middle meridian, 15° 48′ 29.8″ east of Greenwich, and from it its other ones, 2.5 gon (2.25°) apart.
const RT90_MIDDLE: f64 = 15.0 + 48.0 / 60.0 + 29.8 / 3600.0;

#[rustfmt::skip]
const DEFINITIONS: [Definition; 29] = [
    define(3006, "SWEREF99 TM", Method::Utm(33)),
    define(3007, "SWEREF99 12 00", Method::SwerefZone(12.0)),
    define(3008, "SWEREF99 13 30", Method::SwerefZone(13.5)),
    define(3009, "SWEREF99 15 00", Method::SwerefZone(15.0)),
    define(3010, "SWEREF99 16 30", Method::SwerefZone(16.5)),
    define(3011, "SWEREF99 18 00", Method::SwerefZone(18.0)),
    define(3012, "SWEREF99 14 15", Method::SwerefZone(14.25)),
    define(3013, "SWEREF99 15 45", Method::SwerefZone(15.75)),
    define(3014, "SWEREF99 17 15", Method::SwerefZone(17.25)),
    define(3015, "SWEREF99 18 45", Method::SwerefZone(18.75)),
    define(3016, "SWEREF99 20 15", Method::SwerefZone(20.25)),
    define(3017, "SWEREF99 21 45", Method::SwerefZone(21.75)),
    define(3018, "SWEREF99 23 15", Method::SwerefZone(23.25)),
    define(3019, "RT90 7.5 gon V", Method::Rt90(RT90_MIDDLE - 4.5)),
    define(3020, "RT90 5 gon V", Method::Rt90(RT90_MIDDLE - 2.25)),
    define(3021, "RT90 2.5 gon V", Method::Rt90(RT90_MIDDLE)),
    define(3022, "RT90 0 gon", Method::Rt90(RT90_MIDDLE + 2.25)),
    define(3023, "RT90 2.5 gon O", Method::Rt90(RT90_MIDDLE + 4.5)),
    define(3024, "RT90 5 gon O", Method::Rt90(RT90_MIDDLE + 6.75)),
    define(3067, "ETRS89 / TM35FIN(E,N)", Method::Utm(35)),
    define(3857, "WGS 84 / Pseudo-Mercator", Method::WebMercator),
    define(4258, "ETRS89", Method::Geographic),
    define(4269, "NAD83", Method::Geographic),
    define(4326, "WGS 84", Method::Geographic),
    define(4619, "SWEREF99", Method::Geographic),
    define(25832, "ETRS89 / UTM zone 32N", Method::Utm(32)),
    define(25833, "ETRS89 / UTM zone 33N", Method::Utm(33)),
    define(25834, "ETRS89 / UTM zone 34N", Method::Utm(34)),
    define(25835, "ETRS89 / UTM zone 35N", Method::Utm(35)),
];

const fn define(code: u32, name: &'static str, method: Method) -> Definition {
    Definition { code, name, method }
}

fn supported_list() -> String {
    // Runs of codes are shortened, so that the message stays on a line or two.
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for definition in &DEFINITIONS {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == definition.code => *last = definition.code,
            _ => runs.push((definition.code, definition.code)),
        }
    }
    let runs: Vec<String> = runs
        .into_iter()
        .map(|(first, last)| if first == last { format!("EPSG:{first}") } else { format!("EPSG:{first}–{last}") })
        .collect();
    format!("supported are {}, OGC:CRS84 and as-is", runs.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Point, polygon};

    fn parse(text: &str) -> Crs {
        text.parse().unwrap()
    }

    #[test]
    fn a_code_is_read_in_every_way_it_is_written() {
        for text in [
            "EPSG:3006",
            "epsg:3006",
            " 3006 ",
            "urn:ogc:def:crs:EPSG::3006",
            "urn:ogc:def:crs:EPSG:9.9.1:3006",
            "http://www.opengis.net/def/crs/EPSG/0/3006",
        ] {
            assert_eq!(parse(text), Crs::Epsg(3006), "{text}");
        }
        for text in
            ["OGC:CRS84", "CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
        {
            assert_eq!(parse(text), Crs::Epsg(4326), "{text}");
        }
        assert_eq!(parse("as-is"), Crs::AsIs);
        for crs in Crs::supported() {
            assert_eq!(parse(&crs.to_string()), crs);
        }
    }

    #[test]
    fn an_unsupported_code_says_what_is_supported() {
        for text in ["EPSG:27700", "", "EPSG:", "ESRI:3006", "EPSG:+3006", "EPSG:99999999999", "OGC:3006", "EPSG:CRS84"]
        {
            let error = text.parse::<Crs>().unwrap_err().to_string();
            assert_eq!(
                error,
                format!(
                    "`{text}` is not a CRS that nittio can transform; supported are EPSG:3006–3024, EPSG:3067, \
                     EPSG:3857, EPSG:4258, EPSG:4269, EPSG:4326, EPSG:4619, EPSG:25832–25835, OGC:CRS84 and as-is"
                )
            );
        }
        assert!(Transformer::new(Crs::Epsg(1), Crs::Epsg(3006)).is_err());
    }

    #[test]
    fn the_same_crs_changes_no_bit() {
        let odd = Coord { x: 450_000.1 + f64::EPSILON, y: -0.0 };
        for (from, to) in [(3006, 3006), (3006, 25833), (4326, 4258), (4269, 4326), (3067, 25835)] {
            let transformer = Transformer::new(Crs::Epsg(from), Crs::Epsg(to)).unwrap();
            let kept = transformer.coord(odd).unwrap();
            assert!(transformer.is_identity());
            assert_eq!((kept.x.to_bits(), kept.y.to_bits()), (odd.x.to_bits(), odd.y.to_bits()), "{from} to {to}");
        }
        assert_eq!(Transformer::new(Crs::AsIs, Crs::AsIs).unwrap().coord(odd), Some(odd));
    }

    #[test]
    fn as_is_goes_nowhere_else() {
        for (from, to) in [(Crs::AsIs, Crs::Epsg(3006)), (Crs::Epsg(4326), Crs::AsIs)] {
            let error = Transformer::new(from, to).unwrap_err().to_string();
            assert!(error.contains("as-is"), "{error}");
        }
    }

    #[test]
    fn what_cannot_be_transformed_is_none() {
        let to_web = Transformer::new(Crs::Epsg(4326), Crs::Epsg(3857)).unwrap();
        assert_eq!(to_web.coord(Coord { x: 0.0, y: 90.0 }), None);
        assert_eq!(to_web.coord(Coord { x: 0.0, y: 91.0 }), None);
        let to_tm = Transformer::new(Crs::Epsg(4326), Crs::Epsg(3006)).unwrap();
        for (x, y) in [(f64::NAN, 60.0), (15.0, f64::INFINITY), (6_404_000.0, 450_000.0), (105.0, 0.0)] {
            assert_eq!(to_tm.coord(Coord { x, y }), None, "{x} {y}");
        }
        let mut coords = [Coord { x: 15.0, y: 60.0 }, Coord { x: 0.0, y: 91.0 }, Coord { x: 15.0, y: 60.0 }];
        assert_eq!(to_tm.coords(&mut coords), [1]);
        assert_eq!(coords[1], Coord { x: 0.0, y: 91.0 });
        assert_eq!(coords[0], coords[2]);
        assert_eq!(to_tm.geometry(Point::new(0.0, 91.0).into()), None);
    }

    #[test]
    fn a_geometry_moves_vertex_by_vertex() {
        let to_tm = Transformer::new(Crs::Epsg(4326), Crs::Epsg(3006)).unwrap();
        let triangle = polygon![(x: 15.0, y: 60.0), (x: 16.0, y: 60.0), (x: 15.0, y: 61.0)];
        let Some(Geometry::Polygon(moved)) = to_tm.geometry(triangle.clone().into()) else { panic!("a polygon") };
        for (before, after) in triangle.exterior().coords().zip(moved.exterior().coords()) {
            assert_eq!(to_tm.coord(*before), Some(*after));
        }
        // On the central meridian of UTM the easting is half a million by definition.
        assert!((moved.exterior().0[0].x - 500_000.0).abs() < 1e-6);
    }

    #[test]
    fn a_transformer_can_be_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Transformer>();
    }
}
