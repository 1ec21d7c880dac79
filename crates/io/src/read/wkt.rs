//! Well-known text, and WKB written as hexadecimal text: what people put in a CSV's geometry column.

use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use super::{geometry, shapes::RowGeometry, wkb};

/// Collections in collections deeper than this are refused.
const DEEPEST: usize = 32;

/// Reads one geometry from text.
pub(super) fn decode(text: &str) -> RowGeometry {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.starts_with("00") || text.starts_with("01") {
        return wkb::decode(&hexadecimal(text)?);
    }
    // PostGIS writes "SRID=3006;POINT(…)".
    let body = match text.split_once(';') {
        Some((srid, body)) if srid.get(..5).is_some_and(|s| s.eq_ignore_ascii_case("srid=")) => body,
        _ => text,
    };
    let mut wkt = Wkt { rest: body };
    let geometry = wkt.geometry(0)?;
    wkt.skip_space();
    if !wkt.rest.is_empty() {
        return Err(format!("after the geometry stands {:?}", beginning(wkt.rest)));
    }
    geometry::checked(geometry)
}

fn hexadecimal(text: &str) -> Result<Vec<u8>, String> {
    let digit = |b: u8| {
        char::from(b)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
            .ok_or_else(|| format!("{:?} is not a hexadecimal digit of WKB", char::from(b)))
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return Err("the hexadecimal WKB has an odd number of digits".to_owned());
    }
    pairs.iter().map(|&[a, b]| Ok(digit(a)? << 4 | digit(b)?)).collect()
}

struct Wkt<'a> {
    rest: &'a str,
}

impl<'a> Wkt<'a> {
    fn geometry(&mut self, depth: usize) -> Result<Geometry, String> {
        if depth > DEEPEST {
            return Err("the geometry holds collections in collections without end".to_owned());
        }
        let word = self.word().to_ascii_uppercase();
        // "POINTZ" is written by some, "POINT Z" is right.
        let kind = ["ZM", "Z", "M"].iter().find_map(|d| word.strip_suffix(d)).unwrap_or(&word);
        if matches!(self.peek_word().to_ascii_uppercase().as_str(), "Z" | "M" | "ZM") {
            self.word();
        }
        let empty = self.peek_word().eq_ignore_ascii_case("EMPTY");
        if empty {
            self.word();
        }
        Ok(match kind {
            "POINT" if empty => MultiPoint(Vec::new()).into(),
            "POINT" => {
                self.expect('(')?;
                let point = Point(self.coord()?);
                self.expect(')')?;
                point.into()
            }
            "LINESTRING" if empty => LineString(Vec::new()).into(),
            "LINESTRING" => self.line()?.into(),
            "POLYGON" if empty => Polygon::new(LineString(Vec::new()), Vec::new()).into(),
            "POLYGON" => self.polygon()?.into(),
            "MULTIPOINT" if empty => MultiPoint(Vec::new()).into(),
            "MULTIPOINT" => {
                MultiPoint(self.list(Self::bracketed_or_bare_point)?.into_iter().flatten().collect()).into()
            }
            "MULTILINESTRING" if empty => MultiLineString(Vec::new()).into(),
            "MULTILINESTRING" => MultiLineString(self.list(Self::line)?).into(),
            "MULTIPOLYGON" if empty => MultiPolygon(Vec::new()).into(),
            "MULTIPOLYGON" => MultiPolygon(self.list(Self::polygon)?).into(),
            "GEOMETRYCOLLECTION" => {
                let members = if empty { Vec::new() } else { self.list(|wkt| wkt.geometry(depth + 1))? };
                Geometry::GeometryCollection(GeometryCollection(members))
            }
            "" => return Err(format!("{:?} is not well-known text such as POINT (1 2)", beginning(self.rest))),
            other => return Err(format!("the geometry type {other:?} is unknown")),
        })
    }

    fn polygon(&mut self) -> Result<Polygon, String> {
        if self.takes_empty() {
            return Ok(Polygon::new(LineString(Vec::new()), Vec::new()));
        }
        let mut rings = self.list(Self::line)?;
        let exterior = rings.remove(0);
        Ok(Polygon::new(exterior, rings))
    }

    fn line(&mut self) -> Result<LineString, String> {
        if self.takes_empty() { Ok(LineString(Vec::new())) } else { self.list(Self::coord).map(LineString) }
    }

    fn bracketed_or_bare_point(&mut self) -> Result<Option<Point>, String> {
        if self.takes_empty() {
            return Ok(None);
        }
        self.skip_space();
        if !self.rest.starts_with('(') {
            return self.coord().map(|c| Some(Point(c)));
        }
        self.expect('(')?;
        let point = Point(self.coord()?);
        self.expect(')')?;
        Ok(Some(point))
    }

