//! GeoJSON features as nearly all files write them, straight from their bytes.
//!
//! Whatever is out of the ordinary (an escaped name, a geometry collection, an empty array, JSON that is wrong) is left to
//! [`geojson_feature`](super::geojson_feature), which says what it means or what is wrong with it. What is read here is
//! read to the same values.

use std::borrow::Cow;

use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde::de::IgnoredAny;

use super::{batcher::Value, geojson_scan::text_end};

/// Powers of ten that floating point has exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Whole numbers up to this are exact as floating point.
const EXACT: u64 = 1 << 53;

/// One feature; kept from one to the next for its memory.
#[derive(Debug, Default)]
pub(super) struct Feature<'t> {
    /// The wanted properties; `None` where the feature does not have it.
    pub(super) values: Vec<Option<Value<'t>>>,
    pub(super) id: Option<Value<'t>>,
    pub(super) geometry: Option<Geometry>,
    /// The positions of the line that is read.
    line: Vec<Coord>,
}

impl<'t> Feature<'t> {
    /// Reads the feature that `text` begins with, and says how long it is; `None` when it is not for here.
    pub(super) fn read(&mut self, text: &'t [u8], wanted: &[String], geometry: bool) -> Option<usize> {
        self.values.clear();
        self.values.resize(wanted.len(), None);
        self.id = None;
        self.geometry = None;
        let mut json = Json { text, at: 0 };
        let mut is_feature = false;
        json.members(|json, name| {
            match name {
                b"type" => is_feature = json.plain_text()? == b"Feature",
                b"id" => self.id = Some(json.scalar()?),
                b"properties" => self.properties(json, wanted)?,
                b"geometry" if geometry => self.geometry = self.geometry(json)?,
                _ => json.pass()?,
            }
            Some(())
        })?;
        is_feature.then_some(json.at)
    }

    fn properties(&mut self, json: &mut Json<'t>, wanted: &[String]) -> Option<()> {
        if json.peek()? == b'n' {
            return json.word(b"null");
        }
        json.members(|json, name| {
            match wanted.iter().position(|w| w.as_bytes() == name).and_then(|p| self.values.get_mut(p)) {
                Some(value) => *value = Some(json.scalar()?),
                None => json.pass()?,
            }
            Some(())
        })
    }

    /// A geometry, or null.
    fn geometry(&mut self, json: &mut Json<'t>) -> Option<Option<Geometry>> {
        if json.peek()? == b'n' {
            return json.word(b"null").map(|()| None);
        }
        let (mut kind, mut coordinates) = (None, None);
        json.members(|json, name| {
            match name {
                b"type" => kind = Some(json.plain_text()?),
                b"coordinates" => coordinates = Some(self.coordinates(json)?),
                b"geometries" => return None,
                _ => json.pass()?,
            }
            Some(())
        })?;
        let polygon = |mut rings: Vec<LineString>| {
            let exterior = rings.remove(0);
            Polygon::new(exterior, rings)
        };
        let points = |line: LineString| line.0.into_iter().map(Point).collect();
        Some(Some(match (kind?, coordinates?) {
            (b"Point", Coordinates::Position(coord)) => Point(coord).into(),
            (b"MultiPoint", Coordinates::Line(line)) => MultiPoint(points(line)).into(),
            (b"LineString", Coordinates::Line(line)) => line.into(),
            (b"MultiLineString", Coordinates::Lines(lines)) => MultiLineString(lines).into(),
            (b"Polygon", Coordinates::Lines(rings)) => polygon(rings).into(),
            (b"MultiPolygon", Coordinates::Polygons(parts)) => {
                MultiPolygon(parts.into_iter().map(polygon).collect()).into()
            }
            _ => return None,
        }))
    }

