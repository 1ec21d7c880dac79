//! One GeoJSON object: a feature, or a geometry on its own.
//!
//! Reading never fails on JSON that is not GeoJSON: what is wrong is kept, and told about the row it is wrong in.

use std::{borrow::Cow, fmt};

use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use indexmap::IndexSet;
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{batcher::Value, geometry, shapes::RowGeometry};

/// The kinds of geometry that GeoJSON has.
pub(super) const GEOMETRY_TYPES: [&str; 7] =
    ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"];

/// What stands in a JSON value of the wrong kind.
type Kind = &'static str;

/// Reads one object.
pub(super) struct ObjectSeed<'a> {
    /// The properties that are wanted, each once.
    pub(super) wanted: &'a [String],
    /// Whether geometry is wanted.
    pub(super) geometry: bool,
    /// All properties that were seen, in the order of their first appearance.
    pub(super) keys: &'a mut IndexSet<String>,
}

/// One object as it was found.
#[derive(Debug, Default)]
pub(super) struct Object {
    /// What the value is when it is no object.
    pub(super) not_an_object: Option<Kind>,
    /// The `type` member, if it is text.
    pub(super) kind: Option<String>,
    /// The feature's `id`.
    pub(super) id: Option<Value<'static>>,
    /// The wanted properties; `None` where the feature does not have it.
    pub(super) values: Vec<Option<Value<'static>>>,
    /// What `properties` is when it is neither an object nor null.
    pub(super) wrong_properties: Option<Kind>,
    geometry: Option<RawGeometry>,
    coordinates: Option<Coordinates>,
    geometries: Option<Members>,
}

impl Object {
    /// The geometry of a feature.
    pub(super) fn feature_geometry(&mut self) -> RowGeometry {
        match self.geometry.take() {
            None => Ok(None),
            Some(raw) => raw.decoded(),
        }
    }

    /// The object itself as a geometry.
    pub(super) fn own_geometry(&mut self) -> RowGeometry {
        let (kind, coordinates) = (self.kind.clone(), self.coordinates.take());
        RawGeometry::Object { kind, coordinates, geometries: self.geometries.take() }.decoded()
    }
}

impl<'de> DeserializeSeed<'de> for ObjectSeed<'_> {
    type Value = Object;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Object, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Visits what is not an object by naming it.
macro_rules! visit_other_kinds {
    ($lifetime:lifetime, $wrap:expr, seq: $seq:expr) => {
        fn visit_seq<A: SeqAccess<$lifetime>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok($seq)
        }
        visit_other_kinds!($lifetime, $wrap);
    };
    ($lifetime:lifetime, $wrap:expr) => {
        fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok($wrap("true or false"))
        }
        fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
            Ok($wrap("text"))
        }
    };
}

macro_rules! visit_numbers_as {
    ($wrap:expr) => {
        fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
            Ok($wrap("a number"))
        }
        fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self::Value, E> {
            Ok($wrap("a number"))
        }
        fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
            Ok($wrap("a number"))
        }
    };
}

fn expecting(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("JSON")
}

impl<'de> Visitor<'de> for ObjectSeed<'_> {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut object = Object { values: vec![None; self.wanted.len()], ..Object::default() };
        while let Some(member) = map.next_key::<Member>()? {
            match member {
                Member::Type => object.kind = map.next_value::<Scalar>()?.text(),
                Member::Id => object.id = map.next_value::<Scalar>().map(|s| Some(s.0))?,
                Member::Properties => {
                    object.wrong_properties = map.next_value_seed(Properties {
                        wanted: self.wanted,
                        keys: &mut *self.keys,
                        values: &mut object.values,
                    })?;
                }
                Member::Geometry if self.geometry => object.geometry = Some(map.next_value()?),
                Member::Coordinates if self.geometry => object.coordinates = Some(map.next_value()?),
                Member::Geometries if self.geometry => object.geometries = Some(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(object)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Object, E> {
        Ok(not_an_object("null"))
    }

    visit_other_kinds!('de, not_an_object, seq: not_an_object("an array"));
    visit_numbers_as!(not_an_object);
}

fn not_an_object(kind: Kind) -> Object {
    Object { not_an_object: Some(kind), ..Object::default() }
}

/// The members that mean something.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Member {
    Type,
    Id,
    Properties,
    Geometry,
    Coordinates,
    Geometries,
    #[serde(other)]
    Foreign,
}

/// Reads `properties`; gives what stands there instead of an object.
struct Properties<'a> {
    wanted: &'a [String],
    keys: &'a mut IndexSet<String>,
    values: &'a mut [Option<Value<'static>>],
}