    /// One or more things between brackets, with commas between them.
    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        self.expect('(')?;
        let mut out = vec![one(self)?];
        loop {
            self.skip_space();
            match self.rest.strip_prefix(',') {
                Some(rest) => {
                    self.rest = rest;
                    out.push(one(self)?);
                }
                None => return self.expect(')').map(|()| out),
            }
        }
    }

    /// The first two of two to four numbers.
    fn coord(&mut self) -> Result<Coord, String> {
        let coord = Coord { x: self.number()?, y: self.number()? };
        for _ in 0..2 {
            self.skip_space();
            if !self.rest.starts_with([',', ')']) {
                self.number()?;
            }
        }
        Ok(coord)
    }

    fn number(&mut self) -> Result<f64, String> {
        self.skip_space();
        let end =
            self.rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')')).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        number.parse().map_err(|_| format!("{:?} stands where a number should", beginning(number)))
    }

    fn takes_empty(&mut self) -> bool {
        let empty = self.peek_word().eq_ignore_ascii_case("EMPTY");
        if empty {
            self.word();
        }
        empty
    }

    fn peek_word(&mut self) -> &'a str {
        self.skip_space();
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        &self.rest[..end]
    }

    fn word(&mut self) -> &'a str {
        let word = self.peek_word();
        self.rest = &self.rest[word.len()..];
        word
    }

    fn expect(&mut self, bracket: char) -> Result<(), String> {
        self.skip_space();
        match self.rest.strip_prefix(bracket) {
            Some(rest) => self.rest = rest,
            None if self.rest.is_empty() => return Err(format!("the text ends where {bracket:?} should stand")),
            None => return Err(format!("{:?} stands where {bracket:?} should", beginning(self.rest))),
        }
        Ok(())
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }
}

fn beginning(text: &str) -> &str {
    text.char_indices().nth(20).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use geo::{Geometry, MultiPoint, line_string, point, polygon};

    use super::decode;

    #[test]
    fn points_lines_polygons_and_collections_are_read() {
        assert_eq!(decode("POINT (1 2)"), Ok(Some(point!(x: 1.0, y: 2.0).into())));
        assert_eq!(decode("srid=3006;point z(1 2 3)"), Ok(Some(point!(x: 1.0, y: 2.0).into())));
        assert_eq!(
            decode("LINESTRING M (0 0 9, 1e1 -2.5 9)"),
            Ok(Some(line_string![(x: 0.0, y: 0.0), (x: 10.0, y: -2.5)].into()))
        );
        let ring = polygon!(exterior: [(x: 0.0, y: 0.0), (x: 9.0, y: 0.0), (x: 9.0, y: 9.0)],
            interiors: [[(x: 5.0, y: 1.0), (x: 6.0, y: 1.0), (x: 6.0, y: 2.0)]]);
        assert_eq!(decode("POLYGON((0 0,9 0,9 9,0 0),(5 1,6 1,6 2,5 1))"), Ok(Some(ring.into())));
        let points: Geometry = MultiPoint(vec![point!(x: 1.0, y: 2.0), point!(x: 3.0, y: 4.0)]).into();
        assert_eq!(decode("MULTIPOINT (1 2, 3 4)"), Ok(Some(points.clone())));
        assert_eq!(decode("MULTIPOINT ((1 2), (3 4))"), Ok(Some(points)));
        assert!(matches!(
            decode("GEOMETRYCOLLECTION (POINT (1 2), POINT EMPTY)"),
            Ok(Some(Geometry::GeometryCollection(members))) if members.len() == 1
        ));
    }

    #[test]
    fn empty_is_none_and_hexadecimal_wkb_is_read() {
        for text in ["", "  ", "POINT EMPTY", "MULTIPOLYGON EMPTY", "POLYGON Z EMPTY", "MULTIPOLYGON (EMPTY)"] {
            assert_eq!(decode(text), Ok(None), "{text}");
        }
        assert_eq!(decode("0101000000000000000000F03F0000000000000040"), Ok(Some(point!(x: 1.0, y: 2.0).into())));
    }

    #[test]
    fn what_is_not_well_known_text_is_an_error() {
        for text in [
            "POINT",
            "POINT (1)",
            "POINT (1 2",
            "POINT (1 2) x",
            "POINT (1 2 3 4 5)",
            "POLYGON ()",
            "CIRCLE (1 2)",
            "1 2",
            "åäö",
            "POINT (NaN 2)",
            "01ZZ",
            "010",
            "POINT (1,5 2,5)",
        ] {
            assert!(decode(text).is_err(), "{text}");
        }
    }

    #[test]
    fn collections_without_end_are_refused() {
        assert!(decode(&"GEOMETRYCOLLECTION(".repeat(100_000)).is_err());
    }
}