    fn coordinates(&mut self, json: &mut Json<'t>) -> Option<Coordinates> {
        let start = json.at;
        let mut depth = 0;
        while json.peek()? == b'[' {
            json.at += 1;
            depth += 1;
        }
        json.at = start;
        Some(match depth {
            1 => Coordinates::Position(json.position()?),
            2 => Coordinates::Line(self.line(json)?),
            3 => Coordinates::Lines(json.list(|json| self.line(json))?),
            4 => Coordinates::Polygons(json.list(|json| json.list(|json| self.line(json)))?),
            _ => return None,
        })
    }

    fn line(&mut self, json: &mut Json<'t>) -> Option<LineString> {
        self.line.clear();
        json.eat(b'[')?;
        loop {
            self.line.push(json.position()?);
            if !json.another(b']')? {
                // No longer than it needs to be: footprints are kept.
                return Some(LineString(self.line.as_slice().to_vec()));
            }
        }
    }
}

enum Coordinates {
    Position(Coord),
    Line(LineString),
    Lines(Vec<LineString>),
    Polygons(Vec<Vec<LineString>>),
}

/// A way through JSON; `None` is given where it is not as expected.
struct Json<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Json<'t> {
    /// The next byte that is not space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match *self.text.get(self.at)? {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Passes over a comma, or over the end of the list.
    fn another(&mut self, end: u8) -> Option<bool> {
        let byte = self.peek()?;
        self.at += 1;
        if byte == b',' { Some(true) } else { (byte == end).then_some(false) }
    }

    /// Calls `each` at every member's value, which it must pass over.
    fn members(&mut self, mut each: impl FnMut(&mut Self, &'t [u8]) -> Option<()>) -> Option<()> {
        self.eat(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            let name = self.plain_text()?;
            self.eat(b':')?;
            each(self, name)?;
            if !self.another(b'}')? {
                return Some(());
            }
        }
    }

    /// One or more things between brackets.
    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.eat(b'[')?;
        let mut out = Vec::new();
        loop {
            out.push(one(self)?);
            if !self.another(b']')? {
                return Some(out);
            }
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.peek()?;
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    /// A text without escapes, between its quotation marks.
    fn plain_text(&mut self) -> Option<&'t [u8]> {
        let (text, escaped) = self.raw_text()?;
        (!escaped && str::from_utf8(text).is_ok()).then_some(text)
    }

    /// A text as it stands, and whether there are escapes in it.
    fn raw_text(&mut self) -> Option<(&'t [u8], bool)> {
        if self.peek()? != b'"' {
            return None;
        }
        let end = text_end(self.text, self.at)?;
        let text = self.text.get(self.at + 1..end)?;
        self.at = end + 1;
        let (mut control, mut escaped) = (false, false);
        for &byte in text {
            control |= byte < 0x20;
            escaped |= byte == b'\\';
        }
        (!control).then_some((text, escaped))
    }

    /// Any value as one cell; arrays and objects as the JSON they are.
    fn scalar(&mut self) -> Option<Value<'t>> {
        Some(match self.peek()? {
            b'"' => {
                let start = self.at;
                let (text, escaped) = self.raw_text()?;
                let text = match escaped {
                    false => Cow::Borrowed(str::from_utf8(text).ok()?),
                    true => Cow::Owned(serde_json::from_slice(self.text.get(start..self.at)?).ok()?),
                };
                if text.is_empty() { Value::Null } else { Value::Text(text) }
            }
            b't' => self.word(b"true").map(|()| Value::Flag(true))?,
            b'f' => self.word(b"false").map(|()| Value::Flag(false))?,
            b'n' => self.word(b"null").map(|()| Value::Null)?,
            b'{' | b'[' => Value::Text(Cow::Owned(self.nested::<serde_json::Value>()?.to_string())),
            _ => {
                let start = self.at;
                let number = self.number()?;
                let token = self.text.get(start..self.at)?;
                if !token.iter().all(|b| b.is_ascii_digit() || *b == b'-') {
                    Value::Real(number)
                } else if token == b"-0" {
                    return None;
                } else {
                    Value::Integer(str::from_utf8(token).ok()?.parse().ok()?)
                }
            }
        })
    }

    /// Passes over any value.
    fn pass(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => {
                let start = self.at;
                let (text, escaped) = self.raw_text()?;
                if escaped {
                    serde_json::from_slice::<Cow<'_, str>>(self.text.get(start..self.at)?).ok()?;
                }
                str::from_utf8(text).is_ok().then_some(())
            }
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            b'{' | b'[' => self.nested::<IgnoredAny>().map(|_| ()),
            _ => self.number().map(|_| ()),
        }
    }

    fn nested<T: serde::de::DeserializeOwned>(&mut self) -> Option<T> {
        let mut values = serde_json::Deserializer::from_slice(self.text.get(self.at..)?).into_iter::<T>();
        let value = values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(value)
    }

    /// Two numbers and whatever numbers stand after them.
    fn position(&mut self) -> Option<Coord> {
        self.eat(b'[')?;
        let x = self.number()?;
        self.eat(b',')?;
        let y = self.number()?;
        while self.another(b']')? {
            self.number()?;
        }
        Some(Coord { x, y })
    }

    /// A number as JSON has it, rounded to the nearest as always.
    fn number(&mut self) -> Option<f64> {
        self.peek()?;
        let text = self.text;
        let start = self.at;
        let negative = text[start] == b'-';
        let mut at = start + usize::from(negative);
        let mut mantissa = 0_u64;
        let digits = |at: &mut usize, mantissa: &mut u64| {
            let from = *at;
            while let Some(digit) = text.get(*at).map(|b| b.wrapping_sub(b'0')).filter(|d| *d < 10) {
                *mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
                *at += 1;
            }
            *at - from
        };
        let whole = digits(&mut at, &mut mantissa);
        if whole == 0 || (whole > 1 && text[at - whole] == b'0') {
            return None;
        }
        let mut decimals = 0;
        if text.get(at) == Some(&b'.') {
            at += 1;
            decimals = digits(&mut at, &mut mantissa);
            if decimals == 0 {
                return None;
            }
        }
        let plain = !matches!(text.get(at), Some(b'e' | b'E'));
        if !plain {
            at += 1;
            at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
            if digits(&mut at, &mut 0) == 0 {
                return None;
            }
        }
        self.at = at;
        // Both sides of the division are exact, so it is rounded once, as it should be.
        match POWERS.get(decimals) {
            Some(power) if plain && whole + decimals <= 19 && mantissa <= EXACT => {
                let number = mantissa as f64 / power;
                Some(if negative { -number } else { number })
            }
            _ => str::from_utf8(&text[start..at]).ok()?.parse().ok().filter(|x: &f64| x.is_finite()),
        }
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexSet;
    use proptest::prelude::*;
    use serde::de::DeserializeSeed;

    use super::{Feature, Json};
    use crate::read::{batcher::Value, geojson_feature::ObjectSeed, shapes::RowGeometry};

    type Read = (Vec<Option<Value<'static>>>, Option<Value<'static>>, RowGeometry);

    fn owned(value: Value<'_>) -> Value<'static> {
        match value {
            Value::Text(text) => Value::Text(text.into_owned().into()),
            Value::Null => Value::Null,
            Value::Integer(x) => Value::Integer(x),
            Value::Real(x) => Value::Real(x),
            Value::Flag(x) => Value::Flag(x),
        }
    }

    fn fast(text: &str, wanted: &[String]) -> Option<Read> {
        let mut feature = Feature::default();
        let length = feature.read(text.as_bytes(), wanted, true)?;
        assert_eq!(length, text.len(), "{text}");
        let values = feature.values.into_iter().map(|v| v.map(owned)).collect();
        Some((values, feature.id.map(owned), Ok(feature.geometry)))
    }

    fn slow(text: &str, wanted: &[String]) -> Read {
        let mut keys = IndexSet::new();
        let mut json = serde_json::Deserializer::from_str(text);
        let seed = ObjectSeed { wanted, geometry: true, keys: &mut keys };
        let mut object = seed.deserialize(&mut json).unwrap();
        json.end().unwrap();
        let geometry = object.feature_geometry();
        (object.values, object.id, geometry)
    }

    #[test]
    fn ordinary_features_are_read_here_to_the_same_values() {
        let wanted = ["a".to_owned(), "å".to_owned()];
        for geometry in [
            "null",
            r#"{"type":"Point","coordinates":[1,2]}"#,
            r#"{"coordinates":[-1.5,2e-3,7.25],"type":"Point"}"#,
            r#"{"type":"LineString","coordinates":[[0,-0],[15.123456789012345,1.7976931348623157e308]]}"#,
            r#"{"type":"MultiPoint","coordinates":[[0,1], [2 , 3]]}"#,
            r#"{"type":"MultiLineString","coordinates":[[[0,0],[1,1]],[[2,2],[3,3]]]}"#,
            r#"{"type":"Polygon","bbox":[0,0,9,9],"coordinates":[[[0,0],[9,0],[9,9],[0,0]],[[1,1],[2,1],[2,2]]]}"#,
            r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[9,0],[9,9],[0,0]]],[[[20,0],[29,0],[29,9],[20,0]]]]}"#,
        ] {
            for properties in [
                "null",
                "{}",
                r#"{"a":1,"å":"x\"y","b":{"c":[1,"}"]}}"#,
                r#"{"a":"","å":-2.50,"b":"\u00e5"}"#,
                r#"{"a":null,"å":[1, {"x" : "]"}],"b":1e5}"#,
                r#"{"a":true,"å":false,"a":9007199254740993,"b":-0}"#,
            ] {
                for text in [
                    format!(r#"{{"type":"Feature","properties":{properties},"geometry":{geometry},"id":7}}"#),
                    format!(
                        "{{ \"geometry\" :\n{geometry} ,\t\"properties\":{properties},\r\n\"type\": \"Feature\" }}"
                    ),
                ] {
                    assert_eq!(fast(&text, &wanted), Some(slow(&text, &wanted)), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_is_out_of_the_ordinary_is_left_alone() {
        for text in [
            r#"{"type":"Point","coordinates":[1,2]}"#,
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1]}}"#,
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[01,2]}}"#,
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1.,2]}}"#,
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[+1,2]}}"#,
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1e999,2]}}"#,
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2],}}"#,
            r#"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[]]}}"#,
            r#"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[1,2]]}}"#,
            r#"{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[]}}"#,
            r#"{"type":"Feature","geometry":"POINT (1 2)"}"#,
            r#"{"type":"Feature","properties":[]}"#,
            r#"{"type":"Feature","properties":{"a":-0}}"#,
            r#"{"type":"Feature","properties":{"a":18446744073709551616}}"#,
            "{\"type\":\"Feature\",\"properties\":{\"a\":\"\n\"}}",
            r#"{"type":"Feature","properties":{"a":"\x"}}"#,
            r#"{"type":"Feature","properties":{"a":tru}}"#,
            r#"{"type":"Feature""#,
            "[]",
        ] {
            assert_eq!(fast(text, &["a".to_owned()]), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20_000) })]

        /// The standard library's parser rounds to the nearest.
        #[test]
        fn numbers_are_rounded_to_the_nearest(text in "-?(0|[1-9][0-9]{0,19})(\\.[0-9]{1,24})?([eE][+-]?[0-9]{1,2})?") {
            let mut json = Json { text: text.as_bytes(), at: 0 };
            let expected: f64 = text.parse().unwrap();
            prop_assert_eq!(json.number().map(f64::to_bits), Some(expected.to_bits()));
            prop_assert_eq!(json.at, text.len());
        }
    }
}