impl<'de> DeserializeSeed<'de> for Properties<'_> {
    type Value = Option<Kind>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Kind>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Properties<'_> {
    type Value = Option<Kind>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Kind>, A::Error> {
        while let Some(place) = map.next_key_seed(Key { wanted: self.wanted, keys: &mut *self.keys })? {
            match place.and_then(|p| self.values.get_mut(p)) {
                Some(value) => *value = Some(map.next_value::<Scalar>()?.0),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<Kind>, E> {
        Ok(None)
    }

    visit_other_kinds!('de, Some, seq: Some("an array"));
    visit_numbers_as!(Some);
}

/// Notes a property's name, and says which wanted one it is.
struct Key<'a> {
    wanted: &'a [String],
    keys: &'a mut IndexSet<String>,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        expecting(f)
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Option<usize>, E> {
        if !self.keys.contains(key) {
            self.keys.insert(key.to_owned());
        }
        Ok(self.wanted.iter().position(|w| w == key))
    }
}

/// Any value as one cell; arrays and objects as the JSON they are.
struct Scalar(Value<'static>);

impl Scalar {
    fn text(self) -> Option<String> {
        match self.0 {
            Value::Text(text) => Some(text.into_owned()),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde_json::Value as Json;
        Ok(Self(match Json::deserialize(deserializer)? {
            Json::Null => Value::Null,
            Json::Bool(flag) => Value::Flag(flag),
            Json::String(text) if text.is_empty() => Value::Null,
            Json::String(text) => Value::Text(Cow::Owned(text)),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Value::Integer(whole),
                (None, Some(real)) if number.is_f64() => Value::Real(real),
                _ => Value::Text(Cow::Owned(number.to_string())),
            },
            nested => Value::Text(Cow::Owned(nested.to_string())),
        }))
    }
}

/// A geometry as it was found.
#[derive(Debug)]
enum RawGeometry {
    Null,
    Wrong(Kind),
    Object { kind: Option<String>, coordinates: Option<Coordinates>, geometries: Option<Members> },
}

/// The members of a collection, or what stands instead.
#[derive(Debug)]
enum Members {
    Geometries(Vec<RawGeometry>),
    Wrong(Kind),
}

/// Coordinates of any depth.
#[derive(Debug)]
enum Coordinates {
    Number(f64),
    Position(Coord),
    List(Vec<Coordinates>),
    Wrong(Kind),
}

impl<'de> Deserialize<'de> for RawGeometry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = RawGeometry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                expecting(f)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawGeometry, A::Error> {
                let (mut kind, mut coordinates, mut geometries) = (None, None, None);
                while let Some(member) = map.next_key::<Member>()? {
                    match member {
                        Member::Type => kind = map.next_value::<Scalar>()?.text(),
                        Member::Coordinates => coordinates = Some(map.next_value()?),
                        Member::Geometries => geometries = Some(map.next_value()?),
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(RawGeometry::Object { kind, coordinates, geometries })
            }

            fn visit_unit<E: de::Error>(self) -> Result<RawGeometry, E> {
                Ok(RawGeometry::Null)
            }

            visit_other_kinds!('de, RawGeometry::Wrong, seq: RawGeometry::Wrong("an array"));
            visit_numbers_as!(RawGeometry::Wrong);
        }
        deserializer.deserialize_any(V)
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                expecting(f)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = seq.next_element()? {
                    members.push(member);
                }
                Ok(Members::Geometries(members))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Members::Wrong("an object"))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Members, E> {
                Ok(Members::Wrong("null"))
            }

            visit_other_kinds!('de, Members::Wrong);
            visit_numbers_as!(Members::Wrong);
        }
        deserializer.deserialize_any(V)
    }
}

impl<'de> Deserialize<'de> for Coordinates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Coordinates;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                expecting(f)
            }

            fn visit_f64<E: de::Error>(self, x: f64) -> Result<Coordinates, E> {
                Ok(Coordinates::Number(x))
            }

            fn visit_i64<E: de::Error>(self, x: i64) -> Result<Coordinates, E> {
                Ok(Coordinates::Number(x as f64))
            }

            fn visit_u64<E: de::Error>(self, x: u64) -> Result<Coordinates, E> {
                Ok(Coordinates::Number(x as f64))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Coordinates, A::Error> {
                let Some(first) = seq.next_element()? else { return Ok(Coordinates::List(Vec::new())) };
                let Coordinates::Number(x) = first else {
                    let mut list = vec![first];
                    while let Some(next) = seq.next_element()? {
                        list.push(next);
                    }
                    return Ok(Coordinates::List(list));
                };
                let second = seq.next_element()?;
                // Height, and whatever else stands after it, is left out.
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(match second {
                    Some(Coordinates::Number(y)) => Coordinates::Position(Coord { x, y }),
                    Some(_) => Coordinates::Wrong("a number beside something else"),
                    None => Coordinates::Wrong("a position of one number"),
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Coordinates, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Coordinates::Wrong("an object"))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Coordinates, E> {
                Ok(Coordinates::Wrong("null"))
            }

            visit_other_kinds!('de, Coordinates::Wrong);
        }
        deserializer.deserialize_any(V)
    }
}

impl RawGeometry {
    fn decoded(self) -> RowGeometry {
        match self {
            Self::Null => Ok(None),
            other => geometry::checked(other.geometry()?),
        }
    }

    fn geometry(self) -> Result<Geometry, String> {
        let (kind, coordinates, geometries) = match self {
            Self::Null => return Err("null stands where a geometry should".to_owned()),
            Self::Wrong(kind) => return Err(format!("{kind} stands where a geometry should")),
            Self::Object { kind, coordinates, geometries } => (kind, coordinates, geometries),
        };
        let Some(kind) = kind else { return Err("the geometry has no \"type\" that is text".to_owned()) };
        if kind == "GeometryCollection" {
            return match geometries {
                Some(Members::Geometries(members)) => {
                    let members = members.into_iter().map(Self::geometry).collect::<Result<_, _>>()?;
                    Ok(Geometry::GeometryCollection(GeometryCollection(members)))
                }
                Some(Members::Wrong(found)) => Err(format!("{found} stands where the array \"geometries\" should")),
                None => Err("the GeometryCollection has no \"geometries\"".to_owned()),
            };
        }
        if !GEOMETRY_TYPES.contains(&kind.as_str()) {
            return Err(format!(
                "{kind:?} is not a geometry type; right would be one of {}",
                GEOMETRY_TYPES.join(", ")
            ));
        }
        let Some(coordinates) = coordinates else { return Err(format!("the {kind} has no \"coordinates\"")) };
        coordinates.geometry(&kind).map_err(|found| format!("the coordinates of the {kind} are wrong: {found}"))
    }
}

impl Coordinates {
    fn geometry(self, kind: &str) -> Result<Geometry, String> {
        Ok(match kind {
            // Some write an empty point so.
            "Point" if matches!(&self, Self::List(list) if list.is_empty()) => MultiPoint(Vec::new()).into(),
            "Point" => Point(self.position()?).into(),
            "LineString" => self.line()?.into(),
            "Polygon" => self.polygon()?.into(),
            "MultiPoint" => MultiPoint(self.list(|c| c.position().map(Point))?).into(),
            "MultiLineString" => MultiLineString(self.list(Self::line)?).into(),
            _ => MultiPolygon(self.list(Self::polygon)?).into(),
        })
    }

    fn position(self) -> Result<Coord, String> {
        match self {
            Self::Position(coord) => Ok(coord),
            other => Err(format!("{} stands where a position such as [15.5, 60.1] should", other.found())),
        }
    }

    fn line(self) -> Result<LineString, String> {
        self.list(Self::position).map(LineString)
    }

    fn polygon(self) -> Result<Polygon, String> {
        let mut rings = self.list(Self::line)?.into_iter();
        let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
        Ok(Polygon::new(exterior, rings.collect()))
    }

    fn list<T>(self, one: impl Fn(Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        match self {
            Self::List(list) => list.into_iter().map(one).collect(),
            other => Err(format!("{} stands where an array of them should", other.found())),
        }
    }

    const fn found(&self) -> Kind {
        match self {
            Self::Number(_) => "a number",
            Self::Position(_) => "a position",
            Self::List(_) => "an array",
            Self::Wrong(kind) => kind,
        }
    }
}
